/* SPDX-License-Identifier: BSD-2-Clause */
#include "sk_belief.h"

#include <stdlib.h>
#include <string.h>

#include "elementary.h"

#define UNITS_PER_WEIGHT 0x1p30
#define NO_PATTERN UINT32_MAX
#define PATTERNS_MAX 4096u /* a type; more would be a grammar of another kind */

/* ---- Tables, facts and weights. ---- */

/* Bring the weight of one row entry, and its row's scale, in line with the counts. */
static void refresh_row(struct sk_belief *b, uint32_t t, uint32_t s, uint32_t entry)
{
	double pseudo = b->prior->row_pseudo_count;
	double all_pseudo = b->prior->cluster[t].state[s].n_next * pseudo;

	b->row_weight[t][entry] = (double)b->counts->row[t][entry] + pseudo;
	b->row_scale[t][s] = 1 / ((double)b->row_total[t][s] + all_pseudo);
}

static void refresh_word(struct sk_belief *b, uint32_t t, uint32_t class, uint32_t slot)
{
	uint32_t n = b->prior->n_class_words, entry = class * n + slot;
	double pseudo = b->prior->word_pseudo_count;

	b->word_weight[t][entry] = (double)b->counts->word[t][entry] + pseudo;
	b->class_scale[t][class] = 1 / ((double)b->class_total[t][class] + n * pseudo);
}

double base_factor(const struct sk_belief *b, uint32_t k, uint32_t a)
{
	if (b->known)
		return b->attribute_base[(size_t)k * b->prior->n_attributes + a];
	if (fact_head(b, k, a) == UINT32_MAX)
		return 1;
	return b->prior->gamma == 0 ? 0
				    : b->prior->gamma / (n_statements(b, k, a) + b->prior->gamma);
}

double extra_factor(const struct sk_belief *b, uint32_t i, double n, double base)
{
	const struct sk_fact_count *fact = &b->counts->fact[i];

	if (b->known) {
		double extra = b->prior->n_values * fact->probability - base;

		return extra > 0 ? extra : 0;
	}
	return b->prior->n_values * (double)fact->count / (n + b->prior->gamma);
}

double fact_factor(const struct sk_belief *b, uint32_t k, uint32_t a, uint32_t v)
{
	uint32_t i = sk_counts_fact(b->counts, k, a, v, false);
	double base = base_factor(b, k, a);

	return i == UINT32_MAX ? base : base + extra_factor(b, i, n_statements(b, k, a), base);
}

double element_weight(const struct sk_belief *b, uint32_t k)
{
	return b->known ? b->counts->element[k].weight
			: (double)b->counts->element[k].n - b->prior->alpha;
}

/* Weight of all elements never seen, for one type. */
static void set_new_weight(struct sk_belief *b)
{
	double weight = b->prior->beta + b->prior->alpha * b->counts->n_elements;

	if (b->known)
		weight = b->truth->unseen_weight;
	else if (b->counts->n_elements == 0)
		weight = 1; /* the first element is new whatever beta is */
	if (b->counts->n_elements >= b->prior->n_names)
		weight = 0; /* no name is left */
	b->new_weight = weight / b->prior->n_types;
}

/* ---- The kept sums. ---- */

static uint64_t to_units(double weight)
{
	double units = weight * UNITS_PER_WEIGHT;

	return units <= 0 ? 0 : units < 1 ? 1 : (uint64_t)units;
}

static void kept_add(const struct sk_belief *b, union kept *sum, double weight, bool take)
{
	if (b->known)
		sum->real += weight;
	else
		sum->units += take ? -to_units(weight) : to_units(weight);
}

uint32_t name_first_part(const struct sk_belief *b, uint64_t name)
{
	return (uint32_t)(name / (b->prior->n_names / b->prior->part_size[0]));
}

