/* SPDX-License-Identifier: BSD-2-Clause
 *
 * test_golden.c - the same archive bytes from every compiler, machine and optimisation level.
 *
 * Property: the archive of a fixed corpus by each registered predictor has a fixed hash.  A build
 * with another compiler or other flags must pass this same table, and so must later versions, as
 * long as they write format version 1.
 * Method: a corpus drawn by the product (its own bytes are golden in test_corpora.c), compressed
 * with every predictor of the registry (with a random model file, if it needs one): the tokens, and
 * the text for those that need no world; and with twopart under limits of its model.  A predictor
 * without a row fails, and the line to add is printed.
 */
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <xxhash.h>

#include "archive.h"
#include "file.h"
#include "model.h"
#include "world.h"

#include "fixture.h" /* last: it brings cmocka.h, which defines a macro fail() */

static const char options[] = "alpha=0.7,noise=0.5,sentences=400,seed=11";

static const struct golden {
	const char *model;
	bool text; /* the text rendering, else the tokens */
	uint64_t hash;
} golden[] = {
    {"uniform", false, 0xf555da6dd98b3788}, {"uniform", true, 0x8ff85d43a03da3a3},
    {"order0", false, 0x8b13c86fd5fa8c3e},  {"order0", true, 0x70fcfe6bf6184aa6},
    {"ngram", false, 0x2467c241b1e511d8},   {"ngram", true, 0xbe608fb4fc1ddbde},
    {"known", false, 0x521c0f13de29abbd},   {"bayes", false, 0x2d56cb5ca5b96287},
    {"twopart", false, 0x44d3e40e97718888}, {"transformer", false, 0xe8d4851264dbb2f2},
    {"transformer", true, 0x69769faa40b56bf6}, {"ctw", false, 0x3dc4a80148424534},
    {"ctw", true, 0x91aa4736738a5982},      {"ensemble", false, 0xad34cd5d3b262b84},
    {"ensemble", true, 0x4240cda15fefee23}, {"mix", false, 0x5cf5a5b907b165ea},
    {"mix", true, 0x362984d0450e9a20},      {"neural", false, 0x65e4ff6985890fe0},
    {"neural", true, 0xbf79e964384fdfac},   {"transformer:online", false, 0x046eeff1ecd11da6},
    {"transformer:online", true, 0x173f45de8783ea50},
};

static struct world *world;

static int draw_corpus(void **state)
{
	if (fixture_open(state) != 0)
		return -1;
	assert_int_equal(fixture_generate("sk", "", options), STATUS_OK);
	assert_int_equal(world_load(&world, fixture_path(".json")), STATUS_OK);
	return 0;
}

static int remove_corpus(void **state)
{
	world_free(world);
	return fixture_close(state);
}

static uint64_t limited_hash(const struct predictor_ops *model, bool text, int threads,
			     uint64_t model_bits_max)
{
	struct archive_settings settings;
	struct buffer in = {0}, archive = {0};
	uint64_t hash;

	assert_int_equal(file_read(fixture_path(text ? ".txt" : ".bin"), &in, NULL), STATUS_OK);
	assert_int_equal(archive_settings_parse(&settings, model->name), STATUS_OK);
	settings.world = model->needs_world ? world : NULL;
	settings.transformer = model_for(model, !text, world->vocab);
	settings.threads = threads;
	settings.model_bits_max = model_bits_max;
	settings.block_symbols = 1500; /* several blocks, where the model allows */
	assert_int_equal(archive_compress(&settings, in.data, in.size_bytes, &archive, NULL),
			 STATUS_OK);
	hash = XXH3_64bits(archive.data, archive.size_bytes);
	buffer_free(&in);
	buffer_free(&archive);
	return hash;
}

static uint64_t archive_hash(const struct predictor_ops *model, bool text, int threads)
{
	return limited_hash(model, text, threads, MODEL_BITS_ANY);
}

static const struct golden *find_row(const struct predictor_ops *model, bool text)
{
	for (size_t i = 0; i < sizeof golden / sizeof *golden; i++)
		if (strcmp(golden[i].model, model->name) == 0 && golden[i].text == text)
			return &golden[i];
	return NULL;
}

static void test_archives(void **state)
{
	bool all_right = true;

	(void)state;
	for (const struct predictor_ops *const *p = predictors; *p; p++) {
		for (int text = 0; text <= !(*p)->needs_world; text++) {
			const struct golden *row = find_row(*p, text);
			uint64_t hash = archive_hash(*p, text, 1);

			if (row && row->hash == hash)
				continue;
			print_message("    {\"%s\", %s, 0x%016llx},\n", (*p)->name,
				      text ? "true" : "false", (unsigned long long)hash);
			all_right = false;
		}
	}
	assert_true(all_right);
}

/* Under a limit other code decides: tables at scaled levels, sentences about nobody stored. */
static void test_limited_models(void **state)
{
	static const struct {
		uint64_t model_bits_max, hash;
	} limited[] = {
	    {100, 0xa398e29e811405ae},
	    {700, 0x7d714b576f1ba4c4},
	    {3000, 0x7746ceb04ed87ab7},
	};
	bool all_right = true;

	(void)state;
	for (size_t i = 0; i < sizeof limited / sizeof *limited; i++) {
		uint64_t hash = limited_hash(predictor_by_name("twopart"), false, 1,
					     limited[i].model_bits_max);

		if (hash == limited[i].hash)
			continue;
		print_message("{%llu, 0x%016llx}\n", (unsigned long long)limited[i].model_bits_max,
			      (unsigned long long)hash);
		all_right = false;
	}
	assert_true(all_right);
}

/* The fastest level guesses bytes, which no other does. */
static void test_fast_level(void **state)
{
	struct archive_settings settings;
	struct buffer in = {0}, archive = {0};
	uint64_t hash;

	(void)state;
	assert_int_equal(file_read(fixture_path(".txt"), &in, NULL), STATUS_OK);
	assert_int_equal(archive_settings_parse(&settings, "mix:level=1"), STATUS_OK);
	settings.as_bytes = true;
	settings.threads = 1;
	assert_int_equal(archive_compress(&settings, in.data, in.size_bytes, &archive, NULL),
			 STATUS_OK);
	hash = XXH3_64bits(archive.data, archive.size_bytes);
	buffer_free(&in);
	buffer_free(&archive);
	print_message("mix:level=1: 0x%016llx\n", (unsigned long long)hash);
	assert_true(hash == 0xce2154c33e7f0a71);
}

static void test_threads(void **state)
{
	static const int threads[] = {1, 2, 3, 8};

	(void)state;
	for (const struct predictor_ops *const *p = predictors; *p; p++)
		for (size_t i = 1; i < sizeof threads / sizeof *threads; i++)
			assert_true(archive_hash(*p, false, threads[i]) ==
				    archive_hash(*p, false, threads[0]));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_archives),
	    cmocka_unit_test(test_limited_models),
	    cmocka_unit_test(test_fast_level),
	    cmocka_unit_test(test_threads),
	};

	return cmocka_run_group_tests(tests, draw_corpus, remove_corpus);
}
