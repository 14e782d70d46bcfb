/* SPDX-License-Identifier: BSD-2-Clause
 *
 * test_bios_templates.c - the English sentences of the biographies obey the rules of bios.h.
 *
 * Property: every template has one person, then one value, then a full stop at its end; all are
 * different; what follows the same words is never two kinds of value, nor both HIM and HIS; every
 * text leads through the tree to its own leaf and no other text to it; the counts at the nodes and
 * the stated lengths of biographies are right; words are words.
 * Method: on the texts themselves, read by string functions, and on the trees.
 */
#include <ctype.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "bios.h"

#include <cmocka.h> /* last: it defines a macro fail() */

static struct bios_grammar *grammar;

static int open_grammar(void **state)
{
	(void)state;
	return bios_grammar_open(&grammar) == STATUS_OK ? 0 : -1;
}

static int close_grammar(void **state)
{
	(void)state;
	bios_grammar_free(grammar);
	return 0;
}

/* How often the word occurs; *last is the place of its last occurrence. */
static int count_word(const char *text, const char *word, const char **last)
{
	size_t length = strlen(word);
	int n = 0;

	for (const char *at = text; (at = strstr(at, word)) != NULL; at += length) {
		bool begins = at == text || at[-1] == ' ';
		bool ends = at[length] == ' ' || at[length] == ',' || at[length] == '.';

		if (begins && ends) {
			*last = at;
			n++;
		}
	}
	return n;
}

