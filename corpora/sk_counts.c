/* SPDX-License-Identifier: BSD-2-Clause
 *
 * sk_counts.c - sufficient statistics of a Syntax-Knowledge corpus and the closed forms on them.
 *
 * The formulas are those of sk.h.  Sums run over elements in order of first appearance.
 */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "sk.h"
#include "special.h"

#define NO_NODE UINT32_MAX
#define LN_2 0.69314718055994530942

/* One zeroed array per cluster; sizes differ with `per_entry`: row entries, or table entries. */
static void *cluster_arrays(const struct sk_prior *p, bool rows, size_t item_bytes)
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

static void free_cluster_arrays(const struct sk_prior *p, void *arrays)
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
	c->row = cluster_arrays(p, true, sizeof **c->row);
	c->word = cluster_arrays(p, false, sizeof **c->word);
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
	free_cluster_arrays(c->prior, c->row);
	free_cluster_arrays(c->prior, c->word);
	free(c->element);
	free(c->fact_head);
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

static bool grow_elements(struct sk_counts *c)
{
	uint32_t capacity = c->n_elements_capacity ? 2 * c->n_elements_capacity : 256;
	size_t n_heads = (size_t)capacity * c->prior->n_attributes;
	struct sk_element_count *element = realloc(c->element, capacity * sizeof *element);
	uint32_t *head;

	if (!element)
		return false;
	c->element = element;
	head = realloc(c->fact_head, (n_heads ? n_heads : 1) * sizeof *head);
	if (!head)
		return false;
	c->fact_head = head;
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
	for (uint32_t a = 0; a < n_attributes; a++)
		c->fact_head[(size_t)c->n_elements * n_attributes + a] = NO_NODE;
	c->slot[at] = ++c->n_elements;
	return c->n_elements - 1;
}

