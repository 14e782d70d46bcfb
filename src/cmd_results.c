/* SPDX-License-Identifier: BSD-2-Clause
 *
 * cmd_results.c - twopart results: what is in a store, out of it and into it.
 */
#include <jansson.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "cmd.h"
#include "document.h"
#include "grid.h"
#include "store.h"
#include "tables.h"

#define RESULTS_SCHEMA 1
#define MERGE_SCHEMA 1

enum { OPTION_LINES = 256, OPTION_CSV, OPTION_MARKDOWN };

static int run_list(int argc, char **argv);
static int run_export(int argc, char **argv);
static int run_merge(int argc, char **argv);

static const struct kind {
	const char *name;
	int (*run)(int argc, char **argv);
	const char *summary;
} kinds[] = {
    {"list", run_list, "a line a cell: what was measured, and how it ended"},
    {"export", run_export, "all of it, as lines of JSON, CSV or Markdown"},
    {"merge", run_merge, "results of other stores and machines into a store"},
    {0},
};

static int print_help(void)
{
	printf("usage: twopart results list|export|merge [OPTION]... STORE [FILE]...\n\n"
	       "What `twopart bench` measured, cell by cell, is kept in a store; results travel\n"
	       "as lines of JSON.\n\n");
	for (const struct kind *k = kinds; k->name; k++)
		printf("  %-12s %s\n", k->name, k->summary);
	printf("\ntwopart results KIND --help explains one of them.\n");
	return 0;
}

/* A text of another machine for a terminal: nothing that would move its cursor. */
static const char *printable(const char *text, char *room, size_t size_bytes)
{
	snprintf(room, size_bytes, "%s", text);
	for (char *c = room; *c; c++)
		if ((unsigned char)*c < ' ' || *c == 0x7f)
			*c = '?';
	return room;
}

/* Characters of UTF-8, which all take one column here. */
static int columns_of(const char *text)
{
	int n = 0;

	for (; *text; text++)
		n += (*text & 0xc0) != 0x80;
	return n;
}

enum { CORPUS, NAME, ON, OUTCOME, BITS, RUNS, MACHINE, FINISHED, N_COLUMNS };

#define CELL_BYTES 132 /* of the longest text, a corpus's title */

static void list_cells(const struct result *r, char cell[N_COLUMNS][CELL_BYTES])
{
	struct row row;

	result_row(r, &row);
	printable(r->spec.corpus.title, cell[CORPUS], CELL_BYTES);
	printable(r->spec.name, cell[NAME], CELL_BYTES);
	printable(r->spec.on, cell[ON], CELL_BYTES);
	snprintf(cell[OUTCOME], CELL_BYTES, "%s", outcome_name(r->outcome));
	snprintf(cell[BITS], CELL_BYTES, isnan(row.total_bits) ? "-" : "%.0f", row.total_bits);
	snprintf(cell[RUNS], CELL_BYTES, "%zu", r->n_runs);
	snprintf(cell[MACHINE], CELL_BYTES, "%s", r->machine_id);
	snprintf(cell[FINISHED], CELL_BYTES, "%s", r->finished);
}

static void print_cells(char cell[N_COLUMNS][CELL_BYTES], const int width[N_COLUMNS])
{
	for (int c = 0; c < N_COLUMNS; c++) {
		int blanks = width[c] - columns_of(cell[c]);
		bool is_number = c == BITS || c == RUNS;

		if (is_number)
			printf("%*s%s  ", blanks, "", cell[c]);
		else if (c < N_COLUMNS - 1)
			printf("%s%*s  ", cell[c], blanks, "");
		else
			printf("%s\n", cell[c]);
	}
}

static void print_list(const struct result *all, size_t n)
{
	char head[N_COLUMNS][CELL_BYTES] = {"corpus", "method", "on",      "outcome",
					    "bits",   "runs",   "machine", "finished"};
	char cell[N_COLUMNS][CELL_BYTES];
	int width[N_COLUMNS];

	for (int c = 0; c < N_COLUMNS; c++)
		width[c] = columns_of(head[c]);
	for (size_t i = 0; i < n; i++) {
		list_cells(&all[i], cell);
		for (int c = 0; c < N_COLUMNS; c++)
			if (columns_of(cell[c]) > width[c])
				width[c] = columns_of(cell[c]);
	}
	print_cells(head, width);
	for (size_t i = 0; i < n; i++) {
		list_cells(&all[i], cell);
		print_cells(cell, width);
	}
}

static int print_list_json(const struct result *all, size_t n)
{
	json_t *list = json_array();

	for (size_t i = 0; i < n; i++) {
		const struct result *r = &all[i];
		struct row row;

		result_row(r, &row);
		json_t *cell = json_pack(
		    "{s:s, s:s, s:s, s:s, s:s, s:o, s:i, s:s, s:s}", "key", r->key, "corpus",
		    r->spec.corpus.title, "name", r->spec.name, "method", r->spec.method,
		    "outcome", outcome_name(r->outcome), "total_bits",
		    document_number(row.total_bits), "n_runs", (int)r->n_runs, "machine_id",
		    r->machine_id, "finished", r->finished);

		if (json_array_append_new(list, cell) != 0) {
			json_decref(list);
			return cmd_fail(NULL, fail_no_memory());
		}
	}
	return cmd_print_json(
	    document_new("results", RESULTS_SCHEMA, json_pack("{s:o}", "results", list)));
}

/* Operands of a command that has one: a usage error unless there is one. */
static int check_one(const char *name, int argc)
{
	if (argc - optind == 1)
		return CMD_END;
	return cmd_usage("results %s: one STORE or file of LINES, please (see twopart help "
			 "results %s)",
			 name, name);
}

