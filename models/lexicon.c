/* SPDX-License-Identifier: BSD-2-Clause
 *
 * lexicon.c - from a past to a lexicon: cut, topics, classes, codes; and the belief in a topic.
 */
#include "lexicon.h"

#include <stdlib.h>
#include <string.h>

#include "elementary.h"
#include "float_guard.h"
#include "lexicon_past.h"

#define FIXED_BYTES ((uint64_t)12 << 20) /* samples and tables whose size is fixed */
#define PIECE_TOKENS 4096u               /* without a separator */
#define SURE_TOKENS 65536u /* a past of more tokens still has several topics when half of it had */
#define CLASS_TOKENS ((size_t)1 << 17) /* of a topic, at which its classes are learnt */

/* The past ------------------------------------------------------------------------------------ */

static void past_close(struct lexicon_past *p)
{
	if (!p)
		return;
	free(p->start);
	free(p->count);
	free(p->tied);
	free(p);
}

/* Sentences, or pieces where there are none. */
static void past_cut(struct lexicon_past *p)
{
	bool pieces = p->separator == LEXICON_NONE;
	uint32_t i = 0;

	p->start[i++] = 0;
	for (size_t at = 0; at + 1 < p->n; at++)
		if (pieces ? at % PIECE_TOKENS == PIECE_TOKENS - 1 : p->token[at] == p->separator)
			p->start[i++] = (uint32_t)(at + 1);
	p->n_sentences = p->n > 0 ? i : 0;
	p->start[p->n_sentences] = (uint32_t)p->n;
}

static enum status past_open(struct lexicon_past **out, const uint16_t *token, size_t n,
			     uint32_t n_symbols)
{
	struct lexicon_past *p = calloc(1, sizeof *p);
	uint32_t separator;

	if (!p)
		return fail_no_memory();
	*out = p;
	p->token = token;
	p->n = n;
	p->n_symbols = n_symbols;
	TRY(lexicon_separator(token, n, n_symbols, &separator));
	p->separator = separator;
	p->count = calloc(n_symbols, sizeof *p->count);
	p->tied = calloc(n_symbols, sizeof *p->tied);
	if (!p->count || !p->tied)
		return fail_no_memory();
	for (size_t i = 0; i < n; i++)
		p->count[token[i]]++;
	size_t n_cuts = separator == LEXICON_NONE ? n / PIECE_TOKENS : p->count[separator];

	p->start = malloc((n_cuts + 2) * sizeof *p->start);
	if (!p->start)
		return fail_no_memory();
	past_cut(p);
	for (uint32_t i = 2; i < NLG_TABLE_SIZE && i <= n + LEXICON_RARE; i++)
		p->nlg[i] = i * elementary_lg(i);
	return lexicon_ties(p, p->tied);
}

/* Classes ------------------------------------------------------------------------------------- */

/* The sentences of topic t, or of all topics: the newest of at most `n_tokens_max` tokens. */
static uint32_t list_sentences(const struct lexicon_past *p, const uint8_t *label, uint32_t t,
			       uint32_t n_topics, size_t n_tokens_max, uint32_t *list)
{
	uint32_t n = 0;
	size_t n_tokens = 0;

	for (uint32_t i = p->n_sentences; i-- > 0 && n_tokens < n_tokens_max;) {
		if (t < n_topics && label[i] != t)
			continue;
		list[n++] = i;
		n_tokens += p->start[i + 1] - p->start[i];
	}
	return n;
}

static enum status learn_classes(struct lexicon *lx, const struct lexicon_past *p)
{
	uint32_t *list = malloc((p->n_sentences + 1) * sizeof *list);
	enum status status = list ? STATUS_OK : fail_no_memory();

	for (uint32_t t = 0; t <= lx->n_topics && status == STATUS_OK; t++) {
		uint8_t *word_class = lx->word_class + (size_t)t * lx->n_symbols;
		uint32_t n = list_sentences(p, lx->label, t, lx->n_topics, CLASS_TOKENS, list);
		struct lexicon_classes classes = {.word_class = word_class};

		if (t == lx->n_topics && lx->n_topics == 1) {
			memcpy(word_class, lx->word_class, lx->n_symbols);
			lx->n_classes[t] = lx->n_classes[0];
			break;
		}
		status = lexicon_classes(p, list, n, &classes);
		lx->n_classes[t] = classes.n_classes;
	}
	free(list);
	return status;
}

