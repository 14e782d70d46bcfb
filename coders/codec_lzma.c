/* SPDX-License-Identifier: BSD-2-Clause
 *
 * codec_lzma.c - xz with its default and its strongest preset.
 *
 * "-9e" has a dictionary of 64 MiB, and one as large as the input where that is more (1.5 GiB at
 * most): the baseline is then never short of history.  The check is CRC64, as in the xz program.
 */
#include <lzma.h>

#include "codec.h"

#define LZMA_DICT_BYTES_MAX ((uint32_t)3 << 29) /* the encoder's limit: 1.5 GiB */

static const char *xz_version(void)
{
	return lzma_version_string();
}

static enum status xz_fail(enum status s, const char *doing, lzma_ret result)
{
	if (result == LZMA_MEM_ERROR)
		return fail_no_memory();
	return fail(s, "xz: %s failed (code %d)", doing, (int)result);
}

/* Compress in one call with a preset whose dictionary is at least `dict_bytes`. */
static enum status xz_compress_with(uint32_t preset, size_t dict_bytes, const uint8_t *in,
				    size_t size_bytes, struct buffer *out)
{
	size_t room = lzma_stream_buffer_bound(size_bytes);
	lzma_options_lzma options;
	lzma_filter filters[] = {{.id = LZMA_FILTER_LZMA2, .options = &options},
				 {.id = LZMA_VLI_UNKNOWN}};

	if (room == 0)
		return fail(STATUS_LIMIT, "xz: %zu bytes are too many", size_bytes);
	if (lzma_lzma_preset(&options, preset))
		return fail(STATUS_UNSUPPORTED, "xz: the library lacks preset %u", preset);
	if (dict_bytes > LZMA_DICT_BYTES_MAX)
		dict_bytes = LZMA_DICT_BYTES_MAX;
	if (options.dict_size < dict_bytes)
		options.dict_size = (uint32_t)dict_bytes;
	if (!buffer_reserve(out, room))
		return fail_no_memory();

	size_t used = 0;
	lzma_ret result = lzma_stream_buffer_encode(filters, LZMA_CHECK_CRC64, NULL, in, size_bytes,
						    out->data, &used, room);

	if (result != LZMA_OK)
		return xz_fail(STATUS_LIMIT, "compressing", result);
	out->size_bytes = used;
	return STATUS_OK;
}

static enum status xz_compress(const struct codec_ops *c, const uint8_t *in, size_t size_bytes,
			       struct buffer *out)
{
	return xz_compress_with((uint32_t)c->level, 0, in, size_bytes, out);
}

static enum status xz_compress_extreme(const struct codec_ops *c, const uint8_t *in,
				       size_t size_bytes, struct buffer *out)
{
	return xz_compress_with((uint32_t)c->level | LZMA_PRESET_EXTREME, size_bytes, in,
				size_bytes, out);
}

static enum status xz_decompress(const struct codec_ops *c, const uint8_t *in, size_t size_bytes,
				 size_t original_bytes, struct buffer *out)
{
	uint64_t memory_limit = UINT64_MAX;
	size_t read = 0, written = 0;

	(void)c;
	if (!buffer_reserve(out, original_bytes + 1))
		return fail_no_memory();

	lzma_ret result = lzma_stream_buffer_decode(&memory_limit, 0, NULL, in, &read, size_bytes,
						    out->data, &written, original_bytes);

	if (result != LZMA_OK)
		return xz_fail(STATUS_CORRUPT, "decompressing", result);
	if (read != size_bytes)
		return fail(STATUS_CORRUPT, "xz: something follows the stream");
	if (written != original_bytes)
		return fail(STATUS_CORRUPT, "xz: %zu bytes instead of %zu", written,
			    original_bytes);
	out->size_bytes = written;
	return STATUS_OK;
}

#define XZ_ROW(setting, label, compressor)                                                         \
	{                                                                                          \
		.name = "xz -" #setting label, .version = xz_version, .level = setting,            \
		.compress = compressor, .decompress = xz_decompress                                \
	}

const struct codec_ops codec_xz_6 = XZ_ROW(6, "", xz_compress);
const struct codec_ops codec_xz_9e = XZ_ROW(9, "e", xz_compress_extreme);
