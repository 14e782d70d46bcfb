/* SPDX-License-Identifier: BSD-2-Clause */
#include "budgets.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tokens.h"

/* What the threads share. */
struct series {
	const struct budgets *b;
	struct budget_point *point;
	uint64_t n_symbols;
	uint64_t done_symbols; /* of both directions, all points; under the critical section */
	enum status status;    /* the first failure, with its sentence */
	char message[512];
};

/* One archive on its way there or back. */
struct leg {
	struct series *series;
	uint64_t done_symbols;
};

static bool show_progress(void *context, uint64_t done_symbols, uint64_t n_symbols, double bits)
{
	struct leg *leg = context;
	struct series *s = leg->series;
	bool go_on = true;

	(void)n_symbols;
	(void)bits;
	if (!s->b->progress)
		return true;
#pragma omp critical(budgets_progress)
	{
		s->done_symbols += done_symbols - leg->done_symbols;
		leg->done_symbols = done_symbols;
		go_on = s->b->progress(s->b->progress_context, s->done_symbols,
				       2 * s->n_symbols * s->b->n_points, 0);
	}
	return go_on;
}

static enum status decode_and_compare(struct series *s, const struct buffer *archive)
{
	struct leg leg = {.series = s};
	const struct archive_reading reading = {.world = s->b->settings.world,
						.threads = 1,
						.progress = show_progress,
						.progress_context = &leg};
	struct buffer back = {0};
	enum status status =
	    archive_decompress(&reading, archive->data, archive->size_bytes, &back, NULL);

	if (status == STATUS_OK &&
	    (back.size_bytes != s->b->size_bytes ||
	     (back.size_bytes && memcmp(back.data, s->b->in, back.size_bytes) != 0)))
		status = fail(STATUS_CORRUPT, "an archive was decoded to something else");
	buffer_free(&back);
	return status;
}

static enum status check_archive(struct series *s, uint32_t index, const struct buffer *archive,
				 const double *cost_bits)
{
	TRY(decode_and_compare(s, archive));
	return s->b->look ? s->b->look(s->b->context, index, archive, cost_bits) : STATUS_OK;
}

static enum status make_point(struct series *s, uint32_t index, uint64_t budget_bits)
{
	struct archive_settings settings = s->b->settings;
	struct leg leg = {.series = s};
	struct buffer archive = {0};
	struct archive_stats stats;
	enum status status = STATUS_OK;
	double *cost_bits = NULL;

	if (s->b->costs && !(cost_bits = malloc(s->n_symbols * sizeof *cost_bits + 1)))
		return fail_no_memory();
	settings.model_bits_max = budget_bits;
	settings.threads = 1;
	settings.progress = show_progress;
	settings.progress_context = &leg;
	settings.cost_bits = cost_bits;
	status = archive_compress(&settings, s->b->in, s->b->size_bytes, &archive, &stats);
	if (status == STATUS_OK)
		status = check_archive(s, index, &archive, cost_bits);
	if (status == STATUS_OK)
		s->point[index] = (struct budget_point){
		    .budget_bits = budget_bits == MODEL_BITS_ANY ? 8 * stats.model_bytes
								 : budget_bits,
		    .model_bits = 8 * stats.model_bytes,
		    .data_bits = 8 * stats.payload_bytes,
		    .header_bits = 8 * stats.container_bytes,
		};
	free(cost_bits);
	buffer_free(&archive);
	return status;
}

/* Points first, first + step, .., below n; budget[] says of which size each may be. */
static void make_points(struct series *s, const uint64_t *budget, uint32_t first, uint32_t step,
			uint32_t end)
{
#pragma omp parallel for schedule(dynamic, 1) num_threads(s->b->threads)
	for (uint32_t i = first; i < end; i += step) {
		enum status status;

#pragma omp atomic read
		status = s->status;
		if (status == STATUS_OK)
			status = make_point(s, i, budget[i]);
		if (status == STATUS_OK)
			continue;
#pragma omp critical(budgets_failure)
		if (s->status == STATUS_OK) {
			snprintf(s->message, sizeof s->message, "%s", status_message());
#pragma omp atomic write
			s->status = status;
		}
	}
}

enum status budgets_run(const struct budgets *b, struct budget_point *point)
{
	struct series s = {.b = b, .point = point};
	struct tokens t = {0};
	uint64_t budget[BUDGETS_MAX];
	uint32_t last = b->n_points - 1;

	if (!b->settings.model->fit)
		return fail(STATUS_UNSUPPORTED, "model %s is no two-part code: it stores no model",
			    b->settings.model->name);
	s.n_symbols = b->size_bytes;
	if (tokens_recognise(b->in, b->size_bytes)) {
		TRY(tokens_parse(b->in, b->size_bytes, &t));
		s.n_symbols = t.canonical ? t.n_tokens : b->size_bytes;
	}
	budget[0] = 0;
	budget[last] = MODEL_BITS_ANY;
	make_points(&s, budget, 0, last, b->n_points);
	if (s.status == STATUS_OK) {
		double low = fmax(1, (double)point[0].model_bits);
		double high = fmax(low, (double)point[last].model_bits);

		point[0].budget_bits = point[0].model_bits;
		for (uint32_t i = 1; i < last; i++)
			budget[i] = (uint64_t)(low * pow(high / low, (double)i / last) + 0.5);
		make_points(&s, budget, 1, 1, last);
	}
	return s.status == STATUS_OK ? STATUS_OK : fail(s.status, "%s", s.message);
}
