/* SPDX-License-Identifier: BSD-2-Clause
 *
 * test_bounds.c - parametric complexity, mixtures over grids, and the bounds made of them.
 *
 * Property: C(n, J) is the sum over all counts; KT and NML cost what is published; a mixture lies
 * between its best point and lg G above it; a family's bounds add up, in their parts and against
 * each other, with a truth and without.
 * Method: full enumeration and expansions for C, exact expectations over binomials for KT, brute
 * force over the documented grids, small generated corpora.
 */
#include <math.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "bound.h"
#include "corpus.h"
#include "count_tables.h"
#include "mixture.h"
#include "nml.h"
#include "special.h"

#include "fixture.h" /* last: it brings cmocka.h, which defines a macro fail() */

#define LG_E 1.4426950408889634
#define PI 3.14159265358979324

static void assert_near(double a, double b, double slack)
{
	if (!(fabs(a - b) <= slack))
		fail_msg("%.12g is not %.12g +- %g", a, b, slack);
}

static double lg_gamma(double x)
{
	return lgamma(x) * LG_E;
}

static double lg_choose(double n, double k)
{
	return lg_gamma(n + 1) - lg_gamma(k + 1) - lg_gamma(n - k + 1);
}

/* ---- Parametric complexity. ---- */

/* Sum over all ways to deal n draws to J symbols: the next one gets c of them. */
static double enumerate(uint32_t n, uint32_t all, uint32_t n_symbols)
{
	double sum = 0;

	if (n_symbols == 1)
		return pow((double)n / all, n);
	for (uint32_t c = 0; c <= n; c++)
		sum += exp2(lg_choose(n, c)) * pow((double)c / all, c) *
		       enumerate(n - c, all, n_symbols - 1);
	return sum;
}

static void complexity_is_the_sum_over_counts(void **state)
{
	(void)state;
	for (uint32_t n = 1; n <= 9; n++)
		for (uint32_t n_symbols = 1; n_symbols <= 6; n_symbols++)
			assert_near(exp2(nml_complexity_bits(n, n_symbols)),
				    enumerate(n, n, n_symbols), 1e-12 * enumerate(n, n, n_symbols));
	assert_near(exp2(nml_complexity_bits(300, 2)), enumerate(300, 300, 2), 1e-10);
	assert_true(nml_complexity_bits(0, 7) == 0);
	assert_true(nml_complexity_bits(1000, 1) == 0);
}

/* Few draws from many symbols: polynomials in J, from the possible shapes of the counts. */
static void complexity_of_few_draws(void **state)
{
	(void)state;
	for (double j = 2; j <= 60000; j = j * 7 + 1) {
		double three = j + j * (j - 1) * 4 / 9 + j * (j - 1) * (j - 2) / 27;

		assert_near(nml_complexity_bits(1, (uint32_t)j), log2(j), 1e-10);
		assert_near(nml_complexity_bits(2, (uint32_t)j), log2(j + j * (j - 1) / 4), 1e-10);
		assert_near(nml_complexity_bits(3, (uint32_t)j), log2(three), 1e-10);
	}
}

/* C(n, 2) by Szpankowski's expansion, whose next term is of the order n^(-5/2). */
static double expansion_of_two(double n)
{
	return sqrt(PI * n / 2) + 2.0 / 3 + sqrt(2 * PI / n) / 24 - 4 / (135 * n) +
	       sqrt(2 * PI) / 576 / (n * sqrt(n)) + 8 / (2835 * n * n);
}

static void complexity_meets_its_expansions(void **state)
{
	static const uint32_t sizes[] = {2, 3, 5, 16, 64};

	(void)state;
	for (uint64_t n = 100; n <= 10000000; n *= 10) {
		double expansion = expansion_of_two((double)n);

		assert_near(exp2(nml_complexity_bits(n, 2)) / expansion, 1,
			    1 / ((double)n * (double)n * (double)n) + 1e-11);
	}
	for (size_t i = 0; i < sizeof sizes / sizeof *sizes;
	     i++) { /* the error is as J^(3/2) / n^(1/2) */
		double k = sizes[i], limit = (k - 1) / 2 * log2(1e7 / (2 * PI)) +
					     k * lg_gamma(0.5) - lg_gamma(k / 2);

		assert_near(nml_complexity_bits(10000000, sizes[i]), limit,
			    0.5 * k * sqrt(k) / sqrt(1e7));
	}
}

