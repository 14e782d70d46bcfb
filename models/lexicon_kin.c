/* SPDX-License-Identifier: BSD-2-Clause
 *
 * lexicon_kin.c - the class of a word in a topic that has not seen it yet.
 *
 * Names and values are often of one kind in all topics: who stands with it in a class of another
 * topic stands with it here.  So a word new to a topic joins the class in which most words are that
 * are its classmates elsewhere, if these agree.  Words that have other mates in each topic do not
 * agree, and stay unknown.  Without this each such word would cost an escape and its code among all
 * words when it first comes.  Cost: O(topics^2 * symbols).
 */
#include <stdlib.h>
#include <string.h>

#include "lexicon_past.h"

#define MATES_MIN 4u   /* that must be known in both topics */
#define AGREE_NUM 3u   /* of which so many fourths must be in one class */
#define AGREE_DEN 4u

struct kin {
	uint32_t mates[LEXICON_CLASSES_MAX];      /* by class there: words known in both topics */
	uint32_t n[LEXICON_CLASSES_MAX][LEXICON_CLASSES_MAX]; /* of them, in that class here */
};

static void count_mates(const struct lexicon *lx, const uint32_t *count, uint32_t there,
			uint32_t here, struct kin *k)
{
	const uint32_t *n_there = count + (size_t)there * lx->n_symbols;
	const uint32_t *n_here = count + (size_t)here * lx->n_symbols;

	memset(k, 0, sizeof *k);
	for (uint32_t s = 0; s < lx->n_symbols; s++)
		if (n_there[s] > 0 && n_here[s] > 0 && s != lx->separator) {
			k->mates[lexicon_class(lx, there, s)]++;
			k->n[lexicon_class(lx, there, s)][lexicon_class(lx, here, s)]++;
		}
}

/* Where the mates of class c there are here, or LEXICON_NO_CLASS when they do not agree. */
static uint32_t agreed_class(const struct kin *k, uint32_t c)
{
	uint32_t best = 0;

	for (uint32_t d = 1; d < LEXICON_CLASSES_MAX; d++)
		if (k->n[c][d] > k->n[c][best])
			best = d;
	if (k->mates[c] < MATES_MIN || k->n[c][best] * AGREE_DEN < k->mates[c] * AGREE_NUM)
		return LEXICON_NO_CLASS;
	return best;
}

/* Votes: the class that the topic with most occurrences of the word speaks for. */
enum status lexicon_kin(struct lexicon *lx, const uint32_t *count)
{
	struct kin *k = malloc(sizeof *k);
	uint32_t *weight = calloc(lx->n_symbols, sizeof *weight);

	if (!k || !weight) {
		free(k);
		free(weight);
		return fail_no_memory();
	}
	for (uint32_t here = 0; here < lx->n_topics; here++) {
		uint8_t *word_class = lx->word_class + (size_t)here * lx->n_symbols;

		memset(weight, 0, lx->n_symbols * sizeof *weight);
		for (uint32_t there = 0; there < lx->n_topics; there++) {
			const uint32_t *n = count + (size_t)there * lx->n_symbols;
			uint8_t agreed[LEXICON_CLASSES_MAX];

			if (there == here)
				continue;
			count_mates(lx, count, there, here, k);
			for (uint32_t c = 0; c < lx->n_classes[there]; c++)
				agreed[c] = (uint8_t)agreed_class(k, c);
			for (uint32_t s = 0; s < lx->n_symbols; s++) {
				uint32_t c = n[s] > weight[s] ? agreed[lexicon_class(lx, there, s)]
							      : LEXICON_NO_CLASS;

				if (c == LEXICON_NO_CLASS ||
				    count[(size_t)here * lx->n_symbols + s] > 0)
					continue;
				weight[s] = n[s];
				word_class[s] = (uint8_t)c;
			}
		}
	}
	free(k);
	free(weight);
	return STATUS_OK;
}
