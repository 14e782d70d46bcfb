/* SPDX-License-Identifier: BSD-2-Clause
 *
 * bios_words.h - the texts of a biography corpus's tokens: template words, and made-up names.
 */
#ifndef TWOPART_BIOS_WORDS_H
#define TWOPART_BIOS_WORDS_H

#include "bios.h"

#define BIOS_WORD_BYTES 64

struct bios_words {
	char (*text)[BIOS_WORD_BYTES]; /* (vocab) */
	const char **word;             /* (vocab) the same, as corpus_layout wants it */
};

/* All distinct whatever their case; made-up ones by the seed. */
MUST_CHECK enum status bios_words_make(struct bios_words *out, const struct bios_grammar *g,
				       uint64_t seed);
void bios_words_free(struct bios_words *w);

#endif
