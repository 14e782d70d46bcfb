/* SPDX-License-Identifier: BSD-2-Clause
 *
 * test_rng.c - random numbers and the functions of one variable that are built by hand.
 *
 * Property: the generator is Philox4x32-10 bit for bit, bounded draws are uniform, and log, exp,
 * digamma and the rising factorial are as accurate as their headers say.
 * Method: the known-answer vectors published with Random123; chi-square on small ranges; the C
 * library for exp and log; sums in long double, which define digamma at integers and half integers
 * and the rising factorial everywhere.
 */
#include <float.h>
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "draw.h"
#include "elementary.h"
#include "rng.h"
#include "special.h"

static void philox_known_answers(void **state)
{
	static const struct {
		uint32_t counter[4], key[2], answer[4];
	} known[] = {
	    {{0, 0, 0, 0}, {0, 0}, {0x6627e8d5, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8}},
	    {{UINT32_MAX, UINT32_MAX, UINT32_MAX, UINT32_MAX},
	     {UINT32_MAX, UINT32_MAX},
	     {0x408f276d, 0x41c83b0e, 0xa20bc7c6, 0x6d5451fd}},
	    {{0x243f6a88, 0x85a308d3, 0x13198a2e, 0x03707344},
	     {0xa4093822, 0x299f31d0},
	     {0xd16cfe09, 0x94fdcceb, 0x5001e420, 0x24126ea1}},
	};

	(void)state;
	for (size_t i = 0; i < sizeof known / sizeof *known; i++) {
		uint64_t seed = (uint64_t)known[i].key[1] << 32 | known[i].key[0];
		uint64_t index = (uint64_t)known[i].counter[2] << 32 | known[i].counter[1];
		struct rng r = rng_stream(seed, known[i].counter[3], index);

		r.block = known[i].counter[0];
		for (int w = 3; w >= 0; w--) /* given out last word first */
			assert_int_equal(rng_u32(&r), known[i].answer[w]);
	}
}

static void streams_differ(void **state)
{
	struct rng a = rng_stream(1, 2, 3), same = rng_stream(1, 2, 3);
	struct rng other[] = {rng_stream(2, 2, 3), rng_stream(1, 3, 3), rng_stream(1, 2, 4)};
	uint64_t first = rng_u64(&a);

	(void)state;
	assert_true(rng_u64(&same) == first);
	for (int i = 0; i < 3; i++)
		assert_true(rng_u64(&other[i]) != first);
}

/* Chi-square of n_draws over n cells within 6 standard deviations of its mean. */
static void assert_uniform(const unsigned *count, unsigned n, double n_draws)
{
	double chi_square = 0, expected = n_draws / n;

	for (unsigned i = 0; i < n; i++)
		chi_square += (count[i] - expected) * (count[i] - expected) / expected;
	assert_true(fabs(chi_square - (n - 1)) < 6 * sqrt(2.0 * (n - 1)) + 1);
}

static void bounded_draws_are_uniform(void **state)
{
	static const unsigned sizes[] = {2, 3, 7, 100, 255};
	struct rng r = rng_stream(7, 1, 0);

	(void)state;
	assert_true(rng_below(&r, 1) == 0);
	for (size_t s = 0; s < sizeof sizes / sizeof *sizes; s++) {
		unsigned count[255] = {0};

		for (int i = 0; i < 100000; i++)
			count[rng_below(&r, sizes[s])]++;
		assert_uniform(count, sizes[s], 100000);
	}
	/* A range where one value in four is rejected: thirds must still be equal. */
	unsigned third[3] = {0};
	uint64_t huge = (uint64_t)3 << 62;

	for (int i = 0; i < 100000; i++)
		third[rng_below(&r, huge) >> 62]++;
	assert_uniform(third, 3, 100000);
}

static void unit_is_open_and_uniform(void **state)
{
	struct rng r = rng_stream(8, 1, 0);
	unsigned count[64] = {0};
	struct rng extreme = {.n_left = 4, .word = {UINT32_MAX, UINT32_MAX, 0, 0}};

	(void)state;
	assert_true(rng_unit(&extreme) == 0x1p-53);
	assert_true(rng_unit(&extreme) == 1 - 0x1p-53);
	for (int i = 0; i < 100000; i++)
		count[(int)(64 * rng_unit(&r))]++;
	assert_uniform(count, 64, 100000);
}

/* The slow twin of draw_cumulative(). */
static size_t draw_categorical(struct rng *r, const double *p, size_t n)
{
	double sum = 0, below = 0, u;
	size_t last = 0;

	for (size_t j = 0; j < n; j++)
		sum += p[j];
	u = rng_unit(r) * sum;
	for (size_t j = 0; j < n; j++) {
		if (p[j] <= 0)
			continue;
		last = j;
		below += p[j];
		if (u < below)
			break;
	}
	return last;
}

