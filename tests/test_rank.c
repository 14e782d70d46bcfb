/* SPDX-License-Identifier: BSD-2-Clause
 *
 * test_rank.c - a ranking is what its definition says, and has only the suite's own results in it.
 *
 * Property  scores are geometric means of all bits over the suite's bound; equal ones share a rank;
 *           what is incomplete, failed or told more is ranked nowhere and listed apart; speed
 *           classes are of one machine, of the slower direction, and are ranked by themselves; a
 *           result of other bytes is refused; the order in which results come does not matter.
 * Method    a suite of two corpora with bounds of 8,000 and 16,000 bits, and results made up so
 *           that every score can be computed in the head.
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

#include "rank.h"

#include <cmocka.h>

#define RESULTS_MAX 64

/* Texts of 1 MB and 3 MB. */
static const struct pinned_suite suite = {
    .name = "t-1",
    .help = "for this test",
    .n_corpora = 2,
    .corpus = {
	{.name = "one", .why = "it is the first", .family = "iid", .options = "seed=1",
	 .digest = 0x11, .n_tokens = 1000, .text_bytes = 1000000, .known_bits = 7000,
	 .known_bits_expected = 7000, .bayes_bits = 8000, .two_part_bits = 9000},
	{.name = "two", .why = "it is the second", .family = "iid", .options = "seed=2",
	 .digest = 0x22, .n_tokens = 2000, .text_bytes = 3000000, .known_bits = 15000,
	 .known_bits_expected = 15000, .bayes_bits = 16000},
    },
};

/* The results of one test. */
struct made {
	struct result result[RESULTS_MAX];
	struct result_run run[RESULTS_MAX];
	size_t n;
};

static int make(void **state)
{
	*state = calloc(1, sizeof(struct made));
	return *state ? 0 : -1;
}

static int unmake(void **state)
{
	struct made *m = *state;

	for (size_t i = 0; i < m->n; i++)
		json_decref(m->result[i].machine);
	free(m);
	return 0;
}

/* One result: of all bytes of the archive, on machine A, with a second each way. */
static struct result *add(struct made *m, const char *name, size_t corpus, double archive_bytes)
{
	const struct pinned_corpus *c = &suite.corpus[corpus];
	struct result *r = &m->result[m->n];
	struct result_run *run = &m->run[m->n++];

	assert_true(m->n <= RESULTS_MAX);
	*run = (struct result_run){.compress = {1, 1, 1, 1}, .decompress = {1, 1, 1, 1}};
	*r = (struct result){.run = run, .n_runs = 1, .archive_bytes = archive_bytes};
	snprintf(r->spec.name, sizeof r->spec.name, "%s", name);
	snprintf(r->spec.method, sizeof r->spec.method, "codec:%s", name);
	snprintf(r->spec.on, sizeof r->spec.on, "tokens");
	snprintf(r->spec.corpus.title, sizeof r->spec.corpus.title, "t-1 %s", c->name);
	snprintf(r->spec.corpus.digest, sizeof r->spec.corpus.digest, "%016llx",
		 (unsigned long long)c->digest);
	r->spec.threads = 1;
	r->spec.input_bytes = 2 * (double)c->n_tokens;
	r->spec.corpus.n_tokens = (double)c->n_tokens;
	r->spec.corpus.text_bytes = (double)c->text_bytes;
	r->spec.corpus.known_bits = c->known_bits;
	r->spec.corpus.known_bits_expected = c->known_bits_expected;
	r->spec.corpus.bayes_bits = c->bayes_bits;
	r->spec.corpus.two_part_bits = c->two_part_bits > 0 ? c->two_part_bits : NAN;
	r->machine = json_pack("{s:s}", "cpu", "A");
	snprintf(r->machine_id, sizeof r->machine_id, "aaaa");
	snprintf(r->finished, sizeof r->finished, "2026-11-21T12:00:00Z");
	snprintf(r->key, sizeof r->key, "%032zu", m->n);
	return r;
}

static void add_both(struct made *m, const char *name, double one_bytes, double two_bytes)
{
	add(m, name, 0, one_bytes);
	add(m, name, 1, two_bytes);
}

static void on_machine(struct result *r, const char *cpu, const char *id)
{
	json_decref(r->machine);
	r->machine = json_pack("{s:s}", "cpu", cpu);
	snprintf(r->machine_id, sizeof r->machine_id, "%s", id);
}

static struct rank ranked(const struct made *m)
{
	struct rank r;

	assert_int_equal(rank_make(&r, &suite, m->result, m->n), STATUS_OK);
	return r;
}

