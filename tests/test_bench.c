/* SPDX-License-Identifier: BSD-2-Clause
 *
 * test_bench.c - a row of the benchmark is a decoded file, and nothing is left behind.
 *
 * Property  a method that returns other bytes, fails, crashes, hangs or says nothing is no row;
 *           the smoke suite has every method of the registries, verified, in JSON and in CSV alike;
 *           temporary files vanish, also when the run is interrupted; the regrets of a predictor's
 *           row, and only those, are there and add up to its distance from `bayes`.
 * Method    cells are run with a script in the place of the program, which misbehaves on demand;
 *           suites are run with the real program, found beside this test.
 */
#include <dirent.h>
#include <fcntl.h>
#include <math.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <jansson.h>

#include "buffer.h"
#include "cell.h"
#include "child.h"
#include "codec.h"
#include "file.h"
#include "predictor.h"

#include <cmocka.h>

static char program[2048], scratch[1024];

static const char *in_scratch(const char *name)
{
	static char path[4][2048];
	static int next;
	char *p = path[next++ % 4];

	snprintf(p, sizeof path[0], "%s/%s", scratch, name);
	return p;
}

static int count_files(const char *directory)
{
	DIR *d = opendir(directory);
	int n = 0;

	while (d && readdir(d))
		n++;
	if (d)
		closedir(d);
	return n - 2; /* . and .. */
}

/* The method says how to misbehave: $2 direction, $4 method, $6 input, $8 output or roles. */
static const char liar[] = "#!/bin/sh\n"
			   "[ $2 = regret ] || cp \"$6\" \"$8\"\n"
			   "case \"$2 $4\" in\n"
			   "'decompress longer') echo >> \"$8\" ;;\n"
			   "'decompress shorter') printf x > \"$8\" ;;\n"
			   "'decompress other') tr a b < \"$6\" > \"$8\" ;;\n"
			   "'decompress fails') exit 2 ;;\n"
			   "'decompress crashes') kill -SEGV $$ ;;\n"
			   "'decompress hangs') exec sleep 20 ;;\n"
			   "'decompress silent') exit 0 ;;\n"
			   "'decompress unsupported') exit 5 ;;\n"
			   "'compress refuses') exit 5 ;;\n"
			   "'compress nothing') rm \"$8\" ;;\n"
			   "'regret honest') echo '{\"regret_bits\":[1,-2,0,0.5]}'; exit ;;\n"
			   "'regret short') echo '{\"regret_bits\":[1,-2,0]}'; exit ;;\n"
			   "'regret long') echo '{\"regret_bits\":[1,2,3,4,5]}'; exit ;;\n"
			   "'regret words') echo '{\"regret_bits\":[1,2,3,\"4\"]}'; exit ;;\n"
			   "'regret fails') exit 2 ;;\n"
			   "'regret unsupported') exit 5 ;;\n"
			   "esac\n"
			   "echo '{\"cpu_seconds\":0.5,\"wall_seconds\":1,\"ideal_bits\":7}'\n";

static enum status run_liar(const char *method, struct cell_result *result)
{
	struct cell cell = {
	    .program = in_scratch("liar.sh"),
	    .method = method,
	    .input = in_scratch("input"),
	    .archive = in_scratch("archive"),
	    .decoded = in_scratch("decoded"),
	    .limit_seconds = 1,
	};

	return cell_run(&cell, result);
}

static void test_lies_are_no_rows(void **state)
{
	static const struct {
		const char *method;
		enum status status;
	} cases[] = {
	    {"honest", STATUS_OK},
	    {"longer", STATUS_CORRUPT},
	    {"shorter", STATUS_CORRUPT},
	    {"other", STATUS_CORRUPT},
	    {"fails", STATUS_IO},
	    {"crashes", STATUS_IO},
	    {"hangs", STATUS_LIMIT},
	    {"silent", STATUS_IO},
	    {"unsupported", STATUS_CORRUPT},
	    {"refuses", STATUS_UNSUPPORTED},
	    {"nothing", STATUS_IO},
	};
	struct cell_result result;

	(void)state;
	assert_int_equal(file_write(in_scratch("liar.sh"), liar, sizeof liar - 1, 0700, true),
			 STATUS_OK);
	assert_int_equal(file_write(in_scratch("input"), "a cat\n", 6, 0600, true), STATUS_OK);
	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		enum status s = run_liar(cases[i].method, &result);

		if (s != cases[i].status)
			fail_msg("%s: status %d (%s)", cases[i].method, (int)s, status_message());
	}
	assert_int_equal(run_liar("honest", &result), STATUS_OK);
	assert_int_equal(result.archive_bytes, 6);
	assert_true(result.ideal_bits == 7 && result.compress.cpu_seconds == 0.5);
	assert_true(result.decompress.peak_mib > 0);
}

