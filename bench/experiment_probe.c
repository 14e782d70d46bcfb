/* SPDX-License-Identifier: BSD-2-Clause */
#include "experiment_probe.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cost.h"
#include "document.h"
#include "probe.h"
#include "probing.h"
#include "source.h"
#include "transformer.h"

/* Few words and names, so that what a model has to store is facts; so many elements of so different
 * frequencies that the smallest model has room for a tenth of them, the largest for most. */
#define SENTENCES "24000" /* 20000 of them learnt */
static const char *const corpus_options[] = {
    "sk", "--alpha",      "0.6", "--beta",        "100", "--types",      "4",       "--templates",
    "8",  "--classes",    "4",   "--class-words", "4",   "--words",      "48",      "--attributes",
    "4",  "--values",     "32",  "--first-names", "80",  "--last-names", "80",      "--facts",
    "2",  "--min-tokens", "5",   "--max-tokens",  "8",   "--sentences",  SENTENCES, "--seed"};
#define CORPUS_WORDS (sizeof corpus_options / sizeof *corpus_options)

#define QUICK_STEPS 3000
#define FULL_STEPS 20000

static const struct size {
	unsigned layers, dim;
	unsigned times; /* the steps of the others */
	bool full;      /* only at full scale */
} sizes[] = {{1, 16, 1, false}, {1, 32, 1, false}, {2, 32, 1, false}, {2, 48, 1, false},
	     {2, 64, 1, false}, {1, 16, 4, false}, {2, 96, 1, true},  {2, 128, 1, true}};
#define SIZES (sizeof sizes / sizeof *sizes)
_Static_assert(2 * SIZES <= EXPERIMENT_PROBE_SIZES_MAX, "a store may have both scales");

#define FIGURE_BYTES 64

static void figure_of(char figure[FIGURE_BYTES], const struct size *size, bool full)
{
	snprintf(figure, FIGURE_BYTES, "probe:layers=%u,dim=%u,steps=%u", size->layers, size->dim,
		 size->times * (full ? FULL_STEPS : QUICK_STEPS));
}

static enum status plan_corpus(struct bench *b, unsigned seed, bool full)
{
	const char *options[CORPUS_WORDS + 2] = {NULL};
	char title[128], name[64], number[16], figure[FIGURE_BYTES];
	const struct subject *s;

	for (size_t i = 0; i < CORPUS_WORDS; i++)
		options[i] = corpus_options[i];
	snprintf(number, sizeof number, "%u", seed);
	snprintf(title, sizeof title, "sk of facts, seed %u, " SENTENCES " sentences", seed);
	snprintf(name, sizeof name, "sk-facts-%u", seed);
	options[CORPUS_WORDS] = number;
	TRY(subject_add_drawn(b, title, name, options, &s));
	for (size_t i = 0; i < SIZES; i++) {
		if (sizes[i].full && !full)
			continue;
		figure_of(figure, &sizes[i], full);
		TRY(plan_figure(b, figure, s));
	}
	return STATUS_OK;
}

enum status experiment_probe_plan(struct bench *b, const struct experiment_request *q)
{
	bool full = q->scale == EXPERIMENT_FULL;

	for (unsigned seed = 1; seed <= 5; seed++)
		TRY(plan_corpus(b, seed, full));
	return STATUS_OK;
}

/* ---- Results. ---- */

static bool is_our_figure(const struct spec *spec)
{
	char figure[FIGURE_BYTES];

	if (!spec_is_figure(spec))
		return false;
	for (size_t i = 0; i < 2 * SIZES; i++) {
		figure_of(figure, &sizes[i / 2], i % 2);
		if (strcmp(spec->method + strlen("figure:"), figure) == 0)
			return true;
	}
	return false;
}

#define SENTENCES_MAX (1 << 24)

/* Numbers that are cast, or say how much memory is needed. */
static bool is_sound(const json_t *document)
{
	const json_t *facts = json_object_get(document, "facts");
	uint64_t n = 0, value;

	if (!document_count(document, "schema", UINT32_MAX, &value) || value != PROBING_SCHEMA ||
	    !document_count(document, "layers", TRANSFORMER_LAYERS_MAX, &value) ||
	    !document_count(document, "dim", TRANSFORMER_DIM_MAX, &value) ||
	    !document_count(document, "sentences", SENTENCES_MAX, &value) ||
	    json_array_size(json_object_get(document, "points")) == 0)
		return false;
	for (size_t i = 0; i < json_array_size(facts); i++) {
		const json_t *row = json_array_get(facts, i);

		if (!document_count(row, "exposures", UINT32_MAX, &value) || value == 0 ||
		    !document_count(row, "class", PROBE_CLASSES - 1, &value) ||
		    !document_count(row, "facts", SENTENCES_MAX, &value))
			return false;
		n += value;
		if (n > SENTENCES_MAX * (uint64_t)PROBE_CLASSES)
			return false;
	}
	return true;
}

