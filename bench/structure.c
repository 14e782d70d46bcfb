/* SPDX-License-Identifier: BSD-2-Clause */
#include "structure.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "bench.h"
#include "capacity.h"
#include "dictionary.h"
#include "file.h"
#include "sk_choice.h"
#include "sk_data.h"
#include "sk_model_code.h"

/* Dictionaries that zstd is given: small ones, and what its trainer makes unless told otherwise. */
static const size_t dictionary_bytes[] = {4096, 16384, 112640};

#define N_DICTIONARIES (sizeof dictionary_bytes / sizeof *dictionary_bytes)

/* ---- Theory. ---- */

/* What a description without anything costs: the ends of all knapsacks. */
static enum status price_nothing(struct structure *s)
{
	double model[BOUND_PARTS], data[BOUND_PARTS];
	struct sk_description *d;
	enum status status;

	TRY(sk_description_open(&d, s->corpus.prior));
	d->n_sentences = d->n_escapes = s->corpus.counts->n_sentences;
	status = sk_model_weigh(d, model);
	if (status == STATUS_OK) {
		sk_data_bits(d, s->corpus.counts, data);
		for (int i = 0; i < BOUND_PARTS; i++) {
			s->smallest_model_bits += model[i];
			s->blank_data_bits += data[i];
		}
	}
	sk_description_free(d);
	return status;
}

static enum status make_theory(struct structure *s)
{
	uint32_t *element;

	if (!s->corpus.counts)
		return STATUS_OK;
	TRY(sk_optimum_make(&s->optimum, s->corpus.counts));
	TRY(sk_choice_items(s->corpus.counts, &s->item, &s->n_items));
	TRY(price_nothing(s));
	TRY(sk_ranked_elements(s->corpus.counts, &s->ranked, &element));
	free(element);
	s->has_theory = true;
	return STATUS_OK;
}

/* Items in their order while the budget lasts, the last one in part. */
static double knapsack_data_bits(const struct structure *s, double model_bits)
{
	double left = model_bits - s->smallest_model_bits, data = s->blank_data_bits;

	for (size_t i = 0; i < s->n_items && left > 0; i++) {
		double part = fmin(1, left / s->item[i].cost_bits);

		if (s->item[i].saved_bits <= 0)
			break;
		data -= part * s->item[i].saved_bits;
		left -= part * s->item[i].cost_bits;
	}
	return data;
}

/* Sentences about the elements of rank above m: a part of one is stored too. */
static double unstored_sentences(const struct structure *s, double m)
{
	double sum = 0;

	for (uint32_t i = (uint32_t)m; i < s->corpus.counts->n_elements; i++)
		sum += fmin(1, i + 1 - m) * (double)s->ranked[i];
	return sum;
}

struct structure_theory structure_theory_at(const struct structure *s, double model_bits)
{
	struct structure_theory t = {NAN, NAN, NAN, NAN};
	const struct sk_optimum *o = &s->optimum;

	if (!s->has_theory)
		return t;

	const struct sk_counts *c = s->corpus.counts;
	double n = (double)c->n_sentences, m = (model_bits - o->tables_bits) / o->element_bits;

	t.ideal_bits = sk_optimum_data_bits(o, model_bits);
	t.knapsack_bits = knapsack_data_bits(s, model_bits);
	if (m < 0)
		return t;
	t.whole_bits =
	    o->floor_bits +
	    o->mention_bits * (m < c->n_elements ? unstored_sentences(s, m) : 0);
	if (m >= 1 && c->prior->alpha > 0)
		t.law_bits = o->floor_bits +
			     n * o->mention_bits *
				 capacity_pitman_yor_law(c->prior->alpha, n, c->n_elements, m);
	return t;
}

/* ---- The corpus. ---- */

enum status structure_open(struct structure *s, const char *prefix, const char *model_text)
{
	*s = (struct structure){.prefix = prefix, .model_text = model_text};
	TRY(archive_settings_parse(&s->settings, model_text));
	if (!s->settings.model->fit)
		return fail(STATUS_BAD_ARGUMENT, "model %s is no two-part code: it stores no model",
			    s->settings.model->name);
	TRY(loaded_read(&s->corpus, prefix));
	TRY(loaded_count(&s->corpus));
	s->settings.world = s->corpus.world;
	return make_theory(s);
}

