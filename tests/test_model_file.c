/* SPDX-License-Identifier: BSD-2-Clause
 *
 * test_model_file.c - a model comes back from its file, and nothing else is taken for one.
 *
 * Properties: what was written is read again, whatever the shape and the bits, and every file has
 * one spelling.  A file that was cut or changed is refused; where the change repaired the digest
 * too, it is refused or is the very file of what was read.  Shapes that are not allowed, shapes
 * that the file is too short for, and numbers that are not finite are refused in either direction.
 * Method: random models; all prefixes, all flipped bits; headers and streams made by hand; the bits
 * that weights take against their entropy.
 */
#include <math.h>
#include <openssl/sha.h>
#include <stdlib.h>
#include <string.h>
#include <xxhash.h>

#include "coder.h"
#include "container.h"
#include "model.h"
#include "model_file.h"
#include "run.h"
#include "weights.h"

#include "fixture.h" /* last: it brings cmocka.h, which defines a macro fail() */

#define MAGIC 0xB2, 0x51
#define TOKENS 0x10

static enum status read_and_free(const uint8_t *in, size_t size_bytes)
{
	struct transformer *t = NULL;
	uint8_t *copy = malloc(size_bytes + 1); /* so that reading past the end is noticed */

	assert_non_null(copy);
	memcpy(copy, in, size_bytes);

	enum status s = model_file_read(&t, copy, size_bytes);

	assert_true((s == STATUS_OK) == (t != NULL));
	transformer_free(t);
	free(copy);
	return s;
}

static void same_model(const struct transformer *a, const struct transformer *b)
{
	const struct transformer_shape *s = &a->shape;

	assert_int_equal(s->n_symbols, b->shape.n_symbols);
	assert_int_equal(s->n_layers, b->shape.n_layers);
	assert_int_equal(s->dim, b->shape.dim);
	assert_int_equal(s->n_heads, b->shape.n_heads);
	assert_int_equal(s->ctx, b->shape.ctx);
	assert_int_equal(s->separator, b->shape.separator);
	assert_int_equal(s->is_tokens, b->shape.is_tokens);
	assert_int_equal(a->bits, b->bits);
	assert_memory_equal(a->code, b->code, transformer_n_codes(s));
	assert_memory_equal(a->scale, b->scale, transformer_n_rows(s) * sizeof *a->scale);
	assert_memory_equal(a->gain, b->gain, transformer_n_gains(s) * sizeof *a->gain);
	assert_memory_equal(a->hash, b->hash, sizeof a->hash);
	assert_int_equal(a->file_bytes, b->file_bytes);
	assert_string_equal(a->training ? a->training : "", b->training ? b->training : "");
}

static void check_round_trip(struct transformer *t)
{
	struct buffer file = {0}, again = {0};
	struct transformer *back;
	uint8_t hash[32];

	assert_int_equal(model_file_write(t, &file), STATUS_OK);
	assert_int_equal(file.size_bytes, t->file_bytes);
	SHA256(file.data, file.size_bytes, hash);
	assert_memory_equal(hash, t->hash, sizeof hash);
	assert_int_equal(model_file_read(&back, file.data, file.size_bytes), STATUS_OK);
	same_model(t, back);
	assert_int_equal(model_file_write(back, &again), STATUS_OK);
	assert_int_equal(again.size_bytes, file.size_bytes);
	assert_memory_equal(again.data, file.data, file.size_bytes);
	transformer_free(back);
	buffer_free(&file);
	buffer_free(&again);
}

static const struct transformer_shape shapes[] = {
    {.n_symbols = 256, .n_layers = 1, .dim = 16, .n_heads = 1, .ctx = 1, .separator = -1},
    {.n_symbols = 256, .n_layers = 2, .dim = 64, .n_heads = 4, .ctx = 4096, .separator = 10},
    {.n_symbols = 1, .n_layers = 1, .dim = 16, .n_heads = 1, .ctx = 9, .is_tokens = true},
    {.n_symbols = 5000, .n_layers = 1, .dim = 32, .n_heads = 2, .ctx = 64, .separator = 4999,
     .is_tokens = true},
    {.n_symbols = 65536, .n_layers = 1, .dim = 16, .n_heads = 1, .ctx = 64, .separator = 65535,
     .is_tokens = true},
    {.n_symbols = 3, .n_layers = 24, .dim = 16, .n_heads = 1, .ctx = 2, .separator = -1,
     .is_tokens = true},
};

