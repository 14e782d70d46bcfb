/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Property: an option's text means one exact integer or is refused, and the canonical spelling
 * reads back as the same values.  Method: a table of good and bad texts, and the spelling of every
 * value of a small range.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "options.h"

#include <cmocka.h> /* after status.h: it defines a macro fail() */

static const struct option_spec table[] = {
    {"order", 0, 10, 3, 1, "context length"},
    {"alpha", -1500000, 2000000, 500000, OPTION_UNIT, "a decimal"},
    {"seed", 0, INT64_MAX, 1, 1, "anything"},
    {0},
};

enum { ORDER, ALPHA, SEED, N_OPTIONS };

static void test_defaults(void **state)
{
	int64_t value[N_OPTIONS];

	(void)state;
	assert_int_equal(options_count(table), N_OPTIONS);
	assert_int_equal(options_count(NULL), 0);
	options_defaults(table, value);
	assert_int_equal(options_parse(table, value, NULL), STATUS_OK);
	assert_int_equal(options_parse(table, value, ""), STATUS_OK);
	assert_int_equal(value[ORDER], 3);
	assert_int_equal(value[ALPHA], 500000);
	assert_int_equal(value[SEED], 1);
}

static void test_good(void **state)
{
	static const struct {
		const char *text;
		int64_t order, alpha, seed;
	} good[] = {
	    {"order=10", 10, 500000, 1},
	    {"alpha=0.000001", 3, 1, 1},
	    {"alpha=-1.5,order=0", 0, -1500000, 1},
	    {"alpha=2", 3, 2000000, 1},
	    {"alpha=.25", 3, 250000, 1},
	    {"alpha=1.5000000000", 3, 1500000, 1},
	    {"seed=9000000000000000000", 3, 500000, 9000000000000000000},
	    {"seed=9223372036854775807", 3, 500000, INT64_MAX},
	    {"seed=9223372036854775807.0", 3, 500000, INT64_MAX},
	    {"order=1,order=2", 2, 500000, 1},
	    {"order=007", 7, 500000, 1},
	};

	(void)state;
	for (size_t i = 0; i < sizeof good / sizeof *good; i++) {
		int64_t value[N_OPTIONS];

		options_defaults(table, value);
		assert_int_equal(options_parse(table, value, good[i].text), STATUS_OK);
		assert_int_equal(value[ORDER], good[i].order);
		assert_int_equal(value[ALPHA], good[i].alpha);
		assert_int_equal(value[SEED], good[i].seed);
	}
}

static void test_bad(void **state)
{
	static const char *const bad[] = {
	    "order", "order=", "=1", "order=11", "order=-1", "order=1.5", "order=1e1", "order= 1",
	    "order=1 ", "order=+1", "order=0x1", "colour=1", "Order=1", ",order=1",
	    "order=1,,seed=2",
	    "alpha=2.000001", "alpha=0.0000001", "alpha=-1.500001", "alpha=--1", "alpha=.",
	    "alpha=-", "alpha=1.2.3", "alpha=nan", "alpha=inf", "alpha=1,5",
	    "seed=9223372036854775808", "seed=99999999999999999999999", "order=1;seed=2",
	};

	(void)state;
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
		int64_t value[N_OPTIONS];

		options_defaults(table, value);
		if (options_parse(table, value, bad[i]) != STATUS_BAD_ARGUMENT)
			fail_msg("accepted: %s", bad[i]);
	}

	char *text = malloc(4001); /* much longer than any real one */
	int64_t value[N_OPTIONS];

	memset(text, '1', 4000);
	text[4000] = '\0';
	memcpy(text, "order=", 6);
	assert_int_equal(options_parse(table, value, text), STATUS_BAD_ARGUMENT);
	free(text);
}

