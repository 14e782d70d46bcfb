/* SPDX-License-Identifier: BSD-2-Clause
 *
 * test_experiment_probe.c - what the experiments on facts conclude from their cells.
 *
 * Property: models that know exactly the facts stated at least so often are found to have that
 * threshold, to store those bits, and to be the constrained optimum; claims hold for them, and fail
 * for models that know the rare facts instead, and are open at one seed or where nothing can be
 * seen; longer trainings and both scales are told apart; cells and corpora of others, and documents
 * with absurd numbers, are passed over.
 * Method: documents made here.
 */
#include <jansson.h>
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include "experiment.h"
#include "experiment_probe.h"
#include "result.h"

#include <cmocka.h> /* last: it defines a macro fail() */

#define VALUES 32
#define FACT_BITS 5.0
#define OCTAVES 7 /* 1, 2, .. 64 statements */
#define TOKENS 100
#define POINTS 4
#define RESULTS_MAX 64
#define STEPS 3000.0
#define SEEDS 2

static struct result results[RESULTS_MAX];
static const struct result *list[RESULTS_MAX];
static size_t n_results;

/* Facts that were stated 2^octave times are a class' alone, as many as make it a quarter. */
static int class_of(int octave)
{
	return 3 - octave / 2;
}

static int facts_of(int octave)
{
	return 64 >> octave;
}

static double confidence = 0.4; /* of wrong answers */

static json_t *row_of(bool known)
{
	return json_pack("{s:i, s:i, s:f, s:f, s:f}", "tokens", TOKENS, "right", known ? TOKENS : 0,
			 "bits", known ? 0.0 : TOKENS * FACT_BITS, "chance",
			 known ? (double)TOKENS : (double)TOKENS / VALUES, "wrong_confidence",
			 known ? 0.0 : confidence * TOKENS);
}

static void add_role(json_t *rows, json_t *row, const char *role, int class)
{
	json_object_set_new(row, "role", json_string(role));
	json_object_set_new(row, "class", json_integer(class));
	json_array_append_new(rows, row);
}

/* Octaves `from` .. `to` - 1 are known. */
static json_t *point_of(double step, int from, int to, double syntax_bits)
{
	json_t *roles = json_array(), *exposures = json_array(), *syntax = row_of(true);
	json_t *unstated = row_of(false);

	json_object_set_new(syntax, "bits", json_real(TOKENS * syntax_bits));
	add_role(roles, syntax, "syntax", 0);
	json_object_set_new(unstated, "from", json_integer(0));
	json_array_append_new(exposures, unstated);
	for (int o = 0; o < OCTAVES; o++) {
		json_t *row = row_of(o >= from && o < to);

		json_object_set_new(row, "from", json_integer(1 << o));
		json_array_append_new(exposures, row);
		if (o % 2 == 0)
			add_role(roles, row_of(o >= from && o < to), "repeated_fact", class_of(o));
	}
	return json_pack("{s:f, s:f, s:o, s:o}", "step", step, "symbols", step * 100, "roles",
			 roles, "exposures", exposures);
}

/* Bayes: each class at its time, 4 times later than the one before. */
static json_t *stretch_of(double from, double to)
{
	json_t *rows = json_array();

	for (int kind = 0; kind < 5; kind++)
		json_array_append_new(rows,
				      json_pack("{s:s, s:i, s:i, s:f, s:f}", "role",
						kind ? "repeated_fact" : "syntax", "class",
						kind ? kind - 1 : 0, "tokens", TOKENS, "bayes_bits",
						from < 2 * pow(4, kind) ? TOKENS * FACT_BITS : 0.0,
						"known_bits", 0.0));
	return json_pack("{s:f, s:f, s:o}", "from", from, "to", to, "roles", rows);
}

static json_t *facts_json(void)
{
	json_t *facts = json_array();

	for (int o = OCTAVES - 1; o >= 0; o--)
		json_array_append_new(facts, json_pack("{s:i, s:i, s:i, s:i}", "exposures", 1 << o,
						       "class", class_of(o), "facts", facts_of(o),
						       "statements", facts_of(o) << o));
	return facts;
}

static const char source[] =
    "generate sk --alpha 0.6 --beta 100 --sentences 24000 --types 4 --templates 8 --classes 4 "
    "--class-words 4 --words 48 --attributes 4 --values 32 --facts 2 --first-names 80 "
    "--last-names 80 --min-tokens 5 --max-tokens 8";

