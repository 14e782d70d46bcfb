/* SPDX-License-Identifier: BSD-2-Clause
 *
 * entropy.h - how much of a sequence the last k symbols tell: order by order, two ways.
 *
 *   empirical  H_k, the conditional entropy of the counts: what a code of order k would pay that
 *              was told all counts for nothing.  At high orders every context comes once, and H_k
 *              says 0 of anything: it is no code length.
 *   adaptive   what a code of order k pays that learns the counts as it goes.  In a context that
 *              came n > 0 times with d different symbols, one of which came c times, that one has
 *              probability (c - 1/2) / n; d/2 / n is left for a symbol new there, which is then
 *              coded in the context one symbol shorter by the same rule, and below the shortest one
 *              as one of the alphabet's.  A context counts what came in it at the order k, and at
 *              lower orders only what was sent down to it.
 *
 * The second is a Pitman-Yor code (discount 1/2, concentration 0), what PPM does with method D and
 * update exclusion.  Its length does not depend on the order of events, so both come from counts
 * alone: no pass per order through a table of contexts, but one sort of all contexts by their
 * symbols, the last one first, in which those of every order are neighbours.
 *
 * Before the first symbol stand zeros.  Cost: a byte's or token's context is 48 bits, sorted with
 * its symbol in 16 bytes of memory a symbol, and about 0.1 us for it; the sums are taken in sorted
 * order, so they are the same on every run.
 */
#ifndef TWOPART_ENTROPY_H
#define TWOPART_ENTROPY_H

#include <stdbool.h>
#include <stdint.h>

#include "status.h"

#define ENTROPY_ORDER_BYTES 6
#define ENTROPY_ORDER_TOKENS 3
#define ENTROPY_ORDERS_MAX (ENTROPY_ORDER_BYTES + 1)

/* So many are looked at, the first ones: 1 GiB. */
#define ENTROPY_SYMBOLS_MAX ((uint64_t)1 << 26)
#define ENTROPY_SYMBOL_BYTES 16 /* of memory */

struct entropy_order {
	uint64_t n_contexts;   /* that occur */
	double empirical_bits; /* all symbols together */
	double adaptive_bits;
};

struct entropy {
	uint64_t n_symbols; /* looked at */
	unsigned n_orders;  /* from 0 on */
	struct entropy_order order[ENTROPY_ORDERS_MAX];
};

/* Of bytes, or tokens (little-endian pairs), below `alphabet`.  Errors: no memory. */
MUST_CHECK enum status entropy_measure(struct entropy *e, const uint8_t *data, uint64_t n_symbols,
				       bool is_tokens, uint32_t alphabet);

#endif
