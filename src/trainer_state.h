/* SPDX-License-Identifier: BSD-2-Clause
 *
 * trainer_state.h - inside of the trainer: its memory, one step, the checkpoint and the log.
 */
#ifndef TWOPART_TRAINER_STATE_H
#define TWOPART_TRAINER_STATE_H

#include <stdio.h>

#include "network.h"
#include "optimiser.h"
#include "trainer.h"
#include "training_windows.h"

struct trainer {
	const struct trainer_settings *s; /* with nothing left to choose */
	const struct training_data *data;
	struct training_windows windows;
	struct network *network; /* a slot for each thread */
	size_t n_parameters;

	/* The state that a checkpoint holds. */
	float *parameter;           /* (n_parameters) */
	struct optimiser optimiser; /* its moments */
	uint64_t step, symbols;
	double smooth_bits;     /* sum of losses, older ones less, in bits; .. */
	double smooth_weight;   /* .. and of their weights */
	double earlier_seconds; /* of the runs before this one */

	/* Scratch. */
	struct transformer *model; /* the rounded weights */
	float *rounded;            /* (n_parameters) */
	uint16_t *input;           /* (batch, length) */
	uint32_t *target;
	uint64_t training_symbols; /* that are learnt from in an epoch */

	/* Of this run. */
	uint64_t digest; /* of settings and data */
	double started, saved, logged;
	uint64_t first_symbols; /* when it started */
	FILE *log;
};

/* What a step was. */
struct trainer_step {
	double loss_bits; /* a symbol */
	double rate, norm;
};

double trainer_clock(void);
double trainer_elapsed(const struct trainer *t); /* seconds, with the runs before */

/* Layers, dim and heads of the i-th size of the ladder, from small to large. */
void trainer_set_size(struct transformer_shape *shape, size_t i);

/* The size that budget and data ask for, into s->shape. */
MUST_CHECK enum status trainer_choose_size(struct trainer_settings *s,
					   const struct training_data *d);

/* One step at this learning rate; with rounded weights or not. */
MUST_CHECK enum status trainer_take_step(struct trainer *t, double rate, bool rounded,
					 struct trainer_step *out);

/* Weights as the forward pass takes them from now on. */
void trainer_prepare(struct trainer *t, bool rounded);

/* The three figures of bits a symbol, and the rounded weights in t->model. */
#define TRAINER_VALIDATE_SHARE 0.06 /* of a budget, kept back for this */
MUST_CHECK enum status trainer_validate(struct trainer *t, struct trainer_result *r);

/* Write the checkpoint; read it if there is one (then *found). */
MUST_CHECK enum status trainer_save(struct trainer *t);
MUST_CHECK enum status trainer_restore(struct trainer *t, bool *found);

/* The size of the network in a checkpoint, if there is one: what is measured and chosen again might
 * be another.  It is not believed before trainer_restore() did. */
bool trainer_saved_size(const char *checkpoint, struct transformer_shape *shape);

/* The log; without one these do nothing. */
MUST_CHECK enum status trainer_log_open(struct trainer *t, bool go_on);
void trainer_log_step(struct trainer *t, const struct trainer_step *step, const char *phase);
/* False: it was not written in full. */
MUST_CHECK bool trainer_log_close(struct trainer *t, const struct trainer_result *r);

#endif
