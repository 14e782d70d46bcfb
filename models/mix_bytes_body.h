/* SPDX-License-Identifier: BSD-2-Clause
 *
 * mix_bytes_body.h - the walk through a byte, for the form that VEC_FORM names.
 *
 * Included by mix_plain.c, mix_avx2.c and mix_avx512.c only.  The walk is written once; each shape
 * gives it its numbers of contexts and sets as constants, so that the compiler can unroll.
 */
#ifndef TWOPART_MIX_BYTES_BODY_H
#define TWOPART_MIX_BYTES_BODY_H

#include "mix_bytes.h"
#include "mixing_steps.h"

/* Constants of a shape. */
struct mix_size {
	unsigned n_contexts;
	unsigned per_context; /* inputs */
	unsigned n_sets, n_apms;
};

/* What does not change within a byte, or within half of one. */
struct mix_walk {
	float input[MIX_INPUTS_MAX] __attribute__((aligned(64)));
	uint32_t hash[MIX_CONTEXTS_MAX];
	uint8_t *slot[MIX_CONTEXTS_MAX];
	struct indirect *used[MIX_CONTEXTS_MAX];
	struct indirect (*worth)[BIT_HISTORY_STATES];
	uint32_t set_base[MIX_SETS_MAX];
	uint32_t apm_base[MIX_APMS];
	float rate;       /* of the mixer */
	unsigned n_known; /* contexts of this half that had been seen */

	/* Of the present bit. */
	struct indirect *match_used[MIX_MATCHES];
	unsigned match_bit[MIX_MATCHES];
	unsigned expected; /* 0: no match; 1, 2: the longest says 0, 1 */
};

VEC_INLINE uint32_t hash_context(uint64_t value, unsigned number)
{
	uint64_t x = (value + (number + 1) * 0xd6e8feb86659fd93u) * 0x9e3779b97f4a7c15u;

	x ^= x >> 29;
	return (uint32_t)(x * 0xbf58476d1ce4e5b9u >> 32);
}

VEC_INLINE uint32_t hash_half(uint32_t hash, uint32_t path)
{
	uint32_t x = (hash + path * 0x9e3779b1u) * 0x2c1b3c6du;

	return (x ^ x >> 15) * 0x9e3779b1u;
}

/* --- matches --- */

VEC_INLINE unsigned length_class(uint32_t length)
{
	return length < 16 ? length : length < 32 ? 8 + length / 2 : length < 64 ? 16 + length / 4
	     : length < 512 ? 30 + length / 32 : 47;
}

VEC_INLINE unsigned match_class(const struct mix_match *m)
{
	return length_class(m->length) + (m->missed ? MIX_LENGTHS : 0);
}

/* The last byte came: follow the match, or look for one. */
VEC_INLINE void match_follow(struct mix_match *m, const struct mix_past *p)
{
	const uint8_t *end = p->byte + p->n;
	uint64_t hash = 0;

	if (m->missed)
		m->missed--;
	if (m->length && p->byte[m->at] == end[-1]) {
		m->at++;
		m->length += m->length < 65535;
	} else {
		m->length = 0;
	}
	if (p->n < m->min_bytes)
		return;
	for (unsigned i = 1; i <= m->min_bytes; i++)
		hash = (hash + end[-(int)i] + 1) * 0x9e3779b97f4a7c15u;
	hash ^= hash >> 32;
	uint32_t *last = &m->last[hash * 0x9e3779b97f4a7c15u >> (64 - m->log2)];

	if (!m->length && *last) {
		uint32_t at = *last, length = 0, most = at < 400 ? at : 400;

		while (length < most && p->byte[at - 1 - length] == end[-1 - (int)length])
			length++;
		m->at = at;
		m->length = length >= m->min_bytes ? length : 0;
	}
	*last = p->n;
}

/* --- a byte --- */

