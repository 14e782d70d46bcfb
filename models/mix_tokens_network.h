/* SPDX-License-Identifier: BSD-2-Clause
 *
 * mix_tokens_network.h - what a network says of the decisions that spell a token.
 *
 * A network (online.h) gives each symbol a mass.  A decision of a tree divides the words below a
 * node in two, so what the network says of it is the ratio of two sums; with the words of a tree
 * laid out in the tree's order, each sum is a difference of two of one row of running sums.  Those
 * of a topic's tree are a few hundred, and each mass has cost thousands of multiplications.  Words
 * that a tree does not have are the mass of its escape.
 */
#ifndef TWOPART_MIX_TOKENS_NETWORK_H
#define TWOPART_MIX_TOKENS_NETWORK_H

#include <stdbool.h>
#include <stdint.h>

#include "lexicon.h"
#include "online.h"
#include "status.h"

struct token_network;

/* *o must stay; it is told every token by token_network_tell(). */
MUST_CHECK enum status token_network_open(struct token_network **out, struct online *o,
					  uint32_t n_symbols);
void token_network_close(struct token_network *n); /* NULL is fine; does not close *o */

/* Upper estimate of the bytes it takes, those of *o aside. */
uint64_t token_network_memory(uint32_t n_symbols, uint64_t n_max);

/* From now on words are spelled by this lexicon, which must stay. */
MUST_CHECK enum status token_network_lexicon(struct token_network *n, const struct lexicon *lx);

/* Before the walk down a tree; escaped: from a topic's tree, whose words are then out. */
void token_network_tree(struct token_network *n, uint32_t tree, bool escaped);
float token_network_ask(const struct token_network *n, uint32_t node); /* P(1) */

/* Before an id that no tree has is spelled; then of the ids begin .. middle - 1 and middle ..
 * end - 1: that it is of the latter. */
void token_network_ids(struct token_network *n);
float token_network_ask_ids(const struct token_network *n, uint32_t begin, uint32_t middle,
			    uint32_t end);

void token_network_tell(struct token_network *n, uint32_t symbol);

#endif
