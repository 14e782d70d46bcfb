/* SPDX-License-Identifier: BSD-2-Clause
 *
 * test_rounding.c - a caller's floating-point environment decides no byte, and is given back.
 *
 * Property  in every rounding mode, with subnormal numbers flushed and read as zero where the
 *           processor can, archives by every predictor that needs no world are what they are
 *           otherwise, on one thread and on three; they are decoded; and the caller finds the mode
 *           as it was.
 * Method    bytes of a repeating text with noise; random transformers of model.h; the environment
 *           is set around archive_compress() and archive_decompress().
 */
#include <fenv.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#if defined(__x86_64__)
#include <xmmintrin.h>
#endif

#include "archive.h"
#include "model.h"

#include <cmocka.h> /* last: it defines a macro fail() */

#define INPUT_BYTES 3000
#define FLUSH_BITS 0x8040u /* of MXCSR: results and operands that are subnormal are zero */

static uint8_t input[INPUT_BYTES];

static void set_flushing(bool on)
{
#if defined(__x86_64__)
	_mm_setcsr(on ? _mm_getcsr() | FLUSH_BITS : _mm_getcsr() & ~FLUSH_BITS);
#else
	(void)on;
#endif
}

static bool is_flushing(void)
{
#if defined(__x86_64__)
	return (_mm_getcsr() & FLUSH_BITS) == FLUSH_BITS;
#else
	return true;
#endif
}

static void compress(const struct predictor_ops *model, int threads, struct buffer *archive)
{
	struct archive_settings settings;

	assert_int_equal(archive_settings_parse(&settings, model_text_for(model)), STATUS_OK);
	settings.transformer = model->needs_model ? model_for(model, false, 256) : NULL;
	settings.threads = threads;
	settings.block_symbols = 1000;
	settings.as_bytes = true;
	assert_int_equal(archive_compress(&settings, input, sizeof input, archive, NULL),
			 STATUS_OK);
}

static void check_mode(const struct predictor_ops *model, const struct buffer *plain, int mode,
		       int threads)
{
	struct archive_reading reading = {.threads = threads};
	struct buffer archive = {0}, back = {0};

	reading.transformer = model->needs_model ? model_for(model, false, 256) : NULL;
	fesetround(mode);
	set_flushing(true);
	compress(model, threads, &archive);

	enum status status =
	    archive_decompress(&reading, plain->data, plain->size_bytes, &back, NULL);
	bool left_alone = fegetround() == mode && is_flushing();

	set_flushing(false);
	fesetround(FE_TONEAREST);
	assert_int_equal(status, STATUS_OK);
	assert_true(left_alone);
	assert_int_equal(archive.size_bytes, plain->size_bytes);
	assert_memory_equal(archive.data, plain->data, plain->size_bytes);
	assert_int_equal(back.size_bytes, sizeof input);
	assert_memory_equal(back.data, input, sizeof input);
	buffer_free(&archive);
	buffer_free(&back);
}

static void test_rounding(void **state)
{
	static const int modes[] = {FE_TONEAREST, FE_UPWARD, FE_DOWNWARD, FE_TOWARDZERO};
	struct rng rng = rng_stream(1, 0, 0);

	(void)state;
	for (size_t i = 0; i < sizeof input; i++)
		input[i] = (uint8_t)(i % 7 ? 'a' + i % 23 : rng_below(&rng, 256));
	for (const struct predictor_ops *const *p = predictors; *p; p++) {
		struct buffer plain = {0};

		if ((*p)->needs_world)
			continue;
		compress(*p, 1, &plain);
		for (size_t m = 0; m < sizeof modes / sizeof *modes; m++)
			for (int threads = 1; threads <= 3; threads += 2)
				check_mode(*p, &plain, modes[m], threads);
		buffer_free(&plain);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(test_rounding)};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
