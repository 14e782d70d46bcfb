/* SPDX-License-Identifier: BSD-2-Clause
 *
 * bound.h - a bound of a corpus: a code length in four parts, and what reports call it.
 *
 * One table names every bound that there is: its label in text and its members in JSON, those of
 * PREFIX.json's "code_lengths" and of `twopart bounds --json`.  A family puts in what it can
 * compute, always with all parts; the reports print the bounds that they find.  So a new bound is
 * one row of the table and one bound_put() of the family that knows it.  A bound that is itself a
 * sum in another direction, as model and data, has a row for each summand below its own, with the
 * labels indented.
 */
#ifndef TWOPART_BOUND_H
#define TWOPART_BOUND_H

#include <jansson.h>

#include "status.h"

enum bound_part {
	BOUND_WEIGHTS, /* which sentence is about which element */
	BOUND_NAMES,   /* of the elements, and their types */
	BOUND_FACTS,
	BOUND_SYNTAX,
	BOUND_PARTS,
};

enum bound_id {
	BOUND_KNOWN,
	BOUND_KNOWN_EXPECTED,
	BOUND_BAYES,
	BOUND_BAYES_EXPECTED, /* the mean of BOUND_BAYES over corpora of this length */
	BOUND_MIXTURE,
	BOUND_NML,
	BOUND_TWO_PART, /* the shortest; its summands follow */
	BOUND_TWO_PART_MODEL,
	BOUND_TWO_PART_DATA,
	BOUND_ENUMERATIVE, /* two parts too, the sizes of the elements coded uniformly */
	BOUND_REDUNDANCY, /* BOUND_BAYES - BOUND_KNOWN_EXPECTED */
	BOUNDS,
};

struct bound {
	double part[BOUND_PARTS]; /* bits */
};

struct bound_row {
	const char *label;             /* a few words, for people */
	const char *total;             /* JSON member: bits */
	const char *part[BOUND_PARTS]; /* JSON members, bits: they add up to the total */
};

extern const struct bound_row bound_rows[BOUNDS];
extern const char *const bound_part_labels[BOUND_PARTS];

double bound_total(const struct bound *b); /* added in the order of the parts, without libm */

/* Write the total and the parts of bound `id`. */
MUST_CHECK enum status bound_put(json_t *to, enum bound_id id, const struct bound *b);

/* Further members, with their values; steals `more`, whose NULL is lack of memory. */
MUST_CHECK enum status bound_put_more(json_t *to, json_t *more);

/* Hand `lengths` over after success, free it after the failure `s`; the result of it all.  NULL is
 * lack of memory. */
MUST_CHECK enum status bound_finish(json_t *lengths, enum status s, json_t **out);

/* Write BOUND_REDUNDANCY, when `lengths` has what it is the difference of. */
MUST_CHECK enum status bound_put_redundancy(json_t *lengths);

#endif
