/* SPDX-License-Identifier: BSD-2-Clause
 *
 * cmd_bench.c - `twopart bench`: compress, decompress, compare, and only then print.
 */
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "bench.h"
#include "child.h"
#include "report.h"

#define DEFAULT_SUITE "quick"
#define EXIT_CELL_FAILED 3 /* some row is missing, because its round trip is */

struct request {
	const char *suite; /* NULL: the corpora that are named */
	const char *keep_directory, *out_directory;
	void (*print)(const struct report *r, FILE *to);
	char **corpus; /* (n_corpora) */
	int n_corpora;
	char command[1024];
};

static void print_usage(FILE *to)
{
	fprintf(to,
		"usage: twopart bench [options] [CORPUS...]\n"
		"\n"
		"Compress every CORPUS (a PREFIX of generated files, or any file) with every method,\n"
		"decompress, compare, and print a table.  Without CORPUS, run a suite.\n"
		"\n"
		"  --suite NAME  one of: %s (default %s)\n"
		"  --json        print one JSON object instead of Markdown\n"
		"  --csv         print CSV instead of Markdown\n"
		"  --out DIR     also write bench.md, bench.csv and bench.json there\n"
		"  --keep DIR    leave corpora and archives in DIR\n",
		suite_names(), DEFAULT_SUITE);
}

/* The command as it was typed, for the report. */
static void join_arguments(int argc, char **argv, char *text, size_t size_bytes)
{
	size_t used = (size_t)snprintf(text, size_bytes, "twopart");

	for (int i = 0; i < argc && used < size_bytes; i++)
		used += (size_t)snprintf(text + used, size_bytes - used, " %s", argv[i]);
}

/* Returns -1 to go on, or the exit code. */
static int parse_arguments(int argc, char **argv, struct request *q)
{
	static const struct option options[] = {
	    {"suite", required_argument, NULL, 's'}, {"json", no_argument, NULL, 'j'},
	    {"csv", no_argument, NULL, 'c'},	     {"out", required_argument, NULL, 'o'},
	    {"keep", required_argument, NULL, 'k'},  {"help", no_argument, NULL, 'h'},
	    {0},
	};
	int key;

	join_arguments(argc, argv, q->command, sizeof q->command);
	while ((key = getopt_long(argc, argv, "h", options, NULL)) != -1) {
		switch (key) {
		case 's':
			q->suite = optarg;
			break;
		case 'j':
			q->print = report_json;
			break;
		case 'c':
			q->print = report_csv;
			break;
		case 'o':
			q->out_directory = optarg;
			break;
		case 'k':
			q->keep_directory = optarg;
			break;
		case 'h':
			print_usage(stdout);
			return 0;
		default:
			print_usage(stderr);
			return status_exit_code(STATUS_BAD_ARGUMENT);
		}
	}
	q->corpus = argv + optind;
	q->n_corpora = argc - optind;
	if (!q->suite && q->n_corpora == 0)
		q->suite = DEFAULT_SUITE;
	return -1;
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

static enum status print_report(const struct bench *b, const struct request *q)
{
	struct report report = {
	    .command = q->command,
	    .suite = q->suite ? q->suite : "none",
	    .row = calloc(b->n_jobs + 1, sizeof *report.row),
	};
	enum status s = STATUS_OK;

	if (!report.row)
		return fail_no_memory();
	for (size_t i = 0; i < b->n_jobs; i++)
		report.row[report.n_rows++] = b->job[i].row;
	q->print(&report, stdout);
	if (fflush(stdout) != 0)
		s = fail_errno(STATUS_IO, "standard output");
	if (s == STATUS_OK && q->out_directory)
		s = report_write_files(&report, q->out_directory);
	free(report.row);
	return s;
}

static enum status run(struct bench *b, const struct request *q)
{
	TRY(bench_open(b, q->keep_directory));
	TRY(plan(b, q));
	TRY(bench_run(b));
	return print_report(b, q);
}

int cmd_bench(int argc, char **argv)
{
	struct request q = {.print = report_markdown};
	struct bench b = {0};
	int exit_code = parse_arguments(argc, argv, &q);

	if (exit_code >= 0)
		return exit_code;
	child_catch_signals();

	enum status s = run(&b, &q);
	size_t n_failed = b.n_failed;

	bench_progress(&b, "%s", "");
	bench_close(&b);
	if (child_interrupted())
		child_die_of(child_interrupted());
	if (s != STATUS_OK)
		fprintf(stderr, "twopart bench: %s\n", status_message());
	else if (n_failed)
		fprintf(stderr, "twopart bench: %zu rows are missing\n", n_failed);
	return s != STATUS_OK ? status_exit_code(s) : n_failed ? EXIT_CELL_FAILED : 0;
}
