/* SPDX-License-Identifier: BSD-2-Clause
 *
 * probing.h - a transformer learns the first sentences of an sk corpus and is asked the rest, again
 * and again while it learns, beside what the exact codes pay for the same tokens.
 *
 * The probe (probe.h) knows of each fact how often the training text teaches it.  Two references
 * need no training: the known world, and the Bayes code, which has read all tokens before the one
 * that it pays for.  The latter's own learning curve is its cost in stretches of the training text.
 */
#ifndef TWOPART_PROBING_H
#define TWOPART_PROBING_H

#include <stddef.h>
#include <stdint.h>

#include "loaded.h"
#include "probe.h"
#include "status.h"
#include "trainer.h"

#define PROBING_SCHEMA 2 /* of the document of `twopart probe`, which experiments read */
#define PROBING_POINTS_MAX 64
#define PROBING_STRETCHES_MAX 40

struct probing_plan {
	const char *prefix;
	uint64_t n_held_out; /* sentences, at the end */
	size_t n_points;     /* examinations, at steps in equal ratios; the last one at the end */
	struct trainer_settings settings; /* with steps; watching is set here */
};

/* What both references pay for the sentences from..to - 1. */
struct probing_stretch {
	uint64_t from, to;
	struct {
		uint64_t n; /* tokens */
		double bayes_bits, known_bits;
	} sum[PROBE_ROLES][PROBE_CLASSES];
};

struct probing_point {
	uint64_t step, symbols; /* taken, and learnt from, epochs after the first included */
	struct probe_answer answer;
};

struct probing {
	struct loaded corpus;    /* with its prior */
	uint64_t n_sentences;    /* learnt */
	size_t n_train;          /* their tokens */
	struct probe_text text;  /* of the whole corpus */
	struct probe_fact *fact; /* (n_facts) taught */
	size_t n_facts;

	struct probing_stretch held_out;
	struct probing_stretch stretch[PROBING_STRETCHES_MAX]; /* of training: 1, 1, 2, 4, .. */
	size_t n_stretches;

	struct probing_point point[PROBING_POINTS_MAX];
	size_t n_points;
	struct trainer_result trained;
};

/*
 * Do all that; probing_free() in any case.
 * Errors  STATUS_BAD_ARGUMENT: no such network, another family than sk, or nothing left to learn.
 *         loaded_read(), trainer_run().
 */
MUST_CHECK enum status probing_run(const struct probing_plan *plan, struct probing *p);
void probing_free(struct probing *p);

#endif
