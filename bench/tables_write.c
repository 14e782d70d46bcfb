/* SPDX-License-Identifier: BSD-2-Clause
 *
 * tables_write.c - the report in Markdown, and its part in the README.
 *
 * Everything said here is in the results: who measured, when, with what.  Nothing is asked of the
 * machine that writes.
 */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "drawings.h"
#include "grid.h"
#include "tables.h"

const char tables_notes[] =
    "Each row was decompressed in a process of its own and compared with the original; one that\n"
    "failed says how under `outcome`. Rows are sorted by all bits of their archives, and the\n"
    "bounds of a corpus stand among them in their place. `on`: what the method was given; byte\n"
    "methods get tokens as little-endian pairs without a header.\n"
    "\n"
    "`model`: what a two-part code stores in its file before the data; `archive` is the rest,\n"
    "`total` both. `decoder`: what is needed to decode, sources packed by xz; empty where it is\n"
    "not known. `not counted`: what the reader of an archive must hold besides it, whose bits are\n"
    "in no column. `bits/byte`: of the text rendering, or of the file. `x bound`: total bits over\n"
    "the Bayes bound of the corpus; of the coder alone, over the empirical entropy. Sizes are\n"
    "bytes.\n"
    "\n"
    "`regret`: bits a token above the Bayes code, and its parts by the role of the token; sums of\n"
    "-lg p over the whole corpus without a stored model, measured apart. `ideal bits`: the sum of\n"
    "-lg p of all that is in the archive; `overhead bits`: total less ideal, which is coder,\n"
    "header and checksum.\n"
    "\n"
    "MB/s: 10^6 bytes of what the method was given a second of processor time of the coding call\n"
    "(of an external program: of the whole process); the median of the runs, ± half the distance\n"
    "of their quartiles. `CPU s`: median processor time of the whole process, its start and the\n"
    "files included: the same measure for every method. MiB: largest resident memory of the\n"
    "process. `runs` were interleaved between the methods. Times of two machines are never in one\n"
    "table.\n"
    "\n"
    "**Bold**: on a Pareto front, which `front` names: no other method of that table is as small\n"
    "and takes as little `CPU s`, to compress (enc) or to decompress (dec). What is `not counted`\n"
    "does not compete.\n";

static bool is_of(const struct tables *t, const struct table *table, const struct result *r)
{
	return strcmp(t->machine[table->machine].id, r->machine_id) == 0;
}

/* The first result of a table, or NULL: of a sum. */
static const struct result *any_result(const struct table *table)
{
	for (size_t i = 0; i < table->n_rows; i++)
		if (table->row[i].result)
			return table->row[i].result;
	return NULL;
}

/* ---- Tables. ---- */

/* Does an earlier row have the corpus of this one? */
static bool is_said(const struct table *table, const struct row *row)
{
	for (const struct row *r = table->row; r < row; r++)
		if (strcmp(r->digest, row->digest) == 0)
			return true;
	return false;
}

/* What the rows were measured on, for who wants to measure it again. */
static void print_sources(const struct table *table, FILE *to)
{
	bool any = false;

	for (const struct row *r = table->row; r < table->row + table->n_rows; r++) {
		if (!r->digest[0] || is_said(table, r))
			continue;
		any = true;
		if (table->section == SECTION_SCALING)
			fprintf(to, "- %s: ", r->corpus);
		if (isnan(r->n_tokens))
			fprintf(to, "%.0f bytes, ", r->text_bytes);
		else
			fprintf(to, "%s%s%s%.0f tokens, ", r->source[0] ? "`" : "", r->source,
				r->source[0] ? "`: " : "", r->n_tokens);
		fprintf(to, "XXH3-64 %s\n", r->digest);
	}
	if (any)
		fputc('\n', to);
}

static enum status print_grids(const struct table *table, unsigned parts, bool with_titles,
			       FILE *to)
{
	enum status s = STATUS_OK;

	for (unsigned part = 1; s == STATUS_OK && part <= parts; part *= 2) {
		struct grid g;

		if (!(parts & part))
			continue;
		s = grid_open(&g, table, part);
		if (s == STATUS_OK && g.n_rows) {
			if (with_titles)
				fprintf(to, "**%s**\n\n", g.title);
			grid_markdown(&g, to);
		}
		grid_close(&g);
	}
	return s;
}

