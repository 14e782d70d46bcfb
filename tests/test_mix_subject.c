/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Property  whom a sentence may be about, and so what it says next, follows by Bayes' rule from
 *           what its words and the subjects before were: the lists, candidates and walks down a
 *           tree of mix_tokens_subject.c give what summing over all subjects and words gives.
 * Method    planted sentences and subjects; a twin that keeps all in plain arrays, in doubles.
 */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "mix_tokens_state.h"
#include "rng.h"

#include <cmocka.h> /* last: it has a macro called fail */

#define SYMBOLS 400u
#define END 3u
#define SENTENCES 3000u
#define LENGTH 6u
#define SUBJECTS 40u /* no list of a word is full */
#define VALUES 60u   /* of each of two kinds, and names: from these symbols on */
#define FIRST_VALUE 100u
#define SECOND_VALUE 200u
#define NAME 300u
#define LG_SUBJECTS 16u /* no two meet */

/* As in mix_tokens_subject.c. */
#define DISCOUNT 0.5
#define MISS 0.01
#define TOPIC_MISS 0.05

struct told {
	uint32_t n, n_words, topic;
	uint16_t word[SUBJECT_WORDS];
};

struct fixture {
	struct mix_tokens *m;
	struct told told[SUBJECTS];
	uint16_t token[SENTENCES * LENGTH];
	uint32_t count[SYMBOLS];
	uint16_t facts[SUBJECTS][3]; /* of each subject: two values and a name */
};

/* A topic's own two words, then two values and a name, of anybody: what counts is their classes. */
static void plant(struct fixture *f, struct rng *r)
{
	for (uint32_t s = 0; s < SUBJECTS; s++) {
		f->facts[s][0] = (uint16_t)(FIRST_VALUE + rng_below(r, VALUES));
		f->facts[s][1] = (uint16_t)(SECOND_VALUE + rng_below(r, VALUES));
		f->facts[s][2] = (uint16_t)(NAME + s);
	}
	for (size_t i = 0; i < SENTENCES; i++) {
		uint16_t *t = f->token + i * LENGTH;
		uint64_t s = rng_below(r, SUBJECTS);

		t[0] = (uint16_t)(10 + 40 * (s % 2) + rng_below(r, 4));
		t[1] = (uint16_t)(30 + 40 * (s % 2) + rng_below(r, 4));
		t[2] = f->facts[rng_below(r, SUBJECTS)][0];
		t[3] = f->facts[rng_below(r, SUBJECTS)][1];
		t[4] = f->facts[rng_below(r, SUBJECTS)][2];
		t[5] = END;
	}
	for (size_t i = 0; i < SENTENCES * LENGTH; i++)
		f->count[f->token[i]]++;
}

static int open_fixture(void **state)
{
	struct fixture *f = calloc(1, sizeof *f);
	struct mix_tokens *m = calloc(1, sizeof *m);
	struct rng r = rng_stream(1, 2, 3);

	plant(f, &r);
	f->m = m;
	m->n_symbols = SYMBOLS;
	m->n = SENTENCES * LENGTH;
	m->has_subjects = true;
	m->record_end = LEXICON_NONE;
	m->subjects.log2 = LG_SUBJECTS;
	m->subjects.subject = malloc(sizeof *m->subjects.subject << LG_SUBJECTS);
	m->subjects.listed = malloc(sizeof(uint32_t) * SYMBOLS * SUBJECT_LISTED);
	assert_int_equal(lexicon_learn(&m->lexicon, NULL, f->token, m->n, SYMBOLS, true),
			 STATUS_OK);
	m->past.tree = m->lexicon->n_topics;
	token_subject_learn(m, f->count);
	token_subject_forget(m);
	*state = f;
	return 0;
}

static int close_fixture(void **state)
{
	struct fixture *f = *state;

	lexicon_free(f->m->lexicon);
	free(f->m->subjects.subject);
	free(f->m->subjects.listed);
	free(f->m);
	free(f);
	return 0;
}

static bool is_telling(const struct mix_tokens *m, uint32_t symbol)
{
	return m->subjects.telling[lexicon_class(m->lexicon, m->lexicon->n_topics, symbol)];
}

static uint64_t key_of(uint32_t s)
{
	return s * 0x9e3779b97f4a7c15u + 1;
}

