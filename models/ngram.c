/* SPDX-License-Identifier: BSD-2-Clause
 *
 * ngram.c - the counting model: interpolated Kneser-Ney, coded by backing off with exclusion.
 *
 * The probability of a symbol s after the last o symbols, of which count[o] occurrences of s and
 * total[o] of anything are on record (Kneser and Ney 1995; three discounts by count as in Chen and
 * Goodman 1998, there "modified Kneser-Ney"):
 *
 *      p[o](s) = (count[o](s) - discount(count[o](s)) + released[o] * p[o-1](s)) / total[o]
 *      p[-1]   = 1 / n_symbols
 *
 * released[o] is the sum of the discounts of the symbols on record.  A symbol is counted at the
 * longest context that knows it and at the longer ones, which thus learn it, but not at the shorter
 * ones: that is PPM's update exclusion, and Kneser-Ney's counting of different continuations.
 *
 * Coding.  The symbols on record after the longest context are offered first, then "another one":
 * this outcome has the mass released * (1 - sum of p[o-1] over those on record), precisely what the
 * formula gives to everybody else.  Then the next shorter context offers its symbols, without the
 * ones offered before, and so on (PPM's full exclusion: Cleary and Witten 1984, Moffat 1990).  So
 * nobody ever computes more than the symbols on record, and nothing is impossible.
 *
 * Long lists.  A list is sorted by count and offered in chunks, the first of CHUNK_FIRST symbols
 * and each other one twice as long as the one before, with "further on" as an outcome.  The first
 * chunks of all present contexts are read before each symbol (struct view), from the shortest
 * context up, so that p[o-1] of their symbols is at hand as it is now.  For a symbol further
 * behind, p[o-1] from the last time it was known is kept with its entry.  With chunks that hold
 * everything the chain gives the probabilities of the formula to the last digits; with CHUNK_FIRST
 * 16 it needs 0.4 % more bits on token corpora, at twice the speed.
 *
 * The context of no symbols is not a list but a table of all symbols, in about sqrt(n_symbols)
 * groups: first the group is coded, then the member.
 *
 * Why not the simpler way.  PPM with method D, which forgets p[o-1] and takes the escape from the
 * counts alone, needs 4 % more bits on the same contexts, and Kneser-Ney's back-off without
 * interpolation 10 % more.
 *
 * Everything is an integer: counts in units of 1 / COUNT_ONE, probabilities in 2^-30, and in 2^-16
 * where an entry remembers them.  Cost a symbol: about CHUNK_FIRST entries an order and three waves
 * of memory latency (table, contexts, lists), whatever the alphabet and the length of the past.
 */
#include <stdlib.h>
#include <string.h>

#include "context_store.h"
#include "predictor.h"

#define ORDER_MAX 16
#define COUNT_ONE 4096u /* a count of one in frequency units */
#define P_BITS 30       /* probability 1 is 2^30 */
#define P_ONE ((uint64_t)1 << P_BITS)
#define BACKED_BITS 16 /* in an entry it is 2^16 */
#define BACKED_MAX 65535u
#define KNOWN_MAX (P_ONE - P_ONE / 16) /* no list is believed to hold everything */
#define MARK_ORDERS 32u                /* more than there are orders */
#define CHUNK_FIRST 16u                /* symbols of a list offered at first */
#define CHUNK_MAX 512u                 /* and at most */
#define DISCOUNT_EVERY 1024u           /* symbols between two estimates of the discounts */

/* What the next decision is about. */
enum stage { STAGE_LIST, STAGE_GROUP, STAGE_MEMBER };

/* How many entries of an order have count 1, 2, 3 and 4; index 0 is not used. */
struct discounts {
	uint64_t n_of[5];
	uint32_t by_count[4]; /* discount of count 1, 2, and 3 or more, in frequency units */
};

/* A group of symbols of the shortest context. */
struct group {
	uint32_t total;
	uint32_t n_seen, n_ones, n_twos;
};

/*
 * What a present context says, in probabilities of 2^-P_BITS.  Made by view_make() for
 * all orders before a symbol is asked.
 */
