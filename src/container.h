/* SPDX-License-Identifier: BSD-2-Clause
 *
 * container.h - the archive format.  This comment is the specification of version 1.
 *
 * Why so terse.  An archive is compared with an ideal code length, and everything around the
 * payload counts.  A reader knows the predictors, so an archive that uses the defaults says only
 * which one; with a count of symbols below 2^28 the header of an oracle's archive is at most 16
 * bytes.
 *
 * Numbers.  Multi-byte numbers are little-endian.  A varint holds 7 bits a byte, low groups first,
 * the top bit of each byte but the last set; it fits 64 bits and has no needless last byte.
 * XXH3 is the 64-bit hash of that name (xxHash 0.8), "low 32 bits" its remainder modulo 2^32.
 *
 *   byte 0    magic 0xB2
 *   byte 1    magic 0x70 + version; this is version 1, 0x71
 *   byte 2    bits 0-4  id of the predictor (1..31)
 *             bits 5,6  00: the original is bytes, a symbol is a byte
 *                       11: the original is a token file (tokens.h) whose unused header words are
 *                           zero; a symbol is a token, the header is made again from the count
 *                       other combinations are not defined
 *             bit 7     an extension follows
 *   byte 3    m: decoding with one thread takes at most (4 + m mod 4) * 2^(m div 4) bytes of
 *             memory besides the archive and a loaded world, a loaded model file included, the
 *             smallest such number not below the writer's estimate; m <= 247, and not less than
 *             the bytes of all symbols
 *   varint    n: number of symbols, at most 2^40; at most 2^31 - 1 tokens
 *   1 byte    only for a predictor that may take a model file: 1 if it does, else 0
 *   varint    alphabet - 1.  Only for tokens and a predictor that takes neither world nor model
 *             file: the alphabet is the largest token plus one, 1 when there are none.  (Bytes:
 *             256.  Otherwise the world's vocabulary, or the alphabet of the model file.)
 *   4 bytes   only for a predictor that needs a world: low 32 bits of XXH3 of the world's canonical
 *             prior, or of prior and truth for a predictor that is told the truth (world.h)
 *   varint    only for a predictor that stores a model: bytes of its description, which follow
 *   varint    only for a predictor that takes a model file (model_file.h): its bytes, which follow;
 *             or 0, and the first 8 bytes of its SHA-256 follow.  The file is one of tokens if the
 *             symbols are, else one of bytes
 *   extension only with bit 7:
 *     varint    number of bytes that follow in the extension
 *     varint    id of the coder (without extension: 0, the range coder)
 *     varint    length of the option text, then the text: the options that differ from their
 *               defaults, in the order of the predictor's table, "key=value,key=value"
 *     varint    block size b in symbols, b < n, or 0: a single block (without extension: 0)
 *     then for each of the ceil(n / b) blocks, only when b > 0:
 *       varint    bytes of the block's payload
 *       4 bytes   low 32 bits of XXH3 of the block's symbols, each 1 or 2 bytes little-endian
 *   4 bytes   digest: low 32 bits of XXH3 of all symbols, each 1 or 2 bytes little-endian, with
 *             XXH3 (seed 0) of all bytes of the archive before the digest as its seed
 *   the rest  the payloads of the blocks in order.  Every block but the last has b symbols.  A
 *             payload of as many bytes as the block's symbols take, each 1 or 2 bytes
 *             little-endian, is these symbols: the block is stored.  Every other is shorter, and
 *             was coded by a fresh predictor and a fresh coder; a predictor with several streams
 *             takes a block's symbols in the order of streams.h
 *
 * One spelling.  An extension that says only defaults, a block size of 0 spelt otherwise, an
 * option text that is not canonical, an alphabet larger than needed, bytes after the last payload,
 * a payload longer than its block's symbols, or one that its coder would have ended otherwise: all
 * are refused.  With the digest over header and content a change of any bit is noticed, but for one
 * in 2^32 by chance.  One thing a reader cannot see without coding it: whether a block that is
 * stored had to be.
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
