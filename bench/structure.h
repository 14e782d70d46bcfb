/* SPDX-License-Identifier: BSD-2-Clause
 *
 * structure.h - the realized structure function of a corpus beside its theory, and where every
 * compressor lies in the same plane.
 *
 * A code of a corpus X in two parts is a point (L(M), L(X | M)): what it spends on saying how X is
 * in general, and on what X is given that.  The structure function h_X(C) is the least second part
 * for a first one of at most C bits.  Here it is realized by the archives of a two-part code at a
 * series of limits (budgets.h), and beside it stand, at each archive's own L(M),
 *
 *   ideal       the optimum of sk_optimum.h: sizes and choices told for nothing
 *   knapsack    the fractional knapsack of the items that the code chooses from (sk_choice.h)
 *   whole       all or nothing (capacity.h) with the corpus' own frequencies, elements of one size,
 *               after all tables have been paid for
 *   law         its power law for the weights of a Pitman-Yor process
 *
 * No code on average has L(M) + L(X | M) below the Bayes code length, which stands for the
 * Kolmogorov complexity K(X) that nobody can compute: that is the line of sufficiency.
 */
#ifndef TWOPART_STRUCTURE_H
#define TWOPART_STRUCTURE_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

#include "archive.h"
#include "budgets.h"
#include "loaded.h"
#include "sk_optimum.h"
#include "status.h"

struct structure_theory {
	double ideal_bits, knapsack_bits, whole_bits, law_bits; /* NaN where it says nothing */
};

struct structure_point {
	struct budget_point size;
	double n_elements; /* stored; NaN when the model does not tell */
	struct structure_theory theory;
};

/* A compressor in the plane. */
struct structure_mark {
	char name[64], on[16];
	char not_counted[16]; /* what its reader holds besides: "prior", "world" */
	double model_bits, data_bits;
};

struct sk_item;

struct structure {
	const char *prefix;
	const char *model_text; /* "NAME" or "NAME:key=value" */
	struct archive_settings settings;
	struct loaded corpus;

	uint32_t n_points;
	struct structure_point *point; /* (n_points) */
	uint32_t n_marks;
	struct structure_mark *mark; /* (n_marks) */

	bool has_theory;
	struct sk_optimum optimum;
	struct sk_item *item; /* (n_items) */
	size_t n_items;
	double smallest_model_bits, blank_data_bits; /* nothing stored */
	uint64_t *ranked; /* (elements) counts, descending */
};

/* Read the corpus and compute its theory; structure_close() in any case. */
MUST_CHECK enum status structure_open(struct structure *s, const char *prefix,
				      const char *model_text);
void structure_close(struct structure *s);

/* Make, decode and compare the archives. */
MUST_CHECK enum status structure_run(struct structure *s, uint32_t n_points, int threads,
				     archive_progress *progress, void *progress_context);

/* Every method of the benchmark on this corpus but what trains by the clock, and zstd with
 * dictionaries, as marks.  A method that fails is missing and said on standard error; *n_failed
 * counts them. */
MUST_CHECK enum status structure_add_compressors(struct structure *s, unsigned n_parallel,
						 size_t *n_failed);

/* The points of a sweep of this corpus (the JSON of `twopart sweep`) that are on its lower
 * envelope, as marks.  STATUS_CORRUPT: not such a file, or of another corpus. */
MUST_CHECK enum status structure_add_sweep(struct structure *s, const char *path);

/* What theory says at so many bits of model. */
struct structure_theory structure_theory_at(const struct structure *s, double model_bits);

/* structure_report.c */
void structure_text(const struct structure *s, FILE *to);
void structure_csv(const struct structure *s, FILE *to);
MUST_CHECK enum status structure_json(const struct structure *s, FILE *to);

/* structure_svg.c: a drawing of its own, 900 x 600. */
void structure_svg(const struct structure *s, FILE *to);

#endif
