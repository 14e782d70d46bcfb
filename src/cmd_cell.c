/* SPDX-License-Identifier: BSD-2-Clause
 *
 * cmd_cell.c - `twopart cell`: one cell of the benchmark as a pure command, from the file that says
 * what to measure to the file that says what came out; for whatever runs many of them.
 */
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "bench.h"
#include "child.h"
#include "cmd.h"
#include "file.h"
#include "spec_file.h"
#include "store.h"

enum {
	OPTION_REPETITIONS = 256,
};

static const struct cmd_option options[] = {
    {'o', "output", "RESULT", "where the result goes (default: standard output)"},
    {OPTION_REPETITIONS, "repetitions", "N",
     "default: up to 5, while they took under 2 s together"},
    {0},
};

static const struct cmd_spec spec = {
    .name = "cell",
    .usage = "[OPTION]... SPECIFICATION",
    .text =
	"Measure the cell that SPECIFICATION says (a line of twopart bench --list-cells; -:\n"
	"standard input) and write its result, a line of JSON for twopart results merge.  The\n"
	"corpus is at the specification's \"path\", or is drawn again from its source; one with\n"
	"another digest is refused, as is another version of the codec.  RESULT is there whole\n"
	"or not at all.  A codec that fails is a result too: the exit code is about \"twopart\n"
	"cell\" alone.\n",
    .options = options,
};

struct request {
	const char *specification, *output;
	uint64_t n_repetitions;
};

/* CMD_END when all went well, otherwise what ended it. */
static int parse_arguments(int argc, char **argv, struct request *q)
{
	int code;

	while ((code = cmd_option_next(&spec, argc, argv)) != CMD_END) {
		switch (code) {
		case 'o':
			q->output = optarg;
			break;
		case OPTION_REPETITIONS:
			if (!cmd_parse_count("--repetitions", optarg, 1, RESULT_RUNS_MAX,
					     &q->n_repetitions))
				return CMD_BAD;
			break;
		default:
			return code;
		}
	}
	if (argc - optind != 1) {
		cmd_usage("cell: needs one specification");
		return CMD_BAD;
	}
	q->specification = argv[optind];
	return CMD_END;
}

static enum status read_specification(const char *path, json_t **object)
{
	struct buffer text = {0};
	json_error_t error;
	enum status s = file_read(path, &text, NULL);

	if (s == STATUS_OK) {
		*object = json_loadb((const char *)text.data, text.size_bytes, 0, &error);
		if (!*object)
			s = fail(STATUS_CORRUPT, "no JSON: %s", error.text);
	}
	buffer_free(&text);
	return s;
}

static enum status write_result(const struct request *q, const struct result *r)
{
	json_t *object = result_json(r);
	char *text = json_dumps(object, JSON_COMPACT);
	size_t n = text ? strlen(text) : 0;
	enum status s;

	json_decref(object);
	if (!text)
		return fail_no_memory();
	text[n] = '\n'; /* in the place of its end */
	s = q->output ? file_write(q->output, text, n + 1, FILE_MODE_NEW, true)
		      : file_write_to(STDOUT_FILENO, text, n + 1, "to standard output");
	free(text);
	return s;
}

static enum status measure(struct bench *b, const struct request *q, const json_t *object)
{
	struct store *store;

	b->n_parallel = 1;
	b->n_repetitions = (unsigned)q->n_repetitions;
	TRY(spec_file_plan(b, object));
	TRY(store_open(&store, NULL));
	b->store = store;

	enum status s = bench_load(b);

	if (s == STATUS_OK)
		s = bench_run(b);
	if (s == STATUS_OK && b->job[0].result.n_runs == 0 &&
	    b->job[0].result.outcome == OUTCOME_OK)
		s = fail(STATUS_IO, "nothing was measured");
	if (s == STATUS_OK)
		s = write_result(q, &b->job[0].result);
	store_close(store);
	return s;
}

int cmd_cell(int argc, char **argv)
{
	struct request q = {.specification = NULL};
	struct bench b = {0};
	json_t *object = NULL;
	int end = parse_arguments(argc, argv, &q);

	if (end != CMD_END)
		return end == CMD_HELP ? 0 : EXIT_USAGE;
	child_catch_signals();

	enum status s = read_specification(q.specification, &object);

	if (s == STATUS_OK && q.output)
		s = file_check_place(q.output);
	if (s == STATUS_OK)
		s = bench_open(&b, NULL, cmd_origin());
	if (s == STATUS_OK)
		s = measure(&b, &q, object);
	bench_progress(&b, "%s", "");
	json_decref(object);
	bench_close(&b);
	if (child_interrupted())
		child_die_of(child_interrupted());
	return s == STATUS_OK ? 0 : cmd_fail(q.specification, s);
}
