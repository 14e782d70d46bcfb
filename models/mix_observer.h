/* SPDX-License-Identifier: BSD-2-Clause
 *
 * mix_observer.h - who is told what each opinion did in each decision of `mix`.
 *
 * For reports on who paid for what.  The mixer's log-odds are a sum over its inputs of weight x
 * input, so what each opinion pulled, and in which direction, is there for the asking when the
 * decision has been made; the observer makes of it what it wants (src/credit.h takes logarithms,
 * which nothing in this folder may).  It changes no probability: with and without it an archive is
 * the same bytes.
 *
 * Cost when there is none: nothing for bytes, whose walk is compiled once more with it
 * (mix_bytes_body.h; in plain C, which is not taken apart by shape, a jump a decision); that jump
 * for tokens.  Levels 1 to 3 for bytes, which guess rather
 * than mix, do not tell.
 */
#ifndef TWOPART_MIX_OBSERVER_H
#define TWOPART_MIX_OBSERVER_H

#include <stdint.h>

#define MIX_OPINIONS_MAX 64

struct mix_opinion {
	unsigned number; /* of its name */
	float odds;      /* log-odds of a 1 by itself; 0: it says nothing here */
	float pull;      /* what it adds to the mixer's log-odds */
};

struct mix_decision {
	const struct mix_opinion *opinion;
	unsigned n_opinions;
	unsigned bit;
	unsigned settles; /* bits that a code without opinions would take for what is known now */
	uint32_t p1;      /* that was coded (bit_channel.h), after all corrections */
};

/* One predictor at a time tells an observer: blocks are coded one after the other. */
struct mix_observer {
	const char *name[MIX_OPINIONS_MAX]; /* set by the predictor before its first decision */
	unsigned n_names;
	void (*told)(struct mix_observer *o, const struct mix_decision *d);
};

#endif
