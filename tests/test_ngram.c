/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Property  the n-gram model codes by the rule its head comment states, contexts are never mixed
 *           up, and its memory is bounded, without the decoder noticing any of it.
 * Method    a slow twin of the rule: contexts are looked for one by one and compared token by
 *           token, sums and exclusions are counted anew for each decision; both must give the same
 *           frequencies and totals, decision by decision.  Then one hash value for all contexts, a
 *           store that is full, counts that are halved, and round trips.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "buffer.h"
#include "coder.h"
#include "context_store.h"
#include "options.h"
#include "predictor.h"
#include "run.h"

#include <cmocka.h> /* last: it has a macro called fail */

static uint64_t random_next(uint64_t *state)
{
	*state = *state * 6364136223846793005u + 1442695040888963407u;
	return *state >> 33;
}

/* Symbols with some order in them: often what followed two symbols ago, else a skewed draw. */
static void random_symbols(uint16_t *symbol, size_t n, uint32_t n_symbols, uint64_t seed)
{
	for (size_t i = 0; i < n; i++) {
		uint64_t a = random_next(&seed) % n_symbols, b = random_next(&seed) % n_symbols;

		if (i > 2 && random_next(&seed) % 3)
			symbol[i] =
			    (uint16_t)((symbol[i - 1] * 7 + symbol[i - 2] + a % 3) % n_symbols);
		else
			symbol[i] = (uint16_t)(a * b / n_symbols);
	}
}

/* The model under test, opened with options as typed. */
static struct predictor *model_open(uint32_t n_symbols, const char *options)
{
	const struct predictor_ops *ops = predictor_by_name("ngram");
	int64_t value[OPTIONS_MAX];
	struct predictor_setup setup = {.n_symbols = n_symbols, .option = value};
	struct predictor *p;

	options_defaults(ops->options, value);
	assert_int_equal(options_parse(ops->options, value, options), STATUS_OK);
	assert_int_equal(ops->open(&p, &setup), STATUS_OK);
	return p;
}

/* The twin ------------------------------------------------------------------------------------ */

#define TWIN_ORDER 5
#define TWIN_SYMBOLS 300
#define TWIN_CONTEXTS 4000
#define CHUNK 16
#define ONE ((uint64_t)1 << 30)

struct twin_entry {
	uint32_t symbol;
	uint64_t count, backed;
};

struct twin_context {
	unsigned order;
	uint16_t past[TWIN_ORDER];
	uint32_t n;
	struct twin_entry entry[TWIN_SYMBOLS];
};

struct decision {
	uint64_t freq, total;
};

static struct twin {
	uint32_t n_symbols;
	unsigned order;
	size_t n_told;
	struct twin_context *context;
	uint32_t n_contexts;
	uint64_t discount[TWIN_ORDER + 1][4];
	struct decision decision[64];
	unsigned n_decisions;
} twin;

/* The context of the `order` symbols before position i; made when it is new. */
static struct twin_context *twin_find(const uint16_t *symbol, size_t i, unsigned order)
{
	struct twin_context *c = twin.context;
	const uint16_t *past = symbol + i - order;

	for (; c < twin.context + twin.n_contexts; c++)
		if (c->order == order && memcmp(c->past, past, order * sizeof *past) == 0)
			return c;
	assert_true(twin.n_contexts < TWIN_CONTEXTS);
	twin.n_contexts++;
	c->order = order;
	memcpy(c->past, past, order * sizeof *past);
	return c;
}

static uint64_t twin_discount(unsigned order, uint64_t count)
{
	return count ? twin.discount[order][count < 3 ? count : 3] : 0;
}

/* Discounts from the counts of counts of all contexts of an order. */
static void twin_discounts(unsigned order)
{
	uint64_t n[5] = {0, 4, 2, 1, 1};

	for (uint32_t i = 0; i < twin.n_contexts; i++)
		for (uint32_t j = 0; twin.context[i].order == order && j < twin.context[i].n; j++)
			if (twin.context[i].entry[j].count <= 4)
				n[twin.context[i].entry[j].count]++;
	for (uint64_t k = 1; k <= 3; k++) {
		uint64_t y = (n[1] << 20) / (n[1] + 2 * n[2]);
		uint64_t drop = (k + 1) * (y * n[k + 1] / n[k]) >> 8, all = k * 4096;
		uint64_t value = drop < all ? all - drop : 0, low = all / 10;

		value = value < low ? low : value;
		twin.discount[order][k] = value > 9 * low + low / 2 ? 9 * low + low / 2 : value;
	}
}

