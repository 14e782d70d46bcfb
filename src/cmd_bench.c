/* SPDX-License-Identifier: BSD-2-Clause
 *
 * cmd_bench.c - `twopart bench`: compress, decompress, compare, and only then print.
 */
#include <jansson.h>
#include <omp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "bench.h"
#include "child.h"
#include "cmd.h"
#include "cmd_measure.h"
#include "document.h"
#include "external.h"
#include "file.h"
#include "spec_file.h"
#include "store.h"
#include "suite.h"
#include "tables.h"

#define DEFAULT_SUITE "quick"

struct request {
	const struct suite *suite; /* NULL: the corpora that are named */
	const char *keep_directory, *store_path, *only;
	enum status (*print)(const struct result *results, size_t n, FILE *to);
	char **corpus; /* (n_corpora) */
	int n_corpora;
	struct external_list external;
	bool no_external;    /* not the programs that a suite compares with */
	bool list_cells, retry;
	uint64_t n_parallel; /* 0: the usual */
	uint64_t n_repetitions; /* likewise */
	uint64_t limit_seconds, limit_memory_bytes;
};

enum {
	OPTION_SUITE = 256,
	OPTION_STORE,
	OPTION_KEEP,
	OPTION_JOBS,
	OPTION_EXTERNAL,
	OPTION_ONLY,
	OPTION_LIMIT_SECONDS,
	OPTION_LIMIT_MEMORY,
	OPTION_LIST_CELLS,
	OPTION_REPETITIONS,
	OPTION_RETRY,
};

static const struct cmd_option options[] = {
    {OPTION_SUITE, "suite", "NAME", "a suite, if it is not named as the first CORPUS"},
    {OPTION_STORE, "store", "FILE", CMD_STORE_HELP},
    {OPTION_EXTERNAL, "external", "PROGRAM", "one more row (see above); may be repeated"},
    {OPTION_ONLY, "only", "PATTERN,..", "only rows of these names, as in 'mix*,xz -6'"},
    {OPTION_REPETITIONS, "repetitions", "N",
     "of every cell (default: up to 5, while they took under 2 s together)"},
    {OPTION_RETRY, "retry", NULL, "measure again what failed in an earlier run"},
    {OPTION_LIMIT_SECONDS, "limit-seconds", "N", "for each direction of a cell (default 600)"},
    {OPTION_LIMIT_MEMORY, "limit-memory", "SIZE",
     "addresses of each process of a PROGRAM (default 4G; 0: no limit)"},
    {OPTION_JOBS, "jobs", "N",
     "cells at a time (default: 1 for tp-1, text, files and full, else 2)"},
    {OPTION_LIST_CELLS, "list-cells", NULL,
     "measure nothing, print the cells: specifications for twopart cell"},
    {CMD_JSON, "json", NULL, "print the results as JSON, a line each, instead of tables"},
    {OPTION_KEEP, "keep", "DIR", "leave corpora and archives in DIR"},
    {0},
};

static void append_text(struct buffer *to, const char *text)
{
	buffer_append(to, text, strlen(text));
}

static void describe(struct buffer *to)
{
	static const char introduction[] =
	    "Compress every CORPUS (the PREFIX of generated files, any file, or a directory for\n"
	    "its regular files) with every method, decompress, compare, and print a table; of\n"
	    "two or more files their total too.  Methods on a Pareto front, of total size against\n"
	    "processor time, are bold.  twopart report makes tables, charts and a page of them.\n\n"
	    "Every repetition of every cell is kept in the store as soon as it ends: the same\n"
	    "command again measures only what is missing.  Repetitions take turns, one of every\n"
	    "cell, then the next; the first of a cell that takes less than half a second is not\n"
	    "counted.  A codec that crashes, hangs, needs too much, floods the disk or returns\n"
	    "other bytes is a result as well, and the exit code 1.  A SUITE has corpora of its\n"
	    "own:\n";
	static const char programs[] =
	    "\nPROGRAM may be all of these that are installed, all (as in tp-1, text, files and\n"
	    "full, without being said), none of them, none, or one:\n  ";
	static const char commands[] =
	    "\nor two commands, 'NAME=COMPRESS;DECOMPRESS', with {in} and {out} for the files.\n"
	    "Each runs in an empty directory with a copy of its input, by /bin/sh if it has\n"
	    "characters for a shell, otherwise without one.  It may put an ending behind {out},\n"
	    "which the other one's {in} then has.  Processor time and memory are the kernel's\n"
	    "account of the whole command.  No file may become larger than twice the input and\n"
	    "1 MiB.\n";
	char ready_made[512];

	external_describe(ready_made, sizeof ready_made);
	append_text(to, introduction);
	suite_describe(to);
	append_text(to, programs);
	append_text(to, ready_made);
	append_text(to, commands);
}

