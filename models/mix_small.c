/* SPDX-License-Identifier: BSD-2-Clause */
#include "mix_small.h"

#include "mix_bytes.h"

static const uint32_t guess_sets[SMALL_SETS] = {
    SMALL_GUESSERS << SMALL_GUESSERS,
    256,
    2 * MIX_LENGTHS,
};
static const uint32_t bit_sets[SMALL_SETS] = {
    MIX_CONTENTS * 256,
    256 * 8,
    (SMALL_CONTEXTS + 1) * 3 * 8,
};

void mix_small_layout(struct mix_small *s, struct arena *a, uint64_t n_max, unsigned guesses_log2)
{
	s->lines_log2 = fitting_log2(n_max, 8, guesses_log2) - 4;
	for (unsigned i = 0; i < SMALL_ORDERS; i++)
		s->table[i] = arena_take(a, i ? SMALL_LINE_GUESSES << s->lines_log2 : 65536,
					 sizeof *s->table[i]);
	s->worth = arena_take(a, (uint64_t)MIX_CONTENTS * SMALL_GUESSERS, sizeof *s->worth);
	s->hint = arena_take(a, MIX_CONTENTS, sizeof *s->hint);
	for (unsigned i = 0; i < SMALL_SETS; i++) {
		for (unsigned round = 0; round < SMALL_ROUNDS; round++)
			s->guess_weight[round][i] =
			    arena_take(a, guess_sets[i], SMALL_LANES * sizeof(float));
		s->bit_weight[i] = arena_take(a, bit_sets[i], SMALL_LANES * sizeof(float));
	}
}

/* A match is worth what its length suggests; what is not named, little. */
static void start_worth(small_worth worth, bool of_match, const struct mixing_tables *t)
{
	worth_start(worth[0], t);
	for (unsigned i = 0; of_match && i < 2 * MIX_LENGTHS; i++) {
		unsigned n = i % MIX_LENGTHS;

		worth[0][i] = (uint32_t)(((uint64_t)(n + 1) << 22) / (n + 2));
	}
	for (unsigned i = 0; i < BIT_HISTORY_STATES; i++)
		worth[1][i] = (1 << 22) / 4;
}

void mix_small_start(struct mix_small *s, const struct mixing_tables *t)
{
	const float start = 0.25f / SMALL_SETS;

	for (unsigned i = 0; i < MIX_CONTENTS * SMALL_GUESSERS; i++)
		for (unsigned kind = 0; kind < SMALL_KINDS; kind++)
			start_worth(s->worth[i][kind], i % SMALL_GUESSERS == SMALL_ORDERS, t);
	for (unsigned i = 0; i < MIX_CONTENTS * 2 * 8; i++)
		s->hint[i / 16][i / 8 % 2][i % 8] = 1 << 21;
	for (unsigned i = 0; i < SMALL_SETS; i++) {
		for (unsigned round = 0; round < SMALL_ROUNDS; round++)
			mixer_start(s->guess_weight[round][i], guess_sets[i], SMALL_LANES, start);
		mixer_start(s->bit_weight[i], bit_sets[i], SMALL_LANES, start);
	}
}
