# SPDX-License-Identifier: BSD-2-Clause
"""compare_decoders.py TWOPART WHAT ..: the program's decoder against decode_archive.py.

    archives N SEED    generate N archives: both decode each to its original
    damaged N SEED     N damaged or forbidden archives: both refuse each, with the same answer
    long               archives long enough that counts are halved (a minute or two)
    vectors FILE       the test vectors in FILE, both ways
    print-vectors      the section of vectors, for that file

Each prints lines of TAP, and with a "# " in front what was counted.  Everything is drawn from SEED
alone.  Works in the present directory, which should be empty.
"""
import os
import re
import subprocess
import sys
from collections import Counter

import decode_archive
from decode_archive import Refused, World, low32, xxh3

TOKEN_MAGIC = 20240520


class Random:
    """splitmix64"""

    def __init__(self, seed):
        self.state = seed & decode_archive.MASK

    def bits(self):
        self.state = self.state + 0x9e3779b97f4a7c15 & decode_archive.MASK
        z = self.state
        z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9 & decode_archive.MASK
        z = (z ^ z >> 27) * 0x94d049bb133111eb & decode_archive.MASK
        return z ^ z >> 31

    def below(self, n):
        return self.bits() % n

    def range(self, low, high):
        """low .. high"""
        return low + self.below(high - low + 1)

    def one_of(self, *items):
        return items[self.below(len(items))]

    def chance(self, n):
        return self.below(n) == 0


class Program:
    def __init__(self, path):
        self.path = path

    def run(self, *arguments):
        return subprocess.run([self.path, *arguments], stdin=subprocess.DEVNULL,
                              stdout=subprocess.PIPE, stderr=subprocess.PIPE, check=False)

    def must(self, *arguments):
        done = self.run(*arguments)
        if done.returncode:
            sys.exit("%s: %s" % (" ".join(arguments), done.stderr.decode()))
        return done


def read(path):
    with open(path, "rb") as file:
        return file.read()


def write(path, data):
    with open(path, "wb") as file:
        file.write(data)


def token_file(tokens, n=None):
    words = [TOKEN_MAGIC, 1, len(tokens) if n is None else n] + [0] * 253
    return (b"".join(w.to_bytes(4, "little") for w in words)
            + b"".join(t.to_bytes(2, "little") for t in tokens))


# ---- What to code. ----

def draw_length(r):
    if r.chance(40):
        return r.range(1000, 2500)
    return r.one_of(0, 1, 2, r.below(20), r.below(60), r.below(60), r.below(200), r.below(400))


def draw_symbols(r, alphabet, n):
    """A sequence of one of several kinds"""
    kind = r.below(7)
    few = [r.below(alphabet) for _ in range(r.range(1, 40))]
    if kind == 0:
        return [r.below(alphabet) for _ in range(n)]
    if kind == 1:
        return [few[i % len(few)] for i in range(n)]
    if kind == 2:
        return [few[0]] * n
    if kind == 3: # each follows from the two before, or not
        out = []
        for _ in range(n):
            before = sum(out[-2:])
            out.append(r.below(alphabet) if r.chance(5) else few[before % len(few)])
        return out
    if kind == 4: # small ones more often
        return [r.below(r.below(alphabet) + 1) for _ in range(n)]
    if kind == 5:
        return [few[min(r.below(len(few)), r.below(len(few)))] for _ in range(n)]
    return many_after_each(r, alphabet, n)


def many_after_each(r, alphabet, n):
    """Symbols of very different frequencies, so that contexts get long lists"""
    first = r.below(alphabet)
    return [(first + r.below(r.below(r.below(120) + 1) + 1)) % alphabet for _ in range(n)]


def draw_file(r, as_tokens, model):
    n = draw_length(r)
    if not as_tokens:
        if r.chance(12): # a header that the count alone does not make
            data = bytearray(token_file(draw_symbols(r, 300, n % 30)))
            data[r.range(12, 1023)] = r.range(1, 255)
            return bytes(data)
        return bytes(draw_symbols(r, r.one_of(1, 2, 16, 17, 100, 256, 256), n))
    alphabet = r.one_of(1, 2, 3, 16, 17, 100, 256, 257, 400, 4096, 4097, 65535, 65536, 65536,
                        r.range(1, 65536))
    if "memory=4" in model.split(","): # the contexts of one symbol take nearly all of it
        alphabet = 65536 - r.one_of(0, 1, 5, 40)
    tokens = draw_symbols(r, alphabet, n)
    if tokens and (alphabet > 65000 or r.chance(2)):
        tokens[r.below(n)] = alphabet - 1
    return token_file(tokens)


