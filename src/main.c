/* SPDX-License-Identifier: BSD-2-Clause
 *
 * main.c - the table of commands, --help and --version.
 */
#include <brotli/encode.h>
#include <errno.h>
#include <jansson.h>
#include <lzma.h>
#include <stdio.h>
#include <string.h>
#include <xxhash.h>
#include <zstd.h>

#include "cmd.h"
#include "outfile.h"
#include "version.h"

#ifdef __clang__
#define COMPILER __VERSION__ /* names itself */
#else
#define COMPILER "gcc " __VERSION__
#endif

static const struct command {
	const char *name;
	int (*run)(int argc, char **argv);
	const char *summary; /* NULL: not listed */
} commands[] = {
    {"generate", cmd_generate, "a corpus whose optimum is known"},
    {"bounds", cmd_bounds, "the theoretical code lengths of a corpus"},
    {"compress", cmd_compress, "files to archives"},
    {"decompress", cmd_decompress, "archives to files"},
    {"test", cmd_test, "decode and compare, write nothing"},
    {"list", cmd_list, "what the headers of archives say"},
    {"models", cmd_models, "predictors and their options, coders, baselines, families"},
    {"bench", cmd_bench, "compress with every method, verify, print the table"},
    {"cell", cmd_cell, NULL},
    {0},
};

static int print_help(void)
{
	printf("usage: twopart COMMAND [OPTION]... [FILE]...\n\n"
	       "Compresses corpora and measures how far every compressor is from the optimum.\n\n");
	for (const struct command *c = commands; c->name; c++)
		if (c->summary)
			printf("  %-12s %s\n", c->name, c->summary);
	printf("\ntwopart help COMMAND or twopart COMMAND --help explains one of them,\n"
	       "twopart --version [--json] tells what this program was built with.\n\n"
	       "exit codes: 0 ok, 1 usage or environment, 2 bad input, 4 a limit was reached,\n"
	       "5 something is missing (a world file, a model, a newer version)\n");
	return 0;
}

static int print_version(bool json)
{
	char openmp[16], xxhash[32], brotli[32];
	unsigned x = XXH_versionNumber(), b = BrotliEncoderVersion();

#ifdef _OPENMP
	snprintf(openmp, sizeof openmp, "%d", _OPENMP);
#else
	snprintf(openmp, sizeof openmp, "none");
#endif
	snprintf(xxhash, sizeof xxhash, "%u.%u.%u", x / 10000, x / 100 % 100, x % 100);
	snprintf(brotli, sizeof brotli, "%u.%u.%u", b >> 24, b >> 12 & 0xfff, b & 0xfff);

	json_t *all = json_pack("{s:s, s:s, s:s, s:s, s:s, s:s, s:s, s:s}", "twopart",
				TWOPART_VERSION, "compiler", COMPILER, "openmp", openmp, "zstd",
				ZSTD_versionString(), "xz", lzma_version_string(), "brotli", brotli,
				"jansson", jansson_version_str(), "xxhash", xxhash);
	const char *name;
	json_t *value;

	if (json)
		json_dumpf(all, stdout, JSON_INDENT(2));
	else
		json_object_foreach(all, name, value)
			printf("%-9s %s\n", name, json_string_value(value));
	if (json)
		putchar('\n');
	json_decref(all);
	return 0;
}

static int run(int argc, char **argv)
{
	const char *name = argc > 1 ? argv[1] : NULL;

	if (!name)
		return cmd_usage("no command given (see twopart --help)");
	if (strcmp(name, "--version") == 0 || strcmp(name, "-V") == 0)
		return print_version(argc > 2 && strcmp(argv[2], "--json") == 0);
	if (strcmp(name, "--help") == 0 || strcmp(name, "-h") == 0 ||
	    (strcmp(name, "help") == 0 && argc == 2))
		return print_help();
	if (strcmp(name, "help") == 0) {
		static char help[] = "--help";
		char *help_argv[] = {argv[2], help, NULL};

		for (const struct command *c = commands; c->name; c++)
			if (strcmp(c->name, argv[2]) == 0)
				return c->run(2, help_argv);
		return cmd_usage("no command '%s' (see twopart --help)", argv[2]);
	}
	for (const struct command *c = commands; c->name; c++)
		if (strcmp(c->name, name) == 0)
			return c->run(argc - 1, argv + 1);
	return cmd_usage("no command '%s' (see twopart --help)", name);
}

int main(int argc, char **argv)
{
	outfile_catch_signals();
	int code = run(argc, argv);

	/* A report that was lost on a full disk is no success. */
	if (fflush(stdout) != 0 || ferror(stdout)) {
		int lost = cmd_usage("cannot write to standard output: %s", strerror(errno));

		return code ? code : lost;
	}
	return code;
}
