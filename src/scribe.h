/* SPDX-License-Identifier: BSD-2-Clause
 *
 * scribe.h - numbers of a stored model, coded one after the other by known laws.
 *
 * What stands in a two-part code's model (counts, names, precisions) is coded by our own range
 * coder like everything else.  One walk over the model serves writing, reading and weighing:
 * each function below takes the value, and returns it; when reading it ignores what it was given
 * and returns what the stream says, and without a coder it only adds up the cost.
 *
 * Arithmetic: IEEE double in a fixed order, elementary.h instead of libm.  A reader of damaged
 * bytes gets values within the stated ranges, never more.
 */
#ifndef TWOPART_SCRIBE_H
#define TWOPART_SCRIBE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "buffer.h"
#include "status.h"

struct coder_ops;
struct encoder;
struct decoder;

struct scribe {
	const struct coder_ops *coder;
	struct encoder *enc; /* at most one of the two */
	struct decoder *dec;
	double *account; /* where costs in bits are added; may be changed at any time; not NULL */
	double *weight;  /* scratch: (2 * capacity), running sums in the second half */
	size_t capacity;
	enum status failed; /* no memory, or the stream has ended: values are 0 from then on */
};

MUST_CHECK enum status scribe_write(struct scribe *s, struct buffer *to);
MUST_CHECK enum status scribe_read(struct scribe *s, const uint8_t *from, size_t size_bytes);
void scribe_weigh(struct scribe *s);

/* Flush, check that a stream was read to its very end, free.  Reports `failed` too. */
MUST_CHECK enum status scribe_close(struct scribe *s);

/* Yes or no, with probability p of yes; p is kept away from 0 and 1 by 2^-30. */
bool scribe_bit(struct scribe *s, bool value, double p);

/* 0..n-1, uniform; n from 1 to DIST_TOTAL_MAX. */
uint64_t scribe_uniform(struct scribe *s, uint64_t value, uint64_t n);

/* 0..max, max < 2^39: its number of digits base 2 is uniform: lg value + lg lg max bits. */
uint64_t scribe_natural(struct scribe *s, uint64_t value, uint64_t max);

/*
 * 0..n, beta-binomial: how many of n things are of the kind whose share is Beta(a, b); a > 0,
 * b >= 0; with b = 0 it is n for certain.  O(value) arithmetic but O(log value) decisions: ranges
 * [0, 1), [1, 2), [2, 4), .. are offered in turn, then the one that holds the value is halved.
 */
uint64_t scribe_beta_binomial(struct scribe *s, uint64_t value, uint64_t n, double a, double b);

#endif
