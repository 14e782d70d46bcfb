/* SPDX-License-Identifier: BSD-2-Clause
 *
 * test_probe.c - what a model is asked, and what it is said to have answered.
 *
 * Property: exposures (behind the name) and classes are what counting every training sentence anew
 * gives, and an attribute that stands only before the name is no fact; bits are
 * those of the predictor that codes archives, and near those of the network in single precision;
 * right answers and confidence are found by trying every symbol in every place; the threads change
 * no bit; what is no text of the world, or not of the model's alphabet, is refused.
 * Method: small corpora with and without noise, random models.  The twin of the text tells names
 * and values by token ranges alone; that of the answer runs the predictor anew for each symbol.
 */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "model.h"
#include "network.h"
#include "options.h"
#include "predictor.h"
#include "probe.h"
#include "run.h"

#include "fixture.h" /* last: it brings cmocka.h, which defines a macro fail() */

static const char small[] =
    "types=2,templates=6,classes=3,class-words=2,words=9,attributes=2,values=4,facts=2,"
    "first-names=5,last-names=50,min-tokens=4,max-tokens=8,";

/* A corpus, and where the part begins that is held out. */
struct parts {
	struct fixture_corpus c;
	struct sk_prior *prior;
	size_t cut;
};

static struct parts parts_of(const char *options, size_t held_out)
{
	struct parts p = {.c = fixture_draw("sk", small, options)};

	assert_int_equal(sk_prior_load(&p.prior, p.c.world->prior), STATUS_OK);
	p.cut = p.c.n;
	while (held_out > 0 || p.c.token[p.cut - 1] != SK_END_TOKEN)
		held_out -= p.c.token[--p.cut - 1] == SK_END_TOKEN;
	return p;
}

static void parts_free(struct parts *p)
{
	fixture_free(&p->c);
	sk_prior_free(p->prior);
}

static struct probe_text text_of(const struct parts *p)
{
	struct probe_text t;

	assert_int_equal(
	    probe_text_sk(&t, p->prior, p->c.token, p->cut, p->c.token + p->cut, p->c.n - p->cut),
	    STATUS_OK);
	assert_int_equal(t.n, p->c.n - p->cut);
	assert_memory_equal(t.symbol, p->c.token + p->cut, t.n * sizeof *t.symbol);
	return t;
}

/* ---- The text. ---- */

static size_t sentence_end(const struct parts *p, size_t at)
{
	while (p->c.token[at] != SK_END_TOKEN)
		at++;
	return at + 1;
}

static bool is_name(const struct parts *p, uint16_t token)
{
	return token >= p->prior->first_part[0] && token < p->prior->first_value;
}

/* Both parts of the name of the sentence that begins here. */
static uint32_t name_at(const struct parts *p, size_t at)
{
	while (!is_name(p, p->c.token[at]))
		at++;
	return (uint32_t)p->c.token[at] << 16 | p->c.token[at + 1];
}

/* Training sentences with this name, how many of them state this attribute, in all and behind the
 * name, and the first. */
struct recount {
	uint32_t n, stated, taught;
	size_t first;
};

static struct recount recount(const struct parts *p, uint32_t name, uint32_t attribute)
{
	struct recount r = {0};

	for (size_t at = 0, end; at < p->cut; at = end) {
		end = sentence_end(p, at);
		if (name_at(p, at) != name)
			continue;
		if (r.n++ == 0)
			r.first = at;
		for (size_t i = at, named = 0; i < end; i++) {
			named += is_name(p, p->c.token[i]);
			if (p->c.token[i] < sk_value_token(p->prior, attribute, 0) ||
			    p->c.token[i] >= sk_value_token(p->prior, attribute + 1, 0))
				continue;
			r.stated++;
			r.taught += named > 0;
		}
	}
	return r;
}

/* The class of who is counted: training sentences about those that come before when the most
 * frequent are first. */
static uint32_t class_of(const struct parts *p, const struct recount *r)
{
	uint32_t before = 0, n_sentences = 0;

	for (size_t at = 0; at < p->cut; at = sentence_end(p, at)) {
		struct recount other = recount(p, name_at(p, at), 0);

		before += other.n > r->n || (other.n == r->n && other.first < r->first);
		n_sentences++;
	}
	return r->n > 0 ? 4 * before / n_sentences : PROBE_CLASSES - 1;
}

