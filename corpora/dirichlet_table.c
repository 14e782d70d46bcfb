/* SPDX-License-Identifier: BSD-2-Clause
 *
 * With k symbols, pseudo-count p, counts c_j, n their sum, A = k p, in nats:
 *
 *   redundancy = ln (A)_n - sum_j ln (p)_{c_j} - sum_j c_j [psi(n+A) - psi(c_j+p)]
 *              = u(n) + sum_j v(c_j),   u(n) = ln (A)_n - n psi(n+A) + n
 *                                       v(c) = c psi(c+p) - ln (p)_c - c
 *
 * Both u and v grow like logarithms.  A count has the beta-binomial law of n uses, p and A - p, so
 * the expectation is u(n) + k E[v(c)].
 */
#include "dirichlet_table.h"

#include <assert.h>
#include <math.h>

#include "special.h"

#define LN_2 0.69314718055994531
#define HALF_LN_2PI 0.91893853320467274
#define SERIES_MIN 16 /* from here on the series below are exact to 1e-16 */

/* c psi(c + p) - ln (p)_c - c, given ln_gamma = ln Gamma(p).  For large x = c + p the series of psi
 * and ln Gamma are subtracted term by term. */
static double v(double c, double p, double ln_gamma)
{
	double x = c + p;

	if (x < SERIES_MIN)
		return c * (special_digamma(x) - 1) - special_lg_rising(p, c) * LN_2;
	double y = 1 / (x * x);
	/* x^2 (ln x - 1/(2x) - psi(x)), and x (ln Gamma(x) - its Stirling formula) */
	double psi =
	    1.0 / 12 -
	    y * (1.0 / 120 -
		 y * (1.0 / 252 - y * (1.0 / 240 - y * (1.0 / 132 - y * (691.0 / 32760)))));
	double gamma =
	    1.0 / 12 -
	    y * (1.0 / 360 -
		 y * (1.0 / 1260 - y * (1.0 / 1680 - y * (1.0 / 1188 - y * (691.0 / 360360)))));

	return (0.5 - p) * log(x) + p - c / (2 * x) - c * y * psi - gamma / x - HALF_LN_2PI +
	       ln_gamma;
}

/* ln (A)_n - n psi(n + A) + n is -v of the whole. */
static double u(double n, double all)
{
	return -v(n, all, lgamma(all));
}

double dirichlet_table_redundancy(const uint64_t *count, size_t n_symbols, double pseudo_count)
{
	double ln_gamma = lgamma(pseudo_count), n = 0, nats = 0;

	for (size_t j = 0; j < n_symbols; j++) {
		if (count[j] == 0)
			continue;
		n += (double)count[j];
		nats += v((double)count[j], pseudo_count, ln_gamma);
	}
	return (nats + u(n, (double)n_symbols * pseudo_count)) / LN_2;
}

double dirichlet_table_redundancy_expected(uint64_t n_uses, size_t n_symbols, double pseudo_count)
{
	double p = pseudo_count, n = (double)n_uses, k = (double)n_symbols;
	double others = (k - 1) * p, ln_gamma = lgamma(p), nats = 0;
	/* P(c = 0) = (A - p)_n / (A)_n */
	double probability =
	    exp(special_ln_gamma_ratio(others, p) - special_ln_gamma_ratio(others + n, p));

	assert(p <= 10);
	if (n_symbols < 2)
		return 0;
	for (double c = 0; c < n; c++) {
		probability *= (n - c) * (c + p) / ((c + 1) * (n - c - 1 + others));
		nats += probability * v(c + 1, p, ln_gamma);
	}
	return (k * nats + u(n, others + p)) / LN_2;
}
