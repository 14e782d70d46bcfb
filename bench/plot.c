/* SPDX-License-Identifier: BSD-2-Clause */
#include "plot.h"

#include <math.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "file.h"
#include "utf8.h"

const char *const plot_colour[PLOT_COLOURS] = {"#0072B2", "#D55E00", "#009E73", "#CC79A7",
					       "#E69F00", "#56B4E9", "#7A5C00"};

/* A text between quotation marks in which gnuplot looks for nothing but their end. */
static void print_quoted(FILE *to, const char *text)
{
	json_t *utf8 = utf8_json(text);

	fputc('\'', to);
	for (const char *c = utf8 ? json_string_value(utf8) : ""; *c; c++) {
		if (*c == '\'')
			fputc('\'', to);
		fputc((unsigned char)*c < ' ' ? ' ' : *c, to);
	}
	fputc('\'', to);
	json_decref(utf8);
}

/* Letters of a UTF-8 text. */
static size_t count_letters(const char *text)
{
	size_t n = 0;

	for (; *text; text++)
		n += ((unsigned char)*text & 0xc0) != 0x80;
	return n;
}

static double paper_x(double x)
{
	return x / PLOT_WIDTH;
}

static double paper_y(const struct plot *p, double y)
{
	return 1 - y / p->height;
}

enum status plot_begin(struct plot *p, FILE *to, int height, const char *title)
{
	*p = (struct plot){.to = to, .height = height};
	fprintf(to,
		"set encoding utf8\n"
		"set terminal svg size %d,%d fixed font 'sans-serif,11' noenhanced "
		"background '#ffffff'\n"
		"set output 'drawing.svg'\n"
		"set multiplot\nunset key\n"
		"set border 3 lc rgb '#666666'\n"
		"set tics nomirror textcolor rgb '#000000'\n"
		"set grid lc rgb '#dddddd' lt 1 lw 0.6\n",
		PLOT_WIDTH, height);
	plot_text(p, PLOT_WIDTH / 2.0, 20, "center", "#000000", title);
	return STATUS_OK;
}

/* ---- Legend. ---- */

#define SAMPLE 26 /* width of a sample of a line, with the room behind it */
#define GAP 22    /* between two entries */

/* What the style is of: three points of a line, one of anything else. */
static void print_sample(struct plot *p, const char *style, double x)
{
	bool is_line = strstr(style, "with lines") || strstr(style, "with linespoints");

	fprintf(p->to, "$d%u << EOD\n", ++p->n_data);
	for (int i = is_line ? 0 : 1; i < (is_line ? 3 : 2); i++)
		fprintf(p->to, "%g 0 %g %g -5 5\n", x + 10 * i, x, x + 20);
	fputs("EOD\n", p->to);
}

/* One row below the title, in the middle. */
static void print_legend(struct plot *p)
{
	struct plot_panel strip = {.box = {0, PLOT_WIDTH, 34, 54},
				   .high_x = PLOT_WIDTH,
				   .low_y = -10,
				   .high_y = 10,
				   .no_tics_x = true,
				   .no_tics_y = true,
				   .label_x = "",
				   .label_y = ""};
	double width = -GAP, x;

	for (size_t i = 0; i < p->n_legend; i++)
		width += SAMPLE + SVG_LETTER * (double)count_letters(p->legend[i].title) + GAP;
	x = (PLOT_WIDTH - width) / 2;
	plot_panel_begin(p, &strip);
	fputs("unset border\nunset grid\n", p->to);
	for (size_t i = 0; i < p->n_legend; i++) {
		print_sample(p, p->legend[i].style, x);
		if (p->clauses)
			fprintf(p->clauses, "%s$d%u %s notitle", i ? ", \\\n  " : "", p->n_data,
				p->legend[i].style);
		plot_text(p, x + SAMPLE, 44, "left", "#000000", p->legend[i].title);
		x += SAMPLE + SVG_LETTER * (double)count_letters(p->legend[i].title) + GAP;
	}
	plot_panel_end(p);
}

enum status plot_end(struct plot *p)
{
	if (p->n_legend)
		print_legend(p);
	fputs("unset multiplot\nset output\n", p->to);
	return p->failed ? fail_no_memory() : STATUS_OK;
}

