/* SPDX-License-Identifier: BSD-2-Clause
 *
 * mix_tokens_latent.c - what a sentence is going to be about, before it is known.
 *
 * A finished sentence has a label: its topic or, where all sentences have one topic, the role of
 * the fact that it stated.  Before that, each label has a probability: first by what its record has
 * stated already (nobody says the same twice), then by Bayes' rule from each decision, whose
 * probability given the label is counted by the classes and words of the sentence so far.  What
 * comes next is predicted by the mean over labels: so a record's last sentence, for which one
 * label is left, is as cheap as if it had been announced.  Counting by the set of what has
 * been stated, the simpler way, needs as many times the data as there are such sets.
 *
 * Counts are told when the label is known: at the end of the sentence.
 */
#include "mix_tokens_state.h"

#define LATENT_TOKENS 8u /* of a sentence that are predicted so */
#define CERTAIN 0.995f   /* a label known so well is left to contexts */
#define PRIOR 0.02f      /* of a count */
#define LABEL_COUNT_MAX 65535u
#define WEIGHT_MIN 1e-9f

bool token_latent_by_topic(const struct mix_tokens *m)
{
	return m->lexicon->n_topics > 1 && m->record_end == LEXICON_NONE;
}

static uint32_t *prior_count(struct mix_tokens *m, uint32_t label)
{
	uint64_t hash = token_hash(m->past.roles, label + 91);

	return &m->latent_slot[((size_t)1 << m->latent_log2) + (hash >> (64 - m->latent_log2))];
}

void token_latent_start(struct mix_tokens *m)
{
	struct latent *l = &m->latent;
	float sum = 0;

	l->n_steps = 0;
	l->active = l->n > 1;
	for (uint32_t a = 0; a < l->n; a++) {
		l->weight[a] = (float)*prior_count(m, l->label[a]) + PRIOR;
		l->classes[a] = 0;
		sum += l->weight[a];
	}
	for (uint32_t a = 0; a < l->n; a++)
		l->weight[a] /= sum;
}

/* The classes of the sentence's first words, if its label is this one. */
static uint64_t push_classes(const struct mix_tokens *m, uint64_t classes, uint32_t label,
			     uint32_t symbol)
{
	uint32_t tree = token_latent_by_topic(m) ? label - 1 : m->lexicon->n_topics;
	uint32_t c = lexicon_class(m->lexicon, tree, symbol);

	return token_hash(classes, m->literal[tree][c] ? LEXICON_CLASS_SLOTS + symbol : c);
}

/* The label's number in the list, perhaps a new one in place of the rarest. */
static uint32_t find_label(struct latent *l, uint32_t label)
{
	uint32_t rarest = 0;

	for (uint32_t a = 0; a < l->n; a++) {
		if (l->label[a] == label)
			return a;
		if (l->count[a] < l->count[rarest])
			rarest = a;
	}
	if (l->n < LATENT_LABELS)
		rarest = l->n++;
	l->label[rarest] = label;
	l->count[rarest] = 0;
	return rarest;
}

static uint32_t *step_slot(struct mix_tokens *m, uint64_t classes, uint32_t node, uint32_t label)
{
	uint64_t hash = token_hash(token_hash(classes, node), label);

	return &m->latent_slot[hash >> (64 - m->latent_log2)];
}

void token_latent_finish(struct mix_tokens *m, uint32_t label)
{
	struct latent *l = &m->latent;
	uint64_t classes = 0;
	uint32_t a, n = 0;

	if (label == 0)
		return;
	a = find_label(l, label);
	l->count[a] += l->count[a] < LABEL_COUNT_MAX;
	*prior_count(m, label) += 1;
	for (uint32_t i = 0; i < l->n_steps; i++) {
		const struct latent_step *s = &l->step[i];

		for (; n < s->n_words; n++)
			classes = push_classes(m, classes, label, m->past.word[n]);
		token_slot_learn(m, step_slot(m, classes, s->node, label), s->bit);
	}
}

void token_latent_word(struct mix_tokens *m, uint32_t symbol)
{
	struct latent *l = &m->latent;

	if (l->active && m->past.n_words < LATENT_TOKENS)
		for (uint32_t a = 0; a < l->n; a++)
			l->classes[a] = push_classes(m, l->classes[a], l->label[a], symbol);
}

/* While the topic is not known well enough to spell by its tree, or if there is but one. */
static bool in_question(const struct mix_tokens *m)
{
	return m->past.n_words < LATENT_TOKENS &&
	       (!token_latent_by_topic(m) || m->past.tree == m->lexicon->n_topics);
}

bool token_latent_asked(const struct mix_tokens *m)
{
	return m->latent.active && in_question(m);
}

/* P(1), by the mean over labels. */
float token_latent_ask(struct mix_tokens *m, uint32_t node)
{
	struct latent *l = &m->latent;
	float p = 0;

	for (uint32_t a = 0; a < l->n; a++) {
		uint32_t slot = *step_slot(m, l->classes[a], node, l->label[a]);

		l->p[a] = ((float)(slot >> COUNT_BITS) + 0.5f) * (1.0f / 4194304);
		p += l->weight[a] * l->p[a];
	}
	return p;
}

void token_latent_learn(struct mix_tokens *m, uint32_t node, unsigned bit)
{
	struct latent *l = &m->latent;
	float sum = 0, most = 0;

	if (!in_question(m) || l->n_steps == LATENT_STEPS)
		return;
	l->step[l->n_steps++] = (struct latent_step){node, (uint8_t)m->past.n_words, (uint8_t)bit};
	if (!l->active || m->replaying)
		return;
	for (uint32_t a = 0; a < l->n; a++) {
		l->weight[a] *= bit ? l->p[a] : 1 - l->p[a];
		sum += l->weight[a];
	}
	for (uint32_t a = 0; a < l->n; a++) {
		l->weight[a] = l->weight[a] / sum + WEIGHT_MIN;
		most = l->weight[a] > most ? l->weight[a] : most;
	}
	l->active = most < CERTAIN;
}
