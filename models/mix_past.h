/* SPDX-License-Identifier: BSD-2-Clause
 *
 * mix_past.h - what the byte half of `mix` remembers of a file, and the contexts it makes of that.
 *
 * After each byte the past notes where words, lines and records are, what kind of content this
 * seems to be, and what followed which byte; a context is a small number computed from such notes.
 * Everything comes from bytes that the decoder has, so nothing about the content is transmitted.
 *
 * Machine code.  The operand of a call is a distance: the same function has another one at each
 * place.  While the content looks like x86 code, the four bytes behind a call, a jump, or an
 * address relative to the instruction are coded as the place they lead to: byte by byte, the lowest
 * first, the coded byte is the byte plus that of the position plus the carry so far, which is a
 * one-to-one mapping that both sides can follow.  Here "byte" in contexts and history is always the
 * coded one.
 */
#ifndef TWOPART_MIX_PAST_H
#define TWOPART_MIX_PAST_H

#include <stdbool.h>
#include <stdint.h>

#include "arena.h"

enum mix_content { MIX_TEXT, MIX_BINARY, MIX_CONTENTS };

#define MIX_KEY_WORDS 3
#define MIX_RECORD_MAX 1024 /* longest record that is looked for */

struct mix_past {
	uint8_t *byte; /* (n_max) coded bytes */
	uint32_t n;
	uint64_t recent; /* the last 8, the newest lowest */

	enum mix_content content;
	uint32_t odd; /* decaying share of bytes that text does not have, in 2^-24 */

	uint32_t word, word_before[3]; /* hashes of the present word and the ones before it */
	uint32_t spaced;               /* hash of what stands between the last two words */
	uint32_t sentence;             /* hash of the words since a full stop or a line's end */
	uint32_t kinds;                /* of the last bytes, in 3 bits each */
	uint32_t line, line_before;    /* where they start */
	uint32_t first_bytes;          /* of this line, up to 2 */
	uint32_t key, key_words;       /* hash of the first words of this line, up to 3 */

	uint16_t *followed1; /* (256) the two last bytes that followed a byte */
	uint16_t *followed2; /* (65536) .. that followed two bytes */

	uint32_t last_at[256], gap[256]; /* of each byte: where, and how far after the one before */
	uint32_t *gap_votes;             /* (MIX_RECORD_MAX) */
	uint32_t record_bytes;           /* length of the records there seem to be, or 4 */

	uint32_t code_votes;   /* decaying: calls whose operands look like distances */
	uint32_t operand_left; /* bytes of an operand still to come */
	uint32_t operand, base;
	uint32_t carry;
	uint64_t original; /* the last 8 bytes as they are in the file */
};

/* Lay out the arrays for n_max bytes (arena.h); then mix_past_start(). */
void mix_past_layout(struct mix_past *p, struct arena *a, uint64_t n_max);
void mix_past_start(struct mix_past *p);

/* The byte that is coded for the next byte of the file, and the other way round. */
static inline uint8_t mix_past_coded(const struct mix_past *p, uint8_t original)
{
	return (uint8_t)(original + p->carry);
}

static inline uint8_t mix_past_original(const struct mix_past *p, uint8_t coded)
{
	return (uint8_t)(coded - p->carry);
}

/* The next byte has been coded: `coded` stands for it. */
void mix_past_add(struct mix_past *p, uint8_t coded);

/* Does a word begin here, in a line that has its first words? */
static inline bool mix_past_at_word(const struct mix_past *p)
{
	return p->word == 0 && p->key_words == MIX_KEY_WORDS;
}

/* A context: its name for people, and its value. */
struct mix_context {
	const char *name;
	uint64_t (*value)(const struct mix_past *p);
};

#define MIX_CONTEXT_NUMBERS 34

extern const struct mix_context mix_contexts[MIX_CONTEXT_NUMBERS];

#endif
