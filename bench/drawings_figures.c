/* SPDX-License-Identifier: BSD-2-Clause
 *
 * drawings_figures.c - exact curves, from the documents that commands of this program print: the
 * structure function, code length against position, redundancy against length.
 *
 * A document comes from a file, so whatever is missing in it or is no number is left out.
 */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "document.h"
#include "drawings_parts.h"

#define CURVES_MAX 12
#define FIRST_POSITION 10 /* before it there is nothing to see */
#define LINE_STEPS 200
#define LANE_X 0.08    /* of the methods that store no model, of the lane's width */
#define RATE_FROM 100  /* position: before it, rates are those of single symbols */
#define RATE_STEP 1.25 /* ratio of positions between which a rate is taken */

static const json_t *find_document(const struct tables *t, size_t *at, const char *name)
{
	for (; *at < t->n_figures; (*at)++)
		if (strcmp(t->figure[*at]->spec.method, name) == 0)
			return t->figure[(*at)++]->document;
	return NULL;
}

/* ---- Series of a list of rows: one key against another. ---- */

struct keys {
	const char *x, *y;
	double from_x;    /* rows before it are left out */
	const char *part; /* only rows of this "part"; NULL: all */
	double alpha;     /* and of this "alpha" */
};

static bool is_point(const struct plot_panel *a, const json_t *row, const struct keys *k, double *x,
		     double *y)
{
	*x = document_value(row, k->x);
	*y = document_value(row, k->y);
	if (!isfinite(*x) || !isfinite(*y) || *x < k->from_x)
		return false;
	if (k->part && (strcmp(document_text(row, "part"), k->part) != 0 ||
			document_value(row, "alpha") != k->alpha))
		return false;
	return (!a->log_x || *x > 0) && (!a->log_y || *y > 0);
}

static void include_rows(struct plot_panel *a, const json_t *rows, const struct keys *k)
{
	double x, y;

	for (size_t i = 0; i < json_array_size(rows); i++) {
		if (!is_point(a, json_array_get(rows, i), k, &x, &y))
			continue;
		plot_include(&a->low_x, &a->high_x, x, a->log_x);
		plot_include(&a->low_y, &a->high_y, y, a->log_y);
	}
}

/* False, and nothing was written: there is no such point. */
static bool print_rows(struct plot *p, const json_t *rows, const struct keys *k, double *last_y)
{
	bool any = false;
	double x, y;

	for (size_t i = 0; i < json_array_size(rows); i++) {
		if (!is_point(p->panel, json_array_get(rows, i), k, &x, &y))
			continue;
		if (!any)
			plot_data_begin(p);
		any = true;
		fprintf(p->to, "%.8g %.8g\n", x, y);
		plot_keep_free(p, x, fmin(fmax(y, p->panel->low_y), p->panel->high_y), 2);
		*last_y = y;
	}
	return any;
}

static struct plot_panel new_panel(double left, double right, double top, double bottom)
{
	return (struct plot_panel){.box = {left, right, top, bottom},
				   .low_x = INFINITY,
				   .high_x = -INFINITY,
				   .low_y = INFINITY,
				   .high_y = -INFINITY,
				   .log_x = true,
				   .log_y = true};
}

static bool has_range(const struct plot_panel *a)
{
	return a->high_x > a->low_x && a->high_y > a->low_y;
}

/* ---- Structure function. ---- */

/* Methods as points: of the table of that corpus. */
static const struct table *table_of_corpus(const struct tables *t, const struct result *figure)
{
	for (size_t i = 0; i < t->n_tables; i++)
		if (t->table[i].section == SECTION_TABLE && figure->spec.corpus.digest[0] &&
		    strcmp(t->table[i].row[0].digest, figure->spec.corpus.digest) == 0)
			return &t->table[i];
	return NULL;
}

/* Copying would take half of the height, and compresses nothing. */
static bool is_mark(const struct row *r)
{
	return row_is_measured(r) && isfinite(r->archive_bytes) && r->archive_bytes > 0 &&
	       strcmp(r->name, "copy") != 0;
}

