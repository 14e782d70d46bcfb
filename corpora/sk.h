/* SPDX-License-Identifier: BSD-2-Clause
 *
 * sk.h - the Syntax-Knowledge source: its prior, one parsed sentence, and counts of a corpus.
 *
 * THE SOURCE.  A world is drawn once, then N sentences independently from it.
 *
 * Knowledge.  Elements have weights from a Pitman-Yor process: discount alpha, concentration beta.
 * An element is (type t, name, attribute values v_1..v_A): t uniform over the T types; the name
 * uniform over the names that no earlier element has; each v_a uniform over V values.  With noise
 * gamma > 0 the element does not hold a value but a distribution eta_a ~ Dirichlet(gamma / V, ..)
 * for each attribute, and every statement of attribute a draws from it; gamma = 0 is its limit, a
 * fact that never varies.
 *
 * Syntax.  Type t speaks through cluster t: a tree of states.  The start state emits nothing; each
 * other state emits one function word of its class, or the name (all its parts), or one value of
 * its attribute.  In a state the next one, or the end of the sentence, is drawn from the state's
 * row; a word is drawn from its class's table (one table a class and cluster, shared by all states
 * of that class).  Rows and tables are Dirichlet with a common pseudo-count each.
 *
 * TOKENS.  0 ends a sentence.  Then, in this order: function words, the parts of names (one range
 * a part), the values of attribute 0, of attribute 1, ..  Word tokens are shared by the clusters;
 * a cluster's classes are disjoint.
 *
 * RULES that make every sum of the Bayes code finite and exact; sk_prior_load() refuses a grammar
 * that breaks one:
 *   1. each cluster's states form a tree (one predecessor, smaller index), and siblings differ in
 *      what they emit: the state is known from the tokens (unifilar);
 *   2. on each path from the start to an end: the name exactly once, each class and each
 *      attribute at most once; so no table is used twice in a sentence;
 *   3. no complete sentence belongs to two clusters, so a finished sentence reveals its type;
 *   4. what an oracle keeps for the patterns (below) of all clusters is at most SK_SUMS_MAX numbers
 *      of 8 bytes, and whether rule 3 holds is known after SK_STEPS_MAX steps and SK_STEPS_PAIR for
 *      each pair of clusters (drawn worlds take at most 830,000 a pair).  STATUS_LIMIT.
 * The name may stand anywhere, before or after words and values alike: until it has been read, the
 * type and the element are unknown and the predictor sums over them.
 *
 * RECOMPUTING bayes_bits.  Read PREFIX.bin and "prior" of PREFIX.json.  Cut at token 0.  For each
 * sentence find the one cluster whose tree accepts it; the path gives one row entry per step
 * (the end included), one table entry per word, the name, and (attribute, value) statements.  With
 * n sentences, K distinct names, n_k sentences with name k, (x)_m = x (x+1) .. (x+m-1):
 *   partition_bits = lg (beta+1)_{n-1} - sum_{i=1}^{K-1} lg(beta + i alpha)
 *                    - sum_k lg (1-alpha)_{n_k-1}
 *   name_bits      = K lg T + sum_{j=0}^{K-1} lg(names - j),  names = product of the part sizes
 *                    (type_bits = K lg T is its part for the types)
 *   fact_bits      = for every (element, attribute) that is stated, with m statements and counts
 *                    c_v:  gamma = 0: lg V;  else lg (gamma)_m - sum_v lg (gamma/V)_{c_v}
 *   syntax_bits    = for every row (and every table) with J entries, pseudo-count a, counts c_j and
 *                    total c:  lg (J a)_c - sum_j lg (a)_{c_j}
 *   bayes_bits     = their sum
 * tests/recompute_bayes_bits.py is such a program.
 *
 * known_bits uses "truth": -lg of the element's weight, of the row and table probabilities, and of
 * the noise probabilities, per use.  known_bits_expected replaces each -lg p by its posterior mean
 * given the corpus: (psi(total + sum of pseudo-counts) - psi(count + pseudo-count)) / ln 2, with
 * count n_k and pseudo-count -alpha (total pseudo-count beta) for the weights.
 *
 * When all names are taken no element can be new any more; the oracle knows that and ends a little
 * below bayes_bits, whose partition term does not.
 *
 * WHEN THE KNOWN WORLD IS NO BOUND.  The process has infinitely many elements and there are
 * finitely many names, so "no two elements have one name" holds only for those that occur: the
 * known world names these, gives each its weight, and says nothing of the others.  An element that
 * occurred once has a weight of shape 1 - alpha a posteriori, and the mean of -lg p is about lg n +
 * 1.44 / (1 - alpha) bits; for alpha near 1 that is more than the Bayes code pays for a new
 * element, lg of what names, types and values there are.  With the default sizes known_bits lies
 * below bayes_bits up to alpha 0.94 (0.97 of it at 100,000 sentences, 0.89 at alpha 0.9) and above
 * it from 0.95 on.  bayes_bits is the bound for whoever is told the prior only, at any alpha.
 */
