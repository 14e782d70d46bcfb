/* SPDX-License-Identifier: BSD-2-Clause
 *
 * test_fine_tuning.c - what the experiment on fine-tuning concludes from which figures.
 *
 * Property: results that behave as is claimed give eight claims that hold; each of them fails when
 * the one figure that it rests on says otherwise; means are over corpora; results of other corpora
 * and failures are passed over, and without all three networks nothing is concluded.
 * Method: documents made up here.
 */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "experiment.h"

#include <cmocka.h>

#define SOURCE "generate sk --types 4 --attributes 4 --values 32 --seed 1"
#define CLAIMS 8
#define WAYS 5
#define FACT_BITS 5.0

/* What one state says; bits are those of an old fact by class. */
struct state {
	const char *learns;
	double replay, old_known, new_known, bits[4], syntax;
	double right, right_asked; /* of new facts in sentences and in questions */
	double excess;             /* bits of facts over the optimum's */
};

struct network {
	const char *figure;
	struct state state[WAYS];
};

/* As claimed: the small network shares what it holds, the large one keeps all with replay. */
static const struct network claimed[] = {
    {"figure:tune:dim=16,passes=32,tune-passes=8",
     {{"before", 0, 1000, 0, {1, 1, 2, 4}, 1.5, 0, 0, 0},
      {"sentences", 0, 10, 800, {5, 5, 5, 5}, 1.5, 0.8, 0.1, 0},
      {"sentences", 0.5, 500, 500, {1, 1, 2.5, 5}, 1.5, 0.7, 0.6, 0},
      {"questions", 0, 10, 800, {5, 5, 5, 5}, 9, 0.1, 0.8, 0},
      {"questions", 0.5, 500, 500, {1, 1, 2.5, 5}, 1.5, 0.6, 0.7, 0}}},
    {"figure:tune:dim=16,passes=32,tune-passes=8,replay=0.1",
     {{"before", 0, 1000, 0, {1, 1, 2, 4}, 1.5, 0, 0, 0},
      {"sentences", 0, 10, 800, {5, 5, 5, 5}, 1.5, 0.8, 0.1, 0},
      {"sentences", 0.1, 300, 700, {1, 1, 3, 5}, 1.5, 0.7, 0.6, 0},
      {"questions", 0, 10, 800, {5, 5, 5, 5}, 9, 0.1, 0.8, 0},
      {"questions", 0.1, 300, 700, {1, 1, 3, 5}, 1.5, 0.6, 0.7, 0}}},
    {"figure:tune:dim=64,passes=12,tune-passes=4",
     {{"before", 0, 3000, 0, {0, 0, 0, 1}, 1.5, 0, 0, 0},
      {"sentences", 0, 100, 5800, {5, 5, 5, 5}, 1.5, 0.9, 0.1, 0},
      {"sentences", 0.5, 2900, 2900, {0, 0, 0, 1}, 1.5, 0.9, 0.8, 0},
      {"questions", 0, 100, 5800, {5, 5, 5, 5}, 9, 0.1, 0.9, 0},
      {"questions", 0.5, 2900, 2900, {0, 0, 0, 1}, 1.5, 0.8, 0.9, 0}}},
};
#define NETWORKS (sizeof claimed / sizeof *claimed)

static json_t *probe(const char *people, const char *asked, const struct state *s, double right)
{
	json_t *classes = json_array();

	for (unsigned i = 0; i < 4; i++)
		json_array_append_new(
		    classes,
		    json_pack("{s:i, s:f, s:f, s:f}", "symbols", 100, "bits", 100 * s->bits[i],
			      "right", 100 * right, "optimum", fmax(0, s->bits[i] - s->excess)));
	return json_pack("{s:s, s:s, s:{s:i, s:f}, s:o}", "people", people, "asked", asked,
			 "syntax", "symbols", 10, "bits", 10 * s->syntax, "classes", classes);
}

static json_t *document_of(const struct network *n)
{
	json_t *states = json_array();

	for (unsigned i = 0; i < WAYS; i++) {
		const struct state *s = &n->state[i];

		json_array_append_new(
		    states,
		    json_pack("{s:s, s:f, s:f, s:f, s:[o, o, o, o]}", "learns", s->learns, "replay",
			      s->replay, "old_known_bits", s->old_known, "new_known_bits",
			      s->new_known, "probes",
			      probe("old", "sentences", s, 0.5),
			      probe("old, never asked about", "questions", s, 0.3),
			      probe("new", "sentences", s, s->right),
			      probe("new", "questions", s, s->right_asked)));
	}
	return json_pack("{s:f, s:i, s:o}", "fact_bits", FACT_BITS, "parameters", 9000, "states",
			 states);
}

