/* SPDX-License-Identifier: BSD-2-Clause
 *
 * bios_counts.c - the truth of a world of biographies, counts of a corpus, and the closed forms.
 */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "bios.h"
#include "bound.h"
#include "draw.h"
#include "mixture.h"
#include "options.h"
#include "pitman_yor.h"
#include "population.h"

/* ---- The truth. ---- */

static bool read_packed(const json_t *item, uint64_t *packed)
{
	json_int_t n = json_integer_value(item);

	*packed = (uint64_t)n;
	return json_is_integer(item) && n >= 0 && *packed < BIOS_PACKED_END;
}

/* People of a finite population, in order of rank. */
static enum status read_residents(struct bios_truth *t, const json_t *people)
{
	if (json_array_size(people) != t->people->n)
		return fail(STATUS_CORRUPT, "the truth does not have everybody in the register");
	for (uint32_t k = 0; k < t->people->n; k++)
		if (!read_packed(json_array_get(people, k), &t->packed[k]))
			return fail(STATUS_CORRUPT, "the truth's person %u makes no sense", k);
	return STATUS_OK;
}

/* [name, weight, packed] */
static enum status read_stranger(struct bios_truth *t, const json_t *item)
{
	json_int_t name = json_integer_value(json_array_get(item, 0));
	double weight = json_real_value(json_array_get(item, 1));
	uint32_t k = t->own.n;

	if (json_array_size(item) != 3 || !json_is_integer(json_array_get(item, 0)) || name < 0 ||
	    name >= BIOS_NAMES || !(weight >= DRAW_PROBABILITY_MIN && weight <= 1) ||
	    !read_packed(json_array_get(item, 2), &t->packed[k]))
		return fail(STATUS_CORRUPT, "the truth's person %u makes no sense", k);
	if (bios_directory_find(&t->own, (uint32_t)name) != BIOS_NOBODY)
		return fail(STATUS_CORRUPT, "the truth has two people of one name");
	t->weight[k] = weight;
	return bios_directory_add(&t->own, (uint32_t)name);
}

static enum status read_strangers(struct bios_truth *t, const json_t *people, double unseen)
{
	double sum = unseen;

	for (size_t k = 0; k < json_array_size(people); k++) {
		TRY(read_stranger(t, json_array_get(people, k)));
		sum += t->weight[k];
	}
	if (!(unseen >= 0 && fabs(sum - 1) <= DRAW_SUM_SLACK))
		return fail(STATUS_CORRUPT, "the truth's weights do not sum to 1");
	t->unseen_weight = unseen;
	return STATUS_OK;
}

enum status bios_truth_load(struct bios_truth **out, const struct bios_prior *p,
			    const json_t *truth)
{
	const json_t *people = json_object_get(truth, "people");
	bool finite = p->sampling != BIOS_PITMAN_YOR;
	size_t n = json_array_size(people);
	struct bios_truth *t;
	enum status s;

	if (!json_is_array(people) || n > BIOS_NAMES)
		return fail(STATUS_CORRUPT, "the world has no truth about people");
	t = calloc(1, sizeof *t);
	if (!t)
		return fail_no_memory();
	t->people = finite ? &p->people : &t->own;
	t->packed = calloc(n + 1, sizeof *t->packed);
	t->weight = finite ? NULL : calloc(n + 1, sizeof *t->weight);
	if (!t->packed || (!finite && !t->weight))
		s = fail_no_memory();
	else if (finite)
		s = read_residents(t, people);
	else
		s = read_strangers(t, people,
				   json_number_value(json_object_get(truth, "unseen_weight")));
	if (s == STATUS_OK)
		*out = t;
	else
		bios_truth_free(t);
	return s;
}

void bios_truth_free(struct bios_truth *t)
{
	if (!t)
		return;
	bios_directory_free(&t->own);
	free(t->packed);
	free(t->weight);
	free(t);
}

/* ---- Counts. ---- */

