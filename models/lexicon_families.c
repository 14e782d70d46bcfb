/* SPDX-License-Identifier: BSD-2-Clause
 *
 * lexicon_families.c - classes of several topics that are one: families.
 *
 * Each topic has classes of its own, as its words go on in their own way.  But names and values are
 * often of one kind in all topics.  Then most words that two topics know and one of them has in
 * such a class are in one class of the other topic, while function words fall anyhow.  So classes
 * are joined that share most words, the closest first: a family is what was joined.  Families see
 * what the exchange over all sentences (lexicon_classes.c) cannot, to which a name of one topic and
 * one of another are strangers.
 *
 * They are used three times.  In the tree of all words a family is a class.  A topic also knows the
 * words of its families that it has not said yet, so that they need no escape.  And a word that a
 * topic has said so seldom that it was put anywhere goes to the class of its family.
 *
 * Cost: symbols * topics^2, and the square of the number of all topics' classes for each join.
 */
#include <stdlib.h>
#include <string.h>

#include "lexicon_past.h"

#define NO_FAMILY UINT32_MAX
#define FAMILIES_MAX 15u /* beside the 45 classes that the exchange may find */
#define KINSHIP_MIN 0.5
#define SELDOM 3u /* said so often by a topic, or less, a word may change its class there */

/* The classes of all topics are numbered through. */
struct families {
	struct lexicon *lx;
	const uint32_t *count;                  /* (topics + 1, symbols) of words */
	uint32_t n;                             /* classes */
	uint32_t first[LEXICON_TOPICS_MAX + 1]; /* of each topic */
	uint32_t *topic;                        /* (n) */
	uint32_t *known;    /* (n, topics) how many words of the class each other topic has */
	uint32_t *shared;   /* (n, n) words of both; joined classes: of their last one */
	uint32_t *most;     /* (n, n) words that both could share */
	uint32_t *into;     /* (n) the class that stands for the joined ones */
	uint32_t *n_joined; /* (n) classes in it */
	uint32_t *of_word;  /* (symbols) the class that stands for the word's family */
};

static uint32_t count_of(const struct families *f, uint32_t topic, uint32_t symbol)
{
	return f->count[(size_t)topic * f->lx->n_symbols + symbol];
}

static uint32_t class_of(const struct families *f, uint32_t topic, uint32_t symbol)
{
	return f->first[topic] + lexicon_class(f->lx, topic, symbol);
}

static enum status families_open(struct families *f)
{
	const struct lexicon *lx = f->lx;
	size_t n = 0;

	for (uint32_t t = 0; t < lx->n_topics; t++) {
		f->first[t] = (uint32_t)n;
		n += lx->n_classes[t];
	}
	f->n = (uint32_t)n;
	f->topic = malloc(n * sizeof *f->topic);
	f->known = calloc(n * lx->n_topics, sizeof *f->known);
	f->shared = calloc(n * n, sizeof *f->shared);
	f->most = calloc(n * n, sizeof *f->most);
	f->into = malloc(n * sizeof *f->into);
	f->n_joined = calloc(n, sizeof *f->n_joined);
	f->of_word = malloc(lx->n_symbols * sizeof *f->of_word);
	if (!f->topic || !f->known || !f->shared || !f->most || !f->into || !f->n_joined ||
	    !f->of_word)
		return fail_no_memory();
	for (uint32_t t = 0; t < lx->n_topics; t++)
		for (uint32_t c = 0; c < lx->n_classes[t]; c++)
			f->topic[f->first[t] + c] = t;
	return STATUS_OK;
}

static void families_close(struct families *f)
{
	free(f->topic);
	free(f->known);
	free(f->shared);
	free(f->most);
	free(f->into);
	free(f->n_joined);
	free(f->of_word);
}

/* Joining ------------------------------------------------------------------------------------- */

static void count_shared(struct families *f)
{
	uint32_t n_topics = f->lx->n_topics;

	for (uint32_t s = 0; s < f->lx->n_symbols; s++)
		for (uint32_t t = 0; t < n_topics; t++)
			for (uint32_t u = 0; u < n_topics && count_of(f, t, s); u++)
				if (u != t && count_of(f, u, s)) {
					uint32_t a = class_of(f, t, s), b = class_of(f, u, s);

					f->shared[(size_t)a * f->n + b]++;
					f->known[(size_t)a * n_topics + u]++;
				}
	for (uint32_t a = 0; a < f->n; a++)
		for (uint32_t b = 0; b < f->n; b++) {
			uint32_t x = f->known[(size_t)a * n_topics + f->topic[b]];
			uint32_t y = f->known[(size_t)b * n_topics + f->topic[a]];

			f->most[(size_t)a * f->n + b] = x < y ? x : y;
		}
}

/* The share of words that two classes have in common; less of it, the fewer words there are. */
static double kinship(const struct families *f, uint32_t a, uint32_t b)
{
	return ((double)f->shared[(size_t)a * f->n + b] - 1) /
	       ((double)f->most[(size_t)a * f->n + b] + 2);
}

/* Of the n classes listed the closest two, by their places in the list; is there such a pair? */
static bool closest(const struct families *f, const uint32_t *list, uint32_t n, uint32_t *x,
		    uint32_t *y)
{
	double best = KINSHIP_MIN;
	bool found = false;

	for (uint32_t i = 1; i < n; i++)
		for (uint32_t j = 0; j < i; j++) {
			double k = kinship(f, list[i], list[j]);

			if (k > best) {
				best = k;
				*x = i;
				*y = j;
				found = true;
			}
		}
	return found;
}

