/* SPDX-License-Identifier: BSD-2-Clause
 *
 * test_report.c - what a report says follows from the results, and from nothing else.
 *
 * Property  rows stand by total bits with the bounds in their place, what failed is last and says
 *           why; figures are medians; of several versions the newest is shown and the others are
 *           counted; no table has rows of two machines; sums are of all files or not there; the
 *           order in which results came changes no byte; names cannot break a table, a line of CSV
 *           or a script; every kind of drawing is there when there are data for it.
 * Method    made-up results; texts compared with what was worked out by hand.
 *
 * `test_report --sample` writes such results as lines, for tests of the command.
 */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "drawings.h"
#include "grid.h"
#include "store.h"
#include "tables.h"

#include <cmocka.h>

#include "result_example.h"

#define N_SAMPLE_MAX 80

struct set {
	struct result result[N_SAMPLE_MAX];
	size_t n;
};

/* ---- Results. ---- */

/* The digests, when all else is said. */
static struct result *complete(struct result *r)
{
	assert_int_equal(machine_id(r->machine, r->machine_id), STATUS_OK);
	spec_key(&r->spec, r->machine_id, r->key);
	return r;
}

static struct result *add(struct set *s, const char *name, double archive_bytes)
{
	struct result *r = &s->result[s->n++];

	assert_true(s->n <= N_SAMPLE_MAX);
	*r = example_result(name, 3);
	r->archive_bytes = archive_bytes;
	r->ideal_bits = fmax(8 * archive_bytes - 100, 0);
	for (int i = 0; i < COST_ROLES; i++)
		r->regret_bits[i] = (r->ideal_bits - r->spec.corpus.bayes_bits) / COST_ROLES;
	return complete(r);
}

static void without_regret(struct result *r)
{
	r->ideal_bits = NAN;
	for (int i = 0; i < COST_ROLES; i++)
		r->regret_bits[i] = NAN;
}

static struct result *add_file(struct set *s, const char *file, const char *name,
			       double archive_bytes)
{
	struct result *r = add(s, name, archive_bytes);
	struct spec_corpus *c = &r->spec.corpus;

	without_regret(r);
	snprintf(c->title, sizeof c->title, "%s", file);
	snprintf(c->digest, sizeof c->digest, "%016x", (unsigned)(*file * 256 + file[1]));
	snprintf(r->spec.on, sizeof r->spec.on, "bytes");
	c->source[0] = '\0';
	c->n_tokens = c->bayes_bits = NAN;
	return complete(r);
}

static void set_free(struct set *s)
{
	for (size_t i = 0; i < s->n; i++)
		result_free(&s->result[i]);
}

/* Fails, with what went wrong. */
static void check(enum status s)
{
	if (s != STATUS_OK)
		fail_msg("%s", status_message());
}

static char *text_of(const struct set *s, enum status (*print)(const struct tables *, FILE *))
{
	struct tables t;
	char *text = NULL;
	size_t size;
	FILE *to = open_memstream(&text, &size);

	check(tables_open(&t, s->result, s->n));
	check(print(&t, to));
	fclose(to);
	tables_close(&t);
	return text;
}

/* ---- Tables. ---- */

