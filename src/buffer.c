/* SPDX-License-Identifier: BSD-2-Clause */
#include "buffer.h"

#include <stdlib.h>
#include <string.h>

#define BUFFER_FIRST_BYTES 256

void buffer_free(struct buffer *b)
{
	free(b->data);
	*b = (struct buffer){0};
}

bool buffer_reserve(struct buffer *b, size_t extra_bytes)
{
	if (b->failed)
		return false;
	if (extra_bytes <= b->capacity_bytes - b->size_bytes)
		return true;

	if (b->is_limited && extra_bytes > b->limit_bytes - b->size_bytes) {
		b->failed = b->is_beyond = true;
		return false;
	}
	size_t wanted = b->capacity_bytes ? b->capacity_bytes : BUFFER_FIRST_BYTES;

	while (wanted - b->size_bytes < extra_bytes) {
		if (wanted > SIZE_MAX / 2) {
			b->failed = true;
			return false;
		}
		wanted *= 2;
	}
	if (b->is_limited && wanted > b->limit_bytes)
		wanted = b->limit_bytes;
	uint8_t *data = realloc(b->data, wanted);

	if (!data) {
		b->failed = true;
		return false;
	}
	b->data = data;
	b->capacity_bytes = wanted;
	return true;
}

void buffer_append(struct buffer *b, const void *data, size_t size_bytes)
{
	if (size_bytes == 0 || !buffer_reserve(b, size_bytes))
		return;
	memcpy(b->data + b->size_bytes, data, size_bytes);
	b->size_bytes += size_bytes;
}

void buffer_append_varint(struct buffer *b, uint64_t value)
{
	while (value >= 0x80) {
		buffer_append_byte(b, (uint8_t)(value | 0x80));
		value >>= 7;
	}
	buffer_append_byte(b, (uint8_t)value);
}

void buffer_append_le(struct buffer *b, uint64_t value, unsigned n_bytes)
{
	for (unsigned i = 0; i < n_bytes; i++)
		buffer_append_byte(b, (uint8_t)(value >> (8 * i)));
}

enum status buffer_status(const struct buffer *b)
{
	if (!b->failed)
		return STATUS_OK;
	if (b->is_beyond)
		return fail(STATUS_BUG,
			    "internal error, please report it: more output than the %zu bytes "
			    "that were declared",
			    b->limit_bytes);
	return fail_no_memory();
}

uint64_t reader_varint(struct reader *r)
{
	uint64_t value = 0;

	for (unsigned shift = 0; shift < 64; shift += 7) {
		uint64_t byte = reader_le(r, 1);

		if (shift == 63 && byte > 1)
			break; /* more than 64 bits */
		value |= (byte & 0x7f) << shift;
		if (!(byte & 0x80)) {
			if (byte == 0 && shift > 0)
				break; /* a shorter spelling exists */
			return value;
		}
	}
	r->failed = true;
	return 0;
}

uint64_t reader_le(struct reader *r, unsigned n_bytes)
{
	const uint8_t *p = reader_bytes(r, n_bytes);
	uint64_t value = 0;

	for (unsigned i = 0; p && i < n_bytes; i++)
		value |= (uint64_t)p[i] << (8 * i);
	return value;
}

const uint8_t *reader_bytes(struct reader *r, size_t size_bytes)
{
	const uint8_t *p = r->at;

	if (r->failed || (size_t)(r->end - r->at) < size_bytes) {
		r->failed = true;
		return NULL;
	}
	r->at += size_bytes;
	return p;
}