void structure_close(struct structure *s)
{
	sk_optimum_free(&s->optimum);
	free(s->item);
	free(s->ranked);
	free(s->point);
	free(s->mark);
	loaded_free(&s->corpus);
	*s = (struct structure){0};
}

/* ---- Realized. ---- */

static enum status count_elements(void *context, uint32_t index, const struct buffer *archive,
				  const double *cost_bits)
{
	struct structure *s = context;
	struct archive_info info;
	struct sk_description *d = NULL;

	(void)cost_bits;
	s->point[index].n_elements = NAN;
	if (!s->has_theory || strcmp(s->settings.model->name, "twopart") != 0)
		return STATUS_OK;
	TRY(archive_inspect(archive->data, archive->size_bytes, &info));

	enum status status = sk_model_read(&d, s->corpus.prior, s->corpus.counts->n_sentences,
					   info.header.stored, info.header.stored_bytes);

	if (status == STATUS_OK)
		s->point[index].n_elements = d->n_elements;
	sk_description_free(d);
	archive_info_free(&info);
	return status;
}

enum status structure_run(struct structure *s, uint32_t n_points, int threads,
			  archive_progress *progress, void *progress_context)
{
	struct budgets b = {
	    .settings = s->settings,
	    .in = s->corpus.bin.data,
	    .size_bytes = s->corpus.bin.size_bytes,
	    .n_points = n_points,
	    .threads = threads,
	    .look = count_elements,
	    .context = s,
	    .progress = progress,
	    .progress_context = progress_context,
	};
	struct budget_point *size = calloc(n_points, sizeof *size);
	enum status status = STATUS_OK;

	s->point = calloc(n_points, sizeof *s->point);
	if (!size || !s->point)
		status = fail_no_memory();
	if (status == STATUS_OK)
		status = budgets_run(&b, size);
	for (uint32_t i = 0; i < n_points && status == STATUS_OK; i++) {
		s->point[i].size = size[i];
		s->point[i].theory = structure_theory_at(s, (double)size[i].model_bits);
		s->n_points = i + 1;
	}
	free(size);
	return status;
}

/* ---- Compressors. ---- */

static enum status add_mark(struct structure *s, struct structure_mark mark)
{
	struct structure_mark *all = realloc(s->mark, (s->n_marks + 1) * sizeof *all);

	if (!all)
		return fail_no_memory();
	s->mark = all;
	all[s->n_marks++] = mark;
	return STATUS_OK;
}

static enum status add_result(struct structure *s, const struct result *r)
{
	struct structure_mark mark = {.model_bits = 8 * r->model_bytes,
				      .data_bits = 8 * r->archive_bytes};

	if (r->outcome != OUTCOME_OK || r->n_runs == 0)
		return STATUS_OK; /* it failed */
	snprintf(mark.name, sizeof mark.name, "%s", r->spec.name);
	snprintf(mark.on, sizeof mark.on, "%s", r->spec.on);
	snprintf(mark.not_counted, sizeof mark.not_counted, "%s", r->spec.not_counted);
	return add_mark(s, mark);
}

static enum status run_bench(struct structure *s, struct bench *b)
{
	const struct subject *subject;

	TRY(subject_add_corpus(b, s->prefix, s->prefix, &subject));
	b->without_regret = true; /* which takes as long again */
	TRY(plan_table(b, subject));
	TRY(bench_load(b));
	TRY(bench_run(b));
	for (size_t i = 0; i < b->n_jobs; i++)
		TRY(add_result(s, &b->job[i].result));
	return STATUS_OK;
}

/* PREFIX.txt, which is as long as the world says. */
static enum status read_text(const struct structure *s, struct buffer *text)
{
	const json_t *corpus = json_object_get(s->corpus.world->root, "corpus");
	json_int_t text_bytes = json_integer_value(json_object_get(corpus, "text_bytes"));
	char path[4096];

	snprintf(path, sizeof path, "%.*s.txt", (int)sizeof path - 8, s->prefix);
	TRY(file_read(path, text, NULL));
	if ((uint64_t)text_bytes != text->size_bytes)
		return fail(STATUS_CORRUPT, "%s is not the text of this corpus: %zu bytes instead"
			    " of %lld", path, text->size_bytes, (long long)text_bytes);
	return STATUS_OK;
}

