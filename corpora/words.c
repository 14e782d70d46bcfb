/* SPDX-License-Identifier: BSD-2-Clause
 *
 * words.c - syllables of onset, nucleus and coda with frequencies that look English.
 */
#include "words.h"

#include <assert.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <xxhash.h>

#include "rng.h"

#define PURPOSE_WORDS 0x776f7264 /* of the random stream; no family uses it otherwise */
#define LETTERS_MAX 40
#define CHUNK_BYTES ((size_t)1 << 16)
#define PATIENCE 24 /* refused words until longer ones are allowed */

struct piece {
	char text[4];
	uint8_t weight;
};

static const struct piece onsets[] = {
    {"b", 7},  {"br", 3}, {"c", 6},  {"ch", 4}, {"cl", 2}, {"cr", 2}, {"d", 8},  {"dr", 2},
    {"f", 6},  {"fl", 2}, {"fr", 2}, {"g", 5},  {"gl", 1}, {"gr", 2}, {"h", 6},  {"j", 2},
    {"k", 3},  {"l", 9},  {"m", 9},  {"n", 8},  {"p", 6},  {"pl", 2}, {"pr", 3}, {"qu", 1},
    {"r", 9},  {"s", 9},  {"sh", 3}, {"sl", 1}, {"sp", 2}, {"st", 4}, {"t", 9},  {"th", 4},
    {"tr", 3}, {"v", 4},  {"w", 5},  {"wh", 1}, {"y", 1},  {"z", 1},  {"", 10},
};
static const struct piece nuclei[] = {
    {"a", 14}, {"e", 16}, {"i", 12}, {"o", 12}, {"u", 7},  {"ai", 2}, {"ea", 3},
    {"ee", 2}, {"ie", 1}, {"oa", 1}, {"oo", 2}, {"ou", 2}, {"au", 1}, {"oi", 1},
};
static const struct piece codas[] = {
    {"", 30},  {"n", 9},  {"r", 9},  {"l", 7},  {"s", 6},  {"t", 6},  {"d", 4},
    {"m", 4},  {"ck", 2}, {"ll", 1}, {"nd", 2}, {"ng", 2}, {"nt", 2}, {"rd", 1},
    {"rn", 1}, {"rt", 1}, {"sh", 1}, {"st", 2}, {"th", 2}, {"x", 1},  {"p", 2},
    {"g", 1},  {"b", 1},  {"ve", 1}, {"ss", 1}, {"lt", 1}, {"mp", 1}, {"nk", 1},
};

static const struct {
	unsigned syllables_min, syllables_max, letters_min, letters_max;
} shapes[] = {
    [WORD_FUNCTION] = {1, 1, 2, 5},
    [WORD_NAME] = {2, 3, 4, 9},
    [WORD_VALUE] = {2, 4, 5, 10},
    [WORD_SYMBOL] = {1, 2, 2, 6},
};

struct chunk {
	struct chunk *next;
	size_t used_bytes;
	char text[CHUNK_BYTES];
};

struct word_list {
	struct rng rng;
	struct chunk *chunks; /* newest first */
	const char **slot;    /* (n_slots) open addressing, at most half full */
	size_t n_slots, n_words;
};

enum status words_open(struct word_list **out, uint64_t seed)
{
	struct word_list *w = calloc(1, sizeof *w);

	if (!w)
		return fail_no_memory();
	w->rng = rng_stream(seed, PURPOSE_WORDS, 0);
	*out = w;
	return STATUS_OK;
}

void words_close(struct word_list *w)
{
	if (!w)
		return;
	while (w->chunks) {
		struct chunk *next = w->chunks->next;

		free(w->chunks);
		w->chunks = next;
	}
	free(w->slot);
	free(w);
}

/* Append a random piece to word[0..length) and return the new length. */
static size_t add_piece(struct rng *r, const struct piece *piece, size_t n, char *word,
			size_t length)
{
	unsigned sum = 0, u;
	size_t j = 0;

	for (size_t i = 0; i < n; i++)
		sum += piece[i].weight;
	for (u = (unsigned)rng_below(r, sum); u >= piece[j].weight; j++)
		u -= piece[j].weight;
	for (const char *c = piece[j].text; *c && length < LETTERS_MAX; c++)
		word[length++] = *c;
	return length;
}

#define ADD(pieces) length = add_piece(r, pieces, sizeof pieces / sizeof *pieces, word, length)

/* A lower-case word with its end mark. */
static size_t make_word(struct rng *r, unsigned syllables, char word[LETTERS_MAX + 1])
{
	size_t length = 0;

	for (unsigned i = 0; i < syllables; i++) {
		ADD(onsets);
		ADD(nuclei);
		if (i + 1 == syllables)
			ADD(codas);
	}
	word[length] = '\0';
	return length;
}

/* Where `word` (lower case) is or belongs; names are stored with a capital, so compare the rest. */
static const char **find_slot(const char **slot, size_t n_slots, const char *word)
{
	size_t length = strlen(word);
	size_t i = XXH3_64bits(word + 1, length - 1) + (size_t)(word[0] & 31) * 0x9e3779b97f4a7c15;

	for (i ^= i >> 29; slot[i & (n_slots - 1)]; i++) {
		const char *other = slot[i & (n_slots - 1)];

		if ((other[0] & 31) == (word[0] & 31) && strcmp(other + 1, word + 1) == 0)
			break;
	}
	return &slot[i & (n_slots - 1)];
}

static bool grow_slots(struct word_list *w)
{
	size_t n_slots = w->n_slots ? 2 * w->n_slots : 256;
	const char **slot = calloc(n_slots, sizeof *slot);

	if (!slot)
		return false;
	for (size_t i = 0; i < w->n_slots; i++)
		if (w->slot[i])
			*find_slot(slot, n_slots, w->slot[i]) = w->slot[i];
	free(w->slot);
	w->slot = slot;
	w->n_slots = n_slots;
	return true;
}

static char *keep(struct word_list *w, const char *word, size_t length)
{
	if (!w->chunks || w->chunks->used_bytes + length + 1 > CHUNK_BYTES) {
		struct chunk *fresh = malloc(sizeof *fresh);

		if (!fresh)
			return NULL;
		fresh->next = w->chunks;
		fresh->used_bytes = 0;
		w->chunks = fresh;
	}
	char *kept = memcpy(w->chunks->text + w->chunks->used_bytes, word, length + 1);

	w->chunks->used_bytes += length + 1;
	return kept;
}

const char *words_next(struct word_list *w, enum word_style style)
{
	char word[LETTERS_MAX + 1];
	unsigned extra = 0; /* syllables beyond the style's, once it is used up */

	if (2 * (w->n_words + 1) > w->n_slots && !grow_slots(w))
		return NULL;
	for (unsigned tries = 1;; tries++) {
		unsigned low = shapes[style].syllables_min + extra;
		unsigned span = shapes[style].syllables_max + extra - low + 1;
		size_t length = make_word(&w->rng, low + (unsigned)rng_below(&w->rng, span), word);
		const char **slot;

		if (tries % PATIENCE == 0)
			extra++;
		if (length < shapes[style].letters_min ||
		    length > shapes[style].letters_max + 4 * extra)
			continue;
		slot = find_slot(w->slot, w->n_slots, word);
		if (*slot)
			continue;

		char *kept = keep(w, word, length);

		if (!kept)
			return NULL;
		if (style == WORD_NAME)
			kept[0] = (char)(kept[0] - 'a' + 'A');
		w->n_words++;
		*slot = kept;
		return kept;
	}
}
