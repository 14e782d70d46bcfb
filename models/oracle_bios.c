/* SPDX-License-Identifier: BSD-2-Clause
 *
 * oracle_bios.c - the exact predictors of the biographies (corpora/bios.h), token by token.
 *
 * Idea.  Within a sentence the unknowns are its attribute and its template.  Both are uniform over
 * what is left, so what a reader knows after some words is a node of the templates' tree, and the
 * next step down it has as frequencies how many templates of the attributes not yet stated lie
 * behind each child: integers, nothing is rounded.  A step may lead to
 *
 *   a word      and the token is complete;
 *   the name    three tokens, each a decision over all first, middle or last names.  A person is as
 *               likely as the law says (finite: p(i); Pitman-Yor: his biographies less alpha;
 *               known world: his weight), and each name that nobody has carries an equal share of
 *               what is left for new people.  People stand in lists by first name, so a name costs
 *               800 frequencies and two walks through one of 400 lists;
 *   a pronoun   he or she: even until it was said of this person, then certain;
 *   a value     uniform until this person has stated it, then certain.  A company city is as likely
 *               as the share of employers that it has, certain when the employer has been stated,
 *               and after it the employer is one of that city's: together they cost lg 263 either
 *               way.
 *
 * The person comes before any value (rule 1 of bios.h), so no sum over people is ever needed.
 * `bayes` learns who exists and what is true of him when a biography ends; `known` has the truth.
 * Masses of names are IEEE double in a fixed order, rounded to frequencies at the cost that
 * dist_frequency() states; all other decisions are exact integers.
 */
#include <assert.h>
#include <stdlib.h>

#include "bios.h"
#include "elementary.h"
#include "options.h"
#include "oracle.h"

#define OUTCOMES_MAX BIOS_LAST_NAMES
#define UNKNOWN UINT64_MAX /* as a packed person: nothing has been said of him */
#define SUM_MIN 0x1p-500   /* of masses, so that no quotient overflows */
#define SUM_SCALE 0x1p500

/* What things take, in bytes.  Not sizeof: archives name their memory, and are the same everywhere.
 */
#define FIXED_BYTES ((uint64_t)1 << 20) /* grammar, lists' heads, decisions */
#define PERSON_BYTES 64u                /* twice its share of all arrays but the lists */
#define LIST_ENTRY_BYTES 16u            /* in lists that double: the old and the new one at once */

enum stage { STAGE_STEP, STAGE_NAME, STAGE_PRONOUN, STAGE_VALUE, STAGE_END };

struct list {
	uint32_t *item;
	uint32_t n, capacity;
};

struct bios_oracle {
	struct predictor base;
	bool known;
	struct bios_prior *prior;
	struct bios_truth *truth; /* known only */

	/* The people: of the prior, of the truth, or those read so far. */
	const struct bios_directory *people;
	struct bios_directory own;
	uint32_t capacity;    /* of the next two, when people are learnt */
	uint64_t *count;      /* Pitman-Yor, bayes: biographies of each */
	uint64_t *packed;     /* or UNKNOWN; the truth's when known */
	const double *weight; /* of each; NULL: the count says it */
	uint64_t n_biographies;
	struct list by_first[BIOS_FIRST_NAMES];
	double first_mass[BIOS_FIRST_NAMES];    /* of its people, when weights are fixed .. */
	uint64_t first_count[BIOS_FIRST_NAMES]; /* .. else: biographies of them all */
	double free_mass;                       /* of one name that nobody has */

	/* The biography so far. */
	uint32_t sentence;
	bool stated[BIOS_ATTRIBUTES];
	uint32_t name, n_parts, who; /* BIOS_NOBODY: nobody's name yet */
	bool certain;                /* all of this person is known */
	bool pronoun_said;
	struct bios_person person;

	/* The next decision. */
	enum stage stage;
	uint32_t place, node;
	uint32_t step[OUTCOMES_MAX];  /* STAGE_STEP: agreeing templates behind each child */
	double mass[OUTCOMES_MAX];    /* scratch */
	uint32_t taken[OUTCOMES_MAX]; /* scratch */
};

static struct bios_oracle *oracle(struct predictor *p)
{
	return (struct bios_oracle *)p;
}

