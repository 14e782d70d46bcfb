/* SPDX-License-Identifier: BSD-2-Clause
 *
 * trainer.c - the phases of a training, its evaluation, and the model that comes out.
 */
#include "trainer.h"

#include <math.h>
#include <omp.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <xxhash.h>

#include "float_guard.h"
#include "locale_guard.h"
#include "model_file.h"
#include "trainer_state.h"

#define SAVE_SECONDS 30.0  /* between two checkpoints */
#define RATE_AT_128 0.004  /* the default rate of a network of dim 128 */
#define WRITE_SECONDS 1e-6 /* a parameter, to round and to write: budgets keep that back */

double trainer_clock(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (double)now.tv_sec + 1e-9 * (double)now.tv_nsec;
}

double trainer_elapsed(const struct trainer *t)
{
	return t->earlier_seconds + trainer_clock() - t->started;
}

struct trainer_settings trainer_defaults(void)
{
	return (struct trainer_settings){
	    .shape = {.ctx = 128, .separator = TRANSFORMER_NO_SEPARATOR},
	    .batch = 8,
	    .decay = 0.02,
	    .clip = 1,
	    .seed = 1,
	    .bits = 8,
	    .valid_share = 0.05,
	    .threads = omp_get_max_threads(),
	};
}

/* ---- Settings. ---- */

double trainer_rate(uint32_t dim)
{
	return RATE_AT_128 * sqrt(128.0 / dim);
}

static enum status settle(struct trainer_settings *s, const struct training_data *d)
{
	struct transformer_shape *shape = &s->shape;
	bool chosen = shape->n_layers == 0 || shape->dim == 0;
	struct transformer_shape probe = *shape;

	if (d->n == 0)
		return fail(STATUS_BAD_ARGUMENT, "there is nothing to learn from");
	if (s->start && (s->start->shape.n_symbols != d->n_symbols ||
			 s->start->shape.is_tokens != d->is_tokens))
		return fail(STATUS_BAD_ARGUMENT,
			    "the model to begin with has another alphabet than the data");
	if ((s->steps == 0) == !(s->seconds > 0))
		return fail(STATUS_BAD_ARGUMENT, "a training needs either steps or seconds");
	if (s->batch < 1 || s->batch > TRAINER_BATCH_MAX)
		return fail(STATUS_BAD_ARGUMENT, "a batch of %lu windows: there must be 1..%d",
			    (unsigned long)s->batch, TRAINER_BATCH_MAX);
	if (s->bits < TRANSFORMER_BITS_MIN || s->bits > 8)
		return fail(STATUS_BAD_ARGUMENT, "%u bits a weight: there must be %d..8", s->bits,
			    TRANSFORMER_BITS_MIN);
	if (!(s->rate >= 0 && s->rate <= 1) || !(s->decay >= 0 && s->decay <= 100) ||
	    !(s->clip >= 0) || !(s->rate_bits >= 0 && s->rate_bits <= 1e6) ||
	    !(s->valid_share >= 0 && s->valid_share <= 0.5) || !(s->seconds < 1e9))
		return fail(STATUS_BAD_ARGUMENT, "a rate, share or price makes no sense");
	if (chosen && trainer_saved_size(s->checkpoint, &probe))
		chosen = false;
	else if (chosen)
		trainer_set_size(&probe, 0);
	else if (probe.n_heads == 0)
		probe.n_heads = trainer_heads(probe.dim);
	TRY(transformer_shape_check(&probe));
	*shape = probe;
	if (chosen)
		TRY(trainer_choose_size(s, d));
	if (s->rate == 0)
		s->rate = trainer_rate(shape->dim);
	s->threads = s->threads > 0 ? s->threads : omp_get_max_threads();
	return STATUS_OK;
}

/* Of everything that decides the model's bytes. */
static uint64_t digest_of(const struct trainer_settings *s, const struct training_data *d)
{
	const struct transformer_shape *h = &s->shape;
	char text[512], start[65] = "";

	if (s->start)
		model_file_hash_text(s->start->hash, sizeof s->start->hash, start);
	snprintf(text, sizeof text,
		 "%u %u %u %u %u %d %d; %llu %.17g %u %.17g %.17g %.17g; "
		 "%llu %u %.17g %.17g; %016llx%s",
		 h->n_symbols, h->n_layers, h->dim, h->n_heads, h->ctx, (int)h->separator,
		 h->is_tokens, (unsigned long long)s->steps, s->seconds, s->batch, s->rate,
		 s->decay, s->clip, (unsigned long long)s->seed, s->bits, s->rate_bits,
		 s->valid_share, (unsigned long long)training_data_digest(d), start);
	return XXH3_64bits(text, strlen(text));
}

