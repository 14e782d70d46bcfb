/* SPDX-License-Identifier: BSD-2-Clause
 *
 * bios_corpus.c - the family `bios`: drawing a world of people and N biographies of them.
 *
 * Idea.  Who a biography is of comes first, for all of them: independent draws of a finite
 * population, or the Chinese restaurant, which is sequential but cheap; 4 bytes a biography are
 * kept.  The rest of biography i depends on (seed, i) and on its person, so blocks of them are made
 * in parallel.  Knowing all who occur before the first is written gives the frequency classes of
 * the roles file, which need Pitman-Yor people's weights: those are drawn from their exact
 * posterior (restaurant.h), so partition and weights are an exact draw of (world, corpus).
 */
#include <assert.h>
#include <fenv.h>
#include <stdlib.h>
#include <string.h>

#include "bios.h"
#include "bios_words.h"
#include "corpus.h"
#include "draw.h"
#include "population.h"
#include "restaurant.h"
#include "tokens.h"

#define BLOCK_BIOGRAPHIES 4096u
#define CHUNK_BIOGRAPHIES 128u
#define CAPITAL_EMPLOYERS 36u /* in one city, of 263 */
#define OFFICE_CITIES 133u    /* that have an employer */

enum {
	OPTION_PEOPLE,
	OPTION_BIOGRAPHIES,
	OPTION_ORDER,
	OPTION_SAMPLING,
	OPTION_POWER,
	OPTION_SHIFT,
	OPTION_ALPHA,
	OPTION_BETA,
	OPTION_SEED,
};

static const struct option_spec bios_options[] = {
    [OPTION_PEOPLE] = {"people", 1, BIOS_PEOPLE_MAX, 10000, 1,
		       "people of a finite population (sampling 0 and 1)"},
    [OPTION_BIOGRAPHIES] = {"biographies", 1, TOKENS_MAX / BIOS_TOKENS_MAX, 20000, 1,
			    "number of biographies"},
    [OPTION_ORDER] = {"order", 0, 1, 1, 1, "sentences 0 = in a fixed order, 1 = permuted"},
    [OPTION_SAMPLING] = {"sampling", BIOS_UNIFORM, BIOS_PITMAN_YOR, BIOS_POWER, 1,
			 "of people: 0 = uniform, 1 = power law, 2 = Pitman-Yor"},
    [OPTION_POWER] = {"power", 1, 10 * OPTION_UNIT, 135 * (OPTION_UNIT / 100), OPTION_UNIT,
		      "sampling 1: person i = 0, 1, .. with weight (i + shift)^-power"},
    [OPTION_SHIFT] = {"shift", 1, (int64_t)1000000000 * OPTION_UNIT, OPTION_UNIT, OPTION_UNIT,
		      "sampling 1: see power"},
    [OPTION_ALPHA] = {"alpha", 0, OPTION_UNIT - 1, OPTION_UNIT / 2, OPTION_UNIT,
		      "sampling 2: Pitman-Yor discount"},
    [OPTION_BETA] = {"beta", -OPTION_UNIT, (int64_t)1000000 * OPTION_UNIT, OPTION_UNIT, OPTION_UNIT,
		     "sampling 2: Pitman-Yor concentration, larger than -alpha"},
    [OPTION_SEED] = {"seed", 0, INT64_MAX / 2, 1, 1, "seed of everything random"},
    {NULL, 0, 0, 0, 0, NULL},
};

/* Streams of random numbers (rng.h): one purpose each, never renumbered. */
enum {
	DRAW_EMPLOYERS = 1,
	DRAW_NAME,      /* index: person */
	DRAW_VALUES,    /* index: person */
	DRAW_WHO,       /* index: biography */
	DRAW_WEIGHT,    /* index: person; restaurant_weights() */
	DRAW_SENTENCES, /* index: biography */
};

