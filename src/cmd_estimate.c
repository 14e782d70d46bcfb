/* SPDX-License-Identifier: BSD-2-Clause */
#include "cmd_estimate.h"

#include <stdio.h>

#include "cmd.h"
#include "document.h"
#include "utf8.h"

static bool go_on(void *context, uint64_t done_symbols, uint64_t n_symbols, double bits_so_far)
{
	struct estimate *e = context;

	forecast_report(&e->forecast, cmd_seconds(), done_symbols, e->n_passes * n_symbols);
	e->sample_bits = bits_so_far;
	return done_symbols == n_symbols || !forecast_is_ready(&e->forecast) ||
	       e->forecast.last - e->forecast.started < ESTIMATE_SECONDS;
}

enum status estimate_make(const struct archive_settings *s, const struct buffer *in, bool verify,
			  struct estimate *e)
{
	struct archive_settings settings = *s;
	struct buffer out = {0};

	*e = (struct estimate){.n_passes = verify ? 2 : 1,
			       .forecast = forecast_start(cmd_seconds())};
	TRY(archive_plan(s, in->data, in->size_bytes, &e->plan));
	e->memory_bytes = verify ? cmd_memory_bytes_verified(s, &e->plan, in->size_bytes)
				 : cmd_memory_bytes(s, &e->plan, in->size_bytes);
	settings.progress = go_on;
	settings.progress_context = e;
	enum status status = archive_compress(&settings, in->data, in->size_bytes, &out, NULL);

	/* Stopped by us, and by nothing else: the last report was not of the last symbol. */
	if (status == STATUS_LIMIT && e->forecast.done < e->plan.n_symbols &&
	    forecast_is_ready(&e->forecast))
		status = STATUS_OK;
	else
		e->forecast.last = cmd_seconds();
	e->archive_bytes = e->forecast.done == e->plan.n_symbols ? out.size_bytes : 0;
	buffer_free(&out);
	return status;
}

static bool is_whole(const struct estimate *e)
{
	return e->forecast.done == e->plan.n_symbols;
}

double estimate_seconds(const struct estimate *e)
{
	const struct forecast *f = &e->forecast;

	if (!is_whole(e))
		return forecast_seconds_total(f);
	return f->last - f->started + (f->done ? (e->n_passes - 1) * (f->last - f->first) : 0);
}

static double bits_per_symbol(const struct estimate *e)
{
	return e->forecast.done ? e->sample_bits / (double)e->forecast.done : 0;
}

void estimate_print(const struct estimate *e, const char *file)
{
	char time[FORECAST_TEXT_BYTES], memory[FORECAST_TEXT_BYTES], sample[FORECAST_TEXT_BYTES];
	unsigned long long done = e->forecast.done, n = e->plan.n_symbols;

	forecast_duration(estimate_seconds(e), time);
	forecast_duration(e->forecast.last - e->forecast.started, sample);
	forecast_size(e->memory_bytes, memory);
	printf("%s: about %s, at most %s; ", file, time, memory);
	if (is_whole(e))
		printf("all %llu symbols were coded: %llu bytes\n", n,
		       (unsigned long long)e->archive_bytes);
	else
		printf("%llu of %llu symbols took %s, %.4f bits/symbol\n", done, n, sample,
		       bits_per_symbol(e));
}

int estimate_print_json(const struct estimate *e, const char *file, const char *model)
{
	json_t *o = json_pack(
	    "{s:o, s:s, s:I, s:i, s:I, s:i, s:I, s:f, s:I, s:f, s:o, s:o}", "file", utf8_json(file),
	    "model", model, "symbols", (json_int_t)e->plan.n_symbols, "symbol_bytes",
	    (int)e->plan.symbol_bytes, "blocks", (json_int_t)e->plan.n_blocks, "threads",
	    e->plan.threads, "memory_bytes", (json_int_t)e->memory_bytes, "seconds",
	    estimate_seconds(e), "coded_symbols", (json_int_t)e->forecast.done, "coded_seconds",
	    e->forecast.last - e->forecast.started, "bits_per_symbol",
	    document_quotient(e->sample_bits, e->forecast.done), "archive_bytes",
	    is_whole(e) ? json_integer((json_int_t)e->archive_bytes) : json_null());

	return cmd_print_json_line(document_new("compress-estimate", 1, o));
}
