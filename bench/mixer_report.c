/* SPDX-License-Identifier: BSD-2-Clause */
#include "mixer_report.h"

#include <assert.h>
#include <math.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "archive.h"
#include "bit_spelling.h"
#include "ensemble.h"
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
	double *cost_bits[EXPERTS_MAX];   /* (n) of each expert */
	uint64_t set_bits[ENSEMBLE_SETS]; /* decisions in each gated set of weights */
};

static enum status job_open(struct job *j, struct mixer_report *r, const uint8_t *in,
			    size_t size_bytes)
{
	*j = (struct job){.report = r, .in = in, .size_bytes = size_bytes};
	r->alphabet = 256;
	if (tokens_recognise(in, size_bytes)) {
		struct tokens t;
		size_t n;

		TRY(tokens_parse(in, size_bytes, &t));
		r->alphabet = tokens_alphabet(t.data, t.n_tokens);
		TRY(tokens_read(in, size_bytes, &j->symbol, &n));
		j->n = n;
	} else {
		j->n = size_bytes;
		j->symbol = malloc(size_bytes * sizeof *j->symbol + 1);
		if (!j->symbol)
			return fail_no_memory();
		for (size_t i = 0; i < size_bytes; i++)
			j->symbol[i] = in[i];
	}
	r->n_symbols = (double)j->n;
	r->n_experts = experts_count(r->alphabet);
	for (unsigned k = 0; k < r->n_experts; k++) {
		j->cost_bits[k] = malloc(j->n * sizeof(double) + 1);
		if (!j->cost_bits[k])
			return fail_no_memory();
	}
	return STATUS_OK;
}

