/* SPDX-License-Identifier: BSD-2-Clause */
#include "sk_belief.h"

#include <stdlib.h>
#include <string.h>

#define UNITS_PER_WEIGHT 0x1p30

/* ---- Tables, facts and weights. ---- */

/* Do the uses of a row, or of a word table, take its counts away? */
static bool row_is_exact(const struct sk_belief *b, uint32_t t, uint32_t s)
{
	return b->told == SK_TOLD_MODEL && b->urn->row_level[t][s] == SK_LEVEL_EXACT;
}

static bool class_is_exact(const struct sk_belief *b, uint32_t t, uint32_t class)
{
	return b->told == SK_TOLD_MODEL && b->urn->word_level[t][class] == SK_LEVEL_EXACT;
}

/* 1 / total; what is used up has probability 0. */
static double scale_of(double total)
{
	return total > 0 ? 1 / total : 0;
}

/* Bring the weight of one row entry, and its row's scale, in line with the counts. */
static void refresh_row(struct sk_belief *b, uint32_t t, uint32_t s, uint32_t entry)
{
	double pseudo = row_is_exact(b, t, s) ? 0 : b->prior->row_pseudo_count;
	double all_pseudo = b->prior->cluster[t].state[s].n_next * pseudo;

	b->row_weight[t][entry] = (double)b->counts->row[t][entry] + pseudo;
	b->row_scale[t][s] = scale_of((double)b->row_total[t][s] + all_pseudo);
}

static void refresh_word(struct sk_belief *b, uint32_t t, uint32_t class, uint32_t slot)
{
	uint32_t n = b->prior->n_class_words, entry = class * n + slot;
	double pseudo = class_is_exact(b, t, class) ? 0 : b->prior->word_pseudo_count;

	b->word_weight[t][entry] = (double)b->counts->word[t][entry] + pseudo;
	b->class_scale[t][class] = scale_of((double)b->class_total[t][class] + n * pseudo);
}

double base_factor(const struct sk_belief *b, uint32_t k, uint32_t a)
{
	if (b->told == SK_TOLD_TRUTH)
		return b->attribute_base[(size_t)k * b->prior->n_attributes + a];
	if (fact_head(b, k, a) == UINT32_MAX)
		return 1;
	if (b->told == SK_TOLD_MODEL)
		return b->urn->noise;
	return b->prior->gamma == 0 ? 0
				    : b->prior->gamma / (n_statements(b, k, a) + b->prior->gamma);
}

double extra_factor(const struct sk_belief *b, uint32_t i, double n, double base)
{
	const struct sk_fact_count *fact = &b->counts->fact[i];

	if (b->told == SK_TOLD_TRUTH) {
		double extra = b->prior->n_values * fact->probability - base;

		return extra > 0 ? extra : 0;
	}
	if (b->told == SK_TOLD_MODEL)
		return b->prior->n_values * (1 - b->urn->noise);
	return b->prior->n_values * (double)fact->count / (n + b->prior->gamma);
}

double value_factor(const struct sk_belief *b, uint32_t i, double n, double base)
{
	return b->told == SK_TOLD_TRUTH ? b->prior->n_values * b->counts->fact[i].probability
					: base + extra_factor(b, i, n, base);
}

double fact_factor(const struct sk_belief *b, uint32_t k, uint32_t a, uint32_t v)
{
	uint32_t i = sk_counts_fact(b->counts, k, a, v, false);
	double base = base_factor(b, k, a);

	return i == UINT32_MAX ? base : base + extra_factor(b, i, n_statements(b, k, a), base);
}

double element_weight(const struct sk_belief *b, uint32_t k)
{
	switch (b->told) {
	case SK_TOLD_TRUTH:
		return b->counts->element[k].weight;
	case SK_TOLD_PRIOR:
		return (double)b->counts->element[k].n - b->prior->alpha;
	case SK_TOLD_MODEL:
		break;
	}
	return (double)b->urn->weight[k];
}

