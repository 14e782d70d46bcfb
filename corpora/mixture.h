/* SPDX-License-Identifier: BSD-2-Clause
 *
 * mixture.h - Bayes codes for someone who is not told the parameters of the prior either.
 *
 * The code is the mean of the codes for every point of a fixed grid: -lg sum_g 2^(-L_g) / G.  It
 * costs at most lg G bits more than the best point, never less than it, and whoever decodes needs
 * nothing but the grid, which is written down here:
 *   alpha          0, 0.05, .. 0.95                             20 points
 *   beta           0.1, 0.1 10^(1/4), 0.1 10^(2/4), .. 1000      17 points, 340 pairs
 *   pseudo-count   2^-7, 2^-6.75, .. 2^10                        69 points
 * Between two points the best one is not the true one.  That is 2 bits for the two pseudo-counts of
 * the default world at 10^5 sentences (8 types, 12 tables of 16 words each, and the rows), and more
 * in proportion to the number of entries: 90 bits for 64 types and tables of 100 words.  beta below
 * 0.1, which the source allows, is covered by its neighbours only.
 */
#ifndef TWOPART_MIXTURE_H
#define TWOPART_MIXTURE_H

#include <stdint.h>

#include "count_tables.h"
#include "pitman_yor.h"

#define MIXTURE_PARTITION_POINTS 340 /* pairs of alpha and beta */
#define MIXTURE_PSEUDO_COUNTS 69

struct mixture {
	double bits;       /* of the mixture */
	double best_bits;  /* of its best point: the most probable one a posteriori */
	uint32_t best;     /* its index; the first of equals */
	uint32_t n_points; /* G */
};

/* The uniform mixture of codes with these lengths, each finite; n_points >= 1. */
struct mixture mixture_of(const double *bits, uint32_t n_points);

/* -lg EPPF over the grid of (alpha, beta); the best point's in *alpha and *beta. */
struct mixture mixture_partition(const struct py_partition *p, double *alpha, double *beta);

/* The tables over the grid of pseudo-counts, one for all of them; the best in *pseudo_count. */
struct mixture mixture_tables(const struct count_tables *t, double *pseudo_count);

#endif
