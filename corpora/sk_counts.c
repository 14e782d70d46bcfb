/* SPDX-License-Identifier: BSD-2-Clause
 *
 * sk_counts.c - sufficient statistics of a Syntax-Knowledge corpus, and its truth in that shape.
 */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "draw.h"
#include "sk.h"

#define NO_NODE UINT32_MAX

void *sk_cluster_arrays(const struct sk_prior *p, bool rows, size_t item_bytes)
{
	void **array = calloc(p->n_types, sizeof *array);

	for (uint32_t t = 0; array && t < p->n_types; t++) {
		size_t n =
		    rows ? p->cluster[t].n_row_entries : (size_t)p->n_classes * p->n_class_words;

		array[t] = calloc(n, item_bytes);
		if (!array[t]) {
			while (t--)
				free(array[t]);
			free(array);
			return NULL;
		}
	}
	return array;
}

void sk_cluster_arrays_free(const struct sk_prior *p, void *arrays)
{
	void **array = arrays;

	for (uint32_t t = 0; array && t < p->n_types; t++)
		free(array[t]);
	free(array);
}

enum status sk_counts_open(struct sk_counts **out, const struct sk_prior *p)
{
	struct sk_counts *c = calloc(1, sizeof *c);

	if (!c)
		return fail_no_memory();
	c->prior = p;
	c->n_slots = 1024;
	c->slot = calloc(c->n_slots, sizeof *c->slot);
	c->row = sk_cluster_arrays(p, true, sizeof **c->row);
	c->word = sk_cluster_arrays(p, false, sizeof **c->word);
	if (!c->slot || !c->row || !c->word) {
		sk_counts_free(c);
		return fail_no_memory();
	}
	*out = c;
	return STATUS_OK;
}

void sk_counts_free(struct sk_counts *c)
{
	if (!c)
		return;
	sk_cluster_arrays_free(c->prior, c->row);
	sk_cluster_arrays_free(c->prior, c->word);
	free(c->element);
	free(c->fact_head);
	free(c->n_stated);
	free(c->fact);
	free(c->slot);
	free(c);
}

static uint32_t name_slot(const struct sk_counts *c, uint64_t name)
{
	uint64_t hash = (name + 1) * 0x9e3779b97f4a7c15u;
	uint32_t mask = c->n_slots - 1, at = (uint32_t)(hash >> 32) & mask;

	while (c->slot[at] && c->element[c->slot[at] - 1].name != name)
		at = (at + 1) & mask;
	return at;
}

static bool grow_slots(struct sk_counts *c)
{
	uint32_t *old = c->slot;

	if (c->n_slots > UINT32_MAX / 4)
		return false;
	c->slot = calloc(2 * (size_t)c->n_slots, sizeof *c->slot);
	if (!c->slot) {
		c->slot = old;
		return false;
	}
	c->n_slots *= 2;
	free(old);
	for (uint32_t k = 0; k < c->n_elements; k++)
		c->slot[name_slot(c, c->element[k].name)] = k + 1;
	return true;
}

/* `array` points to a pointer, of whatever type; false leaves it as it is. */
static bool grow_array(void *array, size_t size_bytes)
{
	void *old, *grown;

	memcpy(&old, array, sizeof old);
	grown = realloc(old, size_bytes ? size_bytes : 1);
	if (grown)
		memcpy(array, &grown, sizeof grown);
	return grown != NULL;
}

static bool grow_elements(struct sk_counts *c)
{
	uint32_t capacity = c->n_elements_capacity ? 2 * c->n_elements_capacity : 256;
	size_t n_heads = (size_t)capacity * c->prior->n_attributes;

	if (!grow_array(&c->element, capacity * sizeof *c->element) ||
	    !grow_array(&c->fact_head, n_heads * sizeof *c->fact_head) ||
	    !grow_array(&c->n_stated, n_heads * sizeof *c->n_stated))
		return false;
	c->n_elements_capacity = capacity;
	return true;
}

