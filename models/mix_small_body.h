/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef TWOPART_MIX_SMALL_BODY_H
#define TWOPART_MIX_SMALL_BODY_H

#include "mix_bytes.h"
#include "mixing_steps.h"

#define SMALL_CONTEXTS 5
#define ALWAYS static inline __attribute__((always_inline))

#ifndef ASK
#define ASK 0.3f
#endif
#ifndef ASK2
#define ASK2 0.3f
#endif
#ifndef SURE
#define SURE 0.9
#endif

typedef float lanes8 __attribute__((vector_size(32)));

#define P22(x) ((uint32_t)((x) * (1 << 22)))

ALWAYS float lanes_sum(const lanes8 *x)
{
	float a = (*x)[0] + (*x)[4], b = (*x)[1] + (*x)[5], c = (*x)[2] + (*x)[6], d = (*x)[3] + (*x)[7];
	return (a + c) + (b + d);
}

/* Mixed: log-odds */
ALWAYS float small_mix(float *const weight[SMALL_SETS], const lanes8 *in)
{
	lanes8 sum = *(lanes8 *)weight[0] + *(lanes8 *)weight[1] + *(lanes8 *)weight[2];

	sum = sum * *in;
	return lanes_sum(&sum);
}

ALWAYS void small_teach(float *const weight[SMALL_SETS], const lanes8 *in, float step)
{
	lanes8 change = *in * step;

	for (unsigned s = 0; s < SMALL_SETS; s++)
		*(lanes8 *)weight[s] += change;
}

struct small_walk {
	uint32_t hash[SMALL_CONTEXTS];
	bool ready;
	float rate;
	unsigned hint, failed;
};

ALWAYS void small_prepare(const struct mix_bytes *m, struct small_walk *w)
{
	const struct mix_past *p = &m->past;
	const uint8_t *context = m->level->context[p->content];

	if (w->ready)
		return;
	w->ready = true;
	for (unsigned i = 0; i < SMALL_CONTEXTS; i++) {
		w->hash[i] = hash_context(mix_contexts[context[i]].value(p), context[i]);
		slot_prefetch(m->slots, m->lines_log2, w->hash[i]);
	}
}

static __attribute__((noinline)) uint32_t small_bits(struct mix_bytes *m, struct small_walk *w, struct bit_channel *c, uint32_t byte)
{
	struct mix_small *s = &m->small;
	const struct mix_past *past = &m->past;
	uint32_t (*const worth)[BIT_HISTORY_STATES] = m->worth + past->content * SMALL_CONTEXTS;
	uint32_t *hint = s->hint[past->content][w->failed];
	uint32_t path = 1;
	uint8_t *slot[SMALL_CONTEXTS];
	float *base[SMALL_SETS] = {s->bit_weight[0] + (past->content << 8) * SMALL_LANES,
		s->bit_weight[1] + ((past->recent & 0xff) << 3) * SMALL_LANES, NULL};

	for (unsigned half = 0; half < 2; half++) {
		unsigned node = 1, known = 0;

		for (unsigned i = 0; i < SMALL_CONTEXTS; i++) {
			slot[i] = slot_find(m->slots, m->lines_log2, w->hash[i]);
			known += slot[i][1] != 0;
		}
		base[2] = s->bit_weight[2] + known * 24 * SMALL_LANES;
		for (unsigned i = 4 * half; i < 4 * half + 4; i++) {
			uint32_t *used[SMALL_CONTEXTS];
			unsigned expected = 0, n_left = 8 - i;
			float hinted = 0;
			if (w->hint >> n_left == path) {
				unsigned b = w->hint >> (n_left - 1) & 1;
				expected = 1 + b;
				hinted = stretch22(&m->tables, hint[i]);
				hinted = b ? hinted : -hinted;
			}
			for (unsigned k = 0; k < SMALL_CONTEXTS; k++)
				used[k] = &worth[k][slot[k][node]];
			lanes8 in = {stretch22(&m->tables, *used[0]), stretch22(&m->tables, *used[1]), stretch22(&m->tables, *used[2]),
				stretch22(&m->tables, *used[3]), stretch22(&m->tables, *used[4]), hinted, 0.3f, 0};
			float *weight[SMALL_SETS] = {base[0] + path * SMALL_LANES, base[1] + i * SMALL_LANES, base[2] + (expected * 8 + i) * SMALL_LANES};
			float p = squash(&m->tables, small_mix(weight, &in));
			unsigned bit = c->code(c, to_channel(p), byte >> (7 - i) & 1);
			small_teach(weight, &in, ((float)bit - p) * w->rate);
			if (expected)
				worth_learn(&hint[i], bit == expected - 1);
			for (unsigned k = 0; k < SMALL_CONTEXTS; k++) {
				uint8_t *history = &slot[k][node];

				worth_learn(used[k], bit);
				*history = m->tables.machine.next[*history][bit];
			}
			node = 2 * node + bit;
			path = 2 * path + bit;
			if (i == 2)
				for (unsigned k = 0; k < SMALL_CONTEXTS; k++) {
					w->hash[k] = hash_half(w->hash[k], path);
					slot_prefetch(m->slots, m->lines_log2, w->hash[k]);
				}
			if (i == 3)
				for (unsigned k = 0; k < SMALL_CONTEXTS; k++)
					w->hash[k] ^= path & 1;
		}
	}
	return path & 0xff;
}

