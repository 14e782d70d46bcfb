/* SPDX-License-Identifier: BSD-2-Clause
 *
 * drawings_codecs.c - methods as points: their bits against their speed, against their memory, and
 * speed against threads.
 *
 * Speed is that of whole processes, in what all methods of a table have in common - tokens of the
 * corpus, bytes of the file - whatever rendering they were given: so the front in the drawing is
 * the one that the tables mark in bold.
 */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "drawings_parts.h"

#define POINTS_MIN 5 /* of a drawing of a table */

struct scatter {
	const char *label_x;
	const char *front; /* "enc", "dec"; NULL: none */
	double (*x)(const struct row *r);
};

/* ---- What is drawn. ---- */

/* Copying would take half of the height, and compresses nothing. */
static bool is_drawn(const struct row *r)
{
	return r->present && isfinite(r->archive_bytes) && strcmp(r->name, "copy") != 0 &&
	       r->compress_process_seconds > 0 && r->decompress_process_seconds > 0;
}

static bool is_of_tokens(const struct table *table)
{
	return isfinite(table->row[0].n_tokens);
}

static double bits_of(const struct row *r)
{
	return isfinite(r->n_tokens) ? r->bits_per_token : r->bits_per_text_byte;
}

static double units_of(const struct row *r)
{
	return isfinite(r->n_tokens) ? r->n_tokens : r->text_bytes / 1e6;
}

static double compress_speed(const struct row *r)
{
	return units_of(r) / r->compress_process_seconds;
}

static double decompress_speed(const struct row *r)
{
	return units_of(r) / r->decompress_process_seconds;
}

static double compress_memory(const struct row *r)
{
	return r->compress_peak_mib;
}

static double decompress_memory(const struct row *r)
{
	return r->decompress_peak_mib;
}

static bool has_total(const struct tables *t, size_t machine)
{
	for (size_t i = 0; i < t->n_tables; i++)
		if (t->table[i].section == SECTION_TOTAL && t->table[i].machine == machine)
			return true;
	return false;
}

/* Every corpus, and of files all together where they can be summed. */
static bool has_scatter(const struct tables *t, const struct table *table)
{
	size_t n = 0;

	if (table->section == SECTION_SCALING || table->section == SECTION_CODER ||
	    (table->section == SECTION_FILE && has_total(t, table->machine)))
		return false;
	for (size_t i = 0; i < table->n_rows; i++)
		n += is_drawn(&table->row[i]);
	return n >= POINTS_MIN;
}

/* ---- Two panels of points. ---- */

static const struct {
	const char *on, *title;
	int full, open; /* point types of gnuplot */
} renderings[] = {
    {"tokens", "given the tokens", 7, 6},
    {"text", "given the text", 5, 4},
    {"bytes", "given the file's bytes", 9, 8},
};

#define N_RENDERINGS (sizeof renderings / sizeof renderings[0])

static void draw_series(struct plot *p, const struct table *table, const struct scatter *s,
			size_t rendering, bool is_open)
{
	bool any = false;

	for (const struct row *r = table->row; r < table->row + table->n_rows; r++) {
		if (!is_drawn(r) || strcmp(r->on, renderings[rendering].on) != 0 ||
		    (r->not_counted[0] != '\0') != is_open)
			continue;
		if (!any)
			plot_data_begin(p);
		any = true;
		fprintf(p->to, "%.6g %.6g\n", s->x(r), bits_of(r));
		plot_keep_free(p, s->x(r), bits_of(r), 5);
	}
	if (any)
		plot_data_end(p,
			      is_open ? "its reader knows the source" : renderings[rendering].title,
			      "using 1:2 with points pt %d ps 0.8 lw 1.4 lc rgb '%s'",
			      is_open ? renderings[rendering].open : renderings[rendering].full,
			      plot_colour[rendering]);
}

/* Rows stand by bits, so those on a front are in its order. */
static void draw_front(struct plot *p, const struct table *table, const struct scatter *s)
{
	const struct row *last = NULL;

	for (const struct row *r = table->row; s->front && r < table->row + table->n_rows; r++) {
		if (!is_drawn(r) || !strstr(r->pareto, s->front))
			continue;
		if (!last)
			plot_data_begin(p);
		else
			plot_keep_line_free(p, s->x(last), bits_of(last), s->x(r), bits_of(r));
		last = r;
		fprintf(p->to, "%.6g %.6g\n", s->x(r), bits_of(r));
	}
	if (last)
		plot_data_end(p, "Pareto front",
			      "using 1:2 with lines lw 1.2 dt 2 lc rgb '#666666'");
}

static void draw_bound(struct plot *p, const struct table *table)
{
	const struct row *r = &table->row[0];
	double bits = r->bound_bits / r->n_tokens;

	if (!(bits > 0))
		return;
	plot_data_begin(p);
	fprintf(p->to, "%.6g %.9g\n%.6g %.9g\n", p->panel->low_x, bits, p->panel->high_x, bits);
	plot_keep_line_free(p, p->panel->low_x, bits, p->panel->high_x, bits);
	plot_data_end(p, "Bayes bound", "using 1:2 with lines lw 1.2 lc rgb '#000000'");
}

