/* SPDX-License-Identifier: BSD-2-Clause
 *
 * predictor.h - what every model in this folder implements.
 *
 * A predictor answers one question again and again: what comes next?  It may answer with one
 * distribution over the alphabet, or spell each symbol as a chain of small decisions (a byte as
 * binary choices, a token as "which kind?" then "which one?"), so that a distribution over 65,536
 * symbols is never built.  The caller drives the chain and the predictor never learns whether it is
 * encoding, decoding or scoring:
 *
 *      do {
 *              ask(p, &d)                       distribution of the next decision
 *              outcome = decoded from d, or spell(p, symbol) when the symbol is known
 *      } while (!tell(p, outcome, &symbol))     true once the symbol is complete
 *
 * A predictor all of whose decisions are binary has code() in the place of these three: it spells
 * the symbol itself, bit by bit, into a channel (bit_channel.h) that encodes, decodes or scores.
 *
 * Two-part codes.  A predictor with fit() first describes a model of all the symbols in bytes,
 * which the archive holds in front of the data; the predictor is then opened with that description,
 * in the encoder and in the decoder alike.  Their sizes are L(M) and L(X | M).
 *
 * Rules.  ask() leaves the predictor as it was in every way that shows: asked twice, it answers the
 * same.  tell() is the only call that moves the state, and it also learns: when it returns true
 * the predictor stands before the next symbol.  Everything may depend only on the set-up and on
 * the outcomes told so far: not on the clock, the thread count, addresses, or on what *d held.
 * Integers, or IEEE double + - * / in a fixed order; no libm (see the Makefile's flags).
 * All memory that can be foreseen is taken in open(); a predictor whose memory grows with the data
 * remembers a failed allocation in `failed` and goes on in a harmless state: the loop stops.
 */
#ifndef TWOPART_PREDICTOR_H
#define TWOPART_PREDICTOR_H

#include <stdbool.h>
#include <stdint.h>

#include "bit_channel.h"
#include "buffer.h"
#include "dist.h"
#include "options.h"
#include "status.h"

struct world;       /* corpora/world.h: what an oracle is told */
struct transformer; /* transformer.h: what was learnt beforehand */
struct mix_observer; /* mix_observer.h */

#define OUTCOME_NONE UINT32_MAX /* spell(): no outcome of this decision leads to the symbol */

/* Every predictor's state starts with this. */
struct predictor {
	uint32_t outcomes_max; /* largest n_listed that ask() will ever fill; 0 with code() */
	enum status failed;    /* STATUS_OK, or why the predictor cannot go on */
};

/* Does a predictor take a model file (-M)? */
enum model_need { MODEL_NEVER, MODEL_MAY, MODEL_MUST };

struct predictor_setup {
	uint32_t n_symbols;        /* alphabet: symbols are 0..n_symbols-1; 1..DIST_SYMBOLS_MAX */
	const int64_t *option;     /* (as many as the ops' option table), validated */
	const struct world *world; /* NULL unless needs_world */
	const struct transformer *transformer; /* NULL unless needs_model says otherwise */
	uint64_t n_total;          /* symbols of the archive, all blocks together */
	uint64_t n_max;            /* symbols that come at most: those of the block */
	int threads;               /* for itself; 0 is 1: never changes a bit */
	struct mix_observer *observer; /* NULL, or told by those that mix: never changes a bit */

	/* What fit() wrote, or somebody else: open() checks it.  NULL without or before fit(). */
	const uint8_t *stored;
	size_t stored_bytes;
};

#define MODEL_BITS_ANY UINT64_MAX /* no limit: the shortest total */
#define PREDICTOR_MEMORY_UNKNOWN UINT64_MAX

struct predictor_ops {
	const char *name;                  /* typed on the command line, printed in reports */
	const char *summary;               /* one line for `twopart models` */
	uint8_t id;                        /* stored in archives: never reused; 1..31 */
	const struct option_spec *options; /* ends with a NULL name; NULL when there are none */
	/* For a new archive: set what the options leave open, by alphabet and n_total.  What
	 * archives do not say keeps its meaning, so that a predictor can become better.  NULL:
	 * nothing. */
	void (*settle)(const struct predictor_setup *s, int64_t *option);

	bool needs_world;                  /* an oracle: -w is required in both directions */
	const char *not_counted;           /* what the reader holds that the archive's bits do not
					      cover: NULL, "prior" or "world" */
	bool whole_stream;                 /* must not be cut into blocks */
	bool is_slow;                      /* 20 us a symbol or more: measured when it is named */
	enum model_need needs_model;       /* a model file: named by its hash, or in the archive */

	/* Symbols of a block, at most, unless told otherwise; 0: a single block.  NULL:
	 * ARCHIVE_BLOCK_SYMBOLS (archive.h). */
	uint64_t (*block_symbols)(const struct predictor_setup *s);

	/* The name of input k = 1, 2, .. of the parts whose predictions are mixed, NULL behind the
	 * last one: what the option "without=k" silences.  NULL when there are none to name. */
	const char *(*input_name)(const struct predictor_setup *s, unsigned k);

	/* A block's symbols are cut into so many streams, and the predictor is asked for the first
	 * symbol of each, then the second of each ..: streams.h.  NULL: one. */
	uint32_t (*n_streams)(const struct predictor_setup *s);

	/* Upper estimate of the bytes open() and the pass over n_total symbols will take;
	 * PREDICTOR_MEMORY_UNKNOWN when there is not even the memory to find out. */
	uint64_t (*memory_bytes)(const struct predictor_setup *s, uint64_t n_total);

	/*
	 * Append the description of a model of these symbols: of at most model_bits_max bits, and
	 * such that model and data given the model are shortest together (when MODEL_BITS_ANY), or
	 * the data are (otherwise).  A limit below the smallest description gives that one.  NULL:
	 * nothing is stored.
	 */
	MUST_CHECK enum status (*fit)(const struct predictor_setup *s, const uint16_t *symbol,
				      uint64_t n, uint64_t model_bits_max, struct buffer *stored);

	MUST_CHECK enum status (*open)(struct predictor **out, const struct predictor_setup *s);
	void (*ask)(struct predictor *p, struct dist *d);        /* fills, unsealed */
	uint32_t (*spell)(struct predictor *p, uint32_t symbol); /* NULL: outcome == symbol */
	bool (*tell)(struct predictor *p, uint32_t outcome, uint32_t *symbol);

	/* Instead of ask(), spell() and tell(): code one symbol, of which `symbol` is all that is
	 * known (anything when it is to be decoded), and learn it.  Returns the symbol. */
	uint32_t (*code)(struct predictor *p, struct bit_channel *c, uint32_t symbol);
	void (*close)(struct predictor *p); /* NULL is fine */
};

extern const struct predictor_ops *const predictors[]; /* NULL-terminated; models.c */
const struct predictor_ops *predictor_by_name(const char *name);
const struct predictor_ops *predictor_by_id(uint8_t id);

#endif
