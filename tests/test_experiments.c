/* SPDX-License-Identifier: BSD-2-Clause
 *
 * test_experiments.c - what experiments conclude from results.
 *
 * Property  results that are as theory has them make every claim hold, with the places and sums
 *           that they were made of; results that contradict a claim make that one fail; one corpus
 *           leaves differences open, and of no results nothing is claimed; a missing cell moves no
 *           value to another corpus; of two scales the larger one speaks; numbers that are none, or
 *           none of ours, are passed over; the table of all claims has each, and a row for every
 *           experiment without any.
 * Method    made-up documents of the commands that the figures stand for: costs by class and curves
 *           from the sums of population.h, a structure function and a ladder of round numbers.
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
#include <xxhash.h>

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
	snprintf(r.spec.corpus.digest, sizeof r.spec.corpus.digest, "%016llx",
		 (unsigned long long)XXH3_64bits(source, strlen(source)));
	return r;
}

#define RESULTS_MAX 64

static struct finding conclude(const char *name, const struct result *r, size_t n)
{
	const struct result *pointer[RESULTS_MAX];
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

static void free_results(struct result *r, size_t n)
{
	for (size_t i = 0; i < n; i++)
		json_decref(r[i].document);
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

/* Of both laws, two codes, and so many corpora of each; the last n_seeds are those of mix under
 * uniform sampling. */
static size_t make_classes(struct result *r, unsigned n_seeds, unsigned biographies,
			   struct fault power_fault, struct fault uniform_fault)
{
	size_t n = 0;

	for (int uniform = 0; uniform < 2; uniform++)
		for (int mix = 0; mix < 2; mix++)
			for (unsigned seed = 1; seed <= n_seeds; seed++) {
				char source[128];

				snprintf(source, sizeof source,
					 "bios --people 1000 --seed %u --biographies %u "
					 "--sampling %s",
					 seed, biographies, uniform ? "0" : "1 --power 1.2");
				r[n] = result_of(
				    mix ? "cost:against=known,curve,model=mix"
					: "cost:against=known,curve,model=bayes",
				    source,
				    costs(uniform ? 0 : 1.2, mix ? 1.4 + 0.1 * seed : 1,
					  uniform ? uniform_fault : power_fault));
				r[n++].spec.corpus.n_tokens = (double)TOKENS * biographies;
			}
	return n;
}

static struct finding conclude_classes(unsigned n_seeds, struct fault power_fault,
				       struct fault uniform_fault)
{
	struct result r[RESULTS_MAX];
	size_t n = make_classes(r, n_seeds, BIOGRAPHIES, power_fault, uniform_fault);
	struct finding f = conclude("data-classes", r, n);
	struct finding none = conclude("data-classes", r, n - n_seeds);

	assert_int_equal(none.n_claims, 0); /* without a learner under either law */
	finding_free(&none);
	free_results(r, n);
	return f;
}

static void test_classes(void **state)
{
	const struct fault none = {false, 1};
	struct finding f = conclude_classes(2, none, none);

	(void)state;
	assert_int_equal(verdict_of(&f, "learnt earlier"), CLAIM_HOLDS);
	assert_int_equal(verdict_of(&f, "sum of curves"), CLAIM_HOLDS);
	assert_int_equal(verdict_of(&f, "learnt at once"), CLAIM_HOLDS);
	assert_int_equal(verdict_of(&f, "known exactly"), CLAIM_HOLDS);
	/* The optimum's row and that of bayes, which was made to be the optimum, are one. */
	for (size_t k = 0, row = 0; k < 2; k++, row += 3 * f.n_columns) /* under either law */
		for (size_t i = 3; i < f.n_columns; i++)
			assert_string_equal(f.cell[row + i], f.cell[row + f.n_columns + i]);
	finding_free(&f);

	f = conclude_classes(2, (struct fault){true, 1}, none);
	assert_int_equal(verdict_of(&f, "learnt earlier"), CLAIM_FAILS);
	assert_int_equal(verdict_of(&f, "sum of curves"), CLAIM_FAILS);
	assert_int_equal(verdict_of(&f, "learnt at once"), CLAIM_HOLDS);
	assert_int_equal(verdict_of(&f, "known exactly"), CLAIM_FAILS);
	finding_free(&f);

	f = conclude_classes(2, none, (struct fault){false, 2});
	assert_int_equal(verdict_of(&f, "learnt earlier"), CLAIM_HOLDS);
	assert_int_equal(verdict_of(&f, "learnt at once"), CLAIM_FAILS);
	finding_free(&f);

	f = conclude_classes(1, none, none);
	assert_int_equal(verdict_of(&f, "learnt earlier"), CLAIM_OPEN);
	assert_int_equal(verdict_of(&f, "learnt at once"), CLAIM_HOLDS);
	finding_free(&f);
}

