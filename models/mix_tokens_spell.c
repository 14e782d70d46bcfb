/* SPDX-License-Identifier: BSD-2-Clause
 *
 * mix_tokens_spell.c - a token: contexts and memories for it, and the walk to it.
 *
 * The walk goes down the tree of the likeliest topic: which class, then which word of it.  Contexts
 * of the classes are what the sentence's classes were; contexts of the words, what is known of the
 * key and of the words before.  From a topic's escape it goes on in the tree of all words, and from
 * that one's down the binary digits of the id, which shares what the lexicon does not have.
 */
#include <string.h>

#include "mix_tokens_state.h"

#define ID_BITS 16
#define ID_SEEN 16u /* weight of each time that an id unknown to the lexicon came */
#define EARLY_MEMORIES 3 /* that are asked from the root on; the others at the words of a class */

/* Contexts ---------------------------------------------------------------------------------- */

static uint64_t words_hash(const struct token_past *p, unsigned n)
{
	uint64_t h = n;

	for (unsigned i = 0; i < n; i++)
		h = token_hash(h, p->last[i]);
	return h;
}

static uint64_t classes_hash(const struct token_past *p, unsigned n)
{
	uint64_t h = n;

	for (unsigned i = 0; i < n; i++)
		h = token_hash(h, p->class[i]);
	return h;
}

static void class_contexts(struct mix_tokens *m, uint64_t key_role)
{
	const struct token_past *p = &m->past;
	bool records = m->record_end != LEXICON_NONE;
	uint32_t position = p->n_words < 255 ? p->n_words : 255;
	const struct lexicon_belief *b = &m->belief;
	uint64_t *c = m->context[0];

	c[1] = p->classes;
	c[2] = classes_hash(p, 3);
	c[3] = classes_hash(p, 2);
	c[4] = words_hash(p, 1);
	c[5] = words_hash(p, 2);
	c[6] = key_role;
	c[7] = records ? token_hash(p->roles, p->classes) : token_hash(p->key, p->class[0]);
	c[8] = records ? token_hash(p->n_sentences, p->place)
		       : token_hash(b->best * 64 + b->second, position);
}

static void word_contexts(struct mix_tokens *m, uint64_t key_role)
{
	const struct token_past *p = &m->past;
	bool records = m->record_end != LEXICON_NONE;
	uint64_t *c = m->context[1];

	c[1] = key_role;
	c[2] = p->key;
	c[3] = words_hash(p, 2);
	c[4] = p->class[0];
	c[5] = p->classes;
	c[6] = 0; /* the last word of the class in this record: known at the class */
	c[7] = records ? token_hash(p->roles, p->last[0]) : p->last[0];
	c[8] = records ? token_hash(p->roles, p->place) : p->n_words;
}

static void find_memory(struct mix_tokens *m, unsigned e)
{
	struct guess *g = &m->guess[e];

	g->memory = &m->memory[g->hash >> (64 - m->memory_log2)];
	g->n = 0;
	__builtin_prefetch(g->memory);
}

/* 0: nothing is known of what the record is about; 1 .. 5: its key came once .. often, but nothing
 * was stated of it here; 6: something was. */
static unsigned novelty_of_key(const struct mix_tokens *m)
{
	static const uint8_t often[] = {2, 4, 12, 50};
	const struct guess *g = &m->guess[1];
	unsigned n = 0;

	if (!m->past.key)
		return 0;
	if (g->memory->n > 0 && g->memory->check == (uint8_t)g->hash)
		return 6;
	while (n < sizeof often && m->past.key_count >= often[n])
		n++;
	return n + 1;
}

