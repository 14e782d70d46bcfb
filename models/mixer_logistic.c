/* SPDX-License-Identifier: BSD-2-Clause
 *
 * mixer_logistic.c - a weighted sum of the experts' log-odds: gated logistic mixing.
 *
 *      x = sum of weight_k ln(p_k / (1 - p_k)),     p = 1 / (1 + e^-x)
 *
 * The gradient of the code length is (p - bit) times the log-odds, and a weight moves against it
 * by a rate that falls to a floor over some thousand bits (Mahoney's and Mattern's geometric
 * mixing; weight sets chosen by context are the gate).  The weights may sum to more than 1 and may
 * be negative: several experts that agree make the mixture surer than each, which no mean
 * can be; that is why nothing like "the best expert + lg K bits" is proven of it, and why it wins.
 *
 * The arithmetic is that of `mix` (mixing_steps.h) in its plain form, one vector of experts: what
 * is measured here is what is used there.
 */
#include <stdlib.h>

#include "mixers.h"

#define VEC_FORM VEC_PLAIN
#include "mixing_steps.h"

#define RATE_FIRST 0.02f
#define RATE_LAST 0.002f
#define RATE_BITS 1000.0f
#define P22_OF_P16 6 /* bits to shift */

_Static_assert(MIXER_EXPERTS_MAX == VEC_LANES, "the experts are one vector");

struct weight_set {
	float weight[MIXER_EXPERTS_MAX]; /* 0 where there is no expert */
	float rate;
};

struct mixer {
	unsigned n_experts;
	struct weight_set *set; /* (n_sets) */
	struct mixing_tables tables;

	/* Of the bit that is under way. */
	struct weight_set *now;
	float *weight;                 /* that it holds */
	float odds[MIXER_EXPERTS_MAX]; /* what each expert said, as log-odds .. */
	float p1;                      /* .. and the result */
};

_Static_assert(sizeof(struct mixer) <= MIXER_STATE_BYTES, "MIXER_STATE_BYTES");

static uint64_t logistic_memory_bytes(const struct mixer_setup *s)
{
	return MIXER_STATE_BYTES + s->n_sets * (uint64_t)sizeof(struct weight_set);
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
	mixing_tables_build(&m->tables);
	/* More than the mean: experts on one past are not independent, but not one either. */
	for (uint32_t i = 0; i < s->n_sets; i++) {
		mixer_start(m->set[i].weight, 1, s->n_experts,
			    (float)(9 + s->n_experts) / (float)(10 * s->n_experts));
		m->set[i].rate = RATE_FIRST;
	}
	*out = m;
	return STATUS_OK;
}

static double logistic_mix(struct mixer *m, const uint16_t *p1, uint32_t set)
{
	m->now = &m->set[set];
	m->weight = m->now->weight;
	for (unsigned k = 0; k < m->n_experts; k++)
		m->odds[k] = stretch22(&m->tables, (uint32_t)p1[k] << P22_OF_P16);
	m->p1 = squash(&m->tables, mixer_sum(&m->weight, 1, m->odds, 1));
	return (double)m->p1;
}

static void logistic_learn(struct mixer *m, unsigned bit)
{
	struct weight_set *s = m->now;

	mixer_learn(&m->weight, 1, m->odds, 1, ((float)bit - m->p1) * s->rate);
	s->rate -= (s->rate - RATE_LAST) * (1 / RATE_BITS);
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
