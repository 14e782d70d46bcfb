/* SPDX-License-Identifier: BSD-2-Clause
 *
 * oracle_table.c - the oracles of the families iid, markov and santafe.
 *
 * Idea.  All three draw from rows of weights: iid has one row, markov one per previous token,
 * santafe one row of kinds and then one bit.  A row is an integer weight per symbol under a tree of
 * sums with 32 children a node; a symbol is spelled as the path from the root, one decision a
 * level, each with the children's sums as frequencies.  The product along the path telescopes to
 * weight / total, so nothing is lost by spelling, and a symbol costs O(32 log_32 n) instead of
 * O(n): 65,535 symbols are four decisions.
 *
 * Weights.
 *   bayes  of iid and markov: unit * count + pseudo, where pseudo / unit is the pseudo-count in
 *          lowest terms (1 / 2 for 0.5): the Dirichlet-multinomial prediction exactly.  A node's
 *          sum may outgrow DIST_TOTAL_MAX = 2^40 (for 1/2 after 5.5e11 tokens, for the worst unit,
 *          10^6, after 1.1e6); then all its children are divided by a power of 2, rounded up:
 *          no more than 32 are added to a total of at least 2^39 - 32, so a decision costs at
 *          most lg(1 + 32 / (2^39 - 32)) = 8.4e-11 bits more than it should.
 *   known  of iid and markov, and both of santafe: dist_frequency() of the probabilities; they do
 *          not change.  dist.h bounds the rounding by 1.4e-6 bits a symbol.
 *
 * Bits of santafe.  known: certain.  bayes: fair when the kind is new, certain afterwards.
 *
 * Memory is the trees: 8.3 bytes a weight.
 */
#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "dirichlet.h"
#include "oracle.h"
#include "santafe.h"

#define LEVEL_LG 5
#define CHILDREN (1u << LEVEL_LG)
#define LEVELS_MAX 4 /* 32^4 > 65,536 */
#define TABLE_BYTES 4096u /* struct table, its root and a question; not sizeof: archives hold it */

/* One shape for all rows.  Level 0 is the leaves, level n_levels is the root alone. */
struct shape {
	uint32_t n_symbols, n_levels;
	uint32_t first[LEVELS_MAX + 1]; /* where each level begins in a row */
	uint32_t width[LEVELS_MAX + 1];
	uint32_t row_length;
};

struct table {
	struct predictor base;
	struct shape shape;
	uint32_t n_rows;
	uint64_t *weight;     /* (n_rows * row_length) */
	uint64_t increment;   /* of a leaf when its symbol occurred; 0 for known weights */
	uint32_t row, level;  /* the next decision is among the children of `node` ... */
	uint32_t node;        /* ... which is at `level` */
	uint8_t *bit_weights; /* santafe (n_kinds): bit z is possible if 1 << z is set; or NULL */
	bool at_bit;          /* santafe: the kind `node` is told, its bit is next */
};

static void shape_init(struct shape *s, uint32_t n_symbols)
{
	uint32_t width = n_symbols, level = 0, at = 0;

	for (;; level++, width = (width + CHILDREN - 1) / CHILDREN) {
		assert(level <= LEVELS_MAX);
		s->first[level] = at;
		s->width[level] = width;
		at += width;
		if (width == 1)
			break;
	}
	s->n_symbols = n_symbols;
	s->n_levels = level;
	s->row_length = at;
}

/* Sums of all inner nodes from the leaves. */
static void row_sum_up(const struct shape *s, uint64_t *row)
{
	for (uint32_t level = 1; level <= s->n_levels; level++) {
		for (uint32_t i = 0; i < s->width[level]; i++)
			row[s->first[level] + i] = 0;
		for (uint32_t i = 0; i < s->width[level - 1]; i++)
			row[s->first[level] + i / CHILDREN] += row[s->first[level - 1] + i];
	}
}

