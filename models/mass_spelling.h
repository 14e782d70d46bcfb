/* SPDX-License-Identifier: BSD-2-Clause
 *
 * mass_spelling.h - a network's masses as two decisions: which group of symbols, which member.
 *
 * So a few hundred frequencies are made and summed for 65,536 symbols, and not all of them.
 *
 * Where real numbers become integers.  The masses are e_s = exp(logit_s - max); G_g is the sum of
 * those of group g, and E that of all G.  Both decisions go through dist_frequency(), the only
 * rounding that archives see: the group with masses G_g and scale 2^36 / E, the member with masses
 * e_s and scale 2^36 / G_g.  Its loss: for n alternatives of masses m, sum M and a computed sum M'
 * of it, freq >= m 2^36 / M' and total <= n + M 2^36 / M', so an alternative costs at most
 *
 *      lg(total / freq) <= -lg(m / M) + lg(1 + n / 2^36 M' / M).
 *
 * An error in M' scales all frequencies alike and is no loss of its own.  That G_g is itself a
 * rounded sum can only cost its relative error, below 2^-44.  So for n_groups groups of `width`
 * symbols both decisions together lose at most (n_groups + width) 2^-36 lg e bits and 2^-43: 1.1e-8
 * bits for 65,536 symbols.  Where no mass is 0 no symbol is impossible.
 */
#ifndef TWOPART_MASS_SPELLING_H
#define TWOPART_MASS_SPELLING_H

#include <stdbool.h>
#include <stdint.h>

#include "dist.h"

struct mass_spelling {
	uint32_t n_symbols, n_masses; /* masses: with the zeros behind, a multiple of 16 */
	uint32_t width, n_groups;     /* of the first decision; the last group may be smaller */
	uint32_t group;               /* of the symbol, once decided */
	bool in_group;
};

/* The sum of n masses, n a multiple of 4. */
double mass_sum(const float *mass, uint32_t n);

struct mass_spelling mass_spelling_of(uint32_t n_symbols);

/* The largest n_listed of any decision. */
uint32_t mass_spelling_outcomes_max(const struct mass_spelling *m);

/* As a predictor's functions of these names, given the masses of all symbols. */
void mass_spelling_ask(const struct mass_spelling *m, const float *mass, struct dist *d);
uint32_t mass_spelling_spell(const struct mass_spelling *m, uint32_t symbol);
bool mass_spelling_tell(struct mass_spelling *m, uint32_t outcome, uint32_t *symbol);

#endif