uint32_t sk_counts_element(struct sk_counts *c, uint64_t name, uint32_t type, bool make)
{
	uint32_t at = name_slot(c, name), n_attributes = c->prior->n_attributes;

	if (c->slot[at])
		return c->slot[at] - 1;
	if (!make || (c->n_elements == c->n_elements_capacity && !grow_elements(c)))
		return UINT32_MAX;
	if (c->n_elements >= c->n_slots / 2) {
		if (!grow_slots(c))
			return UINT32_MAX;
		at = name_slot(c, name);
	}
	c->element[c->n_elements] = (struct sk_element_count){.name = name, .type = type};
	for (size_t a = (size_t)c->n_elements * n_attributes, i = 0; i < n_attributes; i++) {
		c->fact_head[a + i] = NO_NODE;
		c->n_stated[a + i] = 0;
	}
	c->slot[at] = ++c->n_elements;
	return c->n_elements - 1;
}

/* Where the next node goes; NO_NODE: no memory. */
static uint32_t reserve_fact(struct sk_counts *c)
{
	size_t capacity = c->n_facts_capacity ? 2 * (size_t)c->n_facts_capacity : 1024;

	if (c->n_facts < c->n_facts_capacity)
		return c->n_facts++;
	if (capacity >= NO_NODE || !grow_array(&c->fact, capacity * sizeof *c->fact))
		return NO_NODE;
	c->n_facts_capacity = (uint32_t)capacity;
	return c->n_facts++;
}

uint32_t sk_counts_fact(struct sk_counts *c, uint32_t element, uint32_t attribute, uint32_t value,
			bool make)
{
	uint32_t *head = &c->fact_head[(size_t)element * c->prior->n_attributes + attribute];
	uint32_t last = NO_NODE, at = *head, made;

	while (at != NO_NODE && c->fact[at].value < value) {
		last = at;
		at = c->fact[at].next;
	}
	if (at != NO_NODE && c->fact[at].value == value)
		return at;
	if (!make || (made = reserve_fact(c)) == NO_NODE)
		return NO_NODE;
	c->fact[made] = (struct sk_fact_count){.value = value, .next = at, .probability = 1};
	if (last == NO_NODE)
		*head = made;
	else
		c->fact[last].next = made;
	return made;
}

enum status sk_counts_add(struct sk_counts *c, const struct sk_sentence *s, uint64_t *first_fact)
{
	const struct sk_prior *p = c->prior;
	uint32_t k = sk_counts_element(c, s->name, s->type, true);

	if (k == UINT32_MAX)
		return fail_no_memory();
	if (c->element[k].type != s->type)
		return fail(STATUS_CORRUPT, "one name has two types: not a corpus of this world");
	if (first_fact)
		*first_fact = 0;
	for (uint32_t i = 0; i < s->n_facts; i++) {
		uint32_t *head = &c->fact_head[(size_t)k * p->n_attributes + s->attribute[i]];
		bool first = *head == NO_NODE;
		uint32_t node = sk_counts_fact(c, k, s->attribute[i], s->value[i], true);

		if (node == NO_NODE)
			return fail_no_memory();
		if (!first && p->gamma == 0 && c->fact[node].count == 0)
			return fail(STATUS_CORRUPT, "a fact varies: not a corpus of this world");
		c->fact[node].count++;
		c->n_stated[(size_t)k * p->n_attributes + s->attribute[i]]++;
		if (first && first_fact)
			*first_fact |= (uint64_t)1 << i;
	}
	for (uint32_t i = 0; i < s->n_rows; i++)
		c->row[s->type][s->row_entry[i]]++;
	for (uint32_t i = 0; i < s->n_words; i++)
		c->word[s->type][s->word_class[i] * p->n_class_words + s->word_slot[i]]++;
	c->element[k].n++;
	c->n_sentences++;
	c->n_tokens += s->n_rows + p->n_name_parts - 1;
	return STATUS_OK;
}

