/* SPDX-License-Identifier: BSD-2-Clause
 *
 * test_network.c - the transformer in single precision: loss, gradients, contexts.
 *
 * Property: the loss is that of the network as transformer.h describes it; the gradient is the
 * slope of that loss by every tensor; a symbol behind a position, or before its context, never
 * changes a bit of its cost; neither do the other windows, nor the place in a window.
 * Method: a naive twin in double, position by position; its central differences, whose own error is
 * below 1e-6, along single parameters and along random directions of whole tensors.
 */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "network.h"
#include "rng.h"

#include <cmocka.h> /* last: it defines a macro fail() */

#define LENGTH_MAX 260 /* of windows whose scores are not kept */
#define DIM_MAX 48
#define WINDOWS 3
#define SYMBOLS_MAX 23
#define WIDEN TRANSFORMER_WIDEN

/* A network, its windows and what a pass made of them. */
struct world_of_test {
	struct transformer_shape shape;
	size_t length, n_parameters;
	struct network *network;
	float *parameter, *gradient;
	double *exact; /* parameters of the twin */
	uint16_t input[WINDOWS * LENGTH_MAX];
	uint32_t target[WINDOWS * LENGTH_MAX];
};

static struct network_windows windows_of(const struct world_of_test *w)
{
	return (struct network_windows){w->input, w->target, WINDOWS, w->length};
}

/* Parameters at random, gains around 1, larger than at the start of a training: every part of the
 * network must matter. */
static void draw(struct world_of_test *w, uint64_t seed)
{
	struct rng r = rng_stream(seed, 1, 0);

	network_init(&w->shape, seed, w->parameter);
	for (unsigned i = 0; i < transformer_n_tensors(&w->shape); i++) {
		struct transformer_tensor t = transformer_tensor(&w->shape, i);

		for (size_t j = 0; j < (size_t)t.rows * t.cols; j++) {
			float *p = w->parameter + t.offset + j;

			*p = t.is_gain ? *p + (float)rng_unit(&r) - 0.5f : 3 * *p;
		}
	}
	for (size_t i = 0; i < w->n_parameters; i++)
		w->exact[i] = w->parameter[i];
	for (size_t i = 0; i < WINDOWS * w->length; i++) {
		w->input[i] = (uint16_t)rng_below(&r, w->shape.n_symbols);
		w->target[i] = (uint32_t)rng_below(&r, w->shape.n_symbols);
		if (rng_below(&r, 5) == 0)
			w->target[i] = NETWORK_NO_TARGET;
	}
}

static struct world_of_test *open_world(struct transformer_shape shape, uint64_t seed)
{
	struct world_of_test *w = calloc(1, sizeof *w);

	w->shape = shape;
	w->length = shape.ctx;
	assert_int_equal(transformer_shape_check(&shape), STATUS_OK);
	w->n_parameters = transformer_n_parameters(&shape);
	w->parameter = calloc(w->n_parameters, sizeof *w->parameter);
	w->gradient = calloc(w->n_parameters, sizeof *w->gradient);
	w->exact = calloc(w->n_parameters, sizeof *w->exact);
	assert_int_equal(network_open(&w->network, &shape, w->length, WINDOWS, 2), STATUS_OK);
	draw(w, seed);
	network_prepare(w->network, w->parameter, 2);
	return w;
}

static void close_world(struct world_of_test *w)
{
	network_close(w->network);
	free(w->parameter);
	free(w->gradient);
	free(w->exact);
	free(w);
}

/* ---- The twin. ---- */

static const double *tensor(const struct world_of_test *w, unsigned i)
{
	return w->exact + transformer_tensor(&w->shape, i).offset;
}

static const double *tensor_of(const struct world_of_test *w, unsigned layer, unsigned which)
{
	return tensor(w, layer * TRANSFORMER_LAYER_TENSORS + which);
}

static void twin_norm(double *y, const double *x, const double *gain, size_t n)
{
	double square = 0;

	for (size_t i = 0; i < n; i++)
		square += x[i] * x[i];
	for (size_t i = 0; i < n; i++)
		y[i] = x[i] * gain[i] / sqrt(square / (double)n + 1e-5);
}

static void twin_product(double *y, const double *weight, const double *x, size_t rows, size_t cols)
{
	for (size_t r = 0; r < rows; r++) {
		y[r] = 0;
		for (size_t c = 0; c < cols; c++)
			y[r] += weight[r * cols + c] * x[c];
	}
}

