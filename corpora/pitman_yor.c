/* SPDX-License-Identifier: BSD-2-Clause
 *
 * THE PATTERN ENTROPY WITHOUT THE CHAIN.  H(Psi_n) = ln (b+1)_{n-1} - E sum_{i<K} ln(b + i a)
 * - sum_m E[K_{n,m}] ln (1-a)_{m-1}.  The first and the last term are plain sums.  The middle one
 * is E[F(K_n)] for F(k) = (k-1) ln a + ln Gamma(k+c) - ln Gamma(1+c), c = b/a, and the law of K_n
 * costs O(n K) steps of its Markov chain: minutes at 10^6 draws.  But with x = K_n + c, for every
 * real r,
 *
 *   E[Gamma(x+r) / Gamma(x)] = M(r) = Gamma(c+1+r) / Gamma(c+1) * (b+ra+1)_{n-1} / (b+1)_{n-1}
 *
 * (both sides weigh the partitions of PY(a, b + ra); b = 0 needs no care in this form), so that
 *
 *   r = 1:        E[x]              = M(1)
 *   M'(1):        E[x psi(x+1)]     = M(1) [psi(c+2) + a (psi(b+a+n) - psi(b+a+1))]
 *   M'(0):        E[psi(x)]         = psi(c+1) + a (psi(b+n) - psi(b+1))
 *   r = -1:       E[1/(x-1); K > 1] = M(-1) less the term of K = 1, which is infinite when b = 0
 *
 * and by the asymptotic series of ln Gamma and psi
 *
 *   ln Gamma(x) = x psi(x+1) - x - psi(x)/2 + ln(2 pi)/2 - 1/2 - 1/(12 (x-1)) + 1/(24 x^2) + ..
 *
 * whose expectation is known but for the last term.  That one is below 10^-6 bits where K > 256;
 * where K <= 256 the chain is cheap, since it never looks at larger K, and F is summed as it is.
 */
#include "pitman_yor.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "special.h"

#define LN_2 0.69314718055994531
#define HALF_LN_2PI 0.91893853320467274
#define SMALL_MAX 256 /* largest K whose probability the chain follows */

static int compare(const void *a, const void *b)
{
	const uint64_t *x = a, *y = b;

	return *x < *y ? -1 : *x > *y;
}

enum status py_partition_make(struct py_partition *p, const uint64_t *count, uint32_t n_elements)
{
	size_t n = n_elements;
	uint64_t *size = malloc((2 * n + 1) * sizeof *size), *multiplicity;

	*p = (struct py_partition){0};
	if (!size)
		return fail_no_memory();
	multiplicity = size + n;
	memcpy(size, count, n * sizeof *size);
	qsort(size, n, sizeof *size, compare);
	for (size_t k = 0; k < n; k++) {
		if (size[k] == 0)
			continue;
		p->n += size[k];
		if (p->n_sizes == 0 || size[p->n_sizes - 1] != size[k]) {
			size[p->n_sizes] = size[k];
			multiplicity[p->n_sizes++] = 0;
		}
		multiplicity[p->n_sizes - 1]++;
	}
	p->size = size;
	p->multiplicity = multiplicity;
	return STATUS_OK;
}

void py_partition_free(struct py_partition *p)
{
	free((uint64_t *)p->size);
	*p = (struct py_partition){0};
}

static double n_elements(const struct py_partition *p)
{
	double n = 0;

	for (uint32_t i = 0; i < p->n_sizes; i++)
		n += (double)p->multiplicity[i];
	return n;
}

/* lg of prod_{i=1}^{k-1} (b + i a): the elements' turns to be new. */
static double lg_openings(double k, double a, double b)
{
	return a > 0 ? special_lg_rising(1 + b / a, k - 1) + (k - 1) * log2(a) : (k - 1) * log2(b);
}

