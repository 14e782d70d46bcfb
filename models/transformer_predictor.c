/* SPDX-License-Identifier: BSD-2-Clause
 *
 * transformer_predictor.c - a trained transformer predicts, and does not learn any more.
 *
 * The symbols arrive from `streams` streams in turn (streams.h).  When the first of a round is
 * asked for, one step through the network computes what comes next in all of them: the previous
 * round has told what each stream's last symbol was.
 *
 * mass_spelling.h makes two decisions of a symbol.  No mass is 0 (exp ends at e^-87), so no symbol
 * is impossible.
 */
#include <stdlib.h>

#include "arena.h"
#include "mass_spelling.h"
#include "predictor.h"
#include "transformer.h"
#include "transformer_inference.h"

#define STREAMS_MAX 64

/* Blocks are coded in parallel, and each begins without a past. */
#define BLOCK_SYMBOLS ((uint64_t)1 << 20)

static uint64_t block_symbols(const struct predictor_setup *s)
{
	(void)s;
	return BLOCK_SYMBOLS;
}

enum { OPTION_STREAMS };

static const struct option_spec options[] = {
    [OPTION_STREAMS] = {"streams", 1, STREAMS_MAX, 8, 1,
			"parts of a block that are coded in turn: more are faster, up to a point"},
    {0},
};

struct transformer_predictor {
	struct predictor base;
	struct inference *net;
	struct mass_spelling spelling;
	uint32_t n_streams;
	int32_t separator;
	uint32_t now; /* the stream whose symbol is next */
	bool due;     /* a step, before the next answer */
	uint32_t token[STREAMS_MAX]; /* last symbol of each stream, and its place in its context */
	uint64_t position[STREAMS_MAX];
};

/* Archives hold the estimate: the same number on every machine. */
#define STATE_BYTES 4096u
_Static_assert(sizeof(struct transformer_predictor) <= STATE_BYTES, "STATE_BYTES");

static uint32_t transformer_n_streams(const struct predictor_setup *s)
{
	return (uint32_t)s->option[OPTION_STREAMS];
}

static uint64_t transformer_memory_bytes(const struct predictor_setup *s, uint64_t n_total)
{
	(void)n_total;
	return STATE_BYTES +
	       arena_bytes(inference_bytes(&s->transformer->shape, transformer_n_streams(s)));
}

static void transformer_close(struct predictor *base)
{
	struct transformer_predictor *p = (struct transformer_predictor *)base;

	if (!p)
		return;
	inference_close(p->net);
	free(p);
}

static enum status transformer_open(struct predictor **out, const struct predictor_setup *s)
{
	const struct transformer_shape *shape = &s->transformer->shape;
	struct transformer_predictor *p;
	enum status status;

	if (shape->n_symbols != s->n_symbols)
		return fail(STATUS_CORRUPT, "the model knows %lu symbols, the data have %lu",
			    (unsigned long)shape->n_symbols, (unsigned long)s->n_symbols);
	p = calloc(1, sizeof *p);
	if (!p)
		return fail_no_memory();
	p->spelling = mass_spelling_of(s->n_symbols);
	p->base.outcomes_max = mass_spelling_outcomes_max(&p->spelling);
	p->n_streams = transformer_n_streams(s);
	p->separator = shape->separator;
	p->due = true;
	for (uint32_t i = 0; i < p->n_streams; i++)
		p->token[i] = p->separator < 0 ? 0 : (uint32_t)p->separator;
	status = inference_open(&p->net, s->transformer, p->n_streams);
	if (status != STATUS_OK) {
		transformer_close(&p->base);
		return status;
	}
	*out = &p->base;
	return STATUS_OK;
}

static void transformer_ask(struct predictor *base, struct dist *d)
{
	struct transformer_predictor *p = (struct transformer_predictor *)base;

	if (p->due)
		inference_step(p->net, p->token, p->position);
	p->due = false;
	mass_spelling_ask(&p->spelling, inference_masses(p->net, p->now), d);
}

static uint32_t transformer_spell(struct predictor *base, uint32_t symbol)
{
	const struct transformer_predictor *p = (struct transformer_predictor *)base;

	return mass_spelling_spell(&p->spelling, symbol);
}

static bool transformer_tell(struct predictor *base, uint32_t outcome, uint32_t *symbol)
{
	struct transformer_predictor *p = (struct transformer_predictor *)base;

	if (!mass_spelling_tell(&p->spelling, outcome, symbol))
		return false;
	p->token[p->now] = *symbol;
	p->position[p->now] =
	    p->separator >= 0 && *symbol == (uint32_t)p->separator ? 0 : p->position[p->now] + 1;
	if (++p->now == p->n_streams) {
		p->now = 0;
		p->due = true;
	}
	return true;
}

const struct predictor_ops transformer_ops = {
    .name = "transformer",
    .summary = "a trained transformer, static: -M names its file",
    .id = 7,
    .options = options,
    .needs_model = MODEL_MUST,
    .block_symbols = block_symbols,
    .n_streams = transformer_n_streams,
    .memory_bytes = transformer_memory_bytes,
    .open = transformer_open,
    .ask = transformer_ask,
    .spell = transformer_spell,
    .tell = transformer_tell,
    .close = transformer_close,
};
