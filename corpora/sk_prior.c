/* SPDX-License-Identifier: BSD-2-Clause
 *
 * sk_prior.c - the prior of a Syntax-Knowledge world: reading, checking and parsing with it.
 */
#include <stdlib.h>
#include <string.h>

#include "sk.h"

static enum status bad_prior(const char *what)
{
	return fail(STATUS_CORRUPT, "world file: prior: %s", what);
}

/* A whole number member in [min, max]. */
static enum status get_count(const json_t *object, const char *name, int64_t min, int64_t max,
			     int64_t *out)
{
	const json_t *v = json_object_get(object, name);

	if (!json_is_integer(v) || json_integer_value(v) < min || json_integer_value(v) > max)
		return fail(STATUS_CORRUPT, "world file: '%s' is not a number from %lld to %lld",
			    name, (long long)min, (long long)max);
	*out = json_integer_value(v);
	return STATUS_OK;
}

static enum status get_u32(const json_t *object, const char *name, int64_t min, int64_t max,
			   uint32_t *out)
{
	int64_t v = 0;

	TRY(get_count(object, name, min, max, &v));
	*out = (uint32_t)v;
	return STATUS_OK;
}

static enum status load_sizes(struct sk_prior *p, const json_t *prior)
{
	const json_t *parts = json_object_get(prior, "name_parts");
	int64_t gamma = 0, row = 0, word = 0;

	TRY(get_count(prior, "alpha_millionths", 0, OPTION_UNIT - 1, &p->alpha_millionths));
	TRY(get_count(prior, "beta_millionths", -OPTION_UNIT, (int64_t)1000000 * OPTION_UNIT,
		      &p->beta_millionths));
	TRY(get_count(prior, "gamma_millionths", 0, (int64_t)1000000 * OPTION_UNIT, &gamma));
	TRY(get_count(prior, "row_pseudo_count_millionths", 1, (int64_t)1000000 * OPTION_UNIT,
		      &row));
	TRY(get_count(prior, "word_pseudo_count_millionths", 1, (int64_t)1000000 * OPTION_UNIT,
		      &word));
	if (p->beta_millionths <= -p->alpha_millionths)
		return bad_prior("beta must be larger than -alpha");
	p->alpha = (double)p->alpha_millionths / OPTION_UNIT;
	p->beta = (double)p->beta_millionths / OPTION_UNIT;
	p->gamma = (double)gamma / OPTION_UNIT;
	p->row_pseudo_count = (double)row / OPTION_UNIT;
	p->word_pseudo_count = (double)word / OPTION_UNIT;

	TRY(get_u32(prior, "types", 1, SK_TYPES_MAX, &p->n_types));
	TRY(get_u32(prior, "classes", 1, SK_CLASSES_MAX, &p->n_classes));
	TRY(get_u32(prior, "class_words", 1, 65535, &p->n_class_words));
	TRY(get_u32(prior, "words", 1, 65535, &p->n_words));
	TRY(get_u32(prior, "attributes", 0, SK_ATTRIBUTES_MAX, &p->n_attributes));
	TRY(get_u32(prior, "values", 1, 65535, &p->n_values));
	if ((uint64_t)p->n_classes * p->n_class_words > p->n_words)
		return bad_prior("more words in classes than there are words");

	p->n_name_parts = (uint32_t)json_array_size(parts);
	if (!(1 <= p->n_name_parts && p->n_name_parts <= SK_NAME_PARTS_MAX))
		return bad_prior("name_parts is not a list of 1 to 3 sizes");

	uint64_t token = 1 + (uint64_t)p->n_words;

	p->first_word = 1;
	p->n_names = 1;
	for (uint32_t j = 0; j < p->n_name_parts; j++) {
		const json_t *size = json_array_get(parts, j);

		if (!json_is_integer(size) || json_integer_value(size) < 1 ||
		    json_integer_value(size) > 65535)
			return bad_prior("name_parts is not a list of 1 to 3 sizes");
		p->part_size[j] = (uint32_t)json_integer_value(size);
		p->n_names *= p->part_size[j];
		p->first_part[j] = (uint32_t)token;
		token += p->part_size[j];
	}
	p->first_value = (uint32_t)token;
	token += (uint64_t)p->n_attributes * p->n_values;
	if (token > 65536)
		return bad_prior("more than 65536 tokens");
	p->vocab = (uint32_t)token;
	return STATUS_OK;
}

