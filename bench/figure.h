/* SPDX-License-Identifier: BSD-2-Clause
 *
 * figure.h - what a report draws besides codecs: exact curves that a command of this program
 * computes for a corpus, kept in the store like any other cell.
 *
 * The method "figure:NAME" means the command below, run in a process of its own on the corpus; the
 * result's document is the JSON that it prints.  "figure:NAME:dim=32,steps=9" adds the options
 * --dim=32 and --steps=9.  A specification may come from anywhere (cmd_cell.c), so each figure says
 * which options those may be: none that names a file to be written.
 */
#ifndef TWOPART_FIGURE_H
#define TWOPART_FIGURE_H

#include <stdbool.h>

#include "status.h"

enum figure_of {
	FIGURE_OF_CORPUS,     /* in each suite that has figures */
	FIGURE_OF_NONE,       /* likewise, once: a law with corpora of its own */
	FIGURE_OF_EXPERIMENT, /* of the corpora that an experiment (experiment.h) plans it for */
};

struct figure {
	const char *name;       /* "structure" */
	const char *command[12]; /* behind "twopart": {corpus} stands for the corpus's PREFIX, or
				    the file */
	enum figure_of of;
	const char *options[8]; /* that may be added, by name; ends with NULL */
};

/* Ends with a NULL name: structure (structure function, codecs as points), curves (code length
 * against position, crossing points), plane (the structure function with every compressor), ladder
 * (transformers of several sizes, stored), scaling-data (redundancy against N, drawn and exact),
 * bounds (what the tokens cost at best), cost (what they cost a model, which is added), learners
 * (curves of those that are told nothing), words (of a text, and the laws they follow), text-curves
 * (code lengths of a file's beginnings), probe (what a transformer knows while it learns; its size
 * and steps are added), tune (what it forgets when it learns on; size and passes are added). */
extern const struct figure figures[];

const struct figure *figure_by_name(const char *name); /* which ends there or at a ':' */

/* May "dim=32", which ends there or at a ',', be added to its command? */
bool figure_allows(const struct figure *f, const char *option);

#endif