struct view {
	uint64_t scale;   /* frequency units of own evidence to probability, times 2^32 */
	uint64_t passed;  /* weight of the next shorter context */
	uint64_t offered; /* sum of p over the first chunk */
	uint32_t backed;  /* sum of the entries' `backed` there */
	uint64_t behind;  /* and over the rest of the list */
	uint64_t escape;  /* and over everybody else */
	uint32_t p[CHUNK_FIRST];
};

/* The latest news of a symbol: in which list it was last seen, and its probability there. */
struct mark {
	uint32_t stamp; /* struct ngram's stamp + order */
	uint32_t p;     /* in 2^-P_BITS */
};

/* Where the spelling of the present symbol stands. */
struct chain {
	enum stage stage;
	unsigned order;      /* of the list asked */
	uint32_t first;      /* of the chunk */
	uint32_t n_chunk;    /* entries in it */
	uint32_t n_offered;  /* those of them that are not excluded */
	uint32_t n_excluded; /* symbols excluded when the list was entered */
	uint32_t n_met;      /* of them in the chunks before this one */
	uint64_t behind;     /* mass of the list behind this chunk, excluded or not */
	uint32_t group;
	uint32_t sought, sought_place; /* spell()'s memory: a symbol, its place in the list */
};

struct ngram {
	struct predictor base;
	uint32_t n_symbols;
	unsigned order;
	uint64_t n_told; /* symbols learnt */

	struct context_store store;
	uint32_t context[ORDER_MAX + 1]; /* [1..n_present] the present contexts by order */
	unsigned n_present;
	struct discounts discounts[ORDER_MAX + 1];

	uint32_t *count;     /* (n_symbols) the shortest context */
	struct group *group; /* (n_groups) */
	uint64_t *hidden;    /* (n_groups) mass of the excluded symbols of each group */
	struct group all;    /* sum over the groups */
	uint32_t n_groups;
	unsigned group_bits; /* a group has 2^group_bits symbols, the last one perhaps fewer */

	uint64_t floor;       /* mass of a symbol never seen, in the shortest context */
	uint64_t floor_scale; /* scale_of() the shortest context */

	struct mark *mark; /* (n_symbols) */
	uint32_t stamp;    /* MARK_ORDERS more each symbol; older marks are lower */
	struct view view[ORDER_MAX + 1];

	struct chain chain;
	uint32_t place[CHUNK_MAX]; /* (chain.n_offered) in the list */
};

static const struct option_spec ngram_options[] = {
    {"order", -1, ORDER_MAX, -1, 1,
     "longest context in symbols; -1: 5 for alphabets up to 256, otherwise 3"},
    {"memory", 4, 4096, 256, 1,
     "limit of the contexts' memory in MiB; when it is reached, no more are added"},
    {0},
};

static unsigned order_of(const struct predictor_setup *s)
{
	if (s->option[0] >= 0)
		return (unsigned)s->option[0];
	return s->n_symbols <= 256 ? 5 : 3;
}

static uint64_t limit_bytes(const struct predictor_setup *s)
{
	return (uint64_t)s->option[1] << 20;
}

/* Archives hold the estimate: the same number on every machine, so not sizeof. */
#define STATE_BYTES 65536u
#define SYMBOL_BYTES 64u
_Static_assert(sizeof(struct ngram) <= STATE_BYTES, "STATE_BYTES");
_Static_assert(sizeof(struct context) + 2 * sizeof(uint32_t) + sizeof(struct group) +
		       sizeof(uint64_t) <=
		   SYMBOL_BYTES,
	       "SYMBOL_BYTES");

static uint64_t ngram_memory_bytes(const struct predictor_setup *s, uint64_t n_total)
{
	return STATE_BYTES + context_store_bytes(limit_bytes(s), n_total, order_of(s)) +
	       (uint64_t)s->n_symbols * SYMBOL_BYTES;
}

/* Masses ------------------------------------------------------------------------------------ */

