/* SPDX-License-Identifier: BSD-2-Clause
 *
 * dirichlet_table.h - what it costs to learn one categorical table from its uses.
 *
 * A table of k symbols has the prior Dirichlet(p, .., p).  Redundancy is the Bayes code length of
 * the symbols drawn from it less what they cost someone who knows it, in bits.  The difference is
 * summed as such, symbol by symbol, and not as two long code lengths: nothing cancels, however many
 * the uses.  Reports only.
 */
#ifndef TWOPART_DIRICHLET_TABLE_H
#define TWOPART_DIRICHLET_TABLE_H

#include <stddef.h>
#include <stdint.h>

/* Redundancy of a table's uses, count[j] of symbol j: the known table's cost is its mean over the
 * tables that remain possible.  O(n_symbols). */
double dirichlet_table_redundancy(const uint64_t *count, size_t n_symbols, double pseudo_count);

/* Its expectation over tables from the prior and n_uses from each: exact, a sum over the law of one
 * count.  O(n_uses).  Requires pseudo_count <= 10: P(count 0), where the sum starts, is near
 * n_uses to the power of minus that, and must not underflow. */
double dirichlet_table_redundancy_expected(uint64_t n_uses, size_t n_symbols, double pseudo_count);

#endif
