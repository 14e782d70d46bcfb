/* SPDX-License-Identifier: BSD-2-Clause
 *
 * test_scribe.c - the numbers of a stored model: laws, costs, the way there and back.
 *
 * Property: what is written is read again; bytes are the weighed bits rounded up; the beta-binomial
 * costs what its closed form says, and its probabilities add up to 1; a damaged stream gives values
 * in range and an error, or other values, but no crash and no endless loop.
 * Method: random values from fixed seeds; libm's lgamma as the other way to the same law.
 */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include "elementary.h"
#include "rng.h"
#include "scribe.h"

#include <cmocka.h> /* last: it defines a macro fail() */

#define N_VALUES 2000

static void test_log_gamma(void **state)
{
	(void)state;
	for (double x = 1e-3; x < 1e9; x *= 1.0173) {
		int sign;
		double wanted = lgamma_r(x, &sign), got = elementary_log_gamma(x);

		assert_true(fabs(got - wanted) <= 4e-15 * (1 + fabs(wanted) + x));
	}
}

static double beta_binomial_bits(double i, double n, double a, double b)
{
	return (lgamma(i + 1) + lgamma(n - i + 1) - lgamma(n + 1) - lgamma(i + a) -
		lgamma(n - i + b) + lgamma(n + a + b) + lgamma(a) + lgamma(b) - lgamma(a + b)) /
	       log(2);
}

static double weighed(uint64_t value, uint64_t n, double a, double b)
{
	struct scribe s;
	double bits = 0;

	scribe_weigh(&s);
	s.account = &bits;
	assert_int_equal(scribe_beta_binomial(&s, value, n, a, b), value);
	assert_int_equal(scribe_close(&s), STATUS_OK);
	return bits;
}

/* Improbable ends of the law may cost more than they should: REST_MIN. */
static void test_law(void **state)
{
	static const struct {
		uint64_t n;
		double a, b;
	} laws[] = {{1, 0.5, 0.5},   {7, 1, 3},      {100, 0.5, 31.5},   {100, 0.7, 1},
		    {1000, 1e-2, 5}, {300, 40, 400}, {2000, 1000, 1000}, {5000, 1, 200}};

	(void)state;
	for (size_t l = 0; l < sizeof laws / sizeof *laws; l++) {
		double sum = 0, n = (double)laws[l].n;

		for (uint64_t i = 0; i <= laws[l].n; i++) {
			double bits = weighed(i, laws[l].n, laws[l].a, laws[l].b);
			double wanted = beta_binomial_bits((double)i, n, laws[l].a, laws[l].b);

			sum += exp2(-bits);
			if (wanted < 20)
				assert_true(fabs(bits - wanted) < 1e-4);
		}
		assert_true(fabs(sum - 1) < 1e-6);
	}
	assert_true(weighed(17, 17, 0.5, 0) == 0);
	assert_true(weighed(0, 0, 0.5, 3) == 0);
}

/* A mixed bag of numbers; the same calls write, read and weigh. */
static void walk(struct scribe *s, uint64_t seed, bool check)
{
	for (uint64_t i = 0; i < N_VALUES; i++) {
		struct rng r = rng_stream(seed, 1, i);
		uint64_t n = 1 + rng_below(&r, (uint64_t)1 << rng_below(&r, 24));
		uint64_t value = rng_below(&r, n), got = value;
		double a = 0.01 + 3 * rng_unit(&r), b = 5 * rng_unit(&r);

		switch (i % 4) {
		case 0:
			got = scribe_uniform(s, value, n);
			assert_true(got < n);
			break;
		case 1:
			got = scribe_natural(s, value, n);
			assert_true(got <= n);
			break;
		case 2:
			n = n % 5000 + 1;
			value = got = value % n;
			got = scribe_beta_binomial(s, value, n, a, b);
			assert_true(got <= n);
			break;
		default:
			value = value % 2;
			got = scribe_bit(s, value != 0, rng_unit(&r));
			break;
		}
		if (check)
			assert_int_equal(got, value);
		if (s->failed != STATUS_OK)
			return;
	}
}

static struct buffer written(uint64_t seed)
{
	struct buffer out = {0};
	struct scribe s;
	double bits = 0;

	assert_int_equal(scribe_write(&s, &out), STATUS_OK);
	s.account = &bits;
	walk(&s, seed, true);
	assert_int_equal(scribe_close(&s), STATUS_OK);
	return out;
}

static void test_there_and_back(void **state)
{
	(void)state;
	for (uint64_t seed = 0; seed < 5; seed++) {
		struct buffer bytes = written(seed);
		struct scribe s;
		double bits = 0, read_bits = 0;

		scribe_weigh(&s);
		s.account = &bits;
		walk(&s, seed, true);
		assert_int_equal(scribe_close(&s), STATUS_OK);
		assert_int_equal(bytes.size_bytes, (size_t)ceil(bits / 8 + 1e-3));

		assert_int_equal(scribe_read(&s, bytes.data, bytes.size_bytes), STATUS_OK);
		s.account = &read_bits;
		walk(&s, seed, true);
		assert_int_equal(scribe_close(&s), STATUS_OK);
		assert_true(read_bits == bits);
		buffer_free(&bytes);
	}
}

/* Every cut and every 67th bit flipped. */
static void test_damage(void **state)
{
	struct buffer bytes = written(9);

	(void)state;
	for (size_t i = 0; i < 8 * bytes.size_bytes; i += 67) {
		struct scribe s;
		double bits = 0;
		size_t cut = i % 2 ? bytes.size_bytes : i / 8;

		bytes.data[i / 8] ^= (uint8_t)(1 << i % 8);
		if (scribe_read(&s, bytes.data, cut) == STATUS_OK) {
			s.account = &bits;
			walk(&s, 9, false);

			enum status closed = scribe_close(&s);

			assert_true(closed == STATUS_OK || closed == STATUS_CORRUPT);
			assert_true(closed == STATUS_CORRUPT || cut == bytes.size_bytes);
		}
		bytes.data[i / 8] ^= (uint8_t)(1 << i % 8);
	}
	buffer_free(&bytes);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_log_gamma),
	    cmocka_unit_test(test_law),
	    cmocka_unit_test(test_there_and_back),
	    cmocka_unit_test(test_damage),
	};

	return cmocka_run_group_tests_name("scribe", tests, NULL, NULL);
}
