/* SPDX-License-Identifier: BSD-2-Clause
 *
 * elementary.h - exp, log, ln Gamma, sine and cosine from + - * / and bit operations only.
 *
 * The C library's versions differ between machines and releases in the last bit; a generated
 * corpus, or what a two-part code stores, must not.  exp and log are accurate to a few units in the
 * last place, which is all that is needed.
 */
#ifndef TWOPART_ELEMENTARY_H
#define TWOPART_ELEMENTARY_H

#define ELEMENTARY_PI 3.14159265358979323846

double elementary_log(double x); /* natural logarithm; x > 0, normal */
double elementary_exp(double x); /* 0 below -708, saturates above 709 */

/* ln Gamma(x), x > 0.  Errors near 1e-15 of the largest of |result|, x and 1. */
double elementary_log_gamma(double x);

/* Of an angle of x turns, 0 <= x < 1.  Errors near 1e-15. */
double elementary_sin_turn(double x);
double elementary_cos_turn(double x);

/* Base 2: of x, of n!, and of x (x+1) .. (x+n-1). */
double elementary_lg(double x);
double elementary_lg_factorial(double n);
double elementary_lg_rising(double x, double n);

#endif
