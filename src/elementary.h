/* SPDX-License-Identifier: BSD-2-Clause
 *
 * elementary.h - exp and log from + - * / and bit operations only.
 *
 * The C library's versions differ between machines and releases in the last bit; a generated
 * corpus must not.  Both are accurate to a few units in the last place, which is all a sampler
 * needs.
 */
#ifndef TWOPART_ELEMENTARY_H
#define TWOPART_ELEMENTARY_H

double elementary_log(double x); /* natural logarithm; x > 0, normal */
double elementary_exp(double x); /* 0 below -708, saturates above 709 */

#endif
