/* SPDX-License-Identifier: BSD-2-Clause
 *
 * mix_small_body.h - the walk through a byte at the fastest levels, for the form that VEC_FORM
 * names.
 *
 * Included by mix_bytes_body.h.  Eight lanes are enough here, and what is mixed is put together in
 * registers: stored one by one and loaded as a vector it would be waited for.  Lines of the tables
 * are asked for as early as their place is known: a guess's depends on all but the last byte, that
 * of the second half of a byte on all but the last bit before it.
 */
#ifndef TWOPART_MIX_SMALL_BODY_H
#define TWOPART_MIX_SMALL_BODY_H

#include "mix_bytes.h"
#include "mixing_steps.h"

/* 8 floats, element by element: the same operations whatever they are compiled to. */
typedef float small_lanes __attribute__((vector_size(SMALL_LANES * sizeof(float)), may_alias));

#define SMALL_P(p) ((uint32_t)((p) * (1 << 22)))
#define SMALL_SURE SMALL_P(0.9) /* from here on the bits' slots are not asked for in advance */
#define SMALL_SURE_SECOND 0.8f  /* likewise, of the second guess */
#define SMALL_SECOND_LEAST 0.3f /* what a second guess must be worth to be asked for */

/* --- mixing --- */

/* Log-odds: weights are sums of those of all sets. */
VEC_INLINE float small_mix(float *const weight[SMALL_SETS], const small_lanes *input)
{
	small_lanes x = *(const small_lanes *)weight[0];

	for (unsigned i = 1; i < SMALL_SETS; i++)
		x += *(const small_lanes *)weight[i];
	x *= *input;
	return ((x[0] + x[4]) + (x[2] + x[6])) + ((x[1] + x[5]) + (x[3] + x[7]));
}

VEC_INLINE void small_teach(float *const weight[SMALL_SETS], const small_lanes *input, float step)
{
	small_lanes change = *input * step;

	for (unsigned i = 0; i < SMALL_SETS; i++)
		*(small_lanes *)weight[i] += change;
}

/* --- a byte in bits --- */

/* What does not change within a byte. */
struct small_walk {
	float rate;    /* of the mixers */
	uint32_t hint; /* the byte guessed at, plus 256; 0: none */
	bool refused;  /* it is not that */
};

/* What the contexts say at this node, and the log-odds of a 1 that the hint stands for. */
VEC_INLINE void small_inputs(const struct mix_bytes *m, uint32_t *const worth[], float hint,
			     small_lanes *input)
{
	const struct mixing_tables *t = &m->tables;
	const uint8_t *context = m->level->context[m->past.content];

	*input = (small_lanes){stretch22(t, *worth[0]), stretch22(t, *worth[1]),
			       stretch22(t, *worth[2]), stretch22(t, *worth[3]), hint, 0.3f};
	for (unsigned i = 0; i < SMALL_CONTEXTS && m->silenced; i++)
		if (m->silenced >> context[i] & 1)
			(*input)[i] = 0;
}

/* The eight decisions of a byte. */
static uint32_t small_bits(struct mix_bytes *m, const struct small_walk *w, struct bit_channel *c,
			   uint32_t byte)
{
	const struct mix_size size = mix_sizes[MIX_SHAPE_SMALL];
	const enum mix_content content = m->past.content;
	uint32_t(*const worth)[BIT_HISTORY_STATES] = m->worth + content * SMALL_CONTEXTS;
	uint32_t *hint = m->small.hint[content][w->refused];
	float *const *set = m->small.bit_weight;
	uint8_t *slot[SMALL_CONTEXTS];
	uint32_t path = 1, node = 1;
	unsigned n_known = 0;

	need_contexts(m, size);
	for (unsigned i = 0; i < 8; i++) {
		small_lanes input;
		uint32_t *used[SMALL_CONTEXTS];
		unsigned hinted = w->hint >> (8 - i) == path ? 1 + (w->hint >> (7 - i) & 1) : 0;
		float odds = stretch22(&m->tables, hint[i]);

		if (i % 4 == 0) {
			node = 1;
			n_known = find_slots(m, size, i ? path & 1 : 0, slot);
		}
		for (unsigned k = 0; k < SMALL_CONTEXTS; k++)
			used[k] = &worth[k][slot[k][node]];
		small_inputs(m, used, hinted == 2 ? odds : hinted ? -odds : 0, &input);
		float *weight[SMALL_SETS] = {
		    set[0] + (content << 8 | path) * SMALL_LANES,
		    set[1] + ((m->past.recent & 0xff) << 3 | i) * SMALL_LANES,
		    set[2] + ((n_known * 3 + hinted) << 3 | i) * SMALL_LANES,
		};
		float p = squash(&m->tables, small_mix(weight, &input));
		unsigned bit = c->code(c, to_channel(p), byte >> (7 - i) & 1);

		small_teach(weight, &input, ((float)bit - p) * w->rate);
		if (hinted)
			worth_learn(&hint[i], bit == hinted - 1);
		for (unsigned k = 0; k < SMALL_CONTEXTS; k++) {
			worth_learn(used[k], bit);
			slot[k][node] = m->tables.machine.next[slot[k][node]][bit];
		}
		node = 2 * node + bit;
		path = 2 * path + bit;
		if (i == 2)
			hash_second_half(m, size, path);
	}
	return path & 0xff;
}