static void test_lies_about_regret(void **state)
{
	static const struct {
		const char *method;
		enum status status;
	} cases[] = {
	    {"short", STATUS_IO}, {"long", STATUS_IO},  {"words", STATUS_IO},
	    {"other", STATUS_IO}, {"fails", STATUS_IO}, {"unsupported", STATUS_UNSUPPORTED},
	};
	struct cell cell = {
	    .program = in_scratch("liar.sh"),
	    .input = "input",
	    .world = "world",
	    .roles = "roles",
	    .limit_seconds = 1,
	};
	double bits[COST_ROLES];

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		cell.method = cases[i].method;
		assert_int_equal(cell_regret(&cell, bits), cases[i].status);
	}
	cell.method = "honest";
	assert_int_equal(cell_regret(&cell, bits), STATUS_OK);
	assert_true(bits[0] == 1 && bits[1] == -2 && bits[2] == 0 && bits[3] == 0.5);
}

static int run_cell_command(const char *direction, const char *method, const char *from,
			    const char *to)
{
	const char *const argv[] = {program,   "cell",    direction,  "--method", method,
				    "--input", from,      "--output", to,         "--size",
				    "60000",   "--bytes", NULL};
	struct child_result child;

	assert_int_equal(child_run((char *const *)argv, 60, &child), STATUS_OK);
	return child.exit_code;
}

/* The real command refuses an archive with one bit changed. */
static void test_damaged_archive(void **state)
{
	static const char *const methods[] = {"codec:zstd -19", "codec:xz -6", "model:order0"};
	struct buffer text = {0};

	(void)state;
	for (int i = 0; i < 10000; i++)
		buffer_append(&text, i % 3 ? "a cat\n" : "a dog\n", 6);
	assert_int_equal(file_write(in_scratch("input"), text.data, text.size_bytes, 0600, true),
			 STATUS_OK);
	for (size_t i = 0; i < sizeof methods / sizeof methods[0]; i++) {
		struct buffer archive = {0};
		const char *from = in_scratch("archive"), *to = in_scratch("decoded");

		assert_int_equal(
		    run_cell_command("compress", methods[i], in_scratch("input"), from), 0);
		assert_int_equal(run_cell_command("decompress", methods[i], from, to), 0);
		assert_int_equal(file_read(from, &archive, NULL), STATUS_OK);
		archive.data[archive.size_bytes / 2] ^= 4;
		assert_int_equal(file_write(from, archive.data, archive.size_bytes, 0600, true),
				 STATUS_OK);
		assert_int_equal(run_cell_command("decompress", methods[i], from, to), 2);
		buffer_free(&archive);
	}
	buffer_free(&text);
}

/* Is there a verified row of that name (and rendering) in the first corpus? */
static bool has_row(const json_t *rows, const char *name, const char *on)
{
	size_t i;
	const json_t *row;

	json_array_foreach(rows, i, row)
	{
		const char *row_name = json_string_value(json_object_get(row, "name"));
		const char *row_on = json_string_value(json_object_get(row, "on"));

		if (strcmp(row_name, name) == 0 && row_on && strcmp(row_on, on) == 0)
			return true;
	}
	return false;
}

static void check_row(const json_t *row)
{
	const json_t *archive = json_object_get(row, "archive_bytes");
	const json_t *verified = json_object_get(row, "verified");
	double bits = json_number_value(json_object_get(row, "total_bits"));

	assert_true(bits > 0);
	if (strcmp(json_string_value(json_object_get(row, "section")), "coder") != 0)
		assert_int_equal(json_string_length(json_object_get(row, "digest")), 16);
	if (json_is_integer(json_object_get(row, "n_tokens")))
		assert_memory_equal(json_string_value(json_object_get(row, "source")),
				    "generate sk --sentences ", 24);
	if (!json_is_integer(archive)) { /* a bound */
		assert_true(json_is_null(verified));
		return;
	}
	assert_string_equal(json_string_value(verified), "yes");
	assert_true(bits == 8.0 * (json_number_value(archive) +
				   json_number_value(json_object_get(row, "model_bytes"))));
}

