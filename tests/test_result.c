/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Property: a result comes back from its JSON as it was, every other document is refused with one
 * sentence, the key depends on everything but the titles, and medians and quartiles are right.
 * Method: round trips of results with and without figures; every member of every object taken
 * away, and replaced by values of other types and out of range; a twin that computes quartiles by
 * counting; one key that is written down here.
 */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "machine.h"
#include "result_example.h"

#include <cmocka.h>

static void assert_refused(const json_t *object, const char *what)
{
	struct result r;

	if (result_parse(object, &r) != STATUS_CORRUPT)
		fail_msg("taken: %s", what);
	assert_null(r.run);
	assert_true(strlen(status_message()) > 0);
	assert_null(strchr(status_message(), '\n'));
}

static void test_round_trip(void **state)
{
	(void)state;
	for (enum outcome o = OUTCOME_OK; o <= OUTCOME_WRONG; o++) {
		struct result r = example_result("mix -9", 3), back;

		r.outcome = o;
		r.ideal_bits = 123456.789012345;
		json_t *object = result_json(&r), *again;

		assert_non_null(object);
		assert_int_equal(result_parse(object, &back), STATUS_OK);
		again = result_json(&back);
		assert_true(json_equal(object, again));
		assert_true(back.outcome == o);
		assert_true(back.ideal_bits == r.ideal_bits);
		assert_true(isnan(back.decoder_bytes));
		assert_true(isnan(back.spec.corpus.known_bits));
		assert_int_equal(back.n_runs, 3);
		assert_memory_equal(back.run, r.run, 3 * sizeof *r.run);
		assert_string_equal(back.key, r.key);
		json_decref(object);
		json_decref(again);
		result_free(&r);
		result_free(&back);
	}
}

/* A row without a name in UTF-8 is still a row, and its key is the one of what was written. */
static void test_bytes_that_are_no_text(void **state)
{
	struct result r = example_result("mix", 1), back;

	(void)state;
	snprintf(r.spec.corpus.source, sizeof r.spec.corpus.source, "caf\xe9 \xe2\x82");
	snprintf(r.message, sizeof r.message, "\xff");
	spec_key(&r.spec, r.machine_id, r.key);
	json_t *object = result_json(&r);

	assert_int_equal(result_parse(object, &back), STATUS_OK);
	assert_string_equal(back.spec.corpus.source, "caf? ??");
	assert_string_equal(back.message, "?");
	json_decref(object);
	result_free(&r);
	result_free(&back);
}

static void test_figure(void **state)
{
	struct result r = example_result("structure", 1), back;

	(void)state;
	snprintf(r.spec.method, sizeof r.spec.method, "figure:structure");
	r.spec.input_bytes = NAN;
	r.archive_bytes = NAN;
	spec_key(&r.spec, r.machine_id, r.key);
	json_t *object = result_json(&r);

	assert_refused(object, "a figure without a document");
	json_decref(object);
	r.document = json_pack("{s:[i,i]}", "points", 1, 2);
	object = result_json(&r);
	assert_int_equal(result_parse(object, &back), STATUS_OK);
	assert_true(json_equal(back.document, r.document));
	json_object_set_new(json_object_get(object, "spec"), "method", json_string("codec:xz"));
	assert_refused(object, "a codec with a document");
	json_decref(object);
	result_free(&r);
	result_free(&back);
}

/* Calls `try` for each object within `value`, which it changes and restores. */
static void each_object(json_t *root, json_t *value, void (*try)(json_t *root, json_t *object))
{
	const char *name;
	json_t *member;
	size_t i;

	if (json_is_object(value)) {
		try(root, value);
		json_object_foreach(value, name, member)
			if (strcmp(name, "machine") != 0) /* anything may be said of machines */
				each_object(root, member, try);
	}
	json_array_foreach(value, i, member)
		each_object(root, member, try);
}

/* The names of an object, which is changed while they are gone through. */
static size_t names_of(json_t *object, const char *names[64])
{
	size_t n = 0;
	json_t *member;
	const char *name;

	json_object_foreach(object, name, member)
		names[n++] = name;
	assert_in_range(n, 1, 64);
	return n;
}

static void without_each(json_t *root, json_t *object)
{
	json_t *whole = json_copy(object);
	const char *names[64];
	size_t n = names_of(whole, names);

	for (size_t i = 0; i < n; i++) {
		json_object_del(object, names[i]);
		assert_refused(root, names[i]);
		json_object_set(object, names[i], json_object_get(whole, names[i]));
	}
	json_object_set_new(object, "extra", json_integer(1));
	assert_refused(root, "extra");
	json_object_del(object, "extra");
	json_decref(whole);
}

