/* SPDX-License-Identifier: BSD-2-Clause
 *
 * dirichlet.h - sources that are a table of categorical rows with a symmetric Dirichlet prior.
 *
 * Token i is drawn from row r(i): always row 0 when there is one row (family iid), otherwise the
 * row of token i - 1, and row 0 for the first token (family markov).  The rows are independent
 * draws from Dirichlet(a, .., a), a = pseudo_millionths / 10^6.
 *
 * World.  prior = {"rows", "symbols", "pseudo_millionths"}; truth = {"p": array of rows}.
 *
 * Bounds of the tokens.  With c(r, j) = how often symbol j came from row r, n(r) = sum_j c(r, j),
 * A = symbols * a, and x^(n) = x (x + 1) .. (x + n - 1), all in bits:
 *
 *   known_bits           -sum c(r, j) lg p(r, j)
 *   known_bits_expected   sum c(r, j) [psi(n(r) + A) - psi(c(r, j) + a)] / ln 2
 *   bayes_bits            sum_r [lg A^(n(r)) - sum_j lg a^(c(r, j))]
 *
 * so an independent program needs the prior and the counts of PREFIX.bin only.  Token by token the
 * Bayes mixture predicts (c(r, j) + a) / (n(r) + A) with the counts so far.  All of it is syntax:
 * there are no elements.  mixture_bits is for someone who is not told a (mixture.h), nml_bits the
 * normalized maximum likelihood of the rows (nml.h).
 */
#ifndef TWOPART_DIRICHLET_H
#define TWOPART_DIRICHLET_H

#include <stdbool.h>

#include "corpus.h"

#define DIRICHLET_SYMBOLS_MAX 65535
#define DIRICHLET_ROWS_MAX 1024

/* Order of the option tables of the families built on this. */
enum { DIRICHLET_SYMBOLS, DIRICHLET_TOKENS, DIRICHLET_PSEUDO, DIRICHLET_SEED };

struct dirichlet {
	uint32_t n_rows, n_symbols;
	int64_t pseudo_millionths;
	double *p; /* (n_rows * n_symbols) the truth, rows sum to about 1; NULL if not asked for */
};

/* Read and check a world's prior and, if asked, its truth. */
MUST_CHECK enum status dirichlet_load(struct dirichlet *d, const struct world *w, bool truth);
void dirichlet_free(struct dirichlet *d);

static inline size_t dirichlet_row(const struct dirichlet *d, uint32_t previous_token)
{
	return d->n_rows == 1 ? 0 : previous_token;
}

/* corpus_ops.generate for a family with a row a symbol (`chained`) or just one. */
MUST_CHECK enum status dirichlet_generate(const struct corpus_request *q, const char *family,
					  const struct option_spec *options, bool chained);

/* corpus_ops.bounds */
MUST_CHECK enum status dirichlet_bounds(const struct world *w, const uint16_t *token,
					uint64_t n_tokens, json_t **out);

#endif
