/* SPDX-License-Identifier: BSD-2-Clause
 *
 * test_bad_codecs.c - a codec may do what it likes: the benchmark says what it did, and goes on.
 *
 * Property  crashing, hanging, allocating 10 GB, writing 1 TB (as a stream, as a hole, through a
 *           pipe), lying, failing and being absent each give the outcome of that name, in either
 *           direction, within the time limit; disk, processes and the original are as before.
 * Method    commands of a shell in the place of compressors.
 */
#include <dirent.h>
#include <setjmp.h>
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

static void run(const char *compress, const char *decompress, struct verdict *v)
{
	struct external e = {.name = "bad"};
	struct cell_result result;
	struct external_run r = {
	    .external = &e,
	    .input = in_scratch("original"),
	    .directory = in_scratch("work"),
	    .archive = in_scratch("kept"),
	    .limit_seconds = 1,
	    .limit_memory_bytes = EXTERNAL_MEMORY_BYTES,
	};

	snprintf(e.compress, sizeof e.compress, "%s", compress);
	snprintf(e.decompress, sizeof e.decompress, "%s", decompress);
	assert_int_equal(external_run(&r, &result), STATUS_OK);
	*v = result.verdict;
	assert_int_equal(access(r.directory, F_OK), -1);
}

static void expect(const char *compress, const char *decompress, enum outcome outcome,
		   const char *message)
{
	struct verdict v;

	run(compress, decompress, &v);
	if (v.outcome != outcome || !strstr(v.message, message))
		fail_msg("%s; %s: outcome %d (%s)", compress, decompress, (int)v.outcome,
			 v.message);
}

struct bad {
	const char *command;
	enum outcome outcome;
	const char *message;
};

static const struct bad bad_commands[] = {
    {"kill -SEGV $$", OUTCOME_CRASHED, "killed by signal 11"},
    {"sh -c 'kill -ABRT $$'", OUTCOME_CRASHED, "killed by signal 6"},
    {"kill -KILL $$", OUTCOME_MEMORY, "killed by signal 9"},
    {"sleep 30", OUTCOME_TIME, "over the time limit of 1 s"},
    {"trap '' TERM INT; while :; do :; done", OUTCOME_TIME, "over the time limit"},
    {"yes > {out}", OUTCOME_OUTPUT, "wrote a file of more than 1048614 bytes"},
    {"yes | cat > {out}", OUTCOME_OUTPUT, "more than 1048614 bytes"},
    {"truncate -s 1T {out}", OUTCOME_OUTPUT, "more than 1048614 bytes"},
    {"dd if=/dev/zero of={out} bs=1M count=1000000", OUTCOME_OUTPUT, "more than"},
    {"yes > elsewhere", OUTCOME_OUTPUT, "more than"},
    {"false", OUTCOME_FAILED, "failed with exit code 1"},
    {"true {in}", OUTCOME_FAILED, "{out} was not written"},
    {"mkdir {out}", OUTCOME_FAILED, "{out} was not written"},
    {"no-such-program {in} {out}", OUTCOME_FAILED, "no-such-program"},
    {"no-such-program < {in} > {out}", OUTCOME_FAILED, "exit code 127"},
    {"echo error while loading shared libraries: libx.so.1; exit 127", OUTCOME_FAILED, "libx.so.1"},
};

static void test_either_direction(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof bad_commands / sizeof bad_commands[0]; i++) {
		const struct bad *b = &bad_commands[i];

		expect(b->command, "cp {in} {out}", b->outcome, b->message);
		expect("cp {in} {out}", b->command, b->outcome, "decompress: ");
	}
}

static void test_lies(void **state)
{
	(void)state;
	expect(": > {out}", "cp {in} {out}", OUTCOME_WRONG, "{out} is empty");
	expect("cp {in} {out}", ": > {out}", OUTCOME_WRONG, "differs");
	expect("cp {in} {out}", "cat {in} {in} > {out}", OUTCOME_WRONG, "differs");
	expect("cp {in} {out}", "tr a b < {in} > {out}", OUTCOME_WRONG, "differs");
	expect("cp {in} {out}", "head -c 1000000 /dev/zero > {out}", OUTCOME_WRONG, "differs");
}

/* dd allocates a block at once. */
static void test_memory(void **state)
{
	static const char greedy[] = "dd if=/dev/zero of=/dev/null bs=10G count=1 && cp {in} {out}";

	(void)state;
	expect(greedy, "cp {in} {out}", OUTCOME_MEMORY, "compress: ");
	expect("cp {in} {out}", greedy, OUTCOME_MEMORY, "memory exhausted");
}

/* Nothing is left of any of them, and the next one is measured as if nothing had been. */
static void test_afterwards(void **state)
{
	struct buffer original = {0};
	int n = 0;

	(void)state;
	expect("cp {in} {out}", "cp {in} {out}", OUTCOME_OK, "");

	DIR *d = opendir(scratch);

	assert_non_null(d);
	while (readdir(d))
		n++;
	closedir(d);
	assert_int_equal(n, 4); /* ., .., original, kept */
	assert_int_equal(file_read(in_scratch("original"), &original, NULL), STATUS_OK);
	assert_int_equal(original.size_bytes, strlen(TEXT));
	assert_memory_equal(original.data, TEXT, strlen(TEXT));
	buffer_free(&original);
}

static int set_up(void **state)
{
	(void)state;
	snprintf(scratch, sizeof scratch, "/tmp/test-bad-codecs-XXXXXX");
	if (!mkdtemp(scratch))
		return -1;
	return file_write(in_scratch("original"), TEXT, strlen(TEXT), 0400, true) == STATUS_OK ? 0
											       : -1;
}

static int tear_down(void **state)
{
	(void)state;
	scratch_remove(scratch);
	return 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_either_direction),
	    cmocka_unit_test(test_lies),
	    cmocka_unit_test(test_memory),
	    cmocka_unit_test(test_afterwards),
	};

	return cmocka_run_group_tests(tests, set_up, tear_down);
}
