/* SPDX-License-Identifier: BSD-2-Clause
 *
 * test_sources.c - the bounds and oracles of iid, markov and santafe are the numbers they claim.
 *
 * Property: bounds equal sums over the tokens written down without any closed form; the oracles'
 * ideal code lengths, token by token, equal the bounds; the means over all corpora are the known
 * constants (Krichevsky-Trofimov redundancy, length of a Santa Fe corpus).
 * Method: small worlds made in memory, tokens from our own generator, long double sums, full
 * enumeration of short corpora.
 */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "corpus.h"
#include "draw.h"
#include "predictor.h"
#include "rng.h"
#include "run.h"
#include "world.h"

#include <cmocka.h> /* last: it defines a macro fail() */

/* Takes over the references; the world holds what families and oracles read. */
static struct world make_world(const char *family, uint32_t vocab, json_t *prior, json_t *truth)
{
	json_t *root = json_pack("{s:o, s:o}", "prior", prior, "truth", truth);

	assert_non_null(root);
	return (struct world){.path = "test.json",
			      .root = root,
			      .family = family,
			      .prior = json_object_get(root, "prior"),
			      .vocab = vocab};
}

static json_t *table_prior(int rows, int symbols, int pseudo)
{
	return json_pack("{s:i, s:i, s:i}", "rows", rows, "symbols", symbols, "pseudo_millionths",
			 pseudo);
}

/* iid (one row) or markov (n rows) with a drawn table. */
static struct world draw_table_world(uint32_t n_rows, uint32_t n, int64_t pseudo_millionths,
				     double *p)
{
	json_t *rows = json_array();

	for (uint32_t r = 0; r < n_rows; r++) {
		struct rng rng = rng_stream(n, 77, r);
		json_t *row = json_array();

		draw_dirichlet(&rng, (double)pseudo_millionths / OPTION_UNIT, p + r * n, n);
		for (uint32_t j = 0; j < n; j++)
			json_array_append_new(row, json_real(p[r * n + j]));
		json_array_append_new(rows, row);
	}
	return make_world(n_rows == 1 ? "iid" : "markov", n,
			  table_prior((int)n_rows, (int)n, (int)pseudo_millionths),
			  json_pack("{s:o}", "p", rows));
}

static uint16_t *draw_tokens(const double *p, uint32_t n_rows, uint32_t n, size_t n_tokens)
{
	uint16_t *token = malloc(n_tokens * sizeof *token);
	double *below = malloc((size_t)n_rows * n * sizeof *below);
	struct rng rng = rng_stream(n, 78, 0);
	size_t row = 0;

	assert_non_null(token);
	assert_non_null(below);
	for (size_t j = 0; j < (size_t)n_rows * n; j++)
		below[j] = p[j] + (j % n ? below[j - 1] : 0);
	for (size_t i = 0; i < n_tokens; i++) {
		token[i] = (uint16_t)draw_cumulative(&rng, below + row * n, n);
		row = n_rows > 1 ? token[i] : 0;
	}
	free(below);
	return token;
}

static json_t *bounds_of(const struct world *w, const uint16_t *token, size_t n_tokens)
{
	json_t *out = NULL;

	assert_int_equal(
	    corpus_family_by_name(w->family)->bounds(w, token, n_tokens, &out), STATUS_OK);
	return out;
}

static double bits_of(const json_t *bounds, const char *name)
{
	const json_t *value = json_object_get(bounds, name);

	assert_true(json_is_number(value));
	return json_number_value(value);
}

/* Ideal length under predictor `known` or `bayes`; every token through ask and tell. */
static double oracle_bits(const struct world *w, const char *name, uint16_t *token, size_t n)
{
	const struct predictor_ops *ops = predictor_by_name(name);
	struct predictor_setup setup = {.n_symbols = w->vocab, .world = w};
	struct run run = {.model = ops};

	assert_non_null(ops);
	assert_true(ops->needs_world && ops->whole_stream && ops->not_counted);
	assert_true(ops->memory_bytes(&setup, n) > 0);
	assert_int_equal(ops->open(&run.p, &setup), STATUS_OK);
	assert_int_equal(run_open(&run), STATUS_OK);
	assert_int_equal(run_symbols(&run, token, n), STATUS_OK);
	run_close(&run);
	ops->close(run.p);
	return run.ideal_bits;
}

static void assert_close(double a, double b, double slack)
{
	if (!(fabs(a - b) <= slack))
		fail_msg("%.9f and %.9f differ by more than %.3g", a, b, slack);
}

