/* SPDX-License-Identifier: BSD-2-Clause
 *
 * test_memory.c - the memory that an oracle announces is enough, and not many times too much.
 *
 * Property: reading a corpus with `known` or `bayes` takes no more memory, besides the loaded
 * world, than memory_bytes() said before; nor is that figure out of all proportion.
 * Method: in a forked child, the peak of the resident memory and what is allocated at the end, used
 * or not, less what they were before the oracle was opened; under a sanitizer, whose memory is its
 * own, only that the oracles run.
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

#include "buffer.h"
#include "predictor.h"
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

/* As above, in a process of its own. */
static uint64_t used_bytes_alone(const struct predictor_ops *ops,
				 const struct predictor_setup *setup, uint16_t *token, size_t n)
{
	uint64_t used = UINT64_MAX;
	int end[2], child_status;
	pid_t child;

	malloc_trim(0);
	assert_int_equal(pipe(end), 0);
	child = fork();
	assert_true(child >= 0);
	if (child == 0) {
		used = used_bytes(ops, setup, token, n);
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
	struct predictor_setup setup = {.n_symbols = w->vocab, .world = w, .n_total = n};
	struct buffer stored = {0};

	if (ops->fit)
		assert_int_equal(ops->fit(&setup, token, n, MODEL_BITS_ANY, &stored), STATUS_OK);
	setup.stored = stored.data;
	setup.stored_bytes = stored.size_bytes;

	uint64_t announced = ops->memory_bytes(&setup, n);
	uint64_t used = used_bytes_alone(ops, &setup, token, n);

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

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(announced_is_enough)};

	return cmocka_run_group_tests(tests, fixture_open, fixture_close);
}
