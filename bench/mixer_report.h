/* SPDX-License-Identifier: BSD-2-Clause
 *
 * mixer_report.h - what each mixer makes of the same experts on one file, and what was promised.
 *
 * Each row is an archive that was decoded and compared: every expert alone, every mixer with one
 * set of weights and with gated ones (models/ensemble.c), and context tree weighting.  Beside the
 * ideal bits of a row stands the bound that theory has for it (mixer_bounds.h, ctw.h).
 */
#ifndef TWOPART_MIXER_REPORT_H
#define TWOPART_MIXER_REPORT_H

#include <jansson.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

#include "ctw.h"
#include "experts.h"
#include "mixer_bounds.h"
#include "status.h"

#define MIXER_ROWS_MAX (EXPERTS_MAX + 2 * 4 + 1)

struct mixer_row {
	char name[32];
	char model[48]; /* as for twopart compress -m */
	double archive_bytes, ideal_bits;
	bool stored;       /* the archive holds the file as it is, which was shorter */
	double bound_bits; /* on ideal_bits; NaN where nothing is proven */
	const char *bound; /* what it is, in words; NULL with it */
	double compress_seconds, decompress_seconds;
};

struct mixer_report {
	const char *input; /* as typed; borrowed */
	double n_symbols;
	uint32_t alphabet;
	unsigned n_experts;
	struct mixer_row row[MIXER_ROWS_MAX];
	unsigned n_rows;
	unsigned best_expert; /* its row */
	struct mixer_bounds bounds;
	struct ctw_bound ctw;
};

/* Called after each row. */
typedef void mixer_progress(void *context, uint64_t done, uint64_t n);

/* Needs about 25 bytes of memory a symbol, besides those of the models.
 * Errors  STATUS_CORRUPT: a token file whose count and size disagree.  STATUS_LIMIT: more than 2^32
 *         symbols.  Others of the archives. */
MUST_CHECK enum status mixer_report_make(struct mixer_report *r, const char *input,
					 const uint8_t *in, size_t size_bytes,
					 mixer_progress *progress, void *context);

void mixer_report_markdown(const struct mixer_report *r, FILE *to);

/* A new object. */
json_t *mixer_report_json(const struct mixer_report *r);

#endif