static void test_round_trips(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof shapes / sizeof *shapes; i++)
		for (unsigned bits = TRANSFORMER_BITS_MIN; bits <= 8; bits++) {
			if (shapes[i].n_symbols == 65536 && bits < 8)
				continue; /* takes long */
			struct transformer *t = model_random(&shapes[i], bits, i);

			check_round_trip(t);
			transformer_free(t);
		}
}

/* Numbers at the ends of what is allowed, and none but zeros; notes. */
static void test_extremes(void **state)
{
	struct transformer *t = model_random(&shapes[2], 8, 1);
	size_t n_codes = transformer_n_codes(&t->shape), n_rows = transformer_n_rows(&t->shape);
	size_t n_gains = transformer_n_gains(&t->shape);

	(void)state;
	for (size_t i = 0; i < n_rows; i++)
		t->scale[i] = i % 2 ? TRANSFORMER_SCALE_MAX : 0x1p-126f;
	for (size_t i = 0; i < n_gains; i++)
		t->gain[i] = i % 3 == 0   ? -TRANSFORMER_GAIN_MAX
			     : i % 3 == 1 ? -0.0f
					  : TRANSFORMER_GAIN_MAX;
	for (size_t i = 0; i < n_codes; i++)
		t->code[i] = i % 2 ? 127 : -127;
	t->training = strdup("{\"corpus\":\"\xc3\xa4 \xe2\x82\xac \xf0\x9f\x8c\x8d\"}");
	check_round_trip(t);
	memset(t->code, 0, n_codes);
	check_round_trip(t);
	transformer_free(t);
}

/* The whole file is zeros that cost nothing but what a number must cost: it is accepted. */
static void test_cheapest(void **state)
{
	struct transformer_shape s = shapes[1];
	struct transformer *t;

	(void)state;
	s.dim = 256;
	assert_int_equal(transformer_new(&t, &s), STATUS_OK);
	for (size_t i = 0, n = transformer_n_rows(&s); i < n; i++)
		t->scale[i] = 1;
	check_round_trip(t);
	assert_true(t->file_bytes >= transformer_n_codes(&s) / WEIGHTS_NUMBERS_PER_BIT / 8);
	transformer_free(t);
}

static void repair(uint8_t *file, size_t size_bytes)
{
	uint32_t digest = (uint32_t)XXH3_64bits(file, size_bytes - 4);

	for (int i = 0; i < 4; i++)
		file[size_bytes - 4 + (size_t)i] = (uint8_t)(digest >> 8 * i);
}

/* Refused, or of one spelling. */
static void check_repaired(uint8_t *file, size_t size_bytes)
{
	struct transformer *t;
	struct buffer again = {0};

	repair(file, size_bytes);
	enum status s = model_file_read(&t, file, size_bytes);

	if (s != STATUS_OK) {
		assert_true(s == STATUS_CORRUPT || s == STATUS_UNSUPPORTED);
		return;
	}
	assert_int_equal(model_file_write(t, &again), STATUS_OK);
	assert_int_equal(again.size_bytes, size_bytes);
	assert_memory_equal(again.data, file, size_bytes);
	buffer_free(&again);
	transformer_free(t);
}

