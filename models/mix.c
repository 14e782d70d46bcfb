/* SPDX-License-Identifier: BSD-2-Clause
 *
 * mix.c - context mixing: many small models, weighed anew for every bit.
 *
 * Two predictors: `mix`, and `neural`, which is `mix` with a transformer that learns while it
 * predicts (online.h) as one more model: counts remember a fact after one exposure, a network
 * generalises what many have in common.
 */
#include <stdlib.h>

#include "kernels_forms.h"
#include "mix_bytes.h"
#include "mix_forms.h"
#include "mix_tokens.h"
#include "mix_tokens_network.h"
#include "online_options.h"

#define WITHOUT_ROW                                                                                \
	{                                                                                          \
		"without", 0, 64, 0, 1, "silence the input with this number (0: none)"             \
	}

#define SUBJECTS_ROW                                                                               \
	{                                                                                          \
		"subjects", 0, 2, 0, 1,                                                            \
		    "learn whom sentences are about: 1 yes, 2 no, 0: of 16384 tokens or more"      \
	}

#define SUBJECTS_TOKENS_MIN 16384u

/* An archive that does not say it is of a time when none had subjects. */
enum subjects { SUBJECTS_OPEN, SUBJECTS_YES, SUBJECTS_NO };

enum { OPTION_LEVEL, OPTION_WITHOUT, OPTION_SUBJECTS };

static const struct option_spec mix_options[] = {
    [OPTION_LEVEL] = {"level", 1, MIX_LEVELS, MIX_LEVEL_DEFAULT, 1, "1 fastest .. 9 smallest"},
    [OPTION_WITHOUT] = WITHOUT_ROW,
    [OPTION_SUBJECTS] = SUBJECTS_ROW,
    {0},
};

enum { NEURAL_WITHOUT = ONLINE_OPTIONS, NEURAL_SUBJECTS };

static const struct option_spec neural_options[] = {
    ONLINE_OPTION_ROWS,
    [NEURAL_WITHOUT] = WITHOUT_ROW,
    [NEURAL_SUBJECTS] = SUBJECTS_ROW,
    {0},
};

struct mix {
	struct predictor base;
	struct mix_bytes *bytes; /* or NULL: */
	struct mix_tokens *tokens;
	struct online *network; /* or NULL */
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

static bool of_tokens(const struct predictor_setup *s)
{
	return s->n_symbols > 256;
}

/* Limit of the memory for contexts of tokens: 256 MiB at level 5. */
static uint64_t tokens_memory_max(unsigned level)
{
	return (uint64_t)1 << (23 + level);
}

static struct mix_tokens_setup tokens_setup(const struct predictor_setup *s, unsigned level,
					    int64_t subjects, uint64_t n_max)
{
	return (struct mix_tokens_setup){.n_symbols = s->n_symbols,
					 .n_max = n_max,
					 .memory_max_bytes = tokens_memory_max(level),
					 .subjects = subjects == SUBJECTS_YES};
}

/* It costs archives some bytes to say that they have subjects. */
static int64_t settle_subjects(const struct predictor_setup *s, int64_t subjects)
{
	bool many = of_tokens(s) && s->n_total >= SUBJECTS_TOKENS_MIN;

	return subjects == SUBJECTS_OPEN && many ? SUBJECTS_YES : subjects;
}

static uint64_t memory_bytes(const struct predictor_setup *s, unsigned level, int64_t subjects,
			     uint64_t n_total)
{
	struct mix_tokens_setup tokens = tokens_setup(s, level, subjects, n_total);
	uint64_t bytes =
	    of_tokens(s) ? mix_tokens_memory(&tokens)
			 : arena_bytes(mix_bytes_memory(&mix_levels[level - 1], n_total));

	return bytes == PREDICTOR_MEMORY_UNKNOWN ? bytes : sizeof(struct mix) + bytes;
}

static const char *input_name(const struct predictor_setup *s, unsigned level, unsigned k)
{
	const char *name = NULL;

	if (of_tokens(s))
		return mix_tokens_input(k);
	return mix_bytes_input(&mix_levels[level - 1], k, &name) ? name : NULL;
}

static void mix_close(struct predictor *p)
{
	struct mix *m = (struct mix *)p;

	if (!m)
		return;
	mix_bytes_close(m->bytes);
	mix_tokens_close(m->tokens);
	online_close(m->network);
	free(m);
}

/* What both predictors have; *m is closed by the caller if this fails. */
static enum status open_halves(struct mix *m, const struct predictor_setup *s, unsigned level,
			       unsigned without, int64_t subjects)
{
	struct mix_tokens_setup tokens = tokens_setup(s, level, subjects, s->n_max);
	const struct mix_level *of_bytes = &mix_levels[level - 1];

	m->code_byte = mix_form()->code_byte[of_bytes->shape];
	if (!of_tokens(s)) {
		TRY(mix_bytes_open(&m->bytes, of_bytes, s->n_max,
				   without ? mix_bytes_input(of_bytes, without, NULL) : 0,
				   m->network));
		if (s->observer && mix_form()->watch_byte[of_bytes->shape]) {
			mix_bytes_observe(m->bytes, s->observer);
			m->code_byte = mix_form()->watch_byte[of_bytes->shape];
		}
		return STATUS_OK;
	}
	TRY(mix_tokens_open(&m->tokens, &tokens, mix_form(), m->network));
	mix_tokens_silence(m->tokens, without);
	if (s->observer)
		mix_tokens_observe(m->tokens, s->observer);
	return STATUS_OK;
}

static uint32_t mix_code(struct predictor *p, struct bit_channel *c, uint32_t symbol)
{
	struct mix *m = (struct mix *)p;

	if (m->tokens)
		symbol = mix_tokens_code(m->tokens, c, symbol, &m->base.failed);
	else
		symbol = m->code_byte(m->bytes, c, symbol);
	if (m->bytes && m->bytes->respelt)
		m->base.failed =
		    fail(STATUS_CORRUPT, "damaged: no encoder spells a byte like this");
	if (m->network && m->base.failed == STATUS_OK)
		m->base.failed = online_failed(m->network);
	return symbol;
}

static enum status finish_open(struct predictor **out, struct mix *m, enum status status)
{
	if (status == STATUS_OK)
		*out = &m->base;
	else
		mix_close(&m->base);
	return status;
}

/* mix --------------------------------------------------------------------------------------- */

static unsigned level_of(const struct predictor_setup *s)
{
	return (unsigned)s->option[OPTION_LEVEL];
}

static const char *mix_input_name(const struct predictor_setup *s, unsigned k)
{
	return input_name(s, level_of(s), k);
}

static uint64_t mix_block_symbols(const struct predictor_setup *s)
{
	return of_tokens(s) ? 0 : mix_levels[level_of(s) - 1].block_symbols;
}

static uint64_t mix_memory_bytes(const struct predictor_setup *s, uint64_t n_total)
{
	return memory_bytes(s, level_of(s), s->option[OPTION_SUBJECTS], n_total);
}

static enum status mix_open(struct predictor **out, const struct predictor_setup *s)
{
	struct mix *m = calloc(1, sizeof *m);

