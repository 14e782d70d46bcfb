/* SPDX-License-Identifier: BSD-2-Clause
 *
 * oracle_sk.h - the exact sentence predictor of the Syntax-Knowledge source, for those who hold
 * neither its world nor only its prior, but a description of one corpus.
 *
 * A predictor opened so is asked, told and closed with oracle_sk_ops, like the oracles'.
 */
#ifndef TWOPART_ORACLE_SK_H
#define TWOPART_ORACLE_SK_H

#include "oracle.h"
#include "sk_description.h"

extern const struct oracle_ops oracle_sk_ops;

/*
 * The predictor of the corpus's data given its model.  *d may be freed afterwards.
 * Errors: STATUS_CORRUPT when the description is none of this prior's, or contradicts itself.  One
 * whose parts contradict each other makes asking fail with STATUS_IMPOSSIBLE when that shows.
 */
MUST_CHECK enum status oracle_sk_open_model(struct predictor **out, const struct world *w,
					    const struct sk_description *d);

#endif
