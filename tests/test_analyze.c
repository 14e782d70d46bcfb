/* SPDX-License-Identifier: BSD-2-Clause
 *
 * test_analyze.c - what twopart analyze says of a file is so.
 *
 * Property  entropies by order are those of the definition, and the adaptive ones what a code costs
 *           that really goes through the symbols one after the other; costs sorted out by position,
 *           class, cost, symbol and line add up to the same whole number; the most expensive region
 *           is where noise was put in, the longest cheap run where a repetition was; excerpts are
 *           one line of harmless characters; what the opinions of a mixture saved adds up to what
 *           it saved, and observing it changes no byte of the archive, in any form of vectors.
 * Method    numbers by hand, naive twins, texts and noise made here, a small corpus.
 */
#include <jansson.h>
#include <math.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "analysis.h"
#include "archive.h"
#include "cost.h"
#include "credit.h"
#include "entropy.h"
#include "rng.h"
#include "simd.h"
#include "utf8.h"

#include "fixture.h" /* last: it brings cmocka.h, which defines a macro fail() */

#define CLOSE(a, b, by) assert_true(fabs((a) - (b)) <= (by))

/* ---- Entropy. ---- */

static void test_entropy_by_hand(void **state)
{
	struct entropy e;

	(void)state;
	assert_int_equal(entropy_measure(&e, (const uint8_t *)"abababab", 8, false, 256),
			 STATUS_OK);
	assert_int_equal(e.n_symbols, 8);
	assert_int_equal(e.n_orders, 7);
	assert_int_equal(e.order[0].n_contexts, 1);
	CLOSE(e.order[0].empirical_bits, 8, 1e-12);
	/* 1/256, 1/2 1/256, (1/2)/2, (1/2)/3, (3/2)/4, (3/2)/5, (5/2)/6, (5/2)/7 */
	CLOSE(e.order[0].adaptive_bits, 27.4854268272, 1e-9);
	assert_int_equal(e.order[1].n_contexts, 3); /* nothing, a, b */
	CLOSE(e.order[1].empirical_bits, 0, 1e-12);
	assert_int_equal(e.order[2].n_contexts, 4); /* ... and nothing before a */

	/* Two a after a, and one b: 3 h(1/3); c after b; what came first is certain. */
	assert_int_equal(entropy_measure(&e, (const uint8_t *)"aaabc", 5, false, 256), STATUS_OK);
	CLOSE(e.order[1].empirical_bits, 3 * log2(3) - 2, 1e-12);
	assert_int_equal(entropy_measure(&e, NULL, 0, true, 1), STATUS_OK);
	assert_int_equal(e.n_orders, 4);
	assert_int_equal(e.order[0].n_contexts, 0);
	assert_true(e.order[3].adaptive_bits == 0);
}

/* A code of some order on its way: what came at each order, as positions. */
struct twin {
	const uint16_t *s;
	size_t n;
	uint32_t alphabet;
	size_t *customer[ENTROPY_ORDERS_MAX];
	size_t n_customers[ENTROPY_ORDERS_MAX];
};

static uint32_t symbol_before(const struct twin *t, size_t i, unsigned back)
{
	return i >= back ? t->s[i - back] : 0;
}

static bool same_context(const struct twin *t, size_t i, size_t j, unsigned k)
{
	for (unsigned back = 1; back <= k; back++)
		if (symbol_before(t, i, back) != symbol_before(t, j, back))
			return false;
	return true;
}

/* Bits of symbol i in its context of order k, and all shorter ones that it is sent down to. */
static double code_bits_of(struct twin *t, size_t i, unsigned k)
{
	size_t n = 0, c = 0, distinct = 0;

	for (size_t j = 0; j < t->n_customers[k]; j++) {
		size_t at = t->customer[k][j];
		bool first = true;

		if (!same_context(t, i, at, k))
			continue;
		n++;
		c += t->s[at] == t->s[i];
		for (size_t l = 0; l < j && first; l++)
			first = !same_context(t, i, t->customer[k][l], k) ||
				t->s[t->customer[k][l]] != t->s[at];
		distinct += first;
	}
	t->customer[k][t->n_customers[k]++] = i;
	if (c > 0)
		return log2((double)n / ((double)c - 0.5));
	return (n > 0 ? log2((double)n / ((double)distinct / 2)) : 0) +
	       (k > 0 ? code_bits_of(t, i, k - 1) : log2(t->alphabet));
}

