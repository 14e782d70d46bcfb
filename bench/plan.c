/* SPDX-License-Identifier: BSD-2-Clause
 *
 * plan.c - which rows a report will have: everything comes from the registries.
 */
#include <fnmatch.h>
#include <malloc.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "bench.h"
#include "codec.h"
#include "coder_speed.h"
#include "predictor.h"

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

static enum section table_section(const struct subject *s)
{
	return s->world[0] ? SECTION_TABLE : SECTION_FILE;
}

/* The next job, its row filled with what the subject alone knows. */
static enum status job_new(struct bench *b, const struct subject *s, enum section section,
			   const char *name, const char *on, struct job **out)
{
	struct job *all = realloc(b->job, (b->n_jobs + 1) * sizeof *all);

	if (!all)
		return fail_no_memory();
	b->job = all;
	*out = &all[b->n_jobs++];
	**out = (struct job){.subject = s, .row = row_empty()};

	struct row *r = &(*out)->row;

	r->section = section;
	snprintf(r->name, sizeof r->name, "%s", name);
	snprintf(r->on, sizeof r->on, "%s", on);
	snprintf(r->corpus, sizeof r->corpus, "%s", s->title);
	memcpy(r->source, s->source, sizeof r->source);
	memcpy(r->digest, s->digest, sizeof r->digest);
	r->n_tokens = s->n_tokens;
	r->text_bytes = s->text_bytes;
	r->bound_bits = s->bayes_bits;
	return STATUS_OK;
}

static enum status plan_bound(struct bench *b, const struct subject *s, const char *name,
			      double bits)
{
	struct job *j;

	if (isnan(bits) || !is_wanted(b, name))
		return STATUS_OK;
	TRY(job_new(b, s, SECTION_TABLE, name, "tokens", &j));
	j->row.ideal_bits = bits;
	j->row.present = true;
	row_derive(&j->row);
	return STATUS_OK;
}

/* `method` is the model's name, perhaps with settings. */
static enum status plan_model(struct bench *b, const struct subject *s, enum section section,
			      const struct predictor_ops *model, const char *name,
			      const char *method)
{
	bool is_corpus = s->world[0] != '\0';
	struct job *j;

	if (model->needs_world && isnan(s->bayes_bits)) /* no known source, no oracle */
		return STATUS_OK;
	if (model->needs_model == MODEL_MUST) /* plan_fitted() */
		return STATUS_OK;
	if (model->fit && isnan(s->two_part_bits))
		return STATUS_OK;
	if (!is_wanted(b, name))
		return STATUS_OK;
	TRY(job_new(b, s, section, name, is_corpus ? "tokens" : "bytes", &j));
	snprintf(j->method, sizeof j->method, "model:%s", method);
	if (model->not_counted)
		snprintf(j->row.not_counted, sizeof j->row.not_counted, "%s", model->not_counted);
	j->input = s->input;
	j->row.input_bytes = is_corpus ? 2 * s->n_tokens : s->text_bytes;
	j->as_bytes = !is_corpus;
	j->world = model->needs_world ? s->world : NULL;
	j->wants_regret = s->roles[0] != '\0';
	return STATUS_OK;
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
	struct job *j;

	if (model->needs_model != MODEL_MUST || b->fit_seconds == 0)
		return STATUS_OK;
	snprintf(name, sizeof name, "%s (two-part) fit %u s", model->name, b->fit_seconds);
	if (!is_wanted(b, name))
		return STATUS_OK;
	TRY(job_new(b, s, table_section(s), name, is_corpus ? "tokens" : "bytes", &j));
	snprintf(j->method, sizeof j->method, "fit:%u:%s", b->fit_seconds, model->name);
	j->input = s->input;
	j->row.input_bytes = is_corpus ? 2 * s->n_tokens : s->text_bytes;
	return STATUS_OK;
}

static enum status plan_codec(struct bench *b, const struct subject *s, const struct codec_ops *c,
			      const char *on, const char *input, double input_bytes)
{
	struct job *j;

	if (!is_wanted(b, c->name))
		return STATUS_OK;
	TRY(job_new(b, s, table_section(s), c->name, on, &j));
	snprintf(j->method, sizeof j->method, "codec:%s", c->name);
	snprintf(j->row.version, sizeof j->row.version, "%s", c->version());
	j->input = input;
	j->row.input_bytes = input_bytes;
	j->row.model_bytes = 0;
	return STATUS_OK;
}

