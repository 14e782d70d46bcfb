/* SPDX-License-Identifier: BSD-2-Clause
 *
 * credit.h - which opinion of a mixture paid for how many bits, in one pass.
 *
 * Four questions about each opinion, answered by an observer of `mix` (models/mix_observer.h):
 *
 *   saved   Its part of what the mixture saved, so that the parts add up to the whole.  A decision
 *           that log-odds x = sum of pulls leave with L(x) bits saved 1 - L(x).  Go from no opinion
 *           to all of them by letting every pull grow from 0 to its value at the same speed: then
 *           what opinion i saves on the way is (pull of i) / x of the total, exactly, as the
 *           derivative of L at t x is the same for all of them.  Negative: it pulled the wrong way.
 *           What the maps behind the mixer change is a row of its own.
 *   missed  Bits more if it alone had been silent in each decision, the weights being as they are.
 *           `twopart inputs` lets the others learn to step in, and takes a run for each: it finds
 *           a third to two thirds as much, and on text the same order of contexts.
 *   alone   What it would have cost to code the decisions by its own probability.
 *   best    How often that was the cheapest of all.
 *
 * Why not only `alone`: contexts of many words know little alone and what they know is worth most.
 * Why not only `missed`: of two that say the same, neither is missed.
 *
 * L is a table of log-odds within +-MIXING_STRETCH_MAX with straight lines between its entries,
 * at most 2e-6 bits off; all sums are of doubles in the order of the decisions.
 */
#ifndef TWOPART_CREDIT_H
#define TWOPART_CREDIT_H

#include <stdint.h>

#include "mix_observer.h"

#define CREDIT_CELLS 4096

struct credit_row {
	uint64_t n_spoke;   /* decisions that it had an opinion on */
	uint64_t n_best;    /* .. and the best one */
	double alone_bits;  /* what these would have cost by it alone .. */
	double coded_bits;  /* .. and did cost */
	double share;       /* sum over decisions of |its pull| / sum of all |pulls| */
	double saved_bits;  /* of the settled ones */
	double missed_bits; /* more without it */
};

struct credit {
	struct mix_observer observer; /* to be handed over; its names number the rows */
	struct credit_row row[MIX_OPINIONS_MAX];
	uint64_t n_decisions;
	double settled_bits; /* what a code without opinions would have taken */
	double coded_bits;   /* what was: settled - sum of saved - saved by maps */
	double maps_saved_bits;
	float cost[CREDIT_CELLS + 2]; /* of a 1 at log-odds from -12 to 12 */
};

/* Nobody has said anything. */
void credit_start(struct credit *c);

/* Bits that an outcome costs which has log-odds x. */
double credit_cost(const struct credit *c, double x);

#endif
