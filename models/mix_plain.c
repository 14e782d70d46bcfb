/* SPDX-License-Identifier: BSD-2-Clause
 *
 * mix_plain.c - the walk of `mix` in C: the form that every target has, and that the others equal.
 */
#include "mix_forms.h"

#define VEC_FORM VEC_PLAIN
#include "mix_bytes_body.h"

static const struct mix_form form = MIX_FORM_TABLE;
const struct mix_form *const mix_plain = &form;
