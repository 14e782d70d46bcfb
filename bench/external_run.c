/* SPDX-License-Identifier: BSD-2-Clause
 *
 * external_run.c - one external method on one file.
 */
#include <ctype.h>
#include <dirent.h>
#include <fcntl.h>
#include <math.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "child.h"
#include "external.h"
#include "scratch.h"
#include "verify.h"

#define WORDS_MAX 64
#define PATH_BYTES 2048
#define INPUT_NAME "input" /* the ready-made entries know it: archivers store it */
#define ARCHIVE_NAME "archive"
#define DECODED_NAME "decoded"
#define INPUT_TIME 946684800 /* 2000-01-01 */

bool external_needs_shell(const char *command)
{
	const char *first = command + strspn(command, " \t");

	return strpbrk(command, "|&;<>()$`\\\"'*?[]#~!\n") != NULL ||
	       memchr(first, '=', strcspn(first, " \t")) != NULL;
}

/* Put the names into the command; false when it becomes too long. */
static bool expand(const char *command, const char *in, const char *out, char *text,
		   size_t size_bytes)
{
	size_t used = 0;

	for (const char *c = command; *c && used < size_bytes;) {
		const char *name = strncmp(c, "{in}", 4) == 0    ? in
				   : strncmp(c, "{out}", 5) == 0 ? out
								 : NULL;

		if (name) {
			used += (size_t)snprintf(text + used, size_bytes - used, "%s", name);
			c += name == in ? 4 : 5;
		} else {
			text[used++] = *c++;
		}
	}
	if (used >= size_bytes)
		return false;
	text[used] = '\0';
	return true;
}

/* Words between blanks; `text` is cut up. */
static enum status split(char *text, char *argv[WORDS_MAX + 1], char *path, size_t path_bytes)
{
	char *rest;
	size_t n = 0;

	for (char *w = strtok_r(text, " \t", &rest); w; w = strtok_r(NULL, " \t", &rest)) {
		if (n == WORDS_MAX)
			return fail(STATUS_BAD_ARGUMENT, "a command of more than %d words",
				    WORDS_MAX);
		argv[n++] = w;
	}
	argv[n] = NULL;
	TRY(external_find_program(argv[0], path, path_bytes));
	argv[0] = path;
	return STATUS_OK;
}

static enum status run_command(const struct external_run *run, const char *direction,
			       const char *command, const char *in, const char *out,
			       struct verdict *verdict, struct cell_side *side)
{
	char text[4096], path[4096], *words[WORDS_MAX + 1];
	char *shell[] = {"/bin/sh", "-c", text, NULL};
	bool needs_shell = external_needs_shell(command);
	struct child_setup setup = {
	    .argv = needs_shell ? shell : words,
	    .limit_seconds = run->limit_seconds,
	    .limit_memory_bytes = run->limit_memory_bytes,
	    .directory = run->directory,
	    .is_foreign = true,
	};
	struct child_result child;
	uint64_t input_bytes;

	TRY(verify_size(run->input, &input_bytes));
	setup.limit_file_bytes = cell_output_bytes(input_bytes);
	if (!expand(command, in, out, text, sizeof text))
		return fail(STATUS_BAD_ARGUMENT, "%s: the command is too long", direction);
	if (!needs_shell && split(text, words, path, sizeof path) != STATUS_OK) {
		verdict_set(verdict, OUTCOME_FAILED, "%s: %s", direction, status_message());
		return STATUS_OK;
	}
	TRY(child_run_setup(&setup, &child));
	verdict_of_child(verdict, direction, &setup, &child);
	side->cpu_seconds = side->process_seconds = child.cpu_seconds;
	side->wall_seconds = child.wall_seconds;
	side->peak_mib = child.peak_mib;
	return STATUS_OK;
}

static enum status path_in(const struct external_run *run, const char *name, char path[PATH_BYTES])
{
	if (snprintf(path, PATH_BYTES, "%s/%s", run->directory, name) < PATH_BYTES)
		return STATUS_OK;
	return fail(STATUS_BAD_ARGUMENT, "%s: the path is too long", run->directory);
}

