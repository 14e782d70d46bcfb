/* SPDX-License-Identifier: BSD-2-Clause
 *
 * plan.c - which cells there will be: everything comes from the registries.
 */
#include <assert.h>
#include <fnmatch.h>
#include <malloc.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "bench.h"
#include "codec.h"
#include "coder_speed.h"
#include "predictor.h"

/* Of addresses, for our own processes: far more than any of our models takes, so that only a bug of
 * ours meets it.  A sanitizer maps more than this before anything happens. */
#ifndef __has_feature
#define __has_feature(name) 0 /* of clang */
#endif
#if defined(__SANITIZE_ADDRESS__) || __has_feature(address_sanitizer)
#define OWN_MEMORY_BYTES 0
#else
#define OWN_MEMORY_BYTES ((uint64_t)32 << 30)
#endif

/* Rows of files for models with other settings than their defaults, which have rows without being
 * named. */
static const struct {
	const char *model, *name, *method;
	bool always; /* or else only where all settings are asked for */
} settings[] = {
    {"mix", "mix -1", "mix:level=1", true},  {"mix", "mix -2", "mix:level=2", false},
    {"mix", "mix -3", "mix:level=3", false}, {"mix", "mix -4", "mix:level=4", false},
    {"mix", "mix -6", "mix:level=6", false}, {"mix", "mix -7", "mix:level=7", false},
    {"mix", "mix -8", "mix:level=8", false}, {"mix", "mix -9", "mix:level=9", true},
};

/* May a row of that name be there?  b->only: "mix*,xz -6", patterns as a shell has for files. */
static bool is_wanted(const struct bench *b, const char *name)
{
	const char *p = b->only;
	char pattern[128];

	while (p && *p) {
		int length = (int)strcspn(p, ",");

		snprintf(pattern, sizeof pattern, "%.*s", length, p);
		if (fnmatch(pattern, name, 0) == 0)
			return true;
		p += length;
		p += *p == ',';
	}
	return !b->only;
}

/* A text into an array: what does not fit would be another method's name. */
#define SET(array, ...) snprintf(array, sizeof(array), __VA_ARGS__)

static const struct spec_corpus no_corpus = {
    .n_tokens = NAN,
    .text_bytes = NAN,
    .known_bits = NAN,
    .known_bits_expected = NAN,
    .bayes_bits = NAN,
    .two_part_bits = NAN,
};

static struct spec_corpus corpus_of(const struct subject *s)
{
	struct spec_corpus c = no_corpus;

	SET(c.title, "%s", s->title);
	SET(c.source, "%s", s->source);
	SET(c.digest, "%s", s->digest);
	c.n_tokens = s->n_tokens;
	c.text_bytes = s->text_bytes;
	c.known_bits = s->known_bits;
	c.known_bits_expected = s->known_bits_expected;
	c.bayes_bits = s->bayes_bits;
	c.two_part_bits = s->two_part_bits;
	return c;
}

/* What a subject alone decides. */
static struct spec spec_new(const struct bench *b, const struct subject *s, const char *name,
			    const char *on, double input_bytes)
{
	struct spec spec = {
	    .corpus = s ? corpus_of(s) : no_corpus,
	    .input_bytes = input_bytes,
	    .threads = 1,
	    .limit_seconds = b->limit_seconds,
	    .limit_memory_bytes = OWN_MEMORY_BYTES,
	};

	SET(spec.on, "%s", on);
	SET(spec.name, "%s", name);
	SET(spec.version, "%s", b->origin.version);
	return spec;
}

/* The last job, unless that cell is planned already. */
static enum status job_add(struct bench *b, const struct spec *spec, const struct subject *s)
{
	struct job *all = realloc(b->job, (b->n_jobs + 1) * sizeof *all), *j;

