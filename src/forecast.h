/* SPDX-License-Identifier: BSD-2-Clause
 *
 * forecast.h - how long a run will take, from its own beginning.
 *
 * Nothing is known beforehand of how fast a model is here and on this input, so the run itself is
 * the measurement: the time since an earlier report, for each symbol of what is left.  Models
 * change their speed along the way - tables outgrow the processor's caches, contexts become known -
 * so that report lies in the middle of what has passed, between a quarter and a half of it.  What
 * came before the very first report - reading, taking memory, fitting a model - happens once and is
 * not multiplied.  The clock is the caller's, in seconds from anywhere.  It is an estimate and no
 * bound.
 */
#ifndef TWOPART_FORECAST_H
#define TWOPART_FORECAST_H

#include <stdbool.h>
#include <stdint.h>

#define FORECAST_SECONDS 1.0  /* of measuring, at least, before anything is said */
#define FORECAST_TEXT_BYTES 32

struct forecast {
	double started;  /* all of it; seconds, as all of these */
	double first;    /* report */
	double from, to; /* the earlier one, and the one that takes its place when as much again has
			    passed since the first */
	double last;
	uint64_t from_done, to_done, done, n;
};

struct forecast forecast_start(double now);

/* `done` of n > 0 symbols are done; less than before: another run has begun. */
void forecast_report(struct forecast *f, double now, uint64_t done, uint64_t n);

/* Has it run for so long that it can be foretold?  The next two are only for then. */
bool forecast_is_ready(const struct forecast *f);
double forecast_seconds_left(const struct forecast *f);
double forecast_seconds_total(const struct forecast *f);

/* "0.4 s", "45 s", "6 min", "2 h 5 min", "3 days 4 h". */
void forecast_duration(double seconds, char text[FORECAST_TEXT_BYTES]);

/* "900 B", "12 KiB", "180 MiB", "1.5 GiB": rounded up, as what is needed should be. */
void forecast_size(uint64_t size_bytes, char text[FORECAST_TEXT_BYTES]);

/* "85 /s", "31.2 k/s", "5.20 M/s". */
void forecast_rate(double per_second, char text[FORECAST_TEXT_BYTES]);

#endif
