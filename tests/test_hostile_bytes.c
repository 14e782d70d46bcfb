/* SPDX-License-Identifier: BSD-2-Clause
 *
 * test_hostile_bytes.c - files that were not made for a compressor.
 *
 * Property  whatever the file, every model brings it back, from the same archive for any number of
 *           threads, within the memory that the header states; and the archive is never longer than
 *           the file by more than 64 bytes and a ten-thousandth.
 * Method    named kinds of content (constant, random, compressed already, one line, alternating ..)
 *           in sizes from 0 to 300, around the edges of blocks, and some longer; all models of the
 *           registry that need no world, the one with levels at three of them.  With the argument
 *           "all", every size, and files some times as long: half a minute.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "archive.h"
#include "model.h"
#include "rng.h"
#include "tokens.h"

#include <cmocka.h> /* after status.h: it defines a macro fail() */

static bool thorough; /* as many cases as there are, else what takes a second or two */

#define GROWTH_BYTES(size_bytes) (64 + (size_bytes) / 10000)

/* ---- What is compressed: one byte after another, by a generator with some memory. ---- */

struct source {
	struct rng rng;
	const char *word; /* what is left of the current one */
};

static uint8_t random_byte(struct source *s, size_t i)
{
	(void)i;
	return (uint8_t)rng_below(&s->rng, 256);
}

static uint8_t constant_byte(struct source *s, size_t i)
{
	(void)s;
	(void)i;
	return 0xff;
}

static uint8_t line_byte(struct source *s, size_t i)
{
	static const char *const words[] = {"the ",  "water ", "of ",     "a ",      "mill ",
					    "turns ", "and ",   "nobody ", "listens ", "to "};

	(void)i;
	if (!*s->word)
		s->word = words[rng_below(&s->rng, sizeof words / sizeof *words)];
	return (uint8_t)*s->word++;
}

/* Records of 12 bytes: a counter, a small number, zeros. */
static uint8_t record_byte(struct source *s, size_t i)
{
	switch (i % 12) {
	case 0: return (uint8_t)(i / 12);
	case 1: return (uint8_t)(i / 12 >> 8);
	case 6: return (uint8_t)rng_below(&s->rng, 7);
	default: return 0;
	}
}

static uint8_t alternating(struct source *s, size_t i, size_t period)
{
	static uint8_t (*const next[])(struct source *, size_t) = {line_byte, random_byte,
								   record_byte, constant_byte};

	return next[i / period % 4](s, i);
}

static uint8_t alternating_4k(struct source *s, size_t i)
{
	return alternating(s, i, 4096);
}

static uint8_t alternating_64k(struct source *s, size_t i)
{
	return alternating(s, i, 65536);
}

/* A period of every length in turn: what was learnt is soon wrong. */
static uint8_t restless_byte(struct source *s, size_t i)
{
	(void)s;
	return (uint8_t)(i % (1 + i / 500) * 37);
}

static uint8_t ascending_byte(struct source *s, size_t i)
{
	(void)s;
	return (uint8_t)i;
}

static const struct kind {
	const char *name;
	uint8_t (*next)(struct source *s, size_t i);
} kinds[] = {
    {"constant", constant_byte},
    {"random", random_byte},
    {"one line", line_byte},
    {"records", record_byte},
    {"alternating every 4 KiB", alternating_4k},
    {"restless", restless_byte},
    {"ascending", ascending_byte},
};

#define N_KINDS (sizeof kinds / sizeof *kinds)

static const struct kind long_kind = {"alternating every 64 KiB", alternating_64k};

static struct buffer make(const struct kind *kind, size_t n)
{
	struct source source = {.rng = rng_stream(40, n, 0), .word = ""};
	struct buffer b = {0};

	for (size_t i = 0; i < n; i++)
		buffer_append_byte(&b, kind->next(&source, i));
	return b;
}

/* ---- Who compresses. ---- */

static const char *const leveled[] = {"mix:level=1", "mix:level=5", "mix:level=9"};

#define N_MODELS_MAX 40

/* The registry's models, and a model of levels at the three in the place of its default. */
static size_t list_models(const char *text[N_MODELS_MAX])
{
	static char small[N_MODELS_MAX][128];
	size_t n = 0;

	for (const struct predictor_ops *const *p = predictors; *p; p++)
		if (strcmp((*p)->name, "mix") == 0)
			for (size_t i = 0; i < sizeof leveled / sizeof *leveled; i++)
				text[n++] = leveled[i];
		else if (!(*p)->needs_world) {
			snprintf(small[n], sizeof small[n], "%s", model_text_for(*p));
			text[n] = small[n];
			n++;
		}
	assert_true(n <= N_MODELS_MAX);
	return n;
}

