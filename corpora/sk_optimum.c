/* SPDX-License-Identifier: BSD-2-Clause */
#include "sk_optimum.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "sk_description.h"
#include "special.h"

#define GRID_POINTS 400 /* down to density 1 */
#define GRID_BELOW 40   /* from there to 0 */
#define LEVELS_MAX SK_LEVEL_EXACT

/* A step of a table's precision. */
struct step {
	double price, saved;
};

struct things {
	const struct sk_counts *c;
	uint64_t *count;   /* (n_elements) descending */
	uint32_t *element; /* (n_elements) */
	double *density;   /* (n_elements) of the elements without facts, in that order */
	uint64_t *sentences; /* scratch (n_elements), in order of appearance */
	struct step *step;
	size_t n_steps, steps_capacity;
	double blank_bits; /* data bits of all tables at level 0 */
};

/* ---- Ranks. ---- */

struct ranked {
	uint64_t count;
	uint32_t element;
};

static int more_frequent_first(const void *a, const void *b)
{
	const struct ranked *x = a, *y = b;

	if (x->count != y->count)
		return x->count > y->count ? -1 : 1;
	return (x->element > y->element) - (x->element < y->element);
}

enum status sk_ranked_elements(const struct sk_counts *c, uint64_t **count, uint32_t **element)
{
	size_t n = c->n_elements;
	struct ranked *r = malloc(n * sizeof *r + 1);

	*count = malloc(n * sizeof **count + 1);
	*element = malloc(n * sizeof **element + 1);
	if (!r || !*count || !*element) {
		free(r);
		free(*count);
		free(*element);
		*count = NULL;
		*element = NULL;
		return fail_no_memory();
	}
	for (uint32_t k = 0; k < n; k++)
		r[k] = (struct ranked){c->element[k].n, k};
	qsort(r, n, sizeof *r, more_frequent_first);
	for (size_t i = 0; i < n; i++) {
		(*count)[i] = r[i].count;
		(*element)[i] = r[i].element;
	}
	free(r);
	return STATUS_OK;
}

/* ---- Tables. ---- */

/* The counts c (n) scaled to a total of m by largest remainders: rounded down, then up where most
 * was lost.  An archive's tables are rounded so that their partial sums are near (sk_choice.c);
 * here the entries themselves are nearest to their shares, as a lower curve wants them. */
static void apportion_counts(const uint64_t *c, size_t n, double total, uint64_t m,
			     uint64_t *scaled)
{
	uint64_t left = m;

	for (size_t j = 0; j < n; j++) {
		scaled[j] = (uint64_t)((double)c[j] / total * (double)m);
		left -= scaled[j];
	}
	for (; left > 0; left--) {
		size_t best = 0;
		double most = -INFINITY;

		for (size_t j = 0; j < n; j++) {
			double lost = (double)c[j] / total * (double)m - (double)scaled[j];

			if (lost > most) {
				most = lost;
				best = j;
			}
		}
		scaled[best]++;
	}
}

/* -lg of the Dirichlet-multinomial probability of these counts. */
static double counts_bits(const uint64_t *c, size_t n, double total, double pseudo)
{
	double bits = special_lg_rising((double)n * pseudo, total) - special_lg_factorial(total);

	for (size_t j = 0; j < n; j++)
		bits -= special_lg_rising(pseudo, (double)c[j]) -
			special_lg_factorial((double)c[j]);
	return bits;
}

/* Data bits of counts c under c' scaled to m. */
static double scaled_data_bits(const uint64_t *c, const uint64_t *scaled, size_t n, uint64_t m,
			       double pseudo)
{
	double bits = 0, all = (double)m + (double)n * pseudo;

	for (size_t j = 0; j < n; j++)
		if (c[j])
			bits -= (double)c[j] * log2(((double)scaled[j] + pseudo) / all);
	return bits;
}

static double multinomial_bits(const uint64_t *c, size_t n, double total)
{
	double bits = special_lg_factorial(total);

	for (size_t j = 0; j < n; j++)
		bits -= special_lg_factorial((double)c[j]);
	return bits;
}

static bool add_step(struct things *t, double price, double saved)
{
	if (t->n_steps == t->steps_capacity) {
		size_t capacity = t->steps_capacity ? 2 * t->steps_capacity : 1024;
		struct step *grown = realloc(t->step, capacity * sizeof *grown);

		if (!grown)
			return false;
		t->step = grown;
		t->steps_capacity = capacity;
	}
	t->step[t->n_steps++] = (struct step){price, saved};
	return true;
}

/* The steps of the lower hull of (price, data), a point a level, from level 0 on. */
static bool add_hull(struct things *t, const double *price, const double *data, uint32_t n)
{
	for (uint32_t at = 0; at < n;) {
		uint32_t best = n;
		double steepest = 0;

		for (uint32_t i = at + 1; i < n; i++) {
			double slope = (data[at] - data[i]) / fmax(1e-9, price[i] - price[at]);

			if (price[i] > price[at] && slope > steepest) {
				steepest = slope;
				best = i;
			}
		}
		if (best < n && !add_step(t, price[best] - price[at], data[at] - data[best]))
			return false;
		at = best;
	}
	return true;
}

