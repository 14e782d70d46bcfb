/* SPDX-License-Identifier: BSD-2-Clause
 *
 * mix_tokens_network.c - running sums of a network's masses in the order of the lexicon's trees.
 */
#include "mix_tokens_network.h"

#include <stdlib.h>

#include "arena.h"
#include "mass_spelling.h"

#define MASS_MIN 1e-30 /* of a side of a decision: rounding may leave nothing or less */

struct leaves {
	uint32_t begin, middle, end; /* of a node's two sides, in its tree's order */
};

struct token_network {
	struct online *online;
	const struct lexicon *lexicon;
	uint32_t n_symbols;
	struct leaves *node;                        /* (nodes of the lexicon) */
	uint32_t *order;                            /* symbols of the leaves, tree after tree */
	uint32_t first[LEXICON_TOPICS_MAX + 2];     /* of each tree in order[] */
	double *sum;                                /* (n_symbols + 2) of the present walk */
	const float *mass;                          /* of the next token */
	uint32_t topic;                             /* whose tree was walked last */
	double outside;                             /* mass of what the trees walked do not have */
};

enum status token_network_open(struct token_network **out, struct online *o, uint32_t n_symbols)
{
	struct token_network *n = calloc(1, sizeof *n);

	if (!n)
		return fail_no_memory();
	n->online = o;
	n->n_symbols = n_symbols;
	n->sum = malloc(((size_t)n_symbols + 2) * sizeof *n->sum);
	if (!n->sum) {
		token_network_close(n);
		return fail_no_memory();
	}
	*out = n;
	return STATUS_OK;
}

void token_network_close(struct token_network *n)
{
	if (!n)
		return;
	free(n->node);
	free(n->order);
	free(n->sum);
	free(n);
}

/* Archives hold the estimate: the same number on every machine. */
#define STATE_BYTES 1024u
_Static_assert(sizeof(struct token_network) <= STATE_BYTES, "STATE_BYTES");

uint64_t token_network_memory(uint32_t n_symbols, uint64_t n_max)
{
	uint64_t n_known = n_symbols < n_max ? n_symbols : n_max;
	uint64_t leaf_bytes = sizeof(struct leaves) + sizeof(uint32_t);

	return STATE_BYTES + ((uint64_t)n_symbols + 2) * sizeof(double) +
	       (LEXICON_TOPICS_MAX + 1) * (n_known + 2) * leaf_bytes;
}

/* Lay out the leaves below `node` from place `at` on; returns the place behind them. */
static uint32_t lay_out(struct token_network *n, uint32_t node, uint32_t at)
{
	struct leaves *l = &n->node[node];

	l->begin = at;
	for (unsigned bit = 0; bit < 2; bit++) {
		uint32_t child = lexicon_child(n->lexicon, node, bit);

		if (bit == 1)
			l->middle = at;
		if (child & LEXICON_LEAF)
			n->order[at++] = child & ~LEXICON_LEAF;
		else
			at = lay_out(n, child, at); /* at most LEXICON_DEPTH_MAX deep */
	}
	l->end = at;
	return at;
}

enum status token_network_lexicon(struct token_network *n, const struct lexicon *lx)
{
	uint32_t at = 0;

	free(n->node);
	free(n->order);
	n->lexicon = lx;
	n->node = calloc(lx->n_nodes, sizeof *n->node);
	n->order = calloc((size_t)lx->n_nodes + lx->n_topics + 1, sizeof *n->order);
	if (!n->node || !n->order)
		return fail_no_memory();
	for (uint32_t t = 0; t <= lx->n_topics; t++) {
		n->first[t] = at;
		at = lay_out(n, lexicon_root(lx, t), at);
	}
	n->first[lx->n_topics + 1] = at;
	return STATUS_OK;
}

/* Is it spelled by this tree, or by its escape? */
static bool in_tree(const struct token_network *n, uint32_t tree, uint32_t symbol)
{
	return n->lexicon->leaf[(size_t)tree * n->n_symbols + symbol] != LEXICON_NONE;
}

/* sum[i]: of the first i leaves of a tree; words of the tree `out` (or LEXICON_NONE) count as none,
 * an escape as `escape`.  Returns the sum of all. */
static double running_sums(struct token_network *n, uint32_t tree, uint32_t out, double escape)
{
	const uint32_t *order = n->order + n->first[tree];
	uint32_t n_leaves = n->first[tree + 1] - n->first[tree];
	double sum = 0;

	for (uint32_t i = 0; i < n_leaves; i++) {
		uint32_t symbol = order[i];

		n->sum[i] = sum;
		if (symbol == LEXICON_ESCAPE)
			sum += escape;
		else if (out == LEXICON_NONE || !in_tree(n, out, symbol))
			sum += (double)n->mass[symbol];
	}
	n->sum[n_leaves] = sum;
	return sum;
}

void token_network_tree(struct token_network *n, uint32_t tree, bool escaped)
{
	uint32_t out = escaped ? n->topic : LEXICON_NONE;

	if (!escaped) {
		n->mass = online_masses(n->online);
		n->outside = mass_sum(n->mass, round_up(n->n_symbols, 4)); /* zeros behind */
	}
	n->outside -= running_sums(n, tree, out, 0);
	running_sums(n, tree, out, n->outside);
	n->topic = tree;
}

/* The share of the latter of two parts. */
static float share(double zero, double one)
{
	zero = zero < MASS_MIN ? MASS_MIN : zero;
	one = one < MASS_MIN ? MASS_MIN : one;
	return (float)(one / (zero + one));
}

float token_network_ask(const struct token_network *n, uint32_t node)
{
	const struct leaves *l = &n->node[node];
	const double *sum = n->sum - n->first[n->topic];

	return share(sum[l->middle] - sum[l->begin], sum[l->end] - sum[l->middle]);
}

void token_network_ids(struct token_network *n)
{
	double sum = 0;

	for (uint32_t s = 0; s < n->n_symbols; s++) {
		n->sum[s] = sum;
		if (!in_tree(n, n->lexicon->n_topics, s))
			sum += (double)n->mass[s];
	}
	n->sum[n->n_symbols] = sum;
}

float token_network_ask_ids(const struct token_network *n, uint32_t begin, uint32_t middle,
			    uint32_t end)
{
	uint32_t most = n->n_symbols;

	begin = begin < most ? begin : most;
	middle = middle < most ? middle : most;
	end = end < most ? end : most;
	return share(n->sum[middle] - n->sum[begin], n->sum[end] - n->sum[middle]);
}

void token_network_tell(struct token_network *n, uint32_t symbol)
{
	online_tell(n->online, symbol);
}
