/* SPDX-License-Identifier: BSD-2-Clause
 *
 * test_sk.c - the Syntax-Knowledge source, its closed forms and its exact oracle.
 *
 * Property: the partition term equals published golden numbers; the number of elements has the mean
 * of the Pitman-Yor law; the oracle's cost of every single token equals the one found by summing
 * over every type and every element by brute force (the slow twin below), and all of them add up to
 * the closed form; grammars that break a rule are refused.
 * Method: small worlds of many settings, written to a private directory by the product itself; the
 * twin shares no code with the oracle but the parsed prior.
 */
#include <math.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "corpus.h"
#include "predictor.h"
#include "run.h"
#include "sk.h"
#include "sk_lengths.h"
#include "world.h"

#include "fixture.h" /* last: it brings cmocka.h, which defines a macro fail() */

static const char small[] =
    "types=3,templates=5,classes=4,class-words=3,words=20,attributes=3,"
    "values=5,facts=3,first-names=4,last-names=30,min-tokens=5,max-tokens=9,";

static double length_of(const struct fixture_corpus *c, const char *name)
{
	return json_number_value(
	    json_object_get(json_object_get(c->world->root, "code_lengths"), name));
}

/* ---- Golden numbers. ---- */

/* partition_bits of the given cluster sizes. */
static double partition_bits(const struct sk_prior *p, const uint64_t *size, uint32_t n)
{
	struct sk_counts *c = NULL;
	json_t *lengths = NULL;
	double bits;

	assert_int_equal(sk_counts_open(&c, p), STATUS_OK);
	for (uint32_t k = 0; k < n; k++) {
		assert_int_equal(sk_counts_element(c, k, 0, true), k);
		c->element[k].n = size[k];
		c->n_sentences += size[k];
	}
	assert_int_equal(sk_code_lengths(c, NULL, &lengths), STATUS_OK);
	bits = json_number_value(json_object_get(lengths, "partition_bits"));
	json_decref(lengths);
	sk_counts_free(c);
	return bits;
}

/* -lg EPPF, computed independently (design notes 3.1). */
static void test_partition_golden(void **state)
{
	static const struct {
		double alpha, beta;
		uint64_t size[8];
		uint32_t n;
		double bits;
	} golden[] = {
	    {0.4, 1, {3, 1, 1}, 3, 5.632360551},
	    {0.5, 1, {5, 3, 2, 1, 1}, 5, 23.044394119},
	    {0.7, 2, {100, 40, 10, 5, 1, 1, 1}, 7, 248.085300186},
	};
	struct fixture_corpus c = fixture_draw("sk", small, "sentences=1");
	struct sk_prior *p = NULL;

	(void)state;
	assert_int_equal(sk_prior_load(&p, c.world->prior), STATUS_OK);
	for (size_t i = 0; i < sizeof golden / sizeof *golden; i++) {
		p->alpha = golden[i].alpha;
		p->beta = golden[i].beta;
		assert_true(fabs(partition_bits(p, golden[i].size, golden[i].n) - golden[i].bits) <
			    1e-9);
	}
	sk_prior_free(p);
	fixture_free(&c);
}

/* E[K_n] = Gamma(b+1) Gamma(b+a+n) / (a Gamma(b+a) Gamma(b+n)) - b/a. */
static double expected_elements(double a, double b, double n)
{
	return exp(lgamma(b + 1) + lgamma(b + a + n) - lgamma(b + a) - lgamma(b + n)) / a - b / a;
}

static void test_number_of_elements(void **state)
{
	static const struct {
		double a, b, n, expected;
	} golden[] = {
	    {0.3, 1, 10, 4.2194},    {0.3, 1, 1e6, 231.0132}, {0.5, 1, 100, 20.6521},
	    {0.5, 1, 1e4, 223.6843}, {0.5, 0, 100, 11.2697},  {0.7, 1, 1000, 196.6188},
	    {0.8, 10, 100, 73.2329},
	};
	static const struct {
		const char *options;
		double a, b;
	} drawn[] = {{"alpha=0.5,beta=1", 0.5, 1}, {"alpha=0.8,beta=-0.3", 0.8, -0.3}};
	enum { CORPORA = 60, SENTENCES = 60 };

	(void)state;
	for (size_t i = 0; i < sizeof golden / sizeof *golden; i++)
		assert_true(fabs(expected_elements(golden[i].a, golden[i].b, golden[i].n) -
				 golden[i].expected) < 6e-5 * (golden[i].expected > 100 ? 2 : 1));

	for (size_t i = 0; i < sizeof drawn / sizeof *drawn; i++) {
		double sum = 0, squares = 0, mean, error;

		for (int seed = 0; seed < CORPORA; seed++) {
			char options[128];

			snprintf(options, sizeof options, "%s,sentences=%d,seed=%d",
				 drawn[i].options, SENTENCES, seed);

			struct fixture_corpus c = fixture_draw("sk", small, options);
			double n_elements = length_of(&c, "elements");

			sum += n_elements;
			squares += n_elements * n_elements;
			fixture_free(&c);
		}
		mean = sum / CORPORA;
		error = sqrt((squares / CORPORA - mean * mean) / (CORPORA - 1));
		assert_true(fabs(mean - expected_elements(drawn[i].a, drawn[i].b, SENTENCES)) <
			    4 * error);
	}
}

