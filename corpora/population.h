/* SPDX-License-Identifier: BSD-2-Clause
 *
 * population.h - finite populations with a known law: p(i) ~ (i + b)^-s, i = 0 .. n - 1.
 *
 * The other source of frequencies beside the Pitman-Yor process: nobody is ever new to the world,
 * only to the reader.  With p known, N independent draws whose every first mention costs c bits
 * have the shortest mean code length N H(p) + D(N) c, and both numbers are sums over the members:
 *
 *   H(p) = -sum_i p_i lg p_i          entropy of one draw
 *   D(N) = sum_i [1 - (1 - p_i)^N]    mean number of distinct members among N draws
 *   U(N) = sum_i p_i (1 - p_i)^N      probability that draw N + 1 shows a new one; the slope of D
 *
 * A power law with a finite n, or with a large b, is no power law in N: these are the exact curves
 * to plot measurements against.
 */
#ifndef TWOPART_POPULATION_H
#define TWOPART_POPULATION_H

#include <stddef.h>
#include <stdint.h>

#include "status.h"

/* p[i] ~ (i + shift)^-power, normalised, the same bits on every machine: elementary.h only.  Units
 * are millionths; power 0 is the uniform law for any shift, otherwise shift > 0. */
void population_law(double *p, size_t n, int64_t shift_millionths, int64_t power_millionths);

/* Frequency classes: the quarter of the whole mass, 0 to 3, in which member i begins when all are
 * taken by falling weight, equal ones by index.  O(n log n). */
MUST_CHECK enum status population_classes(const double *weight, size_t n, uint8_t *class);

/* The three sums above, in double precision.  Reports only: they use the C library.  O(n). */
double population_entropy_bits(const double *p, size_t n);
double population_distinct(const double *p, size_t n, double n_draws);
double population_new_mass(const double *p, size_t n, double n_draws);

#endif
