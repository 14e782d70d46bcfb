/* SPDX-License-Identifier: BSD-2-Clause
 *
 * bios_grammar.c - the texts of bios_templates.c as tokens, and as two trees of beginnings.
 *
 * A tree rather than a list of templates to compare with: where a reader stands after some words of
 * a sentence is then one node, whose counts say how many templates of each attribute still agree.
 * About 300 texts are compiled whenever a world is opened, in under a millisecond; nothing is kept
 * between worlds, so there is no shared state to guard.
 */
#include <assert.h>
#include <stdlib.h>
#include <string.h>
#include <xxhash.h>

#include "bios.h"

#define WORD_BYTES 32

const uint32_t bios_name_size[3] = {BIOS_FIRST_NAMES, BIOS_MIDDLE_NAMES, BIOS_LAST_NAMES};

const uint32_t bios_part_size[BIOS_PARTS] = {
    [BIOS_PART_MONTH] = BIOS_MONTHS,
    [BIOS_PART_DAY] = BIOS_DAYS,
    [BIOS_PART_YEAR] = BIOS_YEARS,
    [BIOS_PART_CITY] = BIOS_CITIES,
    [BIOS_PART_UNIVERSITY] = BIOS_UNIVERSITIES,
    [BIOS_PART_MAJOR] = BIOS_MAJORS,
    [BIOS_PART_EMPLOYER] = BIOS_EMPLOYERS,
    [BIOS_PART_COMPANY_CITY] = BIOS_CITIES,
};

static const char *const case_texts[BIOS_CASES] = {
    [BIOS_HE] = "HE", [BIOS_HIM] = "HIM", [BIOS_HIS] = "HIS"};

/* Where the word is in word_slot[], or where it would be put. */
static uint32_t word_slot(const struct bios_grammar *g, const char *word)
{
	uint32_t at = (uint32_t)XXH3_64bits(word, strlen(word)) % BIOS_WORD_SLOTS;

	while (g->word_slot[at] && strcmp(g->word[g->word_slot[at] - 1], word) != 0)
		at = (at + 1) % BIOS_WORD_SLOTS;
	return at;
}

uint32_t bios_word_token(const struct bios_grammar *g, const char *word)
{
	return g->word_slot[word_slot(g, word)];
}

/* The token of a word, made when it is new; 0: no memory. */
static uint32_t add_new_word(struct bios_grammar *g, const char *word)
{
	uint32_t at = word_slot(g, word);

	if (g->word_slot[at])
		return g->word_slot[at];
	if (g->n_words == g->words_capacity) {
		uint32_t capacity = g->words_capacity ? 2 * g->words_capacity : 512;
		char **grown = realloc(g->word, capacity * sizeof *grown);

		if (!grown)
			return 0;
		g->word = grown;
		g->words_capacity = capacity;
	}
	assert(g->n_words < BIOS_WORD_SLOTS / 2);
	g->word[g->n_words] = strdup(word);
	if (!g->word[g->n_words])
		return 0;
	g->word_slot[at] = (uint16_t)++g->n_words;
	return g->n_words;
}

static void add_item(struct bios_template *t, uint32_t item)
{
	assert(t->n_items < BIOS_ITEMS_MAX);
	t->item[t->n_items++] = (uint16_t)item;
}

static void add_value(struct bios_template *t, uint32_t attribute)
{
	if (attribute != BIOS_BIRTH_DATE) {
		add_item(t, BIOS_ITEM_VALUE + BIOS_PART_CITY + attribute - BIOS_BIRTH_CITY);
		return;
	}
	add_item(t, BIOS_ITEM_VALUE + BIOS_PART_MONTH);
	add_item(t, BIOS_ITEM_VALUE + BIOS_PART_DAY);
	add_item(t, BIOS_COMMA_TOKEN);
	add_item(t, BIOS_ITEM_VALUE + BIOS_PART_YEAR);
}

/* The person in a case, or false if the word is none. */
static bool add_person(struct bios_template *t, uint32_t place, const char *word)
{
	for (uint32_t c = 0; c < BIOS_CASES; c++) {
		if (strcmp(word, case_texts[c]) != 0)
			continue;
		if (place == BIOS_LATER_SENTENCE) {
			add_item(t, BIOS_ITEM_PRONOUN + c);
			return true;
		}
		add_item(t, BIOS_ITEM_NAME);
		if (c == BIOS_HIS)
			add_item(t, BIOS_OWNER_TOKEN);
		return true;
	}
	return false;
}

/* One word of a text, without punctuation. */
static bool add_word(struct bios_grammar *g, struct bios_template *t, uint32_t place,
		     uint32_t attribute, char *word)
{
	if (strcmp(word, "VALUE") == 0) {
		add_value(t, attribute);
	} else if (!add_person(t, place, word)) {
		if ('A' <= word[0] && word[0] <= 'Z')
			word[0] = (char)(word[0] - 'A' + 'a');

		uint32_t token = add_new_word(g, word);

		if (token == 0)
			return false;
		add_item(t, token);
	}
	return true;
}

static bool compile(struct bios_grammar *g, uint32_t place, uint32_t attribute, uint32_t index)
{
	struct bios_template *t = &g->template[place][attribute][index];
	const char *text = bios_texts[attribute][index];

	while (*text) {
		size_t length = strcspn(text, " ,.");
		char word[WORD_BYTES];

		assert(0 < length && length < sizeof word);
		memcpy(word, text, length);
		word[length] = '\0';
		if (!add_word(g, t, place, attribute, word))
			return false;
		text += length;
		if (*text == ',')
			add_item(t, BIOS_COMMA_TOKEN);
		else if (*text == '.')
			add_item(t, BIOS_STOP_TOKEN);
		while (*text && strchr(" ,.", *text))
			text++;
	}
	return true;
}

