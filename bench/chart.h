/* SPDX-License-Identifier: BSD-2-Clause
 *
 * chart.h - the charts of the page: one builder each, in one registry.
 *
 * A chart is a Vega-Lite specification with its data inside.  What it looks like is a file of its
 * own, bench/charts/NAME.json, which can be pasted into any editor of such specifications; a
 * builder reads it and puts in the data and what there is to choose from.  A chart for which there
 * are no data is left out.
 *
 * Times of two machines are never in one view: such charts let the reader choose one machine.
 */
#ifndef TWOPART_CHART_H
#define TWOPART_CHART_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>

#include "report.h"
#include "result.h"
#include "status.h"

#define CHART_LABEL_BYTES 200

/* What a reader chooses from: a corpus, a machine. */
struct chart_label {
	char id[SPEC_DIGEST_CHARS]; /* digest of the corpus or the machine */
	char text[CHART_LABEL_BYTES]; /* no two are the same */
	bool is_shared; /* by name alone: the text ends in the id */
	const struct result *first; /* of the results */
};

/* A method that did its work on one corpus and one machine. */
struct chart_codec {
	const struct result *result;
	const struct row *row; /* derived and compared with its neighbours (pareto.h) */
	size_t corpus, machine; /* indices of labels */
	const char *family;     /* chart_family() */
};

struct chart_data {
	const struct result *result; /* (n_results) */
	size_t n_results;
	struct chart_label *corpus, *machine; /* (n_corpora), (n_machines) */
	size_t n_corpora, n_machines;
	struct row *row;           /* (n_codecs) */
	struct chart_codec *codec; /* (n_codecs) by corpus, machine */
	size_t n_codecs;
};

/* Sort out the results; chart_data_free() in any case. */
MUST_CHECK enum status chart_data_open(struct chart_data *d, const struct result *result,
				       size_t n_results);
void chart_data_free(struct chart_data *d);

struct chart {
	const char *name, *title;
	const char *help; /* how to read it, a sentence or two */
	const char *specification; /* text of bench/charts/NAME.json */
	/* New rows for the data set, an empty array when there is nothing to draw; may change the
	 * specification.  NULL: no memory. */
	json_t *(*build)(const struct chart_data *d, json_t *specification);
	const char *const *columns; /* members of a row, for the table beneath; NULL: these rows
				       are in the tables of the report */
};

/* Ends with a NULL name. */
extern const struct chart charts[];

/* New specification with its data; *out is NULL when there are none. */
MUST_CHECK enum status chart_build(const struct chart *c, const struct chart_data *d, json_t **out);

/* ---- For builders. ---- */

extern const char chart_bound_json[], chart_learning_json[], chart_length_json[],
    chart_memory_json[], chart_redundancy_json[], chart_speed_json[], chart_structure_json[],
    chart_threads_json[];

json_t *chart_speed_rows(const struct chart_data *d, json_t *specification);
json_t *chart_bound_rows(const struct chart_data *d, json_t *specification);
json_t *chart_threads_rows(const struct chart_data *d, json_t *specification);
json_t *chart_structure_rows(const struct chart_data *d, json_t *specification);
json_t *chart_length_rows(const struct chart_data *d, json_t *specification);
json_t *chart_learning_rows(const struct chart_data *d, json_t *specification);
json_t *chart_redundancy_rows(const struct chart_data *d, json_t *specification);

/* Set a member to a number, null if that is not finite, or to text of any bytes. */
void chart_set_number(json_t *row, const char *key, double value);
void chart_set_text(json_t *row, const char *key, const char *text);

/* New list of the distinct texts that the rows have under that key, in their order. */
json_t *chart_distinct(const json_t *rows, const char *key);

/* Let the reader choose one of these, the first at first; a choice of one is not shown. */
void chart_choice(json_t *specification, const char *parameter, const json_t *rows,
		  const char *key);

/* Tell every scale of colours and shapes of the field `key` its domain. */
void chart_domain(json_t *specification, const char *key, json_t *domain);

/* The same with what the rows have under that key. */
void chart_legend(json_t *specification, const char *key, const json_t *rows);

#endif