static void test_damage(void **state)
{
	struct transformer *t = model_random(&shapes[2], 4, 7);
	struct buffer file = {0};

	(void)state;
	t->training = strdup("{\"steps\":3}");
	assert_int_equal(model_file_write(t, &file), STATUS_OK);
	uint8_t *copy = malloc(file.size_bytes + 1);

	for (size_t size = 0; size < file.size_bytes; size++)
		assert_int_equal(read_and_free(file.data, size), STATUS_CORRUPT);
	memcpy(copy, file.data, file.size_bytes);
	for (unsigned byte = 0; byte < 256; byte++) {
		copy[file.size_bytes] = (uint8_t)byte;
		assert_int_equal(read_and_free(copy, file.size_bytes + 1), STATUS_CORRUPT);
	}
	for (size_t bit = 0; bit < 8 * file.size_bytes; bit++) {
		memcpy(copy, file.data, file.size_bytes);
		copy[bit / 8] ^= (uint8_t)(1 << bit % 8);
		assert_int_not_equal(read_and_free(copy, file.size_bytes), STATUS_OK);
		if (bit < 8 * 64 || bit % 61 == 0)
			check_repaired(copy, file.size_bytes);
	}
	for (size_t size = 5; size < file.size_bytes; size += size < 64 ? 1 : 41) {
		memcpy(copy, file.data, size);
		check_repaired(copy, size);
	}
	free(copy);
	buffer_free(&file);
	transformer_free(t);
}

/* A header with a valid digest behind some bytes of stream. */
static enum status forge(const uint8_t *header, size_t header_bytes, size_t stream_bytes)
{
	size_t size_bytes = header_bytes + stream_bytes + 4;
	uint8_t *file = calloc(1, size_bytes);

	assert_non_null(file);
	memcpy(file, header, header_bytes);
	repair(file, size_bytes);
	enum status s = read_and_free(file, size_bytes);

	free(file);
	return s;
}

#define FORGE(...) FORGE_WITH(100, __VA_ARGS__)
#define FORGE_WITH(stream_bytes, ...)                                                              \
	forge((const uint8_t[]){__VA_ARGS__}, sizeof((const uint8_t[]){__VA_ARGS__}), stream_bytes)

static void test_forged_headers(void **state)
{
	(void)state;
	/* bits, layers, dim / 16, heads, context, separator + 1, note: fine but for its stream. */
	assert_int_equal(FORGE(MAGIC, 8, 1, 1, 1, 16, 0, 0), STATUS_CORRUPT);
	assert_non_null(strstr(status_message(), "weights end"));
	assert_int_equal(FORGE(0xB2, 0x71, 8, 1, 1, 1, 16, 0, 0), STATUS_CORRUPT);
	assert_int_equal(FORGE(0xB2, 0x52, 8, 1, 1, 1, 16, 0, 0), STATUS_UNSUPPORTED);
	assert_int_equal(FORGE(MAGIC, 1, 1, 1, 1, 16, 0, 0), STATUS_CORRUPT);
	assert_int_equal(FORGE(MAGIC, 9, 1, 1, 1, 16, 0, 0), STATUS_CORRUPT);
	assert_int_equal(FORGE(MAGIC, 0x28, 1, 1, 1, 16, 0, 0), STATUS_CORRUPT);
	assert_int_equal(FORGE(MAGIC, 8, 0, 1, 1, 16, 0, 0), STATUS_CORRUPT);
	assert_int_equal(FORGE(MAGIC, 8, 25, 1, 1, 16, 0, 0), STATUS_CORRUPT);
	assert_int_equal(FORGE(MAGIC, 8, 1, 0, 1, 16, 0, 0), STATUS_CORRUPT);
	assert_int_equal(FORGE(MAGIC, 8, 1, 65, 1, 16, 0, 0), STATUS_CORRUPT);
	assert_int_equal(FORGE(MAGIC, 8, 1, 1, 0, 16, 0, 0), STATUS_CORRUPT);
	assert_int_equal(FORGE(MAGIC, 8, 1, 1, 2, 16, 0, 0), STATUS_CORRUPT);
	assert_non_null(strstr(status_message(), "heads"));
	assert_int_equal(FORGE(MAGIC, 8, 1, 1, 1, 0, 0, 0), STATUS_CORRUPT);
	assert_non_null(strstr(status_message(), "context"));
	assert_int_equal(FORGE(MAGIC, 8, 1, 1, 1, 0xff, 0x7f, 0, 0), STATUS_CORRUPT);
	assert_int_equal(FORGE(MAGIC, 8, 1, 1, 1, 16, 0x81, 0x02, 0), STATUS_CORRUPT);
	assert_non_null(strstr(status_message(), "separator"));
	assert_int_equal(FORGE(MAGIC, 8, 0x81, 0x00, 1, 1, 16, 0, 0), STATUS_CORRUPT);
	/* Alphabets of 65,537 and of 2^64; a note longer than the file, and than any. */
	assert_int_equal(FORGE(MAGIC, 8 | TOKENS, 0x80, 0x80, 0x04, 1, 1, 1, 16, 0, 0),
			 STATUS_CORRUPT);
	assert_int_equal(FORGE(MAGIC, 8 | TOKENS, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff,
			       0xff, 0x01, 1, 1, 1, 16, 0, 0),
			 STATUS_CORRUPT);
	assert_int_equal(FORGE(MAGIC, 8, 1, 1, 1, 16, 0, 120), STATUS_CORRUPT);
	assert_int_equal(FORGE(MAGIC, 8, 1, 1, 1, 16, 0, 0x80, 0x80, 0x04), STATUS_CORRUPT);
	/* Notes that are no line of UTF-8. */
	assert_int_equal(FORGE(MAGIC, 8, 1, 1, 1, 16, 0, 1, '\n'), STATUS_CORRUPT);
	assert_int_equal(FORGE(MAGIC, 8, 1, 1, 1, 16, 0, 1, 0), STATUS_CORRUPT);
	assert_int_equal(FORGE(MAGIC, 8, 1, 1, 1, 16, 0, 2, 0xc0, 0x80), STATUS_CORRUPT);
	assert_int_equal(FORGE(MAGIC, 8, 1, 1, 1, 16, 0, 3, 0xed, 0xa0, 0x80), STATUS_CORRUPT);
	assert_int_equal(FORGE(MAGIC, 8, 1, 1, 1, 16, 0, 1, 0xff), STATUS_CORRUPT);
	assert_non_null(strstr(status_message(), "note"));
}

