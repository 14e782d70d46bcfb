/* SPDX-License-Identifier: BSD-2-Clause
 *
 * sk_belief.h - what an oracle of the Syntax-Knowledge source believes between two sentences.
 *
 * Three kinds of belief, one structure: `bayes` starts from the prior and learns each sentence it
 * has read; `known` holds the true world and never changes; `twopart` holds a description of the
 * corpus (corpora/sk_description.h) and crosses out what has been said.  Everything that
 * predicting a sentence needs (oracle_sk.c) is kept ready here, so that the cost of a sentence does
 * not depend on how many came before.  What still grows with noise is the number of distinct values
 * that an element has stated of an attribute, the length of the lists that are walked: about
 * gamma ln(c / gamma) for c statements.
 *
 * Tables.  The probability of a row entry is row_weight * row_scale, of a word word_weight *
 * class_scale: true probabilities times 1, or count + pseudo-count times 1 / (their sum), or what
 * is left of an exact count times 1 / (what is left of them all), 0 when nothing is.
 *
 * Elements.  Old ones weigh n_k - alpha, all unseen ones together beta + alpha K, split evenly over
 * the types (known: their true weights; twopart: the sentences about them that are to come, and the
 * unseen are the escapes).  Element k says value v of attribute a with probability
 * (base_ka + extra_kav) / V, where with c statements
 *
 *      base = gamma / (c_ka + gamma),  extra = V c_kav / (c_ka + gamma)
 *
 * (gamma = 0: base is 1 while nothing is known of a, then 0; twopart: base is the noise and extra
 * of the stored value V (1 - noise), and base is 1 if none is stored).  That is the base for all
 * but the few elements that once stated v.  So sums are kept per *pattern*, a set of attributes
 * that some state of the tree has behind it before the name: over all elements of the type, the
 * weight times the bases of the pattern's attributes; in total, by first part of the name, and by
 * value of each attribute that may follow.  The exceptions are found through lists by (type,
 * attribute, value).
 *
 * Arithmetic.  The sums kept by `bayes` and `twopart` are integers in units of 2^-30 sentences (an
 * element's share is rounded down, but never to 0), so adding and taking away cancels exactly; the
 * rest is IEEE double in a fixed order: types ascending, elements in list order.  So a kept sum is
 * wrong by at most 2^-30 an element, which matters only where shares are that small: several facts
 * of low noise before the name.
 */
#ifndef TWOPART_SK_BELIEF_H
#define TWOPART_SK_BELIEF_H

#include "sk_urn.h"
#include "world.h"

/* What the holder of a belief was told before the first sentence. */
enum sk_told {
	SK_TOLD_TRUTH, /* `known`: the true world */
	SK_TOLD_PRIOR, /* `bayes`: the prior */
	SK_TOLD_MODEL, /* `twopart`: the prior and a description of the corpus */
};

/* Kinds of tokens.  KIND_VALUE + a is a value of attribute a. */
enum { KIND_END, KIND_WORD, KIND_NAME, KIND_VALUE };
#define KINDS_MAX (KIND_VALUE + SK_ATTRIBUTES_MAX)

/* A kept sum: whole units where weights come and go, a plain sum in a known world, where they only
 * come and may be far smaller than a unit. */
union kept {
	uint64_t units; /* bayes, twopart */
	double real;    /* known */
};

/* Sums over the elements of one type, each weighted with its bases for a set of attributes. */
struct pattern {
	uint64_t attributes; /* the set, as bits */
	uint64_t values;     /* the attributes of which a value may follow */
	union kept total;
	union kept *first_part; /* (part_size[0]), NULL unless a name may follow */
	union kept *group;      /* (n_groups) sums of group_size neighbours of first_part */
	union kept **value;     /* (n_attributes) (n_values): weight * extra / V; set in `values` */
	union kept **value_group; /* likewise, sums of value_group_size neighbours */
};

/* What the start state of one type says: it is asked for every type at every sentence, and changes
 * only when a sentence of that type has been read. */
struct start {
	double *kind;  /* (KIND_VALUE + n_attributes) */
	double *word;  /* (n_words) */
	double *group; /* (n_word_groups) sums of word_group_size neighbours of word */
};

struct index_list {
	uint32_t *item;
	uint32_t n, capacity;
};

struct sk_belief {
	enum sk_told told;
	struct sk_prior *prior;
	struct sk_truth *truth; /* known only */
	struct sk_urn *urn;     /* twopart only */

	/* bayes: what was read; known: the truth's elements; twopart: the stored elements, and the
	 * stored counts of the tables, of exact ones what is left. */
	struct sk_counts *counts;

	double **row_weight;    /* (n_types)(n_row_entries) */
	double **row_scale;     /* (n_types)(n_states) */
	double **word_weight;   /* (n_types)(n_classes * n_class_words) */
	double **class_scale;   /* (n_types)(n_classes) */
	uint64_t **row_total;   /* (n_types)(n_states) sum of each row's counts; not in `known` */
	uint64_t **class_total; /* (n_types)(n_classes) likewise */

