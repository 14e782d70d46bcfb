/* SPDX-License-Identifier: BSD-2-Clause
 *
 * probe.h - what a trained model knows of the facts of a text: bits, accuracy and confidence, by
 * how often each fact had been stated in what the model learnt from.
 *
 * A *probe text* is a sequence of symbols, each with its role (corpus.h) and, where it states a
 * fact, with the number of times the training text taught the same.  The model is run over it as
 * the predictor "transformer" that codes archives, so every figure is of a code that somebody could
 * decode, and the most probable symbol is that of the very distribution that is coded with.
 *
 * A value that stands before the name tells whom the sentence is about, and nobody can recall it
 * there: it has the name's role.  Facts are the values behind the name.  A model that predicts each
 * symbol from those before it learns "this name has that value" from them alone, so only they count
 * as exposures of a fact; the Bayes code, which knows the grammar, learns from every statement.
 */
#ifndef TWOPART_PROBE_H
#define TWOPART_PROBE_H

#include <stdint.h>

#include "corpus.h"
#include "sk.h"
#include "status.h"
#include "transformer.h"

#define PROBE_ROLES (ROLE_REPEATED_FACT + 1) /* ROLE_FIRST_FACT: never stated in training */
#define PROBE_OCTAVES 25                     /* exposures 0; 1; 2, 3; 4 .. 7; ..; 2^23 and more */
#define PROBE_CLASSES 4 /* quarters of the training text's sentences, 0: most frequent elements */

struct probe_text {
	uint16_t *symbol; /* (n) whole sentences, each with its separator */
	uint8_t *role;    /* (n) enum token_role */
	uint8_t *class;   /* (n) of the sentence's element in the training text; 3 if it has none */
	uint32_t *exposures; /* (n) of the fact: statements behind the name in training; else 0 */
	uint64_t n;
};

/* What was found of a group of symbols. */
struct probe_sum {
	uint64_t n;     /* symbols */
	uint64_t right; /* .. of which the model found the true one most probable */
	double bits;    /* cost */
	double chance;  /* sum of p(true): right ones to expect when one draws from the model */
	double wrong_confidence; /* sum over those that are not right of the largest probability */
};

struct probe_answer {
	struct probe_sum of_role[PROBE_ROLES][PROBE_CLASSES]; /* every symbol */
	struct probe_sum of_exposure[PROBE_OCTAVES];          /* facts only */
};

/* The octave of a number of exposures. */
unsigned probe_octave(uint32_t exposures);

/*
 * The sentences of `test` as a probe of who learnt `train`: both are whole sentences of a
 * Syntax-Knowledge world with this prior.  probe_text_free() in any case.
 * Errors  STATUS_CORRUPT: they are not.
 */
MUST_CHECK enum status probe_text_sk(struct probe_text *out, const struct sk_prior *prior,
				     const uint16_t *train, uint64_t n_train, const uint16_t *test,
				     uint64_t n_test);
/* An empty one with room for n symbols; probe_text_free() in any case. */
MUST_CHECK enum status probe_text_new(struct probe_text *t, uint64_t n);
void probe_text_free(struct probe_text *t); /* zeroed is fine, and left so */

/* An attribute of an element, whatever its values were. */
struct probe_fact {
	uint32_t exposures;  /* statements behind the name, at least 1 */
	uint32_t statements; /* .. and before it */
	uint8_t class;       /* the element's */
};

/* All that `train` teaches, most exposures first; the caller frees.  Errors: probe_text_sk(). */
MUST_CHECK enum status probe_facts_sk(const struct sk_prior *prior, const uint16_t *train,
				      uint64_t n_train, struct probe_fact **fact, size_t *n_facts);

/* Ask a model that ends its contexts at the text's separator; on so many threads, which change no
 * bit of the answer. */
MUST_CHECK enum status probe_ask(const struct transformer *model, const struct probe_text *text,
				 int threads, struct probe_answer *answer);

#endif
