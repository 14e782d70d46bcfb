/* SPDX-License-Identifier: BSD-2-Clause
 *
 * lexicon.h - the latent structure of a token corpus, learnt from its past alone.
 *
 * Tokens often come in sentences that end with one token, the separator; a sentence is about one
 * of a few topics; and in a topic the words fall into classes that stand for each other.  Nobody
 * tells which: the separator, the number of topics, the topic of each past sentence, the number of
 * classes and the class of each word are all chosen by code length.  A predictor learns
 * a lexicon from its past every so often (the decoder does the same) and spells words by its codes.
 *
 * Trees.  A lexicon holds n_topics + 1 binary codes.  Tree t < n_topics is of the words of topic t,
 * and of those that it may yet say (lexicon_families.c): first their class, then the word in its
 * class (both Huffman codes, so the nodes are few and their decisions balanced).  Tree n_topics,
 * the last, is of every word seen in the past, and knows global classes in the same way.  Each
 * tree has one leaf LEXICON_ESCAPE: a word that is not in a topic's tree is spelled by its escape,
 * then by the last tree; one that never occurred, by that tree's escape too, and then as the caller
 * likes (its number).  All trees share one numbering of nodes, so that a node is also a context.
 *
 *      node = lexicon_root(lx, tree);
 *      do node = lexicon_child(lx, node, bit); while (!(node & LEXICON_LEAF));
 *      symbol = node & ~LEXICON_LEAF;               65536 is the escape
 *
 * Belief.  What is known of the topic in the middle of a sentence: lexicon_belief_start(), then
 * lexicon_belief_step() with each word (a separator starts anew).
 *
 * Cost: a past of 10^4 tokens takes about 5 us a token to learn from, one of 10^5 1.3 us, one of
 * 5 * 10^5 0.35 us, as most is learnt from its newest part (one core of an AMD EPYC).
 *
 * Deterministic: integers, and IEEE + - * / in a fixed order.  The same past and the same
 * predecessor give the same lexicon on every machine.
 */
#ifndef TWOPART_LEXICON_H
#define TWOPART_LEXICON_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "status.h"

#define LEXICON_TOPICS_MAX 16u
#define LEXICON_CLASSES_MAX 60u
#define LEXICON_NO_CLASS LEXICON_CLASSES_MAX          /* of a word that the topic does not know */
#define LEXICON_CLASS_SLOTS (LEXICON_CLASSES_MAX + 2) /* LEXICON_NO_CLASS and LEXICON_START */
#define LEXICON_START (LEXICON_CLASSES_MAX + 1)       /* "class" before a sentence's first word */
#define LEXICON_NONE UINT32_MAX                       /* no separator */
#define LEXICON_LEAF 0x80000000u
#define LEXICON_ESCAPE 65536u
#define LEXICON_DEPTH_MAX 64u /* bits of the longest code word */
#define LEXICON_BIT 256       /* costs are in so many parts of a bit */

struct lexicon {
	uint32_t n_symbols;
	uint32_t separator; /* ends a sentence, or LEXICON_NONE: then there is one topic */
	uint32_t n_topics;  /* 1..LEXICON_TOPICS_MAX */
	uint32_t n_classes[LEXICON_TOPICS_MAX + 1]; /* of each tree, 1..LEXICON_CLASSES_MAX */

	/* (n_topics + 1, n_symbols) by tree: the class of a word, or LEXICON_NO_CLASS. */
	uint8_t *word_class;

	/* Trees.  child: two a node, a node or LEXICON_LEAF | symbol.  parent: of node i twice the
	 * node above it, plus the bit that leads to i. */
	uint32_t n_nodes;
	uint32_t root[LEXICON_TOPICS_MAX + 1];
	uint32_t *child;
	uint32_t *parent;
	uint8_t *node_class; /* the class whose words are below, LEXICON_NO_CLASS if undecided */
	/* (n_topics + 1, n_symbols) by tree twice the node above the word's leaf plus the bit, or
	 * LEXICON_NONE: not in this tree. */
	uint32_t *leaf;
	uint32_t escape[LEXICON_TOPICS_MAX + 1]; /* the same for the escape */

	/* Belief, all costs in 1/LEXICON_BIT bits, smaller is likelier. */
	uint16_t topic_cost[LEXICON_TOPICS_MAX];
	uint16_t *word_cost; /* (n_symbols, n_topics) of the word, given topic and its class */
	uint16_t *step_cost; /* (n_topics, CLASS_SLOTS, CLASS_SLOTS) of a class after a class */

	/* The past: sentence i ends with the i-th separator, the last one perhaps not.  Without
	 * a separator these are pieces of the past. */
	uint32_t n_sentences;
	uint8_t *label; /* (n_sentences) topic, all of the sentence considered */
};

/*
 * Learn from a past of n < 2^31 tokens below n_symbols (1..65536).  `previous` is NULL or a lexicon
 * learnt from a beginning of the same past: it makes learning faster and numbers topics alike; it
 * is only read.  `families`: classes of several topics that are of one kind are found, and topics
 * know each other's words of them (lexicon_families.c).  Errors: no memory.
 */
MUST_CHECK enum status lexicon_learn(struct lexicon **out, const struct lexicon *previous,
				     const uint16_t *token, size_t n, uint32_t n_symbols,
				     bool families);
void lexicon_free(struct lexicon *lx); /* NULL is fine */

/* Upper estimate of the bytes that learning from n tokens takes, the result included. */
uint64_t lexicon_memory_bytes(size_t n, uint32_t n_symbols);

static inline uint32_t lexicon_root(const struct lexicon *lx, uint32_t tree)
{
	return lx->root[tree];
}

static inline uint32_t lexicon_child(const struct lexicon *lx, uint32_t node, unsigned bit)
{
	return lx->child[2 * node + bit];
}

static inline uint32_t lexicon_class(const struct lexicon *lx, uint32_t tree, uint32_t symbol)
{
	return lx->word_class[(size_t)tree * lx->n_symbols + symbol];
}

static inline bool lexicon_has(const struct lexicon *lx, uint32_t tree, uint32_t symbol)
{
	return lx->leaf[(size_t)tree * lx->n_symbols + symbol] != LEXICON_NONE;
}

/*
 * The decisions from the tree's root to `symbol`, or to the escape when the tree does not have it
 * (*escaped).  Returns their number, at most LEXICON_DEPTH_MAX.
 */
unsigned lexicon_spell(const struct lexicon *lx, uint32_t tree, uint32_t symbol,
		       uint8_t bit[LEXICON_DEPTH_MAX], bool *escaped);

struct lexicon_belief {
	uint32_t cost[LEXICON_TOPICS_MAX]; /* of topic and words up to here */
	uint8_t last[LEXICON_TOPICS_MAX];  /* class of the last word by topic, or LEXICON_START */
	uint32_t best, second;             /* likeliest topics; the same when there is but one */
	uint32_t p_best;                   /* of the likeliest, in 1/65536 */
};

void lexicon_belief_start(const struct lexicon *lx, struct lexicon_belief *b);
void lexicon_belief_step(const struct lexicon *lx, struct lexicon_belief *b, uint32_t symbol);

#endif