static uint32_t discount_of(const struct discounts *d, uint32_t count)
{
	return d->by_count[count < 3 ? count : 3];
}

/* The discounts of `n` entries, of which some have count 1 and 2. */
static uint64_t released(const struct discounts *d, uint64_t n, uint64_t n_ones, uint64_t n_twos)
{
	return n_ones * d->by_count[1] + n_twos * d->by_count[2] +
	       (n - n_ones - n_twos) * d->by_count[3];
}

static uint64_t context_released(const struct discounts *d, const struct context *c)
{
	return released(d, c->n_entries, c->n_ones, c->n_twos);
}

/* The share of 1 / n_symbols in the shortest context. */
static uint64_t floor_mass(const struct ngram *m)
{
	uint64_t free_mass =
	    released(&m->discounts[0], m->all.n_seen, m->all.n_ones, m->all.n_twos);

	return free_mass / m->n_symbols + 1;
}

/* Frequency of a symbol, and of a group of n_symbols, in the shortest context. */
static uint64_t symbol_mass(const struct ngram *m, uint64_t floor, uint32_t symbol)
{
	uint32_t count = m->count[symbol];

	return (uint64_t)count * COUNT_ONE - (count ? discount_of(&m->discounts[0], count) : 0) +
	       floor;
}

static uint64_t group_mass(const struct ngram *m, uint64_t floor, const struct group *g,
			   uint64_t n_symbols)
{
	return (uint64_t)g->total * COUNT_ONE -
	       released(&m->discounts[0], g->n_seen, g->n_ones, g->n_twos) + floor * n_symbols;
}

/*
 * The discounts of modified Kneser-Ney from the counts of counts (Chen and Goodman 1998, eq. 26),
 * kept inside (0, count) while there are few data.
 */
static void discounts_estimate(struct discounts *d)
{
	uint64_t n1 = d->n_of[1], n2 = d->n_of[2];
	uint64_t y = (n1 << 20) / (n1 + 2 * n2);

	for (uint32_t k = 1; k <= 3; k++) {
		int64_t drop = (int64_t)((k + 1) * (y * d->n_of[k + 1] / d->n_of[k]) >> 8);
		int64_t value = (int64_t)(k * COUNT_ONE) - drop;
		int64_t low = (int64_t)(k * COUNT_ONE / 10), high = 9 * low + low / 2;

		d->by_count[k] = (uint32_t)(value < low ? low : value > high ? high : value);
	}
}

/* An entry's count went from `before` to before + 1. */
static void discounts_count(struct discounts *d, uint32_t before)
{
	if (before <= 3)
		d->n_of[before + 1]++;
	if (1 <= before && before <= 4 && d->n_of[before] > 1)
		d->n_of[before]--;
}

/* p[0](symbol), in 2^-P_BITS. */
static uint64_t shortest_p(const struct ngram *m, uint32_t symbol)
{
	return symbol_mass(m, m->floor, symbol) * m->floor_scale >> 32;
}

/* What to multiply a share of `total` by to get its probability times 2^32. */
static uint64_t scale_of(uint64_t total)
{
	return ((uint64_t)1 << (32 + P_BITS)) / total;
}

/* What is left of a count after its discount, in frequency units. */
static uint64_t share_of(const struct discounts *d, uint32_t count)
{
	return (uint64_t)count * COUNT_ONE - discount_of(d, count);
}

/* p[order] of an entry from p[order-1]. */
static uint64_t entry_p(const struct discounts *d, uint64_t scale, uint64_t passed, uint32_t count,
			uint64_t lower)
{
	return (share_of(d, count) * scale >> 32) + (passed * lower >> P_BITS);
}

/* p, rounded to what an entry remembers. */
static uint16_t backed_of(uint64_t p)
{
	uint64_t backed = (p + (1 << (P_BITS - BACKED_BITS - 1))) >> (P_BITS - BACKED_BITS);

	return (uint16_t)(backed < BACKED_MAX ? backed : BACKED_MAX);
}

