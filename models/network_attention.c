/* SPDX-License-Identifier: BSD-2-Clause
 *
 * network_attention.c - queries, keys and values to what each position takes from its context.
 *
 * Window by window and head by head, in chunks of rows.  A chunk meets only the columns from the
 * first row's context to its last row: with short sentences a narrow band along the diagonal.  Of
 * these, each row's softmax runs over its own context, and the others are 0.
 *
 * Probabilities are never divided by their sum: P = share E with E = exp(score - largest), so
 * mixed = share (E V), and with a = share d_mixed, both for each row,
 *
 *      dV = E^T a        d_score = E (a V^T - a . mixed)
 *
 * which takes one multiplication an element.
 */
#include <string.h>

#include "kernels.h"
#include "network_layer.h"

/* Rows of one head in one window, all of the same stride. */
struct head {
	const float *q, *k, *v; /* (length, head_width) */
	size_t first_row;       /* of the window in the group */
	size_t offset;          /* of the head in a row */
	float *score;           /* (length, score_stride) E from forward to backward, or NULL */
};

static struct head head_of(const struct network *n, const struct network_kept *kept,
			   size_t window, size_t head)
{
	size_t row = window * n->length, dim = n->shape.dim;
	size_t at = (window * n->shape.n_heads + head) * n->length * n->score_stride;
	const float *q = kept->qkv + row * n->qkv_stride + head * n->head_width;

	return (struct head){
	    .q = q,
	    .k = q + dim,
	    .v = q + 2 * dim,
	    .first_row = row,
	    .offset = head * n->head_width,
	    .score = kept->score ? kept->score + at : NULL,
	};
}

/* Panels of the transposed rows: b(t, j) = x_j[t]. */
static void transpose(const struct network *n, float *panels, const float *x)
{
	kernels()->gemm_pack(panels, x, 1, n->qkv_stride, n->head_width, n->length);
}

/* A chunk of rows and the columns that they can see. */
struct chunk {
	size_t row, rows;
	size_t column, columns; /* the first a multiple of a panel's width */
};

static struct chunk chunk_at(const struct network *n, const uint32_t *begin, size_t row)
{
	struct chunk c = {.row = row, .rows = n->length - row};

	c.rows = c.rows < NETWORK_CHUNK ? c.rows : NETWORK_CHUNK;
	c.column = begin[row] / KERNEL_LANES * KERNEL_LANES;
	c.columns = row + c.rows - c.column;
	return c;
}

/* x (of the chunk's rows) times the transposed rows of the chunk's columns. */
static void times_columns(const struct network *n, const struct chunk *c, const float *x,
			  size_t x_stride, const float *panels, float *out, bool add)
{
	kernels()->gemm(&(struct gemm){.m = c->rows,
				       .n = c->columns,
				       .k = n->head_width,
				       .a = x,
				       .a_row = x_stride,
				       .a_k = 1,
				       .b = panels + c->column * n->head_width,
				       .b_panel = KERNEL_LANES * n->head_width,
				       .b_k = KERNEL_LANES,
				       .c = out,
				       .c_row = n->score_stride,
				       .accumulate = add});
}

/* out = weights (rows, columns) times x, a row for each column; b_row is its stride. */
static void mix_columns(const struct network *n, const struct chunk *c, const float *weight,
			const float *x, size_t x_stride, float *out, size_t out_stride)
{
	kernels()->gemm(&(struct gemm){.m = c->rows,
				       .n = n->head_width,
				       .k = c->columns,
				       .a = weight,
				       .a_row = n->score_stride,
				       .a_k = 1,
				       .b = x,
				       .b_panel = KERNEL_LANES,
				       .b_k = x_stride,
				       .c = out,
				       .c_row = out_stride});
}

/* out (a row for each column) += transposed weights times x, a row for each row. */
static void mix_rows(const struct network *n, const struct chunk *c, const float *weight,
		     const float *x, size_t x_stride, float *out, size_t out_stride)
{
	kernels()->gemm(&(struct gemm){.m = c->columns,
				       .n = n->head_width,
				       .k = c->rows,
				       .a = weight,
				       .a_row = 1,
				       .a_k = n->score_stride,
				       .b = x,
				       .b_panel = KERNEL_LANES,
				       .b_k = x_stride,
				       .c = out,
				       .c_row = out_stride,
				       .accumulate = true});
}

/* Where the E of a chunk is kept, or made anew. */
static float *score_of(const struct network *n, struct network_slot *s, const struct head *h,
		       const struct chunk *c)
{
	return h->score ? h->score + c->row * n->score_stride : s->score;
}

/* E of a chunk, and share[] of its rows unless NULL. */
static void score_chunk(const struct network *n, struct network_slot *s, const struct head *h,
			const struct chunk *c, float *share)
{
	const uint32_t *begin = s->begin + h->first_row;
	float *score = score_of(n, s, h, c);

	times_columns(n, c, h->q + c->row * n->qkv_stride, n->qkv_stride, s->key, score, false);
	for (size_t i = 0; i < c->rows; i++) {
		float *row = score + i * n->score_stride;
		size_t from = begin[c->row + i] - c->column, to = c->row + i + 1 - c->column;
		float sum = kernels()->softmax(row + from, row + from, to - from);

		memset(row, 0, from * sizeof *row);
		memset(row + to, 0, (c->columns - to) * sizeof *row);
		if (share)
			share[c->row + i] = 1 / sum;
	}
}

static void multiply_rows(float *y, const float *x, size_t n)
{
#pragma omp simd
	for (size_t i = 0; i < n; i++)
		y[i] *= x[i];
}

