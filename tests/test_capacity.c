/* SPDX-License-Identifier: BSD-2-Clause
 *
 * test_capacity.c - the least loss at a capacity is the number that an independent computation
 * gave, to every digit that it printed, and nothing that one tries by hand does better.
 *
 * Method  golden numbers; sums against themselves term by term and against pi^2 / 6; the optima on
 *         counts against those of the law, and against random other ways to spend the same.
 */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include "capacity.h"
#include "rng.h"

#include <cmocka.h>

#define PI 3.14159265358979323846

static void assert_digits(double value, double printed, double step)
{
	if (fabs(value - printed) > 0.5000001 * step)
		fail_msg("%.9f is not %.6f", value, printed);
}

static void assert_near(double a, double b, double relative)
{
	if (!(fabs(a - b) <= relative * fabs(b)))
		fail_msg("%.17g is not %.17g", a, b);
}

/* Numeric optimum and power law, D(m) = e^-m. */
static void test_golden_water(void **state)
{
	static const struct {
		double s, c, loss, law;
	} golden[] = {
	    {1.5, 100, .137216, .140647}, {1.5, 1000, .044327, .044477},
	    {1.5, 1e4, .014059, .014065}, {1.35, 1e4, .049293, .049306},
	    {2, 1000, .002411, .002432},
	};

	(void)state;
	for (size_t i = 0; i < sizeof golden / sizeof *golden; i++) {
		assert_digits(capacity_zipf_water(golden[i].s, golden[i].c), golden[i].loss, 1e-6);
		assert_digits(capacity_zipf_water_law(golden[i].s, golden[i].c), golden[i].law,
			      1e-6);
	}
	assert_near(capacity_zipf_water(1.7, 0), 1, 1e-13);
}

static void test_sums(void **state)
{
	double all = PI * PI / 6, tail = all;

	(void)state;
	assert_near(capacity_zipf_tail(2, 0), all, 1e-14);
	assert_near(capacity_zipf_tail(4, 0), PI * PI * PI * PI / 90, 1e-14);
	assert_near(capacity_zipf_tail(1.5, 0), 2.6123753486854883, 1e-13);
	for (double i = 1; i <= 50; i++) {
		tail -= 1 / (i * i);
		assert_near(capacity_zipf_tail(2, i), tail, 1e-12);
	}
	assert_near(capacity_zipf_tail(2, 1.25), all - 1 - 0.25 / 4, 1e-12);
}

/* All or nothing: 1 - 1 / zeta(2) of it is not the most frequent; the law is met from below, 1 / c
 * away, and the two optima's ratio tends to that of their laws. */
static void test_whole(void **state)
{
	(void)state;
	assert_near(capacity_zipf_whole(2, 1), 1 - 6 / (PI * PI), 1e-13);
	assert_near(capacity_zipf_whole(1.5, 0), 1, 1e-14);
	for (double s = 1.2; s < 3; s += 0.3) {
		double ratio = capacity_zipf_whole(s, 1e5) / capacity_zipf_whole_law(s, 1e5);

		assert_true(ratio < 1 && ratio > 1 - 2e-5);
		assert_near(capacity_zipf_water(s, 1e7) / capacity_zipf_whole(s, 1e7),
			    pow(s, s - 1) * s, 1e-4);
		ratio = capacity_zipf_whole(s, 1e6) / capacity_zipf_whole(s, 1e5);
		assert_near(log(ratio) / log(10), 1 - s, 1e-4);
	}
}

#define N_FACTS 3000

static uint64_t count[N_FACTS];
static uint8_t class[N_FACTS];

static struct capacity_facts zipf_facts(double s)
{
	struct capacity_facts f = {.n = N_FACTS, .count = count, .class = class};

	for (uint32_t i = 0; i < N_FACTS; i++) {
		count[i] = (uint64_t)(1e15 * pow(i + 1, -s));
		class[i] = (uint8_t)(i % 3);
	}
	f.n_sentences = 1e15 * capacity_zipf_tail(s, 0);
	return f;
}

/* On counts of Zipf's law, which end at rank N_FACTS, the optima are those of the law less what is
 * beyond; classes add up. */
static void test_counts(void **state)
{
	struct capacity_facts f = zipf_facts(1.6);
	double beyond = capacity_zipf_whole(1.6, N_FACTS);

	(void)state;
	for (double c = 0.5; c < 1500; c *= 1.7) {
		struct capacity_loss whole = capacity_whole(&f, c), water = capacity_water(&f, c);

		assert_near(whole.all, capacity_zipf_whole(1.6, c) - beyond, 1e-9);
		assert_near(water.all, capacity_zipf_water(1.6, c) - beyond, 1e-9);
		assert_near(water.of_class[0] + water.of_class[1] + water.of_class[2], water.all,
			    1e-12);
		assert_near(whole.of_class[0] + whole.of_class[1] + whole.of_class[2], whole.all,
			    1e-12);
		assert_true(whole.all < water.all);
	}
}

/* Taking from one fact and giving to another never helps: the loss of random other ways. */
static void test_optimal(void **state)
{
	struct capacity_facts f = zipf_facts(1.5);
	struct rng rng = rng_stream(7, 0, 0);

	(void)state;
	f.n = 40;
	for (int round = 0; round < 2000; round++) {
		double m[40], sum = 0, water = 0, whole = 0, c = 0.1 + (double)(round % 50);

		for (int i = 0; i < 40; i++)
			sum += m[i] = pow(rng_unit(&rng), 1 + round % 5) / (1 + i);
		for (int i = 0; i < 40; i++) {
			double p = (double)count[i] / f.n_sentences;

			water += p * exp(-m[i] * c / sum);
			whole += p * fmax(0, 1 - m[i] * c / sum);
		}
		assert_true(capacity_water(&f, c).all <= water * (1 + 1e-12));
		assert_true(capacity_whole(&f, c).all <= whole * (1 + 1e-12));
	}
}

/* Weights A i^-s of a Pitman-Yor process: the law is their tail's. */
static void test_pitman_yor_law(void **state)
{
	double weight = pow(310 / sqrt(1e5) / sqrt(PI), 2); /* Gamma(1/2) = sqrt(pi) */

	(void)state;
	assert_near(capacity_pitman_yor_law(0.5, 1e5, 310, 100), weight / 100, 1e-12);
}

static void test_line(void **state)
{
	static const double x[] = {1, 2, 3, 4}, y[] = {1, 3, 2, 4}, exact[] = {3, 1, -1, -3};
	struct capacity_fit fit = capacity_fit_line(x, y, 4);

	(void)state;
	assert_near(fit.slope, 0.8, 1e-14);
	assert_near(fit.standard_error, sqrt(1.8 / 2 / 5), 1e-14);
	assert_near(capacity_fit_line(x, exact, 4).slope, -2, 1e-14);
	assert_true(isnan(capacity_fit_line(x, y, 1).slope));
	assert_true(isnan(capacity_fit_line(x, y, 2).standard_error));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_golden_water),   cmocka_unit_test(test_sums),
	    cmocka_unit_test(test_whole),          cmocka_unit_test(test_counts),
	    cmocka_unit_test(test_optimal),        cmocka_unit_test(test_pitman_yor_law),
	    cmocka_unit_test(test_line),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
