/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Property  an archive gives back its input, is spelt as FORMAT.md says to the byte, and is the
 *           only spelling: any forged header is refused, without memory or time that the header
 *           merely claims to need.  A block that coding does not shorten is stored, and costs what
 *           it takes.
 * Method    round trips at the edges of blocks for every registered predictor without world;
 *           headers forged with a valid digest.  Damage is test_damage.c's.
 */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <xxhash.h>

#include "archive.h"
#include "container.h"
#include "model.h"
#include "rng.h"
#include "run.h"
#include "tokens.h"

#include <cmocka.h> /* after status.h: it defines a macro fail() */

#define FORGED_OUTPUT_BYTES_MAX ((size_t)1 << 20) /* memory a refused archive may cost */

/* Default settings, but the least memory a model can do with: the tests open it thousands of
 * times. */
static struct archive_settings small_settings(const struct predictor_ops *model)
{
	struct archive_settings s;

	assert_int_equal(archive_settings_parse(&s, model_text_for(model)), STATUS_OK);
	for (unsigned i = 0; i < options_count(model->options); i++)
		if (strcmp(model->options[i].name, "memory") == 0 ||
		    strcmp(model->options[i].name, "level") == 0)
			s.option[i] = model->options[i].min;
	return s;
}

/* Text-like bytes, or a token file of n tokens. */
static struct buffer make_input(size_t n, bool is_tokens)
{
	struct buffer b = {0};

	if (is_tokens)
		tokens_write_header(&b, n);
	for (size_t i = 0; i < n; i++) {
		unsigned x = (unsigned)(i * i + 3 * i + i / 7) % 23;

		if (is_tokens)
			buffer_append_le(&b, 40 * x, 2);
		else
			buffer_append_byte(&b, (uint8_t)('a' + x));
	}
	return b;
}

#define INPUT_ALPHABET 921 /* of token files made above */

static struct buffer compress(const struct archive_settings *s, const struct buffer *in)
{
	struct buffer out = {0};
	struct archive_stats stats;
	struct archive_settings complete = *s;

	complete.transformer = model_for(s->model, tokens_recognise(in->data, in->size_bytes),
					 INPUT_ALPHABET);
	if (archive_compress(&complete, in->data, in->size_bytes, &out, &stats) != STATUS_OK)
		fail_msg("%s: %s", s->model->name, status_message());
	assert_int_equal(out.size_bytes, stats.payload_bytes + stats.container_bytes);
	return out;
}

/* From an exact copy, so that a sanitizer sees a read past the end. */
static enum status decompress(const uint8_t *in, size_t size_bytes, int threads,
			      struct buffer *out)
{
	uint8_t *copy = malloc(size_bytes ? size_bytes : 1);

	assert_non_null(copy);
	memcpy(copy, in, size_bytes);
	buffer_free(out);
	struct archive_reading reading = {.threads = threads};
	const struct predictor_ops *model =
	    size_bytes > 2 ? predictor_by_id(copy[2] & 0x1f) : NULL; /* of the archive */

	if (model)
		reading.transformer = model_for(model, copy[2] & 0x60, INPUT_ALPHABET);
	enum status s = archive_decompress(&reading, copy, size_bytes, out, NULL);

	free(copy);
	return s;
}

