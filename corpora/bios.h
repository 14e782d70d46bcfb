/* SPDX-License-Identifier: BSD-2-Clause
 *
 * bios.h - biographies of made-up people (bioS): the prior, one parsed biography, and bounds.
 *
 * THE SOURCE.  People, and N biographies of them.  A person has a name (one of 400 first, 400
 * middle, 1000 last names), a pronoun (he or she), and six attributes, all independent and uniform:
 * birth date (200 years x 12 months x 28 days), birth city (200), university (300), major (100),
 * employer (263), and the company city, which is not drawn: each employer has its city, fixed in
 * the prior.  That is 1 + 16.036 + 7.644 + 8.229 + 6.644 + 8.039 = 47.59 bits a person, and lg(400
 * x 400 x 1000) = 27.25 for a name.  Cardinalities after Allen-Zhu and Li, arXiv 2404.05405.
 *
 * A biography is six sentences, one an attribute, in the order above or in a uniformly drawn one;
 * each is one of the attribute's fifty templates (bios_templates.c), uniformly drawn.  The first
 * sentence has the full name, the others the pronoun: he, him or his, as the template wants.
 *
 * Whose biography is the next one?  Two kinds of law:
 *   finite (uniform, or p(i) ~ (i + shift)^-power): people 0 .. n - 1, drawn independently with
 *          known probabilities (population.h);
 *   Pitman-Yor (alpha, beta): a new person or one of the old by the Chinese restaurant rule
 *          (restaurant.h); a new one's name is uniform over the names that no earlier one has.
 *
 * WHAT THE PRIOR KNOWS.  All templates and words, the order's law, the employers' cities, the
 * sampling law and, of a finite population, the register: who bears which name.  So a biography of
 * person i of a finite population costs -lg p(i) for the name, and 47.59 bits more if it is the
 * first one; a Pitman-Yor person costs what the restaurant says and, if new, the name too.
 *
 * TOKENS.  0 ends a biography.  Then "." "," "'s", the templates' other words in order of their
 * first appearance (small letters; attributes and templates in the order of the prior), he, she,
 * him, his, her; first names, middle names, last names; months, days, years, cities, universities,
 * majors, employers.  A name is three tokens, followed by "'s" where the template has HIS; a date
 * is month, day, ",", year; every other value is one token.
 *
 * RULES for templates that make a biography reveal its order and templates, so that the predictor
 * (models/oracle_bios.c) keeps a tree's node and nothing more.  With templates as token sequences,
 * in the first sentence and likewise in the later ones:
 *   1. exactly one person and one value, the person first: before any value, it is known whose;
 *   2. the full stop ends a template and is nowhere else in it, and no two are alike: none is
 *      the beginning of another;
 *   3. after the same words at most one kind of value may follow, so the attribute is determined
 *      before its value; and never both HIM and HIS, whose "her" is the same.
 *
 * RECOMPUTING bayes_bits.  Read PREFIX.bin and "prior" of PREFIX.json.  Cut at token 0; N pieces, K
 * different names, n_k pieces with name k, (x)_m = x (x+1) .. (x+m-1):
 *   partition_bits = finite: -sum over the pieces of lg p(rank of the name in "register");
 *                    Pitman-Yor: lg (beta+1)_{N-1} - sum_{i=1}^{K-1} lg(beta + i alpha)
 *                                - sum_k lg (1-alpha)_{n_k-1}
 *   name_bits      = finite: 0; Pitman-Yor: sum_{j=0}^{K-1} lg(160,000,000 - j)
 *   fact_bits      = K lg(2 x 67200 x 200 x 300 x 100 x 263)
 *   syntax_bits    = N (6 lg 50 + lg 720), without lg 720 when the order is fixed
 *   bayes_bits     = their sum
 * A name is the number (first x 400 + middle) x 1000 + last.
 *
 * known_bits has no name_bits and fact_bits and, for Pitman-Yor, -lg of the person's weight in
 * "truth" in place of the partition; known_bits_expected has the posterior mean of that, (psi(N +
 * beta) - psi(n_k - alpha)) / ln 2.  A finite law leaves nothing open, so there the two are equal.
 *
 * In expectation over worlds and corpora: expected_elements is the mean of K and new_fact_mass the
 * probability that biography N + 1 is of a new person (population.h, pitman_yor.h);
 * expected_bayes_bits, for finite populations, is N H(p) + E[K] 47.59 + syntax_bits.  For
 * Pitman-Yor mixture_bits is for someone who is not told alpha and beta (mixture.h).
 */
#ifndef TWOPART_BIOS_H
#define TWOPART_BIOS_H

#include <jansson.h>
#include <stdbool.h>
#include <stdint.h>

#include "status.h"
#include "world.h"