double plot_x(const struct plot_panel *a, double value)
{
	double part = a->log_x ? log(value / a->low_x) / log(a->high_x / a->low_x)
			       : (value - a->low_x) / (a->high_x - a->low_x);

	return a->box.left + part * (a->box.right - a->box.left);
}

double plot_y(const struct plot_panel *a, double value)
{
	double part = a->log_y ? log(value / a->low_y) / log(a->high_y / a->low_y)
			       : (value - a->low_y) / (a->high_y - a->low_y);

	return a->box.bottom - part * (a->box.bottom - a->box.top);
}

void plot_include(double *low, double *high, double value, bool is_log)
{
	if (!isfinite(value) || (is_log && !(value > 0)))
		return;
	*low = fmin(*low, value);
	*high = fmax(*high, value);
}

/* ---- Axes. ---- */

/* Marks at round numbers, as many as have room. */
static void print_log_tics(FILE *to, char axis, double low, double high, double pixels, bool whole)
{
	static const double fine[] = {1, 1.2, 1.5, 2, 2.5, 3, 4, 5, 6, 8};
	double decades = log10(high / low), room = pixels / decades; /* of a decade */
	char number[SVG_NUMBER_BYTES];
	const char *between = "";

	fprintf(to, "set %ctics nomirror textcolor rgb '#000000' (", axis);
	for (int e = (int)floor(log10(low)); e <= (int)ceil(log10(high)); e++)
		for (size_t i = 0; i < sizeof fine / sizeof *fine; i++) {
			double v = fine[i] * pow(10, e);
			bool is_coarse = fine[i] == 2 || fine[i] == 5;
			double least = !i ? 0 : is_coarse ? 130 : fine[i] == 3 ? 300 : 600;

			if (v < low || v > high || room < least || (whole && v != rint(v)) ||
			    (room < 28 && e % 2 != 0))
				continue;
			svg_short_number(v, number);
			fprintf(to, "%s'%s' %.10g", between, number, v);
			between = ", ";
		}
	fputs(")\n", to);
}

static void print_axis(FILE *to, char axis, double low, double high, bool is_log, double pixels,
		       bool whole)
{
	fprintf(to, "set %crange [%.10g:%.10g]\n%s logscale %c\n", axis, low, high,
		is_log ? "set" : "unset", axis);
	if (is_log)
		print_log_tics(to, axis, low, high, pixels, whole);
	else
		fprintf(to, "set %ctics nomirror textcolor rgb '#000000' autofreq\n", axis);
}

void plot_panel_begin(struct plot *p, const struct plot_panel *a)
{
	p->panel = a;
	p->n_clauses = 0;
	p->place.n_boxes = 0;
	p->place.limits = a->box;
	p->clauses = file_open_memory(&p->clause_text, &p->clause_bytes);
	p->failed = p->failed || !p->clauses;
	fprintf(p->to,
		"set lmargin at screen %.6f\nset rmargin at screen %.6f\n"
		"set tmargin at screen %.6f\nset bmargin at screen %.6f\n",
		paper_x(a->box.left), paper_x(a->box.right), paper_y(p, a->box.top),
		paper_y(p, a->box.bottom));
	print_axis(p->to, 'x', a->low_x, a->high_x, a->log_x, a->box.right - a->box.left,
		   a->whole_x);
	print_axis(p->to, 'y', a->low_y, a->high_y, a->log_y, a->box.bottom - a->box.top, false);
	if (a->no_tics_x)
		fputs("unset xtics\n", p->to);
	if (a->no_tics_y)
		fputs("unset ytics\n", p->to);
	plot_text(p, (a->box.left + a->box.right) / 2, a->box.bottom + 36, "center", "#000000",
		  a->label_x);
	plot_text(p, a->box.left - (a->no_tics_y ? 0 : 40), a->box.top - 12, "left", "#000000",
		  a->label_y);
}

void plot_panel_end(struct plot *p)
{
	if (p->clauses && file_close_memory(p->clauses) != STATUS_OK)
		p->failed = true;
	if (p->clauses && !p->failed && p->clause_bytes)
		fprintf(p->to, "plot %s\n", p->clause_text);
	free(p->clause_text);
	p->clauses = NULL;
	p->clause_text = NULL;
	fputs("unset label\nunset arrow\n", p->to);
}

/* ---- Data. ---- */

void plot_data_begin(struct plot *p)
{
	fprintf(p->to, "$d%u << EOD\n", ++p->n_data);
}

