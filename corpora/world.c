/* SPDX-License-Identifier: BSD-2-Clause */
#include "world.h"

#include <errno.h>
#include <fenv.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <xxhash.h>

#include "corpus.h"
#include "dist.h"

#define FORMAT "twopart-world"
#define SCHEMA 1

/* 16 hexadecimal digits, small letters: exactly as printed. */
static bool parse_digest(const char *text, uint64_t *digest)
{
	if (strlen(text) != 16 || strspn(text, "0123456789abcdef") != 16)
		return false;
	*digest = strtoull(text, NULL, 16);
	return true;
}

static enum status bad(const char *path, const char *what)
{
	return fail(STATUS_CORRUPT, "%s is not a world file: %s", path, what);
}

static enum status read_corpus(struct world *w, const json_t *corpus)
{
	const json_t *tokens = json_object_get(corpus, "tokens");
	const json_t *sentences = json_object_get(corpus, "sentences");
	const json_t *vocab = json_object_get(corpus, "vocab");
	const json_t *digest = json_object_get(corpus, "digest");

	if (!json_is_integer(tokens) || json_integer_value(tokens) < 0)
		return bad(w->path, "corpus.tokens is no count");
	if (!json_is_integer(sentences) || json_integer_value(sentences) < 0)
		return bad(w->path, "corpus.sentences is no count");
	if (!json_is_integer(vocab) || json_integer_value(vocab) < 1 ||
	    json_integer_value(vocab) > DIST_SYMBOLS_MAX)
		return bad(w->path, "corpus.vocab is not from 1 to 65536");
	if (!json_is_string(digest) || !parse_digest(json_string_value(digest), &w->corpus_digest))
		return bad(w->path, "corpus.digest is not 16 hexadecimal digits");
	w->n_tokens = (uint64_t)json_integer_value(tokens);
	w->n_sentences = (uint64_t)json_integer_value(sentences);
	w->vocab = (uint32_t)json_integer_value(vocab);
	return STATUS_OK;
}

/* The members that every world has. */
static enum status read_members(struct world *w)
{
	const json_t *format = json_object_get(w->root, "format");
	const json_t *schema = json_object_get(w->root, "schema");
	const json_t *family = json_object_get(w->root, "family");

	if (!json_is_string(format) || strcmp(json_string_value(format), FORMAT) != 0)
		return bad(w->path, "\"format\" is not \"" FORMAT "\"");
	if (!json_is_integer(schema))
		return bad(w->path, "no schema number");
	if (json_integer_value(schema) != SCHEMA)
		return fail(STATUS_UNSUPPORTED, "%s has schema %lld; this program reads %d",
			    w->path, (long long)json_integer_value(schema), SCHEMA);
	if (!json_is_string(family) || !corpus_family_by_name(json_string_value(family)))
		return bad(w->path, "unknown family");
	w->family = json_string_value(family);
	w->prior = json_object_get(w->root, "prior");
	if (!json_is_object(w->prior))
		return bad(w->path, "no prior");
	if (!json_is_object(json_object_get(w->root, "corpus")))
		return bad(w->path, "no corpus");
	return read_corpus(w, json_object_get(w->root, "corpus"));
}

/* ---- Hashes: the walk that world.h describes. ---- */

static void hash_number(XXH3_state_t *h, uint64_t v)
{
	uint8_t byte[8];

	for (int i = 0; i < 8; i++)
		byte[i] = (uint8_t)(v >> (8 * i));
	XXH3_64bits_update(h, byte, sizeof byte);
}

static void hash_text(XXH3_state_t *h, const char *text, size_t size_bytes)
{
	hash_number(h, size_bytes);
	XXH3_64bits_update(h, text, size_bytes);
}

static int compare_keys(const void *a, const void *b)
{
	return strcmp(*(const char *const *)a, *(const char *const *)b);
}

static enum status hash_value(XXH3_state_t *h, const json_t *value);

/* Keys are distinct, so their order is unique. */
static enum status hash_object(XXH3_state_t *h, const json_t *object)
{
	size_t n = json_object_size(object), i = 0;
	const char **key = calloc(n + 1, sizeof *key);
	enum status s = STATUS_OK;
	json_t *reader = (json_t *)(uintptr_t)object; /* iterators want it writable */

