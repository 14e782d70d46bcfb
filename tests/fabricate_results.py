# SPDX-License-Identifier: BSD-2-Clause
"""fabricate_results.py SUITE - lines of results for every corpus of that definition; prints them.

SUITE is a file as reports/suites/tp-1.json.  Nothing is measured: sizes and times are made up, so
that a ranking has something in each of its lists (a method that competes, one that is told the
world, one that failed on a corpus, one of other bytes).  What is real are the digests, computed
here from the published schemas alone, as whoever writes results with another program would; a key
that is not that of spec.c is refused by twopart.
"""
import ctypes
import json
import sys

MACHINE = {"cpu": "none", "flags": "", "cores": 1, "memory_mib": 1, "governor": "",
           "system": "none", "compiler": "none", "cflags": "", "libraries": {}, "packages": {}}


class Hash128(ctypes.Structure):
    _fields_ = [("low", ctypes.c_uint64), ("high", ctypes.c_uint64)]


xxhash = ctypes.CDLL("libxxhash.so.0")
for function, result in ((xxhash.XXH3_64bits, ctypes.c_uint64), (xxhash.XXH3_128bits, Hash128)):
    function.argtypes, function.restype = [ctypes.c_char_p, ctypes.c_size_t], result


def said(value):
    if value is None:
        return "none"
    return value if isinstance(value, str) else "%.17g" % value


def key_of(spec, machine_id):
    corpus = spec["corpus"]
    texts = [said(corpus[name]) for name in corpus if name != "title"]
    texts += [said(spec[name]) for name in spec if name not in ("name", "corpus")]
    text = b"".join(text.encode() + b"\0" for text in texts + [machine_id])
    digest = xxhash.XXH3_128bits(text, len(text))
    return "%016x%016x" % (digest.high, digest.low)


def corpus_of(suite, corpus):
    bits = ("known_bits", "known_bits_expected", "bayes_bits", "two_part_bits")
    return {"title": suite["suite"] + " " + corpus["name"], "source": "",
            "digest": corpus["digest"], "n_tokens": corpus["tokens"],
            "text_bytes": corpus["text_bytes"], **{name: corpus[name] for name in bits}}


def spec_of(corpus, name, not_counted):
    return {"on": "tokens", "input_bytes": 2 * corpus["n_tokens"], "name": name,
            "method": "model:" + name, "version": "1", "not_counted": not_counted, "compress": "",
            "decompress": "", "wants_regret": False, "threads": 1, "limit_seconds": 1,
            "limit_memory_bytes": 0, "corpus": corpus}


def result_of(spec, good):
    text = json.dumps(MACHINE, sort_keys=True, separators=(",", ":")).encode()
    machine_id = "%016x" % xxhash.XXH3_64bits(text, len(text))
    side = {"cpu_seconds": 1, "wall_seconds": 1, "process_seconds": 1, "peak_mib": 1}
    return {"schema": 1, "spec": spec, "machine": MACHINE, "outcome": "ok" if good else "crashed",
            "machine_id": machine_id, "key": key_of(spec, machine_id), "program": "none",
            "finished": "2026-01-01T00:00:00Z", "message": "" if good else "compress: crashed",
            "archive_bytes": spec["input_bytes"] if good else None,
            "model_bytes": 0 if good else None, "decoder_bytes": None, "ideal_bits": None,
            "regret_bits": dict.fromkeys(("syntax", "name", "first_fact", "repeated_fact")),
            "runs": [{"load": None, "compress": side, "decompress": side}] if good else [],
            "document": None}


def main(path):
    with open(path, encoding="utf-8") as file:
        suite = json.load(file)
    for i, corpus in enumerate(suite["corpora"]):
        corpus = corpus_of(suite, corpus)
        results = [result_of(spec_of(corpus, name, told), i > 0 or name != "failing")
                   for name, told in (("honest", ""), ("told", "world"), ("failing", ""))]
        if i == 0:
            other = dict(corpus, digest="0" * 16)
            results.append(result_of(spec_of(other, "other", ""), True))
        for result in results:
            print(json.dumps(result, separators=(",", ":")))


main(*sys.argv[1:])
