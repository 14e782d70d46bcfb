/* SPDX-License-Identifier: BSD-2-Clause
 *
 * experiment_data_scaling.c - loss on unseen text against the size of the training set (Fig. 5a).
 *
 * Biographies of a finite population are drawn by p(i) ~ (i + 1)^-power or uniformly.  What a
 * learner pays for the biographies between the n-th and the m-th, which it has not seen when it
 * codes them, is its loss on unseen text after about sqrt(n m) of them; one pass gives the whole
 * curve.  Less what the known world costs it is the excess, which for the optimum is known exactly:
 * a biography of somebody new costs as many bits as his facts have, so its mean in the stretch is
 * that times D(m) - D(n) (corpora/population.h) over m - n.  The shift is 1: a large one looks like
 * an exponent of its own.
 */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "document.h"
#include "experiment.h"
#include "file.h"
#include "population.h"
#include "source.h"

#define PEOPLE "100000"
#define VARIED "people,biographies,sampling,power,seed"
#define FIGURE "learners"
#define METHOD "figure:" FIGURE

/* Uniform, and power laws. */
static const struct law {
	const char *sampling, *power, *name; /* NULL: has none */
	double exponent;
} laws[] = {{"0", NULL, "uniform", 0},
	    {"1", "1.2", "power 1.2", 1.2},
	    {"1", "1.5", "power 1.5", 1.5},
	    {"1", "2", "power 2", 2}};
#define LAWS (sizeof laws / sizeof *laws)

static enum status plan_corpus(struct bench *b, const struct law *law, const char *biographies,
			       unsigned seed)
{
	char title[128], name[64], number[16];
	const char *const options[] = {"bios",     "--people",      PEOPLE,
				       "--seed",   number,          "--biographies",
				       biographies, "--sampling",   law->sampling,
				       law->power ? "--power" : NULL, law->power, NULL};
	const struct subject *s;

	snprintf(number, sizeof number, "%u", seed);
	snprintf(title, sizeof title, "bios, %s, seed %u, %s of %s people", law->name, seed,
		 biographies, PEOPLE);
	snprintf(name, sizeof name, "bios-%s-%s-%u", law->power ? law->power : law->name,
		 biographies, seed);
	TRY(subject_add_drawn(b, title, name, options, &s));
	return plan_figure(b, FIGURE, s);
}

static enum status plan(struct bench *b, const struct experiment_request *q)
{
	bool full = q->scale == EXPERIMENT_FULL;

	for (unsigned seed = 1; seed <= (full ? 5 : 3); seed++)
		for (size_t i = 0; i < LAWS; i++)
			TRY(plan_corpus(b, &laws[i], full ? "100000" : "10000", seed));
	return STATUS_OK;
}

/* ---- Reading the results. ---- */

#define CODES 4
static const char *const codes[CODES] = {"bayes", "mix", "ngram", "transformer:online"};
#define STRETCHES_MAX 24
#define STRETCH_ROWS 5   /* of a curve, which has 20 a decade */
#define FIRST_BIOGRAPHIES 30
#define SEEDS_MAX 16

/* What is paid above the known world, in bits a biography, of each seed. */
struct stretch {
	double from, to; /* biographies */
	double excess[CODES][SEEDS_MAX];
	size_t n[CODES];
};

struct curve {
	double people;
	struct stretch stretch[STRETCHES_MAX];
	size_t n_stretches;
	size_t n_corpora;
};

/* The law of a corpus; LAWS: none of ours. */
static size_t law_of(const char *source)
{
	double sampling = source_option(source, "bios", "sampling");
	double power = sampling == 0 ? 0 : source_option(source, "bios", "power");

	if (!source_varies_only(source, "bios", VARIED) || sampling > 1)
		return LAWS;
	for (size_t i = 0; i < LAWS; i++)
		if (laws[i].exponent == power)
			return i;
	return LAWS;
}

/* The stretch between two positions of a curve, which are the same in all corpora but the last;
 * NULL: there is no more room. */
static struct stretch *stretch_at(struct curve *c, double from, double to)
{
	for (size_t i = 0; i < c->n_stretches; i++)
		if (fabs(c->stretch[i].from / from - 1) < 0.05)
			return &c->stretch[i];
	if (c->n_stretches == STRETCHES_MAX)
		return NULL;
	c->stretch[c->n_stretches] = (struct stretch){.from = from, .to = to};
	return &c->stretch[c->n_stretches++];
}

