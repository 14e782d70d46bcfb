/* SPDX-License-Identifier: BSD-2-Clause
 *
 * test_twopart.c - the data half of the two-part code of the Syntax-Knowledge source.
 *
 * Property: given a description (corpora/sk_description.h) the predictor's cost of every single
 * token equals the one found by summing over every type, every stored element and the escapes by
 * brute force (the slow twin below), and all of them add up to the closed form of L(X | M); what
 * was coded comes back; descriptions that are out of range are refused, and those that contradict
 * themselves end with one sentence and no crash.
 * Method: small worlds drawn by the product itself, with descriptions built here by hand from the
 * corpus' counts; the twin shares no code with the predictor but the parsed prior.
 */
#include <math.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "archive.h"
#include "buffer.h"
#include "coder.h"
#include "container.h"
#include "oracle_sk.h"
#include "rng.h"
#include "run.h"
#include "sk_choice.h"
#include "sk_data.h"
#include "tokens.h"
#include "world.h"

#include "fixture.h" /* last: it brings cmocka.h, which defines a macro fail() */

#define ESCAPE UINT32_MAX

static struct predictor_ops data_ops; /* what run() needs of the predictor of the data */

static int set_up(void **state)
{
	data_ops = (struct predictor_ops){.name = "twopart",
					  .ask = oracle_sk_ops.ask,
					  .spell = oracle_sk_ops.spell,
					  .tell = oracle_sk_ops.tell,
					  .close = oracle_sk_ops.close};
	return fixture_open(state);
}

/* ---- Corpora. ---- */

static const char small[] =
    "types=3,templates=5,classes=4,class-words=3,words=20,attributes=3,values=5,facts=3,"
    "first-names=4,last-names=30,min-tokens=5,max-tokens=9,sentences=50,";

struct corpus {
	struct world *world;
	struct sk_prior *p;
	struct sk_counts *counts; /* of all of it */
	uint16_t *token;
	size_t n;
};

static struct corpus make_corpus(const char *options)
{
	struct fixture_corpus drawn = fixture_draw("sk", small, options);
	struct corpus c = {.world = drawn.world, .token = drawn.token, .n = drawn.n};

	assert_int_equal(sk_prior_load(&c.p, c.world->prior), STATUS_OK);
	assert_int_equal(sk_counts_open(&c.counts, c.p), STATUS_OK);
	assert_int_equal(sk_counts_add_tokens(c.counts, c.token, c.n), STATUS_OK);
	return c;
}

static void free_corpus(struct corpus *c)
{
	sk_counts_free(c->counts);
	sk_prior_free(c->p);
	world_free(c->world);
	free(c->token);
}

/* ---- Descriptions. ---- */

/* What to store. */
struct choice {
	unsigned element_period; /* every so many-th element; 0: none */
	unsigned value_period;   /* likewise of their (element, attribute)s */
	unsigned noise;
	int level; /* of every table; -1: a different one each */
};

/* Counts at a level: scaled ones are rounded down, and the first entry takes what is missing. */
static void describe_table(uint64_t *to, const uint64_t *from, uint32_t n, uint8_t level)
{
	uint64_t total = 0, m = level ? (uint64_t)1 << (level - 1) : 0, left = m;

	for (uint32_t j = 0; j < n; j++)
		total += from[j];
	for (uint32_t j = 0; j < n; j++) {
		to[j] = level == SK_LEVEL_EXACT ? from[j] : total ? from[j] * m / total : 0;
		left -= to[j];
	}
	if (level != SK_LEVEL_EXACT)
		to[0] += left;
}

static uint8_t choose_level(const struct choice *choice, unsigned table)
{
	static const uint8_t levels[] = {0, 1, 2, 5, 9, SK_LEVEL_EXACT};

	return choice->level >= 0 ? (uint8_t)choice->level
				  : levels[table * 2654435761u / 65536 % sizeof levels];
}

static void describe_tables(struct sk_description *d, const struct corpus *c,
			    const struct choice *choice)
{
	const struct sk_prior *p = c->p;
	unsigned table = 0;

	for (uint32_t t = 0; t < p->n_types; t++) {
		for (uint32_t s = 0; s < p->cluster[t].n_states; s++) {
			const struct sk_state *from = &p->cluster[t].state[s];

			if (from->n_next == 1)
				continue;
			d->row_level[t][s] = choose_level(choice, table++);
			describe_table(d->row[t] + from->first_next,
				       c->counts->row[t] + from->first_next, from->n_next,
				       d->row_level[t][s]);
		}
		for (uint32_t k = 0; k < p->n_classes; k++) {
			size_t first = (size_t)k * p->n_class_words;

			d->word_level[t][k] = choose_level(choice, table++);
			describe_table(d->word[t] + first, c->counts->word[t] + first,
				       p->n_class_words, d->word_level[t][k]);
		}
	}
}

