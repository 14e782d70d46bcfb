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
#include "mix_tokens_mixer.h"
#include "mixing_steps.h"

/* What does not change within a byte, or within half of one. */
struct mix_walk {
	float input[MIX_INPUTS_MAX] __attribute__((aligned(64)));
	uint8_t *slot[MIX_CONTEXTS_MAX];
	uint32_t *used[MIX_CONTEXTS_MAX];
	uint32_t (*worth)[BIT_HISTORY_STATES];
	uint32_t set_base[MIX_SETS_MAX];
	uint32_t apm_base[MIX_APMS];
	float rate;       /* of the mixer */
	unsigned n_known; /* contexts of this half that had been seen */

	/* Of the present bit. */
	unsigned expected[MIX_MATCHES]; /* 0: no match; 1, 2: it says 0, 1 */
	float *weight[MIX_SETS_MAX];
	struct apm_place apm_place[MIX_APMS];
	float p; /* of the mixer, that the bit is 1 */
	uint32_t p1; /* that was coded; only if the walk is watched */
};

/* Is the first match right about all of the next byte?  The opinions on that, mixed. */
struct whole_walk {
	float input[MIXING_LANES] __attribute__((aligned(64)));
	struct indirect *used[MIX_WHOLE_INPUTS];
	float *weight;
	float p;
	uint32_t predicted;
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
	return length < 16    ? length
	       : length < 32  ? 8 + length / 2
	       : length < 64  ? 16 + length / 4
	       : length < 512 ? 30 + length / 32
			      : 47;
}

VEC_INLINE unsigned match_class(const struct mix_match *m)
{
	return length_class(m->length) + (m->missed ? MIX_LENGTHS : 0);
}

/*
 * The hash of the last bytes, whose place in the table is then on its way.  Each byte moves what
 * came before it up, so that after min_bytes of them it has left the 64 bits.
 */
VEC_INLINE void match_hash(struct mix_match *m, const struct mix_past *p)
{
	m->hash = m->hash * ((uint64_t)0x2c1b3c6d297a2d39u << m->shift) +
		  ((p->recent & 0xff) + 1) * 0x9e3779b97f4a7c15u;
	m->slot = &m->last[m->hash >> (64 - m->log2)];
	__builtin_prefetch(m->slot, 1);
}

/* The byte that it predicts, plus 256; 0: none. */
VEC_INLINE uint32_t match_predicts(const struct mix_match *m, const struct mix_past *p)
{
	return m->length ? p->byte[m->at] | 256u : 0;
}

/* It predicted what did not come. */
VEC_INLINE void match_fail(struct mix_match *m)
{
	m->length = 0;
	m->missed = MIX_MISSED;
}

/* A byte came: the match goes on, or ends. */
VEC_INLINE void match_go_on(struct mix_match *m, const struct mix_past *p)
{
	if (m->missed)
		m->missed--;
	if (m->length && p->byte[m->at] == p->byte[p->n - 1]) {
		m->at++;
		m->length += m->length < 65535;
	} else {
		m->length = 0;
	}
}

/*
 * A byte came: follow the match; if there is none, and it is worth to look for one, see what
 * followed where the bytes before this one came last.  One byte late, so that the table has had
 * time to answer.
 */
VEC_INLINE void match_follow(struct mix_match *m, const struct mix_past *p, bool look)
{
	const uint8_t *byte = p->byte;
	uint32_t n = p->n;

	match_go_on(m, p);
	if (m->slot) {
		uint32_t at = *m->slot;

		if (look && !m->length && at && at < n - 1) {
			uint32_t length = 0, most = at < 400 ? at : 400;

			while (length <= most && byte[at - length] == byte[n - 1 - length])
				length++;
			m->at = at + 1;
			m->length = length > m->min_bytes ? length : 0;
		}
		*m->slot = n - 1;
	}
	match_hash(m, p);
}

/* --- a byte --- */