static struct archive_settings settings_of(const char *model, bool is_tokens, uint32_t alphabet)
{
	struct archive_settings s;

	assert_int_equal(archive_settings_parse(&s, model), STATUS_OK);
	s.transformer = model_for(s.model, is_tokens, alphabet);
	s.threads = 1;
	return s;
}

static bool is_large(const char *model)
{
	return strcmp(model, "mix:level=5") == 0 || strcmp(model, "mix:level=9") == 0;
}

/* n at most: a network takes its time, and so do many contexts. */
static size_t length_for(const char *model, size_t n)
{
	size_t most = strcmp(model, "transformer") == 0 ? 3000
		      : is_large(model) && !thorough	? 12000
							: n;

	return n < most ? n : most;
}

/* ---- What is asked of all. ---- */

static void check_decoding(const struct archive_settings *s, const struct buffer *archive,
			   const struct buffer *in, const char *what)
{
	struct archive_reading reading = {.transformer = s->transformer, .threads = s->threads};
	struct archive_info info;
	struct buffer back = {0};

	assert_int_equal(archive_inspect(archive->data, archive->size_bytes, &info), STATUS_OK);
	reading.memory_max_bytes = info.header.memory_bytes;
	if (archive_decompress(&reading, archive->data, archive->size_bytes, &back, NULL) !=
	    STATUS_OK)
		fail_msg("%s, %s, %zu bytes: %s", s->model->name, what, in->size_bytes,
			 status_message());
	assert_int_equal(back.size_bytes, in->size_bytes);
	if (in->size_bytes)
		assert_memory_equal(back.data, in->data, in->size_bytes);
	buffer_free(&back);
	archive_info_free(&info);
}

static struct buffer compress(const struct archive_settings *s, const struct buffer *in,
			      const char *what)
{
	struct buffer archive = {0};

	if (archive_compress(s, in->data, in->size_bytes, &archive, NULL) != STATUS_OK)
		fail_msg("%s, %s, %zu bytes: %s", s->model->name, what, in->size_bytes,
			 status_message());
	return archive;
}

static void check_growth(const struct archive_settings *s, const struct buffer *in,
			 const struct buffer *archive, const char *what)
{
	if (archive->size_bytes > in->size_bytes + GROWTH_BYTES(in->size_bytes))
		fail_msg("%s, %s: %zu bytes grow to %zu", s->model->name, what, in->size_bytes,
			 archive->size_bytes);
}

/* With default blocks: back again, and no longer than it may be. */
static void check(const char *model, const struct buffer *in, const char *what)
{
	struct archive_settings s = settings_of(model, false, 256);
	struct buffer archive = compress(&s, in, what);

	check_growth(&s, in, &archive, what);
	check_decoding(&s, &archive, in, what);
	buffer_free(&archive);
}

/* With blocks of that size: one thread and two make the same archive, and read it. */
static void check_blocks(const char *model, const struct buffer *in, uint64_t block,
			 const char *what)
{
	struct archive_settings s = settings_of(model, false, 256);

	s.block_symbols = block;
	struct buffer archive = compress(&s, in, what);

	s.threads = 2;
	struct buffer again = compress(&s, in, what);

	assert_int_equal(archive.size_bytes, again.size_bytes);
	assert_memory_equal(archive.data, again.data, archive.size_bytes);
	check_decoding(&s, &archive, in, what);
	s.threads = 1;
	check_decoding(&s, &archive, in, what);
	buffer_free(&archive);
	buffer_free(&again);
}

/* ---- Tests. ---- */

static void every_small_size(void **state)
{
	const char *model[N_MODELS_MAX];
	size_t n_models = list_models(model);

	(void)state;
	for (size_t m = 0; m < n_models; m++)
		for (size_t size = 0; size <= 300;
		     size += thorough || size < 8 ? 1 : is_large(model[m]) ? 29 : 3) {
			struct buffer in = make(&kinds[size % N_KINDS], size);

			check(model[m], &in, kinds[size % N_KINDS].name);
			buffer_free(&in);
		}
}

static void every_kind(void **state)
{
	const char *model[N_MODELS_MAX];
	size_t n_models = list_models(model);

	(void)state;
	for (size_t m = 0; m < n_models; m++) {
		for (size_t k = 0; k < N_KINDS; k++) {
			struct buffer in = make(&kinds[k], length_for(model[m], 40000));

			check(model[m], &in, kinds[k].name);
			buffer_free(&in);
		}
		struct buffer in =
		    make(&long_kind, length_for(model[m], thorough ? 1000000 : 150000));

		check(model[m], &in, long_kind.name);
		buffer_free(&in);
	}
}

