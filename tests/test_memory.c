/* SPDX-License-Identifier: BSD-2-Clause
 *
 * test_memory.c - the memory that a predictor announces is enough, and not many times too much.
 *
 * Property: reading a corpus with `known` or `bayes` takes no more memory, besides the loaded
 * world, than memory_bytes() said before; nor is that figure out of all proportion.  So it is with
 * the predictors that need no world, on bytes; making an archive takes no more than its plan says,
 * and decoding one with one thread no more than its header says.
 * Method: in a forked child, the peak of the resident memory and what is allocated at the end, used
 * or not, less what they were before the predictor was opened; under a sanitizer, whose memory is
 * its own, only that the predictors run.
 */
#include <malloc.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "archive.h"
#include "buffer.h"
#include "predictor.h"
#include "rng.h"
#include "run.h"
#include "world.h"

#include "fixture.h" /* last: it brings cmocka.h, which defines a macro fail() */

#if defined(__SANITIZE_ADDRESS__)
#define SANITIZED 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define SANITIZED 1
#endif
#endif
#ifndef SANITIZED
#define SANITIZED 0
#endif

#define PROGRAM_BYTES (1 << 20) /* of the program itself, read when first used */
#define ALLOCATOR_BYTES 16384   /* its own, around a few allocations */

static uint64_t peak_bytes(void)
{
	struct rusage usage;

	getrusage(RUSAGE_SELF, &usage);
	return (uint64_t)usage.ru_maxrss * 1024;
}

static uint64_t allocated_bytes(void)
{
	struct mallinfo2 info = mallinfo2();

	return info.uordblks + info.hblkhd;
}

/* One of three things to do: read tokens, decode an archive, make one. */
struct task {
	const struct predictor_ops *ops;
	const struct predictor_setup *setup;
	uint16_t *token; /* (n) */
	size_t n;
	const struct buffer *archive;
	const struct archive_settings *settings;
	const struct buffer *bytes;
};

/* What reading all tokens took; UINT64_MAX when it failed. */
static uint64_t used_bytes(const struct predictor_ops *ops, const struct predictor_setup *setup,
			   uint16_t *token, size_t n)
{
	struct run r = {.model = ops};
	uint64_t peak = peak_bytes(), allocated = allocated_bytes();

	if (ops->open(&r.p, setup) != STATUS_OK || run_open(&r) != STATUS_OK ||
	    run_symbols(&r, token, n) != STATUS_OK)
		return UINT64_MAX;
	allocated = allocated_bytes() - allocated;
	run_close(&r);
	ops->close(r.p);
	peak = peak_bytes() - peak;
	return peak > allocated + PROGRAM_BYTES ? peak - PROGRAM_BYTES : allocated;
}

/* What decoding an archive took besides it; UINT64_MAX when it failed. */
static uint64_t decoding_bytes(const struct buffer *archive)
{
	struct archive_reading reading = {.threads = 1};
	struct buffer back = {0};
	uint64_t peak = peak_bytes();

	if (archive_decompress(&reading, archive->data, archive->size_bytes, &back, NULL) !=
	    STATUS_OK)
		return UINT64_MAX;
	peak = peak_bytes() - peak;
	buffer_free(&back);
	return peak > PROGRAM_BYTES ? peak - PROGRAM_BYTES : 0;
}

/* What making an archive took besides the input; UINT64_MAX when it failed. */
static uint64_t encoding_bytes(const struct archive_settings *s, const struct buffer *bytes)
{
	struct buffer archive = {0};
	uint64_t peak = peak_bytes();

	if (archive_compress(s, bytes->data, bytes->size_bytes, &archive, NULL) != STATUS_OK)
		return UINT64_MAX;
	peak = peak_bytes() - peak;
	buffer_free(&archive);
	return peak > PROGRAM_BYTES ? peak - PROGRAM_BYTES : 0;
}

static uint64_t task_bytes(const struct task *t)
{
	if (t->archive)
		return decoding_bytes(t->archive);
	return t->settings ? encoding_bytes(t->settings, t->bytes)
			   : used_bytes(t->ops, t->setup, t->token, t->n);
}

