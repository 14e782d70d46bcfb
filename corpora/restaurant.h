/* SPDX-License-Identifier: BSD-2-Clause
 *
 * restaurant.h - the Chinese restaurant rule of the Pitman-Yor process: who comes next?
 *
 * After n customers at K tables, n_k of them at table k, the next one joins table k with
 * probability (n_k - alpha) / (n + beta), or opens a new one with (beta + alpha K) / (n + beta).
 * The weights n_k - alpha stand in a Fenwick tree, in millionths, so the rule is exact.
 */
#ifndef TWOPART_RESTAURANT_H
#define TWOPART_RESTAURANT_H

#include <stdint.h>

#include "rng.h"

struct restaurant {
	int64_t alpha, beta; /* millionths; 0 <= alpha < 10^6, beta > -alpha */
	uint64_t n;          /* customers so far */
	uint32_t n_tables, capacity;
	int64_t *tree; /* (capacity + 1), 1-based; capacity is a power of two */
};

/* Empty: no memory yet. */
struct restaurant restaurant_open(int64_t alpha_millionths, int64_t beta_millionths);
void restaurant_close(struct restaurant *r);

/* Seat the next customer: his table, n_tables - 1 when it is new, or UINT32_MAX when memory is
 * short.  One random number at most; O(log K). */
uint32_t restaurant_seat(struct restaurant *r, struct rng *rng);

/*
 * The process's weights given who sat where, n[k] >= 1 customers at table k of r->n_tables: an
 * exact draw from Dirichlet(n_1 - alpha, .., n_K - alpha, beta + alpha K).  The last, *unseen, is
 * of all tables nobody sits at.  Weights are at least DRAW_PROBABILITY_MIN (draw.h), *unseen that
 * or 0.  Streams (seed, purpose, table) and (seed, purpose, UINT64_MAX).
 */
void restaurant_weights(const struct restaurant *r, const uint64_t *n, uint64_t seed,
			uint32_t purpose, double *weight, double *unseen);

#endif
