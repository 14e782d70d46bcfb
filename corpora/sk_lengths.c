/* SPDX-License-Identifier: BSD-2-Clause */
#include "sk_lengths.h"

#include <math.h>
#include <stdlib.h>

#include "count_tables.h"
#include "mixture.h"
#include "pitman_yor.h"
#include "sk_choice.h"
#include "sk_data.h"
#include "special.h"

#define LN_2 0.69314718055994530942

/* Posterior mean of -lg p for an entry with `count` + `pseudo` of `total`, both Dirichlet. */
static double mean_cost(double count_and_pseudo, double total)
{
	return (special_digamma(total) - special_digamma(count_and_pseudo)) / LN_2;
}

/* ---- Syntax: every row and every word table. ---- */

struct table {
	const uint64_t *count;     /* (n) */
	const double *probability; /* (n) or NULL: no truth */
	uint32_t n;
	bool words; /* a word table, not a row */
};

typedef void table_visitor(void *context, const struct table *t);

static void visit_tables(const struct sk_counts *c, const struct sk_truth *truth,
			 table_visitor *visit, void *context)
{
	const struct sk_prior *p = c->prior;

	for (uint32_t t = 0; t < p->n_types; t++) {
		const struct sk_cluster *cluster = &p->cluster[t];

		for (uint32_t s = 0; s < cluster->n_states; s++) {
			uint32_t first = cluster->state[s].first_next;

			visit(context, &(struct table){
					   .count = &c->row[t][first],
					   .probability = truth ? &truth->row[t][first] : NULL,
					   .n = cluster->state[s].n_next,
				       });
		}
		for (uint32_t k = 0; k < p->n_classes; k++) {
			size_t first = (size_t)k * p->n_class_words;

			visit(context, &(struct table){
					   .count = &c->word[t][first],
					   .probability = truth ? &truth->word[t][first] : NULL,
					   .n = p->n_class_words,
					   .words = true,
				       });
		}
	}
}

struct sum {
	struct sk_lengths *lengths;
	const struct sk_prior *prior;
};

static void add_table(void *context, const struct table *t)
{
	struct sum *sum = context;
	struct sk_lengths *l = sum->lengths;
	double pseudo = t->words ? sum->prior->word_pseudo_count : sum->prior->row_pseudo_count;
	uint64_t total = 0;

	for (uint32_t j = 0; j < t->n; j++)
		total += t->count[j];
	if (total == 0)
		return;
	l->bayes.part[BOUND_SYNTAX] += special_lg_rising(t->n * pseudo, (double)total);
	for (uint32_t j = 0; j < t->n; j++) {
		double c = (double)t->count[j];

		if (c == 0)
			continue;
		l->bayes.part[BOUND_SYNTAX] -= special_lg_rising(pseudo, c);
		l->expected.part[BOUND_SYNTAX] +=
		    c * mean_cost(c + pseudo, (double)total + t->n * pseudo);
		if (t->probability)
			l->known.part[BOUND_SYNTAX] -= c * log2(t->probability[j]);
	}
}

/* ---- Knowledge. ---- */

/* What the truth asks for a fact that was stated: its noise probability, 0 when it is ruled out. */
static double true_probability(const struct sk_truth *truth, uint32_t kt, uint32_t a, uint32_t v)
{
	uint32_t node = sk_counts_fact(truth->counts, kt, a, v, false);

	return node == UINT32_MAX ? 0 : truth->counts->fact[node].probability;
}

/* Facts of one element; kt is the same element in the truth. */
static void add_facts(struct sk_lengths *l, const struct sk_counts *c, uint32_t k,
		      const struct sk_truth *truth, uint32_t kt)
{
	const struct sk_prior *p = c->prior;
	double pseudo = p->gamma / p->n_values, bayes = 0, mean = 0, known = 0;

	for (uint32_t a = 0; a < p->n_attributes; a++) {
		size_t at = (size_t)k * p->n_attributes + a;
		double m = c->n_stated[at];

		if (m == 0)
			continue;
		bayes += p->gamma == 0 ? log2(p->n_values) : special_lg_rising(p->gamma, m);
		for (uint32_t i = c->fact_head[at]; i != UINT32_MAX; i = c->fact[i].next) {
			double count = c->fact[i].count;

			if (truth)
				known -=
				    count * log2(true_probability(truth, kt, a, c->fact[i].value));
			if (p->gamma == 0)
				continue;
			bayes -= special_lg_rising(pseudo, count);
			mean += count * mean_cost(count + pseudo, m + p->gamma);
		}
	}
	l->bayes.part[BOUND_FACTS] += bayes;
	l->expected.part[BOUND_FACTS] += mean;
	l->known.part[BOUND_FACTS] += known;
}