static void include_marks(const struct table *table, struct plot_panel *a)
{
	for (size_t i = 0; table && i < table->n_rows; i++) {
		if (!is_mark(&table->row[i]))
			continue;
		plot_include(&a->low_x, &a->high_x, 8 * table->row[i].model_bytes, true);
		plot_include(&a->low_y, &a->high_y, 8 * table->row[i].archive_bytes, true);
	}
}

/* Where a method stands; those that store no model have a lane. */
static double mark_x(const struct row *r, bool with_model)
{
	return with_model ? 8 * r->model_bytes : LANE_X;
}

/* The points of methods that store a model, or of those that do not. */
static void draw_marks(struct plot *p, const struct table *table, bool with_model)
{
	bool any = false;

	for (size_t i = 0; table && i < table->n_rows; i++) {
		const struct row *r = &table->row[i];

		if (!is_mark(r) || (r->model_bytes > 0) != with_model)
			continue;
		if (!any)
			plot_data_begin(p);
		any = true;
		fprintf(p->to, "%.8g %.8g\n", mark_x(r, with_model), 8 * r->archive_bytes);
		plot_keep_free(p, mark_x(r, with_model), 8 * r->archive_bytes, 5);
	}
	if (any)
		plot_data_end(p, "methods", "using 1:2 with points pt 5 ps 0.7 lc rgb '%s'",
			      plot_colour[1]);
}

static void name_mark(const struct row *r, char *name, size_t size_bytes)
{
	snprintf(name, size_bytes, "%s%s", r->name, strcmp(r->on, "text") == 0 ? " (text)" : "");
}

/* Beside their points. */
static void name_marks(struct plot *p, const struct table *table)
{
	for (size_t i = 0; table && i < table->n_rows; i++) {
		const struct row *r = &table->row[i];
		char name[96];

		if (!is_mark(r) || !(r->model_bytes > 0))
			continue;
		name_mark(r, name, sizeof name);
		plot_label(p, mark_x(r, true), 8 * r->archive_bytes, name);
	}
}

/* One below the other beside the lane, since there are many at almost the same height. */
static enum status name_lane(struct plot *p, const struct table *table)
{
	size_t n = 0;
	struct plot_ending *ending = calloc(table ? table->n_rows + 1 : 1, sizeof *ending);

	if (!ending)
		return fail_no_memory();
	for (size_t i = 0; table && i < table->n_rows; i++) {
		const struct row *r = &table->row[i];

		if (!is_mark(r) || r->model_bytes > 0)
			continue;
		ending[n].y = 8 * r->archive_bytes;
		ending[n].colour = "#333333";
		name_mark(r, ending[n].text, sizeof ending[n].text);
		n++;
	}
	plot_endings(p, plot_x(p->panel, LANE_X) + 6, ending, n);
	free(ending);
	return STATUS_OK;
}

/* L(M) + L(X | M) = Bayes. */
static void draw_sufficiency(struct plot *p, double bayes_bits)
{
	const struct plot_panel *a = p->panel;
	bool any = false;

	for (int i = 0; i <= LINE_STEPS; i++) {
		double x = a->low_x * pow(a->high_x / a->low_x, (double)i / LINE_STEPS);
		double y = bayes_bits - x;

		if (!(y >= a->low_y))
			break;
		if (!any)
			plot_data_begin(p);
		any = true;
		fprintf(p->to, "%.8g %.8g\n", x, y);
		plot_keep_free(p, x, y, 2);
	}
	if (any)
		plot_data_end(p, "line of sufficiency",
			      "using 1:2 with lines lw 1.4 lc rgb '#000000'");
}