/* Words that only sentences not looked at have: to the largest class. */
static void complete_classes(struct lexicon *lx, const uint32_t *count)
{
	for (uint32_t t = 0; t <= lx->n_topics; t++) {
		uint8_t *word_class = lx->word_class + (size_t)t * lx->n_symbols;
		const uint32_t *n = count + (size_t)t * lx->n_symbols;
		uint32_t n_words[LEXICON_CLASS_SLOTS] = {0}, largest = 0;

		for (uint32_t s = 0; s < lx->n_symbols; s++)
			n_words[word_class[s]]++;
		for (uint32_t c = 1; c < lx->n_classes[t]; c++)
			if (n_words[c] > n_words[largest])
				largest = c;
		for (uint32_t s = 0; s < lx->n_symbols; s++)
			if (n[s] > 0 && word_class[s] == LEXICON_NO_CLASS)
				word_class[s] = (uint8_t)largest;
	}
}

/* Belief -------------------------------------------------------------------------------------- */

static uint32_t cost_of(double p)
{
	double cost = -elementary_lg(p) * LEXICON_BIT;

	return cost > 32767 ? 32767 : (uint32_t)cost;
}

/* Costs of steps between classes in topic t, from their counts; an unknown word may come anywhere
 * with probability p_new. */
static void step_costs(const struct lexicon *lx, uint32_t t, const uint32_t *step, double p_new)
{
	uint16_t *cost = lx->step_cost + (size_t)t * LEXICON_CLASS_SLOTS * LEXICON_CLASS_SLOTS;
	double share[LEXICON_CLASS_SLOTS] = {0}, all = 1e-9;
	uint32_t n_classes = lx->n_classes[t];

	for (uint32_t c = 0; c < LEXICON_CLASS_SLOTS; c++)
		for (uint32_t d = 0; d < n_classes; d++) {
			share[d] += step[c * LEXICON_CLASS_SLOTS + d];
			all += step[c * LEXICON_CLASS_SLOTS + d];
		}
	for (uint32_t c = 0; c < LEXICON_CLASS_SLOTS; c++) {
		const uint32_t *row = step + c * LEXICON_CLASS_SLOTS;
		double total = 0;

		for (uint32_t d = 0; d < n_classes; d++)
			total += row[d];
		for (uint32_t d = 0; d < LEXICON_CLASS_SLOTS; d++) {
			double p =
			    (row[d] + 2 * (share[d] + 0.1) / (all + 0.1 * n_classes)) / (total + 2);

			cost[c * LEXICON_CLASS_SLOTS + d] =
			    (uint16_t)cost_of(d < n_classes ? p * (1 - p_new) : p_new);
		}
	}
}

/* p of a word that the topic has not seen: as often as words were seen once. */
static double p_of_new(const uint32_t *count, uint32_t n_symbols)
{
	double total = 0, once = 0;

	for (uint32_t s = 0; s < n_symbols; s++) {
		total += count[s];
		once += count[s] == 1;
	}
	return (once + 0.5) / (total + 1);
}

static void word_costs(struct lexicon *lx, const struct lexicon_past *p, const uint32_t *count)
{
	for (uint32_t t = 0; t < lx->n_topics; t++) {
		const uint32_t *n = count + (size_t)t * lx->n_symbols;
		double in_class[LEXICON_CLASS_SLOTS] = {0}; /* with the pseudo-counts */

		for (uint32_t s = 0; s < lx->n_symbols; s++)
			in_class[lexicon_class(lx, t, s)] += n[s] + 0.5;
		for (uint32_t s = 0; s < lx->n_symbols; s++) {
			uint32_t c = lexicon_class(lx, t, s);
			double share = (n[s] + 0.5) / in_class[c];

			if (c == LEXICON_NO_CLASS)
				share = (p->count[s] + 0.5) / ((double)p->n + 0.5 * lx->n_symbols);
			lx->word_cost[(size_t)s * lx->n_topics + t] = (uint16_t)cost_of(share);
		}
	}
}

