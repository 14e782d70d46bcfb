/* SPDX-License-Identifier: BSD-2-Clause
 *
 * experiment_real_text.c - is a real text like the source?
 *
 * The paper's source is motivated by the laws of Zipf and Heaps.  Of a text that the user gives,
 * its words are fitted by a Pitman-Yor process; the fit to the first half must foretell how many
 * words the whole has, and the exponents of the laws must agree with the discount.  Beside that,
 * the code lengths of predictors that know nothing of words, against the text's length.
 */
#include <math.h>
#include <string.h>

#include "document.h"
#include "experiment.h"

static enum status plan(struct bench *b, const struct experiment_request *q)
{
	const struct subject *s;

	TRY(subject_add(b, q->text, &s));
	if (s->world[0])
		return fail(STATUS_BAD_ARGUMENT,
			    "%s is a generated corpus; real-text is about a text", q->text);
	TRY(plan_figure(b, "words", s));
	return plan_figure(b, "text-curves", s);
}

/* ---- Reading the results. ---- */

static const json_t *document_of(const struct result *r, const char *figure)
{
	return r->outcome == OUTCOME_OK && strcmp(r->spec.method, figure) == 0 ? r->document
									       : NULL;
}

/* ---- Words. ---- */

/* Of our own choosing.  Of the number of different words, to call it foretold: half the error of
 * who guesses that a text's second half makes them 1.57 times as many, Heaps exponents of texts
 * being 0.5 to 0.8.  And of the exponents' product, which is 1 of an endless text: a tenth for
 * either fit, which are independent. */
#define FORETOLD_WITHIN 0.05
#define LAWS_WITHIN 0.15

static void claim_foretold(struct finding *f, const char *title, const json_t *d)
{
	const json_t *half = json_object_get(d, "fit_of_half"), *rows = json_object_get(d, "rows");
	const json_t *last = json_array_get(rows, json_array_size(rows) - 1);
	double real = document_value(d, "distinct"),
	       told = document_value(last, "expected_by_half");
	double error = told / real - 1;
	static const char claim[] =
	    "Words come as from a Pitman-Yor process: fitted to the first half of a text it "
	    "foretells how many different words the whole has, within 5 %.";

	if (!isfinite(error)) {
		finding_claim(f, CLAIM_OPEN, claim, "%s: too few words.", title);
		return;
	}
	finding_claim(f, fabs(error) <= FORETOLD_WITHIN ? CLAIM_HOLDS : CLAIM_FAILS, claim,
		      "%s: %.0f of %.0f words are different; alpha %.3f, beta %.3g of the first "
		      "half foretell %.0f, %+.1f %%.",
		      title, real, document_value(d, "words"), document_value(half, "alpha"),
		      document_value(half, "beta"), told, 100 * error);
}

static void claim_laws(struct finding *f, const char *title, const json_t *d)
{
	double zipf = -document_value(json_object_get(d, "zipf"), "exponent");
	double heaps = document_value(json_object_get(d, "heaps"), "exponent");
	double expected = document_value(json_object_get(d, "heaps_expected"), "exponent");
	double alpha = document_value(json_object_get(d, "fit"), "alpha");
	static const char claim[] =
	    "Zipf's exponent is one over that of Heaps, which is the discount.";

	if (!isfinite(zipf) || !isfinite(heaps)) {
		finding_claim(f, CLAIM_OPEN, claim, "%s: too few words.", title);
		return;
	}
	finding_claim(f, fabs(zipf * heaps - 1) <= LAWS_WITHIN ? CLAIM_HOLDS : CLAIM_FAILS, claim,
		      "%s: Zipf %.3f, Heaps %.3f, product %.3f, fitted discount %.3f. The law is "
		      "one of endless texts: of as many words the fitted process itself has "
		      "Heaps exponent %.3f.",
		      title, zipf, heaps, zipf * heaps, alpha, expected);
}

