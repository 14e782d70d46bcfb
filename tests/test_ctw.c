/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Properties of context tree weighting (models/ctw.c):
 *   - its probability of short sequences is that of the definition, the explicit mixture over the
 *     full tree with products of Krichevsky-Trofimov probabilities;
 *   - on sequences drawn from random tree sources the code is within Gamma_D(S) + S gamma(n / S) of
 *     the source's own leaves with the best parameters in hindsight, and of the source itself;
 *   - ctw_bound() is the least over all trees (enumerated where that can be done), and the code
 *     length never exceeds it, on any input, alphabet and depth;
 *   - a probability in the channel's units costs at most SPELLING_LOSS_BITS;
 *   - full memory keeps the code correct, and says so; within the limit nothing else changes it.
 * Method: the predictor scored by the one loop, against straightforward arithmetic here.
 */
#include <malloc.h>
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "bit_spelling.h"
#include "buffer.h"
#include "coder.h"
#include "ctw.h"
#include "rng.h"
#include "run.h"

#include <cmocka.h> /* after status.h: it defines a macro fail() */

#define N_MAX 20000

/* Options of ctw: depth, MiB. */
static struct predictor *open_ctw(uint32_t n_symbols, unsigned depth, unsigned memory_mib,
				  uint64_t n_total)
{
	int64_t option[OPTIONS_MAX] = {depth, memory_mib};
	struct predictor_setup setup = {
	    .n_symbols = n_symbols, .option = option, .n_total = n_total};
	struct predictor *p;

	assert_int_equal(predictor_by_name("ctw")->open(&p, &setup), STATUS_OK);
	return p;
}

static double score_with(uint16_t *symbol, size_t n, uint32_t n_symbols, unsigned depth,
			 unsigned memory_mib, bool *full)
{
	struct run r = {.model = predictor_by_name("ctw"),
			.p = open_ctw(n_symbols, depth, memory_mib, n)};

	assert_int_equal(run_open(&r), STATUS_OK);
	assert_int_equal(run_symbols(&r, symbol, n), STATUS_OK);
	if (full)
		*full = ctw_is_full(r.p);
	run_close(&r);
	r.model->close(r.p);
	return r.ideal_bits;
}

static double score(uint16_t *symbol, size_t n, uint32_t n_symbols, unsigned depth)
{
	bool full;
	double bits = score_with(symbol, n, n_symbols, depth, 64, &full);

	assert_false(full);
	return bits;
}

/* The definition ------------------------------------------------------------------------------ */

static double kt_log(double zeros, double ones)
{
	return lgamma(zeros + 0.5) + lgamma(ones + 0.5) - log(M_PI) - lgamma(zeros + ones + 1);
}

/* Does the context of place i begin with the d symbols at s, latest first?  0 before the start. */
static bool has_context(const uint16_t *symbol, size_t i, const uint16_t *s, unsigned d)
{
	for (unsigned k = 0; k < d; k++)
		if ((i > k ? symbol[i - 1 - k] : 0) != s[k])
			return false;
	return true;
}

/* ln P_w of node s of the tree of the decision `prefix`, n_left bits of the symbol to go. */
static double weighted_log(const uint16_t *symbol, size_t n, uint32_t n_symbols, unsigned n_left,
			   uint32_t told, uint16_t *s, unsigned d, unsigned depth)
{
	double count[2] = {0}, own, below = 0;

	for (size_t i = 0; i < n; i++)
		if ((uint32_t)symbol[i] >> n_left == told && has_context(symbol, i, s, d))
			count[symbol[i] >> (n_left - 1) & 1]++;
	own = kt_log(count[0], count[1]);
	if (d == depth || count[0] + count[1] == 0)
		return own;
	for (uint32_t next = 0; next < n_symbols; next++) {
		s[d] = (uint16_t)next;
		below += weighted_log(symbol, n, n_symbols, n_left, told, s, d + 1, depth);
	}
	double high = own > below ? own : below;

	return high + log(exp(own - high) + exp(below - high)) - M_LN2;
}

static double definition_bits(const uint16_t *symbol, size_t n, uint32_t n_symbols, unsigned depth)
{
	unsigned n_bits = spelling_bits(n_symbols);
	double sum = 0;

	for (unsigned left = n_bits; left > 0; left--)
		for (uint32_t told = 0; told << left < n_symbols; told++) {
			uint16_t s[CTW_DEPTH_MAX];
			uint32_t prefix = ((uint32_t)1 << (n_bits - left)) + told;

			if (spelling_is_open(n_symbols, n_bits, prefix, left))
				sum += weighted_log(symbol, n, n_symbols, left, told, s, 0, depth);
		}
	return -sum / M_LN2;
}

