/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Property  the transformer's frequencies are those of its definition: rounded activations, exact
 *           sums, attention over the last ctx positions of the context, one rounding at the end
 * that
 *           loses what it says.  Streams do not know of each other, a separator ends a context, and
 *           every form of instructions and rounding mode of the caller gives the same archive.
 * Method    random networks of odd shapes against two slow twins: one in integers and the row
 *           kernels, without caches, panels or streams, to the bit; one in double without any
 *           rounding of activations, loosely.  A golden hash of one network's frequencies.
 */
#include <fenv.h>
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <xxhash.h>

#include "archive.h"
#include "kernels.h"
#include "rng.h"
#include "run.h"
#include "simd.h"
#include "tokens.h"
#include "transformer.h"

#include <cmocka.h> /* after status.h: it defines a macro fail() */

#define POSITIONS_MAX 128
#define DIM_MAX 64
#define SYMBOLS_MAX 300

extern const struct predictor_ops transformer_ops;

#define N_SHAPES 5
static const struct transformer_shape shapes[N_SHAPES] = {
    {37, 2, 32, 2, 8, TRANSFORMER_NO_SEPARATOR, true},
    {50, 1, 48, 3, 20, 3, true},
    {300, 2, 64, 1, 17, TRANSFORMER_NO_SEPARATOR, true},
    {1, 1, 16, 1, 1, 0, true},
    {256, 3, 64, 2, 64, 10, false},
};

/* Weights of about 1 / sqrt(inputs), so that activations stay near 1. */
static struct transformer *random_network(const struct transformer_shape *shape, uint64_t seed)
{
	struct rng rng = rng_stream(seed, 0, 0);
	struct transformer *t;

	assert_int_equal(transformer_shape_check(shape), STATUS_OK);
	assert_int_equal(transformer_new(&t, shape), STATUS_OK);
	for (size_t i = 0, n = transformer_n_codes(shape); i < n; i++)
		t->code[i] = (int8_t)((int)rng_below(&rng, 255) - 127);
	for (size_t i = 0, n = transformer_n_rows(shape); i < n; i++)
		t->scale[i] = (float)(128 + rng_below(&rng, 128)) * 0x1p-17f;
	for (size_t i = 0, n = transformer_n_gains(shape); i < n; i++)
		t->gain[i] = (float)(128 + rng_below(&rng, 128)) * 0x1p-7f;
	return t;
}

static struct predictor_setup setup_of(const struct transformer *t, int64_t *n_streams)
{
	return (struct predictor_setup){
	    .n_symbols = t->shape.n_symbols, .option = n_streams, .transformer = t};
}

static struct predictor *open_network(const struct transformer *t, int64_t n_streams)
{
	struct predictor_setup setup = setup_of(t, &n_streams);
	struct predictor *p;

	assert_int_equal(transformer_ops.n_streams(&setup), n_streams);
	assert_true(transformer_ops.memory_bytes(&setup, 0) > 0);
	assert_int_equal(transformer_ops.open(&p, &setup), STATUS_OK);
	return p;
}

/* A random walk that is alike for the same seed; the separator comes up about every tenth time. */
static void random_symbols(const struct transformer_shape *shape, uint64_t seed, uint16_t *symbol,
			   size_t n)
{
	struct rng rng = rng_stream(seed, 1, 0);

	for (size_t i = 0; i < n; i++) {
		bool ends = shape->separator >= 0 && rng_below(&rng, 10) == 0;

		symbol[i] = ends ? (uint16_t)shape->separator
				 : (uint16_t)rng_below(&rng, shape->n_symbols);
	}
}

/* ---- The twin in integers. ------------------------------------------------------------------- */

/* Of one context: inputs 0..n-1, all layers, whatever each position sees. */
struct twin {
	const struct transformer *t;
	float x[POSITIONS_MAX][DIM_MAX];
	float qkv[POSITIONS_MAX][3 * DIM_MAX];
	float mixed[POSITIONS_MAX][DIM_MAX];
};

