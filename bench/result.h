/* SPDX-License-Identifier: BSD-2-Clause
 *
 * result.h - one finished cell: what was measured, on what, every repetition raw, and how it ended.
 *
 * A codec that crashes, hangs, eats memory, floods the disk or lies is a result too: its outcome
 * says so, and it has no figures.  As JSON a result is one line (result_json()), which is the form
 * in which results travel; the store (store.h) keeps the same text.  It is published as
 * reports/schema/result.schema.json, digests included.
 */
#ifndef TWOPART_RESULT_H
#define TWOPART_RESULT_H

#include <jansson.h>
#include <stddef.h>

#include "cell.h"
#include "cost.h"
#include "outcome.h"
#include "row.h"
#include "spec.h"
#include "status.h"

#define RESULT_SCHEMA 1
#define RESULT_RUNS_MAX 1000

/* One repetition. */
struct result_run {
	struct cell_side compress, decompress;
	double load; /* of the machine just before: processes that want a processor; NaN: unknown */
};

struct result {
	struct spec spec;
	json_t *machine;     /* machine_describe() */
	char machine_id[SPEC_DIGEST_CHARS];
	char key[SPEC_KEY_CHARS];
	char program[64];    /* version and commit of the program that measured */
	char finished[24];   /* "2026-11-21T14:55:00Z": the end of the last repetition */
	enum outcome outcome;
	char message[256];   /* of an outcome that is not OUTCOME_OK */
	double archive_bytes, model_bytes; /* without the model; the model */
	double decoder_bytes; /* of what is needed to decode: sources of the program or library,
				 packed by xz; NaN: not known */
	double ideal_bits;
	json_t *document; /* of a figure: what its command printed; otherwise NULL */
	double regret_bits[COST_ROLES]; /* above COST_REFERENCE, whole corpus, by role; or NaN */
	struct result_run *run; /* (n_runs), in the order of time, the warm-up not among them */
	size_t n_runs;
};

const char *outcome_name(enum outcome o); /* "ok", "unsupported", "failed", .. */

/* New object; NULL: no memory. */
json_t *result_json(const struct result *r);

/* A new result from such an object.  STATUS_CORRUPT, with what is wrong, when it is none: schema,
 * key, counts and numbers are checked. */
MUST_CHECK enum status result_parse(const json_t *object, struct result *r);
void result_free(struct result *r); /* its members; zeroed is fine */

/* Median of the repetitions of what `of` picks from one, and half the distance between their
 * quartiles over it (0 of one repetition); NaN of none. */
struct spread {
	double median, half_range;
};
struct spread result_spread(const struct result *r, double (*of)(const struct result_run *run));

/* The row of the tables: medians; of an outcome that is not OK, without figures. */
void result_row(const struct result *r, struct row *row);

#endif
