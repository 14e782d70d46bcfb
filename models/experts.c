/* SPDX-License-Identifier: BSD-2-Clause */
#include "experts.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "bit_spelling.h"

#define LINE_COUNTERS 16
#define LINE_BYTES (LINE_COUNTERS * sizeof(uint32_t))
#define LINES_MIN_LOG2 8
#define NIBBLE_BITS 4
#define COUNTER_LIMIT 255u
#define COUNTER_HALF 0x80000000u /* probability 1/2, never met; stored as 0: fresh memory is that */
#define P16_MAX 65535u
#define P16_HALF 32768u
#define RECENT_MAX 8 /* symbols that contexts look back */
#define MATCH_LENGTHS 32
#define MATCH_RATE 6 /* a length's worth moves by 2^-6 of its error */
#define HISTORY_MAX_LOG2 24

enum expert_kind { EXPERT_ORDER, EXPERT_WORD, EXPERT_MATCH };

struct spec {
	enum expert_kind kind;
	unsigned order; /* symbols of context; for a match, so many must agree */
	const char *name;
};

static const struct spec byte_specs[] = {
    {EXPERT_ORDER, 0, "order 0"}, {EXPERT_ORDER, 1, "order 1"}, {EXPERT_ORDER, 2, "order 2"},
    {EXPERT_ORDER, 3, "order 3"}, {EXPERT_ORDER, 4, "order 4"}, {EXPERT_ORDER, 5, "order 5"},
    {EXPERT_ORDER, 6, "order 6"}, {EXPERT_WORD, 0, "word"},     {EXPERT_MATCH, 6, "match"},
};

static const struct spec token_specs[] = {
    {EXPERT_ORDER, 0, "order 0"}, {EXPERT_ORDER, 1, "order 1"}, {EXPERT_ORDER, 2, "order 2"},
    {EXPERT_ORDER, 3, "order 3"}, {EXPERT_MATCH, 4, "match"},
};

/* Lines of one expert's contexts. */
struct table {
	uint32_t *line;   /* (LINE_COUNTERS << lines_log2), on cache lines */
	void *allocation; /* that it lies in */
	unsigned lines_log2;
	uint32_t *now;    /* the line of the present four bits */
	uint32_t context; /* hash of the context of the present symbol */
};

struct match {
	uint16_t *history; /* (1 << history_log2) a ring */
	uint32_t *last;    /* (1 << history_log2) by hash: place after such a context; 0: none */
	unsigned history_log2;
	uint64_t n_told;
	uint64_t at;       /* of the symbol that is predicted */
	unsigned length;   /* symbols before it that agree, at most MATCH_LENGTHS - 1; 0: nothing
			      is predicted */
	uint32_t expected; /* that symbol, as a prefix of all bits */
	uint16_t worth[MATCH_LENGTHS]; /* probability that the predicted bit comes, in 2^-16 */
};

struct experts {
	const struct spec *spec[EXPERTS_MAX];
	unsigned n_experts;
	uint32_t n_symbols;
	unsigned n_bits;

	uint16_t recent[RECENT_MAX]; /* the last symbols, latest first */
	uint32_t word;               /* hash of the letters since the last that is none */
	uint32_t prefix;             /* of the present symbol */
	unsigned n_left;             /* bits of it */

	struct table table[EXPERTS_MAX];
	struct match match;
	uint32_t reciprocal[COUNTER_LIMIT + 1]; /* 2^16 / (n + 1.5) */
};

static const struct spec *specs_of(uint32_t n_symbols, unsigned *n)
{
	if (n_symbols <= 256) {
		*n = sizeof byte_specs / sizeof *byte_specs;
		return byte_specs;
	}
	*n = sizeof token_specs / sizeof *token_specs;
	return token_specs;
}

unsigned experts_count(uint32_t n_symbols)
{
	unsigned n;

	specs_of(n_symbols, &n);
	return n;
}

const char *experts_name(uint32_t n_symbols, unsigned k)
{
	unsigned n;

	return specs_of(n_symbols, &n)[k].name;
}

/* Memory -------------------------------------------------------------------------------------- */

/* The least l >= low with 2^l >= n, but at most high. */
static unsigned log2_of(uint64_t n, unsigned low, unsigned high)
{
	unsigned l = low;

	while (l < high && (uint64_t)1 << l < n)
		l++;
	return l;
}