static struct sk_description *describe(const struct corpus *c, const struct choice *choice)
{
	const struct sk_counts *counts = c->counts;
	uint32_t n_attributes = c->p->n_attributes;
	struct sk_description *d = NULL;

	assert_int_equal(sk_description_open(&d, c->p), STATUS_OK);
	d->n_sentences = d->n_escapes = counts->n_sentences;
	d->element = calloc(counts->n_elements + 1, sizeof *d->element);
	d->value = calloc((size_t)counts->n_elements * n_attributes + 1, sizeof *d->value);
	d->noise = choice->noise;
	for (uint32_t k = 0; k < counts->n_elements; k++) {
		const struct sk_element_count *e = &counts->element[k];

		if (choice->element_period == 0 || k % choice->element_period != 0)
			continue;
		for (uint32_t a = 0; a < n_attributes; a++) {
			uint32_t i = counts->fact_head[k * n_attributes + a];
			bool stored = i != UINT32_MAX && choice->value_period &&
				      (k + a) % choice->value_period == 0;

			d->value[d->n_elements * n_attributes + a] =
			    stored ? counts->fact[i].value : SK_NOT_STORED;
		}
		d->element[d->n_elements++] = (struct sk_stored_element){e->name, e->n, e->type};
		d->n_escapes -= e->n;
	}
	describe_tables(d, c, choice);
	return d;
}

/* ---- The slow twin: every probability by summing over every hypothesis. ---- */

struct twin {
	const struct sk_prior *p;
	const struct sk_description *d;
	uint64_t *left;  /* (n_elements) sentences to come */
	bool *seen;      /* (n_elements) */
	uint64_t n_escapes;
	struct sk_counts *used; /* of the tables */
};

/* Sentences about the stored elements from the first unseen one on; *next gets that one. */
static uint64_t unseen(const struct twin *w, uint32_t *next)
{
	uint64_t n = 0;

	for (*next = 0; *next < w->d->n_elements && w->seen[*next];)
		++*next;
	for (uint32_t k = *next; k < w->d->n_elements; k++)
		n += w->left[k];
	return n;
}

static double weight_of(const struct twin *w, uint32_t k)
{
	uint32_t next;
	uint64_t n = unseen(w, &next);

	if (k == ESCAPE)
		return (double)w->n_escapes / w->p->n_types;
	return (double)(w->seen[k] ? w->left[k] : k == next ? n : 0);
}

/* Probability of entry `at` of the n of a table. */
static double entry_probability(const uint64_t *stored, const uint64_t *used, uint8_t level,
				uint32_t n, uint32_t at, double pseudo)
{
	double total = 0;

	for (uint32_t j = 0; j < n; j++)
		total += (double)stored[j] - (level == SK_LEVEL_EXACT ? (double)used[j] : 0);
	if (level < SK_LEVEL_EXACT)
		return ((double)stored[at] + pseudo) / (total + n * pseudo);
	return total > 0 ? ((double)stored[at] - (double)used[at]) / total : 0;
}

static double row_entry(const struct twin *w, uint32_t t, uint32_t s, uint32_t entry)
{
	const struct sk_state *from = &w->p->cluster[t].state[s];
	uint32_t first = from->first_next;

	return entry_probability(w->d->row[t] + first, w->used->row[t] + first,
				 w->d->row_level[t][s], from->n_next, entry - first,
				 w->p->row_pseudo_count);
}

static double word_entry(const struct twin *w, uint32_t t, uint32_t class, uint32_t slot)
{
	size_t first = (size_t)class * w->p->n_class_words;

	return entry_probability(w->d->word[t] + first, w->used->word[t] + first,
				 w->d->word_level[t][class], w->p->n_class_words, slot,
				 w->p->word_pseudo_count);
}

static double says(const struct twin *w, uint32_t k, uint32_t a, uint32_t v)
{
	double noise = (double)w->d->noise / SK_NOISE_ONE, n_values = w->p->n_values;
	uint32_t stored = k == ESCAPE ? SK_NOT_STORED : w->d->value[k * w->p->n_attributes + a];

	if (stored == SK_NOT_STORED)
		return 1 / n_values;
	return noise / n_values + (stored == v ? 1 - noise : 0);
}

/* Does the name start with these parts? */
static bool name_starts(const struct sk_prior *p, uint64_t name, const uint32_t *part, uint32_t n)
{
	uint64_t below = p->n_names;

	for (uint32_t j = 0; j < n; j++) {
		below /= p->part_size[j];
		if (name / below % p->part_size[j] != part[j])
			return false;
	}
	return true;
}

/* Probability of the parts of a name, given who is spoken of. */
static double name_probability(const struct twin *w, uint32_t k, const uint32_t *part, uint32_t n)
{
	double free_names = 0, agree = 0;

	if (k != ESCAPE)
		return name_starts(w->p, w->d->element[k].name, part, n);
	if (n == 0)
		return 1;
	for (uint64_t name = 0; name < w->p->n_names; name++) {
		bool stored = false;

		for (uint32_t i = 0; i < w->d->n_elements; i++)
			stored |= w->d->element[i].name == name;
		free_names += !stored;
		agree += !stored && name_starts(w->p, name, part, n);
	}
	return free_names > 0 ? agree / free_names : 0;
}