static void job_close(struct job *j)
{
	free(j->symbol);
	for (unsigned k = 0; k < EXPERTS_MAX; k++)
		free(j->cost_bits[k]);
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

/* An archive by the row's model, decoded and compared.  cost_bits may be NULL. */
static enum status measure(const struct job *j, struct mixer_row *row, double *cost_bits)
{
	struct archive_settings settings;
	struct archive_stats stats;
	struct buffer archive = {0};
	struct timer start = timer_start();
	enum status s;

	TRY(archive_settings_parse(&settings, row->model));
	settings.block_symbols = 0;
	settings.threads = 1;
	settings.cost_bits = cost_bits;
	s = archive_compress(&settings, j->in, j->size_bytes, &archive, &stats);
	row->compress_seconds = timer_since(start).cpu_seconds;
	if (s == STATUS_OK) {
		row->archive_bytes = (double)archive.size_bytes;
		row->ideal_bits = stats.ideal_bits;
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

/* Decisions of the symbol; each is counted in its gated set. */
static unsigned count_decisions(struct job *j, uint32_t n_symbols, uint32_t symbol)
{
	unsigned n_bits = spelling_bits(n_symbols), n = 0;
	uint32_t all = ((uint32_t)1 << n_bits) + symbol;

	for (unsigned left = n_bits; left > 0; left--) {
		uint32_t prefix = all >> left;

		if (!spelling_is_open(n_symbols, n_bits, prefix, left))
			continue;
		n++;
		j->set_bits[ensemble_set(prefix, left)]++;
	}
	return n;
}

/* Cost of the prior for no switch after any of the bits 1 .. n - 1. */
static double stay_bits(uint64_t n)
{
	double bits = 0;

	for (uint64_t t = 1; t < n; t++)
		bits -= log2(1 - switching_share(t));
	return bits;
}

/* The walk of switching_bounds(): least costs of what ended with expert k after so many switches;
 * the last row: after any number. */
struct sequences {
	double least[MIXER_SWITCHES + 1][EXPERTS_MAX];
};

static double least_of(const double *x, unsigned n, unsigned except)
{
	double least = INFINITY;

	for (unsigned k = 0; k < n; k++)
		if (k != except && x[k] < least)
			least = x[k];
	return least;
}

/* Between two symbols, after t bits: stay, or change from any other expert. */
static void sequences_change(struct sequences *s, unsigned n_experts, uint64_t t)
{
	struct sequences before = *s;
	double change = log2((n_experts - 1) / switching_share(t));
	double stay = -log2(1 - switching_share(t));

	for (unsigned m = 0; m <= MIXER_SWITCHES; m++)
		for (unsigned k = 0; k < n_experts; k++) {
			unsigned from = m == MIXER_SWITCHES ? m : m - 1;

			s->least[m][k] = before.least[m][k] + stay;
			if (m > 0)
				s->least[m][k] =
				    fmin(s->least[m][k],
					 least_of(before.least[from], n_experts, k) + change);
		}
}

static void switching_bounds(struct job *j)
{
	struct mixer_report *r = j->report;
	struct sequences s;
	unsigned n = r->n_experts;

	for (unsigned m = 0; m <= MIXER_SWITCHES; m++)
		for (unsigned k = 0; k < n; k++)
			s.least[m][k] = m == 0 || m == MIXER_SWITCHES ? log2(n) : INFINITY;
	for (uint64_t i = 0; i < j->n; i++) {
		unsigned n_bits = count_decisions(j, r->alphabet, j->symbol[i]);
		double inside = 0;

		if (n_bits == 0)
			continue;
		if (r->n_decisions > 0)
			sequences_change(&s, n, r->n_decisions);
		for (unsigned b = 1; b < n_bits; b++)
			inside -= log2(1 - switching_share(r->n_decisions + b));
		for (unsigned m = 0; m <= MIXER_SWITCHES; m++)
			for (unsigned k = 0; k < n; k++)
				s.least[m][k] += inside + j->cost_bits[k][i];
		r->n_decisions += n_bits;
	}
	for (unsigned m = 0; m <= MIXER_SWITCHES; m++)
		r->switching_bits[m] =
		    least_of(s.least[m], n, n) + (double)r->n_decisions * SPELLING_LOSS_BITS;
}

static void bound_row(const struct job *j, struct mixer_row *row, unsigned mixer, bool gated)
{
	const struct mixer_report *r = j->report;
	double best =
	    r->row[r->best_expert].ideal_bits + (double)r->n_decisions * SPELLING_LOSS_BITS;
	double lg_k = log2(r->n_experts), n_sets = 0, stay = 0;

	for (unsigned i = 0; i < ENSEMBLE_SETS; i++) {
		n_sets += j->set_bits[i] > 0;
		stay += stay_bits(j->set_bits[i]);
	}
	if (strcmp(mixers[mixer]->name, "bayes") == 0) {
		row->bound_bits = best + (gated ? n_sets : 1) * lg_k;
		row->bound = gated ? "best expert + sets lg K" : "best expert + lg K";
	} else if (strcmp(mixers[mixer]->name, "switching") == 0) {
		row->bound_bits =
		    gated ? best + n_sets * lg_k + stay : r->switching_bits[MIXER_SWITCHES];
		row->bound = gated ? "best expert + prior of no switch"
				   : "best sequence of experts + its prior";
	} else if (strcmp(mixers[mixer]->name, "linear") == 0) {
		row->bound_bits = best + (gated ? n_sets : 1) * lg_k / MIXER_LINEAR_RATE;
		row->bound = gated ? "best expert + sets lg K / rate" : "best expert + lg K / rate";
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
		TRY(measure(j, row, j->cost_bits[k]));
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
			TRY(measure(j, row, NULL));
			bound_row(j, row, i, gated);
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
	TRY(measure(j, row, NULL));
	TRY(score_ctw(j, &full));
	TRY(ctw_bound(j->symbol, j->n, r->alphabet, ctw_default_depth(r->alphabet), &r->ctw));
	if (!full) {
		row->bound_bits = r->ctw.total_bits + (double)r->n_decisions * SPELLING_LOSS_BITS;
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

	*r = (struct mixer_report){.input = input};
	s = job_open(&j, r, in, size_bytes);
	n += r->n_experts;
	if (s == STATUS_OK)
		s = add_experts(&j, progress, context, n);
	if (s == STATUS_OK) {
		switching_bounds(&j);
		s = add_mixers(&j, progress, context, n);
	}
	if (s == STATUS_OK)
		s = add_ctw(&j);
	if (s == STATUS_OK)
		progress(context, n, n);
	job_close(&j);
	return s;
}