	if (!all)
		return fail_no_memory();
	b->job = all;
	j = &all[b->n_jobs];
	*j = (struct job){.spec = *spec, .subject = s};
	j->alone = strncmp(spec->method, "coder:", 6) == 0 || spec->threads > 1;
	spec_key(spec, b->machine_id, j->key);
	for (size_t i = 0; i < b->n_jobs; i++)
		if (strcmp(all[i].key, j->key) == 0)
			return STATUS_OK;
	b->n_jobs++;
	return STATUS_OK;
}

/* `method` is the model's name, perhaps with settings. */
static enum status plan_model(struct bench *b, const struct subject *s,
			      const struct predictor_ops *model, const char *name,
			      const char *method)
{
	bool is_corpus = s->world[0] != '\0';
	struct spec spec = spec_new(b, s, name, is_corpus ? "tokens" : "bytes",
				    is_corpus ? 2 * s->n_tokens : s->text_bytes);

	if (model->needs_world && isnan(s->bayes_bits)) /* no known source, no oracle */
		return STATUS_OK;
	if (model->needs_model == MODEL_MUST) /* plan_fitted() */
		return STATUS_OK;
	if (model->fit && isnan(s->two_part_bits))
		return STATUS_OK;
	if (!is_wanted(b, name))
		return STATUS_OK;
	SET(spec.method, "model:%s", method);
	if (model->not_counted)
		SET(spec.not_counted, "%s", model->not_counted);
	spec.wants_regret = s->roles[0] && !b->without_regret;
	return job_add(b, &spec, s);
}

/*
 * A model that is trained on the very file, and stored in the archive in front of the data: a
 * two-part code.  Training counts as time to compress; it is by the clock, so this row's sizes
 * differ a little from run to run.
 */
static enum status plan_fitted(struct bench *b, const struct subject *s,
			       const struct predictor_ops *model)
{
	bool is_corpus = s->world[0] != '\0';
	char name[64];

	if (model->needs_model != MODEL_MUST || b->fit_seconds == 0)
		return STATUS_OK;
	SET(name, "%s (two-part) fit %u s", model->name, b->fit_seconds);
	if (!is_wanted(b, name))
		return STATUS_OK;

	struct spec spec = spec_new(b, s, name, is_corpus ? "tokens" : "bytes",
				    is_corpus ? 2 * s->n_tokens : s->text_bytes);

	SET(spec.method, "fit:%u:%s", b->fit_seconds, model->name);
	return job_add(b, &spec, s);
}

/* The package that holds a library of that version tells more: what was repaired in it. */
static void codec_version(const struct bench *b, const struct codec_ops *c, char version[96])
{
	static const struct {
		const char *codec, *package;
	} packages[] = {{"zstd ", "libzstd1"}, {"xz ", "liblzma5"}, {"brotli ", "libbrotli1"}};
	const json_t *all = json_object_get(b->machine, "packages");

	snprintf(version, 96, "%s", c->version());
	for (size_t i = 0; i < sizeof packages / sizeof packages[0]; i++) {
		const char *package = json_string_value(json_object_get(all, packages[i].package));
		const char *codec = packages[i].codec;

		if (package && strncmp(c->name, codec, strlen(codec)) == 0 &&
		    strncmp(package, c->version(), strlen(c->version())) == 0)
			snprintf(version, 96, "%s", package);
	}
}

static enum status plan_codec(struct bench *b, const struct subject *s, const struct codec_ops *c,
			      const char *on, double input_bytes)
{
	struct spec spec = spec_new(b, s, c->name, on, input_bytes);

	if (!is_wanted(b, c->name))
		return STATUS_OK;
	SET(spec.method, "codec:%s", c->name);
	codec_version(b, c, spec.version);
	return job_add(b, &spec, s);
}

