/* SPDX-License-Identifier: BSD-2-Clause
 *
 * words.h - made-up words that look English, by a seeded rule.
 *
 * Generated corpora are read by people and by tokenizers, so their words should look like words;
 * but a list of real ones would be data with a licence, would run out below 65,536, and would
 * tempt a pretrained model to know something.  So words are built from syllables.
 *
 * The words of one list are distinct whatever their case, consist of ASCII letters, and are the
 * same on every machine.
 */
#ifndef TWOPART_WORDS_H
#define TWOPART_WORDS_H

#include <stdint.h>

#include "status.h"

enum word_style {
	WORD_FUNCTION, /* 2-5 letters, one syllable */
	WORD_NAME,     /* 4-9 letters, capitalised */
	WORD_VALUE,    /* 5-10 letters */
	WORD_SYMBOL,   /* 2-6 letters */
};

struct word_list;

MUST_CHECK enum status words_open(struct word_list **out, uint64_t seed);

/* A new word, owned by the list; NULL when memory is short.  When a style is nearly used up its
 * words become longer, so there are always more.  About 1 us. */
const char *words_next(struct word_list *w, enum word_style style);

void words_close(struct word_list *w); /* NULL is fine */

#endif
