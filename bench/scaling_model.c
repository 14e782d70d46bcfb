/* SPDX-License-Identifier: BSD-2-Clause */
#include "scaling_model.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "bench.h"
#include "corpus.h"
#include "cost.h"
#include "loaded.h"
#include "sk_choice.h"
#include "sk_model_code.h"
#include "sk_optimum.h"
#include "special.h"

#define LG_E 1.44269504088896340736 /* 1 / ln 2 */
#define ALL SCALING_MODEL_CLASSES
#define PROGRESS_STEPS 1000000u /* of one alpha */

/* One alpha: its corpus, and what is the same for all points. */
struct measurement {
	const struct scaling_model_plan *plan;
	struct scaling_model_curve *curve;
	uint32_t index; /* of the curve, for progress */
	struct loaded corpus;
	struct cost_corpus roles;
	struct sk_optimum optimum;
	uint64_t *count;   /* (n_elements) descending */
	uint32_t *element; /* (n_elements) */
	uint8_t *class;    /* (n_elements) in that order, as the next four */
	double *price;     /* (n_elements) bits of an element in a model */
	double *stored_bits, *escape_bits; /* (n_elements) names and facts that it pays for in the
					      data, if it is stored and if it is not */
	double *known_bits; /* (n_elements) what the known world pays for its weight, on average */
	uint32_t *rank;     /* (n_elements) by element: its place in that order */
	struct scaling_model_loss known_knowledge, known_syntax;
};

/* ---- The corpus. ---- */

static enum status set_option(const struct corpus_ops *family, int64_t *value, const char *name,
			      int64_t to)
{
	for (unsigned i = 0; i < options_count(family->options); i++)
		if (strcmp(family->options[i].name, name) == 0) {
			if (to < family->options[i].min || to > family->options[i].max)
				return fail(STATUS_BAD_ARGUMENT, "%s is out of range", name);
			value[i] = to;
		}
	return STATUS_OK;
}

static enum status generate(const struct scaling_model_plan *plan, int64_t alpha,
			    const char *prefix)
{
	const struct corpus_ops *family = corpus_family_by_name("sk");
	int64_t value[OPTIONS_MAX];
	struct corpus_request q = {.option = value, .prefix = prefix, .n_threads = plan->threads};

	options_defaults(family->options, value);
	TRY(set_option(family, value, "alpha", alpha));
	TRY(set_option(family, value, "beta", plan->beta_millionths));
	TRY(set_option(family, value, "sentences", (int64_t)plan->n_sentences));
	TRY(set_option(family, value, "seed", (int64_t)plan->seed));
	return corpus_generate(family, &q);
}

/* Draw it, read it, and leave nothing behind. */
static enum status draw_corpus(struct measurement *m, int64_t alpha)
{
	char prefix[BENCH_PATH_BYTES], bin[BENCH_PATH_BYTES], roles[BENCH_PATH_BYTES];
	struct bench directory;
	enum status s = bench_open(&directory, NULL, NULL);

	snprintf(prefix, sizeof prefix, "%s/c", directory.directory);
	snprintf(bin, sizeof bin, "%s/c.bin", directory.directory);
	snprintf(roles, sizeof roles, "%s/c.roles", directory.directory);
	if (s == STATUS_OK)
		s = generate(m->plan, alpha, prefix);
	if (s == STATUS_OK)
		s = loaded_read(&m->corpus, prefix);
	if (s == STATUS_OK)
		s = loaded_count(&m->corpus);
	if (s == STATUS_OK)
		s = cost_corpus_read(&m->roles, bin, roles);
	bench_close(&directory);
	return s;
}

/* Each element's class stands at its sentences. */
static enum status find_classes(struct measurement *m)
{
	const struct sk_counts *c = m->corpus.counts;
	struct sk_sentence sentence;
	uint8_t *of_element;

	TRY(sk_ranked_elements(c, &m->count, &m->element));
	of_element = calloc(c->n_elements + 1, 1);
	m->class = calloc(c->n_elements + 1, 1);
	if (!of_element || !m->class) {
		free(of_element);
		return fail_no_memory();
	}
	for (size_t at = 0, end; at < m->corpus.n_tokens; at = end) {
		uint32_t k;

		for (end = at; m->corpus.token[end] != SK_END_TOKEN;)
			end++;
		end++;
		if (!sk_parse(c->prior, m->corpus.token + at, (uint32_t)(end - at), &sentence))
			continue; /* it was parsed before, when it was counted */
		k = sk_counts_element((struct sk_counts *)c, sentence.name, sentence.type, false);
		of_element[k] = m->roles.roles.data[at] >> 4;
	}
	for (uint32_t i = 0; i < c->n_elements; i++)
		m->class[i] = of_element[m->element[i]] % SCALING_MODEL_CLASSES;
	free(of_element);
	return STATUS_OK;
}

