/* SPDX-License-Identifier: BSD-2-Clause
 *
 * pinned.c - reading, writing down and enforcing the definitions.
 */
#include "pinned.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <xxhash.h>

#include "buffer.h"
#include "corpus.h"
#include "document.h"
#include "tokens.h"
#include "world.h"

#define PATH_BYTES 4096

const struct pinned_suite *const pinned_suites[] = {&pinned_tp1, NULL};

const struct pinned_suite *pinned_by_name(const char *name)
{
	for (const struct pinned_suite *const *s = pinned_suites; *s; s++)
		if (strcmp((*s)->name, name) == 0)
			return *s;
	return NULL;
}

void pinned_title(const struct pinned_suite *s, const struct pinned_corpus *c,
		  char title[PINNED_TITLE_BYTES])
{
	snprintf(title, PINNED_TITLE_BYTES, "%s %s", s->name, c->name);
}

/* ---- The definition as JSON. ---- */

static json_t *hexadecimal(uint64_t value, int n_digits)
{
	char text[PINNED_DIGEST_CHARS];

	snprintf(text, sizeof text, "%0*" PRIx64, n_digits, value);
	return json_string(text);
}

/* "a=1,b=2" as an object of strings. */
static json_t *options_json(const char *options)
{
	json_t *object = json_object();
	char name[64], value[64];

	for (const char *at = options; *at; at += *at == ',') {
		size_t n_name = strcspn(at, "="), n_value;

		snprintf(name, sizeof name, "%.*s", (int)n_name, at);
		at += n_name + 1;
		n_value = strcspn(at, ",");
		snprintf(value, sizeof value, "%.*s", (int)n_value, at);
		at += n_value;
		json_object_set_new(object, name, json_string(value));
	}
	return object;
}

static json_t *corpus_json(const struct pinned_corpus *c)
{
	json_t *object = json_pack(
	    "{s:s, s:s, s:s, s:o, s:o, s:o, s:o, s:o, s:I, s:I, s:f, s:f, s:f}", "name", c->name,
	    "why", c->why, "family", c->family, "options", options_json(c->options), "digest",
	    hexadecimal(c->digest, 16), "text_digest", hexadecimal(c->text_digest, 16),
	    "roles_digest", hexadecimal(c->roles_digest, 16), "world_hash",
	    hexadecimal(c->world_hash, 8), "tokens", (json_int_t)c->n_tokens, "text_bytes",
	    (json_int_t)c->text_bytes, "known_bits", c->known_bits, "known_bits_expected",
	    c->known_bits_expected, "bayes_bits", c->bayes_bits);

	json_object_set_new(object, "two_part_bits",
			    c->two_part_bits > 0 ? json_real(c->two_part_bits) : json_null());
	return object;
}

/* All but the digest. */
static json_t *definition_json(const struct pinned_suite *s)
{
	json_t *corpora = json_array();

	for (size_t i = 0; i < s->n_corpora; i++)
		json_array_append_new(corpora, corpus_json(&s->corpus[i]));
	return document_new("suite", PINNED_SCHEMA,
			    json_pack("{s:s, s:s, s:o}", "suite", s->name, "summary", s->help,
				      "corpora", corpora));
}

enum status pinned_digest(const struct pinned_suite *s, char digest[PINNED_DIGEST_CHARS])
{
	json_t *definition = definition_json(s);
	char *text = definition ? json_dumps(definition, JSON_COMPACT | JSON_SORT_KEYS) : NULL;

	json_decref(definition);
	if (!text)
		return fail_no_memory();
	snprintf(digest, PINNED_DIGEST_CHARS, "%016" PRIx64, XXH3_64bits(text, strlen(text)));
	free(text);
	return STATUS_OK;
}

json_t *pinned_json(const struct pinned_suite *s)
{
	json_t *definition = definition_json(s);
	char digest[PINNED_DIGEST_CHARS];

	if (!definition || pinned_digest(s, digest) != STATUS_OK ||
	    json_object_set_new(definition, "definition_digest", json_string(digest)) < 0) {
		json_decref(definition);
		return NULL;
	}
	return definition;
}

/* ---- The corpora themselves. ---- */

/* The family's options as the suite says them. */
static enum status read_options(const struct pinned_corpus *c, int64_t value[OPTIONS_MAX])
{
	const struct corpus_ops *family = corpus_family_by_name(c->family);

	if (!family)
		return fail(STATUS_UNSUPPORTED, "no family of corpora '%s'", c->family);
	options_defaults(family->options, value);
	return options_parse(family->options, value, c->options);
}

enum status pinned_generate(const struct pinned_corpus *c, const char *prefix, int n_threads)
{
	int64_t value[OPTIONS_MAX];
	struct corpus_request q = {.option = value, .prefix = prefix, .n_threads = n_threads};

	TRY(read_options(c, value));
	return corpus_generate(corpus_family_by_name(c->family), &q);
}

