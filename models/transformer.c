/* SPDX-License-Identifier: BSD-2-Clause */
#include "transformer.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "elementary.h"
#include "float_bits.h"

#define ROTATION_BASE 1000 /* the slowest pair turns once in 2 pi times so many positions */
#define TINY_SCALE 0x1p-40f /* of a row that is all zero */

/* Half of all candidates for the scale of a row lie between this share of the largest and it. */
#define SCALE_SHRINK_STEPS 24
#define SCALE_SHRINK 0.025f

enum status transformer_shape_check(const struct transformer_shape *s)
{
	if (s->n_symbols < 1 || s->n_symbols > 65536)
		return fail(STATUS_BAD_ARGUMENT, "an alphabet of %lu symbols: it must be 1..65536",
			    (unsigned long)s->n_symbols);
	if (!s->is_tokens && s->n_symbols != 256)
		return fail(STATUS_BAD_ARGUMENT, "bytes have 256 symbols, not %lu",
			    (unsigned long)s->n_symbols);
	if (s->n_layers < 1 || s->n_layers > TRANSFORMER_LAYERS_MAX)
		return fail(STATUS_BAD_ARGUMENT, "%lu layers: there must be 1..%d",
			    (unsigned long)s->n_layers, TRANSFORMER_LAYERS_MAX);
	if (s->dim < 16 || s->dim > TRANSFORMER_DIM_MAX || s->dim % 16 != 0)
		return fail(STATUS_BAD_ARGUMENT, "dim %lu: it must be a multiple of 16, 16..%d",
			    (unsigned long)s->dim, TRANSFORMER_DIM_MAX);
	if (s->n_heads < 1 || s->dim % s->n_heads != 0 || s->dim / s->n_heads % 16 != 0)
		return fail(STATUS_BAD_ARGUMENT,
			    "%lu heads do not divide dim %lu into parts of 16, 32, ..",
			    (unsigned long)s->n_heads, (unsigned long)s->dim);
	if (s->ctx < 1 || s->ctx > TRANSFORMER_CTX_MAX)
		return fail(STATUS_BAD_ARGUMENT, "a context of %lu symbols: it must be 1..%d",
			    (unsigned long)s->ctx, TRANSFORMER_CTX_MAX);
	if (s->separator < TRANSFORMER_NO_SEPARATOR || s->separator >= (int64_t)s->n_symbols)
		return fail(STATUS_BAD_ARGUMENT, "separator %ld is no symbol of this alphabet",
			    (long)s->separator);
	return STATUS_OK;
}

unsigned transformer_n_tensors(const struct transformer_shape *s)
{
	return 1 + TRANSFORMER_LAYER_TENSORS * s->n_layers + 1;
}

/* Rows and columns of a tensor of a layer, in units of dim; a gain has no rows. */
static const struct {
	const char *name;
	uint32_t rows, cols;
} layer_tensor[TRANSFORMER_LAYER_TENSORS] = {
    {"norm1.gain", 0, 1}, {"qkv.weight", 3, 1},
    {"out.weight", 1, 1}, {"norm2.gain", 0, 1},
    {"up.weight", TRANSFORMER_WIDEN, 1}, {"down.weight", 1, TRANSFORMER_WIDEN},
};

/* Name and size of tensor i, without its place. */
static struct transformer_tensor describe(const struct transformer_shape *s, unsigned i)
{
	struct transformer_tensor t = {.rows = 1, .cols = s->dim, .is_gain = true};

	if (i == TRANSFORMER_EMBED) {
		snprintf(t.name, sizeof t.name, "embed.weight");
		t.rows = s->n_symbols;
		t.is_gain = false;
	} else if (i == transformer_n_tensors(s) - 1) {
		snprintf(t.name, sizeof t.name, "norm.gain");
	} else {
		unsigned k = (i - 1) % TRANSFORMER_LAYER_TENSORS;

		snprintf(t.name, sizeof t.name, "layers.%u.%s",
			 (i - 1) / TRANSFORMER_LAYER_TENSORS, layer_tensor[k].name);
		t.is_gain = layer_tensor[k].rows == 0;
		t.rows = t.is_gain ? 1 : layer_tensor[k].rows * s->dim;
		t.cols = layer_tensor[k].cols * s->dim;
	}
	return t;
}

static void step_over(struct transformer_tensor *place, const struct transformer_tensor *t)
{
	size_t n = (size_t)t->rows * t->cols;

	place->offset += n;
	place->row_offset += t->is_gain ? 0 : t->rows;
	place->code_offset += t->is_gain ? 0 : n;
	place->gain_offset += t->is_gain ? n : 0;
}

