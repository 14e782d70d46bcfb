/* SPDX-License-Identifier: BSD-2-Clause
 *
 * probe.c - a probe text made from a corpus of family sk, and a model asked on it.
 *
 * The text is cut between sentences into PIECES, each a stream of its own through the network:
 * contexts end with sentences, so a cut changes nothing.  Sums are made piece by piece and added up
 * in order.  The probabilities are those of the decisions that the predictor "transformer" makes
 * (mass_spelling.h), in whole numbers, multiplied.
 */
#include "probe.h"

#include <math.h>
#include <stdlib.h>

#include "float_guard.h"
#include "mass_spelling.h"
#include "population.h"
#include "transformer_inference.h"

#define STREAMS 8 /* that go through the network together */
#define GROUPS 8  /* of them */
#define PIECES (STREAMS * GROUPS)

unsigned probe_octave(uint32_t exposures)
{
	unsigned octave = 0;

	for (; exposures > 0; exposures /= 2)
		octave++;
	return octave < PROBE_OCTAVES ? octave : PROBE_OCTAVES - 1;
}

/* ---- The text. ---- */

/* What somebody knows who has read the training text: elements from n_elements on are new. */
struct learner {
	struct sk_counts *counts; /* goes on with the probe, so that what contradicts is seen */
	uint32_t n_elements;
	uint32_t *n_taught; /* (n_elements, attributes) statements behind the name .. */
	uint32_t *n_stated; /* .. and anywhere */
	uint8_t *class;     /* (n_elements) */
};

static void learner_close(struct learner *l)
{
	sk_counts_free(l->counts);
	free(l->n_taught);
	free(l->n_stated);
	free(l->class);
}

/* The sentence that begins here, and its length; n symbols are left. */
static enum status read_sentence(const struct sk_prior *p, const uint16_t *symbol, uint64_t n,
				 struct sk_sentence *s, uint32_t *length)
{
	uint64_t end = 0;

	while (end < n && symbol[end] != SK_END_TOKEN)
		end++;
	if (end++ == n)
		return fail(STATUS_CORRUPT, "the last sentence does not end");
	if (end > SK_SENTENCE_MAX || !sk_parse(p, symbol, (uint32_t)end, s))
		return fail(STATUS_CORRUPT, "a sentence is not of this world's grammar");
	*length = (uint32_t)end;
	return STATUS_OK;
}

static bool is_name(const struct sk_prior *p, uint16_t symbol)
{
	return symbol >= p->first_part[0] && symbol < p->first_value;
}

/* How many of a sentence's facts stand before its name. */
static uint32_t facts_before_name(const struct sk_prior *p, const uint16_t *symbol)
{
	uint32_t n = 0;

	for (; !is_name(p, *symbol); symbol++)
		n += *symbol >= p->first_value;
	return n;
}

/* Elements are counted already. */
static enum status count_statements(struct learner *l, const uint16_t *train, uint64_t n_train)
{
	const struct sk_prior *p = l->counts->prior;
	struct sk_sentence s;
	uint32_t length;

	for (uint64_t at = 0; at < n_train; at += length) {
		uint32_t *taught = l->n_taught;

		TRY(read_sentence(p, train + at, n_train - at, &s, &length));
		taught +=
		    (size_t)sk_counts_element(l->counts, s.name, s.type, false) * p->n_attributes;
		for (uint32_t i = facts_before_name(p, train + at); i < s.n_facts; i++)
			taught[s.attribute[i]]++;
	}
	return STATUS_OK;
}

