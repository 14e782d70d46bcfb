/* SPDX-License-Identifier: BSD-2-Clause
 *
 * bench.h - from corpora to rows.
 *
 * A *subject* is something to compress: a generated corpus (in two renderings, 16-bit tokens and
 * text) or an ordinary file.  Planning turns subjects into *jobs*, one for each row in the order of
 * the report; running measures them, one after another unless told otherwise: neighbours share the
 * caches and the memory's bandwidth, and the table is about speed too.
 */
#ifndef TWOPART_BENCH_H
#define TWOPART_BENCH_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "external.h"
#include "report.h"
#include "status.h"

#define BENCH_FIT_SECONDS 20 /* unless the suite says otherwise */
#define BENCH_PATH_BYTES 1024
#define BENCH_PREFIX_BYTES (BENCH_PATH_BYTES - 128) /* leaves room for what is appended */

struct subject {
	char title[128];
	char source[sizeof((struct row *)NULL)->source]; /* of a corpus: options of generate */
	char digest[sizeof((struct row *)NULL)->digest];
	char input[BENCH_PATH_BYTES]; /* PREFIX.bin, or the ordinary file */

	/* Of a corpus; empty for an ordinary file. */
	char raw_tokens[BENCH_PATH_BYTES]; /* PREFIX.bin without its header */
	char text[BENCH_PATH_BYTES];
	char world[BENCH_PATH_BYTES];
	char roles[BENCH_PATH_BYTES]; /* also empty where there is no regret to measure */

	double n_tokens, text_bytes; /* an ordinary file counts as text without tokens */
	double known_bits, known_bits_expected, bayes_bits, two_part_bits;
};

struct job {
	struct row row;
	const struct subject *subject;
	char method[128];  /* of cell.h, or "external:NAME"; empty: nothing to run */
	const struct external *external; /* or NULL */
	const char *input; /* points into the subject, as does the next */
	const char *world; /* or NULL */
	bool as_bytes;
	bool wants_regret; /* by role, once the row is there */
};

struct bench {
	char directory[BENCH_PREFIX_BYTES]; /* for everything that is generated */
	bool keep;                          /* the directory was asked for: leave it */
	bool show_progress;
	unsigned n_parallel; /* cells at a time, 1..CHILD_RUNNING_MAX */
	unsigned fit_seconds; /* that a model may train on what it then codes; 0: no such rows */
	unsigned limit_seconds;	     /* for each direction of a cell */
	uint64_t limit_memory_bytes; /* of an external program */
	struct external_list external; /* complete before the planning: jobs point into it */
	bool all_settings;	       /* of models, on files: not only the usual ones */
	const char *only;	       /* patterns of the rows that are wanted; NULL: all */
	double start_seconds;

	struct subject **subject; /* (n_subjects) */
	size_t n_subjects;
	struct job *job; /* (n_jobs) */
	size_t n_jobs;
	size_t n_failed;
};

/* Take a directory of our own, or `keep_directory` (made when missing). */
MUST_CHECK enum status bench_open(struct bench *b, const char *keep_directory);
void bench_close(struct bench *b); /* also removes that directory and what is in it */

/* subject.c: the result belongs to the bench. */
MUST_CHECK enum status subject_add_corpus(struct bench *b, const char *title, const char *prefix,
					  const struct subject **out);
MUST_CHECK enum status subject_add_file(struct bench *b, const char *title, const char *path,
					const struct subject **out);
/* A corpus when PATH.json and PATH.bin exist, otherwise an ordinary file. */
MUST_CHECK enum status subject_add(struct bench *b, const char *path, const struct subject **out);

/* A directory: each regular file in it, by name; otherwise subject_add().  Plans their tables. */
MUST_CHECK enum status subject_plan(struct bench *b, const char *path);

/* plan.c: append the rows of the report. */
MUST_CHECK enum status plan_table(struct bench *b, const struct subject *s);
MUST_CHECK enum status plan_scaling(struct bench *b, const struct subject *s);
MUST_CHECK enum status plan_coder(struct bench *b, uint64_t n_bytes);

/* bench.c: measure every job, then regrets by role, which are not timed.  What fails is counted and
 * said on standard error; only an interruption ends the run. */
MUST_CHECK enum status bench_run(struct bench *b);

/* One line of progress on a terminal; empty text removes it. */
void bench_progress(const struct bench *b, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

#endif
