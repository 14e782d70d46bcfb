/* SPDX-License-Identifier: BSD-2-Clause
 *
 * curves_report.c - curves as tables, as tab-separated lines and as JSON.
 *
 * For people one table a quantity, positions downwards and codes across, at few positions; for
 * programs a line a code and position, at many, among them those where the lead changes.  NaN is
 * "does not apply": "-", an empty field, null.
 */
#include <jansson.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "curves.h"
#include "document.h"
#include "svg.h"
#include "utf8.h"

static double sent(const struct curve_row *r)
{
	return r->sent_bits;
}

static double so_far(const struct curve_row *r)
{
	return r->bits_per_symbol;
}

static double stretch(const struct curve_row *r)
{
	return r->stretch_bits_per_symbol;
}

static double times(const struct curve_row *r)
{
	return r->times_reference;
}

static double over(const struct curve_row *r)
{
	return r->over_reference_bits;
}

static const struct quantity {
	const char *title; /* %s: the reference where one is needed, otherwise token or byte;
			      NULL: not in tables */
	const char *key;
	int digits, file_digits;
	bool needs_reference;
	double (*value)(const struct curve_row *r);
} quantities[] = {
    {NULL, "sent_bits", 0, 6, false, sent},
    {"bits a %s so far: those, over the position", "bits_per_symbol", 4, 9, false, so_far},
    {"bits a %s since the position above: the marginal rate", "stretch_bits_per_symbol", 4, 9,
     false, stretch},
    {"bits sent, over those of %s", "times_reference", 4, 9, true, times},
    {"bits sent more than by %s", "over_reference_bits", 0, 6, true, over},
};

#define N_QUANTITIES (sizeof quantities / sizeof *quantities)
#define COLUMN_MIN 12

static const struct curve *reference_of(const struct curves *s)
{
	return s->reference == CURVES_NONE ? NULL : &s->curve[s->reference];
}

static const char *symbol_of(const struct curves *s)
{
	return s->is_tokens ? "token" : "byte";
}

/* ---- Positions. ---- */

static enum status few_positions(const struct curves *s, uint64_t **at, size_t *n)
{
	return curve_positions(s->n, CURVES_TABLE_PLACES, s->exact, s->n_exact, at, n);
}

enum status curves_places(const struct curves *s, uint64_t **at, size_t *n)
{
	size_t n_exact = s->n_exact;
	uint64_t *exact = malloc((s->n_exact + 2 * s->n_crossings + 1) * sizeof *exact);

	if (!exact)
		return fail_no_memory();
	for (size_t i = 0; i < s->n_exact; i++)
		exact[i] = s->exact[i];
	for (size_t i = 0; i < s->n_crossings; i++) {
		exact[n_exact++] = s->crossing[i].first;
		exact[n_exact++] = s->crossing[i].for_good;
	}
	enum status status = curve_positions(s->n, CURVES_FILE_PLACES, exact, n_exact, at, n);

	free(exact);
	return status;
}

/* ---- Text. ---- */

static int column_width(const struct curve *c)
{
	int width = (int)strlen(c->name) + 2;

	return width < COLUMN_MIN ? COLUMN_MIN : width;
}

void curve_text(const struct curve *c, const struct curve *reference, const uint64_t *at, size_t n,
		bool is_tokens, FILE *to)
{
	fprintf(to, "%12s %16s %12s %12s", "position", "bits sent",
		is_tokens ? "bits/token" : "bits/byte", "since above");
	if (reference)
		fprintf(to, " %12s %14s", "x reference", "bits over it");
	for (size_t p = 0; p < n; p++) {
		struct curve_row r = curve_row(c, reference, p ? at[p - 1] : 0, at[p]);

		fprintf(to, "\n%12llu %16.1f %12.6f %12.6f", (unsigned long long)at[p], r.sent_bits,
			r.bits_per_symbol, r.stretch_bits_per_symbol);
		if (reference && isnan(r.times_reference))
			fprintf(to, " %12s %14.1f", "-", r.over_reference_bits);
		else if (reference)
			fprintf(to, " %12.6f %14.1f", r.times_reference, r.over_reference_bits);
	}
	fputc('\n', to);
}

