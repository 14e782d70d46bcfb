/* SPDX-License-Identifier: BSD-2-Clause
 *
 * test_bios.c - biographies: the bounds are the numbers they claim, and the oracles reach them.
 *
 * Property: each token costs the oracles what a sum over all templates, all people and all values
 * says, and all tokens together bayes_bits and known_bits; the parts of a biography cost what its
 * cardinalities say, in whatever order it states them; the mean of bayes_bits over worlds is
 * expected_bayes_bits; the text spells the tokens, the roles say what is new; damaged worlds and
 * foreign tokens are refused.
 * Method: small corpora in a temporary directory, read back; a slow twin that reads the English
 * texts themselves and knows neither trees nor lists; golden numbers.
 */
#include <ctype.h>
#include <math.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "bios.h"
#include "buffer.h"
#include "corpus.h"
#include "file.h"
#include "predictor.h"
#include "rng.h"
#include "run.h"

#include "fixture.h" /* last: it brings cmocka.h, which defines a macro fail() */

#define PERSON_BITS 47.5916 /* lg(2 x 67200 x 200 x 300 x 100 x 263) */

/* A corpus, generated and read back. */
struct corpus {
	struct world *w;
	struct bios_prior *prior;
	uint16_t *token;
	size_t n;
	json_t *bounds;
};

static struct corpus corpus_open(const char *options)
{
	const struct corpus_ops *ops = corpus_family_by_name("bios");
	struct fixture_corpus drawn = fixture_draw("bios", "", options);
	struct corpus c = {.w = drawn.world, .token = drawn.token, .n = drawn.n};

	assert_int_equal(bios_prior_load(&c.prior, c.w), STATUS_OK);
	assert_int_equal(ops->bounds(c.w, c.token, c.n, &c.bounds), STATUS_OK);
	return c;
}

static void corpus_close(struct corpus *c)
{
	json_decref(c->bounds);
	bios_prior_free(c->prior);
	world_free(c->w);
	free(c->token);
}

static double number(const struct corpus *c, const char *name)
{
	const json_t *value = json_object_get(c->bounds, name);

	assert_true(json_is_number(value));
	return json_number_value(value);
}

static void assert_close(double a, double b, double slack)
{
	if (!(fabs(a - b) <= slack))
		fail_msg("%.12g and %.12g differ by more than %.3g", a, b, slack);
}

/* Ideal bits of each token under an oracle; their sum. */
static double oracle_costs(const struct corpus *c, const char *name, double *cost)
{
	const struct predictor_ops *ops = predictor_by_name(name);
	struct predictor_setup setup = {.n_symbols = c->w->vocab, .world = c->w};
	struct run run = {.model = ops};

	assert_int_equal(ops->open(&run.p, &setup), STATUS_OK);
	assert_int_equal(run_open(&run), STATUS_OK);
	for (size_t i = 0; i < c->n; i++) {
		double before = run.ideal_bits;

		assert_int_equal(run_symbols(&run, c->token + i, 1), STATUS_OK);
		if (cost)
			cost[i] = run.ideal_bits - before;
	}
	run_close(&run);
	ops->close(run.p);
	return run.ideal_bits;
}

/* ---- The slow twin. ---- */

struct acquaintance {
	uint32_t name;
	double weight; /* fixed, or else his biographies */
	bool certain;
	struct bios_person person;
};

struct twin {
	const struct corpus *corpus;
	bool known, fixed; /* fixed: weights do not change */
	struct acquaintance *who;
	size_t n_who;
	double n_biographies, unseen_weight;
	char **word; /* (vocab) the vocabulary file */
};

static char **read_vocab(uint32_t n)
{
	char **word = calloc(n, sizeof *word);
	FILE *f = fopen(fixture_path(".vocab"), "r");
	char line[128];

	assert_non_null(f);
	for (uint32_t i = 0; i < n; i++) {
		assert_non_null(fgets(line, sizeof line, f));
		line[strcspn(line, "\n")] = '\0';
		word[i] = strdup(line);
	}
	assert_null(fgets(line, sizeof line, f));
	fclose(f);
	return word;
}

static struct twin twin_open(const struct corpus *c, bool known)
{
	const json_t *people = json_object_get(json_object_get(c->w->root, "truth"), "people");
	bool finite = c->prior->sampling != BIOS_PITMAN_YOR;
	struct twin t = {.corpus = c, .known = known, .fixed = finite || known};
	size_t n = finite || known ? json_array_size(people) : 0;

