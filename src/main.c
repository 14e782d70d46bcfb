/* SPDX-License-Identifier: BSD-2-Clause
 *
 * main.c - the table of commands, --help, and the last line of a bug of ours.
 */
#include <errno.h>
#include <jansson.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cmd.h"
#include "outfile.h"
#include "simd.h"

#define EXIT_BUG 3

static const struct command {
	const char *name;
	int (*run)(int argc, char **argv);
	const char *summary; /* NULL: not listed */
	bool has_kinds;      /* the next argument is one, with a help of its own */
} commands[] = {
    {"generate", cmd_generate, "a corpus whose optimum is known", true},
    {"bounds", cmd_bounds, "the theoretical code lengths of a corpus", false},
    {"cost", cmd_cost, "what each token costs under a model, by role and frequency", false},
    {"curves", cmd_curves, "code length against position; where a shipped model pays", false},
    {"analyze", cmd_analyze, "what is in a file, and where its bits go", false},
    {"inputs", cmd_inputs, "what each input of a mixing model is worth on files", false},
    {"structure", cmd_structure, "bits of model against bits of data: realized and in theory",
     false},
    {"train", cmd_train, "a transformer from corpora, as a stored model", false},
    {"compress", cmd_compress, "files to archives", false},
    {"decompress", cmd_decompress, "archives to files", false},
    {"test", cmd_test, "decode and compare, write nothing", false},
    {"list", cmd_list, "what the headers of archives, and model files, say", false},
    {"export", cmd_export, "the weights of a model file as safetensors", false},
    {"import", cmd_import, "a model file from safetensors", false},
    {"models", cmd_models, "predictors and their options, coders, baselines, families", false},
    {"scaling", cmd_scaling, "the scaling laws, measured and exact", true},
    {"sweep", cmd_sweep, "which size of transformer is worth its bits", false},
    {"tune", cmd_tune, "what a trained model forgets when it learns of new people", false},
    {"bench", cmd_bench, "compress with every method, verify, print the table", false},
    {"report", cmd_report, "tables and drawings of what bench measured", false},
    {"suite", cmd_suite, "corpora that never change, for results side by side", false},
    {"rank", cmd_rank, "methods by their distance from the optimum of a suite", false},
    {"experiment", cmd_experiment, "the paper's claims, measured beside the optimum", false},
    {"words", cmd_words, "words of a text, and the laws they follow", true},
    {"probe", cmd_probe, "what a transformer knows of which facts, while it learns", false},
    {"results", cmd_results, "results of many machines: list, export, merge", true},
    {"mixers", cmd_mixers, "ways to mix the same experts, and the bounds that hold", false},
    {"kernels", cmd_kernels, "forms of the numeric kernels, and their speed here", false},
    {"cell", cmd_cell, "one cell of the benchmark, from its specification to its result", false},
    {"half", cmd_half, NULL, false},
    {"--version", cmd_version, NULL, false},
    {"-V", cmd_version, NULL, false},
    {0},
};

static int print_help(void)
{
	printf("usage: twopart COMMAND [OPTION]... [FILE]...\n"
	       "       twopart [-1 .. -9] FILE...    the same as twopart compress\n\n"
	       "Compresses corpora and measures how far every compressor is from the optimum.\n\n");
	for (const struct command *c = commands; c->name; c++)
		if (c->summary)
			printf("  %-12s %s\n", c->name, c->summary);
	printf("\ntwopart help COMMAND or twopart COMMAND --help explains one of them,\n"
	       "twopart --version [--json] tells what this program was built with.\n"
	       "JSON of every command is described in reports/schema.\n\n"
	       "exit codes: 0 ok, 1 usage or environment, 2 bad input, 3 a bug of this program,\n"
	       "4 a limit was exceeded, 5 something needed is not there: a world file, or support\n"
	       "for this version, model or family\n");
	return 0;
}

static int too_many(const char *name, const char *argument)
{
	return cmd_usage("%s: '%s' is one argument too many (see twopart --help)", name, argument);
}

static int run(int argc, char **argv)
{
	const char *name = argc > 1 ? argv[1] : NULL;

	if (!name)
		return cmd_usage("no command given (see twopart --help)");
	if (strcmp(name, "--help") == 0 || strcmp(name, "-h") == 0 || strcmp(name, "help") == 0) {
		if (argc == 2)
			return print_help();
		if (argc > 4 || name[0] == '-')
			return too_many(name, argv[argc - 1]);

		static char help[] = "--help"; /* behind a family or a law, too */
		char *help_argv[] = {argv[2], argc > 3 ? argv[3] : help, help, NULL};

		for (const struct command *c = commands; c->name; c++)
			if (strcmp(c->name, argv[2]) == 0)
				return argc > 3 && !c->has_kinds ? too_many(name, argv[3])
								 : c->run(argc - 1, help_argv);
		return cmd_usage("no command '%s' (see twopart --help)", argv[2]);
	}
	for (const struct command *c = commands; c->name; c++)
		if (strcmp(c->name, name) == 0)
			return c->run(argc - 1, argv + 1);
	if (*name == '-' || access(name, F_OK) == 0)
		return cmd_compress(argc, argv);
	return cmd_usage("no command and no file '%s' (see twopart --help)", name);
}

static void end_at_once(int code, const char *line)
{
	ssize_t n;

	outfile_remove_unfinished();
	n = write(STDERR_FILENO, line, strlen(line));
	(void)n;
	_exit(code);
}

/* A failed assert has said what and where. */
static void on_abort(int sig)
{
	(void)sig;
	end_at_once(EXIT_BUG, "twopart: internal error, please report it\n");
}

/* For jansson.  A document is put together by hundreds of calls, each of which may fail; one of
 * them unnoticed, and a member would be missing from a file that looks whole. */
static void *take_memory(size_t size_bytes)
{
	void *memory = malloc(size_bytes);

	if (!memory)
		end_at_once(EXIT_USAGE, "twopart: out of memory\n");
	return memory;
}

int main(int argc, char **argv)
{
	outfile_catch_signals();
	signal(SIGABRT, on_abort);
	json_set_alloc_funcs(take_memory, free);

	enum status s = simd_from_environment();

	if (s != STATUS_OK) {
		cmd_fail(NULL, s);
		return EXIT_USAGE;
	}
	int code = run(argc, argv);

	/* A report that was lost on a full disk is no success; a failure has been said. */
	if ((fflush(stdout) != 0 || ferror(stdout)) && code == 0)
		return cmd_usage("cannot write to standard output: %s", strerror(errno));
	return code;
}