static void check_round_trip(const struct archive_settings *s, size_t n, bool is_tokens)
{
	struct buffer in = make_input(n, is_tokens), back = {0};
	struct archive_settings threaded = *s;
	struct archive_info info;

	threaded.threads = 3;
	struct buffer archive = compress(s, &in), again = compress(&threaded, &in);

	assert_int_equal(archive.size_bytes, again.size_bytes);
	assert_memory_equal(archive.data, again.data, archive.size_bytes);
	for (int threads = 1; threads <= 3; threads += 2) {
		enum status status =
		    decompress(archive.data, archive.size_bytes, threads, &back);

		if (status != STATUS_OK)
			fail_msg("%s, %zu symbols: %s", s->model->name, n, status_message());
		assert_int_equal(back.size_bytes, in.size_bytes);
		if (in.size_bytes)
			assert_memory_equal(back.data, in.data, in.size_bytes);
	}
	assert_int_equal(archive_inspect(archive.data, archive.size_bytes, &info), STATUS_OK);
	assert_int_equal(info.header.n_total, n);
	assert_int_equal(info.header.is_tokens, is_tokens);
	assert_true(info.header.memory_bytes >= in.size_bytes);
	archive_info_free(&info);
	buffer_free(&again);
	buffer_free(&archive);
	buffer_free(&back);
	buffer_free(&in);
}

static void test_round_trips(void **state)
{
	static const size_t sizes[] = {0, 1, 2, 99, 100, 101, 199, 200, 201, 1000};

	(void)state;
	for (const struct predictor_ops *const *p = predictors; *p; p++) {
		if ((*p)->needs_world)
			continue;
		struct archive_settings s = small_settings(*p);

		for (size_t i = 0; i < 2 * sizeof sizes / sizeof *sizes; i++) {
			s.block_symbols = 100;
			check_round_trip(&s, sizes[i / 2], i % 2);
			s.block_symbols = 0;
			check_round_trip(&s, sizes[i / 2], i % 2);
		}
	}
}

/* Bytes that no model foresees, in `noisy` blocks and zeros in the others. */
static struct buffer make_blocks(size_t block, size_t n_blocks, unsigned noisy)
{
	struct rng rng = rng_stream(30, block, n_blocks);
	struct buffer b = {0};

	for (size_t i = 0; i < block * n_blocks; i++)
		buffer_append_byte(&b, noisy >> i / block & 1 ? (uint8_t)rng_below(&rng, 256) : 0);
	return b;
}

/* Blocks of noise are in the archive as they are and cost 8 bits a byte; those of zeros are not and
 * do not. */
static void check_stored(struct archive_settings s, size_t block, size_t n_blocks, unsigned noisy)
{
	struct buffer in = make_blocks(block, n_blocks, noisy), out = {0}, back = {0};
	double *cost = calloc(in.size_bytes, sizeof *cost), sum = 0;
	struct archive_stats stats, read;
	struct archive_info info;
	struct archive_reading reading = {.threads = 2};
	bool learns = strcmp(s.model->name, "uniform") != 0 && !s.model->needs_model;

	s.transformer = reading.transformer = model_for(s.model, false, 0);
	s.cost_bits = cost;
	s.block_symbols = block;
	assert_int_equal(archive_compress(&s, in.data, in.size_bytes, &out, &stats), STATUS_OK);
	assert_int_equal(archive_inspect(out.data, out.size_bytes, &info), STATUS_OK);
	assert_int_equal(stats.stored_blocks, info.stored_blocks);
	for (size_t i = 0; i < n_blocks; i++) {
		bool noise = noisy >> i & 1;

		if (noise || learns)
			assert_int_equal(container_block_is_stored(&info.header, i), noise);
		for (size_t j = i * block; j < (i + 1) * block; j++) {
			assert_true(!noise || cost[j] == 8);
			sum += cost[j];
		}
	}
	assert_true(fabs(sum - stats.ideal_bits) < 1e-6 * sum + 1e-9);
	assert_int_equal(archive_decompress(&reading, out.data, out.size_bytes, &back, &read),
			 STATUS_OK);
	assert_true(read.ideal_bits == stats.ideal_bits);
	assert_int_equal(read.stored_blocks, stats.stored_blocks);
	assert_memory_equal(back.data, in.data, in.size_bytes);
	archive_info_free(&info);
	buffer_free(&in);
	buffer_free(&out);
	buffer_free(&back);
	free(cost);
}