/* ---- Memory. ---- */

static enum status new_floats(float **out, size_t n)
{
	*out = calloc(n, sizeof **out);
	return *out ? STATUS_OK : fail_no_memory();
}

/* Few windows in few slots: a slot costs a gradient to write and to add. */
static unsigned slots_of(uint32_t batch)
{
	uint32_t n = batch / 4 < 4 ? 4 : batch / 4;

	n = n < OPTIMISER_SLOTS_MAX ? n : OPTIMISER_SLOTS_MAX;
	return n < batch ? n : batch;
}

static enum status open_memory(struct trainer *t)
{
	const struct trainer_settings *s = t->s;
	size_t length = s->shape.ctx, n = t->n_parameters;

	TRY(new_floats(&t->parameter, n));
	TRY(new_floats(&t->rounded, n));
	TRY(optimiser_open(&t->optimiser, &s->shape, slots_of(s->batch), s->threads));
	t->input = calloc(s->batch * length, sizeof *t->input);
	t->target = calloc(s->batch * length, sizeof *t->target);
	if (!t->input || !t->target)
		return fail_no_memory();
	TRY(transformer_new(&t->model, &s->shape));
	t->model->bits = s->bits;
	return network_open(&t->network, &s->shape, length, s->batch, (unsigned)s->threads);
}

static void close_memory(struct trainer *t)
{
	free(t->parameter);
	free(t->rounded);
	optimiser_close(&t->optimiser);
	free(t->input);
	free(t->target);
	transformer_free(t->model);
	network_close(t->network);
	training_windows_close(&t->windows);
}

/* ---- The training. ---- */

/* 0 at the start, 1 when nothing is left to train. */
static double share_done(const struct trainer *t)
{
	const struct trainer_settings *s = t->s;
	double budget =
	    s->seconds * (1 - TRAINER_VALIDATE_SHARE) - WRITE_SECONDS * (double)t->n_parameters;

	if (s->steps > 0)
		return (double)t->step / (double)s->steps;
	return budget > 0 ? trainer_elapsed(t) / budget : 1;
}

static double rate_at(const struct trainer *t, double done)
{
	double rising = (done + 1e-4) / TRAINER_WARM_SHARE;
	double falling = (1 - done) / (1 - TRAINER_WARM_SHARE);

	return t->s->rate * (rising < 1 ? rising : falling);
}

static void show(struct trainer *t, double done, const char *phase)
{
	double elapsed = trainer_elapsed(t), seconds = trainer_clock() - t->started;
	struct trainer_progress p = {
	    .step = t->step,
	    .steps = t->s->steps,
	    .symbols = t->symbols,
	    .loss_bits = t->smooth_bits / t->smooth_weight,
	    .symbols_per_second = (double)(t->symbols - t->first_symbols) / seconds,
	    .elapsed_seconds = elapsed,
	    .remaining_seconds = done > 0 ? elapsed * (1 - done) / done : 0,
	    .phase = phase,
	};

	if (!t->s->progress)
		return;
	if (p.steps == 0)
		p.steps = done > 0 && done < 1 ? (uint64_t)((double)p.step / done) : p.step;
	t->s->progress(t->s->progress_context, &p);
}

static enum status save_now_and_then(struct trainer *t)
{
	if (t->s->pause_step > 0 && t->step == t->s->pause_step) {
		TRY(trainer_save(t));
		return fail(STATUS_LIMIT, "paused after step %llu", (unsigned long long)t->step);
	}
	if (trainer_clock() - t->saved < SAVE_SECONDS)
		return STATUS_OK;
	t->saved = trainer_clock();
	return trainer_save(t);
}

/* The model as it is, to whoever asked for it after this step. */
static enum status show_model(struct trainer *t)
{
	const struct trainer_settings *s = t->s;
	const struct trainer_view v = {t->model, t->step, t->symbols};

