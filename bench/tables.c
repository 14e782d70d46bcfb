/* SPDX-License-Identifier: BSD-2-Clause
 *
 * tables.c - results are sorted once so that a table's stand together; each run of them is a table.
 *
 * Every order here ends in the key of a result, which no two have in common, so no order depends on
 * how the results came.
 */
#include "tables.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "pareto.h"
#include "total.h"

#define N_BOUNDS 4

/* Options of `generate` that say how long a corpus is, and nothing else. */
static const char *const length_options[] = {"--sentences", "--biographies", "--tokens"};

struct item {
	const struct result *result;
	enum section section;
	size_t machine;
	char family[sizeof((struct spec_corpus *)0)->source]; /* source but for the length */
};

/* ---- What a result is of. ---- */

static bool is_figure(const struct result *r)
{
	return spec_is_figure(&r->spec);
}

static enum section section_of(const struct result *r)
{
	if (strncmp(r->spec.method, "coder:", 6) == 0)
		return SECTION_CODER;
	return isnan(r->spec.corpus.n_tokens) ? SECTION_FILE : SECTION_TABLE;
}

static const char *corpus_key(const struct result *r)
{
	return r->spec.corpus.digest[0] ? r->spec.corpus.digest : r->spec.corpus.title;
}

/* The words of `source` without the options that say the length. */
static void find_family(const char *source, char *family)
{
	size_t used = 0;

	while (*(source += strspn(source, " "))) {
		size_t n = strcspn(source, " ");
		bool skipped = false;

		for (size_t i = 0; i < sizeof length_options / sizeof *length_options; i++)
			skipped = skipped || (n == strlen(length_options[i]) &&
					      strncmp(source, length_options[i], n) == 0);
		if (skipped) { /* and its value */
			source += n;
			source += strspn(source, " ");
			source += strcspn(source, " ");
			continue;
		}
		if (used)
			family[used++] = ' ';
		memcpy(family + used, source, n);
		used += n;
		source += n;
	}
	family[used] = '\0';
}

bool row_is_measured(const struct row *r)
{
	return r->present && r->result;
}

/* ---- Orders. ---- */

static int compare_numbers(double a, double b)
{
	if (isnan(a) || isnan(b))
		return isnan(a) - isnan(b);
	return (a > b) - (a < b);
}

static int compare_tables(const struct item *a, const struct item *b)
{
	int by = (int)a->section - (int)b->section;

	if (by == 0)
		by = strcmp(a->family, b->family);
	if (by == 0)
		by = compare_numbers(a->result->spec.corpus.n_tokens,
				     b->result->spec.corpus.n_tokens);
	if (by == 0 && a->section == SECTION_FILE)
		by = strcmp(a->result->spec.corpus.title, b->result->spec.corpus.title);
	if (by == 0)
		by = strcmp(corpus_key(a->result), corpus_key(b->result));
	return by ? by : (a->machine > b->machine) - (a->machine < b->machine);
}

/* Within a table: which results are one method's. */
static int compare_methods(const struct result *a, const struct result *b)
{
	int by = strcmp(a->spec.name, b->spec.name);

	if (by == 0)
		by = strcmp(a->spec.on, b->spec.on);
	return by ? by : (a->spec.threads > b->spec.threads) - (a->spec.threads < b->spec.threads);
}

/* The newest first. */
static int compare_ages(const struct result *a, const struct result *b)
{
	int by = strcmp(b->finished, a->finished);

	return by ? by : strcmp(a->key, b->key);
}

static int compare_items(const void *a, const void *b)
{
	const struct item *x = a, *y = b;
	int by = compare_tables(x, y);

	if (by == 0)
		by = compare_methods(x->result, y->result);
	return by ? by : compare_ages(x->result, y->result);
}

static int compare_figures(const void *a, const void *b)
{
	const struct result *x = *(const struct result *const *)a;
	const struct result *y = *(const struct result *const *)b;
	int by = strcmp(corpus_key(x), corpus_key(y));

	if (by == 0)
		by = strcmp(x->spec.method, y->spec.method);
	return by ? by : compare_ages(x, y);
}