static void compressed_already(void **state)
{
	const char *model[N_MODELS_MAX];
	size_t n_models = list_models(model);
	struct buffer text = make(&kinds[2], 100000);
	struct archive_settings s = settings_of("ngram", false, 256);
	struct buffer once = compress(&s, &text, "one line");

	(void)state;
	for (size_t m = 0; m < n_models; m++) {
		struct buffer in = once;

		in.size_bytes = length_for(model[m], once.size_bytes);
		check(model[m], &in, "compressed already");
	}
	buffer_free(&once);
	buffer_free(&text);
}

static void edges_of_blocks(void **state)
{
	const char *model[N_MODELS_MAX];
	size_t n_models = list_models(model);
	const size_t block = 700, around = thorough ? 3 : 1;

	(void)state;
	for (size_t m = 0; m < n_models; m++)
		for (size_t blocks = 1; blocks <= (thorough ? 3 : 2); blocks++)
			for (size_t size = blocks * block - around;
			     size <= blocks * block + around; size++) {
				const struct kind *kind = &kinds[size % N_KINDS];
				struct buffer in = make(kind, size);

				check_blocks(model[m], &in, block, kind->name);
				buffer_free(&in);
			}
}

static void threads_change_nothing(void **state)
{
	const char *model[N_MODELS_MAX];
	size_t n_models = list_models(model);

	(void)state;
	for (size_t m = 0; m < n_models; m++) {
		struct buffer in = make(&kinds[4], length_for(model[m], 60000));

		check_blocks(model[m], &in, 1 + in.size_bytes / 5, kinds[4].name);
		buffer_free(&in);
	}
}

/* Token files of random tokens: longer neither. */
static void random_tokens(void **state)
{
	const char *model[N_MODELS_MAX];
	size_t n_models = list_models(model);

	(void)state;
	for (size_t m = 0; m < n_models; m++)
		for (size_t n = 0; n <= 3000; n = 3 * n + 1) {
			struct rng rng = rng_stream(41, n, 0);
			struct buffer in = {0};

			tokens_write_header(&in, n);
			for (size_t i = 0; i < n; i++)
				buffer_append_le(&in, rng_below(&rng, 65536), 2);
			if (settings_of(model[m], true, 65536).model->needs_model && n > 20) {
				buffer_free(&in);
				break;
			}
			struct archive_settings s = settings_of(model[m], true, 65536);
			struct buffer archive = compress(&s, &in, "tokens");

			check_growth(&s, &in, &archive, "tokens");
			check_decoding(&s, &archive, &in, "tokens");
			buffer_free(&archive);
			buffer_free(&in);
		}
}

/* A limit below what the header states is refused; two threads take what the limit has room for. */
static void memory_is_limited(void **state)
{
	const char *model[N_MODELS_MAX];
	size_t n_models = list_models(model);

	(void)state;
	for (size_t m = 0; m < n_models; m++) {
		struct archive_settings s = settings_of(model[m], false, 256);
		struct buffer in = make(&kinds[2], 2500), back = {0};
		struct archive_reading reading = {.transformer = s.transformer, .threads = 2};
		struct archive_info info;

		s.block_symbols = 1000;
		struct buffer archive = compress(&s, &in, "one line");

		assert_int_equal(archive_inspect(archive.data, archive.size_bytes, &info),
				 STATUS_OK);
		reading.memory_max_bytes = info.header.memory_bytes - 1;
		assert_int_equal(archive_decompress(&reading, archive.data, archive.size_bytes,
						    &back, NULL),
				 STATUS_LIMIT);
		assert_int_equal(back.size_bytes, 0);
		s.memory_max_bytes = info.header.memory_bytes;
		s.threads = 2;
		struct buffer again = compress(&s, &in, "one line");

		assert_int_equal(again.size_bytes, archive.size_bytes);
		assert_memory_equal(again.data, archive.data, archive.size_bytes);
		archive_info_free(&info);
		buffer_free(&again);
		buffer_free(&archive);
		buffer_free(&back);
		buffer_free(&in);
	}
}

int main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(every_small_size),   cmocka_unit_test(every_kind),
	    cmocka_unit_test(compressed_already), cmocka_unit_test(edges_of_blocks),
	    cmocka_unit_test(threads_change_nothing), cmocka_unit_test(random_tokens),
	    cmocka_unit_test(memory_is_limited),
	};

	thorough = argc > 1 && strcmp(argv[1], "all") == 0;
	return cmocka_run_group_tests_name("hostile bytes", tests, NULL, NULL);
}
