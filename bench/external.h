/* SPDX-License-Identifier: BSD-2-Clause
 *
 * external.h - programs as methods of the benchmark: a command that compresses and one that
 * decompresses, with {in} and {out} where the names of the files go.
 *
 * Each command runs in a directory of its own that holds nothing but its input, so {in} and {out}
 * are short names without a path: they need no quotes, no path gets into an archive, and what a
 * program leaves lying there cannot help its other half.  A program is given a copy, because some
 * remove what they have read.  A command without characters that mean something to a shell is cut
 * into words and executed as it is; otherwise /bin/sh runs it, which costs about a millisecond.
 * An archiver that puts an ending behind {out} ("{out}.zpaq", or just like that) keeps it.
 */
#ifndef TWOPART_EXTERNAL_H
#define TWOPART_EXTERNAL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "cell.h"
#include "status.h"

#define EXTERNAL_SECONDS 600                      /* for each command, unless told otherwise */
#define EXTERNAL_MEMORY_BYTES ((uint64_t)4 << 30) /* of addresses of each process, likewise */

struct external {
	char name[40]; /* of the row */
	char compress[512], decompress[512];
	char version[32]; /* what the program says; empty for commands that people type */
};

struct external_list {
	struct external *entry; /* (n) */
	size_t n;
};

/*
 * Append what `text` means: "all" ready-made entries whose program is installed, the ready-made
 * entry of that name, or "NAME=COMPRESS;DECOMPRESS" (the first '=' and the first ';' count).
 * Errors  STATUS_BAD_ARGUMENT: not of that form, a placeholder is missing, there is no such
 *         program, or the name is another row's.
 */
MUST_CHECK enum status external_add(struct external_list *list, const char *text);
void external_list_free(struct external_list *list);

/* The names of the ready-made entries, "a, b, c", cut to the room there is. */
void external_describe(char *text, size_t size_bytes);

/* The path of a program: as the shell would find it, but absolute. */
MUST_CHECK enum status external_find_program(const char *name, char *path, size_t size_bytes);

/* Does a command hold what only a shell understands: pipes, quotes, VARIABLE=value? */
bool external_needs_shell(const char *command);

struct external_run {
	const struct external *external;
	const char *input;     /* the original */
	const char *directory; /* to work in; made for this run and removed afterwards */
	const char *archive;   /* file to write; left behind */
	unsigned limit_seconds;
	uint64_t limit_memory_bytes;
};

/*
 * Compress, decompress, compare.  Processor time and memory are those of the whole command, the
 * start of the program included; no ideal bits are known.  Each file that it writes is limited
 * (cell_output_bytes()), and whatever it wrote is removed.
 * Errors  STATUS_LIMIT: interrupted.  STATUS_IO: the input cannot be read or copied.
 */
MUST_CHECK enum status external_run(const struct external_run *run, struct cell_result *result);

#endif
