/* SPDX-License-Identifier: BSD-2-Clause
 *
 * oracle_sk.c - the exact predictor of the Syntax-Knowledge source (corpora/sk.h): one sentence.
 *
 * Within a sentence the unknowns are the type t and the element k; what is believed of both before
 * it begins is in sk_belief.h.  The state of the tree is known for each t that is still possible,
 * and with it L_t, the probability of the words and rows read given t.  What comes next is spelled
 * as a chain of decisions: the kind of the token, then which one, through groups of about the
 * square root of what is possible where that is much.  Every decision's masses are sums over t of
 *
 *      L_t * (row entry) * (weight of the elements of type t that agree with what was read)
 *
 * Before the name is read, facts may already have been stated.  The weight that agrees is then the
 * kept sum of the state's pattern, which takes every element at its base factors, plus the
 * exceptions: the *candidates* are the elements that once stated one of the values read, each
 * with its true weight and with the base weight to be taken off.  After the first part of a name
 * only the elements with that first part are left, a short list.  So nothing depends on the number
 * of sentences; lists grow like the number of distinct elements over that of names or values.
 *
 * The arithmetic is IEEE double in a fixed order; rounding to a distribution costs what
 * dist_frequency() says.
 */
#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "oracle_sk.h"
#include "sk_belief.h"

#define NO_ELEMENT UINT32_MAX
#define WEIGHT_MIN 0x1p-200 /* of the heaviest type: far from underflow within a token */
#define WEIGHT_SCALE 0x1p200
#define SUM_MIN 0x1p-500 /* of the masses of a decision, so that no quotient overflows */
#define SUM_SCALE 0x1p500
#define SUM_MAX 0x1p1000

enum stage {
	STAGE_KIND,
	STAGE_WORD_GROUP, /* only at the start of a sentence, where all words may come */
	STAGE_WORD,
	STAGE_NAME_GROUP,
	STAGE_NAME_FIRST,
	STAGE_NAME_REST,
	STAGE_VALUE_GROUP, /* only before the name, where the value may be anybody's */
	STAGE_VALUE,
};

/* An element that stated a value read in this sentence. */
struct candidate {
	uint32_t element;
	double weight; /* with the true factors of all facts read */
	double base;   /* with the bases: what the pattern's sums contain */
};

struct candidates {
	struct candidate *item;
	uint32_t n, capacity;
};

/* Where one type stands in the current sentence. */
struct hypothesis {
	bool alive;
	uint32_t state;
	double likelihood;
	struct candidates candidates;
};

struct sk_oracle {
	struct predictor base;
	struct sk_belief *b;

	uint32_t *candidate_in; /* (n_marks) by element: last sentence it was a candidate in */
	size_t n_marks;
	uint32_t sentence; /* counts from 1 */

	/* The sentence so far. */
	uint16_t token[SK_SENTENCE_MAX];
	uint32_t n_tokens;
	bool named;       /* the name has been read completely */
	uint32_t element; /* after the name: known element, or NO_ELEMENT */
	uint64_t name;    /* parts read so far */
	uint32_t n_parts;
	uint32_t n_facts; /* stated before the name */
	uint16_t attribute[SK_ATTRIBUTES_MAX], value[SK_ATTRIBUTES_MAX];
	struct hypothesis *type; /* (n_types) */

	/* The next decision. */
	enum stage stage;
	uint32_t value_attribute, group;
	double weight[SK_TYPES_MAX]; /* of each type before this token; 0 = dead */
	double kind_mass[KINDS_MAX];
	double *mass;         /* scratch: (scratch size) */
	uint32_t *word_place; /* (n_words) place in listed[] + 1, or 0 */
	uint16_t *listed;     /* (n_words) words that may follow */
	uint32_t n_listed;
};

static struct sk_oracle *oracle(struct predictor *p)
{
	return (struct sk_oracle *)p;
}

/* Nothing can come: weights came too near 0, or a stored model excludes what came.  Not so when
 * candidates are missing for lack of memory. */
static void fail_improbable(struct sk_oracle *o)
{
	const char *what = "a sentence is too improbable for this world's numbers";

	if (o->base.failed != STATUS_OK)
		return;
	if (sk_belief_is_over(o->b))
		what = "the stored model has no sentence left";
	else if (o->b->told == SK_TOLD_MODEL)
		what = "a sentence is none of those that the stored model leaves";
	o->base.failed = fail(STATUS_IMPOSSIBLE, "%s", what);
}

