/* SPDX-License-Identifier: BSD-2-Clause
 *
 * dist.h - an exact integer probability distribution: the only thing between models and coders.
 *
 * A model fills frequencies, dist_seal() derives their sums, the coder spends the interval that a
 * symbol owns.  The total is free, so a counting model hands over its raw integers and nothing is
 * rounded.  Three shapes, one structure:
 *
 *   dense   n_listed == n_symbols: freq[s] for every symbol s; symbol[] is not looked at
 *   sparse  n_listed <  n_symbols: symbol[] ascending names the exceptions, everybody else has
 *           `floor`; an n-gram over 65,536 symbols costs as much as the symbols it has seen
 *   uniform n_listed == 0
 *
 * Frequency 0 (listed or as floor) means "impossible here".
 *
 * Invariants of a sealed distribution: total = sum of all frequencies, 1 <= total <=
 * DIST_TOTAL_MAX; below[j] = sum of the frequencies of all symbols smaller than the j-th listed
 * one; the intervals [low, low + freq) of the possible symbols tile [0, total) in symbol order.
 *
 * DIST_TOTAL_MAX is 2^40: with a floor of 1 for each of 65,535 other symbols a certain symbol
 * costs -lg(1 - 65535 / 2^40) = 8.6e-8 bits, and the range coder's rounding stays below 2.3e-5
 * bits a symbol in the worst case (coders/range_coder.h derives it).
 */
#ifndef TWOPART_DIST_H
#define TWOPART_DIST_H

#include <float.h>
#include <stdint.h>

#include "status.h"

/* The same bits everywhere need IEEE arithmetic as written. */
#ifdef __FAST_MATH__
#error "compile without -ffast-math: archives would depend on the compiler"
#endif
#if FLT_EVAL_METHOD != 0
#error "double arithmetic must be done in double (on 32-bit x86: -msse2 -mfpmath=sse)"
#endif

#define DIST_SYMBOLS_MAX 65536u /* a symbol fits uint16_t; a COUNT of symbols does not */
#define DIST_TOTAL_MAX ((uint64_t)1 << 40)

/* The scale that dist_frequency() is used with: mass 1 becomes about this frequency. */
#define DIST_SCALE ((uint64_t)1 << 36)

/* One symbol's slice of [0, total).  freq == 0 means "impossible here". */
struct interval {
	uint64_t low, freq, total;
};

struct dist {
	uint32_t n_symbols; /* 1..DIST_SYMBOLS_MAX */
	uint32_t n_listed;  /* 0..n_symbols */
	uint64_t floor;     /* frequency of each unlisted symbol */
	uint32_t *symbol;   /* (n_listed) strictly ascending; ignored when dense */
	uint64_t *freq;     /* (n_listed) */

	uint64_t *below; /* (n_listed) derived by dist_seal() */
	uint64_t total;  /* derived by dist_seal() */

	uint32_t capacity; /* symbols that the three arrays have room for */
};

/* Room for up to `capacity` listed symbols. */
MUST_CHECK enum status dist_alloc(struct dist *d, uint32_t capacity);
void dist_free(struct dist *d);

/* Validate, then derive `below` and `total`.  A model's mistake aborts.  O(n_listed). */
void dist_seal(struct dist *d);

/* The encoder's question: where does `symbol` lie?  O(1) dense, O(log n_listed) sparse. */
struct interval dist_find(const struct dist *d, uint32_t symbol);

/* The decoder's question: who owns `target` (< total)?  Inverse of dist_find().  O(log n_listed).
 */
uint32_t dist_locate(const struct dist *d, uint64_t target, struct interval *iv);

/*
 * THE rounding of real-valued models: relative mass to integer frequency.
 *
 * Units   mass >= 0 and finite; `scale` = DIST_SCALE / (sum of the masses of all symbols).
 * Result  0 for mass 0, otherwise 1 + floor(mass * scale): nothing possible becomes impossible.
 * Loss    the total lies between DIST_SCALE - 1 - n and DIST_SCALE + n for n symbols, and each
 *         frequency is at least mass * scale, so a symbol costs at most lg(1 + n / DIST_SCALE)
 *         bits more than its mass says: 1.4e-6 bits for 65,536 symbols, and nothing at all for a
 *         symbol whose mass is the only one.
 * Exact   one IEEE multiplication and a truncation: the same integer on every machine.
 */
static inline uint64_t dist_frequency(double mass, double scale)
{
	return mass > 0 ? 1 + (uint64_t)(int64_t)(mass * scale) : 0; /* below 2^63 */
}

#endif