/* Nothing, or ".zpaq" and the like: nothing that a shell would take for more than a name. */
static bool is_ending(const char *text)
{
	for (const char *c = text; *c; c++)
		if (!isalnum((unsigned char)*c) && *c != '.' && *c != '-' && *c != '_')
			return false;
	return !*text || *text == '.';
}

/* The name of the regular file that was written: `wanted`, or else that with an ending. */
static bool find_written(const struct external_run *run, const char *direction, const char *wanted,
			 struct verdict *v, char name[256])
{
	size_t length = strlen(wanted);
	DIR *directory = opendir(run->directory);
	struct dirent *entry;

	name[0] = '\0';
	while (directory && (entry = readdir(directory))) {
		const char *ending = entry->d_name + length;
		struct stat info;

		if (strncmp(entry->d_name, wanted, length) != 0 || !is_ending(ending) ||
		    (name[0] && *ending) ||
		    fstatat(dirfd(directory), entry->d_name, &info, AT_SYMLINK_NOFOLLOW) < 0 ||
		    !S_ISREG(info.st_mode))
			continue;
		snprintf(name, 256, "%s", entry->d_name);
	}
	if (directory)
		closedir(directory);
	return name[0] ||
	       verdict_set(v, OUTCOME_FAILED, "%s: {out} was not written", direction);
}

/* An old file for everybody: archivers store the time, and some pack it. */
static enum status copy_input(const struct external_run *run, const char *from, const char *to)
{
	const struct timespec past[2] = {{.tv_sec = INPUT_TIME}, {.tv_sec = INPUT_TIME}};
	char path[PATH_BYTES];

	TRY(scratch_make(run->directory));
	TRY(path_in(run, to, path));
	TRY(scratch_copy(from, 0, path));
	return utimensat(AT_FDCWD, path, past, 0) == 0 ? STATUS_OK
						       : fail_errno(STATUS_IO, "%s", path);
}

/* Compress a copy; keep the archive alone, and say what it was called. */
static enum status compress(const struct external_run *run, char archive_name[256],
			    struct cell_result *result)
{
	struct verdict *v = &result->verdict;
	char path[PATH_BYTES];
	uint64_t input_bytes;

	TRY(copy_input(run, run->input, INPUT_NAME));
	TRY(run_command(run, "compress", run->external->compress, INPUT_NAME, ARCHIVE_NAME, v,
			&result->compress));
	if (v->outcome != OUTCOME_OK ||
	    !find_written(run, "compress", ARCHIVE_NAME, v, archive_name))
		return STATUS_OK;
	TRY(path_in(run, archive_name, path));
	TRY(scratch_copy(path, 0, run->archive));
	TRY(verify_size(run->archive, &result->archive_bytes));
	TRY(verify_size(run->input, &input_bytes));
	if (result->archive_bytes == 0 && input_bytes > 0)
		verdict_set(v, OUTCOME_WRONG, "compress: {out} is empty");
	return STATUS_OK;
}

static enum status decompress(const struct external_run *run, const char *archive_name,
			      struct cell_result *result)
{
	struct verdict *v = &result->verdict;
	char path[PATH_BYTES], decoded_name[256];

	TRY(copy_input(run, run->archive, archive_name));
	TRY(run_command(run, "decompress", run->external->decompress, archive_name, DECODED_NAME,
			v, &result->decompress));
	if (v->outcome != OUTCOME_OK ||
	    !find_written(run, "decompress", DECODED_NAME, v, decoded_name))
		return STATUS_OK;
	TRY(path_in(run, decoded_name, path));
	verify_same(path, run->input, v);
	return STATUS_OK;
}

enum status external_run(const struct external_run *run, struct cell_result *result)
{
	char archive_name[256];

	*result = (struct cell_result){.ideal_bits = NAN};

	enum status s = compress(run, archive_name, result);

	if (s == STATUS_OK && result->verdict.outcome == OUTCOME_OK)
		s = decompress(run, archive_name, result);
	scratch_remove(run->directory);
	return s;
}