static const struct bios_node *node_at(const struct bios_oracle *o, uint32_t node)
{
	return &o->prior->grammar->node[o->place][node];
}

/* ---- People. ---- */

/* Counts weigh in millionths, fixed weights in shares of 1: each on its own scale. */
static double person_mass(const struct bios_oracle *o, uint32_t k)
{
	if (o->weight)
		return o->weight[k];
	return (double)(int64_t)(o->count[k] * OPTION_UNIT - (uint64_t)o->prior->alpha_millionths);
}

static double first_name_mass(const struct bios_oracle *o, uint32_t first)
{
	uint64_t n = o->by_first[first].n;
	double taken = o->weight ? o->first_mass[first]
				 : (double)(int64_t)(o->first_count[first] * OPTION_UNIT -
						     n * (uint64_t)o->prior->alpha_millionths);

	return taken + o->free_mass * (double)(BIOS_MIDDLE_NAMES * BIOS_LAST_NAMES - n);
}

/* What the Chinese restaurant leaves for new people, shared by the names that nobody has. */
static void share_new_mass(struct bios_oracle *o)
{
	const struct bios_prior *p = o->prior;
	int64_t fresh = p->beta_millionths + p->alpha_millionths * (int64_t)o->people->n;

	if (o->n_biographies == 0) /* somebody new, whatever beta is */
		fresh = OPTION_UNIT;
	o->free_mass = (double)fresh / (double)(BIOS_NAMES - o->people->n);
}

static bool list_add(struct list *l, uint32_t item)
{
	if (l->n == l->capacity) {
		uint32_t capacity = l->capacity ? 2 * l->capacity : 8;
		uint32_t *grown = realloc(l->item, capacity * sizeof *grown);

		if (!grown)
			return false;
		l->item = grown;
		l->capacity = capacity;
	}
	l->item[l->n++] = item;
	return true;
}

static uint32_t first_name(uint32_t name)
{
	return name / (BIOS_MIDDLE_NAMES * BIOS_LAST_NAMES);
}

static uint32_t middle_name(uint32_t name)
{
	return name / BIOS_LAST_NAMES % BIOS_MIDDLE_NAMES;
}

static bool people_reserve(struct bios_oracle *o, uint32_t n)
{
	uint32_t capacity = o->capacity ? 2 * o->capacity : 256;

	if (n <= o->capacity)
		return true;

	uint64_t *count = realloc(o->count, capacity * sizeof *count);

	if (count)
		o->count = count;

	uint64_t *packed = realloc(o->packed, capacity * sizeof *packed);

	if (packed)
		o->packed = packed;
	if (!count || !packed)
		return false;
	o->capacity = capacity;
	return true;
}

/* A new Pitman-Yor person, whose biography has just been read. */
static enum status meet(struct bios_oracle *o)
{
	uint32_t k = o->own.n;

	if (!people_reserve(o, k + 1) || !list_add(&o->by_first[first_name(o->name)], k))
		return fail_no_memory();
	TRY(bios_directory_add(&o->own, o->name));
	o->count[k] = 0;
	o->packed[k] = UNKNOWN;
	o->who = k;
	return STATUS_OK;
}

static void learn(struct bios_oracle *o)
{
	if (o->who == BIOS_NOBODY) {
		enum status s = meet(o);

		if (s != STATUS_OK) {
			o->base.failed = s;
			return;
		}
	}
	o->packed[o->who] = bios_pack(&o->person);
	o->n_biographies++;
	if (o->weight)
		return;
	o->count[o->who]++;
	o->first_count[first_name(o->name)]++;
	share_new_mass(o);
}

/* ---- Standing before a decision. ---- */

static bool may_state(const struct bios_oracle *o, uint32_t attribute)
{
	return !o->stated[attribute] && (o->prior->permuted || attribute == o->sentence);
}

/* How many templates that agree with the biography so far are at and below a node. */
static uint32_t agreeing(const struct bios_oracle *o, uint32_t node)
{
	uint32_t n = 0;

	for (uint32_t a = 0; a < BIOS_ATTRIBUTES; a++)
		if (may_state(o, a))
			n += node_at(o, node)->n_templates[a];
	return n;
}

