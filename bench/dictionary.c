/* SPDX-License-Identifier: BSD-2-Clause */
#include "dictionary.h"

#include <stdlib.h>
#include <string.h>
#include <zdict.h>
#include <zstd.h>

/* Lines at the beginning that the trainer is shown: what it takes grows with them. */
#define SAMPLE_BYTES_MAX ((size_t)32 << 20)

/* The lengths of the text's first lines, the last one perhaps without its end. */
static enum status cut_lines(const uint8_t *text, size_t size_bytes, size_t **length,
			     unsigned *n_lines)
{
	size_t capacity = 0, n = 0;

	*length = NULL;
	if (size_bytes > SAMPLE_BYTES_MAX)
		size_bytes = SAMPLE_BYTES_MAX;
	for (size_t at = 0; at < size_bytes; n++) {
		const uint8_t *end = memchr(text + at, '\n', size_bytes - at);

		if (n == capacity) {
			size_t *grown;

			capacity = capacity ? 2 * capacity : 1024;
			grown = realloc(*length, capacity * sizeof *grown);
			if (!grown) {
				free(*length);
				*length = NULL;
				return fail_no_memory();
			}
			*length = grown;
		}
		(*length)[n] = end ? (size_t)(end - text) + 1 - at : size_bytes - at;
		at += (*length)[n];
	}
	*n_lines = (unsigned)n;
	return STATUS_OK;
}

static enum status train(const uint8_t *text, size_t size_bytes, uint8_t *dictionary,
			 size_t *dictionary_bytes)
{
	size_t *length, result;
	unsigned n_lines = 0;

	TRY(cut_lines(text, size_bytes, &length, &n_lines));
	result = ZDICT_trainFromBuffer(dictionary, *dictionary_bytes, text, length, n_lines);
	free(length);
	if (ZDICT_isError(result))
		return fail(STATUS_UNSUPPORTED, "zstd: training a dictionary of %zu bytes: %s",
			    *dictionary_bytes, ZDICT_getErrorName(result));
	*dictionary_bytes = result;
	return STATUS_OK;
}

static enum status compress(ZSTD_CCtx *c, const uint8_t *text, size_t size_bytes,
			    const uint8_t *dictionary, size_t dictionary_bytes, uint8_t *frame,
			    size_t room, size_t *frame_bytes)
{
	*frame_bytes = ZSTD_compress_usingDict(c, frame, room, text, size_bytes, dictionary,
					       dictionary_bytes, DICTIONARY_LEVEL);
	if (ZSTD_isError(*frame_bytes))
		return fail(STATUS_LIMIT, "zstd: compressing: %s",
			    ZSTD_getErrorName(*frame_bytes));
	return STATUS_OK;
}

static enum status decompress(ZSTD_DCtx *d, const uint8_t *text, size_t size_bytes,
			      const uint8_t *dictionary, size_t dictionary_bytes,
			      const uint8_t *frame, size_t frame_bytes, uint8_t *back)
{
	size_t result = ZSTD_decompress_usingDict(d, back, size_bytes, frame, frame_bytes,
						  dictionary, dictionary_bytes);

	if (ZSTD_isError(result))
		return fail(STATUS_CORRUPT, "zstd: decompressing: %s", ZSTD_getErrorName(result));
	if (result != size_bytes || memcmp(back, text, size_bytes) != 0)
		return fail(STATUS_CORRUPT, "zstd: decoded to something else");
	return STATUS_OK;
}

static enum status round_trip(const uint8_t *text, size_t size_bytes, const uint8_t *dictionary,
			      struct dictionary_sizes *sizes)
{
	size_t room = ZSTD_compressBound(size_bytes);
	uint8_t *frame = malloc(room + 1), *back = malloc(size_bytes + 1);
	ZSTD_CCtx *c = ZSTD_createCCtx();
	ZSTD_DCtx *d = ZSTD_createDCtx();
	enum status s = frame && back && c && d ? STATUS_OK : fail_no_memory();

	if (s == STATUS_OK)
		s = compress(c, text, size_bytes, dictionary, sizes->dictionary_bytes, frame, room,
			     &sizes->frame_bytes);
	if (s == STATUS_OK)
		s = decompress(d, text, size_bytes, dictionary, sizes->dictionary_bytes, frame,
			       sizes->frame_bytes, back);
	ZSTD_freeCCtx(c);
	ZSTD_freeDCtx(d);
	free(frame);
	free(back);
	return s;
}

enum status dictionary_measure(const uint8_t *text, size_t size_bytes,
			       size_t dictionary_bytes_max, struct dictionary_sizes *sizes)
{
	uint8_t *dictionary = malloc(dictionary_bytes_max + 1);
	enum status s = STATUS_OK;

	if (!dictionary)
		return fail_no_memory();
	sizes->dictionary_bytes = dictionary_bytes_max;
	s = train(text, size_bytes, dictionary, &sizes->dictionary_bytes);
	if (s == STATUS_OK)
		s = round_trip(text, size_bytes, dictionary, sizes);
	free(dictionary);
	return s;
}
