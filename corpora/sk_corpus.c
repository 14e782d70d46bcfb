/* SPDX-License-Identifier: BSD-2-Clause
 *
 * sk_corpus.c - the family `sk`: drawing a Syntax-Knowledge world and N sentences from it.
 *
 * Idea.  The partition of the sentences among elements comes from the Chinese restaurant rule of
 * the Pitman-Yor process, which needs only counts and is sequential but cheap.  Everything else
 * of sentence i depends on (seed, i), on its element, and on the world's tables, so blocks of
 * sentences are made in parallel.  Two passes: the first draws the partition alone, because the
 * roles file names each element's frequency class, which needs its final weight; the second draws
 * the very same partition again and makes the sentences.  Memory is O(distinct elements).
 *
 * The weights in the true world are drawn after the fact, from their exact posterior given the
 * partition: Dirichlet(n_1 - alpha, .., n_K - alpha, beta + alpha K).  Partition and weights
 * together are then an exact draw of (world, corpus).  With noise, eta of an (element, attribute)
 * is drawn by stick breaking: the sticks' values are uniform, and equal ones add up to exactly
 * Dirichlet(gamma / V, ..).
 */
#include <assert.h>
#include <fenv.h>
#include <stdlib.h>
#include <string.h>

#include "draw.h"
#include "elementary.h"
#include "population.h"
#include "restaurant.h"
#include "sk.h"
#include "sk_grammar.h"
#include "sk_lengths.h"
#include "tokens.h"
#include "words.h"

#define BLOCK_SENTENCES 16384u
#define CHUNK_SENTENCES 512u
#define STICK_REST_MIN 0x1p-64 /* what no draw of 53 bits will ever reach */

static const struct option_spec sk_options[] = {
    [SK_ALPHA] = {"alpha", 0, OPTION_UNIT - 1, OPTION_UNIT / 2, OPTION_UNIT,
		  "Pitman-Yor discount: weights fall as rank^(-1/alpha)"},
    [SK_BETA] = {"beta", -OPTION_UNIT, (int64_t)1000000 * OPTION_UNIT, OPTION_UNIT, OPTION_UNIT,
		 "Pitman-Yor concentration, larger than -alpha"},
    [SK_SENTENCES] = {"sentences", 1, TOKENS_MAX / 3, 100000, 1, "number of sentences"},
    [SK_SEED] = {"seed", 0, INT64_MAX / 2, 1, 1, "seed of everything random"},
    [SK_NOISE] = {"noise", 0, (int64_t)1000 * OPTION_UNIT, 0, OPTION_UNIT,
		  "fact noise gamma: 0 = a fact never varies"},
    [SK_TYPES] = {"types", 1, SK_TYPES_MAX, 8, 1, "element types = syntax clusters"},
    [SK_TEMPLATES] = {"templates", 1, 1000, 64, 1, "sentence shapes a cluster"},
    [SK_CLASSES] = {"classes", 1, SK_CLASSES_MAX, 12, 1, "word classes a cluster"},
    [SK_CLASS_WORDS] = {"class-words", 1, 10000, 16, 1, "function words a class"},
    [SK_WORDS] = {"words", 1, 60000, 600, 1, "function words, shared between clusters"},
    [SK_ATTRIBUTES] = {"attributes", 0, SK_ATTRIBUTES_MAX, 6, 1, "attributes of an element"},
    [SK_VALUES] = {"values", 1, 60000, 256, 1, "values of an attribute"},
    [SK_FACTS] = {"facts", 0, SK_ATTRIBUTES_MAX, 3, 1,
		  "most facts a sentence states (at least one, unless 0)"},
    [SK_FIRST_NAMES] = {"first-names", 1, 60000, 1000, 1, "first names"},
    [SK_MIDDLE_NAMES] = {"middle-names", 0, 60000, 0, 1, "middle names; 0 = names of two parts"},
    [SK_LAST_NAMES] = {"last-names", 1, 60000, 1000, 1, "last names"},
    [SK_MIN_TOKENS] = {"min-tokens", 3, 200, 6, 1, "tokens of the shortest sentence, end included"},
    [SK_MAX_TOKENS] = {"max-tokens", 3, 200, 14, 1, "tokens of the longest sentence, end included"},
    [SK_ROW_PSEUDO] = {"row-pseudo", 10000, (int64_t)1000 * OPTION_UNIT, OPTION_UNIT / 2,
		       OPTION_UNIT, "Dirichlet pseudo-count of the grammar's rows"},
    [SK_WORD_PSEUDO] = {"word-pseudo", 10000, (int64_t)1000 * OPTION_UNIT, OPTION_UNIT / 2,
			OPTION_UNIT, "Dirichlet pseudo-count of the word tables"},
    {NULL, 0, 0, 0, 0, NULL},
};

