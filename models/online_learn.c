/* SPDX-License-Identifier: BSD-2-Clause */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "kernels.h"
#include "lexicon_past.h"
#include "online_state.h"

#define RATE_AT_128 0.004
#define DECAY 0.02
#define CLIP 1.0

static double tune(const char *name, double value)
{
	const char *t = getenv(name);

	return t ? atof(t) : value;
}

static double root(double x)
{
	float y, z = (float)x;

	kernels()->rsqrt(&y, &z, 1);
	return (double)y * x;
}

double online_default_rate(uint32_t dim)
{
	return tune("RATE", RATE_AT_128) * root(128.0 / dim);
}

uint64_t online_block(const struct online *o)
{
	uint64_t grown = 4 + o->round / (uint64_t)tune("GROW", 4);

	return grown < o->s.block ? grown : o->s.block;
}

void online_find_separator(struct online *o)
{
	uint64_t most = ONLINE_SEARCHED / o->s.n_streams;
	uint64_t n = o->round < most ? o->round : most;
	uint32_t separator;

	o->next_search = 2 * o->told;
	if (o->told > 2 * ONLINE_SEARCHED)
		return;
	for (uint32_t i = 0; i < o->s.n_streams; i++)
		memcpy(o->joined + i * n, o->past + i * o->room + o->round - n,
		       n * sizeof *o->joined);
	o->failed = lexicon_separator(o->joined, n * o->s.n_streams, o->s.shape.n_symbols,
				      &separator);
	if (getenv("SHOW"))
		fprintf(stderr, "separator at %llu: %d\n", (unsigned long long)o->told, (int)separator);
	if (o->failed != STATUS_OK)
		return;
	o->s.shape.separator = separator == LEXICON_NONE ? TRANSFORMER_NO_SEPARATOR : (int32_t)separator;
	network_set_separator(o->network, o->s.shape.separator);
}

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

static void take_step(struct online *o)
{
	struct network_windows w = {o->input, o->target, o->n_windows, o->length};
	uint64_t n_targets = 0;
	double square;
	float scale = 1;

	if (o->n_windows == 0)
		return;
	for (size_t i = 0; i < o->n_windows * o->length; i++)
		n_targets += o->target[i] != NETWORK_NO_TARGET;
	o->n_windows = 0;
	network_prepare(o->network, o->parameter, (int)o->n_threads);
	optimiser_gradients(&o->optimiser, o->network, &w, (float)(1 / (double)n_targets));
	square = optimiser_sum(&o->optimiser, NULL, NULL);
	if (!(square < 1e30))
		return;
	if (square > CLIP * CLIP) {
		float s = (float)square;

		kernels()->rsqrt(&scale, &s, 1);
		scale *= (float)CLIP;
	}
	double warm = tune("WARM", 50);
	double rise = (double)(o->steps + 1) / warm;
	double half = tune("HALF", 100000);
	double fall = 1 / root(1 + (double)o->told / half);
	double floor_ = tune("FLOOR", 0.1);
	if (fall < floor_)
		fall = floor_;
	optimiser_update(&o->optimiser, o->parameter,
			 &(struct optimiser_step){.before = o->steps,
						  .rate = o->s.rate * (rise < 1 ? rise : 1) * fall,
						  .decay = tune("DECAY", DECAY),
						  .gradient_scale = scale});
	o->steps++;
}

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

static uint64_t learn_fresh(struct online *o, uint32_t stream)
{
	const uint16_t *past = o->past + stream * o->room;
	uint64_t n = 0;

	while (o->learnt[stream] < o->round) {
		uint64_t first = sentence_start(o, past, o->learnt[stream]);
		uint64_t end = first + o->length < o->round ? first + o->length : o->round;

		if (end - o->learnt[stream] < o->length / 4 && n > 0)
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
	uint64_t starts = o->round > o->length ? o->round - o->length + 1 : 1;
	uint64_t first = rng_below(&o->rng, starts);

	first = sentence_start(o, o->past + stream * o->room, first);
	add_window(o, stream, first);
}

static double boost(const struct online *o)
{
	double x = root(tune("BOOST", 30000) / (double)o->told), most = tune("BMAX", 8);

	return x < 1 ? 1 : x > most ? most : x;
}

static void stay_in_bounds(struct online *o)
{
	(void)o;
}

void online_learn(struct online *o)
{
	double fresh = 0, passes = tune("PASSES", o->s.passes);

	for (uint32_t i = 0; i < o->s.n_streams; i++)
		fresh += (double)learn_fresh(o, i);
	o->owed += fresh * passes * boost(o);
	while (o->owed > o->length) {
		learn_again(o);
		o->owed -= o->length;
	}
	take_step(o);
	stay_in_bounds(o);
	optimiser_round(&o->optimiser, o->model, o->parameter, NULL);
	inference_reload(o->net, (int)o->n_threads);
}