static const char golden[] =
    "## seed 2\n\n"
    "`generate sk --seed 2`: 1000 tokens, XXH3-64 00112233aabbccdd\n\n"
    "**Sizes in bytes**\n\n"
    "| method       | on     | archive | model | decoder | total | with decoder | bits/token | "
    "bits/byte | x bound | outcome |\n"
    "| ------------ | ------ | ------: | ----: | ------: | ----: | -----------: | ---------: | "
    "--------: | ------: | ------- |\n"
    "| bound: Bayes | tokens |         |       |         |       |              |     5.0003 | "
    "   1.2501 |  1.0000 |  |\n"
    "| **small**    | tokens |     600 |    50 |    4000 |   650 |         4650 |     5.2000 | "
    "   1.3000 |  1.0399 |  |\n"
    "| large        | tokens |     700 |     0 |         |   700 |              |     5.6000 | "
    "   1.4000 |  1.1199 |  |\n"
    "| broken       | tokens |         |       |         |       |              |            | "
    "          |         | crashed: decompress: signal 11 \\| core |\n\n"
    "**Distance to the Bayes code, bits a token**\n\n"
    "| method    | on     | x bound |  regret |  syntax |   names | first facts | repeated facts "
    "| ideal bits | overhead bits |\n"
    "| --------- | ------ | ------: | ------: | ------: | ------: | ----------: | -------------: "
    "| ---------: | ------------: |\n"
    "| **small** | tokens |  1.0399 | -0.3003 | -0.0751 | -0.0751 |     -0.0751 |        -0.0751 "
    "|     4700.0 |         500.0 |\n\n"
    "**Speed and memory**\n\n"
    "| method    | on     |    enc MB/s |    dec MB/s | enc CPU s | dec CPU s | enc MiB | dec "
    "MiB | runs | front   |\n"
    "| --------- | ------ | ----------: | ----------: | --------: | --------: | ------: | ---"
    "---: | ---: | ------- |\n"
    "| **small** | tokens | 0.003 ± 25% | 0.006 ± 25% |     1.333 |     0.667 |    10.7 |     "
    "5.7 |    3 | enc+dec |\n"
    "| large     | tokens | 0.003 ± 25% | 0.006 ± 25% |     1.333 |     0.667 |    10.7 |     "
    "5.7 |    3 |         |\n\n"
    "1 older result of these methods, of other versions or limits, is not shown.\n\n";

static void fill_golden(struct set *s)
{
	struct result *r = add(s, "large", 700);

	without_regret(r);
	r = add(s, "broken", 1);
	r->outcome = OUTCOME_CRASHED;
	snprintf(r->message, sizeof r->message, "decompress: signal 11 | core");
	r->archive_bytes = NAN;
	r = add(s, "small", 600);
	r->model_bytes = 50;
	r->decoder_bytes = 4000;
	r = add(s, "small", 10); /* an older version, which was too good */
	snprintf(r->spec.version, sizeof r->spec.version, "0.9");
	snprintf(r->finished, sizeof r->finished, "2026-11-20T14:55:00Z");
	complete(r);
}

/* The lines of two texts, the first that differ shown. */
static void assert_same_text(const char *text, const char *wanted)
{
	size_t i = 0;

	while (text[i] && text[i] == wanted[i])
		i++;
	if (text[i] != wanted[i])
		fail_msg("not the same from here: '%.120s', wanted '%.120s'", text + i, wanted + i);
}

static void test_golden_table(void **state)
{
	struct set s = {.n = 0};

	(void)state;
	fill_golden(&s);
	char *text = text_of(&s, tables_print);

	assert_same_text(text, golden);
	free(text);
	set_free(&s);
}

/* A second machine, all of whose results were quicker: every table is of one machine. */
static void test_two_machines(void **state)
{
	struct set s = {.n = 0};
	struct tables t;
	size_t n_rows = 0;

	(void)state;
	fill_golden(&s);
	add_file(&s, "a", "one", 100);
	for (size_t i = 0, n = s.n; i < n; i++) {
		struct result *r = &s.result[s.n++];

		*r = example_result(s.result[i].spec.name, 2);
		r->spec = s.result[i].spec;
		json_decref(r->machine);
		r->machine = json_pack("{s:s,s:i}", "cpu", "Another", "cores", 4);
		complete(r);
	}
	check(tables_open(&t, s.result, s.n));
	assert_int_equal(t.n_machines, 2);
	assert_int_equal(t.n_tables, 4);
	for (const struct table *table = t.table; table < t.table + t.n_tables; table++) {
		char heading[256];

		tables_heading(&t, table, heading, sizeof heading);
		assert_non_null(strstr(heading, table->machine ? "(machine B)" : "(machine A)"));
		for (const struct row *r = table->row; r < table->row + table->n_rows; r++) {
			n_rows++;
			if (r->result)
				assert_string_equal(r->result->machine_id,
						    t.machine[table->machine].id);
		}
	}
	assert_int_equal(n_rows, 2 * (1 + 3 + 1));
	tables_close(&t);
	set_free(&s);
}

