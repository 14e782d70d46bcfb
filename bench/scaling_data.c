/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Each corpus is drawn once, sentence by sentence, and measured at every length on the way.
 * Corpora are independent tasks with random streams of their own, named by alpha and their number:
 * so a corpus is the same in every plan.  The sums over corpora are made in one order at the end.
 */
#include "scaling_data.h"

#include <math.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "dirichlet_table.h"
#include "draw.h"
#include "options.h"
#include "pitman_yor.h"
#include "restaurant.h"
#include "rng.h"
#include "special.h"

#define PURPOSE_SEATS 101
#define PURPOSE_TYPES 102
#define PURPOSE_TABLES 103
#define PURPOSE_WORDS 104
#define ALPHA_BITS 20 /* 10^6 < 2^20: stream index = number of the corpus, alpha in millionths */

#define FIRST_LENGTH 100
#define LENGTHS_MAX 32
#define ROUNDING 1e-9 /* of differences between corpora, relative */

const char *const scaling_part_name[SCALING_PARTS] = {
    [SCALING_WEIGHTS] = "weights", [SCALING_CONTENT] = "content", [SCALING_KNOWLEDGE] = "knowledge",
    [SCALING_SYNTAX] = "syntax",   [SCALING_TOTAL] = "total",
};

/* What one corpus has to say at one length: bits of the whole corpus. */
struct sample {
	double n_elements, weights, content, syntax, syntax_expected;
};

static uint32_t make_lengths(uint64_t n_sentences, uint64_t *length)
{
	uint32_t n = 0;

	for (uint64_t next = FIRST_LENGTH; next <= n_sentences && n < LENGTHS_MAX;
	     next = (uint64_t)llround(pow(10, 2 + n / 2.0)))
		length[n++] = next;
	return n;
}

static double base_bits(const struct scaling_data_plan *plan)
{
	return log2(plan->n_types) + plan->name_bits + plan->fact_bits;
}

/* ---- One corpus. ---- */

/* Tables of all clusters are one array: for cluster t the row of templates, then the slots. */
struct corpus {
	const struct scaling_data_plan *plan;
	double alpha, beta;
	struct restaurant restaurant;
	struct rng seats, types, words;
	uint64_t *n_of;   /* (capacity) sentences of each element */
	uint8_t *type_of; /* (capacity) */
	uint32_t capacity;
	size_t cluster_cells;
	uint64_t *use;    /* (n_types * cluster_cells) */
	double *below;    /* the same cells: running sums of each table's probabilities */
	uint64_t *n_type; /* (n_types) sentences of each cluster */
};

static void corpus_close(struct corpus *c)
{
	restaurant_close(&c->restaurant);
	free(c->n_of);
	free(c->type_of);
	free(c->use);
	free(c->below);
	free(c->n_type);
}

static void draw_table(struct rng *rng, double *below, size_t n)
{
	draw_dirichlet(rng, SCALING_DATA_PSEUDO_COUNT, below, n);
	for (size_t j = 1; j < n; j++)
		below[j] += below[j - 1];
}

/* The worlds' tables are drawn here, its elements as they come. */
static bool corpus_open(struct corpus *c, const struct scaling_data_plan *plan,
			int64_t alpha_millionths, uint64_t number)
{
	uint64_t index = number << ALPHA_BITS | (uint64_t)alpha_millionths;
	struct rng tables = rng_stream(plan->seed, PURPOSE_TABLES, index);
	size_t cells = plan->n_templates + (size_t)plan->n_slots * plan->n_slot_words;

	*c = (struct corpus){
	    .plan = plan,
	    .alpha = (double)alpha_millionths / OPTION_UNIT,
	    .beta = (double)plan->beta_millionths / OPTION_UNIT,
	    .restaurant = restaurant_open(alpha_millionths, plan->beta_millionths),
	    .seats = rng_stream(plan->seed, PURPOSE_SEATS, index),
	    .types = rng_stream(plan->seed, PURPOSE_TYPES, index),
	    .words = rng_stream(plan->seed, PURPOSE_WORDS, index),
	    .cluster_cells = cells,
	    .use = calloc(plan->n_types * cells, sizeof *c->use),
	    .below = calloc(plan->n_types * cells, sizeof *c->below),
	    .n_type = calloc(plan->n_types, sizeof *c->n_type),
	};
	if (!c->use || !c->below || !c->n_type)
		return false;
	for (uint32_t t = 0; t < plan->n_types; t++) {
		double *below = c->below + t * cells;

		draw_table(&tables, below, plan->n_templates);
		below += plan->n_templates;
		for (uint32_t s = 0; s < plan->n_slots; s++, below += plan->n_slot_words)
			draw_table(&tables, below, plan->n_slot_words);
	}
	return true;
}