static struct result result_of(const struct network *n, const char *source)
{
	struct result r = {.outcome = OUTCOME_OK, .document = document_of(n)};

	snprintf(r.spec.method, sizeof r.spec.method, "%s", n->figure);
	snprintf(r.spec.corpus.source, sizeof r.spec.corpus.source, "%s", source);
	return r;
}

/* What is concluded from networks, `n_strange` of other corpora and failures behind them. */
static struct finding conclude(const struct network *network, size_t n, size_t n_strange)
{
	struct result made[2 * NETWORKS + 2];
	const struct result *list[2 * NETWORKS + 2];
	struct finding f = {0};
	size_t all = 0;

	for (size_t i = 0; i < n; i++)
		made[all++] = result_of(&network[i], SOURCE);
	if (n_strange) {
		made[all++] = result_of(&network[0], "generate sk --noise 1");
		made[all] = result_of(&network[0], SOURCE);
		made[all++].outcome = OUTCOME_FAILED;
	}
	for (size_t i = 0; i < all; i++)
		list[i] = &made[i];
	assert_int_equal(experiment_by_name("fine-tuning")->conclude(list, all, &f), STATUS_OK);
	assert_int_equal(finding_status(&f), STATUS_OK);
	for (size_t i = 0; i < all; i++)
		json_decref(made[i].document);
	return f;
}

static void test_as_claimed(void **state)
{
	struct network twice[2 * NETWORKS];
	struct finding f;

	(void)state;
	memcpy(twice, claimed, sizeof claimed);
	memcpy(twice + NETWORKS, claimed, sizeof claimed);
	for (size_t n = 0; n < NETWORKS; n++) { /* one is missing */
		f = conclude(claimed, n, 2);
		assert_int_equal(f.n_claims, 0);
		finding_free(&f);
	}
	for (size_t corpora = 1; corpora <= 2; corpora++) {
		f = conclude(twice, corpora * NETWORKS, 2);
		assert_int_equal(f.n_claims, CLAIMS);
		for (size_t i = 0; i < CLAIMS; i++)
			if (f.claim[i].verdict != CLAIM_HOLDS)
				fail_msg("%s %s", f.claim[i].claim, f.claim[i].measured);
		assert_int_equal(f.n_cells, 12 * f.n_columns); /* 5 + 2 + 5 states */
		assert_int_equal(f.n_panels, 3);
		finding_free(&f);
	}
}

/* Only claim i fails once a figure is another one. */
static void assert_fails(const struct network *network, size_t i)
{
	struct finding f = conclude(network, NETWORKS, 0);

	assert_int_equal(f.n_claims, CLAIMS);
	for (size_t k = 0; k < CLAIMS; k++)
		if (f.claim[k].verdict != (k == i ? CLAIM_FAILS : CLAIM_HOLDS))
			fail_msg("%zu: %s %s", i, f.claim[k].claim, f.claim[k].measured);
	finding_free(&f);
}

static void test_otherwise(void **state)
{
	enum { SMALL, RARE, LARGE };
	static const struct {
		size_t network, state, member; /* of struct state, in bytes */
		double value;
	} other[CLAIMS] = {
	    {SMALL, 3, offsetof(struct state, old_known), 300},
	    {LARGE, 1, offsetof(struct state, new_known), 2000},
	    {LARGE, 2, offsetof(struct state, bits), 3},
	    {SMALL, 4, offsetof(struct state, new_known), 900},
	    {SMALL, 2, offsetof(struct state, bits) + 2 * sizeof(double), 2},
	    {RARE, 2, offsetof(struct state, excess), 1},
	    {LARGE, 4, offsetof(struct state, right), 0.2},
	    {LARGE, 3, offsetof(struct state, syntax), 1.5},
	};

	(void)state;
	for (size_t i = 0; i < CLAIMS; i++) {
		struct network changed[NETWORKS];

		memcpy(changed, claimed, sizeof claimed);
		memcpy((char *)&changed[other[i].network].state[other[i].state] + other[i].member,
		       &other[i].value, sizeof other[i].value);
		assert_fails(changed, i);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_as_claimed),
	    cmocka_unit_test(test_otherwise),
	};

	return cmocka_run_group_tests_name("fine-tuning", tests, NULL, NULL);
}
