/* SPDX-License-Identifier: BSD-2-Clause */
#include "spec.h"

#include <math.h>
#include <stdio.h>
#include <string.h>
#include <xxhash.h>

#include "record.h"

static const struct member corpus_members[] = {
    MEMBER(spec_corpus, title, MEMBER_TEXT),
    MEMBER(spec_corpus, source, MEMBER_TEXT),
    MEMBER(spec_corpus, digest, MEMBER_TEXT),
    MEMBER(spec_corpus, n_tokens, MEMBER_WHOLE),
    MEMBER(spec_corpus, text_bytes, MEMBER_WHOLE),
    MEMBER(spec_corpus, known_bits, MEMBER_REAL),
    MEMBER(spec_corpus, known_bits_expected, MEMBER_REAL),
    MEMBER(spec_corpus, bayes_bits, MEMBER_REAL),
    MEMBER(spec_corpus, two_part_bits, MEMBER_REAL),
    {0},
};

static const struct member members[] = {
    MEMBER(spec, on, MEMBER_TEXT),
    MEMBER(spec, input_bytes, MEMBER_WHOLE),
    MEMBER(spec, name, MEMBER_TEXT),
    MEMBER(spec, method, MEMBER_TEXT),
    MEMBER(spec, version, MEMBER_TEXT),
    MEMBER(spec, not_counted, MEMBER_TEXT),
    MEMBER(spec, compress, MEMBER_TEXT),
    MEMBER(spec, decompress, MEMBER_TEXT),
    MEMBER(spec, wants_regret, MEMBER_FLAG),
    MEMBER(spec, threads, MEMBER_COUNT),
    MEMBER(spec, limit_seconds, MEMBER_COUNT),
    MEMBER(spec, limit_memory_bytes, MEMBER_BYTES),
    {0},
};

json_t *spec_json(const struct spec *s)
{
	json_t *corpus = record_json(corpus_members, &s->corpus);
	json_t *object = record_json(members, s);

	if (json_object_set_new(object, "corpus", corpus) == 0)
		return object;
	json_decref(object);
	return NULL;
}

bool spec_is_digest(const char *text)
{
	size_t n = strspn(text, "0123456789abcdef");

	return n == SPEC_DIGEST_CHARS - 1 && text[n] == '\0';
}

enum status spec_parse(const json_t *object, struct spec *s)
{
	*s = (struct spec){0};
	TRY(record_parse(members, object, "specification", 1, s));
	TRY(record_parse(corpus_members, json_object_get(object, "corpus"),
			 "specification's corpus", 0, &s->corpus));
	if (s->corpus.digest[0] && !spec_is_digest(s->corpus.digest))
		return fail(STATUS_CORRUPT, "specification's corpus: '%s' is no digest",
			    s->corpus.digest);
	if (!s->name[0] || !s->method[0])
		return fail(STATUS_CORRUPT, "specification: it names no method");
	if (isnan(s->input_bytes) && !spec_is_figure(s))
		return fail(STATUS_CORRUPT, "specification: no size of the input");
	return STATUS_OK;
}

bool spec_is_figure(const struct spec *s)
{
	return strncmp(s->method, "figure:", 7) == 0;
}

/* What goes into the digest, in order and with ends, so that no two specifications look alike. */
struct said {
	char text[2 * sizeof(struct spec)]; /* a number takes up to 25 characters, not 4 or 8 */
	size_t n;
};

static void say(struct said *said, const char *text)
{
	size_t left = sizeof said->text - said->n;

	/* Texts are shorter than their arrays in the struct, so all of it fits. */
	snprintf(said->text + said->n, left, "%s", text);
	record_clean(said->text + said->n);
	said->n += strlen(said->text + said->n) + 1;
}

/* 17 digits tell all doubles apart, and the C library rounds them exactly. */
static void say_member(struct said *said, const struct member *m, const void *at)
{
	char number[40] = "none";

	switch (m->kind) {
	case MEMBER_TEXT:
		say(said, at);
		return;
	case MEMBER_FLAG:
		snprintf(number, sizeof number, "%d", *(const bool *)at);
		break;
	case MEMBER_COUNT:
		snprintf(number, sizeof number, "%u", *(const unsigned *)at);
		break;
	case MEMBER_BYTES:
		snprintf(number, sizeof number, "%llu",
			 (unsigned long long)*(const uint64_t *)at);
		break;
	default:
		if (isfinite(*(const double *)at))
			/* + 0: minus zero looks like zero. */
			snprintf(number, sizeof number, "%.17g", *(const double *)at + 0.0);
	}
	say(said, number);
}

static void say_members(struct said *said, const struct member *table, const char *title,
			const void *from)
{
	for (const struct member *m = table; m->name; m++)
		if (strcmp(m->name, title) != 0)
			say_member(said, m, (const char *)from + m->offset);
}

void spec_key(const struct spec *s, const char *machine_id, char key[SPEC_KEY_CHARS])
{
	struct said said = {.n = 0};
	XXH128_hash_t hash;

	say_members(&said, corpus_members, "title", &s->corpus);
	say_members(&said, members, "name", s);
	say(&said, machine_id);
	hash = XXH3_128bits(said.text, said.n);
	snprintf(key, SPEC_KEY_CHARS, "%016llx%016llx", (unsigned long long)hash.high64,
		 (unsigned long long)hash.low64);
}
