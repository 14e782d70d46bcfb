/* SPDX-License-Identifier: BSD-2-Clause */
#include "transformer_inference.h"

#include <stdlib.h>
#include <string.h>

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

/* A panel of m: lane by lane, since a lane's codes lie in a row. */
static void pack_panel(const struct inference *n, struct matrix *m,
		       const struct transformer_tensor *at, bool is_qkv, uint32_t panel)
{
	size_t pairs = m->n_inputs / 2;
	int8_t *to = m->panels + panel * pairs * KERNEL_LANES * 2;

	for (uint32_t lane = 0; lane < KERNEL_LANES; lane++) {
		uint32_t j = panel * KERNEL_LANES + lane;
		uint32_t r = is_qkv ? attention_order(n, j) : j;
		const int8_t *code = n->t->code + at->code_offset + (size_t)r * m->n_inputs;

		if (j >= at->rows)
			break;
		m->scale[j] = n->t->scale[at->row_offset + r];
		for (size_t t = 0; t < pairs; t++)
			memcpy(to + (t * KERNEL_LANES + lane) * 2, code + 2 * t, 2);
	}
}

/* All panels of m, shared by the threads of the region that calls. */
static void pack(const struct inference *n, struct matrix *m, unsigned tensor)
{
	struct transformer_tensor at = transformer_tensor(&n->t->shape, tensor);
	bool is_qkv = tensor % TRANSFORMER_LAYER_TENSORS == TRANSFORMER_QKV;

#pragma omp for schedule(static) nowait
	for (uint32_t panel = 0; panel < m->n_outputs / KERNEL_LANES; panel++)
		pack_panel(n, m, &at, is_qkv, panel);
}

static const float *gains(const struct inference *n, unsigned tensor)
{
	return n->t->gain + transformer_tensor(&n->t->shape, tensor).gain_offset;
}

static void pack_layer(struct inference *n, uint32_t l)
{
	unsigned first = l * TRANSFORMER_LAYER_TENSORS;

	pack(n, &n->layer[l].qkv, first + TRANSFORMER_QKV);
	pack(n, &n->layer[l].out, first + TRANSFORMER_OUT);
	pack(n, &n->layer[l].up, first + TRANSFORMER_UP);
	pack(n, &n->layer[l].down, first + TRANSFORMER_DOWN);
}

void inference_reload(struct inference *n, int threads)
{
	uint32_t n_layers = n->t->shape.n_layers;

#pragma omp parallel num_threads(threads)
	{
		pack(n, &n->embed, TRANSFORMER_EMBED);
		for (uint32_t l = 0; l < n_layers; l++)
			pack_layer(n, l);
	}
	for (uint32_t l = 0; l < n_layers; l++) {
		n->layer[l].norm1 = gains(n, l * TRANSFORMER_LAYER_TENSORS + TRANSFORMER_NORM1);
		n->layer[l].norm2 = gains(n, l * TRANSFORMER_LAYER_TENSORS + TRANSFORMER_NORM2);
	}
	n->norm = gains(n, transformer_n_tensors(&n->t->shape) - 1);
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
	attention_prepare(&n->attention, &t->shape);
	inference_reload(n, 1);
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

/* The streams that one call works on. */
struct part {
	struct inference *n;
	uint32_t first, end;
};

/* Rows of all arrays lie as far apart as the longest there: parts must not meet. */
static size_t wide_row(const struct inference *n)
{
	return (size_t)TRANSFORMER_WIDEN * n->dim;
}

/* Round the rows of x, each `length` long and `row` apart, to n->code. */
static void quantise_rows(const struct part *p, const float *x, size_t row, size_t length)
{
	struct inference *n = p->n;

	for (uint32_t s = p->first; s < p->end; s++)
		n->code_scale[s] = kernels()->quantise(n->code + s * wide_row(n), x + s * row,
						       length, CODE_LIMIT);
}

/* y, its rows `row` apart, = m times the rounded rows, as real numbers. */
static void multiply(const struct part *p, const struct matrix *m, float *y, size_t row)
{
	const struct inference *n = p->n;

	kernels()->linear(&(struct linear){.m = p->end - p->first,
					   .n = m->n_outputs,
					   .k = m->n_inputs,
					   .x = n->code + p->first * wide_row(n),
					   .x_row = wide_row(n),
					   .x_scale = n->code_scale + p->first,
					   .w = m->panels,
					   .w_scale = m->scale,
					   .y = y + p->first * row,
					   .y_row = row});
}

/* The rows of x, normed and rounded, times m. */
static void norm_and_multiply(const struct part *p, const float *gain, const struct matrix *m,
			      float *y, size_t row)
{
	struct inference *n = p->n;

	for (uint32_t s = p->first; s < p->end; s++)
		kernels()->rms_norm(n->narrow + (size_t)s * n->dim, n->x + (size_t)s * n->dim, gain,
				    n->dim);
	quantise_rows(p, n->narrow, n->dim, n->dim);
	multiply(p, m, y, row);
}

/* x += narrow */
static void add_narrow(const struct part *p)
{
	const struct inference *n = p->n;
	size_t at = (size_t)p->first * n->dim;

	kernels()->add(n->x + at, n->narrow + at, (size_t)(p->end - p->first) * n->dim);
}

static void layer_step(const struct part *p, uint32_t l)
{
	struct inference *n = p->n;
	const struct layer *layer = &n->layer[l];
	size_t wide = wide_row(n);

	norm_and_multiply(p, layer->norm1, &layer->qkv, n->wide, wide);
	for (uint32_t s = p->first; s < p->end; s++)
		attention_row(&n->attention, l, s, n->wide + s * wide,
			      n->narrow + (size_t)s * n->dim);
	quantise_rows(p, n->narrow, n->dim, n->dim);
	multiply(p, &layer->out, n->narrow, n->dim);
	add_narrow(p);

	norm_and_multiply(p, layer->norm2, &layer->up, n->wide, wide);
	kernels()->gelu(n->wide + p->first * wide, n->wide + p->first * wide,
			(p->end - p->first) * wide);
	quantise_rows(p, n->wide, wide, wide);
	multiply(p, &layer->down, n->narrow, n->dim);
	add_narrow(p);
}

void inference_step_part(struct inference *n, const uint32_t *token, const uint64_t *position,
			 uint32_t first, uint32_t end)
{
	const struct part part = {n, first, end};

	for (uint32_t s = first; s < end; s++) {
		const int8_t *code = n->t->code + (size_t)token[s] * n->dim;
		float *x = n->x + (size_t)s * n->dim;

		for (uint32_t c = 0; c < n->dim; c++)
			x[c] = (float)code[c] * n->t->scale[token[s]];
	}
	attention_step(&n->attention, position, first, end);
	for (uint32_t l = 0; l < n->t->shape.n_layers; l++)
		layer_step(&part, l);
	norm_and_multiply(&part, n->norm, &n->embed, n->mass, n->embed.n_outputs);
	for (uint32_t s = first; s < end; s++) {
		float *mass = n->mass + (size_t)s * n->embed.n_outputs;

		kernels()->softmax(mass, mass, n->t->shape.n_symbols);
	}
}

void inference_step(struct inference *n, const uint32_t *token, const uint64_t *position)
{
	inference_step_part(n, token, position, 0, n->n_streams);
}

const float *inference_masses(const struct inference *n, uint32_t stream)
{
	return n->mass + (size_t)stream * n->embed.n_outputs;
}

uint32_t inference_n_masses(const struct inference *n)
{
	return n->embed.n_outputs;
}