static void near(double found, double expected)
{
	if (!(fabs(found - expected) <= 1e-12 * expected))
		fail_msg("%.17g instead of %.17g", found, expected);
}

static const struct rank_entry *entry(const struct rank *r, const char *name)
{
	for (size_t i = 0; i < r->n_entries; i++)
		if (strcmp(r->entry[i].spec->name, name) == 0)
			return &r->entry[i];
	fail_msg("%s has no entry", name);
	return NULL;
}

/* 1,000 bytes are 8,000 bits: the bound of corpus one; 2,000 that of corpus two. */
static void test_scores(void **state)
{
	struct made *m = *state;
	struct rank r;

	add_both(m, "bad", 4000, 2000 * 9);
	add_both(m, "best", 1000, 2000);
	add_both(m, "good", 2000, 2000 * 8);
	m->result[4].archive_bytes = 1500; /* good on one: 1,500 and a model of 500 */
	m->result[4].model_bytes = 500;
	r = ranked(m);
	assert_int_equal(r.n_entries, 3);
	assert_string_equal(r.entry[0].spec->name, "best");
	assert_string_equal(r.entry[1].spec->name, "good");
	assert_string_equal(r.entry[2].spec->name, "bad");
	near(r.entry[0].score, 1);
	near(r.entry[1].score, 4); /* of 2 and 8 */
	near(r.entry[1].worst, 8);
	near(r.entry[1].times_bound[0], 2);
	near(r.entry[2].score, 6); /* of 4 and 9 */
	for (unsigned i = 0; i < 3; i++)
		assert_int_equal(r.entry[i].rank, i + 1);
	assert_int_equal(r.n_refused, 0);
	rank_free(&r);
}

static void test_ties_share_a_rank(void **state)
{
	static const char *const names[] = {"first", "alpha", "omega", "last"};
	static const unsigned ranks[] = {1, 2, 2, 4};
	struct made *m = *state;
	struct rank r;

	add_both(m, "last", 3000, 6000);
	add_both(m, "omega", 2000, 4000);
	add_both(m, "first", 1000, 2000);
	add_both(m, "alpha", 2000, 4000);
	r = ranked(m);
	for (size_t i = 0; i < 4; i++) {
		assert_string_equal(r.entry[i].spec->name, names[i]);
		assert_int_equal(r.entry[i].rank, ranks[i]);
		assert_string_equal(r.speed[i].entry->spec->name, names[i]);
		assert_int_equal(r.speed[i].rank, ranks[i]);
	}
	rank_free(&r);
}

static void test_incomplete_and_told(void **state)
{
	struct made *m = *state;
	const struct rank_entry *e;
	struct rank r;

	add(m, "half", 0, 500);
	add(m, "crash", 0, 500);
	add(m, "crash", 1, NAN)->outcome = OUTCOME_CRASHED;
	add_both(m, "oracle", 1000, 2000);
	for (size_t i = 3; i < 5; i++)
		snprintf(m->result[i].spec.not_counted, sizeof m->result[i].spec.not_counted,
			 "prior");
	add_both(m, "honest", 2000, 4000);
	r = ranked(m);
	assert_int_equal(r.n_entries, 4);
	assert_string_equal(r.entry[0].spec->name, "honest");
	assert_int_equal(r.entry[0].rank, 1); /* though the oracle is nearer */
	e = entry(&r, "oracle");
	assert_int_equal(e->rank, 0);
	near(e->score, 1);
	e = entry(&r, "half");
	assert_int_equal(e->rank, 0);
	assert_true(isnan(e->score));
	assert_int_equal(e->n_good, 1);
	assert_int_equal(e->outcome[1], OUTCOME_OK); /* not tried */
	e = entry(&r, "crash");
	assert_true(isnan(e->score));
	assert_int_equal(e->outcome[1], OUTCOME_CRASHED);
	assert_int_equal(r.n_speeds, 2);
	assert_string_equal(r.speed[0].entry->spec->name, "honest");
	assert_int_equal(r.speed[0].rank, 1);
	assert_int_equal(r.speed[1].rank, 0);
	rank_free(&r);
}

static void times(struct made *m, size_t i, double compress, double decompress)
{
	m->run[i].compress.process_seconds = compress;
	m->run[i].decompress.process_seconds = decompress;
}

