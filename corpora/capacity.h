/* SPDX-License-Identifier: BSD-2-Clause
 *
 * capacity.h - the least loss that a model of limited size can have: what to store of facts that
 * occur with given frequencies.
 *
 * Fact i occurs with probability p_i, and m_i units of the model, sum m_i <= C, leave it a loss of
 * D(m_i) an occurrence; what is the least sum p_i D(m_i)?  Two kinds of facts have closed answers:
 *
 *   Water-filling, D(m) = e^-m: each unit buys less than the one before, as with a real number that
 *   is stored ever more precisely.  All facts above the frequency mu of the water's level share the
 *   capacity, m_i = ln(p_i / mu), and each of them is left with the same loss, mu.
 *
 *   All or nothing, D(m) = max(0, 1 - m): a discrete fact under log loss, of which every unit is
 *   worth the same.  The C most frequent facts are stored and the others are not; of one that does
 *   not fit any more a part is.
 *
 * Both begin with a slope of -1, so 1 is both the loss of a fact that is not stored and, all or
 * nothing, the capacity that it takes: with facts of H bits, C is in units of H bits and the loss
 * too.  For p_i = i^-s / zeta(s), s > 1, both losses fall as C^(1-s), which is the exponent 1 -
 * 1/alpha of Pitman-Yor knowledge, s = 1/alpha.
 *
 * Reports only: nothing here reaches an archive.
 */
#ifndef TWOPART_CAPACITY_H
#define TWOPART_CAPACITY_H

#include <stdint.h>

#include "status.h"

/* sum of i^-s over all i > m: s > 1, m >= 0.  Between whole numbers it is linear, as if a part of
 * the next fact were stored.  Relative errors near 1e-13. */
double capacity_zipf_tail(double s, double m);

/* Losses at capacity c >= 0 under p_i = i^-s / zeta(s), and the power laws that they approach. */
double capacity_zipf_water(double s, double c);
double capacity_zipf_whole(double s, double c);
double capacity_zipf_water_law(double s, double c);
double capacity_zipf_whole_law(double s, double c);

/* The power law of the second kind for the weights of a Pitman-Yor process with discount 0 < alpha
 * < 1 of which n draws met k distinct elements: p_i ~ (k n^-alpha / Gamma(1 - alpha))^s i^-s. */
double capacity_pitman_yor_law(double alpha, double n, double k, double c);

#define CAPACITY_CLASSES_MAX 16

/* Facts of a corpus, most frequent first: their own frequencies instead of a law. */
struct capacity_facts {
	uint32_t n;
	const uint64_t *count; /* (n) occurrences, descending, each >= 1 */
	const uint8_t *class;  /* (n) each below CAPACITY_CLASSES_MAX */
	double n_sentences;    /* p_i = count / n_sentences */
};

struct capacity_loss {
	double of_class[CAPACITY_CLASSES_MAX], all;
};

/* Both O(n). */
struct capacity_loss capacity_whole(const struct capacity_facts *f, double c);
struct capacity_loss capacity_water(const struct capacity_facts *f, double c);

/* The straight line through (x_i, y_i), by least squares. */
struct capacity_fit {
	double slope, standard_error; /* NaN below 2 and below 3 points */
	uint32_t n;
};

struct capacity_fit capacity_fit_line(const double *x, const double *y, uint32_t n);

#endif
