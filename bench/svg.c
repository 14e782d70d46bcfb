/* SPDX-License-Identifier: BSD-2-Clause */
#include "svg.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "utf8.h"

void svg_begin(struct svg *s, int width, int height, const char *title)
{
	fprintf(s->to,
		"<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"%d\" height=\"%d\" "
		"viewBox=\"0 0 %d %d\" font-family=\"sans-serif\" font-size=\"%d\">\n"
		"<rect width=\"100%%\" height=\"100%%\" fill=\"#fff\"/>\n",
		width, height, width, height, SVG_FONT);
	svg_text(s, width / 2.0, 24, "middle", "#000", title);
}

void svg_end(struct svg *s)
{
	fputs("</svg>\n", s->to);
}

void svg_text(struct svg *s, double x, double y, const char *anchor, const char *fill,
	      const char *label)
{
	json_t *text = utf8_json(label); /* a file's name may be no text */

	/* The white rim keeps a label readable where a curve runs through it. */
	fprintf(s->to,
		"<text x=\"%.1f\" y=\"%.1f\" text-anchor=\"%s\" fill=\"%s\" stroke=\"#fff\" "
		"stroke-width=\"3\" paint-order=\"stroke\">",
		x, y, anchor, fill);
	for (const char *c = text ? json_string_value(text) : ""; *c; c++) {
		if (*c == '<' || *c == '&')
			fputs(*c == '<' ? "&lt;" : "&amp;", s->to);
		else if ((unsigned char)*c >= ' ')
			fputc(*c, s->to);
	}
	fputs("</text>\n", s->to);
	json_decref(text);
}

static bool is_free(const struct svg *s, const struct svg_box *b)
{
	for (unsigned i = 0; i < s->n_boxes; i++) {
		const struct svg_box *o = &s->box[i];

		if (b->left < o->right && o->left < b->right && b->top < o->bottom &&
		    o->top < b->bottom)
			return false;
	}
	return b->top >= s->limits.top && b->bottom <= s->limits.bottom;
}

void svg_take(struct svg *s, struct svg_box box)
{
	if (s->n_boxes < SVG_BOXES_MAX)
		s->box[s->n_boxes++] = box;
}

struct svg_place svg_find_place(struct svg *s, double x, double y, size_t n_letters)
{
	double width = SVG_LETTER * (double)n_letters, start = x + 8, baseline = y + 4;
	bool to_left = false;
	struct svg_box b;

	for (int i = 0; i < 160; i++) { /* right and left of it, then ever higher and lower */
		to_left = i % 2;
		start = to_left ? x - 8 - width : x + 8;
		baseline = y + 4 + (i % 4 < 2 ? -1 : 1) * ((i + 2) / 4) * (SVG_LINE / 2.0);
		b = (struct svg_box){start, start + width, baseline - SVG_FONT + 1, baseline + 1.5};
		if (b.left >= s->limits.left && b.right <= s->limits.right && is_free(s, &b))
			break;
	}
	svg_take(s, b);
	return (struct svg_place){.x = to_left ? start + width : start,
				  .baseline = baseline,
				  .to_left = to_left,
				  .moved = fabs(baseline - 4 - y) > SVG_LINE / 2.0,
				  .line_x = to_left ? x - 7 : x + 7};
}

void svg_label_point(struct svg *s, double x, double y, const char *label)
{
	struct svg_place p = svg_find_place(s, x, y, strlen(label));

	if (p.moved)
		fprintf(s->to,
			"<line x1=\"%.1f\" y1=\"%.1f\" x2=\"%.1f\" y2=\"%.1f\" stroke=\"#aaa\" "
			"stroke-width=\"0.7\"/>\n",
			x, y, p.line_x, p.baseline - 4);
	svg_text(s, p.x, p.baseline, p.to_left ? "end" : "start", "#444", label);
}

void svg_short_number(double v, char out[SVG_NUMBER_BYTES])
{
	static const char *const unit[] = {"", "k", "M", "G", "T"};
	int u = 0;

	for (; v >= 1000 && u < 4; u++)
		v /= 1000;
	snprintf(out, SVG_NUMBER_BYTES, "%.3g%s", v, unit[u]);
}

void svg_grid_line(struct svg *s, double x1, double y1, double x2, double y2)
{
	fprintf(s->to,
		"<line x1=\"%.1f\" y1=\"%.1f\" x2=\"%.1f\" y2=\"%.1f\" stroke=\"#e4e4e4\"/>\n",
		x1, y1, x2, y2);
}

/* Less i lines each, the heights must not descend, and neighbours that do share their mean. */
void svg_spread(double *y, uint32_t n, double top, double bottom)
{
	uint32_t n_groups = 0;
	struct group {
		double sum;
		uint32_t n;
	} *group = malloc(n * sizeof *group + 1);

	for (uint32_t i = 0; group && i < n; i++) {
		group[n_groups++] = (struct group){y[i] - SVG_LINE * (double)i, 1};
		while (n_groups > 1 && group[n_groups - 2].sum * group[n_groups - 1].n >
					   group[n_groups - 1].sum * group[n_groups - 2].n) {
			n_groups--;
			group[n_groups - 1].sum += group[n_groups].sum;
			group[n_groups - 1].n += group[n_groups].n;
		}
	}
	for (uint32_t g = 0, i = 0; group && g < n_groups; g++)
		for (uint32_t end = i + group[g].n; i < end; i++)
			y[i] = fmin(bottom - SVG_LINE * (double)(n - 1 - i),
				    fmax(top + SVG_LINE * (double)i,
					 group[g].sum / group[g].n + SVG_LINE * (double)i));
	free(group);
}