/* ---- Candidates: exceptions from the bases. ---- */

static bool candidates_add(struct candidates *c, struct candidate item)
{
	if (c->n == c->capacity) {
		uint32_t capacity = c->capacity ? 2 * c->capacity : 16;
		struct candidate *grown = realloc(c->item, capacity * sizeof *grown);

		if (!grown)
			return false;
		c->item = grown;
		c->capacity = capacity;
	}
	c->item[c->n++] = item;
	return true;
}

/* Room for a mark on each element, so that none becomes a candidate twice in a sentence. */
static void reserve_marks(struct sk_oracle *o)
{
	size_t n = o->b->counts->n_elements_capacity;
	uint32_t *grown;

	if (n <= o->n_marks)
		return;
	grown = realloc(o->candidate_in, n * sizeof *grown);
	if (!grown) {
		o->base.failed = fail_no_memory();
		return;
	}
	memset(grown + o->n_marks, 0, (n - o->n_marks) * sizeof *grown);
	o->candidate_in = grown;
	o->n_marks = n;
}

/* Type t's candidates once value v of attribute a was read, before the name. */
static void candidates_read(struct sk_oracle *o, uint32_t t, uint32_t a, uint32_t v)
{
	struct candidates *c = &o->type[t].candidates;
	const struct index_list *l = value_list(o->b, t, a, v);

	for (uint32_t j = 0; j < c->n; j++) {
		c->item[j].weight *= fact_factor(o->b, c->item[j].element, a, v);
		c->item[j].base *= base_factor(o->b, c->item[j].element, a);
	}
	for (uint32_t j = 0; j < l->n; j++) {
		uint32_t k = l->item[j];
		struct candidate new = {.element = k, .base = element_weight(o->b, k)};

		if (o->candidate_in[k] == o->sentence)
			continue;
		o->candidate_in[k] = o->sentence;
		for (uint32_t i = 0; i < o->n_facts; i++) /* not candidates: the base applied */
			new.base *= base_factor(o->b, k, o->attribute[i]);
		new.weight = fact_factor(o->b, k, a, v) * new.base;
		new.base *= base_factor(o->b, k, a);
		if (!candidates_add(c, new))
			o->base.failed = fail_no_memory();
	}
}

static struct pattern *pattern_at(const struct sk_oracle *o, uint32_t t)
{
	return &o->b->pattern[t][o->b->pattern_of[t][o->type[t].state]];
}

/* Weight of all elements, seen or not, of type t that agree with the facts read. */
static double agreeing_weight(const struct sk_oracle *o, uint32_t t)
{
	const struct candidates *c = &o->type[t].candidates;
	double weight = kept_weight(o->b, pattern_at(o, t)->total) + o->b->new_weight;

	for (uint32_t j = 0; j < c->n; j++)
		weight += c->item[j].weight - c->item[j].base;
	return weight;
}

/* ---- Preparing decisions. ---- */

static void enter_kind(struct sk_oracle *o, uint32_t kind);

/* What each living type weighs now. */
static double type_weight(const struct sk_oracle *o, uint32_t t)
{
	const struct hypothesis *h = &o->type[t];

	return h->alive ? h->likelihood * (o->named ? 1 : agreeing_weight(o, t)) : 0;
}

/*
 * Weigh the types, and scale all likelihoods up by a power of two, exactly, when they have become
 * small: a product over a long and unlikely sentence would underflow.  Only their ratios matter.
 */
static void weigh_types(struct sk_oracle *o)
{
	uint32_t n_types = o->b->prior->n_types;
	double most = 0;

	for (uint32_t t = 0; t < n_types; t++) {
		o->weight[t] = type_weight(o, t);
		o->type[t].alive &= o->weight[t] > 0; /* no element agrees */
		most = o->weight[t] > most ? o->weight[t] : most;
	}
	if (most <= 0) {
		fail_improbable(o);
		most = o->weight[0] = 1; /* go on harmlessly until the loop looks at `failed` */
		o->type[0].alive = true;
		o->type[0].state = 0;
	}
	for (; most < WEIGHT_MIN; most *= WEIGHT_SCALE) {
		for (uint32_t t = 0; t < n_types; t++) {
			o->weight[t] *= WEIGHT_SCALE;
			o->type[t].likelihood *= WEIGHT_SCALE;
		}
	}
}

