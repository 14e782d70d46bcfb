/* SPDX-License-Identifier: BSD-2-Clause
 *
 * chart_figures.c - charts of documents: structure function, length, learning, redundancy.
 *
 * A document (figure.h) is what one of this program's commands printed, perhaps of another version
 * on another machine: a member that is missing or of another type is a gap in a chart and no error.
 */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "chart.h"
#include "document.h"

/* The document of result i if it is of that figure; of those that several machines have computed of
 * one corpus, the first. */
static const json_t *document_of(const struct chart_data *d, size_t i, const char *figure)
{
	const struct result *r = &d->result[i];

	if (r->outcome != OUTCOME_OK || !spec_is_figure(&r->spec) ||
	    strncmp(r->spec.method + 7, figure, strlen(figure)) != 0)
		return NULL;
	for (const struct result *o = d->result; o < r; o++)
		if (o->outcome == OUTCOME_OK && strcmp(o->spec.method, r->spec.method) == 0 &&
		    strcmp(o->spec.corpus.digest, r->spec.corpus.digest) == 0)
			return NULL;
	return r->document;
}

/* The text of the result's corpus among the labels. */
static const char *corpus_of(const struct chart_data *d, const struct result *r)
{
	for (size_t i = 0; i < d->n_corpora; i++)
		if (strcmp(d->corpus[i].id, r->spec.corpus.digest) == 0)
			return d->corpus[i].text;
	return "";
}

/* ---- The plane of model bits and data bits. ---- */

#define NO_MODEL_BITS 10 /* where a model of nothing stands on the logarithmic axis */
#define LINE_STEPS 60
#define LINE_SHARE 0.7 /* of the optimum, as model bits at the line's end */

static const char *const sufficiency = "sufficiency";

static json_t *plane_row(const char *corpus, const char *kind, double model_bits, double data_bits)
{
	json_t *row = json_object();

	chart_set_text(row, "corpus", corpus);
	chart_set_text(row, "kind", kind);
	chart_set_number(row, "x", fmax(model_bits, NO_MODEL_BITS));
	chart_set_number(row, "y", data_bits);
	chart_set_number(row, "model_bits", model_bits);
	chart_set_number(row, "data_bits", data_bits);
	return row;
}

static void add_sufficiency(const char *corpus, double bayes_bits, json_t *rows)
{
	double ratio = bayes_bits * LINE_SHARE / NO_MODEL_BITS;

	for (int i = 0; i <= LINE_STEPS && ratio > 1; i++) {
		double bits = NO_MODEL_BITS * pow(ratio, (double)i / LINE_STEPS);
		json_t *row = plane_row(corpus, sufficiency, bits, bayes_bits - bits);

		json_object_set_new(row, "place", json_integer(i));
		json_array_append_new(rows, row);
	}
}

static void add_curve(const char *corpus, const char *kind, const json_t *points, const char *key,
		      json_t *rows)
{
	const json_t *p;
	size_t i;

	json_array_foreach(points, i, p)
	{
		double model_bits = document_value(p, "model_bits"),
		       data_bits = document_value(p, key);

		if (!(model_bits >= 0 && data_bits > 0))
			continue;
		json_t *row = plane_row(corpus, kind, model_bits, data_bits);

		json_object_set_new(row, "place", json_integer((json_int_t)i));
		chart_set_number(row, "times_bayes", document_value(p, "times_bayes"));
		json_array_append_new(rows, row);
	}
}

static void add_mark(const char *corpus, const char *kind, const char *name, const char *on,
		     double model_bits, double data_bits, double times_bayes, json_t *rows)
{
	if (!(model_bits >= 0 && data_bits > 0))
		return;
	json_t *row = plane_row(corpus, kind, model_bits, data_bits);

	json_object_set_new(row, "is_point", json_true());
	json_object_set_new(row, "is_named", json_boolean(model_bits > 0));
	chart_set_text(row, "name", name);
	chart_set_text(row, "on", on);
	chart_set_number(row, "times_bayes", times_bayes);
	json_array_append_new(rows, row);
}

static void add_structure(const char *corpus, const json_t *document, json_t *rows)
{
	const json_t *points = json_object_get(document, "points");

	add_curve(corpus, "realized by archives", points, "data_bits", rows);
	add_curve(corpus, "theory: best choice", points, "ideal_bits", rows);
	add_curve(corpus, "theory: knapsack", points, "knapsack_bits", rows);
	add_curve(corpus, "theory: all or nothing", points, "all_or_nothing_bits", rows);
	add_curve(corpus, "theory: power law", points, "power_law_bits", rows);
}

