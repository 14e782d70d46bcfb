/* SPDX-License-Identifier: BSD-2-Clause */
#include "entropy.h"

#include <assert.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "tokens.h"

#define CONTEXT_BITS 48 /* of a key, above its symbol: the last symbol highest */
#define SYMBOL_BITS 16
#define KNOWN 4096 /* logarithms in tables */

/* lg of what the counts of a context are made of. */
struct logs {
	double factorial[KNOWN]; /* [n]: (n - 1)! */
	double half[KNOWN];      /* [n]: 1/2 x 3/2 x .. x (n - 3/2) */
	double times[KNOWN];     /* [n]: n lg n, no logarithm itself */
};

/* What came in the present context, of one symbol. */
struct tally {
	uint32_t all;   /* times */
	uint32_t kinds; /* contexts one symbol longer that it came in */
	uint32_t last;  /* number of the last of these */
};

struct scan {
	const struct logs *logs;
	struct tally *tally; /* (65536) */
	uint16_t *symbol;    /* (n_distinct) of the present context */
	uint32_t n_distinct;
	uint64_t n_contexts;
	double empirical_bits;
	double all_bits, kinds_bits; /* adaptive, for both ways of counting */
};

static double log2_gamma(double x)
{
	int sign;

	return lgamma_r(x, &sign) / log(2);
}

static double log2_factorial(const struct logs *l, uint64_t n)
{
	return n < KNOWN ? l->factorial[n] : log2_gamma((double)n);
}

static double log2_half(const struct logs *l, uint64_t n)
{
	return n < KNOWN ? l->half[n] : log2_gamma((double)n - 0.5) - log2_gamma(0.5);
}

static double times_log2(const struct logs *l, uint64_t n)
{
	return n < KNOWN ? l->times[n] : (double)n * log2((double)n);
}

static void logs_build(struct logs *l)
{
	memset(l, 0, sizeof *l);
	for (unsigned n = 2; n < KNOWN; n++) {
		l->factorial[n] = l->factorial[n - 1] + log2(n - 1);
		l->half[n] = l->half[n - 1] + log2(n - 1.5);
		l->times[n] = n * log2(n);
	}
}

/* The context is complete: price it, and forget its counts. */
static void finish_context(struct scan *s)
{
	const struct logs *l = s->logs;
	uint64_t n_all = 0, n_kinds = 0;
	double new_bits = log2_factorial(l, s->n_distinct) - (s->n_distinct - 1.0);

	for (uint32_t i = 0; i < s->n_distinct; i++) {
		struct tally *t = &s->tally[s->symbol[i]];

		n_all += t->all;
		n_kinds += t->kinds;
		s->empirical_bits -= times_log2(l, t->all);
		s->all_bits -= log2_half(l, t->all);
		s->kinds_bits -= log2_half(l, t->kinds);
		t->all = t->kinds = 0;
	}
	s->empirical_bits += times_log2(l, n_all);
	s->all_bits += log2_factorial(l, n_all) - new_bits;
	s->kinds_bits += log2_factorial(l, n_kinds) - new_bits;
	s->n_contexts++;
	s->n_distinct = 0;
}

static void count(struct scan *s, uint16_t symbol, uint32_t longer)
{
	struct tally *t = &s->tally[symbol];

	if (t->all++ == 0)
		s->symbol[s->n_distinct++] = symbol;
	if (t->kinds == 0 || t->last != longer)
		t->kinds++;
	t->last = longer;
}

/* Do two keys differ in their last `bits` bits of context? */
static bool differ(uint64_t a, uint64_t b, unsigned bits)
{
	return bits > 0 && (a ^ b) >> (64 - bits) != 0;
}

/* Bits of all contexts of `context_bits` that the sorted keys have. */
static void scan_order(struct scan *s, const uint64_t *key, uint64_t n, unsigned context_bits,
		       unsigned symbol_bits)
{
	uint32_t longer = 0; /* contexts one symbol longer so far */
	unsigned longer_bits = context_bits + symbol_bits;

	if (longer_bits > CONTEXT_BITS)
		longer_bits = CONTEXT_BITS;
	s->n_contexts = 0;
	s->empirical_bits = s->all_bits = s->kinds_bits = 0;
	for (uint64_t i = 0; i < n; i++) {
		if (i > 0 && differ(key[i], key[i - 1], context_bits))
			finish_context(s);
		longer += i > 0 && differ(key[i], key[i - 1], longer_bits);
		count(s, (uint16_t)key[i], longer);
	}
	if (n > 0)
		finish_context(s);
}