/* The same in a process of its own. */
static uint64_t used_bytes_alone(const struct task *task)
{
	uint64_t used = UINT64_MAX;
	int end[2], child_status;
	pid_t child;

	malloc_trim(0);
	assert_int_equal(pipe(end), 0);
	child = fork();
	assert_true(child >= 0);
	if (child == 0) {
		used = task_bytes(task);
		_exit(write(end[1], &used, sizeof used) != sizeof used);
	}
	assert_int_equal(read(end[0], &used, sizeof used), sizeof used);
	assert_int_equal(waitpid(child, &child_status, 0), child);
	assert_int_equal(child_status, 0);
	close(end[0]);
	close(end[1]);
	return used;
}

/* Announced and used agree, for one predictor of a corpus. */
static void check_predictor(const char *name, const struct world *w, uint16_t *token, size_t n,
			    const char *options)
{
	const struct predictor_ops *ops = predictor_by_name(name);
	struct predictor_setup setup = {
	    .n_symbols = w->vocab, .world = w, .n_total = n, .n_max = n};
	struct buffer stored = {0};

	if (ops->fit)
		assert_int_equal(ops->fit(&setup, token, n, MODEL_BITS_ANY, &stored), STATUS_OK);
	setup.stored = stored.data;
	setup.stored_bytes = stored.size_bytes;

	uint64_t announced = ops->memory_bytes(&setup, n);
	uint64_t used = used_bytes_alone(
	    &(struct task){.ops = ops, .setup = &setup, .token = token, .n = n});

	buffer_free(&stored);
	assert_true(used != UINT64_MAX);
	if (!SANITIZED && (used > announced || announced > 4 * used + (4 << 20)))
		fail_msg("%s, %s: %s used %llu bytes, announced %llu", w->family, options, name,
			 (unsigned long long)used, (unsigned long long)announced);
}

static void check(const char *family, const char *options)
{
	struct fixture_corpus c = fixture_draw(family, "", options);

	check_predictor("known", c.world, c.token, c.n, options);
	check_predictor("bayes", c.world, c.token, c.n, options);
	if (strcmp(family, "sk") == 0)
		check_predictor("twopart", c.world, c.token, c.n, options);
	fixture_free(&c);
}

static void announced_is_enough(void **state)
{
	(void)state;
	check("sk", "sentences=20000");
	check("sk", "sentences=5000,alpha=0.9");
	check("sk", "sentences=5000,alpha=0.9,noise=2");
	check("sk", "sentences=4000,alpha=0.2,noise=5,values=5000");
	check("sk", "sentences=400,types=32,templates=100,classes=20,class-words=20,words=2000,"
		    "attributes=12,values=1000,facts=8,min-tokens=12,max-tokens=30");
	check("sk", "sentences=100,types=2,templates=1000,attributes=60,values=20,facts=40,"
		    "min-tokens=40,max-tokens=60");
	check("iid", "symbols=60000,tokens=10000");
	check("markov", "states=1000,tokens=10000");
	check("santafe", "kinds=30000,tokens=10000");
	check("bios", "biographies=3000,people=100000");
	check("bios", "biographies=3000,sampling=2");
	check("bios", "biographies=6000,sampling=2,alpha=0.9,beta=100000");
}

#define N_BYTES ((size_t)400000)

/* Stretches that come back, each from another distance, and some noise: every part of a model has
 * something to do. */
static void make_bytes(uint16_t *symbol, struct buffer *bytes)
{
	struct rng rng = rng_stream(50, 0, 0);

	for (size_t i = 0; i < N_BYTES; i++) {
		size_t distance = 1 + i / 1000 * 7919 % 30000;

		symbol[i] = i >= distance && i % 16 ? symbol[i - distance]
						    : (uint16_t)rng_below(&rng, 256);
		buffer_append_byte(bytes, (uint8_t)symbol[i]);
	}
}

/* Announced and used agree, for a predictor that is told nothing; returns what was announced. */
static uint64_t check_learner(const struct archive_settings *s, const char *text,
			      uint32_t n_symbols, uint16_t *symbol, size_t n)
{
	struct predictor_setup setup = {
	    .n_symbols = n_symbols, .option = s->option, .n_total = n, .n_max = n};
	uint64_t announced = s->model->memory_bytes(&setup, n);
	uint64_t used = used_bytes_alone(
	    &(struct task){.ops = s->model, .setup = &setup, .token = symbol, .n = n});

	assert_true(used != UINT64_MAX);
	if (!SANITIZED && (used > announced + ALLOCATOR_BYTES || announced > 4 * used + (4 << 20)))
		fail_msg("%s used %llu bytes, announced %llu", text, (unsigned long long)used,
			 (unsigned long long)announced);
	return announced;
}

