/* SPDX-License-Identifier: BSD-2-Clause
 *
 * lexicon_past.h - what the parts of the lexicon share: a past cut into sentences, and logarithms.
 */
#ifndef TWOPART_LEXICON_PAST_H
#define TWOPART_LEXICON_PAST_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "lexicon.h"

#define NLG_TABLE_SIZE 32768u
#define LEXICON_LAGS 5u       /* words to each side that tell a word's class */
#define LEXICON_JUDGED 16384u /* words, and LEXICON_LAGS a sentence, of which codes are compared */
#define LEXICON_RARE 32u      /* of rarer words all occurrences are looked at */

struct lexicon_past {
	const uint16_t *token; /* (n) borrowed */
	size_t n;
	uint32_t n_symbols, separator;
	uint32_t n_sentences;
	uint32_t *start; /* (n_sentences + 1) of a sentence; its separator is its last token */
	uint32_t *count; /* (n_symbols) of each token */
	bool *tied;      /* (n_symbols) comes together with another word */
	double nlg[NLG_TABLE_SIZE]; /* i lg i, for i up to n + LEXICON_RARE */
};

/* Words of sentence i, without the separator. */
static inline uint32_t past_words(const struct lexicon_past *p, uint32_t i)
{
	uint32_t n = p->start[i + 1] - p->start[i];

	return n > 0 && p->token[p->start[i + 1] - 1] == p->separator ? n - 1 : n;
}

/* A small generator of random numbers: only speed and being the same everywhere matter. */
static inline uint32_t lexicon_random(uint64_t *state)
{
	*state = *state * 6364136223846793005u + 1442695040888963407u;
	return (uint32_t)(*state >> 33);
}

/* lexicon_separator.c: the token that ends sentences, or LEXICON_NONE. */
MUST_CHECK enum status lexicon_separator(const uint16_t *token, size_t n, uint32_t n_symbols,
					 uint32_t *separator);

/* lexicon_ties.c: marks words that come together with another one; tied[] is false before. */
MUST_CHECK enum status lexicon_ties(const struct lexicon_past *p, bool *tied);

/* lexicon_topics.c: a topic for each sentence of the past: label[] (0..n_topics-1). */
MUST_CHECK enum status lexicon_topics(const struct lexicon_past *p, const struct lexicon *previous,
				      uint8_t *label, uint32_t *n_topics);

struct lexicon_classes {
	uint8_t *word_class; /* (n_symbols) set for words that occur; NULL: a trial, quicker */
	uint32_t n_classes;  /* with the separator's */
	double bits; /* a code length of the sentences; of the first ones, if they are many */
};

/* lexicon_classes.c: classes of the words of these sentences (by index into the past). */
MUST_CHECK enum status lexicon_classes(const struct lexicon_past *p, const uint32_t *sentence,
				       uint32_t n_sentences, struct lexicon_classes *out);

/* lexicon_merge.c: joins topics where the code gets shorter by it; `several`: there is surely more
 * than one. */
MUST_CHECK enum status lexicon_merge(const struct lexicon_past *p, bool several, uint8_t *label,
				     uint32_t *n_topics);

/* lexicon_families.c: changes the classes, and their number in the tree of all words; `count` is
 * (n_topics + 1, n_symbols) of words. */
MUST_CHECK enum status lexicon_families(struct lexicon *lx, const uint32_t *count);

/* lexicon_trees.c: codes from word_class and these counts of words, (n_topics + 1, n_symbols). */
MUST_CHECK enum status lexicon_trees(struct lexicon *lx, const uint32_t *count);

#endif