/* y = W x with x rounded, in the obvious order. */
static void twin_multiply(const struct transformer *t, unsigned tensor, const float *x, float *y)
{
	struct transformer_tensor at = transformer_tensor(&t->shape, tensor);
	int16_t code[TRANSFORMER_WIDEN * DIM_MAX];
	float scale = kernels()->quantise(code, x, at.cols, 127);

	for (uint32_t r = 0; r < at.rows; r++) {
		const int8_t *w = t->code + at.code_offset + (size_t)r * at.cols;
		int64_t sum = 0;

		for (uint32_t c = 0; c < at.cols; c++)
			sum += (int64_t)w[c] * code[c];
		y[r] = (float)(int32_t)sum * scale * t->scale[at.row_offset + r];
	}
}

static void twin_norm(const struct transformer *t, unsigned tensor, const float *x, float *y)
{
	struct transformer_tensor at = transformer_tensor(&t->shape, tensor);

	kernels()->rms_norm(y, x, t->gain + at.gain_offset, at.cols);
}

static void twin_rotate(const struct transformer_shape *s, uint32_t position, const float *x,
			float *y)
{
	uint32_t n_pairs = s->dim / s->n_heads / 2;
	float cosine[DIM_MAX], sine[DIM_MAX];

	transformer_rotation(s, position, cosine, sine);
	for (uint32_t i = 0; i < n_pairs; i++) {
		y[i] = x[i] * cosine[i] - x[i + n_pairs] * sine[i];
		y[i + n_pairs] = x[i] * sine[i] + x[i + n_pairs] * cosine[i];
	}
}

static int64_t twin_dot(const int16_t *a, const int16_t *b, uint32_t n)
{
	int64_t sum = 0;

	for (uint32_t c = 0; c < n; c++)
		sum += (int64_t)a[c] * b[c];
	return sum;
}

/* Head `head` of position `p`; positions go by their slots, p mod ctx. */
static void twin_attend(struct twin *w, uint32_t p, uint32_t head)
{
	const struct transformer_shape *s = &w->t->shape;
	uint32_t width = s->dim / s->n_heads, n_seen = p < s->ctx ? p + 1 : s->ctx;
	uint32_t at = head * width;
	int16_t query[DIM_MAX], key[DIM_MAX], value[POSITIONS_MAX][DIM_MAX], weight[POSITIONS_MAX];
	float turned[DIM_MAX], score[POSITIONS_MAX], value_scale[POSITIONS_MAX], root, scale, sum;
	float h = (float)width;

	kernels()->rsqrt(&root, &h, 1);
	twin_rotate(s, p, w->qkv[p] + at, turned);
	scale = kernels()->quantise(query, turned, width, 127) * root;
	for (uint32_t q = p + 1 - n_seen; q <= p; q++) {
		uint32_t slot = q % s->ctx;
		float key_scale;

		twin_rotate(s, q, w->qkv[q] + s->dim + at, turned);
		key_scale = kernels()->quantise(key, turned, width, 127);
		value_scale[slot] =
		    kernels()->quantise(value[slot], w->qkv[q] + 2 * s->dim + at, width, 127);
		score[slot] = (float)(int32_t)twin_dot(query, key, width) * scale * key_scale;
	}
	sum = kernels()->softmax(score, score, n_seen);
	for (uint32_t slot = 0; slot < n_seen; slot++)
		score[slot] *= value_scale[slot];
	scale = kernels()->quantise(weight, score, n_seen, 4095) / sum;
	for (uint32_t c = 0; c < width; c++) {
		int64_t exact = 0;

		for (uint32_t slot = 0; slot < n_seen; slot++)
			exact += (int64_t)weight[slot] * value[slot][c];
		w->mixed[p][at + c] = (float)(int32_t)exact * scale;
	}
}

static void twin_add(struct twin *w, uint32_t p, const float *more)
{
	for (uint32_t c = 0; c < w->t->shape.dim; c++)
		w->x[p][c] += more[c];
}

