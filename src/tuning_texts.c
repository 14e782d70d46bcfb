/* SPDX-License-Identifier: BSD-2-Clause
 *
 * tuning_texts.c - a corpus is read once; what each sentence belongs to depends on its person's
 * rank by first appearance and on where it stands.
 */
#include "tuning_texts.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* Sentences alone, from which the probes and the counts of facts are made. */
enum part { OLD_ASKED, OLD_OTHER, NEW, PARTS };

struct maker {
	const struct sk_prior *prior;
	struct tuning_texts *out;
	struct sk_counts *people; /* of the corpus, in order of first appearance */
	struct tuning_symbols old, new;    /* sentences to learn from */
	struct tuning_symbols held[PARTS]; /* .. and those held back */
};

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

	q.symbol[0] = tuning_asks(p, (value - p->first_value) / p->n_values);
	memcpy(q.symbol + 1, name, p->n_name_parts * sizeof *name);
	q.symbol[q.n - 2] = value;
	q.symbol[q.n - 1] = SK_END_TOKEN;
	return q;
}

/* All facts of a sentence of n symbols as questions. */
static enum status append_questions(const struct sk_prior *p, struct tuning_symbols *to,
				    const uint16_t *sentence, uint64_t n)
{
	const uint16_t *name = sentence + name_at(p, sentence);

	for (uint64_t i = 0; i < n; i++) {
		struct question q;

		if (!is_value(p, sentence[i]))
			continue;
		q = question_of(p, name, sentence[i]);
		TRY(append(to, q.symbol, q.n));
	}
	return STATUS_OK;
}

/* A sentence about the k-th person. */
static enum status sort_sentence(struct maker *m, uint32_t k, bool held, const uint16_t *sentence,
				 uint64_t n)
{
	struct tuning_symbols *text = m->out->text;
	enum part part = k % 2 ? NEW : k % 4 ? OLD_OTHER : OLD_ASKED;

	if (!held && m->people->element[k].n == 1)
		(part == NEW ? &m->out->new : &m->out->old)->n_people++;
	if (held)
		return append(&m->held[part], sentence, n);
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

	for (uint64_t at = 0, end; at < n; at = end) {
		for (end = at; end < n && token[end] != SK_END_TOKEN;)
			end++;
		end += end < n;
		TRY(sk_counts_add_tokens(m->people, token + at, end - at));
		TRY(sort_sentence(m, person_of(m, token + at), at >= n_learnt, token + at,
				  end - at));
	}
	return STATUS_OK;
}

/* ---- Probes. ---- */

static enum status probe_text_new(struct probe_text *t, uint64_t n)
{
	*t = (struct probe_text){
	    .symbol = calloc(n + 1, sizeof *t->symbol),
	    .role = calloc(n + 1, sizeof *t->role),
	    .class = calloc(n + 1, sizeof *t->class),
	    .exposures = calloc(n + 1, sizeof *t->exposures),
	};
	return t->symbol && t->role && t->class && t->exposures ? STATUS_OK : fail_no_memory();
}

/* Behind what `t` has: the question about the fact at `fact` of a sentence. */
static void add_question(struct probe_text *t, const struct sk_prior *p,
			 const struct probe_text *sentences, uint64_t sentence, uint64_t fact)
{
	const uint16_t *name = sentences->symbol + sentence;
	struct question q =
	    question_of(p, name + name_at(p, name), sentences->symbol[fact]);

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
	TRY(probe_facts_sk(m->prior, m->old.symbol, m->old.n, &t->old.fact, &t->old.n_facts));
	TRY(probe_facts_sk(m->prior, m->new.symbol, m->new.n, &t->new.fact, &t->new.n_facts));
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
	return STATUS_OK;
}

static void maker_close(struct maker *m)
{
	sk_counts_free(m->people);
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
