/* SPDX-License-Identifier: BSD-2-Clause
 *
 * test_pareto.c - fronts and totals over rows.
 *
 * Property  a row is on a front exactly when no competing row of its table beats it; bounds, rows
 *           that are not there and rows with something not counted neither compete nor are
 *           marked; a total is the sum of a method's rows on all files, its peaks their maxima,
 *           and there is none for a method without a row on every file, or with one file only.
 * Method    rows made by hand, with the answers worked out by hand, and many drawn at random
 *           against another way to the same front.
 */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include "pareto.h"
#include "rng.h"
#include "total.h"

#include <cmocka.h>

static struct row make_row(enum section section, const char *corpus, const char *name, double bytes,
			   double compress_seconds, double decompress_seconds)
{
	struct row r = row_empty();

	r.section = section;
	r.present = true;
	snprintf(r.corpus, sizeof r.corpus, "%s", corpus);
	snprintf(r.name, sizeof r.name, "%s", name);
	r.archive_bytes = bytes;
	r.model_bytes = 0;
	r.input_bytes = r.text_bytes = 1000;
	r.compress_seconds = r.compress_process_seconds = compress_seconds;
	r.decompress_seconds = r.decompress_process_seconds = decompress_seconds;
	r.compress_peak_mib = compress_seconds + 1;
	r.decompress_peak_mib = decompress_seconds + 1;
	row_derive(&r);
	return r;
}

static void test_beats(void **state)
{
	(void)state;
	assert_true(pareto_beats(1, 1, 1, 2));
	assert_true(pareto_beats(1, 1, 2, 1));
	assert_false(pareto_beats(1, 1, 1, 1));
	assert_false(pareto_beats(1, 2, 2, 1));
	assert_false(pareto_beats(2, 2, 1, 2));
	assert_false(pareto_beats(NAN, 1, 2, 2));
	assert_false(pareto_beats(1, 1, 2, NAN));
}

static void test_marks(void **state)
{
	struct row rows[] = {
	    make_row(SECTION_FILE, "a", "small, slow", 10, 9, 9),
	    make_row(SECTION_FILE, "a", "large, fast", 90, 1, 1),
	    make_row(SECTION_FILE, "a", "fast to unpack", 11, 10, 2),
	    make_row(SECTION_FILE, "a", "beaten", 90, 10, 10),
	    make_row(SECTION_FILE, "a", "twin of the first", 10, 9, 9),
	    make_row(SECTION_FILE, "a", "oracle", 1, 0, 0),
	    make_row(SECTION_FILE, "a", "not there", 1, 0, 0),
	    make_row(SECTION_FILE, "a", "bound", NAN, NAN, NAN),
	    make_row(SECTION_FILE, "b", "alone", 1000, 1000, 1000),
	    make_row(SECTION_TABLE, "a", "of another section", 1000, 1000, 1000),
	    make_row(SECTION_SCALING, "a", "in no competition", 1, 1, 1),
	};
	static const char *const expected[] = {
	    "enc+dec", "enc+dec", "dec", "", "enc+dec", "", "", "", "enc+dec", "enc+dec", "",
	};
	size_t n = sizeof rows / sizeof rows[0];

	(void)state;
	strcpy(rows[5].not_counted, "world");
	rows[6].present = false;
	pareto_mark(rows, n);
	for (size_t i = 0; i < n; i++)
		if (strcmp(rows[i].pareto, expected[i]) != 0)
			fail_msg("%s: '%s' instead of '%s'", rows[i].name, rows[i].pareto,
				 expected[i]);
}

/* Sorted by size, the front is where the time falls below all before: another way to the same. */
static void test_random(void **state)
{
	struct row rows[200];
	struct rng rng = rng_stream(1, 1, 1);

	(void)state;
	for (size_t i = 0; i < 200; i++)
		rows[i] = make_row(SECTION_TOTAL, "all", "x", 1 + (double)rng_below(&rng, 40),
				   1 + (double)rng_below(&rng, 40), 1);
	pareto_mark(rows, 200);
	for (size_t i = 0; i < 200; i++) {
		double least = INFINITY, least_smaller = INFINITY;

		for (size_t k = 0; k < 200; k++) {
			if (rows[k].total_bytes == rows[i].total_bytes)
				least = fmin(least, rows[k].compress_process_seconds);
			if (rows[k].total_bytes < rows[i].total_bytes)
				least_smaller =
				    fmin(least_smaller, rows[k].compress_process_seconds);
		}
		assert_int_equal(strstr(rows[i].pareto, "enc") != NULL,
				 rows[i].compress_process_seconds == least &&
				     least < least_smaller);
	}
}

static void test_totals(void **state)
{
	struct row rows[12] = {
	    make_row(SECTION_FILE, "a", "x", 10, 1, 2),
	    make_row(SECTION_FILE, "a", "y", 20, 3, 4),
	    make_row(SECTION_FILE, "a", "z", 1, 1, 1),
	    make_row(SECTION_TABLE, "c", "x", 9, 9, 9),
	    make_row(SECTION_FILE, "b", "x", 100, 10, 1),
	    make_row(SECTION_FILE, "b", "y", 7, 5, 6),
	};

	(void)state;
	rows[1].ideal_bits = 100;
	rows[5].ideal_bits = 11;
	assert_int_equal(total_rows(rows, 6), 2); /* not z, which has no row on b */
	assert_string_equal(rows[6].name, "x");
	assert_string_equal(rows[6].corpus, "Total of 2 files");
	assert_int_equal(rows[6].section, SECTION_TOTAL);
	assert_true(rows[6].total_bytes == 110 && rows[6].input_bytes == 2000);
	assert_true(rows[6].compress_process_seconds == 11);
	assert_true(rows[6].decompress_process_seconds == 3);
	assert_true(rows[6].compress_peak_mib == 11 && rows[6].decompress_peak_mib == 3);
	assert_true(rows[6].compress_mb_s == 2000 / 1e6 / 11);
	assert_true(rows[6].bits_per_text_byte == 880.0 / 2000 && isnan(rows[6].ideal_bits));
	assert_string_equal(rows[7].name, "y");
	assert_true(rows[7].total_bytes == 27 && rows[7].ideal_bits == 111);
	assert_true(rows[7].overhead_bits == 8 * 27 - 111);
	rows[5].present = false; /* planned, but failed */
	assert_int_equal(total_rows(rows, 6), 1);
	assert_int_equal(total_rows(rows, 4), 0); /* one file only */
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_beats),
	    cmocka_unit_test(test_marks),
	    cmocka_unit_test(test_random),
	    cmocka_unit_test(test_totals),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