/* ---- The slow twin: every probability by summing over every hypothesis. ---- */

struct twin {
	const struct sk_prior *p;
	struct sk_counts *past;
};

/* A row entry's or table entry's predictive probability: entry `at` of [first, first + n). */
static double predictive(const uint64_t *count, uint32_t first, uint32_t n, uint32_t at,
			 double pseudo)
{
	double total = 0;

	for (uint32_t j = first; j < first + n; j++)
		total += (double)count[j];
	return ((double)count[at] + pseudo) / (total + n * pseudo);
}

/* Probability that element k, or a new one when k is UINT32_MAX, says v of a. */
static double says(const struct twin *w, uint32_t k, uint32_t a, uint32_t v)
{
	const struct sk_prior *p = w->p;
	double total = 0, count = 0;

	if (k == UINT32_MAX)
		return 1.0 / p->n_values;
	for (uint32_t i = w->past->fact_head[k * p->n_attributes + a]; i != UINT32_MAX;
	     i = w->past->fact[i].next) {
		total += w->past->fact[i].count;
		if (w->past->fact[i].value == v)
			count = w->past->fact[i].count;
	}
	if (p->gamma == 0)
		return total == 0 ? 1.0 / p->n_values : count > 0;
	return (count + p->gamma / p->n_values) / (total + p->gamma);
}

/* Of the names that start with the given parts: how many, and how many are taken. */
static double free_share(const struct twin *w, const uint32_t *part, uint32_t n_parts)
{
	const struct sk_prior *p = w->p;
	uint64_t below = 1, begin = 0;
	double taken = 0;

	for (uint32_t j = n_parts; j < p->n_name_parts; j++)
		below *= p->part_size[j];
	for (uint32_t j = 0; j < n_parts; j++)
		begin = begin * p->part_size[j] + part[j];
	begin *= below;
	for (uint32_t k = 0; k < w->past->n_elements; k++)
		taken +=
		    begin <= w->past->element[k].name && w->past->element[k].name < begin + below;
	return ((double)below - taken) / ((double)p->n_names - w->past->n_elements);
}

/* Joint probability of the first n tokens of a sentence and (type t, element k or new). */
static double joint(const struct twin *w, uint32_t t, uint32_t k, const uint16_t *token, uint32_t n)
{
	const struct sk_prior *p = w->p;
	const struct sk_cluster *c = &p->cluster[t];
	double n_past = (double)w->past->n_sentences, all = n_past + p->beta;
	double probability = k != UINT32_MAX ? ((double)w->past->element[k].n - p->alpha) / all
			     : n_past == 0
				 ? 1.0 / p->n_types
				 : (p->beta + p->alpha * w->past->n_elements) / all / p->n_types;
	uint32_t s = 0, part[SK_NAME_PARTS_MAX], n_parts = 0;

	for (uint32_t i = 0; i < n; i++) {
		const struct sk_state *from = &c->state[s];
		uint32_t entry = 0, word = token[i] - p->first_word, v = token[i] - p->first_value;

		if (token[i] == SK_END_TOKEN) {
			entry = sk_end_entry(c, s);
			if (entry == SK_NO_ENTRY)
				return 0;
		} else if (token[i] < p->first_part[0]) {
			uint32_t class = c->word_class[word];

			s = class == SK_NONE ? SK_NONE : sk_step(c, s, SK_EMIT_WORD, class, &entry);
			if (s == SK_NONE)
				return 0;
			probability *= predictive(
			    w->past->word[t], class * p->n_class_words, p->n_class_words,
			    class * p->n_class_words + c->word_slot[word], p->word_pseudo_count);
		} else if (token[i] < p->first_value) {
			part[n_parts] = token[i] - p->first_part[n_parts];
			if (++n_parts > 1)
				continue; /* the row was used at the first part */
			s = sk_step(c, s, SK_EMIT_NAME, 0, &entry);
		} else {
			s = sk_step(c, s, SK_EMIT_VALUE, v / p->n_values, &entry);
			probability *= says(w, k, v / p->n_values, v % p->n_values);
		}
		if (s == SK_NONE)
			return 0;
		probability *= predictive(w->past->row[t], from->first_next, from->n_next, entry,
					  p->row_pseudo_count);
	}
	if (k == UINT32_MAX)
		return probability * (n_parts ? free_share(w, part, n_parts) : 1);
	for (uint32_t j = n_parts, rest = (uint32_t)w->past->element[k].name; j--;) {
		uint32_t name = rest;

		for (uint32_t later = p->n_name_parts - 1; later > j; later--)
			name /= p->part_size[later];
		if (name % p->part_size[j] != part[j])
			return 0;
	}
	return probability;
}

static double prefix_probability(const struct twin *w, const uint16_t *token, uint32_t n)
{
	double sum = 0;

	for (uint32_t t = 0; t < w->p->n_types; t++)
		sum += joint(w, t, UINT32_MAX, token, n);
	for (uint32_t k = 0; k < w->past->n_elements; k++)
		sum += joint(w, w->past->element[k].type, k, token, n);
	return sum;
}

