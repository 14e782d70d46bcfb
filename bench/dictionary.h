/* SPDX-License-Identifier: BSD-2-Clause
 *
 * dictionary.h - zstd with a dictionary that it was given: a general compressor that pays for a
 * model.  The dictionary is trained on the very text that is compressed then, so it is a model of
 * it, its bytes are L(M), and the frame is L(X | M).
 */
#ifndef TWOPART_DICTIONARY_H
#define TWOPART_DICTIONARY_H

#include <stddef.h>
#include <stdint.h>

#include "status.h"

#define DICTIONARY_LEVEL 19

struct dictionary_sizes {
	size_t dictionary_bytes, frame_bytes;
};

/*
 * Train on the lines of a text, compress it whole, decompress and compare.
 * Errors  STATUS_UNSUPPORTED: the trainer finds too little in it for a dictionary of that size.
 *         STATUS_CORRUPT: it was decoded to something else.
 */
MUST_CHECK enum status dictionary_measure(const uint8_t *text, size_t size_bytes,
					  size_t dictionary_bytes_max,
					  struct dictionary_sizes *sizes);

#endif