/* The option to come; the help's text, if it is asked for, names suites and programs. */
static int next_option(int argc, char **argv)
{
	const struct cmd_spec spec = {
	    .name = "bench", .usage = "[OPTION]... [SUITE] [CORPUS]...", .options = options};

	return cmd_option_next_of(spec, describe, argc, argv);
}

static int parse_suite(const char *name, struct request *q)
{
	q->suite = suite_by_name(name);
	if (q->suite)
		return CMD_END;
	cmd_usage("bench: there is no suite '%s' (see twopart help bench)", name);
	return CMD_BAD;
}

static int parse_external(const char *text, struct request *q)
{
	if (strcmp(text, "none") == 0)
		q->no_external = true;
	else if (external_add(&q->external, text) != STATUS_OK) {
		cmd_usage("bench: --external: %s", status_message());
		return CMD_BAD;
	}
	return CMD_END;
}

/* An option with an argument that is more than a word: CMD_END if it was one and is good. */
static int parse_value(int code, struct request *q)
{
	bool good;

	switch (code) {
	case OPTION_SUITE:
		return parse_suite(optarg, q);
	case OPTION_EXTERNAL:
		return parse_external(optarg, q);
	case OPTION_JOBS:
		good = cmd_parse_count("--jobs", optarg, 1, CHILD_RUNNING_MAX, &q->n_parallel);
		break;
	case OPTION_REPETITIONS:
		good = cmd_parse_count("--repetitions", optarg, 1, RESULT_RUNS_MAX,
				       &q->n_repetitions);
		break;
	case OPTION_LIMIT_SECONDS:
		good = cmd_parse_count("--limit-seconds", optarg, 1, 1000000, &q->limit_seconds);
		break;
	case OPTION_LIMIT_MEMORY:
		good = cmd_parse_size("--limit-memory", optarg, &q->limit_memory_bytes);
		break;
	default:
		return code;
	}
	return good ? CMD_END : CMD_BAD;
}

/* What follows the options: a suite, unless one was named, and corpora. */
static int parse_operands(int argc, char **argv, struct request *q)
{
	q->corpus = argv + optind;
	q->n_corpora = argc - optind;
	if (!q->suite && q->n_corpora > 0 && (q->suite = suite_by_name(q->corpus[0]))) {
		q->corpus++;
		q->n_corpora--;
	}
	if (!q->suite && q->n_corpora == 0)
		q->suite = suite_by_name(DEFAULT_SUITE);
	if (q->suite && q->suite->needs_files && q->n_corpora == 0) {
		cmd_usage("bench: the suite '%s' needs files or directories", q->suite->name);
		return CMD_BAD;
	}
	return CMD_END;
}

/* The results as lines of JSON. */
static enum status print_json(const struct result *results, size_t n, FILE *to)
{
	for (size_t i = 0; i < n; i++)
		TRY(document_write_line(result_json(&results[i]), to));
	return STATUS_OK;
}

static enum status print_tables(const struct result *results, size_t n, FILE *to)
{
	struct tables t;
	enum status s = tables_open(&t, results, n);

	if (s == STATUS_OK)
		s = tables_print(&t, to);
	tables_close(&t);
	return s;
}

/* CMD_END when all went well, otherwise what ended it. */
static int parse_arguments(int argc, char **argv, struct request *q)
{
	int code;

	while ((code = next_option(argc, argv)) != CMD_END) {
		switch (code) {
		case CMD_JSON:
			q->print = print_json;
			break;
		case OPTION_STORE:
			q->store_path = cmd_store_path(optarg);
			break;
		case OPTION_ONLY:
			q->only = optarg;
			break;
		case OPTION_KEEP:
			q->keep_directory = optarg;
			break;
		case OPTION_LIST_CELLS:
			q->list_cells = true;
			break;
		case OPTION_RETRY:
			q->retry = true;
			break;
		default:
			code = parse_value(code, q);
			if (code != CMD_END)
				return code;
		}
	}
	return parse_operands(argc, argv, q);
}