/* Compare the oracle with the twin token by token; returns the twin's total bits. */
static double compare_with_twin(const struct fixture_corpus *c)
{
	const struct predictor_ops *ops = predictor_by_name("bayes");
	struct predictor_setup setup = {.n_symbols = c->world->vocab, .world = c->world};
	struct run r = {.model = ops};
	struct sk_prior *p = NULL;
	struct twin w;
	double total = 0;

	assert_int_equal(ops->open(&r.p, &setup), STATUS_OK);
	assert_int_equal(run_open(&r), STATUS_OK);
	assert_int_equal(sk_prior_load(&p, c->world->prior), STATUS_OK);
	w.p = p;
	assert_int_equal(sk_counts_open(&w.past, p), STATUS_OK);
	for (size_t begin = 0, end; begin < c->n; begin = end) {
		double before = 1;
		struct sk_sentence s;

		for (end = begin; end == begin || c->token[end - 1] != SK_END_TOKEN; end++) {
			double after =
			    prefix_probability(&w, c->token + begin, (uint32_t)(end - begin + 1));
			double bits = log2(before / after), oracle_bits = r.ideal_bits;

			assert_int_equal(run_symbols(&r, &c->token[end], 1), STATUS_OK);
			oracle_bits = r.ideal_bits - oracle_bits;
			if (!(fabs(oracle_bits - bits) <= 1e-6 * (1 + bits)))
				print_message("token %zu (%u): oracle %.9f bits, twin %.9f\n", end,
					      c->token[end], oracle_bits, bits);
			assert_true(fabs(oracle_bits - bits) <= 1e-6 * (1 + bits));
			total += bits;
			before = after;
		}
		assert_true(sk_parse(p, c->token + begin, (uint32_t)(end - begin), &s));
		assert_int_equal(sk_counts_add(w.past, &s, NULL), STATUS_OK);
	}
	sk_counts_free(w.past);
	sk_prior_free(p);
	run_close(&r);
	ops->close(r.p);
	return total;
}

static void test_oracle_is_the_twin(void **state)
{
	static const char *const settings[] = {
	    "alpha=0,beta=1",
	    "alpha=0.5,beta=1",
	    "alpha=0.9,beta=2",
	    "alpha=0.5,beta=0",
	    "alpha=0.7,beta=-0.5",
	    "alpha=0.5,beta=1,noise=0.3",
	    "alpha=0.9,beta=1,noise=4",
	    "alpha=0.5,middle-names=3,first-names=2,last-names=9",
	    "alpha=0.9,values=2,attributes=5,facts=5,max-tokens=12,first-names=1,last-names=99",
	    "alpha=0.8,types=1,facts=0",
	    "alpha=0.8,first-names=3,last-names=3,sentences=8", /* names nearly used up */
	};

	(void)state;
	for (size_t i = 0; i < sizeof settings / sizeof *settings; i++) {
		char options[160];

		snprintf(options, sizeof options, "sentences=60,seed=%zu,%s", i, settings[i]);

		struct fixture_corpus c = fixture_draw("sk", small, options);
		double total = compare_with_twin(&c);

		assert_true(fabs(total - length_of(&c, "bayes_bits")) < 1e-6 * total);
		fixture_free(&c);
	}
}

/* Score a corpus with one oracle. */
static double oracle_bits(const struct fixture_corpus *c, const char *name)
{
	const struct predictor_ops *ops = predictor_by_name(name);
	struct predictor_setup setup = {.n_symbols = c->world->vocab, .world = c->world};
	struct run r = {.model = ops};

	assert_int_equal(ops->open(&r.p, &setup), STATUS_OK);
	assert_int_equal(run_open(&r), STATUS_OK);
	assert_int_equal(run_symbols(&r, c->token, c->n), STATUS_OK);
	run_close(&r);
	ops->close(r.p);
	return r.ideal_bits;
}

/* Extreme shapes of worlds: few last names, so that most are taken and the rest of the mass is for
 * one; weights down to 1e-300; one value; noise large and small. */
static void test_extreme_shapes(void **state)
{
	static const char *const alphas[] = {"0", "0.7", "0.99", "0.999999"};
	static const char *const names[] = {"first-names=400,last-names=1",
					    "first-names=300,last-names=2",
					    "first-names=1,last-names=600",
					    "first-names=90,last-names=7"};
	static const char *const noises[] = {"noise=0", "noise=0.001", "noise=50,values=1"};

	(void)state;
	for (size_t i = 0; i < 4 * 4 * 3; i++) {
		char options[160];

		snprintf(options, sizeof options, "beta=3,sentences=150,alpha=%s,%s,%s,seed=%zu",
			 alphas[i % 4], names[i / 4 % 4], noises[i / 16], i);

		struct fixture_corpus c = fixture_draw("sk", small, options);

		assert_true(isfinite(oracle_bits(&c, "bayes")));
		assert_true(isfinite(oracle_bits(&c, "known")));
		fixture_free(&c);
	}
}

