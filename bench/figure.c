/* SPDX-License-Identifier: BSD-2-Clause
 *
 * figure.c - the commands, of sizes that take some ten seconds on two cores of 2.5 GHz.
 */
#include "figure.h"

#include <string.h>

const struct figure figures[] = {
    {"structure",
     {"structure", "{corpus}", "--json", "--quiet", "--no-compressors", "--budgets=16",
      "--threads=1"},
     true},
    {"curves", {"curves", "{corpus}", "--json", "--quiet", "--threads=1"}, true},
    {"scaling-data",
     {"scaling", "data", "--json", "--quiet", "--threads=1", "--sentences=100000", "--seeds=16"},
     false},
    {0},
};

const struct figure *figure_by_name(const char *name)
{
	for (const struct figure *f = figures; f->name; f++)
		if (strcmp(f->name, name) == 0)
			return f;
	return NULL;
}
