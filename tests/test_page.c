/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Property: the page of a report is one file that loads nothing, in which nothing that a file, a
 * corpus or a program is called can be markup or a script, and which is the same bytes for the same
 * results.  Method: pages of made-up results with names chosen to do harm, read back as text; each
 * chart's specification is parsed again.  How it looks and behaves is the business of page.mjs.
 *
 *   test_page --sample N FILE      writes such a page of N results, for that test
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "chart.h"
#include "file.h"
#include "html.h"
#include "page.h"

#include <cmocka.h>

#include "result_example.h"

#define EVIL "</script><script>alert('1')</script><img src=x onerror=\"a()\">&\xff"

static const char svg[] = "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"100\" height=\"60\">"
			  "<script>alert(3)</script><path d=\"M0 0L99 59\" stroke=\"#333\"/></svg>";

/* ---- Results. ---- */

static const struct {
	const char *name, *method, *on, *not_counted;
} methods[] = {
    {"mix", "model:mix", "tokens", ""},	     {"ngram", "model:ngram", "tokens", ""},
    {"bayes", "model:bayes", "tokens", "prior"}, {"zstd -19", "codec:zstd -19", "text", ""},
    {"xz -6", "codec:xz -6", "tokens", ""},  {"fit", "fit:20:transformer", "tokens", ""},
    {EVIL, "external:" EVIL, "bytes", ""},
};

#define N_METHODS (sizeof methods / sizeof methods[0])

static const char curves[] =
    "{\"curves\":[{\"code\":\"mix\",\"rows\":[{\"position\":1,\"sent_bits\":9,"
    "\"bits_per_symbol\":9,\"stretch_bits_per_symbol\":9,\"over_reference_bits\":2},"
    "{\"position\":1000,\"sent_bits\":4000,"
    "\"bits_per_symbol\":4,\"stretch_bits_per_symbol\":3.9,\"over_reference_bits\":400}]},"
    "{\"code\":\"twopart\",\"rows\":[{\"position\":1,\"sent_bits\":900,\"bits_per_symbol\":900,"
    "\"stretch_bits_per_symbol\":900,\"over_reference_bits\":893},{\"position\":1000,"
    "\"sent_bits\":3700,\"bits_per_symbol\":3.7,\"stretch_bits_per_symbol\":2.9,"
    "\"over_reference_bits\":100}]}],\"crossings\":[{\"shipped\":\"twopart\",\"against\":"
    "\"mix</script>\",\"for_good\":1000}]}";
static const char structure[] =
    "{\"bayes_bits\":5000.25,\"points\":[{\"model_bits\":40,\"data_bits\":9000,\"ideal_bits\":8000,"
    "\"knapsack_bits\":8500,\"times_bayes\":1.8},{\"model_bits\":900,\"data_bits\":4200,"
    "\"ideal_bits\":4150,\"knapsack_bits\":4160,\"times_bayes\":1.02}],\"compressors\":[{\"name\":"
    "\"zstd dict\",\"on\":\"tokens\",\"model_bits\":800,\"data_bits\":8800}]}";
static const char redundancy[] =
    "{\"rows\":[{\"alpha\":0.3,\"part\":\"total\",\"sentences\":100,\"measured\":9.1,"
    "\"expected\":9,"
    "\"law\":8.5,\"z\":0.4},{\"alpha\":0.3,\"part\":\"total\",\"sentences\":1000,\"measured\":2.1,"
    "\"expected\":2,\"law\":1.9,\"z\":0.4},{\"alpha\":0.5,\"part\":\"total\",\"sentences\":100,"
    "\"measured\":12.1,\"expected\":12,\"law\":11.5,\"z\":-0.4},{\"alpha\":0.5,\"part\":\"syntax\","
    "\"sentences\":100,\"measured\":3,\"expected\":3,\"law\":2.5,\"z\":null}]}";

static const struct {
	const char *method, *document;
} figures[] = {
    {"figure:curves", curves},
    {"figure:structure", structure},
    {"figure:scaling-data", redundancy},
    {"figure:curves", "{\"curves\":[{\"code\":7,\"rows\":\"none\"},[]],\"crossings\":{}}"},
};

#define N_FIGURES (sizeof figures / sizeof figures[0])

/* Result i of a made-up run: methods in turn, a new corpus every 4000, threads in between. */
static struct result sample(size_t i)
{
	struct result r = example_result("", 3);
	struct spec *s = &r.spec;