#ifndef TWOPART_SK_H
#define TWOPART_SK_H

#include <jansson.h>
#include <stdbool.h>
#include <stdint.h>

#include "corpus.h"
#include "rng.h"
#include "status.h"

#define SK_TYPES_MAX 64u
#define SK_CLASSES_MAX 64u
#define SK_ATTRIBUTES_MAX 60u
#define SK_NAME_PARTS_MAX 3u
#define SK_STATES_MAX 65535u
#define SK_SENTENCE_MAX 255u /* tokens of the longest sentence */
#define SK_END_TOKEN 0u
#define SK_END 0xffffu  /* as a successor: the sentence ends here */
#define SK_NONE 0xffffu /* no such class or state */
#define SK_NO_ENTRY UINT32_MAX
#define SK_NO_PATTERN UINT32_MAX
#define SK_SUMS_MAX ((uint64_t)1 << 29)
#define SK_STEPS_MAX ((uint64_t)1 << 24)
#define SK_STEPS_PAIR ((uint64_t)1 << 20)

enum sk_emit { SK_EMIT_START, SK_EMIT_WORD, SK_EMIT_NAME, SK_EMIT_VALUE };

struct sk_state {
	uint8_t emit;    /* enum sk_emit */
	uint16_t arg;    /* class of SK_EMIT_WORD, attribute of SK_EMIT_VALUE */
	uint16_t n_next; /* entries of its row */
	uint32_t
	    first_next; /* where they start in next[] and in every array indexed by row entry */
};

struct sk_cluster {
	uint32_t n_states, n_row_entries;
	struct sk_state *state; /* (n_states); [0] is the start */
	uint16_t *next;         /* (n_row_entries) state, or SK_END */
	uint16_t *class_word;   /* (n_classes, n_class_words) word index, not token */
	uint16_t *word_class;   /* (n_words) class of a word, or SK_NONE */
	uint16_t *word_slot;    /* (n_words) its place in that class */
};

/* What the Bayes oracle knows: JSON member "prior". */
struct sk_prior {
	double alpha, beta, gamma; /* exact millionths, divided once */
	int64_t alpha_millionths, beta_millionths;
	double row_pseudo_count, word_pseudo_count;
	uint32_t n_types, n_classes, n_class_words, n_words;
	uint32_t n_name_parts, part_size[SK_NAME_PARTS_MAX];
	uint32_t n_attributes, n_values;
	uint64_t n_names; /* product of the part sizes */

	uint32_t first_word, first_part[SK_NAME_PARTS_MAX], first_value, vocab; /* tokens */
	struct sk_cluster *cluster;                                             /* (n_types) */
};

MUST_CHECK enum status sk_prior_load(struct sk_prior **out, const json_t *prior);
void sk_prior_free(struct sk_prior *p); /* NULL is fine */

/* The n-th attribute's first token. */
static inline uint32_t sk_value_token(const struct sk_prior *p, uint32_t attribute, uint32_t value)
{
	return p->first_value + attribute * p->n_values + value;
}

/* The state after `s` that emits (emit, arg), or SK_NONE; *entry gets its row entry. */
uint32_t sk_step(const struct sk_cluster *c, uint32_t s, enum sk_emit emit, uint32_t arg,
		 uint32_t *entry);

/* The row entry of ending the sentence in state s, or SK_NO_ENTRY. */
uint32_t sk_end_entry(const struct sk_cluster *c, uint32_t s);

/*
 * Patterns of a cluster: the different sets of attributes that its states have behind them before
 * the name.  Oracles sum over all elements once per pattern (models/sk_belief.h).
 */
struct sk_pattern {
	uint64_t attributes; /* the set, as bits */
	uint64_t values;     /* the attributes of which a value may follow */
	bool name;           /* the name may follow */
};

struct sk_patterns {
	uint32_t n;
	struct sk_pattern *pattern; /* (n) in order of discovery; [0] is the empty set */
	uint32_t *of_state;         /* (n_states) index, or SK_NO_PATTERN after the name */
};

/* O(row entries). */
MUST_CHECK enum status sk_patterns_find(struct sk_patterns *out, const struct sk_cluster *c);
void sk_patterns_free(struct sk_patterns *patterns);

/* Choices among n are made in two steps, through groups of about the square root of n. */
static inline uint32_t sk_group_size(uint32_t n)
{
	uint32_t size = 1;

	while (size * size < n)
		size++;
	return size;
}

static inline uint32_t sk_n_groups(uint32_t n)
{
	return (n + sk_group_size(n) - 1) / sk_group_size(n);
}

/* How many sums a pattern needs: by first part of the name and by value, and for their groups. */
uint64_t sk_pattern_sums(const struct sk_prior *p, const struct sk_pattern *q);

