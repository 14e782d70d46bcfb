/* SPDX-License-Identifier: BSD-2-Clause
 *
 * sk_optimum.h - the structure function of theory: the least data bits at given model bits, for the
 * models of sk_description.h, computed from the counts of a corpus.
 *
 * Whatever a model may hold has a price and saves data bits, and the best that can be had for a
 * given sum is to take things in order of bits saved a bit spent: a fractional knapsack.  The
 * things are
 *
 *   an element    price lg types + lg (names that are left); saves that at each of its sentences
 *                 and costs there who it is: lg C(R, n_k) among the R sentences about it and those
 *                 that are not more frequent
 *   its facts     price lg values each; saves that at each statement.  Only of a stored element
 *   a table       at growing precision: the corners of the lower hull of (price, data bits) over
 *                 its levels, each step from one corner to the next being a thing
 *
 * Data bits are then computed exactly for the set of things of at least some number of bits saved a
 * bit spent, and that number (the *density*) goes through a fine grid to 1, where the total is
 * least, and on to 0.  Between two points of the grid the curve is straight: a part of a thing.
 *
 * IDEALISED, so that this is a lower curve for a real archive but for rounding: how often each
 * element occurs, which of its facts are stored, and how precise each table is, are told to the
 * reader for nothing; prices are not rounded to bytes; with fact noise, which statements are wrong
 * is free too.  It is no bound in the strict sense: the order is greedy, and a table's entries
 * at its levels are rounded in one of many ways.
 *
 * Reports only.  O(elements) for each point of the grid.
 */
#ifndef TWOPART_SK_OPTIMUM_H
#define TWOPART_SK_OPTIMUM_H

#include <stdint.h>

#include "sk.h"

struct sk_optimum_point {
	double density;    /* least bits saved a bit spent of what is stored */
	double model_bits; /* ascending in the curve */
	double data_bits;
	double syntax_bits; /* the tables' part of model_bits */
	uint32_t n_elements;
};

struct sk_optimum {
	uint32_t n;
	struct sk_optimum_point *point; /* (n) from nothing stored to the least data */
	uint32_t least_total;           /* index of the point with the least total */

	/* For the all-or-nothing optimum, which knows one size of elements (capacity.h). */
	double element_bits; /* price of an element with a value of every attribute */
	double mention_bits; /* mean data bits of a sentence's name and facts if not stored */
	double tables_bits;  /* price of all tables as precise as at the least total */
	double floor_bits;   /* data bits with those tables and all elements with all facts */
};

MUST_CHECK enum status sk_optimum_make(struct sk_optimum *o, const struct sk_counts *c);
void sk_optimum_free(struct sk_optimum *o);

/* Data bits at model_bits, straight between points; the first or last point's beyond them. */
double sk_optimum_data_bits(const struct sk_optimum *o, double model_bits);

/* The counts n_k, most frequent first (ties: first seen first), and the element of each.  Both
 * (n_elements); the caller frees. */
MUST_CHECK enum status sk_ranked_elements(const struct sk_counts *c, uint64_t **count,
					  uint32_t **element);

#endif
