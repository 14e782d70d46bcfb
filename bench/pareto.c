/* SPDX-License-Identifier: BSD-2-Clause */
#include "pareto.h"

#include <math.h>
#include <stdio.h>

bool pareto_beats(double a_size, double a_seconds, double b_size, double b_seconds)
{
	return a_size <= b_size && a_seconds <= b_seconds &&
	       (a_size < b_size || a_seconds < b_seconds);
}

static bool competes(const struct row *r)
{
	return r->present && !isnan(r->archive_bytes) && !r->not_counted[0] &&
	       (r->section & (SECTION_TABLE | SECTION_FILE | SECTION_TOTAL));
}

static void mark(struct row *r, const struct row *all, size_t n_rows)
{
	bool enc = !isnan(r->compress_process_seconds);
	bool dec = !isnan(r->decompress_process_seconds);

	for (const struct row *o = all; o < all + n_rows; o++) {
		if (!competes(o) || !row_same_table(o, r))
			continue;
		if (pareto_beats(o->total_bytes, o->compress_process_seconds, r->total_bytes,
				 r->compress_process_seconds))
			enc = false;
		if (pareto_beats(o->total_bytes, o->decompress_process_seconds, r->total_bytes,
				 r->decompress_process_seconds))
			dec = false;
	}
	snprintf(r->pareto, sizeof r->pareto, "%s%s%s", enc ? "enc" : "", enc && dec ? "+" : "",
		 dec ? "dec" : "");
}

void pareto_mark(struct row *row, size_t n_rows)
{
	for (size_t i = 0; i < n_rows; i++) {
		row[i].pareto[0] = '\0';
		if (competes(&row[i]))
			mark(&row[i], row, n_rows);
	}
}
