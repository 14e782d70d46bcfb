/* SPDX-License-Identifier: BSD-2-Clause */
#include "sk_grammar.h"

#include <stdbool.h>
#include <stdlib.h>

#include "draw.h"
#include "rng.h"
#include "sk.h"

#define SHAPE_SLOTS_MAX (SK_CLASSES_MAX + SK_ATTRIBUTES_MAX + 1)
#define TRIES_MAX 20000

struct slot {
	uint16_t emit, arg; /* enum sk_emit */
};

struct shape {
	uint32_t n_slots;
	struct slot slot[SHAPE_SLOTS_MAX];
};

struct grammar {
	const int64_t *option;
	uint32_t n_types, n_templates, n_classes, n_class_words, n_words;
	uint16_t *class_word; /* (n_types, n_classes, n_class_words) word index */
	uint16_t *word_class; /* (n_types, n_words) class, or SK_NONE */
	struct shape *shape;  /* (n_types, n_templates) */
};

static void draw_classes(struct grammar *g, uint32_t type, uint16_t *scratch)
{
	struct rng r = rng_stream((uint64_t)g->option[SK_SEED], SK_DRAW_CLASSES, type);
	uint32_t n = g->n_classes * g->n_class_words;

	for (uint32_t w = 0; w < g->n_words; w++) {
		scratch[w] = (uint16_t)w;
		g->word_class[type * g->n_words + w] = SK_NONE;
	}
	draw_sample(&r, scratch, g->n_words, n);
	for (uint32_t j = 0; j < n; j++) {
		g->class_word[type * n + j] = scratch[j];
		g->word_class[type * g->n_words + scratch[j]] = (uint16_t)(j / g->n_class_words);
	}
}

/* A random number of facts and words for a sentence within the length limits; false: no luck. */
static bool draw_sizes(const int64_t *option, struct rng *r, uint32_t *n_facts, uint32_t *n_words)
{
	int64_t facts_max =
	    option[SK_FACTS] < option[SK_ATTRIBUTES] ? option[SK_FACTS] : option[SK_ATTRIBUTES];
	int64_t n_parts = option[SK_MIDDLE_NAMES] ? 3 : 2;
	int64_t span = option[SK_MAX_TOKENS] - option[SK_MIN_TOKENS] + 1;
	int64_t length = option[SK_MIN_TOKENS] + (int64_t)rng_below(r, (uint64_t)span);
	int64_t facts = facts_max ? 1 + (int64_t)rng_below(r, (uint64_t)facts_max) : 0;
	int64_t words = length - 1 - n_parts - facts;

	*n_facts = (uint32_t)facts;
	*n_words = (uint32_t)words;
	return 0 <= words && words <= option[SK_CLASSES];
}

static bool draw_shape(const int64_t *option, struct rng *r, struct shape *out)
{
	uint16_t class[SK_CLASSES_MAX], attribute[SK_ATTRIBUTES_MAX], order[SHAPE_SLOTS_MAX];
	struct slot slot[SHAPE_SLOTS_MAX];
	uint32_t n_facts, n_words, n = 0;

	if (!draw_sizes(option, r, &n_facts, &n_words))
		return false;
	for (uint32_t j = 0; j < (uint32_t)option[SK_CLASSES]; j++)
		class[j] = (uint16_t)j;
	for (uint32_t j = 0; j < (uint32_t)option[SK_ATTRIBUTES]; j++)
		attribute[j] = (uint16_t)j;
	draw_sample(r, class, (size_t)option[SK_CLASSES], n_words);
	draw_sample(r, attribute, (size_t)option[SK_ATTRIBUTES], n_facts);

	slot[n++] = (struct slot){SK_EMIT_NAME, 0};
	for (uint32_t j = 0; j < n_words; j++)
		slot[n++] = (struct slot){SK_EMIT_WORD, class[j]};
	for (uint32_t j = 0; j < n_facts; j++)
		slot[n++] = (struct slot){SK_EMIT_VALUE, attribute[j]};
	for (uint32_t j = 0; j < n; j++)
		order[j] = (uint16_t)j;
	draw_sample(r, order, n, n);
	out->n_slots = n;
	for (uint32_t j = 0; j < n; j++)
		out->slot[j] = slot[order[j]];
	return true;
}