	t.word = read_vocab(c->w->vocab);
	t.who = calloc(n + c->n / BIOS_TOKENS_MIN + 1, sizeof *t.who);
	for (size_t k = 0; k < n; k++) {
		const json_t *item = json_array_get(people, k);
		const json_t *packed = finite ? item : json_array_get(item, 2);

		t.who[k].name = finite ? c->prior->people.name[k]
				       : (uint32_t)json_integer_value(json_array_get(item, 0));
		t.who[k].weight =
		    finite ? c->prior->p[k] : json_real_value(json_array_get(item, 1));
		t.who[k].certain = known;
		t.who[k].person = bios_unpack(c->prior, (uint64_t)json_integer_value(packed));
	}
	t.n_who = n;
	if (known && !finite)
		t.unseen_weight = json_real_value(
		    json_object_get(json_object_get(c->w->root, "truth"), "unseen_weight"));
	return t;
}

static void twin_close(struct twin *t)
{
	for (uint32_t i = 0; i < t->corpus->w->vocab; i++)
		free(t->word[i]);
	free(t->word);
	free(t->who);
}

static double twin_weight(const struct twin *t, size_t k)
{
	return t->fixed ? t->who[k].weight
			: t->who[k].weight - (double)t->corpus->prior->alpha_millionths / 1e6;
}

/* Probability of a name whose first `n_parts` parts, of 3, are these: over all 1.6e8 names. */
static double twin_name(const struct twin *t, uint32_t n_parts, uint32_t beginning)
{
	static const double names_with[] = {1.6e8, 4e5, 1e3, 1};
	static const uint32_t divisor[] = {160000000, 400000, 1000, 1};
	const struct bios_prior *p = t->corpus->prior;
	double alpha = (double)p->alpha_millionths / 1e6, beta = (double)p->beta_millionths / 1e6;
	double fresh = t->fixed ? t->unseen_weight : beta + alpha * (double)t->n_who;
	double mass = 0, all = 0, taken = 0;

	if (!t->fixed && t->n_biographies == 0)
		fresh = 1;
	for (size_t k = 0; k < t->n_who; k++) {
		all += twin_weight(t, k);
		if (t->who[k].name / divisor[n_parts] == beginning) {
			mass += twin_weight(t, k);
			taken++;
		}
	}
	return (mass + fresh * (names_with[n_parts] - taken) / (1.6e8 - (double)t->n_who)) /
	       (all + fresh);
}

/* A biography as far as it has been read. */
struct twin_state {
	bool stated[BIOS_ATTRIBUTES], pronoun_known, certain;
	struct bios_person person;
	uint32_t name;
};

/* Probability of value v of a part: counted over the employers, or one in many. */
static double twin_value(const struct twin *t, const struct twin_state *s, uint32_t part,
			 uint32_t v)
{
	const uint16_t *city = t->corpus->prior->employer_city;
	double agree = 0, all = 0;

	if (s->certain)
		return s->person.value[part] == v;
	if (part != BIOS_PART_EMPLOYER && part != BIOS_PART_COMPANY_CITY)
		return 1.0 / bios_part_size[part];
	for (uint32_t e = 0; e < BIOS_EMPLOYERS; e++) {
		if ((s->stated[BIOS_EMPLOYER] && e != s->person.value[BIOS_PART_EMPLOYER]) ||
		    (s->stated[BIOS_COMPANY_CITY] &&
		     city[e] != s->person.value[BIOS_PART_COMPANY_CITY]))
			continue;
		all++;
		agree += v == (part == BIOS_PART_EMPLOYER ? e : city[e]);
	}
	return agree / all;
}

/* A reader of one template against the tokens of one sentence. */
struct match {
	const struct twin *twin;
	struct twin_state state;
	const uint16_t *token;
	size_t n, at; /* n tokens have been read */
	double p;     /* of those up to `at`, given the template */
};

static bool more(const struct match *m)
{
	return m->at < m->n && m->p > 0;
}

static void match_word(struct match *m, const char *word)
{
	if (more(m) && strcasecmp(m->twin->word[m->token[m->at]], word) != 0)
		m->p = 0;
	m->at++;
}