/* Joint weight of the first n tokens of a sentence and (type t, element k or an escape); *state
 * gets where the tree stands. */
static double joint(const struct twin *w, uint32_t t, uint32_t k, const uint16_t *token,
		    uint32_t n, uint32_t *state)
{
	const struct sk_prior *p = w->p;
	const struct sk_cluster *c = &p->cluster[t];
	double weight = weight_of(w, k);
	uint32_t s = 0, part[SK_NAME_PARTS_MAX], n_parts = 0;

	for (uint32_t i = 0; i < n && weight > 0; i++) {
		uint32_t entry = 0, word = token[i] - p->first_word, v = token[i] - p->first_value;
		uint32_t from = s;

		if (token[i] == SK_END_TOKEN) {
			entry = sk_end_entry(c, s);
			if (entry == SK_NO_ENTRY)
				return 0;
		} else if (token[i] < p->first_part[0]) {
			uint32_t class = c->word_class[word];

			s = class == SK_NONE ? SK_NONE : sk_step(c, s, SK_EMIT_WORD, class, &entry);
			if (s != SK_NONE)
				weight *= word_entry(w, t, class, c->word_slot[word]);
		} else if (token[i] < p->first_value) {
			part[n_parts] = token[i] - p->first_part[n_parts];
			if (++n_parts > 1)
				continue; /* the row was used at the first part */
			s = sk_step(c, s, SK_EMIT_NAME, 0, &entry);
		} else {
			s = sk_step(c, s, SK_EMIT_VALUE, v / p->n_values, &entry);
			weight *= says(w, k, v / p->n_values, v % p->n_values);
		}
		if (s == SK_NONE)
			return 0;
		weight *= row_entry(w, t, from, entry);
	}
	*state = s;
	return weight > 0 ? weight * name_probability(w, k, part, n_parts) : 0;
}

static double prefix_weight(const struct twin *w, const uint16_t *token, uint32_t n)
{
	double sum = 0;
	uint32_t state;

	for (uint32_t t = 0; t < w->p->n_types; t++)
		sum += joint(w, t, ESCAPE, token, n, &state);
	for (uint32_t k = 0; k < w->d->n_elements; k++)
		sum += joint(w, w->d->element[k].type, k, token, n, &state);
	return sum;
}

/* Kinds of tokens: their first token, and how many there are. */
static uint32_t kind_range(const struct sk_prior *p, uint32_t kind, uint32_t *n)
{
	*n = kind == 0 ? 1 : kind == 1 ? p->n_words : kind == 2 ? p->part_size[0] : p->n_values;
	return kind == 0   ? SK_END_TOKEN
	       : kind == 1 ? p->first_word
	       : kind == 2 ? p->first_part[0]
			   : sk_value_token(p, kind - 3, 0);
}

/* Add the kinds that (t, k) may go on with: what the rows say, whether or not a word is left. */
static void add_kinds_of(const struct twin *w, uint32_t t, uint32_t k, const uint16_t *token,
			 uint32_t n, double *kind)
{
	static const uint32_t first_kind[] = {0, 1, 2, 3}; /* by enum sk_emit */
	const struct sk_cluster *c = &w->p->cluster[t];
	uint32_t s = 0;
	double weight = joint(w, t, k, token, n, &s);

	if (weight == 0)
		return;
	for (uint32_t e = c->state[s].first_next; e < c->state[s].first_next + c->state[s].n_next;
	     e++) {
		const struct sk_state *to = c->next[e] == SK_END ? NULL : &c->state[c->next[e]];
		uint32_t at = !to ? 0
				  : first_kind[to->emit] +
					(to->emit == SK_EMIT_VALUE ? to->arg : 0);

		kind[at] += weight * row_entry(w, t, s, e);
	}
}

/* Probability of the kind that token[n] is of, given the n tokens before it. */
static double kind_probability(const struct twin *w, const uint16_t *token, uint32_t n,
			       uint32_t kind)
{
	double of_kind[3 + SK_ATTRIBUTES_MAX] = {0}, sum = 0;

	for (uint32_t t = 0; t < w->p->n_types; t++)
		add_kinds_of(w, t, ESCAPE, token, n, of_kind);
	for (uint32_t k = 0; k < w->d->n_elements; k++)
		add_kinds_of(w, w->d->element[k].type, k, token, n, of_kind);
	for (uint32_t i = 0; i < 3 + w->p->n_attributes; i++)
		sum += of_kind[i];
	return of_kind[kind] / sum;
}