enum status sk_counts_add_tokens(struct sk_counts *c, const uint16_t *token, uint64_t n_tokens)
{
	for (uint64_t at = 0, end; at < n_tokens; at = end) {
		struct sk_sentence s;

		for (end = at; end < n_tokens && token[end] != SK_END_TOKEN;)
			end++;
		if (end++ == n_tokens)
			return fail(STATUS_CORRUPT, "the last sentence does not end");
		if (end - at > SK_SENTENCE_MAX ||
		    !sk_parse(c->prior, token + at, (uint32_t)(end - at), &s))
			return fail(STATUS_CORRUPT,
				    "sentence %llu (token %llu) is not of this world's grammar",
				    (unsigned long long)c->n_sentences, (unsigned long long)at);
		TRY(sk_counts_add(c, &s, NULL));
	}
	return STATUS_OK;
}

static enum status bad_truth(const char *what)
{
	return fail(STATUS_CORRUPT, "world file: truth: %s", what);
}

/* A number that can be a probability: 0 if `zero`, else so far from 0 that products of a sentence's
 * few keep their meaning. */
static bool read_probability(const json_t *json, bool zero, double *p)
{
	*p = json_number_value(json);
	return json_is_number(json) && ((zero && *p == 0) || *p >= DRAW_PROBABILITY_MIN) && *p <= 1;
}

/* n probabilities from list[first] on, which sum to 1. */
static enum status load_law(const json_t *list, size_t first, double *p, size_t n)
{
	double sum = 0;

	for (size_t j = 0; j < n; j++) {
		if (!read_probability(json_array_get(list, first + j), true, &p[j]))
			return bad_truth("a table holds something that is no probability");
		sum += p[j];
	}
	if (!(fabs(sum - 1) <= DRAW_SUM_SLACK))
		return bad_truth("the probabilities of a table do not sum to 1");
	return STATUS_OK;
}

/* Rows and word tables of type t. */
static enum status load_tables(struct sk_truth *t, uint32_t type, const json_t *rows,
			       const json_t *words)
{
	const struct sk_prior *p = t->counts->prior;
	const struct sk_cluster *c = &p->cluster[type];

	if (json_array_size(rows) != c->n_row_entries ||
	    json_array_size(words) != (size_t)p->n_classes * p->n_class_words)
		return bad_truth("a table of probabilities has the wrong size");
	for (uint32_t s = 0; s < c->n_states; s++)
		TRY(load_law(rows, c->state[s].first_next, &t->row[type][c->state[s].first_next],
			     c->state[s].n_next));
	for (size_t k = 0; k < p->n_classes; k++)
		TRY(load_law(words, k * p->n_class_words, &t->word[type][k * p->n_class_words],
			     p->n_class_words));
	return STATUS_OK;
}

static enum status load_fact(struct sk_counts *c, uint32_t k, uint32_t a, const json_t *value,
			     double probability)
{
	int64_t v = json_is_integer(value) ? json_integer_value(value) : -1;
	uint32_t n_facts = c->n_facts, node;

	if (!(0 <= v && v < (int64_t)c->prior->n_values))
		return bad_truth("an element's value is out of range");
	node = sk_counts_fact(c, k, a, (uint32_t)v, true);
	if (node == NO_NODE)
		return fail_no_memory();
	if (c->n_facts == n_facts)
		return bad_truth("a value of an element is listed twice");
	c->fact[node].probability = probability;
	return STATUS_OK;
}

/* [[value, probability], ..]: the values that the corpus states; the others share what is left. */
static enum status load_noise(struct sk_counts *c, uint32_t k, uint32_t a, const json_t *pairs)
{
	size_t n = json_array_size(pairs);
	double sum = 0;

	for (size_t j = 0; j < n; j++) {
		const json_t *pair = json_array_get(pairs, j);
		double probability;

		if (!read_probability(json_array_get(pair, 1), false, &probability))
			return bad_truth("the noise of a fact is no probability");
		TRY(load_fact(c, k, a, json_array_get(pair, 0), probability));
		sum += probability;
	}
	if (!(sum <= 1 + DRAW_SUM_SLACK) ||
	    (n == c->prior->n_values && !(sum >= 1 - DRAW_SUM_SLACK)))
		return bad_truth("the noise of a fact does not sum to 1");
	return STATUS_OK;
}