/* Sum of -lg of the predictive and of the true probabilities, token by token. */
static void naive_bits(const double *p, uint32_t n_rows, uint32_t n, double a,
		       const uint16_t *token, size_t n_tokens, double *known, double *bayes)
{
	double *count = calloc((size_t)n_rows * (n + 1), sizeof *count);
	long double k = 0, b = 0;
	size_t row = 0;

	assert_non_null(count);
	for (size_t i = 0; i < n_tokens; i++) {
		double *c = count + row * (n + 1);

		k -= log2l(p[row * n + token[i]]);
		b -= log2l((c[token[i]] + a) / ((long double)c[n] + n * a));
		c[token[i]]++;
		c[n]++;
		row = n_rows > 1 ? token[i] : 0;
	}
	free(count);
	*known = (double)k;
	*bayes = (double)b;
}

static void check_table(uint32_t n_rows, uint32_t n, int64_t pseudo_millionths, size_t n_tokens)
{
	double *p = malloc((size_t)n_rows * n * sizeof *p), known, bayes;

	assert_non_null(p);
	struct world w = draw_table_world(n_rows, n, pseudo_millionths, p);
	uint16_t *token = draw_tokens(p, n_rows, n, n_tokens);
	json_t *bounds = bounds_of(&w, token, n_tokens);

	naive_bits(p, n_rows, n, (double)pseudo_millionths / OPTION_UNIT, token, n_tokens, &known,
		   &bayes);
	assert_close(bits_of(bounds, "known_bits"), known, 1e-9 * known + 1e-6);
	assert_close(bits_of(bounds, "bayes_bits"), bayes, 1e-9 * bayes + 1e-6);
	assert_close(bits_of(bounds, "syntax_bits"), bayes, 1e-9 * bayes + 1e-6);
	assert_close(oracle_bits(&w, "bayes", token, n_tokens), bayes, 1e-9 * bayes + 1e-6);
	assert_close(oracle_bits(&w, "known", token, n_tokens), known,
		     1e-9 * known + 1.5e-6 * (double)n_tokens);
	json_decref(bounds);
	json_decref(w.root);
	free(token);
	free(p);
}

static void tables_meet_brute_force(void **state)
{
	(void)state;
	check_table(1, 2, 500000, 2000);
	check_table(1, 32, 500000, 5000);
	check_table(1, 33, 1000000, 5000);
	check_table(1, 1025, 10000, 20000);
	check_table(1, 65535, 300001, 20000);
	check_table(2, 2, 500000, 3000);
	check_table(50, 50, 123456, 20000);
	check_table(300, 300, 1000000000, 20000);
}

/* A row whose weights exceed DIST_TOTAL_MAX and are divided: 10^6 a count, 1,300,000 tokens. */
static void large_counts_stay_exact(void **state)
{
	(void)state;
	check_table(1, 40, 10001, 1300000);
}

/* E[-lg p] under a Beta posterior, by quadrature of the density. */
static void known_expected_is_the_posterior_mean(void **state)
{
	static const uint16_t token[] = {0, 1, 1, 1, 0, 1, 1};
	double p[2], c[2] = {2, 5}, a = 1.5, numerator = 0, denominator = 0;
	struct world w = draw_table_world(1, 2, 1500000, p);
	json_t *bounds = bounds_of(&w, token, 7);

	(void)state;
	for (int i = 0; i < 200000; i++) {
		double x = (i + 0.5) / 200000;
		double density = pow(x, c[0] + a - 1) * pow(1 - x, c[1] + a - 1);

		numerator -= density * (c[0] * log2(x) + c[1] * log2(1 - x));
		denominator += density;
	}
	assert_close(bits_of(bounds, "known_bits_expected"), numerator / denominator, 1e-7);
	json_decref(bounds);
	json_decref(w.root);
}

/* Mean redundancy of the KT mixture on n coins of probability 0.3, summed over the counts. */
static void coin_redundancy_is_the_published_one(void **state)
{
	static const struct {
		int n;
		double redundancy;
	} golden[] = {{10, 1.257244}, {100, 2.925818}, {1000, 4.587246}};
	uint16_t token[1000];
	struct world w = make_world("iid", 2, table_prior(1, 2, 500000),
				    json_pack("{s:[[f, f]]}", "p", 0.7, 0.3));

	(void)state;
	for (size_t g = 0; g < sizeof golden / sizeof *golden; g++) {
		int n = golden[g].n;
		double mean = 0;

		for (int ones = 0; ones <= n; ones++) {
			for (int i = 0; i < n; i++)
				token[i] = i < ones;
			json_t *bounds = bounds_of(&w, token, (size_t)n);
			double known = bits_of(bounds, "known_bits");
			double ways = lgamma(n + 1) - lgamma(ones + 1) - lgamma(n - ones + 1);

			mean += exp(ways - known * log(2)) *
				(bits_of(bounds, "bayes_bits") - known);
			json_decref(bounds);
		}
		assert_close(mean, golden[g].redundancy, 1e-6);
	}
	json_decref(w.root);
}