/* Bits of token[n] after the n before it: its kind, then it among its kind. */
static double twin_bits(const struct twin *w, const uint16_t *token, uint32_t n)
{
	const struct sk_prior *p = w->p;
	uint32_t kind = 0, first = 0, n_members = 0;
	uint16_t other[SK_SENTENCE_MAX + 1];
	double probability = 1, sum = 0;

	for (uint32_t j = 1; j < p->n_name_parts; j++)
		if (p->first_part[j] <= token[n] && token[n] < p->first_part[j] + p->part_size[j]) {
			first = p->first_part[j];
			n_members = p->part_size[j];
		}
	if (n_members == 0) {
		do
			first = kind_range(p, kind++, &n_members);
		while (!(first <= token[n] && token[n] < first + n_members));
		probability = kind_probability(w, token, n, kind - 1);
	}
	memcpy(other, token, (n + 1) * sizeof *other);
	for (uint32_t j = 0; j < n_members; j++) {
		other[n] = (uint16_t)(first + j);
		sum += prefix_weight(w, other, n + 1);
	}
	return -log2(probability * prefix_weight(w, token, n + 1) / sum);
}

/* The twin has read a sentence. */
static void twin_learn(struct twin *w, const struct sk_sentence *s)
{
	for (uint32_t i = 0; i < s->n_rows; i++)
		w->used->row[s->type][s->row_entry[i]]++;
	for (uint32_t i = 0; i < s->n_words; i++)
		w->used->word[s->type]
			     [s->word_class[i] * w->p->n_class_words + s->word_slot[i]]++;
	for (uint32_t k = 0; k < w->d->n_elements; k++) {
		if (w->d->element[k].name == s->name) {
			w->seen[k] = true;
			w->left[k]--;
			return;
		}
	}
	w->n_escapes--;
}

static void twin_open(struct twin *w, const struct sk_description *d)
{
	*w = (struct twin){.p = d->prior, .d = d, .n_escapes = d->n_escapes};
	w->left = calloc(d->n_elements + 1, sizeof *w->left);
	w->seen = calloc(d->n_elements + 1, sizeof *w->seen);
	for (uint32_t k = 0; k < d->n_elements; k++)
		w->left[k] = d->element[k].n;
	assert_int_equal(sk_counts_open(&w->used, d->prior), STATUS_OK);
}

static void twin_close(struct twin *w)
{
	sk_counts_free(w->used);
	free(w->left);
	free(w->seen);
}

/* ---- The closed form. ---- */

/* lg n! */
static double lg_factorial(double n)
{
	return lgamma(n + 1) / log(2);
}

/* Of one table with these uses. */
static double table_bits(const uint64_t *stored, const uint64_t *uses, uint8_t level, uint32_t n,
			 double pseudo)
{
	double bits = 0, total = 0;

	for (uint32_t j = 0; j < n; j++) {
		total += (double)uses[j];
		if (level == SK_LEVEL_EXACT)
			bits -= lg_factorial((double)uses[j]);
		else
			bits -= (double)uses[j] *
				log2(entry_probability(stored, uses, level, n, j, pseudo));
	}
	return level == SK_LEVEL_EXACT ? bits + lg_factorial(total) : bits;
}

static double tables_bits(const struct corpus *c, const struct sk_description *d)
{
	const struct sk_prior *p = c->p;
	double bits = 0;

	for (uint32_t t = 0; t < p->n_types; t++) {
		for (uint32_t s = 0; s < p->cluster[t].n_states; s++) {
			const struct sk_state *from = &p->cluster[t].state[s];

			bits += table_bits(d->row[t] + from->first_next,
					   c->counts->row[t] + from->first_next, d->row_level[t][s],
					   from->n_next, p->row_pseudo_count);
		}
		for (uint32_t k = 0; k < p->n_classes; k++) {
			size_t first = (size_t)k * p->n_class_words;

			bits += table_bits(d->word[t] + first, c->counts->word[t] + first,
					   d->word_level[t][k], p->n_class_words,
					   p->word_pseudo_count);
		}
	}
	return bits;
}

/* Statements of the element, `k` in the counts, `stored` in the description. */
static double facts_bits(const struct corpus *c, const struct sk_description *d, uint32_t k,
			 uint32_t stored)
{
	double noise = (double)d->noise / SK_NOISE_ONE, n_values = c->p->n_values, bits = 0;

	for (uint32_t a = 0; a < c->p->n_attributes; a++) {
		uint32_t value =
		    stored == ESCAPE ? SK_NOT_STORED : d->value[stored * c->p->n_attributes + a];

		for (uint32_t i = c->counts->fact_head[k * c->p->n_attributes + a];
		     i != UINT32_MAX; i = c->counts->fact[i].next) {
			double q = value == SK_NOT_STORED ? 1 / n_values
				   : value == c->counts->fact[i].value
				       ? 1 - noise + noise / n_values
				       : noise / n_values;

			bits -= c->counts->fact[i].count * log2(q);
		}
	}
	return bits;
}

