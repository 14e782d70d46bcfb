/* SPDX-License-Identifier: BSD-2-Clause
 *
 * test_experiments.c - what experiments conclude from results.
 *
 * Property  results that are as theory has them make every claim hold, with the places and sums
 *           that they were made of; results that contradict a claim make that one fail; of no
 *           results nothing is claimed; the table of all claims has each, and a row for every
 *           experiment without any.
 * Method    made-up documents of the commands that the figures stand for: costs by class from the
 *           sums of population.h, a structure function and a ladder of round numbers.
 */
#include <jansson.h>
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "bios.h"
#include "cost.h"
#include "experiment.h"
#include "options.h"
#include "population.h"

#include <cmocka.h> /* after status.h: it defines a macro fail() */

static struct result result_of(const char *method, const char *source, json_t *document)
{
	struct result r = {.outcome = OUTCOME_OK, .document = document};

	snprintf(r.spec.method, sizeof r.spec.method, "figure:%s", method);
	snprintf(r.spec.corpus.source, sizeof r.spec.corpus.source, "generate %s", source);
	snprintf(r.spec.corpus.digest, sizeof r.spec.corpus.digest, "%016zx", strlen(source));
	return r;
}

static struct finding conclude(const char *name, const struct result *r, size_t n)
{
	const struct result *pointer[16];
	struct finding f = {.n_claims = 0};

	for (size_t i = 0; i < n; i++)
		pointer[i] = &r[i];
	assert_int_equal(experiment_by_name(name)->conclude(pointer, n, &f), STATUS_OK);
	assert_int_equal(finding_status(&f), STATUS_OK);
	return f;
}

/* The verdict of the only claim that has these words. */
static enum verdict_of_claim verdict_of(const struct finding *f, const char *words)
{
	const struct finding_claim *found = NULL;

	for (size_t i = 0; i < f->n_claims; i++)
		if (strstr(f->claim[i].claim, words)) {
			assert_null(found);
			found = &f->claim[i];
		}
	assert_non_null(found);
	return found->verdict;
}

/* ---- data-classes. ---- */

#define PEOPLE 1000
#define BIOGRAPHIES 10000
#define TOKENS 50 /* of a biography */

/* How the made-up results depart from theory. */
struct fault {
	bool reversed;     /* the rarest class is learnt first */
	double first_class; /* times the loss of class 0 */
};

static void class_sums(double power, double n, double mass[4], double distinct[4])
{
	double p[PEOPLE];
	uint8_t class[PEOPLE];

	population_law(p, PEOPLE, OPTION_UNIT, (int64_t)(power * OPTION_UNIT));
	assert_int_equal(population_classes(p, PEOPLE, class), STATUS_OK);
	for (size_t c = 0; c < 4; c++)
		mass[c] = distinct[c] = 0;
	for (size_t i = 0; i < PEOPLE; i++) {
		mass[class[i]] += p[i];
		distinct[class[i]] += 1 - pow(1 - p[i], n);
	}
}

static void add_row(json_t *rows, double position, const char *role, int class, double tokens,
		    double bits)
{
	json_array_append_new(rows, json_pack("{s:f, s:s, s:i, s:f, s:f}", "position", position,
					      "role", role, "class", class, "tokens", tokens,
					      "regret_units", bits * COST_UNITS_PER_BIT));
}

/* What `twopart cost` says of somebody who pays `times` the optimum's loss. */
static json_t *costs(double power, double times, struct fault fault)
{
	static const double place[] = {10, 20, 50, 100, 200, 500, 1000, 2000, 5000, 10000};
	json_t *rows = json_array();

	for (size_t i = 0; i < sizeof place / sizeof *place; i++) {
		double mass[4], distinct[4];

		class_sums(power, place[i], mass, distinct);
		for (int c = 0; c < 4; c++) {
			int from = fault.reversed ? 3 - c : c;
			double bits = times * log2((double)BIOS_PACKED_END) * distinct[from];

			add_row(rows, TOKENS * place[i], "name", c, 3 * place[i] * mass[from], 99);
			add_row(rows, TOKENS * place[i], "syntax", c, 7, 99);
			add_row(rows, TOKENS * place[i], "first_fact", c, 8,
				bits / 2 * (c ? 1 : fault.first_class));
			add_row(rows, TOKENS * place[i], "repeated_fact", c, 9,
				bits / 2 * (c ? 1 : fault.first_class));
		}
	}
	return json_pack("{s:o}", "curve_sums", rows);
}

