/* SPDX-License-Identifier: BSD-2-Clause
 *
 * pitman_yor.h - closed forms of the Pitman-Yor process PY(a, b): discount 0 <= a < 1, strength
 * b > -a.  Reports only, but for py_partition_make() and py_partition_free(), which an archive may
 * depend on: they stay free of floating point.
 *
 * The n draws of a corpus enter through their partition alone: how many elements were drawn how
 * often.  Sizes repeat a lot (at 10^6 draws there are a few hundred distinct ones), so a sum over
 * elements is a sum over distinct sizes here.
 *
 * Below, K_n is the number of distinct elements among n draws, and (x)_m = x (x+1) .. (x+m-1).
 */
#ifndef TWOPART_PITMAN_YOR_H
#define TWOPART_PITMAN_YOR_H

#include <stdint.h>

#include "status.h"

/* A partition of n draws: multiplicity[i] elements were drawn size[i] times each, in any order; no
 * size is 0, and the products size * multiplicity sum to n. */
struct py_partition {
	uint64_t n;
	uint32_t n_sizes;
	const uint64_t *size, *multiplicity; /* (n_sizes) */
};

/* The partition of n_elements that were drawn count[k] times each; 0 is as good as absent.  Sizes
 * ascend.  Integers only: sk_choice.c decides by it what an archive holds.
 * O(n_elements log n_elements). */
MUST_CHECK enum status py_partition_make(struct py_partition *p, const uint64_t *count,
					 uint32_t n_elements);
void py_partition_free(struct py_partition *p); /* only what py_partition_make() made */

/* -lg of the exchangeable partition probability, in bits: what the Bayes mixture over all weights
 * pays for saying which draws are of one element.  0 for n <= 1.  O(n_sizes). */
double py_partition_bits(const struct py_partition *p, double a, double b);

/* What someone who knows the weights pays for the same draws, on average over the weights that
 * remain possible: sum n_k [psi(n + b) - psi(n_k - a)] / ln 2.  O(n_sizes). */
double py_known_bits_expected(const struct py_partition *p, double a, double b);

/* E[K_n]: (b/a) [(b+a)_n / (b)_n - 1], and its limits at a = 0 and b = 0. */
double py_elements_expected(uint64_t n, double a, double b);

/* E[number of elements drawn exactly m times among n draws]; 1 <= m <= n. */
double py_elements_of_size_expected(uint64_t n, uint64_t m, double a, double b);

/* P(draw n + 1 is of a new element). */
double py_new_probability(uint64_t n, double a, double b);

/* E[entropy of the weights], in bits: what a draw costs on average when the weights are known. */
double py_entropy_expected(double a, double b);

/* E[lg m] in the limit law of sizes, P(m) = a (1-a)_{m-1} / m!; a > 0.  O(1/a). */
double py_lg_size_expected(double a);

/*
 * H(Psi_n), the entropy of the partition of n draws: the expectation of py_partition_bits().
 *
 * n         (n_n) ascending, each >= 1; bits (n_n) gets the results.
 * Exact     for n <= 256 but for rounding, above within 10^-6 bits (pitman_yor.c derives it).
 * Cost      O(256 n[n_n - 1] + sum of n): a second for 10^6.
 */
void py_pattern_entropies(double a, double b, const uint64_t *n, uint32_t n_n, double *bits);

#endif
