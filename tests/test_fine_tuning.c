/* SPDX-License-Identifier: BSD-2-Clause
 *
 * test_fine_tuning.c - what the experiment on fine-tuning concludes from which figures.
 *
 * Property: results that behave as is claimed give eleven claims that hold; each of them alone
 * fails when the one figure that it rests on says otherwise, is open when corpora disagree about
 * it, and all are open of one corpus; what is missing opens the claims that need it.  Results of
 * other corpora, of other forms of the document and failures are passed over, and so is a corpus
 * that only one network has learnt.
 * Method: documents made up here.
 */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "experiment.h"
#include "tuning.h"

#include <cmocka.h>

#define SOURCE                                                                                     \
	"generate sk --types 4 --templates 8 --classes 5 --class-words 4 --words 64 --attributes " \
	"4 --values 32 --first-names 64 --last-names 64 --alpha 0.6 --beta 20 --sentences 20000 "  \
	"--seed %u"
#define CLAIMS 11
#define WAYS 8
#define CORPORA 3
#define FACT_BITS 5.0
#define ATTRIBUTE_BITS 0.5

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

enum { SMALL, LARGE, NETWORKS };

/* One corpus. */
struct pair {
	struct network network[NETWORKS];
};

/* As claimed: the small network shares what it holds, the large one keeps all with replay. */
static const struct pair claimed = {{
    {"figure:tune:dim=16,passes=32,tune-passes=8,replay=0.5,replay=0.1",
     {{"before", 0, 1000, 0, {1, 1, 2, 4}, 1.5, 0, 0, 0},
      {"old", 0, 1060, 0, {1, 1, 2, 4}, 1.5, 0, 0, 0},
      {"sentences", 0, 10, 800, {5, 5, 5, 5}, 1.5, 0.8, 0.1, 0},
      {"sentences", 0.5, 530, 530, {1.2, 1.5, 3, 5.4}, 1.5, 0.7, 0.6, 0},
      {"sentences", 0.1, 300, 700, {1.5, 2.5, 4, 5.5}, 1.5, 0.7, 0.6, 0},
      {"questions", 0, 10, 800, {5, 5, 5, 5}, 9, 0.1, 0.8, 0},
      {"questions", 0.5, 530, 530, {1, 1, 2.5, 5}, 1.5, 0.6, 0.7, 0},
      {"questions", 0.1, 300, 700, {1, 1, 3, 5}, 1.5, 0.6, 0.7, 0}}},
    {"figure:tune:dim=64,passes=12,tune-passes=4,replay=0.5",
     {{"before", 0, 3000, 0, {0.5, 0.5, 0.5, 1}, 1.5, 0, 0, 0},
      {"old", 0, 3050, 0, {0.5, 0.5, 0.5, 1}, 1.5, 0, 0, 0},
      {"sentences", 0, 100, 5800, {5, 5, 5, 5}, 1.5, 0.9, 0.1, 0},
      {"sentences", 0.5, 2900, 2900, {0.5, 0.5, 0.5, 1}, 1.5, 0.9, 0.8, 0},
      {"questions", 0, 100, 5800, {5, 5, 5, 5}, 9, 0.1, 0.9, 0},
      {"questions", 0.5, 2900, 2900, {0.5, 0.5, 0.5, 1}, 1.5, 0.8, 0.9, 0}}},
}};

/* A figure that speaks against claim i, and against no other one. */
static const struct {
	size_t network, state, member; /* of struct state, in bytes */
	double value;
} other[CLAIMS] = {
    {SMALL, 5, offsetof(struct state, old_known), 300},
    {LARGE, 2, offsetof(struct state, new_known), 2000},
    {LARGE, 3, offsetof(struct state, bits), 3},
    {LARGE, 3, offsetof(struct state, old_known), 2400},
    {SMALL, 1, offsetof(struct state, old_known), 1110},
    {SMALL, 6, offsetof(struct state, new_known), 900},
    {LARGE, 1, offsetof(struct state, old_known), 6500},
    {SMALL, 3, offsetof(struct state, bits) + 2 * sizeof(double), 2},
    {SMALL, 4, offsetof(struct state, excess), 4},
    {LARGE, 5, offsetof(struct state, right), 0.2},
    {LARGE, 4, offsetof(struct state, syntax), 1},
};

static void speak_against(struct pair *p, size_t i)
{
	struct state *s = &p->network[other[i].network].state[other[i].state];

	memcpy((char *)s + other[i].member, &other[i].value, sizeof other[i].value);
}