static double closed_form(const struct corpus *c, const struct sk_description *d)
{
	double n_free = (double)c->p->n_names - d->n_elements;
	double left = (double)(d->n_sentences - d->n_escapes);
	double bits = lg_factorial((double)d->n_sentences) - lg_factorial((double)d->n_escapes) +
		      tables_bits(c, d);

	if (d->n_escapes)
		bits += (double)d->n_escapes * log2(c->p->n_types * n_free);
	for (uint32_t i = 0; i < d->n_elements; i++) {
		double n = (double)d->element[i].n;

		bits -= lg_factorial(n) + log2(left / n);
		left -= n;
	}
	for (uint32_t k = 0, i = 0; k < c->counts->n_elements; k++) {
		bool stored =
		    i < d->n_elements && d->element[i].name == c->counts->element[k].name;

		bits += facts_bits(c, d, k, stored ? i++ : ESCAPE);
	}
	return bits;
}

/* ---- Costs. ---- */

static enum status open_data(struct run *r, const struct corpus *c, const struct sk_description *d)
{
	enum status status;

	*r = (struct run){.model = &data_ops};
	status = oracle_sk_open_model(&r->p, c->world, d);
	return status == STATUS_OK ? run_open(r) : status;
}

static void close_data(struct run *r)
{
	run_close(r);
	data_ops.close(r->p);
}

/* Compare the predictor with the twin token by token; returns its total bits. */
static double compare_with_twin(const struct corpus *c, const struct sk_description *d)
{
	struct run r;
	struct twin w;
	double total;

	assert_int_equal(open_data(&r, c, d), STATUS_OK);
	twin_open(&w, d);
	for (size_t begin = 0, end; begin < c->n; begin = end) {
		struct sk_sentence s;

		for (end = begin; end == begin || c->token[end - 1] != SK_END_TOKEN; end++) {
			double before = r.ideal_bits;
			double bits = twin_bits(&w, c->token + begin, (uint32_t)(end - begin));

			assert_int_equal(run_symbols(&r, &c->token[end], 1), STATUS_OK);
			if (!(fabs(r.ideal_bits - before - bits) <= 1e-6 * (1 + bits)))
				print_message("token %zu (%u): %.9f bits, twin %.9f\n", end,
					      c->token[end], r.ideal_bits - before, bits);
			assert_true(fabs(r.ideal_bits - before - bits) <= 1e-6 * (1 + bits));
		}
		assert_true(sk_parse(c->p, c->token + begin, (uint32_t)(end - begin), &s));
		twin_learn(&w, &s);
	}
	total = r.ideal_bits;
	twin_close(&w);
	close_data(&r);
	return total;
}

/* Worlds, and what of them can be described without ruling them out. */
static const struct {
	const char *options;
	unsigned noise; /* 0: facts never vary */
} worlds[] = {
    {"alpha=0.5,beta=1", 0},
    {"alpha=0,beta=2", 0},
    {"alpha=0.9,beta=1,values=2,attributes=5,facts=5,max-tokens=12", 0},
    {"alpha=0.6,noise=0.5", SK_NOISE_ONE / 4},
    {"alpha=0.4,noise=3,attributes=2,facts=2", SK_NOISE_ONE / 10},
    {"alpha=0.5,middle-names=3,first-names=2,last-names=9", 1},
    {"alpha=0.8,first-names=3,last-names=3,sentences=8", 0}, /* names nearly used up */
    {"alpha=0.3,first-names=2,last-names=2,sentences=3,facts=0", 0},
    {"alpha=0.5,types=1,word-pseudo=0.01,noise=1", SK_NOISE_ONE},
};

static const struct choice choices[] = {
    {1, 1, 0, SK_LEVEL_EXACT}, /* all */
    {1, 0, 0, SK_LEVEL_EXACT},
    {1, 2, 0, 0},
    {1, 1, 0, 4},
    {2, 1, 0, 0}, /* some elements */
    {3, 2, 0, 7},
    {2, 1, 0, SK_LEVEL_EXACT},
    {2, 1, 0, -1},
    {1, 1, 0, -1},
    {0, 0, 0, SK_LEVEL_EXACT}, /* escapes only */
    {0, 0, 0, 0},              /* nothing at all */
};

static struct corpus nth_corpus(size_t i)
{
	char options[160];

	snprintf(options, sizeof options, "seed=%zu,%s", i, worlds[i].options);
	return make_corpus(options);
}

static struct sk_description *nth_description(const struct corpus *c, size_t world, size_t i)
{
	struct choice choice = choices[i];

	choice.noise = worlds[world].noise;
	return describe(c, &choice);
}

/*
 * No law gives away what another rules out, unless the tables say exactly which types and entries
 * are left and the escapes' types or other tables do not: then what is excluded is not paid for.
 */