/* Turn the pairs (i, i + width / 2) of all heads in a row; sign -1 turns back. */
static void rotate_row(const struct network *n, float *x, const float *cosine, const float *sine,
		       float sign, float scale)
{
	size_t half = n->head_width / 2;

	for (size_t head = 0; head < n->shape.n_heads; head++, x += n->head_width) {
#pragma omp simd
		for (size_t i = 0; i < half; i++) {
			float a = x[i], b = x[i + half], c = scale * cosine[i];
			float d = scale * sign * sine[i];

			x[i] = a * c - b * d;
			x[i + half] = b * c + a * d;
		}
	}
}

static void rotate(const struct network *n, const uint32_t *begin, float *qkv, size_t n_windows,
		   float sign)
{
	size_t half = n->head_width / 2;

	for (size_t row = 0; row < n_windows * n->length; row++) {
		size_t position = row % n->length - begin[row];
		const float *cosine = n->cosine + position * half,
			    *sine = n->sine + position * half;
		float *x = qkv + row * n->qkv_stride;

		rotate_row(n, x, cosine, sine, sign, n->query_scale);
		rotate_row(n, x + n->shape.dim, cosine, sine, sign, 1);
	}
}

static void head_forward(const struct network *n, struct network_slot *s, struct network_kept *kept,
			 const struct head *h, float *share)
{
	const uint32_t *begin = s->begin + h->first_row;
	float *mixed = kept->mixed + h->first_row * n->dim_stride + h->offset;

	transpose(n, s->key, h->k);
	for (size_t at = 0; at < n->length; at += NETWORK_CHUNK) {
		struct chunk c = chunk_at(n, begin, at);
		float *out = mixed + at * n->dim_stride;

		score_chunk(n, s, h, &c, share);
		mix_columns(n, &c, score_of(n, s, h, &c), h->v + c.column * n->qkv_stride,
			    n->qkv_stride, out,
			    n->dim_stride);
		for (size_t i = 0; i < c.rows; i++, out += n->dim_stride)
			network_scale_row(out, share[at + i], out, n->head_width);
	}
}

void network_attention_forward(const struct network *n, struct network_slot *s,
			       struct network_kept *kept, size_t n_windows)
{
	rotate(n, s->begin, kept->qkv, n_windows, 1);
	for (size_t w = 0; w < n_windows; w++)
		for (size_t i = 0; i < n->shape.n_heads; i++) {
			struct head h = head_of(n, kept, w, i);
			size_t rows = n->group_windows * n->length;

			head_forward(n, s, kept, &h, kept->share + i * rows + h.first_row);
		}
}

/* s->d_score of a chunk whose E is there, and its part of dV. */
static void chunk_backward(const struct network *n, struct network_slot *s,
			   const struct network_kept *kept, const struct head *h,
			   const struct chunk *c, const float *share)
{
	size_t at = (h->first_row + c->row) * n->dim_stride + h->offset, width = n->head_width;
	const float *score = score_of(n, s, h, c);
	float *dv =
	    s->d_qkv + (h->first_row + c->column) * n->qkv_stride + 2 * n->shape.dim + h->offset;

	for (size_t i = 0; i < c->rows; i++, at += n->dim_stride) {
		float *a = s->d_mixed + i * n->dim_stride, *row = s->d_score + i * n->score_stride;
		float less;

		network_scale_row(a, share[c->row + i], s->d_norm + at, width);
		less = -kernels()->dot(a, kept->mixed + at, width);
		for (size_t j = 0; j < c->columns; j++)
			row[j] = less;
	}
	mix_rows(n, c, score, s->d_mixed, n->dim_stride, dv, n->qkv_stride);
	times_columns(n, c, s->d_mixed, n->dim_stride, s->value, s->d_score, true);
	for (size_t i = 0; i < c->rows; i++)
		multiply_rows(s->d_score + i * n->score_stride, score + i * n->score_stride,
			      c->columns);
}

static void head_backward(const struct network *n, struct network_slot *s,
			  const struct network_kept *kept, const struct head *h, const float *share)
{
	const uint32_t *begin = s->begin + h->first_row;
	float *dq = s->d_qkv + h->first_row * n->qkv_stride + h->offset;
	float *dk = dq + n->shape.dim;

	if (!h->score)
		transpose(n, s->key, h->k);
	transpose(n, s->value, h->v);
	for (size_t at = 0; at < n->length; at += NETWORK_CHUNK) {
		struct chunk c = chunk_at(n, begin, at);

		if (!h->score)
			score_chunk(n, s, h, &c, NULL);
		chunk_backward(n, s, kept, h, &c, share);
		mix_columns(n, &c, s->d_score, h->k + c.column * n->qkv_stride, n->qkv_stride,
			    dq + at * n->qkv_stride, n->qkv_stride);
		mix_rows(n, &c, s->d_score, h->q + at * n->qkv_stride, n->qkv_stride,
			 dk + c.column * n->qkv_stride, n->qkv_stride);
	}
}

void network_attention_backward(const struct network *n, struct network_slot *s,
				const struct network_kept *kept, size_t n_windows)
{
	size_t rows = n->group_windows * n->length, dim = n->shape.dim;

	for (size_t row = 0; row < n_windows * n->length; row++)
		memset(s->d_qkv + row * n->qkv_stride + dim, 0, 2 * dim * sizeof(float));
	for (size_t w = 0; w < n_windows; w++)
		for (size_t i = 0; i < n->shape.n_heads; i++) {
			struct head h = head_of(n, kept, w, i);

			head_backward(n, s, kept, &h, kept->share + i * rows + h.first_row);
		}
	rotate(n, s->begin, s->d_qkv, n_windows, -1);
}
