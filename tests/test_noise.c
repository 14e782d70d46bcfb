/* SPDX-License-Identifier: BSD-2-Clause
 *
 * test_noise.c - what is stored without being coded.
 *
 * Property  random bytes are noise, and little of anything else in a window, or of any length twice
 *           in the whole, makes them none; an archive of noise holds it as it is, and one of what
 *           is none is shorter than that.
 * Method    random bytes, untouched and with one flaw each.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "archive.h"
#include "noise.h"
#include "rng.h"

#include <cmocka.h> /* after status.h: it defines a macro fail() */

#define N_MAX ((size_t)1 << 20)

static uint8_t data[N_MAX];

static void fill(uint64_t seed)
{
	struct rng rng = rng_stream(60, seed, 0);

	for (size_t i = 0; i < N_MAX; i++)
		data[i] = (uint8_t)(rng_u32(&rng) >> 24);
}

static void random_bytes_are_noise(void **state)
{
	(void)state;
	for (uint64_t seed = 0; seed < 16; seed++) {
		fill(seed);
		assert_true(noise_recognise(data, N_MAX));
		assert_true(noise_recognise(data + seed, NOISE_BYTES_MIN + 4111 * seed));
		assert_false(noise_recognise(data, NOISE_BYTES_MIN - 1));
	}
	assert_false(noise_recognise(NULL, 0));
}

/* Each puts something into noise. */

static void zeros_inside(void)
{
	memset(data + 700000, 0, 500);
}

static void twice(void)
{
	memcpy(data + N_MAX - 70000, data + 10, 4000);
}

/* Values that are evenly spread, each a constant more than the one so many bytes before. */
static void steps(size_t back)
{
	for (size_t i = back; i < N_MAX; i++)
		data[i] = (uint8_t)(data[i - back] + 77);
}

static void steps_of_bytes(void)
{
	steps(1);
}

static void steps_of_words(void)
{
	steps(4);
}

/* In a quarter of all bytes the upper half is that of the byte before. */
static void like_halves(void)
{
	for (size_t i = 1; i < N_MAX; i += 4)
		data[i] = (uint8_t)((data[i - 1] & 0xf0) | (data[i] & 0x0f));
}

/* A zero behind each 0xff: too little for a window, but not for the whole. */
static void stuffed(void)
{
	for (size_t i = 1; i < N_MAX; i++)
		if (data[i - 1] == 0xff)
			data[i] = 0;
}

static void seven_bits(void)
{
	for (size_t i = 0; i < N_MAX; i++)
		data[i] &= 0x7f;
}

static const struct flaw {
	const char *name;
	void (*make)(void);
} flaws[] = {
    {"zeros inside", zeros_inside},
    {"the same twice", twice},
    {"steps of bytes", steps_of_bytes},
    {"steps of words", steps_of_words},
    {"like halves", like_halves},
    {"stuffed", stuffed},
    {"seven bits", seven_bits},
};

static void flaws_are_seen(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof flaws / sizeof *flaws; i++) {
		fill(i);
		flaws[i].make();
		if (noise_recognise(data, N_MAX))
			fail_msg("noise with %s", flaws[i].name);
	}
}

/* Blocks of noise are stored, by any model, and the others coded. */
static void archives_hold_noise(void **state)
{
	struct archive_settings s;
	struct archive_stats stats;
	struct buffer out = {0};

	(void)state;
	fill(99);
	for (size_t i = N_MAX / 4; i < N_MAX / 2; i++)
		data[i] = (uint8_t)(i & 15);
	assert_int_equal(archive_settings_parse(&s, "order0"), STATUS_OK);
	s.block_symbols = N_MAX / 4;
	assert_int_equal(archive_compress(&s, data, N_MAX, &out, &stats), STATUS_OK);
	assert_int_equal(stats.n_blocks, 4);
	assert_int_equal(stats.stored_blocks, 3);
	assert_true(out.size_bytes < N_MAX);
	assert_memory_equal(out.data + out.size_bytes - N_MAX / 2, data + N_MAX / 2, N_MAX / 2);
	buffer_free(&out);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(random_bytes_are_noise),
	    cmocka_unit_test(flaws_are_seen),
	    cmocka_unit_test(archives_hold_noise),
	};

	return cmocka_run_group_tests_name("noise", tests, NULL, NULL);
}
