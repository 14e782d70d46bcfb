/* SPDX-License-Identifier: BSD-2-Clause
 *
 * lexicon_classes.c - words that stand for each other: exchange clustering.
 *
 * Words of a class are followed and preceded by the same classes, at the same distances and at the
 * same places of the sentence.  So the classes are sought that say most about each other: the sum
 * of the mutual informations of the classes one, two and three words apart, and of class and place.
 * Each word is put in turn where this sum is largest, given all others (Kneser and Ney 1993, there
 * for distance one), and again until nothing moves.  It begins with many classes; then those that
 * lose least are joined, one by one, and words move again.  Of the numbers of classes on the way
 * the one of the shortest code is kept.
 *
 * Words that occur once or twice would only disturb: they are put last and count for no other.
 */
#include <stdlib.h>
#include <string.h>

#include "lexicon_past.h"

#define LAGS 3u
#define SIDES (2 * LAGS)
#define PLACES 16u
#define SLOTS (LEXICON_CLASSES_MAX + 2)
#define EDGE LEXICON_CLASSES_MAX        /* "class" beyond the sentence's ends */
#define LOOSE (LEXICON_CLASSES_MAX + 1) /* "class" of words not put anywhere yet */
#define COUNT_MIN 3u
#define SWEEPS 6u

struct table {
	uint32_t n[LAGS][SLOTS][SLOTS]; /* of a class and the class so far behind it */
	uint32_t place[SLOTS][PLACES];
	uint32_t total[SLOTS];
};

/* What surrounds a word: how often which class stands where. */
struct surroundings {
	uint32_t n, self[LAGS];
	uint32_t side[SIDES][SLOTS]; /* [lag]: before the word; [LAGS + lag]: behind it */
	uint32_t place[PLACES];
	uint8_t met[SIDES][SLOTS], n_met[SIDES]; /* the classes that are not 0 */
};

struct clusterer {
	const struct lexicon_past *p;
	uint32_t n_words; /* different ones */
	uint32_t n_texts; /* with LAGS edges around each sentence */
	uint32_t *text;   /* (n_texts) word, or n_words for an edge */
	uint8_t *place;   /* (n_texts) in the sentence */
	uint32_t *first;  /* (n_words + 1) where the word's occurrences are listed */
	uint32_t *where;  /* (n_texts) the occurrences, by word */
	uint32_t *symbol; /* (n_words) most frequent first */
	uint8_t *class;   /* (n_words + 1) */
	uint32_t n_classes;
	struct table *table;
	struct surroundings *s;
};

/* The sample ---------------------------------------------------------------------------------- */

static uint32_t count_of(const struct clusterer *k, uint32_t word)
{
	return k->first[word + 1] - k->first[word];
}

/* Number the symbols that occur by falling count; those of one count ascend.  `count` becomes each
 * symbol's word. */
static void number_words(struct clusterer *k, uint32_t *count, uint32_t *by_count, uint32_t n_max)
{
	uint32_t n_symbols = k->p->n_symbols, at = 0;

	for (uint32_t s = 0; s < n_symbols; s++)
		by_count[count[s] < n_max ? count[s] : n_max]++;
	for (uint32_t n = n_max + 1; n-- > 1;) {
		uint32_t here = by_count[n];

		by_count[n] = at;
		at += here;
	}
	k->n_words = at;
	for (uint32_t s = 0; s < n_symbols; s++) {
		uint32_t n = count[s] < n_max ? count[s] : n_max;

		if (n == 0)
			continue;
		count[s] = by_count[n]++;
		k->symbol[count[s]] = s;
	}
}

static void write_text(struct clusterer *k, const uint32_t *sentence, uint32_t n_sentences,
		       const uint32_t *word)
{
	uint32_t at = 0;

	for (uint32_t i = 0; i < n_sentences; i++) {
		uint32_t start = k->p->start[sentence[i]], n = past_words(k->p, sentence[i]);

		for (uint32_t e = 0; e < LAGS; e++)
			k->text[at++] = k->n_words;
		for (uint32_t j = 0; j < n; j++) {
			k->place[at] = (uint8_t)(j < PLACES ? j : PLACES - 1);
			k->text[at++] = word[k->p->token[start + j]];
		}
	}
	for (uint32_t e = 0; e < LAGS; e++)
		k->text[at++] = k->n_words;
	k->n_texts = at;
}