static int run_list(int argc, char **argv)
{
	static const struct cmd_option options[] = {
	    {CMD_JSON, "json", NULL, "one JSON object"},
	    {0},
	};
	static const struct cmd_spec spec = {
	    .name = "results list",
	    .usage = "[--json] STORE|LINES",
	    .text =
		"One line a cell: corpus, method, on what (tokens, text or bytes), how it ended,\n"
		"bits of all that a reader must have (archive and stored model), repetitions,\n"
		"the machine's id, and when it was done.  LINES: lines of JSON as from\n"
		"`twopart results export`.\n",
	    .options = options,
	};
	struct store *store;
	struct result *all = NULL;
	size_t n = 0;
	bool json;
	int code = cmd_only_json(&spec, argc, argv, &json);

	if (code == CMD_END)
		code = check_one("list", argc);
	if (code != CMD_END)
		return code;
	enum status s = store_open_reading(&store, argv[optind]);

	if (s == STATUS_OK)
		s = store_all(store, &all, &n);
	if (s == STATUS_OK && json)
		code = print_list_json(all, n);
	else if (s == STATUS_OK)
		print_list(all, n);
	store_free_all(all, n);
	store_close(store);
	if (s != STATUS_OK)
		return cmd_fail(NULL, s);
	return code == CMD_END ? 0 : code;
}

static enum status print_tables(struct store *store, int form)
{
	struct result *all;
	struct tables tables;
	size_t n;

	TRY(store_all(store, &all, &n));

	enum status s = tables_open(&tables, all, n);

	if (s == STATUS_OK && form == OPTION_CSV)
		grid_csv(&tables, stdout);
	else if (s == STATUS_OK)
		s = tables_markdown(&tables, NULL, stdout);
	tables_close(&tables);
	store_free_all(all, n);
	return s;
}

static int run_export(int argc, char **argv)
{
	static const struct cmd_option options[] = {
	    {OPTION_LINES, "json-lines", NULL, "whole results, a line each (the default)"},
	    {OPTION_CSV, "csv", NULL, "every column of the report's tables"},
	    {OPTION_MARKDOWN, "markdown", NULL, "the report's tables"},
	    {0},
	};
	static const struct cmd_spec spec = {
	    .name = "results export",
	    .usage = "[OPTION] STORE|LINES",
	    .text = "Print all results: every repetition as lines of JSON, which `results merge`\n"
		    "reads on another machine, or medians as tables.  The same results are the\n"
		    "same bytes.\n",
	    .options = options,
	};
	struct store *store;
	int form = 0;

	for (int o; (o = cmd_option_next(&spec, argc, argv)) != CMD_END;) {
		if (o == CMD_HELP)
			return 0;
		if (o == CMD_BAD)
			return EXIT_USAGE;
		if (form && form != o)
			return cmd_usage("results export: one form, please");
		form = o;
	}
	int code = check_one("export", argc);

	if (code != CMD_END)
		return code;
	enum status s = store_open_reading(&store, argv[optind]);

	if (s == STATUS_OK)
		s = form == OPTION_CSV || form == OPTION_MARKDOWN ? print_tables(store, form)
								  : store_export(store, stdout);
	store_close(store);
	return s == STATUS_OK ? 0 : cmd_fail(NULL, s);
}

static enum status merge_file(struct store *store, const char *path, size_t *n_new,
			      size_t *n_known)
{
	struct store *from;

	TRY(store_open_reading(&from, path));

	enum status s = store_merge_store(store, from, n_new, n_known);

	store_close(from);
	return s;
}

static int print_merged(size_t n_new, size_t n_known, bool json)
{
	if (json)
		return cmd_print_json(
		    document_new("results-merge", MERGE_SCHEMA,
				 json_pack("{s:I, s:I}", "new", (json_int_t)n_new, "known",
					   (json_int_t)n_known)));
	printf("%zu new, %zu known\n", n_new, n_known);
	return 0;
}

static int run_merge(int argc, char **argv)
{
	static const struct cmd_option options[] = {
	    {CMD_JSON, "json", NULL, "one JSON object"},
	    {0},
	};
	static const struct cmd_spec spec = {
	    .name = "results merge",
	    .usage = "[--json] STORE FILE...",
	    .text =
		"Put the results of each FILE - a store, or lines of JSON; - is standard input -\n"
		"into STORE, which is made when it is missing.  Of two results of one cell on\n"
		"one machine the one with more repetitions stays, then the later one; cells of\n"
		"different machines stay apart.  A FILE with a wrong line changes nothing, and\n"
		"those before it are there.  Prints how many results are new.\n",
	    .options = options,
	};
	struct store *store;
	size_t n_new = 0, n_known = 0;
	bool json;
	int code = cmd_only_json(&spec, argc, argv, &json);

	if (code != CMD_END)
		return code;
	if (argc - optind < 2)
		return cmd_usage("results merge: a STORE and a FILE at least, please (see twopart "
				 "help results merge)");
	enum status s = store_open(&store, argv[optind]);

	for (int i = optind + 1; i < argc && s == STATUS_OK; i++)
		s = merge_file(store, argv[i], &n_new, &n_known);
	store_close(store);
	if (s != STATUS_OK)
		return cmd_fail(NULL, s);
	return print_merged(n_new, n_known, json);
}

int cmd_results(int argc, char **argv)
{
	if (argc < 2)
		return cmd_usage("results: list, export or merge? (see twopart results --help)");
	if (strcmp(argv[1], "--help") == 0 || strcmp(argv[1], "-h") == 0)
		return print_help();
	for (const struct kind *k = kinds; k->name; k++)
		if (strcmp(k->name, argv[1]) == 0)
			return k->run(argc - 1, argv + 1);
	return cmd_usage("results: no '%s' (see twopart results --help)", argv[1]);
}