static enum status learner_open(struct learner *l, const struct sk_prior *prior,
				const uint16_t *train, uint64_t n_train)
{
	size_t n_facts;
	double *weight;
	enum status s;

	TRY(sk_counts_open(&l->counts, prior));
	TRY(sk_counts_add_tokens(l->counts, train, n_train));
	l->n_elements = l->counts->n_elements;
	n_facts = (size_t)l->n_elements * prior->n_attributes;
	l->n_taught = calloc(n_facts + 1, sizeof *l->n_taught);
	l->n_stated = malloc(n_facts * sizeof *l->n_stated + 1);
	l->class = malloc((size_t)l->n_elements + 1);
	weight = malloc(l->n_elements * sizeof *weight + 1);
	s = l->n_taught && l->n_stated && l->class && weight ? STATUS_OK : fail_no_memory();
	for (size_t i = 0; s == STATUS_OK && i < n_facts; i++)
		l->n_stated[i] = l->counts->n_stated[i];
	for (uint32_t k = 0; s == STATUS_OK && k < l->n_elements; k++)
		weight[k] = (double)l->counts->element[k].n;
	if (s == STATUS_OK)
		s = population_classes(weight, l->n_elements, l->class);
	if (s == STATUS_OK)
		s = count_statements(l, train, n_train);
	free(weight);
	return s;
}

/* One sentence of n symbols, read as `s`, to the end of the text. */
static void add_sentence(struct probe_text *t, const struct learner *l, const struct sk_sentence *s,
			 const uint16_t *symbol, uint32_t n)
{
	const struct sk_prior *p = l->counts->prior;
	uint32_t k = sk_counts_element(l->counts, s->name, s->type, false), fact = 0;
	bool known = k < l->n_elements, named = false;

	for (uint32_t i = 0; i < n; i++, t->n++) {
		bool is_value = symbol[i] >= p->first_value;

		t->symbol[t->n] = symbol[i];
		t->class[t->n] = known ? l->class[k] : PROBE_CLASSES - 1;
		t->role[t->n] = is_name(p, symbol[i]) || is_value ? ROLE_NAME : ROLE_SYNTAX;
		t->exposures[t->n] = 0;
		named = named || is_name(p, symbol[i]);
		if (is_value && named) {
			size_t at = (size_t)k * p->n_attributes + s->attribute[fact];

			t->exposures[t->n] = known ? l->n_taught[at] : 0;
			t->role[t->n] = t->exposures[t->n] ? ROLE_REPEATED_FACT : ROLE_FIRST_FACT;
		}
		fact += is_value;
	}
}

static enum status add_sentences(struct probe_text *t, struct learner *l, const uint16_t *symbol,
				 uint64_t n)
{
	struct sk_sentence s;
	uint32_t length;

	for (uint64_t at = 0; at < n; at += length) {
		TRY(read_sentence(l->counts->prior, symbol + at, n - at, &s, &length));
		TRY(sk_counts_add(l->counts, &s, NULL));
		add_sentence(t, l, &s, symbol + at, length);
	}
	return STATUS_OK;
}

enum status probe_text_sk(struct probe_text *out, const struct sk_prior *prior,
			  const uint16_t *train, uint64_t n_train, const uint16_t *test,
			  uint64_t n_test)
{
	struct learner l = {0};
	enum status s;

	TRY(probe_text_new(out, n_test));
	s = learner_open(&l, prior, train, n_train);
	if (s == STATUS_OK)
		s = add_sentences(out, &l, test, n_test);
	learner_close(&l);
	return s;
}

enum status probe_text_new(struct probe_text *t, uint64_t n)
{
	*t = (struct probe_text){
	    .symbol = calloc(n + 1, sizeof *t->symbol),
	    .role = calloc(n + 1, sizeof *t->role),
	    .class = calloc(n + 1, sizeof *t->class),
	    .exposures = calloc(n + 1, sizeof *t->exposures),
	};
	return t->symbol && t->role && t->class && t->exposures ? STATUS_OK : fail_no_memory();
}

void probe_text_free(struct probe_text *t)
{
	free(t->symbol);
	free(t->role);
	free(t->class);
	free(t->exposures);
	*t = (struct probe_text){0};
}

static int more_exposures(const void *a, const void *b)
{
	const struct probe_fact *x = a, *y = b;

	if (x->exposures != y->exposures)
		return x->exposures < y->exposures ? 1 : -1;
	return (x->class > y->class) - (x->class < y->class);
}

