/* SPDX-License-Identifier: BSD-2-Clause */
#include "spec_file.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "utf8.h"

#define BITS_ERROR 1e-9 /* of code lengths, relative: C libraries differ in last digits */

/* Where its files begin, or the file is; false: nowhere that stays. */
static bool stays(const struct bench *b, const struct subject *s)
{
	size_t n = strlen(b->directory);

	return b->keep || strncmp(s->input, b->directory, n) != 0 || s->input[n] != '/';
}

enum status spec_file_json(const struct bench *b, const struct job *j, json_t **out)
{
	char input[BENCH_PATH_BYTES], *path;

	*out = spec_json(&j->spec);
	if (!*out)
		return fail_no_memory();
	if (!j->subject || !stays(b, j->subject)) {
		if (!j->subject || j->subject->source[0])
			return STATUS_OK;
		json_decref(*out);
		return fail(STATUS_BAD_ARGUMENT,
			    "'%s' was made for this run: --keep DIR leaves it there",
			    j->subject->title);
	}
	snprintf(input, sizeof input, "%s", j->subject->input);
	path = realpath(input, NULL);
	if (path && j->subject->world[0]) /* PREFIX.bin */
		path[strlen(path) - strlen(".bin")] = '\0';
	json_object_set_new(*out, "path", path ? utf8_json(path) : json_null());
	free(path);
	return STATUS_OK;
}

static bool has_files(const char *path, bool is_corpus)
{
	char name[BENCH_PATH_BYTES + 8];

	snprintf(name, sizeof name, "%s%s", path, is_corpus ? ".bin" : "");
	return path[0] && access(name, R_OK) == 0;
}

static enum status find_corpus(struct bench *b, const struct spec_corpus *c, const char *path,
			       const struct subject **s)
{
	bool is_corpus = !isnan(c->n_tokens);
	char prefix[BENCH_PATH_BYTES];

	if (has_files(path, is_corpus) && is_corpus)
		return subject_add_corpus(b, c->title, path, s);
	if (has_files(path, is_corpus))
		return subject_add_file(b, c->title, path, s);
	if (!c->source[0])
		return fail(STATUS_IO, "the corpus is not at '%s', and has no source", path);
	snprintf(prefix, sizeof prefix, "%s/corpus", b->directory);
	TRY(subject_generate(c->source, prefix));
	return is_corpus ? subject_add_corpus(b, c->title, prefix, s)
			 : subject_add_text(b, c->title, prefix, s);
}

static bool same_number(double a, double b)
{
	return isnan(a) || isnan(b) ? isnan(a) && isnan(b)
				    : fabs(a - b) <= BITS_ERROR * fabs(b);
}

/* Is it the corpus that the specification speaks of? */
static enum status check_corpus(const struct spec *spec, const struct subject *s)
{
	const struct spec_corpus *c = &spec->corpus;

	if (strcmp(s->digest, c->digest) != 0)
		return fail(STATUS_CORRUPT, "the corpus has the digest %s instead of %s",
			    s->digest, c->digest);
	if (s->n_tokens != c->n_tokens && !(isnan(s->n_tokens) && isnan(c->n_tokens)))
		return fail(STATUS_CORRUPT, "the corpus has another number of tokens");
	if (!same_number(s->text_bytes, c->text_bytes) ||
	    !same_number(s->known_bits, c->known_bits) ||
	    !same_number(s->known_bits_expected, c->known_bits_expected) ||
	    !same_number(s->bayes_bits, c->bayes_bits) ||
	    !same_number(s->two_part_bits, c->two_part_bits))
		return fail(STATUS_CORRUPT, "the corpus has other bounds than the specification");
	if (spec->wants_regret && !s->roles[0])
		return fail(STATUS_CORRUPT, "regret by role is asked for, but there are no roles");
	return STATUS_OK;
}

/* What no planning of ours would have made. */
static enum status check_shape(const struct spec *s)
{
	bool is_text = strcmp(s->on, "text") == 0, is_tokens = strcmp(s->on, "tokens") == 0;
	bool is_bytes = strcmp(s->on, "bytes") == 0;

	if (isnan(s->corpus.n_tokens) ? is_text || is_tokens : is_bytes)
		return fail(STATUS_CORRUPT, "specification: the corpus has no rendering '%s'",
			    s->on);
	if (strncmp(s->method, "external:", 9) == 0 && !(s->compress[0] && s->decompress[0]))
		return fail(STATUS_CORRUPT, "specification: an external program without commands");
	return STATUS_OK;
}

enum status spec_file_plan(struct bench *b, const json_t *object)
{
	json_t *copy = json_copy((json_t *)object);
	const char *path = json_string_value(json_object_get(object, "path"));
	const struct subject *s = NULL;
	struct spec spec;

	json_object_del(copy, "path");

	enum status status = spec_parse(copy, &spec);

	json_decref(copy);
	TRY(status);
	TRY(check_shape(&spec));
	if (spec.corpus.digest[0] && strncmp(spec.method, "coder:", 6) != 0) {
		TRY(find_corpus(b, &spec.corpus, path ? path : "", &s));
		TRY(check_corpus(&spec, s));
	}
	return plan_spec(b, &spec, s);
}