static bool nothing_is_excluded(const struct choice *choice)
{
	return choice->level >= 0 && (choice->level < (int)SK_LEVEL_EXACT ||
				      choice->element_period == 1);
}

static void test_costs_are_the_twins(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof worlds / sizeof *worlds; i++) {
		struct corpus c = nth_corpus(i);

		for (size_t j = 0; j < sizeof choices / sizeof *choices; j++) {
			struct sk_description *d = nth_description(&c, i, j);
			double closed = closed_form(&c, d), total = compare_with_twin(&c, d);

			if (!(total < closed + 1e-5 * (1 + closed)))
				print_message("world %zu, choice %zu: %.6f bits, %.6f expected\n",
					      i, j, total, closed);
			assert_true(total < closed + 1e-5 * (1 + closed));
			if (nothing_is_excluded(&choices[j]))
				assert_true(total > closed - 1e-5 * (1 + closed));
			sk_description_free(d);
		}
		free_corpus(&c);
	}
}

/* At the end all urns are empty: nothing has failed, and whoever goes on is told. */
static void test_end(void **state)
{
	struct corpus c = make_corpus("seed=5");
	uint16_t more = c.token[0];

	(void)state;
	for (size_t j = 0; j < sizeof choices / sizeof *choices; j++) {
		struct sk_description *d = describe(&c, &choices[j]);
		struct run r;

		assert_int_equal(open_data(&r, &c, d), STATUS_OK);
		sk_description_free(d); /* nobody looks at it any more */
		assert_int_equal(run_symbols(&r, c.token, c.n), STATUS_OK);
		assert_int_equal(r.p->failed, STATUS_OK);
		for (int again = 0; again < 3; again++)
			assert_int_equal(run_symbols(&r, &more, 1), STATUS_IMPOSSIBLE);
		assert_non_null(strstr(status_message(), "no sentence left"));
		close_data(&r);
	}
	free_corpus(&c);
}

/* ---- There and back. ---- */

static void encode(const struct corpus *c, const struct sk_description *d, struct buffer *out)
{
	struct run r;

	assert_int_equal(open_data(&r, c, d), STATUS_OK);
	r.coder = coder_by_id(CONTAINER_CODER_ID);
	assert_int_equal(r.coder->encoder_open(&r.enc, out), STATUS_OK);
	assert_int_equal(run_symbols(&r, c->token, c->n), STATUS_OK);
	assert_int_equal(r.coder->encoder_close(r.enc), STATUS_OK);
	assert_true((double)out->size_bytes * 8 < r.ideal_bits + 64);
	close_data(&r);
}

/* Decode n tokens from some bytes. */
static enum status decode(const struct corpus *c, const struct sk_description *d,
			  const uint8_t *data, size_t size_bytes, uint16_t *token, size_t n)
{
	struct run r;
	enum status status, closed;

	assert_int_equal(open_data(&r, c, d), STATUS_OK);
	r.coder = coder_by_id(CONTAINER_CODER_ID);
	assert_int_equal(r.coder->decoder_open(&r.dec, data, size_bytes), STATUS_OK);
	status = run_symbols(&r, token, n);
	closed = r.coder->decoder_close(r.dec);
	close_data(&r);
	return status == STATUS_OK ? closed : status;
}

static void test_round_trip(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof worlds / sizeof *worlds; i++) {
		struct corpus c = nth_corpus(i);
		uint16_t *back = calloc(c.n + 1, sizeof *back);

		for (size_t j = 0; j < sizeof choices / sizeof *choices; j++) {
			struct sk_description *d = nth_description(&c, i, j);
			struct buffer coded = {0};

			encode(&c, d, &coded);
			assert_int_equal(decode(&c, d, coded.data, coded.size_bytes, back, c.n),
					 STATUS_OK);
			assert_memory_equal(back, c.token, c.n * sizeof *back);
			buffer_free(&coded);
			sk_description_free(d);
		}
		free(back);
		free_corpus(&c);
	}
}

/* ---- The archive. ---- */

/* As written and read by the product: the model within its limit, the data as the closed form says,
 * and both back. */
