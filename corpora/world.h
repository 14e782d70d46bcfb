/* SPDX-License-Identifier: BSD-2-Clause
 *
 * world.h - PREFIX.json: everything that is known about a generated corpus.
 *
 * One JSON object:
 *   "format": "twopart-world", "schema": 1, "family": "sk" | "iid" | "markov" | "santafe" | "file"
 *   "prior":  what the Bayes oracle may know, and nothing else: sizes, hyper-parameters, and for sk
 *             the grammars' shape.  Integers and strings only, so its canonical spelling (compact,
 *             sorted keys) and therefore its hash are the same everywhere.
 *   "generator": the seed and the number of sentences
 *   "corpus": tokens, sentences, vocab, digest (XXH3-64 of the tokens, hexadecimal)
 *   "truth":  the world that was drawn: weights, elements, facts, grammar probabilities
 *   "code_lengths": the bounds, in bits
 */
#ifndef TWOPART_WORLD_H
#define TWOPART_WORLD_H

#include <jansson.h>
#include <stdint.h>

#include "status.h"

struct world {
	char *path;          /* as given, for messages */
	json_t *root;        /* owns everything */
	const char *family;  /* points into root */
	const json_t *prior; /* borrowed */
	uint32_t vocab;      /* tokens are 0..vocab-1 */
	uint64_t n_tokens, n_sentences;
	uint64_t corpus_digest; /* XXH3-64 of the uint16 little-endian tokens */
	uint32_t prior_hash;    /* low 32 bits of XXH3-64 of the canonical prior */
	uint32_t world_hash;    /* low 32 bits of XXH3-64 of the canonical prior and truth */
};

/* Read and check the members above (not what is inside prior and truth). */
MUST_CHECK enum status world_load(struct world **out, const char *path);
void world_free(struct world *w); /* NULL is fine */

#endif