static void list_occurrences(struct clusterer *k)
{
	memset(k->first, 0, (k->n_words + 2) * sizeof *k->first);
	for (uint32_t i = 0; i < k->n_texts; i++)
		k->first[k->text[i] + 1]++;
	for (uint32_t w = 0; w < k->n_words; w++)
		k->first[w + 1] += k->first[w];
	for (uint32_t i = 0; i < k->n_texts; i++)
		if (k->text[i] < k->n_words)
			k->where[k->first[k->text[i]]++] = i;
	for (uint32_t w = k->n_words; w > 0; w--)
		k->first[w] = k->first[w - 1];
	k->first[0] = 0;
}

#define BY_COUNT_MAX 4095u

static enum status clusterer_open(struct clusterer *k, const uint32_t *sentence,
				  uint32_t n_sentences)
{
	size_t n_texts = LAGS;
	uint32_t *count = calloc(k->p->n_symbols, sizeof *count);
	uint32_t *by_count = calloc(BY_COUNT_MAX + 1, sizeof *by_count);

	for (uint32_t i = 0; i < n_sentences; i++)
		n_texts += past_words(k->p, sentence[i]) + LAGS;
	k->text = malloc(n_texts * sizeof *k->text);
	k->place = malloc(n_texts);
	k->where = malloc(n_texts * sizeof *k->where);
	k->first = malloc((k->p->n_symbols + 2) * sizeof *k->first);
	k->symbol = malloc(k->p->n_symbols * sizeof *k->symbol);
	k->class = malloc(k->p->n_symbols + 1);
	k->table = calloc(1, sizeof *k->table);
	k->s = calloc(1, sizeof *k->s);

	bool ok = count && by_count && k->text && k->place && k->where && k->first && k->symbol &&
		  k->class && k->table && k->s;

	for (uint32_t i = 0; ok && i < n_sentences; i++)
		for (uint32_t j = 0; j < past_words(k->p, sentence[i]); j++)
			count[k->p->token[k->p->start[sentence[i]] + j]]++;
	if (ok) {
		number_words(k, count, by_count, BY_COUNT_MAX);
		write_text(k, sentence, n_sentences, count);
		list_occurrences(k);
	}
	free(count);
	free(by_count);
	return ok ? STATUS_OK : fail_no_memory();
}

static void clusterer_close(struct clusterer *k)
{
	free(k->text);
	free(k->place);
	free(k->where);
	free(k->first);
	free(k->symbol);
	free(k->class);
	free(k->table);
	free(k->s);
}

/* Moving words -------------------------------------------------------------------------------- */

static void look_around(struct clusterer *k, uint32_t word)
{
	struct surroundings *s = k->s;

	memset(s, 0, sizeof *s);
	s->n = count_of(k, word);
	for (uint32_t i = k->first[word]; i < k->first[word + 1]; i++) {
		uint32_t at = k->where[i];

		s->place[k->place[at]]++;
		for (uint32_t d = 0; d < LAGS; d++) {
			uint32_t before = k->text[at - d - 1], behind = k->text[at + d + 1];

			if (before != word)
				s->side[d][k->class[before]]++;
			if (behind != word)
				s->side[LAGS + d][k->class[behind]]++;
			else
				s->self[d]++;
		}
	}
	for (uint32_t side = 0; side < SIDES; side++)
		for (uint32_t c = 0; c < SLOTS; c++)
			if (s->side[side][c])
				s->met[side][s->n_met[side]++] = (uint8_t)c;
}

/* Add the word looked at to class c (sign 1), or take it out (sign -1). */
static void move(struct clusterer *k, uint32_t c, uint32_t sign)
{
	struct table *t = k->table;
	const struct surroundings *s = k->s;

	t->total[c] += sign * s->n;
	for (uint32_t i = 0; i < PLACES; i++)
		t->place[c][i] += sign * s->place[i];
	for (uint32_t d = 0; d < LAGS; d++) {
		t->n[d][c][c] += sign * s->self[d];
		for (uint32_t o = 0; o < SLOTS; o++) {
			t->n[d][o][c] += sign * s->side[d][o];
			t->n[d][c][o] += sign * s->side[LAGS + d][o];
		}
	}
}

static double rise(const struct lexicon_past *p, uint32_t from, uint32_t by)
{
	return past_nlg(p, from + by) - past_nlg(p, from);
}

