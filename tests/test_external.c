/* SPDX-License-Identifier: BSD-2-Clause
 *
 * test_external.c - somebody else's program is a row only if it gives the file back.
 *
 * Property  commands that fail, write something else, nothing or a link, take too long or want too
 *           much memory get the outcome that says so; nothing but the archive reaches the second
 *           command; the original stays as it is and the working directory goes; what a shell had
 *           started is dead when its time is over; time and memory include what the shell ran; what
 *           people type is refused with the reason when it cannot work.
 * Method    commands made of cp, sleep, dd and the like, with the runner and the parser in front.
 */
#include <errno.h>
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
#include <unistd.h>

#include "external.h"
#include "file.h"
#include "scratch.h"

#include <cmocka.h>

#define MIB ((uint64_t)1 << 20)
#define TEXT "a cat sat on a mat\n"

static char scratch[1024];

static const char *in_scratch(const char *name)
{
	static char path[8][2048];
	static int next;
	char *p = path[next++ % 8];

	snprintf(p, sizeof path[0], "%s/%s", scratch, name);
	return p;
}

#define PATIENT 600 /* seconds that nothing here takes, however busy the machine is */

static enum outcome run(const char *compress, const char *decompress, unsigned limit_seconds,
			uint64_t memory_bytes, struct cell_result *result)
{
	struct external e = {.name = "test"};
	struct external_run r = {
	    .external = &e,
	    .input = in_scratch("original"),
	    .directory = in_scratch("work"),
	    .archive = in_scratch("kept"),
	    .limit_seconds = limit_seconds,
	    .limit_memory_bytes = memory_bytes,
	};

	snprintf(e.compress, sizeof e.compress, "%s", compress);
	snprintf(e.decompress, sizeof e.decompress, "%s", decompress);

	assert_int_equal(external_run(&r, result), STATUS_OK);
	assert_int_equal(access(r.directory, F_OK), -1);
	return result->verdict.outcome;
}

static void test_commands(void **state)
{
	static const struct {
		const char *compress, *decompress;
		enum outcome outcome;
		const char *message; /* part of it */
	} cases[] = {
	    {"cp {in} {out}", "cp {in} {out}", OUTCOME_OK, ""},
	    {"gzip -9 < {in} > {out}", "gzip -d < {in} > {out}", OUTCOME_OK, ""},
	    {"cp {in} {out}.zz", "cp {in} {out}", OUTCOME_OK, ""},
	    {"cp {in} {out}.zz", "cp archive.zz {out}", OUTCOME_OK, ""},
	    {"mv {in} {out}", "mv {in} {out}", OUTCOME_OK, ""},
	    {"X=1 cp {in} {out}", "cp {in} {out}", OUTCOME_OK, ""},
	    {"mkdir d && touch d/x && cp {in} {out}", "cp {in} {out}", OUTCOME_OK, ""},
	    {"cp {in} {out}", "tr a b < {in} > {out}", OUTCOME_WRONG, "differs"},
	    {"cp {in} {out}", "head -c 5 < {in} > {out}", OUTCOME_WRONG, "differs"},
	    {"cp {in} {out}.$", "cp {in} {out}", OUTCOME_FAILED, "not written"},
	    {"false {in} {out}", "cp {in} {out}", OUTCOME_FAILED,
	     "compress: failed with exit code 1"},
	    {"cp {in} {out}", "false", OUTCOME_FAILED, "decompress: failed with exit code 1"},
	    {"echo 1 && echo last words && exit 3", "", OUTCOME_FAILED, "code 3: last words"},
	    {"echo oh no >&2 && exit 3", "", OUTCOME_FAILED, "code 3: oh no"},
	    {"kill -SEGV $$", "", OUTCOME_CRASHED, "killed by signal 11"},
	    {"true {in} {out}", "cp {in} {out}", OUTCOME_FAILED, "compress: {out} was not written"},
	    {"cp {in} {out}", "true", OUTCOME_FAILED, "decompress: {out} was not written"},
	    {"cp {in} {out}", "ln -s {in} {out}", OUTCOME_FAILED, "not written"},
	    {"cp {in} {out} && cp {in} side", "cp side {out}", OUTCOME_FAILED, "side"},
	    {"no-such-program {in} {out}", "", OUTCOME_FAILED, "no program 'no-such-program'"},
	};
	struct cell_result result;

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		enum outcome o = run(cases[i].compress, cases[i].decompress, PATIENT, 0, &result);

		if (o != cases[i].outcome ||
		    !strstr(result.verdict.message, cases[i].message))
			fail_msg("%s: outcome %d (%s)", cases[i].compress, (int)o,
				 result.verdict.message);
	}
}

