/* SPDX-License-Identifier: BSD-2-Clause
 *
 * target_model_file.c - any bytes as a model file.
 *
 * Property  what is accepted needs no more memory than was said before, and is spelt in the one way
 *           there is: written again it is the same bytes, but for the digest where none is checked.
 */
#include "fuzz.h"
#include "model_file.h"

#define DIGEST_BYTES 4
#define MEMORY_MAX_BYTES ((uint64_t)1 << 24)

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size_bytes)
{
	struct transformer *t;
	struct buffer again = {0};
	uint64_t bytes;

	if (model_file_memory(data, size_bytes, &bytes) != STATUS_OK) {
		HOLDS(model_file_read(&t, data, size_bytes) != STATUS_OK);
		return 0;
	}
	if (bytes > MEMORY_MAX_BYTES || model_file_read(&t, data, size_bytes) != STATUS_OK)
		return 0;
	HOLDS(model_file_recognise(data, size_bytes));
	HOLDS(model_file_write(t, &again) == STATUS_OK);
	HOLDS(again.size_bytes == size_bytes);
	HOLDS(memcmp(again.data, data, size_bytes - DIGEST_BYTES) == 0);
	transformer_free(t);
	buffer_free(&again);
	return 0;
}