static void check_archive(const struct corpus *c, uint64_t model_bits_max)
{
	struct archive_settings settings;
	struct archive_reading reading = {.world = c->world};
	struct archive_stats stats;
	struct buffer in = {0}, archive = {0}, back = {0};
	struct sk_description *d = NULL;
	struct archive_info info;
	double bits[BOUND_PARTS], data_bits = 0, coded;

	tokens_write_header(&in, c->n);
	tokens_append(&in, c->token, c->n);
	assert_int_equal(archive_settings_parse(&settings, "twopart"), STATUS_OK);
	settings.world = c->world;
	settings.model_bits_max = model_bits_max;
	assert_int_equal(archive_compress(&settings, in.data, in.size_bytes, &archive, &stats),
			 STATUS_OK);
	assert_int_equal(
	    archive_decompress(&reading, archive.data, archive.size_bytes, &back, NULL), STATUS_OK);
	assert_int_equal(back.size_bytes, in.size_bytes);
	assert_memory_equal(back.data, in.data, in.size_bytes);
	assert_true(8 * stats.model_bytes <= model_bits_max || stats.model_bytes < 40);

	assert_int_equal(archive_inspect(archive.data, archive.size_bytes, &info), STATUS_OK);
	assert_int_equal(sk_model_read(&d, c->p, c->counts->n_sentences, info.header.stored,
				       info.header.stored_bytes),
			 STATUS_OK);
	sk_data_bits(d, c->counts, bits);
	for (int part = 0; part < BOUND_PARTS; part++)
		data_bits += bits[part];
	coded = stats.ideal_bits - 8 * (double)stats.model_bytes;
	assert_true(fabs(data_bits - closed_form(c, d)) < 1e-6 * (1 + data_bits));
	assert_true(coded < data_bits * (1 + 1e-6) + 1e-3);
	assert_true(fabs((double)archive.size_bytes * 8 - stats.ideal_bits) < 8 * 24);
	sk_description_free(d);
	archive_info_free(&info);
	buffer_free(&in);
	buffer_free(&archive);
	buffer_free(&back);
}

static void test_archives(void **state)
{
	static const uint64_t limits[] = {0, 300, 2000, 20000, MODEL_BITS_ANY};

	(void)state;
	for (size_t i = 0; i < sizeof worlds / sizeof *worlds; i++) {
		char options[160];

		snprintf(options, sizeof options, "sentences=200,seed=%zu,%s", i,
			 worlds[i].options);

		struct corpus c = make_corpus(options);

		for (size_t j = 0; j < sizeof limits / sizeof *limits; j++)
			check_archive(&c, limits[j]);
		free_corpus(&c);
	}
}

/* Bytes of a model with one changed, and bytes that never were one. */
static void test_damaged_models(void **state)
{
	const struct predictor_ops *ops = predictor_by_name("twopart");
	struct corpus c = make_corpus("seed=9,sentences=300");
	struct predictor_setup setup = {
	    .n_symbols = c.world->vocab, .world = c.world, .n_total = c.n};
	struct rng r = rng_stream(9, 1, 0);
	struct buffer stored = {0};
	struct predictor *p = NULL;
	unsigned n_opened = 0, n_refused = 0;

	(void)state;
	assert_int_equal(ops->fit(&setup, c.token, c.n, MODEL_BITS_ANY, &stored), STATUS_OK);
	setup.stored = stored.data;
	setup.stored_bytes = stored.size_bytes;
	for (int i = 0; i < 400; i++) {
		size_t at = rng_below(&r, stored.size_bytes);
		uint8_t before = stored.data[at];
		struct run run = {.model = ops};

		stored.data[at] ^= (uint8_t)(1 + rng_below(&r, 255));
		if (i % 4 == 0)
			setup.stored_bytes = at;
		assert_true(ops->memory_bytes(&setup, c.n) > 0);
		if (ops->open(&run.p, &setup) == STATUS_OK) {
			enum status status;

			assert_int_equal(run_open(&run), STATUS_OK);
			status = run_symbols(&run, c.token, c.n);
			assert_true(status == STATUS_OK || status == STATUS_IMPOSSIBLE);
			close_data(&run);
			n_opened++;
		} else {
			n_refused++;
		}
		stored.data[at] = before;
		setup.stored_bytes = stored.size_bytes;
	}
	assert_true(n_opened > 0 && n_refused > 300);
	setup.stored = NULL;
	assert_int_equal(ops->open(&p, &setup), STATUS_CORRUPT);
	buffer_free(&stored);
	free_corpus(&c);
}

/* ---- Hostile descriptions. ---- */

/* Make one thing wrong. */
static void break_description(struct sk_description *d, int what)
{
	const struct sk_prior *p = d->prior;

	switch (what) {
	case 0:
		d->element[1].name = d->element[0].name;
		break;
	case 1:
		d->element[0].name = p->n_names;
		break;
	case 2:
		d->element[0].type = p->n_types;
		break;
	case 3:
		d->element[0].n = 0;
		break;
	case 4:
		d->element[0].n++;
		break;
	case 5:
		d->element[0].n = UINT64_MAX - 3;
		break;
	case 6:
		d->n_escapes = d->n_sentences + 1;
		break;
	case 7:
		d->n_sentences++;
		break;
	case 8:
		d->noise = SK_NOISE_ONE + 1;
		break;
	case 9:
		d->value[0] = p->n_values;
		break;
	case 10:
		d->row_level[0][0] = SK_LEVEL_EXACT + 1;
		break;
	case 11:
		d->word_level[0][0] = 255;
		break;
	case 12:
		d->row[0][0] = UINT64_MAX;
		break;
	case 13:
		d->word[0][0] = d->n_sentences + 1;
		break;
	case 14:
		d->row_level[0][0] = 20; /* the counts do not add up to it */
		break;
	case 15:
		d->row_level[0][0] = 0; /* and to nothing neither */
		break;
	default:
		assert_true(false);
	}
}

