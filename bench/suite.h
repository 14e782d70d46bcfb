/* SPDX-License-Identifier: BSD-2-Clause
 *
 * suite.h - named sets of corpora and files to measure.
 *
 * What a suite measures by itself is generated on the spot: nothing is downloaded, and everybody
 * measures the same bytes.
 */
#ifndef TWOPART_SUITE_H
#define TWOPART_SUITE_H

#include <stdbool.h>
#include <stdint.h>

#include "bench.h"
#include "buffer.h"
#include "status.h"

#define SUITE_CORPORA_MAX 3

struct suite {
	const char *name, *help; /* the help says how long it takes on two cores of 2.5 GHz */
	const char *table_alpha[SUITE_CORPORA_MAX]; /* sk corpora for every method; NULL ends */
	unsigned table_sentences;
	unsigned biographies;      /* of a corpus of bios; 0: none */
	unsigned biographies_text; /* of one that counts as an ordinary file of text; 0: none */
	bool ordinary_file;
	unsigned scaling_sentences[SUITE_CORPORA_MAX]; /* of alpha 0.5; 0 ends */
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
