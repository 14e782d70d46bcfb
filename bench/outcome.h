/* SPDX-License-Identifier: BSD-2-Clause
 *
 * outcome.h - how the attempt to measure a codec ended, and why, in a sentence.
 *
 * A bad end is data about the codec and no error of the benchmark, so it is not an enum status: a
 * function that measures returns STATUS_OK and a verdict, and a status only when nothing could be
 * learnt about the codec (interrupted, no room for its files).
 */
#ifndef TWOPART_OUTCOME_H
#define TWOPART_OUTCOME_H

#include <stdbool.h>

#include "child.h"

enum outcome {
	OUTCOME_OK,
	OUTCOME_UNSUPPORTED, /* it says that it does not apply to this input */
	OUTCOME_FAILED,      /* a program ended with an error, or wrote nothing */
	OUTCOME_CRASHED,     /* .. by a signal */
	OUTCOME_TIME,        /* killed at the time limit */
	OUTCOME_MEMORY,      /* .. or refused by the limit of memory */
	OUTCOME_OUTPUT,      /* it wrote more than any honest codec */
	OUTCOME_WRONG,       /* what it decoded is not the original */
};

struct verdict {
	enum outcome outcome;
	char message[256]; /* of an outcome that is not OUTCOME_OK */
};

/* Fill it, and return whether it is OUTCOME_OK. */
bool verdict_set(struct verdict *v, enum outcome outcome, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

/*
 * What the end of a child means: `what` it was to do begins the sentence, the last words it said
 * end it.  That memory was refused shows in its words, or in a kill that was not ours: a program
 * that does not look at what malloc() returns has crashed.  Returns whether all is well.
 */
bool verdict_of_child(struct verdict *v, const char *what, const struct child_setup *setup,
		      const struct child_result *child);

#endif
