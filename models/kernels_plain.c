/* SPDX-License-Identifier: BSD-2-Clause
 *
 * kernels_plain.c - the kernels in C: the form that every target has, and that the others must
 * equal.
 */
#include "kernels_forms.h"

#define VEC_FORM VEC_PLAIN
#include "kernels_body.h"

static const struct kernels table = KERNELS_TABLE("plain");
const struct kernels *const kernels_plain = &table;