enum status probe_facts_sk(const struct sk_prior *prior, const uint16_t *train, uint64_t n_train,
			   struct probe_fact **fact, size_t *n_facts)
{
	struct learner l = {0};
	enum status s = learner_open(&l, prior, train, n_train);
	size_t n = (size_t)l.n_elements * prior->n_attributes;

	*n_facts = 0;
	*fact = s == STATUS_OK ? malloc(n * sizeof **fact + 1) : NULL;
	if (s == STATUS_OK && !*fact)
		s = fail_no_memory();
	for (size_t i = 0; s == STATUS_OK && i < n; i++)
		if (l.n_taught[i] > 0)
			(*fact)[(*n_facts)++] = (struct probe_fact){
			    l.n_taught[i], l.n_stated[i], l.class[i / prior->n_attributes]};
	if (s == STATUS_OK)
		qsort(*fact, *n_facts, sizeof **fact, more_exposures);
	learner_close(&l);
	return s;
}

/* ---- The answer. ---- */

struct piece {
	uint64_t at, end; /* symbols; `at` moves */
	struct probe_answer answer;
};

/* Pieces that go through one network side by side. */
struct group {
	struct inference *net;
	struct mass_spelling spelling;
	struct dist first, second; /* the two decisions of a symbol */
	struct piece piece[STREAMS];
};

static void group_close(struct group *g)
{
	inference_close(g->net);
	dist_free(&g->first);
	dist_free(&g->second);
}

/* Everything that can fail. */
static enum status group_open(struct group *g, const struct transformer *model)
{
	g->spelling = mass_spelling_of(model->shape.n_symbols);
	TRY(dist_alloc(&g->first, mass_spelling_outcomes_max(&g->spelling)));
	TRY(dist_alloc(&g->second, mass_spelling_outcomes_max(&g->spelling)));
	return inference_open(&g->net, model, STREAMS);
}

/* What a model says of one symbol. */
struct reply {
	double bits, p; /* of the true symbol */
	uint32_t best;  /* the most probable one, of equal ones the smallest */
	double p_best;
};

/* Members of a first decision's outcome are looked at unless none of them can matter. */
static struct reply reply_of(struct group *g, const float *mass, uint32_t symbol)
{
	struct mass_spelling *m = &g->spelling;
	struct reply r = {0};
	uint32_t truth = mass_spelling_spell(m, symbol);

	mass_spelling_ask(m, mass, &g->first);
	dist_seal(&g->first);
	for (uint32_t i = 0; i < g->first.n_listed; i++) {
		double p = (double)g->first.freq[i] / (double)g->first.total;
		uint32_t candidate;

		if (p <= r.p_best && i != truth)
			continue;
		mass_spelling_tell(m, i, &candidate);
		mass_spelling_ask(m, mass, &g->second);
		dist_seal(&g->second);
		for (uint32_t j = 0; j < g->second.n_listed; j++) {
			double q = (double)g->second.freq[j] / (double)g->second.total;

			if (p * q > r.p_best) {
				r.p_best = p * q;
				r.best = i * m->width + j;
			}
			if (i == truth && j == mass_spelling_spell(m, symbol)) {
				r.p = p * q;
				r.bits = -log2(p) - log2(q);
			}
		}
		mass_spelling_tell(m, 0, &candidate);
	}
	return r;
}

static void add_reply(struct probe_sum *sum, const struct reply *r, uint32_t symbol)
{
	bool right = r->best == symbol;

	sum->n++;
	sum->right += right;
	sum->bits += r->bits;
	sum->chance += r->p;
	sum->wrong_confidence += right ? 0 : r->p_best;
}

static void add_symbol(struct probe_answer *a, const struct probe_text *t, uint64_t i,
		       const struct reply *r)
{
	enum token_role role = t->role[i];

	add_reply(&a->of_role[role][t->class[i]], r, t->symbol[i]);
	if (role == ROLE_FIRST_FACT || role == ROLE_REPEATED_FACT)
		add_reply(&a->of_exposure[probe_octave(t->exposures[i])], r, t->symbol[i]);
}

