/* SPDX-License-Identifier: BSD-2-Clause
 *
 * network.c - memory of the network, its parameters laid out for products, and whole passes.
 *
 * A pass takes the windows in groups small enough that a layer's rows stay near the processor, and
 * large enough that a matrix, once fetched, meets many rows.  The grouping is fixed by the length
 * and number of the windows; threads have no part in it.
 */
#include "network.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "float_guard.h"
#include "kernels.h"
#include "network_layer.h"
#include "rng.h"

#define GROUP_ROWS 256           /* of a group, if its windows are shorter than that */
#define LOGITS_FLOATS (1u << 20) /* of a block of the head */
#define HEAD_ROWS_MIN 32
#define SCORES_LENGTH 256        /* the longest window whose scores are kept */
#define PURPOSE_INIT 0x6e657477u
#define INIT_SPREAD 0.5f
#define ALIGN_FLOATS 16 /* a line of the cache */

static size_t round_up(size_t n)
{
	return (n + ALIGN_FLOATS - 1) / ALIGN_FLOATS * ALIGN_FLOATS;
}

/* Hand out n floats of a memory that is measured first: with no memory yet only *used grows. */
static float *take(float *memory, size_t *used, size_t n)
{
	float *p = memory ? memory + *used : NULL;

	*used += round_up(n);
	return p;
}

/* Lay out a slot; returns the floats that takes. */
static size_t lay_out_slot(const struct network *n, struct network_slot *s)
{
	size_t rows = n->group_windows * n->length, used = 0, dim = rows * n->dim_stride;
	size_t panels = round_up(n->length) * n->head_width;
	float *m = s->memory;

	for (unsigned l = 0; l < n->shape.n_layers; l++)
		s->kept[l] = (struct network_kept){
		    .in = take(m, &used, dim),
		    .norm1 = take(m, &used, dim),
		    .qkv = take(m, &used, rows * n->qkv_stride),
		    .score = n->length > SCORES_LENGTH
				 ? NULL
				 : take(m, &used, rows * n->shape.n_heads * n->score_stride),
		    .share = take(m, &used, rows * n->shape.n_heads),
		    .mixed = take(m, &used, dim),
		    .middle = take(m, &used, dim),
		    .norm2 = take(m, &used, dim),
		    .up = take(m, &used, rows * n->up_stride),
		    .active = take(m, &used, rows * n->up_stride),
		    .r1 = take(m, &used, rows),
		    .r2 = take(m, &used, rows),
		};
	s->last = take(m, &used, dim);
	s->norm = take(m, &used, dim);
	s->r = take(m, &used, rows);
	s->d_row = take(m, &used, dim);
	s->d_norm = take(m, &used, dim);
	s->d_qkv = take(m, &used, rows * n->qkv_stride);
	s->d_up = take(m, &used, rows * n->up_stride);
	s->key = take(m, &used, panels);
	s->value = take(m, &used, panels);
	s->score = take(m, &used, NETWORK_CHUNK * n->score_stride);
	s->d_score = take(m, &used, NETWORK_CHUNK * n->score_stride);
	s->d_mixed = take(m, &used, NETWORK_CHUNK * n->dim_stride);
	s->logit = take(m, &used, n->head_rows * n->logit_stride);
	s->scaled = take(m, &used, n->head_rows * n->dim_stride);
	s->term = take(m, &used, 3 * n->head_rows);
	return used;
}

/* Zeroed, because products read (and ignore) lanes behind the last column. */
static float *new_floats(size_t n)
{
	size_t bytes = n * sizeof(float);
	float *p = n <= SIZE_MAX / sizeof(float) - ALIGN_FLOATS
		       ? aligned_alloc(ALIGN_FLOATS * sizeof(float), round_up(n) * sizeof(float))
		       : NULL;

	if (p)
		memset(p, 0, bytes);
	return p;
}

static enum status open_slot(const struct network *n, struct network_slot *s)
{
	s->kept = calloc(n->shape.n_layers, sizeof *s->kept);
	s->begin = calloc(n->group_windows * n->length, sizeof *s->begin);
	if (!s->kept || !s->begin)
		return fail_no_memory();
	s->memory = new_floats(lay_out_slot(n, s));
	if (!s->memory)
		return fail_no_memory();
	lay_out_slot(n, s);
	return STATUS_OK;
}

static enum status open_tables(struct network *n)
{
	size_t half = n->head_width / 2;

