/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Property  the lexicon finds the separator, the topics and the classes that tokens were made
 *           with; its trees are complete prefix codes of the words they know; it is the same on
 *           every machine; and no input, however odd, breaks it or takes more than it said.
 * Method    a planted source: topics with word classes of their own, sentences that follow shapes,
 *           symbols in random order.  What was learnt is compared with what was planted as a
 *           share of tokens.  Then golden hashes, and odd inputs.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "lexicon_past.h"

#include <cmocka.h> /* last: it has a macro called fail */

#if defined(__SANITIZE_ADDRESS__)
#define SANITIZED 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define SANITIZED 1
#endif
#endif
#ifndef SANITIZED
#define SANITIZED 0
#endif

#define TOPICS 4u
#define CLASSES 6u
#define CLASS_WORDS 8u
#define WORDS 120u
#define SHAPES 5u
#define LONGEST CLASSES
#define SENTENCES 4000u
#define GOLDEN_FIRST 0xec603695e05e6130u
#define GOLDEN_SECOND 0x5fdc58b282c4286du
#define GOLDEN_FAMILIES 0x3440a7059cedf8fdu
#define END 77u /* the separator, somewhere among the symbols */

static uint64_t random_next(uint64_t *state)
{
	*state = *state * 6364136223846793005u + 1442695040888963407u;
	return *state >> 33;
}

struct planted {
	uint16_t token[SENTENCES * (LONGEST + 1)];
	uint8_t topic_of[SENTENCES];
	uint8_t class_of[TOPICS][WORDS + 1];
	size_t n;
};

static uint16_t symbol_of(uint32_t word)
{
	return (uint16_t)(word < END ? word : word + 1);
}

/* Each topic deals the words anew into its classes and has shapes of its own. */
static struct planted *plant(uint64_t seed)
{
	struct planted *p = calloc(1, sizeof *p);
	uint16_t word[TOPICS][CLASSES][CLASS_WORDS];
	uint8_t shape[TOPICS][SHAPES][LONGEST], length[TOPICS][SHAPES];

	for (uint32_t t = 0; t < TOPICS; t++) {
		uint16_t deck[WORDS];

		for (uint32_t i = 0; i < WORDS; i++) {
			uint32_t j = (uint32_t)(random_next(&seed) % (i + 1));

			deck[i] = deck[j];
			deck[j] = symbol_of(i);
		}
		for (uint32_t c = 0; c < CLASSES; c++)
			for (uint32_t i = 0; i < CLASS_WORDS; i++) {
				word[t][c][i] = deck[c * CLASS_WORDS + i];
				p->class_of[t][word[t][c][i]] = (uint8_t)c;
			}
		for (uint32_t s = 0; s < SHAPES; s++) {
			length[t][s] = (uint8_t)(LONGEST - random_next(&seed) % 3);
			for (uint32_t i = 0; i < LONGEST; i++) { /* no class twice */
				uint32_t j = (uint32_t)(random_next(&seed) % (i + 1));

				shape[t][s][i] = shape[t][s][j];
				shape[t][s][j] = (uint8_t)i;
			}
		}
	}
	for (uint32_t i = 0; i < SENTENCES; i++) {
		uint32_t t = (uint32_t)(random_next(&seed) % TOPICS);
		uint32_t s = (uint32_t)(random_next(&seed) % SHAPES);

		p->topic_of[i] = (uint8_t)t;
		for (uint32_t j = 0; j < length[t][s]; j++)
			p->token[p->n++] =
			    word[t][shape[t][s][j]][random_next(&seed) % CLASS_WORDS];
		p->token[p->n++] = END;
	}
	return p;
}

/* Share of sentences that are of the planted topic that most of their learnt topic are of. */
static double topic_share(const struct lexicon *lx, const struct planted *p, uint8_t *meant)
{
	uint32_t n[LEXICON_TOPICS_MAX][TOPICS] = {{0}}, right = 0;

	for (uint32_t i = 0; i < lx->n_sentences; i++)
		n[lx->label[i]][p->topic_of[i]]++;
	for (uint32_t t = 0; t < lx->n_topics; t++) {
		meant[t] = 0;
		for (uint8_t k = 1; k < TOPICS; k++)
			if (n[t][k] > n[t][meant[t]])
				meant[t] = k;
		right += n[t][meant[t]];
	}
	return (double)right / lx->n_sentences;
}

