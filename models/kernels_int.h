/* SPDX-License-Identifier: BSD-2-Clause
 *
 * kernels_int.h - products of small integers (part of kernels_body.h).
 *
 * Weights are widened from 8 to 16 bits as they are loaded and multiplied in pairs (vpmaddwd or
 * vpdpwssd on x86-64): exact for every int8 and int16.  The instructions on bytes are twice as wide,
 * but one saturates, and the others would need activations of 8 bits.
 */
#ifndef TWOPART_KERNELS_INT_H
#define TWOPART_KERNELS_INT_H

#include "kernels.h"
#include "kernels_tiles.h"
#include "vec.h"

/* One row and one panel of w, or four that lie `apart` bytes from each other. */
VEC_INLINE struct ints int_panel(size_t n_pairs, const int16_t *x, const int8_t *w)
{
	struct ints sum = ints_set(0);

	for (; n_pairs; n_pairs--, x += 2, w += 2 * VEC_LANES)
		sum = ints_dot2(sum, pairs_load8(w), x);
	return sum;
}

VEC_INLINE void int_panels_4(size_t n_pairs, const int16_t *x, const int8_t *w, size_t apart,
			     struct ints sum[4])
{
	struct ints s0 = ints_set(0), s1 = s0, s2 = s0, s3 = s0;

	for (; n_pairs; n_pairs--, x += 2, w += 2 * VEC_LANES) {
		s0 = ints_dot2(s0, pairs_load8(w), x);
		s1 = ints_dot2(s1, pairs_load8(w + apart), x);
		s2 = ints_dot2(s2, pairs_load8(w + 2 * apart), x);
		s3 = ints_dot2(s3, pairs_load8(w + 3 * apart), x);
	}
	sum[0] = s0;
	sum[1] = s1;
	sum[2] = s2;
	sum[3] = s3;
}

#define INT_START(r) struct ints s##r = ints_set(0);
#define INT_STEP(r) s##r = ints_dot2(s##r, w_t, x + (r) * x_row);
#define INT_END(r) ints_store(y + (r) * y_row, s##r);

/* n_pairs pairs of k, one panel of w. */
#define DEFINE_INT_TILE(rows)                                                                      \
	static void int_tile_##rows(size_t n_pairs, const int16_t *x, size_t x_row,                \
				    const int8_t *w, int32_t *y, size_t y_row)                     \
	{                                                                                          \
		EACH_ROW_##rows(INT_START) for (; n_pairs; n_pairs--, x += 2, w += 2 * VEC_LANES)  \
		{                                                                                  \
			struct pairs w_t = pairs_load8(w);                                         \
                                                                                                   \
			EACH_ROW_##rows(INT_STEP)                                                  \
		}                                                                                  \
		EACH_ROW_##rows(INT_END)                                                           \
	}

DEFINE_INT_TILE(1)
DEFINE_INT_TILE(2)
DEFINE_INT_TILE(3)
DEFINE_INT_TILE(4)
#if VEC_INT_ROWS > 4
DEFINE_INT_TILE(5)
DEFINE_INT_TILE(6)
DEFINE_INT_TILE(7)
DEFINE_INT_TILE(8)
#endif

static void (*const int_tiles[])(size_t n_pairs, const int16_t *x, size_t x_row, const int8_t *w,
				 int32_t *y, size_t y_row) = {
    int_tile_1, int_tile_2, int_tile_3, int_tile_4,
#if VEC_INT_ROWS > 4
    int_tile_5, int_tile_6, int_tile_7, int_tile_8,
#endif
};

/* One row and two panels, that the sums do not wait for each other. */
static void int_tile_wide(size_t n_pairs, const int16_t *x, const int8_t *w, int32_t *y)
{
	const int8_t *v = w + n_pairs * 2 * VEC_LANES;
	struct ints s = ints_set(0), r = s;

	for (; n_pairs; n_pairs--, x += 2, w += 2 * VEC_LANES, v += 2 * VEC_LANES) {
		s = ints_dot2(s, pairs_load8(w), x);
		r = ints_dot2(r, pairs_load8(v), x);
	}
	ints_store(y, s);
	ints_store(y + VEC_LANES, r);
}

/* One row: the weights are read once. */
static void int_row(const struct int_product *p)
{
	size_t j = 0;

	for (; j + VEC_LANES < p->n; j += 2 * VEC_LANES)
		int_tile_wide(p->k / 2, p->x, p->w + j * p->k, p->y + j);
	if (j < p->n)
		int_tile_1(p->k / 2, p->x, p->x_row, p->w + j * p->k, p->y + j, p->y_row);
}

