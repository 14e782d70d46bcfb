/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Property: a store gives back what was put, in an order of its own; merging keeps the better of
 * two states, in whatever order, and does all or nothing; files that are something else are
 * refused and not touched; two processes may write at once, and one that is killed loses nothing
 * that was put.
 * Method: small stores in a temporary directory; children that write until they are killed.
 */
#include <errno.h>
#include <setjmp.h>
#include <signal.h>
#include <sqlite3.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "file.h"
#include "result_example.h"
#include "scratch.h"
#include "store.h"

#include <cmocka.h>

static char scratch[1024];

static const char *in_scratch(const char *name)
{
	static char path[8][2048];
	static int next;
	char *p = path[next++ % 8];

	snprintf(p, sizeof path[0], "%s/%s", scratch, name);
	return p;
}

static struct store *open_store(const char *name)
{
	struct store *s;

	if (store_open(&s, name ? in_scratch(name) : NULL) != STATUS_OK)
		fail_msg("%s", status_message());
	return s;
}

/* The key follows from the rest. */
static struct result cell(const char *name, const char *corpus, size_t n_runs)
{
	struct result r = example_result(name, n_runs);

	snprintf(r.spec.corpus.title, sizeof r.spec.corpus.title, "%s", corpus);
	snprintf(r.spec.corpus.source, sizeof r.spec.corpus.source, "%s", corpus);
	spec_key(&r.spec, r.machine_id, r.key);
	return r;
}

static void put(struct store *s, const char *name, const char *corpus, size_t n_runs)
{
	struct result r = cell(name, corpus, n_runs);

	if (store_put(s, &r) != STATUS_OK)
		fail_msg("%s", status_message());
	result_free(&r);
}

/* All that it holds, as "corpus/name/repetitions " each. */
static void assert_holds(struct store *s, const char *wanted)
{
	struct result *all;
	size_t n;
	char text[1024] = "";

	assert_int_equal(store_all(s, &all, &n), STATUS_OK);
	for (size_t i = 0; i < n; i++)
		snprintf(text + strlen(text), sizeof text - strlen(text), "%s/%s/%zu ",
			 all[i].spec.corpus.title, all[i].spec.name, all[i].n_runs);
	store_free_all(all, n);
	assert_string_equal(text, wanted);
}

static char *exported(struct store *s)
{
	char *text = NULL;
	size_t size_bytes;
	FILE *to = open_memstream(&text, &size_bytes);

	assert_non_null(to);
	assert_int_equal(store_export(s, to), STATUS_OK);
	fclose(to);
	return text;
}

static enum status merge(struct store *s, const char *lines, size_t *n_new, size_t *n_known)
{
	FILE *from = fmemopen((void *)(uintptr_t)lines, strlen(lines), "r");

	assert_non_null(from);
	enum status status = store_merge(s, from, "lines", n_new, n_known);

	fclose(from);
	return status;
}

static void test_put_and_get(void **state)
{
	struct store *s = open_store("put");
	struct result r = cell("xz", "a", 2), back;
	bool found;

	(void)state;
	assert_int_equal(store_get(s, r.key, &back, &found), STATUS_OK);
	assert_false(found);
	assert_int_equal(store_put(s, &r), STATUS_OK);
	store_close(s);

	s = open_store("put");
	assert_int_equal(store_get(s, r.key, &back, &found), STATUS_OK);
	assert_true(found);
	json_t *one = result_json(&r), *other = result_json(&back);

	assert_true(json_equal(one, other));
	json_decref(one);
	json_decref(other);
	result_free(&back);

	r.n_runs = 1; /* a later state, even if it looks like less */
	assert_int_equal(store_put(s, &r), STATUS_OK);
	assert_holds(s, "a/xz/1 ");
	r.archive_bytes = -1; /* what could not be read is not written */
	assert_int_equal(store_put(s, &r), STATUS_CORRUPT);
	assert_holds(s, "a/xz/1 ");
	r.n_runs = 0;
	result_free(&r);
	store_close(s);
}

