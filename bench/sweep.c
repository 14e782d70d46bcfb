/* SPDX-License-Identifier: BSD-2-Clause */
#include "sweep.h"
#include "document.h"

#include <errno.h>
#include <jansson.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include <xxhash.h>

#include "archive.h"
#include "file.h"
#include "model_file.h"
#include "tokens.h"

#define PATH_BYTES 4096

/* ---- The ladder. ---- */

static enum status add_point(struct sweep *s, uint64_t layers, uint64_t dim, uint64_t bits)
{
	if (layers < 1 || layers > TRANSFORMER_LAYERS_MAX || dim < 16 ||
	    dim > TRANSFORMER_DIM_MAX || dim % 16 != 0)
		return fail(STATUS_BAD_ARGUMENT,
			    "%llux%llu: layers are 1 to %d, dim a multiple of 16 up to %d",
			    (unsigned long long)layers, (unsigned long long)dim,
			    TRANSFORMER_LAYERS_MAX, TRANSFORMER_DIM_MAX);
	if (bits < TRANSFORMER_BITS_MIN || bits > 8)
		return fail(STATUS_BAD_ARGUMENT, "weights have %d to 8 bits, not %llu",
			    TRANSFORMER_BITS_MIN, (unsigned long long)bits);
	if (s->n_points == SWEEP_POINTS_MAX)
		return fail(STATUS_BAD_ARGUMENT, "more than %d points", SWEEP_POINTS_MAX);
	s->point[s->n_points++] = (struct sweep_point){
	    .n_layers = (uint32_t)layers,
	    .dim = (uint32_t)dim,
	    .n_heads = trainer_heads((uint32_t)dim),
	    .bits = (unsigned)bits,
	};
	return STATUS_OK;
}

/* The number at *text, which moves behind it. */
static bool take_number(const char **text, uint64_t *value)
{
	char *end;

	if (**text < '0' || **text > '9')
		return false;
	errno = 0;
	*value = strtoull(*text, &end, 10);
	*text = end;
	return errno == 0;
}

static enum status add_precisions(struct sweep *s, uint64_t layers, uint64_t dim,
				  const char *precisions)
{
	for (const char *p = precisions;; p++) {
		uint64_t bits;

		if (!take_number(&p, &bits) || (*p && *p != ','))
			return fail(STATUS_BAD_ARGUMENT, "'%s' is no list of precisions as 8,4",
				    precisions);
		TRY(add_point(s, layers, dim, bits));
		if (!*p)
			return STATUS_OK;
	}
}

enum status sweep_add(struct sweep *s, const char *sizes, const char *precisions)
{
	for (const char *p = sizes;; p++) {
		uint64_t layers, dim;
		bool good = take_number(&p, &layers) && *p++ == 'x' && take_number(&p, &dim);

		if (!good || (*p && *p != ','))
			return fail(STATUS_BAD_ARGUMENT,
				    "'%s' is no list of sizes as 2x64,4x128 (layers x dim)", sizes);
		TRY(add_precisions(s, layers, dim, precisions));
		if (!*p)
			return STATUS_OK;
	}
}

/* ---- One point. ---- */

/* What all points work on. */
struct work {
	struct sweep *s;
	uint32_t index; /* of the point at work */
	struct training_data data;
	struct buffer in; /* what is coded */
	uint64_t digest;  /* of what decides the figures of any point */
};

static struct transformer_shape shape_of(const struct work *w, const struct sweep_point *p)
{
	struct transformer_shape shape = w->s->settings.shape;

	shape.n_symbols = w->data.n_symbols;
	shape.is_tokens = w->data.is_tokens;
	shape.separator = w->data.separator;
	shape.n_layers = p->n_layers;
	shape.dim = p->dim;
	shape.n_heads = p->n_heads;
	return shape;
}

static void show_training(void *context, const struct trainer_progress *progress)
{
	const struct work *w = context;

	w->s->progress(w->s->progress_context, w->s, w->index, progress);
}

static struct trainer_settings settings_of(struct work *w, const struct sweep_point *p)
{
	struct trainer_settings settings = w->s->settings;
	double all = 0;

	for (uint32_t i = 0; i < w->s->n_points; i++)
		all += sqrt((double)w->s->point[i].n_parameters);
	settings.shape = shape_of(w, p);
	settings.bits = p->bits;
	if (w->s->total_seconds > 0) {
		settings.steps = 0;
		settings.seconds = w->s->total_seconds * sqrt((double)p->n_parameters) / all;
	}
	if (w->s->progress) {
		settings.progress = show_training;
		settings.progress_context = w;
	}
	return settings;
}

static enum status decode_and_compare(const struct work *w, const struct buffer *archive)
{
	const struct archive_reading reading = {.threads = w->s->settings.threads};
	struct buffer back = {0};
	enum status status =
	    archive_decompress(&reading, archive->data, archive->size_bytes, &back, NULL);

