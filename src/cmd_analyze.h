/* SPDX-License-Identifier: BSD-2-Clause
 *
 * cmd_analyze.h - what `twopart analyze` found out, and the two ways to print it.
 */
#ifndef TWOPART_CMD_ANALYZE_H
#define TWOPART_CMD_ANALYZE_H

#include <stdbool.h>
#include <stdint.h>

#include "analysis.h"
#include "archive.h"
#include "cmd.h"
#include "cost.h"
#include "credit.h"
#include "entropy.h"

#define ANALYZE_SCHEMA 1
#define ANALYZE_NOTES_MAX 8
#define ANALYZE_NOTE_BYTES 600
#define ANALYZE_COLUMNS 64 /* of an excerpt */

struct transformer;
struct world;

struct analyze {
	/* What was asked for. */
	const char *given, *world_path, *model_path;
	struct archive_settings settings, reference; /* the model, and what regret is against */
	bool has_reference, json, quiet;
	unsigned n_top;

	/* The file, and what stands beside it. */
	char path[CMD_PATH_BYTES]; /* that was read */
	struct cost_corpus corpus; /* its `bin` is the file; `roles` are empty if there are none */
	struct world *world;       /* or NULL */
	struct transformer *transformer;
	struct buffer vocab;
	const char **word; /* (input.alphabet) into vocab; input.word is what is used of it */
	char note[ANALYZE_NOTES_MAX][ANALYZE_NOTE_BYTES]; /* sentences for the reader */
	unsigned n_notes;

	/* What came out. */
	struct analysis_input input;
	uint64_t file_digest, token_digest;
	struct analysis_facts facts;
	struct entropy entropy;
	double *bits; /* (input.n_symbols) */
	struct archive_stats stats;
	struct cost_table table; /* with roles only */
	struct analysis analysis;
	struct credit credit;
};

/* "byte" or "token". */
const char *analyze_unit(const struct analyze *a);

static inline bool analyze_has_roles(const struct analyze *a)
{
	return a->corpus.roles.size_bytes > 0;
}

static inline uint64_t analyze_archive_bytes(const struct analyze *a)
{
	return a->stats.container_bytes + a->stats.model_bytes + a->stats.payload_bytes;
}

void analyze_print_text(const struct analyze *a);
int analyze_print_json(const struct analyze *a); /* the exit code */

#endif
