/* SPDX-License-Identifier: BSD-2-Clause
 *
 * word_law.h - the words of a text, and how far they follow the laws of Zipf and Heaps and a
 * Pitman-Yor process, which has both: frequencies fall as rank^(-1/a), and n words hold about n^a
 * different ones.
 *
 * A word is a longest run of letters, digits and bytes above 127 (so of UTF-8 letters), with single
 * apostrophes or hyphens inside; capitals are not other letters.  What stands between words does
 * not count.  Reports only.
 */
#ifndef TWOPART_WORD_LAW_H
#define TWOPART_WORD_LAW_H

#include <stddef.h>
#include <stdint.h>

#include "status.h"

struct word_text {
	uint32_t *id;     /* (n_words) 0, 1, .. in the order of first appearance */
	uint64_t n_words;
	uint64_t *count;  /* (n_distinct) by id */
	uint32_t n_distinct;
	uint64_t spelt_bytes; /* of the distinct words together */
};

/* STATUS_NO_MEMORY; STATUS_LIMIT: 2^32 words or more.  word_text_free() in any case.  O(n). */
MUST_CHECK enum status word_text_read(struct word_text *t, const uint8_t *text, size_t size_bytes);
void word_text_free(struct word_text *t);

/* A law y ~ x^exponent between two places, by least squares in logarithms over places 10 a decade
 * apart; NaN where there are less than two. */
struct word_power {
	double exponent, standard_error;
	double from, to;
};

/* Frequency against rank, from rank 10 to the last word that occurs 10 times: the exponent is
 * negative.  STATUS_NO_MEMORY. */
MUST_CHECK enum status word_zipf(const struct word_text *t, struct word_power *law);

/* Different words against words, from the 1000th word on. */
MUST_CHECK enum status word_heaps(const struct word_text *t, struct word_power *law);

/* The same of what a fit expects (py_elements_expected()), at the same places. */
struct word_fit;
struct word_power word_heaps_expected(const struct word_text *t, const struct word_fit *fit);

/* Different words among the first n_words of the text, at ascending n_words each at most
 * t->n_words.  O(t->n_words). */
MUST_CHECK enum status word_distinct(const struct word_text *t, const uint64_t *n_words, size_t n,
				     double *distinct);

/* The discount and strength under which the partition of the first n_words is most probable, and
 * the bits of its code: searched for to 4 digits; 0 <= alpha < 1, beta > -alpha.
 * STATUS_BAD_ARGUMENT: fewer than two words, or none occurs twice. */
struct word_fit {
	double alpha, beta, partition_bits;
	uint64_t n_words;
	uint32_t n_distinct;
};
MUST_CHECK enum status word_fit(const struct word_text *t, uint64_t n_words, struct word_fit *fit);

#endif
