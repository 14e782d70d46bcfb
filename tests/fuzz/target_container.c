/* SPDX-License-Identifier: BSD-2-Clause
 *
 * target_container.c - any bytes as an archive's header.
 *
 * Property  what is accepted is spelt in the one way there is: written again from what was
 *           understood, it is the same bytes.
 */
#include "archive.h"
#include "fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size_bytes)
{
	struct container c;
	struct buffer again = {0};
	size_t header_bytes;

	if (container_read(&c, data, size_bytes, &header_bytes) != STATUS_OK)
		return 0;
	container_write(&c, &again);
	HOLDS(again.size_bytes + CONTAINER_DIGEST_BYTES == header_bytes);
	HOLDS(memcmp(again.data, data, again.size_bytes) == 0);
	HOLDS(container_block_start(&c, c.n_blocks) == c.n_total);
	container_free(&c);
	buffer_free(&again);
	return 0;
}