static struct world santafe_world(int kinds, int beta_millionths, const char *bits)
{
	return make_world(
	    "santafe", 2 * (uint32_t)kinds,
	    json_pack("{s:i, s:i}", "kinds", kinds, "beta_millionths", beta_millionths),
	    json_pack("{s:s}", "bits", bits));
}

/* All 3^5 corpora of 5 tokens over 3 kinds: mean length = n H(K) + sum [1 - (1 - p)^n]. */
static void santafe_mean_length(void **state)
{
	enum { KINDS = 3, N = 5, CORPORA = 243 };
	struct world w = santafe_world(KINDS, 500000, "101");
	double p[KINDS], sum = 0, entropy = 0, formula = 0, mean = 0, total = 0, elements = 0;

	(void)state;
	for (int k = 0; k < KINDS; k++)
		sum += p[k] = pow(k + 1, -2);
	for (int k = 0; k < KINDS; k++) {
		p[k] /= sum;
		entropy -= p[k] * log2(p[k]);
		formula += 1 - pow(1 - p[k], N);
	}
	formula += N * entropy;
	for (int c = 0; c < CORPORA; c++) {
		uint16_t token[N];
		double probability = 1;

		for (int i = 0, rest = c; i < N; i++, rest /= KINDS) {
			int k = rest % KINDS;

			probability *= p[k];
			token[i] = (uint16_t)(2 * k + (k != 1));
		}
		json_t *bounds = bounds_of(&w, token, N);
		double bayes = bits_of(bounds, "bayes_bits"), known = bits_of(bounds, "known_bits");

		assert_close(oracle_bits(&w, "bayes", token, N), bayes, 1e-7);
		assert_close(oracle_bits(&w, "known", token, N), known, 1e-7);
		assert_close(-log2(probability), known, 1e-9);
		assert_close(bayes - known, bits_of(bounds, "elements"), 1e-9);
		assert_close(bits_of(bounds, "expected_bayes_bits"), formula, 1e-9);
		assert_close(bits_of(bounds, "expected_elements"), formula - N * entropy, 1e-9);
		mean += probability * bayes;
		elements += probability * bits_of(bounds, "elements");
		total += probability;
		json_decref(bounds);
	}
	assert_close(total, 1, 1e-12);
	assert_close(mean, formula, 1e-9);
	assert_close(elements, formula - N * entropy, 1e-9);
	json_decref(w.root);
}

/* A world file may be given the digest of any tokens. */
static void other_tokens_are_refused(void **state)
{
	static const uint16_t token[] = {0, 6, 1, 65535};
	struct world world[] = {
	    make_world("iid", 2, table_prior(1, 2, 500000), json_object()),
	    make_world("markov", 2, table_prior(2, 2, 500000), json_object()),
	    santafe_world(3, 500000, "101"),
	};

	(void)state;
	for (size_t i = 0; i < sizeof world / sizeof *world; i++) {
		json_t *bounds = NULL;

		json_object_del(world[i].root, "truth");
		assert_int_equal(corpus_family_by_name(world[i].family)
				     ->bounds(&world[i], token, sizeof token / sizeof *token,
					      &bounds),
				 STATUS_CORRUPT);
		assert_null(bounds);
		json_decref(world[i].root);
	}
}

/* Many kinds (a tree of several levels), and a single one (no decision about it at all). */
static void santafe_sizes(void **state)
{
	enum { N = 20000 };
	static const int sizes[] = {1, 2, 33, 32767};
	static uint16_t token[N];

	(void)state;
	for (size_t s = 0; s < sizeof sizes / sizeof *sizes; s++) {
		int kinds = sizes[s];
		char *bits = calloc((size_t)kinds + 1, 1);
		struct rng r = rng_stream(1, 79, s);

		assert_non_null(bits);
		for (int k = 0; k < kinds; k++)
			bits[k] = (char)('0' + rng_below(&r, 2));
		struct world w = santafe_world(kinds, 700000, bits);

		for (int i = 0; i < N; i++) {
			uint64_t k = rng_below(&r, (uint64_t)kinds);

			token[i] = (uint16_t)(2 * k + (uint64_t)(bits[k] - '0'));
		}
		json_t *bounds = bounds_of(&w, token, N);

		double bayes = bits_of(bounds, "bayes_bits"), known = bits_of(bounds, "known_bits");

		/* Rounded up by dist_frequency(), rare kinds are cheaper than they should be. */
		assert_close(oracle_bits(&w, "bayes", token, N), bayes, 1e-5 * bayes + 1e-6);
		assert_close(oracle_bits(&w, "known", token, N), known, 1e-5 * known + 1e-6);
		json_decref(bounds);
		json_decref(w.root);
		free(bits);
	}
}