	if (status == STATUS_OK && (back.size_bytes != w->in.size_bytes ||
				    memcmp(back.data, w->in.data, back.size_bytes) != 0))
		status = fail(STATUS_CORRUPT, "an archive was decoded to something else");
	buffer_free(&back);
	return status;
}

/* An archive that holds the model too. */
static enum status code_with(struct work *w, const struct transformer *model,
			     const struct buffer *file, struct sweep_point *p)
{
	struct archive_settings settings;
	struct archive_stats stats;
	struct buffer archive = {0};
	enum status status;

	TRY(archive_settings_parse(&settings, "transformer"));
	settings.transformer = model;
	settings.model_file = file;
	settings.threads = w->s->settings.threads;
	settings.as_bytes = !w->data.is_tokens;
	status = archive_compress(&settings, w->in.data, w->in.size_bytes, &archive, &stats);
	if (status == STATUS_OK)
		status = decode_and_compare(w, &archive);
	if (status == STATUS_OK) {
		p->model_bits = 8 * stats.model_bytes;
		p->data_bits = 8 * stats.payload_bytes;
		p->header_bits = 8 * stats.container_bytes;
		p->ideal_bits = stats.ideal_bits - 8 * (double)stats.model_bytes;
	}
	buffer_free(&archive);
	return status;
}

static enum status make_point(struct work *w, struct sweep_point *p, struct buffer *model_file)
{
	struct trainer_settings settings = settings_of(w, p);
	struct trainer_result result = {0};
	enum status status = trainer_run(&settings, &w->data, &result);

	if (status == STATUS_OK) {
		p->float_bits = result.float_valid_bits;
		p->stored_bits = result.stored_valid_bits;
		p->steps = result.steps;
		p->seconds = result.seconds;
		buffer_append(model_file, result.file.data, result.file.size_bytes);
		status = code_with(w, result.model, &result.file, p);
	}
	trainer_result_free(&result);
	return status == STATUS_OK ? buffer_status(model_file) : status;
}

/* ---- Points that are kept. ---- */

static void kept_path(const struct work *w, const struct sweep_point *p, const char *suffix,
		      char path[PATH_BYTES])
{
	snprintf(path, PATH_BYTES, "%.3900s/%ux%u-int%u-%016llx%s", w->s->keep_directory,
		 p->n_layers, p->dim, p->bits, (unsigned long long)w->digest, suffix);
}

/* False when it is not there, or not whole: then it is made. */
static bool read_kept(const struct work *w, struct sweep_point *p)
{
	char path[PATH_BYTES];
	json_t *root;
	double all = 0;

	kept_path(w, p, ".json", path);
	root = json_load_file(path, 0, NULL);

	const struct {
		const char *name;
		uint64_t *value;
	} counts[] = {{"model_bits", &p->model_bits},
		      {"data_bits", &p->data_bits},
		      {"header_bits", &p->header_bits},
		      {"steps", &p->steps}};

	for (size_t i = 0; i < sizeof counts / sizeof *counts; i++) {
		double value = document_value(root, counts[i].name);

		all += value;
		*counts[i].value = value >= 0 && value < 0x1p53 ? (uint64_t)value : 0;
	}
	p->ideal_bits = document_value(root, "ideal_bits");
	p->float_bits = document_value(root, "float_bits");
	p->stored_bits = document_value(root, "stored_bits");
	p->seconds = document_value(root, "seconds");
	json_decref(root);
	all += p->ideal_bits + p->float_bits + p->stored_bits + p->seconds;
	return isfinite(all);
}

static enum status keep(const struct work *w, const struct sweep_point *p,
			const struct buffer *model_file)
{
	char path[PATH_BYTES];
	json_t *root = json_pack("{s:I, s:I, s:I, s:I, s:f, s:f, s:f, s:f}", "model_bits",
				 (json_int_t)p->model_bits, "data_bits", (json_int_t)p->data_bits,
				 "header_bits", (json_int_t)p->header_bits, "steps",
				 (json_int_t)p->steps, "ideal_bits", p->ideal_bits, "float_bits",
				 p->float_bits, "stored_bits", p->stored_bits, "seconds",
				 p->seconds);
	char *text = json_dumps(root, JSON_INDENT(2) | JSON_REAL_PRECISION(17));
	enum status status = text ? STATUS_OK : fail_no_memory();

	json_decref(root);
	kept_path(w, p, MODEL_FILE_SUFFIX, path);
	if (status == STATUS_OK)
		status = file_write(path, model_file->data, model_file->size_bytes, FILE_MODE_NEW,
				    true);
	kept_path(w, p, ".json", path); /* the last one says that the point is there */
	if (status == STATUS_OK)
		status = file_write(path, text, strlen(text), FILE_MODE_NEW, true);
	free(text);
	return status;
}

