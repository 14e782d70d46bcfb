/* SPDX-License-Identifier: BSD-2-Clause
 *
 * mix_tokens_shape.c - what is learnt from the past beside a lexicon, whenever there is a new one.
 *
 * RECORDS.  Sentences may come in groups, each ended by a token of its own.  It is found by its
 * regularity: it comes (nearly) always right after a separator, and its distances vary little; a
 * word that merely begins sentences comes at random.
 *
 * LITERAL CLASSES.  A class may say all that matters of its words for what comes next (names), or
 * its words may go on differently (a phrase's words).  Both descriptions of what class follows, by
 * the class and by the word, are charged what they cost as they learn; where words are clearly
 * cheaper, places and histories hold the words of that class instead of the class.  But not where
 * they are rare: a history with a name in it would hardly ever come again.
 */
#include <stdlib.h>
#include <string.h>

#include "elementary.h"
#include "mix_tokens_state.h"

#define RECORDS_MIN 8u
#define AFTER_SEPARATOR 0.99
#define VARIANCE_MAX 0.1 /* of the distances, over their mean's square */
#define SPAN_MIN 0.8     /* of the past, between the first and the last */
#define LITERAL_TOKENS 65536u
#define LITERAL_GAIN 0.95
#define LITERAL_GAIN_BITS 0.03 /* a token */
#define LITERAL_COUNT_MIN 0.5 /* mean count of a class's words, over that of all words */

/* Records ----------------------------------------------------------------------------------- */

struct spacing {
	double sum, sum_of_squares; /* of distances */
	uint64_t last;
	uint32_t n, n_after; /* a separator */
};

static bool ends_records(const struct spacing *s, uint64_t n_past)
{
	double n = (double)s->n - 1, mean, variance;

	if (s->n < RECORDS_MIN || s->n_after < AFTER_SEPARATOR * s->n ||
	    s->sum < SPAN_MIN * (double)n_past)
		return false;
	mean = s->sum / n;
	variance = s->sum_of_squares / n - mean * mean;
	return variance < VARIANCE_MAX * mean * mean;
}

static enum status find_record_end(struct mix_tokens *m)
{
	uint32_t separator = m->lexicon->separator, best_n = 0;
	struct spacing *s;

	m->record_end = LEXICON_NONE;
	if (separator == LEXICON_NONE)
		return STATUS_OK;
	s = calloc(m->n_symbols, sizeof *s);
	if (!s)
		return fail_no_memory();
	for (uint64_t i = 0; i < m->n; i++) {
		struct spacing *w = &s[m->token[i]];
		double distance = (double)(i - w->last);

		w->sum += w->n ? distance : 0;
		w->sum_of_squares += w->n ? distance * distance : 0;
		w->n++;
		w->n_after += i > 0 && m->token[i - 1] == separator;
		w->last = i;
	}
	for (uint32_t w = 0; w < m->n_symbols; w++)
		if (w != separator && s[w].n > best_n && ends_records(&s[w], m->n)) {
			m->record_end = w;
			best_n = s[w].n;
		}
	free(s);
	return STATUS_OK;
}

/* Literal classes --------------------------------------------------------------------------- */

struct following {
	const struct lexicon *lexicon;
	uint32_t tree;
	float by_class[LEXICON_CLASS_SLOTS][LEXICON_CLASS_SLOTS], n_class[LEXICON_CLASS_SLOTS];
	float *by_word; /* (n_symbols, LEXICON_CLASS_SLOTS) */
	float *n_word;
	double class_bits[LEXICON_CLASS_SLOTS], word_bits[LEXICON_CLASS_SLOTS];
};

/* After `symbol` comes `next`: what do both descriptions take, and let them learn. */
static void charge(struct following *f, uint32_t symbol, uint32_t next)
{
	uint32_t c = lexicon_class(f->lexicon, f->tree, symbol);
	uint32_t d = lexicon_class(f->lexicon, f->tree, next);
	float *word = f->by_word + (size_t)symbol * LEXICON_CLASS_SLOTS;
	float by_class = (f->by_class[c][d] + 0.5f) /
			 (f->n_class[c] + 0.5f * LEXICON_CLASS_SLOTS);
	float by_word = (word[d] + 2 * by_class) / (f->n_word[symbol] + 2);

	f->class_bits[c] -= elementary_lg((double)by_class);
	f->word_bits[c] -= elementary_lg((double)by_word);
	f->by_class[c][d]++;
	f->n_class[c]++;
	word[d]++;
	f->n_word[symbol]++;
}

static void charge_sentences(struct following *f, const struct mix_tokens *m)
{
	const struct lexicon *lx = f->lexicon;
	uint32_t sentence = 0, left = LITERAL_TOKENS;

	for (uint64_t i = 0; i + 1 < m->n && left > 0; i++) {
		bool in = f->tree == lx->n_topics || lx->label[sentence] == f->tree;

		if (m->token[i] == lx->separator) {
			sentence++;
		} else if (in) {
			charge(f, m->token[i], m->token[i + 1]);
			left--;
		}
	}
}

struct class_counts token_class_counts(const struct lexicon *lx, uint32_t tree,
				       const uint32_t *count)
{
	struct class_counts k = {0};

	for (uint32_t w = 0; w < lx->n_symbols; w++) {
		uint32_t c = lexicon_class(lx, tree, w);

		k.n[c] += count[w];
		k.n_words[c] += count[w] > 0;
		k.n_different += count[w] > 0;
	}
	return k;
}

/* By class: is the mean count of its words so high that histories of them come again? */
static void find_common(const struct following *f, const uint32_t *count, uint64_t n_past,
			bool common[LEXICON_CLASS_SLOTS])
{
	struct class_counts k = token_class_counts(f->lexicon, f->tree, count);

	for (uint32_t c = 0; c < LEXICON_CLASS_SLOTS; c++)
		common[c] = k.n[c] * k.n_different >=
			    LITERAL_COUNT_MIN * (double)n_past * k.n_words[c];
}

static enum status find_literal_classes(struct mix_tokens *m, const uint32_t *count)
{
	size_t n_words = m->n_symbols;
	struct following *f = malloc(sizeof *f);
	float *counts = malloc(n_words * (LEXICON_CLASS_SLOTS + 1) * sizeof *counts);
	bool ok = f && counts, common[LEXICON_CLASS_SLOTS];

	for (uint32_t t = 0; ok && t <= m->lexicon->n_topics; t++) {
		memset(counts, 0, n_words * (LEXICON_CLASS_SLOTS + 1) * sizeof *counts);
		*f = (struct following){.lexicon = m->lexicon, .tree = t, .by_word = counts,
					.n_word = counts + n_words * LEXICON_CLASS_SLOTS};
		charge_sentences(f, m);
		find_common(f, count, m->n, common);
		for (uint32_t c = 0; c < LEXICON_CLASS_SLOTS; c++)
			m->literal[t][c] =
			    common[c] && f->word_bits[c] < LITERAL_GAIN * f->class_bits[c] -
							   LITERAL_GAIN_BITS * f->n_class[c];
	}
	free(f);
	free(counts);
	return ok ? STATUS_OK : fail_no_memory();
}

enum status token_shape_learn(struct mix_tokens *m)
{
	uint32_t *count = calloc(m->n_symbols, sizeof *count);
	enum status status;

	if (!count)
		return fail_no_memory();
	for (uint64_t i = 0; i < m->n; i++)
		count[m->token[i]]++;
	status = find_record_end(m);
	if (status == STATUS_OK)
		status = find_literal_classes(m, count);
	if (m->has_subjects)
		token_subject_learn(m, count);
	free(count);
	return status;
}
