/* SPDX-License-Identifier: BSD-2-Clause */
#include "forecast.h"

#include <math.h>
#include <stdio.h>

struct forecast forecast_start(double now)
{
	return (struct forecast){.started = now, .last = now};
}

void forecast_report(struct forecast *f, double now, uint64_t done, uint64_t n)
{
	if (done < f->done)
		*f = forecast_start(now);
	if (f->done == 0) {
		f->first = f->from = f->to = now;
		f->from_done = f->to_done = done;
	} else if (now - f->first >= 2 * (f->to - f->first)) {
		f->from = f->to;
		f->from_done = f->to_done;
		f->to = now;
		f->to_done = done;
	}
	f->last = now;
	f->done = done;
	f->n = n;
}

bool forecast_is_ready(const struct forecast *f)
{
	return f->last - f->started >= FORECAST_SECONDS && f->last > f->from &&
	       f->done > f->from_done;
}

double forecast_seconds_left(const struct forecast *f)
{
	return (f->last - f->from) / (double)(f->done - f->from_done) * (double)(f->n - f->done);
}

double forecast_seconds_total(const struct forecast *f)
{
	return f->last - f->started + forecast_seconds_left(f);
}

/* Two units, the second one unless it is zero. */
static void print_pair(uint64_t count, uint64_t per_large, const char *large, const char *small,
		       char text[FORECAST_TEXT_BYTES])
{
	uint64_t many = count / per_large, few = count % per_large;

	if (few)
		snprintf(text, FORECAST_TEXT_BYTES, "%llu %s %llu %s", (unsigned long long)many,
			 large, (unsigned long long)few, small);
	else
		snprintf(text, FORECAST_TEXT_BYTES, "%llu %s", (unsigned long long)many, large);
}

void forecast_duration(double seconds, char text[FORECAST_TEXT_BYTES])
{
	if (!(seconds < 1e12))
		snprintf(text, FORECAST_TEXT_BYTES, "ages");
	else if (seconds < 9.95)
		snprintf(text, FORECAST_TEXT_BYTES, "%.1f s", seconds);
	else if (seconds < 99.5)
		snprintf(text, FORECAST_TEXT_BYTES, "%.0f s", seconds);
	else if (seconds < 3570)
		snprintf(text, FORECAST_TEXT_BYTES, "%.0f min", seconds / 60);
	else if (seconds < 36 * 3600.0)
		print_pair((uint64_t)(seconds / 60 + 0.5), 60, "h", "min", text);
	else
		print_pair((uint64_t)(seconds / 3600 + 0.5), 24, "days", "h", text);
}

void forecast_size(uint64_t size_bytes, char text[FORECAST_TEXT_BYTES])
{
	static const char *const unit[] = {"B", "KiB", "MiB", "GiB", "TiB", "PiB", "EiB"};
	double value = (double)size_bytes;
	int u = 0;

	for (; value >= 1024; u++)
		value /= 1024;
	if (u && value <= 9.9)
		snprintf(text, FORECAST_TEXT_BYTES, "%.1f %s", ceil(10 * value) / 10, unit[u]);
	else
		snprintf(text, FORECAST_TEXT_BYTES, "%.0f %s", ceil(value), unit[u]);
}

void forecast_rate(double per_second, char text[FORECAST_TEXT_BYTES])
{
	static const char *const unit[] = {"", "k", "M", "G"};
	int u = 0;

	for (; per_second >= 999.5 && u < 3; u++)
		per_second /= 1000;
	snprintf(text, FORECAST_TEXT_BYTES, "%.3g %s/s", per_second, unit[u]);
}
