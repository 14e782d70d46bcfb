/* SPDX-License-Identifier: BSD-2-Clause
 *
 * online.c - the network's memory, what comes next, and what came.
 */
#include "online.h"

#include <stdlib.h>
#include <string.h>

#include "float_guard.h"
#include "kernels.h"
#include "online_state.h"

#define BATCH_SYMBOLS 512u /* of a step, about */
#define PART_PRODUCTS ((size_t)1 << 21) /* of a thread in a step, at least */
#define RATE_AT_128 0.004  /* the default rate of a network of dim 128; it goes with the root */

/* Point all arrays into o->arena. */
static void lay_out(struct online *o, uint64_t n_max)
{
	const struct transformer_shape *shape = &o->s.shape;
	uint64_t rows = (uint64_t)o->batch * o->length;
	struct arena *a = &o->arena;

	o->room = n_max / o->s.n_streams + 1;
	o->past = arena_take(a, o->s.n_streams * o->room, sizeof *o->past);
	o->joined = arena_take(a, o->s.find_separator ? ONLINE_SEARCHED : 0, sizeof *o->joined);
	o->parameter = arena_take(a, transformer_n_parameters(shape), sizeof *o->parameter);
	o->token = arena_take(a, o->s.n_streams, sizeof *o->token);
	o->position = arena_take(a, o->s.n_streams, sizeof *o->position);
	o->learnt = arena_take(a, o->s.n_streams, sizeof *o->learnt);
	o->input = arena_take(a, rows, sizeof *o->input);
	o->target = arena_take(a, rows, sizeof *o->target);
}

static struct online of_settings(const struct online_settings *s)
{
	struct online o = {.s = *s, .length = s->shape.ctx};

	o.batch = o.length < BATCH_SYMBOLS ? BATCH_SYMBOLS / o.length : 1;
	o.n_threads = s->threads < 1 ? 1 : (unsigned)s->threads;
	if (o.n_threads > ONLINE_SLOTS)
		o.n_threads = ONLINE_SLOTS;
	if (o.s.block == 0)
		o.s.block = o.length;
	if (!(o.s.rate > 0)) {
		float share = 128 / (float)s->shape.dim, inverse;

		kernels()->rsqrt(&inverse, &share, 1);
		o.s.rate = RATE_AT_128 * (double)share * (double)inverse;
	}
	return o;
}

/* The structures themselves, and those of the model. */
#define STATE_BYTES 4096u
_Static_assert(sizeof(struct online) + sizeof(struct transformer) <= STATE_BYTES, "STATE_BYTES");

uint64_t online_bytes(const struct online_settings *s, uint64_t n_max)
{
	struct online o = of_settings(s);
	uint64_t bytes = STATE_BYTES;

	lay_out(&o, n_max);
	bytes += arena_bytes(o.arena.used_bytes);
	bytes += transformer_n_codes(&s->shape);
	bytes += sizeof(float) * (transformer_n_rows(&s->shape) + transformer_n_gains(&s->shape));
	bytes += arena_bytes(inference_bytes(&s->shape, s->n_streams));
	bytes += network_bytes(&s->shape, o.length, o.batch, ONLINE_SLOTS);
	bytes += optimiser_bytes(&s->shape, ONLINE_SLOTS);
	return bytes;
}

static enum status open_parts(struct online *o, uint64_t n_max)
{
	const struct transformer_shape *shape = &o->s.shape;
	struct online probe = *o;
	struct arena arena;

	lay_out(&probe, n_max);
	TRY(arena_open(&arena, probe.arena.used_bytes));
	o->arena = arena;
	lay_out(o, n_max);
	TRY(transformer_new(&o->model, shape));
	TRY(network_open(&o->network, shape, o->length, o->batch, o->n_threads));
	TRY(optimiser_open(&o->optimiser, shape, ONLINE_SLOTS, (int)o->n_threads));
	if (o->s.start)
		transformer_dequantise(o->s.start, o->parameter);
	else
		network_init(shape, o->s.seed, o->parameter);
	optimiser_round(&o->optimiser, o->model, o->parameter, NULL);
	return inference_open(&o->net, o->model, o->s.n_streams);
}

enum status online_open(struct online **out, const struct online_settings *s, uint64_t n_max)
{
	struct online *o = malloc(sizeof *o);

	if (!o)
		return fail_no_memory();
	*o = of_settings(s);
	o->n_max = n_max;
	o->due = true;
	o->next_search = ONLINE_SEARCH_FIRST;
	o->next_update = online_block(o);
	o->rng = rng_stream(s->seed, ONLINE_PURPOSE, 0);

	struct float_guard guard = float_guard_enter();
	enum status status = open_parts(o, n_max);

	float_guard_leave(&guard);
	if (status != STATUS_OK) {
		online_close(o);
		return status;
	}
	for (uint32_t i = 0; i < s->n_streams; i++)
		o->token[i] = online_first_input(o);
	*out = o;
	return STATUS_OK;
}

void online_close(struct online *o)
{
	if (!o)
		return;
	inference_close(o->net);
	network_close(o->network);
	optimiser_close(&o->optimiser);
	transformer_free(o->model);
	free(o->arena.base);
	free(o);
}

enum status online_failed(const struct online *o)
{
	return o->failed;
}

/* All streams one symbol on, by several threads where each has enough to do: threads that wait for
 * each other after every few microseconds are slower than one, and where other programs want the
 * processors much slower. */
static void step(struct online *o)
{
	uint32_t n = o->s.n_streams;
	unsigned parts = o->n_threads < n ? o->n_threads : n;

	if (n * o->optimiser.n_parameters / parts < PART_PRODUCTS)
		parts = 1;
	if (parts == 1) {
		inference_step(o->net, o->token, o->position);
		return;
	}
#pragma omp parallel for num_threads(parts) schedule(static, 1)
	for (unsigned i = 0; i < parts; i++) {
		struct float_guard guard = float_guard_enter();

		inference_step_part(o->net, o->token, o->position, i * n / parts,
				    (i + 1) * n / parts);
		float_guard_leave(&guard);
	}
}

static void step_if_due(struct online *o)
{
	if (o->due)
		step(o);
	o->due = false;
}

const float *online_masses(struct online *o)
{
	step_if_due(o);
	return inference_masses(o->net, o->now);
}

/* Every stream has told another symbol. */
static void end_round(struct online *o)
{
	o->now = 0;
	o->due = true;
	o->round++;
	if (o->s.is_static || o->told >= o->n_max || o->round < o->next_update)
		return;
	if (o->s.find_separator && o->told >= o->next_search)
		online_find_separator(o);
	online_learn(o);
	o->next_update = o->round + online_block(o);
}

void online_tell(struct online *o, uint32_t symbol)
{
	bool ends = o->s.shape.separator >= 0 && symbol == (uint32_t)o->s.shape.separator;

	step_if_due(o); /* if nobody asked, it still must see what came before */
	o->past[o->now * o->room + o->round] = (uint16_t)symbol;
	o->token[o->now] = symbol;
	o->position[o->now] = ends ? 0 : o->position[o->now] + 1;
	o->told++;
	if (++o->now == o->s.n_streams)
		end_round(o);
}
