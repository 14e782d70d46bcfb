/* SPDX-License-Identifier: BSD-2-Clause
 *
 * trainer_step.c - one step: gradients of a batch, their sum, its norm, AdamW.
 *
 * The windows of a batch are dealt to slots, each slot's gradient is made by one thread, and slots
 * and norms are added up in one order: no bit depends on the number of threads.
 */
#include <math.h>
#include <omp.h>

#include "float_guard.h"
#include "kernels.h"
#include "trainer_state.h"

#define BETA1 0.9
#define BETA2 0.98
#define EPSILON 1e-9f
#define SMOOTHING 0.98 /* a step: what the loss on display remembers */

static void round_weights(struct trainer *t)
{
#pragma omp parallel for num_threads(t->s->threads) schedule(static)
	for (size_t i = 0; i < t->n_pieces; i++) {
		const struct trainer_piece *p = &t->piece[i];
		struct float_guard guard = float_guard_enter();

		transformer_round_rows(t->model, &p->of, p->row, p->rows, t->parameter, t->rounded);
		float_guard_leave(&guard);
	}
}

void trainer_prepare(struct trainer *t, bool rounded)
{
	if (rounded)
		round_weights(t);
	network_prepare(t->network, rounded ? t->rounded : t->parameter, t->s->threads);
}

/* Gradients of the batch into the slots; returns the sum of the losses in nats. */
static double fill_slots(struct trainer *t, float weight)
{
	size_t length = t->windows.length, batch = t->s->batch;
	double loss[TRAINER_SLOTS], sum = 0;

#pragma omp parallel for num_threads(t->s->threads) schedule(dynamic, 1)
	for (unsigned i = 0; i < t->n_slots; i++) {
		size_t first = i * batch / t->n_slots, end = (i + 1) * batch / t->n_slots;
		struct network_windows w = {t->input + first * length, t->target + first * length,
					    end - first, length};

		loss[i] = network_gradient(t->network, (unsigned)omp_get_thread_num(), &w, weight,
					   t->gradient[i], NULL);
	}
	for (unsigned i = 0; i < t->n_slots; i++)
		sum += loss[i];
	return sum;
}

/* The gradient of the estimate of the stored bits: trainer.h's b R / n by each weight. */
static void add_price(const struct trainer *t, const struct trainer_piece *p)
{
	const float price = (float)(t->s->rate_bits / (double)t->training_symbols);
	const float *w = t->parameter + p->offset;
	const float *scale_of_row = t->model->scale + p->of.row_offset + p->row;
	float *g = t->gradient[0] + p->offset;

	for (size_t i = 0; i < p->n; i++) {
		float scale = scale_of_row[i / p->of.cols];

		if (w[i] != 0)
			g[i] += w[i] > 0 ? price / (scale + w[i]) : -price / (scale - w[i]);
	}
}

/* All slots into the first, with the price of storing if asked for; returns the norm. */
static double sum_slots(struct trainer *t, bool priced)
{
	double square = 0;

#pragma omp parallel for num_threads(t->s->threads) schedule(static)
	for (size_t i = 0; i < t->n_pieces; i++) {
		const struct trainer_piece *p = &t->piece[i];
		struct float_guard guard = float_guard_enter();
		float *g = t->gradient[0] + p->offset;

		for (unsigned slot = 1; slot < t->n_slots; slot++)
			kernels()->add(g, t->gradient[slot] + p->offset, p->n);
		if (priced && !p->of.is_gain)
			add_price(t, p);
		t->square[i] = (double)kernels()->dot(g, g, p->n);
		float_guard_leave(&guard);
	}
	for (size_t i = 0; i < t->n_pieces; i++)
		square += t->square[i];
	return sqrt(square);
}

static double power(double x, uint64_t n)
{
	double y = 1;

	for (; n; n >>= 1, x *= x)
		y *= n & 1 ? x : 1;
	return y;
}

static void update(struct trainer *t, double rate, double norm)
{
	const double clip = t->s->clip;
	struct adamw step = {
	    .rate = (float)rate,
	    .beta1 = (float)BETA1,
	    .beta2 = (float)BETA2,
	    .correct1 = (float)(1 / (1 - power(BETA1, t->step + 1))),
	    .correct2 = (float)(1 / (1 - power(BETA2, t->step + 1))),
	    .epsilon = EPSILON,
	    .gradient_scale = clip > 0 && norm > clip ? (float)(clip / norm) : 1,
	};

#pragma omp parallel for num_threads(t->s->threads) schedule(static)
	for (size_t i = 0; i < t->n_pieces; i++) {
		const struct trainer_piece *p = &t->piece[i];
		struct float_guard guard = float_guard_enter();
		struct adamw mine = step;

		mine.decay = p->of.is_gain ? 0 : (float)(t->s->decay * rate);
		kernels()->adamw(t->parameter + p->offset, t->moment1 + p->offset,
				 t->moment2 + p->offset, t->gradient[0] + p->offset, &mine, p->n);
		float_guard_leave(&guard);
	}
}

enum status trainer_take_step(struct trainer *t, double rate, bool rounded,
			      struct trainer_step *out)
{
	uint64_t n_targets = 0;
	double nats;

	TRY(training_windows_next(&t->windows, t->s->batch, t->input, t->target, &n_targets));
	trainer_prepare(t, rounded);
	nats = fill_slots(t, (float)(1 / (double)n_targets));
	out->norm = sum_slots(t, rounded && t->s->rate_bits > 0);
	out->loss_bits = nats / M_LN2 / (double)n_targets;
	out->rate = rate;
	if (!isfinite(out->loss_bits) || !isfinite(out->norm))
		return fail(STATUS_LIMIT,
			    "the loss is no longer finite at step %llu: lower the rate",
			    (unsigned long long)t->step);
	update(t, rate, out->norm);
	t->step++;
	t->symbols += n_targets;
	t->smooth_bits = SMOOTHING * t->smooth_bits + out->loss_bits;
	t->smooth_weight = SMOOTHING * t->smooth_weight + 1;
	return STATUS_OK;
}
