/* SPDX-License-Identifier: BSD-2-Clause */
#include "sk_model_code.h"

#include <stdlib.h>
#include <string.h>

#include "elementary.h"
#include "scribe.h"

#define USES_UNKNOWN UINT64_MAX

struct walk {
	struct scribe scribe;
	struct sk_description *d;
	bool reading;
	uint32_t capacity; /* of the elements read */
	uint64_t n_sentences_max;
	double bits[BOUND_PARTS];
	uint32_t last_level, n_levels, n_same; /* of the tables so far */
};

double sk_sent_alpha(uint32_t index)
{
	return index / (double)SK_ALPHA_INDICES;
}

double sk_sent_beta(uint32_t index)
{
	double beta = index % 2 ? 0x1.6a09e667f3bcdp0 : 1;

	for (uint32_t i = 0; i < index / 2; i++)
		beta *= 2;
	return beta / 64;
}

static void account(struct walk *w, enum bound_part part)
{
	w->scribe.account = &w->bits[part];
}

static bool failed(const struct walk *w)
{
	return w->scribe.failed != STATUS_OK;
}

/* ---- Elements. ---- */

/* Room for one more element, empty, when reading. */
static void add_element(struct walk *w)
{
	struct sk_description *d = w->d;
	size_t n_attributes = d->prior->n_attributes;

	if (w->reading && d->n_elements >= d->prior->n_names) {
		w->scribe.failed = STATUS_CORRUPT;
		return;
	}
	if (w->reading && d->n_elements == w->capacity) {
		uint32_t capacity = w->capacity ? 2 * w->capacity : 64;
		void *element = realloc(d->element, capacity * sizeof *d->element), *value;

		if (element)
			d->element = element;
		value = realloc(d->value, (capacity * n_attributes + 1) * sizeof *d->value);
		if (value)
			d->value = value;
		if (!element || !value) {
			w->scribe.failed = STATUS_NO_MEMORY;
			return;
		}
		w->capacity = capacity;
	}
	if (!w->reading)
		return;
	d->element[d->n_elements] = (struct sk_stored_element){0};
	for (size_t a = 0; a < n_attributes; a++)
		d->value[d->n_elements * n_attributes + a] = SK_NOT_STORED;
	d->n_elements++;
}

static void walk_name(struct walk *w, struct sk_stored_element *e)
{
	const struct sk_prior *p = w->d->prior;
	uint64_t name = 0, below = p->n_names;

	account(w, BOUND_NAMES);
	for (uint32_t j = 0; j < p->n_name_parts; j++) {
		below /= p->part_size[j];
		name = name * p->part_size[j] +
		       scribe_uniform(&w->scribe, e->name / below % p->part_size[j],
				      p->part_size[j]);
	}
	e->name = name;
	e->type = (uint32_t)scribe_uniform(&w->scribe, e->type, p->n_types);
	account(w, BOUND_WEIGHTS);
}

/* The law of the sizes: which, and its parameters. */
static void walk_count_law(struct walk *w, double *alpha, double *beta)
{
	struct sk_description *d = w->d;

	d->count_law =
	    (enum sk_count_law)scribe_uniform(&w->scribe, d->count_law, SK_COUNT_LAWS);
	*alpha = d->prior->alpha;
	*beta = d->prior->beta;
	if (d->count_law != SK_COUNTS_SENT)
		return;
	d->alpha_index =
	    (uint32_t)scribe_uniform(&w->scribe, d->alpha_index, SK_ALPHA_INDICES);
	d->beta_index = (uint32_t)scribe_uniform(&w->scribe, d->beta_index, SK_BETA_INDICES);
	*alpha = sk_sent_alpha(d->alpha_index);
	*beta = sk_sent_beta(d->beta_index);
}

static void walk_elements(struct walk *w)
{
	struct sk_description *d = w->d;
	uint64_t left = d->n_sentences - d->n_escapes, n_elements = d->n_elements;
	double alpha, beta;

	if (left == 0)
		return;
	walk_count_law(w, &alpha, &beta);
	if (d->count_law == SK_COUNTS_ENUMERATIVE)
		n_elements = 1 + scribe_natural(&w->scribe, n_elements - 1, left - 1);
	for (uint32_t i = 1; left && !failed(w); i++) {
		struct sk_stored_element *e;
		uint64_t others;

		add_element(w);
		if (failed(w))
			return;
		e = &d->element[i - 1];
		if (d->count_law == SK_COUNTS_ENUMERATIVE) {
			others = n_elements - i; /* each has a sentence at least */
			e->n = 1 + scribe_beta_binomial(&w->scribe, e->n - 1, left - 1 - others, 1,
							(double)others);
		} else {
			e->n = 1 + scribe_beta_binomial(&w->scribe, e->n - 1, left - 1, 1 - alpha,
							beta + i * alpha);
		}
		left -= e->n;
		walk_name(w, e);
	}
}

/* ---- Tables. ---- */

