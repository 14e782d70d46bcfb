/* SPDX-License-Identifier: BSD-2-Clause
 *
 * test_trainer.c - from data to a model.
 *
 * Property: the model's bytes do not depend on the threads, nor on whether the training was
 * interrupted; a training reaches the entropy of a source that it can know; what is held back is
 * not learnt from, and all else is, once an epoch; damaged or foreign checkpoints are refused; a
 * price on stored bits buys some; who watches sees the model and changes nothing; a training goes
 * on from a model of the same alphabet, whatever its own shape would have been.
 * Method: sources made here with known entropies; every byte of a checkpoint's head altered.
 */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "file.h"
#include "rng.h"
#include "trainer.h"
#include "training_windows.h"

#include <cmocka.h> /* last: it defines a macro fail() */

static char directory[] = "/tmp/twopart-test-XXXXXX";
static char checkpoint[sizeof directory + 16];

static int open_directory(void **state)
{
	(void)state;
	if (!mkdtemp(directory))
		return -1;
	snprintf(checkpoint, sizeof checkpoint, "%s/checkpoint", directory);
	return 0;
}

static int close_directory(void **state)
{
	(void)state;
	unlink(checkpoint);
	return rmdir(directory);
}

/* n symbols 0..3, each the one before plus 1 with probability 0.75, or plus 2: 0.8113 bits. */
static struct training_data steps_of(uint64_t n, uint64_t seed)
{
	struct training_data d = {0};
	uint16_t *symbol = malloc(n * sizeof *symbol), last = 0;
	struct rng r = rng_stream(seed, 1, 0);

	for (uint64_t i = 0; i < n; i++)
		symbol[i] = last = (uint16_t)((last + 1 + (rng_below(&r, 4) == 0)) % 4);
	assert_int_equal(training_data_append(&d, symbol, n, 4, true, TRANSFORMER_NO_SEPARATOR),
			 STATUS_OK);
	free(symbol);
	return d;
}

/* Sentences of one word 1..6, 1 to 3 times, and then 0. */
static struct training_data sentences_of(uint64_t n_sentences, uint64_t seed)
{
	struct training_data d = {0};
	uint16_t *symbol = malloc(n_sentences * 4 * sizeof *symbol);
	struct rng r = rng_stream(seed, 2, 0);
	uint64_t n = 0;

	for (uint64_t i = 0; i < n_sentences; i++) {
		uint16_t word = (uint16_t)(1 + rng_below(&r, 6));

		for (uint64_t k = 1 + rng_below(&r, 3); k > 0; k--)
			symbol[n++] = word;
		symbol[n++] = 0;
	}
	assert_int_equal(training_data_append(&d, symbol, n, 7, true, 0), STATUS_OK);
	free(symbol);
	return d;
}

static struct trainer_settings small(uint64_t steps)
{
	struct trainer_settings s = trainer_defaults();

	s.shape.n_layers = 1;
	s.shape.dim = 16;
	s.shape.ctx = 24;
	s.steps = steps;
	s.batch = 9;
	s.rate = 0.02;
	s.threads = 2;
	return s;
}

static struct trainer_result trained(const struct trainer_settings *s,
				     const struct training_data *d)
{
	struct trainer_result r;

	if (trainer_run(s, d, &r) != STATUS_OK)
		fail_msg("%s", status_message());
	return r;
}

static void assert_same_file(const struct trainer_result *a, const struct trainer_result *b)
{
	assert_int_equal(a->file.size_bytes, b->file.size_bytes);
	assert_memory_equal(a->file.data, b->file.data, a->file.size_bytes);
}

static void test_threads(void **state)
{
	const int threads[] = {1, 3, 8};
	struct training_data d = sentences_of(600, 1);
	struct trainer_settings s = small(12);
	struct trainer_result first = trained(&s, &d);

	(void)state;
	for (size_t i = 0; i < sizeof threads / sizeof *threads; i++) {
		s.threads = threads[i];

		struct trainer_result r = trained(&s, &d);

		assert_same_file(&first, &r);
		assert_true(r.float_valid_bits == first.float_valid_bits);
		assert_true(r.rounded_valid_bits == first.rounded_valid_bits);
		assert_true(r.stored_valid_bits == first.stored_valid_bits);
		trainer_result_free(&r);
	}
	trainer_result_free(&first);
	training_data_free(&d);
}

