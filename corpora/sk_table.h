/* SPDX-License-Identifier: BSD-2-Clause
 *
 * sk_table.h - one row or word table of a description (sk_description.h) at a level: its counts,
 * and what it and its uses cost.
 *
 * What an archive holds depends on these, so the arithmetic is that of elementary.h.
 */
#ifndef TWOPART_SK_TABLE_H
#define TWOPART_SK_TABLE_H

#include <stddef.h>
#include <stdint.h>

uint64_t sk_table_sum(const uint64_t *count, size_t n);

/* scaled[] = the counts at a level, not all 0: scaled so that they and all their partial sums are
 * off by less than one. */
void sk_table_scale(const uint64_t *count, size_t n, uint8_t level, uint64_t *scaled);

/* Bits of these counts under the beta-binomials, without level and number of uses. */
double sk_table_model_bits(const uint64_t *scaled, size_t n, double pseudo);

/* Bits of the uses given the table at that level. */
double sk_table_data_bits(const uint64_t *count, const uint64_t *scaled, size_t n, uint8_t level,
			  double pseudo);

#endif