/* The shortest context's counts or discounts have changed. */
static void shortest_refresh(struct ngram *m)
{
	m->floor = floor_mass(m);
	m->floor_scale = scale_of(group_mass(m, m->floor, &m->all, m->n_symbols));
}

/* Views --------------------------------------------------------------------------------------- */

/*
 * Read the first chunk of a present context.  What the next shorter context says is taken from the
 * symbol's mark when it stood in the first chunk of a shorter list, else from memory; the memory is
 * brought up to date.  Returns the sum of what the shorter context says.
 */
static uint64_t view_chunk(struct ngram *m, struct view *v, struct context *x, unsigned order,
			   uint32_t n)
{
	const struct discounts d = m->discounts[order];
	const uint64_t scale = v->scale, passed = v->passed;
	const uint32_t base = m->stamp;
	struct entry *e = context_list(&m->store, x);
	struct mark *marks = m->mark;
	uint64_t offered = 0, lowers = 0;
	uint32_t backed = 0, remembered = 0;

	for (uint32_t i = 0; i < n; i++) {
		struct mark *k = &marks[e[i].symbol];
		uint64_t lower = (uint64_t)e[i].backed << (P_BITS - BACKED_BITS);

		if (order == 1)
			lower = shortest_p(m, e[i].symbol);
		else if (k->stamp >= base)
			lower = k->p;

		uint64_t p = entry_p(&d, scale, passed, e[i].count, lower);

		*k = (struct mark){base + order, (uint32_t)p};
		v->p[i] = (uint32_t)p;
		offered += p;
		lowers += lower;
		remembered += e[i].backed;
		e[i].backed = backed_of(lower);
		backed += e[i].backed;
	}
	x->backed += backed - remembered;
	v->offered = offered;
	v->backed = backed;
	return lowers;
}

static void view_make(struct ngram *m, unsigned order)
{
	struct context *x = &m->store.context[m->context[order]];
	struct view *v = &m->view[order];
	uint32_t n = x->n_entries < CHUNK_FIRST ? x->n_entries : CHUNK_FIRST;
	uint64_t lowers;

	if (n == 0)
		return;
	v->scale = scale_of((uint64_t)x->total * COUNT_ONE);
	v->passed = context_released(&m->discounts[order], x) * v->scale >> 32;
	lowers = view_chunk(m, v, x, order, n);
	v->behind = 0;
	if (n < x->n_entries) {
		uint64_t rest = (uint64_t)(x->backed - v->backed) << (P_BITS - BACKED_BITS);
		uint64_t evidence = P_ONE - v->passed; /* of all, then of the chunk */
		uint64_t shown = v->offered - (v->passed * lowers >> P_BITS);

		v->behind =
		    (evidence > shown ? evidence - shown : 0) + (v->passed * rest >> P_BITS);
		lowers += rest;
	}
	if (lowers > KNOWN_MAX)
		lowers = KNOWN_MAX;
	v->escape = (v->passed * (P_ONE - lowers) >> P_BITS) + 1;
}

/* The chain of decisions ---------------------------------------------------------------------- */

/* Was the symbol offered by a longer context than that of `order`? */
static bool is_excluded(const struct ngram *m, uint32_t symbol, unsigned order)
{
	return m->mark[symbol].stamp > m->stamp + order;
}

/* The shortest context has no chunks in which to skip the excluded symbols, which are those on
 * record after the last symbol: add up their masses by group. */
static void hide_excluded(struct ngram *m)
{
	struct context *c = &m->store.context[m->context[1]];
	const struct entry *list = context_list(&m->store, c);

	memset(m->hidden, 0, m->n_groups * sizeof *m->hidden);
	for (uint32_t i = 0; i < c->n_entries; i++)
		m->hidden[list[i].symbol >> m->group_bits] +=
		    symbol_mass(m, m->floor, list[i].symbol);
}

static void enter_groups(struct ngram *m)
{
	if (m->chain.n_excluded > 0)
		hide_excluded(m);
	m->chain.stage = m->n_groups > 1 ? STAGE_GROUP : STAGE_MEMBER;
	m->chain.group = 0;
	m->chain.order = 0;
}

