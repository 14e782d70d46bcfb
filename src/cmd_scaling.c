/* SPDX-License-Identifier: BSD-2-Clause
 *
 * cmd_scaling.c - twopart scaling: the scaling laws, measured beside what is computed exactly.
 */
#include "cmd_scaling.h"

#include <omp.h>
#include <stdio.h>
#include <string.h>

#include "cmd_numbers.h"

static const struct law {
	const char *name;
	int (*run)(int argc, char **argv);
	const char *summary;
} laws[] = {
    {"data", cmd_scaling_data, "redundancy a sentence against the number of sentences"},
    {"model", cmd_scaling_model, "excess loss against the bits of the model"},
    {0},
};

static int print_help(void)
{
	printf("usage: twopart scaling LAW [OPTION]...\n\n"
	       "Measure a scaling law on drawn corpora, beside its exact value at every size.\n\n");
	for (const struct law *l = laws; l->name; l++)
		printf("  %-12s %s\n", l->name, l->summary);
	printf("\ntwopart scaling LAW --help explains one of them.\n");
	return 0;
}

/* "0.3,0.5": at most law->n_alphas_max discounts; or a usage error. */
static bool parse_alphas(const struct cmd_law *law, struct cmd_law_request *q, const char *list)
{
	static const struct option_spec spec[] = {
	    {"alpha", 1000, 950000, 500000, OPTION_UNIT, ""},
	    {0},
	};
	char item[32];

	q->n_alphas = 0;
	for (const char *at = list;; at++) {
		size_t length = strcspn(at, ",");

		if (q->n_alphas == law->n_alphas_max) {
			cmd_usage("%s: more than %u alphas", law->name,
				  (unsigned)law->n_alphas_max);
			return false;
		}
		snprintf(item, sizeof item, "%.*s", (int)length, at);
		if (length >= sizeof item ||
		    options_set(spec, &q->alpha_millionths[q->n_alphas], "alpha", item) !=
			STATUS_OK) {
			cmd_usage("%s: --%s", law->name,
				  length >= sizeof item ? "alpha: too long a number"
							: status_message());
			return false;
		}
		q->n_alphas++;
		at += length;
		if (!*at)
			return true;
	}
}

/* Behind what is a law's own. */
static const struct cmd_option common[] = {
    {'T', "threads", "N", CMD_THREADS_HELP},
    {CMD_JSON, "json", NULL, "one JSON object instead of tables"},
    {CMD_CSV, "csv", NULL, "CSV instead of tables"},
    {'q', "quiet", NULL, "no progress on standard error"},
};

static void make_table(struct cmd_numbers *t, const struct cmd_law *law, int64_t *number)
{
	cmd_numbers_open(t, law->numbers, number);
	for (const struct cmd_option *o = law->others; o->name; o++)
		cmd_numbers_add(t, o);
	for (size_t i = 0; i < sizeof common / sizeof *common; i++)
		cmd_numbers_add(t, &common[i]);
}

/* One option with its argument in optarg: CMD_END to go on, or the exit code. */
static int take_option(const struct cmd_law *law, struct cmd_numbers *t, struct cmd_law_request *q,
		       int code)
{
	switch (code) {
	case 'a': return parse_alphas(law, q, optarg) ? CMD_END : EXIT_USAGE;
	case 'm': q->model_text = optarg; return CMD_END;
	case 'T': return cmd_parse_threads(optarg, &q->n_threads) ? CMD_END : EXIT_USAGE;
	case CMD_JSON: q->json = true; return CMD_END;
	case CMD_CSV: q->csv = true; return CMD_END;
	case 'q': q->quiet = true; return CMD_END;
	}
	return cmd_numbers_take(t, law->name, code);
}

int cmd_law_parse(const struct cmd_law *law, struct cmd_law_request *q, int argc, char **argv)
{
	struct cmd_numbers table;
	const struct cmd_spec spec = {
	    .name = law->name, .usage = "[OPTION]...", .text = law->text, .options = table.option};

	make_table(&table, law, q->number);
	q->n_threads = omp_get_max_threads();
	if (!parse_alphas(law, q, law->alphas))
		return EXIT_USAGE;
	for (int o; (o = cmd_option_next(&spec, argc, argv)) != CMD_END;) {
		int end = take_option(law, &table, q, o);

		if (end != CMD_END)
			return end;
	}
	if (optind < argc)
		return cmd_usage("%s: '%s' is not an option", law->name, argv[optind]);
	if (q->json && q->csv)
		return cmd_usage("%s: --json and --csv exclude each other", law->name);
	for (uint32_t i = 0; i < q->n_alphas; i++)
		if (q->number[law->beta] <= -q->alpha_millionths[i])
			return cmd_usage("%s: beta must be larger than -alpha", law->name);
	return CMD_END;
}

int cmd_scaling(int argc, char **argv)
{
	if (argc < 2)
		return cmd_usage("scaling: which law? (see twopart help scaling)");
	if (strcmp(argv[1], "--help") == 0 || strcmp(argv[1], "-h") == 0)
		return print_help();
	if (argv[1][0] == '-')
		return cmd_usage("scaling: unknown option '%s'; the law comes first "
				 "(see twopart help scaling)",
				 argv[1]);
	for (const struct law *l = laws; l->name; l++)
		if (strcmp(l->name, argv[1]) == 0)
			return l->run(argc - 1, argv + 1);
	return cmd_usage("scaling: no law '%s' (see twopart help scaling)", argv[1]);
}