static void fill_random(uint16_t *symbol, size_t n, uint32_t n_symbols, uint64_t index)
{
	struct rng rng = rng_stream(7, 1, index);

	for (size_t i = 0; i < n; i++) /* often what came two before */
		symbol[i] = i > 2 && rng_below(&rng, 3) ? symbol[i - 2]
							: (uint16_t)rng_below(&rng, n_symbols);
}

static void equals_its_definition(void **state)
{
	static const struct {
		uint32_t n_symbols;
		unsigned depth;
		size_t n;
	} cases[] = {{2, 0, 300}, {2, 1, 300}, {2, 5, 300}, {3, 3, 200}, {5, 2, 200}, {4, 4, 40}};
	uint16_t symbol[300];

	(void)state;
	for (size_t c = 0; c < sizeof cases / sizeof *cases; c++) {
		size_t n = cases[c].n;
		double expected, bits;

		fill_random(symbol, n, cases[c].n_symbols, c);
		expected = definition_bits(symbol, n, cases[c].n_symbols, cases[c].depth);
		bits = score(symbol, n, cases[c].n_symbols, cases[c].depth);
		/* Rounding to 2^-20 may also win. */
		assert_true(fabs(bits - expected) < 2e-5 * (double)n * cases[c].n_symbols);
	}
}

/* Tree sources -------------------------------------------------------------------------------- */

#define TREE_DEPTH 6
#define TREE_NODES ((size_t)2 << TREE_DEPTH)

/* A binary tree source: node 1 is the root, the children of v are 2 v + last symbol. */
struct tree {
	bool is_leaf[TREE_NODES];
	double p1[TREE_NODES];
};

static void grow(struct tree *t, struct rng *rng, size_t v, unsigned d)
{
	t->is_leaf[v] = d == TREE_DEPTH || (d > 0 && rng_below(rng, 3) == 0);
	t->p1[v] = rng_unit(rng);
	if (rng_below(rng, 3) == 0)
		t->p1[v] = rng_below(rng, 2) ? 0.999 : 0.001;
	for (size_t bit = 0; !t->is_leaf[v] && bit < 2; bit++)
		grow(t, rng, 2 * v + bit, d + 1);
}

static size_t leaf_at(const struct tree *t, const uint16_t *symbol, size_t i, unsigned *depth)
{
	size_t v = 1;

	for (*depth = 0; !t->is_leaf[v]; ++*depth)
		v = 2 * v + (i > *depth ? symbol[i - 1 - *depth] : 0);
	return v;
}

/* Gamma_D(S) of the nodes at and below v: all of them but leaves at depth D. */
static double tree_bits(const struct tree *t, size_t v, unsigned d, unsigned depth)
{
	if (t->is_leaf[v])
		return d < depth;
	return 1 + tree_bits(t, 2 * v, d + 1, depth) + tree_bits(t, 2 * v + 1, d + 1, depth);
}

static double gamma_bits(double n)
{
	return n < 1 ? n : log2(n) / 2 + 1;
}

static void check_tree(const struct tree *t, uint16_t *symbol, size_t n, struct rng *rng)
{
	double count[TREE_NODES][2] = {{0}};
	double source = 0, ideal = 0, n_leaves = 0, bound, bits;
	struct ctw_bound best;
	unsigned d;

	for (size_t i = 0; i < n; i++) {
		size_t v = leaf_at(t, symbol, i, &d);

		symbol[i] = rng_unit(rng) < t->p1[v];
		source -= log2(symbol[i] ? t->p1[v] : 1 - t->p1[v]);
		count[v][symbol[i]]++;
	}
	for (size_t v = 1; v < TREE_NODES; v++) {
		n_leaves += t->is_leaf[v];
		for (unsigned b = 0; b < 2; b++)
			if (count[v][b] > 0)
				ideal -=
				    count[v][b] * log2(count[v][b] / (count[v][0] + count[v][1]));
	}
	for (unsigned depth = TREE_DEPTH; depth <= TREE_DEPTH + 3; depth += 3) {
		bits = score(symbol, n, 2, depth);
		bound =
		    ideal + tree_bits(t, 1, 0, depth) + n_leaves * gamma_bits((double)n / n_leaves);
		assert_true(ideal <= source + 1e-6);
		assert_true(bits <= bound + SPELLING_LOSS_BITS * (double)n);
		assert_int_equal(ctw_bound(symbol, n, 2, depth, &best), STATUS_OK);
		assert_true(best.total_bits <= bound + 1e-6);
		assert_true(bits <= best.total_bits + SPELLING_LOSS_BITS * (double)n);
	}
}

