/* SPDX-License-Identifier: BSD-2-Clause
 *
 * tuning.h - a transformer that has learnt of some people is trained on with others: what it
 * forgets, what it learns, and what the best model of its capacity would do.
 *
 * First a network learns the text of old people (tuning_texts.h).  From there it learns of new ones
 * in several *ways*: from sentences or from questions, either alone or with one of several shares
 * of old text among it; and as a control goes on with the old text alone, for as long as the
 * longest of the ways with sentences.  After each training the stored model is asked for the facts
 * of both.
 *
 * WHAT IS KNOWN of a fact is what its statements cost who does not know it, less what they cost the
 * model: H = lg V bits of V equally probable values, and in a sentence what it costs to say which
 * attribute comes.  The latter is paid in full by who knows the grammar; a model that knows it less
 * well seems to know less of the facts.
 *
 * THE OPTIMUM.  A fact takes H bits to store and saves H bits at each statement, so of C bits the
 * most frequent C / H facts are worth storing (capacity.h): frequent in what is learnt from now,
 * sentences and questions alike.  With replay old facts have their share of it, by their frequency
 * in the old text: of less than a pass over it only the first part is seen.  Without, they have the
 * frequency 0: new ones take what room they need, and what is left keeps old ones, which ones is
 * indifferent; here the most frequent, the limit of ever less replay.  Facts that are equally
 * frequent share the room that is left for them.
 *
 * C is the most that the network was found to hold at any time: `known` below, summed.
 */
#ifndef TWOPART_TUNING_H
#define TWOPART_TUNING_H

#include "trainer.h"
#include "tuning_texts.h"

#define TUNING_SCHEMA 2 /* of the document of `twopart tune` */
#define TUNING_REPLAYS_MAX 4
#define TUNING_WAYS_MAX (2 + 2 * (1 + TUNING_REPLAYS_MAX))

/* What a training is of; [0] is the first one, which begins with nothing. */
struct tuning_way {
	const char *name; /* "before", "old" (the control), "sentences", "questions" */
	enum tuning_text text;
	double replay; /* share of old text among the symbols */
};

/* Whom a probe asks for and how, "old people", "sentences". */
struct tuning_probe_name {
	const char *people, *format;
};
extern const struct tuning_probe_name tuning_probe_names[TUNING_PROBES];

struct tuning_settings {
	struct trainer_settings trainer; /* shape, batch, rate, seed, threads, progress; no steps */
	double passes, tuning_passes;    /* over the text of the old, of the new people */
	double tuning_rate;              /* of the rate of the first training */
	double replay[TUNING_REPLAYS_MAX]; /* shares of old text in what is learnt, beside none */
	size_t n_replays;                  /* at least 1 */
	double held_share;                 /* of the tokens, to probe with */
};

/* The model after one training. */
struct tuning_state {
	uint64_t steps, symbols;
	struct probe_answer answer[TUNING_PROBES];
	double old_known, new_known; /* bits of facts that it holds */
	/* Share of each class's statements in sentences whose fact the optimum stores; NaN: it has
	 * none. */
	double old_kept[PROBE_CLASSES], new_kept[PROBE_CLASSES];
};

struct tuning_result {
	struct transformer_shape shape;
	double capacity_bits;
	size_t n_ways;
	struct tuning_way way[TUNING_WAYS_MAX];
	struct tuning_state state[TUNING_WAYS_MAX];
};

struct tuning_settings tuning_defaults(void);

/* Train and ask.  Errors as trainer_run() has them. */
MUST_CHECK enum status tuning_run(const struct tuning_settings *s, const struct tuning_texts *t,
				  struct tuning_result *r);

/* Bits of a group's facts that a model holds: of each fact what its statements cost who does not
 * know it, less what they cost on average in an answer about facts of as many exposures (an
 * octave), if that is less. */
double tuning_known(const struct tuning_group *g, double unknown_bits,
		    const struct probe_answer *a);

/*
 * The share that the optimum of so many bits stores of each class, when facts of old people are
 * stated `old_weight` times their statements and those of new ones `new_weight` times.  Of a group
 * with weight 0 facts are stored after all others.
 */
MUST_CHECK enum status tuning_optimum(const struct tuning_texts *t, double capacity_bits,
				      uint64_t old_weight, uint64_t new_weight,
				      double old_kept[PROBE_CLASSES],
				      double new_kept[PROBE_CLASSES]);

#endif
