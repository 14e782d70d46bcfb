/* SPDX-License-Identifier: BSD-2-Clause
 *
 * bench.h - from corpora to results.
 *
 * A *subject* is something to compress: a generated corpus (in two renderings, 16-bit tokens and
 * text) or an ordinary file.  Planning turns subjects into *jobs*, one for each cell: what two
 * tables show is measured once.  Running asks the store what is there already, and measures the
 * rest in rounds: one repetition of every job, then the next of every job that wants another.  So
 * whatever slows the machine for a while slows all codecs alike, and not all repetitions of one.
 * Each repetition is stored as soon as it ends: a kill at any moment loses one at most.
 */
#ifndef TWOPART_BENCH_H
#define TWOPART_BENCH_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "external.h"
#include "figure.h"
#include "options.h"
#include "result.h"
#include "spec.h"
#include "status.h"
#include "store.h"

#define BENCH_FIT_SECONDS 20 /* unless the suite says otherwise */
#define BENCH_REPETITIONS 5   /* at most, unless told otherwise: */
#define BENCH_REPEAT_SECONDS 2.0 /* .. no more once a cell's took so long together */
#define BENCH_WARM_SECONDS 0.5   /* the first of a cell that is faster is not counted */
#define BENCH_PATH_BYTES 1024
#define BENCH_PREFIX_BYTES (BENCH_PATH_BYTES - 128) /* leaves room for what is appended */

struct subject {
	char title[128];
	char source[sizeof((struct spec_corpus *)NULL)->source]; /* options of generate */
	char digest[SPEC_DIGEST_CHARS];
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
	struct spec spec;
	const struct subject *subject; /* NULL: of no corpus */
	char key[SPEC_KEY_CHARS];
	bool alone;           /* it is there for its rate, or has threads: nothing beside it */
	bool warm;            /* it has run before in this process */
	bool ended;           /* nothing more is to be done, whatever is missing */
	struct result result; /* what is known of it so far */
};

/* What measures: the program of which this is a part. */
struct origin {
	char program[64]; /* version and commit, as reports tell them */
	char version[96]; /* of our models: changes whenever sources of the library do */
	double source_bytes; /* these sources packed by xz; NaN: not known */
};

struct bench {
	char directory[BENCH_PREFIX_BYTES]; /* for everything that is generated */
	bool keep;                          /* the directory was asked for: leave it */
	int lock; /* descriptor that says that the directory is in use; 0: it is not ours */
	bool show_progress;
	unsigned n_parallel; /* cells at a time, 1..CHILD_RUNNING_MAX */
	unsigned n_repetitions; /* 0: up to BENCH_REPETITIONS */
	bool sizes_only;        /* nobody asks for times: one repetition, no warm-up */
	bool retry;             /* cells whose earlier outcome is not OUTCOME_OK */
	unsigned fit_seconds; /* that a model may train on what it then codes; 0: no such rows */
	unsigned limit_seconds;	     /* for each direction of a cell */
	uint64_t limit_memory_bytes; /* of an external program */
	struct external_list external; /* complete before the planning */
	bool all_settings;	       /* of models, on files: not only the usual ones */
	bool without_regret;	       /* nobody asks for it */
	const char *only;	       /* patterns of the rows that are wanted; NULL: all */
	double start_seconds;

	struct origin origin;
	json_t *machine; /* and its id */
	char machine_id[SPEC_DIGEST_CHARS];
	struct store *store; /* not owned */

	struct subject **subject; /* (n_subjects) */
	size_t n_subjects;
	struct job *job; /* (n_jobs) */
	size_t n_jobs;
	size_t n_failed; /* cells without figures, or without a regret that they should have */
};

/* Take a directory of our own, or `keep_directory` (made when missing), and look at the machine.
 * Directories of benches that were killed are removed first, an hour later or more.
 * `origin` may be NULL where no result is kept. */
MUST_CHECK enum status bench_open(struct bench *b, const char *keep_directory,
				  const struct origin *origin);
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

/* Run `twopart generate` with a family and its options, ended by NULL, for files PREFIX.bin and so
 * on. */
#define SUBJECT_WORDS_MAX (OPTIONS_MAX + 2) /* a family, its options, NULL */
MUST_CHECK enum status subject_draw(const struct bench *b, const char *title,
				    const char *const *options, const char *prefix);

/* The corpus of that title; drawn so, as files NAME.* of the bench's directory, unless it is
 * there. */
MUST_CHECK enum status subject_add_drawn(struct bench *b, const char *title, const char *name,
					 const char *const *options, const struct subject **out);
const struct subject *subject_by_title(const struct bench *b, const char *title); /* or NULL */

/* Draw the corpus that a subject's source, "generate FAMILY --OPTION VALUE ..", says, as files
 * PREFIX.bin and so on. */
MUST_CHECK enum status subject_generate(const char *source, const char *prefix);

/* An ordinary file that is the text of the corpus PREFIX, and so has a source too. */
MUST_CHECK enum status subject_add_text(struct bench *b, const char *title, const char *prefix,
					const struct subject **out);

/* plan.c: append the cells of the report. */
MUST_CHECK enum status plan_table(struct bench *b, const struct subject *s);
MUST_CHECK enum status plan_scaling(struct bench *b, const struct subject *s);
MUST_CHECK enum status plan_coder(struct bench *b, uint64_t n_bytes);
MUST_CHECK enum status plan_figures(struct bench *b, const struct subject *s); /* of a corpus */
MUST_CHECK enum status plan_figure(struct bench *b, const char *name, const struct subject *s);
MUST_CHECK enum status plan_laws(struct bench *b); /* figures of no corpus */
MUST_CHECK enum status plan_threads(struct bench *b, const struct subject *s); /* mix -1 */

/* The job of a specification from elsewhere; s: its subject, or NULL.  STATUS_UNSUPPORTED when what
 * it names has another version here. */
MUST_CHECK enum status plan_spec(struct bench *b, const struct spec *spec,
				 const struct subject *s);

/* Look up what the store has of every job. */
MUST_CHECK enum status bench_load(struct bench *b);

/* bench.c: measure what is missing of every job, then regrets by role, which are not timed.  What
 * fails is a result, counted, and said on standard error; only an interruption, or a store that
 * cannot be written, ends the run. */
MUST_CHECK enum status bench_run(struct bench *b);

/* What to think of the times of these jobs: a line on standard error if they vary by more than a
 * tenth, and one if others wanted the processors. */
void bench_warn(const struct bench *b);

/* One line of progress on a terminal; empty text removes it. */
void bench_progress(const struct bench *b, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

#endif