/* What a suite decides unless the request does. */
static enum status set_up(struct bench *b, struct request *q)
{
	bool alone = q->suite && q->suite->is_comparison;

	b->n_parallel = (unsigned)q->n_parallel;
	if (b->n_parallel == 0)
		b->n_parallel = alone || omp_get_num_procs() < 2 ? 1 : 2;
	b->only = q->only;
	b->all_settings = alone;
	b->retry = q->retry;
	b->n_repetitions = (unsigned)q->n_repetitions;
	b->limit_seconds = (unsigned)q->limit_seconds;
	b->limit_memory_bytes = q->limit_memory_bytes;
	if (alone && !q->no_external)
		TRY(external_add(&q->external, "all"));
	b->external = q->external;
	q->external = (struct external_list){0}; /* the bench's from now on */
	return STATUS_OK;
}

static enum status plan(struct bench *b, const struct request *q)
{
	if (q->suite)
		TRY(suite_plan(b, q->suite));
	for (int i = 0; i < q->n_corpora; i++)
		TRY(subject_plan(b, q->corpus[i]));
	if (b->n_jobs == 0)
		return fail(STATUS_BAD_ARGUMENT, "there is no row to measure");
	return STATUS_OK;
}

/* Of the cells of this run, in the order of the plan: those that are measured. */
static enum status print_results(const struct bench *b, const struct request *q, FILE *to)
{
	struct result *results = calloc(b->n_jobs, sizeof *results); /* borrowed members */
	size_t n = 0;

	if (!results)
		return fail_no_memory();
	for (size_t i = 0; i < b->n_jobs; i++) {
		const struct result *r = &b->job[i].result;

		if (r->n_runs > 0 || r->outcome != OUTCOME_OK)
			results[n++] = *r;
	}

	enum status s = q->print(results, n, to);

	free(results);
	return s;
}

/* Printed at once, and what was lost on a full disk is said. */
static enum status hand_out(const struct bench *b, const struct request *q)
{
	char *text = NULL;
	size_t size_bytes;
	FILE *to = file_open_memory(&text, &size_bytes);
	enum status s = to ? print_results(b, q, to) : fail_no_memory();

	if (to && file_close_memory(to) != STATUS_OK && s == STATUS_OK)
		s = STATUS_NO_MEMORY;
	if (s == STATUS_OK)
		s = file_write_to(STDOUT_FILENO, text, size_bytes, "to standard output");
	free(text);
	return s;
}

static enum status list_cells(const struct bench *b)
{
	for (size_t i = 0; i < b->n_jobs; i++) {
		json_t *line;

		TRY(spec_file_json(b, &b->job[i], &line));
		TRY(document_write_line(line, stdout));
	}
	return STATUS_OK;
}

static enum status measure(struct bench *b, const struct request *q)
{
	TRY(bench_load(b));
	TRY(cmd_measure(b, "bench", q->store_path));
	TRY(hand_out(b, q));
	bench_warn(b);
	if (q->print == print_tables)
		cmd_say_store("bench", q->store_path);
	return STATUS_OK;
}

static enum status run(struct bench *b, struct request *q)
{
	struct store *store = NULL;

	TRY(bench_open(b, q->keep_directory, cmd_origin()));
	TRY(set_up(b, q));
	if (!q->list_cells)
		TRY(store_open(&store, q->store_path));
	b->store = store;

	enum status s = plan(b, q);

	if (s == STATUS_OK)
		s = q->list_cells ? list_cells(b) : measure(b, q);
	store_close(store);
	return s;
}

int cmd_bench(int argc, char **argv)
{
	struct request q = {
	    .store_path = CMD_STORE,
	    .print = print_tables,
	    .limit_seconds = EXTERNAL_SECONDS,
	    .limit_memory_bytes = EXTERNAL_MEMORY_BYTES,
	};
	struct bench b = {0};
	int end = parse_arguments(argc, argv, &q);

	if (end != CMD_END) {
		external_list_free(&q.external);
		return end == CMD_HELP ? 0 : EXIT_USAGE;
	}
	child_catch_signals();

	enum status s = run(&b, &q);

	external_list_free(&q.external);
	return cmd_measure_end(&b, s, ", or their regret");
}