static void table_restart(struct table *t)
{
	t->level = t->shape.n_levels;
	t->node = 0;
	t->at_bit = false;
}

static uint32_t children_of(const struct shape *s, uint32_t level, uint32_t node)
{
	uint32_t rest = s->width[level - 1] - node * CHILDREN;

	return rest < CHILDREN ? rest : CHILDREN;
}

static void table_ask(struct predictor *p, struct dist *d)
{
	struct table *t = (struct table *)p;
	const struct shape *s = &t->shape;

	if (t->at_bit || s->n_levels == 0) { /* a single kind needs no decision */
		d->n_symbols = d->n_listed = 2;
		d->freq[0] = t->bit_weights[t->node] & 1;
		d->freq[1] = t->bit_weights[t->node] >> 1;
		return;
	}
	const uint64_t *row = t->weight + (size_t)t->row * s->row_length;
	const uint64_t *child = row + s->first[t->level - 1] + (size_t)t->node * CHILDREN;
	uint64_t sum = row[s->first[t->level] + t->node];
	unsigned shift = 0;

	/* After rounding up by less than 1 each, 32 children must still fit. */
	while (sum > DIST_TOTAL_MAX && (sum >> shift) + CHILDREN > DIST_TOTAL_MAX)
		shift++;
	d->n_symbols = d->n_listed = children_of(s, t->level, t->node);
	for (uint32_t i = 0; i < d->n_listed; i++)
		d->freq[i] = (child[i] + (((uint64_t)1 << shift) - 1)) >> shift;
}

static uint32_t table_spell(struct predictor *p, uint32_t symbol)
{
	struct table *t = (struct table *)p;
	uint32_t leaf = t->bit_weights ? symbol / 2 : symbol;

	if (leaf >= t->shape.n_symbols)
		return OUTCOME_NONE;
	if (t->at_bit || t->shape.n_levels == 0)
		return symbol & 1;
	return (leaf >> (LEVEL_LG * (t->level - 1))) % CHILDREN;
}

static void table_learn(struct table *t, uint32_t symbol)
{
	uint64_t *row = t->weight + (size_t)t->row * t->shape.row_length;

	for (uint32_t level = 0, i = symbol; level <= t->shape.n_levels; level++, i /= CHILDREN)
		row[t->shape.first[level] + i] += t->increment;
}

static bool table_tell(struct predictor *p, uint32_t outcome, uint32_t *symbol)
{
	struct table *t = (struct table *)p;

	if (t->at_bit || t->shape.n_levels == 0) {
		*symbol = 2 * t->node + outcome;
		t->bit_weights[t->node] = (uint8_t)(1u << outcome);
		table_restart(t);
		return true;
	}
	t->node = t->node * CHILDREN + outcome;
	if (--t->level > 0)
		return false;
	if (t->bit_weights) {
		t->at_bit = true;
		return false;
	}
	*symbol = t->node;
	table_learn(t, *symbol);
	if (t->n_rows > 1)
		t->row = *symbol;
	table_restart(t);
	return true;
}

static void table_close(struct predictor *p)
{
	struct table *t = (struct table *)p;

	if (!t)
		return;
	free(t->weight);
	free(t->bit_weights);
	free(t);
}

static struct table *table_new(uint32_t n_rows, uint32_t n_symbols)
{
	struct table *t = calloc(1, sizeof *t);

	if (!t)
		return NULL;
	t->base.outcomes_max = CHILDREN;
	shape_init(&t->shape, n_symbols);
	t->n_rows = n_rows;
	t->weight = calloc((size_t)n_rows * t->shape.row_length, sizeof *t->weight);
	if (!t->weight) {
		table_close(&t->base);
		return NULL;
	}
	table_restart(t);
	return t;
}

