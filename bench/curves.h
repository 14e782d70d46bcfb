/* SPDX-License-Identifier: BSD-2-Clause
 *
 * curves.h - code length against position: what has been sent when so many symbols have been coded.
 *
 * A predictor that learns while it codes is a curve from 0 whose slope falls (the prequential
 * learning curve).  A code that ships a model is a line from L(M), the bits of the model, with a
 * slope that was paid for.  Where the line passes below the curve for good, shipping pays.
 *
 * The symbols are those of the input in the order of coding (streams.h): a receiver holds them in
 * that order, and only so is a curve that of somebody who learns.  Codes of several streams have
 * therefore coded other symbols than the rest when all have coded k of them; both ends agree.
 *
 * Everything is counted in whole units of 2^-24 bits (cost.h), so which of two codes is ahead at a
 * position is exact, and a tie is one.  Headers and checksums of archives are left out: they cost
 * the same few bytes everywhere.  Room: 8 bytes a symbol and curve.
 */
#ifndef TWOPART_CURVES_H
#define TWOPART_CURVES_H

#include <jansson.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

#include "archive.h"
#include "status.h"

#define CURVE_NAME_BYTES 128
#define CURVES_NONE SIZE_MAX
#define CURVES_TABLE_PLACES 3 /* positions a decade: 1, 2, 5 */
#define CURVES_FILE_PLACES 20
#define CURVES_END_SHARE 10 /* the end is the last tenth */

struct curve {
	char name[CURVE_NAME_BYTES];
	uint64_t n;              /* symbols */
	int64_t *sent_units;     /* (n + 1) [k]: when k symbols have been coded; [0] is L(M) */
	uint64_t archive_bytes;  /* with header and checksum; 0: there is no archive */
	uint32_t n_streams;
};

/* From costs in bits of n symbols in the order of coding; curve_free() in any case.  STATUS_LIMIT:
 * more bits than units can count. */
MUST_CHECK enum status curve_from_costs(struct curve *c, const char *name, uint64_t model_bytes,
					const double *bits, uint64_t n);

/* From the pass that makes the archive; costs_as_coded and cost_bits are set here.  Errors:
 * archive_compress(). */
MUST_CHECK enum status curve_measure(struct curve *c, const char *name,
				     const struct archive_settings *s, const uint8_t *in,
				     size_t size_bytes);
void curve_free(struct curve *c);

double curve_sent_bits(const struct curve *c, uint64_t position);
double curve_model_bits(const struct curve *c);

/* The curve at one position.  NaN: does not apply. */
struct curve_row {
	uint64_t position;
	double sent_bits, bits_per_symbol;
	double stretch_bits_per_symbol;   /* of the symbols since `from`: the marginal rate */
	double times_reference, over_reference_bits;
};

/* `reference` (may be NULL) has as many symbols. */
struct curve_row curve_row(const struct curve *c, const struct curve *reference, uint64_t from,
			   uint64_t position);

/*
 * Positions from 1 to n, ascending and distinct: n, the `exact` ones from 1 to n, and `per_decade`
 * a decade in equal ratios, rounded; CURVES_TABLE_PLACES gives 1, 2, 5, 10, ..  The caller frees.
 */
MUST_CHECK enum status curve_positions(uint64_t n, unsigned per_decade, const uint64_t *exact,
				       size_t n_exact, uint64_t **position, size_t *n_positions);

/* One code that ships more bits of model than another, compared at every position 1..n. */
struct crossing {
	size_t shipped, other; /* of the set */
	uint64_t n_stretches;  /* of positions at which shipping costs no more than not to */
	uint64_t first;        /* the first such position; 0: never */
	uint64_t for_good;     /* .. from which on all are, to the end; 0: the last one is not */
	uint64_t last;         /* the last such position */
	double saved_bits;     /* by shipping, at the end; negative: lost */
	double gain_bits_per_symbol; /* by shipping, in the last tenth */
};

struct crossing curve_cross(const struct curve *shipped, const struct curve *other);

/* Where the saved bits become 0 if the last tenth went on like that; 0: at the end they do not
 * approach 0.  A learner does not go on like that but improves, so a line that has not paid yet
 * pays later, and one that pays stops paying sooner. */
double crossing_ahead(const struct crossing *x, uint64_t n);

/* ---- Several codes of one input. ---- */

struct curves {
	const char *input;
	bool is_tokens;
	uint64_t n;            /* symbols */
	struct curve *curve;   /* (n_curves) */
	size_t n_curves;
	size_t reference;      /* index, or CURVES_NONE */
	uint64_t *exact;       /* (n_exact) positions that were asked for; borrowed */
	size_t n_exact;
	struct crossing *crossing; /* (n_crossings) */
	size_t n_crossings;
};

/* Compare every pair of which one ships more; curves_close() frees those, and all curves. */
MUST_CHECK enum status curves_find_crossings(struct curves *s);
void curves_close(struct curves *s);

/* The positions of files and drawings: many, with those that were asked for and those where a lead
 * begins.  The caller frees. */
MUST_CHECK enum status curves_places(const struct curves *s, uint64_t **position,
				     size_t *n_positions);

/* curves_report.c: tables; a row for each position and code, tab-separated; one JSON object. */
MUST_CHECK enum status curves_text(const struct curves *s, FILE *to);
MUST_CHECK enum status curves_tsv(const struct curves *s, FILE *to);
MUST_CHECK enum status curves_json(const struct curves *s, FILE *to);

/* One curve as a table of its own. */
void curve_text(const struct curve *c, const struct curve *reference, const uint64_t *at, size_t n,
		bool is_tokens, FILE *to);

/* The rows of one curve at n ascending positions, as an array. */
json_t *curve_rows_json(const struct curve *c, const struct curve *reference, const uint64_t *at,
			size_t n);

/* curves_svg.c: a drawing of its own, two panels. */
MUST_CHECK enum status curves_svg(const struct curves *s, FILE *to);

#endif