static void match_pronoun(struct match *m, const char *he, const char *she)
{
	struct twin_state *s = &m->state;

	if (more(m)) {
		const char *word = m->twin->word[m->token[m->at]];
		int pronoun = strcmp(word, he) == 0 ? 0 : strcmp(word, she) == 0 ? 1 : -1;

		if (pronoun < 0)
			m->p = 0;
		else if (s->certain || s->pronoun_known)
			m->p *= s->person.pronoun == pronoun;
		else
			m->p /= 2;
		s->person.pronoun = (uint8_t)pronoun;
		s->pronoun_known = true;
	}
	m->at++;
}

static void match_name(struct match *m)
{
	const struct bios_grammar *g = m->twin->corpus->prior->grammar;
	uint32_t name = 0;

	for (uint32_t j = 0; j < 3 && m->at < m->n; j++, m->at++) {
		uint32_t part = m->token[m->at] - g->first_name[j];

		if (part >= bios_name_size[j]) {
			m->p = 0;
			return;
		}
		name = name * bios_name_size[j] + part;
		m->p *= twin_name(m->twin, j + 1, name) /
			twin_name(m->twin, j, name / bios_name_size[j]);
	}
	m->state.name = name;
	for (size_t k = 0; k < m->twin->n_who; k++)
		if (m->twin->who[k].name == name && m->twin->who[k].certain) {
			m->state.certain = true;
			m->state.person = m->twin->who[k].person;
		}
}

static void match_value(struct match *m, uint32_t part)
{
	uint32_t v;

	if (more(m)) {
		v = m->token[m->at] - m->twin->corpus->prior->grammar->first_value[part];
		m->p *= v < bios_part_size[part] ? twin_value(m->twin, &m->state, part, v) : 0;
		m->state.person.value[part] = (uint16_t)v;
	}
	m->at++;
}

static void match_person(struct match *m, bool first, const char *he, const char *she, bool owner)
{
	if (!first) {
		match_pronoun(m, he, she);
		return;
	}
	match_name(m);
	if (owner)
		match_word(m, "'s");
}

/* One word of the English text. */
static void match_text_word(struct match *m, const char *word, uint32_t a, bool first)
{
	if (strcmp(word, "HE") == 0) {
		match_person(m, first, "he", "she", false);
	} else if (strcmp(word, "HIM") == 0) {
		match_person(m, first, "him", "her", false);
	} else if (strcmp(word, "HIS") == 0) {
		match_person(m, first, "his", "her", true);
	} else if (strcmp(word, "VALUE") == 0 && a == BIOS_BIRTH_DATE) {
		match_value(m, BIOS_PART_MONTH);
		match_value(m, BIOS_PART_DAY);
		match_word(m, ",");
		match_value(m, BIOS_PART_YEAR);
	} else if (strcmp(word, "VALUE") == 0) {
		match_value(m, BIOS_PART_CITY + a - BIOS_BIRTH_CITY);
	} else {
		match_word(m, word);
	}
}

/* The probability of the tokens read, if the sentence is from this text; *complete: it ends here.
 */
static double match_text(struct match *m, uint32_t a, uint32_t i, bool first, bool *complete)
{
	char text[256], *save = NULL;

	strcpy(text, bios_texts[a][i]);
	m->p = 1;
	m->at = 0;
	for (char *word = strtok_r(text, " ", &save); word && more(m);
	     word = strtok_r(NULL, " ", &save)) {
		size_t length = strcspn(word, ",.");
		char mark[2] = {word[length], '\0'};

		word[length] = '\0';
		match_text_word(m, word, a, first);
		if (mark[0])
			match_word(m, mark);
		*complete = mark[0] == '.' && m->at == m->n;
	}
	return m->p;
}

/* Sum over all texts of the attributes that may come next; *after is the state behind the complete
 * sentence, when it is complete. */
static double sentence_probability(const struct twin *t, const struct twin_state *before,
				   uint32_t n_stated, const uint16_t *token, size_t n,
				   struct twin_state *after, bool *complete)
{
	bool permuted = t->corpus->prior->permuted;
	double sum = 0;

	*complete = false;
	for (uint32_t a = 0; a < BIOS_ATTRIBUTES; a++) {
		if (before->stated[a] || (!permuted && a != n_stated))
			continue;
		for (uint32_t i = 0; i < BIOS_TEMPLATES; i++) {
			struct match m = {.twin = t, .state = *before, .token = token, .n = n};
			bool ends = false;
			double p = match_text(&m, a, i, n_stated == 0, &ends);

			sum += p / BIOS_TEMPLATES / (permuted ? BIOS_ATTRIBUTES - n_stated : 1);
			if (p > 0 && ends) {
				assert_false(*complete);
				*complete = true;
				*after = m.state;
				after->stated[a] = true;
			}
		}
	}
	return sum;
}