/* ---- Losses. ---- */

/* Costs of tokens, a sentence of the corpus. */
static void add_losses(const struct measurement *m, const double *cost_bits,
		       struct scaling_model_loss *knowledge, struct scaling_model_loss *syntax)
{
	double n = (double)m->corpus.counts->n_sentences;

	*knowledge = *syntax = (struct scaling_model_loss){0};
	for (size_t i = 0; i < m->corpus.n_tokens; i++) {
		uint8_t role = m->roles.roles.data[i];
		struct scaling_model_loss *to = (role & 15) == ROLE_SYNTAX ? syntax : knowledge;

		to->of_class[(role >> 4) % SCALING_MODEL_CLASSES] += cost_bits[i];
		to->of_class[ALL] += cost_bits[i];
	}
	for (unsigned c = 0; c <= ALL; c++) {
		knowledge->of_class[c] /= n;
		syntax->of_class[c] /= n;
	}
}

static void subtract(struct scaling_model_loss *a, const struct scaling_model_loss *b)
{
	for (unsigned c = 0; c <= ALL; c++)
		a->of_class[c] -= b->of_class[c];
}

static enum status measure_known(struct measurement *m)
{
	double *cost_bits = malloc(m->corpus.n_tokens * sizeof *cost_bits + 1);
	struct archive_settings settings;
	struct buffer archive = {0};
	enum status s = cost_bits ? archive_settings_parse(&settings, "known") : fail_no_memory();

	if (s == STATUS_OK) {
		settings.world = m->corpus.world;
		settings.cost_bits = cost_bits;
		settings.threads = m->plan->threads;
		s = archive_compress(&settings, m->corpus.bin.data, m->corpus.bin.size_bytes,
				     &archive, NULL);
	}
	if (s == STATUS_OK)
		add_losses(m, cost_bits, &m->known_knowledge, &m->known_syntax);
	buffer_free(&archive);
	free(cost_bits);
	return s;
}

/* What is stored, read from the archive itself. */
static enum status read_elements(const struct measurement *m, const struct sk_description *d,
				 struct scaling_model_point *p)
{
	const struct sk_counts *c = m->corpus.counts;
	bool *stored = calloc(c->n_elements + 1, sizeof *stored);

	if (!stored)
		return fail_no_memory();
	p->n_elements = d->n_elements;
	for (uint32_t k = 0; k < d->n_elements; k++) {
		const struct sk_stored_element *e = &d->element[k];
		uint32_t at = sk_counts_element((struct sk_counts *)c, e->name, e->type, false);

		if (at != UINT32_MAX)
			stored[at] = true;
		if (p->smallest_stored == 0 || e->n < p->smallest_stored)
			p->smallest_stored = e->n;
	}
	for (uint32_t k = 0; k < c->n_elements; k++)
		if (!stored[k] && c->element[k].n > p->largest_not_stored)
			p->largest_not_stored = c->element[k].n;
	free(stored);
	return STATUS_OK;
}

static enum status look(void *context, uint32_t index, const struct buffer *archive,
			const double *cost_bits)
{
	struct measurement *m = context;
	struct scaling_model_point *p = &m->curve->point[index];
	struct archive_info info;
	struct sk_description *d = NULL;
	double bits[BOUND_PARTS] = {0};
	enum status s;

	TRY(archive_inspect(archive->data, archive->size_bytes, &info));
	s = sk_model_read(&d, m->corpus.prior, m->corpus.counts->n_sentences, info.header.stored,
			  info.header.stored_bytes);
	archive_info_free(&info);
	if (s == STATUS_OK)
		s = sk_model_weigh(d, bits);
	if (s == STATUS_OK)
		s = read_elements(m, d, p);
	if (s == STATUS_OK) {
		p->knowledge_model_bits =
		    bits[BOUND_WEIGHTS] + bits[BOUND_NAMES] + bits[BOUND_FACTS];
		add_losses(m, cost_bits, &p->knowledge, &p->syntax);
		subtract(&p->knowledge, &m->known_knowledge);
		subtract(&p->syntax, &m->known_syntax);
	}
	sk_description_free(d);
	return s;
}

/* ---- Theory. ---- */

static struct scaling_model_loss scale(const struct capacity_loss *l, double bits)
{
	struct scaling_model_loss out;

	for (unsigned c = 0; c < SCALING_MODEL_CLASSES; c++)
		out.of_class[c] = l->of_class[c] * bits;
	out.of_class[ALL] = l->all * bits;
	return out;
}

