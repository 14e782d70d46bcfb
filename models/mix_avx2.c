/* SPDX-License-Identifier: BSD-2-Clause
 *
 * mix_avx2.c - the walk of `mix` for AVX2, where the Makefile says that the target may have it.
 */
#include "mix_forms.h"

#if defined(__AVX2__) && defined(__FMA__)
#define VEC_FORM VEC_AVX2
#include "mix_bytes_body.h"

static const struct mix_form form = MIX_FORM_TABLE;
const struct mix_form *const mix_avx2 = &form;
#else
const struct mix_form *const mix_avx2 = NULL;
#endif
