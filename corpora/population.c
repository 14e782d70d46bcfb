/* SPDX-License-Identifier: BSD-2-Clause */
#include "population.h"

#include <math.h>
#include <stdlib.h>

#include "elementary.h"
#include "options.h"

void population_law(double *p, size_t n, int64_t shift_millionths, int64_t power_millionths)
{
	double shift = (double)shift_millionths / OPTION_UNIT, sum = 0;
	double power = (double)power_millionths / OPTION_UNIT;

	for (size_t i = 0; i < n; i++) {
		p[i] = power_millionths == 0
			   ? 1
			   : elementary_exp(-power * elementary_log((double)i + shift));
		sum += p[i];
	}
	for (size_t i = 0; i < n; i++)
		p[i] /= sum;
}

static int heavier_first(const void *a, const void *b)
{
	const double *x = *(const double *const *)a, *y = *(const double *const *)b;

	if (*x != *y)
		return *x > *y ? -1 : 1;
	return x < y ? -1 : x > y; /* never a tie */
}

enum status population_classes(const double *weight, size_t n, uint8_t *class)
{
	const double **order = calloc(n ? n : 1, sizeof *order);
	double all = 0, below = 0;

	if (!order)
		return fail_no_memory();
	for (size_t i = 0; i < n; i++) {
		order[i] = &weight[i];
		all += weight[i];
	}
	qsort(order, n, sizeof *order, heavier_first);
	for (size_t i = 0; i < n; i++) {
		double quarter = 4 * below / all;

		class[order[i] - weight] = quarter < 3 ? (uint8_t)quarter : 3;
		below += *order[i];
	}
	free(order);
	return STATUS_OK;
}

double population_entropy_bits(const double *p, size_t n)
{
	double bits = 0;

	for (size_t i = 0; i < n; i++)
		if (p[i] > 0)
			bits -= p[i] * log2(p[i]);
	return bits;
}

/* ln (1 - p)^n; 0 draws miss everybody, also him who is certain. */
static double log_missed(double p, double n_draws)
{
	return n_draws > 0 ? n_draws * log1p(-p) : 0;
}

double population_distinct(const double *p, size_t n, double n_draws)
{
	double sum = 0;

	for (size_t i = 0; i < n; i++)
		sum -= expm1(log_missed(p[i], n_draws));
	return sum;
}

double population_new_mass(const double *p, size_t n, double n_draws)
{
	double sum = 0;

	for (size_t i = 0; i < n; i++)
		sum += p[i] * exp(log_missed(p[i], n_draws));
	return sum;
}
