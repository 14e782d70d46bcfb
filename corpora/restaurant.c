/* SPDX-License-Identifier: BSD-2-Clause */
#include "restaurant.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "draw.h"
#include "options.h"

struct restaurant restaurant_open(int64_t alpha_millionths, int64_t beta_millionths)
{
	return (struct restaurant){.alpha = alpha_millionths, .beta = beta_millionths};
}

void restaurant_close(struct restaurant *r)
{
	free(r->tree);
	r->tree = NULL;
}

static bool restaurant_grow(struct restaurant *r)
{
	uint32_t capacity = r->capacity ? 2 * r->capacity : 1024;
	int64_t *tree = realloc(r->tree, ((size_t)capacity + 1) * sizeof *tree);

	if (!tree)
		return false;
	memset(tree + r->capacity + (r->capacity ? 1 : 0), 0,
	       ((size_t)capacity + 1 - r->capacity - (r->capacity ? 1 : 0)) * sizeof *tree);
	if (r->capacity) /* the new root covers the old tree, whose root covers all of it */
		tree[capacity] = tree[r->capacity];
	r->tree = tree;
	r->capacity = capacity;
	return true;
}

static void restaurant_add(struct restaurant *r, uint32_t table, int64_t weight)
{
	for (uint32_t i = table + 1; i <= r->capacity; i += i & -i)
		r->tree[i] += weight;
}

uint32_t restaurant_seat(struct restaurant *r, struct rng *rng)
{
	uint64_t seated = r->n * (uint64_t)OPTION_UNIT - (uint64_t)r->alpha * r->n_tables;
	uint64_t all = r->n * (uint64_t)OPTION_UNIT + (uint64_t)r->beta; /* > 0 when n > 0 */
	uint64_t u = r->n ? rng_below(rng, all) : 0;
	uint32_t table = 0;

	r->n++;
	if (r->n > 1 && u < seated) {
		for (uint32_t half = r->capacity; half; half /= 2)
			if (table + half <= r->capacity && (uint64_t)r->tree[table + half] <= u) {
				table += half;
				u -= (uint64_t)r->tree[table];
			}
		restaurant_add(r, table, OPTION_UNIT);
		return table;
	}
	if (r->n_tables == r->capacity && !restaurant_grow(r))
		return UINT32_MAX;
	restaurant_add(r, r->n_tables, OPTION_UNIT - r->alpha);
	return r->n_tables++;
}

void restaurant_weights(const struct restaurant *r, const uint64_t *n, uint64_t seed,
			uint32_t purpose, double *weight, double *unseen)
{
	double alpha = (double)r->alpha / OPTION_UNIT;
	double rest_shape = (double)r->beta / OPTION_UNIT + alpha * r->n_tables, sum;
	struct rng rng = rng_stream(seed, purpose, UINT64_MAX);

	sum = *unseen = rest_shape > 0 ? draw_gamma(&rng, rest_shape) : 0;
	for (uint32_t k = 0; k < r->n_tables; k++) {
		rng = rng_stream(seed, purpose, k);
		do { /* a shape of 1 - alpha near 0 may underflow; a weight is never 0 */
			weight[k] = draw_gamma(&rng, (double)n[k] - alpha);
		} while (weight[k] <= 0);
		sum += weight[k];
	}
	*unseen /= sum;
	if (*unseen < DRAW_PROBABILITY_MIN)
		*unseen = 0;
	for (uint32_t k = 0; k < r->n_tables; k++) {
		weight[k] /= sum;
		if (weight[k] < DRAW_PROBABILITY_MIN)
			weight[k] = DRAW_PROBABILITY_MIN;
	}
}