/* A model that in the end knows these octaves; on the way it learns them from the last one on. */
static void add_seed(int layers, int dim, double steps, int from, int to, int seed)
{
	struct result *r = &results[n_results];
	json_t *points = json_array(), *training = json_array();

	for (int i = 1; i <= POINTS; i++) {
		int first = to - (to - from) * (i - 1) / (POINTS - 1);

		json_array_append_new(points, point_of(steps * exp2(3 * (i - POINTS)), first, to,
						       i == 1 ? 1.0 : 0.1));
	}
	for (double at = 1; at < 2048; at *= 2)
		json_array_append_new(training, stretch_of(at, 2 * at));
	*r = (struct result){.outcome = OUTCOME_OK};
	snprintf(r->spec.method, sizeof r->spec.method, "figure:probe:layers=%d,dim=%d,steps=%.0f",
		 layers, dim, steps);
	snprintf(r->spec.corpus.source, sizeof r->spec.corpus.source, "%s --seed %d", source, seed);
	r->document = json_pack(
	    "{s:i, s:i, s:f, s:f, s:i, s:i, s:i, s:i, s:i, s:f, s:f, s:o, s:o, s:o, s:o}", "schema",
	    2, "values", VALUES, "sentences", 1024.0, "tokens", 8192.0, "n_symbols", 256, "layers",
	    layers, "dim", dim, "parameters", layers * dim * 100, "model_bytes", 1, "steps", steps,
	    "symbols", steps * 100, "facts", facts_json(), "points", points, "held_out",
	    json_pack("{s:f, s:f, s:o}", "from", 1.0, "to", 2.0, "roles",
		      json_incref(json_object_get(json_array_get(training, 10), "roles"))),
	    "training", training);
	assert_non_null(r->document);
	list[n_results++] = r;
}

static void add_result(int layers, int dim, double steps, int from, int to)
{
	for (int seed = 1; seed <= SEEDS; seed++)
		add_seed(layers, dim, steps, from, to, seed);
}

static int forget(void **state)
{
	(void)state;
	for (size_t i = 0; i < n_results; i++)
		json_decref((json_t *)results[i].document);
	n_results = 0;
	return 0;
}

/* The larger, the rarer what it knows, and the surer it is where it is wrong. */
static void add_frequent_first(void)
{
	confidence = 0.4;
	add_result(1, 16, STEPS, 6, OCTAVES);
	confidence = 0.5;
	add_result(1, 32, STEPS, 4, OCTAVES);
	confidence = 0.6;
	add_result(2, 48, STEPS, 2, OCTAVES);
}

/* From one that knows nothing to one that knows all. */
static void add_from_none_to_all(void)
{
	add_result(1, 16, STEPS, OCTAVES, OCTAVES);
	add_result(1, 32, STEPS, 6, OCTAVES);
	add_result(2, 32, STEPS, 4, OCTAVES);
	add_result(2, 48, STEPS, 2, OCTAVES);
	add_result(2, 64, STEPS, 0, OCTAVES);
}

static struct finding finding_of(const char *name)
{
	struct finding f = {0};

	assert_int_equal(experiment_by_name(name)->conclude(list, n_results, &f), STATUS_OK);
	return f;
}

static void assert_verdicts(const char *name, const char *verdicts)
{
	struct finding f = finding_of(name);
	char found[16] = "";

	assert_in_range(f.n_claims, 1, sizeof found - 1);
	for (size_t i = 0; i < f.n_claims; i++) {
		found[i] = finding_verdict(f.claim[i].verdict)[0];
		if (strstr(f.claim[i].measured, "nan"))
			fail_msg("%s: %s", name, f.claim[i].measured);
	}
	assert_string_equal(found, verdicts);
	assert_int_equal(f.n_panels, 3);
	assert_int_equal(f.n_cells % f.n_columns, 0);
	finding_free(&f);
}

static void test_frequent_first(void **state)
{
	(void)state;
	add_frequent_first();
	assert_verdicts("recall", "ohhhhh"); /* one size has facts on both sides of its threshold */
	assert_verdicts("model-scaling", "hohhh"); /* the rarest are never learnt */
	assert_verdicts("syntax-first", "hhhho");
}

static void test_threshold(void **state)
{
	struct finding f;

	(void)state;
	add_result(1, 16, STEPS, 4, OCTAVES);
	add_result(1, 32, STEPS, 3, OCTAVES);
	f = finding_of("recall");
	assert_int_equal(f.claim[0].verdict, CLAIM_HOLDS);
	assert_non_null(strstr(f.claim[0].measured, "2 of 2 sizes"));
	finding_free(&f);
}

