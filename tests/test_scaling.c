/* SPDX-License-Identifier: BSD-2-Clause
 *
 * test_scaling.c - data scaling: what is measured and what is expected of it.
 *
 * Property: the redundancy of a Dirichlet table is the difference of two code lengths, its
 * expectation the mean over all sequences and the published numbers; a generated sk corpus has the
 * same lengths from these closed forms, from its own and summed element by element; drawn corpora
 * agree with the expectations, at every length, whatever the number of threads and the other alphas
 * are.
 * Method: long sums and enumeration; golden numbers; a small sk corpus; small plans with a fixed
 * seed.
 */
#include <math.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "dirichlet_table.h"
#include "pitman_yor.h"
#include "scaling_data.h"
#include "sk.h"
#include "sk_lengths.h"
#include "special.h"

#include "fixture.h" /* last: it brings cmocka.h, which defines a macro fail() */

#define LN_2 0.69314718055994531

/* ---- One table. ---- */

/* What the uses cost someone who knows the table, on average over the tables that remain. */
static double known_bits(const uint64_t *count, size_t k, double pseudo)
{
	double n = 0, nats = 0;

	for (size_t j = 0; j < k; j++)
		n += (double)count[j];
	for (size_t j = 0; j < k; j++)
		nats += (double)count[j] * (special_digamma(n + (double)k * pseudo) -
					    special_digamma((double)count[j] + pseudo));
	return nats / LN_2;
}

static double bayes_bits(const uint64_t *count, size_t k, double pseudo)
{
	double n = 0, bits = 0;

	for (size_t j = 0; j < k; j++) {
		n += (double)count[j];
		bits -= special_lg_rising(pseudo, (double)count[j]);
	}
	return bits + special_lg_rising((double)k * pseudo, n);
}

static void test_table_redundancy(void **state)
{
	static const uint64_t count[][5] = {{0, 0, 0, 0, 0},        {1, 0, 0, 0, 0},
					    {3, 1, 4, 1, 5},        {15, 16, 17, 15, 0},
					    {1000, 1, 33, 0, 7000}, {900000, 1, 2, 3, 50000}};
	static const double pseudo[] = {0.5, 1, 0.01, 7};

	(void)state;
	for (size_t i = 0; i < sizeof count / sizeof *count; i++)
		for (size_t j = 0; j < sizeof pseudo / sizeof *pseudo; j++) {
			double bayes = bayes_bits(count[i], 5, pseudo[j]);
			double expected = bayes - known_bits(count[i], 5, pseudo[j]);

			assert_true(fabs(dirichlet_table_redundancy(count[i], 5, pseudo[j]) -
					 expected) < 1e-11 + 5e-14 * bayes);
		}
}

/* Mean redundancy over all count vectors of n uses from symbol j on, each with its probability
 * times n! / prod c! (in `weight` the part of the symbols before j). */
static double mean_over_counts(uint64_t *count, size_t j, size_t k, uint64_t left, double weight,
			       double pseudo)
{
	double sum = 0;

	if (j == k - 1) {
		count[j] = left;
		for (uint64_t i = 0; i < left; i++)
			weight *= (pseudo + (double)i) / (double)(i + 1);
		return weight * dirichlet_table_redundancy(count, k, pseudo);
	}
	for (uint64_t c = 0; c <= left; c++) {
		count[j] = c;
		sum += mean_over_counts(count, j + 1, k, left - c, weight, pseudo);
		weight *= (pseudo + (double)c) / (double)(c + 1);
	}
	return sum;
}

static void test_table_expectation(void **state)
{
	static const double pseudo[] = {0.5, 0.05, 3};

	(void)state;
	for (size_t i = 0; i < sizeof pseudo / sizeof *pseudo; i++)
		for (size_t k = 2; k <= 4; k++)
			for (uint64_t n = 0; n <= 25; n++) {
				uint64_t count[4];
				double weight = 1;

				for (uint64_t u = 0; u < n; u++)
					weight *=
					    (double)(u + 1) / ((double)k * pseudo[i] + (double)u);
				double mean = mean_over_counts(count, 0, k, n, weight, pseudo[i]);

				assert_true(
				    fabs(dirichlet_table_redundancy_expected(n, k, pseudo[i]) -
					 mean) < 1e-11);
			}
	assert_true(dirichlet_table_redundancy_expected(1000, 1, 0.5) == 0);
}

