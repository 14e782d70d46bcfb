/* SPDX-License-Identifier: BSD-2-Clause
 *
 * trainer.h - from corpora to a stored model: what `twopart train`, `sweep` and `compress
 * --fit-file` share.
 */
#ifndef TWOPART_TRAINER_H
#define TWOPART_TRAINER_H

#include <stdbool.h>
#include <stdint.h>

#include "buffer.h"
#include "status.h"
#include "transformer.h"

/* What to learn from: symbols, and where their parts (files) begin. */
struct training_data {
	uint16_t *symbol;  /* (n) owned */
	uint64_t n;
	uint64_t *start;   /* (n_parts + 1) owned */
	size_t n_parts;
	uint32_t n_symbols; /* alphabet */
	bool is_tokens;
	int32_t separator;
};

/* Append a corpus (PREFIX of PREFIX.bin), a token file or any file.  All parts must be of one kind. */
MUST_CHECK enum status training_data_add(struct training_data *d, const char *path);
void training_data_free(struct training_data *d);

struct trainer_progress {
	uint64_t step, steps;    /* steps: an estimate while the clock decides */
	uint64_t symbols;        /* learnt from so far */
	double loss_bits;        /* a symbol, smoothed */
	double symbols_per_second, elapsed_seconds, remaining_seconds;
	const char *phase;       /* "train", "quantise", .. */
};

struct trainer_settings {
	struct transformer_shape shape; /* n_symbols, is_tokens, separator from the data */
	uint64_t steps;       /* 0: by `seconds` */
	double seconds;       /* wall-clock budget; 0: by `steps` */
	uint32_t batch;       /* windows a step */
	double rate, decay, clip;
	uint64_t seed;
	unsigned bits;        /* 8 or 4 */
	double rate_bits;     /* rate-aware: nats of loss that a stored bit is worth (see trainer.c) */
	double valid_share;   /* of the windows, held back; 0: validate on the training data */
	int threads;
	const char *checkpoint; /* file, or NULL: written now and then, and read if it is there */
	const char *log;        /* JSON lines, or NULL */
	void (*progress)(void *context, const struct trainer_progress *p); /* may be NULL */
	void *progress_context;
};

struct trainer_result {
	struct transformer *model; /* quantised, hash and size set by model_file_write() */
	struct buffer file;        /* its file */
	double float_valid_bits;   /* bits/symbol on the validation windows: single precision, .. */
	double stored_valid_bits;  /* .. and the stored model, by the very predictor that codes */
	uint64_t steps, symbols;
	double seconds;
};

MUST_CHECK enum status trainer_run(const struct trainer_settings *s, const struct training_data *d,
				   struct trainer_result *r);
void trainer_result_free(struct trainer_result *r);

#endif
