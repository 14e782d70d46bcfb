/* SPDX-License-Identifier: BSD-2-Clause */
#include "optimiser.h"

#include <omp.h>
#include <stdlib.h>

#include "float_guard.h"
#include "kernels.h"

#define PIECE_FLOATS 8192u /* of a piece, about */
#define BETA1 0.9
#define BETA2 0.98
#define EPSILON 1e-9f

static uint32_t rows_of_piece(const struct transformer_tensor *at)
{
	return PIECE_FLOATS / at->cols > 0 ? PIECE_FLOATS / at->cols : 1;
}

/* Point all arrays into the arena. */
static void lay_out(struct optimiser *o)
{
	struct arena *a = &o->arena;

	o->n_pieces = 0;
	for (unsigned i = 0; i < transformer_n_tensors(&o->shape); i++) {
		struct transformer_tensor at = transformer_tensor(&o->shape, i);

		o->n_pieces += (at.rows - 1) / rows_of_piece(&at) + 1;
	}
	o->moment1 = arena_take(a, o->n_parameters, sizeof *o->moment1);
	o->moment2 = arena_take(a, o->n_parameters, sizeof *o->moment2);
	for (unsigned i = 0; i < o->n_slots; i++)
		o->gradient[i] = arena_take(a, o->n_parameters, sizeof *o->gradient[i]);
	o->piece = arena_take(a, o->n_pieces, sizeof *o->piece);
	o->square = arena_take(a, o->n_pieces, sizeof *o->square);
}

static struct optimiser of_shape(const struct transformer_shape *s, unsigned n_slots)
{
	return (struct optimiser){
	    .shape = *s, .n_slots = n_slots, .n_parameters = transformer_n_parameters(s)};
}

uint64_t optimiser_bytes(const struct transformer_shape *s, unsigned n_slots)
{
	struct optimiser o = of_shape(s, n_slots);

	lay_out(&o);
	return arena_bytes(o.arena.used_bytes);
}

static void cut_pieces(struct optimiser *o)
{
	struct optimiser_piece *p = o->piece;

	for (unsigned i = 0; i < transformer_n_tensors(&o->shape); i++) {
		struct transformer_tensor at = transformer_tensor(&o->shape, i);
		uint32_t rows = rows_of_piece(&at);

		for (uint32_t row = 0; row < at.rows; row += rows) {
			uint32_t n = at.rows - row < rows ? at.rows - row : rows;

			*p++ = (struct optimiser_piece){
			    .of = at,
			    .row = row,
			    .rows = n,
			    .offset = at.offset + (size_t)row * at.cols,
			    .n = (size_t)n * at.cols,
			};
		}
	}
}

enum status optimiser_open(struct optimiser *o, const struct transformer_shape *s,
			   unsigned n_slots, int threads)
{
	struct arena arena;
	struct optimiser probe = of_shape(s, n_slots);

	*o = of_shape(s, n_slots);
	lay_out(&probe);
	TRY(arena_open(&arena, probe.arena.used_bytes));
	o->arena = arena;
	o->threads = threads;
	lay_out(o);
	cut_pieces(o);
	return STATUS_OK;
}

void optimiser_close(struct optimiser *o)
{
	free(o->arena.base);
	*o = (struct optimiser){0};
}

double optimiser_gradients(struct optimiser *o, struct network *n, const struct network_windows *w,
			   float weight)
{
	unsigned used = w->n_windows < o->n_slots ? (unsigned)w->n_windows : o->n_slots;
	double loss[OPTIMISER_SLOTS_MAX], sum = 0;

	o->n_used = used;
#pragma omp parallel for num_threads(o->threads) schedule(dynamic, 1)
	for (unsigned i = 0; i < used; i++) {
		size_t first = i * w->n_windows / used, end = (i + 1) * w->n_windows / used;
		struct network_windows mine = {w->input + first * w->length,
					       w->target + first * w->length, end - first,
					       w->length};

		loss[i] = network_gradient(n, (unsigned)omp_get_thread_num(), &mine, weight,
					   o->gradient[i], NULL);
	}
	for (unsigned i = 0; i < used; i++)
		sum += loss[i];
	return sum;
}

double optimiser_sum(struct optimiser *o, optimiser_price *price, const void *context)
{
	double square = 0;

#pragma omp parallel for num_threads(o->threads) schedule(static)
	for (size_t i = 0; i < o->n_pieces; i++) {
		const struct optimiser_piece *p = &o->piece[i];
		struct float_guard guard = float_guard_enter();
		float *g = o->gradient[0] + p->offset;

		for (unsigned slot = 1; slot < o->n_used; slot++)
			kernels()->add(g, o->gradient[slot] + p->offset, p->n);
		if (price)
			price(context, p, g);
		o->square[i] = (double)kernels()->dot(g, g, p->n);
		float_guard_leave(&guard);
	}
	for (size_t i = 0; i < o->n_pieces; i++)
		square += o->square[i];
	return square;
}

static double power(double x, uint64_t n)
{
	double y = 1;

	for (; n; n >>= 1, x *= x)
		y *= n & 1 ? x : 1;
	return y;
}

void optimiser_update(struct optimiser *o, float *parameter, const struct optimiser_step *step)
{
	const struct adamw common = {
	    .rate = (float)step->rate,
	    .beta1 = (float)BETA1,
	    .beta2 = (float)BETA2,
	    .correct1 = (float)(1 / (1 - power(BETA1, step->before + 1))),
	    .correct2 = (float)(1 / (1 - power(BETA2, step->before + 1))),
	    .epsilon = EPSILON,
	    .gradient_scale = step->gradient_scale,
	};

#pragma omp parallel for num_threads(o->threads) schedule(static)
	for (size_t i = 0; i < o->n_pieces; i++) {
		const struct optimiser_piece *p = &o->piece[i];
		struct float_guard guard = float_guard_enter();
		struct adamw mine = common;

		mine.decay = p->of.is_gain ? 0 : (float)(step->decay * step->rate);
		kernels()->adamw(parameter + p->offset, o->moment1 + p->offset,
				 o->moment2 + p->offset, o->gradient[0] + p->offset, &mine, p->n);
		float_guard_leave(&guard);
	}
}

void optimiser_round(const struct optimiser *o, struct transformer *t, const float *parameter,
		     float *rounded)
{
#pragma omp parallel for num_threads(o->threads) schedule(static)
	for (size_t i = 0; i < o->n_pieces; i++) {
		const struct optimiser_piece *p = &o->piece[i];
		struct float_guard guard = float_guard_enter();

		transformer_round_rows(t, &p->of, p->row, p->rows, parameter, rounded);
		float_guard_leave(&guard);
	}
}
