/* SPDX-License-Identifier: BSD-2-Clause
 *
 * oracle_sk.c - the exact predictor of the Syntax-Knowledge source (corpora/sk.h).
 *
 * `bayes` holds the prior only and predicts each token by the posterior over everything not yet
 * read; `known` holds the true world.  Both are this one machine: `known` has fixed weights, facts
 * and tables where `bayes` has the predictive rules of its counts.
 *
 * Within a sentence the unknowns are the type t and the element k.  The state of the tree is known
 * for each t that is still possible, and with it L_t, the probability of what was read given t,
 * times the weights below.  What comes next is spelled as two decisions, the kind of the token
 * and then which one, or more for a name.  Every decision's masses are sums over t of
 *
 *      L_t * (row entry) * (weight of the elements of type t that agree with what was read)
 *
 * Elements weigh n_k - alpha, a new element beta + alpha K, split evenly over the types.  Before
 * the name is read, facts may already have been stated; element k agrees with value v of attribute
 * a by the factor (in units of the uniform 1 / V)
 *
 *      base_ka + extra_kav,   base = gamma / (c_ka + gamma),  extra = V c_kav / (c_ka + gamma)
 *
 * (gamma = 0: base is 1 while nothing is known of a, then 0).  The factor is the base for all but
 * the few elements that once stated v.  So the sums are kept per *pattern*, a set of attributes
 * that some state of the tree has behind it before the name: over all elements of the type, the
 * weight times the bases of the pattern's attributes, in total, by first part of the name, and by
 * value of each attribute that may follow.  The few exceptions, elements that stated one of the
 * values read in this sentence, are the *candidates*: found through lists by (type, attribute,
 * value), and added with true minus base weight.  After the first part of a name only the elements
 * with that first part are left, a short list.  Nothing depends on the number of sentences; the
 * lists grow like the number of distinct elements over the number of names or values.
 *
 * Arithmetic.  The sums kept by `bayes` are integers in units of 2^-30 (an element's share is
 * rounded down, but never to 0), so adding and taking away cancels exactly; the rest is IEEE double in a fixed order:
 * types ascending, elements in list order.  The relative error of a probability is at most about
 * 2^-30 / (1 - alpha), and rounding to a distribution costs what dist_frequency() says.
 */
#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "elementary.h"
#include "oracle.h"
#include "sk.h"

#define UNIT_PER_WEIGHT 0x1p30
#define NO_PATTERN UINT32_MAX
#define NO_ELEMENT UINT32_MAX
#define PATTERNS_MAX 4096u /* a type; more would be a grammar of another kind */

/* Kinds of tokens: the first decision.  SK_KIND_VALUE + a is a value of attribute a. */
enum { KIND_END, KIND_WORD, KIND_NAME, KIND_VALUE };
#define KINDS_MAX (KIND_VALUE + SK_ATTRIBUTES_MAX)

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

/* A kept sum: whole units where weights come and go, a plain sum in a known world, where they only
 * come and may be far smaller than a unit. */
union kept {
	uint64_t units; /* bayes */
	double real;    /* known */
};

/* Sums over the elements of one type, each weighted with its bases for a set of attributes. */
struct pattern {
	uint64_t attributes;     /* the set, as bits */
	union kept total;
	union kept *first_part;  /* (part_size[0]), NULL unless a name may follow */
	union kept *group;       /* (n_groups) sums of group_size neighbours of first_part */
	union kept **value;      /* (n_attributes) NULL or (n_values): weight * extra / V */
	union kept **value_group; /* likewise, sums of value_group_size neighbours */
};

/* What the start state of one type says: it is asked for every type at every sentence, and changes
 * only when a sentence of that type has been read. */
struct start {
	double *kind;  /* (KIND_VALUE + n_attributes) */
	double *word;  /* (n_words) */
	double *group; /* (n_word_groups) sums of word_group_size neighbours of word */
};

struct index_list {
	uint32_t *item;
	uint32_t n, capacity;
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
	bool known;
	struct sk_prior *prior;
	struct sk_truth *truth;   /* known only */
	struct sk_counts *counts; /* bayes: what was read; known: the truth's elements */

	/* A row entry's probability is row_weight * row_scale, a word's word_weight * class_scale:
	 * true probabilities times 1, or count + pseudo-count times 1 / (their sum). */
	double **row_weight;   /* (n_types)(n_row_entries) */
	double **row_scale;    /* (n_types)(n_states) */
	double **word_weight;  /* (n_types)(n_classes * n_class_words) */
	double **class_scale;  /* (n_types)(n_classes) */
	uint64_t **row_total;   /* bayes: (n_types)(n_states) uses of each row */
	uint64_t **class_total; /* bayes: (n_types)(n_classes) uses of each table */

	double *attribute_base;   /* known: (n_elements, n_attributes) */
	double new_weight;        /* of all unseen elements together, and per type */

	uint32_t **pattern_of;    /* (n_types)(n_states) index, before the name */
	struct pattern **pattern; /* (n_types)(n_patterns[t]) */
	uint32_t *n_patterns;
	uint32_t group_size, n_groups;           /* of first name parts */
	uint32_t word_group_size, n_word_groups;
	uint32_t value_group_size, n_value_groups;
	struct start *start;                     /* (n_types) */
	struct index_list *by_first; /* (part_size[0]) elements, ascending by name */
	uint64_t *n_free;            /* (n_groups) names of the group that no element has */
	struct index_list *by_value; /* (n_types, n_attributes, n_values) elements that stated it */

	/* The sentence so far. */
	uint16_t token[SK_SENTENCE_MAX];
	uint32_t n_tokens;
	bool named;             /* the name has been read completely */
	uint32_t element;       /* after the name: known element, or NO_ELEMENT */
	uint64_t name;          /* parts read so far */
	uint32_t n_parts;
	uint32_t n_facts;       /* stated before the name */
	uint16_t attribute[SK_ATTRIBUTES_MAX], value[SK_ATTRIBUTES_MAX];
	struct hypothesis *type; /* (n_types) */

	/* The next decision. */
	enum stage stage;
	uint32_t value_attribute, group;
	double weight[SK_TYPES_MAX]; /* of each type before this token; 0 = dead */
	double kind_mass[KINDS_MAX];
	double *mass;          /* scratch: (scratch size) */
	uint32_t *word_place;  /* (n_words) place in listed[] + 1, or 0 */
	uint16_t *listed;      /* (n_words) words that may follow */
	uint32_t n_listed;
};

