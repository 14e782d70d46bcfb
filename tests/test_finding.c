/* SPDX-License-Identifier: BSD-2-Clause
 *
 * test_finding.c - what means of few values are allowed to say.
 *
 * Property: the interval of a mean is Student's; differences hold, fail or are open by where it
 * lies, and change sides with their sign; whatever is not a number, or one value only, is open; a
 * claim of several parts is as its worst.
 * Method: values whose intervals are known in closed form: m - d, m, m + d have the mean m, and a
 * half width of 4.303 d / sqrt(3).
 */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include "finding.h"

#include <cmocka.h> /* last: it defines a macro fail() */

#define WIDTH (4.303 / sqrt(3)) /* half, of the interval about m when d is 1 */

static void test_mean(void **state)
{
	const double value[] = {6, 7, 8};
	struct finding_mean m = finding_mean(value, 3);

	(void)state;
	assert_true(m.mean == 7);
	assert_true(fabs(m.half_width - WIDTH) < 1e-3);
	assert_true(isnan(finding_mean(value, 1).half_width));
	assert_true(isnan(finding_mean(value, 0).mean));
}

static enum verdict_of_claim above(double mean, double off)
{
	const double value[] = {mean - off, mean, mean + off};

	return finding_above(value, 3);
}

static void test_above(void **state)
{
	const double with_nan[] = {5, NAN, 5.1}, with_infinity[] = {5, INFINITY, 5.1};

	(void)state;
	assert_int_equal(above(WIDTH + 0.01, 1), CLAIM_HOLDS);
	assert_int_equal(above(WIDTH - 0.01, 1), CLAIM_OPEN);
	assert_int_equal(above(0, 1), CLAIM_OPEN);
	assert_int_equal(above(-WIDTH + 0.01, 1), CLAIM_OPEN);
	assert_int_equal(above(-WIDTH - 0.01, 1), CLAIM_FAILS);
	assert_int_equal(above(0, 0), CLAIM_OPEN);
	assert_int_equal(above(1e-9, 0), CLAIM_HOLDS);
	assert_int_equal(finding_above(with_nan, 3), CLAIM_OPEN);
	assert_int_equal(finding_above(with_infinity, 3), CLAIM_OPEN);
	assert_int_equal(finding_above(with_nan, 1), CLAIM_OPEN);
	assert_int_equal(finding_above(with_nan, 0), CLAIM_OPEN);
}

static void test_all(void **state)
{
	const enum verdict_of_claim part[] = {CLAIM_HOLDS, CLAIM_OPEN, CLAIM_FAILS, CLAIM_OPEN};

	(void)state;
	assert_int_equal(finding_all(part, 0), CLAIM_HOLDS);
	assert_int_equal(finding_all(part, 1), CLAIM_HOLDS);
	assert_int_equal(finding_all(part, 2), CLAIM_OPEN);
	assert_int_equal(finding_all(part, 4), CLAIM_FAILS);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_mean),
	    cmocka_unit_test(test_above),
	    cmocka_unit_test(test_all),
	};

	return cmocka_run_group_tests_name("finding", tests, NULL, NULL);
}
