/* SPDX-License-Identifier: BSD-2-Clause
 *
 * transformer.h - the shape of the tiny transformer, its tensors, and a trained one as stored.
 *
 * The network.  Decoder-only, pre-norm, no biases, tied embeddings:
 *
 *      x = E[token]                                            (dim)
 *      for each layer   x += O attention(Q K V rms_norm(x))
 *                       x += D gelu(U rms_norm(x))             U: dim to 4 dim, D: back
 *      logits = E rms_norm(x)                                  (n_symbols)
 *
 * Positions enter by rotation of queries and keys (RoPE): component pair (i, i + h/2) of a head of
 * width h at position p turns by p m_i / 2^16 of a full turn, m_i whole, so that positions may go
 * on for ever and p only matters modulo 2^16.
 *
 * Context.  Position p sees itself and the ctx - 1 positions before it, but never beyond the last
 * separator: the symbol that ends a sentence begins a new context, in which it is the first input
 * and position 0.  Without a separator the context slides.  The input before the first symbol of a
 * stream is the separator, or symbol 0 without one.
 *
 * A matrix has a row for each output and a column for each input: y_r = sum over c of W(r, c) x_c.
 * Row r of E is both what token r becomes and what scores it.
 */
#ifndef TWOPART_TRANSFORMER_H
#define TWOPART_TRANSFORMER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "status.h"

#define TRANSFORMER_LAYERS_MAX 24
#define TRANSFORMER_DIM_MAX 1024   /* a multiple of 16 */
#define TRANSFORMER_CTX_MAX 4096
#define TRANSFORMER_WIDEN 4        /* hidden units of the feed-forward part: 4 dim */
#define TRANSFORMER_TURN 65536u    /* positions of a full turn */
#define TRANSFORMER_NO_SEPARATOR (-1)
#define TRANSFORMER_BITS_MIN 2 /* of a stored weight; the most is 8 */

/* Of stored numbers.  Larger ones could overflow somewhere: sums of squares stay below 2^127 under
 * these. */
#define TRANSFORMER_SCALE_MAX 8.0f
#define TRANSFORMER_GAIN_MAX 256.0f

struct transformer_shape {
	uint32_t n_symbols; /* 1..65536 */
	uint32_t n_layers;  /* 1..TRANSFORMER_LAYERS_MAX */
	uint32_t dim;       /* a multiple of 16 and of n_heads, dim / n_heads a multiple of 16 */
	uint32_t n_heads;
	uint32_t ctx;       /* 1..TRANSFORMER_CTX_MAX */
	int32_t separator;  /* a symbol, or TRANSFORMER_NO_SEPARATOR */
	bool is_tokens;     /* of token files; else symbols are bytes and n_symbols is 256 */
};

/* STATUS_BAD_ARGUMENT with one sentence that names what is wrong. */
MUST_CHECK enum status transformer_shape_check(const struct transformer_shape *s);

/* One tensor of the fixed order: embed.weight, then for each layer norm1.gain, qkv.weight,
 * out.weight, norm2.gain, up.weight, down.weight, then norm.gain. */
struct transformer_tensor {
	char name[32];     /* "layers.0.qkv.weight" */
	uint32_t rows;     /* 1 for gains */
	uint32_t cols;
	size_t offset;     /* of its first element among all parameters */
	bool is_gain;      /* else a matrix, which is quantised */

	/* Places in struct transformer: of a matrix' scales and codes, or of the gains. */
	size_t row_offset, code_offset, gain_offset;
};

enum { /* places in the fixed order; add TRANSFORMER_LAYER_TENSORS for each layer before */
	TRANSFORMER_EMBED,
	TRANSFORMER_NORM1,
	TRANSFORMER_QKV, /* rows: queries of all heads, keys of all heads, values of all heads */
	TRANSFORMER_OUT,
	TRANSFORMER_NORM2,
	TRANSFORMER_UP,
	TRANSFORMER_DOWN,
	TRANSFORMER_LAYER_TENSORS = 6
};

unsigned transformer_n_tensors(const struct transformer_shape *s);
struct transformer_tensor transformer_tensor(const struct transformer_shape *s, unsigned i);
size_t transformer_n_parameters(const struct transformer_shape *s);
size_t transformer_n_codes(const struct transformer_shape *s); /* elements of all matrices */
size_t transformer_n_rows(const struct transformer_shape *s);  /* rows of all matrices */
size_t transformer_n_gains(const struct transformer_shape *s);

/* m_i: what pair i of a head turns by from one position to the next, in 2^-16 turns. */
uint32_t transformer_turn(const struct transformer_shape *s, uint32_t i);

/* What the h/2 pairs of a head turn by at one position.  Exact to 1e-7, the same bits
 * everywhere. */
void transformer_rotation(const struct transformer_shape *s, uint32_t position, float *cosine,
			  float *sine);

/*
 * A trained network as a model file stores it: each matrix element is code * scale of its row.
 * Read-only once made, shared by threads.
 */
struct transformer {
	struct transformer_shape shape;
	unsigned bits;    /* a code: TRANSFORMER_BITS_MIN..8 */
	int8_t *code;     /* (n_codes) all matrices in tensor order, row after row; at most
			     transformer_code_limit(bits) either side of 0 */
	float *scale;     /* (n_rows) positive, at most TRANSFORMER_SCALE_MAX, 8 significant bits
			     (bfloat16) */
	float *gain;      /* (n_gains) at most TRANSFORMER_GAIN_MAX either side of 0, bfloat16 */
	uint8_t hash[32]; /* SHA-256 of the model file */
	uint64_t file_bytes;
	char *training;   /* how it came about, one line of JSON; may be NULL */
};

/* 127 for 8 bits, 7 for 4. */
static inline int transformer_code_limit(unsigned bits)
{
	return (1 << (bits - 1)) - 1;
}

/* Allocate codes, scales and gains, all zero, for a shape that was checked. */
MUST_CHECK enum status transformer_new(struct transformer **out, const struct transformer_shape *s);
void transformer_free(struct transformer *t); /* NULL is fine */

/* Round parameters (n_parameters) to the codes, scales and gains of *t, whose bits are set: each
 * row by its own scale.  STATUS_CORRUPT: a parameter that is not finite, a scale or gain beyond its
 * limit. */
MUST_CHECK enum status transformer_quantise(struct transformer *t, const float *parameter);
/* And back. */
void transformer_dequantise(const struct transformer *t, float *parameter);

/* Both for some rows of a tensor (a gain: its only row), without looking for what is not finite:
 * threads may share the rows among them.  With `rounded` NULL only the first. */
void transformer_round_rows(struct transformer *t, const struct transformer_tensor *at,
			    uint32_t first, uint32_t n, const float *parameter, float *rounded);

#endif