static void set_probabilities(struct table *t, uint32_t row_index, const double *p)
{
	uint64_t *row = t->weight + (size_t)row_index * t->shape.row_length;
	double sum = 0;

	for (uint32_t i = 0; i < t->shape.n_symbols; i++)
		sum += p[i];
	for (uint32_t i = 0; i < t->shape.n_symbols; i++)
		row[i] = dist_frequency(p[i], (double)DIST_SCALE / sum);
	row_sum_up(&t->shape, row);
}

static uint64_t greatest_common_divisor(uint64_t a, uint64_t b)
{
	while (b) {
		uint64_t rest = a % b;

		a = b;
		b = rest;
	}
	return a;
}

static void set_prior(struct table *t, uint64_t pseudo_millionths)
{
	uint64_t divisor = greatest_common_divisor(pseudo_millionths, OPTION_UNIT);

	t->increment = OPTION_UNIT / divisor;
	for (uint32_t r = 0; r < t->n_rows; r++) {
		uint64_t *row = t->weight + (size_t)r * t->shape.row_length;

		for (uint32_t i = 0; i < t->shape.n_symbols; i++)
			row[i] = pseudo_millionths / divisor;
		row_sum_up(&t->shape, row);
	}
}

static enum status dirichlet_open(struct predictor **out, const struct world *w, bool known)
{
	struct dirichlet d;

	TRY(dirichlet_load(&d, w, known));
	struct table *t = table_new(d.n_rows, d.n_symbols);

	if (t && known) {
		for (uint32_t r = 0; r < d.n_rows; r++)
			set_probabilities(t, r, d.p + (size_t)r * d.n_symbols);
	} else if (t) {
		set_prior(t, (uint64_t)d.pseudo_millionths);
	}
	dirichlet_free(&d);
	if (!t)
		return fail_no_memory();
	*out = &t->base;
	return STATUS_OK;
}

static enum status santafe_open(struct predictor **out, const struct world *w, bool known)
{
	struct santafe f;

	TRY(santafe_load(&f, w, known));
	struct table *t = table_new(1, f.n_kinds);

	if (t)
		t->bit_weights = malloc(f.n_kinds);
	if (t && t->bit_weights) {
		set_probabilities(t, 0, f.p);
		for (uint32_t k = 0; k < f.n_kinds; k++)
			t->bit_weights[k] = known ? (uint8_t)(1u << (f.bits[k] - '0')) : 3;
		*out = &t->base;
	} else {
		table_close(t ? &t->base : NULL);
		t = NULL;
	}
	santafe_free(&f);
	return t ? STATUS_OK : fail_no_memory();
}

/* An upper bound from the vocabulary; the truth of `known` is held twice for a moment. */
static uint64_t row_memory_bytes(const struct world *w, bool known, uint64_t n_total)
{
	(void)n_total;
	return TABLE_BYTES + (uint64_t)w->vocab * (known ? 17 : 9);
}

static uint64_t chain_memory_bytes(const struct world *w, bool known, uint64_t n_total)
{
	uint64_t n = w->vocab;

	(void)n_total;
	return n <= DIRICHLET_ROWS_MAX ? TABLE_BYTES + n * (n * (known ? 17 : 9) + 64) : 0;
}

const struct oracle_ops oracle_iid_ops = {
    .family = "iid",
    .memory_bytes = row_memory_bytes,
    .open = dirichlet_open,
    .ask = table_ask,
    .spell = table_spell,
    .tell = table_tell,
    .close = table_close,
};

const struct oracle_ops oracle_markov_ops = {
    .family = "markov",
    .memory_bytes = chain_memory_bytes,
    .open = dirichlet_open,
    .ask = table_ask,
    .spell = table_spell,
    .tell = table_tell,
    .close = table_close,
};

const struct oracle_ops oracle_santafe_ops = {
    .family = "santafe",
    .memory_bytes = row_memory_bytes,
    .open = santafe_open,
    .ask = table_ask,
    .spell = table_spell,
    .tell = table_tell,
    .close = table_close,
};