/* A first sentence of element k, the one behind the last. */
static bool add_element(struct corpus *c, uint32_t k)
{
	if (k == c->capacity) {
		uint32_t capacity = c->capacity ? 2 * c->capacity : 1024;
		uint64_t *n_of = realloc(c->n_of, capacity * sizeof *n_of);

		if (n_of)
			c->n_of = n_of;
		uint8_t *type_of = realloc(c->type_of, capacity * sizeof *type_of);

		if (type_of)
			c->type_of = type_of;
		if (!n_of || !type_of)
			return false;
		c->capacity = capacity;
	}
	c->n_of[k] = 0;
	c->type_of[k] = (uint8_t)rng_below(&c->types, c->plan->n_types);
	return true;
}

static bool add_sentence(struct corpus *c)
{
	const struct scaling_data_plan *plan = c->plan;
	uint32_t n_elements = c->restaurant.n_tables;
	uint32_t k = restaurant_seat(&c->restaurant, &c->seats);

	if (k == UINT32_MAX || (k == n_elements && !add_element(c, k)))
		return false;
	c->n_of[k]++;
	c->n_type[c->type_of[k]]++;

	size_t at = c->type_of[k] * c->cluster_cells;

	c->use[at + draw_cumulative(&c->words, c->below + at, plan->n_templates)]++;
	at += plan->n_templates;
	for (uint32_t s = 0; s < plan->n_slots; s++, at += plan->n_slot_words)
		c->use[at + draw_cumulative(&c->words, c->below + at, plan->n_slot_words)]++;
	return true;
}

static void measure_syntax(const struct corpus *c, struct sample *out)
{
	const struct scaling_data_plan *plan = c->plan;
	const uint64_t *use = c->use;
	const double pseudo = SCALING_DATA_PSEUDO_COUNT;

	for (uint32_t t = 0; t < plan->n_types; t++) {
		uint64_t n = c->n_type[t];

		out->syntax += dirichlet_table_redundancy(use, plan->n_templates, pseudo);
		out->syntax_expected +=
		    dirichlet_table_redundancy_expected(n, plan->n_templates, pseudo);
		use += plan->n_templates;
		for (uint32_t s = 0; s < plan->n_slots; s++, use += plan->n_slot_words)
			out->syntax += dirichlet_table_redundancy(use, plan->n_slot_words, pseudo);
		if (plan->n_slots)
			out->syntax_expected += plan->n_slots * dirichlet_table_redundancy_expected(
								    n, plan->n_slot_words, pseudo);
	}
}

static bool measure(const struct corpus *c, struct sample *out)
{
	uint32_t n_elements = c->restaurant.n_tables;
	struct py_partition p;

	if (py_partition_make(&p, c->n_of, n_elements) != STATUS_OK)
		return false;
	*out = (struct sample){
	    .n_elements = n_elements,
	    .weights = py_partition_bits(&p, c->alpha, c->beta) -
		       py_known_bits_expected(&p, c->alpha, c->beta),
	    .content = n_elements * base_bits(c->plan),
	};
	py_partition_free(&p);
	measure_syntax(c, out);
	return true;
}

/* Draw corpus `number` and measure it at each length; false: no memory. */
static bool run_corpus(const struct scaling_data_plan *plan, int64_t alpha_millionths,
		       uint64_t number, const uint64_t *length, uint32_t n_lengths,
		       struct sample *sample)
{
	struct corpus c;
	bool ok = corpus_open(&c, plan, alpha_millionths, number);

	for (uint32_t i = 0; ok && i < n_lengths; i++) {
		while (ok && c.restaurant.n < length[i])
			ok = add_sentence(&c);
		ok = ok && measure(&c, &sample[i]);
	}
	corpus_close(&c);
	return ok;
}

/* ---- From samples to points. ---- */