/* Values that no member may have: not even null may be a list of nothing within a list. */
static void wrong_each(json_t *root, json_t *object)
{
	json_t *whole = json_copy(object), *value;
	json_t *wrong = json_pack("[[[]],b,s,I,f]", 1, "nothing that anything may be, and too long "
				  "for every text that is not a command of a program, which ends "
				  "here: 0123456789 0123456789 0123456789 0123456789 0123456789",
				  (json_int_t)INT64_MIN, -1e300);
	const char *names[64];
	size_t n = names_of(whole, names), k;

	for (size_t i = 0; i < n; i++) {
		json_array_foreach(wrong, k, value) {
			const json_t *was = json_object_get(whole, names[i]);
			bool may_be = json_typeof(was) == json_typeof(value) ||
				      (json_is_number(was) && json_is_number(value));

			json_object_set(object, names[i], value);
			struct result r;
			enum status s = result_parse(root, &r);

			if (s != STATUS_CORRUPT && !may_be)
				fail_msg("%s: taken: value %zu", names[i], k);
			result_free(&r);
		}
		json_object_set(object, names[i], json_object_get(whole, names[i]));
	}
	json_decref(wrong);
	json_decref(whole);
}

static void test_every_wrong_document_is_refused(void **state)
{
	struct result r = example_result("mix", 2);
	json_t *object = result_json(&r);

	(void)state;
	each_object(object, object, without_each);
	each_object(object, object, wrong_each);
	struct result back;

	assert_int_equal(result_parse(object, &back), STATUS_OK); /* it was restored */
	result_free(&back);
	json_decref(object);
	result_free(&r);
}

/* Paths are "member" or "member.member"; 0 in a path takes the first of a list. */
static void assert_refused_with(const char *path, json_t *value)
{
	struct result r = example_result("mix", 2);
	json_t *object = result_json(&r), *at = object;
	char copy[64], *rest, *name, *next;

	snprintf(copy, sizeof copy, "%s", path);
	name = strtok_r(copy, ".", &rest);
	for (; (next = strtok_r(NULL, ".", &rest)); name = next)
		at = *name == '0' ? json_array_get(at, 0) : json_object_get(at, name);
	assert_non_null(json_object_get(at, name));
	json_object_set_new(at, name, value);
	assert_refused(object, path);
	json_decref(object);
	result_free(&r);
}

static json_t *many_runs(size_t n)
{
	struct result r = example_result("mix", 1);
	json_t *object = result_json(&r), *list = json_array();

	for (size_t i = 0; i < n; i++)
		json_array_append(list, json_array_get(json_object_get(object, "runs"), 0));
	json_decref(object);
	result_free(&r);
	return list;
}

static void test_values_out_of_range(void **state)
{
	static const char *const not_negative[] = {
	    "archive_bytes", "model_bytes", "decoder_bytes", "ideal_bits", "runs.0.load",
	    "runs.0.compress.cpu_seconds", "runs.0.decompress.peak_mib", "spec.input_bytes",
	    "spec.corpus.n_tokens", "spec.corpus.bayes_bits", "spec.threads",
	    "spec.limit_memory_bytes"};
	static const char *const whole[] = {"archive_bytes", "model_bytes", "spec.input_bytes",
					    "spec.threads", "spec.limit_seconds",
					    "spec.corpus.text_bytes"};
	char long_text[2000];

	(void)state;
	for (size_t i = 0; i < sizeof not_negative / sizeof *not_negative; i++) {
		assert_refused_with(not_negative[i], json_integer(-1));
		assert_refused_with(not_negative[i], json_string("1"));
		assert_refused_with(not_negative[i], json_true());
	}
	for (size_t i = 0; i < sizeof whole / sizeof *whole; i++) {
		assert_refused_with(whole[i], json_real(1.5));
		assert_refused_with(whole[i], json_real(1e18));
		assert_refused_with(whole[i], json_integer((json_int_t)1 << 60));
	}
	memset(long_text, 'x', sizeof long_text - 1);
	long_text[sizeof long_text - 1] = '\0';
	assert_refused_with("spec.name", json_string(long_text));
	assert_refused_with("spec.corpus.source", json_string(long_text));
	assert_refused_with("message", json_string(long_text));
	assert_refused_with("spec.name", json_stringn("a\0b", 3));
	assert_refused_with("spec.name", json_string(""));
	assert_refused_with("spec.corpus.digest", json_string("0123456789ABCDEF"));
	assert_refused_with("finished", json_string("2026-11-21 14:55:00Z"));
	assert_refused_with("finished", json_string("2026-11-21T14:55:00"));
	assert_refused_with("outcome", json_string("fine"));
	assert_refused_with("schema", json_integer(RESULT_SCHEMA + 1));
	assert_refused_with("archive_bytes", json_null()); /* of what ended well */
	assert_refused_with("machine.cores", json_integer(4096));
	assert_refused_with("spec.threads", json_integer(2)); /* the key is of another */
	assert_refused_with("runs", many_runs(RESULT_RUNS_MAX + 1));
}

