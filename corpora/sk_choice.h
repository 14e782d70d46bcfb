/* SPDX-License-Identifier: BSD-2-Clause
 *
 * sk_choice.h - which description of a Syntax-Knowledge corpus to store: a knapsack.
 *
 * Items.  Each element may be stored, and each table at increasing precision.  An item costs bits
 * of the model and saves bits of the data.  The levels of a table enter by the convex hull of
 * (cost, data bits), so that each next one saves fewer bits a bit spent.  Items are taken in
 * descending order of bits saved a bit spent, which is the optimum of the fractional knapsack; with
 * a limit, as many as the model's exact length (sk_model_weigh()) has room for, and then a few
 * that are smaller than the first one left out.  Without, the shortest total of a few prefixes.
 *
 * What an item costs and saves is taken as independent of the others.  It nearly is: the price of a
 * size depends a little on the sizes before it, and that of saying who is spoken of on how many
 * escapes there are.  The prefixes are then compared by their exact lengths.
 *
 * Everything here decides what an archive holds, so the arithmetic is that of elementary.h.
 */
#ifndef TWOPART_SK_CHOICE_H
#define TWOPART_SK_CHOICE_H

#include "sk_description.h"
#include "sk_model_code.h"

enum sk_item_kind { SK_ITEM_ELEMENT, SK_ITEM_ROW, SK_ITEM_WORDS };

struct sk_item {
	double cost_bits, saved_bits; /* cost > 0 */
	enum sk_item_kind kind;
	uint32_t type;  /* of a table */
	uint32_t index; /* element of the counts; state of a row; class of a word table */
	uint8_t level;  /* of a table: from the item before it to this one */
};

/* All items, in the order in which they are taken; the caller frees *item. */
MUST_CHECK enum status sk_choice_items(const struct sk_counts *c, struct sk_item **item,
				       size_t *n);

#define SK_MODEL_BITS_ANY UINT64_MAX /* no limit: the shortest total */

/*
 * The description to store: of at most model_bits_max bits once written as bytes (or the smallest
 * there is), or the one with the shortest total.  law_bits[] gets what the weights of the model
 * cost under each law of the sizes; the description has the shortest.
 */
MUST_CHECK enum status sk_choose(struct sk_description **out, const struct sk_counts *c,
				 uint64_t model_bits_max, double law_bits[SK_COUNT_LAWS]);

#endif