/* Stand before a token: find the kinds that may come; the only one possible needs no question. */
static void prepare_token(struct sk_oracle *o)
{
	uint32_t n_kinds = KIND_VALUE + o->b->prior->n_attributes, n_possible = 0, only = 0;

	memset(o->kind_mass, 0, n_kinds * sizeof *o->kind_mass);
	o->stage = STAGE_KIND;
	if (sk_belief_is_over(o->b))
		return; /* who asks nevertheless is told that nothing can come */
	weigh_types(o);
	for (uint32_t t = 0; t < o->b->prior->n_types; t++) {
		if (!o->type[t].alive)
			continue;
		if (o->n_tokens > 0)
			add_kinds(o->b, t, o->type[t].state, o->weight[t], o->kind_mass);
		else
			for (uint32_t kind = 0; kind < n_kinds; kind++)
				o->kind_mass[kind] += o->weight[t] * o->b->start[t].kind[kind];
	}
	for (uint32_t kind = 0; kind < n_kinds; kind++) {
		if (o->kind_mass[kind] > 0) {
			n_possible++;
			only = kind;
		}
	}
	if (n_possible == 1 && only != KIND_END)
		enter_kind(o, only);
}

static void list_word(struct sk_oracle *o, uint32_t w, double mass)
{
	if (!o->word_place[w]) {
		o->mass[o->n_listed] = 0;
		o->listed[o->n_listed++] = (uint16_t)w;
		o->word_place[w] = o->n_listed;
	}
	o->mass[o->word_place[w] - 1] += mass;
}

static void list_no_words(struct sk_oracle *o)
{
	for (uint32_t j = 0; j < o->n_listed; j++)
		o->word_place[o->listed[j]] = 0;
	o->n_listed = 0;
}

/* The words that some living type may say next, with their masses, in order of discovery. */
static void prepare_words(struct sk_oracle *o)
{
	const struct sk_prior *p = o->b->prior;

	o->stage = STAGE_WORD;
	list_no_words(o);
	for (uint32_t t = 0; t < p->n_types; t++) {
		const struct sk_cluster *c = &p->cluster[t];
		const struct sk_state *from = &c->state[o->type[t].state];

		if (!o->type[t].alive)
			continue;
		for (uint32_t e = from->first_next; e < from->first_next + from->n_next; e++) {
			if (c->next[e] == SK_END || c->state[c->next[e]].emit != SK_EMIT_WORD)
				continue;

			uint32_t class = c->state[c->next[e]].arg, first = class * p->n_class_words;
			double share = o->weight[t] *
				       row_probability(o->b, t, o->type[t].state, e) *
				       o->b->class_scale[t][class];

			for (uint32_t j = first; j < first + p->n_class_words; j++)
				list_word(o, c->class_word[j], share * o->b->word_weight[t][j]);
		}
	}
}

/* At the start of a sentence: first which group of words. */
static void prepare_word_groups(struct sk_oracle *o)
{
	o->stage = STAGE_WORD_GROUP;
	memset(o->mass, 0, o->b->n_word_groups * sizeof *o->mass);
	for (uint32_t t = 0; t < o->b->prior->n_types; t++)
		for (uint32_t g = 0; g < o->b->n_word_groups; g++)
			o->mass[g] += o->weight[t] * o->b->start[t].group[g];
}

/* Then which word of the group. */
static void prepare_group_words(struct sk_oracle *o, uint32_t group)
{
	uint32_t first = group * o->b->word_group_size, n = o->b->prior->n_words - first;

	o->stage = STAGE_WORD;
	list_no_words(o);
	if (n > o->b->word_group_size)
		n = o->b->word_group_size;
	for (uint32_t j = 0; j < n; j++) {
		double mass = 0;

		for (uint32_t t = 0; t < o->b->prior->n_types; t++)
			mass += o->weight[t] * o->b->start[t].word[first + j];
		list_word(o, first + j, mass);
	}
}

/* Type t takes its step to (emit, arg): the probability of the row entry, or 0 when it was dead or
 * cannot and is dead now. */
static double step_type(struct sk_oracle *o, uint32_t t, enum sk_emit emit, uint32_t arg)
{
	struct hypothesis *h = &o->type[t];
	uint32_t entry, from = h->state;

	if (!h->alive)
		return 0;
	h->state = sk_step(&o->b->prior->cluster[t], from, emit, arg, &entry);
	h->alive = h->state != SK_NONE;
	return h->alive ? row_probability(o->b, t, from, entry) : 0;
}