static void test_result(void **state)
{
	struct buffer original = {0};
	struct cell_result result;

	(void)state;
	assert_int_equal(run("cp {in} {out}", "cp {in} {out}", PATIENT, 0, &result), OUTCOME_OK);
	assert_int_equal(result.archive_bytes, strlen(TEXT));
	assert_int_equal(result.model_bytes, 0);
	assert_true(isnan(result.ideal_bits));
	assert_true(result.compress.cpu_seconds > 0 && result.decompress.wall_seconds > 0);
	assert_true(result.compress.cpu_seconds == result.compress.process_seconds);
	assert_int_equal(file_read(in_scratch("original"), &original, NULL), STATUS_OK);
	assert_int_equal(original.size_bytes, strlen(TEXT));
	buffer_free(&original);
}

/* What stands in a small file, as a number. */
static long read_number(const char *path)
{
	struct buffer b = {0};
	long n;

	assert_int_equal(file_read(path, &b, NULL), STATUS_OK);
	buffer_append_byte(&b, '\0');
	n = strtol((const char *)b.data, NULL, 10);
	buffer_free(&b);
	return n;
}

/* A shell waits for a program of its own: both are gone after the time is over. */
static void test_time_limit(void **state)
{
	struct cell_result result;
	char command[4096];

	(void)state;
	snprintf(command, sizeof command, "sleep 20 & echo $! > %s; wait; cp {in} {out}",
		 in_scratch("pid"));
	assert_int_equal(run(command, "true", 1, 0, &result), OUTCOME_TIME);
	assert_non_null(strstr(result.verdict.message, "over the time limit of 1 s"));

	long pid = read_number(in_scratch("pid"));

	assert_true(pid > 1);
	assert_int_equal(kill((pid_t)pid, 0), -1);
	assert_int_equal(errno, ESRCH);
}

/* dd wants a block of 200 MiB: with room for it that is its account, otherwise its end. */
static void test_memory(void **state)
{
	static const char greedy[] = "dd if=/dev/zero of=/dev/null bs=200M count=1 && "
				     "cp {in} {out}";
	struct cell_result result;

	(void)state;
	assert_int_equal(run(greedy, "cp {in} {out}", PATIENT, 100 * MIB, &result),
			 OUTCOME_MEMORY);
	assert_non_null(strstr(result.verdict.message, "memory"));
	assert_int_equal(run(greedy, "cp {in} {out}", PATIENT, 400 * MIB, &result),
			 OUTCOME_OK);
	assert_true(result.compress.peak_mib > 190 && result.decompress.peak_mib < 100);
	assert_true(result.compress.cpu_seconds > result.decompress.cpu_seconds);
}

