/* SPDX-License-Identifier: BSD-2-Clause
 *
 * container.h - the archive format: its header.  src/FORMAT.md specifies all of version 1, byte for
 * byte, with what must be refused; here is why it is as it is.
 *
 * Why so terse.  An archive is compared with an ideal code length, and everything around the
 * payload counts.  A reader knows the predictors, so an archive that uses the defaults says only
 * which one; with a count of symbols below 2^28 the header of an oracle's archive is at most 16
 * bytes.
 *
 * One spelling.  An extension that says only defaults, a block size of 0 spelt otherwise, an
 * option text that is not canonical, an alphabet larger than needed, bytes after the last payload,
 * a payload longer than its block's symbols, or one that its coder would have ended otherwise: all
 * are refused.  With the digest over header and content a change of any bit is noticed, but for one
 * in 2^32 by chance.  Two things a reader cannot see without coding it: whether a block that is
 * stored had to be, and whether the memory declared is what is needed.
 *
 * Growth.  A size that was not needed for coded payloads says what is stored, so no byte is spent
 * on it: an archive is longer than its original by no more than its header, at most 8 bytes of it
 * for each block of less than 2^28 bytes.
 *
 * Why a digest of 32 bits, when 64 are computed?  Four bytes more would be a quarter of the 16 that
 * an oracle's whole header takes.  And the digest is the last of several checks: a damaged payload
 * seldom decodes to its end, because the coder has one ending for each content and refuses every
 * other, and the counts of symbols, blocks and bytes must agree with the size of the archive.  What
 * gets past all that by chance is not worth four bytes in each archive; what is made on purpose
 * would pass a longer digest without a key just as well.
 *
 * Answers.  STATUS_UNSUPPORTED: another version, an unknown predictor or coder, undefined bits 5,6,
 * no world or model file, or another than the one that is named.  STATUS_CORRUPT: all else.
 */
#ifndef TWOPART_CONTAINER_H
#define TWOPART_CONTAINER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "buffer.h"
#include "coder.h"
#include "model_file.h"
#include "options.h"
#include "predictor.h"
#include "status.h"

#define CONTAINER_VERSION 1
#define CONTAINER_CODER_ID 0 /* the coder that is not named */
#define CONTAINER_SYMBOLS_MAX ((uint64_t)1 << 40)
#define CONTAINER_DIGEST_BYTES 4

struct container_block {
	uint64_t payload_bytes;
	uint32_t digest; /* of this block alone; 0 and not stored when it is the only one */
};

/* A header, understood. */
struct container {
	const struct predictor_ops *model;
	int64_t option[OPTIONS_MAX]; /* by the model's table */
	const struct coder_ops *coder;
	bool is_tokens;         /* else bytes */
	bool takes_model;       /* a model file: always, never or as it may be, by the model */
	uint64_t memory_bytes;  /* to decode with one thread; rounded up when written */
	uint64_t n_total;       /* symbols */
	uint32_t alphabet;      /* 0: the world's, or the model file's */
	uint32_t world_hash;    /* 0 unless the model needs a world */
	const uint8_t *stored;  /* (stored_bytes) description of a two-part code's model, or a model
				   file; not owned: after container_read() in the archive */
	uint64_t stored_bytes;
	uint8_t model_hash[MODEL_FILE_HASH_BYTES]; /* of a model file that is not stored */
	uint64_t block_symbols; /* 0: a single block */
	uint64_t n_blocks;      /* at least 1 */
	struct container_block *block; /* (n_blocks) */
	uint32_t digest;
};

void container_free(struct container *c);

static inline unsigned container_symbol_bytes(const struct container *c)
{
	return c->is_tokens ? 2 : 1;
}

/* Cut n_total symbols into blocks of `block_symbols` (0: one block): sets the three block members,
 * payloads and digests zero. */
MUST_CHECK enum status container_cut(struct container *c, uint64_t block_symbols);

/* Of the file that all symbols make: a token file has a header before them. */
uint64_t container_original_bytes(const struct container *c);

/* So many bytes of memory as a header can say it: rounded up. */
uint64_t container_memory_said(uint64_t bytes);

/* Bytes of the symbols of block i, and whether its payload is just these. */
uint64_t container_block_bytes(const struct container *c, uint64_t i);
bool container_block_is_stored(const struct container *c, uint64_t i);

uint64_t container_stored_blocks(const struct container *c); /* empty ones do not count */

/* First symbol of block i; the end of the symbols for i == n_blocks. */
uint64_t container_block_start(const struct container *c, uint64_t i);

/* Append the header, the stored model included, without its digest. */
void container_write(const struct container *c, struct buffer *out);

/*
 * Understand and check a header, digest included; *header_bytes is where the payload starts.  The
 * sizes of the payloads fill the rest exactly, and none exceeds its block's symbols.  Free *c after
 * success.
 */
MUST_CHECK enum status container_read(struct container *c, const uint8_t *in, size_t size_bytes,
				      size_t *header_bytes);

/* The digest for these header bytes (without digest) and these symbols as bytes. */
uint32_t container_digest(const uint8_t *header, size_t header_bytes, const uint8_t *content,
			  size_t content_bytes);

/* The digest of one block among several. */
uint32_t container_block_digest(const uint8_t *content, size_t content_bytes);

#endif