static void find_ranges(const struct table *table, const struct scatter *s, struct plot_panel *a)
{
	a->low_x = a->low_y = INFINITY;
	a->high_x = a->high_y = -INFINITY;
	for (const struct row *r = table->row; r < table->row + table->n_rows; r++) {
		if (!is_drawn(r))
			continue;
		plot_include(&a->low_x, &a->high_x, s->x(r), true);
		plot_include(&a->low_y, &a->high_y, bits_of(r), true);
	}
	if (is_of_tokens(table))
		plot_include(&a->low_y, &a->high_y,
			     table->row[0].bound_bits / table->row[0].n_tokens, true);
	double margin = pow(a->high_x / a->low_x, 0.08);

	a->low_x /= fmax(margin, 1.2);
	a->high_x *= fmax(margin * margin, 1.5);
	a->low_y /= 1.06;
	a->high_y *= 1.12;
}

static void label_row(struct plot *p, const struct row *r, double x, double y)
{
	char label[sizeof r->name + 16];

	if (r->n_threads > 1)
		snprintf(label, sizeof label, "%s, %.0f thr.", r->name, r->n_threads);
	else
		snprintf(label, sizeof label, "%s", r->name);
	plot_label(p, x, y, label);
}

static void draw_panel(struct plot *p, const struct table *table, const struct scatter *s,
		       double top)
{
	struct plot_panel a = {.box = {70, PLOT_WIDTH - 20, top, top + 330},
			       .log_x = true,
			       .log_y = true,
			       .label_x = s->label_x,
			       .label_y = is_of_tokens(table) ? "bits a token, model included"
							      : "bits a byte, model included"};

	find_ranges(table, s, &a);
	plot_panel_begin(p, &a);
	draw_front(p, table, s);
	draw_bound(p, table);
	for (size_t i = 0; i < N_RENDERINGS; i++) {
		draw_series(p, table, s, i, false);
		draw_series(p, table, s, i, true);
	}
	for (const struct row *r = table->row; r < table->row + table->n_rows; r++)
		if (is_drawn(r))
			label_row(p, r, s->x(r), bits_of(r));
	plot_panel_end(p);
}

static enum status add_scatter(struct drawings *c, const struct tables *t,
			       const struct table *table, const char *kind,
			       const struct scatter scatter[2], const char *what, const char *text)
{
	char heading[200], title[240];
	struct plot p;

	tables_heading(t, table, heading, sizeof heading);
	snprintf(title, sizeof title, "%s: %s", what, heading);
	TRY(drawing_begin(c, &p, kind, 900, title, text));
	draw_panel(&p, table, &scatter[0], PLOT_TOP);
	draw_panel(&p, table, &scatter[1], PLOT_TOP + 424);
	return drawing_end(c, &p);
}

enum status drawings_add_speed(struct drawings *c, const struct tables *t)
{
	static const struct scatter tokens[2] = {
	    {"compressed tokens a second of processor time (faster to the right)", "enc",
	     compress_speed},
	    {"decompressed tokens a second of processor time (faster to the right)", "dec",
	     decompress_speed}};
	static const struct scatter bytes[2] = {
	    {"compressed megabytes a second of processor time (faster to the right)", "enc",
	     compress_speed},
	    {"decompressed megabytes a second of processor time (faster to the right)", "dec",
	     decompress_speed}};

	for (const struct table *table = t->table; table < t->table + t->n_tables; table++)
		if (has_scatter(t, table))
			TRY(add_scatter(c, t, table, "speed", is_of_tokens(table) ? tokens : bytes,
					"Size against speed",
					"Each method is a point: bits of its archive against its "
					"speed, above to compress, below to decompress. Below and "
					"to the right is better; a line joins those that no other "
					"beats in both. The numbers are in the tables."));
	return STATUS_OK;
}

enum status drawings_add_memory(struct drawings *c, const struct tables *t)
{
	static const struct scatter scatter[2] = {
	    {"MiB that compressing takes (less to the left)", NULL, compress_memory},
	    {"MiB that decompressing takes (less to the left)", NULL, decompress_memory}};

	for (const struct table *table = t->table; table < t->table + t->n_tables; table++)
		if (has_scatter(t, table))
			TRY(add_scatter(c, t, table, "memory", scatter, "Size against memory",
					"Each method is a point: bits of its archive against the "
					"largest memory of its process, above to compress, below "
					"to decompress. Below and to the left is better. The "
					"numbers are in the tables."));
	return STATUS_OK;
}

/* ---- Threads. ---- */

static double wall_speed(const struct row *r, bool decompress)
{
	return r->input_bytes / 1e6 /
	       (decompress ? r->decompress_wall_seconds : r->compress_wall_seconds);
}

