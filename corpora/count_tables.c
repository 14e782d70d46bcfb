/* SPDX-License-Identifier: BSD-2-Clause */
#include "count_tables.h"

#include <assert.h>
#include <math.h>
#include <stdlib.h>

#include "nml.h"
#include "special.h"

/* Room for one more; the new block or NULL, and the old one stays. */
static void *grow(void *block, uint32_t n, uint32_t *capacity, size_t item_bytes)
{
	uint32_t wanted = *capacity ? 2 * *capacity : 256;
	void *grown = block;

	if (n < *capacity)
		return block;
	if (*capacity > UINT32_MAX / 2 || !(grown = realloc(block, wanted * item_bytes)))
		return NULL;
	*capacity = wanted;
	return grown;
}

static bool add_count(struct count_tables *t, uint64_t count)
{
	uint64_t *grown = grow(t->count, t->n_counts, &t->counts_capacity, sizeof *grown);

	if (!grown)
		return false;
	t->count = grown;
	t->count[t->n_counts++] = count;
	return true;
}

static bool add_table(struct count_tables *t, uint64_t n_draws, uint32_t n_entries)
{
	struct count_table *grown = grow(t->table, t->n_tables, &t->tables_capacity, sizeof *grown);

	if (!grown)
		return false;
	t->table = grown;
	t->table[t->n_tables++] = (struct count_table){n_draws, n_entries};
	return true;
}

void count_tables_add(struct count_tables *t, const uint64_t *count, uint32_t n_entries)
{
	uint64_t n_draws = 0;

	for (uint32_t j = 0; j < n_entries; j++) {
		n_draws += count[j];
		if (count[j] && !add_count(t, count[j]))
			t->no_memory = true;
	}
	if (n_draws && !add_table(t, n_draws, n_entries))
		t->no_memory = true;
}

enum status count_tables_seal(struct count_tables *t)
{
	assert(!t->entries.size);
	if (t->no_memory)
		return fail_no_memory();
	return t->n_counts ? py_partition_make(&t->entries, t->count, t->n_counts) : STATUS_OK;
}

void count_tables_free(struct count_tables *t)
{
	py_partition_free(&t->entries);
	free(t->count);
	free(t->table);
	*t = (struct count_tables){0};
}

double count_tables_bits(const struct count_tables *t, double pseudo_count)
{
	double bits = 0;

	for (uint32_t i = 0; i < t->n_tables; i++)
		bits += special_lg_rising(t->table[i].n_entries * pseudo_count,
					  (double)t->table[i].n_draws);
	for (uint32_t i = 0; i < t->entries.n_sizes; i++)
		bits -= (double)t->entries.multiplicity[i] *
			special_lg_rising(pseudo_count, (double)t->entries.size[i]);
	return bits;
}

double count_tables_best_fit_bits(const struct count_tables *t)
{
	double bits = 0;

	for (uint32_t i = 0; i < t->n_tables; i++)
		bits += (double)t->table[i].n_draws * log2((double)t->table[i].n_draws);
	for (uint32_t i = 0; i < t->entries.n_sizes; i++) {
		double size = (double)t->entries.size[i];

		bits -= (double)t->entries.multiplicity[i] * size * log2(size);
	}
	return bits;
}

double count_tables_nml_bits(const struct count_tables *t)
{
	double bits = count_tables_best_fit_bits(t);

	for (uint32_t i = 0; i < t->n_tables; i++)
		bits += nml_complexity_bits(t->table[i].n_draws, t->table[i].n_entries);
	return bits;
}