static int compare_machines(const void *a, const void *b)
{
	const struct table_machine *x = a, *y = b;
	const char *cpu_x = json_string_value(json_object_get(x->machine, "cpu"));
	const char *cpu_y = json_string_value(json_object_get(y->machine, "cpu"));
	int by = strcmp(cpu_x ? cpu_x : "", cpu_y ? cpu_y : "");

	return by ? by : strcmp(x->id, y->id);
}

/* By total bits, bounds in their place and in front of who reaches them; what failed is last. */
static int compare_rows(const void *a, const void *b)
{
	const struct row *x = a, *y = b;
	int by = y->present - x->present;

	if (by == 0 && x->present)
		by = compare_numbers(x->total_bits, y->total_bits);
	if (by == 0)
		by = !!x->result - !!y->result;
	if (by == 0)
		by = strcmp(x->name, y->name);
	if (by == 0)
		by = strcmp(x->on, y->on);
	return by ? by : compare_numbers(x->n_threads, y->n_threads);
}

/* A method's corpora stand together, the shortest first. */
static int compare_scaling(const void *a, const void *b)
{
	const struct row *x = a, *y = b;
	int by = strcmp(x->name, y->name);

	if (by == 0)
		by = strcmp(x->on, y->on);
	if (by == 0)
		by = compare_numbers(x->n_threads, y->n_threads);
	if (by == 0)
		by = compare_numbers(x->n_tokens, y->n_tokens);
	return by ? by : strcmp(x->digest, y->digest);
}

/* ---- Rows. ---- */

static double compress_seconds(const struct result_run *run)
{
	return run->compress.cpu_seconds;
}

static double decompress_seconds(const struct result_run *run)
{
	return run->decompress.cpu_seconds;
}

static void fill_row(const struct item *item, struct row *row)
{
	const struct result *r = item->result;

	result_row(r, row);
	row->section = item->section;
	row->present = r->outcome == OUTCOME_OK;
	row->result = r;
	row->n_threads = r->spec.threads ? r->spec.threads : 1;
	row->n_runs = (double)r->n_runs;
	row->decoder_bytes = row->present ? r->decoder_bytes : NAN;
	row->compress_spread = row->decompress_spread = NAN;
	if (row->present && r->n_runs > 1) {
		row->compress_spread = result_spread(r, compress_seconds).half_range;
		row->decompress_spread = result_spread(r, decompress_seconds).half_range;
	}
	row_derive(row);
}

static struct row bound_row(const struct row *like, const char *name, double bits)
{
	struct row r = row_empty();

	r.section = like->section;
	r.present = true;
	memcpy(r.corpus, like->corpus, sizeof r.corpus);
	memcpy(r.source, like->source, sizeof r.source);
	memcpy(r.digest, like->digest, sizeof r.digest);
	snprintf(r.name, sizeof r.name, "bound: %s", name);
	snprintf(r.on, sizeof r.on, "tokens");
	r.n_tokens = like->n_tokens;
	r.text_bytes = like->text_bytes;
	r.bound_bits = like->bound_bits;
	r.ideal_bits = bits;
	row_derive(&r);
	return r;
}

/* ---- Tables. ---- */

static enum status table_new(struct tables *t, enum section section, size_t machine, size_t n_rows,
			     struct table **out)
{
	static const struct {
		enum section section;
		const char *slug;
	} slugs[] = {{SECTION_TABLE, "corpus"},
		     {SECTION_FILE, "file"},
		     {SECTION_TOTAL, "total"},
		     {SECTION_SCALING, "scaling"},
		     {SECTION_CODER, "coder"}};
	struct table *all = realloc(t->table, (t->n_tables + 1) * sizeof *all);
	struct row *row = calloc(n_rows + 1, sizeof *row);
	unsigned nth = 1;

