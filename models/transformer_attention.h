/* SPDX-License-Identifier: BSD-2-Clause
 *
 * transformer_attention.h - one new position looks back: rotation, the stored keys and values, and
 * attention in integers.
 *
 * What is kept of a position, for each layer and head, is its key and its value as int8 with a
 * scale of their own (float): a quarter of the bytes of floats, and bytes are what limits many
 * streams.  With a query q of width h, also rounded to 127 steps either side,
 *
 *      score_t  = (q . k_t) qscale kscale_t / sqrt(h)        q . k_t exact
 *      e_t      = exp(score_t - max), sum = their sum         in the order of kernels.h
 *      w_t      = e_t vscale_t, rounded to 4095 steps of its maximum
 *      result_c = (sum over t of w_t v_(t,c)) wscale / sum    exact: 4096 4095 127 < 2^31
 *
 * Rounding weights to 4095 steps and not to 127 costs nothing, since products are of 16 bits
 * anyway, and a weight of 1/4000 still counts.
 *
 * A stream's positions live in a ring of ctx slots: position p in slot p mod ctx.  The order of
 * slots does not matter to integer sums, and the sums of floats have the order of kernels.h.
 */
#ifndef TWOPART_TRANSFORMER_ATTENTION_H
#define TWOPART_TRANSFORMER_ATTENTION_H

#include <stdint.h>

#include "arena.h"
#include "transformer.h"

struct attention {
	uint32_t dim, n_heads, width; /* width = dim / n_heads */
	uint32_t n_streams, ctx;
	uint32_t n_slots;   /* ctx rounded up to a whole panel */
	float inverse_root; /* 1 / sqrt(width) */

	int8_t *key, *value;            /* (layer, stream, head, n_slots * width): struct attend */
	float *key_scale, *value_scale; /* (layer, stream, head, n_slots) */

	float *sine;               /* (TRANSFORMER_TURN) of a full turn */
	uint32_t *turn;            /* (width / 2) of each pair at one position */
	float *cos_now, *sin_now;  /* (stream, width) at the streams' positions: struct attend */
	uint32_t *slot_now, *seen; /* (stream) where the new position goes; slots in use with it */
	float *score;              /* (stream, n_slots) scratch of attend() */
	int16_t *weight;           /* (stream, n_slots + width) */
};

/* Which row of a head's queries or keys, as stored, is row i of those that attention_row() gets:
 * the two parts of pairs 0 to 7, of pairs 8 to 15 .., where the network has all first parts and
 * then all second ones.  Products of queries and keys do not see the difference. */
uint32_t attention_row_order(uint32_t width, uint32_t i);

/* Point the arrays into the arena. */
void attention_lay_out(struct attention *a, const struct transformer_shape *s, uint32_t n_streams,
		       struct arena *arena);
/* After the second laying out: fill the tables. */
void attention_prepare(struct attention *a, const struct transformer_shape *s);

/* Before a step of the streams first..end - 1: stream s is at position[s]; 0 begins a new
 * context. */
void attention_step(struct attention *a, const uint64_t *position, uint32_t first, uint32_t end);

/* One layer of one stream in this step: queries, keys (both in the order above) and values (3 dim)
 * to the result (dim). */
void attention_row(struct attention *a, uint32_t layer, uint32_t stream, const float *qkv,
		   float *result);

#endif
