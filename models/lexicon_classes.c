/* SPDX-License-Identifier: BSD-2-Clause
 *
 * lexicon_classes.c - words that stand for each other: exchange clustering.
 *
 * Words of a class are followed and preceded by the same classes, at the same distances and at the
 * same places of the sentence.  So the classes are sought that say most about each other: the sum
 * of the mutual informations of the classes one to LAGS words apart, and of class and place.  Each
 * word is put in turn where this sum is largest, given all others (Kneser and Ney 1993, there for
 * distance one), and again.  It begins with more classes than will be needed, each grown from a
 * frequent word; then those that lose least are joined, one by one, and of the numbers of classes
 * on the way the one of the shortest code is kept.  To begin with fewer would save time, but often
 * two classes never come apart again.
 *
 * The judge of code lengths codes the classes of one sentence after the other, by what followed the
 * last class, the last two and the whole sentence so far (each blended into the next longer one),
 * then the words in their classes, and the map from words to classes (at a price below its own, as
 * a word put wrongly can be put right later).
 *
 * Cost: for each sweep, occurrences * SIDES + words * surroundings * classes; the newest HEAD_TEXTS
 * words at most are looked at, so a large past costs no more than that.
 */
#include <stdlib.h>
#include <string.h>

#include "elementary.h"
#include "lexicon_past.h"

#define LAGS LEXICON_LAGS
#define SIDES (2 * LAGS)
#define PLACES 16u
#define SLOTS (LEXICON_CLASSES_MAX + 2)
#define EDGE LEXICON_CLASSES_MAX        /* "class" beyond the sentence's ends */
#define LOOSE (LEXICON_CLASSES_MAX + 1) /* "class" of words not put anywhere yet */
#define PAIR_BITS 12u
#define MAP_PRICE 0.75
#define SWEEPS 3u
#define SWEEPS_TRIAL 2u     /* when only the code length is asked for */
#define SWEEPS_LAST 2u      /* when the number of classes is known */
#define BEGIN_MAX 44u       /* classes to begin with */
#define BEGIN_MAX_TRIAL 40u /* the same when only the code length is asked for */
#define EXCHANGED_MAX 400u  /* words that are moved about; rarer ones are put where they fit */
#define PIECE_WORDS 4096u   /* longer sentences are cut */
#define HEAD_TEXTS (NLG_TABLE_SIZE - LEXICON_RARE) /* what decides for the frequent words */

/* Sides: [lag] is so many words before, [LAGS + lag] so many behind. */
struct table {
	uint32_t n[SIDES][SLOTS][SLOTS]; /* [side][o][c]: class c has class o there */
	double nlg[SIDES][SLOTS][SLOTS]; /* n lg n of these */
	uint32_t place[PLACES][SLOTS];
	uint32_t total[SLOTS];
};

/* What surrounds a word: how often which class stands where. */
struct surroundings {
	uint32_t n, self[LAGS];
	uint32_t side[SIDES][SLOTS];
	uint32_t place[PLACES];
	uint8_t met[SIDES][SLOTS], n_met[SIDES]; /* the classes that are not 0 */
};

