/* SPDX-License-Identifier: BSD-2-Clause */
#include "nml.h"

#include <assert.h>
#include <math.h>

#define TERM_MIN 0x1p-60 /* what all later terms add to a sum above 1: nothing */
#define LARGE 0x1p500

static double complexity_of_two(double n)
{
	double sum = 0, term = 1;

	for (double j = 0; j <= n && term > TERM_MIN; j++) {
		sum += term;
		term *= (n - j) / n;
	}
	return sum;
}

double nml_complexity_bits(uint64_t n_draws, uint32_t n_symbols)
{
	assert(n_symbols >= 1);
	if (n_draws == 0 || n_symbols == 1)
		return 0;

	/* C(n, J) is product * 2^bits; ratio is C(n, J) / C(n, J - 1) */
	double n = (double)n_draws, ratio = complexity_of_two(n), product = ratio, bits = 0;

	for (double j = 1; j + 2 <= n_symbols; j++) {
		ratio = 1 + n / j / ratio;
		product *= ratio;
		if (product > LARGE) {
			bits += log2(product);
			product = 1;
		}
	}
	return bits + log2(product);
}