/* The Bayes oracle reads the prior only: the same code without the truth. */
static void test_bayes_needs_no_truth(void **state)
{
	struct fixture_corpus c = fixture_draw("sk", small, "sentences=80,noise=0.2");
	double with_truth = oracle_bits(&c, "bayes");

	(void)state;
	json_object_del(c.world->root, "truth");
	json_object_del(c.world->root, "code_lengths");
	assert_true(oracle_bits(&c, "bayes") == with_truth);
	fixture_free(&c);
}

/* A sentence of many words that all were rare: the product of their probabilities is far below the
 * smallest double, their cost is an ordinary number. */
static void test_improbable_sentence(void **state)
{
	enum { CLASSES = 64, TOKENS = CLASSES + 3 };
	struct fixture_corpus c =
	    fixture_draw("sk", "types=1,templates=1,classes=64,class-words=2,words=128,",
			 "attributes=0,min-tokens=67,max-tokens=67,word-pseudo=0.01,"
			 "sentences=5000");
	struct sk_prior *p = NULL;
	double before = oracle_bits(&c, "bayes");

	(void)state;
	assert_int_equal(sk_prior_load(&p, c.world->prior), STATUS_OK);
	for (size_t i = c.n - TOKENS; i < c.n; i++) {
		uint32_t w = c.token[i] - p->first_word; /* wraps for the end token */
		const struct sk_cluster *k = &p->cluster[0];

		if (w < p->n_words) /* say the other word of its class */
			c.token[i] =
			    (uint16_t)(p->first_word +
				       k->class_word[2 * k->word_class[w] + !k->word_slot[w]]);
	}
	assert_true(oracle_bits(&c, "bayes") > before + 8 * CLASSES);
	assert_true(isfinite(oracle_bits(&c, "bayes")));
	sk_prior_free(p);
	fixture_free(&c);
}

/* A posterior weight of shape 1 - alpha may be tiny although its element occurred once.  The
 * coder's smallest probability is about 2^-36, so such elements cost less than their weights say.
 */
static double tiny_weight_bits(const struct fixture_corpus *c)
{
	const json_t *elements =
	    json_object_get(json_object_get(c->world->root, "truth"), "elements");
	double bits = 0;

	for (size_t k = 0; k < json_array_size(elements); k++) {
		double weight = json_number_value(json_array_get(json_array_get(elements, k), 2));

		if (weight < 0x1p-30)
			bits -= log2(weight);
	}
	return bits;
}

/* The default source over its range of settings: both oracles against the closed forms, and the
 * redundancy against its expectation: it is what was learnt, so it is positive. */
static void test_closed_forms(void **state)
{
	static const char *const alphas[] = {"0", "0.3", "0.5", "0.7", "0.9"};
	static const char *const noises[] = {"0", "0.5"};
	static const char *const sizes[] = {"1", "30", "2000"};

	(void)state;
	for (size_t i = 0; i < 5 * 2 * 3; i++) {
		char options[96];

		snprintf(options, sizeof options, "alpha=%s,noise=%s,sentences=%s,seed=%zu",
			 alphas[i % 5], noises[i / 5 % 2], sizes[i / 10], i);

		struct fixture_corpus c = fixture_draw("sk", "", options);
		double bayes = length_of(&c, "bayes_bits"), known = length_of(&c, "known_bits");
		double parts = length_of(&c, "partition_bits") + length_of(&c, "name_bits") +
			       length_of(&c, "fact_bits") + length_of(&c, "syntax_bits");

		assert_true(fabs(parts - bayes) < 1e-9 * bayes);
		assert_true(fabs(oracle_bits(&c, "bayes") - bayes) < 1e-6 * bayes);
		assert_true(oracle_bits(&c, "known") < known * (1 + 1e-6));
		assert_true(oracle_bits(&c, "known") > known * (1 - 1e-6) - tiny_weight_bits(&c));
		assert_true(length_of(&c, "known_bits_expected") < bayes);
		fixture_free(&c);
	}
}

/* ---- What must be refused. ---- */

static void expect_bad_prior(json_t *prior, const char *what)
{
	struct sk_prior *p = NULL;

	assert_int_equal(sk_prior_load(&p, prior), STATUS_CORRUPT);
	if (!strstr(status_message(), what))
		print_message("'%s' does not say '%s'\n", status_message(), what);
	assert_non_null(strstr(status_message(), what));
	json_decref(prior);
}

static json_t *cluster_of(json_t *prior, size_t t)
{
	return json_array_get(json_object_get(prior, "clusters"), t);
}

