/* SPDX-License-Identifier: BSD-2-Clause
 *
 * experiment_data_scaling.c - loss on unseen text against the size of the training set (Fig. 5a).
 *
 * Of the curves of data_curve.h, what all tokens of a biography cost, less what they cost who knows
 * the world: the excess.  For the optimum its mean in the stretch from the n-th biography to the
 * m-th is the bits of a person's facts times D(m) - D(n) (corpora/population.h) over m - n.
 */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "data_curve.h"
#include "document.h"
#include "experiment.h"

#define FIGURE "learners"
#define METHOD "figure:" FIGURE

static enum status plan(struct bench *b, const struct experiment_request *q)
{
	bool full = q->scale == EXPERIMENT_FULL;
	struct data_corpus c = {.people = "100000", .biographies = full ? "100000" : "10000"};

	for (c.seed = 1; c.seed <= (full ? 5 : 3); c.seed++)
		for (c.law = 0; c.law < DATA_LAWS; c.law++) {
			const struct subject *s;

			TRY(data_corpus_add(b, &c, &s));
			TRY(plan_figure(b, FIGURE, s));
		}
	return STATUS_OK;
}

/* ---- Reading the results. ---- */

#define CODES 4
static const char *const codes[CODES] = {"bayes", "mix", "ngram", "transformer:online"};
#define STRETCH_ROWS 5 /* of a curve, which has 20 a decade */
#define FIRST_BIOGRAPHIES 30

struct curve {
	struct data_scale scale;
	struct data_stretches stretches;
	size_t n_corpora;

	/* What is paid above the known world, in bits a biography. */
	double excess[CODES][DATA_STRETCHES_MAX][DATA_CORPORA_MAX];
};

/* One code on one corpus. */
static void read_code(struct curve *c, const struct result *r, const json_t *rows, size_t code,
		      size_t corpus)
{
	double n_tokens = r->spec.corpus.n_tokens;
	double known = r->spec.corpus.known_bits / n_tokens;
	double tokens = n_tokens / (double)c->scale.biographies;

	for (size_t i = 0; i + STRETCH_ROWS < json_array_size(rows); i += STRETCH_ROWS) {
		const json_t *a = json_array_get(rows, i);
		const json_t *b = json_array_get(rows, i + STRETCH_ROWS);
		double from = document_value(a, "position"), to = document_value(b, "position");
		double rate =
		    (document_value(b, "sent_bits") - document_value(a, "sent_bits")) / (to - from);
		size_t k;

		if (!(from >= FIRST_BIOGRAPHIES * tokens) || !(to > from))
			continue;
		k = data_stretch_find(&c->stretches, from / tokens, to / tokens);
		if (k < DATA_STRETCHES_MAX)
			c->excess[code][k][corpus] = (rate - known) * tokens;
	}
}

static void start(struct curve *c, const struct data_scale *scale)
{
	*c = (struct curve){.scale = *scale};
	for (size_t code = 0; code < CODES; code++)
		for (size_t k = 0; k < DATA_STRETCHES_MAX; k++)
			data_values_clear(c->excess[code][k]);
}

static void read_result(struct curve curve[DATA_LAWS], const struct result *r)
{
	const json_t *curves = json_object_get(r->document, "curves");
	struct data_scale scale;
	enum data_law law;
	struct curve *to;

	if (r->outcome != OUTCOME_OK || strcmp(r->spec.method, METHOD) != 0 ||
	    !data_corpus_of(r->spec.corpus.source, &law, &scale))
		return;
	to = &curve[law];
	if (data_scale_is_above(&scale, &to->scale))
		start(to, &scale);
	if (!data_scale_is(&scale, &to->scale) || to->n_corpora == DATA_CORPORA_MAX)
		return;
	for (size_t i = 0; i < json_array_size(curves); i++) {
		const json_t *c = json_array_get(curves, i);

		for (size_t code = 0; code < CODES; code++)
			if (strcmp(document_text(c, "code"), codes[code]) == 0)
				read_code(to, r, json_object_get(c, "rows"), code, to->n_corpora);
	}
	to->n_corpora++;
}

/* ---- The finding. ---- */

/* Exponents of the excess against n: of all stretches, and of either half. */
struct decay {
	struct finding_slope all, first, second;
};

static struct decay decay_of(const double *n, const double *excess, size_t count)
{
	size_t half = count / 2;

	return (struct decay){finding_slope(n, excess, count), finding_slope(n, excess, half + 1),
			      finding_slope(n + half, excess + half, count - half)};
}

struct law_decay {
	struct decay exact, code[CODES];
	double slope[CODES][DATA_CORPORA_MAX]; /* of each corpus alone */
	size_t n_within, n_stretches; /* measured optimum within its interval of the exact one */
};

