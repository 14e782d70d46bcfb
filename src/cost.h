/* SPDX-License-Identifier: BSD-2-Clause
 *
 * cost.h - what each token of a corpus costs under a predictor, summed by role and frequency class.
 *
 * The costs come from the very pass that makes the archive (run.h, archive.h), blocks included, so
 * they hold for every predictor and belong to bytes that somebody could decode.  What a stored
 * model takes (archive_stats.model_bytes) is no token's cost.
 *
 * Exactness.  Sums of floating-point numbers depend on their order, and parts that were added up in
 * another order than the whole do not add up to it.  So a cost is rounded once, to the nearest
 * multiple of 2^-24 bits, and from there on everything is a whole number of such units: tokens to
 * roles, roles to the total, and the differences between two predictors add up exactly, in any
 * order and at any grouping.  Rounding moves a token by at most 2^-25 bits, so n tokens together by
 * at most n 2^-25: 0.03 bits of a million tokens.  As double a cost is exact below 2^29 bits, and
 * so are sums of costs below that; the 64-bit sums here have room for 2^39 bits.
 *
 * Finer units would not be truer: the logarithms are the C library's, and its last bits (2^-48 of a
 * cost of 16 bits) are not the same everywhere.  Costs are for reports; no archive depends on them.
 */
#ifndef TWOPART_COST_H
#define TWOPART_COST_H

#include <stdint.h>

#include "archive.h"
#include "buffer.h"
#include "corpus.h"
#include "status.h"
#include "tokens.h"

#define COST_UNITS_PER_BIT (1 << 24)
#define COST_ROLES (ROLE_REPEATED_FACT + 1)
#define COST_CLASSES 4         /* quartiles of probability mass, 0 = most frequent */
#define COST_REFERENCE "bayes" /* the predictor that regret is measured against */

/* Of each role, and last of all of them: a word for programs, and one for people. */
extern const struct cost_role {
	const char *key, *name;
} cost_roles[COST_ROLES + 1];

/* Tokens with a role each. */
struct cost_corpus {
	struct buffer bin, roles; /* the two files */
	struct tokens tokens;     /* inside bin */
};

struct cost_sum {
	uint64_t n_tokens;
	int64_t units;        /* of 2^-24 bits */
	int64_t regret_units; /* what the same tokens cost more than under the other predictor */
};

/* By role and class; index COST_ROLES and COST_CLASSES stand for all of them. */
struct cost_table {
	struct cost_sum sum[COST_ROLES + 1][COST_CLASSES + 1];
};

/*
 * Read and check PREFIX.bin and PREFIX.roles; the caller frees in any case.
 * Errors  STATUS_IO, and STATUS_CORRUPT: not a token file, another number of roles than of tokens,
 *         a byte that is no role.  Every sentence names its file.
 */
MUST_CHECK enum status cost_corpus_read(struct cost_corpus *c, const char *bin_path,
					const char *roles_path);
/* The second half of that, for tokens that are there already. */
MUST_CHECK enum status cost_corpus_read_roles(struct cost_corpus *c, const char *roles_path);
void cost_corpus_free(struct cost_corpus *c);

/* Rounded costs in bits of all symbols of any input, as many as archive_plan() says, as *bits (the
 * caller frees), and *stats (may be NULL) of the archive, which itself is thrown away.  In what
 * order: s->costs_as_coded.  Errors: archive_compress(). */
MUST_CHECK enum status cost_of_input(const struct archive_settings *s, const uint8_t *in,
				     size_t size_bytes, double **bits,
				     struct archive_stats *stats);

/*
 * Rounded costs in bits of all tokens as *bits (as many as tokens; the caller frees), and *stats
 * (may be NULL) of the archive, which itself is thrown away.  Errors: archive_compress().
 */
MUST_CHECK enum status cost_measure(const struct cost_corpus *c, const struct archive_settings *s,
				    double **bits, struct archive_stats *stats);

/* Each sum is taken from the tokens, not from other sums.  Without `against_bits` (may be NULL)
 * there is no regret. */
void cost_add_up(const struct cost_corpus *c, const double *bits, const double *against_bits,
		 struct cost_table *table);

/* The same of the tokens from..to-1 alone, added to what the table holds. */
void cost_add_range(const struct cost_corpus *c, const double *bits, const double *against_bits,
		    size_t from, size_t to, struct cost_table *table);

/* Costs of all tokens under two predictors, and what belongs to them. */
struct cost_pair {
	double *bits, *against_bits;  /* (as many as tokens) the second may be NULL, or the first */
	struct archive_stats stats;   /* of the first */
	uint64_t against_model_bytes; /* that the other one stores */
	struct cost_table table;
};

/* Measure under one predictor, and under `against` unless that is NULL; cost_pair_free() in any
 * case.  A predictor against itself is measured once. */
MUST_CHECK enum status cost_compare(const struct cost_corpus *c, const struct archive_settings *s,
				    const struct archive_settings *against, struct cost_pair *pair);
void cost_pair_free(struct cost_pair *pair);

/* In whole units; cost_to_bits() of it is the rounded cost. */
int64_t cost_to_units(double bits);

static inline double cost_to_bits(int64_t units)
{
	return (double)units / COST_UNITS_PER_BIT;
}

#endif