VEC_INLINE void find_slots(const struct mix_bytes *m, struct mix_walk *w, struct mix_size size,
			   uint32_t path)
{
	uint32_t hash[MIX_CONTEXTS_MAX];

	for (unsigned i = 0; i < size.n_contexts; i++) {
		hash[i] = path > 1 ? hash_half(w->hash[i], path) : w->hash[i];
		slot_prefetch(m->slots, m->lines_log2, hash[i]);
	}
	w->n_known = 0;
	for (unsigned i = 0; i < size.n_contexts; i++) {
		w->slot[i] = slot_find(m->slots, m->lines_log2, hash[i]);
		w->n_known += w->slot[i][1] != 0;
	}
}

VEC_INLINE float confidence(const struct indirect *e)
{
	return (float)(int32_t)(e->p_count >> 10) * (1.0f / (1 << 21)) - 1.0f;
}

/* What the contexts say about the bit at this node of the half's tree. */
VEC_INLINE void ask_contexts(struct mix_walk *w, struct mix_size size, unsigned node)
{
	for (unsigned i = 0; i < size.n_contexts; i++) {
		struct indirect *e = &w->worth[i][w->slot[i][node]];

		w->used[i] = e;
		w->input[size.per_context * i] = e->stretch;
		if (size.per_context > 1)
			w->input[size.per_context * i + 1] = confidence(e);
	}
}

/* What the matches say about the bit that follows `path`, the bits so far below a leading 1. */
VEC_INLINE void ask_matches(struct mix_bytes *m, struct mix_walk *w, struct mix_size size,
			    uint32_t path, unsigned n_left)
{
	float *input = w->input + size.per_context * size.n_contexts;
	uint32_t longest = 0;

	w->expected = 0;
	for (unsigned k = 0; k < MIX_MATCHES; k++) {
		struct mix_match *match = &m->match[k];
		uint32_t byte = match->length ? m->past.byte[match->at] | 256u : 0;

		w->match_used[k] = NULL;
		input[2 * k] = input[2 * k + 1] = 0;
		if (byte >> n_left != path)
			continue;
		struct indirect *e = &match->worth[match_class(match)];
		unsigned bit = byte >> (n_left - 1) & 1;

		w->match_used[k] = e;
		w->match_bit[k] = bit;
		input[2 * k] = bit ? e->stretch : -e->stretch;
		input[2 * k + 1] = bit ? confidence(e) : -confidence(e);
		if (match->length > longest) {
			longest = match->length;
			w->expected = 1 + bit;
		}
	}
}

VEC_INLINE void learn_bit(struct mix_bytes *m, struct mix_walk *w, struct mix_size size,
			  unsigned node, unsigned bit)
{
	for (unsigned i = 0; i < size.n_contexts; i++) {
		uint8_t *history = &w->slot[i][node];

		indirect_learn(w->used[i], &m->tables, bit, 255);
		*history = m->tables.machine.next[*history][bit];
	}
	for (unsigned k = 0; k < MIX_MATCHES; k++) {
		struct mix_match *match = &m->match[k];

		if (!w->match_used[k])
			continue;
		indirect_learn(w->match_used[k], &m->tables, w->match_bit[k] == bit, 1023);
		if (w->match_bit[k] != bit) {
			match->length = 0;
			match->missed = 16;
		}
	}
}

/* Of the bit at the end of `path`: which weights of each set. */
VEC_INLINE void choose_weights(const struct mix_bytes *m, const struct mix_walk *w,
			       struct mix_size size, uint32_t path, unsigned place,
			       float *weight[MIX_SETS_MAX])
{
	uint32_t known = w->n_known < 24 ? w->n_known : 24;
	uint32_t chosen[MIX_SETS_MAX] = {
	    w->set_base[0] + path,
	    (w->set_base[1] + w->expected) * 8 + place,
	    (known * 3 + w->expected) * 8 + place,
	    w->set_base[3] + place,
	    w->set_base[4] + place,
	    w->set_base[5] + place,
	    w->set_base[6] + (w->expected << 8) + path,
	};

	for (unsigned s = 0; s < size.n_sets; s++)
		weight[s] = m->weight[s] + (size_t)chosen[s] * m->n_inputs;
}

