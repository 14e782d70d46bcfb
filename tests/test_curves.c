/* SPDX-License-Identifier: BSD-2-Clause
 *
 * test_curves.c - code length against position, and where a shipped model has paid for itself.
 *
 * Property  a row holds the sums of the costs up to its position, exactly; positions ascend and are
 *           those that were asked for and the round ones; a crossing is where comparing all
 *           prefixes by hand puts it, with ties, several changes of the lead, none, and a lead
 *           that is lost again; with every predictor the curve is of the costs in the order of
 *           coding and ends at the ideal bits of the archive.  The files are the same every time,
 *           hold what the rows hold, and the drawing is one tree of elements inside its frame.
 * Method    costs made by hand and drawn; brute force; a small Syntax-Knowledge corpus; a reader of
 *           XML that knows tags only.
 */
#include <ctype.h>
#include <jansson.h>
#include <math.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cost.h"
#include "curves.h"
#include "model.h"
#include "rng.h"
#include "streams.h"
#include "world.h"

#include "fixture.h" /* last: it brings cmocka.h, which defines a macro fail() */

static struct curve make(const char *name, uint64_t model_bytes, const double *bits, uint64_t n)
{
	struct curve c;

	assert_int_equal(curve_from_costs(&c, name, model_bytes, bits, n), STATUS_OK);
	return c;
}

/* ---- Rows and positions. ---- */

static void test_rows(void **state)
{
	static const double bits[] = {1, 0.5, 0.25, 4}, other_bits[] = {2, 2, 0.0625, 1};
	struct curve c = make("a", 3, bits, 4), other = make("b", 0, other_bits, 4);
	struct curve_row row = curve_row(&c, &other, 1, 3);

	(void)state;
	assert_true(curve_model_bits(&c) == 24 && curve_model_bits(&other) == 0);
	assert_true(row.position == 3 && row.sent_bits == 25.75);
	assert_true(row.bits_per_symbol == 25.75 / 3);
	assert_true(row.stretch_bits_per_symbol == 0.75 / 2);
	assert_true(row.over_reference_bits == 25.75 - 4.0625);
	assert_true(row.times_reference == 25.75 / 4.0625);

	row = curve_row(&c, NULL, 0, 4);
	assert_true(row.sent_bits == 29.75 && row.stretch_bits_per_symbol == 5.75 / 4);
	assert_true(isnan(row.times_reference) && isnan(row.over_reference_bits));
	row = curve_row(&c, &other, 0, 0);
	assert_true(row.sent_bits == 24 && row.over_reference_bits == 24);
	assert_true(isnan(row.bits_per_symbol) && isnan(row.stretch_bits_per_symbol) &&
		    isnan(row.times_reference));
	curve_free(&c);
	curve_free(&other);
}

/* Costs are rounded once, so a sum does not depend on what it is made of. */
static void test_sums_are_exact(void **state)
{
	enum { N = 100000 };
	struct rng rng = rng_stream(1, 0, 0);
	double *bits = malloc(N * sizeof *bits);
	int64_t units = 8 * COST_UNITS_PER_BIT;

	(void)state;
	for (size_t i = 0; i < N; i++)
		bits[i] = -log2(rng_unit(&rng) + 1e-9);
	struct curve c = make("a", 1, bits, N);

	for (size_t i = 0; i < N; i++) {
		assert_true(c.sent_units[i] == units);
		units += llround(bits[i] * COST_UNITS_PER_BIT);
	}
	assert_true(c.sent_units[N] == units);
	assert_true(curve_row(&c, NULL, 0, N).sent_bits == (double)units / COST_UNITS_PER_BIT);
	curve_free(&c);
	free(bits);
}

static void test_too_many_bits(void **state)
{
	double bits[] = {0x1p38, 0x1p38, 0x1p38};
	struct curve c;

	(void)state;
	assert_int_equal(curve_from_costs(&c, "a", 0, bits, 3), STATUS_LIMIT);
	curve_free(&c);
	assert_int_equal(curve_from_costs(&c, "a", (uint64_t)1 << 60, bits, 1), STATUS_LIMIT);
	curve_free(&c);
}

static void check_positions(uint64_t n, unsigned per_decade, const uint64_t *exact, size_t n_exact,
			    const uint64_t *expected, size_t n_expected)
{
	uint64_t *at;
	size_t count;

	assert_int_equal(curve_positions(n, per_decade, exact, n_exact, &at, &count), STATUS_OK);
	assert_int_equal(count, n_expected);
	for (size_t i = 0; i < count; i++)
		assert_true(at[i] == expected[i]);
	free(at);
}