static void test_stored(void **state)
{
	(void)state;
	for (const struct predictor_ops *const *p = predictors; *p; p++) {
		if ((*p)->needs_world)
			continue;
		for (unsigned noisy = 0; noisy < 8; noisy++)
			check_stored(small_settings(*p), 1000, 3, noisy);
		check_stored(small_settings(*p), 3000, 1, 1);
	}
}

/* The example of the specification, byte by byte. */
static void test_spelling(void **state)
{
	static const uint8_t abc[] = {'a', 'b', 'c'};
	struct archive_settings s;
	struct buffer out = {0};

	(void)state;
	assert_int_equal(archive_settings_parse(&s, "uniform"), STATUS_OK);
	assert_int_equal(archive_compress(&s, abc, 3, &out, NULL), STATUS_OK);
	assert_int_equal(out.size_bytes, 2 + 1 + 1 + 1 + 4 + 3);
	assert_int_equal(out.data[0], 0xB2);
	assert_int_equal(out.data[1], 0x71);
	assert_int_equal(out.data[2], predictor_by_name("uniform")->id);
	assert_int_equal(out.data[4], 3);

	uint32_t digest = (uint32_t)XXH3_64bits_withSeed(abc, 3, XXH3_64bits(out.data, 5));

	for (int i = 0; i < 4; i++)
		assert_int_equal(out.data[5 + i], (uint8_t)(digest >> 8 * i));
	/* Three bytes of the coder would be no shorter: stored. */
	assert_memory_equal(out.data + 9, abc, 3);
	buffer_free(&out);
}

/* An oracle's header on a corpus of up to 2^28 - 1 tokens takes 16 bytes. */
static void test_oracle_header(void **state)
{
	static const struct predictor_ops oracle = {
	    .name = "test", .id = 30, .needs_world = true, .not_counted = "prior"};
	struct container c = {.model = &oracle,
			      .coder = coder_by_id(CONTAINER_CODER_ID),
			      .is_tokens = true,
			      .memory_bytes = (uint64_t)1 << 32,
			      .n_total = ((uint64_t)1 << 28) - 1,
			      .world_hash = 0x01020304};
	struct buffer header = {0};

	(void)state;
	container_write(&c, &header);
	assert_int_equal(header.size_bytes + CONTAINER_DIGEST_BYTES, 16);
	assert_memory_equal(header.data + 8, "\4\3\2\1", 4);
	buffer_free(&header);
}

/* A header from bytes, a valid digest for `content`, a payload. */
static enum status decode_forged(const uint8_t *header, size_t header_bytes, const char *content,
				 const void *payload, size_t payload_bytes)
{
	struct buffer forged = {0}, out = {0};
	size_t content_bytes = strlen(content);

	buffer_append(&forged, header, header_bytes);
	buffer_append_le(&forged,
			 container_digest(header, header_bytes, (const uint8_t *)content,
					  content_bytes),
			 CONTAINER_DIGEST_BYTES);
	buffer_append(&forged, payload, payload_bytes);
	enum status s = decompress(forged.data, forged.size_bytes, 1, &out);

	if (s == STATUS_OK)
		assert_int_equal(out.size_bytes, content_bytes);
	assert_true(out.capacity_bytes <= FORGED_OUTPUT_BYTES_MAX);
	buffer_free(&out);
	buffer_free(&forged);
	return s;
}

#define FORGE(...)                                                                                 \
	decode_forged((const uint8_t[]){__VA_ARGS__}, sizeof((const uint8_t[]){__VA_ARGS__}),      \
		      "aaa", "aaa", 3)

#define U 1          /* id of uniform */
#define TOKENS 0x60  /* bits 5 and 6 */
#define EXTENDED 0x80
#define KIB 32       /* memory code of 1024 bytes */

