/* SPDX-License-Identifier: BSD-2-Clause
 *
 * sk_model_code.h - the description of a corpus (sk_description.h) to bytes and back.
 *
 * One walk over the description writes, reads and weighs it (src/scribe.h).  In this order:
 *
 *   numbers   sentences, escapes
 *   sizes     for stored elements, if there are any: the law of the sizes (uniform among three),
 *             its parameters, then element by element in order of first appearance n_i, the name,
 *             part by part, uniform, and the type, uniform.  With R sentences left for this and the
 *             later elements, n_i - 1 is beta-binomial (1 - alpha, beta + i alpha) on R - 1,
 *             i = 1, 2, .., until none is left; or (enumerative) the number K of elements comes
 *             first, and n_i - 1 is beta-binomial (1, K - i) on R - 1 - (K - i): all compositions
 *             alike
 *   tables    cluster by cluster, rows by state, then word tables by class: whether the level is
 *             that of the table before, adaptively, else the level, uniform; the number of its
 *             uses, if it is exact and they do not follow from what was read before; the counts,
 *             one after the other beta-binomial (a, what the entries behind have together)
 *   facts     element by element, if n_i > 1: for each attribute whether it is stored, with the
 *             probability that n_i sentences of its cluster state it at least twice (from the
 *             tables); if so the value, uniform.  Last the noise, unless facts never vary
 *
 * A fact stated once is never stored: telling it costs what it saves.
 */
#ifndef TWOPART_SK_MODEL_CODE_H
#define TWOPART_SK_MODEL_CODE_H

#include "bound.h"
#include "buffer.h"
#include "sk_description.h"

#define SK_ALPHA_INDICES 64u
#define SK_BETA_INDICES 40u

/* What the indices of SK_COUNTS_SENT mean: alpha = index / 64, beta = 2^(index / 2 - 6). */
double sk_sent_alpha(uint32_t index);
double sk_sent_beta(uint32_t index);

/* Append the bytes. */
MUST_CHECK enum status sk_model_write(const struct sk_description *d, struct buffer *out);

/* Read what sk_model_write() wrote for a corpus of at most n_sentences_max sentences. */
MUST_CHECK enum status sk_model_read(struct sk_description **out, const struct sk_prior *p,
				     uint64_t n_sentences_max, const uint8_t *stored,
				     size_t stored_bytes);

/* The bits that it takes, by part; in bytes rounded up, they are the bytes. */
MUST_CHECK enum status sk_model_weigh(const struct sk_description *d, double bits[BOUND_PARTS]);

#endif