/* Share of pairs of words of a topic that are rightly told to be of one class, or not. */
static double class_share(const struct lexicon *lx, const struct planted *p, const uint8_t *meant)
{
	uint32_t n = 0, right = 0;

	for (uint32_t t = 0; t < lx->n_topics; t++)
		for (uint32_t a = 0; a <= WORDS; a++)
			for (uint32_t b = 0; b < a; b++) {
				uint32_t of_a = lexicon_class(lx, t, a),
					 of_b = lexicon_class(lx, t, b);
				const uint8_t *class_of = p->class_of[meant[t]];

				if (a == END || b == END || of_a == LEXICON_NO_CLASS ||
				    of_b == LEXICON_NO_CLASS)
					continue;
				n++;
				right += (of_a == of_b) == (class_of[a] == class_of[b]);
			}
	return (double)right / n;
}

static void planted_structure_is_found(void **state)
{
	(void)state;
	for (uint64_t seed = 1; seed <= 3; seed++) {
		struct planted *p = plant(seed);
		struct lexicon *lx;
		uint8_t meant[LEXICON_TOPICS_MAX];

		assert_int_equal(lexicon_learn(&lx, NULL, p->token, p->n, WORDS + 1, false),
				 STATUS_OK);
		assert_int_equal(lx->separator, END);
		assert_int_equal(lx->n_sentences, SENTENCES);
		assert_int_equal(lx->n_topics, TOPICS);
		assert_true(topic_share(lx, p, meant) > 0.97);
		assert_true(class_share(lx, p, meant) > 0.97);
		lexicon_free(lx);
		free(p);
	}
}

/* Half of the past first: then topics keep their numbers. */
static void topics_keep_their_numbers(void **state)
{
	struct planted *p = plant(1);
	struct lexicon *first, *second;
	uint32_t n_same = 0, n_half;

	(void)state;
	assert_int_equal(lexicon_learn(&first, NULL, p->token, p->n / 2, WORDS + 1, false),
			 STATUS_OK);
	assert_int_equal(lexicon_learn(&second, first, p->token, p->n, WORDS + 1, false),
			 STATUS_OK);
	n_half = first->n_sentences;
	for (uint32_t i = 0; i < n_half; i++)
		n_same += first->label[i] == second->label[i];
	assert_true(n_same > n_half * 97 / 100);
	lexicon_free(first);
	lexicon_free(second);
	free(p);
}

/* After two or three words of a sentence its topic is known, nearly always. */
static void belief_finds_the_topic(void **state)
{
	struct planted *p = plant(2);
	struct lexicon *lx;
	struct lexicon_belief b;
	uint32_t i = 0, n_right = 0;

	(void)state;
	assert_int_equal(lexicon_learn(&lx, NULL, p->token, p->n, WORDS + 1, false), STATUS_OK);
	lexicon_belief_start(lx, &b);
	for (size_t at = 0; at < p->n; at++) {
		if (p->token[at] == END) {
			n_right += b.best == lx->label[i++];
			assert_true(b.p_best <= 65536);
		}
		lexicon_belief_step(lx, &b, p->token[at]);
	}
	assert_true(n_right > SENTENCES * 97 / 100);
	lexicon_free(lx);
	free(p);
}

/* Trees --------------------------------------------------------------------------------------- */

/* Walk down by the bits of `symbol`: there must be its leaf, or the escape if it is not known. */
static void check_word(const struct lexicon *lx, uint32_t tree, uint32_t symbol)
{
	uint8_t bit[LEXICON_DEPTH_MAX];
	bool escaped;
	unsigned n = lexicon_spell(lx, tree, symbol, bit, &escaped);
	uint32_t node = lexicon_root(lx, tree), class = lexicon_class(lx, tree, symbol);

	assert_in_range(n, 1, LEXICON_DEPTH_MAX);
	for (unsigned i = 0; i < n; i++) {
		assert_true(node < lx->n_nodes);
		if (lx->node_class[node] != LEXICON_NO_CLASS && !escaped)
			assert_int_equal(lx->node_class[node], class);
		node = lexicon_child(lx, node, bit[i]);
	}
	assert_int_equal(escaped, class == LEXICON_NO_CLASS);
	assert_int_equal(node, LEXICON_LEAF | (escaped ? LEXICON_ESCAPE : symbol));
}

