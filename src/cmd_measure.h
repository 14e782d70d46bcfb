/* SPDX-License-Identifier: BSD-2-Clause
 *
 * cmd_measure.h - what the commands share that measure cells of the benchmark into a store.
 */
#ifndef TWOPART_CMD_MEASURE_H
#define TWOPART_CMD_MEASURE_H

#include "bench.h"
#include "status.h"

#define CMD_STORE "twopart-bench.db" /* where results are kept unless told otherwise */
#define CMD_STORE_HELP "where results are kept (default " CMD_STORE "; none: nowhere)"

/* Of --store: NULL for none. */
const char *cmd_store_path(const char *text);

/* Measure what the store lacks of the planned cells, which are loaded (bench_load()).  An
 * interruption, which is said, is STATUS_LIMIT as in bench_run().  store_path: NULL without a
 * store. */
MUST_CHECK enum status cmd_measure(struct bench *b, const char *command, const char *store_path);

/* Where the results are, and what makes a report of them; nothing without a store. */
void cmd_say_store(const char *command, const char *store_path);

/* Close the bench: the exit code of a run that ended so, or death by the signal that ended it.
 * `cells` says of which cells those are that failed. */
int cmd_measure_end(struct bench *b, enum status s, const char *cells);

#endif