/* Go to the longest context of at most `order` symbols that knows a symbol not excluded. */
static void enter_list(struct ngram *m, unsigned order)
{
	struct chain *c = &m->chain;

	for (; order > 0; order--) {
		uint32_t n = m->store.context[m->context[order]].n_entries;

		if (n <= c->n_excluded)
			continue;
		c->stage = STAGE_LIST;
		c->order = order;
		c->first = c->n_met = 0;
		c->behind = m->view[order].behind;
		c->n_chunk = n < CHUNK_FIRST ? n : CHUNK_FIRST;
		c->sought = OUTCOME_NONE;
		return;
	}
	enter_groups(m);
}

/*
 * Ask for the part of the table that the most likely symbol will be looked for in: often it is the
 * one, and a table far from the processor is then read while the symbol is coded.
 */
static void expect(const struct ngram *m)
{
	unsigned n = m->n_present < m->order ? m->n_present : m->order - 1;

	if (m->chain.stage != STAGE_LIST)
		return;

	struct context *x = &m->store.context[m->context[m->chain.order]];
	uint32_t symbol = context_list(&m->store, x)->symbol;

	for (unsigned o = 1; o <= n; o++)
		context_slot_prefetch(&m->store, context_hash(m->context[o], symbol));
}

static void chain_start(struct ngram *m)
{
	m->chain.n_excluded = 0;
	if (m->stamp > UINT32_MAX - 2 * MARK_ORDERS) {
		memset(m->mark, 0, m->n_symbols * sizeof *m->mark);
		m->stamp = 0;
	}
	m->stamp += MARK_ORDERS;
	for (unsigned o = 1; o <= m->n_present; o++)
		view_make(m, o);
	enter_list(m, m->n_present);
	expect(m);
}

static struct context *chain_context(struct ngram *m)
{
	return &m->store.context[m->context[m->chain.order]];
}

/* Exclude all symbols of the present list; they contain those that were excluded before. */
static void exclude_list(struct ngram *m)
{
	struct context *c = chain_context(m);
	const struct entry *list = context_list(&m->store, c);
	uint32_t stamp = m->stamp + m->chain.order;

	for (uint32_t i = CHUNK_FIRST; i < c->n_entries; i++)
		if (!is_excluded(m, list[i].symbol, m->chain.order))
			m->mark[list[i].symbol].stamp = stamp;
	m->chain.n_excluded = c->n_entries;
}

/* p of an entry that is not in the first chunk. */
static uint64_t tail_p(const struct discounts *d, const struct view *v, const struct entry *e)
{
	return entry_p(d, v->scale, v->passed, e->count,
		       (uint64_t)e->backed << (P_BITS - BACKED_BITS));
}

/* The mass behind the chunk, without the excluded symbols that are there: these are taken for
 * average ones. */
static uint64_t behind_mass(const struct chain *c, const struct context *x)
{
	uint32_t n_behind = x->n_entries - c->first - c->n_chunk;
	uint32_t n_hidden = c->n_excluded - (c->n_met + c->n_chunk - c->n_offered);

	if (n_behind == n_hidden)
		return 0;
	return c->behind * (n_behind - n_hidden) / n_behind + 1;
}

/* Offer a chunk: its symbols, then "further on in the list", then "not in the list". */
static void ask_list(struct ngram *m, struct dist *d)
{
	struct chain *c = &m->chain;
	struct context *x = chain_context(m);
	const struct discounts *by = &m->discounts[c->order];
	const struct view *v = &m->view[c->order];
	const struct entry *list = context_list(&m->store, x) + c->first;
	uint32_t n = 0;

	for (uint32_t i = 0; i < c->n_chunk; i++) {
		uint64_t p = c->first == 0 ? v->p[i] : tail_p(by, v, &list[i]);

		if (c->n_excluded && is_excluded(m, list[i].symbol, c->order))
			continue;
		m->place[n] = c->first + i;
		d->freq[n++] = 1 + p;
	}
	c->n_offered = n;
	d->freq[n] = behind_mass(c, x);
	d->freq[n + 1] = c->first == 0 && x->n_entries < m->n_symbols ? v->escape : 0;
	d->n_symbols = d->n_listed = n + 2;
}

