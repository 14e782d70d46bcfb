/* SPDX-License-Identifier: BSD-2-Clause
 *
 * tokens.h - token files in the llm.c layout.
 *
 *      256 int32, little-endian: magic 20240520, version 1, number of tokens, then zeros
 *      the tokens, uint16 little-endian, to the end of the file
 *
 * The count is an int32, so a file holds at most 2^31 - 1 tokens.  Other versions of the format
 * exist with other token widths: such a file is not a token file here, but bytes like any other.
 */
#ifndef TWOPART_TOKENS_H
#define TWOPART_TOKENS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "buffer.h"
#include "status.h"

#define TOKENS_MAGIC 20240520u
#define TOKENS_VERSION 1u
#define TOKENS_HEADER_BYTES 1024
#define TOKENS_MAX INT32_MAX

/* A token file in memory, looked at in place. */
struct tokens {
	const uint8_t *data; /* (2 * n_tokens) little-endian, not aligned; borrowed */
	size_t n_tokens;
	bool canonical; /* the unused header words are zero: the count alone makes the header */
};

/* Does the file start as a token file of this version does? */
bool tokens_recognise(const uint8_t *in, size_t size_bytes);

/* Look at a file that tokens_recognise().  STATUS_CORRUPT unless size and count agree. */
MUST_CHECK enum status tokens_parse(const uint8_t *in, size_t size_bytes, struct tokens *out);

/* Token i of a parsed file. */
static inline uint16_t tokens_get(const uint8_t *data, size_t i)
{
	return (uint16_t)(data[2 * i] | data[2 * i + 1] << 8);
}

/* Largest token plus one; 1 when there are none. */
uint32_t tokens_alphabet(const uint8_t *data, size_t n_tokens);

/* Parse and copy into a native array; the caller frees *token. */
MUST_CHECK enum status tokens_read(const uint8_t *in, size_t size_bytes, uint16_t **token,
				   size_t *n_tokens);

/* Append the canonical header for `n_tokens` <= TOKENS_MAX. */
void tokens_write_header(struct buffer *out, size_t n_tokens);

/* Append `n` tokens, little-endian (no header). */
void tokens_append(struct buffer *out, const uint16_t *token, size_t n);

#endif