/* --- guesses --- */

/* Where the guesses are that follow these bytes and one more: their lines are asked for. */
VEC_INLINE void small_lines(struct mix_small *s, uint64_t recent)
{
	static const unsigned n_bytes[SMALL_ORDERS] = {2, 4, 6};

	for (unsigned i = 1; i < SMALL_ORDERS; i++) {
		uint32_t hash = hash_context(recent << (72 - 8 * n_bytes[i]), i);

		s->line_hash[i] = hash;
		__builtin_prefetch(s->table[i] +
				   (size_t)SMALL_LINE_GUESSES * (hash >> (32 - s->lines_log2)));
	}
}

/* The guesses that follow these bytes. */
VEC_INLINE void small_find(struct mix_small *s, uint64_t recent)
{
	s->at[0] = s->table[0] + (recent & 0xffff);
	__builtin_prefetch(s->at[0]);
	for (unsigned i = 1; i < SMALL_ORDERS; i++) {
		uint32_t hash = s->line_hash[i];
		uint32_t x = (hash + (uint32_t)(recent & 0xff)) * 0x9e3779b1u;
		uint8_t check = (uint8_t)(x >> 20);

		s->at[i] = s->table[i] +
			   (size_t)SMALL_LINE_GUESSES * (hash >> (32 - s->lines_log2)) + (x >> 28);
		if (s->at[i]->check != check)
			*s->at[i] = (struct small_guess){.check = check};
	}
	small_lines(s, recent);
}

/* The byte came.  A guess that was wrong as often as right, or three times of late, gives way. */
VEC_INLINE void small_remember(const struct bit_history *machine, struct small_guess *g,
			       uint8_t byte)
{
	bool right = g->byte == byte;
	uint8_t history = machine->next[g->history][right];
	const uint8_t *count = machine->count[history];

	if (g->history == 0 || (!right && (count[0] >= count[1] || count[0] >= 3))) {
		g->other = g->history ? g->byte : byte;
		g->byte = byte;
		g->history = machine->next[0][1];
		return;
	}
	g->history = history;
	g->other = right ? g->other : byte;
}

/* What each guesser says. */
struct small_view {
	unsigned named[SMALL_GUESSERS];
	unsigned state[SMALL_GUESSERS]; /* 0: nothing */
	enum small_kind kind[SMALL_GUESSERS];
};

VEC_INLINE void small_look(const struct mix_bytes *m, struct small_view *v)
{
	const struct mix_match *match = &m->match[0];

	for (unsigned i = 0; i < SMALL_ORDERS; i++) {
		bool silent = m->silenced >> (MIX_SILENCE_GUESSERS + i) & 1;

		v->named[i] = m->small.at[i]->byte;
		v->state[i] = silent ? 0 : m->small.at[i]->history;
		v->kind[i] = SMALL_FIRST;
	}
	v->named[SMALL_ORDERS] = m->past.byte[match->at];
	v->state[SMALL_ORDERS] = match->length ? match_class(match) : 0;
	v->kind[SMALL_ORDERS] = SMALL_FIRST;
}

/* It is not this byte. */
VEC_INLINE void small_refuse(const struct mix_small *s, struct small_view *v, unsigned byte)
{
	for (unsigned i = 0; i < SMALL_GUESSERS; i++) {
		if (v->named[i] != byte) {
			v->kind[i] = SMALL_STILL;
			continue;
		}
		v->kind[i] = SMALL_OTHER;
		v->named[i] = i < SMALL_ORDERS ? s->at[i]->other : byte;
		v->state[i] = v->named[i] == byte ? 0 : v->state[i];
	}
}

/* One decision: is it the byte that the guesser names who is right most often? */
struct small_question {
	small_lanes input;
	uint32_t *used[SMALL_GUESSERS];
	float *weight[SMALL_SETS];
	uint32_t guess;
	uint32_t best; /* p of that guesser alone, in 2^-22; 0: nobody knows anything */
	float p;
};

VEC_INLINE void small_ask(struct mix_bytes *m, const struct small_view *v, unsigned round,
			  struct small_question *q)
{
	const struct mixing_tables *t = &m->tables;
	small_worth(*worth)[SMALL_KINDS] = m->small.worth + m->past.content * SMALL_GUESSERS;
	float *const *set = m->small.guess_weight[round];
	unsigned who = 0, agree = 0;

