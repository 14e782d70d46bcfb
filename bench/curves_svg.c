/* SPDX-License-Identifier: BSD-2-Clause
 *
 * curves_svg.c - code length against position as a drawing, without any library.
 *
 * Two panels over one logarithmic axis of positions.  Above: bits a symbol so far, where a learner
 * falls and a shipped model falls from far above, its model's bits spread over what has come.
 * Below, where differences are visible that are lost in totals: bits sent more than by the
 * reference, or, without one, more than by the best of the codes at that position; there a shipped
 * model is level at L(M) until its slope shows.  Circles mark where a lead begins or ends for the
 * last time, with the exact position.
 */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "curves.h"
#include "svg.h"

#define WIDTH 900
#define HEIGHT 750
#define LEFT 70
#define RIGHT 690 /* names stand on the right of it */
#define MARK_RADIUS 3.4

struct drawing;

struct panel {
	double top, bottom;
	double low, high; /* values at the ends of its axis */
	const char *label;
	double (*value)(const struct drawing *d, const struct curve *c, uint64_t position);
};

struct drawing {
	const struct curves *s;
	struct svg svg;
	const uint64_t *at; /* (n_at) positions */
	size_t n_at;
	double low_x, high_x;
};

static double at_x(const struct drawing *d, double position)
{
	return LEFT + (RIGHT - LEFT) * log(position / d->low_x) / log(d->high_x / d->low_x);
}

static double at_y(const struct panel *p, double value)
{
	return p->bottom - (p->bottom - p->top) * log(value / p->low) / log(p->high / p->low);
}

/* ---- What is drawn. ---- */

static double rate_so_far(const struct drawing *d, const struct curve *c, uint64_t position)
{
	(void)d;
	return curve_sent_bits(c, position) / (double)position;
}

static double over_reference(const struct drawing *d, const struct curve *c, uint64_t position)
{
	const struct curves *s = d->s;
	double least = curve_sent_bits(c, position);

	if (s->reference != CURVES_NONE)
		return least - curve_sent_bits(&s->curve[s->reference], position);
	for (size_t i = 0; i < s->n_curves; i++)
		least = fmin(least, curve_sent_bits(&s->curve[i], position));
	return curve_sent_bits(c, position) - least;
}

static bool is_shipped(const struct curve *c)
{
	return c->sent_units[0] > 0;
}

/* Above, lines of shipped models leave through the top: what learners do is what the room is for,
 * unless there are none. */
static void find_range(const struct drawing *d, struct panel *p)
{
	bool lines_too = p->value != rate_so_far, any = false;

	for (size_t i = 0; i < d->s->n_curves; i++)
		any = any || !is_shipped(&d->s->curve[i]);
	p->low = INFINITY;
	p->high = 0;
	for (size_t i = 0; i < d->s->n_curves; i++)
		for (size_t k = 0; k < d->n_at; k++) {
			const struct curve *c = &d->s->curve[i];
			double v = p->value(d, c, d->at[k]);

			if (!(v > 0))
				continue;
			p->low = fmin(p->low, v);
			if (lines_too || !any || !is_shipped(c) || k + 1 == d->n_at)
				p->high = fmax(p->high, v);
		}
	p->low /= 1.05;
	p->high *= 1.1;
	if (p->value == over_reference)
		p->low = fmax(p->low, 1);
}

static const char *colour_of(const struct drawing *d, size_t index)
{
	static const char *const colour[] = {"#1f5fbf", "#d9730d", "#1b8a3a", "#8a3ab0",
					     "#c0392b", "#0f8b8d", "#7a5c00", "#d1488f"};

	return index == d->s->reference ? "#000" : colour[index % 8];
}

/* ---- Axes. ---- */

static void draw_x_axis(struct drawing *d, const struct panel *p)
{
	char number[SVG_NUMBER_BYTES];

	for (double decade = 1; decade <= d->high_x; decade *= 10)
		for (int m = 1; m <= 5; m += m == 1 ? 1 : 3) {
			double v = m * decade, x = at_x(d, v);

			if (v < d->low_x || v > d->high_x)
				continue;
			svg_grid_line(&d->svg, x, p->top, x, p->bottom);
			if (m != 1 && d->high_x / d->low_x > 3000)
				continue;
			svg_short_number(v, number);
			svg_text(&d->svg, x, p->bottom + 15, "middle", "#000", number);
		}
}