static void check_sentence(const struct parts *p, const struct probe_text *t, size_t at)
{
	uint32_t name = name_at(p, at);
	struct recount r = recount(p, name, 0);
	uint32_t class = class_of(p, &r);
	size_t end = sentence_end(p, at);
	bool named = false;

	for (size_t i = at; i < end; i++) {
		uint16_t token = p->c.token[i];
		size_t k = i - p->cut;

		assert_int_equal(t->class[k], class);
		if (token < p->prior->first_part[0]) {
			assert_int_equal(t->role[k], ROLE_SYNTAX);
		} else if (token < p->prior->first_value || !named) {
			assert_int_equal(t->role[k], ROLE_NAME);
		} else {
			r = recount(p, name, (token - p->prior->first_value) / p->prior->n_values);
			assert_int_equal(t->exposures[k], r.taught);
			assert_int_equal(t->role[k],
					 r.taught ? ROLE_REPEATED_FACT : ROLE_FIRST_FACT);
		}
		if (t->role[k] < ROLE_FIRST_FACT)
			assert_int_equal(t->exposures[k], 0);
		named = named || is_name(p, token);
	}
}

/* Each fact that training teaches, at its element's first sentence, and that the list has it: each
 * entry of the list is used up by one.  Returns how many stand only before names. */
static size_t check_facts(const struct parts *p)
{
	struct probe_fact *fact;
	size_t n, n_found = 0, n_before = 0;

	assert_int_equal(probe_facts_sk(p->prior, p->c.token, p->cut, &fact, &n), STATUS_OK);
	for (size_t i = 1; i < n; i++)
		assert_true(fact[i].exposures <= fact[i - 1].exposures);
	for (size_t at = 0; at < p->cut; at = sentence_end(p, at))
		for (uint32_t a = 0; a < p->prior->n_attributes; a++) {
			struct recount r = recount(p, name_at(p, at), a);
			uint32_t class;
			size_t k = 0;

			if (r.first != at || r.taught == 0) {
				n_before += r.first == at && r.stated > 0;
				continue;
			}
			class = class_of(p, &r);
			while (k < n && (fact[k].exposures != r.taught ||
					 fact[k].statements != r.stated || fact[k].class != class))
				k++;
			assert_in_range(k, 0, n - 1);
			fact[k].class = PROBE_CLASSES;
			n_found++;
		}
	assert_int_equal(n_found, n);
	free(fact);
	return n_before;
}

static void test_text(void **state)
{
	static const char *const options[] = {"sentences=200,seed=1",
					      "sentences=150,seed=2,noise=2",
					      "sentences=90,seed=3,alpha=0.7"};

	size_t n_before = 0;

	(void)state;
	for (size_t i = 0; i < sizeof options / sizeof *options; i++) {
		struct parts p = parts_of(options[i], 60);
		struct probe_text t = text_of(&p);

		for (size_t at = p.cut; at < p.c.n; at = sentence_end(&p, at))
			check_sentence(&p, &t, at);
		n_before += check_facts(&p);
		probe_text_free(&t);
		parts_free(&p);
	}
	assert_true(n_before > 0);
}

static void refuse(const struct parts *p, size_t n_train, size_t n_test)
{
	struct probe_text t;

	assert_int_equal(
	    probe_text_sk(&t, p->prior, p->c.token, n_train, p->c.token + p->cut, n_test),
	    STATUS_CORRUPT);
	probe_text_free(&t);
}

/* Half a sentence on either side, one turned round, and a fact that is another one now. */
static void test_bad_texts(void **state)
{
	struct parts p = parts_of("sentences=400,seed=1", 60);
	size_t n_test = p.c.n - p.cut, at = p.cut;
	struct probe_text t = text_of(&p);
	uint16_t *token = p.c.token;

	(void)state;
	refuse(&p, p.cut - 1, n_test);
	refuse(&p, p.cut, n_test - 1);
	while (t.role[at - p.cut] != ROLE_REPEATED_FACT)
		at++;
	token[at] =
	    (uint16_t)(token[at] % p.prior->n_values == p.prior->first_value % p.prior->n_values
			   ? token[at] + 1
			   : token[at] - 1);
	refuse(&p, p.cut, n_test);
	token[at] = t.symbol[at - p.cut];
	for (at = p.cut; !is_name(&p, token[at]);)
		at++;
	token[at] = token[at + 1];
	refuse(&p, p.cut, n_test);
	probe_text_free(&t);
	parts_free(&p);
}

