# SPDX-License-Identifier: BSD-2-Clause
"""decode_archive.py ARCHIVE [WORLD.json]: the original on standard output, by another decoder.

Made from src/FORMAT.md, to show that the page is enough: uniform, order0, ngram, and for corpora of
the family sk known and bayes.  Python's standard library only, and integers only: the
reals of section 9 are multiples of 2^-1074.  Slow and plain: each function is a paragraph of the
page, and the section it comes from is named.

Exit codes as section 10 has them (2 corrupt, 5 unsupported), and 1 for what the page leaves to the
sources: other predictors and other families of worlds.
"""
import json
import re
import sys
from collections import defaultdict

MASK = (1 << 64) - 1


class Refused(Exception):
    """The archive is refused: verdict "corrupt" or "unsupported", or "beyond" this decoder"""

    def __init__(self, verdict, why):
        super().__init__(why)
        self.verdict = verdict


EXIT_CODES = {"corrupt": 2, "unsupported": 5, "beyond": 1}


def check(good, why, verdict="corrupt"):
    if not good:
        raise Refused(verdict, why)


# ---- Section 12: XXH3. ----

SECRET = bytes.fromhex(
    "b8fe6c3923a44bbe7c01812cf721ad1cded46de9839097db7240a4a4b7b3671f"
    "cb79e64eccc0e578825ad07dccff7221b8084674f743248ee03590e6813a264c"
    "3c2852bb91c300cb88d0658b1b532ea371644897a20df94e3819ef46a9deacd8"
    "a8fa763fe39c343ff9dcbbc7c70b4f1d8a51e04bcdb45931c89f7ec9d9787364"
    "eac5ac8334d3ebc3c581a0fffa1363eb170ddd51b7f0da49d316552629d4689e"
    "2b16be587d47a1fc8ff8b8d17ad031ce45cb3a8f95160428afd7fbcabb4b407e")
P32_1, P32_2, P32_3 = 0x9E3779B1, 0x85EBCA77, 0xC2B2AE3D
P64_1, P64_2, P64_3 = 0x9E3779B185EBCA87, 0xC2B2AE3D27D4EB4F, 0x165667B19E3779F9
P64_4, P64_5 = 0x85EBCA77C2B2AE63, 0x27D4EB2F165667C5
M1, M2 = 0x165667919E3779F9, 0x9FB21C651E98DF25


def le(data, at, size):
    return int.from_bytes(data[at:at + size], "little")


def old(h):
    h = (h ^ h >> 33) * P64_2 & MASK
    h = (h ^ h >> 29) * P64_3 & MASK
    return h ^ h >> 32


def new(h):
    h &= MASK
    h = (h ^ h >> 37) * M1 & MASK
    return h ^ h >> 32


def fold(a, b):
    product = (a & MASK) * (b & MASK)
    return product & MASK ^ product >> 64


def rot(x, n):
    return (x << n | x >> 64 - n) & MASK


