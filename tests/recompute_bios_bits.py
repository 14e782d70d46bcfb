# SPDX-License-Identifier: BSD-2-Clause
"""recompute_bios_bits.py PREFIX: the Bayes bound of a corpus of biographies, by another program.

Written from the head comment of corpora/bios.h alone: reads PREFIX.bin and the member "prior" of
PREFIX.json, nothing else, and prints partition_bits, name_bits, fact_bits, syntax_bits and their
sum.  Python's standard library only.
"""
import json
import struct
import sys
from collections import Counter
from math import lgamma, log, log2


def lg_rising(x, n):
    """lg(x (x+1) .. (x+n-1))"""
    return (lgamma(x + n) - lgamma(x)) / log(2) if n else 0.0


def first_name_token(prior):
    """0, three marks, the templates' other words, five pronouns."""
    words = {word.strip(",.") for texts in prior["templates"] for text in texts
             for word in (text[0].lower() + text[1:] if text.split()[0] not in
                          ("HE", "HIM", "HIS") else text).split()}
    return 1 + 3 + len(words - {"HE", "HIM", "HIS", "VALUE"}) + 5


def names(path, first):
    """The name of each biography: its only run of three tokens in the names' range."""
    with open(path, "rb") as file:
        data = file.read()
    name = None
    for token in struct.unpack("<%dH" % ((len(data) - 1024) // 2), data[1024:]):
        if token == 0:
            yield name
            name = None
        elif 0 <= token - first < 400:
            name = token - first
        elif 0 <= token - first - 400 < 400:
            name = name * 400 + token - first - 400
        elif 0 <= token - first - 800 < 1000:
            name = name * 1000 + token - first - 800


def finite_bits(prior, counts):
    power, shift = (prior.get(key + "_millionths", 0) / 1e6 for key in ("power", "shift"))
    weights = [(rank + shift) ** -power if power else 1.0 for rank in range(len(prior["register"]))]
    total = sum(weights)
    p = dict(zip(prior["register"], (weight / total for weight in weights)))
    return -sum(n * log2(p[name]) for name, n in counts.items()), 0.0


def pitman_yor_bits(prior, counts):
    alpha, beta = prior["alpha_millionths"] / 1e6, prior["beta_millionths"] / 1e6
    partition = (lg_rising(beta + 1, sum(counts.values()) - 1)
                 - sum(log2(beta + i * alpha) for i in range(1, len(counts)))
                 - sum(lg_rising(1 - alpha, n - 1) for n in counts.values()))
    return partition, sum(log2(160000000 - j) for j in range(len(counts)))


def main(prefix):
    with open(prefix + ".json", encoding="ascii") as file:
        prior = json.load(file)["prior"]
    counts = Counter(names(prefix + ".bin", first_name_token(prior)))
    law = pitman_yor_bits if prior["sampling"] == 2 else finite_bits
    bits = dict(zip(("partition_bits", "name_bits"), law(prior, counts)))
    bits["fact_bits"] = len(counts) * log2(2 * 67200 * 200 * 300 * 100 * 263)
    bits["syntax_bits"] = sum(counts.values()) * (6 * log2(50) + log2(720) * prior["permuted"])
    bits["bayes_bits"] = sum(bits.values())
    for name, value in bits.items():
        print(name, "%.4f" % value)


if len(sys.argv) != 2:
    sys.exit(__doc__)
main(sys.argv[1])