static void test_positions(void **state)
{
	static const uint64_t round_ones[] = {1, 2, 5, 10, 20, 50, 100, 200, 345},
			      few[] = {1, 2, 3, 5, 7}, one[] = {1}, exact[] = {3, 8, 3, 0, 7};
	uint64_t *at;
	size_t n;

	(void)state;
	check_positions(345, CURVES_TABLE_PLACES, NULL, 0, round_ones, 9);
	check_positions(200, CURVES_TABLE_PLACES, NULL, 0, round_ones, 8);
	check_positions(7, CURVES_TABLE_PLACES, exact, 5, few, 5);
	check_positions(1, CURVES_TABLE_PLACES, exact, 5, one, 1);
	check_positions(0, CURVES_TABLE_PLACES, exact, 5, NULL, 0);

	assert_int_equal(curve_positions(1000000, 20, NULL, 0, &at, &n), STATUS_OK);
	assert_true(at[0] == 1 && at[n - 1] == 1000000 && n > 100 && n <= 121);
	for (size_t i = 1; i < n; i++) /* neighbours differ by 12 %, or by one */
		assert_true(at[i] > at[i - 1] &&
			    (double)at[i] <= 1.13 * (double)at[i - 1] + 1);
	free(at);
}

/* ---- Crossings. ---- */

/* From all prefixes, summed anew in whole units. */
static struct crossing brute_force(const struct curve *shipped, const struct curve *other)
{
	struct crossing x = {0};
	uint64_t n = shipped->n;

	for (uint64_t k = n; k >= 1; k--) {
		bool ahead = shipped->sent_units[k] <= other->sent_units[k];
		bool was = k > 1 && shipped->sent_units[k - 1] <= other->sent_units[k - 1];

		x.n_stretches += ahead && !was;
		if (ahead)
			x.first = k;
		if (ahead && !x.last)
			x.last = k;
	}
	for (uint64_t k = n; k >= 1 && shipped->sent_units[k] <= other->sent_units[k]; k--)
		x.for_good = k;
	return x;
}

static void assert_same_crossing(struct crossing got, struct crossing expected)
{
	assert_true(got.first == expected.first);
	assert_true(got.for_good == expected.for_good);
	assert_true(got.last == expected.last);
	assert_true(got.n_stretches == expected.n_stretches);
}

/* A line of `rate` bits a symbol from 8 `bytes` on, against costs that fall: `high`, then `low`. */
static void check_line(uint64_t bytes, double rate, double high, double low, uint64_t n,
		       struct crossing expected)
{
	double *line = malloc(n * sizeof *line), *learner = malloc(n * sizeof *learner);

	for (uint64_t i = 0; i < n; i++) {
		line[i] = rate;
		learner[i] = i < n / 2 ? high : low;
	}
	struct curve shipped = make("s", bytes, line, n), other = make("l", 0, learner, n);
	struct crossing x = curve_cross(&shipped, &other);

	assert_same_crossing(x, expected);
	assert_same_crossing(x, brute_force(&shipped, &other));
	assert_true(x.saved_bits == curve_sent_bits(&other, n) - curve_sent_bits(&shipped, n));
	assert_true(x.gain_bits_per_symbol == low - rate);
	curve_free(&shipped);
	curve_free(&other);
	free(line);
	free(learner);
}

static void test_lines(void **state)
{
	(void)state;
	/* 80 bits are earned at 2 bits a symbol: at the 40th, a tie, which pays. */
	check_line(10, 1, 3, 2, 1000,
		   (struct crossing){.n_stretches = 1, .first = 40, .for_good = 40, .last = 1000});
	/* Never; and not here, since 500 symbols earn 1000 of 8000 bits, 500 more earn 500. */
	check_line(10, 3, 2, 1, 1000, (struct crossing){0});
	check_line(1000, 1, 3, 2, 1000, (struct crossing){0});
	/* Earned by the 40th, lost again: 1000 - 80 saved at 500, one bit lost a symbol. */
	check_line(10, 2, 4, 0, 1000,
		   (struct crossing){.n_stretches = 1, .first = 40, .last = 960});
	/* The very last symbol pays, and the very first. */
	check_line(1000, 1, 9, 9, 1000,
		   (struct crossing){.n_stretches = 1, .first = 1000, .for_good = 1000,
				     .last = 1000});
	check_line(1, 1, 9, 9, 10,
		   (struct crossing){.n_stretches = 1, .first = 1, .for_good = 1, .last = 10});
}