static void twin_rotate(const struct world_of_test *w, double *x, size_t position)
{
	size_t width = w->shape.dim / w->shape.n_heads, half = width / 2;
	float cosine[DIM_MAX], sine[DIM_MAX];

	transformer_rotation(&w->shape, (uint32_t)position, cosine, sine);
	for (size_t h = 0; h < w->shape.n_heads; h++, x += width)
		for (size_t i = 0; i < half; i++) {
			double a = x[i], b = x[i + half];

			x[i] = a * (double)cosine[i] - b * (double)sine[i];
			x[i + half] = b * (double)cosine[i] + a * (double)sine[i];
		}
}

/* What one head of position t takes from positions begin..t. */
static void twin_head(const struct world_of_test *w, double qkv[][3 * DIM_MAX], size_t head,
		      size_t begin, size_t t, double *mixed)
{
	size_t dim = w->shape.dim, width = dim / w->shape.n_heads, at = head * width;
	double weight[LENGTH_MAX], sum = 0;

	for (size_t j = begin; j <= t; j++) {
		double score = 0;

		for (size_t i = at; i < at + width; i++)
			score += qkv[t][i] * qkv[j][dim + i];
		weight[j] = exp(score / sqrt((double)width));
		sum += weight[j];
	}
	for (size_t i = at; i < at + width; i++) {
		mixed[i] = 0;
		for (size_t j = begin; j <= t; j++)
			mixed[i] += weight[j] / sum * qkv[j][2 * dim + i];
	}
}

static void add_rows(double *x, const double *y, size_t n)
{
	for (size_t i = 0; i < n; i++)
		x[i] += y[i];
}

static void twin_widened(const struct world_of_test *w, unsigned layer, double *x)
{
	size_t dim = w->shape.dim;
	double norm[DIM_MAX], up[WIDEN * DIM_MAX], y[DIM_MAX];

	twin_norm(norm, x, tensor_of(w, layer, TRANSFORMER_NORM2), dim);
	twin_product(up, tensor_of(w, layer, TRANSFORMER_UP), norm, WIDEN * dim, dim);
	for (size_t i = 0; i < WIDEN * dim; i++) {
		double u = up[i];

		up[i] = u / 2 * (1 + tanh(sqrt(2 / acos(-1)) * (u + 0.044715 * u * u * u)));
	}
	twin_product(y, tensor_of(w, layer, TRANSFORMER_DOWN), up, dim, WIDEN * dim);
	add_rows(x, y, dim);
}

static void twin_layer(const struct world_of_test *w, unsigned layer, double x[][DIM_MAX],
		       const size_t *begin)
{
	static double qkv[LENGTH_MAX][3 * DIM_MAX];
	size_t dim = w->shape.dim;

	for (size_t t = 0; t < w->length; t++) {
		double norm[DIM_MAX];

		twin_norm(norm, x[t], tensor_of(w, layer, TRANSFORMER_NORM1), dim);
		twin_product(qkv[t], tensor_of(w, layer, TRANSFORMER_QKV), norm, 3 * dim, dim);
		twin_rotate(w, qkv[t], t - begin[t]);
		twin_rotate(w, qkv[t] + dim, t - begin[t]);
	}
	for (size_t t = 0; t < w->length; t++) {
		double mixed[DIM_MAX], y[DIM_MAX];

		for (size_t h = 0; h < w->shape.n_heads; h++)
			twin_head(w, qkv, h, begin[t], t, mixed);
		twin_product(y, tensor_of(w, layer, TRANSFORMER_OUT), mixed, dim, dim);
		add_rows(x[t], y, dim);
		twin_widened(w, layer, x[t]);
	}
}

static double twin_cost(const struct world_of_test *w, const double *x, uint32_t target)
{
	double norm[DIM_MAX], logit[SYMBOLS_MAX], sum = 0;

	twin_norm(norm, x, tensor(w, transformer_n_tensors(&w->shape) - 1), w->shape.dim);
	twin_product(logit, tensor(w, TRANSFORMER_EMBED), norm, w->shape.n_symbols, w->shape.dim);
	for (size_t i = 0; i < w->shape.n_symbols; i++)
		sum += exp(logit[i]);
	return log(sum) - logit[target];
}

