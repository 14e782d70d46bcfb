/* SPDX-License-Identifier: BSD-2-Clause
 *
 * ctw.h - what context tree weighting promises, in numbers: for the report and the tests.
 */
#ifndef TWOPART_CTW_H
#define TWOPART_CTW_H

#include <stdbool.h>
#include <stdint.h>

#include "predictor.h"

#define CTW_DEPTH_MAX 24

/* The depth that the predictor `ctw` has by default. */
unsigned ctw_default_depth(uint32_t n_symbols);

/* Has a predictor that ctw_ops opened met the limit of its memory?  Then the bound is void. */
bool ctw_is_full(const struct predictor *p);

/*
 * The tree source for which ctw_bound()'s total is least, one tree for each binary decision of a
 * symbol.  The code length of `ctw` on these very symbols is at most total_bits, and
 * SPELLING_LOSS_BITS for each decision.
 */
struct ctw_bound {
	double ideal_bits;     /* -lg of the data's probability by the best parameters */
	double parameter_bits; /* gamma(n_s) = lg(n_s) / 2 + 1 for a leaf s that n_s bits visit */
	double tree_bits;      /* Gamma: 1 for each node of the trees that is visited, unless it is
				  a leaf at the largest depth */
	double total_bits;     /* the sum */
	uint64_t n_leaves;
	uint64_t n_decisions; /* binary ones, of all symbols */
};

/* Time n D lg n_symbols, memory 22 bytes a symbol.  n < 2^32.  Errors: no memory. */
MUST_CHECK enum status ctw_bound(const uint16_t *symbol, uint64_t n, uint32_t n_symbols,
				 unsigned depth, struct ctw_bound *out);

#endif