static bool add_table(struct things *t, const uint64_t *c, size_t n, double pseudo)
{
	double price[LEVELS_MAX + 1] = {0}, data[LEVELS_MAX + 1], total = 0;
	uint64_t *scaled = malloc(n * sizeof *scaled);
	uint32_t n_levels = 1;

	for (size_t j = 0; j < n; j++)
		total += (double)c[j];
	data[0] = total * log2((double)n);
	t->blank_bits += data[0];
	if (!scaled || total == 0 || n == 1) {
		free(scaled);
		return scaled != NULL;
	}
	for (uint64_t m = 1; (double)m < total && n_levels < LEVELS_MAX; m *= 2, n_levels++) {
		apportion_counts(c, n, total, m, scaled);
		price[n_levels] = counts_bits(scaled, n, (double)m, pseudo);
		data[n_levels] = scaled_data_bits(c, scaled, n, m, pseudo);
	}
	price[n_levels] = counts_bits(c, n, total, pseudo);
	data[n_levels++] = multinomial_bits(c, n, total);
	free(scaled);
	return add_hull(t, price, data, n_levels);
}

static bool add_tables(struct things *t)
{
	const struct sk_prior *p = t->c->prior;
	bool good = true;

	for (uint32_t i = 0; i < p->n_types; i++) {
		const struct sk_cluster *cluster = &p->cluster[i];

		for (uint32_t s = 0; s < cluster->n_states && good; s++)
			good = add_table(t, &t->c->row[i][cluster->state[s].first_next],
					 cluster->state[s].n_next, p->row_pseudo_count);
		for (uint32_t k = 0; k < p->n_classes && good; k++)
			good = add_table(t, &t->c->word[i][(size_t)k * p->n_class_words],
					 p->n_class_words, p->word_pseudo_count);
	}
	return good;
}

/* ---- Elements. ---- */

static double name_bits(const struct sk_prior *p, double n_taken)
{
	return log2(p->n_types) + log2(fmax(1, (double)p->n_names - n_taken));
}

static double lg_choose(double n, double k)
{
	return special_lg_factorial(n) - special_lg_factorial(k) - special_lg_factorial(n - k);
}

static void find_densities(struct things *t)
{
	double left = (double)t->c->n_sentences;

	for (uint32_t i = 0; i < t->c->n_elements; i++) {
		double n = (double)t->count[i], name = name_bits(t->c->prior, i);

		t->density[i] = n - lg_choose(left, n) / fmax(1e-9, name);
		left -= n;
	}
}

/* Most frequent value's statements of (element, attribute), and all of them. */
static double most_stated(const struct sk_counts *c, size_t at, double *all)
{
	double most = 0;

	*all = 0;
	if (c->n_stated[at] == 0)
		return 0;
	for (uint32_t i = c->fact_head[at]; i != UINT32_MAX; i = c->fact[i].next) {
		most = fmax(most, c->fact[i].count);
		*all += c->fact[i].count;
	}
	return most;
}

/* Facts of one element, those stored that save at least `density` a bit. */
static void price_facts(const struct sk_counts *c, uint32_t k, bool stored, double density,
			struct sk_optimum_point *point)
{
	double value_bits = log2(c->prior->n_values);

	for (uint32_t a = 0; a < c->prior->n_attributes; a++) {
		double all, most = most_stated(c, (size_t)k * c->prior->n_attributes + a, &all);

		if (stored && most >= density && most > 0) {
			point->model_bits += value_bits;
			all -= most;
		}
		point->data_bits += all * value_bits;
	}
}

/* In which order the stored ones appear first is told in the data: the next of the list is one of
 * them, whoever of them it is.  What that saves, given the stored ones' sentences in that order. */
static double appearance_bits(const struct things *t, double density)
{
	const struct sk_counts *c = t->c;
	double unseen = 0, bits = 0;

	memset(t->sentences, 0, c->n_elements * sizeof *t->sentences);
	for (uint32_t i = 0; i < c->n_elements; i++)
		if (t->density[i] >= density)
			t->sentences[t->element[i]] = t->count[i];
	for (uint32_t k = c->n_elements; k-- > 0;) {
		if (t->sentences[k] == 0)
			continue;
		unseen += (double)t->sentences[k];
		bits += log2(unseen / (double)t->sentences[k]);
	}
	return bits;
}

