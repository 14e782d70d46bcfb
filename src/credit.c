/* SPDX-License-Identifier: BSD-2-Clause */
#include "credit.h"

#include <math.h>

#include "bit_channel.h"

#define ODDS_MAX 12.0 /* MIXING_STRETCH_MAX */
#define SCALE (CREDIT_CELLS / (2 * ODDS_MAX))
#define ODDS_SMALL 1e-3 /* below, L is a straight line to 1e-7 bits */

double credit_cost(const struct credit *c, double x)
{
	double at = (fmin(fmax(x, -ODDS_MAX), ODDS_MAX) + ODDS_MAX) * SCALE;
	unsigned i = (unsigned)at;
	double part = at - i;

	return c->cost[i] + part * (c->cost[i + 1] - c->cost[i]);
}

/* Bits saved for each unit of pull, at log-odds x of what came. */
static double saved_a_pull(double x, double saved_bits)
{
	return fabs(x) < ODDS_SMALL ? 0.5 / log(2) : saved_bits / x;
}

/* Who would have been cheapest alone?  As log-odds of what came; the first of equals. */
static unsigned best_of(const struct mix_decision *d, double sign)
{
	unsigned best = d->n_opinions;
	double most = -INFINITY;

	for (unsigned i = 0; i < d->n_opinions; i++) {
		double odds = sign * (double)d->opinion[i].odds;

		if (odds != 0 && odds > most) {
			most = odds;
			best = i;
		}
	}
	return best;
}

static void told(struct mix_observer *o, const struct mix_decision *d)
{
	struct credit *c = (struct credit *)o;
	double sign = d->bit ? 1 : -1, x = 0, strength = 0;
	double one = BIT_PROBABILITY_ONE, p = (d->bit ? d->p1 : one - d->p1) / one;
	double coded_bits = -log2(p);
	unsigned best = best_of(d, sign);

	for (unsigned i = 0; i < d->n_opinions; i++) {
		x += sign * (double)d->opinion[i].pull;
		strength += fabs((double)d->opinion[i].pull);
	}
	double mixed_bits = credit_cost(c, x), saved_bits = d->settles - mixed_bits;
	double rate = d->n_opinions > 1 ? saved_a_pull(x, saved_bits) : 0;

	for (unsigned i = 0; i < d->n_opinions; i++) {
		const struct mix_opinion *opinion = &d->opinion[i];
		struct credit_row *row = &c->row[opinion->number];
		double pull = sign * (double)opinion->pull;

		row->n_best += i == best;
		row->share += strength > 0 ? fabs(pull) / strength : 0;
		row->saved_bits += d->n_opinions > 1 ? rate * pull : saved_bits;
		row->missed_bits += credit_cost(c, x - pull) - mixed_bits;
		if (opinion->odds != 0) {
			row->n_spoke++;
			row->alone_bits += credit_cost(c, sign * (double)opinion->odds);
			row->coded_bits += coded_bits;
		}
	}
	c->n_decisions++;
	c->settled_bits += d->settles;
	c->coded_bits += coded_bits;
	c->maps_saved_bits += mixed_bits - coded_bits;
}

void credit_start(struct credit *c)
{
	*c = (struct credit){.observer = {.told = told}};
	for (unsigned i = 0; i < CREDIT_CELLS + 2; i++)
		c->cost[i] = log2(1 + exp(ODDS_MAX - i / SCALE));
}