static void test_descriptions_out_of_range(void **state)
{
	static const struct choice all = {2, 1, 0, SK_LEVEL_EXACT};
	struct corpus c = make_corpus("seed=2");
	struct predictor *p = NULL;
	struct sk_description *d;

	(void)state;
	for (int what = 0; what < 16; what++) {
		d = describe(&c, &all);
		break_description(d, what);
		if (oracle_sk_open_model(&p, c.world, d) != STATUS_CORRUPT)
			print_message("case %d\n", what);
		assert_null(p);
		assert_non_null(strstr(status_message(), "the stored model: "));
		sk_description_free(d);
	}
	d = describe(&c, &all);
	d->n_sentences = d->n_escapes = (uint64_t)1 << 40;
	assert_int_equal(oracle_sk_open_model(&p, c.world, d), STATUS_LIMIT);
	sk_description_free(d);
	free_corpus(&c);

	c = make_corpus("first-names=1,last-names=2,sentences=30,alpha=0,beta=0.01,seed=3");
	d = describe(&c, &choices[0]);
	d->n_elements = 2; /* all names, and escapes */
	d->element[1] = d->element[0];
	d->element[1].name = !d->element[0].name;
	d->element[1].n = d->element[0].n = 1;
	d->n_escapes = d->n_sentences - 2;
	assert_int_equal(oracle_sk_open_model(&p, c.world, d), STATUS_CORRUPT);
	assert_non_null(strstr(status_message(), "all names"));
	sk_description_free(d);
	free_corpus(&c);
}

/* Within range, but its parts contradict each other or the corpus. */
static void contradict(struct sk_description *d, struct rng *r)
{
	const struct sk_prior *p = d->prior;

	for (int i = 0; i < 6; i++) {
		uint32_t t = (uint32_t)rng_below(r, p->n_types);
		uint32_t s = (uint32_t)rng_below(r, p->cluster[t].n_states);
		uint32_t class = (uint32_t)rng_below(r, p->n_classes);
		uint64_t *row = d->row[t] + p->cluster[t].state[s].first_next;
		uint64_t *word = d->word[t] + (size_t)class * p->n_class_words;

		d->row_level[t][s] = d->word_level[t][class] = SK_LEVEL_EXACT;
		memset(row, 0, p->cluster[t].state[s].n_next * sizeof *row);
		memset(word, 0, p->n_class_words * sizeof *word);
		row[0] = rng_below(r, d->n_sentences);
		word[0] = rng_below(r, 3);
	}
	if (d->n_elements) {
		uint32_t k = (uint32_t)rng_below(r, d->n_elements);

		d->element[k].type = (uint32_t)rng_below(r, p->n_types);
		d->value[k * p->n_attributes] = (uint32_t)rng_below(r, p->n_values);
	}
}

static void test_contradictions(void **state)
{
	struct rng r = rng_stream(7, 1, 0);
	struct corpus c = make_corpus("seed=4");
	uint16_t *out = calloc(4 * c.n, sizeof *out);
	unsigned n_failed = 0;
	uint8_t noise[4000];

	(void)state;
	for (int i = 0; i < 300; i++) {
		struct choice choice = choices[(size_t)i % (sizeof choices / sizeof *choices)];
		struct sk_description *d;
		struct run run;
		enum status status;

		choice.noise = i % 3 ? 0 : (unsigned)rng_below(&r, SK_NOISE_ONE + 1);
		d = describe(&c, &choice);
		contradict(d, &r);
		for (size_t j = 0; j < sizeof noise; j++)
			noise[j] = i < 10 ? (uint8_t)(255 * (i % 2)) : (uint8_t)rng_below(&r, 256);
		noise[0] = 0; /* as every stream begins */
		status = decode(&c, d, noise, sizeof noise, out, 4 * c.n);
		assert_true(status == STATUS_IMPOSSIBLE || status == STATUS_CORRUPT);
		assert_int_equal(open_data(&run, &c, d), STATUS_OK);
		status = run_symbols(&run, c.token, c.n);
		assert_true(status == STATUS_OK || status == STATUS_IMPOSSIBLE);
		n_failed += status != STATUS_OK;
		close_data(&run);
		sk_description_free(d);
	}
	assert_true(n_failed > 200);
	free(out);
	free_corpus(&c);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_costs_are_the_twins),
	    cmocka_unit_test(test_end),
	    cmocka_unit_test(test_round_trip),
	    cmocka_unit_test(test_archives),
	    cmocka_unit_test(test_damaged_models),
	    cmocka_unit_test(test_descriptions_out_of_range),
	    cmocka_unit_test(test_contradictions),
	};

	return cmocka_run_group_tests(tests, set_up, fixture_close);
}
