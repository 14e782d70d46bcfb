/* SPDX-License-Identifier: BSD-2-Clause
 *
 * scaling_data.h - redundancy against corpus length: drawn, expected exactly, and by the law.
 *
 * THE SOURCE is the Syntax-Knowledge source with the contents of elements reduced to what they
 * cost.  Sentence i is of an element from PY(alpha, beta); an element has a type, uniform over
 * n_types, and costs lg n_types + name_bits + fact_bits when it occurs first, nothing afterwards.
 * Its type t speaks through cluster t, which chooses one of n_templates by a row ~ Dirichlet(1/2)
 * and fills each of n_slots places with one of n_slot_words by a table ~ Dirichlet(1/2).
 *
 * MEASURED: of a drawn corpus of N sentences, what the Bayes code pays above someone who knows the
 * world, its cost being the mean over the worlds that remain possible: closed forms of the counts,
 * so the luck of single draws cancels.  Divided by N; means over n_seeds corpora.
 *
 * EXPECTED: the same expectation without drawing.  Knowledge: H(Psi_N) + E[K_N] H_base - N E[H]
 * (pitman_yor.h).  Syntax: sum over clusters of what their tables cost to learn from n_t sentences
 * (dirichlet_table.h).  The law of n_t, the sentences of cluster t, has no closed form: this
 * expectation is exact given the n_t of each drawn corpus, and averaged over them.
 *
 * THE LAW, for N without bound: H_base Gamma(beta+1) / (alpha Gamma(alpha+beta)) N^(alpha-1) for
 * names and facts; n_types d_syn lg N / (2 N) for syntax, d_syn the free parameters of a cluster.
 * The weights' own part is negative, about -alpha lg N bits an element: a new one costs those who
 * do not know the weights the event "new", and those who do the lg of a tiny weight.  So it has no
 * power law, and with it knowledge falls a little faster than N^(alpha-1) at any N that can be
 * drawn; the law of names and facts stands in its column.
 */
#ifndef TWOPART_SCALING_DATA_H
#define TWOPART_SCALING_DATA_H

#include <stdint.h>

#include "status.h"

#define SCALING_DATA_ALPHAS_MAX 16u
#define SCALING_DATA_PSEUDO_COUNT 0.5

struct scaling_data_plan {
	int64_t alpha_millionths[SCALING_DATA_ALPHAS_MAX]; /* each > 0, < 10^6 */
	uint32_t n_alphas;
	int64_t beta_millionths; /* > -alpha */
	uint64_t n_sentences;    /* of the longest corpus, >= 100 */
	uint32_t n_types, n_templates, n_slots, n_slot_words;
	uint32_t name_bits, fact_bits; /* of an element */
	uint32_t n_seeds;              /* >= 2 */
	uint64_t seed;
	int n_threads; /* never changes a result */
	void (*progress)(void *context, uint64_t done_sentences, uint64_t n_sentences);
	void *context; /* progress may be NULL; calls never overlap */
};

enum scaling_part {
	SCALING_WEIGHTS,   /* which sentences are of one element */
	SCALING_CONTENT,   /* types, names and facts */
	SCALING_KNOWLEDGE, /* both */
	SCALING_SYNTAX,
	SCALING_TOTAL, /* knowledge and syntax */
	SCALING_PARTS,
};

extern const char *const scaling_part_name[SCALING_PARTS];

/* One part at one corpus length.  Bits a sentence; NaN where a number does not exist. */
struct scaling_point {
	int64_t alpha_millionths;
	uint64_t n_sentences;
	enum scaling_part part;
	double n_elements;         /* mean number of distinct elements */
	double measured, expected; /* means over the seeds */
	double standard_error;     /* of measured - expected, over the seeds */
	double z;                  /* (measured - expected) / standard_error; NaN if all agree */
	double law;
	/* d lg redundancy / d lg N since the next shorter length, its error, the expected one's */
	double slope, slope_standard_error, slope_expected;
};

struct scaling_data {
	struct scaling_point *point; /* (n_points) by alpha, part, length */
	uint32_t n_points, n_lengths;
};

/* Lengths are 10^2, 10^2.5, 10^3, .. rounded.  STATUS_NO_MEMORY is the only error. */
MUST_CHECK enum status scaling_data_measure(const struct scaling_data_plan *plan,
					    struct scaling_data *out);
void scaling_data_free(struct scaling_data *d);

/* Of the points that have a z: how many there are, how many of them lie within `limit` standard
 * errors, and the largest |z|. */
struct scaling_data_check {
	uint32_t n_points, n_within;
	double largest_z;
};

struct scaling_data_check scaling_data_check(const struct scaling_data *d, double limit);

#endif
