/* SPDX-License-Identifier: BSD-2-Clause
 *
 * online_predictor.c - a transformer predicts, and learns what came (online.h).
 */
#include <stdlib.h>

#include "mass_spelling.h"
#include "online.h"
#include "predictor.h"

enum {
	OPTION_LAYERS,
	OPTION_DIM,
	OPTION_HEADS,
	OPTION_CTX,
	OPTION_STREAMS,
	OPTION_BLOCK,
	OPTION_PASSES,
	OPTION_SEED,
	OPTION_RATE,
	OPTION_SEPARATOR,
};

#define SEPARATOR_FIND (-2) /* in what came */
#define STREAMS_MAX 64
#define DIM 64
#define EMBEDDING_MAX (1u << 20) /* weights, unless told otherwise */

static const struct option_spec options[] = {
    [OPTION_LAYERS] = {"layers", 1, TRANSFORMER_LAYERS_MAX, 2, 1, "layers of the network"},
    [OPTION_DIM] = {"dim", 0, TRANSFORMER_DIM_MAX, 0, 1,
		    "its width, a multiple of 16; 0: 64, less for more than 16,384 symbols"},
    [OPTION_HEADS] = {"heads", 0, TRANSFORMER_DIM_MAX / 16, 0, 1,
		      "of attention; 0: of width 32 where that divides dim, else 16"},
    [OPTION_CTX] = {"ctx", 1, TRANSFORMER_CTX_MAX, 64, 1, "symbols it looks back"},
    [OPTION_STREAMS] = {"streams", 1, STREAMS_MAX, 8, 1, "parts that are coded in turn"},
    [OPTION_BLOCK] = {"block", 0, 1 << 20, 0, 1,
		      "symbols of each from one update to the next; 0: ctx"},
    [OPTION_PASSES] = {"passes", 0, 100, 1, 1, "symbols learnt again for each new one"},
    [OPTION_SEED] = {"seed", 0, INT64_MAX, 1, 1, "of first weights and of what is learnt again"},
    [OPTION_RATE] = {"rate", 0, OPTION_UNIT, 0, OPTION_UNIT, "of learning; 0: by dim"},
    [OPTION_SEPARATOR] = {"separator", SEPARATOR_FIND, DIST_SYMBOLS_MAX - 1, SEPARATOR_FIND, 1,
			  "symbol that ends a context; -1: none, -2: found in tokens"},
    {0},
};

struct online_predictor {
	struct predictor base;
	struct online *online;
	struct mass_spelling spelling;
};

static uint32_t online_n_streams(const struct predictor_setup *s)
{
	return (uint32_t)s->option[OPTION_STREAMS];
}

static uint64_t block_symbols(const struct predictor_setup *s)
{
	(void)s;
	return 0;
}

static uint32_t dim_of(const struct predictor_setup *s)
{
	uint32_t dim = DIM;

	if (s->option[OPTION_DIM] > 0)
		return (uint32_t)s->option[OPTION_DIM];
	while (dim > 16 && dim * s->n_symbols > EMBEDDING_MAX)
		dim /= 2;
	return dim;
}

static uint32_t heads_of(const struct predictor_setup *s)
{
	uint32_t dim = dim_of(s);

	if (s->option[OPTION_HEADS] > 0)
		return (uint32_t)s->option[OPTION_HEADS];
	return dim % 32 == 0 ? dim / 32 : dim / 16;
}

static struct online_settings settings_of(const struct predictor_setup *s)
{
	const int64_t *o = s->option;
	bool is_tokens = s->n_symbols != 256;
	struct online_settings t = {
	    .shape = {.n_symbols = s->n_symbols,
		      .n_layers = (uint32_t)o[OPTION_LAYERS],
		      .dim = dim_of(s),
		      .n_heads = heads_of(s),
		      .ctx = (uint32_t)o[OPTION_CTX],
		      .separator = (int32_t)o[OPTION_SEPARATOR],
		      .is_tokens = is_tokens},
	    .start = s->transformer,
	    .seed = (uint64_t)o[OPTION_SEED],
	    .n_streams = online_n_streams(s),
	    .block = (uint32_t)o[OPTION_BLOCK],
	    .passes = (uint32_t)o[OPTION_PASSES],
	    .rate = (double)o[OPTION_RATE] / OPTION_UNIT,
	    .threads = s->threads,
	};

	if (t.shape.separator == SEPARATOR_FIND) {
		t.find_separator = is_tokens;
		t.shape.separator = TRANSFORMER_NO_SEPARATOR;
	}
	if (s->transformer)
		t.shape = s->transformer->shape;
	return t;
}

static uint64_t online_memory_bytes(const struct predictor_setup *s, uint64_t n_total)
{
	struct online_settings t = settings_of(s);

	if (transformer_shape_check(&t.shape) != STATUS_OK)
		return 4096;
	return 4096 + online_bytes(&t, n_total);
}

static void online_predictor_close(struct predictor *base)
{
	struct online_predictor *p = (struct online_predictor *)base;

	if (!p)
		return;
	online_close(p->online);
	free(p);
}

static enum status online_predictor_open(struct predictor **out, const struct predictor_setup *s)
{
	struct online_settings t = settings_of(s);
	struct online_predictor *p;
	enum status status;

	TRY(transformer_shape_check(&t.shape));
	p = calloc(1, sizeof *p);
	if (!p)
		return fail_no_memory();
	p->spelling = mass_spelling_of(s->n_symbols);
	p->base.outcomes_max = mass_spelling_outcomes_max(&p->spelling);
	status = online_open(&p->online, &t, s->n_max);
	if (status != STATUS_OK) {
		online_predictor_close(&p->base);
		return status;
	}
	*out = &p->base;
	return STATUS_OK;
}

static void online_ask(struct predictor *base, struct dist *d)
{
	struct online_predictor *p = (struct online_predictor *)base;

	mass_spelling_ask(&p->spelling, online_masses(p->online), d);
}

static uint32_t online_spell(struct predictor *base, uint32_t symbol)
{
	const struct online_predictor *p = (struct online_predictor *)base;

	return mass_spelling_spell(&p->spelling, symbol);
}

static bool online_predictor_tell(struct predictor *base, uint32_t outcome, uint32_t *symbol)
{
	struct online_predictor *p = (struct online_predictor *)base;

	if (!mass_spelling_tell(&p->spelling, outcome, symbol))
		return false;
	online_tell(p->online, *symbol);
	base->failed = online_failed(p->online);
	return true;
}

const struct predictor_ops transformer_online_ops = {
    .name = "transformer:online",
    .summary = "a transformer that learns what it has just predicted; no weights are sent",
    .id = 11,
    .options = options,
    .needs_model = MODEL_MAY,
    .block_symbols = block_symbols,
    .n_streams = online_n_streams,
    .memory_bytes = online_memory_bytes,
    .open = online_predictor_open,
    .ask = online_ask,
    .spell = online_spell,
    .tell = online_predictor_tell,
    .close = online_predictor_close,
};
