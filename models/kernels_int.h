/* SPDX-License-Identifier: BSD-2-Clause
 *
 * kernels_int.h - products of small integers (part of kernels_body.h).
 *
 * Weights are widened from 8 to 16 bits as they are loaded and multiplied in pairs (vpmaddwd or
 * vpdpwssd on x86-64): exact for every int8 and int16.  The instructions on bytes are twice as
 * wide, but one saturates, and the others would need activations of 8 bits.
 */
#ifndef TWOPART_KERNELS_INT_H
#define TWOPART_KERNELS_INT_H

#include "kernels.h"
#include "kernels_tiles.h"
#include "vec.h"

#define INT_START(r) struct ints s##r = ints_set(0);
#define INT_STEP(r) s##r = ints_dot2(s##r, w_t, x + (r) * x_row);
#define INT_END(r) ints_store(y + (r) * y_row, s##r);

/* n_pairs pairs of k, one panel of w. */
#define DEFINE_INT_TILE(rows)                                                                      \
	static void int_tile_##rows(size_t n_pairs, const int16_t *x, size_t x_row,                \
				    const int8_t *w, int32_t *y, size_t y_row)                     \
	{                                                                                          \
		EACH_ROW_##rows(INT_START) _Pragma("GCC unroll 2")                                 \
		for (; n_pairs; n_pairs--, x += 2, w += 2 * VEC_LANES)                             \
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

/* Panel by panel: each is read once for up to VEC_INT_ROWS rows, then comes from the first
 * cache. */
static void int_rows(const struct int_product *p)
{
	for (size_t j = 0; j < p->n; j += VEC_LANES)
		for (size_t i = 0; i < p->m; i += VEC_INT_ROWS) {
			size_t rows = p->m - i < VEC_INT_ROWS ? p->m - i : VEC_INT_ROWS;

			int_tiles[rows - 1](p->k / 2, p->x + i * p->x_row, p->x_row,
					    p->w + j * p->k, p->y + i * p->y_row + j, p->y_row);
		}
}

static void int_product(const struct int_product *p)
{
	if (p->m == 1)
		int_row(p);
	else
		int_rows(p);
}

/*
 * One row of x and panels of w that lie `apart` bytes from each other: they share what is loaded of
 * x, and their sums hide each other's latency.  Not inlined, here and above: the sums leave through
 * memory, because gcc 12 moves them around in the loop when it knows what becomes of them.
 */
#define PANEL_STEP(p) s##p = ints_dot2(s##p, pairs_load8(w + (p) * apart), x);
#define PANEL_END(p) ints_store(y + (p) * VEC_LANES, s##p);

#define DEFINE_INT_PANELS(panels)                                                                  \
	static __attribute__((noinline)) void int_panels_##panels(                                 \
	    size_t n_pairs, const int16_t *x, const int8_t *w, size_t apart, int32_t *y)           \
	{                                                                                          \
		EACH_ROW_##panels(INT_START)                                                       \
		for (; n_pairs; n_pairs--, x += 2, w += 2 * VEC_LANES)                             \
		{                                                                                  \
			EACH_ROW_##panels(PANEL_STEP)                                              \
		}                                                                                  \
		EACH_ROW_##panels(PANEL_END)                                                       \
	}

DEFINE_INT_PANELS(2)
DEFINE_INT_PANELS(4)

VEC_INLINE void make_real(float *y, const int32_t *exact, float x_scale, const float *w_scale)
{
	struct vec v = vec_mul(ints_to_vec(ints_load(exact)), vec_set(x_scale));

	vec_store(y, vec_mul(v, vec_load(w_scale)));
}

static void linear_row(const struct linear *p)
{
	int32_t exact[4 * VEC_LANES];
	size_t j = 0;

	for (; j + 4 * VEC_LANES <= p->n; j += 4 * VEC_LANES) {
		int_panels_4(p->k / 2, p->x, p->w + j * p->k, VEC_LANES * p->k, exact);
		for (size_t l = 0; l < 4 * VEC_LANES; l += VEC_LANES)
			make_real(p->y + j + l, exact + l, p->x_scale[0], p->w_scale + j + l);
	}
	for (; j < p->n; j += VEC_LANES) {
		int_tiles[0](p->k / 2, p->x, 0, p->w + j * p->k, exact, 0);
		make_real(p->y + j, exact, p->x_scale[0], p->w_scale + j);
	}
}

static void linear(const struct linear *p)
{
	int32_t exact[VEC_INT_ROWS * VEC_LANES];

	if (p->m == 1) {
		linear_row(p);
		return;
	}
	for (size_t j = 0; j < p->n; j += VEC_LANES)
		for (size_t i = 0; i < p->m; i += VEC_INT_ROWS) {
			size_t rows = p->m - i < VEC_INT_ROWS ? p->m - i : VEC_INT_ROWS;

			int_tiles[rows - 1](p->k / 2, p->x + i * p->x_row, p->x_row,
					    p->w + j * p->k, exact, VEC_LANES);
			for (size_t r = 0; r < rows; r++)
				make_real(p->y + (i + r) * p->y_row + j, exact + r * VEC_LANES,
					  p->x_scale[i + r], p->w_scale + j);
		}
}

#endif
