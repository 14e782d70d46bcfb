/* SPDX-License-Identifier: BSD-2-Clause */
#include "sk_belief.h"

#include <stdlib.h>
#include <string.h>

#include "elementary.h"

#define UNITS_PER_WEIGHT 0x1p30

/* What things take, in bytes.  Not sizeof: archives name their memory, and are the same everywhere.
 */
#define ELEMENT_BYTES 32u
#define FACT_BYTES 24u
#define STATE_BYTES 12u
#define PATTERN_BYTES 56u
#define FOUND_BYTES 24u
#define POINTER_BYTES 8u
#define LIST_BYTES 16u
#define LIST_ENTRY_BYTES 48u            /* alone in its list, with the allocator's share */
#define CANDIDATE_BYTES 24u             /* struct candidate of oracle_sk.c */
#define OTHER_BYTES ((uint64_t)1 << 19) /* all that does not grow with anything */

_Static_assert(sizeof(struct sk_element_count) <= ELEMENT_BYTES, "ELEMENT_BYTES");
_Static_assert(sizeof(struct sk_fact_count) <= FACT_BYTES, "FACT_BYTES");
_Static_assert(sizeof(struct sk_state) <= STATE_BYTES, "STATE_BYTES");
_Static_assert(sizeof(struct pattern) <= PATTERN_BYTES, "PATTERN_BYTES");
_Static_assert(sizeof(struct sk_pattern) <= FOUND_BYTES, "FOUND_BYTES");
_Static_assert(sizeof(void *) <= POINTER_BYTES, "POINTER_BYTES");
_Static_assert(sizeof(struct index_list) <= LIST_BYTES, "LIST_BYTES");

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

