/* SPDX-License-Identifier: BSD-2-Clause */
#include "row.h"

#include <math.h>
#include <string.h>

/* Every number of a row, so that none is forgotten: they stand in two runs. */
#define FIRST(member) offsetof(struct row, member)
#define END(member) (offsetof(struct row, member) + sizeof(double))

struct row row_empty(void)
{
	static const size_t runs[][2] = {
	    {FIRST(n_tokens), END(decompress_spread)},
	    {FIRST(total_bytes), END(decompress_ns_token)},
	};
	struct row r = {.present = false};

	for (size_t i = 0; i < sizeof runs / sizeof runs[0]; i++)
		for (size_t at = runs[i][0]; at < runs[i][1]; at += sizeof(double))
			*(double *)(void *)((char *)&r + at) = NAN;
	return r;
}

void row_derive(struct row *r)
{
	r->total_bytes = r->archive_bytes + r->model_bytes;
	r->total_bits = isnan(r->archive_bytes) ? r->ideal_bits : 8 * r->total_bytes;
	r->total_with_decoder_bytes = r->total_bytes + r->decoder_bytes;
	r->regret_sum = 0;
	for (int i = 0; i < COST_ROLES; i++)
		r->regret_sum += r->regret[i];
	r->bits_per_token = r->total_bits / r->n_tokens;
	r->bits_per_text_byte = r->total_bits / r->text_bytes;
	r->times_bound = r->total_bits / r->bound_bits;
	r->overhead_bits = 8 * r->total_bytes - r->ideal_bits;
	r->compress_mb_s = r->input_bytes / 1e6 / r->compress_seconds;
	r->decompress_mb_s = r->input_bytes / 1e6 / r->decompress_seconds;
	r->compress_tokens_s = r->n_tokens / r->compress_seconds;
	r->decompress_tokens_s = r->n_tokens / r->decompress_seconds;
	r->compress_ns_token = 1e9 / r->compress_tokens_s;
	r->decompress_ns_token = 1e9 / r->decompress_tokens_s;
}

bool row_same_table(const struct row *a, const struct row *b)
{
	bool one_corpus = a->section & (SECTION_TABLE | SECTION_FILE);

	return a->section == b->section && (!one_corpus || strcmp(a->corpus, b->corpus) == 0);
}
