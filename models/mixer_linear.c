/* SPDX-License-Identifier: BSD-2-Clause
 *
 * mixer_linear.c - a convex combination of the experts, learnt by a multiplicative gradient step.
 *
 * The weights are multiplied by 1 - rate + rate p_k / p, p_k being what the expert and p what the
 * mixture gave the bit that came (Soft-Bayes: Orseau, Lattimore and Legg 2017; the first-order form
 * of exponentiated gradient).  Their sum stays 1 and they stay positive without an exponential or
 * a projection.  A rate of 1 is Bayes' rule.  As 1 - rate + rate r >= r^rate, the code is longer
 * than the best expert's by at most lg K / rate; what it gains is that it tends to the best
 * combination and not to the best expert.
 */
#include "mixer_weights.h"

static void learn(struct mixer *m, unsigned bit)
{
	double weight[MIXER_EXPERTS_MAX];
	double factor = MIXER_LINEAR_RATE / (bit ? m->mean : 1 - m->mean);

	for (unsigned k = 0; k < m->n_experts; k++)
		weight[k] = m->now->weight[k] *
			    (1 - MIXER_LINEAR_RATE + factor * mixer_weights_given(m, k, bit));
	mixer_weights_set(m, weight);
}

const struct mixer_ops mixer_linear_ops = {
    .name = "linear",
    .summary = "convex combination by a multiplicative gradient step",
    .memory_bytes = mixer_weights_bytes,
    .open = mixer_weights_open,
    .mix = mixer_weights_mix,
    .learn = learn,
    .close = mixer_weights_close,
};
