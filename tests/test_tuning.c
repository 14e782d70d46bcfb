/* SPDX-License-Identifier: BSD-2-Clause
 *
 * test_tuning.c - who is old and who is new, what is asked about them, what the optimum stores.
 *
 * Property: texts and probes are what sorting sentence after sentence by hand gives; the optimum
 * stores as much as the best of all sets of facts; what a model holds is what it saves; and a
 * network that is tuned on facts knows them afterwards.
 * Method: small corpora, where people are looked up by walking through all names and facts are
 * counted anew for each question; sets of facts by enumeration; one short training.
 */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "rng.h"
#include "tuning.h"

#include "fixture.h" /* last: it brings cmocka.h, which defines a macro fail() */

static const char small[] =
    "types=2,templates=6,classes=3,class-words=2,words=9,attributes=2,values=4,facts=2,"
    "first-names=9,last-names=50,min-tokens=4,max-tokens=8,sentences=400,beta=20,";

#define HELD 0.1
#define PEOPLE_MAX 400

/* What a text should be, made sentence by sentence. */
struct expected {
	uint16_t symbol[40000];
	size_t n;
};

struct twin {
	struct fixture_corpus c;
	struct sk_prior *prior;
	uint32_t name[PEOPLE_MAX]; /* by first appearance */
	size_t n_people;
	struct expected text[TUNING_TEXTS];
	size_t cut; /* first token held back */
};

static size_t end_of(const struct twin *t, size_t at)
{
	while (t->c.token[at] != SK_END_TOKEN)
		at++;
	return at + 1;
}

/* Behind the name of the sentence that begins here. */
static size_t name_end(const struct twin *t, size_t at)
{
	while (t->c.token[at] < t->prior->first_part[0] || t->c.token[at] >= t->prior->first_value)
		at++;
	return at + 2;
}

/* Both parts of its name. */
static uint32_t name_of(const struct twin *t, size_t at)
{
	at = name_end(t, at);
	return t->c.token[at - 2] | (uint32_t)t->c.token[at - 1] << 16;
}

static size_t rank_of(struct twin *t, uint32_t name)
{
	for (size_t i = 0; i < t->n_people; i++)
		if (t->name[i] == name)
			return i;
	assert_true(t->n_people < PEOPLE_MAX);
	t->name[t->n_people] = name;
	return t->n_people++;
}

static void put(struct expected *e, uint32_t symbol)
{
	assert_true(e->n < sizeof e->symbol / sizeof *e->symbol);
	e->symbol[e->n++] = (uint16_t)symbol;
}

static void put_questions(struct twin *t, struct expected *e, size_t at)
{
	uint32_t name = name_of(t, at);

	for (at = name_end(t, at); t->c.token[at] != SK_END_TOKEN; at++) {
		uint32_t value = t->c.token[at];

		if (value < t->prior->first_value)
			continue;
		put(e, t->prior->vocab + (value - t->prior->first_value) / t->prior->n_values);
		put(e, name & 0xffff);
		put(e, name >> 16);
		put(e, value);
		put(e, SK_END_TOKEN);
	}
}

static struct twin *twin_of(const char *options)
{
	struct twin *t = calloc(1, sizeof *t);

	assert_non_null(t);
	t->c = fixture_draw("sk", small, options);
	assert_int_equal(sk_prior_load(&t->prior, t->c.world->prior), STATUS_OK);
	t->cut = t->c.n;
	for (size_t at = 0, end; at < t->c.n; at = end) {
		size_t rank = rank_of(t, name_of(t, at));
		enum tuning_text text = rank % 2 ? TUNING_NEW_SENTENCES : TUNING_OLD;

		end = end_of(t, at);
		if (at >= (size_t)((1 - HELD) * (double)t->c.n)) {
			t->cut = t->cut < at ? t->cut : at;
			continue;
		}
		for (size_t i = at; i < end; i++)
			put(&t->text[text], t->c.token[i]);
		if (rank % 2)
			put_questions(t, &t->text[TUNING_NEW_QUESTIONS], at);
		else if (rank % 4 == 0)
			put_questions(t, &t->text[TUNING_OLD], at);
	}
	return t;
}

static void twin_free(struct twin *t)
{
	fixture_free(&t->c);
	sk_prior_free(t->prior);
	free(t);
}

/* How often the learnt sentences state one of the values from..from + n - 1 of somebody behind the
 * name. */