static void test_outlook(void **state)
{
	struct crossing paying_later = {.saved_bits = -300, .gain_bits_per_symbol = 1.5};
	struct crossing losing = {.saved_bits = -300, .gain_bits_per_symbol = -1};
	struct crossing overtaken = {.saved_bits = 100, .gain_bits_per_symbol = -0.5};
	struct crossing ahead = {.saved_bits = 100, .gain_bits_per_symbol = 0.5};

	(void)state;
	assert_true(crossing_ahead(&paying_later, 1000) == 1200);
	assert_true(crossing_ahead(&losing, 1000) == 0);
	assert_true(crossing_ahead(&overtaken, 1000) == 1200);
	assert_true(crossing_ahead(&ahead, 1000) == 0);
}

/* Walks that cross each other several times, and touch: costs are whole bits. */
static void test_drawn(void **state)
{
	enum { N = 400 };
	uint64_t n_several = 0, n_never = 0, n_lost = 0;

	(void)state;
	for (unsigned round = 0; round < 500; round++) {
		struct rng rng = rng_stream(7, round, 0);
		double a[N], b[N];
		uint64_t n = 1 + rng_below(&rng, N);

		for (size_t i = 0; i < n; i++) {
			a[i] = (double)rng_below(&rng, 4);
			b[i] = (double)rng_below(&rng, 4);
		}
		struct curve shipped = make("s", 1 + rng_below(&rng, 4), a, n);
		struct curve other = make("o", 0, b, n);
		struct crossing x = curve_cross(&shipped, &other);

		assert_same_crossing(x, brute_force(&shipped, &other));
		n_several += x.n_stretches > 2;
		n_never += x.first == 0;
		n_lost += x.first && !x.for_good;
		curve_free(&shipped);
		curve_free(&other);
	}
	assert_true(n_several > 50 && n_never > 50 && n_lost > 50); /* all cases occurred */
}

/* ---- Predictors. ---- */

static struct world *world;
static struct buffer bin;
static struct tokens tokens;

static int draw_corpus(void **state)
{
	if (fixture_open(state) != 0)
		return -1;
	assert_int_equal(fixture_generate("sk", "", "sentences=300,seed=3"), STATUS_OK);
	assert_int_equal(world_load(&world, fixture_path(".json")), STATUS_OK);
	assert_int_equal(file_read(fixture_path(".bin"), &bin, NULL), STATUS_OK);
	assert_int_equal(tokens_parse(bin.data, bin.size_bytes, &tokens), STATUS_OK);
	return 0;
}

static int remove_corpus(void **state)
{
	world_free(world);
	buffer_free(&bin);
	return fixture_close(state);
}

static struct archive_settings settings_of(const struct predictor_ops *model)
{
	struct archive_settings s;

	assert_int_equal(archive_settings_parse(&s, model_text_for(model)), STATUS_OK);
	s.world = model->needs_world ? world : NULL;
	s.transformer = model_for(model, true, world->vocab);
	s.block_symbols = model->whole_stream ? 0 : 1000;
	s.threads = 2;
	return s;
}

/* The costs by position, put into the order of coding by hand. */
static void check_order(const struct curve *c, const struct archive_settings *s,
			const double *by_position)
{
	uint64_t n = tokens.n_tokens, block = s->block_symbols ? s->block_symbols : n;

	for (uint64_t i = 0; i < n; i++) {
		uint64_t start = i / block * block, size = n - start < block ? n - start : block;
		uint64_t at = start + streams_position(size, c->n_streams, i - start);

		assert_true(c->sent_units[i + 1] - c->sent_units[i] ==
			    cost_to_units(by_position[at]));
	}
}

static void test_predictors(void **state)
{
	unsigned n_with_streams = 0, n_with_models = 0;

	(void)state;
	for (const struct predictor_ops *const *p = predictors; *p; p++) {
		struct archive_settings s = settings_of(*p);
		struct archive_stats stats;
		struct curve c;
		double *bits;

		assert_int_equal(curve_measure(&c, (*p)->name, &s, bin.data, bin.size_bytes),
				 STATUS_OK);
		assert_int_equal(cost_of_input(&s, bin.data, bin.size_bytes, &bits, &stats),
				 STATUS_OK);
		assert_true(c.n == tokens.n_tokens);
		assert_string_equal(c.name, (*p)->name);
		assert_true(curve_model_bits(&c) == 8 * (double)stats.model_bytes);
		assert_true(fabs(curve_sent_bits(&c, c.n) - stats.ideal_bits) <
			    1e-6 + (double)c.n * 0x1p-25);
		assert_true(c.archive_bytes ==
			    stats.container_bytes + stats.model_bytes + stats.payload_bytes);
		check_order(&c, &s, bits);
		n_with_streams += c.n_streams > 1;
		n_with_models += stats.model_bytes > 0;
		free(bits);
		curve_free(&c);
	}
	assert_true(n_with_streams && n_with_models);
}