/* ---- All of them. ---- */

/* PREFIX.bin of a generated corpus, or the file itself. */
static enum status read_coded(struct work *w)
{
	char path[PATH_BYTES];
	struct tokens t;

	snprintf(path, sizeof path, "%.4000s.bin", w->s->code_path);
	TRY(file_read(access(path, F_OK) == 0 ? path : w->s->code_path, &w->in, NULL));
	w->s->is_tokens = w->data.is_tokens;
	if (w->data.is_tokens) {
		TRY(tokens_parse(w->in.data, w->in.size_bytes, &t));
		w->s->n_symbols = t.n_tokens;
		w->s->digest = XXH3_64bits(t.data, 2 * t.n_tokens);
	} else {
		w->s->n_symbols = w->in.size_bytes;
		w->s->digest = XXH3_64bits(w->in.data, w->in.size_bytes);
	}
	return STATUS_OK;
}

/* All points share the clock: then the size of each decides on every one. */
static uint64_t digest_settings(const struct work *w)
{
	const struct trainer_settings *t = &w->s->settings;
	bool by_clock = w->s->total_seconds > 0;
	char text[512];

	snprintf(text, sizeof text,
		 "%016llx %016llx %u %llu %.17g %u %.17g %.17g %.17g %llu %.17g %.17g",
		 (unsigned long long)training_data_digest(&w->data),
		 (unsigned long long)XXH3_64bits(w->in.data, w->in.size_bytes), t->shape.ctx,
		 (unsigned long long)t->steps, w->s->total_seconds, t->batch, t->rate, t->decay,
		 t->clip, (unsigned long long)t->seed, t->rate_bits, t->valid_share);
	uint64_t digest = XXH3_64bits(text, strlen(text));

	for (uint32_t i = 0; by_clock && i < w->s->n_points; i++) {
		const struct sweep_point *p = &w->s->point[i];
		uint32_t size[4] = {p->n_layers, p->dim, p->n_heads, p->bits};

		digest = XXH3_64bits_withSeed(size, sizeof size, digest);
	}
	return digest;
}

static enum status prepare(struct work *w)
{
	struct sweep *s = w->s;

	if (access(s->train_path, R_OK) != 0) {
		char path[PATH_BYTES];

		snprintf(path, sizeof path, "%.4000s.bin", s->train_path);
		if (access(path, R_OK) != 0)
			return fail_errno(STATUS_IO, "%s", s->train_path);
	}
	TRY(training_data_add(&w->data, s->train_path));
	TRY(read_coded(w));
	for (uint32_t i = 0; i < s->n_points; i++) {
		struct transformer_shape shape = shape_of(w, &s->point[i]);

		TRY(transformer_shape_check(&shape));
		s->point[i].n_parameters = transformer_n_parameters(&shape);
	}
	w->digest = digest_settings(w);
	if (s->keep_directory && mkdir(s->keep_directory, 0777) < 0 && errno != EEXIST)
		return fail_errno(STATUS_IO, "%s", s->keep_directory);
	return STATUS_OK;
}

static enum status run_point(struct work *w, uint32_t index)
{
	struct sweep_point *p = &w->s->point[index];
	struct buffer model_file = {0};
	enum status status;

	w->index = index;
	if (w->s->keep_directory && read_kept(w, p))
		return STATUS_OK;
	if (w->s->progress)
		w->s->progress(w->s->progress_context, w->s, index, NULL);
	status = make_point(w, p, &model_file);
	if (status == STATUS_OK && w->s->keep_directory)
		status = keep(w, p, &model_file);
	buffer_free(&model_file);
	return status;
}

/* Of equal points the first one is on the envelope. */
static bool beats(const struct sweep *s, uint32_t a, uint32_t b)
{
	const struct sweep_point *x = &s->point[a], *y = &s->point[b];

	return x->model_bits <= y->model_bits && x->data_bits <= y->data_bits &&
	       (x->model_bits < y->model_bits || x->data_bits < y->data_bits || a < b);
}

static void find_envelope(struct sweep *s)
{
	for (uint32_t i = 0; i < s->n_points; i++) {
		s->point[i].on_envelope = true;
		for (uint32_t k = 0; k < s->n_points; k++)
			if (beats(s, k, i))
				s->point[i].on_envelope = false;
	}
}

enum status sweep_run(struct sweep *s)
{
	struct work w = {.s = s};
	enum status status = prepare(&w);

	for (uint32_t i = 0; i < s->n_points && status == STATUS_OK; i++)
		status = run_point(&w, i);
	if (status == STATUS_OK)
		find_envelope(s);
	training_data_free(&w.data);
	buffer_free(&w.in);
	return status;
}