static enum status learn_belief(struct lexicon *lx, const struct lexicon_past *p,
				const uint32_t *count)
{
	size_t n_steps = LEXICON_CLASS_SLOTS * LEXICON_CLASS_SLOTS;
	uint32_t *step = calloc(lx->n_topics * n_steps, sizeof *step);
	uint32_t n_label[LEXICON_TOPICS_MAX] = {0};

	lx->word_cost = malloc((size_t)lx->n_symbols * lx->n_topics * sizeof *lx->word_cost);
	lx->step_cost = malloc(lx->n_topics * n_steps * sizeof *lx->step_cost);
	if (!step || !lx->word_cost || !lx->step_cost) {
		free(step);
		return fail_no_memory();
	}
	for (uint32_t i = 0; i < p->n_sentences; i++) {
		uint32_t t = lx->label[i], last = LEXICON_START;

		n_label[t]++;
		for (uint32_t at = p->start[i]; at < p->start[i + 1]; at++) {
			uint32_t c = lexicon_class(lx, t, p->token[at]);

			step[t * n_steps + last * LEXICON_CLASS_SLOTS + c]++;
			last = c;
		}
	}
	for (uint32_t t = 0; t < lx->n_topics; t++) {
		const uint32_t *n = count + (size_t)t * lx->n_symbols;

		lx->topic_cost[t] =
		    (uint16_t)cost_of((n_label[t] + 0.5) / (p->n_sentences + 0.5 * lx->n_topics));
		step_costs(lx, t, step + t * n_steps, p_of_new(n, lx->n_symbols));
	}
	word_costs(lx, p, count);
	free(step);
	return STATUS_OK;
}

/* 2^16 2^(-cost / LEXICON_BIT). */
static uint32_t power_of(uint32_t cost)
{
	uint32_t whole = cost / LEXICON_BIT, x = cost % LEXICON_BIT;

	/* 2^-x on [0, 1) by a parabola through its ends and middle: 1 - 0.6716 x + 0.1716 x^2. */
	x = 65536 - (44013 * x >> 8) + (11245 * x * x >> 16);
	return whole > 16 ? 0 : x >> whole;
}

static void belief_rank(const struct lexicon *lx, struct lexicon_belief *b)
{
	uint32_t sum = 0;

	b->best = 0;
	for (uint32_t t = 1; t < lx->n_topics; t++)
		if (b->cost[t] < b->cost[b->best])
			b->best = t;
	b->second = b->best == 0 && lx->n_topics > 1;
	for (uint32_t t = 0; t < lx->n_topics; t++) {
		if (t != b->best && b->cost[t] < b->cost[b->second])
			b->second = t;
		sum += power_of(b->cost[t] - b->cost[b->best]);
	}
	b->p_best = (uint32_t)(((uint64_t)1 << 32) / sum);
}

void lexicon_belief_start(const struct lexicon *lx, struct lexicon_belief *b)
{
	for (uint32_t t = 0; t < lx->n_topics; t++) {
		b->cost[t] = lx->topic_cost[t];
		b->last[t] = LEXICON_START;
	}
	belief_rank(lx, b);
}

void lexicon_belief_step(const struct lexicon *lx, struct lexicon_belief *b, uint32_t symbol)
{
	const uint16_t *word = lx->word_cost + (size_t)symbol * lx->n_topics;
	const uint16_t *step = lx->step_cost;
	uint32_t least = UINT32_MAX;

	if (symbol == lx->separator) {
		lexicon_belief_start(lx, b);
		return;
	}
	if (lx->n_topics == 1) {
		b->last[0] = (uint8_t)lexicon_class(lx, 0, symbol);
		return;
	}
	for (uint32_t t = 0; t < lx->n_topics; t++) {
		uint32_t c = lexicon_class(lx, t, symbol);

		b->cost[t] += word[t] + step[b->last[t] * LEXICON_CLASS_SLOTS + c];
		b->last[t] = (uint8_t)c;
		step += LEXICON_CLASS_SLOTS * LEXICON_CLASS_SLOTS;
		if (b->cost[t] < least)
			least = b->cost[t];
	}
	for (uint32_t t = 0; t < lx->n_topics; t++)
		b->cost[t] -= least;
	belief_rank(lx, b);
}