/* P(c uses of n) when each is with probability p. */
static double binomial(uint64_t n, uint64_t c, double p)
{
	double rest = (double)(n - c);

	return exp(special_lg_rising(rest + 1, (double)c) * LN_2 -
		   special_lg_rising(1, (double)c) * LN_2 + (double)c * log(p) + rest * log1p(-p));
}

/* Expected Bayes bits of one symbol's count, whose probability is p: -lg (1/2)_c. */
static double symbol_bits(uint64_t n, double p)
{
	double bits = 0;

	for (uint64_t c = 0; c <= n; c++)
		bits -= binomial(n, c, p) * special_lg_rising(0.5, (double)c);
	return bits;
}

/* Krichevsky and Trofimov's redundancy for a given table: coins as published, uniform tables as
 * computed with 30 digits (samples gave 29.9, 106.1 and 187.6). */
static void test_golden_redundancy(void **state)
{
	static const struct {
		uint64_t n;
		double bits;
	} coin[] = {{10, 1.257244}, {100, 2.925818}, {1000, 4.587246}, {10000, 6.248252}};
	static const struct {
		double k;
		uint64_t n;
		double bits;
	} uniform[] = {{10, 1000, 30.103267}, {50, 1000, 106.374899}, {50, 10000, 187.519183}};

	(void)state;
	for (size_t i = 0; i < sizeof coin / sizeof *coin; i++) {
		double entropy = -0.3 * log2(0.3) - 0.7 * log2(0.7), n = (double)coin[i].n;
		double bits = 0;

		for (uint64_t c = 0; c <= coin[i].n; c++) {
			uint64_t count[] = {c, coin[i].n - c};

			bits +=
			    binomial(coin[i].n, c, 0.3) *
			    (dirichlet_table_redundancy(count, 2, 0.5) + known_bits(count, 2, 0.5));
		}
		assert_true(fabs(bits - n * entropy - coin[i].bits) < 0.51e-6);
	}
	for (size_t i = 0; i < sizeof uniform / sizeof *uniform; i++) {
		double k = uniform[i].k, n = (double)uniform[i].n;
		double bits = special_lg_rising(k / 2, n) + k * symbol_bits(uniform[i].n, 1 / k);

		assert_true(fabs(bits - n * log2(k) - uniform[i].bits) < 0.51e-6);
	}
}

/* The mean over coins from the prior is a mean of such numbers: with p = sin^2 the prior is uniform
 * in the angle, and the redundancy a polynomial in p and p lg p. */
static void test_mean_over_coins(void **state)
{
	enum { N = 40, STEPS = 4000 };
	double mean = 0;

	(void)state;
	for (int i = 0; i < STEPS; i++) {
		double angle = acos(-1) / 2 * (i + 0.5) / STEPS, p = sin(angle) * sin(angle);
		double entropy = -p * log2(p) - (1 - p) * log2(1 - p), bits = -N * entropy;

		for (uint64_t c = 0; c <= N; c++) {
			uint64_t count[] = {c, N - c};

			bits += binomial(N, c, p) * bayes_bits(count, 2, 0.5);
		}
		mean += bits / STEPS;
	}
	assert_true(fabs(mean - dirichlet_table_redundancy_expected(N, 2, 0.5)) < 1e-4);
}

/* ---- A generated corpus. ---- */

static struct sk_counts *count_corpus(const struct sk_prior *p, const struct fixture_corpus *c)
{
	struct sk_counts *counts = NULL;

	assert_int_equal(sk_counts_open(&counts, p), STATUS_OK);
	for (size_t begin = 0, end; begin < c->n; begin = end) {
		struct sk_sentence s;

		for (end = begin + 1; c->token[end - 1] != SK_END_TOKEN;)
			end++;
		assert_true(sk_parse(p, c->token + begin, (uint32_t)(end - begin), &s));
		assert_int_equal(sk_counts_add(counts, &s, NULL), STATUS_OK);
	}
	return counts;
}

/* The formulas of sk.h, element by element. */
static void sum_weights(const struct sk_counts *c, double *bayes, double *known)
{
	double a = c->prior->alpha, b = c->prior->beta, n = (double)c->n_sentences;

	*bayes = *known = 0;
	for (double i = 1; i < n; i++)
		*bayes += log2(b + i);
	for (uint32_t k = 0; k < c->n_elements; k++) {
		double n_k = (double)c->element[k].n;

		if (k > 0)
			*bayes -= log2(b + k * a);
		for (double i = 1; i < n_k; i++)
			*bayes -= log2(i - a);
		*known += n_k * (special_digamma(n + b) - special_digamma(n_k - a)) / LN_2;
	}
}