static bool counts_reserve(struct bios_counts *c, uint32_t n)
{
	if (n <= c->capacity)
		return true;

	uint32_t capacity = c->capacity ? c->capacity : 256;

	while (capacity < n)
		capacity *= 2;

	uint64_t *count = realloc(c->n, capacity * sizeof *count);

	if (count)
		c->n = count;

	uint64_t *packed = realloc(c->packed, capacity * sizeof *packed);

	if (packed)
		c->packed = packed;
	if (!count || !packed)
		return false;
	memset(c->n + c->capacity, 0, (capacity - c->capacity) * sizeof *c->n);
	c->capacity = capacity;
	return true;
}

enum status bios_counts_open(struct bios_counts **out, const struct bios_prior *p)
{
	struct bios_counts *c = calloc(1, sizeof *c);

	if (!c)
		return fail_no_memory();
	c->prior = p;
	c->people = p->sampling == BIOS_PITMAN_YOR ? &c->own : &p->people;
	if (!counts_reserve(c, p->people.n)) {
		bios_counts_free(c);
		return fail_no_memory();
	}
	*out = c;
	return STATUS_OK;
}

void bios_counts_free(struct bios_counts *c)
{
	if (!c)
		return;
	bios_directory_free(&c->own);
	free(c->n);
	free(c->packed);
	free(c);
}

enum status bios_counts_add(struct bios_counts *c, const struct bios_biography *b, bool *first)
{
	uint32_t k = bios_directory_find(c->people, b->name);
	uint64_t packed = bios_pack(&b->person);

	if (k == BIOS_NOBODY && c->people != &c->own)
		return fail(STATUS_CORRUPT, "biography %llu is of somebody who is not registered",
			    (unsigned long long)c->n_biographies);
	if (k == BIOS_NOBODY) {
		k = c->own.n;
		if (!counts_reserve(c, k + 1))
			return fail_no_memory();
		TRY(bios_directory_add(&c->own, b->name));
	}
	*first = c->n[k] == 0;
	if (*first) {
		c->packed[k] = packed;
		c->n_elements++;
	} else if (c->packed[k] != packed) {
		return fail(STATUS_CORRUPT, "biography %llu contradicts an earlier one",
			    (unsigned long long)c->n_biographies);
	}
	c->n[k]++;
	c->n_biographies++;
	return STATUS_OK;
}

/* ---- Closed forms. ---- */

struct lengths {
	struct bound known, known_expected, bayes;
};

/* The prior says who everybody is and how likely; only what is true of him is new. */
static enum status put_finite(json_t *to, const struct bios_counts *c, struct lengths *l)
{
	const double *p = c->prior->p;
	double n = (double)c->n_biographies, *weights = &l->bayes.part[BOUND_WEIGHTS];
	double distinct = population_distinct(p, c->people->n, n);
	struct bound expected = {
	    .part[BOUND_WEIGHTS] = n * population_entropy_bits(p, c->people->n),
	    .part[BOUND_FACTS] = distinct * log2((double)BIOS_PACKED_END),
	    .part[BOUND_SYNTAX] = l->bayes.part[BOUND_SYNTAX],
	};

	for (uint32_t k = 0; k < c->people->n; k++)
		if (c->n[k])
			*weights -= (double)c->n[k] * log2(p[k]);
	l->known_expected.part[BOUND_WEIGHTS] = *weights;
	TRY(bound_put(to, BOUND_BAYES_EXPECTED, &expected));
	return bound_put_more(to,
			      json_pack("{s:f, s:f}", "expected_elements", distinct,
					"new_fact_mass", population_new_mass(p, c->people->n, n)));
}

