/* SPDX-License-Identifier: BSD-2-Clause */
#include "mixer_report.h"

#include <assert.h>
#include <math.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "archive.h"
#include "bit_spelling.h"
#include "mixers.h"
#include "run.h"
#include "timer.h"
#include "tokens.h"

/* One file under work. */
struct job {
	struct mixer_report *report;
	const uint8_t *in;
	size_t size_bytes;
	uint16_t *symbol; /* (n) */
	uint64_t n;
};

/* The symbols that an archive of the file codes: archive.c. */
static enum status job_open(struct job *j, struct mixer_report *r, const uint8_t *in,
			    size_t size_bytes)
{
	struct tokens t = {0};

	*j = (struct job){.report = r, .in = in, .size_bytes = size_bytes};
	if (tokens_recognise(in, size_bytes))
		TRY(tokens_parse(in, size_bytes, &t));
	r->alphabet = t.canonical ? tokens_alphabet(t.data, t.n_tokens) : 256;
	r->n_experts = experts_count(r->alphabet);
	j->n = t.canonical ? t.n_tokens : size_bytes;
	r->n_symbols = (double)j->n;
	if (j->n > UINT32_MAX)
		return fail(STATUS_LIMIT, "more than 2^32 symbols");
	j->symbol = malloc(j->n * sizeof *j->symbol + 1);
	if (!j->symbol)
		return fail_no_memory();
	for (uint64_t i = 0; i < j->n; i++)
		j->symbol[i] = t.canonical ? tokens_get(t.data, i) : in[i];
	return STATUS_OK;
}

/* Rows ------------------------------------------------------------------------------------- */

static enum status decode(const struct job *j, const struct buffer *archive, double *seconds)
{
	struct archive_reading reading = {.threads = 1};
	struct buffer back = {0};
	struct timer start = timer_start();
	enum status s =
	    archive_decompress(&reading, archive->data, archive->size_bytes, &back, NULL);

	*seconds = timer_since(start).cpu_seconds;
	assert(s != STATUS_OK ||
	       (back.size_bytes == j->size_bytes &&
		(back.size_bytes == 0 || memcmp(back.data, j->in, back.size_bytes) == 0)));
	buffer_free(&back);
	return s;
}

/* An archive by the row's model, decoded and compared. */
static enum status measure(const struct job *j, struct mixer_row *row)
{
	struct archive_settings settings;
	struct archive_stats stats;
	struct buffer archive = {0};
	struct timer start = timer_start();
	enum status s;

	TRY(archive_settings_parse(&settings, row->model));
	settings.block_symbols = 0;
	settings.threads = 1;
	s = archive_compress(&settings, j->in, j->size_bytes, &archive, &stats);
	row->compress_seconds = timer_since(start).cpu_seconds;
	if (s == STATUS_OK) {
		row->archive_bytes = (double)archive.size_bytes;
		row->ideal_bits = stats.ideal_bits;
		row->stored = stats.stored_blocks > 0;
		s = decode(j, &archive, &row->decompress_seconds);
	}
	row->bound_bits = NAN;
	buffer_free(&archive);
	return s;
}

static struct mixer_row *add_row(struct mixer_report *r)
{
	assert(r->n_rows < MIXER_ROWS_MAX);
	return &r->row[r->n_rows++];
}

/* Bounds ------------------------------------------------------------------------------------ */

static void bound_row(const struct job *j, struct mixer_row *row, const char *mixer, bool gated)
{
	const struct mixer_bounds *b = &j->report->bounds;

	if (strcmp(mixer, "bayes") == 0) {
		row->bound_bits = mixer_bounds_bayes(b, gated);
		row->bound = gated ? "best expert of each set + lg K" : "best expert + lg K";
	} else if (strcmp(mixer, "switching") == 0) {
		row->bound_bits = mixer_bounds_switching(b, gated, MIXER_SWITCHES);
		row->bound = gated ? "best sequence of each set + its prior"
				   : "best sequence of experts + its prior";
	} else if (strcmp(mixer, "linear") == 0) {
		row->bound_bits = mixer_bounds_linear(b, gated);
		row->bound =
		    gated ? "best expert of each set + lg K / rate" : "best expert + lg K / rate";
	}
}