	n->cosine = malloc(n->length * half * sizeof *n->cosine);
	n->sine = malloc(n->length * half * sizeof *n->sine);
	if (!n->cosine || !n->sine)
		return fail_no_memory();
	for (size_t p = 0; p < n->length; p++)
		transformer_rotation(&n->shape, (uint32_t)p, n->cosine + p * half,
				     n->sine + p * half);
	return STATUS_OK;
}

static size_t panel_floats(const struct transformer_tensor *t, bool forward)
{
	return forward ? round_up(t->rows) * t->cols : round_up(t->cols) * t->rows;
}

/* The matrices in the order of network_matrix_of(), and memory for their panels. */
static enum status open_matrices(struct network *n)
{
	unsigned n_tensors = transformer_n_tensors(&n->shape), n_matrices = 0;
	size_t floats = 0;

	n->tensor = calloc(n_tensors, sizeof *n->tensor);
	n->matrix = calloc(n_tensors, sizeof *n->matrix);
	if (!n->tensor || !n->matrix)
		return fail_no_memory();
	for (unsigned i = 0; i < n_tensors; i++) {
		n->tensor[i] = transformer_tensor(&n->shape, i);
		if (n->tensor[i].is_gain)
			continue;
		n->matrix[n_matrices++].at = n->tensor[i];
		floats += panel_floats(&n->tensor[i], true) + panel_floats(&n->tensor[i], false);
	}
	n->panels = new_floats(floats);
	if (!n->panels)
		return fail_no_memory();
	float *at = n->panels;

	for (unsigned i = 0; i < n_matrices; i++) {
		n->matrix[i].forward = at;
		n->matrix[i].backward = at + panel_floats(&n->matrix[i].at, true);
		at = n->matrix[i].backward + panel_floats(&n->matrix[i].at, false);
	}
	return STATUS_OK;
}

static struct network new_network(const struct transformer_shape *s, size_t length,
				  size_t windows_max)
{
	size_t group = GROUP_ROWS / length, stride = network_stride(s->n_symbols);
	size_t head_rows = LOGITS_FLOATS / stride;
	struct network n = {
	    .shape = *s,
	    .length = length,
	    .head_width = s->dim / s->n_heads,
	    .dim_stride = network_stride(s->dim),
	    .qkv_stride = network_stride(3 * (size_t)s->dim),
	    .up_stride = network_stride(TRANSFORMER_WIDEN * (size_t)s->dim),
	    .score_stride = network_stride(length + KERNEL_LANES),
	    .logit_stride = stride,
	};
	float width = (float)n.head_width;

	kernels()->rsqrt(&n.query_scale, &width, 1);
	group = group < 1 ? 1 : group;
	n.group_windows = group < windows_max ? group : windows_max;
	head_rows = head_rows < HEAD_ROWS_MIN ? HEAD_ROWS_MIN : head_rows;
	n.head_rows = head_rows < n.group_windows * length ? head_rows : n.group_windows * length;
	return n;
}

/* Archives hold the estimate: the same number on every machine. */
#define STATE_BYTES 65536u
_Static_assert(sizeof(struct network) +
		       (1 + TRANSFORMER_LAYER_TENSORS * TRANSFORMER_LAYERS_MAX + 1) *
			   (sizeof(struct network_matrix) + sizeof(struct transformer_tensor)) <=
		   STATE_BYTES,
	       "STATE_BYTES");
#define SLOT_BYTES 4096u
_Static_assert(sizeof(struct network_slot) + TRANSFORMER_LAYERS_MAX * sizeof(struct network_kept) <=
		   SLOT_BYTES,
	       "SLOT_BYTES");

uint64_t network_bytes(const struct transformer_shape *s, size_t length, size_t windows_max,
		       unsigned n_slots)
{
	struct network n = new_network(s, length, windows_max);
	struct network_kept kept[TRANSFORMER_LAYERS_MAX];
	struct network_slot slot = {.kept = kept};
	uint64_t rows = n.group_windows * length, tables = length * n.head_width;
	uint64_t floats = n_slots * (uint64_t)lay_out_slot(&n, &slot) + tables;

	for (unsigned i = 0; i < transformer_n_tensors(s); i++) {
		struct transformer_tensor t = transformer_tensor(s, i);

		if (!t.is_gain)
			floats += panel_floats(&t, true) + panel_floats(&t, false);
	}
	return STATE_BYTES + floats * sizeof(float) +
	       n_slots * (SLOT_BYTES + rows * sizeof *slot.begin);
}