struct small_view {
	unsigned state[SMALL_GUESSERS], named[SMALL_GUESSERS], kind[SMALL_GUESSERS];
};

struct small_question {
	lanes8 in;
	uint32_t *used[SMALL_GUESSERS];
	float *weight[SMALL_SETS];
	unsigned guess;
	uint32_t sure;
	float p;
};

ALWAYS void small_choose(struct mix_bytes *m, const struct small_view *v, struct small_question *o, unsigned round)
{
	struct mix_small *s = &m->small;
	small_worth (*worth)[SMALL_KINDS] = s->worth + m->past.content * SMALL_GUESSERS;
	unsigned best = 0;

	o->sure = 0;
	for (unsigned i = 0; i < SMALL_GUESSERS; i++) {
		uint32_t p = v->state[i] ? worth[i][v->kind[i]][0][v->state[i]] : 0;

		best = p > o->sure ? i : best;
		o->sure = p > o->sure ? p : o->sure;
	}
	unsigned agree = 0;
	o->guess = v->named[best];
	for (unsigned i = 0; i < SMALL_GUESSERS; i++) {
		unsigned other = !v->state[i] | (v->named[i] != o->guess);
		agree |= (!other) << i;
		o->used[i] = &worth[i][v->kind[i]][other][v->state[i]];
	}
	o->in = (lanes8){stretch22(&m->tables, *o->used[0]), stretch22(&m->tables, *o->used[1]), stretch22(&m->tables, *o->used[2]),
				stretch22(&m->tables, *o->used[3]), stretch22(&m->tables, *o->used[4]), 0.3f, 0, 0};
	unsigned at[3] = {agree + 32 * best, m->past.recent & 0xff, v->state[SMALL_ORDERS]};
	for (unsigned k = 0; k < 3; k++)
		o->weight[k] = s->guess_weight[round][k] + at[k] * SMALL_LANES;
	o->p = squash(&m->tables, small_mix(o->weight, &o->in));
}

ALWAYS void small_learn(struct small_question *o, unsigned hit, float rate)
{
	small_teach(o->weight, &o->in, ((float)hit - o->p) * rate);
	for (unsigned i = 0; i < SMALL_GUESSERS; i++)
		worth_learn(o->used[i], hit);
}

ALWAYS void guess_learn(const struct mix_bytes *m, struct small_guess *g, uint8_t byte)
{
	if (!g->history) {
		g->byte = g->other = byte;
		g->history = m->tables.machine.next[0][1];
		return;
	}
	unsigned right = g->byte == byte;
	unsigned h = m->tables.machine.next[g->history][right];

	g->history = (uint8_t)h;
	if (!right) {
		if (m->tables.machine.count[h][0] >= m->tables.machine.count[h][1] ||
			m->tables.machine.count[h][0] >= 3) {
			g->other = g->byte;
			g->byte = byte;
			g->history = m->tables.machine.next[0][1];
		} else {
			g->other = byte;
		}
	}
}

