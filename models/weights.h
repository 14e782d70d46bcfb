/* SPDX-License-Identifier: BSD-2-Clause
 *
 * weights.h - an adaptive predictor for matrices of small whole numbers: what the codes, scales and
 * gains of a model file are coded with.  Internal: no archive names it.
 *
 * It is opened and run like any predictor (predictor.h); setup->option[0] is the magnitude to
 * expect at the start, and the alphabet is odd: symbol s is the number s - n_symbols / 2.  Before
 * each matrix weights_begin() is told how many columns it has; the numbers follow row
 * after row, and weights_row() may tell the scale of each.
 */
#ifndef TWOPART_WEIGHTS_H
#define TWOPART_WEIGHTS_H

#include <stdint.h>

#include "predictor.h"

#define WEIGHTS_COLS_MAX 4096u
#define WEIGHTS_SYMBOLS_MAX 65535u

/* A number never costs less than 1 / WEIGHTS_NUMBERS_PER_BIT bits, however certain it is. */
#define WEIGHTS_NUMBERS_PER_BIT 2048u

extern const struct predictor_ops weights_ops;

/* A matrix of 1..WEIGHTS_COLS_MAX columns begins; what was learnt before is kept, but for what
 * belongs to rows and columns. */
void weights_begin(struct predictor *p, uint32_t cols);

/* Before a row: what its numbers are multiplied with, positive.  Unless told otherwise, that of the
 * row before, and 1 at first. */
void weights_row(struct predictor *p, float scale);

#endif
