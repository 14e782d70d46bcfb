/* SPDX-License-Identifier: BSD-2-Clause */
#include "mixing.h"

#include <string.h>

#include "elementary.h"

#define P22 ((double)(1 << 22))

void mixing_tables_build(struct mixing_tables *t)
{
	for (unsigned i = 0; i < 1 << MIXING_STRETCH_LOG2; i++) {
		double p = (i + 0.5) / (1 << MIXING_STRETCH_LOG2);

		t->stretch[i] = (float)elementary_log(p / (1 - p));
	}
	for (unsigned i = 0; i <= MIXING_SQUASH_CELLS; i++) {
		double x = (i + 0.5) / (double)MIXING_SQUASH_SCALE - (double)MIXING_STRETCH_MAX;

		t->squash[i] = (float)(1 / (1 + elementary_exp(-x)));
	}
	for (unsigned n = 0; n < 1024; n++)
		t->reciprocal[n] = (uint16_t)(65536 / (n + 1.5));
	bit_history_build(&t->machine);
}

void indirect_start(struct indirect *e, const struct mixing_tables *t, double p)
{
	uint32_t p22 = (uint32_t)(p * P22);

	e->p_count = p22 << 10;
	e->stretch = t->stretch[p22 >> (22 - MIXING_STRETCH_LOG2)];
}

void worth_start(uint32_t worth[BIT_HISTORY_STATES], const struct mixing_tables *t)
{
	for (unsigned s = 0; s < BIT_HISTORY_STATES; s++) {
		double n0 = t->machine.count[s][0], n1 = t->machine.count[s][1];

		worth[s] = (uint32_t)(P22 * (n1 + 0.4) / (n0 + n1 + 0.8));
	}
}

void mixer_start(float *weight, uint32_t n_sets, uint32_t n_inputs, float start)
{
	for (size_t i = 0; i < (size_t)n_sets * n_inputs; i++)
		weight[i] = start;
}

void apm_start(uint16_t *cell, const struct mixing_tables *t, uint32_t n_contexts)
{
	for (unsigned i = 0; i < APM_CELLS; i++)
		cell[i] = (uint16_t)(65535 * t->squash[i * MIXING_SQUASH_CELLS / (APM_CELLS - 1)]);
	for (uint32_t i = 1; i < n_contexts; i++)
		memcpy(cell + (size_t)i * APM_CELLS, cell, APM_CELLS * sizeof *cell);
}
