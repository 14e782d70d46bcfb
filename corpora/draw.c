/* SPDX-License-Identifier: BSD-2-Clause */
#include "draw.h"

#include <math.h>

#include "elementary.h"

/* Standard normal by Marsaglia's polar method; the second value of the pair is not used. */
static double draw_normal(struct rng *r)
{
	double u, v, s;

	do {
		u = 2 * rng_unit(r) - 1;
		v = 2 * rng_unit(r) - 1;
		s = u * u + v * v;
	} while (!(0 < s && s < 1));
	return u * sqrt(-2 * elementary_log(s) / s); /* sqrt is correctly rounded by IEEE 754 */
}

double draw_gamma(struct rng *r, double shape)
{
	if (shape < 1) {
		double boosted = draw_gamma(r, shape + 1);

		return boosted * elementary_exp(elementary_log(rng_unit(r)) / shape);
	}
	double d = shape - 1.0 / 3, c = 1 / sqrt(9 * d);

	for (;;) {
		double x = draw_normal(r), v = 1 + c * x;

		if (v <= 0)
			continue;
		v = v * v * v;
		if (elementary_log(rng_unit(r)) < 0.5 * x * x + d - d * v + d * elementary_log(v))
			return d * v;
	}
}

void draw_dirichlet(struct rng *r, double pseudo_count, double *p, size_t n)
{
	double sum;

	do { /* all gammas may underflow when the pseudo-count is tiny */
		sum = 0;
		for (size_t j = 0; j < n; j++) {
			p[j] = draw_gamma(r, pseudo_count);
			sum += p[j];
		}
	} while (sum <= 0);
	for (size_t j = 0; j < n; j++) {
		p[j] /= sum;
		if (p[j] < DRAW_PROBABILITY_MIN)
			p[j] = 0;
	}
}

/* rng_unit() < 1 makes u < below[n - 1] after rounding too, and an entry of probability 0 has the
 * sum of the one before it, so it is never the first that exceeds u. */
size_t draw_cumulative(struct rng *r, const double *below, size_t n)
{
	double u = rng_unit(r) * below[n - 1];
	size_t lo = 0, hi = n - 1;

	while (lo < hi) {
		size_t mid = lo + (hi - lo) / 2;

		if (below[mid] <= u)
			lo = mid + 1;
		else
			hi = mid;
	}
	return lo;
}

void draw_sample(struct rng *r, uint16_t *item, size_t n, size_t n_chosen)
{
	for (size_t j = 0; j < n_chosen; j++) {
		size_t other = j + (size_t)rng_below(r, n - j);
		uint16_t swap = item[j];

		item[j] = item[other];
		item[other] = swap;
	}
}