/* Paused in either phase, across the ends of epochs. */
static void test_resume(void **state)
{
	const uint64_t pauses[] = {1, 7, 18, 20};
	struct training_data d = steps_of(2000, 2);
	struct trainer_settings s = small(20);
	struct trainer_result whole = trained(&s, &d), r;

	(void)state;
	s.checkpoint = checkpoint;
	for (size_t i = 0; i < sizeof pauses / sizeof *pauses; i++) {
		s.pause_step = pauses[i];
		s.threads = 1 + (int)i % 2;
		assert_int_equal(trainer_run(&s, &d, &r), STATUS_LIMIT);
		trainer_result_free(&r);
	}
	s.pause_step = 0;
	for (int again = 0; again < 2; again++) { /* the second time there is nothing left to do */
		r = trained(&s, &d);
		assert_same_file(&whole, &r);
		trainer_result_free(&r);
	}
	trainer_result_free(&whole);
	training_data_free(&d);
	unlink(checkpoint);
}

static void write_checkpoint(const struct buffer *bytes)
{
	assert_int_equal(
	    file_write(checkpoint, bytes->data, bytes->size_bytes, FILE_MODE_NEW, true), STATUS_OK);
}

static void test_bad_checkpoints(void **state)
{
	struct training_data d = steps_of(2000, 3), other = steps_of(2001, 3);
	struct trainer_settings s = small(6);
	struct buffer bytes = {0}, damaged = {0};
	struct trainer_result r;

	(void)state;
	s.checkpoint = checkpoint;
	s.pause_step = 2;
	assert_int_equal(trainer_run(&s, &d, &r), STATUS_LIMIT);
	assert_int_equal(file_read(checkpoint, &bytes, NULL), STATUS_OK);
	for (size_t i = 0; i < bytes.size_bytes; i += i < 80 ? 5 : 997) {
		damaged.size_bytes = 0;
		buffer_append(&damaged, bytes.data, bytes.size_bytes - (i % 2 ? 0 : 1 + i / 2));
		if (i < damaged.size_bytes)
			damaged.data[i] ^= 0x10;
		write_checkpoint(&damaged);
		assert_int_equal(trainer_run(&s, &d, &r), STATUS_CORRUPT);
	}
	write_checkpoint(&bytes);
	assert_int_equal(trainer_run(&s, &other, &r), STATUS_BAD_ARGUMENT);
	s.rate = 0.01;
	assert_int_equal(trainer_run(&s, &d, &r), STATUS_BAD_ARGUMENT);
	buffer_free(&bytes);
	buffer_free(&damaged);
	training_data_free(&d);
	training_data_free(&other);
	unlink(checkpoint);
}

/* 8 and 4 bits; the stored model costs little more than single precision. */
static void test_learns(void **state)
{
	const double entropy = 0.811278;
	struct training_data d = steps_of(20000, 4);
	struct trainer_settings s = small(150);

	(void)state;
	for (s.bits = 4; s.bits <= 8; s.bits += 4) {
		struct trainer_result r = trained(&s, &d);

		assert_true(fabs(r.float_valid_bits - entropy) < 0.05);
		assert_true(fabs(r.stored_valid_bits - r.float_valid_bits) < 0.05);
		assert_int_equal(r.model->bits, s.bits);
		assert_int_equal(r.steps, 150);
		trainer_result_free(&r);
	}
	training_data_free(&d);
}

/* The word and how often: lg 6 + lg 3 bits for 3 symbols on average. */
static void test_learns_sentences(void **state)
{
	const double entropy = (log2(6) + log2(3)) / 3;
	struct training_data d = sentences_of(4000, 5);
	struct trainer_settings s = small(150);
	struct trainer_result r;

	(void)state;
	s.shape.n_layers = s.shape.dim / 8;
	s.rate = 0.01;
	r = trained(&s, &d);
	assert_true(fabs(r.stored_valid_bits - entropy) < 0.12);
	assert_int_equal(r.model->shape.separator, 0);
	trainer_result_free(&r);
	training_data_free(&d);
}

/* Bytes fall with the price, and the loss pays for it when it is high. */
static void test_price(void **state)
{
	const double prices[] = {0, 0.1, 1, 100};
	struct training_data d = steps_of(4000, 6);
	double bytes = INFINITY, bits[4];

	(void)state;
	for (size_t i = 0; i < sizeof prices / sizeof *prices; i++) {
		struct trainer_settings s = small(100);

		s.rate_bits = prices[i];

		struct trainer_result r = trained(&s, &d);

		assert_true((double)r.file.size_bytes < 0.95 * bytes || i == 3);
		bytes = (double)r.file.size_bytes;
		bits[i] = r.float_valid_bits;
		trainer_result_free(&r);
	}
	assert_true(bits[3] > bits[0] + 0.01);
	training_data_free(&d);
}