/* Results of twice as many biographies say the opposite, whichever come first. */
static void test_classes_scales(void **state)
{
	const struct fault none = {false, 1}, reversed = {true, 1};
	struct result r[RESULTS_MAX];

	(void)state;
	for (int large_first = 0; large_first < 2; large_first++) {
		unsigned small = BIOGRAPHIES, large = 2 * BIOGRAPHIES;
		size_t n = make_classes(r, 2, large_first ? large : small,
					large_first ? reversed : none, none);

		n += make_classes(r + n, 2, large_first ? small : large,
				  large_first ? none : reversed, none);

		struct finding f = conclude("data-classes", r, n);

		assert_int_equal(verdict_of(&f, "learnt earlier"), CLAIM_FAILS);
		finding_free(&f);
		free_results(r, n);
	}
}

/* Corpora whose sizes are none, and rows with anything for a number: passed over. */
static void test_classes_hostile(void **state)
{
	static const char *const source[] = {
	    "bios --people -5 --biographies 10000 --power 1.2",
	    "bios --people 0 --biographies 10000 --power 1.2",
	    "bios --people 1e300 --biographies 10000 --power 1.2",
	    "bios --people nan --biographies 10000 --power 1.2",
	    "bios --people 2305843009213693953 --biographies 10000 --power 1.2",
	    "bios --people 1000 --biographies inf --power 1.2",
	    "bios --people 1000 --biographies 0 --power 1.2",
	    "bios --people 1000 --biographies 10000 --power nan",
	};
	const struct fault none = {false, 1};
	struct result r[RESULTS_MAX];
	size_t n = make_classes(r, 2, BIOGRAPHIES, none, none), n_good = n;
	json_t *rows = json_pack("[{s:f, s:s, s:f, s:f, s:f}, {s:f, s:s, s:f, s:f, s:f},"
				 " {s:n, s:s, s:f}, {s:s}, i, n]",
				 "position", 1e5, "role", "name", "class", -1e300, "tokens", 1e300,
				 "regret_units", -1e300, "position", 4e5, "role", "first_fact",
				 "class", 1e300, "tokens", 0.0, "regret_units", 1e300, "position",
				 "role", "name", "class", 0.5, "position", "here", 7);

	(void)state;
	assert_non_null(rows);
	for (size_t i = 0; i < sizeof source / sizeof *source; i++) {
		r[n] = result_of(i % 2 ? "cost:against=known,curve,model=mix" : "learners",
				 source[i], costs(1.2, 1, none));
		r[n++].spec.corpus.n_tokens = i % 3 ? 5e5 : NAN;
	}
	r[n] = result_of("cost:against=known,curve,model=ngram",
			 "bios --people 1000 --seed 9 --biographies 10000 --power 1.2",
			 json_pack("{s:o}", "curve_sums", rows));
	r[n++].spec.corpus.n_tokens = 5e5;

	struct finding f = conclude("data-classes", r, n);

	assert_int_equal(verdict_of(&f, "known exactly"), CLAIM_HOLDS);
	assert_int_equal(verdict_of(&f, "learnt earlier"), CLAIM_HOLDS);
	finding_free(&f);
	f = conclude("data-classes", r + n_good, n - n_good);
	assert_int_equal(f.n_claims, 0);
	finding_free(&f);
	f = conclude("data-scaling", r + n_good, n - n_good);
	assert_int_equal(f.n_claims, 0);
	finding_free(&f);
	free_results(r, n);
}