	if (all)
		t->table = all;
	if (!all || !row) {
		free(row);
		return fail_no_memory();
	}
	*out = &all[t->n_tables];
	**out = (struct table){.section = section, .machine = machine, .row = row};
	for (size_t i = 0; i < t->n_tables; i++)
		nth += all[i].section == section;
	for (size_t i = 0; i < sizeof slugs / sizeof *slugs; i++)
		if (slugs[i].section == section)
			snprintf((*out)->slug, sizeof(*out)->slug, "%s-%u", slugs[i].slug,
				 nth % 1000000);
	t->n_tables++;
	return STATUS_OK;
}

/* The bounds that any of the results states. */
static void add_bounds(struct table *table, const struct item *item, size_t n)
{
	static const struct {
		const char *name;
		size_t offset;
	} bounds[N_BOUNDS] = {
	    {"known world", offsetof(struct spec_corpus, known_bits)},
	    {"E[known given X]", offsetof(struct spec_corpus, known_bits_expected)},
	    {"Bayes", offsetof(struct spec_corpus, bayes_bits)},
	    {"two-part", offsetof(struct spec_corpus, two_part_bits)}};
	struct row like = table->row[0];

	for (size_t b = 0; b < N_BOUNDS && table->section == SECTION_TABLE; b++)
		for (size_t i = 0; i < n; i++) {
			double bits;

			memcpy(&bits, (const char *)&item[i].result->spec.corpus + bounds[b].offset,
			       sizeof bits);
			if (isnan(bits))
				continue;
			table->row[table->n_rows++] = bound_row(&like, bounds[b].name, bits);
			break;
		}
}

/* One table of n results. */
static enum status add_table(struct tables *t, const struct item *item, size_t n)
{
	struct table *table;

	TRY(table_new(t, item->section, item->machine, n + N_BOUNDS, &table));
	snprintf(table->title, sizeof table->title, "%s", item->result->spec.corpus.title);
	for (size_t i = 0; i < n; i++) {
		if (i && compare_methods(item[i - 1].result, item[i].result) == 0)
			table->n_older++;
		else
			fill_row(&item[i], &table->row[table->n_rows++]);
	}
	for (size_t i = 0; i < table->n_rows; i++) /* one digest is one corpus, whatever its name */
		memcpy(table->row[i].corpus, table->row[0].corpus, sizeof table->row[i].corpus);
	add_bounds(table, item, n);
	qsort(table->row, table->n_rows, sizeof *table->row, compare_rows);
	pareto_mark(table->row, table->n_rows);
	return STATUS_OK;
}

/* All that follows from the files of one machine. */
static enum status add_total(struct tables *t, size_t machine)
{
	size_t n_rows = 0, n = 0;
	struct table *total;

	for (size_t i = 0; i < t->n_tables; i++)
		if (t->table[i].section == SECTION_FILE && t->table[i].machine == machine)
			n_rows += t->table[i].n_rows;
	struct row *row = calloc(2 * n_rows + 1, sizeof *row);

	if (!row)
		return fail_no_memory();
	for (size_t i = 0; i < t->n_tables; i++) {
		const struct table *file = &t->table[i];

		if (file->section != SECTION_FILE || file->machine != machine)
			continue;
		memcpy(row + n, file->row, file->n_rows * sizeof *row);
		n += file->n_rows;
	}

	size_t n_totals = total_rows(row, n_rows);
	enum status s =
	    n_totals ? table_new(t, SECTION_TOTAL, machine, n_totals, &total) : STATUS_OK;

	for (size_t i = 0; s == STATUS_OK && i < n_totals; i++) {
		struct row *sum = &total->row[total->n_rows++];

		*sum = row[n_rows + i];
		sum->result = NULL;
		sum->compress_spread = sum->decompress_spread = sum->n_runs = NAN;
		snprintf(total->title, sizeof total->title, "%s", sum->corpus);
	}
	if (s == STATUS_OK && n_totals) {
		qsort(total->row, n_totals, sizeof *row, compare_rows);
		pareto_mark(total->row, n_totals);
	}
	free(row);
	return s;
}