static const struct table *find_table(const struct tables *t, enum section section)
{
	for (size_t i = 0; i < t->n_tables; i++)
		if (t->table[i].section == section)
			return &t->table[i];
	return NULL;
}

/* Only a method that did all files has a sum. */
static void test_totals(void **state)
{
	struct set s = {.n = 0};
	struct tables t;

	(void)state;
	add_file(&s, "a", "one", 100);
	add_file(&s, "b", "one", 150);
	add_file(&s, "b", "two", 90);
	check(tables_open(&t, s.result, s.n));

	const struct table *total = find_table(&t, SECTION_TOTAL);

	assert_non_null(total);
	assert_string_equal(total->title, "Total of 2 files");
	assert_int_equal(total->n_rows, 1);
	assert_string_equal(total->row[0].name, "one");
	assert_true(total->row[0].archive_bytes == 250);
	assert_true(total->row[0].text_bytes == 8000);
	assert_false(row_is_measured(&total->row[0]));
	tables_close(&t);
	set_free(&s);
}

/* Corpora that differ in length only, however that is said. */
static void test_scaling(void **state)
{
	struct set s = {.n = 0};
	struct tables t;
	struct result *r;

	(void)state;
	add(&s, "one", 700);
	add(&s, "two", 710);
	r = add(&s, "one", 7000);
	snprintf(r->spec.corpus.source, sizeof r->spec.corpus.source,
		 "generate sk  --sentences 1000 --seed 2");
	snprintf(r->spec.corpus.digest, sizeof r->spec.corpus.digest, "1111111111111111");
	r->spec.corpus.n_tokens = 11000;
	complete(r);
	r = add(&s, "one", 9000); /* another seed: another corpus */
	snprintf(r->spec.corpus.source, sizeof r->spec.corpus.source, "generate sk --seed 3");
	snprintf(r->spec.corpus.digest, sizeof r->spec.corpus.digest, "2222222222222222");
	r->spec.corpus.n_tokens = 12000;
	complete(r);
	check(tables_open(&t, s.result, s.n));

	const struct table *scaling = find_table(&t, SECTION_SCALING);

	assert_non_null(scaling);
	assert_int_equal(scaling->n_rows, 2);
	assert_true(scaling->row[0].n_tokens == 1000 && scaling->row[1].n_tokens == 11000);
	tables_close(&t);
	set_free(&s);
}

/* ---- All that a report can have. ---- */

static json_t *curve_document(void)
{
	return json_loads(
	    "{\"symbol\":\"token\",\"symbols\":1000,\"reference\":\"bayes\",\"curves\":["
	    "{\"code\":\"bayes\",\"model_bits\":0,\"rows\":["
	    "{\"position\":10,\"sent_bits\":50,\"bits_per_symbol\":5},"
	    "{\"position\":1000,\"sent_bits\":4000,\"bits_per_symbol\":4}]},"
	    "{\"code\":\"mo'del\",\"model_bits\":90,\"rows\":["
	    "{\"position\":10,\"sent_bits\":150,\"bits_per_symbol\":15,"
	    "\"over_reference_bits\":100},"
	    "{\"position\":100,\"sent_bits\":700,\"bits_per_symbol\":7,"
	    "\"over_reference_bits\":130},"
	    "{\"position\":1000,\"sent_bits\":4300,\"bits_per_symbol\":4.3,"
	    "\"over_reference_bits\":300}]}],\"crossings\":[{\"shipped\":\"mo'del\","
	    "\"against\":\"x\",\"for_good\":100}]}",
	    0, NULL);
}

static json_t *structure_document(void)
{
	return json_loads("{\"bayes_bits\":5000,\"points\":[{\"model_bits\":40,\"data_bits\":9000,"
			  "\"all_or_nothing_bits\":null},{\"model_bits\":2000,\"data_bits\":3100}],"
			  "\"theory\":{\"ideal\":[{\"model_bits\":40,\"data_bits\":8000},"
			  "{\"model_bits\":2000,\"data_bits\":3050}]}}",
			  0, NULL);
}

