/* SPDX-License-Identifier: BSD-2-Clause */
#include "chart.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "pareto.h"
#include "utf8.h"

/* ---- Sorting out the results. ---- */

static bool is_codec(const struct result *r)
{
	return r->outcome == OUTCOME_OK && !spec_is_figure(&r->spec) &&
	       strncmp(r->spec.method, "coder:", 6) != 0;
}

/* What the page calls it: the first words of the name, since oracles, learners and programs of
 * others are to be told apart at a glance. */
static const char *family_of(const struct spec *s)
{
	static const struct {
		const char *method, *family;
	} known[] = {
	    {"model:", "twopart"},	   {"fit:", "twopart, trained on it"},
	    {"codec:zstd", "zstd"},	   {"codec:xz", "xz"},
	    {"codec:brotli", "Brotli"},	   {"codec:copy", "copy"},
	    {"external:", "other programs"},
	};

	if (*s->not_counted)
		return "told the source";
	for (size_t i = 0; i < sizeof known / sizeof known[0]; i++)
		if (strncmp(s->method, known[i].method, strlen(known[i].method)) == 0)
			return known[i].family;
	return "others";
}

/* Index of the label with that id, made when it is not there; SIZE_MAX: no memory. */
static size_t label_index(struct chart_label **label, size_t *n, const char *id,
			  const struct result *r)
{
	for (size_t i = *n; i-- > 0;) /* results are ordered: it is mostly the last one */
		if (strcmp((*label)[i].id, id) == 0)
			return i;

	struct chart_label *more = realloc(*label, (*n + 1) * sizeof *more);

	if (!more)
		return SIZE_MAX;
	*label = more;
	more[*n] = (struct chart_label){.first = r};
	snprintf(more[*n].id, sizeof more[*n].id, "%s", id);
	return (*n)++;
}

static void name_corpus(struct chart_label *l)
{
	snprintf(l->text, sizeof l->text, "%s", l->first->spec.corpus.title);
}

static void name_machine(struct chart_label *l)
{
	const char *cpu = json_string_value(json_object_get(l->first->machine, "cpu"));
	json_int_t cores = json_integer_value(json_object_get(l->first->machine, "cores"));

	snprintf(l->text, sizeof l->text, "%.100s, %lld cores", cpu ? cpu : "unknown",
		 (long long)cores);
}

/* What two share is told apart by the id. */
static void make_labels(struct chart_label *l, size_t n, void (*name)(struct chart_label *l))
{
	for (size_t i = 0; i < n; i++)
		name(&l[i]);
	for (size_t i = 0; i < n; i++)
		for (size_t j = 0; j < n; j++)
			l[i].is_shared |= i != j && strcmp(l[i].text, l[j].text) == 0;
	for (size_t i = 0; i < n; i++) {
		size_t used = strlen(l[i].text);

		if (l[i].is_shared)
			snprintf(l[i].text + used, sizeof l[i].text - used, " (%.8s)", l[i].id);
	}
}

/* Rows of one corpus on one machine compete with each other. */
static void compare_neighbours(struct chart_data *d)
{
	for (size_t from = 0, to; from < d->n_codecs; from = to) {
		const struct chart_codec *c = &d->codec[from];

		for (to = from; to < d->n_codecs && d->codec[to].corpus == c->corpus &&
				d->codec[to].machine == c->machine;
		     to++)
			;
		pareto_mark(&d->row[from], to - from);
	}
}

static bool add_result(struct chart_data *d, const struct result *r)
{
	struct chart_codec c = {.result = r, .row = &d->row[d->n_codecs]};

	c.corpus = label_index(&d->corpus, &d->n_corpora, r->spec.corpus.digest, r);
	c.machine = label_index(&d->machine, &d->n_machines, r->machine_id, r);
	if (c.corpus == SIZE_MAX || c.machine == SIZE_MAX)
		return false;
	if (!is_codec(r))
		return true;
	c.family = family_of(&r->spec);
	result_row(r, &d->row[d->n_codecs]);
	d->codec[d->n_codecs++] = c;
	return true;
}

enum status chart_data_open(struct chart_data *d, const struct result *result, size_t n_results)
{
	*d = (struct chart_data){.result = result, .n_results = n_results};
	d->row = calloc(n_results + 1, sizeof *d->row);
	d->codec = calloc(n_results + 1, sizeof *d->codec);
	if (!d->row || !d->codec)
		return fail_no_memory();
	for (size_t i = 0; i < n_results; i++)
		if (!add_result(d, &result[i]))
			return fail_no_memory();
	make_labels(d->corpus, d->n_corpora, name_corpus);
	make_labels(d->machine, d->n_machines, name_machine);
	compare_neighbours(d);
	return STATUS_OK;
}

void chart_data_free(struct chart_data *d)
{
	free(d->row);
	free(d->codec);
	free(d->corpus);
	free(d->machine);
	*d = (struct chart_data){0};
}

/* ---- The registry. ---- */

static const char *const bound_columns[] = {"corpus", "method", "role", "bits", "total", NULL};
static const char *const structure_columns[] = {"corpus", "kind", "name", "on", "model_bits",
						"data_bits", "times_bayes", NULL};
static const char *const length_columns[] = {"series", "code", "symbols", "bits", "crossing",
					     NULL};