/* Has the method of this row been measured on a corpus of another length, too? */
static bool has_other_length(const struct row *row, size_t n, const struct row *r)
{
	for (size_t i = 0; i < n; i++)
		if (strcmp(row[i].name, r->name) == 0 && strcmp(row[i].on, r->on) == 0 &&
		    row[i].n_threads == r->n_threads && row[i].n_tokens != r->n_tokens)
			return true;
	return false;
}

/* The corpora of one family on one machine: rows of methods that have several lengths. */
static enum status add_family(struct tables *t, const char *family, size_t machine)
{
	char own[sizeof((struct spec_corpus *)0)->source];
	size_t n = 0, n_rows = 0;
	struct table *scaling;
	struct row *row;

	for (size_t i = 0; i < t->n_tables; i++)
		n += t->table[i].n_rows;
	row = calloc(n + 1, sizeof *row);
	if (!row)
		return fail_no_memory();
	for (size_t i = 0; i < t->n_tables; i++)
		for (const struct row *r = t->table[i].row;
		     t->table[i].section == SECTION_TABLE && t->table[i].machine == machine &&
		     r < t->table[i].row + t->table[i].n_rows;
		     r++) {
			find_family(r->source, own);
			if (row_is_measured(r) && *family && strcmp(own, family) == 0)
				row[n_rows++] = *r;
		}
	for (n = 0; n < n_rows && !has_other_length(row, n_rows, &row[n]); n++)
		;
	enum status s =
	    n < n_rows ? table_new(t, SECTION_SCALING, machine, n_rows, &scaling) : STATUS_OK;

	for (size_t i = 0; s == STATUS_OK && n < n_rows && i < n_rows; i++) {
		if (!has_other_length(row, n_rows, &row[i]))
			continue;
		struct row *r = &scaling->row[scaling->n_rows++];

		*r = row[i];
		r->section = SECTION_SCALING;
		r->pareto[0] = '\0';
	}
	if (s == STATUS_OK && n < n_rows) {
		snprintf(scaling->title, sizeof scaling->title, "Cost against length: %.100s",
			 family);
		qsort(scaling->row, scaling->n_rows, sizeof *row, compare_scaling);
	}
	free(row);
	return s;
}

static enum status add_families(struct tables *t, const struct item *item, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		bool is_new = item[i].section == SECTION_TABLE;

		for (size_t k = 0; k < i && is_new; k++)
			is_new = item[k].machine != item[i].machine ||
				 strcmp(item[k].family, item[i].family) != 0;
		if (is_new)
			TRY(add_family(t, item[i].family, item[i].machine));
	}
	return STATUS_OK;
}

/* ---- From results. ---- */

static enum status find_machines(struct tables *t, const struct result *results, size_t n)
{
	t->machine = calloc(n + 1, sizeof *t->machine);
	if (!t->machine)
		return fail_no_memory();
	for (size_t i = 0; i < n; i++) {
		const struct result *r = &results[i];
		struct table_machine *m = t->machine;

		while (m < t->machine + t->n_machines && strcmp(m->id, r->machine_id) != 0)
			m++;
		if (m == t->machine + t->n_machines) {
			memcpy(m->id, r->machine_id, sizeof m->id);
			m->machine = r->machine;
			m->first = m->last = r->finished;
			t->n_machines++;
		}
		m->n_results++;
		if (strcmp(r->finished, m->first) < 0)
			m->first = r->finished;
		if (strcmp(r->finished, m->last) > 0)
			m->last = r->finished;
	}
	qsort(t->machine, t->n_machines, sizeof *t->machine, compare_machines);
	for (size_t i = 0; i < t->n_machines; i++)
		snprintf(t->machine[i].label, sizeof t->machine[i].label, i < 26 ? "%c" : "M%u",
			 i < 26 ? (unsigned)('A' + i) : (unsigned)(i % 100000));
	return STATUS_OK;
}

static size_t machine_of(const struct tables *t, const struct result *r)
{
	size_t m = 0;

	while (strcmp(t->machine[m].id, r->machine_id) != 0)
		m++;
	return m;
}