/* The largest power of two that a table's share of the memory has room for. */
static unsigned share_log2(const struct experts_setup *s, uint64_t element_bytes)
{
	unsigned l = LINES_MIN_LOG2;

	while (l < 30 && (element_bytes << (l + 1)) * EXPERTS_MAX <= s->memory_bytes)
		l++;
	return l;
}

/* Lines that an order can have: of each context one, and one for each four bits told. */
static unsigned table_log2(const struct experts_setup *s, const struct spec *x)
{
	unsigned n_bits = spelling_bits(s->n_symbols), most = share_log2(s, LINE_BYTES);
	uint64_t lines =
	    s->n_total < (uint64_t)1 << 32 ? s->n_total * ((n_bits + 3) / 4) : UINT64_MAX;

	if (x->kind == EXPERT_ORDER && n_bits * (x->order + 1) < most)
		most = log2_of((uint64_t)1 << n_bits * (x->order + 1), LINES_MIN_LOG2, most);
	return log2_of(lines, LINES_MIN_LOG2, most);
}

static unsigned history_log2(const struct experts_setup *s)
{
	unsigned most = share_log2(s, sizeof(uint32_t) + sizeof(uint16_t));

	return log2_of(s->n_total, LINES_MIN_LOG2,
		       most < HISTORY_MAX_LOG2 ? most : HISTORY_MAX_LOG2);
}

/* Is it opened? */
static bool is_wanted(const struct experts_setup *s, unsigned k)
{
	return s->only < 0 || (unsigned)s->only == k;
}

/* Archives hold the estimate: the same number on every machine. */
#define STATE_BYTES 4096u
_Static_assert(sizeof(struct experts) <= STATE_BYTES, "STATE_BYTES");

uint64_t experts_memory_bytes(const struct experts_setup *s)
{
	uint64_t bytes = STATE_BYTES;
	unsigned n;
	const struct spec *spec = specs_of(s->n_symbols, &n);

	for (unsigned k = 0; k < n; k++) {
		if (!is_wanted(s, k))
			continue;
		if (spec[k].kind == EXPERT_MATCH)
			bytes += (uint64_t)(sizeof(uint16_t) + sizeof(uint32_t)) << history_log2(s);
		else
			bytes += LINE_BYTES + (LINE_BYTES << table_log2(s, &spec[k]));
	}
	return bytes;
}

/* Fresh memory from the system is zero, and is touched as it is used. */
static enum status table_open(struct table *t, unsigned lines_log2)
{
	t->lines_log2 = lines_log2;
	t->allocation = calloc((LINE_BYTES << lines_log2) + LINE_BYTES, 1);
	if (!t->allocation)
		return fail_no_memory();
	t->line = (uint32_t *)(((uintptr_t)t->allocation + LINE_BYTES - 1) &
			       ~(uintptr_t)(LINE_BYTES - 1));
	return STATUS_OK;
}

static enum status match_open(struct match *m, unsigned log2)
{
	m->history_log2 = log2;
	m->history = calloc((size_t)1 << log2, sizeof *m->history);
	m->last = calloc((size_t)1 << log2, sizeof *m->last);
	for (unsigned i = 0; i < MATCH_LENGTHS; i++) /* 1 / (length + 2) that it does not come */
		m->worth[i] = (uint16_t)(P16_MAX - P16_MAX / (i + 2));
	return m->history && m->last ? STATUS_OK : fail_no_memory();
}

void experts_close(struct experts *e)
{
	if (!e)
		return;
	for (unsigned k = 0; k < e->n_experts; k++)
		free(e->table[k].allocation);
	free(e->match.history);
	free(e->match.last);
	free(e);
}

enum status experts_open(struct experts **out, const struct experts_setup *s)
{
	struct experts *e = calloc(1, sizeof *e);
	enum status status = STATUS_OK;
	const struct spec *spec;
	unsigned n;