	q->best = 0;
	for (unsigned i = 0; i < SMALL_GUESSERS; i++) {
		uint32_t p = v->state[i] ? worth[i][v->kind[i]][0][v->state[i]] : 0;

		who = p > q->best ? i : who;
		q->best = p > q->best ? p : q->best;
	}
	q->guess = v->named[who];
	for (unsigned i = 0; i < SMALL_GUESSERS; i++) {
		unsigned other = (v->state[i] == 0) | (v->named[i] != q->guess);

		agree |= (other ^ 1) << i;
		q->used[i] = &worth[i][v->kind[i]][other][v->state[i]];
	}
	q->input = (small_lanes){stretch22(t, *q->used[0]), stretch22(t, *q->used[1]),
				 stretch22(t, *q->used[2]), stretch22(t, *q->used[3]), 0.3f};
	q->weight[0] = set[0] + (who << SMALL_GUESSERS | agree) * SMALL_LANES;
	q->weight[1] = set[1] + (m->past.recent & 0xff) * SMALL_LANES;
	q->weight[2] = set[2] + v->state[SMALL_ORDERS] * SMALL_LANES;
	q->p = squash(t, small_mix(q->weight, &q->input));
}

VEC_INLINE void small_learn(struct small_question *q, bool right, float rate)
{
	if (q->best == 0)
		return;
	small_teach(q->weight, &q->input, ((float)right - q->p) * rate);
	for (unsigned i = 0; i < SMALL_GUESSERS; i++)
		worth_learn(q->used[i], right);
}

/* Code the decision: right, and the byte is known? */
VEC_INLINE bool small_code(const struct small_question *q, struct bit_channel *c, uint32_t *byte)
{
	if (!c->code(c, to_channel(q->p), *byte == q->guess))
		return false;
	*byte = q->guess;
	return true;
}

/* --- a byte --- */

/* One byte was refused: by the second guess, or in bits. */
VEC_INLINE uint32_t small_after_refusal(struct mix_bytes *m, const struct small_walk *w,
					struct small_view *v, struct bit_channel *c,
					uint32_t byte)
{
	struct small_question q;

	small_refuse(&m->small, v, w->hint & 0xff);
	small_ask(m, v, 1, &q);
	if (q.p < SMALL_SURE_SECOND)
		need_contexts(m, mix_sizes[MIX_SHAPE_SMALL]);
	const bool asked = q.best != 0 && q.p >= SMALL_SECOND_LEAST;

	if (!asked || !small_code(&q, c, &byte)) {
		byte = small_bits(m, w, c, byte);
		m->respelt |= asked && byte == q.guess;
	}
	m->respelt |= byte == (w->hint & 0xff);
	small_learn(&q, byte == q.guess, w->rate);
	return byte;
}

/* A byte by guesses; `refused` is one that it is not, plus 256, or 0. */
static uint32_t small_byte(struct mix_bytes *m, struct bit_channel *c, uint32_t byte,
			   uint32_t refused)
{
	struct mix_small *s = &m->small;
	const struct mix_size size = mix_sizes[MIX_SHAPE_SMALL];
	struct small_walk w = {mix_rate(size.rate, &m->past), refused, refused != 0};
	struct small_view v;
	struct small_question q;

	if (!s->at[0]) {
		small_lines(s, m->past.recent >> 8);
		small_find(s, m->past.recent);
	}
	small_look(m, &v);
	if (!refused) {
		small_ask(m, &v, 0, &q);
		w.hint = q.best ? q.guess | 256 : 0;
		if (q.best < SMALL_SURE)
			need_contexts(m, size);
		if (q.best == 0 || q.p < m->level->guess_least)
			byte = small_bits(m, &w, c, byte);
		else
			w.refused = !small_code(&q, c, &byte);
		small_learn(&q, !w.refused && byte == q.guess, w.rate);
	}
	if (w.refused)
		byte = small_after_refusal(m, &w, &v, c, byte);
	s->known = s->at[SMALL_ORDERS - 1]->history && s->at[SMALL_ORDERS - 1]->byte == byte;
	for (unsigned i = 0; i < SMALL_ORDERS; i++)
		small_remember(&m->tables.machine, s->at[i], (uint8_t)byte);
	small_find(s, m->past.recent << 8 | byte);
	return byte;
}

/* A match that is sure is asked alone, as in the other shapes: then nobody needs to look for what
 * the guessers know. */
static uint32_t code_small(struct mix_bytes *m, struct bit_channel *c, uint32_t original)
{
	struct mix_match *match = &m->match[0];
	uint32_t byte = mix_past_coded(&m->past, (uint8_t)original);
	const uint32_t carry = m->past.carry;
	const uint32_t predicted = match_predicts(match, &m->past);
	struct whole_walk whole;
	const bool asked = ask_whole(m, mix_sizes[MIX_SHAPE_SMALL], &whole);

	if (!asked || !trust_whole(m, &whole)) {
		byte = small_byte(m, c, byte, 0);
	} else if (code_whole(m, c, &whole, &byte)) {
		m->small.at[0] = NULL;
		m->small.known = false;
	} else {
		byte = small_byte(m, c, byte, predicted);
	}
	if (asked)
		learn_whole(m, &whole, byte == whole.predicted);
	if (predicted && byte != (predicted & 0xff))
		match_fail(match);
	mix_past_add(&m->past, (uint8_t)byte);
	match_follow(match, &m->past, m->small.known);
	return (uint8_t)(byte - carry);
}

#endif