/* Does `ctw` get along with its memory?  Only then it has a bound. */
static enum status score_ctw(const struct job *j, bool *full)
{
	int64_t option[OPTIONS_MAX];
	struct run run = {.model = predictor_by_name("ctw")};
	struct predictor_setup setup = {
	    .n_symbols = j->report->alphabet, .option = option, .n_total = j->n};
	enum status s;

	options_defaults(run.model->options, option);
	TRY(run.model->open(&run.p, &setup));
	s = run_open(&run);
	if (s == STATUS_OK)
		s = run_symbols(&run, j->symbol, j->n);
	*full = ctw_is_full(run.p);
	run_close(&run);
	run.model->close(run.p);
	return s;
}

/* The report -------------------------------------------------------------------------------- */

static enum status add_experts(struct job *j, mixer_progress *progress, void *context, unsigned n)
{
	struct mixer_report *r = j->report;

	for (unsigned k = 0; k < r->n_experts; k++) {
		struct mixer_row *row = add_row(r);

		snprintf(row->name, sizeof row->name, "%s", experts_name(r->alphabet, k));
		snprintf(row->model, sizeof row->model, "ensemble:expert=%u", k);
		TRY(measure(j, row));
		if (row->ideal_bits < r->row[r->best_expert].ideal_bits)
			r->best_expert = k;
		progress(context, r->n_rows, n);
	}
	return STATUS_OK;
}

static enum status add_mixers(struct job *j, mixer_progress *progress, void *context, unsigned n)
{
	struct mixer_report *r = j->report;

	for (unsigned i = 0; mixers[i]; i++)
		for (int gated = 0; gated <= 1; gated++) {
			struct mixer_row *row = add_row(r);

			snprintf(row->name, sizeof row->name, "%s%s", mixers[i]->name,
				 gated ? ", gated" : "");
			snprintf(row->model, sizeof row->model, "ensemble:mixer=%u,gate=%d", i,
				 gated);
			TRY(measure(j, row));
			bound_row(j, row, mixers[i]->name, gated);
			progress(context, r->n_rows, n);
		}
	return STATUS_OK;
}

static enum status add_ctw(struct job *j)
{
	struct mixer_report *r = j->report;
	struct mixer_row *row = add_row(r);
	bool full;

	snprintf(row->name, sizeof row->name, "ctw");
	snprintf(row->model, sizeof row->model, "ctw");
	TRY(measure(j, row));
	TRY(score_ctw(j, &full));
	TRY(ctw_bound(j->symbol, j->n, r->alphabet, ctw_default_depth(r->alphabet), &r->ctw));
	if (!full) {
		row->bound_bits =
		    r->ctw.total_bits + (double)r->ctw.n_decisions * SPELLING_LOSS_BITS;
		row->bound = "best tree, its parameters and its shape";
	}
	return STATUS_OK;
}

enum status mixer_report_make(struct mixer_report *r, const char *input, const uint8_t *in,
			      size_t size_bytes, mixer_progress *progress, void *context)
{
	struct job j;
	enum status s;
	unsigned n = 2 * 4 + 1;

	memset(r, 0, sizeof *r);
	r->input = input;
	s = job_open(&j, r, in, size_bytes);
	n += r->n_experts;
	if (s == STATUS_OK)
		s = add_experts(&j, progress, context, n);
	if (s == STATUS_OK)
		s = mixer_bounds_find(&r->bounds, j.symbol, j.n, r->alphabet);
	if (s == STATUS_OK)
		s = add_mixers(&j, progress, context, n);
	if (s == STATUS_OK)
		s = add_ctw(&j);
	if (s == STATUS_OK)
		progress(context, n, n);
	free(j.symbol);
	return s;
}
