/* SPDX-License-Identifier: BSD-2-Clause */
#include "training_windows.h"

#include <stdlib.h>
#include <string.h>

#include "rng.h"
#include "transformer.h"

#define STRETCH_SYMBOLS 4096 /* at most; less of small data, so that there are some to hold back */
#define STRETCHES_HELD 2     /* at least */
#define PURPOSE_ORDER 0x6f726465u
#define PURPOSE_PHASE 0x70686173u

static enum status add_window(struct training_window_list *l, uint64_t first, uint64_t n)
{
	if (l->n == l->capacity) {
		size_t capacity = l->capacity ? 2 * l->capacity : 1024;
		void *more = realloc(l->window, capacity * sizeof *l->window);

		if (!more)
			return fail_no_memory();
		l->window = more;
		l->capacity = capacity;
	}
	l->window[l->n++] = (struct training_window){first, (uint32_t)n};
	return STATUS_OK;
}

/* Behind the last separator of [from, to); `to` if there is none. */
static uint64_t last_end(const struct training_data *d, uint64_t from, uint64_t to)
{
	for (uint64_t i = to; i > from; i--)
		if (d->symbol[i - 1] == (uint32_t)d->separator)
			return i;
	return to;
}

/* Cut a run of symbols into windows; `phase` is what the first may hold, without a separator. */
static enum status cut_run(const struct training_windows *w, struct training_window_list *l,
			   uint64_t from, uint64_t to, uint64_t phase)
{
	uint64_t room = phase ? phase : w->length;

	while (from < to) {
		uint64_t end = to - from > room ? from + room : to;

		if (w->data->separator != TRANSFORMER_NO_SEPARATOR && end < to)
			end = last_end(w->data, from, end);
		TRY(add_window(l, from, end - from));
		from = end;
		room = w->length;
	}
	return STATUS_OK;
}

static bool is_held(const struct training_windows *w, size_t stretch)
{
	return w->period > 0 && stretch % w->period == w->period / 2;
}

/* The windows of all runs of stretches that are held back, or of all others. */
static enum status cut_all(const struct training_windows *w, struct training_window_list *l,
			   bool held, uint64_t phase)
{
	l->n = 0;
	for (size_t i = 0; i < w->n_stretches;) {
		size_t end = i + 1;

		while (end < w->n_stretches && is_held(w, end) == is_held(w, i) &&
		       training_data_part(w->data, w->cut[end]) != w->cut[end])
			end++;
		if (is_held(w, i) == held)
			TRY(cut_run(w, l, w->cut[i], w->cut[end], phase));
		i = end;
	}
	return STATUS_OK;
}

/* Stretches end with sentences, where there are any, and with parts. */
static enum status cut_stretches(struct training_windows *w, uint64_t symbols)
{
	const struct training_data *d = w->data;

	w->cut = malloc((d->n / symbols + d->n_parts + 2) * sizeof *w->cut);
	if (!w->cut)
		return fail_no_memory();
	for (size_t part = 0; part < d->n_parts; part++)
		for (uint64_t at = d->start[part]; at < d->start[part + 1];) {
			uint64_t end = d->start[part + 1];

			w->cut[w->n_stretches++] = at;
			at = end - at > symbols ? at + symbols : end;
			while (d->separator != TRANSFORMER_NO_SEPARATOR && at < end &&
			       d->symbol[at - 1] != (uint32_t)d->separator)
				at++;
		}
	w->cut[w->n_stretches] = d->n;
	return STATUS_OK;
}

static void shuffle(struct training_windows *w)
{
	struct rng r = rng_stream(w->seed, PURPOSE_ORDER, w->epoch);
	struct training_window_list *l = &w->train;

	for (size_t i = l->n; i > 1; i--) {
		size_t j = rng_below(&r, i);
		struct training_window swap = l->window[i - 1];

		l->window[i - 1] = l->window[j];
		l->window[j] = swap;
	}
}

enum status training_windows_seek(struct training_windows *w, uint64_t epoch, uint64_t next)
{
	struct rng r = rng_stream(w->seed, PURPOSE_PHASE, epoch);
	uint64_t phase = 0;

	if (w->data->separator == TRANSFORMER_NO_SEPARATOR)
		phase = rng_below(&r, w->length);
	TRY(cut_all(w, &w->train, false, phase));
	w->epoch = epoch;
	w->next = next;
	shuffle(w);
	return STATUS_OK;
}

/* Of the windows that are learnt from, every n-th. */
static enum status validate_on_training(struct training_windows *w, uint64_t valid_max)
{
	struct training_window_list *l = &w->valid;
	uint64_t every = w->data->n / valid_max + 1;
	size_t n = 0;

	w->period = 0;
	TRY(cut_all(w, l, false, 0));
	for (size_t i = 0; i < l->n; i += every)
		l->window[n++] = l->window[i];
	l->n = n;
	return STATUS_OK;
}

enum status training_windows_open(struct training_windows *w, const struct training_data *d,
				  size_t length, double share, uint64_t valid_max, uint64_t seed)
{
	uint64_t period = share > 0 && share < 1 ? (uint64_t)(1 / share + 0.5) : 0;
	uint64_t symbols = STRETCH_SYMBOLS;

	*w = (struct training_windows){.data = d, .length = length, .seed = seed};
	if (d->n == 0)
		return fail(STATUS_BAD_ARGUMENT, "there is nothing to learn from");
	if (period == 1)
		period = 2;
	if (period > 0 && d->n / period > valid_max)
		period = d->n / valid_max + 1;
	if (period > 0 && d->n / (STRETCHES_HELD * period) < symbols)
		symbols = d->n / (STRETCHES_HELD * period);
	if (symbols < length) {
		symbols = length;
		period = d->n / symbols < period ? 0 : period;
	}
	w->period = period;
	TRY(cut_stretches(w, symbols));
	TRY(cut_all(w, &w->valid, true, 0));
	if (w->valid.n == 0)
		TRY(validate_on_training(w, valid_max));
	return training_windows_seek(w, 0, 0);
}

void training_windows_close(struct training_windows *w)
{
	free(w->cut);
	free(w->valid.window);
	free(w->train.window);
	*w = (struct training_windows){0};
}

void training_windows_fill(const struct training_windows *w, const struct training_window *at,
			   uint16_t *input, uint32_t *target)
{
	const struct training_data *d = w->data;
	uint16_t none = d->separator == TRANSFORMER_NO_SEPARATOR ? 0 : (uint16_t)d->separator;

	input[0] = training_data_part(d, at->first) == at->first ? none : d->symbol[at->first - 1];
	memcpy(input + 1, d->symbol + at->first, (at->n - 1) * sizeof *input);
	for (size_t i = 0; i < w->length; i++)
		target[i] = i < at->n ? d->symbol[at->first + i] : NETWORK_NO_TARGET;
	for (size_t i = at->n; i < w->length; i++)
		input[i] = none;
}

enum status training_windows_next(struct training_windows *w, size_t n, uint16_t *input,
				  uint32_t *target, uint64_t *n_targets)
{
	for (size_t i = 0; i < n; i++) {
		const struct training_window *at;

		if (w->next == w->train.n)
			TRY(training_windows_seek(w, w->epoch + 1, 0));
		at = &w->train.window[w->next++];
		training_windows_fill(w, at, input + i * w->length, target + i * w->length);
		*n_targets += at->n;
	}
	return STATUS_OK;
}
