/* SPDX-License-Identifier: BSD-2-Clause */
#include "report_page.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "file.h"
#include "grid.h"

#define TITLE_BYTES 512

/* A grid and what a table of the page borrows from it. */
struct shown_grid {
	struct grid grid;
	char title[TITLE_BYTES];
	char note[64];
};

struct content {
	struct shown_grid *shown; /* (n_tables) */
	struct page_table *table; /* (n_tables) */
	size_t n_tables;
	char **note;           /* (n_notes) of the tables of experiments */
	const char **head;     /* (n_notes * FINDING_COLUMNS_MAX) */
	size_t n_notes;
	struct page_svg *svg; /* (n_svgs) */
	char (*chart)[sizeof((struct drawing *)NULL)->name];
	size_t n_svgs;
};

static enum status add_grid(struct content *c, const struct tables *t, const struct table *table,
			    enum grid_part part)
{
	struct shown_grid *s = &c->shown[c->n_tables];
	struct grid *g = &s->grid;
	char heading[256];

	TRY(grid_open(g, table, part));
	if (!g->n_rows) {
		grid_close(g);
		*g = (struct grid){0};
		return STATUS_OK;
	}
	tables_heading(t, table, heading, sizeof heading);
	snprintf(s->title, sizeof s->title, "%s: %s", heading, g->title);
	if (table->n_older)
		snprintf(s->note, sizeof s->note, "%zu older results are not shown.",
			 table->n_older);
	c->table[c->n_tables++] = (struct page_table){
	    .title = s->title,
	    .note = s->note[0] ? s->note : NULL,
	    .n_columns = g->n_columns,
	    .n_rows = g->n_rows,
	    .head = g->head,
	    .is_number = g->is_number,
	    .cell = (const char *const *)g->cell,
	    .is_bold = g->is_bold,
	};
	return STATUS_OK;
}

/* Verdicts, claims and measurements, a sentence behind the other. */
static char *note_of(const struct finding *f)
{
	char *text = NULL;
	size_t size_bytes;
	FILE *to = file_open_memory(&text, &size_bytes);

	if (!to)
		return NULL;
	for (size_t i = 0; i < f->n_claims; i++)
		fprintf(to, "%s%s (%s) Measured: %s", i ? " " : "", f->claim[i].claim,
			finding_verdict(f->claim[i].verdict), f->claim[i].measured);
	if (file_close_memory(to) != STATUS_OK) {
		free(text);
		return NULL;
	}
	return text;
}

static enum status add_finding(struct content *c, const char *title, const struct finding *f)
{
	const char **head = &c->head[c->n_notes * FINDING_COLUMNS_MAX];
	char *note = note_of(f);

	if (!note)
		return fail_no_memory();
	c->note[c->n_notes++] = note;
	for (size_t k = 0; k < f->n_columns; k++)
		head[k] = f->head[k];
	c->table[c->n_tables++] = (struct page_table){
	    .title = title,
	    .note = *note ? note : NULL,
	    .n_columns = f->n_columns,
	    .n_rows = f->n_columns ? f->n_cells / f->n_columns : 0,
	    .head = head,
	    .is_number = f->is_number,
	    .cell = (const char *const *)f->cell,
	};
	return STATUS_OK;
}

/* The table of all claims, and then each experiment. */
static enum status add_findings(struct content *c, const struct finding *claims,
				const struct experiment_finding *findings, size_t n)
{
	if (n == 0)
		return STATUS_OK;
	c->note = calloc(n + 1, sizeof *c->note);
	c->head = calloc((n + 1) * FINDING_COLUMNS_MAX, sizeof *c->head);
	if (!c->note || !c->head)
		return fail_no_memory();
	TRY(add_finding(c, EXPERIMENTS_CLAIMS_TITLE, claims));
	c->table[c->n_tables - 1].note = EXPERIMENTS_CLAIMS_NOTE;
	for (size_t i = 0; i < n; i++)
		TRY(add_finding(c, findings[i].of->title, &findings[i].finding));
	return STATUS_OK;
}

static enum status add_tables(struct content *c, const struct tables *t, size_t n_more)
{
	size_t most = 8 * t->n_tables + n_more; /* parts of a table: bits of a byte */

	c->shown = calloc(most ? most : 1, sizeof *c->shown);
	c->table = calloc(most ? most : 1, sizeof *c->table);
	if (!c->shown || !c->table)
		return fail_no_memory();
	for (size_t i = 0; i < t->n_tables; i++) {
		unsigned parts = grid_parts(&t->table[i]);

		for (unsigned part = 1; part <= parts && part < 256; part *= 2)
			if (parts & part)
				TRY(add_grid(c, t, &t->table[i], part));
	}
	return STATUS_OK;
}

/* "speed-2" is one more drawing of the chart "speed". */
static enum status add_drawings(struct content *c, const struct drawings *drawings)
{
	size_t n = drawings ? drawings->n : 0;

	c->svg = calloc(n ? n : 1, sizeof *c->svg);
	c->chart = calloc(n ? n : 1, sizeof *c->chart);
	if (!c->svg || !c->chart)
		return fail_no_memory();
	for (size_t i = 0; i < n; i++) {
		const struct drawing *d = &drawings->drawing[i];
		char *chart = c->chart[c->n_svgs];

		if (!d->svg)
			continue;
		memcpy(chart, d->name, sizeof d->name);
		size_t used = strlen(chart), stem = used;
		while (stem > 0 && strchr("0123456789", chart[stem - 1]))
			stem--;
		if (stem > 0 && stem < used && chart[stem - 1] == '-')
			chart[stem - 1] = '\0';
		c->svg[c->n_svgs++] =
		    (struct page_svg){chart, d->text[0] ? d->text : d->title, d->svg, d->svg_bytes};
	}
	return STATUS_OK;
}

static void close_content(struct content *c)
{
	for (size_t i = 0; i < c->n_tables; i++)
		grid_close(&c->shown[i].grid);
	for (size_t i = 0; i < c->n_notes; i++)
		free(c->note[i]);
	free(c->note);
	free(c->head);
	free(c->shown);
	free(c->table);
	free(c->svg);
	free(c->chart);
}

enum status report_page(const struct result *result, size_t n_results, const struct tables *tables,
			const struct drawings *drawings, const struct finding *claims,
			const struct experiment_finding *findings, size_t n_findings,
			const struct page_scripts *scripts, struct buffer *out)
{
	struct content c = {0};
	enum status s = add_tables(&c, tables, n_findings + 1);

	if (s == STATUS_OK)
		s = add_findings(&c, claims, findings, n_findings);

	if (s == STATUS_OK)
		s = add_drawings(&c, drawings);
	if (s == STATUS_OK) {
		struct page p = {
		    .title = "How far is every compressor from the best possible code?",
		    .result = result,
		    .n_results = n_results,
		    .svg = c.svg,
		    .n_svgs = c.n_svgs,
		    .table = c.table,
		    .n_tables = c.n_tables,
		    .notes = tables_notes,
		    .scripts = scripts,
		};

		s = page_render(&p, out);
	}
	close_content(&c);
	return s;
}