def draw_model(r):
    name = r.one_of("uniform", "order0", "order0", "ngram", "ngram", "ngram")
    if name != "ngram" or r.chance(3):
        return name
    options = []
    if r.chance(2):
        options.append("order=%d" % r.range(-1, 16))
    if r.chance(2):
        options.append("memory=%d" % r.one_of(4, 4, 4, 5, 255, 4096))
    return "ngram:" + ",".join(options) if options else name


def draw_world(r, program, prefix):
    """A world with a small corpus; its sentences"""
    noise = r.one_of("0", "0", "0.000001", "0.3", "2", "1000")
    options = {
        "alpha": "0.%d" % r.below(10), "beta": r.one_of("1", "0.1", "20"), "noise": noise,
        "sentences": r.range(10, 40), "seed": r.bits() >> 3, "types": r.range(1, 4),
        "templates": r.range(1, 10), "classes": r.range(2, 5), "class-words": r.range(1, 5),
        "words": r.range(25, 60), "attributes": r.range(1, 5), "values": r.range(1, 20),
        "facts": r.range(1, 3), "first-names": r.range(20, 90), "last-names": r.range(1, 30),
        "middle-names": r.one_of(0, 0, 2, 5), "min-tokens": 5, "max-tokens": r.range(12, 20)}
    arguments = [word for name, value in options.items() for word in ("--" + name, str(value))]
    done = program.run("generate", "sk", "-o", prefix, "-f", "-q", *arguments)
    if done.returncode:
        return None # there is no such grammar
    sentences = [[]]
    for token in decode_archive.tokens(read(prefix + ".bin")[1024:]):
        sentences[-1].append(token)
        if token == 0:
            sentences.append([])
    return sentences[:-1]


def draw_corpus(r, sentences):
    if r.chance(3):
        return token_file([t for s in sentences for t in s])
    tokens = []
    for _ in range(r.below(25)):
        tokens += sentences[r.below(len(sentences))]
    if tokens and r.chance(3):
        tokens = tokens[:r.below(len(tokens))]
    return token_file(tokens)