	if (!m)
		return fail_no_memory();
	return finish_open(out, m, open_halves(m, s, level_of(s),
					       (unsigned)s->option[OPTION_WITHOUT],
					       s->option[OPTION_SUBJECTS]));
}

static void mix_settle(const struct predictor_setup *s, int64_t *option)
{
	option[OPTION_SUBJECTS] = settle_subjects(s, option[OPTION_SUBJECTS]);
}

const struct predictor_ops mix_ops = {
    .name = "mix",
    .summary = "context mixing: many contexts weighed for every bit",
    .id = 8,
    .options = mix_options,
    .settle = mix_settle,
    .block_symbols = mix_block_symbols,
    .input_name = mix_input_name,
    .memory_bytes = mix_memory_bytes,
    .open = mix_open,
    .code = mix_code,
    .close = mix_close,
};

/* neural ------------------------------------------------------------------------------------ */

static const char *neural_input_name(const struct predictor_setup *s, unsigned k)
{
	return input_name(s, MIX_LEVEL_NEURAL, k);
}

/* The byte half asks about all bytes, however few there may be. */
static struct online_settings network_of(const struct predictor_setup *s)
{
	struct online_settings network = online_settings_of(s);

	if (!of_tokens(s) && !s->transformer) {
		network.shape.n_symbols = 256;
		network.shape.is_tokens = false;
		network.shape.separator = TRANSFORMER_NO_SEPARATOR;
		network.find_separator = false;
	}
	return network;
}

static uint64_t neural_memory_bytes(const struct predictor_setup *s, uint64_t n_total)
{
	struct online_settings network = network_of(s);
	uint64_t bytes =
	    memory_bytes(s, MIX_LEVEL_NEURAL, s->option[NEURAL_SUBJECTS], n_total);

	if (bytes == PREDICTOR_MEMORY_UNKNOWN ||
	    transformer_shape_check(&network.shape) != STATUS_OK)
		return bytes; /* it will not be opened */
	if (of_tokens(s))
		bytes += token_network_memory(s->n_symbols, n_total);
	return bytes + online_bytes(&network, n_total);
}

static enum status neural_open(struct predictor **out, const struct predictor_setup *s)
{
	struct online_settings network = network_of(s);
	struct mix *m;
	enum status status;

	TRY(transformer_shape_check(&network.shape));
	if (network.shape.n_symbols < 256)
		return fail(STATUS_UNSUPPORTED, "neural takes a model of at least 256 symbols");
	m = calloc(1, sizeof *m);
	if (!m)
		return fail_no_memory();
	status = online_open(&m->network, &network, s->n_max);
	if (status == STATUS_OK)
		status = open_halves(m, s, MIX_LEVEL_NEURAL, (unsigned)s->option[NEURAL_WITHOUT],
				     s->option[NEURAL_SUBJECTS]);
	return finish_open(out, m, status);
}

static void neural_settle(const struct predictor_setup *s, int64_t *option)
{
	option[NEURAL_SUBJECTS] = settle_subjects(s, option[NEURAL_SUBJECTS]);
}

const struct predictor_ops neural_ops = {
    .name = "neural",
    .summary = "mix, and a transformer that learns while it predicts",
    .id = 12,
    .options = neural_options,
    .settle = neural_settle,
    .needs_model = MODEL_MAY,
    .is_slow = true,
    .block_symbols = online_block_symbols,
    .input_name = neural_input_name,
    .memory_bytes = neural_memory_bytes,
    .open = neural_open,
    .code = mix_code,
    .close = mix_close,
};