/* What the sum of informations gains when the word looked at, now in no class, joins c. */
static double gain(const struct clusterer *k, uint32_t c)
{
	const struct lexicon_past *p = k->p;
	const struct table *t = k->table;
	const struct surroundings *s = k->s;
	double sum = -(double)(SIDES + 1) * rise(p, t->total[c], s->n);

	for (uint32_t d = 0; d < LAGS; d++) {
		const uint8_t *before = s->met[d], *behind = s->met[LAGS + d];

		for (uint32_t i = 0; i < s->n_met[d]; i++)
			sum += rise(p, t->n[d][before[i]][c], s->side[d][before[i]]);
		for (uint32_t i = 0; i < s->n_met[LAGS + d]; i++)
			sum += rise(p, t->n[d][c][behind[i]], s->side[LAGS + d][behind[i]]);
		if (s->self[d])
			sum += rise(p, t->n[d][c][c], s->self[d]);
	}
	for (uint32_t i = 0; i < PLACES; i++)
		if (s->place[i])
			sum += rise(p, t->place[c][i], s->place[i]);
	return sum;
}

static uint32_t best_class(const struct clusterer *k, uint32_t now)
{
	double best = now < k->n_classes ? gain(k, now) + 1e-6 : -1e300;

	for (uint32_t c = 0; c < k->n_classes; c++) {
		double g = c == now ? -1e300 : gain(k, c);

		if (g > best) {
			best = g;
			now = c;
		}
	}
	return now;
}

/* Put the word where it fits best; was it moved? */
static bool place_word(struct clusterer *k, uint32_t word)
{
	uint32_t old = k->class[word];

	look_around(k, word);
	move(k, old, (uint32_t)-1);
	k->class[word] = (uint8_t)best_class(k, old);
	move(k, k->class[word], 1);
	return k->class[word] != old;
}

/* Words of at least COUNT_MIN occurrences, or enough of the others to have some. */
static uint32_t n_frequent(const struct clusterer *k)
{
	uint32_t n = 0;

	while (n < k->n_words && count_of(k, n) >= COUNT_MIN)
		n++;
	return n;
}

static void sweep(struct clusterer *k, uint32_t n, uint32_t n_sweeps)
{
	bool moved = true;

	for (uint32_t i = 0; i < n_sweeps && moved; i++) {
		moved = false;
		for (uint32_t w = 0; w < n; w++)
			moved |= place_word(k, w);
	}
}

/* Every word loose, but the n_classes most frequent ones, which make a class each. */
static void begin(struct clusterer *k, uint32_t n_classes)
{
	k->n_classes = n_classes;
	memset(k->table, 0, sizeof *k->table);
	for (uint32_t w = 0; w < k->n_words; w++)
		k->class[w] = (uint8_t)(w < n_classes ? w : LOOSE);
	k->class[k->n_words] = EDGE;
	for (uint32_t i = LAGS; i + LAGS < k->n_texts; i++) {
		uint32_t c = k->class[k->text[i]];

		if (c != EDGE) {
			k->table->total[c]++;
			k->table->place[c][k->place[i]]++;
		}
	}
	for (uint32_t d = 0; d < LAGS; d++)
		for (uint32_t i = 0; i + d + 1 < k->n_texts; i++)
			k->table->n[d][k->class[k->text[i]]][k->class[k->text[i + d + 1]]]++;
}

static void put_rare(struct clusterer *k, uint32_t n)
{
	for (uint32_t w = n; w < k->n_words; w++) {
		look_around(k, w);
		k->class[w] = (uint8_t)best_class(k, LOOSE);
	}
}

enum status lexicon_classes(const struct lexicon_past *p, const uint32_t *sentence,
			    uint32_t n_sentences, uint8_t *word_class, uint32_t *n_classes)
{
	struct clusterer k = {.p = p};
	enum status status = clusterer_open(&k, sentence, n_sentences);

	*n_classes = 1;
	if (status == STATUS_OK && k.n_words > 0) {
		uint32_t n = n_frequent(&k), most = 20;

		if (n == 0)
			n = k.n_words;
		begin(&k, n < most ? n : most);
		sweep(&k, n, SWEEPS);
		put_rare(&k, n);
		for (uint32_t w = 0; w < k.n_words; w++)
			word_class[k.symbol[w]] = k.class[w];
		*n_classes = k.n_classes;
	}
	if (status == STATUS_OK && p->separator != LEXICON_NONE)
		word_class[p->separator] = (uint8_t)(*n_classes)++;
	clusterer_close(&k);
	return status;
}