/* A level by itself: only totals below the number of sentences make sense. */
static uint8_t walk_new_level(struct walk *w, uint8_t level)
{
	uint8_t n_scaled = 0;

	while ((uint64_t)1 << n_scaled < w->d->n_sentences)
		n_scaled++;
	level = level == SK_LEVEL_EXACT ? n_scaled + 1 : level;
	level = (uint8_t)scribe_uniform(&w->scribe, level, n_scaled + 2u);
	return level == n_scaled + 1 ? SK_LEVEL_EXACT : level;
}

static void walk_level(struct walk *w, uint8_t *level)
{
	double p = (w->n_same + 0.5) / (w->n_levels + 1.0);
	bool same = scribe_bit(&w->scribe, *level == w->last_level, p);

	if (same)
		*level = (uint8_t)w->last_level;
	else
		*level = walk_new_level(w, *level);
	w->last_level = *level;
	w->n_levels++;
	w->n_same += same;
}

/* One table of n entries; `uses` if they are known.  Returns the uses, if they are then. */
static uint64_t walk_table(struct walk *w, uint8_t *level, uint64_t *count, size_t n,
			   double pseudo, uint64_t uses)
{
	uint64_t total = 0, left;

	if (uses == 0)
		return 0;
	walk_level(w, level);
	if (*level == 0)
		return uses;
	if (*level < SK_LEVEL_EXACT) {
		total = (uint64_t)1 << (*level - 1);
	} else {
		for (size_t j = 0; uses == USES_UNKNOWN && j < n; j++)
			total += count[j];
		total = uses != USES_UNKNOWN
			    ? uses
			    : scribe_natural(&w->scribe, total, w->d->n_sentences);
		uses = total;
	}
	left = total;
	for (size_t j = 0; j < n; j++) {
		count[j] = scribe_beta_binomial(&w->scribe, count[j], left, pseudo,
						(double)(n - 1 - j) * pseudo);
		left -= count[j];
	}
	return uses;
}

/* Sentences of type t, when all elements are stored. */
static uint64_t sentences_of_type(const struct sk_description *d, uint32_t t)
{
	uint64_t n = 0;

	if (d->n_escapes)
		return USES_UNKNOWN;
	for (uint32_t k = 0; k < d->n_elements; k++)
		n += d->element[k].type == t ? d->element[k].n : 0;
	return n;
}

/* State s is used so often: pass it on to the states that follow, as far as its row is known, and
 * to the class that it speaks. */
static void spread_uses(const struct walk *w, uint32_t t, uint32_t s, uint64_t uses,
			uint64_t *state_uses)
{
	const struct sk_cluster *c = &w->d->prior->cluster[t];
	const struct sk_state *from = &c->state[s];
	bool exact = from->n_next == 1 || w->d->row_level[t][s] == SK_LEVEL_EXACT || uses == 0;

	for (uint32_t e = from->first_next; e < from->first_next + from->n_next; e++) {
		if (c->next[e] == SK_END)
			continue;
		if (uses == USES_UNKNOWN || !exact)
			state_uses[c->next[e]] = USES_UNKNOWN;
		else
			state_uses[c->next[e]] = from->n_next == 1 ? uses : w->d->row[t][e];
	}
}

static uint64_t uses_of_class(const struct sk_cluster *c, uint32_t class,
			      const uint64_t *state_uses)
{
	uint64_t uses = 0;

	for (uint32_t s = 0; s < c->n_states; s++) {
		if (c->state[s].emit != SK_EMIT_WORD || c->state[s].arg != class)
			continue;
		if (state_uses[s] == USES_UNKNOWN)
			return USES_UNKNOWN;
		uses += state_uses[s];
	}
	return uses;
}

static void walk_cluster(struct walk *w, uint32_t t, uint64_t *state_uses)
{
	struct sk_description *d = w->d;
	const struct sk_prior *p = d->prior;
	const struct sk_cluster *c = &p->cluster[t];

	state_uses[0] = sentences_of_type(d, t);
	for (uint32_t s = 0; s < c->n_states && !failed(w); s++) {
		uint64_t uses = state_uses[s];

		if (c->state[s].n_next > 1)
			uses = walk_table(w, &d->row_level[t][s],
					  &d->row[t][c->state[s].first_next], c->state[s].n_next,
					  p->row_pseudo_count, uses);
		spread_uses(w, t, s, uses, state_uses);
	}
	for (uint32_t k = 0; k < p->n_classes && p->n_class_words > 1 && !failed(w); k++)
		walk_table(w, &d->word_level[t][k], &d->word[t][k * p->n_class_words],
			   p->n_class_words, p->word_pseudo_count,
			   uses_of_class(c, k, state_uses));
}

static void walk_tables(struct walk *w)
{
	const struct sk_prior *p = w->d->prior;
	uint32_t n_states = 0;
	uint64_t *state_uses;

	for (uint32_t t = 0; t < p->n_types; t++)
		if (p->cluster[t].n_states > n_states)
			n_states = p->cluster[t].n_states;
	state_uses = calloc(n_states, sizeof *state_uses);
	if (!state_uses) {
		w->scribe.failed = STATUS_NO_MEMORY;
		return;
	}
	account(w, BOUND_SYNTAX);
	for (uint32_t t = 0; t < p->n_types && !failed(w); t++)
		walk_cluster(w, t, state_uses);
	free(state_uses);
}

