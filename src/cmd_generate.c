/* SPDX-License-Identifier: BSD-2-Clause
 *
 * cmd_generate.c - twopart generate: draw a world and write its corpus.
 *
 * The options are the family's table: parsing, defaults and help all come from it.
 */
#include <omp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cmd.h"
#include "cmd_numbers.h"
#include "corpus.h"
#include "document.h"
#include "file.h"
#include "options.h"
#include "utf8.h"

#define N_COMMON (sizeof common / sizeof *common)

enum { CODE_NPY = 256, CODE_INPUT, CODE_JSON };

static const struct cmd_option common[] = {
    {'o', "output", "PREFIX", "write PREFIX.bin, .txt, .vocab, .roles and .json"},
    {'T', "threads", "N", CMD_THREADS_HELP},
    {CODE_NPY, "npy", NULL, "write PREFIX.npy too"},
    {'f', "force", NULL, "overwrite an existing corpus"},
    {CODE_JSON, "json", NULL, "the summary as one JSON object on standard output"},
    {'q', "quiet", NULL, "no summary on standard error"},
    {CODE_INPUT, "input", "FILE", "what to read (family file)"},
};

/* One family's options and the common ones as one table, with the texts it points to. */
struct generate {
	const struct corpus_ops *family;
	struct cmd_numbers table;
	int64_t value[OPTIONS_MAX];
	struct corpus_request request;
	bool force, quiet, json;
};

static void make_table(struct generate *g)
{
	cmd_numbers_open(&g->table, g->family->options, g->value);
	for (unsigned i = 0; i < N_COMMON; i++)
		if (common[i].code != CODE_INPUT || g->family->needs_input)
			cmd_numbers_add(&g->table, &common[i]);
	g->request.option = g->value;
	g->request.n_threads = omp_get_max_threads();
}

/* 0 and *done = false to go on; otherwise the exit code. */
static int parse_options(struct generate *g, int argc, char **argv, bool *done)
{
	char name[64], text[256];
	const struct cmd_spec spec = {.name = name,
				      .usage = "-o PREFIX [OPTION]...",
				      .text = text,
				      .options = g->table.option};

	*done = true;
	snprintf(name, sizeof name, "generate %s", g->family->name);
	snprintf(text, sizeof text, "%s (range; default)\n", g->family->summary);
	for (int o; (o = cmd_option_next(&spec, argc, argv)) != CMD_END;) {
		switch (o) {
		case 'o': g->request.prefix = optarg; break;
		case 'f': g->force = true; break;
		case 'q': g->quiet = true; break;
		case CODE_JSON: g->json = true; break;
		case CODE_NPY: g->request.npy = true; break;
		case CODE_INPUT: g->request.input = optarg; break;
		case 'T':
			if (!cmd_parse_threads(optarg, &g->request.n_threads))
				return EXIT_USAGE;
			break;
		default: {
			int end = cmd_numbers_take(&g->table, name, o);

			if (end != CMD_END)
				return end;
		}
		}
	}
	if (optind < argc)
		return cmd_usage("%s: '%s' is not an option%s", name, argv[optind],
				 g->family->needs_input ? "; --input FILE says what to read" : "");
	if (!g->request.prefix || !*g->request.prefix)
		return cmd_usage("%s: -o PREFIX says where to write", name);
	if (g->family->needs_input && !g->request.input)
		return cmd_usage("%s: --input FILE says what to read", name);
	*done = false;
	return 0;
}

/* A corpus is one thing: any of its files being there means that it is.  None replaces the input,
 * not even with -f. */
static enum status check_files(const struct generate *g)
{
	const char *prefix = g->request.prefix;
	char path[4096];

	for (const char *const *suffix = corpus_suffixes; *suffix; suffix++) {
		if (snprintf(path, sizeof path, "%s%s", prefix, *suffix) >= (int)sizeof path)
			return fail(STATUS_BAD_ARGUMENT, "the name is too long");
		if (g->request.input)
			TRY(file_check_distinct(g->request.input, path));
		if (!g->force)
			TRY(file_check_new(path));
	}
	return STATUS_OK;
}

/* NULL where the source is not known. */
static const json_t *bayes_bits(const struct world *w)
{
	return json_object_get(json_object_get(w->root, "code_lengths"), "bayes_bits");
}

