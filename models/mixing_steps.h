/* SPDX-License-Identifier: BSD-2-Clause
 *
 * mixing_steps.h - what the mixing core does for each bit.
 *
 * Included by files that are compiled once for each form of instructions (vec.h).  All numbers are
 * floats or integers, and every operation stands here in a fixed order: a product and a sum are two
 * roundings, never one, because plain C would have to imitate what only some processors have.  So
 * every form, compiler and machine computes the same bits, and all of them fast.
 */
#ifndef TWOPART_MIXING_STEPS_H
#define TWOPART_MIXING_STEPS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "mixing.h"
#include "vec.h"

#define WORTH_RATE_LOG2 9

/* --- slots --- */

/* The slot of a context with this hash in a table of 2^lines_log2 lines; its first byte is the
 * check byte, its histories follow. */
VEC_INLINE uint8_t *slot_find(uint8_t *table, unsigned lines_log2, uint32_t hash)
{
	uint8_t *line = table + ((size_t)(hash >> (32 - lines_log2)) * SLOT_LINE_BYTES);
	uint8_t check = (uint8_t)hash;
	unsigned found = (line[0] == check) | (line[16] == check) << 1 | (line[32] == check) << 2 |
			 (line[48] == check) << 3;

	if (found)
		return line + SLOT_BYTES * (unsigned)__builtin_ctz(found);
	uint8_t *victim = line[1] <= line[17] ? line : line + 16;
	uint8_t *other = line[33] <= line[49] ? line + 32 : line + 48;

	victim = victim[1] <= other[1] ? victim : other;
	memset(victim, 0, SLOT_BYTES);
	victim[0] = check;
	return victim;
}

VEC_INLINE void slot_prefetch(const uint8_t *table, unsigned lines_log2, uint32_t hash)
{
	__builtin_prefetch(table + ((size_t)(hash >> (32 - lines_log2)) * SLOT_LINE_BYTES));
}

/* --- log-odds --- */

/* Whole vectors, of which one lane is wanted: in C alone it would be two jumps. */
VEC_INLINE float limit_stretch(float x)
{
	return vec_lane0(vec_max(vec_min(vec_set(x), vec_set(MIXING_STRETCH_MAX)),
				 vec_set(-MIXING_STRETCH_MAX)));
}

VEC_INLINE float squash(const struct mixing_tables *t, float x)
{
	return t->squash[(int)((limit_stretch(x) + MIXING_STRETCH_MAX) * MIXING_SQUASH_SCALE)];
}

/* p in units of 2^-22 */
VEC_INLINE float stretch22(const struct mixing_tables *t, uint32_t p)
{
	return t->stretch[p >> (22 - MIXING_STRETCH_LOG2)];
}

/* --- histories and what they were worth --- */

VEC_INLINE void worth_learn(uint32_t *p, unsigned bit)
{
	*p = (uint32_t)((int32_t)*p + (((int32_t)(bit << 22) - (int32_t)*p) >> WORTH_RATE_LOG2));
}

/* The bit came; the rate is 1 / (n + 1.5), n told so far but at most `limit`,
 * 7 <= limit < 1024: steps are rounded down, and those of a smaller n could pass 0. */
VEC_INLINE void count_learn(uint32_t *p_count, const struct mixing_tables *t, unsigned bit,
			    uint32_t limit)
{
	uint32_t n = *p_count & 1023, p = *p_count >> 10;
	int32_t error = ((int32_t)(bit << 22) - (int32_t)p) >> 3;

	p += (uint32_t)((error * (int64_t)t->reciprocal[n]) >> 13);
	*p_count = p << 10 | (n < limit ? n + 1 : n);
}

VEC_INLINE void indirect_learn(struct indirect *e, const struct mixing_tables *t, unsigned bit,
			       uint32_t limit)
{
	count_learn(&e->p_count, t, bit, limit);
	e->stretch = stretch22(t, e->p_count >> 10);
}

/* --- direct counts --- */

/* The line of the context with this hash in a table of 2^lines_log2, 1 <= lines_log2 <= 32: it has
 * two places, of which the one that was told less at its first node gives way. */
VEC_INLINE struct direct_line *direct_find(struct direct_line *table, unsigned lines_log2,
					   uint32_t hash)
{
	uint32_t at = hash * 0x9e3779b1u >> (32 - lines_log2);
	struct direct_line *line = &table[at], *other = &table[at ^ 1];

	if (line->check == hash)
		return line;
	if (other->check == hash)
		return other;
	if ((other->p_count[0] & 1023) < (line->p_count[0] & 1023))
		line = other;
	direct_start(line, hash);
	return line;
}

/* --- mixer --- */

/*
 * The weights of an input are the sum of those of all sets: sum over i of (sum over s of
 * weight[s][i]) x input[i], i < 16 n_vecs; sets first, then lane by lane, then the tree of vec.h.
 */
VEC_INLINE float mixer_sum(float *const *weight, unsigned n_sets, const float *input,
			   unsigned n_vecs)
{
	struct vec sum = vec_set(0);

	for (unsigned i = 0; i < n_vecs; i++) {
		struct vec w = vec_load(weight[0] + VEC_LANES * i);

		for (unsigned s = 1; s < n_sets; s++)
			w = vec_add(w, vec_load(weight[s] + VEC_LANES * i));
		sum = vec_add(sum, vec_mul(w, vec_load(input + VEC_LANES * i)));
	}
	return vec_tree_add(sum);
}

/* weight[s][i] += step x input[i]: step is the error times a rate. */
VEC_INLINE void mixer_learn(float *const *weight, unsigned n_sets, const float *input,
			    unsigned n_vecs, float step)
{
	struct vec steps = vec_set(step);

	for (unsigned i = 0; i < n_vecs; i++) {
		struct vec change = vec_mul(steps, vec_load(input + VEC_LANES * i));

		for (unsigned s = 0; s < n_sets; s++) {
			float *w = weight[s] + VEC_LANES * i;

			vec_store(w, vec_add(vec_load(w), change));
		}
	}
}

/* --- adaptive probability map --- */

struct apm_place {
	uint16_t *cell; /* the lower of the two that the log-odds lie between */
	float upper;    /* how far towards the other one, 0..1 */
};

/* What log-odds x are worth by the cells of one context; remembers the place for apm_learn(). */
VEC_INLINE float apm_refine(uint16_t *cells, float x, struct apm_place *place)
{
	float at = (limit_stretch(x) + MIXING_STRETCH_MAX) *
		   ((APM_CELLS - 1.01f) / (2 * MIXING_STRETCH_MAX));
	int i = (int)at;

	place->cell = cells + i;
	place->upper = at - (float)i;
	return ((float)cells[i] * (1 - place->upper) + (float)cells[i + 1] * place->upper) *
	       (1.0f / 65536);
}

/* Move the nearer of the two cells by 2^-rate of its error. */
VEC_INLINE void apm_learn(const struct apm_place *place, unsigned bit, unsigned rate)
{
	uint16_t *cell = place->cell + (place->upper > 0.5f);
	int32_t target = bit ? 65535 : 0;

	*cell = (uint16_t)(*cell + ((target - *cell) >> rate));
}

#endif