static void twin_layer(struct twin *w, uint32_t layer, uint32_t n)
{
	unsigned first = layer * TRANSFORMER_LAYER_TENSORS;
	float normed[DIM_MAX], wide[TRANSFORMER_WIDEN * DIM_MAX], more[DIM_MAX];

	for (uint32_t p = 0; p < n; p++) {
		twin_norm(w->t, first + TRANSFORMER_NORM1, w->x[p], normed);
		twin_multiply(w->t, first + TRANSFORMER_QKV, normed, w->qkv[p]);
	}
	for (uint32_t p = 0; p < n; p++) {
		for (uint32_t head = 0; head < w->t->shape.n_heads; head++)
			twin_attend(w, p, head);
		twin_multiply(w->t, first + TRANSFORMER_OUT, w->mixed[p], more);
		twin_add(w, p, more);
		twin_norm(w->t, first + TRANSFORMER_NORM2, w->x[p], normed);
		twin_multiply(w->t, first + TRANSFORMER_UP, normed, wide);
		kernels()->gelu(wide, wide, TRANSFORMER_WIDEN * w->t->shape.dim);
		twin_multiply(w->t, first + TRANSFORMER_DOWN, wide, more);
		twin_add(w, p, more);
	}
}

/* Logits (n_symbols) behind the n inputs of a context. */
static void twin_logits(const struct transformer *t, const uint16_t *input, uint32_t n,
			float *logit)
{
	static struct twin w;
	uint32_t dim = t->shape.dim;
	float normed[DIM_MAX];

	assert_true(n <= POSITIONS_MAX && dim <= DIM_MAX);
	w.t = t;
	for (uint32_t p = 0; p < n; p++)
		for (uint32_t c = 0; c < dim; c++)
			w.x[p][c] = (float)t->code[(size_t)input[p] * dim + c] * t->scale[input[p]];
	for (uint32_t layer = 0; layer < t->shape.n_layers; layer++)
		twin_layer(&w, layer, n);
	twin_norm(t, transformer_n_tensors(&t->shape) - 1, w.x[n - 1], normed);
	twin_multiply(t, TRANSFORMER_EMBED, normed, logit);
}

/* ---- The twin in double. --------------------------------------------------------------------- */

struct loose {
	const struct transformer *t;
	float *weight; /* (n_parameters) */
	double x[POSITIONS_MAX][DIM_MAX], qkv[POSITIONS_MAX][3 * DIM_MAX];
};

static const float *loose_tensor(const struct loose *w, unsigned tensor,
				 struct transformer_tensor *at)
{
	*at = transformer_tensor(&w->t->shape, tensor);
	return w->weight + at->offset;
}

static void loose_multiply(const struct loose *w, unsigned tensor, const double *x, double *y)
{
	struct transformer_tensor at;
	const float *m = loose_tensor(w, tensor, &at);

	for (uint32_t r = 0; r < at.rows; r++) {
		y[r] = 0;
		for (uint32_t c = 0; c < at.cols; c++)
			y[r] += (double)m[(size_t)r * at.cols + c] * x[c];
	}
}

static void loose_norm(const struct loose *w, unsigned tensor, const double *x, double *y)
{
	struct transformer_tensor at;
	const float *gain = loose_tensor(w, tensor, &at);
	double squares = 0;

	for (uint32_t c = 0; c < at.cols; c++)
		squares += x[c] * x[c];
	for (uint32_t c = 0; c < at.cols; c++)
		y[c] = x[c] / sqrt(squares / at.cols + 1e-5) * gain[c];
}

/* Score of a query at position p for a key at position q: turned against each other by p - q. */
static double loose_score(const struct transformer_shape *s, const double *query, const double *key,
			  uint32_t distance)
{
	uint32_t n_pairs = s->dim / s->n_heads / 2;
	double sum = 0;

	for (uint32_t i = 0; i < n_pairs; i++) {
		double angle = 2 * M_PI * distance * transformer_turn(s, i) / TRANSFORMER_TURN;
		double re = query[i] * key[i] + query[i + n_pairs] * key[i + n_pairs];
		double im = query[i + n_pairs] * key[i] - query[i] * key[i + n_pairs];

		sum += re * cos(angle) - im * sin(angle);
	}
	return sum / sqrt(2.0 * n_pairs);
}