static uint32_t count_of(const struct twin *t, uint32_t name, uint32_t from, uint32_t n_values)
{
	uint32_t n = 0;

	for (size_t at = 0; at < t->cut; at = end_of(t, at))
		for (size_t i = name_end(t, at);
		     name_of(t, at) == name && t->c.token[i] != SK_END_TOKEN; i++)
			n += t->c.token[i] >= from && t->c.token[i] < from + n_values;
	return n;
}

static bool is_fact(uint8_t role)
{
	return role == ROLE_FIRST_FACT || role == ROLE_REPEATED_FACT;
}

static size_t n_facts_of(const struct probe_text *p)
{
	size_t n = 0;

	for (uint64_t i = 0; i < p->n; i++)
		n += is_fact(p->role[i]);
	return n;
}

/* Questions of a probe about people whose rank leaves `rest`. */
static void check_questions(struct twin *t, const struct probe_text *p, size_t divisor, size_t rest)
{
	assert_true(p->n > 0);
	assert_int_equal(p->n % 5, 0);
	for (uint64_t at = 0; at < p->n; at += 5) {
		const uint16_t *q = p->symbol + at;
		uint32_t name = q[1] | (uint32_t)q[2] << 16;
		uint32_t count = count_of(t, name, q[3], 1);

		assert_int_equal(rank_of(t, name) % divisor, rest);
		assert_int_equal(q[0], t->prior->vocab +
					   (q[3] - t->prior->first_value) / t->prior->n_values);
		assert_int_equal(q[4], SK_END_TOKEN);
		assert_int_equal(p->exposures[at + 3], count);
		assert_int_equal(p->role[at + 3], count ? ROLE_REPEATED_FACT : ROLE_FIRST_FACT);
		for (uint64_t i = at; i < at + 5; i++)
			assert_true(is_fact(p->role[i]) == (i == at + 3));
	}
}

/* Facts of people in the order of their ranks, which leave `rest` when halved; those of a fourth of
 * all people are asked about, too.  `sentences` is a probe about the same people. */
static void check_group(struct twin *t, const struct tuning_group *g, size_t rest,
			const struct probe_text *sentences)
{
	const uint32_t n_values = t->prior->n_values;
	uint8_t class[PEOPLE_MAX];
	uint32_t n_people = 0;
	size_t n = 0;

	memset(class, PROBE_CLASSES, sizeof class);
	for (size_t rank = rest; rank < t->n_people; rank += 2) {
		bool is_learnt = false;

		for (size_t at = 0; at < t->cut; at = end_of(t, at))
			is_learnt = is_learnt || name_of(t, at) == t->name[rank];
		n_people += is_learnt;
		for (uint32_t i = 0; i < t->prior->n_attributes; i++) {
			uint32_t count = count_of(t, t->name[rank],
						  t->prior->first_value + i * n_values, n_values);

			if (count == 0)
				continue;
			assert_true(n < g->n_facts);
			assert_int_equal(g->fact[n].exposures, count);
			assert_int_equal(g->fact[n].statements, rank % 4 ? count : 2 * count);
			class[rank] = g->fact[n++].class;
		}
	}
	assert_int_equal(g->n_facts, n);
	assert_int_equal(g->n_people, n_people);
	for (uint64_t at = 0, i = 0; i < sentences->n; at = i) {
		size_t name = at;

		while (sentences->symbol[name] < t->prior->first_part[0] ||
		       sentences->symbol[name] >= t->prior->first_value)
			name++;
		size_t rank = rank_of(t, sentences->symbol[name] |
					     (uint32_t)sentences->symbol[name + 1] << 16);

		for (; i == at || sentences->symbol[i - 1] != SK_END_TOKEN; i++)
			if (sentences->role[i] == ROLE_REPEATED_FACT)
				assert_int_equal(sentences->class[i], class[rank]);
	}
}

/* What a token is for the grammar. */
static uint32_t kind_of(const struct sk_prior *p, uint32_t type, uint16_t token)
{
	if (token == SK_END_TOKEN)
		return 0;
	if (token >= p->first_value)
		return 1000 + (token - p->first_value) / p->n_values;
	if (token >= p->first_part[0])
		return 1;
	return 2000 + p->cluster[type].word_class[token - p->first_word];
}

static uint32_t type_of(const struct twin *t, size_t at)
{
	struct sk_sentence s;

	assert_true(sk_parse(t->prior, t->c.token + at, (uint32_t)(end_of(t, at) - at), &s));
	return s.type;
}

