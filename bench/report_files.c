/* SPDX-License-Identifier: BSD-2-Clause */
#include "report_files.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "drawings.h"
#include "experiment.h"
#include "file.h"
#include "grid.h"
#include "report_page.h"
#include "tables.h"

#define PATH_BYTES 4096

/* All that files are made of. */
struct content {
	struct store *store;
	struct result *result; /* (n_results) */
	size_t n_results;
	struct tables tables;
	struct experiment_finding *finding; /* (n_findings) */
	size_t n_findings;
	struct finding claims; /* all of them, as a table */
	struct drawings drawings;
	const char *directory;
	FILE *names;
};

static enum status open_content(struct content *c, struct store *s)
{
	*c = (struct content){.store = s};
	TRY(store_all(s, &c->result, &c->n_results));
	TRY(tables_open(&c->tables, c->result, c->n_results));
	TRY(experiments_conclude(c->tables.figure, c->tables.n_figures, &c->finding,
				 &c->n_findings));
	if (c->n_findings)
		TRY(experiments_claims(c->finding, c->n_findings, &c->claims));
	TRY(drawings_plan(&c->drawings, &c->tables));
	return drawings_add_findings(&c->drawings, c->finding, c->n_findings);
}

static void close_content(struct content *c)
{
	drawings_close(&c->drawings);
	experiments_free(c->finding, c->n_findings);
	finding_free(&c->claims);
	tables_close(&c->tables);
	store_free_all(c->result, c->n_results);
}

/* ---- Writing. ---- */

static enum status write_text(const struct content *c, const char *name, const char *suffix,
			      const char *text, size_t size_bytes)
{
	char path[PATH_BYTES];

	if (snprintf(path, sizeof path, "%s/%s%s", c->directory, name, suffix) >= (int)sizeof path)
		return fail(STATUS_BAD_ARGUMENT, "the path of %s%s is too long", name, suffix);
	TRY(file_write(path, text, size_bytes, FILE_MODE_NEW, true));
	if (c->names)
		fprintf(c->names, "%s\n", path);
	return STATUS_OK;
}

static enum status markdown(const struct content *c, FILE *to)
{
	TRY(tables_markdown(&c->tables, &c->drawings, to));
	if (c->n_findings) {
		fputs("\n## Experiments\n\n" EXPERIMENTS_CLAIMS_TITLE ".  "
		      EXPERIMENTS_CLAIMS_NOTE "\n\n", to);
		finding_markdown(&c->claims, to);
	}
	for (size_t i = 0; i < c->n_findings; i++) {
		const struct experiment *e = c->finding[i].of;

		fprintf(to, "### %s\n\n`twopart experiment %s` - %s.\n\n", e->title, e->name,
			e->figure);
		finding_markdown(&c->finding[i].finding, to);
	}
	return STATUS_OK;
}

static enum status csv(const struct content *c, FILE *to)
{
	grid_csv(&c->tables, to);
	return STATUS_OK;
}

static enum status lines(const struct content *c, FILE *to)
{
	return store_export(c->store, to);
}

static enum status write_file(const struct content *c, const char *name,
			      enum status (*print)(const struct content *c, FILE *to))
{
	char *text = NULL;
	size_t size_bytes = 0;
	FILE *to = file_open_memory(&text, &size_bytes);

	if (!to)
		return fail_no_memory();
	enum status s = print(c, to);

	if (file_close_memory(to) != STATUS_OK)
		s = STATUS_NO_MEMORY;
	if (s == STATUS_OK)
		s = write_text(c, name, "", text, size_bytes);
	free(text);
	return s;
}

static enum status write_drawing(const struct content *c, const struct drawing *d)
{
	char name[64];

	snprintf(name, sizeof name, "bench-%s", d->name);
	TRY(write_text(c, name, ".gp", d->script, d->script_bytes));
	return d->svg ? write_text(c, name, ".svg", d->svg, d->svg_bytes) : STATUS_OK;
}

/* Is a file of that name a drawing of this report, or its script? */
static bool is_written(const struct content *c, const char *name)
{
	char script[64], svg[64];

	for (size_t i = 0; i < c->drawings.n; i++) {
		const struct drawing *d = &c->drawings.drawing[i];

		snprintf(script, sizeof script, "bench-%s.gp", d->name);
		snprintf(svg, sizeof svg, "bench-%s.svg", d->name);
		if (strcmp(name, script) == 0 || (d->svg && strcmp(name, svg) == 0))
			return true;
	}
	return false;
}

/* What an earlier report drew and this one does not: beside these tables it would be taken for a
 * drawing of them. */
static void remove_earlier(const struct content *c)
{
	DIR *d = opendir(c->directory);
	struct dirent *entry;

	while (d && (entry = readdir(d))) {
		const char *name = entry->d_name, *ending = strrchr(name, '.');

		if (strncmp(name, "bench-", 6) == 0 && ending &&
		    (strcmp(ending, ".gp") == 0 || strcmp(ending, ".svg") == 0) &&
		    !is_written(c, name))
			unlinkat(dirfd(d), name, 0);
	}
	if (d)
		closedir(d);
}

/* Without the bundles of scripts the page says as much, by drawings and tables. */
static enum status write_page(const struct content *c)
{
	struct page_scripts scripts;
	struct buffer page = {0};
	bool is_live = page_scripts_load(&scripts, NULL) == STATUS_OK;

	if (!is_live && c->names)
		fprintf(stderr, "twopart: bench.html: %s\n", status_message());
	enum status s = report_page(c->result, c->n_results, &c->tables, &c->drawings,
				    &c->claims, c->finding, c->n_findings,
				    is_live ? &scripts : NULL, &page);

	if (s == STATUS_OK)
		s = write_text(c, "bench.html", "", (const char *)page.data, page.size_bytes);
	buffer_free(&page);
	page_scripts_free(&scripts);
	return s;
}

static enum status write_all(const struct content *c)
{
	TRY(write_file(c, "bench.md", markdown));
	TRY(write_file(c, "bench.csv", csv));
	TRY(write_file(c, "bench.jsonl", lines));
	for (size_t i = 0; i < c->drawings.n; i++)
		TRY(write_drawing(c, &c->drawings.drawing[i]));
	TRY(write_page(c));
	remove_earlier(c); /* last: who fails to write has removed nothing */
	return STATUS_OK;
}

enum status report_files_write(struct store *store, const char *directory, bool with_drawings,
			       FILE *names)
{
	struct content c;
	enum status s = open_content(&c, store);

	c.directory = directory;
	c.names = names;
	if (s == STATUS_OK && with_drawings)
		s = drawings_draw(&c.drawings);
	mkdir(directory, 0777); /* if that fails, so does writing, with a reason */
	if (s == STATUS_OK)
		s = write_all(&c);
	close_content(&c);
	return s;
}

enum status report_files_readme(struct store *store, FILE *to)
{
	struct content c;
	enum status s = open_content(&c, store);

	if (s == STATUS_OK)
		s = tables_readme(&c.tables, &c.drawings, to);
	close_content(&c);
	return s;
}