static void test_bad_priors(void **state)
{
	json_t *prior;
	struct fixture_corpus c = fixture_draw("sk", small, "sentences=1");
	const json_t *good = c.world->prior;

	(void)state;
	prior = json_deep_copy(good);
	json_object_set_new(prior, "beta_millionths", json_integer(-500000));
	expect_bad_prior(prior, "beta");
	prior = json_deep_copy(good);
	json_object_set_new(prior, "types", json_integer(2));
	expect_bad_prior(prior, "number of clusters");
	prior = json_deep_copy(good);
	json_object_set_new(prior, "values", json_string("5"));
	expect_bad_prior(prior, "values");
	prior = json_deep_copy(good);
	json_array_set_new(json_object_get(prior, "name_parts"), 0, json_integer(65535));
	expect_bad_prior(prior, "65536 tokens");

	prior = json_deep_copy(good); /* the same cluster twice: no sentence has one type */
	json_array_set(json_object_get(prior, "clusters"), 1, cluster_of(prior, 0));
	expect_bad_prior(prior, "two clusters");
	prior = json_deep_copy(good); /* a word in two classes */
	json_t *classes = json_object_get(cluster_of(prior, 0), "classes");
	json_array_set(classes, 1, json_array_get(classes, 0));
	expect_bad_prior(prior, "two classes");
	prior = json_deep_copy(good); /* a loop */
	json_t *states = json_object_get(cluster_of(prior, 0), "states");
	json_array_set_new(json_object_get(json_array_get(states, 1), "next"), 0, json_integer(1));
	expect_bad_prior(prior, "later state");
	prior = json_deep_copy(good); /* an end before the name */
	states = json_object_get(cluster_of(prior, 0), "states");
	json_array_append_new(json_object_get(json_array_get(states, 0), "next"), json_integer(-1));
	expect_bad_prior(prior, "empty");
	fixture_free(&c);
}

/* The truth of a copy of the world `good`, which the caller frees by json_decref(*root). */
static json_t *copy_truth(const struct fixture_corpus *good, json_t **root)
{
	*root = json_deep_copy(good->world->root);
	assert_non_null(*root);
	return json_object_get(*root, "truth");
}

/* Both readers of a truth refuse this one; takes over the root. */
static void expect_bad_truth(const struct fixture_corpus *c, json_t *root, const char *what)
{
	const struct predictor_ops *known = predictor_by_name("known");
	struct world forged = *c->world;
	struct predictor_setup setup = {.n_symbols = forged.vocab, .world = &forged};
	struct predictor *p = NULL;
	json_t *bounds = NULL;

	forged.root = root;
	forged.prior = json_object_get(root, "prior");
	assert_int_equal(known->open(&p, &setup), STATUS_CORRUPT);
	if (!strstr(status_message(), what))
		print_message("'%s' does not say '%s'\n", status_message(), what);
	assert_non_null(strstr(status_message(), what));
	assert_int_equal(corpus_family_by_name("sk")->bounds(&forged, c->token, c->n, &bounds),
			 STATUS_CORRUPT);
	json_decref(root);
}

/* Every entry of the first table of "rows" or "words" becomes `value`. */
static void set_table(json_t *truth, const char *member, json_t *value)
{
	json_t *table = json_array_get(json_object_get(truth, member), 0);

	for (size_t j = 0; j < json_array_size(table); j++)
		json_array_set(table, j, value);
	json_decref(value);
}

static void test_bad_tables(void **state)
{
	static const char *const members[] = {"rows", "words"};
	json_t *root, *truth;
	struct fixture_corpus c = fixture_draw("sk", small, "sentences=30");

	(void)state;
	for (int i = 0; i < 2; i++) {
		static const double value[] = {0, 1, 1e-320};
		static const char *const what[] = {"sum to 1", "sum to 1", "no probability"};

		for (int j = 0; j < 3; j++) {
			truth = copy_truth(&c, &root);
			set_table(truth, members[i], json_real(value[j]));
			expect_bad_truth(&c, root, what[j]);
		}
		truth = copy_truth(&c, &root);
		set_table(truth, members[i], json_string("0.5"));
		expect_bad_truth(&c, root, "no probability");
		truth = copy_truth(&c, &root);
		json_array_clear(json_array_get(json_object_get(truth, members[i]), 0));
		expect_bad_truth(&c, root, "wrong size");
		truth = copy_truth(&c, &root);
		json_object_del(truth, members[i]);
		expect_bad_truth(&c, root, "wrong size");
	}
	fixture_free(&c);
}

/* [name, type, weight, facts] number k of the truth. */
static json_t *element_of(json_t *truth, size_t k)
{
	return json_array_get(json_object_get(truth, "elements"), k);
}

static void test_bad_elements(void **state)
{
	json_t *root, *truth;
	struct fixture_corpus c = fixture_draw("sk", small, "sentences=30");
	static const double weights[] = {0, 1e-320, -0.1, 1.5};

	(void)state;
	for (size_t i = 0; i < sizeof weights / sizeof *weights; i++) {
		truth = copy_truth(&c, &root);
		json_array_set_new(element_of(truth, 0), 2, json_real(weights[i]));
		expect_bad_truth(&c, root, "malformed");
	}
	truth = copy_truth(&c, &root);
	json_array_set_new(element_of(truth, 0), 2, json_true());
	expect_bad_truth(&c, root, "malformed");
	truth = copy_truth(&c, &root);
	json_array_set_new(element_of(truth, 0), 0, json_string("3"));
	expect_bad_truth(&c, root, "malformed");
	truth = copy_truth(&c, &root);
	json_array_set(element_of(truth, 1), 0, json_array_get(element_of(truth, 0), 0));
	expect_bad_truth(&c, root, "one name");
	truth = copy_truth(&c, &root);
	json_array_remove(json_object_get(truth, "elements"), 0);
	expect_bad_truth(&c, root, "do not sum to 1");
	truth = copy_truth(&c, &root);
	json_object_del(truth, "unseen_weight");
	expect_bad_truth(&c, root, "unseen_weight");
	truth = copy_truth(&c, &root);
	json_object_set_new(truth, "elements", json_integer(7));
	expect_bad_truth(&c, root, "no list of elements");
	truth = copy_truth(&c, &root);
	json_array_set_new(json_array_get(element_of(truth, 0), 3), 0, json_integer(5));
	expect_bad_truth(&c, root, "out of range");
	truth = copy_truth(&c, &root);
	json_array_set_new(json_array_get(element_of(truth, 0), 3), 0, json_array());
	expect_bad_truth(&c, root, "noise asks");
	fixture_free(&c);
}