/* Figures, which are exact on every machine, the newest of each. */
static enum status find_figures(struct tables *t, const struct result *results, size_t n)
{
	size_t n_newest = 0;

	t->figure = calloc(n + 1, sizeof *t->figure);
	if (!t->figure)
		return fail_no_memory();
	for (size_t i = 0; i < n; i++)
		if (is_figure(&results[i]) && results[i].outcome == OUTCOME_OK &&
		    results[i].document)
			t->figure[t->n_figures++] = &results[i];
	qsort(t->figure, t->n_figures, sizeof *t->figure, compare_figures);
	for (size_t i = 0; i < t->n_figures; i++) {
		const struct result *last = n_newest ? t->figure[n_newest - 1] : NULL;

		if (last && strcmp(corpus_key(last), corpus_key(t->figure[i])) == 0 &&
		    strcmp(last->spec.method, t->figure[i]->spec.method) == 0)
			continue;
		t->figure[n_newest++] = t->figure[i];
	}
	t->n_figures = n_newest;
	return STATUS_OK;
}

/* Tables of items in their order; of the coder alone last. */
static enum status add_tables(struct tables *t, const struct item *item, size_t n, bool is_coder)
{
	for (size_t i = 0, end; i < n; i = end) {
		for (end = i + 1; end < n && compare_tables(&item[i], &item[end]) == 0; end++)
			;
		if ((item[i].section == SECTION_CODER) == is_coder)
			TRY(add_table(t, &item[i], end - i));
	}
	return STATUS_OK;
}

static enum status build(struct tables *t, struct item *item, const struct result *results,
			 size_t n)
{
	size_t n_items = 0;

	for (size_t i = 0; i < n; i++) {
		struct item *it = &item[n_items];

		if (is_figure(&results[i]))
			continue;
		it->result = &results[i];
		it->section = section_of(&results[i]);
		it->machine = machine_of(t, &results[i]);
		find_family(results[i].spec.corpus.source, it->family);
		n_items++;
	}
	qsort(item, n_items, sizeof *item, compare_items);
	TRY(add_tables(t, item, n_items, false));
	for (size_t m = 0; m < t->n_machines; m++)
		TRY(add_total(t, m));
	TRY(add_families(t, item, n_items));
	return add_tables(t, item, n_items, true);
}

enum status tables_open(struct tables *t, const struct result *results, size_t n)
{
	*t = (struct tables){.n_results = n};
	TRY(find_machines(t, results, n));
	TRY(find_figures(t, results, n));

	struct item *item = calloc(n + 1, sizeof *item);

	if (!item)
		return fail_no_memory();
	enum status s = build(t, item, results, n);

	free(item);
	return s;
}

void tables_close(struct tables *t)
{
	for (size_t i = 0; i < t->n_tables; i++)
		free(t->table[i].row);
	free(t->table);
	free(t->machine);
	free(t->figure);
	*t = (struct tables){0};
}

static size_t count_measured(const struct table *table)
{
	size_t n = 0;

	for (size_t i = 0; i < table->n_rows; i++)
		n += row_is_measured(&table->row[i]);
	return n;
}

const struct table *tables_main(const struct tables *t)
{
	static const enum section kinds[] = {SECTION_TABLE, SECTION_FILE};
	const struct table *best = NULL;

	for (size_t k = 0; k < 2 && !best; k++)
		for (size_t i = 0; i < t->n_tables; i++)
			if (t->table[i].section == kinds[k] && count_measured(&t->table[i]) &&
			    (!best || count_measured(&t->table[i]) > count_measured(best)))
				best = &t->table[i];
	return best;
}

void tables_heading(const struct tables *t, const struct table *table, char *text,
		    size_t size_bytes)
{
	if (t->n_machines > 1)
		snprintf(text, size_bytes, "%s (machine %s)", table->title,
			 t->machine[table->machine].label);
	else
		snprintf(text, size_bytes, "%s", table->title);
}