/* The contexts of the coming byte, whose lines are then on their way. */
VEC_INLINE void hash_contexts(struct mix_bytes *m, struct mix_size size)
{
	const struct mix_past *p = &m->past;
	const uint8_t *context = m->level->context[p->content];

	for (unsigned i = 0; i < size.n_contexts; i++) {
		m->hash[i] = hash_context(mix_contexts[context[i]].value(p), context[i]);
		slot_prefetch(m->slots, m->lines_log2, m->hash[i]);
	}
	m->hashed = p->n;
}

/* The same, unless they are there. */
VEC_INLINE void need_contexts(struct mix_bytes *m, struct mix_size size)
{
	if (m->hashed != m->past.n)
		hash_contexts(m, size);
}

/* The second half of a byte, whose first three bits are known: the fourth one is not needed for the
 * line, so that this comes while that bit is decided. */
VEC_INLINE void hash_second_half(struct mix_bytes *m, struct mix_size size, uint32_t path)
{
	for (unsigned i = 0; i < size.n_contexts; i++) {
		m->hash[i] = hash_half(m->hash[i], path);
		slot_prefetch(m->slots, m->lines_log2, m->hash[i]);
	}
}

/* The slots of half a byte: `last` is the bit that their lines do not depend on.  Returns how many
 * of the contexts had been seen. */
VEC_INLINE unsigned find_slots(const struct mix_bytes *m, struct mix_size size, unsigned last,
			       uint8_t **slot)
{
	unsigned n_known = 0;

	for (unsigned i = 0; i < size.n_contexts; i++) {
		slot[i] = slot_find(m->slots, m->lines_log2, m->hash[i] ^ last);
		n_known += slot[i][1] != 0;
	}
	return n_known;
}

/* p in units of 2^-22 as a number from -1 to 1. */
VEC_INLINE float confidence(uint32_t p)
{
	return (float)(int32_t)p * (1.0f / (1 << 21)) - 1.0f;
}

/* What the contexts say about the bit at this node of the half's tree. */
VEC_INLINE void ask_contexts(const struct mix_bytes *m, struct mix_walk *w, struct mix_size size,
			     unsigned node)
{
	for (unsigned i = 0; i < size.n_contexts; i++) {
		uint32_t *p = &w->worth[i][w->slot[i][node]];

		w->used[i] = p;
		w->input[size.per_context * i] = stretch22(&m->tables, *p);
		if (size.per_context > 1)
			w->input[size.per_context * i + 1] = confidence(*p);
	}
}

/* What the matches say about the bit that follows `path`, the bits so far below a leading 1. */
VEC_INLINE void ask_matches(struct mix_bytes *m, struct mix_walk *w, struct mix_size size,
			    uint32_t path, unsigned n_left)
{
	float *input = w->input + size.per_context * size.n_contexts;

	w->expected[0] = w->expected[1] = 0;
	for (unsigned k = 0; k < size.n_matches; k++) {
		const struct mix_match *match = &m->match[k];

		input[2 * k] = input[2 * k + 1] = 0;
		if (match->byte >> n_left != path)
			continue;
		unsigned bit = match->byte >> (n_left - 1) & 1;
		float sure = confidence(match->used->p_count >> 10);

		input[2 * k] = bit ? match->used->stretch : -match->used->stretch;
		input[2 * k + 1] = bit ? sure : -sure;
		w->expected[k] = 1 + bit;
	}
}

/* --- a network --- */

/* Before a byte: the masses of bytes become probabilities of bits. */
VEC_INLINE void network_start(struct mix_bytes *m)
{
	const float *mass = online_masses(m->network);
	float sum[512], most = 0;

	for (unsigned s = 0; s < 256; s++) {
		sum[256 + s] = mass[s];
		most = mass[s] > most ? mass[s] : most;
	}
	for (unsigned node = 255; node > 0; node--) {
		sum[node] = sum[2 * node] + sum[2 * node + 1];
		m->network_one[node] = sum[2 * node + 1] / sum[node];
	}
	m->network_sure = (unsigned)(most / sum[1] * (MIX_NETWORK_SURE - 0.01f));
}

