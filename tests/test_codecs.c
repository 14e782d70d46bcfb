/* SPDX-License-Identifier: BSD-2-Clause
 *
 * test_codecs.c - every row of the codec registry gives back what it got, or says so.
 *
 * Property  round trip; the same archive twice; a shortened, lengthened or damaged archive and a
 *           wrong original size are refused, and never is more written than asked for.
 * Method    every codec x named inputs, straight from the registry; prefixes of a whole small
 *           archive, and some prefixes of a large one.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "codec.h"

#include <cmocka.h>

static void fill_nothing(struct buffer *b)
{
	(void)b;
}

static void fill_one_byte(struct buffer *b)
{
	buffer_append_byte(b, 'x');
}

static void fill_constant(struct buffer *b)
{
	for (int i = 0; i < 1000000; i++)
		buffer_append_byte(b, 7);
}

static uint64_t next_random(uint64_t *state)
{
	*state ^= *state << 13;
	*state ^= *state >> 7;
	*state ^= *state << 17;
	return *state;
}

static void fill_random(struct buffer *b)
{
	uint64_t state = 88172645463325252u;

	for (int i = 0; i < 100000; i++)
		buffer_append_byte(b, (uint8_t)(next_random(&state) >> 56));
}

static void fill_text(struct buffer *b)
{
	static const char *const word[] = {"the ", "cat ", "sat ", "on ",
					   "a ",   "mat",  ".\n",  "42 "};
	uint64_t state = 1;

	for (int i = 0; i < 20000; i++) {
		const char *w = word[next_random(&state) >> 61];

		buffer_append(b, w, strlen(w));
	}
}

static const struct {
	const char *name;
	void (*fill)(struct buffer *b);
} inputs[] = {
    {"empty", fill_nothing}, {"one byte", fill_one_byte}, {"constant", fill_constant},
    {"random", fill_random}, {"text", fill_text},
};

#define N_INPUTS (sizeof inputs / sizeof inputs[0])

/* Says which pair failed before cmocka says where. */
static void check(const char *codec, const char *input, const char *what, bool good)
{
	if (!good)
		fail_msg("%s on %s: %s", codec, input, what);
}

/* The same for a call that had to succeed: only then the last sentence is its own. */
static void check_ok(const char *codec, const char *input, const char *what, enum status s)
{
	if (s != STATUS_OK)
		fail_msg("%s on %s: %s: status %d (%s)", codec, input, what, (int)s,
			 status_message());
}

static bool refused(const struct codec_ops *c, const uint8_t *archive, size_t size_bytes,
		    size_t original_bytes)
{
	struct buffer out = {0};
	enum status s = c->decompress(c, archive, size_bytes, original_bytes, &out);
	bool bounded = out.size_bytes <= original_bytes;

	buffer_free(&out);
	return s == STATUS_CORRUPT && bounded;
}

static void check_round_trip(const struct codec_ops *c, const char *name, const struct buffer *in)
{
	struct buffer archive = {0}, again = {0}, back = {0};

	check_ok(c->name, name, "compress",
		 c->compress(c, in->data, in->size_bytes, &archive));
	check_ok(c->name, name, "compress twice",
		 c->compress(c, in->data, in->size_bytes, &again));
	check(
	    c->name, name, "same bytes twice",
	    archive.size_bytes == again.size_bytes &&
		(again.size_bytes == 0 || memcmp(archive.data, again.data, again.size_bytes) == 0));
	check_ok(c->name, name, "decompress",
		 c->decompress(c, archive.data, archive.size_bytes, in->size_bytes, &back));
	check(c->name, name, "round trip",
	      back.size_bytes == in->size_bytes &&
		  (in->size_bytes == 0 || memcmp(back.data, in->data, in->size_bytes) == 0));
	buffer_free(&archive);
	buffer_free(&again);
	buffer_free(&back);
}

static void check_refusals(const struct codec_ops *c, const char *name, const struct buffer *in)
{
	struct buffer archive = {0};
	size_t step;

	check_ok(c->name, name, "compress",
		 c->compress(c, in->data, in->size_bytes, &archive));
	step = archive.size_bytes / 50 + 1;
	for (size_t cut = 0; cut < archive.size_bytes; cut += step)
		check(c->name, name, "truncation refused",
		      refused(c, archive.data, cut, in->size_bytes));
	if (archive.size_bytes)
		check(c->name, name, "last byte missed",
		      refused(c, archive.data, archive.size_bytes - 1, in->size_bytes));

	check(c->name, name, "longer original refused",
	      refused(c, archive.data, archive.size_bytes, in->size_bytes + 1));
	if (in->size_bytes)
		check(c->name, name, "shorter original refused",
		      refused(c, archive.data, archive.size_bytes, in->size_bytes - 1));

	buffer_append_byte(&archive, 0x55);
	check(c->name, name, "trailing byte refused",
	      refused(c, archive.data, archive.size_bytes, in->size_bytes));
	buffer_free(&archive);
}

static void for_each_pair(void (*f)(const struct codec_ops *, const char *, const struct buffer *))
{
	for (size_t i = 0; i < N_INPUTS; i++) {
		struct buffer in = {0};

		inputs[i].fill(&in);
		assert_int_equal(buffer_status(&in), STATUS_OK);
		for (const struct codec_ops *const *c = codecs; *c; c++)
			f(*c, inputs[i].name, &in);
		buffer_free(&in);
	}
}

static void test_round_trip(void **state)
{
	(void)state;
	for_each_pair(check_round_trip);
}

static void test_refusals(void **state)
{
	(void)state;
	for_each_pair(check_refusals);
}

/* Each archive with one byte changed is refused or decodes to the size asked for: never a crash
 * and never more bytes.  Rows with a checksum must refuse. */
static void test_damage(void **state)
{
	struct buffer in = {0};

	(void)state;
	fill_text(&in);
	for (const struct codec_ops *const *c = codecs; *c; c++) {
		bool checksum = !strncmp((*c)->name, "zstd", 4) || !strncmp((*c)->name, "xz", 2);
		struct buffer archive = {0};

		assert_int_equal((*c)->compress(*c, in.data, in.size_bytes, &archive), STATUS_OK);
		for (size_t at = 0; at < archive.size_bytes; at += archive.size_bytes / 200 + 1) {
			struct buffer out = {0};
			enum status s;

			archive.data[at] ^= 0x10;
			s = (*c)->decompress(*c, archive.data, archive.size_bytes, in.size_bytes,
					     &out);
			archive.data[at] ^= 0x10;
			check((*c)->name, "text", "bounded", out.size_bytes <= in.size_bytes);
			check((*c)->name, "text", "damage",
			      s == STATUS_CORRUPT ||
				  (s == STATUS_OK && !checksum && out.size_bytes == in.size_bytes));
			buffer_free(&out);
		}
		buffer_free(&archive);
	}
	buffer_free(&in);
}

static void test_registry(void **state)
{
	(void)state;
	for (const struct codec_ops *const *c = codecs; *c; c++) {
		assert_ptr_equal(codec_by_name((*c)->name), *c);
		assert_true(strlen((*c)->version()) > 0);
	}
	assert_null(codec_by_name("zstd"));
	assert_string_equal(codec_by_name("copy")->version(), "-");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_registry),
	    cmocka_unit_test(test_round_trip),
	    cmocka_unit_test(test_refusals),
	    cmocka_unit_test(test_damage),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
