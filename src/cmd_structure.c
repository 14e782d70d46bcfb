/* SPDX-License-Identifier: BSD-2-Clause
 *
 * cmd_structure.c - twopart structure: what each further bit of model is worth.
 */
#include <omp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "child.h"
#include "cmd.h"
#include "corpus.h"
#include "file.h"
#include "structure.h"

#define DEFAULT_MODEL "twopart"
#define DEFAULT_BUDGETS 24
#define EXIT_CELL_FAILED 1 /* some compressor is missing */

enum { OPTION_BUDGETS = 256, OPTION_CSV, OPTION_SVG, OPTION_NO_COMPRESSORS, OPTION_POINTS };

static const struct cmd_option options[] = {
    {'m', "model", "MODEL", "two-part code: NAME or NAME:key=value (default " DEFAULT_MODEL ")"},
    {OPTION_BUDGETS, "budgets", "N", "archives, 2 to 1000 (default 24)"},
    {OPTION_NO_COMPRESSORS, "no-compressors", NULL, "only the curve: much faster"},
    {OPTION_POINTS, "points", "JSON", "also the lower envelope of a `twopart sweep --json`"},
    {CMD_JSON, "json", NULL, "one JSON object instead of a table"},
    {OPTION_CSV, "csv", NULL, "CSV instead of a table"},
    {OPTION_SVG, "svg", "FILE", "also draw it"},
    {'f', "force", NULL, "overwrite an existing drawing"},
    {'T', "threads", "N", CMD_THREADS_HELP},
    {'q', "quiet", NULL, "no progress"},
    {0},
};

static const struct cmd_spec spec = {
    .name = "structure",
    .usage = "[OPTION]... PREFIX",
    .text = "The structure function of the corpus PREFIX, realized: archives of a two-part code\n"
	    "whose model may have at most so many bits, from the smallest model to the one of the\n"
	    "shortest total, each decoded and compared.  Beside each the optimum of theory at its\n"
	    "model bits, then every compressor of the benchmark as a point (L(M), L(X|M)), and\n"
	    "zstd with dictionaries that it is given and has to pay for.\n\n"
	    "Columns: budget, the limit; L(M) and L(X|M), bits of model and data; x Bayes, their\n"
	    "sum over the Bayes code; elements, how many are stored; the rest is theory, which\n"
	    "the table's last lines explain.  A budget that no model fits gives the smallest\n"
	    "model there is.\n",
    .options = options,
};

struct request {
	const char *model, *svg, *points;
	const char *prefix;
	uint64_t n_budgets;
	int threads;
	bool json, csv, no_compressors, force, quiet;
};

/* CMD_END to go on, otherwise the exit code. */
static int parse_arguments(struct request *q, int argc, char **argv)
{
	for (int o; (o = cmd_option_next(&spec, argc, argv)) != CMD_END;) {
		switch (o) {
		case 'm': q->model = optarg; break;
		case OPTION_BUDGETS:
			if (!cmd_parse_count("--budgets", optarg, 2, BUDGETS_MAX, &q->n_budgets))
				return EXIT_USAGE;
			break;
		case OPTION_NO_COMPRESSORS: q->no_compressors = true; break;
		case OPTION_POINTS: q->points = optarg; break;
		case CMD_JSON: q->json = true; break;
		case OPTION_CSV: q->csv = true; break;
		case OPTION_SVG: q->svg = optarg; break;
		case 'f': q->force = true; break;
		case 'T':
			if (!cmd_parse_threads(optarg, &q->threads))
				return EXIT_USAGE;
			break;
		case 'q': q->quiet = true; break;
		case CMD_HELP: return 0;
		default: return EXIT_USAGE;
		}
	}
	if (q->json && q->csv)
		return cmd_usage("structure: --json and --csv exclude each other");
	if (argc - optind != 1 || !*argv[optind])
		return cmd_usage("structure: one PREFIX, please (see twopart help structure)");
	q->prefix = cmd_take_prefix(argv[optind]);
	return CMD_END;
}

static enum status draw(const void *structure, FILE *to)
{
	structure_svg(structure, to);
	return STATUS_OK;
}

static enum status print(const struct structure *s, const struct request *q)
{
	if (q->svg)
		TRY(cmd_write_report(q->svg, draw, s, q->force));
	if (q->json)
		return structure_json(s, stdout);
	if (q->csv)
		structure_csv(s, stdout);
	else
		structure_text(s, stdout);
	return STATUS_OK;
}

static bool show_progress(void *meter, uint64_t done_symbols, uint64_t n_symbols, double bits)
{
	(void)bits;
	cmd_meter_count(meter, done_symbols, n_symbols);
	return true;
}

/* Before long work: can the drawing be written, and would it replace a part of the corpus? */
static enum status check_svg(const struct request *q)
{
	char path[CMD_PATH_BYTES];

	if (strcmp(q->svg, "-") == 0)
		return fail(STATUS_BAD_ARGUMENT,
			    "structure: standard output is for the table; --svg needs a file");
	for (const char *const *suffix = corpus_suffixes; *suffix; suffix++)
		if (snprintf(path, sizeof path, "%s%s", q->prefix, *suffix) < (int)sizeof path)
			TRY(file_check_distinct(path, q->svg));
	TRY(file_check_place(q->svg));
	return q->force ? STATUS_OK : file_check_new(q->svg);
}

static enum status run(struct structure *s, const struct request *q, size_t *n_failed)
{
	struct cmd_meter meter;
	enum status status;

	if (q->svg)
		TRY(check_svg(q));
	TRY(structure_open(s, q->prefix, q->model));
	meter = cmd_meter_start(q->quiet);
	status = structure_run(s, (uint32_t)q->n_budgets, q->threads,
			       meter.live ? show_progress : NULL, &meter);
	cmd_meter_end(&meter);
	if (status == STATUS_OK && !q->no_compressors)
		status = structure_add_compressors(s, q->threads > 1 ? 2 : 1, n_failed);
	if (status == STATUS_OK && q->points)
		status = structure_add_sweep(s, q->points);
	return status == STATUS_OK ? print(s, q) : status;
}

int cmd_structure(int argc, char **argv)
{
	struct request q = {.model = DEFAULT_MODEL,
			    .n_budgets = DEFAULT_BUDGETS,
			    .threads = omp_get_max_threads()};
	struct structure s = {0};
	size_t n_failed = 0;
	int end = parse_arguments(&q, argc, argv);

	if (end != CMD_END)
		return end;
	if (!q.no_compressors)
		child_catch_signals();

	enum status status = run(&s, &q, &n_failed);

	if (!q.no_compressors && child_interrupted())
		child_die_of(child_interrupted());
	int code = status == STATUS_OK ? 0 : cmd_fail(NULL, status);

	if (code == 0 && n_failed) {
		fprintf(stderr, "twopart: %zu compressors are missing\n", n_failed);
		code = EXIT_CELL_FAILED;
	}
	structure_close(&s);
	return code;
}
