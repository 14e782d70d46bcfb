/* SPDX-License-Identifier: BSD-2-Clause */
#include "sk_description.h"

#include <stdlib.h>

static uint8_t **level_arrays(const struct sk_prior *p, bool rows)
{
	uint8_t **level = calloc(p->n_types, sizeof *level);

	for (uint32_t t = 0; level && t < p->n_types; t++) {
		level[t] = calloc(rows ? p->cluster[t].n_states : p->n_classes + 1, 1);
		if (!level[t]) {
			sk_cluster_arrays_free(p, level);
			return NULL;
		}
	}
	return level;
}

enum status sk_description_open(struct sk_description **out, const struct sk_prior *p)
{
	struct sk_description *d = calloc(1, sizeof *d);

	if (!d)
		return fail_no_memory();
	d->prior = p;
	d->row = sk_cluster_arrays(p, true, sizeof **d->row);
	d->word = sk_cluster_arrays(p, false, sizeof **d->word);
	d->row_level = level_arrays(p, true);
	d->word_level = level_arrays(p, false);
	if (!d->row || !d->word || !d->row_level || !d->word_level) {
		sk_description_free(d);
		return fail_no_memory();
	}
	*out = d;
	return STATUS_OK;
}

void sk_description_free(struct sk_description *d)
{
	if (!d)
		return;
	sk_cluster_arrays_free(d->prior, d->row);
	sk_cluster_arrays_free(d->prior, d->word);
	sk_cluster_arrays_free(d->prior, d->row_level);
	sk_cluster_arrays_free(d->prior, d->word_level);
	free(d->element);
	free(d->value);
	free(d);
}