/* What the generator keeps of an element. */
struct element {
	uint64_t name, n;
	uint16_t type;
	uint8_t class; /* quartile of probability mass, 0 = most frequent */
	double weight;
};

struct generator {
	const struct corpus_request *request;
	const int64_t *option;
	uint64_t seed, n_sentences;
	struct sk_prior *prior;
	struct sk_truth *truth;       /* tables; its elements are filled in after the corpus */
	double **row_sum, **word_sum; /* running sums of the tables, for drawing */
	struct element *element;
	uint32_t n_elements, capacity;
	double unseen_weight;
	struct sk_counts *counts; /* of the corpus */
	struct corpus_writer *writer;
};

/* Tables of one cluster and their running sums. */
static void draw_tables(struct generator *g, uint32_t t)
{
	const struct sk_cluster *c = &g->prior->cluster[t];
	struct rng r = rng_stream(g->seed, SK_DRAW_ROWS, t);
	uint32_t n_class_words = g->prior->n_class_words;

	for (uint32_t s = 0; s < c->n_states; s++) {
		double *row = &g->truth->row[t][c->state[s].first_next], sum = 0;

		draw_dirichlet(&r, g->prior->row_pseudo_count, row, c->state[s].n_next);
		for (uint32_t j = 0; j < c->state[s].n_next; j++)
			g->row_sum[t][c->state[s].first_next + j] = sum += row[j];
	}
	r = rng_stream(g->seed, SK_DRAW_WORDS, t);
	for (uint32_t k = 0; k < g->prior->n_classes; k++) {
		double *table = &g->truth->word[t][k * n_class_words], sum = 0;

		draw_dirichlet(&r, g->prior->word_pseudo_count, table, n_class_words);
		for (uint32_t j = 0; j < n_class_words; j++)
			g->word_sum[t][k * n_class_words + j] = sum += table[j];
	}
}

/* An entry of a table, given its running sums; the only one takes no random number. */
static uint32_t pick(struct rng *r, const double *sum, uint32_t n)
{
	return n == 1 ? 0 : (uint32_t)draw_cumulative(r, sum, n);
}

/* ---- First pass: the partition, then names, weights and frequency classes. ---- */

static enum status draw_partition(struct generator *g)
{
	struct restaurant r = restaurant_open(g->option[SK_ALPHA], g->option[SK_BETA]);
	enum status status = STATUS_OK;

	for (uint64_t i = 0; status == STATUS_OK && i < g->n_sentences; i++) {
		struct rng rng = rng_stream(g->seed, SK_DRAW_PARTITION, i);
		uint32_t k = restaurant_seat(&r, &rng);

		if (k == UINT32_MAX) {
			status = fail_no_memory();
			break;
		}
		if (k == g->n_elements) {
			if (g->n_elements == g->capacity) {
				uint32_t capacity = g->capacity ? 2 * g->capacity : 1024;
				void *grown = realloc(g->element, capacity * sizeof *g->element);

				if (!grown) {
					status = fail_no_memory();
					break;
				}
				g->element = grown;
				g->capacity = capacity;
			}
			if (g->n_elements == g->prior->n_names)
				status = fail(
				    STATUS_BAD_ARGUMENT,
				    "all %llu names are used up after %llu sentences: ask for "
				    "more names, fewer sentences or a smaller alpha",
				    (unsigned long long)g->prior->n_names, (unsigned long long)i);
			else
				g->element[g->n_elements++] = (struct element){0};
		}
		if (status == STATUS_OK)
			g->element[k].n++;
	}
	restaurant_close(&r);
	return status;
}