static void twin_learn(struct twin *t, const struct twin_state *s)
{
	size_t k = 0;

	while (k < t->n_who && t->who[k].name != s->name)
		k++;
	if (t->known)
		return;
	if (k == t->n_who) {
		assert_false(t->fixed);
		t->who[t->n_who++] = (struct acquaintance){.name = s->name};
	}
	t->who[k].person = s->person;
	t->who[k].certain = true;
	if (!t->fixed)
		t->who[k].weight++;
	t->n_biographies++;
}

/* One biography from token `at`: each token's cost; returns where the next one begins. */
static size_t twin_biography(struct twin *t, size_t at, double *cost)
{
	const uint16_t *token = t->corpus->token;
	struct twin_state state = {0};

	for (uint32_t n_stated = 0; n_stated < BIOS_ATTRIBUTES; n_stated++) {
		struct twin_state after;
		double before = 1;
		bool complete = false;
		size_t begin = at;

		while (!complete) {
			double p = sentence_probability(t, &state, n_stated, token + begin,
							at + 1 - begin, &after, &complete);

			cost[at++] = log2(before / p);
			before = p;
		}
		state = after;
	}
	twin_learn(t, &state);
	assert_int_equal(token[at], BIOS_END_TOKEN);
	cost[at] = 0;
	return at + 1;
}

static void check_against_twin(const char *options)
{
	static const char *const names[] = {"known", "bayes"};
	struct corpus c = corpus_open(options);
	double *slow = calloc(c.n, sizeof *slow), *fast = calloc(c.n, sizeof *fast);

	for (int i = 0; i < 2; i++) {
		struct twin t = twin_open(&c, i == 0);

		for (size_t at = 0; at < c.n;)
			at = twin_biography(&t, at, slow);
		oracle_costs(&c, names[i], fast);
		for (size_t at = 0; at < c.n; at++)
			if (!(fabs(slow[at] - fast[at]) < 2e-6))
				fail_msg("%s, %s: token %zu (%s) costs %.9f, not %.9f", options,
					 names[i], at, t.word[c.token[at]], fast[at], slow[at]);
		twin_close(&t);
	}
	free(slow);
	free(fast);
	corpus_close(&c);
}

static void tokens_cost_what_the_twin_says(void **state)
{
	(void)state;
	check_against_twin("biographies=12,people=5,seed=2");
	check_against_twin("biographies=8,people=40,sampling=0,order=0,seed=3");
	check_against_twin("biographies=12,sampling=2,alpha=0.4,beta=0.7,seed=4");
	check_against_twin("biographies=8,sampling=2,alpha=0.6,beta=-0.5,order=0,seed=5");
	check_against_twin("biographies=8,sampling=2,alpha=0,beta=2,seed=6");
}

/* ---- Totals. ---- */

/* `sharp`: no weight is so small that a decision's 36 bits cut its cost. */
static void check_totals(const char *options, bool sharp)
{
	struct corpus c = corpus_open(options);
	double bayes = number(&c, "bayes_bits"), known = number(&c, "known_bits");

	assert_close(oracle_costs(&c, "bayes", NULL), bayes, 1e-6 * bayes);
	assert_close(oracle_costs(&c, "known", NULL), known, sharp ? 1e-6 * known : 0.2 * known);
	assert_close(number(&c, "partition_bits") + number(&c, "name_bits") +
			 number(&c, "fact_bits") + number(&c, "syntax_bits"),
		     bayes, 1e-6);
	corpus_close(&c);
}

static void oracles_reach_the_bounds(void **state)
{
	(void)state;
	check_totals("biographies=3000", true);
	check_totals("biographies=2000,people=1,order=0", true);
	check_totals("biographies=2000,people=50000,sampling=0", true);
	check_totals("biographies=2000,people=2000,power=3,shift=0.5,order=0", true);
	check_totals("biographies=3000,sampling=2", true);
	check_totals("biographies=2000,sampling=2,alpha=0.95,beta=50", false);
	check_totals("biographies=2000,sampling=2,alpha=0,beta=0.01,order=0", true);
	check_totals("biographies=1,sampling=2,beta=-0.4", true);
}