/* ---- Documents. ---- */

static json_t *probe(const char *people, const char *asked, const struct state *s, double right)
{
	json_t *classes = json_array();

	for (unsigned i = 0; i < 4; i++)
		json_array_append_new(classes,
				      json_pack("{s:i, s:f, s:f, s:f}", "symbols", 100, "bits",
						100 * s->bits[i], "right", 100 * right, "optimum",
						fmax(0, s->bits[i] - s->excess)));
	return json_pack("{s:s, s:s, s:{s:i, s:f}, s:o}", "people", people, "asked", asked,
			 "syntax", "symbols", 10, "bits", 10 * s->syntax, "classes", classes);
}

static json_t *document_of(const struct network *n, int schema)
{
	json_t *states = json_array();

	for (unsigned i = 0; i < WAYS && n->state[i].learns; i++) {
		const struct state *s = &n->state[i];

		json_array_append_new(
		    states,
		    json_pack("{s:s, s:f, s:f, s:f, s:[o, o, o, o]}", "learns", s->learns, "replay",
			      s->replay, "old_known_bits", s->old_known, "new_known_bits",
			      s->new_known, "probes", probe("old", "sentences", s, 0.5),
			      probe("old, never asked about", "questions", s, 0.3),
			      probe("new", "sentences", s, s->right),
			      probe("new", "questions", s, s->right_asked)));
	}
	return json_pack("{s:i, s:f, s:f, s:i, s:o}", "schema", schema, "fact_bits", FACT_BITS,
			 "attribute_bits", ATTRIBUTE_BITS, "parameters", 9000, "states", states);
}

#define RESULTS_MAX 64

struct results {
	struct result result[RESULTS_MAX];
	size_t n;
};

static struct result *add_result(struct results *all, const struct network *n, const char *source,
				 int schema)
{
	struct result *r = &all->result[all->n++];

	*r = (struct result){.outcome = OUTCOME_OK, .document = document_of(n, schema)};
	snprintf(r->spec.method, sizeof r->spec.method, "%s", n->figure);
	snprintf(r->spec.corpus.source, sizeof r->spec.corpus.source, "%s", source);
	return r;
}

static void add_pair(struct results *all, const struct pair *p, unsigned seed)
{
	char source[sizeof SOURCE + 16];

	snprintf(source, sizeof source, SOURCE, seed);
	for (size_t i = 0; i < NETWORKS; i++)
		add_result(all, &p->network[i], source, TUNING_SCHEMA);
}

/* Everything is freed but the finding. */
static struct finding conclude(struct results *all)
{
	const struct result *list[RESULTS_MAX];
	struct finding f = {0};

	for (size_t i = 0; i < all->n; i++)
		list[i] = &all->result[i];
	assert_int_equal(experiment_by_name("fine-tuning")->conclude(list, all->n, &f), STATUS_OK);
	assert_int_equal(finding_status(&f), STATUS_OK);
	for (size_t i = 0; i < all->n; i++)
		json_decref(all->result[i].document);
	free(all);
	return f;
}

static struct finding conclude_pairs(const struct pair *pair, size_t n)
{
	struct results *all = calloc(1, sizeof *all);

	assert_non_null(all);
	for (unsigned i = 0; i < n; i++)
		add_pair(all, &pair[i], i + 1);
	return conclude(all);
}

/* All claims hold but those of a set, as bits, which have a verdict of their own. */
static void assert_verdicts(struct finding f, unsigned set, enum verdict_of_claim verdict)
{
	assert_int_equal(f.n_claims, CLAIMS);
	for (size_t i = 0; i < CLAIMS; i++)
		if (f.claim[i].verdict != (set >> i & 1 ? verdict : CLAIM_HOLDS))
			fail_msg("%#x, %zu is %s: %s %s", set, i,
				 finding_verdict(f.claim[i].verdict), f.claim[i].claim,
				 f.claim[i].measured);
	finding_free(&f);
}

/* ---- Tests. ---- */

static void test_as_claimed(void **state)
{
	const struct pair pair[CORPORA] = {claimed, claimed, claimed};
	struct finding f = conclude_pairs(pair, CORPORA);

	(void)state;
	assert_int_equal(f.n_cells, 14 * f.n_columns);
	assert_int_equal(f.n_panels, 3);
	assert_verdicts(f, 0, CLAIM_HOLDS);
	assert_verdicts(conclude_pairs(pair, 1), (1u << CLAIMS) - 1, CLAIM_OPEN);
}

