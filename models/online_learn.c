/* SPDX-License-Identifier: BSD-2-Clause
 *
 * online_learn.c - an update: windows of what is new and of what is old, steps of AdamW, rounding.
 *
 * A window is up to `length` symbols of a stream.  It begins where a sentence does, if one begins
 * near: what is predicted in a context cut short is not what will be asked.  What is new is learnt
 * once, then windows from anywhere in the past are: `passes` symbols for each new one around symbol
 * REPLAY_SYMBOLS, more before it and fewer behind, like 1 / sqrt(n).  The past is short at first,
 * learning all of it several times costs little, and every bit that the network learns early is
 * saved for the rest; later a symbol more is a smaller part of what it knows.
 *
 * The rate rises for RATE_RISE steps and falls like 1 / sqrt(n) beyond RATE_SYMBOLS symbols, as for
 * a source that stays the same, down to RATE_LEAST of it, for those that do not.
 *
 * What cannot happen.  Weights and gains are kept inside the limits of a stored model, in which the
 * forward pass is finite (transformer.h); a gradient that is not, or is beyond all measure, is
 * thrown away whole.  All forms of the kernels see the same numbers, so they throw away the same.
 */
#include <string.h>

#include "float_guard.h"
#include "kernels.h"
#include "lexicon_past.h"
#include "online_state.h"

#define DECAY 0.02 /* of weights, a unit of rate */
#define SQUARE_MAX 1e30
#define RATE_RISE 20.0
#define RATE_SYMBOLS 100000.0
#define RATE_LEAST 0.1
#define REPLAY_SYMBOLS 50000.0 /* where `passes` symbols are learnt again for a new one, */
#define REPLAY_MOST 8.0        /* at most so many times more */
#define GROWTH 4                /* an update when the past has grown by a 4th of itself, at first */
#define WEIGHT_MAX 1000      /* below TRANSFORMER_SCALE_MAX * 127 */
#define SEARCHES_END (2 * ONLINE_SEARCHED)

_Static_assert(WEIGHT_MAX < (int)TRANSFORMER_SCALE_MAX * 127, "weights can be rounded");

/* sqrt(x) of a positive normal number, to single precision. */
static double root(double x)
{
	float given = (float)x, inverse;

	kernels()->rsqrt(&inverse, &given, 1);
	return x * (double)inverse;
}

uint64_t online_block(const struct online *o)
{
	uint64_t growing = o->length / 16 + 1 + o->round / GROWTH;

	return growing < o->s.block ? growing : o->s.block;
}

void online_find_separator(struct online *o)
{
	uint64_t most = ONLINE_SEARCHED / o->s.n_streams, n = o->round < most ? o->round : most;
	uint32_t separator;

	o->next_search = o->told < SEARCHES_END ? 2 * o->told : UINT64_MAX;
	for (uint32_t i = 0; i < o->s.n_streams; i++)
		memcpy(o->joined + i * n, o->past + i * o->room + o->round - n,
		       n * sizeof *o->joined);
	o->failed = lexicon_separator(o->joined, n * o->s.n_streams, o->s.shape.n_symbols,
				      &separator);
	if (o->failed != STATUS_OK)
		return;
	o->s.shape.separator =
	    separator == LEXICON_NONE ? TRANSFORMER_NO_SEPARATOR : (int32_t)separator;
	network_set_separator(o->network, o->s.shape.separator);
}

/* The last start of a sentence that is near before symbol `at` of a stream, or `at` itself. */
static uint64_t sentence_start(const struct online *o, const uint16_t *past, uint64_t at)
{
	uint64_t least = at > o->length / 2 ? at - o->length / 2 : 0;

	if (o->s.shape.separator < 0)
		return at;
	for (uint64_t i = at; i > least; i--)
		if (past[i - 1] == o->s.shape.separator)
			return i;
	return least == 0 ? 0 : at;
}

/* This step's learning rate. */
static double rate_now(const struct online *o)
{
	double rising = (double)(o->steps + 1) / RATE_RISE;
	double falling = 1 / root(1 + (double)o->told / RATE_SYMBOLS);

	falling = falling < RATE_LEAST ? RATE_LEAST : falling;
	return o->s.rate * (rising < 1 ? rising : 1) * falling;
}

