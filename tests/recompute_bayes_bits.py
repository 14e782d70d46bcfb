# SPDX-License-Identifier: BSD-2-Clause
"""recompute_bayes_bits.py PREFIX: the Bayes bounds of an sk corpus, by another program.

Written from the head comment of corpora/sk.h alone: reads PREFIX.bin and the member "prior" of
PREFIX.json, nothing else, and prints partition_bits, name_bits, fact_bits, syntax_bits and their
sum; and from mixture.h and nml.h the bounds of those who are not told all of the prior.  Python's
standard library only.
"""
import json
import struct
import sys
from collections import Counter
from functools import lru_cache
from math import exp, lgamma, log, log2


def lg_rising(x, n):
    """lg(x (x+1) .. (x+n-1))"""
    return (lgamma(x + n) - lgamma(x)) / log(2) if n else 0.0


def millionths(prior, name):
    return prior[name + "_millionths"] / 1e6


class Grammar:
    def __init__(self, prior):
        self.prior = prior
        self.first_part = [1 + prior["words"]]
        for size in prior["name_parts"]:
            self.first_part.append(self.first_part[-1] + size)
        self.first_value = self.first_part[-1]
        self.classes = [{word: (k, j) for k, words in enumerate(cluster["classes"])
                         for j, word in enumerate(words)} for cluster in prior["clusters"]]

    def parse(self, t, sentence):
        """(row uses, word uses, statements, name) if cluster t accepts the sentence, else None"""
        states = self.prior["clusters"][t]["states"]
        rows, words, facts, name = [], [], [], None
        state = at = 0

        def step(emit, arg):
            nonlocal state
            for j, to in enumerate(states[state]["next"]):
                if to != -1 and states[to]["emit"] == emit and states[to].get("arg", 0) == arg:
                    rows.append((state, j))
                    state = to
                    return True
            return False

        while sentence[at] != 0:
            token = sentence[at]
            if token < self.first_part[0]:
                entry = self.classes[t].get(token - 1)
                if entry is None or not step("word", entry[0]):
                    return None
                words.append(entry)
                at += 1
            elif token < self.first_value:
                if not step("name", 0):
                    return None
                name = sentence[at:at + len(self.prior["name_parts"])]
                at += len(name)
            else:
                attribute, value = divmod(token - self.first_value, self.prior["values"])
                if not step("value", attribute):
                    return None
                facts.append((attribute, value))
                at += 1
        ends = states[state]["next"]
        if ends[-1] != -1:
            return None
        rows.append((state, len(ends) - 1))
        return rows, words, facts, name


def sentences(path):
    with open(path, "rb") as file:
        data = file.read()
    tokens = struct.unpack("<%dH" % ((len(data) - 1024) // 2), data[1024:])
    begin = 0
    for end, token in enumerate(tokens):
        if token == 0:
            yield tokens[begin:end + 1]
            begin = end + 1


def tables(counts, size, pseudo):
    """Dirichlet-multinomial code length of many tables; counts by (table, entry)"""
    totals, bits = Counter(), 0.0
    for (table, _), count in counts.items():
        totals[table] += count
        bits -= lg_rising(pseudo, count)
    return bits + sum(lg_rising(size(table) * pseudo, n) for table, n in totals.items())


def partition(sizes, n, alpha, beta):
    """-lg of the exchangeable partition probability"""
    return (lg_rising(beta + 1, n - 1)
            - sum(log2(beta + i * alpha) for i in range(1, len(sizes)))
            - sum(lg_rising(1 - alpha, size - 1) for size in sizes))


def mixture(lengths):
    """Bits of the uniform mixture of codes with these lengths"""
    best = min(lengths)
    return best + log2(len(lengths)) - log2(sum(2 ** (best - bits) for bits in lengths))


@lru_cache(maxsize=None)
def lg_complexity(n, size):
    """lg C(n, size): C(n, 2) as the sum over counts, then the recurrence in size"""
    def power(h):
        return h * log(h / n) if h else 0.0

    last, this = 1.0, sum(exp(lgamma(n + 1) - lgamma(h + 1) - lgamma(n - h + 1)
                              + power(h) + power(n - h)) for h in range(n + 1))
    if size == 1:
        return 0.0
    for j in range(1, size - 1):
        last, this = this, this + n / j * last
    return log2(this)


def nml(counts, size):
    """Normalized maximum likelihood of many tables"""
    totals, bits = Counter(), 0.0
    for (table, _), count in counts.items():
        totals[table] += count
        bits -= count * log2(count)
    return bits + sum(n * log2(n) + lg_complexity(n, size(table)) for table, n in totals.items())


def main(prefix):
    with open(prefix + ".json", encoding="ascii") as file:
        prior = json.load(file)["prior"]
    grammar = Grammar(prior)
    rows, words, facts, names, n = Counter(), Counter(), Counter(), Counter(), 0
    for sentence in sentences(prefix + ".bin"):
        parses = [(t, p) for t in range(prior["types"])
                  if (p := grammar.parse(t, sentence)) is not None]
        assert len(parses) == 1, "a sentence has not exactly one type"
        t, (row, word, fact, name) = parses[0]
        rows.update(((t, state), j) for state, j in row)
        words.update(((t, k), j) for k, j in word)
        facts.update(((name, attribute), value) for attribute, value in fact)
        names[name] += 1
        n += 1

    alpha, beta = millionths(prior, "alpha"), millionths(prior, "beta")
    gamma, n_values, n_elements = millionths(prior, "gamma"), prior["values"], len(names)
    n_names = 1
    for size in prior["name_parts"]:
        n_names *= size

    def row_size(table):
        return len(prior["clusters"][table[0]]["states"][table[1]]["next"])

    def class_size(_):
        return prior["class_words"]

    bits = {
        "partition_bits": partition(names.values(), n, alpha, beta),
        "name_bits": n_elements * log2(prior["types"])
        + sum(log2(n_names - j) for j in range(n_elements)),
        "fact_bits": tables(facts, lambda _: n_values, gamma / n_values) if gamma
        else len({table for table, _ in facts}) * log2(n_values),
        "syntax_bits": tables(rows, row_size, millionths(prior, "row_pseudo_count"))
        + tables(words, class_size, millionths(prior, "word_pseudo_count")),
    }
    bits["bayes_bits"] = sum(bits.values())
    pseudo_counts = [2 ** (-7 + i / 4) for i in range(69)]
    weights = mixture([partition(names.values(), n, i / 20, 10 ** (-1 + j / 4))
                       for i in range(20) for j in range(17)])
    syntax = (mixture([tables(rows, row_size, a) for a in pseudo_counts])
              + mixture([tables(words, class_size, a) for a in pseudo_counts]))
    bits["mixture_bits"] = bits["name_bits"] + bits["fact_bits"] + weights + syntax
    bits["nml_bits"] = (bits["bayes_bits"] - bits["syntax_bits"]
                        + nml(rows, row_size) + nml(words, class_size))
    for name, value in bits.items():
        print(name, "%.4f" % value)


if len(sys.argv) != 2:
    sys.exit(__doc__)
main(sys.argv[1])