static void categorical_draws_agree(void **state)
{
	static const double p[] = {0, 0.25, 0, 0.5, 0.125, 0.125, 0};
	double below[7], sum = 0;
	unsigned count[7] = {0};
	struct rng a = rng_stream(9, 1, 0), b = rng_stream(9, 1, 0);

	(void)state;
	for (int j = 0; j < 7; j++)
		below[j] = sum += p[j];
	for (int i = 0; i < 80000; i++) {
		size_t j = draw_categorical(&a, p, 7);

		assert_int_equal(draw_cumulative(&b, below, 7), j);
		count[j]++;
	}
	for (int j = 0; j < 7; j++)
		assert_true(fabs(count[j] - 80000 * p[j]) <= 6 * sqrt(80000 * p[j] * (1 - p[j])));
}

static void gamma_moments(void **state)
{
	static const double shapes[] = {0.05, 0.5, 1, 3.5, 40};

	(void)state;
	for (size_t s = 0; s < sizeof shapes / sizeof *shapes; s++) {
		struct rng r = rng_stream(10, 1, s);
		double sum = 0, n = 40000, shape = shapes[s];

		for (int i = 0; i < n; i++)
			sum += draw_gamma(&r, shape);
		assert_true(fabs(sum / n - shape) < 6 * sqrt(shape / n));
	}
}

static double ulps(double got, double wanted)
{
	return fabs(got - wanted) / (nextafter(fabs(wanted), INFINITY) - fabs(wanted));
}

static void log_and_exp_meet_the_library(void **state)
{
	struct rng r = rng_stream(11, 1, 0);
	double worst_log = 0, worst_exp = 0;

	(void)state;
	for (int i = 0; i < 200000; i++) {
		double x = ldexp(0.5 + rng_unit(&r), (int)rng_below(&r, 2000) - 1000);
		double near = 1 + ldexp(rng_unit(&r) - 0.5, -(int)rng_below(&r, 40));
		double y = 1400 * (rng_unit(&r) - 0.5), small = y / 1000;

		worst_log = fmax(worst_log, ulps(elementary_log(x), log(x)));
		if (near != 1)
			worst_log = fmax(worst_log, ulps(elementary_log(near), log(near)));
		worst_exp = fmax(worst_exp, ulps(elementary_exp(y), exp(y)));
		worst_exp = fmax(worst_exp, ulps(elementary_exp(small), exp(small)));
	}
	assert_true(worst_log <= 4);
	assert_true(worst_exp <= 4);
	assert_true(elementary_log(1) == 0 && elementary_exp(0) == 1);
	assert_true(elementary_exp(-1e9) == 0);
}

#define EULER_GAMMA 0.577215664901532860606512090082402431L
#define LN_2 0.693147180559945309417232121458176568L

static void digamma_at_integers_and_halves(void **state)
{
	long double integer = -EULER_GAMMA, half = -EULER_GAMMA - 2 * LN_2;

	(void)state;
	for (int n = 1; n <= 100000; n++) { /* psi(n) and psi(n - 1/2) */
		assert_true(fabs(special_digamma(n) - (double)integer) < 1e-13);
		assert_true(fabs(special_digamma(n - 0.5) - (double)half) < 1e-13);
		integer += 1.0L / n;
		half += 1 / (n - 0.5L);
	}
	assert_true(fabs(special_digamma(0.25) - -4.2274535333762654081) < 1e-13);
	assert_true(fabs(special_digamma(0.01) * 0.01 - -100.56088545786867450 * 0.01) < 1e-13);
}

static void rising_factorial_is_a_product(void **state)
{
	static const double starts[] = {0.000001, 0.01, 0.5, 1, 3.25, 1000, 65535 * 0.5};

	(void)state;
	for (size_t s = 0; s < sizeof starts / sizeof *starts; s++) {
		long double lg = 0;

		for (int n = 0; n <= 20000; n++) {
			double got = special_lg_rising(starts[s], n);

			assert_true(fabsl(got - lg) <= 1e-12L * (fabsl(lg) + 100 + starts[s]));
			lg += log2l((long double)starts[s] + n);
		}
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(philox_known_answers),
	    cmocka_unit_test(streams_differ),
	    cmocka_unit_test(bounded_draws_are_uniform),
	    cmocka_unit_test(unit_is_open_and_uniform),
	    cmocka_unit_test(categorical_draws_agree),
	    cmocka_unit_test(gamma_moments),
	    cmocka_unit_test(log_and_exp_meet_the_library),
	    cmocka_unit_test(digamma_at_integers_and_halves),
	    cmocka_unit_test(rising_factorial_is_a_product),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