/* The ends of the range, in both units: one step further is refused. */
static void test_ends(void **state)
{
	static const struct option_spec wide[] = {
	    {"whole", INT64_MIN, INT64_MAX, 0, 1, "anything"},
	    {"decimal", INT64_MIN, INT64_MAX, 0, OPTION_UNIT, "anything"},
	    {0},
	};
	static const char *const beyond[] = {
	    "whole=9223372036854775808",    "whole=-9223372036854775809",
	    "whole=92233720368547758070",   "decimal=9223372036854.775808",
	    "decimal=-9223372036854.775809", "decimal=9223372036855",
	};
	int64_t value[2];

	(void)state;
	assert_int_equal(options_parse(wide, value, "whole=-9223372036854775808,"
						    "decimal=9223372036854.775807"),
			 STATUS_OK);
	assert_true(value[0] == INT64_MIN && value[1] == INT64_MAX);
	assert_int_equal(options_parse(wide, value, "decimal=-9223372036854.775808"), STATUS_OK);
	assert_true(value[1] == INT64_MIN);
	for (size_t i = 0; i < sizeof beyond / sizeof *beyond; i++)
		if (options_parse(wide, value, beyond[i]) != STATUS_BAD_ARGUMENT)
			fail_msg("accepted: %s", beyond[i]);
}

static void test_message(void **state)
{
	static const struct {
		const char *text, *message;
	} cases[] = {
	    {"alpha=7", "alpha = '7' is not a number from -1.5 to 2"},
	    {"alpha=7.00000000", "alpha = '7.00000000' is not a number from -1.5 to 2"},
	    {"alpha=-0.1234567", "alpha = '-0.1234567': at most 6 decimals"},
	    {"alpha=1.2.3456789", "alpha = '1.2.3456789' is not a number from -1.5 to 2"},
	    {"alpha=5e-1", "alpha = '5e-1': write it as a decimal number"},
	    {"order=1E1", "order = '1E1': write it as a decimal number"},
	    {"order=1.1234567", "order = '1.1234567' is not a number from 0 to 10"},
	    {"order=e", "order = 'e' is not a number from 0 to 10"},
	    {"ordr=1", "no option 'ordr' (it has: order, alpha, seed)"},
	};

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		int64_t value[N_OPTIONS];

		options_defaults(table, value);
		assert_int_equal(options_parse(table, value, cases[i].text), STATUS_BAD_ARGUMENT);
		assert_string_equal(status_message(), cases[i].message);
	}
	assert_int_equal(options_parse(NULL, NULL, "x=1"), STATUS_BAD_ARGUMENT);
	assert_string_equal(status_message(), "no option 'x' (it has: none)");
}

static void test_spelling_reads_back(void **state)
{
	(void)state;
	for (int64_t alpha = -1500000; alpha <= 2000000; alpha += 997) {
		int64_t value[N_OPTIONS] = {alpha & 7, alpha, alpha * alpha}, again[N_OPTIONS];
		struct buffer text = {0};

		options_print(table, value, &text);
		buffer_append_byte(&text, '\0');
		options_defaults(table, again);
		assert_int_equal(options_parse(table, again, (char *)text.data), STATUS_OK);
		assert_memory_equal(value, again, sizeof value);
		buffer_free(&text);
	}
}

static void test_defaults_are_not_spelt(void **state)
{
	int64_t value[N_OPTIONS];
	struct buffer text = {0};

	(void)state;
	options_defaults(table, value);
	options_print(table, value, &text);
	assert_int_equal(text.size_bytes, 0);
	value[SEED] = 12;
	value[ORDER] = 0;
	options_print(table, value, &text);
	assert_int_equal(text.size_bytes, strlen("order=0,seed=12"));
	assert_memory_equal(text.data, "order=0,seed=12", text.size_bytes);
	buffer_free(&text);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_defaults),
	    cmocka_unit_test(test_good),
	    cmocka_unit_test(test_bad),
	    cmocka_unit_test(test_ends),
	    cmocka_unit_test(test_message),
	    cmocka_unit_test(test_spelling_reads_back),
	    cmocka_unit_test(test_defaults_are_not_spelt),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
