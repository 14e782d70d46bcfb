/* SPDX-License-Identifier: BSD-2-Clause
 *
 * scaling_model.h - the model scaling law, measured: what a model of so many bits leaves to pay.
 *
 * For each alpha a Syntax-Knowledge corpus is drawn, and archives of a two-part code are made,
 * decoded and compared at a series of limits for the model (budgets.h).
 *
 * EXCESS LOSS is what a sentence costs given the model, less H, what it costs to someone who knows
 * the world: the theorem's loss tends to the entropy of the source and to nothing below it, and the
 * known world's cost of this very corpus is that entropy with the luck of the draw.  (An archive
 * that stores all there is ends a little below: its tables are those of this corpus and not of the
 * source.  Taking it for H would make the last points infinitely good.)  The bits are those of the
 * tokens, by role and class of PREFIX.roles: *knowledge* tokens are names and facts, as in the
 * paper's figures, the others are syntax.  What little the words before a name tell of the type is
 * counted as syntax.
 *
 * CAPACITY is the model's bits for knowledge: weights, names and facts, without the tables and
 * without what a model that stores nothing takes.
 *
 * THEORY.  An element's price H is its name, type and a value of each attribute.
 *   whole   all or nothing (capacity.h) with the corpus' own frequencies: h sum_{i > C/H} p_i, h
 *           what a mention of an element that is not stored costs on average
 *   water   water-filling with the same frequencies, in the same units
 *   law     h times the power law of Pitman-Yor weights: exponent 1 - 1/alpha
 *   finite  all or nothing without the idealisations, from the counts of this very corpus: elements
 *           in order of frequency, at the prices that they have in a model (sk_choice.h), until C
 *           is spent; and then in closed form all that the data pay for weights, names and facts
 *           (sk_description.h), less the known world's mean price of the weights.  So what is
 *           stored still pays for facts that are stated only once, and an escape does not say
 *           which of the elements that are not stored it is about
 * The law goes on for ever; the others end with the corpus, the finite curve at its own prices.
 * That is why fitted exponents are steeper than the law's, the more so the fewer elements are left.
 */
#ifndef TWOPART_SCALING_MODEL_H
#define TWOPART_SCALING_MODEL_H

#include <stdint.h>

#include "budgets.h"
#include "capacity.h"
#include "status.h"

#define SCALING_MODEL_ALPHAS_MAX 16u
#define SCALING_MODEL_CLASSES 4u
#define SCALING_MODEL_FIT_MIN 30 /* stored elements: the range of the fitted exponents */
#define SCALING_MODEL_FIT_MAX 300
#define SCALING_MODEL_WINDOW 5u /* points of a local slope */

typedef void scaling_model_progress(void *context, uint64_t done, uint64_t n);

struct scaling_model_plan {
	int64_t alpha_millionths[SCALING_MODEL_ALPHAS_MAX], beta_millionths;
	uint32_t n_alphas;
	uint64_t n_sentences, seed;
	uint32_t n_budgets;
	int threads;            /* at least 1 */
	const char *model_text; /* "NAME" or "NAME:key=value" */
	scaling_model_progress *progress; /* may be NULL */
	void *progress_context;
};

/* Bits a sentence of the corpus; [SCALING_MODEL_CLASSES] is all classes together. */
struct scaling_model_loss {
	double of_class[SCALING_MODEL_CLASSES + 1];
};

struct scaling_model_point {
	struct budget_point size;
	double knowledge_model_bits;
	uint32_t n_elements; /* stored */
	struct scaling_model_loss knowledge, syntax; /* excess */
	struct scaling_model_loss whole, finite, water;
	double law;
	double whole_stored, finite_stored; /* both at rank n_elements instead of at C */

	/* Counts at the threshold; 0 where there is no such element. */
	uint64_t predicted_count;  /* of rank C / H */
	uint64_t smallest_stored, largest_not_stored;

	/* d ln(knowledge excess) / d ln C over the points around this one, and the same of the
	 * finite curve. */
	struct capacity_fit slope, finite_slope;
};

/* Exponents over the points with FIT_MIN to FIT_MAX stored elements, none of which occurs only
 * once: storing those is another law's business, since they save nothing but escapes. */
struct scaling_model_fit {
	struct capacity_fit measured, finite, whole, water;
};

struct scaling_model_curve {
	double alpha;
	uint64_t n_tokens;
	uint32_t n_elements; /* of the corpus */
	double element_bits, mention_bits;
	double known_bits, known_knowledge_bits; /* H a sentence, all tokens and knowledge tokens */
	uint32_t n_points;
	struct scaling_model_point *point;                    /* (n_points) */
	struct scaling_model_fit by_elements, by_capacity; /* against stored elements, and C */
};

struct scaling_model {
	uint32_t n_curves;
	struct scaling_model_curve curve[SCALING_MODEL_ALPHAS_MAX];
};

/* Corpora are drawn in a temporary directory, which is gone when this returns.
 * scaling_model_free() in any case. */
MUST_CHECK enum status scaling_model_measure(const struct scaling_model_plan *plan,
					     struct scaling_model *m);
void scaling_model_free(struct scaling_model *m);

#endif
