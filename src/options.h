/* SPDX-License-Identifier: BSD-2-Clause
 *
 * options.h - "key=value,key=value" settings of models and families, read against one table.
 *
 * Every value is an integer in the end: a decimal like alpha = 0.5 is stored in millionths
 * (`unit` = 1000000), so that no option ever passes through a floating-point conversion and the
 * same text means the same number everywhere.  The canonical spelling lists, in table order, the
 * options that differ from their defaults; it is what archives and world files store.
 */
#ifndef TWOPART_OPTIONS_H
#define TWOPART_OPTIONS_H

#include <stdint.h>

#include "buffer.h"
#include "status.h"

#define OPTION_UNIT 1000000 /* fixed point of decimal options: millionths */
#define OPTION_DECIMALS 6   /* digits behind the point of such a one */

struct option_spec {
	const char *name;    /* "alpha"; NULL ends the table */
	int64_t min, max;    /* inclusive, in units of 1/unit */
	int64_t def;         /* default, in units of 1/unit */
	int64_t unit;        /* 1 for whole numbers, OPTION_UNIT for decimals */
	const char *help;    /* one line, with the unit of the quantity */
};

#define OPTIONS_MAX 32 /* rows of the largest table */

unsigned options_count(const struct option_spec *table); /* 0 for NULL */
void options_defaults(const struct option_spec *table, int64_t *value);

/* Set one option from its text; the message names the option, the text and the range or the usual
 * mistake, and for a name that is not there the names that are. */
MUST_CHECK enum status options_set(const struct option_spec *table, int64_t *value,
				   const char *name, const char *text);

/* Parse "a=1,b=2" (may be empty or NULL) over values that were set to their defaults. */
MUST_CHECK enum status options_parse(const struct option_spec *table, int64_t *value,
				     const char *text);

/* Append the canonical spelling (no terminating NUL). */
void options_print(const struct option_spec *table, const int64_t *value, struct buffer *out);

/* Append one value as text: "0.5", "12". */
void options_print_value(const struct option_spec *spec, int64_t value, struct buffer *out);

#endif
