/* SPDX-License-Identifier: BSD-2-Clause
 *
 * figure.h - what a report draws besides codecs: exact curves that a command of this program
 * computes for a corpus, kept in the store like any other cell.
 *
 * The method "figure:NAME" means the command below, run in a process of its own on the corpus; the
 * result's document is the JSON that it prints.
 */
#ifndef TWOPART_FIGURE_H
#define TWOPART_FIGURE_H

#include <stdbool.h>

#include "status.h"

struct figure {
	const char *name;       /* "structure" */
	const char *command[8]; /* behind "twopart": {corpus} stands for the corpus's PREFIX */
	bool per_corpus;        /* or of no corpus: a law with corpora of its own */
};

/* Ends with a NULL name: structure (structure function, codecs as points), curves (code length
 * against position, crossing points), scaling-data (redundancy against N, drawn and exact). */
extern const struct figure figures[];

const struct figure *figure_by_name(const char *name);

#endif
