/* SPDX-License-Identifier: BSD-2-Clause
 *
 * tables.h - results (result.h) put into tables: which stand together, in what order, what follows.
 *
 * A table holds the results of one corpus on one machine, since times of two machines are not to be
 * compared; the bounds of the corpus are rows of it like any other, in their place by total bits.
 * Where a table belongs follows from its corpus: one that was generated, an ordinary file, the
 * coder alone.  From these follow the sums over all ordinary files of a machine, and, where corpora
 * differ in nothing but their length, how a method scales.  Of several results that differ in
 * version or limits only, the one that was finished last is a row; the others are counted.
 *
 * The same results in any order give the same tables.
 */
#ifndef TWOPART_TABLES_H
#define TWOPART_TABLES_H

#include <stddef.h>
#include <stdio.h>

#include "report.h"
#include "result.h"
#include "status.h"

struct table_machine {
	char id[SPEC_DIGEST_CHARS];
	char label[8];         /* "A", "B", ..: by processor, then id */
	const json_t *machine; /* borrowed */
	size_t n_results;
	const char *first, *last; /* of `finished`, borrowed */
};

struct table {
	enum section section;
	size_t machine; /* index */
	char title[160];
	char slug[16];   /* "corpus-1", "file-2", "total-1": within this report only */
	struct row *row; /* (n_rows) */
	size_t n_rows;
	size_t n_older; /* results of other versions or limits, not shown */
};

struct tables {
	struct table *table; /* (n_tables) corpora, files, totals, scaling, coder */
	size_t n_tables;
	struct table_machine *machine; /* (n_machines) */
	size_t n_machines;
	const struct result **figure; /* (n_figures) with documents, the newest of each kind and
					 corpus; by corpus, then kind */
	size_t n_figures;
	size_t n_results;
};

/* From n results, which must live as long; tables_close() in any case.  STATUS_NO_MEMORY. */
MUST_CHECK enum status tables_open(struct tables *t, const struct result *results, size_t n);
void tables_close(struct tables *t);

/* Is the row a method that was measured (and no bound, no sum, nothing that failed)? */
bool row_is_measured(const struct row *r);

/* Of the generated corpora's tables the one with the most measured rows, the first of equals;
 * without such, of those of files.  NULL: there is none. */
const struct table *tables_main(const struct tables *t);

/* "A corpus of .. (machine A)": a table's heading; the machine only when there are several. */
void tables_heading(const struct tables *t, const struct table *table, char *text,
		    size_t size_bytes);

struct drawings;

/* tables_write.c: the whole report, with `drawings` (NULL: none) as pictures beside it.  All of these
 * fail with STATUS_NO_MEMORY only. */
MUST_CHECK enum status tables_markdown(const struct tables *t, const struct drawings *drawings,
				       FILE *to);

/* What the README shows: one picture, if there is one, and the short form of the main table. */
MUST_CHECK enum status tables_readme(const struct tables *t, const struct drawings *drawings,
				     FILE *to);

/* The tables alone, for a terminal. */
MUST_CHECK enum status tables_print(const struct tables *t, FILE *to);

/* How to read the tables: paragraphs with blank lines between. */
extern const char tables_notes[];

#endif
