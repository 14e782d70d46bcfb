/* SPDX-License-Identifier: BSD-2-Clause
 *
 * byte_coder.h - adaptive order-0 bytes straight on the range coder: the benchmark's measure of the
 * coder alone.  No archive uses it: there, bytes go through a predictor like everything else.
 *
 * Model.  Frequencies of total 2^16, one table for all bytes, rebuilt from counts after every
 * BYTE_CODER_STEP bytes (after 32, 64, 128, ... at the start); counts are halved when they pass
 * BYTE_CODER_WINDOW, so the table follows the last 8 to 16 thousand bytes and the fading past.
 * Nothing is transmitted: the decoder rebuilds the same table.  On a stationary source this costs
 * 0.2 % more than the empirical entropy.
 *
 * Why not learn after every byte?  Two 16-way tables a byte, moved by shifts, were built and
 * measured: about half the speed, 1.4 % over the entropy of a stationary source, but 2 to 16 %
 * smaller output where statistics change within a few hundred bytes (machine code, archives of
 * small files).  Whoever wants to model such data has better predictors to choose from.
 *
 * Lanes.  Byte i belongs to lane i % 4; each lane is a range coder stream of its own, because one
 * coder's chain of multiplication, division and renormalisation leaves a processor mostly idle, and
 * four chains overlap.  The lanes share the table, so they cost only their ends.
 *
 * Format.  Nothing at all for no bytes; otherwise the sizes in bytes of lanes 0, 1, 2 as varints,
 * then the four streams.  The number of bytes is known to the reader.
 */
#ifndef TWOPART_BYTE_CODER_H
#define TWOPART_BYTE_CODER_H

#include <stddef.h>
#include <stdint.h>

#include "buffer.h"
#include "status.h"

#define BYTE_CODER_STEP 1024u
#define BYTE_CODER_WINDOW 16384u

/* Append the coded bytes to *out. */
MUST_CHECK enum status byte_coder_encode(const uint8_t *in, size_t size_bytes, struct buffer *out);

/*
 * Append exactly `original_bytes` bytes to *out.
 * Errors  STATUS_CORRUPT unless in[] is what byte_coder_encode() writes for the result.
 */
MUST_CHECK enum status byte_coder_decode(const uint8_t *in, size_t size_bytes,
					 size_t original_bytes, struct buffer *out);

/* What the model charges: the sum of -lg(frequency / 2^16) over all bytes.  For reports. */
double byte_coder_ideal_bits(const uint8_t *in, size_t size_bytes);

#endif