#define BIOS_ATTRIBUTES 6u
#define BIOS_TEMPLATES 50u /* an attribute */
#define BIOS_FIRST_NAMES 400u
#define BIOS_MIDDLE_NAMES 400u
#define BIOS_LAST_NAMES 1000u
#define BIOS_NAMES (BIOS_FIRST_NAMES * BIOS_MIDDLE_NAMES * BIOS_LAST_NAMES)
#define BIOS_MONTHS 12u
#define BIOS_DAYS 28u
#define BIOS_YEARS 200u
#define BIOS_FIRST_YEAR 1900u
#define BIOS_CITIES 200u
#define BIOS_UNIVERSITIES 300u
#define BIOS_MAJORS 100u
#define BIOS_EMPLOYERS 263u
#define BIOS_PEOPLE_MAX 1000000u
#define BIOS_TOKENS_MIN 36u  /* a biography has at least as many tokens .. */
#define BIOS_TOKENS_MAX 160u /* .. and at most as many */
#define BIOS_NOBODY UINT32_MAX

enum bios_attribute {
	BIOS_BIRTH_DATE,
	BIOS_BIRTH_CITY,
	BIOS_UNIVERSITY,
	BIOS_MAJOR,
	BIOS_EMPLOYER,
	BIOS_COMPANY_CITY,
};

/* What a value token states; the first three are the birth date. */
enum bios_part {
	BIOS_PART_MONTH,
	BIOS_PART_DAY,
	BIOS_PART_YEAR,
	BIOS_PART_CITY,
	BIOS_PART_UNIVERSITY,
	BIOS_PART_MAJOR,
	BIOS_PART_EMPLOYER,
	BIOS_PART_COMPANY_CITY,
	BIOS_PARTS,
};

enum bios_sampling { BIOS_UNIFORM, BIOS_POWER, BIOS_PITMAN_YOR };

/* ---- The language: the same in every world (bios_templates.c, bios_grammar.c). ---- */

extern const char *const bios_texts[BIOS_ATTRIBUTES][BIOS_TEMPLATES];

/*
 * An item of a template: a word's token, or one of these.  A person is BIOS_ITEM_NAME (three
 * tokens) in the first sentence and BIOS_ITEM_PRONOUN + case in the later ones.
 */
#define BIOS_ITEM_NAME 0xff00u
#define BIOS_ITEM_PRONOUN 0xff01u /* + enum bios_case */
#define BIOS_ITEM_VALUE 0xff10u   /* + enum bios_part */
#define BIOS_ITEMS_MAX 24u        /* of a template */

#define BIOS_WORD_SLOTS 2048u /* a power of two, several times the number of words */

enum bios_case { BIOS_HE, BIOS_HIM, BIOS_HIS, BIOS_CASES };

enum bios_place { BIOS_FIRST_SENTENCE, BIOS_LATER_SENTENCE, BIOS_PLACES };

struct bios_template {
	uint16_t item[BIOS_ITEMS_MAX];
	uint32_t n_items;
};

/* All templates of a place, merged on common beginnings.  Node 0 is the root, and its own child
 * nowhere, so 0 ends the lists. */
struct bios_node {
	uint16_t item;
	uint16_t first_child, next_sibling, n_children;
	uint8_t n_templates[BIOS_ATTRIBUTES]; /* at and below it */
	uint16_t template; /* attribute * BIOS_TEMPLATES + index, when n_children == 0 */
};

struct bios_grammar {
	char **word; /* (n_words) text of the word tokens 1 .. n_words; word[0] is token 1 */
	uint32_t n_words, words_capacity;
	uint16_t word_slot[BIOS_WORD_SLOTS]; /* open addressing by text: token, 0 = empty */
	struct bios_template (*template)[BIOS_ATTRIBUTES][BIOS_TEMPLATES]; /* (BIOS_PLACES) */
	struct bios_node *node[BIOS_PLACES];
	uint32_t n_nodes[BIOS_PLACES];
	uint32_t first_pronoun, first_name[3], first_value[BIOS_PARTS], vocab; /* tokens */
};

extern const uint32_t bios_name_size[3], bios_part_size[BIOS_PARTS];

/* The first tokens. */
enum { BIOS_END_TOKEN, BIOS_STOP_TOKEN, BIOS_COMMA_TOKEN, BIOS_OWNER_TOKEN };

MUST_CHECK enum status bios_grammar_open(struct bios_grammar **out);
void bios_grammar_free(struct bios_grammar *g); /* NULL is fine */

/* Token of a template's word (small letters), or 0. */
uint32_t bios_word_token(const struct bios_grammar *g, const char *word);

/* Token of the pronoun (0 = he, 1 = she) in a case. */
uint32_t bios_pronoun_token(const struct bios_grammar *g, enum bios_case c, uint32_t pronoun);

/* Does an item begin with this token? */
bool bios_item_takes(const struct bios_grammar *g, uint32_t item, uint32_t token);