	if (!e)
		return fail_no_memory();
	spec = specs_of(s->n_symbols, &n);
	e->n_symbols = s->n_symbols;
	e->n_bits = spelling_bits(s->n_symbols);
	for (uint32_t i = 0; i <= COUNTER_LIMIT; i++)
		e->reciprocal[i] = 2 * 65536 / (2 * i + 3);
	for (unsigned k = 0; k < n && status == STATUS_OK; k++) {
		if (!is_wanted(s, k))
			continue;
		e->spec[e->n_experts] = &spec[k];
		status = spec[k].kind == EXPERT_MATCH
			     ? match_open(&e->match, history_log2(s))
			     : table_open(&e->table[e->n_experts], table_log2(s, &spec[k]));
		e->n_experts++;
	}
	if (status != STATUS_OK) {
		experts_close(e);
		return status;
	}
	*out = e;
	return STATUS_OK;
}

/* Contexts ------------------------------------------------------------------------------------ */

static uint64_t mix_hash(uint64_t h, uint64_t x)
{
	h = (h ^ x) * 0x9e3779b97f4a7c15u;
	return h ^ h >> 31;
}

/* The last `order` symbols. */
static uint32_t context_of(const struct experts *e, unsigned order)
{
	uint64_t h = order + 1;

	for (unsigned i = 0; i < order; i++)
		h = mix_hash(h, e->recent[i] + 1u);
	return (uint32_t)(h >> 16);
}

/* How much a line has been used: what its first node knows. */
static uint32_t line_count(const uint32_t *line)
{
	return line[1] & 1023;
}

/* The line of a context: the one there is, or a fresh one in the place of the less used. */
static uint32_t *table_find(struct table *t, uint32_t prefix)
{
	uint64_t h = mix_hash((uint64_t)t->context << 20, prefix);
	uint32_t check = (uint32_t)h | 1;
	size_t at = (size_t)(h >> (64 - t->lines_log2));
	uint32_t *line = t->line + at * LINE_COUNTERS;
	uint32_t *other = t->line + (at ^ 1) * LINE_COUNTERS;

	if (line[0] == check)
		return line;
	if (other[0] == check)
		return other;
	if (line_count(other) < line_count(line))
		line = other;
	memset(line, 0, LINE_BYTES);
	line[0] = check;
	return line;
}

static void tables_prefetch(const struct experts *e)
{
	for (unsigned k = 0; k < e->n_experts; k++) {
		const struct table *t = &e->table[k];

		if (!t->line)
			continue;
		uint64_t h = mix_hash((uint64_t)t->context << 20, e->prefix);

		__builtin_prefetch(t->line + (size_t)(h >> (64 - t->lines_log2)) * LINE_COUNTERS);
	}
}

/* At a bit that begins four: each table's line. */
static void tables_enter(struct experts *e)
{
	tables_prefetch(e);
	for (unsigned k = 0; k < e->n_experts; k++)
		if (e->table[k].line)
			e->table[k].now = table_find(&e->table[k], e->prefix);
}

static unsigned n_told(const struct experts *e)
{
	return e->n_bits - e->n_left;
}

/* The present node of a line: the bits told of its four, behind a 1. */
static uint32_t node_of(const struct experts *e)
{
	unsigned told = n_told(e) % NIBBLE_BITS;

	return (uint32_t)1 << told | (e->prefix & (((uint32_t)1 << told) - 1));
}

void experts_begin(struct experts *e)
{
	e->prefix = 1;
	e->n_left = e->n_bits;
	for (unsigned k = 0; k < e->n_experts; k++) {
		struct table *t = &e->table[k];

		if (t->line)
			t->context = e->spec[k]->kind == EXPERT_WORD
					 ? e->word
					 : context_of(e, e->spec[k]->order);
	}
	if (e->n_bits > 0)
		tables_enter(e);
}

/* Probabilities ------------------------------------------------------------------------------- */

static uint32_t counter_p(uint32_t stored)
{
	return (stored ^ COUNTER_HALF) >> 10; /* in 2^-22 */
}

static void counter_learn(const struct experts *e, uint32_t *stored, unsigned bit)
{
	uint32_t c = *stored ^ COUNTER_HALF, n = c & 1023, p = c >> 10;
	int64_t error = (int64_t)(bit ? ((uint32_t)1 << 22) - 1 : 0) - p;

	p = (uint32_t)(p + error * e->reciprocal[n] / 65536);
	*stored = (p << 10 | (n < COUNTER_LIMIT ? n + 1 : n)) ^ COUNTER_HALF;
}

