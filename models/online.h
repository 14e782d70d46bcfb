/* SPDX-License-Identifier: BSD-2-Clause
 *
 * online.h - a transformer that learns what it has just predicted.
 *
 * Encoder and decoder train the same network in step, on nothing but what both have seen, so no
 * weights are sent: the code length is the prequential one.  Predictions come from the network
 * rounded to 8 bits (transformer_inference.h), which is made anew after each update; updates are
 * steps of AdamW in single precision (network.h) on the symbols since the last one and on windows
 * drawn again from all of the past.  Every bit of it is the same on every compiler, instruction
 * set and number of threads.
 */
#ifndef TWOPART_ONLINE_H
#define TWOPART_ONLINE_H

#include <stdbool.h>
#include <stdint.h>

#include "status.h"
#include "transformer.h"

struct online;

struct online_settings {
	struct transformer_shape shape;  /* checked */
	const struct transformer *start; /* of this shape: the first weights; NULL: from `seed` */
	uint64_t seed;
	uint32_t n_streams;   /* symbols come from so many streams in turn (streams.h) */
	uint32_t block;       /* symbols of each stream from one update to the next; 0: by ctx */
	uint32_t passes;      /* symbols learnt again for a new one (online_learn.c); 0: none */
	double rate;          /* largest, of AdamW; 0: by dim */
	int threads;          /* never changes a bit */
	bool is_static;       /* it does not learn: the first weights are the last */
	bool find_separator;  /* look for it in what came; shape.separator holds until then */
};

/* Bytes that online_open() takes for at most n_max symbols, all streams together. */
uint64_t online_bytes(const struct online_settings *s, uint64_t n_max);

MUST_CHECK enum status online_open(struct online **out, const struct online_settings *s,
				   uint64_t n_max);
void online_close(struct online *o); /* NULL is fine */

/* What comes next in the stream whose turn it is: masses (n_symbols), the largest 1, none 0;
 * behind them zeros, up to a multiple of 16. */
const float *online_masses(struct online *o);

/* It was this one: the next stream's turn. */
void online_tell(struct online *o, uint32_t symbol);

/* STATUS_OK, or why it cannot go on; to be asked after what was told. */
enum status online_failed(const struct online *o);

#endif
