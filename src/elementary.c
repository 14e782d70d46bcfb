/* SPDX-License-Identifier: BSD-2-Clause */
#include "elementary.h"

#include <assert.h>
#include <stdint.h>
#include <string.h>

/* ln 2 in two pieces; the first has 33 significant bits, so its small multiples are exact. */
#define LN2_HIGH 0x1.62e42feep-1
#define LN2_LOW 0x1.a39ef35793c76p-33
#define SQRT_HALF 0x1.6a09e667f3bcdp-1
#define INV_LN2 0x1.71547652b82fep+0
#define HALF_LOG_2_PI 0.91893853320467274178

static double from_bits(uint64_t bits)
{
	double x;

	memcpy(&x, &bits, sizeof x);
	return x;
}

static uint64_t to_bits(double x)
{
	uint64_t bits;

	memcpy(&bits, &x, sizeof bits);
	return bits;
}

/* x = m 2^e with m in [sqrt(1/2), sqrt(2)); log m = 2 artanh s, s = (m - 1) / (m + 1), |s| < 0.172:
 * the series s + s^3/3 + .. is cut after s^23 / 23, below 1e-18. */
double elementary_log(double x)
{
	assert(x >= 0x1p-1022);

	uint64_t bits = to_bits(x);
	int exponent = (int)(bits >> 52) - 1022;
	double m = from_bits((bits & 0xfffffffffffff) | (uint64_t)1022 << 52); /* [0.5, 1) */

	if (m < SQRT_HALF) {
		m *= 2;
		exponent--;
	}
	double s = (m - 1) / (m + 1), s2 = s * s, sum = 0;

	for (int k = 23; k >= 3; k -= 2)
		sum = (sum + 1.0 / k) * s2;
	return exponent * LN2_HIGH + (2 * (s + s * sum) + exponent * LN2_LOW);
}

/* x = k ln 2 + r with |r| <= 0.35; the Taylor series of e^r is cut after r^14 / 14!, below 1e-18.
 */
double elementary_exp(double x)
{
	if (x < -708)
		return 0;
	if (x > 709)
		x = 709;

	int k = (int)(x * INV_LN2 + (x < 0 ? -0.5 : 0.5));
	double r = (x - k * LN2_HIGH) - k * LN2_LOW, sum = 1;

	for (int i = 14; i >= 1; i--)
		sum = 1 + sum * r / i;
	return sum * from_bits((uint64_t)(k + 1023) << 52);
}

/* Gamma(x) = Gamma(x + k) / (x (x+1) .. (x+k-1)) up to x + k >= 10, then Stirling's series, whose
 * first term left out is below 1e-15 there. */
double elementary_log_gamma(double x)
{
	double product = 1;

	while (x < 10)
		product *= x++;

	double y = 1 / x, y2 = y * y;
	double series =
	    y * (1.0 / 12 -
		 y2 * (1.0 / 360 -
		       y2 * (1.0 / 1260 -
			     y2 * (1.0 / 1680 - y2 * (1.0 / 1188 - y2 * (691.0 / 360360))))));
	double log_gamma = (x - 0.5) * elementary_log(x) - x + HALF_LOG_2_PI + series;

	return product == 1 ? log_gamma : log_gamma - elementary_log(product);
}

/* Of x turns, |x| <= 1/8: the series are cut after the 17th and 16th power, below 1e-17. */
static double sin_series(double x)
{
	double r = 2 * ELEMENTARY_PI * x, sum = 1;

	for (int i = 16; i >= 2; i -= 2)
		sum = 1 - sum * r * r / (i * (i + 1));
	return r * sum;
}

static double cos_series(double x)
{
	double r = 2 * ELEMENTARY_PI * x, sum = 1;

	for (int i = 16; i >= 2; i -= 2)
		sum = 1 - sum * r * r / (i * (i - 1));
	return sum;
}

double elementary_sin_turn(double x)
{
	int quarter = (int)(4 * x + 0.5);
	double rest = x - quarter * 0.25;

	switch (quarter % 4) {
	case 0:
		return sin_series(rest);
	case 1:
		return cos_series(rest);
	case 2:
		return -sin_series(rest);
	default:
		return -cos_series(rest);
	}
}

double elementary_cos_turn(double x)
{
	return elementary_sin_turn(x < 0.75 ? x + 0.25 : x - 0.75);
}

double elementary_lg(double x)
{
	return INV_LN2 * elementary_log(x);
}

double elementary_lg_factorial(double n)
{
	return INV_LN2 * elementary_log_gamma(n + 1);
}

double elementary_lg_rising(double x, double n)
{
	return INV_LN2 * (elementary_log_gamma(x + n) - elementary_log_gamma(x));
}
