/* SPDX-License-Identifier: BSD-2-Clause
 *
 * trainer_size.c - how large a network to train, where nobody says.
 *
 * The largest of a ladder of sizes that sees TOKENS_A_PARAMETER symbols for each of its parameters
 * within the budget, at the speed that is measured here and now, and of which the data have
 * SYMBOLS_A_PARAMETER for each beyond the embedding.  A smaller one would be done learning before
 * the time is over, a larger one would not be done.  Where storing has a price, the data also have
 * SYMBOLS_A_PAID_PARAMETER for each: at 4 bits a weight, a text of 150 KB is shortest with 20,000
 * parameters, and one of 1.1 MB with 70,000 to 115,000.
 */
#include <math.h>
#include <omp.h>
#include <stdlib.h>

#include "network.h"
#include "trainer_state.h"

#define HEAD_WIDTH 32 /* of heads whose number is not given */

/* Shapes from small to large, as one would draw them: depth and width grow together. */
static const struct {
	uint32_t n_layers, dim;
} ladder[] = {{1, 16}, {1, 32}, {2, 32}, {2, 48}, {2, 64}, {3, 64}, {3, 96}, {4, 96},
	      {4, 128}, {4, 160}, {5, 192}, {6, 192}, {6, 256}, {8, 256}, {8, 320}, {8, 384}};

#define PROBE_SECONDS 0.15
#define TOKENS_A_PARAMETER 12 /* a network should see at least so many symbols a parameter */
#define SYMBOLS_A_PARAMETER 2 /* of data: more parameters learn them by heart */
#define SYMBOLS_A_PAID_PARAMETER 7

uint32_t trainer_heads(uint32_t dim)
{
	uint32_t n = dim / HEAD_WIDTH > 0 ? dim / HEAD_WIDTH : 1;

	while (n > 1 && (dim % n != 0 || dim / n % 16 != 0))
		n--;
	return n;
}

void trainer_set_size(struct transformer_shape *shape, size_t i)
{
	shape->n_layers = ladder[i].n_layers;
	shape->dim = ladder[i].dim;
	shape->n_heads = trainer_heads(shape->dim);
}

/* Multiplications a second of all threads together, measured on a middling shape. */
static enum status measure_speed(const struct trainer_settings *s, double *speed)
{
	struct transformer_shape shape = s->shape;
	int processors = omp_get_num_procs();
	size_t windows = 4, n, symbols;
	struct network *network;
	double started, seconds, passes = 0;

	trainer_set_size(&shape, 5);
	n = transformer_n_parameters(&shape);
	symbols = windows * shape.ctx;
	TRY(network_open(&network, &shape, shape.ctx, windows, 1));

	float *memory = calloc(2 * n, sizeof *memory);
	uint16_t *input = calloc(symbols, sizeof *input);
	uint32_t *target = calloc(symbols, sizeof *target);
	struct network_windows w = {input, target, windows, shape.ctx};

	if (memory && input && target) {
		network_init(&shape, 1, memory);
		network_prepare(network, memory, 1);
		for (size_t i = 0; i < symbols; i++)
			input[i] = (uint16_t)(i % shape.n_symbols);
		started = trainer_clock();
		do {
			network_gradient(network, 0, &w, 1, memory + n, NULL);
			passes++;
			seconds = trainer_clock() - started;
		} while (seconds < PROBE_SECONDS);
		*speed = passes * (double)symbols * (double)n / seconds *
			 (s->threads < processors ? s->threads : processors);
	}
	bool done = memory && input && target;

	free(memory);
	free(input);
	free(target);
	network_close(network);
	return done ? STATUS_OK : fail_no_memory();
}

enum status trainer_choose_size(struct trainer_settings *s, const struct training_data *d)
{
	double speed = INFINITY;
	size_t best = 0;

	if (s->steps == 0)
		TRY(measure_speed(s, &speed));
	for (size_t i = 0; i < sizeof ladder / sizeof *ladder; i++) {
		struct transformer_shape shape = s->shape;

		trainer_set_size(&shape, i);
		double n = (double)transformer_n_parameters(&shape);
		bool in_time = s->steps > 0 || s->seconds * speed / n >= TOKENS_A_PARAMETER * n;
		double body = n - (double)shape.n_symbols * shape.dim;

		bool is_worth_it =
		    s->rate_bits == 0 || n * SYMBOLS_A_PAID_PARAMETER <= (double)d->n;

		if (in_time && is_worth_it && body * SYMBOLS_A_PARAMETER <= (double)d->n)
			best = i;
	}
	trainer_set_size(&s->shape, best);
	return STATUS_OK;
}