static void draw_plane(struct plot *p, const json_t *document, const struct table *table)
{
	static const struct {
		const char *title, *style, *y;
		bool is_theory;
	} series[] = {
	    {"archives of a two-part code", "linespoints pt 7 ps 0.5 lw 1.4", "data_bits", false},
	    {"optimum of theory", "lines lw 1.4 dt 2", "data_bits", true},
	    {"whole elements only", "lines lw 1.4 dt 4", "all_or_nothing_bits", false},
	};
	static const int colour[] = {0, 2, 3};
	double last;

	for (size_t i = 0; i < sizeof series / sizeof *series; i++) {
		const json_t *rows =
		    series[i].is_theory
			? json_object_get(json_object_get(document, "theory"), "ideal")
			: json_object_get(document, "points");

		if (print_rows(p, rows, &(struct keys){.x = "model_bits", .y = series[i].y}, &last))
			plot_data_end(p, series[i].title, "using 1:2 with %s lc rgb '%s'",
				      series[i].style, plot_colour[colour[i]]);
	}
	draw_sufficiency(p, document_value(document, "bayes_bits"));
	draw_marks(p, table, true);
	name_marks(p, table);
}

static enum status add_structure(struct drawings *c, const struct tables *t,
				 const struct result *figure)
{
	const json_t *document = figure->document;
	const struct table *table = table_of_corpus(t, figure);
	struct plot_panel plane = new_panel(270, PLOT_WIDTH - 20, 90, 560);
	struct keys keys = {.x = "model_bits", .y = "data_bits"};
	char title[240];
	struct plot p;

	include_rows(&plane, json_object_get(document, "points"), &keys);
	include_marks(table, &plane);
	plot_include(&plane.low_y, &plane.high_y, document_value(document, "bayes_bits"), true);
	if (!has_range(&plane))
		return STATUS_OK;
	plane.low_x /= 1.25;
	plane.high_x *= 1.6;
	plane.low_y /= 1.06;
	plane.high_y *= 1.06;
	plane.label_x = "bits of the model, L(M)";
	plane.label_y = "";
	plane.no_tics_y = true;

	struct plot_panel lane = plane;

	lane.box.left = 62;
	lane.box.right = 255;
	lane.low_x = 0;
	lane.high_x = 1;
	lane.log_x = lane.no_tics_y = false;
	lane.no_tics_x = true;
	lane.label_x = "no model stored";
	lane.label_y = "bits of the data given the model, L(X | M)";
	snprintf(title, sizeof title, "Structure function: %s", figure->spec.corpus.title);
	TRY(drawing_begin(
	    c, &p, "structure", 610, title,
	    "What each code spends on saying how the corpus is in general, against what "
	    "it spends on the rest. No code on average is below the line of sufficiency, "
	    "where both together are the Bayes code length; where a curve touches it, the "
	    "model holds all there is to know."));
	plot_panel_begin(&p, &lane);
	draw_marks(&p, table, false);
	enum status named = name_lane(&p, table);

	plot_panel_end(&p);
	plot_panel_begin(&p, &plane);
	draw_plane(&p, document, table);
	plot_panel_end(&p);

	enum status ended = drawing_end(c, &p);

	return named == STATUS_OK ? ended : named;
}

enum status drawings_add_structure(struct drawings *c, const struct tables *t)
{
	size_t at = 0;

	while (find_document(t, &at, "figure:structure"))
		TRY(add_structure(c, t, t->figure[at - 1]));
	return STATUS_OK;
}

/* ---- Code length against position. ---- */

struct curve_view {
	const char *key; /* of the rows; "rate": of those that find_rates() makes */
	const char *label_y, *number_format;
	bool without_reference; /* it is what the others are measured by */
};

static bool is_reference(const json_t *document, const json_t *curve)
{
	const char *reference = document_text(document, "reference");

	return *reference && strcmp(reference, document_text(curve, "code")) == 0;
}

static const char *curve_colour(const json_t *document, size_t i)
{
	if (is_reference(document, json_array_get(json_object_get(document, "curves"), i)))
		return "#000000";
	return plot_colour[i % PLOT_COLOURS];
}

/* New rows of a position and the bits a symbol since the one before: the document has places for
 * tables, too, of which some are too close to each other for a rate. */
