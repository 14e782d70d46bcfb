/* SPDX-License-Identifier: BSD-2-Clause */
#include "run.h"

#include <math.h>

/* Look for a stream that ended too early once in so many symbols. */
#define OVERRUN_CHECK_SYMBOLS 4096

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

enum status run_symbols(struct run *r, uint16_t *symbol, size_t n)
{
	double probability = 1; /* of what came since the last logarithm */
	double *cost = r->cost_bits;

	for (size_t i = 0; i < n; i++) {
		uint32_t s = r->dec ? 0 : symbol[i], outcome;
		double p;

		if (cost)
			*cost = 0;
		do {
			outcome = decide(r, s, &p);
			if (outcome == OUTCOME_NONE)
				return fail(STATUS_IMPOSSIBLE,
					    "symbol %llu (value %lu) is impossible under model %s",
					    (unsigned long long)(r->n_coded + i),
					    (unsigned long)s, r->model->name);
			probability *= p;
			if (cost)
				*cost -= log2(p);
			if (probability < 0x1p-900) {
				r->ideal_bits -= log2(probability);
				probability = 1;
			}
		} while (!r->model->tell(r->p, outcome, &s));

		symbol[i] = (uint16_t)s;
		if (cost)
			r->cost_bits = ++cost;
		if (r->p->failed != STATUS_OK)
			return r->p->failed;
		if (r->dec && i % OVERRUN_CHECK_SYMBOLS == 0 && r->coder->overrun(r->dec))
			return fail(STATUS_CORRUPT, "truncated or damaged");
	}
	r->ideal_bits -= log2(probability);
	r->n_coded += n;
	return STATUS_OK;
}