static void start_token(struct mix_tokens *m)
{
	const struct token_past *p = &m->past;
	uint32_t role = token_role(m);
	uint64_t key_role = token_hash(p->key, role);

	class_contexts(m, key_role);
	word_contexts(m, key_role);
	for (unsigned level = 0; level < TOKEN_LEVELS; level++)
		for (unsigned i = 1; i < TOKEN_CONTEXTS; i++)
			m->context[level][i] = token_hash(m->context[level][i],
							  (p->tree * 2 + level) * 16 + i);
	m->guess[0].hash = token_hash(p->last[0], 1);
	m->guess[1].hash = token_hash(key_role, 2);
	m->guess[2].hash = token_hash(token_hash(p->rare, role), 3);
	m->guess[3].hash = token_hash(p->key, 4);
	m->guess[4].hash = token_hash(p->rare, 5);
	for (unsigned e = 0; e < EARLY_MEMORIES; e++)
		find_memory(m, e);
	m->n_decisions = 0;
	m->novelty = 2 * novelty_of_key(m) + m->last_escaped;
}

/* Memories ---------------------------------------------------------------------------------- */

/* What a memory takes the decisions of this tree to be, if what is known of them agrees. */
static void guess_spell(struct mix_tokens *m, struct guess *g, uint32_t tree, const uint8_t *bit,
			unsigned depth)
{
	bool escaped;

	g->n = 0;
	if (g->memory->n == 0 || g->memory->check != (uint8_t)g->hash)
		return;
	g->n = lexicon_spell(m->lexicon, tree, g->memory->word, g->bit, &escaped);
	if (g->n <= depth || memcmp(g->bit, bit, depth) != 0)
		g->n = 0;
	g->from = depth;
}

static void memory_learn(const struct guess *g, uint32_t symbol)
{
	struct memory *y = g->memory;
	uint8_t check = (uint8_t)g->hash;
	bool mine = y->n > 0 && y->check == check;

	if (mine && y->word == symbol) {
		y->n += y->n < UINT8_MAX;
	} else if (mine && y->n > 1) {
		y->n = y->n > 8 ? 4 : 1;
		y->missed = 1;
	} else if (!mine && y->n > 3 && ++y->missed < 4) {
		y->n--;
	} else {
		*y = (struct memory){(uint16_t)symbol, 1, mine, check};
	}
}

/* Going through the past again, only counts are filled. */
static bool asks_network(const struct mix_tokens *m)
{
	return m->network && !m->replaying;
}

/* Trees ------------------------------------------------------------------------------------- */

struct walk {
	struct decision d;
	uint32_t tree;
	unsigned level;
	uint8_t bit[LEXICON_DEPTH_MAX]; /* of the decisions so far */
};

/* The words of a class begin: from here on other contexts and more memories count. */
static void enter_class(struct mix_tokens *m, struct walk *w, bool *late_memories)
{
	uint32_t last = m->past.class_word[w->tree][w->d.class];

	m->context[1][6] = token_hash(last, (m->past.tree * 2 + 1) * 16 + 6);
	if (!m->replaying)
		token_subject_enter(m, &(struct subject_place){w->tree, w->d.class, w->d.escaped,
							       w->d.depth, w->bit});
	if (*late_memories)
		return;
	*late_memories = true;
	for (unsigned e = EARLY_MEMORIES; e < TOKEN_MEMORIES; e++) {
		m->guess[e].hash = token_hash(m->guess[e].hash,
					      w->tree * LEXICON_CLASS_SLOTS + w->d.class);
		find_memory(m, e);
		if (!m->replaying)
			guess_spell(m, &m->guess[e], w->tree, w->bit, w->d.depth);
	}
}

static void start_walk(struct mix_tokens *m, struct walk *w, uint32_t tree, bool escaped)
{
	bool all = tree == m->lexicon->n_topics;

	w->tree = tree;
	w->level = 0;
	w->d = (struct decision){.kind = all ? KIND_CLASS : KIND_TOPIC_CLASS,
				 .node = lexicon_root(m->lexicon, tree),
				 .class = m->past.class[0], .path = 1, .escaped = escaped};
	token_open_buckets(m, m->context[0], 2 * w->d.node + escaped);
	for (unsigned e = 0; e < TOKEN_MEMORIES; e++) {
		m->guess[e].n = 0;
		if (e < EARLY_MEMORIES && !m->replaying)
			guess_spell(m, &m->guess[e], tree, w->bit, 0);
	}
}

