/* SPDX-License-Identifier: BSD-2-Clause
 *
 * test_library.c - the public interface alone: round trip, ownership, errors with a sentence.
 *
 * Method: only twopart.h is used, as a user of the installed library would; but for a model file,
 * which is made elsewhere.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "model.h"
#include "twopart.h"

#include <cmocka.h>

static const char text[] = "so much depends upon a red wheel barrow, so much depends upon rain";

static void round_trip(const char *model, const void *in, size_t size_bytes)
{
	void *archive = NULL, *original = NULL;
	size_t archive_bytes = 0, original_bytes = 1;

	assert_int_equal(
	    twopart_compress(model, NULL, in, size_bytes, &archive, &archive_bytes), 0);
	assert_int_equal(
	    twopart_decompress(NULL, archive, archive_bytes, &original, &original_bytes), 0);
	assert_int_equal(original_bytes, size_bytes);
	assert_memory_equal(original, in, size_bytes);
	twopart_free(archive);
	twopart_free(original);
}

static void test_round_trip(void **state)
{
	(void)state;
	round_trip("ngram", text, sizeof text);
	round_trip("ngram:order=2", text, sizeof text);
	round_trip("order0", text, 1);
	round_trip("uniform", text, 0);
}

static void test_errors(void **state)
{
	void *out = NULL;
	size_t out_bytes = 0;

	(void)state;
	assert_int_equal(twopart_compress("magic", NULL, text, 4, &out, &out_bytes), 1);
	assert_non_null(strstr(twopart_error(), "magic"));
	assert_int_equal(twopart_compress("bayes", NULL, text, 4, &out, &out_bytes), 5);
	assert_int_equal(twopart_compress("bayes", "/nonexistent.json", text, 4, &out, &out_bytes),
			 1);
	assert_int_equal(twopart_decompress(NULL, text, sizeof text, &out, &out_bytes), 2);
	assert_null(out);
	twopart_free(NULL);
}

static void test_null(void **state)
{
	void *out = NULL;
	size_t n = 0;

	(void)state;
	assert_int_equal(twopart_compress(NULL, NULL, text, 4, &out, &n), 1);
	assert_string_equal(twopart_error(), "the model is NULL");
	assert_int_equal(twopart_compress("order0", NULL, NULL, 4, &out, &n), 1);
	assert_string_equal(twopart_error(), "the input is NULL");
	assert_int_equal(twopart_compress("order0", NULL, text, 4, NULL, &n), 1);
	assert_non_null(strstr(twopart_error(), "no place for the result"));
	assert_int_equal(twopart_compress("order0", NULL, text, 4, &out, NULL), 1);
	assert_int_equal(twopart_decompress(NULL, NULL, 4, &out, &n), 1);
	assert_int_equal(twopart_decompress(NULL, text, 4, NULL, &n), 1);
	assert_int_equal(twopart_decompress(NULL, text, 4, &out, NULL), 1);
	assert_null(out);
	round_trip("order0", NULL, 0);
}

/* The model file is named by its path, in both directions. */
static void test_model_file(void **state)
{
	char path[] = "/tmp/twopart-test-XXXXXX";
	struct transformer_shape shape = model_shape(false, 256);
	struct buffer file = {0};
	struct transformer *t = model_from_file(&shape, 8, 1, &file);
	void *archive = NULL, *original = NULL;
	size_t archive_bytes = 0, original_bytes = 0;
	int fd = mkstemp(path);

	(void)state;
	assert_non_null(t);
	assert_int_equal(write(fd, file.data, file.size_bytes), file.size_bytes);
	close(fd);
	assert_int_equal(twopart_compress("transformer", path, text, sizeof text, &archive,
					  &archive_bytes),
			 0);
	assert_int_equal(
	    twopart_decompress(path, archive, archive_bytes, &original, &original_bytes), 0);
	assert_int_equal(original_bytes, sizeof text);
	assert_memory_equal(original, text, sizeof text);
	twopart_free(original);
	assert_int_equal(
	    twopart_decompress(NULL, archive, archive_bytes, &original, &original_bytes), 5);
	twopart_free(archive);
	assert_int_equal(twopart_compress("transformer", NULL, text, 4, &archive, &archive_bytes),
			 5);
	unlink(path);
	assert_int_equal(twopart_compress("transformer", path, text, 4, &archive, &archive_bytes),
			 1);
	buffer_free(&file);
	transformer_free(t);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_round_trip),
	    cmocka_unit_test(test_errors),
	    cmocka_unit_test(test_null),
	    cmocka_unit_test(test_model_file),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