static void test_order_is_of_the_contents(void **state)
{
	struct store *one = open_store(NULL), *other = open_store(NULL);

	(void)state;
	put(one, "xz", "b", 1);
	put(one, "mix", "b", 1);
	put(one, "zstd", "a", 1);
	put(other, "zstd", "a", 1);
	put(other, "mix", "b", 1);
	put(other, "xz", "b", 1);
	assert_holds(one, "a/zstd/1 b/mix/1 b/xz/1 ");
	char *a = exported(one), *b = exported(other);

	assert_string_equal(a, b);
	free(a);
	free(b);
	store_close(one);
	store_close(other);
}

static void test_merging_keeps_the_better(void **state)
{
	struct store *few = open_store("few"), *many = open_store("many"), *both;
	size_t n_new = 0, n_known = 0;

	(void)state;
	put(few, "xz", "a", 1);
	put(few, "mix", "a", 2);
	put(many, "xz", "a", 3);
	put(many, "zstd", "a", 1);
	char *few_lines = exported(few), *many_lines = exported(many);

	assert_int_equal(merge(few, many_lines, &n_new, &n_known), STATUS_OK);
	assert_int_equal(n_new, 2);
	assert_int_equal(n_known, 0);
	assert_int_equal(merge(many, few_lines, &n_new, &n_known), STATUS_OK);
	assert_int_equal(n_new, 3);
	assert_int_equal(n_known, 1);
	assert_holds(many, "a/mix/2 a/xz/3 a/zstd/1 ");
	free(few_lines);
	free(many_lines);
	few_lines = exported(few);
	many_lines = exported(many);
	assert_string_equal(few_lines, many_lines);

	both = open_store(NULL);
	assert_int_equal(store_merge_store(both, many, &n_new, &n_known), STATUS_OK);
	assert_int_equal(n_new, 6);
	assert_int_equal(store_merge_store(both, both, &n_new, &n_known), STATUS_OK);
	assert_int_equal(n_known, 4);
	assert_holds(both, "a/mix/2 a/xz/3 a/zstd/1 ");
	free(few_lines);
	free(many_lines);
	store_close(few);
	store_close(many);
	store_close(both);
}

/* Of as many repetitions the later one stays, whichever came first. */
static void test_merging_keeps_the_later(void **state)
{
	struct result r = cell("xz", "a", 1);
	struct store *old = open_store(NULL), *later = open_store(NULL);
	size_t n_new = 0, n_known = 0;

	(void)state;
	assert_int_equal(store_put(old, &r), STATUS_OK);
	snprintf(r.finished, sizeof r.finished, "2026-11-22T00:00:00Z");
	r.outcome = OUTCOME_CRASHED;
	assert_int_equal(store_put(later, &r), STATUS_OK);
	char *a = exported(old), *b = exported(later);

	assert_int_equal(merge(old, b, &n_new, &n_known), STATUS_OK);
	assert_int_equal(n_new, 1);
	assert_int_equal(merge(later, a, &n_new, &n_known), STATUS_OK);
	assert_int_equal(n_known, 1);
	free(a);
	a = exported(old);
	assert_string_equal(a, b);
	free(a);
	free(b);
	result_free(&r);
	store_close(old);
	store_close(later);
}

static void test_one_wrong_line_changes_nothing(void **state)
{
	static const char *const wrong[] = {"{", "[]", "{}", "1", "{\"schema\":1}", "\x01"};
	struct store *s = open_store(NULL), *from = open_store(NULL);
	size_t n_new = 0, n_known = 0;

	(void)state;
	put(s, "xz", "a", 1);
	put(from, "xz", "a", 2);
	put(from, "mix", "a", 1);
	char *lines = exported(from), all[20000];

	for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
		snprintf(all, sizeof all, "%s\n%s\n", lines, wrong[i]);
		assert_int_equal(merge(s, all, &n_new, &n_known), STATUS_CORRUPT);
		assert_non_null(strstr(status_message(), "lines: line 4: "));
		assert_null(strchr(status_message(), '\n'));
		assert_holds(s, "a/xz/1 ");
	}
	assert_int_equal(n_new + n_known, 0);
	snprintf(all, sizeof all, "%.*s", (int)strlen(lines) / 2 * 2 - 10, lines); /* cut off */
	assert_int_equal(merge(s, all, &n_new, &n_known), STATUS_CORRUPT);
	assert_holds(s, "a/xz/1 ");
	snprintf(all, sizeof all, "\n%s\n \r\n", lines); /* lines without anything do no harm */
	assert_int_equal(merge(s, all, &n_new, &n_known), STATUS_OK);
	assert_int_equal(n_new, 2);
	free(lines);
	store_close(s);
	store_close(from);
}

