/* SPDX-License-Identifier: BSD-2-Clause
 *
 * mix_tokens_mixer.h - the token half's mixer, whose loops are compiled for each form.
 *
 * A product and a sum are two roundings, in a fixed order: the same bits in every form.
 */
#ifndef TWOPART_MIX_TOKENS_MIXER_H
#define TWOPART_MIX_TOKENS_MIXER_H

#include "mix_forms.h"
#include "vec.h"

/* sum[s] = the inputs weighed by set s. */
static void token_weigh(float sum[TOKEN_SETS], float *const weight[TOKEN_SETS], const float *input)
{
	for (unsigned s = 0; s < TOKEN_SETS; s++) {
		struct vec v = vec_mul(vec_load(weight[s]), vec_load(input));

		for (unsigned i = VEC_LANES; i < TOKEN_INPUTS; i += VEC_LANES)
			v = vec_add(v, vec_mul(vec_load(weight[s] + i), vec_load(input + i)));
		sum[s] = vec_tree_add(v);
	}
}

/* weight[s][i] += step[s] x input[i] */
static void token_teach(float *const weight[TOKEN_SETS], const float *input,
			const float step[TOKEN_SETS])
{
	for (unsigned s = 0; s < TOKEN_SETS; s++)
		for (unsigned i = 0; i < TOKEN_INPUTS; i += VEC_LANES)
			vec_store(weight[s] + i,
				  vec_add(vec_load(weight[s] + i),
					  vec_mul(vec_set(step[s]), vec_load(input + i))));
}

#endif