/* What the design says of one person and one biography, to the printed digits. */
static void golden_numbers(void **state)
{
	struct corpus c = corpus_open("biographies=1,sampling=2"), fixed;

	(void)state;
	assert_close(number(&c, "fact_bits"), 47.59, 0.005);
	assert_close(number(&c, "fact_bits"), PERSON_BITS, 5e-5);
	assert_close(number(&c, "name_bits"), 27.25, 0.005);
	assert_close(number(&c, "partition_bits"), 0, 1e-12);
	assert_close(number(&c, "expected_elements"), 1, 1e-12);
	assert_close(number(&c, "new_fact_mass"), 1.5 / 2, 1e-12);
	fixed = corpus_open("biographies=1,sampling=2,order=0");
	assert_close(number(&c, "syntax_bits") - number(&fixed, "syntax_bits"), 9.492, 0.0005);
	assert_close(number(&fixed, "syntax_bits"), 6 * log2(50), 1e-9);
	corpus_close(&c);
	corpus_close(&fixed);
}

/* What a value token states; the parse says which of the two cities comes first. */
static uint32_t part_of(const struct bios_grammar *g, const struct bios_biography *b,
			uint32_t token, uint32_t n_cities)
{
	uint32_t part = 0, i = 0;

	while (part < BIOS_PART_EMPLOYER && token >= g->first_value[part + 1])
		part++;
	if (part != BIOS_PART_CITY)
		return part;
	while (b->attribute[i] != BIOS_BIRTH_CITY && b->attribute[i] != BIOS_COMPANY_CITY)
		i++;
	return (b->attribute[i] == BIOS_BIRTH_CITY) == (n_cities == 0) ? BIOS_PART_CITY
								       : BIOS_PART_COMPANY_CITY;
}

/* What not knowing the person costs at each token of a first biography, by what it states.  What
 * the words cost is the same for `known` and `bayes`. */
static void first_mentions_cost_their_cardinalities(void **state)
{
	static const double want[BIOS_PARTS] = {3.585, 4.807, 7.644, 7.644, 8.229, 6.644};
	struct corpus c = corpus_open("biographies=300,people=20000,sampling=0");
	bool *seen = calloc(c.prior->people.n, sizeof *seen);
	double *known = calloc(c.n, sizeof *known), *bayes = calloc(c.n, sizeof *bayes);
	const struct bios_grammar *g = c.prior->grammar;
	int city_first = 0;

	(void)state;
	oracle_costs(&c, "known", known);
	oracle_costs(&c, "bayes", bayes);
	for (size_t at = 0; at < c.n;) {
		double office = 0, words = 0;
		uint32_t n_cities = 0, who;
		struct bios_biography b;

		assert_true(bios_parse(c.prior, c.token + at, c.n - at, &b));
		who = bios_directory_find(&c.prior->people, b.name);
		if (seen[who]) {
			at += b.n_tokens;
			continue;
		}
		seen[who] = true;
		for (size_t end = at + b.n_tokens; at < end; at++) {
			double cost = bayes[at] - known[at];
			uint32_t part;

			if (c.token[at] < g->first_value[0]) {
				words += cost;
				continue;
			}
			part = part_of(g, &b, c.token[at], n_cities);
			n_cities += part == BIOS_PART_CITY || part == BIOS_PART_COMPANY_CITY;
			if (part < BIOS_PART_EMPLOYER) {
				assert_close(cost, want[part], 0.0006);
				continue;
			}
			city_first += part == BIOS_PART_COMPANY_CITY && cost > 0.5;
			office += cost;
		}
		assert_close(office, log2(BIOS_EMPLOYERS), 1e-6);
		assert_close(words, 1, 1e-6); /* the pronoun */
	}
	assert_in_range(city_first, 100, 200);
	free(known);
	free(bayes);
	free(seen);
	corpus_close(&c);
}

/* 36 employers in one city, 133 cities with any, 6.3 bits of entropy; others by another seed. */
static void employers_have_cities(void **state)
{
	uint16_t before[BIOS_EMPLOYERS] = {0};

	(void)state;
	for (int seed = 1; seed <= 3; seed++) {
		char options[64];

		snprintf(options, sizeof options, "biographies=1,people=1,seed=%d", seed);

		struct corpus c = corpus_open(options);
		uint32_t n_cities = 0, most = 0;
		double entropy = 0;

		for (uint32_t i = 0; i < BIOS_CITIES; i++) {
			uint32_t n = c.prior->city_employers[i];

			n_cities += n > 0;
			most = n > most ? n : most;
			if (n)
				entropy += n / 263.0 * log2(263.0 / n);
		}
		assert_int_equal(n_cities, 133);
		assert_int_equal(most, 36);
		assert_close(entropy, 6.313, 0.15);
		assert_memory_not_equal(before, c.prior->employer_city, sizeof before);
		memcpy(before, c.prior->employer_city, sizeof before);
		corpus_close(&c);
	}
}

