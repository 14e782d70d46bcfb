/* SPDX-License-Identifier: BSD-2-Clause
 *
 * transformer_predictor.c - a trained transformer predicts, and does not learn any more.
 *
 * The symbols arrive from `streams` streams in turn (streams.h).  When the first of a round is
 * asked for, one step through the network computes what comes next in all of them: the previous
 * round has told what each stream's last symbol was.
 *
 * A symbol is spelled in two decisions, first which group of symbols and then which member, so that
 * a few hundred frequencies are made and summed for 65,536 symbols, and not all of them.
 *
 * Where real numbers become integers.  The network's masses are e_s = exp(logit_s - max); G_g is
 * the sum of those of group g, and E that of all G.  Both decisions go through dist_frequency(),
 * the only rounding that archives see: the group with masses G_g and scale 2^36 / E, the member
 * with masses e_s and scale 2^36 / G_g.  Its loss: for n alternatives of masses m, sum M and a
 * computed sum M' of it, freq >= m 2^36 / M' and total <= n + M 2^36 / M', so an alternative costs
 * at most
 *
 *      lg(total / freq) <= -lg(m / M) + lg(1 + n / 2^36 M' / M).
 *
 * An error in M' scales all frequencies alike and is no loss of its own.  That G_g is itself a
 * rounded sum can only cost its relative error, below 2^-44.  So for n_groups groups of `width`
 * symbols both decisions together lose at most (n_groups + width) 2^-36 lg e bits and 2^-43: 1.1e-8
 * bits for 65,536 symbols.  No mass is 0 (exp ends at e^-87), so no symbol is impossible.
 */
#include <stdlib.h>

#include "arena.h"
#include "predictor.h"
#include "transformer.h"
#include "transformer_inference.h"

#define STREAMS_MAX 64
#define NO_GROUP UINT32_MAX
#define WIDTH_MIN 16 /* of a group: a multiple of what sum_of() takes at a time */

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
	uint32_t n_symbols, n_streams;
	int32_t separator;
	uint32_t width, n_groups; /* of the first decision; the last group may be smaller */
	uint32_t now;             /* the stream whose symbol is next */
	uint32_t group;           /* of that symbol, or NO_GROUP before the first decision */
	bool due;                 /* a step, before the next answer */
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

/* About as many groups as members. */
static void lay_out_groups(struct transformer_predictor *p)
{
	p->width = WIDTH_MIN;
	while (p->width * p->width < p->n_symbols)
		p->width *= 2;
	p->n_groups = (p->n_symbols - 1) / p->width + 1;
	p->base.outcomes_max = p->width > p->n_groups ? p->width : p->n_groups;
	p->group = NO_GROUP;
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
	p->n_symbols = s->n_symbols;
	lay_out_groups(p);
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

/* Of n masses, n a multiple of 4: those of 4 k + l for each l, then the sums in pairs. */
static double sum_of(const float *mass, uint32_t n)
{
	double sum[4] = {0};

	for (uint32_t i = 0; i < n; i += 4)
		for (uint32_t l = 0; l < 4; l++)
			sum[l] += (double)mass[i + l];
	return (sum[0] + sum[1]) + (sum[2] + sum[3]);
}

static uint32_t smaller(uint32_t a, uint32_t b)
{
	return a < b ? a : b;
}

static void ask_group(const struct transformer_predictor *p, const float *mass, struct dist *d)
{
	double sum[DIST_SYMBOLS_MAX / 256], all = 0;

	for (uint32_t g = 0; g < p->n_groups; g++) {
		uint32_t first = g * p->width;
		uint32_t n = smaller(p->width, inference_n_masses(p->net) - first);

		all += sum[g] = sum_of(mass + first, n);
	}
	d->n_symbols = p->n_groups;
	for (uint32_t g = 0; g < p->n_groups; g++)
		d->freq[g] = dist_frequency(sum[g], DIST_SCALE / all);
}

static void ask_member(const struct transformer_predictor *p, const float *mass, struct dist *d)
{
	uint32_t first = p->group * p->width;
	uint32_t n = smaller(p->width, inference_n_masses(p->net) - first);
	double scale = DIST_SCALE / sum_of(mass + first, n);

	d->n_symbols = smaller(p->width, p->n_symbols - first);
	for (uint32_t s = 0; s < d->n_symbols; s++)
		d->freq[s] = dist_frequency((double)mass[first + s], scale);
}

static void transformer_ask(struct predictor *base, struct dist *d)
{
	struct transformer_predictor *p = (struct transformer_predictor *)base;

	if (p->due)
		inference_step(p->net, p->token, p->position);
	p->due = false;
	if (p->group == NO_GROUP)
		ask_group(p, inference_masses(p->net, p->now), d);
	else
		ask_member(p, inference_masses(p->net, p->now), d);
	d->n_listed = d->n_symbols;
	d->floor = 0;
}

static uint32_t transformer_spell(struct predictor *base, uint32_t symbol)
{
	const struct transformer_predictor *p = (struct transformer_predictor *)base;

	if (symbol >= p->n_symbols)
		return OUTCOME_NONE;
	return p->group == NO_GROUP ? symbol / p->width : symbol % p->width;
}

static bool transformer_tell(struct predictor *base, uint32_t outcome, uint32_t *symbol)
{
	struct transformer_predictor *p = (struct transformer_predictor *)base;

	if (p->group == NO_GROUP) {
		p->group = outcome;
		return false;
	}
	*symbol = p->group * p->width + outcome;
	p->group = NO_GROUP;
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
    .needs_model = true,
    .block_symbols = block_symbols,
    .n_streams = transformer_n_streams,
    .memory_bytes = transformer_memory_bytes,
    .open = transformer_open,
    .ask = transformer_ask,
    .spell = transformer_spell,
    .tell = transformer_tell,
    .close = transformer_close,
};
