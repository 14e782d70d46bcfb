/* SPDX-License-Identifier: BSD-2-Clause
 *
 * test_shape.c - shapes, tensors and rounding of the transformer.
 *
 * Properties: every tensor begins where the one before ends, in each of the four numberings; wrong
 * shapes are refused; sine and cosine, and the rotation of a position, are those of libm; rounding
 * to codes and back is off by at most half a step where nothing is cut off, does not change what it
 * made itself, and refuses what is not finite.
 */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "elementary.h"
#include "rng.h"
#include "transformer.h"

#include "fixture.h" /* last: it brings cmocka.h, which defines a macro fail() */

static const struct transformer_shape good = {.n_symbols = 300,
					      .n_layers = 3,
					      .dim = 64,
					      .n_heads = 2,
					      .ctx = 20,
					      .separator = 7,
					      .is_tokens = true};

static void test_tensors_follow_each_other(void **state)
{
	size_t offset = 0, rows = 0, codes = 0, gains = 0;

	(void)state;
	for (unsigned i = 0; i < transformer_n_tensors(&good); i++) {
		struct transformer_tensor t = transformer_tensor(&good, i);
		size_t n = (size_t)t.rows * t.cols;

		assert_int_equal(t.offset, offset);
		offset += n;
		if (t.is_gain) {
			assert_int_equal(t.gain_offset, gains);
			gains += n;
		} else {
			assert_int_equal(t.row_offset, rows);
			assert_int_equal(t.code_offset, codes);
			rows += t.rows;
			codes += n;
		}
	}
	assert_int_equal(offset, 300 * 64 + 3 * (12 * 64 * 64 + 2 * 64) + 64);
	assert_int_equal(transformer_n_parameters(&good), offset);
	assert_int_equal(transformer_n_codes(&good), codes);
	assert_int_equal(transformer_n_rows(&good), rows);
	assert_int_equal(transformer_n_gains(&good), gains);
	assert_string_equal(transformer_tensor(&good, 6 + TRANSFORMER_QKV).name,
			    "layers.1.qkv.weight");
}

static void refused(struct transformer_shape s)
{
	assert_int_equal(transformer_shape_check(&s), STATUS_BAD_ARGUMENT);
}

#define WITH(member, value)                                                                        \
	({                                                                                         \
		struct transformer_shape s_ = good;                                                \
		s_.member = (value);                                                               \
		s_;                                                                                \
	})

static void test_wrong_shapes_are_refused(void **state)
{
	(void)state;
	assert_int_equal(transformer_shape_check(&good), STATUS_OK);
	refused(WITH(n_symbols, 0));
	refused(WITH(n_symbols, 65537));
	refused(WITH(n_layers, 0));
	refused(WITH(n_layers, TRANSFORMER_LAYERS_MAX + 1));
	refused(WITH(dim, 0));
	refused(WITH(dim, 72));
	refused(WITH(dim, TRANSFORMER_DIM_MAX + 16));
	refused(WITH(n_heads, 0));
	refused(WITH(n_heads, 3));
	refused(WITH(n_heads, 8));
	refused(WITH(ctx, 0));
	refused(WITH(ctx, TRANSFORMER_CTX_MAX + 1));
	refused(WITH(separator, 300));
	refused(WITH(separator, -2));
	refused(WITH(is_tokens, false));
}

static void test_rotation_is_that_of_libm(void **state)
{
	float cosine[16], sine[16];

	(void)state;
	for (int i = 0; i < 1000; i++) {
		double x = i / 1000.0;

		assert_true(fabs(elementary_sin_turn(x) - sin(2 * M_PI * x)) < 2e-15);
		assert_true(fabs(elementary_cos_turn(x) - cos(2 * M_PI * x)) < 2e-15);
	}
	for (uint32_t p = 0; p < 200000; p += 997) {
		transformer_rotation(&good, p, cosine, sine);
		for (int i = 0; i < 16; i++) {
			double turns = round(pow(1000, -i / 16.0) * 65536 / (2 * M_PI)) * p / 65536;

			assert_true(fabs(cosine[i] - cos(2 * M_PI * fmod(turns, 1))) < 1e-7);
			assert_true(fabs(sine[i] - sin(2 * M_PI * fmod(turns, 1))) < 1e-7);
		}
	}
}

static float *random_parameters(uint64_t seed)
{
	size_t n = transformer_n_parameters(&good);
	float *w = malloc(n * sizeof *w);
	struct rng rng = rng_stream(seed, 1, 0);

	assert_non_null(w);
	for (size_t i = 0; i < n; i++)
		w[i] = (float)(rng_unit(&rng) - 0.5);
	return w;
}

static void test_rounding(void **state)
{
	size_t n = transformer_n_parameters(&good);
	float *w = random_parameters(3), *back = malloc(n * sizeof *back);

	(void)state;
	assert_non_null(back);
	for (unsigned bits = TRANSFORMER_BITS_MIN; bits <= 8; bits++) {
		struct transformer *t, *again;
		int limit = transformer_code_limit(bits);

		assert_int_equal(transformer_new(&t, &good), STATUS_OK);
		assert_int_equal(transformer_new(&again, &good), STATUS_OK);
		t->bits = again->bits = bits;
		assert_int_equal(transformer_quantise(t, w), STATUS_OK);
		transformer_dequantise(t, back);
		for (size_t i = 0; i < 300 * 64; i++) {
			float step = t->scale[i / 64];

			assert_true(abs(t->code[i]) <= limit);
			if (fabsf(w[i]) < step * (float)limit)
				assert_true(fabsf(back[i] - w[i]) <= 0.5001f * step);
		}
		if (bits == 8) {
			assert_int_equal(transformer_quantise(again, back), STATUS_OK);
			assert_memory_equal(again->gain, t->gain, 4 * transformer_n_gains(&good));
		}
		transformer_free(again);
		transformer_free(t);
	}
	free(back);
	free(w);
}

static void test_what_is_not_finite_is_refused(void **state)
{
	float *w = random_parameters(4);
	static const float bad[] = {NAN, INFINITY, -INFINITY, 1e37f};
	struct transformer *t;

	(void)state;
	assert_int_equal(transformer_new(&t, &good), STATUS_OK);
	assert_int_equal(transformer_quantise(t, w), STATUS_OK);
	for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
		w[77] = bad[i];
		assert_int_equal(transformer_quantise(t, w), STATUS_CORRUPT);
	}
	transformer_free(t);
	free(w);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_tensors_follow_each_other),
	    cmocka_unit_test(test_wrong_shapes_are_refused),
	    cmocka_unit_test(test_rotation_is_that_of_libm),
	    cmocka_unit_test(test_rounding),
	    cmocka_unit_test(test_what_is_not_finite_is_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