static void test_budget(void **state)
{
	struct training_data d = steps_of(5000, 7);
	struct trainer_settings s = small(0);
	struct trainer_result r;

	(void)state;
	s.seconds = 1;
	s.shape.n_layers = s.shape.dim = 0; /* to be chosen, but only once */
	s.checkpoint = checkpoint;
	s.pause_step = 3;
	assert_int_equal(trainer_run(&s, &d, &r), STATUS_LIMIT);
	s.pause_step = 0;
	r = trained(&s, &d);
	unlink(checkpoint);
	assert_true(r.steps > 0 && r.seconds < 3);
	assert_true(r.model->shape.dim >= 16);
	trainer_result_free(&r);
	training_data_free(&d);
}

static void test_refusals(void **state)
{
	struct training_data d = steps_of(500, 8), none = {0};
	struct trainer_settings s[8];
	struct trainer_result r;

	(void)state;
	for (size_t i = 0; i < 8; i++)
		s[i] = small(3);
	s[0].shape.n_heads = 3;
	s[1].shape.ctx = 0;
	s[2].batch = 0;
	s[3].steps = 0;
	s[4].seconds = 1;
	s[5].shape.dim = 24;
	s[6].rate = -1;
	s[7].bits = 9;
	for (size_t i = 0; i < 8; i++) {
		assert_int_equal(trainer_run(&s[i], &d, &r), STATUS_BAD_ARGUMENT);
		trainer_result_free(&r);
	}
	s[0] = small(3);
	assert_int_equal(trainer_run(&s[0], &none, &r), STATUS_BAD_ARGUMENT);
	training_data_free(&d);
}

/* ---- Watching. ---- */

struct watched {
	uint64_t step[4], symbols[4];
	size_t n;
	struct transformer *last;
	enum status answer;
};

static enum status watch(void *context, const struct trainer_view *v)
{
	struct watched *w = context;
	const struct transformer_shape *shape = &v->model->shape;

	assert_in_range(w->n, 0, 3);
	w->step[w->n] = v->step;
	w->symbols[w->n++] = v->symbols;
	transformer_free(w->last);
	assert_int_equal(transformer_new(&w->last, shape), STATUS_OK);
	memcpy(w->last->code, v->model->code, transformer_n_codes(shape));
	memcpy(w->last->scale, v->model->scale, transformer_n_rows(shape) * sizeof(float));
	memcpy(w->last->gain, v->model->gain, transformer_n_gains(shape) * sizeof(float));
	return w->answer;
}

static void assert_same_weights(const struct transformer *a, const struct transformer *b)
{
	assert_memory_equal(a->code, b->code, transformer_n_codes(&a->shape));
	assert_memory_equal(a->scale, b->scale, transformer_n_rows(&a->shape) * sizeof(float));
	assert_memory_equal(a->gain, b->gain, transformer_n_gains(&a->shape) * sizeof(float));
}

/* Steps that are there, and one that is not; before the rounding begins and after. */
static void test_watch(void **state)
{
	const uint64_t steps[] = {1, 7, 20, 21};
	struct training_data d = sentences_of(600, 11);
	struct trainer_settings s = small(20);
	struct trainer_result unseen = trained(&s, &d), r;
	struct watched w = {.answer = STATUS_OK};

	(void)state;
	s.watch_step = steps;
	s.n_watch = 4;
	s.watch = watch;
	s.watch_context = &w;
	r = trained(&s, &d);
	assert_same_file(&unseen, &r);
	assert_int_equal(w.n, 3);
	for (size_t i = 0; i < w.n; i++) {
		assert_int_equal(w.step[i], steps[i]);
		assert_true(i == 0 || w.symbols[i] > w.symbols[i - 1]);
	}
	assert_int_equal(w.symbols[2], r.symbols);
	assert_same_weights(w.last, r.model);
	trainer_result_free(&r);

	w.n = 0;
	w.answer = STATUS_IMPOSSIBLE;
	assert_int_equal(trainer_run(&s, &d, &r), STATUS_IMPOSSIBLE);
	assert_int_equal(w.n, 1);
	assert_null(r.model);
	trainer_result_free(&r);
	transformer_free(w.last);
	trainer_result_free(&unseen);
	training_data_free(&d);
}

/* ---- Going on from a model. ---- */