/* Weight of all elements never seen, for one type. */
static void set_new_weight(struct sk_belief *b)
{
	double weight = b->prior->beta + b->prior->alpha * b->counts->n_elements;

	if (b->told == SK_TOLD_TRUTH)
		weight = b->truth->unseen_weight;
	else if (b->told == SK_TOLD_MODEL)
		weight = (double)b->urn->n_escapes;
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
	if (b->told == SK_TOLD_TRUTH)
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
	for (uint64_t rest = q->values; rest; rest &= rest - 1) {
		uint32_t a = (uint32_t)__builtin_ctzll(rest);
		double n = n_statements(b, k, a);

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

/* A sentence that was to come has come: about a stored element, or an escape. */
static enum status spend_element(struct sk_belief *b, uint32_t k)
{
	uint32_t n_seen = b->urn->n_seen;

	if (k == UINT32_MAX)
		return sk_urn_take(b->urn, b->counts, k);
	sums_add(b, k, true);
	TRY(sk_urn_take(b->urn, b->counts, k));
	sums_add(b, k, false);
	if (b->urn->n_seen > n_seen && b->urn->n_seen < b->counts->n_elements)
		sums_add(b, b->urn->n_seen, false); /* it could not come before */
	return STATUS_OK;
}

/* One use of an exact table is taken from the entry and from the total. */
static enum status spend_use(uint64_t *count, uint64_t *total)
{
	if (*count == 0)
		return fail(STATUS_IMPOSSIBLE, "the stored model has no such sentence left");
	--*count;
	--*total;
	return STATUS_OK;
}

static enum status spend(struct sk_belief *b, const struct sk_sentence *s, uint32_t k)
{
	uint32_t t = s->type, n = b->prior->n_class_words;

	TRY(spend_element(b, k));
	for (uint32_t i = 0; i < s->n_rows; i++) {
		if (!row_is_exact(b, t, s->row_state[i]))
			continue;
		TRY(spend_use(&b->counts->row[t][s->row_entry[i]],
			      &b->row_total[t][s->row_state[i]]));
		refresh_row(b, t, s->row_state[i], s->row_entry[i]);
	}
	for (uint32_t i = 0; i < s->n_words; i++) {
		uint32_t class = s->word_class[i], slot = s->word_slot[i];

		if (!class_is_exact(b, t, class))
			continue;
		TRY(spend_use(&b->counts->word[t][class * n + slot], &b->class_total[t][class]));
		refresh_word(b, t, class, slot);
	}
	refresh_start(b, t);
	set_new_weight(b);
	return STATUS_OK;
}

static enum status count_sentence(struct sk_belief *b, const struct sk_sentence *s, uint32_t k)
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

enum status sk_belief_learn(struct sk_belief *b, const struct sk_sentence *s, uint32_t k)
{
	return b->told == SK_TOLD_MODEL ? spend(b, s, k) : count_sentence(b, s, k);
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
	if (b->sums)
		free(b->sums[t]);
	if (b->sum_of_value)
		free(b->sum_of_value[t]);
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
	free(b->sums);
	free(b->sum_of_value);
	free(b->start);
	free(b->n_free);
	free(b->attribute_base);
	if (b->told != SK_TOLD_TRUTH)
		sk_counts_free(b->counts);
	sk_urn_free(b->urn);
	sk_truth_free(b->truth);
	sk_prior_free(b->prior);
	free(b);
}

/* Lay the sums that pattern q needs out from `sum` on, and its arrays from `of_value` on. */
static void place_sums(const struct sk_belief *b, struct pattern *q, const struct sk_pattern *shape,
		       union kept *sum, union kept **of_value)
{
	const struct sk_prior *p = b->prior;

	*q = (struct pattern){.attributes = shape->attributes, .values = shape->values};
	if (shape->name) {
		q->first_part = sum;
		q->group = sum += p->part_size[0];
		sum += b->n_groups;
	}
	q->value = of_value;
	q->value_group = of_value + p->n_attributes;
	for (uint64_t rest = q->values; rest; rest &= rest - 1) {
		uint32_t a = (uint32_t)__builtin_ctzll(rest);

		q->value[a] = sum;
		q->value_group[a] = sum += p->n_values;
		sum += b->n_value_groups;
	}
}

/* The patterns of type t, all sums 0. */
static bool build_patterns(struct sk_belief *b, uint32_t t)
{
	const struct sk_prior *p = b->prior;
	struct sk_patterns found;
	size_t n_sums = 0, n_valued = 0;

	if (sk_patterns_find(&found, &p->cluster[t]) != STATUS_OK)
		return false;
	for (uint32_t j = 0; j < found.n; j++) {
		n_sums += sk_pattern_sums(p, &found.pattern[j]);
		n_valued += found.pattern[j].values != 0;
	}
	b->pattern_of[t] = found.of_state;
	found.of_state = NULL;
	b->n_patterns[t] = found.n;
	b->pattern[t] = calloc(found.n, sizeof **b->pattern);
	b->sums[t] = calloc(n_sums + 1, sizeof **b->sums);
	b->sum_of_value[t] = calloc(n_valued * 2 * p->n_attributes + 1, sizeof **b->sum_of_value);
	if (b->pattern[t] && b->sums[t] && b->sum_of_value[t]) {
		n_sums = n_valued = 0;
		for (uint32_t j = 0; j < found.n; j++) {
			place_sums(b, &b->pattern[t][j], &found.pattern[j], b->sums[t] + n_sums,
				   b->sum_of_value[t] + n_valued * 2 * p->n_attributes);
			n_sums += sk_pattern_sums(p, &found.pattern[j]);
			n_valued += found.pattern[j].values != 0;
		}
	}
	sk_patterns_free(&found);
	return b->pattern[t] && b->sums[t] && b->sum_of_value[t];
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

/* The sums of the counts that are there: none, or a description's. */
static void load_totals(struct sk_belief *b, uint32_t t)
{
	const struct sk_prior *p = b->prior;
	const struct sk_cluster *c = &p->cluster[t];

	for (uint32_t s = 0; s < c->n_states; s++)
		for (uint32_t j = 0; j < c->state[s].n_next; j++)
			b->row_total[t][s] += b->counts->row[t][c->state[s].first_next + j];
	for (uint32_t j = 0; j < p->n_classes * p->n_class_words; j++)
		b->class_total[t][j / p->n_class_words] += b->counts->word[t][j];
}

/* The tables' first weights: true probabilities, or pseudo-counts with the counts. */
static void load_tables(struct sk_belief *b, uint32_t t)
{
	const struct sk_prior *p = b->prior;
	const struct sk_cluster *c = &p->cluster[t];
	bool known = b->told == SK_TOLD_TRUTH;

	load_totals(b, t);
	for (uint32_t s = 0; s < c->n_states; s++) {
		const struct sk_state *from = &c->state[s];

		for (uint32_t e = from->first_next; e < from->first_next + from->n_next; e++) {
			refresh_row(b, t, s, e);
			if (known)
				b->row_weight[t][e] = b->truth->row[t][e];
		}
		if (known)
			b->row_scale[t][s] = 1;
	}
	for (uint32_t class = 0; class < p->n_classes; class ++) {
		for (uint32_t slot = 0; slot < p->n_class_words; slot++) {
			uint32_t j = class * p->n_class_words + slot;

			refresh_word(b, t, class, slot);
			if (known)
				b->word_weight[t][j] = b->truth->word[t][j];
		}
		if (known)
			b->class_scale[t][class] = 1;
	}
}

static bool allocate(struct sk_belief *b)
{
	const struct sk_prior *p = b->prior;
	size_t n_values = (size_t)p->n_types * p->n_attributes * p->n_values;

	b->group_size = sk_group_size(p->part_size[0]);
	b->n_groups = sk_n_groups(p->part_size[0]);
	b->value_group_size = sk_group_size(p->n_values);
	b->n_value_groups = sk_n_groups(p->n_values);
	b->word_group_size = sk_group_size(p->n_words);
	b->n_word_groups = sk_n_groups(p->n_words);

	b->pattern_of = calloc(p->n_types, sizeof *b->pattern_of);
	b->pattern = calloc(p->n_types, sizeof *b->pattern);
	b->n_patterns = calloc(p->n_types, sizeof *b->n_patterns);
	b->sums = calloc(p->n_types, sizeof *b->sums);
	b->sum_of_value = calloc(p->n_types, sizeof *b->sum_of_value);
	b->start = calloc(p->n_types, sizeof *b->start);
	b->by_first = calloc(p->part_size[0], sizeof *b->by_first);
	b->n_free = calloc(b->n_groups, sizeof *b->n_free);
	b->by_value = calloc(n_values ? n_values : 1, sizeof *b->by_value);
	if (!b->pattern_of || !b->pattern || !b->n_patterns || !b->sums || !b->sum_of_value ||
	    !b->start || !b->by_first || !b->n_free || !b->by_value)
		return false;
	for (uint32_t t = 0; t < p->n_types; t++) {
		struct start *start = &b->start[t];

		start->kind = calloc(KIND_VALUE + p->n_attributes, sizeof *start->kind);
		start->word = calloc(p->n_words, sizeof *start->word);
		start->group = calloc(b->n_word_groups, sizeof *start->group);
		if (!start->kind || !start->word || !start->group || !build_patterns(b, t))
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

/* Elements of the true world, or stored: all known from the start. */
static enum status load_elements(struct sk_belief *b)
{
	if (b->told == SK_TOLD_TRUTH && !load_bases(b))
		return fail_no_memory();
	for (uint32_t k = 0; k < b->counts->n_elements; k++) {
		if (!index_element(b, k))
			return fail_no_memory();
		sums_add(b, k, false);
	}
	return STATUS_OK;
}

/* *d is given to whoever is told a model. */
static enum status open_parts(struct sk_belief *b, const struct world *w,
			      const struct sk_description *d)
{
	TRY(sk_prior_load(&b->prior, w->prior));
	if (b->told == SK_TOLD_TRUTH) {
		TRY(sk_truth_load(&b->truth, b->prior, json_object_get(w->root, "truth")));
		b->counts = b->truth->counts;
	} else {
		TRY(sk_counts_open(&b->counts, b->prior));
	}
	if (d)
		TRY(sk_urn_open(&b->urn, b->counts, d));
	if (!allocate(b) || !allocate_tables(b))
		return fail_no_memory();
	for (uint32_t j = 0; j < b->prior->part_size[0]; j++)
		b->n_free[j / b->group_size] += b->prior->n_names / b->prior->part_size[0];
	TRY(load_elements(b));
	for (uint32_t t = 0; t < b->prior->n_types; t++) {
		load_tables(b, t);
		refresh_start(b, t);
	}
	set_new_weight(b);
	return STATUS_OK;
}

static enum status open_belief(struct sk_belief **out, const struct world *w, enum sk_told told,
			       const struct sk_description *d)
{
	struct sk_belief *b = calloc(1, sizeof *b);
	enum status status;

	if (!b)
		return fail_no_memory();
	b->told = told;
	status = open_parts(b, w, d);
	if (status != STATUS_OK) {
		sk_belief_close(b);
		return status;
	}
	*out = b;
	return STATUS_OK;
}

enum status sk_belief_open(struct sk_belief **out, const struct world *w, bool known)
{
	return open_belief(out, w, known ? SK_TOLD_TRUTH : SK_TOLD_PRIOR, NULL);
}

enum status sk_belief_open_model(struct sk_belief **out, const struct world *w,
				 const struct sk_description *d)
{
	return open_belief(out, w, SK_TOLD_MODEL, d);
}