#ifndef SHIFTS
#define SHIFTS {48, 40, 32, 16}
#endif
/* The entry is in a line that depends on all but the last byte. */
ALWAYS void guess_find(struct mix_bytes *m, uint32_t byte)
{
	struct mix_small *s = &m->small;
	static const unsigned shift[SMALL_ORDERS] = SHIFTS;
	uint64_t recent = m->past.recent << 8 | byte;

	s->at[0] = s->table[0] + (recent & 0xffff);
	__builtin_prefetch(s->at[0]);
	for (unsigned i = 1; i < SMALL_ORDERS; i++) {
		uint32_t x = (s->hash[i] + byte) * 0x9e3779b1u;
		struct small_guess *g = s->table[i] + (s->hash[i] >> (32 - s->lines_log2)) * 16 + (x >> 28);

		s->at[i] = g;
		uint8_t check = (uint8_t)(x >> 20);
		if (g->check != check)
			*g = (struct small_guess){.check = check};
		uint64_t y = ((recent << (shift[i] + 8)) + i) * 0x9e3779b97f4a7c15u;
		s->hash[i] = (uint32_t)((y ^ y >> 29) * 0xbf58476d1ce4e5b9u >> 32);
		__builtin_prefetch(s->table[i] + (s->hash[i] >> (32 - s->lines_log2)) * 16);
	}
}

static uint32_t code_small(struct mix_bytes *m, struct bit_channel *c, uint32_t original)
{
	struct mix_small *s = &m->small;
	uint32_t byte = mix_past_coded(&m->past, (uint8_t)original);
	struct mix_match *match = &m->match[0];
	struct small_view v;
	struct small_question o;
	struct small_walk w;

	w.ready = false;
	w.rate = 0.0024f * (1.0f + 8.0f / (1.0f + (float)m->past.n * (1.0f / 256)));
	if (!s->at[0])
		guess_find(m, 0);
	for (unsigned i = 0; i < SMALL_ORDERS; i++) {
		v.state[i] = s->at[i]->history;
		v.named[i] = s->at[i]->byte;
		v.kind[i] = 0;
	}
	v.state[4] = match->length ? match_class(match) : 0;
	v.named[4] = m->past.byte[match->at];
	v.kind[4] = 0;
	small_choose(m, &v, &o, 0);
	w.hint = o.sure ? o.guess | 256 : 0;
	w.failed = 0;
	if (o.sure < P22(SURE))
		small_prepare(m, &w);
	bool hit = false, coded = false;
	if (o.p >= ASK && o.sure) {
		hit = c->code(c, to_channel(o.p), byte == o.guess);
		if (hit) {
			byte = o.guess;
			coded = true;
			small_learn(&o, hit, w.rate);
		} else {
			unsigned first = o.guess;
			small_learn(&o, hit, w.rate);
			for (unsigned i = 0; i < SMALL_ORDERS; i++)
				if (v.named[i] == first) {
					v.named[i] = s->at[i]->other;
					v.kind[i] = 1;
					if (v.named[i] == first) v.state[i] = 0;
				} else {
					v.kind[i] = 2;
				}
			v.kind[4] = 2;
			if (v.named[4] == first) {
				v.state[4] = 0;
				match_fail(match);
			}
			w.failed = 1;
			small_choose(m, &v, &o, 1);
			if (o.p < 0.8f)
				small_prepare(m, &w);
			if (o.sure && o.p >= ASK2) {
				hit = c->code(c, to_channel(o.p), byte == o.guess);
				if (hit)
					byte = o.guess;
				coded = hit;
			}
			if (!coded) {
				small_prepare(m, &w);
				byte = small_bits(m, &w, c, byte);
			}
			if (o.sure)
				small_learn(&o, byte == o.guess, w.rate);
			hit = false;
		}
	} else {
		small_prepare(m, &w);
		byte = small_bits(m, &w, c, byte);
		hit = byte == o.guess;
		if (o.sure)
			small_learn(&o, hit, w.rate);
	}
	if (match->length && v.named[4] != byte)
		match_fail(match);
	for (unsigned i = 0; i < SMALL_ORDERS; i++)
		guess_learn(m, s->at[i], (uint8_t)byte);
	guess_find(m, byte);
	original = mix_past_original(&m->past, (uint8_t)byte);
	mix_past_add(&m->past, (uint8_t)byte);
	match_follow(match, &m->past, v.state[3] != 0 && hit);
	return original;
}
#endif