struct transformer_tensor transformer_tensor(const struct transformer_shape *s, unsigned i)
{
	struct transformer_tensor place = {0}, t;

	assert(i <= transformer_n_tensors(s));
	for (unsigned before = 0; before < i; before++) {
		t = describe(s, before);
		step_over(&place, &t);
	}
	if (i == transformer_n_tensors(s))
		return place;
	t = describe(s, i);
	t.offset = place.offset;
	t.row_offset = place.row_offset;
	t.code_offset = place.code_offset;
	t.gain_offset = place.gain_offset;
	return t;
}

size_t transformer_n_parameters(const struct transformer_shape *s)
{
	return transformer_tensor(s, transformer_n_tensors(s)).offset;
}

size_t transformer_n_codes(const struct transformer_shape *s)
{
	return transformer_tensor(s, transformer_n_tensors(s)).code_offset;
}

size_t transformer_n_rows(const struct transformer_shape *s)
{
	return transformer_tensor(s, transformer_n_tensors(s)).row_offset;
}

size_t transformer_n_gains(const struct transformer_shape *s)
{
	return transformer_tensor(s, transformer_n_tensors(s)).gain_offset;
}

/* base^(-i / pairs) radians a position, rounded to 2^-16 turns. */
uint32_t transformer_turn(const struct transformer_shape *s, uint32_t i)
{
	uint32_t n_pairs = s->dim / s->n_heads / 2;
	double radians = elementary_exp(-elementary_log(ROTATION_BASE) * i / n_pairs);
	double units = radians * TRANSFORMER_TURN / (2 * ELEMENTARY_PI);

	return units < 1 ? 1 : (uint32_t)(units + 0.5);
}

void transformer_rotation(const struct transformer_shape *s, uint32_t position, float *cosine,
			  float *sine)
{
	uint32_t n_pairs = s->dim / s->n_heads / 2;

	for (uint32_t i = 0; i < n_pairs; i++) {
		uint32_t turn = position * transformer_turn(s, i) % TRANSFORMER_TURN;

		cosine[i] = (float)elementary_cos_turn((double)turn / TRANSFORMER_TURN);
		sine[i] = (float)elementary_sin_turn((double)turn / TRANSFORMER_TURN);
	}
}

enum status transformer_new(struct transformer **out, const struct transformer_shape *s)
{
	struct transformer *t = calloc(1, sizeof *t);

	if (!t)
		return fail_no_memory();
	t->shape = *s;
	t->bits = 8;
	t->code = calloc(transformer_n_codes(s), sizeof *t->code);
	t->scale = calloc(transformer_n_rows(s), sizeof *t->scale);
	t->gain = calloc(transformer_n_gains(s), sizeof *t->gain);
	if (!t->code || !t->scale || !t->gain) {
		transformer_free(t);
		return fail_no_memory();
	}
	*out = t;
	return STATUS_OK;
}

void transformer_free(struct transformer *t)
{
	if (!t)
		return;
	free(t->code);
	free(t->scale);
	free(t->gain);
	free(t->training);
	free(t);
}

/* The nearest number of 8 significant bits, halves to even. */
static float round_to_bfloat16(float x)
{
	uint32_t u = bits_of(x);

	return float_of((u + 0x7fff + (u >> 16 & 1)) & 0xffff0000);
}

static bool is_finite(float x)
{
	return (bits_of(x) & 0x7f800000) != 0x7f800000;
}

/* Nearest whole number, halves to even; |x| < 2^21. */
static int32_t round_to_int(float x)
{
	const float magic = 0x1.8p23f;

	return (int32_t)((x + magic) - magic);
}

/* NaN becomes the limit: transformer_quantise() refuses it before, training sees its loss. */
static int8_t round_to_code(float w, float inverse, int limit)
{
	float q = w * inverse;

	q = q < (float)limit ? q : (float)limit;
	q = q > -(float)limit ? q : -(float)limit;
	return (int8_t)round_to_int(q);
}

static float square_error(const float *w, size_t n, float scale, int limit)
{
	float inverse = 1 / scale, sum = 0;

	for (size_t i = 0; i < n; i++) {
		float e = w[i] - (float)round_to_code(w[i], inverse, limit) * scale;

		sum += e * e;
	}
	return sum;
}

/* With many steps the largest weight sets the scale; with few, cutting off the largest ones pays,
 * and the scale with the smallest error is taken. */
