/* SPDX-License-Identifier: BSD-2-Clause
 *
 * kernels_attend.h - attention of one position to those before it (part of kernels_body.h).
 *
 * One kernel and not a chain of the small ones, because each head's rows are short: the chain spent
 * more time on calls, and on rows that went through memory, than on their numbers.  Every step
 * rounds as the kernel of its name does, so the result is that of the chain, to the bit.
 */
#ifndef TWOPART_KERNELS_ATTEND_H
#define TWOPART_KERNELS_ATTEND_H

#include "kernels.h"
#include "kernels_int.h"
#include "kernels_rows.h"
#include "vec.h"

#define ATTEND_CODE_LIMIT 127
#define ATTEND_WEIGHT_LIMIT 4095

/* As quantise_row(), given the maximum: what rows are multiplied by, and what undoes it. */
struct rounding {
	struct vec scale, limit, minus_limit;
	float unit;
};

VEC_INLINE struct rounding rounding_of(struct vec lanes_max, float limit)
{
	float max = vec_tree_max(lanes_max);
	bool is_zero = max < QUANTISE_MIN;

	return (struct rounding){vec_set(is_zero ? 0 : limit / max), vec_set(limit),
				 vec_set(-limit), is_zero ? 0 : max / limit};
}

VEC_INLINE void round_lanes(const struct rounding *r, int16_t *code, struct vec x)
{
	struct vec v = vec_mul(x, r->scale);

	ints_store16(code, vec_round(vec_max(vec_min(v, r->limit), r->minus_limit)));
}

VEC_INLINE struct vec turn_lanes(const struct attend *a, const float *x, size_t c)
{
	struct vec v = vec_load(x + c);

	return vec_add(vec_mul(v, vec_load(a->cosine + c)),
		       vec_mul(vec_swap(v), vec_load(a->sine + c)));
}

/* Round a turned query or key to code[]; returns its scale. */
VEC_INLINE float attend_turn(const struct attend *a, const float *x, int16_t *code)
{
	struct vec max = vec_set(0);
	struct rounding r;

	for (size_t c = 0; c < a->width; c += VEC_LANES)
		max = vec_max(vec_abs(turn_lanes(a, x, c)), max);
	r = rounding_of(max, ATTEND_CODE_LIMIT);
	for (size_t c = 0; c < a->width; c += VEC_LANES)
		round_lanes(&r, code + c, turn_lanes(a, x, c));
	return r.unit;
}

VEC_INLINE void attend_store_key(const struct attend *a, size_t head, int16_t *code)
{
	int8_t *to = a->key + head * a->n_slots * a->width +
		     a->slot / VEC_LANES * VEC_LANES * a->width + a->slot % VEC_LANES * 2;

	a->key_scale[head * a->n_slots + a->slot] =
	    attend_turn(a, a->fresh_key + head * a->width, code);
	for (size_t c = 0; c < a->width; c += VEC_LANES)
#pragma GCC unroll 8
		for (size_t l = 0; l < VEC_LANES; l += 2, to += 2 * VEC_LANES) {
			to[0] = (int8_t)code[c + l];
			to[1] = (int8_t)code[c + l + 1];
		}
}

VEC_INLINE void attend_store_value(const struct attend *a, size_t head, int16_t *code)
{
	const float *x = a->fresh_value + head * a->width;
	int8_t *to = a->value + head * a->n_slots * a->width + a->slot / 2 * 2 * VEC_LANES +
		     a->slot % 2;
	struct vec max = vec_set(0);
	struct rounding r;

	for (size_t c = 0; c < a->width; c += VEC_LANES)
		max = vec_max(vec_abs(vec_load(x + c)), max);
	r = rounding_of(max, ATTEND_CODE_LIMIT);
	a->value_scale[head * a->n_slots + a->slot] = r.unit;
	for (size_t c = 0; c < a->width; c += VEC_LANES, to += a->n_slots * VEC_LANES) {
		round_lanes(&r, code, vec_load(x + c));
#pragma GCC unroll 16
		for (size_t l = 0; l < VEC_LANES; l++)
			to[2 * l] = (int8_t)code[l];
	}
}