/* 366 million codes in a file of a few bytes are refused before there is room for them. */
static void test_forged_size(void **state)
{
	(void)state;
	assert_int_equal(FORGE(MAGIC, 8 | TOKENS, 0xff, 0xff, 0x03, 24, 64, 1, 16, 0, 0),
			 STATUS_CORRUPT);
	assert_non_null(strstr(status_message(), "too short"));
	assert_int_equal(FORGE_WITH(20000, MAGIC, 8 | TOKENS, 0xff, 0xff, 0x03, 24, 64, 1, 16, 0,
				    0),
			 STATUS_CORRUPT);
	assert_non_null(strstr(status_message(), "too short"));
}

/* A stream by the letter of the specification: gains of 1, then a scale of this place. */
static enum status read_first_scale(int32_t place)
{
	static const uint8_t header[] = {MAGIC, 8, 1, 1, 1, 16, 0, 0};
	struct buffer file = {0};
	uint16_t symbol[48];
	int64_t expected = 16;
	struct predictor_setup setup = {.n_symbols = 65535, .option = &expected};
	struct run r = {.model = &weights_ops, .coder = coder_by_id(CONTAINER_CODER_ID)};

	buffer_append(&file, header, sizeof header);
	assert_int_equal(r.coder->encoder_open(&r.enc, &file), STATUS_OK);
	for (int part = 0; part < 2; part++) {
		assert_int_equal(weights_ops.open(&r.p, &setup), STATUS_OK);
		assert_int_equal(run_open(&r), STATUS_OK);
		for (int tensor = 0; tensor < (part == 0 ? 3 : 1); tensor++) {
			weights_begin(r.p, 1);
			for (size_t i = 0; i < 48; i++)
				symbol[i] = 32767;
			if (part == 1)
				symbol[0] = (uint16_t)((place - 0x3c00 + 32767 + 65535) % 65535);
			assert_int_equal(run_symbols(&r, symbol, part == 0 ? 16 : 1), STATUS_OK);
		}
		run_close(&r);
		weights_ops.close(r.p);
	}
	assert_int_equal(r.coder->encoder_close(r.enc), STATUS_OK);
	buffer_append_le(&file, XXH3_64bits(file.data, file.size_bytes), 4);
	enum status s = read_and_free(file.data, file.size_bytes);

