/* SPDX-License-Identifier: BSD-2-Clause
 *
 * mix_tokens_subject.c - whom the sentence may be about, before and after it says so.
 *
 * A SUBJECT is what a key names (mix_tokens_past.c), where each sentence is a record.  Of a subject
 * the telling words of its sentences are kept: those of classes whose words are rarer than the mean
 * word, as names and values are.  Contexts know a subject by its key alone; but a sentence may
 * state values before it comes to the name, and these say whom it can be about:
 *
 *    weight = (sentences of the subject - DISCOUNT) * product over the sentence's telling words of
 *             1 if the subject has the word; 1 / (words of the class + 1) if it has no word of that
 *             class yet; MISS times that if it has another one
 *
 * and all others together, known or new, weigh DISCOUNT * subjects, times 1 / (words + 1) for each
 * word: the predictive law of a Chinese restaurant, whose tables are the subjects.  Looked at are
 * those that are listed with one of the words.  When a class of words begins, the words of that
 * class that the candidates have are what may come, at the candidates' weights; the others are
 * taken to say what the tree's nodes say.
 *
 * Cost: for a telling word, SUBJECT_LISTED subjects of up to SUBJECT_WORDS words are compared; for
 * another one that is spelled by its class, those of the candidates.
 */
#include <string.h>

#include "mix_tokens_state.h"

#define DISCOUNT 0.5f
#define MISS 0.01f
#define TOPIC_MISS 0.05f /* a candidate of another topic than the sentence's */
#define WEIGHT_MIN 1e-5f /* of a candidate that is kept */
#define OTHERS_MIN 1e-6f
#define SCALE_MAX 1e24f
#define SPECK 1e-9f /* to each side, lest 0 be divided by 0 */

void token_subject_learn(struct mix_tokens *m, const uint32_t *count)
{
	struct subjects *all = &m->subjects;
	struct class_counts k = token_class_counts(m->lexicon, m->lexicon->n_topics, count);

	for (uint32_t c = 0; c < LEXICON_CLASS_SLOTS; c++)
		all->telling[c] = k.n[c] * k.n_different < (double)m->n * k.n_words[c];
	memcpy(all->class_words, k.n_words, sizeof all->class_words);
	all->telling[LEXICON_NO_CLASS] = true;
	all->class_words[LEXICON_NO_CLASS] = m->n_symbols;
}

void token_subject_forget(struct mix_tokens *m)
{
	struct subjects *all = &m->subjects;

	if (m->has_subjects) {
		memset(all->subject, 0, sizeof *all->subject << all->log2);
		memset(all->listed, 0, m->n_symbols * SUBJECT_LISTED * sizeof *all->listed);
	}
	all->n = 0;
}

void token_subject_start(struct mix_tokens *m)
{
	struct candidates *k = &m->candidates;

	k->n = k->n_words = k->n_guesses = 0;
	k->others = DISCOUNT * (float)m->subjects.n;
	k->scale = 1;
}

/* Whom the sentence may be about -------------------------------------------------------------- */

static float fit(const struct mix_tokens *m, const struct subject *s, uint32_t symbol)
{
	uint32_t c = token_class(m, symbol);
	bool other = false;

	for (uint32_t i = 0; i < s->n_words; i++) {
		if (s->word[i] == symbol)
			return 1;
		other |= token_class(m, s->word[i]) == c;
	}
	return (other ? MISS : 1) / (float)(m->subjects.class_words[c] + 1);
}

/* The subject comes in with the sentence's last telling word; perhaps in place of another one. */
static void add_candidate(struct mix_tokens *m, uint32_t id)
{
	struct candidates *k = &m->candidates;
	const struct subject *s = &m->subjects.subject[id];
	float weight = ((float)s->n - DISCOUNT) * k->scale;
	uint32_t at = 0;

	for (uint32_t i = 0; i < k->n; i++)
		if (k->id[i] == id)
			return;
	for (uint32_t i = 0; i < k->n_words; i++)
		weight *= fit(m, s, k->word[i]);
	if (k->n < SUBJECT_CANDIDATES) {
		at = k->n++;
	} else {
		for (uint32_t i = 1; i < k->n; i++)
			if (k->weight[i] < k->weight[at])
				at = i;
		if (k->weight[at] >= weight)
			return;
		k->others += k->weight[at];
	}
	k->id[at] = id;
	k->weight[at] = weight;
}

/* Weights become probabilities; those next to nothing go. */
static void normalise(struct candidates *k)
{
	float sum = k->others;
	uint32_t n = 0;

	for (uint32_t i = 0; i < k->n; i++)
		sum += k->weight[i];
	for (uint32_t i = 0; i < k->n; i++) {
		k->weight[n] = k->weight[i] / sum;
		k->id[n] = k->id[i];
		n += k->weight[n] > WEIGHT_MIN;
	}
	k->n = n;
	k->others = k->others / sum + OTHERS_MIN;
	k->scale /= sum;
	if (k->scale > SCALE_MAX)
		k->scale = SCALE_MAX;
}