static json_t *scaling_document(void)
{
	return json_loads(
	    "{\"rows\":[{\"alpha\":0.5,\"part\":\"knowledge\",\"sentences\":100,"
	    "\"measured\":9,\"expected\":9.5,\"law\":11},{\"alpha\":0.5,\"part\":"
	    "\"knowledge\",\"sentences\":1000,\"measured\":4,\"expected\":4.1,\"law\":5}]}",
	    0, NULL);
}

static void add_figure(struct set *s, const char *name, json_t *document)
{
	struct result *r = add(s, name, 1);

	snprintf(r->spec.method, sizeof r->spec.method, "figure:%s", name);
	r->document = document;
	r->archive_bytes = r->model_bytes = NAN;
	assert_non_null(document);
	complete(r);
}

/* Names as nobody should give them. */
static const char bad_name[] = "a'b | *`$(x)` \"c\", \\ <d>\t#";

static void fill_sample(struct set *s)
{
	static const char *const files[] = {"alice", "bob"};

	fill_golden(s);
	add(s, bad_name, 900);
	for (int i = 0; i < 5; i++) {
		char name[16];

		snprintf(name, sizeof name, "method %d", i);
		without_regret(add(s, name, 720 + 40 * i));
		for (int k = 0; k < 2; k++)
			add_file(s, files[k], name, 400 + 50 * i + k);
	}
	for (unsigned threads = 1; threads <= 4; threads *= 2) {
		struct result *r = add_file(s, files[0], "threaded", 390);

		r->spec.threads = threads;
		for (size_t i = 0; i < r->n_runs; i++)
			r->run[i].compress.wall_seconds /= threads;
		complete(r);
	}
	add_figure(s, "curves", curve_document());
	add_figure(s, "structure", structure_document());
	add_figure(s, "scaling-data", scaling_document());
}

/* Everything that is text. */
static enum status print_all(const struct tables *t, FILE *to)
{
	struct drawings d;

	TRY(drawings_plan(&d, t));
	TRY(tables_markdown(t, &d, to));
	TRY(tables_readme(t, &d, to));
	grid_csv(t, to);
	for (size_t i = 0; i < d.n; i++)
		fwrite(d.drawing[i].script, 1, d.drawing[i].script_bytes, to);
	drawings_close(&d);
	return STATUS_OK;
}

static void test_order_is_nothing(void **state)
{
	struct set s = {.n = 0};
	uint32_t random = 1;

	(void)state;
	fill_sample(&s);
	char *text = text_of(&s, print_all);

	for (int round = 0; round < 20; round++) {
		for (size_t i = s.n - 1; i > 0; i--) {
			struct result old = s.result[i];
			size_t k;

			random = random * 1664525 + 1013904223;
			k = (random >> 8) % (i + 1);
			s.result[i] = s.result[k];
			s.result[k] = old;
		}
		char *again = text_of(&s, print_all);

		assert_same_text(again, text);
		free(again);
	}
	free(text);
	set_free(&s);
}

static void test_bad_names(void **state)
{
	struct set s = {.n = 0};

	(void)state;
	fill_sample(&s);
	char *text = text_of(&s, print_all);

	assert_non_null(strstr(text, "| a'b \\| \\*\\`$(x)\\` \"c\", \\\\ \\<d> # "));
	assert_non_null(strstr(text, ",\"a'b | *`$(x)` \"\"c\"\", \\ <d> #\",tokens,"));
	assert_non_null(strstr(text, " 'a''b | *`$(x)` \"c\", \\ <d> #' at screen "));
	free(text);
	set_free(&s);
}

static void test_kinds_of_drawings(void **state)
{
	static const char *const kinds[] = {"speed",    "speed-2",  "bound",      "structure",
					    "length",   "learning", "redundancy", "memory",
					    "memory-2", "threads"};
	struct set s = {.n = 0};
	struct tables t;
	struct drawings d;

	(void)state;
	fill_sample(&s);
	check(tables_open(&t, s.result, s.n));
	check(drawings_plan(&d, &t));
	for (size_t i = 0; i < sizeof kinds / sizeof kinds[0]; i++) {
		assert_true(i < d.n);
		assert_string_equal(d.drawing[i].name, kinds[i]);
		assert_true(d.drawing[i].text[0] && d.drawing[i].title[0]);
	}
	assert_int_equal(d.n, sizeof kinds / sizeof kinds[0]);
	drawings_close(&d);
	tables_close(&t);
	set_free(&s);
}