static enum status print_table(const struct tables *t, const struct table *table, FILE *to)
{
	unsigned parts = grid_parts(table);
	char heading[256];

	tables_heading(t, table, heading, sizeof heading);
	fprintf(to, "## %s\n\n", heading);
	print_sources(table, to);
	TRY(print_grids(table, parts, parts & (parts - 1), to));
	if (table->n_older)
		fprintf(to,
			"%zu older result%s of these methods, of other versions or limits, %s "
			"not shown.\n\n",
			table->n_older, table->n_older == 1 ? "" : "s",
			table->n_older == 1 ? "is" : "are");
	return STATUS_OK;
}

enum status tables_print(const struct tables *t, FILE *to)
{
	for (size_t i = 0; i < t->n_tables; i++)
		TRY(print_table(t, &t->table[i], to));
	return STATUS_OK;
}

/* ---- Provenance. ---- */

static void print_json(const char *key, const json_t *value, FILE *to)
{
	const char *name;
	json_t *member;

	if (json_is_string(value))
		fprintf(to, "- %s: %s\n", key, json_string_value(value));
	else if (json_is_integer(value))
		fprintf(to, "- %s: %lld\n", key, (long long)json_integer_value(value));
	else if (json_is_number(value))
		fprintf(to, "- %s: %.12g\n", key, json_number_value(value));
	else if (json_is_boolean(value))
		fprintf(to, "- %s: %s\n", key, json_is_true(value) ? "yes" : "no");
	else if (json_is_object(value) && json_object_size(value)) {
		const char *between = "";

		fprintf(to, "- %s: ", key);
		json_object_foreach((json_t *)value, name, member)
		{
			fprintf(to, "%s%s ", between, name);
			if (json_is_string(member))
				fputs(json_string_value(member), to);
			else
				json_dumpf(member, to, JSON_ENCODE_ANY | JSON_COMPACT);
			between = ", ";
		}
		fputc('\n', to);
	}
}

/* Lines that were printed; each once. */
struct said {
	char **line; /* (n), room for all that may come */
	size_t n;
	FILE *to;
};

static enum status say(struct said *s, const char *text)
{
	size_t k = 0;

	while (k < s->n && strcmp(s->line[k], text) != 0)
		k++;
	if (!text[0] || k < s->n)
		return STATUS_OK;
	s->line[s->n] = strdup(text);
	if (!s->line[s->n])
		return fail_no_memory();
	fprintf(s->to, "- %s\n", s->line[s->n++]);
	return STATUS_OK;
}

typedef void line_of(const struct result *r, char *text, size_t size);

static enum status say_rows(struct said *s, const struct tables *t, size_t machine, line_of *line)
{
	char text[1400];

	for (size_t i = 0; i < t->n_tables; i++) {
		const struct table *table = &t->table[i];

		for (const struct row *r = table->row; r < table->row + table->n_rows; r++) {
			if (!r->result || table->machine != machine || !is_of(t, table, r->result))
				continue;
			line(r->result, text, sizeof text);
			TRY(say(s, text));
		}
	}
	for (size_t i = 0; i < t->n_figures; i++) {
		if (strcmp(t->figure[i]->machine_id, t->machine[machine].id) != 0)
			continue;
		line(t->figure[i], text, sizeof text);
		TRY(say(s, text));
	}
	return STATUS_OK;
}

/* What results of one machine have in common with others is said once: walk over the distinct
 * lines that `line` makes of them, in the order of the tables, then of the figures. */
static enum status print_distinct(const struct tables *t, size_t machine, line_of *line, FILE *to)
{
	struct said said = {.to = to};
	size_t most = t->n_figures;

	for (size_t i = 0; i < t->n_tables; i++)
		most += t->table[i].n_rows;
	said.line = calloc(most + 1, sizeof *said.line);

	enum status s = said.line ? say_rows(&said, t, machine, line) : fail_no_memory();