/* 4 MB of text in all. */
static void test_speed_classes(void **state)
{
	static const struct {
		const char *name;
		double one, two, other; /* seconds to decompress; to compress, each */
		unsigned speed_class;
	} rows[] = {
	    {"just fast", 0.01, 0.03, 0.001, 0}, /* 100 MB/s */
	    {"not quite", 0.01, 0.031, 0.001, 1},
	    {"one way", 0.001, 0.001, 0.5, 2},	 /* 4 MB/s the other way */
	    {"slow", 3, 1.1, 0.001, 3},
	    {"slowest", 41, 1, 0.001, 4},
	};
	struct made *m = *state;
	struct rank r;

	for (size_t i = 0; i < 5; i++) {
		add_both(m, rows[i].name, 2000, 4000);
		times(m, 2 * i, rows[i].other, rows[i].one);
		times(m, 2 * i + 1, rows[i].other, rows[i].two);
	}
	add_both(m, "small and slow", 1000, 2000);
	times(m, 10, 30, 30);
	times(m, 11, 30, 30);
	r = ranked(m);
	assert_int_equal(r.n_speeds, 6);
	for (size_t i = 0; i < 4; i++) {
		assert_string_equal(r.speed[i].entry->spec->name, rows[i].name);
		assert_int_equal(r.speed[i].speed_class, rows[i].speed_class);
		assert_int_equal(r.speed[i].rank, 1);
	}
	near(r.speed[0].decompress_mb_s, 100);
	near(r.speed[2].compress_mb_s, 4);
	assert_string_equal(r.speed[4].entry->spec->name, "small and slow");
	assert_int_equal(r.speed[4].rank, 1);
	assert_string_equal(r.speed[5].entry->spec->name, "slowest");
	assert_int_equal(r.speed[5].speed_class, 4);
	assert_int_equal(r.speed[5].rank, 2);
	rank_free(&r);
}

/* Sizes may come from several machines, speeds may not. */
static void test_machines_are_kept_apart(void **state)
{
	struct made *m = *state;
	struct rank r;

	add(m, "shared", 0, 1000);
	on_machine(add(m, "shared", 1, 2000), "B", "bbbb");
	add_both(m, "everywhere", 2000, 4000);
	add_both(m, "everywhere", 2000, 4001);
	on_machine(&m->result[4], "B", "bbbb");
	on_machine(&m->result[5], "B", "bbbb");
	times(m, 4, 0.001, 0.001);
	times(m, 5, 0.001, 0.001);
	r = ranked(m);
	assert_int_equal(r.n_machines, 2);
	assert_string_equal(r.machine[1].cpu, "B");
	assert_int_equal(r.n_entries, 2);
	near(entry(&r, "shared")->score, 1);
	assert_false(entry(&r, "shared")->sizes_differ);
	assert_true(entry(&r, "everywhere")->sizes_differ);
	near(entry(&r, "everywhere")->times_bound[1], 4001 / 2000.);
	assert_int_equal(r.n_speeds, 2);
	assert_int_equal(r.speed[0].machine, 0);
	assert_int_equal(r.speed[0].speed_class, 2);
	assert_int_equal(r.speed[1].machine, 1);
	assert_int_equal(r.speed[1].speed_class, 0);
	rank_free(&r);
}

/* A repetition's median, and the later of two measurements. */
static void test_times_are_medians_of_the_last(void **state)
{
	struct result_run run[3] = {{.compress = {9, 9, 9, 9}, .decompress = {1, 1, 1, 1}},
				    {.compress = {2, 2, 2, 2}, .decompress = {1, 1, 1, 1}},
				    {.compress = {3, 3, 3, 3}, .decompress = {1, 1, 1, 1}}};
	struct made *m = *state;
	struct rank r;

	add_both(m, "x", 1000, 2000);
	m->result[0].run = run;
	m->result[0].n_runs = 3;
	add(m, "x", 0, 1000); /* with other limits, say */
	times(m, 2, 500, 500);
	snprintf(m->result[2].finished, sizeof m->result[2].finished, "2026-11-20T12:00:00Z");
	r = ranked(m);
	assert_int_equal(r.n_speeds, 1);
	near(r.speed[0].compress_mb_s, 4 / (3. + 1));
	rank_free(&r);
}