/* Type and a name that no earlier element has; counts serves as the set of names. */
static enum status draw_elements(struct generator *g)
{
	for (uint32_t k = 0; k < g->n_elements; k++) {
		struct rng r = rng_stream(g->seed, SK_DRAW_ELEMENT, k);
		struct element *e = &g->element[k];

		e->type = (uint16_t)rng_below(&r, g->prior->n_types);
		do {
			e->name = rng_below(&r, g->prior->n_names);
		} while (sk_counts_element(g->truth->counts, e->name, 0, false) != UINT32_MAX);
		if (sk_counts_element(g->truth->counts, e->name, e->type, true) == UINT32_MAX)
			return fail_no_memory();
	}
	return STATUS_OK;
}

/* The elements' weights, given the whole partition, and their frequency classes. */
static enum status draw_weights(struct generator *g)
{
	struct restaurant r = restaurant_open(g->option[SK_ALPHA], g->option[SK_BETA]);
	uint64_t *n = calloc(g->n_elements, sizeof *n);
	double *weight = calloc(g->n_elements, sizeof *weight);
	uint8_t *class = calloc(g->n_elements, sizeof *class);
	enum status s = n && weight && class ? STATUS_OK : fail_no_memory();

	if (s == STATUS_OK) {
		r.n_tables = g->n_elements;
		for (uint32_t k = 0; k < g->n_elements; k++)
			n[k] = g->element[k].n;
		restaurant_weights(&r, n, g->seed, SK_DRAW_WEIGHT, weight, &g->unseen_weight);
		s = population_classes(weight, g->n_elements, class);
	}
	for (uint32_t k = 0; s == STATUS_OK && k < g->n_elements; k++) {
		g->element[k].weight = weight[k];
		g->element[k].class = class[k];
	}
	free(n);
	free(weight);
	free(class);
	return s;
}

/* ---- Second pass: sentences. ---- */

/* Sticks of eta for one (element, attribute), one after the other. */
struct sticks {
	struct rng r;
	double gamma, rest;
	uint32_t n_values;
};

static struct sticks sticks_open(const struct generator *g, uint32_t k, uint32_t a)
{
	uint64_t index = (uint64_t)k * g->prior->n_attributes + a;

	return (struct sticks){.r = rng_stream(g->seed, SK_DRAW_FACT, index),
			       .gamma = g->prior->gamma,
			       .rest = 1,
			       .n_values = g->prior->n_values};
}

/* The next stick: its value, and its length in *length.  Lengths Beta(1, gamma) of the rest. */
static uint32_t sticks_next(struct sticks *s, double *length)
{
	double kept = elementary_exp(elementary_log(rng_unit(&s->r)) / s->gamma);

	*length = s->rest * (1 - kept);
	s->rest *= kept;
	return (uint32_t)rng_below(&s->r, s->n_values);
}

/* What element k says of attribute a this time. */
static uint32_t draw_value(const struct generator *g, uint32_t k, uint32_t a, struct rng *r)
{
	struct sticks sticks = sticks_open(g, k, a);
	double u, length;
	uint32_t value;

	if (g->prior->gamma == 0)
		return (uint32_t)rng_below(&sticks.r, g->prior->n_values);
	u = rng_unit(r);
	do {
		value = sticks_next(&sticks, &length);
		u -= length;
	} while (u >= 0 && sticks.rest > STICK_REST_MIN);
	return value;
}

