/* SPDX-License-Identifier: BSD-2-Clause
 *
 * lexicon_ties.c - words that come together: of them a topic may believe only one.
 *
 * A topic takes its words for independent.  The parts of a name, or a name and what is said of it
 * again and again, are not: to a mixture of topics each frequent name would be worth a topic of its
 * own, and the words around it would be learnt once for each name.  So the words are found that are
 * tied to another one: of two words that occurred x and y times, and in z sentences together,
 *
 *      z^2 > x y TIE    (the squared cosine of the sets of sentences)
 *
 * Pairs of words at most REACH apart are counted in a table of fixed size; when it is full, pairs
 * that come new are not counted.  Cost: REACH table look-ups a token of the sample.
 */
#include <stdlib.h>

#include "lexicon_past.h"

#define REACH 8u
#define TABLE_BITS 18u
#define TABLE_LOAD (3u << (TABLE_BITS - 2))
#define TOGETHER_MIN 4u
#define TIE_INVERSE 5u /* 1 / TIE */
#define SAMPLE_TOKENS ((size_t)1 << 16)

struct pair {
	uint32_t words; /* the smaller one << 16 | the larger one; 0: empty, no pair has two 0 */
	uint32_t n;
};

static void count_pair(struct pair *table, uint32_t *n_pairs, uint32_t a, uint32_t b)
{
	uint32_t words = a < b ? a << 16 | b : b << 16 | a;
	uint32_t at = (uint32_t)(words * 0x9e3779b1u) >> (32 - TABLE_BITS);

	while (table[at].words && table[at].words != words)
		at = (at + 1) & ((1u << TABLE_BITS) - 1);
	if (!table[at].words) {
		if (*n_pairs >= TABLE_LOAD)
			return;
		table[at].words = words;
		++*n_pairs;
	}
	table[at].n++;
}

static void count_pairs(const struct lexicon_past *p, uint32_t first, struct pair *table,
			uint32_t *count)
{
	uint32_t n_pairs = 0;

	for (uint32_t i = first; i < p->n_sentences; i++) {
		const uint16_t *token = p->token + p->start[i];
		uint32_t n = past_words(p, i);

		for (uint32_t j = 0; j < n; j++) {
			count[token[j]]++;
			for (uint32_t back = 1; back <= REACH && back <= j; back++)
				if (token[j - back] != token[j])
					count_pair(table, &n_pairs, token[j - back], token[j]);
		}
	}
}

enum status lexicon_ties(const struct lexicon_past *p, bool *tied)
{
	struct pair *table = calloc((size_t)1 << TABLE_BITS, sizeof *table);
	uint32_t *count = calloc(p->n_symbols, sizeof *count);
	uint32_t first = p->n_sentences;

	if (!table || !count) {
		free(table);
		free(count);
		return fail_no_memory();
	}
	while (first > 0 && p->n - p->start[first - 1] <= SAMPLE_TOKENS)
		first--;
	count_pairs(p, first, table, count);
	for (uint32_t i = 0; i < 1u << TABLE_BITS; i++) {
		uint32_t a = table[i].words >> 16, b = table[i].words & 0xffff;
		uint64_t n = table[i].n;

		if (n >= TOGETHER_MIN && TIE_INVERSE * n * n > (uint64_t)count[a] * count[b])
			tied[a] = tied[b] = true;
	}
	free(table);
	free(count);
	return STATUS_OK;
}