/* Add (or, with take, take away) what element k contributes to one pattern. */
static void pattern_add(struct sk_belief *b, struct pattern *q, uint32_t k, double weight,
			const double *base, bool take)
{
	uint32_t first = name_first_part(b, b->counts->element[k].name);

	kept_add(b, &q->total, weight, take);
	if (q->first_part) {
		kept_add(b, &q->first_part[first], weight, take);
		kept_add(b, &q->group[first / b->group_size], weight, take);
	}
	for (uint32_t a = 0; a < b->prior->n_attributes; a++) {
		double n = n_statements(b, k, a);

		if (!q->value[a])
			continue;
		for (uint32_t i = fact_head(b, k, a); i != UINT32_MAX;
		     i = b->counts->fact[i].next) {
			double share = extra_factor(b, i, n, base[a]) / b->prior->n_values;

			uint32_t v = b->counts->fact[i].value;

			kept_add(b, &q->value[a][v], weight * share, take);
			kept_add(b, &q->value_group[a][v / b->value_group_size], weight * share,
				 take);
		}
	}
}

/* As above, for all patterns of its type. */
static void sums_add(struct sk_belief *b, uint32_t k, bool take)
{
	uint32_t t = b->counts->element[k].type;
	double base[SK_ATTRIBUTES_MAX];
	uint64_t impossible = 0; /* attributes whose base is 0 */

	for (uint32_t a = 0; a < b->prior->n_attributes; a++) {
		base[a] = base_factor(b, k, a);
		if (base[a] == 0)
			impossible |= (uint64_t)1 << a;
	}
	for (uint32_t j = 0; j < b->n_patterns[t]; j++) {
		struct pattern *q = &b->pattern[t][j];
		double weight = element_weight(b, k);

		if (q->attributes & impossible)
			continue;
		for (uint64_t rest = q->attributes; rest; rest &= rest - 1)
			weight *= base[__builtin_ctzll(rest)];
		pattern_add(b, q, k, weight, base, take);
	}
}

/* ---- Lists of elements. ---- */

static bool list_insert(struct index_list *l, uint32_t at, uint32_t item)
{
	if (l->n == l->capacity) {
		uint32_t capacity = l->capacity ? 2 * l->capacity : 4;
		uint32_t *grown = realloc(l->item, capacity * sizeof *grown);

		if (!grown)
			return false;
		l->item = grown;
		l->capacity = capacity;
	}
	memmove(l->item + at + 1, l->item + at, (l->n - at) * sizeof *l->item);
	l->item[at] = item;
	l->n++;
	return true;
}

uint32_t list_search(const struct sk_belief *b, const struct index_list *l, uint64_t name)
{
	uint32_t lo = 0, hi = l->n;

	while (lo < hi) {
		uint32_t mid = lo + (hi - lo) / 2;

		if (b->counts->element[l->item[mid]].name < name)
			lo = mid + 1;
		else
			hi = mid;
	}
	return lo;
}

struct index_list *value_list(const struct sk_belief *b, uint32_t t, uint32_t a, uint32_t v)
{
	return &b->by_value[((size_t)t * b->prior->n_attributes + a) * b->prior->n_values + v];
}

/* Enter a new element, with the facts it has stated, into the lists. */
static bool index_element(struct sk_belief *b, uint32_t k)
{
	const struct sk_element_count *e = &b->counts->element[k];
	struct index_list *l = &b->by_first[name_first_part(b, e->name)];

	if (!list_insert(l, list_search(b, l, e->name), k))
		return false;
	b->n_free[name_first_part(b, e->name) / b->group_size]--;
	for (uint32_t a = 0; a < b->prior->n_attributes; a++) {
		for (uint32_t i = fact_head(b, k, a); i != UINT32_MAX;
		     i = b->counts->fact[i].next) {
			l = value_list(b, e->type, a, b->counts->fact[i].value);
			if (!list_insert(l, l->n, k))
				return false;
		}
	}
	return true;
}

/* An old element states facts it has not stated before: enter it into their lists. */
static bool index_new_facts(struct sk_belief *b, uint32_t k, const struct sk_sentence *s)
{
	for (uint32_t i = 0; i < s->n_facts; i++) {
		struct index_list *l = value_list(b, s->type, s->attribute[i], s->value[i]);
		uint32_t node = sk_counts_fact(b->counts, k, s->attribute[i], s->value[i], false);

		if (node == UINT32_MAX && !list_insert(l, l->n, k))
			return false;
	}
	return true;
}

/* ---- The start of a sentence. ---- */

static uint32_t kind_of_state(const struct sk_state *s)
{
	switch ((enum sk_emit)s->emit) {
	case SK_EMIT_WORD:
		return KIND_WORD;
	case SK_EMIT_NAME:
		return KIND_NAME;
	case SK_EMIT_VALUE:
		return KIND_VALUE + s->arg;
	case SK_EMIT_START:
		break;
	}
	return KIND_END;
}

