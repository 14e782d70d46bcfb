/* SPDX-License-Identifier: BSD-2-Clause
 *
 * mix_bytes.h - the byte half of the predictor `mix`: its state.
 *
 * A byte is eight binary decisions.  For each, every context says what came here before (a slot,
 * its history, what that was worth), a match model says what followed where the last bytes came
 * before, a second one does so for longer strings or, in text, for the last line that began with
 * the same words; a mixer weighs these opinions, and but in the small shape adaptive maps have the
 * last word.
 *
 * Most bytes of logs, sources and the like are what a match says, and eight decisions on each
 * would take nearly all of the time.  So a small mixer of its own first says how sure it is that
 * the match is right about all of the byte: from the length of the match, from what followed the
 * last two bytes and from the other match (do they agree?), from this byte after the last one, and
 * after the last three.  If it is sure, that is one decision.  (By the length alone, up to twice
 * as many bytes had to be spelt for archives that were larger: it cannot know that a number
 * follows "size=".)  The small shape asks the like of other guesses, too (mix_small.h).
 */
#ifndef TWOPART_MIX_BYTES_H
#define TWOPART_MIX_BYTES_H

#include <stdbool.h>
#include <stdint.h>

#include "arena.h"
#include "bit_channel.h"
#include "mix_deep.h"
#include "mix_level.h"
#include "mix_observer.h"
#include "mix_past.h"
#include "mix_small.h"
#include "mixing.h"
#include "online.h"
#include "status.h"

#define MIX_MATCHES 2
#define MIX_LENGTHS 48 /* classes of the length of a match */
#define MIX_APMS 2
#define MIX_MISSED 16
#define MIX_NETWORK_SURE 8 /* classes of the probability of its likeliest byte */
#define MIX_WHOLE_BYTES 8  /* least length of a match that is asked for whole bytes */
#define MIX_WHOLE_INPUTS 4 /* who says whether it is right; MIXING_LANES at most, less one */
#define MIX_WHOLE_AGREE 9  /* ways that others agree or not */

/* Bits of `silenced`: below are the numbers of mix_contexts[]. */
#define MIX_SILENCE_MATCHES MIX_CONTEXT_NUMBERS
#define MIX_SILENCE_GUESSERS (MIX_SILENCE_MATCHES + MIX_MATCHES)
_Static_assert(MIX_SILENCE_GUESSERS + SMALL_ORDERS <= 64, "bits of `silenced`");

#define MIX_SETS_MAX 8
_Static_assert(DEEP_SHARED == MIX_SETS_MAX, "a mixer for each set");
#define MIX_INPUTS_MAX 96 /* of the shape with a network; whole vectors */

/* What each shape has. */
struct mix_size {
	unsigned n_contexts, per_context; /* inputs of a context: log-odds, p itself, its counts */
	unsigned n_matches, n_sets, n_apms;
	float rate; /* of the mixer, on long files */
	unsigned n_networks; /* 0 or 1 */
	bool is_deep;        /* mix_deep.h has the maps */
	bool is_watched;     /* the observer is told */
};

static const struct mix_size mix_sizes[MIX_SHAPES] = {
    [MIX_SHAPE_SMALL] = {SMALL_CONTEXTS, 1, 1, 0, 0, 0.0024f, 0, false, false},
    [MIX_SHAPE_MEDIUM] = {8, 1, 2, 6, 1, 0.0016f, 0, false, false},
    [MIX_SHAPE_LARGE] = {22, 2, 2, 7, 2, 0.0012f, 0, false, false},
    [MIX_SHAPE_NEURAL] = {29, 3, 2, DEEP_SHARED, 0, 0.0006f, 1, true, false},
};

/* Two inputs of each match and of a network, and a constant besides: in whole vectors. */
static inline unsigned mix_inputs(struct mix_size size)
{
	unsigned n = size.per_context * size.n_contexts + 2 * size.n_matches +
		     2 * size.n_networks + 1;

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
	bool respelt; /* a byte came that had been refused, as no encoder spells it: damaged */

	uint8_t *slots;
	unsigned lines_log2;
	unsigned n_contexts;
	uint32_t hash[MIX_CONTEXTS_MAX]; /* of the contexts of half a byte */
	uint32_t hashed;                 /* n of the byte that they were computed for */
	uint32_t (*worth)[BIT_HISTORY_STATES]; /* (MIX_CONTENTS x n_contexts) */
	uint64_t silenced; /* a bit for each number of mix_contexts[], match, and guesser */
	struct mix_match match[MIX_MATCHES];
	struct mix_small small; /* of that shape only */
	struct mix_deep deep;   /* likewise */

	/* Of whole bytes: what comes besides the length of the match, and the mixer. */
	struct indirect *whole_agree;  /* (MIX_WHOLE_AGREE x 256) by who agrees, and the byte */
	struct indirect *whole_pair;   /* (65536) by the last byte, and the byte */
	struct indirect *whole_triple; /* (65536) by a hash of the last three, and the byte */
	float *whole_weight;           /* (2 x MIX_LENGTHS / 4) x MIXING_LANES */

	/* What a network says of the next byte's bits: P(1) after each beginning, and how sure it
	 * is, 0..7. */
	struct online *network; /* NULL but in the shape that has one */
	float network_one[256];
	unsigned network_sure;

	float *weight[MIX_SETS_MAX];
	uint16_t *apm[MIX_APMS];

	struct mix_observer *observer; /* or NULL */
	uint8_t opinion[MIX_CONTENTS][MIX_CONTEXTS_MAX]; /* numbers for it, of the contexts, .. */
	uint8_t opinion_matches, opinion_network, opinion_constant; /* .. and of what follows */
};

/* Sizes of the weight sets and of the contexts of the maps. */
#define MIX_APM_CONTEXTS 65536u
extern const uint32_t mix_set_sizes[MIX_SETS_MAX];

/* Inputs that can be silenced: number k = 1, 2, .. of those that a level has, first its contexts in
 * the order of mix_contexts[], then the matches, then the guesses by the last bytes (small shape).
 * The bit of `silenced` for it, 0 behind the last one; *name may be NULL. */
uint64_t mix_bytes_input(const struct mix_level *level, unsigned k, const char **name);

/* Bytes that mix_bytes_open() takes for n_max bytes, a network aside, which must stay and is told
 * every byte. */
uint64_t mix_bytes_memory(const struct mix_level *level, uint64_t n_max);
MUST_CHECK enum status mix_bytes_open(struct mix_bytes **out, const struct mix_level *level,
				      uint64_t n_max, uint64_t silenced,
				      struct online *network);
void mix_bytes_close(struct mix_bytes *m);

/* Name the opinions to the observer, who is told from here on: by watch_byte() of mix_forms.h. */
void mix_bytes_observe(struct mix_bytes *m, struct mix_observer *observer);

#endif
