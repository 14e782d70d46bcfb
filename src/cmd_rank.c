/* SPDX-License-Identifier: BSD-2-Clause
 *
 * cmd_rank.c - twopart rank: who is nearest to the optimum of a suite.
 */
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>

#include "cmd.h"
#include "rank.h"
#include "store.h"

static const struct cmd_option options[] = {
    {CMD_JSON, "json", NULL, "one JSON object instead of Markdown"},
    {0},
};

static const struct cmd_spec spec = {
    .name = "rank",
    .usage = "[--json] SUITE RESULTS...",
    .text =
	"Rank the results of a pinned SUITE (see twopart suite) by distance from the optimum: the\n"
	"geometric mean over its corpora of all bits over the Bayes bound; overall, and among\n"
	"methods of equal speed on each machine.  RESULTS are stores of twopart bench, or files\n"
	"with lines of JSON from twopart results export, of one machine or of many.  Methods that\n"
	"are told what others must learn are listed apart, as are those without a result on\n"
	"some corpus.  Results that say they are of the suite but are not of its bytes are\n"
	"refused, a line each on standard error; other corpora are left out.\n",
    .options = options,
};

struct results {
	struct result *result; /* (n) owned, with what is in them */
	size_t n;
};

/* Append what a store or file of lines holds. */
static enum status read_results(struct results *all, const char *path)
{
	struct result *found = NULL, *joined;
	struct store *store;
	size_t n = 0;

	TRY(store_open_reading(&store, path));

	enum status s = store_all(store, &found, &n);

	store_close(store);
	TRY(s);
	joined = realloc(all->result, (all->n + n + 1) * sizeof *joined);
	for (size_t i = 0; i < n; i++) {
		if (joined)
			joined[all->n++] = found[i];
		else
			result_free(&found[i]);
	}
	free(found);
	if (joined)
		all->result = joined;
	return joined ? STATUS_OK : fail_no_memory();
}

static void free_results(struct results *all)
{
	for (size_t i = 0; i < all->n; i++)
		result_free(&all->result[i]);
	free(all->result);
}

static int print(const struct rank *r, bool as_json)
{
	for (size_t i = 0; i < r->n_refused; i++)
		fprintf(stderr, "twopart rank: refused: %s\n", r->refused[i]);
	if (r->n_others)
		fprintf(stderr, "twopart rank: not of %s, left out: %zu results\n", r->suite->name,
			r->n_others);
	if (!as_json) {
		rank_markdown(r, stdout);
		return 0;
	}
	return cmd_print_json(rank_json(r));
}

int cmd_rank(int argc, char **argv)
{
	struct results all = {0};
	struct rank rank = {0};
	bool json;
	int code = cmd_only_json(&spec, argc, argv, &json);

	if (code != CMD_END)
		return code;
	if (optind + 2 > argc)
		return cmd_usage("rank: a SUITE and RESULTS are needed (see twopart help rank)");

	const struct pinned_suite *suite = pinned_by_name(argv[optind]);

	if (!suite)
		return cmd_usage("rank: there is no pinned suite '%s' (twopart suite lists them)",
				 argv[optind]);
	code = 0;
	for (int i = optind + 1; i < argc && code == 0; i++) {
		enum status s = read_results(&all, argv[i]);

		code = s == STATUS_OK ? 0 : cmd_fail(argv[i], s);
	}
	if (code == 0) {
		enum status s = rank_make(&rank, suite, all.result, all.n);

		code = s == STATUS_OK ? print(&rank, json) : cmd_fail(NULL, s);
	}
	rank_free(&rank);
	free_results(&all);
	return code;
}