/* The digest of a file from `skip_bytes` on, and how long that is; a chunk at a time. */
static enum status digest_file(const char *path, long skip_bytes, uint64_t *digest,
			       uint64_t *size_bytes)
{
	FILE *in = fopen(path, "rb");
	XXH3_state_t *state = XXH3_createState();
	char chunk[65536];
	size_t n;
	bool good = in && state && XXH3_64bits_reset(state) == XXH_OK &&
		    fseek(in, skip_bytes, SEEK_SET) == 0;

	*size_bytes = 0;
	while (good && (n = fread(chunk, 1, sizeof chunk, in)) > 0) {
		XXH3_64bits_update(state, chunk, n);
		*size_bytes += n;
	}
	good = good && !ferror(in);
	if (good)
		*digest = XXH3_64bits_digest(state);
	XXH3_freeState(state);
	if (in)
		fclose(in);
	return good ? STATUS_OK : fail_errno(STATUS_IO, "%s", path);
}

/* What is being looked at, for the sentence that refuses it. */
struct check {
	const struct pinned_suite *suite;
	const struct pinned_corpus *corpus;
	char path[PATH_BYTES];
};

static enum status refuse(const struct check *k, const char *what)
{
	return fail(STATUS_CORRUPT, "%s is not of %s %s: %s", k->path, k->suite->name,
		    k->corpus->name, what);
}

static enum status check_file(struct check *k, const char *prefix, const char *suffix,
			      long skip_bytes, uint64_t digest, uint64_t size_bytes)
{
	uint64_t found_digest, found_bytes;

	snprintf(k->path, sizeof k->path, "%s%s", prefix, suffix);
	TRY(digest_file(k->path, skip_bytes, &found_digest, &found_bytes));
	if (found_bytes != size_bytes)
		return refuse(k, "it has another length");
	return found_digest == digest ? STATUS_OK : refuse(k, "it has another digest");
}

/* The header says nothing but the number of tokens, so there is one that is right. */
static enum status check_header(struct check *k, const char *prefix)
{
	struct buffer expected = {0};
	uint8_t found[TOKENS_HEADER_BYTES];
	FILE *in;
	size_t n = 0;

	snprintf(k->path, sizeof k->path, "%s.bin", prefix);
	in = fopen(k->path, "rb");
	if (!in)
		return fail_errno(STATUS_IO, "%s", k->path);
	n = fread(found, 1, sizeof found, in);
	fclose(in);
	tokens_write_header(&expected, k->corpus->n_tokens);

	enum status s = buffer_status(&expected);

	if (s == STATUS_OK &&
	    (n != expected.size_bytes || memcmp(found, expected.data, n) != 0))
		s = refuse(k, "its header is another");
	buffer_free(&expected);
	return s;
}

/* Does the member hold these bits?  `bits` 0: it must not be there. */
static bool has_bits(const json_t *code_lengths, const char *member, double bits)
{
	const json_t *value = json_object_get(code_lengths, member);

	if (bits == 0)
		return !value || json_is_null(value);
	return json_is_number(value) &&
	       fabs(json_number_value(value) - bits) <= PINNED_BITS_ERROR * bits;
}

static bool has_all_bits(const struct world *w, const struct pinned_corpus *c)
{
	const json_t *code_lengths = json_object_get(w->root, "code_lengths");

	return has_bits(code_lengths, "known_bits", c->known_bits) &&
	       has_bits(code_lengths, "known_bits_expected", c->known_bits_expected) &&
	       has_bits(code_lengths, "bayes_bits", c->bayes_bits) &&
	       has_bits(code_lengths, "two_part_bits", c->two_part_bits);
}

/* Was it drawn with the suite's options? */
static bool has_options(const struct world *w, const struct pinned_corpus *c,
			const int64_t value[OPTIONS_MAX])
{
	const struct corpus_ops *family = corpus_family_by_name(c->family);
	json_t *expected = corpus_world_new(c->family, family->options, value);
	bool good = expected && strcmp(w->family, c->family) == 0 &&
		    json_equal(json_object_get(w->root, "generator"),
			       json_object_get(expected, "generator"));

	json_decref(expected);
	return good;
}

static enum status check_world(struct check *k, const char *prefix)
{
	const struct pinned_corpus *c = k->corpus;
	int64_t value[OPTIONS_MAX];
	struct world *w;
	enum status s = STATUS_OK;

	TRY(read_options(c, value));
	snprintf(k->path, sizeof k->path, "%s.json", prefix);
	TRY(world_load(&w, k->path));
	if (w->corpus_digest != c->digest || w->n_tokens != c->n_tokens)
		s = refuse(k, "it is the world of another corpus");
	else if (w->world_hash != c->world_hash)
		s = refuse(k, "prior or truth is another");
	else if (!has_options(w, c, value))
		s = refuse(k, "its generator had other options");
	else if (!has_all_bits(w, c))
		s = refuse(k, "its optimum is another");
	world_free(w);
	return s;
}

enum status pinned_check(const struct pinned_suite *s, const struct pinned_corpus *c,
			 const char *prefix)
{
	struct check k = {.suite = s, .corpus = c};

	if (strlen(prefix) + sizeof ".roles" > sizeof k.path)
		return fail(STATUS_BAD_ARGUMENT, "%s: the path is too long", prefix);
	TRY(check_header(&k, prefix));
	TRY(check_file(&k, prefix, ".bin", TOKENS_HEADER_BYTES, c->digest, 2 * c->n_tokens));
	TRY(check_file(&k, prefix, ".txt", 0, c->text_digest, c->text_bytes));
	TRY(check_file(&k, prefix, ".roles", 0, c->roles_digest, c->n_tokens));
	return check_world(&k, prefix);
}