static bool is_ours(const struct result *r)
{
	return r->outcome == OUTCOME_OK && is_our_figure(&r->spec) &&
	       source_varies_last(r->spec.corpus.source, corpus_options, CORPUS_WORDS) &&
	       is_sound(r->document);
}

/* In the order of the seeds.  Beyond SEEDS_MAX of them the later results are passed over. */
static void add_seed(struct experiment_probe_size *s, const json_t *document, double seed)
{
	size_t at = s->n;

	if (s->n == EXPERIMENT_PROBE_SEEDS_MAX)
		return;
	for (; at > 0 && s->seed[at - 1] > seed; at--) {
		s->seed[at] = s->seed[at - 1];
		s->document[at] = s->document[at - 1];
	}
	s->seed[at] = seed;
	s->document[at] = document;
	s->n++;
}

static void add_document(struct experiment_probe *e, const json_t *document, double seed)
{
	unsigned layers = (unsigned)document_value(document, "layers");
	unsigned dim = (unsigned)document_value(document, "dim");
	double steps = document_value(document, "steps");
	struct experiment_probe_size *s = e->size;

	while (s < e->size + e->n && (s->layers != layers || s->dim != dim || s->steps != steps))
		s++;
	if (s == e->size + EXPERIMENT_PROBE_SIZES_MAX) /* documents that are not of their cell */
		return;
	if (s == e->size + e->n)
		e->n++;
	s->layers = layers;
	s->dim = dim;
	s->steps = steps;
	s->parameters = document_value(document, "parameters");
	add_seed(s, document, seed);
	snprintf(s->name, sizeof s->name, "%u x %u", layers, dim);
}

static bool has_seed(const struct experiment_probe_size *s, double seed)
{
	for (size_t i = 0; i < s->n; i++)
		if (s->seed[i] == seed)
			return true;
	return false;
}

static void keep_seeds(struct experiment_probe_size *s, const double *seed, size_t n)
{
	size_t kept = 0;

	for (size_t i = 0; i < s->n; i++)
		for (size_t k = 0; k < n; k++)
			if (s->seed[i] == seed[k]) {
				s->seed[kept] = s->seed[i];
				s->document[kept++] = s->document[i];
			}
	s->n = kept;
}

/* Those of the usual sizes; a longer training that lacks one is left out. */
static void keep_common_seeds(struct experiment_probe *e)
{
	double seed[EXPERIMENT_PROBE_SEEDS_MAX];
	size_t n = 0, longer = 0;

	for (size_t i = 0; e->n > 0 && i < e->size[0].n; i++) {
		bool all = true;

		for (size_t k = 1; k < e->n; k++)
			all = all && has_seed(&e->size[k], e->size[0].seed[i]);
		if (all)
			seed[n++] = e->size[0].seed[i];
	}
	for (size_t k = 0; k < e->n + e->n_longer; k++)
		keep_seeds(&e->size[k], seed, n);
	for (size_t k = e->n; k < e->n + e->n_longer; k++)
		if (e->size[k].n == n)
			e->size[e->n + longer++] = e->size[k];
	e->n_longer = longer;
	if (n == 0)
		*e = (struct experiment_probe){.n = 0};
}

static int by_steps_and_size(const void *a, const void *b)
{
	const struct experiment_probe_size *x = a, *y = b;

	if (x->steps != y->steps)
		return x->steps < y->steps ? -1 : 1;
	return (x->parameters > y->parameters) - (x->parameters < y->parameters);
}

/* The steps that most sizes had; of equal numbers the larger. */
static double usual_steps(const struct experiment_probe *e)
{
	double usual = 0;
	size_t most = 0;

	for (size_t i = 0; i < e->n; i++) {
		size_t n = 0;

		for (size_t k = 0; k < e->n; k++)
			n += e->size[k].steps == e->size[i].steps;
		if (n > most || (n == most && e->size[i].steps > usual)) {
			most = n;
			usual = e->size[i].steps;
		}
	}
	return usual;
}