static enum status add_dictionaries(struct structure *s, const struct buffer *text)
{
	enum status status = STATUS_OK;

	for (size_t i = 0; i < N_DICTIONARIES && status == STATUS_OK; i++) {
		struct structure_mark mark = {.on = "text"};
		struct dictionary_sizes sizes;

		status = dictionary_measure(text->data, text->size_bytes,
					    dictionary_bytes[i], &sizes);
		if (status == STATUS_UNSUPPORTED) { /* too short a text for so large a one */
			status = STATUS_OK;
			continue;
		}
		if (status != STATUS_OK)
			break;
		snprintf(mark.name, sizeof mark.name, "zstd -%d dict %zuK", DICTIONARY_LEVEL,
			 dictionary_bytes[i] / 1024);
		mark.model_bits = 8 * (double)sizes.dictionary_bytes;
		mark.data_bits = 8 * (double)sizes.frame_bytes;
		status = add_mark(s, mark);
	}
	return status;
}

enum status structure_add_compressors(struct structure *s, unsigned n_parallel, size_t *n_failed)
{
	struct buffer text = {0};
	struct bench b = {0};
	struct store *store = NULL; /* of nothing: this is no measurement to keep */
	enum status status = read_text(s, &text);

	if (status == STATUS_OK)
		status = bench_open(&b, NULL, NULL);
	if (status == STATUS_OK)
		status = store_open(&store, NULL);
	b.n_parallel = n_parallel;
	b.sizes_only = true;
	b.fit_seconds = 0; /* trained by the clock it would be another one each time */
	b.store = store;
	if (status == STATUS_OK)
		status = run_bench(s, &b);
	*n_failed = b.n_failed;
	bench_close(&b);
	store_close(store);
	if (status == STATUS_OK)
		status = add_dictionaries(s, &text);
	buffer_free(&text);
	return status;
}

/* ---- Points of a sweep. ---- */

static enum status add_sweep_point(struct structure *s, const json_t *point)
{
	const json_t *layers = json_object_get(point, "layers");
	const json_t *dim = json_object_get(point, "dim");
	const json_t *bits = json_object_get(point, "bits");
	const json_t *model_bits = json_object_get(point, "model_bits");
	const json_t *data_bits = json_object_get(point, "data_bits");
	const json_t *header_bits = json_object_get(point, "header_bits");
	struct structure_mark mark = {.on = "tokens"};

	if (!json_is_integer(layers) || !json_is_integer(dim) || !json_is_integer(bits) ||
	    !json_is_integer(model_bits) || !json_is_integer(data_bits) ||
	    !json_is_integer(header_bits))
		return fail(STATUS_CORRUPT, "a point lacks its sizes");
	if (!json_is_true(json_object_get(point, "on_envelope")))
		return STATUS_OK;
	snprintf(mark.name, sizeof mark.name, "net %lldx%lld int%lld",
		 (long long)json_integer_value(layers), (long long)json_integer_value(dim),
		 (long long)json_integer_value(bits));
	mark.model_bits = (double)json_integer_value(model_bits);
	mark.data_bits = (double)json_integer_value(data_bits) +
			 (double)json_integer_value(header_bits);
	return add_mark(s, mark);
}

enum status structure_add_sweep(struct structure *s, const char *path)
{
	json_t *root = json_load_file(path, 0, NULL);
	const json_t *points = json_object_get(root, "points"), *point;
	const char *digest = json_string_value(json_object_get(root, "digest"));
	char own[17];
	enum status status = STATUS_OK;
	size_t i;

	snprintf(own, sizeof own, "%016llx", (unsigned long long)s->corpus.world->corpus_digest);
	if (!json_is_array(points) || !digest)
		status = fail(STATUS_CORRUPT, "%s is not what twopart sweep --json prints", path);
	else if (strcmp(digest, own) != 0)
		status = fail(STATUS_CORRUPT, "%s is of another corpus than %s", path, s->prefix);
	json_array_foreach(points, i, point)
		if (status == STATUS_OK)
			status = add_sweep_point(s, point);
	json_decref(root);
	return status;
}
