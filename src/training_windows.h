/* SPDX-License-Identifier: BSD-2-Clause
 *
 * training_windows.h - which stretches of the data are learnt from, in which order and windows.
 *
 * A window is up to `length` targets in a row; the inputs are the symbols before them, and before a
 * part of the data the separator (symbol 0 without one), as the predictor has it.
 *
 *   with a separator     windows begin at sentences and hold whole ones, so that no sentence is
 *                        learnt without its beginning; one longer than a window is cut
 *   without              one behind the other from a random phase, another one each epoch
 *
 * Some stretches are held back for validation: every n-th of about 4096 symbols, spread over all of
 * the data because corpora drift.  Each epoch has an order of its own.  All of it depends on data,
 * length, share and seed alone.
 */
#ifndef TWOPART_TRAINING_WINDOWS_H
#define TWOPART_TRAINING_WINDOWS_H

#include <stddef.h>
#include <stdint.h>

#include "network.h"
#include "status.h"
#include "training_data.h"

struct training_window {
	uint64_t first; /* target */
	uint32_t n;     /* targets, 1..length */
};

struct training_window_list {
	struct training_window *window; /* (n) */
	size_t n, capacity;
};

struct training_windows {
	const struct training_data *data;
	size_t length;
	uint64_t seed;
	uint64_t *cut; /* (n_stretches + 1) first symbols of the stretches */
	size_t n_stretches;
	uint64_t period; /* of stretches held back; 0: none */
	struct training_window_list valid;
	struct training_window_list train; /* of the epoch, in its order */
	uint64_t epoch, next;              /* and the next one in it */
};

/* `share` of the symbols are held back, if there are enough of them; 0: none, and validation is
 * on the data that are learnt from.  At most `valid_max` symbols, about.
 * STATUS_BAD_ARGUMENT: no data at all. */
MUST_CHECK enum status training_windows_open(struct training_windows *w,
					     const struct training_data *d, size_t length,
					     double share, uint64_t valid_max, uint64_t seed);
void training_windows_close(struct training_windows *w);

/* Go to window `next` of an epoch. */
MUST_CHECK enum status training_windows_seek(struct training_windows *w, uint64_t epoch,
					     uint64_t next);

/* The next `n` windows into input and target (n, length); adds their targets to *n_targets. */
MUST_CHECK enum status training_windows_next(struct training_windows *w, size_t n, uint16_t *input,
					     uint32_t *target, uint64_t *n_targets);

/* One window; what is behind its targets has none. */
void training_windows_fill(const struct training_windows *w, const struct training_window *at,
			   uint16_t *input, uint32_t *target);

#endif