/* [name, type, weight, [facts]]: a fact is a value, or with noise a list of [value, probability].
 */
static enum status load_element(struct sk_counts *c, const json_t *json, double *weight)
{
	const struct sk_prior *p = c->prior;
	const json_t *facts = json_array_get(json, 3);
	const json_t *name_json = json_array_get(json, 0), *type_json = json_array_get(json, 1);
	json_int_t name = json_is_integer(name_json) ? json_integer_value(name_json) : -1;
	json_int_t type = json_is_integer(type_json) ? json_integer_value(type_json) : -1;
	uint32_t before = c->n_elements, k;

	if (!(0 <= name && (uint64_t)name < p->n_names) || !(0 <= type && type < p->n_types) ||
	    !read_probability(json_array_get(json, 2), false, weight) || !json_is_array(facts) ||
	    json_array_size(facts) != p->n_attributes)
		return bad_truth("an element is malformed");
	k = sk_counts_element(c, (uint64_t)name, (uint32_t)type, true);
	if (k == UINT32_MAX)
		return fail_no_memory();
	if (k != before)
		return bad_truth("two elements have one name");
	c->element[k].weight = *weight;
	for (uint32_t a = 0; a < p->n_attributes; a++) {
		const json_t *fact = json_array_get(facts, a);

		if (json_is_array(fact) != (p->gamma > 0))
			return bad_truth("a fact is not of the kind that the noise asks for");
		TRY(p->gamma > 0 ? load_noise(c, k, a, fact) : load_fact(c, k, a, fact, 1));
	}
	return STATUS_OK;
}

static enum status load_elements(struct sk_truth *t, const json_t *truth)
{
	const json_t *elements = json_object_get(truth, "elements");
	double sum, weight = 0;

	if (!json_is_array(elements))
		return bad_truth("no list of elements");
	if (!read_probability(json_object_get(truth, "unseen_weight"), true, &t->unseen_weight))
		return bad_truth("unseen_weight is not between 0 and 1");
	sum = t->unseen_weight;
	for (size_t k = 0; k < json_array_size(elements); k++) {
		TRY(load_element(t->counts, json_array_get(elements, k), &weight));
		sum += weight;
	}
	if (!(fabs(sum - 1) <= DRAW_SUM_SLACK))
		return bad_truth("the weights of the elements and unseen_weight do not sum to 1");
	return STATUS_OK;
}

enum status sk_truth_open(struct sk_truth **out, const struct sk_prior *p)
{
	struct sk_truth *t = calloc(1, sizeof *t);
	enum status status = t ? sk_counts_open(&t->counts, p) : fail_no_memory();

	if (status == STATUS_OK) {
		t->row = sk_cluster_arrays(p, true, sizeof **t->row);
		t->word = sk_cluster_arrays(p, false, sizeof **t->word);
		if (!t->row || !t->word)
			status = fail_no_memory();
	}
	if (status != STATUS_OK) {
		sk_truth_free(t);
		return status;
	}
	*out = t;
	return STATUS_OK;
}

enum status sk_truth_load(struct sk_truth **out, const struct sk_prior *p, const json_t *truth)
{
	const json_t *rows = json_object_get(truth, "rows"),
		     *words = json_object_get(truth, "words");
	struct sk_truth *t = NULL;
	enum status status = sk_truth_open(&t, p);

	for (uint32_t i = 0; status == STATUS_OK && i < p->n_types; i++)
		status = load_tables(t, i, json_array_get(rows, i), json_array_get(words, i));
	if (status == STATUS_OK)
		status = load_elements(t, truth);
	if (status != STATUS_OK) {
		sk_truth_free(t);
		return status;
	}
	*out = t;
	return STATUS_OK;
}

void sk_truth_free(struct sk_truth *t)
{
	if (!t)
		return;
	if (t->counts) {
		sk_cluster_arrays_free(t->counts->prior, t->row);
		sk_cluster_arrays_free(t->counts->prior, t->word);
	}
	sk_counts_free(t->counts);
	free(t);
}