static void add_row(struct finding *f, const char *law, const char *code, size_t seeds,
		    const struct decay *d, double last)
{
	finding_cell(f, "%s", law);
	finding_cell(f, "%s", code);
	finding_cell(f, "%zu", seeds);
	finding_cell(f, "%.3f ± %.3f", d->all.slope, d->all.half_width);
	finding_cell(f, "%.3f", d->first.slope);
	finding_cell(f, "%.3f", d->second.slope);
	finding_cell(f, "%.3f", last);
}

/* One code or, code == CODES, the exact optimum: its points, and its row. */
static struct decay add_code(struct finding *f, struct finding_panel *panel, enum data_law law,
			     const struct curve *c, const double *exact, size_t code)
{
	const char *name = code < CODES ? codes[code] : "exact optimum";
	double n[DATA_STRETCHES_MAX], excess[DATA_STRETCHES_MAX];
	size_t n_stretches = c->stretches.n;
	struct finding_series *series;
	char title[64];

	snprintf(title, sizeof title, "%s, %s", name, data_laws[law].name);
	series = panel ? finding_series(panel, title, code == CODES) : NULL;
	if (series && (code == CODES || code == 0)) /* the Bayes code and its theory in one */
		series->colour = law;
	for (size_t i = 0; i < n_stretches; i++) {
		struct finding_mean m = {exact[i], NAN, 0};

		if (code < CODES)
			m = data_values_mean(c->excess[code][i]);
		n[i] = data_stretch_middle(&c->stretches.at[i]);
		excess[i] = m.mean;
		finding_point(f, series, n[i], m.mean, m.mean - m.half_width,
			      m.mean + m.half_width);
	}
	struct decay d = decay_of(n, excess, n_stretches);

	add_row(f, data_laws[law].name, name, code < CODES ? c->n_corpora : 0, &d,
		n_stretches ? excess[n_stretches - 1] : NAN);
	return d;
}

/* The exponent of each corpus. */
static void find_slopes(const struct curve *c, size_t code, double slope[DATA_CORPORA_MAX])
{
	double n[DATA_STRETCHES_MAX], excess[DATA_STRETCHES_MAX];

	for (size_t k = 0; k < DATA_CORPORA_MAX; k++) {
		for (size_t i = 0; i < c->stretches.n; i++) {
			n[i] = data_stretch_middle(&c->stretches.at[i]);
			excess[i] = c->excess[code][i][k];
		}
		slope[k] = finding_slope(n, excess, c->stretches.n).slope;
	}
}

static enum status add_law(struct finding *f, struct finding_panel *panel[], enum data_law law,
			   const struct curve *c, struct law_decay *out)
{
	double *p, exact[DATA_STRETCHES_MAX];

	TRY(data_population(&p, law, c->scale.people));
	for (size_t i = 0; i < c->stretches.n; i++) {
		const struct data_stretch *s = &c->stretches.at[i];
		struct finding_mean m = data_values_mean(c->excess[0][i]);

		exact[i] = data_fact_bits() * data_newcomers(p, c->scale.people, s) /
			   (s->to - s->from);
		out->n_stretches += isfinite(m.half_width);
		out->n_within += fabs(m.mean - exact[i]) <= m.half_width;
	}
	free(p);
	out->exact = add_code(f, panel[0], law, c, exact, CODES);
	for (size_t code = 0; code < CODES; code++) {
		out->code[code] = add_code(f, panel[code == 0 ? 0 : code == 1 ? 1 : 2], law, c,
					   exact, code);
		find_slopes(c, code, out->slope[code]);
	}
	return STATUS_OK;
}

static void claim_optimum(struct finding *f, const struct law_decay d[DATA_LAWS])
{
	size_t within = 0, all = 0;

	for (size_t i = 0; i < DATA_LAWS; i++) {
		within += d[i].n_within;
		all += d[i].n_stretches;
	}
	finding_claim(f, data_covered(within, all),
		      "The optimum's loss is known exactly at every size: 47.59 bits times the "
		      "probability of somebody new.",
		      "in %zu of %zu stretches the Bayes code's mean is within its 95 %% interval "
		      "of it.",
		      within, all);
}

/* "mix -0.467, -0.563, -0.597": exponents for the laws of one learner. */
static void print_slopes(FILE *to, const char *name, const struct law_decay d[DATA_LAWS],
			 size_t code)
{
	fprintf(to, "%s%s", code == CODES ? "" : "; ", name);
	for (size_t i = 0; i < DATA_LAWS; i++) {
		const struct decay *of = code == CODES ? &d[i].exact : &d[i].code[code];

		fprintf(to, "%s %.3f (%.2f, %.2f)", i ? "," : "", of->all.slope, of->first.slope,
			of->second.slope);
	}
}