void token_subject_word(struct mix_tokens *m, uint32_t symbol)
{
	const struct subjects *all = &m->subjects;
	struct candidates *k = &m->candidates;
	uint32_t c = token_class(m, symbol);

	if (!m->has_subjects || m->replaying || !all->telling[c] || all->n == 0 ||
	    k->n_words == SUBJECT_SAID)
		return;
	for (uint32_t i = 0; i < k->n_words; i++)
		if (k->word[i] == symbol)
			return;
	for (uint32_t i = 0; i < k->n; i++)
		k->weight[i] *= fit(m, &all->subject[k->id[i]], symbol);
	k->others /= (float)(all->class_words[c] + 1);
	k->word[k->n_words++] = (uint16_t)symbol;
	for (uint32_t i = 0; i < SUBJECT_LISTED; i++) {
		uint32_t id = all->listed[(size_t)symbol * SUBJECT_LISTED + i];

		if (id)
			add_candidate(m, id - 1);
	}
	normalise(k);
}

/* What is known of subjects ------------------------------------------------------------------- */

/* The word's list has the subject, perhaps instead of the one that came least.  An id may be listed
 * twice after its place was taken by another key: it counts once. */
static void list_subject(struct subjects *all, uint32_t symbol, uint32_t id)
{
	uint32_t *list = all->listed + (size_t)symbol * SUBJECT_LISTED, at = 0;

	for (uint32_t i = 0; i < SUBJECT_LISTED && list[at]; i++)
		if (!list[i] || all->subject[list[i] - 1].n < all->subject[list[at] - 1].n)
			at = i;
	list[at] = id + 1;
}

static void learn_word(struct mix_tokens *m, uint32_t id, uint32_t symbol)
{
	struct subject *s = &m->subjects.subject[id];

	for (uint32_t i = 0; i < s->n_words; i++)
		if (s->word[i] == symbol)
			return;
	if (s->n_words == SUBJECT_WORDS)
		return;
	s->word[s->n_words++] = (uint16_t)symbol;
	list_subject(&m->subjects, symbol, id);
}

void token_subject_finish(struct mix_tokens *m)
{
	struct subjects *all = &m->subjects;
	const struct token_past *p = &m->past;
	uint64_t hash = token_hash(p->key, 17);
	uint32_t id, check = (uint32_t)hash | 1;
	struct subject *s;

	if (!m->has_subjects || !p->key || m->record_end != LEXICON_NONE)
		return;
	id = (uint32_t)(hash >> (64 - all->log2));
	s = &all->subject[id];
	if (s->check != check && s->n > 1) {
		s->n--;
		return;
	}
	if (s->check != check) {
		all->n += s->check == 0;
		*s = (struct subject){.check = check};
	}
	s->n += s->n < SUBJECT_SENTENCES_MAX;
	s->topic = m->belief.best;
	for (uint32_t i = 0; i < p->n_words; i++)
		if (all->telling[token_class(m, p->word[i])])
			learn_word(m, id, p->word[i]);
}

/* What they may say now ----------------------------------------------------------------------- */

/* The candidate's word is one guess more, if it could come here. */
static void guess_word(struct mix_tokens *m, const struct subject_place *at, uint32_t symbol)
{
	const struct lexicon *lx = m->lexicon;
	struct candidates *k = &m->candidates;
	struct subject_guess *g = &k->guess[k->n_guesses];
	bool escaped;

	if (k->n_guesses == SUBJECT_GUESSES || lexicon_class(lx, at->tree, symbol) != at->class ||
	    !lexicon_has(lx, at->tree, symbol) ||
	    (at->escaped && lexicon_has(lx, m->past.tree, symbol)))
		return;
	lexicon_spell(lx, at->tree, symbol, g->bit, &escaped);
	k->n_guesses += memcmp(g->bit, at->bit, at->depth) == 0;
}

void token_subject_enter(struct mix_tokens *m, const struct subject_place *at)
{
	struct candidates *k = &m->candidates;
	bool known_topic = m->past.tree != m->lexicon->n_topics;

	k->n_guesses = 0;
	k->unknown = k->others;
	for (uint32_t i = 0; i < k->n; i++) {
		const struct subject *s = &m->subjects.subject[k->id[i]];
		float weight = k->weight[i];
		uint32_t first = k->n_guesses, n;

		if (known_topic && s->topic != m->past.tree)
			weight *= TOPIC_MISS;
		for (uint32_t j = 0; j < s->n_words; j++)
			guess_word(m, at, s->word[j]);
		n = k->n_guesses - first;
		for (uint32_t j = first; j < k->n_guesses; j++)
			k->guess[j].weight = weight / (float)n;
		if (n == 0)
			k->unknown += weight;
	}
}

bool token_subject_asked(const struct mix_tokens *m)
{
	return m->candidates.n_guesses > 0;
}

float token_subject_ask(struct mix_tokens *m, unsigned depth, float p_node)
{
	struct candidates *k = &m->candidates;
	float one = k->unknown * p_node, sum = k->unknown;

	k->p_node = p_node;
	for (uint32_t i = 0; i < k->n_guesses; i++) {
		sum += k->guess[i].weight;
		one += k->guess[i].bit[depth] ? k->guess[i].weight : 0;
	}
	return (one + SPECK) / (sum + 2 * SPECK);
}

void token_subject_step(struct mix_tokens *m, unsigned depth, unsigned bit)
{
	struct candidates *k = &m->candidates;
	uint32_t n = 0;

	k->unknown *= bit ? k->p_node : 1 - k->p_node;
	for (uint32_t i = 0; i < k->n_guesses; i++)
		if (k->guess[i].bit[depth] == bit)
			k->guess[n++] = k->guess[i];
	k->n_guesses = n;
}
