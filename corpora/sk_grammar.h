/* SPDX-License-Identifier: BSD-2-Clause
 *
 * sk_grammar.h - drawing the prior of a Syntax-Knowledge world: sizes, word classes, state trees.
 */
#ifndef TWOPART_SK_GRAMMAR_H
#define TWOPART_SK_GRAMMAR_H

#include <jansson.h>
#include <stdint.h>

#include "status.h"

/* The family's options, in the order of its table (sk_corpus.c). */
enum sk_option {
	SK_ALPHA,
	SK_BETA,
	SK_SENTENCES,
	SK_SEED,
	SK_NOISE,
	SK_TYPES,
	SK_TEMPLATES,
	SK_CLASSES,
	SK_CLASS_WORDS,
	SK_WORDS,
	SK_ATTRIBUTES,
	SK_VALUES,
	SK_FACTS,
	SK_FIRST_NAMES,
	SK_MIDDLE_NAMES,
	SK_LAST_NAMES,
	SK_MIN_TOKENS,
	SK_MAX_TOKENS,
	SK_ROW_PSEUDO,
	SK_WORD_PSEUDO,
};

/* Streams of random numbers (rng.h): one purpose each, never renumbered. */
enum sk_purpose {
	SK_DRAW_CLASSES = 1, /* index: type */
	SK_DRAW_TEMPLATES,   /* index: type */
	SK_DRAW_ROWS,        /* index: type */
	SK_DRAW_WORDS,       /* index: type */
	SK_DRAW_PARTITION,   /* index: sentence */
	SK_DRAW_ELEMENT,     /* index: element */
	SK_DRAW_WEIGHT,      /* index: element; restaurant_weights() */
	SK_DRAW_FACT,        /* index: element * attributes + attribute */
	SK_DRAW_SENTENCE,    /* index: sentence */
};

/*
 * JSON member "prior" for these options.  Each cluster draws its word classes, then `templates`
 * distinct sentence shapes: a length, a number of facts, distinct classes and attributes, the
 * name, all in random order.  Shapes that a sentence of another cluster could also have are
 * redrawn (rule 3 of sk.h).  The state tree is the shapes merged on common beginnings.
 */
MUST_CHECK enum status sk_grammar_draw(const int64_t *option, json_t **out);

#endif
