/* SPDX-License-Identifier: BSD-2-Clause
 *
 * report.h - the rows of the benchmark, and the three ways to write them down.
 *
 * One struct holds a row and one table of columns (report.c) says label, key, digits and member of
 * each: Markdown, CSV and JSON are loops over that table, so a heading cannot stand over another
 * number than its own.  Numbers are doubles and NaN means "does not apply": an empty cell, null.
 */
#ifndef TWOPART_REPORT_H
#define TWOPART_REPORT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include "cost.h"
#include "status.h"

enum section {
	SECTION_TABLE = 1,   /* every method on one corpus */
	SECTION_SCALING = 2, /* one method on corpora of growing size */
	SECTION_CODER = 4,   /* the entropy coder alone */
	SECTION_FILE = 8,    /* every method on one ordinary file */
	SECTION_TOTAL = 16,  /* every method on all ordinary files together */
};

struct result;

struct row {
	enum section section;
	bool present; /* measured and verified, or nothing to verify: only then it is shown */

	char corpus[128]; /* heading of the group of rows */
	char source[640]; /* how to have that corpus again: "generate sk --seed 2"; or empty */
	char digest[17];  /* XXH3-64 of its tokens, or of the file; or empty */
	char name[64];
	char on[16]; /* "tokens", "text", "bytes" */
	char version[32];
	char not_counted[16]; /* "prior", "world" */
	char verified[8];     /* "yes" */
	char pareto[8];	      /* "enc", "dec", "enc+dec": pareto.h */

	/* What was measured. */
	double n_tokens, text_bytes; /* of the corpus; NaN where there are none */
	double input_bytes;          /* given to the method */
	double bound_bits;           /* Bayes bound of the corpus */
	double archive_bytes, model_bytes;
	double ideal_bits;
	double compress_seconds, decompress_seconds; /* processor time; of the coding call alone,
							where that is known */
	double compress_process_seconds, decompress_process_seconds; /* of the whole process */
	double compress_wall_seconds, decompress_wall_seconds;
	double compress_peak_mib, decompress_peak_mib;
	double regret[COST_ROLES]; /* over COST_REFERENCE, in bits a token of the corpus, by role */
	double decoder_bytes;      /* of what is needed to decode, packed; NaN: not known */
	double n_threads, n_runs;
	double compress_spread, decompress_spread; /* half the distance of the quartiles of
						      the seconds, over their median */
	const struct result *result; /* NULL: a bound, or a sum of several */

	/* What follows from it: row_derive(). */
	double total_bytes, total_bits;
	double total_with_decoder_bytes;
	double bits_per_token, bits_per_text_byte, times_bound;
	double overhead_bits;
	double regret_sum; /* over the roles */
	double compress_mb_s, decompress_mb_s; /* megabytes (10^6) of input_bytes */
	double compress_tokens_s, decompress_tokens_s;
	double compress_ns_token, decompress_ns_token;
};

/* All numbers NaN, all texts empty. */
struct row row_empty(void);

/* Fill the second group.  A row without an archive is a bound: its ideal bits are its total. */
void row_derive(struct row *r);

/* Do both belong into the same table of the report? */
bool row_same_table(const struct row *a, const struct row *b);

struct external_list;

struct report {
	const char *command; /* as typed */
	const char *suite;
	const char *commit; /* that the program was built from */
	unsigned n_parallel; /* cells that ran at the same time */
	const struct external_list *external; /* whose commands are told; may be NULL */
	struct row *row; /* (n_rows) */
	size_t n_rows;
};

void report_markdown(const struct report *r, FILE *to);
void report_csv(const struct report *r, FILE *to);
void report_json(const struct report *r, FILE *to);

/* What one of these writes, as text; the caller frees *text. */
MUST_CHECK enum status report_render(const struct report *r,
				     void (*write)(const struct report *r, FILE *to), char **text,
				     size_t *size_bytes);

/* Make the directory when it is missing; STATUS_IO when no report can be written there: to ask
 * before long work. */
MUST_CHECK enum status report_check_directory(const char *directory);

/* Write bench.md, bench.csv and bench.json into that directory, each whole or not at all. */
MUST_CHECK enum status report_write_files(const struct report *r, const char *directory);

#endif
