/* SPDX-License-Identifier: BSD-2-Clause
 *
 * trainer.h - from corpora to a stored model: what `twopart train`, `sweep` and `compress
 * --fit-file` share.
 *
 * A training has two phases.  First AdamW in single precision; then, for the last
 * TRAINER_QUANTISE_SHARE of it, the same with every matrix rounded to the codes of the model file
 * in each pass (gradients go straight through the rounding), so that the weights settle where
 * rounding does little harm.  The rate rises over the first TRAINER_WARM_SHARE and falls in a line
 * to 0.
 *
 * With `rate_bits` b the second phase is the last TRAINER_PRICED_SHARE, and minimises
 * n L + b ln 2 R  instead of L, the mean loss of the n symbols that are learnt from: R = sum over
 * all matrix elements of lg(1 + |w| / scale of its row) estimates the bits that storing them takes,
 * so b says how many bits of data one bit of the model is worth, and b = 1 is the two-part code of
 * the training data.
 *
 * With `steps`, the same settings and data the model has the same bytes on any number of threads,
 * on every form of the kernels, and whether it was interrupted or not.  With `seconds` the rate
 * follows the clock.
 */
#ifndef TWOPART_TRAINER_H
#define TWOPART_TRAINER_H

#include <stdbool.h>
#include <stdint.h>

#include "buffer.h"
#include "status.h"
#include "training_data.h"
#include "transformer.h"

#define TRAINER_WARM_SHARE 0.03
#define TRAINER_QUANTISE_SHARE 0.15
#define TRAINER_PRICED_SHARE 0.5 /* the same with a price on stored bits, which takes time to act */
#define TRAINER_VALID_MAX 200000 /* symbols, about */
#define TRAINER_BATCH_MAX 65536

struct trainer_progress {
	uint64_t step, steps; /* steps: an estimate while the clock decides */
	uint64_t symbols;     /* learnt from so far */
	double loss_bits;     /* a symbol, smoothed */
	double symbols_per_second, elapsed_seconds, remaining_seconds;
	const char *phase; /* "train", "quantise" */
};

/* What a training looks like from outside, after one of the steps that were asked for. */
struct trainer_view {
	const struct transformer *model; /* weights as they are, rounded; valid in the call only */
	uint64_t step, symbols;          /* taken, and learnt from so far */
};

struct trainer_settings {
	/* n_symbols, is_tokens and separator as in the data; 0 layers or dim 0: chosen by
	 * budget and data (trainer_size.c); 0 heads: of a width near 32. */
	struct transformer_shape shape;
	uint64_t steps;     /* 0: by `seconds` */
	double seconds;     /* wall-clock budget of it all; 0: by `steps` */
	uint32_t batch;     /* windows a step */
	double rate;        /* largest; 0: by dim */
	double decay, clip; /* weight decay a unit of rate; largest norm of a gradient, 0: any */
	uint64_t seed;
	unsigned bits;      /* of a code */
	double rate_bits;   /* bits of data that a stored bit is worth; 0: storing costs nothing */
	double valid_share; /* of the symbols, held back; 0: validate on the training data */
	const struct transformer *start; /* in the place of `shape` and seed; NULL: those */
	int threads;
	const char *checkpoint; /* file, or NULL: written now and then, and read if it is there */
	uint64_t
	    pause_step;  /* write the checkpoint after this step and end as if killed; 0: never */
	const char *log; /* JSON lines, or NULL */
	void (*progress)(void *context, const struct trainer_progress *p); /* may be NULL */
	void *progress_context;

	/* Called after each of these steps (n_watch, ascending) that this run takes; changes
	 * nothing of the training, which ends with its error. */
	const uint64_t *watch_step;
	size_t n_watch;
	enum status (*watch)(void *context, const struct trainer_view *v);
	void *watch_context;
};

/* What a training has unless told otherwise; neither steps nor seconds are set. */
struct trainer_settings trainer_defaults(void);

/* Heads of a width near 32 that a network of this dim can have. */
uint32_t trainer_heads(uint32_t dim);

/* The rate of a network of this dim unless told otherwise. */
double trainer_rate(uint32_t dim);

struct trainer_result {
	struct transformer *model; /* quantised, hash and size set by model_file_write() */
	struct buffer file;        /* its file */
	/* Bits a symbol on the validation windows: in single precision, with rounded weights, .. */
	double float_valid_bits, rounded_valid_bits;
	double stored_valid_bits; /* .. and by the very predictor that codes: context slides there,
				     where windows begin without one, and activations are rounded */
	uint64_t valid_symbols;
	uint64_t steps, symbols;
	double seconds;
	bool log_is_lost; /* the model is there, its log is not, or not all of it */
};

/*
 * Train.  *r is to be freed in any case.
 * Errors  STATUS_BAD_ARGUMENT: shape or settings make no sense, no data, or the checkpoint is of
 *         another training.  STATUS_CORRUPT: a damaged checkpoint.  STATUS_LIMIT: the loss is no
 *         longer finite, or the training was paused.
 */
MUST_CHECK enum status trainer_run(const struct trainer_settings *s, const struct training_data *d,
				   struct trainer_result *r);
void trainer_result_free(struct trainer_result *r);

#endif
