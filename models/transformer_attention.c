/* SPDX-License-Identifier: BSD-2-Clause */
#include "transformer_attention.h"

#include "elementary.h"
#include "kernels.h"

#define HALF (KERNEL_LANES / 2)

void attention_lay_out(struct attention *a, const struct transformer_shape *s, uint32_t n_streams,
		       struct arena *arena)
{
	uint32_t width = s->dim / s->n_heads, n_slots = round_up(s->ctx, KERNEL_LANES);
	uint64_t n_rows = (uint64_t)s->n_layers * n_streams * s->n_heads * n_slots;

	*a = (struct attention){.dim = s->dim,
				.n_heads = s->n_heads,
				.width = width,
				.n_streams = n_streams,
				.ctx = s->ctx,
				.n_slots = n_slots};
	a->key = arena_take(arena, n_rows * width, sizeof *a->key);
	a->value = arena_take(arena, n_rows * width, sizeof *a->value);
	a->key_scale = arena_take(arena, n_rows, sizeof *a->key_scale);
	a->value_scale = arena_take(arena, n_rows, sizeof *a->value_scale);
	a->sine = arena_take(arena, TRANSFORMER_TURN, sizeof *a->sine);
	a->turn = arena_take(arena, width / 2, sizeof *a->turn);
	a->cos_now = arena_take(arena, (uint64_t)n_streams * width, sizeof *a->cos_now);
	a->sin_now = arena_take(arena, (uint64_t)n_streams * width, sizeof *a->sin_now);
	a->slot_now = arena_take(arena, n_streams, sizeof *a->slot_now);
	a->seen = arena_take(arena, n_streams, sizeof *a->seen);
	a->score = arena_take(arena, (uint64_t)n_streams * n_slots, sizeof *a->score);
	a->weight =
	    arena_take(arena, (uint64_t)n_streams * (n_slots + width), sizeof *a->weight);
}

uint32_t attention_row_order(uint32_t width, uint32_t i)
{
	uint32_t pair = i / KERNEL_LANES * HALF + i % HALF;

	return i % KERNEL_LANES < HALF ? pair : pair + width / 2;
}

void attention_prepare(struct attention *a, const struct transformer_shape *s)
{
	float width = (float)a->width;

	kernels()->rsqrt(&a->inverse_root, &width, 1);
	for (uint32_t i = 0; i < a->width / 2; i++)
		a->turn[i] = transformer_turn(s, i);
	/* Half a turn further every sine changes its sign, to the bit (elementary.c). */
	for (uint32_t t = 0; t < TRANSFORMER_TURN / 2; t++) {
		a->sine[t] = (float)elementary_sin_turn((double)t / TRANSFORMER_TURN);
		a->sine[t + TRANSFORMER_TURN / 2] = -a->sine[t];
	}
}

/* The angles of one position, as struct attend wants them. */
static void set_angles(const struct attention *a, uint32_t position, float *cosine, float *sine)
{
	for (uint32_t i = 0; i < a->width; i++) {
		uint32_t row = attention_row_order(a->width, i), pair = row % (a->width / 2);
		uint32_t t = position * a->turn[pair] % TRANSFORMER_TURN;

		cosine[i] = a->sine[(t + TRANSFORMER_TURN / 4) % TRANSFORMER_TURN];
		sine[i] = row == pair ? -a->sine[t] : a->sine[t];
	}
}

void attention_step(struct attention *a, const uint64_t *position, uint32_t first, uint32_t end)
{
	for (uint32_t s = first; s < end; s++) {
		a->slot_now[s] = (uint32_t)(position[s] % a->ctx);
		a->seen[s] = position[s] < a->ctx ? (uint32_t)position[s] + 1 : a->ctx;
		if (s > first && position[s] == position[s - 1]) {
			size_t at = (size_t)s * a->width, bytes = a->width * sizeof(float);

			memcpy(a->cos_now + at, a->cos_now + at - a->width, bytes);
			memcpy(a->sin_now + at, a->sin_now + at - a->width, bytes);
			continue;
		}
		set_angles(a, (uint32_t)(position[s] % TRANSFORMER_TURN),
			   a->cos_now + (size_t)s * a->width, a->sin_now + (size_t)s * a->width);
	}
}

void attention_row(struct attention *a, uint32_t layer, uint32_t stream, const float *qkv,
		   float *result)
{
	size_t row = ((size_t)layer * a->n_streams + stream) * a->n_heads * a->n_slots;

	kernels()->attend(&(struct attend){.n_heads = a->n_heads,
					   .width = a->width,
					   .n_slots = a->n_slots,
					   .n_seen = a->seen[stream],
					   .slot = a->slot_now[stream],
					   .query = qkv,
					   .fresh_key = qkv + a->dim,
					   .fresh_value = qkv + 2 * (size_t)a->dim,
					   .cosine = a->cos_now + (size_t)stream * a->width,
					   .sine = a->sin_now + (size_t)stream * a->width,
					   .root = a->inverse_root,
					   .key = a->key + row * a->width,
					   .value = a->value + row * a->width,
					   .key_scale = a->key_scale + row,
					   .value_scale = a->value_scale + row,
					   .score = a->score + (size_t)stream * a->n_slots,
					   .weight = a->weight +
						     (size_t)stream * (a->n_slots + a->width),
					   .result = result});
}
