/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Property  the byte coder brings every input back, costs what its model says plus at most 9 bytes
 *           for the lanes' ends and sizes of small inputs, is close to the static order-0 entropy
 *           on stationary data, writes the same bytes everywhere, and refuses what it cannot have
 *           written.
 * Method    named inputs of sizes around the model's steps; truncations and bit flips of a coded
 *           input; the hash of one coded input, the same for every compiler and machine.
 */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include "byte_coder.h"
#include "coder_speed.h"
#include "rng.h"

#include <cmocka.h> /* after status.h: it defines a macro fail() */

#define N_MAX 70000

static void zeros(uint8_t *bytes, size_t n)
{
	memset(bytes, 0, n);
}

static void last_value(uint8_t *bytes, size_t n)
{
	memset(bytes, 0xff, n);
}

static void counting(uint8_t *bytes, size_t n)
{
	for (size_t i = 0; i < n; i++)
		bytes[i] = (uint8_t)i;
}

static void random_bytes(uint8_t *bytes, size_t n)
{
	struct rng rng = rng_stream(30, 0, 0);

	for (size_t i = 0; i < n; i++)
		bytes[i] = (uint8_t)rng_u32(&rng);
}

static void skewed(uint8_t *bytes, size_t n)
{
	struct rng rng = rng_stream(31, 0, 0);

	for (size_t i = 0; i < n; i++)
		bytes[i] = (uint8_t)rng_below(&rng, 1 + rng_below(&rng, 1 + rng_below(&rng, 200)));
}

/* Another set of values every 10,000 bytes. */
static void drifting(uint8_t *bytes, size_t n)
{
	struct rng rng = rng_stream(32, 0, 0);

	for (size_t i = 0; i < n; i++)
		bytes[i] = (uint8_t)(i / 10000 * 40 + rng_below(&rng, 5));
}

static void (*const fills[])(uint8_t *, size_t) = {zeros,        last_value, counting,
						   random_bytes, skewed,     drifting};

static const size_t sizes[] = {0,  1,  2,  3,    4,    5,    31,   32,    33,    63,
			       64, 65, 66, 1023, 1024, 1025, 2049, 16384, 20001, N_MAX};

static void check(const uint8_t *bytes, size_t n)
{
	struct buffer coded = {0}, back = {0};
	uint8_t *copy;
	size_t varints, lane_bytes;

	buffer_append_byte(&back, 0x77); /* appending keeps what is there */
	assert_int_equal(byte_coder_encode(bytes, n, &coded), STATUS_OK);
	copy = malloc(coded.size_bytes + !coded.size_bytes); /* exact, for sanitizers */
	assert_non_null(copy);
	if (coded.size_bytes)
		memcpy(copy, coded.data, coded.size_bytes);
	assert_int_equal(byte_coder_decode(copy, coded.size_bytes, n, &back), STATUS_OK);
	assert_int_equal(back.size_bytes, n + 1);
	assert_int_equal(back.data[0], 0x77);
	assert_memory_equal(back.data + 1, bytes, n);
	lane_bytes = coded.size_bytes / 4;
	varints = n == 0 ? 0 : lane_bytes < 126 ? 3 : lane_bytes < 16000 ? 6 : 9;
	assert_true((double)coded.size_bytes <=
		    byte_coder_ideal_bits(bytes, n) / 8 + 4 + (double)varints + 0.01);
	free(copy);
	buffer_free(&coded);
	buffer_free(&back);
}

static void every_input_and_size(void **state)
{
	static uint8_t bytes[N_MAX];

	(void)state;
	for (size_t f = 0; f < sizeof fills / sizeof *fills; f++)
		for (size_t s = 0; s < sizeof sizes / sizeof *sizes; s++) {
			fills[f](bytes, sizes[s]);
			check(bytes, sizes[s]);
		}
}

