/* SPDX-License-Identifier: BSD-2-Clause
 *
 * test_online.c - a network that learns what it has just predicted.
 *
 * Property  archives come back, for every size around the edges of updates, alphabets, streams and
 *           with or without first weights from a file; their bytes depend neither on threads nor on
 *           the form of instructions, however wild the weights; what is regular becomes cheap; an
 *           update is the one that AdamW prescribes; sentences are found; no more memory is taken
 *           than announced; the name with a colon in it is told from options.
 * Method    small networks on sources made here; one update by hand in double precision against the
 *           network's own gradient; weights at all limits of a model file and the largest rate.
 */
#include <malloc.h>
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "archive.h"
#include "model.h"
#include "network.h"
#include "online.h"
#include "rng.h"
#include "simd.h"
#include "tokens.h"
#include "transformer_inference.h"

#include <cmocka.h> /* after status.h: it defines a macro fail() */

#define NAME "transformer:online"
#define SMALL NAME ":layers=1,dim=16,ctx=16,block=8"

/* n tokens below n_symbols: a word, the same twice again, and one that is random. */
static struct buffer token_file(size_t n, uint32_t n_symbols, uint64_t seed)
{
	struct rng r = rng_stream(seed, 0, n);
	struct buffer b = {0};
	uint32_t last = 0;

	tokens_write_header(&b, n);
	for (size_t i = 0; i < n; i++) {
		last = i % 4 == 0 ? (uint32_t)rng_below(&r, n_symbols) : (last + 1) % n_symbols;
		buffer_append_le(&b, last, 2);
	}
	assert_false(b.failed);
	return b;
}

static struct archive_settings settings_of(const char *text, int threads)
{
	struct archive_settings s;

	if (archive_settings_parse(&s, text) != STATUS_OK)
		fail_msg("%s", status_message());
	s.threads = threads;
	return s;
}

static struct buffer compress(const struct archive_settings *s, const struct buffer *in)
{
	struct buffer out = {0};

	if (archive_compress(s, in->data, in->size_bytes, &out, NULL) != STATUS_OK)
		fail_msg("%s", status_message());
	return out;
}

static void assert_same(const struct buffer *a, const struct buffer *b)
{
	assert_int_equal(a->size_bytes, b->size_bytes);
	assert_memory_equal(a->data, b->data, a->size_bytes);
}

static void check_back(const struct buffer *archive, const struct archive_reading *reading,
		       const struct buffer *in)
{
	struct buffer back = {0};

	if (archive_decompress(reading, archive->data, archive->size_bytes, &back, NULL) !=
	    STATUS_OK)
		fail_msg("%s", status_message());
	assert_same(&back, in);
	buffer_free(&back);
}

/* By one thread, and decoded by another number. */
static void round_trip(const char *model, const struct buffer *in)
{
	struct archive_settings s = settings_of(model, 1);
	struct archive_reading reading = {.threads = 1 + in->size_bytes % 4 / 2};
	struct buffer archive = compress(&s, in);

	check_back(&archive, &reading, in);
	buffer_free(&archive);
}

static void test_sizes(void **state)
{
	static const size_t sizes[] = {0, 1, 2, 7, 8, 9, 15, 16, 17, 63, 64, 65, 100};

	(void)state;
	for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
		struct buffer in = token_file(sizes[i], 20, 1);

		round_trip(SMALL ",streams=1", &in);
		round_trip(SMALL ",streams=8", &in);
		round_trip(SMALL ",streams=3,passes=0", &in);
		buffer_free(&in);
	}
}

static void test_alphabets(void **state)
{
	static const uint32_t alphabets[] = {1, 2, 3, 15, 16, 17, 255, 256, 257, 300};

	(void)state;
	for (size_t i = 0; i < sizeof alphabets / sizeof *alphabets; i++) {
		struct buffer in = token_file(300, alphabets[i], 2);

		round_trip(SMALL, &in);
		round_trip(SMALL ",ctx=1,streams=5", &in);
		buffer_free(&in);
	}
}

static void test_defaults(void **state)
{
	struct buffer tokens = token_file(900, 40, 3), bytes = {0};

	(void)state;
	for (size_t i = 0; i < 900; i++)
		buffer_append_byte(&bytes, (uint8_t)(i * i % 101));
	round_trip(NAME, &tokens);
	round_trip(NAME, &bytes);
	buffer_free(&tokens);
	buffer_free(&bytes);
}

