/* SPDX-License-Identifier: BSD-2-Clause
 *
 * row.h - one line of the benchmark's tables: what was measured, and what follows from it.
 *
 * Numbers are doubles and NaN means "does not apply".  grid.c says how each is written down.
 */
#ifndef TWOPART_ROW_H
#define TWOPART_ROW_H

#include <stdbool.h>
#include <stddef.h>

#include "cost.h"

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
	bool present; /* measured and verified, or nothing to verify */

	char corpus[128]; /* heading of the group of rows */
	char source[640]; /* how to have that corpus again: "generate sk --seed 2"; or empty */
	char digest[17];  /* XXH3-64 of its tokens, or of the file; or empty */
	char name[64];
	char on[16]; /* "tokens", "text", "bytes" */
	char version[32];
	char not_counted[16]; /* "prior", "world" */
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

#endif