static void write_file(const char *name, const void *data, size_t size_bytes)
{
	assert_int_equal(file_write(in_scratch(name), data, size_bytes, FILE_MODE_NEW, true),
			 STATUS_OK);
}

static void execute(const char *name, const char *sql)
{
	sqlite3 *db;

	assert_int_equal(sqlite3_open(in_scratch(name), &db), SQLITE_OK);
	assert_int_equal(sqlite3_exec(db, sql, NULL, NULL, NULL), SQLITE_OK);
	sqlite3_close(db);
}

static void assert_refused(const char *name, enum status wanted)
{
	struct store *s;
	struct buffer before = {0}, after = {0};

	assert_int_equal(file_read(in_scratch(name), &before, NULL), STATUS_OK);
	assert_int_equal(store_open(&s, in_scratch(name)), wanted);
	assert_null(s);
	assert_null(strchr(status_message(), '\n'));
	assert_non_null(strstr(status_message(), name));
	assert_int_equal(store_open_reading(&s, in_scratch(name)), wanted);
	assert_null(s);
	assert_int_equal(file_read(in_scratch(name), &after, NULL), STATUS_OK);
	assert_int_equal(before.size_bytes, after.size_bytes);
	assert_memory_equal(before.data, after.data, before.size_bytes);
	buffer_free(&before);
	buffer_free(&after);
}

static void test_other_files_are_refused(void **state)
{
	struct store *s;
	static const char text[] = "This is no store at all, but a text that somebody wrote.\n";
	char zeros[5000] = {0};

	(void)state;
	write_file("text", text, sizeof text - 1);
	write_file("zeros", zeros, sizeof zeros);
	assert_refused("text", STATUS_CORRUPT);
	assert_refused("zeros", STATUS_CORRUPT);
	execute("other", "CREATE TABLE result(key, machine, finished, outcome, body)");
	assert_refused("other", STATUS_CORRUPT);
	store_close(open_store("later"));
	execute("later", "PRAGMA user_version = 2");
	assert_refused("later", STATUS_CORRUPT);
	store_close(open_store("tables"));
	execute("tables", "DROP VIEW measured; DROP VIEW repetition; DROP TABLE result");
	assert_refused("tables", STATUS_CORRUPT);
	assert_int_equal(store_open(&s, in_scratch("no/directory")), STATUS_IO);
	assert_int_equal(store_open(&s, scratch), STATUS_IO);
	assert_int_equal(store_open(&s, ""), STATUS_IO);
	assert_int_equal(store_open_reading(&s, in_scratch("missing")), STATUS_IO);
	assert_int_equal(access(in_scratch("missing"), F_OK), -1);
}

/* Whatever byte of a store is another, it is read or refused, and nothing worse. */
static void test_damaged_stores(void **state)
{
	struct store *s = open_store("damaged");
	struct buffer whole = {0};
	struct result *all;
	size_t n, n_refused = 0, n_tries = 0;

	(void)state;
	put(s, "xz", "a", 1);
	put(s, "mix", "a", 1);
	store_close(s);
	assert_int_equal(file_read(in_scratch("damaged"), &whole, NULL), STATUS_OK);
	for (size_t at = 0; at < whole.size_bytes; at += 97, n_tries++) {
		whole.data[at] ^= 0x55;
		write_file("damaged", whole.data, whole.size_bytes);
		whole.data[at] ^= 0x55;

		enum status status = store_open(&s, in_scratch("damaged"));

		if (status == STATUS_OK)
			status = store_all(s, &all, &n);
		if (status == STATUS_OK)
			store_free_all(all, n);
		else
			assert_int_equal(status, STATUS_CORRUPT);
		n_refused += status != STATUS_OK;
		store_close(s);
	}
	assert_in_range(n_refused, 10, n_tries); /* much of a small store is not used */
	for (size_t size_bytes = 1; size_bytes < whole.size_bytes;
	     size_bytes += size_bytes < 600 ? 57 : 1111) {
		write_file("damaged", whole.data, size_bytes);
		assert_refused("damaged", STATUS_CORRUPT);
	}
	buffer_free(&whole);
}

