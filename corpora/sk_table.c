/* SPDX-License-Identifier: BSD-2-Clause */
#include "sk_table.h"

#include <string.h>

#include "elementary.h"
#include "sk_description.h"

uint64_t sk_table_sum(const uint64_t *count, size_t n)
{
	uint64_t sum = 0;

	for (size_t j = 0; j < n; j++)
		sum += count[j];
	return sum;
}

void sk_table_scale(const uint64_t *count, size_t n, uint8_t level, uint64_t *scaled)
{
	uint64_t total = sk_table_sum(count, n), sum = 0, before = 0;

	if (level == SK_LEVEL_EXACT) {
		memcpy(scaled, count, n * sizeof *scaled);
		return;
	}
	for (size_t j = 0; j < n; j++) {
		uint64_t here;

		sum += count[j];
		here = level ? ((sum << (level - 1)) + total / 2) / total : 0;
		scaled[j] = here - before;
		before = here;
	}
}

double sk_table_model_bits(const uint64_t *scaled, size_t n, double pseudo)
{
	double total = (double)sk_table_sum(scaled, n), bits;

	bits = elementary_lg_rising((double)n * pseudo, total) - elementary_lg_factorial(total);
	for (size_t j = 0; j < n; j++)
		if (scaled[j])
			bits += elementary_lg_factorial((double)scaled[j]) -
				elementary_lg_rising(pseudo, (double)scaled[j]);
	return bits;
}

double sk_table_data_bits(const uint64_t *count, const uint64_t *scaled, size_t n, uint8_t level,
			  double pseudo)
{
	double bits = 0, total = (double)sk_table_sum(scaled, n) + (double)n * pseudo;

	if (level == SK_LEVEL_EXACT) {
		for (size_t j = 0; j < n; j++)
			bits -= elementary_lg_factorial((double)count[j]);
		return bits + elementary_lg_factorial((double)sk_table_sum(count, n));
	}
	for (size_t j = 0; j < n; j++)
		if (count[j])
			bits -= (double)count[j] *
				elementary_lg(((double)scaled[j] + pseudo) / total);
	return bits;
}