static void loose_attend(const struct loose *w, uint32_t p, uint32_t head, double *mixed)
{
	const struct transformer_shape *s = &w->t->shape;
	uint32_t width = s->dim / s->n_heads, at = head * width;
	uint32_t first = p < s->ctx ? 0 : p + 1 - s->ctx;
	double sum = 0;

	for (uint32_t c = 0; c < width; c++)
		mixed[at + c] = 0;
	for (uint32_t q = first; q <= p; q++) {
		double e = exp(loose_score(s, w->qkv[p] + at, w->qkv[q] + s->dim + at, p - q));

		sum += e;
		for (uint32_t c = 0; c < width; c++)
			mixed[at + c] += e * w->qkv[q][2 * s->dim + at + c];
	}
	for (uint32_t c = 0; c < width; c++)
		mixed[at + c] /= sum;
}

static void loose_layer(struct loose *w, uint32_t layer, uint32_t n)
{
	unsigned first = layer * TRANSFORMER_LAYER_TENSORS;
	uint32_t dim = w->t->shape.dim;
	double row[DIM_MAX], wide[TRANSFORMER_WIDEN * DIM_MAX], more[DIM_MAX];

	for (uint32_t p = 0; p < n; p++) {
		loose_norm(w, first + TRANSFORMER_NORM1, w->x[p], row);
		loose_multiply(w, first + TRANSFORMER_QKV, row, w->qkv[p]);
	}
	for (uint32_t p = 0; p < n; p++) {
		for (uint32_t head = 0; head < w->t->shape.n_heads; head++)
			loose_attend(w, p, head, row);
		loose_multiply(w, first + TRANSFORMER_OUT, row, more);
		for (uint32_t c = 0; c < dim; c++)
			w->x[p][c] += more[c];
		loose_norm(w, first + TRANSFORMER_NORM2, w->x[p], row);
		loose_multiply(w, first + TRANSFORMER_UP, row, wide);
		for (uint32_t c = 0; c < TRANSFORMER_WIDEN * dim; c++) {
			double x = wide[c];

			wide[c] = 0.5 * x * (1 + tanh(sqrt(2 / M_PI) * (x + 0.044715 * x * x * x)));
		}
		loose_multiply(w, first + TRANSFORMER_DOWN, wide, more);
		for (uint32_t c = 0; c < dim; c++)
			w->x[p][c] += more[c];
	}
}

static void loose_logits(const struct transformer *t, const uint16_t *input, uint32_t n,
			 double *logit)
{
	static struct loose w;
	uint32_t dim = t->shape.dim;
	double normed[DIM_MAX];

	w.t = t;
	w.weight = malloc(transformer_n_parameters(&t->shape) * sizeof *w.weight);
	assert_non_null(w.weight);
	transformer_dequantise(t, w.weight);
	for (uint32_t p = 0; p < n; p++)
		for (uint32_t c = 0; c < dim; c++)
			w.x[p][c] = (double)w.weight[(size_t)input[p] * dim + c];
	for (uint32_t layer = 0; layer < t->shape.n_layers; layer++)
		loose_layer(&w, layer, n);
	loose_norm(&w, transformer_n_tensors(&t->shape) - 1, w.x[n - 1], normed);
	loose_multiply(&w, TRANSFORMER_EMBED, normed, logit);
	free(w.weight);
}

/* ---- Predictor and twins. -------------------------------------------------------------------- */

/* One stream as the predictor's definition sees it: the inputs of its context. */
struct context {
	uint16_t input[POSITIONS_MAX];
	uint32_t n;
};