/* Documents come from files: nothing in them that is missing or of another kind does harm. */
static void test_strange_documents(void **state)
{
	static const char *const documents[] = {
	    "{}",
	    "[]",
	    "{\"curves\":[1,{}],\"points\":[[]],\"rows\":[{}]}",
	    "{\"curves\":[{\"rows\":7}],\"points\":{\"a\":1},\"rows\":[{\"alpha\":\"x\"}]}",
	    ("{\"symbols\":-5,\"bayes_bits\":\"x\",\"curves\":[{\"code\":null,\"rows\":"
	     "[{\"position\":0,\"sent_bits\":-1}]}],\"crossings\":[{\"for_good\":1e300}]}"),
	};
	static const char *const figures[] = {"curves", "structure", "scaling-data"};

	(void)state;
	for (size_t i = 0; i < sizeof documents / sizeof documents[0]; i++) {
		struct set s = {.n = 0};

		for (int k = 0; k < 3; k++)
			add_figure(&s, figures[k], json_loads(documents[i], 0, NULL));
		free(text_of(&s, print_all));
		set_free(&s);
	}
}

/* ---- gnuplot. ---- */

static void test_gnuplot_missing(void **state)
{
	struct set s = {.n = 0};
	struct tables t;
	struct drawings d;
	char path[4096];

	(void)state;
	snprintf(path, sizeof path, "%s", getenv("PATH"));
	fill_sample(&s);
	check(tables_open(&t, s.result, s.n));
	check(drawings_plan(&d, &t));
	setenv("PATH", "/nonexistent", 1);
	enum status missing = drawings_draw(&d);

	setenv("PATH", path, 1);
	assert_int_equal(missing, STATUS_UNSUPPORTED);
	assert_non_null(strstr(status_message(), "gnuplot-nox"));
	drawings_close(&d);
	tables_close(&t);
	set_free(&s);
}

static void draw(const struct tables *t, struct drawings *d)
{
	check(drawings_plan(d, t));
	check(drawings_draw(d));
}

static void test_drawings(void **state)
{
	struct set s = {.n = 0};
	struct tables t;
	struct drawings one, two;

	(void)state;
	if (system("gnuplot --version >/dev/null 2>&1") != 0) {
		print_message("drawings skipped: no gnuplot\n");
		return;
	}
	fill_sample(&s);
	check(tables_open(&t, s.result, s.n));
	draw(&t, &one);
	draw(&t, &two);
	assert_int_equal(one.n, two.n);
	for (size_t i = 0; i < one.n; i++) {
		assert_int_equal(one.drawing[i].svg_bytes, two.drawing[i].svg_bytes);
		assert_memory_equal(one.drawing[i].svg, two.drawing[i].svg,
				    one.drawing[i].svg_bytes);
		assert_non_null(strstr(one.drawing[i].svg, "<path"));
	}
	assert_non_null(strstr(one.drawing[0].svg, "$(x)"));
	drawings_close(&one);
	drawings_close(&two);
	tables_close(&t);
	set_free(&s);
}

static int write_sample(FILE *to)
{
	struct set s = {.n = 0};
	struct store *store;

	fill_sample(&s);
	check(store_open(&store, NULL));
	for (size_t i = 0; i < s.n; i++)
		check(store_put(store, &s.result[i]));
	check(store_export(store, to));
	store_close(store);
	set_free(&s);
	return 0;
}

int main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_golden_table),
	    cmocka_unit_test(test_two_machines),
	    cmocka_unit_test(test_totals),
	    cmocka_unit_test(test_scaling),
	    cmocka_unit_test(test_order_is_nothing),
	    cmocka_unit_test(test_bad_names),
	    cmocka_unit_test(test_kinds_of_drawings),
	    cmocka_unit_test(test_strange_documents),
	    cmocka_unit_test(test_gnuplot_missing),
	    cmocka_unit_test(test_drawings),
	};

	if (argc > 1 && strcmp(argv[1], "--sample") == 0)
		return write_sample(stdout);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