static uint32_t child_at(const struct bios_oracle *o, uint32_t outcome)
{
	uint32_t child = node_at(o, o->node)->first_child;

	while (outcome--)
		child = node_at(o, child)->next_sibling;
	return child;
}

/* The step to this child is settled; a word's token would now be complete. */
static void enter(struct bios_oracle *o, uint32_t child)
{
	uint32_t item = node_at(o, child)->item;

	o->node = child;
	if (item == BIOS_ITEM_NAME) {
		o->stage = STAGE_NAME;
		o->name = 0;
		o->n_parts = 0;
	} else if (item >= BIOS_ITEM_VALUE) {
		o->stage = STAGE_VALUE;
	} else if (item > BIOS_ITEM_NAME) {
		o->stage = STAGE_PRONOUN;
	}
}

/* Before a token.  Where only a name, pronoun or value can follow, that needs no question; nor do
 * templates need counting where there is one way on. */
static void prepare(struct bios_oracle *o)
{
	uint32_t only = node_at(o, o->node)->first_child, n = 0, n_possible = 0;

	o->stage = STAGE_STEP;
	if (node_at(o, o->node)->n_children == 1) {
		o->step[0] = n_possible = 1;
	} else {
		for (uint32_t c = only; c; c = node_at(o, c)->next_sibling) {
			o->step[n] = agreeing(o, c);
			if (o->step[n++]) {
				only = c;
				n_possible++;
			}
		}
	}
	if (n_possible == 1 && node_at(o, only)->item >= BIOS_ITEM_NAME)
		enter(o, only);
}

static void begin_sentence(struct bios_oracle *o, uint32_t sentence)
{
	o->sentence = sentence;
	o->place = sentence ? BIOS_LATER_SENTENCE : BIOS_FIRST_SENTENCE;
	o->node = 0;
	if (sentence < BIOS_ATTRIBUTES)
		prepare(o);
	else
		o->stage = STAGE_END;
}

static void begin_biography(struct bios_oracle *o)
{
	for (uint32_t a = 0; a < BIOS_ATTRIBUTES; a++)
		o->stated[a] = false;
	o->certain = false;
	o->pronoun_said = false;
	begin_sentence(o, 0);
}

/* ---- Asking. ---- */

/* The listed masses, and `floor` for each other one of n_symbols. */
static void ask_masses(struct bios_oracle *o, struct dist *d, uint32_t n_listed, uint32_t n_symbols,
		       double floor)
{
	double sum = floor * (double)(n_symbols - n_listed), up = 1, scale;

	for (uint32_t j = 0; j < n_listed; j++)
		sum += o->mass[j];
	if (sum < SUM_MIN)
		up = SUM_SCALE;
	scale = (double)DIST_SCALE / (sum * up);
	d->n_symbols = n_symbols;
	d->n_listed = n_listed;
	d->floor = dist_frequency(floor * up, scale);
	for (uint32_t j = 0; j < n_listed; j++)
		d->freq[j] = dist_frequency(o->mass[j] * up, scale);
}

static void ask_first_name(struct bios_oracle *o, struct dist *d)
{
	for (uint32_t j = 0; j < BIOS_FIRST_NAMES; j++)
		o->mass[j] = first_name_mass(o, j);
	ask_masses(o, d, BIOS_FIRST_NAMES, BIOS_FIRST_NAMES, 0);
}

static void ask_middle_name(struct bios_oracle *o, struct dist *d)
{
	const struct list *l = &o->by_first[o->name];

	for (uint32_t j = 0; j < BIOS_MIDDLE_NAMES; j++) {
		o->mass[j] = 0;
		o->taken[j] = 0;
	}
	for (uint32_t i = 0; i < l->n; i++) {
		uint32_t j = middle_name(o->people->name[l->item[i]]);

		o->mass[j] += person_mass(o, l->item[i]);
		o->taken[j]++;
	}
	for (uint32_t j = 0; j < BIOS_MIDDLE_NAMES; j++)
		o->mass[j] += o->free_mass * (double)(BIOS_LAST_NAMES - o->taken[j]);
	ask_masses(o, d, BIOS_MIDDLE_NAMES, BIOS_MIDDLE_NAMES, 0);
}

