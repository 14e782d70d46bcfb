/* SPDX-License-Identifier: BSD-2-Clause
 *
 * lexicon_merge.c - topics that share their words are one topic, if that makes the code shorter.
 *
 * A mixture of topics splits one grammar's sentences by their shapes as soon as there are enough of
 * them, for it does not know that words follow each other.  The classes of words do: so pairs of
 * topics that use the same words are tried as one, with classes of their own, and stay one when the
 * sequential code of both together (lexicon_classes.c) is shorter than that of each, with the bits
 * that tell which of the two a sentence is of.  Only the newest sentences are looked at.
 *
 * Where the classes of the last words tell the topic anyhow, several topics save next to nothing,
 * and what is learnt is only cut to pieces.  So first of all one topic is tried for all.
 */
#include <stdlib.h>
#include <string.h>

#include "elementary.h"
#include "lexicon_past.h"

#define TRIAL_TEXTS (LEXICON_JUDGED / 2) /* of each of the two topics */
#define OVERLAP_MIN 0.2                  /* of their distributions, for a pair to be tried */
#define APART_MIN 1.04      /* code length of one topic over that of several, for them to stay */
#define NOISE 1.03          /* of the search for classes, in code lengths: then rather one topic */
#define TRIALS_PER_TOPIC 2u /* on the average */

struct merger {
	const struct lexicon_past *p;
	uint8_t *label;
	uint32_t n_topics;
	double *share; /* (n_topics, n_symbols) of the words of a topic */
	uint32_t n_sentences[LEXICON_TOPICS_MAX];
	double bits[LEXICON_TOPICS_MAX]; /* of the topic's newest sentences alone; < 0: not known */
	uint32_t n_newest[LEXICON_TOPICS_MAX];
	bool refused[LEXICON_TOPICS_MAX][LEXICON_TOPICS_MAX];
	uint32_t *list; /* of sentences */
};

static void count_shares(struct merger *m)
{
	size_t n_symbols = m->p->n_symbols;

	for (uint32_t i = 0; i < m->p->n_sentences; i++) {
		double *share = m->share + m->label[i] * n_symbols;

		m->n_sentences[m->label[i]]++;
		for (uint32_t at = 0; at < past_words(m->p, i); at++)
			share[m->p->token[m->p->start[i] + at]]++;
	}
}

/* What two topics' distributions of words have in common: 0..1. */
static double overlap(const struct merger *m, uint32_t a, uint32_t b)
{
	const double *x = m->share + (size_t)a * m->p->n_symbols;
	const double *y = m->share + (size_t)b * m->p->n_symbols;
	double n_x = 0, n_y = 0, sum = 0;

	for (uint32_t s = 0; s < m->p->n_symbols; s++) {
		n_x += x[s];
		n_y += y[s];
	}
	if (n_x == 0 || n_y == 0)
		return 1;
	for (uint32_t s = 0; s < m->p->n_symbols; s++) {
		double of_x = x[s] / n_x, of_y = y[s] / n_y;

		sum += of_x < of_y ? of_x : of_y;
	}
	return sum;
}

/* Bits of the newest sentences of topics a and b, told apart or not. */
static enum status together_bits(struct merger *m, uint32_t a, uint32_t b, double *bits,
				 uint32_t *n_listed)
{
	struct lexicon_classes classes = {0};
	uint32_t n = 0, n_texts[2] = {0};

	for (uint32_t i = m->p->n_sentences; i-- > 0;) {
		unsigned which = m->label[i] == b;
		uint32_t more = past_words(m->p, i) + LEXICON_LAGS;

		if (m->label[i] != a && m->label[i] != b)
			continue;
		n_texts[which] += more;
		if (n_texts[which] <= TRIAL_TEXTS || n == 0)
			m->list[n++] = i;
		if (n_texts[0] > TRIAL_TEXTS && n_texts[1] > TRIAL_TEXTS)
			break;
	}
	*n_listed = n;
	TRY(lexicon_classes(m->p, m->list, n, &classes));
	*bits = classes.bits;
	return STATUS_OK;
}

/* Bits of the newest sentences of all topics: *together, as one topic, and *apart, told apart. */
static enum status all_bits(struct merger *m, double *together, double *apart)
{
	struct lexicon_classes classes = {0};
	uint32_t n_texts = 0, first = m->p->n_sentences, n = 0;

