/* SPDX-License-Identifier: BSD-2-Clause
 *
 * svg.h - what the drawings share: text, labels that cover no other label, short numbers.
 *
 * Plain SVG by fprintf(), without any library: a drawing is a few hundred lines and must be the
 * same bytes every time.
 */
#ifndef TWOPART_SVG_H
#define TWOPART_SVG_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#define SVG_FONT 11
#define SVG_LETTER 6.3 /* width of a letter, generously */
#define SVG_LINE 13    /* between two lines of text */
#define SVG_BOXES_MAX 2048

struct svg_box {
	double left, right, top, bottom;
};

struct svg {
	FILE *to;
	struct svg_box limits;             /* for labels */
	struct svg_box box[SVG_BOXES_MAX]; /* where labels are */
	unsigned n_boxes;
};

/* The root element, white, with a title centred at the top; svg_end() closes it. */
void svg_begin(struct svg *s, int width, int height, const char *title);
void svg_end(struct svg *s);

/* anchor: "start", "middle", "end". */
void svg_text(struct svg *s, double x, double y, const char *anchor, const char *fill,
	      const char *label);

/* Lines of a grid, across or down. */
void svg_grid_line(struct svg *s, double x1, double y1, double x2, double y2);

/* No label from now on where this box is. */
void svg_take(struct svg *s, struct svg_box box);

/* A label of the point (x, y), beside it or above or below, which stays free of all that was taken
 * if there is any room; a thin line leads to it when it had to move. */
void svg_label_point(struct svg *s, double x, double y, const char *label);

/* Where such a label goes, which is then taken. */
struct svg_place {
	double x, baseline; /* of its start, or of its end when it is on the left of the point */
	bool to_left;
	bool moved; /* so far that it needs a line: from (x, y) of the
		       point to (line_x, baseline - 4) */
	double line_x;
};
struct svg_place svg_find_place(struct svg *s, double x, double y, size_t n_letters);

/* 1200 -> "1.2k", 2e6 -> "2M". */
#define SVG_NUMBER_BYTES 32
void svg_short_number(double v, char out[SVG_NUMBER_BYTES]);

/* Move n heights, ascending, apart to at least a line each and between top and bottom, the squares
 * of the ways being least. */
void svg_spread(double *y, uint32_t n, double top, double bottom);

#endif
