/* SPDX-License-Identifier: BSD-2-Clause
 *
 * mixers.h - what every way to make one probability of many implements.
 *
 * K experts each say how likely the next bit is a 1; a mixer says one number, is told the bit, and
 * learns whom to believe.  It may keep several sets of weights, of which the caller names one for
 * each bit by whatever it knows beforehand; each set learns by itself.
 *
 *      logistic    weighted sum of ln(p / (1 - p)), online gradient of the code length
 *      bayes       posterior weights: the products of past probabilities
 *      switching   posterior weights over sequences of experts that change now and then
 *      linear      convex combination, multiplicative gradient of the code length
 *
 * What is proven, in bits, of n bits in one set of weights, whatever the bits and the experts:
 *
 *      bayes       <= any one expert + lg K
 *      switching   <= any sequence of experts with m switches + its prior (mixer_switching.c)
 *      linear      <= any one expert + lg K / MIXER_LINEAR_RATE
 *      logistic    nothing of the kind
 *
 * Rules.  mix() moves nothing that shows; learn() is about the mix() before it.  Double + - * / in
 * a fixed order: the same bits everywhere.
 */
#ifndef TWOPART_MIXERS_H
#define TWOPART_MIXERS_H

#include <stdint.h>

#include "status.h"

#define MIXER_EXPERTS_MAX 16

/* Experts' probabilities are in units of 2^-16, 1 .. MIXER_ONE - 1. */
#define MIXER_ONE 65536u

/* What a mixer takes besides its sets of weights, at most: archives hold the sum, so it must be the
 * same number on every machine. */
#define MIXER_STATE_BYTES 65536u

struct mixer_setup {
	unsigned n_experts; /* K: 1 .. MIXER_EXPERTS_MAX */
	uint32_t n_sets;    /* of weights; at least 1 */
};

struct mixer;

struct mixer_ops {
	const char *name;
	const char *summary; /* one line */

	/* Upper estimate of the bytes that open() takes. */
	uint64_t (*memory_bytes)(const struct mixer_setup *s);
	MUST_CHECK enum status (*open)(struct mixer **out, const struct mixer_setup *s);

	/* Probability of a 1, above 0 and below 1, from p1[n_experts]. */
	double (*mix)(struct mixer *m, const uint16_t *p1, uint32_t set);
	void (*learn)(struct mixer *m, unsigned bit);
	void (*close)(struct mixer *m); /* NULL is fine */
};

/* In the order of the option `mixer`, which archives store; NULL-terminated. */
extern const struct mixer_ops *const mixers[];

#define MIXER_LINEAR_RATE 0.05

/* `switching`: the prior probability that the expert changes after the t-th bit, t >= 1. */
double switching_share(uint64_t t);

#endif
