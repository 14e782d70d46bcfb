/* SPDX-License-Identifier: BSD-2-Clause
 *
 * ctw.c - context tree weighting: the Bayesian average over all tree sources.
 *
 * A symbol is spelled as binary decisions, and each decision - each prefix of a symbol - has a
 * context tree of its own (the decomposition of Volf and Tjalkens), whose nodes are the strings of
 * the last 0 .. D symbols.  A node s keeps how many zeros and ones were decided in its context,
 * which the estimator of Krichevsky and Trofimov (add 1/2) makes the probability P_e(s) of that
 * sequence; and it stands for the mixture (Willems, Shtarkov and Tjalkens 1995)
 *
 *      P_w(s) = (P_e(s) + product of P_w over the children of s) / 2,    P_w = P_e at depth D
 *
 * The root's P_w is what codes.  It averages over every way to cut the tree into leaves, so for the
 * best tree of leaves S in hindsight, with the best parameter for each leaf,
 *
 *      code length <= ideal + Gamma_D(S) + sum over the leaves of gamma(n_s)
 *
 * where Gamma_D(S) is the number of nodes of the tree, leaves at depth D and nodes that never occur
 * not counted, and gamma(n) = lg(n) / 2 + 1.  ctw_bound() computes the right side.
 *
 * Arithmetic.  Of P_e(s) and the product only their ratio is kept, a double, from which the
 * probability of the next bit and the next ratio follow by + * / (the trick of Willems and
 * Tjalkens); before the start of the data the symbols are taken to be 0.  A ratio is kept within
 * 2^+-1000.  A mixture can then come back after 1000 bits of evidence instead of never, and the
 * bound grows by n lg(1 + 2^-1000).  There is no logarithm, and no rounding that counts.
 *
 * Nodes without branches.  As long as everything that came to a node came from the same context of
 * D symbols, all nodes below it have its counts, and P_w = P_e in all of them: they are not made.
 * The node remembers where in the data it was visited, and grows its child when a second context
 * arrives.  That changes nothing but the memory, which without it is D nodes a decision.
 *
 * No collisions.  A node is named by its parent and the symbol that leads to it.  The hash table
 * only proposes; both are compared, hence two contexts are never taken for one another: hashing
 * alone would be simpler, but then the code is no mixture and has no bound.
 *
 * Memory.  When nodes or history reach the limit, no node is added: the deepest node that exists in
 * a context is then its leaf.  The bound holds until then.
 */
#include "ctw.h"

#include <stdlib.h>
#include <string.h>

#include "bit_spelling.h"

#define SLOTS_MIN 1024u
#define NODES_LIMIT (UINT32_MAX - 1)
#define RATIO_MAX 0x1p1000
#define COUNT_MAX ((uint32_t)1 << 31) /* of one bit in one node; then both are halved */

struct node {
	uint32_t parent;
	uint16_t symbol;   /* leads here from the parent */
	uint16_t is_split; /* has children */
	uint32_t count[2]; /* zeros and ones decided here */
	union {
		double ratio;  /* is_split: P_e(s) / product of the children's P_w */
		uint64_t last; /* otherwise: place in the data of some visit; all had its context */
	};
};

struct ctw {
	struct predictor base;
	uint32_t n_symbols;
	unsigned n_bits, depth;

	struct node *node; /* (n_nodes_max); 0 is no node, [1 .. n_roots] the roots by prefix */
	uint32_t n_roots, n_nodes, n_nodes_max;
	uint32_t *slot; /* (slot_mask + 1) hash table of all but the roots; 0: empty */
	uint32_t slot_mask;

	uint16_t *history; /* (n_history_max) symbols told */
	uint64_t n_told, n_history_room, n_history_max;
	uint16_t context[CTW_DEPTH_MAX]; /* the last symbols, latest first */
	bool full;

	/* Of the decision that is under way. */
	uint32_t path[CTW_DEPTH_MAX + 1]; /* nodes from the root to the leaf */
	unsigned leaf;                    /* its place in path */
	double own[CTW_DEPTH_MAX + 1];    /* probability of a 1 by P_e of the node .. */
	double below[CTW_DEPTH_MAX + 1];  /* .. and by P_w of the child on the path */
};

