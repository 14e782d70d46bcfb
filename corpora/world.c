/* SPDX-License-Identifier: BSD-2-Clause */
#include "world.h"

#include <errno.h>
#include <fenv.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <xxhash.h>

#include "dist.h"

#define FORMAT "twopart-world"
#define SCHEMA 1

static bool known_family(const char *family)
{
	static const char *const known[] = {"sk", "iid", "markov", "santafe", "file"};

	for (size_t i = 0; i < sizeof known / sizeof *known; i++)
		if (strcmp(family, known[i]) == 0)
			return true;
	return false;
}

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
	if (!json_is_string(family) || !known_family(json_string_value(family)))
		return bad(w->path, "unknown family");
	w->family = json_string_value(family);
	w->prior = json_object_get(w->root, "prior");
	if (!json_is_object(w->prior))
		return bad(w->path, "no prior");
	if (!json_is_object(json_object_get(w->root, "corpus")))
		return bad(w->path, "no corpus");
	return read_corpus(w, json_object_get(w->root, "corpus"));
}

/* Hashes of the canonical spelling: compact, keys sorted. */
static enum status hash_members(struct world *w)
{
	const json_t *truth = json_object_get(w->root, "truth");
	size_t flags = JSON_COMPACT | JSON_SORT_KEYS | JSON_ENCODE_ANY;
	char *prior_text = json_dumps(w->prior, flags);
	char *truth_text = truth ? json_dumps(truth, flags) : strdup("null");
	XXH3_state_t *state = XXH3_createState();
	enum status s = STATUS_OK;

	if (!prior_text || !truth_text || !state) {
		s = fail_no_memory();
	} else {
		w->prior_hash = (uint32_t)XXH3_64bits(prior_text, strlen(prior_text));
		XXH3_64bits_reset(state);
		XXH3_64bits_update(state, prior_text, strlen(prior_text));
		XXH3_64bits_update(state, truth_text, strlen(truth_text));
		w->world_hash = (uint32_t)XXH3_64bits_digest(state);
	}
	XXH3_freeState(state);
	free(truth_text);
	free(prior_text);
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

/* Numbers of the truth are read and, for the hash, printed with round-to-nearest, whatever the
 * caller has set. */
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