static json_t *find_rates(const json_t *rows)
{
	json_t *rates = json_array();
	double from = 0, from_bits = 0;

	for (size_t i = 0; rates && i < json_array_size(rows); i++) {
		const json_t *row = json_array_get(rows, i);
		double position = document_value(row, "position"),
		       bits = document_value(row, "sent_bits");

		if (!(position >= RATE_STEP * from) || !isfinite(bits))
			continue;
		if (from >= RATE_FROM)
			json_array_append_new(rates,
					      json_pack("{s:f, s:f}", "position", position, "rate",
							(bits - from_bits) / (position - from)));
		from = position;
		from_bits = bits;
	}
	return rates;
}

/* The rows to draw; the caller gives them up. */
static json_t *curve_rows(const struct curve_view *v, const json_t *curve)
{
	json_t *rows = json_object_get(curve, "rows");

	return strcmp(v->key, "rate") == 0 ? find_rates(rows) : json_incref(rows);
}

static bool is_shown(const json_t *document, const struct curve_view *v, size_t i)
{
	const json_t *curve = json_array_get(json_object_get(document, "curves"), i);

	return i < CURVES_MAX && !(v->without_reference && is_reference(document, curve));
}

/* Lines of codes that ship a model begin far above what learners do: where only the end of one
 * matters, the rest leaves through the top. */
static void find_ranges(const json_t *document, const struct curve_view *v, struct plot_panel *a)
{
	const json_t *curves = json_object_get(document, "curves");

	for (size_t i = 0; i < json_array_size(curves); i++) {
		const json_t *curve = json_array_get(curves, i);
		struct keys keys = {.x = "position", .y = v->key, .from_x = FIRST_POSITION};

		if (!is_shown(document, v, i))
			continue;
		if (strcmp(v->key, "bits_per_symbol") == 0 &&
		    document_value(curve, "model_bits") > 0)
			keys.from_x = document_value(document, "symbols");
		json_t *rows = curve_rows(v, curve);

		include_rows(a, rows, &keys);
		json_decref(rows);
	}
	a->low_x = strcmp(v->key, "rate") == 0 ? RATE_FROM : FIRST_POSITION;
	a->high_x = fmax(a->high_x, document_value(document, "symbols"));
	if (v->without_reference)
		a->low_y = fmax(a->low_y, 1);
	a->low_y /= 1.05;
	a->high_y *= 1.1;
}

static void draw_curves(struct plot *p, const json_t *document, const struct curve_view *v)
{
	const json_t *curves = json_object_get(document, "curves");
	struct plot_ending ending[CURVES_MAX];
	size_t n_endings = 0;

	for (size_t i = 0; i < json_array_size(curves); i++) {
		const json_t *curve = json_array_get(curves, i);
		struct plot_ending *e = &ending[n_endings];
		struct keys keys = {.x = "position", .y = v->key, .from_x = FIRST_POSITION};
		char value[40];
		json_t *rows = curve_rows(v, curve);
		bool any = is_shown(document, v, i) && print_rows(p, rows, &keys, &e->y);

		json_decref(rows);
		if (!any)
			continue;
		plot_data_end(p, NULL, "using 1:2 with lines lw 1.6 dt %d lc rgb '%s'",
			      document_value(curve, "model_bits") > 0 ? 2 : 1,
			      curve_colour(document, i));
		if (strcmp(v->number_format, "short") == 0)
			svg_short_number(e->y, value);
		else
			snprintf(value, sizeof value, "%.4f", e->y);
		snprintf(e->text, sizeof e->text, "%.24s  %s", document_text(curve, "code"), value);
		e->colour = curve_colour(document, i);
		n_endings++;
	}
	plot_endings(p, p->panel->box.right, ending, n_endings);
}

/* Where a code that ships a model has paid for it: the place on its curve. */
static bool find_crossing(const json_t *document, const json_t *crossing, const char *key,
			  double *x, double *y)
{
	const json_t *curves = json_object_get(document, "curves");

	*x = document_value(crossing, "for_good");
	for (size_t i = 0; i < json_array_size(curves) && *x >= FIRST_POSITION; i++) {
		const json_t *curve = json_array_get(curves, i);
		const json_t *rows = json_object_get(curve, "rows");

		for (size_t k = 0; k < json_array_size(rows); k++) {
			const json_t *row = json_array_get(rows, k);

			if (strcmp(document_text(curve, "code"),
				   document_text(crossing, "shipped")) != 0 ||
			    document_value(row, "position") != *x)
				continue;
			*y = document_value(row, key);
			return *y > 0;
		}
	}
	return false;
}

