/* SPDX-License-Identifier: BSD-2-Clause
 *
 * loaded.h - a generated corpus in memory, checked: its tokens, its world, its bounds, and for
 * family sk the counts that the theory is computed from.
 */
#ifndef TWOPART_LOADED_H
#define TWOPART_LOADED_H

#include <jansson.h>

#include "buffer.h"
#include "sk.h"
#include "status.h"
#include "world.h"

struct loaded {
	struct world *world;
	struct buffer bin; /* the file PREFIX.bin */
	uint16_t *token;   /* (n_tokens) */
	size_t n_tokens;
	json_t *bounds;    /* of the family, recomputed: NULL where the source is not known */
	double bayes_bits; /* NaN there */

	/* Family sk only, after loaded_count(); NULL otherwise. */
	struct sk_prior *prior;
	struct sk_counts *counts;
};

/*
 * Read PREFIX.json and PREFIX.bin; loaded_free() in any case.
 * Errors  STATUS_IO: a file is missing.  STATUS_CORRUPT: damaged, or of another corpus.
 *         STATUS_UNSUPPORTED: a family that this program does not know.
 */
MUST_CHECK enum status loaded_read(struct loaded *l, const char *prefix);

/* Fill in prior and counts; nothing to do for another family than sk. */
MUST_CHECK enum status loaded_count(struct loaded *l);
void loaded_free(struct loaded *l);

/* One of the bounds by name; NaN when it is not there. */
double loaded_bits(const struct loaded *l, const char *name);

#endif