/* Over 40 worlds, the mean of what was expected is within 4 standard errors of what came. */
static void check_expectations(const char *options, const char *bits)
{
	enum { WORLDS = 40 };
	double sum = 0, squares = 0, elements = 0, element_squares = 0;

	for (int seed = 1; seed <= WORLDS; seed++) {
		char all[128];

		snprintf(all, sizeof all, "%s,seed=%d", options, seed);

		struct corpus c = corpus_open(all);
		double excess = bits ? number(&c, "bayes_bits") - number(&c, bits) : 0;
		double more_elements = number(&c, "elements") - number(&c, "expected_elements");

		sum += excess;
		squares += excess * excess;
		elements += more_elements;
		element_squares += more_elements * more_elements;
		corpus_close(&c);
	}
	assert_close(sum, 0, 4 * sqrt(squares) + 1e-9);
	assert_close(elements, 0, 4 * sqrt(element_squares));
	assert_true(!bits || squares > 0);
	assert_true(element_squares > 0);
}

static void means_are_as_expected(void **state)
{
	(void)state;
	check_expectations("biographies=100,people=150", "expected_bayes_bits");
	check_expectations("biographies=100,people=150,sampling=0", "expected_bayes_bits");
	check_expectations("biographies=100,sampling=2,alpha=0.5", NULL);
}

/* ---- Files. ---- */

/* The token of a word of the text, whatever its capital. */
static uint16_t token_of(char **word, uint32_t n, const char *text)
{
	for (uint32_t i = 0; i < n; i++)
		if (strcasecmp(word[i], text) == 0)
			return (uint16_t)i;
	fail_msg("'%s' is not in the vocabulary", text);
	return 0;
}

/* Lines of words and marks, back to tokens. */
static void text_spells_the_tokens(void **state)
{
	struct corpus c = corpus_open("biographies=40,people=20");
	char **word = read_vocab(c.w->vocab), line[4096];
	FILE *f = fopen(fixture_path(".txt"), "r");
	size_t at = 0;

	(void)state;
	assert_non_null(f);
	while (fgets(line, sizeof line, f)) {
		bool capital = true;

		line[strcspn(line, "\n")] = '\0';
		for (char *save, *w = strtok_r(line, " ", &save); w;
		     w = strtok_r(NULL, " ", &save)) {
			char *mark = w + strcspn(w, ",.'"), *end = mark + strlen(mark);
			char marks[8];

			strcpy(marks, mark);
			*mark = '\0';
			assert_true(!capital || isupper((unsigned char)*w));
			assert_true(at < c.n);
			assert_int_equal(c.token[at++], token_of(word, c.w->vocab, w));
			if (end > mark)
				assert_int_equal(c.token[at++], token_of(word, c.w->vocab, marks));
			capital = marks[0] == '.';
		}
		assert_int_equal(c.token[at++], BIOS_END_TOKEN);
	}
	assert_int_equal(at, c.n);
	fclose(f);
	for (uint32_t i = 0; i < c.w->vocab; i++)
		for (uint32_t j = 0; j < i; j += 1 + i / 50) /* a sample of the pairs */
			assert_true(strcasecmp(word[i], word[j]) != 0);
	for (uint32_t i = 0; i < c.w->vocab; i++)
		free(word[i]);
	free(word);
	corpus_close(&c);
}