struct generator {
	const struct corpus_request *request;
	const int64_t *option;
	uint64_t seed;
	uint32_t n_biographies;
	struct bios_directory people; /* by rank, or in order of appearance */
	uint32_t *who;                /* (n_biographies) place in `people` */
	uint64_t *count;              /* (people.n) Pitman-Yor: biographies of each */
	uint64_t *packed;             /* (people.n) */
	double *weight;               /* (people.n) Pitman-Yor */
	double unseen_weight;
	uint8_t *class; /* (people.n) */
	struct bios_prior *prior;
	struct bios_counts *counts;
	struct corpus_writer *writer;
};

/* ---- The world. ---- */

/* One city has 36 employers, 132 have one and, the first ones likelier, a share of the rest: about
 * 6.3 bits of entropy, as in the original. */
static json_t *draw_employer_cities(uint64_t seed)
{
	struct rng r = rng_stream(seed, DRAW_EMPLOYERS, 0);
	uint16_t city[BIOS_CITIES], of_employer[BIOS_EMPLOYERS];
	double below[OFFICE_CITIES - 1], sum = 0;
	json_t *list = json_array();

	for (uint32_t c = 0; c < BIOS_CITIES; c++)
		city[c] = (uint16_t)c;
	draw_sample(&r, city, BIOS_CITIES, OFFICE_CITIES);
	for (uint32_t j = 0; j < OFFICE_CITIES - 1; j++)
		below[j] = sum += 1 / (j + 1.5);
	for (uint32_t e = 0; e < BIOS_EMPLOYERS; e++) {
		if (e < CAPITAL_EMPLOYERS)
			of_employer[e] = city[0];
		else if (e < CAPITAL_EMPLOYERS + OFFICE_CITIES - 1)
			of_employer[e] = city[1 + e - CAPITAL_EMPLOYERS];
		else
			of_employer[e] = city[1 + draw_cumulative(&r, below, OFFICE_CITIES - 1)];
	}
	draw_sample(&r, of_employer, BIOS_EMPLOYERS, BIOS_EMPLOYERS);
	for (uint32_t e = 0; e < BIOS_EMPLOYERS; e++)
		json_array_append_new(list, json_integer(of_employer[e]));
	return list;
}

/* Names that nobody before has. */
static enum status draw_names(struct generator *g, uint32_t n)
{
	for (uint32_t k = 0; k < n; k++) {
		struct rng r = rng_stream(g->seed, DRAW_NAME, k);
		uint32_t name;

		do {
			name = (uint32_t)rng_below(&r, BIOS_NAMES);
		} while (bios_directory_find(&g->people, name) != BIOS_NOBODY);
		TRY(bios_directory_add(&g->people, name));
	}
	return STATUS_OK;
}

static json_t *prior_json(const struct generator *g)
{
	const int64_t *o = g->option;
	json_t *names = NULL;
	bool pitman_yor = o[OPTION_SAMPLING] == BIOS_PITMAN_YOR;
	bool power = o[OPTION_SAMPLING] == BIOS_POWER;

	if (!pitman_yor) {
		names = json_array();
		for (uint32_t k = 0; k < g->people.n; k++)
			json_array_append_new(names, json_integer(g->people.name[k]));
	}
	return json_pack("{s:I, s:I, s:o*, s:o*, s:o*, s:o*, s:o, s:o, s:o*}", "permuted",
			 (json_int_t)o[OPTION_ORDER], "sampling", (json_int_t)o[OPTION_SAMPLING],
			 "power_millionths", power ? json_integer(o[OPTION_POWER]) : NULL,
			 "shift_millionths", power ? json_integer(o[OPTION_SHIFT]) : NULL,
			 "alpha_millionths", pitman_yor ? json_integer(o[OPTION_ALPHA]) : NULL,
			 "beta_millionths", pitman_yor ? json_integer(o[OPTION_BETA]) : NULL,
			 "employer_city", draw_employer_cities(g->seed), "templates",
			 bios_texts_json(), "register", names);
}

