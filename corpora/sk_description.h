/* SPDX-License-Identifier: BSD-2-Clause
 *
 * sk_description.h - what the two-part code stores of a Syntax-Knowledge corpus: its model M.
 *
 * THE MODEL names a finite set of corpora, or a law on them, and the data say which one it is.
 *
 *   Elements.  Some elements are stored, in the order in which they first appear: name, type, and
 *   the number n_k of their sentences.  The other sentences are n_escapes *escapes*, about
 *   anybody.  The sequence of who is spoken of is uniform among those with these counts and this
 *   order of first appearance: with r_k sentences of element k to come, R in all, the next one is
 *   about a known k with probability r_k / R, about the next element of the list with
 *   U / R (U: what the unseen ones of the list have together), an escape with r_escapes / R.  An
 *   escape has a uniform type and a name uniform among those that are not stored, and its facts are
 *   uniform; nothing of it is remembered: what is not in M must be said each time.
 *
 *   Facts.  A stored element stores values of some of its attributes.  A statement of a stored
 *   one is that value with probability 1 - noise, else (noise) uniform; of another, uniform.
 *
 *   Tables.  Each row of the grammars with several entries, and each word table, is stored at its
 *   own precision.  Level 0: not at all; its entries have the prior's mean, 1 / J.  Level l: counts
 *   c' scaled to a total of m = 2^(l - 1); entry j has probability (c'_j + a) / (m + J a), a the
 *   prior's pseudo-count.  SK_LEVEL_EXACT: the counts c themselves, and the uses of the table are
 *   uniform among the sequences with these counts: entry j is next with probability
 *   (what is left of c_j) / (what is left of their sum).
 *
 * HOW IT IS WRITTEN (corpora/sk_model_code.c), and why nothing is lost.  n_k is coded by the
 * Pitman-Yor process itself: the size of the i-th element in order of appearance, less 1, is
 * beta-binomial with parameters (1 - alpha, beta + i alpha) on the sentences that are left, less 1;
 * multiplied with the uniform sequence of the data that is exactly the EPPF.  Likewise the exact
 * counts of a table are beta-binomial one after the other, and times the uniform sequence that is
 * exactly its Dirichlet-multinomial term.  Counts are sufficient, so a two-part code need not be
 * longer than the Bayes code; what it pays is only for which facts and which tables are stored.
 */
#ifndef TWOPART_SK_DESCRIPTION_H
#define TWOPART_SK_DESCRIPTION_H

#include "sk.h"

#define SK_LEVEL_EXACT 40u /* levels below are totals of 2^(level - 1) */
#define SK_NOT_STORED UINT32_MAX
#define SK_NOISE_ONE 65536u

/* How the sizes of the elements are coded; the shortest is chosen. */
enum sk_count_law {
	SK_COUNTS_PRIOR,       /* the EPPF with the prior's alpha and beta */
	SK_COUNTS_SENT,        /* the EPPF with alpha and beta sent (sk_sent_alpha()) */
	SK_COUNTS_ENUMERATIVE, /* number of elements, then uniform among the compositions */
	SK_COUNT_LAWS,
};

struct sk_stored_element {
	uint64_t name, n; /* n >= 1 sentences */
	uint32_t type;
};

struct sk_description {
	const struct sk_prior *prior; /* borrowed */
	uint64_t n_sentences, n_escapes; /* n_sentences = n_escapes + sum of all n */
	uint32_t n_elements;
	struct sk_stored_element *element; /* (n_elements) in order of first appearance */
	uint32_t *value;                   /* (n_elements, n_attributes) or SK_NOT_STORED */
	uint32_t noise;                    /* in units of 1 / SK_NOISE_ONE */

	enum sk_count_law count_law;
	uint32_t alpha_index, beta_index; /* of SK_COUNTS_SENT, else 0 */

	uint8_t **row_level;  /* (n_types)(n_states); 0 where a row has one entry */
	uint64_t **row;       /* (n_types)(n_row_entries) counts at that level */
	uint8_t **word_level; /* (n_types)(n_classes) */
	uint64_t **word;      /* (n_types)(n_classes * n_class_words) */
};

/* Nothing stored: no elements, all levels 0. */
MUST_CHECK enum status sk_description_open(struct sk_description **out, const struct sk_prior *p);
void sk_description_free(struct sk_description *d); /* NULL is fine */

#endif