/* Each role from the definitions; the classes of a finite population are quarters of p. */
static void roles_say_what_is_new(void **state)
{
	struct corpus c = corpus_open("biographies=300,people=60,power=1");
	const struct bios_grammar *g = c.prior->grammar;
	struct buffer roles = {0};
	bool seen[60] = {false};

	(void)state;
	assert_int_equal(file_read(fixture_path(".roles"), &roles, NULL), STATUS_OK);
	assert_int_equal(roles.size_bytes, c.n);
	for (size_t at = 0; at < c.n;) {
		struct bios_biography b;
		bool pronoun = false;
		double below = 0;

		assert_true(bios_parse(c.prior, c.token + at, c.n - at, &b));
		uint32_t k = bios_directory_find(&c.prior->people, b.name);

		assert_true(k < 60);
		for (uint32_t i = 0; i < k; i++)
			below += c.prior->p[i];
		for (size_t end = at + b.n_tokens; at < end; at++) {
			bool is_pronoun =
			    g->first_pronoun <= c.token[at] && c.token[at] < g->first_name[0];
			bool again = seen[k] || (is_pronoun && pronoun);
			unsigned role = again ? ROLE_REPEATED_FACT : ROLE_FIRST_FACT;

			if (c.token[at] < g->first_pronoun)
				role = ROLE_SYNTAX;
			else if (!is_pronoun && c.token[at] < g->first_value[0])
				role = ROLE_NAME;
			pronoun |= is_pronoun;
			assert_int_equal(roles.data[at], role | (unsigned)(4 * below) << 4);
		}
		seen[k] = true;
	}
	buffer_free(&roles);
	corpus_close(&c);
}

/* ---- Refusals. ---- */

enum damage { DAMAGE_PRIOR, DAMAGE_TRUTH };

/* A good world with one member replaced (NULL: removed) is refused with a sentence. */
static void assert_refused(const char *options, enum damage where, const char *member,
			   json_t *value, enum status want)
{
	struct corpus c = corpus_open(options);
	json_t *object = json_object_get(c.w->root, where == DAMAGE_PRIOR ? "prior" : "truth");
	struct predictor_setup setup = {.n_symbols = c.w->vocab, .world = c.w};
	struct predictor *p = NULL;
	json_t *bounds = NULL;

	if (value)
		json_object_set_new(object, member, value);
	else
		json_object_del(object, member);

	enum status s = predictor_by_name("known")->open(&p, &setup);

	if (s != want)
		fail_msg("%s: status %d, not %d", member, s, want);
	assert_true(strlen(status_message()) > 10 && !strchr(status_message(), '\n'));
	assert_int_equal(corpus_family_by_name("bios")->bounds(c.w, c.token, c.n, &bounds), want);
	corpus_close(&c);
}

static json_t *repeated(int value, int n)
{
	json_t *list = json_array();

	for (int i = 0; i < n; i++)
		json_array_append_new(list, json_integer(value));
	return list;
}

static void damaged_worlds_are_refused(void **state)
{
	static const char small[] = "biographies=2,people=3", py[] = "biographies=2,sampling=2";
	json_t *one = json_pack("[[i, f, I]]", 5, 1.0, (json_int_t)7);

	(void)state;
	assert_refused(small, DAMAGE_PRIOR, "permuted", json_integer(2), STATUS_CORRUPT);
	assert_refused(small, DAMAGE_PRIOR, "sampling", json_integer(3), STATUS_CORRUPT);
	assert_refused(small, DAMAGE_PRIOR, "sampling", json_string("1"), STATUS_CORRUPT);
	assert_refused(small, DAMAGE_PRIOR, "sampling", NULL, STATUS_CORRUPT);
	assert_refused(small, DAMAGE_PRIOR, "power_millionths", json_integer(-1), STATUS_CORRUPT);
	assert_refused(small, DAMAGE_PRIOR, "shift_millionths", json_integer(0), STATUS_CORRUPT);
	assert_refused(small, DAMAGE_PRIOR, "templates", json_array(), STATUS_UNSUPPORTED);
	assert_refused(small, DAMAGE_PRIOR, "templates", NULL, STATUS_UNSUPPORTED);
	assert_refused(small, DAMAGE_PRIOR, "register", NULL, STATUS_CORRUPT);
	assert_refused(small, DAMAGE_PRIOR, "register", json_array(), STATUS_CORRUPT);
	assert_refused(small, DAMAGE_PRIOR, "register", repeated(5, 3), STATUS_CORRUPT);
	assert_refused(small, DAMAGE_PRIOR, "register", repeated(160000000, 1), STATUS_CORRUPT);
	assert_refused(small, DAMAGE_PRIOR, "register", repeated(-1, 1), STATUS_CORRUPT);
	assert_refused(small, DAMAGE_PRIOR, "employer_city", repeated(0, 262), STATUS_CORRUPT);
	assert_refused(small, DAMAGE_PRIOR, "employer_city", repeated(200, 263), STATUS_CORRUPT);
	assert_refused(small, DAMAGE_PRIOR, "employer_city", NULL, STATUS_CORRUPT);
	assert_refused(small, DAMAGE_TRUTH, "people", NULL, STATUS_CORRUPT);
	assert_refused(small, DAMAGE_TRUTH, "people", repeated(1, 2), STATUS_CORRUPT);
	assert_refused(small, DAMAGE_TRUTH, "people", repeated(-1, 3), STATUS_CORRUPT);
	assert_refused(py, DAMAGE_PRIOR, "alpha_millionths", json_integer(1000000), STATUS_CORRUPT);
	assert_refused(py, DAMAGE_PRIOR, "beta_millionths", json_integer(-500000), STATUS_CORRUPT);
	assert_refused(py, DAMAGE_TRUTH, "people", repeated(1, 2), STATUS_CORRUPT);
	assert_refused(py, DAMAGE_TRUTH, "people", json_array(), STATUS_CORRUPT);
	assert_refused(py, DAMAGE_TRUTH, "unseen_weight", json_real(0.99), STATUS_CORRUPT);
	assert_refused(py, DAMAGE_TRUTH, "unseen_weight", json_real(-0.5), STATUS_CORRUPT);
	json_array_append(one, json_array_get(one, 0));
	assert_refused(py, DAMAGE_TRUTH, "people", one, STATUS_CORRUPT);
}