/* What each element costs to store, and what it then pays or else. */
static enum status price_elements(struct measurement *m)
{
	const struct sk_counts *c = m->corpus.counts;
	double value = log2(c->prior->n_values);
	double name = log2(c->prior->n_types) + log2((double)c->prior->n_names);
	double *price = calloc(c->n_elements + 1, sizeof *price); /* by element */
	struct sk_item *item = NULL;
	size_t n_items = 0;

	m->price = calloc(c->n_elements + 1, sizeof *m->price);
	m->stored_bits = calloc(c->n_elements + 1, sizeof *m->stored_bits);
	m->escape_bits = calloc(c->n_elements + 1, sizeof *m->escape_bits);
	m->known_bits = calloc(c->n_elements + 1, sizeof *m->known_bits);
	m->rank = calloc(c->n_elements + 1, sizeof *m->rank);
	enum status s = price && m->price && m->stored_bits && m->escape_bits && m->known_bits &&
				m->rank
			    ? STATUS_OK
			    : fail_no_memory();

	if (s == STATUS_OK)
		s = sk_choice_items(c, &item, &n_items);
	for (size_t i = 0; i < n_items; i++)
		if (item[i].kind == SK_ITEM_ELEMENT)
			price[item[i].index] = item[i].cost_bits;
	for (uint32_t i = 0; s == STATUS_OK && i < c->n_elements; i++) {
		size_t first = (size_t)m->element[i] * c->prior->n_attributes;
		const uint32_t *stated = &c->n_stated[first];

		m->rank[m->element[i]] = i;
		m->price[i] = price[m->element[i]];
		m->known_bits[i] = (double)m->count[i] * LG_E *
				   (special_digamma((double)c->n_sentences + c->prior->beta) -
				    special_digamma((double)m->count[i] - c->prior->alpha));
		m->escape_bits[i] = (double)m->count[i] * name;
		for (uint32_t a = 0; a < c->prior->n_attributes; a++) {
			m->escape_bits[i] += stated[a] * value;
			m->stored_bits[i] += stated[a] == 1 ? value : 0;
		}
	}
	free(item);
	free(price);
	return s;
}

/* The rank at which the prices of all before it add up to so many bits. */
static double rank_at(const struct measurement *m, double bits)
{
	uint32_t n = m->corpus.counts->n_elements;

	for (uint32_t i = 0; i < n; i++) {
		if (bits < m->price[i])
			return i + bits / m->price[i];
		bits -= m->price[i];
	}
	return n;
}

/* What the order of first appearance of the first `n_stored` elements is worth, added to bits[] (by
 * rank) with the sign of a saving: the next one of the model's list costs what all that are still
 * to come have together. */
static void add_order(const struct measurement *m, uint32_t n_stored, double *bits)
{
	const struct sk_counts *c = m->corpus.counts;
	double unseen = 0;

	for (uint32_t k = c->n_elements; k-- > 0;) {
		uint32_t i = m->rank[k];

		if (i >= n_stored)
			continue;
		unseen += (double)m->count[i];
		bits[i] -= log2(unseen / (double)m->count[i]);
	}
}

/* The data's weights, names and facts when the first `rank` elements are stored, less what the
 * known world pays for the weights. */
static struct scaling_model_loss finite_loss(const struct measurement *m, double rank, double *bits)
{
	struct scaling_model_loss loss = {0};
	const struct sk_counts *c = m->corpus.counts;
	double n = (double)c->n_sentences, escapes = 0, lg_share = log2(n) - LG_E, lg_escape;

	for (uint32_t i = 0; i < c->n_elements; i++) {
		escapes += fmax(0, fmin(1, i + 1 - rank)) * (double)m->count[i];
		bits[i] = 0;
	}
	add_order(m, (uint32_t)rank, bits);
	lg_escape = escapes > 0 ? special_lg_factorial(escapes) / escapes : 0;
	for (uint32_t i = 0; i < c->n_elements; i++) {
		double out = fmax(0, fmin(1, i + 1 - rank)), count = (double)m->count[i];
		double stored = m->stored_bits[i] + count * lg_share - special_lg_factorial(count);
		double escape = m->escape_bits[i] + count * (lg_share - lg_escape);

		bits[i] += (1 - out) * stored + out * escape - m->known_bits[i];
		loss.of_class[m->class[i]] += bits[i] / n;
		loss.of_class[ALL] += bits[i] / n;
	}
	return loss;
}

