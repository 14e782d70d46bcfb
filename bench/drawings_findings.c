/* SPDX-License-Identifier: BSD-2-Clause
 *
 * drawings_findings.c - the panels of experiments (finding.h), one below the other.
 *
 * Colours go round with the series of a panel unless they have been chosen; measurements are points
 * joined by thin lines, with bars where they have intervals; theory is a line alone.
 */
#include <math.h>

#include "drawings_parts.h"
#include "experiment.h"

#define PANEL_HEIGHT 290
#define PANEL_STEP 380 /* from one panel's top to the next one's */

static struct plot_panel panel_of(const struct finding_panel *p, double top)
{
	struct plot_panel a = {.box = {70, 640, top, top + PANEL_HEIGHT},
			       .low_x = INFINITY,
			       .high_x = -INFINITY,
			       .low_y = INFINITY,
			       .high_y = -INFINITY,
			       .log_x = p->log_x,
			       .log_y = p->log_y,
			       .label_x = p->label_x,
			       .label_y = p->label_y};

	for (size_t i = 0; i < p->n_series; i++) {
		for (size_t k = 0; k < p->series[i].n; k++) {
			const struct finding_point *point = &p->series[i].point[k];

			plot_include(&a.low_x, &a.high_x, point->x, a.log_x);
			plot_include(&a.low_y, &a.high_y, point->y, a.log_y);
		}
	}
	return a;
}

/* Some room around the outermost points. */
static void widen(double *low, double *high, bool is_log)
{
	double margin = is_log ? pow(*high / *low, 0.04) : 0.04 * (*high - *low);

	*low = is_log ? *low / margin : *low - margin;
	*high = is_log ? *high * margin : *high + margin;
}

static bool is_shown(const struct plot_panel *a, const struct finding_point *p)
{
	return (!a->log_x || p->x > 0) && (!a->log_y || p->y > 0);
}

/* The bar does not leave the panel: on a logarithmic axis it may have no lower end. */
static void draw_bars(struct plot *p, const struct finding_series *s, const char *colour)
{
	bool any = false;

	for (size_t i = 0; i < s->n; i++)
		any = any || s->point[i].low < s->point[i].high;
	if (!any)
		return;
	plot_data_begin(p);
	for (size_t i = 0; i < s->n; i++)
		if (is_shown(p->panel, &s->point[i]))
			fprintf(p->to, "%.8g %.8g %.8g %.8g\n", s->point[i].x, s->point[i].y,
				fmax(s->point[i].low, p->panel->low_y),
				fmin(s->point[i].high, p->panel->high_y));
	plot_data_end(p, NULL, "using 1:2:3:4 with yerrorbars pt 7 ps 0.5 lw 0.6 lc rgb '%s'",
		      colour);
}

static void draw_series(struct plot *p, const struct finding_series *s,
			struct plot_ending *ending, size_t *n_endings)
{
	const char *colour = plot_colour[s->colour % PLOT_COLOURS];
	struct plot_ending *e = &ending[*n_endings];
	bool any = false;

	for (size_t i = 0; i < s->n; i++)
		any = any || is_shown(p->panel, &s->point[i]);
	if (!any)
		return;
	draw_bars(p, s, colour);
	plot_data_begin(p);
	for (size_t i = 0; i < s->n; i++) {
		if (!is_shown(p->panel, &s->point[i]))
			continue;
		fprintf(p->to, "%.8g %.8g\n", s->point[i].x, s->point[i].y);
		plot_keep_free(p, s->point[i].x, s->point[i].y, 2);
		e->y = s->point[i].y;
	}
	plot_data_end(p, s->is_exact ? "theory" : "measured", "using 1:2 with %s lc rgb '%s'",
		      s->is_exact ? "lines lw 1.6 dt 2" : "linespoints pt 7 ps 0.5 lw 0.8",
		      colour);
	e->colour = colour;
	snprintf(e->text, sizeof e->text, "%s", s->title);
	(*n_endings)++;
}

static void draw_panel(struct plot *p, const struct finding_panel *panel, double top)
{
	struct plot_panel a = panel_of(panel, top);
	struct plot_ending ending[FINDING_SERIES_MAX];
	size_t n_endings = 0;

	if (!(a.high_x > a.low_x) || !(a.high_y > a.low_y))
		return;
	widen(&a.low_x, &a.high_x, a.log_x);
	widen(&a.low_y, &a.high_y, a.log_y);
	plot_panel_begin(p, &a);
	for (size_t i = 0; i < panel->n_series; i++)
		draw_series(p, &panel->series[i], ending, &n_endings);
	plot_endings(p, a.box.right, ending, n_endings);
	plot_panel_end(p);
}

enum status drawings_add_findings(struct drawings *c, const struct experiment_finding *findings,
				  size_t n)
{
	for (size_t i = 0; i < n; i++) {
		const struct finding *f = &findings[i].finding;
		char name[48];
		struct plot p;

		if (!f->n_panels)
			continue;
		snprintf(name, sizeof name, "experiment-%s", findings[i].of->name);
		TRY(drawing_begin(c, &p, name, PLOT_TOP + (int)f->n_panels * PANEL_STEP,
				  findings[i].of->title, findings[i].of->figure));
		for (size_t k = 0; k < f->n_panels; k++)
			draw_panel(&p, &f->panel[k], PLOT_TOP + (double)k * PANEL_STEP);
		TRY(drawing_end(c, &p));
	}
	return STATUS_OK;
}