VEC_INLINE void ask_network(const struct mix_bytes *m, struct mix_walk *w, struct mix_size size,
			    uint32_t path)
{
	float *input = w->input + size.per_context * size.n_contexts + 2 * size.n_matches;
	uint32_t p = (uint32_t)(m->network_one[path] * 4194303.0f);

	input[0] = stretch22(&m->tables, p);
	input[1] = confidence(p);
}

/* The bit behind `path` came. */
VEC_INLINE void learn_matches(struct mix_bytes *m, struct mix_size size, uint32_t path,
			      unsigned n_left, unsigned bit)
{
	for (unsigned k = 0; k < size.n_matches; k++) {
		struct mix_match *match = &m->match[k];

		if (match->byte >> n_left != path)
			continue;
		unsigned right = (match->byte >> (n_left - 1) & 1) == bit;

		indirect_learn(match->used, &m->tables, right, 1023);
		if (!right) {
			match_fail(match);
			match->byte = 0;
		}
	}
}

VEC_INLINE void learn_contexts(struct mix_bytes *m, struct mix_walk *w, struct mix_size size,
			       unsigned node, unsigned bit)
{
	for (unsigned i = 0; i < size.n_contexts; i++) {
		uint8_t *history = &w->slot[i][node];

		worth_learn(w->used[i], bit);
		*history = m->tables.machine.next[*history][bit];
	}
}

/* Of the bit at the end of `path`: which weights of each set of `all`. */
VEC_INLINE void choose_weights(const struct mix_walk *w, struct mix_size size, uint32_t path,
			       unsigned place, float *const all[MIX_SETS_MAX],
			       float *weight[MIX_SETS_MAX])
{
	uint32_t known = w->n_known < 24 ? w->n_known : 24;
	uint32_t chosen[MIX_SETS_MAX] = {
	    w->set_base[0] + path,
	    ((w->set_base[1] + w->expected[0]) * 3 + w->expected[1]) * 8 + place,
	    (known * 3 + w->expected[0]) * 8 + place,
	    w->set_base[3] + place,
	    w->set_base[4] + place,
	    w->set_base[5] + place,
	    w->set_base[6] + (w->expected[0] << 8) + path,
	    w->set_base[7] + place,
	};

	for (unsigned s = 0; s < size.n_sets; s++)
		weight[s] = all[s] + (size_t)chosen[s] * mix_inputs(size);
}

VEC_INLINE uint32_t to_channel(float p)
{
	return 1 + (uint32_t)(int32_t)(p * (float)(BIT_PROBABILITY_ONE - 2));
}

/* What map a holds for the bit behind `path`. */
VEC_INLINE uint16_t *apm_cells(const struct mix_bytes *m, const struct mix_walk *w, unsigned a,
			       uint32_t path)
{
	uint32_t context =
	    a ? w->apm_base[1] | path : (w->apm_base[0] ^ path * 0x9e3779b1u) >> 16;

	return m->apm[a] + (size_t)context * APM_CELLS;
}

/* The first map is too large for the caches: its cells are sent for as soon as `path` is known. */
VEC_INLINE void prefetch_apm(const struct mix_bytes *m, const struct mix_walk *w,
			     struct mix_size size, uint32_t path)
{
	if (!size.n_apms)
		return;
	const uint16_t *cells = apm_cells(m, w, 0, path);

	__builtin_prefetch(cells, 1);
	__builtin_prefetch(cells + APM_CELLS - 1, 1);
}

#include "mix_deep_body.h"
#include "mix_watch_body.h"

