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
    {"plane",
     {"structure", "{corpus}", "--json", "--quiet", "--budgets=16", "--threads=1"},
     FIGURE_OF_EXPERIMENT},
    {"ladder",
     {"sweep", "{corpus}", "--json", "--quiet", "--threads=1", "--sizes=1x16,1x32,2x32,2x64",
      "--bits=4", "--steps=300"},
     FIGURE_OF_EXPERIMENT},
    {"ladder-full",
     {"sweep", "{corpus}", "--json", "--quiet", "--threads=1",
      "--sizes=1x16,1x32,2x32,2x64,4x64,4x128", "--bits=4", "--steps=3000"},
     FIGURE_OF_EXPERIMENT},
    {"bounds", {"bounds", "{corpus}", "--json"}, FIGURE_OF_EXPERIMENT},
    {"cost",
     {"cost", "{corpus}", "--json", "--quiet", "--threads=1", "--force"},
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
    {"probe",
     {"probe", "{corpus}", "--json", "--quiet", "--threads=1", "--held-out=4000", "--batch=16",
      "--points=12"},
     FIGURE_OF_EXPERIMENT},
    {"tune",
     {"tune", "{corpus}", "--json", "--quiet", "--threads=1"},
     FIGURE_OF_EXPERIMENT},
    {0},
};

const struct figure *figure_by_name(const char *name)
{
	size_t length = strcspn(name, ":");

	for (const struct figure *f = figures; f->name; f++)
		if (strlen(f->name) == length && memcmp(f->name, name, length) == 0)
			return f;
	return NULL;
}
