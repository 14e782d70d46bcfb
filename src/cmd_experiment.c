/* SPDX-License-Identifier: BSD-2-Clause
 *
 * cmd_experiment.c - `twopart experiment`: measure the cells of experiments, say what they show.
 */
#include <omp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "bench.h"
#include "buffer.h"
#include "child.h"
#include "cmd.h"
#include "cmd_measure.h"
#include "document.h"
#include "experiment.h"
#include "file.h"
#include "store.h"

#define LIMIT_SECONDS 3600 /* of a cell */
#define ALL "all"

struct request {
	const struct experiment *chosen; /* NULL: all of them that need nothing that is missing */
	struct experiment_request wants;
	const char *store_path;
	uint64_t n_parallel; /* 0: one a processor */
	bool json, retry;
};

enum { OPTION_SCALE = 256, OPTION_RESUME, OPTION_STORE, OPTION_JOBS, OPTION_RETRY };

static const struct cmd_option options[] = {
    {OPTION_SCALE, "scale", "SCALE", "quick: a quarter of an hour each at most; or full (quick)"},
    {OPTION_RESUME, "resume", NULL,
     "go on from the store (it always does; accepted for habit's sake)"},
    {OPTION_STORE, "store", "FILE", CMD_STORE_HELP},
    {OPTION_JOBS, "jobs", "N", "cells at a time (default: one a processor)"},
    {OPTION_RETRY, "retry", NULL, "measure again what failed in an earlier run"},
    {CMD_JSON, "json", NULL, "one JSON object instead of tables"},
    {0},
};

static void append_line(struct buffer *to, const char *name, const char *help)
{
	char line[256];
	int n = snprintf(line, sizeof line, "  %-14s %s\n", name, help);

	buffer_append(to, line, (size_t)n < sizeof line ? (size_t)n : sizeof line - 1);
}

static void describe(struct buffer *to)
{
	static const char introduction[] =
	    "Measure a claim of the paper \"Understanding LLM Behaviors via Compression\", or one\n"
	    "about it, beside the exact optimum, and print a table, what is claimed and what was\n"
	    "measured.  Each measurement is a cell of the benchmark, kept in the store as soon as\n"
	    "it ends: the same command again goes on where it was, `twopart report` of the store\n"
	    "has a section and a drawing of each experiment.  The experiments:\n";

	buffer_append(to, introduction, sizeof introduction - 1);
	for (const struct experiment *const *e = experiments; *e; e++)
		append_line(to, (*e)->name, (*e)->help);
	append_line(to, ALL, "all of these; those of a text if FILE is given");
}

static int next_option(int argc, char **argv)
{
	const struct cmd_spec spec = {
	    .name = "experiment", .usage = "[OPTION]... NAME [FILE]", .options = options};

	return cmd_option_next_of(spec, describe, argc, argv);
}

static int parse_scale(const char *text, enum experiment_scale *scale)
{
	if (strcmp(text, "quick") == 0)
		*scale = EXPERIMENT_QUICK;
	else if (strcmp(text, "full") == 0)
		*scale = EXPERIMENT_FULL;
	else {
		cmd_usage("experiment: --scale is quick or full, not '%s'", text);
		return CMD_BAD;
	}
	return CMD_END;
}

/* Corpora are drawn for minutes before it is read. */
static int check_text(const char *path)
{
	FILE *in = fopen(path, "rb");

	if (!in)
		return cmd_fail(NULL, fail_errno(STATUS_IO, "%s", path));
	fclose(in);
	return CMD_END;
}

/* An experiment, and a text if it needs one. */
static int parse_operands(int argc, char **argv, struct request *q)
{
	const char *name = argc > optind ? argv[optind] : "";

	if (argc - optind < 1 || argc - optind > 2)
		return cmd_usage("experiment: one NAME, please, and at most one FILE (see twopart "
				 "help experiment)");
	q->chosen = experiment_by_name(name);
	if (!q->chosen && strcmp(name, ALL) != 0)
		return cmd_usage("experiment: there is no experiment '%s' (see twopart help "
				 "experiment)", name);
	q->wants.text = argc - optind == 2 ? argv[optind + 1] : NULL;
	if (q->wants.text && !*q->wants.text)
		return cmd_usage("experiment: a FILE with a name, please");
	if (q->chosen && q->chosen->needs_text != (q->wants.text != NULL))
		return cmd_usage("experiment: %s needs %s", name,
				 q->chosen->needs_text ? "a text FILE" : "no FILE");
	return q->wants.text ? check_text(q->wants.text) : CMD_END;
}