	for (size_t k = 0; k < said.n; k++)
		free(said.line[k]);
	free(said.line);
	return s;
}

static void program_line(const struct result *r, char *text, size_t size)
{
	snprintf(text, size, "program: %s", r->program);
}

static void external_line(const struct result *r, char *text, size_t size)
{
	text[0] = '\0';
	if (r->spec.compress[0])
		snprintf(text, size, "%s%s%s: `%s`; `%s`", r->spec.name,
			 r->spec.version[0] ? ", version " : "", r->spec.version, r->spec.compress,
			 r->spec.decompress);
}

static enum status print_machine(const struct tables *t, size_t i, FILE *to)
{
	const struct table_machine *m = &t->machine[i];
	const char *key;
	json_t *value;

	fprintf(to, "**Machine %s** (%s): %zu results, %s to %s\n\n", m->label, m->id, m->n_results,
		m->first, m->last);
	json_object_foreach((json_t *)m->machine, key, value) print_json(key, value, to);
	TRY(print_distinct(t, i, program_line, to));
	TRY(print_distinct(t, i, external_line, to));
	fputc('\n', to);
	return STATUS_OK;
}

static void print_pictures(const struct drawings *drawings, FILE *to)
{
	for (size_t i = 0; drawings && i < drawings->n; i++)
		fprintf(to, "![%s](bench-%s.svg)\n\n", drawings->drawing[i].title,
			drawings->drawing[i].name);
}

enum status tables_markdown(const struct tables *t, const struct drawings *drawings, FILE *to)
{
	fprintf(
	    to,
	    "# Benchmark\n\nWritten by `twopart report` from %zu results, which are in "
	    "bench.jsonl beside this file; every column\nof every table is in bench.csv. How to "
	    "read the tables, and on what was measured, is said at the end.\n\n",
	    t->n_results);
	TRY(tables_print(t, to));
	if (drawings && drawings->n)
		fputs("## Drawings\n\n", to);
	print_pictures(drawings, to);
	fprintf(to, "## How to read the tables\n\n%s\n## Where the results come from\n\n",
		tables_notes);
	for (size_t i = 0; i < t->n_machines; i++)
		TRY(print_machine(t, i, to));
	return STATUS_OK;
}

/* ---- README. ---- */

/* The picture of size against speed of that table, or else the first one. */
static const struct drawing *picture_of(const struct tables *t, const struct table *table,
					const struct drawings *drawings)
{
	char heading[256];

	tables_heading(t, table, heading, sizeof heading);
	for (size_t i = 0; drawings && i < drawings->n; i++) {
		const struct drawing *d = &drawings->drawing[i];
		const char *of = strstr(d->title, heading);

		if (strncmp(d->name, "speed", 5) == 0 && of && strcmp(of, heading) == 0)
			return d;
	}
	return drawings && drawings->n ? &drawings->drawing[0] : NULL;
}

enum status tables_readme(const struct tables *t, const struct drawings *drawings, FILE *to)
{
	const struct table *table = tables_main(t);

	if (!table) {
		fputs("No results yet.\n", to);
		return STATUS_OK;
	}
	const struct table_machine *m = &t->machine[table->machine];
	const struct result *r = any_result(table);
	const struct drawing *picture = picture_of(t, table, drawings);
	const char *cpu = json_string_value(json_object_get(m->machine, "cpu"));
	json_t *cores = json_object_get(m->machine, "cores");

	fprintf(to, "**%s**", table->title);
	if (r->spec.corpus.source[0])
		fprintf(to, " (`%s`)", r->spec.corpus.source);
	fprintf(to, ", measured on %s", cpu ? cpu : "a machine without a name");
	if (json_is_integer(cores))
		fprintf(to, ", %lld cores", (long long)json_integer_value(cores));
	fprintf(to,
		", by twopart %s, until %.10s. All tables and drawings: [reports/bench.md]"
		"(reports/bench.md), [reports/bench.html](reports/bench.html).\n\n",
		r->program, m->last);
	if (picture)
		fprintf(to, "![%s](reports/bench-%s.svg)\n\n", picture->title, picture->name);
	return print_grids(table, GRID_SHORT, false, to);
}
