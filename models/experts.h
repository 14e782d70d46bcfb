/* SPDX-License-Identifier: BSD-2-Clause
 *
 * experts.h - a fixed set of simple models of the next bit, for mixers to be compared on.
 *
 * Each expert is one context: what a bit was after the last o symbols (and the bits of the symbol
 * told so far), in the present word, or where the past was last like the present.
 * Bytes (alphabets up to 256 symbols) have orders 0 - 6, word and match; other alphabets have
 * orders 0 - 3 and match.  An expert does not know of the others, and what it says does not depend
 * on how it is used: so any two mixers get the same numbers.
 *
 * A context has counters for the 15 nodes of four bits, in one line of 64 bytes with a check of 32
 * bits: lines are looked for in two places of a hash table, and the one less used gives way.  A
 * counter is a probability of 22 bits that moves by 1 / (n + 1.5) of its error, n <= COUNTER_LIMIT:
 * nearly the mean of what came, at first, and of the last few hundred in the long run.
 */
#ifndef TWOPART_EXPERTS_H
#define TWOPART_EXPERTS_H

#include <stdint.h>

#include "status.h"

#define EXPERTS_MAX 9

struct experts_setup {
	uint32_t n_symbols;
	int only;              /* this expert alone, by its place; -1: all */
	uint64_t n_total;      /* symbols that are expected: sizes the tables */
	uint64_t memory_bytes; /* and their limit */
};

unsigned experts_count(uint32_t n_symbols);               /* <= EXPERTS_MAX */
const char *experts_name(uint32_t n_symbols, unsigned k); /* "order 3", "word" .. */

struct experts;

uint64_t experts_memory_bytes(const struct experts_setup *s);
MUST_CHECK enum status experts_open(struct experts **out, const struct experts_setup *s);
void experts_close(struct experts *e); /* NULL is fine */

/*
 * A symbol is a walk: experts_begin(), then for each of its bits either experts_say() and
 * experts_learn(), or, when the bit can only be 0, experts_skip(); experts_end() tells the symbol.
 */
void experts_begin(struct experts *e);
void experts_say(struct experts *e, uint16_t *p1); /* (as many as were opened) in 2^-16, not 0 */
void experts_learn(struct experts *e, unsigned bit);
void experts_skip(struct experts *e);
void experts_end(struct experts *e, uint32_t symbol);

#endif