def world_of(text, data):
    """The world file as that of another corpus, which none of its hashes covers"""
    for member, value in (("tokens", b"%d" % ((len(data) - 1024) // 2)),
                          ("digest", b'"%016x"' % xxh3(data[1024:]))):
        text = re.sub(b'(?s)("corpus".*?"%s": *)[^,}]*' % member.encode(),
                      lambda match, value=value: match.group(1) + value, text, count=1)
    return text


class Batch:
    """Some files, coded by one call of the program: self.original, self.archive, self.decoded"""

    def __init__(self, r, program, size):
        self.world = None
        sentences = None
        if r.chance(4):
            sentences = draw_world(r, program, "world")
        if sentences:
            self.world = "world.json"
            self.model = r.one_of("known", "bayes")
            self.original = [draw_corpus(r, sentences) for _ in range(size)]
        else:
            self.model = draw_model(r)
            as_tokens = r.chance(2)
            self.original = [draw_file(r, as_tokens, self.model) for _ in range(size)]
        self.arguments = ["-m", self.model]
        if self.world:
            self.arguments += ["-w", self.world]
        elif r.chance(3):
            self.arguments += ["--block", str(r.one_of(0, 1, 2, 3, 7, 30, 100, 1000))]
        elif r.chance(8):
            self.arguments += ["--bytes"]
        self.code(program)

    def code(self, program):
        names = ["f%d" % i for i in range(len(self.original))]
        world = ["-w", self.world] if self.world else []
        os.makedirs("packed", exist_ok=True)
        for name, data in zip(names, self.original):
            write(name, data)
            if self.world: # the program insists on the corpus that the world speaks of
                write(self.world, world_of(read(self.world), data))
                program.must("compress", "-q", "-f", "-T", "1", *self.arguments, name)
        if not self.world:
            program.must("compress", "-q", "-f", "-T", "1", *self.arguments, *names)
        for name in names:
            os.replace(name + ".2p", "packed/%s.2p" % name)
        self.archive = [read("packed/%s.2p" % name) for name in names]
        done = program.run("decompress", "-q", "-f", "-T", "1", *world,
                           *("packed/%s.2p" % name for name in names))
        self.decoded = [] if done.returncode else [read("packed/" + name) for name in names]

    def read_world(self):
        with open(self.world, encoding="utf-8") as file:
            return World(file.read())


def decode(archive, read_world=None):
    """What decode_archive.py says: (exit code, original)"""
    try:
        return 0, decode_archive.decode(archive, read_world)
    except Refused as refused:
        return decode_archive.EXIT_CODES[refused.verdict], None


def declared_memory(h):
    """Section 3's estimate of the writer; None for the oracles"""
    most, a = h.block or h.n, h.alphabet
    if h.predictor == decode_archive.UNIFORM:
        model = 64
    elif h.predictor == decode_archive.ORDER0:
        widths = [16 ** i for i in range(1, 5) if i == 1 or 16 ** (i - 1) < a]
        model = 4096 + 68 * sum(-(-a // width) for width in widths)
    elif h.predictor == decode_archive.NGRAM:
        order = h.options["order"] if h.options["order"] >= 0 else 5 if a <= 256 else 3
        model = 65536 + 64 * a + min(h.options["memory"] << 20, 88 * order * most + 4202496)
    else:
        return None
    needed, m = model + 131072 + 2 * h.width * (h.n + h.block), 0
    while 4 + m % 4 << m // 4 < needed:
        m += 1
    return 4 + m % 4 << m // 4


def features(batch, archive):
    h = decode_archive.Header(archive)
    yield batch.model.split(":")[0]
    yield "of tokens" if h.is_tokens else "of bytes"
    if h.n == 0:
        yield "empty"
    if h.block:
        yield "of several blocks"
    if any(p and len(p) == h.symbols_of(i) * h.width for i, p in enumerate(h.payload)):
        yield "with a stored block"


def report(name, mistakes):
    print("%s - %s" % ("not ok" if mistakes else "ok", name), flush=True)
    for mistake in mistakes[:5]:
        print("# " + mistake)
    return not mistakes


def both_ways(program, arguments, data):
    """What is wrong with coding this, in words; the world is world.json"""
    archive = code_vector(program, arguments, data)
    if decode(archive, lambda: World(read("world.json"))) != (0, data):
        yield "decode_archive.py reads something else: " + arguments
    write("vector.2p", archive)
    program.must("decompress", "-q", "-f", "-w", "world.json", "vector.2p")
    if read("vector") != data:
        yield "the program reads something else: " + arguments


def seldom(program):
    """What chance seldom draws: probabilities near the smallest doubles, stores that are full
    at once, in between, and while lists grow, and long lists"""
    data, truth = token_file(SENTENCES), WORLD.index(' "truth"')
    write("world.json", world_of((WORLD[:truth] + EXTREME_TRUTH).encode(), data))
    yield from both_ways(program, "-m known -w world.json", data)
    r = Random(1)
    for largest in (65535, 65534, 65530, 65525, 65500):
        few = [r.below(largest) for _ in range(40)]
        tokens = [few[min(r.below(40), r.below(40))] for _ in range(150)] + [largest]
        tokens += [few[r.below(5)] for _ in range(60)]
        for model in ("ngram:memory=4", "ngram:order=1,memory=4"):
            yield from both_ways(program, "-m " + model, token_file(tokens))
    yield from both_ways(program, "-m ngram", bytes(many_after_each(r, 256, 2300)))
    yield from both_ways(program, "-m ngram:order=1", token_file(many_after_each(r, 400, 1500)))


def archives(program, n, seed):
    r, seen, done, size = Random(seed), Counter(), 0, 0
    mistakes = list(seldom(program))
    while done < n:
        batch = Batch(r, program, min(n - done, 5 if n <= 1000 else 20))
        world = World(read(batch.world)) if batch.world else None
        for i, archive in enumerate(batch.archive):
            where = "seed %d, archive %d (%s)" % (seed, done + i, " ".join(batch.arguments))
            if not batch.decoded or batch.decoded[i] != batch.original[i]:
                mistakes.append(where + ": the program does not give the original back")
            code, original = decode(archive, (lambda: world) if world else None)
            if original != batch.original[i]:
                mistakes.append(where + ": decode_archive.py does not (%d)" % code)
            header = decode_archive.Header(archive)
            if declared_memory(header) not in (None, header.memory):
                mistakes.append(where + ": it declares other memory than the page says")
            seen.update(features(batch, archive))
        done += len(batch.archive)
        size += sum(map(len, batch.archive))
    print("# %d archives, %d bytes: %s" % (done, size, ", ".join(
        "%d %s" % (count, name) for name, count in sorted(seen.items()))))
    return report("%d generated archives are decoded identically by both" % n, mistakes)


# ---- Damaged and forbidden archives. ----

def varint(x):
    out = bytearray()
    while x >= 128:
        out.append(x & 127 | 128)
        x >>= 7
    out.append(x)
    return bytes(out)


class Forgery:
    """An archive of stored or given payloads, with right digests whatever the header says"""

    def __init__(self, data, **changes):
        self.fields = {"first": b"\xb2\x71", "predictor": 1, "kind": 0, "memory": 80,
                       "n": varint(len(data)), "alphabet": b"", "block": 0, "options": b"",
                       "extended": False, "coder": b"\0", "payload": None, "rest": b"",
                       "extra": b"", "block_field": None, "options_size": None, "digest": 0}
        self.fields.update(changes)
        self.data = data

    def build(self):
        f, data = self.fields, self.data
        b = f["block"]
        blocks = [data[i:i + b] for i in range(0, len(data), b)] if b else [data]
        payloads = f["payload"] if f["payload"] is not None else blocks
        extended = f["extended"] or b or f["options"] or f["block_field"] is not None
        out = f["first"] + bytes([f["predictor"] | f["kind"] | bool(extended) << 7, f["memory"]])
        out += f["n"] + f["alphabet"]
        if extended:
            body = f["coder"] + (f["options_size"] or varint(len(f["options"]))) + f["options"]
            body += f["block_field"] or varint(b)
            if b:
                body += b"".join(varint(len(p)) + low32(xxh3(bytes(s))).to_bytes(4, "little")
                                 for p, s in zip(payloads, blocks))
            body += f["extra"]
            out += varint(len(body)) + body
        digest = low32(xxh3(bytes(data), xxh3(out))) ^ f["digest"]
        return out + digest.to_bytes(4, "little") + b"".join(payloads) + f["rest"]


def forgeries(r):
    """(what is forbidden, the archive): each is right but for that"""
    data = bytes(r.below(256) for _ in range(r.range(12, 40)))
    n = len(data)
    tokens = bytes(x for i in range(n) for x in (data[i], 0))
    largest = max(data)

    def forge(what, **changes):
        return what, Forgery(data, **changes).build()

    def forge_tokens(what, alphabet, data=tokens, **changes):
        fields = {"kind": 0x60, "n": varint(len(data) // 2), "alphabet": alphabet, **changes}
        return what, Forgery(data, **fields).build()

    yield forge("")
    yield forge("", block=5)
    yield forge("", predictor=3, options=b"order=0,memory=4")
    yield forge_tokens("", varint(largest))
    yield forge("the magic", first=b"\xb3\x71")
    yield forge("the magic's upper bits", first=b"\xb2\x81")
    yield forge("version 0", first=b"\xb2\x70")
    yield forge("version 2", first=b"\xb2\x72")
    yield forge("predictor 0", predictor=0)
    yield forge("predictor 13", predictor=13)
    yield forge("predictor 31", predictor=31)
    yield forge("bits 5, 6: 01", kind=0x20)
    yield forge("bits 5, 6: 10", kind=0x40)
    yield forge("bytes for bayes", predictor=5)
    yield forge("memory 248", memory=248)
    yield forge("less memory than symbols", memory=0)
    yield forge("n one too large", n=varint(n + 1))
    yield forge("n one too small", n=varint(n - 1))
    yield forge("n too large for anything", n=varint((1 << 40) + 1), memory=247)
    yield forge_tokens("n of 2^31 tokens", varint(largest), n=varint(1 << 31), memory=247)
    yield forge("n with a needless byte", n=bytes([n | 128, 0]))
    yield forge("n of more than 64 bits", n=b"\xff" * 9 + b"\x02")
    yield forge("n of 11 bytes", n=b"\xff" * 10 + b"\x01")
    yield forge("an extension that says nothing", extended=True)
    yield forge("coder 1", extended=True, coder=b"\1")
    yield forge("coder 256", extended=True, coder=b"\x80\x02")
    yield forge("options of a predictor without", options=b"order=1")
    yield forge("an extension longer than what is in it", block=5, extra=b"\0")
    yield forge("a block size of n", block_field=varint(n))
    yield forge("a block size of 2 n", block_field=varint(2 * n))
    yield forge("a table of blocks cut short", block_field=varint(5))
    yield forge("a block size with a needless byte", block=5, block_field=b"\x85\x00")
    yield forge("options longer than the extension", predictor=3, options=b"order=1",
                options_size=b"\x30")
    for text in (b"order=-1", b"memory=256", b"order=+1", b"order=01", b"order= 1", b"order=1,",
                 b",order=1", b"memory=8,order=1", b"order=1,order=1", b"order=17", b"order=-2",
                 b"memory=3", b"memory=4097", b"order=1.0", b"order=", b"order", b"Order=1",
                 b"depth=1", b"order=1\0", b"order=1,memory=8" + b" " * 600, b"order=1e0",
                 b"order=18446744073709551617", b"\xff=1"):
        yield forge("options %r" % text[:30], predictor=3, options=text)
    yield forge("a byte after the last payload", rest=b"\0")
    yield forge("blocks, and a byte after the last payload", block=5, rest=b"\0")
    yield forge("a wrong digest", digest=1 << r.below(32))
    yield forge("a stored payload cut short", payload=[data[:-1]])
    yield forge("a first block longer than its symbols", block=5,
                payload=[data[:6], data[6:10]] + [data[i:i + 5] for i in range(10, n, 5)])
    yield forge_tokens("an alphabet larger than needed", varint(largest + 1))
    yield forge_tokens("an alphabet of 65,537", varint(65536))
    yield forge_tokens("a stored token outside of the alphabet", varint(largest - 1))
    yield forge_tokens("an alphabet of no tokens larger than needed", varint(1), data=b"")
    # Streams: of one possible symbol there is one spelling, the empty one.
    constant = bytes(2 * n)
    yield forge_tokens("", varint(0), data=constant, payload=[b""])
    yield forge_tokens("a stream longer than needed", varint(0), data=constant, payload=[b"\0"])
    yield forge_tokens("a stream that no encoder begins", varint(0), data=constant,
                       payload=[b"\xff" * 8 + b"\0"])
    yield forge_tokens("a stream with another ending", varint(0), data=constant,
                       payload=[b"\1\1"])
    yield forge("", block=n - 1)


def damage(r, archive):
    data = bytearray(archive)
    kind = r.below(9)
    if kind == 0:
        data[r.below(len(data))] ^= 1 << r.below(8)
    elif kind == 6: # other endings, many of which decode to the same symbols
        data[-1] = data[-1] + r.one_of(1, 255) & 255
    elif kind == 7:
        data.append(r.one_of(0, 0, 1, 255))
    elif kind == 8:
        del data[-r.one_of(1, 1, 2):]
    elif kind == 1: # near the front, where the fields are
        data[r.below(min(len(data), 24))] = r.below(256)
    elif kind == 2:
        del data[r.below(len(data)):]
    elif kind == 3:
        data += bytes(r.one_of(0, r.below(256)) for _ in range(r.range(1, 9)))
    elif kind == 4:
        at = r.below(len(data))
        del data[at:at + r.range(1, 4)]
    else:
        at = r.below(len(data) + 1)
        data[at:at] = bytes([r.below(256)])
    return bytes(data)


def answer(program, archive, world):
    write("damaged.2p", archive)
    arguments = ["-w", world] if world else []
    return program.run("test", "-q", "-T", "1", *arguments, "damaged.2p").returncode


def is_second_spelling(archive):
    """What section 10 says cannot be seen: has it a stored block, which might have been coded?"""
    h = decode_archive.Header(archive)
    return any(len(p) == h.symbols_of(i) * h.width for i, p in enumerate(h.payload))


def compare_answers(program, archive, batch, where, seen, mistakes, forbidden=True):
    world = batch.world if batch else None
    code = answer(program, archive, world)
    own, decoded = decode(archive, batch.read_world if world else None)
    seen[code] += 1
    if own == 1: # another predictor's: the program has to say no, too
        seen["of a predictor beyond the page"] += 1
        own = code
    if code == 4 and own: # the program's own limits come first
        own = code
    if code != own:
        mistakes.append("%s: the program says %d, decode_archive.py %d" % (where, code, own))
    elif code == 0 and batch and decoded in batch.original and is_second_spelling(archive):
        seen["a block is stored that could be coded"] += 1
    elif (code == 0) == forbidden:
        mistakes.append("%s: both say %d" % (where, code))


class Worldly:
    """In the place of a Batch: a world and nothing else"""

    def __init__(self, world):
        self.world, self.original = world, []

    def read_world(self):
        return World(read(self.world))


def wrong_worlds(program):
    """(what is wrong, the archive, the world): no world, another one, the right one but for what
    the hash of bayes does not cover, and so on"""
    data = token_file(SENTENCES)
    right = world_of(WORLD.encode(), data)
    changed = {"prior.json": (b'"beta_millionths": 1000000', b'"beta_millionths": 1000001'),
               "truth.json": (b"0.875", b"0.8750000000000001"), "same.json": (b"0.125", b"125e-3"),
               "other.json": (b'"schema": 1', b'"schema": 2'), "right.json": (b"", b"")}
    for name, (old, new) in changed.items():
        write(name, right.replace(old, new) if old else right)
    for model in ("known", "bayes"):
        archive = code_vector(program, "-m %s -w right.json" % model, data)
        for name in (None, *changed):
            good = name in ("right.json", "same.json") or (model, name) == ("bayes", "truth.json")
            yield "" if good else "%s with the world %s" % (model, name), archive, name


def damaged(program, n, seed):
    r, seen, mistakes, done = Random(seed), Counter(), [], 0
    for what, archive, world in wrong_worlds(program):
        compare_answers(program, archive, Worldly(world), what or "a world that is right", seen,
                        mistakes, bool(what))
        done += 1
    for what, archive in forgeries(r):
        compare_answers(program, archive, None, what or "a forged archive without fault", seen,
                        mistakes, bool(what))
        done += 1
    n_forged = done
    while done < n:
        batch = Batch(r, program, 5)
        for archive in batch.archive:
            for _ in range(4):
                bad = damage(r, archive)
                if bad != archive and done < n:
                    compare_answers(program, bad, batch, "seed %d, damaged archive %d (%s)"
                                    % (seed, done, " ".join(batch.arguments)), seen, mistakes)
                    done += 1
    print("# answers: " + ", ".join("%s: %d" % item for item in sorted(seen.items(), key=str)))
    return report("%d forged and %d damaged archives get the same answer from both"
                  % (n_forged, done - n_forged), mistakes)


def long(program):
    """More than 2^20 symbols of one context, and of none; a store that is full"""
    r, mistakes = Random(1), []
    bits = [0 if r.chance(3) else 1 for _ in range(1100000)]
    cases = [("ngram:order=0", token_file(bits)), ("ngram:order=1", token_file([0] * 1100000))]
    for model, data in cases:
        write("long", data)
        program.must("compress", "-q", "-f", "-m", model, "long")
        if decode(read("long.2p"))[1] != data:
            mistakes.append(model)
    return report("counts are halved alike", mistakes)


# ---- Test vectors. ----

WORLD = """{"format": "twopart-world", "schema": 1, "family": "sk",
 "prior": {"alpha_millionths": 500000, "beta_millionths": 1000000, "gamma_millionths": 250000,
  "row_pseudo_count_millionths": 500000, "word_pseudo_count_millionths": 500000,
  "types": 2, "classes": 1, "class_words": 2, "words": 3, "attributes": 1, "values": 3,
  "name_parts": [2, 2], "clusters": [
   {"classes": [[0, 1]], "states": [
    {"emit": "start", "next": [1, 2]}, {"emit": "word", "arg": 0, "next": [3]},
    {"emit": "value", "arg": 0, "next": [4]}, {"emit": "name", "next": [5, -1]},
    {"emit": "name", "next": [-1]}, {"emit": "value", "arg": 0, "next": [-1]}]},
   {"classes": [[2, 1]], "states": [
    {"emit": "start", "next": [1]}, {"emit": "name", "next": [2]},
    {"emit": "word", "arg": 0, "next": [-1]}]}]},
 "corpus": {"tokens": 0, "sentences": 0, "vocab": 11, "digest": ""},
 "truth": {"rows": [[0.5, 0.5, 1, 1, 0.25, 0.75, 1, 1], [1, 1, 1]],
  "words": [[0.5, 0.5], [0.125, 0.875]], "unseen_weight": 0.125, "elements": [
   [0, 0, 0.5, [[[1, 0.75]]]], [3, 1, 0.25, [[]]], [1, 0, 0.125, [[[0, 0.5], [2, 0.25]]]]]}}
"""
EXTREME_TRUTH = """ "truth": {"rows": [[1e-250, 1, 1, 1, 0.25, 0.75, 1, 1], [1, 1, 1]],
  "words": [[1e-60, 1], [1e-299, 1.0E+0]], "unseen_weight": 1e-290, "elements": [
   [0, 0, 0.5, [[[1, 1e-300]]]], [3, 1, 0.5, [[]]], [1, 0, 4.9406564584124654e-290, [[[2, 0.5]]]]]}}
"""
SENTENCES = [1, 4, 6, 9, 0, 9, 4, 6, 0, 5, 7, 3, 0, 10, 4, 7, 0, 2, 4, 6, 0]

# (arguments of compress, the original)
VECTORS = [
    ("-m uniform", b""),
    ("-m uniform", b"abc"),
    ("-m uniform", token_file([])),
    ("-m uniform", token_file([2, 0, 1, 2, 2])),
    ("-m order0", b"abracadabra"),
    ("-m order0", token_file([300, 7, 7, 300, 7])),
    ("-m order0 --block 6", b"mississippi mississippi"),
    ("-m ngram", b"the cat, the hat, the rat"),
    ("-m ngram:order=1,memory=4", token_file([1, 2, 3, 1, 2, 3, 1, 2, 65535, 1, 2, 3])),
    ("-m ngram:order=2 --block 20", b"abababababababababababababababab!"),
    ("-m known -w world.json", token_file(SENTENCES)),
    ("-m bayes -w world.json", token_file(SENTENCES)),
]

# What the page shows of the hash: lengths around those where its rule changes.
HASHED = [(size, seed) for size in (0, 1, 3, 4, 8, 9, 16, 17, 128, 129, 240, 241, 1024, 1025, 3000)
          for seed in (0, 0x0123456789abcdef)]


def hashed_bytes(size):
    return bytes(i % 256 for i in range(size))


def refused_vectors():
    """(answer, why, archive): one rule broken each, the digests right"""
    one_token = bytes(8)

    def tokens(what, alphabet, data=one_token, **changes):
        return 2, what, Forgery(data, kind=0x60, n=varint(len(data) // 2),
                                alphabet=varint(alphabet - 1), **changes).build()

    def forge(what, answer_=2, **changes):
        return answer_, what, Forgery(b"abcdef", **changes).build()

    return [
        forge("version 2", 5, first=b"\xb2\x72"),
        forge("predictor 13", 5, predictor=13),
        forge("bits 5, 6: 10", 5, kind=0x40),
        forge("coder 1", 5, extended=True, coder=b"\1"),
        forge("memory code 248", memory=248),
        forge("n with a needless byte", n=b"\x86\0"),
        forge("an extension that says nothing", extended=True),
        forge("an option with its default", predictor=3, options=b"memory=256"),
        forge("options in another order", predictor=3, options=b"memory=8,order=1"),
        forge("a block size of n", block_field=b"\6"),
        forge("a byte after the last payload", rest=b"\0"),
        forge("one bit of the digest", digest=1),
        tokens("an alphabet larger than needed", 2),
        tokens("a stored token outside of the alphabet", 1, b"\0\0\1\0"),
        tokens("a stream longer than needed", 1, payload=[b"\0"]),
        tokens("a stream that no encoder begins", 1, bytes(20), payload=[b"\xff" * 8]),
        tokens("a stream that ends elsewhere", 1, payload=[b"\1\1"]),
    ]


def spell(data):
    """How the page writes an original"""
    if len(data) >= 1024 and data == token_file(decode_archive.tokens(data[1024:])):
        return "tokens " + " ".join(map(str, decode_archive.tokens(data[1024:])))
    return "bytes " + data.hex()


def unspell(text):
    kind, *rest = text.split()
    return token_file(list(map(int, rest))) if kind == "tokens" else bytes.fromhex("".join(rest))


def code_vector(program, arguments, data):
    write("vector", data)
    program.must("compress", "-q", "-f", *arguments.split(), "vector")
    return read("vector.2p")


def print_vectors(program):
    world = world_of(WORLD.encode(), token_file(SENTENCES))
    write("world.json", world)
    print("world.json:\n\n```json\n%s```\n\n```" % world.decode())
    for arguments, data in VECTORS:
        print("compress %s\n  %s\n  archive %s\n" % (arguments, spell(data),
                                                   code_vector(program, arguments, data).hex()))
    print("```\n\nRefused, with the answer of section 10 as an exit code, and why:\n\n```")
    for answer_, why, archive in refused_vectors():
        print("refused %d %s  %s" % (answer_, archive.hex(), why))
    print("```\n\nXXH3 of the bytes 0, 1, .. 255, 0, 1, .. of a length, with a seed:\n\n```")
    for size, seed in HASHED:
        print("xxh3 %d %016x %016x" % (size, seed, xxh3(hashed_bytes(size), seed)))
    print("```")
    return True


def check_vector(program, arguments, original, archive):
    """What is wrong with it, in words"""
    yield from both_ways(program, arguments, original)
    if code_vector(program, arguments, original) != archive:
        yield "the program writes another archive"


def vectors(program, path):
    """What the page says, both ways"""
    with open(path, encoding="utf-8") as file:
        text = file.read()
    text = text[text.index("## 13."):]
    world = text[text.index("```json\n") + 8:]
    write("world.json", world[:world.index("```")].encode())
    mistakes, found, arguments = [], Counter(), None
    for line in map(str.strip, text.split("\n")):
        what, *rest = line.split(" ")
        found[what] += 1
        wrong = []
        if what == "compress":
            arguments = " ".join(rest)
        elif what in ("bytes", "tokens"):
            original = unspell(line)
        elif what == "archive":
            wrong = check_vector(program, arguments, original, bytes.fromhex(rest[0]))
        elif what == "refused":
            archive = bytes.fromhex(rest[1])
            if not decode(archive)[0] == answer(program, archive, None) == int(rest[0]):
                wrong = ["another answer"]
        elif what == "xxh3":
            if xxh3(hashed_bytes(int(rest[0])), int(rest[1], 16)) != int(rest[2], 16):
                wrong = ["another hash"]
        mistakes += ["%s: %s" % (line, why) for why in wrong]
    wanted = {"archive": len(VECTORS), "refused": len(refused_vectors()), "xxh3": len(HASHED)}
    for what, n in wanted.items():
        if found[what] != n:
            mistakes.append("%d lines '%s', not %d: see print-vectors" % (found[what], what, n))
    return report("%d test vectors of the page: archives both ways, refusals, hashes"
                  % sum(wanted.values()), mistakes)


def main(path, what, *arguments):
    program = Program(os.path.abspath(path))
    if what in ("archives", "damaged"):
        n, seed = map(int, arguments)
        return (archives if what == "archives" else damaged)(program, n, seed)
    if what == "long":
        return long(program)
    return vectors(program, *arguments) if what == "vectors" else print_vectors(program)


if __name__ == "__main__":
    if len(sys.argv) < 3:
        sys.exit(__doc__)
    sys.exit(0 if main(*sys.argv[1:]) else 1)