static void test_octaves(void **state)
{
	(void)state;
	assert_int_equal(probe_octave(0), 0);
	for (unsigned o = 1; o < PROBE_OCTAVES; o++) {
		assert_int_equal(probe_octave(1u << (o - 1)), o);
		assert_int_equal(probe_octave((1u << o) - 1), o);
	}
	assert_int_equal(probe_octave(1u << 24), PROBE_OCTAVES - 1);
	assert_int_equal(probe_octave(UINT32_MAX), PROBE_OCTAVES - 1);
}

/* ---- The answer. ---- */

static struct transformer *model_of(const struct parts *p, uint64_t seed)
{
	struct transformer_shape shape = model_shape(true, p->prior->vocab);
	struct transformer *t;

	shape.n_heads = 1;
	shape.separator = SK_END_TOKEN;
	shape.ctx = 64;
	t = model_random(&shape, 8, seed);
	assert_non_null(t);
	return t;
}

/* What the predictor asks for the last of n symbols, the first of which begin a sentence. */
static double last_cost(const struct transformer *model, const uint16_t *symbol, size_t n,
			uint16_t last)
{
	struct run r = {.model = predictor_by_name("transformer")};
	int64_t option[OPTIONS_MAX];
	struct predictor_setup setup = {.n_symbols = model->shape.n_symbols,
					.option = option,
					.transformer = model,
					.n_total = n};
	uint16_t copy[SK_SENTENCE_MAX];
	double cost[SK_SENTENCE_MAX];

	options_defaults(r.model->options, option);
	assert_int_equal(options_set(r.model->options, option, "streams", "1"), STATUS_OK);
	assert_int_equal(r.model->open(&r.p, &setup), STATUS_OK);
	assert_int_equal(run_open(&r), STATUS_OK);
	r.cost_bits = cost;
	memcpy(copy, symbol, (n - 1) * sizeof *copy);
	copy[n - 1] = last;
	assert_int_equal(run_symbols(&r, copy, n), STATUS_OK);
	run_close(&r);
	r.model->close(r.p);
	return cost[n - 1];
}

/* One symbol, by trying all; `from` begins its sentence. */
static void ask_slowly(const struct transformer *model, const struct probe_text *t, size_t from,
		       size_t at, struct probe_sum *sum)
{
	double truth = last_cost(model, t->symbol + from, at - from + 1, t->symbol[at]);
	double least = INFINITY;
	uint16_t best = 0;

	for (uint16_t s = 0; s < model->shape.n_symbols; s++) {
		double cost = last_cost(model, t->symbol + from, at - from + 1, s);

		if (cost < least) {
			least = cost;
			best = s;
		}
	}
	sum->n++;
	sum->bits += truth;
	sum->chance += exp2(-truth);
	if (best == t->symbol[at])
		sum->right++;
	else
		sum->wrong_confidence += exp2(-least);
}

static void assert_near(const struct probe_sum *a, const struct probe_sum *b)
{
	assert_int_equal(a->n, b->n);
	assert_int_equal(a->right, b->right);
	assert_true(fabs(a->bits - b->bits) < 1e-8);
	assert_true(fabs(a->chance - b->chance) < 1e-8);
	assert_true(fabs(a->wrong_confidence - b->wrong_confidence) < 1e-8);
}

static void test_answer(void **state)
{
	struct parts p = parts_of("sentences=60,seed=4", 8);
	struct probe_text t = text_of(&p);
	struct transformer *model = model_of(&p, 5);
	static struct probe_answer slow, fast;

	(void)state;
	for (size_t i = 0, from = 0; i < t.n; i++) {
		ask_slowly(model, &t, from, i, &slow.of_role[t.role[i]][t.class[i]]);
		if (t.role[i] >= ROLE_FIRST_FACT)
			ask_slowly(model, &t, from, i,
				   &slow.of_exposure[probe_octave(t.exposures[i])]);
		if (t.symbol[i] == SK_END_TOKEN)
			from = i + 1;
	}
	assert_int_equal(probe_ask(model, &t, 2, &fast), STATUS_OK);
	for (unsigned role = 0; role < PROBE_ROLES; role++)
		for (unsigned k = 0; k < PROBE_CLASSES; k++)
			assert_near(&fast.of_role[role][k], &slow.of_role[role][k]);
	for (unsigned o = 0; o < PROBE_OCTAVES; o++)
		assert_near(&fast.of_exposure[o], &slow.of_exposure[o]);
	transformer_free(model);
	probe_text_free(&t);
	parts_free(&p);
}