static void price_elements(const struct things *t, double density, struct sk_optimum_point *point)
{
	const struct sk_counts *c = t->c;
	double left = (double)c->n_sentences, escapes = left;

	point->data_bits -= appearance_bits(t, density);
	for (uint32_t i = 0; i < c->n_elements; i++) {
		bool stored = t->density[i] >= density;
		double n = (double)t->count[i];

		if (stored) {
			point->model_bits += name_bits(c->prior, point->n_elements);
			point->data_bits += lg_choose(left, n);
			left -= n;
			escapes -= n;
			point->n_elements++;
		}
		price_facts(c, t->element[i], stored, density, point);
	}
	point->data_bits += escapes * name_bits(c->prior, point->n_elements);
}

/* ---- The curve. ---- */

static struct sk_optimum_point evaluate(const struct things *t, double density)
{
	struct sk_optimum_point point = {.density = density, .data_bits = t->blank_bits};

	for (size_t i = 0; i < t->n_steps; i++) {
		if (t->step[i].saved < density * t->step[i].price)
			continue;
		point.syntax_bits += t->step[i].price;
		point.data_bits -= t->step[i].saved;
	}
	point.model_bits = point.syntax_bits;
	price_elements(t, density, &point);
	return point;
}

/* What all-or-nothing needs: elements of one size, after the tables. */
static void find_means(struct sk_optimum *o, const struct things *t)
{
	const struct sk_counts *c = t->c;
	struct sk_optimum_point all = {.density = 1};
	double name = name_bits(c->prior, 0), value = log2(c->prior->n_values), n_stated = 0;

	for (size_t i = 0; i < (size_t)c->n_elements * c->prior->n_attributes; i++)
		n_stated += c->n_stated[i];
	o->element_bits = name + c->prior->n_attributes * value;
	o->mention_bits = name + n_stated / fmax(1, (double)c->n_sentences) * value;

	const struct sk_optimum_point *least = &o->point[o->least_total];

	o->tables_bits = least->syntax_bits;
	price_elements(t, -INFINITY, &all);

	struct sk_optimum_point stored = {.density = 1};

	price_elements(t, least->density, &stored);
	/* Noise aside, everything stored leaves only who is spoken of. */
	o->floor_bits = least->data_bits - stored.data_bits + all.data_bits;
}

static double densest(const struct things *t)
{
	double most = t->c->n_elements ? (double)t->count[0] : 1;

	for (size_t i = 0; i < t->n_steps; i++)
		most = fmax(most, t->step[i].saved / t->step[i].price);
	return most;
}

/* The densities of the grid: in equal ratios down to 1, in equal steps from there to 0. */
static double grid_density(int i, double top)
{
	if (i <= GRID_POINTS)
		return exp(log(top) * (GRID_POINTS - i) / GRID_POINTS);
	return 1 - (double)(i - GRID_POINTS) / GRID_BELOW;
}

static enum status make_curve(struct sk_optimum *o, const struct things *t)
{
	double top = densest(t) * (1 + 1e-6);

	o->point = calloc(GRID_POINTS + GRID_BELOW + 1, sizeof *o->point);
	if (!o->point)
		return fail_no_memory();
	for (int i = 0; i <= GRID_POINTS + GRID_BELOW; i++) {
		struct sk_optimum_point at = evaluate(t, grid_density(i, top));

		if (o->n == 0 || (at.model_bits > o->point[o->n - 1].model_bits &&
				  at.data_bits < o->point[o->n - 1].data_bits))
			o->point[o->n++] = at;
		if (at.density >= 1)
			o->least_total = o->n - 1;
	}
	find_means(o, t);
	return STATUS_OK;
}

enum status sk_optimum_make(struct sk_optimum *o, const struct sk_counts *c)
{
	struct things t = {.c = c};
	enum status s;

	*o = (struct sk_optimum){0};
	TRY(sk_ranked_elements(c, &t.count, &t.element));
	t.density = malloc(c->n_elements * sizeof *t.density + 1);
	t.sentences = malloc(c->n_elements * sizeof *t.sentences + 1);
	s = t.density && t.sentences && add_tables(&t) ? STATUS_OK : fail_no_memory();
	if (s == STATUS_OK) {
		find_densities(&t);
		s = make_curve(o, &t);
	}
	free(t.count);
	free(t.element);
	free(t.density);
	free(t.sentences);
	free(t.step);
	return s;
}

void sk_optimum_free(struct sk_optimum *o)
{
	free(o->point);
	*o = (struct sk_optimum){0};
}

double sk_optimum_data_bits(const struct sk_optimum *o, double model_bits)
{
	uint32_t i = 0;

	while (i < o->n && o->point[i].model_bits < model_bits)
		i++;
	if (i == 0)
		return o->point[0].data_bits;
	if (i == o->n)
		return o->point[o->n - 1].data_bits;

	const struct sk_optimum_point *a = &o->point[i - 1], *b = &o->point[i];

	return a->data_bits + (b->data_bits - a->data_bits) * (model_bits - a->model_bits) /
				  (b->model_bits - a->model_bits);
}