/* Before a decision: a new group of nodes, perhaps the words of a class. */
static void look_at_node(struct mix_tokens *m, struct walk *w, bool *late_memories)
{
	uint32_t class = m->lexicon->node_class[w->d.node];
	unsigned level = class != LEXICON_NO_CLASS;

	if (w->d.path < BUCKET_SLOTS && level == w->level)
		return;
	if (level != w->level) {
		w->level = level;
		w->d.kind++;
		w->d.class = class;
		enter_class(m, w, late_memories);
	}
	w->d.path = 1;
	token_open_buckets(m, m->context[level], 2 * w->d.node + w->d.escaped);
}

/* What a decision is worth if all words below are as likely; or true: it follows, to *bit, as there
 * is no word on the other side. */
static bool follows(const struct mix_tokens *m, struct walk *w, unsigned *bit)
{
	const uint32_t *weight;

	w->d.even = w->level ? m->even[w->d.node] : 0;
	if (!w->d.escaped)
		return false;
	weight = token_fresh(m, m->past.tree, w->d.node);
	*bit = weight[0] == 0;
	if (weight[0] == 0 || weight[1] == 0)
		return true;
	w->d.even = token_log_odds(m, (float)weight[1] / ((float)weight[0] + (float)weight[1]));
	return false;
}

static void ask_subject(struct mix_tokens *m, struct walk *w)
{
	uint32_t slot = m->node_slot[2 * w->d.node + w->d.escaped];

	w->d.has_subject = w->level && !m->replaying && token_subject_asked(m);
	if (w->d.has_subject)
		w->d.subject = token_subject_ask(m, w->d.depth,
						 (float)(slot >> COUNT_BITS) * (1 / 4194304.0f));
}

/* Down a tree: returns the symbol or LEXICON_ESCAPE. */
static uint32_t walk_tree(struct mix_tokens *m, struct bit_channel *c, uint32_t tree,
			  uint32_t symbol, bool escaped, bool *late_memories)
{
	uint8_t known[LEXICON_DEPTH_MAX];
	bool unknown;
	unsigned n = lexicon_spell(m->lexicon, tree, symbol, known, &unknown);
	struct walk w;
	uint32_t next;

	start_walk(m, &w, tree, escaped);
	if (asks_network(m))
		token_network_tree(m->network, tree, escaped);
	for (;;) {
		bool forced;
		unsigned bit;

		look_at_node(m, &w, late_memories);
		if (asks_network(m))
			w.d.network = token_network_ask(m->network, w.d.node);
		ask_subject(m, &w);
		forced = follows(m, &w, &bit);
		if (!forced)
			bit = token_decide(m, c, &w.d, w.d.depth < n ? known[w.d.depth] : 0);
		for (unsigned e = 0; e < TOKEN_MEMORIES; e++)
			if (w.d.depth < m->guess[e].n && m->guess[e].bit[w.d.depth] != bit)
				m->guess[e].n = 0;
		if (w.d.has_subject)
			token_subject_step(m, w.d.depth, bit);
		next = lexicon_child(m->lexicon, w.d.node, bit);
		/* In a tree of no words either bit escapes, and one is what an encoder says. */
		if (next == (LEXICON_LEAF | LEXICON_ESCAPE) && !forced)
			m->respelt |= 2 * w.d.node + bit != m->lexicon->escape[tree];
		if (next & LEXICON_LEAF)
			return next & ~LEXICON_LEAF;
		w.bit[w.d.depth++] = (uint8_t)bit;
		w.d.path = 2 * w.d.path + bit;
		w.d.node = next;
	}
}