/* A specification that is not the example's has not its key. */
static void assert_other_key(struct spec changed, const char *what)
{
	const struct spec plain = example_spec("mix -9");
	char key[SPEC_KEY_CHARS], other[SPEC_KEY_CHARS];

	spec_key(&plain, "0123456789abcdef", key);
	spec_key(&changed, "0123456789abcdef", other);
	if (strcmp(key, other) == 0)
		fail_msg("the key does not depend on %s", what);
}

#define OTHER_TEXT(member)                                                                         \
	do {                                                                                       \
		struct spec other_ = example_spec("mix -9");                                       \
		other_.member[0] = 'X'; /* it may be empty; then this is all of it */              \
		assert_other_key(other_, #member);                                                 \
	} while (0)
#define OTHER_VALUE(member, value)                                                                 \
	do {                                                                                       \
		struct spec other_ = example_spec("mix -9");                                       \
		other_.member = (value);                                                           \
		assert_other_key(other_, #member);                                                 \
	} while (0)

static void test_key_depends_on_all_but_titles(void **state)
{
	struct spec s = example_spec("mix -9");
	char key[SPEC_KEY_CHARS], other[SPEC_KEY_CHARS];

	(void)state;
	OTHER_TEXT(corpus.source);
	OTHER_TEXT(corpus.digest);
	OTHER_VALUE(corpus.n_tokens, 1001);
	OTHER_VALUE(corpus.n_tokens, NAN);
	OTHER_VALUE(corpus.text_bytes, 4001);
	OTHER_VALUE(corpus.known_bits, 1);
	OTHER_VALUE(corpus.known_bits_expected, 1);
	OTHER_VALUE(corpus.bayes_bits, nextafter(s.corpus.bayes_bits, 1e9));
	OTHER_VALUE(corpus.two_part_bits, 1);
	OTHER_TEXT(on);
	OTHER_VALUE(input_bytes, 2001);
	OTHER_TEXT(method);
	OTHER_TEXT(version);
	OTHER_TEXT(not_counted);
	OTHER_TEXT(compress);
	OTHER_TEXT(decompress);
	OTHER_VALUE(wants_regret, !s.wants_regret);
	OTHER_VALUE(threads, 2);
	OTHER_VALUE(limit_seconds, 1);
	OTHER_VALUE(limit_memory_bytes, 1);

	spec_key(&s, "0123456789abcdef", key);
	spec_key(&s, "0123456789abcdee", other);
	assert_string_not_equal(key, other);
	snprintf(s.corpus.title, sizeof s.corpus.title, "another title");
	snprintf(s.name, sizeof s.name, "another row");
	spec_key(&s, "0123456789abcdef", other);
	assert_string_equal(key, other);
}

/* Stores and files of results outlive a version of the program: their keys must stay. */
static void test_golden_key(void **state)
{
	struct spec s = example_spec("mix -9");
	char key[SPEC_KEY_CHARS];

	(void)state;
	spec_key(&s, "0123456789abcdef", key);
	assert_string_equal(key, "f363e4b0d88cc41d14ab4a21ef8d9bc9");
}

static void test_machine_id(void **state)
{
	json_t *a = machine_describe(), *b = machine_describe();
	json_t *one = json_pack("{s:s,s:i}", "cpu", "X", "cores", 2);
	json_t *other = json_pack("{s:i,s:s}", "cores", 2, "cpu", "X");
	char id[SPEC_DIGEST_CHARS], again[SPEC_DIGEST_CHARS];

	(void)state;
	assert_int_equal(machine_id(a, id), STATUS_OK);
	assert_int_equal(machine_id(b, again), STATUS_OK);
	assert_string_equal(id, again);
	assert_true(spec_is_digest(id));
	assert_true(json_integer_value(json_object_get(a, "memory_mib")) > 0);
	assert_non_null(strstr(json_string_value(json_object_get(a, "cflags")), "-std=c11"));
	json_object_set_new(b, "cores", json_integer(4096));
	assert_int_equal(machine_id(b, again), STATUS_OK);
	assert_string_not_equal(id, again);

	assert_int_equal(machine_id(one, id), STATUS_OK);
	assert_int_equal(machine_id(other, again), STATUS_OK);
	assert_string_equal(id, again);
	json_decref(a);
	json_decref(b);
	json_decref(one);
	json_decref(other);
}

static double load(const struct result_run *run)
{
	return run->load;
}

/* The smallest value x such that at least `rank` of the values are below or at it, 1-based. */
static double ranked(const struct result *r, size_t rank)
{
	for (size_t i = 0; i < r->n_runs; i++) {
		size_t below = 0, same = 0;

		for (size_t j = 0; j < r->n_runs; j++) {
			below += r->run[j].load < r->run[i].load;
			same += r->run[j].load == r->run[i].load;
		}
		if (below < rank && rank <= below + same)
			return r->run[i].load;
	}
	return NAN;
}

/* With 4 m + 1 values the quartiles are values: the (m+1)th and the (3 m + 1)th; otherwise they
 * are between two neighbours, a quarter, half or three quarters of the way. */
static double naive_quarter(const struct result *r, size_t quarter)
{
	size_t whole = quarter * (r->n_runs - 1) / 4, part = quarter * (r->n_runs - 1) % 4;
	double low = ranked(r, whole + 1);

	return part ? low + (ranked(r, whole + 2) - low) * (double)part / 4 : low;
}

static void test_spread(void **state)
{
	uint32_t random = 1;

	(void)state;
	for (size_t n = 1; n <= 40; n++) {
		struct result r = example_result("mix", n);

		for (size_t i = 0; i < n; i++) {
			random = random * 1664525 + 1013904223;
			r.run[i].load = 1 + (random >> 24) % 32; /* with equal ones */
		}
		struct spread s = result_spread(&r, load);
		double half = (naive_quarter(&r, 3) - naive_quarter(&r, 1)) / 2;

		assert_true(fabs(s.median - naive_quarter(&r, 2)) < 1e-12);
		assert_true(fabs(s.half_range - half / s.median) < 1e-12);
		result_free(&r);
	}
}

static void test_spread_of_few(void **state)
{
	struct result r = example_result("mix", 3);

	(void)state;
	r.run[0].load = NAN;
	r.run[1].load = 7;
	r.run[2].load = NAN;
	assert_true(result_spread(&r, load).median == 7);
	assert_true(result_spread(&r, load).half_range == 0);
	r.run[1].load = 0;
	assert_true(result_spread(&r, load).half_range == 0);
	r.n_runs = 0;
	assert_true(isnan(result_spread(&r, load).median));
	assert_true(isnan(result_spread(&r, load).half_range));
	result_free(&r);
}

static void test_row(void **state)
{
	struct result r = example_result("mix", 3);
	struct row row;

	(void)state;
	result_row(&r, &row);
	assert_true(row.present && row.section == SECTION_TABLE);
	assert_string_equal(row.name, "mix");
	assert_true(row.total_bytes == r.archive_bytes + r.model_bytes);
	assert_true(row.compress_seconds == r.run[1].compress.cpu_seconds);
	assert_true(row.decompress_peak_mib == r.run[1].decompress.peak_mib);
	assert_true(row.bits_per_token == row.total_bits / r.spec.corpus.n_tokens);
	assert_true(row.regret[ROLE_NAME] == r.regret_bits[ROLE_NAME] / r.spec.corpus.n_tokens);

	r.outcome = OUTCOME_CRASHED;
	result_row(&r, &row);
	assert_false(row.present);
	assert_true(isnan(row.total_bytes) && isnan(row.compress_seconds));
	assert_string_equal(row.verified, "");
	snprintf(r.spec.method, sizeof r.spec.method, "coder:range");
	result_row(&r, &row);
	assert_true(row.section == SECTION_CODER);
	snprintf(r.spec.method, sizeof r.spec.method, "codec:xz -6");
	r.spec.corpus.n_tokens = NAN;
	result_row(&r, &row);
	assert_true(row.section == SECTION_FILE);
	result_free(&r);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_round_trip),
	    cmocka_unit_test(test_bytes_that_are_no_text),
	    cmocka_unit_test(test_figure),
	    cmocka_unit_test(test_every_wrong_document_is_refused),
	    cmocka_unit_test(test_values_out_of_range),
	    cmocka_unit_test(test_key_depends_on_all_but_titles),
	    cmocka_unit_test(test_golden_key),
	    cmocka_unit_test(test_machine_id),
	    cmocka_unit_test(test_spread),
	    cmocka_unit_test(test_spread_of_few),
	    cmocka_unit_test(test_row),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