static void twin_sums(const struct twin_context *c, uint64_t *total, uint64_t *released)
{
	*total = *released = 0;
	for (uint32_t i = 0; i < c->n; i++) {
		*total += c->entry[i].count * 4096;
		*released += twin_discount(c->order, c->entry[i].count);
	}
}

/* The place of a symbol in a list, or its length. */
static uint32_t twin_place(const struct twin_context *c, uint32_t symbol)
{
	uint32_t i = 0;

	while (i < c->n && c->entry[i].symbol != symbol)
		i++;
	return i;
}

/* Mass of a symbol after nothing: its count, and an even share of all discounts. */
static uint64_t twin_shortest(const struct twin_context *root, uint32_t symbol)
{
	uint64_t total, released;
	uint32_t at = twin_place(root, symbol);

	twin_sums(root, &total, &released);
	if (at == root->n)
		return released / twin.n_symbols + 1;
	return root->entry[at].count * 4096 - twin_discount(0, root->entry[at].count) +
	       released / twin.n_symbols + 1;
}

static uint64_t twin_shortest_p(const struct twin_context *root, uint32_t symbol)
{
	uint64_t total = 0;

	for (uint32_t s = 0; s < twin.n_symbols; s++)
		total += twin_shortest(root, s);
	return twin_shortest(root, symbol) * ((ONE << 32) / total) >> 32;
}

struct twin_view {
	uint64_t scale, passed, behind, escape;
	uint64_t p[TWIN_SYMBOLS]; /* by place */
};

static uint64_t twin_backed(uint64_t p)
{
	uint64_t backed = (p + (1 << 13)) >> 14;

	return backed < 65535 ? backed : 65535;
}

/* Probabilities of a whole list; latest[s] != 0 is the p of a shorter list that showed s early. */
static void twin_view(struct twin_view *v, struct twin_context *c, const struct twin_context *root,
		      uint64_t *latest)
{
	uint64_t total, released, lowers = 0, own = 0, rest = 0;

	twin_sums(c, &total, &released);
	v->scale = (ONE << 32) / total;
	v->passed = released * v->scale >> 32;
	for (uint32_t i = 0; i < c->n; i++) {
		struct twin_entry *e = &c->entry[i];
		uint64_t share = e->count * 4096 - twin_discount(c->order, e->count);
		uint64_t lower = e->backed << 14;

		if (i < CHUNK && latest[e->symbol])
			lower = latest[e->symbol] - 1;
		else if (i < CHUNK && c->order == 1)
			lower = twin_shortest_p(root, e->symbol);
		v->p[i] = (share * v->scale >> 32) + (v->passed * lower >> 30);
		if (i < CHUNK) {
			e->backed = twin_backed(lower);
			latest[e->symbol] = v->p[i] + 1;
			own += v->p[i];
			lowers += lower;
		} else {
			rest += lower;
		}
	}
	own -= v->passed * lowers >> 30;
	own = ONE - v->passed > own ? ONE - v->passed - own : 0;
	v->behind = c->n > CHUNK ? own + (v->passed * rest >> 30) : 0;
	lowers = lowers + rest < ONE - ONE / 16 ? lowers + rest : ONE - ONE / 16;
	v->escape = (v->passed * (ONE - lowers) >> 30) + 1;
}

static void twin_decide(uint64_t freq, uint64_t total)
{
	twin.decision[twin.n_decisions++] = (struct decision){freq, total};
}

/* The decisions of one list; excluded is updated.  True when the symbol is found. */
static int twin_list(const struct twin_context *c, const struct twin_view *v, uint32_t symbol,
		     uint8_t *excluded)
{
	uint32_t first = 0, size = CHUNK, place = twin_place(c, symbol);
	uint64_t behind = v->behind;

	for (;; first += size, size *= 2) {
		uint32_t end = first + size < c->n ? first + size : c->n, n_left = 0;
		uint64_t total = 0, further = 0, escape = 0;

		for (uint32_t i = first; i < end; i++) {
			total += excluded[c->entry[i].symbol] ? 0 : v->p[i] + 1;
			if (first)
				behind -= v->p[i] < behind ? v->p[i] : behind;
		}
		for (uint32_t i = end; i < c->n; i++)
			n_left += !excluded[c->entry[i].symbol];
		if (n_left)
			further = behind * n_left / (c->n - end) + 1;
		if (first == 0 && c->n < twin.n_symbols)
			escape = v->escape;
		total += further + escape;
		if (place < end) {
			twin_decide(v->p[place] + 1, total);
			return 1;
		}
		twin_decide(place < c->n ? further : escape, total);
		if (place == c->n)
			break;
	}
	for (uint32_t i = 0; i < c->n; i++)
		excluded[c->entry[i].symbol] = 1;
	return 0;
}

