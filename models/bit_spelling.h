/* SPDX-License-Identifier: BSD-2-Clause
 *
 * bit_spelling.h - a symbol of any alphabet as bits, highest first, and real probabilities of them.
 *
 * A symbol has ceil(lg n_symbols) bits; one that can only be 0 because the alphabet ends before is
 * no decision.  What has been told of a symbol is a prefix: a 1 and then its bits, so that all
 * prefixes are different numbers from 1 on.
 */
#ifndef TWOPART_BIT_SPELLING_H
#define TWOPART_BIT_SPELLING_H

#include <stdbool.h>
#include <stdint.h>

#include "bit_channel.h"

static inline unsigned spelling_bits(uint32_t n_symbols)
{
	unsigned n_bits = 0;

	while ((uint64_t)1 << n_bits < n_symbols)
		n_bits++;
	return n_bits;
}

/* May the next bit after `prefix` be a 1?  `n_left` >= 1 bits are not told yet, with that one. */
static inline bool spelling_is_open(uint32_t n_symbols, unsigned n_bits, uint32_t prefix,
				    unsigned n_left)
{
	uint64_t told = prefix - ((uint32_t)1 << (n_bits - n_left));

	return (2 * told + 1) << (n_left - 1) < n_symbols;
}

/*
 * Probability of a 1 in the channel's units.  The bit that comes costs at most SPELLING_LOSS_BITS
 * more than by the real number: with u = 1 + round(p (2^20 - 2)) its probability falls by at most
 * (2 p - 1/2) 2^-20, where that is not a gain, so by a share of 1.5 * 2^-20 at most.
 */
#define SPELLING_LOSS_BITS 2.1e-6

static inline uint32_t spelling_probability(double p1)
{
	return 1 + (uint32_t)(p1 * (BIT_PROBABILITY_ONE - 2) + 0.5);
}

#endif
