/* SPDX-License-Identifier: BSD-2-Clause
 *
 * structure_report.c - a structure function as text, CSV and JSON.
 *
 * One table of columns says label, key, width and value of each, for points and for compressors
 * alike; the three writers are loops over it.  NaN is "does not apply": "-", an empty cell, null.
 */
#include <jansson.h>
#include <math.h>
#include <stdlib.h>

#include "document.h"
#include "structure.h"
#include "utf8.h"

/* One line: a point of the curve, or a compressor. */
struct line {
	const struct structure *s;
	double budget_bits, model_bits, data_bits, header_bits, n_elements;
	struct structure_theory theory;
};

static double budget(const struct line *l)
{
	return l->budget_bits;
}

static double model(const struct line *l)
{
	return l->model_bits;
}

static double data(const struct line *l)
{
	return l->data_bits;
}

static double total(const struct line *l)
{
	return l->model_bits + l->data_bits;
}

static double over_bayes(const struct line *l)
{
	return total(l) / l->s->corpus.bayes_bits;
}

static double excess(const struct line *l)
{
	return total(l) - l->s->corpus.bayes_bits;
}

static double elements(const struct line *l)
{
	return l->n_elements;
}

static double knapsack(const struct line *l)
{
	return l->theory.knapsack_bits;
}

static double ideal(const struct line *l)
{
	return l->theory.ideal_bits;
}

static double whole(const struct line *l)
{
	return l->theory.whole_bits;
}

static double law(const struct line *l)
{
	return l->theory.law_bits;
}

static const struct column {
	const char *label, *key;
	int width, digits;
	bool of_marks; /* a compressor has it too */
	double (*value)(const struct line *l);
} columns[] = {
    {"budget", "budget_bits", 9, 0, false, budget},
    {"L(M)", "model_bits", 9, 0, true, model},
    {"L(X|M)", "data_bits", 10, 0, true, data},
    {"total", "total_bits", 10, 0, true, total},
    {"x Bayes", "times_bayes", 8, 4, true, over_bayes},
    {"over Bayes", "excess_bits", 11, 0, true, excess},
    {"elements", "elements_stored", 8, 0, false, elements},
    {"knapsack", "knapsack_bits", 11, 0, false, knapsack},
    {"ideal", "ideal_bits", 10, 0, false, ideal},
    {"all or none", "all_or_nothing_bits", 11, 0, false, whole},
    {"its law", "power_law_bits", 10, 0, false, law},
};

#define N_COLUMNS (sizeof columns / sizeof *columns)

static struct line line_of_point(const struct structure *s, uint32_t i)
{
	const struct structure_point *p = &s->point[i];

	return (struct line){s,
			     (double)p->size.budget_bits,
			     (double)p->size.model_bits,
			     (double)p->size.data_bits,
			     (double)p->size.header_bits,
			     p->n_elements,
			     p->theory};
}

static struct line line_of_mark(const struct structure *s, uint32_t i)
{
	const struct structure_mark *m = &s->mark[i];

	return (struct line){.s = s, .model_bits = m->model_bits, .data_bits = m->data_bits};
}

static void print_cell(const struct column *c, double value, FILE *to)
{
	if (isnan(value))
		fprintf(to, " %*s", c->width, "-");
	else
		fprintf(to, " %*.*f", c->width, c->digits, value);
}

static void print_points(const struct structure *s, FILE *to)
{
	for (size_t c = 0; c < N_COLUMNS; c++)
		fprintf(to, " %*s", columns[c].width, columns[c].label);
	fputc('\n', to);
	for (uint32_t i = 0; i < s->n_points; i++) {
		struct line l = line_of_point(s, i);

		for (size_t c = 0; c < N_COLUMNS; c++)
			print_cell(&columns[c], columns[c].value(&l), to);
		fputc('\n', to);
	}
}

static void print_marks(const struct structure *s, FILE *to)
{
	if (s->n_marks == 0)
		return;
	fprintf(to, "\nevery compressor as a point; all of an archive's bytes are counted\n");
	fprintf(to, "%-20s %-6s", "", "on");
	for (size_t c = 0; c < N_COLUMNS; c++)
		if (columns[c].of_marks)
			fprintf(to, " %*s", columns[c].width, columns[c].label);
	fprintf(to, "  not counted\n");
	for (uint32_t i = 0; i < s->n_marks; i++) {
		struct line l = line_of_mark(s, i);

		fprintf(to, "%-20s %-6s", s->mark[i].name, s->mark[i].on);
		for (size_t c = 0; c < N_COLUMNS; c++)
			if (columns[c].of_marks)
				print_cell(&columns[c], columns[c].value(&l), to);
		fprintf(to, "%s%s\n", *s->mark[i].not_counted ? "  " : "", s->mark[i].not_counted);
	}
}