/* Panel by panel: each is read once for up to VEC_INT_ROWS rows, then comes from the first cache. */
static void int_rows(const struct int_product *p)
{
	for (size_t j = 0; j < p->n; j += VEC_LANES)
		for (size_t i = 0; i < p->m; i += VEC_INT_ROWS) {
			size_t rows = p->m - i < VEC_INT_ROWS ? p->m - i : VEC_INT_ROWS;

			int_tiles[rows - 1](p->k / 2, p->x + i * p->x_row, p->x_row, p->w + j * p->k,
					    p->y + i * p->y_row + j, p->y_row);
		}
}

static void int_product(const struct int_product *p)
{
	if (p->m == 1)
		int_row(p);
	else
		int_rows(p);
}

#define LINEAR_END(r)                                                                              \
	vec_store(y + (r) * y_row, vec_mul(vec_mul(ints_to_vec(s##r), vec_set(x_scale[r])), scale));

/* The same, made real. */
#define DEFINE_LINEAR_TILE(rows)                                                                   \
	static void linear_tile_##rows(size_t n_pairs, const int16_t *x, size_t x_row,             \
				       const float *x_scale, const int8_t *w,                      \
				       const float *w_scale, float *y, size_t y_row)               \
	{                                                                                          \
		struct vec scale = vec_load(w_scale);                                              \
                                                                                                   \
		EACH_ROW_##rows(INT_START) for (; n_pairs; n_pairs--, x += 2, w += 2 * VEC_LANES)  \
		{                                                                                  \
			struct pairs w_t = pairs_load8(w);                                         \
                                                                                                   \
			EACH_ROW_##rows(INT_STEP)                                                  \
		}                                                                                  \
		EACH_ROW_##rows(LINEAR_END)                                                        \
	}

DEFINE_LINEAR_TILE(1)
DEFINE_LINEAR_TILE(2)
DEFINE_LINEAR_TILE(3)
DEFINE_LINEAR_TILE(4)
#if VEC_INT_ROWS > 4
DEFINE_LINEAR_TILE(5)
DEFINE_LINEAR_TILE(6)
DEFINE_LINEAR_TILE(7)
DEFINE_LINEAR_TILE(8)
#endif

static void (*const linear_tiles[])(size_t n_pairs, const int16_t *x, size_t x_row,
				    const float *x_scale, const int8_t *w, const float *w_scale,
				    float *y, size_t y_row) = {
    linear_tile_1, linear_tile_2, linear_tile_3, linear_tile_4,
#if VEC_INT_ROWS > 4
    linear_tile_5, linear_tile_6, linear_tile_7, linear_tile_8,
#endif
};

/* One row: four panels share what is loaded of x, and eight sums hide each other's latency. */
static void linear_row(const struct linear *p)
{
	const struct vec x_scale = vec_set(p->x_scale[0]);
	size_t j = 0;

	for (; j + 4 * VEC_LANES <= p->n; j += 4 * VEC_LANES) {
		struct ints s[4];

		int_panels_4(p->k / 2, p->x, p->w + j * p->k, VEC_LANES * p->k, s);
		for (size_t b = 0; b < 4; b++)
			vec_store(p->y + j + b * VEC_LANES,
				  vec_mul(vec_mul(ints_to_vec(s[b]), x_scale),
					  vec_load(p->w_scale + j + b * VEC_LANES)));
	}
	for (; j < p->n; j += VEC_LANES)
		linear_tile_1(p->k / 2, p->x, 0, p->x_scale, p->w + j * p->k, p->w_scale + j,
			      p->y + j, 0);
}

static void linear(const struct linear *p)
{
	if (p->m == 1) {
		linear_row(p);
		return;
	}
	for (size_t j = 0; j < p->n; j += VEC_LANES)
		for (size_t i = 0; i < p->m; i += VEC_INT_ROWS) {
			size_t rows = p->m - i < VEC_INT_ROWS ? p->m - i : VEC_INT_ROWS;

			linear_tiles[rows - 1](p->k / 2, p->x + i * p->x_row, p->x_row,
					       p->x_scale + i, p->w + j * p->k, p->w_scale + j,
					       p->y + i * p->y_row + j, p->y_row);
		}
}

#endif
