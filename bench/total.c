/* SPDX-License-Identifier: BSD-2-Clause */
#include "total.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

/* Files that have a row, measured or not. */
static size_t count_files(const struct row *row, size_t n_rows)
{
	size_t n = 0;

	for (size_t i = 0; i < n_rows; i++) {
		size_t k = 0;

		if (row[i].section != SECTION_FILE)
			continue;
		while (row[k].section != SECTION_FILE || strcmp(row[k].corpus, row[i].corpus) != 0)
			k++;
		n += k == i;
	}
	return n;
}

static void add(struct row *sum, const struct row *r)
{
	sum->text_bytes += r->text_bytes;
	sum->input_bytes += r->input_bytes;
	sum->archive_bytes += r->archive_bytes;
	sum->model_bytes += r->model_bytes;
	sum->ideal_bits += r->ideal_bits;
	sum->compress_seconds += r->compress_seconds;
	sum->decompress_seconds += r->decompress_seconds;
	sum->compress_wall_seconds += r->compress_wall_seconds;
	sum->decompress_wall_seconds += r->decompress_wall_seconds;
	sum->compress_process_seconds += r->compress_process_seconds;
	sum->decompress_process_seconds += r->decompress_process_seconds;
	sum->compress_peak_mib = fmax(sum->compress_peak_mib, r->compress_peak_mib);
	sum->decompress_peak_mib = fmax(sum->decompress_peak_mib, r->decompress_peak_mib);
}

static bool is_same_method(const struct row *a, const struct row *b)
{
	return strcmp(a->name, b->name) == 0 &&
	       (a->n_threads == b->n_threads || (isnan(a->n_threads) && isnan(b->n_threads)));
}

/* The total of the method of row `first`, which is its first row on a file; false without one. */
static bool sum_up(const struct row *first, const struct row *end, size_t n_files, struct row *sum)
{
	size_t n = 1;

	*sum = *first;
	sum->section = SECTION_TOTAL;
	sum->digest[0] = '\0';
	snprintf(sum->corpus, sizeof sum->corpus, "Total of %zu files", n_files);
	for (const struct row *r = first + 1; r < end; r++) {
		if (r->section != SECTION_FILE || !r->present || !is_same_method(r, first))
			continue;
		add(sum, r);
		n++;
	}
	row_derive(sum);
	return n == n_files;
}

size_t total_rows(struct row *row, size_t n_rows)
{
	size_t n_files = count_files(row, n_rows), n = 0;

	for (size_t i = 0; i < n_rows && n_files > 1; i++) {
		bool is_first = row[i].section == SECTION_FILE && row[i].present;

		for (size_t k = 0; k < i && is_first; k++)
			is_first = row[k].section != SECTION_FILE || !row[k].present ||
				   !is_same_method(&row[k], &row[i]);
		if (is_first && sum_up(&row[i], row + n_rows, n_files, &row[n_rows + n]))
			n++;
	}
	return n;
}
