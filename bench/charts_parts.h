/* SPDX-License-Identifier: BSD-2-Clause
 *
 * charts_parts.h - between the files that make the charts: charts.c calls, the others draw.
 */
#ifndef TWOPART_CHARTS_PARTS_H
#define TWOPART_CHARTS_PARTS_H

#include "charts.h"
#include "plot.h"

/* The next chart, its script open as p->to.  `kind` is its name, or "kind-2" where that is taken;
 * chart_end() in any case. */
MUST_CHECK enum status chart_begin(struct charts *c, struct plot *p, const char *kind, int height,
				   const char *title, const char *text);
MUST_CHECK enum status chart_end(struct charts *c, struct plot *p);

/* charts_codecs.c: from the rows of tables. */
MUST_CHECK enum status charts_add_speed(struct charts *c, const struct tables *t);
MUST_CHECK enum status charts_add_memory(struct charts *c, const struct tables *t);
MUST_CHECK enum status charts_add_threads(struct charts *c, const struct tables *t);

/* charts_bound.c: what each method pays above the bound, and for what. */
MUST_CHECK enum status charts_add_bound(struct charts *c, const struct tables *t);

/* charts_figures.c: from the documents of figures. */
MUST_CHECK enum status charts_add_structure(struct charts *c, const struct tables *t);
MUST_CHECK enum status charts_add_length(struct charts *c, const struct tables *t);
MUST_CHECK enum status charts_add_redundancy(struct charts *c, const struct tables *t);
MUST_CHECK enum status charts_add_learning(struct charts *c, const struct tables *t);

#endif