/* ---- data-scaling. ---- */

#define KNOWN_BITS 2.0 /* of a token */
#define LEARNERS_PEOPLE 2000

/* How the made-up curves are, by law: excesses n^-exponent. */
struct curves {
	double bayes_times; /* of the optimum's excess */
	double exponent[4];
	double late;	   /* added to the exponent from the middle on */
	double difference; /* between corpora, relative */
};

static const struct curves as_theory = {1, {0.1, 0.2, 0.3, 0.4}, 0, 0.005};

/* Bits above the known world of so many biographies. */
static double excess_bits(const struct curves *c, size_t law, const double *p, bool bayes, double n)
{
	double s = c->exponent[law], middle = 550, late = s + c->late;

	if (bayes)
		return c->bayes_times * log2((double)BIOS_PACKED_END) *
		       population_distinct(p, LEARNERS_PEOPLE, n);
	if (n <= middle)
		return 100 * pow(n, 1 - s) / (1 - s);
	return 100 * pow(middle, 1 - s) / (1 - s) +
	       100 * pow(middle, c->late) * (pow(n, 1 - late) - pow(middle, 1 - late)) / (1 - late);
}

static json_t *learners(const struct curves *c, size_t law, double power, double times)
{
	static const char *const code[] = {"bayes", "mix", "ngram", "transformer:online"};
	json_t *curves = json_array();
	double p[LEARNERS_PEOPLE];

	population_law(p, LEARNERS_PEOPLE, OPTION_UNIT, (int64_t)(power * OPTION_UNIT));
	for (size_t i = 0; i < 4; i++) {
		json_t *rows = json_array();

		for (int k = 0; k <= 80; k++) { /* 20 a decade */
			double n = pow(10, k / 20.0);
			double bits = times * excess_bits(c, law, p, i == 0, n);

			json_array_append_new(rows, json_pack("{s:f, s:f}", "position", TOKENS * n,
							      "sent_bits",
							      KNOWN_BITS * TOKENS * n + bits));
		}
		json_array_append_new(curves,
				      json_pack("{s:s, s:o}", "code", code[i], "rows", rows));
	}
	return json_pack("{s:o}", "curves", curves);
}

static size_t make_learners(struct result *r, unsigned n_seeds, unsigned biographies,
			    struct curves c)
{
	static const double power[] = {0, 1.2, 1.5, 2};
	size_t n = 0;

	for (unsigned seed = 0; seed < n_seeds; seed++)
		for (size_t law = 0; law < 4; law++) {
			double sign = (seed + law) % 2 ? -1 : 1;
			struct curves own = c;
			char source[128], of[32];

			snprintf(of, sizeof of, law ? "1 --power %g" : "0", power[law]);
			snprintf(source, sizeof source,
				 "bios --people %d --seed %u --biographies %u --sampling %s",
				 LEARNERS_PEOPLE, seed + 1, biographies, of);
			own.exponent[law] *= 1 + sign * c.difference;
			r[n] = result_of("learners", source,
					 learners(&own, law, power[law], 1 + sign * c.difference));
			r[n].spec.corpus.n_tokens = (double)TOKENS * biographies;
			r[n].spec.corpus.known_bits = KNOWN_BITS * r[n].spec.corpus.n_tokens;
			n++;
		}
	return n;
}

/* The verdicts on: the optimum, steeper, straight. */
static void check_scaling(unsigned n_seeds, struct curves c, enum verdict_of_claim optimum,
			  enum verdict_of_claim steeper, enum verdict_of_claim straight)
{
	struct result r[RESULTS_MAX];
	size_t n = make_learners(r, n_seeds, 10000, c);
	struct finding f = conclude("data-scaling", r, n);
	struct finding none = conclude("data-scaling", r, 3); /* one law is missing */

	assert_int_equal(verdict_of(&f, "known exactly"), optimum);
	assert_int_equal(verdict_of(&f, "the faster every learner's"), steeper);
	assert_int_equal(verdict_of(&f, "is a power law itself"), straight);
	assert_int_equal(none.n_claims, 0);
	finding_free(&none);
	finding_free(&f);
	free_results(r, n);
}

