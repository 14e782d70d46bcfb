/* SPDX-License-Identifier: BSD-2-Clause */
#include "run.h"

#include <math.h>

/* Look for a stream that ended too early once in so many symbols: a damaged header can name a model
 * that takes a tenth of a millisecond for each. */
#define OVERRUN_CHECK_SYMBOLS 64

enum status run_open(struct run *r)
{
	return dist_alloc(&r->dist, r->p->outcomes_max);
}

void run_close(struct run *r)
{
	dist_free(&r->dist);
}

/* One decision: returns its outcome and sets its *probability, or OUTCOME_NONE. */
static uint32_t decide(struct run *r, uint32_t symbol, double *probability)
{
	struct interval iv;
	uint32_t outcome;

	r->model->ask(r->p, &r->dist);
	dist_seal(&r->dist);
	if (r->dec) {
		outcome = dist_locate(&r->dist, r->coder->target(r->dec, r->dist.total), &iv);
		r->coder->take(r->dec, iv);
	} else {
		outcome = r->model->spell ? r->model->spell(r->p, symbol) : symbol;
		if (outcome == OUTCOME_NONE)
			return OUTCOME_NONE;
		iv = dist_find(&r->dist, outcome);
		if (iv.freq == 0)
			return OUTCOME_NONE;
		if (r->enc)
			r->coder->put(r->enc, iv);
	}
	*probability = (double)iv.freq / (double)iv.total;
	return outcome;
}

/* A decision that is only counted. */
static unsigned score_bit(struct bit_channel *c, uint32_t p1, unsigned bit)
{
	bit_channel_account(c, p1, bit);
	return bit;
}

static struct bit_channel open_channel(const struct run *r)
{
	if (r->enc)
		return (struct bit_channel){r->coder->put_bit, r->enc, 1};
	if (r->dec)
		return (struct bit_channel){r->coder->take_bit, r->dec, 1};
	return (struct bit_channel){score_bit, NULL, 1};
}

/* One symbol: all its decisions.  Sets the *probability of them together, and its *cost in bits if
 * that is wanted. */
static bool code_symbol(struct run *r, struct bit_channel *channel, uint32_t *symbol,
			double *probability, double *cost)
{
	uint32_t s = *symbol, outcome;
	double p;

	if (r->model->code) {
		channel->probability = 1;
		*symbol = r->model->code(r->p, channel, s);
		*probability = channel->probability;
		if (cost)
			*cost = -log2(*probability);
		return true;
	}
	*probability = 1;
	if (cost)
		*cost = 0;
	do {
		outcome = decide(r, s, &p);
		if (outcome == OUTCOME_NONE)
			return false;
		*probability *= p;
		if (cost)
			*cost -= log2(p);
	} while (!r->model->tell(r->p, outcome, symbol));
	return true;
}

enum status run_symbols(struct run *r, uint16_t *symbol, size_t n)
{
	struct bit_channel channel = open_channel(r);
	double probability = 1; /* of what came since the last logarithm */

	for (size_t i = 0; i < n; i++) {
		uint32_t s = r->dec ? 0 : symbol[i];
		double p;

		if (!code_symbol(r, &channel, &s, &p, r->cost_bits))
			return fail(STATUS_IMPOSSIBLE,
				    "symbol %llu (value %lu) is impossible under model %s",
				    (unsigned long long)(r->n_coded + i), (unsigned long)s,
				    r->model->name);
		if (r->cost_bits)
			r->cost_bits++;
		if (probability * p < 0x1p-900) {
			r->ideal_bits -= log2(probability);
			probability = 1;
		}
		probability *= p;
		symbol[i] = (uint16_t)s;
		if (r->p->failed != STATUS_OK)
			return r->p->failed;
		if (r->dec && i % OVERRUN_CHECK_SYMBOLS == 0 && r->coder->overrun(r->dec))
			return fail(STATUS_CORRUPT, "truncated or damaged");
	}
	r->ideal_bits -= log2(probability);
	r->n_coded += n;
	return STATUS_OK;
}
