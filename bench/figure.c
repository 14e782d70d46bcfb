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
     FIGURE_OF_CORPUS},
    {"curves", /* twopart ships its model, so there is something to cross */
     {"curves", "{corpus}", "--json", "--quiet", "--threads=1", "--model=order0",
      "--model=ngram", "--model=mix", "--model=twopart"},
     FIGURE_OF_CORPUS},
    {"scaling-data",
     {"scaling", "data", "--json", "--quiet", "--threads=1", "--sentences=100000", "--seeds=16"},
     FIGURE_OF_NONE},
    {"bounds", {"bounds", "{corpus}", "--json"}, FIGURE_OF_EXPERIMENT},
    {"cost-mix",
     {"cost", "{corpus}", "--json", "--quiet", "--threads=1", "--model=mix", "--against=none",
      "--force"},
     FIGURE_OF_EXPERIMENT},
    {"learners",
     {"curves", "{corpus}", "--json", "--quiet", "--threads=1", "--model=ngram", "--model=mix",
      "--model=transformer:online"},
     FIGURE_OF_EXPERIMENT},
    {"words", {"words", "{corpus}", "--json"}, FIGURE_OF_EXPERIMENT},
    {"text-curves",
     {"curves", "{corpus}", "--json", "--quiet", "--threads=1", "--against=none",
      "--model=order0", "--model=ngram", "--model=ctw", "--model=mix", "--model=mix:level=9"},
     FIGURE_OF_EXPERIMENT},
    {"tune-small",
     {"tune", "{corpus}", "--json", "--quiet", "--threads=1", "--dim=16", "--passes=32",
      "--tune-passes=8"},
     FIGURE_OF_EXPERIMENT},
    {"tune-small-rare",
     {"tune", "{corpus}", "--json", "--quiet", "--threads=1", "--dim=16", "--passes=32",
      "--tune-passes=8", "--replay=0.1"},
     FIGURE_OF_EXPERIMENT},
    {"tune-large",
     {"tune", "{corpus}", "--json", "--quiet", "--threads=1", "--dim=64"},
     FIGURE_OF_EXPERIMENT},
    {0},
};

const struct figure *figure_by_name(const char *name)
{
	for (const struct figure *f = figures; f->name; f++)
		if (strcmp(f->name, name) == 0)
			return f;
	return NULL;
}
