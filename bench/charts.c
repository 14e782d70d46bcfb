/* SPDX-License-Identifier: BSD-2-Clause */
#include "charts.h"

#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "buffer.h"
#include "charts_parts.h"
#include "child.h"
#include "file.h"
#include "scratch.h"

#define GNUPLOT_SECONDS_MAX 120
#define GNUPLOT_MISSING 127 /* exit code of env without such a program */
#define SVG_BYTES_MAX ((uint64_t)64 << 20)

enum status chart_begin(struct charts *c, struct plot *p, const char *kind, int height,
			const char *title, const char *text)
{
	struct chart *all = realloc(c->chart, (c->n + 1) * sizeof *all);
	size_t length = strlen(kind), nth = 1;
	FILE *to;

	if (!all)
		return fail_no_memory();
	c->chart = all;
	for (size_t i = 0; i < c->n; i++)
		nth += strncmp(all[i].name, kind, length) == 0 &&
		       (all[i].name[length] == '\0' || all[i].name[length] == '-');

	struct chart *chart = &all[c->n++];

	*chart = (struct chart){0};
	if (nth == 1)
		snprintf(chart->name, sizeof chart->name, "%s", kind);
	else
		snprintf(chart->name, sizeof chart->name, "%.30s-%zu", kind, nth);
	snprintf(chart->title, sizeof chart->title, "%s", title);
	snprintf(chart->text, sizeof chart->text, "%s", text);
	*p = (struct plot){0};
	to = open_memstream(&chart->script, &chart->script_bytes);
	if (!to)
		return fail_no_memory();
	return plot_begin(p, to, height, title);
}

enum status chart_end(struct charts *c, struct plot *p)
{
	enum status s = plot_end(p);

	(void)c;
	if (fclose(p->to) != 0)
		s = fail_no_memory();
	return s;
}

enum status charts_plan(struct charts *c, const struct tables *t)
{
	static enum status (*const add[])(struct charts *c, const struct tables *t) = {
	    charts_add_speed,  charts_add_bound,      charts_add_structure, charts_add_length,
	    charts_add_learning, charts_add_redundancy, charts_add_memory,    charts_add_threads,
	};

	*c = (struct charts){0};
	for (size_t i = 0; i < sizeof add / sizeof *add; i++)
		TRY(add[i](c, t));
	return STATUS_OK;
}

void charts_close(struct charts *c)
{
	for (size_t i = 0; i < c->n; i++) {
		free(c->chart[i].script);
		free(c->chart[i].svg);
	}
	free(c->chart);
	*c = (struct charts){0};
}

/* ---- gnuplot. ---- */

/* Its settings are those of nobody, and its numbers have points. */
static enum status run_gnuplot(const char *directory, const struct chart *chart)
{
	char *argv[] = {"/usr/bin/env", "LC_ALL=C", "gnuplot", "-d", "chart.gp", NULL};
	struct child_setup setup = {.argv = argv,
				    .limit_seconds = GNUPLOT_SECONDS_MAX,
				    .directory = directory,
				    .is_foreign = true};
	struct child_result result;

	TRY(child_run_setup(&setup, &result));
	if (result.exit_code == GNUPLOT_MISSING)
		return fail(STATUS_UNSUPPORTED,
			    "gnuplot is needed for the drawings (Debian: apt-get install "
			    "gnuplot-nox)");
	if (result.exit_code != 0)
		return fail(STATUS_IO, "gnuplot failed on the chart '%s': %.200s", chart->name,
			    result.output);
	return STATUS_OK;
}

static enum status draw_in(const char *directory, struct chart *chart)
{
	static const char end[] = "</svg>";
	char path[512];
	struct buffer svg = {0};

	snprintf(path, sizeof path, "%.400s/chart.gp", directory);
	TRY(file_write(path, chart->script, chart->script_bytes, FILE_MODE_NEW, true));
	TRY(run_gnuplot(directory, chart));
	snprintf(path, sizeof path, "%.400s/chart.svg", directory);

	enum status s = file_read_at_most(path, SVG_BYTES_MAX, &svg, NULL);

	if (s == STATUS_OK && (!memmem(svg.data, svg.size_bytes, "<svg", 4) ||
			       !memmem(svg.data, svg.size_bytes, end, sizeof end - 1)))
		s = fail(STATUS_IO, "gnuplot made no drawing of the chart '%s'", chart->name);
	free(chart->svg);
	chart->svg = s == STATUS_OK ? malloc(svg.size_bytes + 1) : NULL;
	if (s == STATUS_OK && !chart->svg)
		s = fail_no_memory();
	if (chart->svg) {
		memcpy(chart->svg, svg.data, svg.size_bytes);
		chart->svg[svg.size_bytes] = '\0';
		chart->svg_bytes = svg.size_bytes;
	}
	buffer_free(&svg);
	unlink(path);
	return s;
}

enum status charts_draw(struct charts *c)
{
	const char *where = getenv("TMPDIR");
	char directory[400];
	enum status s = STATUS_OK;

	if (snprintf(directory, sizeof directory, "%s/twopart-charts-XXXXXX",
		     where && *where ? where : "/tmp") >= (int)sizeof directory)
		return fail(STATUS_BAD_ARGUMENT, "the path of TMPDIR is too long");
	if (!mkdtemp(directory))
		return fail_errno(STATUS_IO, "%s", directory);
	for (size_t i = 0; s == STATUS_OK && i < c->n; i++)
		s = draw_in(directory, &c->chart[i]);
	scratch_remove(directory);
	return s;
}
