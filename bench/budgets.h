/* SPDX-License-Identifier: BSD-2-Clause
 *
 * budgets.h - one corpus under a two-part code, at a series of limits for its model: every point is
 * an archive that was decoded and compared.
 *
 * The limits go from what the smallest model takes to what the model of the shortest total takes,
 * in equal ratios, both ends included.  Points are made in parallel; which thread makes which
 * changes no byte.
 */
#ifndef TWOPART_BUDGETS_H
#define TWOPART_BUDGETS_H

#include <stdint.h>

#include "archive.h"
#include "buffer.h"
#include "status.h"

#define BUDGETS_MAX 1000

struct budget_point {
	uint64_t budget_bits; /* that was asked for; of the last point what it took */
	uint64_t model_bits;  /* L(M) */
	uint64_t data_bits;   /* L(X | M) */
	uint64_t header_bits; /* what the archive has besides */
};

struct budgets {
	struct archive_settings settings; /* model, options, world; the rest is set here */
	const uint8_t *in;                /* the file */
	size_t size_bytes;
	uint32_t n_points; /* 2..BUDGETS_MAX */
	int threads;       /* at least 1 */
	bool costs;        /* look() gets the cost of each symbol */

	/* Called with each archive once it has been decoded, for several points at a time; may be
	 * NULL.  cost_bits (as many as symbols) is NULL without `costs`. */
	enum status (*look)(void *context, uint32_t index, const struct buffer *archive,
			    const double *cost_bits);
	void *context;

	archive_progress *progress; /* of all points together, coding and decoding; may be NULL */
	void *progress_context;
};

/*
 * Fill point[] (n_points), ascending by budget.
 * Errors  STATUS_UNSUPPORTED: the model stores none.  STATUS_CORRUPT: an archive was decoded to
 *         something else.  Whatever archive_compress(), archive_decompress() and look() report.
 */
MUST_CHECK enum status budgets_run(const struct budgets *b, struct budget_point *point);

#endif