/* The child of a node that begins with this token, or 0. */
uint32_t bios_step(const struct bios_grammar *g, uint32_t place, uint32_t node, uint32_t token);

/* ---- People. ---- */

struct bios_person {
	uint16_t value[BIOS_PARTS];
	uint8_t pronoun;
};

/* All of a person but the name as one number below 2^47.6: ((((pronoun x 67200 + date) x 200 +
 * city) x 300 + university) x 100 + major) x 263 + employer, date = (year x 12 + month) x 28 +
 * day. */
uint64_t bios_pack(const struct bios_person *p);

#define BIOS_PACKED_END                                                                            \
	((uint64_t)2 * BIOS_YEARS * BIOS_MONTHS * BIOS_DAYS * BIOS_CITIES * BIOS_UNIVERSITIES *    \
	 BIOS_MAJORS * BIOS_EMPLOYERS)

/* Names in order of arrival, and the way back from a name to its place. */
struct bios_directory {
	uint32_t *name;
	uint32_t n, capacity;
	uint32_t *slot; /* (n_slots) open addressing: place + 1, 0 = empty */
	uint32_t n_slots;
};

uint32_t bios_directory_find(const struct bios_directory *d, uint32_t name); /* or BIOS_NOBODY */

/* Append a name that is not there yet.  STATUS_NO_MEMORY only. */
MUST_CHECK enum status bios_directory_add(struct bios_directory *d, uint32_t name);
void bios_directory_free(struct bios_directory *d); /* leaves it empty and usable */

/* ---- The prior: JSON member "prior". ---- */

struct bios_prior {
	struct bios_grammar *grammar;
	bool permuted;
	enum bios_sampling sampling;
	int64_t alpha_millionths, beta_millionths;
	int64_t shift_millionths, power_millionths;
	struct bios_directory people; /* of a finite population, by rank; else empty */
	double *p;                    /* (people.n) */
	uint16_t employer_city[BIOS_EMPLOYERS];
	uint16_t city_employers[BIOS_CITIES]; /* how many have it as their city */
};

MUST_CHECK enum status bios_prior_load(struct bios_prior **out, const struct world *w);
void bios_prior_free(struct bios_prior *p); /* NULL is fine */

/* What the member says of texts: an array of six arrays. */
json_t *bios_texts_json(void);

/* The reverse of bios_pack(); the company city comes from the employer's. */
struct bios_person bios_unpack(const struct bios_prior *p, uint64_t packed);

/* A complete biography, read. */
struct bios_biography {
	uint32_t name, n_tokens;
	struct bios_person person;
	uint8_t attribute[BIOS_ATTRIBUTES]; /* in the order of the sentences */
	uint8_t template[BIOS_ATTRIBUTES];
};

/* Parse what begins at token[0], n tokens at most; false if it is no biography of this prior. */
bool bios_parse(const struct bios_prior *p, const uint16_t *token, uint64_t n,
		struct bios_biography *out);

/* ---- The truth: JSON member "truth". ---- */

struct bios_truth {
	const struct bios_directory *people; /* the prior's for a finite population, else `own` */
	struct bios_directory own;
	uint64_t *packed;     /* (people->n) */
	double *weight;       /* (people->n) of Pitman-Yor people; else NULL */
	double unseen_weight; /* of all others together */
};

/* Read and check.  Weights are at least DRAW_PROBABILITY_MIN and sum to 1 with the unseen one. */
MUST_CHECK enum status bios_truth_load(struct bios_truth **out, const struct bios_prior *p,
				       const json_t *truth);
void bios_truth_free(struct bios_truth *t); /* NULL is fine */

/* ---- Counts of a corpus, and what it costs. ---- */

struct bios_counts {
	const struct bios_prior *prior;
	const struct bios_directory *people; /* the prior's, or `own` */
	struct bios_directory own;
	uint32_t n_elements; /* different people so far */
	uint64_t n_biographies;
	uint32_t capacity;
	uint64_t *n;      /* (capacity) biographies of each person */
	uint64_t *packed; /* (capacity) what was stated of him, where n > 0 */
};

MUST_CHECK enum status bios_counts_open(struct bios_counts **out, const struct bios_prior *p);
void bios_counts_free(struct bios_counts *c); /* NULL is fine */

/* Add a biography; *first: the person had none before.  STATUS_CORRUPT when the register lacks the
 * name, or the biography contradicts an earlier one. */
MUST_CHECK enum status bios_counts_add(struct bios_counts *c, const struct bios_biography *b,
				       bool *first);

/* The closed forms, as a JSON object; `truth` adds known_bits and may be NULL.  STATUS_IMPOSSIBLE
 * when the truth rules the corpus out. */
MUST_CHECK enum status bios_code_lengths(const struct bios_counts *c,
					 const struct bios_truth *truth, json_t **out);

#endif
