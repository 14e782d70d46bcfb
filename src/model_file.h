/* SPDX-License-Identifier: BSD-2-Clause
 *
 * model_file.h - a trained transformer as a file (NAME.tpm).  This comment is the specification of
 * version 1.
 *
 * (The one who implements it completes this: header fields as varints, scales and gains as bfloat16,
 * codes entropy-coded tensor by tensor with the range coder under an adaptive predictor, digest.)
 *
 * A model's identity is the SHA-256 of the file's bytes: what sha256sum prints.
 */
#ifndef TWOPART_MODEL_FILE_H
#define TWOPART_MODEL_FILE_H

#include <stddef.h>
#include <stdint.h>

#include "buffer.h"
#include "status.h"
#include "transformer.h"

#define MODEL_FILE_SUFFIX ".tpm"
#define MODEL_FILE_HASH_BYTES 8 /* of the identity, in archives */

/* Append the file of a model; its hash and size are set. */
MUST_CHECK enum status model_file_write(struct transformer *t, struct buffer *out);

/* Read a model and check everything; close with transformer_free().
 * STATUS_CORRUPT: not a model file, truncated, altered, or with shapes or numbers that are not
 * allowed.  STATUS_UNSUPPORTED: another version. */
MUST_CHECK enum status model_file_read(struct transformer **out, const uint8_t *in,
				       size_t size_bytes);

#endif