/* Loss of all windows, and of each position where nats is not NULL. */
static double twin_loss(const struct world_of_test *w, double *nats)
{
	static double x[LENGTH_MAX][DIM_MAX];
	size_t begin[LENGTH_MAX], dim = w->shape.dim;
	double loss = 0;

	for (size_t window = 0; window < WINDOWS; window++) {
		const uint16_t *input = w->input + window * w->length;

		for (size_t t = 0; t < w->length; t++) {
			bool ends = (int32_t)input[t] == w->shape.separator;

			begin[t] = t == 0 || ends ? t : begin[t - 1];
			memcpy(x[t], tensor(w, TRANSFORMER_EMBED) + input[t] * dim,
			       dim * sizeof **x);
		}
		for (unsigned layer = 0; layer < w->shape.n_layers; layer++)
			twin_layer(w, layer, x, begin);
		for (size_t t = 0; t < w->length; t++) {
			uint32_t target = w->target[window * w->length + t];
			double cost = target == NETWORK_NO_TARGET ? 0 : twin_cost(w, x[t], target);

			loss += cost;
			if (nats)
				nats[window * w->length + t] = cost;
		}
	}
	return loss;
}

/* ---- Tests. ---- */

static const struct transformer_shape shapes[] = {
    {.n_symbols = 11,
     .n_layers = 2,
     .dim = 32,
     .n_heads = 2,
     .ctx = 12,
     .separator = TRANSFORMER_NO_SEPARATOR,
     .is_tokens = true},
    {.n_symbols = 23,
     .n_layers = 2,
     .dim = 32,
     .n_heads = 1,
     .ctx = 12,
     .separator = 3,
     .is_tokens = true},
    {.n_symbols = 5,
     .n_layers = 1,
     .dim = 48,
     .n_heads = 3,
     .ctx = 80,
     .separator = 0,
     .is_tokens = true},
    {.n_symbols = 4,
     .n_layers = 1,
     .dim = 16,
     .n_heads = 1,
     .ctx = 260,
     .separator = TRANSFORMER_NO_SEPARATOR,
     .is_tokens = true},
    {.n_symbols = 2,
     .n_layers = 3,
     .dim = 16,
     .n_heads = 1,
     .ctx = 1,
     .separator = TRANSFORMER_NO_SEPARATOR,
     .is_tokens = true},
};

#define N_SHAPES (sizeof shapes / sizeof *shapes)

static void test_loss(void **state)
{
	(void)state;
	for (size_t i = 0; i < N_SHAPES; i++) {
		struct world_of_test *w = open_world(shapes[i], i);
		struct network_windows windows = windows_of(w);
		float nats[WINDOWS * LENGTH_MAX];
		double exact[WINDOWS * LENGTH_MAX], wanted = twin_loss(w, exact);
		uint64_t n_targets, counted = 0;
		double got = network_loss(w->network, 1, &windows, nats, &n_targets);

		assert_true(fabs(got - wanted) < 1e-5 * wanted);
		for (size_t t = 0; t < WINDOWS * w->length; t++) {
			counted += w->target[t] != NETWORK_NO_TARGET;
			assert_true(fabs((double)nats[t] - exact[t]) < 1e-4);
		}
		assert_int_equal(n_targets, counted);
		close_world(w);
	}
}

/* The slope of the twin's loss along a direction (n_parameters, zero outside a tensor). */
static double slope(struct world_of_test *w, const struct transformer_tensor *t,
		    const double *direction)
{
	const double step = 1e-4;
	size_t n = (size_t)t->rows * t->cols;
	double loss[2];

	for (int side = 0; side < 2; side++) {
		for (size_t j = 0; j < n; j++)
			w->exact[t->offset + j] = (double)w->parameter[t->offset + j] +
						  (side ? -step : step) * direction[j];
		loss[side] = twin_loss(w, NULL);
	}
	for (size_t j = 0; j < n; j++)
		w->exact[t->offset + j] = w->parameter[t->offset + j];
	return (loss[0] - loss[1]) / (2 * step);
}

#define DIRECTIONS 8

/* Along 2 random directions of the tensor and, for short windows, 6 single parameters: the error is
 * at most 1e-4 of the length of the tensor's gradient (of a direction of length 1). */