/* Learn from the windows that have been collected. */
static void take_step(struct online *o)
{
	struct network_windows w = {o->input, o->target, o->n_windows, o->length};
	struct optimiser_step step = {.before = o->steps, .decay = DECAY, .gradient_scale = 1};
	uint64_t n_targets = 0;
	double square;

	if (o->n_windows == 0)
		return;
	for (size_t i = 0; i < o->n_windows * o->length; i++)
		n_targets += o->target[i] != NETWORK_NO_TARGET;
	o->n_windows = 0;
	network_prepare(o->network, o->parameter, (int)o->n_threads);
	optimiser_gradients(&o->optimiser, o->network, &w, (float)(1 / (double)n_targets));
	square = optimiser_sum(&o->optimiser, NULL, NULL);
	if (!(square < SQUARE_MAX))
		return;
	if (square > 1) /* to a norm of 1 */
		step.gradient_scale = (float)(root(square) / square);
	step.rate = rate_now(o);
	optimiser_update(&o->optimiser, o->parameter, &step);
	o->steps++;
}

/* The window of a stream that begins with symbol `first`; learn when there are enough. */
static void add_window(struct online *o, uint32_t stream, uint64_t first)
{
	const uint16_t *past = o->past + stream * o->room;
	uint16_t *input = o->input + o->n_windows * o->length;
	uint32_t *target = o->target + o->n_windows * o->length;
	uint64_t n = o->round - first < o->length ? o->round - first : o->length;

	for (uint64_t i = 0; i < o->length; i++) {
		input[i] = i < n && first + i > 0 ? past[first + i - 1] : online_first_input(o);
		target[i] = i < n ? past[first + i] : NETWORK_NO_TARGET;
	}
	if (++o->n_windows == o->batch)
		take_step(o);
}

/* What a stream has told since it was learnt from; a rest that is short may wait.  Returns the
 * number of symbols. */
static uint64_t learn_new(struct online *o, uint32_t stream)
{
	const uint16_t *past = o->past + stream * o->room;
	uint64_t n = 0;

	while (o->learnt[stream] < o->round) {
		uint64_t first = sentence_start(o, past, o->learnt[stream]);
		uint64_t end = first + o->length < o->round ? first + o->length : o->round;

		if (n > 0 && end - o->learnt[stream] < o->length / 4)
			break;
		add_window(o, stream, first);
		n += end - o->learnt[stream];
		o->learnt[stream] = end;
	}
	return n;
}

static void learn_again(struct online *o)
{
	uint32_t stream = (uint32_t)rng_below(&o->rng, o->s.n_streams);
	uint64_t last = o->round > o->length ? o->round - o->length : 0;
	uint64_t first = rng_below(&o->rng, last + 1);

	add_window(o, stream, sentence_start(o, o->past + stream * o->room, first));
}

/* Symbols to be learnt again for each new one, now. */
static double replay(const struct online *o)
{
	double more = root(REPLAY_SYMBOLS / (double)o->told);

	more = more > REPLAY_MOST ? REPLAY_MOST : more;
	return o->s.passes * more;
}

static void stay_in_bounds(struct online *o)
{
#pragma omp parallel for num_threads(o->n_threads) schedule(static)
	for (size_t i = 0; i < o->optimiser.n_pieces; i++) {
		const struct optimiser_piece *p = &o->optimiser.piece[i];
		float limit = p->of.is_gain ? TRANSFORMER_GAIN_MAX : WEIGHT_MAX;
		float *w = o->parameter + p->offset;

#pragma omp simd
		for (size_t k = 0; k < p->n; k++) {
			w[k] = w[k] < limit ? w[k] : limit; /* NaN is no exception */
			w[k] = w[k] > -limit ? w[k] : -limit;
		}
	}
}

void online_learn(struct online *o)
{
	uint64_t fresh = 0;

	for (uint32_t i = 0; i < o->s.n_streams; i++)
		fresh += learn_new(o, i);
	o->owed += (double)fresh * replay(o);
	for (; o->owed >= o->length; o->owed -= o->length)
		learn_again(o);
	take_step(o);
	stay_in_bounds(o);
	optimiser_round(&o->optimiser, o->model, o->parameter, NULL);
	inference_reload(o->net, (int)o->n_threads);
}
