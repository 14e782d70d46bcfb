/* SPDX-License-Identifier: BSD-2-Clause
 *
 * test_suites.c - a pinned suite stays what it is, and only its own corpora are taken for it.
 *
 * Property  the definition of tp-1 never changes: its digest is written down here; every definition
 *           spells out all options of its generators; the generator draws these very corpora; after
 *           any change to one of a corpus's files it is refused, as corrupt and by name.
 * Method    the quick ones of the corpora are drawn; then one byte of a file, or one member of the
 *           world, is changed at a time and put back.
 */
#include <inttypes.h>
#include <jansson.h>
#include <string.h>

#include "bench.h"
#include "pinned.h"
#include "suite.h"

#include "fixture.h"

/* When this fails, a published suite was changed.  Put it back and make a new one. */
#define TP1_DEFINITION_DIGEST "3b093b7c2711ef12"

static const struct pinned_corpus *corpus(const char *name)
{
	for (size_t i = 0; i < pinned_tp1.n_corpora; i++)
		if (strcmp(pinned_tp1.corpus[i].name, name) == 0)
			return &pinned_tp1.corpus[i];
	fail_msg("tp-1 has no corpus %s", name);
	return NULL;
}

static void test_definition_is_pinned(void **state)
{
	char digest[PINNED_DIGEST_CHARS];

	(void)state;
	assert_int_equal(pinned_digest(&pinned_tp1, digest), STATUS_OK);
	assert_string_equal(digest, TP1_DEFINITION_DIGEST);
}

/* Who reads the JSON can compute the digest from it. */
static void test_digest_follows_from_json(void **state)
{
	json_t *definition = pinned_json(&pinned_tp1);
	char digest[PINNED_DIGEST_CHARS];
	struct pinned_suite other = pinned_tp1;

	(void)state;
	assert_non_null(definition);
	assert_string_equal(
	    json_string_value(json_object_get(definition, "definition_digest")),
	    TP1_DEFINITION_DIGEST);
	assert_int_equal(json_integer_value(json_object_get(definition, "schema")), 1);
	assert_int_equal(json_array_size(json_object_get(definition, "corpora")),
			 pinned_tp1.n_corpora);
	json_decref(definition);

	other.corpus[10].known_bits += 1e-6;
	assert_int_equal(pinned_digest(&other, digest), STATUS_OK);
	assert_string_not_equal(digest, TP1_DEFINITION_DIGEST);
}

static void check_options(const struct pinned_corpus *c)
{
	const struct corpus_ops *family = corpus_family_by_name(c->family);
	int64_t value[OPTIONS_MAX];
	char text[1024], name[80];

	assert_non_null(family);
	options_defaults(family->options, value);
	assert_int_equal(options_parse(family->options, value, c->options), STATUS_OK);
	snprintf(text, sizeof text, ",%s", c->options);
	for (const struct option_spec *o = family->options; o->name; o++) {
		snprintf(name, sizeof name, ",%s=", o->name);
		if (!strstr(text, name))
			fail_msg("%s leaves %s to its default", c->name, o->name);
	}
}

static void test_definitions_are_complete(void **state)
{
	char title[PINNED_TITLE_BYTES];

	(void)state;
	for (const struct pinned_suite *const *s = pinned_suites; *s; s++) {
		assert_ptr_equal(pinned_by_name((*s)->name), *s);
		assert_non_null(suite_by_name((*s)->name));
		assert_ptr_equal(suite_by_name((*s)->name)->pinned, *s);
		for (size_t i = 0; i < (*s)->n_corpora; i++) {
			const struct pinned_corpus *c = &(*s)->corpus[i];

			check_options(c);
			pinned_title(*s, c, title);
			assert_true(strlen(title) + 1 < sizeof title);
			assert_true(c->known_bits > 0 && c->bayes_bits > c->known_bits);
			assert_true(c->n_tokens > 0 && c->text_bytes > 0);
			for (size_t k = 0; k < i; k++) {
				assert_string_not_equal(c->name, (*s)->corpus[k].name);
				assert_true(c->digest != (*s)->corpus[k].digest);
			}
		}
	}
	assert_null(pinned_by_name("tp-0"));
}

static void draw(const struct pinned_corpus *c)
{
	assert_int_equal(pinned_generate(c, fixture_prefix, 2), STATUS_OK);
}

static enum status check(const struct pinned_corpus *c)
{
	return pinned_check(&pinned_tp1, c, fixture_prefix);
}

static void test_generator_draws_them(void **state)
{
	static const char *const quick[] = {"iid", "markov", "santafe", "sk-10k", "bios-20k"};

	(void)state;
	for (size_t i = 0; i < sizeof quick / sizeof *quick; i++) {
		draw(corpus(quick[i]));
		if (check(corpus(quick[i])) != STATUS_OK)
			fail_msg("%s: %s", quick[i], status_message());
	}
	assert_int_equal(check(corpus("iid")), STATUS_CORRUPT);
}