/* One decision: mixes and codes. */
VEC_INLINE unsigned mix_bit(struct mix_bytes *m, struct mix_walk *w, struct deep_walk *d,
			    struct mix_size size, struct bit_channel *c, uint32_t path,
			    unsigned place, unsigned bit)
{
	choose_weights(w, size, path, place, m->weight, w->weight);
	float x = mixer_sum(w->weight, size.n_sets, w->input, mix_inputs(size) / MIXING_LANES);
	float p = squash(&m->tables, x), sum = p;
	uint32_t p1;

	w->p = p;
	if (size.is_deep) {
		x = deep_mix(m, w, d, size, x, path, place);
		p1 = to_channel(deep_maps(m, d, x, path));
	} else {
		for (unsigned a = 0; a < size.n_apms; a++)
			sum += apm_refine(apm_cells(m, w, a, path), x, &w->apm_place[a]);
		p1 = to_channel(sum * (1.0f / (float)(size.n_apms + 1)));
	}
	if (size.is_watched)
		w->p1 = p1;
	return c->code(c, p1, bit);
}

/* What came is told to all that had a say. */
VEC_INLINE void learn_bit(struct mix_bytes *m, struct mix_walk *w, struct deep_walk *d,
			  struct mix_size size, unsigned node, unsigned bit)
{
	if (size.is_deep)
		deep_learn(m, w, d, size, bit);
	mixer_learn(w->weight, size.n_sets, w->input, mix_inputs(size) / MIXING_LANES,
		    ((float)bit - w->p) * w->rate);
	for (unsigned a = 0; a < size.n_apms; a++)
		apm_learn(&w->apm_place[a], bit, 6);
	learn_contexts(m, w, size, node, bit);
}

/* A mixer's rate: faster at the start. */
VEC_INLINE float mix_rate(float rate, const struct mix_past *p)
{
	return rate * (1.0f + 8.0f / (1.0f + (float)p->n * (1.0f / 256)));
}

VEC_INLINE void start_byte(struct mix_bytes *m, struct mix_walk *w, struct mix_size size)
{
	const struct mix_past *p = &m->past;

	need_contexts(m, size);
	w->worth = m->worth + p->content * size.n_contexts;
	w->rate = mix_rate(size.rate, p);
	w->set_base[0] = (uint32_t)p->content << 8;
	w->set_base[1] = (length_class(m->match[0].length) / 4 * 2 + (m->match[0].missed > 0)) * 3;
	w->set_base[3] = (uint32_t)(p->recent & 0xff) << 3;
	w->set_base[4] = (uint32_t)(p->recent >> 8 & 0xff) << 3;
	w->set_base[5] = (uint32_t)(p->recent >> 16 & 0xff) << 3;
	w->set_base[6] = 0;
	w->set_base[7] = m->network_sure << 3;
	w->apm_base[0] = hash_context(p->recent & 0xffff, 77);
	w->apm_base[1] = (uint32_t)(p->recent & 0xff) << 8;
	prefetch_apm(m, w, size, 1);
	memset(w->input, 0, mix_inputs(size) * sizeof *w->input);
	w->input[size.per_context * size.n_contexts + 2 * (size.n_matches + size.n_networks)] =
	    0.3f;
	for (unsigned k = 0; k < size.n_matches; k++) {
		struct mix_match *match = &m->match[k];

		match->byte = match_predicts(match, p);
		match->used = &match->worth[match_class(match)];
	}
}

/* For measuring what a context is worth: it says nothing, though it still is looked up. */
static void silence(const struct mix_bytes *m, struct mix_walk *w, struct mix_size size)
{
	const uint8_t *context = m->level->context[m->past.content];

	for (unsigned i = 0; i < size.n_contexts; i++)
		for (unsigned j = 0; j < size.per_context && m->silenced >> context[i] & 1; j++)
			w->input[size.per_context * i + j] = 0;
}

/* The eight decisions of a byte.  What must come from memory for the next ones is asked for as soon
 * as it is known which that is: before the last bit is learnt from. */
