/* SPDX-License-Identifier: BSD-2-Clause
 *
 * bit_channel.h - where a predictor of binary decisions sends them, and learns what became of them.
 *
 * A predictor that spells a symbol in bits does not wait to be asked: it walks through the symbol
 * itself and hands each decision to a channel, with the probability and with what it takes the bit
 * to be.  The channel answers what the bit is.  Encoding and scoring, that is what it was told;
 * decoding, what the stream says, and the predictor, which was given no symbol, has told it
 * nonsense.  It cannot know which, so it is the same walk in all three directions, and a decision
 * costs one call.
 */
#ifndef TWOPART_BIT_CHANNEL_H
#define TWOPART_BIT_CHANNEL_H

#include <stdint.h>

/* Probabilities are in units of 2^-20: a certain bit costs 1.4e-6 bits. */
#define BIT_PROBABILITY_LOG2 20
#define BIT_PROBABILITY_ONE ((uint32_t)1 << BIT_PROBABILITY_LOG2)

struct bit_channel {
	/* Code one decision: `p1` is the probability of a 1, 1 .. BIT_PROBABILITY_ONE - 1.  Returns
	 * the bit, 0 or 1. */
	unsigned (*code)(struct bit_channel *c, uint32_t p1, unsigned bit);

	void *coder;        /* struct encoder or struct decoder; NULL when scoring */
	double probability; /* of all that was coded since whoever owns the channel set it to 1; of
			       a symbol it must not fall below 2^-1000 */
};

/* What code() does besides coding: keep account.  The bit is what a processor cannot foresee, so
 * nothing here or in the coder is a jump that depends on it. */
static inline void bit_channel_account(struct bit_channel *c, uint32_t p1, unsigned bit)
{
	uint32_t is_zero = bit - 1; /* all ones, or 0 */
	uint32_t p = (p1 ^ is_zero) + ((BIT_PROBABILITY_ONE + 1) & is_zero);

	c->probability *= (double)(int32_t)p * (1.0 / (double)BIT_PROBABILITY_ONE);
}

#endif