static void draw_y_axis(struct drawing *d, const struct panel *p)
{
	static const double fine[] = {1, 1.2, 1.5, 2, 2.5, 3, 4, 5, 6, 8};
	double ratio = p->high / p->low;
	char number[SVG_NUMBER_BYTES];

	for (double decade = pow(10, floor(log10(p->low))); decade < p->high; decade *= 10)
		for (size_t i = 0; i < sizeof fine / sizeof *fine; i++) {
			double v = fine[i] * decade, y = at_y(p, v);

			if (v < p->low || v > p->high || (ratio > 1000 && i != 0) ||
			    (ratio > 4 && i != 0 && fine[i] != 2 && fine[i] != 3 && fine[i] != 5))
				continue;
			svg_grid_line(&d->svg, LEFT, y, RIGHT, y);
			svg_short_number(v, number);
			svg_text(&d->svg, LEFT - 6, y + 4, "end", "#000", number);
		}
}

static void draw_frame(struct drawing *d, const struct panel *p)
{
	draw_x_axis(d, p);
	draw_y_axis(d, p);
	fprintf(d->svg.to,
		"<rect x=\"%d\" y=\"%.0f\" width=\"%d\" height=\"%.0f\" fill=\"none\" "
		"stroke=\"#888\"/>\n",
		LEFT, p->top, RIGHT - LEFT, p->bottom - p->top);
	svg_text(&d->svg, LEFT, p->top - 8, "start", "#000", p->label);
}

/* ---- Curves, and their names at their ends. ---- */

/* No label here. */
static void keep_free(struct drawing *d, double x, double y, double radius)
{
	svg_take(&d->svg, (struct svg_box){x - radius, x + radius, y - radius, y + radius});
}

static void draw_step(struct drawing *d, const struct panel *p, double position, double value,
		      const char *command)
{
	double x = at_x(d, position), y = at_y(p, value);

	fprintf(d->svg.to, "%s%.1f %.1f", command, x, y);
	keep_free(d, x, y, 2);
}

static void draw_curve(struct drawing *d, const struct panel *p, size_t index)
{
	const struct curve *c = &d->s->curve[index];
	bool open = false, any = false;

	for (size_t k = 0; k < d->n_at; k++) {
		double v = p->value(d, c, d->at[k]);
		bool inside = v >= p->low && (double)d->at[k] >= d->low_x;

		if (inside && !any)
			fputs("<path fill=\"none\" d=\"", d->svg.to);
		if (inside)
			draw_step(d, p, (double)d->at[k], v, open ? " L" : any ? " M" : "M");
		open = inside;
		any = any || inside;
	}
	if (any)
		fprintf(d->svg.to,
			"\" clip-path=\"url(#at%.0f)\" stroke=\"%s\" stroke-width=\"1.6\" "
			"stroke-dasharray=\"%s\"/>\n",
			p->top, colour_of(d, index), is_shipped(c) ? "7 3" : "none");
}

struct ending {
	size_t index;
	double y, value;
};

static int highest_first(const void *a, const void *b)
{
	const struct ending *x = a, *y = b;

	if (x->y != y->y)
		return x->y < y->y ? -1 : 1;
	return x->index < y->index ? -1 : 1;
}

static void name_curve(struct drawing *d, const struct panel *p, const struct ending *e, double y)
{
	char label[CURVE_NAME_BYTES + 64], number[SVG_NUMBER_BYTES];

	if (p->value == rate_so_far)
		snprintf(number, sizeof number, "%.4f", e->value);
	else
		svg_short_number(e->value, number);
	snprintf(label, sizeof label, "%.24s  %s", d->s->curve[e->index].name, number);
	fprintf(d->svg.to, "<path d=\"M%d %.1f L%d %.1f\" stroke=\"#aaa\" stroke-width=\"0.7\"/>\n",
		RIGHT, e->y, RIGHT + 14, y);
	svg_text(&d->svg, RIGHT + 17, y + 4, "start", colour_of(d, e->index), label);
}

static enum status name_curves(struct drawing *d, const struct panel *p)
{
	size_t n = d->s->n_curves, n_ends = 0;
	struct ending *end = malloc(n * sizeof *end + 1);
	double *y = malloc(n * sizeof *y + 1);

	for (size_t i = 0; end && y && i < n; i++) {
		double v = p->value(d, &d->s->curve[i], d->s->n);

		if (v >= p->low)
			end[n_ends++] = (struct ending){i, fmax(at_y(p, v), p->top), v};
	}
	if (end && y) {
		qsort(end, n_ends, sizeof *end, highest_first);
		for (size_t i = 0; i < n_ends; i++)
			y[i] = end[i].y;
		svg_spread(y, (uint32_t)n_ends, p->top, p->bottom);
		for (size_t i = 0; i < n_ends; i++)
			name_curve(d, p, &end[i], y[i]);
	}
	free(y);
	free(end);
	return end && y ? STATUS_OK : fail_no_memory();
}

