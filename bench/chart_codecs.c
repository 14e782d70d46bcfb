/* SPDX-License-Identifier: BSD-2-Clause
 *
 * chart_codecs.c - charts of what was measured: speed, distance to the optimum, memory, threads.
 *
 * Sizes are of the corpus as a text and speeds are bytes of that text a second, whatever rendering
 * a method was given: only so do tokens and text share an axis.  Time is processor time of the
 * whole process, the measure that every method has; but on the clock for threads.
 */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "chart.h"

static double compress_seconds(const struct result_run *run)
{
	return run->compress.process_seconds;
}

static double times_smaller(const struct row *r, double bits)
{
	return 8 * r->text_bytes / bits;
}

static double mb_a_second(const struct row *r, double seconds)
{
	return r->text_bytes / 1e6 / seconds;
}

static json_t *row_of(const struct chart_data *d, const struct chart_codec *c)
{
	json_t *row = json_object();

	chart_set_text(row, "corpus", d->corpus[c->corpus].text);
	chart_set_text(row, "name", c->row->name);
	chart_set_text(row, "family", c->family);
	chart_set_text(row, "on", c->row->on);
	return row;
}

static json_t *speed_row(const struct chart_data *d, const struct chart_codec *c)
{
	const struct row *r = c->row;
	json_t *row = row_of(d, c);

	chart_set_text(row, "machine", d->machine[c->machine].text);
	chart_set_text(row, "version", c->result->spec.version);
	if (*r->not_counted)
		chart_set_text(row, "not_counted", r->not_counted);
	chart_set_number(row, "ratio", times_smaller(r, r->total_bits));
	chart_set_number(row, "bound", times_smaller(r, r->bound_bits));
	chart_set_number(row, "bound_times", r->times_bound);
	chart_set_number(row, "compress", mb_a_second(r, r->compress_process_seconds));
	chart_set_number(row, "decompress", mb_a_second(r, r->decompress_process_seconds));
	chart_set_number(row, "compress_mib", r->compress_peak_mib);
	chart_set_number(row, "decompress_mib", r->decompress_peak_mib);
	chart_set_number(row, "spread", result_spread(c->result, compress_seconds).half_range);
	json_object_set_new(row, "repetitions", json_integer((json_int_t)c->result->n_runs));
	json_object_set_new(row, "front_compress", json_boolean(strstr(r->pareto, "enc")));
	json_object_set_new(row, "front_decompress", json_boolean(strstr(r->pareto, "dec")));
	return row;
}

/* Corpora whose optimum is known come first: they are what is shown at first. */
json_t *chart_speed_rows(const struct chart_data *d, json_t *specification)
{
	json_t *rows = json_array();

	for (int bound = 1; bound >= 0; bound--)
		for (size_t i = 0; i < d->n_codecs; i++)
			if (bound == (isfinite(d->codec[i].row->bound_bits) != 0))
				json_array_append_new(rows, speed_row(d, &d->codec[i]));
	chart_choice(specification, "corpus", rows, "corpus");
	chart_choice(specification, "machine", rows, "machine");
	chart_legend(specification, "family", rows);
	chart_legend(specification, "on", rows);
	return rows;
}

/* ---- Distance to the optimum. ---- */

/* The kinds of token, what comes on top of them, and what nobody has split. */
#define PART_REST COST_ROLES
#define PART_WHOLE (COST_ROLES + 1)
#define N_PARTS (COST_ROLES + 2)

static const char *const part_names[N_PARTS] = {
    [ROLE_SYNTAX] = "syntax",
    [ROLE_NAME] = "names",
    [ROLE_FIRST_FACT] = "first facts",
    [ROLE_REPEATED_FACT] = "repeated facts",
    [PART_REST] = "model and coder",
    [PART_WHOLE] = "not split",
};

