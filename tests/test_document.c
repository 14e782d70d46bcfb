/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Property: a document begins with its format and number and keeps the order of its members; what
 * is no number becomes null; reals come back as the same doubles; no document is an error.
 * Method: documents are written to memory and compared as text, or parsed.
 */
#include <jansson.h>
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include "document.h"

#include <cmocka.h>

static char *line_of(json_t *document)
{
	char *text;
	size_t size_bytes;
	FILE *to = open_memstream(&text, &size_bytes);

	assert_non_null(to);
	assert_int_equal(document_write_line(document, to), STATUS_OK);
	assert_int_equal(fclose(to), 0);
	return text;
}

static void test_order(void **state)
{
	char *text = line_of(document_new(
	    "thing", 7, json_pack("{s:i, s:n, s:{s:i, s:i}}", "z", 1, "a", "m", "y", 2, "b", 3)));

	(void)state;
	assert_string_equal(text, "{\"format\":\"twopart-thing\",\"schema\":7,\"z\":1,\"a\":null,"
				  "\"m\":{\"y\":2,\"b\":3}}\n");
	free(text);
}

static void test_numbers(void **state)
{
	char *text = line_of(document_new(
	    "n", 1,
	    json_pack("{s:o, s:o, s:o, s:o, s:o, s:o}", "nan", document_number(NAN), "up",
		      document_number(INFINITY), "down", document_number(-INFINITY), "half",
		      document_number(0.5), "none", document_quotient(3, 0), "third",
		      document_quotient(1, 3))));
	json_t *back = json_loads(text, 0, NULL);

	(void)state;
	assert_true(json_is_null(json_object_get(back, "nan")));
	assert_true(json_is_null(json_object_get(back, "up")));
	assert_true(json_is_null(json_object_get(back, "down")));
	assert_true(json_is_null(json_object_get(back, "none")));
	assert_true(json_real_value(json_object_get(back, "half")) == 0.5);
	assert_true(json_real_value(json_object_get(back, "third")) == 1.0 / 3);
	json_decref(back);
	free(text);
}

/* jansson makes no object with NaN: such a mistake is an error, not an empty line. */
static void test_no_document(void **state)
{
	json_t *document = document_new("n", 1, json_pack("{s:f}", "nan", NAN));

	(void)state;
	assert_null(document);
	assert_int_equal(document_write_line(document, stderr), STATUS_NO_MEMORY);
	assert_int_equal(document_write(NULL, stderr), STATUS_NO_MEMORY);
}

/* Counts: whole and in range, or none, whatever the JSON says. */
static void test_counts(void **state)
{
	static const char *const bad[] = {"-1",	   "7.5",  "1e300", "-1e300", "10001",
					  "1e999", "null", "true",  "\"7\"", "[7]"};
	json_t *good = json_loads("{\"a\": 7, \"b\": 7.0, \"c\": 0, \"d\": 10000}", 0, NULL);
	uint64_t n;

	(void)state;
	assert_true(document_count(good, "a", 10000, &n) && n == 7);
	assert_true(document_count(good, "b", 10000, &n) && n == 7);
	assert_true(document_count(good, "c", 10000, &n) && n == 0);
	assert_true(document_count(good, "d", 10000, &n) && n == 10000);
	assert_false(document_count(good, "d", 9999, &n));
	assert_false(document_count(good, "e", 10000, &n));
	assert_false(document_count(NULL, "a", 10000, &n));
	assert_int_equal(n, 0);
	json_decref(good);
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
		char text[64];

		snprintf(text, sizeof text, "{\"a\": %s}", bad[i]);
		good = json_loads(text, 0, NULL); /* NULL of 1e999, which jansson refuses */
		n = 1;
		assert_false(document_count(good, "a", 10000, &n));
		assert_int_equal(n, 0);
		json_decref(good);
	}
	assert_false(document_whole(NAN, UINT64_MAX, &n));
	assert_false(document_whole(INFINITY, UINT64_MAX, &n));
	assert_false(document_whole(0x1p63, UINT64_MAX, &n));
	assert_true(document_whole(0x1p53, UINT64_MAX, &n) && n == UINT64_C(1) << 53);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_order),
	    cmocka_unit_test(test_numbers),
	    cmocka_unit_test(test_no_document),
	    cmocka_unit_test(test_counts),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
