/* SPDX-License-Identifier: BSD-2-Clause
 *
 * mixer_logistic.c - a weighted sum of the experts' log-odds: gated logistic mixing.
 *
 *      x = sum of weight_k ln(p_k / (1 - p_k)),     p = 1 / (1 + e^-x)
 *
 * The gradient of the code length is (p - bit) times the log-odds, and a weight moves against it
 * by a rate that falls as 1 / (1 + n / RATE_BITS) to a floor (Mahoney's and Mattern's geometric
 * mixing; weight sets chosen by context are the gate).  The weights may sum to more than 1 and may
 * be negative: several experts that agree make the mixture surer than each, which no mean
 * can be; that is why nothing like "the best expert + lg K bits" is proven of it, and why it wins.
 *
 * ln u of 16 bits comes from a table by the 11 leading bits of u: exact up to 2047, and within
 * 2^-11 above, where an error of the log-odds matters least.
 */
#include <stdlib.h>

#include "elementary.h"
#include "mixers.h"

#define LOG_LOG2 11       /* leading bits that the table of logarithms knows */
#define ODDS_MAX 13.5     /* log-odds of the result: 2^-19.5 */
#define RATE_FIRST 0.02
#define RATE_LAST 0.002
#define RATE_BITS 1000.0

#define LN2 0x1.62e42fefa39efp-1

struct weight_set {
	double weight[MIXER_EXPERTS_MAX]; /* (n_experts) */
	double n_bits;                    /* learnt */
};

struct mixer {
	unsigned n_experts;
	struct weight_set *set; /* (n_sets) */
	double log[(size_t)1 << LOG_LOG2];

	/* Of the bit that is under way. */
	struct weight_set *now;
	double odds[MIXER_EXPERTS_MAX]; /* what each expert said, as log-odds .. */
	double p1;                      /* .. and the result */
};

static uint64_t logistic_memory_bytes(const struct mixer_setup *s)
{
	return sizeof(struct mixer) + s->n_sets * (uint64_t)sizeof(struct weight_set);
}

static void logistic_close(struct mixer *m)
{
	if (m)
		free(m->set);
	free(m);
}

static enum status logistic_open(struct mixer **out, const struct mixer_setup *s)
{
	struct mixer *m = calloc(1, sizeof *m);

	if (!m)
		return fail_no_memory();
	m->n_experts = s->n_experts;
	m->set = calloc(s->n_sets, sizeof *m->set);
	if (!m->set) {
		logistic_close(m);
		return fail_no_memory();
	}
	/* A little more than the mean: experts on one past are not independent, but not one. */
	for (uint32_t i = 0; i < s->n_sets; i++)
		for (unsigned k = 0; k < s->n_experts; k++)
			m->set[i].weight[k] = (1 + 0.1 * (s->n_experts - 1)) / s->n_experts;
	for (unsigned u = 1; u < (unsigned)1 << LOG_LOG2; u++)
		m->log[u] = elementary_log(u);
	*out = m;
	return STATUS_OK;
}

/* ln u, 1 <= u < 2^17 */
static double log_of(const struct mixer *m, uint32_t u)
{
	unsigned shift = 0;

	while (u >> shift >= (uint32_t)1 << LOG_LOG2)
		shift++;
	return m->log[u >> shift] + shift * LN2;
}

static double logistic_mix(struct mixer *m, const uint16_t *p1, uint32_t set)
{
	double x = 0;

	m->now = &m->set[set];
	for (unsigned k = 0; k < m->n_experts; k++) {
		m->odds[k] = log_of(m, p1[k]) - log_of(m, MIXER_ONE - p1[k]);
		x += m->now->weight[k] * m->odds[k];
	}
	x = x > ODDS_MAX ? ODDS_MAX : x < -ODDS_MAX ? -ODDS_MAX : x;
	return m->p1 = 1 / (1 + elementary_exp(-x));
}

static void logistic_learn(struct mixer *m, unsigned bit)
{
	struct weight_set *s = m->now;
	double rate = RATE_LAST + (RATE_FIRST - RATE_LAST) / (1 + s->n_bits / RATE_BITS);
	double step = rate * (bit - m->p1);

	for (unsigned k = 0; k < m->n_experts; k++)
		s->weight[k] += step * m->odds[k];
	s->n_bits++;
}

const struct mixer_ops mixer_logistic_ops = {
    .name = "logistic",
    .summary = "weighted sum of log-odds, learnt by the gradient of the code length",
    .memory_bytes = logistic_memory_bytes,
    .open = logistic_open,
    .mix = logistic_mix,
    .learn = logistic_learn,
    .close = logistic_close,
};