/* ---- Crossings. ---- */

/* Where the mark of a crossing is: the position at which the lead begins for good, or at which it
 * ends.  False: nowhere here. */
static bool find_mark(const struct drawing *d, const struct panel *p, const struct crossing *x,
		      uint64_t *position, double *at_left, double *at_top)
{
	*position = x->for_good ? x->for_good : x->last;
	if (*position == 0 || (double)*position < d->low_x)
		return false;

	double v = p->value(d, &d->s->curve[x->shipped], *position);

	*at_left = at_x(d, (double)*position);
	*at_top = at_y(p, v);
	return v >= p->low && v <= p->high;
}

/* A full circle of the other code's colour where the lead begins for good, an empty one where it
 * ends; first all of them, since labels make room for them. */
static void draw_crossings(struct drawing *d, const struct panel *p)
{
	char label[SVG_NUMBER_BYTES];
	uint64_t position;
	double x, y;

	for (size_t i = 0; i < d->s->n_crossings; i++) {
		const struct crossing *c = &d->s->crossing[i];

		if (!find_mark(d, p, c, &position, &x, &y))
			continue;
		keep_free(d, x, y, MARK_RADIUS + 1);
		fprintf(d->svg.to,
			"<circle cx=\"%.1f\" cy=\"%.1f\" r=\"%.1f\" fill=\"%s\" "
			"stroke=\"#000\"/>\n",
			x, y, MARK_RADIUS, c->for_good ? colour_of(d, c->other) : "#fff");
	}
	for (size_t i = 0; p->value == over_reference && i < d->s->n_crossings; i++)
		if (find_mark(d, p, &d->s->crossing[i], &position, &x, &y)) {
			snprintf(label, sizeof label, "%llu", (unsigned long long)position);
			svg_label_point(&d->svg, x, y, label);
		}
}

static enum status draw_panel(struct drawing *d, struct panel *p)
{
	find_range(d, p);
	if (!(p->high > p->low)) /* nothing above the reference */
		return STATUS_OK;
	d->svg.limits = (struct svg_box){LEFT, RIGHT, p->top, p->bottom};
	d->svg.n_boxes = 0;
	fprintf(d->svg.to,
		"<clipPath id=\"at%.0f\"><rect x=\"%d\" y=\"%.0f\" width=\"%d\" height=\"%.0f\"/>"
		"</clipPath>\n",
		p->top, LEFT, p->top, RIGHT - LEFT, p->bottom - p->top);
	draw_frame(d, p);
	for (size_t i = 0; i < d->s->n_curves; i++)
		draw_curve(d, p, i);
	draw_crossings(d, p);
	return name_curves(d, p);
}

static enum status draw_panels(struct drawing *d)
{
	const struct curves *s = d->s;
	const char *symbol = s->is_tokens ? "token" : "byte";
	char rate[80], over[CURVE_NAME_BYTES + 120];

	snprintf(rate, sizeof rate, "bits a %s so far, a shipped model included (dashed)", symbol);
	snprintf(over, sizeof over, "bits sent more than by %.80s%s",
		 s->reference == CURVES_NONE ? "the best of them at that position"
					     : s->curve[s->reference].name,
		 s->n_crossings ? " (circles: a shipped model has paid for itself)" : "");
	struct panel above = {.top = 58, .bottom = 348, .label = rate, .value = rate_so_far};
	struct panel below = {.top = 400, .bottom = 690, .label = over, .value = over_reference};

	TRY(draw_panel(d, &above));
	TRY(draw_panel(d, &below));
	snprintf(rate, sizeof rate, "%ss coded", symbol);
	svg_text(&d->svg, (LEFT + RIGHT) / 2.0, below.bottom + 38, "middle", "#000", rate);
	return STATUS_OK;
}

enum status curves_svg(const struct curves *s, FILE *to)
{
	struct drawing d = {.s = s, .svg = {.to = to}};
	uint64_t *at;
	size_t first = 0, n;
	char title[200];

	TRY(curves_places(s, &at, &n));
	d.low_x = s->n >= 1000 ? 10 : 1;
	d.high_x = fmax((double)s->n, d.low_x + 1);
	while (first < n && (double)at[first] < d.low_x)
		first++;
	d.at = at + first;
	d.n_at = n - first;
	snprintf(title, sizeof title, "Code length against position: %.80s, %llu %ss", s->input,
		 (unsigned long long)s->n, s->is_tokens ? "token" : "byte");
	svg_begin(&d.svg, WIDTH, HEIGHT, title);
	enum status status = draw_panels(&d);

	svg_end(&d.svg);
	free(at);
	return status;
}
