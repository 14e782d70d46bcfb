/* SPDX-License-Identifier: BSD-2-Clause
 *
 * child.h - run a program, wait for it, and learn what it said and took.
 *
 * Every child leads a process group of its own, so that what it started ends with it: a shell that
 * is killed would leave its programs running.  The time limit is kept here and not by an alarm in
 * the child, which its own children would not have.
 */
#ifndef TWOPART_CHILD_H
#define TWOPART_CHILD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "status.h"

#define CHILD_RUNNING_MAX 64 /* calls of child_run() at the same time */

struct child_setup {
	char *const *argv;           /* argv[0] is the path to execute */
	unsigned limit_seconds;      /* of wall-clock time */
	uint64_t limit_memory_bytes; /* addresses of each of its processes; 0: no limit */
	uint64_t limit_file_bytes;   /* of each file it writes, its standard output too; likewise */
	const char *directory;       /* to run in; NULL: where this process is */
	const char *output;          /* file for its standard output; NULL: the result keeps it */
	/* Somebody else's program: it has nothing to read, what it says on standard error is
	 * caught too, and the end of what it says is kept instead of the beginning. */
	bool is_foreign;
};

struct child_result {
	int exit_code;      /* -1 when a signal ended it */
	int signal;         /* 0, or that signal */
	bool timed_out;     /* killed at the time limit */
	double peak_mib;    /* largest resident memory of any of its processes */
	double cpu_seconds; /* of all of them, from the start of the program to its end */
	double wall_seconds;
	char output[4096]; /* the beginning of its standard output, as a string */
	size_t output_bytes;
};

/*
 * Execute argv[0] with a private standard output; the other descriptors are inherited unless it is
 * foreign.  It is killed after limit_seconds, with all that it started, and when this process dies.
 * Time and memory are the kernel's account of the child and of those descendants that were waited
 * for: of all that a shell runs in the foreground.
 * Errors  STATUS_IO: it could not be started.  STATUS_LIMIT: child_interrupted().
 * A program that fails is not an error here: look at the result.
 * May be called by several threads.
 */
MUST_CHECK enum status child_run_setup(const struct child_setup *setup,
				       struct child_result *result);

/* A program of ours, where this process is, without a limit of memory. */
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