static enum status put_mixture(json_t *to, const struct bound *bayes,
			       const struct py_partition *partition)
{
	double alpha, beta;
	struct mixture weights = mixture_partition(partition, &alpha, &beta);
	struct bound b = *bayes;

	b.part[BOUND_WEIGHTS] = weights.bits;
	TRY(bound_put(to, BOUND_MIXTURE, &b));
	return bound_put_more(to, json_pack("{s:f, s:f, s:f, s:f}", "mixture_best_bits",
					    bound_total(&b) - weights.bits + weights.best_bits,
					    "mixture_grid_bits", log2(weights.n_points),
					    "mixture_alpha", alpha, "mixture_beta", beta));
}

/* Everybody is new at first, name and all. */
static enum status put_pitman_yor(json_t *to, const struct bios_counts *c, struct lengths *l)
{
	double alpha = (double)c->prior->alpha_millionths / OPTION_UNIT;
	double beta = (double)c->prior->beta_millionths / OPTION_UNIT;
	uint64_t n = c->n_biographies;
	struct py_partition partition;
	enum status s;

	TRY(py_partition_make(&partition, c->n, c->own.n));
	l->bayes.part[BOUND_WEIGHTS] = py_partition_bits(&partition, alpha, beta);
	for (uint32_t k = 0; k < c->own.n; k++)
		l->bayes.part[BOUND_NAMES] += log2((double)(BIOS_NAMES - k));
	l->known_expected.part[BOUND_WEIGHTS] = py_known_bits_expected(&partition, alpha, beta);
	s = put_mixture(to, &l->bayes, &partition);
	py_partition_free(&partition);
	if (s != STATUS_OK)
		return s;
	return bound_put_more(to, json_pack("{s:f, s:f}", "expected_elements",
					    py_elements_expected(n, alpha, beta), "new_fact_mass",
					    py_new_probability(n, alpha, beta)));
}

/* What the truth says of the people counted. */
static enum status sum_known(const struct bios_counts *c, const struct bios_truth *t,
			     struct lengths *l)
{
	for (uint32_t k = 0; k < c->people->n; k++) {
		uint32_t in_truth;

		if (c->n[k] == 0)
			continue;
		in_truth = bios_directory_find(t->people, c->people->name[k]);
		if (in_truth == BIOS_NOBODY || t->packed[in_truth] != c->packed[k])
			return fail(STATUS_IMPOSSIBLE, "the truth contradicts a biography");
		l->known.part[BOUND_WEIGHTS] -=
		    (double)c->n[k] * log2(t->weight ? t->weight[in_truth] : c->prior->p[k]);
	}
	return STATUS_OK;
}

static enum status put_all(json_t *to, const struct bios_counts *c, const struct bios_truth *truth)
{
	bool finite = c->prior->sampling != BIOS_PITMAN_YOR;
	double syntax = BIOS_ATTRIBUTES * log2(BIOS_TEMPLATES);
	struct lengths l = {0};

	if (c->prior->permuted)
		syntax += log2(720); /* orders of six sentences */
	syntax *= (double)c->n_biographies;
	l.known.part[BOUND_SYNTAX] = syntax;
	l.known_expected.part[BOUND_SYNTAX] = syntax;
	l.bayes.part[BOUND_SYNTAX] = syntax;
	l.bayes.part[BOUND_FACTS] = c->n_elements * log2((double)BIOS_PACKED_END);
	TRY(finite ? put_finite(to, c, &l) : put_pitman_yor(to, c, &l));
	if (truth) {
		TRY(sum_known(c, truth, &l));
		TRY(bound_put(to, BOUND_KNOWN, &l.known));
	}
	TRY(bound_put(to, BOUND_KNOWN_EXPECTED, &l.known_expected));
	TRY(bound_put(to, BOUND_BAYES, &l.bayes));
	return bound_put_more(to, json_pack("{s:I}", "elements", (json_int_t)c->n_elements));
}

enum status bios_code_lengths(const struct bios_counts *c, const struct bios_truth *truth,
			      json_t **out)
{
	json_t *lengths = json_object();

	return bound_finish(lengths, lengths ? put_all(lengths, c, truth) : STATUS_OK, out);
}