static void step_types(struct sk_oracle *o, enum sk_emit emit, uint32_t arg)
{
	for (uint32_t t = 0; t < o->b->prior->n_types; t++)
		o->type[t].likelihood *= step_type(o, t, emit, arg);
}

/* The kind of the next token is settled. */
static void enter_kind(struct sk_oracle *o, uint32_t kind)
{
	if (kind == KIND_WORD) {
		if (o->n_tokens == 0)
			prepare_word_groups(o);
		else
			prepare_words(o);
	} else if (kind == KIND_NAME) {
		o->stage = STAGE_NAME_GROUP;
		o->name = 0;
		o->n_parts = 0;
		for (uint32_t t = 0; t < o->b->prior->n_types; t++) {
			/* The sums of the state before the name are still needed: keep it, and
			 * take the step when the name has been read. */
			struct hypothesis *h = &o->type[t];
			uint32_t entry;

			if (h->alive && sk_step(&o->b->prior->cluster[t], h->state, SK_EMIT_NAME, 0,
						&entry) == SK_NONE)
				h->alive = false;
		}
	} else {
		o->stage = o->named ? STAGE_VALUE : STAGE_VALUE_GROUP;
		o->value_attribute = kind - KIND_VALUE;
	}
}

static void begin_sentence(struct sk_oracle *o)
{
	o->sentence++;
	reserve_marks(o);
	o->n_tokens = 0;
	o->n_facts = 0;
	o->named = false;
	o->element = NO_ELEMENT;
	for (uint32_t t = 0; t < o->b->prior->n_types; t++) {
		o->type[t].alive = true;
		o->type[t].state = 0;
		o->type[t].likelihood = 1;
		o->type[t].candidates.n = 0;
	}
	prepare_token(o);
}

/* ---- Asking. ---- */

/*
 * d = masses as frequencies: mass[j] of the listed symbols (d->symbol[], unless all are listed),
 * `floor` of each other one.  A small sum is scaled up by a power of two first, exactly: it may
 * consist of weights near the smallest double.
 */
static void ask_sparse(struct sk_oracle *o, struct dist *d, const double *mass, uint32_t n_listed,
		       uint32_t n_symbols, double floor)
{
	double sum = 0, up = 1, scale;

	for (uint32_t j = 0; j < n_listed; j++)
		sum += mass[j];
	if (n_listed < n_symbols)
		sum += floor * (n_symbols - n_listed);
	for (; 0 < sum && sum < SUM_MIN; sum *= SUM_SCALE)
		up *= SUM_SCALE;
	d->n_symbols = n_symbols;
	if (!(0 < sum && sum < SUM_MAX)) {
		fail_improbable(o);
		d->n_listed = 0; /* anything, until the loop looks at `failed` */
		d->floor = 1;
		return;
	}
	scale = (double)DIST_SCALE / sum;
	d->n_listed = n_listed;
	d->floor = n_listed < n_symbols ? dist_frequency(floor * up, scale) : 0;
	for (uint32_t j = 0; j < n_listed; j++)
		d->freq[j] = dist_frequency(mass[j] * up, scale);
}

/* All n symbols by their masses. */
static void ask_masses(struct sk_oracle *o, struct dist *d, const double *mass, uint32_t n)
{
	ask_sparse(o, d, mass, n, n, 0);
}

/* L_t times the row entry that leads to the name, for a living type before its name. */
static double name_likelihood(const struct sk_oracle *o, uint32_t t)
{
	const struct hypothesis *h = &o->type[t];
	uint32_t entry;

	sk_step(&o->b->prior->cluster[t], h->state, SK_EMIT_NAME, 0, &entry);
	return h->likelihood * row_probability(o->b, t, h->state, entry);
}

/* Names not taken, and how many start with a given first part. */
static double free_names(const struct sk_oracle *o)
{
	return (double)(o->b->prior->n_names - o->b->counts->n_elements);
}

static double free_names_under(const struct sk_oracle *o, uint32_t first)
{
	return (double)(o->b->prior->n_names / o->b->prior->part_size[0] - o->b->by_first[first].n);
}

