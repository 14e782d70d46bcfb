/* SPDX-License-Identifier: BSD-2-Clause
 *
 * test_damage.c - damaged archives are refused.
 *
 * Property  an archive that was damaged - bits, header bytes, cut, erased, blocks swapped and
 *           repeated, bytes appended - is refused as damaged, unsupported or over a limit, whatever
 *           its model; a model whose decisions could reach a symbol by two ways takes only the
 *           encoder's.  A larger output than allowed is refused before it is made, and no buffer
 *           with a limit grows beyond it; an archive of something else than its original is seen
 *           as a bug.
 * Method    a part of what trust/damage.c tries for minutes (damage.h), of archives of every
 *           predictor, the oracles and the two-part code among them; all flips of an archive of one
 *           symbol, where another way would show.  How long it takes is asked there only.
 */
#include "damage.h"
#include "fixture.h" /* last: it brings cmocka.h, which defines a macro fail() */

#define TRIALS 60 /* of each kind of damage to a base */

/* Prime, so that bits and bytes of all places have their turn. */
static void check_base(const struct damage_base *b, uint64_t step)
{
	for (size_t i = 0; i < DAMAGE_KINDS; i++) {
		const struct damage_kind *kind = &damage_kinds[i];
		enum damage_result result = DAMAGE_NONE;

		for (uint64_t n = 0, k = 0; n < TRIALS && result != DAMAGE_END; n++, k += step) {
			double seconds = 0;

			result = damage_try(b, kind, k, &seconds);
			if (result == DAMAGE_ACCEPTED || result == DAMAGE_OTHER)
				fail_msg("%s: %s, number %llu: %s", b->name, kind->name,
					 (unsigned long long)k,
					 result == DAMAGE_ACCEPTED ? "accepted" : status_message());
		}
	}
}

static void test_plain(void **state)
{
	(void)state;
	for (const struct predictor_ops *const *p = predictors; *p; p++)
		for (int kind = 0; kind < 4 && !(*p)->needs_world; kind++) {
			bool is_tokens = kind % 2, many = kind / 2 && !(*p)->whole_stream;
			struct damage_base base = {0};

			if (!damage_make_plain(&base, *p, (*p)->is_slow ? 12 : 90, is_tokens, many,
					       (*p)->needs_model == MODEL_MAY && kind / 2))
				fail_msg("%s: %s", base.name, status_message());
			check_base(&base, (*p)->is_slow ? 431 : 37);
			damage_free(&base);
		}
}

static void test_worlds(void **state)
{
	static const char *const options[][2] = {
	    {"sk", "sentences=8"}, {"bios", "people=5,biographies=3"}, {"markov", "tokens=60"}};

	(void)state;
	for (size_t i = 0; i < sizeof options / sizeof *options; i++) {
		struct fixture_corpus c = fixture_draw(options[i][0], "", options[i][1]);
		struct buffer bin = {0};

		assert_int_equal(file_read(fixture_path(".bin"), &bin, NULL), STATUS_OK);
		for (const struct predictor_ops *const *p = predictors; *p; p++) {
			struct damage_base base = {0};

			if (!(*p)->needs_world || ((*p)->fit && i > 0))
				continue;
			if (!damage_make_world(&base, *p, options[i][0], c.world, &bin, c.n))
				fail_msg("%s: %s", base.name, status_message());
			check_base(&base, 37);
			damage_free(&base);
		}
		buffer_free(&bin);
		fixture_free(&c);
	}
}

/* Every flip of an archive of one symbol or two.  A lexicon of no words is left by either bit, and
 * a byte that was guessed can be spelt in bits, too. */
static void test_one_way(void **state)
{
	static const char *const models[] = {"mix", "order0", "ngram", "ctw", "ensemble"};

	(void)state;
	for (size_t i = 0; i < 20; i++) {
		const struct predictor_ops *ops = predictor_by_name(models[i / 4]);
		struct damage_base base = {0};

		assert_true(damage_make_plain(&base, ops, 1 + i / 2 % 2, i % 2, false, false));
		for (uint64_t k = 0; k < 8 * base.archive.size_bytes; k++) {
			double seconds = 0;

			if (damage_try(&base, &damage_kinds[0], k, &seconds) != DAMAGE_REFUSED)
				fail_msg("%s: bit %llu", base.name, (unsigned long long)k);
		}
		damage_free(&base);
	}
}

static void test_output_limit(void **state)
{
	(void)state;
	for (int is_tokens = 0; is_tokens < 2; is_tokens++) {
		struct damage_base b = {0};
		struct buffer out = {0};

		assert_true(damage_make_plain(&b, predictor_by_name("order0"), 100, is_tokens,
					      true, false));
		b.reading.output_max_bytes = b.original.size_bytes - 1;
		assert_int_equal(archive_decompress(&b.reading, b.archive.data,
						    b.archive.size_bytes, &out, NULL),
				 STATUS_LIMIT);
		assert_true(out.capacity_bytes == 0);
		b.reading.output_max_bytes++;
		assert_int_equal(archive_decompress(&b.reading, b.archive.data,
						    b.archive.size_bytes, &out, NULL),
				 STATUS_OK);
		assert_true(out.capacity_bytes <= b.original.size_bytes);
		buffer_free(&out);
		damage_free(&b);
	}
}

static void test_buffer_limit(void **state)
{
	struct buffer b = {0};

	(void)state;
	buffer_limit(&b, 300);
	for (int i = 0; i < 299; i++)
		buffer_append_byte(&b, 1);
	assert_int_equal(buffer_status(&b), STATUS_OK);
	buffer_append(&b, "ab", 2);
	assert_int_equal(buffer_status(&b), STATUS_BUG);
	assert_true(b.size_bytes == 299 && b.capacity_bytes == 300);
	buffer_free(&b);
	buffer_limit(&b, 0);
	buffer_append_byte(&b, 1);
	assert_int_equal(buffer_status(&b), STATUS_BUG);
	assert_null(b.data);
}

static void test_verify(void **state)
{
	struct archive_settings s;
	struct buffer in = damage_input(500, false), archive = {0};

	(void)state;
	assert_int_equal(archive_settings_parse(&s, "order0"), STATUS_OK);
	assert_int_equal(archive_compress(&s, in.data, in.size_bytes, &archive, NULL), STATUS_OK);
	assert_int_equal(archive_verify(&s, archive.data, archive.size_bytes, in.data,
					in.size_bytes),
			 STATUS_OK);
	assert_int_equal(archive_verify(&s, archive.data, archive.size_bytes, in.data,
					in.size_bytes - 1),
			 STATUS_BUG);
	in.data[499] ^= 1;
	assert_int_equal(archive_verify(&s, archive.data, archive.size_bytes, in.data,
					in.size_bytes),
			 STATUS_BUG);
	in.data[499] ^= 1;
	archive.data[archive.size_bytes - 1] ^= 1;
	assert_int_equal(archive_verify(&s, archive.data, archive.size_bytes, in.data,
					in.size_bytes),
			 STATUS_BUG);
	assert_int_equal(status_exit_code(STATUS_BUG), 3);
	buffer_free(&archive);
	buffer_free(&in);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_plain),	 cmocka_unit_test(test_worlds),
	    cmocka_unit_test(test_one_way),	 cmocka_unit_test(test_output_limit),
	    cmocka_unit_test(test_buffer_limit), cmocka_unit_test(test_verify),
	};

	return cmocka_run_group_tests_name("damage", tests, fixture_open, fixture_close);
}
