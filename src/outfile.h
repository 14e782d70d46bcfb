/* SPDX-License-Identifier: BSD-2-Clause
 *
 * outfile.h - writing a file that is either complete or not there.
 *
 * The bytes go to PATH.tmp.PID in the same directory (PATH.tmp.PID.1, .2, ... when a killed run
 * left such a file behind; what is there is not ours to remove), created exclusively;
 * outfile_commit() syncs them to the disk, renames the file to PATH, which replaces what was there
 * in one step, and syncs the directory: once it has succeeded the new file is there after a power
 * failure too, and what it was made of may go.  A crash or a full disk leaves the old file as it
 * was.  After outfile_catch_signals() the signals INT, TERM and HUP, and an exit, remove what is
 * unfinished.  stdio is not used because it hides which write failed and cannot patch a header
 * cheaply.
 *
 * Appending never fails in the caller's face: the first error is remembered in `failed` (its
 * sentence was said then) and returned by outfile_seal().  Whoever writes for minutes looks at
 * `failed` now and then.
 */
#ifndef TWOPART_OUTFILE_H
#define TWOPART_OUTFILE_H

#include <stdint.h>
#include <string.h>
#include <sys/types.h>

#include "status.h"

#define OUTFILE_BUFFER_BYTES ((size_t)1 << 18)

struct outfile {
	char *path, *temporary; /* owned; NULL while closed */
	uint8_t *pending;       /* (OUTFILE_BUFFER_BYTES) */
	size_t n_pending;
	uint64_t written_bytes; /* that left `pending` */
	int fd;                 /* -1 once sealed */
	int directory;          /* that `path` lies in; -1 where it may not be read */
	mode_t mode;            /* permissions it gets when sealed, less the umask; 0666 at first */
	enum status failed;
};

MUST_CHECK enum status outfile_open(struct outfile *f, const char *path);

/* Create the directories that `path` lies in, as mkdir -p does. */
MUST_CHECK enum status outfile_make_parents(const char *path);

void outfile_append_slow(struct outfile *f, const void *data, size_t size_bytes);

static inline void outfile_append(struct outfile *f, const void *data, size_t size_bytes)
{
	if (size_bytes > OUTFILE_BUFFER_BYTES - f->n_pending) {
		outfile_append_slow(f, data, size_bytes);
		return;
	}
	memcpy(f->pending + f->n_pending, data, size_bytes);
	f->n_pending += size_bytes;
}

static inline uint64_t outfile_size_bytes(const struct outfile *f)
{
	return f->written_bytes + f->n_pending;
}

/* Overwrite bytes that were appended before. */
void outfile_patch(struct outfile *f, uint64_t offset_bytes, const void *data, size_t size_bytes);

/* Write out, sync, and read all from the disk into data[]: size_bytes, as were appended. */
MUST_CHECK enum status outfile_read_back(struct outfile *f, void *data, size_t size_bytes);

/* Write out, sync, close; the temporary name stays.  Nothing may be appended afterwards. */
MUST_CHECK enum status outfile_seal(struct outfile *f);

/* Seal unless that was done, rename, sync the directory, free.  On failure the file is abandoned;
 * only when the directory could not be synced, the new file is there nevertheless. */
MUST_CHECK enum status outfile_commit(struct outfile *f);

/* Remove the temporary file and free; a zeroed or committed *f is fine. */
void outfile_abandon(struct outfile *f);

/* Remove all temporary files; for the handler of a signal that ends the program. */
void outfile_remove_unfinished(void);

/* From now on INT, TERM, HUP and an exit - which the run-time of OpenMP makes without a thread -
 * remove the temporary files before they end the program, and a write beyond the file size limit is
 * an error instead of a signal.  To be called once, by the thread that will write files. */
void outfile_catch_signals(void);

#endif
