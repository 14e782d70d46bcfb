/* SPDX-License-Identifier: BSD-2-Clause */
#include "special.h"

#include <math.h>

#define LG_E 1.4426950408889634 /* 1 / ln 2 */
#define SHORT_PRODUCT 32
#define STIRLING_MIN 64 /* from here on the series' first four terms are exact to 1e-16 */

/* ln Gamma(x) = (x - 1/2) ln x - x + ln(2 pi) / 2 + this. */
static double stirling_tail(double x)
{
	double y = 1 / (x * x);

	return (1.0 / 12 - y * (1.0 / 360 - y * (1.0 / 1260 - y * (1.0 / 1680)))) / x;
}

double special_lg_rising(double x, double n)
{
	if (n <= SHORT_PRODUCT) { /* exact where the difference of two lgammas would cancel */
		double lg = 0;

		for (double i = 0; i < n; i++)
			lg += log2(x + i);
		return lg;
	}
	if (x >= STIRLING_MIN) /* so would those of large x */
		return n * log2(x) + ((x + n - 0.5) * log1p(n / x) - n + stirling_tail(x + n) -
				      stirling_tail(x)) *
					 LG_E;
	int sign;

	return (lgamma_r(x + n, &sign) - lgamma_r(x, &sign)) * LG_E;
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
	    y * (1.0 / 12 -
		 y * (1.0 / 120 -
		      y * (1.0 / 252 -
			   y * (1.0 / 240 -
				y * (1.0 / 132 - y * (691.0 / 32760 - y * (1.0 / 12)))))));

	return shift + log(x) - 0.5 / x - tail;
}
