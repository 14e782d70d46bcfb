/* SPDX-License-Identifier: BSD-2-Clause
 *
 * plot.h - gnuplot scripts: panels with fixed places on the paper, data, labels that cover nothing.
 *
 * gnuplot draws axes and marks, but puts labels over each other.  So each panel's margins are fixed
 * here, and with them where every point will be, and labels are placed as in our own drawings
 * (svg.h) and given to gnuplot as texts on the paper.
 *
 *      plot_begin(), then for each panel plot_panel_begin(), data and labels, plot_panel_end(); at
 *      last plot_end().  Units are pixels from the upper left corner, and those of the axes.
 */
#ifndef TWOPART_PLOT_H
#define TWOPART_PLOT_H

#include <stdbool.h>
#include <stdio.h>

#include "status.h"
#include "svg.h"

#define PLOT_WIDTH 900
#define PLOT_TOP 88 /* of the first panel: title, legend, and what its axis is are above it */
#define PLOT_LEGEND_MAX 12

/* Colours that people with any colour vision tell apart (Okabe and Ito's palette). */
#define PLOT_COLOURS 7
extern const char *const plot_colour[PLOT_COLOURS];

struct plot_panel {
	struct svg_box box; /* of the axes */
	double low_x, high_x, low_y, high_y;
	bool log_x, log_y;
	const char *label_x, *label_y;
	bool whole_x;              /* only whole numbers are on the axis */
	bool no_tics_x, no_tics_y; /* no numbers there: labels, or another panel's */
};

struct plot_legend {
	char title[80], style[160];
};

struct plot {
	FILE *to;
	int height;
	const struct plot_panel *panel;
	struct svg place; /* of labels */
	FILE *clauses;    /* of the `plot` command */
	char *clause_text;
	size_t clause_bytes;
	unsigned n_clauses;
	unsigned n_data;
	unsigned n_tags; /* of labels and arrows */
	struct plot_legend legend[PLOT_LEGEND_MAX];
	size_t n_legend;
	bool failed; /* no memory */
};

MUST_CHECK enum status plot_begin(struct plot *p, FILE *to, int height, const char *title);
MUST_CHECK enum status plot_end(struct plot *p);

void plot_panel_begin(struct plot *p, const struct plot_panel *panel);
void plot_panel_end(struct plot *p);

double plot_x(const struct plot_panel *panel, double value); /* pixels */
double plot_y(const struct plot_panel *panel, double value);

/* A series: numbers in columns between these two, a line each.  The text that follows is what
 * gnuplot reads behind the data's name: "using 1:2 with lines lc rgb '#000000'".  Titles stand in
 * the legend, each once; NULL: none. */
void plot_data_begin(struct plot *p);
void plot_data_end(struct plot *p, const char *title, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

/* A text at a place; anchor "left", "center", "right". */
void plot_text(struct plot *p, double x, double y, const char *anchor, const char *colour,
	       const char *text);

/* A thin line. */
void plot_line(struct plot *p, double x1, double y1, double x2, double y2, const char *colour);

/* A label of a point in axes' units, beside it.  What labels must not cover, points and lines, is
 * said before the first of them. */
void plot_keep_free(struct plot *p, double x, double y, double radius);
void plot_keep_line_free(struct plot *p, double x1, double y1, double x2, double y2);
void plot_label(struct plot *p, double x, double y, const char *text);

/* Names on the right of x, in pixels, of what is at heights y, in the axis' units; moved apart. */
struct plot_ending {
	double y;
	const char *colour;
	char text[120];
};
void plot_endings(struct plot *p, double x, struct plot_ending *ending, size_t n);

/* Widen a range by a value that can be shown; begin with {INFINITY, -INFINITY}. */
void plot_include(double *low, double *high, double value, bool is_log);

#endif
