/* SPDX-License-Identifier: BSD-2-Clause
 *
 * nml.h - normalized maximum likelihood of a multinomial: its parametric complexity.
 *
 * The code that is never worse than the best distribution in hindsight by more than lg C(n, J), and
 * of which no other code can promise less, for n draws from J symbols:
 *   C(n, J) = sum over counts c_1 + .. + c_J = n of  n! / prod c_j!  prod (c_j / n)^(c_j).
 * For J fixed and n large lg C = (J-1)/2 lg(n / 2 pi) + lg(Gamma(1/2)^J / Gamma(J/2)) + o(1), what
 * the Dirichlet code with pseudo-counts 1/2 costs where no probability is near 0; there that code
 * costs more (half a bit for J = 2).
 *
 * Method.  C(n, 1) = 1;  C(n, 2) = sum_{j=0}^{n} n! / ((n-j)! n^j), whose terms fall as
 * exp(-j^2 / 2n), so that about 9 sqrt(n) of them are exact to double precision and no asymptotic
 * expansion is needed;  C(n, J+2) = C(n, J+1) + (n/J) C(n, J)  (Kontkanen & Myllymaki 2007), as a
 * recurrence of the ratio C(n, J+1) / C(n, J), which is at most 1 + n and which damps errors.
 * That sum for C(n, 2) is Abel's identity: both sides are n! / n^n times the coefficient of z^n in
 * (1 - T(z))^-2, T the tree function.
 */
#ifndef TWOPART_NML_H
#define TWOPART_NML_H

#include <stdint.h>

/* lg C(n, J) in bits; 0 for n = 0 and for J = 1; J >= 1.  Error: below 1e-10 bits for n up to
 * 10^7 and J up to 60000.  O(sqrt(n) + J), no memory. */
double nml_complexity_bits(uint64_t n, uint32_t n_symbols);

#endif