double value_factor(const struct sk_belief *b, uint32_t i, double n, double base)
{
	return b->known ? b->prior->n_values * b->counts->fact[i].probability
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
	if (!b->known)
		sk_counts_free(b->counts);
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

/* ---- Memory. ---- */

/* What the prior alone determines of type t. */
static uint64_t type_bytes(const struct sk_prior *p, uint32_t t)
{
	const struct sk_cluster *c = &p->cluster[t];
	uint64_t n_words = (uint64_t)p->n_classes * p->n_class_words;
	struct sk_patterns found;
	uint64_t bytes;

	/* The cluster, the counts (known: and the truth) with their weights, the start. */
	bytes = (uint64_t)c->n_states * (STATE_BYTES + 4) + n_words * 2 + (uint64_t)p->n_words * 4 +
		24 * (c->n_row_entries + n_words) + 16 * ((uint64_t)c->n_states + p->n_classes) +
		8 * ((uint64_t)KIND_VALUE + p->n_attributes + p->n_words + sk_n_groups(p->n_words));
	if (sk_patterns_find(&found, c) != STATUS_OK)
		return bytes;
	for (uint32_t j = 0; j < found.n; j++)
		bytes += PATTERN_BYTES + 8 * sk_pattern_sums(p, &found.pattern[j]) +
			 (found.pattern[j].values ? 2 * p->n_attributes * POINTER_BYTES : 0);
	sk_patterns_free(&found);
	/* Where each state's pattern is; while they are found, their first form and the sets. */
	return bytes + (uint64_t)c->n_states * (4 + FOUND_BYTES + 16);
}

/* The longest array that a question needs: it is held as masses and as a distribution. */
static uint64_t question_bytes(const struct sk_prior *p)
{
	uint64_t n = p->n_words > p->n_values ? p->n_words : p->n_values;

	for (uint32_t j = 0; j < p->n_name_parts; j++)
		n = n > p->part_size[j] ? n : p->part_size[j];
	return 28 * (n > KINDS_MAX ? n : KINDS_MAX) + 6 * (uint64_t)p->n_words;
}

static uint64_t prior_bytes(const struct sk_prior *p)
{
	uint64_t n_lists = p->part_size[0] + (uint64_t)p->n_types * p->n_attributes * p->n_values;
	uint64_t bytes = OTHER_BYTES + n_lists * LIST_BYTES + question_bytes(p);

	for (uint32_t t = 0; t < p->n_types; t++)
		bytes += type_bytes(p, t);
	return bytes;
}

/* How much a corpus of n_total tokens can hold. */
struct extent {
	double n_elements, n_facts; /* distinct statements (element, attribute, value) */
};

/* At most one element a sentence, and as many facts a token as the best sentence states. */
static struct extent corpus_limits(const struct sk_prior *p, uint64_t n_total)
{
	uint32_t shortest = SK_SENTENCE_MAX;
	double facts_per_token = 0;
	struct {
		uint8_t n_tokens, n_facts;
	} * behind;

	for (uint32_t t = 0; t < p->n_types; t++) {
		const struct sk_cluster *c = &p->cluster[t];

		behind = calloc(c->n_states, sizeof *behind);
		for (uint32_t s = 0; behind && s < c->n_states; s++) {
			const struct sk_state *from = &c->state[s];
			uint32_t n = behind[s].n_tokens + 1u; /* if it ends here */

			for (uint32_t e = 0; e < from->n_next; e++) {
				uint32_t to = c->next[from->first_next + e];
				uint32_t emit = to == SK_END ? 0 : c->state[to].emit;

				if (to == SK_END) {
					shortest = n < shortest ? n : shortest;
					if (behind[s].n_facts > facts_per_token * n)
						facts_per_token = behind[s].n_facts / (double)n;
					continue;
				}
				behind[to] = behind[s];
				behind[to].n_tokens += emit == SK_EMIT_NAME ? p->n_name_parts : 1;
				behind[to].n_facts += emit == SK_EMIT_VALUE;
			}
		}
		free(behind);
	}
	return (struct extent){.n_elements = (double)n_total / shortest + 1,
			       .n_facts = facts_per_token * (double)n_total};
}

static double smaller(double a, double b)
{
	return a < b ? a : b;
}

/* The number of elements after n sentences is about (beta + 1)^(1 - alpha) / alpha * n^alpha in the
 * mean; here four times that. */
static struct extent bayes_extent(const struct sk_prior *p, uint64_t n_total)
{
	struct extent x = corpus_limits(p, n_total);
	double alpha = p->alpha < 0.05 ? 0.05 : p->alpha;
	double lg_mean =
	    alpha * elementary_log(x.n_elements + 2) + (1 - alpha) * elementary_log(p->beta + 2);
	double n_each = p->n_attributes * (p->gamma == 0 ? 1.0 : p->n_values);

	x.n_elements = smaller(x.n_elements, 4 * elementary_exp(lg_mean) / alpha);
	x.n_elements = smaller(x.n_elements, (double)p->n_names);
	x.n_facts = smaller(x.n_facts, x.n_elements * n_each);
	return x;
}

static struct extent known_extent(const struct sk_prior *p, const struct world *w)
{
	const json_t *elements = json_object_get(json_object_get(w->root, "truth"), "elements");
	struct extent x = {.n_elements = (double)json_array_size(elements)};

	for (size_t k = 0; k < json_array_size(elements); k++) {
		const json_t *facts = json_array_get(json_array_get(elements, k), 3);

		for (uint32_t a = 0; a < p->n_attributes; a++) {
			const json_t *fact = json_array_get(facts, a);

			x.n_facts += json_is_array(fact) ? (double)json_array_size(fact) : 1;
		}
	}
	return x;
}

/*
 * Arrays double their size when full, which takes the new and the old one at once: three times
 * what is used.  An element is counted (with two heads an attribute and at most 4 slots of the
 * table of names, 6 while it grows), is in a list by first part (at worst alone in one: 4 entries
 * and the allocator's share), may be a candidate of the sentence, and has a mark for that; a fact
 * is counted and in a list by value.
 */
uint64_t sk_belief_memory_bytes(const struct world *w, bool known, uint64_t n_total)
{
	struct sk_prior *p = NULL;
	uint64_t bytes = 0;

	if (sk_prior_load(&p, w->prior) == STATUS_OK) {
		struct extent x = known ? known_extent(p, w) : bayes_extent(p, n_total);
		uint64_t element_bytes =
		    3 * (ELEMENT_BYTES + 8 * p->n_attributes + CANDIDATE_BYTES + 4) + 24 +
		    LIST_ENTRY_BYTES + (known ? 8 * p->n_attributes : 0);
		uint64_t fact_bytes = 3 * FACT_BYTES + LIST_ENTRY_BYTES;

		bytes = prior_bytes(p) + (uint64_t)x.n_elements * element_bytes +
			(uint64_t)x.n_facts * fact_bytes;
	}
	sk_prior_free(p);
	return bytes;
}
