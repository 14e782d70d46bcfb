/* SPDX-License-Identifier: BSD-2-Clause
 *
 * drawings_bound.c - what each method pays above the Bayes bound, and for what: stacked bars.
 *
 * A bar's parts add up to all bits of the archive less the bound: the regrets by role, which only
 * predictors tell, a model that was stored, coder and header.  What predictors pay is small beside
 * what general compressors do, so there are two panels over the same rows: all of it, cut where
 * nothing is to be told apart any more, and the beginning enlarged.
 */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "drawings_parts.h"

#define ROWS_MIN 3
#define ROW_PIXELS 18
#define CUT_TIMES_BOUND 2 /* a panel ends where a method pays so many times the bound too much */

enum part {
	PART_ROLES = 0, /* COST_ROLES of them */
	PART_MODEL = COST_ROLES,
	PART_CODER,
	PART_UNSPLIT,
	N_PARTS,
};

static const char *const part_title[N_PARTS] = {
    [ROLE_SYNTAX] = "syntax",          [ROLE_NAME] = "names",
    [ROLE_FIRST_FACT] = "first facts", [ROLE_REPEATED_FACT] = "repeated facts",
    [PART_MODEL] = "stored model",     [PART_CODER] = "coder, header",
    [PART_UNSPLIT] = "not split",
};

static const char *const part_colour[N_PARTS] = {
    [ROLE_SYNTAX] = "#0072B2",        [ROLE_NAME] = "#E69F00",  [ROLE_FIRST_FACT] = "#009E73",
    [ROLE_REPEATED_FACT] = "#CC79A7", [PART_MODEL] = "#D55E00", [PART_CODER] = "#000000",
    [PART_UNSPLIT] = "#BBBBBB",
};

struct bar {
	const struct row *row;
	double part[N_PARTS]; /* bits a token; 0 of those that it has not */
	double excess;        /* their sum */
};

static bool is_drawn(const struct row *r)
{
	return r->present && isfinite(r->archive_bytes) && isfinite(r->times_bound) &&
	       strcmp(r->name, "copy") != 0;
}

static struct bar bar_of(const struct row *r)
{
	struct bar b = {.row = r, .excess = (r->total_bits - r->bound_bits) / r->n_tokens};

	b.part[PART_MODEL] = 8 * r->model_bytes / r->n_tokens;
	if (isfinite(r->regret_sum)) {
		for (int i = 0; i < COST_ROLES; i++)
			b.part[i] = r->regret[i];
		b.part[PART_CODER] = b.excess - b.part[PART_MODEL] - r->regret_sum;
	} else {
		b.part[PART_UNSPLIT] = b.excess - b.part[PART_MODEL];
	}
	return b;
}

/* The box of one part of one bar: parts above 0 pile up to the right, the others to the left. */
static void print_box(struct plot *p, const struct bar *b, int part, double y)
{
	double from = 0, to;

	for (int i = 0; i < part; i++)
		if ((b->part[i] < 0) == (b->part[part] < 0))
			from += b->part[i];
	to = from + b->part[part];
	from = fmin(fmax(from, p->panel->low_x), p->panel->high_x);
	to = fmin(fmax(to, p->panel->low_x), p->panel->high_x);
	fprintf(p->to, "%.9g %g %.9g %.9g %g %g\n", (from + to) / 2, y, fmin(from, to),
		fmax(from, to), y - 0.36, y + 0.36);
}

static void draw_bars(struct plot *p, const struct bar *bar, size_t n)
{
	for (int part = 0; part < N_PARTS; part++) {
		bool any = false;

		for (size_t i = 0; i < n; i++) {
			if (bar[i].part[part] == 0)
				continue;
			if (!any)
				plot_data_begin(p);
			any = true;
			print_box(p, &bar[i], part, (double)(n - i));
		}
		if (any)
			plot_data_end(p, part_title[part],
				      "using 1:2:3:4:5:6 with boxxyerror fs solid 1 noborder "
				      "lc rgb '%s'",
				      part_colour[part]);
	}
}

static void name_bars(struct plot *p, const struct bar *bar, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		char text[128];

		snprintf(text, sizeof text, "%s%s", bar[i].row->name,
			 strcmp(bar[i].row->on, "text") == 0 ? " (text)" : "");
		plot_text(p, p->panel->box.left - 8, plot_y(p->panel, (double)(n - i)), "right",
			  bar[i].row->not_counted[0] ? "#777777" : "#000000", text);
	}
}

