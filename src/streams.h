/* SPDX-License-Identifier: BSD-2-Clause
 *
 * streams.h - the order in which a block's symbols are coded.
 *
 * A block of n symbols is cut into S streams of the same length, the first n mod S of them one
 * symbol longer, and one symbol of each is coded in turn.  A predictor that computes much for each
 * symbol then answers S questions that do not depend on each other at once.  S = 1 is the order of
 * the symbols.  The cost: S - 1 contexts that begin in the middle of things.
 */
#ifndef TWOPART_STREAMS_H
#define TWOPART_STREAMS_H

#include <stdint.h>

/* First symbol of stream s (of S >= 1) in a block of n symbols; n for s == S. */
static inline uint64_t streams_start(uint64_t n, uint32_t n_streams, uint32_t s)
{
	uint64_t longer = n % n_streams;

	return n / n_streams * s + (s < longer ? s : longer);
}

/* Where in the block the i-th symbol that is coded stands. */
static inline uint64_t streams_position(uint64_t n, uint32_t n_streams, uint64_t i)
{
	return streams_start(n, n_streams, (uint32_t)(i % n_streams)) + i / n_streams;
}

/* A walk through those places, without the divisions: start with streams_walk(). */
struct streams_walk {
	uint64_t longer, base; /* n mod S, n div S */
	uint64_t round;        /* symbols that each stream has given */
	uint32_t n_streams, stream;
	uint64_t start; /* of the stream that is next */
};

static inline struct streams_walk streams_walk(uint64_t n, uint32_t n_streams)
{
	return (struct streams_walk){
	    .longer = n % n_streams, .base = n / n_streams, .n_streams = n_streams};
}

static inline uint64_t streams_next(struct streams_walk *w)
{
	uint64_t position = w->start + w->round;

	w->start += w->base + (w->stream < w->longer);
	if (++w->stream == w->n_streams) {
		w->stream = 0;
		w->start = 0;
		w->round++;
	}
	return position;
}

#endif
