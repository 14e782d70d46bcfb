/* SPDX-License-Identifier: BSD-2-Clause
 *
 * mix_small.h - the byte half of `mix` at its fastest levels: what it remembers.
 *
 * A bit costs what it costs, so a byte must be fewer of them.
 */
#ifndef TWOPART_MIX_SMALL_H
#define TWOPART_MIX_SMALL_H

#include <stdint.h>

#include "arena.h"
#include "bit_history.h"
#include "mix_past.h"

struct mixing_tables;

#define SMALL_LANES 8 /* inputs of its mixers */
#define SMALL_ORDERS 4
#define SMALL_GUESSERS (SMALL_ORDERS + 1) /* the last one is the match */
#define SMALL_SETS 3
#define SMALL_ROUNDS 2
#define SMALL_KINDS 3

/* What came in a context. */
struct small_guess {
	uint8_t check;
	uint8_t byte, other; /* what is expected next, or else */
	uint8_t history;     /* of how often `byte` was right; 0: nothing known */
};

/* Opinions on a guess */
typedef uint32_t small_worth[2][BIT_HISTORY_STATES];

struct mix_small {
	struct small_guess *table[SMALL_ORDERS];
	struct small_guess *at[SMALL_ORDERS];
	uint32_t hash[SMALL_ORDERS];
	unsigned lines_log2;
	small_worth (*worth)[SMALL_KINDS];
	float *guess_weight[SMALL_ROUNDS][SMALL_SETS];
	float *bit_weight[SMALL_SETS];
	uint32_t (*hint)[2][8]; 
};

extern const uint32_t small_guess_sets[SMALL_SETS], small_bit_sets[SMALL_SETS];
void mix_small_layout(struct mix_small *s, struct arena *a, uint64_t n_max, unsigned slots_log2);
void mix_small_start(struct mix_small *s, const struct mixing_tables *t);

#endif
