/* SPDX-License-Identifier: BSD-2-Clause
 *
 * drawings.h - the drawings of a report, each a gnuplot script with its data in it and the SVG that
 * gnuplot makes of that.
 *
 * The scripts follow from the results alone and are the same bytes everywhere; the SVG is the same
 * for one version of gnuplot, which it names.  A drawing without data is left out.
 */
#ifndef TWOPART_DRAWINGS_H
#define TWOPART_DRAWINGS_H

#include <stddef.h>

#include "status.h"
#include "tables.h"

struct drawing {
	char name[48];   /* "speed", "speed-2": of the files bench-NAME.gp and bench-NAME.svg */
	char title[240]; /* without markup; a heading */
	char text[512];  /* what is to be seen, for who cannot */
	char *script;    /* of gnuplot: writes drawing.svg where it runs */
	size_t script_bytes;
	char *svg; /* NULL before drawings_draw() */
	size_t svg_bytes;
};

struct drawings {
	struct drawing *drawing; /* (n) in the order of a report */
	size_t n;
};

/* The scripts; drawings_close() in any case.  STATUS_NO_MEMORY. */
MUST_CHECK enum status drawings_plan(struct drawings *c, const struct tables *t);

/* Append those of experiments (experiment.h).  STATUS_NO_MEMORY. */
struct experiment_finding;
MUST_CHECK enum status drawings_add_findings(struct drawings *c,
					     const struct experiment_finding *findings, size_t n);

/* The drawings, by gnuplot in a child process.  STATUS_UNSUPPORTED: there is no gnuplot;
 * STATUS_IO: it failed. */
MUST_CHECK enum status drawings_draw(struct drawings *c);
void drawings_close(struct drawings *c);

#endif
