/* SPDX-License-Identifier: BSD-2-Clause
 *
 * tuning_texts.c - a corpus is read once; what each sentence belongs to depends on its person's
 * rank by first appearance and on where it stands.
 */
#include "tuning_texts.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "population.h"

/* Sentences alone, from which the probes and the counts of facts are made. */
enum part { OLD_ASKED, OLD_OTHER, NEW, PARTS };

struct maker {
	const struct sk_prior *prior;
	struct tuning_texts *out;
	struct sk_counts *people;       /* of the corpus, in order of first appearance */
	uint32_t *sentences;            /* (people) to learn from */
	uint32_t *stated;               /* (people, attributes) .. that state it behind the name */
	struct tuning_symbols old, new; /* sentences to learn from */
	struct tuning_symbols held[PARTS]; /* .. and those held back */
	double choice_bits;                /* of facts held back: which attribute comes */
	uint64_t n_choices;
};

static enum part part_of(uint32_t person)
{
	return person % 2 ? NEW : person % 4 ? OLD_OTHER : OLD_ASKED;
}

static enum status append(struct tuning_symbols *to, const uint16_t *symbol, uint64_t n)
{
	if (n == 0)
		return STATUS_OK;
	if (to->capacity - to->n < n) {
		uint64_t capacity = 2 * to->capacity + n;
		uint16_t *grown = realloc(to->symbol, capacity * sizeof *grown);

		if (!grown)
			return fail_no_memory();
		to->symbol = grown;
		to->capacity = capacity;
	}
	memcpy(to->symbol + to->n, symbol, n * sizeof *symbol);
	to->n += n;
	return STATUS_OK;
}

static bool is_value(const struct sk_prior *p, uint16_t symbol)
{
	return symbol >= p->first_value;
}

static uint32_t attribute_of(const struct sk_prior *p, uint16_t value)
{
	return (value - p->first_value) / p->n_values;
}

static uint64_t name_at(const struct sk_prior *p, const uint16_t *sentence)
{
	uint64_t i = 0;

	while (sentence[i] < p->first_part[0] || is_value(p, sentence[i]))
		i++;
	return i;
}

/* The question whose answer is a value that a sentence states, n symbols. */
struct question {
	uint16_t symbol[SK_NAME_PARTS_MAX + 3];
	uint32_t n;
};

static struct question question_of(const struct sk_prior *p, const uint16_t *name, uint16_t value)
{
	struct question q = {.n = p->n_name_parts + 3};

	q.symbol[0] = tuning_asks(p, attribute_of(p, value));
	memcpy(q.symbol + 1, name, p->n_name_parts * sizeof *name);
	q.symbol[q.n - 2] = value;
	q.symbol[q.n - 1] = SK_END_TOKEN;
	return q;
}

/* All facts of a sentence of n symbols as questions. */
static enum status append_questions(const struct sk_prior *p, struct tuning_symbols *to,
				    const uint16_t *sentence, uint64_t n)
{
	uint64_t at = name_at(p, sentence);

	for (uint64_t i = at; i < n; i++) {
		struct question q;

		if (!is_value(p, sentence[i]))
			continue;
		q = question_of(p, sentence + at, sentence[i]);
		TRY(append(to, q.symbol, q.n));
	}
	return STATUS_OK;
}

/* One more sentence to learn from about the k-th person. */
static void count_facts(struct maker *m, uint32_t k, const uint16_t *sentence, uint64_t n)
{
	const struct sk_prior *p = m->prior;
	uint32_t *stated = m->stated + (size_t)k * p->n_attributes;

	m->sentences[k]++;
	for (uint64_t i = name_at(p, sentence); i < n; i++)
		if (is_value(p, sentence[i]))
			stated[attribute_of(p, sentence[i])]++;
}

/* What the attributes of a sentence's facts cost: steps of the grammar to a value behind the
 * name. */
static void add_choices(struct maker *m, const uint16_t *sentence, uint64_t n)
{
	struct sk_sentence s;
	bool named = false;

	if (!sk_parse(m->prior, sentence, (uint32_t)n, &s))
		return; /* not so: it has been counted */
	for (uint32_t i = 0; i < s.n_rows; i++) {
		const struct sk_cluster *c = &m->prior->cluster[s.type];
		const struct sk_state *from = &c->state[s.row_state[i]];
		const uint64_t *count = m->people->row[s.type];
		uint16_t to = c->next[s.row_entry[i]];
		uint64_t total = 0;

		if (to == SK_END)
			break;
		named = named || c->state[to].emit == SK_EMIT_NAME;
		if (!named || c->state[to].emit != SK_EMIT_VALUE)
			continue;
		for (uint32_t k = 0; k < from->n_next; k++)
			total += count[from->first_next + k];
		m->choice_bits += log2((double)total / (double)count[s.row_entry[i]]);
		m->n_choices++;
	}
}