/* First part of the name: masses of groups, or of the members of the group already named. */
static void ask_first_part(struct sk_oracle *o, struct dist *d, bool group)
{
	uint32_t size = o->b->group_size, first = group ? 0 : o->group * size;
	uint32_t n_parts = o->b->prior->part_size[0];
	uint32_t n = group ? o->b->n_groups : n_parts - first < size ? n_parts - first : size;
	double free_total = free_names(o);

	memset(o->mass, 0, n * sizeof *o->mass);
	for (uint32_t t = 0; t < o->b->prior->n_types; t++) {
		const struct candidates *c = &o->type[t].candidates;

		if (!o->type[t].alive)
			continue;

		const struct pattern *q = pattern_at(o, t);
		double likelihood = name_likelihood(o, t);
		double per_name = free_total > 0 ? o->b->new_weight / free_total : 0;

		for (uint32_t j = 0; j < n; j++) {
			double unseen =
			    group ? (double)o->b->n_free[j] : free_names_under(o, first + j);
			double seen =
			    kept_weight(o->b, group ? q->group[j] : q->first_part[first + j]);

			o->mass[j] += likelihood * (seen + per_name * unseen);
		}
		for (uint32_t j = 0; j < c->n; j++) {
			uint32_t at =
			    name_first_part(o->b, o->b->counts->element[c->item[j].element].name);
			uint32_t place = group ? at / size : at - first; /* wraps below first */

			if (place < n)
				o->mass[place] +=
				    likelihood * (c->item[j].weight - c->item[j].base);
		}
	}
	ask_masses(o, d, o->mass, n);
}

/* Weight of element k given the facts read before its name. */
static double weight_with_facts(const struct sk_oracle *o, uint32_t k)
{
	double weight = element_weight(o->b, k);

	for (uint32_t i = 0; i < o->n_facts; i++)
		weight *= fact_factor(o->b, k, o->attribute[i], o->value[i]);
	return weight;
}

/* Number of names that start with the first n parts read. */
static uint64_t names_below(const struct sk_oracle *o, uint32_t n)
{
	uint64_t names = 1;

	for (uint32_t j = n; j < o->b->prior->n_name_parts; j++)
		names *= o->b->prior->part_size[j];
	return names;
}

/* A later part of the name: few elements share what was read, the others are new. */
static void ask_later_part(struct sk_oracle *o, struct dist *d)
{
	uint64_t below = names_below(o, o->n_parts + 1),
		 begin = o->name * names_below(o, o->n_parts);
	uint32_t n_parts = o->b->prior->part_size[o->n_parts], n_types = o->b->prior->n_types;
	const struct index_list *l =
	    &o->b->by_first[begin / (o->b->prior->n_names / o->b->prior->part_size[0])];
	double new_name = 0, free_total = free_names(o), likelihood[SK_TYPES_MAX];
	uint32_t n = 0;

	for (uint32_t t = 0; t < n_types; t++) {
		likelihood[t] = o->type[t].alive ? name_likelihood(o, t) : 0;
		if (free_total > 0)
			new_name += likelihood[t] * o->b->new_weight / free_total;
	}
	for (uint32_t j = o->n_parts == 1 ? 0 : list_search(o->b, l, begin); j < l->n;) {
		uint32_t part = 0, n_used = 0;
		double mass = 0;

		for (; j < l->n; j++, n_used++) {
			const struct sk_element_count *e = &o->b->counts->element[l->item[j]];

			if (e->name >= begin + below * n_parts ||
			    (n_used && (e->name - begin) / below != part))
				break;
			part = (uint32_t)((e->name - begin) / below);
			if (likelihood[e->type] > 0)
				mass += likelihood[e->type] * weight_with_facts(o, l->item[j]);
		}
		if (n_used == 0)
			break;
		mass += new_name * (double)(below - n_used);
		d->symbol[n] = part;
		o->mass[n++] = mass;
	}
	ask_sparse(o, d, o->mass, n, n_parts, new_name * (double)below);
}

/* A value stated after the name: one element's fact, or a new element's. */
static void ask_value_named(struct sk_oracle *o, struct dist *d)
{
	uint32_t k = o->element, a = o->value_attribute, n = 0;
	bool old = k != NO_ELEMENT;
	double base = old ? base_factor(o->b, k, a) : 1;
	double statements = old ? n_statements(o->b, k, a) : 0;

	for (uint32_t i = old ? fact_head(o->b, k, a) : UINT32_MAX; i != UINT32_MAX;
	     i = o->b->counts->fact[i].next, n++) {
		d->symbol[n] = o->b->counts->fact[i].value; /* the list ascends */
		o->mass[n] = value_factor(o->b, i, statements, base);
	}
	ask_sparse(o, d, o->mass, n, o->b->prior->n_values, base);
}