static void is_within_the_bound_of_tree_sources(void **state)
{
	static const size_t lengths[] = {10, 300, N_MAX};
	static uint16_t symbol[N_MAX];

	(void)state;
	for (uint64_t seed = 0; seed < 30; seed++) {
		struct rng rng = rng_stream(seed, 2, 0);
		struct tree t = {.is_leaf = {0}};

		grow(&t, &rng, 1, 0);
		for (size_t i = 0; i < sizeof lengths / sizeof *lengths; i++)
			check_tree(&t, symbol, lengths[i], &rng);
	}
}

/* The best tree ----------------------------------------------------------------------------- */

/* The least total of the subtree at context s, by trying both ways at every node. */
static double best_total(const uint16_t *symbol, size_t n, uint32_t n_symbols, uint16_t *s,
			 unsigned d, unsigned depth)
{
	double count[2] = {0}, leaf, below = 0, total = 0;

	for (size_t i = 0; i < n; i++)
		if (has_context(symbol, i, s, d))
			count[symbol[i]]++;
	total = count[0] + count[1];
	if (total == 0)
		return 0;
	leaf = gamma_bits(total);
	for (unsigned b = 0; b < 2; b++)
		leaf -= count[b] > 0 ? count[b] * log2(count[b] / total) : 0;
	if (d == depth)
		return leaf;
	for (uint32_t next = 0; next < n_symbols; next++) {
		s[d] = (uint16_t)next;
		below += best_total(symbol, n, n_symbols, s, d + 1, depth);
	}
	return 1 + (leaf < below ? leaf : below);
}

static void the_bound_is_the_best_tree(void **state)
{
	uint16_t symbol[400], s[CTW_DEPTH_MAX];

	(void)state;
	for (unsigned depth = 0; depth <= 7; depth++) {
		struct ctw_bound b;

		fill_random(symbol, 400, 2, depth);
		for (size_t i = 0; i < 400; i++) /* a part without branches */
			symbol[i] = i < 200 ? symbol[i] : i % 5 == 0;
		assert_int_equal(ctw_bound(symbol, 400, 2, depth, &b), STATUS_OK);
		assert_true(fabs(b.total_bits - best_total(symbol, 400, 2, s, 0, depth)) < 1e-6);
		assert_true(fabs(b.total_bits - b.ideal_bits - b.parameter_bits - b.tree_bits) <
			    1e-6);
		assert_int_equal(b.n_decisions, 400);
	}
}

static void fill_switching(uint16_t *symbol, size_t n, uint32_t n_symbols)
{
	for (size_t i = 0; i < n; i++) {
		size_t period = i < n / 2 ? 3 : 5;

		symbol[i] = (uint16_t)(i % period * 977 % n_symbols);
	}
}

static void is_within_the_bound_on_any_input(void **state)
{
	static const uint32_t alphabets[] = {1, 2, 3, 17, 256, 1000, 65536};
	static uint16_t symbol[N_MAX];

	(void)state;
	for (size_t a = 0; a < sizeof alphabets / sizeof *alphabets; a++)
		for (unsigned input = 0; input < 3; input++)
			for (unsigned depth = 0; depth <= 9; depth += 3) {
				size_t n = 3000;
				struct ctw_bound b;
				double bits;

				memset(symbol, 0, sizeof symbol);
				if (input == 1)
					fill_random(symbol, n, alphabets[a], a);
				if (input == 2)
					fill_switching(symbol, n, alphabets[a]);
				bits = score(symbol, n, alphabets[a], depth);
				assert_int_equal(ctw_bound(symbol, n, alphabets[a], depth, &b),
						 STATUS_OK);
				assert_true(bits <= b.total_bits +
							SPELLING_LOSS_BITS * (double)b.n_decisions);
			}
	struct ctw_bound none;

	assert_int_equal(ctw_bound(NULL, 0, 256, 6, &none), STATUS_OK);
	assert_true(none.total_bits == 0);
}

/* Evidence far beyond 1000 bits, which is where a node's ratio ends, both ways. */
static void survives_overwhelming_evidence(void **state)
{
	static uint16_t symbol[N_MAX];
	struct ctw_bound b;

	(void)state;
	for (size_t i = 0; i < N_MAX; i++)
		symbol[i] = i & 1;
	assert_true(score(symbol, N_MAX, 2, 4) < 25);
	fill_random(symbol + N_MAX / 2, N_MAX / 2, 2, 99);
	double bits = score(symbol, N_MAX, 2, 4);

	assert_int_equal(ctw_bound(symbol, N_MAX, 2, 4, &b), STATUS_OK);
	assert_true(bits <= b.total_bits + SPELLING_LOSS_BITS * N_MAX);
}