/* `scratch` (n_elements) */
static void add_theory(const struct measurement *m, struct scaling_model_point *p, double *scratch)
{
	const struct sk_counts *c = m->corpus.counts;
	const struct capacity_facts facts = {.n = c->n_elements,
					     .count = m->count,
					     .class = m->class,
					     .n_sentences = (double)c->n_sentences};
	double rank = p->knowledge_model_bits / m->curve->element_bits;
	struct capacity_loss whole = capacity_whole(&facts, rank);
	struct capacity_loss water = capacity_water(&facts, rank);

	p->whole = scale(&whole, m->curve->mention_bits);
	p->water = scale(&water, m->curve->mention_bits);
	p->finite = finite_loss(m, rank_at(m, p->knowledge_model_bits), scratch);
	whole = capacity_whole(&facts, p->n_elements);
	p->whole_stored = whole.all * m->curve->mention_bits;
	p->finite_stored = finite_loss(m, p->n_elements, scratch).of_class[ALL];
	p->law = rank > 0 && m->curve->alpha > 0
		     ? m->curve->mention_bits *
			   capacity_pitman_yor_law(m->curve->alpha, facts.n_sentences, facts.n,
						   rank)
		     : NAN;
	p->predicted_count = rank < facts.n ? m->count[(uint32_t)rank] : 0;
}

/* ---- Slopes. ---- */

/* Fit ln y against ln x over the points of the curve from `first` on whose numbers allow it; of
 * neighbours that store as many elements the last one. */
static struct capacity_fit fit_points(const struct scaling_model_curve *curve, uint32_t first,
				      uint32_t n, double (*x)(const struct scaling_model_point *p),
				      double (*y)(const struct scaling_model_point *p),
				      double min_elements, double max_elements)
{
	double ln_x[BUDGETS_MAX], ln_y[BUDGETS_MAX];
	uint32_t n_used = 0, last_elements = UINT32_MAX;

	for (uint32_t i = first; i < first + n; i++) {
		const struct scaling_model_point *p = &curve->point[i];

		if (p->n_elements < min_elements || p->n_elements > max_elements ||
		    p->smallest_stored < 2 || !(x(p) > 0 && y(p) > 0))
			continue;
		n_used -= n_used > 0 && p->n_elements == last_elements;
		last_elements = p->n_elements;
		ln_x[n_used] = log(x(p));
		ln_y[n_used++] = log(y(p));
	}
	return capacity_fit_line(ln_x, ln_y, n_used);
}

static double x_elements(const struct scaling_model_point *p)
{
	return p->n_elements;
}

static double x_capacity(const struct scaling_model_point *p)
{
	return p->knowledge_model_bits;
}

static double y_measured(const struct scaling_model_point *p)
{
	return p->knowledge.of_class[ALL];
}

static double y_whole(const struct scaling_model_point *p)
{
	return p->whole.of_class[ALL];
}

static double y_finite(const struct scaling_model_point *p)
{
	return p->finite.of_class[ALL];
}

static double y_water(const struct scaling_model_point *p)
{
	return p->water.of_class[ALL];
}

static double y_whole_stored(const struct scaling_model_point *p)
{
	return p->whole_stored;
}

static double y_finite_stored(const struct scaling_model_point *p)
{
	return p->finite_stored;
}

static struct capacity_fit fit_range(const struct scaling_model_curve *c,
				     double (*x)(const struct scaling_model_point *p),
				     double (*y)(const struct scaling_model_point *p))
{
	return fit_points(c, 0, c->n_points, x, y, SCALING_MODEL_FIT_MIN, SCALING_MODEL_FIT_MAX);
}

static void fit_exponents(struct scaling_model_curve *c)
{
	c->by_elements = (struct scaling_model_fit){
	    .measured = fit_range(c, x_elements, y_measured),
	    .finite = fit_range(c, x_elements, y_finite_stored),
	    .whole = fit_range(c, x_elements, y_whole_stored),
	    .water = {NAN, NAN, 0}, /* it stores parts of all */
	};
	c->by_capacity = (struct scaling_model_fit){
	    .measured = fit_range(c, x_capacity, y_measured),
	    .finite = fit_range(c, x_capacity, y_finite),
	    .whole = fit_range(c, x_capacity, y_whole),
	    .water = fit_range(c, x_capacity, y_water),
	};
}

static void add_slopes(struct scaling_model_curve *curve)
{
	uint32_t half = SCALING_MODEL_WINDOW / 2, n = curve->n_points;

	for (uint32_t i = 0; i < n; i++) {
		uint32_t first = i < half ? 0 : i - half, last = i + half < n ? i + half : n - 1;
		struct scaling_model_point *p = &curve->point[i];

		p->slope = fit_points(curve, first, last - first + 1, x_capacity, y_measured, 1,
				      INFINITY);
		p->finite_slope = fit_points(curve, first, last - first + 1, x_capacity, y_finite,
					     1, INFINITY);
	}
	fit_exponents(curve);
}

