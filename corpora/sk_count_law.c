/* SPDX-License-Identifier: BSD-2-Clause */
#include "sk_count_law.h"

#include <stdlib.h>

#include "elementary.h"
#include "pitman_yor.h"
#include "sk_model_code.h"

/* The partition of the stored elements' sentences.  Of pitman_yor.h this is the one thing that may
 * be used here: it counts and sorts integers, whereas the rest of it goes through libm. */
static enum status partition_stored(struct py_partition *sizes, const struct sk_description *d)
{
	uint64_t *count = calloc(d->n_elements + 1, sizeof *count);
	enum status s;

	*sizes = (struct py_partition){0};
	if (!count)
		return fail_no_memory();
	for (uint32_t k = 0; k < d->n_elements; k++)
		count[k] = d->element[k].n;
	s = py_partition_make(sizes, count, d->n_elements);
	free(count);
	return s;
}

/* What the EPPF has of the sizes for this alpha, without beta: -sum lg (1 - alpha)_{n_k - 1}. */
static double size_bits(const struct py_partition *sizes, double alpha)
{
	double bits = 0;

	for (uint32_t i = 0; i < sizes->n_sizes; i++)
		bits -= (double)sizes->multiplicity[i] *
			elementary_lg_rising(1 - alpha, (double)sizes->size[i] - 1);
	return bits;
}

/* The rest of it: lg (beta + 1)_{n - 1} less the product of beta + i alpha, i = 1 .. K - 1. */
static double block_bits(double n, double n_blocks, double alpha, double beta)
{
	double product = (n_blocks - 1) * elementary_lg(alpha > 0 ? alpha : beta);

	if (alpha > 0)
		product += elementary_lg_rising(beta / alpha + 1, n_blocks - 1);
	return elementary_lg_rising(beta + 1, n - 1) - product;
}

/* The pair of indices with the shortest EPPF. */
static enum status fit_eppf(const struct sk_description *d, uint32_t *alpha_index,
			    uint32_t *beta_index)
{
	struct py_partition sizes;
	enum status s = partition_stored(&sizes, d);
	double least = 0;

	for (uint32_t i = 0; s == STATUS_OK && i < SK_ALPHA_INDICES; i++) {
		double alpha = sk_sent_alpha(i), of_sizes = size_bits(&sizes, alpha);

		for (uint32_t j = 0; j < SK_BETA_INDICES; j++) {
			double bits = of_sizes + block_bits((double)(d->n_sentences - d->n_escapes),
							    d->n_elements, alpha, sk_sent_beta(j));

			if ((i || j) && bits >= least)
				continue;
			least = bits;
			*alpha_index = i;
			*beta_index = j;
		}
	}
	py_partition_free(&sizes);
	return s;
}

enum status sk_count_law_choose(struct sk_description *d, double law_bits[SK_COUNT_LAWS])
{
	uint32_t alpha_index = 0, beta_index = 0, best = SK_COUNTS_PRIOR;

	if (d->n_elements)
		TRY(fit_eppf(d, &alpha_index, &beta_index));
	for (uint32_t law = 0; law < SK_COUNT_LAWS; law++) {
		double bits[BOUND_PARTS];

		d->count_law = (enum sk_count_law)law;
		d->alpha_index = law == SK_COUNTS_SENT ? alpha_index : 0;
		d->beta_index = law == SK_COUNTS_SENT ? beta_index : 0;
		TRY(sk_model_weigh(d, bits));
		law_bits[law] = bits[BOUND_WEIGHTS];
		if (law_bits[law] < law_bits[best])
			best = law;
	}
	d->count_law = (enum sk_count_law)best;
	d->alpha_index = best == SK_COUNTS_SENT ? alpha_index : 0;
	d->beta_index = best == SK_COUNTS_SENT ? beta_index : 0;
	return STATUS_OK;
}
