/* SPDX-License-Identifier: BSD-2-Clause
 *
 * network_layer.h - inside of the network: its scratch memory and the parts of a pass.
 *
 * A pass takes a *group* of windows through all layers: `rows` rows, one for each position.  What
 * the backward pass needs again is kept for each layer, but for the scores of attention when
 * windows are long: they would be the largest array of all and cost little to make.
 *
 * Rows of activations lie an odd number of cache lines apart (network_stride).  Products take them
 * as they are, by columns too, and rows a power of two apart would all fall into a few sets of the
 * cache.
 */
#ifndef TWOPART_NETWORK_LAYER_H
#define TWOPART_NETWORK_LAYER_H

#include "network.h"

/* What a layer leaves behind for its backward pass. */
struct network_kept {
	float *in;      /* (rows, dim) */
	float *norm1;   /* (rows, dim) */
	float *qkv;     /* (rows, 3 dim), queries and keys rotated, queries over sqrt(head width) */
	float *score;   /* (windows, n_heads, length, score_stride), or NULL: made anew */
	float *share;   /* (n_heads, rows) 1 / sum of exp(score - largest) */
	float *mixed;   /* (rows, dim) what attention returns */
	float *middle;  /* (rows, dim) after attention */
	float *norm2;   /* (rows, dim) */
	float *up;      /* (rows, 4 dim) */
	float *active;  /* (rows, 4 dim) gelu of it */
	float *r1, *r2; /* (rows) of both norms */
};

struct network_slot {
	float *memory;             /* everything below but for kept[] and begin[] */
	struct network_kept *kept; /* (n_layers) */
	uint32_t *begin;           /* (rows) first row of the context, counted from the window's */

	float *last;            /* (rows, dim) after all layers */
	float *norm;            /* (rows, dim) */
	float *r;               /* (rows) */
	float *d_row;           /* (rows, dim) gradient of what flows from layer to layer */
	float *d_norm;          /* (rows, dim) */
	float *d_qkv;           /* (rows, 3 dim) */
	float *d_up;            /* (rows, 4 dim) */
	float *key, *value;     /* panels of a head's keys and values, transposed */
	float *score, *d_score; /* (NETWORK_CHUNK, score_stride) */
	float *d_mixed;         /* (NETWORK_CHUNK, dim) */
	float *logit;           /* (head_rows, logit_stride) */
	float *scaled;          /* (head_rows, dim) */
	float *term;            /* (3, head_rows) of the loss */
};

/* A matrix W, laid out for y = W x of many rows x at once, and for W transposed. */
struct network_matrix {
	struct transformer_tensor at;
	float *forward;  /* panels of b(t, j) = W(j, t) */
	float *backward; /* panels of b(t, j) = W(t, j) */
};

#define NETWORK_CHUNK 30 /* rows of a product in attention */

struct network {
	struct transformer_shape shape;
	size_t length;        /* of a window */
	size_t group_windows; /* that go through the layers together */
	size_t head_width;
	size_t dim_stride, qkv_stride, up_stride, score_stride, logit_stride;
	size_t head_rows; /* whose logits are in memory at once */
	unsigned n_slots;
	struct network_slot *slot;
	struct transformer_tensor *tensor; /* (n_tensors) */
	struct network_matrix *matrix;     /* (1 + 4 n_layers) embedding, then qkv, out, up, down */
	float *panels;                     /* memory of all of them */
	float *cosine, *sine;              /* (length, head_width / 2) */
	float query_scale;                 /* 1 / sqrt(head_width) */
	const float *parameter;
};

enum { NETWORK_QKV, NETWORK_OUT, NETWORK_UP, NETWORK_DOWN, NETWORK_LAYER_MATRICES };

/* Floats from row to row, for rows of n. */
static inline size_t network_stride(size_t n)
{
	size_t lines = (n + 15) / 16;

	return 16 * (lines | 1);
}

static inline void network_scale_row(float *y, float a, const float *x, size_t n)
{
#pragma omp simd
	for (size_t i = 0; i < n; i++)
		y[i] = a * x[i];
}

static inline const struct network_matrix *network_matrix_of(const struct network *n,
							     unsigned layer, unsigned which)
{
	return &n->matrix[1 + NETWORK_LAYER_MATRICES * layer + which];
}

static inline const struct transformer_tensor *network_tensor_of(const struct network *n,
								 unsigned layer, unsigned which)
{
	return &n->tensor[TRANSFORMER_LAYER_TENSORS * layer + which];
}

/* y = x W^T, added to y if `add`. */
void network_product(const struct network_matrix *w, const float *x, size_t x_stride, float *y,
		     size_t y_stride, size_t rows, bool add);
/* dx = dy W. */
void network_product_back(const struct network_matrix *w, const float *dy, size_t dy_stride,
			  float *dx, size_t dx_stride, size_t rows);
/* dW = dy^T x, added to what is there if `add`. */
void network_product_gradient(const struct network_matrix *w, const float *dy, size_t dy_stride,
			      const float *x, size_t x_stride, size_t rows, float *gradient,
			      bool add);

/* From kept->in to out (rows, dim), which may be the next layer's input. */
void network_layer_forward(const struct network *n, struct network_slot *s, unsigned layer,
			   struct network_kept *kept, float *out, size_t n_windows);
/* d_row: from the gradient by the layer's output to that by its input. */
void network_layer_backward(const struct network *n, struct network_slot *s, unsigned layer,
			    size_t n_windows, float *gradient, bool add);

/* From kept->qkv as the product left it to `mixed`; then d_qkv from the gradient by `mixed` in
 * d_norm. */
void network_attention_forward(const struct network *n, struct network_slot *s,
			       struct network_kept *kept, size_t n_windows);
void network_attention_backward(const struct network *n, struct network_slot *s,
				const struct network_kept *kept, size_t n_windows);

/* The loss of the rows in s->norm, nats[] (rows, or NULL) as in network_loss().  With a gradient:
 * that of the loss times `weight` by the embedding, and by s->norm in s->d_norm. */
double network_head(const struct network *n, struct network_slot *s, const uint32_t *target,
		    size_t rows, float *nats, float weight, float *gradient, bool add);

#endif
