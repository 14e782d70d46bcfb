/* SPDX-License-Identifier: BSD-2-Clause
 *
 * test_pitman_yor.c - closed forms of the Pitman-Yor process.
 *
 * Property: they equal the published golden numbers to every printed digit; the pattern entropy
 * from exact moments equals the one from the full Markov chain of the number of elements; the
 * closed forms are the means over all partitions.  (test_scaling.c has a generated corpus.)
 * Method: the numbers; the slow twins below (chain, enumeration).
 */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include "pitman_yor.h"
#include "special.h"

#include <cmocka.h> /* last: it defines a macro fail() */

/* Do they agree to every digit that is printed, `digits` of them behind the point? */
#define assert_digits(value, golden, digits)                                                       \
	assert_true(fabs((value) - (golden)) <= 0.5000001 * pow(10, -(digits)))

#define assert_close(value, expected, relative)                                                    \
	assert_true(fabs((value) - (expected)) <= (relative)*fabs((double)(expected)))

/* ---- Golden numbers. ---- */

static void test_elements(void **state)
{
	static const uint64_t n[] = {10, 100, 1000, 10000, 1000000};
	static const struct {
		double a, b, golden[5];
	} row[] = {
	    {0.3, 1, {4.2194, 11.4817, 26.1749, 55.5330, 231.0132}},
	    {0.5, 1, {5.4003, 20.6521, 69.3917, 223.6843, 2254.7592}},
	    {0.5, 0, {3.5239, 11.2697, 35.6780, 112.8365, 1128.3790}},
	    {0.7, 1, {6.9153, 38.2983, 196.6188, 990.6283, 24916.4447}},
	    {0.8,
	     10,
	     {9.3496, 73.2329, 493.0585, 3154.8244,
	      125982.1754}}, /* in 40 digits 125982.17540071 */
	};

	(void)state;
	for (size_t i = 0; i < sizeof row / sizeof *row; i++)
		for (size_t j = 0; j < 5; j++)
			assert_digits(py_elements_expected(n[j], row[i].a, row[i].b),
				      row[i].golden[j], 4);
}

static void test_partition_probability(void **state)
{
	static const uint64_t one[] = {3, 1}, one_times[] = {1, 2};
	static const uint64_t two[] = {5, 3, 2, 1}, two_times[] = {1, 1, 1, 2};
	static const uint64_t three[] = {100, 40, 10, 5, 1}, three_times[] = {1, 1, 1, 1, 3};
	struct py_partition p = {5, 2, one, one_times};

	(void)state;
	assert_digits(py_partition_bits(&p, 0.4, 1), 5.632360551, 9);
	p = (struct py_partition){12, 4, two, two_times};
	assert_digits(py_partition_bits(&p, 0.5, 1), 23.044394119, 9);
	p = (struct py_partition){158, 5, three, three_times};
	assert_digits(py_partition_bits(&p, 0.7, 2), 248.085300186, 9);
}

static void test_new(void **state)
{
	(void)state;
	assert_digits(py_new_probability(1000, 0.5, 1), 0.0356602, 7);
	assert_digits(py_new_probability(1000, 0.7, 1), 0.1384946, 7);
	assert_digits(py_new_probability(10000, 0.7, 10), 0.1271725, 7);
}

static void test_entropy_of_weights(void **state)
{
	static const double golden[][3] = {{0.3, 1, 2.370071},  {0.5, 1, 3.442695},
					   {0.5, 0, 2.000000},  {0.7, 1, 5.663023},
					   {0.7, 10, 8.445936}, {0.8, 10, 11.023333}};

	(void)state;
	for (size_t i = 0; i < sizeof golden / sizeof *golden; i++)
		assert_digits(py_entropy_expected(golden[i][0], golden[i][1]), golden[i][2], 6);
}