static const char *const regret_keys[] = {"regret_syntax", "regret_name", "regret_first_fact",
					  "regret_repeated_fact"};

#define N_REGRETS (sizeof regret_keys / sizeof *regret_keys)

static const char *text_of(const json_t *row, const char *key)
{
	const char *text = json_string_value(json_object_get(row, key));

	return text ? text : "";
}

/* Bits that the row's tokens cost: without a stored model. */
static double token_bits(const json_t *row)
{
	return json_number_value(json_object_get(row, "ideal_bits")) -
	       8 * json_number_value(json_object_get(row, "model_bytes"));
}

/* Ideal bits of `bayes` on the corpus of that row. */
static double bayes_bits(const json_t *rows, const char *corpus)
{
	size_t i;
	const json_t *row;

	json_array_foreach(rows, i, row)
		if (strcmp(text_of(row, "name"), "bayes") == 0 &&
		    strcmp(text_of(row, "corpus"), corpus) == 0)
			return token_bits(row);
	fail_msg("no row of bayes on %s", corpus);
	return 0;
}

/* Predictors have regrets on corpora; bounds, codecs and ordinary files have none. */
static void check_regret(const json_t *rows, const json_t *row)
{
	const char *name = text_of(row, "name");
	double n = json_number_value(json_object_get(row, "n_tokens")), sum = 0;
	bool expected = predictor_by_name(name) && n > 0;

	for (size_t i = 0; i < N_REGRETS; i++) {
		const json_t *regret = json_object_get(row, regret_keys[i]);

		assert_true(expected ? json_is_real(regret) : json_is_null(regret));
		if (strcmp(name, "bayes") == 0)
			assert_true(json_number_value(regret) == 0);
		if (strcmp(name, "order0") == 0 && expected)
			assert_true(json_number_value(regret) > 0);
		sum += json_number_value(regret);
	}
	if (!expected)
		return;
	double difference = token_bits(row) - bayes_bits(rows, text_of(row, "corpus"));

	if (!(fabs(sum * n - difference) < n * 0x1p-24 + 1e-6))
		fail_msg("%s: regrets of %.9f bits, but %.9f more than bayes", name, sum * n,
			 difference);
}

/* The columns are named in CSV; one column of Markdown has all four, and zeros for bayes. */
static void check_regret_columns(const char *csv, const char *markdown)
{
	static const char zeros[] = " 0.0000 + 0.0000 + 0.0000 + 0.0000 |";
	const char *bayes = strstr(markdown, "\n| bayes ");

	assert_non_null(strstr(csv, ",regret_syntax,regret_name,regret_first_fact,"
				    "regret_repeated_fact,"));
	assert_null(strstr(csv, "regret by role"));
	assert_non_null(strstr(markdown, " regret by role |"));
	assert_null(strstr(markdown, "regret_syntax"));
	assert_non_null(bayes);
	assert_in_range(strstr(bayes, zeros) - bayes, 1, strchr(bayes + 1, '\n') - bayes);
}

static size_t count_lines(const struct buffer *b)
{
	size_t n = 0;

	for (size_t i = 0; i < b->size_bytes; i++)
		n += b->data[i] == '\n';
	return n;
}

