/* SPDX-License-Identifier: BSD-2-Clause
 *
 * structure_svg.c - a structure function as a drawing, without any library.
 *
 * Both axes are logarithmic, since what is stored first saves a thousand times as much as what is
 * stored last.  Compressors that store no model have no place on such an axis: they stand in a lane
 * of their own on the left.  A label goes beside its point, or above or below that until it covers
 * no other label; a thin line leads to it when it had to move.
 */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "structure.h"
#include "svg.h"

#define WIDTH 900
#define HEIGHT 600
#define TOP 46
#define BOTTOM 545
#define LANE_X 84  /* of the points without a model */
#define LEFT 262   /* of the axis of model bits */
#define RIGHT 884
#define CURVE_STEPS 240

struct drawing {
	const struct structure *s;
	struct svg svg;
	double low_x, high_x, low_y, high_y; /* bits, at the ends of the axes */
};

static double at_x(const struct drawing *d, double bits)
{
	if (bits < d->low_x)
		return LANE_X;
	return LEFT + (RIGHT - LEFT) * log(bits / d->low_x) / log(d->high_x / d->low_x);
}

static double at_y(const struct drawing *d, double bits)
{
	return BOTTOM - (BOTTOM - TOP) * log(bits / d->low_y) / log(d->high_y / d->low_y);
}

/* ---- Ranges. ---- */

static void include_y(struct drawing *d, double bits)
{
	if (!(bits > 0))
		return;
	d->low_y = fmin(d->low_y, bits);
	d->high_y = fmax(d->high_y, bits);
}

static void include_x(struct drawing *d, double bits)
{
	if (!(bits > 0))
		return;
	d->low_x = fmin(d->low_x, bits);
	d->high_x = fmax(d->high_x, bits);
}

/* Copying would take half of the height, and compresses nothing. */
static bool is_drawn(const struct structure_mark *m)
{
	return strcmp(m->name, "copy") != 0;
}

static void find_ranges(struct drawing *d)
{
	const struct structure *s = d->s;

	d->low_x = d->low_y = INFINITY;
	d->high_x = d->high_y = 0;
	for (uint32_t i = 0; i < s->n_points; i++) {
		include_x(d, (double)s->point[i].size.model_bits);
		include_y(d, (double)s->point[i].size.data_bits);
		include_y(d, s->point[i].theory.ideal_bits);
	}
	for (uint32_t i = 0; i < s->n_marks; i++) {
		if (!is_drawn(&s->mark[i]))
			continue;
		include_x(d, s->mark[i].model_bits);
		include_y(d, s->mark[i].data_bits);
	}
	if (s->n_points == 0 || d->high_x == 0)
		include_x(d, 8);
	include_y(d, s->corpus.bayes_bits);
	d->low_x /= 1.25;
	d->high_x *= 1.25;
	d->low_y /= 1.06;
	d->high_y *= 1.1;
}

/* ---- Axes. ---- */

static void tick_x(struct drawing *d, double v, bool with_label)
{
	double x = at_x(d, v);
	char number[SVG_NUMBER_BYTES];

	svg_grid_line(&d->svg, x, TOP, x, BOTTOM);
	if (!with_label)
		return;
	svg_short_number(v, number);
	svg_text(&d->svg, x, BOTTOM + 15, "middle", "#000", number);
}

static void tick_y(struct drawing *d, double v)
{
	double y = at_y(d, v);
	char number[SVG_NUMBER_BYTES];

	svg_grid_line(&d->svg, LANE_X - 14, y, RIGHT, y);
	svg_short_number(v, number);
	svg_text(&d->svg, LANE_X - 18, y + 4, "end", "#000", number);
}

static void draw_axes(struct drawing *d)
{
	static const double fine[] = {1, 1.2, 1.5, 2, 2.5, 3, 4, 5, 6, 8};
	bool wide = d->high_y / d->low_y > 4;

	for (double decade = pow(10, floor(log10(d->low_x))); decade < d->high_x; decade *= 10)
		for (int m = 1; m <= 5; m += m == 1 ? 1 : 3)
			if (m * decade >= d->low_x && m * decade <= d->high_x)
				tick_x(d, m * decade,
				       m == 1 || d->high_x / d->low_x < 3000);
	for (double decade = pow(10, floor(log10(d->low_y))); decade < d->high_y; decade *= 10)
		for (size_t i = 0; i < sizeof fine / sizeof *fine; i++) {
			double v = fine[i] * decade;

			if (v >= d->low_y && v <= d->high_y &&
			    (!wide || fine[i] == 1 || fine[i] == 2 || fine[i] == 3 || fine[i] == 5))
				tick_y(d, v);
		}
	fprintf(d->svg.to,
		"<rect x=\"%d\" y=\"%d\" width=\"%d\" height=\"%d\" fill=\"none\" "
		"stroke=\"#888\"/>\n",
		LEFT, TOP, RIGHT - LEFT, BOTTOM - TOP);
	fprintf(d->svg.to,
		"<line x1=\"%d\" y1=\"%d\" x2=\"%d\" y2=\"%d\" stroke=\"#888\"/>\n", LANE_X, TOP,
		LANE_X, BOTTOM);
	svg_text(&d->svg, LANE_X, BOTTOM + 15, "middle", "#000", "0");
	svg_text(&d->svg, (LEFT + RIGHT) / 2.0, BOTTOM + 36, "middle", "#000",
	     "L(M): bits of the model (logarithmic; 0: no model is stored)");
	fprintf(d->svg.to,
		"<text transform=\"translate(18 %d) rotate(-90)\" text-anchor=\"middle\">"
		"L(X|M): bits of the data given the model (logarithmic)</text>\n",
		(TOP + BOTTOM) / 2);
}

