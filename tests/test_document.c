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

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_order),
	    cmocka_unit_test(test_numbers),
	    cmocka_unit_test(test_no_document),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