struct experiment_probe experiment_probe_read(const struct result *const *result, size_t n)
{
	struct experiment_probe all = {.n = 0}, e = {.n = 0};
	double usual;

	for (size_t i = 0; i < n; i++)
		if (is_ours(result[i]))
			add_document(&all, result[i]->document,
				     source_option(result[i]->spec.corpus.source, "sk", "seed"));
	qsort(all.size, all.n, sizeof *all.size, by_steps_and_size);
	usual = usual_steps(&all);
	for (size_t i = 0; i < all.n; i++) {
		if (all.size[i].steps < usual)
			continue;
		e.size[e.n + e.n_longer] = all.size[i];
		if (all.size[i].steps == usual)
			e.n++;
		else
			e.n_longer++;
	}
	keep_common_seeds(&e);
	return e;
}

/* ---- Documents. ---- */

const json_t *experiment_probe_last(const json_t *document)
{
	const json_t *points = json_object_get(document, "points");

	return json_array_get(points, json_array_size(points) - 1);
}

static void add_row(struct experiment_probe_sum *s, const json_t *row)
{
	s->tokens += document_value(row, "tokens");
	s->right += document_value(row, "right");
	s->bits += document_value(row, "bits");
	s->chance += document_value(row, "chance");
	s->wrong_confidence += document_value(row, "wrong_confidence");
}

static bool is_row(const json_t *row, const char *role, int class)
{
	return strcmp(document_text(row, "role"), role) == 0 &&
	       (class == EXPERIMENT_PROBE_ALL || document_value(row, "class") == class);
}

struct experiment_probe_sum experiment_probe_role(const json_t *point, const char *role, int class)
{
	const json_t *rows = json_object_get(point, "roles");
	struct experiment_probe_sum s = {0};

	for (size_t i = 0; i < json_array_size(rows); i++)
		if (is_row(json_array_get(rows, i), role, class))
			add_row(&s, json_array_get(rows, i));
	return s;
}

struct experiment_probe_sum experiment_probe_octave(const json_t *point, double from)
{
	const json_t *rows = json_object_get(point, "exposures");
	struct experiment_probe_sum s = {0};

	for (size_t i = 0; i < json_array_size(rows); i++)
		if (document_value(json_array_get(rows, i), "from") == from)
			add_row(&s, json_array_get(rows, i));
	return s;
}

double experiment_probe_reference(const json_t *stretch, const char *role, int class,
				  const char *reference)
{
	const json_t *rows = json_object_get(stretch, "roles");
	double bits = 0, tokens = 0;

	for (size_t i = 0; i < json_array_size(rows); i++) {
		const json_t *row = json_array_get(rows, i);

		if (!is_row(row, role, class))
			continue;
		bits += document_value(row, reference);
		tokens += document_value(row, "tokens");
	}
	return bits / tokens;
}

double experiment_probe_fact_bits(const json_t *document)
{
	return log2(document_value(document, "values"));
}

/* An unknown fact, with what else its token says. */
static double unknown_bits(const json_t *document)
{
	return experiment_probe_fact_bits(document) +
	       experiment_probe_reference(json_object_get(document, "held_out"),
					  cost_roles[ROLE_REPEATED_FACT].key, EXPERIMENT_PROBE_ALL,
					  "known_bits");
}

double experiment_probe_stored_bits(const json_t *document)
{
	const json_t *facts = json_object_get(document, "facts");
	double unknown = unknown_bits(document), sum = 0;

	for (double from = 1; from < 0x1p32; from *= 2) {
		struct experiment_probe_sum s =
		    experiment_probe_octave(experiment_probe_last(document), from);
		double n_facts = 0;

		for (size_t i = 0; i < json_array_size(facts); i++) {
			double exposures = document_value(json_array_get(facts, i), "exposures");

			if (exposures >= from && exposures < 2 * from)
				n_facts += document_value(json_array_get(facts, i), "facts");
		}
		if (s.tokens > 0)
			sum += n_facts * fmax(0, unknown - s.bits / s.tokens);
	}
	return sum;
}

double experiment_probe_wrong_bits(const json_t *document)
{
	double unknown = unknown_bits(document), tokens = 0, bits = 0;

	for (double from = 1; from < 0x1p32; from *= 2) {
		struct experiment_probe_sum s =
		    experiment_probe_octave(experiment_probe_last(document), from);

		tokens += s.tokens;
		bits += fmax(0, s.bits - s.tokens * unknown);
	}
	return bits / tokens;
}

