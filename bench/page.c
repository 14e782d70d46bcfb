/* SPDX-License-Identifier: BSD-2-Clause */
#include "page.h"

#include <string.h>

#include "chart.h"
#include "html.h"
#include "page_parts.h"

static const char style[] =
#include "page.css.inc"
    ;
static const char behaviour[] =
#include "page.js.inc"
    ;

/* ---- Head. ---- */

/* Nothing is fetched from anywhere, and of scripts only those with these digests run. */
static void write_policy(const struct page *p, struct buffer *out)
{
	const struct page_scripts *s = p->scripts;
	char digest[PAGE_POLICY_BYTES];

	html_raw(out, "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; "
		      "img-src data: blob:; style-src 'unsafe-inline'; base-uri 'none'; "
		      "form-action 'none'; script-src");
	if (s) {
		const struct buffer *const scripts[] = {&s->vega, &s->vega_lite, &s->vega_embed};

		for (size_t i = 0; i < sizeof scripts / sizeof scripts[0]; i++) {
			page_policy(scripts[i]->data, scripts[i]->size_bytes, digest);
			html_format(out, " '%s'", digest);
		}
	}
	page_policy(behaviour, strlen(behaviour), digest);
	html_format(out, " '%s'\">\n", digest);
}

static void write_head(const struct page *p, struct buffer *out)
{
	html_raw(out, "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n");
	write_policy(p, out);
	html_raw(out, "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n"
		      "<meta name=\"color-scheme\" content=\"light dark\">\n"
		      "<link rel=\"icon\" href=\"data:,\">\n<title>");
	html_text(out, p->title);
	html_raw(out, "</title>\n<style>\n");
	html_raw(out, style);
	html_raw(out, "</style>\n</head>\n");
}

/* ---- Charts. ---- */

static void write_drawing(const struct page_svg *svg, struct buffer *out)
{
	html_raw(out, "<figure><img alt=\"");
	html_text(out, svg->caption);
	html_raw(out, "\" src=\"");
	html_image(out, svg->text, svg->size_bytes);
	html_raw(out, "\"><figcaption>");
	html_text(out, svg->caption);
	html_raw(out, "</figcaption></figure>\n");
}

static size_t count_drawings(const struct page *p, const char *chart)
{
	size_t n = 0;

	for (size_t i = 0; i < p->n_svgs; i++)
		n += strcmp(p->svg[i].chart, chart) == 0;
	return n;
}

/* Open as long as nothing else is there to look at; the script closes it. */
static void write_drawings(const struct page *p, const char *chart, struct buffer *out)
{
	if (!count_drawings(p, chart))
		return;
	html_raw(out, "<details class=\"drawing\" open><summary>Drawing</summary>\n");
	for (size_t i = 0; i < p->n_svgs; i++)
		if (strcmp(p->svg[i].chart, chart) == 0)
			write_drawing(&p->svg[i], out);
	html_raw(out, "</details>\n");
}

static void write_chart(const struct page *p, const struct chart *c, const json_t *specification,
			struct buffer *out)
{
	const json_t *rows = json_object_get(json_object_get(specification, "datasets"), "rows");

	html_format(out,
		    "<section class=\"chart%s\" id=\"chart-%s\" aria-labelledby=\"title-%s\">\n",
		    count_drawings(p, c->name) ? "" : " undrawn", c->name, c->name);
	html_format(out, "<h3 id=\"title-%s\">", c->name);
	html_text(out, c->title);
	html_raw(out, "</h3>\n<p class=\"help\">");
	html_text(out, c->help);
	html_raw(out, "</p>\n<div class=\"live\"></div>\n");
	write_drawings(p, c->name, out);
	if (specification && c->columns)
		page_data_table(c, rows, out);
	else if (specification)
		html_raw(out, "<p class=\"help\">Its numbers are in the <a href=\"#tables\">tables"
			      "</a>.</p>\n");
	if (specification && p->scripts) {
		html_format(out, "<script type=\"application/json\" data-chart=\"%s\">", c->name);
		html_json(out, specification);
		html_raw(out, "</script>\n");
	}
	html_raw(out, "</section>\n");
}

/* What has a drawing but is no chart of the registry. */
static void write_other_drawings(const struct page *p, struct buffer *out)
{
	for (size_t i = 0; i < p->n_svgs; i++) {
		const struct chart *c = charts;

		while (c->name && strcmp(c->name, p->svg[i].chart) != 0)
			c++;
		if (c->name)
			continue;
		html_raw(out, "<section class=\"chart undrawn\">\n");
		write_drawing(&p->svg[i], out);
		html_raw(out, "</section>\n");
	}
}

struct built {
	json_t *specification[16]; /* by place in the registry; NULL: no data */
};

static bool is_shown(const struct page *p, const struct built *b, size_t i)
{
	return b->specification[i] || count_drawings(p, charts[i].name);
}

static void write_contents(const struct page *p, const struct built *b, struct buffer *out)
{
	html_raw(out, "<nav aria-label=\"Contents\"><ul>\n"
		      "<li><a href=\"#finding\">What was found</a></li>\n");
	for (size_t i = 0; charts[i].name; i++) {
		if (!is_shown(p, b, i))
			continue;
		html_format(out, "<li><a href=\"#chart-%s\">", charts[i].name);
		html_text(out, charts[i].title);
		html_raw(out, "</a></li>\n");
	}
	if (p->n_tables)
		html_raw(out, "<li><a href=\"#tables\">Tables</a></li>\n");
	html_raw(out, "<li><a href=\"#provenance\">Where it comes from</a></li>\n</ul></nav>\n");
}