static uint16_t first_input(const struct transformer_shape *s)
{
	return s->separator < 0 ? 0 : (uint16_t)s->separator;
}

static void context_push(const struct transformer_shape *s, struct context *c, uint16_t symbol)
{
	if (s->separator >= 0 && symbol == s->separator)
		c->n = 0;
	c->input[c->n++] = symbol;
}

/* What a context's end says of the next symbol: masses, then summed as the predictor says. */
struct answer {
	uint32_t n_symbols, width, n_groups;
	float mass[SYMBOLS_MAX + 64];
	double group[SYMBOLS_MAX], all;
};

static void twin_answer(const struct transformer *t, const struct context *c, struct answer *a)
{
	uint32_t n = t->shape.n_symbols;

	*a = (struct answer){.n_symbols = n, .width = n <= 256 ? 16 : 32};
	a->n_groups = (n + a->width - 1) / a->width;
	twin_logits(t, c->input, c->n, a->mass);
	kernels()->softmax(a->mass, a->mass, n);
	for (uint32_t g = 0; g < a->n_groups; g++) {
		const float *m = a->mass + g * a->width;
		double sum[4] = {0};

		for (uint32_t i = 0; i < a->width; i++)
			sum[i % 4] += (double)m[i];
		a->group[g] = (sum[0] + sum[1]) + (sum[2] + sum[3]);
		a->all += a->group[g];
	}
}

/* The network's masses are near those of the twin in double. */
static void compare_loosely(const struct transformer *t, const struct context *c,
			    const struct answer *a)
{
	double loose[SYMBOLS_MAX], sum = 0, distance = 0;

	loose_logits(t, c->input, c->n, loose);
	for (uint32_t s = 0; s < a->n_symbols; s++)
		sum += loose[s] = exp(loose[s]);
	for (uint32_t s = 0; s < a->n_symbols; s++)
		distance += fabs(loose[s] / sum - (double)a->mass[s] / a->all) / 2;
	assert_true(distance < 0.05);
}

/* Have p code a symbol and compare both decisions with the twin in integers. */
static void compare(const struct transformer *t, struct predictor *p, struct dist *d,
		    const struct context *c, uint16_t symbol)
{
	struct answer a;
	uint32_t told, g, first;

	twin_answer(t, c, &a);
	compare_loosely(t, c, &a);
	transformer_ops.ask(p, d);
	assert_int_equal(d->n_symbols, a.n_groups);
	assert_int_equal(d->n_listed, a.n_groups);
	for (g = 0; g < a.n_groups; g++)
		assert_true(d->freq[g] == dist_frequency(a.group[g], DIST_SCALE / a.all));
	g = transformer_ops.spell(p, symbol);
	first = g * a.width;
	assert_false(transformer_ops.tell(p, g, &told));
	transformer_ops.ask(p, d);
	assert_int_equal(d->n_symbols, g + 1 < a.n_groups ? a.width : a.n_symbols - first);
	for (uint32_t s = 0; s < d->n_symbols; s++)
		assert_true(d->freq[s] ==
			    dist_frequency((double)a.mass[first + s], DIST_SCALE / a.group[g]));
	assert_true(transformer_ops.tell(p, transformer_ops.spell(p, symbol), &told));
	assert_int_equal(told, symbol);
}

/* `n` rounds of streams of which every one has symbols of its own. */
static void follow_twins(const struct transformer *t, int64_t n_streams, uint32_t n_rounds)
{
	struct predictor *p = open_network(t, n_streams);
	struct context context[8] = {0};
	uint16_t symbol[8][POSITIONS_MAX];
	struct dist d;

	assert_int_equal(dist_alloc(&d, p->outcomes_max), STATUS_OK);
	for (int64_t s = 0; s < n_streams; s++) {
		random_symbols(&t->shape, (uint64_t)s, symbol[s], n_rounds);
		context_push(&t->shape, &context[s], first_input(&t->shape));
	}
	for (uint32_t round = 0; round < n_rounds; round++)
		for (int64_t s = 0; s < n_streams; s++) {
			compare(t, p, &d, &context[s], symbol[s][round]);
			context_push(&t->shape, &context[s], symbol[s][round]);
		}
	dist_free(&d);
	transformer_ops.close(p);
}