/* Rule 1 of one state, given its JSON form {"emit":"word","arg":3,"next":[4,5,-1]}. */
static enum status load_state(struct sk_cluster *c, const struct sk_prior *p, uint32_t index,
			      const json_t *json, uint32_t *n_entries)
{
	static const char *const emits[] = {"start", "word", "name", "value"};
	const uint32_t args[] = {1, p->n_classes, 1, p->n_attributes};
	const char *emit = json_string_value(json_object_get(json, "emit"));
	const json_t *next = json_object_get(json, "next");
	struct sk_state *s = &c->state[index];
	int64_t arg = 0;

	for (s->emit = 0; s->emit < 4 && emit && strcmp(emit, emits[s->emit]) != 0;)
		s->emit++;
	if (!emit || s->emit == 4 || (s->emit == SK_EMIT_START) != (index == 0))
		return bad_prior("a state emits something unknown");
	if (s->emit == SK_EMIT_WORD || s->emit == SK_EMIT_VALUE)
		TRY(get_count(json, "arg", 0, (int64_t)args[s->emit] - 1, &arg));
	s->arg = (uint16_t)arg;
	s->first_next = *n_entries;
	s->n_next = (uint16_t)json_array_size(next);
	if (json_array_size(next) == 0 || json_array_size(next) > c->n_states)
		return bad_prior("a state without successors, or with too many");
	for (size_t j = 0; j < s->n_next; j++) {
		const json_t *to = json_array_get(next, j);
		int64_t state = json_is_integer(to) ? json_integer_value(to) : 0;
		bool end = state == -1;

		if (!end && !((int64_t)index < state && state < (int64_t)c->n_states))
			return bad_prior("a successor is not a later state");
		if (end && j + 1 != s->n_next)
			return bad_prior("the end of the sentence is not the last successor");
		if (*n_entries >= 2 * c->n_states)
			return bad_prior("a state has two predecessors");
		c->next[(*n_entries)++] = end ? SK_END : (uint16_t)state;
	}
	return STATUS_OK;
}

/* Rules 1 and 2, by walking from each state to the start. */
static enum status check_tree(const struct sk_cluster *c, uint16_t *parent)
{
	for (uint32_t s = 0; s < c->n_states; s++)
		parent[s] = SK_NONE;
	for (uint32_t s = 0; s < c->n_states; s++) {
		const struct sk_state *from = &c->state[s];

		for (uint32_t j = 0; j < from->n_next; j++) {
			uint32_t to = c->next[from->first_next + j];

			if (to == SK_END)
				continue;
			if (parent[to] != SK_NONE)
				return bad_prior("a state has two predecessors");
			parent[to] = (uint16_t)s;
			for (uint32_t i = 0; i < j; i++) {
				const struct sk_state *a = &c->state[to];
				const struct sk_state *b = &c->state[c->next[from->first_next + i]];

				if (a->emit == b->emit && a->arg == b->arg)
					return bad_prior("two successors emit the same");
			}
		}
	}
	for (uint32_t s = 1; s < c->n_states; s++) {
		bool named = c->state[s].emit == SK_EMIT_NAME;
		uint32_t depth = 1;

		if (parent[s] == SK_NONE)
			return bad_prior("a state cannot be reached");
		for (uint32_t up = parent[s]; up != 0; up = parent[up], depth++) {
			if (c->state[up].emit == c->state[s].emit &&
			    c->state[up].arg == c->state[s].arg)
				return bad_prior(
				    "a path uses a class, an attribute or the name twice");
			named |= c->state[up].emit == SK_EMIT_NAME;
		}
		if (sk_end_entry(c, s) != SK_NO_ENTRY && !named)
			return bad_prior("a sentence may end without a name");
		if (depth + SK_NAME_PARTS_MAX > SK_SENTENCE_MAX)
			return bad_prior("a sentence is too long");
	}
	if (sk_end_entry(c, 0) != SK_NO_ENTRY)
		return bad_prior("a sentence may be empty");
	return STATUS_OK;
}

