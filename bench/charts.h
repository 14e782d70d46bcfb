/* SPDX-License-Identifier: BSD-2-Clause
 *
 * charts.h - the drawings of a report, each a gnuplot script with its data in it and the SVG that
 * gnuplot makes of that.
 *
 * The scripts follow from the results alone and are the same bytes everywhere; the SVG is the same
 * for one version of gnuplot, which it names.  A chart without data is left out.
 */
#ifndef TWOPART_CHARTS_H
#define TWOPART_CHARTS_H

#include <stddef.h>

#include "status.h"
#include "tables.h"

struct chart {
	char name[48];   /* "speed", "speed-2": of the files bench-NAME.gp and bench-NAME.svg */
	char title[240]; /* without markup; a heading */
	char text[512];  /* what is to be seen, for who cannot */
	char *script;    /* of gnuplot: writes chart.svg where it runs */
	size_t script_bytes;
	char *svg; /* NULL before charts_draw() */
	size_t svg_bytes;
};

struct charts {
	struct chart *chart; /* (n) in the order of a report */
	size_t n;
};

/* The scripts; charts_close() in any case.  STATUS_NO_MEMORY. */
MUST_CHECK enum status charts_plan(struct charts *c, const struct tables *t);

/* The drawings, by gnuplot in a child process.  STATUS_UNSUPPORTED: there is no gnuplot;
 * STATUS_IO: it failed. */
MUST_CHECK enum status charts_draw(struct charts *c);
void charts_close(struct charts *c);

#endif