static void check_text(const char *text)
{
	const char *person = NULL, *value = NULL, *other = NULL;
	size_t length = strlen(text);
	int n_people = count_word(text, "HE", &person) + count_word(text, "HIM", &person) +
		       count_word(text, "HIS", &person);

	if (n_people != 1 || count_word(text, "VALUE", &value) != 1 || value < person)
		fail_msg("not one person, then one value: %s", text);
	if (length < 10 || strchr(text, '.') != text + length - 1)
		fail_msg("not one full stop at the end: %s", text);
	if (!isupper((unsigned char)text[0]) || strstr(text, "  ") || strstr(text, " ,") ||
	    strspn(text, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz ,.-") != length)
		fail_msg("not a plain sentence: %s", text);
	for (const char *const *word =
		 (const char *const[]){"he", "she", "him", "his", "her", "may", "march", NULL};
	     *word; word++)
		if (count_word(text, *word, &other))
			fail_msg("'%s' is a token of another kind: %s", *word, text);
}

static void texts_are_plain_sentences(void **state)
{
	(void)state;
	for (uint32_t a = 0; a < BIOS_ATTRIBUTES; a++)
		for (uint32_t i = 0; i < BIOS_TEMPLATES; i++) {
			assert_non_null(bios_texts[a][i]);
			check_text(bios_texts[a][i]);
		}
}

/* As strings, whatever case a person stands in. */
static void no_two_texts_are_alike(void **state)
{
	(void)state;
	for (uint32_t i = 0; i < BIOS_ATTRIBUTES * BIOS_TEMPLATES; i++)
		for (uint32_t j = 0; j < i; j++)
			assert_string_not_equal(bios_texts[i / BIOS_TEMPLATES][i % BIOS_TEMPLATES],
						bios_texts[j / BIOS_TEMPLATES][j % BIOS_TEMPLATES]);
}

/* Down the tree by tokens: any token that the item takes leads to the same child. */
static void every_text_has_its_own_leaf(void **state)
{
	(void)state;
	for (uint32_t place = 0; place < BIOS_PLACES; place++)
		for (uint32_t t = 0; t < BIOS_ATTRIBUTES * BIOS_TEMPLATES; t++) {
			const struct bios_template *template =
			    &grammar->template[place][t / BIOS_TEMPLATES][t % BIOS_TEMPLATES];
			uint32_t node = 0;

			for (uint32_t i = 0; i < template->n_items; i++) {
				uint32_t next = 0;

				for (uint32_t token = 1; token < grammar->vocab; token++) {
					if (!bios_item_takes(grammar, template->item[i], token))
						continue;
					if (next)
						assert_int_equal(
						    bios_step(grammar, place, node, token), next);
					next = bios_step(grammar, place, node, token);
				}
				assert_true(next);
				node = next;
			}
			assert_int_equal(grammar->node[place][node].n_children, 0);
			assert_int_equal(grammar->node[place][node].template, t);
		}
}

/* Rule 3: of the children of a node, one value at most, and no token that two of them take. */
static void words_determine_what_follows(void **state)
{
	(void)state;
	for (uint32_t place = 0; place < BIOS_PLACES; place++)
		for (uint32_t n = 0; n < grammar->n_nodes[place]; n++) {
			const struct bios_node *node = grammar->node[place];
			uint32_t n_values = 0, n_children = 0, sum[BIOS_ATTRIBUTES] = {0};

			for (uint32_t c = node[n].first_child; c; c = node[c].next_sibling) {
				n_children++;
				n_values += node[c].item >= BIOS_ITEM_VALUE;
				for (uint32_t a = 0; a < BIOS_ATTRIBUTES; a++)
					sum[a] += node[c].n_templates[a];
				for (uint32_t d = node[c].next_sibling; d; d = node[d].next_sibling)
					for (uint32_t token = 0; token < grammar->vocab; token++)
						if (bios_item_takes(grammar, node[c].item, token) &&
						    bios_item_takes(grammar, node[d].item, token))
							fail_msg("token %u leads two ways", token);
			}
			assert_in_range(n_values, 0, 1);
			assert_int_equal(n_children, node[n].n_children);
			for (uint32_t a = 0; a < BIOS_ATTRIBUTES; a++)
				if (n_children)
					assert_int_equal(sum[a], node[n].n_templates[a]);
				else
					assert_int_equal(node[n].n_templates[a],
							 node[n].template / BIOS_TEMPLATES == a);
		}
}

/* Shortest and longest biography: templates of later sentences, two more tokens for the name (and
 * one more when it owns something), and the end. */
static void lengths_are_as_stated(void **state)
{
	uint32_t shortest = 0, longest = 0;

	(void)state;
	for (uint32_t a = 0; a < BIOS_ATTRIBUTES; a++) {
		uint32_t min = UINT32_MAX, max = 0;

		for (uint32_t i = 0; i < BIOS_TEMPLATES; i++) {
			uint32_t n = grammar->template[BIOS_LATER_SENTENCE][a][i].n_items;

			min = n < min ? n : min;
			max = n > max ? n : max;
		}
		shortest += min;
		longest += max;
	}
	assert_true(shortest + 2 + 1 >= BIOS_TOKENS_MIN);
	assert_true(longest + 2 + 1 + 1 <= BIOS_TOKENS_MAX);
}

static void vocabulary_is_laid_out(void **state)
{
	(void)state;
	assert_string_equal(grammar->word[BIOS_STOP_TOKEN - 1], ".");
	assert_string_equal(grammar->word[BIOS_COMMA_TOKEN - 1], ",");
	assert_string_equal(grammar->word[BIOS_OWNER_TOKEN - 1], "'s");
	assert_string_equal(grammar->word[BIOS_OWNER_TOKEN], "was"); /* HE was born on .. */
	for (uint32_t i = 3; i < grammar->n_words; i++) {
		assert_true(islower((unsigned char)grammar->word[i][0]));
		for (uint32_t j = 0; j < i; j++)
			assert_string_not_equal(grammar->word[i], grammar->word[j]);
	}
	assert_int_equal(grammar->vocab, 1 + grammar->n_words + 5 + 400 + 400 + 1000 + 12 + 28 +
					     200 + 200 + 300 + 100 + 263);
	assert_int_equal(bios_pronoun_token(grammar, BIOS_HIM, 1),
			 bios_pronoun_token(grammar, BIOS_HIS, 1));
	assert_true(bios_pronoun_token(grammar, BIOS_HIM, 0) !=
		    bios_pronoun_token(grammar, BIOS_HIS, 0));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(texts_are_plain_sentences),
	    cmocka_unit_test(no_two_texts_are_alike),
	    cmocka_unit_test(every_text_has_its_own_leaf),
	    cmocka_unit_test(words_determine_what_follows),
	    cmocka_unit_test(lengths_are_as_stated),
	    cmocka_unit_test(vocabulary_is_laid_out),
	};

	return cmocka_run_group_tests(tests, open_grammar, close_grammar);
}
