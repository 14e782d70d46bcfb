/* SPDX-License-Identifier: BSD-2-Clause
 *
 * mixer_bounds.h - what theory promises of the mixers on given symbols.
 *
 * One walk of the experts of `ensemble` through the symbols adds up, for every set of weights, what
 * each expert would have cost on the bits of that set, and the least that a sequence of experts
 * and its prior under the mixer `switching` would have.
 */
#ifndef TWOPART_MIXER_BOUNDS_H
#define TWOPART_MIXER_BOUNDS_H

#include <stdbool.h>
#include <stdint.h>

#include "ensemble.h"
#include "experts.h"
#include "status.h"

#define MIXER_SWITCHES 3 /* 0, 1, 2 switches at most; [MIXER_SWITCHES]: any number */

/* Of the bits of one set of weights. */
struct set_costs {
	uint64_t n_bits;
	double expert[EXPERTS_MAX]; /* sum of each one's costs, in bits */

	/* Least cost and prior of a sequence that ends with expert k. */
	double sequence[MIXER_SWITCHES + 1][EXPERTS_MAX];
};

struct mixer_bounds {
	unsigned n_experts;
	struct set_costs all;                  /* of one set for everything */
	struct set_costs gated[ENSEMBLE_SETS]; /* of the gated ones */
};

/* Errors: no memory. */
MUST_CHECK enum status mixer_bounds_find(struct mixer_bounds *b, const uint16_t *symbol, uint64_t n,
					 uint32_t n_symbols);

/* The bounds on the code length in bits, rounding to the channel's units (SPELLING_LOSS_BITS)
 * included: of one set of weights or of the gated ones. */
double mixer_bounds_bayes(const struct mixer_bounds *b, bool gated);
double mixer_bounds_switching(const struct mixer_bounds *b, bool gated, unsigned n_switches);
double mixer_bounds_linear(const struct mixer_bounds *b, bool gated);

#endif