/* Of 16 slots from t on; lanes that are not in use are below all others. */
VEC_INLINE void score_lanes(const struct attend *a, size_t t, const int32_t *product, float scale,
			    const float *key_scale, struct vec *max)
{
	struct vec score = vec_mul(vec_mul(ints_to_vec(ints_load(product)), vec_set(scale)),
				   vec_load(key_scale + t));

	if (a->n_seen - t < VEC_LANES)
		score = vec_keep(score, a->n_seen - t, -__builtin_inff());
	vec_store(a->score + t, score);
	*max = vec_max(score, *max);
}

/* All scores of a head; returns the largest. */
VEC_INLINE float attend_scores(const struct attend *a, size_t head, const int16_t *code,
			       float scale)
{
	const int8_t *key = a->key + head * a->n_slots * a->width;
	const float *key_scale = a->key_scale + head * a->n_slots;
	size_t panel = VEC_LANES * a->width, t = 0;
	struct vec max = vec_set(-__builtin_inff());
	int32_t product[4 * VEC_LANES];

	for (; t + 3 * VEC_LANES < a->n_seen; t += 4 * VEC_LANES, key += 4 * panel) {
		int_panels_4(a->width / 2, code, key, panel, product);
		for (size_t i = 0; i < 4 * VEC_LANES; i += VEC_LANES)
			score_lanes(a, t + i, product + i, scale, key_scale, &max);
	}
	for (; t < a->n_seen; t += VEC_LANES, key += panel) {
		int_tiles[0](a->width / 2, code, 0, key, product, 0);
		score_lanes(a, t, product, scale, key_scale, &max);
	}
	return vec_tree_max(max);
}

/* Scores to rounded weights; returns what makes sums over them results.  The slots that are not in
 * use get weight 0. */
VEC_INLINE float attend_weights(const struct attend *a, size_t head, float largest)
{
	const float *value_scale = a->value_scale + head * a->n_slots;
	struct vec sum = vec_set(0), max = vec_set(0);
	struct rounding r;

	for (size_t t = 0; t < a->n_seen; t += VEC_LANES) {
		struct vec e = exp_lanes(vec_sub(vec_load(a->score + t), vec_set(largest)));

		if (a->n_seen - t < VEC_LANES)
			e = vec_keep(e, a->n_seen - t, 0);
		sum = vec_add(sum, e);
		e = vec_mul(e, vec_load(value_scale + t));
		vec_store(a->score + t, e);
		max = vec_max(vec_abs(e), max);
	}
	r = rounding_of(max, ATTEND_WEIGHT_LIMIT);
	for (size_t t = 0; t < a->n_seen; t += VEC_LANES)
		round_lanes(&r, a->weight + t, vec_load(a->score + t));
	return r.unit / vec_tree_add(sum);
}

VEC_INLINE void attend_mix(const struct attend *a, size_t head, float scale)
{
	const int8_t *value = a->value + head * a->n_slots * a->width;
	float *result = a->result + head * a->width;
	size_t n_pairs = (a->n_seen + 1) / 2, panel = a->n_slots * VEC_LANES, c = 0;

	int32_t sum[2 * VEC_LANES];

	for (; c + VEC_LANES < a->width; c += 2 * VEC_LANES, value += 2 * panel) {
		int_panels_2(n_pairs, a->weight, value, panel, sum);
		vec_store(result + c, vec_mul(ints_to_vec(ints_load(sum)), vec_set(scale)));
		vec_store(result + c + VEC_LANES,
			  vec_mul(ints_to_vec(ints_load(sum + VEC_LANES)), vec_set(scale)));
	}
	if (c < a->width) {
		int_tiles[0](n_pairs, a->weight, 0, value, sum, 0);
		vec_store(result + c, vec_mul(ints_to_vec(ints_load(sum)), vec_set(scale)));
	}
}

/* Everything is stored before anything is looked at: loads of what single bytes were just written
 * to would wait for them. */
static void attend(const struct attend *a)
{
	int16_t *code = a->weight + a->n_slots;

	for (size_t head = 0; head < a->n_heads; head++) {
		attend_store_key(a, head, code);
		attend_store_value(a, head, code);
	}
	for (size_t head = 0; head < a->n_heads; head++) {
		float scale = attend_turn(a, a->query + head * a->width, code) * a->root;
		float largest = attend_scores(a, head, code, scale);

		attend_mix(a, head, attend_weights(a, head, largest));
	}
}

#endif