static void check_agreement(const char *model, const struct buffer *in,
			    const struct transformer *start)
{
	struct archive_settings s = settings_of(model, 1);

	s.transformer = start;
	struct buffer first = compress(&s, in);

	for (s.threads = 2; s.threads <= 3; s.threads++) {
		struct buffer again = compress(&s, in);

		assert_same(&again, &first);
		buffer_free(&again);
	}
	s.threads = 1;
	for (int form = 0; form < SIMD_FORMS; form++) {
		if (!simd_available((enum simd)form))
			continue;
		assert_int_equal(simd_force(simd_name((enum simd)form)), STATUS_OK);
		struct buffer again = compress(&s, in);

		assert_same(&again, &first);
		buffer_free(&again);
	}
	assert_int_equal(simd_force("auto"), STATUS_OK);
	buffer_free(&first);
}

static void test_agreement(void **state)
{
	struct buffer in = token_file(700, 50, 4);

	(void)state;
	check_agreement(NAME ":layers=2,dim=32,ctx=20,streams=6", &in, NULL);
	check_agreement(NAME ":layers=2,dim=128,ctx=8,streams=48,passes=0", &in, NULL);
	check_agreement(SMALL ",streams=1,rate=1", &in, NULL);
	buffer_free(&in);
}

/* First weights at the limits of what a model file may hold. */
static void test_wild_weights(void **state)
{
	struct transformer_shape shape = model_shape(true, 50);
	struct buffer in = token_file(300, 50, 5);
	struct transformer *t;
	struct rng r = rng_stream(6, 0, 0);

	(void)state;
	shape.n_layers = 2;
	assert_int_equal(transformer_new(&t, &shape), STATUS_OK);
	for (size_t i = 0; i < transformer_n_codes(&shape); i++)
		t->code[i] = rng_below(&r, 2) ? 127 : -127;
	for (size_t i = 0; i < transformer_n_rows(&shape); i++)
		t->scale[i] = TRANSFORMER_SCALE_MAX;
	for (size_t i = 0; i < transformer_n_gains(&shape); i++)
		t->gain[i] = rng_below(&r, 2) ? TRANSFORMER_GAIN_MAX : -TRANSFORMER_GAIN_MAX;
	check_agreement(NAME ":rate=1,streams=4", &in, t);
	transformer_free(t);
	buffer_free(&in);
}

static void test_model_file(void **state)
{
	struct archive_settings s = settings_of(NAME ":streams=4", 1);
	struct transformer_shape shape = model_shape(true, 30);
	struct buffer in = token_file(700, 30, 7), file = {0}, back = {0};
	struct archive_reading none = {.threads = 1}, with = none;
	struct transformer *model = model_from_file(&shape, 8, 1, &file);
	struct buffer without = compress(&s, &in);

	(void)state;
	assert_non_null(model);
	with.transformer = s.transformer = model;
	struct buffer named = compress(&s, &in);

	s.model_file = &file;
	struct buffer stored = compress(&s, &in);

	check_back(&without, &none, &in);
	check_back(&named, &with, &in);
	check_back(&stored, &none, &in);
	assert_true(stored.size_bytes > named.size_bytes + file.size_bytes / 2);
	assert_int_equal(
	    archive_decompress(&none, named.data, named.size_bytes, &back, NULL),
	    STATUS_UNSUPPORTED);
	buffer_free(&back);
	buffer_free(&without);
	buffer_free(&named);
	buffer_free(&stored);
	buffer_free(&file);
	buffer_free(&in);
	transformer_free(model);
}

/* Bits of the two halves of a file of tokens. */
static void halves(const char *model, const struct buffer *in, size_t n, double half[2])
{
	struct archive_settings s = settings_of(model, 1);
	double *cost = calloc(n, sizeof *cost);

	s.cost_bits = cost;
	struct buffer out = compress(&s, in);

	half[0] = half[1] = 0;
	for (size_t i = 0; i < n; i++)
		half[i >= n / 2] += cost[i];
	buffer_free(&out);
	free(cost);
}

/* Each symbol is the one before plus 1, or with probability 1/4 plus 2: 0.8113 bits. */
static void test_learning(void **state)
{
	enum { N = 3000, SYMBOLS = 16 };
	struct rng r = rng_stream(8, 0, 0);
	struct buffer in = {0};
	double half[2], entropy = N / 2 * 0.8113;

	(void)state;
	tokens_write_header(&in, N);
	for (uint32_t i = 0, last = 0; i < N; i++) {
		last = (last + 1 + (rng_below(&r, 4) == 0)) % SYMBOLS;
		buffer_append_le(&in, last, 2);
	}
	halves(NAME ":layers=1,dim=16,ctx=16,streams=1", &in, N, half);
	assert_true(half[1] < 0.8 * half[0]);
	assert_true(half[1] < 1.3 * entropy);
	assert_true(half[1] > 0.9 * entropy);
	buffer_free(&in);
}