static void print_theory(const struct structure *s, FILE *to)
{
	if (!s->has_theory)
		return;
	fprintf(to,
		"\ntheory, as data bits at the row's own L(M); only `ideal` is a bound, what the"
		" others take\nfor the prices of single items is roughly so, and archives may be a"
		" little shorter\n"
		"  knapsack     the items that the code chooses from, a part of the last one too\n"
		"  ideal        the same from the counts alone, with sizes and choices told for"
		" nothing\n"
		"  all or none  tables first, %.0f bits; then whole elements by frequency, %.1f"
		" bits each;\n"
		"               a sentence about one that is not stored costs %.1f bits more; with"
		" all of them\n"
		"               stored the data are %.0f bits\n"
		"  its law      the same with weights that fall as rank^(-1/alpha), alpha %g\n",
		s->optimum.tables_bits, s->optimum.element_bits, s->optimum.mention_bits,
		s->optimum.floor_bits, s->corpus.prior->alpha);
}

void structure_text(const struct structure *s, FILE *to)
{
	fprintf(to, "%s: family %s, %zu tokens; ", s->prefix, s->corpus.world->family,
		s->corpus.n_tokens);
	fprintf(to, "the line of sufficiency is L(M) + L(X|M) = %.1f bits,\n"
		    "the Bayes code length, in the place of K(X)\n\n",
		s->corpus.bayes_bits);
	fprintf(to, "archives of %s, each decoded and compared; bits, and %u bits of header and"
		    " checksum in each besides\n",
		s->model_text, s->n_points ? (unsigned)s->point[s->n_points - 1].size.header_bits
					   : 0);
	print_points(s, to);
	print_theory(s, to);
	print_marks(s, to);
}

static void csv_line(const char *series, const char *name, const char *on, const struct line *l,
		     bool is_mark, FILE *to)
{
	fprintf(to, "%s,\"%s\",%s", series, name, on);
	for (size_t c = 0; c < N_COLUMNS; c++) {
		double value = columns[c].value(l);

		if (isnan(value) || (is_mark && !columns[c].of_marks))
			fputc(',', to);
		else
			fprintf(to, ",%.*f", columns[c].digits ? 9 : 3, value);
	}
	fputc('\n', to);
}

void structure_csv(const struct structure *s, FILE *to)
{
	fprintf(to, "series,name,on");
	for (size_t c = 0; c < N_COLUMNS; c++)
		fprintf(to, ",%s", columns[c].key);
	fputc('\n', to);
	for (uint32_t i = 0; i < s->n_points; i++) {
		struct line l = line_of_point(s, i);

		csv_line("realized", s->model_text, "tokens", &l, false, to);
	}
	for (uint32_t i = 0; i < s->n_marks; i++) {
		struct line l = line_of_mark(s, i);

		csv_line("compressor", s->mark[i].name, s->mark[i].on, &l, true, to);
	}
}

static json_t *json_of_line(const struct line *l, bool is_mark)
{
	json_t *o = json_object();

	for (size_t c = 0; c < N_COLUMNS; c++) {
		double value = columns[c].value(l);

		if (is_mark && !columns[c].of_marks)
			continue;
		json_object_set_new(o, columns[c].key, document_number(value));
	}
	if (!is_mark) {
		json_object_set_new(o, "header_bits", json_real(l->header_bits));
		json_object_set_new(o, "verified", json_true());
	}
	return o;
}

static json_t *json_of_optimum(const struct structure *s)
{
	if (!s->has_theory)
		return json_null();
	json_t *curve = json_array();

	for (uint32_t i = 0; i < s->optimum.n; i++) {
		const struct sk_optimum_point *p = &s->optimum.point[i];

		json_array_append_new(
		    curve, json_pack("{s:f, s:f, s:f, s:f, s:I}", "density", p->density,
				     "model_bits", p->model_bits, "data_bits", p->data_bits,
				     "syntax_bits", p->syntax_bits, "elements",
				     (json_int_t)p->n_elements));
	}
	return json_pack("{s:f, s:f, s:f, s:f, s:o}", "element_bits", s->optimum.element_bits,
			 "mention_bits", s->optimum.mention_bits, "tables_bits",
			 s->optimum.tables_bits, "floor_bits", s->optimum.floor_bits, "ideal",
			 curve);
}

enum status structure_json(const struct structure *s, FILE *to)
{
	json_t *points = json_array(), *marks = json_array();

	for (uint32_t i = 0; i < s->n_points; i++) {
		struct line l = line_of_point(s, i);

		json_array_append_new(points, json_of_line(&l, false));
	}
	for (uint32_t i = 0; i < s->n_marks; i++) {
		const struct structure_mark *m = &s->mark[i];
		struct line l = line_of_mark(s, i);
		json_t *o = json_of_line(&l, true);

		json_object_set_new(o, "name", json_string(m->name));
		json_object_set_new(o, "on", json_string(m->on));
		json_object_set_new(o, "not_counted",
				    *m->not_counted ? json_string(m->not_counted) : json_null());
		json_array_append_new(marks, o);
	}
	json_t *root = json_pack("{s:o, s:s, s:s, s:I, s:o, s:o, s:o, s:o}", "corpus",
				 utf8_json(s->prefix), "family", s->corpus.world->family, "model",
				 s->model_text, "tokens", (json_int_t)s->corpus.n_tokens,
				 "bayes_bits", document_number(s->corpus.bayes_bits), "points",
				 points, "compressors", marks, "theory", json_of_optimum(s));

	return document_write(document_new("structure", 1, root), to);
}