	snprintf(s->name, sizeof s->name, "%s", methods[i % N_METHODS].name);
	snprintf(s->method, sizeof s->method, "%s", methods[i % N_METHODS].method);
	snprintf(s->on, sizeof s->on, "%s", methods[i % N_METHODS].on);
	snprintf(s->not_counted, sizeof s->not_counted, "%s", methods[i % N_METHODS].not_counted);
	snprintf(s->corpus.title, sizeof s->corpus.title, "%s", i < 4000 ? EVIL : "the other");
	snprintf(s->corpus.digest, sizeof s->corpus.digest, "00112233aabb%04x",
		 (unsigned)(i / 4000 % 256));
	s->threads = i >= N_METHODS ? 1 + (unsigned)(i / N_METHODS % 2) : 1;
	r.archive_bytes = 650 + (double)(i * 7919 % 1000);
	for (size_t run = 0; run < r.n_runs; run++) {
		r.run[run].compress.process_seconds *= 1 + (double)(i * 31 % 97);
		r.run[run].decompress.process_seconds *= 1 + (double)(i * 17 % 89);
		r.run[run].compress.peak_mib += (double)(i * 13 % 71);
	}
	return r;
}

struct run {
	struct result *result;
	size_t n;
};

static struct run make_run(size_t n_codecs)
{
	struct run all = {calloc(n_codecs + N_FIGURES + 1, sizeof *all.result), 0};

	assert_non_null(all.result);
	for (size_t i = 0; i < n_codecs; i++)
		all.result[all.n++] = sample(i);
	for (size_t i = 0; i < N_FIGURES; i++) {
		struct result r = example_result("figure", 0);

		snprintf(r.spec.method, sizeof r.spec.method, "%s", figures[i].method);
		snprintf(r.spec.corpus.digest, sizeof r.spec.corpus.digest, "00112233aabb%04x",
			 (unsigned)(i / 3 % 256));
		r.archive_bytes = NAN;
		r.document = json_loads(figures[i].document, 0, NULL);
		assert_non_null(r.document);
		all.result[all.n++] = r;
	}
	all.result[all.n] = example_result(EVIL, 0);
	all.result[all.n].outcome = OUTCOME_CRASHED;
	snprintf(all.result[all.n].message, sizeof all.result->message, "%s", EVIL);
	all.n++;
	return all;
}

static void free_run(struct run *all)
{
	for (size_t i = 0; i < all->n; i++)
		result_free(&all->result[i]);
	free(all->result);
}

/* ---- Pages. ---- */

static struct page_scripts scripts_of(const char *text)
{
	struct page_scripts s = {0};

	html_raw(&s.vega, text);
	html_raw(&s.vega_lite, text);
	html_raw(&s.vega_embed, text);
	return s;
}

static struct buffer render(const struct run *all, const struct page_scripts *scripts)
{
	static const char *const head[] = {"method", EVIL};
	static const char *const cell[] = {EVIL, "1,234", "b", NULL};
	static const bool is_number[] = {false, true}, is_bold[] = {true, false};
	const struct page_svg svgs[] = {{"speed", EVIL, svg, sizeof svg - 1},
					{"structure", "a plane", svg, sizeof svg - 1},
					{"else", "something else", svg, sizeof svg - 1}};
	const struct page_table table = {EVIL, EVIL, 2, 2, head, is_number, cell, is_bold};
	const struct page p = {.title = EVIL, .result = all->result, .n_results = all->n,
			       .svg = svgs, .n_svgs = 3, .table = &table, .n_tables = 1,
			       .notes = "`One`.\n\n**Two** " EVIL, .scripts = scripts};
	struct buffer out = {0};

	assert_int_equal(page_render(&p, &out), STATUS_OK);
	buffer_append_byte(&out, '\0');
	assert_int_equal(buffer_status(&out), STATUS_OK);
	return out;
}

static size_t count(const char *text, const char *what)
{
	size_t n = 0;

	for (const char *at = text; (at = strstr(at, what)); at += strlen(what))
		n++;
	return n;
}

/* ---- Tests. ---- */