static uint32_t group_size(const struct ngram *m, uint32_t group)
{
	uint32_t first = group << m->group_bits, size = (uint32_t)1 << m->group_bits;

	return m->n_symbols - first < size ? m->n_symbols - first : size;
}

static void ask_group(struct ngram *m, struct dist *d)
{
	uint64_t floor = m->floor;
	bool any_excluded = m->chain.n_excluded > 0;

	for (uint32_t g = 0; g < m->n_groups; g++) {
		uint64_t mass = group_mass(m, floor, &m->group[g], group_size(m, g));

		d->freq[g] = mass - (any_excluded ? m->hidden[g] : 0);
	}
	d->n_symbols = d->n_listed = m->n_groups;
}

static void ask_member(struct ngram *m, struct dist *d)
{
	uint64_t floor = m->floor;
	uint32_t first = m->chain.group << m->group_bits;
	uint32_t n = group_size(m, m->chain.group);

	for (uint32_t i = 0; i < n; i++)
		d->freq[i] = is_excluded(m, first + i, 0) ? 0 : symbol_mass(m, floor, first + i);
	d->n_symbols = d->n_listed = n;
}

static void ngram_ask(struct predictor *p, struct dist *d)
{
	struct ngram *m = (struct ngram *)p;

	switch (m->chain.stage) {
	case STAGE_LIST:
		ask_list(m, d);
		break;
	case STAGE_GROUP:
		ask_group(m, d);
		break;
	case STAGE_MEMBER:
		ask_member(m, d);
		break;
	}
}

/* The place of `symbol` in the list, or its length; remembered, as the chunks ask again. */
static uint32_t seek_place(struct ngram *m, uint32_t symbol)
{
	struct chain *c = &m->chain;

	if (c->sought != symbol) {
		struct context *x = chain_context(m);
		const struct entry *list = context_list(&m->store, x);
		uint32_t at = 0;

		while (at < x->n_entries && list[at].symbol != symbol)
			at++;
		c->sought = symbol;
		c->sought_place = at;
	}
	return c->sought_place;
}

static uint32_t ngram_spell(struct predictor *p, uint32_t symbol)
{
	struct ngram *m = (struct ngram *)p;
	struct chain *c = &m->chain;

	if (c->stage == STAGE_GROUP)
		return symbol >> m->group_bits;
	if (c->stage == STAGE_MEMBER)
		return symbol - (c->group << m->group_bits);

	uint32_t place = seek_place(m, symbol);

	if (place >= chain_context(m)->n_entries)
		return c->n_offered + 1;
	if (place >= c->first + c->n_chunk)
		return c->n_offered;
	for (uint32_t i = 0; i < c->n_offered; i++)
		if (m->place[i] == place)
			return i;
	return OUTCOME_NONE;
}

/* Step over the chunk. */
static void chunk_next(struct ngram *m)
{
	struct chain *c = &m->chain;
	struct context *x = chain_context(m);
	uint32_t n_left;

	c->n_met += c->n_chunk - c->n_offered;
	c->first += c->n_chunk;
	n_left = x->n_entries - c->first;
	c->n_chunk = 2 * c->n_chunk < CHUNK_MAX ? 2 * c->n_chunk : CHUNK_MAX;
	if (c->n_chunk > n_left)
		c->n_chunk = n_left;

	const struct entry *list = context_list(&m->store, x) + c->first;

	for (uint32_t i = 0; i < c->n_chunk; i++) {
		uint64_t p = tail_p(&m->discounts[c->order], &m->view[c->order], &list[i]);

		c->behind -= p < c->behind ? p : c->behind;
	}
}

/* Learning ------------------------------------------------------------------------------------ */