/* lg of how many more sentences of this type begin like the one at `at` up to `i` than go on with
 * the same kind of token there. */
static double choice_bits(const struct twin *t, size_t at, size_t i)
{
	uint32_t type = type_of(t, at), n_same = 0, n_alike = 0;

	for (size_t other = 0; other < t->c.n; other = end_of(t, other)) {
		size_t k = 0;

		if (type_of(t, other) != type)
			continue;
		while (k < i - at && t->c.token[other + k] != SK_END_TOKEN &&
		       kind_of(t->prior, type, t->c.token[other + k]) ==
			   kind_of(t->prior, type, t->c.token[at + k]))
			k++;
		if (k < i - at)
			continue;
		n_alike++;
		n_same += kind_of(t->prior, type, t->c.token[other + k]) ==
			  kind_of(t->prior, type, t->c.token[i]);
	}
	return log2((double)n_alike / n_same);
}

static void check_attribute_bits(const struct twin *t, double attribute_bits, double *all)
{
	double bits = 0;
	size_t n = 0;

	for (size_t at = t->cut; at < t->c.n; at = end_of(t, at))
		for (size_t i = name_end(t, at); t->c.token[i] != SK_END_TOKEN; i++) {
			if (t->c.token[i] < t->prior->first_value)
				continue;
			bits += choice_bits(t, at, i);
			n++;
		}
	assert_float_equal(attribute_bits, bits / (double)n, 1e-9);
	*all += bits;
}

static void test_texts(void **state)
{
	double bits = 0; /* of attributes that come */

	(void)state;
	for (unsigned seed = 4; seed <= 6; seed++) {
		char options[64];
		struct tuning_texts texts;
		struct twin *t;

		snprintf(options, sizeof options,
			 "templates=12,max-tokens=10,attributes=4,sentences=600,seed=%u", seed);
		t = twin_of(options);
		assert_int_equal(tuning_texts_make(&texts, t->prior, t->c.token, t->c.n, HELD),
				 STATUS_OK);
		for (size_t i = 0; i < TUNING_TEXTS; i++) {
			assert_int_equal(texts.text[i].n, t->text[i].n);
			assert_memory_equal(texts.text[i].symbol, t->text[i].symbol,
					    t->text[i].n * sizeof *t->text[i].symbol);
		}
		check_group(t, &texts.old, 0, &texts.probe[PROBE_OLD_SENTENCES]);
		check_group(t, &texts.new, 1, &texts.probe[PROBE_NEW_SENTENCES]);
		check_attribute_bits(t, texts.attribute_bits, &bits);
		check_questions(t, &texts.probe[PROBE_OLD_QUESTIONS], 4, 0);
		check_questions(t, &texts.probe[PROBE_OTHER_QUESTIONS], 4, 2);
		check_questions(t, &texts.probe[PROBE_NEW_QUESTIONS], 2, 1);
		assert_int_equal(n_facts_of(&texts.probe[PROBE_NEW_SENTENCES]),
				 n_facts_of(&texts.probe[PROBE_NEW_QUESTIONS]));
		assert_int_equal(n_facts_of(&texts.probe[PROBE_OLD_SENTENCES]),
				 n_facts_of(&texts.probe[PROBE_OLD_QUESTIONS]) +
				     n_facts_of(&texts.probe[PROBE_OTHER_QUESTIONS]));
		assert_int_equal(texts.probe[PROBE_OLD_SENTENCES].n +
				     texts.probe[PROBE_NEW_SENTENCES].n,
				 t->c.n - t->cut);
		assert_true(texts.fact_bits == 2);
		tuning_texts_free(&texts);
		twin_free(t);
	}
	assert_true(bits > 1); /* or these worlds could not tell */
}

/* ---- The optimum. ---- */

#define FACTS 5

/* The most statements that so many facts of a mask can have. */
static double best_of(const double weight[2 * FACTS], unsigned n)
{
	double best = 0;

	for (unsigned set = 0; set < 1u << 2 * FACTS; set++) {
		double sum = 0;

		for (unsigned i = 0; i < 2 * FACTS; i++)
			sum += set >> i & 1 ? weight[i] : 0;
		if ((unsigned)__builtin_popcount(set) == n && sum > best)
			best = sum;
	}
	return best;
}

