/* SPDX-License-Identifier: BSD-2-Clause */
#include "mix_deep.h"

#include "mix_bytes.h"

#define LINES_LOG2_MAX 23 /* 512 MiB */

static const uint32_t final_sizes[DEEP_FINALS] = {256, 65536, MIX_LENGTHS / 4 * 2 * 3 * 3 * 8};

static uint32_t set_size(unsigned s)
{
	return s < DEEP_SHARED ? mix_set_sizes[s] : DEEP_OWN_SIZE;
}

void mix_deep_layout(struct mix_deep *d, struct arena *a, uint64_t n_max, unsigned n_contexts,
		     unsigned n_inputs)
{
	d->lines_log2 = fitting_log2(n_max * n_contexts, 10, LINES_LOG2_MAX);
	d->lines = arena_take(a, (uint64_t)1 << d->lines_log2, sizeof *d->lines);
	for (unsigned s = 0; s < DEEP_SETS; s++)
		d->weight[s] = arena_take(a, (uint64_t)set_size(s) * n_inputs,
					  sizeof *d->weight[s]);
	for (unsigned f = 0; f < DEEP_FINALS; f++)
		d->final_weight[f] = arena_take(a, (uint64_t)final_sizes[f] * MIXING_LANES,
						sizeof *d->final_weight[f]);
	for (unsigned i = 0; i < DEEP_MAPS; i++)
		d->map[i] =
		    arena_take(a, (uint64_t)APM_CELLS << DEEP_MAP_LOG2, sizeof *d->map[i]);
}

void mix_deep_start(struct mix_deep *d, const struct mixing_tables *t, unsigned n_inputs)
{
	for (size_t i = 0; i < (size_t)1 << d->lines_log2; i++)
		direct_start(&d->lines[i], 0);
	for (unsigned s = 0; s < DEEP_SETS; s++)
		mixer_start(d->weight[s], set_size(s), n_inputs, 0.03f);
	for (unsigned f = 0; f < DEEP_FINALS; f++)
		mixer_start(d->final_weight[f], final_sizes[f], MIXING_LANES,
			    1.0f / (DEEP_SETS + 1));
	for (unsigned i = 0; i < DEEP_MAPS; i++)
		apm_start(d->map[i], t, 1 << DEEP_MAP_LOG2);
}