/* A part of a sample, in bits. */
static double part_of(const struct sample *s, enum scaling_part part)
{
	switch (part) {
	case SCALING_WEIGHTS:
		return s->weights;
	case SCALING_CONTENT:
		return s->content;
	case SCALING_KNOWLEDGE:
		return s->weights + s->content;
	case SCALING_SYNTAX:
		return s->syntax;
	default:
		return s->weights + s->content + s->syntax;
	}
}

/* All that a plan's samples and exact curves are at one alpha. */
struct curve {
	const struct scaling_data_plan *plan;
	double alpha, beta;
	const uint64_t *length;
	uint32_t n_lengths;
	const struct sample *sample;      /* (n_seeds, n_lengths) */
	double pattern_bits[LENGTHS_MAX]; /* H(Psi_N) */
};

/* The same part's expectation for that corpus. */
static double expectation_of(const struct curve *c, const struct sample *s, uint32_t i,
			     enum scaling_part part)
{
	struct sample expected = {
	    .weights =
		c->pattern_bits[i] - (double)c->length[i] * py_entropy_expected(c->alpha, c->beta),
	    .content = py_elements_expected(c->length[i], c->alpha, c->beta) * base_bits(c->plan),
	    .syntax = s->syntax_expected,
	};

	return part_of(&expected, part);
}

static double law_of(const struct curve *c, uint32_t i, enum scaling_part part)
{
	const struct scaling_data_plan *plan = c->plan;
	double a = c->alpha, b = c->beta, n = (double)c->length[i];
	double d_syn = plan->n_templates - 1 + plan->n_slots * (plan->n_slot_words - 1.0);
	double content =
	    base_bits(plan) * exp(special_ln_gamma_ratio(a + b, 1 - a)) / a * pow(n, a - 1);
	double syntax = plan->n_types * d_syn * log2(n) / (2 * n);

	switch (part) {
	case SCALING_WEIGHTS:
		return NAN;
	case SCALING_SYNTAX:
		return syntax;
	case SCALING_TOTAL:
		return content + syntax;
	default:
		return content;
	}
}

/* Standard error of the mean of deviation[0..n). */
static double standard_error(const double *deviation, uint32_t n)
{
	double mean = 0, squares = 0;

	for (uint32_t s = 0; s < n; s++)
		mean += deviation[s] / n;
	for (uint32_t s = 0; s < n; s++)
		squares += (deviation[s] - mean) * (deviation[s] - mean);
	return sqrt(squares / (n - 1.0) / n);
}

/* Measured and expected means at length i; deviation (n_seeds) gets their differences. */
static void fill_means(const struct curve *c, uint32_t i, struct scaling_point *p,
		       double *deviation)
{
	uint32_t n_seeds = c->plan->n_seeds;
	double n = (double)c->length[i] * n_seeds;

	for (uint32_t s = 0; s < n_seeds; s++) {
		const struct sample *sample = &c->sample[s * c->n_lengths + i];
		double measured = part_of(sample, p->part);
		double expected = expectation_of(c, sample, i, p->part);

		p->n_elements += sample->n_elements / n_seeds;
		p->measured += measured / n;
		p->expected += expected / n;
		deviation[s] = (measured - expected) / (double)c->length[i];
	}
	p->standard_error = standard_error(deviation, n_seeds);
	/* Corpora that are alike but for rounding say nothing of how far they may be off. */
	p->z = p->standard_error > ROUNDING * fabs(p->measured)
		   ? (p->measured - p->expected) / p->standard_error
		   : NAN;
}

/* The slope of the means since the point before; its error by the delta method, from the same
 * corpora at both lengths. */
static void fill_slope(const struct scaling_point *before, struct scaling_point *p,
		       const double *deviation_before, double *deviation, uint32_t n_seeds)
{
	double run = log((double)p->n_sentences / (double)before->n_sentences);

	p->slope = log(p->measured / before->measured) / run;
	p->slope_expected = log(p->expected / before->expected) / run;
	for (uint32_t s = 0; s < n_seeds; s++)
		deviation[s] = deviation[s] / p->measured - deviation_before[s] / before->measured;
	p->slope_standard_error = standard_error(deviation, n_seeds) / run;
}

