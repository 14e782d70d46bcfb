/* SPDX-License-Identifier: BSD-2-Clause
 *
 * sweep.h - the transformer's side of the structure function: what a stored network of each size
 * and precision takes, and what it leaves of a corpus.
 *
 * A *point* is a network of so many layers, so wide, with weights of so many bits, trained on one
 * corpus, stored, and used to code that corpus or another: (L(M), L(X | M)) are the bits of its
 * model file and of the payload of an archive that holds both, and that was decoded and compared.
 * The lower envelope are the points that no other one beats in both parts: the least second part
 * for a first of at most so many bits, as far as this training goes.
 *
 * A wall-clock budget is shared by the square roots of the numbers of parameters: a larger network
 * takes longer a token and needs more of them, and yet the small ones must not starve.
 *
 * With a directory to keep them in, points that are finished are not made again: the model NAME.tpm
 * and the figures NAME.json, the name made of the shape and of a digest of everything that decides
 * the figures but the clock.
 */
#ifndef TWOPART_SWEEP_H
#define TWOPART_SWEEP_H

#include <stdbool.h>
#include <stdint.h>

#include "buffer.h"
#include "status.h"
#include "trainer.h"

#define SWEEP_POINTS_MAX 64

struct sweep_point {
	uint32_t n_layers, dim, n_heads;
	unsigned bits; /* of a weight */

	/* Filled in by sweep_run(). */
	uint64_t n_parameters;
	uint64_t model_bits, data_bits, header_bits; /* of the archive */
	double ideal_bits;                           /* sum of -lg p under the stored model */
	double float_bits, stored_bits; /* a symbol, on the validation windows (trainer.h) */
	uint64_t steps;                 /* of training */
	double seconds;
	bool on_envelope;
};

struct sweep;

/* Before each point (progress NULL) and while it is trained. */
typedef void sweep_progress(void *context, const struct sweep *s, uint32_t index,
			    const struct trainer_progress *progress);

struct sweep {
	const char *train_path, *code_path; /* PREFIX or file; the same: on the file itself */
	const char *keep_directory;         /* or NULL */
	struct trainer_settings settings;   /* shape, bits, steps and seconds are set here */
	double total_seconds;               /* shared by the points; 0: settings.steps each */
	sweep_progress *progress;           /* may be NULL */
	void *progress_context;

	uint32_t n_points;
	struct sweep_point point[SWEEP_POINTS_MAX];

	/* Filled in by sweep_run(). */
	uint64_t n_symbols; /* of what is coded */
	uint64_t digest;    /* XXH3-64 of them: of a corpus what its world says (world.h) */
	bool is_tokens;
};

/* "2x64" adds a point of 2 layers, dim 64 for each of the precisions ("8,4") to s. */
MUST_CHECK enum status sweep_add(struct sweep *s, const char *sizes, const char *precisions);

/*
 * Train, store, code, decode and compare each point, one after another.
 * Errors  STATUS_CORRUPT: an archive was decoded to something else.  Whatever training_data_add(),
 *         trainer_run() and archive_compress() report.
 */
MUST_CHECK enum status sweep_run(struct sweep *s);

#endif
