/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Property: under its name an output is complete or not there (the old content stays), whatever
 * ends the writing: abandon, a failed write, a signal, exit(); what a killed program left behind is
 * no obstacle; file and directory are synced.  An input is read up to a limit.  A stream into
 * memory gives what was written.  Method: a child process for each ending, a fsync() of our own.
 */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "file.h"
#include "outfile.h"

#include <cmocka.h> /* after status.h: it defines a macro fail() */

static char directory[] = "/tmp/test_outfile.XXXXXX";
static char path[sizeof directory + 8];

static int count_files(void)
{
	DIR *d = opendir(directory);
	int n = 0;

	assert_non_null(d);
	while (readdir(d))
		n++;
	closedir(d);
	return n - 2; /* . and .. */
}

static void assert_content(const char *expected)
{
	struct buffer b = {0};

	assert_int_equal(file_read(path, &b, NULL), STATUS_OK);
	assert_int_equal(b.size_bytes, strlen(expected));
	assert_memory_equal(b.data, expected, b.size_bytes);
	buffer_free(&b);
	assert_int_equal(count_files(), 1);
}

static void test_write_and_replace(void **state)
{
	struct stat st;

	(void)state;
	umask(022);
	assert_int_equal(file_write(path, "first", 5, 0666, false), STATUS_OK);
	assert_content("first");
	assert_int_equal(stat(path, &st), 0);
	assert_int_equal(st.st_mode & 0777, 0644);
	assert_int_equal(file_write(path, "second", 6, 0640, false), STATUS_BAD_ARGUMENT);
	assert_content("first");
	assert_int_equal(file_write(path, "second", 6, 0640, true), STATUS_OK);
	assert_content("second");
	assert_int_equal(stat(path, &st), 0);
	assert_int_equal(st.st_mode & 0777, 0640);
	assert_int_equal(file_write(path, NULL, 0, 0666, true), STATUS_OK);
	assert_content("");
	assert_int_equal(file_write(path, "old", 3, 0666, true), STATUS_OK);
}

static void test_abandon(void **state)
{
	struct outfile f;

	(void)state;
	assert_int_equal(outfile_open(&f, path), STATUS_OK);
	outfile_append(&f, "new", 3);
	assert_int_equal(count_files(), 2);
	outfile_abandon(&f);
	outfile_abandon(&f); /* twice is fine */
	assert_content("old");
}

/* Temporary files of a killed program that had this process id: not in the way, and not ours. */
static void test_stale_temporaries(void **state)
{
	char stale[2][sizeof path + 32];
	struct outfile f;

	(void)state;
	snprintf(stale[0], sizeof stale[0], "%s.tmp.%ld", path, (long)getpid());
	snprintf(stale[1], sizeof stale[1], "%s.tmp.%ld.1", path, (long)getpid());
	for (int i = 0; i < 2; i++)
		assert_int_equal(close(creat(stale[i], 0600)), 0);
	assert_int_equal(outfile_open(&f, path), STATUS_OK);
	assert_int_equal(count_files(), 4);
	outfile_append(&f, "old", 3);
	assert_int_equal(outfile_commit(&f), STATUS_OK);
	for (int i = 0; i < 2; i++)
		assert_int_equal(unlink(stale[i]), 0);
	assert_content("old");
}

/* What has no end ends at the limit, and a file of just the limit is no more than it. */
static void test_read_limit(void **state)
{
	static const uint64_t limits[] = {0, 1, 255, 256, 1 << 20};
	struct buffer b = {0};

	(void)state;
	for (size_t i = 0; i < sizeof limits / sizeof *limits; i++) {
		assert_int_equal(file_read_at_most("/dev/zero", limits[i], &b, NULL), STATUS_LIMIT);
		assert_in_range(b.size_bytes, limits[i], 2 * limits[i] + (1 << 17));
		buffer_free(&b);
	}
	assert_int_equal(file_read_at_most(path, 3, &b, NULL), STATUS_OK);
	assert_int_equal(b.size_bytes, 3);
	assert_int_equal(file_read_at_most(path, 2, &b, NULL), STATUS_LIMIT);
	assert_int_equal(b.size_bytes, 3); /* its size is asked first */
	assert_int_equal(file_read_at_most(path, 3, &b, NULL), STATUS_OK); /* appended */
	assert_int_equal(b.size_bytes, 6);
	buffer_free(&b);
}

