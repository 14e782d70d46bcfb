/* SPDX-License-Identifier: BSD-2-Clause
 *
 * page.h - a report as one HTML file that needs nothing but itself.
 *
 * The page is complete without scripts: what was found, drawings, tables, provenance.  With the
 * bundles of Vega-Lite inlined (`make vega` fetches them) every chart is drawn a second time as
 * something one can point at.  A policy in its head forbids all requests and every script but those
 * that the page was written with, so neither a name of a file nor a drawing can run anything.
 * Nothing of the present moment is in it: the same arguments give the same bytes.
 */
#ifndef TWOPART_PAGE_H
#define TWOPART_PAGE_H

#include <stdbool.h>
#include <stddef.h>

#include "buffer.h"
#include "result.h"
#include "status.h"

/* A drawing: the text of an SVG file.  It stands under the chart of that name (chart.h: "speed",
 * "bound", "structure", "length", "redundancy", "learning", "memory", "threads"), several in their
 * order; a drawing with another name gets a section of its own. */
struct page_svg {
	const char *chart;
	const char *caption; /* says in words what is drawn; its alternative text too */
	const char *text;
	size_t size_bytes;
};

/* A table as Markdown has it, cell by cell, in plain text without any markup. */
struct page_table {
	const char *title;
	const char *note;        /* a paragraph above it; NULL: none */
	size_t n_columns, n_rows;
	const char *const *head; /* (n_columns) */
	const bool *is_number;   /* (n_columns) aligned to the right */
	const char *const *cell; /* (n_rows * n_columns) row by row; NULL is empty */
	const bool *is_bold;     /* (n_rows) the row's name stands out; NULL: none does */
};

/* The scripts of charts. */
struct page_scripts {
	struct buffer vega, vega_lite, vega_embed;
	struct buffer licences; /* of all three; shown on the page, as they demand */
};

struct page {
	const char *title;
	const struct result *result; /* (n_results) ordered as store_all() does */
	size_t n_results;
	const struct page_svg *svg;
	size_t n_svgs;
	const struct page_table *table;
	size_t n_tables;
	const char *notes; /* how to read the tables: paragraphs with blank lines between, in them
			      `code` and **strong**; or NULL */
	const struct page_scripts *scripts; /* NULL: a page without scripts */
};

/* Append the page.  STATUS_NO_MEMORY is the only error. */
MUST_CHECK enum status page_render(const struct page *p, struct buffer *out);

/* Read the bundles from `directory`, or if that is NULL from vega/ beside this program or from
 * ../share/twopart/vega.  STATUS_UNSUPPORTED: they are not there; the sentence says how to have
 * them.  page_scripts_free() in any case. */
MUST_CHECK enum status page_scripts_load(struct page_scripts *s, const char *directory);
void page_scripts_free(struct page_scripts *s);

#endif
