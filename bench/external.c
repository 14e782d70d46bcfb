/* SPDX-License-Identifier: BSD-2-Clause
 *
 * external.c - which external methods there are: ready-made ones, and what people type.
 */
#include "external.h"

#include <ctype.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "child.h"
#include "codec.h"
#include "predictor.h"

#define VERSION_SECONDS 10

/* All of one thread.  bzip3 has a second row, since its blocks are what makes it strong on large
 * files and slow to start on small ones. */
static const struct {
	const char *name, *program;
	const char *version; /* a command of the shell that prints it */
	const char *compress, *decompress;
} ready_made[] = {
    {"lz4 -9", "lz4", "lz4 --version", "lz4 -q -9 {in} {out}", "lz4 -q -d {in} {out}"},
    {"gzip -9", "gzip", "gzip --version | head -n 1", "gzip -9 < {in} > {out}",
     "gzip -d < {in} > {out}"},
    {"bzip2 -9", "bzip2", "bzip2 --version 2>&1 </dev/null | head -n 1", "bzip2 -9 < {in} > {out}",
     "bzip2 -d < {in} > {out}"},
    {"bzip3", "bzip3", "bzip3 -V", "bzip3 -e -j 1 {in} {out}", "bzip3 -d -j 1 {in} {out}"},
    {"bzip3 -b 64", "bzip3", "bzip3 -V", "bzip3 -e -j 1 -b 64 {in} {out}",
     "bzip3 -d -j 1 {in} {out}"},
    {"lrzip -z", "lrzip", "lrzip -V", "lrzip -q -z -p 1 -o {out} {in}",
     "lrzip -q -d -p 1 -o {out} {in}"},
    {"7zz PPMd o16 1g", "7zz", "7zz | head -n 2",
     "7zz a -bd -mmt=1 -m0=PPMd:o=16:mem=1g {out}.7z {in}", "7zz e -so -mmt=1 {in} > {out}"},
    {"zpaq -m5", "zpaq", "zpaq | head -n 1", "zpaq a {out}.zpaq {in} -m5 -t1",
     "zpaq x {in} input -to {out} -t1"},
};

#define N_READY_MADE (sizeof ready_made / sizeof ready_made[0])

/* Is this an executable file?  `path` becomes absolute; a link keeps its name, which may matter. */
static bool take_program(const char *found, char *path, size_t size_bytes)
{
	char here[4096] = "";
	struct stat info;

	if (stat(found, &info) < 0 || !S_ISREG(info.st_mode) || access(found, X_OK) < 0)
		return false;
	if (found[0] != '/' && !getcwd(here, sizeof here))
		return false;
	return snprintf(path, size_bytes, "%s%s%s", here, here[0] ? "/" : "", found) <
	       (int)size_bytes;
}

enum status external_find_program(const char *name, char *path, size_t size_bytes)
{
	const char *places = getenv("PATH");
	char found[4096];

	if (strchr(name, '/')) {
		if (take_program(name, path, size_bytes))
			return STATUS_OK;
		places = "";
	}
	for (const char *p = places ? places : ""; *p;) {
		int length = (int)strcspn(p, ":");

		if (length < 4000 &&
		    snprintf(found, sizeof found, "%.*s/%s", length, p, name) < (int)sizeof found &&
		    take_program(found, path, size_bytes))
			return STATUS_OK;
		p += length;
		p += *p == ':';
	}
	return fail(STATUS_BAD_ARGUMENT, "there is no program '%s'", name);
}

/* The first number with a point in what the command prints. */
static void ask_version(const char *command, char *version, size_t size_bytes)
{
	const char *const argv[] = {"/bin/sh", "-c", command, NULL};
	struct child_setup setup = {
	    .argv = (char *const *)argv, .limit_seconds = VERSION_SECONDS, .is_foreign = true};
	struct child_result child;

	version[0] = '\0';
	if (child_run_setup(&setup, &child) != STATUS_OK)
		return;
	for (const char *c = child.output; *c;) {
		size_t n = strspn(c, "0123456789.");
		const char *point = memchr(c, '.', n);

		if (isdigit((unsigned char)*c) && point && isdigit((unsigned char)point[1])) {
			snprintf(version, size_bytes, "%.*s", (int)n, c);
			return;
		}
		c += n ? n : 1;
	}
}

static enum status check_command(const struct external *e, const char *what, const char *command)
{
	static const char *const placeholders[] = {"{in}", "{out}"};
	char program[512], path[4096];

