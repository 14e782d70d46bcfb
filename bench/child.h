/* SPDX-License-Identifier: BSD-2-Clause
 *
 * child.h - run a program, wait for it, and learn what it said and took.
 */
#ifndef TWOPART_CHILD_H
#define TWOPART_CHILD_H

#include "status.h"

#define CHILD_RUNNING_MAX 64 /* calls of child_run() at the same time */

struct child_result {
	int exit_code;     /* -1 when a signal ended it */
	int signal;        /* 0, or that signal; SIGALRM means the time limit */
	double peak_mib;   /* largest resident memory of the process */
	char output[4096]; /* the beginning of its standard output, as a string */
};

/*
 * Execute argv[0] with a private standard output; the other descriptors are inherited.  The child
 * is killed after limit_seconds of wall-clock time and when this process dies.
 * Errors  STATUS_IO: it could not be started.  STATUS_LIMIT: child_interrupted().
 * A program that fails is not an error here: look at the result.
 * May be called by several threads.
 */
MUST_CHECK enum status child_run(char *const argv[], unsigned limit_seconds,
				 struct child_result *result);

/* From now on SIGINT, SIGTERM, SIGHUP and SIGPIPE, unless they are ignored, end the running
 * children instead of this process. */
void child_catch_signals(void);

/* The signal that came since then, or 0. */
int child_interrupted(void);

/* Give the signal its ordinary meaning again and die of it. */
void child_die_of(int signal) __attribute__((noreturn));

#endif