static void test_other_bytes_are_refused(void **state)
{
	struct made *m = *state;
	struct result *r;
	struct rank rank;

	add(m, "digest", 0, 1)->spec.corpus.digest[0] = '1';
	add(m, "tokens", 0, 1)->spec.corpus.n_tokens++;
	add(m, "text", 0, 1)->spec.corpus.text_bytes++;
	add(m, "input", 0, 1)->spec.input_bytes++;
	add(m, "bound", 0, 1)->spec.corpus.bayes_bits *= 1.001;
	add(m, "two-part", 1, 1)->spec.corpus.two_part_bits = 17000;
	r = add(m, "rendering", 0, 1);
	snprintf(r->spec.on, sizeof r->spec.on, "bytes");
	assert_int_equal(m->n, 7);
	r = add(m, "of something else", 0, 1);
	r->spec.corpus.digest[0] = '1';
	snprintf(r->spec.corpus.title, sizeof r->spec.corpus.title, "README.md");
	r = add(m, "a figure", 0, 1);
	snprintf(r->spec.method, sizeof r->spec.method, "figure:structure");
	rank = ranked(m);
	assert_int_equal(rank.n_entries, 0);
	assert_int_equal(rank.n_refused, 7);
	assert_int_equal(rank.n_others, 1);
	for (size_t i = 0; i < 7; i++)
		if (strncmp(rank.refused[i], m->result[i].spec.name,
			    strlen(m->result[i].spec.name)) != 0 || strchr(rank.refused[i], '\n'))
			fail_msg("not a line about the result: %s", rank.refused[i]);
	rank_free(&rank);
}

static char *page(const struct rank *r)
{
	size_t size_bytes;
	char *text;
	FILE *f = open_memstream(&text, &size_bytes);

	assert_non_null(f);
	rank_markdown(r, f);
	fclose(f);
	return text;
}

/* Turned around, the same page and the same JSON. */
static void test_order_does_not_matter(void **state)
{
	struct made *m = *state;
	struct rank r;
	char *text[2], *json[2];
	json_t *root;

	add_both(m, "b", 2000, 4000);
	add_both(m, "a", 2000, 4000);
	add_both(m, "told", 1000, 2000);
	add(m, "half|way", 1, 2000);
	snprintf(m->result[4].spec.not_counted, sizeof m->result[4].spec.not_counted, "world");
	snprintf(m->result[5].spec.not_counted, sizeof m->result[5].spec.not_counted, "world");
	for (int turn = 0; turn < 2; turn++) {
		r = ranked(m);
		text[turn] = page(&r);
		root = rank_json(&r);
		json[turn] = json_dumps(root, JSON_SORT_KEYS);
		json_decref(root);
		rank_free(&r);
		for (size_t i = 0; i < m->n / 2; i++) {
			struct result swapped = m->result[i];

			m->result[i] = m->result[m->n - 1 - i];
			m->result[m->n - 1 - i] = swapped;
		}
	}
	assert_string_equal(text[0], text[1]);
	assert_string_equal(json[0], json[1]);
	assert_non_null(strstr(text[0], "| 1 | a | tokens | 2.0000 | 2.0000 | 2.0000 | 2.0000 |"));
	assert_non_null(strstr(text[0], "| told | tokens | world | 1.0000 |"));
	assert_non_null(strstr(text[0], "| half\\|way | tokens | 1 of 2 | one |"));
	for (int turn = 0; turn < 2; turn++) {
		free(text[turn]);
		free(json[turn]);
	}
}

static void test_json(void **state)
{
	struct made *m = *state;
	struct rank r;
	json_t *root, *first;

	add_both(m, "only", 2000, 2000 * 8);
	r = ranked(m);
	root = rank_json(&r);
	assert_int_equal(json_integer_value(json_object_get(root, "schema")), RANK_SCHEMA);
	assert_string_equal(json_string_value(json_object_get(root, "suite")), "t-1");
	first = json_array_get(json_object_get(root, "ranking"), 0);
	near(json_real_value(json_object_get(first, "times_bound")), 4);
	near(json_real_value(json_object_get(json_object_get(first, "corpora"), "two")), 8);
	first = json_array_get(json_object_get(root, "speed"), 0);
	assert_string_equal(json_string_value(json_object_get(first, "speed_class")),
			    "1 to 10 MB/s");
	json_decref(root);
	rank_free(&r);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test_setup_teardown(test_scores, make, unmake),
	    cmocka_unit_test_setup_teardown(test_ties_share_a_rank, make, unmake),
	    cmocka_unit_test_setup_teardown(test_incomplete_and_told, make, unmake),
	    cmocka_unit_test_setup_teardown(test_speed_classes, make, unmake),
	    cmocka_unit_test_setup_teardown(test_machines_are_kept_apart, make, unmake),
	    cmocka_unit_test_setup_teardown(test_times_are_medians_of_the_last, make, unmake),
	    cmocka_unit_test_setup_teardown(test_other_bytes_are_refused, make, unmake),
	    cmocka_unit_test_setup_teardown(test_order_does_not_matter, make, unmake),
	    cmocka_unit_test_setup_teardown(test_json, make, unmake),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