static enum status load_classes(struct sk_cluster *c, const struct sk_prior *p, const json_t *json)
{
	if (json_array_size(json) != p->n_classes)
		return bad_prior("a cluster lacks word classes");
	for (uint32_t w = 0; w < p->n_words; w++)
		c->word_class[w] = SK_NONE;
	for (uint32_t k = 0; k < p->n_classes; k++) {
		const json_t *words = json_array_get(json, k);

		if (json_array_size(words) != p->n_class_words)
			return bad_prior("a word class has the wrong size");
		for (uint32_t j = 0; j < p->n_class_words; j++) {
			const json_t *word = json_array_get(words, j);
			int64_t w = json_is_integer(word) ? json_integer_value(word) : -1;

			if (!(0 <= w && w < (int64_t)p->n_words) || c->word_class[w] != SK_NONE)
				return bad_prior(
				    "a word is unknown, or in two classes of a cluster");
			c->class_word[k * p->n_class_words + j] = (uint16_t)w;
			c->word_class[w] = (uint16_t)k;
			c->word_slot[w] = (uint16_t)j;
		}
	}
	return STATUS_OK;
}

static enum status load_cluster(struct sk_cluster *c, const struct sk_prior *p, const json_t *json)
{
	const json_t *states = json_object_get(json, "states");
	uint32_t n_entries = 0;

	if (json_array_size(states) < 2 || json_array_size(states) > SK_STATES_MAX)
		return bad_prior("a cluster has no states, or too many");
	c->n_states = (uint32_t)json_array_size(states);
	c->state = calloc(c->n_states, sizeof *c->state);
	c->next = calloc(2 * (size_t)c->n_states, sizeof *c->next); /* one entry in, one end each */
	c->class_word = calloc((size_t)p->n_classes * p->n_class_words, sizeof *c->class_word);
	c->word_class = calloc(p->n_words, sizeof *c->word_class);
	c->word_slot = calloc(p->n_words, sizeof *c->word_slot);

	uint16_t *parent = calloc(c->n_states, sizeof *parent);
	enum status status = STATUS_OK;

	if (!c->state || !c->next || !c->class_word || !c->word_class || !c->word_slot || !parent)
		status = fail_no_memory();
	for (uint32_t s = 0; status == STATUS_OK && s < c->n_states; s++)
		status = load_state(c, p, s, json_array_get(states, s), &n_entries);
	c->n_row_entries = n_entries;
	if (status == STATUS_OK)
		status = check_tree(c, parent);
	if (status == STATUS_OK)
		status = load_classes(c, p, json_object_get(json, "classes"));
	free(parent);
	return status;
}

/* Rule 3 for one pair of clusters. */
struct comparison {
	const struct sk_cluster *a, *b;
	const uint64_t *endings_a, *endings_b; /* by state, see find_endings() */
	uint64_t meets[SK_CLASSES_MAX]; /* by class of a: the classes of b that share a word */
	uint64_t n_steps, n_steps_max;  /* of all comparisons so far */
};

static void compare_classes(struct comparison *d, const struct sk_prior *p)
{
	memset(d->meets, 0, sizeof d->meets);
	for (uint32_t w = 0; w < p->n_words; w++)
		if (d->a->word_class[w] != SK_NONE && d->b->word_class[w] != SK_NONE)
			d->meets[d->a->word_class[w]] |= (uint64_t)1 << d->b->word_class[w];
}

/*
 * A fingerprint of what may follow each state, so that most pairs need not be followed: bit j is
 * set when some way to an end emits things whose numbers below add up to j modulo 64.  All words
 * have one number.  Two states that share an ending share a bit.
 */
static void find_endings(const struct sk_cluster *c, uint64_t *endings)
{
	for (uint32_t s = c->n_states; s--;) { /* successors have larger numbers */
		const struct sk_state *from = &c->state[s];

		for (uint32_t e = from->first_next; e < from->first_next + from->n_next; e++) {
			uint32_t to = c->next[e];

			if (to == SK_END) {
				endings[s] |= 1;
				continue;
			}

			uint64_t what = c->state[to].emit * 61u;

			if (c->state[to].emit == SK_EMIT_VALUE)
				what += c->state[to].arg;

			unsigned turn = (unsigned)((what * 0x9e3779b97f4a7c15u) >> 58);

			endings[s] |= endings[to] << turn | endings[to] >> (-turn & 63);
		}
	}
}

