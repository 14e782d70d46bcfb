/* SPDX-License-Identifier: BSD-2-Clause
 *
 * kernels_gemm.h - the matrix product of floats (part of kernels_body.h).
 *
 * A tile of outputs stays in registers while k runs: a vector of b and a broadcast of a for each
 * row make one fused multiply-add an output, so the order of each sum is that of kernels.h by
 * itself.  Long k is cut into blocks, between which sums wait in c: nothing is rounded by that, and
 * the panel of b stays in the first cache.
 */
#ifndef TWOPART_KERNELS_GEMM_H
#define TWOPART_KERNELS_GEMM_H

#include "kernels.h"
#include "kernels_rows.h"
#include "kernels_tiles.h"

#define GEMM_BLOCK_K 256 /* times 16 floats: 16 KiB of b */
#define GEMM_GATHER_TILES 4
#define GEMM_WIDTH (VEC_TILE_PANELS * VEC_LANES)

struct gemm_tile {
	size_t k;
	const float *a;
	size_t a_row, a_k;
	const float *b;
	size_t b_panel, b_k;
	float *c;
	size_t c_row, columns; /* 1..16, or ..32 with two panels */
	bool resume;           /* sums go on from c */
};

/* The sums of a row: one vector, or those of two panels. */
#if VEC_TILE_PANELS == 1
struct sums {
	struct vec v;
};

VEC_INLINE struct sums sums_b(const float *b, size_t b_panel)
{
	(void)b_panel;
	return (struct sums){vec_load(b)};
}

VEC_INLINE struct sums sums_fma(struct vec a, struct sums b, struct sums c)
{
	return (struct sums){vec_fma(a, b.v, c.v)};
}

VEC_INLINE struct sums sums_load(const float *c, size_t columns, bool resume)
{
	return (struct sums){resume ? load(c, columns) : vec_set(0)};
}

VEC_INLINE void sums_store(float *c, struct sums s, size_t columns)
{
	store(c, s.v, columns);
}
#else
struct sums {
	struct vec v, w;
};

VEC_INLINE struct sums sums_b(const float *b, size_t b_panel)
{
	return (struct sums){vec_load(b), vec_load(b + b_panel)};
}

VEC_INLINE struct sums sums_fma(struct vec a, struct sums b, struct sums c)
{
	return (struct sums){vec_fma(a, b.v, c.v), vec_fma(a, b.w, c.w)};
}

VEC_INLINE struct sums sums_load(const float *c, size_t columns, bool resume)
{
	struct sums s = {vec_set(0), vec_set(0)};

	if (!resume)
		return s;
	s.v = load(c, columns < VEC_LANES ? columns : VEC_LANES);
	if (columns > VEC_LANES)
		s.w = load(c + VEC_LANES, columns - VEC_LANES);
	return s;
}

VEC_INLINE void sums_store(float *c, struct sums s, size_t columns)
{
	store(c, s.v, columns < VEC_LANES ? columns : VEC_LANES);
	if (columns > VEC_LANES)
		store(c + VEC_LANES, s.w, columns - VEC_LANES);
}
#endif

#define GEMM_START(r) struct sums s##r = sums_load(t->c + (r) * t->c_row, t->columns, t->resume);
#define GEMM_STEP(r) s##r = sums_fma(vec_set(a[(r) * a_row]), b_t, s##r);
#define GEMM_END(r) sums_store(t->c + (r) * t->c_row, s##r, t->columns);

#define DEFINE_GEMM_TILE(rows)                                                                     \
	static void gemm_tile_##rows(const struct gemm_tile *t)                                    \
	{                                                                                          \
		const size_t a_row = t->a_row, a_k = t->a_k, b_k = t->b_k, b_panel = t->b_panel;   \
		const float *a = t->a, *b = t->b;                                                  \
                                                                                                   \
		EACH_ROW_##rows(GEMM_START) for (size_t k = t->k; k; k--, a += a_k, b += b_k)      \
		{                                                                                  \
			struct sums b_t = sums_b(b, b_panel);                                      \
                                                                                                   \
			EACH_ROW_##rows(GEMM_STEP)                                                 \
		}                                                                                  \
		EACH_ROW_##rows(GEMM_END)                                                          \
	}

