/* SPDX-License-Identifier: BSD-2-Clause
 *
 * range_coder.h - the 64-bit range coder with carry, as inline steps.
 *
 * Idea.  A message is a number in [0, 1), written as bytes after the point.  The encoder keeps an
 * interval [low, low + range) of numbers that still agree with everything said; each decision
 * narrows it to the part owned by what happened.  Both are scaled so that `range` fits 64 bits; the
 * bytes of `low` that left the register stand in the output, where an addition may still carry
 * into them (output is in memory: walk back over 0xff bytes).
 *
 * Dividing range among `total` units.  r = range / total, rest = range % total.  Unit u starts at
 *
 *      f(u) = r * u + min(u, rest)
 *
 * so the first `rest` units are r + 1 wide and the others r: f(0) = 0, f is strictly increasing
 * because r >= 1, and f(total) = range: nothing is wasted, and a symbol that owns all of
 * [0, total) leaves the interval as it was and costs nothing.
 *
 * Invariants before and after each decision, in both directions:
 *      2^56 <= range <= 2^64 - 1                    (renormalised a byte at a time)
 *      1 <= freq, low + freq <= total <= 2^40       (the caller's duty; dist.h checks it)
 *      hence r >= 2^16 and no interval is ever empty
 *      decoder: code - low = offset, 0 <= offset < range (for a stream an encoder wrote)
 *
 * Loss.  A symbol of frequency q gets between r q and (r + 1) q of the range, its fair share lies
 * in the same bounds, so it pays at most lg((r + 1) / r) <= 1.4427 / r bits more than -lg(q/total):
 * at most 1.4427 * total / 2^56, that is 2.0e-8 bits at total 2^30, 2.2e-5 at 2^40; the error has
 * either sign and nearly cancels in a long stream.
 *
 * Termination.  Of the numbers left, the encoder names the one with the most trailing zeros: low
 * rounded up to a multiple of 2^56 (range >= 2^56, so it lies inside), one byte; trailing zero
 * bytes of the whole stream are then dropped, because the decoder reads zeros past the end.  So a
 * stream never ends in a zero byte, the decoder ends with offset < 2^56 having met only zeros
 * after that byte, and each stream has exactly one spelling: decoder close checks it.
 */
#ifndef TWOPART_RANGE_CODER_H
#define TWOPART_RANGE_CODER_H

#include "coder.h"

#define RANGE_MIN ((uint64_t)1 << 56)

#endif