struct clusterer {
	const struct lexicon_past *p;
	uint32_t n_words;    /* different ones */
	uint32_t n_texts;    /* with LAGS edges around each sentence, newest sentence first */
	uint32_t n_head;     /* of these, what the table counts */
	uint32_t *text;      /* (n_texts) word, or n_words for an edge */
	uint8_t *place;      /* (n_texts) in the sentence */
	uint32_t *first;     /* (n_words + 1) where the word's occurrences are listed */
	uint32_t *where;     /* (n_texts) the occurrences, by word, newest sentence first */
	uint32_t *symbol;    /* (n_words) most frequent first */
	uint32_t *n_in_head; /* (n_words) occurrences */
	uint32_t *n_paid;    /* (n_words) occurrences that do not follow from other words */
	uint32_t pair[1 << PAIR_BITS]; /* of tied words that came together, the last ones */
	uint8_t *class;                /* (n_words + 1) */
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

/*
 * Does this occurrence of a word have to be told?  Of two words that are tied the second one
 * follows from the first (`key`, the sentence's first tied word), unless they come together for the
 * first time.
 */
static bool is_paid(struct clusterer *k, uint32_t symbol, uint32_t *key)
{
	uint32_t pair, *place;

	if (!k->p->tied[symbol])
		return true;
	if (*key == LEXICON_NONE) {
		*key = symbol;
		return true;
	}
	pair = *key << 16 | symbol;
	place = &k->pair[(uint32_t)(pair * 0x9e3779b1u) >> (32 - PAIR_BITS)];
	if (*place == pair)
		return false;
	*place = pair;
	return true;
}

/* LAGS edges, which end a sentence and begin the next one.  The head ends with its last edges. */
static uint32_t write_edges(struct clusterer *k, uint32_t at)
{
	for (uint32_t e = 0; e < LAGS; e++)
		k->text[at++] = k->n_words;
	if (at <= HEAD_TEXTS)
		k->n_head = at;
	return at;
}

static void write_text(struct clusterer *k, const uint32_t *sentence, uint32_t n_sentences,
		       const uint32_t *word)
{
	uint32_t at = write_edges(k, 0);

	for (uint32_t i = 0; i < n_sentences; i++) {
		uint32_t start = k->p->start[sentence[i]], n = past_words(k->p, sentence[i]);
		uint32_t key = LEXICON_NONE;

		for (uint32_t j = 0; j < n; j++) {
			uint32_t symbol = k->p->token[start + j];

			k->n_paid[word[symbol]] += is_paid(k, symbol, &key);
			k->place[at] = (uint8_t)(j < PLACES ? j : PLACES - 1);
			k->text[at++] = word[symbol];
			if (j % PIECE_WORDS == PIECE_WORDS - 1)
				at = write_edges(k, at);
		}
		at = write_edges(k, at);
	}
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
	for (uint32_t i = LAGS; i + LAGS < k->n_head; i++)
		k->n_in_head[k->text[i]]++;
}

#define BY_COUNT_MAX 4095u

static enum status clusterer_open(struct clusterer *k, const uint32_t *sentence,
				  uint32_t n_sentences)
{
	size_t n_texts = LAGS;
	uint32_t *count = calloc(k->p->n_symbols, sizeof *count);
	uint32_t *by_count = calloc(BY_COUNT_MAX + 1, sizeof *by_count);

	for (uint32_t i = 0; i < n_sentences; i++)
		n_texts += past_words(k->p, sentence[i]) + LAGS +
			   past_words(k->p, sentence[i]) / PIECE_WORDS * LAGS;
	k->text = malloc(n_texts * sizeof *k->text);
	k->place = malloc(n_texts);
	k->where = malloc(n_texts * sizeof *k->where);
	k->first = malloc((k->p->n_symbols + 2) * sizeof *k->first);
	k->symbol = malloc(k->p->n_symbols * sizeof *k->symbol);
	k->class = malloc(k->p->n_symbols + 1);
	k->n_paid = calloc(k->p->n_symbols, sizeof *k->n_paid);
	k->n_in_head = calloc(k->p->n_symbols + 1, sizeof *k->n_in_head);
	k->table = calloc(1, sizeof *k->table);
	k->s = calloc(1, sizeof *k->s);

	bool ok = count && by_count && k->text && k->place && k->where && k->first && k->symbol &&
		  k->class && k->n_paid && k->n_in_head && k->table && k->s;

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
	free(k->n_paid);
	free(k->n_in_head);
	free(k->class);
	free(k->table);
	free(k->s);
}

/* Moving words -------------------------------------------------------------------------------- */

static void forget(struct surroundings *s)
{
	for (uint32_t side = 0; side < SIDES; side++) {
		for (uint32_t i = 0; i < s->n_met[side]; i++)
			s->side[side][s->met[side][i]] = 0;
		s->n_met[side] = 0;
	}
	memset(s->self, 0, sizeof s->self);
	memset(s->place, 0, sizeof s->place);
}

static void meet(struct surroundings *s, uint32_t side, uint8_t c)
{
	if (s->side[side][c]++ == 0)
		s->met[side][s->n_met[side]++] = c;
}

/* Look at the word's first n occurrences. */
static void look_around(struct clusterer *k, uint32_t word, uint32_t n)
{
	struct surroundings *s = k->s;

	forget(s);
	s->n = n;
	for (uint32_t i = k->first[word]; i < k->first[word] + n; i++) {
		uint32_t at = k->where[i];

		s->place[k->place[at]]++;
		for (uint32_t d = 0; d < LAGS; d++) {
			uint32_t before = k->text[at - d - 1], behind = k->text[at + d + 1];

			if (before != word)
				meet(s, d, k->class[before]);
			if (behind != word)
				meet(s, LAGS + d, k->class[behind]);
			else
				s->self[d]++;
		}
	}
}

static uint32_t opposite(uint32_t side)
{
	return side < LAGS ? side + LAGS : side - LAGS;
}

/* n[side][o][c] += by, which may be negative in two's complement. */
static void table_add(const struct lexicon_past *p, struct table *t, uint32_t side, uint32_t o,
		      uint32_t c, uint32_t by)
{
	t->n[side][o][c] += by;
	t->nlg[side][o][c] = p->nlg[t->n[side][o][c]];
}

/* Add the word looked at to class c (sign 1), or take it out (sign -1). */
static void move(struct clusterer *k, uint32_t c, uint32_t sign)
{
	struct table *t = k->table;
	const struct surroundings *s = k->s;

	t->total[c] += sign * s->n;
	for (uint32_t i = 0; i < PLACES; i++)
		t->place[i][c] += sign * s->place[i];
	for (uint32_t side = 0; side < SIDES; side++) {
		if (s->self[side % LAGS])
			table_add(k->p, t, side, c, c, sign * s->self[side % LAGS]);
		for (uint32_t i = 0; i < s->n_met[side]; i++) {
			uint32_t o = s->met[side][i], by = sign * s->side[side][o];

			table_add(k->p, t, side, o, c, by);
			table_add(k->p, t, opposite(side), c, o, by);
		}
	}
}

/* sum[] += what n lg n rises by when `by` is added to each number. */
static void add_rises(const double *nlg, const uint32_t *n, const double *nlg_n, uint32_t n_classes,
		      uint32_t by, double *sum)
{
	for (uint32_t c = 0; c < n_classes; c++)
		sum[c] += nlg[n[c] + by] - nlg_n[c];
}

/* What the sum of informations gains when the word looked at, now in no class, joins each class. */
static void gains(const struct clusterer *k, double *sum)
{
	const double *nlg = k->p->nlg;
	const struct table *t = k->table;
	const struct surroundings *s = k->s;

	for (uint32_t c = 0; c < k->n_classes; c++)
		sum[c] = -(double)(SIDES + 1) * (nlg[t->total[c] + s->n] - nlg[t->total[c]]);
	for (uint32_t side = 0; side < SIDES; side++)
		for (uint32_t i = 0; i < s->n_met[side]; i++) {
			uint32_t o = s->met[side][i];

			add_rises(nlg, t->n[side][o], t->nlg[side][o], k->n_classes,
				  s->side[side][o], sum);
		}
	for (uint32_t d = 0; d < LAGS; d++)
		for (uint32_t c = 0; s->self[d] && c < k->n_classes; c++)
			sum[c] += nlg[t->n[d][c][c] + s->self[d]] - nlg[t->n[d][c][c]];
	for (uint32_t i = 0; i < PLACES; i++)
		for (uint32_t c = 0; s->place[i] && c < k->n_classes; c++)
			sum[c] += nlg[t->place[i][c] + s->place[i]] - nlg[t->place[i][c]];
}

/* Where the word looked at gains most: there, if nowhere more, where it is `now`. */
static uint32_t best_class(const struct clusterer *k, uint32_t now)
{
	double sum[SLOTS], best;

	gains(k, sum);
	best = now < k->n_classes ? sum[now] + 1e-6 : -1e300;
	for (uint32_t c = 0; c < k->n_classes; c++)
		if (sum[c] > best) {
			best = sum[c];
			now = c;
		}
	return now;
}

/* Put the word where it fits best; was it moved? */
static bool place_word(struct clusterer *k, uint32_t word)
{
	uint32_t old = k->class[word];

	look_around(k, word, k->n_in_head[word]);
	move(k, old, (uint32_t)-1);
	k->class[word] = (uint8_t)best_class(k, old);
	move(k, k->class[word], 1);
	return k->class[word] != old;
}

/* How many words, the most frequent ones, are moved about: at least one. */
static uint32_t n_exchanged(const struct clusterer *k)
{
	uint32_t n = 0;

	while (n < k->n_words && n < EXCHANGED_MAX && k->n_in_head[n] > 0)
		n++;
	return n > 0 ? n : 1;
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

static void count_all(struct clusterer *k)
{
	memset(k->table, 0, sizeof *k->table);
	for (uint32_t i = LAGS; i + LAGS < k->n_head; i++) {
		uint32_t c = k->class[k->text[i]];

		if (c != EDGE) {
			k->table->total[c]++;
			k->table->place[k->place[i]][c]++;
		}
	}
	for (uint32_t d = 0; d < LAGS; d++)
		for (uint32_t i = 0; i + d + 1 < k->n_head; i++) {
			uint32_t a = k->class[k->text[i]], b = k->class[k->text[i + d + 1]];

			k->table->n[d][a][b]++;
			k->table->n[LAGS + d][b][a]++;
		}
	for (uint32_t side = 0; side < SIDES; side++)
		for (uint32_t o = 0; o < SLOTS; o++)
			for (uint32_t c = 0; c < SLOTS; c++)
				table_add(k->p, k->table, side, o, c, 0);
}

/* Every word loose, but the n_classes most frequent ones, which make a class each. */
static void begin(struct clusterer *k, uint32_t n_classes)
{
	k->n_classes = n_classes;
	for (uint32_t w = 0; w < k->n_words; w++)
		k->class[w] = (uint8_t)(w < n_classes ? w : LOOSE);
	k->class[k->n_words] = EDGE;
	count_all(k);
}

static void put_rare(struct clusterer *k, uint32_t n)
{
	for (uint32_t w = n; w < k->n_words; w++) {
		uint32_t count = count_of(k, w);

		look_around(k, w, count < LEXICON_RARE ? count : LEXICON_RARE);
		k->class[w] = (uint8_t)best_class(k, LOOSE);
	}
}

/* Joining classes ----------------------------------------------------------------------------- */

/* What n lg n loses when two numbers are added. */
static double fall(const double *nlg, uint32_t a, uint32_t b)
{
	return a == 0 || b == 0 ? 0 : nlg[a] + nlg[b] - nlg[a + b];
}

/* What the sum of informations loses when classes a and b become one. */
static double loss(const struct clusterer *k, uint32_t a, uint32_t b)
{
	const double *nlg = k->p->nlg;
	const struct table *t = k->table;
	double sum = -(double)(SIDES + 1) * fall(nlg, t->total[a], t->total[b]);

	for (uint32_t side = 0; side < SIDES; side++) { /* row a of a side is column a opposite */
		const uint32_t *x = t->n[side][a], *y = t->n[side][b];
		const double *nlg_x = t->nlg[side][a], *nlg_y = t->nlg[side][b];

		for (uint32_t c = 0; c < k->n_classes; c++)
			sum += nlg_x[c] + nlg_y[c] - nlg[x[c] + y[c]];
		sum += fall(nlg, x[EDGE], y[EDGE]);
		if (side >= LAGS)
			continue;

		/* Counted above, in rows and in columns: these four.  They become one. */
		uint32_t aa = x[a], ab = x[b], ba = y[a], bb = y[b];

		sum -=
		    fall(nlg, aa, ba) + fall(nlg, ab, bb) + fall(nlg, aa, ab) + fall(nlg, ba, bb);
		sum += nlg[aa] + nlg[ab] + nlg[ba] + nlg[bb] - nlg[aa + ab + ba + bb];
	}
	for (uint32_t i = 0; i < PLACES; i++)
		sum += fall(nlg, t->place[i][a], t->place[i][b]);
	return sum;
}

/* Class b becomes part of class a. */
static void join_tables(const struct lexicon_past *p, struct table *t, uint32_t a, uint32_t b)
{
	t->total[a] += t->total[b];
	t->total[b] = 0;
	for (uint32_t i = 0; i < PLACES; i++) {
		t->place[i][a] += t->place[i][b];
		t->place[i][b] = 0;
	}
	for (uint32_t side = 0; side < SIDES; side++) {
		for (uint32_t c = 0; c < SLOTS; c++) {
			table_add(p, t, side, a, c, t->n[side][b][c]);
			table_add(p, t, side, b, c, 0 - t->n[side][b][c]);
		}
		for (uint32_t c = 0; c < SLOTS; c++) {
			table_add(p, t, side, c, a, t->n[side][c][b]);
			table_add(p, t, side, c, b, 0 - t->n[side][c][b]);
		}
	}
}

struct joins {
	uint32_t n;
	uint8_t into[LEXICON_CLASSES_MAX], gone[LEXICON_CLASSES_MAX]; /* in order */
};

/* The pair that loses least.  Losses computed before others were joined are out of date, but not by
 * much: only what seems the best pair is computed anew. */
static void cheapest_pair(const struct clusterer *k, double (*cost)[LEXICON_CLASSES_MAX],
			  const bool *gone, uint32_t *a, uint32_t *b)
{
	bool fresh[LEXICON_CLASSES_MAX][LEXICON_CLASSES_MAX] = {{0}};

	for (;;) {
		double least = 1e300;

		for (uint32_t i = 0; i < k->n_classes; i++)
			for (uint32_t j = i + 1; j < k->n_classes && !gone[i]; j++)
				if (!gone[j] && cost[i][j] < least) {
					least = cost[i][j];
					*a = i;
					*b = j;
				}
		if (fresh[*a][*b])
			return;
		cost[*a][*b] = loss(k, *a, *b);
		fresh[*a][*b] = true;
	}
}

/* Join classes until one is left, in the order of what is lost.  Ruins the table. */
static void join_all(struct clusterer *k, struct joins *joins)
{
	double cost[LEXICON_CLASSES_MAX][LEXICON_CLASSES_MAX];
	bool gone[LEXICON_CLASSES_MAX] = {0};
	uint32_t a = 0, b = 0;

	for (uint32_t i = 0; i < k->n_classes; i++)
		for (uint32_t j = i + 1; j < k->n_classes; j++)
			cost[i][j] = loss(k, i, j);
	for (joins->n = 0; joins->n + 1 < k->n_classes;) {
		cheapest_pair(k, cost, gone, &a, &b);
		join_tables(k->p, k->table, a, b);
		gone[b] = true;
		joins->into[joins->n] = (uint8_t)a;
		joins->gone[joins->n++] = (uint8_t)b;
		for (uint32_t i = 0; i < k->n_classes; i++) {
			if (!gone[i] && i < a)
				cost[i][a] = loss(k, i, a);
			if (!gone[i] && i > a)
				cost[a][i] = loss(k, a, i);
		}
	}
}

/* map[] of the first n joins, classes numbered without gaps; returns how many there are. */
static uint32_t joined_map(const struct clusterer *k, const struct joins *joins, uint32_t n,
			   uint8_t map[SLOTS])
{
	uint32_t n_classes = 0;

	for (uint32_t c = 0; c < SLOTS; c++)
		map[c] = (uint8_t)c;
	for (uint32_t i = 0; i < n; i++)
		map[joins->gone[i]] = LOOSE;
	for (uint32_t c = 0; c < k->n_classes; c++)
		if (map[c] != LOOSE)
			map[c] = (uint8_t)n_classes++;
	for (uint32_t i = n; i-- > 0;)
		map[joins->gone[i]] = map[joins->into[i]];
	return n_classes;
}

/* The judge ----------------------------------------------------------------------------------- */

#define ORDERS 4u /* no class before, one, two, all of the sentence */

/* How often a class followed a context; for class LOOSE: how many times the context occurred, and
 * how many classes followed. */
struct judge_slot {
	uint32_t check;
	uint16_t n, n_different;
};

struct judge {
	struct judge_slot *slot;
	uint32_t mask;
	uint32_t n_texts;    /* that are coded */
	double word_bits[2]; /* the part of judge_words() that depends on no class; [1]: paid */
};

static struct judge_slot *judge_find(const struct judge *j, uint64_t key)
{
	uint64_t h = key * 0x9e3779b97f4a7c15u;
	struct judge_slot *slot = j->slot;
	uint32_t check, at;

	h = (h ^ h >> 29) * 0xbf58476d1ce4e5b9u;
	check = (uint32_t)h | 1;
	for (at = (uint32_t)(h >> 32) & j->mask; slot[at].check != check; at = (at + 1) & j->mask)
		if (slot[at].check == 0) {
			slot[at].check = check;
			break;
		}
	return &slot[at];
}

/* p of class c in these contexts, longest last; counts it. */
static double judge_class(const struct judge *j, const uint64_t context[ORDERS], uint32_t c,
			  uint32_t n_classes)
{
	double p = 1.0 / (n_classes + 1);

	for (uint32_t o = 0; o < ORDERS; o++) {
		struct judge_slot *all = judge_find(j, context[o] * 64 + LOOSE);
		struct judge_slot *this = judge_find(j, context[o] * 64 + c);
		double weight = 0.5 * all->n_different + 0.1;
		double inverse = 1 / (all->n + weight); /* does not wait for p */

		p = (this->n + weight * p) * inverse;
		all->n_different = (uint16_t)(all->n_different + (this->n == 0));
		this->n++;
		all->n++;
	}
	return p;
}

/* Bits of the classes of the newest sentences, coded one after the other. */
static double judge_sequence(const struct clusterer *k, const struct judge *j,
			     const uint8_t map[SLOTS], uint32_t n_classes)
{
	uint64_t context[ORDERS] = {0, 1, 2, 3};
	double bits = 0, product = 1;

	memset(j->slot, 0, ((size_t)j->mask + 1) * sizeof *j->slot);
	for (uint32_t i = LAGS, place = 0; i < j->n_texts; i++) {
		uint32_t c = map[k->class[k->text[i]]];

		if (c == EDGE && place == 0)
			continue;
		product *= judge_class(j, context, c, n_classes);
		if (product < 1e-200) {
			bits -= elementary_lg(product);
			product = 1;
		}
		if (c == EDGE) {
			place = 0;
			context[1] = 1;
			context[2] = 2;
			context[3] = 3;
			continue;
		}
		place++;
		context[2] = (context[1] * 64 + c) * 4 + 2;
		context[1] = c * 4 + 1;
		context[3] = ((context[3] >> 2) * 0x9e3779b97f4a7c15u + c + 1) << 2 | 3;
	}
	return bits - elementary_lg(product);
}

/* A word's share in what the judge looks at: of its occurrences, or of those that are paid. */
static double judge_count(const struct clusterer *k, const struct judge *j, uint32_t w, bool paid)
{
	return (double)(paid ? k->n_paid[w] : count_of(k, w)) * j->n_texts / k->n_texts;
}

/* Bits of the words given their classes, and of the map of classes, for as much as the sequence. */
static double judge_words(const struct clusterer *k, const struct judge *j,
			  const uint8_t map[SLOTS], uint32_t n_classes, bool paid)
{
	double n_in[SLOTS] = {0}, n_words[SLOTS] = {0}, bits = j->word_bits[paid];

	for (uint32_t w = 0; w < k->n_words; w++) {
		uint32_t c = map[k->class[w]];

		n_in[c] += judge_count(k, j, w, paid);
		n_words[c]++;
	}
	for (uint32_t c = 0; c < n_classes; c++)
		if (n_words[c] > 0)
			bits += elementary_lg_rising(0.5 * n_words[c], n_in[c]);
	return bits + MAP_PRICE * k->n_words * elementary_lg(n_classes);
}

/* Bits after the first n joins; *paid: the same with the words of judge_words(paid). */
static double judge_bits(const struct clusterer *k, const struct judge *j,
			 const struct joins *joins, uint32_t n, double *paid)
{
	uint8_t map[SLOTS];
	uint32_t n_classes = joined_map(k, joins, n, map);
	double sequence = judge_sequence(k, j, map, n_classes);

	*paid = sequence + judge_words(k, j, map, n_classes, true);
	return sequence + judge_words(k, j, map, n_classes, false);
}

/* How many joins make the code shortest?  A few numbers first, then some beside the best. */
static uint32_t best_joins(const struct clusterer *k, const struct judge *j,
			   const struct joins *joins, double *bits)
{
	static const uint32_t step[] = {6, 3, 1}; /* each at least half of the one before */
	uint32_t best = 0, from = 0, to = joins->n;
	double least = 1e300, paid;

	for (unsigned i = 0; i < sizeof step / sizeof *step; i++) {
		uint32_t old = best;

		for (uint32_t n = from; n <= to; n += step[i]) {
			double total =
			    i > 0 && n == old ? least : judge_bits(k, j, joins, n, &paid);

			if (total < least) {
				least = total;
				best = n;
				*bits = paid;
			}
		}
		if (i + 1 < sizeof step / sizeof *step) {
			from = best > step[i + 1] ? best - step[i + 1] : best % step[i + 1];
			to = best + step[i + 1] < joins->n ? best + step[i + 1] : joins->n;
		}
	}
	return best;
}

static enum status choose_number(struct clusterer *k, double *bits)
{
	struct judge j = {.mask = 1023, .n_texts = k->n_texts};
	struct joins joins;
	uint8_t map[SLOTS];

	if (j.n_texts > LEXICON_JUDGED + LAGS)
		j.n_texts = LEXICON_JUDGED + LAGS;
	while (j.mask / 7 < j.n_texts) /* the longest two contexts take 2 slots a text at most */
		j.mask = 2 * j.mask + 1;
	j.slot = malloc(((size_t)j.mask + 1) * sizeof *j.slot);
	if (!j.slot)
		return fail_no_memory();
	for (uint32_t w = 0; w < k->n_words; w++)
		for (unsigned paid = 0; paid < 2; paid++)
			j.word_bits[paid] -= elementary_lg_rising(0.5, judge_count(k, &j, w, paid));
	join_all(k, &joins);
	k->n_classes = joined_map(k, &joins, best_joins(k, &j, &joins, bits), map);
	for (uint32_t w = 0; w < k->n_words; w++)
		k->class[w] = map[k->class[w]];
	free(j.slot);
	return STATUS_OK;
}

/* Classes to begin with: more than will be needed. */
static uint32_t n_to_begin(const struct clusterer *k, uint32_t n_words, uint32_t n_max)
{
	uint32_t n = 8;

	while (n < n_max && n * n < k->n_texts)
		n++;
	return n < n_words ? n : n_words;
}

static enum status cluster(struct clusterer *k, double *bits, bool trial)
{
	uint32_t n = n_exchanged(k);

	begin(k, n_to_begin(k, n, trial ? BEGIN_MAX_TRIAL : BEGIN_MAX));
	sweep(k, n, trial ? SWEEPS_TRIAL : SWEEPS);
	put_rare(k, n);
	TRY(choose_number(k, bits));
	if (!trial) {
		count_all(k);
		sweep(k, n, SWEEPS_LAST);
	}
	return STATUS_OK;
}

enum status lexicon_classes(const struct lexicon_past *p, const uint32_t *sentence,
			    uint32_t n_sentences, struct lexicon_classes *out)
{
	struct clusterer k = {.p = p};
	enum status status = clusterer_open(&k, sentence, n_sentences);

	out->n_classes = 1;
	out->bits = 0;
	if (status == STATUS_OK && k.n_words > 0) {
		status = cluster(&k, &out->bits, !out->word_class);
		out->n_classes = k.n_classes;
	}
	if (status == STATUS_OK && out->word_class) {
		for (uint32_t w = 0; w < k.n_words; w++)
			out->word_class[k.symbol[w]] = k.class[w];
		if (p->separator != LEXICON_NONE)
			out->word_class[p->separator] = (uint8_t)out->n_classes++;
	}
	clusterer_close(&k);
	return status;
}