static void test_bad_noise(void **state)
{
	static const struct {
		const char *pairs, *what;
	} forged[] = {
	    {"[[1, 0.5], [1, 0.1]]", "listed twice"},
	    {"[[1, 0]]", "no probability"},
	    {"[[1, 1e-310]]", "no probability"},
	    {"[[1]]", "no probability"},
	    {"[7]", "no probability"},
	    {"[[1, \"1\"]]", "no probability"},
	    {"[[5, 0.5]]", "out of range"},
	    {"[[1, 0.9], [2, 0.2]]", "sum to 1"},
	    {"[[0, 0.1], [1, 0.1], [2, 0.1], [3, 0.1], [4, 0.1]]", "sum to 1"},
	};
	struct fixture_corpus c = fixture_draw("sk", small, "sentences=30,noise=0.5");

	(void)state;
	for (size_t i = 0; i < sizeof forged / sizeof *forged; i++) {
		json_t *root, *truth = copy_truth(&c, &root);
		json_t *pairs = json_loads(forged[i].pairs, 0, NULL);

		assert_non_null(pairs);
		json_array_set_new(json_array_get(element_of(truth, 0), 3), 0, pairs);
		expect_bad_truth(&c, root, forged[i].what);
	}
	fixture_free(&c);
}

/* Legal settings whose Dirichlet draws underflow are not refused by our own checks. */
static void test_extreme_worlds_are_legal(void **state)
{
	static const char *const settings[] = {"row-pseudo=0.01,word-pseudo=0.01",
					       "alpha=0.999999,beta=0", "alpha=0,beta=0.000001",
					       "noise=0.000001", "noise=1000"};

	(void)state;
	for (size_t i = 0; i < sizeof settings / sizeof *settings; i++) {
		for (int seed = 0; seed < 3; seed++) {
			char options[128];

			snprintf(options, sizeof options,
				 "sentences=100,last-names=3000,seed=%d,%s", seed, settings[i]);

			struct fixture_corpus c = fixture_draw("sk", small, options);

			assert_true(isfinite(oracle_bits(&c, "known")));
			assert_true(isfinite(length_of(&c, "known_bits")));
			fixture_free(&c);
		}
	}
}

/* A truth that rules the corpus out: the sum is infinite, so there is none. */
static void test_impossible_corpus(void **state)
{
	struct fixture_corpus c = fixture_draw("sk", small, "sentences=30");
	json_t *root, *truth = copy_truth(&c, &root), *bounds = NULL;
	json_t *facts = json_array_get(element_of(truth, 0), 3);
	struct world forged = *c.world;

	(void)state;
	forged.root = root;
	forged.prior = json_object_get(root, "prior");
	assert_int_equal(corpus_family_by_name("sk")->bounds(&forged, c.token, c.n, &bounds),
			 STATUS_OK);
	assert_true(json_is_number(json_object_get(bounds, "known_bits")));
	json_decref(bounds);
	for (size_t a = 0; a < 3; a++) {
		json_int_t v = json_integer_value(json_array_get(facts, a));

		json_array_set_new(facts, a, json_integer((v + 1) % 5));
	}
	assert_int_equal(corpus_family_by_name("sk")->bounds(&forged, c.token, c.n, &bounds),
			 STATUS_IMPOSSIBLE);
	json_decref(root);

	truth = copy_truth(&c, &root); /* each word table certain of its first word */
	forged.root = root;
	for (size_t t = 0; t < 3; t++) {
		json_t *words = json_array_get(json_object_get(truth, "words"), t);

		for (size_t j = 0; j < json_array_size(words); j++)
			json_array_set_new(words, j, json_real(j % 3 == 0));
	}
	forged.prior = json_object_get(root, "prior");
	assert_int_equal(corpus_family_by_name("sk")->bounds(&forged, c.token, c.n, &bounds),
			 STATUS_IMPOSSIBLE);
	assert_non_null(strstr(status_message(), "probability 0"));
	json_decref(root);
	fixture_free(&c);
}

