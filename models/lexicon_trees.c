/* SPDX-License-Identifier: BSD-2-Clause
 *
 * lexicon_trees.c - a binary code for the words of each topic: Huffman over classes, then inside.
 *
 * Huffman's construction with two queues: leaves sorted by weight, and inner nodes, which come into
 * being in the order of their weights.  Weights are counts scaled to a sum below 2^21, so that no
 * code word is longer than 2 * 30 bits (a Huffman code of total weight W is at most log W /
 * log 1.618 deep).  Cost: O(words) a tree, by radix sort.
 */
#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "lexicon_past.h"

#define WEIGHT_BITS 20u
#define RADIX_BITS 11u
#define ITEMS_MAX (LEXICON_ESCAPE + 1)

struct item {
	uint32_t weight;
	uint32_t what; /* a node, or LEXICON_LEAF | symbol */
};

struct planter {
	struct lexicon *lx;
	uint32_t tree;
	const uint32_t *count; /* (n_symbols) of the tree's words */
	unsigned shift;        /* of the counts */
	struct item *item;     /* (ITEMS_MAX) being joined */
	struct item *spare;    /* (ITEMS_MAX) */
	uint32_t *order;       /* (n_symbols) words by class */
};

/* Ascending by weight; equal weights keep their order. */
static void sort_items(struct item *item, struct item *spare, uint32_t n)
{
	for (unsigned shift = 0; shift < 2 * RADIX_BITS; shift += RADIX_BITS) {
		uint32_t start[(1 << RADIX_BITS) + 1] = {0};
		uint32_t mask = (1 << RADIX_BITS) - 1;

		for (uint32_t i = 0; i < n; i++)
			start[(item[i].weight >> shift & mask) + 1]++;
		for (uint32_t i = 0; i < mask; i++)
			start[i + 1] += start[i];
		for (uint32_t i = 0; i < n; i++)
			spare[start[item[i].weight >> shift & mask]++] = item[i];
		memcpy(item, spare, n * sizeof *item);
	}
}

/* `what` hangs below `node` by `bit`. */
static void hang(struct planter *g, uint32_t node, unsigned bit, uint32_t what)
{
	struct lexicon *lx = g->lx;
	uint32_t place = 2 * node + bit, symbol = what & ~LEXICON_LEAF;

	lx->child[place] = what;
	if (!(what & LEXICON_LEAF))
		lx->parent[what] = place;
	else if (symbol == LEXICON_ESCAPE)
		lx->escape[g->tree] = place;
	else
		lx->leaf[(size_t)g->tree * lx->n_symbols + symbol] = place;
}

/* Join the n >= 1 items into one: a code for them.  New nodes are of class `c`. */
static struct item join(struct planter *g, uint32_t n, uint32_t c)
{
	struct lexicon *lx = g->lx;
	struct item *leaf = g->item, *inner = g->spare;
	uint32_t leaf_at = 0, inner_at = 0, n_inner = 0;

	if (n == 1)
		return leaf[0];
	sort_items(leaf, inner, n);
	while (n_inner < n - 1) {
		uint32_t node = lx->n_nodes++, weight = 0;

		for (unsigned bit = 0; bit < 2; bit++) {
			bool is_leaf =
			    inner_at == n_inner ||
			    (leaf_at < n && leaf[leaf_at].weight <= inner[inner_at].weight);
			struct item x = is_leaf ? leaf[leaf_at++] : inner[inner_at++];

			hang(g, node, bit, x.what);
			weight += x.weight;
		}
		lx->node_class[node] = (uint8_t)c;
		inner[n_inner++] = (struct item){weight, node};
	}
	return inner[n - 2];
}

static uint32_t weight_of(const struct planter *g, uint32_t symbol)
{
	uint32_t weight = g->count[symbol] >> g->shift;

	return weight ? weight : 1;
}

