/* SPDX-License-Identifier: BSD-2-Clause
 *
 * mix.c - context mixing: many small models, weighed anew for every bit.
 */
#include <stdlib.h>

#include "kernels_forms.h"
#include "mix_bytes.h"
#include "mix_forms.h"
#include "mix_tokens.h"
#include "predictor.h"

enum { OPTION_LEVEL, OPTION_WITHOUT };

static const struct option_spec options[] = {
    {"level", 1, MIX_LEVELS, MIX_LEVEL_DEFAULT, 1, "1 fastest .. 9 smallest"},
    {"without", 0, 64, 0, 1, "silence the input with this number (0: none)"},
    {0},
};

struct mix {
	struct predictor base;
	struct mix_bytes *bytes; /* or NULL: */
	struct mix_tokens *tokens;
	uint32_t (*code_byte)(struct mix_bytes *m, struct bit_channel *c, uint32_t byte);
};

const struct mix_form *mix_form(void)
{
	const struct mix_form *const form[SIMD_FORMS] = {
	    [SIMD_PLAIN] = mix_plain,
	    [SIMD_AVX2] = mix_avx2,
	    [SIMD_AVX512] = mix_avx512,
	};

	for (unsigned f = SIMD_FORMS - 1; f > SIMD_PLAIN; f--)
		if (form[f] && kernels() == kernels_of((enum simd)f))
			return form[f];
	return mix_plain;
}

static const struct mix_level *level_of(const struct predictor_setup *s)
{
	return &mix_levels[s->option[OPTION_LEVEL] - 1];
}

static bool of_tokens(const struct predictor_setup *s)
{
	return s->n_symbols > 256;
}

/* Limit of the memory for contexts of tokens: 256 MiB at level 5. */
static uint64_t tokens_memory_max(const struct predictor_setup *s)
{
	return (uint64_t)1 << (23 + s->option[OPTION_LEVEL]);
}

static const char *mix_input_name(const struct predictor_setup *s, unsigned k)
{
	const char *name = NULL;

	if (of_tokens(s))
		return mix_tokens_input(k);
	return mix_bytes_input(level_of(s), k, &name) ? name : NULL;
}

static uint64_t silenced(const struct predictor_setup *s)
{
	unsigned k = (unsigned)s->option[OPTION_WITHOUT];

	return k ? mix_bytes_input(level_of(s), k, NULL) : 0;
}

static uint64_t mix_block_symbols(const struct predictor_setup *s)
{
	return of_tokens(s) ? 0 : level_of(s)->block_symbols;
}

static uint64_t mix_memory_bytes(const struct predictor_setup *s, uint64_t n_total)
{
	uint64_t bytes = of_tokens(s)
			     ? mix_tokens_memory(s->n_symbols, n_total, tokens_memory_max(s))
			     : arena_bytes(mix_bytes_memory(level_of(s), n_total));

	return sizeof(struct mix) + bytes;
}

static void mix_close(struct predictor *p)
{
	struct mix *m = (struct mix *)p;

	if (!m)
		return;
	mix_bytes_close(m->bytes);
	mix_tokens_close(m->tokens);
	free(m);
}

static enum status mix_open(struct predictor **out, const struct predictor_setup *s)
{
	struct mix *m = calloc(1, sizeof *m);
	enum status status;

	if (!m)
		return fail_no_memory();
	if (of_tokens(s)) {
		status = mix_tokens_open(&m->tokens, s->n_symbols, s->n_max, tokens_memory_max(s),
					 mix_form());
		if (m->tokens)
			mix_tokens_silence(m->tokens, (unsigned)s->option[OPTION_WITHOUT]);
	} else {
		status = mix_bytes_open(&m->bytes, level_of(s), s->n_max, silenced(s));
	}
	if (status != STATUS_OK) {
		free(m);
		return status;
	}
	m->code_byte = mix_form()->code_byte[level_of(s)->shape];
	*out = &m->base;
	return STATUS_OK;
}

static uint32_t mix_code(struct predictor *p, struct bit_channel *c, uint32_t symbol)
{
	struct mix *m = (struct mix *)p;

	if (m->tokens)
		return mix_tokens_code(m->tokens, c, symbol, &m->base.failed);
	return m->code_byte(m->bytes, c, symbol);
}

const struct predictor_ops mix_ops = {
    .name = "mix",
    .summary = "context mixing: many contexts weighed for every bit",
    .id = 8,
    .options = options,
    .block_symbols = mix_block_symbols,
    .input_name = mix_input_name,
    .memory_bytes = mix_memory_bytes,
    .open = mix_open,
    .code = mix_code,
    .close = mix_close,
};
