/* SPDX-License-Identifier: BSD-2-Clause */
#include "dist.h"

#include <assert.h>
#include <stdbool.h>
#include <stdlib.h>

enum status dist_alloc(struct dist *d, uint32_t capacity)
{
	*d = (struct dist){.capacity = capacity};
	d->symbol = calloc(capacity, sizeof *d->symbol);
	d->freq = calloc(capacity, sizeof *d->freq);
	d->below = calloc(capacity, sizeof *d->below);
	if (capacity && (!d->symbol || !d->freq || !d->below)) {
		dist_free(d);
		return fail_no_memory();
	}
	return STATUS_OK;
}

void dist_free(struct dist *d)
{
	free(d->symbol);
	free(d->freq);
	free(d->below);
	*d = (struct dist){0};
}

static bool is_dense(const struct dist *d)
{
	return d->n_listed == d->n_symbols;
}

void dist_seal(struct dist *d)
{
	uint64_t below = 0;

	assert(1 <= d->n_symbols && d->n_symbols <= DIST_SYMBOLS_MAX);
	assert(d->n_listed <= d->n_symbols && d->n_listed <= d->capacity);
	assert(is_dense(d) || d->floor <= DIST_TOTAL_MAX / (d->n_symbols - d->n_listed));

	if (is_dense(d)) {
		for (uint32_t j = 0; j < d->n_listed; j++) {
			d->below[j] = below;
			below += d->freq[j];
			assert(below <= DIST_TOTAL_MAX);
		}
	} else {
		uint32_t next = 0; /* smallest symbol not yet accounted for */

		for (uint32_t j = 0; j < d->n_listed; j++) {
			assert(next <= d->symbol[j] && d->symbol[j] < d->n_symbols);
			below += d->floor * (d->symbol[j] - next);
			d->below[j] = below;
			below += d->freq[j];
			next = d->symbol[j] + 1;
			assert(below <= DIST_TOTAL_MAX);
		}
		below += d->floor * (d->n_symbols - next);
	}
	assert(1 <= below && below <= DIST_TOTAL_MAX);
	d->total = below;
}

/* Number of listed symbols smaller than `symbol`. */
static uint32_t listed_before(const struct dist *d, uint32_t symbol)
{
	uint32_t lo = 0, hi = d->n_listed;

	while (lo < hi) {
		uint32_t mid = lo + (hi - lo) / 2;

		if (d->symbol[mid] < symbol)
			lo = mid + 1;
		else
			hi = mid;
	}
	return lo;
}

/* Start of the gap in front of listed entry j: its first symbol, and the sum below it. */
static uint32_t gap_start(const struct dist *d, uint32_t j, uint64_t *below)
{
	if (j == 0) {
		*below = 0;
		return 0;
	}
	*below = d->below[j - 1] + d->freq[j - 1];
	return d->symbol[j - 1] + 1;
}

struct interval dist_find(const struct dist *d, uint32_t symbol)
{
	struct interval iv = {.total = d->total};

	assert(symbol < d->n_symbols);
	if (is_dense(d)) {
		iv.low = d->below[symbol];
		iv.freq = d->freq[symbol];
		return iv;
	}
	uint32_t j = listed_before(d, symbol);

	if (j < d->n_listed && d->symbol[j] == symbol) {
		iv.low = d->below[j];
		iv.freq = d->freq[j];
		return iv;
	}
	uint32_t first = gap_start(d, j, &iv.low);

	iv.low += d->floor * (symbol - first);
	iv.freq = d->floor;
	return iv;
}

uint32_t dist_locate(const struct dist *d, uint64_t target, struct interval *iv)
{
	uint32_t lo = 0, hi = d->n_listed; /* the answer's number of entries with below <= target */

	assert(target < d->total);
	while (lo < hi) {
		uint32_t mid = lo + (hi - lo) / 2;

		if (d->below[mid] <= target)
			lo = mid + 1;
		else
			hi = mid;
	}
	iv->total = d->total;

	/* Entries of frequency 0 share their `below` with the next one, and the last entry with
	 * below <= target is either the owner or lies in front of the gap that owns it. */
	if (lo > 0 && target - d->below[lo - 1] < d->freq[lo - 1]) {
		iv->low = d->below[lo - 1];
		iv->freq = d->freq[lo - 1];
		return is_dense(d) ? lo - 1 : d->symbol[lo - 1];
	}
	assert(!is_dense(d) && d->floor > 0);

	uint64_t below;
	uint32_t first = gap_start(d, lo, &below);
	uint64_t step = (target - below) / d->floor;

	iv->low = below + step * d->floor;
	iv->freq = d->floor;
	return first + (uint32_t)step;
}
