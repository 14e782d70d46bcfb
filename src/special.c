/* SPDX-License-Identifier: BSD-2-Clause */
#include "special.h"

#include <math.h>

#define LG_E 1.4426950408889634 /* 1 / ln 2 */
#define SHORT_PRODUCT 32
#define STIRLING_MIN 16 /* from here on the terms below are exact to 1e-16 */

/* ln Gamma(x) = (x - 1/2) ln x - x + ln(2 pi) / 2 + this. */
static double stirling_tail(double x)
{
	double y = 1 / (x * x);

	return (1.0 / 12 - y * (1.0 / 360 -
				y * (1.0 / 1260 -
				     y * (1.0 / 1680 - y * (1.0 / 1188 - y * (691.0 / 360360)))))) /
	       x;
}

double special_ln_gamma_ratio(double x, double d)
{
	double ln = 0;

	while (x < STIRLING_MIN || x + d < STIRLING_MIN) {
		ln -= log1p(d / x);
		x++;
	}
	return ln + (x + d - 0.5) * log1p(d / x) + d * (log(x) - 1) + stirling_tail(x + d) -
	       stirling_tail(x);
}

double special_lg_rising(double x, double n)
{
	double lg = 0;

	if (n > SHORT_PRODUCT)
		return special_ln_gamma_ratio(x, n) * LG_E;
	for (double i = 0; i < n; i++)
		lg += log2(x + i);
	return lg;
}

double special_lg_factorial(double n)
{
	return special_lg_rising(1, n);
}

/* Recurrence up to x >= 12, then the asymptotic series with Bernoulli numbers up to B_14. */
double special_digamma(double x)
{
	double shift = 0;

	while (x < 12) {
		shift -= 1 / x;
		x++;
	}
	double y = 1 / (x * x);
	double tail =
	    y *
	    (1.0 / 12 -
	     y * (1.0 / 120 -
		  y * (1.0 / 252 -
		       y * (1.0 / 240 - y * (1.0 / 132 - y * (691.0 / 32760 - y * (1.0 / 12)))))));

	return shift + log(x) - 0.5 / x - tail;
}
