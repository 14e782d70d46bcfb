/* SPDX-License-Identifier: BSD-2-Clause
 *
 * cmd_suite.c - twopart suite: what a pinned suite is, and its corpora for whoever wants to measure
 * with a program of their own.
 */
#include <inttypes.h>
#include <jansson.h>
#include <omp.h>
#include <stdio.h>
#include <unistd.h>

#include "cmd.h"
#include "document.h"
#include "outfile.h"
#include "pinned.h"

#define SUITES_SCHEMA 1

static const struct cmd_option options[] = {
    {CMD_JSON, "json", NULL, "the definition as one JSON object"},
    {'o', "output", "DIR", "draw the corpora that are not there, DIR/SUITE-CORPUS.*, check all"},
    {'T', "threads", "N", CMD_THREADS_HELP},
    {0},
};

static const struct cmd_spec spec = {
    .name = "suite",
    .usage = "[OPTION]... [SUITE]",
    .text =
	"A suite that never changes: each corpus with all options of its generator, the digests\n"
	"(XXH3-64) of its files, and the code lengths that no compressor can beat on average.\n"
	"twopart bench SUITE measures it, twopart rank SUITE ranks results of it.  Without a\n"
	"SUITE: which ones there are.\n\n"
	"With -o the corpora are left in DIR for other programs; one that is there already and\n"
	"was altered is refused (exit code 2), as is a generator that draws something else.\n",
    .options = options,
};

struct request {
	const struct pinned_suite *suite; /* NULL: all */
	const char *directory;
	int n_threads;
	bool json;
};

static int print_json(const struct request *q)
{
	if (q->suite)
		return cmd_print_json(pinned_json(q->suite));

	json_t *all = json_array();
	bool good = true;

	for (size_t i = 0; good && pinned_suites[i]; i++)
		good = json_array_append_new(all, pinned_json(pinned_suites[i])) == 0;
	if (good)
		return cmd_print_json(
		    document_new("suites", SUITES_SCHEMA, json_pack("{s:o}", "suites", all)));
	json_decref(all);
	return cmd_fail(NULL, fail_no_memory());
}

static int print_list(void)
{
	for (const struct pinned_suite *const *s = pinned_suites; *s; s++)
		printf("%-8s %s\n", (*s)->name, (*s)->help);
	return 0;
}

static int print_suite(const struct pinned_suite *s)
{
	char digest[PINNED_DIGEST_CHARS];

	if (pinned_digest(s, digest) != STATUS_OK)
		return cmd_fail(NULL, STATUS_NO_MEMORY);
	printf("**%s**, definition %s: %s.\n\n"
	       "| corpus | tokens | bytes of text | Bayes bits/token | XXH3-64 of the tokens | "
	       "what it tells |\n| --- | ---: | ---: | ---: | --- | --- |\n",
	       s->name, digest, s->help);
	for (size_t i = 0; i < s->n_corpora; i++) {
		const struct pinned_corpus *c = &s->corpus[i];

		printf("| %s | %" PRIu64 " | %" PRIu64 " | %.4f | %016" PRIx64 " | %s |\n",
		       c->name, c->n_tokens, c->text_bytes, c->bayes_bits / (double)c->n_tokens,
		       c->digest, c->why);
	}
	printf("\nOptions of the generator:\n\n");
	for (size_t i = 0; i < s->n_corpora; i++)
		printf("- %s: %s %s\n", s->corpus[i].name, s->corpus[i].family,
		       s->corpus[i].options);
	return 0;
}

static enum status draw(const struct request *q, const struct pinned_corpus *c)
{
	char prefix[CMD_PATH_BYTES], path[CMD_PATH_BYTES + 8];

	if (snprintf(prefix, sizeof prefix, "%s/%s-%s", q->directory, q->suite->name, c->name) >=
	    (int)sizeof prefix)
		return fail(STATUS_BAD_ARGUMENT, "%s: the path is too long", q->directory);
	snprintf(path, sizeof path, "%s.json", prefix);
	if (access(path, F_OK) != 0) {
		TRY(outfile_make_parents(path));
		TRY(pinned_generate(c, prefix, q->n_threads));
	}
	TRY(pinned_check(q->suite, c, prefix));
	printf("%s: as defined\n", prefix);
	fflush(stdout);
	return STATUS_OK;
}

/* CMD_END to go on, otherwise the exit code. */
static int parse_arguments(struct request *q, int argc, char **argv)
{
	for (int o; (o = cmd_option_next(&spec, argc, argv)) != CMD_END;) {
		switch (o) {
		case CMD_JSON: q->json = true; break;
		case 'o': q->directory = optarg; break;
		case 'T':
			if (!cmd_parse_threads(optarg, &q->n_threads))
				return EXIT_USAGE;
			break;
		case CMD_HELP: return 0;
		default: return EXIT_USAGE;
		}
	}
	if (optind + 1 < argc)
		return cmd_usage("suite: '%s' is one argument too many", argv[optind + 1]);
	if (optind < argc && !(q->suite = pinned_by_name(argv[optind])))
		return cmd_usage("suite: there is no pinned suite '%s' (twopart suite lists them)",
				 argv[optind]);
	if (q->directory && (!q->suite || q->json))
		return cmd_usage("suite: -o needs a SUITE, and no --json");
	return CMD_END;
}

int cmd_suite(int argc, char **argv)
{
	struct request q = {.n_threads = omp_get_max_threads()};
	int code = parse_arguments(&q, argc, argv);

	if (code != CMD_END)
		return code;
	if (q.json)
		return print_json(&q);
	if (!q.suite)
		return print_list();
	if (!q.directory)
		return print_suite(q.suite);
	for (size_t i = 0; i < q.suite->n_corpora; i++) {
		enum status s = draw(&q, &q.suite->corpus[i]);

		if (s != STATUS_OK)
			return cmd_fail(NULL, s);
	}
	return 0;
}
