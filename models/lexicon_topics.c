/* SPDX-License-Identifier: BSD-2-Clause
 *
 * lexicon_topics.c - what are sentences about?  A mixture of word distributions, by Gibbs sampling.
 *
 * A topic draws words independently, from a distribution with a Dirichlet prior.  The distributions
 * are integrated out: a sentence's topic is drawn given the topics of all others, from their
 * counts, again and again (Yin and Wang 2014 for short texts); topics that nobody needs die out.
 * Of words that are tied to each other (lexicon_ties.c) only one of a sentence counts.
 *
 * Cost: a sweep multiplies WIDTH numbers for each word of the newest SAMPLE_TOKENS; older sentences
 * are looked at once.
 */
#include <stdlib.h>
#include <string.h>

#include "elementary.h"
#include "lexicon_past.h"

#define WIDTH LEXICON_TOPICS_MAX /* topics that are considered */
#define PSEUDO 0.25              /* count of a word not seen in a topic */
#define TOPIC_PSEUDO 0.5         /* count of a topic not seen */
#define SAMPLE_TOKENS ((size_t)1 << 17)
#define SENTENCES_PER_COUNT 1024u /* one more occurrence is asked of a word for so many */
#define SWEEPS 30u
#define SWEEPS_WARM 10u /* when the previous lexicon has told where to begin */
#define SPLIT_MIN 16    /* sentences of a topic that may be two */
#define SPLIT_SWEEPS 8u
#define SPLIT_OVERLAP 0.25 /* of the words of what stays two topics */
#define STRAYS 4u
#define SWEEPS_LAST 3u /* of these, in which the likeliest topic is chosen */

struct sampler {
	const struct lexicon_past *p;
	uint32_t first; /* sentence of the sample */
	uint32_t n_words;
	uint32_t *word;      /* (n_symbols) number among those that count, or LEXICON_NONE */
	uint32_t *bag;       /* words of the sample's sentences that count */
	uint32_t *bag_start; /* (sentences of the sample + 1) */
	double *count;       /* (n_words, WIDTH) plus PSEUDO */
	double total[WIDTH]; /* plus n_words * PSEUDO */
	double sentences[WIDTH];
	uint64_t random;
};

/* Words that are rare in the sample are left out: a topic that has not seen them would be punished
 * for it, and sentences with many of them would go to topics of their own. */
static void choose_words(struct sampler *s)
{
	uint32_t n_sample = s->p->n_sentences - s->first;
	uint64_t count_min = 2 + n_sample / SENTENCES_PER_COUNT;

	for (uint32_t w = 0; w < s->p->n_symbols; w++) {
		uint64_t count = s->p->count[w];
		bool counts = count * n_sample >= count_min * s->p->n_sentences;

		s->word[w] = counts && w != s->p->separator ? s->n_words++ : LEXICON_NONE;
	}
}

/* The words of a sentence that count, of tied ones the most frequent only; returns their number. */
static uint32_t fill_bag(const struct sampler *s, uint32_t sentence, uint32_t *bag)
{
	const uint16_t *token = s->p->token + s->p->start[sentence];
	uint32_t n = past_words(s->p, sentence), n_bag = 0, tied = LEXICON_NONE;

	for (uint32_t i = 0; i < n; i++) {
		uint32_t w = token[i];

		if (s->word[w] == LEXICON_NONE)
			continue;
		if (!s->p->tied[w])
			bag[n_bag++] = s->word[w];
		else if (tied == LEXICON_NONE || s->p->count[w] > s->p->count[tied])
			tied = w;
	}
	if (tied != LEXICON_NONE)
		bag[n_bag++] = s->word[tied];
	return n_bag;
}

static void add(struct sampler *s, uint32_t sentence, uint32_t topic, double sign)
{
	uint32_t from = s->bag_start[sentence - s->first],
		 to = s->bag_start[sentence - s->first + 1];

	s->sentences[topic] += sign;
	s->total[topic] += sign * (to - from);
	for (uint32_t i = from; i < to; i++)
		s->count[(size_t)s->bag[i] * WIDTH + topic] += sign;
}

static void rescale(double *p)
{
	double most = p[0];

	for (uint32_t t = 1; t < WIDTH; t++)
		most = p[t] > most ? p[t] : most;
	for (uint32_t t = 0; t < WIDTH; t++)
		p[t] /= most;
}

