/* SPDX-License-Identifier: BSD-2-Clause
 *
 * iid.c - independent tokens from one unknown categorical law: the smallest source with something
 * to learn.  dirichlet.h says how bayes_bits is recomputed (with one row).
 */
#include "dirichlet.h"

static const struct option_spec iid_options[] = {
    [DIRICHLET_SYMBOLS] = {"symbols", 2, DIRICHLET_SYMBOLS_MAX, 64, 1, "size of the alphabet"},
    [DIRICHLET_TOKENS] = {"tokens", 1, 1000000000, 100000, 1, "length in tokens"},
    [DIRICHLET_PSEUDO] = {"pseudo", OPTION_UNIT / 100, 1000 * (int64_t)OPTION_UNIT,
			  OPTION_UNIT / 2, OPTION_UNIT,
			  "Dirichlet pseudo-count of each symbol; small makes few symbols likely"},
    [DIRICHLET_SEED] = {"seed", 0, INT64_MAX, 1, 1, "random seed"},
    {0},
};

static enum status iid_generate(const struct corpus_request *q)
{
	return dirichlet_generate(q, "iid", iid_options, false);
}

const struct corpus_ops iid_corpus_ops = {
    .name = "iid",
    .summary = "independent tokens from one unknown distribution",
    .options = iid_options,
    .generate = iid_generate,
    .bounds = dirichlet_bounds,
};
