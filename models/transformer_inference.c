/* SPDX-License-Identifier: BSD-2-Clause */
#include "transformer_inference.h"

#include <stdlib.h>

#include "arena.h"
#include "kernels.h"
#include "transformer_attention.h"

#define CODE_LIMIT 127 /* of activations */

_Static_assert((int64_t)TRANSFORMER_DIM_MAX * TRANSFORMER_WIDEN * CODE_LIMIT * CODE_LIMIT <
		   INT32_MAX,
	       "sums over a row are exact");

struct matrix {
	uint32_t n_outputs, n_inputs; /* outputs rounded up to whole panels */
	float *scale;                 /* of each output; 0 for those that are none */
	int8_t *panels;               /* as struct linear wants them */
};

struct layer {
	const float *norm1, *norm2; /* gains */
	struct matrix qkv, out, up, down;
};

struct inference {
	const struct transformer *t;
	uint32_t n_streams, dim;
	struct layer layer[TRANSFORMER_LAYERS_MAX];
	struct matrix embed;
	const float *norm; /* gains */
	struct attention attention;
	struct arena arena;

	/* A row for each stream. */
	float *x;         /* (dim) the residual stream */
	float *narrow;    /* (dim) what is added to it, or normed from it */
	float *wide;      /* (TRANSFORMER_WIDEN dim) */
	int16_t *code;    /* (TRANSFORMER_WIDEN dim) a row of activations, rounded */
	float *code_scale; /* (1) */
	float *mass;      /* (n_symbols, rounded up to whole panels) */
};

static void lay_out_matrix(struct inference *n, struct matrix *m, unsigned tensor)
{
	struct transformer_tensor at = transformer_tensor(&n->t->shape, tensor);

	m->n_outputs = round_up(at.rows, KERNEL_LANES);
	m->n_inputs = at.cols;
	m->panels = arena_take(&n->arena, (uint64_t)m->n_outputs * at.cols, sizeof *m->panels);
	m->scale = arena_take(&n->arena, m->n_outputs, sizeof *m->scale);
}

/* Point all arrays into n->arena, of n->t's shape. */
static void lay_out(struct inference *n, uint32_t n_streams)
{
	const struct transformer_shape *s = &n->t->shape;
	uint64_t rows = n_streams, wide = TRANSFORMER_WIDEN * s->dim;
	struct arena *a = &n->arena;

	n->n_streams = n_streams;
	n->dim = s->dim;
	lay_out_matrix(n, &n->embed, TRANSFORMER_EMBED);
	for (uint32_t l = 0; l < s->n_layers; l++) {
		unsigned first = l * TRANSFORMER_LAYER_TENSORS;

		lay_out_matrix(n, &n->layer[l].qkv, first + TRANSFORMER_QKV);
		lay_out_matrix(n, &n->layer[l].out, first + TRANSFORMER_OUT);
		lay_out_matrix(n, &n->layer[l].up, first + TRANSFORMER_UP);
		lay_out_matrix(n, &n->layer[l].down, first + TRANSFORMER_DOWN);
	}
	attention_lay_out(&n->attention, s, n_streams, a);
	n->x = arena_take(a, rows * s->dim, sizeof *n->x);
	n->narrow = arena_take(a, rows * s->dim, sizeof *n->narrow);
	n->wide = arena_take(a, rows * wide, sizeof *n->wide);
	n->code = arena_take(a, rows * wide, sizeof *n->code);
	n->code_scale = arena_take(a, rows, sizeof *n->code_scale);
	n->mass = arena_take(a, rows * n->embed.n_outputs, sizeof *n->mass);
}

/* The structure itself, rounded up to the same number on every machine. */
#define STATE_BYTES 8192u
_Static_assert(sizeof(struct inference) <= STATE_BYTES, "STATE_BYTES");

uint64_t inference_bytes(const struct transformer_shape *s, uint32_t n_streams)
{
	struct transformer shape = {.shape = *s};
	struct inference n = {.t = &shape};

	lay_out(&n, n_streams);
	return STATE_BYTES + n.arena.used_bytes;
}

/* Row r of qkv as the attention wants it. */
static uint32_t attention_order(const struct inference *n, uint32_t r)
{
	uint32_t width = n->attention.width;

	return r < 2 * n->dim ? r / width * width + attention_row_order(width, r % width) : r;
}

static void pack(const struct inference *n, struct matrix *m, unsigned tensor)
{
	struct transformer_tensor at = transformer_tensor(&n->t->shape, tensor);
	bool is_qkv = tensor % TRANSFORMER_LAYER_TENSORS == TRANSFORMER_QKV;
	size_t k = m->n_inputs;

	for (uint32_t j = 0; j < at.rows; j++) {
		uint32_t r = is_qkv ? attention_order(n, j) : j;
		const int8_t *code = n->t->code + at.code_offset + r * k;

		m->scale[j] = n->t->scale[at.row_offset + r];
		for (size_t t = 0; t < k; t++)
			m->panels[((j / KERNEL_LANES * (k / 2) + t / 2) * KERNEL_LANES +
				   j % KERNEL_LANES) * 2 + t % 2] = code[t];
	}
}