/* Redundancy of all rows and word tables. */
static double syntax_redundancy(const struct sk_counts *c)
{
	const struct sk_prior *p = c->prior;
	double bits = 0;

	for (uint32_t t = 0; t < p->n_types; t++) {
		for (uint32_t s = 0; s < p->cluster[t].n_states; s++)
			bits += dirichlet_table_redundancy(
			    c->row[t] + p->cluster[t].state[s].first_next,
			    p->cluster[t].state[s].n_next, p->row_pseudo_count);
		for (uint32_t k = 0; k < p->n_classes; k++)
			bits += dirichlet_table_redundancy(c->word[t] + k * p->n_class_words,
							   p->n_class_words, p->word_pseudo_count);
	}
	return bits;
}

static void test_generated_corpus(void **state)
{
	struct fixture_corpus c = fixture_draw("sk", "", "alpha=0.6,beta=3,sentences=2000");
	struct sk_prior *prior = NULL;
	struct py_partition partition;
	struct sk_lengths lengths;
	double bayes, known;

	(void)state;
	assert_int_equal(sk_prior_load(&prior, c.world->prior), STATUS_OK);

	struct sk_counts *counts = count_corpus(prior, &c);
	uint64_t *n_of = calloc(counts->n_elements, sizeof *n_of);

	assert_non_null(n_of);
	for (uint32_t k = 0; k < counts->n_elements; k++)
		n_of[k] = counts->element[k].n;
	assert_int_equal(py_partition_make(&partition, n_of, counts->n_elements), STATUS_OK);
	assert_int_equal(partition.n, 2000);
	assert_int_equal(sk_lengths_sum(&lengths, counts, NULL), STATUS_OK);
	sum_weights(counts, &bayes, &known);
	assert_true(fabs(py_partition_bits(&partition, 0.6, 3) - bayes) < 1e-8);
	assert_true(fabs(py_known_bits_expected(&partition, 0.6, 3) - known) < 1e-8);
	assert_true(fabs(lengths.bayes.part[BOUND_WEIGHTS] - bayes) < 1e-8);
	assert_true(fabs(lengths.expected.part[BOUND_WEIGHTS] - known) < 1e-8);
	assert_true(fabs(syntax_redundancy(counts) - lengths.bayes.part[BOUND_SYNTAX] +
			 lengths.expected.part[BOUND_SYNTAX]) < 1e-8);
	py_partition_free(&partition);
	free(n_of);
	sk_counts_free(counts);
	sk_prior_free(prior);
	fixture_free(&c);
}

/* ---- Whole plans. ---- */

static struct scaling_data_plan small_plan(void)
{
	return (struct scaling_data_plan){
	    .alpha_millionths = {300000, 500000, 700000},
	    .n_alphas = 3,
	    .beta_millionths = OPTION_UNIT,
	    .n_sentences = 1000,
	    .n_types = 5,
	    .n_templates = 10,
	    .n_slots = 2,
	    .n_slot_words = 6,
	    .name_bits = 20,
	    .fact_bits = 48,
	    .n_seeds = 200,
	    .seed = 5,
	    .n_threads = 2,
	};
}

static struct scaling_data measure(const struct scaling_data_plan *plan)
{
	struct scaling_data d;

	assert_int_equal(scaling_data_measure(plan, &d), STATUS_OK);
	return d;
}

static void assert_same(double x, double y)
{
	assert_memory_equal(&x, &y, sizeof x);
}

static void assert_same_point(const struct scaling_point *x, const struct scaling_point *y)
{
	assert_int_equal(x->n_sentences, y->n_sentences);
	assert_int_equal(x->part, y->part);
	assert_same(x->measured, y->measured);
	assert_same(x->expected, y->expected);
	assert_same(x->standard_error, y->standard_error);
	assert_same(x->slope, y->slope);
	assert_same(x->slope_standard_error, y->slope_standard_error);
}

static void test_measured_is_expected(void **state)
{
	struct scaling_data_plan plan = small_plan();

	(void)state;
	for (int i = 0; i < 2; i++) { /* then with a beta below 0, and with nothing but weights */
		struct scaling_data d = measure(&plan);
		struct scaling_data_check check = scaling_data_check(&d, 4);

		assert_int_equal(d.n_lengths, 3);
		assert_int_equal(d.n_points, 3 * 3 * SCALING_PARTS);
		assert_int_equal(d.point[2].n_sentences, 1000);
		assert_int_equal(check.n_points, i == 0 ? 45 : 27);
		assert_int_equal(check.n_within, check.n_points);
		assert_true(check.largest_z > 0.5 && check.largest_z < 4);
		check = scaling_data_check(&d, check.largest_z / 2);
		assert_true(check.n_within < check.n_points);
		scaling_data_free(&d);
		plan.beta_millionths = -200000;
		plan.name_bits = plan.fact_bits = 0;
		plan.n_types = plan.n_templates = 1;
		plan.n_slots = 0;
	}
}