/* Values ascending, and the number of statements kept beside them. */
static void test_facts_are_sorted(void **state)
{
	struct fixture_corpus c = fixture_draw("sk", small, "sentences=400,noise=3,values=50");
	struct sk_prior *p = NULL;
	struct sk_counts *counts = NULL;
	uint32_t longest = 0;

	(void)state;
	assert_int_equal(sk_prior_load(&p, c.world->prior), STATUS_OK);
	assert_int_equal(sk_counts_open(&counts, p), STATUS_OK);
	for (size_t begin = 0, end; begin < c.n; begin = end) {
		struct sk_sentence s;

		for (end = begin + 1; c.token[end - 1] != SK_END_TOKEN;)
			end++;
		assert_true(sk_parse(p, c.token + begin, (uint32_t)(end - begin), &s));
		assert_int_equal(sk_counts_add(counts, &s, NULL), STATUS_OK);
	}
	for (uint32_t j = 0; j < counts->n_elements * p->n_attributes; j++) {
		uint32_t n = 0, n_values = 0, last = 0;

		for (uint32_t i = counts->fact_head[j]; i != UINT32_MAX; i = counts->fact[i].next) {
			assert_true(n_values == 0 || counts->fact[i].value > last);
			last = counts->fact[i].value;
			n += counts->fact[i].count;
			n_values++;
		}
		assert_int_equal(n, counts->n_stated[j]);
		longest = n_values > longest ? n_values : longest;
	}
	assert_true(longest > 5);
	sk_counts_free(counts);
	sk_prior_free(p);
	fixture_free(&c);
}

/* ---- Limits. ---- */

/* Append a state that emits (emit, arg) as a successor of `parent`; -1: the start. */
static int add_state(json_t *states, int parent, const char *emit, int arg)
{
	int index = (int)json_array_size(states);

	if (parent >= 0)
		json_array_append_new(
		    json_object_get(json_array_get(states, (size_t)parent), "next"),
		    json_integer(index));
	json_array_append_new(states,
			      json_pack("{s:s, s:i, s:[]}", "emit", emit, "arg", arg, "next"));
	return index;
}

static void end_at(json_t *states, int s)
{
	json_array_append_new(json_object_get(json_array_get(states, (size_t)s), "next"),
			      json_integer(-1));
}

/* All subsets of n attributes, ascending, then the name. */
static void add_subsets(json_t *states, int s, int a, int n)
{
	if (a == n)
		end_at(states, add_state(states, s, "name", 0));
	for (int next = a; next < n; next++)
		add_subsets(states, add_state(states, s, "value", next), next + 1, n);
}

/* A prior without clusters. */
static json_t *forged_prior(int classes, int class_words, int attributes, int values)
{
	return json_pack("{s:i, s:i, s:i, s:i, s:i, s:i, s:i, s:i, s:i, s:i, s:i, s:[i, i], s:[]}",
			 "alpha_millionths", 500000, "beta_millionths", 1000000, "gamma_millionths",
			 0, "row_pseudo_count_millionths", 500000, "word_pseudo_count_millionths",
			 500000, "types", 0, "classes", classes, "class_words", class_words,
			 "words", classes * class_words, "attributes", attributes, "values", values,
			 "name_parts", 3, 3, "clusters");
}

static void add_cluster(json_t *prior, json_t *classes, json_t *states)
{
	json_t *clusters = json_object_get(prior, "clusters");

	json_array_append_new(clusters,
			      json_pack("{s:o, s:o}", "classes", classes, "states", states));
	json_object_set_new(prior, "types", json_integer((json_int_t)json_array_size(clusters)));
}

/* Many patterns are no error, too many sums are. */
static void test_many_patterns(void **state)
{
	static const int values[] = {50, 4300};

	(void)state;
	for (int i = 0; i < 2; i++) {
		json_t *prior = forged_prior(4, 1, 15, values[i]);
		struct sk_prior *p = NULL;
		struct sk_patterns patterns;

		for (int t = 0; t < 4; t++) { /* types differ in their first word */
			json_t *states = json_array();
			int word = add_state(states, add_state(states, -1, "start", 0), "word", t);

			add_subsets(states, word, 0, 15);
			add_cluster(prior, json_pack("[[i], [i], [i], [i]]", 0, 1, 2, 3), states);
		}
		if (i == 1) {
			assert_int_equal(sk_prior_load(&p, prior), STATUS_LIMIT);
			assert_non_null(strstr(status_message(), "numbers"));
		} else {
			assert_int_equal(sk_prior_load(&p, prior), STATUS_OK);
			assert_int_equal(sk_patterns_find(&patterns, &p->cluster[0]), STATUS_OK);
			assert_int_equal(patterns.n, 1 << 15);
			sk_patterns_free(&patterns);
		}
		sk_prior_free(p);
		json_decref(prior);
	}
}

/* Sentences that state dozens of facts: thousands of patterns a type. */
static void test_many_facts(void **state)
{
	struct fixture_corpus c =
	    fixture_draw("sk", "types=2,templates=400,attributes=60,values=20,facts=40,",
			 "min-tokens=40,max-tokens=60,sentences=60");
	double bayes = length_of(&c, "bayes_bits");
	struct sk_patterns patterns;
	struct sk_prior *p = NULL;

	(void)state;
	assert_int_equal(sk_prior_load(&p, c.world->prior), STATUS_OK);
	assert_int_equal(sk_patterns_find(&patterns, &p->cluster[0]), STATUS_OK);
	assert_true(patterns.n > 4096);
	assert_true(fabs(oracle_bits(&c, "bayes") - bayes) < 1e-6 * bayes);
	sk_patterns_free(&patterns);
	sk_prior_free(p);
	fixture_free(&c);
}