static void draw_crossings(struct plot *p, const json_t *document, const char *key,
			   bool with_labels)
{
	const json_t *crossings = json_object_get(document, "crossings");
	bool any = false;
	double x, y;

	for (size_t i = 0; i < json_array_size(crossings); i++) {
		if (!find_crossing(document, json_array_get(crossings, i), key, &x, &y))
			continue;
		if (!any)
			plot_data_begin(p);
		any = true;
		fprintf(p->to, "%.12g %.8g\n", x, y);
		plot_keep_free(p, x, y, 5);
	}
	if (!any)
		return;
	plot_data_end(p, NULL, "using 1:2 with points pt 6 ps 1 lw 1.6 lc rgb '#000000'");
	for (size_t i = 0; i < json_array_size(crossings) && with_labels; i++)
		if (find_crossing(document, json_array_get(crossings, i), key, &x, &y)) {
			char label[200];

			snprintf(label, sizeof label, "%.0f: over %.24s", x,
				 document_text(json_array_get(crossings, i), "against"));
			plot_label(p, x, y, label);
		}
}

static enum status add_curves(struct drawings *c, const struct result *figure, const char *kind,
			      const char *what, const char *alternative,
			      const struct curve_view view[2], bool with_crossings)
{
	const json_t *document = figure->document;
	char title[240], label_x[80];
	double bottom = 80;
	struct plot p;

	if (json_array_size(json_object_get(document, "curves")) == 0)
		return STATUS_OK;
	snprintf(title, sizeof title, "%s: %s", what, figure->spec.corpus.title);
	snprintf(label_x, sizeof label_x, "%.20ss coded", document_text(document, "symbol"));
	TRY(drawing_begin(c, &p, kind, 770, title, alternative));
	for (int i = 0; i < 2; i++, bottom += 360) {
		struct plot_panel a = new_panel(70, 700, bottom, bottom + 270);

		a.label_x = label_x;
		a.label_y = view[i].label_y;
		find_ranges(document, &view[i], &a);
		if (!has_range(&a))
			continue;
		plot_panel_begin(&p, &a);
		draw_curves(&p, document, &view[i]);
		if (with_crossings)
			draw_crossings(&p, document, view[i].key, i == 1);
		plot_panel_end(&p);
	}
	return drawing_end(c, &p);
}

enum status drawings_add_length(struct drawings *c, const struct tables *t)
{
	static const struct curve_view view[2] = {
	    {"sent_bits", "bits sent so far, a shipped model included (dashed)", "short", false},
	    {"over_reference_bits",
	     "bits sent more than by the reference; circles: a shipped model has paid for itself",
	     "short", true},
	};
	size_t at = 0;

	while (find_document(t, &at, "figure:curves"))
		TRY(add_curves(
		    c, t->figure[at - 1], "length", "Code length against corpus length",
		    "Bits sent when so many symbols have been coded, and below how many "
		    "more they are than those of the reference. A code that ships a model "
		    "begins with its bits; a circle marks from where on it has sent fewer "
		    "than one that does not.",
		    view, true));
	return STATUS_OK;
}

enum status drawings_add_learning(struct drawings *c, const struct tables *t)
{
	static const struct curve_view view[2] = {
	    {"bits_per_symbol", "bits a symbol so far, a shipped model included (dashed)", "%.4f",
	     false},
	    {"rate", "bits a symbol at this place: what has been learnt by then", "%.4f", false},
	};
	size_t at = 0;

	while (find_document(t, &at, "figure:curves"))
		TRY(add_curves(
		    c, t->figure[at - 1], "learning", "Learning curves",
		    "Bits a symbol against the symbols that have been coded: above on the "
		    "average so far, below of the symbols at that place. A code that learns "
		    "falls.",
		    view, false));
	return STATUS_OK;
}