/* A piece that is done goes on being computed, and nobody looks. */
static void ask_group(struct group *g, const struct probe_text *t, int32_t separator)
{
	uint32_t token[STREAMS];
	uint64_t position[STREAMS] = {0};
	bool left = true;

	for (unsigned s = 0; s < STREAMS; s++)
		token[s] = (uint32_t)separator;
	while (left) {
		left = false;
		inference_step(g->net, token, position);
		for (unsigned s = 0; s < STREAMS; s++) {
			struct piece *p = &g->piece[s];

			if (p->at == p->end)
				continue;

			struct reply r = reply_of(g, inference_masses(g->net, s), t->symbol[p->at]);

			add_symbol(&p->answer, t, p->at, &r);
			token[s] = t->symbol[p->at++];
			position[s] = token[s] == (uint32_t)separator ? 0 : position[s] + 1;
			left = left || p->at < p->end;
		}
	}
}

static void add_sum(struct probe_sum *a, const struct probe_sum *b)
{
	a->n += b->n;
	a->right += b->right;
	a->bits += b->bits;
	a->chance += b->chance;
	a->wrong_confidence += b->wrong_confidence;
}

static void add_answer(struct probe_answer *a, const struct probe_answer *b)
{
	for (unsigned role = 0; role < PROBE_ROLES; role++)
		for (unsigned k = 0; k < PROBE_CLASSES; k++)
			add_sum(&a->of_role[role][k], &b->of_role[role][k]);
	for (unsigned o = 0; o < PROBE_OCTAVES; o++)
		add_sum(&a->of_exposure[o], &b->of_exposure[o]);
}

/* Where piece i begins: after a separator. */
static uint64_t piece_start(const struct probe_text *t, int32_t separator, unsigned i)
{
	uint64_t at = t->n / PIECES * i + t->n % PIECES * i / PIECES;

	while (at > 0 && at < t->n && t->symbol[at - 1] != separator)
		at++;
	return at;
}

static enum status check(const struct transformer *model, const struct probe_text *t)
{
	if (model->shape.separator < 0)
		return fail(STATUS_BAD_ARGUMENT, "the model knows of no sentences");
	for (uint64_t i = 0; i < t->n; i++)
		if (t->symbol[i] >= model->shape.n_symbols)
			return fail(STATUS_BAD_ARGUMENT,
				    "the model knows %lu symbols, the text has symbol %u",
				    (unsigned long)model->shape.n_symbols, t->symbol[i]);
	return STATUS_OK;
}

enum status probe_ask(const struct transformer *model, const struct probe_text *text, int threads,
		      struct probe_answer *answer)
{
	const int32_t separator = model->shape.separator;
	struct group *group;
	enum status s = STATUS_OK;

	*answer = (struct probe_answer){0};
	TRY(check(model, text));
	group = calloc(GROUPS, sizeof *group);
	if (!group)
		return fail_no_memory();
	for (unsigned i = 0; i < PIECES; i++) {
		struct piece *p = &group[i / STREAMS].piece[i % STREAMS];

		p->at = piece_start(text, separator, i);
		p->end = piece_start(text, separator, i + 1);
	}
	for (unsigned i = 0; i < GROUPS && s == STATUS_OK; i++)
		s = group_open(&group[i], model);
	if (s == STATUS_OK) {
#pragma omp parallel for num_threads(threads) schedule(dynamic, 1)
		for (unsigned i = 0; i < GROUPS; i++) {
			struct float_guard guard = float_guard_enter();

			ask_group(&group[i], text, separator);
			float_guard_leave(&guard);
		}
		for (unsigned i = 0; i < PIECES; i++)
			add_answer(answer, &group[i / STREAMS].piece[i % STREAMS].answer);
	}
	for (unsigned i = 0; i < GROUPS; i++)
		group_close(&group[i]);
	free(group);
	return s;
}