static void test_twins(void **state)
{
	(void)state;
	for (unsigned i = 0; i < N_SHAPES; i++) {
		struct transformer *t = random_network(&shapes[i], i);

		follow_twins(t, 1, 3 * t->shape.ctx < 40 ? 3 * t->shape.ctx : 40);
		follow_twins(t, 3, 12);
		transformer_free(t);
	}
}

/* ---- Without twins. -------------------------------------------------------------------------- */

/* Tell p a symbol, whatever it thinks of it. */
static void push(struct predictor *p, uint32_t symbol)
{
	uint32_t told;

	while (!transformer_ops.tell(p, transformer_ops.spell(p, symbol), &told))
		;
	assert_int_equal(told, symbol);
}

/* A pass over symbols[]: the digest of all frequencies, and asking twice gives the same. */
static uint64_t digest_of(const struct transformer *t, int64_t n_streams, const uint16_t *symbol,
			  size_t n)
{
	struct predictor *p = open_network(t, n_streams);
	XXH64_state_t *hash = XXH64_createState();
	uint64_t digest, again[SYMBOLS_MAX];
	uint32_t told;
	struct dist d;

	assert_non_null(hash);
	XXH64_reset(hash, 0);
	assert_int_equal(dist_alloc(&d, p->outcomes_max), STATUS_OK);
	for (size_t i = 0; i < n; i++)
		do {
			transformer_ops.ask(p, &d);
			size_t freq_bytes = d.n_symbols * sizeof *d.freq;

			memcpy(again, d.freq, freq_bytes);
			memset(d.freq, 0xa5, freq_bytes);
			transformer_ops.ask(p, &d);
			assert_memory_equal(again, d.freq, freq_bytes);
			XXH64_update(hash, d.freq, freq_bytes);
		} while (!transformer_ops.tell(p, transformer_ops.spell(p, symbol[i]), &told));
	digest = XXH64_digest(hash);
	XXH64_freeState(hash);
	dist_free(&d);
	transformer_ops.close(p);
	return digest;
}

#define N_GOLDEN 200
#define GOLDEN 0x3fea7f5a20e06a7e /* of shapes[4], little-endian, everywhere */

static void test_golden_in_all_forms(void **state)
{
	static const int64_t n_streams[] = {1, 2, 8};
	struct transformer *t = random_network(&shapes[4], 4);
	uint16_t symbol[N_GOLDEN];
	uint64_t found[sizeof n_streams / sizeof *n_streams];

	(void)state;
	random_symbols(&t->shape, 77, symbol, N_GOLDEN);
	for (unsigned form = 0; form < SIMD_FORMS; form++) {
		if (!simd_available((enum simd)form))
			continue;
		assert_int_equal(simd_force(simd_name((enum simd)form)), STATUS_OK);
		for (size_t i = 0; i < sizeof n_streams / sizeof *n_streams; i++) {
			uint64_t digest = digest_of(t, n_streams[i], symbol, N_GOLDEN);

			assert_true(form == 0 || digest == found[i]);
			found[i] = digest;
		}
	}
	assert_int_equal(simd_force("auto"), STATUS_OK);
	if (found[2] != GOLDEN)
		fail_msg("golden: 0x%016llx", (unsigned long long)found[2]);
	transformer_free(t);
}