/* ---- Redundancy against length. ---- */

#define ALPHAS_MAX 8

static size_t find_alphas(const json_t *rows, double alpha[ALPHAS_MAX])
{
	size_t n = 0;

	for (size_t i = 0; i < json_array_size(rows); i++) {
		double a = document_value(json_array_get(rows, i), "alpha");
		size_t k = 0;

		while (k < n && alpha[k] != a)
			k++;
		if (k == n && n < ALPHAS_MAX && isfinite(a))
			alpha[n++] = a;
	}
	return n;
}

static void draw_alpha(struct plot *p, const json_t *rows, const char *part, double alpha,
		       size_t nth, struct plot_ending *ending, size_t *n_endings)
{
	static const struct {
		const char *key, *style, *title;
	} series[] = {
	    {"law", "lines lw 1.2 dt 2", "asymptotic law"},
	    {"expected", "lines lw 1.6", "expected exactly"},
	    {"measured", "points pt 7 ps 0.6", "measured, mean of drawn corpora"},
	};
	struct plot_ending *e = &ending[*n_endings];

	for (size_t i = 0; i < sizeof series / sizeof *series; i++) {
		struct keys keys = {
		    .x = "sentences", .y = series[i].key, .part = part, .alpha = alpha};

		if (!print_rows(p, rows, &keys, &e->y))
			continue;
		plot_data_end(p, series[i].title, "using 1:2 with %s lc rgb '%s'", series[i].style,
			      plot_colour[nth % PLOT_COLOURS]);
		if (i == 0)
			continue;
		e->colour = plot_colour[nth % PLOT_COLOURS];
		snprintf(e->text, sizeof e->text, "alpha %g", alpha);
		*n_endings = (size_t)(e - ending) + 1;
	}
}

static void draw_part(struct plot *p, const json_t *rows, const char *part, const char *label,
		      double top)
{
	double alpha[ALPHAS_MAX];
	size_t n = find_alphas(rows, alpha), n_endings = 0;
	struct plot_panel a = new_panel(70, 780, top, top + 270);
	struct plot_ending ending[ALPHAS_MAX];

	a.label_x = "sentences";
	a.label_y = label;
	for (size_t i = 0; i < n; i++) {
		struct keys keys = {
		    .x = "sentences", .y = "measured", .part = part, .alpha = alpha[i]};

		include_rows(&a, rows, &keys);
		keys.y = "expected";
		include_rows(&a, rows, &keys);
	}
	if (!has_range(&a))
		return;
	a.low_x /= 1.2;
	a.high_x *= 1.2;
	a.low_y /= 1.3;
	a.high_y *= 1.5;
	plot_panel_begin(p, &a);
	for (size_t i = 0; i < n; i++)
		draw_alpha(p, rows, part, alpha[i], i, ending, &n_endings);
	plot_endings(p, p->panel->box.right, ending, n_endings);
	plot_panel_end(p);
}

enum status drawings_add_redundancy(struct drawings *c, const struct tables *t)
{
	size_t at = 0;
	const json_t *document;

	while ((document = find_document(t, &at, "figure:scaling-data"))) {
		const json_t *rows = json_object_get(document, "rows");
		struct plot p;

		if (json_array_size(rows) == 0)
			continue;
		TRY(drawing_begin(
		    c, &p, "redundancy", 800, "Redundancy against corpus length, and theory",
		    "What the Bayes code pays above someone who knows the world, in bits a "
		    "sentence, against the number of sentences: points are means of drawn "
		    "corpora, lines are exact expectations, dashes the laws that hold for "
		    "long corpora."));
		draw_part(&p, rows, "knowledge", "redundancy of knowledge, bits a sentence", 90);
		draw_part(&p, rows, "syntax", "redundancy of syntax, bits a sentence", 470);
		TRY(drawing_end(c, &p));
	}
	return STATUS_OK;
}