static uint16_t in_range(uint32_t p16)
{
	return (uint16_t)(p16 < 1 ? 1 : p16 > P16_MAX ? P16_MAX : p16);
}

/* Does the symbol that the match predicts begin as the present one does? */
static bool match_speaks(const struct experts *e)
{
	return e->match.length > 0 && e->match.expected >> e->n_left == e->prefix;
}

static unsigned match_bit(const struct experts *e)
{
	return e->match.expected >> (e->n_left - 1) & 1;
}

static uint16_t match_say(const struct experts *e)
{
	uint32_t worth = e->match.worth[e->match.length];

	if (!match_speaks(e))
		return P16_HALF;
	return in_range(match_bit(e) ? worth : P16_MAX + 1 - worth);
}

void experts_say(struct experts *e, uint16_t *p1)
{
	uint32_t node = node_of(e);

	for (unsigned k = 0; k < e->n_experts; k++)
		p1[k] = e->table[k].line ? in_range(counter_p(e->table[k].now[node]) >> 6)
					 : match_say(e);
}

static void match_learn(struct experts *e, unsigned bit)
{
	uint16_t *worth = &e->match.worth[e->match.length];

	if (!match_speaks(e))
		return;
	if (bit == match_bit(e))
		*worth = (uint16_t)(*worth + ((P16_MAX - *worth) >> MATCH_RATE));
	else
		*worth = (uint16_t)(*worth - (*worth >> MATCH_RATE));
}

/* One bit further. */
static void move(struct experts *e, unsigned bit)
{
	e->prefix = 2 * e->prefix + bit;
	e->n_left--;
	if (e->n_left > 0 && n_told(e) % NIBBLE_BITS == 0)
		tables_enter(e);
}

void experts_learn(struct experts *e, unsigned bit)
{
	uint32_t node = node_of(e);

	for (unsigned k = 0; k < e->n_experts; k++)
		if (e->table[k].line)
			counter_learn(e, &e->table[k].now[node], bit);
	match_learn(e, bit);
	move(e, bit);
}

void experts_skip(struct experts *e)
{
	move(e, 0);
}

/* The symbol is told ------------------------------------------------------------------------- */

static uint16_t *history_at(struct match *m, uint64_t at)
{
	return &m->history[at & (((uint64_t)1 << m->history_log2) - 1)];
}

/* Symbols before the places `at` and n_told that agree, counted up to MATCH_LENGTHS - 1. */
static unsigned agreement(struct match *m, uint64_t at)
{
	unsigned length = 0;

	while (length < MATCH_LENGTHS - 1 && at > length &&
	       *history_at(m, at - 1 - length) == *history_at(m, m->n_told - 1 - length))
		length++;
	return length;
}

static void match_end(struct experts *e, unsigned order, uint32_t symbol)
{
	struct match *m = &e->match;
	uint64_t h = order;

	*history_at(m, m->n_told++) = (uint16_t)symbol;
	for (unsigned i = 0; i < order; i++)
		h = mix_hash(h, e->recent[i] + 1u);

	uint32_t *last = &m->last[h >> (64 - m->history_log2)];

	if (m->length > 0 && m->expected == ((uint32_t)1 << e->n_bits) + symbol) {
		m->at++;
		m->length += m->length < MATCH_LENGTHS - 1;
	} else {
		m->at = *last;
		m->length = m->at > 0 ? agreement(m, m->at) : 0;
	}
	if (m->length < order)
		m->length = 0;
	if (m->length > 0)
		m->expected = ((uint32_t)1 << e->n_bits) + *history_at(m, m->at);
	*last = (uint32_t)m->n_told;
}

static void word_end(struct experts *e, uint32_t symbol)
{
	uint32_t letter = symbol | 0x20;

	if (('a' <= letter && letter <= 'z') || symbol >= 0x80)
		e->word = (uint32_t)(mix_hash(e->word, letter + 1) >> 16);
	else
		e->word = 0;
}

void experts_end(struct experts *e, uint32_t symbol)
{
	memmove(e->recent + 1, e->recent, sizeof e->recent - sizeof *e->recent);
	e->recent[0] = (uint16_t)symbol;
	word_end(e, symbol);
	if (e->match.history)
		match_end(e, e->spec[e->n_experts - 1]->order, symbol);
}
