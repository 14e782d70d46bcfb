/* SPDX-License-Identifier: BSD-2-Clause
 *
 * kernels_avx512.c - the kernels for AVX-512 F, BW, VL, DQ and VNNI, where the Makefile says that
 * the target may have them.
 */
#include "kernels_forms.h"

#if defined(__AVX512F__) && defined(__AVX512BW__) && defined(__AVX512VL__) &&                      \
    defined(__AVX512DQ__) && defined(__AVX512VNNI__)
#define VEC_FORM VEC_AVX512
#include "kernels_body.h"

static const struct kernels table = KERNELS_TABLE("avx512");
const struct kernels *const kernels_avx512 = &table;
#else
const struct kernels *const kernels_avx512 = NULL;
#endif