/* The few people with these first and middle names, sorted by the last; all others are alike. */
static void ask_last_name(struct bios_oracle *o, struct dist *d)
{
	const struct list *l = &o->by_first[o->name / BIOS_MIDDLE_NAMES];
	uint32_t n = 0;

	for (uint32_t i = 0; i < l->n; i++) {
		uint32_t name = o->people->name[l->item[i]], at = n;

		if (name / BIOS_LAST_NAMES != o->name)
			continue;
		for (; at > 0 && d->symbol[at - 1] > name % BIOS_LAST_NAMES; at--) {
			d->symbol[at] = d->symbol[at - 1];
			o->mass[at] = o->mass[at - 1];
		}
		d->symbol[at] = name % BIOS_LAST_NAMES;
		o->mass[at] = person_mass(o, l->item[i]);
		n++;
	}
	ask_masses(o, d, n, BIOS_LAST_NAMES, o->free_mass);
}

static void ask_certain(struct dist *d, uint32_t n_symbols, uint32_t symbol)
{
	d->n_symbols = n_symbols;
	d->n_listed = 1;
	d->floor = 0;
	d->symbol[0] = symbol;
	d->freq[0] = 1;
}

/* The employers of the city that was stated. */
static void ask_local_employer(const struct bios_oracle *o, struct dist *d)
{
	d->n_symbols = BIOS_EMPLOYERS;
	d->n_listed = 0;
	d->floor = 0;
	for (uint32_t e = 0; e < BIOS_EMPLOYERS; e++) {
		if (o->prior->employer_city[e] == o->person.value[BIOS_PART_COMPANY_CITY]) {
			d->symbol[d->n_listed] = e;
			d->freq[d->n_listed++] = 1;
		}
	}
}

static void ask_value(const struct bios_oracle *o, struct dist *d)
{
	uint32_t part = node_at(o, o->node)->item - BIOS_ITEM_VALUE;

	if (o->certain) {
		ask_certain(d, bios_part_size[part], o->person.value[part]);
	} else if (part == BIOS_PART_EMPLOYER && o->stated[BIOS_COMPANY_CITY]) {
		ask_local_employer(o, d);
	} else if (part == BIOS_PART_COMPANY_CITY && o->stated[BIOS_EMPLOYER]) {
		ask_certain(d, BIOS_CITIES,
			    o->prior->employer_city[o->person.value[BIOS_PART_EMPLOYER]]);
	} else if (part == BIOS_PART_COMPANY_CITY) {
		d->n_symbols = d->n_listed = BIOS_CITIES;
		for (uint32_t c = 0; c < BIOS_CITIES; c++)
			d->freq[c] = o->prior->city_employers[c];
	} else {
		d->n_symbols = bios_part_size[part];
		d->n_listed = 0;
		d->floor = 1;
	}
}

static void ask_step(const struct bios_oracle *o, struct dist *d)
{
	d->n_symbols = d->n_listed = node_at(o, o->node)->n_children;
	for (uint32_t j = 0; j < d->n_listed; j++)
		d->freq[j] = o->step[j];
}

static void bios_ask(struct predictor *p, struct dist *d)
{
	struct bios_oracle *o = oracle(p);

	switch (o->stage) {
	case STAGE_STEP:
		ask_step(o, d);
		break;
	case STAGE_NAME:
		if (o->n_parts == 0)
			ask_first_name(o, d);
		else if (o->n_parts == 1)
			ask_middle_name(o, d);
		else
			ask_last_name(o, d);
		break;
	case STAGE_PRONOUN:
		d->n_symbols = d->n_listed = 2;
		d->freq[0] = d->freq[1] = 1;
		if (o->certain || o->pronoun_said)
			d->freq[!o->person.pronoun] = 0;
		break;
	case STAGE_VALUE:
		ask_value(o, d);
		break;
	case STAGE_END:
		d->n_symbols = d->n_listed = 1;
		d->freq[0] = 1;
		break;
	}
}

/* ---- Spelling. ---- */

static uint32_t in_range(uint32_t symbol, uint32_t first, uint32_t n)
{
	return symbol - first < n ? symbol - first : OUTCOME_NONE; /* wraps when it is smaller */
}