static void test_forged_headers(void **state)
{
	(void)state;
	assert_int_equal(predictor_by_name("uniform")->id, U);
	/* The frame of what follows, uniform and three bytes, is fine. */
	assert_int_equal(FORGE(0xB2, 0x71, U, KIB, 3), STATUS_OK);
	assert_int_equal(FORGE(0xB3, 0x71, U, KIB, 3), STATUS_CORRUPT);
	assert_int_equal(FORGE(0xB2, 0x61, U, KIB, 3), STATUS_CORRUPT);
	assert_int_equal(FORGE(0xB2, 0x72, U, KIB, 3), STATUS_UNSUPPORTED);
	assert_int_equal(FORGE(0xB2, 0x70, U, KIB, 3), STATUS_UNSUPPORTED);
	assert_int_equal(FORGE(0xB2, 0x71, 0, KIB, 3), STATUS_UNSUPPORTED);
	assert_int_equal(FORGE(0xB2, 0x71, 31, KIB, 3), STATUS_UNSUPPORTED);
	assert_int_equal(FORGE(0xB2, 0x71, U | 0x20, KIB, 3), STATUS_UNSUPPORTED);
	assert_int_equal(FORGE(0xB2, 0x71, U | 0x40, KIB, 3), STATUS_UNSUPPORTED);
	assert_int_equal(FORGE(0xB2, 0x71, U, 248, 3), STATUS_CORRUPT);
	assert_int_equal(FORGE(0xB2, 0x71, U, 255, 3), STATUS_CORRUPT);
	assert_int_equal(FORGE(0xB2, 0x71, U, KIB, 0x83, 0x00), STATUS_CORRUPT); /* varint */
	assert_int_equal(FORGE(0xB2, 0x71, U, KIB, 2), STATUS_CORRUPT);
	assert_int_equal(FORGE(0xB2, 0x71, U, KIB, 4), STATUS_CORRUPT);
}

/* What a coder made of noise, and nobody stores: no decoder takes it, though it could. */
static void test_forged_overlong(void **state)
{
	enum { N = 200 };
	const struct predictor_ops *model = predictor_by_name("order0");
	const struct predictor_setup setup = {.n_symbols = 256, .n_total = N, .n_max = N};
	const uint8_t header[] = {0xB2, 0x71, model->id, 64, 0x80 | (N & 0x7f), N >> 7};
	struct buffer noise = make_blocks(N, 1, 1), payload = {0}, forged = {0}, out = {0};
	struct run r = {.model = model, .coder = coder_by_id(CONTAINER_CODER_ID)};
	uint16_t symbol[N];

	(void)state;
	for (size_t i = 0; i < N; i++)
		symbol[i] = noise.data[i];
	assert_int_equal(model->open(&r.p, &setup), STATUS_OK);
	assert_int_equal(run_open(&r), STATUS_OK);
	assert_int_equal(r.coder->encoder_open(&r.enc, &payload), STATUS_OK);
	assert_int_equal(run_symbols(&r, symbol, N), STATUS_OK);
	assert_int_equal(r.coder->encoder_close(r.enc), STATUS_OK);
	run_close(&r);
	model->close(r.p);
	assert_true(payload.size_bytes > N);

	buffer_append(&forged, header, sizeof header);
	buffer_append_le(&forged, container_digest(header, sizeof header, noise.data, N),
			 CONTAINER_DIGEST_BYTES);
	buffer_append(&forged, payload.data, payload.size_bytes);
	assert_int_equal(decompress(forged.data, forged.size_bytes, 1, &out), STATUS_CORRUPT);
	assert_non_null(strstr(status_message(), "longer than what is in it"));
	buffer_free(&noise);
	buffer_free(&payload);
	buffer_free(&forged);
	buffer_free(&out);
}