/* What stream 1 of 2 is told changes nothing in stream 0, and stream 0 is what it is alone. */
static void test_streams_are_strangers(void **state)
{
	struct transformer *t = random_network(&shapes[0], 5);
	struct predictor *alone = open_network(t, 1), *with[2];
	uint16_t symbol[2][30], mine[30];
	struct dist d, other;

	(void)state;
	random_symbols(&t->shape, 1, mine, 30);
	assert_int_equal(dist_alloc(&d, SYMBOLS_MAX), STATUS_OK);
	assert_int_equal(dist_alloc(&other, SYMBOLS_MAX), STATUS_OK);
	for (unsigned i = 0; i < 2; i++) {
		with[i] = open_network(t, 2);
		random_symbols(&t->shape, 2 + i, symbol[i], 30);
	}
	for (unsigned round = 0; round < 30; round++) {
		transformer_ops.ask(alone, &d);
		push(alone, mine[round]);
		for (unsigned i = 0; i < 2; i++) {
			transformer_ops.ask(with[i], &other);
			assert_int_equal(d.n_symbols, other.n_symbols);
			assert_memory_equal(d.freq, other.freq, d.n_symbols * sizeof *d.freq);
			push(with[i], mine[round]);
			transformer_ops.ask(with[i], &other);
			push(with[i], symbol[i][round]);
		}
	}
	dist_free(&d);
	dist_free(&other);
	transformer_ops.close(alone);
	transformer_ops.close(with[0]);
	transformer_ops.close(with[1]);
	transformer_free(t);
}

static void test_separator_empties_the_context(void **state)
{
	struct transformer *t = random_network(&shapes[1], 6);
	struct predictor *p = open_network(t, 1);
	struct dist fresh, d;

	(void)state;
	assert_int_equal(dist_alloc(&fresh, SYMBOLS_MAX), STATUS_OK);
	assert_int_equal(dist_alloc(&d, SYMBOLS_MAX), STATUS_OK);
	transformer_ops.ask(p, &fresh);
	for (unsigned length = 1; length < 50; length += 7) {
		size_t bytes = fresh.n_symbols * sizeof *d.freq;

		for (unsigned i = 0; i < length; i++) {
			push(p, 10 + i % 30);
			transformer_ops.ask(p, &d);
			assert_memory_not_equal(d.freq, fresh.freq, bytes);
		}
		push(p, (uint32_t)t->shape.separator);
		transformer_ops.ask(p, &d);
		assert_memory_equal(d.freq, fresh.freq, bytes);
	}
	dist_free(&fresh);
	dist_free(&d);
	transformer_ops.close(p);
	transformer_free(t);
}

/* Probability of a symbol under the two decisions; p moves on. */
static long double probability(struct predictor *p, struct dist *d, uint32_t symbol)
{
	long double product = 1;
	uint32_t outcome, told;

	do {
		transformer_ops.ask(p, d);
		dist_seal(d);
		outcome = transformer_ops.spell(p, symbol);
		assert_true(d->freq[outcome] >= 1);
		product *= (long double)d->freq[outcome] / (long double)d->total;
	} while (!transformer_ops.tell(p, outcome, &told));
	return product;
}

/* Against the masses themselves, summed in long double; every symbol comes once. */
static void test_rounding_costs_what_it_says(void **state)
{
	struct transformer *t = random_network(&shapes[4], 7);
	struct predictor *p = open_network(t, 1);
	uint32_t n = t->shape.n_symbols;
	struct context c = {0};
	struct answer a;
	double worst = 0, bound;
	struct dist d;

	(void)state;
	assert_int_equal(dist_alloc(&d, SYMBOLS_MAX), STATUS_OK);
	context_push(&t->shape, &c, first_input(&t->shape));
	for (uint32_t i = 0; i < n; i++) {
		uint32_t symbol = i % 16 == 15 ? (uint32_t)t->shape.separator : i;
		long double sum = 0;

		twin_answer(t, &c, &a);
		for (uint32_t s = 0; s < n; s++)
			sum += (long double)a.mass[s];
		double loss = (double)log2l((long double)a.mass[symbol] / sum /
					    probability(p, &d, symbol));

		worst = loss > worst ? loss : worst;
		context_push(&t->shape, &c, (uint16_t)symbol);
	}
	bound = (a.n_groups + a.width) / (double)DIST_SCALE / log(2) + 0x1p-43;
	assert_true(worst > 0 && worst <= bound);
	dist_free(&d);
	transformer_ops.close(p);
	transformer_free(t);
}