static void fill_points(const struct curve *c, enum scaling_part part, struct scaling_point *point,
			double *room)
{
	uint32_t n_seeds = c->plan->n_seeds;
	double *deviation = room, *before = room + n_seeds, *slope = room + 2 * (size_t)n_seeds;

	for (uint32_t i = 0; i < c->n_lengths; i++) {
		struct scaling_point *p = &point[i];

		*p = (struct scaling_point){
		    .n_sentences = c->length[i],
		    .part = part,
		    .alpha_millionths = llround(c->alpha * OPTION_UNIT),
		    .law = law_of(c, i, part),
		    .slope = NAN,
		    .slope_standard_error = NAN,
		    .slope_expected = NAN,
		};
		fill_means(c, i, p, deviation);
		memcpy(slope, deviation, n_seeds * sizeof *slope);
		/* A slope is one of two positive numbers. */
		if (i > 0 && point[i - 1].measured > 0 && p->measured > 0 &&
		    point[i - 1].expected > 0 && p->expected > 0)
			fill_slope(&point[i - 1], p, before, slope, n_seeds);
		memcpy(before, deviation, n_seeds * sizeof *before);
	}
}

/* ---- All corpora. ---- */

/* sample (n_alphas, n_seeds, n_lengths); false: no memory. */
static bool run_all(const struct scaling_data_plan *plan, const uint64_t *length,
		    uint32_t n_lengths, struct sample *sample)
{
	uint64_t n = (uint64_t)plan->n_alphas * plan->n_seeds, done = 0;
	bool ok = true;

#pragma omp parallel for schedule(dynamic) num_threads(plan->n_threads)
	for (uint64_t i = 0; i < n; i++) {
		bool good = run_corpus(
		    plan, plan->alpha_millionths[i % plan->n_alphas], i / plan->n_alphas, length,
		    n_lengths,
		    sample +
			((i % plan->n_alphas) * plan->n_seeds + i / plan->n_alphas) * n_lengths);
#pragma omp critical
		{
			ok = ok && good;
			done += length[n_lengths - 1];
			if (plan->progress)
				plan->progress(plan->context, done, n * length[n_lengths - 1]);
		}
	}
	return ok;
}

enum status scaling_data_measure(const struct scaling_data_plan *plan, struct scaling_data *out)
{
	uint64_t length[LENGTHS_MAX];
	uint32_t n_lengths = make_lengths(plan->n_sentences, length), n_alphas = plan->n_alphas;
	size_t n_samples = (size_t)plan->n_seeds * n_lengths;
	uint32_t n_points = n_alphas * SCALING_PARTS * n_lengths;
	struct sample *sample = calloc(n_alphas * n_samples, sizeof *sample);
	double *room = calloc(3 * (size_t)plan->n_seeds, sizeof *room);
	struct curve *curve = calloc(n_alphas, sizeof *curve);

	*out = (struct scaling_data){.point = calloc(n_points, sizeof *out->point),
				     .n_points = n_points,
				     .n_lengths = n_lengths};
	bool ok = sample && room && curve && out->point && run_all(plan, length, n_lengths, sample);

#pragma omp parallel for schedule(dynamic) num_threads(plan->n_threads) if (ok)
	for (uint32_t a = 0; a < (ok ? n_alphas : 0); a++) {
		curve[a] = (struct curve){
		    .plan = plan,
		    .alpha = (double)plan->alpha_millionths[a] / OPTION_UNIT,
		    .beta = (double)plan->beta_millionths / OPTION_UNIT,
		    .length = length,
		    .n_lengths = n_lengths,
		    .sample = sample + a * n_samples,
		};
		py_pattern_entropies(curve[a].alpha, curve[a].beta, length, n_lengths,
				     curve[a].pattern_bits);
	}
	for (uint32_t i = 0; ok && i < n_alphas * SCALING_PARTS; i++)
		fill_points(&curve[i / SCALING_PARTS], i % SCALING_PARTS,
			    out->point + (size_t)i * n_lengths, room);
	free(curve);
	free(room);
	free(sample);
	if (ok)
		return STATUS_OK;
	scaling_data_free(out);
	return fail_no_memory();
}

void scaling_data_free(struct scaling_data *d)
{
	free(d->point);
	*d = (struct scaling_data){0};
}

struct scaling_data_check scaling_data_check(const struct scaling_data *d, double limit)
{
	struct scaling_data_check check = {0};

	for (uint32_t i = 0; i < d->n_points; i++) {
		double z = fabs(d->point[i].z);

		if (isnan(z))
			continue;
		check.n_points++;
		check.n_within += z <= limit;
		check.largest_z = fmax(check.largest_z, z);
	}
	return check;
}