/* How likely the topics of a sentence of n words are, up to a factor. */
static void weigh(const struct sampler *s, const uint32_t *bag, uint32_t n, double *p)
{
	double inverse[WIDTH];

	for (uint32_t t = 0; t < WIDTH; t++) {
		inverse[t] = s->n_words / s->total[t];
		p[t] = s->sentences[t] + TOPIC_PSEUDO;
	}
	for (uint32_t i = 0; i < n; i++) {
		const double *count = s->count + (size_t)bag[i] * WIDTH;

		for (uint32_t t = 0; t < WIDTH; t++)
			p[t] *= count[t] * inverse[t];
		if (i % 16 == 15)
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

/* Draw the topics of the sample's sentences once more, or choose the likeliest. */
static void sweep(struct sampler *s, uint8_t *label, bool choose)
{
	double p[WIDTH];

	for (uint32_t i = s->first; i < s->p->n_sentences; i++) {
		uint32_t from = s->bag_start[i - s->first];

		add(s, i, label[i], -1);
		weigh(s, s->bag + from, s->bag_start[i - s->first + 1] - from, p);
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

/* The sample: the newest sentences of at most SAMPLE_TOKENS tokens. */
static void fill_bags(struct sampler *s)
{
	uint32_t n = 0;

	for (uint32_t i = s->first; i < s->p->n_sentences; i++) {
		s->bag_start[i - s->first] = n;
		n += fill_bag(s, i, s->bag + n);
	}
	s->bag_start[s->p->n_sentences - s->first] = n;
}

static enum status sampler_open(struct sampler *s)
{
	const struct lexicon_past *p = s->p;
	uint32_t longest = 0;

	for (s->first = p->n_sentences; s->first > 0; s->first--)
		if (p->n - p->start[s->first - 1] > SAMPLE_TOKENS)
			break;
	for (uint32_t i = 0; i < p->n_sentences; i++)
		if (p->start[i + 1] - p->start[i] > longest)
			longest = p->start[i + 1] - p->start[i];
	s->word = malloc(p->n_symbols * sizeof *s->word);
	s->bag = malloc((SAMPLE_TOKENS + longest) * sizeof *s->bag);
	s->bag_start = malloc((p->n_sentences - s->first + 1) * sizeof *s->bag_start);
	s->count = malloc((size_t)p->n_symbols * WIDTH * sizeof *s->count);
	if (!s->word || !s->bag || !s->bag_start || !s->count)
		return fail_no_memory();
	choose_words(s);
	for (size_t i = 0; i < (size_t)s->n_words * WIDTH; i++)
		s->count[i] = PSEUDO;
	for (uint32_t t = 0; t < WIDTH; t++)
		s->total[t] = PSEUDO * s->n_words;
	fill_bags(s);
	return STATUS_OK;
}

static void sampler_close(struct sampler *s)
{
	free(s->word);
	free(s->bag);
	free(s->bag_start);
	free(s->count);
}

/* The topic that the previous lexicon takes sentence i for. */
static uint32_t previous_topic(const struct sampler *s, const struct lexicon *previous, uint32_t i)
{
	struct lexicon_belief belief;

	if (i + 1 < previous->n_sentences)
		return previous->label[i];
	lexicon_belief_start(previous, &belief);
	for (uint32_t at = 0; at < past_words(s->p, i); at++)
		lexicon_belief_step(previous, &belief, s->p->token[s->p->start[i] + at]);
	return belief.best;
}

/*
 * Topics to begin with: those of the previous lexicon, or any.  One in STRAYS of the new sentences
 * goes to a topic that is not in use: those of a topic unknown so far meet there, and the others
 * soon go back.
 */
static void begin(struct sampler *s, const struct lexicon *previous, uint8_t *label)
{
	uint32_t n_used = previous && previous->n_topics < WIDTH ? previous->n_topics : 0;

	for (uint32_t i = s->first; i < s->p->n_sentences; i++) {
		bool is_new = !previous || i + 1 >= previous->n_sentences;

		if (!previous || (is_new && i % STRAYS == 0))
			label[i] =
			    (uint8_t)(n_used + lexicon_random(&s->random) % (WIDTH - n_used));
		else
			label[i] = (uint8_t)(previous_topic(s, previous, i) % WIDTH);
		add(s, i, label[i], 1);
	}
}

/* Choose anew for the sentences of topics a and b, between these two. */
static void sweep_pair(struct sampler *s, uint8_t *label, uint32_t a, uint32_t b, bool choose)
{
	double p[WIDTH];

	for (uint32_t i = s->first; i < s->p->n_sentences; i++) {
		uint32_t from = s->bag_start[i - s->first];
		double u = 0.5;

		if (label[i] != a && label[i] != b)
			continue;
		add(s, i, label[i], -1);
		weigh(s, s->bag + from, s->bag_start[i - s->first + 1] - from, p);
		if (!choose)
			u = (lexicon_random(&s->random) + 0.5) * 0x1p-31;
		label[i] = (uint8_t)(u * (p[a] + p[b]) < p[a] ? a : b);
		add(s, i, label[i], 1);
	}
}

/* What the words of two topics have in common, 0..1. */
static double overlap(const struct sampler *s, uint32_t a, uint32_t b)
{
	double sum = 0;

	for (uint32_t w = 0; w < s->n_words; w++) {
		const double *count = s->count + (size_t)w * WIDTH;
		double x = (count[a] - PSEUDO) / s->total[a], y = (count[b] - PSEUDO) / s->total[b];

		sum += x < y ? x : y;
	}
	return sum;
}

/*
 * Two topics may have been taken for one, and single sentences do not get out of it: the others
 * hold them there.  So each topic's sentences are dealt to two at random and drawn to and fro; if
 * the two end with words of their own they stay two, else they become one again.
 */
static void split(struct sampler *s, uint8_t *label, uint32_t a)
{
	uint32_t b = 0;

	while (b < WIDTH && s->sentences[b] > 0)
		b++;
	if (b == WIDTH || s->sentences[a] < SPLIT_MIN)
		return;
	for (uint32_t i = s->first; i < s->p->n_sentences; i++)
		if (label[i] == a && lexicon_random(&s->random) % 2) {
			add(s, i, a, -1);
			label[i] = (uint8_t)b;
			add(s, i, b, 1);
		}
	for (uint32_t i = 0; i < SPLIT_SWEEPS; i++)
		sweep_pair(s, label, a, b, i + 1 == SPLIT_SWEEPS);
	if (s->sentences[a] > 0 && s->sentences[b] > 0 && overlap(s, a, b) < SPLIT_OVERLAP)
		return;
	for (uint32_t i = s->first; i < s->p->n_sentences; i++)
		if (label[i] == b) {
			add(s, i, b, -1);
			label[i] = (uint8_t)a;
			add(s, i, a, 1);
		}
}

/* Sentences older than the sample get the topic that is likeliest by it. */
static void label_others(struct sampler *s, uint8_t *label)
{
	double p[WIDTH];
	uint32_t *bag = s->bag; /* of no use any more */

	for (uint32_t i = 0; i < s->first; i++) {
		weigh(s, bag, fill_bag(s, i, bag), p);
		label[i] = (uint8_t)likeliest(p);
	}
}

enum status lexicon_topics(const struct lexicon_past *p, const struct lexicon *previous,
			   uint8_t *label, uint32_t *n_topics)
{
	struct sampler s = {.p = p, .random = 1};
	enum status status;

	*n_topics = 1;
	if (previous && (previous->separator != p->separator || previous->n_topics == 1 ||
			 previous->n_symbols != p->n_symbols))
		previous = NULL;
	if (p->separator == LEXICON_NONE)
		return STATUS_OK;
	status = sampler_open(&s);
	if (status == STATUS_OK) {
		uint32_t n_sweeps = previous ? SWEEPS_WARM : SWEEPS;

		begin(&s, previous, label);
		for (uint32_t i = 0; i < n_sweeps; i++)
			sweep(&s, label, i + SWEEPS_LAST >= n_sweeps);
		for (uint32_t t = 0; t < WIDTH; t++)
			split(&s, label, t);
		label_others(&s, label);
		*n_topics = close_gaps(label, p->n_sentences);
	}
	sampler_close(&s);
	return status;
}
