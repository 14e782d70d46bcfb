/* SPDX-License-Identifier: BSD-2-Clause
 *
 * noise.h - bytes that no predictor would shorten, told apart quickly.
 *
 * What was compressed or encrypted before looks like noise, and a predictor takes longest over it,
 * to gain nothing: such a block can be stored without having been coded.  The question is asked
 * only to save time, so in doubt the answer is no.
 *
 * Three kinds of evidence against noise, any of which is enough:
 *  - in a window of 32 KiB, some value is more frequent than chance allows: a byte's own, its
 *    difference from the byte 1, 2, 3 or 4 before (samples, counters, tables), the upper halves of
 *    two bytes together, the lower halves (text of any alphabet, stuffed bytes);
 *  - the same over the whole: with more bytes, smaller deviations are beyond chance;
 *  - eight bytes come again.  One place in 64 is remembered, chosen by what stands there, so that
 *    a longer repetition is seen at any distance.
 *
 * A block that passes has at most some 0.04 % in these statistics to be gained.  Cost: about 6 ns a
 * byte of noise, next to nothing for all else, which fails in its first window.
 */
#ifndef TWOPART_NOISE_H
#define TWOPART_NOISE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Fewer bytes are never said to be noise: coding them is quick. */
#define NOISE_BYTES_MIN 65536

/* Is it noise?  No, too, when there is no memory for asking (2 MiB at most). */
bool noise_recognise(const uint8_t *data, size_t size_bytes);

#endif