/* The prior as anyone will read it. */
static enum status make_prior(struct generator *g, json_t *root)
{
	struct world w = {.path = "the new world", .root = root};
	struct bios_grammar *grammar = NULL;
	json_t *prior = prior_json(g);

	if (!prior || json_object_set_new(root, "prior", prior) != 0)
		return fail_no_memory();
	TRY(bios_grammar_open(&grammar));
	w.vocab = grammar->vocab;
	bios_grammar_free(grammar);
	w.prior = prior;
	return bios_prior_load(&g->prior, &w);
}

static enum status draw_people(struct generator *g)
{
	uint32_t n = g->people.n;

	g->packed = calloc(n, sizeof *g->packed);
	g->class = calloc(n, sizeof *g->class);
	if (!g->packed || !g->class)
		return fail_no_memory();
	for (uint32_t k = 0; k < n; k++) {
		struct rng r = rng_stream(g->seed, DRAW_VALUES, k);

		g->packed[k] = rng_below(&r, BIOS_PACKED_END);
	}
	return population_classes(g->weight ? g->weight : g->prior->p, n, g->class);
}

/* ---- Who is next? ---- */

static enum status draw_residents(struct generator *g)
{
	const double *p = g->prior->p;
	uint32_t n = g->people.n;
	double *below = calloc(n, sizeof *below), sum = 0;

	if (!below)
		return fail_no_memory();
	for (uint32_t k = 0; k < n; k++)
		below[k] = sum += p[k];
	for (uint32_t i = 0; i < g->n_biographies; i++) {
		struct rng r = rng_stream(g->seed, DRAW_WHO, i);

		g->who[i] = (uint32_t)draw_cumulative(&r, below, n);
	}
	free(below);
	return STATUS_OK;
}

static enum status draw_strangers(struct generator *g)
{
	struct restaurant r = restaurant_open(g->option[OPTION_ALPHA], g->option[OPTION_BETA]);
	enum status s = STATUS_OK;

	for (uint32_t i = 0; s == STATUS_OK && i < g->n_biographies; i++) {
		struct rng rng = rng_stream(g->seed, DRAW_WHO, i);

		g->who[i] = restaurant_seat(&r, &rng);
		if (g->who[i] == UINT32_MAX)
			s = fail_no_memory();
	}
	if (s == STATUS_OK) {
		g->count = calloc(r.n_tables, sizeof *g->count);
		g->weight = calloc(r.n_tables, sizeof *g->weight);
		s = g->count && g->weight ? draw_names(g, r.n_tables) : fail_no_memory();
	}
	if (s == STATUS_OK) {
		for (uint32_t i = 0; i < g->n_biographies; i++)
			g->count[g->who[i]]++;
		restaurant_weights(&r, g->count, g->seed, DRAW_WEIGHT, g->weight,
				   &g->unseen_weight);
	}
	restaurant_close(&r);
	return s;
}

/* ---- Biographies. ---- */

struct speaker {
	const struct bios_grammar *grammar;
	uint32_t name;
	struct bios_person person;
	uint16_t *token; /* the next one's place */
};

static void say_name(struct speaker *s)
{
	uint32_t part[3] = {s->name / BIOS_LAST_NAMES / BIOS_MIDDLE_NAMES,
			    s->name / BIOS_LAST_NAMES % BIOS_MIDDLE_NAMES,
			    s->name % BIOS_LAST_NAMES};

	for (uint32_t j = 0; j < 3; j++)
		*s->token++ = (uint16_t)(s->grammar->first_name[j] + part[j]);
}

static void say_template(struct speaker *s, const struct bios_template *t)
{
	for (uint32_t i = 0; i < t->n_items; i++) {
		uint32_t item = t->item[i], part = item - BIOS_ITEM_VALUE;

		if (item < BIOS_ITEM_NAME) {
			*s->token++ = (uint16_t)item;
		} else if (item == BIOS_ITEM_NAME) {
			say_name(s);
		} else if (item < BIOS_ITEM_VALUE) {
			enum bios_case c = (enum bios_case)(item - BIOS_ITEM_PRONOUN);

			*s->token++ =
			    (uint16_t)bios_pronoun_token(s->grammar, c, s->person.pronoun);
		} else {
			*s->token++ =
			    (uint16_t)(s->grammar->first_value[part] + s->person.value[part]);
		}
	}
}