static void test_text_stays_text(void **state)
{
	struct buffer out = {0};

	(void)state;
	html_text(&out, "a<b> & \"c\" 'd' \xff\xc3\xa9");
	buffer_append_byte(&out, '\0');
	assert_string_equal((char *)out.data,
			    "a&lt;b&gt; &amp; &quot;c&quot; &#39;d&#39; \xef\xbf\xbd\xc3\xa9");
	buffer_free(&out);

	json_t *value = json_pack("{s:s, s:f}", "</script>", "<!--&\"", "n", 0.5);

	html_json(&out, value);
	buffer_append_byte(&out, '\0');
	assert_null(strpbrk((char *)out.data, "<>&"));
	json_t *back = json_loads((char *)out.data, 0, NULL);
	assert_true(json_equal(value, back));
	json_decref(value);
	json_decref(back);
	buffer_free(&out);

	html_image(&out, "<a b=\"#%'\n", 10);
	buffer_append_byte(&out, '\0');
	assert_string_equal((char *)out.data, "data:image/svg+xml,%3ca b=%22%23%25%27%0a");
	buffer_free(&out);
}

static void test_numbers_have_commas(void **state)
{
	static const struct {
		double value;
		int digits;
		const char *text;
	} cases[] = {{1234567, 0, "1,234,567"}, {-123, 0, "-123"},     {-1234.5, 1, "-1,234.5"},
		     {999, 2, "999.00"},	{NAN, 3, "\xe2\x80\x93"}};

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		struct buffer out = {0};

		html_number(&out, cases[i].value, cases[i].digits);
		buffer_append_byte(&out, '\0');
		assert_string_equal((char *)out.data, cases[i].text);
		buffer_free(&out);
	}
}

/* Every element that could run or load something is one of ours. */
static void test_names_do_no_harm(void **state)
{
	struct page_scripts scripts = scripts_of("var x = 1;");
	struct run all = make_run(3 * N_METHODS);
	struct buffer page = render(&all, &scripts);
	const char *text = (const char *)page.data;
	size_t n_charts = count(text, "data-chart=\"");

	(void)state;
	assert_true(n_charts == 8);
	assert_int_equal(count(text, "<script"), n_charts + 4);
	assert_int_equal(count(text, "</script"), n_charts + 4);
	assert_int_equal(count(text, "<img"), 3);
	assert_int_equal(count(text, "<img alt=\""), 3);
	assert_int_equal(count(text, "onerror=\""), 0);
	assert_true(count(text, "&lt;/script&gt;&lt;script&gt;alert") > 5);
	assert_null(strchr(text, '\xff'));
	buffer_free(&page);
	page_scripts_free(&scripts);
	free_run(&all);
}

/* No address in a place where a browser would follow it by itself. */
static void test_nothing_is_loaded(void **state)
{
	static const char *const places[] = {"src=", "href=", "url(", "@import", "srcset=",
					     "action=", "data=", "poster="};
	struct page_scripts scripts = scripts_of("var x = 1;");
	struct run all = make_run(N_METHODS);
	struct buffer page = render(&all, &scripts);
	const char *text = (const char *)page.data;

	(void)state;
	for (size_t i = 0; i < sizeof places / sizeof places[0]; i++)
		for (const char *at = text; (at = strstr(at, places[i])); at++) {
			const char *value = at + strlen(places[i]);

			value += strspn(value, "\"'");
			if (strncmp(value, "data:", 5) != 0 && *value != '#' &&
			    strncmp(value, "x onerror=&quot;", 16) != 0 &&
			    strncmp(value, "x onerror=\\\"", 12) != 0)
				fail_msg("%.60s", at);
		}
	assert_non_null(strstr(text, "default-src 'none'"));
	assert_null(strstr(text, "unsafe-eval"));
	/* printf %s 'var x = 1;' | openssl dgst -sha256 -binary | base64 */
	assert_int_equal(count(text, "'sha256-9nfWt3DNT14o+tZCP3YilfLwTrhLI98eqbN689B7ajY='"), 3);
	buffer_free(&page);
	page_scripts_free(&scripts);
	free_run(&all);
}

static void test_same_results_same_bytes(void **state)
{
	struct run one = make_run(50), two = make_run(50);
	struct buffer first = render(&one, NULL), second = render(&two, NULL);

	(void)state;
	assert_int_equal(first.size_bytes, second.size_bytes);
	assert_memory_equal(first.data, second.data, first.size_bytes);
	assert_int_equal(count((char *)first.data, "<script"), 1); /* sorts tables */
	assert_int_equal(count((char *)first.data, "<figure>"), 3);
	assert_non_null(strstr((char *)first.data, "9,000"));
	assert_non_null(strstr((char *)first.data, "<p><code>One</code>.</p>\n<p><strong>Two"));
	buffer_free(&first);
	buffer_free(&second);
	free_run(&one);
	free_run(&two);
}

