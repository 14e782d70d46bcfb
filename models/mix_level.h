/* SPDX-License-Identifier: BSD-2-Clause
 *
 * mix_level.h - what the levels of the byte half of `mix` differ in: one table.
 */
#ifndef TWOPART_MIX_LEVEL_H
#define TWOPART_MIX_LEVEL_H

#include <stdint.h>

#include "mix_past.h"

#define MIX_LEVELS 9
#define MIX_LEVEL_DEFAULT 5
#define MIX_LEVEL_NEURAL 10 /* the last row: with a network */
#define MIX_CONTEXTS_MAX 32

/* How much of the core is used: the loops are compiled for each of these. */
enum mix_shape {
	MIX_SHAPE_SMALL,
	MIX_SHAPE_MEDIUM,
	MIX_SHAPE_LARGE,
	MIX_SHAPE_NEURAL, /* more of all (mix_deep.h), and a network's opinion */
	MIX_SHAPES
};

struct mix_level {
	enum mix_shape shape;
	unsigned slots_log2;     /* of the bytes of slots, at most */
	unsigned match_log2;     /* of the places, or guesses, that a table remembers, at most */
	unsigned match_bytes[2]; /* least length of a match; the second model: of binary content */
	uint32_t whole_trust;    /* in 2^-22: how sure a match must be to be asked for a byte */
	float guess_least;       /* small shape: what a guess must be worth to be asked for */
	uint64_t block_symbols;

	/* Of each kind of content, numbers in mix_contexts[]; as many as the shape has. */
	uint8_t context[MIX_CONTENTS][MIX_CONTEXTS_MAX];
};

extern const struct mix_level mix_levels[MIX_LEVEL_NEURAL]; /* of level 1 first */

#endif