/* p[order](symbol) of a context that has it at `place`, after its counts have changed. */
static uint64_t counted_p(struct ngram *m, unsigned order, uint32_t place)
{
	struct context *x = &m->store.context[m->context[order]];
	const struct discounts *d = &m->discounts[order];
	const struct entry *e = context_list(&m->store, x) + place;
	uint64_t mass = share_of(d, e->count) + (context_released(d, x) * e->backed >> BACKED_BITS);

	return (mass << P_BITS) / ((uint64_t)x->total * COUNT_ONE);
}

static void group_count(struct group *g, uint32_t before)
{
	g->total++;
	g->n_seen += before == 0;
	g->n_ones += before == 0;
	g->n_ones -= before == 1;
	g->n_twos += before == 1;
	g->n_twos -= before == 2;
}

/* Halve the counts of the shortest context. */
static void shortest_halve(struct ngram *m)
{
	m->all = (struct group){0};
	memset(m->group, 0, m->n_groups * sizeof *m->group);
	for (uint32_t s = 0; s < m->n_symbols; s++) {
		m->count[s] -= m->count[s] / 2;

		struct group part = {m->count[s], m->count[s] > 0, m->count[s] == 1,
				     m->count[s] == 2};
		struct group *to[2] = {&m->all, &m->group[s >> m->group_bits]};

		for (unsigned i = 0; i < 2; i++) {
			to[i]->total += part.total;
			to[i]->n_seen += part.n_seen;
			to[i]->n_ones += part.n_ones;
			to[i]->n_twos += part.n_twos;
		}
	}
}

static void shortest_count(struct ngram *m, uint32_t symbol)
{
	uint32_t before = m->count[symbol]++;

	group_count(&m->group[symbol >> m->group_bits], before);
	group_count(&m->all, before);
	discounts_count(&m->discounts[0], before);
	if (m->all.total >= CONTEXT_TOTAL_MAX)
		shortest_halve(m);
	shortest_refresh(m);
}

/*
 * The symbol was found at `place` of the list of chain.order: count it there.  Then teach it to the
 * longer contexts.  Returns the longest order that knows it now: the present one, unless the store
 * is full.
 */
static unsigned lists_learn(struct ngram *m, uint32_t symbol, uint32_t place)
{
	unsigned o = m->chain.order;
	uint64_t p; /* p[o](symbol): at order 0 as it was, then with the new count */

	if (o == 0) {
		p = shortest_p(m, symbol);
		shortest_count(m, symbol);
	} else {
		const struct entry *e = context_list(&m->store, chain_context(m)) + place;

		discounts_count(&m->discounts[o], e->count);
		place = context_count(&m->store, m->context[o], place);
		p = counted_p(m, o, place);
	}
	for (o++; o <= m->n_present; o++) {
		uint32_t index = m->context[o];

		if (!context_add(&m->store, index, symbol, backed_of(p)))
			break;
		discounts_count(&m->discounts[o], 0);
		p = counted_p(m, o, m->store.context[index].n_entries - 1);
	}
	return o - 1;
}

/*
 * Go on to the contexts that end in `symbol`: the children of the present ones, of which those up
 * to `found` knew the symbol before, and those up to `known` know it now.
 * The memory they lie in is likely to be far away: the table and then the contexts are asked for
 * early and all at once, and the counting is done meanwhile.
 */
static void learn(struct ngram *m, uint32_t symbol, uint32_t place)
{
	struct context_store *t = &m->store;
	unsigned n_children = m->n_present < m->order ? m->n_present : m->order - 1;
	unsigned found = m->chain.order, known, o;
	uint32_t child[ORDER_MAX + 1], hash[ORDER_MAX + 1];

	if (m->order > 0)
		__builtin_prefetch(&t->context[symbol]);
	for (o = 1; m->order > 0 && o <= n_children; o++) {
		hash[o] = context_hash(m->context[o], symbol);
		context_slot_prefetch(t, hash[o]);
	}
	known = lists_learn(m, symbol, place);
	if (m->order == 0)
		return;
	for (o = 1; o <= n_children && o <= found; o++)
		context_prefetch(t, hash[o]);
	for (o = 1; o <= n_children && o <= known; o++) {
		child[o] = o <= found
			       ? context_find(t, m->context[o], symbol, hash[o])
			       : context_new(t, m->context[o], symbol, hash[o], &m->base.failed);
		if (child[o] == CONTEXT_NONE)
			break;
	}
	m->n_present = o;
	m->context[1] = symbol;
	for (o = 2; o <= m->n_present; o++)
		m->context[o] = child[o - 1];
	for (o = 1; o <= m->n_present; o++)
		context_list_prefetch(t, m->context[o]);
}