static const struct option_spec ctw_options[] = {
    {"depth", -1, CTW_DEPTH_MAX, -1, 1,
     "longest context in symbols; -1: 6 for alphabets up to 256, otherwise 3"},
    {"memory", 8, 16384, 512, 1, "limit of memory in MiB; when it is reached, no context is added"},
    {0},
};

unsigned ctw_default_depth(uint32_t n_symbols)
{
	return n_symbols <= 256 ? 6 : 3;
}

static unsigned depth_of(const struct predictor_setup *s)
{
	return s->option[0] >= 0 ? (unsigned)s->option[0] : ctw_default_depth(s->n_symbols);
}

/* Memory -------------------------------------------------------------------------------------- */

/* Archives hold the estimate: the same number on every machine. */
#define STATE_BYTES 4096u
#define NODE_BYTES 24u
_Static_assert(sizeof(struct node) == NODE_BYTES, "NODE_BYTES");
_Static_assert(sizeof(struct ctw) + SLOTS_MIN <= STATE_BYTES, "STATE_BYTES");

static uint64_t limit_bytes(const struct predictor_setup *s)
{
	return (uint64_t)s->option[1] << 20;
}

/* An eighth of the memory is for the history. */
static uint64_t history_limit(uint64_t memory_bytes)
{
	return memory_bytes / 8 / sizeof(uint16_t);
}

/* The most nodes that the rest can hold, with a table at most 3/4 full whose smaller predecessor
 * exists too while it grows. */
static uint32_t node_limit(uint64_t memory_bytes)
{
	uint64_t room = memory_bytes - memory_bytes / 8, most = 0;

	for (uint64_t slots = SLOTS_MIN; 6 * slots < room && slots <= UINT32_MAX; slots *= 2) {
		uint64_t n = (room - 6 * slots) / NODE_BYTES;

		if (n > slots / 4 * 3)
			n = slots / 4 * 3;
		if (n > most)
			most = n;
	}
	return (uint32_t)(most < NODES_LIMIT ? most : NODES_LIMIT);
}

/* The most nodes that a symbol adds: on each path the way to where two contexts part, and one. */
static uint64_t nodes_each(const struct predictor_setup *s)
{
	return spelling_bits(s->n_symbols) * (depth_of(s) + (uint64_t)1);
}

/* Room for as many as the limit allows, or as these data can need. */
static uint32_t nodes_max(const struct predictor_setup *s, uint32_t n_roots)
{
	uint32_t limit = node_limit(limit_bytes(s));
	uint64_t most;

	if (s->n_total >= limit)
		return limit;
	most = n_roots + 1 + s->n_total * nodes_each(s);
	return most < limit ? (uint32_t)most : limit;
}

static uint64_t ctw_memory_bytes(const struct predictor_setup *s, uint64_t n_total)
{
	unsigned n_bits = spelling_bits(s->n_symbols);
	uint64_t limit = limit_bytes(s);
	uint64_t fixed = STATE_BYTES + ((uint64_t)NODE_BYTES << n_bits) + 6 * SLOTS_MIN;
	uint64_t each = nodes_each(s) * (NODE_BYTES + 16) + 2 * sizeof(uint16_t);

	if (n_total >= limit || fixed + n_total * each >= limit)
		return limit + STATE_BYTES;
	return fixed + n_total * each;
}

static uint32_t hash_of(uint32_t parent, uint32_t symbol)
{
	uint64_t x = ((uint64_t)parent << 16 | symbol) * 0x9e3779b97f4a7c15u;

	return (uint32_t)((x ^ x >> 29) * 0xbf58476d1ce4e5b9u >> 32);
}

static void slot_put(struct ctw *m, uint32_t index)
{
	uint32_t at = hash_of(m->node[index].parent, m->node[index].symbol) & m->slot_mask;

	while (m->slot[at])
		at = (at + 1) & m->slot_mask;
	m->slot[at] = index;
}

