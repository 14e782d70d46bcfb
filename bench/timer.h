/* SPDX-License-Identifier: BSD-2-Clause
 *
 * timer.h - processor and wall-clock seconds of one call.
 *
 * The benchmark's rates divide by processor time of the whole process: on a busy machine it is
 * what the work took, where the wall clock is what the neighbours left over.
 */
#ifndef TWOPART_TIMER_H
#define TWOPART_TIMER_H

#include <time.h>

struct timer {
	double cpu_seconds, wall_seconds;
};

static inline double timer_clock_seconds(clockid_t clock)
{
	struct timespec t;

	clock_gettime(clock, &t);
	return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

static inline struct timer timer_start(void)
{
	return (struct timer){
	    .cpu_seconds = timer_clock_seconds(CLOCK_PROCESS_CPUTIME_ID),
	    .wall_seconds = timer_clock_seconds(CLOCK_MONOTONIC),
	};
}

/* What has passed since `start`. */
static inline struct timer timer_since(struct timer start)
{
	struct timer now = timer_start();

	now.cpu_seconds -= start.cpu_seconds;
	now.wall_seconds -= start.wall_seconds;
	return now;
}

#endif