static enum status plan_external(struct bench *b, const struct subject *s, const struct external *e,
				 const char *on, double input_bytes)
{
	struct spec spec = spec_new(b, s, e->name, on, input_bytes);

	if (!is_wanted(b, e->name))
		return STATUS_OK;
	SET(spec.method, "external:%s", e->name);
	SET(spec.version, "%s", e->version);
	SET(spec.compress, "%s", e->compress);
	SET(spec.decompress, "%s", e->decompress);
	spec.limit_memory_bytes = b->limit_memory_bytes;
	return job_add(b, &spec, s);
}

/* Whatever takes bytes, on one rendering. */
static enum status plan_byte_methods(struct bench *b, const struct subject *s, const char *on,
				     double input_bytes)
{
	for (const struct codec_ops *const *c = codecs; *c; c++)
		TRY(plan_codec(b, s, *c, on, input_bytes));
	for (size_t i = 0; i < b->external.n; i++)
		TRY(plan_external(b, s, &b->external.entry[i], on, input_bytes));
	return STATUS_OK;
}

/* A model, on files in its settings. */
static enum status plan_settings(struct bench *b, const struct subject *s,
				 const struct predictor_ops *model)
{
	TRY(plan_model(b, s, model, model->name, model->name));
	for (size_t i = 0; i < sizeof settings / sizeof settings[0]; i++)
		if (!s->world[0] && (settings[i].always || b->all_settings) &&
		    strcmp(settings[i].model, model->name) == 0)
			TRY(plan_model(b, s, model, settings[i].name, settings[i].method));
	return STATUS_OK;
}

/* A cell is measured once, so the second of two files vanishes from tables and totals. */
static void warn_of_twin(const struct bench *b, const struct subject *s)
{
	for (size_t i = 0; i < b->n_subjects && b->subject[i] != s; i++)
		if (strcmp(b->subject[i]->digest, s->digest) == 0 &&
		    strcmp(b->subject[i]->source, s->source) == 0 &&
		    strcmp(b->subject[i]->input, s->input) != 0)
			fprintf(stderr, "twopart bench: %s has the contents of %s: measured once\n",
				s->title, b->subject[i]->title);
}

enum status plan_table(struct bench *b, const struct subject *s)
{
	bool is_corpus = s->world[0] != '\0';

	warn_of_twin(b, s);
	for (const struct predictor_ops *const *p = predictors; *p; p++)
		if (!(*p)->is_slow || b->only)
			TRY(plan_settings(b, s, *p));
	for (const struct predictor_ops *const *p = predictors; *p; p++)
		TRY(plan_fitted(b, s, *p));
	if (!is_corpus)
		return plan_byte_methods(b, s, "bytes", s->text_bytes);
	TRY(plan_byte_methods(b, s, "tokens", 2 * s->n_tokens));
	return plan_byte_methods(b, s, "text", s->text_bytes);
}

enum status plan_scaling(struct bench *b, const struct subject *s)
{
	static const char *const names[] = {"bayes", "mix", "ngram"};

	for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
		const struct predictor_ops *model = predictor_by_name(names[i]);

		if (model)
			TRY(plan_model(b, s, model, names[i], names[i]));
	}
	return STATUS_OK;
}

enum status plan_threads(struct bench *b, const struct subject *s)
{
	static const unsigned n_threads[] = {2, 4};
	char name[64];

	for (size_t i = 0; i < sizeof n_threads / sizeof n_threads[0]; i++) {
		SET(name, "mix -1 -T %u", n_threads[i]);

		struct spec spec = spec_new(b, s, name, "bytes", s->text_bytes);

		if (!is_wanted(b, name))
			continue;
		SET(spec.method, "model:mix:level=1");
		spec.threads = n_threads[i];
		TRY(job_add(b, &spec, s));
	}
	return STATUS_OK;
}

/* Its bytes are generated where it is measured. */
static enum status coder_spec(const struct bench *b, uint64_t n_bytes, struct spec *spec)
{
	uint64_t digest;
	double entropy_bits;