static float choose_scale(const float *w, size_t n, unsigned bits)
{
	int limit = transformer_code_limit(bits);
	float largest, best, least;
	int32_t most = 0; /* numbers without their signs are in the order of their bits */

#pragma omp simd reduction(max : most)
	for (size_t i = 0; i < n; i++) {
		int32_t a = (int32_t)(bits_of(w[i]) & 0x7fffffff);

		most = a > most ? a : most;
	}
	largest = float_of((uint32_t)most);
	best = round_to_bfloat16(largest / (float)limit);
	if (!(best >= TINY_SCALE))
		return TINY_SCALE;
	if (bits > 6)
		return best;
	least = square_error(w, n, best, limit);
	for (int i = 1; i <= SCALE_SHRINK_STEPS; i++) {
		float scale = round_to_bfloat16((1 - SCALE_SHRINK * (float)i) * largest /
						(float)limit);
		float error = square_error(w, n, scale, limit);

		if (error < least) {
			least = error;
			best = scale;
		}
	}
	return best;
}

static void quantise_rows(struct transformer *t, const struct transformer_tensor *at,
			  uint32_t first, uint32_t n, const float *parameter)
{
	const float *w = parameter + at->offset + (size_t)first * at->cols;
	int limit = transformer_code_limit(t->bits);

	for (uint32_t c = 0; at->is_gain && c < at->cols; c++)
		t->gain[at->gain_offset + c] = round_to_bfloat16(w[c]);
	for (uint32_t r = first; !at->is_gain && r < first + n; r++, w += at->cols) {
		float scale = choose_scale(w, at->cols, t->bits), inverse = 1 / scale;
		int8_t *code = t->code + at->code_offset + (size_t)r * at->cols;

		t->scale[at->row_offset + r] = scale;
#pragma omp simd
		for (uint32_t c = 0; c < at->cols; c++)
			code[c] = round_to_code(w[c], inverse, limit);
	}
}

/* Are all numbers of a tensor such as can be stored? */
static enum status check_rounded(const struct transformer *t, const struct transformer_tensor *at)
{
	for (uint32_t r = 0; !at->is_gain && r < at->rows; r++)
		if (t->scale[at->row_offset + r] > TRANSFORMER_SCALE_MAX)
			return fail(STATUS_CORRUPT,
				    "%s: row %lu takes a scale beyond %g, as its weights are too "
				    "large",
				    at->name, (unsigned long)r, (double)TRANSFORMER_SCALE_MAX);
	for (uint32_t c = 0; at->is_gain && c < at->cols; c++) {
		float gain = t->gain[at->gain_offset + c];

		if (gain < -TRANSFORMER_GAIN_MAX || gain > TRANSFORMER_GAIN_MAX)
			return fail(STATUS_CORRUPT, "%s: gain %lu is beyond %g", at->name,
				    (unsigned long)c, (double)TRANSFORMER_GAIN_MAX);
	}
	return STATUS_OK;
}

enum status transformer_quantise(struct transformer *t, const float *parameter)
{
	size_t n = transformer_n_parameters(&t->shape);

	for (size_t i = 0; i < n; i++)
		if (!is_finite(parameter[i]))
			return fail(STATUS_CORRUPT, "weight %zu is not a finite number", i);
	for (unsigned i = 0; i < transformer_n_tensors(&t->shape); i++) {
		struct transformer_tensor at = transformer_tensor(&t->shape, i);

		quantise_rows(t, &at, 0, at.rows, parameter);
		TRY(check_rounded(t, &at));
	}
	return STATUS_OK;
}

static void dequantise_rows(const struct transformer *t, const struct transformer_tensor *at,
			    uint32_t first, uint32_t n, float *parameter)
{
	float *w = parameter + at->offset + (size_t)first * at->cols;

	if (at->is_gain)
		memcpy(w, t->gain + at->gain_offset, at->cols * sizeof *w);
	for (uint32_t r = first; !at->is_gain && r < first + n; r++, w += at->cols) {
		const int8_t *code = t->code + at->code_offset + (size_t)r * at->cols;
		float scale = t->scale[at->row_offset + r];

		for (uint32_t c = 0; c < at->cols; c++)
			w[c] = (float)code[c] * scale;
	}
}

void transformer_round_rows(struct transformer *t, const struct transformer_tensor *at,
			    uint32_t first, uint32_t n, const float *parameter, float *rounded)
{
	quantise_rows(t, at, first, n, parameter);
	if (rounded)
		dequantise_rows(t, at, first, n, rounded);
}

void transformer_dequantise(const struct transformer *t, float *parameter)
{
	for (unsigned i = 0; i < transformer_n_tensors(&t->shape); i++) {
		struct transformer_tensor at = transformer_tensor(&t->shape, i);

		dequantise_rows(t, &at, 0, at.rows, parameter);
	}
}