/* ---- Facts. ---- */

/* For one type: how likely a sentence is to state each attribute, by the tables. */
static bool statement_shares(const struct sk_description *d, uint32_t t, double *share)
{
	const struct sk_prior *p = d->prior;
	const struct sk_cluster *c = &p->cluster[t];
	double *reach = calloc(c->n_states, sizeof *reach);

	memset(share, 0, p->n_attributes * sizeof *share);
	if (!reach)
		return false;
	reach[0] = 1;
	for (uint32_t s = 0; s < c->n_states; s++) {
		const struct sk_state *from = &c->state[s];
		const uint64_t *count = &d->row[t][from->first_next];
		double pseudo =
		    d->row_level[t][s] == SK_LEVEL_EXACT ? 0 : p->row_pseudo_count;
		double total = from->n_next * pseudo;

		if (from->emit == SK_EMIT_VALUE)
			share[from->arg] += reach[s];
		for (uint32_t j = 0; j < from->n_next; j++)
			total += (double)count[j];
		for (uint32_t j = 0; j < from->n_next && total > 0; j++)
			if (c->next[from->first_next + j] != SK_END)
				reach[c->next[from->first_next + j]] =
				    reach[s] * (((double)count[j] + pseudo) / total);
	}
	free(reach);
	return true;
}

/* Probability that n sentences state something of this share twice or more. */
static double stated_again(double n, double share)
{
	double none;

	if (share > 1 - 0x1p-40)
		return 1;
	none = elementary_exp((n - 1) * elementary_log(1 - share)); /* in n - 1 of them */
	return 1 - none * (1 + (n - 1) * share);
}

static void walk_values(struct walk *w, uint32_t k, const double *share)
{
	struct sk_description *d = w->d;
	const struct sk_prior *p = d->prior;
	double n = (double)d->element[k].n;

	for (uint32_t a = 0; a < p->n_attributes && n > 1 && !failed(w); a++) {
		uint32_t *value = &d->value[(size_t)k * p->n_attributes + a];

		if (scribe_bit(&w->scribe, *value != SK_NOT_STORED, stated_again(n, share[a])))
			*value = (uint32_t)scribe_uniform(&w->scribe, *value, p->n_values);
		else
			*value = SK_NOT_STORED;
	}
}

static void walk_facts(struct walk *w)
{
	struct sk_description *d = w->d;
	const struct sk_prior *p = d->prior;
	double *share = calloc((size_t)p->n_types * p->n_attributes + 1, sizeof *share);
	bool good = share != NULL;

	account(w, BOUND_FACTS);
	for (uint32_t t = 0; good && t < p->n_types; t++)
		good = statement_shares(d, t, share + (size_t)t * p->n_attributes);
	if (!good)
		w->scribe.failed = STATUS_NO_MEMORY;
	for (uint32_t k = 0; k < d->n_elements && !failed(w); k++)
		walk_values(w, k, share + (size_t)d->element[k].type * p->n_attributes);
	if (p->gamma > 0)
		d->noise = (uint32_t)scribe_uniform(&w->scribe, d->noise, SK_NOISE_ONE + 1);
	free(share);
}

/* ---- The whole. ---- */

static void walk_description(struct walk *w)
{
	struct sk_description *d = w->d;

	account(w, BOUND_WEIGHTS);
	d->n_sentences = scribe_natural(&w->scribe, d->n_sentences, UINT32_MAX);
	if (d->n_sentences > w->n_sentences_max)
		w->scribe.failed = STATUS_CORRUPT;
	if (!failed(w))
		d->n_escapes = scribe_natural(&w->scribe, d->n_escapes, d->n_sentences);
	if (!failed(w) && d->n_sentences) {
		walk_elements(w);
		walk_tables(w);
		walk_facts(w);
	}
}

enum status sk_model_write(const struct sk_description *d, struct buffer *out)
{
	struct walk w = {.d = (struct sk_description *)d, .n_sentences_max = UINT64_MAX};

	TRY(scribe_write(&w.scribe, out));
	walk_description(&w);
	return scribe_close(&w.scribe);
}

enum status sk_model_read(struct sk_description **out, const struct sk_prior *p,
			  uint64_t n_sentences_max, const uint8_t *stored, size_t stored_bytes)
{
	struct walk w = {.reading = true, .n_sentences_max = n_sentences_max};

	TRY(sk_description_open(&w.d, p));
	enum status s = scribe_read(&w.scribe, stored, stored_bytes);

	if (s == STATUS_OK) {
		walk_description(&w);
		s = scribe_close(&w.scribe);
	}
	if (s != STATUS_OK)
		sk_description_free(w.d);
	else
		*out = w.d;
	return s;
}

enum status sk_model_weigh(const struct sk_description *d, double bits[BOUND_PARTS])
{
	struct walk w = {.d = (struct sk_description *)d, .n_sentences_max = UINT64_MAX};

	scribe_weigh(&w.scribe);
	walk_description(&w);
	memcpy(bits, w.bits, sizeof w.bits);
	return scribe_close(&w.scribe);
}
