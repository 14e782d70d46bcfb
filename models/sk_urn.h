/* SPDX-License-Identifier: BSD-2-Clause
 *
 * sk_urn.h - what a stored model of a Syntax-Knowledge corpus (corpora/sk_description.h) has still
 * to say: the sentences and table uses that are left, and drawing them one by one.
 *
 * A sequence that is uniform among those with given counts is what comes out of an urn: the next
 * draw has the probabilities of what is left.  All of it is whole numbers, so a corpus ends with
 * every urn empty.  The elements' names, types, values and numbers of sentences, and the counts of
 * the tables, are put into a struct sk_counts, where the beliefs of all kinds look for them; there
 * the counts of an exact table are what is left of them.
 */
#ifndef TWOPART_SK_URN_H
#define TWOPART_SK_URN_H

#include "sk_description.h"

/* Sentences of a corpus; units of 2^-30 sentences fit in 64 bits, and so do their numbers in 32. */
#define SK_URN_SENTENCES_MAX (((uint64_t)1 << 32) - 1)

struct sk_urn {
	uint64_t n_left;    /* sentences to come, */
	uint64_t n_escapes; /* of them about nobody stored, */
	uint64_t n_unseen;  /* and about stored elements that have not been spoken of */
	uint32_t n_seen;    /* elements that have: the first ones of the list */
	uint64_t *weight;   /* (n_elements) r_k of those, n_unseen of the next one, then 0 */
	double noise;
	uint8_t **row_level;  /* (n_types)(n_states), as in the description */
	uint8_t **word_level; /* (n_types)(n_classes) */
	const struct sk_prior *prior;
};

/* Check the description and fill the urn and the empty counts.  STATUS_CORRUPT when something is
 * out of range or does not add up. */
MUST_CHECK enum status sk_urn_open(struct sk_urn **out, struct sk_counts *counts,
				   const struct sk_description *d);
void sk_urn_free(struct sk_urn *u); /* NULL is fine */

/* One sentence about element k, or an escape when k is UINT32_MAX, is taken out.  If it is the
 * first about k, the next element of the list, if any, gets the weight of all unseen ones.
 * STATUS_IMPOSSIBLE when none was left. */
MUST_CHECK enum status sk_urn_take(struct sk_urn *u, const struct sk_counts *counts, uint32_t k);

#endif
