/* SPDX-License-Identifier: BSD-2-Clause
 *
 * target_tokens.c - any bytes as a token file.
 *
 * Property  what has a canonical header is its header made again from the count, and its tokens.
 */
#include "fuzz.h"
#include "tokens.h"
#include "training_data.h"

static void check(const uint8_t *data, size_t size_bytes, const struct tokens *t)
{
	struct buffer again = {0};
	uint16_t *token;
	size_t n;

	HOLDS(tokens_read(data, size_bytes, &token, &n) == STATUS_OK && n == t->n_tokens);
	tokens_write_header(&again, n);
	tokens_append(&again, token, n);
	HOLDS(again.size_bytes == size_bytes);
	HOLDS((memcmp(again.data, data, size_bytes) == 0) == t->canonical);
	HOLDS(n == 0 || token[n - 1] < tokens_alphabet(t->data, n));
	free(token);
	buffer_free(&again);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size_bytes)
{
	struct buffer file = {.data = (uint8_t *)(uintptr_t)data, .size_bytes = size_bytes};
	struct training_data d = {0};
	struct tokens t;

	if (tokens_recognise(data, size_bytes) &&
	    tokens_parse(data, size_bytes, &t) == STATUS_OK)
		check(data, size_bytes, &t);
	for (int parts = 1; parts <= 2; parts++) {
		if (training_data_append_file(&d, "-", &file) != STATUS_OK)
			break;
		HOLDS(d.n_parts <= (size_t)parts && d.start[d.n_parts] == d.n);
	}
	training_data_free(&d);
	return 0;
}
