/* SPDX-License-Identifier: BSD-2-Clause
 *
 * safetensors.h - weights as other programs exchange them.
 *
 * The format, of the project of that name: a length of 64 bits, little-endian; so many bytes of a
 * JSON object, which may end in spaces; and one block of data that the tensors fill without gap or
 * overlap.  The object maps each tensor's name to its dtype, shape and place in the data, and
 * "__metadata__" to strings.
 *
 * What is written are the weights as numbers, F32, by the names of transformer.h ("embed.weight",
 * "layers.0.qkv.weight"; gains have one dimension), in its order; the metadata say what the tensors
 * do not: {"network": "twopart transformer", "symbols": "tokens" or "bytes", "alphabet", "layers",
 * "dim", "heads", "context", "separator" (a number, or "none")} and, if there is one, "training".
 * What is read has just these tensors, in any order, as F32, F16 or BF16, and these metadata, among
 * others.
 */
#ifndef TWOPART_SAFETENSORS_H
#define TWOPART_SAFETENSORS_H

#include <stddef.h>
#include <stdint.h>

#include "buffer.h"
#include "status.h"
#include "transformer.h"

#define SAFETENSORS_SUFFIX ".safetensors"
#define SAFETENSORS_HEADER_BYTES_MAX ((uint64_t)1 << 20) /* 146 tensors take 20,000 */

/* Append the weights of a model. */
MUST_CHECK enum status safetensors_write(const struct transformer *t, struct buffer *out);

/*
 * A model of `bits` bits a code, rounded from the weights of a file; close with transformer_free().
 * It has no hash yet: model_file_write() sets it.
 * STATUS_CORRUPT: not such a file, tensors or metadata missing, superfluous or of other sizes, or
 * numbers that are not finite.
 */
MUST_CHECK enum status safetensors_read(struct transformer **out, unsigned bits, const uint8_t *in,
					size_t size_bytes);

#endif
