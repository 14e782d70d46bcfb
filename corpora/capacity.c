/* SPDX-License-Identifier: BSD-2-Clause
 *
 * capacity.c - see capacity.h.
 *
 * Water-filling under p_i = i^-s / zeta(s).  With x the rank, a real number, at which the frequency
 * is the water's level, and k = floor(x), m_i = s ln(x / i) for i <= k, so that
 *
 *      c = s (k ln x - ln k!),     loss = [k x^-s + sum_{i > k} i^-s] / zeta(s).
 *
 * c grows with k when x = k + 1, so k is found by bisection and x from the equation.
 */
#include "capacity.h"

#include <math.h>

#define TAIL_TERMS 24 /* summed one by one before the Euler-Maclaurin formula takes over */
#define BISECTIONS 200

/* sum_{i >= q} i^-s for a whole q >= 1. */
static double sum_from(double s, double q)
{
	/* B_2j / (2j)!, j = 1 .. 5: with q >= 25 the next term is below 1e-17 of the sum. */
	static const double coefficient[] = {1.0 / 12, -1.0 / 720, 1.0 / 30240, -1.0 / 1209600,
					     1.0 / 47900160};
	double sum = 0, end = q + TAIL_TERMS;

	for (double i = end - 1; i >= q; i--)
		sum += pow(i, -s);

	double term = s * pow(end, -s - 1), tail = pow(end, 1 - s) / (s - 1) + pow(end, -s) / 2;

	for (int j = 0; j < 5; j++) {
		tail += coefficient[j] * term;
		term *= (s + 2 * j + 1) * (s + 2 * j + 2) / (end * end);
	}
	return sum + tail;
}

double capacity_zipf_tail(double s, double m)
{
	double whole = floor(m);

	return sum_from(s, whole + 1) - (m - whole) * pow(whole + 1, -s);
}

static double ln_factorial(double k)
{
	int sign;

	return lgamma_r(k + 1, &sign);
}

/* The capacity that fills up to rank x, of which the first k hold water. */
static double water_capacity(double s, double k, double x)
{
	return s * (k * log(x) - ln_factorial(k));
}

double capacity_zipf_water(double s, double c)
{
	double low = 1, high = 2; /* over at least `low` facts, less than `high` */

	while (water_capacity(s, high, high) <= c)
		high *= 2;
	for (int i = 0; i < BISECTIONS && high - low > 1; i++) {
		double middle = floor((low + high) / 2);

		if (water_capacity(s, middle, middle) <= c)
			low = middle;
		else
			high = middle;
	}
	double x = exp((c / s + ln_factorial(low)) / low);

	return (low * pow(x, -s) + capacity_zipf_tail(s, low)) / capacity_zipf_tail(s, 0);
}

double capacity_zipf_whole(double s, double c)
{
	return capacity_zipf_tail(s, c) / capacity_zipf_tail(s, 0);
}

double capacity_zipf_water_law(double s, double c)
{
	return s / (s - 1) * pow(c / s, 1 - s) / capacity_zipf_tail(s, 0);
}

double capacity_zipf_whole_law(double s, double c)
{
	return pow(c, 1 - s) / ((s - 1) * capacity_zipf_tail(s, 0));
}

double capacity_pitman_yor_law(double alpha, double n, double k, double c)
{
	double s = 1 / alpha;
	int sign;
	double ln_weight = s * (log(k) - alpha * log(n) - lgamma_r(1 - alpha, &sign));

	return exp(ln_weight) * pow(c, 1 - s) / (s - 1);
}

static void add_loss(struct capacity_loss *loss, unsigned class, double bits)
{
	loss->of_class[class] += bits;
	loss->all += bits;
}

struct capacity_loss capacity_whole(const struct capacity_facts *f, double c)
{
	struct capacity_loss loss = {0};

	for (uint32_t i = 0; i < f->n; i++) {
		double left = fmin(1, fmax(0, i + 1 - c));

		add_loss(&loss, f->class[i], left * (double)f->count[i] / f->n_sentences);
	}
	return loss;
}

struct capacity_loss capacity_water(const struct capacity_facts *f, double c)
{
	struct capacity_loss loss = {0};
	double ln_sum = 0, ln_level = 0;
	uint32_t k = 0;

	/* Fact k joins when filling the ones before it down to its frequency takes less than c. */
	for (; k < f->n; k++) {
		double ln_p = log((double)f->count[k] / f->n_sentences);

		if (k > 0 && ln_sum - k * ln_p > c)
			break;
		ln_sum += ln_p;
		ln_level = (ln_sum - c) / (k + 1);
	}
	for (uint32_t i = 0; i < f->n; i++)
		add_loss(&loss, f->class[i],
			 i < k ? exp(ln_level) : (double)f->count[i] / f->n_sentences);
	return loss;
}

struct capacity_fit capacity_fit_line(const double *x, const double *y, uint32_t n)
{
	struct capacity_fit fit = {.slope = NAN, .standard_error = NAN, .n = n};
	double mean_x = 0, mean_y = 0, xx = 0, xy = 0, left = 0;

	for (uint32_t i = 0; i < n; i++) {
		mean_x += x[i] / n;
		mean_y += y[i] / n;
	}
	for (uint32_t i = 0; i < n; i++) {
		xx += (x[i] - mean_x) * (x[i] - mean_x);
		xy += (x[i] - mean_x) * (y[i] - mean_y);
	}
	if (n < 2 || xx == 0)
		return fit;
	fit.slope = xy / xx;
	for (uint32_t i = 0; i < n; i++) {
		double off = y[i] - mean_y - fit.slope * (x[i] - mean_x);

		left += off * off;
	}
	if (n > 2)
		fit.standard_error = sqrt(left / (n - 2) / xx);
	return fit;
}