static void test_otherwise(void **state)
{
	(void)state;
	for (size_t i = 0; i < CLAIMS; i++) {
		struct pair pair[CORPORA] = {claimed, claimed, claimed};

		speak_against(&pair[1], i);
		assert_verdicts(conclude_pairs(pair, CORPORA), 1u << i, CLAIM_OPEN);
		speak_against(&pair[0], i);
		speak_against(&pair[2], i);
		assert_verdicts(conclude_pairs(pair, CORPORA), 1u << i, CLAIM_FAILS);
	}
}

/* Without sentences and replay in one corpus nothing is known of how much is held then, whom new
 * facts displace, in which order, how near to the optimum.  A figure beyond all bounds is none. */
static void test_missing(void **state)
{
	struct pair pair[CORPORA] = {claimed, claimed, claimed};

	(void)state;
	pair[1].network[SMALL].state[3].learns = "nothing";
	assert_verdicts(conclude_pairs(pair, CORPORA), 15u << 5, CLAIM_OPEN);
	pair[1] = claimed;
	pair[1].network[LARGE].state[2].new_known = 1e308;
	pair[1].network[LARGE].state[2].old_known = 1e308;
	assert_verdicts(conclude_pairs(pair, CORPORA), 1u << 0 | 1u << 1, CLAIM_OPEN);
}

/* As claimed in some corpora, and then what must not count, all of it speaking against claims. */
static void test_strange(void **state)
{
	static const char *const source[] = {
	    "generate sk --seed 9",
	    "generate bios --seed 9",
	    "file",
	    SOURCE " --noise 1",
	};
	struct results *all = calloc(1, sizeof *all);
	struct pair against = claimed;
	const struct network *large = &against.network[LARGE];
	const char *first;
	struct network unknown;

	(void)state;
	assert_non_null(all);
	for (size_t i = 0; i < CLAIMS; i++)
		speak_against(&against, i);
	unknown = against.network[SMALL];
	unknown.figure = "figure:tune:dim=16";
	for (size_t i = 0; i < sizeof source / sizeof *source; i++)
		for (size_t k = 0; k < NETWORKS; k++)
			add_result(all, &against.network[k], source[i], TUNING_SCHEMA);
	first = all->result[all->n].spec.corpus.source;
	for (unsigned seed = 1; seed <= CORPORA; seed++)
		add_pair(all, &claimed, seed);
	add_pair(all, &against, 1);
	all->result[all->n - 2].outcome = OUTCOME_FAILED;
	all->result[all->n - 1].outcome = OUTCOME_TIME;
	add_pair(all, &against, 9);
	json_decref(all->result[--all->n].document); /* its large network is missing */
	add_result(all, &against.network[SMALL], first, TUNING_SCHEMA - 1);
	add_result(all, large, first, TUNING_SCHEMA - 1);
	add_result(all, &unknown, first, TUNING_SCHEMA);
	assert_verdicts(conclude(all), 0, CLAIM_HOLDS);
}

/* Of nothing, of halves and of more corpora than there is room for. */
static void test_numbers(void **state)
{
	struct results *all = calloc(1, sizeof *all), *many = calloc(1, sizeof *many);
	struct finding f;

	(void)state;
	assert_true(all && many);
	add_pair(all, &claimed, 1);
	add_pair(all, &claimed, 2);
	for (size_t i = 1; i <= 2; i++) { /* one has learnt one corpus, the other another one */
		json_decref(all->result[i].document);
		all->result[i].document = NULL;
		all->result[i].outcome = OUTCOME_FAILED;
	}
	f = conclude(all);
	assert_int_equal(f.n_claims, 0);
	finding_free(&f);
	f = conclude_pairs(&claimed, 0);
	assert_int_equal(f.n_claims, 0);
	finding_free(&f);
	for (unsigned seed = 0; seed < RESULTS_MAX / NETWORKS; seed++)
		add_pair(many, &claimed, seed);
	assert_verdicts(conclude(many), 0, CLAIM_HOLDS);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_as_claimed), cmocka_unit_test(test_otherwise),
	    cmocka_unit_test(test_missing),    cmocka_unit_test(test_strange),
	    cmocka_unit_test(test_numbers),
	};

	return cmocka_run_group_tests_name("fine-tuning", tests, NULL, NULL);
}