/* A sentence about the k-th person. */
static enum status sort_sentence(struct maker *m, uint32_t k, bool held, const uint16_t *sentence,
				 uint64_t n)
{
	struct tuning_symbols *text = m->out->text;
	enum part part = part_of(k);

	if (held) {
		add_choices(m, sentence, n);
		return append(&m->held[part], sentence, n);
	}
	count_facts(m, k, sentence, n);
	if (part == NEW) {
		TRY(append(&m->new, sentence, n));
		TRY(append(&text[TUNING_NEW_SENTENCES], sentence, n));
		return append_questions(m->prior, &text[TUNING_NEW_QUESTIONS], sentence, n);
	}
	TRY(append(&m->old, sentence, n));
	TRY(append(&text[TUNING_OLD], sentence, n));
	if (part == OLD_OTHER)
		return STATUS_OK;
	return append_questions(m->prior, &text[TUNING_OLD], sentence, n);
}

/* Whom a sentence that was counted is about: ranks are those of first appearance. */
static uint32_t person_of(const struct maker *m, const uint16_t *sentence)
{
	const struct sk_prior *p = m->prior;
	const uint16_t *part = sentence + name_at(p, sentence);
	uint64_t name = 0;

	for (uint32_t i = 0; i < p->n_name_parts; i++)
		name = name * p->part_size[i] + part[i] - p->first_part[i];
	return sk_counts_element(m->people, name, 0, false);
}

static enum status sort_sentences(struct maker *m, const uint16_t *token, uint64_t n,
				  double held_share)
{
	uint64_t n_learnt = (uint64_t)((1 - held_share) * (double)n);
	size_t n_people;

	TRY(sk_counts_add_tokens(m->people, token, n));
	n_people = m->people->n_elements;
	m->sentences = calloc(n_people + 1, sizeof *m->sentences);
	m->stated = calloc(n_people * m->prior->n_attributes + 1, sizeof *m->stated);
	if (!m->sentences || !m->stated)
		return fail_no_memory();
	for (uint64_t at = 0, end; at < n; at = end) {
		for (end = at; end < n && token[end] != SK_END_TOKEN;)
			end++;
		end += end < n;
		TRY(sort_sentence(m, person_of(m, token + at), at >= n_learnt, token + at,
				  end - at));
	}
	return STATUS_OK;
}

/* ---- Facts. ---- */

/* What is learnt of one person. */
static void add_facts(const struct maker *m, uint32_t k, uint8_t class, struct tuning_group *g)
{
	const uint32_t *stated = m->stated + (size_t)k * m->prior->n_attributes;

	for (uint32_t i = 0; i < m->prior->n_attributes; i++)
		if (stated[i] > 0)
			g->fact[g->n_facts++] = (struct tuning_fact){
			    stated[i], stated[i] * (part_of(k) == OLD_ASKED ? 2 : 1), class};
}

/* Old people are those of even rank. */
static enum status make_group(const struct maker *m, bool is_new, struct tuning_group *g)
{
	uint32_t n = m->people->n_elements;
	double *weight = calloc(n + 1, sizeof *weight);
	uint8_t *class = calloc(n + 1, sizeof *class);
	enum status s = weight && class ? STATUS_OK : fail_no_memory();

	g->fact = calloc((size_t)n * m->prior->n_attributes + 1, sizeof *g->fact);
	if (s == STATUS_OK && !g->fact)
		s = fail_no_memory();
	for (uint32_t k = is_new; s == STATUS_OK && k < n; k += 2)
		if (m->sentences[k] > 0)
			weight[g->n_people++] = m->sentences[k];
	if (s == STATUS_OK)
		s = population_classes(weight, g->n_people, class);
	for (uint32_t k = is_new, at = 0; s == STATUS_OK && k < n; k += 2)
		if (m->sentences[k] > 0)
			add_facts(m, k, class[at++], g);
	free(weight);
	free(class);
	return s;
}

/* ---- Probes. ---- */

/* Behind what `t` has: the question about the fact at `fact` of a sentence. */
static void add_question(struct probe_text *t, const struct sk_prior *p,
			 const struct probe_text *sentences, uint64_t sentence, uint64_t fact)
{
	const uint16_t *name = sentences->symbol + sentence;
	struct question q = question_of(p, name + name_at(p, name), sentences->symbol[fact]);

	for (uint32_t i = 0; i < q.n; i++, t->n++) {
		bool is_fact = i == q.n - 2, is_name = i > 0 && !is_fact && i < q.n - 1;

		t->symbol[t->n] = q.symbol[i];
		t->class[t->n] = sentences->class[fact];
		t->exposures[t->n] = is_fact ? sentences->exposures[fact] : 0;
		t->role[t->n] = is_fact ? sentences->role[fact] : is_name ? ROLE_NAME : ROLE_SYNTAX;
	}
}

