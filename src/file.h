/* SPDX-License-Identifier: BSD-2-Clause
 *
 * file.h - whole files in, whole files out: what the commands do with names that people type.
 *
 * "-" is standard input, directories are refused, a link is followed when its target is replaced,
 * and what is not a regular file - a device, a pipe - is written to as it stands.  Regular files
 * are complete or not there (outfile.h).
 */
#ifndef TWOPART_FILE_H
#define TWOPART_FILE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <sys/stat.h>
#include <sys/types.h>

#include "buffer.h"
#include "status.h"

#define FILE_MODE_NEW 0666 /* of an output without an input; the umask applies */

/* The machine's physical memory; UINT64_MAX if it does not tell. */
uint64_t file_memory_bytes(void);

/* Append a file to *out; "-" is standard input.  *mode (may be NULL): the permissions it has.
 * STATUS_IO also for a directory, STATUS_LIMIT for a file of more than max_bytes, seen as soon as
 * that can be known. */
MUST_CHECK enum status file_read_at_most(const char *path, uint64_t max_bytes, struct buffer *out,
					 mode_t *mode);

/* The same with half of the machine's memory as the limit: what is read is worked upon next, and
 * an endless device must end before the memory does. */
MUST_CHECK enum status file_read(const char *path, struct buffer *out, mode_t *mode);

/* STATUS_BAD_ARGUMENT if `path` is there already as a regular file: to ask before long work. */
MUST_CHECK enum status file_check_new(const char *path);

/* STATUS_IO if no file can be made at `path`, because its directory is missing or may not be
 * written: to ask before long work, too. */
MUST_CHECK enum status file_check_place(const char *path);

/* STATUS_BAD_ARGUMENT if `to` is the very file that is read under the name `from`: writing would
 * replace it, and a mistyped -o must not cost the only copy. */
MUST_CHECK enum status file_check_distinct(const char *from, const char *to);

/* Write all to an open descriptor; `name` is for the message. */
MUST_CHECK enum status file_write_to(int fd, const void *data, size_t size_bytes, const char *name);

/* A stream into memory: as open_memstream(), whose errors nobody sees, but *text and *size_bytes
 * are set when it is closed.  NULL without memory. */
FILE *file_open_memory(char **text, size_t *size_bytes);

/* Close such a stream: STATUS_NO_MEMORY, and *text is NULL, if anything written to it is missing.
 * The caller frees *text, which ends with a zero behind its bytes. */
MUST_CHECK enum status file_close_memory(FILE *to);

/* Write a whole file; without `overwrite` an existing regular file is refused. */
MUST_CHECK enum status file_write(const char *path, const void *data, size_t size_bytes,
				  mode_t mode, bool overwrite);

/* file_write() with a check before the file gets its name: data[] is read back from the disk, into
 * the memory that it was written from, which must give the same bytes, and then `check` (may be
 * NULL) is asked.  If that fails, what stood at `path` is as it was.  What is no regular file is
 * checked before anything is written. */
MUST_CHECK enum status file_write_checked(const char *path, void *data, size_t size_bytes,
					  mode_t mode, bool overwrite,
					  enum status (*check)(void *context), void *context);

/* A regular file that is to be removed once what was made of it is safe. */
struct file_source {
	const char *path;
	struct stat was;
};

/* STATUS_BAD_ARGUMENT if what is written to `path` goes into a device or a pipe: no reason to
 * remove what it was made of. */
MUST_CHECK enum status file_check_kept(const char *path);

/* Before it is read.  STATUS_BAD_ARGUMENT unless it is a regular file itself, no link to one. */
MUST_CHECK enum status file_source_take(struct file_source *f, const char *path);

/* Remove it, if it is still the same file with the same content; STATUS_IO otherwise. */
MUST_CHECK enum status file_source_remove(const struct file_source *f);

#endif
