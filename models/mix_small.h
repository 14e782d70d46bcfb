/* SPDX-License-Identifier: BSD-2-Clause
 *
 * mix_small.h - the byte half of `mix` at its fastest levels: what it remembers for guesses.
 *
 * A decision takes its time, whatever is decided, so a fast level must take fewer: eight a byte are
 * too many.  Most bytes are what came last time in the same place.  Guessers remember that: for the
 * last 2, 4 and 6 bytes, and the match model for more.  The one that was right most often in its
 * present state names a byte, and one decision asks whether it is that one; if not, another asks
 * for the next best.  How sure the answer is, all guessers say together, mixed like the opinions
 * about a bit.  Only what no guesser knows is spelt in bits, by few contexts, which learn from such
 * bytes alone: what they remember is what comes where the guess was wrong.  That the guess was
 * wrong they are told as well.
 *
 * Spelling every byte, with one context more, took more than twice the time for 3 % less.
 */
#ifndef TWOPART_MIX_SMALL_H
#define TWOPART_MIX_SMALL_H

#include <stdbool.h>
#include <stdint.h>

#include "arena.h"
#include "bit_history.h"
#include "mix_past.h"

#define SMALL_CONTEXTS 4
#define SMALL_LANES 8 /* inputs of a mixer */
#define SMALL_SETS 3  /* of its weights */

#define SMALL_ORDERS 3
#define SMALL_GUESSERS (SMALL_ORDERS + 1) /* the last one is the match */
#define SMALL_ROUNDS 2                    /* guesses for a byte */
#define SMALL_LINE_GUESSES 16             /* in a cache line */

/* What came in a context. */
struct small_guess {
	uint8_t check;
	uint8_t byte, other; /* what is expected next, or else */
	uint8_t history;     /* whether `byte` was right (bit_history.h); 0: nothing known */
};

/* What a guesser may say: its byte; when a byte was refused, another one; still its byte. */
enum small_kind { SMALL_FIRST, SMALL_OTHER, SMALL_STILL, SMALL_KINDS };

/* In each state of a guesser: how probable is the byte that it names, or one that it does not. */
typedef uint32_t small_worth[2][BIT_HISTORY_STATES];

struct mix_small {
	struct small_guess *table[SMALL_ORDERS]; /* (65536) of two bytes; (2^lines_log2 lines) */
	unsigned lines_log2;
	struct small_guess *at[SMALL_ORDERS]; /* of the next byte; at[0] NULL: not looked for yet */
	uint32_t line_hash[SMALL_ORDERS];     /* of the byte after that */
	bool known;                           /* was the last byte what the longest order named? */

	small_worth (*worth)[SMALL_KINDS]; /* (MIX_CONTENTS x SMALL_GUESSERS) */
	uint32_t (*hint)[2][8];            /* (MIX_CONTENTS): is the bit that of the guess? by its
					      place, for guesses not asked for, and refused */
	float *guess_weight[SMALL_ROUNDS][SMALL_SETS];
	float *bit_weight[SMALL_SETS];
};

struct mixing_tables;

/* Lay out the arrays for n_max bytes and tables of 2^guesses_log2 guesses at most (arena.h); then
 * mix_small_start(). */
void mix_small_layout(struct mix_small *s, struct arena *a, uint64_t n_max, unsigned guesses_log2);
void mix_small_start(struct mix_small *s, const struct mixing_tables *t);

#endif
