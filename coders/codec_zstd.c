/* SPDX-License-Identifier: BSD-2-Clause
 *
 * codec_zstd.c - Zstandard: the usual level, the best ordinary one, and everything it has.
 *
 * "-22 long" is the ultra range with long-distance matching and a window over the whole input (2
 * GiB at most), so that no repetition is out of its reach; the other rows keep the window that
 * their level chooses.  The frame checksum is on, as in the zstd program.
 */
#include <zstd.h>
#include <zstd_errors.h>

#include "codec.h"

#define ZSTD_LONG_WINDOW_LOG_MIN 27 /* what level 22 takes by itself: 128 MiB */
#define ZSTD_LONG_WINDOW_LOG_MAX 31

static const char *zstd_version(void)
{
	return ZSTD_versionString();
}

/* The sentence and status for a library result that is an error. */
static enum status zstd_fail(enum status s, const char *doing, size_t result)
{
	if (ZSTD_getErrorCode(result) == ZSTD_error_memory_allocation)
		return fail_no_memory();
	return fail(s, "zstd: %s: %s", doing, ZSTD_getErrorName(result));
}

/* Compress in one call with the parameters that were set on `cctx`. */
static enum status zstd_run(ZSTD_CCtx *cctx, const uint8_t *in, size_t size_bytes,
			    struct buffer *out)
{
	size_t room = ZSTD_compressBound(size_bytes);

	if (ZSTD_isError(room))
		return zstd_fail(STATUS_LIMIT, "compressing", room);
	if (!buffer_reserve(out, room))
		return fail_no_memory();

	size_t result = ZSTD_compress2(cctx, out->data, room, in, size_bytes);

	if (ZSTD_isError(result))
		return zstd_fail(STATUS_LIMIT, "compressing", result);
	out->size_bytes = result;
	return STATUS_OK;
}

static int zstd_long_window_log(size_t size_bytes)
{
	int log = ZSTD_LONG_WINDOW_LOG_MIN;

	while (log < ZSTD_LONG_WINDOW_LOG_MAX && (size_bytes >> log) > 0)
		log++;
	return log;
}

/* `window_log` 0: the level's own window and no long-distance matching. */
static enum status zstd_compress_with(int level, int window_log, const uint8_t *in,
				      size_t size_bytes, struct buffer *out)
{
	ZSTD_CCtx *cctx = ZSTD_createCCtx();
	enum status s;
	size_t bad;

	if (!cctx)
		return fail_no_memory();
	bad = ZSTD_CCtx_setParameter(cctx, ZSTD_c_compressionLevel, level);
	if (!ZSTD_isError(bad))
		bad = ZSTD_CCtx_setParameter(cctx, ZSTD_c_checksumFlag, 1);
	if (!ZSTD_isError(bad) && window_log)
		bad = ZSTD_CCtx_setParameter(cctx, ZSTD_c_windowLog, window_log);
	if (!ZSTD_isError(bad) && window_log)
		bad = ZSTD_CCtx_setParameter(cctx, ZSTD_c_enableLongDistanceMatching, 1);
	s = ZSTD_isError(bad) ? zstd_fail(STATUS_UNSUPPORTED, "setting parameters", bad)
			      : zstd_run(cctx, in, size_bytes, out);
	ZSTD_freeCCtx(cctx);
	return s;
}

static enum status zstd_compress(const struct codec_ops *c, const uint8_t *in, size_t size_bytes,
				 struct buffer *out)
{
	return zstd_compress_with(c->level, 0, in, size_bytes, out);
}

static enum status zstd_compress_long(const struct codec_ops *c, const uint8_t *in,
				      size_t size_bytes, struct buffer *out)
{
	return zstd_compress_with(c->level, zstd_long_window_log(size_bytes), in, size_bytes, out);
}

/* The library takes an empty input for zero frames and goes on after the first frame; here it is
 * one frame, whole. */
static enum status zstd_decompress(const struct codec_ops *c, const uint8_t *in, size_t size_bytes,
				   size_t original_bytes, struct buffer *out)
{
	size_t frame_bytes = ZSTD_findFrameCompressedSize(in, size_bytes);

	(void)c;
	if (ZSTD_isError(frame_bytes))
		return zstd_fail(STATUS_CORRUPT, "decompressing", frame_bytes);
	if (frame_bytes != size_bytes)
		return fail(STATUS_CORRUPT, "zstd: something follows the frame");
	if (!buffer_reserve(out, original_bytes + 1))
		return fail_no_memory();

	ZSTD_DCtx *dctx = ZSTD_createDCtx();

	if (!dctx)
		return fail_no_memory();

	size_t result = ZSTD_DCtx_setParameter(dctx, ZSTD_d_windowLogMax, ZSTD_LONG_WINDOW_LOG_MAX);

	if (!ZSTD_isError(result))
		result = ZSTD_decompressDCtx(dctx, out->data, original_bytes, in, size_bytes);
	ZSTD_freeDCtx(dctx);
	if (ZSTD_isError(result))
		return zstd_fail(STATUS_CORRUPT, "decompressing", result);
	if (result != original_bytes)
		return fail(STATUS_CORRUPT, "zstd: %zu bytes instead of %zu", result,
			    original_bytes);
	out->size_bytes = result;
	return STATUS_OK;
}

#define ZSTD_ROW(setting, label, compressor)                                                       \
	{                                                                                          \
		.name = "zstd -" #setting label, .version = zstd_version, .level = setting,        \
		.compress = compressor, .decompress = zstd_decompress                              \
	}

const struct codec_ops codec_zstd_3 = ZSTD_ROW(3, "", zstd_compress);
const struct codec_ops codec_zstd_19 = ZSTD_ROW(19, "", zstd_compress);
const struct codec_ops codec_zstd_22_long = ZSTD_ROW(22, " long", zstd_compress_long);
