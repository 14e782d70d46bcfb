/* SPDX-License-Identifier: BSD-2-Clause
 *
 * experiment_probe.h - the cells that the experiments on facts share, and how they are read:
 * transformers of several sizes that learn the same corpora and are asked while they do
 * (probing.h).
 */
#ifndef TWOPART_EXPERIMENT_PROBE_H
#define TWOPART_EXPERIMENT_PROBE_H

#include <jansson.h>
#include <stddef.h>
#include <stdint.h>

#include "bench.h"
#include "experiment.h"
#include "probe.h"
#include "result.h"
#include "status.h"

#define EXPERIMENT_PROBE_SIZES_MAX 16
#define EXPERIMENT_PROBE_SEEDS_MAX 8

/* Plan them. */
MUST_CHECK enum status experiment_probe_plan(struct bench *b, const struct experiment_request *q);

/* One size of transformer, trained for so many steps, on corpora of several seeds. */
struct experiment_probe_size {
	unsigned layers, dim;
	double steps, parameters;
	double seed[EXPERIMENT_PROBE_SEEDS_MAX];            /* (n) ascending */
	const json_t *document[EXPERIMENT_PROBE_SEEDS_MAX]; /* (n) of `twopart probe`, not owned */
	size_t n;
	char name[32]; /* "2 x 48" */
};

/* What results there are of such cells: the sizes that had the most usual number of steps, smallest
 * first, and then those with more.  Sizes of fewer steps are left out, and so are seeds that one of
 * the usual sizes lacks: document[i] is of the same corpus everywhere. */
struct experiment_probe {
	struct experiment_probe_size size[EXPERIMENT_PROBE_SIZES_MAX];
	size_t n, n_longer;
};
struct experiment_probe experiment_probe_read(const struct result *const *result, size_t n);

/* ---- Of one document. ---- */

struct experiment_probe_sum {
	double tokens, right, bits, chance, wrong_confidence; /* probe.h */
};

#define EXPERIMENT_PROBE_ALL (-1) /* classes */

/* An examination; the last one. */
const json_t *experiment_probe_last(const json_t *document);

/* Of an examination: a role's tokens in a class, or the facts stated so often (an octave's first
 * number of exposures, 0 for none). */
struct experiment_probe_sum experiment_probe_role(const json_t *point, const char *role, int class);
struct experiment_probe_sum experiment_probe_octave(const json_t *point, double from);

/* Mean bits of a role's tokens in a class under "bayes_bits" or "known_bits", for a stretch of
 * sentences. */
double experiment_probe_reference(const json_t *stretch, const char *role, int class,
				  const char *reference);

/* lg of the number of values: a fact that is not known. */
double experiment_probe_fact_bits(const json_t *document);

/* What the model has stored of the facts, in bits: of each octave's facts the mean that they cost
 * less than unknown ones, none below 0. */
double experiment_probe_stored_bits(const json_t *document);

/* What facts of the octaves that cost more than unknown ones cost beyond that, in bits a fact of
 * all that training stated: the price of being sure and wrong. */
double experiment_probe_wrong_bits(const json_t *document);

/* Where y first falls to `level`, in x, between points in the logarithm of x; NaN: nowhere. */
double experiment_probe_crossing(const double *x, const double *y, size_t n, double level);

/* ---- Of several seeds, a value each. ---- */

double experiment_probe_mean(const double *value, size_t n);

/* Is a above b; are all within -most .. most?  By paired differences (finding.h). */
enum verdict_of_claim experiment_probe_above(const double *a, const double *b, size_t n);
enum verdict_of_claim experiment_probe_within(const double *value, double most, size_t n);

/* Is place a before b, by the mean of their logarithms?  A place that is NaN is never reached: if
 * that is so for one of them at every seed it comes after the other, which is reached at all. */
enum verdict_of_claim experiment_probe_before(const double *a, const double *b, size_t n);

/* Is the first quarter better than the last, on average over the sizes, and the largest size better
 * than the smallest on the other three, while nowhere a quarter is clearly better than the one
 * before, or a size worse than the one before, by more than `tie`?  value[size]: the higher the
 * better. */
struct experiment_probe_quarters {
	double of[PROBE_CLASSES][EXPERIMENT_PROBE_SEEDS_MAX];
};
enum verdict_of_claim experiment_probe_order(const struct experiment_probe *e,
					     const struct experiment_probe_quarters *value,
					     double tie);

/* A place, or "never" for NaN. */
struct experiment_probe_text {
	char text[24];
};
struct experiment_probe_text experiment_probe_place(double value);

/* "quarter 1, most frequent" */
void experiment_probe_quarter(char title[64], int class);

/* The place of an octave on the axis of exposures. */
double experiment_probe_octave_middle(double from);

#endif