	for (size_t i = 0; i < 2; i++)
		if (!strstr(command, placeholders[i]))
			return fail(STATUS_BAD_ARGUMENT, "the command that %s by '%s' has no %s",
				    what, e->name, placeholders[i]);
	if (external_needs_shell(command))
		return STATUS_OK;
	sscanf(command, " %511s", program);
	return external_find_program(program, path, sizeof path);
}

/* A name must be told from the others in a line of the table, and in the file that it makes. */
static enum status check_name(const struct external_list *list, const char *name)
{
	if (!*name || strpbrk(name, "|,*`\n\r\t"))
		return fail(STATUS_BAD_ARGUMENT, "'%s' is no name for a row", name);
	for (size_t i = 0; i < list->n; i++)
		if (strcmp(list->entry[i].name, name) == 0)
			return fail(STATUS_BAD_ARGUMENT, "'%s' is named twice", name);
	if (codec_by_name(name) || predictor_by_name(name))
		return fail(STATUS_BAD_ARGUMENT, "there is a row '%s' already", name);
	return STATUS_OK;
}

/* Check and append. */
static enum status append(struct external_list *list, const struct external *e)
{
	TRY(check_name(list, e->name));
	TRY(check_command(e, "compresses", e->compress));
	TRY(check_command(e, "decompresses", e->decompress));

	struct external *all = realloc(list->entry, (list->n + 1) * sizeof *all);

	if (!all)
		return fail_no_memory();
	list->entry = all;
	all[list->n++] = *e;
	return STATUS_OK;
}

static enum status append_ready_made(struct external_list *list, size_t i)
{
	struct external e;
	char path[4096];

	TRY(external_find_program(ready_made[i].program, path, sizeof path));
	snprintf(e.name, sizeof e.name, "%s", ready_made[i].name);
	snprintf(e.compress, sizeof e.compress, "%s", ready_made[i].compress);
	snprintf(e.decompress, sizeof e.decompress, "%s", ready_made[i].decompress);
	ask_version(ready_made[i].version, e.version, sizeof e.version);
	return append(list, &e);
}

static enum status append_all(struct external_list *list)
{
	char path[4096];

	for (size_t i = 0; i < N_READY_MADE; i++)
		if (external_find_program(ready_made[i].program, path, sizeof path) == STATUS_OK &&
		    check_name(list, ready_made[i].name) == STATUS_OK)
			TRY(append_ready_made(list, i));
	return STATUS_OK;
}

static bool take_part(const char *from, size_t length, char *to, size_t size_bytes)
{
	if (length >= size_bytes)
		return false;
	memcpy(to, from, length);
	to[length] = '\0';
	return true;
}

/* NAME=COMPRESS;DECOMPRESS */
static enum status append_typed(struct external_list *list, const char *text)
{
	const char *equals = strchr(text, '='), *semicolon = equals ? strchr(equals, ';') : NULL;
	struct external e = {.version = ""};

	if (!semicolon)
		return fail(STATUS_BAD_ARGUMENT,
			    "'%s' is neither NAME=COMPRESS;DECOMPRESS nor a ready-made "
			    "program (help bench names them)",
			    text);
	if (!take_part(text, (size_t)(equals - text), e.name, sizeof e.name) ||
	    !take_part(equals + 1, (size_t)(semicolon - equals - 1), e.compress,
		       sizeof e.compress) ||
	    !take_part(semicolon + 1, strlen(semicolon + 1), e.decompress, sizeof e.decompress))
		return fail(STATUS_BAD_ARGUMENT,
			    "'%.40s...': names have up to %zu characters, commands up to %zu", text,
			    sizeof e.name - 1, sizeof e.compress - 1);
	return append(list, &e);
}

enum status external_add(struct external_list *list, const char *text)
{
	if (strcmp(text, "all") == 0)
		return append_all(list);
	for (size_t i = 0; i < N_READY_MADE; i++)
		if (strcmp(text, ready_made[i].name) == 0)
			return append_ready_made(list, i);
	return append_typed(list, text);
}

void external_list_free(struct external_list *list)
{
	free(list->entry);
	*list = (struct external_list){0};
}

void external_describe(char *text, size_t size_bytes)
{
	size_t used = 0;

	text[0] = '\0';
	for (size_t i = 0; i < N_READY_MADE && used < size_bytes; i++)
		used += (size_t)snprintf(text + used, size_bytes - used, "%s%s", i ? ", " : "",
					 ready_made[i].name);
}
