/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Property: a token file is read if and only if its header and its size agree, and what is written
 * is read back.  Method: files built here byte by byte, from the layout's description.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "tokens.h"

#include <cmocka.h> /* after status.h: it defines a macro fail() */

/* A file of `n_tokens` tokens i * 1000 whose header says `n_claimed`. */
static struct buffer make_file(uint32_t n_claimed, size_t n_tokens)
{
	struct buffer b = {0};

	for (size_t i = 0; i < 256; i++) {
		uint32_t word = i == 0 ? 20240520 : i == 1 ? 1 : i == 2 ? n_claimed : 0;

		for (int shift = 0; shift < 32; shift += 8)
			buffer_append_byte(&b, (uint8_t)(word >> shift));
	}
	for (size_t i = 0; i < n_tokens; i++) {
		buffer_append_byte(&b, (uint8_t)(i * 1000));
		buffer_append_byte(&b, (uint8_t)(i * 1000 >> 8));
	}
	return b;
}

static enum status parse(const struct buffer *b, size_t size_bytes, struct tokens *t)
{
	/* An exact copy, so that a sanitizer sees a read past the end. */
	uint8_t *copy = malloc(size_bytes ? size_bytes : 1);

	memcpy(copy, b->data, size_bytes);
	enum status s = tokens_parse(copy, size_bytes, t);

	free(copy);
	return s;
}

static void test_read(void **state)
{
	struct buffer b = make_file(5, 5);
	uint16_t *token;
	size_t n;

	(void)state;
	assert_int_equal(tokens_read(b.data, b.size_bytes, &token, &n), STATUS_OK);
	assert_int_equal(n, 5);
	for (size_t i = 0; i < 5; i++)
		assert_int_equal(token[i], i * 1000);
	assert_int_equal(tokens_alphabet(b.data + TOKENS_HEADER_BYTES, 5), 4001);
	assert_int_equal(tokens_alphabet(b.data + TOKENS_HEADER_BYTES, 0), 1);

	struct buffer again = {0};

	tokens_write_header(&again, n);
	tokens_append(&again, token, n);
	assert_int_equal(buffer_status(&again), STATUS_OK);
	assert_int_equal(again.size_bytes, b.size_bytes);
	assert_memory_equal(again.data, b.data, b.size_bytes);
	free(token);
	buffer_free(&again);
	buffer_free(&b);
}

static void test_every_truncation(void **state)
{
	struct buffer b = make_file(5, 5);
	struct tokens t;

	(void)state;
	for (size_t size = 0; size < b.size_bytes; size++)
		assert_int_equal(parse(&b, size, &t), STATUS_CORRUPT);
	assert_int_equal(parse(&b, b.size_bytes, &t), STATUS_OK);
	assert_true(t.canonical);
	buffer_free(&b);
}

static void test_counts(void **state)
{
	static const uint32_t wrong[] = {0, 4, 6, 0x7fffffff, 0x80000000, 0xffffffff};
	struct tokens t;

	(void)state;
	for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
		struct buffer b = make_file(wrong[i], 5);

		assert_int_equal(parse(&b, b.size_bytes, &t), STATUS_CORRUPT);
		buffer_free(&b);
	}

	struct buffer b = make_file(1000, 600);

	assert_int_equal(parse(&b, b.size_bytes, &t), STATUS_CORRUPT);
	assert_string_equal(status_message(),
			    "truncated corpus: header says 1000 tokens, file holds 600");
	buffer_free(&b);

	b = make_file(5, 5);
	buffer_append_byte(&b, 0); /* half a token */
	assert_int_equal(parse(&b, b.size_bytes, &t), STATUS_CORRUPT);
	buffer_free(&b);
}

static void test_unused_words(void **state)
{
	struct tokens t;

	(void)state;
	for (size_t at = 12; at < TOKENS_HEADER_BYTES; at++) {
		struct buffer b = make_file(5, 5);

		b.data[at] = 1;
		assert_int_equal(parse(&b, b.size_bytes, &t), STATUS_OK);
		assert_false(t.canonical);
		buffer_free(&b);
	}
}

static void test_recognise(void **state)
{
	struct buffer b = make_file(5, 5);

	(void)state;
	assert_true(tokens_recognise(b.data, b.size_bytes));
	assert_false(tokens_recognise(b.data, 7));
	for (size_t bit = 0; bit < 64; bit++) {
		b.data[bit / 8] ^= (uint8_t)(1 << bit % 8);
		assert_false(tokens_recognise(b.data, b.size_bytes));
		b.data[bit / 8] ^= (uint8_t)(1 << bit % 8);
	}
	buffer_free(&b);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_read),          cmocka_unit_test(test_every_truncation),
	    cmocka_unit_test(test_counts),        cmocka_unit_test(test_unused_words),
	    cmocka_unit_test(test_recognise),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
