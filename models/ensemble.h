/* SPDX-License-Identifier: BSD-2-Clause
 *
 * ensemble.h - experts and gate of the predictor `ensemble`, for those who compute its bounds.
 */
#ifndef TWOPART_ENSEMBLE_H
#define TWOPART_ENSEMBLE_H

#include <stdint.h>

#include "experts.h"
#include "predictor.h"

#define ENSEMBLE_GATE_BITS 8
#define ENSEMBLE_SETS ((1u << ENSEMBLE_GATE_BITS) + 16)

/* The experts that it opens when it is set up so. */
struct experts_setup ensemble_experts(const struct predictor_setup *s);

/* The gated set of weights for the bit after `prefix` (bit_spelling.h): one for each prefix at the
 * start of a symbol, later one for each number of bits to go. */
static inline uint32_t ensemble_set(uint32_t prefix, unsigned n_left)
{
	return prefix < 1u << ENSEMBLE_GATE_BITS ? prefix : (1u << ENSEMBLE_GATE_BITS) + n_left - 1;
}

#endif