static void test_lg_size(void **state)
{
	static const double golden[][2] = {{.3, 3.720}, {.4, 2.452}, {.5, 1.671}, {.6, 1.136},
					   {.7, 0.743}, {.8, 0.441}, {.9, 0.199}};

	(void)state;
	for (size_t i = 0; i < sizeof golden / sizeof *golden; i++)
		assert_digits(py_lg_size_expected(golden[i][0]), golden[i][1], 3);
}

static void test_pattern_entropy(void **state)
{
	static const uint64_t n[] = {100, 1000, 3000}, few[] = {3, 5, 8};
	static const struct {
		double a, b, golden[3];
	} row[] = {
	    {0.3, 1, {211.0902, 2302.4736, 7004.0315}},
	    {0.5, 1, {250.2555, 3040.7608, 9540.8650}},
	    {0.7, 1, {256.6688, 3661.4576, 12201.2685}},
	    {0.7, 10, {245.2704, 4519.6314, 15974.1376}},
	};
	double bits[3];

	(void)state;
	for (size_t i = 0; i < sizeof row / sizeof *row; i++) {
		py_pattern_entropies(row[i].a, row[i].b, n, 3, bits);
		for (size_t j = 0; j < 3; j++)
			assert_digits(bits[j], row[i].golden[j], 4);
	}
	py_pattern_entropies(0.5, 1, few, 3, bits);
	assert_digits(bits[0], 2.000000, 6);
	assert_digits(bits[1], 5.003962, 6);
	assert_digits(bits[2], 10.393442, 6);
	py_pattern_entropies(0.7, 2.5, few, 3, bits);
	assert_digits(bits[0], 1.136195, 6);
	assert_digits(bits[1], 3.183622, 6);
	assert_digits(bits[2], 7.317169, 6);
}

/* ---- Against slow twins. ---- */

/* H(Psi_n) from the law of K_n for every n, as it is written in a book. */
static double pattern_entropy_by_chain(uint32_t n, double a, double b)
{
	double *p = calloc((size_t)n + 2, sizeof *p), nats = 0;

	assert_non_null(p);
	p[1] = 1;
	for (uint32_t i = 1; i < n; i++) {
		nats += log(b + i);
		for (uint32_t k = i; k >= 1; k--) {
			double opens = p[k] * (b + a * k) / (b + i);

			nats -= opens * log(b + a * k);
			p[k] -= opens;
			p[k + 1] += opens;
		}
	}
	free(p);
	for (uint32_t m = 2; m <= n; m++) {
		double times = 1, rising = 0; /* E[K_{n,m}] and ln (1-a)_{m-1} as products */

		for (uint32_t i = 0; i < m; i++)
			times *= (n - i) / (m - i + 0.0);
		times = log(times);
		for (uint32_t i = 1; i < m; i++)
			rising += log(i - a);
		for (uint32_t i = 0; i < n - m; i++)
			times += log(b + a + i) - log(b + 1 + i);
		for (uint32_t i = n - m; i < n - 1; i++)
			times -= log(b + 1 + i);
		nats -= exp(times + rising) * rising;
	}
	return nats / log(2);
}

static const double parameters[][2] = {
    {0.3, 1},   {0.5, 1},  {0.7, 1}, {0.5, 0},    {0.2, 0},         {0.3, -0.2}, {0.8, -0.7},
    {0.9, 100}, {0.01, 3}, {0, 2.5}, {0.6, 1e-9}, {0.5, -0.499999}, {0.001, 50}, {0.95, 0.4}};

#define N_PARAMETERS (sizeof parameters / sizeof *parameters)

static void test_chain(void **state)
{
	static const uint64_t n[] = {1, 2, 256, 257, 1000};

	(void)state;
	for (size_t i = 0; i < N_PARAMETERS; i++) {
		double a = parameters[i][0], b = parameters[i][1], bits[5];

		py_pattern_entropies(a, b, n, 5, bits);
		for (size_t j = 0; j < 5; j++)
			assert_true(fabs(bits[j] - pattern_entropy_by_chain((uint32_t)n[j], a, b)) <
				    1e-6);
	}
}

/* Means over the partitions of n draws, through their sequences in order of appearance. */
struct means {
	double probability, elements, of_size[9], bits, known_bits;
};

