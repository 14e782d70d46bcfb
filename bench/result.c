/* SPDX-License-Identifier: BSD-2-Clause */
#include "result.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "machine.h"
#include "record.h"

static const struct member members[] = {
    MEMBER(result, machine_id, MEMBER_TEXT),
    MEMBER(result, key, MEMBER_TEXT),
    MEMBER(result, program, MEMBER_TEXT),
    MEMBER(result, finished, MEMBER_TEXT),
    MEMBER(result, message, MEMBER_TEXT),
    MEMBER(result, archive_bytes, MEMBER_WHOLE),
    MEMBER(result, model_bytes, MEMBER_WHOLE),
    MEMBER(result, decoder_bytes, MEMBER_WHOLE),
    MEMBER(result, ideal_bits, MEMBER_REAL),
    {0},
};

#define N_OTHERS 7 /* schema, spec, machine, outcome, document, regret_bits, runs */

#define REGRET(name_, role)                                                                        \
	{                                                                                          \
		.name = (name_), .kind = MEMBER_SIGNED, .offset = (role) * sizeof(double)          \
	}

static const struct member regret_members[] = {
    REGRET("syntax", ROLE_SYNTAX),
    REGRET("name", ROLE_NAME),
    REGRET("first_fact", ROLE_FIRST_FACT),
    REGRET("repeated_fact", ROLE_REPEATED_FACT),
    {0},
};

static const struct member side_members[] = {
    MEMBER(cell_side, cpu_seconds, MEMBER_REAL),
    MEMBER(cell_side, wall_seconds, MEMBER_REAL),
    MEMBER(cell_side, process_seconds, MEMBER_REAL),
    MEMBER(cell_side, peak_mib, MEMBER_REAL),
    {0},
};

static const struct member run_members[] = {
    MEMBER(result_run, load, MEMBER_REAL),
    {0},
};

static const char *const outcomes[] = {
    [OUTCOME_OK] = "ok",           [OUTCOME_UNSUPPORTED] = "unsupported",
    [OUTCOME_FAILED] = "failed",   [OUTCOME_CRASHED] = "crashed",
    [OUTCOME_TIME] = "time",       [OUTCOME_MEMORY] = "memory",
    [OUTCOME_OUTPUT] = "output",   [OUTCOME_WRONG] = "wrong",
};

#define N_OUTCOMES (sizeof outcomes / sizeof outcomes[0])

const char *outcome_name(enum outcome o)
{
	return outcomes[o];
}

/* Puts `value`, which may be NULL for a lack of memory, into an object that may be NULL, too. */
static void put(json_t **object, const char *name, json_t *value)
{
	if (json_object_set_new(*object, name, value) != 0) {
		json_decref(*object);
		*object = NULL;
	}
}

static json_t *run_json(const struct result_run *run)
{
	json_t *object = record_json(run_members, run);

	put(&object, "compress", record_json(side_members, &run->compress));
	put(&object, "decompress", record_json(side_members, &run->decompress));
	return object;
}

static json_t *runs_json(const struct result *r)
{
	json_t *list = json_array();

	for (size_t i = 0; list && i < r->n_runs; i++)
		if (json_array_append_new(list, run_json(&r->run[i])) != 0) {
			json_decref(list);
			list = NULL;
		}
	return list;
}

json_t *result_json(const struct result *r)
{
	json_t *object = json_object(), *rest = record_json(members, r);

	put(&object, "schema", json_integer(RESULT_SCHEMA));
	put(&object, "spec", spec_json(&r->spec));
	put(&object, "machine", r->machine ? json_incref(r->machine) : json_null());
	put(&object, "outcome", json_string(outcome_name(r->outcome)));
	if (!object || json_object_update(object, rest) != 0)
		put(&object, "", NULL);
	json_decref(rest);
	put(&object, "regret_bits", record_json(regret_members, r->regret_bits));
	put(&object, "runs", runs_json(r));
	put(&object, "document", r->document ? json_incref(r->document) : json_null());
	return object;
}

static enum status parse_outcome(const json_t *value, enum outcome *o)
{
	const char *text = json_string_value(value);

	for (size_t i = 0; text && i < N_OUTCOMES; i++)
		if (strcmp(text, outcomes[i]) == 0) {
			*o = (enum outcome)i;
			return STATUS_OK;
		}
	return fail(STATUS_CORRUPT, "result: its outcome is none that is known");
}