static void print_codes(const struct curves *s, FILE *to)
{
	int width = 0;

	for (size_t i = 0; i < s->n_curves; i++)
		width = width > column_width(&s->curve[i]) ? width : column_width(&s->curve[i]);
	fprintf(to, "%-*s %14s %16s %12s %12s %8s\n", width, "code", "model, bits", "all, bits",
		s->is_tokens ? "bits/token" : "bits/byte", "archive", "streams");
	for (size_t i = 0; i < s->n_curves; i++) {
		const struct curve *c = &s->curve[i];
		double all = curve_sent_bits(c, c->n);

		fprintf(to, "%-*s %14.0f %16.1f %12.6f %12llu %8lu\n", width, c->name,
			curve_model_bits(c), all, c->n ? all / (double)c->n : 0,
			(unsigned long long)c->archive_bytes, (unsigned long)c->n_streams);
	}
}

static void print_quantity(const struct curves *s, const struct quantity *q, const uint64_t *at,
			   size_t n, FILE *to)
{
	const struct curve *reference = reference_of(s);

	fputc('\n', to);
	fprintf(to, q->title, q->needs_reference ? reference->name : symbol_of(s));
	fprintf(to, "\n%12s", "position");
	for (size_t i = 0; i < s->n_curves; i++)
		fprintf(to, "%*s", column_width(&s->curve[i]), s->curve[i].name);
	for (size_t p = 0; p < n; p++) {
		fprintf(to, "\n%12llu", (unsigned long long)at[p]);
		for (size_t i = 0; i < s->n_curves; i++) {
			struct curve_row row =
			    curve_row(&s->curve[i], reference, p ? at[p - 1] : 0, at[p]);
			double value = q->value(&row);

			if (isnan(value))
				fprintf(to, "%*s", column_width(&s->curve[i]), "-");
			else
				fprintf(to, "%*.*f", column_width(&s->curve[i]), q->digits, value);
		}
	}
	fputc('\n', to);
}

/* What becomes of a comparison if the last tenth goes on. */
static void print_outlook(const struct curves *s, const struct crossing *x, FILE *to)
{
	double ahead = crossing_ahead(x, s->n);
	char number[SVG_NUMBER_BYTES];

	svg_short_number(ahead, number);
	if (x->for_good)
		fprintf(to, "%.0f bits saved at the end", x->saved_bits);
	else
		fprintf(to, "%.0f bits lost at the end", -x->saved_bits);
	if (ahead > 0)
		fprintf(to, x->for_good ? ", lost again by %s" : ", earned by %s at the earliest",
			number);
	else if (!x->for_good && x->gain_bits_per_symbol <= 0)
		fputs(", and more with every step", to);
}

static void print_crossing(const struct curves *s, const struct crossing *x, FILE *to)
{
	fprintf(to, "  %s against %s: ", s->curve[x->shipped].name, s->curve[x->other].name);
	if (x->for_good)
		fprintf(to, "from %llu on", (unsigned long long)x->for_good);
	else if (x->first)
		fprintf(to, "from %llu on, but not after %llu", (unsigned long long)x->first,
			(unsigned long long)x->last);
	else
		fputs("not here", to);
	if (x->n_stretches > 1 && x->for_good)
		fprintf(to, " for good, and first at %llu", (unsigned long long)x->first);
	if (x->n_stretches > 1)
		fprintf(to, " (%llu times)", (unsigned long long)x->n_stretches);
	fputs("; ", to);
	print_outlook(s, x, to);
	fputc('\n', to);
}

enum status curves_text(const struct curves *s, FILE *to)
{
	uint64_t *at;
	size_t n;

	TRY(few_positions(s, &at, &n));
	fprintf(to, "%s: %llu %ss; bits: -lg p, and a stored model before the first one\n\n",
		s->input, (unsigned long long)s->n, symbol_of(s));
	print_codes(s, to);
	for (size_t q = 0; q < N_QUANTITIES; q++)
		if (quantities[q].title &&
		    (!quantities[q].needs_reference || reference_of(s)))
			print_quantity(s, &quantities[q], at, n, to);
	if (s->n_crossings)
		fputs("\nwhere shipping a model has paid for itself: no more bits sent with it than"
		      " without\n",
		      to);
	for (size_t i = 0; i < s->n_crossings; i++)
		print_crossing(s, &s->crossing[i], to);
	free(at);
	return STATUS_OK;
}

