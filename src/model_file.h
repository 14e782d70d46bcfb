/* SPDX-License-Identifier: BSD-2-Clause
 *
 * model_file.h - a trained transformer as a file (NAME.tpm).  This comment is the specification of
 * version 1.
 *
 * Why coded, when weights look like noise?  A model's bytes are its L(M), the price that the
 * two-part code pays: an adaptive model of magnitudes takes about half a bit a weight away, of
 * 8 bits and of 4, and half of the 16 bits of a scale.
 *
 *   byte 0    magic 0xB2
 *   byte 1    magic 0x50 + version; this is version 1, 0x51
 *   byte 2    bits 0-3  bits of a code, TRANSFORMER_BITS_MIN..8
 *             bit 4     1: a symbol is a token; 0: a byte
 *             others    0
 *   varint    alphabet - 1.  Only for tokens; bytes: 256
 *   varints   layers, dim / 16, heads, context, separator + 1 or 0 for none (transformer.h)
 *   varint    length of the note on the training, then the note: UTF-8 without control characters,
 *             at most 65,535 bytes
 *   stream    one stream of the range coder: the gains of all tensors in the order of
 *             transformer.h, then the scales of the rows, then the codes, each under the
 *             predictor weights.h
 *   4 bytes   digest: low 32 bits of XXH3 (seed 0) of all bytes before
 *
 * Multi-byte numbers are little-endian; a varint is that of archives (FORMAT.md).
 *
 * Codes.  Alphabet 2^bits - 1, symbol = code + 2^(bits-1) - 1; each tensor is a matrix of its rows
 * and columns, the scale of each row is told; 2^(bits-1) / 3, rounded down, is expected at first.
 *
 * Gains and scales are bfloat16: gains at most TRANSFORMER_GAIN_MAX (256) in magnitude, scales
 * positive, normal and at most TRANSFORMER_SCALE_MAX (8).  Order them: a pattern of 15 bits u
 * counts as u, with the sign bit as -1 - u.  A number is coded as its distance from the mean of
 * those before it in its tensor (rounded towards 0; for the first of a tensor, the mean of the
 * last tensor, at the very first 0x3f80 for gains and 0x3c00 for scales) modulo 65,535, alphabet
 * 65,535, symbol = distance + 32767; all of a tensor are one column, and 16 is expected at first.
 *
 * A number costs at least 1 / WEIGHTS_NUMBERS_PER_BIT bits, so a file of b bytes has at most
 * MODEL_FILE_NUMBERS_PER_BYTE b codes, gains and scales; one that claims more is refused before
 * anything is allocated for it.  A reader may have limits of its own: this one refuses a model that
 * takes more than MODEL_FILE_FREE_BYTES and MODEL_FILE_RATIO times its file, which no training
 * makes, because reading it takes time and memory that a few forged bytes should not cost.
 *
 * One spelling.  Everything that could be said otherwise is refused, as in archives.  A model's
 * identity is the SHA-256 of the file's bytes: what sha256sum prints.
 */
#ifndef TWOPART_MODEL_FILE_H
#define TWOPART_MODEL_FILE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "buffer.h"
#include "status.h"
#include "transformer.h"

#define MODEL_FILE_VERSION 1
#define MODEL_FILE_SUFFIX ".tpm"
#define MODEL_FILE_HASH_BYTES 8 /* of the identity, in archives */
#define MODEL_FILE_NOTE_BYTES_MAX 65535u
#define MODEL_FILE_NUMBERS_PER_BYTE 16384u
#define MODEL_FILE_FREE_BYTES ((uint64_t)16 << 20)
#define MODEL_FILE_RATIO 100 /* training leaves a weight more than a tenth of a bit */

/*
 * Append the file of a model; its hash and size are set.
 * STATUS_BAD_ARGUMENT: a code, scale, gain or note that a file cannot hold.
 */
MUST_CHECK enum status model_file_write(struct transformer *t, struct buffer *out);

/* A model file at `path`, and its bytes appended to *file unless that is NULL.  Sentences name the
 * file. */
MUST_CHECK enum status model_file_load(const char *path, struct transformer **out,
				       struct buffer *file);

/* Upper estimate of the bytes that model_file_read() takes and the model keeps, from a header
 * alone.  Errors as there. */
MUST_CHECK enum status model_file_memory(const uint8_t *in, size_t size_bytes, uint64_t *bytes);

/* The same of a model that was read. */
uint64_t model_file_memory_bytes(const struct transformer_shape *shape);

/* Is it a model file, by its first two bytes, of whatever version? */
bool model_file_recognise(const uint8_t *in, size_t size_bytes);

/*
 * Read a model and check everything; close with transformer_free().
 * STATUS_CORRUPT: not a model file, truncated, altered, or with shapes or numbers that are not
 * allowed.  STATUS_UNSUPPORTED: another version.  STATUS_LIMIT: the limit above.
 */
MUST_CHECK enum status model_file_read(struct transformer **out, const uint8_t *in,
				       size_t size_bytes);

/* Is it one line of text, as JSON holds it: UTF-8 in its shortest form, no control characters? */
bool model_file_note_is_allowed(const uint8_t *note, size_t n);

/* The SHA-256 of a file's bytes. */
void model_file_hash(const uint8_t *in, size_t size_bytes, uint8_t hash[32]);

/* The first n_bytes of a hash in hexadecimal, with room for 2 n_bytes + 1. */
const char *model_file_hash_text(const uint8_t *hash, unsigned n_bytes, char *text);

#endif