/* Tokens of biography i; returns their number. */
static uint32_t make_biography(const struct generator *g, uint32_t i, uint16_t *token)
{
	uint32_t k = g->who[i], n;
	struct rng r = rng_stream(g->seed, DRAW_SENTENCES, i);
	uint16_t order[BIOS_ATTRIBUTES] = {0, 1, 2, 3, 4, 5};
	struct speaker s = {.grammar = g->prior->grammar,
			    .name = g->people.name[k],
			    .person = bios_unpack(g->prior, g->packed[k]),
			    .token = token};

	if (g->prior->permuted)
		draw_sample(&r, order, BIOS_ATTRIBUTES, BIOS_ATTRIBUTES);
	for (uint32_t j = 0; j < BIOS_ATTRIBUTES; j++) {
		uint32_t place = j ? BIOS_LATER_SENTENCE : BIOS_FIRST_SENTENCE;
		uint32_t index = (uint32_t)rng_below(&r, BIOS_TEMPLATES);

		say_template(&s, &g->prior->grammar->template[place][order[j]][index]);
	}
	*s.token++ = BIOS_END_TOKEN;
	n = (uint32_t)(s.token - token);
	assert(BIOS_TOKENS_MIN <= n && n <= BIOS_TOKENS_MAX);
	return n;
}

struct block {
	uint8_t *n_tokens;             /* (BLOCK_BIOGRAPHIES) */
	uint16_t *token;               /* (BLOCK_BIOGRAPHIES, BIOS_TOKENS_MAX) */
	uint8_t role[BIOS_TOKENS_MAX]; /* of one biography */
};

static void set_roles(const struct bios_grammar *g, const uint16_t *token, uint32_t n,
		      uint32_t class, bool first, uint8_t *role)
{
	bool pronoun_said = false;

	for (uint32_t i = 0; i < n; i++) {
		enum token_role fact = first ? ROLE_FIRST_FACT : ROLE_REPEATED_FACT;
		enum token_role what = ROLE_SYNTAX;

		if (token[i] >= g->first_value[0]) {
			what = fact;
		} else if (token[i] >= g->first_name[0]) {
			what = ROLE_NAME;
		} else if (token[i] >= g->first_pronoun) {
			what = pronoun_said ? ROLE_REPEATED_FACT : fact;
			pronoun_said = true;
		}
		role[i] = (uint8_t)(what | class << 4);
	}
}

static enum status write_block(struct generator *g, struct block *b, uint32_t begin, uint32_t n)
{
	for (uint32_t i = 0; i < n; i++) {
		const uint16_t *token = &b->token[(size_t)i * BIOS_TOKENS_MAX];
		struct bios_biography biography;
		bool first, parsed = bios_parse(g->prior, token, b->n_tokens[i], &biography);

		assert(parsed); /* we made it from this very grammar */
		(void)parsed;
		TRY(bios_counts_add(g->counts, &biography, &first));
		set_roles(g->prior->grammar, token, b->n_tokens[i], g->class[g->who[begin + i]],
			  first, b -> role);
		TRY(corpus_writer_put(g->writer, token, b->role, b->n_tokens[i]));
	}
	return STATUS_OK;
}

/* In parallel; a thread may be older than our caller's floating-point environment. */
static void make_block(const struct generator *g, struct block *b, uint32_t begin, uint32_t n)
{
#pragma omp parallel num_threads(g->request->n_threads)
	{
		fenv_t callers;

		fegetenv(&callers);
		fesetenv(FE_DFL_ENV);
#pragma omp for schedule(static, CHUNK_BIOGRAPHIES)
		for (uint32_t i = 0; i < n; i++)
			b->n_tokens[i] = (uint8_t)make_biography(
			    g, begin + i, &b->token[(size_t)i * BIOS_TOKENS_MAX]);
		fesetenv(&callers);
	}
}

