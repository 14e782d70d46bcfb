/* SPDX-License-Identifier: BSD-2-Clause
 *
 * sk_count_law.h - by which law a description's elements have their sizes coded.
 *
 * What an archive holds depends on it, so the arithmetic is that of elementary.h.
 */
#ifndef TWOPART_SK_COUNT_LAW_H
#define TWOPART_SK_COUNT_LAW_H

#include "sk_description.h"

/* Give the description the law that makes it shortest, with its parameters; law_bits[] gets what
 * each law costs, all the weights of the model together. */
MUST_CHECK enum status sk_count_law_choose(struct sk_description *d,
					   double law_bits[SK_COUNT_LAWS]);

#endif