/* May one token lead to both states, and the same ones from there to an end? */
static bool states_meet(const struct comparison *d, uint32_t sa, uint32_t sb)
{
	const struct sk_state *a = &d->a->state[sa], *b = &d->b->state[sb];

	if (!(d->endings_a[sa] & d->endings_b[sb]) || a->emit != b->emit)
		return false;
	return a->emit == SK_EMIT_WORD ? d->meets[a->arg] >> b->arg & 1 : a->arg == b->arg;
}

/* For the sentences that reach state sa of cluster a and sb of cluster b alike.  The clusters are
 * trees, so no pair is visited twice; still a forged world could make the pairs many. */
static enum status share_no_sentence(struct comparison *d, uint32_t sa, uint32_t sb)
{
	const struct sk_state *from_a = &d->a->state[sa], *from_b = &d->b->state[sb];

	if (sk_end_entry(d->a, sa) != SK_NO_ENTRY && sk_end_entry(d->b, sb) != SK_NO_ENTRY)
		return bad_prior("a sentence belongs to two clusters");
	d->n_steps += (uint64_t)from_a->n_next * from_b->n_next;
	if (d->n_steps > d->n_steps_max)
		return fail(STATUS_LIMIT, "world file: prior: the clusters are too alike: it takes "
					  "too long to see whether they share a sentence");
	for (uint32_t i = 0; i < from_a->n_next; i++) {
		uint32_t to_a = d->a->next[from_a->first_next + i];

		for (uint32_t j = 0; to_a != SK_END && j < from_b->n_next; j++) {
			uint32_t to_b = d->b->next[from_b->first_next + j];

			if (to_b != SK_END && states_meet(d, to_a, to_b))
				TRY(share_no_sentence(d, to_a, to_b));
		}
	}
	return STATUS_OK;
}

/* Rule 3. */
static enum status compare_clusters(const struct sk_prior *p)
{
	struct comparison d = {.n_steps_max = SK_STEPS_MAX +
					      SK_STEPS_PAIR * (p->n_types * (p->n_types - 1) / 2)};
	uint64_t *endings[SK_TYPES_MAX];
	enum status status = STATUS_OK;

	for (uint32_t t = 0; t < p->n_types; t++) {
		endings[t] = calloc(p->cluster[t].n_states, sizeof *endings[t]);
		if (endings[t])
			find_endings(&p->cluster[t], endings[t]);
		else
			status = fail_no_memory();
	}
	for (uint32_t t = 1; t < p->n_types; t++) {
		for (uint32_t u = 0; status == STATUS_OK && u < t; u++) {
			d.a = &p->cluster[t];
			d.b = &p->cluster[u];
			d.endings_a = endings[t];
			d.endings_b = endings[u];
			compare_classes(&d, p);
			status = share_no_sentence(&d, 0, 0);
		}
	}
	for (uint32_t t = 0; t < p->n_types; t++)
		free(endings[t]);
	return status;
}

/* Rule 4: the sums, and two pointers an attribute to find them. */
static enum status count_sums(const struct sk_prior *p)
{
	uint64_t n_sums = 0;

	for (uint32_t t = 0; t < p->n_types; t++) {
		struct sk_patterns patterns;

		TRY(sk_patterns_find(&patterns, &p->cluster[t]));
		for (uint32_t j = 0; j < patterns.n; j++)
			n_sums += sk_pattern_sums(p, &patterns.pattern[j]) +
				  (patterns.pattern[j].values ? 2 * p->n_attributes : 0);
		sk_patterns_free(&patterns);
	}
	if (n_sums <= SK_SUMS_MAX)
		return STATUS_OK;
	return fail(
	    STATUS_LIMIT,
	    "an oracle of this grammar would have to keep %llu numbers, more than %llu: use "
	    "fewer types, templates or values, or fewer facts before the name",
	    (unsigned long long)n_sums, (unsigned long long)SK_SUMS_MAX);
}

enum status sk_prior_load(struct sk_prior **out, const json_t *prior)
{
	const json_t *clusters = json_object_get(prior, "clusters");
	struct sk_prior *p = calloc(1, sizeof *p);

	if (!p)
		return fail_no_memory();

	enum status status = load_sizes(p, prior);

