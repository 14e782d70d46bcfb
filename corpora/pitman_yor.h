/* SPDX-License-Identifier: BSD-2-Clause
 *
 * pitman_yor.h - closed forms of the Pitman-Yor process PY(a, b): discount 0 <= a < 1, strength
 * b > -a.  Reports only: nothing here reaches an archive.
 *
 * The n draws of a corpus enter through their partition alone: how many elements were drawn how
 * often.  Sizes repeat a lot (at 10^6 draws there are a few hundred distinct ones), so a sum over
 * elements is a sum over distinct sizes here.
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
 * ascend.  O(n_elements log n_elements). */
MUST_CHECK enum status py_partition_make(struct py_partition *p, const uint64_t *count,
					 uint32_t n_elements);
void py_partition_free(struct py_partition *p); /* only what py_partition_make() made */

/* -lg of the exchangeable partition probability, in bits: what the Bayes mixture over all weights
 * pays for saying which draws are of one element.  0 for n <= 1.  O(n_sizes). */
double py_partition_bits(const struct py_partition *p, double a, double b);

/* What someone who knows the weights pays for the same draws, on average over the weights that
 * remain possible: sum n_k [psi(n + b) - psi(n_k - a)] / ln 2.  O(n_sizes). */
double py_known_bits_expected(const struct py_partition *p, double a, double b);

#endif