double py_partition_bits(const struct py_partition *p, double a, double b)
{
	double k = n_elements(p), lg = 0;

	if (p->n <= 1)
		return 0;
	if (k > 1)
		lg = lg_openings(k, a, b);
	for (uint32_t i = 0; i < p->n_sizes; i++)
		lg += (double)p->multiplicity[i] * special_lg_rising(1 - a, (double)p->size[i] - 1);
	return special_lg_rising(b + 1, (double)p->n - 1) - lg;
}

double py_known_bits_expected(const struct py_partition *p, double a, double b)
{
	double all = special_digamma((double)p->n + b), nats = 0;

	for (uint32_t i = 0; i < p->n_sizes; i++) {
		double n_k = (double)p->size[i];

		nats += (double)p->multiplicity[i] * n_k * (all - special_digamma(n_k - a));
	}
	return nats / LN_2;
}

/* ln[(b+1+d)_{n-1} / (b+1)_{n-1}]: how much likelier a thing that PY(a, b + d) favours. */
static double ln_tilt(uint64_t n, double b, double d)
{
	return special_ln_gamma_ratio(b + (double)n, d) - special_ln_gamma_ratio(b + 1, d);
}

/* E[K_n] = e^L + (b/a) (e^L - 1), L = ln_tilt(n, b, a). */
double py_elements_expected(uint64_t n, double a, double b)
{
	if (n == 0)
		return 0;
	if (a == 0)
		return 1 + b * (special_digamma((double)n + b) - special_digamma(1 + b));
	double tilt = ln_tilt(n, b, a);

	return exp(tilt) + b * expm1(tilt) / a;
}

/* C(n, m) (1-a)_{m-1} (b+a)_{n-m} / (b+1)_{n-1}, put together from ratios near 1. */
double py_elements_of_size_expected(uint64_t n, uint64_t m, double a, double b)
{
	double rest = (double)(n - m);

	return exp(special_ln_gamma_ratio(rest + 1, b + a - 1) +
		   special_ln_gamma_ratio(b + (double)n, 1 - b) +
		   special_ln_gamma_ratio(b + a, 1 - a) -
		   special_ln_gamma_ratio((double)m - a, 1 + a) - special_ln_gamma_ratio(1, -a));
}

double py_new_probability(uint64_t n, double a, double b)
{
	return exp(special_ln_gamma_ratio(b + a, 1 - a) -
		   special_ln_gamma_ratio(b + a + (double)n, 1 - a));
}

double py_entropy_expected(double a, double b)
{
	return (special_digamma(1 + b) - special_digamma(1 - a)) / LN_2;
}

/* The law has E[z^m] = 1 - (1-z)^a, and ln m = integral of (e^-t - e^-mt) / t over t > 0.  With
 * t = e^u the integrand is smooth and dies out on both sides, so that the trapezoid rule with this
 * step is exact to rounding. */
double py_lg_size_expected(double a)
{
	const double step = 0.125;
	double sum = 0;

	for (double u = 4; u > -38 / a; u -= step) {
		double t = exp(u);

		sum += pow(-expm1(-t), a) + expm1(-t);
	}
	return sum * step / LN_2;
}

/* P(K_n = k) for k <= SMALL_MAX, exactly, as n grows. */
struct small_law {
	double a, b;
	uint64_t n;
	double p[SMALL_MAX + 1];
};

static void small_law_advance(struct small_law *s, uint64_t n)
{
	for (; s->n < n; s->n++) {
		double unit = 1 / (s->b + (double)s->n), entering = 0;
		uint32_t last = s->n < SMALL_MAX ? (uint32_t)s->n + 1 : SMALL_MAX;

		for (uint32_t k = 1; k <= last; k++) {
			double leaving = s->p[k] * (s->b + s->a * k) * unit;

			s->p[k] += entering - leaving;
			entering = leaving;
		}
	}
}

