/* SPDX-License-Identifier: BSD-2-Clause
 *
 * target_safetensors.c - any bytes as weights from another program.
 *
 * Property  weights that are accepted can be written as a model file and, as numbers, again.
 */
#include "fuzz.h"
#include "model_file.h"
#include "safetensors.h"

#define BITS 6

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size_bytes)
{
	struct transformer *t, *back;
	struct buffer file = {0}, numbers = {0};

	if (safetensors_read(&t, BITS, data, size_bytes) != STATUS_OK)
		return 0;
	HOLDS(model_file_write(t, &file) == STATUS_OK);
	HOLDS(safetensors_write(t, &numbers) == STATUS_OK);
	HOLDS(safetensors_read(&back, BITS, numbers.data, numbers.size_bytes) == STATUS_OK);
	transformer_free(back);
	transformer_free(t);
	buffer_free(&file);
	buffer_free(&numbers);
	return 0;
}