static void test_scaling(void **state)
{
	struct curves wrong = as_theory;

	(void)state;
	check_scaling(2, as_theory, CLAIM_HOLDS, CLAIM_HOLDS, CLAIM_HOLDS);
	wrong.bayes_times = 1.5;
	check_scaling(2, wrong, CLAIM_FAILS, CLAIM_HOLDS, CLAIM_HOLDS);
	wrong = as_theory;
	wrong.exponent[2] = 0.5;
	check_scaling(2, wrong, CLAIM_HOLDS, CLAIM_FAILS, CLAIM_HOLDS);
	wrong = as_theory;
	wrong.late = 0.5;
	check_scaling(2, wrong, CLAIM_HOLDS, CLAIM_HOLDS, CLAIM_FAILS);
	wrong = as_theory;
	wrong.exponent[2] = 0.202; /* corpora of a law differ by 0.002 */
	check_scaling(2, wrong, CLAIM_HOLDS, CLAIM_OPEN, CLAIM_HOLDS);
	check_scaling(1, as_theory, CLAIM_OPEN, CLAIM_OPEN, CLAIM_HOLDS);
}

static void test_scaling_scales(void **state)
{
	struct result r[RESULTS_MAX];
	struct curves wrong = as_theory;
	size_t n = make_learners(r, 2, 10000, as_theory);

	(void)state;
	wrong.exponent[1] = 0.5;
	n += make_learners(r + n, 2, 20000, wrong);
	n += make_learners(r + n, 1, 5000, as_theory);

	struct finding f = conclude("data-scaling", r, n);

	assert_int_equal(verdict_of(&f, "the faster every learner's"), CLAIM_FAILS);
	assert_string_equal(f.cell[7 + 2], "2"); /* corpora, of the first code */
	finding_free(&f);
	free_results(r, n);
}

/* ---- structure. ---- */

#define BAYES_BITS 1000.0

/* Model and data bits of one archive and one compressor; model, data and test bits of two
 * networks. */
struct plane {
	double archive[2], compressor[2], network[2][3];
};

/* Two results of one corpus; n_networks of the two. */
static void make_plane(struct result r[2], const struct plane *p, unsigned seed, size_t n_networks)
{
	json_t *structure = json_pack(
	    "{s:[{s:f, s:f}], s:[{s:s, s:s, s:n, s:f, s:f}], s:{s:[{s:f, s:f}, {s:f, s:f}]}}",
	    "points", "model_bits", p->archive[0], "data_bits", p->archive[1], "compressors",
	    "name", "squash", "on", "tokens", "not_counted", "model_bits", p->compressor[0],
	    "data_bits", p->compressor[1], "theory", "ideal", "model_bits", 0.0, "data_bits",
	    2000.0, "model_bits", 200.0, "data_bits", 800.0);
	json_t *networks = json_array();
	char source[64];

	for (size_t i = 0; i < n_networks; i++) /* of 100 tokens */
		json_array_append_new(
		    networks,
		    json_pack("{s:i, s:i, s:i, s:f, s:f, s:i, s:f}", "layers", (int)i + 1, "dim",
			      16, "bits", 4, "model_bits", p->network[i][0], "data_bits",
			      p->network[i][1], "header_bits", 0, "stored_valid_bits",
			      p->network[i][2] / 100));
	json_array_append_new(networks, json_pack("{s:f, s:f, s:f, s:f}", "layers", 1e300, "dim",
						  -1.5, "bits", 4.0, "stored_valid_bits", 1.0));
	snprintf(source, sizeof source, "sk --sentences 20000 --seed %u", seed);
	r[0] = result_of("plane", source, structure);
	r[1] = result_of("ladder", source, json_pack("{s:o}", "points", networks));
	for (size_t i = 0; i < 2; i++) {
		r[i].spec.corpus.bayes_bits = BAYES_BITS;
		r[i].spec.corpus.n_tokens = 100;
	}
}

static struct finding conclude_planes(const struct plane *p, unsigned n_seeds)
{
	struct result r[RESULTS_MAX];