/* The second layer and the maps; *p_mixed is what the former says alone. */
VEC_INLINE float refine(struct mix_bytes *m, const struct mix_walk *w, struct mix_size size,
			const float *dot, float *final_weight, uint32_t path,
			struct apm_place *place, float *p_mixed)
{
	float x = mixer_dot(final_weight, dot, 1), sum;

	*p_mixed = squash(&m->tables, x);
	sum = *p_mixed;
	for (unsigned a = 0; a < size.n_apms; a++) {
		uint32_t cell = a ? (w->apm_base[a] ^ path * 0x9e3779b1u) >> 16
				  : w->apm_base[0] | path;

		sum += apm_refine(m->apm[a] + (size_t)cell * APM_CELLS, x, &place[a]);
	}
	return sum * (1.0f / (float)(size.n_apms + 1));
}

VEC_INLINE uint32_t to_channel(float p)
{
	float scaled = p * (float)BIT_PROBABILITY_ONE;

	return scaled < 1 ? 1 : scaled > (float)(BIT_PROBABILITY_ONE - 1)
		? BIT_PROBABILITY_ONE - 1 : (uint32_t)scaled;
}

/* One decision: mixes, codes and teaches the mixer. */
VEC_INLINE unsigned mix_bit(struct mix_bytes *m, struct mix_walk *w, struct mix_size size,
			    struct bit_channel *c, uint32_t path, unsigned place, unsigned bit)
{
	const unsigned n_vecs = (size.per_context * size.n_contexts + MIX_MATCH_INPUTS +
				 MIXING_LANES) / MIXING_LANES;
	float dot[MIXING_LANES] __attribute__((aligned(64))) = {0}, p[MIX_SETS_MAX], p_mixed;
	float *weight[MIX_SETS_MAX];
	float *final_weight = m->final_weight + path * MIXING_LANES;
	struct apm_place apm_place[MIX_APMS];

	choose_weights(m, w, size, path, place, weight);
	for (unsigned s = 0; s < size.n_sets; s++) {
		dot[s] = limit_stretch(mixer_dot(weight[s], w->input, n_vecs));
		p[s] = squash(&m->tables, dot[s]);
	}
	bit = c->code(c, to_channel(refine(m, w, size, dot, final_weight, path, apm_place,
					   &p_mixed)), bit);

	for (unsigned s = 0; s < size.n_sets; s++)
		mixer_learn(weight[s], w->input, n_vecs, ((float)bit - p[s]) * w->rate);
	mixer_learn(final_weight, dot, 1, ((float)bit - p_mixed) * 0.003f);
	for (unsigned a = 0; a < size.n_apms; a++)
		apm_learn(&apm_place[a], bit, 6);
	return bit;
}

VEC_INLINE void start_byte(struct mix_bytes *m, struct mix_walk *w, struct mix_size size)
{
	const struct mix_past *p = &m->past;
	const uint8_t *context = m->level->context[p->content];
	uint32_t length = m->match[0].length > m->match[1].length ? m->match[0].length
								   : m->match[1].length;

	for (unsigned i = 0; i < size.n_contexts; i++)
		w->hash[i] = hash_context(mix_contexts[context[i]].value(p), context[i]);
	w->worth = m->worth + p->content * size.n_contexts;
	w->rate = 0.008f * (1.0f + 8.0f / (1.0f + (float)p->n * (1.0f / 256)));
	w->set_base[0] = (uint32_t)p->content << 8;
	w->set_base[1] = (length_class(length) + (m->match[0].missed ? MIX_LENGTHS : 0)) * 3;
	w->set_base[3] = (uint32_t)(p->recent & 0xff) << 3;
	w->set_base[4] = (uint32_t)(p->recent >> 8 & 0xff) << 3;
	w->set_base[5] = (uint32_t)(p->recent >> 16 & 0xff) << 3;
	w->set_base[6] = 0;
	w->apm_base[0] = (uint32_t)(p->recent & 0xff) << 8;
	w->apm_base[1] = hash_context(p->recent & 0xffff, 77);
	w->apm_base[2] = hash_context(p->recent & 0xffffff, 78);
	memset(w->input, 0, sizeof w->input);
	w->input[size.per_context * size.n_contexts + MIX_MATCH_INPUTS] = 0.3f;
}