static double adaptive_twin(const uint16_t *s, size_t n, unsigned order, uint32_t alphabet)
{
	struct twin t = {.s = s, .n = n, .alphabet = alphabet};
	double bits = 0;

	for (unsigned k = 0; k <= order; k++)
		t.customer[k] = calloc(n, sizeof(size_t));
	for (size_t i = 0; i < n; i++)
		bits += code_bits_of(&t, i, order);
	for (unsigned k = 0; k <= order; k++)
		free(t.customer[k]);
	return bits;
}

static double empirical_twin(const uint16_t *s, size_t n, unsigned order, size_t *n_contexts)
{
	struct twin t = {.s = s, .n = n};
	double bits = 0;

	*n_contexts = 0;
	for (size_t i = 0; i < n; i++) {
		size_t all = 0, same = 0, before = 0;

		for (size_t j = 0; j < n; j++)
			if (same_context(&t, i, j, order)) {
				all++;
				same += s[i] == s[j];
				before += j < i;
			}
		*n_contexts += before == 0;
		bits += log2((double)all / (double)same);
	}
	return bits;
}

static void compare_with_twins(uint32_t alphabet, bool is_tokens, uint32_t seed)
{
	enum { N = 160 };
	uint16_t s[N];
	uint8_t data[2 * N];
	struct entropy e;
	struct rng rng = rng_stream(seed, 1, 0);

	/* Every second one follows from the last: there is something to learn at each order. */
	for (size_t i = 0; i < N; i++) {
		uint32_t r = (uint32_t)rng_below(&rng, 3 * alphabet);

		s[i] = (uint16_t)(r < alphabet || i == 0 ? r % alphabet
							 : (s[i - 1] * 7u + 3) % alphabet);
		data[is_tokens ? 2 * i : i] = (uint8_t)s[i];
		if (is_tokens)
			data[2 * i + 1] = (uint8_t)(s[i] >> 8);
	}
	assert_int_equal(entropy_measure(&e, data, N, is_tokens, alphabet), STATUS_OK);
	for (unsigned k = 0; k < e.n_orders; k++) {
		size_t n_contexts;

		CLOSE(e.order[k].empirical_bits, empirical_twin(s, N, k, &n_contexts), 1e-9);
		assert_int_equal(e.order[k].n_contexts, n_contexts);
		CLOSE(e.order[k].adaptive_bits, adaptive_twin(s, N, k, alphabet), 1e-8);
	}
}

static void test_entropy_twins(void **state)
{
	(void)state;
	compare_with_twins(1, false, 1);
	compare_with_twins(3, false, 2);
	compare_with_twins(40, false, 3);
	compare_with_twins(256, false, 4);
	compare_with_twins(5, true, 5);
	compare_with_twins(3000, true, 6);
}

/* More than the tables of logarithms hold: by the same formula of gamma functions. */
static void test_entropy_of_many(void **state)
{
	enum { N = 30000 };
	uint8_t *data = calloc(N, 1);
	struct entropy e;
	double bits = 8;

	(void)state;
	for (size_t i = 1; i < N; i++)
		bits -= log2(((double)i - 0.5) / (double)i);
	assert_int_equal(entropy_measure(&e, data, N, false, 256), STATUS_OK);
	CLOSE(e.order[0].empirical_bits, 0, 1e-6);
	CLOSE(e.order[0].adaptive_bits, bits, 1e-6);
	CLOSE(e.order[6].adaptive_bits, bits, 1e-6);
	free(data);
}

/* ---- Facts and excerpts. ---- */

static struct analysis_input bytes_of(const void *data, size_t size_bytes)
{
	return (struct analysis_input){.data = data,
				       .n_symbols = size_bytes,
				       .alphabet = 256,
				       .end_token = ANALYSIS_NO_TOKEN};
}

