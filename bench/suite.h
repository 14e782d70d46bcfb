/* SPDX-License-Identifier: BSD-2-Clause
 *
 * suite.h - named sets of corpora and files to measure.
 *
 * What a suite measures by itself is generated on the spot: nothing is downloaded, and everybody
 * measures the same bytes.  Most suites are a convenience and change with the program; a pinned one
 * (pinned.h) has a version, never changes, and refuses corpora that are not its own.
 */
#ifndef TWOPART_SUITE_H
#define TWOPART_SUITE_H

#include <stdbool.h>
#include <stdint.h>

#include "bench.h"
#include "buffer.h"
#include "pinned.h"
#include "status.h"

#define SUITE_CORPORA_MAX 3

/* A corpus of sk for a table, or for costs against length. */
struct suite_sentences {
	const char *alpha; /* NULL: no more of them */
	unsigned n_sentences;
	const char *methods; /* patterns of names as of struct bench's `only`; NULL: every method */
};

struct suite {
	const char *name, *help; /* the help says how long it takes on two cores of 2.5 GHz */
	struct suite_sentences table[SUITE_CORPORA_MAX], scaling[SUITE_CORPORA_MAX];
	const struct pinned_suite *pinned; /* corpora for every method; or NULL */
	unsigned biographies;      /* of a corpus of bios; 0: none */
	unsigned biographies_text; /* of one that counts as an ordinary file of text; 0: none */
	bool ordinary_file;
	bool has_figures; /* exact curves (figure.h), of the first corpus of `scaling` */
	const char *file_methods; /* on that; NULL: every method */
	uint64_t coder_bytes;
	unsigned fit_seconds; /* to train a model on each corpus of the table */
	bool needs_files;     /* measures nothing by itself */
	bool is_comparison;   /* with every level and external program, one cell at a time */
};

/* NULL when there is none of that name. */
const struct suite *suite_by_name(const char *name);

/* Generate what the suite needs and plan it; what is named besides is for the caller to plan. */
MUST_CHECK enum status suite_plan(struct bench *b, const struct suite *suite);

/* Append what each suite holds, a paragraph each, for the help. */
void suite_describe(struct buffer *out);

#endif
