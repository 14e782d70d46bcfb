/* SPDX-License-Identifier: BSD-2-Clause
 *
 * lexicon_topics.c - what are sentences about?  A mixture of word distributions, by Gibbs sampling.
 *
 * A topic draws words independently, from a distribution with a Dirichlet prior.  The distributions
 * are integrated out: a sentence's topic is drawn given the topics of all others, from their
 * counts, again and again (Yin and Wang 2014 for short texts); topics that nobody needs die out.
 */
#include <stdlib.h>
#include <string.h>

#include "elementary.h"
#include "lexicon_past.h"

#define WIDTH 16u        /* topics that are considered */
#define PSEUDO 0.125     /* count of a word not seen in a topic */
#define TOPIC_PSEUDO 0.5 /* count of a topic not seen */
#define SAMPLE_TOKENS ((size_t)1 << 17)

struct sampler {
	const struct lexicon_past *p;
	uint32_t n_words;
	uint32_t *word;     /* (n_symbols) number among those that count, or LEXICON_NONE */
	double *count;      /* (n_words, WIDTH) plus PSEUDO */
	double total[WIDTH]; /* plus n_words * PSEUDO */
	double sentences[WIDTH];
	uint64_t random;
};

static void choose_words(struct sampler *s)
{
	for (uint32_t w = 0; w < s->p->n_symbols; w++)
		s->word[w] = s->p->count[w] >= 2 && w != s->p->separator ? s->n_words++
									  : LEXICON_NONE;
}

static void add(struct sampler *s, uint32_t sentence, uint32_t topic, double sign)
{
	const uint16_t *token = s->p->token + s->p->start[sentence];
	uint32_t n = past_words(s->p, sentence);

	s->sentences[topic] += sign;
	for (uint32_t i = 0; i < n; i++) {
		uint32_t w = s->word[token[i]];

		if (w == LEXICON_NONE)
			continue;
		s->count[(size_t)w * WIDTH + topic] += sign;
		s->total[topic] += sign;
	}
}

static void rescale(double *p)
{
	double most = p[0];

	for (uint32_t t = 1; t < WIDTH; t++)
		most = p[t] > most ? p[t] : most;
	for (uint32_t t = 0; t < WIDTH; t++)
		p[t] /= most;
}

/* How likely the sentence's topics are, up to a factor. */
static void weigh(const struct sampler *s, uint32_t sentence, double *p)
{
	const uint16_t *token = s->p->token + s->p->start[sentence];
	uint32_t n = past_words(s->p, sentence), n_since = 0;
	double inverse[WIDTH];

	for (uint32_t t = 0; t < WIDTH; t++) {
		inverse[t] = s->n_words / s->total[t];
		p[t] = s->sentences[t] + TOPIC_PSEUDO;
	}
	for (uint32_t i = 0; i < n; i++) {
		uint32_t w = s->word[token[i]];

		if (w == LEXICON_NONE)
			continue;

		const double *count = s->count + (size_t)w * WIDTH;

		for (uint32_t t = 0; t < WIDTH; t++)
			p[t] *= count[t] * inverse[t];
		if (++n_since % 16 == 0)
			rescale(p);
	}
}

static uint32_t draw(struct sampler *s, const double *p)
{
	double sum = 0, u;
	uint32_t t = 0;

	for (uint32_t i = 0; i < WIDTH; i++)
		sum += p[i];
	u = (lexicon_random(&s->random) + 0.5) * 0x1p-31 * sum;
	while (t < WIDTH - 1 && u >= p[t])
		u -= p[t++];
	return t;
}

static uint32_t likeliest(const double *p)
{
	uint32_t best = 0;

	for (uint32_t t = 1; t < WIDTH; t++)
		if (p[t] > p[best])
			best = t;
	return best;
}

/* Draw the topics of the sentences from `first` on once more, or choose the likeliest. */
static void sweep(struct sampler *s, uint8_t *label, uint32_t first, bool choose)
{
	double p[WIDTH];

	for (uint32_t i = first; i < s->p->n_sentences; i++) {
		add(s, i, label[i], -1);
		weigh(s, i, p);
		label[i] = (uint8_t)(choose ? likeliest(p) : draw(s, p));
		add(s, i, label[i], 1);
	}
}

static uint32_t close_gaps(uint8_t *label, uint32_t n)
{
	uint8_t number[256];
	uint32_t n_topics = 0;

	memset(number, 0xff, sizeof number);
	for (uint32_t i = 0; i < n; i++) {
		if (number[label[i]] == 0xff)
			number[label[i]] = (uint8_t)n_topics++;
		label[i] = number[label[i]];
	}
	return n_topics ? n_topics : 1;
}

enum status lexicon_topics(const struct lexicon_past *p, const struct lexicon *previous,
			   uint8_t *label, uint32_t *n_topics)
{
	struct sampler s = {.p = p, .random = 1};

	(void)previous;
	*n_topics = 1;
	if (p->separator == LEXICON_NONE)
		return STATUS_OK;
	s.word = malloc(p->n_symbols * sizeof *s.word);
	s.count = malloc((size_t)p->n_symbols * WIDTH * sizeof *s.count);
	if (s.word && s.count) {
		uint32_t first = p->n_sentences;

		choose_words(&s);
		for (size_t i = 0; i < (size_t)s.n_words * WIDTH; i++)
			s.count[i] = PSEUDO;
		for (uint32_t t = 0; t < WIDTH; t++)
			s.total[t] = PSEUDO * s.n_words;
		while (first > 0 && p->n - p->start[first - 1] <= SAMPLE_TOKENS)
			first--;
		for (uint32_t i = first; i < p->n_sentences; i++) {
			label[i] = (uint8_t)(lexicon_random(&s.random) % WIDTH);
			add(&s, i, label[i], 1);
		}
		for (int i = 0; i < 30; i++)
			sweep(&s, label, first, i >= 27);
		for (uint32_t i = 0; i < first; i++) {
			double post[WIDTH];

			weigh(&s, i, post);
			label[i] = (uint8_t)likeliest(post);
		}
		*n_topics = close_gaps(label, p->n_sentences);
	}
	enum status status = s.word && s.count ? STATUS_OK : fail_no_memory();

	free(s.word);
	free(s.count);
	return status;
}
