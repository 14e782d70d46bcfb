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
#include "external.h"
#include "file.h"
#include "pareto.h"
#include "report.h"
#include "suite.h"
#include "total.h"

#define DEFAULT_SUITE "quick"
#define EXIT_CELL_FAILED 1 /* some row or regret is missing */

struct request {
	const struct suite *suite; /* NULL: the corpora that are named */
	const char *keep_directory, *out_directory, *only;
	void (*print)(const struct report *r, FILE *to);
	char **corpus; /* (n_corpora) */
	int n_corpora;
	struct external_list external;
	bool no_external;    /* not the programs that a suite compares with */
	uint64_t n_parallel; /* 0: the usual */
	uint64_t limit_seconds, limit_memory_bytes;
	char command[1024];
};

enum {
	OPTION_SUITE = 256,
	OPTION_JSON,
	OPTION_CSV,
	OPTION_OUT,
	OPTION_KEEP,
	OPTION_JOBS,
	OPTION_EXTERNAL,
	OPTION_ONLY,
	OPTION_LIMIT_SECONDS,
	OPTION_LIMIT_MEMORY,
};

static const struct cmd_option options[] = {
    {OPTION_SUITE, "suite", "NAME", "a suite, if it is not named as the first CORPUS"},
    {OPTION_EXTERNAL, "external", "PROGRAM", "one more row (see above); may be repeated"},
    {OPTION_ONLY, "only", "PATTERN,..", "only rows of these names, as in 'mix*,xz -6'"},
    {OPTION_LIMIT_SECONDS, "limit-seconds", "N", "for each direction of a row (default 600)"},
    {OPTION_LIMIT_MEMORY, "limit-memory", "SIZE",
     "addresses of each process of a PROGRAM (default 4G; 0: no limit)"},
    {OPTION_JSON, "json", NULL, "print one JSON object instead of Markdown"},
    {OPTION_CSV, "csv", NULL, "print CSV instead of Markdown"},
    {OPTION_OUT, "out", "DIR", "also write bench.md, bench.csv, bench.json there"},
    {OPTION_JOBS, "jobs", "N", "rows at a time (default: 1 for text, files and full, else 2)"},
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
	    "processor time, are bold.  A SUITE has corpora of its own:\n";
	static const char programs[] =
	    "\nPROGRAM may be all of these that are installed, all (as in text, files and full,\n"
	    "without being said), none of them, none, or one:\n  ";
	static const char commands[] =
	    "\nor two commands, 'NAME=COMPRESS;DECOMPRESS', with {in} and {out} for the files.\n"
	    "Each runs in an empty directory with a copy of its input, by /bin/sh if it has\n"
	    "characters for a shell, otherwise without one.  It may put an ending behind {out},\n"
	    "which the other one's {in} then has.  Processor time and memory are the kernel's\n"
	    "account of the whole command.\n";
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
	struct buffer text = {0};
	struct cmd_spec spec = {
	    .name = "bench", .usage = "[OPTION]... [SUITE] [CORPUS]...", .options = options};

	describe(&text);
	buffer_append_byte(&text, '\0');
	spec.text = text.failed ? "" : (const char *)text.data;

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

/* CMD_END when all went well, otherwise what ended it. */
static int parse_arguments(int argc, char **argv, struct request *q)
{
	bool json = false, csv = false;
	int code;

	join_arguments(argc, argv, q->command, sizeof q->command);
	while ((code = next_option(argc, argv)) != CMD_END) {
		switch (code) {
		case OPTION_JSON:
			json = true;
			break;
		case OPTION_CSV:
			csv = true;
			break;
		case OPTION_OUT:
			q->out_directory = optarg;
			break;
		case OPTION_ONLY:
			q->only = optarg;
			break;
		case OPTION_KEEP:
			q->keep_directory = optarg;
			break;
		default:
			code = parse_value(code, q);
			if (code != CMD_END)
				return code;
		}
	}
	if (json && csv) {
		cmd_usage("bench: --json and --csv exclude each other; --out writes both");
		return CMD_BAD;
	}
	q->print = json ? report_json : csv ? report_csv : report_markdown;
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
	    .suite = q->suite ? q->suite->name : "none",
	    .commit = cmd_commit(),
	    .n_parallel = b->n_parallel,
	    .external = &b->external,
	    .row = calloc(2 * b->n_jobs + 1, sizeof *report.row), /* and totals */
	};

	if (!report.row)
		return fail_no_memory();
	for (size_t i = 0; i < b->n_jobs; i++)
		report.row[report.n_rows++] = b->job[i].row;
	report.n_rows += total_rows(report.row, report.n_rows);
	pareto_mark(report.row, report.n_rows);

	enum status s = hand_out(&report, q);

	free(report.row);
	return s;
}

static enum status run(struct bench *b, struct request *q)
{
	if (q->out_directory)
		TRY(report_check_directory(q->out_directory));
	TRY(bench_open(b, q->keep_directory));
	TRY(set_up(b, q));
	TRY(plan(b, q));
	TRY(bench_run(b));
	return print_report(b, q);
}

int cmd_bench(int argc, char **argv)
{
	struct request q = {
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
	size_t n_failed = b.n_failed;

	bench_progress(&b, "%s", "");
	bench_close(&b);
	external_list_free(&q.external);
	if (child_interrupted())
		child_die_of(child_interrupted());
	if (s != STATUS_OK)
		return cmd_fail(NULL, s);
	if (n_failed)
		fprintf(stderr, "twopart: rows that failed, or their regret: %zu\n", n_failed);
	return n_failed ? EXIT_CELL_FAILED : 0;
}