/* CMD_END to go on, otherwise the exit code. */
static int parse_arguments(int argc, char **argv, struct request *q)
{
	for (int o; (o = next_option(argc, argv)) != CMD_END;) {
		switch (o) {
		case OPTION_SCALE:
			if (parse_scale(optarg, &q->wants.scale) != CMD_END)
				return EXIT_USAGE;
			break;
		case OPTION_RESUME: break;
		case OPTION_STORE:
			q->store_path = cmd_store_path(optarg);
			break;
		case OPTION_JOBS:
			if (!cmd_parse_count("--jobs", optarg, 1, CHILD_RUNNING_MAX,
					     &q->n_parallel))
				return EXIT_USAGE;
			break;
		case OPTION_RETRY: q->retry = true; break;
		case CMD_JSON: q->json = true; break;
		case CMD_HELP: return 0;
		default: return EXIT_USAGE;
		}
	}
	return parse_operands(argc, argv, q);
}

static bool is_chosen(const struct request *q, const struct experiment *e)
{
	return q->chosen ? q->chosen == e : !e->needs_text || q->wants.text;
}

/* ---- What was found. ---- */

static json_t *finding_json(const struct experiment_finding *e)
{
	return json_pack("{s:s, s:s, s:s, s:o, s:o, s:o}", "experiment", e->of->name, "title",
			 e->of->title, "figure", e->of->figure, "claims",
			 finding_claims_json(&e->finding), "columns",
			 finding_columns_json(&e->finding), "rows", finding_rows_json(&e->finding));
}

/* Of all experiments at once: first an overview. */
static enum status print_claims(const struct experiment_finding *found, size_t n)
{
	struct finding claims;
	enum status s = experiments_claims(found, n, &claims);

	if (s == STATUS_OK) {
		puts("## " EXPERIMENTS_CLAIMS_TITLE "\n\n" EXPERIMENTS_CLAIMS_NOTE "\n");
		finding_markdown(&claims, stdout);
	}
	finding_free(&claims);
	return s;
}

static enum status print_findings(const struct request *q, const struct experiment_finding *found,
				  size_t n)
{
	json_t *all;

	if (!q->json && !q->chosen)
		TRY(print_claims(found, n));
	all = json_array();
	for (size_t i = 0; i < n; i++) {
		if (!is_chosen(q, found[i].of))
			continue;
		if (q->json) {
			json_array_append_new(all, finding_json(&found[i]));
			continue;
		}
		printf("## %s\n\n", found[i].of->title);
		finding_markdown(&found[i].finding, stdout);
	}
	if (!q->json) {
		json_decref(all);
		return STATUS_OK;
	}
	return document_write(document_new("experiment", 1, json_pack("{s:o}", "findings", all)),
			      stdout);
}

/* From what this run has measured or found in the store. */
static enum status conclude(const struct bench *b, const struct request *q)
{
	const struct result **results = calloc(b->n_jobs ? b->n_jobs : 1, sizeof *results);
	struct experiment_finding *found = NULL;
	size_t n = 0;

	if (!results)
		return fail_no_memory();
	for (size_t i = 0; i < b->n_jobs; i++)
		results[i] = &b->job[i].result;

	enum status s = experiments_conclude(results, b->n_jobs, &found, &n);

	if (s == STATUS_OK)
		s = print_findings(q, found, n);
	experiments_free(found, n);
	free(results);
	return s;
}

/* ---- The run. ---- */

static enum status plan(struct bench *b, const struct request *q)
{
	for (const struct experiment *const *e = experiments; *e; e++)
		if (is_chosen(q, *e))
			TRY((*e)->plan(b, &q->wants));
	return STATUS_OK;
}

/* How long it takes is seen from this, on a terminal or not. */
static void say_cells(const struct bench *b)
{
	size_t n_stored = 0;

	for (size_t i = 0; i < b->n_jobs; i++)
		n_stored += b->job[i].result.n_runs || b->job[i].result.outcome != OUTCOME_OK;
	fprintf(stderr, "twopart experiment: %zu cells, %zu in the store\n", b->n_jobs, n_stored);
}

static enum status measure(struct bench *b, const struct request *q)
{
	TRY(bench_load(b));
	say_cells(b);
	TRY(cmd_measure(b, "experiment", q->store_path));
	TRY(conclude(b, q));
	if (!q->json)
		cmd_say_store("experiment", q->store_path);
	return STATUS_OK;
}

static enum status run(struct bench *b, const struct request *q)
{
	struct store *store = NULL;

	TRY(bench_open(b, NULL, cmd_origin()));
	b->n_parallel = q->n_parallel ? (unsigned)q->n_parallel : (unsigned)omp_get_num_procs();
	if (b->n_parallel > CHILD_RUNNING_MAX)
		b->n_parallel = CHILD_RUNNING_MAX;
	b->retry = q->retry;
	b->limit_seconds = LIMIT_SECONDS;
	b->sizes_only = true;
	TRY(store_open(&store, q->store_path));
	b->store = store;

	enum status s = plan(b, q);

	if (s == STATUS_OK)
		s = measure(b, q);
	store_close(store);
	return s;
}

int cmd_experiment(int argc, char **argv)
{
	struct request q = {.store_path = CMD_STORE};
	struct bench b = {0};
	int end = parse_arguments(argc, argv, &q);

	if (end != CMD_END)
		return end;
	child_catch_signals();

	return cmd_measure_end(&b, run(&b, &q), "");
}