static void check_on_bytes(const char *model, uint16_t *symbol, const struct buffer *bytes)
{
	struct archive_settings s;
	struct archive_info info;
	struct buffer archive = {0};
	uint64_t used;

	assert_int_equal(archive_settings_parse(&s, model), STATUS_OK);
	check_learner(&s, model, 256, symbol, N_BYTES);
	assert_int_equal(
	    archive_compress(&s, bytes->data, bytes->size_bytes, &archive, NULL), STATUS_OK);
	assert_int_equal(archive_inspect(archive.data, archive.size_bytes, &info), STATUS_OK);
	used = used_bytes_alone(&(struct task){.archive = &archive});
	assert_true(used != UINT64_MAX);
	if (!SANITIZED && used > info.header.memory_bytes)
		fail_msg("%s: decoding took %llu bytes, the header says %llu", model,
			 (unsigned long long)used, (unsigned long long)info.header.memory_bytes);
	archive_info_free(&info);
	buffer_free(&archive);
}

/* What making an archive takes, from before; two threads take twice the models. */
static void check_plan(const char *model, const struct buffer *bytes)
{
	struct archive_settings s;
	struct archive_plan plan, two;

	assert_int_equal(archive_settings_parse(&s, model), STATUS_OK);
	s.threads = 1;
	s.block_symbols = N_BYTES / 2;
	assert_int_equal(archive_plan(&s, bytes->data, bytes->size_bytes, &plan), STATUS_OK);
	assert_int_equal(plan.n_blocks, 2);
	assert_int_equal(plan.threads, 1);
	uint64_t used = used_bytes_alone(&(struct task){.settings = &s, .bytes = bytes});

	assert_true(used != UINT64_MAX);
	if (!SANITIZED && used > plan.memory_bytes)
		fail_msg("%s: encoding took %llu bytes, the plan says %llu", model,
			 (unsigned long long)used, (unsigned long long)plan.memory_bytes);
	s.threads = 2;
	assert_int_equal(archive_plan(&s, bytes->data, bytes->size_bytes, &two), STATUS_OK);
	assert_int_equal(two.threads, 2);
	assert_true(two.memory_bytes - plan.memory_bytes == plan.memory_bytes - 3 * N_BYTES);
}

static void announced_is_enough_for_bytes(void **state)
{
	uint16_t *symbol = calloc(N_BYTES, sizeof *symbol);
	struct buffer bytes = {0};
	char text[32];

	(void)state;
	make_bytes(symbol, &bytes);
	check_on_bytes("order0", symbol, &bytes);
	check_on_bytes("ngram", symbol, &bytes);
	check_on_bytes("ctw", symbol, &bytes);
	check_on_bytes("ensemble", symbol, &bytes);
	for (int level = 1; level <= 9 && predictor_by_name("mix"); level++) {
		snprintf(text, sizeof text, "mix:level=%d", level);
		check_on_bytes(text, symbol, &bytes);
	}
	check_plan("ngram", &bytes);
	check_plan("mix:level=2", &bytes);
	check_plan("mix:level=5", &bytes);
	buffer_free(&bytes);
	free(symbol);
}

/* Topics, families and subjects take memory, too, and it is announced. */
static void announced_is_enough_for_tokens(void **state)
{
	struct fixture_corpus c = fixture_draw("sk", "", "sentences=20000,alpha=0.7");
	static const char *const model[] = {"mix:subjects=1", "mix:subjects=2"};
	uint64_t announced[2];

	(void)state;
	for (unsigned i = 0; i < 2; i++) {
		struct archive_settings s;

		assert_int_equal(archive_settings_parse(&s, model[i]), STATUS_OK);
		announced[i] = check_learner(&s, model[i], c.world->vocab, c.token, c.n);
	}
	assert_true(announced[0] > announced[1]);
	fixture_free(&c);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(announced_is_enough),
	    cmocka_unit_test(announced_is_enough_for_bytes),
	    cmocka_unit_test(announced_is_enough_for_tokens),
	};

	return cmocka_run_group_tests(tests, fixture_open, fixture_close);
}