/* ---- For programs. ---- */

enum status curves_tsv(const struct curves *s, FILE *to)
{
	uint64_t *at;
	size_t n;

	TRY(curves_places(s, &at, &n));
	fputs("code\tposition", to);
	for (size_t q = 0; q < N_QUANTITIES; q++)
		fprintf(to, "\t%s", quantities[q].key);
	fputc('\n', to);
	for (size_t i = 0; i < s->n_curves; i++)
		for (size_t p = 0; p <= n; p++) { /* position 0 before all others */
			uint64_t from = p > 1 ? at[p - 2] : 0, position = p ? at[p - 1] : 0;
			struct curve_row row =
			    curve_row(&s->curve[i], reference_of(s), from, position);

			fprintf(to, "%s\t%llu", s->curve[i].name, (unsigned long long)position);
			for (size_t q = 0; q < N_QUANTITIES; q++) {
				double value = quantities[q].value(&row);

				if (isnan(value))
					fputc('\t', to);
				else
					fprintf(to, "\t%.*f", quantities[q].file_digits, value);
			}
			fputc('\n', to);
		}
	free(at);
	return STATUS_OK;
}

static json_t *json_position(uint64_t position)
{
	return position ? json_integer((json_int_t)position) : json_null();
}

json_t *curve_rows_json(const struct curve *c, const struct curve *reference, const uint64_t *at,
			size_t n)
{
	json_t *rows = json_array();

	for (size_t p = 0; p < n; p++) {
		struct curve_row row = curve_row(c, reference, p ? at[p - 1] : 0, at[p]);
		json_t *o = json_object();

		json_object_set_new(o, "position", json_integer((json_int_t)at[p]));
		for (size_t q = 0; q < N_QUANTITIES; q++)
			json_object_set_new(o, quantities[q].key,
					    quantities[q].needs_reference && !reference
						? json_null()
						: document_number(quantities[q].value(&row)));
		json_array_append_new(rows, o);
	}
	return rows;
}

static json_t *json_of_crossing(const struct curves *s, const struct crossing *x)
{
	double ahead = crossing_ahead(x, s->n);

	return json_pack("{s:o, s:o, s:o, s:o, s:o, s:I, s:o, s:o, s:o}", "shipped",
			 utf8_json(s->curve[x->shipped].name), "against",
			 utf8_json(s->curve[x->other].name), "first",
			 json_position(x->first), "last", json_position(x->last), "for_good",
			 json_position(x->for_good), "stretches", (json_int_t)x->n_stretches,
			 "saved_bits", document_number(x->saved_bits), "gain_bits_per_symbol",
			 document_number(x->gain_bits_per_symbol), "outlook",
			 document_number(ahead > 0 ? ahead : NAN));
}

enum status curves_json(const struct curves *s, FILE *to)
{
	const struct curve *reference = reference_of(s);
	json_t *curves = json_array(), *crossings = json_array();
	uint64_t *at;
	size_t n;

	TRY(curves_places(s, &at, &n));
	for (size_t i = 0; i < s->n_curves; i++) {
		const struct curve *c = &s->curve[i];

		json_array_append_new(
		    curves,
		    json_pack("{s:o, s:f, s:f, s:I, s:i, s:o}", "code", utf8_json(c->name),
			      "model_bits", curve_model_bits(c), "all_bits",
			      curve_sent_bits(c, c->n), "archive_bytes",
			      (json_int_t)c->archive_bytes, "streams", (int)c->n_streams, "rows",
			      curve_rows_json(c, reference, at, n)));
	}
	for (size_t i = 0; i < s->n_crossings; i++)
		json_array_append_new(crossings, json_of_crossing(s, &s->crossing[i]));
	free(at);
	return document_write(
	    document_new("curves", 1,
			 json_pack("{s:o, s:s, s:I, s:o, s:o, s:o}", "input", utf8_json(s->input),
				   "symbol", symbol_of(s), "symbols", (json_int_t)s->n, "reference",
				   reference ? utf8_json(reference->name) : json_null(), "curves",
				   curves, "crossings", crossings)),
	    to);
}
