/* SPDX-License-Identifier: BSD-2-Clause
 *
 * run.h - the one loop: encode, decode and score are the same code.
 */
#ifndef TWOPART_RUN_H
#define TWOPART_RUN_H

#include <stddef.h>
#include <stdint.h>

#include "coder.h"
#include "dist.h"
#include "predictor.h"
#include "status.h"

/*
 * One pass of one predictor over one sequence.  Set model, p and at most one of enc and dec;
 * neither means score only.
 */
struct run {
	const struct predictor_ops *model;
	struct predictor *p;
	const struct coder_ops *coder; /* NULL when scoring */
	struct encoder *enc;
	struct decoder *dec;
	struct dist dist;  /* scratch; run_open() allocates */
	uint64_t n_coded;  /* symbols so far (for messages); may start at a block's first symbol */
	double ideal_bits; /* sum of -lg(freq/total) over all decisions so far; for reports only */
	double *cost_bits; /* NULL, or where the next symbol's part of that goes; advanced */
};

/* Allocate the scratch distribution for r->p (outcomes_max).  run_close() frees it. */
MUST_CHECK enum status run_open(struct run *r);
void run_close(struct run *r);

/*
 * Code n symbols: read from symbol[] when encoding or scoring, written there when decoding.  May
 * be called again to continue.
 * Errors  STATUS_IMPOSSIBLE: the model gave a symbol probability 0 (the message says which).
 *         STATUS_CORRUPT: a decoder ran past its input.
 *         Whatever the predictor reports in `failed`.
 */
MUST_CHECK enum status run_symbols(struct run *r, uint16_t *symbol, size_t n);

#endif
