/* SPDX-License-Identifier: BSD-2-Clause
 *
 * test_bench.c - a figure of the benchmark is of a decoded file, and nothing is left behind.
 *
 * Property  a method that returns other bytes, fails, crashes, hangs or says nothing gets the
 *           outcome that says so; the smoke suite has every method of the registries, measured, and
 *           a second run measures nothing; temporary files vanish, also when the run is
 *           interrupted; the regrets of a predictor's cell, and only those, are there and add up to
 *           its distance from `bayes`.
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
			   "'decompress fails') echo '{\"error\":\"no such luck\"}'; exit 2 ;;\n"
			   "'decompress absent') rm \"$8\" ;;\n"
			   "'compress boasts') more=,\\\"stored_model_bytes\\\":7 ;;\n"
			   "'compress floods') exec yes > \"$8\" ;;\n"
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
			   "echo '{\"cpu_seconds\":0.5,\"wall_seconds\":1,\"ideal_bits\":7'\\\n"
			   "$more'}'\n";

static enum outcome run_liar(const char *method, struct cell_result *result)
{
	struct cell cell = {
	    .program = in_scratch("liar.sh"),
	    .method = method,
	    .input = in_scratch("input"),
	    .archive = in_scratch("archive"),
	    .decoded = in_scratch("decoded"),
	    .limit_seconds = 1,
	};

	unlink(cell.decoded);
	assert_int_equal(cell_run(&cell, result), STATUS_OK);
	return result->verdict.outcome;
}

static void test_lies_are_outcomes(void **state)
{
	static const struct {
		const char *method;
		enum outcome outcome;
		const char *message; /* part of it */
	} cases[] = {
	    {"honest", OUTCOME_OK, ""},
	    {"longer", OUTCOME_WRONG, "differs"},
	    {"shorter", OUTCOME_WRONG, "differs"},
	    {"other", OUTCOME_WRONG, "differs"},
	    {"fails", OUTCOME_FAILED, "decompress: failed with exit code 2: no such luck"},
	    {"crashes", OUTCOME_CRASHED, "decompress: killed by signal 11"},
	    {"hangs", OUTCOME_TIME, "decompress: over the time limit of 1 s"},
	    {"silent", OUTCOME_FAILED, "report cannot be read"},
	    {"unsupported", OUTCOME_WRONG, "not understood"},
	    {"absent", OUTCOME_FAILED, "decoded file cannot be read"},
	    {"refuses", OUTCOME_UNSUPPORTED, "compress: not supported"},
	    {"nothing", OUTCOME_FAILED, "no archive was written"},
	    {"boasts", OUTCOME_WRONG, "larger than the archive"},
	    {"floods", OUTCOME_OUTPUT, "compress: wrote a file of more than 1048588 bytes"},
	};
	struct cell_result result;

	(void)state;
	assert_int_equal(file_write(in_scratch("liar.sh"), liar, sizeof liar - 1, 0700, true),
			 STATUS_OK);
	assert_int_equal(file_write(in_scratch("input"), "a cat\n", 6, 0600, true), STATUS_OK);
	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		enum outcome o = run_liar(cases[i].method, &result);

		if (o != cases[i].outcome ||
		    !strstr(result.verdict.message, cases[i].message))
			fail_msg("%s: outcome %d (%s)", cases[i].method, (int)o,
				 result.verdict.message);
	}
	assert_int_equal(run_liar("honest", &result), OUTCOME_OK);
	assert_int_equal(result.archive_bytes, 6);
	assert_true(result.ideal_bits == 7 && result.compress.cpu_seconds == 0.5);
	assert_true(result.decompress.peak_mib > 0);
}