uint32_t sk_counts_fact(struct sk_counts *c, uint32_t element, uint32_t attribute, uint32_t value,
			bool make)
{
	uint32_t *head = &c->fact_head[(size_t)element * c->prior->n_attributes + attribute];
	uint32_t last = NO_NODE, at = *head;

	while (at != NO_NODE && c->fact[at].value != value) {
		last = at;
		at = c->fact[at].next;
	}
	if (at != NO_NODE || !make)
		return at;
	if (c->n_facts == c->n_facts_capacity) {
		size_t capacity = c->n_facts_capacity ? 2 * (size_t)c->n_facts_capacity : 1024;
		struct sk_fact_count *fact;

		if (capacity >= NO_NODE)
			return NO_NODE;
		fact = realloc(c->fact, capacity * sizeof *fact);
		if (!fact)
			return NO_NODE;
		c->fact = fact;
		c->n_facts_capacity = (uint32_t)capacity;
	}
	c->fact[c->n_facts] =
	    (struct sk_fact_count){.value = value, .next = NO_NODE, .probability = 1};
	if (last == NO_NODE)
		*head = c->n_facts;
	else
		c->fact[last].next = c->n_facts;
	return c->n_facts++;
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

static enum status bad_truth(const char *what)
{
	return fail(STATUS_CORRUPT, "world file: truth: %s", what);
}

/* A list of n probabilities. */
static enum status load_probabilities(const json_t *list, double *p, size_t n)
{
	if (json_array_size(list) != n)
		return bad_truth("a table of probabilities has the wrong size");
	for (size_t j = 0; j < n; j++) {
		p[j] = json_number_value(json_array_get(list, j));
		if (!(0 <= p[j] && p[j] <= 1))
			return bad_truth("a probability is not between 0 and 1");
	}
	return STATUS_OK;
}

static enum status load_fact(struct sk_counts *c, uint32_t k, uint32_t a, const json_t *value,
			     double probability)
{
	int64_t v = json_is_integer(value) ? json_integer_value(value) : -1;

	if (!(0 <= v && v < (int64_t)c->prior->n_values) || !(0 < probability && probability <= 1))
		return bad_truth("an element's value is out of range");

	uint32_t node = sk_counts_fact(c, k, a, (uint32_t)v, true);

	if (node == NO_NODE)
		return fail_no_memory();
	c->fact[node].probability = probability;
	return STATUS_OK;
}

/* [name, type, weight, [facts]]: a fact is a value, or with noise a list of [value, probability].
 */
static enum status load_element(struct sk_counts *c, const json_t *json)
{
	const struct sk_prior *p = c->prior;
	const json_t *facts = json_array_get(json, 3);
	json_int_t name = json_integer_value(json_array_get(json, 0));
	json_int_t type = json_integer_value(json_array_get(json, 1));
	double weight = json_number_value(json_array_get(json, 2));
	uint32_t before = c->n_elements, k;

	if (!(0 <= name && (uint64_t)name < p->n_names) || !(0 <= type && type < p->n_types) ||
	    !(0 <= weight && weight <= 1) || json_array_size(facts) != p->n_attributes)
		return bad_truth("an element is malformed");
	k = sk_counts_element(c, (uint64_t)name, (uint32_t)type, true);
	if (k == UINT32_MAX)
		return fail_no_memory();
	if (k != before)
		return bad_truth("two elements have one name");
	c->element[k].weight = weight;
	for (uint32_t a = 0; a < p->n_attributes; a++) {
		const json_t *fact = json_array_get(facts, a);

		if (!json_is_array(fact)) {
			TRY(load_fact(c, k, a, fact, 1));
			continue;
		}
		for (size_t j = 0; j < json_array_size(fact); j++) {
			const json_t *pair = json_array_get(fact, j);

			TRY(load_fact(c, k, a, json_array_get(pair, 0),
				      json_number_value(json_array_get(pair, 1))));
		}
	}
	return STATUS_OK;
}

enum status sk_truth_open(struct sk_truth **out, const struct sk_prior *p)
{
	struct sk_truth *t = calloc(1, sizeof *t);
	enum status status = t ? sk_counts_open(&t->counts, p) : fail_no_memory();

	if (status == STATUS_OK) {
		t->row = cluster_arrays(p, true, sizeof **t->row);
		t->word = cluster_arrays(p, false, sizeof **t->word);
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
	const json_t *elements = json_object_get(truth, "elements");
	struct sk_truth *t = NULL;
	enum status status = sk_truth_open(&t, p);

	for (uint32_t i = 0; status == STATUS_OK && i < p->n_types; i++) {
		status = load_probabilities(json_array_get(rows, i), t->row[i],
					    p->cluster[i].n_row_entries);
		if (status == STATUS_OK)
			status = load_probabilities(json_array_get(words, i), t->word[i],
						    (size_t)p->n_classes * p->n_class_words);
	}
	if (status == STATUS_OK) {
		t->unseen_weight = json_number_value(json_object_get(truth, "unseen_weight"));
		if (!(0 <= t->unseen_weight && t->unseen_weight <= 1))
			status = bad_truth("unseen_weight is not between 0 and 1");
	}
	for (size_t k = 0; status == STATUS_OK && k < json_array_size(elements); k++)
		status = load_element(t->counts, json_array_get(elements, k));
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
		free_cluster_arrays(t->counts->prior, t->row);
		free_cluster_arrays(t->counts->prior, t->word);
	}
	sk_counts_free(t->counts);
	free(t);
}

/* Code lengths of one corpus, in bits; the parts of each add up to its total. */
struct lengths {
	double partition, name, type, fact, syntax;    /* Bayes */
	double known_weight, known_fact, known_syntax; /* with the true world */
	double mean_weight, mean_fact, mean_syntax;    /* E[known | X] */
};

/* Posterior mean of -lg p for an entry with `count` + `pseudo` of `total`, both Dirichlet. */
static double mean_cost(double count_and_pseudo, double total)
{
	return (special_digamma(total) - special_digamma(count_and_pseudo)) / LN_2;
}

/* One Dirichlet table: Bayes, E[known | X] and, with probabilities, known bits. */
static void add_table(const uint64_t *count, const double *probability, size_t n, double pseudo,
		      double *bayes, double *mean, double *known)
{
	uint64_t total = 0;

	for (size_t j = 0; j < n; j++)
		total += count[j];
	if (total == 0)
		return;
	*bayes += special_lg_rising((double)n * pseudo, (double)total);
	for (size_t j = 0; j < n; j++) {
		double c = (double)count[j];

		if (c == 0)
			continue;
		*bayes -= special_lg_rising(pseudo, c);
		*mean += c * mean_cost(c + pseudo, (double)total + (double)n * pseudo);
		if (probability)
			*known -= c * log2(probability[j]);
	}
}

static void add_syntax(const struct sk_counts *c, const struct sk_truth *truth, struct lengths *l)
{
	const struct sk_prior *p = c->prior;

	for (uint32_t t = 0; t < p->n_types; t++) {
		const struct sk_cluster *cluster = &p->cluster[t];

		for (uint32_t s = 0; s < cluster->n_states; s++) {
			uint32_t first = cluster->state[s].first_next;

			add_table(&c->row[t][first], truth ? &truth->row[t][first] : NULL,
				  cluster->state[s].n_next, p->row_pseudo_count, &l->syntax,
				  &l->mean_syntax, &l->known_syntax);
		}
		for (uint32_t k = 0; k < p->n_classes; k++) {
			size_t first = (size_t)k * p->n_class_words;

			add_table(&c->word[t][first], truth ? &truth->word[t][first] : NULL,
				  p->n_class_words, p->word_pseudo_count, &l->syntax,
				  &l->mean_syntax, &l->known_syntax);
		}
	}
}

/* Facts of one element; kt is the same element in the truth. */
static void add_facts(const struct sk_counts *c, uint32_t k, const struct sk_truth *truth,
		      uint32_t kt, struct lengths *l)
{
	const struct sk_prior *p = c->prior;
	double pseudo = p->gamma / p->n_values;

	for (uint32_t a = 0; a < p->n_attributes; a++) {
		uint32_t node = c->fact_head[(size_t)k * p->n_attributes + a];
		double m = 0, mean = 0;

		if (node == NO_NODE)
			continue;
		if (p->gamma == 0) {
			l->fact += log2(p->n_values);
			continue;
		}
		for (uint32_t i = node; i != NO_NODE; i = c->fact[i].next)
			m += c->fact[i].count;
		for (uint32_t i = node; i != NO_NODE; i = c->fact[i].next) {
			double count = c->fact[i].count;
			uint32_t true_fact = NO_NODE;

			l->fact -= special_lg_rising(pseudo, count);
			mean += count * mean_cost(count + pseudo, m + p->gamma);
			if (truth)
				true_fact =
				    sk_counts_fact(truth->counts, kt, a, c->fact[i].value, false);
			if (true_fact != NO_NODE)
				l->known_fact -=
				    count * log2(truth->counts->fact[true_fact].probability);
		}
		l->fact += special_lg_rising(p->gamma, m);
		l->mean_fact += mean;
	}
}

static enum status add_elements(const struct sk_counts *c, const struct sk_truth *truth,
				struct lengths *l)
{
	const struct sk_prior *p = c->prior;
	double n = (double)c->n_sentences, n_elements = c->n_elements;

	if (c->n_elements == 0)
		return STATUS_OK;
	l->partition = special_lg_rising(p->beta + 1, n - 1);
	for (double i = 1; i < n_elements; i++)
		l->partition -= log2(p->beta + i * p->alpha);
	l->type = n_elements * log2(p->n_types);
	l->name = l->type;
	for (double j = 0; j < n_elements; j++)
		l->name += log2((double)p->n_names - j);
	for (uint32_t k = 0; k < c->n_elements; k++) {
		double n_k = (double)c->element[k].n;
		uint32_t kt = 0;

		l->partition -= special_lg_rising(1 - p->alpha, n_k - 1);
		l->mean_weight += n_k * mean_cost(n_k - p->alpha, n + p->beta);
		if (truth) {
			kt = sk_counts_element(truth->counts, c->element[k].name, 0, false);
			if (kt == UINT32_MAX)
				return bad_truth("an element of the corpus is missing");
			l->known_weight -= n_k * log2(truth->counts->element[kt].weight);
		}
		add_facts(c, k, truth, kt, l);
	}
	return STATUS_OK;
}

enum status sk_code_lengths(const struct sk_counts *c, const struct sk_truth *truth, json_t **out)
{
	struct lengths l = {0};

	add_syntax(c, truth, &l);
	TRY(add_elements(c, truth, &l));
	*out =
	    json_pack("{s:f, s:f, s:f, s:f, s:f, s:f, s:f, s:f, s:f, s:f}", "bayes_bits",
		      l.partition + l.name + l.fact + l.syntax, "partition_bits", l.partition,
		      "name_bits", l.name, "type_bits", l.type, "fact_bits", l.fact, "syntax_bits",
		      l.syntax, "known_bits_expected", l.mean_weight + l.mean_fact + l.mean_syntax,
		      "known_weight_bits_expected", l.mean_weight, "known_fact_bits_expected",
		      l.mean_fact, "known_syntax_bits_expected", l.mean_syntax);
	if (!*out)
		return fail_no_memory();
	json_object_set_new(*out, "elements", json_integer(c->n_elements));
	if (truth) {
		json_object_set_new(*out, "known_bits",
				    json_real(l.known_weight + l.known_fact + l.known_syntax));
		json_object_set_new(*out, "known_weight_bits", json_real(l.known_weight));
		json_object_set_new(*out, "known_fact_bits", json_real(l.known_fact));
		json_object_set_new(*out, "known_syntax_bits", json_real(l.known_syntax));
	}
	return STATUS_OK;
}