/* The child of `parent` by `symbol`; 0 if there is none. */
static uint32_t node_find(const struct ctw *m, uint32_t parent, uint32_t symbol)
{
	uint32_t at = hash_of(parent, symbol) & m->slot_mask, index;

	for (; (index = m->slot[at]) != 0; at = (at + 1) & m->slot_mask)
		if (m->node[index].parent == parent && m->node[index].symbol == symbol)
			return index;
	return 0;
}

static bool table_grow(struct ctw *m)
{
	uint64_t n_slots = 2 * ((uint64_t)m->slot_mask + 1);
	uint32_t *slot = calloc(n_slots, sizeof *slot);

	if (!slot) {
		m->base.failed = fail_no_memory();
		return false;
	}
	free(m->slot);
	m->slot = slot;
	m->slot_mask = (uint32_t)(n_slots - 1);
	for (uint32_t i = m->n_roots + 1; i < m->n_nodes; i++)
		slot_put(m, i);
	return true;
}

/* Make the child of `parent` by `symbol`, which does not exist yet: its index, or 0 when the memory
 * is full. */
static uint32_t node_add(struct ctw *m, uint32_t parent, uint32_t symbol)
{
	uint64_t in_table = m->n_nodes - m->n_roots;

	if (m->n_nodes == m->n_nodes_max)
		m->full = true;
	if (m->full || (4 * in_table >= 3 * ((uint64_t)m->slot_mask + 1) && !table_grow(m)))
		return 0;
	m->node[m->n_nodes] = (struct node){.parent = parent, .symbol = (uint16_t)symbol};
	slot_put(m, m->n_nodes);
	return m->n_nodes++;
}

/* The tree --------------------------------------------------------------------------------- */

/* The symbol `distance` >= 1 before the place `at` in the data. */
static uint32_t symbol_before(const struct ctw *m, uint64_t at, unsigned distance)
{
	return at >= distance ? m->history[at - distance] : 0;
}

/* Do the place `at` and the present one have the same context from depth `d` to the end? */
static bool is_same_context(const struct ctw *m, uint64_t at, unsigned d)
{
	for (; d < m->depth; d++)
		if (symbol_before(m, at, d + 1) != m->context[d])
			return false;
	return true;
}

/* Give a node at depth `d` that has no children the one that all its visits went to. */
static bool node_split(struct ctw *m, uint32_t index, unsigned d)
{
	uint64_t last = m->node[index].last;
	uint32_t child = node_add(m, index, symbol_before(m, last, d + 1));

	if (!child)
		return false;
	m->node[child].last = last;
	memcpy(m->node[child].count, m->node[index].count, sizeof m->node[child].count);
	m->node[index].is_split = 1;
	m->node[index].ratio = 1;
	return true;
}

/* The child of the node at depth `d` in the present context; 0: the node is the leaf. */
static uint32_t descend(struct ctw *m, uint32_t index, unsigned d)
{
	struct node *x = &m->node[index];
	uint32_t child;

	if (d == m->depth)
		return 0;
	if (!x->is_split) {
		if (m->full)
			return 0;
		if (x->count[0] + x->count[1] == 0) {
			x->last = m->n_told;
			return 0;
		}
		if (is_same_context(m, x->last, d) || !node_split(m, index, d))
			return 0;
	}
	child = node_find(m, index, m->context[d]);
	return child ? child : node_add(m, index, m->context[d]);
}

/* Find the path of the present context in the tree of `root`, and the probability of a 1. */
static double predict(struct ctw *m, uint32_t root)
{
	unsigned d = 0;
	double p;

	for (uint32_t at = root; at; at = descend(m, at, d++))
		m->path[d] = at;
	m->leaf = d - 1;
	for (d = 0; d <= m->leaf; d++) {
		const struct node *x = &m->node[m->path[d]];

		m->own[d] = (x->count[1] + 0.5) / ((double)x->count[0] + x->count[1] + 1);
	}
	p = m->own[m->leaf];
	for (d = m->leaf; d-- > 0;) {
		double ratio = m->node[m->path[d]].ratio;

		m->below[d] = p;
		p = (ratio * m->own[d] + p) / (ratio + 1);
	}
	return p;
}