static void test_facts(void **state)
{
	static const char text[] = "Ab 1!\r\nx\xc3\xa9\n\nlonger\tline";
	struct analysis_input in = bytes_of(text, sizeof text - 1);
	struct analysis_facts f;

	(void)state;
	analysis_look(&in, &f);
	assert_true(in.is_text);
	assert_int_equal(f.n_lines, 4);
	assert_int_equal(f.longest_line, 11);
	assert_int_equal(f.text_bytes, sizeof text - 1);
	assert_int_equal(f.class_bytes[BYTE_LOWER], 12);
	assert_int_equal(f.class_bytes[BYTE_UPPER], 1);
	assert_int_equal(f.class_bytes[BYTE_DIGIT], 1);
	assert_int_equal(f.class_bytes[BYTE_BLANK], 2);
	assert_int_equal(f.class_bytes[BYTE_LINE_END], 4);
	assert_int_equal(f.class_bytes[BYTE_PUNCTUATION], 1);
	assert_int_equal(f.class_bytes[BYTE_HIGH], 2);
	in = bytes_of(text, sizeof text); /* a zero: no text, so no lines */
	analysis_look(&in, &f);
	assert_false(in.is_text);
	assert_int_equal(f.n_lines, 0);
	assert_int_equal(f.text_bytes, sizeof text - 1);
	in = bytes_of("a\xff", 2);
	analysis_look(&in, &f);
	assert_false(in.is_text);
	assert_int_equal(f.text_bytes, 1);
}

static void expect_excerpt(const struct analysis_input *in, uint64_t first, uint64_t n,
			   unsigned n_columns, const char *expected)
{
	char text[ANALYSIS_EXCERPT_BYTES];

	analysis_excerpt(in, first, n, n_columns, text);
	assert_string_equal(text, expected);
}

static void test_excerpts(void **state)
{
	static const char text[] = "a\x1b[1m\n\xc3\xa9\x7f\xc2\x9b\xff\xe2\x82\xac.";
	static const uint8_t tokens[] = {1, 0, 0, 0, 2, 0, 1, 0};
	static const char *const word[] = {"no", "y\nes", "maybe"};
	struct analysis_input in = bytes_of(text, sizeof text - 1);
	struct analysis_input t = {.data = tokens, .n_symbols = 4, .is_tokens = true,
				   .alphabet = 3, .end_token = ANALYSIS_NO_TOKEN};

	(void)state;
	in.is_text = true;
	expect_excerpt(&in, 0, sizeof text - 1, 20, "a.[1m.\xc3\xa9...\xe2\x82\xac.");
	expect_excerpt(&in, 0, sizeof text - 1, 9, "a.[1m.\xc3\xa9..");
	expect_excerpt(&in, 0, sizeof text - 1, 8, "a.[1m...");
	in.is_text = false;
	expect_excerpt(&in, 6, 2, 20, "..");
	expect_excerpt(&in, 0, 0, 20, "");
	expect_excerpt(&t, 0, 4, 20, "1 0 2 1");
	t.word = word;
	expect_excerpt(&t, 0, 4, 20, "y.es no maybe y.es");
	expect_excerpt(&t, 0, 4, 9, "y.es no..");
}

/* What jansson would refuse is no character. */
static void test_utf8(void **state)
{
	static const uint8_t tails[][3] = {
	    {0x80, 0x80, 0x80}, {0x9f, 0xbf, 0x80}, {0xa0, 0x80, 0xbf}, {0xbf, 0xbf, 0xbf},
	    {0x8f, 0xbf, 0xbf}, {0x90, 0x80, 0x80}, {0x41, 0x80, 0x80}, {0x80, 0xc0, 0x80},
	    {0x80, 0x80, 0x7f},
	};

	(void)state;
	for (unsigned first = 1; first < 256; first++)
		for (size_t i = 0; i < sizeof tails / sizeof *tails; i++) {
			uint8_t c[4] = {(uint8_t)first};
			size_t n, expected = 0;

			memcpy(c + 1, tails[i], 3);
			n = utf8_character_bytes(c, sizeof c);
			for (size_t k = 1; k <= 4 && expected == 0; k++) {
				json_t *s = json_stringn((const char *)c, k);

				expected = s ? k : 0;
				json_decref(s);
			}
			assert_int_equal(n, expected);
			assert_true(n < 2 || utf8_character_bytes(c, n - 1) == 0);
		}
}

