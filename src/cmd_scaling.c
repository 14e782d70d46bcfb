/* SPDX-License-Identifier: BSD-2-Clause
 *
 * cmd_scaling.c - twopart scaling: the scaling laws, measured beside what is computed exactly.
 */
#include "cmd_scaling.h"

#include <stdio.h>
#include <string.h>

#include "cmd.h"

static const struct law {
	const char *name;
	int (*run)(int argc, char **argv);
	const char *summary;
} laws[] = {
    {"data", cmd_scaling_data, "redundancy a sentence against the number of sentences"},
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
