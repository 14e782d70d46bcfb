/* SPDX-License-Identifier: BSD-2-Clause
 *
 * rank.h - the results of a pinned suite in order of their distance from the optimum.
 *
 * THE SCORE of a method is the geometric mean, over all corpora of the suite, of all bits of its
 * archive (a model in it included) over the Bayes bound: 1 is the optimum, and a corpus counts the
 * same however long it is.  The bound is the suite's own, not what the result says.  A method that
 * has no result on some corpus has no score and no rank; it is listed as incomplete, with what
 * became of it.  Equal scores share a rank.
 *
 * WHAT A METHOD IS: the method with its options or commands, rendering (tokens or text), version
 * and threads.  Its sizes do not depend on the machine, so they may come from several; where two
 * machines disagree, the larger size counts and the entry says so.  What must be told more than the
 * archive (`not_counted`) competes with nobody.
 *
 * SPEED is of one machine: bytes of all the corpora as text - the same for tokens and text, since
 * both are the same corpus - per second of processor time of the whole process, median of the
 * repetitions, summed over the corpora, of the slower direction.  Within a machine methods are
 * ranked once more among those of their speed class.  No list has times of two machines.
 *
 * A result belongs to the suite if the digest of its corpus does.  One that says so by its title
 * but is of other bytes, or contradicts the suite's lengths or bounds, is refused with a sentence.
 */
#ifndef TWOPART_RANK_H
#define TWOPART_RANK_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

#include "pinned.h"
#include "result.h"
#include "status.h"

#define RANK_SCHEMA 1
#define RANK_CLASSES 5 /* above 100 MB/s, 10, 1, 0.1 MB/s, and the rest */

struct rank_entry {
	const struct spec *spec; /* of one of its results, which must stay: name, version, .. */
	double times_bound[PINNED_CORPORA_MAX]; /* by corpus; NaN: no good result */
	enum outcome outcome[PINNED_CORPORA_MAX]; /* of what was tried and failed; OUTCOME_OK: not
						     tried, or good */
	size_t n_good;	     /* corpora with a good result */
	double score, worst; /* NaN unless complete */
	unsigned rank;	     /* 1..; 0: incomplete, or not counted */
	bool sizes_differ;   /* between machines */
};

/* A complete entry on a machine that measured all of it. */
struct rank_speed {
	const struct rank_entry *entry;
	size_t machine;
	double compress_mb_s, decompress_mb_s; /* 10^6 bytes of text */
	unsigned speed_class;		       /* 0: the fastest */
	unsigned rank;			       /* within the class; 0: not counted */
};

struct rank_machine {
	char id[SPEC_DIGEST_CHARS];
	char cpu[128]; /* what it calls itself */
};

struct rank {
	const struct pinned_suite *suite;
	struct rank_entry *entry; /* (n_entries) ranked, then not counted, then incomplete */
	size_t n_entries;
	struct rank_speed *speed; /* (n_speeds) by machine, class, rank; in a class those that are
				     not counted last */
	size_t n_speeds;
	struct rank_machine *machine; /* (n_machines) by id */
	size_t n_machines;
	char (*refused)[256]; /* (n_refused) a sentence each */
	size_t n_refused;
	size_t n_others; /* results of corpora that are not the suite's */
};

/* Rank these results, in whatever order they come: the same results give the same ranking.  They
 * must stay as long as it. */
MUST_CHECK enum status rank_make(struct rank *out, const struct pinned_suite *suite,
				 const struct result *result, size_t n);
void rank_free(struct rank *r); /* zeroed is fine */

const char *rank_class_name(unsigned speed_class); /* "10 to 100 MB/s" */

/* The page. */
void rank_markdown(const struct rank *r, FILE *to);

/* New object: schema, suite, machines, ranking, speed, not_counted, incomplete, refused.  NULL: no
 * memory. */
json_t *rank_json(const struct rank *r);

#endif