/* ---- Files. ---- */

struct text {
	char *text;
	size_t size_bytes;
};

static struct text written(enum status (*print)(const struct curves *s, FILE *to),
			   const struct curves *s)
{
	struct text t;
	FILE *to = open_memstream(&t.text, &t.size_bytes);

	assert_non_null(to);
	assert_int_equal(print(s, to), STATUS_OK);
	assert_int_equal(fclose(to), 0);
	return t;
}

/* A learner, a reference and two shipped models; n symbols. */
static struct curves made_curves(uint64_t n, bool with_reference)
{
	struct curves s = {.input = "a<b & c", .is_tokens = true, .n = n, .n_curves = 4,
			   .reference = with_reference ? 3 : CURVES_NONE};
	double *bits = malloc((n + 1) * sizeof *bits);
	static const double rate[] = {5, 2, 2.5, 1.5}, start[] = {6, 0, 0, 2};
	static const uint64_t model_bytes[] = {0, 100, 40, 0};
	static const char *const name[] = {"<learner> & \"co\"", "large", "small", "bayes"};

	s.curve = calloc(4, sizeof *s.curve);
	for (size_t i = 0; i < 4; i++) {
		for (uint64_t k = 0; k < n; k++)
			bits[k] = rate[i] + start[i] / (1 + 0.05 * (double)k);
		s.curve[i] = make(name[i], model_bytes[i], bits, n);
	}
	free(bits);
	assert_int_equal(curves_find_crossings(&s), STATUS_OK);
	return s;
}

/* Every element is closed by its own name, in order, and there is one root. */
static void check_xml(const char *text)
{
	char open[16][16];
	unsigned depth = 0, n_roots = 0;

	for (const char *c = strchr(text, '<'); c; c = strchr(c + 1, '<')) {
		const char *end = strchr(c, '>');
		size_t length = strcspn(c + 1, " />\n");

		assert_non_null(end);
		assert_null(memchr(c + 1, '<', (size_t)(end - c - 1)));
		if (c[1] == '/') {
			length = strcspn(c + 2, ">");
			assert_true(depth > 0 && length == strlen(open[depth - 1]));
			assert_memory_equal(open[--depth], c + 2, length);
			continue;
		}
		assert_true(length > 0 && length < sizeof open[0] && depth < 16);
		n_roots += depth == 0;
		if (end[-1] == '/')
			continue;
		memcpy(open[depth], c + 1, length);
		open[depth++][length] = '\0';
	}
	assert_int_equal(depth, 0);
	assert_int_equal(n_roots, 1);
	for (const char *c = strchr(text, '&'); c; c = strchr(c + 1, '&'))
		assert_true(strncmp(c, "&lt;", 4) == 0 || strncmp(c, "&amp;", 5) == 0);
}

/* All numbers of an attribute are inside the drawing. */
static void check_attribute(const char *text, const char *attribute, double high)
{
	size_t length = strlen(attribute);

	for (const char *c = strstr(text, attribute); c; c = strstr(c + 1, attribute)) {
		double v = strtod(c + length, NULL);

		assert_true(v >= 0 && v <= high);
	}
}

static void check_svg(const struct curves *s)
{
	struct text once = written(curves_svg, s), again = written(curves_svg, s);

	assert_true(once.size_bytes == again.size_bytes);
	assert_memory_equal(once.text, again.text, once.size_bytes);
	check_xml(once.text);
	assert_null(strstr(once.text, "nan"));
	assert_null(strstr(once.text, "inf"));
	check_attribute(once.text, " x=\"", 900);
	check_attribute(once.text, " x1=\"", 900);
	check_attribute(once.text, " cx=\"", 900);
	check_attribute(once.text, " y=\"", 750);
	check_attribute(once.text, " y2=\"", 750);
	check_attribute(once.text, " cy=\"", 750);
	free(once.text);
	free(again.text);
}

