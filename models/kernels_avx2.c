/* SPDX-License-Identifier: BSD-2-Clause
 *
 * kernels_avx2.c - the kernels for AVX2 and FMA, where the Makefile says that the target may have
 * them.
 */
#include "kernels_forms.h"

#if defined(__AVX2__) && defined(__FMA__)
#define VEC_FORM VEC_AVX2
#include "kernels_body.h"

static const struct kernels table = KERNELS_TABLE("avx2");
const struct kernels *const kernels_avx2 = &table;
#else
const struct kernels *const kernels_avx2 = NULL;
#endif