/* Every node has two children and is reached once: the code is complete. */
static uint32_t count_leaves(const struct lexicon *lx, uint32_t node, uint32_t *n_seen)
{
	if (node & LEXICON_LEAF)
		return 1;
	++*n_seen;
	return count_leaves(lx, lexicon_child(lx, node, 0), n_seen) +
	       count_leaves(lx, lexicon_child(lx, node, 1), n_seen);
}

static void check_trees(const struct lexicon *lx)
{
	uint32_t n_seen = 0;

	for (uint32_t t = 0; t <= lx->n_topics; t++) {
		uint32_t n_words = 0, n_leaves = count_leaves(lx, lexicon_root(lx, t), &n_seen);

		for (uint32_t s = 0; s < lx->n_symbols; s++) {
			check_word(lx, t, s);
			n_words += lexicon_class(lx, t, s) != LEXICON_NO_CLASS;
			assert_true(lexicon_class(lx, t, s) < lx->n_classes[t] ||
				    lexicon_class(lx, t, s) == LEXICON_NO_CLASS);
		}
		assert_int_equal(n_leaves, n_words > 0 ? n_words + 1 : 2);
		assert_in_range(lx->n_classes[t], 1, LEXICON_CLASSES_MAX);
	}
	assert_int_equal(n_seen, lx->n_nodes);
}

static void trees_are_complete_codes(void **state)
{
	struct planted *p = plant(3);
	struct lexicon *lx;

	(void)state;
	assert_int_equal(lexicon_learn(&lx, NULL, p->token, p->n, WORDS + 1, false), STATUS_OK);
	check_trees(lx);
	lexicon_free(lx);
	free(p);
}

/* Sameness ------------------------------------------------------------------------------------ */

#define HASH_START 0xcbf29ce484222325u

static uint64_t mix(uint64_t hash, const void *data, size_t size_bytes)
{
	const uint8_t *byte = data;

	for (size_t i = 0; i < size_bytes; i++)
		hash = (hash ^ byte[i]) * 0x100000001b3u;
	return hash;
}

static uint64_t hash_of(const struct lexicon *lx)
{
	size_t n_places = (size_t)(lx->n_topics + 1) * lx->n_symbols;
	size_t n_steps = (size_t)lx->n_topics * LEXICON_CLASS_SLOTS * LEXICON_CLASS_SLOTS;
	uint64_t hash = HASH_START;

	hash = mix(hash, &lx->n_topics, sizeof lx->n_topics);
	hash = mix(hash, lx->word_class, n_places);
	hash = mix(hash, lx->child, 2 * lx->n_nodes * sizeof *lx->child);
	hash = mix(hash, lx->leaf, n_places * sizeof *lx->leaf);
	hash = mix(hash, lx->word_cost, (size_t)lx->n_symbols * lx->n_topics * 2);
	hash = mix(hash, lx->step_cost, n_steps * 2);
	hash = mix(hash, lx->topic_cost, lx->n_topics * 2);
	return mix(hash, lx->label, lx->n_sentences);
}

static void same_past_gives_the_same_lexicon(void **state)
{
	struct planted *p = plant(4);
	struct lexicon *first, *second, *third;

	(void)state;
	assert_int_equal(lexicon_learn(&first, NULL, p->token, p->n / 2, WORDS + 1, false),
			 STATUS_OK);
	assert_int_equal(lexicon_learn(&second, first, p->token, p->n, WORDS + 1, false),
			 STATUS_OK);
	assert_int_equal(lexicon_learn(&third, first, p->token, p->n, WORDS + 1, false), STATUS_OK);
	assert_true(hash_of(second) == hash_of(third));
	assert_int_equal(hash_of(first), GOLDEN_FIRST);
	assert_int_equal(hash_of(second), GOLDEN_SECOND);
	lexicon_free(first);
	lexicon_free(second);
	lexicon_free(third);
	free(p);
}

/* Families ------------------------------------------------------------------------------------ */

#define KINDS 2u
#define KIND_WORDS 60u
#define KIND_SYMBOLS (DEALT + KINDS * KIND_WORDS)
#define SAID 40u /* words of each kind that a topic says */
#define DEALT 96u
#define DEALT_CLASSES 8u