static struct finding conclude_classes(struct fault power_fault, struct fault uniform_fault)
{
	static const char power[] = "bios --people 1000 --seed 1 --biographies 10000 --sampling 1 "
				    "--power 1.2";
	static const char uniform[] = "bios --people 1000 --seed 1 --biographies 10000 "
				      "--sampling 0";
	struct result r[] = {
	    result_of("cost:against=known,curve,model=bayes", power, costs(1.2, 1, power_fault)),
	    result_of("cost:against=known,curve,model=mix", power, costs(1.2, 1.5, power_fault)),
	    result_of("cost:against=known,curve,model=bayes", uniform, costs(0, 1, uniform_fault)),
	    result_of("cost:against=known,curve,model=mix", uniform, costs(0, 1.5, uniform_fault)),
	};
	size_t n = sizeof r / sizeof *r;

	for (size_t i = 0; i < n; i++)
		r[i].spec.corpus.n_tokens = (double)TOKENS * BIOGRAPHIES;

	struct finding f = conclude("data-classes", r, n);
	struct finding none = conclude("data-classes", r, n - 1);

	assert_int_equal(none.n_claims, 0); /* without a learner under either law */
	finding_free(&none);
	for (size_t i = 0; i < n; i++)
		json_decref(r[i].document);
	return f;
}

static void test_classes(void **state)
{
	const struct fault none = {false, 1};
	struct finding f = conclude_classes(none, none);

	(void)state;
	assert_int_equal(verdict_of(&f, "learnt earlier"), CLAIM_HOLDS);
	assert_int_equal(verdict_of(&f, "sum of curves"), CLAIM_HOLDS);
	assert_int_equal(verdict_of(&f, "learnt at once"), CLAIM_HOLDS);
	assert_int_equal(verdict_of(&f, "known exactly"), CLAIM_HOLDS);
	/* The optimum's row and that of bayes, which was made to be the optimum, are one. */
	for (size_t i = 3; i < f.n_columns; i++)
		assert_string_equal(f.cell[i], f.cell[f.n_columns + i]);
	finding_free(&f);

	f = conclude_classes((struct fault){true, 1}, none);
	assert_int_equal(verdict_of(&f, "learnt earlier"), CLAIM_FAILS);
	assert_int_equal(verdict_of(&f, "sum of curves"), CLAIM_FAILS);
	assert_int_equal(verdict_of(&f, "learnt at once"), CLAIM_HOLDS);
	assert_int_equal(verdict_of(&f, "known exactly"), CLAIM_FAILS);
	finding_free(&f);

	f = conclude_classes(none, (struct fault){false, 2});
	assert_int_equal(verdict_of(&f, "learnt earlier"), CLAIM_HOLDS);
	assert_int_equal(verdict_of(&f, "learnt at once"), CLAIM_FAILS);
	finding_free(&f);
}

/* ---- structure. ---- */

#define BAYES_BITS 1000.0

/* Model and data bits of one archive and one compressor; model, data and test bits of two
 * networks. */
struct plane {
	double archive[2], compressor[2], network[2][3];
};

static struct finding conclude_plane(const struct plane *p)
{
	json_t *structure = json_pack(
	    "{s:[{s:f, s:f}], s:[{s:s, s:s, s:n, s:f, s:f}], s:{s:[{s:f, s:f}, {s:f, s:f}]}}",
	    "points", "model_bits", p->archive[0], "data_bits", p->archive[1], "compressors",
	    "name", "squash", "on", "tokens", "not_counted", "model_bits", p->compressor[0],
	    "data_bits", p->compressor[1], "theory", "ideal", "model_bits", 0.0, "data_bits",
	    2000.0, "model_bits", 200.0, "data_bits", 800.0);
	json_t *networks = json_array();
	struct result r[2];

	for (size_t i = 0; i < 2; i++) /* of 100 tokens */
		json_array_append_new(
		    networks,
		    json_pack("{s:i, s:i, s:i, s:f, s:f, s:i, s:f}", "layers", (int)i + 1, "dim",
			      16, "bits", 4, "model_bits", p->network[i][0], "data_bits",
			      p->network[i][1], "header_bits", 0, "stored_valid_bits",
			      p->network[i][2] / 100));
	r[0] = result_of("plane", "sk --sentences 20000 --seed 1", structure);
	r[1] = result_of("ladder", "sk --sentences 20000 --seed 1",
			 json_pack("{s:o}", "points", networks));
	for (size_t i = 0; i < 2; i++) {
		r[i].spec.corpus.bayes_bits = BAYES_BITS;
		r[i].spec.corpus.n_tokens = 100;
	}
	struct finding f = conclude("structure", r, 2), none = conclude("structure", r + 1, 1);