/* Tokens of sentence i about element k; returns their number. */
static uint32_t make_sentence(const struct generator *g, uint64_t i, uint32_t k, uint16_t *token)
{
	const struct sk_prior *p = g->prior;
	const struct element *e = &g->element[k];
	const struct sk_cluster *c = &p->cluster[e->type];
	struct rng r = rng_stream(g->seed, SK_DRAW_SENTENCE, i);
	uint32_t n = 0, s = 0;

	for (;;) {
		const struct sk_state *from = &c->state[s];
		uint32_t entry = from->first_next +
				 pick(&r, &g->row_sum[e->type][from->first_next], from->n_next);

		s = c->next[entry];
		if (s == SK_END)
			break;

		uint32_t arg = c->state[s].arg, first = arg * p->n_class_words;

		switch ((enum sk_emit)c->state[s].emit) {
		case SK_EMIT_WORD:
			token[n++] =
			    (uint16_t)(p->first_word +
				       c->class_word[first + pick(&r, &g->word_sum[e->type][first],
								  p->n_class_words)]);
			break;
		case SK_EMIT_NAME: {
			uint64_t rest = e->name;

			for (uint32_t j = p->n_name_parts; j--; rest /= p->part_size[j])
				token[n + j] =
				    (uint16_t)(p->first_part[j] + rest % p->part_size[j]);
			n += p->n_name_parts;
			break;
		}
		case SK_EMIT_VALUE:
			token[n++] = (uint16_t)sk_value_token(p, arg, draw_value(g, k, arg, &r));
			break;
		case SK_EMIT_START:
			break; /* nobody's successor */
		}
	}
	token[n++] = SK_END_TOKEN;
	return n;
}

/* One block of sentences: where each one's tokens are. */
struct block {
	uint32_t *element;  /* (BLOCK_SENTENCES) */
	uint16_t *n_tokens; /* (BLOCK_SENTENCES) */
	uint16_t *token;    /* (BLOCK_SENTENCES, sentence_max) */
	uint8_t *role;      /* (sentence_max) of one sentence */
	uint32_t sentence_max;
};

static void set_roles(const struct sk_prior *p, const uint16_t *token, uint32_t n, uint32_t class,
		      uint64_t first_fact, uint8_t *role)
{
	uint32_t fact = 0;

	for (uint32_t i = 0; i < n; i++) {
		enum token_role what = ROLE_SYNTAX;

		if (token[i] >= p->first_value)
			what = first_fact >> fact++ & 1 ? ROLE_FIRST_FACT : ROLE_REPEATED_FACT;
		else if (token[i] >= p->first_part[0])
			what = ROLE_NAME;
		role[i] = (uint8_t)(what | class << 4);
	}
}

static enum status write_block(struct generator *g, const struct block *b, uint32_t n)
{
	for (uint32_t i = 0; i < n; i++) {
		const uint16_t *token = &b->token[(size_t)i * b->sentence_max];
		const struct element *e = &g->element[b->element[i]];
		struct sk_sentence sentence;
		uint64_t first_fact;
		bool parsed = sk_parse_as(g->prior, e->type, token, b->n_tokens[i], &sentence);

		assert(parsed); /* we made it from this very grammar */
		(void)parsed;
		TRY(sk_counts_add(g->counts, &sentence, &first_fact));
		set_roles(g->prior, token, b->n_tokens[i], e->class, first_fact, b->role);
		TRY(corpus_writer_put(g->writer, token, b->role, b->n_tokens[i]));
	}
	return STATUS_OK;
}

/* In parallel; a thread may be older than our caller's floating-point environment. */
static void make_block(const struct generator *g, struct block *b, uint64_t first, uint32_t n)
{
#pragma omp parallel num_threads(g->request->n_threads)
	{
		fenv_t callers;

		fegetenv(&callers);
		fesetenv(FE_DFL_ENV);
#pragma omp for schedule(static, CHUNK_SENTENCES)
		for (uint32_t i = 0; i < n; i++)
			b->n_tokens[i] = (uint16_t)make_sentence(
			    g, first + i, b->element[i], &b->token[(size_t)i * b->sentence_max]);
		fesetenv(&callers);
	}
}