	*spec = spec_new(b, NULL, "byte coder", "bytes", (double)n_bytes);
	TRY(coder_speed_describe(n_bytes, &digest, &entropy_bits));
	malloc_trim(0); /* a child starts with what its parent still holds on its account */
	SET(spec->corpus.title, "independent bytes");
	SET(spec->corpus.digest, "%016llx", (unsigned long long)digest);
	spec->corpus.text_bytes = (double)n_bytes;
	spec->corpus.bayes_bits = entropy_bits;
	SET(spec->method, "coder:range");
	return STATUS_OK;
}

enum status plan_coder(struct bench *b, uint64_t n_bytes)
{
	struct spec spec;

	if (!is_wanted(b, "byte coder"))
		return STATUS_OK;
	TRY(coder_spec(b, n_bytes, &spec));
	return job_add(b, &spec, NULL);
}

/* `name` is the figure's, perhaps with options behind it. */
static enum status add_figure(struct bench *b, const char *name, const struct subject *s)
{
	bool is_corpus = s && s->world[0];
	struct spec spec = spec_new(b, s, name, is_corpus ? "tokens" : s ? "bytes" : "",
				    is_corpus ? 2 * s->n_tokens : s ? s->text_bytes : NAN);

	if (!is_wanted(b, name))
		return STATUS_OK;
	if (!s)
		SET(spec.corpus.title, "no corpus");
	SET(spec.method, "figure:%s", name);
	return job_add(b, &spec, s);
}

enum status plan_figure(struct bench *b, const char *name, const struct subject *s)
{
	assert(figure_by_name(name));
	return add_figure(b, name, s);
}

enum status plan_figures(struct bench *b, const struct subject *s)
{
	for (const struct figure *f = figures; f->name; f++)
		if (f->of == FIGURE_OF_CORPUS)
			TRY(add_figure(b, f->name, s));
	return STATUS_OK;
}

enum status plan_laws(struct bench *b)
{
	for (const struct figure *f = figures; f->name; f++)
		if (f->of == FIGURE_OF_NONE)
			TRY(add_figure(b, f->name, NULL));
	return STATUS_OK;
}

/* What version of an external program is here; of one that is not, what was asked for: that it is
 * missing will be its result. */
static void external_version(const struct spec *spec, char version[96])
{
	struct external_list list = {0};

	snprintf(version, 96, "%s", spec->version);
	if (version[0] && external_add(&list, spec->name) == STATUS_OK)
		snprintf(version, 96, "%s", list.entry[0].version);
	external_list_free(&list);
}

/* The version that such a specification would have, were it made here. */
static enum status version_here(const struct bench *b, const struct spec *spec, char version[96])
{
	const struct codec_ops *c;
	struct spec coder;

	snprintf(version, 96, "%s", b->origin.version);
	if (strncmp(spec->method, "external:", 9) == 0)
		external_version(spec, version);
	if (strncmp(spec->method, "codec:", 6) == 0) {
		c = codec_by_name(spec->method + 6);
		if (!c)
			return fail(STATUS_UNSUPPORTED, "no codec is called '%s'",
				    spec->method + 6);
		codec_version(b, c, version);
	}
	if (strncmp(spec->method, "coder:", 6) == 0) {
		TRY(coder_spec(b, (uint64_t)spec->input_bytes, &coder));
		if (strcmp(coder.corpus.digest, spec->corpus.digest) != 0)
			return fail(STATUS_UNSUPPORTED, "%s: other bytes are generated here",
				    spec->method);
	}
	return STATUS_OK;
}

enum status plan_spec(struct bench *b, const struct spec *spec, const struct subject *s)
{
	char version[sizeof spec->version];

	TRY(version_here(b, spec, version));
	if (strcmp(version, spec->version) != 0)
		return fail(STATUS_UNSUPPORTED, "%s: version '%s' is asked for, here is '%s'",
			    spec->method, spec->version, version);
	return job_add(b, spec, s);
}