static void test_parsing(void **state)
{
	static const struct {
		const char *text, *message; /* NULL: good */
	} cases[] = {
	    {"a=cp {in} {out};cp {in} {out}", NULL},
	    {"b 2=cp {in} {out} ;  cat {in} > {out}; true", NULL},
	    {"c=no-such-program < {in} > {out};cp {in} {out}", NULL}, /* the shell will say so */
	    {"a=cp {in} {out};cp {in} {out}", "'a' is named twice"},
	    {"d=cp {in} {out}", "NAME=COMPRESS;DECOMPRESS"},
	    {"d", "NAME=COMPRESS;DECOMPRESS"},
	    {"", "NAME=COMPRESS;DECOMPRESS"},
	    {"d=cp x {out};cp {in} {out}", "compresses by 'd' has no {in}"},
	    {"d=cp {in} x;cp {in} {out}", "compresses by 'd' has no {out}"},
	    {"d=cp {in} {out};cp x {out}", "decompresses by 'd' has no {in}"},
	    {"d=cp {in} {out};cp {in} x", "decompresses by 'd' has no {out}"},
	    {"d=cp {in} {out};", "has no {in}"},
	    {"d=no-such-program {in} {out};cp {in} {out}", "no program 'no-such-program'"},
	    {"d=/no/such {in} {out};cp {in} {out}", "no program '/no/such'"},
	    {"=cp {in} {out};cp {in} {out}", "no name"},
	    {"x|y=cp {in} {out};cp {in} {out}", "no name"},
	    {"xz -6=cp {in} {out};cp {in} {out}", "a row 'xz -6' already"},
	    {"ngram=cp {in} {out};cp {in} {out}", "a row 'ngram' already"},
	    {"0123456789012345678901234567890123456789=cp {in} {out};cp {in} {out}", "up to 39"},
	};
	struct external_list list = {0};

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		enum status s = external_add(&list, cases[i].text);
		const char *message = cases[i].message;

		if (message ? s != STATUS_BAD_ARGUMENT || !strstr(status_message(), message) : s)
			fail_msg("'%s': status %d (%s)", cases[i].text, (int)s, status_message());
	}
	assert_int_equal(list.n, 3);
	assert_string_equal(list.entry[1].name, "b 2");
	assert_string_equal(list.entry[1].compress, "cp {in} {out} ");
	assert_string_equal(list.entry[1].decompress, "  cat {in} > {out}; true");
	external_list_free(&list);
}

/* Ready-made entries come once each, with a version; every one that is installed works. */
static void test_ready_made(void **state)
{
	struct external_list list = {0};
	char names[512];
	size_t n;

	(void)state;
	external_describe(names, sizeof names);
	assert_non_null(strstr(names, "gzip -9"));
	assert_int_equal(external_add(&list, "gzip -9"), STATUS_OK);
	assert_true(strchr(list.entry[0].version, '.') != NULL);
	assert_int_equal(external_add(&list, "all"), STATUS_OK);
	n = list.n;
	assert_int_equal(external_add(&list, "all"), STATUS_OK);
	assert_int_equal(list.n, n);
	for (size_t i = 0; i < list.n; i++) {
		struct cell_result result;

		if (run(list.entry[i].compress, list.entry[i].decompress, PATIENT,
			EXTERNAL_MEMORY_BYTES, &result) != OUTCOME_OK)
			fail_msg("%s: %s", list.entry[i].name, result.verdict.message);
	}
	external_list_free(&list);
}

/* Found along PATH, and absolute: the commands run elsewhere. */
static void test_finding(void **state)
{
	const char *before = getenv("PATH");
	char path[4096], kept[4096];

	(void)state;
	snprintf(kept, sizeof kept, "%s", before ? before : "/usr/bin:/bin");
	assert_int_equal(file_write(in_scratch("tool"), "#!/bin/sh\n", 10, 0755, true), STATUS_OK);
	assert_int_equal(file_write(in_scratch("data"), "#!/bin/sh\n", 10, 0644, true), STATUS_OK);
	assert_int_equal(chdir(scratch), 0);
	setenv("PATH", "/no/such::.", 1);
	assert_int_equal(external_find_program("tool", path, sizeof path), STATUS_OK);
	assert_int_equal(path[0], '/');
	assert_int_equal(external_find_program("./tool", path, sizeof path), STATUS_OK);
	assert_int_equal(path[0], '/');
	assert_int_equal(external_find_program("data", path, sizeof path), STATUS_BAD_ARGUMENT);
	assert_int_equal(external_find_program("./work", path, sizeof path), STATUS_BAD_ARGUMENT);
	setenv("PATH", kept, 1);
}

static int set_up(void **state)
{
	(void)state;
	snprintf(scratch, sizeof scratch, "/tmp/test-external-XXXXXX");
	if (!mkdtemp(scratch))
		return -1;
	return file_write(in_scratch("original"), TEXT, strlen(TEXT), 0400, true) == STATUS_OK ? 0
											       : -1;
}

static int tear_down(void **state)
{
	(void)state;
	scratch_remove(scratch);
	return access(scratch, F_OK) == 0 ? -1 : 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_commands),   cmocka_unit_test(test_result),
	    cmocka_unit_test(test_time_limit), cmocka_unit_test(test_memory),
	    cmocka_unit_test(test_parsing),    cmocka_unit_test(test_ready_made),
	    cmocka_unit_test(test_finding),
	};

	return cmocka_run_group_tests(tests, set_up, tear_down);
}