/* Tokens that the truth rules out are refused, not priced. */
static void contradictions_are_impossible(void **state)
{
	struct world w = santafe_world(2, 500000, "10");
	uint16_t token[] = {1, 2, 0}; /* the last says that bit 0 is 0 */
	struct predictor_setup setup = {.n_symbols = 4, .world = &w};
	struct run run = {.model = predictor_by_name("bayes")};
	json_t *bounds = NULL;

	(void)state;
	assert_int_equal(corpus_family_by_name("santafe")->bounds(&w, token, 3, &bounds),
			 STATUS_IMPOSSIBLE);
	assert_int_equal(run.model->open(&run.p, &setup), STATUS_OK);
	assert_int_equal(run_open(&run), STATUS_OK);
	assert_int_equal(run_symbols(&run, token, 3), STATUS_IMPOSSIBLE);
	run_close(&run);
	run.model->close(run.p);
	json_decref(w.root);
}

static void assert_refused(struct world w)
{
	struct predictor_setup setup = {.n_symbols = w.vocab, .world = &w};
	struct predictor *p = NULL;

	assert_int_equal(predictor_by_name("known")->open(&p, &setup), STATUS_CORRUPT);
	json_decref(w.root);
}

static void bad_worlds_are_refused(void **state)
{
	(void)state;
	assert_refused(make_world("iid", 2, json_object(), json_object()));
	assert_refused(make_world("iid", 2, table_prior(1, 2, 500000), json_object()));
	assert_refused(make_world("iid", 3, table_prior(1, 2, 500000),
				  json_pack("{s:[[f, f]]}", "p", 0.5, 0.5)));
	assert_refused(make_world("iid", 2, table_prior(1, 2, 0),
				  json_pack("{s:[[f, f]]}", "p", 0.5, 0.5)));
	assert_refused(make_world("iid", 2, table_prior(1, 2, 500000),
				  json_pack("{s:[[f, f]]}", "p", 1.5, -0.5)));
	assert_refused(make_world("iid", 2, table_prior(1, 2, 500000),
				  json_pack("{s:[[f, f]]}", "p", 0.0, 0.0)));
	assert_refused(make_world("iid", 2, table_prior(1, 2, 500000),
				  json_pack("{s:[[f, f]]}", "p", 0.5, 0.6)));
	assert_refused(make_world("iid", 2, table_prior(1, 2, 500000),
				  json_pack("{s:[[f, f]]}", "p", 1.0, 1e-320)));
	assert_refused(make_world("iid", 2, table_prior(1, 2, 500000),
				  json_pack("{s:[[f, s]]}", "p", 1.0, "0")));
	assert_refused(make_world("markov", 2, table_prior(2, 2, 500000),
				  json_pack("{s:[[f, f]]}", "p", 0.5, 0.5)));
	assert_refused(make_world("markov", 2, table_prior(2000000000, 2, 500000), json_object()));
	assert_refused(santafe_world(0, 500000, ""));
	assert_refused(santafe_world(2, 500000, "1"));
	assert_refused(santafe_world(2, 500000, "1x"));
	assert_refused(santafe_world(2, 0, "11"));

	struct world w = make_world("file", 256, json_object(), json_object());
	struct predictor_setup setup = {.n_symbols = 256, .world = &w};
	struct predictor *p = NULL;

	assert_int_equal(predictor_by_name("bayes")->open(&p, &setup), STATUS_UNSUPPORTED);
	json_decref(w.root);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(tables_meet_brute_force),
	    cmocka_unit_test(large_counts_stay_exact),
	    cmocka_unit_test(known_expected_is_the_posterior_mean),
	    cmocka_unit_test(coin_redundancy_is_the_published_one),
	    cmocka_unit_test(santafe_mean_length),
	    cmocka_unit_test(santafe_sizes),
	    cmocka_unit_test(contradictions_are_impossible),
	    cmocka_unit_test(other_tokens_are_refused),
	    cmocka_unit_test(bad_worlds_are_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