/* Weight and facts of every element. */
static enum status add_elements(struct sk_lengths *l, const struct sk_counts *c,
				const struct sk_truth *truth)
{
	for (uint32_t k = 0; k < c->n_elements; k++) {
		const struct sk_element_count *e = &c->element[k];
		uint32_t kt = 0;

		if (truth) {
			kt = sk_counts_element(truth->counts, e->name, 0, false);
			if (kt == UINT32_MAX || truth->counts->element[kt].type != e->type)
				return fail(STATUS_IMPOSSIBLE,
					    "an element of the corpus is not in the world's truth");
			l->known.part[BOUND_WEIGHTS] -=
			    (double)e->n * log2(truth->counts->element[kt].weight);
		}
		add_facts(l, c, k, truth, kt);
	}
	return STATUS_OK;
}

static enum status partition_of(struct py_partition *p, const struct sk_counts *c)
{
	uint64_t *count = calloc(c->n_elements + (size_t)1, sizeof *count);
	enum status s;

	if (!count)
		return fail_no_memory();
	for (uint32_t k = 0; k < c->n_elements; k++)
		count[k] = c->element[k].n;
	s = py_partition_make(p, count, c->n_elements);
	free(count);
	return s;
}

static void add_names(struct sk_lengths *l, const struct sk_counts *c)
{
	l->type_bits = c->n_elements * log2(c->prior->n_types);
	l->bayes.part[BOUND_NAMES] = l->type_bits;
	for (double j = 0; j < c->n_elements; j++)
		l->bayes.part[BOUND_NAMES] += log2((double)c->prior->n_names - j);
}

static enum status sum_lengths(struct sk_lengths *l, const struct sk_counts *c,
			       const struct sk_truth *truth, const struct py_partition *partition)
{
	const struct sk_prior *p = c->prior;
	struct sum sum = {l, p};

	*l = (struct sk_lengths){0};
	visit_tables(c, truth, add_table, &sum);
	l->bayes.part[BOUND_WEIGHTS] = py_partition_bits(partition, p->alpha, p->beta);
	l->expected.part[BOUND_WEIGHTS] = py_known_bits_expected(partition, p->alpha, p->beta);
	add_names(l, c);
	TRY(add_elements(l, c, truth));
	if (!isfinite(bound_total(&l->known)))
		return fail(STATUS_IMPOSSIBLE, "a token has probability 0 in the world's truth");
	return STATUS_OK;
}

enum status sk_lengths_sum(struct sk_lengths *out, const struct sk_counts *c,
			   const struct sk_truth *truth)
{
	struct py_partition partition;

	TRY(partition_of(&partition, c));
	enum status s = sum_lengths(out, c, truth, &partition);

	py_partition_free(&partition);
	return s;
}

/* ---- What is not told. ---- */

struct syntax {
	struct count_tables rows, words;
};

static void collect_table(void *context, const struct table *t)
{
	struct syntax *syntax = context;

	count_tables_add(t->words ? &syntax->words : &syntax->rows, t->count, t->n);
}

static enum status syntax_open(struct syntax *syntax, const struct sk_counts *c)
{
	*syntax = (struct syntax){0};
	visit_tables(c, NULL, collect_table, syntax);
	TRY(count_tables_seal(&syntax->rows));
	return count_tables_seal(&syntax->words);
}

static void syntax_close(struct syntax *syntax)
{
	count_tables_free(&syntax->rows);
	count_tables_free(&syntax->words);
}