enum status network_open(struct network **out, const struct transformer_shape *s, size_t length,
			 size_t windows_max, unsigned n_slots)
{
	struct network *n = malloc(sizeof *n);
	enum status failed;

	if (!n)
		return fail_no_memory();
	*n = new_network(s, length, windows_max);
	n->slot = calloc(n_slots, sizeof *n->slot);
	n->n_slots = n_slots;
	failed = n->slot ? open_tables(n) : fail_no_memory();
	if (failed == STATUS_OK)
		failed = open_matrices(n);
	for (unsigned i = 0; i < n_slots && failed == STATUS_OK; i++)
		failed = open_slot(n, &n->slot[i]);
	if (failed != STATUS_OK) {
		network_close(n);
		return failed;
	}
	*out = n;
	return STATUS_OK;
}

void network_close(struct network *n)
{
	if (!n)
		return;
	for (unsigned i = 0; n->slot && i < n->n_slots; i++) {
		free(n->slot[i].memory);
		free(n->slot[i].kept);
		free(n->slot[i].begin);
	}
	free(n->slot);
	free(n->tensor);
	free(n->matrix);
	free(n->panels);
	free(n->cosine);
	free(n->sine);
	free(n);
}

void network_set_separator(struct network *n, int32_t separator)
{
	n->shape.separator = separator;
}

/* 1 / sqrt(n) */
static float rsqrt_of(size_t n)
{
	float x = (float)n, y;

	kernels()->rsqrt(&y, &x, 1);
	return y;
}

/*
 * Uniform numbers of the deviation INIT_SPREAD / sqrt(inputs), less for the two matrices of a layer
 * that add to the rows: 2 n_layers of them add up.
 */
void network_init(const struct transformer_shape *s, uint64_t seed, float *parameter)
{
	const float to_edge = 1.7320508f; /* of a uniform law: sqrt(3) deviations */

	for (unsigned i = 0; i < transformer_n_tensors(s); i++) {
		struct transformer_tensor t = transformer_tensor(s, i);
		unsigned which = i == 0 ? 0 : (i - 1) % TRANSFORMER_LAYER_TENSORS + 1;
		struct rng r = rng_stream(seed, PURPOSE_INIT, i);
		float edge = to_edge * INIT_SPREAD * rsqrt_of(t.cols);
		size_t n = (size_t)t.rows * t.cols;

		if (which == TRANSFORMER_OUT || which == TRANSFORMER_DOWN)
			edge *= rsqrt_of(2 * (size_t)s->n_layers);
		for (size_t j = 0; j < n; j++)
			parameter[t.offset + j] =
			    t.is_gain ? 1 : edge * (float)(2 * rng_unit(&r) - 1);
	}
}

/* A panel, from column `first` on. */
static void pack(const struct network_matrix *w, const float *parameter, bool forward, size_t first)
{
	size_t k = forward ? w->at.cols : w->at.rows, n = forward ? w->at.rows : w->at.cols;
	size_t b_k = forward ? 1 : w->at.cols, b_n = forward ? w->at.cols : 1;
	float *panels = forward ? w->forward : w->backward;

	n = n - first < KERNEL_LANES ? n - first : KERNEL_LANES;
	kernels()->gemm_pack(panels + first * k, parameter + w->at.offset + first * b_n, b_k, b_n,
			     k, n);
}

void network_prepare(struct network *n, const float *parameter, int threads)
{
	unsigned n_matrices = 1 + NETWORK_LAYER_MATRICES * n->shape.n_layers;

	n->parameter = parameter;
#pragma omp parallel num_threads(threads)
	for (unsigned i = 0; i < n_matrices; i++) {
#pragma omp for schedule(static) nowait
		for (size_t first = 0; first < n->matrix[i].at.rows; first += KERNEL_LANES)
			pack(&n->matrix[i], parameter, true, first);
#pragma omp for schedule(static) nowait
		for (size_t first = 0; first < n->matrix[i].at.cols; first += KERNEL_LANES)
			pack(&n->matrix[i], parameter, false, first);
	}
}

/* First rows of the contexts: a separator begins one, and so does the window. */
static void find_contexts(const struct network *n, const uint16_t *input, uint32_t *begin,
			  size_t rows)
{
	for (size_t i = 0; i < rows; i++) {
		size_t in_window = i % n->length;

		if (in_window == 0 || (int32_t)input[i] == n->shape.separator)
			begin[i] = (uint32_t)in_window;
		else
			begin[i] = begin[i - 1];
	}
}