/* A truth that tells another story than the tokens: impossible, not corrupt. */
static void contradictions_are_impossible(void **state)
{
	struct corpus c = corpus_open("biographies=5,people=1");
	json_t *people = json_object_get(json_object_get(c.w->root, "truth"), "people");
	json_int_t packed = json_integer_value(json_array_get(people, 0));
	struct predictor_setup setup = {.n_symbols = c.w->vocab, .world = c.w};
	struct run run = {.model = predictor_by_name("known")};
	json_t *bounds = NULL;

	(void)state;
	json_array_set_new(people, 0, json_integer(packed > 0 ? packed - 1 : 1));
	assert_int_equal(corpus_family_by_name("bios")->bounds(c.w, c.token, c.n, &bounds),
			 STATUS_IMPOSSIBLE);
	assert_int_equal(run.model->open(&run.p, &setup), STATUS_OK);
	assert_int_equal(run_open(&run), STATUS_OK);
	assert_int_equal(run_symbols(&run, c.token, c.n), STATUS_IMPOSSIBLE);
	run_close(&run);
	run.model->close(run.p);
	corpus_close(&c);
}

/* A token changed anywhere to any other: bounds and oracle say so, or both take it. */
static void foreign_tokens_are_refused(void **state)
{
	static const char *const settings[] = {"biographies=6,people=2",
					       "biographies=6,sampling=2"};
	const struct predictor_ops *bayes = predictor_by_name("bayes");
	struct rng r = rng_stream(1, 99, 0);

	(void)state;
	for (int g = 0; g < 2; g++) {
		struct corpus c = corpus_open(settings[g]);
		struct predictor_setup setup = {.n_symbols = c.w->vocab, .world = c.w};

		for (int turn = 0; turn < 300; turn++) {
			struct run run = {.model = bayes};
			size_t at = (size_t)rng_below(&r, c.n);
			uint16_t kept = c.token[at];
			json_t *bounds = NULL;

			c.token[at] = (uint16_t)rng_below(&r, c.w->vocab);
			enum status b =
			    corpus_family_by_name("bios")->bounds(c.w, c.token, c.n, &bounds);

			assert_int_equal(bayes->open(&run.p, &setup), STATUS_OK);
			assert_int_equal(run_open(&run), STATUS_OK);
			enum status s = run_symbols(&run, c.token, c.n);

			assert_int_equal(s == STATUS_OK, b == STATUS_OK || b == STATUS_IMPOSSIBLE);
			run_close(&run);
			bayes->close(run.p);
			json_decref(bounds);
			c.token[at] = kept;
		}
		corpus_close(&c);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(tokens_cost_what_the_twin_says),
	    cmocka_unit_test(oracles_reach_the_bounds),
	    cmocka_unit_test(golden_numbers),
	    cmocka_unit_test(first_mentions_cost_their_cardinalities),
	    cmocka_unit_test(employers_have_cities),
	    cmocka_unit_test(means_are_as_expected),
	    cmocka_unit_test(text_spells_the_tokens),
	    cmocka_unit_test(roles_say_what_is_new),
	    cmocka_unit_test(damaged_worlds_are_refused),
	    cmocka_unit_test(contradictions_are_impossible),
	    cmocka_unit_test(foreign_tokens_are_refused),
	};

	return cmocka_run_group_tests(tests, fixture_open, fixture_close);
}