	if (!key)
		return fail_no_memory();
	for (void *at = json_object_iter(reader); at; at = json_object_iter_next(reader, at))
		key[i++] = json_object_iter_key(at);
	qsort(key, n, sizeof *key, compare_keys);
	hash_number(h, n);
	for (i = 0; s == STATUS_OK && i < n; i++) {
		hash_text(h, key[i], strlen(key[i]));
		s = hash_value(h, json_object_get(object, key[i]));
	}
	free(key);
	return s;
}

static uint64_t real_bits(const json_t *real)
{
	double v = json_real_value(real);
	uint64_t bits;

	memcpy(&bits, &v, sizeof bits);
	return bits;
}

/* The depth is the parser's, at most 2048. */
static enum status hash_value(XXH3_state_t *h, const json_t *value)
{
	static const char type_byte[] = {
	    [JSON_OBJECT] = 'o', [JSON_ARRAY] = 'a', [JSON_STRING] = 's', [JSON_INTEGER] = 'i',
	    [JSON_REAL] = 'r',   [JSON_TRUE] = 't',  [JSON_FALSE] = 'f',  [JSON_NULL] = 'n',
	};

	XXH3_64bits_update(h, &type_byte[json_typeof(value)], 1);
	switch (json_typeof(value)) {
	case JSON_OBJECT:
		return hash_object(h, value);
	case JSON_ARRAY:
		hash_number(h, json_array_size(value));
		for (size_t j = 0; j < json_array_size(value); j++)
			TRY(hash_value(h, json_array_get(value, j)));
		break;
	case JSON_STRING:
		hash_text(h, json_string_value(value), json_string_length(value));
		break;
	case JSON_INTEGER:
		hash_number(h, (uint64_t)json_integer_value(value));
		break;
	case JSON_REAL:
		hash_number(h, real_bits(value));
		break;
	case JSON_TRUE:
	case JSON_FALSE:
	case JSON_NULL:
		break;
	}
	return STATUS_OK;
}

static enum status hash_members(struct world *w)
{
	const json_t *truth = json_object_get(w->root, "truth");
	XXH3_state_t *h = XXH3_createState();
	enum status s;

	if (!h)
		return fail_no_memory();
	XXH3_64bits_reset(h);
	s = hash_value(h, w->prior);
	w->prior_hash = (uint32_t)XXH3_64bits_digest(h); /* leaves the state as it is */
	if (s == STATUS_OK && truth)
		s = hash_value(h, truth);
	else
		XXH3_64bits_update(h, "n", 1);
	w->world_hash = (uint32_t)XXH3_64bits_digest(h);
	XXH3_freeState(h);
	return s;
}

static enum status load(struct world **out, const char *path)
{
	struct world *w = calloc(1, sizeof *w);
	json_error_t error;
	FILE *from;
	enum status s;

	if (!w || !(w->path = strdup(path))) {
		free(w);
		return fail_no_memory();
	}
	from = fopen(path, "rb");
	if (!from) {
		s = fail_errno(STATUS_IO, "cannot read the world file %s", path);
	} else {
		errno = 0;
		w->root = json_loadf(from, JSON_REJECT_DUPLICATES, &error);
		if (!w->root && ferror(from))
			s = fail_errno(STATUS_IO, "cannot read the world file %s", path);
		else if (!w->root)
			s = fail(STATUS_CORRUPT, "%s is not a world file: line %d: %s", path,
				 error.line, error.text);
		else
			s = read_members(w);
		fclose(from);
	}
	if (s == STATUS_OK)
		s = hash_members(w);
	if (s == STATUS_OK)
		*out = w;
	else
		world_free(w);
	return s;
}

/* Numbers of the truth are read with round-to-nearest, whatever the caller has set. */
enum status world_load(struct world **out, const char *path)
{
	fenv_t callers;

	fegetenv(&callers);
	fesetenv(FE_DFL_ENV);
	enum status s = load(out, path);

	fesetenv(&callers);
	return s;
}

void world_free(struct world *w)
{
	if (!w)
		return;
	json_decref(w->root);
	free(w->path);
	free(w);
}

bool world_is_of(const struct world *w, const uint8_t *token, size_t n_tokens)
{
	return n_tokens == w->n_tokens && XXH3_64bits(token, 2 * n_tokens) == w->corpus_digest;
}