/* E[1/(K_n + c - 1); K_n > 1], c = b/a: (M(-1) - P(K = 1) / c) with the pole at c = 0 taken out. */
static double inverse_expected(uint64_t n, double a, double b)
{
	/* P(K = 1), and its quotient in M(-1) without the first factor, 1 - a + b, of the rising
	 * factorial: that one may be negative. */
	double ln_one = special_ln_gamma_ratio((double)n, -a) - special_ln_gamma_ratio(1, -a) -
			special_ln_gamma_ratio((double)n, b) + special_ln_gamma_ratio(1, b);
	double ln_quotient =
	    special_ln_gamma_ratio((double)n - a, b) - special_ln_gamma_ratio(2 - a, b);
	double both = exp(ln_one + ln_quotient);
	double difference;

	if (b == 0)
		difference =
		    exp(ln_one) * (special_digamma((double)n - a) - special_digamma(2 - a));
	else if (ln_quotient > 1)
		difference = (both - exp(ln_one)) / b;
	else
		difference = exp(ln_one) * expm1(ln_quotient) / b;
	return a * (difference + both / (1 - a));
}

/* The series above for ln Gamma(x), without 1/(x-1). */
static double series(double x_psi, double x, double psi)
{
	return x_psi - x - psi / 2 + HALF_LN_2PI - 0.5;
}

/* E sum_{i=1}^{K-1} ln(b + i a). */
static double openings_nats_expected(const struct small_law *s)
{
	double a = s->a, b = s->b, n = (double)s->n;

	if (a == 0)
		return (py_elements_expected(s->n, a, b) - 1) * log(b);

	double c = b / a, small = 0, exact = 0, approximate = 0;
	uint32_t last = s->n < SMALL_MAX ? (uint32_t)s->n : SMALL_MAX;

	for (uint32_t k = 1; k <= last; k++) {
		double x = k + c;

		small += s->p[k];
		exact += s->p[k] * (special_ln_gamma_ratio(1 + c, k - 1) + (k - 1) * log(a));
		approximate +=
		    s->p[k] * (series(x * special_digamma(x + 1), x, special_digamma(x)) -
			       (k > 1 ? 1 / (12 * (x - 1)) : 0) - lgamma(1 + c) + (k - 1) * log(a));
	}
	if (s->n <= SMALL_MAX || 1 - small < 1e-13)
		return exact;

	double x = (c + 1) * exp(ln_tilt(s->n, b, a));
	double x_psi = x * (special_digamma(c + 2) +
			    a * (special_digamma(b + a + n) - special_digamma(b + a + 1)));
	double psi = special_digamma(c + 1) + a * (special_digamma(b + n) - special_digamma(b + 1));

	return series(x_psi, x, psi) - inverse_expected(s->n, a, b) / 12 - lgamma(1 + c) +
	       (x - c - 1) * log(a) - approximate + exact;
}

/* sum_m E[K_{n,m}] ln (1-a)_{m-1}. */
static double sizes_nats_expected(uint64_t n, double a, double b)
{
	double expected = py_elements_of_size_expected(n, 1, a, b), rising = 0, sum = 0;

	for (uint64_t m = 1; m <= n; m++) {
		double size = (double)m, rest = (double)(n - m);

		sum += expected * rising;
		rising += log(size - a);
		expected *= rest * (size - a) / ((size + 1) * (rest - 1 + a + b));
	}
	return sum;
}

void py_pattern_entropies(double a, double b, const uint64_t *n, uint32_t n_n, double *bits)
{
	struct small_law s = {.a = a, .b = b, .n = 1, .p = {[1] = 1}};

	for (uint32_t i = 0; i < n_n; i++) {
		if (a > 0)
			small_law_advance(&s, n[i]);
		s.n = n[i];
		bits[i] = special_lg_rising(b + 1, (double)n[i] - 1) -
			  (openings_nats_expected(&s) + sizes_nats_expected(n[i], a, b)) / LN_2;
	}
}