static void test_svg(void **state)
{
	static const uint64_t sizes[] = {0, 1, 2, 10, 999, 5000};
	struct curves s;

	(void)state;
	for (size_t i = 0; i < 6; i++)
		for (int with = 0; with < 2; with++) {
			s = made_curves(sizes[i], with);
			check_svg(&s);
			curves_close(&s);
		}
	s = made_curves(5000, true);
	struct text t = written(curves_svg, &s);
	char label[32];
	unsigned n_paid = 0;

	for (size_t i = 0; i < s.n_crossings; i++) { /* each that is there is told */
		snprintf(label, sizeof label, ">%llu<", (unsigned long long)s.crossing[i].for_good);
		n_paid += s.crossing[i].for_good != 0;
		assert_true(s.crossing[i].for_good == 0 || strstr(t.text, label));
	}
	assert_int_equal(n_paid, 3); /* both against the learner, large against small */
	free(t.text);
	curves_close(&s);
}

/* Each line of a file is the row of its code and position. */
static void test_tsv(void **state)
{
	uint64_t exact[] = {4321};
	struct curves s = made_curves(5000, true);
	unsigned n_lines = 0, n_exact = 0, n_for_good = 0;

	(void)state;
	s.exact = exact;
	s.n_exact = 1;
	struct text t = written(curves_tsv, &s), again = written(curves_tsv, &s);
	char *line = strtok(t.text, "\n");

	assert_string_equal(line, "code\tposition\tsent_bits\tbits_per_symbol\t"
				  "stretch_bits_per_symbol\ttimes_reference\tover_reference_bits");
	while ((line = strtok(NULL, "\n"))) {
		const char *tab = strchr(line, '\t');
		char *end;
		uint64_t position = strtoull(tab + 1, &end, 10);
		const struct curve *c = NULL;

		for (size_t i = 0; i < s.n_curves; i++)
			if (strncmp(s.curve[i].name, line, (size_t)(tab - line)) == 0)
				c = &s.curve[i];
		assert_true(c && position <= s.n);
		double sent = strtod(end + 1, &end);

		assert_true(fabs(sent - curve_sent_bits(c, position)) < 1e-6);
		assert_true(fabs(strtod(strrchr(line, '\t') + 1, NULL) -
				 (sent - curve_sent_bits(&s.curve[3], position))) < 2e-6);
		n_lines++;
		n_exact += position == 4321;
		n_for_good += position == s.crossing[0].for_good;
	}
	assert_true(n_exact == 4 && n_for_good == 4 && n_lines % 4 == 0);
	assert_true(t.size_bytes == again.size_bytes);
	free(t.text);
	free(again.text);
	curves_close(&s);
}

static void test_json(void **state)
{
	struct curves s = made_curves(5000, true);
	struct text t = written(curves_json, &s);
	json_t *root = json_loads(t.text, 0, NULL), *curve, *crossing;
	size_t i;

	(void)state;
	assert_non_null(root);
	assert_int_equal(json_integer_value(json_object_get(root, "symbols")), 5000);
	assert_string_equal(json_string_value(json_object_get(root, "reference")), "bayes");
	assert_int_equal(json_array_size(json_object_get(root, "curves")), 4);
	json_array_foreach(json_object_get(root, "curves"), i, curve)
	{
		const json_t *rows = json_object_get(curve, "rows");
		const json_t *last = json_array_get(rows, json_array_size(rows) - 1);

		assert_int_equal(json_integer_value(json_object_get(last, "position")), 5000);
		assert_true(json_real_value(json_object_get(last, "sent_bits")) ==
			    curve_sent_bits(&s.curve[i], 5000));
	}
	assert_int_equal(json_array_size(json_object_get(root, "crossings")), s.n_crossings);
	json_array_foreach(json_object_get(root, "crossings"), i, crossing)
		assert_int_equal(json_integer_value(json_object_get(crossing, "for_good")),
				 s.crossing[i].for_good);
	json_decref(root);
	free(t.text);
	curves_close(&s);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_rows),          cmocka_unit_test(test_sums_are_exact),
	    cmocka_unit_test(test_too_many_bits), cmocka_unit_test(test_positions),
	    cmocka_unit_test(test_lines),         cmocka_unit_test(test_outlook),
	    cmocka_unit_test(test_drawn),         cmocka_unit_test(test_predictors),
	    cmocka_unit_test(test_svg),           cmocka_unit_test(test_tsv),
	    cmocka_unit_test(test_json),
	};

	return cmocka_run_group_tests(tests, draw_corpus, remove_corpus);
}
