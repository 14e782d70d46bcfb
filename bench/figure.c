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
     FIGURE_OF_CORPUS, {NULL}},
    {"curves", /* twopart ships its model, so there is something to cross */
     {"curves", "{corpus}", "--json", "--quiet", "--threads=1", "--model=order0",
      "--model=ngram", "--model=mix", "--model=twopart"},
     FIGURE_OF_CORPUS, {NULL}},
    {"scaling-data",
     {"scaling", "data", "--json", "--quiet", "--threads=1", "--sentences=100000", "--seeds=16"},
     FIGURE_OF_NONE, {NULL}},
    {"plane",
     {"structure", "{corpus}", "--json", "--quiet", "--budgets=16", "--threads=1"},
     FIGURE_OF_EXPERIMENT, {NULL}},
    {"ladder",
     {"sweep", "{corpus}", "--json", "--quiet", "--threads=1", "--sizes=1x16,1x32,2x32,2x64",
      "--bits=4", "--steps=300"},
     FIGURE_OF_EXPERIMENT, {NULL}},
    {"ladder-full",
     {"sweep", "{corpus}", "--json", "--quiet", "--threads=1",
      "--sizes=1x16,1x32,2x32,2x64,4x64,4x128", "--bits=4", "--steps=3000"},
     FIGURE_OF_EXPERIMENT, {NULL}},
    {"bounds", {"bounds", "{corpus}", "--json"}, FIGURE_OF_EXPERIMENT, {NULL}},
    {"cost",
     {"cost", "{corpus}", "--json", "--quiet", "--threads=1", "--force"},
     FIGURE_OF_EXPERIMENT,
     {"against", "curve", "model"}},
    {"learners",
     {"curves", "{corpus}", "--json", "--quiet", "--threads=1", "--model=ngram", "--model=mix",
      "--model=transformer:online"},
     FIGURE_OF_EXPERIMENT, {NULL}},
    {"words", {"words", "{corpus}", "--json"}, FIGURE_OF_EXPERIMENT, {NULL}},
    {"text-curves",
     {"curves", "{corpus}", "--json", "--quiet", "--threads=1", "--against=none",
      "--model=order0", "--model=ngram", "--model=ctw", "--model=mix", "--model=mix:level=9"},
     FIGURE_OF_EXPERIMENT, {NULL}},
    {"probe",
     {"probe", "{corpus}", "--json", "--quiet", "--threads=1", "--held-out=4000", "--batch=16",
      "--points=12"},
     FIGURE_OF_EXPERIMENT,
     {"held-out", "layers", "dim", "ctx", "steps"}},
    {"tune",
     {"tune", "{corpus}", "--json", "--quiet", "--threads=1"},
     FIGURE_OF_EXPERIMENT,
     {"layers", "dim", "passes", "tune-passes", "replay"}},
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

bool figure_allows(const struct figure *f, const char *option)
{
	size_t length = strcspn(option, "=,");

	for (const char *const *o = f->options; *o; o++)
		if (strlen(*o) == length && memcmp(*o, option, length) == 0)
			return true;
	return false;
}
