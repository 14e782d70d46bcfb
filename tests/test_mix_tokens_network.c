/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Property  asked decision by decision, a network says of every token what its masses say: the
 *           product along the walk that spells a token, through a topic's escape and an unknown id
 *           where it must be, is the token's share of all masses.
 * Method    a lexicon of planted sentences, of an alphabet of which some never came; every token
 *           from every topic's tree, before and after the network has learnt.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include "lexicon.h"
#include "mix_tokens_network.h"
#include "rng.h"

#include <cmocka.h> /* last: it has a macro called fail */

#define SYMBOLS 311u
#define END 5u
#define TOKENS 30000u
#define TOPICS 3u
#define ID_BITS 9

/* Sentences of four words; each topic has dealt a hundred of the symbols from 10 to 249 into
 * classes for the four places, and now and then a word is another topic's. */
static void plant(uint16_t token[TOKENS])
{
	struct rng r = rng_stream(3, 1, 4);
	uint16_t deck[TOPICS][240];
	uint64_t topic = 0;

	for (unsigned t = 0; t < TOPICS; t++)
		for (uint32_t i = 0; i < 240; i++) {
			uint64_t j = rng_below(&r, i + 1);

			deck[t][i] = deck[t][j];
			deck[t][j] = (uint16_t)(10 + i);
		}
	for (size_t i = 0; i < TOKENS; i++) {
		if (i % 5 == 0)
			topic = rng_below(&r, TOPICS);
		uint64_t from = rng_below(&r, 40) == 0 ? (topic + 1) % TOPICS : topic;

		token[i] = i % 5 == 4 ? END : deck[from][i % 5 * 25 + rng_below(&r, 25)];
	}
}

static double decision(float one, unsigned bit)
{
	assert_true(one >= 0 && one <= 1);
	return bit ? (double)one : 1 - (double)one;
}

/* Down a tree to the symbol or its escape. */
static double walk(struct token_network *n, const struct lexicon *lx, uint32_t tree,
		   uint32_t symbol, bool *escaped)
{
	uint8_t bit[LEXICON_DEPTH_MAX];
	unsigned depth = lexicon_spell(lx, tree, symbol, bit, escaped);
	uint32_t node = lexicon_root(lx, tree);
	double p = 1;

	for (unsigned i = 0; i < depth; i++) {
		p *= decision(token_network_ask(n, node), bit[i]);
		node = lexicon_child(lx, node, bit[i]);
	}
	return p;
}

static double spell_id(struct token_network *n, uint32_t symbol)
{
	uint32_t begin = 0;
	double p = 1;

	token_network_ids(n);
	for (int digit = ID_BITS - 1; digit >= 0; digit--) {
		uint32_t half = (uint32_t)1 << digit, bit = symbol >> digit & 1;

		p *= decision(token_network_ask_ids(n, begin, begin + half, begin + 2 * half), bit);
		begin += bit * half;
	}
	return p;
}

static double probability(struct token_network *n, const struct lexicon *lx, uint32_t topic,
			  uint32_t symbol)
{
	bool escaped;

	token_network_tree(n, topic, false);
	double p = walk(n, lx, topic, symbol, &escaped);

	if (escaped && topic != lx->n_topics) {
		token_network_tree(n, lx->n_topics, true);
		p *= walk(n, lx, lx->n_topics, symbol, &escaped);
	}
	return escaped ? p * spell_id(n, symbol) : p;
}

static void check_all(struct token_network *n, const struct lexicon *lx, struct online *o)
{
	const float *mass = online_masses(o);
	double total = 0;

	for (uint32_t s = 0; s < SYMBOLS; s++)
		total += (double)mass[s];
	for (uint32_t topic = 0; topic <= lx->n_topics; topic++)
		for (uint32_t s = 0; s < SYMBOLS; s++) {
			double share = (double)mass[s] / total;
			double ratio = probability(n, lx, topic, s) / share;

			assert_true(ratio > 0.999 && ratio < 1.001);
		}
}

static void decisions_multiply_to_masses(void **state)
{
	struct online_settings settings = {
	    .shape = {SYMBOLS, 1, 16, 1, 8, END, true}, .seed = 1, .n_streams = 1,
	    .block = 16, .passes = 1, .rate = 0.01, .threads = 1,
	};
	static uint16_t token[TOKENS];
	struct token_network *n;
	struct lexicon *lx;
	struct online *o;

	(void)state;
	plant(token);
	assert_int_equal(lexicon_learn(&lx, NULL, token, TOKENS, SYMBOLS, false), STATUS_OK);
	assert_true(lx->n_topics > 1);
	assert_int_equal(online_open(&o, &settings, 400), STATUS_OK);
	assert_int_equal(token_network_open(&n, o, SYMBOLS), STATUS_OK);
	assert_int_equal(token_network_lexicon(n, lx), STATUS_OK);
	check_all(n, lx, o);
	for (uint32_t i = 0; i < 300; i++)
		token_network_tell(n, token[i]);
	check_all(n, lx, o);
	token_network_close(n);
	online_close(o);
	lexicon_free(lx);
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(decisions_multiply_to_masses)};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