/* A complete sentence, read. */
struct sk_sentence {
	uint32_t type;
	uint64_t name; /* mixed radix over the parts, first part highest */
	uint32_t n_rows, n_words, n_facts;
	uint32_t row_entry[SK_SENTENCE_MAX + 1];
	uint32_t row_state[SK_SENTENCE_MAX + 1]; /* whose row it is */
	uint16_t word_class[SK_SENTENCE_MAX], word_slot[SK_SENTENCE_MAX];
	uint16_t attribute[SK_ATTRIBUTES_MAX], value[SK_ATTRIBUTES_MAX];
};

/* Parse n tokens (the end token included) as a sentence of cluster `type`; false if it is not. */
bool sk_parse_as(const struct sk_prior *p, uint32_t type, const uint16_t *token, uint32_t n,
		 struct sk_sentence *out);

/* As above, for whichever cluster accepts it. */
bool sk_parse(const struct sk_prior *p, const uint16_t *token, uint32_t n, struct sk_sentence *out);

/*
 * Sufficient statistics of a corpus: everything that the closed forms need.  Memory O(distinct
 * elements and stated facts).
 */
struct sk_fact_count {
	uint32_t value, count;
	uint32_t next;      /* the same (element, attribute)'s next larger value, or UINT32_MAX */
	double probability; /* noise probability in the true world; 1 without noise */
};

struct sk_element_count {
	uint64_t name;
	uint32_t type;
	uint64_t n;    /* sentences */
	double weight; /* in the true world; 0 when no truth was loaded */
};

struct sk_counts {
	const struct sk_prior *prior;
	uint64_t n_sentences, n_tokens;
	uint64_t **row;  /* (n_types)(n_row_entries) */
	uint64_t **word; /* (n_types)(n_classes * n_class_words) */
	uint32_t n_elements, n_elements_capacity;
	struct sk_element_count *element;
	uint32_t *fact_head; /* (n_elements, n_attributes) smallest value's node or UINT32_MAX */
	uint32_t *n_stated;  /* (n_elements, n_attributes) statements: sum of the nodes' counts */
	struct sk_fact_count *fact;
	uint32_t n_facts, n_facts_capacity;
	uint32_t *slot;   /* open addressing by name: element + 1, 0 = empty */
	uint32_t n_slots; /* a power of two */
};

MUST_CHECK enum status sk_counts_open(struct sk_counts **out, const struct sk_prior *p);
void sk_counts_free(struct sk_counts *c); /* NULL is fine */

/* The element of that name, made when `make`; UINT32_MAX: absent, or no memory (when make). */
uint32_t sk_counts_element(struct sk_counts *c, uint64_t name, uint32_t type, bool make);

/* The count node of (element, attribute, value), made (count 0) when absent and `make`; UINT32_MAX:
 * absent, or no memory.  O(values that this element has stated of the attribute). */
uint32_t sk_counts_fact(struct sk_counts *c, uint32_t element, uint32_t attribute, uint32_t value,
			bool make);

/*
 * Add one sentence.  If `first_fact` is given, bit i is set when fact i was not stated before.
 * Errors: STATUS_CORRUPT when the name is known with another type, or a noiseless fact varies.
 */
MUST_CHECK enum status sk_counts_add(struct sk_counts *c, const struct sk_sentence *s,
				     uint64_t *first_fact);

/* Add a whole corpus.  STATUS_CORRUPT when it is none of this prior's. */
MUST_CHECK enum status sk_counts_add_tokens(struct sk_counts *c, const uint16_t *token,
					    uint64_t n_tokens);

/* True probabilities of a world: JSON member "truth". */
struct sk_truth {
	double **row;  /* (n_types)(n_row_entries) */
	double **word; /* (n_types)(n_classes * n_class_words) */
	double unseen_weight;
	/* Elements, weights and facts are in counts: weight and probability set, counts 0. */
	struct sk_counts *counts;
};

/* An empty one (all probabilities 0), to be filled in. */
MUST_CHECK enum status sk_truth_open(struct sk_truth **out, const struct sk_prior *p);

/*
 * Read and check JSON member "truth": every row, every word table, and all weights with the unseen
 * one sum to 1; a probability is 0 or at least DRAW_PROBABILITY_MIN (draw.h), a weight and a listed
 * noise probability are never 0.  STATUS_CORRUPT otherwise.
 */
MUST_CHECK enum status sk_truth_load(struct sk_truth **out, const struct sk_prior *p,
				     const json_t *truth);
void sk_truth_free(struct sk_truth *t); /* NULL is fine */

/* One zeroed array per cluster, of row entries or of word table entries; NULL: no memory. */
void *sk_cluster_arrays(const struct sk_prior *p, bool rows, size_t item_bytes);
void sk_cluster_arrays_free(const struct sk_prior *p, void *arrays); /* NULL is fine */

#endif