/* All classes of the two types meet, and only the order of the last two things differs: whether
 * they share a sentence takes the product of their trees. */
static void test_alike_clusters(void **state)
{
	enum { CLASSES = 64, CHILDREN = 4 };
	json_t *prior = forged_prior(CLASSES, CLASSES, 1, 2);
	struct sk_prior *p = NULL;

	(void)state;
	for (int t = 0; t < 2; t++) {
		json_t *classes = json_array(), *states = json_array();
		int start = add_state(states, -1, "start", 0);

		for (int k = 0; k < CLASSES; k++) {
			json_t *words = json_array();
			int first = add_state(states, start, "word", k);

			for (int j = 0; j < CLASSES; j++) /* transposed */
				json_array_append_new(
				    words, json_integer(t ? j * CLASSES + k : k * CLASSES + j));
			json_array_append_new(classes, words);
			for (int l = 0; l < CLASSES; l++) {
				if (l == k)
					continue;

				int second = add_state(states, first, "word", l);

				for (int m = 0, n = 0; n < CHILDREN; m++) {
					if (m == k || m == l)
						continue;
					n++;

					int s = add_state(states, second, "word", m);

					s = add_state(states, s, t ? "name" : "value", 0);
					s = add_state(states, s, t ? "value" : "name", 0);
					end_at(states, s);
				}
			}
		}
		add_cluster(prior, classes, states);
	}
	assert_int_equal(sk_prior_load(&p, prior), STATUS_LIMIT);
	assert_non_null(strstr(status_message(), "too alike"));
	json_decref(prior);
}

static void test_bad_options(void **state)
{
	static const char too_many_states[] =
	    "types=1,templates=1000,classes=64,words=1024,facts=60,attributes=60,min-tokens=100,"
	    "max-tokens=120";
	static const char *const options[] = {
	    "alpha=0.5,beta=-0.5", /* beta <= -alpha */
	    "min-tokens=9,max-tokens=8",
	    "max-tokens=3,min-tokens=3,facts=1", /* no shape fits */
	    "classes=12,class-words=60,words=600",
	    "first-names=60000,last-names=60000",
	    "first-names=2,last-names=2,alpha=0.9,sentences=500", /* names used up */
	    too_many_states,
	};

	(void)state;
	for (size_t i = 0; i < sizeof options / sizeof *options; i++)
		assert_int_equal(fixture_generate("sk", "", options[i]), STATUS_BAD_ARGUMENT);
	assert_non_null(strstr(status_message(), "states"));
}

/* A token that no sentence can have at its place is an error of the data, not a crash. */
static void test_foreign_tokens(void **state)
{
	const struct predictor_ops *ops = predictor_by_name("bayes");
	struct fixture_corpus c = fixture_draw("sk", small, "sentences=40");
	struct predictor_setup setup = {.n_symbols = c.world->vocab, .world = c.world};

	(void)state;
	for (uint32_t token = 0; token < c.world->vocab; token++) {
		struct run r = {.model = ops};
		uint16_t prefix_and_token[8];
		enum status status;

		memcpy(prefix_and_token, c.token, sizeof prefix_and_token);
		prefix_and_token[token % 8] = (uint16_t)token;
		assert_int_equal(ops->open(&r.p, &setup), STATUS_OK);
		assert_int_equal(run_open(&r), STATUS_OK);
		status = run_symbols(&r, prefix_and_token, 8);
		assert_true(status == STATUS_OK || status == STATUS_IMPOSSIBLE);
		run_close(&r);
		ops->close(r.p);
	}
	fixture_free(&c);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_partition_golden),
	    cmocka_unit_test(test_number_of_elements),
	    cmocka_unit_test(test_oracle_is_the_twin),
	    cmocka_unit_test(test_closed_forms),
	    cmocka_unit_test(test_extreme_shapes),
	    cmocka_unit_test(test_bayes_needs_no_truth),
	    cmocka_unit_test(test_improbable_sentence),
	    cmocka_unit_test(test_bad_priors),
	    cmocka_unit_test(test_bad_options),
	    cmocka_unit_test(test_foreign_tokens),
	    cmocka_unit_test(test_bad_tables),
	    cmocka_unit_test(test_bad_elements),
	    cmocka_unit_test(test_bad_noise),
	    cmocka_unit_test(test_impossible_corpus),
	    cmocka_unit_test(test_facts_are_sorted),
	    cmocka_unit_test(test_extreme_worlds_are_legal),
	    cmocka_unit_test(test_many_patterns),
	    cmocka_unit_test(test_many_facts),
	    cmocka_unit_test(test_alike_clusters),
	};

	return cmocka_run_group_tests(tests, fixture_open, fixture_close);
}
