/* SPDX-License-Identifier: BSD-2-Clause */
#include "online_options.h"

#define DIM 64
#define EMBEDDING_MAX (1u << 20) /* weights, unless told otherwise */

static uint32_t dim_of(const struct predictor_setup *s)
{
	uint32_t dim = DIM;

	if (s->option[ONLINE_DIM] > 0)
		return (uint32_t)s->option[ONLINE_DIM];
	while (dim > 16 && dim * s->n_symbols > EMBEDDING_MAX)
		dim /= 2;
	return dim;
}

static uint32_t heads_of(const struct predictor_setup *s)
{
	uint32_t dim = dim_of(s);

	if (s->option[ONLINE_HEADS] > 0)
		return (uint32_t)s->option[ONLINE_HEADS];
	return dim % 32 == 0 ? dim / 32 : dim / 16;
}

struct online_settings online_settings_of(const struct predictor_setup *s)
{
	const int64_t *o = s->option;
	bool is_tokens = s->n_symbols != 256;
	struct online_settings t = {
	    .shape = {.n_symbols = s->n_symbols,
		      .n_layers = (uint32_t)o[ONLINE_LAYERS],
		      .dim = dim_of(s),
		      .n_heads = heads_of(s),
		      .ctx = (uint32_t)o[ONLINE_CTX],
		      .separator = (int32_t)o[ONLINE_SEPARATOR],
		      .is_tokens = is_tokens},
	    .start = s->transformer,
	    .seed = (uint64_t)o[ONLINE_SEED],
	    .n_streams = 1,
	    .block = (uint32_t)o[ONLINE_BLOCK],
	    .passes = (uint32_t)o[ONLINE_PASSES],
	    .rate = (double)o[ONLINE_RATE] / OPTION_UNIT,
	    .threads = s->threads,
	    .is_static = o[ONLINE_LEARN] == 0,
	};

	if (t.shape.separator == ONLINE_SEPARATOR_FIND) {
		t.find_separator = is_tokens;
		t.shape.separator = TRANSFORMER_NO_SEPARATOR;
	}
	if (s->transformer)
		t.shape = s->transformer->shape;
	return t;
}

uint64_t online_block_symbols(const struct predictor_setup *s)
{
	(void)s;
	return 0;
}