	if (status == STATUS_OK && json_array_size(clusters) != p->n_types)
		status = bad_prior("the number of clusters is not the number of types");
	if (status == STATUS_OK) {
		p->cluster = calloc(p->n_types, sizeof *p->cluster);
		if (!p->cluster)
			status = fail_no_memory();
	}
	for (uint32_t t = 0; status == STATUS_OK && t < p->n_types; t++)
		status = load_cluster(&p->cluster[t], p, json_array_get(clusters, t));
	if (status == STATUS_OK)
		status = compare_clusters(p);
	if (status == STATUS_OK)
		status = count_sums(p);
	if (status != STATUS_OK) {
		sk_prior_free(p);
		return status;
	}
	*out = p;
	return STATUS_OK;
}

void sk_prior_free(struct sk_prior *p)
{
	for (uint32_t t = 0; p && p->cluster && t < p->n_types; t++) {
		free(p->cluster[t].state);
		free(p->cluster[t].next);
		free(p->cluster[t].class_word);
		free(p->cluster[t].word_class);
		free(p->cluster[t].word_slot);
	}
	if (p)
		free(p->cluster);
	free(p);
}

uint32_t sk_step(const struct sk_cluster *c, uint32_t s, enum sk_emit emit, uint32_t arg,
		 uint32_t *entry)
{
	const struct sk_state *from = &c->state[s];

	for (uint32_t e = from->first_next; e < from->first_next + from->n_next; e++) {
		uint32_t to = c->next[e];

		if (to != SK_END && c->state[to].emit == emit && c->state[to].arg == arg) {
			*entry = e;
			return to;
		}
	}
	return SK_NONE;
}

uint32_t sk_end_entry(const struct sk_cluster *c, uint32_t s)
{
	uint32_t last = c->state[s].first_next + c->state[s].n_next - 1;

	return c->next[last] == SK_END ? last : SK_NO_ENTRY;
}

/* The name that starts at token[0], of at most n tokens. */
static bool parse_name(const struct sk_prior *p, const uint16_t *token, uint32_t n, uint64_t *name)
{
	*name = 0;
	if (n < p->n_name_parts)
		return false;
	for (uint32_t j = 0; j < p->n_name_parts; j++) {
		uint32_t part = token[j] - p->first_part[j]; /* wraps when too small */

		if (part >= p->part_size[j])
			return false;
		*name = *name * p->part_size[j] + part;
	}
	return true;
}

bool sk_parse_as(const struct sk_prior *p, uint32_t type, const uint16_t *token, uint32_t n,
		 struct sk_sentence *out)
{
	const struct sk_cluster *c = &p->cluster[type];
	uint32_t s = 0, entry = 0;

	out->type = type;
	out->n_rows = out->n_words = out->n_facts = 0;
	if (n == 0 || n > SK_SENTENCE_MAX || token[n - 1] != SK_END_TOKEN)
		return false;
	for (uint32_t i = 0; i + 1 < n;) {
		uint32_t from = s, t = token[i];

		if (t == SK_END_TOKEN || t >= p->vocab)
			return false;
		if (t < p->first_part[0]) {
			uint32_t w = t - p->first_word;

			if (c->word_class[w] == SK_NONE)
				return false;
			s = sk_step(c, s, SK_EMIT_WORD, c->word_class[w], &entry);
			out->word_class[out->n_words] = c->word_class[w];
			out->word_slot[out->n_words++] = c->word_slot[w];
			i++;
		} else if (t < p->first_value) {
			if (!parse_name(p, token + i, n - 1 - i, &out->name))
				return false;
			s = sk_step(c, s, SK_EMIT_NAME, 0, &entry);
			i += p->n_name_parts;
		} else {
			uint32_t v = t - p->first_value;

			s = sk_step(c, s, SK_EMIT_VALUE, v / p->n_values, &entry);
			if (s == SK_NONE)
				return false;
			out->attribute[out->n_facts] = (uint16_t)(v / p->n_values);
			out->value[out->n_facts++] = (uint16_t)(v % p->n_values);
			i++;
		}
		if (s == SK_NONE)
			return false;
		out->row_state[out->n_rows] = from;
		out->row_entry[out->n_rows++] = entry;
	}
	out->row_state[out->n_rows] = s;
	out->row_entry[out->n_rows] = sk_end_entry(c, s);
	return out->row_entry[out->n_rows++] != SK_NO_ENTRY;
}

bool sk_parse(const struct sk_prior *p, const uint16_t *token, uint32_t n, struct sk_sentence *out)
{
	for (uint32_t t = 0; t < p->n_types; t++)
		if (sk_parse_as(p, t, token, n, out))
			return true;
	return false;
}
