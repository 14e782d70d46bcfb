/* SPDX-License-Identifier: BSD-2-Clause
 *
 * mixer_weights.h - what `switching` and `linear` share: nonnegative weights, and their mean.
 *
 * Such a mixer's probability is the mean of the experts', by weights that need not have sum 1: the
 * sum is kept beside them, and a set is scaled by a power of two when it gets small, which rounds
 * nothing.  No weight falls below MIXER_WEIGHT_MIN, hundreds of bits under their sum, so that no
 * number becomes subnormal; raising one there costs less than 2^-400 bits.
 */
#ifndef TWOPART_MIXER_WEIGHTS_H
#define TWOPART_MIXER_WEIGHTS_H

#include <stdlib.h>

#include "mixers.h"

#define MIXER_WEIGHT_MIN 0x1p-600
#define MIXER_SUM_MIN 0x1p-100

struct mixer_set {
	double weight[MIXER_EXPERTS_MAX]; /* (n_experts) */
	double sum;                       /* of them, in their order */
	uint64_t n_bits;                  /* learnt */
};

/* The state of such a mixer. */
struct mixer {
	unsigned n_experts;
	struct mixer_set *set; /* (n_sets) */

	/* Of the bit that is under way. */
	struct mixer_set *now;
	double p1[MIXER_EXPERTS_MAX]; /* what each expert said .. */
	double mean;                  /* .. and their mean */
};

_Static_assert(sizeof(struct mixer) <= MIXER_STATE_BYTES, "MIXER_STATE_BYTES");

static inline uint64_t mixer_weights_bytes(const struct mixer_setup *s)
{
	return MIXER_STATE_BYTES + s->n_sets * (uint64_t)sizeof(struct mixer_set);
}

static inline void mixer_weights_close(struct mixer *m)
{
	if (m)
		free(m->set);
	free(m);
}

/* All weights equal. */
MUST_CHECK static inline enum status mixer_weights_open(struct mixer **out,
							const struct mixer_setup *s)
{
	struct mixer *m = calloc(1, sizeof *m);

	if (!m)
		return fail_no_memory();
	m->n_experts = s->n_experts;
	m->set = calloc(s->n_sets, sizeof *m->set);
	if (!m->set) {
		mixer_weights_close(m);
		return fail_no_memory();
	}
	for (uint32_t i = 0; i < s->n_sets; i++) {
		for (unsigned k = 0; k < s->n_experts; k++)
			m->set[i].weight[k] = 1.0 / s->n_experts;
		m->set[i].sum = 1;
	}
	*out = m;
	return STATUS_OK;
}

static inline double mixer_weights_mix(struct mixer *m, const uint16_t *p1, uint32_t set)
{
	double sum = 0;

	m->now = &m->set[set];
	for (unsigned k = 0; k < m->n_experts; k++) {
		m->p1[k] = p1[k] * (1.0 / MIXER_ONE);
		sum += m->now->weight[k] * m->p1[k];
	}
	return m->mean = sum / m->now->sum;
}

/* What expert k gave the bit that came. */
static inline double mixer_weights_given(const struct mixer *m, unsigned k, unsigned bit)
{
	return bit ? m->p1[k] : 1 - m->p1[k];
}

/* Set new weights: weight[k] is to be nonnegative. */
static inline void mixer_weights_set(struct mixer *m, const double *weight)
{
	struct mixer_set *s = m->now;
	double sum = 0;

	for (unsigned k = 0; k < m->n_experts; k++)
		sum += weight[k];

	double scale = sum < MIXER_SUM_MIN ? 1 / MIXER_SUM_MIN : 1;

	s->sum = 0;
	for (unsigned k = 0; k < m->n_experts; k++) {
		double w = weight[k] * scale;

		s->weight[k] = w < MIXER_WEIGHT_MIN ? MIXER_WEIGHT_MIN : w;
		s->sum += s->weight[k];
	}
	s->n_bits++;
}

#endif