static void test_from_none_to_all(void **state)
{
	(void)state;
	add_from_none_to_all();
	assert_verdicts("recall", "ohhhho"); /* nobody can be sure who is never wrong */
	assert_verdicts("model-scaling", "hhhhh");
	/* Classes that are learnt between the same two examinations; 8 times the steps, a quarter
	 * of the statements. */
	assert_verdicts("syntax-first", "hohhf");
}

/* One seed: no interval. */
static void test_one_seed(void **state)
{
	(void)state;
	add_from_none_to_all();
	for (size_t i = 0; i < n_results; i++)
		if (i % SEEDS)
			results[i].outcome = OUTCOME_FAILED;
	assert_verdicts("recall", "oooooo");
	assert_verdicts("model-scaling", "ooooo");
	assert_verdicts("syntax-first", "ooooo");
}

static void test_rare_first(void **state)
{
	(void)state;
	confidence = 0.4;
	add_result(1, 16, STEPS, 0, 2);
	confidence = 0.3;
	add_result(1, 32, STEPS, 0, 4);
	add_result(2, 48, STEPS, 0, 5);
	struct finding recall = finding_of("recall"), scaling = finding_of("model-scaling");

	assert_int_equal(recall.claim[0].verdict, CLAIM_OPEN); /* nothing is rarer than 1 */
	assert_int_equal(recall.claim[1].verdict, CLAIM_OPEN);
	assert_int_equal(recall.claim[3].verdict, CLAIM_FAILS);
	assert_int_equal(recall.claim[5].verdict, CLAIM_FAILS);
	assert_int_equal(scaling.claim[0].verdict, CLAIM_FAILS);
	assert_int_equal(scaling.claim[1].verdict, CLAIM_FAILS);
	assert_int_equal(scaling.claim[3].verdict, CLAIM_FAILS);
	finding_free(&recall);
	finding_free(&scaling);
}

static void assert_sizes(size_t n, size_t n_longer)
{
	struct experiment_probe e = experiment_probe_read(list, n_results);

	assert_int_equal(e.n, n);
	assert_int_equal(e.n_longer, n_longer);
}

static void test_reading(void **state)
{
	struct experiment_probe e;
	double bits = 0;

	(void)state;
	add_frequent_first();
	add_result(1, 16, 4 * STEPS, 6, OCTAVES); /* longer */
	add_seed(1, 32, STEPS, 4, OCTAVES, 9);    /* a seed that others have not */
	e = experiment_probe_read(list, n_results);
	assert_int_equal(e.n, 3);
	assert_int_equal(e.n_longer, 1);
	assert_int_equal(e.size[0].dim, 16);
	assert_int_equal(e.size[1].n, SEEDS);
	assert_int_equal(e.size[2].dim, 48);
	assert_true(e.size[3].steps == 4 * STEPS);
	for (int o = 6; o < OCTAVES; o++)
		bits += facts_of(o) * FACT_BITS;
	assert_true(fabs(experiment_probe_stored_bits(e.size[0].document[0]) - bits) < 1e-9);
	assert_verdicts("recall", "ohhhhhhf");
}

/* Results are in no order; both scales may be in one store. */
static void test_scales(void **state)
{
	(void)state;
	add_from_none_to_all();
	add_seed(2, 128, 20000, 0, OCTAVES, 2);
	add_seed(2, 128, 20000, 0, OCTAVES, 1);
	assert_sizes(5, 1);
	assert_true(experiment_probe_read(list, n_results).size[5].seed[0] == 1);
	for (int i = 0; i < 6; i++)
		add_result(1 + (i > 1), (const int[]){16, 32, 32, 48, 64, 96}[i], 20000, 0,
			   OCTAVES);
	assert_sizes(7, 0);
}