	for (unsigned k = 0; k < n_seeds; k++)
		make_plane(&r[2 * k], p, k + 1, 2);

	struct finding f = conclude("structure", r, 2 * n_seeds);
	struct finding none = conclude("structure", r + 1, 1);

	assert_int_equal(none.n_claims, 0); /* without the curve */
	finding_free(&none);
	free_results(r, 2 * n_seeds);
	return f;
}

static struct finding conclude_plane(const struct plane *p)
{
	return conclude_planes(p, 2);
}

static const struct plane sound = {.archive = {200, 801},
				   .compressor = {0, 1500},
				   .network = {{300, 1400, 1450}, {600, 1200, 1250}}};

static void test_plane(void **state)
{
	static const char *const words[] = {"no code is below", "no two-part code spends fewer",
					    "touches the line", "above the structure function",
					    "falls with the network's size"};
	struct plane wrong[5] = {sound, sound, sound, sound, sound};
	struct finding f = conclude_plane(&sound);

	(void)state;
	for (size_t i = 0; i < 5; i++)
		assert_int_equal(verdict_of(&f, words[i]), CLAIM_HOLDS);
	assert_string_equal(f.cell[4], "1.0010 ± 0.0000"); /* archive: over Bayes, */
	assert_string_equal(f.cell[5], "1.0012 ± 0.0000"); /* over the optimum's data */
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

static void test_plane_open(void **state)
{
	struct finding f = conclude_planes(&sound, 1);

	(void)state;
	assert_int_equal(verdict_of(&f, "touches the line"), CLAIM_OPEN);
	assert_int_equal(verdict_of(&f, "falls with the network's size"), CLAIM_OPEN);
	assert_int_equal(verdict_of(&f, "no code is below"), CLAIM_HOLDS);
	finding_free(&f);
}

/* Corpora far apart, one of which lacks the second network and one the ladder: the difference
 * between networks is that on the same corpora.  Of nothing with a model, nothing is claimed. */
static void test_plane_missing(void **state)
{
	static const double level[] = {5000, 1300, 3400, 2000};
	struct result r[8];

	(void)state;
	for (unsigned k = 0; k < 4; k++) {
		struct plane p = {.archive = {0, 1000},
				  .compressor = {0, 1500},
				  .network = {{300, 1400, level[k]}, {600, 1200, 0.9 * level[k]}}};

		make_plane(&r[2 * k], &p, k + 1, k == 1 ? 1 : 2);
	}

	struct finding f = conclude("structure", r, 7); /* the last is a ladder */

	assert_int_equal(verdict_of(&f, "falls with the network's size"), CLAIM_HOLDS);
	assert_int_equal(f.n_cells, 7 * 4);
	assert_string_equal(f.cell[1], "4");	    /* archives */
	assert_string_equal(f.cell[7 + 1], "3");    /* the small network */
	assert_string_equal(f.cell[2 * 7 + 1], "2"); /* the large one */
	finding_free(&f);
	free_results(r, 8);

	for (unsigned k = 0; k < 2; k++) { /* nothing with a model */
		make_plane(&r[2 * k], &sound, k + 1, 0);
		json_object_del(r[2 * k].document, "points");
	}
	f = conclude("structure", r, 4);
	assert_int_equal(f.n_claims, 1);
	assert_int_equal(verdict_of(&f, "no code is below"), CLAIM_HOLDS);
	finding_free(&f);
	free_results(r, 4);
}

/* ---- hyper. ---- */

/* What is paid for alpha and beta, and for everything as sentences^exponent, on three lengths; of
 * the rest one bit. */
static struct finding conclude_hyper(double partition_bits, double exponent, size_t n_lengths,
				     bool bounds)
{
	static const double sentences[] = {100, 1000, 10000};
	struct result r[6];
	size_t n = 0;

	for (size_t i = 0; i < n_lengths; i++) {
		double all = 1000 * pow(sentences[i], 1 + exponent);
		char source[64];

		snprintf(source, sizeof source, "sk --sentences %.0f", sentences[i]);
		r[n] = result_of("cost:against=none,model=mix", source,
				 json_pack("{s:f}", "archive_bytes", (BAYES_BITS + all) / 8));
		r[n++].spec.corpus.bayes_bits = BAYES_BITS;
		if (bounds)
			r[n++] = result_of("bounds", source,
					   json_pack("{s:f, s:f, s:f, s:f, s:f}",
						     "mixture_weight_bits", partition_bits,
						     "partition_bits", 0.0, "mixture_syntax_bits",
						     2.0, "syntax_bits", 1.0, "nml_syntax_bits",
						     2.0));
	}
	struct finding f = conclude("hyper", r, n);

	free_results(r, n);
	return f;
}

static void test_hyper(void **state)
{
	struct finding f = conclude_hyper(8, -0.5, 3, true);

	(void)state;
	assert_int_equal(verdict_of(&f, "told alpha and beta"), CLAIM_HOLDS);
	assert_int_equal(verdict_of(&f, "pseudo-counts"), CLAIM_HOLDS);
	assert_int_equal(verdict_of(&f, "can be learnt too"), CLAIM_HOLDS);
	finding_free(&f);
	f = conclude_hyper(9, -0.2, 3, true);
	assert_int_equal(verdict_of(&f, "told alpha and beta"), CLAIM_FAILS);
	assert_int_equal(verdict_of(&f, "pseudo-counts"), CLAIM_HOLDS);
	assert_int_equal(verdict_of(&f, "can be learnt too"), CLAIM_FAILS);
	finding_free(&f);
	f = conclude_hyper(8, -0.5, 2, false);
	assert_int_equal(f.n_claims, 1);
	assert_int_equal(verdict_of(&f, "can be learnt too"), CLAIM_OPEN);
	finding_free(&f);
}

/* ---- real-text. ---- */

/* A text of 100 different words, and how many the first half foretells; NaN: none. */
static struct finding conclude_words(double told, double zipf, double heaps)
{
	json_t *document = json_pack(
	    "{s:f, s:f, s:{}, s:{}, s:{}, s:{}, s:{}, s:[{}]}", "words", 1000.0, "distinct", 100.0,
	    "fit", "fit_of_half", "heaps_expected", "zipf", "heaps", "rows");
	json_t *row = json_array_get(json_object_get(document, "rows"), 0);

	assert_non_null(document);
	if (isfinite(told))
		json_object_set_new(row, "expected_by_half", json_real(told));
	if (isfinite(zipf)) {
		json_object_set_new(json_object_get(document, "zipf"), "exponent",
				    json_real(-zipf));
		json_object_set_new(json_object_get(document, "heaps"), "exponent",
				    json_real(heaps));
	}
	struct result r = result_of("words", "", document);
	struct finding f = conclude("real-text", &r, 1);

	json_decref(document);
	return f;
}

static void test_words(void **state)
{
	static const struct {
		double told, zipf, heaps;
		enum verdict_of_claim foretold, laws;
	} is[] = {{104, 1.25, 0.8, CLAIM_HOLDS, CLAIM_HOLDS},
		  {94, 1.25, 0.6, CLAIM_FAILS, CLAIM_FAILS},
		  {NAN, NAN, NAN, CLAIM_OPEN, CLAIM_OPEN}};

	(void)state;
	for (size_t i = 0; i < sizeof is / sizeof *is; i++) {
		struct finding f = conclude_words(is[i].told, is[i].zipf, is[i].heaps);

		assert_int_equal(verdict_of(&f, "foretells"), is[i].foretold);
		assert_int_equal(verdict_of(&f, "Zipf's exponent"), is[i].laws);
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
	    cmocka_unit_test(test_classes_scales),
	    cmocka_unit_test(test_classes_hostile),
	    cmocka_unit_test(test_scaling),
	    cmocka_unit_test(test_scaling_scales),
	    cmocka_unit_test(test_plane),
	    cmocka_unit_test(test_plane_open),
	    cmocka_unit_test(test_plane_missing),
	    cmocka_unit_test(test_hyper),
	    cmocka_unit_test(test_words),
	    cmocka_unit_test(test_table),
	    cmocka_unit_test(test_bars),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