static enum status make_blocks(struct generator *g, struct block *b)
{
	struct restaurant r = restaurant_open(g->option[SK_ALPHA], g->option[SK_BETA]);
	enum status status = STATUS_OK;

	for (uint64_t first = 0; status == STATUS_OK && first < g->n_sentences;
	     first += BLOCK_SENTENCES) {
		uint64_t left = g->n_sentences - first;
		uint32_t n = left < BLOCK_SENTENCES ? (uint32_t)left : BLOCK_SENTENCES;
		bool short_of_memory = false;

		for (uint32_t i = 0; i < n; i++) {
			struct rng rng = rng_stream(g->seed, SK_DRAW_PARTITION, first + i);

			b->element[i] = restaurant_seat(&r, &rng);
			short_of_memory |= b->element[i] == UINT32_MAX;
		}
		if (short_of_memory) {
			status = fail_no_memory();
			break;
		}
		make_block(g, b, first, n);
		status = write_block(g, b, n);
	}
	restaurant_close(&r);
	return status;
}

static enum status make_corpus(struct generator *g)
{
	struct block b = {.sentence_max = (uint32_t)g->option[SK_MAX_TOKENS]};
	enum status status;

	b.element = calloc(BLOCK_SENTENCES, sizeof *b.element);
	b.n_tokens = calloc(BLOCK_SENTENCES, sizeof *b.n_tokens);
	b.token = calloc((size_t)BLOCK_SENTENCES * b.sentence_max, sizeof *b.token);
	b.role = calloc(b.sentence_max, sizeof *b.role);
	if (b.element && b.n_tokens && b.token && b.role)
		status = make_blocks(g, &b);
	else
		status = fail_no_memory();
	free(b.element);
	free(b.n_tokens);
	free(b.token);
	free(b.role);
	return status;
}

/* ---- The world file. ---- */

/* eta of the stated values of one (element, attribute), summed over all sticks. */
static void true_noise(struct generator *g, uint32_t k, uint32_t counted, uint32_t a)
{
	const struct sk_counts *c = g->counts;
	uint32_t head = c->fact_head[(size_t)counted * g->prior->n_attributes + a];
	struct sticks sticks = sticks_open(g, k, a);

	for (uint32_t i = head; i != UINT32_MAX; i = c->fact[i].next)
		c->fact[i].probability = 0;
	while (head != UINT32_MAX && sticks.rest > STICK_REST_MIN) {
		double length;
		uint32_t value = sticks_next(&sticks, &length);
		uint32_t node = sk_counts_fact(g->counts, counted, a, value, false);

		if (node != UINT32_MAX)
			c->fact[node].probability += length;
	}
	for (uint32_t i = head; i != UINT32_MAX; i = c->fact[i].next)
		if (c->fact[i].probability > 1) /* by rounding */
			c->fact[i].probability = 1;
}

static json_t *facts_json(struct generator *g, uint32_t k)
{
	const struct sk_counts *c = g->counts;
	uint32_t counted = sk_counts_element(g->counts, g->element[k].name, 0, false);
	json_t *facts = json_array();

	for (uint32_t a = 0; a < g->prior->n_attributes; a++) {
		uint32_t node = c->fact_head[(size_t)counted * g->prior->n_attributes + a];
		json_t *pairs;

		if (g->prior->gamma == 0) {
			json_array_append_new(facts, json_integer(draw_value(g, k, a, NULL)));
			continue;
		}
		true_noise(g, k, counted, a);
		pairs = json_array();
		for (; node != UINT32_MAX; node = c->fact[node].next) {
			json_t *pair = json_array();

			json_array_append_new(pair, json_integer(c->fact[node].value));
			json_array_append_new(pair, json_real(c->fact[node].probability));
			json_array_append_new(pairs, pair);
		}
		json_array_append_new(facts, pairs);
	}
	return facts;
}

static json_t *reals_json(const double *p, size_t n)
{
	json_t *list = json_array();

	for (size_t j = 0; j < n; j++)
		json_array_append_new(list, json_real(p[j]));
	return list;
}