double experiment_probe_crossing(const double *x, const double *y, size_t n, double level)
{
	for (size_t i = 0; i < n; i++) {
		if (!(y[i] <= level))
			continue;
		if (i == 0)
			return x[0];

		double part = (y[i - 1] - level) / (y[i - 1] - y[i]);

		return exp(log(x[i - 1]) + part * log(x[i] / x[i - 1]));
	}
	return NAN;
}

/* ---- What may be said of several seeds. ---- */

double experiment_probe_mean(const double *value, size_t n)
{
	return finding_mean(value, n).mean;
}

enum verdict_of_claim experiment_probe_above(const double *a, const double *b, size_t n)
{
	double difference[EXPERIMENT_PROBE_SEEDS_MAX];

	for (size_t i = 0; i < n; i++)
		difference[i] = a[i] - b[i];
	return finding_above(difference, n);
}

enum verdict_of_claim experiment_probe_within(const double *value, double most, size_t n)
{
	double under[EXPERIMENT_PROBE_SEEDS_MAX], over[EXPERIMENT_PROBE_SEEDS_MAX];

	for (size_t i = 0; i < n; i++) {
		under[i] = most - value[i];
		over[i] = most + value[i];
	}
	return finding_all(
	    (const enum verdict_of_claim[]){finding_above(under, n), finding_above(over, n)}, 2);
}

enum verdict_of_claim experiment_probe_before(const double *a, const double *b, size_t n)
{
	double lg_a[EXPERIMENT_PROBE_SEEDS_MAX] = {0}, lg_b[EXPERIMENT_PROBE_SEEDS_MAX] = {0};
	size_t n_a = 0, n_b = 0;

	for (size_t i = 0; i < n; i++) {
		n_a += isfinite(a[i]);
		n_b += isfinite(b[i]);
		lg_a[i] = log2(a[i]);
		lg_b[i] = log2(b[i]);
	}
	if (n > 1 && n_a == n && n_b == 0)
		return CLAIM_HOLDS;
	if (n > 1 && n_a == 0 && n_b == n)
		return CLAIM_FAILS;
	return experiment_probe_above(lg_b, lg_a, n);
}

/* Is one clearly worse by more than the tie? */
static bool is_reversed(const double *better, const double *worse, double tie, size_t n)
{
	double difference[EXPERIMENT_PROBE_SEEDS_MAX];

	for (size_t i = 0; i < n; i++)
		difference[i] = better[i] - worse[i] + tie;
	return finding_above(difference, n) == CLAIM_FAILS;
}

enum verdict_of_claim experiment_probe_order(const struct experiment_probe *e,
					     const struct experiment_probe_quarters *value,
					     double tie)
{
	const struct experiment_probe_quarters *last = &value[e->n - 1];
	double first[EXPERIMENT_PROBE_SEEDS_MAX] = {0}, gain[EXPERIMENT_PROBE_SEEDS_MAX] = {0};
	size_t n = e->size[0].n;

	for (size_t i = 0; i < e->n; i++)
		for (int c = 0; c < PROBE_CLASSES; c++)
			if ((c > 0 && is_reversed(value[i].of[c - 1], value[i].of[c], tie, n)) ||
			    (i > 0 && is_reversed(value[i].of[c], value[i - 1].of[c], tie, n)))
				return CLAIM_FAILS;
	for (size_t k = 0; k < n; k++) {
		for (size_t i = 0; i < e->n; i++)
			first[k] += value[i].of[0][k] - value[i].of[PROBE_CLASSES - 1][k];
		for (int c = 1; c < PROBE_CLASSES; c++)
			gain[k] += last->of[c][k] - value->of[c][k];
	}
	return finding_all(
	    (const enum verdict_of_claim[]){finding_above(first, n), finding_above(gain, n)}, 2);
}

struct experiment_probe_text experiment_probe_place(double value)
{
	struct experiment_probe_text t;

	if (isfinite(value))
		snprintf(t.text, sizeof t.text, "%.3g", value);
	else
		snprintf(t.text, sizeof t.text, "never");
	return t;
}

void experiment_probe_quarter(char title[64], int class)
{
	snprintf(title, 64, "quarter %d%s", class + 1,
		 class == 0                   ? ", most frequent"
		 : class == PROBE_CLASSES - 1 ? ", rarest"
					      : "");
}

double experiment_probe_octave_middle(double from)
{
	return sqrt(from * (2 * from - 1));
}
