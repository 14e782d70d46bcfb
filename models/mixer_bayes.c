/* SPDX-License-Identifier: BSD-2-Clause
 *
 * mixer_bayes.c - one of the experts is right: the posterior probability of each.
 *
 * The prior is 1 / K, so the probability of all bits is the mean of the experts' products, and the
 * code is longer than the best expert's by lg K bits at most, however long the data.  The price: it
 * ends up with that one expert, where another mixture would be better than all of them.
 *
 * An expert may fall behind by more than a double's exponent can tell, and come back.  So a weight
 * that gets small is set aside: multiplied by 2^512, how often being counted, and left out of sums
 * to which it would add less than their rounding.  Nothing is lost, and all scaling is exact.
 */
#include <stdlib.h>

#include "mixers.h"

#define SUM_MIN 0x1p-100 /* below, all weights are scaled up by its inverse */
#define ASIDE_BELOW 0x1p-600
#define ASIDE_SCALE 0x1p512
#define ASIDE_UNTIL 0x1p-60 /* of a weight set aside; then it is 2^-572 again */

struct posterior {
	double weight[MIXER_EXPERTS_MAX];  /* (n_experts) */
	uint64_t aside[MIXER_EXPERTS_MAX]; /* that weight is 2^512 times too large, so often */
	double sum;                        /* of the weights not set aside, in their order */
};

struct mixer {
	unsigned n_experts;
	struct posterior *set; /* (n_sets) */

	/* Of the bit that is under way. */
	struct posterior *now;
	double p1[MIXER_EXPERTS_MAX]; /* what each expert said */
};

_Static_assert(sizeof(struct mixer) <= MIXER_STATE_BYTES, "MIXER_STATE_BYTES");

static uint64_t bayes_memory_bytes(const struct mixer_setup *s)
{
	return MIXER_STATE_BYTES + s->n_sets * (uint64_t)sizeof(struct posterior);
}

static void bayes_close(struct mixer *m)
{
	if (m)
		free(m->set);
	free(m);
}

static enum status bayes_open(struct mixer **out, const struct mixer_setup *s)
{
	struct mixer *m = calloc(1, sizeof *m);

	if (!m)
		return fail_no_memory();
	m->n_experts = s->n_experts;
	m->set = calloc(s->n_sets, sizeof *m->set);
	if (!m->set) {
		bayes_close(m);
		return fail_no_memory();
	}
	for (uint32_t i = 0; i < s->n_sets; i++) {
		for (unsigned k = 0; k < s->n_experts; k++)
			m->set[i].weight[k] = 1;
		m->set[i].sum = s->n_experts;
	}
	*out = m;
	return STATUS_OK;
}

static double bayes_mix(struct mixer *m, const uint16_t *p1, uint32_t set)
{
	double sum = 0;

	m->now = &m->set[set];
	for (unsigned k = 0; k < m->n_experts; k++) {
		m->p1[k] = p1[k] * (1.0 / MIXER_ONE);
		if (!m->now->aside[k])
			sum += m->now->weight[k] * m->p1[k];
	}
	return sum / m->now->sum;
}

/* Set a weight aside, or take it back, if it is time. */
static void sort_weight(double *weight, uint64_t *aside)
{
	if (*weight < ASIDE_BELOW) {
		*weight *= ASIDE_SCALE;
		++*aside;
	} else if (*aside && *weight >= ASIDE_UNTIL) {
		*weight *= 1 / ASIDE_SCALE;
		--*aside;
	}
}

static void bayes_learn(struct mixer *m, unsigned bit)
{
	struct posterior *s = m->now;
	double sum = 0, scale;

	for (unsigned k = 0; k < m->n_experts; k++) {
		s->weight[k] *= bit ? m->p1[k] : 1 - m->p1[k];
		if (!s->aside[k])
			sum += s->weight[k];
	}
	scale = sum < SUM_MIN ? 1 / SUM_MIN : 1;
	s->sum = 0;
	for (unsigned k = 0; k < m->n_experts; k++) {
		s->weight[k] *= scale;
		sort_weight(&s->weight[k], &s->aside[k]);
		if (!s->aside[k])
			s->sum += s->weight[k];
	}
}

const struct mixer_ops mixer_bayes_ops = {
    .name = "bayes",
    .summary = "posterior weights: at most lg K bits above the best expert",
    .memory_bytes = bayes_memory_bytes,
    .open = bayes_open,
    .mix = bayes_mix,
    .learn = bayes_learn,
    .close = bayes_close,
};
