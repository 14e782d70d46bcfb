/* SPDX-License-Identifier: BSD-2-Clause
 *
 * mixer_switching.c - some expert is right at each time: the posterior over sequences of experts.
 *
 * The prior on sequences (fixed share, Herbster and Warmuth 1998; with a rate that falls at first,
 * as in the switch distribution of van Erven, Gruenwald and de Rooij 2007): the first expert is any
 * of the K, and after the t-th bit it changes with probability share(t) to any of the others.
 * The posterior of all these sequences needs only the K weights of where they stand.  So the
 * code is longer than any sequence of experts with switches after bits t_1 .. t_m by at most
 *
 *      lg K + sum over the switches of lg((K - 1) / share(t_i))
 *           + sum over the other t of lg(1 / (1 - share(t)))
 *
 * With share(t) = 1 / (t + 1), and 2^-10 from t = 1023 on, that is at most lg K + m lg(K - 1) +
 * 10 (m + 1) + 0.00141 n bits.  Falling for ever would save the last term, and code text 2.5 %
 * longer: experts do change again and again.
 */
#include "mixer_weights.h"

#define SHARE_BITS 1024 /* the share is not below one in so many bits */

double switching_share(uint64_t t)
{
	return t < SHARE_BITS ? 1 / ((double)t + 1) : 1 / (double)SHARE_BITS;
}

static void learn(struct mixer *m, unsigned bit)
{
	double weight[MIXER_EXPERTS_MAX], sum = 0, share, each;

	for (unsigned k = 0; k < m->n_experts; k++) {
		weight[k] = m->now->weight[k] * mixer_weights_given(m, k, bit);
		sum += weight[k];
	}
	if (m->n_experts > 1) {
		share = switching_share(m->now->n_bits + 1);
		each = share / (m->n_experts - 1);
		for (unsigned k = 0; k < m->n_experts; k++)
			weight[k] = (1 - share) * weight[k] + each * (sum - weight[k]);
	}
	mixer_weights_set(m, weight);
}

const struct mixer_ops mixer_switching_ops = {
    .name = "switching",
    .summary = "posterior weights over sequences of experts that change now and then",
    .memory_bytes = mixer_weights_bytes,
    .open = mixer_weights_open,
    .mix = mixer_weights_mix,
    .learn = learn,
    .close = mixer_weights_close,
};
