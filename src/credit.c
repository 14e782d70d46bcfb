/* SPDX-License-Identifier: BSD-2-Clause */
#include "credit.h"

#include <math.h>

#include "bit_channel.h"

#define ODDS_MAX 12.0 /* MIXING_STRETCH_MAX */
#define SCALE (CREDIT_CELLS / (2 * ODDS_MAX))
#define ODDS_SMALL 1e-3 /* below, L is a straight line to 1e-7 bits */

/* Called 20 times a decision: no calls, no jumps. */
static inline double cost_of(const struct credit *c, double x)
{
	double most = x > ODDS_MAX ? ODDS_MAX : x;
	double at = ((most < -ODDS_MAX ? -ODDS_MAX : most) + ODDS_MAX) * SCALE;
	int i = (int)at;
	double low = (double)c->cost[i], high = (double)c->cost[i + 1];

	return low + (at - i) * (high - low);
}

double credit_cost(const struct credit *c, double x)
{
	return cost_of(c, x);
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

/* Both rates are of a pull: bits that it saved, and its share of all of them. */
static void add(struct credit *c, const struct mix_decision *d, double x, double saved_rate,
		double share_rate, double mixed_bits, double coded_bits)
{
	double sign = d->bit ? 1 : -1;

	for (unsigned i = 0; i < d->n_opinions; i++) {
		const struct mix_opinion *opinion = &d->opinion[i];
		struct credit_row *row = &c->row[opinion->number];
		double pull = sign * (double)opinion->pull;

		row->share += fabs(pull) * share_rate;
		row->saved_bits += pull * saved_rate;
		row->missed_bits += cost_of(c, x - pull) - mixed_bits;
		if (opinion->odds == 0)
			continue;
		row->n_spoke++;
		row->alone_bits += cost_of(c, sign * (double)opinion->odds);
		row->coded_bits += coded_bits;
	}
}

static void told(struct mix_observer *o, const struct mix_decision *d)
{
	struct credit *c = (struct credit *)o;
	double sign = d->bit ? 1 : -1, x = 0, strength = 0;
	double one = BIT_PROBABILITY_ONE, coded_bits = -log2((d->bit ? d->p1 : one - d->p1) / one);
	unsigned best = best_of(d, sign);

	for (unsigned i = 0; i < d->n_opinions; i++) {
		x += sign * (double)d->opinion[i].pull;
		strength += fabs((double)d->opinion[i].pull);
	}
	double mixed_bits = cost_of(c, x), saved_bits = d->settles - mixed_bits;

	if (best < d->n_opinions)
		c->row[d->opinion[best].number].n_best++;
	add(c, d, x, saved_a_pull(x, saved_bits), strength > 0 ? 1 / strength : 0, mixed_bits,
	    coded_bits);
	c->n_decisions++;
	c->settled_bits += d->settles;
	c->coded_bits += coded_bits;
	c->maps_saved_bits += mixed_bits - coded_bits;
}

void credit_start(struct credit *c)
{
	*c = (struct credit){.observer = {.told = told}};
	for (unsigned i = 0; i < CREDIT_CELLS + 2; i++)
		c->cost[i] = (float)log2(1 + exp(ODDS_MAX - i / SCALE));
}
