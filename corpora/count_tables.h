/* SPDX-License-Identifier: BSD-2-Clause
 *
 * count_tables.h - code lengths of many tables of counts whose probabilities nobody knows.
 *
 * A table is what was drawn from one distribution: J entries with counts c_1..c_J, n draws.  The
 * tables of a set have the same kind of prior.  Their code lengths depend on the multiset of the
 * c_j and on each table's (n, J) alone, and that is all that is kept: a set answers for one
 * pseudo-count after the other without going through the corpus again.  Reports only.
 */
#ifndef TWOPART_COUNT_TABLES_H
#define TWOPART_COUNT_TABLES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "pitman_yor.h"
#include "status.h"

struct count_tables {
	struct py_partition entries; /* of all draws among all entries; after the sealing */
	uint64_t *count;             /* (n_counts) entries that are not 0; before it */
	uint32_t n_counts, counts_capacity;
	struct count_table {
		uint64_t n_draws;
		uint32_t n_entries;
	} * table;
	uint32_t n_tables, tables_capacity;
	bool no_memory; /* remembered by adding, reported by the sealing */
};

/* Begin with {0}.  A table without draws costs nothing and is left out. */
void count_tables_add(struct count_tables *t, const uint64_t *count, uint32_t n_entries);

/* Once, after the last table and before the first question.  O(n lg n) in entries that are not 0.
 */
MUST_CHECK enum status count_tables_seal(struct count_tables *t);
void count_tables_free(struct count_tables *t);

/* Dirichlet with this pseudo-count in every entry: sum of lg (J a)_n - sum_j lg (a)_{c_j}.
 * O(distinct counts + tables). */
double count_tables_bits(const struct count_tables *t, double pseudo_count);

/* With the probabilities that fit each table best, which nobody knows beforehand. */
double count_tables_best_fit_bits(const struct count_tables *t);

/* Normalized maximum likelihood: the best fit's length plus lg C(n, J) a table (nml.h). */
double count_tables_nml_bits(const struct count_tables *t);

#endif