static void enumerate(struct means *m, uint64_t *count, uint32_t n_elements, uint32_t i, uint32_t n,
		      double a, double b)
{
	struct py_partition p;

	if (i < n) {
		for (uint32_t k = 0; k <= n_elements; k++) {
			count[k]++;
			enumerate(m, count, n_elements + (k == n_elements), i + 1, n, a, b);
			count[k]--;
		}
		return;
	}
	assert_int_equal(py_partition_make(&p, count, n_elements), STATUS_OK);
	assert_int_equal(p.n, n);
	double bits = py_partition_bits(&p, a, b), probability = exp2(-bits);

	m->probability += probability;
	m->elements += probability * n_elements;
	m->bits += probability * bits;
	m->known_bits += probability * py_known_bits_expected(&p, a, b);
	for (uint32_t s = 0; s < p.n_sizes; s++)
		m->of_size[p.size[s]] += probability * (double)p.multiplicity[s];
	py_partition_free(&p);
}

static void test_enumeration(void **state)
{
	enum { N = 7 };

	(void)state;
	for (size_t i = 0; i < N_PARAMETERS; i++) {
		double a = parameters[i][0], b = parameters[i][1], bits;
		uint64_t count[N + 1] = {0}, n = N;
		struct means m = {0};

		enumerate(&m, count, 0, 0, N, a, b);
		py_pattern_entropies(a, b, &n, 1, &bits);
		assert_close(m.probability, 1, 1e-12);
		assert_close(m.elements, py_elements_expected(N, a, b), 1e-11);
		assert_true(fabs(m.bits - bits) < 1e-11);
		assert_true(fabs(m.known_bits - N * py_entropy_expected(a, b)) < 1e-11);
		for (uint64_t s = 1; s <= N; s++)
			assert_close(m.of_size[s], py_elements_of_size_expected(N, s, a, b), 1e-9);
	}
}

/* Elements by size add up to the elements, and weighed with their sizes to the draws; a step's
 * chance of a new one is the difference of two expectations. */
static void test_sums(void **state)
{
	(void)state;
	for (size_t i = 0; i < N_PARAMETERS; i++) {
		double a = parameters[i][0], b = parameters[i][1], elements = 0, draws = 0;
		const uint64_t n = 3000;

		for (uint64_t m = 1; m <= n; m++) {
			double of_size = py_elements_of_size_expected(n, m, a, b);

			elements += of_size;
			draws += of_size * (double)m;
		}
		assert_close(elements, py_elements_expected(n, a, b), 1e-10);
		assert_close(draws, (double)n, 1e-10);
		assert_true(fabs(py_elements_expected(n + 1, a, b) - elements -
				 py_new_probability(n, a, b)) < 1e-9);
	}
}

static void test_partition_of_counts(void **state)
{
	static const uint64_t count[] = {1, 40, 1, 100, 0, 5, 1, 10};
	struct py_partition p;

	(void)state;
	assert_int_equal(py_partition_make(&p, count, 8), STATUS_OK);
	assert_int_equal(p.n, 158);
	assert_int_equal(p.n_sizes, 5);
	assert_digits(py_partition_bits(&p, 0.7, 2), 248.085300186, 9);
	py_partition_free(&p);
	assert_int_equal(py_partition_make(&p, count, 0), STATUS_OK);
	assert_true(py_partition_bits(&p, 0.7, 2) == 0 && py_known_bits_expected(&p, 0.7, 2) == 0);
	py_partition_free(&p);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_elements), cmocka_unit_test(test_partition_probability),
	    cmocka_unit_test(test_new),      cmocka_unit_test(test_entropy_of_weights),
	    cmocka_unit_test(test_lg_size),  cmocka_unit_test(test_pattern_entropy),
	    cmocka_unit_test(test_chain),    cmocka_unit_test(test_enumeration),
	    cmocka_unit_test(test_sums),     cmocka_unit_test(test_partition_of_counts),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