static void embed(const struct network *n, const uint16_t *input, float *x, size_t rows)
{
	size_t dim = n->shape.dim;

	for (size_t i = 0; i < rows; i++)
		memcpy(x + i * n->dim_stride, n->parameter + input[i] * dim, dim * sizeof *x);
}

static const struct transformer_tensor *last_gain(const struct network *n)
{
	return &n->tensor[transformer_n_tensors(&n->shape) - 1];
}

/* All layers of a group.  Without a backward pass to come two places are enough to keep things. */
static void forward(const struct network *n, struct network_slot *s, const uint16_t *input,
		    size_t n_windows, bool keep)
{
	size_t rows = n_windows * n->length;
	unsigned n_layers = n->shape.n_layers;

	find_contexts(n, input, s->begin, rows);
	embed(n, input, s->kept[0].in, rows);
	for (unsigned l = 0; l < n_layers; l++) {
		struct network_kept *kept = &s->kept[keep ? l : l % 2];
		float *out = l + 1 == n_layers ? s->last : s->kept[keep ? l + 1 : (l + 1) % 2].in;

		network_layer_forward(n, s, l, kept, out, n_windows);
	}
	for (size_t i = 0; i < rows; i++)
		s->r[i] =
		    kernels()->rms_norm(s->norm + i * n->dim_stride, s->last + i * n->dim_stride,
					n->parameter + last_gain(n)->offset, n->shape.dim);
}

static void backward(const struct network *n, struct network_slot *s, const uint16_t *input,
		     size_t n_windows, float *gradient, bool add)
{
	const struct transformer_tensor *gain = last_gain(n);
	size_t rows = n_windows * n->length, dim = n->shape.dim;

	memset(s->d_row, 0, rows * n->dim_stride * sizeof *s->d_row);
	for (size_t i = 0; i < rows; i++)
		kernels()->rms_norm_backward(s->d_row + i * n->dim_stride, gradient + gain->offset,
					     s->d_norm + i * n->dim_stride,
					     s->last + i * n->dim_stride,
					     n->parameter + gain->offset, s->r[i], dim);
	for (unsigned l = n->shape.n_layers; l-- > 0;)
		network_layer_backward(n, s, l, n_windows, gradient, add);
	for (size_t i = 0; i < rows; i++)
		kernels()->add(gradient + input[i] * dim, s->d_row + i * n->dim_stride, dim);
}

static uint64_t count_targets(const struct network_windows *w)
{
	uint64_t n = 0;

	for (size_t i = 0; i < w->n_windows * w->length; i++)
		n += w->target[i] != NETWORK_NO_TARGET;
	return n;
}

/* Both of the header's passes; gradient may be NULL. */
static double pass(struct network *n, unsigned slot, const struct network_windows *w, float *nats,
		   float weight, float *gradient, uint64_t *n_targets)
{
	struct float_guard guard = float_guard_enter();
	struct network_slot *s = &n->slot[slot];
	double loss = 0;

	assert(w->length == n->length && slot < n->n_slots);
	for (size_t first = 0; first < w->n_windows; first += n->group_windows) {
		size_t row = first * n->length, windows = w->n_windows - first;

		windows = windows < n->group_windows ? windows : n->group_windows;
		forward(n, s, w->input + row, windows, gradient != NULL);
		loss += network_head(n, s, w->target + row, windows * n->length,
				     nats ? nats + row : NULL, weight, gradient, first > 0);
		if (gradient)
			backward(n, s, w->input + row, windows, gradient, first > 0);
	}
	if (n_targets)
		*n_targets = count_targets(w);
	float_guard_leave(&guard);
	return loss;
}

double network_loss(struct network *n, unsigned slot, const struct network_windows *w, float *nats,
		    uint64_t *n_targets)
{
	return pass(n, slot, w, nats, 0, NULL, n_targets);
}

double network_gradient(struct network *n, unsigned slot, const struct network_windows *w,
			float weight, float *gradient, uint64_t *n_targets)
{
	/* Matrices are set by their first product, gains are added to from the start. */
	for (unsigned i = 0; i < transformer_n_tensors(&n->shape); i++)
		if (n->tensor[i].is_gain || w->n_windows == 0)
			memset(gradient + n->tensor[i].offset, 0,
			       (size_t)n->tensor[i].rows * n->tensor[i].cols * sizeof *gradient);
	return pass(n, slot, w, NULL, weight, gradient, n_targets);
}