/* Other cells and corpora, older documents, and numbers that nothing can have. */
static void test_not_ours(void **state)
{
	static const struct {
		const char *name;
		double value;
	} absurd[] = {{"schema", 1}, {"layers", -1},    {"layers", 1e300},  {"dim", NAN},
		      {"dim", 1e10}, {"sentences", -5}, {"sentences", 1e18}};

	(void)state;
	add_frequent_first();
	assert_sizes(3, 0);
	snprintf(results[0].spec.method, sizeof results[0].spec.method,
		 "figure:probe:layers=1,dim=16,steps=3000,batch=4");
	assert_int_equal(experiment_probe_read(list, n_results).size[0].n, 1);
	snprintf(results[1].spec.corpus.source, sizeof results[1].spec.corpus.source,
		 "%s --seed 2 --noise 1", source);
	assert_sizes(2, 0);
	snprintf(results[2].spec.corpus.source, sizeof results[2].spec.corpus.source,
		 "generate sk --alpha 0.5%s", strstr(source, " --beta"));
	snprintf(results[3].spec.corpus.source, sizeof results[3].spec.corpus.source,
		 "generate iid --seed 2");
	assert_sizes(1, 0);
	for (size_t i = 0; i < sizeof absurd / sizeof *absurd; i++) {
		json_t *document = (json_t *)results[4].document, *whole = json_deep_copy(document);

		json_object_set_new(document, absurd[i].name,
				    isnan(absurd[i].value) ? json_null()
							   : json_real(absurd[i].value));
		assert_int_equal(experiment_probe_read(list, n_results).size[0].n, 1);
		json_object_update(document, whole);
		json_decref(whole);
	}
	assert_int_equal(experiment_probe_read(list, n_results).size[0].n, SEEDS);
	json_object_set_new(json_array_get(json_object_get(results[4].document, "facts"), 0),
			    "facts", json_real(-1e300));
	assert_int_equal(experiment_probe_read(list, n_results).size[0].n, 1);
}

static void test_before(void **state)
{
	const double early[] = {1, 2, 1.5}, late[] = {30, 40, 35}, near[] = {1.5, 1.5, 1.5},
		     never[] = {NAN, NAN, NAN}, perhaps[] = {30, NAN, 35};

	(void)state;
	assert_int_equal(experiment_probe_before(early, late, 3), CLAIM_HOLDS);
	assert_int_equal(experiment_probe_before(late, early, 3), CLAIM_FAILS);
	assert_int_equal(experiment_probe_before(early, near, 3), CLAIM_OPEN);
	assert_int_equal(experiment_probe_before(early, early, 3), CLAIM_OPEN);
	assert_int_equal(experiment_probe_before(early, never, 3), CLAIM_HOLDS);
	assert_int_equal(experiment_probe_before(never, late, 3), CLAIM_FAILS);
	assert_int_equal(experiment_probe_before(never, never, 3), CLAIM_OPEN);
	assert_int_equal(experiment_probe_before(early, perhaps, 3), CLAIM_OPEN);
	assert_int_equal(experiment_probe_before(early, never, 1), CLAIM_OPEN);
	assert_int_equal(experiment_probe_within(near, 2, 3), CLAIM_HOLDS);
	assert_int_equal(experiment_probe_within(near, 1, 3), CLAIM_FAILS);
	assert_int_equal(experiment_probe_within(early, 2, 3), CLAIM_OPEN);
}

static void test_nothing(void **state)
{
	(void)state;
	add_result(1, 16, STEPS, 4, OCTAVES);
	for (const char *const *name =
		 (const char *const[]){"recall", "model-scaling", "syntax-first", NULL};
	     *name; name++) {
		struct finding f = finding_of(*name);

		assert_int_equal(f.n_claims, 0);
		finding_free(&f);
	}
}

static void test_crossing(void **state)
{
	const double x[] = {1, 4, 16}, y[] = {8, 6, 2};

	(void)state;
	assert_true(fabs(experiment_probe_crossing(x, y, 3, 4) - 8) < 1e-12);
	assert_true(experiment_probe_crossing(x, y, 3, 9) == 1);
	assert_true(isnan(experiment_probe_crossing(x, y, 3, 1)));
	assert_true(isnan(experiment_probe_crossing(x, y, 0, 1)));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test_teardown(test_frequent_first, forget),
	    cmocka_unit_test_teardown(test_threshold, forget),
	    cmocka_unit_test_teardown(test_from_none_to_all, forget),
	    cmocka_unit_test_teardown(test_one_seed, forget),
	    cmocka_unit_test_teardown(test_rare_first, forget),
	    cmocka_unit_test_teardown(test_scales, forget),
	    cmocka_unit_test_teardown(test_not_ours, forget),
	    cmocka_unit_test(test_before),
	    cmocka_unit_test_teardown(test_reading, forget),
	    cmocka_unit_test_teardown(test_nothing, forget),
	    cmocka_unit_test(test_crossing),
	};

	return cmocka_run_group_tests_name("experiment_probe", tests, NULL, NULL);
}
