/* SPDX-License-Identifier: BSD-2-Clause */
#include "mixer_bounds.h"

#include <math.h>
#include <string.h>

#include "bit_spelling.h"
#include "mixers.h"
#include "predictor.h"

static double least_of(const double *x, unsigned n)
{
	double least = INFINITY;

	for (unsigned k = 0; k < n; k++)
		if (x[k] < least)
			least = x[k];
	return least;
}

/* After the bits so far: stay, or change from anybody - from itself, too, which never pays. */
static void sequences_go_on(struct set_costs *s, unsigned n_experts)
{
	double share = switching_share(s->n_bits);
	double stay = -log2(1 - share), change = log2((n_experts - 1) / share);
	double before[MIXER_SWITCHES + 1];

	for (unsigned m = 0; m <= MIXER_SWITCHES; m++)
		before[m] = least_of(s->sequence[m], n_experts) + change;
	for (unsigned m = 0; m <= MIXER_SWITCHES; m++)
		for (unsigned k = 0; k < n_experts; k++) {
			double *x = &s->sequence[m][k];

			*x += stay;
			if (m > 0)
				*x = fmin(*x, before[m == MIXER_SWITCHES ? m : m - 1]);
		}
}

static void set_add(struct set_costs *s, unsigned n_experts, const double *cost_bits)
{
	if (s->n_bits > 0)
		sequences_go_on(s, n_experts);
	for (unsigned k = 0; k < n_experts; k++) {
		s->expert[k] += cost_bits[k];
		for (unsigned m = 0; m <= MIXER_SWITCHES; m++)
			s->sequence[m][k] += cost_bits[k] + (s->n_bits == 0 ? log2(n_experts) : 0);
	}
	s->n_bits++;
}

/* One symbol. */
static void walk(struct mixer_bounds *b, struct experts *e, uint32_t n_symbols, uint32_t symbol)
{
	unsigned n_bits = spelling_bits(n_symbols);
	uint32_t all = ((uint32_t)1 << n_bits) + symbol;

	experts_begin(e);
	for (unsigned left = n_bits; left > 0; left--) {
		uint32_t prefix = all >> left;
		unsigned bit = symbol >> (left - 1) & 1;
		uint16_t p1[EXPERTS_MAX];
		double cost_bits[EXPERTS_MAX];

		if (!spelling_is_open(n_symbols, n_bits, prefix, left)) {
			experts_skip(e);
			continue;
		}
		experts_say(e, p1);
		for (unsigned k = 0; k < b->n_experts; k++)
			cost_bits[k] = -log2((bit ? p1[k] : MIXER_ONE - p1[k]) / (double)MIXER_ONE);
		set_add(&b->all, b->n_experts, cost_bits);
		set_add(&b->gated[ensemble_set(prefix, left)], b->n_experts, cost_bits);
		experts_learn(e, bit);
	}
	experts_end(e, symbol);
}

enum status mixer_bounds_find(struct mixer_bounds *b, const uint16_t *symbol, uint64_t n,
			      uint32_t n_symbols)
{
	int64_t option[OPTIONS_MAX];
	struct predictor_setup setup = {.n_symbols = n_symbols, .option = option, .n_total = n};
	struct experts_setup experts;
	struct experts *e;

	options_defaults(predictor_by_name("ensemble")->options, option);
	experts = ensemble_experts(&setup);
	memset(b, 0, sizeof *b);
	b->n_experts = experts_count(n_symbols);
	TRY(experts_open(&e, &experts));
	for (uint64_t i = 0; i < n; i++)
		walk(b, e, n_symbols, symbol[i]);
	experts_close(e);
	return STATUS_OK;
}

/* Sum over the sets of the best expert's bits and `each`. */
static double sum_of_best(const struct mixer_bounds *b, bool gated, double each)
{
	const struct set_costs *s = gated ? b->gated : &b->all;
	double sum = (double)b->all.n_bits * SPELLING_LOSS_BITS;

	for (unsigned i = 0; i < (gated ? ENSEMBLE_SETS : 1); i++)
		if (s[i].n_bits > 0)
			sum += least_of(s[i].expert, b->n_experts) + each;
	return sum;
}

double mixer_bounds_bayes(const struct mixer_bounds *b, bool gated)
{
	return sum_of_best(b, gated, log2(b->n_experts));
}

double mixer_bounds_linear(const struct mixer_bounds *b, bool gated)
{
	return sum_of_best(b, gated, log2(b->n_experts) / MIXER_LINEAR_RATE);
}

double mixer_bounds_switching(const struct mixer_bounds *b, bool gated, unsigned n_switches)
{
	const struct set_costs *s = gated ? b->gated : &b->all;
	double sum = (double)b->all.n_bits * SPELLING_LOSS_BITS;

	for (unsigned i = 0; i < (gated ? ENSEMBLE_SETS : 1); i++)
		if (s[i].n_bits > 0)
			sum += least_of(s[i].sequence[n_switches], b->n_experts);
	return sum;
}