static struct sk_oracle *oracle(struct predictor *p)
{
	return (struct sk_oracle *)p;
}

/* ---- Predictive probabilities of rows, tables and facts. ---- */

static double row_probability(const struct sk_oracle *o, uint32_t t, uint32_t s, uint32_t entry)
{
	return o->row_weight[t][entry] * o->row_scale[t][s];
}

/* Bring the weight of one row entry, and its row's scale, in line with the counts. */
static void refresh_row(struct sk_oracle *o, uint32_t t, uint32_t s, uint32_t entry)
{
	double pseudo = o->prior->row_pseudo_count;
	double all_pseudo = o->prior->cluster[t].state[s].n_next * pseudo;

	o->row_weight[t][entry] = (double)o->counts->row[t][entry] + pseudo;
	o->row_scale[t][s] = 1 / ((double)o->row_total[t][s] + all_pseudo);
}

static void refresh_word(struct sk_oracle *o, uint32_t t, uint32_t class, uint32_t slot)
{
	uint32_t n = o->prior->n_class_words, entry = class * n + slot;
	double pseudo = o->prior->word_pseudo_count;

	o->word_weight[t][entry] = (double)o->counts->word[t][entry] + pseudo;
	o->class_scale[t][class] = 1 / ((double)o->class_total[t][class] + n * pseudo);
}

static uint32_t fact_head(const struct sk_oracle *o, uint32_t k, uint32_t a)
{
	return o->counts->fact_head[(size_t)k * o->prior->n_attributes + a];
}

static double n_statements(const struct sk_oracle *o, uint32_t k, uint32_t a)
{
	double n = 0;

	for (uint32_t i = fact_head(o, k, a); i != UINT32_MAX; i = o->counts->fact[i].next)
		n += o->counts->fact[i].count;
	return n;
}

static double base_factor(const struct sk_oracle *o, uint32_t k, uint32_t a)
{
	if (o->known)
		return o->attribute_base[(size_t)k * o->prior->n_attributes + a];
	if (fact_head(o, k, a) == UINT32_MAX)
		return 1;
	return o->prior->gamma == 0 ? 0 : o->prior->gamma / (n_statements(o, k, a) + o->prior->gamma);
}

/* extra_kav of the fact node i of (k, a), where `n` = n_statements and `base` = base_factor. */
static double extra_factor(const struct sk_oracle *o, uint32_t i, double n, double base)
{
	const struct sk_fact_count *fact = &o->counts->fact[i];

	if (o->known) {
		double extra = o->prior->n_values * fact->probability - base;

		return extra > 0 ? extra : 0;
	}
	return o->prior->n_values * (double)fact->count / (n + o->prior->gamma);
}

/* base + extra of value v. */
static double fact_factor(const struct sk_oracle *o, uint32_t k, uint32_t a, uint32_t v)
{
	uint32_t i = sk_counts_fact(o->counts, k, a, v, false);
	double base = base_factor(o, k, a);

	return i == UINT32_MAX ? base : base + extra_factor(o, i, n_statements(o, k, a), base);
}

/* What element k weighs, on a scale of its own for each oracle. */
static double element_weight(const struct sk_oracle *o, uint32_t k)
{
	return o->known ? o->counts->element[k].weight
			: (double)o->counts->element[k].n - o->prior->alpha;
}

/* Weight of all elements never seen, for one type. */
static void set_new_weight(struct sk_oracle *o)
{
	double weight = o->prior->beta + o->prior->alpha * o->counts->n_elements;

	if (o->known)
		weight = o->truth->unseen_weight;
	else if (o->counts->n_elements == 0)
		weight = 1; /* the first element is new whatever beta is */
	if (o->counts->n_elements >= o->prior->n_names)
		weight = 0; /* no name is left */
	o->new_weight = weight / o->prior->n_types;
}

/* ---- The kept sums. ---- */

static uint64_t to_units(double weight)
{
	double units = weight * UNIT_PER_WEIGHT;

	return units <= 0 ? 0 : units < 1 ? 1 : (uint64_t)units;
}

static void kept_add(const struct sk_oracle *o, union kept *sum, double weight, bool take)
{
	if (o->known)
		sum->real += weight;
	else
		sum->units += take ? -to_units(weight) : to_units(weight);
}

static double kept_weight(const struct sk_oracle *o, union kept sum)
{
	return o->known ? sum.real : (double)sum.units * (1 / UNIT_PER_WEIGHT);
}

static uint32_t first_part(const struct sk_oracle *o, uint64_t name)
{
	return (uint32_t)(name / (o->prior->n_names / o->prior->part_size[0]));
}

/* Add (or, with take, take away) what element k contributes to one pattern. */
static void pattern_add(struct sk_oracle *o, struct pattern *q, uint32_t k, double weight,
			const double *base, bool take)
{
	uint32_t first = first_part(o, o->counts->element[k].name);

	kept_add(o, &q->total, weight, take);
	if (q->first_part) {
		kept_add(o, &q->first_part[first], weight, take);
		kept_add(o, &q->group[first / o->group_size], weight, take);
	}
	for (uint32_t a = 0; a < o->prior->n_attributes; a++) {
		double n = 0;

		if (!q->value[a])
			continue;
		for (uint32_t i = fact_head(o, k, a); i != UINT32_MAX; i = o->counts->fact[i].next)
			n += o->counts->fact[i].count;
		for (uint32_t i = fact_head(o, k, a); i != UINT32_MAX; i = o->counts->fact[i].next) {
			double share = extra_factor(o, i, n, base[a]) / o->prior->n_values;

			uint32_t v = o->counts->fact[i].value;

			kept_add(o, &q->value[a][v], weight * share, take);
			kept_add(o, &q->value_group[a][v / o->value_group_size], weight * share,
				 take);
		}
	}
}

/* As above, for all patterns of its type. */
static void sums_add(struct sk_oracle *o, uint32_t k, bool take)
{
	uint32_t t = o->counts->element[k].type;
	double base[SK_ATTRIBUTES_MAX];
	uint64_t impossible = 0; /* attributes whose base is 0 */

	for (uint32_t a = 0; a < o->prior->n_attributes; a++) {
		base[a] = base_factor(o, k, a);
		if (base[a] == 0)
			impossible |= (uint64_t)1 << a;
	}
	for (uint32_t j = 0; j < o->n_patterns[t]; j++) {
		struct pattern *q = &o->pattern[t][j];
		double weight = element_weight(o, k);

		if (q->attributes & impossible)
			continue;
		for (uint64_t rest = q->attributes; rest; rest &= rest - 1)
			weight *= base[__builtin_ctzll(rest)];
		pattern_add(o, q, k, weight, base, take);
	}
}

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