static const float *gains(const struct inference *n, unsigned tensor)
{
	return n->t->gain + transformer_tensor(&n->t->shape, tensor).gain_offset;
}

static void fill(struct inference *n)
{
	uint32_t n_layers = n->t->shape.n_layers;

	pack(n, &n->embed, TRANSFORMER_EMBED);
	for (uint32_t l = 0; l < n_layers; l++) {
		unsigned first = l * TRANSFORMER_LAYER_TENSORS;

		pack(n, &n->layer[l].qkv, first + TRANSFORMER_QKV);
		pack(n, &n->layer[l].out, first + TRANSFORMER_OUT);
		pack(n, &n->layer[l].up, first + TRANSFORMER_UP);
		pack(n, &n->layer[l].down, first + TRANSFORMER_DOWN);
		n->layer[l].norm1 = gains(n, first + TRANSFORMER_NORM1);
		n->layer[l].norm2 = gains(n, first + TRANSFORMER_NORM2);
	}
	n->norm = gains(n, transformer_n_tensors(&n->t->shape) - 1);
	attention_prepare(&n->attention, &n->t->shape);
}

enum status inference_open(struct inference **out, const struct transformer *t, uint32_t n_streams)
{
	struct inference *n = calloc(1, sizeof *n);

	if (!n)
		return fail_no_memory();
	n->t = t;
	enum status s = arena_open(&n->arena, inference_bytes(&t->shape, n_streams) - STATE_BYTES);

	if (s != STATUS_OK) {
		inference_close(n);
		return s;
	}
	lay_out(n, n_streams);
	fill(n);
	*out = n;
	return STATUS_OK;
}

void inference_close(struct inference *n)
{
	if (!n)
		return;
	free(n->arena.base);
	free(n);
}

/* Round the rows of x, each `length` long, to n->code. */
static void quantise_rows(struct inference *n, const float *x, uint32_t length)
{
	for (uint32_t s = 0; s < n->n_streams; s++)
		n->code_scale[s] = kernels()->quantise(n->code + (size_t)s * length,
						       x + (size_t)s * length, length, CODE_LIMIT);
}

/* y = m times the rounded rows, as real numbers. */
static void multiply(struct inference *n, const struct matrix *m, float *y)
{
	kernels()->linear(&(struct linear){.m = n->n_streams,
					   .n = m->n_outputs,
					   .k = m->n_inputs,
					   .x = n->code,
					   .x_row = m->n_inputs,
					   .x_scale = n->code_scale,
					   .w = m->panels,
					   .w_scale = m->scale,
					   .y = y,
					   .y_row = m->n_outputs});
}

/* The rows of x, normed and rounded, times m. */
static void norm_and_multiply(struct inference *n, const float *gain, const struct matrix *m,
			      float *y)
{
	for (uint32_t s = 0; s < n->n_streams; s++)
		kernels()->rms_norm(n->narrow + (size_t)s * n->dim, n->x + (size_t)s * n->dim, gain,
				    n->dim);
	quantise_rows(n, n->narrow, n->dim);
	multiply(n, m, y);
}

static void layer_step(struct inference *n, uint32_t l)
{
	const struct layer *layer = &n->layer[l];
	const struct kernels *k = kernels();
	size_t rows = n->n_streams, wide = (size_t)TRANSFORMER_WIDEN * n->dim;

	norm_and_multiply(n, layer->norm1, &layer->qkv, n->wide);
	for (uint32_t s = 0; s < n->n_streams; s++)
		attention_row(&n->attention, l, s, n->wide + (size_t)s * layer->qkv.n_outputs,
			      n->narrow + (size_t)s * n->dim);
	quantise_rows(n, n->narrow, n->dim);
	multiply(n, &layer->out, n->narrow);
	k->add(n->x, n->narrow, rows * n->dim);

	norm_and_multiply(n, layer->norm2, &layer->up, n->wide);
	k->gelu(n->wide, n->wide, rows * wide);
	quantise_rows(n, n->wide, (uint32_t)wide);
	multiply(n, &layer->down, n->narrow);
	k->add(n->x, n->narrow, rows * n->dim);
}

void inference_step(struct inference *n, const uint32_t *token, const uint64_t *position)
{
	for (uint32_t s = 0; s < n->n_streams; s++) {
		const int8_t *code = n->t->code + (size_t)token[s] * n->dim;
		float *x = n->x + (size_t)s * n->dim;

		for (uint32_t c = 0; c < n->dim; c++)
			x[c] = (float)code[c] * n->t->scale[token[s]];
	}
	attention_step(&n->attention, position);
	for (uint32_t l = 0; l < n->t->shape.n_layers; l++)
		layer_step(n, l);
	norm_and_multiply(n, n->norm, &n->embed, n->mass);
	for (uint32_t s = 0; s < n->n_streams; s++) {
		float *mass = n->mass + (size_t)s * n->embed.n_outputs;

		kernels()->softmax(mass, mass, n->t->shape.n_symbols);
	}
}

const float *inference_masses(const struct inference *n, uint32_t stream)
{
	return n->mass + (size_t)stream * n->embed.n_outputs;
}

uint32_t inference_n_masses(const struct inference *n)
{
	return n->embed.n_outputs;
}
