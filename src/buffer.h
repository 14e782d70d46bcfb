/* SPDX-License-Identifier: BSD-2-Clause
 *
 * buffer.h - growable bytes.
 *
 * Appending never fails in the caller's face: a lack of memory is remembered in `failed` and asked
 * for once, with buffer_status(), when the work is done (the hot path stays free of checks).
 */
#ifndef TWOPART_BUFFER_H
#define TWOPART_BUFFER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "status.h"

struct buffer {
	uint8_t *data; /* (capacity_bytes); NULL while empty */
	size_t size_bytes;
	size_t capacity_bytes;
	bool failed; /* an append was lost */
	bool is_limited;    /* never holds more than .. */
	bool is_beyond;     /* an append was lost because of that */
	size_t limit_bytes; /* .. so many: whoever appends more has a bug */
};

/* Limit an empty buffer that has no capacity yet. */
static inline void buffer_limit(struct buffer *b, size_t limit_bytes)
{
	b->is_limited = true;
	b->limit_bytes = limit_bytes;
}

void buffer_free(struct buffer *b); /* leaves *b empty and usable */

/* Make room for `extra_bytes` more; false and `failed` when there is none. */
bool buffer_reserve(struct buffer *b, size_t extra_bytes);

void buffer_append(struct buffer *b, const void *data, size_t size_bytes);

static inline void buffer_append_byte(struct buffer *b, uint8_t byte)
{
	if (b->size_bytes < b->capacity_bytes || buffer_reserve(b, 1))
		b->data[b->size_bytes++] = byte;
}

/* Unsigned LEB128: 7 bits a byte, low groups first. */
void buffer_append_varint(struct buffer *b, uint64_t value);

/* Little-endian, `n_bytes` of 1..8. */
void buffer_append_le(struct buffer *b, uint64_t value, unsigned n_bytes);

/* STATUS_NO_MEMORY when an append was lost, STATUS_BUG when that was one beyond the limit. */
MUST_CHECK enum status buffer_status(const struct buffer *b);

/*
 * A reader over bytes that are all in memory.  Reading past the end yields zeros and sets
 * `failed`; a varint that is longer than needed or does not fit 64 bits sets it too.
 */
struct reader {
	const uint8_t *at, *end;
	bool failed;
};

uint64_t reader_varint(struct reader *r);
uint64_t reader_le(struct reader *r, unsigned n_bytes);
const uint8_t *reader_bytes(struct reader *r, size_t size_bytes); /* NULL when short */

#endif