static const char *const learning_columns[] = {"corpus", "code", "position", "so_far", "above",
					       "stretch", NULL};
static const char *const redundancy_columns[] = {"alpha", "part", "sentences", "measured",
						 "expected", "law", "z", NULL};

const struct chart charts[] = {
    {"speed", "Size against speed",
     "Up is smaller, right is faster; the stepped line is the Pareto front: whoever is not on "
     "it is beaten in both at once. The dashed line is the exact optimum where it is known. "
     "Times are of one machine only.",
     chart_speed_json, chart_speed_rows, NULL},
    {"bound", "Distance to the optimum, and what it was spent on",
     "A bar is what a method needs above the shortest possible code. Where its tokens were "
     "priced one by one it is split by their role; what model, coder and container cost is a "
     "part of its own.",
     chart_bound_json, chart_bound_rows, bound_columns},
    {"structure", "Model bits against data bits",
     "A code in two parts is a point: what it spends on a model, and on the data given the model. "
     "The dashed line is sufficiency, where both together are the optimum; no code on average "
     "is below. Methods that store no model stand at the left edge.",
     chart_structure_json, chart_structure_rows, structure_columns},
    {"length", "All bits against the length of the corpus",
     "A code that ships a model starts high and rises slowly; a learner starts at nothing. A "
     "diamond marks where shipping the model has paid for itself.",
     chart_length_json, chart_length_rows, length_columns},
    {"redundancy", "Redundancy against theory",
     "What the Bayes code pays for not knowing the world: points are corpora that were drawn, "
     "lines the exact expectation, dashes the law for long corpora.",
     chart_redundancy_json, chart_redundancy_rows, redundancy_columns},
    {"learning", "Learning curves",
     "How fast each code gets better while it reads: straight lines are power laws.",
     chart_learning_json, chart_learning_rows, learning_columns},
    {"memory", "Size against memory",
     "The largest resident memory of the whole process, input and output included.",
     chart_memory_json, chart_speed_rows, NULL},
    {"threads", "Speed against threads",
     "Time on the clock of methods that were measured with several numbers of threads.",
     chart_threads_json, chart_threads_rows, NULL},
    {0},
};

enum status chart_build(const struct chart *c, const struct chart_data *d, json_t **out)
{
	json_t *specification = json_loads(c->specification, 0, NULL);
	json_t *rows = specification ? c->build(d, specification) : NULL;

	*out = NULL;
	if (rows && json_array_size(rows) == 0) {
		json_decref(rows);
		json_decref(specification);
		return STATUS_OK;
	}
	if (!rows || json_object_set_new(specification, "datasets",
					 json_pack("{s:o}", "rows", rows)) != 0) {
		json_decref(specification);
		return fail_no_memory();
	}
	*out = specification;
	return STATUS_OK;
}

/* ---- For builders. ---- */

void chart_set_number(json_t *row, const char *key, double value)
{
	json_object_set_new(row, key, isfinite(value) ? json_real(value) : json_null());
}

void chart_set_text(json_t *row, const char *key, const char *text)
{
	json_object_set_new(row, key, utf8_json(text));
}

void chart_choice(json_t *specification, const char *parameter, const json_t *rows, const char *key)
{
	json_t *options = chart_distinct(rows, key), *p;
	size_t i;

	json_array_foreach(json_object_get(specification, "params"), i, p)
	{
		const char *name = json_string_value(json_object_get(p, "name"));

		if (!name || strcmp(name, parameter) != 0)
			continue;
		json_object_set(p, "value", json_array_get(options, 0));
		if (json_array_size(options) > 1)
			json_object_set(json_object_get(p, "bind"), "options", options);
		else
			json_object_del(p, "bind");
	}
	json_decref(options);
}

json_t *chart_distinct(const json_t *rows, const char *key)
{
	json_t *seen = json_object(), *list = json_array(), *row;
	size_t i;

	json_array_foreach(rows, i, row)
	{
		json_t *value = json_object_get(row, key);
		const char *text = json_string_value(value);

		if (!text || json_object_get(seen, text))
			continue;
		json_object_set_new(seen, text, json_true());
		json_array_append(list, value);
	}
	json_decref(seen);
	return list;
}

/* Legends keep all their entries when one is chosen: a scale must not follow what is shown. */
void chart_domain(json_t *part, const char *key, json_t *domain)
{
	const char *field = json_string_value(json_object_get(part, "field"));
	bool is_nominal = field && strcmp(field, key) == 0 && json_object_get(part, "type") &&
			  strcmp(json_string_value(json_object_get(part, "type")), "nominal") == 0;
	const char *name;
	json_t *child;
	size_t i;
	void *next;

	json_array_foreach(part, i, child)
		chart_domain(child, key, domain);
	json_object_foreach_safe(part, next, name, child)
	{
		if (strcmp(name, "tooltip") != 0 && strcmp(name, "y") != 0)
			chart_domain(child, key, domain);
	}
	if (is_nominal)
		json_object_set_new(part, "scale", json_pack("{s:O}", "domain", domain));
}

void chart_legend(json_t *specification, const char *key, const json_t *rows)
{
	json_t *domain = chart_distinct(rows, key);

	chart_domain(specification, key, domain);
	json_decref(domain);
}