/* ---- Places. ---- */

#define NOISE_AT 5000
#define NOISE_BYTES 100
#define COPY_AT 12000
#define COPY_BYTES 700
#define FILE_BYTES 20011

/* Lines of a few words, with noise (printable) in one place and a copy of the start in another. */
static void make_file(uint8_t *data)
{
	static const char *const word[] = {"time ", "and ", "tide ", "wait ", "for ", "no ",
					   "man\n", "1984 "};
	struct rng rng = rng_stream(7, 1, 0);
	size_t n = 0;

	while (n < FILE_BYTES) {
		const char *w = word[rng_below(&rng, 8)];

		for (; *w && n < FILE_BYTES; w++)
			data[n++] = (uint8_t)*w;
	}
	memmove(data + COPY_AT, data + 100, COPY_BYTES);
	for (size_t i = 0; i < NOISE_BYTES; i++)
		data[NOISE_AT + i] = (uint8_t)(' ' + rng_below(&rng, 95));
}

static int64_t units_of(const struct place_list *list)
{
	int64_t units = 0;

	for (unsigned i = 0; i < list->n; i++)
		units += list->place[i].units;
	return units;
}

static void check_sums(const struct analysis *a, const double *bits)
{
	int64_t total = 0, parts = 0, classes = 0, costs = 0, symbols = 0;
	uint64_t n_parts = 0, n_costs = 0, n_symbols = 0;

	for (uint64_t i = 0; i < a->total.n; i++)
		total += cost_to_units(bits[i]);
	for (unsigned p = 0; p < a->n_parts; p++) {
		assert_int_equal(a->part[p].first, n_parts);
		n_parts += a->part[p].n;
		parts += a->part[p].units;
	}
	for (unsigned c = 0; c < BYTE_CLASSES; c++)
		classes += a->class_units[c];
	for (unsigned c = 0; c < ANALYSIS_COSTS; c++) {
		costs += a->cost_units[c];
		n_costs += a->cost_symbols[c];
	}
	for (unsigned s = 0; s < a->n_symbols; s++) {
		symbols += a->symbols[s].units;
		n_symbols += a->symbols[s].n;
		assert_true(s == 0 || a->symbols[s].units <= a->symbols[s - 1].units);
	}
	assert_true(a->total.units == total && parts == total && classes == total);
	assert_true(costs == total && symbols == total && units_of(&a->lines) == total);
	assert_true(n_parts == a->total.n && n_costs == n_parts && n_symbols == n_parts);
	assert_int_equal(a->n_lines, a->lines.n);
}

static double *costs_of(const char *model, const uint8_t *data, size_t size_bytes)
{
	struct archive_settings s;
	double *bits;

	assert_int_equal(archive_settings_parse(&s, model), STATUS_OK);
	assert_int_equal(cost_of_input(&s, data, size_bytes, &bits, NULL), STATUS_OK);
	return bits;
}

static void test_places(void **state)
{
	uint8_t *data = malloc(FILE_BYTES);
	struct analysis_input in = bytes_of(data, FILE_BYTES);
	struct analysis_facts facts;
	struct analysis a;
	double *bits;

	(void)state;
	make_file(data);
	bits = costs_of("mix", data, FILE_BYTES);
	analysis_look(&in, &facts);
	assert_true(in.is_text);
	assert_int_equal(analysis_sort_out(&in, bits, 100000, &a), STATUS_OK);
	check_sums(&a, bits);
	assert_int_equal(a.n_lines, facts.n_lines);

	const struct place *noise = &a.regions.place[0], *copy = &a.cheap.place[0];
	uint64_t line = 1;

	assert_true(noise->first > NOISE_AT - 20);
	assert_true(noise->first + noise->n < NOISE_AT + NOISE_BYTES + 20);
	assert_int_equal(noise->n, ANALYSIS_REGION_BYTES);
	assert_true(copy->first > COPY_AT && copy->first < COPY_AT + COPY_BYTES / 2);
	assert_true(copy->first + copy->n > COPY_AT + COPY_BYTES - 10);
	assert_true(copy->first + copy->n < COPY_AT + COPY_BYTES + 20);
	for (uint64_t i = 0; i < noise->first; i++)
		line += data[i] == '\n';
	assert_int_equal(noise->line, line);

	/* Regions do not overlap, and go down in cost. */
	for (unsigned i = 0; i < a.regions.n; i++) {
		const struct place *p = &a.regions.place[i];
		int64_t units = 0;

		for (uint64_t k = p->first; k < p->first + p->n; k++)
			units += cost_to_units(bits[k]);
		assert_true(units == p->units);
		assert_true(i == 0 || p->units <= p[-1].units);
		for (unsigned j = 0; j < i; j++)
			assert_true(p->first + p->n <= a.regions.place[j].first ||
				    a.regions.place[j].first + p->n <= p->first);
	}
	int64_t most = noise->units;

	analysis_free(&a);
	/* A short list is the start of the long one. */
	assert_int_equal(analysis_sort_out(&in, bits, 2, &a), STATUS_OK);
	assert_int_equal(a.regions.n, 2);
	assert_true(a.regions.place[0].units == most && a.lines.n == 2);
	assert_true(a.line_bits[0] <= a.line_bits[1] && a.line_bits[3] <= a.line_bits[4]);
	analysis_free(&a);
	free(bits);
	free(data);
}

