/* SPDX-License-Identifier: BSD-2-Clause
 *
 * fuzz.h - what the fuzz targets share.
 *
 * A target is target_NAME.c with one function that is called with any bytes, again and again in one
 * process.  Whatever they are, it returns 0, soon, in little memory, and leaves nothing allocated;
 * a promise that does not hold ends it by HOLDS().  It knows nothing of who calls it: libFuzzer,
 * AFL++, or standalone.c.
 */
#ifndef TWOPART_FUZZ_H
#define TWOPART_FUZZ_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "buffer.h"
#include "status.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size_bytes);

#define HOLDS(condition)                                                                           \
	do {                                                                                       \
		if (!(condition)) {                                                                \
			fprintf(stderr, "%s:%d: does not hold: %s (%s)\n", __FILE__, __LINE__,     \
				#condition, status_message());                                     \
			abort();                                                                   \
		}                                                                                  \
	} while (0)

/* The next number of the input, little-endian; 0 behind its end. */
static inline uint32_t fuzz_take(struct reader *r, unsigned n_bytes)
{
	return (uint32_t)reader_le(r, n_bytes);
}

/* A name under which these bytes can be read as a file, until the next call. */
static inline const char *fuzz_path(const void *data, size_t size_bytes)
{
	static char path[32];
	static int fd = -1;

	if (fd < 0)
		fd = memfd_create("input", 0);
	HOLDS(fd >= 0 && ftruncate(fd, 0) == 0);
	HOLDS(pwrite(fd, data, size_bytes, 0) == (ssize_t)size_bytes);
	snprintf(path, sizeof path, "/proc/self/fd/%d", fd);
	return path;
}

/* A string of the next bytes up to a zero or the end, to be freed. */
static inline char *fuzz_take_text(struct reader *r)
{
	size_t n = strnlen((const char *)r->at, (size_t)(r->end - r->at));
	char *text = strndup((const char *)r->at, n);

	HOLDS(text);
	r->at += n + (r->at + n < r->end);
	return text;
}

#endif