static bool ngram_tell(struct predictor *p, uint32_t outcome, uint32_t *symbol)
{
	struct ngram *m = (struct ngram *)p;
	struct chain *c = &m->chain;
	uint32_t place = 0;

	switch (c->stage) {
	case STAGE_LIST:
		if (outcome == c->n_offered) {
			chunk_next(m);
			return false;
		}
		if (outcome > c->n_offered) {
			exclude_list(m);
			enter_list(m, c->order - 1);
			return false;
		}
		place = m->place[outcome];
		*symbol = context_list(&m->store, chain_context(m))[place].symbol;
		break;
	case STAGE_GROUP:
		c->group = outcome;
		c->stage = STAGE_MEMBER;
		return false;
	case STAGE_MEMBER:
		*symbol = (c->group << m->group_bits) + outcome;
		break;
	}
	learn(m, *symbol, place);
	if (++m->n_told % DISCOUNT_EVERY == 0) {
		for (unsigned o = 0; o <= m->order; o++)
			discounts_estimate(&m->discounts[o]);
		shortest_refresh(m);
	}
	chain_start(m);
	return true;
}

/* Life ---------------------------------------------------------------------------------------- */

static void ngram_close(struct predictor *p)
{
	struct ngram *m = (struct ngram *)p;

	if (!m)
		return;
	context_store_close(&m->store);
	free(m->count);
	free(m->group);
	free(m->hidden);
	free(m->mark);
	free(m);
}

static void groups_layout(struct ngram *m)
{
	while ((uint32_t)1 << 2 * m->group_bits < m->n_symbols)
		m->group_bits++;
	m->n_groups = ((m->n_symbols - 1) >> m->group_bits) + 1;
}

static enum status ngram_open(struct predictor **out, const struct predictor_setup *s)
{
	struct ngram *m = calloc(1, sizeof *m);

	if (!m)
		return fail_no_memory();
	m->base.outcomes_max = CHUNK_MAX + 2;
	m->n_symbols = s->n_symbols;
	m->order = order_of(s);
	groups_layout(m);
	for (unsigned o = 0; o <= m->order; o++) {
		m->discounts[o] = (struct discounts){.n_of = {0, 4, 2, 1, 1}};
		discounts_estimate(&m->discounts[o]);
	}
	m->count = calloc(m->n_symbols, sizeof *m->count);
	m->group = calloc(m->n_groups, sizeof *m->group);
	m->hidden = calloc(m->n_groups, sizeof *m->hidden);
	m->mark = calloc(m->n_symbols, sizeof *m->mark);

	enum status status = context_store_open(&m->store, limit_bytes(s), m->n_symbols);

	if (status == STATUS_OK && (!m->count || !m->group || !m->hidden || !m->mark))
		status = fail_no_memory();
	if (status != STATUS_OK) {
		ngram_close(&m->base);
		return status;
	}
	shortest_refresh(m);
	chain_start(m);
	*out = &m->base;
	return STATUS_OK;
}

const struct predictor_ops ngram_ops = {
    .name = "ngram",
    .summary = "counts of what followed the last symbols; interpolated Kneser-Ney",
    .id = 3,
    .options = ngram_options,
    .memory_bytes = ngram_memory_bytes,
    .open = ngram_open,
    .ask = ngram_ask,
    .spell = ngram_spell,
    .tell = ngram_tell,
    .close = ngram_close,
};