/* A sentence about subject s that says some of its facts, to both. */
static void tell(struct fixture *f, uint32_t s, unsigned facts)
{
	struct token_past *p = &f->m->past;
	struct told *t = &f->told[s];

	p->key = key_of(s);
	p->n_words = 0;
	f->m->belief.best = s % 2;
	for (unsigned k = 0; k < 3; k++)
		if (facts >> k & 1)
			p->word[p->n_words++] = f->facts[s][k];
	token_subject_finish(f->m);
	token_subject_start(f->m);
	t->n++;
	t->topic = s % 2;
	for (uint32_t i = 0; i < p->n_words; i++) {
		uint32_t j = 0;

		while (j < t->n_words && t->word[j] != p->word[i])
			j++;
		if (j == t->n_words && is_telling(f->m, p->word[i]))
			t->word[t->n_words++] = p->word[i];
	}
}

/* The twin: what each subject weighs, and all others together (the last). */
static void weigh(const struct fixture *f, const uint16_t *said, unsigned n_said,
		  double weight[SUBJECTS + 1])
{
	const struct mix_tokens *m = f->m;
	const uint8_t *class = m->lexicon->word_class + m->lexicon->n_topics * SYMBOLS;
	double sum = 0, known = 0;

	for (uint32_t s = 0; s <= SUBJECTS; s++) {
		const struct told *t = &f->told[s < SUBJECTS ? s : 0];
		bool met = s == SUBJECTS;

		known += s < SUBJECTS && t->n > 0;
		weight[s] = s < SUBJECTS ? t->n - DISCOUNT : DISCOUNT * known;
		for (unsigned k = 0; k < n_said; k++) {
			double fit = 1 / (m->subjects.class_words[class[said[k]]] + 1.0);
			bool has = false, other = false;

			for (uint32_t i = 0; s < SUBJECTS && i < t->n_words; i++) {
				has |= t->word[i] == said[k];
				other |= class[t->word[i]] == class[said[k]];
			}
			weight[s] *= has ? 1 : other ? MISS * fit : fit;
			met |= has;
		}
		weight[s] *= met;
		sum += weight[s];
	}
	for (uint32_t s = 0; s <= SUBJECTS; s++)
		weight[s] /= sum;
}

static void say(struct fixture *f, const uint16_t *said, unsigned n_said)
{
	token_subject_start(f->m);
	for (unsigned k = 0; k < n_said; k++)
		token_subject_word(f->m, said[k]);
}

static uint32_t id_of(const struct fixture *f, uint32_t s)
{
	return (uint32_t)(token_hash(key_of(s), 17) >> (64 - f->m->subjects.log2));
}

/* But what is next to nothing, to a part in a thousand. */
static void assert_near(double got, double should)
{
	if (fabs(got - should) > 1e-3 * should + 3e-5)
		fail_msg("%.9f, not %.9f", got, should);
}

static void candidates_are_weighed(void **state)
{
	struct fixture *f = *state;
	const struct candidates *k = &f->m->candidates;
	struct rng r = rng_stream(4, 5, 6);

	for (unsigned round = 0; round < 2000; round++) {
		uint32_t s = (uint32_t)rng_below(&r, SUBJECTS);
		double weight[SUBJECTS + 1];
		unsigned n_said = 1 + (unsigned)rng_below(&r, 2);

		tell(f, s, 4 | (unsigned)rng_below(&r, 4));
		s = (uint32_t)rng_below(&r, SUBJECTS);
		assert_true(is_telling(f->m, f->facts[s][0]) && is_telling(f->m, f->facts[s][1]));
		say(f, f->facts[s], n_said);
		weigh(f, f->facts[s], n_said, weight);
		assert_near((double)k->others, weight[SUBJECTS]);
		for (uint32_t i = 0; i < SUBJECTS; i++) {
			double got = 0;

			for (uint32_t j = 0; j < k->n; j++)
				got = k->id[j] == id_of(f, i) ? (double)k->weight[j] : got;
			assert_near(got, weight[i]);
		}
	}
}

