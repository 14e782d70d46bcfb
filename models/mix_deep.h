/* SPDX-License-Identifier: BSD-2-Clause
 *
 * mix_deep.h - what the byte half of `neural` has beyond the largest shape of `mix`.
 *
 * A network takes most of the time anyway, so what was too slow for a level of `mix` has a place
 * here.  Each context also counts directly (mixing.h): a probability for each node of its own tree,
 * which its history, shared by all contexts with that past, can only name a class of.  Each set of
 * weights is a mixer of its own, too, with its own error; a second layer weighs what they say and
 * what the sum of the sets says, by a few sets of its own whose log-odds are averaged; and more
 * maps have the last word.
 *
 * Of text of 0.3 MB the counts took 1.4 %, four sets more than the large shape has 0.5 %, the maps
 * 0.3 %, seven contexts more 0.3 %; without the counts, second layer and maps took but 0.2 %.  Left
 * out: what followed each context last and how often in a row (0.1 %), seven more contexts
 * (0.04 %), faster rates for histories (nothing).
 */
#ifndef TWOPART_MIX_DEEP_H
#define TWOPART_MIX_DEEP_H

#include <stdint.h>

#include "arena.h"
#include "mixing.h"

#define DEEP_SHARED 8 /* mixers of the first layer with the sets of mix_set_sizes[] */
#define DEEP_OWN 4    /* .. with others: by kinds of bytes, column, and word before */
#define DEEP_OWN_SIZE 4096 /* rows of weights of each of those, at most */
#define DEEP_SETS (DEEP_SHARED + DEEP_OWN)
#define DEEP_FINALS 3 /* sets of weights of the second */
#define DEEP_MAPS 6
#define DEEP_MAP_LOG2 16 /* contexts of a map */

struct mix_deep {
	struct direct_line *lines;
	unsigned lines_log2;
	float *weight[DEEP_SETS];
	float *final_weight[DEEP_FINALS]; /* by MIXING_LANES */
	uint16_t *map[DEEP_MAPS];
};

/* Lay out the arrays for n_contexts contexts of n_max bytes, and mixers of n_inputs; then
 * mix_deep_start(). */
void mix_deep_layout(struct mix_deep *d, struct arena *a, uint64_t n_max, unsigned n_contexts,
		     unsigned n_inputs);
void mix_deep_start(struct mix_deep *d, const struct mixing_tables *t, unsigned n_inputs);

#endif
