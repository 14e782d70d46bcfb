/* SPDX-License-Identifier: BSD-2-Clause */
#include "transformer_attention.h"

#include "elementary.h"
#include "kernels.h"

#define CODE_LIMIT 127
#define WEIGHT_LIMIT 4095

_Static_assert((int64_t)TRANSFORMER_CTX_MAX * WEIGHT_LIMIT * CODE_LIMIT <= INT32_MAX,
	       "sums over a context are exact");

static uint32_t round_up(uint32_t x, uint32_t multiple)
{
	return (x + multiple - 1) / multiple * multiple;
}

void attention_lay_out(struct attention *a, const struct transformer_shape *s, uint32_t n_streams,
		       struct arena *arena)
{
	uint32_t width = s->dim / s->n_heads, n_slots = round_up(s->ctx, KERNEL_LANES);
	uint64_t n_rows = (uint64_t)s->n_layers * n_streams * s->n_heads * n_slots;

	*a = (struct attention){.dim = s->dim,
				.n_heads = s->n_heads,
				.width = width,
				.n_layers = s->n_layers,
				.n_streams = n_streams,
				.ctx = s->ctx,
				.n_slots = n_slots};
	a->key = arena_take(arena, n_rows * width, sizeof *a->key);
	a->value = arena_take(arena, n_rows * width, sizeof *a->value);
	a->key_scale = arena_take(arena, n_rows, sizeof *a->key_scale);
	a->value_scale = arena_take(arena, n_rows, sizeof *a->value_scale);
	a->sine = arena_take(arena, TRANSFORMER_TURN, sizeof *a->sine);
	a->turn = arena_take(arena, width / 2, sizeof *a->turn);
	a->cos_now = arena_take(arena, (uint64_t)n_streams * width / 2, sizeof *a->cos_now);
	a->sin_now = arena_take(arena, (uint64_t)n_streams * width / 2, sizeof *a->sin_now);
	a->slot_now = arena_take(arena, n_streams, sizeof *a->slot_now);
	a->seen = arena_take(arena, n_streams, sizeof *a->seen);
	a->turned = arena_take(arena, width, sizeof *a->turned);
	a->code = arena_take(arena, width, sizeof *a->code);
	a->exact = arena_take(arena, n_slots > width ? n_slots : width, sizeof *a->exact);
	a->score = arena_take(arena, n_slots, sizeof *a->score);
	a->weight = arena_take(arena, n_slots, sizeof *a->weight);
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

void attention_step(struct attention *a, const uint64_t *position)
{
	uint32_t n_pairs = a->width / 2;

	for (uint32_t s = 0; s < a->n_streams; s++) {
		float *cosine = a->cos_now + (size_t)s * n_pairs;
		float *sine = a->sin_now + (size_t)s * n_pairs;
		uint32_t p = (uint32_t)(position[s] % TRANSFORMER_TURN);

		a->slot_now[s] = (uint32_t)(position[s] % a->ctx);
		a->seen[s] = position[s] < a->ctx ? (uint32_t)position[s] + 1 : a->ctx;
		for (uint32_t i = 0; i < n_pairs; i++) {
			uint32_t t = p * a->turn[i] % TRANSFORMER_TURN;

			sine[i] = a->sine[t];
			cosine[i] = a->sine[(t + TRANSFORMER_TURN / 4) % TRANSFORMER_TURN];
		}
	}
}

/* Turn one head's query or key by the angles of a stream's position. */
static void rotate(const struct attention *a, uint32_t stream, const float *restrict x,
		   float *restrict y)
{
	uint32_t n_pairs = a->width / 2;
	const float *restrict cosine = a->cos_now + (size_t)stream * n_pairs;
	const float *restrict sine = a->sin_now + (size_t)stream * n_pairs;

	for (uint32_t i = 0; i < n_pairs; i++) {
		y[i] = x[i] * cosine[i] - x[i + n_pairs] * sine[i];
		y[i + n_pairs] = x[i] * sine[i] + x[i + n_pairs] * cosine[i];
	}
}

/* One head's keys, values and scales. */
struct head {
	int8_t *key, *value;
	float *key_scale, *value_scale;
};

static void store_key(const struct attention *a, struct head *h, uint32_t slot, const float *key)
{
	int8_t *to = h->key + (size_t)slot / KERNEL_LANES * KERNEL_LANES * a->width +
		     slot % KERNEL_LANES * 2;

	h->key_scale[slot] = kernels()->quantise(a->code, key, a->width, CODE_LIMIT);
	for (uint32_t c = 0; c < a->width; c += 2, to += 2 * KERNEL_LANES) {
		to[0] = (int8_t)a->code[c];
		to[1] = (int8_t)a->code[c + 1];
	}
}

static void store_value(const struct attention *a, struct head *h, uint32_t slot,
			const float *value)
{
	size_t panel = (size_t)a->n_slots * KERNEL_LANES;
	int8_t *to = h->value + (size_t)slot / 2 * 2 * KERNEL_LANES + slot % 2;

	h->value_scale[slot] = kernels()->quantise(a->code, value, a->width, CODE_LIMIT);
	for (uint32_t c = 0; c < a->width; c++)
		to[c / KERNEL_LANES * panel + c % KERNEL_LANES * 2] = (int8_t)a->code[c];
}

/* Weights of the slots in use, before the division by their sum, as integers: returns what turns
 * sums over them into the result. */
static float weigh(struct attention *a, const struct head *h, uint32_t n_seen, const float *query)
{
	const struct kernels *k = kernels();
	float scale = k->quantise(a->code, query, a->width, CODE_LIMIT) * a->inverse_root;
	struct int_product scores = {.m = 1,
				     .n = round_up(n_seen, KERNEL_LANES),
				     .k = a->width,
				     .x = a->code,
				     .w = h->key,
				     .y = a->exact};
	float sum;

	k->int_product(&scores);
	k->rescale(a->score, a->exact, scale, h->key_scale, n_seen);
	sum = k->softmax(a->score, a->score, n_seen);
	for (uint32_t t = 0; t < n_seen; t++)
		a->score[t] *= h->value_scale[t];
	scale = k->quantise(a->weight, a->score, n_seen, WEIGHT_LIMIT);
	if (n_seen % 2)
		a->weight[n_seen] = 0; /* products take slots in pairs */
	return scale / sum;
}

static void mix(struct attention *a, const struct head *h, uint32_t n_seen, float scale,
		float *result)
{
	struct int_product sums = {.m = 1,
				   .n = KERNEL_LANES,
				   .k = round_up(n_seen, 2),
				   .x = a->weight,
				   .w = h->value,
				   .y = a->exact};

	for (uint32_t c = 0; c < a->width; c += KERNEL_LANES) {
		kernels()->int_product(&sums);
		sums.w += (size_t)a->n_slots * KERNEL_LANES;
		sums.y += KERNEL_LANES;
	}
	for (uint32_t c = 0; c < a->width; c++)
		result[c] = (float)a->exact[c] * scale;
}

void attention_row(struct attention *a, uint32_t layer, uint32_t stream, const float *qkv,
		   float *result)
{
	uint32_t slot = a->slot_now[stream], n_seen = a->seen[stream];

	for (uint32_t i = 0; i < a->n_heads; i++) {
		size_t row = ((size_t)layer * a->n_streams + stream) * a->n_heads + i;
		struct head h = {.key = a->key + row * a->n_slots * a->width,
				 .value = a->value + row * a->n_slots * a->width,
				 .key_scale = a->key_scale + row * a->n_slots,
				 .value_scale = a->value_scale + row * a->n_slots};
		const float *query = qkv + (size_t)i * a->width;

		rotate(a, stream, query + a->dim, a->turned);
		store_key(a, &h, slot, a->turned);
		store_value(a, &h, slot, query + 2 * (size_t)a->dim);
		rotate(a, stream, query, a->turned);
		mix(a, &h, n_seen, weigh(a, &h, n_seen, a->turned), result + (size_t)i * a->width);
	}
}
