/* SPDX-License-Identifier: BSD-2-Clause
 *
 * mixer_bayes.c - one of the experts is right: the posterior probability of each.
 *
 * The prior is 1 / K, so the probability of all bits is the mean of the experts' products, and the
 * code is longer than the best expert's by lg K bits at most, however long the data.  The price: it
 * ends up with that one expert, where another mixture would be better than all of them.
 */
#include "mixer_weights.h"

static void learn(struct mixer *m, unsigned bit)
{
	double weight[MIXER_EXPERTS_MAX];

	for (unsigned k = 0; k < m->n_experts; k++)
		weight[k] = m->now->weight[k] * mixer_weights_given(m, k, bit);
	mixer_weights_set(m, weight);
}

const struct mixer_ops mixer_bayes_ops = {
    .name = "bayes",
    .summary = "posterior weights: at most lg K bits above the best expert",
    .memory_bytes = mixer_weights_bytes,
    .open = mixer_weights_open,
    .mix = mixer_weights_mix,
    .learn = learn,
    .close = mixer_weights_close,
};