/* One code on one corpus. */
static void read_code(struct curve *c, const struct result *r, const json_t *rows, size_t code)
{
	double n_tokens = r->spec.corpus.n_tokens;
	double biographies = source_option(r->spec.corpus.source, "bios", "biographies");
	double known = r->spec.corpus.known_bits / n_tokens, tokens = n_tokens / biographies;

	for (size_t i = 0; i + STRETCH_ROWS < json_array_size(rows); i += STRETCH_ROWS) {
		const json_t *a = json_array_get(rows, i);
		const json_t *b = json_array_get(rows, i + STRETCH_ROWS);
		double from = document_value(a, "position"), to = document_value(b, "position");
		double rate =
		    (document_value(b, "sent_bits") - document_value(a, "sent_bits")) / (to - from);
		struct stretch *s;

		if (from < FIRST_BIOGRAPHIES * tokens)
			continue;
		s = stretch_at(c, from / tokens, to / tokens);
		if (s && s->n[code] < SEEDS_MAX)
			s->excess[code][s->n[code]++] = (rate - known) * tokens;
	}
}

static void read_result(struct curve curve[LAWS], const struct result *r)
{
	const json_t *curves = json_object_get(r->document, "curves");
	size_t law = law_of(r->spec.corpus.source);

	if (r->outcome != OUTCOME_OK || strcmp(r->spec.method, METHOD) != 0 || law == LAWS)
		return;
	curve[law].people = source_option(r->spec.corpus.source, "bios", "people");
	curve[law].n_corpora++;
	for (size_t i = 0; i < json_array_size(curves); i++) {
		const json_t *c = json_array_get(curves, i);
		const char *name = json_string_value(json_object_get(c, "code"));

		for (size_t code = 0; code < CODES; code++)
			if (name && strcmp(name, codes[code]) == 0)
				read_code(&curve[law], r, json_object_get(c, "rows"), code);
	}
}

/* ---- The optimum. ---- */

/* Of a person: pronoun, date, city, university, major, employer (corpora/bios.h). */
static double fact_bits(void)
{
	return log2(2.0 * 67200 * 200 * 300 * 100 * 263);
}