static uint32_t spell_step(const struct bios_oracle *o, uint32_t symbol)
{
	uint32_t n = 0;

	for (uint32_t c = node_at(o, o->node)->first_child; c; c = node_at(o, c)->next_sibling) {
		if (bios_item_takes(o->prior->grammar, node_at(o, c)->item, symbol))
			return n;
		n++;
	}
	return OUTCOME_NONE;
}

static enum bios_case case_at(const struct bios_oracle *o)
{
	return (enum bios_case)(node_at(o, o->node)->item - BIOS_ITEM_PRONOUN);
}

static uint32_t bios_spell(struct predictor *p, uint32_t symbol)
{
	struct bios_oracle *o = oracle(p);
	const struct bios_grammar *g = o->prior->grammar;
	uint32_t part;

	switch (o->stage) {
	case STAGE_STEP:
		return spell_step(o, symbol);
	case STAGE_NAME:
		return in_range(symbol, g->first_name[o->n_parts], bios_name_size[o->n_parts]);
	case STAGE_PRONOUN:
		for (uint32_t pronoun = 0; pronoun < 2; pronoun++)
			if (symbol == bios_pronoun_token(g, case_at(o), pronoun))
				return pronoun;
		return OUTCOME_NONE;
	case STAGE_VALUE:
		part = node_at(o, o->node)->item - BIOS_ITEM_VALUE;
		return in_range(symbol, g->first_value[part], bios_part_size[part]);
	case STAGE_END:
		return in_range(symbol, BIOS_END_TOKEN, 1);
	}
	return OUTCOME_NONE;
}

/* ---- Telling. ---- */

/* The token of this node is complete. */
static bool token_read(struct bios_oracle *o, uint32_t token, uint32_t *symbol)
{
	const struct bios_node *node = node_at(o, o->node);

	*symbol = token;
	if (node->n_children) {
		prepare(o);
		return true;
	}
	o->stated[node->template / BIOS_TEMPLATES] = true;
	begin_sentence(o, o->sentence + 1);
	return true;
}

static bool name_read(struct bios_oracle *o, uint32_t part, uint32_t *symbol)
{
	uint32_t token = o->prior->grammar->first_name[o->n_parts] + part;

	o->name = o->name * bios_name_size[o->n_parts++] + part;
	if (o->n_parts < 3) {
		*symbol = token;
		return true;
	}
	o->who = bios_directory_find(o->people, o->name);
	o->certain = o->who != BIOS_NOBODY && o->packed[o->who] != UNKNOWN;
	if (o->certain)
		o->person = bios_unpack(o->prior, o->packed[o->who]);
	return token_read(o, token, symbol);
}

static bool value_read(struct bios_oracle *o, uint32_t value, uint32_t *symbol)
{
	uint32_t part = node_at(o, o->node)->item - BIOS_ITEM_VALUE;

	o->person.value[part] = (uint16_t)value;
	return token_read(o, o->prior->grammar->first_value[part] + value, symbol);
}

static bool bios_tell(struct predictor *p, uint32_t outcome, uint32_t *symbol)
{
	struct bios_oracle *o = oracle(p);

	switch (o->stage) {
	case STAGE_STEP:
		enter(o, child_at(o, outcome));
		if (o->stage == STAGE_STEP)
			return token_read(o, node_at(o, o->node)->item, symbol);
		return false;
	case STAGE_NAME:
		return name_read(o, outcome, symbol);
	case STAGE_PRONOUN:
		o->person.pronoun = (uint8_t)outcome;
		o->pronoun_said = true;
		return token_read(o, bios_pronoun_token(o->prior->grammar, case_at(o), outcome),
				  symbol);
	case STAGE_VALUE:
		return value_read(o, outcome, symbol);
	case STAGE_END:
		if (!o->known && o->base.failed == STATUS_OK)
			learn(o);
		begin_biography(o);
		*symbol = BIOS_END_TOKEN;
		return true;
	}
	return false;
}

/* ---- Opening. ---- */

static void bios_close(struct predictor *p)
{
	struct bios_oracle *o = oracle(p);

	if (!o)
		return;
	for (uint32_t j = 0; j < BIOS_FIRST_NAMES; j++)
		free(o->by_first[j].item);
	free(o->count);
	if (!o->truth)
		free(o->packed);
	bios_directory_free(&o->own);
	bios_truth_free(o->truth);
	bios_prior_free(o->prior);
	free(o);
}

