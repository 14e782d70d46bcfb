/* SPDX-License-Identifier: BSD-2-Clause
 *
 * ctw_bound.c - the best tree source in hindsight: what context tree weighting is measured by.
 *
 * For one binary decision the least of
 *
 *      ideal bits + gamma(n_s) for each leaf + 1 for each node above the largest depth
 *
 * over all trees is found from the leaves up: a node is cheaper as a leaf, or as the sum of its
 * children (context tree maximizing).  Nodes that nothing came to cost nothing in any tree.
 *
 * The trees are never built.  All places of the data are sorted by what stands before them, read
 * backwards; then every node of every depth is a run of neighbours, and a walk over the places with
 * a stack of the nodes that are open, one a depth, closes each when its run ends.  How deep a
 * place's context agrees with its neighbour's says which.  The places are then split by the bit
 * that was decided, in order, which gives the places of the two next decisions.
 */
#include <stdlib.h>
#include <string.h>

#include "bit_spelling.h"
#include "ctw.h"
#include "elementary.h"

/* Of a subtree, cut in the best way. */
struct cost {
	double total, ideal, parameter, tree;
	uint64_t n_leaves;
};

struct open_node {
	uint64_t count[2];
	struct cost children; /* sum */
	unsigned n_children;
};

struct sorted {
	const uint16_t *symbol;
	uint64_t n;
	uint32_t n_symbols;
	unsigned n_bits, depth;
	uint32_t *place, *other_place;  /* (n) by decision, then by context */
	uint8_t *common, *other_common; /* (n) symbols of context shared with the place before */
	struct open_node open[CTW_DEPTH_MAX + 1];
};

static uint32_t symbol_before(const struct sorted *s, uint64_t at, unsigned distance)
{
	return at >= distance ? s->symbol[at - distance] : 0;
}

/* Stable, by the symbol `distance` before. */
static void sort_by(struct sorted *s, unsigned distance, uint64_t *start)
{
	uint64_t below = 0;

	memset(start, 0, s->n_symbols * sizeof *start);
	for (uint64_t i = 0; i < s->n; i++)
		start[symbol_before(s, i, distance)]++;
	for (uint32_t k = 0; k < s->n_symbols; k++) {
		uint64_t here = start[k];

		start[k] = below;
		below += here;
	}
	for (uint64_t i = 0; i < s->n; i++)
		s->other_place[start[symbol_before(s, s->place[i], distance)]++] = s->place[i];

	uint32_t *swap = s->place;

	s->place = s->other_place;
	s->other_place = swap;
}

static uint8_t common_context(const struct sorted *s, uint64_t a, uint64_t b)
{
	unsigned d = 0;

	while (d < s->depth && symbol_before(s, a, d + 1) == symbol_before(s, b, d + 1))
		d++;
	return (uint8_t)d;
}

static enum status sort_contexts(struct sorted *s)
{
	uint64_t *start = malloc(s->n_symbols * sizeof *start);

	if (!start)
		return fail_no_memory();
	for (uint64_t i = 0; i < s->n; i++)
		s->place[i] = (uint32_t)i;
	for (unsigned distance = s->depth; distance >= 1; distance--)
		sort_by(s, distance, start);
	free(start);
	s->common[0] = 0;
	for (uint64_t i = 1; i < s->n; i++)
		s->common[i] = common_context(s, s->place[i - 1], s->place[i]);
	return STATUS_OK;
}

static struct cost leaf_cost(const uint64_t count[2])
{
	double n = (double)count[0] + (double)count[1];
	struct cost c = {.parameter = elementary_lg(n) / 2 + 1, .n_leaves = 1};

	for (unsigned b = 0; b < 2; b++)
		if (count[b])
			c.ideal +=
			    (double)count[b] * (elementary_lg(n) - elementary_lg((double)count[b]));
	c.total = c.ideal + c.parameter;
	return c;
}

static void add_cost(struct cost *to, const struct cost *c)
{
	to->total += c->total;
	to->ideal += c->ideal;
	to->parameter += c->parameter;
	to->tree += c->tree;
	to->n_leaves += c->n_leaves;
}

/* The node at depth `d` ends; it is a child of the one above. */
static struct cost close_node(struct sorted *s, unsigned d)
{
	struct open_node *x = &s->open[d];
	struct cost best = x->children;

