/* SPDX-License-Identifier: BSD-2-Clause
 *
 * page_finding.c - what somebody should know who looks for ten seconds.
 *
 * The best method that was told nothing, how far it is from the optimum, and the best of each other
 * kind beside it, for every corpus.  Bars are boxes of a given width: no script is needed.  Only
 * sizes are compared here, which are the same on every machine.
 */
#include <math.h>
#include <string.h>

#include "html.h"
#include "page_parts.h"

#define CARDS_MAX 8
#define RUNGS_MAX 8

/* The best of each family on one corpus, smallest first. */
struct ladder {
	const struct chart_codec *rung[RUNGS_MAX];
	size_t n_rungs;
	size_t corpus;
};

static bool competes(const struct chart_codec *c)
{
	return !*c->row->not_counted && strcmp(c->family, "copy") != 0 &&
	       isfinite(c->row->total_bits);
}

/* Room for it between smaller and larger ones; the first of equals stays the first. */
static void insert(struct ladder *l, const struct chart_codec *c)
{
	size_t at = l->n_rungs++;

	for (; at > 0 && l->rung[at - 1]->row->total_bits > c->row->total_bits; at--)
		l->rung[at] = l->rung[at - 1];
	l->rung[at] = c;
}

static void offer(struct ladder *l, const struct chart_codec *c)
{
	for (size_t i = 0; i < l->n_rungs; i++) {
		if (strcmp(l->rung[i]->family, c->family) != 0)
			continue;
		if (l->rung[i]->row->total_bits <= c->row->total_bits)
			return;
		memmove(&l->rung[i], &l->rung[i + 1],
			(l->n_rungs - i - 1) * sizeof *l->rung);
		l->n_rungs--;
		break;
	}
	if (l->n_rungs < RUNGS_MAX)
		insert(l, c);
}

static struct ladder ladder_of(const struct chart_data *d, size_t corpus)
{
	struct ladder l = {.corpus = corpus};

	for (size_t i = 0; i < d->n_codecs; i++)
		if (d->codec[i].corpus == corpus && competes(&d->codec[i]))
			offer(&l, &d->codec[i]);
	return l;
}

static bool has_bound(const struct ladder *l)
{
	return l->n_rungs && isfinite(l->rung[0]->row->times_bound);
}

/* ---- One sentence. ---- */

static void write_name(const struct chart_codec *c, struct buffer *out)
{
	html_raw(out, "<strong>");
	html_text(out, c->row->name);
	html_raw(out, "</strong>");
}

/* 1.058: "5.8 %"; far away a factor says more: "2.05 times". */
static void write_distance(const struct row *r, struct buffer *out)
{
	double above = 100 * (r->times_bound - 1);

	if (above < 100)
		html_format(out, "%.*f&#8239;%%", above < 1 ? 2 : above < 10 ? 1 : 0, above);
	else
		html_format(out, "%.2f&#8239;×", r->times_bound);
}

static void write_headline(const struct chart_data *d, const struct ladder *l, struct buffer *out)
{
	const struct chart_codec *best = l->rung[0], *other = NULL;

	for (size_t i = 1; i < l->n_rungs && !other; i++)
		if (strncmp(l->rung[i]->family, "twopart", 7) != 0)
			other = l->rung[i];
	html_raw(out, "<div class=\"headline\"><p class=\"big\">");
	write_distance(best->row, out);
	html_raw(out, "</p><p class=\"claim\">");
	html_raw(out, best->row->times_bound < 2 ? "above the shortest possible code is what "
						 : "the shortest possible code is what ");
	write_name(best, out);
	html_raw(out, " needs, told nothing about the source, on <span class=\"corpus\">");
	html_text(out, d->corpus[l->corpus].text);
	html_raw(out, "</span>.");
	if (other) {
		html_format(out, " Next of another kind: %.2f times the optimum, by ",
			    other->row->times_bound);
		write_name(other, out);
		html_raw(out, ".");
	}
	html_raw(out, "</p></div>\n");
}

/* ---- Bars. ---- */

static void write_rung(const char *name, const char *kind, double share, const char *class,
		       struct buffer *out)
{
	html_format(out, "<li class=\"%s\"><span class=\"name\">", class);
	html_text(out, name);
	html_raw(out, "</span><span class=\"kind\">");
	html_text(out, kind);
	html_format(out,
		    "</span><span class=\"bar\"><i style=\"width:%.2f%%\"></i></span>"
		    "<span class=\"value\">",
		    100 * fmin(share, 1));
}

static void write_card(const struct chart_data *d, const struct ladder *l, struct buffer *out)
{
	double most = l->rung[l->n_rungs - 1]->row->total_bits, first = l->rung[0]->row->bound_bits;

	html_raw(out, "<article class=\"card\"><h3>");
	html_text(out, d->corpus[l->corpus].text);
	html_raw(out, "</h3>\n<ol class=\"ladder\">\n");
	if (has_bound(l)) {
		write_rung("optimum", "exact", first / most, "optimum", out);
		html_raw(out, "1.000</span></li>\n");
	}
	for (size_t i = 0; i < l->n_rungs; i++) {
		const struct row *r = l->rung[i]->row;

		write_rung(r->name, l->rung[i]->family, r->total_bits / most,
			   i == 0 ? "best" : "rung", out);
		if (has_bound(l))
			html_format(out, "%.3f</span></li>\n", r->times_bound);
		else
			html_format(out, "%.3f</span></li>\n", r->total_bits / 8 / r->text_bytes);
	}
	html_raw(out, has_bound(l) ? "</ol><p class=\"unit\">times the optimum</p></article>\n"
				   : "</ol><p class=\"unit\">of the original size</p></article>\n");
}

void page_finding(const struct chart_data *d, struct buffer *out)
{
	size_t n_cards = 0, headline = SIZE_MAX, most = 0;

	html_raw(out, "<section id=\"finding\" aria-labelledby=\"title-finding\">\n"
		      "<h2 id=\"title-finding\" class=\"visually-hidden\">What was found</h2>\n");
	/* The corpus of the most kinds speaks for all. */
	for (size_t i = 0; i < d->n_corpora; i++) {
		struct ladder l = ladder_of(d, i);

		if (has_bound(&l) && l.n_rungs > most) {
			most = l.n_rungs;
			headline = i;
		}
	}
	if (headline != SIZE_MAX) {
		struct ladder l = ladder_of(d, headline);

		write_headline(d, &l, out);
	}
	html_raw(out, "<div class=\"cards\">\n");
	for (int bound = 1; bound >= 0; bound--)
		for (size_t i = 0; i < d->n_corpora && n_cards < CARDS_MAX; i++) {
			struct ladder l = ladder_of(d, i);

			if (l.n_rungs < 2 || has_bound(&l) != bound)
				continue;
			write_card(d, &l, out);
			n_cards++;
		}
	html_raw(out, "</div>\n<p class=\"help\">The best of each kind by size, whatever its "
		      "speed; "
		      "every size is a file that was decoded and compared.</p>\n</section>\n");
}