/* Costs made by hand: lines 3, 1 and 2 bits. */
static void test_lines_by_hand(void **state)
{
	static const double bits[] = {1, 2, 0.5, 0.25, 0.25, 2};
	struct analysis_input in = bytes_of("a\nbb\nc", 6);
	struct analysis a;

	(void)state;
	in.is_text = true;
	assert_int_equal(analysis_sort_out(&in, bits, 2, &a), STATUS_OK);
	assert_int_equal(a.n_lines, 3);
	assert_int_equal(a.lines.n, 2);
	assert_int_equal(a.lines.place[0].line, 1);
	assert_true(a.lines.place[0].units == 3 * COST_UNITS_PER_BIT);
	assert_int_equal(a.lines.place[1].line, 3);
	assert_int_equal(a.lines.place[1].first, 5);
	assert_true(a.line_bits[0] == 1 && a.line_bits[2] == 2 && a.line_bits[4] == 3);
	assert_int_equal(a.region_symbols, 6);
	assert_int_equal(a.regions.n, 1);
	assert_int_equal(a.n_parts, 6);
	assert_int_equal(a.cost_symbols[2], 3); /* from 1/4 to below 1 */
	analysis_free(&a);
	in = bytes_of("", 0);
	assert_int_equal(analysis_sort_out(&in, bits, 2, &a), STATUS_OK);
	assert_true(a.total.units == 0 && a.n_parts == 0 && a.regions.n + a.cheap.n == 0);
	analysis_free(&a);
}

/* ---- Who paid. ---- */

static void tell(struct credit *c, float first, float second, unsigned bit, double p)
{
	struct mix_opinion o[] = {{0, first, first}, {1, second, second / 2}};
	struct mix_decision d = {o, 2, bit, 1, (uint32_t)(p * (1 << 20))};

	c->observer.told(&c->observer, &d);
}

static void test_credit_by_hand(void **state)
{
	struct credit c;

	(void)state;
	credit_start(&c);
	for (double x = -11; x < 11; x += 0.37)
		CLOSE(credit_cost(&c, x), log2(1 + exp(-x)), 4e-6);
	tell(&c, 2, 2, 1, 0.75); /* log-odds 3, of which two thirds are the first one's */
	double saved = 1 - log2(1 + exp(-3));

	CLOSE(c.row[0].saved_bits, saved * 2 / 3, 1e-5);
	CLOSE(c.row[1].saved_bits, saved / 3, 1e-5);
	CLOSE(c.row[0].missed_bits, log2(1 + exp(-1)) - log2(1 + exp(-3)), 1e-5);
	CLOSE(c.row[1].alone_bits, log2(1 + exp(-2)), 1e-5);
	CLOSE(c.row[0].share, 2.0 / 3, 1e-6);
	CLOSE(c.coded_bits, -log2(0.75), 1e-5);
	assert_int_equal(c.row[0].n_best, 1); /* the first of equals */
	CLOSE(c.maps_saved_bits, 1 - saved + log2(0.75), 1e-5);
	tell(&c, 2, -4, 1, 0.5); /* they cancel: nothing saved, but the second one's harm shows */
	assert_true(c.row[0].saved_bits > saved * 2 / 3 && c.row[1].saved_bits < saved / 3);
	CLOSE(c.row[0].saved_bits + c.row[1].saved_bits, saved, 1e-5);
	assert_int_equal(c.row[0].n_best, 2);
	tell(&c, 0, -4, 0, 0.1); /* silent: no opinion, no decision counted */
	assert_int_equal(c.row[0].n_spoke, 2);
	assert_int_equal(c.row[1].n_best, 1);
}