/* ---- The whole. ---- */

static void write_part(const char *text, size_t size_bytes, struct buffer *out)
{
	struct buffer part = {0};

	buffer_append(&part, text, size_bytes);
	buffer_append_byte(&part, '\0');
	if (part.failed)
		out->failed = true;
	else
		html_text(out, (const char *)part.data);
	buffer_free(&part);
}

/* Of the marks of Markdown, `code` and **strong** are known. */
static void write_paragraph(const char *text, size_t size_bytes, struct buffer *out)
{
	const char *end = text + size_bytes;
	bool is_code = false, is_strong = false;

	html_raw(out, "<p>");
	for (const char *from = text, *at = text; from < end; from = at) {
		while (at < end && *at != '`' && (at + 1 >= end || at[0] != '*' || at[1] != '*'))
			at++;
		write_part(from, (size_t)(at - from), out);
		if (at == end)
			break;
		if (*at == '`') {
			is_code = !is_code;
			html_raw(out, is_code ? "<code>" : "</code>");
			at++;
		} else {
			is_strong = !is_strong;
			html_raw(out, is_strong ? "<strong>" : "</strong>");
			at += 2;
		}
	}
	html_raw(out, is_code ? "</code>" : "");
	html_raw(out, is_strong ? "</strong></p>\n" : "</p>\n");
}

static void write_notes(const char *notes, struct buffer *out)
{
	html_raw(out, "<div class=\"prose\">\n");
	while (*notes) {
		const char *end = strstr(notes, "\n\n");
		size_t n = end ? (size_t)(end - notes) : strlen(notes);

		write_paragraph(notes, n, out);
		notes += n;
		notes += strspn(notes, "\n");
	}
	html_raw(out, "</div>\n");
}

static void write_tables(const struct page *p, struct buffer *out)
{
	if (!p->n_tables && !p->notes)
		return;
	html_raw(out, "<section id=\"tables\" aria-labelledby=\"title-tables\">\n"
		      "<h2 id=\"title-tables\">Tables</h2>\n");
	for (size_t i = 0; i < p->n_tables; i++)
		page_table(&p->table[i], out);
	if (p->notes)
		write_notes(p->notes, out);
	html_raw(out, "</section>\n");
}

static void write_script(const void *script, size_t size_bytes, struct buffer *out)
{
	html_raw(out, "<script>");
	buffer_append(out, script, size_bytes);
	html_raw(out, "</script>\n");
}

static void write_scripts(const struct page_scripts *s, struct buffer *out)
{
	if (s) {
		write_script(s->vega.data, s->vega.size_bytes, out);
		write_script(s->vega_lite.data, s->vega_lite.size_bytes, out);
		write_script(s->vega_embed.data, s->vega_embed.size_bytes, out);
	}
	write_script(behaviour, strlen(behaviour), out);
}

static void write_body(const struct page *p, const struct chart_data *d, const struct built *b,
		       struct buffer *out)
{
	html_raw(out, "<body>\n<a class=\"skip\" href=\"#finding\">To the content</a>\n");
	write_contents(p, b, out);
	html_raw(out, "<main>\n<header><p class=\"eyebrow\">twopart benchmark</p><h1>");
	html_text(out, p->title);
	html_raw(out, "</h1></header>\n");
	page_finding(d, out);
	html_raw(out, "<section id=\"charts\" aria-labelledby=\"title-charts\">\n"
		      "<h2 id=\"title-charts\">Charts</h2>\n");
	if (p->scripts)
		html_raw(out, "<noscript><p class=\"help\">Scripts are off: what can be pointed at "
			      "with them is a drawing here.</p></noscript>\n");
	for (size_t i = 0; charts[i].name; i++)
		if (is_shown(p, b, i))
			write_chart(p, &charts[i], b->specification[i], out);
	write_other_drawings(p, out);
	html_raw(out, "</section>\n");
	write_tables(p, out);
	page_failures(d, out);
	page_provenance(d, p->scripts, out);
	html_raw(out, "</main>\n");
	write_scripts(p->scripts, out);
	html_raw(out, "</body>\n</html>\n");
}

static enum status build(const struct page *p, struct chart_data *d, struct built *b)
{
	TRY(chart_data_open(d, p->result, p->n_results));
	for (size_t i = 0; charts[i].name; i++)
		TRY(chart_build(&charts[i], d, &b->specification[i]));
	return STATUS_OK;
}

enum status page_render(const struct page *p, struct buffer *out)
{
	struct chart_data d = {0};
	struct built b = {{0}};
	enum status s = build(p, &d, &b);

	if (s == STATUS_OK) {
		write_head(p, out);
		write_body(p, &d, &b, out);
		s = buffer_status(out);
	}
	for (size_t i = 0; i < sizeof b.specification / sizeof b.specification[0]; i++)
		json_decref(b.specification[i]);
	chart_data_free(&d);
	return s;
}
