/* SPDX-License-Identifier: BSD-2-Clause
 *
 * test_pitman_yor.c - closed forms of the Pitman-Yor process.
 *
 * Property: they equal the published golden numbers to every printed digit.
 * Method: the numbers.
 */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include "pitman_yor.h"

#include <cmocka.h> /* last: it defines a macro fail() */

/* Do they agree to every digit that is printed, `digits` of them behind the point? */
static void assert_digits(double value, double golden, int digits)
{
	assert_true(fabs(value - golden) <= 0.5000001 * pow(10, -digits));
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
	    cmocka_unit_test(test_partition_probability),
	    cmocka_unit_test(test_partition_of_counts),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