static void make_keys(uint64_t *key, const uint8_t *data, uint64_t n, bool is_tokens)
{
	const unsigned bits = is_tokens ? 16 : 8;
	uint64_t context = 0;

	for (uint64_t i = 0; i < n; i++) {
		uint64_t symbol = is_tokens ? tokens_get(data, i) : data[i];

		key[i] = context | symbol;
		context = context >> bits | symbol << (64 - bits);
		context &= ~(uint64_t)0 << SYMBOL_BITS;
	}
}

/* By context, least significant digit first: stable, so that every run sorts alike. */
static void sort_keys(uint64_t *key, uint64_t *room, uint64_t n)
{
	for (unsigned shift = SYMBOL_BITS; shift < 64; shift += 8) {
		uint64_t start[257] = {0};

		for (uint64_t i = 0; i < n; i++)
			start[(key[i] >> shift & 255) + 1]++;
		for (unsigned d = 0; d < 256; d++)
			start[d + 1] += start[d];
		for (uint64_t i = 0; i < n; i++)
			room[start[key[i] >> shift & 255]++] = key[i];

		uint64_t *sorted = room;

		room = key;
		key = sorted;
	}
	/* An even number of passes: the result is where it began. */
}
_Static_assert(CONTEXT_BITS / 8 % 2 == 0, "passes of sort_keys()");
_Static_assert(CONTEXT_BITS + SYMBOL_BITS == 64, "a key");
_Static_assert(ENTROPY_SYMBOLS_MAX < UINT32_MAX, "tallies");

static void measure_orders(struct entropy *e, struct scan *s, const uint64_t *key, bool is_tokens,
			   uint32_t alphabet)
{
	const unsigned symbol_bits = is_tokens ? 16 : 8;
	double sent_down = 0; /* bits of all shorter contexts */

	for (unsigned k = 0; k < e->n_orders; k++) {
		scan_order(s, key, e->n_symbols, k * symbol_bits, symbol_bits);
		if (k == 0) {
			uint64_t n_distinct = 0;

			for (uint32_t a = 0; a < 65536; a++)
				n_distinct += s->tally[a].last != UINT32_MAX;
			sent_down = (double)n_distinct * log2(alphabet);
		}
		e->order[k] = (struct entropy_order){s->n_contexts, s->empirical_bits,
						     s->all_bits + sent_down};
		sent_down += s->kinds_bits;
	}
}

enum status entropy_measure(struct entropy *e, const uint8_t *data, uint64_t n_symbols,
			    bool is_tokens, uint32_t alphabet)
{
	uint64_t n = n_symbols < ENTROPY_SYMBOLS_MAX ? n_symbols : ENTROPY_SYMBOLS_MAX;
	uint64_t *key = malloc(n * sizeof *key + 1), *room = malloc(n * sizeof *room + 1);
	struct tally *tally = malloc(65536 * sizeof *tally);
	uint16_t *symbol = malloc(65536 * sizeof *symbol);
	struct logs *logs = malloc(sizeof *logs);
	enum status status = STATUS_OK;

	assert(alphabet >= 1 && alphabet <= 65536);
	*e = (struct entropy){.n_symbols = n,
			      .n_orders =
				  1 + (is_tokens ? ENTROPY_ORDER_TOKENS : ENTROPY_ORDER_BYTES)};
	if (key && room && tally && symbol && logs) {
		struct scan s = {.logs = logs, .tally = tally, .symbol = symbol};

		for (uint32_t a = 0; a < 65536; a++)
			tally[a] = (struct tally){.last = UINT32_MAX};
		logs_build(logs);
		make_keys(key, data, n, is_tokens);
		sort_keys(key, room, n);
		measure_orders(e, &s, key, is_tokens, alphabet);
	} else {
		status = fail_no_memory();
	}
	free(key);
	free(room);
	free(tally);
	free(symbol);
	free(logs);
	return status;
}