static void add_part(const struct chart_data *d, const struct chart_codec *c, int part, double bits,
		     json_t *rows)
{
	const struct row *r = c->row;
	json_t *row = row_of(d, c);
	char method[sizeof r->name + sizeof r->on + 8];

	snprintf(method, sizeof method, "%s%s%s", r->name, strcmp(r->on, "text") == 0 ? " · " : "",
		 strcmp(r->on, "text") == 0 ? r->on : "");
	chart_set_text(row, "method", method);
	chart_set_text(row, "role", part_names[part]);
	json_object_set_new(row, "place", json_integer(part));
	chart_set_number(row, "bits", bits);
	chart_set_number(row, "total", r->bits_per_token - r->bound_bits / r->n_tokens);
	chart_set_number(row, "bound_times", r->times_bound);
	if (*r->not_counted)
		chart_set_text(row, "not_counted", r->not_counted);
	json_array_append_new(rows, row);
}

static void add_parts(const struct chart_data *d, const struct chart_codec *c, json_t *rows)
{
	const struct row *r = c->row;
	double total = r->bits_per_token - r->bound_bits / r->n_tokens, sum = 0;

	if (!isfinite(total))
		return;
	for (int i = 0; i < COST_ROLES; i++)
		sum += r->regret[i];
	if (!isfinite(sum)) {
		add_part(d, c, PART_WHOLE, total, rows);
		return;
	}
	for (int i = 0; i < COST_ROLES; i++)
		add_part(d, c, i, r->regret[i], rows);
	add_part(d, c, PART_REST, total - sum, rows);
}

/* Sizes do not depend on the machine: what several have measured is drawn once. */
static bool is_repeated(const struct chart_data *d, size_t i)
{
	const struct chart_codec *c = &d->codec[i], *o;

	for (size_t j = i; j-- > 0;) {
		o = &d->codec[j];
		if (o->corpus != c->corpus)
			return false;
		if (strcmp(o->row->name, c->row->name) == 0 && strcmp(o->row->on, c->row->on) == 0)
			return true;
	}
	return false;
}

json_t *chart_bound_rows(const struct chart_data *d, json_t *specification)
{
	json_t *rows = json_array(), *domain = json_array();

	for (size_t i = 0; i < d->n_codecs; i++)
		if (!is_repeated(d, i))
			add_parts(d, &d->codec[i], rows);
	for (int i = 0; i < N_PARTS; i++)
		json_array_append_new(domain, json_string(part_names[i]));
	chart_choice(specification, "corpus", rows, "corpus");
	chart_domain(specification, "role", domain);
	json_decref(domain);
	return rows;
}

/* ---- Threads. ---- */

/* The same method on the same input, but for the number of threads. */
static bool differs_in_threads(const struct chart_codec *a, const struct chart_codec *b)
{
	const struct spec *s = &a->result->spec, *t = &b->result->spec;

	return a->corpus == b->corpus && a->machine == b->machine && s->threads != t->threads &&
	       strcmp(s->method, t->method) == 0 && strcmp(s->on, t->on) == 0;
}

static void add_threads(const struct chart_data *d, const struct chart_codec *c, json_t *rows)
{
	const struct row *r = c->row;
	json_t *row = row_of(d, c);
	const char *method = strchr(c->result->spec.method, ':');

	chart_set_text(row, "machine", d->machine[c->machine].text);
	chart_set_text(row, "method", method ? method + 1 : r->name);
	json_object_set_new(row, "threads", json_integer(c->result->spec.threads));
	chart_set_number(row, "compress", mb_a_second(r, r->compress_wall_seconds));
	chart_set_number(row, "decompress", mb_a_second(r, r->decompress_wall_seconds));
	chart_set_number(row, "total_bytes", r->total_bytes);
	json_array_append_new(rows, row);
}

json_t *chart_threads_rows(const struct chart_data *d, json_t *specification)
{
	json_t *rows = json_array();

	for (size_t i = 0; i < d->n_codecs; i++)
		for (size_t j = 0; j < d->n_codecs; j++)
			if (differs_in_threads(&d->codec[i], &d->codec[j])) {
				add_threads(d, &d->codec[i], rows);
				break;
			}
	chart_choice(specification, "corpus", rows, "corpus");
	chart_choice(specification, "machine", rows, "machine");
	chart_legend(specification, "method", rows);
	return rows;
}
