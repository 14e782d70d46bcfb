/* SPDX-License-Identifier: BSD-2-Clause
 *
 * drawings_parts.h - between the files that make the drawings: drawings.c calls, the others draw.
 */
#ifndef TWOPART_DRAWINGS_PARTS_H
#define TWOPART_DRAWINGS_PARTS_H

#include "drawings.h"
#include "plot.h"

/* The next drawing, its script open as p->to.  `kind` is its name, or "kind-2" where that is taken;
 * drawing_end() in any case. */
MUST_CHECK enum status drawing_begin(struct drawings *c, struct plot *p, const char *kind,
				     int height, const char *title, const char *text);
MUST_CHECK enum status drawing_end(struct drawings *c, struct plot *p);

/* drawings_codecs.c: from the rows of tables. */
MUST_CHECK enum status drawings_add_speed(struct drawings *c, const struct tables *t);
MUST_CHECK enum status drawings_add_memory(struct drawings *c, const struct tables *t);
MUST_CHECK enum status drawings_add_threads(struct drawings *c, const struct tables *t);

/* drawings_bound.c: what each method pays above the bound, and for what. */
MUST_CHECK enum status drawings_add_bound(struct drawings *c, const struct tables *t);

/* drawings_figures.c: from the documents of figures. */
MUST_CHECK enum status drawings_add_structure(struct drawings *c, const struct tables *t);
MUST_CHECK enum status drawings_add_length(struct drawings *c, const struct tables *t);
MUST_CHECK enum status drawings_add_redundancy(struct drawings *c, const struct tables *t);
MUST_CHECK enum status drawings_add_learning(struct drawings *c, const struct tables *t);

#endif