static bool classes_meet(const struct grammar *g, uint32_t type_a, uint32_t class_a,
			 uint32_t type_b, uint32_t class_b)
{
	const uint16_t *word =
	    &g->class_word[((size_t)type_a * g->n_classes + class_a) * g->n_class_words];

	for (uint32_t j = 0; j < g->n_class_words; j++)
		if (g->word_class[(size_t)type_b * g->n_words + word[j]] == class_b)
			return true;
	return false;
}

/* Could one sentence have both shapes?  Within one type: are they equal? */
static bool shapes_meet(const struct grammar *g, const struct shape *a, uint32_t type_a,
			const struct shape *b, uint32_t type_b)
{
	if (a->n_slots != b->n_slots)
		return false;
	for (uint32_t j = 0; j < a->n_slots; j++)
		if (a->slot[j].emit != b->slot[j].emit)
			return false;
	for (uint32_t j = 0; j < a->n_slots; j++) {
		if (type_a != type_b && a->slot[j].emit == SK_EMIT_WORD) {
			if (!classes_meet(g, type_a, a->slot[j].arg, type_b, b->slot[j].arg))
				return false;
		} else if (a->slot[j].arg != b->slot[j].arg) {
			return false;
		}
	}
	return true;
}

static bool shape_is_taken(const struct grammar *g, const struct shape *shape, uint32_t type,
			   uint32_t n_drawn)
{
	uint32_t n_before = type * g->n_templates + n_drawn;

	for (uint32_t i = 0; i < n_before; i++)
		if (shapes_meet(g, shape, type, &g->shape[i], i / g->n_templates))
			return true;
	return false;
}

static enum status draw_templates(struct grammar *g, uint32_t type)
{
	struct rng r = rng_stream((uint64_t)g->option[SK_SEED], SK_DRAW_TEMPLATES, type);

	for (uint32_t j = 0; j < g->n_templates; j++) {
		struct shape *shape = &g->shape[type * g->n_templates + j];
		uint32_t tries = 0;

		while (!draw_shape(g->option, &r, shape) || shape_is_taken(g, shape, type, j))
			if (++tries == TRIES_MAX)
				return fail(
				    STATUS_BAD_ARGUMENT,
				    "no %u different sentence shapes fit these options: use "
				    "fewer templates, or more classes or tokens",
				    g->n_templates);
	}
	return STATUS_OK;
}

/* A state of the tree while it grows; states are numbered as they are made, so a predecessor
 * always has the smaller number. */
struct node {
	struct slot slot;
	uint32_t first_child, next_sibling; /* 0 = none: the start is nobody's child */
	bool end;
};

static uint32_t add_child(struct node *node, uint32_t parent, struct slot slot, uint32_t *n_nodes)
{
	uint32_t *link = &node[parent].first_child;

	while (*link && (node[*link].slot.emit != slot.emit || node[*link].slot.arg != slot.arg))
		link = &node[*link].next_sibling;
	if (!*link) {
		*link = (*n_nodes)++;
		node[*link] = (struct node){.slot = slot};
	}
	return *link;
}

static json_t *state_json(const struct node *node, uint32_t s)
{
	static const char *const emits[] = {"start", "word", "name", "value"};
	json_t *next = json_array();
	json_t *state = json_pack("{s:s, s:o}", "emit", emits[node[s].slot.emit], "next", next);

	if (node[s].slot.emit == SK_EMIT_WORD || node[s].slot.emit == SK_EMIT_VALUE)
		json_object_set_new(state, "arg", json_integer(node[s].slot.arg));
	for (uint32_t child = node[s].first_child; child; child = node[child].next_sibling)
		json_array_append_new(next, json_integer(child));
	if (node[s].end)
		json_array_append_new(next, json_integer(-1));
	return state;
}

/* Merge the shapes of one cluster on their common beginnings.  NULL without memory. */
static json_t *states_json(const struct grammar *g, uint32_t type)
{
	size_t capacity = 1 + (size_t)g->n_templates * SHAPE_SLOTS_MAX;
	struct node *node = calloc(capacity, sizeof *node);
	json_t *states = json_array();
	uint32_t n_nodes = 1;

	if (!node) {
		json_decref(states);
		return NULL;
	}
	for (uint32_t j = 0; j < g->n_templates; j++) {
		const struct shape *shape = &g->shape[type * g->n_templates + j];
		uint32_t s = 0;

		for (uint32_t i = 0; i < shape->n_slots; i++)
			s = add_child(node, s, shape->slot[i], &n_nodes);
		node[s].end = true;
	}
	for (uint32_t s = 0; s < n_nodes; s++)
		json_array_append_new(states, state_json(node, s));
	free(node);
	return states;
}