/* The walk to `symbol` in the tree, from where its class begins, each node saying p_node. */
static double walk(struct fixture *f, uint32_t tree, uint32_t symbol, float p_node, double *alone)
{
	const struct lexicon *lx = f->m->lexicon;
	struct subject_place at = {.tree = tree, .class = lexicon_class(lx, tree, symbol)};
	uint8_t bit[LEXICON_DEPTH_MAX];
	bool escaped;
	unsigned depth = lexicon_spell(lx, tree, symbol, bit, &escaped);
	uint32_t node = lexicon_root(lx, tree);
	double product = 1;

	for (*alone = 1; at.depth < depth && lx->node_class[node] == LEXICON_NO_CLASS; at.depth++)
		node = lexicon_child(lx, node, bit[at.depth]);
	at.bit = bit;
	token_subject_enter(f->m, &at);
	for (unsigned d = at.depth; d < depth; d++) {
		double p = (double)token_subject_ask(f->m, d, p_node);

		product *= bit[d] ? p : 1 - p;
		*alone *= bit[d] ? (double)p_node : 1 - (double)p_node;
		token_subject_step(f->m, d, bit[d]);
	}
	return product;
}

/* The twin: what the words of this class of all who may be meant make of it, when these were said;
 * those of other topics count less in a topic's tree. */
static double expect(const struct fixture *f, const uint16_t *said, unsigned n_said, uint32_t tree,
		     uint32_t symbol, double alone)
{
	const struct lexicon *lx = f->m->lexicon;
	uint32_t class = lexicon_class(lx, tree, symbol);
	double weight[SUBJECTS + 1], unknown, hit = 0, sum;

	weigh(f, said, n_said, weight);
	unknown = sum = weight[SUBJECTS];
	for (uint32_t s = 0; s < SUBJECTS; s++) {
		const struct told *t = &f->told[s];
		double w = weight[s] * (tree < lx->n_topics && t->topic != tree ? TOPIC_MISS : 1);
		uint32_t n = 0, n_hits = 0;

		for (uint32_t j = 0; j < t->n_words; j++) {
			n += lexicon_class(lx, tree, t->word[j]) == class;
			n_hits += t->word[j] == symbol;
		}
		hit += n ? w * n_hits / n : 0;
		unknown += n ? 0 : w;
		sum += w;
	}
	return (hit + unknown * alone) / sum;
}

static void words_are_predicted(void **state)
{
	struct fixture *f = *state;
	struct rng r = rng_stream(7, 8, 9);
	double sum = 0;
	unsigned n = 0;

	for (unsigned round = 0; round < 400; round++)
		tell(f, (uint32_t)rng_below(&r, SUBJECTS), 7);
	for (uint32_t s = 0; s < SUBJECTS; s++)
		for (uint32_t tree = 0; tree <= f->m->lexicon->n_topics; tree++) {
			f->m->past.tree = tree;
			for (unsigned k = 1; k < 3; k++) {
				double alone, got, should;

				say(f, f->facts[s], k);
				got = walk(f, tree, f->facts[s][k], 0.25f, &alone);
				should = expect(f, f->facts[s], k, tree, f->facts[s][k], alone);
				assert_near(got, should);
				sum += got;
				n++;
			}
		}
	assert_true(sum / n > 0.4); /* the right one of dozens */
}

/* More subjects, words and sentences than there is room for: nothing breaks. */
static void what_is_full_stays_whole(void **state)
{
	struct fixture *f = *state;
	struct token_past *p = &f->m->past;
	struct rng r = rng_stream(10, 11, 12);

	for (unsigned round = 0; round < 50000; round++) {
		p->key = (rng_below(&r, 5000) + 1) * 0x9e3779b97f4a7c15u;
		p->n_words = 12;
		for (unsigned i = 0; i < 12; i++)
			p->word[i] = (uint16_t)(FIRST_VALUE + rng_below(&r, 250));
		token_subject_finish(f->m);
		token_subject_start(f->m);
		for (unsigned i = 0; i < 12; i++) {
			double alone, got;

			token_subject_word(f->m, p->word[i]);
			if (lexicon_class(f->m->lexicon, f->m->past.tree, p->word[i]) ==
			    LEXICON_NO_CLASS)
				continue;
			got = walk(f, f->m->past.tree, p->word[i], 0.5f, &alone);
			assert_true(got >= 0 && got <= 1);
		}
	}
	for (uint32_t i = 0; i < f->m->candidates.n; i++)
		assert_true(isfinite(f->m->candidates.weight[i]));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test_setup_teardown(candidates_are_weighed, open_fixture, close_fixture),
	    cmocka_unit_test_setup_teardown(words_are_predicted, open_fixture, close_fixture),
	    cmocka_unit_test_setup_teardown(what_is_full_stays_whole, open_fixture, close_fixture),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
