/* SPDX-License-Identifier: BSD-2-Clause
 *
 * rng.h - counter-based random numbers: the n-th number of a stream needs no history.
 *
 * Philox4x32-10 from Random123: key = the user's seed, counter = (purpose, index, block).  Each
 * (purpose, index) pair is a stream of its own, so sentence i is the same for any thread count and
 * chunk order.  Everything is integers or exact IEEE operations: the same everywhere, for ever.
 */
#ifndef TWOPART_RNG_H
#define TWOPART_RNG_H

#include <stdint.h>

struct rng {
	uint64_t seed, index;
	uint32_t purpose, block;
	uint32_t word[4]; /* the current block's output */
	unsigned n_left;  /* words of it not yet given out */
};

struct rng rng_stream(uint64_t seed, uint32_t purpose, uint64_t index);

void rng_refill(struct rng *r);

static inline uint32_t rng_u32(struct rng *r)
{
	if (r->n_left == 0)
		rng_refill(r);
	return r->word[--r->n_left];
}

static inline uint64_t rng_u64(struct rng *r)
{
	uint64_t high = rng_u32(r);

	return high << 32 | rng_u32(r);
}

/* Uniform on 0..n-1, exactly (rejection); n >= 1. */
uint64_t rng_below(struct rng *r, uint64_t n);

/* Uniform on the open interval (0, 1): odd multiples of 2^-53, each exact in 53 bits. */
static inline double rng_unit(struct rng *r)
{
	return ((double)(rng_u64(r) >> 12) + 0.5) * 0x1p-52;
}

#endif