/* Change the byte at `offset` (from the end if negative), see what that does, and put it back. */
static void flip(const struct pinned_corpus *c, const char *suffix, long offset, int bits)
{
	FILE *f = fopen(fixture_path(suffix), "r+b");
	int byte;

	assert_non_null(f);
	assert_int_equal(fseek(f, offset, offset < 0 ? SEEK_END : SEEK_SET), 0);
	byte = fgetc(f);
	assert_int_equal(fseek(f, offset, offset < 0 ? SEEK_END : SEEK_SET), 0);
	fputc(byte ^ bits, f);
	fflush(f);
	if (check(c) != STATUS_CORRUPT)
		fail_msg("byte %ld of %s is not looked at", offset, suffix);
	if (!strstr(status_message(), suffix) || strchr(status_message(), '\n'))
		fail_msg("the file is not named in one line: %s", status_message());
	assert_int_equal(fseek(f, offset, offset < 0 ? SEEK_END : SEEK_SET), 0);
	fputc(byte, f);
	assert_int_equal(fclose(f), 0);
}

static void test_altered_bytes_are_refused(void **state)
{
	const struct pinned_corpus *c = corpus("iid");
	static const char *const suffixes[] = {".txt", ".roles"};

	(void)state;
	draw(c);
	flip(c, ".bin", 0, 1);
	flip(c, ".bin", 9, 1);
	flip(c, ".bin", 1000, 1); /* of the header, where nothing is */
	flip(c, ".bin", 1024, 1);
	flip(c, ".bin", 500000, 1);
	flip(c, ".bin", -2, 1);
	for (size_t i = 0; i < 2; i++) {
		flip(c, suffixes[i], 0, 32);
		flip(c, suffixes[i], 123456, 1);
		flip(c, suffixes[i], -1, 1);
	}
	assert_int_equal(check(c), STATUS_OK);
}

static void test_other_length_is_refused(void **state)
{
	const struct pinned_corpus *c = corpus("iid");
	static const char *const suffixes[] = {".bin", ".txt", ".roles"};

	(void)state;
	for (size_t i = 0; i < 3; i++) {
		FILE *f;

		draw(c);
		f = fopen(fixture_path(suffixes[i]), "ab");
		assert_non_null(f);
		fputc(0, f);
		fclose(f);
		assert_int_equal(check(c), STATUS_CORRUPT);
		assert_int_equal(truncate(fixture_path(suffixes[i]), 1000), 0);
		assert_int_equal(check(c), STATUS_CORRUPT);
		unlink(fixture_path(suffixes[i]));
		assert_int_equal(check(c), STATUS_IO);
	}
	draw(c);
	unlink(fixture_path(".json"));
	assert_int_equal(check(c), STATUS_IO);
}

/* Put another value into the world at OBJECT.MEMBER. */
static void alter(const struct pinned_corpus *c, const char *object, const char *member,
		  json_t *value)
{
	json_t *root = json_load_file(fixture_path(".json"), 0, NULL);
	json_t *altered = json_deep_copy(root);

	assert_non_null(root);
	assert_non_null(json_object_get(json_object_get(root, object), member));
	json_object_set_new(json_object_get(altered, object), member, value);
	assert_int_equal(json_dump_file(altered, fixture_path(".json"), 0), 0);
	if (check(c) != STATUS_CORRUPT)
		fail_msg("%s.%s is not looked at", object, member);
	assert_non_null(strstr(status_message(), ".json"));
	assert_int_equal(json_dump_file(root, fixture_path(".json"), JSON_INDENT(1)), 0);
	json_decref(root);
	json_decref(altered);
}

static void test_altered_world_is_refused(void **state)
{
	const struct pinned_corpus *c = corpus("sk-10k");

	(void)state;
	draw(c);
	alter(c, "code_lengths", "bayes_bits", json_real(c->bayes_bits * (1 + 1e-6)));
	alter(c, "code_lengths", "known_bits", json_real(c->known_bits - 1));
	alter(c, "code_lengths", "two_part_bits", json_null());
	alter(c, "generator", "seed", json_integer(2));
	alter(c, "generator", "alpha", json_string("0.4"));
	alter(c, "prior", "attributes", json_integer(5));
	alter(c, "corpus", "digest", json_string("0123456789abcdef"));
	alter(c, "corpus", "tokens", json_integer(99622));
	assert_int_equal(check(c), STATUS_OK); /* whatever the spelling of the JSON */
	flip(c, ".json", 0, 1);
}

/* The last digits of code lengths differ between C libraries. */
static void test_last_digits_may_differ(void **state)
{
	const struct pinned_corpus *c = corpus("iid");
	json_t *root, *code_lengths;

	(void)state;
	draw(c);
	root = json_load_file(fixture_path(".json"), 0, NULL);
	code_lengths = json_object_get(root, "code_lengths");
	json_object_set_new(code_lengths, "bayes_bits", json_real(c->bayes_bits * (1 + 1e-12)));
	assert_int_equal(json_dump_file(root, fixture_path(".json"), 0), 0);
	json_decref(root);
	assert_int_equal(check(c), STATUS_OK);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_definition_is_pinned),
	    cmocka_unit_test(test_digest_follows_from_json),
	    cmocka_unit_test(test_definitions_are_complete),
	    cmocka_unit_test(test_generator_draws_them),
	    cmocka_unit_test(test_altered_bytes_are_refused),
	    cmocka_unit_test(test_other_length_is_refused),
	    cmocka_unit_test(test_altered_world_is_refused),
	    cmocka_unit_test(test_last_digits_may_differ),
	};

	return cmocka_run_group_tests(tests, fixture_open, fixture_close);
}