/* Sentences of one word 1..9, 3 to 12 times: the separator tells where the next word is drawn. */
static void test_separator(void **state)
{
	enum { N = 5000 };
	struct rng r = rng_stream(9, 0, 0);
	struct buffer in = {0};
	double found[2], told[2], without[2];

	(void)state;
	tokens_write_header(&in, N);
	for (size_t i = 0, left = 0, word = 0; i < N; i++, left--) {
		if (left == 0) {
			left = 4 + rng_below(&r, 10);
			word = 1 + rng_below(&r, 9);
		}
		buffer_append_le(&in, left == 1 ? 0 : word, 2);
	}
	halves(NAME ":layers=1,dim=16,ctx=16,streams=2", &in, N, found);
	halves(NAME ":layers=1,dim=16,ctx=16,streams=2,separator=0", &in, N, told);
	halves(NAME ":layers=1,dim=16,ctx=16,streams=2,separator=-1", &in, N, without);
	assert_true(fabs(found[1] - told[1]) < 0.05 * told[1]);
	assert_true(found[1] != without[1]);
	buffer_free(&in);
}

/* ---- One update by hand. ---- */

/* The first update is after ctx / 16 + 1 symbols. */
enum { TWIN_SYMBOLS = 20, TWIN_CTX = 96, TWIN_FIRST = 7 };

static const struct transformer_shape twin_shape = {TWIN_SYMBOLS, 2, 32, 2, TWIN_CTX,
						    TRANSFORMER_NO_SEPARATOR, true};

/* AdamW from nothing: m / (1 - beta1) is the gradient, v / (1 - beta2) its square. */
static void twin_update(float *parameter, const uint16_t *symbol, double rate, double decay)
{
	const struct transformer_shape *s = &twin_shape;
	size_t n = transformer_n_parameters(s);
	float *gradient = calloc(n, sizeof *gradient);
	uint16_t input[TWIN_CTX] = {0};
	uint32_t target[TWIN_CTX];
	struct network_windows w = {input, target, 1, TWIN_CTX};
	struct network *net;
	double square = 0;

	for (size_t i = 0; i < TWIN_CTX; i++) {
		input[i] = 0 < i && i < TWIN_FIRST ? symbol[i - 1] : 0;
		target[i] = i < TWIN_FIRST ? symbol[i] : NETWORK_NO_TARGET;
	}
	assert_int_equal(network_open(&net, s, TWIN_CTX, 1, 1), STATUS_OK);
	network_prepare(net, parameter, 1);
	network_gradient(net, 0, &w, 1.0f / TWIN_FIRST, gradient, NULL);
	for (size_t i = 0; i < n; i++)
		square += (double)gradient[i] * (double)gradient[i];
	for (unsigned i = 0; i < transformer_n_tensors(s); i++) {
		struct transformer_tensor at = transformer_tensor(s, i);

		for (size_t k = at.offset; k < at.offset + (size_t)at.rows * at.cols; k++) {
			double g = (double)gradient[k] / (square > 1 ? sqrt(square) : 1);
			double w_k = (double)parameter[k];

			if (!at.is_gain)
				w_k -= decay * rate * w_k;
			parameter[k] = (float)(w_k - rate * g / (sqrt(g * g) + 1e-9));
		}
	}
	network_close(net);
	free(gradient);
}

/* Masses behind the first symbols, of which the last one is seen with other weights. */
static void twin_masses(const float *before, const float *after, const uint16_t *symbol,
			float *mass)
{
	struct transformer *t;
	struct inference *net;

	assert_int_equal(transformer_new(&t, &twin_shape), STATUS_OK);
	assert_int_equal(transformer_quantise(t, before), STATUS_OK);
	assert_int_equal(inference_open(&net, t, 1), STATUS_OK);
	for (uint64_t i = 0; i <= TWIN_FIRST; i++) {
		uint32_t token = i ? symbol[i - 1] : 0;

		if (i == TWIN_FIRST) {
			assert_int_equal(transformer_quantise(t, after), STATUS_OK);
			inference_reload(net, 1);
		}
		inference_step(net, &token, &i);
	}
	memcpy(mass, inference_masses(net, 0), TWIN_SYMBOLS * sizeof *mass);
	inference_close(net);
	transformer_free(t);
}

static double distance(const float *a, const float *b)
{
	double most = 0;

	for (size_t i = 0; i < TWIN_SYMBOLS; i++)
		most = fmax(most, fabs((double)(a[i] - b[i])));
	return most;
}