/* The largest case: nothing overflows, and the recurrence holds. */
static void complexity_of_the_largest_tables(void **state)
{
	const uint64_t n = 10000000;

	(void)state;
	for (uint32_t j = 59990; j <= 60000; j++) {
		double ratio = nml_complexity_bits(n, j + 2) - nml_complexity_bits(n, j + 1);
		double last = nml_complexity_bits(n, j + 1) - nml_complexity_bits(n, j);

		assert_near(exp2(ratio), 1 + (double)n / j / exp2(last), 1e-6);
	}
	assert_near(nml_complexity_bits(n, 60000) / nml_complexity_bits(n, 30000), 1.78, 0.3);
}

/* ---- Dirichlet codes of tables. ---- */

static double table_bits(const uint64_t *count, uint32_t n, double pseudo, bool nml)
{
	struct count_tables t = {0};
	double bits;

	count_tables_add(&t, count, n);
	assert_int_equal(count_tables_seal(&t), STATUS_OK);
	bits = nml ? count_tables_nml_bits(&t) : count_tables_bits(&t, pseudo);
	count_tables_free(&t);
	return bits;
}

static double entropy(double theta)
{
	return -theta * log2(theta) - (1 - theta) * log2(1 - theta);
}

/* Jeffreys' limit of the redundancy: (k-1)/2 lg(n / 2 pi e) + lg(Gamma(1/2)^k / Gamma(k/2)). */
static double kt_limit(double k, double n)
{
	return (k - 1) / 2 * log2(n / (2 * PI * exp(1))) + k * lg_gamma(0.5) - lg_gamma(k / 2);
}

/* Design notes 3.3: two symbols, probabilities 0.3 and 0.7, to every digit. */
static void kt_of_a_coin(void **state)
{
	static const struct {
		uint64_t n;
		double redundancy, limit; /* 0: not published */
	} golden[] = {
	    {10, 1.257244, 1.265365},
	    {100, 2.925818, 2.926329},
	    {1000, 4.587246, 4.587293},
	    {10000, 6.248252, 0},
	};

	(void)state;
	for (size_t i = 0; i < sizeof golden / sizeof *golden; i++) {
		double n = (double)golden[i].n, mean = 0;

		for (uint64_t h = 0; h <= golden[i].n; h++) {
			double c = (double)h,
			       lg = lg_choose(n, c) + c * log2(0.3) + (n - c) * log2(0.7);

			mean +=
			    exp2(lg) * table_bits((uint64_t[]){h, golden[i].n - h}, 2, 0.5, false);
		}
		assert_near(mean - n * entropy(0.3), golden[i].redundancy, 5e-7);
		if (golden[i].limit > 0)
			assert_near(kt_limit(2, n), golden[i].limit, 5e-7);
	}
}

/* Many equally probable symbols; every count is binomial, and the code length a sum over them.
 * Limits as published (design notes 3.3); the means there are of samples, these are exact. */
static void kt_of_many_symbols(void **state)
{
	static const struct {
		double k, n, redundancy, limit;
	} golden[] = {
	    {10, 1000, 30.1033, 30.09},
	    {50, 1000, 106.3749, 106.10},
	    {50, 10000, 187.5192, 187.49},
	};

	(void)state;
	for (size_t i = 0; i < sizeof golden / sizeof *golden; i++) {
		double k = golden[i].k, n = golden[i].n, mean = special_lg_rising(k / 2, n);

		for (double c = 0; c <= n; c++)
			mean -= k * special_lg_rising(0.5, c) *
				exp2(lg_choose(n, c) - c * log2(k) + (n - c) * log2(1 - 1 / k));
		assert_near(mean - n * log2(k), golden[i].redundancy, 5e-5);
		assert_near(kt_limit(k, n), golden[i].limit, 0.005);
	}
}

/* KT costs what NML does where both symbols occur, half a bit more where one does not, and is
 * somewhere worse than NML, whose excess over the best fit is the same everywhere. */