/* Each topic deals the same function words anew into its classes, and has two more: words of two
 * kinds, of which it has said some, and one of these but once, so that its class is a wrong one.
 * The last tree has all of them in one class. */
static void deal_kinds(struct lexicon *lx, uint32_t *count)
{
	uint64_t seed = 9;
	uint32_t *all = count + (size_t)TOPICS * KIND_SYMBOLS;

	for (uint32_t t = 0; t < TOPICS; t++) {
		uint8_t *class = lx->word_class + (size_t)t * KIND_SYMBOLS;
		uint32_t *n = count + (size_t)t * KIND_SYMBOLS;

		lx->n_classes[t] = DEALT_CLASSES + KINDS;
		memset(class, LEXICON_NO_CLASS, KIND_SYMBOLS);
		for (uint32_t s = 0; s < DEALT; s++) {
			class[s] = (uint8_t)(random_next(&seed) % DEALT_CLASSES);
			n[s] = 50;
		}
		for (uint32_t i = 0; i < KINDS * SAID; i++) {
			uint32_t kind = i / SAID;
			uint32_t s = DEALT + kind * KIND_WORDS + (i + 10 * t) % KIND_WORDS;
			bool seldom = i % SAID == 0;

			class[s] = (uint8_t)(seldom ? 0 : DEALT_CLASSES + (kind + t) % KINDS);
			n[s] = seldom ? 1 : 10;
		}
		for (uint32_t s = 0; s < KIND_SYMBOLS; s++)
			all[s] += n[s];
	}
	lx->n_classes[TOPICS] = 1;
	memset(lx->word_class + (size_t)TOPICS * KIND_SYMBOLS, 0, KIND_SYMBOLS);
}

/* Kinds are classes of the last tree; topics know all their words, in one class. */
static void families_are_found(void **state)
{
	struct lexicon lx = {.n_symbols = KIND_SYMBOLS, .separator = 0, .n_topics = TOPICS};
	uint32_t *count = calloc((TOPICS + 1) * KIND_SYMBOLS, sizeof *count);

	(void)state;
	lx.word_class = malloc((TOPICS + 1) * KIND_SYMBOLS);
	assert_true(count && lx.word_class);
	deal_kinds(&lx, count);
	assert_int_equal(lexicon_families(&lx, count), STATUS_OK);
	assert_int_equal(lx.n_classes[TOPICS], 1 + KINDS);
	for (uint32_t s = 0; s < KIND_SYMBOLS; s++) {
		uint32_t kind = (s - DEALT) / KIND_WORDS, first = DEALT + kind * KIND_WORDS;

		if (s < DEALT) {
			assert_int_equal(lexicon_class(&lx, TOPICS, s), 0);
			continue;
		}
		assert_in_range(lexicon_class(&lx, TOPICS, s), 1, KINDS);
		assert_int_equal(lexicon_class(&lx, TOPICS, s), lexicon_class(&lx, TOPICS, first));
		for (uint32_t t = 0; t < TOPICS; t++)
			assert_int_equal(lexicon_class(&lx, t, s),
					 DEALT_CLASSES + (kind + t) % KINDS);
	}
	assert_int_equal(mix(HASH_START, lx.word_class, (TOPICS + 1) * KIND_SYMBOLS),
			 GOLDEN_FAMILIES);
	free(lx.word_class);
	free(count);
}

/* Odd inputs ---------------------------------------------------------------------------------- */

static void survives(const uint16_t *token, size_t n, uint32_t n_symbols)
{
	struct lexicon *half, *lx;
	struct lexicon_belief b;

	assert_int_equal(lexicon_learn(&half, NULL, token, n / 2, n_symbols, true), STATUS_OK);
	assert_int_equal(lexicon_learn(&lx, half, token, n, n_symbols, true), STATUS_OK);
	check_trees(half);
	check_trees(lx);
	assert_in_range(lx->n_topics, 1, LEXICON_TOPICS_MAX);
	lexicon_belief_start(lx, &b);
	for (size_t i = 0; i < n; i++) {
		lexicon_belief_step(lx, &b, token[i]);
		assert_true(b.best < lx->n_topics && b.second < lx->n_topics);
		assert_in_range(b.p_best, 65536 / lx->n_topics, 65536);
	}
	for (uint32_t i = 0; i < lx->n_sentences; i++)
		assert_true(lx->label[i] < lx->n_topics);
	lexicon_free(half);
	lexicon_free(lx);
}