/* One method as it is with another number of threads. */
static bool is_same_method(const struct row *a, const struct row *b)
{
	return row_is_measured(a) && row_is_measured(b) &&
	       strcmp(a->result->spec.method, b->result->spec.method) == 0 &&
	       strcmp(a->on, b->on) == 0;
}

/* The rows of the method of row `first`, if that is its first and there are several; by threads. */
static size_t find_threads(const struct table *table, const struct row *first,
			   const struct row **found)
{
	size_t n = 0;

	for (const struct row *r = table->row; r < table->row + table->n_rows; r++) {
		size_t at = n;

		if (!is_same_method(r, first))
			continue;
		if (r < first)
			return 0;
		for (; at > 0 && found[at - 1]->n_threads > r->n_threads; at--)
			found[at] = found[at - 1];
		found[at] = r;
		n++;
	}
	return n > 1 ? n : 0;
}

static void draw_threads(struct plot *p, const struct row *const *row, size_t n, size_t nth)
{
	for (int decompress = 0; decompress < 2; decompress++) {
		plot_data_begin(p);
		for (size_t i = 0; i < n; i++)
			fprintf(p->to, "%.0f %.6g\n", row[i]->n_threads,
				wall_speed(row[i], decompress));
		plot_data_end(
		    p, NULL, "using 1:2 with linespoints pt %d ps 0.8 lw 1.6 dt %d lc rgb '%s'",
		    decompress ? 6 : 7, decompress ? 2 : 1, plot_colour[nth % PLOT_COLOURS]);
	}
}

static enum status draw_table_threads(struct plot *p, const struct table *table,
				      const struct row **found)
{
	struct plot_panel a = {.box = {70, 640, 80, 400},
			       .low_x = 1,
			       .high_x = 1,
			       .low_y = INFINITY,
			       .high_y = -INFINITY,
			       .log_x = true,
			       .log_y = true,
			       .whole_x = true,
			       .label_x = "threads",
			       .label_y =
				   "MB of input a second of wall-clock time: full to compress, "
				   "open to decompress"};
	struct plot_ending *ending = calloc(2 * table->n_rows, sizeof *ending);
	size_t n_endings = 0, nth = 0, n;

	if (!ending)
		return fail_no_memory();
	for (size_t i = 0; i < table->n_rows; i++) {
		n = find_threads(table, &table->row[i], found);
		for (size_t k = 0; k < n; k++) {
			plot_include(&a.low_x, &a.high_x, found[k]->n_threads, true);
			plot_include(&a.low_y, &a.high_y, wall_speed(found[k], false), true);
			plot_include(&a.low_y, &a.high_y, wall_speed(found[k], true), true);
		}
	}
	a.low_x /= 1.1;
	a.high_x *= 1.1;
	a.low_y /= 1.2;
	a.high_y *= 1.2;
	plot_panel_begin(p, &a);
	for (size_t i = 0; i < table->n_rows; i++) {
		n = find_threads(table, &table->row[i], found);
		if (n == 0)
			continue;
		draw_threads(p, found, n, nth);
		for (int decompress = 0; decompress < 2; decompress++) {
			struct plot_ending *e = &ending[n_endings++];

			e->y = wall_speed(found[n - 1], decompress);
			e->colour = plot_colour[nth % PLOT_COLOURS];
			snprintf(e->text, sizeof e->text, "%s %.60s", decompress ? "dec" : "enc",
				 found[0]->name);
		}
		nth++;
	}
	plot_endings(p, p->panel->box.right, ending, n_endings);
	plot_panel_end(p);
	free(ending);
	return STATUS_OK;
}

static enum status add_threads(struct drawings *c, const struct tables *t,
			       const struct table *table, const struct row **found)
{
	char heading[200], title[240];
	struct plot p;
	bool any = false;

	for (size_t i = 0; i < table->n_rows && !any; i++)
		any = find_threads(table, &table->row[i], found) > 0;
	if (!any)
		return STATUS_OK;
	tables_heading(t, table, heading, sizeof heading);
	snprintf(title, sizeof title, "Threads: %s", heading);
	TRY(drawing_begin(
	    c, &p, "threads", 450, title,
	    "Speed of one method with several numbers of threads, by wall-clock time. "
	    "The numbers are in the tables."));
	enum status s = draw_table_threads(&p, table, found);
	enum status ended = drawing_end(c, &p);

	return s == STATUS_OK ? ended : s;
}

enum status drawings_add_threads(struct drawings *c, const struct tables *t)
{
	for (const struct table *table = t->table; table < t->table + t->n_tables; table++) {
		const struct row **found = calloc(table->n_rows + 1, sizeof *found);

		if (!found)
			return fail_no_memory();
		enum status s = table->section == SECTION_TABLE || table->section == SECTION_FILE
				    ? add_threads(c, t, table, found)
				    : STATUS_OK;

		free(found);
		TRY(s);
	}
	return STATUS_OK;
}