static void kt_against_nml(void **state)
{
	const uint64_t n = 100000;
	double worst = 0;

	(void)state;
	assert_near(table_bits((uint64_t[]){n / 2, n - n / 2}, 2, 0.5, false),
		    table_bits((uint64_t[]){n / 2, n - n / 2}, 2, 0.5, true), 0.01);
	assert_near(table_bits((uint64_t[]){n, 0}, 2, 0.5, false),
		    table_bits((uint64_t[]){n, 0}, 2, 0.5, true) + 0.5, 0.01);
	for (uint64_t h = 0; h <= 200; h++) {
		const uint64_t count[] = {h, 200 - h};
		double p = (double)h / 200, best = h % 200 ? 200 * entropy(p) : 0;
		double kt = table_bits(count, 2, 0.5, false) - best;

		assert_near(table_bits(count, 2, 0.5, true) - best, nml_complexity_bits(200, 2),
			    1e-9);
		worst = kt > worst ? kt : worst;
	}
	assert_true(worst > nml_complexity_bits(200, 2));
}

/* Sets of tables are sums of tables; empty ones are free. */
static void tables_add_up(void **state)
{
	static const uint64_t a[] = {3, 0, 3, 1}, b[] = {0, 0}, c[] = {7, 1};
	struct count_tables t = {0}, none = {0};

	(void)state;
	count_tables_add(&t, a, 4);
	count_tables_add(&t, b, 2);
	count_tables_add(&t, c, 2);
	assert_int_equal(count_tables_seal(&t), STATUS_OK);
	assert_near(count_tables_bits(&t, 0.7),
		    table_bits(a, 4, 0.7, false) + table_bits(c, 2, 0.7, false), 1e-12);
	assert_near(count_tables_nml_bits(&t),
		    table_bits(a, 4, 0, true) + table_bits(c, 2, 0, true), 1e-12);
	assert_int_equal(count_tables_seal(&none), STATUS_OK);
	assert_true(count_tables_bits(&none, 1) == 0 && count_tables_nml_bits(&none) == 0);
	count_tables_free(&none);
	count_tables_free(&t);
}

/* ---- Mixtures. ---- */

static void assert_between(const struct mixture *m)
{
	double slack = 1e-12 * fabs(m->bits);

	assert_true(m->bits >= m->best_bits - slack);
	assert_true(m->bits <= m->best_bits + log2(m->n_points) + slack);
}

static void mixtures_are_stable(void **state)
{
	static const double one_best[] = {1e9, 2e9, 9e8, 3e9}, equal[] = {1e9, 1e9, 1e9, 1e9},
			    few[] = {3, 1, 2};
	struct mixture m = mixture_of(one_best, 4);

	(void)state;
	assert_between(&m);
	assert_int_equal(m.best, 2);
	assert_near(m.bits, 9e8 + 2, 1e-6);
	m = mixture_of(equal, 4);
	assert_between(&m);
	assert_near(m.bits, 1e9, 1e-6);
	assert_int_equal(m.best, 0);
	m = mixture_of(few, 3);
	assert_near(m.bits, -log2((1.0 / 8 + 1.0 / 2 + 1.0 / 4) / 3), 1e-12);
	m = mixture_of(few, 1);
	assert_near(m.bits, 3, 1e-12);
}

/* -lg of the mean probability over the grid that mixture.h documents, by brute force. */
static void mixtures_are_over_the_documented_grid(void **state)
{
	static const uint64_t size[] = {1, 2, 4, 9}, multiplicity[] = {3, 2, 1, 1};
	static const uint64_t count[] = {5, 0, 2, 1};
	const struct py_partition p = {20, 4, size, multiplicity};
	double sum = 0, alpha, beta, pseudo, best = INFINITY;
	struct count_tables t = {0};
	struct mixture m = mixture_partition(&p, &alpha, &beta);

	(void)state;
	for (int i = 0; i < 20; i++)
		for (int j = 0; j < 17; j++) {
			double bits = py_partition_bits(&p, i / 20.0, 0.1 * pow(10, j / 4.0));

			sum += exp2(-bits) / 340;
			best = bits < best ? bits : best;
		}
	assert_int_equal(m.n_points, 340);
	assert_near(m.bits, -log2(sum), 1e-9);
	assert_near(m.best_bits, best, 1e-9);
	assert_near(py_partition_bits(&p, alpha, beta), best, 1e-9);
	assert_between(&m);

	count_tables_add(&t, count, 4);
	assert_int_equal(count_tables_seal(&t), STATUS_OK);
	m = mixture_tables(&t, &pseudo);
	sum = 0;
	for (int i = 0; i < 69; i++)
		sum += exp2(-count_tables_bits(&t, pow(2, i / 4.0) / 128)) / 69;
	assert_int_equal(m.n_points, 69);
	assert_near(m.bits, -log2(sum), 1e-9);
	assert_near(count_tables_bits(&t, pseudo), m.best_bits, 1e-12);
	assert_between(&m);
	count_tables_free(&t);
}