static void test_start(void **state)
{
	struct training_data d = steps_of(5000, 12), other = sentences_of(600, 12);
	struct trainer_settings s = small(100);
	struct trainer_result first = trained(&s, &d), second, r;

	(void)state;
	s.start = first.model;
	assert_int_equal(trainer_run(&s, &other, &r), STATUS_BAD_ARGUMENT);
	trainer_result_free(&r);
	s.shape.n_layers = 0; /* of the model, and not to be chosen */
	s.steps = 2;
	s.rate = 1e-7;
	second = trained(&s, &d);
	assert_int_equal(second.model->shape.n_layers, 1);
	assert_true(fabs(second.float_valid_bits - first.stored_valid_bits) < 0.01);
	s = small(2);
	s.rate = 1e-7;
	r = trained(&s, &d); /* without a beginning it knows nothing */
	assert_true(r.float_valid_bits > second.float_valid_bits + 0.5);
	trainer_result_free(&r);

	s.steps = 4;
	s.start = first.model;
	s.checkpoint = checkpoint;
	s.pause_step = 2;
	assert_int_equal(trainer_run(&s, &d, &r), STATUS_LIMIT);
	s.pause_step = 0;
	s.start = second.model;
	assert_int_equal(trainer_run(&s, &d, &r), STATUS_BAD_ARGUMENT);
	s.start = NULL;
	assert_int_equal(trainer_run(&s, &d, &r), STATUS_BAD_ARGUMENT);
	s.start = first.model;
	r = trained(&s, &d);
	trainer_result_free(&r);
	unlink(checkpoint);
	trainer_result_free(&second);
	trainer_result_free(&first);
	training_data_free(&other);
	training_data_free(&d);
}

/* ---- Windows. ---- */

/* Count each target of an epoch and of the validation; check that inputs are what is before. */
static void count_targets(struct training_windows *w, const struct training_window_list *l,
			  unsigned *seen)
{
	uint16_t *input = calloc(w->length, sizeof *input);
	uint32_t *target = calloc(w->length, sizeof *target);
	const struct training_data *d = w->data;

	for (size_t i = 0; i < l->n; i++) {
		const struct training_window *at = &l->window[i];

		assert_true(at->n >= 1 && at->n <= w->length);
		training_windows_fill(w, at, input, target);
		for (size_t k = 0; k < w->length; k++) {
			uint64_t symbol = at->first + k;

			if (k >= at->n) {
				assert_int_equal(target[k], NETWORK_NO_TARGET);
				continue;
			}
			seen[symbol]++;
			assert_int_equal(target[k], d->symbol[symbol]);
			if (symbol != d->start[0] && symbol != d->start[1])
				assert_int_equal(input[k], d->symbol[symbol - 1]);
			else
				assert_int_equal(input[k], 0);
		}
		if (d->separator >= 0)
			assert_int_equal(input[0], d->separator);
	}
	free(input);
	free(target);
}

static void check_windows(struct training_data *d, size_t length, double share, uint64_t valid_max)
{
	unsigned *learnt = calloc(d->n, sizeof *learnt), *held = calloc(d->n, sizeof *held);
	struct training_windows w;
	uint64_t n_held = 0;

	assert_int_equal(training_windows_open(&w, d, length, share, valid_max, 5), STATUS_OK);
	assert_int_equal(training_windows_seek(&w, 3, 0), STATUS_OK);
	count_targets(&w, &w.train, learnt);
	count_targets(&w, &w.valid, held);
	for (uint64_t i = 0; i < d->n; i++) {
		assert_int_equal(learnt[i] + (w.period ? held[i] : 0), 1);
		n_held += held[i];
	}
	assert_true(n_held > 0 && n_held < 2 * valid_max);
	if (w.period > 0 && (double)d->n * share < (double)valid_max)
		assert_true(fabs((double)n_held / (double)d->n / share - 1) < 0.3);
	training_windows_close(&w);
	free(learnt);
	free(held);
}

static void test_windows(void **state)
{
	(void)state;
	for (int kind = 0; kind < 2; kind++) {
		struct training_data d = kind ? sentences_of(5000, 9) : steps_of(20000, 9);
		struct training_data more = kind ? sentences_of(700, 10) : steps_of(3000, 10);

		assert_int_equal(training_data_append(&d, more.symbol, more.n, more.n_symbols, true,
						      more.separator),
				 STATUS_OK);
		check_windows(&d, 64, 0.05, 200000);
		check_windows(&d, 16, 0.5, 200000);
		check_windows(&d, 64, 0.05, 600);
		check_windows(&d, 64, 0, 3000);
		check_windows(&d, 4096, 0.05, 200000);
		training_data_free(&d);
		training_data_free(&more);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_threads),          cmocka_unit_test(test_resume),
	    cmocka_unit_test(test_bad_checkpoints),  cmocka_unit_test(test_learns),
	    cmocka_unit_test(test_learns_sentences), cmocka_unit_test(test_price),
	    cmocka_unit_test(test_budget),           cmocka_unit_test(test_refusals),
	    cmocka_unit_test(test_windows),          cmocka_unit_test(test_watch),
	    cmocka_unit_test(test_start),
	};

	return cmocka_run_group_tests_name("trainer", tests, open_directory, close_directory);
}