/* Ids --------------------------------------------------------------------------------------- */

void token_ids_start(struct mix_tokens *m)
{
	const struct lexicon *lx = m->lexicon;
	const uint32_t *leaf = lx->leaf + (size_t)lx->n_topics * m->n_symbols;
	uint32_t n = (uint32_t)1 << ID_BITS;

	memset(m->unknown, 0, 2 * n * sizeof *m->unknown);
	for (uint32_t s = 0; s < m->n_symbols; s++)
		m->unknown[n + s] = leaf[s] == LEXICON_NONE;
	for (uint32_t i = n - 1; i > 0; i--)
		m->unknown[i] = m->unknown[2 * i] + m->unknown[2 * i + 1];
}

/* What the network says of the digit below this node of the tree over ids. */
static float ask_network_digit(const struct mix_tokens *m, uint32_t node, unsigned digit)
{
	uint32_t begin = (node << (digit + 1)) - ((uint32_t)1 << ID_BITS);
	uint32_t half = (uint32_t)1 << digit;

	return token_network_ask_ids(m->network, begin, begin + half, begin + 2 * half);
}

/* An id that the lexicon does not have, from its highest digit down.  Each such id weighs 1, and
 * ID_SEEN more for each time it came. */
static uint32_t walk_id(struct mix_tokens *m, struct bit_channel *c, uint32_t symbol)
{
	struct decision d = {.kind = KIND_ID};
	unsigned n = 0;
	uint32_t node = 1;

	if (m->unknown[1] == 0) /* damaged: all are known, so nobody escapes */
		return 0;
	for (unsigned e = 0; e < TOKEN_MEMORIES; e++)
		m->guess[e].n = 0;
	if (asks_network(m))
		token_network_ids(m->network);
	for (int digit = ID_BITS - 1; digit >= 0; digit--) {
		uint32_t zero = m->unknown[2 * node], one = m->unknown[2 * node + 1];
		unsigned bit = zero == 0;

		if (zero && one) {
			float p = (float)one / ((float)zero + (float)one);

			if (n++ % BUCKET_DEPTH == 0) {
				d.path = 1;
				token_open_buckets(m, m->context[1],
						   2 * (uint64_t)(m->lexicon->n_nodes + node));
			}
			m->id_slot = (uint32_t)(p * 4194303.0f) << COUNT_BITS | COUNT_MAX;
			if (asks_network(m))
				d.network = ask_network_digit(m, node, (unsigned)digit);
			bit = token_decide(m, c, &d, symbol >> digit & 1);
			d.path = 2 * d.path + bit;
		}
		node = 2 * node + bit;
	}
	if (m->unknown[1] < UINT32_MAX / 2)
		for (uint32_t i = node; i > 0; i /= 2)
			m->unknown[i] += ID_SEEN;
	return node - ((uint32_t)1 << ID_BITS);
}

uint32_t token_spell(struct mix_tokens *m, struct bit_channel *c, uint32_t symbol)
{
	uint32_t all = m->lexicon->n_topics, s;
	bool late_memories = false;

	start_token(m);
	s = walk_tree(m, c, m->past.tree, symbol, false, &late_memories);
	m->last_escaped = s == LEXICON_ESCAPE && m->past.tree != all;
	if (m->last_escaped) {
		s = walk_tree(m, c, all, symbol, true, &late_memories);
		token_fresh_learn(m, m->past.tree, s);
	}
	if (s == LEXICON_ESCAPE) {
		s = walk_id(m, c, symbol);
		m->respelt |= lexicon_has(m->lexicon, all, s);
	}
	m->respelt |= m->last_escaped && lexicon_has(m->lexicon, m->past.tree, s);
	for (unsigned e = 0; e < (late_memories ? TOKEN_MEMORIES : EARLY_MEMORIES); e++)
		memory_learn(&m->guess[e], s);
	return s;
}
