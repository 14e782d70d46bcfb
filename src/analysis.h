/* SPDX-License-Identifier: BSD-2-Clause
 *
 * analysis.h - what is in a sequence of bytes or tokens, and where its bits go.
 *
 * The facts come from a look at the symbols.  The places come from the rounded cost of each symbol
 * (cost.h), in whole units of 2^-24 bits, so that the parts of every division - by position, by
 * line, by class, by cost - add up to the total exactly.
 *
 * Memory: the costs, 8 bytes a symbol, which the caller has; 8 bytes a line for the quantiles; the
 * rest does not grow.  Time: a few ns a symbol.
 */
#ifndef TWOPART_ANALYSIS_H
#define TWOPART_ANALYSIS_H

#include <stdbool.h>
#include <stdint.h>

#include "status.h"

#define ANALYSIS_PARTS 16
#define ANALYSIS_REGION_BYTES 64
#define ANALYSIS_REGION_TOKENS 16
#define ANALYSIS_CHEAP_BITS 0.5 /* what each symbol of a cheap run costs less than */
#define ANALYSIS_NO_TOKEN UINT32_MAX

/* What is looked at. */
struct analysis_input {
	const uint8_t *data; /* bytes, or tokens as little-endian pairs */
	uint64_t n_symbols;
	bool is_tokens;
	uint32_t alphabet;  /* 256, or largest token + 1 */
	bool is_text;       /* of bytes: they have lines, and characters in UTF-8 */
	uint32_t end_token; /* ends a line of tokens; ANALYSIS_NO_TOKEN: there are no lines */
	const char *const *word; /* (alphabet) of tokens, for excerpts; NULL: their numbers */
};

enum byte_class {
	BYTE_LOWER,
	BYTE_UPPER,
	BYTE_DIGIT,
	BYTE_BLANK, /* space and tab */
	BYTE_LINE_END,
	BYTE_PUNCTUATION,
	BYTE_HIGH, /* 128 and above: parts of characters, or not text */
	BYTE_ZERO,
	BYTE_CONTROL, /* other ones below 32, and 127 */
	BYTE_CLASSES
};

enum byte_class byte_class(uint8_t byte);
extern const char *const byte_class_keys[BYTE_CLASSES]; /* "lower", .. */
extern const char *const byte_class_names[BYTE_CLASSES];

/* A look at the symbols. */
struct analysis_facts {
	uint64_t n_distinct;
	uint64_t class_bytes[BYTE_CLASSES]; /* of bytes */
	uint64_t text_bytes; /* of bytes: ASCII text, and whole UTF-8 characters */
	uint64_t n_lines, longest_line; /* its symbols with the end, which the last may lack */
};

/* Sets in->is_text, too: if all bytes but one in a thousand are text's, and none is zero. */
void analysis_look(struct analysis_input *in, struct analysis_facts *facts);

/* Neighbouring symbols and what they cost. */
struct place {
	uint64_t first, n; /* symbols */
	uint64_t line;     /* that it begins in, from 1 on; 0: there are no lines */
	int64_t units;     /* of 2^-24 bits */
};

/*
 * What stands there, for people: on one line, of at most n_columns characters (then it ends in ..),
 * in UTF-8.  Control characters, and bytes that are no characters (from 128 on, unless this is
 * text), are shown as a full stop.
 */
#define ANALYSIS_EXCERPT_BYTES 512 /* room for 100 columns */
void analysis_excerpt(const struct analysis_input *in, uint64_t first, uint64_t n,
		      unsigned n_columns, char text[ANALYSIS_EXCERPT_BYTES]);

/* The n of most units, in that order; of equals the first ones in the sequence. */
struct place_list {
	struct place *place; /* (n_max) */
	unsigned n, n_max;
};

struct symbol_sum {
	uint32_t symbol;
	uint64_t n;
	int64_t units;
};

/* Classes of cost: less than 1/16 bit, 1/4, 1, 2, 4, 8, 16 bits, and more. */
#define ANALYSIS_COSTS 8
extern const double analysis_cost_below[ANALYSIS_COSTS]; /* the last one infinite */

#define ANALYSIS_QUANTILES 5
extern const double analysis_quantiles[ANALYSIS_QUANTILES]; /* 0.1, 0.25, .. */

struct analysis {
	unsigned n_top; /* length of all lists, at most */
	struct place total;
	unsigned n_parts; /* ANALYSIS_PARTS, or fewer symbols */
	struct place part[ANALYSIS_PARTS];
	int64_t class_units[BYTE_CLASSES]; /* of bytes */
	uint64_t cost_symbols[ANALYSIS_COSTS];
	int64_t cost_units[ANALYSIS_COSTS];

	uint32_t region_symbols;
	struct place_list regions; /* windows of region_symbols that do not overlap */
	struct place_list cheap;   /* longest runs of symbols below ANALYSIS_CHEAP_BITS;
				      in the order of their length */
	struct place_list lines;   /* none when there is but one */
	uint64_t n_lines;
	double line_bits[ANALYSIS_QUANTILES]; /* so many of the lines cost at most that */
	struct symbol_sum *symbols;           /* (n_symbols) of most units, in that order */
	unsigned n_symbols;
};

/*
 * Sort out the costs of all symbols, which are multiples of 2^-24 bits.  Lists of n_top places.
 * analysis_free() in any case.  Errors: no memory.
 */
MUST_CHECK enum status analysis_sort_out(const struct analysis_input *in, const double *bits,
					 unsigned n_top, struct analysis *a);
void analysis_free(struct analysis *a);

#endif