/* The best point of extreme data is the grid's end. */
static void best_points_go_to_the_ends(void **state)
{
	static const uint64_t one[] = {1}, thousand[] = {1000};
	static const uint64_t alike[] = {900, 900, 900}, single[] = {900, 0, 0};
	const struct py_partition alone = {1000, 1, one, thousand},
				  together = {1000, 1, thousand, one};
	double alpha, beta, pseudo;
	struct count_tables t = {0};

	(void)state;
	mixture_partition(&alone, &alpha, &beta);
	assert_near(alpha, 0.95, 1e-12);
	assert_near(beta, 1000, 1e-9);
	mixture_partition(&together, &alpha, &beta);
	assert_near(alpha, 0, 1e-12);
	assert_near(beta, 0.1, 1e-12);
	count_tables_add(&t, alike, 3);
	assert_int_equal(count_tables_seal(&t), STATUS_OK);
	mixture_tables(&t, &pseudo);
	assert_near(pseudo, 1024, 1e-9);
	count_tables_free(&t);
	count_tables_add(&t, single, 3);
	assert_int_equal(count_tables_seal(&t), STATUS_OK);
	mixture_tables(&t, &pseudo);
	assert_near(pseudo, 1.0 / 128, 1e-12);
	count_tables_free(&t);
}

/* ---- Bounds of corpora. ---- */

/* Generate a corpus and compute its bounds again from its file, without the truth if not asked. */
static json_t *bounds_of(const char *family, const char *options, bool truth)
{
	const struct corpus_ops *ops = corpus_family_by_name(family);
	struct fixture_corpus c = fixture_draw(family, "", options);
	json_t *bounds = NULL;

	if (!truth)
		json_object_del(c.world->root, "truth");
	assert_int_equal(ops->bounds(c.world, c.token, c.n, &bounds), STATUS_OK);
	assert_int_equal(bound_put_redundancy(bounds), STATUS_OK);
	fixture_free(&c);
	return bounds;
}

static double bits_of(const json_t *bounds, const char *name)
{
	const json_t *value = json_object_get(bounds, name);

	if (!json_is_number(value))
		fail_msg("no number %s", name);
	return json_number_value(value);
}

static double part_of(const json_t *bounds, enum bound_id id, enum bound_part part)
{
	return bits_of(bounds, bound_rows[id].part[part]);
}

static void check_parts(const json_t *bounds)
{
	for (int id = 0; id < BOUNDS; id++) {
		double sum = 0, total;

		if (!json_object_get(bounds, bound_rows[id].total))
			continue;
		total = bits_of(bounds, bound_rows[id].total);
		for (int i = 0; i < BOUND_PARTS; i++)
			sum += part_of(bounds, id, i);
		assert_near(sum, total, 1e-9 * fabs(total));
	}
}

static void check_redundancy(const json_t *bounds)
{
	/* the divergence of what is known afterwards from what was known before */
	assert_true(bits_of(bounds, "redundancy_bits") > 0);
	assert_true(bits_of(bounds, "redundancy_fact_bits") >= 0);
	assert_true(bits_of(bounds, "redundancy_syntax_bits") >= 0);
	for (int i = 0; i < BOUND_PARTS; i++)
		assert_near(part_of(bounds, BOUND_REDUNDANCY, i),
			    part_of(bounds, BOUND_BAYES, i) -
				part_of(bounds, BOUND_KNOWN_EXPECTED, i),
			    1e-9 * bits_of(bounds, "bayes_bits"));
}

static void check_unknown(const json_t *bounds)
{
	double best = bits_of(bounds, "mixture_best_bits"), bits = bits_of(bounds, "mixture_bits");

	assert_true(bits >= best - 1e-9 * best);
	assert_true(bits <= best + bits_of(bounds, "mixture_grid_bits") + 1e-9 * best);
	assert_true(part_of(bounds, BOUND_MIXTURE, BOUND_NAMES) ==
		    part_of(bounds, BOUND_BAYES, BOUND_NAMES));
	assert_true(part_of(bounds, BOUND_MIXTURE, BOUND_FACTS) ==
		    part_of(bounds, BOUND_BAYES, BOUND_FACTS));
}

