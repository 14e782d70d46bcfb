/* SPDX-License-Identifier: BSD-2-Clause
 *
 * bit_history.h - what happened before in a context, in one byte.
 *
 * A state stands for how often a 0 and a 1 came (n0, n1) and which came last, as exactly as a byte
 * allows: runs of one bit up to 40, mixed histories up to the bounds of bit_history.c.  A bit adds
 * one to its own count; of the other count, what is beyond 5 fades, for what a context did
 * recently says more than what it did once.  What the state is worth as a probability is learnt
 * elsewhere (mixing.h): here is only the machine.
 *
 * States are numbered by growing n0 + n1, and 0 is "nothing yet": so of two states the larger one
 * is the better known context, which is what replacement in a hash table wants to know.
 */
#ifndef TWOPART_BIT_HISTORY_H
#define TWOPART_BIT_HISTORY_H

#include <stdint.h>

#define BIT_HISTORY_STATES 256

struct bit_history {
	uint8_t next[BIT_HISTORY_STATES][2];  /* after a 0, after a 1 */
	uint8_t count[BIT_HISTORY_STATES][2]; /* n0, n1 */
	unsigned n_states; /* 1 .. BIT_HISTORY_STATES; others are never reached */
};

/* Build the machine: the same one always, in 0.1 ms. */
void bit_history_build(struct bit_history *h);

#endif