static void odd_inputs_are_survived(void **state)
{
	static uint16_t token[65536];
	uint64_t seed = 5;

	(void)state;
	survives(token, 0, 1);
	survives(token, 1, 1);
	survives(token, 2, 65536);
	survives(token, 20000, 1); /* the same token again and again */
	survives(token, 20000, 300);
	for (uint32_t i = 0; i < 65536; i++)
		token[i] = (uint16_t)i;
	survives(token, 65536, 65536); /* never the same */
	for (uint32_t i = 0; i < 20000; i++)
		token[i] = i % 2;
	survives(token, 20000, 2);
	for (uint32_t i = 0; i < 20000; i++)
		token[i] = (uint16_t)(i % 5000 == 4999 ? 0 : 1 + random_next(&seed) % 500);
	survives(token, 20000, 501); /* four endless sentences */
	for (uint32_t i = 0; i < 20000; i++)
		token[i] = (uint16_t)(random_next(&seed) % 65536 * random_next(&seed) % 65536);
	survives(token, 20000, 65536); /* no order in it at all */
	for (uint32_t i = 0; i < 20000; i++)
		token[i] = (uint16_t)(i % 10 == 9 ? 3 : 7); /* two kinds of token, a sentence */
	survives(token, 20000, 8);
	for (uint32_t i = 0; i < 20000; i++)
		token[i] =
		    (uint16_t)(i % 50 < 40 ? 0 : 1 + random_next(&seed) % 9); /* empty ones */
	survives(token, 20000, 10);
}

/* A lexicon of another alphabet or separator must not mislead. */
static void a_strange_predecessor_is_survived(void **state)
{
	struct planted *p = plant(6);
	uint16_t token[1000];
	uint64_t seed = 7;
	struct lexicon *strange, *lx;

	(void)state;
	for (uint32_t i = 0; i < 1000; i++)
		token[i] = (uint16_t)(i % 7 == 6 ? 9 : random_next(&seed) % 9);
	assert_int_equal(lexicon_learn(&strange, NULL, token, 1000, WORDS + 1, false), STATUS_OK);
	assert_int_equal(lexicon_learn(&lx, strange, p->token, p->n, WORDS + 1, false), STATUS_OK);
	assert_int_equal(lx->separator, END);
	assert_int_equal(lx->n_topics, TOPICS);
	lexicon_free(strange);
	lexicon_free(lx);
	free(p);
}

/* The most that learning may take is not less than what it takes: the peak of a child's memory. */
static void memory_is_bounded(void **state)
{
	enum { N = 200000, SYMBOLS = 20000 };
	uint16_t *token = malloc(N * sizeof *token);
	uint64_t seed = 8;
	int result;

	(void)state;
	for (uint32_t i = 0; i < N; i++) {
		uint64_t a = random_next(&seed) % SYMBOLS, b = random_next(&seed) % SYMBOLS;

		token[i] = (uint16_t)(i % 8 == 7 ? 0 : 1 + a * b / SYMBOLS % (SYMBOLS - 1));
	}

	pid_t child = fork();

	if (child == 0) {
		struct rusage before, after;
		struct lexicon *lx;

		getrusage(RUSAGE_SELF, &before);
		if (lexicon_learn(&lx, NULL, token, N, SYMBOLS, true) != STATUS_OK)
			_exit(2);
		getrusage(RUSAGE_SELF, &after);
		_exit((uint64_t)(after.ru_maxrss - before.ru_maxrss) * 1024 >
		      lexicon_memory_bytes(N, SYMBOLS));
	}
	assert_int_equal(waitpid(child, &result, 0), child);
	assert_true(WIFEXITED(result));
	if (!SANITIZED)
		assert_int_equal(WEXITSTATUS(result), 0);
	free(token);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(planted_structure_is_found),
	    cmocka_unit_test(topics_keep_their_numbers),
	    cmocka_unit_test(belief_finds_the_topic),
	    cmocka_unit_test(trees_are_complete_codes),
	    cmocka_unit_test(families_are_found),
	    cmocka_unit_test(same_past_gives_the_same_lexicon),
	    cmocka_unit_test(odd_inputs_are_survived),
	    cmocka_unit_test(memory_is_bounded),
	    cmocka_unit_test(a_strange_predecessor_is_survived),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