/* Life ---------------------------------------------------------------------------------------- */

static void count_words(const struct lexicon *lx, const struct lexicon_past *p, uint32_t *count)
{
	for (uint32_t i = 0; i < p->n_sentences; i++) {
		uint32_t *n = count + (size_t)lx->label[i] * lx->n_symbols;

		for (uint32_t at = p->start[i]; at < p->start[i + 1]; at++)
			n[p->token[at]]++;
	}
	memcpy(count + (size_t)lx->n_topics * lx->n_symbols, p->count,
	       lx->n_symbols * sizeof *count);
}

static enum status learn(struct lexicon *lx, const struct lexicon *previous,
			 const struct lexicon_past *p, bool families)
{
	enum status status = STATUS_OK;
	uint32_t *count;
	bool several;

	lx->n_symbols = p->n_symbols;
	lx->separator = p->separator;
	lx->n_sentences = p->n_sentences;
	lx->label = calloc(p->n_sentences + 1, 1);
	if (!lx->label)
		return fail_no_memory();
	TRY(lexicon_topics(p, previous, lx->label, &lx->n_topics));
	several = previous && previous->n_topics > 1 && p->n > SURE_TOKENS;
	TRY(lexicon_merge(p, several, lx->label, &lx->n_topics));

	size_t n_places = (size_t)(lx->n_topics + 1) * lx->n_symbols;

	lx->word_class = malloc(n_places);
	if (!lx->word_class)
		return fail_no_memory();
	memset(lx->word_class, LEXICON_NO_CLASS, n_places);
	TRY(learn_classes(lx, p));
	count = calloc(n_places, sizeof *count);
	if (!count)
		return fail_no_memory();
	count_words(lx, p, count);
	complete_classes(lx, count);
	if (families)
		status = lexicon_families(lx, count);
	if (status == STATUS_OK)
		status = learn_belief(lx, p, count);
	if (status == STATUS_OK)
		status = lexicon_trees(lx, count);
	free(count);
	return status;
}

enum status lexicon_learn(struct lexicon **out, const struct lexicon *previous,
			  const uint16_t *token, size_t n, uint32_t n_symbols, bool families)
{
	struct float_guard guard = float_guard_enter();
	struct lexicon *lx = calloc(1, sizeof *lx);
	struct lexicon_past *p = NULL;
	enum status status = lx ? past_open(&p, token, n, n_symbols) : fail_no_memory();

	if (status == STATUS_OK)
		status = learn(lx, previous, p, families);
	past_close(p);
	float_guard_leave(&guard);
	if (status != STATUS_OK) {
		lexicon_free(lx);
		return status;
	}
	*out = lx;
	return STATUS_OK;
}

void lexicon_free(struct lexicon *lx)
{
	if (!lx)
		return;
	free(lx->word_class);
	free(lx->child);
	free(lx->parent);
	free(lx->node_class);
	free(lx->leaf);
	free(lx->word_cost);
	free(lx->step_cost);
	free(lx->label);
	free(lx);
}

uint64_t lexicon_memory_bytes(size_t n, uint32_t n_symbols)
{
	/* A symbol: class, leaf, count, cost and three numbers a node by tree; a double by topic; a
	 * few numbers.  A token: three numbers a sentence, or of the longest one its text. */
	uint64_t symbol = (LEXICON_TOPICS_MAX + 1) * 24 + LEXICON_TOPICS_MAX * 8 + 64;

	return FIXED_BYTES + n_symbols * symbol + (uint64_t)n * 16;
}

unsigned lexicon_spell(const struct lexicon *lx, uint32_t tree, uint32_t symbol,
		       uint8_t bit[LEXICON_DEPTH_MAX], bool *escaped)
{
	uint32_t place = lx->leaf[(size_t)tree * lx->n_symbols + symbol];
	uint32_t at;
	unsigned depth = 0;

	*escaped = place == LEXICON_NONE;
	if (*escaped)
		place = lx->escape[tree];
	for (at = place; at != LEXICON_NONE; at = lx->parent[at / 2])
		depth++;
	for (unsigned i = depth; i-- > 0; place = lx->parent[place / 2])
		bit[i] = place % 2;
	return depth;
}