static enum status plan_external(struct bench *b, const struct subject *s, const struct external *e,
				 const char *on, const char *input, double input_bytes)
{
	struct job *j;

	if (!is_wanted(b, e->name))
		return STATUS_OK;
	TRY(job_new(b, s, table_section(s), e->name, on, &j));
	snprintf(j->method, sizeof j->method, "external:%s", e->name);
	memcpy(j->row.version, e->version, sizeof j->row.version);
	j->external = e;
	j->input = input;
	j->row.input_bytes = input_bytes;
	j->row.model_bytes = 0;
	return STATUS_OK;
}

/* Whatever takes bytes, on one rendering. */
static enum status plan_byte_methods(struct bench *b, const struct subject *s, const char *on,
				     const char *input, double input_bytes)
{
	for (const struct codec_ops *const *c = codecs; *c; c++)
		TRY(plan_codec(b, s, *c, on, input, input_bytes));
	for (size_t i = 0; i < b->external.n; i++)
		TRY(plan_external(b, s, &b->external.entry[i], on, input, input_bytes));
	return STATUS_OK;
}

/* A model, on files in its settings. */
static enum status plan_settings(struct bench *b, const struct subject *s,
				 const struct predictor_ops *model)
{
	TRY(plan_model(b, s, table_section(s), model, model->name, model->name));
	for (size_t i = 0; i < sizeof settings / sizeof settings[0]; i++)
		if (!s->world[0] && (settings[i].always || b->all_settings) &&
		    strcmp(settings[i].model, model->name) == 0)
			TRY(plan_model(b, s, table_section(s), model, settings[i].name,
				       settings[i].method));
	return STATUS_OK;
}

enum status plan_table(struct bench *b, const struct subject *s)
{
	bool is_corpus = s->world[0] != '\0';

	TRY(plan_bound(b, s, "bound: known world", s->known_bits));
	TRY(plan_bound(b, s, "bound: E[known given X]", s->known_bits_expected));
	TRY(plan_bound(b, s, "bound: Bayes", s->bayes_bits));
	TRY(plan_bound(b, s, "bound: two-part", s->two_part_bits));
	for (const struct predictor_ops *const *p = predictors; *p; p++)
		if (!(*p)->is_slow || b->only)
			TRY(plan_settings(b, s, *p));
	for (const struct predictor_ops *const *p = predictors; *p; p++)
		TRY(plan_fitted(b, s, *p));
	if (!is_corpus)
		return plan_byte_methods(b, s, "bytes", s->input, s->text_bytes);
	TRY(plan_byte_methods(b, s, "tokens", s->raw_tokens, 2 * s->n_tokens));
	return plan_byte_methods(b, s, "text", s->text, s->text_bytes);
}

enum status plan_scaling(struct bench *b, const struct subject *s)
{
	static const char *const names[] = {"bayes", "mix", "ngram"};

	for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
		const struct predictor_ops *model = predictor_by_name(names[i]);

		if (model)
			TRY(plan_model(b, s, SECTION_SCALING, model, names[i], names[i]));
	}
	return STATUS_OK;
}

#define CODER_ROUNDS 3

/* Measured here and now, in this process: there is no file and no archive of ours. */
enum status plan_coder(struct bench *b, uint64_t n_bytes)
{
	static const struct subject generated = {
	    .title = "independent bytes",
	    .n_tokens = NAN,
	    .bayes_bits = NAN,
	};
	struct coder_speed speed;
	struct job *j;

	bench_progress(b, "entropy coder alone");
	TRY(coder_speed_measure(n_bytes, CODER_ROUNDS, &speed));
	malloc_trim(0); /* a child starts with what its parent still holds on its account */
	TRY(job_new(b, &generated, SECTION_CODER, "byte coder", "bytes", &j));

	struct row *r = &j->row;

	r->text_bytes = r->input_bytes = (double)speed.size_bytes;
	r->bound_bits = speed.static_bits;
	r->archive_bytes = (double)speed.archive_bytes;
	r->model_bytes = 0;
	r->ideal_bits = speed.ideal_bits;
	r->compress_seconds = r->input_bytes / 1e6 / speed.encode_mb_s;
	r->decompress_seconds = r->input_bytes / 1e6 / speed.decode_mb_s;
	snprintf(r->verified, sizeof r->verified, "yes");
	r->present = true;
	row_derive(r);
	return STATUS_OK;
}