/* The eight decisions of a byte. */
VEC_INLINE uint32_t code_bits(struct mix_bytes *m, struct mix_size size, struct bit_channel *c,
			      uint32_t byte)
{
	struct mix_walk w;
	uint32_t path = 1;

	start_byte(m, &w, size);
	for (unsigned half = 0; half < 2; half++) {
		unsigned node = 1;

		find_slots(m, &w, size, path);
		for (unsigned i = 4 * half; i < 4 * half + 4; i++) {
			ask_contexts(&w, size, node);
			ask_matches(m, &w, size, path, 8 - i);
			unsigned bit = mix_bit(m, &w, size, c, path, i, byte >> (7 - i) & 1);

			learn_bit(m, &w, size, node, bit);
			node = 2 * node + bit;
			path = 2 * path + bit;
		}
	}
	return path & 0xff;
}

/* Where a match is long enough: is its byte right? */
VEC_INLINE bool code_whole(struct mix_bytes *m, struct bit_channel *c, uint32_t *byte)
{
	struct mix_match *match = &m->match[0];
	uint32_t predicted = m->past.byte[match->at];
	struct indirect *e = &match->whole[match_class(match)];
	uint32_t p = e->p_count >> 12;
	unsigned right;

	p = p < 1 ? 1 : p > BIT_PROBABILITY_ONE - 1 ? BIT_PROBABILITY_ONE - 1 : p;
	right = c->code(c, p, *byte == predicted);
	indirect_learn(e, &m->tables, right, 1023);
	if (right) {
		*byte = predicted;
		return true;
	}
	for (unsigned k = 0; k < MIX_MATCHES; k++) {
		m->match[k].length = 0;
		m->match[k].missed = 16;
	}
	return false;
}

VEC_INLINE uint32_t code_byte(struct mix_bytes *m, struct mix_size size, struct bit_channel *c,
			      uint32_t original)
{
	uint32_t byte = mix_past_coded(&m->past, (uint8_t)original);
	unsigned trusted = m->level->whole_byte_bytes;

	if (!trusted || m->match[0].length < trusted || !code_whole(m, c, &byte))
		byte = code_bits(m, size, c, byte);
	original = mix_past_original(&m->past, (uint8_t)byte);
	mix_past_add(&m->past, (uint8_t)byte);
	for (unsigned k = 0; k < MIX_MATCHES; k++)
		match_follow(&m->match[k], &m->past);
	return original;
}

static uint32_t code_small(struct mix_bytes *m, struct bit_channel *c, uint32_t byte)
{
	return code_byte(m, (struct mix_size){MIX_SMALL_CONTEXTS, 1, MIX_SMALL_SETS, 1}, c, byte);
}

static uint32_t code_medium(struct mix_bytes *m, struct bit_channel *c, uint32_t byte)
{
	return code_byte(m, (struct mix_size){MIX_MEDIUM_CONTEXTS, 1, MIX_MEDIUM_SETS, 2}, c, byte);
}

static uint32_t code_large(struct mix_bytes *m, struct bit_channel *c, uint32_t byte)
{
	return code_byte(m, (struct mix_size){MIX_LARGE_CONTEXTS, 2, MIX_LARGE_SETS, 3}, c, byte);
}

#define MIX_FORM_TABLE                                                                             \
	{                                                                                          \
		.code_byte = {code_small, code_medium, code_large},                                \
	}

#endif