/* Tokens 97 and 98, stored: the alphabet may be 99, as it must, and no other. */
static void test_forged_tokens(void **state)
{
	static const uint8_t stored[] = {97, 0, 98, 0};

	(void)state;
	for (uint8_t alphabet = 97; alphabet <= 100; alphabet++) {
		const uint8_t header[] = {0xB2, 0x71, U | TOKENS, KIB, 2, alphabet - 1};
		struct buffer forged = {0}, out = {0};

		buffer_append(&forged, header, sizeof header);
		buffer_append_le(&forged,
				 container_digest(header, sizeof header, stored, sizeof stored),
				 CONTAINER_DIGEST_BYTES);
		buffer_append(&forged, stored, sizeof stored);
		assert_int_equal(decompress(forged.data, forged.size_bytes, 1, &out),
				 alphabet == 99 ? STATUS_OK : STATUS_CORRUPT);
		buffer_free(&forged);
		buffer_free(&out);
	}
}

static void test_forged_extensions(void **state)
{
	(void)state;
	/* Nothing but defaults. */
	assert_int_equal(FORGE(0xB2, 0x71, U | EXTENDED, KIB, 3, 3, 0, 0, 0), STATUS_CORRUPT);
	/* An unknown coder; one that does not fit a byte; a length that is wrong. */
	assert_int_equal(FORGE(0xB2, 0x71, U | EXTENDED, KIB, 3, 3, 99, 0, 0), STATUS_UNSUPPORTED);
	assert_int_equal(FORGE(0xB2, 0x71, U | EXTENDED, KIB, 3, 4, 0x80, 2, 0, 0),
			 STATUS_UNSUPPORTED);
	assert_int_equal(FORGE(0xB2, 0x71, U | EXTENDED, KIB, 3, 2, 0, 0, 0), STATUS_CORRUPT);
	assert_int_equal(FORGE(0xB2, 0x71, U | EXTENDED, KIB, 3, 200, 0, 0, 0), STATUS_CORRUPT);
	assert_int_equal(FORGE(0xB2, 0x71, U | EXTENDED, KIB, 3, 0), STATUS_CORRUPT);
	/* Options that uniform has not. */
	assert_int_equal(FORGE(0xB2, 0x71, U | EXTENDED, KIB, 3, 6, 0, 3, 'a', '=', '1', 0),
			 STATUS_CORRUPT);
	/* Block sizes not below n, and tables that are too short. */
	assert_int_equal(FORGE(0xB2, 0x71, U | EXTENDED, KIB, 3, 3, 0, 0, 3), STATUS_CORRUPT);
	assert_int_equal(FORGE(0xB2, 0x71, U | EXTENDED, KIB, 3, 3, 0, 0, 9), STATUS_CORRUPT);
	assert_int_equal(FORGE(0xB2, 0x71, U | EXTENDED, KIB, 3, 3, 0, 0, 2), STATUS_CORRUPT);
	assert_int_equal(
	    FORGE(0xB2, 0x71, U | EXTENDED, KIB, 3, 13, 0, 0, 2, 2, 0, 0, 0, 0, 1, 0, 0, 0, 0),
	    STATUS_CORRUPT);
}

static void test_forged_counts(void **state)
{
	(void)state;
	/* 2^39 bytes claimed and the memory for them: ends when the payload does. */
	assert_int_equal(FORGE(0xB2, 0x71, U, 190, 0x80, 0x80, 0x80, 0x80, 0x80, 0x10),
			 STATUS_CORRUPT);
	/* More than the memory that is claimed, more than 2^40. */
	assert_int_equal(FORGE(0xB2, 0x71, U, KIB, 0x80, 0x80, 0x80, 0x80, 0x80, 0x10),
			 STATUS_CORRUPT);
	assert_int_equal(FORGE(0xB2, 0x71, U, 247, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 1),
			 STATUS_CORRUPT);
	assert_int_equal(FORGE(0xB2, 0x71, U, 247, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff,
			       0xff, 1),
			 STATUS_CORRUPT);
	/* 2^31 - 1 tokens of alphabet 65,536; one token more; an alphabet of 65,537. */
	assert_int_equal(FORGE(0xB2, 0x71, U | TOKENS, 200, 0xff, 0xff, 0xff, 0xff, 7, 0xff, 0xff,
			       3),
			 STATUS_CORRUPT);
	assert_int_equal(FORGE(0xB2, 0x71, U | TOKENS, 200, 0x80, 0x80, 0x80, 0x80, 8, 0xff, 0xff,
			       3),
			 STATUS_CORRUPT);
	assert_int_equal(FORGE(0xB2, 0x71, U | TOKENS, KIB, 1, 0x80, 0x80, 4), STATUS_CORRUPT);
	/* 2^38 blocks of one symbol. */
	assert_int_equal(FORGE(0xB2, 0x71, U | EXTENDED, 190, 0x80, 0x80, 0x80, 0x80, 0x80, 0x08, 3,
			       0, 0, 1),
			 STATUS_CORRUPT);
}