/* First place in the list, ascending by name, whose name is at least `name`. */
static uint32_t list_search(const struct sk_oracle *o, const struct index_list *l, uint64_t name)
{
	uint32_t lo = 0, hi = l->n;

	while (lo < hi) {
		uint32_t mid = lo + (hi - lo) / 2;

		if (o->counts->element[l->item[mid]].name < name)
			lo = mid + 1;
		else
			hi = mid;
	}
	return lo;
}

static struct index_list *value_list(struct sk_oracle *o, uint32_t t, uint32_t a, uint32_t v)
{
	return &o->by_value[((size_t)t * o->prior->n_attributes + a) * o->prior->n_values + v];
}

/* Enter a new element, with the facts it has stated, into the lists. */
static bool index_element(struct sk_oracle *o, uint32_t k)
{
	const struct sk_element_count *e = &o->counts->element[k];
	struct index_list *l = &o->by_first[first_part(o, e->name)];

	if (!list_insert(l, list_search(o, l, e->name), k))
		return false;
	o->n_free[first_part(o, e->name) / o->group_size]--;
	for (uint32_t a = 0; a < o->prior->n_attributes; a++) {
		for (uint32_t i = fact_head(o, k, a); i != UINT32_MAX; i = o->counts->fact[i].next) {
			l = value_list(o, e->type, a, o->counts->fact[i].value);
			if (!list_insert(l, l->n, k))
				return false;
		}
	}
	return true;
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

/* Type t's candidates once value v of attribute a was read, before the name. */
static void candidates_read(struct sk_oracle *o, uint32_t t, uint32_t a, uint32_t v)
{
	struct candidates *c = &o->type[t].candidates;
	const struct index_list *l = value_list(o, t, a, v);
	uint32_t n_before = c->n;

	for (uint32_t j = 0; j < n_before; j++) {
		c->item[j].weight *= fact_factor(o, c->item[j].element, a, v);
		c->item[j].base *= base_factor(o, c->item[j].element, a);
	}
	for (uint32_t j = 0; j < l->n; j++) {
		uint32_t k = l->item[j], seen = 0;
		struct candidate new = {.element = k, .base = element_weight(o, k)};

		while (seen < n_before && c->item[seen].element != k)
			seen++;
		if (seen < n_before)
			continue;
		for (uint32_t i = 0; i < o->n_facts; i++) /* not candidates: the base applied */
			new.base *= base_factor(o, k, o->attribute[i]);
		new.weight = new.base * fact_factor(o, k, a, v);
		new.base *= base_factor(o, k, a);
		if (!candidates_add(c, new))
			o->base.failed = fail_no_memory();
	}
}

static struct pattern *pattern_at(const struct sk_oracle *o, uint32_t t)
{
	return &o->pattern[t][o->pattern_of[t][o->type[t].state]];
}

/* Weight of all elements, seen or not, of type t that agree with the facts read. */
static double agreeing_weight(const struct sk_oracle *o, uint32_t t)
{
	const struct candidates *c = &o->type[t].candidates;
	double weight = kept_weight(o, pattern_at(o, t)->total) + o->new_weight;

	for (uint32_t j = 0; j < c->n; j++)
		weight += c->item[j].weight - c->item[j].base;
	return weight;
}

/* ---- Preparing decisions. ---- */

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

static void enter_kind(struct sk_oracle *o, uint32_t kind);

/* Add the next kinds of type t in state s, times `weight`. */
static void add_kinds(const struct sk_oracle *o, uint32_t t, uint32_t s, double weight, double *kind)
{
	const struct sk_cluster *c = &o->prior->cluster[t];
	const struct sk_state *from = &c->state[s];

	for (uint32_t e = from->first_next; e < from->first_next + from->n_next; e++) {
		uint32_t to = c->next[e];

		kind[to == SK_END ? (uint32_t)KIND_END : kind_of_state(&c->state[to])] +=
		    weight * row_probability(o, t, s, e);
	}
}

/* What each living type weighs now. */
static double type_weight(const struct sk_oracle *o, uint32_t t)
{
	const struct hypothesis *h = &o->type[t];

	return h->alive ? h->likelihood * (o->named ? 1 : agreeing_weight(o, t)) : 0;
}

/* Stand before a token: find the kinds that may come; the only one possible needs no question. */
static void prepare_token(struct sk_oracle *o)
{
	uint32_t n_kinds = KIND_VALUE + o->prior->n_attributes, n_possible = 0, only = 0;

	memset(o->kind_mass, 0, n_kinds * sizeof *o->kind_mass);
	for (uint32_t t = 0; t < o->prior->n_types; t++) {
		double weight = o->weight[t] = type_weight(o, t);

		if (!o->type[t].alive)
			continue;
		if (o->n_tokens > 0)
			add_kinds(o, t, o->type[t].state, weight, o->kind_mass);
		else
			for (uint32_t kind = 0; kind < n_kinds; kind++)
				o->kind_mass[kind] += weight * o->start[t].kind[kind];
	}
	for (uint32_t kind = 0; kind < n_kinds; kind++) {
		if (o->kind_mass[kind] > 0) {
			n_possible++;
			only = kind;
		}
	}
	o->stage = STAGE_KIND;
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
	const struct sk_prior *p = o->prior;

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
			double share = o->weight[t] * row_probability(o, t, o->type[t].state, e) *
				       o->class_scale[t][class];

			for (uint32_t j = first; j < first + p->n_class_words; j++)
				list_word(o, c->class_word[j], share * o->word_weight[t][j]);
		}
	}
}

/* At the start of a sentence: first which group of words. */
static void prepare_word_groups(struct sk_oracle *o)
{
	o->stage = STAGE_WORD_GROUP;
	memset(o->mass, 0, o->n_word_groups * sizeof *o->mass);
	for (uint32_t t = 0; t < o->prior->n_types; t++)
		for (uint32_t g = 0; g < o->n_word_groups; g++)
			o->mass[g] += o->weight[t] * o->start[t].group[g];
}

