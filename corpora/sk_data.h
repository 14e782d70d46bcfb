/* SPDX-License-Identifier: BSD-2-Clause
 *
 * sk_data.h - the length of a Syntax-Knowledge corpus given a description of it: L(X | M) in closed
 * form.
 *
 * What is stored is chosen by it, so the arithmetic is that of elementary.h.
 */
#ifndef TWOPART_SK_DATA_H
#define TWOPART_SK_DATA_H

#include "bound.h"
#include "sk_description.h"

/* The bits by part.  O(elements + facts + table entries). */
void sk_data_bits(const struct sk_description *d, const struct sk_counts *c,
		  double bits[BOUND_PARTS]);

#endif
