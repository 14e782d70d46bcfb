/* SPDX-License-Identifier: BSD-2-Clause
 *
 * online_options.h - what predictors with a network that learns (online.h) can be told about it.
 */
#ifndef TWOPART_ONLINE_OPTIONS_H
#define TWOPART_ONLINE_OPTIONS_H

#include "online.h"
#include "predictor.h"

/* The first rows of such a predictor's table of options. */
enum {
	ONLINE_LAYERS,
	ONLINE_DIM,
	ONLINE_HEADS,
	ONLINE_CTX,
	ONLINE_BLOCK,
	ONLINE_PASSES,
	ONLINE_SEED,
	ONLINE_RATE,
	ONLINE_SEPARATOR,
	ONLINE_LEARN,
	ONLINE_OPTIONS
};

#define ONLINE_SEPARATOR_FIND (-2) /* in what came */

#define ONLINE_OPTION_ROWS                                                                         \
	[ONLINE_LAYERS] = {"layers", 1, TRANSFORMER_LAYERS_MAX, 2, 1, "layers of the network"},    \
	[ONLINE_DIM] = {"dim", 0, TRANSFORMER_DIM_MAX, 0, 1,                                       \
			"its width, a multiple of 16; 0: 64, less for more than 16,384 symbols"},  \
	[ONLINE_HEADS] = {"heads", 0, TRANSFORMER_DIM_MAX / 16, 0, 1,                              \
			  "of attention; 0: of width 32 where that divides dim, else 16"},         \
	[ONLINE_CTX] = {"ctx", 1, TRANSFORMER_CTX_MAX, 64, 1, "symbols it looks back"},            \
	[ONLINE_BLOCK] = {"block", 0, 1 << 20, 0, 1,                                               \
			  "symbols of a stream from one update to the next; 0: ctx"},              \
	[ONLINE_PASSES] = {"passes", 0, 100, 1, 1,                                                 \
			   "symbols learnt again for a new one around symbol 50,000"},             \
	[ONLINE_SEED] = {"seed", 0, INT64_MAX, 1, 1,                                               \
			 "of first weights and of what is learnt again"},                          \
	[ONLINE_RATE] = {"rate", 0, OPTION_UNIT, 0, OPTION_UNIT, "of learning; 0: by dim"},        \
	[ONLINE_SEPARATOR] = {"separator", ONLINE_SEPARATOR_FIND, DIST_SYMBOLS_MAX - 1,            \
			      ONLINE_SEPARATOR_FIND, 1,                                            \
			      "symbol that ends a context; -1: none, -2: found in tokens"},        \
	[ONLINE_LEARN] = {"learn", 0, 1, 1, 1, "0: the network stays as it is, with -M"}

/* The network that the set-up asks for, its shape not checked yet: that of the model file if there
 * is one.  One stream. */
struct online_settings online_settings_of(const struct predictor_setup *s);

/* Their block_symbols(): 0, a single block, as another would begin with an untaught network. */
uint64_t online_block_symbols(const struct predictor_setup *s);

#endif