static enum status parse_run(const json_t *object, struct result_run *run)
{
	TRY(record_parse(run_members, object, "repetition", 2, run));
	TRY(record_parse(side_members, json_object_get(object, "compress"),
			 "repetition's compress", 0, &run->compress));
	return record_parse(side_members, json_object_get(object, "decompress"),
			    "repetition's decompress", 0, &run->decompress);
}

static enum status parse_runs(const json_t *list, struct result *r)
{
	size_t n = json_array_size(list);

	if (!json_is_array(list))
		return fail(STATUS_CORRUPT, "result: 'runs' is no list");
	if (n > RESULT_RUNS_MAX)
		return fail(STATUS_CORRUPT, "result: more than %d repetitions", RESULT_RUNS_MAX);
	r->run = calloc(n ? n : 1, sizeof *r->run);
	if (!r->run)
		return fail_no_memory();
	for (r->n_runs = 0; r->n_runs < n; r->n_runs++)
		TRY(parse_run(json_array_get(list, r->n_runs), &r->run[r->n_runs]));
	return STATUS_OK;
}

/* "2026-11-21T14:55:00Z": digits where that has digits, and the rest the same. */
static bool is_time(const char *text)
{
	static const char form[] = "0000-00-00T00:00:00Z";

	if (strlen(text) != sizeof form - 1)
		return false;
	for (size_t i = 0; form[i]; i++)
		if (form[i] == '0' ? text[i] < '0' || text[i] > '9' : text[i] != form[i])
			return false;
	return true;
}

/* What two parts say must be the same; a result that was edited by hand is found here. */
static enum status check_digests(const struct result *r)
{
	char id[SPEC_DIGEST_CHARS], key[SPEC_KEY_CHARS];

	TRY(machine_id(r->machine, id));
	if (strcmp(id, r->machine_id) != 0)
		return fail(STATUS_CORRUPT, "result: 'machine_id' is of another machine");
	spec_key(&r->spec, id, key);
	if (strcmp(key, r->key) != 0)
		return fail(STATUS_CORRUPT, "result: 'key' is of another specification");
	return STATUS_OK;
}

static enum status check(const struct result *r)
{
	bool is_figure = spec_is_figure(&r->spec);

	if (!is_time(r->finished))
		return fail(STATUS_CORRUPT, "result: 'finished' is no time");
	if (r->document && !is_figure)
		return fail(STATUS_CORRUPT, "result: a document of what is no figure");
	if (r->outcome == OUTCOME_OK && (is_figure ? !r->document : isnan(r->archive_bytes)))
		return fail(STATUS_CORRUPT, "result: it ended well, but nothing came of it");
	return check_digests(r);
}

static enum status parse_documents(const json_t *object, struct result *r)
{
	json_t *machine = json_object_get(object, "machine");
	json_t *document = json_object_get(object, "document");

	if (!json_is_object(machine))
		return fail(STATUS_CORRUPT, "result: 'machine' is not an object");
	if (!json_is_null(document) && !json_is_object(document) && !json_is_array(document))
		return fail(STATUS_CORRUPT, "result: 'document' is none");
	r->machine = json_incref(machine);
	r->document = json_is_null(document) ? NULL : json_incref(document);
	return STATUS_OK;
}

static enum status parse(const json_t *object, struct result *r)
{
	const json_t *schema = json_object_get(object, "schema");

	if (!json_is_object(object))
		return fail(STATUS_CORRUPT, "result: not an object");
	if (!json_is_integer(schema) || json_integer_value(schema) != RESULT_SCHEMA)
		return fail(STATUS_CORRUPT, "result: not of schema %d", RESULT_SCHEMA);
	TRY(record_parse(members, object, "result", N_OTHERS, r));
	TRY(spec_parse(json_object_get(object, "spec"), &r->spec));
	TRY(parse_outcome(json_object_get(object, "outcome"), &r->outcome));
	TRY(record_parse(regret_members, json_object_get(object, "regret_bits"),
			 "result's regret_bits", 0, r->regret_bits));
	TRY(parse_documents(object, r));
	TRY(parse_runs(json_object_get(object, "runs"), r));
	return check(r);
}

enum status result_parse(const json_t *object, struct result *r)
{
	*r = (struct result){0};

	enum status s = parse(object, r);

	if (s != STATUS_OK)
		result_free(r);
	return s;
}