static double exact_excess(const double *p, size_t people, const struct stretch *s)
{
	return fact_bits() *
	       (population_distinct(p, people, s->to) - population_distinct(p, people, s->from)) /
	       (s->to - s->from);
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
static struct decay add_code(struct finding *f, struct finding_panel *panel, const struct law *law,
			     const struct curve *c, const double *exact, size_t code)
{
	const char *name = code < CODES ? codes[code] : "exact optimum";
	double n[STRETCHES_MAX], excess[STRETCHES_MAX];
	struct finding_series *series;
	char title[64];

	snprintf(title, sizeof title, "%s, %s", name, law->name);
	series = panel ? finding_series(panel, title, code == CODES) : NULL;
	if (series && (code == CODES || code == 0)) /* the Bayes code and its theory in one */
		series->colour = (size_t)(law - laws);
	for (size_t i = 0; i < c->n_stretches; i++) {
		const struct stretch *s = &c->stretch[i];
		struct finding_mean m = {exact[i], NAN, 0};

		if (code < CODES)
			m = finding_mean(s->excess[code], s->n[code]);
		n[i] = sqrt(s->from * s->to);
		excess[i] = m.mean;
		finding_point(f, series, n[i], m.mean, m.mean - m.half_width,
			      m.mean + m.half_width);
	}
	struct decay d = decay_of(n, excess, c->n_stretches);

	add_row(f, law->name, name, code < CODES ? c->n_corpora : 0, &d,
		c->n_stretches ? excess[c->n_stretches - 1] : NAN);
	return d;
}

static enum status add_law(struct finding *f, struct finding_panel *panel[], size_t law,
			   const struct curve *c, struct law_decay *out)
{
	size_t people = (size_t)c->people;
	double *p = malloc(people * sizeof *p), exact[STRETCHES_MAX];

	if (!p)
		return fail_no_memory();
	population_law(p, people, OPTION_UNIT,
		       (int64_t)llround(laws[law].exponent * OPTION_UNIT));
	for (size_t i = 0; i < c->n_stretches; i++) {
		struct finding_mean m = finding_mean(c->stretch[i].excess[0], c->stretch[i].n[0]);

		exact[i] = exact_excess(p, people, &c->stretch[i]);
		out->n_stretches += isfinite(m.half_width);
		out->n_within += fabs(m.mean - exact[i]) <= m.half_width;
	}
	free(p);
	out->exact = add_code(f, panel[0], &laws[law], c, exact, CODES);
	for (size_t code = 0; code < CODES; code++)
		out->code[code] = add_code(f, panel[code == 0 ? 0 : code == 1 ? 1 : 2],
					   &laws[law], c, exact, code);
	return STATUS_OK;
}

#define WITHIN_SHARE 0.85  /* of stretches: intervals of 95 %, not independent */
#define STRAIGHT_WITHIN 0.2 /* between the exponents of the halves of a power law */

static void claim_optimum(struct finding *f, const struct law_decay d[LAWS])
{
	size_t within = 0, all = 0;

	for (size_t i = 0; i < LAWS; i++) {
		within += d[i].n_within;
		all += d[i].n_stretches;
	}
	finding_claim(f,
		      !all			    ? CLAIM_OPEN
		      : (double)within >= WITHIN_SHARE * (double)all ? CLAIM_HOLDS
							     : CLAIM_FAILS,
		      "The optimum's loss is known exactly at every size: 47.59 bits times the "
		      "probability of somebody new.",
		      "in %zu of %zu stretches the Bayes code's mean is within its 95 %% interval "
		      "of it.",
		      within, all);
}

/* "mix -0.467, -0.563, -0.597": exponents for the power laws of one learner. */
static void append_slopes(FILE *to, const char *name, const struct law_decay d[LAWS], size_t code)
{
	fprintf(to, "%s%s", code == CODES ? "" : "; ", name);
	for (size_t i = 0; i < LAWS; i++) {
		const struct decay *of = code == CODES ? &d[i].exact : &d[i].code[code];

		fprintf(to, "%s %.3f (%.2f, %.2f)", i ? "," : "", of->all.slope, of->first.slope,
			of->second.slope);
	}
}

/* The exponents of the optimum and of all learners; NULL: no memory. */
static char *slopes_text(const struct law_decay d[LAWS])
{
	char *text;
	size_t size_bytes;
	FILE *to = file_open_memory(&text, &size_bytes);

	if (!to)
		return NULL;
	append_slopes(to, "exact optimum", d, CODES);
	for (size_t code = 1; code < CODES; code++)
		append_slopes(to, codes[code], d, code);
	if (file_close_memory(to) == STATUS_OK)
		return text;
	free(text);
	return NULL;
}

static void claim_decay(struct finding *f, const struct law_decay d[LAWS], const char *slopes)
{
	bool steeper = true, straight = true;

	for (size_t code = 1; code < CODES; code++) {
		for (size_t i = 1; i < LAWS; i++) {
			const struct decay *of = &d[i].code[code];

			steeper = steeper && of->all.slope < d[i - 1].code[code].all.slope;
			straight = straight && fabs(of->first.slope - of->second.slope) <=
						   STRAIGHT_WITHIN;
		}
	}
	finding_claim(f, steeper ? CLAIM_HOLDS : CLAIM_FAILS,
		      "The more skewed the sampling, the faster every learner's loss falls with "
		      "the size of the training set, and slowest under uniform sampling (Fig. 5a).",
		      "exponents (of the first and the second half) for uniform sampling and "
		      "powers 1.2, 1.5, 2: %s.",
		      slopes);
	finding_claim(f, straight ? CLAIM_HOLDS : CLAIM_FAILS,
		      "Under power laws the learners' loss is a power law itself (Fig. 5a).",
		      "%s. The optimum's is; a learner's first half is steeper, since sentences "
		      "are learnt there too, which the optimum is told.",
		      straight ? "the exponents of both halves agree within 0.2"
			       : "the exponents of the halves differ by more than 0.2 for some");
}

static enum status describe(struct finding *f, const struct curve curve[LAWS])
{
	static const char *const head[] = {"sampling",	    "learner",	   "corpora#",
					   "exponent#",	    "first half#", "second half#",
					   "bits at the end#"};
	static const char label[] = "excess over the known world, bits a biography";
	struct finding_panel *panel[FINDING_PANELS_MAX];
	struct law_decay d[LAWS] = {{.n_within = 0}};

	for (size_t i = 0; i < sizeof head / sizeof *head; i++)
		finding_column(f, head[i]);
	for (size_t i = 0; i < FINDING_PANELS_MAX; i++)
		panel[i] = finding_panel(f, "biographies", label, true, true);
	for (size_t i = 0; i < LAWS; i++)
		TRY(add_law(f, panel, i, &curve[i], &d[i]));
	claim_optimum(f, d);

	char *slopes = slopes_text(d);

	if (!slopes)
		return fail_no_memory();
	claim_decay(f, d, slopes);
	free(slopes);
	return STATUS_OK;
}

static enum status conclude(const struct result *const *result, size_t n, struct finding *f)
{
	struct curve *curve = calloc(LAWS, sizeof *curve);
	enum status s = STATUS_OK;
	bool all = true;

	if (!curve)
		return fail_no_memory();
	for (size_t i = 0; i < n; i++)
		read_result(curve, result[i]);
	for (size_t i = 0; i < LAWS; i++)
		all = all && curve[i].n_corpora;
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