/* What stands between the tags of a chart is JSON, with rows in it. */
static void test_charts_are_json(void **state)
{
	struct page_scripts scripts = scripts_of("1");
	struct run all = make_run(3 * N_METHODS);
	struct buffer page = render(&all, &scripts);
	const char *at = (const char *)page.data;

	(void)state;
	while ((at = strstr(at, "data-chart=\""))) {
		at = strchr(at, '>') + 1;
		size_t n = (size_t)(strstr(at, "</script>") - at);
		json_t *chart = json_loadb(at, n, 0, NULL);

		assert_non_null(chart);
		assert_true(json_array_size(json_object_get(json_object_get(chart, "datasets"),
							    "rows")) > 0);
		assert_true(json_is_string(json_object_get(chart, "description")));
		json_decref(chart);
	}
	buffer_free(&page);
	page_scripts_free(&scripts);
	free_run(&all);
}

static void test_charts_without_data_are_left_out(void **state)
{
	struct run all = {calloc(1, sizeof *all.result), 1};
	struct chart_data d;

	(void)state;
	all.result[0] = example_result("mix", 1);
	assert_int_equal(chart_data_open(&d, all.result, all.n), STATUS_OK);
	for (const struct chart *c = charts; c->name; c++) {
		json_t *specification;
		bool wanted = strcmp(c->name, "speed") == 0 || strcmp(c->name, "bound") == 0 ||
			      strcmp(c->name, "memory") == 0;

		assert_int_equal(chart_build(c, &d, &specification), STATUS_OK);
		assert_true((specification != NULL) == wanted);
		json_decref(specification);
	}
	chart_data_free(&d);
	all.n = 0;
	struct buffer page = render(&all, NULL); /* of no results at all */

	assert_null(strstr((char *)page.data, "data-chart=\""));
	buffer_free(&page);
	all.n = 1;
	free_run(&all);
}

/* The parts of a bar are the bar. */
static void test_bars_add_up(void **state)
{
	struct run all = {calloc(1, sizeof *all.result), 1};
	struct chart_data d;
	json_t *specification, *row;
	double sum = 0;
	size_t i;

	(void)state;
	all.result[0] = example_result("mix", 1);
	assert_int_equal(chart_data_open(&d, all.result, all.n), STATUS_OK);
	assert_int_equal(chart_build(&charts[1], &d, &specification), STATUS_OK);
	json_t *rows = json_object_get(json_object_get(specification, "datasets"), "rows");
	assert_int_equal(json_array_size(rows), COST_ROLES + 1);
	json_array_foreach(rows, i, row)
	{
		sum += json_real_value(json_object_get(row, "bits"));
		assert_true(fabs(json_real_value(json_object_get(row, "total")) -
				 (8 * 700 - 5000.25) / 1000) < 1e-12);
	}
	assert_true(fabs(sum - (8 * 700 - 5000.25) / 1000) < 1e-12);
	json_decref(specification);
	chart_data_free(&d);
	free_run(&all);
}

static int write_sample(size_t n, const char *path)
{
	struct page_scripts scripts;
	struct run all = make_run(n);
	enum status s = page_scripts_load(&scripts, getenv("VEGA"));

	if (s == STATUS_OK) {
		struct buffer page = render(&all, &scripts);

		s = file_write(path, page.data, page.size_bytes - 1, FILE_MODE_NEW, true);
		buffer_free(&page);
	}
	if (s != STATUS_OK)
		fprintf(stderr, "%s\n", status_message());
	page_scripts_free(&scripts);
	free_run(&all);
	return s != STATUS_OK;
}

int main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_text_stays_text),
	    cmocka_unit_test(test_numbers_have_commas),
	    cmocka_unit_test(test_names_do_no_harm),
	    cmocka_unit_test(test_nothing_is_loaded),
	    cmocka_unit_test(test_same_results_same_bytes),
	    cmocka_unit_test(test_charts_are_json),
	    cmocka_unit_test(test_charts_without_data_are_left_out),
	    cmocka_unit_test(test_bars_add_up),
	};

	if (argc == 4 && strcmp(argv[1], "--sample") == 0)
		return write_sample(strtoul(argv[2], NULL, 10), argv[3]);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