/* ---- The whole. ---- */

static bool show_progress(void *context, uint64_t done_symbols, uint64_t n_symbols, double bits)
{
	const struct measurement *m = context;
	double part = n_symbols ? (double)done_symbols / (double)n_symbols : 1;

	(void)bits;
	m->plan->progress(m->plan->progress_context,
			  (uint64_t)(PROGRESS_STEPS * (m->index + part)),
			  (uint64_t)PROGRESS_STEPS * m->plan->n_alphas);
	return true;
}

static enum status measure_points(struct measurement *m, const struct archive_settings *settings)
{
	struct budget_point *size = calloc(m->plan->n_budgets, sizeof *size);
	double *scratch = calloc(m->corpus.counts->n_elements + 1, sizeof *scratch);
	struct scaling_model_curve *curve = m->curve;
	struct budgets b = {
	    .settings = *settings,
	    .in = m->corpus.bin.data,
	    .size_bytes = m->corpus.bin.size_bytes,
	    .n_points = m->plan->n_budgets,
	    .threads = m->plan->threads,
	    .costs = true,
	    .look = look,
	    .context = m,
	    .progress = m->plan->progress ? show_progress : NULL,
	    .progress_context = m,
	};
	enum status s = STATUS_OK;

	curve->point = calloc(b.n_points, sizeof *curve->point);
	if (!size || !scratch || !curve->point)
		s = fail_no_memory();
	b.settings.world = m->corpus.world;
	if (s == STATUS_OK)
		s = budgets_run(&b, size);
	for (uint32_t i = b.n_points; s == STATUS_OK && i-- > 0;)
		curve->point[i].knowledge_model_bits -= curve->point[0].knowledge_model_bits;
	for (uint32_t i = 0; s == STATUS_OK && i < b.n_points; i++) {
		curve->point[i].size = size[i];
		add_theory(m, &curve->point[i], scratch);
		curve->n_points = i + 1;
	}
	free(scratch);
	free(size);
	return s;
}

static enum status measure_curve(struct measurement *m, const struct archive_settings *settings)
{
	struct scaling_model_curve *curve = m->curve;
	double n;

	TRY(draw_corpus(m, m->plan->alpha_millionths[m->index]));
	TRY(find_classes(m));
	TRY(price_elements(m));
	TRY(sk_optimum_make(&m->optimum, m->corpus.counts));
	TRY(measure_known(m));
	n = (double)m->corpus.counts->n_sentences;
	*curve = (struct scaling_model_curve){
	    .alpha = m->corpus.prior->alpha,
	    .n_tokens = m->corpus.n_tokens,
	    .n_elements = m->corpus.counts->n_elements,
	    .element_bits = m->optimum.element_bits,
	    .mention_bits = m->optimum.mention_bits,
	    .known_bits = loaded_bits(&m->corpus, "known_bits") / n,
	    .known_knowledge_bits = m->known_knowledge.of_class[ALL],
	};
	TRY(measure_points(m, settings));
	add_slopes(curve);
	return STATUS_OK;
}

static void measurement_free(struct measurement *m)
{
	loaded_free(&m->corpus);
	cost_corpus_free(&m->roles);
	sk_optimum_free(&m->optimum);
	free(m->count);
	free(m->element);
	free(m->class);
	free(m->price);
	free(m->stored_bits);
	free(m->escape_bits);
	free(m->known_bits);
	free(m->rank);
}

enum status scaling_model_measure(const struct scaling_model_plan *plan, struct scaling_model *m)
{
	struct archive_settings settings;
	enum status s;

	*m = (struct scaling_model){0};
	TRY(archive_settings_parse(&settings, plan->model_text));
	if (!settings.model->fit)
		return fail(STATUS_BAD_ARGUMENT, "model %s is no two-part code: it stores no model",
			    settings.model->name);
	for (uint32_t i = 0; i < plan->n_alphas; i++) {
		struct measurement one = {.plan = plan, .curve = &m->curve[i], .index = i};

		m->n_curves = i + 1;
		s = measure_curve(&one, &settings);
		measurement_free(&one);
		if (s != STATUS_OK)
			return s;
	}
	return STATUS_OK;
}

void scaling_model_free(struct scaling_model *m)
{
	for (uint32_t i = 0; i < m->n_curves; i++)
		free(m->curve[i].point);
	*m = (struct scaling_model){0};
}