static void print_text(const char *prefix, const struct world *w, double seconds)
{
	const json_t *bits = bayes_bits(w);

	fprintf(stderr, "%s: %s, %llu tokens, %llu sentences, vocabulary %lu", prefix, w->family,
		(unsigned long long)w->n_tokens, (unsigned long long)w->n_sentences,
		(unsigned long)w->vocab);
	if (bits && w->n_tokens)
		fprintf(stderr, ", Bayes bound %.0f bytes = %.4f bits/token",
			json_number_value(bits) / 8,
			json_number_value(bits) / (double)w->n_tokens);
	fprintf(stderr, ", %.2f s\n", seconds);
}

static enum status print_json(const char *prefix, const struct world *w, double seconds)
{
	const json_t *corpus = json_object_get(w->root, "corpus"), *bits = bayes_bits(w);

	return document_write(
	    document_new(
		"generate", 1,
		json_pack("{s:o, s:s, s:O, s:O, s:O, s:O, s:O, s:o, s:f}", "corpus",
			  utf8_json(prefix), "family", w->family, "tokens",
			  json_object_get(corpus, "tokens"), "sentences",
			  json_object_get(corpus, "sentences"), "vocab",
			  json_object_get(corpus, "vocab"), "text_bytes",
			  json_object_get(corpus, "text_bytes"), "digest",
			  json_object_get(corpus, "digest"), "bayes_bits",
			  bits ? json_real(json_number_value(bits)) : json_null(), "seconds",
			  seconds)),
	    stdout);
}

/* From the file that was written: what others will read. */
static enum status print_summary(const struct generate *g, double seconds)
{
	const char *prefix = g->request.prefix;
	enum status s = STATUS_OK;
	char path[4096];
	struct world *w;

	snprintf(path, sizeof path, "%s.json", prefix);
	TRY(world_load(&w, path));
	if (!g->quiet)
		print_text(prefix, w, seconds);
	if (g->json)
		s = print_json(prefix, w, seconds);
	world_free(w);
	return s;
}

static int generate(struct generate *g, int argc, char **argv)
{
	double started = cmd_seconds();
	bool done;

	make_table(g);
	int code = parse_options(g, argc, argv, &done);

	if (done)
		return code;
	enum status s = check_files(g);

	struct cmd_meter meter = cmd_meter_start(g->quiet);

	g->request.progress = cmd_meter_count;
	g->request.progress_context = &meter;
	if (s == STATUS_OK)
		s = corpus_generate(g->family, &g->request);
	cmd_meter_end(&meter);
	if (s == STATUS_OK && (!g->quiet || g->json))
		s = print_summary(g, cmd_seconds() - started);
	return s == STATUS_OK ? 0 : cmd_fail(NULL, s);
}

static int print_help(void)
{
	printf("usage: twopart generate FAMILY -o PREFIX [OPTION]...\n\n"
	       "Draw a world, draw a corpus from it, and write both with the code lengths that no\n"
	       "compressor can beat on average.\n\nfamilies and their options (range; default):\n");
	for (const struct corpus_ops *const *f = corpus_families; *f; f++) {
		const struct option_spec *spec = (*f)->options;

		printf("\n%s: %s\n", (*f)->name, (*f)->summary);
		for (unsigned i = 0; i < options_count(spec); i++) {
			char help[CMD_HELP_BYTES];

			cmd_describe_option(&spec[i], help);
			printf("  --%-18s %s\n", spec[i].name, help);
		}
	}
	printf("\nall families:\n");
	for (size_t i = 0; i < N_COMMON; i++)
		printf("  --%-18s %s\n", common[i].name, common[i].help);
	return 0;
}

int cmd_generate(int argc, char **argv)
{
	if (argc < 2)
		return cmd_usage("generate: which family? (see twopart help generate)");
	if (strcmp(argv[1], "--help") == 0 || strcmp(argv[1], "-h") == 0)
		return print_help();
	if (argv[1][0] == '-')
		return cmd_usage("generate: '%s' in place of a family; the family comes first: "
				 "twopart generate FAMILY -o PREFIX", argv[1]);

	struct generate *g = calloc(1, sizeof *g);

	if (!g)
		return cmd_fail(NULL, fail_no_memory());
	g->family = corpus_family_by_name(argv[1]);
	int code = g->family ? generate(g, argc - 1, argv + 1)
			     : cmd_usage("generate: no family '%s' (see twopart help generate)",
					 argv[1]);

	free(g);
	return code;
}