static enum status join_classes(struct families *f)
{
	uint32_t *list = malloc(f->n * sizeof *list), n = f->n, x = 0, y = 0;

	if (!list)
		return fail_no_memory();
	for (uint32_t a = 0; a < n; a++)
		list[a] = f->into[a] = a;
	while (closest(f, list, n, &x, &y)) {
		uint32_t a = list[x], b = list[y];

		list[x] = list[--n];
		for (uint32_t i = 0; i < n; i++) {
			size_t ac = (size_t)a * f->n + list[i], bc = (size_t)b * f->n + list[i];
			size_t cb = (size_t)list[i] * f->n + b;

			f->shared[bc] += f->shared[ac];
			f->most[bc] += f->most[ac];
			f->shared[cb] = f->shared[bc];
			f->most[cb] = f->most[bc];
		}
		for (uint32_t c = 0; c < f->n; c++)
			if (f->into[c] == a)
				f->into[c] = b;
	}
	free(list);
	for (uint32_t c = 0; c < f->n; c++)
		f->n_joined[f->into[c]]++;
	return STATUS_OK;
}

/* A class alone is no family, and of too many only the largest stay. */
static void drop_small(struct families *f)
{
	uint32_t n = UINT32_MAX;

	for (uint32_t least = 2; n > FAMILIES_MAX; least++) {
		n = 0;
		for (uint32_t c = 0; c < f->n; c++) {
			if (f->n_joined[c] < least)
				f->n_joined[c] = 0;
			n += f->n_joined[c] > 0;
		}
	}
}

/* Words --------------------------------------------------------------------------------------- */

/* The word's occurrences in classes of this family. */
static uint64_t count_in(const struct families *f, uint32_t family, uint32_t symbol)
{
	uint64_t n = 0;

	for (uint32_t t = 0; t < f->lx->n_topics; t++)
		if (count_of(f, t, symbol) && f->into[class_of(f, t, symbol)] == family)
			n += count_of(f, t, symbol);
	return n;
}

/* The family that most occurrences of each word are of, if it is more than half of them. */
static void assign_words(struct families *f)
{
	for (uint32_t s = 0; s < f->lx->n_symbols; s++) {
		uint64_t all = count_of(f, f->lx->n_topics, s);

		f->of_word[s] = NO_FAMILY;
		for (uint32_t t = 0; t < f->lx->n_topics; t++) {
			uint32_t family;

			if (!count_of(f, t, s))
				continue;
			family = f->into[class_of(f, t, s)];
			if (f->n_joined[family] && 2 * count_in(f, family, s) > all)
				f->of_word[s] = family;
		}
	}
}

/* In the tree of all words: classes of words without a family, without gaps, then the families. */
static void change_tree_of_all(struct families *f)
{
	struct lexicon *lx = f->lx;
	uint8_t *class = lx->word_class + (size_t)lx->n_topics * lx->n_symbols;
	uint32_t number[LEXICON_CLASSES_MAX] = {0}, n = 0;

	for (uint32_t s = 0; s < lx->n_symbols; s++)
		if (class[s] != LEXICON_NO_CLASS && f->of_word[s] == NO_FAMILY)
			number[class[s]] = 1;
	for (uint32_t c = 0; c < LEXICON_CLASSES_MAX; c++)
		if (number[c])
			number[c] = n++;
	for (uint32_t s = 0; s < lx->n_symbols; s++)
		if (class[s] != LEXICON_NO_CLASS && f->of_word[s] == NO_FAMILY)
			class[s] = (uint8_t)number[class[s]];
	for (uint32_t family = 0; family < f->n; family++) {
		bool any = false;

		for (uint32_t s = 0; f->n_joined[family] && s < lx->n_symbols; s++)
			if (f->of_word[s] == family) {
				class[s] = (uint8_t)n;
				any = true;
			}
		n += any;
	}
	lx->n_classes[lx->n_topics] = n;
}

/* Words of a family that the topic has not said, or seldom and elsewhere: to its largest class. */
static void change_topic(struct families *f, uint32_t t)
{
	struct lexicon *lx = f->lx;
	uint8_t *class = lx->word_class + (size_t)t * lx->n_symbols;
	uint32_t n_words[LEXICON_CLASS_SLOTS] = {0};

	for (uint32_t s = 0; s < lx->n_symbols; s++)
		n_words[class[s]]++;
	for (uint32_t family = 0; family < f->n; family++) {
		uint32_t largest = LEXICON_NO_CLASS;

		for (uint32_t c = 0; f->n_joined[family] && c < lx->n_classes[t]; c++)
			if (f->into[f->first[t] + c] == family &&
			    (largest == LEXICON_NO_CLASS || n_words[c] > n_words[largest]))
				largest = c;
		for (uint32_t s = 0; largest != LEXICON_NO_CLASS && s < lx->n_symbols; s++) {
			uint32_t n = count_of(f, t, s);

			if (f->of_word[s] == family && n <= SELDOM &&
			    (n == 0 || f->into[class_of(f, t, s)] != family))
				class[s] = (uint8_t)largest;
		}
	}
}

enum status lexicon_families(struct lexicon *lx, const uint32_t *count)
{
	struct families f = {.lx = lx, .count = count};
	enum status status;

	if (lx->n_topics == 1)
		return STATUS_OK;
	status = families_open(&f);
	if (status == STATUS_OK) {
		count_shared(&f);
		status = join_classes(&f);
	}
	if (status == STATUS_OK) {
		drop_small(&f);
		assign_words(&f);
		change_tree_of_all(&f);
		for (uint32_t t = 0; t < lx->n_topics; t++)
			change_topic(&f, t);
	}
	families_close(&f);
	return status;
}
