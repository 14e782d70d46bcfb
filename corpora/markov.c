/* SPDX-License-Identifier: BSD-2-Clause
 *
 * markov.c - a chain of order 1 with unknown rows: token i is drawn from the row of token i - 1,
 * and the first token from row 0.  dirichlet.h says how bayes_bits is recomputed (a row a symbol).
 */
#include "dirichlet.h"

static const struct option_spec markov_options[] = {
    [DIRICHLET_SYMBOLS] = {"states", 2, DIRICHLET_ROWS_MAX, 32, 1, "size of the alphabet"},
    [DIRICHLET_TOKENS] = {"tokens", 1, 1000000000, 100000, 1, "length in tokens"},
    [DIRICHLET_PSEUDO] = {"pseudo", OPTION_UNIT / 100, 1000 * (int64_t)OPTION_UNIT,
			  OPTION_UNIT / 2, OPTION_UNIT,
			  "Dirichlet pseudo-count of each transition; small makes few likely"},
    [DIRICHLET_SEED] = {"seed", 0, INT64_MAX, 1, 1, "random seed"},
    {0},
};

static enum status markov_generate(const struct corpus_request *q)
{
	return dirichlet_generate(q, "markov", markov_options, true);
}

const struct corpus_ops markov_corpus_ops = {
    .name = "markov",
    .summary = "a Markov chain of order 1 with unknown transitions",
    .options = markov_options,
    .generate = markov_generate,
    .bounds = dirichlet_bounds,
};