static json_t *truth_json(struct generator *g)
{
	const struct sk_prior *p = g->prior;
	json_t *rows = json_array(), *words = json_array(), *elements = json_array();

	for (uint32_t t = 0; t < p->n_types; t++) {
		json_array_append_new(rows,
				      reals_json(g->truth->row[t], p->cluster[t].n_row_entries));
		json_array_append_new(
		    words, reals_json(g->truth->word[t], (size_t)p->n_classes * p->n_class_words));
	}
	for (uint32_t k = 0; k < g->n_elements; k++) {
		json_t *element = json_array();

		json_array_append_new(element, json_integer((json_int_t)g->element[k].name));
		json_array_append_new(element, json_integer(g->element[k].type));
		json_array_append_new(element, json_real(g->element[k].weight));
		json_array_append_new(element, facts_json(g, k));
		json_array_append_new(elements, element);
	}
	return json_pack("{s:o, s:o, s:f, s:o}", "rows", rows, "words", words, "unseen_weight",
			 g->unseen_weight, "elements", elements);
}

static enum status finish_world(struct generator *g, json_t *root)
{
	json_t *truth = truth_json(g), *lengths = NULL;
	struct sk_truth *reread = NULL;
	enum status status;

	if (!truth || json_object_set_new(root, "truth", truth) != 0)
		return fail_no_memory();
	status = sk_truth_load(&reread, g->prior, truth); /* bounds as anyone will compute them */
	if (status == STATUS_OK)
		status = sk_code_lengths(g->counts, reread, &lengths);
	if (status == STATUS_OK && json_object_set_new(root, "code_lengths", lengths) != 0)
		status = fail_no_memory();
	sk_truth_free(reread);
	return status;
}

static void generator_free(struct generator *g)
{
	sk_cluster_arrays_free(g->prior, g->row_sum);
	sk_cluster_arrays_free(g->prior, g->word_sum);
	free(g->element);
	sk_counts_free(g->counts);
	sk_truth_free(g->truth);
	sk_prior_free(g->prior);
}

static enum status generator_open(struct generator *g, const json_t *prior)
{
	TRY(sk_prior_load(&g->prior, prior));
	TRY(sk_truth_open(&g->truth, g->prior));
	TRY(sk_counts_open(&g->counts, g->prior));
	g->row_sum = sk_cluster_arrays(g->prior, true, sizeof **g->row_sum);
	g->word_sum = sk_cluster_arrays(g->prior, false, sizeof **g->word_sum);
	if (!g->row_sum || !g->word_sum)
		return fail_no_memory();
	for (uint32_t t = 0; t < g->prior->n_types; t++)
		draw_tables(g, t);
	return STATUS_OK;
}

/* The text of every token, in token order; words[] points into the list. */
static enum status make_words(const struct sk_prior *p, struct word_list *list, const char **word)
{
	word[SK_END_TOKEN] = ".";
	for (uint32_t t = 1; t < p->vocab; t++) {
		word[t] = words_next(list, t < p->first_part[0] ? WORD_FUNCTION
					   : t < p->first_value ? WORD_NAME
								: WORD_VALUE);
		if (!word[t])
			return fail_no_memory();
	}
	return STATUS_OK;
}

static enum status generate_with(struct generator *g, json_t *root)
{
	struct corpus_layout layout = corpus_layout_of(g->request, g->n_sentences);
	const char **word = calloc(g->prior->vocab, sizeof *word);
	struct word_list *list = NULL;
	enum status status = word ? words_open(&list, g->seed) : fail_no_memory();

	layout.word = word;
	layout.vocab = g->prior->vocab;
	layout.end_token = SK_END_TOKEN;
	layout.spaced = true;
	if (status == STATUS_OK)
		status = make_words(g->prior, list, word);
	if (status == STATUS_OK)
		status = draw_partition(g);
	if (status == STATUS_OK)
		status = draw_elements(g);
	if (status == STATUS_OK)
		status = draw_weights(g);
	if (status == STATUS_OK)
		status = corpus_writer_open(&g->writer, &layout);
	if (status == STATUS_OK) {
		status = make_corpus(g);
		if (status == STATUS_OK)
			status = finish_world(g, root);
		status = corpus_writer_finish(g->writer, status, root);
	}
	words_close(list);
	free(word);
	return status;
}