	for (size_t i = 0; i < s->n_watch; i++) {
		if (s->watch_step[i] != t->step)
			continue;
		TRY(transformer_quantise(t->model, t->parameter));
		return s->watch(s->watch_context, &v);
	}
	return STATUS_OK;
}

static enum status train(struct trainer *t)
{
	const double share = t->s->rate_bits > 0 ? TRAINER_PRICED_SHARE : TRAINER_QUANTISE_SHARE;
	struct trainer_step step;
	double done = share_done(t);
	bool was_rounded = done >= 1 - share;

	while ((done = share_done(t)) < 1) {
		bool rounded = done >= 1 - share;
		const char *phase = rounded ? "quantise" : "train";

		if (rounded && !was_rounded)
			TRY(trainer_save(t));
		was_rounded = rounded;
		TRY(trainer_take_step(t, rate_at(t, done), rounded, &step));
		trainer_log_step(t, &step, phase);
		show(t, done, phase);
		TRY(show_model(t));
		TRY(save_now_and_then(t));
	}
	return trainer_save(t);
}

/* What the model file says of how it came about: nothing that depends on clock or threads. */
static enum status write_note(struct trainer *t)
{
	const struct trainer_settings *s = t->s;
	char text[512];

	snprintf(text, sizeof text,
		 "{\"steps\": %llu, \"symbols\": %llu, \"batch\": %lu, \"rate\": %.6g, "
		 "\"decay\": %.6g, \"seed\": %llu, \"rate_bits\": %.6g, \"data\": \"%016llx\"}",
		 (unsigned long long)t->step, (unsigned long long)t->symbols,
		 (unsigned long)s->batch, s->rate, s->decay, (unsigned long long)s->seed,
		 s->rate_bits, (unsigned long long)training_data_digest(t->data));
	free(t->model->training);
	t->model->training = strdup(text);
	return t->model->training ? STATUS_OK : fail_no_memory();
}

static enum status finish(struct trainer *t, struct trainer_result *r)
{
	TRY(trainer_validate(t, r));
	TRY(write_note(t));
	TRY(model_file_write(t->model, &r->file));
	TRY(buffer_status(&r->file));
	r->model = t->model;
	t->model = NULL;
	r->steps = t->step;
	r->symbols = t->symbols;
	r->seconds = trainer_elapsed(t);
	return STATUS_OK;
}

static enum status start(struct trainer *t)
{
	const struct trainer_settings *s = t->s;
	bool go_on;

	t->n_parameters = transformer_n_parameters(&s->shape);
	TRY(training_windows_open(&t->windows, t->data, s->shape.ctx, s->valid_share,
				  TRAINER_VALID_MAX, s->seed));
	for (size_t i = 0; i < t->windows.train.n; i++)
		t->training_symbols += t->windows.train.window[i].n;
	TRY(open_memory(t));
	if (s->start)
		transformer_dequantise(s->start, t->parameter);
	else
		network_init(&s->shape, s->seed, t->parameter);
	t->digest = digest_of(s, t->data);
	TRY(trainer_restore(t, &go_on));
	t->first_symbols = t->symbols;
	return trainer_log_open(t, go_on);
}

enum status trainer_run(const struct trainer_settings *given, const struct training_data *d,
			struct trainer_result *r)
{
	struct trainer_settings s = *given;
	struct trainer t = {.s = &s, .data = d, .started = trainer_clock()};
	struct locale_guard plain;
	enum status status;

	*r = (struct trainer_result){0};
	TRY(locale_guard_enter(&plain));
	if (s.start)
		s.shape = s.start->shape;
	s.shape.n_symbols = d->n_symbols;
	s.shape.is_tokens = d->is_tokens;
	s.shape.separator = d->separator;
	t.saved = t.started;
	/* Threads guard themselves; first weights, rates, clipping and rounding are done here. */
	struct float_guard guard = float_guard_enter();

	status = settle(&s, d);
	if (status == STATUS_OK)
		status = start(&t);
	if (status == STATUS_OK)
		status = train(&t);
	if (status == STATUS_OK)
		status = finish(&t, r);
	float_guard_leave(&guard);
	locale_guard_leave(&plain);
	r->log_is_lost = !trainer_log_close(&t, status == STATUS_OK ? r : NULL);
	close_memory(&t);
	return status;
}

void trainer_result_free(struct trainer_result *r)
{
	transformer_free(r->model);
	buffer_free(&r->file);
	*r = (struct trainer_result){0};
}
