/* SPDX-License-Identifier: BSD-2-Clause
 *
 * mix_bytes.h - the byte half of the predictor `mix`: its state.
 *
 * A byte is eight binary decisions.  For each, every context says what came here before (a slot,
 * its history, what that was worth), a match model says what followed where the last bytes came
 * before, a second one does so for longer strings or, in text, for the last line that began with
 * the same words; a mixer weighs these opinions, and in the large shape adaptive maps have the last
 * word.  Where a match has proved itself, one decision asks first whether it is right about all of
 * the byte; the small shape asks the like of other guesses, too (mix_small.h).
 */
#ifndef TWOPART_MIX_BYTES_H
#define TWOPART_MIX_BYTES_H

#include <stdbool.h>
#include <stdint.h>

#include "arena.h"
#include "bit_channel.h"
#include "mix_level.h"
#include "mix_past.h"
#include "mix_small.h"
#include "mixing.h"
#include "status.h"

#define MIX_MATCHES 2
#define MIX_LENGTHS 48 /* classes of the length of a match */
#define MIX_APMS 2
#define MIX_MISSED 16
#define MIX_WHOLE_BYTES 16 /* least length of a match that is asked for whole bytes */

/* Bits of `silenced`: below are the numbers of mix_contexts[]. */
#define MIX_SILENCE_MATCHES MIX_CONTEXT_NUMBERS
#define MIX_SILENCE_GUESSERS (MIX_SILENCE_MATCHES + MIX_MATCHES)
_Static_assert(MIX_SILENCE_GUESSERS + SMALL_ORDERS <= 32, "bits of `silenced`");

#define MIX_SETS_MAX 7
#define MIX_INPUTS_MAX 64 /* of the large shape; whole vectors */

/* What each shape has. */
struct mix_size {
	unsigned n_contexts, per_context; /* inputs of a context: log-odds, and p itself */
	unsigned n_matches, n_sets, n_apms;
};

static const struct mix_size mix_sizes[MIX_SHAPES] = {
    [MIX_SHAPE_SMALL] = {SMALL_CONTEXTS, 1, 1, 0, 0},
    [MIX_SHAPE_MEDIUM] = {8, 1, 2, 6, 0},
    [MIX_SHAPE_LARGE] = {22, 2, 2, 7, 2},
};

/* Two inputs of each match and a constant besides: in whole vectors. */
static inline unsigned mix_inputs(struct mix_size size)
{
	unsigned n = size.per_context * size.n_contexts + 2 * size.n_matches + 1;

	return (n + MIXING_LANES - 1) / MIXING_LANES * MIXING_LANES;
}

struct mix_match {
	uint32_t *last; /* (2^log2) what followed bytes with this hash; 0: nothing yet */
	unsigned log2, min_bytes;
	unsigned shift;        /* of the hash, for each byte */
	uint64_t hash;         /* of the last bytes */
	uint32_t *slot;        /* their place in last[]; NULL at the start */
	uint32_t at;           /* it predicts byte[at], if length > 0 */
	uint32_t length;       /* bytes that matched, counted up to 65,535 */
	uint32_t missed;       /* fades from 16 after a wrong prediction */
	uint32_t byte;         /* that it predicts next, plus 256; 0: none, or proved wrong */
	struct indirect *used; /* for it */
	struct indirect worth[2 * MIX_LENGTHS]; /* of a bit: by length, twice if missed lately */
	struct indirect whole[2 * MIX_LENGTHS]; /* of a whole byte, likewise */
};

struct mix_bytes {
	struct mixing_tables tables;
	const struct mix_level *level;
	struct mix_past past;

	uint8_t *slots;
	unsigned lines_log2;
	unsigned n_contexts;
	uint32_t (*worth)[BIT_HISTORY_STATES]; /* (MIX_CONTENTS x n_contexts) */
	uint32_t silenced; /* a bit for each number of mix_contexts[], match, and guesser */
	struct mix_match match[MIX_MATCHES];
	struct mix_small small; /* of that shape only */

	float *weight[MIX_SETS_MAX];
	uint16_t *apm[MIX_APMS];
};

/* Sizes of the weight sets and of the contexts of the maps. */
#define MIX_APM_CONTEXTS 65536u
extern const uint32_t mix_set_sizes[MIX_SETS_MAX];

/* Inputs that can be silenced: number k = 1, 2, .. of those that a level has, first its contexts in
 * the order of mix_contexts[], then the matches, then the guesses by the last bytes (small shape).
 * The bit of `silenced` for it, 0 behind the last one; *name may be NULL. */
uint32_t mix_bytes_input(const struct mix_level *level, unsigned k, const char **name);

/* Bytes that mix_bytes_open() takes for n_max bytes. */
uint64_t mix_bytes_memory(const struct mix_level *level, uint64_t n_max);
MUST_CHECK enum status mix_bytes_open(struct mix_bytes **out, const struct mix_level *level,
				      uint64_t n_max, uint32_t silenced);
void mix_bytes_close(struct mix_bytes *m);

#endif