/* Observed, the archive is the same; the sums are those of the archive. */
static void observe(const char *model, const uint8_t *data, size_t size_bytes, double settled_bits)
{
	struct archive_settings s;
	struct archive_stats stats;
	struct buffer plain = {0}, observed = {0};
	struct credit c;
	double saved;

	assert_int_equal(archive_settings_parse(&s, model), STATUS_OK);
	assert_int_equal(archive_compress(&s, data, size_bytes, &plain, NULL), STATUS_OK);
	credit_start(&c);
	s.observer = &c.observer;
	assert_int_equal(archive_compress(&s, data, size_bytes, &observed, &stats), STATUS_OK);
	assert_int_equal(plain.size_bytes, observed.size_bytes);
	assert_memory_equal(plain.data, observed.data, plain.size_bytes);
	buffer_free(&plain);
	buffer_free(&observed);

	saved = c.maps_saved_bits;
	assert_true(c.n_decisions > 0 && c.observer.n_names > 9);
	for (unsigned k = 0; k < c.observer.n_names; k++) {
		saved += c.row[k].saved_bits;
		assert_non_null(c.observer.name[k]);
		assert_true(c.row[k].n_best <= c.row[k].n_spoke);
		assert_true(c.row[k].n_spoke <= c.n_decisions);
	}
	CLOSE(c.coded_bits, stats.ideal_bits, 1e-3);
	CLOSE(c.settled_bits - c.coded_bits, saved, 1e-2);
	if (settled_bits > 0)
		assert_true(c.settled_bits == settled_bits);
}

static void test_observed_bytes(void **state)
{
	static const char *const form[] = {"plain", "auto"};
	uint8_t *data = malloc(FILE_BYTES);

	(void)state;
	make_file(data);
	for (size_t f = 0; f < 2; f++) {
		assert_int_equal(simd_force(form[f]), STATUS_OK);
		observe("mix:level=4", data, FILE_BYTES, 8.0 * FILE_BYTES);
		observe("mix:level=9", data, FILE_BYTES, 8.0 * FILE_BYTES);
		observe("mix:level=5,without=2", data, FILE_BYTES, 8.0 * FILE_BYTES);
	}
	observe("neural:dim=16,layers=1", data, 3000, 8.0 * 3000);
	for (size_t i = 0; i < FILE_BYTES; i += 5)
		data[i] = (uint8_t)(128 + i % 3); /* binary content has other contexts */
	observe("mix", data, FILE_BYTES, 8.0 * FILE_BYTES);
	free(data);
}

static void test_observed_tokens(void **state)
{
	struct cost_corpus corpus;

	(void)state;
	assert_int_equal(fixture_generate("sk", "", "sentences=400,seed=3"), STATUS_OK);
	assert_int_equal(
	    cost_corpus_read(&corpus, fixture_path(".bin"), fixture_path(".roles")), STATUS_OK);
	observe("mix", corpus.bin.data, corpus.bin.size_bytes, 0);
	cost_corpus_free(&corpus);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_entropy_by_hand),
	    cmocka_unit_test(test_entropy_twins),
	    cmocka_unit_test(test_entropy_of_many),
	    cmocka_unit_test(test_facts),
	    cmocka_unit_test(test_excerpts),
	    cmocka_unit_test(test_utf8),
	    cmocka_unit_test(test_places),
	    cmocka_unit_test(test_lines_by_hand),
	    cmocka_unit_test(test_credit_by_hand),
	    cmocka_unit_test(test_observed_bytes),
	    cmocka_unit_test(test_observed_tokens),
	};

	return cmocka_run_group_tests(tests, fixture_open, fixture_close);
}