/* All of a bar's bits, behind its end or at the edge where it is cut. */
static void number_bars(struct plot *p, const struct bar *bar, size_t n)
{
	const struct plot_panel *a = p->panel;

	for (size_t i = 0; i < n; i++) {
		double end = 0;
		char text[40];

		for (int part = 0; part < N_PARTS; part++)
			end += fmax(bar[i].part[part], 0);
		snprintf(text, sizeof text, end > a->high_x ? "%.4f >" : "%.4f", bar[i].excess);
		plot_text(p, fmin(plot_x(a, end), a->box.right) + 5, plot_y(a, (double)(n - i)),
			  "left", "#000000", text);
	}
}

static void draw_panel(struct plot *p, const struct bar *bar, size_t n, struct plot_panel *a,
		       bool is_first)
{
	double least = 0;

	for (size_t i = 0; i < n; i++) {
		double below = 0;

		for (int part = 0; part < N_PARTS; part++)
			below += fmin(bar[i].part[part], 0);
		least = fmin(least, below);
	}
	a->low_x = fmax(least, -a->high_x / 4);
	a->low_y = 0.4;
	a->high_y = (double)n + 0.6;
	a->no_tics_y = true;
	plot_panel_begin(p, a);
	draw_bars(p, bar, n);
	if (is_first)
		name_bars(p, bar, n);
	number_bars(p, bar, n);
	plot_panel_end(p);
}

static int compare_numbers(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return (x > y) - (x < y);
}

/* Where the enlarged panel ends: most of the bars that are split are whole in it. */
static double find_detail(const struct bar *bar, size_t n, double cut)
{
	double *excess = calloc(n + 1, sizeof *excess), end = cut;
	size_t n_split = 0;

	for (size_t i = 0; excess && i < n; i++)
		if (bar[i].part[PART_UNSPLIT] == 0 && bar[i].excess > 0 && bar[i].excess < cut)
			excess[n_split++] = bar[i].excess;
	if (excess)
		qsort(excess, n_split, sizeof *excess, compare_numbers);
	if (n_split > 1)
		end = fmin(1.3 * excess[n_split / 2], cut);
	free(excess);
	return end;
}

static enum status add_bars(struct drawings *c, const struct tables *t, const struct table *table,
			    const struct bar *bar, size_t n)
{
	char heading[200], title[240];
	double bottom = PLOT_TOP + ROW_PIXELS * (double)n, widest = 0;
	struct plot p;

	tables_heading(t, table, heading, sizeof heading);
	snprintf(title, sizeof title, "Distance to the bound: %s", heading);
	TRY(drawing_begin(
	    c, &p, "bound", (int)bottom + 50, title,
	    "A bar for each method: bits a token above the Bayes bound, by what they were "
	    "spent on. On the right the beginning of the same bars, enlarged; bars that "
	    "are longer are cut, and the number behind each is its whole length."));
	for (size_t i = 0; i < n; i++)
		widest = fmax(widest, bar[i].excess);

	double cut = fmin(widest, CUT_TIMES_BOUND * bar[0].row->bound_bits / bar[0].row->n_tokens);
	struct plot_panel all = {.box = {215, 490, PLOT_TOP, bottom},
				 .high_x = cut,
				 .label_x = "bits a token above Bayes",
				 .label_y = ""};
	struct plot_panel detail = {.box = {560, 835, PLOT_TOP, bottom},
				    .high_x = find_detail(bar, n, cut),
				    .label_x = "the same, enlarged",
				    .label_y = ""};

	draw_panel(&p, bar, n, &all, true);
	draw_panel(&p, bar, n, &detail, false);
	return drawing_end(c, &p);
}

enum status drawings_add_bound(struct drawings *c, const struct tables *t)
{
	for (const struct table *table = t->table; table < t->table + t->n_tables; table++) {
		struct bar *bar = calloc(table->n_rows + 1, sizeof *bar);
		size_t n = 0;

		if (!bar)
			return fail_no_memory();
		for (const struct row *r = table->row; r < table->row + table->n_rows; r++)
			if (table->section == SECTION_TABLE && is_drawn(r))
				bar[n++] = bar_of(r);
		enum status s = n >= ROWS_MIN ? add_bars(c, t, table, bar, n) : STATUS_OK;

		free(bar);
		TRY(s);
	}
	return STATUS_OK;
}