DEFINE_GEMM_TILE(1)
DEFINE_GEMM_TILE(2)
DEFINE_GEMM_TILE(3)
DEFINE_GEMM_TILE(4)
#if VEC_TILE_ROWS > 4
DEFINE_GEMM_TILE(5)
DEFINE_GEMM_TILE(6)
#endif
#if VEC_TILE_ROWS > 6
DEFINE_GEMM_TILE(7)
DEFINE_GEMM_TILE(8)
DEFINE_GEMM_TILE(9)
DEFINE_GEMM_TILE(10)
DEFINE_GEMM_TILE(11)
DEFINE_GEMM_TILE(12)
#endif

static void (*const gemm_tiles[])(const struct gemm_tile *t) = {
    gemm_tile_1, gemm_tile_2, gemm_tile_3, gemm_tile_4,
#if VEC_TILE_ROWS > 4
    gemm_tile_5, gemm_tile_6,
#endif
#if VEC_TILE_ROWS > 6
    gemm_tile_7, gemm_tile_8, gemm_tile_9, gemm_tile_10, gemm_tile_11, gemm_tile_12,
#endif
};

/* Rows far apart share a few places of the first cache, so a panel that many tiles will read is
 * brought together first.  (To do so with a, too, costs more than it brings.) */
static void gemm_gather(struct gemm_tile *t, float *room)
{
	for (size_t k = 0; k < t->k; k++)
		sums_store(room + k * GEMM_WIDTH, sums_b(t->b + k * t->b_k, t->b_panel),
			   GEMM_WIDTH);
	t->b = room;
	t->b_k = GEMM_WIDTH;
	t->b_panel = VEC_LANES;
}

/* All rows of some columns; t.a and t.c stand at row 0. */
static void gemm_columns(struct gemm_tile t, size_t m)
{
	for (size_t i = 0; i < m; i += VEC_TILE_ROWS) {
		const size_t rows = m - i < VEC_TILE_ROWS ? m - i : VEC_TILE_ROWS;

		gemm_tiles[rows - 1](&t);
		t.a += rows * t.a_row;
		t.c += rows * t.c_row;
	}
}

static void gemm_product(const struct gemm *g)
{
	_Alignas(64) float room[GEMM_BLOCK_K * GEMM_WIDTH];
	const bool gather = g->b_k != VEC_LANES && g->m >= GEMM_GATHER_TILES * VEC_TILE_ROWS;
	size_t k0 = 0, k;

	do {
		k = g->k - k0 < GEMM_BLOCK_K ? g->k - k0 : GEMM_BLOCK_K;
		for (size_t j = 0; j < g->n; j += GEMM_WIDTH) {
			const size_t columns = g->n - j < GEMM_WIDTH ? g->n - j : GEMM_WIDTH;
			struct gemm_tile t = {
			    .k = k,
			    .a = g->a + k0 * g->a_k,
			    .a_row = g->a_row,
			    .a_k = g->a_k,
			    .b = g->b + j / VEC_LANES * g->b_panel + k0 * g->b_k,
			    .b_panel = columns > VEC_LANES ? g->b_panel : 0,
			    .b_k = g->b_k,
			    .c = g->c + j,
			    .c_row = g->c_row,
			    .columns = columns,
			    .resume = g->accumulate || k0 > 0,
			};

			if (gather)
				gemm_gather(&t, room);
			gemm_columns(t, g->m);
		}
		k0 += k;
	} while (k0 < g->k);
}

static void gemm_pack(float *panels, const float *b, size_t b_k, size_t b_n, size_t k, size_t n)
{
	for (size_t j = 0; j < n; j += VEC_LANES, b += VEC_LANES * b_n) {
		const size_t columns = n - j < VEC_LANES ? n - j : VEC_LANES;

		for (size_t t = 0; t < k; t++, panels += VEC_LANES) {
			const float *row = b + t * b_k;

			if (b_n == 1) {
				vec_store(panels, load(row, columns));
				continue;
			}
			for (size_t l = 0; l < columns; l++)
				panels[l] = row[l * b_n];
			for (size_t l = columns; l < VEC_LANES; l++)
				panels[l] = 0;
		}
	}
}

#endif