/* People who are there from the start, with weights that do not change. */
static enum status settle(struct bios_oracle *o)
{
	for (uint32_t k = 0; k < o->people->n; k++) {
		uint32_t j = first_name(o->people->name[k]);

		if (!list_add(&o->by_first[j], k))
			return fail_no_memory();
		o->first_mass[j] += o->weight[k];
	}
	if (o->truth) {
		o->packed = o->truth->packed;
		o->free_mass = o->truth->unseen_weight / (double)(BIOS_NAMES - o->people->n);
		return STATUS_OK;
	}
	o->packed = malloc(o->people->n * sizeof *o->packed);
	if (!o->packed)
		return fail_no_memory();
	for (uint32_t k = 0; k < o->people->n; k++)
		o->packed[k] = UNKNOWN;
	return STATUS_OK;
}

static enum status set_up(struct bios_oracle *o, const struct world *w)
{
	bool finite;

	TRY(bios_prior_load(&o->prior, w));
	if (o->known)
		TRY(bios_truth_load(&o->truth, o->prior, json_object_get(w->root, "truth")));
	finite = o->prior->sampling != BIOS_PITMAN_YOR;
	o->people = finite ? &o->prior->people : o->known ? o->truth->people : &o->own;
	o->weight = finite ? o->prior->p : o->known ? o->truth->weight : NULL;
	o->base.outcomes_max = OUTCOMES_MAX;
	for (uint32_t place = 0; place < BIOS_PLACES; place++)
		for (uint32_t i = 0; i < o->prior->grammar->n_nodes[place]; i++)
			assert(o->prior->grammar->node[place][i].n_children <= OUTCOMES_MAX);
	if (o->weight)
		TRY(settle(o));
	else
		share_new_mass(o);
	begin_biography(o);
	return STATUS_OK;
}

static enum status bios_open(struct predictor **out, const struct world *w, bool known)
{
	struct bios_oracle *o = calloc(1, sizeof *o);
	enum status s;

	if (!o)
		return fail_no_memory();
	o->known = known;
	s = set_up(o, w);
	if (s != STATUS_OK) {
		bios_close(&o->base);
		return s;
	}
	*out = &o->base;
	return STATUS_OK;
}

/* How many people there will be.  Of Pitman-Yor ones after n biographies about (beta + 1)^(1 -
 * alpha) / alpha * n^alpha in the mean; here four times that, or as many as there can be
 * biographies. */
static uint64_t n_people(const struct bios_prior *p, const struct world *w, bool known,
			 uint64_t n_total)
{
	double alpha = (double)p->alpha_millionths / OPTION_UNIT, log_mean, n;
	double n_biographies = (double)(n_total / BIOS_TOKENS_MIN + 1);

	if (p->sampling != BIOS_PITMAN_YOR)
		return p->people.n;
	if (known)
		return json_array_size(
		    json_object_get(json_object_get(w->root, "truth"), "people"));
	alpha = alpha < 0.05 ? 0.05 : alpha;
	log_mean = alpha * elementary_log(n_biographies + 2) +
		   (1 - alpha) * elementary_log((double)p->beta_millionths / OPTION_UNIT + 2);
	n = 4 * elementary_exp(log_mean) / alpha;
	return (uint64_t)(n < n_biographies ? n : n_biographies);
}

static uint64_t bios_memory_bytes(const struct world *w, bool known, uint64_t n_total)
{
	struct bios_prior *p = NULL;
	enum status s = bios_prior_load(&p, w);
	uint64_t bytes = s == STATUS_NO_MEMORY ? PREDICTOR_MEMORY_UNKNOWN : 0;

	if (s == STATUS_OK)
		bytes = FIXED_BYTES +
			n_people(p, w, known, n_total) * (PERSON_BYTES + LIST_ENTRY_BYTES);
	bios_prior_free(p);
	return bytes;
}

const struct oracle_ops oracle_bios_ops = {
    .family = "bios",
    .memory_bytes = bios_memory_bytes,
    .open = bios_open,
    .ask = bios_ask,
    .spell = bios_spell,
    .tell = bios_tell,
    .close = bios_close,
};