/* Then which word of the group. */
static void prepare_group_words(struct sk_oracle *o, uint32_t group)
{
	uint32_t first = group * o->word_group_size, n = o->prior->n_words - first;

	o->stage = STAGE_WORD;
	list_no_words(o);
	if (n > o->word_group_size)
		n = o->word_group_size;
	for (uint32_t j = 0; j < n; j++) {
		double mass = 0;

		for (uint32_t t = 0; t < o->prior->n_types; t++)
			mass += o->weight[t] * o->start[t].word[first + j];
		list_word(o, first + j, mass);
	}
}

/* Recompute what the start state of type t says. */
static void refresh_start(struct sk_oracle *o, uint32_t t)
{
	const struct sk_prior *p = o->prior;
	const struct sk_cluster *c = &p->cluster[t];
	struct start *start = &o->start[t];

	memset(start->kind, 0, (KIND_VALUE + p->n_attributes) * sizeof *start->kind);
	memset(start->word, 0, p->n_words * sizeof *start->word);
	memset(start->group, 0, o->n_word_groups * sizeof *start->group);
	add_kinds(o, t, 0, 1, start->kind);
	for (uint32_t e = c->state[0].first_next; e < c->state[0].first_next + c->state[0].n_next; e++) {
		const struct sk_state *to = &c->state[c->next[e]];

		if (to->emit != SK_EMIT_WORD)
			continue;

		double share = row_probability(o, t, 0, e) * o->class_scale[t][to->arg];
		uint32_t first = to->arg * p->n_class_words;

		for (uint32_t j = first; j < first + p->n_class_words; j++) {
			start->word[c->class_word[j]] += share * o->word_weight[t][j];
			start->group[c->class_word[j] / o->word_group_size] +=
			    share * o->word_weight[t][j];
		}
	}
}