static void test_reading_stores_and_lines(void **state)
{
	struct store *s = open_store("read"), *reading;
	struct result r = cell("xz", "b", 1);

	(void)state;
	put(s, "xz", "a", 1);
	char *lines = exported(s);

	store_close(s);
	write_file("read.jsonl", lines, strlen(lines));
	write_file("empty", "", 0);
	free(lines);
	assert_int_equal(store_open_reading(&reading, in_scratch("read")), STATUS_OK);
	assert_holds(reading, "a/xz/1 ");
	assert_int_equal(store_put(reading, &r), STATUS_IO);
	store_close(reading);
	assert_int_equal(store_open_reading(&reading, in_scratch("read.jsonl")), STATUS_OK);
	assert_holds(reading, "a/xz/1 ");
	store_close(reading);
	assert_int_equal(store_open_reading(&reading, in_scratch("empty")), STATUS_OK);
	assert_holds(reading, "");
	store_close(reading);
	result_free(&r);
}

/* Names that SQLite takes for something else are files here. */
static void test_names_of_files(void **state)
{
	char here[2048];

	(void)state;
	assert_non_null(getcwd(here, sizeof here));
	assert_int_equal(chdir(scratch), 0);
	static const char *const names[] = {":memory:", "file:x?mode=memory", "a b%20c"};

	for (size_t i = 0; i < 3; i++) {
		struct store *s;

		assert_int_equal(store_open(&s, names[i]), STATUS_OK);
		put(s, "xz", "a", 1);
		store_close(s);
		assert_int_equal(access(names[i], F_OK), 0);
	}
	assert_int_equal(chdir(here), 0);
}

static void test_views(void **state)
{
	struct store *s = open_store("views");
	sqlite3 *db;
	sqlite3_stmt *q;

	(void)state;
	put(s, "xz", "a", 3);
	store_close(s);
	assert_int_equal(sqlite3_open(in_scratch("views"), &db), SQLITE_OK);
	assert_int_equal(
	    sqlite3_prepare_v2(db,
			       "SELECT corpus, name, archive_bytes, n_runs, regret_name, "
			       "(SELECT sum(load) FROM repetition WHERE repetition.key = "
			       "measured.key) FROM measured WHERE decoder_bytes IS NULL",
			       -1, &q, NULL),
	    SQLITE_OK);
	assert_int_equal(sqlite3_step(q), SQLITE_ROW);
	assert_string_equal(sqlite3_column_text(q, 0), "a");
	assert_string_equal(sqlite3_column_text(q, 1), "xz");
	assert_int_equal(sqlite3_column_int(q, 2), 700);
	assert_int_equal(sqlite3_column_int(q, 3), 3);
	assert_true(sqlite3_column_double(q, 4) == -20.5);
	assert_true(fabs(sqlite3_column_double(q, 5) - 2) < 1e-12);
	assert_int_equal(sqlite3_step(q), SQLITE_DONE);
	sqlite3_finalize(q);
	sqlite3_close(db);
}

/* A child that puts cells PREFIX0, PREFIX1, .. and says so of each on the pipe: until `n` are
 * there, or somebody kills it. */
static pid_t start_writer(const char *store, const char *prefix, int n, int say)
{
	pid_t pid = fork();

	assert_true(pid >= 0);
	if (pid > 0)
		return pid;

	struct store *s;

	if (store_open(&s, in_scratch(store)) != STATUS_OK)
		_exit(1);
	for (int i = 0; i < n; i++) {
		char name[40];

		snprintf(name, sizeof name, "%s%d", prefix, i);
		struct result r = cell(name, "a", 1);

		if (store_put(s, &r) != STATUS_OK || write(say, "", 1) != 1)
			_exit(1);
		result_free(&r);
	}
	_exit(0);
}