void result_free(struct result *r)
{
	json_decref(r->machine);
	json_decref(r->document);
	free(r->run);
	*r = (struct result){0};
}

static int by_size(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return (x > y) - (x < y);
}

/* The value below which a part p of the sorted ones lies; between two of them on a line. */
static double quantile(const double *sorted, size_t n, double p)
{
	double at = p * (double)(n - 1);
	size_t i = (size_t)at;

	return i + 1 < n ? sorted[i] + (at - (double)i) * (sorted[i + 1] - sorted[i]) : sorted[i];
}

struct spread result_spread(const struct result *r, double (*of)(const struct result_run *run))
{
	double value[RESULT_RUNS_MAX];
	size_t n = 0;

	for (size_t i = 0; i < r->n_runs && n < RESULT_RUNS_MAX; i++) {
		value[n] = of(&r->run[i]);
		n += !isnan(value[n]);
	}
	if (n == 0)
		return (struct spread){NAN, NAN};
	qsort(value, n, sizeof *value, by_size);

	double median = quantile(value, n, 0.5);
	double half = (quantile(value, n, 0.75) - quantile(value, n, 0.25)) / 2;

	return (struct spread){median, half > 0 ? half / median : 0};
}

#define PICK(direction, member)                                                                    \
	static double direction##_##member(const struct result_run *run)                           \
	{                                                                                          \
		return run->direction.member;                                                      \
	}

PICK(compress, cpu_seconds)
PICK(compress, wall_seconds)
PICK(compress, process_seconds)
PICK(compress, peak_mib)
PICK(decompress, cpu_seconds)
PICK(decompress, wall_seconds)
PICK(decompress, process_seconds)
PICK(decompress, peak_mib)

static void row_times(const struct result *r, struct row *row)
{
	const struct {
		double (*of)(const struct result_run *run);
		double *to;
	} columns[] = {
	    {compress_cpu_seconds, &row->compress_seconds},
	    {compress_wall_seconds, &row->compress_wall_seconds},
	    {compress_process_seconds, &row->compress_process_seconds},
	    {compress_peak_mib, &row->compress_peak_mib},
	    {decompress_cpu_seconds, &row->decompress_seconds},
	    {decompress_wall_seconds, &row->decompress_wall_seconds},
	    {decompress_process_seconds, &row->decompress_process_seconds},
	    {decompress_peak_mib, &row->decompress_peak_mib},
	};

	for (size_t i = 0; i < sizeof columns / sizeof columns[0]; i++)
		*columns[i].to = result_spread(r, columns[i].of).median;
}

/* Where the row belongs, as far as one result says it: the coder alone, or its corpus's table. */
static enum section section_of(const struct spec *s)
{
	if (strncmp(s->method, "coder:", 6) == 0)
		return SECTION_CODER;
	return isnan(s->corpus.n_tokens) ? SECTION_FILE : SECTION_TABLE;
}

void result_row(const struct result *r, struct row *row)
{
	const struct spec *s = &r->spec;

	*row = row_empty();
	row->section = section_of(s);
	row->present = r->outcome == OUTCOME_OK && !spec_is_figure(s);
	snprintf(row->corpus, sizeof row->corpus, "%s", s->corpus.title);
	snprintf(row->source, sizeof row->source, "%s", s->corpus.source);
	snprintf(row->digest, sizeof row->digest, "%s", s->corpus.digest);
	snprintf(row->name, sizeof row->name, "%s", s->name);
	snprintf(row->on, sizeof row->on, "%s", s->on);
	snprintf(row->version, sizeof row->version, "%.*s", (int)sizeof row->version - 1,
		 s->version);
	snprintf(row->not_counted, sizeof row->not_counted, "%s", s->not_counted);
	row->n_tokens = s->corpus.n_tokens;
	row->text_bytes = s->corpus.text_bytes;
	row->input_bytes = s->input_bytes;
	row->bound_bits = s->corpus.bayes_bits;
	if (row->present) {
		snprintf(row->verified, sizeof row->verified, "yes");
		row->archive_bytes = r->archive_bytes;
		row->model_bytes = isnan(r->model_bytes) ? 0 : r->model_bytes;
		row->ideal_bits = r->ideal_bits;
		for (int role = 0; role < COST_ROLES; role++)
			row->regret[role] = r->regret_bits[role] / s->corpus.n_tokens;
		row_times(r, row);
	}
	row_derive(row);
}
