/* SPDX-License-Identifier: BSD-2-Clause */
#include "mix_small.h"

#include "mixing.h"

const uint32_t small_guess_sets[SMALL_SETS] = {256, 256, 256};
const uint32_t small_bit_sets[SMALL_SETS] = {MIX_CONTENTS * 256, 256 * 8, 8 * 3 * 8};

#ifndef GLOG
#define GLOG 14
#endif
void mix_small_layout(struct mix_small *s, struct arena *a, uint64_t n_max, unsigned slots_log2)
{
	(void)n_max, (void)slots_log2;
	s->lines_log2 = GLOG;
	for (unsigned i = 0; i < SMALL_ORDERS; i++)
		s->table[i] = arena_take(a, (uint64_t)1 << (s->lines_log2 + 4), sizeof *s->table[i]);
	s->worth = arena_take(a, MIX_CONTENTS * SMALL_GUESSERS, sizeof *s->worth);
	for (unsigned i = 0; i < SMALL_SETS; i++) {
		for (unsigned round = 0; round < SMALL_ROUNDS; round++)
			s->guess_weight[round][i] = arena_take(a, small_guess_sets[i] * SMALL_LANES, sizeof(float));
		s->bit_weight[i] = arena_take(a, small_bit_sets[i] * SMALL_LANES, sizeof(float));
	}
	s->hint = arena_take(a, MIX_CONTENTS, sizeof *s->hint);
}

void mix_small_start(struct mix_small *s, const struct mixing_tables *t)
{
	for (unsigned i = 0; i < MIX_CONTENTS * SMALL_GUESSERS; i++)
		for (unsigned kind = 0; kind < SMALL_KINDS; kind++) {
			if (i % SMALL_GUESSERS < SMALL_ORDERS)
				worth_start(s->worth[i][kind][0], t);
			else
				for (unsigned h = 0; h < 96; h++)
					s->worth[i][kind][0][h] = (uint32_t)((1 << 22) * (h % 48 + 1.0) / (h % 48 + 2));
			for (unsigned h = 0; h < BIT_HISTORY_STATES; h++)
				s->worth[i][kind][1][h] = (1 << 22) / 4;
		}
	for (unsigned i = 0; i < SMALL_SETS; i++) {
		for (unsigned round = 0; round < SMALL_ROUNDS; round++)
			mixer_start(s->guess_weight[round][i], small_guess_sets[i], SMALL_LANES, 0.25f / SMALL_SETS);
		mixer_start(s->bit_weight[i], small_bit_sets[i], SMALL_LANES, 0.25f / SMALL_SETS);
	}
	for (unsigned i = 0; i < MIX_CONTENTS; i++)
		for (unsigned k = 0; k < 2; k++)
			for (unsigned l = 0; l < 8; l++)
				s->hint[i][k][l] = 1 << 21;
}