/* Statements of a group whose facts are stored, by the shares of its classes. */
static double stored(const struct tuning_fact fact[FACTS], double weight,
		     const double kept[PROBE_CLASSES])
{
	double sum = 0;

	for (unsigned i = 0; i < FACTS; i++)
		sum += weight * fact[i].statements * kept[fact[i].class];
	return sum;
}

static void test_optimum(void **state)
{
	struct rng rng = rng_stream(1, 0, 0);

	(void)state;
	for (unsigned i = 0; i < 200; i++) {
		struct tuning_fact old[FACTS], new[FACTS];
		const struct tuning_texts t = {
		    .fact_bits = 3, .old = {FACTS, old, FACTS}, .new = {FACTS, new, FACTS}};
		uint64_t of_old = rng_below(&rng, 4), of_new = 1 + rng_below(&rng, 3);
		unsigned n = (unsigned)rng_below(&rng, 2 * FACTS + 1);
		double weight[2 * FACTS], old_kept[PROBE_CLASSES], new_kept[PROBE_CLASSES];

		for (unsigned k = 0; k < FACTS; k++) { /* no class is empty */
			uint32_t old_count = 1 + (uint32_t)rng_below(&rng, 9);
			uint32_t new_count = 1 + (uint32_t)rng_below(&rng, 9);
			uint8_t class = (uint8_t)(k % PROBE_CLASSES);

			old[k] = (struct tuning_fact){old_count, old_count, class};
			new[k] = (struct tuning_fact){new_count, new_count, class};
			weight[k] = (double)of_old * old_count;
			weight[FACTS + k] = (double)of_new * new_count;
		}
		assert_int_equal(tuning_optimum(&t, 3.0 * n, of_old, of_new, old_kept, new_kept),
				 STATUS_OK);
		assert_float_equal(stored(old, (double)of_old, old_kept) +
				       stored(new, (double)of_new, new_kept),
				   best_of(weight, n), 1e-9);
		for (unsigned k = 0; of_old == 0 && k < PROBE_CLASSES && n <= FACTS; k++)
			assert_true(old_kept[k] == 0);
	}
}

/* What is no longer stated has the room that is left, the most frequent of it first. */
static void test_room_that_is_left(void **state)
{
	struct tuning_fact old[] = {{9, 9, 0}, {7, 7, 1}, {3, 3, 2}, {1, 1, 3}};
	struct tuning_fact new[] = {{2, 2, 0}, {1, 1, 1}, {1, 1, 2}, {1, 1, 3}};
	const struct tuning_texts t = {.fact_bits = 5, .old = {4, old, 4}, .new = {4, new, 4}};
	double old_kept[PROBE_CLASSES], new_kept[PROBE_CLASSES];

	(void)state;
	assert_int_equal(tuning_optimum(&t, 27.5, 0, 1, old_kept, new_kept), STATUS_OK);
	for (unsigned i = 0; i < PROBE_CLASSES; i++)
		assert_float_equal(new_kept[i], 1, 1e-12);
	assert_float_equal(old_kept[0], 1, 1e-12);
	assert_float_equal(old_kept[1], 0.5, 1e-12);
	assert_float_equal(old_kept[2], 0, 1e-12);
	assert_int_equal(tuning_optimum(&t, 10, 1, 0, old_kept, new_kept), STATUS_OK);
	assert_float_equal(old_kept[1], 1, 1e-12);
	assert_float_equal(old_kept[2] + new_kept[0], 0, 1e-12);
}

/* Questions count for what is stored, sentences for what of a class is; who is equally frequent has
 * the same share of the room. */
static void test_what_counts(void **state)
{
	struct tuning_fact old[] = {{3, 6, 0}, {5, 5, 0}, {2, 2, 1},
				    {1, 2, 1}, {1, 1, 2}, {1, 1, 3}};
	struct tuning_fact new[] = {{2, 2, 0}, {1, 1, 1}, {1, 1, 2}, {1, 1, 3}};
	const struct tuning_texts t = {.fact_bits = 5, .old = {6, old, 6}, .new = {4, new, 4}};
	double old_kept[PROBE_CLASSES], new_kept[PROBE_CLASSES];

	(void)state;
	assert_int_equal(tuning_optimum(&t, 5, 1, 1, old_kept, new_kept), STATUS_OK);
	assert_float_equal(old_kept[0], 3.0 / 8, 1e-12);
	assert_float_equal(new_kept[0], 0, 1e-12);
	assert_int_equal(tuning_optimum(&t, 15, 1, 1, old_kept, new_kept), STATUS_OK);
	assert_float_equal(old_kept[0], 1, 1e-12);
	assert_float_equal(old_kept[1], 1.0 / 3, 1e-12);
	assert_float_equal(new_kept[0], 1.0 / 3, 1e-12);
	assert_float_equal(new_kept[1], 0, 1e-12);
}