VEC_INLINE uint32_t code_bits(struct mix_bytes *m, struct mix_size size, struct bit_channel *c,
			      uint32_t byte)
{
	struct mix_walk w;
	struct deep_walk d;
	uint32_t path = 1;

	if (size.n_networks)
		network_start(m);
	start_byte(m, &w, size);
	if (size.is_deep)
		deep_start_byte(m, &d);
	for (unsigned half = 0; half < 2; half++) {
		unsigned node = 1;

		w.n_known = find_slots(m, size, half ? path & 1 : 0, w.slot);
		if (size.is_deep)
			deep_find_lines(m, &d, size, half ? path & 1 : 0);
		for (unsigned i = 4 * half; i < 4 * half + 4; i++) {
			if (i == 3)
				hash_second_half(m, size, path);
			ask_contexts(m, &w, size, node);
			if (size.is_deep)
				deep_ask(m, &w, &d, size, node);
			ask_matches(m, &w, size, path, 8 - i);
			if (size.n_networks)
				ask_network(m, &w, size, path);
			if (m->silenced)
				silence(m, &w, size);
			unsigned bit = mix_bit(m, &w, &d, size, c, path, i, byte >> (7 - i) & 1);

			if (size.is_watched)
				watch_bit(m, &w, &d, size, bit);
			if (i == 7) {
				mix_past_add(&m->past, (uint8_t)(2 * path + bit));
				hash_contexts(m, size);
			} else {
				prefetch_apm(m, &w, size, 2 * path + bit);
			}
			learn_bit(m, &w, &d, size, node, bit);
			learn_matches(m, size, path, 8 - i, bit);
			node = 2 * node + bit;
			path = 2 * path + bit;
		}
	}
	return path & 0xff;
}

/* False: there is no match long enough to ask. */
VEC_INLINE bool ask_whole(struct mix_bytes *m, struct mix_size size, struct whole_walk *w)
{
	struct mix_match *match = &m->match[0];
	const struct mix_past *p = &m->past;

	if (match->length < MIX_WHOLE_BYTES)
		return false;
	const uint32_t byte = p->byte[match->at], class = match_class(match);
	const uint32_t followed = p->followed2[p->recent & 0xffff];
	const uint32_t triple = (uint32_t)(p->recent << 8 | byte) * 0x9e3779b1u;
	uint32_t agree = 3 * (byte == (followed & 0xff) ? 2 : byte == followed >> 8);

	if (size.n_matches > 1 && m->match[1].length)
		agree += 1 + (byte == p->byte[m->match[1].at]);
	w->predicted = byte;
	w->used[0] = &match->whole[class];
	w->used[1] = &m->whole_agree[agree << 8 | byte];
	w->used[2] = &m->whole_pair[(p->recent & 0xff) << 8 | byte];
	w->used[3] = &m->whole_triple[triple >> 16];
	memset(w->input, 0, sizeof w->input);
	for (unsigned i = 0; i < MIX_WHOLE_INPUTS; i++)
		w->input[i] = w->used[i]->stretch;
	w->input[MIX_WHOLE_INPUTS] = 0.3f;
	w->weight = m->whole_weight + (size_t)(class / 4) * MIXING_LANES;
	w->p = squash(&m->tables, mixer_sum(&w->weight, 1, w->input, 1));
	return true;
}

VEC_INLINE void learn_whole(struct mix_bytes *m, const struct whole_walk *w, bool right)
{
	mixer_learn(&w->weight, 1, w->input, 1, ((float)right - w->p) * 0.003f);
	for (unsigned i = 0; i < MIX_WHOLE_INPUTS; i++)
		indirect_learn(w->used[i], &m->tables, right, 255);
}

/* Is that sure enough to ask? */
VEC_INLINE bool trust_whole(const struct mix_bytes *m, const struct whole_walk *w)
{
	return (uint32_t)(w->p * (float)(1 << 22)) >= m->level->whole_trust;
}

/* One decision for all of a byte: is it what the match predicts? */
VEC_INLINE bool code_whole(struct mix_bytes *m, struct bit_channel *c, const struct whole_walk *w,
			   uint32_t *byte)
{
	if (c->code(c, to_channel(w->p), *byte == w->predicted)) {
		*byte = w->predicted;
		return true;
	}
	for (unsigned k = 0; k < MIX_MATCHES; k++)
		match_fail(&m->match[k]);
	return false;
}

/* In text, the second model knows lines by their first words: what followed, in the last line that
 * began like this, the two words before?  At the start of a word only, and at once. */