/* The first of RISE steps has that share of the rate; `decay` is what online_learn.c says. */
static void test_update(void **state)
{
	enum { RISE = 20 };
	const double rate = 0.05, decay = 0.02;
	struct online_settings s = {.shape = twin_shape,
				    .seed = 3,
				    .n_streams = 1,
				    .passes = 0,
				    .rate = rate * RISE,
				    .threads = 1};
	size_t n = transformer_n_parameters(&twin_shape);
	float *before = calloc(n, sizeof *before), *after = calloc(n, sizeof *after);
	float expected[TWIN_SYMBOLS], unlearnt[TWIN_SYMBOLS];
	struct rng r = rng_stream(10, 0, 0);
	uint16_t symbol[TWIN_FIRST];
	struct online *o;

	(void)state;
	network_init(&twin_shape, s.seed, before);
	memcpy(after, before, n * sizeof *after);
	assert_int_equal(online_open(&o, &s, 1000), STATUS_OK);
	for (size_t i = 0; i < TWIN_FIRST; i++) {
		symbol[i] = (uint16_t)rng_below(&r, TWIN_SYMBOLS);
		online_masses(o);
		online_tell(o, symbol[i]);
	}
	twin_update(after, symbol, rate, decay);
	twin_masses(before, after, symbol, expected);
	twin_masses(before, before, symbol, unlearnt);
	assert_true(distance(online_masses(o), expected) < 0.02);
	assert_true(distance(unlearnt, expected) > 0.2);
	online_close(o);
	free(before);
	free(after);
}

/* ---- Settings. ---- */

static void test_names(void **state)
{
	struct archive_settings s;

	(void)state;
	assert_string_equal(settings_of(NAME, 1).model->name, NAME);
	assert_string_equal(settings_of(NAME ":dim=32,streams=2", 1).model->name, NAME);
	assert_string_equal(settings_of("transformer:streams=2", 1).model->name, "transformer");
	assert_string_equal(settings_of("transformer", 1).model->name, "transformer");
	assert_int_equal(archive_settings_parse(&s, "transformer:onlin"), STATUS_BAD_ARGUMENT);
	assert_int_equal(archive_settings_parse(&s, "transformer:onlines"), STATUS_BAD_ARGUMENT);
	assert_int_equal(archive_settings_parse(&s, "transforme"), STATUS_BAD_ARGUMENT);
	assert_int_equal(archive_settings_parse(&s, NAME ":dim"), STATUS_BAD_ARGUMENT);
}

static void test_refused(void **state)
{
	static const char *const wrong[] = {NAME ":dim=40", NAME ":dim=32,heads=3",
					    NAME ":separator=900"};
	struct buffer in = token_file(50, 20, 11), out = {0};

	(void)state;
	for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
		struct archive_settings s = settings_of(wrong[i], 1);

		assert_int_equal(archive_compress(&s, in.data, in.size_bytes, &out, NULL),
				 STATUS_BAD_ARGUMENT);
		buffer_free(&out);
	}
	struct archive_settings s = settings_of(NAME ":layers=24,dim=1024,ctx=4096,streams=64", 1);

	s.memory_max_bytes = (uint64_t)1 << 32;
	assert_int_equal(archive_compress(&s, in.data, in.size_bytes, &out, NULL), STATUS_LIMIT);
	buffer_free(&out);
	buffer_free(&in);
}

static uint64_t allocated_bytes(void)
{
	struct mallinfo2 info = mallinfo2();

	return info.uordblks + info.hblkhd;
}

static void test_memory(void **state)
{
	struct online_settings s = {.shape = {300, 3, 48, 3, 40, TRANSFORMER_NO_SEPARATOR, true},
				    .seed = 1,
				    .n_streams = 5,
				    .passes = 1,
				    .find_separator = true};

	(void)state;
	for (s.threads = 1; s.threads <= 8; s.threads += 3) {
		uint64_t announced = online_bytes(&s, 100000), before = allocated_bytes(), used;
		struct online *o;

		assert_int_equal(online_open(&o, &s, 100000), STATUS_OK);
		used = allocated_bytes() - before;
		online_close(o);
		assert_true(used <= announced + 16384); /* the allocator's own */
		assert_true(announced < 2 * used + (1 << 20) || s.threads < 4);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_sizes),      cmocka_unit_test(test_alphabets),
	    cmocka_unit_test(test_defaults),   cmocka_unit_test(test_agreement),
	    cmocka_unit_test(test_wild_weights), cmocka_unit_test(test_model_file),
	    cmocka_unit_test(test_learning),   cmocka_unit_test(test_separator),
	    cmocka_unit_test(test_update),     cmocka_unit_test(test_names),
	    cmocka_unit_test(test_refused),    cmocka_unit_test(test_memory),
	};

	return cmocka_run_group_tests_name("online", tests, NULL, NULL);
}