static void test_known(void **state)
{
	struct tuning_fact fact[] = {{1, 1, 3}, {2, 4, 0}, {3, 3, 0}, {4, 4, 0}, {9, 9, 0}};
	const struct tuning_group g = {5, fact, 5};
	struct probe_answer a = {0};

	(void)state;
	a.of_exposure[0] = (struct probe_sum){.n = 7, .bits = 0};  /* never stated: nobody's */
	a.of_exposure[1] = (struct probe_sum){.n = 2, .bits = 30}; /* costs more than without */
	a.of_exposure[2] = (struct probe_sum){.n = 4, .bits = 10}; /* saves 2.5: counts 2 and 3 */
	a.of_exposure[3] = (struct probe_sum){.n = 1, .bits = 1};  /* saves 4; 9 was not asked */
	assert_float_equal(tuning_known(&g, 5, &a), 2 * 2.5 + 4, 1e-12);
}

/* ---- A training. ---- */

static double bits_of(const struct tuning_state *s, enum tuning_probe probe)
{
	double bits = 0;
	uint64_t n = 0;

	for (unsigned i = 0; i < PROBE_CLASSES; i++) {
		bits += s->answer[probe].of_role[ROLE_REPEATED_FACT][i].bits;
		n += s->answer[probe].of_role[ROLE_REPEATED_FACT][i].n;
	}
	assert_true(n > 0);
	return bits / (double)n;
}

static void test_run(void **state)
{
	struct tuning_settings s = tuning_defaults();
	struct tuning_texts texts;
	struct tuning_result r;
	struct twin *t = twin_of("types=1,templates=6,beta=8,alpha=0,attributes=1,facts=1");
	const struct tuning_state *at = r.state;

	(void)state;
	s.trainer.shape.n_layers = 1;
	s.trainer.shape.dim = 16;
	s.trainer.batch = 4;
	s.passes = 20;
	s.tuning_passes = 8;
	s.replay[1] = 0.2;
	s.n_replays = 2;
	s.trainer.threads = 2;
	assert_int_equal(tuning_texts_make(&texts, t->prior, t->c.token, t->c.n, HELD), STATUS_OK);
	assert_int_equal(tuning_run(&s, &texts, &r), STATUS_OK);
	assert_int_equal(r.n_ways, 8);

	double before = bits_of(&at[0], PROBE_NEW_SENTENCES);

	assert_true(bits_of(&at[0], PROBE_OLD_SENTENCES) < 0.7 * texts.fact_bits);
	assert_true(bits_of(&at[2], PROBE_NEW_SENTENCES) < 0.7 * before);
	assert_true(bits_of(&at[5], PROBE_NEW_QUESTIONS) <
		    0.7 * bits_of(&at[0], PROBE_NEW_QUESTIONS));
	for (unsigned i = 1; i < r.n_ways; i++) {
		const struct tuning_symbols *new =
		    &texts.text[i >= 5 ? TUNING_NEW_QUESTIONS : TUNING_NEW_SENTENCES];
		double share = i == 1 ? 0.5 : r.way[i].replay; /* the control is the longest */
		double symbols = s.tuning_passes * (double)new->n / (1 - share);

		assert_string_equal(r.way[i].name, i == 1  ? "old"
						   : i < 5 ? "sentences"
							   : "questions");
		assert_true(fabs((double)at[i].symbols / symbols - 1) < 0.1);
		assert_true(r.capacity_bits >= at[i].old_known + at[i].new_known);
	}
	assert_true(r.way[3].replay == 0.5 && r.way[4].replay == 0.2 && r.way[5].replay == 0);
	tuning_texts_free(&texts);
	twin_free(t);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_texts),
	    cmocka_unit_test(test_optimum),
	    cmocka_unit_test(test_room_that_is_left),
	    cmocka_unit_test(test_what_counts),
	    cmocka_unit_test(test_known),
	    cmocka_unit_test(test_run),
	};

	return cmocka_run_group_tests_name("tuning", tests, fixture_open, fixture_close);
}