/* Probabilities from 2^-40 to 1 - 2^-40, in units of 2^-20: either bit. */
static void rounding_costs_little(void **state)
{
	(void)state;
	for (double p = 0x1p-40; p < 1; p *= 1.0001)
		for (unsigned bit = 0; bit < 2; bit++) {
			double p1 = bit ? p : 1 - p;
			uint32_t rounded = spelling_probability(p1);
			double coded = (bit ? rounded : BIT_PROBABILITY_ONE - rounded) * 0x1p-20;

			assert_true(rounded >= 1 && rounded < BIT_PROBABILITY_ONE);
			assert_true(log2(p / coded) <= SPELLING_LOSS_BITS);
		}
}

/* Memory -------------------------------------------------------------------------------------- */

static void round_trip(uint16_t *symbol, size_t n, unsigned depth, unsigned memory_mib)
{
	const struct predictor_ops *model = predictor_by_name("ctw");
	struct run enc = {.model = model, .coder = coders[0]}, dec = enc;
	uint16_t *back = malloc(n * sizeof *back);
	struct buffer out = {0};

	assert_non_null(back);
	enc.p = open_ctw(65536, depth, memory_mib, n);
	dec.p = open_ctw(65536, depth, memory_mib, n);
	assert_int_equal(run_open(&enc), STATUS_OK);
	assert_int_equal(run_open(&dec), STATUS_OK);
	assert_int_equal(enc.coder->encoder_open(&enc.enc, &out), STATUS_OK);
	assert_int_equal(run_symbols(&enc, symbol, n), STATUS_OK);
	assert_int_equal(enc.coder->encoder_close(enc.enc), STATUS_OK);
	assert_int_equal(dec.coder->decoder_open(&dec.dec, out.data, out.size_bytes), STATUS_OK);
	assert_int_equal(run_symbols(&dec, back, n), STATUS_OK);
	assert_int_equal(dec.coder->decoder_close(dec.dec), STATUS_OK);
	assert_true(ctw_is_full(enc.p) && ctw_is_full(dec.p));
	assert_memory_equal(symbol, back, n * sizeof *back);
	model->close(enc.p);
	model->close(dec.p);
	run_close(&enc);
	run_close(&dec);
	buffer_free(&out);
	free(back);
}

static void goes_on_when_memory_is_full(void **state)
{
	static uint16_t symbol[N_MAX];
	double small, large;
	bool full;

	(void)state;
	fill_random(symbol, N_MAX, 65536, 5);
	round_trip(symbol, N_MAX, 9, 8);
	small = score_with(symbol, N_MAX, 65536, 2, 128, &full);
	assert_false(full);
	large = score_with(symbol, N_MAX, 65536, 2, 256, &full);
	assert_false(full);
	assert_true(small == large);
}

static void goes_on_when_history_is_full(void **state)
{
	size_t n = ((size_t)1 << 19) + 5000;
	uint16_t *symbol = calloc(n, sizeof *symbol);
	bool full;
	double bits;

	(void)state;
	assert_non_null(symbol);
	bits = score_with(symbol, n - 5001, 2, 5, 8, &full);
	assert_false(full);
	symbol[n - 100] = 1;
	assert_true(score_with(symbol, n, 2, 5, 8, &full) < bits + 60);
	assert_true(full);
	free(symbol);
}

/* Also of nothing, which is no unknown number of symbols. */
static void takes_no_more_than_the_data_can_need(void **state)
{
	size_t before = mallinfo2().hblkhd;
	struct predictor *p = open_ctw(256, 6, 1024, 0);

	(void)state;
	assert_true(mallinfo2().hblkhd <= before + ((size_t)1 << 20));
	predictor_by_name("ctw")->close(p);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(equals_its_definition),
	    cmocka_unit_test(is_within_the_bound_of_tree_sources),
	    cmocka_unit_test(the_bound_is_the_best_tree),
	    cmocka_unit_test(is_within_the_bound_on_any_input),
	    cmocka_unit_test(survives_overwhelming_evidence),
	    cmocka_unit_test(rounding_costs_little),
	    cmocka_unit_test(takes_no_more_than_the_data_can_need),
	    cmocka_unit_test(goes_on_when_memory_is_full),
	    cmocka_unit_test(goes_on_when_history_is_full),
	};

	return cmocka_run_group_tests_name("ctw", tests, NULL, NULL);
}
