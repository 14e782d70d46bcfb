/* SPDX-License-Identifier: BSD-2-Clause
 *
 * trainer_validate.c - what the symbols that were held back cost, in single precision and stored.
 *
 * Windows, and pieces of them for the predictor, are costed in parallel and added up in order.
 */
#include <math.h>
#include <omp.h>
#include <stdlib.h>
#include <string.h>

#include "float_guard.h"
#include "options.h"
#include "predictor.h"
#include "run.h"
#include "trainer_state.h"

#define PIECES 16 /* of the windows, for the predictor */

/* Symbols a second, in those of training: without gradients 3 times, by the predictor once. */
#define COST_OF_PASSES (2.0 / 3 + 1)

/* With a budget, as many windows as its share for them is probably enough for. */
static size_t windows_to_validate(const struct trainer *t)
{
	double seconds = trainer_clock() - t->started, speed, symbols;
	size_t n = t->windows.valid.n;

	if (t->s->steps > 0 || t->symbols == t->first_symbols)
		return n;
	speed = (double)(t->symbols - t->first_symbols) / seconds;
	symbols = TRAINER_VALIDATE_SHARE * t->s->seconds * speed / COST_OF_PASSES;
	if ((double)n * (double)t->windows.length > symbols)
		n = (size_t)(symbols / (double)t->windows.length);
	return n < 1 ? 1 : n;
}

/* Bits of the first `n` windows under the weights last prepared. */
static enum status cost_of_windows(struct trainer *t, size_t n, double *bits)
{
	const struct training_window_list *valid = &t->windows.valid;
	size_t length = t->windows.length, threads = (size_t)t->s->threads;
	double *nats = calloc(n, sizeof *nats), sum = 0;
	uint16_t *input = calloc(threads * length, sizeof *input);
	uint32_t *target = calloc(threads * length, sizeof *target);
	bool enough = nats && input && target;

	if (enough) {
#pragma omp parallel for num_threads(t->s->threads) schedule(dynamic, 4)
		for (size_t i = 0; i < n; i++) {
			size_t me = (size_t)omp_get_thread_num(), at = me * length;
			struct network_windows w = {input + at, target + at, 1, length};

			training_windows_fill(&t->windows, &valid->window[i], input + at,
					      target + at);
			nats[i] = network_loss(t->network, (unsigned)me, &w, NULL, NULL);
		}
		for (size_t i = 0; i < n; i++)
			sum += nats[i];
		*bits = sum / M_LN2;
	}
	free(nats);
	free(input);
	free(target);
	return enough ? STATUS_OK : fail_no_memory();
}

/* The context before a window that does not follow the one before; adds its bits to *bits. */
static enum status prime(const struct trainer *t, struct run *r, uint64_t first, double *bits)
{
	uint64_t from = training_data_part(t->data, first);
	double bits_before = r->ideal_bits;

	if (first - from > t->s->shape.ctx)
		from = first - t->s->shape.ctx;
	TRY(run_symbols(r, t->data->symbol + from, first - from));
	*bits += r->ideal_bits - bits_before;
	return STATUS_OK;
}

/* Bits of some windows' symbols, as the predictor would code them where they stand: what is before
 * them it reads too, for nothing. */
static enum status cost_of_piece(const struct trainer *t, const struct training_window *window,
				 size_t n, double *bits)
{
	struct run r = {.model = predictor_by_name("transformer")};
	int64_t option[OPTIONS_MAX];
	struct predictor_setup setup = {.n_symbols = t->s->shape.n_symbols,
					.option = option,
					.transformer = t->model,
					.n_total = t->data->n};
	double for_nothing = 0;
	enum status s;

	options_defaults(r.model->options, option);
	TRY(options_set(r.model->options, option, "streams", "1"));
	TRY(r.model->open(&r.p, &setup));
	s = run_open(&r);
	for (size_t i = 0; i < n && s == STATUS_OK; i++) {
		if (i == 0 || window[i - 1].first + window[i - 1].n != window[i].first)
			s = prime(t, &r, window[i].first, &for_nothing);
		if (s == STATUS_OK)
			s = run_symbols(&r, t->data->symbol + window[i].first, window[i].n);
	}
	*bits = r.ideal_bits - for_nothing;
	run_close(&r);
	r.model->close(r.p);
	return s;
}

static enum status cost_of_predictor(const struct trainer *t, size_t n, double *bits)
{
	const struct training_window *window = t->windows.valid.window;
	enum status status = STATUS_OK;
	char message[512] = ""; /* fail() keeps its sentence per thread */
	double piece[PIECES];

#pragma omp parallel for num_threads(t->s->threads) schedule(dynamic, 1)
	for (size_t i = 0; i < PIECES; i++) {
		size_t first = i * n / PIECES, end = (i + 1) * n / PIECES;
		struct float_guard guard = float_guard_enter();
		enum status mine = cost_of_piece(t, window + first, end - first, &piece[i]);

		float_guard_leave(&guard);
#pragma omp critical
		if (mine != STATUS_OK) {
			status = mine;
			snprintf(message, sizeof message, "%s", status_message());
		}
	}
	*bits = 0;
	for (size_t i = 0; i < PIECES; i++)
		*bits += piece[i];
	return status == STATUS_OK ? STATUS_OK : fail(status, "%s", message);
}

enum status trainer_validate(struct trainer *t, struct trainer_result *r)
{
	size_t n = windows_to_validate(t);
	double bits;

	for (size_t i = 0; i < n; i++)
		r->valid_symbols += t->windows.valid.window[i].n;
	trainer_prepare(t, false);
	TRY(cost_of_windows(t, n, &bits));
	r->float_valid_bits = bits / (double)r->valid_symbols;
	TRY(transformer_quantise(t->model, t->parameter)); /* all of them finite? */
	trainer_prepare(t, true);
	TRY(cost_of_windows(t, n, &bits));
	r->rounded_valid_bits = bits / (double)r->valid_symbols;
	TRY(cost_of_predictor(t, n, &bits));
	r->stored_valid_bits = bits / (double)r->valid_symbols;
	return STATUS_OK;
}
