/* SPDX-License-Identifier: BSD-2-Clause
 *
 * transformer_speed.c - times models/transformer_predictor.c through the one loop (run.h).  Speed
 * does not depend on what the weights are, so they are random; symbols are random too, which is no
 * faster than text: a network looks at all of its weights for each.
 */
#include "transformer_speed.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "coder.h"
#include "predictor.h"
#include "rng.h"
#include "run.h"
#include "timer.h"

#define SPEED_SEED 1
#define MODEL "transformer"

/* Weights of about 1 / sqrt(inputs), gains of about 1. */
static enum status random_network(struct transformer **out, const struct transformer_shape *shape)
{
	struct rng rng = rng_stream(SPEED_SEED, 0, 0);

	TRY(transformer_shape_check(shape));
	TRY(transformer_new(out, shape));
	struct transformer *t = *out;

	for (size_t i = 0, n = transformer_n_codes(shape); i < n; i++)
		t->code[i] = (int8_t)((int)rng_below(&rng, 255) - 127);
	for (size_t i = 0, n = transformer_n_rows(shape); i < n; i++)
		t->scale[i] = (float)(128 + rng_below(&rng, 128)) * 0x1p-18f;
	for (size_t i = 0, n = transformer_n_gains(shape); i < n; i++)
		t->gain[i] = (float)(128 + rng_below(&rng, 128)) * 0x1p-7f;
	return STATUS_OK;
}

/* What one measurement works on. */
struct measurement {
	struct predictor_setup setup;
	int64_t option[OPTIONS_MAX];
	uint16_t *symbol, *back;
	size_t n_warm, n; /* before time is taken, and then */
	struct buffer coded;
	double bits;
};

/* One direction: the symbols before, then those that are timed. */
static enum status pass(struct measurement *m, struct run *r, uint16_t *symbol, double *symbols_s)
{
	double bits_before;
	struct timer start;

	TRY(run_symbols(r, symbol, m->n_warm));
	bits_before = r->ideal_bits;
	start = timer_start();
	TRY(run_symbols(r, symbol + m->n_warm, m->n));
	*symbols_s = fmax(*symbols_s, (double)m->n / timer_since(start).cpu_seconds);
	m->bits = r->ideal_bits - bits_before;
	return STATUS_OK;
}

static enum status encode(struct measurement *m, struct run *r, double *symbols_s)
{
	enum status s, closed;

	m->coded.size_bytes = 0;
	TRY(r->coder->encoder_open(&r->enc, &m->coded));
	s = pass(m, r, m->symbol, symbols_s);
	closed = r->coder->encoder_close(r->enc);
	return s == STATUS_OK ? closed : s;
}

static enum status decode(struct measurement *m, struct run *r, double *symbols_s)
{
	enum status s, closed;

	TRY(r->coder->decoder_open(&r->dec, m->coded.data, m->coded.size_bytes));
	s = pass(m, r, m->back, symbols_s);
	closed = r->coder->decoder_close(r->dec);
	if (s != STATUS_OK || closed != STATUS_OK)
		return s == STATUS_OK ? closed : s;
	if (memcmp(m->symbol, m->back, (m->n_warm + m->n) * sizeof *m->symbol) != 0)
		return fail(STATUS_CORRUPT, "the transformer did not bring its input back");
	return STATUS_OK;
}

/* A predictor from its opening to its end. */
static enum status with_predictor(struct measurement *m,
				  enum status (*direction)(struct measurement *m, struct run *r,
							   double *symbols_s),
				  double *symbols_s)
{
	struct run r = {.model = predictor_by_name(MODEL), .coder = coders[0]};
	enum status s;

	TRY(r.model->open(&r.p, &m->setup));
	s = run_open(&r);
	if (s == STATUS_OK)
		s = direction(m, &r, symbols_s);
	run_close(&r);
	r.model->close(r.p);
	return s;
}

static enum status measure(struct measurement *m, unsigned n_rounds,
			   struct transformer_speed *result)
{
	struct rng rng = rng_stream(SPEED_SEED, 1, 0);
	size_t n = m->n_warm + m->n;

	m->symbol = calloc(n, sizeof *m->symbol);
	m->back = calloc(n, sizeof *m->back);
	if (!m->symbol || !m->back)
		return fail_no_memory();
	for (size_t i = 0; i < n; i++)
		m->symbol[i] = (uint16_t)rng_below(&rng, m->setup.n_symbols);
	for (unsigned round = 0; round < n_rounds; round++) {
		TRY(with_predictor(m, encode, &result->encode_symbols_s));
		TRY(with_predictor(m, decode, &result->decode_symbols_s));
	}
	result->bits = m->bits / (double)m->n;
	return STATUS_OK;
}

enum status transformer_speed_measure(const struct transformer_shape *shape, uint32_t n_streams,
				      size_t n_symbols, unsigned n_rounds,
				      struct transformer_speed *result)
{
	struct measurement m = {.n = n_symbols, .n_warm = (size_t)n_streams * shape->ctx};
	struct transformer *t = NULL;
	enum status s = random_network(&t, shape);

	*result = (struct transformer_speed){0};
	if (s == STATUS_OK) {
		options_defaults(predictor_by_name(MODEL)->options, m.option);
		m.option[0] = n_streams;
		m.setup = (struct predictor_setup){.n_symbols = shape->n_symbols,
						   .option = m.option,
						   .transformer = t,
						   .n_total = m.n_warm + m.n};
		s = measure(&m, n_rounds, result);
	}
	buffer_free(&m.coded);
	free(m.symbol);
	free(m.back);
	transformer_free(t);
	return s;
}
