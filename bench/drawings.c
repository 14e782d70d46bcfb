/* SPDX-License-Identifier: BSD-2-Clause */
#include "drawings.h"

#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "buffer.h"
#include "child.h"
#include "drawings_parts.h"
#include "file.h"
#include "scratch.h"

#define GNUPLOT_SECONDS_MAX 120
#define GNUPLOT_MISSING 127 /* exit code of env without such a program */
#define SVG_BYTES_MAX ((uint64_t)64 << 20)

enum status drawing_begin(struct drawings *c, struct plot *p, const char *kind, int height,
			  const char *title, const char *text)
{
	struct drawing *all = realloc(c->drawing, (c->n + 1) * sizeof *all);
	size_t length = strlen(kind), nth = 1;
	FILE *to;

	if (!all)
		return fail_no_memory();
	c->drawing = all;
	for (size_t i = 0; i < c->n; i++)
		nth += strncmp(all[i].name, kind, length) == 0 &&
		       (all[i].name[length] == '\0' || all[i].name[length] == '-');

	struct drawing *drawing = &all[c->n++];

	*drawing = (struct drawing){0};
	if (nth == 1)
		snprintf(drawing->name, sizeof drawing->name, "%s", kind);
	else
		snprintf(drawing->name, sizeof drawing->name, "%.30s-%zu", kind, nth);
	snprintf(drawing->title, sizeof drawing->title, "%s", title);
	snprintf(drawing->text, sizeof drawing->text, "%s", text);
	*p = (struct plot){0};
	to = file_open_memory(&drawing->script, &drawing->script_bytes);
	if (!to)
		return fail_no_memory();
	return plot_begin(p, to, height, title);
}

enum status drawing_end(struct drawings *c, struct plot *p)
{
	enum status s = plot_end(p);

	(void)c;
	if (file_close_memory(p->to) != STATUS_OK)
		s = STATUS_NO_MEMORY;
	return s;
}

enum status drawings_plan(struct drawings *c, const struct tables *t)
{
	static enum status (*const add[])(struct drawings *c, const struct tables *t) = {
	    drawings_add_speed,  drawings_add_bound,    drawings_add_structure,
	    drawings_add_length, drawings_add_learning, drawings_add_redundancy,
	    drawings_add_memory, drawings_add_threads,
	};

	*c = (struct drawings){0};
	for (size_t i = 0; i < sizeof add / sizeof *add; i++)
		TRY(add[i](c, t));
	return STATUS_OK;
}

void drawings_close(struct drawings *c)
{
	for (size_t i = 0; i < c->n; i++) {
		free(c->drawing[i].script);
		free(c->drawing[i].svg);
	}
	free(c->drawing);
	*c = (struct drawings){0};
}

/* ---- gnuplot. ---- */

/* Its settings are those of nobody, and its numbers have points. */
static enum status run_gnuplot(const char *directory, const struct drawing *drawing)
{
	char *argv[] = {"/usr/bin/env", "LC_ALL=C", "gnuplot", "-d", "drawing.gp", NULL};
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
		return fail(STATUS_IO, "gnuplot failed on the drawing '%s': %.200s", drawing->name,
			    result.output);
	return STATUS_OK;
}

static enum status draw_in(const char *directory, struct drawing *drawing)
{
	static const char end[] = "</svg>";
	char path[512];
	struct buffer svg = {0};

	snprintf(path, sizeof path, "%.400s/drawing.gp", directory);
	TRY(file_write(path, drawing->script, drawing->script_bytes, FILE_MODE_NEW, true));
	TRY(run_gnuplot(directory, drawing));
	snprintf(path, sizeof path, "%.400s/drawing.svg", directory);

	enum status s = file_read_at_most(path, SVG_BYTES_MAX, &svg, NULL);

	if (s == STATUS_OK && (!memmem(svg.data, svg.size_bytes, "<svg", 4) ||
			       !memmem(svg.data, svg.size_bytes, end, sizeof end - 1)))
		s = fail(STATUS_IO, "gnuplot made no drawing of the drawing '%s'", drawing->name);
	free(drawing->svg);
	drawing->svg = s == STATUS_OK ? malloc(svg.size_bytes + 1) : NULL;
	if (s == STATUS_OK && !drawing->svg)
		s = fail_no_memory();
	if (drawing->svg) {
		memcpy(drawing->svg, svg.data, svg.size_bytes);
		drawing->svg[svg.size_bytes] = '\0';
		drawing->svg_bytes = svg.size_bytes;
	}
	buffer_free(&svg);
	unlink(path);
	return s;
}

enum status drawings_draw(struct drawings *c)
{
	const char *where = getenv("TMPDIR");
	char directory[400];
	enum status s = STATUS_OK;

	if (snprintf(directory, sizeof directory, "%s/twopart-drawings-XXXXXX",
		     where && *where ? where : "/tmp") >= (int)sizeof directory)
		return fail(STATUS_BAD_ARGUMENT, "the path of TMPDIR is too long");
	if (!mkdtemp(directory))
		return fail_errno(STATUS_IO, "%s", directory);
	for (size_t i = 0; s == STATUS_OK && i < c->n; i++)
		s = draw_in(directory, &c->drawing[i]);
	scratch_remove(directory);
	return s;
}