/* Put a template into the tree; nodes are there for all items of all templates. */
static void plant(struct bios_grammar *g, uint32_t place, uint32_t attribute, uint32_t index)
{
	const struct bios_template *t = &g->template[place][attribute][index];
	struct bios_node *node = g->node[place];
	uint32_t at = 0;

	node[0].n_templates[attribute]++;
	for (uint32_t i = 0; i < t->n_items; i++) {
		uint16_t *link = &node[at].first_child;

		while (*link && node[*link].item != t->item[i])
			link = &node[*link].next_sibling;
		if (!*link) {
			*link = (uint16_t)g->n_nodes[place]++;
			node[*link].item = t->item[i];
			node[at].n_children++;
		}
		at = *link;
		node[at].n_templates[attribute]++;
	}
	node[at].template = (uint16_t)(attribute * BIOS_TEMPLATES + index);
}

static bool plant_all(struct bios_grammar *g, uint32_t place)
{
	size_t n_nodes = 1;

	for (uint32_t a = 0; a < BIOS_ATTRIBUTES; a++)
		for (uint32_t i = 0; i < BIOS_TEMPLATES; i++)
			n_nodes += g->template[place][a][i].n_items;
	assert(n_nodes <= UINT16_MAX);
	g->node[place] = calloc(n_nodes, sizeof *g->node[place]);
	if (!g->node[place])
		return false;
	g->n_nodes[place] = 1;
	for (uint32_t a = 0; a < BIOS_ATTRIBUTES; a++)
		for (uint32_t i = 0; i < BIOS_TEMPLATES; i++)
			plant(g, place, a, i);
	return true;
}

static void lay_out_tokens(struct bios_grammar *g)
{
	uint32_t next = 1 + g->n_words;

	g->first_pronoun = next;
	next += 5;
	for (uint32_t j = 0; j < 3; j++) {
		g->first_name[j] = next;
		next += bios_name_size[j];
	}
	for (uint32_t part = 0; part < BIOS_PART_COMPANY_CITY; part++) {
		g->first_value[part] = next;
		next += bios_part_size[part];
	}
	g->first_value[BIOS_PART_COMPANY_CITY] = g->first_value[BIOS_PART_CITY];
	g->vocab = next;
}

static bool build(struct bios_grammar *g)
{
	static const char *const marks[] = {".", ",", "'s"};

	g->template = calloc(BIOS_PLACES, sizeof *g->template);
	if (!g->template)
		return false;
	for (uint32_t i = 0; i < 3; i++)
		if (add_new_word(g, marks[i]) == 0)
			return false;
	for (uint32_t place = 0; place < BIOS_PLACES; place++) {
		for (uint32_t a = 0; a < BIOS_ATTRIBUTES; a++)
			for (uint32_t i = 0; i < BIOS_TEMPLATES; i++)
				if (!compile(g, place, a, i))
					return false;
		if (!plant_all(g, place))
			return false;
	}
	lay_out_tokens(g);
	return true;
}

enum status bios_grammar_open(struct bios_grammar **out)
{
	struct bios_grammar *g = calloc(1, sizeof *g);

	if (!g || !build(g)) {
		bios_grammar_free(g);
		return fail_no_memory();
	}
	*out = g;
	return STATUS_OK;
}

void bios_grammar_free(struct bios_grammar *g)
{
	if (!g)
		return;
	for (uint32_t i = 0; i < g->n_words; i++)
		free(g->word[i]);
	free(g->word);
	free(g->template);
	for (uint32_t place = 0; place < BIOS_PLACES; place++)
		free(g->node[place]);
	free(g);
}

uint32_t bios_pronoun_token(const struct bios_grammar *g, enum bios_case c, uint32_t pronoun)
{
	static const uint8_t place[BIOS_CASES][2] = {
	    [BIOS_HE] = {0, 1}, [BIOS_HIM] = {2, 4}, [BIOS_HIS] = {3, 4}};

	return g->first_pronoun + place[c][pronoun];
}

bool bios_item_takes(const struct bios_grammar *g, uint32_t item, uint32_t token)
{
	if (item < BIOS_ITEM_NAME)
		return token == item;
	if (item == BIOS_ITEM_NAME)
		return g->first_name[0] <= token && token < g->first_name[1];
	if (item < BIOS_ITEM_VALUE) {
		enum bios_case c = (enum bios_case)(item - BIOS_ITEM_PRONOUN);

		return token == bios_pronoun_token(g, c, 0) || token == bios_pronoun_token(g, c, 1);
	}
	uint32_t part = item - BIOS_ITEM_VALUE;

	return token >= g->first_value[part] && token - g->first_value[part] < bios_part_size[part];
}

uint32_t bios_step(const struct bios_grammar *g, uint32_t place, uint32_t node, uint32_t token)
{
	uint32_t child = g->node[place][node].first_child;

	while (child && !bios_item_takes(g, g->node[place][child].item, token))
		child = g->node[place][child].next_sibling;
	return child;
}

json_t *bios_texts_json(void)
{
	json_t *all = json_array();

	for (uint32_t a = 0; a < BIOS_ATTRIBUTES; a++) {
		json_t *texts = json_array();

		for (uint32_t i = 0; i < BIOS_TEMPLATES; i++)
			json_array_append_new(texts, json_string(bios_texts[a][i]));
		json_array_append_new(all, texts);
	}
	return all;
}