static double all_bits(const struct probe_answer *a)
{
	double bits = 0;

	for (unsigned role = 0; role < PROBE_ROLES; role++)
		for (unsigned k = 0; k < PROBE_CLASSES; k++)
			bits += a->of_role[role][k].bits;
	return bits;
}

/* Bits of the network in single precision, a window for each sentence. */
static double network_bits(const struct transformer *model, const struct probe_text *t)
{
	const size_t length = model->shape.ctx;
	float *parameter = malloc(transformer_n_parameters(&model->shape) * sizeof *parameter);
	struct network *network;
	double nats = 0;

	transformer_dequantise(model, parameter);
	assert_int_equal(network_open(&network, &model->shape, length, 1, 1), STATUS_OK);
	network_prepare(network, parameter, 1);
	for (size_t at = 0; at < t->n;) {
		uint16_t input[64] = {SK_END_TOKEN};
		uint32_t target[64];
		struct network_windows w = {input, target, 1, length};
		bool ended = false;

		for (size_t i = 0; i < length; i++) {
			target[i] = ended ? NETWORK_NO_TARGET : t->symbol[at];
			if (!ended && i + 1 < length)
				input[i + 1] = t->symbol[at];
			if (!ended)
				ended = t->symbol[at++] == SK_END_TOKEN;
		}
		nats += network_loss(network, 0, &w, NULL, NULL);
	}
	network_close(network);
	free(parameter);
	return nats / M_LN2;
}

static void test_network_agrees(void **state)
{
	struct parts p = parts_of("sentences=900,seed=6", 500);
	struct probe_text t = text_of(&p);
	struct transformer *model = model_of(&p, 7);
	struct probe_answer a;

	(void)state;
	assert_int_equal(probe_ask(model, &t, 2, &a), STATUS_OK);
	assert_true(fabs(all_bits(&a) / network_bits(model, &t) - 1) < 0.005);
	transformer_free(model);
	probe_text_free(&t);
	parts_free(&p);
}

static void test_threads(void **state)
{
	struct parts p = parts_of("sentences=900,seed=8", 300);
	struct probe_text t = text_of(&p);
	struct transformer *model = model_of(&p, 9);
	struct probe_answer one, many;

	(void)state;
	assert_int_equal(probe_ask(model, &t, 1, &one), STATUS_OK);
	for (int threads = 2; threads < 12; threads += 3) {
		assert_int_equal(probe_ask(model, &t, threads, &many), STATUS_OK);
		assert_memory_equal(&one, &many, sizeof one);
	}
	transformer_free(model);
	probe_text_free(&t);
	parts_free(&p);
}

static void test_models_refused(void **state)
{
	struct parts p = parts_of("sentences=60,seed=1", 20);
	struct probe_text t = text_of(&p), none = {0};
	struct transformer *model = model_of(&p, 1);
	struct probe_answer a;

	(void)state;
	assert_int_equal(probe_ask(model, &none, 2, &a), STATUS_OK);
	assert_true(all_bits(&a) == 0);
	model->shape.separator = TRANSFORMER_NO_SEPARATOR;
	assert_int_equal(probe_ask(model, &t, 2, &a), STATUS_BAD_ARGUMENT);
	model->shape.separator = SK_END_TOKEN;
	t.symbol[t.n / 2] = (uint16_t)p.prior->vocab;
	assert_int_equal(probe_ask(model, &t, 2, &a), STATUS_BAD_ARGUMENT);
	transformer_free(model);
	probe_text_free(&t);
	parts_free(&p);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_text),           cmocka_unit_test(test_bad_texts),
	    cmocka_unit_test(test_octaves),        cmocka_unit_test(test_answer),
	    cmocka_unit_test(test_threads),        cmocka_unit_test(test_network_agrees),
	    cmocka_unit_test(test_models_refused),
	};

	return cmocka_run_group_tests_name("probe", tests, fixture_open, fixture_close);
}