	while (first > 0) {
		n_texts += past_words(m->p, first - 1) + LEXICON_LAGS;
		if (n_texts > LEXICON_JUDGED && n > 0)
			break;
		m->list[n++] = --first;
	}
	TRY(lexicon_classes(m->p, m->list, n, &classes));
	*together = classes.bits;
	*apart = elementary_lg_rising(m->n_topics, n);
	for (uint32_t t = 0; t < m->n_topics; t++) {
		n = 0;
		for (uint32_t i = m->p->n_sentences; i-- > first;)
			if (m->label[i] == t)
				m->list[n++] = i;
		TRY(lexicon_classes(m->p, m->list, n, &classes));
		*apart += classes.bits - elementary_lg_factorial(n);
	}
	return STATUS_OK;
}

static enum status single_bits(struct merger *m, uint32_t t)
{
	return m->bits[t] < 0 ? together_bits(m, t, t, &m->bits[t], &m->n_newest[t]) : STATUS_OK;
}

/* Topic b becomes part of a, the last topic takes its number. */
static void unite(struct merger *m, uint32_t a, uint32_t b)
{
	uint32_t last = --m->n_topics;
	size_t n_symbols = m->p->n_symbols;

	for (uint32_t i = 0; i < m->p->n_sentences; i++) {
		if (m->label[i] == b)
			m->label[i] = (uint8_t)a;
		else if (m->label[i] == last)
			m->label[i] = (uint8_t)b;
	}
	for (size_t s = 0; s < n_symbols; s++)
		m->share[a * n_symbols + s] += m->share[b * n_symbols + s];
	memmove(m->share + b * n_symbols, m->share + last * n_symbols, n_symbols * sizeof(double));
	m->n_sentences[a] += m->n_sentences[b];
	m->n_sentences[b] = m->n_sentences[last];
	m->bits[b] = m->bits[last];
	m->n_newest[b] = m->n_newest[last];
	for (uint32_t t = 0; t < LEXICON_TOPICS_MAX; t++) {
		m->refused[b][t] = m->refused[last][t];
		m->refused[t][b] = m->refused[t][last];
	}
	for (uint32_t t = 0; t < LEXICON_TOPICS_MAX; t++)
		m->refused[a][t] = m->refused[t][a] = false;
}

/* The pair with most in common that was not refused yet; false: none. */
static bool next_pair(const struct merger *m, uint32_t *a, uint32_t *b)
{
	double most = OVERLAP_MIN;

	for (uint32_t i = 0; i < m->n_topics; i++)
		for (uint32_t j = i + 1; j < m->n_topics; j++) {
			double common = m->refused[i][j] ? 0 : overlap(m, i, j);

			if (common > most) {
				most = common;
				*a = i;
				*b = j;
			}
		}
	return most > OVERLAP_MIN;
}

static enum status try_pair(struct merger *m, uint32_t a, uint32_t b)
{
	double together, apart;
	uint32_t n, n_a, n_b;

	TRY(single_bits(m, a));
	TRY(single_bits(m, b));
	TRY(together_bits(m, a, b, &together, &n));
	n_a = m->n_newest[a];
	n_b = m->n_newest[b];
	apart = m->bits[a] + m->bits[b];

	apart += elementary_lg_factorial(n_a + n_b + 1) - elementary_lg_factorial(n_a) -
		 elementary_lg_factorial(n_b);
	if (together > apart * NOISE) {
		m->refused[a][b] = true;
		return STATUS_OK;
	}
	unite(m, a, b);
	m->bits[a] = -1;
	return STATUS_OK;
}

/* One topic, if telling several apart does not save its share. */
static enum status try_one(struct merger *m)
{
	double together, apart;

	TRY(all_bits(m, &together, &apart));
	if (together > apart * APART_MIN)
		return STATUS_OK;
	memset(m->label, 0, m->p->n_sentences);
	m->n_topics = 1;
	return STATUS_OK;
}

enum status lexicon_merge(const struct lexicon_past *p, bool several, uint8_t *label,
			  uint32_t *n_topics)
{
	struct merger m = {.p = p, .label = label, .n_topics = *n_topics};
	enum status status = STATUS_OK;
	uint32_t a = 0, b = 0, n_trials = TRIALS_PER_TOPIC * *n_topics;

	m.share = calloc((size_t)*n_topics * p->n_symbols, sizeof *m.share);
	m.list = malloc((p->n_sentences + 1) * sizeof *m.list);
	if (!m.share || !m.list)
		status = fail_no_memory();
	if (status == STATUS_OK)
		count_shares(&m);
	for (uint32_t t = 0; t < m.n_topics; t++)
		m.bits[t] = -1;
	if (status == STATUS_OK && !several && m.n_topics > 1)
		status = try_one(&m);
	while (status == STATUS_OK && n_trials-- > 0 && next_pair(&m, &a, &b))
		status = try_pair(&m, a, b);
	*n_topics = m.n_topics;
	free(m.share);
	free(m.list);
	return status;
}