/* What type t adds to the masses of n values from `first` on, or of all groups of values. */
static void add_values(struct sk_oracle *o, uint32_t t, bool group, uint32_t first, uint32_t n)
{
	uint32_t a = o->value_attribute, size = o->b->value_group_size, from = o->type[t].state,
		 entry;
	uint32_t to = sk_step(&o->b->prior->cluster[t], from, SK_EMIT_VALUE, a, &entry);
	const struct candidates *c = &o->type[t].candidates;

	if (to == SK_NONE)
		return;

	const struct pattern *q = pattern_at(o, t);
	const union kept *sum = group ? q->value_group[a] : q->value[a] + first;
	double share = o->type[t].likelihood * row_probability(o->b, t, from, entry);
	double uniform =
	    kept_weight(o->b, o->b->pattern[t][o->b->pattern_of[t][to]].total) + o->b->new_weight;

	for (uint32_t j = 0; j < c->n; j++) {
		uint32_t k = c->item[j].element;
		double base = base_factor(o->b, k, a), statements = n_statements(o->b, k, a);
		double special = c->item[j].weight - c->item[j].base;

		uniform += special * base;
		for (uint32_t i = fact_head(o->b, k, a); i != UINT32_MAX;
		     i = o->b->counts->fact[i].next) {
			uint32_t v = o->b->counts->fact[i].value;
			uint32_t place = group ? v / size : v - first; /* wraps below first */

			if (place < n)
				o->mass[place] +=
				    share * special * extra_factor(o->b, i, statements, base);
		}
	}
	for (uint32_t j = 0; j < n; j++) {
		uint32_t left = o->b->prior->n_values - j * size;
		uint32_t members = !group ? 1 : left < size ? left : size;

		o->mass[j] +=
		    share * (o->b->prior->n_values * kept_weight(o->b, sum[j]) + members * uniform);
	}
}

/* A value stated before the name: the sum over all elements that agree, for each group of values
 * or for each value of the group already named. */
static void ask_value_unnamed(struct sk_oracle *o, struct dist *d, bool group)
{
	uint32_t size = o->b->value_group_size, first = group ? 0 : o->group * size;
	uint32_t left = o->b->prior->n_values - first;
	uint32_t n = group ? o->b->n_value_groups : left < size ? left : size;

	memset(o->mass, 0, n * sizeof *o->mass);
	for (uint32_t t = 0; t < o->b->prior->n_types; t++)
		if (o->type[t].alive)
			add_values(o, t, group, first, n);
	ask_masses(o, d, o->mass, n);
}

static void sk_ask(struct predictor *base, struct dist *d)
{
	struct sk_oracle *o = oracle(base);

	switch (o->stage) {
	case STAGE_KIND:
		ask_masses(o, d, o->kind_mass, KIND_VALUE + o->b->prior->n_attributes);
		break;
	case STAGE_WORD_GROUP:
		ask_masses(o, d, o->mass, o->b->n_word_groups);
		break;
	case STAGE_WORD:
		ask_masses(o, d, o->mass, o->n_listed);
		break;
	case STAGE_NAME_GROUP:
	case STAGE_NAME_FIRST:
		ask_first_part(o, d, o->stage == STAGE_NAME_GROUP);
		break;
	case STAGE_NAME_REST:
		ask_later_part(o, d);
		break;
	case STAGE_VALUE_GROUP:
		ask_value_unnamed(o, d, true);
		break;
	case STAGE_VALUE:
		if (o->named)
			ask_value_named(o, d);
		else
			ask_value_unnamed(o, d, false);
		break;
	}
}

/* ---- Spelling. ---- */

static uint32_t kind_of_token(const struct sk_prior *p, uint32_t token)
{
	if (token == SK_END_TOKEN)
		return KIND_END;
	if (token < p->first_part[0])
		return KIND_WORD;
	if (token < p->first_value)
		return KIND_NAME;
	return KIND_VALUE + (token - p->first_value) / p->n_values;
}

