/* SPDX-License-Identifier: BSD-2-Clause
 *
 * tuning_texts.h - one Syntax-Knowledge corpus as texts for learning first of some of its people,
 * then of the others, and as probes of what is known of either.
 *
 * The elements are people here.  In the order in which they first appear, every second one is *new*
 * and the others are *old*; of the old ones every second one is *asked about*.  The sentences in
 * the last `held_share` of the tokens are held back, to probe with; of the others
 *
 *   TUNING_OLD            has the old people's sentences, and behind each sentence about one who is
 *                         asked about its facts as questions
 *   TUNING_NEW_SENTENCES  has the sentences about new people
 *   TUNING_NEW_QUESTIONS  has the facts of these very sentences as questions, in the same order
 *
 * A question is  [ask attribute] name value end.  What asks for an attribute is a symbol of its own
 * behind the vocabulary.  Without any questions in TUNING_OLD nobody could know what they mean.
 *
 * Facts are the values behind the name (probe.h), so questions and sentences about new people state
 * the same facts equally often; those of old people who are asked about are stated twice as often
 * as their sentences do.
 */
#ifndef TWOPART_TUNING_TEXTS_H
#define TWOPART_TUNING_TEXTS_H

#include <stdint.h>

#include "probe.h"
#include "sk.h"
#include "status.h"

enum tuning_text { TUNING_OLD, TUNING_NEW_SENTENCES, TUNING_NEW_QUESTIONS, TUNING_TEXTS };

/* The facts of the sentences held back, in place or as questions. */
enum tuning_probe {
	PROBE_OLD_SENTENCES,
	PROBE_OLD_QUESTIONS,   /* of those that are asked about in TUNING_OLD */
	PROBE_OTHER_QUESTIONS, /* of the other old people */
	PROBE_NEW_SENTENCES,
	PROBE_NEW_QUESTIONS,
	TUNING_PROBES
};

struct tuning_symbols {
	uint16_t *symbol; /* (n) */
	uint64_t n, capacity;
};

/* What the text learnt from states of an element's attribute. */
struct tuning_fact {
	uint32_t exposures;  /* in sentences: as of a probe text */
	uint32_t statements; /* .. and in questions of the same text */
	uint8_t class;       /* the element's, among the group's sentences that are learnt from */
};

/* Old people, or new ones. */
struct tuning_group {
	uint32_t n_people;        /* in what is learnt from */
	struct tuning_fact *fact; /* (n_facts) that it states */
	size_t n_facts;
};

struct tuning_texts {
	uint32_t n_symbols; /* vocabulary and what asks */
	double fact_bits;   /* lg of the values of an attribute */
	/* A value in a sentence says also which attribute comes.  Mean cost of that in the
	 * sentences held back for who knows the grammar: by the frequencies of its steps in the
	 * whole corpus.  In a question it is asked for and costs nothing. */
	double attribute_bits;
	struct tuning_symbols text[TUNING_TEXTS];
	struct probe_text probe[TUNING_PROBES]; /* exposures: in sentences */
	struct tuning_group old, new;
};

/* What asks for an attribute. */
static inline uint16_t tuning_asks(const struct sk_prior *p, uint32_t attribute)
{
	return (uint16_t)(p->vocab + attribute);
}

/*
 * `held_share` of the tokens are held back.  tuning_texts_free() in any case.
 * Errors  STATUS_BAD_ARGUMENT: facts vary, there are no symbols left to ask with, or nothing to
 *         learn or to probe.  STATUS_CORRUPT: not sentences of this prior.
 */
MUST_CHECK enum status tuning_texts_make(struct tuning_texts *out, const struct sk_prior *prior,
					 const uint16_t *token, uint64_t n, double held_share);
void tuning_texts_free(struct tuning_texts *t); /* zeroed is fine, and left so */

#endif
