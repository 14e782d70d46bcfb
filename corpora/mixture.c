/* SPDX-License-Identifier: BSD-2-Clause */
#include "mixture.h"

#include <assert.h>
#include <math.h>

#define ALPHAS 20
#define BETAS 17

static_assert(ALPHAS * BETAS == MIXTURE_PARTITION_POINTS, "as the header says");

enum grid_id { GRID_ALPHA, GRID_BETA, GRID_PSEUDO_COUNT };

/* Point i is base^e, or e itself without a base, with e = first + i / points_per_unit. */
static const struct grid {
	uint32_t n;
	double base, first, points_per_unit;
} grids[] = {
    [GRID_ALPHA] = {ALPHAS, 0, 0, 20},
    [GRID_BETA] = {BETAS, 10, -1, 4},
    [GRID_PSEUDO_COUNT] = {MIXTURE_PSEUDO_COUNTS, 2, -7, 4},
};

static double grid_point(enum grid_id id, uint32_t i)
{
	const struct grid *g = &grids[id];
	double e = g->first + i / g->points_per_unit;

	return g->base > 0 ? pow(g->base, e) : e;
}

/* Relative to the shortest, so nothing overflows and its own term is 1. */
struct mixture mixture_of(const double *bits, uint32_t n_points)
{
	struct mixture m = {.best_bits = bits[0], .n_points = n_points};
	double sum = 0;

	assert(n_points >= 1);
	for (uint32_t i = 1; i < n_points; i++)
		if (bits[i] < m.best_bits) {
			m.best_bits = bits[i];
			m.best = i;
		}
	for (uint32_t i = 0; i < n_points; i++)
		sum += exp2(m.best_bits - bits[i]);
	m.bits = m.best_bits + log2(n_points) - log2(sum);
	return m;
}

struct mixture mixture_partition(const struct py_partition *p, double *alpha, double *beta)
{
	double bits[ALPHAS * BETAS];

	for (uint32_t i = 0; i < ALPHAS * BETAS; i++)
		bits[i] = py_partition_bits(p, grid_point(GRID_ALPHA, i / BETAS),
					    grid_point(GRID_BETA, i % BETAS));
	struct mixture m = mixture_of(bits, ALPHAS * BETAS);

	*alpha = grid_point(GRID_ALPHA, m.best / BETAS);
	*beta = grid_point(GRID_BETA, m.best % BETAS);
	return m;
}

struct mixture mixture_tables(const struct count_tables *t, double *pseudo_count)
{
	double bits[MIXTURE_PSEUDO_COUNTS];

	for (uint32_t i = 0; i < MIXTURE_PSEUDO_COUNTS; i++)
		bits[i] = count_tables_bits(t, grid_point(GRID_PSEUDO_COUNT, i));
	struct mixture m = mixture_of(bits, MIXTURE_PSEUDO_COUNTS);

	*pseudo_count = grid_point(GRID_PSEUDO_COUNT, m.best);
	return m;
}