/* What the table of ranges cannot say. */
static enum status check_options(const int64_t *o)
{
	int64_t n_parts = o[SK_MIDDLE_NAMES] ? 3 : 2;

	if (o[SK_BETA] <= -o[SK_ALPHA])
		return fail(STATUS_BAD_ARGUMENT, "beta must be larger than -alpha");
	if (o[SK_MIN_TOKENS] > o[SK_MAX_TOKENS])
		return fail(STATUS_BAD_ARGUMENT, "min-tokens is larger than max-tokens");
	if (o[SK_SENTENCES] > TOKENS_MAX / o[SK_MIN_TOKENS])
		return fail(STATUS_BAD_ARGUMENT, "more tokens than a token file holds: %d",
			    TOKENS_MAX);
	if (o[SK_MAX_TOKENS] < n_parts + 1)
		return fail(STATUS_BAD_ARGUMENT, "max-tokens leaves no room for a name");
	if (o[SK_CLASSES] * o[SK_CLASS_WORDS] > o[SK_WORDS])
		return fail(STATUS_BAD_ARGUMENT, "classes x class-words is more than words");
	if (1 + o[SK_WORDS] + o[SK_FIRST_NAMES] + o[SK_MIDDLE_NAMES] + o[SK_LAST_NAMES] +
		o[SK_ATTRIBUTES] * o[SK_VALUES] >
	    65536)
		return fail(STATUS_BAD_ARGUMENT,
			    "more than 65536 tokens: fewer words, names or values");
	return STATUS_OK;
}

static enum status sk_generate(const struct corpus_request *q)
{
	struct generator g = {.request = q,
			      .option = q->option,
			      .seed = (uint64_t)q->option[SK_SEED],
			      .n_sentences = (uint64_t)q->option[SK_SENTENCES]};
	json_t *prior = NULL, *root;
	enum status status;

	TRY(check_options(q->option));
	TRY(sk_grammar_draw(q->option, &prior));
	root = corpus_world_new("sk", sk_options, q->option);
	if (!root || json_object_set_new(root, "prior", prior) != 0)
		status = fail_no_memory();
	else
		status = generator_open(&g, prior);
	if (status == STATUS_OK)
		status = generate_with(&g, root);
	generator_free(&g);
	json_decref(root);
	return status;
}

/* ---- Bounds of a corpus on disk. ---- */

static enum status sk_bounds(const struct world *w, const uint16_t *token, uint64_t n_tokens,
			     json_t **out)
{
	const json_t *truth_member = json_object_get(w->root, "truth");
	struct sk_prior *p = NULL;
	struct sk_counts *c = NULL;
	struct sk_truth *truth = NULL;
	enum status status = sk_prior_load(&p, w->prior);

	if (status == STATUS_OK)
		status = sk_counts_open(&c, p);
	if (status == STATUS_OK && truth_member)
		status = sk_truth_load(&truth, p, truth_member);
	if (status == STATUS_OK)
		status = sk_counts_add_tokens(c, token, n_tokens);
	if (status == STATUS_OK)
		status = sk_code_lengths(c, truth, out);
	sk_truth_free(truth);
	sk_counts_free(c);
	sk_prior_free(p);
	return status;
}

_Static_assert(SK_END_TOKEN == CORPUS_END_TOKEN, "what ends a sentence");

const struct corpus_ops sk_corpus_ops = {
    .name = "sk",
    .summary = "Syntax-Knowledge sentences: Pitman-Yor elements, Dirichlet grammars",
    .options = sk_options,
    .has_sentences = true,
    .generate = sk_generate,
    .bounds = sk_bounds,
};