void add_kinds(const struct sk_belief *b, uint32_t t, uint32_t s, double weight, double *kind)
{
	const struct sk_cluster *c = &b->prior->cluster[t];
	const struct sk_state *from = &c->state[s];

	for (uint32_t e = from->first_next; e < from->first_next + from->n_next; e++) {
		uint32_t to = c->next[e];

		kind[to == SK_END ? (uint32_t)KIND_END : kind_of_state(&c->state[to])] +=
		    weight * row_probability(b, t, s, e);
	}
}

/* Recompute what the start state of type t says. */
static void refresh_start(struct sk_belief *b, uint32_t t)
{
	const struct sk_prior *p = b->prior;
	const struct sk_cluster *c = &p->cluster[t];
	struct start *start = &b->start[t];

	memset(start->kind, 0, (KIND_VALUE + p->n_attributes) * sizeof *start->kind);
	memset(start->word, 0, p->n_words * sizeof *start->word);
	memset(start->group, 0, b->n_word_groups * sizeof *start->group);
	add_kinds(b, t, 0, 1, start->kind);
	for (uint32_t e = c->state[0].first_next; e < c->state[0].first_next + c->state[0].n_next;
	     e++) {
		const struct sk_state *to = &c->state[c->next[e]];

		if (to->emit != SK_EMIT_WORD)
			continue;

		double share = row_probability(b, t, 0, e) * b->class_scale[t][to->arg];
		uint32_t first = to->arg * p->n_class_words;

		for (uint32_t j = first; j < first + p->n_class_words; j++) {
			start->word[c->class_word[j]] += share * b->word_weight[t][j];
			start->group[c->class_word[j] / b->word_group_size] +=
			    share * b->word_weight[t][j];
		}
	}
}

/* ---- Learning. ---- */

enum status sk_belief_learn(struct sk_belief *b, const struct sk_sentence *s, uint32_t k)
{
	uint32_t t = s->type;

	if (k != UINT32_MAX) {
		sums_add(b, k, true);
		if (!index_new_facts(b, k, s))
			return fail_no_memory();
	}
	TRY(sk_counts_add(b->counts, s, NULL));
	if (k == UINT32_MAX) {
		k = b->counts->n_elements - 1;
		if (!index_element(b, k))
			return fail_no_memory();
	}
	for (uint32_t i = 0; i < s->n_rows; i++) {
		b->row_total[t][s->row_state[i]]++;
		refresh_row(b, t, s->row_state[i], s->row_entry[i]);
	}
	for (uint32_t i = 0; i < s->n_words; i++) {
		b->class_total[t][s->word_class[i]]++;
		refresh_word(b, t, s->word_class[i], s->word_slot[i]);
	}
	sums_add(b, k, false);
	refresh_start(b, t);
	set_new_weight(b);
	return STATUS_OK;
}

/* ---- Opening and closing. ---- */

static void free_type(struct sk_belief *b, uint32_t t)
{
	double **const reals[] = {b->row_weight, b->row_scale, b->word_weight, b->class_scale};
	uint64_t **const totals[] = {b->row_total, b->class_total};

	for (size_t i = 0; i < sizeof reals / sizeof *reals; i++)
		if (reals[i])
			free(reals[i][t]);
	for (size_t i = 0; i < sizeof totals / sizeof *totals; i++)
		if (totals[i])
			free(totals[i][t]);
	for (uint32_t j = 0; b->pattern && b->n_patterns && j < b->n_patterns[t]; j++) {
		struct pattern *q = &b->pattern[t][j];

		for (uint32_t a = 0; a < b->prior->n_attributes; a++) {
			if (q->value)
				free(q->value[a]);
			if (q->value_group)
				free(q->value_group[a]);
		}
		free(q->value);
		free(q->value_group);
		free(q->first_part);
		free(q->group);
	}
	if (b->pattern)
		free(b->pattern[t]);
	if (b->pattern_of)
		free(b->pattern_of[t]);
	if (b->start) {
		free(b->start[t].kind);
		free(b->start[t].word);
		free(b->start[t].group);
	}
}

static void free_lists(struct index_list *list, size_t n)
{
	for (size_t j = 0; list && j < n; j++)
		free(list[j].item);
	free(list);
}