/* No tokens have the alphabet 1, and no other. */
static void test_needless_alphabet(void **state)
{
	static const uint8_t header[] = {0xB2, 0x71, U | TOKENS, KIB, 0, 0};
	static const uint8_t larger[] = {0xB2, 0x71, U | TOKENS, KIB, 0, 1};

	(void)state;
	for (int i = 0; i < 2; i++) {
		struct buffer forged = {0}, out = {0};

		buffer_append(&forged, i ? larger : header, sizeof header);
		buffer_append_le(&forged,
				 container_digest(forged.data, sizeof header, forged.data, 0),
				 CONTAINER_DIGEST_BYTES);
		assert_int_equal(decompress(forged.data, forged.size_bytes, 1, &out),
				 i ? STATUS_CORRUPT : STATUS_OK);
		buffer_free(&forged);
		buffer_free(&out);
	}
}

static void test_token_files(void **state)
{
	struct buffer in = make_input(50, true), out = {0};
	struct archive_settings s = small_settings(predictor_by_name("uniform"));
	struct archive_stats stats;

	(void)state;
	assert_int_equal(archive_compress(&s, in.data, in.size_bytes, &out, &stats), STATUS_OK);
	assert_int_equal(stats.symbol_bytes, 2);
	assert_int_equal(stats.n_symbols_coded, 50);
	buffer_free(&out);

	/* Cut short: refused, unless it is to be bytes. */
	assert_int_equal(archive_compress(&s, in.data, in.size_bytes - 1, &out, &stats),
			 STATUS_CORRUPT);
	s.as_bytes = true;
	assert_int_equal(archive_compress(&s, in.data, in.size_bytes - 1, &out, &stats), STATUS_OK);
	assert_int_equal(stats.symbol_bytes, 1);
	buffer_free(&out);

	/* A header that the count alone does not give: bytes. */
	s.as_bytes = false;
	in.data[1000] = 7;
	assert_int_equal(archive_compress(&s, in.data, in.size_bytes, &out, &stats), STATUS_OK);
	assert_int_equal(stats.symbol_bytes, 1);

	struct buffer back = {0};

	assert_int_equal(decompress(out.data, out.size_bytes, 1, &back), STATUS_OK);
	assert_int_equal(back.size_bytes, in.size_bytes);
	assert_memory_equal(back.data, in.data, in.size_bytes);
	buffer_free(&back);
	buffer_free(&out);
	buffer_free(&in);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_round_trips),
	    cmocka_unit_test(test_stored),
	    cmocka_unit_test(test_spelling),
	    cmocka_unit_test(test_oracle_header),
	    cmocka_unit_test(test_forged_headers),
	    cmocka_unit_test(test_forged_extensions),
	    cmocka_unit_test(test_forged_tokens),
	    cmocka_unit_test(test_forged_overlong),
	    cmocka_unit_test(test_forged_counts),
	    cmocka_unit_test(test_needless_alphabet),
	    cmocka_unit_test(test_token_files),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