static enum status put_mixture(json_t *to, const struct bound *bayes, const struct syntax *syntax,
			       const struct py_partition *partition)
{
	double alpha, beta, row_pseudo, word_pseudo;
	struct mixture weights = mixture_partition(partition, &alpha, &beta),
		       rows = mixture_tables(&syntax->rows, &row_pseudo),
		       words = mixture_tables(&syntax->words, &word_pseudo);
	struct bound b = *bayes;

	b.part[BOUND_WEIGHTS] = weights.bits;
	b.part[BOUND_SYNTAX] = rows.bits + words.bits;
	TRY(bound_put(to, BOUND_MIXTURE, &b));

	double best = b.part[BOUND_NAMES] + b.part[BOUND_FACTS] + weights.best_bits +
		      rows.best_bits + words.best_bits;
	double n_points = (double)weights.n_points * rows.n_points * words.n_points;
	return bound_put_more(to,
			      json_pack("{s:f, s:f, s:f, s:f, s:f, s:f}", "mixture_best_bits", best,
					"mixture_grid_bits", log2(n_points), "mixture_alpha", alpha,
					"mixture_beta", beta, "mixture_row_pseudo", row_pseudo,
					"mixture_word_pseudo", word_pseudo));
}

static enum status put_unknown(json_t *to, const struct bound *bayes, const struct sk_counts *c,
			       const struct py_partition *partition)
{
	struct bound nml = *bayes;
	struct syntax syntax;
	enum status s = syntax_open(&syntax, c);

	if (s == STATUS_OK)
		s = put_mixture(to, bayes, &syntax, partition);
	if (s == STATUS_OK) {
		nml.part[BOUND_SYNTAX] =
		    count_tables_nml_bits(&syntax.rows) + count_tables_nml_bits(&syntax.words);
		s = bound_put(to, BOUND_NML, &nml);
	}
	syntax_close(&syntax);
	return s;
}

/* The two-part code that sk_choose() finds shortest, and with uniform sizes. */
static enum status put_two_part(json_t *to, const struct sk_counts *c)
{
	static const char *const law_names[SK_COUNT_LAWS] = {"eppf", "eppf-sent", "enumerative"};
	double law_bits[SK_COUNT_LAWS];
	struct bound model = {0}, data = {0}, both;
	struct sk_description *d;

	TRY(sk_choose(&d, c, SK_MODEL_BITS_ANY, law_bits));
	json_t *laws = json_object();
	enum status s = sk_model_weigh(d, model.part);

	if (s != STATUS_OK) { /* `d` may have been left halfway */
		json_decref(laws);
		sk_description_free(d);
		return s;
	}
	sk_data_bits(d, c, data.part);
	for (int i = 0; i < BOUND_PARTS; i++)
		both.part[i] = model.part[i] + data.part[i];
	s = bound_put(to, BOUND_TWO_PART, &both);
	if (s == STATUS_OK)
		s = bound_put(to, BOUND_TWO_PART_MODEL, &model);
	if (s == STATUS_OK)
		s = bound_put(to, BOUND_TWO_PART_DATA, &data);
	both.part[BOUND_WEIGHTS] += law_bits[SK_COUNTS_ENUMERATIVE] - law_bits[d->count_law];
	if (s == STATUS_OK)
		s = bound_put(to, BOUND_ENUMERATIVE, &both);
	for (int i = 0; i < SK_COUNT_LAWS; i++)
		json_object_set_new(laws, law_names[i], json_real(law_bits[i]));
	if (s == STATUS_OK)
		s = bound_put_more(to, json_pack("{s:s, s:O, s:I}", "two_part_sizes",
						 law_names[d->count_law], "two_part_sizes_bits",
						 laws, "two_part_elements",
						 (json_int_t)d->n_elements));
	json_decref(laws);
	sk_description_free(d);
	return s;
}

static enum status put_all(json_t *to, const struct sk_counts *c, const struct sk_truth *truth,
			   const struct py_partition *partition)
{
	struct sk_lengths l;

	TRY(sum_lengths(&l, c, truth, partition));
	if (truth)
		TRY(bound_put(to, BOUND_KNOWN, &l.known));
	TRY(bound_put(to, BOUND_KNOWN_EXPECTED, &l.expected));
	TRY(bound_put(to, BOUND_BAYES, &l.bayes));
	TRY(bound_put_more(to, json_pack("{s:f, s:I}", "type_bits", l.type_bits, "elements",
					 (json_int_t)c->n_elements)));
	TRY(put_unknown(to, &l.bayes, c, partition));
	return put_two_part(to, c);
}

enum status sk_code_lengths(const struct sk_counts *c, const struct sk_truth *truth, json_t **out)
{
	struct py_partition partition = {0};
	enum status s = partition_of(&partition, c);
	json_t *lengths = json_object();

	if (s == STATUS_OK && lengths)
		s = put_all(lengths, c, truth, &partition);
	py_partition_free(&partition);
	return bound_finish(lengths, s, out);
}