def xxh3_short(data, seed):
    size = len(data)
    if size == 0:
        return old(seed ^ le(SECRET, 56, 8) ^ le(SECRET, 64, 8))
    if size <= 3:
        c = data[-1] + (size << 8) + (data[0] << 16) + (data[size // 2] << 24)
        return old(c ^ (le(SECRET, 0, 4) ^ le(SECRET, 4, 4)) + seed & MASK)
    if size <= 8:
        seed ^= int.from_bytes((seed & 0xffffffff).to_bytes(4, "big"), "little") << 32
        h = le(data, size - 4, 4) + (le(data, 0, 4) << 32)
        h ^= (le(SECRET, 8, 8) ^ le(SECRET, 16, 8)) - seed & MASK
        h ^= rot(h, 49) ^ rot(h, 24)
        h = h * M2 & MASK
        h = (h ^ (h >> 35) + size) * M2 & MASK
        return h ^ h >> 28
    a = le(data, 0, 8) ^ (le(SECRET, 24, 8) ^ le(SECRET, 32, 8)) + seed & MASK
    b = le(data, size - 8, 8) ^ (le(SECRET, 40, 8) ^ le(SECRET, 48, 8)) - seed & MASK
    return new(size + int.from_bytes(a.to_bytes(8, "big"), "little") + b + fold(a, b))


def xxh3_middle(data, seed):
    size = len(data)

    def mix(i, j):
        return fold(le(data, i, 8) ^ le(SECRET, j, 8) + seed & MASK,
                    le(data, i + 8, 8) ^ le(SECRET, j + 8, 8) - seed & MASK)

    h = size * P64_1
    if size <= 128:
        for i in range((size - 1) // 32 + 1):
            h += mix(16 * i, 32 * i) + mix(size - 16 * (i + 1), 32 * i + 16)
        return new(h)
    h = new(h + sum(mix(16 * i, 16 * i) for i in range(8)))
    h += sum(mix(16 * i, 16 * (i - 8) + 3) for i in range(8, size // 16))
    return new(h + mix(size - 16, 119))


def xxh3_long(data, seed):
    size, secret = len(data), bytearray(SECRET)
    for i in range(12):
        for at, by in ((16 * i, seed), (16 * i + 8, -seed)):
            secret[at:at + 8] = (le(SECRET, at, 8) + by & MASK).to_bytes(8, "little")
    acc = [P32_3, P64_1, P64_2, P64_3, P64_4, P32_2, P64_5, P32_1]

    def stripe(i, j):
        for lane in range(8):
            v = le(data, i + 8 * lane, 8)
            k = v ^ le(secret, j + 8 * lane, 8)
            acc[lane ^ 1] = acc[lane ^ 1] + v & MASK
            acc[lane] = acc[lane] + (k & 0xffffffff) * (k >> 32) & MASK

    n_blocks = (size - 1) // 1024
    for b in range(n_blocks):
        for i in range(16):
            stripe(1024 * b + 64 * i, 8 * i)
        for lane in range(8):
            a = acc[lane]
            acc[lane] = (a ^ a >> 47 ^ le(secret, 128 + 8 * lane, 8)) * P32_1 & MASK
    for i in range((size - 1 - 1024 * n_blocks) // 64):
        stripe(1024 * n_blocks + 64 * i, 8 * i)
    stripe(size - 64, 121)
    return new(size * P64_1 + sum(fold(acc[2 * i] ^ le(secret, 11 + 16 * i, 8),
                                       acc[2 * i + 1] ^ le(secret, 19 + 16 * i, 8))
                                  for i in range(4)))


def xxh3(data, seed=0):
    if len(data) <= 16:
        return xxh3_short(data, seed)
    return xxh3_middle(data, seed) if len(data) <= 240 else xxh3_long(data, seed)


def low32(x):
    return x & 0xffffffff


# ---- Section 3: the container. ----

UNIFORM, ORDER0, NGRAM, KNOWN, BAYES = 1, 2, 3, 4, 5
PREDICTOR_LAST = 12
NEEDS_WORLD = {KNOWN, BAYES, 6}
NEEDS_WHOLE_STREAM = NEEDS_WORLD
OPTIONS = {NGRAM: (("order", -1, 16, -1), ("memory", 4, 4096, 256))}


class Reader:
    def __init__(self, data):
        self.data, self.at = data, 0

    def take(self, size):
        check(size <= len(self.data) - self.at, "truncated")
        self.at += size
        return self.data[self.at - size:self.at]

    def number(self, size):
        return int.from_bytes(self.take(size), "little")

    def varint(self):
        value = 0
        for i in range(10):
            byte = self.number(1)
            check(i < 9 or byte <= 1, "a varint of more than 64 bits")
            value |= (byte & 0x7f) << 7 * i
            if byte < 0x80:
                check(byte or i == 0, "a varint with a needless byte")
                return value
        raise Refused("corrupt", "a varint of more than 64 bits")


class Header:
    """All that an archive says before its payloads; self.payload: the bytes of each"""

    def __init__(self, data):
        r = Reader(data)
        self.read_fixed(r)
        self.read_sizes(r)
        self.options = {name: value for name, _, _, value in OPTIONS.get(self.predictor, ())}
        self.block, self.table = 0, []
        if self.extended:
            self.read_extension(Reader(r.take(r.varint())))
        self.hashed = data[:r.at]
        self.digest = r.number(4)
        self.cut(data[r.at:])

    def read_fixed(self, r):
        check(len(r.data) >= 4, "too short")
        magic, version, kind, memory = r.take(4)
        check(magic == 0xB2 and version >> 4 == 7, "not an archive")
        check(version & 15 == 1, "another version", "unsupported")
        self.predictor, self.extended = kind & 31, kind >> 7
        check(1 <= self.predictor <= PREDICTOR_LAST, "unknown predictor", "unsupported")
        check(kind >> 5 & 3 in (0, 3), "unknown kind", "unsupported")
        self.is_tokens = kind >> 5 & 3 == 3
        self.width = 2 if self.is_tokens else 1
        check(self.is_tokens or self.predictor not in NEEDS_WORLD, "bytes with a world")
        check(memory <= 247, "impossible memory")
        self.memory = 4 + memory % 4 << memory // 4
        check(self.predictor <= BAYES, "a predictor of section 11", "beyond")

    def read_sizes(self, r):
        self.n = r.varint()
        self.alphabet = 256
        if self.predictor in NEEDS_WORLD:
            self.alphabet, self.world_hash = None, r.number(4)
        elif self.is_tokens:
            self.alphabet = r.varint() + 1
        check(self.n <= ((1 << 31) - 1 if self.is_tokens else 1 << 40), "too many symbols")
        check(self.n * self.width <= self.memory, "more symbols than memory")
        check(self.alphabet is None or self.alphabet <= 65536, "impossible alphabet")

    def read_extension(self, r):
        coder = r.varint()
        check(coder == 0, "unknown coder", "unsupported")
        text = r.take(r.varint())
        self.read_options(text)
        self.block = r.varint()
        check(self.block == 0 or (self.block < self.n
                                  and self.predictor not in NEEDS_WHOLE_STREAM), "bad block size")
        if self.block:
            n_blocks = -(-self.n // self.block)
            check(5 * n_blocks <= len(r.data) - r.at, "the table of blocks is cut short")
            self.table = [(r.varint(), r.number(4)) for _ in range(n_blocks)]
        check(r.at == len(r.data), "an extension longer than what is in it")
        check(text or self.block, "an extension that says nothing")

    def read_options(self, text):
        check(len(text) <= 511 and 0 not in text, "bad options")
        table = OPTIONS.get(self.predictor, ())
        for item in text.decode("latin-1").split(",") if text else ():
            name, _, value = item.partition("=")
            row = [row for row in table if row[0] == name]
            check(row and value.lstrip("-").isascii() and value.lstrip("-").isdigit()
                  and len(value) < 20, "bad options")
            self.options[name] = int(value)
            check(row[0][1] <= int(value) <= row[0][2], "an option out of range")
        spelt = ",".join("%s=%d" % (name, self.options[name]) for name, _, _, default in table
                         if self.options[name] != default)
        check(spelt.encode() == text, "options in another spelling")

    def symbols_of(self, i):
        return min(self.block, self.n - i * self.block) if self.block else self.n

    def cut(self, rest):
        self.payload, at = [], 0
        for i, size in enumerate([size for size, _ in self.table] or [len(rest)]):
            check(size <= len(rest) - at, "a payload is cut short")
            check(size <= self.symbols_of(i) * self.width, "a payload longer than its symbols")
            self.payload.append(rest[at:at + size])
            at += size
        check(at == len(rest), "bytes after the last payload")


def decode(data, read_world=None):
    """The original of an archive.  read_world() gives the World, if there is one"""
    h = Header(data)
    world, alphabet, out = None, h.alphabet, bytearray()
    if h.predictor in NEEDS_WORLD:
        check(read_world, "no world", "unsupported")
        world = read_world()
        check(h.world_hash == world.hash(h.predictor), "another world", "unsupported")
        alphabet = world.alphabet
    for i, payload in enumerate(h.payload):
        block = decode_block(h, payload, h.symbols_of(i), alphabet, world)
        check(not h.block or low32(xxh3(block)) == h.table[i][1], "a block is damaged")
        out += block
    check(low32(xxh3(bytes(out), xxh3(h.hashed))) == h.digest, "the digest does not agree")
    if not h.is_tokens:
        return bytes(out)
    if h.predictor not in NEEDS_WORLD:
        check(max(tokens(out), default=0) + 1 == alphabet, "an alphabet larger than needed")
    words = [20240520, 1, h.n] + [0] * 253
    return b"".join(w.to_bytes(4, "little") for w in words) + bytes(out)


def tokens(data):
    return [low | high << 8 for low, high in zip(data[::2], data[1::2])]


def decode_block(h, payload, n, alphabet, world):
    if len(payload) == n * h.width:
        check(not h.is_tokens or max(tokens(payload), default=0) < alphabet or n == 0,
              "a token outside of the alphabet")
        return payload
    coder = RangeDecoder(payload)
    predictor = open_predictor(h, alphabet, world)
    out = bytearray()
    for i in range(n):
        out += predictor.symbol(coder).to_bytes(h.width, "little")
        check(i % 1024 or not coder.is_overrun(), "a stream ends too early")
    coder.finish()
    return bytes(out)


def open_predictor(h, alphabet, world):
    if h.predictor == UNIFORM:
        return Uniform(alphabet)
    if h.predictor == ORDER0:
        return Order0(alphabet)
    if h.predictor == NGRAM:
        return Ngram(alphabet, h.options["order"], h.options["memory"])
    check(world.family == "sk", "a world of another family", "beyond")
    return Oracle(world, h.predictor == KNOWN)


# ---- Section 4: the range coder. ----

class RangeDecoder:
    def __init__(self, stream):
        self.stream, self.range, self.k = stream, MASK, 0
        self.offset = int.from_bytes(stream[:8].ljust(8, b"\0"), "big")
        check(self.offset < self.range, "a stream that no encoder begins")

    def unit(self, total):
        self.r, self.rest = divmod(self.range, total)
        if self.offset < (self.r + 1) * self.rest:
            return self.offset // (self.r + 1)
        return (self.offset - self.rest) // self.r

    def take(self, low, freq):
        begin = self.r * low + min(low, self.rest)
        self.range = self.r * (low + freq) + min(low + freq, self.rest) - begin
        self.offset -= begin
        while self.range < 1 << 56:
            at = self.k + 8
            byte = self.stream[at] if at < len(self.stream) else 0
            self.offset = self.offset << 8 | byte
            self.range <<= 8
            self.k += 1

    def decide(self, freqs):
        u, low = self.unit(sum(freqs)), 0
        for outcome, freq in enumerate(freqs):
            if u < low + freq:
                self.take(low, freq)
                return outcome
            low += freq
        raise AssertionError("a unit beyond the total")

    def decide_sparse(self, listed, floor, n):
        """decide() of n outcomes with the frequency `floor`, but those of the dictionary"""
        u = self.unit(sum(listed.values()) + floor * (n - len(listed)))
        low = begin = 0
        for outcome in sorted(listed) + [n]:
            gap = floor * (outcome - begin)
            if u < low + gap:
                step = (u - low) // floor
                self.take(low + step * floor, floor)
                return begin + step
            low += gap
            if u < low + listed[outcome]:
                self.take(low, listed[outcome])
                return outcome
            low, begin = low + listed[outcome], outcome + 1
        raise AssertionError("a unit beyond the total")

    def is_overrun(self):
        return self.k > len(self.stream)

    def finish(self):
        size = len(self.stream)
        check(self.offset < 1 << 56 and (size == self.k or (size == self.k + 1
                                                            and self.stream[-1] != 0)),
              "a stream with another ending")


# ---- Sections 5 and 6. ----

class Uniform:
    def __init__(self, alphabet):
        self.alphabet = alphabet

    def symbol(self, coder):
        u = coder.unit(self.alphabet)
        coder.take(u, 1)
        return u


class Order0:
    def __init__(self, alphabet):
        self.alphabet, self.n_digits, self.node = alphabet, 1, {}
        while 16 ** self.n_digits < alphabet:
            self.n_digits += 1

    def symbol(self, coder):
        p = 0
        for digit in range(self.n_digits):
            w = 16 ** (self.n_digits - 1 - digit)
            q = min(16, -(-(self.alphabet - 16 * p * w) // w))
            counts = self.node.setdefault((digit, p), [0] * q)
            c = coder.decide([2 * count + 1 for count in counts])
            counts[c] += 1
            if sum(counts) == (1 << 32) - 1:
                counts[:] = [count // 2 + count % 2 for count in counts]
            p = 16 * p + c
        return p


# ---- Section 7: ngram. ----

class Discounts:
    def __init__(self):
        self.n = [0, 4, 2, 1, 1]
        self.estimate()

    def estimate(self):
        n = self.n
        y = (n[1] << 20) // (n[1] + 2 * n[2])
        self.by = [0]
        for k in (1, 2, 3):
            drop = (k + 1) * (y * n[k + 1] // n[k]) >> 8
            lowest = 4096 * k // 10
            self.by.append(max(lowest, min(9 * lowest + lowest // 2, 4096 * k - drop)))

    def count(self, c):
        if c <= 3:
            self.n[c + 1] += 1
        if 1 <= c <= 4 and self.n[c] > 1:
            self.n[c] -= 1

    def of(self, c):
        return self.by[min(c, 3)]


class Store:
    """How much room is left, by the rules of the page"""

    def __init__(self, memory, alphabet):
        arena = (memory << 20) // 7 * 4 // (1 << 21) * (1 << 21)
        self.contexts, self.left = alphabet, arena
        self.pieces, self.full = defaultdict(int), False

    def fits(self, size):
        self.full = self.full or 32 * self.contexts + size > self.left
        return not self.full

    def make_context(self):
        if not self.fits(32):
            return False
        self.contexts += 1
        return True

    def make_entry(self, n):
        """Room for one more in a list of n"""
        if self.full or n == 65535:
            return False
        if n == 0 or n & n - 1:
            return True
        if self.pieces[2 * n]:
            self.pieces[2 * n] -= 1
        elif self.fits(16 * n):
            self.left -= 16 * n
        else:
            return False
        if n > 1:
            self.pieces[n] += 1
        return True


class Context:
    def __init__(self):
        self.entries, self.total, self.child = [], 0, {} # an entry: [symbol, count, backed]

    def released(self, discounts):
        return sum(discounts.of(count) for _, count, _ in self.entries)


class Said:
    """What a present context says before a symbol"""


class Ngram:
    def __init__(self, alphabet, order, memory):
        self.alphabet = alphabet
        self.order = order if order >= 0 else 5 if alphabet <= 256 else 3
        self.discounts = [Discounts() for _ in range(self.order + 1)]
        self.store = Store(memory, alphabet)
        self.of_symbol = {} # contexts of order 1, as they are met
        self.present = [None] # by order, from 1 on
        self.counts, self.t0, self.n_seen = {}, 0, 0
        self.n_of = [0, 0, 0, 0] # symbols of count 1, 2, and 3 or more
        self.group_bits = 0
        while 4 ** self.group_bits < alphabet:
            self.group_bits += 1
        self.refresh()

    # Order 0.

    def refresh(self):
        d = self.discounts[0]
        released = sum(n * by for n, by in zip(self.n_of, d.by))
        self.floor = released // self.alphabet + 1
        self.z = (1 << 62) // (4096 * self.t0 - released + self.floor * self.alphabet)

    def mass(self, s):
        c = self.counts.get(s, 0)
        return 4096 * c - (self.discounts[0].of(c) if c else 0) + self.floor

    def p0(self, s):
        return self.mass(s) * self.z >> 32

    def count_shortest(self, s):
        c = self.counts.get(s, 0)
        self.discounts[0].count(c)
        self.counts[s] = c + 1
        self.n_of[min(c, 3)] -= 1
        self.n_of[min(c + 1, 3)] += 1
        self.t0 += 1
        if self.t0 >= 1 << 20:
            self.counts = {s: c - c // 2 for s, c in self.counts.items()}
            self.t0 = sum(self.counts.values())
            self.n_of = [0, 0, 0, 0]
            for c in self.counts.values():
                self.n_of[min(c, 3)] += 1
        self.refresh()

    # What the present contexts say.

    def entry_p(self, said, order, count, lower):
        share = 4096 * count - self.discounts[order].of(count)
        return (share * said.scale >> 32) + (said.passed * lower >> 30)

    def look(self):
        latest, views = {}, [None] # the p that a symbol got from a smaller order
        for o in range(1, len(self.present)):
            x, said = self.present[o], Said()
            views.append(said)
            if not x.entries:
                continue
            said.scale = (1 << 62) // (4096 * x.total)
            said.passed = x.released(self.discounts[o]) * said.scale >> 32
            head, said.p, lowers = x.entries[:16], [], 0
            for e in head:
                lower = self.p0(e[0]) if o == 1 else latest.get(e[0], e[2] << 14)
                said.p.append(self.entry_p(said, o, e[1], lower))
                e[2] = min(65535, lower + 8192 >> 14)
                lowers += lower
            latest.update((e[0], p) for e, p in zip(head, said.p))
            said.behind = 0
            if len(x.entries) > 16:
                rest = sum(e[2] for e in x.entries[16:]) << 14
                evidence = (1 << 30) - said.passed
                shown = sum(said.p) - (said.passed * lowers >> 30)
                said.behind = max(0, evidence - shown) + (said.passed * rest >> 30)
                lowers += rest
            lowers = min(lowers, (1 << 30) - (1 << 26))
            said.escape = (said.passed * ((1 << 30) - lowers) >> 30) + 1
        return views

    # The decisions.

    def offer(self, coder, o, said, excluded):
        """The place of the entry that came, or None"""
        entries, first, size, behind = self.present[o].entries, 0, 16, said.behind
        while True:
            chunk = range(first, min(first + size, len(entries)))
            p = {i: said.p[i] if first == 0 else
                 self.entry_p(said, o, entries[i][1], entries[i][2] << 14) for i in chunk}
            for i in chunk if first else ():
                behind -= min(behind, p[i])
            shown = [i for i in chunk if entries[i][0] not in excluded]
            after = entries[first + size:]
            hidden = sum(e[0] in excluded for e in after)
            further = 0
            if len(after) != hidden:
                further = behind * (len(after) - hidden) // len(after) + 1
            escape = said.escape if first == 0 and len(entries) < self.alphabet else 0
            came = coder.decide([1 + p[i] for i in shown] + [further, escape])
            if came < len(shown):
                return shown[came]
            if came > len(shown):
                return None
            first, size = first + size, min(2 * size, 512)

    def offer_all(self, coder, excluded):
        bits = self.group_bits
        n_groups = (self.alphabet - 1 >> bits) + 1
        group = 0

        def members(g):
            return range(g << bits, min(g + 1 << bits, self.alphabet))

        if n_groups > 1:
            sums = [self.floor * len(members(g)) for g in range(n_groups)]
            for s in self.counts:
                sums[s >> bits] += self.mass(s) - self.floor
            for s in excluded:
                sums[s >> bits] -= self.mass(s)
            group = coder.decide(sums)
        came = coder.decide([0 if s in excluded else self.mass(s) for s in members(group)])
        return (group << bits) + came

    def symbol(self, coder):
        views, excluded = self.look(), set()
        found, place = 0, 0
        for o in range(len(self.present) - 1, 0, -1):
            if len(self.present[o].entries) <= len(excluded):
                continue
            place = self.offer(coder, o, views[o], excluded)
            if place is not None:
                found, s = o, self.present[o].entries[place][0]
                break
            excluded = {e[0] for e in self.present[o].entries}
        if not found:
            s = self.offer_all(coder, excluded)
        self.learn(s, found, place)
        return s

    # Learning.

    def back(self, o, e):
        x, d = self.present[o], self.discounts[o]
        share = 4096 * e[1] - d.of(e[1])
        return (share + (x.released(d) * e[2] >> 16) << 30) // (4096 * x.total)

    def count_entry(self, o, place):
        x = self.present[o]
        e = x.entries[place]
        self.discounts[o].count(e[1])
        first = next(i for i, other in enumerate(x.entries) if other[1] == e[1])
        e[1] += 1
        x.entries[first], x.entries[place] = e, x.entries[first]
        x.total += 1
        if x.total >= 1 << 20:
            for other in x.entries:
                other[1] -= other[1] // 2
            x.total = sum(other[1] for other in x.entries)
        return self.back(o, e)

    def learn(self, s, found, place):
        n = len(self.present) - 1
        if found == 0:
            p = self.p0(s)
            self.count_shortest(s)
        else:
            p = self.count_entry(found, place)
        known = found
        for o in range(found + 1, n + 1):
            x = self.present[o]
            if not self.store.make_entry(len(x.entries)):
                break
            x.entries.append([s, 1, min(65535, p + 8192 >> 14)])
            x.total += 1
            self.discounts[o].count(0)
            p, known = self.back(o, x.entries[-1]), o
        if self.order > 0:
            self.go_on(s, found, min(n, self.order - 1, known))
        self.n_seen += 1
        if self.n_seen % 1024 == 0:
            for d in self.discounts:
                d.estimate()
            self.refresh()

    def go_on(self, s, found, n):
        present = [None, self.of_symbol.setdefault(s, Context())]
        for o in range(1, n + 1):
            x = self.present[o]
            if o > found and self.store.make_context():
                x.child[s] = Context()
            if s not in x.child:
                break
            present.append(x.child[s])
        self.present = present


# ---- Section 9, "Reals as integers": a double x is the integer x * 2^1074. ----

BITS = 1074
ONE = 1 << BITS


def rounded(x, n=0):
    """rnd(x / 2^n)"""
    if x < 0:
        return -rounded(-x, n)
    cut = max(n, x.bit_length() - 53)
    if cut == 0:
        return x
    even = x >> cut & 1
    return (x + (1 << cut - 1) - 1 + even >> cut) << cut - n


def add(x, y):
    return rounded(x + y)


def times(x, y):
    return rounded(x * y, BITS)


def over(x, y):
    quotient, rest = divmod(abs(x) << BITS + 2, y)
    quotient = rounded(quotient | (rest != 0), 2)
    return -quotient if x < 0 else quotient


def real(v):
    return rounded(v << BITS)


def product(x, *others):
    for y in others:
        x = times(x, y)
    return x


def total(values):
    x = 0
    for y in values:
        x = add(x, y)
    return x


def ask(coder, masses):
    """Section 9, "Decisions by mass" """
    sum_, up = total(masses), ONE
    while 0 < sum_ < ONE >> 500:
        sum_, up = sum_ << 500, up << 500
    check(0 < sum_ < ONE << 1000, "a sentence that is too improbable")
    scale = over(ONE << 36, sum_)
    return coder.decide([frequency(m, up, scale) for m in masses])


def ask_sparse(coder, masses, floor, n):
    """Of n outcomes those of the dictionary have masses of their own"""
    sum_, up = total(masses[j] for j in sorted(masses)), ONE
    if len(masses) < n:
        sum_ = add(sum_, times(floor, real(n - len(masses))))
    while 0 < sum_ < ONE >> 500:
        sum_, up = sum_ << 500, up << 500
    check(0 < sum_ < ONE << 1000, "a sentence that is too improbable")
    scale = over(ONE << 36, sum_)
    return coder.decide_sparse({j: frequency(m, up, scale) for j, m in masses.items()},
                               frequency(floor, up, scale), n)


def frequency(mass, up, scale):
    scaled = times(mass, up)
    return 1 + (times(scaled, scale) >> BITS) if scaled else 0


def parse_real(text):
    """A decimal number with a fraction or an exponent"""
    digits, _, exponent = text.lower().partition("e")
    whole, _, fraction = digits.partition(".")
    power = int(exponent or 0) - len(fraction)
    numerator = abs(int(whole + fraction))
    check(abs(power) < 5000, "a world with a number that is no double")
    if power >= 0:
        x = real(numerator * 10 ** power)
    else:
        quotient, rest = divmod(numerator << BITS + 2, 10 ** -power)
        x = rounded(quotient | (rest != 0), 2)
    check(x < 1 << BITS + 1024, "a world with a number that is no double")
    return Real(x, text[0] == "-")


class Real:
    def __init__(self, x, negative):
        self.x, self.negative = -x if negative else x, negative

    def bits(self):
        x, exponent = abs(self.x), 0
        if x >= 1 << 52:
            exponent = x.bit_length() - 52
            x = (x >> exponent - 1) - (1 << 52)
        return self.negative << 63 | exponent << 52 | x


# ---- Section 8: worlds. ----

def unique(pairs):
    check(len(dict(pairs)) == len(pairs), "a world with a name twice in an object")
    return dict(pairs)


def not_json(word):
    raise Refused("corrupt", "a world that is no JSON: " + word)


class World:
    def __init__(self, text):
        try:
            root = json.loads(text, parse_float=parse_real, parse_constant=not_json,
                              object_pairs_hook=unique)
        except ValueError as error:
            raise Refused("corrupt", "no world file: %s" % error) from error
        check(isinstance(root, dict) and root.get("format") == "twopart-world", "no world file")
        check(root.get("schema") == 1, "another schema of worlds", "unsupported")
        check(isinstance(root.get("prior"), dict) and isinstance(root.get("corpus"), dict),
              "a world without prior or corpus")
        corpus = root["corpus"]
        check(all(isinstance(corpus.get(n), int) and corpus[n] >= 0
                  for n in ("tokens", "sentences"))
              and re.fullmatch("[0-9a-f]{16}", str(corpus.get("digest"))), "a world's corpus")
        self.family, self.prior, self.truth = root.get("family"), root["prior"], root.get("truth")
        self.alphabet = root["corpus"].get("vocab")
        check(isinstance(self.alphabet, int) and 1 <= self.alphabet <= 65536, "a world's vocab")

    def hash(self, predictor):
        walk = bytearray()
        hash_value(walk, self.prior)
        if predictor == KNOWN:
            hash_value(walk, self.truth)
        return low32(xxh3(bytes(walk)))


def hash_value(walk, v):
    def number(x):
        walk.extend((x & MASK).to_bytes(8, "little"))

    def text(s):
        number(len(s))
        walk.extend(s)

    if isinstance(v, dict):
        walk.extend(b"o")
        number(len(v))
        for name in sorted(v, key=str.encode):
            text(name.encode())
            hash_value(walk, v[name])
    elif isinstance(v, list):
        walk.extend(b"a")
        number(len(v))
        for item in v:
            hash_value(walk, item)
    elif isinstance(v, str):
        walk.extend(b"s")
        text(v.encode())
    elif v is None or isinstance(v, bool):
        walk.extend({None: b"n", True: b"t", False: b"f"}[v])
    elif isinstance(v, int):
        walk.extend(b"i")
        number(v)
    else:
        walk.extend(b"r")
        number(v.bits())


# ---- Section 9: the prior, the truth, and what is believed. ----

END, WORD, NAME, VALUE = 0, 1, 2, 3 # kinds; VALUE + a for attribute a


class Groups:
    def __init__(self, n):
        self.n, self.size = n, 1
        while self.size * self.size < n:
            self.size += 1
        self.count = -(-n // self.size)

    def members(self, group):
        return range(group * self.size, min((group + 1) * self.size, self.n))


class Cluster:
    """The grammar of a type.  row[s]: (entry, next state or -1) of each entry of state s"""

    def __init__(self, prior, cluster):
        self.kind, self.arg, self.row, self.set, n_entries = [], [], [], {0: ()}, 0
        for state in cluster["states"]:
            emit, arg = state["emit"], state.get("arg", 0)
            self.kind.append({"start": END, "word": WORD, "name": NAME,
                              "value": VALUE + arg}[emit])
            self.arg.append(arg)
            self.row.append([(n_entries + j, to) for j, to in enumerate(state["next"])])
            n_entries += len(state["next"])
        self.n_entries = n_entries
        self.words = cluster["classes"]
        self.place = {w: (c, j) for c, words in enumerate(self.words)
                      for j, w in enumerate(words)}
        for s, row in enumerate(self.row): # the attributes before the name, ascending
            for _, to in row:
                if to != -1 and s in self.set and self.kind[to] != NAME:
                    more = (self.arg[to],) if self.kind[to] >= VALUE else ()
                    self.set[to] = tuple(sorted(self.set[s] + more))

    def kind_after(self, to):
        return END if to == -1 else self.kind[to]

    def step(self, s, kind, word_class=0):
        """(entry, state) of the successor that emits this, or None"""
        for entry, to in self.row[s]:
            if to != -1 and self.kind[to] == kind and (kind != WORD or self.arg[to] == word_class):
                return entry, to
        return None

    def end(self, s):
        entry, to = self.row[s][-1]
        return entry if to == -1 else None


class Prior:
    def __init__(self, prior):
        def millionths(name):
            return over(real(prior[name + "_millionths"]), real(1000000))

        self.alpha, self.beta, self.gamma = map(millionths, ("alpha", "beta", "gamma"))
        self.rho, self.omega = map(millionths, ("row_pseudo_count", "word_pseudo_count"))
        self.n_types, self.n_classes, self.n_slots = (prior["types"], prior["classes"],
                                                      prior["class_words"])
        self.n_words, self.n_attributes, self.n_values = (prior["words"], prior["attributes"],
                                                          prior["values"])
        self.sizes = prior["name_parts"]
        self.first_part = [1 + self.n_words]
        for size in self.sizes:
            self.first_part.append(self.first_part[-1] + size)
        self.first_value = self.first_part.pop()
        self.n_names = self.names_under(0)
        self.cluster = [Cluster(prior, c) for c in prior["clusters"]]
        self.word_groups, self.value_groups = Groups(self.n_words), Groups(self.n_values)
        self.part_groups = Groups(self.sizes[0])

    def names_under(self, n_parts):
        """Names that begin with n_parts given parts"""
        n = 1
        for size in self.sizes[n_parts:]:
            n *= size
        return n

    def first_of(self, name):
        return name // self.names_under(1)


class Element:
    def __init__(self, name, type_):
        self.name, self.type, self.n, self.weight = name, type_, 0, 0
        self.stated = defaultdict(dict) # by attribute: value -> count, or probability


class Belief:
    """The tables, the elements, and the kept sums"""

    def __init__(self, prior):
        self.p, self.elements, self.by_name = prior, [], {}
        types = range(prior.n_types)
        self.by_first = defaultdict(list) # names by first part
        self.first_stated = defaultdict(list) # (type, attribute, value) -> elements, by time
        self.sums = defaultdict(int) # see add_sums()
        self.sets = [sorted(set(c.set.values())) for c in prior.cluster]
        self.start = [None for _ in types]

    def enter(self, element):
        self.by_name[element.name] = element
        self.elements.append(element)
        self.by_first[self.p.first_of(element.name)].append(element.name)

    def factor(self, k, a, v):
        base = self.base(k, a)
        return add(base, self.extra(k, a, v)) if v in k.stated[a] else base

    def new_weight(self):
        n, x = len(self.elements), self.weight_of_new()
        return over(0 if n >= self.p.n_names else x, real(self.p.n_types))

    def add_sums(self, k, sign):
        """Add what element k gives to all kept sums, or take it away"""
        p, t = self.p, k.type
        base = [self.base(k, a) for a in range(p.n_attributes)]
        for s in self.sets[t]:
            if 0 in (base[a] for a in s):
                continue
            w = product(self.weight(k), *(base[a] for a in s))
            first = p.first_of(k.name)
            for key in ("total", 0), ("first", first), ("firsts", first // p.part_groups.size):
                self.keep((t, s) + key, w, sign)
            for a in range(p.n_attributes):
                for v in sorted(k.stated[a]):
                    x = times(w, over(self.extra(k, a, v), real(p.n_values)))
                    self.keep((t, s, a, v), x, sign)
                    self.keep((t, s, "values", a, v // p.value_groups.size), x, sign)

    def start_of(self, t):
        """Of type t: by kind, by word and by group of words"""
        if self.start[t] is None:
            c, kinds, words, groups = self.p.cluster[t], {}, {}, {}
            for entry, to in c.row[0]:
                kind, prob = c.kind_after(to), self.prob(t, 0, entry)
                kinds[kind] = add(kinds.get(kind, 0), prob)
                if kind != WORD:
                    continue
                share = times(prob, self.word_scale(t, c.arg[to]))
                for j, w in enumerate(c.words[c.arg[to]]):
                    x = times(share, self.word_weight(t, c.arg[to], j))
                    g = w // self.p.word_groups.size
                    words[w] = add(words.get(w, 0), x)
                    groups[g] = add(groups.get(g, 0), x)
            self.start[t] = kinds, words, groups
        return self.start[t]


class KnownBelief(Belief):
    def __init__(self, prior, truth):
        super().__init__(prior)
        check(isinstance(truth, dict), "a world without its truth")
        self.rows = [[number(x) for x in rows] for rows in truth["rows"]]
        self.words = [[number(x) for x in words] for words in truth["words"]]
        self.unseen = number(truth["unseen_weight"])
        for name, type_, weight, facts in truth["elements"]:
            k = Element(name, type_)
            k.weight = number(weight)
            for a, fact in enumerate(facts):
                for v, probability in fact if isinstance(fact, list) else [[fact, 1]]:
                    k.stated[a][v] = number(probability)
                    self.first_stated[type_, a, v].append(k)
            self.enter(k)
            self.add_sums(k, 1)

    def weight_of_new(self):
        return self.unseen

    def prob(self, t, _, entry):
        return self.rows[t][entry]

    def word_weight(self, t, c, slot):
        return self.words[t][c * self.p.n_slots + slot]

    def word_scale(self, *_):
        return ONE

    def weight(self, k):
        return k.weight

    def base(self, k, a):
        rest, n = ONE, len(k.stated[a])
        for v in sorted(k.stated[a]):
            rest = add(rest, -k.stated[a][v])
        if rest <= 0 or n >= self.p.n_values or (self.p.gamma == 0 and n > 0):
            return 0
        return over(times(rest, real(self.p.n_values)), real(self.p.n_values - n))

    def extra(self, k, a, v):
        return max(0, add(self.said(k, a, v), -self.base(k, a)))

    def said(self, k, a, v):
        return times(real(self.p.n_values), k.stated[a][v])

    def keep(self, key, x, _):
        self.sums[key] = add(self.sums[key], x)

    def kept(self, *key):
        return self.sums.get(key, 0)

    def learn(self, *_):
        pass


def number(x):
    return x.x if isinstance(x, Real) else real(x)


class BayesBelief(Belief):
    def __init__(self, prior):
        super().__init__(prior)
        self.uses = defaultdict(int) # of (type, "row", s), (type, "entry", e), ..

    def weight_of_new(self):
        n = len(self.elements)
        return add(self.p.beta, times(self.p.alpha, real(n))) if n else ONE

    def prob(self, t, s, entry):
        pseudo = times(real(len(self.p.cluster[t].row[s])), self.p.rho)
        return times(add(real(self.uses[t, "entry", entry]), self.p.rho),
                     over(ONE, add(real(self.uses[t, "row", s]), pseudo)))

    def word_weight(self, t, c, slot):
        return add(real(self.uses[t, "word", c, slot]), self.p.omega)

    def word_scale(self, t, c):
        pseudo = times(real(self.p.n_slots), self.p.omega)
        return over(ONE, add(real(self.uses[t, "class", c]), pseudo))

    def weight(self, k):
        return add(real(k.n), -self.p.alpha)

    def n_stated(self, k, a):
        return sum(k.stated[a].values())

    def base(self, k, a):
        if not k.stated[a]:
            return ONE
        if self.p.gamma == 0:
            return 0
        return over(self.p.gamma, add(real(self.n_stated(k, a)), self.p.gamma))

    def extra(self, k, a, v):
        return over(times(real(self.p.n_values), real(k.stated[a][v])),
                    add(real(self.n_stated(k, a)), self.p.gamma))

    def said(self, k, a, v):
        return add(self.base(k, a), self.extra(k, a, v))

    def keep(self, key, x, sign):
        y = times(x, ONE << 30)
        self.sums[key] += sign * (0 if y <= 0 else 1 if y < ONE else y >> BITS)

    def kept(self, *key):
        return times(real(self.sums.get(key, 0)), ONE >> 30)

    def learn(self, t, path, words, facts, name):
        """path: (state, entry) of each step; words: (class, slot); facts: (attribute, value)"""
        k = self.by_name.get(name)
        if k is not None:
            self.add_sums(k, -1)
        else:
            k = Element(name, t)
            self.enter(k)
        check(k.type == t, "a name of two types")
        for a, v in facts:
            check(self.p.gamma or v in k.stated[a] or not k.stated[a], "a fact that varies")
            if v not in k.stated[a]:
                self.first_stated[t, a, v].append(k)
            k.stated[a][v] = k.stated[a].get(v, 0) + 1
        k.n += 1
        for s, entry in path:
            self.uses[t, "row", s] += 1
            self.uses[t, "entry", entry] += 1
        for c, slot in words:
            self.uses[t, "class", c] += 1
            self.uses[t, "word", c, slot] += 1
        self.add_sums(k, 1)
        self.start[t] = None


# ---- Section 9, "A sentence". ----

class Type:
    def __init__(self):
        self.alive, self.state, self.l, self.wt = True, 0, ONE, 0
        self.candidates = [] # [element, weight, base]


class Oracle:
    def __init__(self, world, known):
        self.p = Prior(world.prior)
        self.b = KnownBelief(self.p, world.truth) if known else BayesBelief(self.p)
        self.begin()

    def begin(self):
        self.types = [Type() for _ in range(self.p.n_types)]
        self.tokens, self.facts, self.parts = [], [], []
        self.named, self.element, self.name = False, None, None

    def living(self):
        return [(t, h, self.p.cluster[t]) for t, h in enumerate(self.types) if h.alive]

    def set_of(self, t):
        return self.p.cluster[t].set[self.types[t].state]

    def agree(self, t):
        x = add(self.b.kept(t, self.set_of(t), "total", 0), self.b.new_weight())
        for _, weight, base in self.types[t].candidates:
            x = add(x, add(weight, -base))
        return x

    def weigh(self):
        for t, h in enumerate(self.types):
            h.wt = 0 if not h.alive else h.l if self.named else times(h.l, self.agree(t))
            h.alive = h.wt > 0
        most = max(h.wt for h in self.types)
        check(most > 0, "a sentence that is too improbable")
        while most < ONE >> 200:
            most <<= 200
            for h in self.types:
                h.wt, h.l = h.wt << 200, h.l << 200

    def symbol(self, coder):
        if self.parts and not self.named:
            token = self.later_part(coder)
        else:
            token = self.first_token_of_kind(coder, self.ask_kind(coder))
        self.tokens.append(token)
        if token == 0:
            self.end()
        return token

    def ask_kind(self, coder):
        self.weigh()
        masses = [0] * (VALUE + self.p.n_attributes)
        for t, h, c in self.living():
            if not self.tokens:
                for kind, x in self.b.start_of(t)[0].items():
                    masses[kind] = add(masses[kind], times(h.wt, x))
                continue
            for entry, to in c.row[h.state]:
                kind = c.kind_after(to)
                masses[kind] = add(masses[kind], times(h.wt, self.b.prob(t, h.state, entry)))
        possible = [kind for kind, mass in enumerate(masses) if mass > 0]
        if len(possible) == 1 and possible[0] != END:
            return possible[0]
        return ask(coder, masses)

    def first_token_of_kind(self, coder, kind):
        if kind == END:
            return 0
        if kind == WORD:
            return self.word(coder)
        if kind == NAME:
            return self.first_part(coder)
        return self.value(coder, kind - VALUE)

    # Words.

    def word(self, coder):
        w = self.later_word(coder) if self.tokens else self.first_word(coder)
        for t, h, c in self.living():
            place = c.place.get(w)
            step = place and c.step(h.state, WORD, place[0])
            if not step:
                h.alive = False
                continue
            h.l = times(h.l, product(self.b.prob(t, h.state, step[0]),
                                     self.b.word_scale(t, place[0]),
                                     self.b.word_weight(t, *place)))
            h.state = step[1]
        return 1 + w

    def first_word(self, coder):
        def mass(which, item):
            return total(times(h.wt, self.b.start_of(t)[which].get(item, 0))
                         for t, h in enumerate(self.types))

        groups = self.p.word_groups
        members = groups.members(ask(coder, [mass(2, g) for g in range(groups.count)]))
        return members[ask(coder, [mass(1, w) for w in members])]

    def later_word(self, coder):
        masses = {} # in order of insertion
        for t, h, c in self.living():
            for entry, to in c.row[h.state]:
                if c.kind_after(to) != WORD:
                    continue
                share = product(h.wt, self.b.prob(t, h.state, entry),
                                self.b.word_scale(t, c.arg[to]))
                for j, w in enumerate(c.words[c.arg[to]]):
                    masses[w] = add(masses.get(w, 0),
                                    times(share, self.b.word_weight(t, c.arg[to], j)))
        return list(masses)[ask(coder, list(masses.values()))]

    # Names.

    def name_likelihood(self, t):
        h = self.types[t]
        entry, _ = self.p.cluster[t].step(h.state, NAME)
        return times(h.l, self.b.prob(t, h.state, entry))

    def free(self):
        return real(self.p.n_names - len(self.b.elements))

    def first_part(self, coder):
        for _, h, c in self.living():
            h.alive = c.step(h.state, NAME) is not None
        groups = self.p.part_groups

        def free(part):
            return self.p.names_under(1) - len(self.b.by_first[part])

        def masses(which, items, item_of, free_of):
            mass = {i: 0 for i in items}
            per = over(self.b.new_weight(), self.free()) if self.free() else 0
            for t, h, _ in self.living():
                l = self.name_likelihood(t)
                for i in items:
                    x = add(self.b.kept(t, self.set_of(t), which, i),
                            times(per, real(free_of(i))))
                    mass[i] = add(mass[i], times(l, x))
                for k, weight, base in h.candidates:
                    i = item_of(self.p.first_of(k.name))
                    if i in mass:
                        mass[i] = add(mass[i], times(l, add(weight, -base)))
            return list(mass.values())

        group = ask(coder, masses("firsts", range(groups.count), lambda i: i // groups.size,
                                  lambda g: sum(map(free, groups.members(g)))))
        members = groups.members(group)
        part = members[ask(coder, masses("first", members, lambda i: i, free))]
        return self.part_read(part)

    def weight_with_facts(self, k):
        return product(self.b.weight(k), *(self.b.factor(k, a, v) for a, v in self.facts))

    def later_part(self, coder):
        n, p = len(self.parts), self.p
        below, likelihood, z = p.names_under(n + 1), {}, 0
        for t, _, _ in self.living():
            likelihood[t] = self.name_likelihood(t)
            if self.free():
                z = add(z, over(times(likelihood[t], self.b.new_weight()), self.free()))
        begin = self.name * p.names_under(n)
        masses, n_used = {}, defaultdict(int)
        for name in sorted(self.b.by_first[self.parts[0]]):
            if not begin <= name < begin + p.names_under(n):
                continue
            part, k = (name - begin) // below, self.b.by_name[name]
            n_used[part] += 1
            masses.setdefault(part, 0)
            if likelihood.get(k.type, 0) > 0:
                masses[part] = add(masses[part],
                                   times(likelihood[k.type], self.weight_with_facts(k)))
        for part in masses:
            masses[part] = add(masses[part], times(z, real(below - n_used[part])))
        return self.part_read(ask_sparse(coder, masses, times(z, real(below)), p.sizes[n]))

    def part_read(self, part):
        token = self.p.first_part[len(self.parts)] + part
        self.name = (self.name or 0) * self.p.sizes[len(self.parts)] + part
        self.parts.append(part)
        if len(self.parts) == len(self.p.sizes):
            self.named = True
            self.element = self.b.by_name.get(self.name)
            for t, h, c in self.living():
                h.l = self.name_likelihood(t)
                h.state = c.step(h.state, NAME)[1]
                h.alive = self.element is None or self.element.type == t
        return token

    # Values.

    def value(self, coder, a):
        v = self.named_value(coder, a) if self.named else self.unnamed_value(coder, a)
        for t, h, c in self.living():
            step = c.step(h.state, VALUE + a)
            h.alive = step is not None
            if step:
                h.l = times(h.l, self.b.prob(t, h.state, step[0]))
                h.state = step[1]
        if not self.named:
            for t, h, _ in self.living():
                self.take_candidates(t, h, a, v)
            self.facts.append((a, v))
        return self.p.first_value + a * self.p.n_values + v

    def named_value(self, coder, a):
        k = self.element
        masses = {v: self.b.said(k, a, v) for v in k.stated[a]} if k else {}
        return ask_sparse(coder, masses, self.b.base(k, a) if k else ONE, self.p.n_values)

    def unnamed_value(self, coder, a):
        groups = self.p.value_groups

        def masses(key, items, item_of, size_of):
            mass = {i: 0 for i in items}
            for t, _, _ in self.living():
                self.add_values(mass, t, a, key, item_of, size_of)
            return list(mass.values())

        group = ask(coder, masses(("values", a), range(groups.count), lambda v: v // groups.size,
                                  lambda g: len(groups.members(g))))
        members = groups.members(group)
        return members[ask(coder, masses((a,), members, lambda v: v, lambda v: 1))]

    def add_values(self, mass, t, a, key, item_of, size_of):
        b, h, c = self.b, self.types[t], self.p.cluster[t]
        step = c.step(h.state, VALUE + a)
        if not step:
            return
        share = times(h.l, b.prob(t, h.state, step[0]))
        uniform = add(b.kept(t, c.set[step[1]], "total", 0), b.new_weight())
        for k, weight, base in h.candidates:
            special = add(weight, -base)
            uniform = add(uniform, times(special, b.base(k, a)))
            for v in sorted(k.stated[a]):
                i = item_of(v)
                if i in mass:
                    mass[i] = add(mass[i], product(share, special, b.extra(k, a, v)))
        for i in mass:
            x = add(times(real(self.p.n_values), b.kept(t, self.set_of(t), *key, i)),
                    times(real(size_of(i)), uniform))
            mass[i] = add(mass[i], times(share, x))

    def take_candidates(self, t, h, a, v):
        b = self.b
        for c in h.candidates:
            c[1] = times(c[1], b.factor(c[0], a, v))
            c[2] = times(c[2], b.base(c[0], a))
        there = [c[0] for c in h.candidates]
        for k in b.first_stated[t, a, v]:
            if k in there:
                continue
            base = product(b.weight(k), *(b.base(k, earlier) for earlier, _ in self.facts))
            h.candidates.append([k, times(b.factor(k, a, v), base), times(base, b.base(k, a))])

    # The end.

    def end(self):
        for _, h, c in self.living():
            h.alive = c.end(h.state) is not None
        if isinstance(self.b, BayesBelief):
            check(self.living(), "a sentence of no type")
            self.b.learn(*self.parse(self.living()[0][0]))
        self.begin()

    def parse(self, t):
        """What the sentence used, by type t"""
        c, s, path, words, facts = self.p.cluster[t], 0, [], [], []
        for token in self.tokens:
            if token == 0:
                step = (c.end(s), None)
            elif token < self.p.first_part[0]:
                words.append(c.place[token - 1])
                step = c.step(s, WORD, words[-1][0])
            elif token < self.p.first_part[0] + self.p.sizes[0]:
                step = c.step(s, NAME)
            elif token < self.p.first_value:
                continue
            else:
                facts.append(divmod(token - self.p.first_value, self.p.n_values))
                step = c.step(s, VALUE + facts[-1][0])
            path.append((s, step[0]))
            s = step[1]
        return t, path, words, facts, self.name


def main(arguments):
    with open(arguments[0], "rb") as file:
        data = file.read()

    def read_world():
        with open(arguments[1], encoding="utf-8") as file:
            return World(file.read())

    try:
        sys.stdout.buffer.write(decode(data, read_world if len(arguments) > 1 else None))
    except Refused as refused:
        print("decode_archive.py: %s: %s" % (refused.verdict, refused), file=sys.stderr)
        return EXIT_CODES[refused.verdict]
    return 0


if __name__ == "__main__":
    if len(sys.argv) not in (2, 3):
        sys.exit(__doc__)
    sys.exit(main(sys.argv[1:]))
