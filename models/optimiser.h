/* SPDX-License-Identifier: BSD-2-Clause
 *
 * optimiser.h - steps of AdamW for a transformer, the same bits for any number of threads.
 *
 * The windows of a batch are dealt to a fixed number of slots.  Each slot's gradient is made by one
 * thread; slots, and the squares of the norm, are added up in one order.  All work on parameters is
 * cut into pieces of a fixed size, whoever does them.
 */
#ifndef TWOPART_OPTIMISER_H
#define TWOPART_OPTIMISER_H

#include <stddef.h>
#include <stdint.h>

#include "arena.h"
#include "network.h"
#include "status.h"
#include "transformer.h"

#define OPTIMISER_SLOTS_MAX 8

/* Rows of a matrix, or a gain: what one thread works on at a time. */
struct optimiser_piece {
	struct transformer_tensor of;
	uint32_t row, rows;
	size_t offset, n; /* among all parameters */
};

struct optimiser {
	struct transformer_shape shape;
	size_t n_parameters;
	int threads;
	unsigned n_slots, n_used; /* of them by the last batch */

	float *moment1, *moment2;             /* (n_parameters) the state; zeros at first */
	float *gradient[OPTIMISER_SLOTS_MAX]; /* (n_parameters) */
	struct optimiser_piece *piece;
	double *square; /* (n_pieces) of the gradient */
	size_t n_pieces;
	struct arena arena;
};

struct optimiser_step {
	uint64_t before; /* steps that were taken before this one */
	double rate;
	double decay;         /* of weights, a unit of rate */
	float gradient_scale; /* multiplies every gradient */
};

/* Bytes that optimiser_open() takes for a shape that was checked. */
uint64_t optimiser_bytes(const struct transformer_shape *s, unsigned n_slots);

MUST_CHECK enum status optimiser_open(struct optimiser *o, const struct transformer_shape *s,
				      unsigned n_slots, int threads);
void optimiser_close(struct optimiser *o); /* all zero is fine */

/* Gradients of the loss times `weight` into the slots, by a network that has a slot for each
 * thread; returns the loss in nats. */
double optimiser_gradients(struct optimiser *o, struct network *n, const struct network_windows *w,
			   float weight);

/* What else there is to add to the gradient g of a piece. */
typedef void optimiser_price(const void *context, const struct optimiser_piece *p, float *g);

/* All slots into the first, with the price unless NULL; returns the square of the norm. */
double optimiser_sum(struct optimiser *o, optimiser_price *price, const void *context);

void optimiser_update(struct optimiser *o, float *parameter, const struct optimiser_step *step);

/* Round the parameters to the model's codes, scales and gains; and back, unless `rounded` is
 * NULL. */
void optimiser_round(const struct optimiser *o, struct transformer *t, const float *parameter,
		     float *rounded);

#endif