static void test_lies_about_regret(void **state)
{
	static const struct {
		const char *method;
		enum outcome outcome;
	} cases[] = {
	    {"short", OUTCOME_FAILED}, {"long", OUTCOME_FAILED},  {"words", OUTCOME_FAILED},
	    {"other", OUTCOME_FAILED}, {"fails", OUTCOME_FAILED},
	    {"unsupported", OUTCOME_UNSUPPORTED},
	};
	struct cell cell = {
	    .program = in_scratch("liar.sh"),
	    .input = "input",
	    .world = "world",
	    .roles = "roles",
	    .limit_seconds = 1,
	};
	double bits[COST_ROLES];
	struct verdict v;

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		cell.method = cases[i].method;
		assert_int_equal(cell_regret(&cell, &v, bits), STATUS_OK);
		assert_int_equal(v.outcome, cases[i].outcome);
	}
	cell.method = "honest";
	assert_int_equal(cell_regret(&cell, &v, bits), STATUS_OK);
	assert_int_equal(v.outcome, OUTCOME_OK);
	assert_true(bits[0] == 1 && bits[1] == -2 && bits[2] == 0 && bits[3] == 0.5);
}

static int run_cell_command(const char *direction, const char *method, const char *from,
			    const char *to)
{
	const char *const argv[] = {program,   "half",    direction,  "--method", method,
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

static const char *text_of(const json_t *object, const char *key)
{
	const char *text = json_string_value(json_object_get(object, key));

	return text ? text : "";
}

static double number_of(const json_t *object, const char *key)
{
	const json_t *number = json_object_get(object, key);

	return json_is_number(number) ? json_number_value(number) : NAN;
}

/* The result of that name (and rendering, on a corpus or not), or NULL. */
static const json_t *find(const json_t *results, const char *name, const char *on)
{
	size_t i;
	const json_t *r;

	json_array_foreach(results, i, r)
	{
		const json_t *spec = json_object_get(r, "spec");

		if (strcmp(text_of(spec, "name"), name) == 0 &&
		    strcmp(text_of(spec, "on"), on) == 0)
			return r;
	}
	return NULL;
}

/* Predictors have regrets on corpora, which add up; nothing else has. */
static void check_regret(const json_t *results, const json_t *r)
{
	static const char *const roles[] = {"syntax", "name", "first_fact", "repeated_fact"};
	const json_t *spec = json_object_get(r, "spec");
	const json_t *regret = json_object_get(r, "regret_bits");
	const json_t *corpus = json_object_get(spec, "corpus");
	bool expected = strncmp(text_of(spec, "method"), "model:", 6) == 0 &&
			number_of(corpus, "n_tokens") > 0;
	double sum = 0, n = number_of(corpus, "n_tokens");

	assert_int_equal(json_object_size(regret), COST_ROLES);
	for (size_t i = 0; i < COST_ROLES; i++) {
		assert_int_equal(isnan(number_of(regret, roles[i])), !expected);
		sum += number_of(regret, roles[i]);
	}
	if (!expected)
		return;
	for (size_t i = 0; i < json_array_size(results); i++) {
		const json_t *other = json_array_get(results, i);
		const json_t *other_spec = json_object_get(other, "spec");
		const json_t *other_corpus = json_object_get(other_spec, "corpus");

		if (strcmp(text_of(other_spec, "method"), "model:bayes") != 0 ||
		    strcmp(text_of(other_corpus, "digest"), text_of(corpus, "digest")) != 0)
			continue;
		double difference = number_of(r, "ideal_bits") - 8 * number_of(r, "model_bytes") -
				    number_of(other, "ideal_bits");

		if (!(fabs(sum - difference) < n * 0x1p-24 + 1e-6))
			fail_msg("%s: regrets of %.9f bits, but %.9f more than bayes",
				 text_of(spec, "name"), sum, difference);
		return;
	}
	fail_msg("no bayes beside %s", text_of(spec, "name"));
}

static void check_result(const json_t *r)
{
	const json_t *spec = json_object_get(r, "spec"), *corpus = json_object_get(spec, "corpus");
	const char *method = text_of(spec, "method");
	bool is_figure = strncmp(method, "figure:", 7) == 0;

	assert_string_equal(text_of(r, "outcome"), "ok");
	assert_int_equal(json_array_size(json_object_get(r, "runs")), 1);
	assert_int_equal(json_is_object(json_object_get(r, "document")), is_figure);
	if (!is_figure)
		assert_true(number_of(r, "archive_bytes") > 0);
	if (!is_figure || json_string_length(json_object_get(corpus, "digest")))
		assert_int_equal(json_string_length(json_object_get(corpus, "digest")), 16);
	if (number_of(corpus, "n_tokens") > 0)
		assert_memory_equal(text_of(corpus, "source"), "generate sk --sentences ", 24);
	assert_true(is_figure || strcmp(text_of(spec, "name"), "copy") == 0 ||
		    number_of(r, "decoder_bytes") > 0);
}

static void check_methods(const json_t *results)
{
	static const char *const figure_names[] = {"structure", "curves"};

	for (const struct codec_ops *const *c = codecs; *c; c++) {
		assert_non_null(find(results, (*c)->name, "tokens"));
		assert_non_null(find(results, (*c)->name, "text"));
		assert_non_null(find(results, (*c)->name, "bytes"));
	}
	for (const struct predictor_ops *const *p = predictors; *p; p++) {
		if ((*p)->needs_model == MODEL_MUST || (*p)->is_slow)
			continue;
		assert_non_null(find(results, (*p)->name, "tokens"));
		if (!(*p)->needs_world)
			assert_non_null(find(results, (*p)->name, "bytes"));
	}
	assert_non_null(find(results, "transformer (two-part) fit 1 s", "tokens"));
	assert_non_null(find(results, "transformer (two-part) fit 1 s", "bytes"));
	assert_non_null(find(results, "byte coder", "bytes"));
	for (size_t i = 0; i < 2; i++)
		assert_non_null(find(results, figure_names[i], "tokens"));
	assert_non_null(find(results, "scaling-data", ""));
}

/* Sources for the suite to take as its ordinary file. */
static void make_tree(void)
{
	assert_int_equal(mkdir(in_scratch("tree"), 0700), 0);
	assert_int_equal(mkdir(in_scratch("tree/src"), 0700), 0);
	assert_int_equal(file_write(in_scratch("tree/src/liar.c"), liar, sizeof liar - 1, 0600,
				    true), STATUS_OK);
}

/* Run `bench smoke`, its standard output into a file; the exit code. */
static int run_smoke(const char *store, const char *output)
{
	const char *const argv[] = {program,   "bench", "smoke",         "--json", "--store", store,
				    "--repetitions", "1",     NULL};
	struct child_setup setup = {
	    .argv = (char *const *)argv,
	    .output = output,
	    .directory = in_scratch("tree"),
	    .limit_seconds = 300,
	};
	struct child_result child;

	assert_int_equal(child_run_setup(&setup, &child), STATUS_OK);
	return child.exit_code;
}

/* All lines of a file, as an array. */
static json_t *read_lines(const char *path)
{
	FILE *from = fopen(path, "r");
	json_t *all = json_array(), *line;

	assert_non_null(from);
	while ((line = json_loadf(from, JSON_DISABLE_EOF_CHECK, NULL)))
		json_array_append_new(all, line);
	fclose(from);
	return all;
}

static void test_smoke_suite(void **state)
{
	char temporary[2048], store[2048], first[2048], second[2048];
	size_t i;
	json_t *r;

	(void)state;
	snprintf(temporary, sizeof temporary, "%s", in_scratch("empty"));
	snprintf(store, sizeof store, "%s", in_scratch("smoke.db"));
	snprintf(first, sizeof first, "%s", in_scratch("first"));
	snprintf(second, sizeof second, "%s", in_scratch("second"));
	assert_int_equal(mkdir(temporary, 0700), 0);
	setenv("TMPDIR", temporary, 1);
	make_tree();
	assert_int_equal(run_smoke(store, first), 0);
	assert_int_equal(count_files(temporary), 0);

	json_t *results = read_lines(first);

	check_methods(results);
	json_array_foreach(results, i, r)
	{
		check_result(r);
		check_regret(results, r);
	}
	assert_int_equal(run_smoke(store, second), 0);

	json_t *again = read_lines(second);

	assert_true(json_equal(results, again)); /* with all times: nothing was measured */
	json_decref(results);
	json_decref(again);
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
			execl(program, "twopart", "bench", "--store", "none", "--jobs", "2",
			      program, (char *)NULL);
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
	    cmocka_unit_test(test_lies_are_outcomes),
	    cmocka_unit_test(test_lies_about_regret),
	    cmocka_unit_test(test_damaged_archive),
	    cmocka_unit_test(test_smoke_suite),
	    cmocka_unit_test(test_interrupt),
	};

	return cmocka_run_group_tests(tests, set_up, tear_down);
}
