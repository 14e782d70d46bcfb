/* SPDX-License-Identifier: BSD-2-Clause
 *
 * tuning.h - a transformer that has learnt of some people is trained on with others: what it
 * forgets, what it learns, and what the best model of its capacity would do.
 *
 * First a network learns the text of old people (tuning_texts.h).  From there it learns of new ones
 * in each of several *ways*: from sentences or from questions, either alone or with text of old
 * people among it.  After each training the stored model is asked for the facts of both.
 *
 * THE OPTIMUM.  A fact of V equally probable values takes H = lg V bits to store and saves H bits
 * at each statement, so of C bits the most frequent C / H facts are worth storing (capacity.h):
 * frequent in what is learnt from now.  With replay old facts have their share of it.  Without,
 * they have the frequency 0: new ones take what room they need, and what is left keeps old ones,
 * which ones is indifferent; here the most frequent, the limit of ever less replay.
 *
 * C is the most that the network was found to hold at any time: `known` below, summed.
 */
#ifndef TWOPART_TUNING_H
#define TWOPART_TUNING_H

#include "trainer.h"
#include "tuning_texts.h"

/* What a training is of; the first one begins with nothing. */
struct tuning_way {
	const char *name; /* "before", "sentences", "questions" */
	enum tuning_text text;
	bool is_replayed; /* with old text among it */
};

#define TUNING_WAYS 5
extern const struct tuning_way tuning_ways[TUNING_WAYS]; /* [0]: before any tuning */

/* Whom a probe asks for and how, "old people", "sentences". */
struct tuning_probe_name {
	const char *people, *format;
};
extern const struct tuning_probe_name tuning_probe_names[TUNING_PROBES];

struct tuning_settings {
	struct trainer_settings trainer; /* shape, batch, rate, seed, threads, progress; no steps */
	double passes, tuning_passes;    /* over the text of the old, of the new people */
	double tuning_rate;              /* of the rate of the first training */
	double replay;                   /* share of old text in what is learnt, if there is any */
	double held_share;               /* of the sentences, to probe with */
};

/* The model after one training. */
struct tuning_state {
	uint64_t steps, symbols;
	struct probe_answer answer[TUNING_PROBES];
	double old_known, new_known; /* bits of facts that it holds */
	/* Share of each class's statements whose fact the optimum stores; NaN: it has none. */
	double old_kept[PROBE_CLASSES], new_kept[PROBE_CLASSES];
};

struct tuning_result {
	struct transformer_shape shape;
	double capacity_bits;
	struct tuning_state state[TUNING_WAYS];
};

struct tuning_settings tuning_defaults(void);

/* Train and ask.  Errors as trainer_run() has them. */
MUST_CHECK enum status tuning_run(const struct tuning_settings *s, const struct tuning_texts *t,
				  struct tuning_result *r);

/* Bits of a group's facts that a model holds: of each fact H less what its statements cost on
 * average in an answer about facts of as many exposures (an octave), if that is less. */
double tuning_known(const struct tuning_group *g, double fact_bits, const struct probe_answer *a);

/*
 * The share that the optimum of so many bits stores of each class, when facts of old people are
 * stated `old_weight` as often as their counts say and those of new ones `new_weight`: whole
 * numbers, not both 0.  Of a group with weight 0 facts are stored after all others.
 */
MUST_CHECK enum status tuning_optimum(const struct tuning_texts *t, double capacity_bits,
				      uint64_t old_weight, uint64_t new_weight,
				      double old_kept[PROBE_CLASSES],
				      double new_kept[PROBE_CLASSES]);

#endif