void sk_belief_close(struct sk_belief *b)
{
	if (!b)
		return;

	const struct sk_prior *p = b->prior;

	for (uint32_t t = 0; p && t < p->n_types; t++)
		free_type(b, t);
	if (p) {
		free_lists(b->by_first, p->part_size[0]);
		free_lists(b->by_value, (size_t)p->n_types * p->n_attributes * p->n_values);
	}
	free(b->row_weight);
	free(b->row_scale);
	free(b->word_weight);
	free(b->class_scale);
	free(b->row_total);
	free(b->class_total);
	free(b->pattern);
	free(b->pattern_of);
	free(b->n_patterns);
	free(b->start);
	free(b->n_free);
	free(b->attribute_base);
	if (!b->known)
		sk_counts_free(b->counts);
	sk_truth_free(b->truth);
	sk_prior_free(b->prior);
	free(b);
}

/* The pattern of type t with these attributes, made when absent; NO_PATTERN: no memory. */
static uint32_t find_pattern(struct sk_belief *b, uint32_t t, uint64_t attributes)
{
	uint32_t j = 0;

	while (j < b->n_patterns[t] && b->pattern[t][j].attributes != attributes)
		j++;
	if (j < b->n_patterns[t])
		return j;
	if (j == PATTERNS_MAX)
		return NO_PATTERN;

	struct pattern *grown = realloc(b->pattern[t], (j + 1) * sizeof *grown);

	if (!grown)
		return NO_PATTERN;
	b->pattern[t] = grown;
	grown[j] = (struct pattern){.attributes = attributes};
	grown[j].value = calloc(b->prior->n_attributes + 1, sizeof *grown[j].value);
	grown[j].value_group = calloc(b->prior->n_attributes + 1, sizeof *grown[j].value_group);
	b->n_patterns[t]++;
	return grown[j].value && grown[j].value_group ? j : NO_PATTERN;
}

/* The sums that leaving state s by `to` will ask of its pattern. */
static bool add_sums(struct sk_belief *b, struct pattern *q, const struct sk_state *to)
{
	if (to->emit == SK_EMIT_NAME && !q->first_part) {
		q->first_part = calloc(b->prior->part_size[0], sizeof *q->first_part);
		q->group = calloc(b->n_groups, sizeof *q->group);
		return q->first_part && q->group;
	}
	if (to->emit == SK_EMIT_VALUE && !q->value[to->arg]) {
		q->value[to->arg] = calloc(b->prior->n_values, sizeof **q->value);
		q->value_group[to->arg] = calloc(b->n_value_groups, sizeof **q->value_group);
		return q->value[to->arg] && q->value_group[to->arg];
	}
	return true;
}

/* Walk the tree of type t from the start down to the names; predecessors have smaller numbers. */
static bool build_patterns(struct sk_belief *b, uint32_t t)
{
	const struct sk_cluster *c = &b->prior->cluster[t];

	for (uint32_t s = 0; s < c->n_states; s++)
		b->pattern_of[t][s] = NO_PATTERN;
	b->pattern_of[t][0] = find_pattern(b, t, 0);
	if (b->pattern_of[t][0] == NO_PATTERN)
		return false;
	for (uint32_t s = 0; s < c->n_states; s++) {
		const struct sk_state *from = &c->state[s];
		uint32_t j = b->pattern_of[t][s];

		if (j == NO_PATTERN) /* after the name */
			continue;
		for (uint32_t e = from->first_next; e < from->first_next + from->n_next; e++) {
			const struct sk_state *to = &c->state[c->next[e]];
			uint64_t attributes = b->pattern[t][j].attributes;

			if (!add_sums(b, &b->pattern[t][j], to))
				return false;
			if (to->emit == SK_EMIT_NAME)
				continue;
			if (to->emit == SK_EMIT_VALUE)
				attributes |= (uint64_t)1 << to->arg;
			b->pattern_of[t][c->next[e]] = find_pattern(b, t, attributes);
			if (b->pattern_of[t][c->next[e]] == NO_PATTERN)
				return false;
		}
	}
	return true;
}

/* Groups of about the square root of n: as many groups as members. */
static uint32_t group_size(uint32_t n)
{
	uint32_t size = 1;

	while (size * size < n)
		size++;
	return size;
}