static void test_two_writers(void **state)
{
	enum { N = 15 };
	int pipe_[2];

	(void)state;
	assert_int_equal(pipe(pipe_), 0); /* neither has made the store yet */
	pid_t a = start_writer("shared", "x", N, pipe_[1]);
	pid_t b = start_writer("shared", "y", N, pipe_[1]);
	int code;

	assert_int_equal(waitpid(a, &code, 0), a);
	assert_true(WIFEXITED(code) && WEXITSTATUS(code) == 0);
	assert_int_equal(waitpid(b, &code, 0), b);
	assert_true(WIFEXITED(code) && WEXITSTATUS(code) == 0);
	close(pipe_[0]);
	close(pipe_[1]);
	struct store *s = open_store("shared");
	struct result *all;
	size_t n;

	assert_int_equal(store_all(s, &all, &n), STATUS_OK);
	assert_int_equal(n, 2 * N);
	store_free_all(all, n);
	store_close(s);
}

/* Killed after some hundred microseconds more each time, in whatever it was doing then: what it had
 * said is there, at most one more, and the store is sound. */
static void test_killed_writer_loses_nothing(void **state)
{
	size_t n_said = 0, n;

	(void)state;
	for (int round = 0; round < 25; round++) {
		struct timespec wait = {.tv_nsec = 500000 + 379000 * (round % 20)};
		char prefix[20], said[1000];
		int pipe_[2];

		snprintf(prefix, sizeof prefix, "%d.", round);
		assert_int_equal(pipe(pipe_), 0);
		pid_t pid = start_writer("killed", prefix, 1000, pipe_[1]);

		close(pipe_[1]);
		bool first = round % 2; /* had been put before the time began */

		if (first)
			assert_int_equal(read(pipe_[0], said, 1), 1);
		nanosleep(&wait, NULL);
		kill(pid, SIGKILL);
		assert_int_equal(waitpid(pid, NULL, 0), pid);
		ssize_t got = read(pipe_[0], said, sizeof said);

		assert_true(got >= 0);
		got += first;
		close(pipe_[0]);
		struct store *s = open_store("killed");
		struct result *all;

		assert_int_equal(store_all(s, &all, &n), STATUS_OK);
		store_free_all(all, n);
		store_close(s);
		assert_in_range(n, n_said + (size_t)got, n_said + (size_t)got + 1);
		n_said = n;
	}
	assert_true(n > 0);
}

static int set_up(void **state)
{
	(void)state;
	snprintf(scratch, sizeof scratch, "/tmp/test-store-XXXXXX");
	return mkdtemp(scratch) ? 0 : -1;
}

static int tear_down(void **state)
{
	(void)state;
	scratch_remove(scratch);
	return 0;
}

/* Killed within its first transaction: a database without a table, once SQLite took that back. */
static void test_killed_maker_leaves_an_empty_store(void **state)
{
	const char *path = in_scratch("unmade");
	struct result *all;
	struct store *s;
	sqlite3 *db;
	size_t n;

	(void)state;
	assert_int_equal(sqlite3_open(path, &db), SQLITE_OK);
	assert_int_equal(sqlite3_exec(db, "CREATE TABLE t(a); DROP TABLE t", NULL, NULL, NULL),
			 SQLITE_OK);
	sqlite3_close(db);
	assert_int_equal(store_open_reading(&s, path), STATUS_OK);
	assert_int_equal(store_all(s, &all, &n), STATUS_OK);
	assert_int_equal(n, 0);
	store_free_all(all, n);
	store_close(s);
	store_close(open_store("unmade")); /* and becomes one */
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_put_and_get),
	    cmocka_unit_test(test_order_is_of_the_contents),
	    cmocka_unit_test(test_merging_keeps_the_better),
	    cmocka_unit_test(test_merging_keeps_the_later),
	    cmocka_unit_test(test_one_wrong_line_changes_nothing),
	    cmocka_unit_test(test_other_files_are_refused),
	    cmocka_unit_test(test_damaged_stores),
	    cmocka_unit_test(test_reading_stores_and_lines),
	    cmocka_unit_test(test_names_of_files),
	    cmocka_unit_test(test_views),
	    cmocka_unit_test(test_two_writers),
	    cmocka_unit_test(test_killed_writer_loses_nothing),
	    cmocka_unit_test(test_killed_maker_leaves_an_empty_store),
	};

	return cmocka_run_group_tests(tests, set_up, tear_down);
}
