/* SPDX-License-Identifier: BSD-2-Clause
 *
 * sk_lengths.h - the code lengths of a Syntax-Knowledge corpus in closed form, from its counts.
 *
 * The formulas of the known world and of the Bayes code are those of sk.h.  The other bounds differ
 * from the Bayes code in what their reader is told:
 *   mixture  neither alpha and beta nor the two pseudo-counts: means of the codes over the grids of
 *            mixture.h, of the weights, of the rows and of the word tables; at most the sum of the
 *            three lg G above the best points.  Names and facts are the Bayes code's (the noise
 *            gamma is told, and so are the grammars' shapes).
 *   nml      nothing of the rows and word tables but their sizes: normalized maximum likelihood
 *            (nml.h), table by table.  The rest is the Bayes code's.
 *   two-part a model of the corpus and the corpus given it, the shortest total of the family that
 *            sk_description.h describes; what the predictor `twopart` writes.  Once more with the
 *            sizes of the elements coded as one of all compositions (enumerative).
 *
 * The weights of a Bayes code may cost less than those of the known world: they say which sentences
 * share an element, not which element it is.  That is in the names.
 */
#ifndef TWOPART_SK_LENGTHS_H
#define TWOPART_SK_LENGTHS_H

#include <jansson.h>

#include "bound.h"
#include "sk.h"
#include "status.h"

struct sk_lengths {
	struct bound known;    /* with the true world; 0 without truth */
	struct bound expected; /* its mean over the worlds that remain possible */
	struct bound bayes;
	double type_bits; /* within the names of `bayes` */
};

/* Sums run over elements in order of first appearance; `truth` may be NULL.  STATUS_IMPOSSIBLE when
 * the truth rules the corpus out. */
MUST_CHECK enum status sk_lengths_sum(struct sk_lengths *out, const struct sk_counts *c,
				      const struct sk_truth *truth);

/* Every bound, as a JSON object with the members of bound.h. */
MUST_CHECK enum status sk_code_lengths(const struct sk_counts *c, const struct sk_truth *truth,
				       json_t **out);

#endif
