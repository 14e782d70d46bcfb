/* SPDX-License-Identifier: BSD-2-Clause
 *
 * sources.h - small corpora with their worlds, one of each family that has an oracle, and networks,
 * for the fuzz targets and their seeds: the same in every program.
 */
#ifndef TWOPART_FUZZ_SOURCES_H
#define TWOPART_FUZZ_SOURCES_H

#include "corpus.h"
#include "file.h"
#include "fuzz.h"
#include "model.h"
#include "tokens.h"
#include "world.h"

#define SOURCES 5
#define SOURCE_ALPHABET 300 /* of tokens that a model file knows */

static const struct {
	const char *family, *options;
} source_kinds[SOURCES] = {
    {"sk", "sentences=60,seed=5,words=60,classes=3,class-words=5,templates=6,types=2,attributes=2,"
	   "facts=2,values=12,first-names=20,last-names=20"},
    {"bios", "people=8,biographies=12,seed=3"},
    {"iid", "symbols=7,tokens=300"},
    {"markov", "states=5,tokens=300"},
    {"santafe", "kinds=40,tokens=300"},
};

struct source {
	struct world *world;
	struct buffer bin, json; /* the files */
	uint16_t *token;         /* (n) */
	size_t n;
};

static inline void source_draw(struct source *s, unsigned kind)
{
	const struct corpus_ops *ops = corpus_family_by_name(source_kinds[kind].family);
	char directory[] = "/tmp/twopart-fuzz-XXXXXX", prefix[64], name[80];
	int64_t value[OPTIONS_MAX];
	struct corpus_request q = {.option = value, .prefix = prefix, .n_threads = 1};

	HOLDS(mkdtemp(directory));
	snprintf(prefix, sizeof prefix, "%s/c", directory);
	options_defaults(ops->options, value);
	HOLDS(options_parse(ops->options, value, source_kinds[kind].options) == STATUS_OK);
	HOLDS(corpus_generate(ops, &q) == STATUS_OK);
	snprintf(name, sizeof name, "%s.json", prefix);
	HOLDS(world_load(&s->world, name) == STATUS_OK);
	HOLDS(file_read(name, &s->json, NULL) == STATUS_OK);
	snprintf(name, sizeof name, "%s.bin", prefix);
	HOLDS(file_read(name, &s->bin, NULL) == STATUS_OK);
	HOLDS(tokens_read(s->bin.data, s->bin.size_bytes, &s->token, &s->n) == STATUS_OK);
	for (const char *const *suffix = corpus_suffixes; *suffix; suffix++) {
		snprintf(name, sizeof name, "%s%s", prefix, *suffix);
		unlink(name);
	}
	rmdir(directory);
}

/* Drawn at the first call, kept to the end of the program. */
static inline const struct source *source_of(unsigned kind)
{
	static struct source known[SOURCES];

	if (!known[kind].world)
		source_draw(&known[kind], kind);
	return &known[kind];
}

/* A model file's network for tokens or for bytes. */
static inline const struct transformer *source_transformer(bool is_tokens)
{
	return model_for(predictor_by_name("transformer"), is_tokens, SOURCE_ALPHABET);
}

#endif
