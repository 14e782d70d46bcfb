/* SPDX-License-Identifier: BSD-2-Clause
 *
 * training_data.h - corpora in memory, as something to learn from.
 */
#ifndef TWOPART_TRAINING_DATA_H
#define TWOPART_TRAINING_DATA_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "buffer.h"
#include "status.h"

/* Symbols, and where their parts (files) begin.  All zero is empty, and fine to add to. */
struct training_data {
	uint16_t *symbol; /* (n) owned */
	uint64_t n;
	uint64_t *start; /* (n_parts + 1) owned */
	size_t n_parts;
	uint32_t n_symbols; /* alphabet: of the world, or the largest token + 1; 256 for bytes */
	bool is_tokens;
	int32_t separator; /* what ends a sentence in all parts, or TRANSFORMER_NO_SEPARATOR */
};

/*
 * Append a corpus (PREFIX of PREFIX.bin), a token file or any file; "-" is standard input.  The
 * world file beside a corpus tells its alphabet and whether it has sentences.
 * Errors  STATUS_BAD_ARGUMENT: bytes among token files, or sentences among corpora without.
 *         STATUS_CORRUPT: a damaged token file, or the world file is of another corpus.
 */
MUST_CHECK enum status training_data_add(struct training_data *d, const char *path);

/* Append a file that was read from `path`, which only tells where a world may be.  Symbols are what
 * an archive of it codes: a token file whose header words are used otherwise is bytes. */
MUST_CHECK enum status training_data_append_file(struct training_data *d, const char *path,
						 const struct buffer *file);

/* Append n symbols of an alphabet. */
MUST_CHECK enum status training_data_append(struct training_data *d, const uint16_t *symbol,
					    uint64_t n, uint32_t n_symbols, bool is_tokens,
					    int32_t separator);

/* First symbol of the part that a symbol belongs to. */
uint64_t training_data_part(const struct training_data *d, uint64_t symbol);

/* A number of the symbols, the parts and how they are meant. */
uint64_t training_data_digest(const struct training_data *d);

void training_data_free(struct training_data *d); /* leaves *d empty */

#endif