/* One zeroed array per type. */
static bool allocate_tables(struct sk_belief *b)
{
	const struct sk_prior *p = b->prior;
	size_t n_words = (size_t)p->n_classes * p->n_class_words;

	b->row_total = calloc(p->n_types, sizeof *b->row_total);
	b->class_total = calloc(p->n_types, sizeof *b->class_total);
	b->row_weight = calloc(p->n_types, sizeof *b->row_weight);
	b->row_scale = calloc(p->n_types, sizeof *b->row_scale);
	b->word_weight = calloc(p->n_types, sizeof *b->word_weight);
	b->class_scale = calloc(p->n_types, sizeof *b->class_scale);
	if (!b->row_total || !b->class_total || !b->row_weight || !b->row_scale ||
	    !b->word_weight || !b->class_scale)
		return false;
	for (uint32_t t = 0; t < p->n_types; t++) {
		const struct sk_cluster *c = &p->cluster[t];

		b->row_total[t] = calloc(c->n_states, sizeof **b->row_total);
		b->class_total[t] = calloc(p->n_classes, sizeof **b->class_total);
		b->row_weight[t] = calloc(c->n_row_entries, sizeof **b->row_weight);
		b->row_scale[t] = calloc(c->n_states, sizeof **b->row_scale);
		b->word_weight[t] = calloc(n_words, sizeof **b->word_weight);
		b->class_scale[t] = calloc(p->n_classes, sizeof **b->class_scale);
		if (!b->row_total[t] || !b->class_total[t] || !b->row_weight[t] ||
		    !b->row_scale[t] || !b->word_weight[t] || !b->class_scale[t])
			return false;
	}
	return true;
}

/* The tables' first weights: true probabilities, or pseudo-counts. */
static void load_tables(struct sk_belief *b, uint32_t t)
{
	const struct sk_prior *p = b->prior;
	const struct sk_cluster *c = &p->cluster[t];

	for (uint32_t s = 0; s < c->n_states; s++) {
		const struct sk_state *from = &c->state[s];

		for (uint32_t e = from->first_next; e < from->first_next + from->n_next; e++) {
			refresh_row(b, t, s, e);
			if (b->known)
				b->row_weight[t][e] = b->truth->row[t][e];
		}
		if (b->known)
			b->row_scale[t][s] = 1;
	}
	for (uint32_t class = 0; class < p->n_classes; class ++) {
		for (uint32_t slot = 0; slot < p->n_class_words; slot++) {
			uint32_t j = class * p->n_class_words + slot;

			refresh_word(b, t, class, slot);
			if (b->known)
				b->word_weight[t][j] = b->truth->word[t][j];
		}
		if (b->known)
			b->class_scale[t][class] = 1;
	}
}

static bool allocate(struct sk_belief *b)
{
	const struct sk_prior *p = b->prior;
	size_t n_values = (size_t)p->n_types * p->n_attributes * p->n_values;

	b->group_size = group_size(p->part_size[0]);
	b->n_groups = (p->part_size[0] + b->group_size - 1) / b->group_size;
	b->value_group_size = group_size(p->n_values);
	b->n_value_groups = (p->n_values + b->value_group_size - 1) / b->value_group_size;
	b->word_group_size = group_size(p->n_words);
	b->n_word_groups = (p->n_words + b->word_group_size - 1) / b->word_group_size;

	b->pattern_of = calloc(p->n_types, sizeof *b->pattern_of);
	b->pattern = calloc(p->n_types, sizeof *b->pattern);
	b->n_patterns = calloc(p->n_types, sizeof *b->n_patterns);
	b->start = calloc(p->n_types, sizeof *b->start);
	b->by_first = calloc(p->part_size[0], sizeof *b->by_first);
	b->n_free = calloc(b->n_groups, sizeof *b->n_free);
	b->by_value = calloc(n_values ? n_values : 1, sizeof *b->by_value);
	if (!b->pattern_of || !b->pattern || !b->n_patterns || !b->start || !b->by_first ||
	    !b->n_free || !b->by_value)
		return false;
	for (uint32_t t = 0; t < p->n_types; t++) {
		struct start *start = &b->start[t];

		b->pattern_of[t] = calloc(p->cluster[t].n_states, sizeof **b->pattern_of);
		start->kind = calloc(KIND_VALUE + p->n_attributes, sizeof *start->kind);
		start->word = calloc(p->n_words, sizeof *start->word);
		start->group = calloc(b->n_word_groups, sizeof *start->group);
		if (!b->pattern_of[t] || !start->kind || !start->word || !start->group ||
		    !build_patterns(b, t))
			return false;
	}
	return true;
}