static enum status make_corpus(struct generator *g)
{
	struct block b = {.n_tokens = calloc(BLOCK_BIOGRAPHIES, sizeof *b.n_tokens),
			  .token =
			      calloc((size_t)BLOCK_BIOGRAPHIES * BIOS_TOKENS_MAX, sizeof *b.token)};
	enum status s = b.n_tokens && b.token ? STATUS_OK : fail_no_memory();

	for (uint32_t begin = 0; s == STATUS_OK && begin < g->n_biographies;
	     begin += BLOCK_BIOGRAPHIES) {
		uint32_t left = g->n_biographies - begin;
		uint32_t n = left < BLOCK_BIOGRAPHIES ? left : BLOCK_BIOGRAPHIES;

		make_block(g, &b, begin, n);
		s = write_block(g, &b, begin, n);
	}
	free(b.n_tokens);
	free(b.token);
	return s;
}

/* ---- The world file. ---- */

static json_t *truth_json(const struct generator *g)
{
	json_t *people = json_array();

	for (uint32_t k = 0; k < g->people.n; k++) {
		json_t *person = json_integer((json_int_t)g->packed[k]);

		if (g->weight)
			person = json_pack("[I, f, o]", (json_int_t)g->people.name[k], g->weight[k],
					   person);
		json_array_append_new(people, person);
	}
	return json_pack("{s:o*, s:o}", "unseen_weight",
			 g->weight ? json_real(g->unseen_weight) : NULL, "people", people);
}

static enum status finish_world(const struct generator *g, json_t *root)
{
	json_t *truth = truth_json(g), *lengths = NULL;
	struct bios_truth *reread = NULL;
	enum status s;

	if (!truth || json_object_set_new(root, "truth", truth) != 0)
		return fail_no_memory();
	s = bios_truth_load(&reread, g->prior, truth); /* bounds as anyone will compute them */
	if (s == STATUS_OK)
		s = bios_code_lengths(g->counts, reread, &lengths);
	if (s == STATUS_OK && json_object_set_new(root, "code_lengths", lengths) != 0)
		s = fail_no_memory();
	bios_truth_free(reread);
	return s;
}

static enum status write_corpus(struct generator *g, json_t *root)
{
	struct corpus_layout layout = corpus_layout_of(g->request, g->n_biographies);
	struct bios_words words = {0};
	enum status s = bios_words_make(&words, g->prior->grammar, g->seed);

	layout.word = words.word;
	layout.vocab = g->prior->grammar->vocab;
	layout.end_token = BIOS_END_TOKEN;
	layout.silent_end = true;
	layout.spaced = true;
	layout.n_marks = BIOS_OWNER_TOKEN;
	layout.stop_token = BIOS_STOP_TOKEN;
	if (s == STATUS_OK)
		s = corpus_writer_open(&g->writer, &layout);
	bios_words_free(&words);
	if (s != STATUS_OK)
		return s;
	s = make_corpus(g);
	if (s == STATUS_OK)
		s = finish_world(g, root);
	return corpus_writer_finish(g->writer, s, root);
}

static enum status generate_with(struct generator *g, json_t *root)
{
	bool pitman_yor = g->option[OPTION_SAMPLING] == BIOS_PITMAN_YOR;

	g->who = calloc(g->n_biographies, sizeof *g->who);
	if (!g->who)
		return fail_no_memory();
	if (!pitman_yor)
		TRY(draw_names(g, (uint32_t)g->option[OPTION_PEOPLE]));
	TRY(make_prior(g, root));
	TRY(pitman_yor ? draw_strangers(g) : draw_residents(g));
	TRY(draw_people(g));
	TRY(bios_counts_open(&g->counts, g->prior));
	return write_corpus(g, root);
}