static uint32_t sk_spell(struct predictor *base, uint32_t token)
{
	const struct sk_oracle *o = oracle(base);
	const struct sk_prior *p = o->b->prior;
	uint32_t kind = token < p->vocab ? kind_of_token(p, token) : OUTCOME_NONE;
	uint32_t part, value;

	if (kind == OUTCOME_NONE)
		return OUTCOME_NONE;
	switch (o->stage) {
	case STAGE_KIND:
		return kind;
	case STAGE_WORD_GROUP:
		return kind == KIND_WORD ? (token - p->first_word) / o->b->word_group_size
					 : OUTCOME_NONE;
	case STAGE_WORD:
		if (kind != KIND_WORD || !o->word_place[token - p->first_word])
			return OUTCOME_NONE;
		return o->word_place[token - p->first_word] - 1;
	case STAGE_NAME_GROUP:
	case STAGE_NAME_FIRST:
		part = token - p->first_part[0];
		if (kind != KIND_NAME || part >= p->part_size[0])
			return OUTCOME_NONE;
		return o->stage == STAGE_NAME_GROUP ? part / o->b->group_size
						    : part % o->b->group_size;
	case STAGE_NAME_REST:
		part = token - p->first_part[o->n_parts]; /* wraps below the range */
		return part < p->part_size[o->n_parts] ? part : OUTCOME_NONE;
	case STAGE_VALUE_GROUP:
	case STAGE_VALUE:
		if (kind != KIND_VALUE + o->value_attribute)
			return OUTCOME_NONE;
		value = (token - p->first_value) % p->n_values;
		if (o->stage == STAGE_VALUE_GROUP)
			return value / o->b->value_group_size;
		return o->named ? value : value % o->b->value_group_size;
	}
	return OUTCOME_NONE;
}

/* ---- Telling. ---- */

static void read_word(struct sk_oracle *o, uint32_t w)
{
	for (uint32_t t = 0; t < o->b->prior->n_types; t++) {
		const struct sk_cluster *c = &o->b->prior->cluster[t];
		uint32_t class = c->word_class[w]; /* SK_NONE is no state's class */
		double row = step_type(o, t, SK_EMIT_WORD, class);

		if (o->type[t].alive)
			o->type[t].likelihood *=
			    row * o->b->class_scale[t][class] *
			    o->b->word_weight[t][class * o->b->prior->n_class_words +
						 c->word_slot[w]];
	}
}

/* The name is complete: either an element we know, and so its type, or a new one. */
static void read_name(struct sk_oracle *o)
{
	step_types(o, SK_EMIT_NAME, 0);
	o->named = true;
	o->element = sk_counts_element(o->b->counts, o->name, 0, false);
	for (uint32_t t = 0; o->element != NO_ELEMENT && t < o->b->prior->n_types; t++)
		o->type[t].alive &= t == o->b->counts->element[o->element].type;
}

static void read_value(struct sk_oracle *o, uint32_t v)
{
	uint32_t a = o->value_attribute;

	step_types(o, SK_EMIT_VALUE, a);
	if (o->named)
		return;
	for (uint32_t t = 0; t < o->b->prior->n_types; t++)
		if (o->type[t].alive)
			candidates_read(o, t, a, v);
	o->attribute[o->n_facts] = (uint16_t)a;
	o->value[o->n_facts++] = (uint16_t)v;
}

static enum status learn(struct sk_oracle *o)
{
	struct sk_sentence s;
	uint32_t t = 0;

	while (t < o->b->prior->n_types && !o->type[t].alive)
		t++;
	if (t == o->b->prior->n_types || !sk_parse_as(o->b->prior, t, o->token, o->n_tokens, &s))
		return fail(STATUS_CORRUPT, "a sentence is not of this world's grammar");
	return sk_belief_learn(o->b, &s, o->element);
}

static void end_sentence(struct sk_oracle *o)
{
	for (uint32_t t = 0; t < o->b->prior->n_types; t++)
		if (o->type[t].alive &&
		    sk_end_entry(&o->b->prior->cluster[t], o->type[t].state) == SK_NO_ENTRY)
			o->type[t].alive = false;
	if (o->b->told != SK_TOLD_TRUTH && o->base.failed == STATUS_OK)
		o->base.failed = learn(o);
	begin_sentence(o);
}

/* A token is complete: remember it, and stand before the next one. */
static bool token_read(struct sk_oracle *o, uint32_t token, uint32_t *symbol)
{
	*symbol = token;
	assert(o->n_tokens < SK_SENTENCE_MAX);
	o->token[o->n_tokens++] = (uint16_t)token;
	if (token == SK_END_TOKEN)
		end_sentence(o);
	else if (o->stage != STAGE_NAME_REST)
		prepare_token(o);
	return true;
}