/* ---- Curves. ---- */

static double line_of_sufficiency(const struct structure *s, double model_bits)
{
	return s->corpus.bayes_bits - model_bits;
}

static double ideal(const struct structure *s, double model_bits)
{
	return structure_theory_at(s, model_bits).ideal_bits;
}

static double knapsack(const struct structure *s, double model_bits)
{
	return structure_theory_at(s, model_bits).knapsack_bits;
}

static double whole(const struct structure *s, double model_bits)
{
	return structure_theory_at(s, model_bits).whole_bits;
}

static double law(const struct structure *s, double model_bits)
{
	return structure_theory_at(s, model_bits).law_bits;
}

static const struct curve {
	const char *label, *colour, *dashes;
	double (*data_bits)(const struct structure *s, double model_bits);
	bool to_end; /* beyond the last archive too */
} curves[] = {
    {"sufficiency: x + y = Bayes", "#000", "none", line_of_sufficiency, true},
    {"theory: ideal knapsack", "#1b8a3a", "none", ideal, false},
    {"theory: the code's knapsack", "#8a3ab0", "6 3", knapsack, false},
    {"theory: all or nothing", "#d9730d", "none", whole, false},
    {"theory: its power law", "#d9730d", "2 3", law, false},
};

#define N_CURVES (sizeof curves / sizeof *curves)

static void draw_curve(struct drawing *d, const struct curve *c)
{
	double end = c->to_end ? d->high_x : 0;
	bool open = false;

	for (uint32_t i = 0; i < d->s->n_points; i++)
		end = fmax(end, (double)d->s->point[i].size.model_bits);
	for (int i = 0; i <= CURVE_STEPS; i++) {
		double x = d->low_x * pow(end / d->low_x, (double)i / CURVE_STEPS);
		double y = c->data_bits(d->s, x);

		if (!(y >= d->low_y && y <= d->high_y))
			continue;
		fprintf(d->svg.to, "%s%.1f %.1f",
			open ? " L" : "<path fill=\"none\" d=\"M", at_x(d, x), at_y(d, y));
		svg_take(&d->svg,
			 (struct svg_box){at_x(d, x) - 2, at_x(d, x) + 2, at_y(d, y) - 2,
					  at_y(d, y) + 2}); /* no label across it */
		open = true;
	}
	if (open)
		fprintf(d->svg.to,
			"\" stroke=\"%s\" stroke-width=\"1.4\" stroke-dasharray=\"%s\"/>\n",
			c->colour, c->dashes);
}

static void draw_realized(struct drawing *d)
{
	const struct structure *s = d->s;

	fputs("<path fill=\"none\" stroke=\"#1f5fbf\" stroke-width=\"1.6\" d=\"", d->svg.to);
	for (uint32_t i = 0; i < s->n_points; i++)
		fprintf(d->svg.to, "%s%.1f %.1f", i ? " L" : "M",
			at_x(d, (double)s->point[i].size.model_bits),
			at_y(d, (double)s->point[i].size.data_bits));
	fputs("\"/>\n", d->svg.to);
	for (uint32_t i = 0; i < s->n_points; i++)
		fprintf(d->svg.to,
			"<circle cx=\"%.1f\" cy=\"%.1f\" r=\"2.6\" fill=\"#1f5fbf\"/>\n",
			at_x(d, (double)s->point[i].size.model_bits),
			at_y(d, (double)s->point[i].size.data_bits));
}

