/* SPDX-License-Identifier: BSD-2-Clause */
#include "sk_data.h"

#include <string.h>

#include "elementary.h"
#include "sk_table.h"

/* Who is spoken of in each sentence, and the names and types of escapes. */
static void add_sequence_bits(const struct sk_description *d, double bits[BOUND_PARTS])
{
	const struct sk_prior *p = d->prior;
	double n_escapes = (double)d->n_escapes, left = (double)(d->n_sentences - d->n_escapes);

	bits[BOUND_WEIGHTS] +=
	    elementary_lg_factorial((double)d->n_sentences) - elementary_lg_factorial(n_escapes);
	for (uint32_t k = 0; k < d->n_elements; k++) {
		double n = (double)d->element[k].n;

		bits[BOUND_WEIGHTS] -= elementary_lg_factorial(n);
		bits[BOUND_WEIGHTS] -= elementary_lg(left / n); /* this one comes first */
		left -= n;
	}
	if (d->n_escapes)
		bits[BOUND_NAMES] +=
		    n_escapes * (elementary_lg(p->n_types) +
				 elementary_lg((double)(p->n_names - d->n_elements)));
}

static void add_fact_bits(const struct sk_description *d, const struct sk_counts *c,
			  double bits[BOUND_PARTS])
{
	const struct sk_prior *p = c->prior;
	double noise = d->noise / (double)SK_NOISE_ONE, n_values = p->n_values;
	uint64_t n_stated = 0, n_right = 0, n_wrong = 0; /* uniform; the stored value; another */

	for (uint32_t k = 0; k < c->n_elements; k++)
		for (uint32_t a = 0; a < p->n_attributes; a++)
			n_stated += c->n_stated[(size_t)k * p->n_attributes + a];
	for (uint32_t i = 0; i < d->n_elements; i++) {
		uint32_t k = sk_counts_element((struct sk_counts *)c, d->element[i].name, 0, false);

		for (uint32_t a = 0; a < p->n_attributes; a++) {
			uint32_t value = d->value[(size_t)i * p->n_attributes + a], node;

			if (value == SK_NOT_STORED)
				continue;
			node = sk_counts_fact((struct sk_counts *)c, k, a, value, false);
			n_right += c->fact[node].count;
			n_wrong += c->n_stated[(size_t)k * p->n_attributes + a] -
				   c->fact[node].count;
		}
	}
	n_stated -= n_right + n_wrong;
	bits[BOUND_FACTS] += (double)n_stated * elementary_lg(n_values);
	bits[BOUND_FACTS] -= (double)n_right * elementary_lg(1 - noise + noise / n_values);
	if (n_wrong)
		bits[BOUND_FACTS] -= (double)n_wrong * elementary_lg(noise / n_values);
}

static double all_table_bits(const struct sk_description *d, const struct sk_counts *c)
{
	const struct sk_prior *p = c->prior;
	double bits = 0;

	for (uint32_t t = 0; t < p->n_types; t++) {
		for (uint32_t s = 0; s < p->cluster[t].n_states; s++) {
			const struct sk_state *from = &p->cluster[t].state[s];

			if (from->n_next > 1)
				bits += sk_table_data_bits(&c->row[t][from->first_next],
							&d->row[t][from->first_next], from->n_next,
							d->row_level[t][s], p->row_pseudo_count);
		}
		for (uint32_t k = 0; k < p->n_classes; k++) {
			size_t first = (size_t)k * p->n_class_words;

			bits += sk_table_data_bits(&c->word[t][first], &d->word[t][first],
						p->n_class_words, d->word_level[t][k],
						p->word_pseudo_count);
		}
	}
	return bits;
}

void sk_data_bits(const struct sk_description *d, const struct sk_counts *c,
		  double bits[BOUND_PARTS])
{
	memset(bits, 0, BOUND_PARTS * sizeof *bits);
	if (d->n_sentences == 0)
		return;
	add_sequence_bits(d, bits);
	add_fact_bits(d, c, bits);
	bits[BOUND_SYNTAX] = all_table_bits(d, c);
}
