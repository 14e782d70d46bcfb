/* SPDX-License-Identifier: BSD-2-Clause
 *
 * mix_forms.h - the walk through a symbol, compiled once for each form of instructions.
 */
#ifndef TWOPART_MIX_FORMS_H
#define TWOPART_MIX_FORMS_H

#include "bit_channel.h"
#include "mix_level.h"
#include "simd.h"

#define TOKEN_INPUTS 32 /* of the token half's mixer */
#define TOKEN_SETS 3    /* of weights */

struct mix_bytes;

struct mix_form {
	/* Code one byte, whose value is known or is to be learnt: returns it. */
	uint32_t (*code_byte[MIX_SHAPES])(struct mix_bytes *m, struct bit_channel *c,
					  uint32_t byte);
	/* The same, and the observer is told.  NULL: not in this shape. */
	uint32_t (*watch_byte[MIX_SHAPES])(struct mix_bytes *m, struct bit_channel *c,
					   uint32_t byte);

	/* The token half's mixer (mix_tokens_mixer.h). */
	void (*token_weigh)(float sum[TOKEN_SETS], float *const weight[TOKEN_SETS],
			    const float *input);
	void (*token_teach)(float *const weight[TOKEN_SETS], const float *input,
			    const float step[TOKEN_SETS]);
};

/* NULL: not compiled for this target. */
extern const struct mix_form *const mix_plain, *const mix_avx2, *const mix_avx512;

/* The form that kernels.h has chosen: it is the one that was found to agree. */
const struct mix_form *mix_form(void);

#endif
