/* SPDX-License-Identifier: BSD-2-Clause
 *
 * cmd_estimate.h - twopart compress --estimate: what a run would take, without the run.
 *
 * The run is begun as it would be - the same model, memory, threads and coder - and stopped after
 * ESTIMATE_SECONDS; what it did until then is the measurement (forecast.h).  Why not a short piece
 * of the input, compressed whole: tables are sized by what is to come, and small ones are faster.
 */
#ifndef TWOPART_CMD_ESTIMATE_H
#define TWOPART_CMD_ESTIMATE_H

#include <jansson.h>
#include <stdbool.h>
#include <stdint.h>

#include "archive.h"
#include "buffer.h"
#include "forecast.h"
#include "status.h"

#define ESTIMATE_SECONDS 1.5

struct estimate {
	struct archive_plan plan;
	uint64_t memory_bytes; /* cmd_memory_bytes(), or .._verified() */
	unsigned n_passes;     /* 2: the archive is decoded afterwards, which takes about as long */
	struct forecast forecast;
	double sample_bits;    /* what the symbols coded so far cost: not counting a stored model */
	uint64_t archive_bytes; /* when all of it was coded; 0 otherwise */
};

/* Of a run that verifies or does not.  Nothing is written anywhere.  Errors: archive_compress(). */
MUST_CHECK enum status estimate_make(const struct archive_settings *s, const struct buffer *in,
				     bool verify, struct estimate *e);

/* Of the whole run. */
double estimate_seconds(const struct estimate *e);

/* One line, or one JSON object a line, on standard output; the latter returns the exit code. */
void estimate_print(const struct estimate *e, const char *file);
int estimate_print_json(const struct estimate *e, const char *file, const char *model);

#endif