	assert_int_equal(none.n_claims, 0); /* without the curve */
	finding_free(&none);
	for (size_t i = 0; i < 2; i++)
		json_decref(r[i].document);
	return f;
}

static const struct plane sound = {.archive = {200, 801},
				   .compressor = {0, 1500},
				   .network = {{300, 1400, 1450}, {600, 1200, 1250}}};

static void test_plane(void **state)
{
	static const char *const words[] = {"below all codes", "no two-part code spends fewer",
					    "touches the line", "above the structure function",
					    "falls with the network's size"};
	struct plane wrong[5] = {sound, sound, sound, sound, sound};
	struct finding f = conclude_plane(&sound);

	(void)state;
	for (size_t i = 0; i < 5; i++)
		assert_int_equal(verdict_of(&f, words[i]), CLAIM_HOLDS);
	assert_string_equal(f.cell[4], "1.0010");	/* archive: over Bayes, */
	assert_string_equal(f.cell[5], "1.0012");	/* over the optimum's data */
	assert_string_equal(f.cell[7 + 6], "1.4500"); /* network: test loss over Bayes */
	finding_free(&f);
	wrong[0].compressor[1] = 999;
	wrong[1].archive[0] = 100; /* the optimum has 1400 there */
	wrong[1].archive[1] = 1300;
	wrong[1].network[1][2] = 1350;
	wrong[2].archive[1] = 811;
	wrong[3].network[1][2] = 800; /* the archive has 801 */
	wrong[4].network[1][2] = 1451;
	for (size_t i = 0; i < 5; i++) {
		f = conclude_plane(&wrong[i]);
		for (size_t k = 0; k < 5; k++)
			if (i != 1 || k != 2) /* what is moved there no longer touches either */
				assert_int_equal(verdict_of(&f, words[k]),
						 i == k ? CLAIM_FAILS : CLAIM_HOLDS);
		finding_free(&f);
	}
}

/* ---- The table of all claims. ---- */

static void test_table(void **state)
{
	struct experiment_finding found = {.of = experiment_by_name("structure")};
	size_t n_experiments = 0, n_open = 0, n_own = 0;
	struct finding table;

	(void)state;
	found.finding = conclude_plane(&sound);
	assert_int_equal(experiments_claims(&found, 1, &table), STATUS_OK);
	while (experiments[n_experiments])
		n_experiments++;
	assert_int_equal(table.n_columns, 5);
	assert_int_equal(table.n_cells, 5 * (found.finding.n_claims + n_experiments - 1));
	for (size_t i = 0; i < table.n_cells; i += 5) {
		if (strcmp(table.cell[i + 4], "structure") == 0) {
			assert_string_equal(table.cell[i], "Fig. 3a and 4");
			const struct finding_claim *c = &found.finding.claim[n_own++];

			assert_string_equal(table.cell[i + 1], c->claim);
			assert_string_equal(table.cell[i + 2], "holds");
			assert_string_equal(table.cell[i + 3], c->measured);
		} else {
			assert_string_equal(table.cell[i + 2], "open");
			n_open++;
		}
	}
	assert_int_equal(n_own, found.finding.n_claims);
	assert_int_equal(n_open, n_experiments - 1);
	finding_free(&table);
	finding_free(&found.finding);
}

/* A bar in a text does not end its cell. */
static void test_bars(void **state)
{
	struct finding f = {.n_claims = 0};
	char *text = NULL;
	size_t size_bytes;
	FILE *to = open_memstream(&text, &size_bytes);

	(void)state;
	finding_column(&f, "L(X|M)#");
	finding_cell(&f, "%s", "|");
	finding_markdown(&f, to);
	fclose(to);
	assert_string_equal(text, "| L(X\\|M) |\n| ---: |\n| \\| |\n\n");
	free(text);
	finding_free(&f);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_classes),
	    cmocka_unit_test(test_plane),
	    cmocka_unit_test(test_table),
	    cmocka_unit_test(test_bars),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
