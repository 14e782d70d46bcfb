/* SPDX-License-Identifier: BSD-2-Clause
 *
 * order0.c - adaptive frequencies without context: the honest simple baseline.
 *
 * Idea.  A symbol is spelled as hexadecimal digits, highest first: a path down a 16-ary tree that
 * is 1 level deep up to 16 symbols, 2 up to 256 and 4 up to 65,536.  Each node counts which of its
 * m children were taken and predicts child c with probability
 *
 *      (2 count[c] + 1) / (2 n + m)         n = sum of the node's counts
 *
 * in exact integers: the Krichevsky-Trofimov estimator (add 1/2).  So a symbol costs at most four
 * small decisions, whatever the alphabet, and the 65,536-way distribution is never built.
 *
 * Properties.  A node pays about (m - 1)/2 * lg n bits for learning, and a child that always comes
 * costs at most 0.73 m / n bits after n of them.  Other prior weights were computed on text, a
 * program, and Zipf over 500 to 65,536 symbols: 1/m of a count saves 3 % where 1,000 symbols are
 * scattered over 65,536, but costs 0.1 to 3 % on every Zipf source, and 1 costs up to 3 % again;
 * 1/2 is within 0.6 % of the best on all but the scattered source.
 * A child whose subtree is cut short by the end of the alphabet counts like any other, children
 * beyond it do not exist, and a node with one child is free.
 *
 * Counts are never aged: on stationary data every count is worth the same.  They are halved only
 * where 32 bits would overflow.  The nodes of all paths are laid out in advance, level
 * by level; memory is touched where symbols occur.
 */
#include <stdlib.h>

#include "predictor.h"

#define CHILDREN 16
#define LEVELS_MAX 4

/* 2 n + m stays far below DIST_TOTAL_MAX, and each count fits 32 bits. */
#define NODE_TOTAL_MAX UINT32_MAX

struct node {
	uint32_t count[CHILDREN];
	uint32_t total; /* sum of count[] */
};

struct order0 {
	struct predictor base;
	uint32_t n_symbols;
	unsigned n_levels;
	uint32_t first_node[LEVELS_MAX]; /* of each level, in node[] */
	struct node *node;

	unsigned level;  /* of the next decision */
	uint32_t prefix; /* the digits told so far */
};

/* Symbols below one child of a node at `level`. */
static uint32_t child_symbols(const struct order0 *o, unsigned level)
{
	return (uint32_t)1 << (4 * (o->n_levels - 1 - level));
}

static uint32_t ceil_div(uint32_t a, uint32_t b)
{
	return (a + b - 1) / b;
}

/* Set the tree's shape; returns its number of nodes. */
static uint32_t lay_out(struct order0 *o, uint32_t n_symbols)
{
	uint32_t n_nodes = 0;

	o->n_symbols = n_symbols;
	o->n_levels = 1;
	while ((uint64_t)1 << (4 * o->n_levels) < n_symbols)
		o->n_levels++;
	for (unsigned level = 0; level < o->n_levels; level++) {
		o->first_node[level] = n_nodes;
		n_nodes += ceil_div(n_symbols, CHILDREN * child_symbols(o, level));
	}
	return n_nodes;
}

/* Archives hold the estimate: the same number on every machine; a node has no padding. */
#define STATE_BYTES 4096u
_Static_assert(sizeof(struct order0) <= STATE_BYTES, "STATE_BYTES");

static uint64_t order0_memory_bytes(const struct predictor_setup *s, uint64_t n_total)
{
	struct order0 shape;

	(void)n_total;
	return STATE_BYTES + (uint64_t)lay_out(&shape, s->n_symbols) * sizeof(struct node);
}

static void order0_close(struct predictor *p)
{
	struct order0 *o = (struct order0 *)p;

	if (!o)
		return;
	free(o->node);
	free(o);
}

static enum status order0_open(struct predictor **out, const struct predictor_setup *s)
{
	struct order0 *o = calloc(1, sizeof *o);

	if (!o)
		return fail_no_memory();
	o->base.outcomes_max = CHILDREN;
	o->node = calloc(lay_out(o, s->n_symbols), sizeof *o->node);
	if (!o->node) {
		order0_close(&o->base);
		return fail_no_memory();
	}
	*out = &o->base;
	return STATUS_OK;
}

static struct node *current_node(struct order0 *o)
{
	return &o->node[o->first_node[o->level] + o->prefix];
}

/* Children of the current node that lead to symbols of the alphabet. */
static uint32_t n_children(const struct order0 *o)
{
	uint32_t width = child_symbols(o, o->level);
	uint32_t n = ceil_div(o->n_symbols - o->prefix * CHILDREN * width, width);

	return n < CHILDREN ? n : CHILDREN;
}

static void order0_ask(struct predictor *p, struct dist *d)
{
	struct order0 *o = (struct order0 *)p;
	const struct node *node = current_node(o);
	uint32_t m = n_children(o);

	d->n_symbols = m;
	d->n_listed = m;
	d->floor = 0;
	for (uint32_t c = 0; c < m; c++)
		d->freq[c] = 2 * (uint64_t)node->count[c] + 1;
}

static uint32_t order0_spell(struct predictor *p, uint32_t symbol)
{
	const struct order0 *o = (struct order0 *)p;

	if (symbol >= o->n_symbols)
		return OUTCOME_NONE;
	return symbol / child_symbols(o, o->level) % CHILDREN;
}

static void count(struct node *node, uint32_t child)
{
	node->count[child]++;
	if (++node->total < NODE_TOTAL_MAX)
		return;
	node->total = 0;
	for (uint32_t c = 0; c < CHILDREN; c++) {
		node->count[c] = node->count[c] / 2 + node->count[c] % 2;
		node->total += node->count[c];
	}
}

static bool order0_tell(struct predictor *p, uint32_t outcome, uint32_t *symbol)
{
	struct order0 *o = (struct order0 *)p;

	count(current_node(o), outcome);
	o->prefix = o->prefix * CHILDREN + outcome;
	if (++o->level < o->n_levels)
		return false;
	*symbol = o->prefix;
	o->prefix = 0;
	o->level = 0;
	return true;
}

const struct predictor_ops order0_ops = {
    .name = "order0",
    .summary = "adaptive frequencies of single symbols",
    .id = 2,
    .memory_bytes = order0_memory_bytes,
    .open = order0_open,
    .ask = order0_ask,
    .spell = order0_spell,
    .tell = order0_tell,
    .close = order0_close,
};
