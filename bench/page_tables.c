/* SPDX-License-Identifier: BSD-2-Clause
 *
 * page_tables.c - everything on the page that is a table: the report's, those beneath charts, what
 * did not work, and where the results come from.
 */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "html.h"
#include "page_parts.h"

/* Wide tables scroll by themselves, also by keyboard. */
static void begin_table(const char *caption, struct buffer *out)
{
	html_raw(out, "<div class=\"scroll\" role=\"region\" tabindex=\"0\" aria-label=\"");
	html_text(out, caption);
	html_raw(out, "\"><table>\n<thead><tr>");
}

static void write_head_cell(const char *text, bool is_number, struct buffer *out)
{
	html_format(out, "<th scope=\"col\"%s>", is_number ? " class=\"n\"" : "");
	html_text(out, text);
	html_raw(out, "</th>");
}

static void write_cell(const char *text, bool is_number, struct buffer *out)
{
	html_raw(out, is_number ? "<td class=\"n\">" : "<td>");
	html_text(out, text);
	html_raw(out, "</td>");
}

static void end_table(struct buffer *out)
{
	html_raw(out, "</tbody></table></div>\n");
}

/* ---- The report's. ---- */

static void write_row(const struct page_table *t, size_t row, struct buffer *out)
{
	html_raw(out, t->is_bold && t->is_bold[row] ? "<tr class=\"bold\">" : "<tr>");
	for (size_t c = 0; c < t->n_columns; c++) {
		const char *text = t->cell[row * t->n_columns + c];

		if (c == 0) {
			html_raw(out, "<th scope=\"row\">");
			html_text(out, text ? text : "");
			html_raw(out, "</th>");
		} else {
			write_cell(text ? text : "", t->is_number[c], out);
		}
	}
	html_raw(out, "</tr>\n");
}

void page_table(const struct page_table *t, struct buffer *out)
{
	html_raw(out, "<h3>");
	html_text(out, t->title);
	html_raw(out, "</h3>\n");
	if (t->note) {
		html_raw(out, "<p class=\"help\">");
		html_text(out, t->note);
		html_raw(out, "</p>\n");
	}
	begin_table(t->title, out);
	for (size_t c = 0; c < t->n_columns; c++)
		write_head_cell(t->head[c], c > 0 && t->is_number[c], out);
	html_raw(out, "</tr></thead>\n<tbody>\n");
	for (size_t r = 0; r < t->n_rows; r++)
		write_row(t, r, out);
	end_table(out);
}

/* ---- Beneath a chart. ---- */

/* As many digits as mean something: whole numbers whole, others with four decimals. */
static void write_value(const json_t *value, struct buffer *out)
{
	double number = json_number_value(value);

	if (json_is_string(value)) {
		write_cell(json_string_value(value), false, out);
	} else if (json_is_number(value)) {
		html_raw(out, "<td class=\"n\">");
		html_number(out, number, number == floor(number) ? 0 : fabs(number) < 1e4 ? 4 : 1);
		html_raw(out, "</td>");
	} else {
		html_raw(out, "<td></td>");
	}
}

void page_data_table(const struct chart *c, const json_t *rows, struct buffer *out)
{
	const json_t *row;
	size_t i;

	html_raw(out, "<details class=\"data\"><summary>Numbers</summary>\n");
	begin_table(c->title, out);
	for (const char *const *key = c->columns; *key; key++) {
		bool is_number = json_is_number(json_object_get(json_array_get(rows, 0), *key));
		char head[64];

		snprintf(head, sizeof head, "%s", *key);
		for (char *at = head; *at; at++)
			*at = *at == '_' ? ' ' : *at;
		write_head_cell(head, is_number, out);
	}
	html_raw(out, "</tr></thead>\n<tbody>\n");
	json_array_foreach(rows, i, row)
	{
		html_raw(out, "<tr>");
		for (const char *const *key = c->columns; *key; key++)
			write_value(json_object_get(row, *key), out);
		html_raw(out, "</tr>\n");
	}
	end_table(out);
	html_raw(out, "</details>\n");
}

/* ---- What did not work. ---- */

void page_failures(const struct chart_data *d, struct buffer *out)
{
	static const char *const heads[] = {"corpus", "method", "on", "outcome", "what was said"};
	size_t n = 0;

	for (size_t i = 0; i < d->n_results; i++)
		n += d->result[i].outcome != OUTCOME_OK;
	if (n == 0)
		return;
	html_format(out,
		    "<section id=\"failures\" aria-labelledby=\"title-failures\">\n"
		    "<h2 id=\"title-failures\">What did not work (%zu of %zu)</h2>\n",
		    n, d->n_results);
	begin_table("What did not work", out);
	for (size_t i = 0; i < sizeof heads / sizeof heads[0]; i++)
		write_head_cell(heads[i], false, out);
	html_raw(out, "</tr></thead>\n<tbody>\n");
	for (size_t i = 0; i < d->n_results; i++) {
		const struct result *r = &d->result[i];

		if (r->outcome == OUTCOME_OK)
			continue;
		html_raw(out, "<tr>");
		write_cell(r->spec.corpus.title, false, out);
		write_cell(r->spec.name, false, out);
		write_cell(r->spec.on, false, out);
		write_cell(outcome_name(r->outcome), false, out);
		write_cell(r->message, false, out);
		html_raw(out, "</tr>\n");
	}
	end_table(out);
	html_raw(out, "</section>\n");
}

/* ---- Where it comes from. ---- */