	double *attribute_base; /* known: (n_elements, n_attributes) */
	double new_weight;      /* of all unseen elements of one type together */

	uint32_t **pattern_of;    /* (n_types)(n_states) index, before the name */
	struct pattern **pattern; /* (n_types)(n_patterns[t]) */
	uint32_t *n_patterns;
	union kept **sums;             /* (n_types) where the patterns' sums lie */
	union kept ***sum_of_value;    /* (n_types) where their arrays value and value_group lie */
	uint32_t group_size, n_groups; /* of first name parts */
	uint32_t word_group_size, n_word_groups;
	uint32_t value_group_size, n_value_groups;
	struct start *start;         /* (n_types) */
	struct index_list *by_first; /* (part_size[0]) elements, ascending by name */
	uint64_t *n_free;            /* (n_groups) names of the group that no element has */
	struct index_list *by_value; /* (n_types, n_attributes, n_values) elements that stated it */
};

MUST_CHECK enum status sk_belief_open(struct sk_belief **out, const struct world *w, bool known);

/* What is believed by the reader of a description, which may be freed afterwards.  STATUS_CORRUPT
 * when it is none of this prior's, or contradicts itself. */
MUST_CHECK enum status sk_belief_open_model(struct sk_belief **out, const struct world *w,
					    const struct sk_description *d);
void sk_belief_close(struct sk_belief *b); /* NULL is fine */

/* Learn a sentence about element k, or about a new one (twopart: an escape) when k is UINT32_MAX.
 */
MUST_CHECK enum status sk_belief_learn(struct sk_belief *b, const struct sk_sentence *s,
				       uint32_t k);

/* Upper estimate of the memory for a corpus of n_total tokens, besides the loaded world: what the
 * prior determines is counted exactly, elements and facts are estimated (known: counted). */
uint64_t sk_belief_memory_bytes(const struct world *w, bool known, uint64_t n_total);

/* The same for the reader of a description; NULL: of any of a corpus of that length. */
uint64_t sk_belief_model_memory_bytes(const struct world *w, const struct sk_description *d,
				      uint64_t n_total);

/* No sentence can come any more: a description says how many there are. */
static inline bool sk_belief_is_over(const struct sk_belief *b)
{
	return b->told == SK_TOLD_MODEL && b->urn->n_left == 0;
}

/* ---- Questions. ---- */

static inline double row_probability(const struct sk_belief *b, uint32_t t, uint32_t s,
				     uint32_t entry)
{
	return b->row_weight[t][entry] * b->row_scale[t][s];
}

/* Fact node of the smallest value of (element, attribute), where the list of them, ascending by
 * value, begins; UINT32_MAX: nothing stated. */
static inline uint32_t fact_head(const struct sk_belief *b, uint32_t k, uint32_t a)
{
	return b->counts->fact_head[(size_t)k * b->prior->n_attributes + a];
}

static inline double kept_weight(const struct sk_belief *b, union kept sum)
{
	return b->told == SK_TOLD_TRUTH ? sum.real : (double)sum.units * 0x1p-30;
}

/* c_ka; 0 unless sentences are counted, which only `bayes` does. */
static inline double n_statements(const struct sk_belief *b, uint32_t k, uint32_t a)
{
	return b->counts->n_stated[(size_t)k * b->prior->n_attributes + a];
}

double base_factor(const struct sk_belief *b, uint32_t k, uint32_t a);

/* extra_kav of the fact node i of (k, a), where n = n_statements and `base` = base_factor; never
 * negative: in a known world a value that is rarer than those never stated is taken for one of
 * them while the element is not known. */
double extra_factor(const struct sk_belief *b, uint32_t i, double n, double base);

/* The factor of the node's value for a known element: base + extra, or V times the true
 * probability. */
double value_factor(const struct sk_belief *b, uint32_t i, double n, double base);

/* base + extra of value v. */
double fact_factor(const struct sk_belief *b, uint32_t k, uint32_t a, uint32_t v);

/* What element k weighs, on a scale of its own for each oracle. */
double element_weight(const struct sk_belief *b, uint32_t k);

/* The first part of a name. */
uint32_t name_first_part(const struct sk_belief *b, uint64_t name);

/* First place in the list, ascending by name, whose name is at least `name`. */
uint32_t list_search(const struct sk_belief *b, const struct index_list *l, uint64_t name);

/* Elements of type t that stated value v of attribute a. */
struct index_list *value_list(const struct sk_belief *b, uint32_t t, uint32_t a, uint32_t v);

/* Add the kinds that may follow state s of type t, times `weight`, to kind[]. */
void add_kinds(const struct sk_belief *b, uint32_t t, uint32_t s, double weight, double *kind);

#endif
