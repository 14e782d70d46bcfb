/* SPDX-License-Identifier: BSD-2-Clause
 *
 * santafe.h - the Santa Fe process: facts of one bit each, mentioned by a power law.
 *
 * Token i states that fact K_i has value Z(K_i): token = 2 K_i + Z(K_i).  The kinds K_i are
 * independent with P(K = k) proportional to (k + 1)^(-1 / beta), k = 0 .. kinds - 1; the bits Z(k)
 * are fair and drawn once.  The law of K is part of the prior.  (Debowski, arXiv 1105.1306; the
 * law is cut off after `kinds`.)
 *
 * World.  prior = {"kinds", "beta_millionths"}; truth = {"bits": string, character k is Z(k)}.
 *
 * Bounds of the tokens, in bits:
 *
 *   partition_bits        -sum_i lg P(K_i)
 *   fact_bits              number of distinct kinds among the K_i, called elements
 *   bayes_bits             their sum
 *   known_bits             partition_bits, and known_bits_expected too: what the prior leaves open
 *                          is certain once stated (known_weight_bits is the same; facts cost 0)
 *
 * so an independent program needs the prior and PREFIX.bin only.  In expectation over corpora of n
 * tokens (population.h has the sums): expected_elements = D(n), new_fact_mass = U(n), the chance
 * that token n + 1 states a new fact, and expected_bayes_bits = n H(K) + D(n).
 */
#ifndef TWOPART_SANTAFE_H
#define TWOPART_SANTAFE_H

#include <stdbool.h>

#include "world.h"

#define SANTAFE_KINDS_MAX 32767

struct santafe {
	uint32_t n_kinds;
	int64_t beta_millionths;
	double *p;        /* (n_kinds) the law of K, sums to about 1; tiny values may be 0 */
	const char *bits; /* (n_kinds) '0' or '1', owned by the world; NULL if not asked for */
};

/* Read and check a world's prior and, if asked, its truth, and compute the law. */
MUST_CHECK enum status santafe_load(struct santafe *f, const struct world *w, bool truth);
void santafe_free(struct santafe *f);

#endif
