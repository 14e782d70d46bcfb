/* SPDX-License-Identifier: BSD-2-Clause
 *
 * mix_watch_body.h - telling an observer (mix_observer.h) what each opinion did about a bit.
 *
 * Included by mix_bytes_body.h only, for the form that VEC_FORM names.  Everything is as it was
 * when the bit was coded: weights and inputs have not learnt from it yet.
 */
#ifndef TWOPART_MIX_WATCH_BODY_H
#define TWOPART_MIX_WATCH_BODY_H

/* The weights of all sets together. */
VEC_INLINE struct vec watch_weight(const struct mix_walk *w, struct mix_size size, unsigned i)
{
	struct vec weight = vec_load(w->weight[0] + i);

	for (unsigned s = 1; s < size.n_sets; s++)
		weight = vec_add(weight, vec_load(w->weight[s] + i));
	return weight;
}

/* What each input adds to the log-odds. */
VEC_INLINE void watch_pulls(const struct mix_walk *w, struct mix_size size, float *pull)
{
	for (unsigned i = 0; i < mix_inputs(size); i += VEC_LANES)
		vec_store(pull + i,
			  vec_mul(watch_weight(w, size, i), vec_load(w->input + i)));
}

/* The same with two layers: an input's weight is that of all ways to the end.  That log-odds are
 * limited on the way is left out. */
VEC_INLINE void watch_deep_pulls(const struct mix_walk *w, const struct deep_walk *d,
				 struct mix_size size, float *pull)
{
	float share[DEEP_SETS + 1] = {0};

	for (unsigned s = 0; s <= DEEP_SETS; s++)
		for (unsigned f = 0; f < DEEP_FINALS; f++)
			share[s] += d->final_weight[f][s] * (1.0f / DEEP_FINALS);
	for (unsigned i = 0; i < mix_inputs(size); i += VEC_LANES) {
		struct vec weight = vec_mul(watch_weight(w, size, i), vec_set(share[DEEP_SETS]));

		for (unsigned s = 0; s < DEEP_SETS; s++)
			weight = vec_add(weight, vec_mul(vec_load(d->weight[s] + i),
							 vec_set(share[s])));
		vec_store(pull + i, vec_mul(weight, vec_load(w->input + i)));
	}
}

/* The opinion that has n inputs from here on. */
VEC_INLINE struct mix_opinion watch_opinion(const struct mix_walk *w, const float *pull,
					    unsigned number, unsigned from, unsigned n)
{
	struct mix_opinion o = {number, w->input[from], 0};

	for (unsigned i = from; i < from + n; i++)
		o.pull += pull[i];
	return o;
}

VEC_INLINE void watch_bit(struct mix_bytes *m, const struct mix_walk *w,
			  const struct deep_walk *d, struct mix_size size, unsigned bit)
{
	const uint8_t *number = m->opinion[m->past.content];
	float pull[MIX_INPUTS_MAX] __attribute__((aligned(64)));
	struct mix_opinion opinion[MIX_OPINIONS_MAX];
	unsigned n = 0, at = 0;

	if (size.is_deep)
		watch_deep_pulls(w, d, size, pull);
	else
		watch_pulls(w, size, pull);
	for (; n < size.n_contexts; at += size.per_context, n++)
		opinion[n] = watch_opinion(w, pull, number[n], at, size.per_context);
	for (unsigned k = 0; k < size.n_matches; at += 2, k++)
		opinion[n++] = watch_opinion(w, pull, m->opinion_matches + k, at, 2);
	for (unsigned k = 0; k < size.n_networks; at += 2, k++)
		opinion[n++] = watch_opinion(w, pull, m->opinion_network, at, 2);
	opinion[n++] = (struct mix_opinion){m->opinion_constant, 0, pull[at]};
	m->observer->told(m->observer, &(struct mix_decision){opinion, n, bit, 1, w->p1});
}

/* The first match was asked for a whole byte. */
VEC_INLINE void watch_whole(struct mix_bytes *m, const struct whole_walk *w, bool right)
{
	float odds = limit_stretch(mixer_sum(&w->weight, 1, w->input, 1));
	struct mix_opinion opinion = {m->opinion_matches, odds, odds};

	m->observer->told(m->observer, &(struct mix_decision){&opinion, 1, right, right ? 8 : 0,
							      to_channel(w->p)});
}

#endif
