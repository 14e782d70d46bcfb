/* SPDX-License-Identifier: BSD-2-Clause
 *
 * data_curve.h - loss against the size of the training set: what the experiments on it share.
 *
 * Their corpora are biographies of a finite population, drawn uniformly or with a weight of
 * (i + 1)^-power for person i.  What a learner pays for the biographies of a stretch, between the
 * n-th and the m-th, which it has not seen when it codes them, is its loss on unseen text after
 * about sqrt(n m) of them: one pass gives the whole curve.  For the optimum that loss is known
 * exactly: a biography of somebody new costs as many bits as his facts have, and one of somebody
 * known nothing.
 */
#ifndef TWOPART_DATA_CURVE_H
#define TWOPART_DATA_CURVE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include "bench.h"
#include "finding.h"
#include "status.h"

#define DATA_STRETCHES_MAX 24
#define DATA_CORPORA_MAX 16 /* of one law */

enum data_law { DATA_UNIFORM, DATA_POWER_1_2, DATA_POWER_1_5, DATA_POWER_2, DATA_LAWS };

struct data_law_spec {
	const char *sampling, *power, *name; /* power NULL: has none */
	double exponent;
};
extern const struct data_law_spec data_laws[DATA_LAWS];

/* Draw a corpus, unless it is there. */
struct data_corpus {
	enum data_law law;
	const char *people, *biographies;
	unsigned seed;
};
MUST_CHECK enum status data_corpus_add(struct bench *b, const struct data_corpus *c,
				       const struct subject **out);

/* ---- Of what corpora a result is. ---- */

struct data_scale {
	uint64_t people, biographies; /* 0: of none yet */
};

/* The law and scale of a corpus; false: it is none of these. */
bool data_corpus_of(const char *source, enum data_law *law, struct data_scale *scale);

/* Of several scales the one of most biographies speaks, their corpora not being independent. */
bool data_scale_is_above(const struct data_scale *a, const struct data_scale *b);
bool data_scale_is(const struct data_scale *a, const struct data_scale *b);

/* ---- Stretches. ---- */

struct data_stretch {
	double from, to; /* biographies */
};

struct data_stretches {
	struct data_stretch at[DATA_STRETCHES_MAX];
	size_t n;
};

/* The number of the stretch with these ends, which are nearly the same in all corpora, perhaps a
 * new one; DATA_STRETCHES_MAX: there is no more room. */
size_t data_stretch_find(struct data_stretches *all, double from, double to);
double data_stretch_middle(const struct data_stretch *s); /* biographies */

/* Values by the number of the corpus, NaN where there is none: all at first. */
void data_values_clear(double value[DATA_CORPORA_MAX]);
struct finding_mean data_values_mean(const double value[DATA_CORPORA_MAX]);
enum verdict_of_claim data_values_above_zero(const double value[DATA_CORPORA_MAX]);
enum verdict_of_claim data_values_above(const double a[DATA_CORPORA_MAX],
					const double b[DATA_CORPORA_MAX]); /* corpus by corpus */

/* ---- The optimum. ---- */

/* Of a person: pronoun, date, city, university, major, employer (corpora/bios.h). */
double data_fact_bits(void);

/* Weights by rank, of which the caller frees *p. */
MUST_CHECK enum status data_population(double **p, enum data_law law, uint64_t people);

/* The mean number of n members with these weights that first appear in a stretch. */
double data_newcomers(const double *p, size_t n, const struct data_stretch *s);

/* Did as many of those intervals of 95 % cover what they should as so many independent ones do, but
 * once in 40 times?  Open of none. */
enum verdict_of_claim data_covered(size_t n_covered, size_t n);

/* What `print` writes; NULL: no memory.  The caller frees it. */
char *data_text(void (*print)(FILE *to, const void *of), const void *of);

#endif
