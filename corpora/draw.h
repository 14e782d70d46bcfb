/* SPDX-License-Identifier: BSD-2-Clause
 *
 * draw.h - random variates: categorical, gamma, Dirichlet.  The same bits on every machine.
 */
#ifndef TWOPART_DRAW_H
#define TWOPART_DRAW_H

#include <stddef.h>
#include <stdint.h>

#include "rng.h"

/* Probabilities of a world are 0 or at least this, so that products of a few are still normal
 * numbers; and they sum to 1 but for rounding. */
#define DRAW_PROBABILITY_MIN 1e-300
#define DRAW_SUM_SLACK 1e-6

/* Gamma(shape, 1), shape > 0.  Marsaglia and Tsang's method (2000); for shape < 1 a draw of
 * shape + 1 times U^(1/shape).  May be 0 for tiny shapes (underflow). */
double draw_gamma(struct rng *r, double shape);

/* p[0..n) ~ Dirichlet(pseudo_count, .., pseudo_count); below DRAW_PROBABILITY_MIN it is 0. */
void draw_dirichlet(struct rng *r, double pseudo_count, double *p, size_t n);

/* Index j with probability p[j] / sum(p), from the running sums below[j] = p[0] + .. + p[j]; never
 * one with p[j] == 0.  O(log n). */
size_t draw_cumulative(struct rng *r, const double *below, size_t n);

/* Shuffle (Fisher-Yates) so that the first n_chosen of `item` are a uniform ordered sample. */
void draw_sample(struct rng *r, uint16_t *item, size_t n, size_t n_chosen);

#endif