/* g->order becomes the tree's words by class; start[c] is where class c begins. */
static void sort_by_class(struct planter *g, uint32_t start[LEXICON_CLASSES_MAX + 2])
{
	const uint8_t *word_class = g->lx->word_class + (size_t)g->tree * g->lx->n_symbols;
	uint32_t at[LEXICON_CLASSES_MAX + 2];

	memset(start, 0, (LEXICON_CLASSES_MAX + 2) * sizeof *start);
	for (uint32_t s = 0; s < g->lx->n_symbols; s++)
		start[word_class[s] + 1]++;
	for (uint32_t c = 0; c <= LEXICON_CLASSES_MAX; c++)
		start[c + 1] += start[c];
	memcpy(at, start, sizeof at);
	for (uint32_t s = 0; s < g->lx->n_symbols; s++)
		if (word_class[s] != LEXICON_NO_CLASS)
			g->order[at[word_class[s]]++] = s;
}

/* Weight of the escape: as many words as occurred once, of which the next may be another one. */
static uint32_t escape_weight(const struct planter *g)
{
	uint32_t n_once = 0;

	for (uint32_t s = 0; s < g->lx->n_symbols; s++)
		n_once += g->count[s] == 1;
	return (n_once >> g->shift) + 1;
}

static void plant(struct planter *g)
{
	struct lexicon *lx = g->lx;
	uint32_t start[LEXICON_CLASSES_MAX + 2], n_tops = 0;
	struct item top[LEXICON_CLASSES_MAX + 1];
	uint64_t total = 0;

	for (uint32_t s = 0; s < lx->n_symbols; s++)
		total += g->count[s];
	for (g->shift = 0; total >> g->shift > (uint32_t)1 << WEIGHT_BITS;)
		g->shift++;
	sort_by_class(g, start);
	for (uint32_t c = 0; c < LEXICON_CLASSES_MAX; c++) {
		uint32_t n = start[c + 1] - start[c];

		for (uint32_t i = 0; i < n; i++) {
			uint32_t symbol = g->order[start[c] + i];

			g->item[i] = (struct item){weight_of(g, symbol), LEXICON_LEAF | symbol};
		}
		if (n > 0)
			top[n_tops++] = join(g, n, c);
	}
	top[n_tops++] = (struct item){escape_weight(g), LEXICON_LEAF | LEXICON_ESCAPE};
	memcpy(g->item, top, n_tops * sizeof *top);
	lx->root[g->tree] = join(g, n_tops, LEXICON_NO_CLASS).what;
	if (n_tops == 1) { /* a code of no words: either bit escapes */
		lx->root[g->tree] = lx->n_nodes++;
		lx->node_class[lx->root[g->tree]] = LEXICON_NO_CLASS;
		hang(g, lx->root[g->tree], 1, top[0].what);
		hang(g, lx->root[g->tree], 0, top[0].what);
	}
	lx->parent[lx->root[g->tree]] = LEXICON_NONE;
}

enum status lexicon_trees(struct lexicon *lx, const uint32_t *count)
{
	size_t n_places = (size_t)(lx->n_topics + 1) * lx->n_symbols, n_nodes = 0;
	struct planter g = {.lx = lx};

	for (size_t i = 0; i < n_places; i++)
		n_nodes += lx->word_class[i] != LEXICON_NO_CLASS;
	n_nodes += lx->n_topics + 1; /* a tree of n words and the escape has n nodes, or 1 */
	lx->child = malloc(2 * n_nodes * sizeof *lx->child);
	lx->parent = malloc(n_nodes * sizeof *lx->parent);
	lx->node_class = malloc(n_nodes);
	lx->leaf = malloc(n_places * sizeof *lx->leaf);
	g.item = malloc(ITEMS_MAX * sizeof *g.item);
	g.spare = malloc(ITEMS_MAX * sizeof *g.spare);
	g.order = malloc(lx->n_symbols * sizeof *g.order);

	bool ok =
	    lx->child && lx->parent && lx->node_class && lx->leaf && g.item && g.spare && g.order;

	if (ok) {
		memset(lx->leaf, 0xff, n_places * sizeof *lx->leaf);
		for (g.tree = 0; g.tree <= lx->n_topics; g.tree++) {
			g.count = count + (size_t)g.tree * lx->n_symbols;
			plant(&g);
		}
		assert(lx->n_nodes <= n_nodes);
	}
	free(g.item);
	free(g.spare);
	free(g.order);
	return ok ? STATUS_OK : fail_no_memory();
}