/* The exponents of the optimum and of all learners. */
static void print_all_slopes(FILE *to, const void *of)
{
	const struct law_decay *d = of;

	print_slopes(to, "exact optimum", d, CODES);
	for (size_t code = 1; code < CODES; code++)
		print_slopes(to, codes[code], d, code);
}

static void claim_steeper(struct finding *f, const struct law_decay d[DATA_LAWS],
			  const char *slopes)
{
	enum verdict_of_claim part[CODES * DATA_LAWS];
	size_t n = 0, n_steeper = 0;

	for (size_t code = 1; code < CODES; code++)
		for (size_t i = 1; i < DATA_LAWS; i++) {
			part[n] = data_values_above(d[i - 1].slope[code], d[i].slope[code]);
			n_steeper += part[n++] == CLAIM_HOLDS;
		}
	finding_claim(f, finding_all(part, n),
		      "The more skewed the sampling, the faster every learner's loss falls with "
		      "the size of the training set, and slowest under uniform sampling (Fig. 5a).",
		      "faster than under the next less skewed one in %zu of %zu cases, by 95 %% "
		      "intervals over corpora; exponents (of the first and the second half) for "
		      "uniform sampling and powers 1.2, 1.5, 2: %s.",
		      n_steeper, n, slopes);
}

/* Between the exponents of the halves of a power law, to call it one.  Of our own choosing: the
 * optimum's exponents for neighbouring powers are 0.12 to 0.22 apart, so a curve whose halves
 * differ by more could be of either. */
#define STRAIGHT_WITHIN 0.2

static void claim_straight(struct finding *f, const struct law_decay d[DATA_LAWS])
{
	enum verdict_of_claim part[CODES * DATA_LAWS];
	size_t n = 0, n_straight = 0;

	for (size_t code = 1; code < CODES; code++)
		for (size_t i = 1; i < DATA_LAWS; i++) {
			const struct decay *of = &d[i].code[code];
			double apart = fabs(of->first.slope - of->second.slope);

			part[n] = isnan(apart)		       ? CLAIM_OPEN
				  : apart <= STRAIGHT_WITHIN ? CLAIM_HOLDS
							       : CLAIM_FAILS;
			n_straight += part[n++] == CLAIM_HOLDS;
		}
	finding_claim(f, finding_all(part, n),
		      "Under power laws the learners' loss is a power law itself (Fig. 5a).",
		      "the exponents of both halves agree within %g for %zu of %zu curves. The "
		      "optimum's do; a learner's first half is steeper, since sentences are learnt "
		      "there too, which the optimum is told.",
		      STRAIGHT_WITHIN, n_straight, n);
}

static enum status describe(struct finding *f, const struct curve curve[DATA_LAWS])
{
	static const char *const head[] = {"sampling",	    "learner",	   "corpora#",
					   "exponent#",	    "first half#", "second half#",
					   "bits at the end#"};
	static const char label[] = "excess over the known world, bits a biography";
	struct finding_panel *panel[FINDING_PANELS_MAX];
	struct law_decay d[DATA_LAWS] = {{.n_within = 0}};

	finding_columns(f, head, sizeof head / sizeof *head);
	for (size_t i = 0; i < FINDING_PANELS_MAX; i++)
		panel[i] = finding_panel(f, "biographies", label, true, true);
	for (enum data_law law = 0; law < DATA_LAWS; law++)
		TRY(add_law(f, panel, law, &curve[law], &d[law]));
	claim_optimum(f, d);

	char *slopes = data_text(print_all_slopes, d);

	if (!slopes)
		return fail_no_memory();
	claim_steeper(f, d, slopes);
	claim_straight(f, d);
	free(slopes);
	return STATUS_OK;
}

static enum status conclude(const struct result *const *result, size_t n, struct finding *f)
{
	struct curve *curve = calloc(DATA_LAWS, sizeof *curve);
	enum status s = STATUS_OK;
	bool all = true;

	if (!curve)
		return fail_no_memory();
	for (size_t i = 0; i < n; i++)
		read_result(curve, result[i]);
	for (size_t i = 0; i < DATA_LAWS; i++)
		all = all && curve[i].stretches.n;
	if (all) /* the claims compare them */
		s = describe(f, curve);
	free(curve);
	return s;
}

const struct experiment experiment_data_scaling = {
    .name = "data-scaling",
    .title = "Loss on unseen text against the size of the training set",
    .figure = "Fig. 5a",
    .help = "power laws of sampling against uniform: exponents of learners and the optimum",
    .plan = plan,
    .conclude = conclude,
};