static void draw_legend(struct drawing *d)
{
	double x = RIGHT - 232, y = TOP + 18;
	struct svg_box b = {x - 8, RIGHT, TOP, y + SVG_LINE * (N_CURVES + 1) + 4};

	svg_take(&d->svg, b);
	fprintf(d->svg.to,
		"<rect x=\"%.1f\" y=\"%.1f\" width=\"%.1f\" height=\"%.1f\" fill=\"#fff\" "
		"stroke=\"#ccc\"/>\n",
		b.left, b.top, b.right - b.left, b.bottom - b.top);
	fprintf(d->svg.to,
		"<path d=\"M%.1f %.1f h24\" stroke=\"#1f5fbf\" stroke-width=\"1.6\"/>"
		"<circle cx=\"%.1f\" cy=\"%.1f\" r=\"2.6\" fill=\"#1f5fbf\"/>\n",
		x, y - 4, x + 12, y - 4);
	svg_text(&d->svg, x + 32, y, "start", "#000", "realized: decoded archives");
	for (size_t i = 0; i < N_CURVES; i++) {
		y += SVG_LINE + 1;
		fprintf(d->svg.to,
			"<path d=\"M%.1f %.1f h24\" stroke=\"%s\" stroke-width=\"1.4\" "
			"stroke-dasharray=\"%s\"/>\n",
			x, y - 4, curves[i].colour, curves[i].dashes);
		svg_text(&d->svg, x + 32, y, "start", "#000", curves[i].label);
	}
}

/* ---- Compressors. ---- */

static int largest_first(const void *a, const void *b)
{
	const struct structure_mark *x = *(const struct structure_mark *const *)a;
	const struct structure_mark *y = *(const struct structure_mark *const *)b;

	return (x->data_bits < y->data_bits) - (x->data_bits > y->data_bits);
}

static void name_mark(const struct structure_mark *m, char label[128])
{
	snprintf(label, 128, "%s%s%s%s", m->name, strcmp(m->on, "text") == 0 ? ", text" : "",
		 *m->not_counted ? " + " : "", m->not_counted);
}

static void draw_mark(const struct drawing *d, double x, double y)
{
	fprintf(d->svg.to, "<path d=\"M%.1f %.1f l4 4 l-4 4 l-4 -4 z\" fill=\"#c0392b\"/>\n", x,
		y - 4);
}

/* The lane of those without a model: labels in the order of their points. */
static void draw_lane(struct drawing *d, const struct structure_mark **mark, uint32_t n)
{
	double *y = malloc(n * sizeof *y + 1);
	char label[128];

	for (uint32_t i = 0; y && i < n; i++)
		y[i] = at_y(d, mark[i]->data_bits);
	if (y)
		svg_spread(y, n, TOP, BOTTOM);
	for (uint32_t i = 0; y && i < n; i++) {
		double point = at_y(d, mark[i]->data_bits);

		fprintf(d->svg.to,
			"<path fill=\"none\" stroke=\"#aaa\" stroke-width=\"0.7\" "
			"d=\"M%d %.1f L%d %.1f\"/>\n",
			LANE_X, point, LANE_X + 20, y[i]);
		draw_mark(d, LANE_X, point);
		name_mark(mark[i], label);
		svg_text(&d->svg, LANE_X + 22, y[i] + 4, "start", "#444", label);
	}
	free(y);
}

static void draw_marks(struct drawing *d)
{
	uint32_t n_lane = 0, n_own = 0, n = d->s->n_marks;
	const struct structure_mark **lane = malloc(n * sizeof *lane + 1);
	const struct structure_mark **own = malloc(n * sizeof *own + 1);
	char label[128];

	for (uint32_t i = 0; lane && own && i < n; i++) {
		const struct structure_mark *m = &d->s->mark[i];

		if (!is_drawn(m))
			continue;
		if (m->model_bits < d->low_x) {
			lane[n_lane++] = m;
			continue;
		}
		own[n_own++] = m;
		svg_take(&d->svg, (struct svg_box){
				      at_x(d, m->model_bits) - 5, at_x(d, m->model_bits) + 5,
				      at_y(d, m->data_bits) - 5, at_y(d, m->data_bits) + 5});
	}
	for (uint32_t i = 0; i < n_own; i++) {
		const struct structure_mark *m = own[i];

		name_mark(m, label);
		svg_label_point(&d->svg, at_x(d, m->model_bits), at_y(d, m->data_bits), label);
		draw_mark(d, at_x(d, m->model_bits), at_y(d, m->data_bits));
	}
	if (lane && n_lane) {
		qsort(lane, n_lane, sizeof *lane, largest_first);
		draw_lane(d, lane, n_lane);
	}
	free(lane);
	free(own);
}

void structure_svg(const struct structure *s, FILE *to)
{
	struct drawing d = {
	    .s = s, .svg = {.to = to, .limits = {LEFT, RIGHT, TOP - SVG_LINE, BOTTOM + 2}}};
	char title[200];

	find_ranges(&d);
	snprintf(title, sizeof title,
		 "Structure function of %.80s: %s, %zu tokens, Bayes %.0f bits", s->prefix,
		 s->corpus.world->family, s->corpus.n_tokens, s->corpus.bayes_bits);
	svg_begin(&d.svg, WIDTH, HEIGHT, title);
	draw_axes(&d);
	for (size_t i = 0; i < N_CURVES; i++)
		draw_curve(&d, &curves[i]);
	draw_legend(&d);
	draw_realized(&d);
	draw_marks(&d);
	svg_end(&d.svg);
}
