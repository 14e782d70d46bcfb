/* SPDX-License-Identifier: BSD-2-Clause
 *
 * mix_forms.h - the walk through a symbol, compiled once for each form of instructions.
 */
#ifndef TWOPART_MIX_FORMS_H
#define TWOPART_MIX_FORMS_H

#include "bit_channel.h"
#include "mix_level.h"
#include "simd.h"

struct mix_bytes;

struct mix_form {
	/* Code one byte, whose value is known or is to be learnt: returns it. */
	uint32_t (*code_byte[MIX_SHAPES])(struct mix_bytes *m, struct bit_channel *c,
					  uint32_t byte);
};

/* NULL: not compiled for this target. */
extern const struct mix_form *const mix_plain, *const mix_avx2, *const mix_avx512;

/* The form that kernels.h has chosen: it is the one that was found to agree. */
const struct mix_form *mix_form(void);

#endif