/* An entry of the legend, unless it is there. */
static void add_legend(struct plot *p, const char *title, const char *style)
{
	struct plot_legend *entry = &p->legend[p->n_legend];

	for (size_t i = 0; i < p->n_legend; i++)
		if (strcmp(p->legend[i].title, title) == 0)
			return;
	if (p->n_legend == PLOT_LEGEND_MAX)
		return;
	snprintf(entry->title, sizeof entry->title, "%s", title);
	snprintf(entry->style, sizeof entry->style, "%s", style);
	p->n_legend++;
}

void plot_data_end(struct plot *p, const char *title, const char *format, ...)
{
	char style[sizeof p->legend->style];
	va_list arguments;

	va_start(arguments, format);
	vsnprintf(style, sizeof style, format, arguments);
	va_end(arguments);
	fputs("EOD\n", p->to);
	if (p->clauses)
		fprintf(p->clauses, "%s$d%u %s notitle", p->n_clauses++ ? ", \\\n  " : "",
			p->n_data, style);
	if (title)
		add_legend(p, title, style);
}

/* ---- Texts. ---- */

void plot_text(struct plot *p, double x, double y, const char *anchor, const char *colour,
	       const char *text)
{
	fprintf(p->to, "set label %u ", ++p->n_tags);
	print_quoted(p->to, text);
	fprintf(p->to, " at screen %.6f,%.6f %s textcolor rgb '%s' front\n", paper_x(x),
		paper_y(p, y), anchor, colour);
}

void plot_line(struct plot *p, double x1, double y1, double x2, double y2, const char *colour)
{
	fprintf(p->to,
		"set arrow %u from screen %.6f,%.6f to screen %.6f,%.6f nohead lw 0.7 lc rgb "
		"'%s'\n",
		++p->n_tags, paper_x(x1), paper_y(p, y1), paper_x(x2), paper_y(p, y2), colour);
}

void plot_keep_free(struct plot *p, double x, double y, double radius)
{
	double px = plot_x(p->panel, x), py = plot_y(p->panel, y);

	svg_take(&p->place, (struct svg_box){px - radius, px + radius, py - radius, py + radius});
}

void plot_keep_line_free(struct plot *p, double x1, double y1, double x2, double y2)
{
	double left = plot_x(p->panel, x1), top = plot_y(p->panel, y1);
	double width = plot_x(p->panel, x2) - left, height = plot_y(p->panel, y2) - top;
	int n = (int)(fmax(fabs(width), fabs(height)) / 6) + 1;

	for (int i = 0; i <= n; i++) {
		double x = left + width * i / n, y = top + height * i / n;

		svg_take(&p->place, (struct svg_box){x - 3, x + 3, y - 2, y + 2});
	}
}

void plot_label(struct plot *p, double x, double y, const char *text)
{
	double px = plot_x(p->panel, x), py = plot_y(p->panel, y);
	struct svg_place at = svg_find_place(&p->place, px, py, count_letters(text));

	if (at.moved)
		plot_line(p, px, py, at.line_x, at.baseline - 4, "#999999");
	plot_text(p, at.x, at.baseline - 4, at.to_left ? "right" : "left", "#333333", text);
}

static int highest_first(const void *a, const void *b)
{
	const struct plot_ending *x = a, *y = b;

	if (x->y != y->y)
		return x->y > y->y ? -1 : 1;
	return strcmp(x->text, y->text);
}

void plot_endings(struct plot *p, double x, struct plot_ending *ending, size_t n)
{
	const struct plot_panel *a = p->panel;
	double *y = malloc(n * sizeof *y + 1);

	if (!y) {
		p->failed = true;
		return;
	}
	qsort(ending, n, sizeof *ending, highest_first);
	for (size_t i = 0; i < n; i++)
		y[i] = fmin(fmax(plot_y(a, ending[i].y), a->box.top), a->box.bottom);
	svg_spread(y, (uint32_t)n, a->box.top + SVG_LINE / 2.0, a->box.bottom);
	for (size_t i = 0; i < n; i++) {
		double from = fmin(fmax(plot_y(a, ending[i].y), a->box.top), a->box.bottom);

		plot_line(p, x, from, x + 14, y[i], "#999999");
		plot_text(p, x + 18, y[i], "left", ending[i].colour, ending[i].text);
	}
	free(y);
}
