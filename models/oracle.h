/* SPDX-License-Identifier: BSD-2-Clause
 *
 * oracle.h - the predictors that know the source: `known` holds the world, `bayes` its prior.
 *
 * Both are one predictor per family of corpora; oracle.c looks the family of the given world up in
 * a table of these and forwards.  A family without an entry has no oracle.
 */
#ifndef TWOPART_ORACLE_H
#define TWOPART_ORACLE_H

#include "predictor.h"
#include "world.h"

struct oracle_ops {
	const char *family;

	uint64_t (*memory_bytes)(const struct world *w, bool known, uint64_t n_total);

	/* known: read world->prior and its truth; otherwise the prior only. */
	MUST_CHECK enum status (*open)(struct predictor **out, const struct world *w, bool known);

	/* As in predictor_ops. */
	void (*ask)(struct predictor *p, struct dist *d);
	uint32_t (*spell)(struct predictor *p, uint32_t symbol);
	bool (*tell)(struct predictor *p, uint32_t outcome, uint32_t *symbol);
	void (*close)(struct predictor *p);
};

/* Has the world's family an oracle? */
bool oracle_exists(const struct world *w);

#endif
