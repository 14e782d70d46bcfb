/* SPDX-License-Identifier: BSD-2-Clause
 *
 * mix_tokens_past.c - the sentence and the record so far.
 *
 * The key.  How tightly two adjacent words are bound is c(xy)^2 / (c(x) c(y)): 1 if either comes
 * only with the other.  By that alone the key would be some set phrase, and of a name read for the
 * first time nothing could be said.  So it is taken by classes: their pairs' mean, times the square
 * root of the number of different pairs.  Phrases are tight but few, names are tight and many, and
 * a new name stands where names stand.
 */
#include <string.h>

#include "mix_tokens_state.h"

#define BOND_COUNT_MAX 1000u /* the mean forgets what was so many pairs ago */

/* A hash of classes, and of words where their classes do not say enough, continued. */
static uint64_t push_class(const struct mix_tokens *m, uint64_t classes, uint32_t tree,
			   uint32_t symbol)
{
	uint32_t c = lexicon_class(m->lexicon, tree, symbol);

	return token_hash(classes, m->literal[tree][c] ? LEXICON_CLASS_SLOTS + symbol : c);
}

static void push_word(struct mix_tokens *m, uint32_t symbol)
{
	struct token_past *p = &m->past;

	p->classes = push_class(m, p->classes, p->tree, symbol);
	p->class[2] = p->class[1];
	p->class[1] = p->class[0];
	p->class[0] = lexicon_class(m->lexicon, p->tree, symbol);
}

static void start_classes(struct token_past *p)
{
	p->classes = 0;
	for (unsigned i = 0; i < 3; i++)
		p->class[i] = LEXICON_START;
}

/* The tree of the likeliest topic, if it is likelier than not; the sentence's classes in it. */
static void choose_tree(struct mix_tokens *m)
{
	struct token_past *p = &m->past;
	uint32_t tree = m->belief.p_best >= 32768 ? m->belief.best : m->lexicon->n_topics;

	if (tree == p->tree)
		return;
	p->tree = tree;
	start_classes(p);
	for (uint32_t i = 0; i < p->n_words; i++)
		push_word(m, p->word[i]);
}

static void start_sentence(struct mix_tokens *m)
{
	struct token_past *p = &m->past;

	p->n_words = 0;
	start_classes(p);
	p->place = 0;
	for (unsigned i = 0; i < 3; i++)
		p->last[i] = NO_WORD;
	p->rare = NO_WORD;
	p->rare_count = UINT32_MAX;
	if (p->sentence_role)
		p->roles += token_hash(p->sentence_role, 1);
	p->sentence_role = 0;
	token_subject_start(m);
}

static void start_record(struct mix_tokens *m)
{
	struct token_past *p = &m->past;

	start_sentence(m);
	p->n_sentences = 0;
	p->roles = 0;
	p->key = 0;
	p->key_score = 0;
	memset(p->class_word, 0xff, sizeof p->class_word);
}

void token_past_start(struct mix_tokens *m)
{
	start_record(m);
	lexicon_belief_start(m->lexicon, &m->belief);
	m->past.tree = LEXICON_NONE;
	choose_tree(m);
	m->latent.n = 0;
	token_latent_start(m);
}

/* The pair of the last word and this one: perhaps it is the key. */
static void learn_pair(struct mix_tokens *m, uint32_t symbol)
{
	struct token_past *p = &m->past;
	uint64_t hash = token_hash(p->last[0], symbol + NO_WORD);
	uint32_t *n = &m->pair_count[hash >> (64 - m->pairs_log2)];
	struct bond *b = &m->bond[token_class(m, p->last[0]) * LEXICON_CLASS_SLOTS +
				  token_class(m, symbol)];
	float tight, score;

	++*n;
	tight = (float)*n * (float)*n / ((float)m->count[symbol] * (float)m->count[p->last[0]]);
	b->n += b->n < BOND_COUNT_MAX;
	b->mean += (tight - b->mean) / (float)b->n;
	b->n_pairs += *n == 1 && b->n_pairs < ROOTS - 1;
	score = b->mean * m->root[b->n_pairs];
	if (score > p->key_score) {
		p->key_score = score;
		p->key = hash | 1;
		p->key_count = *n;
	}
}

static void learn_classes(struct mix_tokens *m, uint32_t symbol)
{
	for (uint32_t t = 0; t <= m->lexicon->n_topics; t++)
		m->past.class_word[t][lexicon_class(m->lexicon, t, symbol)] = (uint16_t)symbol;
	m->past.place = push_class(m, m->past.place, m->lexicon->n_topics, symbol);
}

/* What it was about is known now. */
static void finish_sentence(struct mix_tokens *m, bool ends, bool ends_record)
{
	uint32_t label = token_latent_by_topic(m) ? m->belief.best + 1 : m->past.sentence_role;

	if (ends || ends_record)
		token_latent_finish(m, ends ? label : LATENT_RECORD_END);
	if (ends)
		token_subject_finish(m);
}

void token_past_learn(struct mix_tokens *m, uint32_t symbol)
{
	struct token_past *p = &m->past;
	bool ends = symbol == m->lexicon->separator;
	bool ends_record = m->record_end == LEXICON_NONE ? ends : symbol == m->record_end;

	p->n_sentences += ends;
	token_roles_learn(m, symbol);
	learn_classes(m, symbol);
	m->count[symbol]++;
	if (!ends && p->last[0] != NO_WORD)
		learn_pair(m, symbol);
	if (!ends && m->count[symbol] < p->rare_count) {
		p->rare = symbol;
		p->rare_count = m->count[symbol];
	}
	finish_sentence(m, ends, ends_record);
	lexicon_belief_step(m->lexicon, &m->belief, symbol);
	if (ends_record) {
		start_record(m);
		lexicon_belief_start(m->lexicon, &m->belief);
		token_latent_start(m);
	} else if (ends) {
		start_sentence(m);
		token_latent_start(m);
	} else {
		token_latent_word(m, symbol);
		token_subject_word(m, symbol);
		p->last[2] = p->last[1];
		p->last[1] = p->last[0];
		p->last[0] = symbol;
		if (p->n_words < SENTENCE_TOKENS)
			p->word[p->n_words++] = (uint16_t)symbol;
		push_word(m, symbol);
	}
	choose_tree(m);
}
