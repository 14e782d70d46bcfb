/* SPDX-License-Identifier: BSD-2-Clause
 *
 * report_files.h - all files of a report from a store: bench.md, bench.csv, bench.jsonl, and of
 * each drawing bench-NAME.gp and bench-NAME.svg.
 *
 * They follow from the store and, as to the SVGs, the version of gnuplot; nothing of the moment is
 * in them.  Each is written whole or not at all; bench-*.gp and bench-*.svg that are of no drawing
 * of this report are removed.
 */
#ifndef TWOPART_REPORT_FILES_H
#define TWOPART_REPORT_FILES_H

#include <stdbool.h>
#include <stdio.h>

#include "status.h"
#include "store.h"

/* Into that directory, which is made when it is missing; a line for each file to `names` unless
 * that is NULL.  Without drawings there are only their scripts.  STATUS_UNSUPPORTED: drawings need
 * gnuplot, which is not there; then nothing is written. */
MUST_CHECK enum status report_files_write(struct store *s, const char *directory,
					  bool with_drawings, FILE *names);

/* What belongs between the marks in README.md. */
MUST_CHECK enum status report_files_readme(struct store *s, FILE *to);

#endif