/* Methods of the document that the store has not measured, such as dictionaries and sweeps. */
static void add_others(const struct chart_data *d, size_t corpus, const json_t *document,
		       json_t *rows)
{
	const json_t *m;
	size_t i;

	json_array_foreach(json_object_get(document, "compressors"), i, m)
	{
		bool is_known = false;

		for (size_t j = 0; j < d->n_codecs; j++)
			is_known |= d->codec[j].corpus == corpus &&
				    strcmp(d->codec[j].row->name, document_text(m, "name")) == 0 &&
				    strcmp(d->codec[j].row->on, document_text(m, "on")) == 0;
		if (!is_known)
			add_mark(d->corpus[corpus].text, "methods", document_text(m, "name"),
				 document_text(m, "on"), document_value(m, "model_bits"),
				 document_value(m, "data_bits"), document_value(m, "times_bayes"),
				 rows);
	}
}

json_t *chart_structure_rows(const struct chart_data *d, json_t *specification)
{
	json_t *rows = json_array();

	for (size_t i = 0; i < d->n_results; i++) {
		const json_t *document = document_of(d, i, "structure");
		const char *corpus = corpus_of(d, &d->result[i]);

		if (!document)
			continue;
		add_sufficiency(corpus, document_value(document, "bayes_bits"), rows);
		add_structure(corpus, document, rows);
		for (size_t c = 0; c < d->n_corpora; c++)
			if (d->corpus[c].text == corpus)
				add_others(d, c, document, rows);
		for (size_t c = 0; c < d->n_codecs; c++) {
			const struct row *r = d->codec[c].row;

			if (d->corpus[d->codec[c].corpus].text == corpus)
				add_mark(corpus, *r->not_counted ? "told the source" : "methods",
					 r->name, r->on, 8 * r->model_bytes, 8 * r->archive_bytes,
					 r->times_bound, rows);
		}
	}
	chart_choice(specification, "corpus", rows, "corpus");
	chart_legend(specification, "kind", rows);
	return rows;
}

/* ---- Bits against length. ---- */

static json_t *length_row(const char *series, const char *code, double symbols, double bits)
{
	json_t *row = json_object();

	chart_set_text(row, "series", series);
	chart_set_text(row, "code", code);
	chart_set_number(row, "symbols", symbols);
	chart_set_number(row, "bits", bits);
	return row;
}

/* Bits that the code had sent at a position that is among its rows; NaN: it is not. */
static double bits_at(const json_t *document, const char *code, double position)
{
	const json_t *curve, *row;
	size_t i, j;

	json_array_foreach(json_object_get(document, "curves"), i, curve)
	{
		if (strcmp(document_text(curve, "code"), code) != 0)
			continue;
		json_array_foreach(json_object_get(curve, "rows"), j,
				   row) if (document_value(row, "position") ==
					    position) return document_value(row, "sent_bits");
	}
	return NAN;
}

static void add_lengths(const char *corpus, const json_t *document, json_t *rows)
{
	const json_t *curve, *row, *x;
	size_t i, j;

	json_array_foreach(json_object_get(document, "curves"), i, curve)
	    json_array_foreach(json_object_get(curve, "rows"), j, row)
		json_array_append_new(rows, length_row(corpus, document_text(curve, "code"),
						       document_value(row, "position"),
						       document_value(row, "sent_bits")));
	json_array_foreach(json_object_get(document, "crossings"), i, x)
	{
		const char *shipped = document_text(x, "shipped");
		double position = document_value(x, "for_good");
		double bits = bits_at(document, shipped, position);
		char label[256];

		if (!isfinite(bits))
			continue;
		snprintf(label, sizeof label, "%.100s passes %.100s", shipped,
			 document_text(x, "against"));
		json_t *crossing = length_row(corpus, shipped, position, bits);

		chart_set_text(crossing, "crossing", label);
		json_object_set_new(crossing, "place", json_integer((json_int_t)i));
		json_array_append_new(rows, crossing);
	}
}

/* The source without its length: corpora that share it differ in nothing else.  False: it does
 * not say how it was made. */
static bool length_family(const struct spec_corpus *c, char out[sizeof c->source])
{
	static const char *const lengths[] = {" --sentences ", " --biographies ", " --tokens "};

	memcpy(out, c->source, sizeof c->source);
	for (size_t i = 0; i < sizeof lengths / sizeof lengths[0]; i++) {
		char *at = strstr(out, lengths[i]);

		if (!at)
			continue;
		char *end = at + strlen(lengths[i]);
		end += strcspn(end, " ");
		memmove(at, end, strlen(end) + 1);
	}
	return *out != '\0';
}