static void check_tensor(struct world_of_test *w, unsigned i, float weight)
{
	struct transformer_tensor t = transformer_tensor(&w->shape, i);
	size_t n = (size_t)t.rows * t.cols;
	double *direction = calloc(n, sizeof *direction), length = 0;
	struct rng r = rng_stream(77, 2, i);

	for (size_t j = 0; j < n; j++)
		length += pow((double)w->gradient[t.offset + j], 2);
	length = sqrt(length);
	assert_true(length > 0);
	for (int k = 0; k < (w->length > 100 ? 2 : DIRECTIONS); k++) {
		double got = 0, wanted;

		for (size_t j = 0; j < n; j++)
			direction[j] = k < 2 ? (2 * rng_unit(&r) - 1) / sqrt((double)n / 3) : 0;
		if (k >= 2)
			direction[rng_below(&r, n)] = 1;
		for (size_t j = 0; j < n; j++)
			got += direction[j] * (double)w->gradient[t.offset + j];
		wanted = (double)weight * slope(w, &t, direction);
		if (!(fabs(got - wanted) <= 1e-4 * length))
			fail_msg("%s: slope %g, not %g (length %g)", t.name, got, wanted, length);
	}
	free(direction);
}

static void test_gradient(void **state)
{
	const float weight = 0.125f;

	(void)state;
	for (size_t i = 0; i + 1 < N_SHAPES; i++) {
		struct world_of_test *w = open_world(shapes[i], 10 + i);
		struct network_windows windows = windows_of(w);
		uint64_t n_targets;
		double loss;

		memset(w->gradient, 0xff, w->n_parameters * sizeof *w->gradient);
		loss = network_gradient(w->network, 0, &windows, weight, w->gradient, &n_targets);
		assert_true(loss == network_loss(w->network, 0, &windows, NULL, &n_targets));
		for (unsigned k = 0; k < transformer_n_tensors(&w->shape); k++)
			check_tensor(w, k, weight);
		close_world(w);
	}
}

static void costs(struct world_of_test *w, float *nats)
{
	struct network_windows windows = windows_of(w);

	network_loss(w->network, 0, &windows, nats, NULL);
}

/* Does the cost of position t change when the input at position i does?  Both of window 1. */
static void check_mask(struct world_of_test *w, const float *before, size_t i)
{
	float after[WINDOWS * LENGTH_MAX];
	uint16_t *input = w->input + w->length, was = input[i], other = was;
	size_t end = i + 1;

	do {
		other = (uint16_t)((other + 1) % w->shape.n_symbols);
	} while ((int32_t)other == w->shape.separator);
	if ((int32_t)was == w->shape.separator)
		return;
	while (end < w->length && (int32_t)input[end] != w->shape.separator)
		end++;
	input[i] = other;
	costs(w, after);
	input[i] = was;
	for (size_t t = 0; t < WINDOWS * w->length; t++)
		if (!(w->length + i <= t && t < w->length + end))
			assert_memory_equal(&before[t], &after[t], sizeof *after);
	for (size_t t = i; t < end; t++) /* and it does matter where it may */
		if (w->target[w->length + t] != NETWORK_NO_TARGET)
			assert_true(before[w->length + t] != after[w->length + t]);
}

static void test_masks(void **state)
{
	(void)state;
	for (size_t i = 0; i < 3; i++) {
		struct world_of_test *w = open_world(shapes[i], 20 + i);
		float before[WINDOWS * LENGTH_MAX];

		costs(w, before);
		for (size_t at = 0; at < w->length; at += 1 + w->length / 20)
			check_mask(w, before, at);
		close_world(w);
	}
}

/* A sentence costs the same to the last bit wherever it stands in a window. */
static void test_places(void **state)
{
	const uint16_t sentence[] = {0, 3, 1, 4, 1, 2};
	const size_t n = sizeof sentence / sizeof *sentence, places[] = {0, 1, 7, 30, 31, 70};
	struct world_of_test *w = open_world(shapes[2], 30);
	float first[WINDOWS * LENGTH_MAX], nats[WINDOWS * LENGTH_MAX];

	(void)state;
	for (size_t p = 0; p < sizeof places / sizeof *places; p++) {
		for (size_t i = 0; i < n; i++) {
			w->input[w->length + places[p] + i] = sentence[i];
			w->target[w->length + places[p] + i] = (uint32_t)i % w->shape.n_symbols;
		}
		costs(w, p == 0 ? first : nats);
		if (p > 0)
			assert_memory_equal(first + w->length, nats + w->length + places[p],
					    n * sizeof *nats);
	}
	close_world(w);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_loss),
	    cmocka_unit_test(test_gradient),
	    cmocka_unit_test(test_masks),
	    cmocka_unit_test(test_places),
	};

	return cmocka_run_group_tests_name("network", tests, NULL, NULL);
}