/* The largest numbers that a model may hold: all is finite, nothing impossible.  Another alphabet
 * is refused. */
static void test_large_numbers(void **state)
{
	struct transformer *t = random_network(&shapes[0], 8);
	uint16_t symbol[60];
	int64_t one = 1;
	struct predictor_setup setup = setup_of(t, &one);
	struct predictor *p;

	(void)state;
	random_symbols(&t->shape, 9, symbol, 60);
	memset(t->code, 127, transformer_n_codes(&t->shape));
	for (size_t i = 0, n = transformer_n_rows(&t->shape); i < n; i++)
		t->scale[i] = TRANSFORMER_SCALE_MAX;
	for (size_t i = 0, n = transformer_n_gains(&t->shape); i < n; i++)
		t->gain[i] = i % 2 ? -TRANSFORMER_GAIN_MAX : TRANSFORMER_GAIN_MAX;
	assert_true(digest_of(t, 2, symbol, 60) == digest_of(t, 2, symbol, 60));
	setup.n_symbols = 38;
	assert_int_equal(transformer_ops.open(&p, &setup), STATUS_CORRUPT);
	transformer_free(t);
}

/* ---- Archives. ------------------------------------------------------------------------------- */

#define BYTES_MAX 700

static void check_archive(const struct transformer *t, const char *model, const uint8_t *bytes,
			  size_t n)
{
	static const int roundings[] = {FE_UPWARD, FE_TOWARDZERO};
	struct archive_settings settings;
	struct archive_reading reading = {.transformer = t};
	struct buffer out = {0}, again = {0}, back = {0};

	assert_int_equal(archive_settings_parse(&settings, model), STATUS_OK);
	settings.transformer = t;
	settings.block_symbols = 300;
	assert_int_equal(archive_compress(&settings, bytes, n, &out, NULL), STATUS_OK);
	for (size_t i = 0; i < sizeof roundings / sizeof *roundings; i++) {
		again.size_bytes = back.size_bytes = 0;
		fesetround(roundings[i]);
		assert_int_equal(archive_compress(&settings, bytes, n, &again, NULL), STATUS_OK);
		assert_int_equal(archive_decompress(&reading, out.data, out.size_bytes,
						    &back, NULL),
				 STATUS_OK);
		assert_int_equal(fegetround(), roundings[i]);
		fesetround(FE_TONEAREST);
		assert_int_equal(again.size_bytes, out.size_bytes);
		assert_memory_equal(again.data, out.data, out.size_bytes);
		assert_int_equal(back.size_bytes, n);
		if (n)
			assert_memory_equal(back.data, bytes, n);
	}
	buffer_free(&out);
	buffer_free(&again);
	buffer_free(&back);
}

static void test_archives(void **state)
{
	static const char *const models[] = {"transformer:streams=1", "transformer:streams=2",
					     "transformer", "transformer:streams=64"};
	static const size_t sizes[] = {0, 1, 5, 64, BYTES_MAX};
	struct transformer *t = random_network(&shapes[4], 10);
	struct rng rng = rng_stream(11, 0, 0);
	uint8_t bytes[BYTES_MAX];

	(void)state;
	for (size_t i = 0; i < BYTES_MAX; i++)
		bytes[i] = (uint8_t)(rng_below(&rng, 8) == 0 ? 10 : rng_below(&rng, 256));
	for (size_t m = 0; m < sizeof models / sizeof *models; m++)
		for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++)
			check_archive(t, models[m], bytes, sizes[i]);
	transformer_free(t);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_twins),
	    cmocka_unit_test(test_golden_in_all_forms),
	    cmocka_unit_test(test_streams_are_strangers),
	    cmocka_unit_test(test_separator_empties_the_context),
	    cmocka_unit_test(test_rounding_costs_what_it_says),
	    cmocka_unit_test(test_large_numbers),
	    cmocka_unit_test(test_archives),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