static void write_corpora(const struct chart_data *d, struct buffer *out)
{
	static const char *const heads[] = {"corpus", "XXH3-64", "tokens", "bytes", "optimum, bits",
					    "made by"};

	html_raw(out, "<h3>Corpora</h3>\n");
	begin_table("Corpora", out);
	for (size_t i = 0; i < sizeof heads / sizeof heads[0]; i++)
		write_head_cell(heads[i], i >= 2 && i <= 4, out);
	html_raw(out, "</tr></thead>\n<tbody>\n");
	for (size_t i = 0; i < d->n_corpora; i++) {
		const struct spec_corpus *c = &d->corpus[i].first->spec.corpus;

		if (!*c->digest)
			continue;
		html_raw(out, "<tr>");
		write_cell(c->title, false, out);
		html_raw(out, "<td><code>");
		html_text(out, c->digest);
		html_raw(out, "</code></td><td class=\"n\">");
		html_number(out, c->n_tokens, 0);
		html_raw(out, "</td><td class=\"n\">");
		html_number(out, c->text_bytes, 0);
		html_raw(out, "</td><td class=\"n\">");
		html_number(out, c->bayes_bits, 1);
		html_raw(out, "</td>");
		write_cell(c->source, false, out);
		html_raw(out, "</tr>\n");
	}
	end_table(out);
}

/* A member of the machine's description, and what is inside of it, as words. */
static void write_member(const char *key, const json_t *value, struct buffer *out)
{
	const char *name;
	json_t *child;

	if (json_is_object(value)) {
		json_object_foreach((json_t *)(uintptr_t)value, name, child)
			write_member(name, child, out);
		return;
	}
	html_raw(out, "<dt>");
	html_text(out, key);
	html_raw(out, "</dt><dd>");
	if (json_is_string(value)) {
		html_text(out, json_string_value(value));
	} else {
		char *text = json_dumps(value, JSON_ENCODE_ANY | JSON_COMPACT);

		if (text)
			html_text(out, text);
		else
			out->failed = true;
		free(text);
	}
	html_raw(out, "</dd>\n");
}

static void write_machines(const struct chart_data *d, struct buffer *out)
{
	html_raw(out, "<h3>Machines</h3>\n<div class=\"machines\">\n");
	for (size_t i = 0; i < d->n_machines; i++) {
		const struct chart_label *l = &d->machine[i];
		size_t n = 0, n_runs = 0;

		for (size_t r = 0; r < d->n_results; r++) {
			bool is_here = strcmp(d->result[r].machine_id, l->id) == 0;

			n += is_here;
			n_runs += is_here ? d->result[r].n_runs : 0;
		}
		html_raw(out, "<details open class=\"machine\"><summary>");
		html_text(out, l->text);
		html_format(out, "</summary><dl>\n<dt>id</dt><dd><code>");
		html_text(out, l->id);
		html_format(out, "</code></dd>\n<dt>results</dt><dd>%zu, %zu repetitions</dd>\n", n,
			    n_runs);
		write_member("", l->first->machine, out);
		html_raw(out, "</dl></details>\n");
	}
	html_raw(out, "</div>\n");
}

static void write_programs(const struct chart_data *d, struct buffer *out)
{
	const char *first = NULL, *last = NULL;

	html_raw(out, "<dl class=\"facts\">\n<dt>Measured by</dt><dd>");
	for (size_t i = 0, n = 0; i < d->n_results; i++) {
		const struct result *r = &d->result[i];
		size_t j = 0;

		if (!first || strcmp(r->finished, first) < 0)
			first = r->finished;
		if (!last || strcmp(r->finished, last) > 0)
			last = r->finished;
		while (strcmp(d->result[j].program, r->program) != 0)
			j++;
		if (j < i)
			continue;
		html_raw(out, n++ ? ", " : "");
		html_text(out, r->program);
	}
	html_raw(out, "</dd>\n<dt>Between</dt><dd>");
	html_text(out, first ? first : "");
	html_raw(out, " and ");
	html_text(out, last ? last : "");
	html_format(out, "</dd>\n<dt>Results</dt><dd>%zu</dd>\n", d->n_results);
}

static void write_bundle(const char *name, const struct buffer *b, struct buffer *out)
{
	char digest[PAGE_SHA256_CHARS];

	page_sha256(b->data, b->size_bytes, digest);
	html_format(out, "<dt>%s</dt><dd>%zu bytes, SHA-256 <code>%s</code></dd>\n", name,
		    b->size_bytes, digest);
}

static void write_licences(const struct buffer *licences, struct buffer *out)
{
	struct buffer text = {0};

	buffer_append(&text, licences->data, licences->size_bytes);
	buffer_append_byte(&text, '\0');
	html_raw(out, "<details class=\"licence\"><summary>Licences of Vega, Vega-Lite and "
		      "Vega-Embed</summary><pre>");
	if (text.failed)
		out->failed = true;
	else
		html_text(out, (const char *)text.data);
	html_raw(out, "</pre></details>\n");
	buffer_free(&text);
}

void page_provenance(const struct chart_data *d, const struct page_scripts *scripts,
		     struct buffer *out)
{
	html_raw(out, "<section id=\"provenance\" aria-labelledby=\"title-provenance\">\n"
		      "<h2 id=\"title-provenance\">Where it comes from</h2>\n");
	write_programs(d, out);
	if (scripts) {
		write_bundle("vega.min.js", &scripts->vega, out);
		write_bundle("vega-lite.min.js", &scripts->vega_lite, out);
		write_bundle("vega-embed.min.js", &scripts->vega_embed, out);
	}
	html_raw(out, "</dl>\n");
	if (scripts)
		write_licences(&scripts->licences, out);
	write_corpora(d, out);
	write_machines(d, out);
	html_raw(out, "</section>\n");
}