static void twin_groups(const struct twin_context *root, uint32_t symbol, const uint8_t *excluded)
{
	unsigned bits = 0;
	uint64_t all = 0, group = 0;

	while ((uint32_t)1 << 2 * bits < twin.n_symbols)
		bits++;
	for (uint32_t s = 0; s < twin.n_symbols; s++) {
		uint64_t mass = excluded[s] ? 0 : twin_shortest(root, s);

		all += mass;
		if (s >> bits == symbol >> bits)
			group += mass;
	}
	if ((twin.n_symbols - 1) >> bits > 0)
		twin_decide(group, all);
	twin_decide(twin_shortest(root, symbol), group);
}

static void twin_add(struct twin_context *c, uint32_t symbol, uint64_t backed)
{
	c->entry[c->n++] = (struct twin_entry){symbol, 1, backed};
}

/* Count an entry and let it change places with the first one of the count it had. */
static uint32_t twin_count(struct twin_context *c, uint32_t place)
{
	struct twin_entry e = c->entry[place];
	uint32_t to = 0;

	while (c->entry[to].count > e.count)
		to++;
	c->entry[place] = c->entry[to];
	e.count++;
	c->entry[to] = e;
	return to;
}

static void twin_learn(struct twin_context **c, unsigned top, unsigned found, uint32_t symbol)
{
	uint64_t passing = 0, total, released;

	if (found == 0) {
		passing = twin_shortest_p(c[0], symbol);
		if (twin_place(c[0], symbol) == c[0]->n)
			twin_add(c[0], symbol, 0);
		else
			twin_count(c[0], twin_place(c[0], symbol));
	}
	for (unsigned o = found ? found : 1; o <= top; o++) {
		uint32_t at = twin_place(c[o], symbol);

		if (at == c[o]->n)
			twin_add(c[o], symbol, twin_backed(passing));
		else
			at = twin_count(c[o], at);
		twin_sums(c[o], &total, &released);
		passing = c[o]->entry[at].count * 4096 -
			  twin_discount(o, c[o]->entry[at].count) +
			  (released * c[o]->entry[at].backed >> 16);
		passing = (passing << 30) / total;
	}
}

static void twin_step(const uint16_t *symbol, size_t i)
{
	static struct twin_view view[TWIN_ORDER + 1];
	struct twin_context *c[TWIN_ORDER + 1];
	uint64_t latest[TWIN_SYMBOLS] = {0};
	uint8_t excluded[TWIN_SYMBOLS] = {0};
	unsigned top = i < twin.order ? (unsigned)i : twin.order, found;
	uint32_t n_excluded = 0;

	for (unsigned o = 0; o <= top; o++) {
		c[o] = twin_find(symbol, i, o);
		if (o && c[o]->n)
			twin_view(&view[o], c[o], c[0], latest);
	}
	twin.n_decisions = 0;
	for (found = top; found > 0; found--) {
		if (c[found]->n == n_excluded)
			continue;
		if (twin_list(c[found], &view[found], symbol[i], excluded))
			break;
		n_excluded = c[found]->n;
	}
	if (found == 0)
		twin_groups(c[0], symbol[i], excluded);
	twin_learn(c, top, found, symbol[i]);
	if (++twin.n_told % 1024 == 0)
		for (unsigned o = 0; o <= twin.order; o++)
			twin_discounts(o);
}