static uint64_t fnv1a(const uint8_t *bytes, size_t n)
{
	uint64_t hash = 0xcbf29ce484222325;

	for (size_t i = 0; i < n; i++)
		hash = (hash ^ bytes[i]) * 0x100000001b3;
	return hash;
}

static void same_bytes_everywhere(void **state)
{
	static uint8_t bytes[N_MAX];
	struct buffer coded = {0};

	(void)state;
	drifting(bytes, N_MAX / 2);
	skewed(bytes + N_MAX / 2, N_MAX / 2);
	assert_int_equal(byte_coder_encode(bytes, N_MAX, &coded), STATUS_OK);
	assert_int_equal(coded.size_bytes, 0xbd77);
	assert_int_equal(fnv1a(coded.data, coded.size_bytes), 0x11e3c302d2615d64);
	buffer_free(&coded);
}

/* Independent bytes: within 0.5 % of the entropy that a two-pass coder would reach with a free
 * table, and the timed buffer is really coded and decoded. */
static void close_to_the_static_entropy(void **state)
{
	struct coder_speed speed;

	(void)state;
	assert_int_equal(coder_speed_measure(1 << 20, &speed), STATUS_OK);
	assert_true(4 * speed.size_bytes < speed.static_bits &&
		    speed.static_bits < 5 * speed.size_bytes);
	assert_true(8 * (double)speed.archive_bytes < speed.static_bits * 1.005);
	assert_true(8 * (double)speed.archive_bytes > speed.static_bits * 0.999);
	assert_true(fabs(8 * (double)speed.archive_bytes - speed.ideal_bits) < 16 * 8);
	assert_true(speed.encode.cpu_seconds > 0 && speed.decode.cpu_seconds > 0);
}

/* Accepted bytes must be the ones that coding the result gives. */
static void check_refused_or_exact(const struct buffer *coded, size_t n)
{
	struct buffer back = {0}, again = {0};

	if (byte_coder_decode(coded->data, coded->size_bytes, n, &back) == STATUS_OK) {
		assert_int_equal(byte_coder_encode(back.data, n, &again), STATUS_OK);
		assert_int_equal(again.size_bytes, coded->size_bytes);
		if (again.size_bytes)
			assert_memory_equal(again.data, coded->data, again.size_bytes);
	} else {
		assert_int_equal(back.size_bytes, 0);
	}
	buffer_free(&back);
	buffer_free(&again);
}

static void damage_is_refused_or_another_message(void **state)
{
	uint8_t bytes[2000];
	struct buffer coded = {0};

	(void)state;
	skewed(bytes, sizeof bytes);
	assert_int_equal(byte_coder_encode(bytes, sizeof bytes, &coded), STATUS_OK);
	for (size_t i = 0; i < coded.size_bytes; i++) {
		unsigned bit = i % 8;

		coded.data[i] ^= 1u << bit;
		check_refused_or_exact(&coded, sizeof bytes);
		coded.data[i] ^= 1u << bit;
	}
	check_refused_or_exact(&coded, sizeof bytes - 1);
	check_refused_or_exact(&coded, sizeof bytes + 1);
	check_refused_or_exact(&coded, 0);
	for (; coded.size_bytes > 0; coded.size_bytes--)
		check_refused_or_exact(&coded, sizeof bytes);
	check_refused_or_exact(&coded, sizeof bytes);
	random_bytes(bytes, sizeof bytes);
	for (size_t n = 0; n < sizeof bytes; n++) {
		struct buffer garbage = {.data = bytes + n, .size_bytes = sizeof bytes - n};

		check_refused_or_exact(&garbage, n);
	}
	buffer_free(&coded);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(every_input_and_size),
	    cmocka_unit_test(same_bytes_everywhere),
	    cmocka_unit_test(close_to_the_static_entropy),
	    cmocka_unit_test(damage_is_refused_or_another_message),
	};

	return cmocka_run_group_tests_name("byte_coder", tests, NULL, NULL);
}
