/* SPDX-License-Identifier: BSD-2-Clause
 *
 * mix_deep_body.h - what the shape with mix_deep.h does more for each bit.
 *
 * Included by mix_bytes_body.h only, for the form that VEC_FORM names.
 */
#ifndef TWOPART_MIX_DEEP_BODY_H
#define TWOPART_MIX_DEEP_BODY_H

#define DEEP_RATE 0.002f /* of both layers, on long files */
#define DEEP_MAP_SHARE 0.65f
#define DEEP_COUNT_MAX 255 /* of a direct count: it forgets what is older */

struct deep_walk {
	struct direct_line *line[MIX_CONTEXTS_MAX];
	uint32_t own_base[DEEP_OWN]; /* of the sets of weights that are not shared */
	uint32_t map_base[DEEP_MAPS];
	float rate;

	/* Of the present bit. */
	uint32_t *count[MIX_CONTEXTS_MAX];
	float *weight[DEEP_SETS], *final_weight[DEEP_FINALS];
	float p[DEEP_SETS], final_p[DEEP_FINALS];
	float opinion[MIXING_LANES] __attribute__((aligned(64))); /* log-odds, of the mixers */
	struct apm_place place[DEEP_MAPS];
};

VEC_INLINE void deep_start_byte(const struct mix_bytes *m, struct deep_walk *d)
{
	const struct mix_past *p = &m->past;
	const struct mix_match *match = &m->match[0];
	uint32_t expected = match->length
				? p->byte[match->at] * 64u + length_class(match->length)
				: 0;

	uint32_t column = p->n - p->line < 63 ? p->n - p->line : 63;

	d->own_base[0] = (p->kinds & 0777) << 3;
	d->own_base[1] = column << 3;
	d->own_base[2] = p->word_before[0] * 0x9e3779b1u >> 23 << 3;
	d->own_base[3] = p->kinds >> 3 & 07777;
	d->map_base[0] = 0;
	d->map_base[1] = hash_context(p->recent & 0xffff, 78);
	d->map_base[2] = hash_context(p->recent & 0xffffff, 79);
	d->map_base[3] = hash_context(p->word, 80);
	d->map_base[4] = hash_context(p->recent & 0xffffffff, 81);
	d->map_base[5] = hash_context(expected, 82);
	d->rate = DEEP_RATE * (1.0f + 4.0f / (1.0f + (float)p->n * (1.0f / 8192)));
	memset(d->opinion, 0, sizeof d->opinion);
}

/* The lines of half a byte: `last` as for find_slots(). */
VEC_INLINE void deep_find_lines(const struct mix_bytes *m, struct deep_walk *d,
				struct mix_size size, unsigned last)
{
	for (unsigned i = 0; i < size.n_contexts; i++)
		d->line[i] =
		    direct_find(m->deep.lines, m->deep.lines_log2, m->hash[i] ^ last);
}

/* The third input of each context: what it has counted. */
VEC_INLINE void deep_ask(const struct mix_bytes *m, struct mix_walk *w, struct deep_walk *d,
			 struct mix_size size, unsigned node)
{
	for (unsigned i = 0; i < size.n_contexts; i++) {
		d->count[i] = &d->line[i]->p_count[node - 1];
		w->input[size.per_context * i + 2] = stretch22(&m->tables, *d->count[i] >> 10);
	}
}

/* The log-odds of both layers; those of the sum of all sets are x. */
VEC_INLINE float deep_mix(const struct mix_bytes *m, const struct mix_walk *w, struct deep_walk *d,
			  struct mix_size size, float x, uint32_t path, unsigned place)
{
	const uint32_t chosen[DEEP_FINALS] = {
	    path,
	    (uint32_t)(m->past.recent & 0xff) << 8 | path,
	    ((w->set_base[1] + w->expected[0]) * 3 + w->expected[1]) * 8 + place,
	};
	float sum = 0;

	choose_weights(w, size, path, place, m->deep.weight, d->weight);
	for (unsigned i = 0; i < DEEP_OWN; i++)
		d->weight[DEEP_SHARED + i] =
		    m->deep.weight[DEEP_SHARED + i] +
		    (size_t)(d->own_base[i] + (i < DEEP_OWN - 1 ? place : 0)) * mix_inputs(size);
	for (unsigned s = 0; s < DEEP_SETS; s++) {
		d->opinion[s] = limit_stretch(mixer_sum(&d->weight[s], 1, w->input,
							mix_inputs(size) / MIXING_LANES));
		d->p[s] = squash(&m->tables, d->opinion[s]);
	}
	d->opinion[DEEP_SETS] = limit_stretch(x);
	for (unsigned f = 0; f < DEEP_FINALS; f++) {
		d->final_weight[f] = m->deep.final_weight[f] + (size_t)chosen[f] * MIXING_LANES;
		float y = limit_stretch(mixer_sum(&d->final_weight[f], 1, d->opinion, 1));

		d->final_p[f] = squash(&m->tables, y);
		sum += y;
	}
	return sum * (1.0f / DEEP_FINALS);
}

/* The probability that log-odds x are worth, by the maps. */
VEC_INLINE float deep_maps(const struct mix_bytes *m, struct deep_walk *d, float x, uint32_t path)
{
	float sum = 0;

	for (unsigned i = 0; i < DEEP_MAPS; i++) {
		uint32_t context = i ? hash_half(d->map_base[i], path) >> (32 - DEEP_MAP_LOG2)
				     : path;

		sum += apm_refine(m->deep.map[i] + (size_t)context * APM_CELLS, x, &d->place[i]);
	}
	return squash(&m->tables, x) * (1 - DEEP_MAP_SHARE) + sum * (DEEP_MAP_SHARE / DEEP_MAPS);
}

/* The bit came; the inputs are still those of it. */
VEC_INLINE void deep_learn(const struct mix_bytes *m, const struct mix_walk *w,
			   struct deep_walk *d, struct mix_size size, unsigned bit)
{
	for (unsigned s = 0; s < DEEP_SETS; s++)
		mixer_learn(&d->weight[s], 1, w->input, mix_inputs(size) / MIXING_LANES,
			    ((float)bit - d->p[s]) * d->rate);
	for (unsigned f = 0; f < DEEP_FINALS; f++)
		mixer_learn(&d->final_weight[f], 1, d->opinion, 1,
			    ((float)bit - d->final_p[f]) * d->rate);
	for (unsigned i = 0; i < DEEP_MAPS; i++)
		apm_learn(&d->place[i], bit, 6);
	for (unsigned i = 0; i < size.n_contexts; i++)
		count_learn(d->count[i], &m->tables, bit, DEEP_COUNT_MAX);
}

#endif