/* Within errors that are small: the same numbers with 5 % more would be far out. */
static void test_errors_are_small(void **state)
{
	struct scaling_data_plan plan = small_plan();
	struct scaling_data d = measure(&plan);

	(void)state;
	for (uint32_t i = 0; i < d.n_points; i++) {
		const struct scaling_point *p = &d.point[i];

		if (p->part == SCALING_SYNTAX)
			assert_true(p->standard_error < 0.01 * p->expected);
		if (p->part == SCALING_KNOWLEDGE)
			assert_true(p->standard_error < 0.04 * p->expected);
	}
	scaling_data_free(&d);
}

/* Parts add up, the law is what it says, and slopes are those of the means. */
static void test_numbers_of_a_point(void **state)
{
	struct scaling_data_plan plan = small_plan();

	plan.n_alphas = 1;
	plan.alpha_millionths[0] = 500000;

	struct scaling_data d = measure(&plan);
	const struct scaling_point *weights = d.point, *content = weights + 3,
				   *knowledge = content + 3, *syntax = knowledge + 3,
				   *total = syntax + 3;

	(void)state;
	for (int i = 0; i < 3; i++) {
		double n = (double)weights[i].n_sentences, base = log2(5) + 68;

		assert_true(fabs(weights[i].expected + content[i].expected -
				 knowledge[i].expected) < 1e-12 * knowledge[i].expected);
		assert_true(fabs(knowledge[i].measured + syntax[i].measured - total[i].measured) <
			    1e-12 * total[i].measured);
		assert_true(fabs(content[i].measured - content[i].n_elements * base / n) < 1e-9);
		assert_true(fabs(content[i].law - base * 2 / sqrt(acos(-1)) * 2 / sqrt(n)) <
			    1e-9); /* Gamma(2) / (Gamma(3/2) / 2) */
		assert_true(fabs(syntax[i].law - 5 * 19 * log2(n) / (2 * n)) < 1e-12);
		assert_true(isnan(weights[i].law) && isnan(weights[i].slope));
	}
	assert_true(isnan(syntax[0].slope));
	assert_true(fabs(syntax[1].slope -
			 log(syntax[1].measured / syntax[0].measured) / log(316.0 / 100)) < 1e-12);
	assert_true(fabs(syntax[2].slope - syntax[2].slope_expected) <
		    4 * syntax[2].slope_standard_error);
	scaling_data_free(&d);
}

static void test_independence(void **state)
{
	struct scaling_data_plan plan = small_plan();

	(void)state;
	plan.n_seeds = 20;
	struct scaling_data d = measure(&plan);

	plan.n_threads = 1;
	struct scaling_data one_thread = measure(&plan);

	plan.n_threads = 7;
	plan.n_alphas = 1;
	plan.alpha_millionths[0] = 700000;
	plan.n_sentences = 999;
	struct scaling_data one_alpha = measure(&plan);

	for (uint32_t i = 0; i < d.n_points; i++)
		assert_same_point(&d.point[i], &one_thread.point[i]);
	for (uint32_t part = 0; part < SCALING_PARTS; part++)
		for (uint32_t i = 0; i < 2; i++)
			assert_same_point(&one_alpha.point[part * 2 + i],
					  &d.point[(2 * SCALING_PARTS + part) * 3 + i]);
	plan.seed++;
	struct scaling_data other_seed = measure(&plan);

	assert_true(other_seed.point[0].measured != one_alpha.point[0].measured);
	scaling_data_free(&d);
	scaling_data_free(&one_thread);
	scaling_data_free(&one_alpha);
	scaling_data_free(&other_seed);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_table_redundancy),  cmocka_unit_test(test_table_expectation),
	    cmocka_unit_test(test_golden_redundancy), cmocka_unit_test(test_mean_over_coins),
	    cmocka_unit_test(test_generated_corpus),  cmocka_unit_test(test_measured_is_expected),
	    cmocka_unit_test(test_errors_are_small),  cmocka_unit_test(test_numbers_of_a_point),
	    cmocka_unit_test(test_independence),
	};

	return cmocka_run_group_tests(tests, fixture_open, fixture_close);
}