static void check_report_files(const char *directory)
{
	struct buffer csv = {0}, json = {0}, markdown = {0};
	char path[4096];
	size_t i;
	json_t *row;

	snprintf(path, sizeof path, "%s/bench.csv", directory);
	assert_int_equal(file_read(path, &csv, NULL), STATUS_OK);
	snprintf(path, sizeof path, "%s/bench.json", directory);
	assert_int_equal(file_read(path, &json, NULL), STATUS_OK);

	snprintf(path, sizeof path, "%s/bench.md", directory);
	assert_int_equal(file_read(path, &markdown, NULL), STATUS_OK);

	json_t *root = json_loadb((const char *)json.data, json.size_bytes, 0, NULL);
	json_t *rows = json_object_get(root, "rows");

	assert_int_equal(json_integer_value(json_object_get(root, "schema")), 1);
	assert_true(json_string_length(json_object_get(root, "commit")) > 0);
	assert_int_equal(count_lines(&csv), json_array_size(rows) + 1);
	json_array_foreach(rows, i, row)
	{
		check_row(row);
		check_regret(rows, row);
	}
	for (const struct codec_ops *const *c = codecs; *c; c++) {
		assert_true(has_row(rows, (*c)->name, "tokens"));
		assert_true(has_row(rows, (*c)->name, "text"));
		assert_true(has_row(rows, (*c)->name, "bytes"));
	}
	for (const struct predictor_ops *const *p = predictors; *p; p++) {
		if ((*p)->needs_model == MODEL_MUST || (*p)->is_slow)
			continue;
		assert_true(has_row(rows, (*p)->name, "tokens"));
		if (!(*p)->needs_world)
			assert_true(has_row(rows, (*p)->name, "bytes"));
	}
	assert_true(has_row(rows, "transformer (two-part) fit 1 s", "tokens"));
	assert_true(has_row(rows, "transformer (two-part) fit 1 s", "bytes"));
	json_decref(root);
	buffer_append_byte(&csv, '\0');
	buffer_append_byte(&markdown, '\0');
	check_regret_columns((const char *)csv.data, (const char *)markdown.data);
	buffer_free(&csv);
	buffer_free(&json);
	buffer_free(&markdown);
}

static void test_smoke_suite(void **state)
{
	char out[2048], temporary[2048];
	const char *const argv[] = {program, "bench", "--suite", "smoke", "--out", out, NULL};
	struct child_result child;

	(void)state;
	snprintf(out, sizeof out, "%s", in_scratch("out"));
	snprintf(temporary, sizeof temporary, "%s", in_scratch("empty"));
	assert_int_equal(mkdir(temporary, 0700), 0);
	setenv("TMPDIR", temporary, 1);
	assert_int_equal(child_run((char *const *)argv, 500, &child), STATUS_OK);
	assert_int_equal(child.exit_code, 0);
	assert_memory_equal(child.output, "# twopart bench", 15);
	check_report_files(out);
	assert_int_equal(count_files(temporary), 0);
}

/* Interrupted while a cell runs: dead of that signal, and nothing left. */
static void test_interrupt(void **state)
{
	char temporary[2048];
	int how;

	(void)state;
	snprintf(temporary, sizeof temporary, "%s", in_scratch("interrupted"));
	assert_int_equal(mkdir(temporary, 0700), 0);
	setenv("TMPDIR", temporary, 1);

	pid_t pid = fork();

	assert_true(pid >= 0);
	if (pid == 0) {
		if (freopen("/dev/null", "w", stdout))
			execl(program, "twopart", "bench", "--jobs", "2", program, (char *)NULL);
		_exit(127);
	}
	for (int i = 0; i < 1000 && count_files(temporary) <= 0; i++)
		usleep(10000);
	usleep(100000);
	kill(pid, SIGTERM);
	assert_int_equal(waitpid(pid, &how, 0), pid);
	assert_true(WIFSIGNALED(how) && WTERMSIG(how) == SIGTERM);
	assert_int_equal(count_files(temporary), 0);
}

/* build/tests/test_bench lies beside build/twopart. */
static int set_up(void **state)
{
	ssize_t n = readlink("/proc/self/exe", program, sizeof program - 16);

	(void)state;
	if (n < 0)
		return -1;
	program[n] = '\0';
	for (int i = 0; i < 2 && strrchr(program, '/'); i++)
		*strrchr(program, '/') = '\0';
	strcat(program, "/twopart");
	snprintf(scratch, sizeof scratch, "/tmp/test-bench-XXXXXX");
	return mkdtemp(scratch) ? 0 : -1;
}

static int tear_down(void **state)
{
	char command[2048];

	(void)state;
	snprintf(command, sizeof command, "rm -rf '%s'", scratch);
	return system(command);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_lies_are_no_rows),
	    cmocka_unit_test(test_lies_about_regret),
	    cmocka_unit_test(test_damaged_archive),
	    cmocka_unit_test(test_smoke_suite),
	    cmocka_unit_test(test_interrupt),
	};

	return cmocka_run_group_tests(tests, set_up, tear_down);
}