/* One part of the name has been read. */
static bool part_read(struct sk_oracle *o, uint32_t part, uint32_t *symbol)
{
	uint32_t token = o->b->prior->first_part[o->n_parts] + part;

	o->name = o->name * o->b->prior->part_size[o->n_parts++] + part;
	o->stage = STAGE_NAME_REST;
	if (o->n_parts == o->b->prior->n_name_parts) {
		read_name(o);
		o->stage = STAGE_KIND;
	}
	return token_read(o, token, symbol);
}

static bool sk_tell(struct predictor *base, uint32_t outcome, uint32_t *symbol)
{
	struct sk_oracle *o = oracle(base);

	if (o->base.failed != STATUS_OK) { /* nothing that was told means anything */
		*symbol = SK_END_TOKEN;
		return true;
	}
	switch (o->stage) {
	case STAGE_KIND:
		if (outcome == KIND_END)
			return token_read(o, SK_END_TOKEN, symbol);
		enter_kind(o, outcome);
		return false;
	case STAGE_WORD_GROUP:
		prepare_group_words(o, outcome);
		return false;
	case STAGE_WORD:
		outcome = o->listed[outcome];
		read_word(o, outcome);
		return token_read(o, o->b->prior->first_word + outcome, symbol);
	case STAGE_NAME_GROUP:
		o->group = outcome;
		o->stage = STAGE_NAME_FIRST;
		return false;
	case STAGE_NAME_FIRST:
		return part_read(o, o->group * o->b->group_size + outcome, symbol);
	case STAGE_NAME_REST:
		return part_read(o, outcome, symbol);
	case STAGE_VALUE_GROUP:
		o->group = outcome;
		o->stage = STAGE_VALUE;
		return false;
	case STAGE_VALUE:
		if (!o->named)
			outcome += o->group * o->b->value_group_size;
		read_value(o, outcome);
		return token_read(o, sk_value_token(o->b->prior, o->value_attribute, outcome),
				  symbol);
	}
	return false;
}

static void sk_close(struct predictor *base)
{
	struct sk_oracle *o = oracle(base);

	if (!o)
		return;
	for (uint32_t t = 0; o->type && t < o->b->prior->n_types; t++)
		free(o->type[t].candidates.item);
	sk_belief_close(o->b);
	free(o->candidate_in);
	free(o->type);
	free(o->mass);
	free(o->word_place);
	free(o->listed);
	free(o);
}

static enum status allocate(struct sk_oracle *o)
{
	const struct sk_prior *p = o->b->prior;
	uint32_t scratch = p->n_words > p->n_values ? p->n_words : p->n_values;

	for (uint32_t j = 0; j < p->n_name_parts; j++)
		scratch = scratch > p->part_size[j] ? scratch : p->part_size[j];
	if (scratch < KINDS_MAX)
		scratch = KINDS_MAX;
	o->base.outcomes_max = scratch;
	o->type = calloc(p->n_types, sizeof *o->type);
	o->mass = calloc(scratch, sizeof *o->mass);
	o->word_place = calloc(p->n_words, sizeof *o->word_place);
	o->listed = calloc(p->n_words, sizeof *o->listed);
	if (!o->type || !o->mass || !o->word_place || !o->listed)
		return fail_no_memory();
	return STATUS_OK;
}

/* Takes over `b`, whose opening ended with `status`. */
static enum status open_oracle(struct predictor **out, struct sk_belief *b, enum status status)
{
	if (status != STATUS_OK)
		return status;

	struct sk_oracle *o = calloc(1, sizeof *o);

	if (!o) {
		sk_belief_close(b);
		return fail_no_memory();
	}
	o->b = b;
	status = allocate(o);
	if (status == STATUS_OK) {
		begin_sentence(o);
		status = o->base.failed;
	}
	if (status != STATUS_OK) {
		sk_close(&o->base);
		return status;
	}
	*out = &o->base;
	return STATUS_OK;
}

static enum status sk_open(struct predictor **out, const struct world *w, bool known)
{
	struct sk_belief *b = NULL;
	enum status status = sk_belief_open(&b, w, known);

	return open_oracle(out, b, status);
}

enum status oracle_sk_open_model(struct predictor **out, const struct world *w,
				 const struct sk_description *d)
{
	struct sk_belief *b = NULL;
	enum status status = sk_belief_open_model(&b, w, d);

	return open_oracle(out, b, status);
}

const struct oracle_ops oracle_sk_ops = {
    .family = "sk",
    .memory_bytes = sk_belief_memory_bytes,
    .open = sk_open,
    .ask = sk_ask,
    .spell = sk_spell,
    .tell = sk_tell,
    .close = sk_close,
};
