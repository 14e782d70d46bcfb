/* SPDX-License-Identifier: BSD-2-Clause
 *
 * mix_avx512.c - the walk of `mix` for AVX-512, where the Makefile says that the target may have
 * it.
 */
#include "mix_forms.h"

#if defined(__AVX512F__) && defined(__AVX512BW__) && defined(__AVX512VL__) &&                      \
    defined(__AVX512DQ__) && defined(__AVX512VNNI__)
#define VEC_FORM VEC_AVX512
#include "mix_bytes_body.h"

static const struct mix_form form = MIX_FORM_TABLE;
const struct mix_form *const mix_avx512 = &form;
#else
const struct mix_form *const mix_avx512 = NULL;
#endif
