/* SPDX-License-Identifier: BSD-2-Clause
 *
 * codec_brotli.c - Brotli at a middle and at its strongest quality.
 *
 * "-11 large" uses the large-window extension with a window over the whole input (1 GiB at most).
 * The one-call interface has no large window, hence the stream interface in one step.
 */
#include <brotli/decode.h>
#include <brotli/encode.h>
#include <stdio.h>

#include "codec.h"

static const char *brotli_version(void)
{
	static char text[32];
	uint32_t v = BrotliEncoderVersion(); /* 8 bits major, 12 minor, 12 patch */

	snprintf(text, sizeof text, "%u.%u.%u", v >> 24, v >> 12 & 0xfff, v & 0xfff);
	return text;
}

/* Smallest allowed window that holds the input: 2^bits - 16 bytes. */
static uint32_t brotli_window_bits(size_t size_bytes)
{
	uint32_t bits = BROTLI_MAX_WINDOW_BITS;

	while (bits < BROTLI_LARGE_MAX_WINDOW_BITS && ((size_t)1 << bits) - 16 < size_bytes)
		bits++;
	return bits;
}

static enum status brotli_run(BrotliEncoderState *e, const uint8_t *in, size_t size_bytes,
			      struct buffer *out)
{
	size_t no_room = 0;

	do {
		if (!BrotliEncoderCompressStream(e, BROTLI_OPERATION_FINISH, &size_bytes, &in,
						 &no_room, NULL, NULL))
			return fail(STATUS_NO_MEMORY, "brotli: compressing failed");

		size_t ready = 0; /* in: take all there is */
		const uint8_t *bytes = BrotliEncoderTakeOutput(e, &ready);

		buffer_append(out, bytes, ready);
	} while (!BrotliEncoderIsFinished(e));
	return buffer_status(out);
}

static enum status brotli_compress_with(int quality, bool large, const uint8_t *in,
					size_t size_bytes, struct buffer *out)
{
	BrotliEncoderState *e = BrotliEncoderCreateInstance(NULL, NULL, NULL);
	uint32_t hint = size_bytes < UINT32_MAX ? (uint32_t)size_bytes : UINT32_MAX;
	uint32_t bits = large ? brotli_window_bits(size_bytes) : BROTLI_MAX_WINDOW_BITS;
	enum status s;

	if (!e)
		return fail_no_memory();
	if (BrotliEncoderSetParameter(e, BROTLI_PARAM_QUALITY, (uint32_t)quality) &&
	    BrotliEncoderSetParameter(e, BROTLI_PARAM_LARGE_WINDOW, large) &&
	    BrotliEncoderSetParameter(e, BROTLI_PARAM_LGWIN, bits) &&
	    BrotliEncoderSetParameter(e, BROTLI_PARAM_SIZE_HINT, hint))
		s = brotli_run(e, in, size_bytes, out);
	else
		s = fail(STATUS_UNSUPPORTED, "brotli: the library lacks a parameter");
	BrotliEncoderDestroyInstance(e);
	return s;
}

static enum status brotli_compress(const struct codec_ops *c, const uint8_t *in, size_t size_bytes,
				   struct buffer *out)
{
	return brotli_compress_with(c->level, false, in, size_bytes, out);
}

static enum status brotli_compress_large(const struct codec_ops *c, const uint8_t *in,
					 size_t size_bytes, struct buffer *out)
{
	return brotli_compress_with(c->level, true, in, size_bytes, out);
}

static enum status brotli_decompress(const struct codec_ops *c, const uint8_t *in,
				     size_t size_bytes, size_t original_bytes, struct buffer *out)
{
	if (!buffer_reserve(out, original_bytes + 1))
		return fail_no_memory();

	BrotliDecoderState *d = BrotliDecoderCreateInstance(NULL, NULL, NULL);
	size_t room = original_bytes;
	uint8_t *to = out->data;

	(void)c;
	if (!d)
		return fail_no_memory();

	BrotliDecoderResult result = BROTLI_DECODER_RESULT_ERROR;

	if (BrotliDecoderSetParameter(d, BROTLI_DECODER_PARAM_LARGE_WINDOW, 1))
		result = BrotliDecoderDecompressStream(d, &size_bytes, &in, &room, &to, NULL);
	BrotliDecoderDestroyInstance(d);
	if (result == BROTLI_DECODER_RESULT_NEEDS_MORE_INPUT)
		return fail(STATUS_CORRUPT, "brotli: truncated");
	if (result == BROTLI_DECODER_RESULT_NEEDS_MORE_OUTPUT)
		return fail(STATUS_CORRUPT, "brotli: more than %zu bytes", original_bytes);
	if (result != BROTLI_DECODER_RESULT_SUCCESS)
		return fail(STATUS_CORRUPT, "brotli: damaged");
	if (size_bytes != 0)
		return fail(STATUS_CORRUPT, "brotli: something follows the stream");
	if (room != 0)
		return fail(STATUS_CORRUPT, "brotli: %zu bytes instead of %zu",
			    original_bytes - room, original_bytes);
	out->size_bytes = original_bytes;
	return STATUS_OK;
}

#define BROTLI_ROW(setting, label, compressor)                                                     \
	{                                                                                          \
		.name = "brotli -" #setting label, .version = brotli_version, .level = setting,    \
		.compress = compressor, .decompress = brotli_decompress                            \
	}

const struct codec_ops codec_brotli_5 = BROTLI_ROW(5, "", brotli_compress);
const struct codec_ops codec_brotli_11_large = BROTLI_ROW(11, " large", brotli_compress_large);
