/* SPDX-License-Identifier: BSD-2-Clause
 *
 * archive.h - a whole file in memory to an archive and back: what the commands, the benchmark and
 * the tests call.  The format is that of FORMAT.md.
 *
 * The bytes depend only on the input, the model with its options, the coder, the world or the model
 * file and the block size: never on the number of threads.
 */
#ifndef TWOPART_ARCHIVE_H
#define TWOPART_ARCHIVE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "buffer.h"
#include "coder.h"
#include "container.h"
#include "options.h"
#include "predictor.h"
#include "status.h"

struct mix_observer; /* models/mix_observer.h */
struct transformer; /* transformer.h */
struct world;       /* corpora/world.h */

/* Symbols of a block, at most, unless told otherwise: large enough that a model loses little by
 * starting anew, small enough that a file of a hundred megabytes keeps several processors busy. */
#define ARCHIVE_BLOCK_SYMBOLS ((uint64_t)1 << 24)
#define ARCHIVE_BLOCK_DEFAULT UINT64_MAX /* so many, or what the model says */

/* Called by one thread at a time, about every thousand symbols of a block and at its end.  False:
 * stop, which the caller is told as STATUS_LIMIT. */
typedef bool archive_progress(void *context, uint64_t done_symbols, uint64_t n_symbols,
			      double bits_so_far);

struct archive_settings {
	const struct predictor_ops *model;
	int64_t option[OPTIONS_MAX]; /* by the model's table */
	const struct coder_ops *coder;
	const struct world *world;  /* only for a model that needs one */
	const struct transformer *transformer; /* only for a model that takes a model file */
	const struct buffer *model_file; /* the file of that transformer, if it is to be stored in
					    the archive; NULL: named by its hash */
	uint64_t block_symbols;     /* 0: one block; or ARCHIVE_BLOCK_DEFAULT */
	int threads;                /* 0: as many as OpenMP likes */
	uint64_t memory_max_bytes;  /* so few threads that this is enough, but one; 0: no limit */
	bool as_bytes;              /* a token file is bytes too */
	uint64_t model_bits_max;    /* of a stored model; MODEL_BITS_ANY: the shortest total */
	archive_progress *progress; /* may be NULL */
	void *progress_context;
	double *cost_bits;          /* NULL, or room for what each symbol costs: run.h */
	bool costs_as_coded;        /* in the order of coding (streams.h), not of the input */
	struct mix_observer *observer; /* NULL, or told of each decision of a model that mixes; then
					  blocks are coded one after the other */
};

struct archive_stats {
	uint64_t n_symbols_coded;
	uint32_t symbol_bytes;                   /* 1 or 2 */
	double ideal_bits;                       /* sum of -lg p, and what is stored of a model */
	uint64_t model_bytes;                    /* of a stored model or model file: L(M) */
	uint64_t payload_bytes, container_bytes; /* with the above the archive */
	uint64_t n_blocks, stored_blocks;
};

/* What archive_compress() would do. */
struct archive_plan {
	uint64_t n_symbols;
	uint32_t symbol_bytes; /* 1 or 2 */
	uint32_t n_streams;    /* of a block: streams.h */
	uint64_t n_blocks;
	int threads;
	uint64_t memory_bytes; /* that it takes, upper estimate: models of all threads and what is
				  written, but neither input, world nor model file */
	uint64_t verify_bytes; /* that archive_verify() takes with as many threads, upper estimate:
				  the archive is in it, and again neither input nor world */
};

struct archive_info {
	struct container header;                 /* its `stored` points into the archive */
	uint64_t payload_bytes, container_bytes; /* with header.stored_bytes the archive */
	uint64_t stored_blocks;
};

/* The predictor of "NAME" or "NAME:key=value,...": names may hold colons, and the longest one that
 * is registered counts.  *rest is what follows it: "" or ":key=value,...".  NULL: there is none. */
const struct predictor_ops *archive_find_model(const char *text, const char **rest);

/* From "NAME" or "NAME:key=value,..."; what is not said has its default.
 * STATUS_BAD_ARGUMENT with the names that are known. */
MUST_CHECK enum status archive_settings_parse(struct archive_settings *s, const char *model_text);

/*
 * Append an archive of in[0..size_bytes) to the empty *out.  *stats may be NULL.
 * Errors  STATUS_CORRUPT: a token file whose count and size disagree; for a model with a world also
 *         what is not a token file, or holds tokens outside of the vocabulary; with a model file
 *         what is not of its kind, or outside of its alphabet.
 *         STATUS_IMPOSSIBLE: the model excludes what occurred.
 */
MUST_CHECK enum status archive_compress(const struct archive_settings *s, const uint8_t *in,
					size_t size_bytes, struct buffer *out,
					struct archive_stats *stats);

/* Say what that call would do, from everything but a look at the symbols' order: fast.  Errors as
 * there. */
MUST_CHECK enum status archive_plan(const struct archive_settings *s, const uint8_t *in,
				    size_t size_bytes, struct archive_plan *plan);

/* How to read an archive; all zero is fine for most. */
struct archive_reading {
	const struct world *world;  /* only for archives that need one */
	const struct transformer *transformer; /* only for archives that need a model file */
	uint64_t memory_max_bytes;  /* STATUS_LIMIT for archives that declare more; 0: no limit */
	uint64_t output_max_bytes;  /* STATUS_LIMIT for originals that are larger; 0: no limit */
	int threads;                /* 0: as many as OpenMP likes */
	archive_progress *progress; /* may be NULL */
	void *progress_context;
};

/* Append the original to *out, which is empty and without memory yet.  It never gets a byte more
 * than the header declares, whatever a decoder does.  On failure *out holds what was decoded so
 * far, of no worth.  *stats may be NULL. */
MUST_CHECK enum status archive_decompress(const struct archive_reading *reading, const uint8_t *in,
					  size_t size_bytes, struct buffer *out,
					  struct archive_stats *stats);

/*
 * Decode what archive_compress() made with these settings (model file and world, threads, memory
 * and progress count) and compare it with its original.
 * Errors  STATUS_BUG: it does not decode, or to other bytes.  STATUS_NO_MEMORY, STATUS_LIMIT: it
 *         could not be tried.
 */
MUST_CHECK enum status archive_verify(const struct archive_settings *s, const uint8_t *archive,
				      size_t archive_bytes, const uint8_t *original,
				      size_t original_bytes);

/* Read the header only; close with archive_info_free(). */
MUST_CHECK enum status archive_inspect(const uint8_t *in, size_t size_bytes,
				       struct archive_info *info);
void archive_info_free(struct archive_info *info);

#endif
