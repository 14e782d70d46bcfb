/* SPDX-License-Identifier: BSD-2-Clause
 *
 * source.h - reading a corpus's source (spec.h), "generate sk --alpha 0.3 --sentences 1000": which
 * family it is, and its options with the family's defaults for those that are not said.
 */
#ifndef TWOPART_SOURCE_H
#define TWOPART_SOURCE_H

#include <stdbool.h>
#include <stddef.h>

/* The value of an option, NaN when the source is of another family. */
double source_option(const char *source, const char *family, const char *name);

/* Is it what these words (n) say, {"sk", "--alpha", "0.6", .. "--seed"}, with defaults for all
 * other options, and any value for the last one? */
bool source_varies_last(const char *source, const char *const *words, size_t n);

/* Is it of that family, with defaults for all options but these, "alpha,sentences,seed"? */
bool source_varies_only(const char *source, const char *family, const char *names);

#endif
