/* SPDX-License-Identifier: BSD-2-Clause
 *
 * world.h - PREFIX.json: everything that is known about a generated corpus.
 *
 * One JSON object:
 *   "format": "twopart-world", "schema": 1, "family": "sk" | "bios" | "iid" | "markov" |
 *           "santafe" | "file"
 *   "prior":  what the Bayes oracle may know, and nothing else: sizes, hyper-parameters, and for sk
 *             the grammars' shape, for bios its sentences and who is called what.  Integers and
 *             strings only.
 *   "generator": every option of the family, the seed among them
 *   "corpus": tokens, sentences, vocab, text_bytes, digest (XXH3-64 of the tokens, hexadecimal)
 *   "truth":  the world that was drawn: weights, elements, facts, grammar probabilities
 *   "code_lengths": the bounds, in bits; for people: their last digits may differ between C
 *             libraries, and neither hash covers them
 * Reals are written with 17 digits, which gives the same double back.
 *
 * HASHES.  An archive names its prior or world by the low 32 bits of XXH3-64 (seed 0) of a walk
 * over the values themselves, so neither spelling nor order of keys nor the JSON library matters;
 * section 8 of src/FORMAT.md has the bytes of that walk.  prior_hash is that of "prior"; world_hash
 * that of "prior" followed by "truth".
 */
#ifndef TWOPART_WORLD_H
#define TWOPART_WORLD_H

#include <jansson.h>
#include <stdbool.h>
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
	uint32_t prior_hash;    /* low 32 bits of the hash of the prior */
	uint32_t world_hash;    /* low 32 bits of that of prior and truth */
};

/* Read and check the members above (not what is inside prior and truth). */
MUST_CHECK enum status world_load(struct world **out, const char *path);
void world_free(struct world *w); /* NULL is fine */

/* Are these `n_tokens` tokens (little-endian) the ones that the world speaks of? */
bool world_is_of(const struct world *w, const uint8_t *token, size_t n_tokens);

#endif