static void count(struct node *x, unsigned bit)
{
	if (++x->count[bit] < COUNT_MAX)
		return;
	for (unsigned b = 0; b < 2; b++)
		x->count[b] -= x->count[b] / 2;
}

static void learn(struct ctw *m, unsigned bit)
{
	for (unsigned d = 0; d <= m->leaf; d++) {
		struct node *x = &m->node[m->path[d]];

		if (d < m->leaf) {
			double own = bit ? m->own[d] : 1 - m->own[d];
			double below = bit ? m->below[d] : 1 - m->below[d];
			double ratio = x->ratio * (own / below);

			x->ratio = ratio > RATIO_MAX       ? RATIO_MAX
				   : ratio < 1 / RATIO_MAX ? 1 / RATIO_MAX
							   : ratio;
		}
		count(x, bit);
	}
}

/* The symbol is told: the past is one longer. */
static void remember(struct ctw *m, uint32_t symbol)
{
	memmove(m->context + 1, m->context, sizeof m->context - sizeof *m->context);
	m->context[0] = (uint16_t)symbol;
	if (m->n_told == m->n_history_room && !m->full) {
		uint64_t room = 2 * m->n_history_room + 1024;
		uint16_t *longer;

		if (room > m->n_history_max)
			room = m->n_history_max;
		m->full = m->n_told == room;
		longer = m->full ? m->history : realloc(m->history, room * sizeof *longer);
		if (!longer) {
			m->base.failed = fail_no_memory();
			m->full = true;
			return;
		}
		m->history = longer;
		m->n_history_room = room;
	}
	if (!m->full)
		m->history[m->n_told] = (uint16_t)symbol;
	m->n_told++;
}

static uint32_t ctw_code(struct predictor *p, struct bit_channel *c, uint32_t symbol)
{
	struct ctw *m = (struct ctw *)p;
	uint32_t prefix = 1;

	for (unsigned left = m->n_bits; left > 0; left--) {
		unsigned bit = 0;

		if (spelling_is_open(m->n_symbols, m->n_bits, prefix, left)) {
			double p1 = predict(m, prefix);

			bit = c->code(c, spelling_probability(p1), symbol >> (left - 1) & 1);
			learn(m, bit);
		}
		prefix = 2 * prefix + bit;
	}
	symbol = prefix - ((uint32_t)1 << m->n_bits);
	remember(m, symbol);
	return symbol;
}

bool ctw_is_full(const struct predictor *p)
{
	return ((const struct ctw *)p)->full;
}

static void ctw_close(struct predictor *p)
{
	struct ctw *m = (struct ctw *)p;

	if (!m)
		return;
	free(m->node);
	free(m->slot);
	free(m->history);
	free(m);
}

static enum status ctw_open(struct predictor **out, const struct predictor_setup *s)
{
	struct ctw *m = calloc(1, sizeof *m);

	if (!m)
		return fail_no_memory();
	m->n_symbols = s->n_symbols;
	m->n_bits = spelling_bits(s->n_symbols);
	m->depth = depth_of(s);
	m->n_roots = ((uint32_t)1 << m->n_bits) - 1;
	m->n_nodes = m->n_roots + 1;
	m->n_nodes_max = nodes_max(s, m->n_roots);
	m->n_history_max = history_limit(limit_bytes(s));
	m->slot_mask = SLOTS_MIN - 1;
	m->slot = calloc(SLOTS_MIN, sizeof *m->slot);
	m->node = malloc((uint64_t)m->n_nodes_max * sizeof *m->node); /* touched as it fills */
	if (!m->slot || !m->node) {
		ctw_close(&m->base);
		return fail_no_memory();
	}
	memset(m->node, 0, (uint64_t)m->n_nodes * sizeof *m->node);
	*out = &m->base;
	return STATUS_OK;
}

const struct predictor_ops ctw_ops = {
    .name = "ctw",
    .summary = "context tree weighting: the Bayesian average over all tree sources",
    .id = 9,
    .options = ctw_options,
    .memory_bytes = ctw_memory_bytes,
    .open = ctw_open,
    .code = ctw_code,
    .close = ctw_close,
};