/* What the table of ranges cannot say: an option that the sampling has no use for is a mistake. */
static enum status check_options(const int64_t *option)
{
	static const struct {
		int option;
		unsigned samplings; /* bit i: sampling i uses it */
	} uses[] = {
	    {OPTION_PEOPLE, 1u << BIOS_UNIFORM | 1u << BIOS_POWER},
	    {OPTION_POWER, 1u << BIOS_POWER},
	    {OPTION_SHIFT, 1u << BIOS_POWER},
	    {OPTION_ALPHA, 1u << BIOS_PITMAN_YOR},
	    {OPTION_BETA, 1u << BIOS_PITMAN_YOR},
	};
	int64_t sampling = option[OPTION_SAMPLING];

	for (size_t i = 0; i < sizeof uses / sizeof *uses; i++) {
		const struct option_spec *spec = &bios_options[uses[i].option];

		if (option[uses[i].option] != spec->def && !(uses[i].samplings >> sampling & 1))
			return fail(STATUS_BAD_ARGUMENT, "sampling %lld has no use for %s",
				    (long long)sampling, spec->name);
	}
	if (option[OPTION_BETA] <= -option[OPTION_ALPHA])
		return fail(STATUS_BAD_ARGUMENT, "beta must be larger than -alpha");
	return STATUS_OK;
}

static enum status bios_generate(const struct corpus_request *q)
{
	struct generator g = {.request = q,
			      .option = q->option,
			      .seed = (uint64_t)q->option[OPTION_SEED],
			      .n_biographies = (uint32_t)q->option[OPTION_BIOGRAPHIES]};
	json_t *root;
	enum status s;

	TRY(check_options(q->option));
	root = corpus_world_new("bios", bios_options, q->option);
	s = root ? generate_with(&g, root) : fail_no_memory();
	json_decref(root);
	bios_directory_free(&g.people);
	free(g.who);
	free(g.count);
	free(g.packed);
	free(g.weight);
	free(g.class);
	bios_counts_free(g.counts);
	bios_prior_free(g.prior);
	return s;
}

/* ---- Bounds of a corpus on disk. ---- */

static enum status count_tokens(struct bios_counts *c, const uint16_t *token, uint64_t n_tokens)
{
	struct bios_biography b;
	bool first;

	for (uint64_t at = 0; at < n_tokens; at += b.n_tokens) {
		if (!bios_parse(c->prior, token + at, n_tokens - at, &b))
			return fail(STATUS_CORRUPT,
				    "biography %llu (token %llu) is none of this world's",
				    (unsigned long long)c->n_biographies, (unsigned long long)at);
		TRY(bios_counts_add(c, &b, &first));
	}
	return STATUS_OK;
}

static enum status bios_bounds(const struct world *w, const uint16_t *token, uint64_t n_tokens,
			       json_t **out)
{
	const json_t *truth_member = json_object_get(w->root, "truth");
	struct bios_prior *p = NULL;
	struct bios_counts *c = NULL;
	struct bios_truth *truth = NULL;
	enum status s = bios_prior_load(&p, w);

	if (s == STATUS_OK)
		s = bios_counts_open(&c, p);
	if (s == STATUS_OK && truth_member)
		s = bios_truth_load(&truth, p, truth_member);
	if (s == STATUS_OK)
		s = count_tokens(c, token, n_tokens);
	if (s == STATUS_OK)
		s = bios_code_lengths(c, truth, out);
	bios_truth_free(truth);
	bios_counts_free(c);
	bios_prior_free(p);
	return s;
}

_Static_assert(BIOS_END_TOKEN == CORPUS_END_TOKEN, "what ends a sentence");

const struct corpus_ops bios_corpus_ops = {
    .name = "bios",
    .summary = "biographies of made-up people: six English sentences each",
    .options = bios_options,
    .has_sentences = true,
    .generate = bios_generate,
    .bounds = bios_bounds,
};