/* With `hub`, each second symbol is 0, so that what follows a 0 becomes a long list. */
static void twin_compare(uint32_t n_symbols, unsigned order, size_t n, bool hub)
{
	const struct predictor_ops *ops = predictor_by_name("ngram");
	char options[] = {'o', 'r', 'd', 'e', 'r', '=', (char)('0' + order), '\0'};
	struct predictor *p = model_open(n_symbols, options);
	uint16_t *symbol = malloc(n * sizeof *symbol);
	struct dist d;

	assert_non_null(symbol);
	random_symbols(symbol, n, n_symbols, n_symbols + order);
	for (size_t i = 0; hub && i < n; i += 2)
		symbol[i] = 0;
	twin.n_symbols = n_symbols;
	twin.order = order;
	twin.n_told = twin.n_contexts = 0;
	twin.context = calloc(TWIN_CONTEXTS, sizeof *twin.context);
	assert_non_null(twin.context);
	for (unsigned o = 0; o <= order; o++)
		twin_discounts(o);
	assert_int_equal(dist_alloc(&d, p->outcomes_max), STATUS_OK);
	for (size_t i = 0; i < n; i++) {
		uint32_t told, outcome;
		unsigned j = 0;

		twin_step(symbol, i);
		do {
			assert_true(j < twin.n_decisions);
			ops->ask(p, &d);
			dist_seal(&d);
			outcome = ops->spell(p, symbol[i]);
			assert_int_equal(dist_find(&d, outcome).freq, twin.decision[j].freq);
			assert_int_equal(d.total, twin.decision[j].total);
			j++;
		} while (!ops->tell(p, outcome, &told));
		assert_int_equal(j, twin.n_decisions);
		assert_int_equal(told, symbol[i]);
	}
	dist_free(&d);
	ops->close(p);
	free(twin.context);
	free(symbol);
}

static void test_twin(void **state)
{
	static const uint32_t alphabet[] = {1, 2, 3, 17, 60};

	(void)state;
	for (size_t i = 0; i < sizeof alphabet / sizeof *alphabet; i++)
		for (unsigned order = 0; order <= TWIN_ORDER; order++)
			twin_compare(alphabet[i], order, alphabet[i] < 17 ? 1000 : 500,
				     false);
	twin_compare(300, 1, 1000, true); /* lists of several chunks */
	twin_compare(150, 3, 1000, true); /* and excluded symbols behind the first */
}

/* The store ----------------------------------------------------------------------------------- */

static void test_hash_only_proposes(void **state)
{
	struct context_store t;
	enum status failed = STATUS_OK;
	uint32_t child[20][20];

	(void)state;
	assert_int_equal(context_store_open(&t, 4 << 20, 20), STATUS_OK);
	for (uint32_t i = 0; i < 20; i++)
		for (uint32_t s = 0; s < 20; s++) {
			assert_int_equal(context_find(&t, i, s, 7), CONTEXT_NONE);
			child[i][s] = context_new(&t, i, s, 7, &failed);
		}
	for (uint32_t i = 0; i < 20; i++)
		for (uint32_t s = 0; s < 20; s++)
			assert_int_equal(context_find(&t, i, s, 7), child[i][s]);
	context_store_close(&t);
}

/* The arena ends in the middle of things; whatever is in it stays as it was. */
static void test_full_store(void **state)
{
	struct context_store t;
	enum status failed = STATUS_OK;
	uint32_t n = 0, added;

	(void)state;
	assert_int_equal(context_store_open(&t, 4 << 20, 2), STATUS_OK);
	while (context_new(&t, n, 1, context_hash(n, 1), &failed) != CONTEXT_NONE) {
		n = t.n_contexts - 1;
		for (added = 0; added < n % 9; added++)
			if (!context_add(&t, n, added, (uint16_t)n))
				break;
	}
	assert_true(t.full && failed == STATUS_OK && n > 10000);
	assert_false(context_add(&t, 5, 77, 0));
	for (uint32_t i = 2; i < n; i++) {
		const struct entry *list = context_list(&t, &t.context[i]);

		uint32_t parent = i == 2 ? 0 : i - 1;

		assert_int_equal(context_find(&t, parent, 1, context_hash(parent, 1)), i);
		assert_int_equal(t.context[i].n_entries, i % 9);
		for (uint32_t j = 0; j < i % 9; j++)
			assert_true(list[j].symbol == j && list[j].backed == (uint16_t)i);
	}
	context_store_close(&t);
}

/* Round trips --------------------------------------------------------------------------------- */

