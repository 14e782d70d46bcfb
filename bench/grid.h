/* SPDX-License-Identifier: BSD-2-Clause
 *
 * grid.h - a table as text, cell by cell and without markup, for whoever writes it down; and CSV.
 *
 * All columns of a row do not fit on a page.  So a table is shown as several grids beside each
 * other's rows: what it takes, where the bits went, how fast.  One list of columns (grid.c) says
 * label, digits and member of each, so a heading cannot stand over another number than its own.
 * A column that is empty in every row is left out.
 */
#ifndef TWOPART_GRID_H
#define TWOPART_GRID_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

#include "status.h"
#include "tables.h"

enum grid_part {
	GRID_SIZES = 1,    /* archives, models, bits, what failed and why */
	GRID_DISTANCE = 2, /* to Bayes, by role; overhead */
	GRID_SPEED = 4,    /* and memory */
	GRID_SCALING = 8,  /* all that matters where length is what differs */
	GRID_CODER = 16,   /* the coder alone */
	GRID_SHORT = 32,   /* the few columns of a README */
};

struct grid {
	const char *title; /* "Sizes in bytes" */
	size_t n_columns, n_rows;
	const char **head; /* (n_columns) borrowed texts */
	bool *is_number;   /* (n_columns) */
	char **cell;       /* (n_rows * n_columns) by rows; UTF-8; "" is empty */
	bool *is_bold;     /* (n_rows) on a Pareto front */
};

/* The parts that a table has, a bit each. */
unsigned grid_parts(const struct table *t);

/* One part; n_rows is 0 when nothing is in it.  grid_close() in any case. */
MUST_CHECK enum status grid_open(struct grid *g, const struct table *t, enum grid_part part);
void grid_close(struct grid *g);

/* Columns as wide as they must be; a wide last one is not filled up. */
void grid_markdown(const struct grid *g, FILE *to);

/* Every column of all rows but those of scaling, which would come twice (RFC 4180). */
void grid_csv(const struct tables *t, FILE *to);

#endif
