/* SPDX-License-Identifier: BSD-2-Clause */
#include "tokens.h"

#include <stdlib.h>

static uint32_t word(const uint8_t *in, size_t i)
{
	const uint8_t *p = in + 4 * i;

	return p[0] | (uint32_t)p[1] << 8 | (uint32_t)p[2] << 16 | (uint32_t)p[3] << 24;
}

bool tokens_recognise(const uint8_t *in, size_t size_bytes)
{
	return size_bytes >= 8 && word(in, 0) == TOKENS_MAGIC && word(in, 1) == TOKENS_VERSION;
}

enum status tokens_parse(const uint8_t *in, size_t size_bytes, struct tokens *out)
{
	if (!tokens_recognise(in, size_bytes))
		return fail(STATUS_CORRUPT, "not a token file (llm.c layout, version 1)");
	if (size_bytes < TOKENS_HEADER_BYTES)
		return fail(STATUS_CORRUPT,
			    "truncated corpus: a token file has a header of %d bytes, "
			    "this file ends after %zu",
			    TOKENS_HEADER_BYTES, size_bytes);

	uint32_t n_tokens = word(in, 2);
	size_t data_bytes = size_bytes - TOKENS_HEADER_BYTES;

	if (n_tokens > TOKENS_MAX)
		return fail(STATUS_CORRUPT, "token file with a negative number of tokens");
	if (data_bytes / 2 < n_tokens)
		return fail(STATUS_CORRUPT,
			    "truncated corpus: header says %lu tokens, file holds %zu",
			    (unsigned long)n_tokens, data_bytes / 2);
	if (data_bytes != 2 * (size_t)n_tokens)
		return fail(STATUS_CORRUPT,
			    "token file with %zu bytes after the %lu tokens its header announces",
			    data_bytes - 2 * (size_t)n_tokens, (unsigned long)n_tokens);

	*out = (struct tokens){
	    .data = in + TOKENS_HEADER_BYTES, .n_tokens = n_tokens, .canonical = true};
	for (size_t i = 3; i < TOKENS_HEADER_BYTES / 4; i++)
		out->canonical = out->canonical && word(in, i) == 0;
	return STATUS_OK;
}

uint32_t tokens_alphabet(const uint8_t *data, size_t n_tokens)
{
	uint32_t max = 0;

	for (size_t i = 0; i < n_tokens; i++) {
		uint32_t token = tokens_get(data, i);

		max = token > max ? token : max;
	}
	return max + 1;
}

enum status tokens_read(const uint8_t *in, size_t size_bytes, uint16_t **token, size_t *n_tokens)
{
	struct tokens t;

	TRY(tokens_parse(in, size_bytes, &t));
	*token = calloc(t.n_tokens ? t.n_tokens : 1, sizeof **token);
	if (!*token)
		return fail_no_memory();
	for (size_t i = 0; i < t.n_tokens; i++)
		(*token)[i] = tokens_get(t.data, i);
	*n_tokens = t.n_tokens;
	return STATUS_OK;
}

void tokens_write_header(struct buffer *out, size_t n_tokens)
{
	buffer_append_le(out, TOKENS_MAGIC, 4);
	buffer_append_le(out, TOKENS_VERSION, 4);
	buffer_append_le(out, n_tokens, 4);
	for (size_t i = 3; i < TOKENS_HEADER_BYTES / 4; i++)
		buffer_append_le(out, 0, 4);
}

void tokens_append(struct buffer *out, const uint16_t *token, size_t n)
{
	if (n > SIZE_MAX / 2 || !buffer_reserve(out, 2 * n)) {
		out->failed = true;
		return;
	}
	uint8_t *to = out->data + out->size_bytes;

	for (size_t i = 0; i < n; i++) {
		to[2 * i] = (uint8_t)token[i];
		to[2 * i + 1] = (uint8_t)(token[i] >> 8);
	}
	out->size_bytes += 2 * n;
}