static void check_nml(const json_t *bounds)
{
	double bayes = bits_of(bounds, "bayes_bits");

	assert_true(bits_of(bounds, "nml_syntax_bits") > 0);
	assert_near(bits_of(bounds, "nml_bits") - bayes,
		    bits_of(bounds, "nml_syntax_bits") - bits_of(bounds, "syntax_bits"),
		    1e-9 * bayes);
}

static const struct {
	const char *family, *options;
	bool unknown, nml; /* there is something that a reader may not be told; also of syntax */
} corpora[] = {
    {"sk", "sentences=1", true, true},
    {"sk", "sentences=400,seed=2", true, true},
    {"sk", "sentences=3000,alpha=0.8,noise=0.5,seed=3", true, true},
    {"sk", "sentences=300,alpha=0,beta=3,attributes=0,seed=4", true, true},
    {"iid", "tokens=2000", true, true},
    {"markov", "tokens=5000", true, true},
    {"santafe", "tokens=2000", false, false},
    {"bios", "biographies=300,people=200", false, false},
    {"bios", "biographies=300,sampling=2", true, false},
};

static void parts_add_up(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof corpora / sizeof *corpora; i++) {
		json_t *bounds = bounds_of(corpora[i].family, corpora[i].options, true);

		check_parts(bounds);
		check_redundancy(bounds);
		assert_int_equal(json_object_get(bounds, "mixture_bits") != NULL,
				 corpora[i].unknown);
		if (corpora[i].unknown)
			check_unknown(bounds);
		if (corpora[i].nml)
			check_nml(bounds);
		json_decref(bounds);
	}
}

/* What the truth says is not there, and nothing else changes. */
static void bounds_without_a_truth(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof corpora / sizeof *corpora; i++) {
		json_t *all = bounds_of(corpora[i].family, corpora[i].options, true);
		json_t *bounds = bounds_of(corpora[i].family, corpora[i].options, false);

		json_object_del(all, bound_rows[BOUND_KNOWN].total);
		for (int part = 0; part < BOUND_PARTS; part++)
			json_object_del(all, bound_rows[BOUND_KNOWN].part[part]);
		assert_true(json_equal(all, bounds));
		json_decref(bounds);
		json_decref(all);
	}
}

/* With the parameters on the grid the mixture costs little more than being told, and the most
 * probable point is near. */
static void mixture_finds_the_parameters(void **state)
{
	json_t *bounds =
	    bounds_of("sk", "sentences=20000,alpha=0.7,beta=10,row-pseudo=1,seed=5", true);
	double excess = bits_of(bounds, "mixture_bits") - bits_of(bounds, "bayes_bits");

	(void)state;
	assert_true(excess <= bits_of(bounds, "mixture_grid_bits"));
	assert_near(bits_of(bounds, "mixture_alpha"), 0.7, 0.11);
	assert_true(bits_of(bounds, "mixture_beta") > 2 && bits_of(bounds, "mixture_beta") < 50);
	assert_near(log2(bits_of(bounds, "mixture_row_pseudo")), 0, 0.51);
	assert_near(log2(bits_of(bounds, "mixture_word_pseudo")), -1, 0.51);
	json_decref(bounds);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(complexity_is_the_sum_over_counts),
	    cmocka_unit_test(complexity_of_few_draws),
	    cmocka_unit_test(complexity_meets_its_expansions),
	    cmocka_unit_test(complexity_of_the_largest_tables),
	    cmocka_unit_test(kt_of_a_coin),
	    cmocka_unit_test(kt_of_many_symbols),
	    cmocka_unit_test(kt_against_nml),
	    cmocka_unit_test(tables_add_up),
	    cmocka_unit_test(mixtures_are_stable),
	    cmocka_unit_test(mixtures_are_over_the_documented_grid),
	    cmocka_unit_test(best_points_go_to_the_ends),
	    cmocka_unit_test(parts_add_up),
	    cmocka_unit_test(bounds_without_a_truth),
	    cmocka_unit_test(mixture_finds_the_parameters),
	};

	return cmocka_run_group_tests(tests, fixture_open, fixture_close);
}
