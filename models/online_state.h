/* SPDX-License-Identifier: BSD-2-Clause
 *
 * online_state.h - inside of the network that learns while it predicts.
 */
#ifndef TWOPART_ONLINE_STATE_H
#define TWOPART_ONLINE_STATE_H

#include <stdbool.h>

#include "arena.h"
#include "network.h"
#include "online.h"
#include "optimiser.h"
#include "rng.h"
#include "transformer_inference.h"

#define ONLINE_SLOTS 4u                   /* of gradients: as many threads learn at most */
#define ONLINE_PURPOSE 0x6f6e6c6eu        /* of random numbers */
#define ONLINE_SEARCH_FIRST 1024u         /* symbols before the separator is looked for */
#define ONLINE_SEARCHED ((size_t)1 << 17) /* newest symbols in which it is looked for */

struct online {
	struct online_settings s; /* with nothing left to choose */
	uint64_t n_max;
	unsigned n_threads;
	uint32_t length, batch; /* of a window; windows of a step */

	struct transformer *model; /* the parameters, rounded */
	struct inference *net;
	struct network *network;
	struct optimiser optimiser;
	struct arena arena;
	float *parameter;
	uint16_t *past; /* (n_streams, room) */
	uint64_t room;
	uint16_t *joined; /* (ONLINE_SEARCHED) scratch of the search for the separator */

	uint64_t told, round; /* symbols; of each stream, where all have told one */
	uint32_t now;         /* the stream whose turn it is */
	bool due;             /* a step, before the next answer */
	enum status failed;
	uint32_t *token;      /* (n_streams) last symbol of a stream, */
	uint64_t *position;   /* .. its place in its context, */
	uint64_t *learnt;     /* .. and how many of its symbols have been learnt */
	uint64_t next_update; /* after so many rounds */
	uint64_t next_search; /* of the separator, after so many symbols */

	uint16_t *input; /* (batch, length) of the windows that the next step learns from */
	uint32_t *target;
	size_t n_windows;
	double owed; /* symbols to be learnt again */
	uint64_t steps;
	struct rng rng;
};

static inline uint16_t online_first_input(const struct online *o)
{
	return o->s.shape.separator < 0 ? 0 : (uint16_t)o->s.shape.separator;
}

/* Rounds from this update to the next: few at first. */
uint64_t online_block(const struct online *o);

/* Look for the separator in what came; a failure is remembered in o->failed. */
void online_find_separator(struct online *o);

/* An update. */
void online_learn(struct online *o);

#endif