/* Was that method measured on a corpus that differs from its own only in length? */
static bool has_lengths(const struct chart_data *d, const struct chart_codec *c)
{
	char family[sizeof c->row->source], other[sizeof c->row->source];

	if (!length_family(&c->result->spec.corpus, family))
		return false;
	for (size_t i = 0; i < d->n_codecs; i++) {
		const struct chart_codec *o = &d->codec[i];

		if (o->row->n_tokens != c->row->n_tokens &&
		    strcmp(o->row->name, c->row->name) == 0 &&
		    strcmp(o->row->on, c->row->on) == 0 &&
		    length_family(&o->result->spec.corpus, other) && strcmp(family, other) == 0)
			return true;
	}
	return false;
}

static void add_archives(const struct chart_data *d, json_t *rows)
{
	for (size_t i = 0; i < d->n_codecs; i++) {
		const struct chart_codec *c = &d->codec[i];
		char family[sizeof c->row->source], series[sizeof family + 32], code[96];

		if (!has_lengths(d, c) || !length_family(&c->result->spec.corpus, family))
			continue;
		snprintf(series, sizeof series, "archives of %s", family);
		snprintf(code, sizeof code, "%s%s%s", c->row->name,
			 strcmp(c->row->on, "text") == 0 ? " · " : "",
			 strcmp(c->row->on, "text") == 0 ? c->row->on : "");
		json_t *row = length_row(series, code, c->row->n_tokens, c->row->total_bits);

		json_object_set_new(row, "is_archive", json_true());
		json_array_append_new(rows, row);
	}
}

json_t *chart_length_rows(const struct chart_data *d, json_t *specification)
{
	json_t *rows = json_array();

	for (size_t i = 0; i < d->n_results; i++) {
		const json_t *document = document_of(d, i, "curves");

		if (document)
			add_lengths(corpus_of(d, &d->result[i]), document, rows);
	}
	add_archives(d, rows);
	chart_choice(specification, "series", rows, "series");
	chart_legend(specification, "code", rows);
	return rows;
}

/* ---- Learning. ---- */

static void add_learner(const char *corpus, const json_t *curve, json_t *rows)
{
	const json_t *at;
	size_t i;

	json_array_foreach(json_object_get(curve, "rows"), i, at)
	{
		double position = document_value(at, "position");
		json_t *row = json_object();

		chart_set_text(row, "corpus", corpus);
		chart_set_text(row, "code", document_text(curve, "code"));
		chart_set_number(row, "position", position);
		chart_set_number(row, "so_far", document_value(at, "bits_per_symbol"));
		chart_set_number(row, "above",
				 document_value(at, "over_reference_bits") / position);
		chart_set_number(row, "stretch", document_value(at, "stretch_bits_per_symbol"));
		json_array_append_new(rows, row);
	}
}

json_t *chart_learning_rows(const struct chart_data *d, json_t *specification)
{
	json_t *rows = json_array();
	const json_t *curve;
	size_t j;

	for (size_t i = 0; i < d->n_results; i++) {
		const json_t *document = document_of(d, i, "curves");

		json_array_foreach(json_object_get(document, "curves"), j, curve)
			add_learner(corpus_of(d, &d->result[i]), curve, rows);
	}
	chart_choice(specification, "corpus", rows, "corpus");
	chart_legend(specification, "code", rows);
	return rows;
}

/* ---- Redundancy. ---- */

static void add_redundancy(const json_t *point, json_t *rows)
{
	static const char *const numbers[] = {"sentences", "measured", "expected", "law", "z"};
	json_t *row = json_object();
	char alpha[64];

	snprintf(alpha, sizeof alpha, "alpha %.6g", document_value(point, "alpha"));
	chart_set_text(row, "alpha", alpha);
	chart_set_text(row, "part", document_text(point, "part"));
	for (size_t i = 0; i < sizeof numbers / sizeof numbers[0]; i++)
		chart_set_number(row, numbers[i], document_value(point, numbers[i]));
	json_array_append_new(rows, row);
}

/* Totals before their parts: what is shown at first comes first. */
json_t *chart_redundancy_rows(const struct chart_data *d, json_t *specification)
{
	json_t *rows = json_array();
	const json_t *point;
	size_t j;

	for (int others = 0; others < 2; others++)
		for (size_t i = 0; i < d->n_results; i++) {
			const json_t *document = document_of(d, i, "scaling-data");

			json_array_foreach(json_object_get(document, "rows"), j,
					   point) if ((strcmp(document_text(point, "part"),
							      "total") != 0) == others)
			    add_redundancy(point, rows);
		}
	chart_choice(specification, "part", rows, "part");
	chart_legend(specification, "alpha", rows);
	return rows;
}
