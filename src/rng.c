/* SPDX-License-Identifier: BSD-2-Clause */
#include "rng.h"

#include <Random123/philox.h>

struct rng rng_stream(uint64_t seed, uint32_t purpose, uint64_t index)
{
	return (struct rng){.seed = seed, .purpose = purpose, .index = index};
}

void rng_refill(struct rng *r)
{
	philox4x32_key_t key = {{(uint32_t)r->seed, (uint32_t)(r->seed >> 32)}};
	philox4x32_ctr_t counter = {
	    {r->block++, (uint32_t)r->index, (uint32_t)(r->index >> 32), r->purpose}};
	philox4x32_ctr_t out = philox4x32(counter, key);

	for (unsigned i = 0; i < 4; i++)
		r->word[i] = out.v[i];
	r->n_left = 4;
}

uint64_t rng_below(struct rng *r, uint64_t n)
{
	uint64_t excess = -n % n; /* 2^64 mod n: values below it would be one too many */
	uint64_t u;

	do {
		u = rng_u64(r);
	} while (u < excess);
	return u % n;
}
