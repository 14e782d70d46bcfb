/* SPDX-License-Identifier: BSD-2-Clause
 *
 * cmd_bench.c - `twopart bench`: compress, decompress, compare, and only then print.
 */
#include <omp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "bench.h"
#include "child.h"
#include "cmd.h"
#include "file.h"
#include "report.h"

#define DEFAULT_SUITE "quick"
#define EXIT_CELL_FAILED 1 /* some row or regret is missing */

struct request {
	const char *suite; /* NULL: the corpora that are named */
	const char *keep_directory, *out_directory;
	void (*print)(const struct report *r, FILE *to);
	char **corpus; /* (n_corpora) */
	int n_corpora;
	uint64_t n_parallel;
	char command[1024];
};

enum { OPTION_SUITE = 256, OPTION_JSON, OPTION_CSV, OPTION_OUT, OPTION_KEEP, OPTION_JOBS };

static const struct cmd_option options[] = {
    {OPTION_SUITE, "suite", "NAME", "quick (default), scaling, coder or smoke"},
    {OPTION_JSON, "json", NULL, "print one JSON object instead of Markdown"},
    {OPTION_CSV, "csv", NULL, "print CSV instead of Markdown"},
    {OPTION_OUT, "out", "DIR", "also write bench.md, bench.csv, bench.json there"},
    {OPTION_JOBS, "jobs", "N", "cells at a time (default 2, if there are 2 processors)"},
    {OPTION_KEEP, "keep", "DIR", "leave corpora and archives in DIR"},
    {0},
};

/* The option to come; the help's text, if it is asked for, names the suites. */
static int next_option(int argc, char **argv)
{
	static const char introduction[] =
	    "Compress every CORPUS (the PREFIX of generated files, or any file) with every\n"
	    "method, decompress, compare, and print a table.  Without CORPUS, run a suite:\n";
	struct buffer text = {0};
	struct cmd_spec spec = {
	    .name = "bench", .usage = "[OPTION]... [CORPUS]...", .options = options};

	buffer_append(&text, introduction, strlen(introduction));
	suite_describe(&text);
	buffer_append_byte(&text, '\0');
	spec.text = text.failed ? introduction : (const char *)text.data;

	int code = cmd_option_next(&spec, argc, argv);

	buffer_free(&text);
	return code;
}

/* The command as it was typed, for the report. */
static void join_arguments(int argc, char **argv, char *text, size_t size_bytes)
{
	size_t used = (size_t)snprintf(text, size_bytes, "twopart");

	for (int i = 0; i < argc && used < size_bytes; i++)
		used += (size_t)snprintf(text + used, size_bytes - used, " %s", argv[i]);
}

/* CMD_END when all went well, otherwise what ended it. */
static int parse_arguments(int argc, char **argv, struct request *q)
{
	bool json = false, csv = false;
	int code;

	join_arguments(argc, argv, q->command, sizeof q->command);
	while ((code = next_option(argc, argv)) != CMD_END) {
		switch (code) {
		case OPTION_SUITE:
			q->suite = optarg;
			break;
		case OPTION_JSON:
			json = true;
			break;
		case OPTION_CSV:
			csv = true;
			break;
		case OPTION_OUT:
			q->out_directory = optarg;
			break;
		case OPTION_JOBS:
			if (!cmd_parse_count("--jobs", optarg, 1, CHILD_RUNNING_MAX,
					     &q->n_parallel))
				return CMD_BAD;
			break;
		case OPTION_KEEP:
			q->keep_directory = optarg;
			break;
		default:
			return code;
		}
	}
	if (json && csv) {
		cmd_usage("bench: --json and --csv exclude each other; --out writes both");
		return CMD_BAD;
	}
	q->print = json ? report_json : csv ? report_csv : report_markdown;
	q->corpus = argv + optind;
	q->n_corpora = argc - optind;
	if (!q->suite && q->n_corpora == 0)
		q->suite = DEFAULT_SUITE;
	return CMD_END;
}

static enum status plan(struct bench *b, const struct request *q)
{
	if (q->suite)
		TRY(suite_plan(b, q->suite));
	for (int i = 0; i < q->n_corpora; i++) {
		const struct subject *s;

		TRY(subject_add(b, q->corpus[i], &s));
		TRY(plan_table(b, s));
	}
	return STATUS_OK;
}

/* The files first: whoever reads standard output may have seen enough. */
static enum status hand_out(const struct report *report, const struct request *q)
{
	size_t size_bytes;
	char *text;

	if (q->out_directory)
		TRY(report_write_files(report, q->out_directory));
	TRY(report_render(report, q->print, &text, &size_bytes));

	enum status s = file_write_to(STDOUT_FILENO, text, size_bytes, "to standard output");

	free(text);
	return s;
}

static enum status print_report(const struct bench *b, const struct request *q)
{
	struct report report = {
	    .command = q->command,
	    .suite = q->suite ? q->suite : "none",
	    .commit = cmd_commit(),
	    .n_parallel = b->n_parallel,
	    .row = calloc(b->n_jobs + 1, sizeof *report.row),
	};

	if (!report.row)
		return fail_no_memory();
	for (size_t i = 0; i < b->n_jobs; i++)
		report.row[report.n_rows++] = b->job[i].row;

	enum status s = hand_out(&report, q);

	free(report.row);
	return s;
}

static enum status run(struct bench *b, const struct request *q)
{
	if (q->out_directory)
		TRY(report_check_directory(q->out_directory));
	TRY(bench_open(b, q->keep_directory));
	b->n_parallel = (unsigned)q->n_parallel;
	TRY(plan(b, q));
	TRY(bench_run(b));
	return print_report(b, q);
}

int cmd_bench(int argc, char **argv)
{
	struct request q = {.n_parallel = omp_get_num_procs() > 1 ? 2 : 1};
	struct bench b = {0};
	int end = parse_arguments(argc, argv, &q);

	if (end != CMD_END)
		return end == CMD_HELP ? 0 : EXIT_USAGE;
	child_catch_signals();

	enum status s = run(&b, &q);
	size_t n_failed = b.n_failed;

	bench_progress(&b, "%s", "");
	bench_close(&b);
	if (child_interrupted())
		child_die_of(child_interrupted());
	if (s != STATUS_OK)
		return cmd_fail(NULL, s);
	if (n_failed)
		fprintf(stderr, "twopart: %zu rows are missing, or their regret is\n", n_failed);
	return n_failed ? EXIT_CELL_FAILED : 0;
}