/* The very facts of a probe with sentences as one with questions. */
static enum status ask_about(struct probe_text *out, const struct sk_prior *p,
			     const struct probe_text *sentences)
{
	uint64_t start = 0;

	TRY(probe_text_new(out, sentences->n * (SK_NAME_PARTS_MAX + 3)));
	for (uint64_t i = 0; i < sentences->n; i++) {
		if (sentences->role[i] == ROLE_FIRST_FACT ||
		    sentences->role[i] == ROLE_REPEATED_FACT)
			add_question(out, p, sentences, start, i);
		if (sentences->symbol[i] == SK_END_TOKEN)
			start = i + 1;
	}
	return STATUS_OK;
}

/* Probes of what is known from `learnt`: sentences, and questions. */
static enum status make_probes(const struct maker *m, const struct tuning_symbols *learnt,
			       const struct tuning_symbols *held, struct probe_text *sentences,
			       struct probe_text *questions)
{
	TRY(probe_text_sk(sentences, m->prior, learnt->symbol, learnt->n, held->symbol, held->n));
	return ask_about(questions, m->prior, sentences);
}

static enum status make_all_probes(struct maker *m)
{
	struct probe_text *probe = m->out->probe, asked = {0}, other = {0};
	enum status s =
	    make_probes(m, &m->old, &m->held[OLD_ASKED], &asked, &probe[PROBE_OLD_QUESTIONS]);

	if (s == STATUS_OK)
		s = make_probes(m, &m->old, &m->held[OLD_OTHER], &other,
				&probe[PROBE_OTHER_QUESTIONS]);
	probe_text_free(&asked);
	probe_text_free(&other);
	TRY(s);
	TRY(append(&m->held[OLD_ASKED], m->held[OLD_OTHER].symbol, m->held[OLD_OTHER].n));
	TRY(probe_text_sk(&probe[PROBE_OLD_SENTENCES], m->prior, m->old.symbol, m->old.n,
			  m->held[OLD_ASKED].symbol, m->held[OLD_ASKED].n));
	return make_probes(m, &m->new, &m->held[NEW], &probe[PROBE_NEW_SENTENCES],
			   &probe[PROBE_NEW_QUESTIONS]);
}

static enum status make(struct maker *m, const uint16_t *token, uint64_t n, double held_share)
{
	struct tuning_texts *t = m->out;

	TRY(sk_counts_open(&m->people, m->prior));
	TRY(sort_sentences(m, token, n, held_share));
	TRY(make_group(m, false, &t->old));
	TRY(make_group(m, true, &t->new));
	if (t->old.n_facts == 0 || t->new.n_facts == 0)
		return fail(STATUS_BAD_ARGUMENT,
			    "there is nothing to learn of old people or of new ones: more "
			    "sentences, please");
	TRY(make_all_probes(m));
	for (size_t i = 0; i < TUNING_PROBES; i++)
		if (t->probe[i].n == 0)
			return fail(STATUS_BAD_ARGUMENT,
				    "the sentences held back state too few facts to ask for: more "
				    "sentences, please");
	t->attribute_bits = m->choice_bits / (double)m->n_choices;
	return STATUS_OK;
}

static void maker_close(struct maker *m)
{
	sk_counts_free(m->people);
	free(m->sentences);
	free(m->stated);
	free(m->old.symbol);
	free(m->new.symbol);
	for (size_t i = 0; i < PARTS; i++)
		free(m->held[i].symbol);
}

enum status tuning_texts_make(struct tuning_texts *out, const struct sk_prior *prior,
			      const uint16_t *token, uint64_t n, double held_share)
{
	struct maker m = {.prior = prior, .out = out};
	enum status s;

	*out = (struct tuning_texts){.n_symbols = prior->vocab + prior->n_attributes,
				     .fact_bits = log2(prior->n_values)};
	if (prior->gamma > 0)
		return fail(STATUS_BAD_ARGUMENT, "the facts of this corpus vary: nobody can be "
						 "asked for them");
	if (out->n_symbols > UINT16_MAX + 1u)
		return fail(STATUS_BAD_ARGUMENT, "no symbols are left to ask with");
	s = make(&m, token, n, held_share);
	maker_close(&m);
	return s;
}

void tuning_texts_free(struct tuning_texts *t)
{
	for (size_t i = 0; i < TUNING_TEXTS; i++)
		free(t->text[i].symbol);
	for (size_t i = 0; i < TUNING_PROBES; i++)
		probe_text_free(&t->probe[i]);
	free(t->old.fact);
	free(t->new.fact);
	*t = (struct tuning_texts){0};
}
