/* SPDX-License-Identifier: BSD-2-Clause
 *
 * special.h - special functions for closed-form code lengths.  Reports only: results may differ in
 * the last digits between C libraries and never reach an archive.
 */
#ifndef TWOPART_SPECIAL_H
#define TWOPART_SPECIAL_H

/* ln(Gamma(x + d) / Gamma(x)); x > 0, x + d > 0.  Errors near 1e-15 of d ln x: no difference of
 * large numbers, however large x is or small d. */
double special_ln_gamma_ratio(double x, double d);

/* lg(x (x+1) .. (x+n-1)), the rising factorial; x > 0, n >= 0 whole.  Errors near 1e-15 relative,
 * for huge x too. */
double special_lg_rising(double x, double n);

/* lg n!, n >= 0 whole. */
double special_lg_factorial(double n);

/* psi(x) = d/dx ln Gamma(x), x > 0.  Errors near 1e-14. */
double special_digamma(double x);

#endif
