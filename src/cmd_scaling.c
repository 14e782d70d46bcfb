/* SPDX-License-Identifier: BSD-2-Clause
 *
 * cmd_scaling.c - twopart scaling: the scaling laws, measured beside what is computed exactly.
 */
#include "cmd_scaling.h"

#include <stdio.h>
#include <string.h>

#include "cmd.h"
#include "options.h"

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

bool cmd_parse_alphas(const char *command, const char *list, uint32_t n_max, int64_t *millionths,
		      uint32_t *n)
{
	static const struct option_spec spec[] = {
	    {"alpha", 1000, 950000, 500000, OPTION_UNIT, ""},
	    {0},
	};
	char item[32];

	*n = 0;
	for (const char *at = list;; at++) {
		size_t length = strcspn(at, ",");

		if (*n == n_max) {
			cmd_usage("%s: more than %u alphas", command, (unsigned)n_max);
			return false;
		}
		snprintf(item, sizeof item, "%.*s", (int)length, at);
		if (length >= sizeof item ||
		    options_set(spec, &millionths[*n], "alpha", item) != STATUS_OK) {
			cmd_usage("%s: --%s", command,
				  length >= sizeof item ? "alpha: too long a number"
							: status_message());
			return false;
		}
		++*n;
		at += length;
		if (!*at)
			return true;
	}
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
