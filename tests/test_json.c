/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Property: what the commands print with --json is JSON, with the members that scripts rely on.
 * Method: run the program (it lies beside this test's directory) and parse its output.
 */
#include <jansson.h>
#include <libgen.h>
#include <limits.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

static char program[PATH_MAX];
static char directory[] = "/tmp/test_json.XXXXXX";

/* Run "twopart ARGUMENTS" in the temporary directory and parse standard output. */
static json_t *run(const char *arguments)
{
	char command[2 * PATH_MAX];
	json_error_t error;

	snprintf(command, sizeof command, "cd %s && '%s' %s", directory, program, arguments);
	FILE *from = popen(command, "r");

	assert_non_null(from);
	json_t *root = json_loadf(from, 0, &error);

	if (!root)
		fail_msg("%s: line %d: %s", arguments, error.line, error.text);
	assert_int_equal(pclose(from), 0);
	return root;
}

static const char *string(const json_t *object, const char *name)
{
	const char *text = json_string_value(json_object_get(object, name));

	if (!text)
		fail_msg("no string %s", name);
	return text;
}

static json_int_t integer(const json_t *object, const char *name)
{
	const json_t *value = json_object_get(object, name);

	if (!json_is_integer(value))
		fail_msg("no integer %s", name);
	return json_integer_value(value);
}

static void test_version(void **state)
{
	static const char *const names[] = {"twopart", "commit", "compiler", "openmp", "simd"};
	static const char *const used[] = {"zstd", "xz", "brotli", "jansson", "xxhash", "openssl"};
	json_t *root = run("--version --json");
	const json_t *libraries = json_object_get(root, "libraries");

	(void)state;
	for (size_t i = 0; i < sizeof names / sizeof *names; i++)
		assert_true(strlen(string(root, names[i])) > 0);
	for (size_t i = 0; i < sizeof used / sizeof *used; i++)
		assert_true(strlen(string(libraries, used[i])) > 0);
	assert_true(integer(root, "threads") >= 1);
	assert_true(json_array_size(json_object_get(root, "simd_available")) >= 1);
	json_decref(root);
}

static void test_models(void **state)
{
	json_t *root = run("models --json"), *models = json_object_get(root, "models"), *row;
	size_t i;

	(void)state;
	assert_true(json_array_size(models) > 0);
	json_array_foreach(models, i, row) {
		assert_true(strlen(string(row, "name")) > 0);
		assert_in_range(integer(row, "id"), 1, 31);
		assert_true(json_is_boolean(json_object_get(row, "needs_world")));
		assert_true(json_is_array(json_object_get(row, "options")));
	}
	assert_true(json_array_size(json_object_get(root, "coders")) > 0);
	assert_true(json_array_size(json_object_get(root, "baselines")) > 0);
	assert_true(json_array_size(json_object_get(root, "families")) > 0);
	json_decref(root);
}

static void test_compress_and_list(void **state)
{
	json_t *made = run("compress -f --json -m uniform input");
	json_t *listed = run("list --json input.2p input.2p");
	const json_t *files = json_object_get(listed, "files"), *row = json_array_get(files, 1);

	(void)state;
	assert_int_equal(json_array_size(files), 2);
	assert_string_equal(string(made, "file"), "input");
	assert_string_equal(string(made, "archive"), "input.2p");
	assert_string_equal(string(row, "file"), "input.2p");
	assert_string_equal(string(row, "model"), "uniform");
	assert_string_equal(string(row, "options"), "");
	assert_int_equal(integer(row, "version"), 1);
	assert_int_equal(integer(row, "symbols"), 1000);
	assert_int_equal(integer(row, "symbol_bytes"), 1);
	assert_int_equal(integer(row, "alphabet"), 256);
	assert_true(json_is_null(json_object_get(row, "world_hash")));
	assert_true(integer(row, "memory_bytes") >= 1000);
	assert_int_equal(integer(row, "archive_bytes"), integer(made, "archive_bytes"));
	assert_int_equal(integer(row, "archive_bytes"),
			 integer(row, "payload_bytes") + integer(row, "container_bytes"));
	assert_true(json_real_value(json_object_get(made, "ideal_bits")) > 7999.99);
	assert_true(json_real_value(json_object_get(made, "ideal_bits")) < 8000.01);
	json_decref(listed);
	json_decref(made);
}

/* Names are bytes; what is no UTF-8 in them becomes U+FFFD, and the row is there all the same. */
static void test_names(void **state)
{
	static const struct {
		const char *name, *expected;
	} cases[] = {
	    {"r\303\251sum\303\251", "r\303\251sum\303\251"},
	    {"r\351sum\351", "r\357\277\275sum\357\277\275"},
	    {"\303", "\357\277\275"},                                     /* cut short */
	    {"a\300\257b", "a\357\277\275\357\277\275b"},                 /* not the shortest */
	    {"\360\237\230\200", "\360\237\230\200"},                     /* four bytes */
	    {"\360\237\230x", "\357\277\275\357\277\275\357\277\275x"}, /* three of them */
	};

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		char arguments[512], archive[64];
		const char *name = cases[i].name;

		snprintf(arguments, sizeof arguments,
			 "compress -f --json -m uniform -o '%s.2p' input", name);
		snprintf(archive, sizeof archive, "%s.2p", cases[i].expected);
		json_t *made = run(arguments);

		snprintf(arguments, sizeof arguments, "list --json '%s.2p' && rm '%s.2p'", name,
			 name);
		json_t *listed = run(arguments);

		assert_string_equal(string(made, "archive"), archive);
		const json_t *row = json_array_get(json_object_get(listed, "files"), 0);

		assert_string_equal(string(row, "file"), archive);
		json_decref(made);
		json_decref(listed);
	}
}

static int set_up(void **state)
{
	char path[sizeof directory + 8];

	(void)state;
	if (!mkdtemp(directory))
		return -1;
	snprintf(path, sizeof path, "%s/input", directory);
	FILE *to = fopen(path, "wb");

	if (!to)
		return -1;
	for (int i = 0; i < 1000; i++)
		fputc(i * 7 & 0xff, to);
	return fclose(to);
}

static int tear_down(void **state)
{
	char path[sizeof directory + 16];

	(void)state;
	snprintf(path, sizeof path, "%s/input", directory);
	unlink(path);
	snprintf(path, sizeof path, "%s/input.2p", directory);
	unlink(path);
	return rmdir(directory);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_version),
	    cmocka_unit_test(test_models),
	    cmocka_unit_test(test_compress_and_list),
	    cmocka_unit_test(test_names),
	};
	char self[PATH_MAX];
	ssize_t n = readlink("/proc/self/exe", self, sizeof self - 1);

	if (n < 0)
		return 1;
	self[n] = '\0';
	snprintf(program, sizeof program, "%s/twopart", dirname(dirname(self)));
	return cmocka_run_group_tests(tests, set_up, tear_down);
}
