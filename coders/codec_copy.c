/* SPDX-License-Identifier: BSD-2-Clause
 *
 * codec_copy.c - the bytes as they are: what storing costs, and how fast the harness itself is.
 */
#include "codec.h"

static const char *copy_version(void)
{
	return "-";
}

static enum status copy_compress(const struct codec_ops *c, const uint8_t *in, size_t size_bytes,
				 struct buffer *out)
{
	(void)c;
	buffer_append(out, in, size_bytes);
	return buffer_status(out);
}

static enum status copy_decompress(const struct codec_ops *c, const uint8_t *in, size_t size_bytes,
				   size_t original_bytes, struct buffer *out)
{
	if (size_bytes != original_bytes)
		return fail(STATUS_CORRUPT, "copy: %zu bytes instead of %zu", size_bytes,
			    original_bytes);
	return copy_compress(c, in, size_bytes, out);
}

const struct codec_ops codec_copy = {
    .name = "copy",
    .version = copy_version,
    .compress = copy_compress,
    .decompress = copy_decompress,
};