	buffer_free(&file);
	return s;
}

static void test_forged_scales(void **state)
{
	static const int32_t bad[] = {0x7fc0, 0x7f80, 0x7f81, 0x4101, 0x007f, 0, -1, -1 - 0x3c00};

	(void)state;
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
		assert_int_equal(read_first_scale(bad[i]), STATUS_CORRUPT);
		assert_non_null(strstr(status_message(), "scale is out of range"));
	}
	assert_int_equal(read_first_scale(0x3c01), STATUS_CORRUPT); /* but not for the scale */
	assert_null(strstr(status_message(), "scale is out of range"));
}

static void refuse_to_write(struct transformer *t)
{
	struct buffer file = {0};

	assert_int_equal(model_file_write(t, &file), STATUS_BAD_ARGUMENT);
	assert_int_equal(file.size_bytes, 0);
	buffer_free(&file);
}

static void test_unwritable(void **state)
{
	static const float bad[] = {NAN, INFINITY, 0x1.02p8f, 1.001f};
	struct transformer *t = model_random(&shapes[0], 4, 3);
	float gain = t->gain[5], scale = t->scale[5];

	(void)state;
	for (size_t i = 0; i < 4; i++) {
		t->gain[5] = -bad[i];
		refuse_to_write(t);
		t->gain[5] = gain;
		t->scale[5] = bad[i];
		refuse_to_write(t);
		t->scale[5] = scale;
	}
	t->scale[5] = -scale;
	refuse_to_write(t);
	t->scale[5] = 0x1.02p3f;
	refuse_to_write(t);
	t->scale[5] = 0;
	refuse_to_write(t);
	t->scale[5] = scale;
	t->code[0] = 8;
	refuse_to_write(t);
	t->code[0] = -8;
	refuse_to_write(t);
	t->code[0] = 0;
	t->training = strdup("two\nlines");
	refuse_to_write(t);
	memcpy(t->training, "one line", 9);
	t->shape.ctx = 0;
	refuse_to_write(t);
	t->shape = shapes[0];
	t->bits = 9;
	refuse_to_write(t);
	t->bits = 4;
	check_round_trip(t);
	transformer_free(t);
}

/* Bits of all codes under their own frequencies: what no code of single numbers can go below. */
static double entropy_bits(const struct transformer *t)
{
	size_t n = transformer_n_codes(&t->shape), count[256] = {0};
	double bits = 0;

	for (size_t i = 0; i < n; i++)
		count[t->code[i] + 128]++;
	for (int c = 0; c < 256; c++)
		if (count[c])
			bits += (double)count[c] * log2((double)n / (double)count[c]);
	return bits;
}

static void test_sizes(void **state)
{
	struct transformer_shape s = shapes[1];

	(void)state;
	for (unsigned bits = 4; bits <= 8; bits += 4) {
		struct transformer *t = model_random(&s, bits, 9);
		struct buffer file = {0};

		assert_int_equal(model_file_write(t, &file), STATUS_OK);
		double numbers =
		    16 * (double)(transformer_n_rows(&s) + transformer_n_gains(&s));

		assert_true(8 * (double)file.size_bytes < 1.005 * entropy_bits(t) + 0.6 * numbers);
		buffer_free(&file);
		transformer_free(t);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_round_trips),   cmocka_unit_test(test_extremes),
	    cmocka_unit_test(test_cheapest),      cmocka_unit_test(test_damage),
	    cmocka_unit_test(test_forged_headers), cmocka_unit_test(test_forged_size),
	    cmocka_unit_test(test_forged_scales), cmocka_unit_test(test_unwritable),
	    cmocka_unit_test(test_sizes),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
