/* SPDX-License-Identifier: BSD-2-Clause
 *
 * measure.h - carry out a job's specification once.
 *
 * What files a method gets follows from the specification and the subject: the rendering that `on`
 * names, the world for a model that must be told it, one for no other.
 */
#ifndef TWOPART_MEASURE_H
#define TWOPART_MEASURE_H

#include <jansson.h>

#include "bench.h"
#include "cell.h"
#include "outcome.h"
#include "status.h"

struct measured {
	struct cell_result cell;
	json_t *document; /* of a figure, the caller's; otherwise NULL */
};

/*
 * One repetition of job `index`.  Leaves an archive only if the bench keeps its directory.
 * Errors  STATUS_LIMIT: interrupted.  Others: nothing could be learnt about the method.
 */
MUST_CHECK enum status measure_job(const struct bench *b, size_t index, struct measured *m);

/* The regrets of its tokens by role (cell_regret()); of COST_REFERENCE zero, without a pass. */
MUST_CHECK enum status measure_regret(const struct bench *b, size_t index, struct verdict *verdict,
				      double regret_bits[COST_ROLES]);

/* Bytes of what is needed to decode, packed by xz -9e: for methods of ours the sources of the
 * library; for a library or a program its file, without what that needs in turn; NaN: unknown.
 * Results of other jobs are looked at: not while they change. */
double measure_decoder(const struct bench *b, size_t index);

/* Processes of the whole machine that want a processor now, without this one; NaN: unknown. */
double measure_load(void);

#endif
