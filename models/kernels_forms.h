/* SPDX-License-Identifier: BSD-2-Clause
 *
 * kernels_forms.h - the tables of kernels that were compiled, whether the processor has them or no.
 */
#ifndef TWOPART_KERNELS_FORMS_H
#define TWOPART_KERNELS_FORMS_H

#include "kernels.h"
#include "simd.h"

/* NULL: not compiled for this target. */
extern const struct kernels *const kernels_plain, *const kernels_avx2, *const kernels_avx512;

/* The table of a form that simd_available() has, else NULL. */
const struct kernels *kernels_of(enum simd form);

/* Does the form give the plain form's bits for a short input with everything in it? */
bool kernels_agree(const struct kernels *k);
/* FNV-1a of what the form makes of that input, a number at a time: by which machines are compared.
 * Of a little-endian machine, as integers of 16 bits lie in pairs. */
uint64_t kernels_digest(const struct kernels *k);

#endif