/* Every living type takes its step to (emit, arg); those that cannot are dead. */
static void step_types(struct sk_oracle *o, enum sk_emit emit, uint32_t arg)
{
	for (uint32_t t = 0; t < o->prior->n_types; t++) {
		struct hypothesis *h = &o->type[t];
		uint32_t entry, from = h->state;

		if (!h->alive)
			continue;
		h->state = sk_step(&o->prior->cluster[t], from, emit, arg, &entry);
		h->alive = h->state != SK_NONE;
		if (h->alive)
			h->likelihood *= row_probability(o, t, from, entry);
	}
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
		for (uint32_t t = 0; t < o->prior->n_types; t++) {
			/* The sums of the state before the name are still needed: keep it, and
			 * take the step when the name has been read. */
			struct hypothesis *h = &o->type[t];
			uint32_t entry;

			if (h->alive && sk_step(&o->prior->cluster[t], h->state, SK_EMIT_NAME, 0,
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
	o->n_tokens = 0;
	o->n_facts = 0;
	o->named = false;
	o->element = NO_ELEMENT;
	for (uint32_t t = 0; t < o->prior->n_types; t++) {
		o->type[t].alive = true;
		o->type[t].state = 0;
		o->type[t].likelihood = 1;
		o->type[t].candidates.n = 0;
	}
	set_new_weight(o);
	prepare_token(o);
}

/* ---- Asking. ---- */

/* d = dense distribution of n masses. */
static void ask_masses(struct dist *d, const double *mass, uint32_t n)
{
	double sum = 0, scale;

	for (uint32_t j = 0; j < n; j++)
		sum += mass[j];
	scale = (double)DIST_SCALE / sum;
	d->n_symbols = d->n_listed = n;
	d->floor = 0;
	for (uint32_t j = 0; j < n; j++)
		d->freq[j] = dist_frequency(mass[j], scale);
}

/* L_t times the row entry that leads to the name, for a living type before its name. */
static double name_likelihood(const struct sk_oracle *o, uint32_t t)
{
	const struct hypothesis *h = &o->type[t];
	uint32_t entry;

	sk_step(&o->prior->cluster[t], h->state, SK_EMIT_NAME, 0, &entry);
	return h->likelihood * row_probability(o, t, h->state, entry);
}

/* Names not taken, and how many start with a given first part. */
static double free_names(const struct sk_oracle *o)
{
	return (double)(o->prior->n_names - o->counts->n_elements);
}

static double free_names_under(const struct sk_oracle *o, uint32_t first)
{
	return (double)(o->prior->n_names / o->prior->part_size[0] - o->by_first[first].n);
}

/* First part of the name: masses of groups, or of the members of the group already named. */
static void ask_first_part(struct sk_oracle *o, struct dist *d, bool group)
{
	uint32_t size = o->group_size, first = group ? 0 : o->group * size;
	uint32_t n_parts = o->prior->part_size[0];
	uint32_t n = group ? o->n_groups : n_parts - first < size ? n_parts - first : size;
	double free_total = free_names(o);

	memset(o->mass, 0, n * sizeof *o->mass);
	for (uint32_t t = 0; t < o->prior->n_types; t++) {
		const struct candidates *c = &o->type[t].candidates;

		if (!o->type[t].alive)
			continue;

		const struct pattern *q = pattern_at(o, t);
		double likelihood = name_likelihood(o, t);
		double per_name = free_total > 0 ? o->new_weight / free_total : 0;

		for (uint32_t j = 0; j < n; j++) {
			double unseen = group ? (double)o->n_free[j] : free_names_under(o, first + j);
			double seen = kept_weight(o, group ? q->group[j] : q->first_part[first + j]);

			o->mass[j] += likelihood * (seen + per_name * unseen);
		}
		for (uint32_t j = 0; j < c->n; j++) {
			uint32_t at = first_part(o, o->counts->element[c->item[j].element].name);
			uint32_t place = group ? at / size : at - first; /* wraps below first */

			if (place < n)
				o->mass[place] +=
				    likelihood * (c->item[j].weight - c->item[j].base);
		}
	}
	ask_masses(d, o->mass, n);
}

/* Weight of element k given the facts read before its name. */
static double weight_with_facts(const struct sk_oracle *o, uint32_t k)
{
	double weight = element_weight(o, k);

	for (uint32_t i = 0; i < o->n_facts; i++)
		weight *= fact_factor(o, k, o->attribute[i], o->value[i]);
	return weight;
}

/* Number of names that start with the first n parts read. */
static uint64_t names_below(const struct sk_oracle *o, uint32_t n)
{
	uint64_t names = 1;

	for (uint32_t j = n; j < o->prior->n_name_parts; j++)
		names *= o->prior->part_size[j];
	return names;
}

/* A later part of the name: few elements share what was read, the others are new. */
static void ask_later_part(struct sk_oracle *o, struct dist *d)
{
	uint64_t below = names_below(o, o->n_parts + 1), begin = o->name * names_below(o, o->n_parts);
	uint32_t n_parts = o->prior->part_size[o->n_parts], n_types = o->prior->n_types;
	const struct index_list *l = &o->by_first[begin / (o->prior->n_names / o->prior->part_size[0])];
	double new_name = 0, sum, free_total = free_names(o), likelihood[SK_TYPES_MAX];
	uint32_t n = 0;

	for (uint32_t t = 0; t < n_types; t++) {
		likelihood[t] = o->type[t].alive ? name_likelihood(o, t) : 0;
		if (free_total > 0)
			new_name += likelihood[t] * o->new_weight / free_total;
	}
	sum = new_name * (double)below * n_parts;
	for (uint32_t j = list_search(o, l, begin); j < l->n;) {
		uint32_t part = 0, n_used = 0;
		double mass = 0;

		for (; j < l->n; j++, n_used++) {
			const struct sk_element_count *e = &o->counts->element[l->item[j]];

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
		sum += mass - new_name * (double)below;
		d->symbol[n] = part;
		o->mass[n++] = mass;
	}
	d->n_symbols = n_parts;
	d->n_listed = n;
	d->floor = dist_frequency(new_name * (double)below, (double)DIST_SCALE / sum);
	for (uint32_t j = 0; j < n; j++)
		d->freq[j] = dist_frequency(o->mass[j], (double)DIST_SCALE / sum);
}

/* A value stated after the name: one element's fact, or a new element's. */
static void ask_value_named(struct sk_oracle *o, struct dist *d)
{
	uint32_t k = o->element, a = o->value_attribute, n = 0;
	double base = k == NO_ELEMENT ? 1 : base_factor(o, k, a);
	double statements = k == NO_ELEMENT ? 0 : n_statements(o, k, a), sum = base * o->prior->n_values;
	uint32_t head = k == NO_ELEMENT ? UINT32_MAX : fact_head(o, k, a);

	for (uint32_t i = head; i != UINT32_MAX; i = o->counts->fact[i].next, n++) {
		double extra = extra_factor(o, i, statements, base);
		uint32_t at = n, value = o->counts->fact[i].value;

		for (; at && d->symbol[at - 1] > value; at--) { /* values ascending */
			d->symbol[at] = d->symbol[at - 1];
			o->mass[at] = o->mass[at - 1];
		}
		d->symbol[at] = value;
		o->mass[at] = base + extra;
		sum += extra;
	}
	d->n_symbols = o->prior->n_values;
	d->n_listed = n;
	d->floor = dist_frequency(base, (double)DIST_SCALE / sum);
	for (uint32_t j = 0; j < n; j++)
		d->freq[j] = dist_frequency(o->mass[j], (double)DIST_SCALE / sum);
}

/* What type t adds to the masses of n values from `first` on, or of all groups of values. */
static void add_values(struct sk_oracle *o, uint32_t t, bool group, uint32_t first, uint32_t n)
{
	uint32_t a = o->value_attribute, size = o->value_group_size, from = o->type[t].state, entry;
	uint32_t to = sk_step(&o->prior->cluster[t], from, SK_EMIT_VALUE, a, &entry);
	const struct candidates *c = &o->type[t].candidates;

	if (to == SK_NONE)
		return;

	const struct pattern *q = pattern_at(o, t);
	const union kept *sum = group ? q->value_group[a] : q->value[a] + first;
	double share = o->type[t].likelihood * row_probability(o, t, from, entry);
	double uniform = kept_weight(o, o->pattern[t][o->pattern_of[t][to]].total) + o->new_weight;

	for (uint32_t j = 0; j < c->n; j++) {
		uint32_t k = c->item[j].element;
		double base = base_factor(o, k, a), statements = n_statements(o, k, a);
		double special = c->item[j].weight - c->item[j].base;

		uniform += special * base;
		for (uint32_t i = fact_head(o, k, a); i != UINT32_MAX; i = o->counts->fact[i].next) {
			uint32_t v = o->counts->fact[i].value;
			uint32_t place = group ? v / size : v - first; /* wraps below first */

			if (place < n)
				o->mass[place] +=
				    share * special * extra_factor(o, i, statements, base);
		}
	}
	for (uint32_t j = 0; j < n; j++) {
		uint32_t left = o->prior->n_values - j * size;
		uint32_t members = !group ? 1 : left < size ? left : size;

		o->mass[j] += share * (o->prior->n_values * kept_weight(o, sum[j]) + members * uniform);
	}
}

/* A value stated before the name: the sum over all elements that agree, for each group of values
 * or for each value of the group already named. */
static void ask_value_unnamed(struct sk_oracle *o, struct dist *d, bool group)
{
	uint32_t size = o->value_group_size, first = group ? 0 : o->group * size;
	uint32_t left = o->prior->n_values - first;
	uint32_t n = group ? o->n_value_groups : left < size ? left : size;

	memset(o->mass, 0, n * sizeof *o->mass);
	for (uint32_t t = 0; t < o->prior->n_types; t++)
		if (o->type[t].alive)
			add_values(o, t, group, first, n);
	ask_masses(d, o->mass, n);
}

static void sk_ask(struct predictor *base, struct dist *d)
{
	struct sk_oracle *o = oracle(base);

	switch (o->stage) {
	case STAGE_KIND:
		ask_masses(d, o->kind_mass, KIND_VALUE + o->prior->n_attributes);
		break;
	case STAGE_WORD_GROUP:
		ask_masses(d, o->mass, o->n_word_groups);
		break;
	case STAGE_WORD:
		ask_masses(d, o->mass, o->n_listed);
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
	const struct sk_prior *p = o->prior;
	uint32_t kind = token < p->vocab ? kind_of_token(p, token) : OUTCOME_NONE;
	uint32_t part, value;

	if (kind == OUTCOME_NONE)
		return OUTCOME_NONE;
	switch (o->stage) {
	case STAGE_KIND:
		return kind;
	case STAGE_WORD_GROUP:
		return kind == KIND_WORD ? (token - p->first_word) / o->word_group_size
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
		return o->stage == STAGE_NAME_GROUP ? part / o->group_size : part % o->group_size;
	case STAGE_NAME_REST:
		part = token - p->first_part[o->n_parts]; /* wraps below the range */
		return part < p->part_size[o->n_parts] ? part : OUTCOME_NONE;
	case STAGE_VALUE_GROUP:
	case STAGE_VALUE:
		if (kind != KIND_VALUE + o->value_attribute)
			return OUTCOME_NONE;
		value = (token - p->first_value) % p->n_values;
		if (o->stage == STAGE_VALUE_GROUP)
			return value / o->value_group_size;
		return o->named ? value : value % o->value_group_size;
	}
	return OUTCOME_NONE;
}

/* ---- Telling. ---- */

static void read_word(struct sk_oracle *o, uint32_t w)
{
	for (uint32_t t = 0; t < o->prior->n_types; t++) {
		const struct sk_cluster *c = &o->prior->cluster[t];
		struct hypothesis *h = &o->type[t];
		uint32_t entry, from = h->state;

		if (!h->alive)
			continue;
		h->state = c->word_class[w] == SK_NONE
			       ? SK_NONE
			       : sk_step(c, from, SK_EMIT_WORD, c->word_class[w], &entry);
		h->alive = h->state != SK_NONE;
		if (h->alive)
			h->likelihood *= row_probability(o, t, from, entry) *
					 o->class_scale[t][c->word_class[w]] *
					 o->word_weight[t][c->word_class[w] * o->prior->n_class_words +
							   c->word_slot[w]];
	}
}

/* The name is complete: either an element we know, and so its type, or a new one. */
static void read_name(struct sk_oracle *o)
{
	step_types(o, SK_EMIT_NAME, 0);
	o->named = true;
	o->element = sk_counts_element(o->counts, o->name, 0, false);
	for (uint32_t t = 0; o->element != NO_ELEMENT && t < o->prior->n_types; t++)
		o->type[t].alive &= t == o->counts->element[o->element].type;
}

static void read_value(struct sk_oracle *o, uint32_t v)
{
	uint32_t a = o->value_attribute;

	step_types(o, SK_EMIT_VALUE, a);
	if (o->named)
		return;
	for (uint32_t t = 0; t < o->prior->n_types; t++)
		if (o->type[t].alive)
			candidates_read(o, t, a, v);
	o->attribute[o->n_facts] = (uint16_t)a;
	o->value[o->n_facts++] = (uint16_t)v;
}

/* An old element states facts it has not stated before: enter it into their lists. */
static bool index_new_facts(struct sk_oracle *o, uint32_t k, const struct sk_sentence *s)
{
	for (uint32_t i = 0; i < s->n_facts; i++) {
		struct index_list *l = value_list(o, s->type, s->attribute[i], s->value[i]);
		uint32_t node = sk_counts_fact(o->counts, k, s->attribute[i], s->value[i], false);

		if (node == UINT32_MAX && !list_insert(l, l->n, k))
			return false;
	}
	return true;
}

/* Count a finished sentence and bring the sums up to date. */
static enum status learn(struct sk_oracle *o)
{
	struct sk_sentence s;
	uint32_t t = 0, k = o->element;

	while (t < o->prior->n_types && !o->type[t].alive)
		t++;
	if (t == o->prior->n_types || !sk_parse_as(o->prior, t, o->token, o->n_tokens, &s))
		return fail(STATUS_CORRUPT, "a sentence is not of this world's grammar");
	if (k != NO_ELEMENT) {
		sums_add(o, k, true);
		if (!index_new_facts(o, k, &s))
			return fail_no_memory();
	}
	TRY(sk_counts_add(o->counts, &s, NULL));
	if (k == NO_ELEMENT) {
		k = o->counts->n_elements - 1;
		if (!index_element(o, k))
			return fail_no_memory();
	}
	for (uint32_t i = 0; i < s.n_rows; i++) {
		o->row_total[t][s.row_state[i]]++;
		refresh_row(o, t, s.row_state[i], s.row_entry[i]);
	}
	for (uint32_t i = 0; i < s.n_words; i++) {
		o->class_total[t][s.word_class[i]]++;
		refresh_word(o, t, s.word_class[i], s.word_slot[i]);
	}
	sums_add(o, k, false);
	refresh_start(o, t);
	return STATUS_OK;
}

static void end_sentence(struct sk_oracle *o)
{
	for (uint32_t t = 0; t < o->prior->n_types; t++)
		if (o->type[t].alive && sk_end_entry(&o->prior->cluster[t], o->type[t].state) == SK_NO_ENTRY)
			o->type[t].alive = false;
	if (!o->known && o->base.failed == STATUS_OK)
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
	uint32_t token = o->prior->first_part[o->n_parts] + part;

	o->name = o->name * o->prior->part_size[o->n_parts++] + part;
	o->stage = STAGE_NAME_REST;
	if (o->n_parts == o->prior->n_name_parts) {
		read_name(o);
		o->stage = STAGE_KIND;
	}
	return token_read(o, token, symbol);
}

static bool sk_tell(struct predictor *base, uint32_t outcome, uint32_t *symbol)
{
	struct sk_oracle *o = oracle(base);

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
		return token_read(o, o->prior->first_word + outcome, symbol);
	case STAGE_NAME_GROUP:
		o->group = outcome;
		o->stage = STAGE_NAME_FIRST;
		return false;
	case STAGE_NAME_FIRST:
		return part_read(o, o->group * o->group_size + outcome, symbol);
	case STAGE_NAME_REST:
		return part_read(o, outcome, symbol);
	case STAGE_VALUE_GROUP:
		o->group = outcome;
		o->stage = STAGE_VALUE;
		return false;
	case STAGE_VALUE:
		if (!o->named)
			outcome += o->group * o->value_group_size;
		read_value(o, outcome);
		return token_read(o, sk_value_token(o->prior, o->value_attribute, outcome), symbol);
	}
	return false;
}

/* ---- Opening and closing. ---- */

static void sk_close(struct predictor *base)
{
	struct sk_oracle *o = oracle(base);

	if (!o)
		return;

	const struct sk_prior *p = o->prior;
	uint32_t n_types = p ? p->n_types : 0;

	for (uint32_t t = 0; t < n_types; t++) {
		for (uint32_t j = 0; o->pattern && j < o->n_patterns[t]; j++) {
			struct pattern *q = &o->pattern[t][j];

			for (uint32_t a = 0; a < p->n_attributes; a++) {
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
		if (o->pattern)
			free(o->pattern[t]);
		if (o->pattern_of)
			free(o->pattern_of[t]);
		if (o->row_total)
			free(o->row_total[t]);
		if (o->class_total)
			free(o->class_total[t]);
		if (o->row_weight)
			free(o->row_weight[t]);
		if (o->row_scale)
			free(o->row_scale[t]);
		if (o->word_weight)
			free(o->word_weight[t]);
		if (o->class_scale)
			free(o->class_scale[t]);
		if (o->type)
			free(o->type[t].candidates.item);
		if (o->start) {
			free(o->start[t].kind);
			free(o->start[t].word);
			free(o->start[t].group);
		}
	}
	for (uint32_t j = 0; o->by_first && j < p->part_size[0]; j++)
		free(o->by_first[j].item);
	for (size_t j = 0; o->by_value && j < (size_t)n_types * p->n_attributes * p->n_values; j++)
		free(o->by_value[j].item);
	free(o->pattern);
	free(o->pattern_of);
	free(o->n_patterns);
	free(o->row_total);
	free(o->class_total);
	free(o->row_weight);
	free(o->row_scale);
	free(o->word_weight);
	free(o->class_scale);
	free(o->type);
	free(o->start);
	free(o->by_first);
	free(o->by_value);
	free(o->n_free);
	free(o->attribute_base);
	free(o->mass);
	free(o->word_place);
	free(o->listed);
	if (!o->known)
		sk_counts_free(o->counts);
	sk_truth_free(o->truth);
	sk_prior_free(o->prior);
	free(o);
}

/* The pattern of type t with these attributes, made when absent; NO_PATTERN: no memory. */
static uint32_t find_pattern(struct sk_oracle *o, uint32_t t, uint64_t attributes)
{
	uint32_t j = 0;

	while (j < o->n_patterns[t] && o->pattern[t][j].attributes != attributes)
		j++;
	if (j < o->n_patterns[t])
		return j;
	if (j == PATTERNS_MAX)
		return NO_PATTERN;

	struct pattern *grown = realloc(o->pattern[t], (j + 1) * sizeof *grown);

	if (!grown)
		return NO_PATTERN;
	o->pattern[t] = grown;
	grown[j] = (struct pattern){.attributes = attributes};
	grown[j].value = calloc(o->prior->n_attributes + 1, sizeof *grown[j].value);
	grown[j].value_group = calloc(o->prior->n_attributes + 1, sizeof *grown[j].value_group);
	o->n_patterns[t]++;
	return grown[j].value && grown[j].value_group ? j : NO_PATTERN;
}

/* The sums that leaving state s by `to` will ask of its pattern. */
static bool add_sums(struct sk_oracle *o, struct pattern *q, const struct sk_state *to)
{
	if (to->emit == SK_EMIT_NAME && !q->first_part) {
		q->first_part = calloc(o->prior->part_size[0], sizeof *q->first_part);
		q->group = calloc(o->n_groups, sizeof *q->group);
		return q->first_part && q->group;
	}
	if (to->emit == SK_EMIT_VALUE && !q->value[to->arg]) {
		q->value[to->arg] = calloc(o->prior->n_values, sizeof **q->value);
		q->value_group[to->arg] = calloc(o->n_value_groups, sizeof **q->value_group);
		return q->value[to->arg] && q->value_group[to->arg];
	}
	return true;
}

/* Walk the tree of type t from the start down to the names; predecessors have smaller numbers. */
static bool build_patterns(struct sk_oracle *o, uint32_t t)
{
	const struct sk_cluster *c = &o->prior->cluster[t];

	for (uint32_t s = 0; s < c->n_states; s++)
		o->pattern_of[t][s] = NO_PATTERN;
	o->pattern_of[t][0] = find_pattern(o, t, 0);
	if (o->pattern_of[t][0] == NO_PATTERN)
		return false;
	for (uint32_t s = 0; s < c->n_states; s++) {
		const struct sk_state *from = &c->state[s];
		uint32_t j = o->pattern_of[t][s];

		if (j == NO_PATTERN) /* after the name */
			continue;
		for (uint32_t e = from->first_next; e < from->first_next + from->n_next; e++) {
			const struct sk_state *to = &c->state[c->next[e]];
			uint64_t attributes = o->pattern[t][j].attributes;

			if (!add_sums(o, &o->pattern[t][j], to))
				return false;
			if (to->emit == SK_EMIT_NAME)
				continue;
			if (to->emit == SK_EMIT_VALUE)
				attributes |= (uint64_t)1 << to->arg;
			o->pattern_of[t][c->next[e]] = find_pattern(o, t, attributes);
			if (o->pattern_of[t][c->next[e]] == NO_PATTERN)
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
static bool allocate_tables(struct sk_oracle *o)
{
	const struct sk_prior *p = o->prior;
	size_t n_words = (size_t)p->n_classes * p->n_class_words;

	o->row_total = calloc(p->n_types, sizeof *o->row_total);
	o->class_total = calloc(p->n_types, sizeof *o->class_total);
	o->row_weight = calloc(p->n_types, sizeof *o->row_weight);
	o->row_scale = calloc(p->n_types, sizeof *o->row_scale);
	o->word_weight = calloc(p->n_types, sizeof *o->word_weight);
	o->class_scale = calloc(p->n_types, sizeof *o->class_scale);
	if (!o->row_total || !o->class_total || !o->row_weight || !o->row_scale ||
	    !o->word_weight || !o->class_scale)
		return false;
	for (uint32_t t = 0; t < p->n_types; t++) {
		const struct sk_cluster *c = &p->cluster[t];

		o->row_total[t] = calloc(c->n_states, sizeof **o->row_total);
		o->class_total[t] = calloc(p->n_classes, sizeof **o->class_total);
		o->row_weight[t] = calloc(c->n_row_entries, sizeof **o->row_weight);
		o->row_scale[t] = calloc(c->n_states, sizeof **o->row_scale);
		o->word_weight[t] = calloc(n_words, sizeof **o->word_weight);
		o->class_scale[t] = calloc(p->n_classes, sizeof **o->class_scale);
		if (!o->row_total[t] || !o->class_total[t] || !o->row_weight[t] || !o->row_scale[t] ||
		    !o->word_weight[t] || !o->class_scale[t])
			return false;
	}
	return true;
}

/* The tables' first weights: true probabilities, or pseudo-counts. */
static void load_tables(struct sk_oracle *o, uint32_t t)
{
	const struct sk_prior *p = o->prior;
	const struct sk_cluster *c = &p->cluster[t];

	for (uint32_t s = 0; s < c->n_states; s++) {
		const struct sk_state *from = &c->state[s];

		for (uint32_t e = from->first_next; e < from->first_next + from->n_next; e++) {
			refresh_row(o, t, s, e);
			if (o->known)
				o->row_weight[t][e] = o->truth->row[t][e];
		}
		if (o->known)
			o->row_scale[t][s] = 1;
	}
	for (uint32_t class = 0; class < p->n_classes; class++) {
		for (uint32_t slot = 0; slot < p->n_class_words; slot++) {
			uint32_t j = class * p->n_class_words + slot;

			refresh_word(o, t, class, slot);
			if (o->known)
				o->word_weight[t][j] = o->truth->word[t][j];
		}
		if (o->known)
			o->class_scale[t][class] = 1;
	}
}

static bool allocate(struct sk_oracle *o)
{
	const struct sk_prior *p = o->prior;
	size_t n_values = (size_t)p->n_types * p->n_attributes * p->n_values;
	uint32_t scratch = p->n_words > p->n_values ? p->n_words : p->n_values;

	o->group_size = group_size(p->part_size[0]);
	o->n_groups = (p->part_size[0] + o->group_size - 1) / o->group_size;
	o->value_group_size = group_size(p->n_values);
	o->n_value_groups = (p->n_values + o->value_group_size - 1) / o->value_group_size;
	o->word_group_size = group_size(p->n_words);
	o->n_word_groups = (p->n_words + o->word_group_size - 1) / o->word_group_size;
	for (uint32_t j = 0; j < p->n_name_parts; j++)
		scratch = scratch > p->part_size[j] ? scratch : p->part_size[j];
	if (scratch < KINDS_MAX)
		scratch = KINDS_MAX;
	o->base.outcomes_max = scratch;

	o->pattern_of = calloc(p->n_types, sizeof *o->pattern_of);
	o->pattern = calloc(p->n_types, sizeof *o->pattern);
	o->n_patterns = calloc(p->n_types, sizeof *o->n_patterns);
	o->type = calloc(p->n_types, sizeof *o->type);
	o->start = calloc(p->n_types, sizeof *o->start);
	o->by_first = calloc(p->part_size[0], sizeof *o->by_first);
	o->n_free = calloc(o->n_groups, sizeof *o->n_free);
	o->by_value = calloc(n_values ? n_values : 1, sizeof *o->by_value);
	o->mass = calloc(scratch, sizeof *o->mass);
	o->word_place = calloc(p->n_words, sizeof *o->word_place);
	o->listed = calloc(p->n_words, sizeof *o->listed);
	if (!o->pattern_of || !o->pattern || !o->n_patterns ||
	    !o->type || !o->start || !o->by_first || !o->n_free || !o->by_value || !o->mass || !o->word_place ||
	    !o->listed)
		return false;
	for (uint32_t t = 0; t < p->n_types; t++) {
		o->pattern_of[t] = calloc(p->cluster[t].n_states, sizeof **o->pattern_of);
		o->start[t].kind = calloc(KIND_VALUE + p->n_attributes, sizeof *o->start[t].kind);
		o->start[t].word = calloc(p->n_words, sizeof *o->start[t].word);
		o->start[t].group = calloc(o->n_word_groups, sizeof *o->start[t].group);
		if (!o->pattern_of[t] || !o->start[t].kind || !o->start[t].word || !o->start[t].group ||
		    !build_patterns(o, t))
			return false;
	}
	return true;
}

/* Bases of the true world: what is left of an attribute's noise, spread over the other values. */
static bool load_bases(struct sk_oracle *o)
{
	const struct sk_prior *p = o->prior;
	size_t n = (size_t)o->counts->n_elements * p->n_attributes;

	o->attribute_base = calloc(n ? n : 1, sizeof *o->attribute_base);
	for (uint32_t k = 0; o->attribute_base && k < o->counts->n_elements; k++) {
		for (uint32_t a = 0; a < p->n_attributes; a++) {
			double rest = 1;
			uint32_t n_listed = 0;

			for (uint32_t i = fact_head(o, k, a); i != UINT32_MAX;
			     i = o->counts->fact[i].next, n_listed++)
				rest -= o->counts->fact[i].probability;
			if (rest > 0 && n_listed < p->n_values && (p->gamma > 0 || n_listed == 0))
				o->attribute_base[(size_t)k * p->n_attributes + a] =
				    rest * p->n_values / (p->n_values - n_listed);
		}
	}
	return o->attribute_base != NULL;
}

/* Elements of the true world: all known from the start. */
static enum status load_elements(struct sk_oracle *o)
{
	if (!load_bases(o))
		return fail_no_memory();
	for (uint32_t k = 0; k < o->counts->n_elements; k++) {
		if (!index_element(o, k))
			return fail_no_memory();
		sums_add(o, k, false);
	}
	return STATUS_OK;
}

static enum status open_parts(struct sk_oracle *o, const struct world *w)
{
	TRY(sk_prior_load(&o->prior, w->prior));
	if (o->known) {
		TRY(sk_truth_load(&o->truth, o->prior, json_object_get(w->root, "truth")));
		o->counts = o->truth->counts;
	} else {
		TRY(sk_counts_open(&o->counts, o->prior));
	}
	if (!allocate(o) || !allocate_tables(o))
		return fail_no_memory();
	for (uint32_t j = 0; j < o->prior->part_size[0]; j++)
		o->n_free[j / o->group_size] += o->prior->n_names / o->prior->part_size[0];
	if (o->known)
		TRY(load_elements(o));
	for (uint32_t t = 0; t < o->prior->n_types; t++) {
		load_tables(o, t);
		refresh_start(o, t);
	}
	begin_sentence(o);
	return o->base.failed;
}

static enum status sk_open(struct predictor **out, const struct world *w, bool known)
{
	struct sk_oracle *o = calloc(1, sizeof *o);
	enum status status;

	if (!o)
		return fail_no_memory();
	o->known = known;
	status = open_parts(o, w);
	if (status != STATUS_OK) {
		sk_close(&o->base);
		return status;
	}
	*out = &o->base;
	return STATUS_OK;
}

/*
 * An element takes about 130 bytes and 30 a fact (lists, counts and their slack).  The number of
 * elements after n sentences is about (beta + 1)^(1 - alpha) / alpha * n^alpha in the mean, here
 * times four; a known world's is the size of its list.
 */
static uint64_t sk_memory_bytes(const struct world *w, bool known, uint64_t n_total)
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

const struct oracle_ops oracle_sk_ops = {
    .family = "sk",
    .memory_bytes = sk_memory_bytes,
    .open = sk_open,
    .ask = sk_ask,
    .spell = sk_spell,
    .tell = sk_tell,
    .close = sk_close,
};