	if (x->n_children == 1 && best.n_leaves == 1) {
		/* The only child has the same counts: as a leaf, this node saves its bit. */
		best.total -= best.tree;
		best.tree = 0;
	} else {
		struct cost leaf = leaf_cost(x->count);

		if (x->n_children == 0 || leaf.total <= best.total)
			best = leaf;
	}
	if (d < s->depth) {
		best.tree += 1;
		best.total += 1;
	}
	if (d > 0) {
		struct open_node *above = x - 1;

		above->count[0] += x->count[0];
		above->count[1] += x->count[1];
		above->n_children++;
		add_cost(&above->children, &best);
	}
	*x = (struct open_node){0};
	return best;
}

/* The tree of one decision: places [from, to) by context; bit `left - 1` of each symbol. */
static struct cost decision_cost(struct sorted *s, uint64_t from, uint64_t to, unsigned left)
{
	struct cost root;

	for (uint64_t i = from; i < to; i++) {
		for (unsigned d = s->depth; i > from && d > s->common[i]; d--)
			close_node(s, d);
		s->open[s->depth].count[s->symbol[s->place[i]] >> (left - 1) & 1]++;
	}
	for (unsigned d = s->depth;; d--) {
		root = close_node(s, d);
		if (d == 0)
			return root;
	}
}

/* Split the places [from, to) by bit `left - 1`, each half in order. */
static void split_places(struct sorted *s, uint64_t from, uint64_t to, unsigned left)
{
	uint64_t at = from;

	for (unsigned bit = 0; bit < 2; bit++) {
		unsigned common = 0; /* with the last place of this half */

		for (uint64_t i = from; i < to; i++) {
			if (s->common[i] < common)
				common = s->common[i];
			if ((s->symbol[s->place[i]] >> (left - 1) & 1) != bit)
				continue;
			s->other_place[at] = s->place[i];
			s->other_common[at++] = (uint8_t)common;
			common = s->depth;
		}
	}
}

/* All decisions that have `left` bits to go, and the order for those with one less. */
static void level_cost(struct sorted *s, unsigned left, struct cost *sum, uint64_t *n_decisions)
{
	for (uint64_t from = 0, to; from < s->n; from = to) {
		uint32_t told = (uint32_t)s->symbol[s->place[from]] >> left;
		uint32_t prefix = ((uint32_t)1 << (s->n_bits - left)) + told;

		for (to = from; to < s->n && (uint32_t)s->symbol[s->place[to]] >> left == told;)
			to++;
		if (spelling_is_open(s->n_symbols, s->n_bits, prefix, left)) {
			struct cost c = decision_cost(s, from, to, left);

			add_cost(sum, &c);
			*n_decisions += to - from;
		}
		split_places(s, from, to, left);
	}

	uint32_t *place = s->place;
	uint8_t *common = s->common;

	s->place = s->other_place;
	s->common = s->other_common;
	s->other_place = place;
	s->other_common = common;
}

enum status ctw_bound(const uint16_t *symbol, uint64_t n, uint32_t n_symbols, unsigned depth,
		      struct ctw_bound *out)
{
	struct sorted s = {.symbol = symbol,
			   .n = n,
			   .n_symbols = n_symbols,
			   .n_bits = spelling_bits(n_symbols),
			   .depth = depth};
	struct cost sum = {0};
	enum status status = STATUS_OK;

	*out = (struct ctw_bound){0};
	if (n == 0)
		return STATUS_OK;
	s.place = malloc(n * sizeof *s.place);
	s.other_place = malloc(n * sizeof *s.other_place);
	s.common = malloc(n);
	s.other_common = malloc(n);
	if (!s.place || !s.other_place || !s.common || !s.other_common)
		status = fail_no_memory();
	if (status == STATUS_OK)
		status = sort_contexts(&s);
	for (unsigned left = s.n_bits; status == STATUS_OK && left > 0; left--)
		level_cost(&s, left, &sum, &out->n_decisions);
	free(s.place);
	free(s.other_place);
	free(s.common);
	free(s.other_common);
	out->ideal_bits = sum.ideal;
	out->parameter_bits = sum.parameter;
	out->tree_bits = sum.tree;
	out->total_bits = sum.total;
	out->n_leaves = sum.n_leaves;
	return status;
}