static json_t *classes_json(const struct grammar *g, uint32_t type)
{
	const uint16_t *word = &g->class_word[(size_t)type * g->n_classes * g->n_class_words];
	json_t *classes = json_array();

	for (uint32_t k = 0; k < g->n_classes; k++) {
		json_t *words = json_array();

		for (uint32_t j = 0; j < g->n_class_words; j++)
			json_array_append_new(words, json_integer(*word++));
		json_array_append_new(classes, words);
	}
	return classes;
}

static json_t *prior_json(const struct grammar *g)
{
	const int64_t *o = g->option;
	json_t *parts = json_array(), *clusters = json_array();

	json_array_append_new(parts, json_integer(o[SK_FIRST_NAMES]));
	if (o[SK_MIDDLE_NAMES])
		json_array_append_new(parts, json_integer(o[SK_MIDDLE_NAMES]));
	json_array_append_new(parts, json_integer(o[SK_LAST_NAMES]));
	for (uint32_t t = 0; t < g->n_types; t++)
		json_array_append_new(clusters,
				      json_pack("{s:o, s:o}", "classes", classes_json(g, t),
						"states", states_json(g, t)));
	return json_pack("{s:I, s:I, s:I, s:I, s:I, s:I, s:I, s:I, s:I, s:I, s:I, s:o, s:o}",
			 "alpha_millionths", o[SK_ALPHA], "beta_millionths", o[SK_BETA],
			 "gamma_millionths", o[SK_NOISE], "row_pseudo_count_millionths",
			 o[SK_ROW_PSEUDO], "word_pseudo_count_millionths", o[SK_WORD_PSEUDO],
			 "types", o[SK_TYPES], "classes", o[SK_CLASSES], "class_words",
			 o[SK_CLASS_WORDS], "words", o[SK_WORDS], "attributes", o[SK_ATTRIBUTES],
			 "values", o[SK_VALUES], "name_parts", parts, "clusters", clusters);
}

static enum status check_states(const json_t *prior)
{
	const json_t *clusters = json_object_get(prior, "clusters");

	for (size_t t = 0; t < json_array_size(clusters); t++) {
		const json_t *states = json_object_get(json_array_get(clusters, t), "states");

		if (json_array_size(states) > SK_STATES_MAX)
			return fail(STATUS_BAD_ARGUMENT,
				    "a cluster would have more than %u states: use fewer templates "
				    "or shorter sentences",
				    SK_STATES_MAX);
	}
	return STATUS_OK;
}

enum status sk_grammar_draw(const int64_t *option, json_t **out)
{
	struct grammar g = {
	    .option = option,
	    .n_types = (uint32_t)option[SK_TYPES],
	    .n_templates = (uint32_t)option[SK_TEMPLATES],
	    .n_classes = (uint32_t)option[SK_CLASSES],
	    .n_class_words = (uint32_t)option[SK_CLASS_WORDS],
	    .n_words = (uint32_t)option[SK_WORDS],
	};
	uint16_t *scratch = calloc(g.n_words, sizeof *scratch);
	enum status status = STATUS_OK;

	g.class_word =
	    calloc((size_t)g.n_types * g.n_classes * g.n_class_words, sizeof *g.class_word);
	g.word_class = calloc((size_t)g.n_types * g.n_words, sizeof *g.word_class);
	g.shape = calloc((size_t)g.n_types * g.n_templates, sizeof *g.shape);
	if (!scratch || !g.class_word || !g.word_class || !g.shape)
		status = fail_no_memory();
	for (uint32_t t = 0; status == STATUS_OK && t < g.n_types; t++) {
		draw_classes(&g, t, scratch);
		status = draw_templates(&g, t);
	}
	if (status == STATUS_OK) {
		*out = prior_json(&g);
		status = *out ? check_states(*out) : fail_no_memory();
		if (status != STATUS_OK) {
			json_decref(*out);
			*out = NULL;
		}
	}
	free(scratch);
	free(g.class_word);
	free(g.word_class);
	free(g.shape);
	return status;
}