VEC_INLINE void match_line(struct mix_match *m, const struct mix_past *p)
{
	const uint8_t *byte = p->byte;
	uint32_t n = p->n;

	match_go_on(m, p);
	if (!mix_past_at_word(p))
		return;
	uint64_t hash =
	    ((uint64_t)p->word_before[0] << 32 | p->word_before[1]) * 0x9e3779b97f4a7c15u;

	hash = (hash ^ hash >> 32 ^ p->key ^ p->spaced) * 0xd6e8feb86659fd93u;
	uint32_t *last = &m->last[hash >> (64 - m->log2)];
	uint32_t at = *last;

	if (at && m->length < 16 && m->min_bytes != UINT32_MAX) {
		uint32_t length = 0, most = at < 32 ? at : 32;

		while (length < most && byte[at - 1 - length] == byte[n - 1 - length])
			length++;
		m->at = at;
		m->length = length;
	}
	*last = n;
}

VEC_INLINE void follow_matches(struct mix_bytes *m, struct mix_size size)
{
	match_follow(&m->match[0], &m->past, true);
	if (size.n_matches < 2)
		return;
	if (m->past.content == MIX_TEXT)
		match_line(&m->match[1], &m->past);
	else
		match_follow(&m->match[1], &m->past, true);
}

VEC_INLINE uint32_t code_byte(struct mix_bytes *m, struct mix_size size, struct bit_channel *c,
			      uint32_t original)
{
	uint32_t byte = mix_past_coded(&m->past, (uint8_t)original);
	const uint32_t carry = m->past.carry;
	struct whole_walk w;
	const bool asked = ask_whole(m, size, &w);
	const bool trusted = asked && trust_whole(m, &w);
	const bool right = trusted && code_whole(m, c, &w, &byte);

	if (size.is_watched && trusted)
		watch_whole(m, &w, right);
	if (right)
		mix_past_add(&m->past, (uint8_t)byte);
	else
		byte = code_bits(m, size, c, byte);
	m->respelt |= trusted && !right && byte == w.predicted;
	if (size.n_networks)
		online_tell(m->network, byte);
	if (asked)
		learn_whole(m, &w, byte == w.predicted);
	follow_matches(m, size);
	return (uint8_t)(byte - carry);
}

#include "mix_small_body.h"

static uint32_t code_medium(struct mix_bytes *m, struct bit_channel *c, uint32_t byte)
{
	return code_byte(m, mix_sizes[MIX_SHAPE_MEDIUM], c, byte);
}

static uint32_t code_large(struct mix_bytes *m, struct bit_channel *c, uint32_t byte)
{
	return code_byte(m, mix_sizes[MIX_SHAPE_LARGE], c, byte);
}

static uint32_t code_neural(struct mix_bytes *m, struct bit_channel *c, uint32_t byte)
{
	return code_byte(m, mix_sizes[MIX_SHAPE_NEURAL], c, byte);
}

VEC_INLINE struct mix_size watched(struct mix_size size)
{
	size.is_watched = true;
	return size;
}

static uint32_t watch_medium(struct mix_bytes *m, struct bit_channel *c, uint32_t byte)
{
	return code_byte(m, watched(mix_sizes[MIX_SHAPE_MEDIUM]), c, byte);
}

static uint32_t watch_large(struct mix_bytes *m, struct bit_channel *c, uint32_t byte)
{
	return code_byte(m, watched(mix_sizes[MIX_SHAPE_LARGE]), c, byte);
}

static uint32_t watch_neural(struct mix_bytes *m, struct bit_channel *c, uint32_t byte)
{
	return code_byte(m, watched(mix_sizes[MIX_SHAPE_NEURAL]), c, byte);
}

#define MIX_FORM_TABLE                                                                             \
	{                                                                                          \
		.code_byte = {code_small, code_medium, code_large, code_neural},                   \
		.watch_byte = {NULL, watch_medium, watch_large, watch_neural},                     \
		.token_weigh = token_weigh, .token_teach = token_teach,                            \
	}

#endif