/* Encode; the bits the model asked for. */
static double encode(uint16_t *symbol, size_t n, uint32_t n_symbols, const char *options,
		     struct buffer *out)
{
	const struct coder_ops *coder = coder_by_id(0);
	struct run r = {.model = predictor_by_name("ngram"), .coder = coder};

	r.p = model_open(n_symbols, options);
	assert_int_equal(run_open(&r), STATUS_OK);
	assert_int_equal(coder->encoder_open(&r.enc, out), STATUS_OK);
	assert_int_equal(run_symbols(&r, symbol, n), STATUS_OK);
	assert_int_equal(coder->encoder_close(r.enc), STATUS_OK);
	run_close(&r);
	r.model->close(r.p);
	return r.ideal_bits;
}

/* Encode twice, decode once. */
static double round_trip(uint16_t *symbol, size_t n, uint32_t n_symbols, const char *options)
{
	const struct coder_ops *coder = coder_by_id(0);
	struct run r = {.model = predictor_by_name("ngram"), .coder = coder};
	struct buffer a = {0}, b = {0};
	double bits = encode(symbol, n, n_symbols, options, &a);
	uint16_t *back = calloc(n + 1, sizeof *back);

	encode(symbol, n, n_symbols, options, &b);
	assert_true(a.size_bytes == b.size_bytes && a.size_bytes <= bits / 8 + 2);
	r.p = model_open(n_symbols, options);
	assert_int_equal(run_open(&r), STATUS_OK);
	assert_int_equal(coder->decoder_open(&r.dec, a.data, a.size_bytes), STATUS_OK);
	assert_int_equal(run_symbols(&r, back, n), STATUS_OK);
	assert_int_equal(coder->decoder_close(r.dec), STATUS_OK);
	assert_memory_equal(back, symbol, n * sizeof *back);
	if (a.size_bytes)
		assert_memory_equal(a.data, b.data, a.size_bytes);
	run_close(&r);
	r.model->close(r.p);
	buffer_free(&a);
	buffer_free(&b);
	free(back);
	return bits;
}

static void test_round_trips(void **state)
{
	static const uint32_t alphabet[] = {1, 2, 255, 256, 257, 4097, 65535, 65536};
	static const char *const options[] = {"order=0", "order=1", "", "order=16"};
	static uint16_t symbol[3000];

	(void)state;
	for (size_t i = 0; i < sizeof alphabet / sizeof *alphabet; i++)
		for (size_t j = 0; j < 4; j++) {
			random_symbols(symbol, 3000, alphabet[i], i);
			for (size_t k = 2000; k < 3000; k++)
				symbol[k] = symbol[k - 900];
			round_trip(symbol, 3000, alphabet[i], options[j]);
		}
}

/* 4 MiB are full long before the end: it costs bits, and nothing else. */
static void test_memory_limit(void **state)
{
	static uint16_t symbol[60000];
	double bits_small, bits_large;

	(void)state;
	random_symbols(symbol, 30000, 3000, 1);
	memcpy(symbol + 30000, symbol, 30000 * sizeof *symbol);
	bits_small = round_trip(symbol, 60000, 3000, "order=4,memory=4");
	bits_large = round_trip(symbol, 60000, 3000, "order=4,memory=64");
	assert_true(bits_large < 0.9 * bits_small);
	random_symbols(symbol, 2000, 65536, 2); /* full from the first symbol */
	round_trip(symbol, 2000, 65536, "memory=4");
}

/* More symbols than a context may count. */
static void test_counts_are_halved(void **state)
{
	const size_t n = CONTEXT_TOTAL_MAX + CONTEXT_TOTAL_MAX / 4;
	uint16_t *symbol = calloc(n, sizeof *symbol);
	uint64_t seed = 3;

	(void)state;
	assert_non_null(symbol);
	for (size_t i = 0; i < n; i++)
		symbol[i] = random_next(&seed) % 64 == 0;
	assert_true(round_trip(symbol, n, 2, "order=0") < 0.12 * (double)n);
	for (size_t i = 0; i < n; i++)
		symbol[i] = 0;
	assert_true(round_trip(symbol, n, 2, "order=1") < 100);
	free(symbol);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_twin),
	    cmocka_unit_test(test_hash_only_proposes),
	    cmocka_unit_test(test_full_store),
	    cmocka_unit_test(test_round_trips),
	    cmocka_unit_test(test_memory_limit),
	    cmocka_unit_test(test_counts_are_halved),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