static void draw_words(struct finding *f, const char *title, const json_t *d)
{
	static const struct {
		const char *key, *name;
		bool is_exact;
	} series[] = {{"distinct", "met", false},
		      {"expected", "expected by the fit", true},
		      {"expected_by_half", "by that of the first half", true}};
	const json_t *rows = json_object_get(d, "rows");
	struct finding_panel *p = finding_panel(f, "words", "different words", true, true);

	for (size_t i = 0; i < sizeof series / sizeof *series; i++) {
		struct finding_series *s;
		char name[64];

		snprintf(name, sizeof name, "%.24s: %s", title, series[i].name);
		s = p ? finding_series(p, name, series[i].is_exact) : NULL;
		for (size_t k = 0; k < json_array_size(rows); k++) {
			const json_t *row = json_array_get(rows, k);

			finding_point(f, s, document_value(row, "words"),
				      document_value(row, series[i].key), NAN, NAN);
		}
	}
}

/* ---- Code lengths. ---- */

#define CURVE_FROM 1000 /* position: before it a code length is that of single symbols */

/* The exponent of what a code pays a byte against how many there are. */
static struct finding_slope slope_of(const json_t *rows)
{
	double x[256], y[256];
	size_t n = 0;

	for (size_t i = 0; i < json_array_size(rows) && n < sizeof x / sizeof *x; i++) {
		const json_t *row = json_array_get(rows, i);

		if (document_value(row, "position") >= CURVE_FROM) {
			x[n] = document_value(row, "position");
			y[n++] = document_value(row, "bits_per_symbol");
		}
	}
	return finding_slope(x, y, n);
}

static void add_curves(struct finding *f, const char *title, const json_t *d)
{
	const json_t *curves = json_object_get(d, "curves");
	struct finding_panel *p = finding_panel(f, "bytes", "bits a byte so far", true, true);

	for (size_t i = 0; i < json_array_size(curves); i++) {
		const json_t *c = json_array_get(curves, i), *rows = json_object_get(c, "rows");
		double n = document_value(d, "symbols"), all = document_value(c, "all_bits");
		struct finding_slope slope = slope_of(rows);
		struct finding_series *s;
		char name[64];

		finding_cell(f, "%s", title);
		finding_cell(f, "%s", document_text(c, "code"));
		finding_cell(f, "%.0f", document_value(c, "archive_bytes"));
		finding_cell(f, "%.4f", all / n);
		finding_cell(f, "%.3f ± %.3f", slope.slope, slope.half_width);
		snprintf(name, sizeof name, "%.24s: %.30s", title, document_text(c, "code"));
		s = p ? finding_series(p, name, false) : NULL;
		for (size_t k = 0; k < json_array_size(rows); k++) {
			const json_t *row = json_array_get(rows, k);

			if (document_value(row, "position") >= CURVE_FROM)
				finding_point(f, s, document_value(row, "position"),
					      document_value(row, "bits_per_symbol"), NAN, NAN);
		}
	}
}

static enum status conclude(const struct result *const *result, size_t n, struct finding *f)
{
	static const char *const head[] = {"text", "code", "archive bytes#", "bits/byte#",
					   "exponent of bits/byte#"};
	const json_t *d;

	finding_columns(f, head, sizeof head / sizeof *head);
	for (size_t i = 0; i < n; i++) {
		const char *title = result[i]->spec.corpus.title;

		if ((d = document_of(result[i], "figure:words"))) {
			claim_foretold(f, title, d);
			claim_laws(f, title, d);
			draw_words(f, title, d);
		}
		if ((d = document_of(result[i], "figure:text-curves")))
			add_curves(f, title, d);
	}
	return STATUS_OK;
}

const struct experiment experiment_real_text = {
    .name = "real-text",
    .title = "Is a real text like the source?",
    .figure = "abstract: the laws of Zipf and Heaps that motivate the source",
    .help = "words of a text FILE against Zipf, Heaps and Pitman-Yor; code lengths against N",
    .needs_text = true,
    .plan = plan,
    .conclude = conclude,
};