/* Begin two outputs, then end by a signal. */
static void end_by_signal(int sig)
{
	struct outfile f, g;
	char other[sizeof path + 2];

	snprintf(other, sizeof other, "%s2", path);
	outfile_catch_signals();
	if (outfile_open(&f, path) == STATUS_OK && outfile_open(&g, other) == STATUS_OK) {
		outfile_append(&f, "new", 3);
		raise(sig);
	}
	_exit(99);
}

static void test_signals(void **state)
{
	static const int signals[] = {SIGINT, SIGTERM, SIGHUP};

	(void)state;
	for (size_t i = 0; i < sizeof signals / sizeof *signals; i++) {
		int status;
		pid_t child = fork();

		if (child == 0) {
			signal(signals[i], SIG_DFL);
			end_by_signal(signals[i]);
		}
		assert_int_equal(waitpid(child, &status, 0), child);
		assert_true(WIFSIGNALED(status));
		assert_int_equal(WTERMSIG(status), signals[i]);
		assert_content("old");
	}
}

/* The run-time of OpenMP does that when it gets no thread. */
static void test_exit(void **state)
{
	struct outfile f;
	int status;
	pid_t child = fork();

	(void)state;
	if (child == 0) {
		outfile_catch_signals();
		exit(outfile_open(&f, path) == STATUS_OK ? 0 : 1);
	}
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_true(WIFEXITED(status) && WEXITSTATUS(status) == 0);
	assert_content("old");
}

/* fsync() of the next two calls fails: of the file, or of the directory. */
static int n_syncs, failing_sync;

int fsync(int fd)
{
	(void)fd;
	errno = EIO;
	return ++n_syncs == failing_sync ? -1 : 0;
}

static void test_syncs(void **state)
{
	(void)state;
	n_syncs = failing_sync = 0;
	assert_int_equal(file_write(path, "synced", 6, 0666, true), STATUS_OK);
	assert_int_equal(n_syncs, 2);
	assert_content("synced");
	n_syncs = 0;
	failing_sync = 1;
	assert_int_equal(file_write(path, "lost", 4, 0666, true), STATUS_IO);
	assert_content("synced");
	n_syncs = 0;
	failing_sync = 2; /* it is renamed, but who relies on it must know */
	assert_int_equal(file_write(path, "old", 3, 0666, true), STATUS_IO);
	assert_content("old");
	failing_sync = 0;
}

static void test_memory_stream(void **state)
{
	char *text;
	size_t n;
	FILE *to = file_open_memory(&text, &n);

	(void)state;
	assert_non_null(to);
	fprintf(to, "%d lines", 5);
	assert_int_equal(file_close_memory(to), STATUS_OK);
	assert_int_equal(n, 7);
	assert_string_equal(text, "5 lines");
	free(text);
}

/* No room: exit code 0 from the child if that was noticed. */
static void write_too_much(void)
{
	static char much[1 << 20];
	struct rlimit limit = {.rlim_cur = 1 << 16, .rlim_max = 1 << 16};

	outfile_catch_signals();
	setrlimit(RLIMIT_FSIZE, &limit);
	_exit(file_write(path, much, sizeof much, 0666, true) == STATUS_IO ? 0 : 1);
}

static void test_no_room(void **state)
{
	int status;
	pid_t child = fork();

	(void)state;
	if (child == 0)
		write_too_much();
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_true(WIFEXITED(status));
	assert_int_equal(WEXITSTATUS(status), 0);
	assert_content("old");
}

static int set_up(void **state)
{
	(void)state;
	if (!mkdtemp(directory))
		return -1;
	snprintf(path, sizeof path, "%s/out", directory);
	return 0;
}

static int tear_down(void **state)
{
	(void)state;
	unlink(path);
	return rmdir(directory);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_write_and_replace),
	    cmocka_unit_test(test_abandon),
    cmocka_unit_test(test_stale_temporaries),
	    cmocka_unit_test(test_read_limit),
	    cmocka_unit_test(test_signals),
	    cmocka_unit_test(test_no_room),
	    cmocka_unit_test(test_exit),
	    cmocka_unit_test(test_syncs),
	    cmocka_unit_test(test_memory_stream),
	};

	return cmocka_run_group_tests(tests, set_up, tear_down);
}