/* Bases of the true world: what is left of an attribute's noise, spread over the other values. */
static bool load_bases(struct sk_belief *b)
{
	const struct sk_prior *p = b->prior;
	size_t n = (size_t)b->counts->n_elements * p->n_attributes;

	b->attribute_base = calloc(n ? n : 1, sizeof *b->attribute_base);
	for (uint32_t k = 0; b->attribute_base && k < b->counts->n_elements; k++) {
		for (uint32_t a = 0; a < p->n_attributes; a++) {
			double rest = 1;
			uint32_t n_listed = 0;

			for (uint32_t i = fact_head(b, k, a); i != UINT32_MAX;
			     i = b->counts->fact[i].next, n_listed++)
				rest -= b->counts->fact[i].probability;
			if (rest > 0 && n_listed < p->n_values && (p->gamma > 0 || n_listed == 0))
				b->attribute_base[(size_t)k * p->n_attributes + a] =
				    rest * p->n_values / (p->n_values - n_listed);
		}
	}
	return b->attribute_base != NULL;
}

/* Elements of the true world: all known from the start. */
static enum status load_elements(struct sk_belief *b)
{
	if (!load_bases(b))
		return fail_no_memory();
	for (uint32_t k = 0; k < b->counts->n_elements; k++) {
		if (!index_element(b, k))
			return fail_no_memory();
		sums_add(b, k, false);
	}
	return STATUS_OK;
}

static enum status open_parts(struct sk_belief *b, const struct world *w)
{
	TRY(sk_prior_load(&b->prior, w->prior));
	if (b->known) {
		TRY(sk_truth_load(&b->truth, b->prior, json_object_get(w->root, "truth")));
		b->counts = b->truth->counts;
	} else {
		TRY(sk_counts_open(&b->counts, b->prior));
	}
	if (!allocate(b) || !allocate_tables(b))
		return fail_no_memory();
	for (uint32_t j = 0; j < b->prior->part_size[0]; j++)
		b->n_free[j / b->group_size] += b->prior->n_names / b->prior->part_size[0];
	if (b->known)
		TRY(load_elements(b));
	for (uint32_t t = 0; t < b->prior->n_types; t++) {
		load_tables(b, t);
		refresh_start(b, t);
	}
	set_new_weight(b);
	return STATUS_OK;
}

enum status sk_belief_open(struct sk_belief **out, const struct world *w, bool known)
{
	struct sk_belief *b = calloc(1, sizeof *b);
	enum status status;

	if (!b)
		return fail_no_memory();
	b->known = known;
	status = open_parts(b, w);
	if (status != STATUS_OK) {
		sk_belief_close(b);
		return status;
	}
	*out = b;
	return STATUS_OK;
}

/*
 * An element takes about 130 bytes and 30 a fact (lists, counts and their slack).  The number of
 * elements after n sentences is about (beta + 1)^(1 - alpha) / alpha * n^alpha in the mean, here
 * times four; a known world's is the size of its list.
 */
uint64_t sk_belief_memory_bytes(const struct world *w, bool known, uint64_t n_total)
{
	struct sk_prior *p = NULL;
	uint64_t bytes = 0;

	if (sk_prior_load(&p, w->prior) == STATUS_OK) {
		double alpha = p->alpha < 0.05 ? 0.05 : p->alpha;
		double lg_n = elementary_log((double)(n_total / (p->n_name_parts + 1)) + 2);
		double lg_mean = alpha * lg_n + (1 - alpha) * elementary_log(p->beta + 2);
		double n_elements = known ? (double)json_array_size(json_object_get(
						json_object_get(w->root, "truth"), "elements"))
					  : 4 * elementary_exp(lg_mean) / alpha;
		double n_names = (double)p->n_names;

		n_elements = n_elements < n_names ? n_elements : n_names;
		bytes = (uint64_t)(n_elements * (130 + 30 * p->n_attributes));
		bytes += (uint64_t)p->vocab * p->n_types * 64 + ((uint64_t)16 << 20);
	}
	sk_prior_free(p);
	return bytes;
}
