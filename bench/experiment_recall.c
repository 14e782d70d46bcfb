/* SPDX-License-Identifier: BSD-2-Clause
 *
 * experiment_recall.c - which facts models of several sizes recall, by how often training stated
 * them (Fig. 2).
 *
 * A right answer is the true value being the most probable symbol where the text states it; one
 * drawn from the model is right with the probability p(true).  A model's threshold is the number of
 * statements at which half of the answers are right.
 */
#include <math.h>
#include <string.h>

#include "cost.h"
#include "document.h"
#include "experiment.h"
#include "experiment_probe.h"
#include "probe.h"

#define SIZES EXPERIMENT_PROBE_SIZES_MAX
#define SEEDS EXPERIMENT_PROBE_SEEDS_MAX
#define SURE_OCTAVES 2     /* this far beside the threshold .. */
#define SURE_RIGHT 0.75    /* .. an answer is right, or wrong, as often */
#define CONSTANT_OCTAVES 1 /* a threshold that training does not move */

/* Means over the seeds, each with its interval. */
struct recall {
	struct finding_mean threshold;
	struct finding_mean optimum;      /* the threshold of who stores the most frequent facts */
	struct finding_mean above, below; /* right two octaves beside it */
	struct finding_mean of_class[PROBE_CLASSES], wrong, confidence, new_confidence;
	struct finding_mean bits_a_parameter;
};

static double right(const struct experiment_probe_sum *s)
{
	return s->tokens > 0 ? s->right / s->tokens : NAN;
}

/* Where half of the facts are wrong: the exposures, and the accuracies around. */
static double threshold_of(const json_t *point)
{
	double x[PROBE_OCTAVES], wrong[PROBE_OCTAVES];
	size_t n = 0;

	for (double from = 1; from < 1 << (PROBE_OCTAVES - 1); from *= 2) {
		struct experiment_probe_sum s = experiment_probe_octave(point, from);

		if (s.tokens == 0)
			continue;
		x[n] = experiment_probe_octave_middle(from);
		wrong[n++] = 1 - right(&s);
	}
	return experiment_probe_crossing(x, wrong, n, 0.5);
}

/* The same of who knows as many bits, all of them of the facts that are stated most often.  The
 * document lists facts by falling numbers of statements. */
static double optimal_threshold(const json_t *document)
{
	const json_t *rows = json_object_get(document, "facts");
	double left = experiment_probe_stored_bits(document) / experiment_probe_fact_bits(document);
	double all[PROBE_OCTAVES] = {0}, unknown[PROBE_OCTAVES] = {0};
	double x[PROBE_OCTAVES], wrong[PROBE_OCTAVES];
	size_t n = 0;

	for (size_t i = 0; i < json_array_size(rows); i++) {
		const json_t *row = json_array_get(rows, i);
		double exposures = document_value(row, "exposures");
		double facts = document_value(row, "facts"), known = fmin(facts, left);
		unsigned octave = probe_octave((uint32_t)exposures);

		left -= known;
		all[octave] += facts * exposures;
		unknown[octave] += (facts - known) * exposures;
	}
	for (unsigned o = 1; o < PROBE_OCTAVES; o++) {
		if (all[o] == 0)
			continue;
		x[n] = experiment_probe_octave_middle(exp2(o - 1));
		wrong[n++] = unknown[o] / all[o];
	}
	return experiment_probe_crossing(x, wrong, n, 0.5);
}

/* The share of right answers of the octave that many exposures are in. */
static double right_at(const json_t *point, double exposures)
{
	double from = exp2(floor(log2(exposures)));
	struct experiment_probe_sum s = experiment_probe_octave(point, from);

	return from >= 1 ? right(&s) : NAN;
}

static double confidence(const struct experiment_probe_sum *s)
{
	return s->wrong_confidence / (s->tokens - s->right);
}

static struct recall recall_of(const struct experiment_probe_size *size)
{
	const char *facts = cost_roles[ROLE_REPEATED_FACT].key;
	double threshold[SEEDS], optimum[SEEDS], above[SEEDS], below[SEEDS],
	    class[PROBE_CLASSES][SEEDS];
	double wrong[SEEDS], sure[SEEDS], sure_new[SEEDS], stored[SEEDS];
	struct recall r;

	for (size_t i = 0; i < size->n; i++) {
		const json_t *last = experiment_probe_last(size->document[i]);
		struct experiment_probe_sum all =
		    experiment_probe_role(last, facts, EXPERIMENT_PROBE_ALL);
		struct experiment_probe_sum new = experiment_probe_octave(last, 0);

		threshold[i] = threshold_of(last);
		optimum[i] = optimal_threshold(size->document[i]);
		above[i] = right_at(last, threshold[i] * (1 << SURE_OCTAVES));
		below[i] = right_at(last, threshold[i] / (1 << SURE_OCTAVES));
		for (int c = 0; c < PROBE_CLASSES; c++) {
			struct experiment_probe_sum s = experiment_probe_role(last, facts, c);

			class[c][i] = right(&s);
		}
		wrong[i] = 1 - right(&all);
		sure[i] = confidence(&all);
		sure_new[i] = confidence(&new);
		stored[i] = experiment_probe_stored_bits(size->document[i]) / size->parameters;
	}
	r.threshold = finding_mean(threshold, size->n);
	r.optimum = finding_mean(optimum, size->n);
	r.above = finding_mean(above, size->n);
	r.below = finding_mean(below, size->n);
	for (int c = 0; c < PROBE_CLASSES; c++)
		r.of_class[c] = finding_mean(class[c], size -> n);
	r.wrong = finding_mean(wrong, size->n);
	r.confidence = finding_mean(sure, size->n);
	r.new_confidence = finding_mean(sure_new, size->n);
	r.bits_a_parameter = finding_mean(stored, size->n);
	return r;
}

/* Times that each sentence was learnt from. */
static double epochs(const struct experiment_probe_size *size)
{
	return document_value(size->document[0], "symbols") /
	       document_value(size->document[0], "tokens");
}

/* ---- Table and panels. ---- */

static void add_row(struct finding *f, const struct experiment_probe_size *size,
		    const struct recall *r)
{
	finding_cell(f, "%s, %.0f steps", size->name, size->steps);
	finding_cell(f, "%.0f", size->parameters);
	finding_cell(f, "%.2f ± %.2f", r->threshold.mean, r->threshold.half_width);
	finding_cell(f, "%.2f ± %.2f", r->optimum.mean, r->optimum.half_width);
	for (int c = 0; c < PROBE_CLASSES; c++)
		finding_cell(f, "%.1f", 100 * r->of_class[c].mean);
	finding_cell(f, "%.1f", 100 * r->wrong.mean);
	finding_cell(f, "%.1f", 100 * r->confidence.mean);
	finding_cell(f, "%.1f", 100 * r->new_confidence.mean);
	finding_cell(f, "%.3f", r->bits_a_parameter.mean);
}

/* Means over the seeds of what is right in each octave: most probable, or drawn. */
static void add_curve(struct finding *f, struct finding_panel *panel,
		      const struct experiment_probe_size *size, bool drawn)
{
	struct finding_series *series = finding_series(panel, size->name, false);

	for (double from = 1; from < 1 << (PROBE_OCTAVES - 1); from *= 2) {
		double share[SEEDS];
		size_t n = 0;

		for (size_t i = 0; i < size->n; i++) {
			struct experiment_probe_sum s =
			    experiment_probe_octave(experiment_probe_last(size->document[i]), from);

			if (s.tokens > 0)
				share[n++] = 100 * (drawn ? s.chance : s.right) / s.tokens;
		}
		struct finding_mean m = finding_mean(share, n);

		if (n > 0)
			finding_point(f, series, experiment_probe_octave_middle(from), m.mean,
				      m.mean - m.half_width, m.mean + m.half_width);
	}
}

static void add_classes(struct finding *f, const struct experiment_probe *e, const struct recall *r)
{
	struct finding_panel *panel =
	    finding_panel(f, "parameters", "right answers, %", true, false);

	for (int c = 0; c < PROBE_CLASSES; c++) {
		char title[64];

		snprintf(title, sizeof title, "quarter %d%s", c + 1,
			 c == 0                   ? ", most frequent"
			 : c == PROBE_CLASSES - 1 ? ", rarest"
						  : "");
		struct finding_series *series = finding_series(panel, title, false);

		for (size_t i = 0; i < e->n; i++) {
			struct finding_mean m = r[i].of_class[c];

			finding_point(f, series, e->size[i].parameters, 100 * m.mean,
				      100 * (m.mean - m.half_width), 100 * (m.mean + m.half_width));
		}
	}
}

/* ---- Claims. ---- */

static void claim_threshold(struct finding *f, const struct experiment_probe *e,
			    const struct recall *r)
{
	double least_above = 1, most_below = 0;
	bool all = true;

	for (size_t i = 0; i < e->n; i++) {
		all = all && isfinite(r[i].threshold.mean);
		least_above = fmin(least_above, r[i].above.mean);
		most_below = fmax(most_below, r[i].below.mean);
	}
	finding_claim(
	    f,
	    !all                                                        ? CLAIM_OPEN
	    : least_above >= SURE_RIGHT && most_below <= 1 - SURE_RIGHT ? CLAIM_HOLDS
									: CLAIM_FAILS,
	    "Every size has a threshold: facts stated less often are not recalled, those "
	    "stated more often are (Fig. 2a).",
	    "thresholds (half of the answers right) from %.3g statements at %.0f "
	    "parameters to %.3g%s at %.0f; two octaves above at least %.0f %% are right, two "
	    "octaves below at most %.0f %%.",
	    r[0].threshold.mean, e->size[0].parameters, r[e->n - 1].threshold.mean,
	    r[e->n - 1].threshold.mean <= 1 ? " or less" : "", e->size[e->n - 1].parameters,
	    100 * least_above, 100 * most_below);
}

static void claim_size(struct finding *f, const struct experiment_probe *e, const struct recall *r)
{
	double x[SIZES], y[SIZES];
	bool falls = true;
	size_t n = 0;

	for (size_t i = 0; i < e->n; i++) {
		falls = falls && (i == 0 || r[i].threshold.mean < r[i - 1].threshold.mean);
		if (!(r[i].threshold.mean > 1)) /* it may be anywhere below */
			continue;
		x[n] = e->size[i].parameters;
		y[n++] = r[i].threshold.mean;
	}
	struct finding_slope slope = finding_slope(x, y, n);

	finding_claim(f, falls ? CLAIM_HOLDS : CLAIM_FAILS,
		      "The larger the model, the lower its threshold (Fig. 2a).",
		      "the threshold falls as the %.2f ± %.2f th power of the parameters, over "
		      "%zu sizes.",
		      slope.slope, slope.half_width, slope.n);
}

#define NEAR_OCTAVES 0.5 /* of the optimal threshold */

static void claim_optimal(struct finding *f, const struct experiment_probe *e,
			  const struct recall *r)
{
	const json_t *last = experiment_probe_last(e->size[e->n - 1].document[0]);
	struct experiment_probe_sum once = experiment_probe_octave(last, 1);
	size_t n = e->n + e->n_longer, n_near = 0;
	double farthest = 0;

	for (size_t i = 0; i < n; i++) {
		double octaves = fabs(log2(r[i].threshold.mean / r[i].optimum.mean));

		farthest = fmax(farthest, octaves);
		n_near += octaves <= NEAR_OCTAVES;
	}
	finding_claim(
	    f, n_near == n ? CLAIM_HOLDS : CLAIM_FAILS,
	    "The threshold is where the constrained optimum has no room left: that of "
	    "storing as many bits, the most frequent facts first.",
	    "%.3g against %.3g statements at %.0f parameters, %.3g against %.3g at %.0f; "
	    "within half an octave for %zu of %zu models, within %.2f for all.  Right answers "
	    "need not save bits: the largest has %.0f %% of the facts that were stated once "
	    "right, and pays %.1f bits for one.",
	    r[0].threshold.mean, r[0].optimum.mean, e->size[0].parameters,
	    r[e->n - 1].threshold.mean, r[e->n - 1].optimum.mean, e->size[e->n - 1].parameters,
	    n_near, n, farthest, 100 * right(&once), once.bits / once.tokens);
}

#define TIE 0.01 /* of right answers */

static void claim_classes(struct finding *f, const struct experiment_probe *e,
			  const struct recall *r)
{
	const struct recall *last = &r[e->n - 1];
	bool ordered = true, rising = true;

	for (size_t i = 0; i < e->n; i++)
		for (int c = 0; c < PROBE_CLASSES; c++) {
			double mean = r[i].of_class[c].mean;

			ordered = ordered && (c == 0 || mean <= r[i].of_class[c - 1].mean + TIE);
			rising = rising && (i == 0 || mean >= r[i - 1].of_class[c].mean - TIE);
		}
	finding_claim(
	    f, ordered && rising ? CLAIM_HOLDS : CLAIM_FAILS,
	    "As the model grows it learns the frequent quarter first, the rare ones only "
	    "at larger sizes (Fig. 2b).",
	    "right answers of the quarters: %.0f, %.0f, %.0f, %.0f %% at %.0f parameters, "
	    "%.0f, %.0f, %.0f, %.0f %% at %.0f%s.",
	    100 * r->of_class[0].mean, 100 * r->of_class[1].mean, 100 * r->of_class[2].mean,
	    100 * r->of_class[3].mean, e->size[0].parameters, 100 * last->of_class[0].mean,
	    100 * last->of_class[1].mean, 100 * last->of_class[2].mean,
	    100 * last->of_class[3].mean, e->size[e->n - 1].parameters,
	    ordered && rising ? ", and in this order at every size" : "");
}

static void claim_confidence(struct finding *f, const struct experiment_probe *e,
			     const struct recall *r)
{
	const struct recall *last = &r[e->n - 1];
	double guess = exp2(-experiment_probe_fact_bits(e->size[0].document[0]));
	bool rises = true, unsure = true;

	for (size_t i = 0; i < e->n; i++) {
		rises =
		    rises && (i == 0 || r[i].new_confidence.mean > r[i - 1].new_confidence.mean);
		unsure = unsure && r[i].new_confidence.mean > 2 * guess;
	}
	finding_claim(
	    f, unsure ? CLAIM_HOLDS : CLAIM_FAILS,
	    "Models hallucinate: what they were never told they answer all the same.",
	    "of facts never stated the most probable answer has %.0f %% at %.0f parameters "
	    "and %.0f %% at %.0f, where a model that knew its limits would say %.0f %%; of "
	    "those stated and answered wrongly, %.0f and %.0f %%.",
	    100 * r->new_confidence.mean, e->size[0].parameters, 100 * last->new_confidence.mean,
	    e->size[e->n - 1].parameters, 100 * guess, 100 * r->confidence.mean,
	    100 * last->confidence.mean);
	finding_claim(f, rises ? CLAIM_HOLDS : CLAIM_FAILS,
		      "The larger the model, the rarer its wrong answers, and the surer.",
		      "wrong answers fall from %.0f to %.0f %% of the facts that were stated.",
		      100 * r->wrong.mean, 100 * last->wrong.mean);
}

/* Is the threshold the size's, or is it that of training?  Sizes that were trained longer, on the
 * same corpora, tell. */
static void claim_training(struct finding *f, const struct experiment_probe_size *size,
			   const struct experiment_probe_size *longer, const struct recall *r,
			   const struct recall *more)
{
	double octaves = log2(r->threshold.mean / more->threshold.mean);

	finding_claim(f,
		      size->n != longer->n                ? CLAIM_OPEN
		      : fabs(octaves) <= CONSTANT_OCTAVES ? CLAIM_HOLDS
							  : CLAIM_FAILS,
		      "The threshold is the size's and not that of too short a training: longer "
		      "training moves it by less than an octave.",
		      "%s: %.3g statements after %.0f steps, %.3g after %.0f: %.2f octaves.",
		      size->name, r->threshold.mean, size->steps, more->threshold.mean,
		      longer->steps, octaves);
	finding_claim(
	    f, more->bits_a_parameter.mean >= 1 ? CLAIM_HOLDS : CLAIM_FAILS,
	    "A parameter stores one bit of facts or two, as in models that are shown each "
	    "fact a hundred times or a thousand (arXiv 2404.05405).",
	    "%s: %.2f bits of the facts behind names after %.0f steps, %.2f after %.0f; a "
	    "fact at the threshold was shown %.0f and %.0f times.  Grammar and names, which "
	    "the same parameters store, are not counted.",
	    size->name, r->bits_a_parameter.mean, size->steps, more->bits_a_parameter.mean,
	    longer->steps, r->threshold.mean * epochs(size), more->threshold.mean * epochs(longer));
}

static void claim_longer(struct finding *f, const struct experiment_probe *e,
			 const struct recall *r)
{
	for (size_t k = e->n; k < e->n + e->n_longer; k++)
		for (size_t i = 0; i < e->n; i++)
			if (strcmp(e->size[i].name, e->size[k].name) == 0)
				claim_training(f, &e->size[i], &e->size[k], &r[i], &r[k]);
}

static enum status conclude(const struct result *const *result, size_t n, struct finding *f)
{
	static const char *const head[] = {"layers x width",
					   "parameters#",
					   "threshold#",
					   "optimal one#",
					   "right, quarter 1#",
					   "2#",
					   "3#",
					   "4#",
					   "wrong, %#",
					   "then sure, %#",
					   "of new ones, %#",
					   "bits a parameter#"};
	const struct experiment_probe e = experiment_probe_read(result, n);
	struct recall r[SIZES];

	if (e.n < 2)
		return STATUS_OK;
	for (size_t i = 0; i < sizeof head / sizeof *head; i++)
		finding_column(f, head[i]);
	for (size_t i = 0; i < e.n + e.n_longer; i++) {
		r[i] = recall_of(&e.size[i]);
		add_row(f, &e.size[i], &r[i]);
	}
	for (int drawn = 0; drawn < 2; drawn++) {
		struct finding_panel *panel = finding_panel(
		    f, "statements in training",
		    drawn ? "right answers, drawn, %" : "right answers, most probable, %", true,
		    false);

		for (size_t i = 0; i < e.n; i++)
			add_curve(f, panel, &e.size[i], drawn);
	}
	add_classes(f, &e, r);
	claim_threshold(f, &e, r);
	claim_size(f, &e, r);
	claim_optimal(f, &e, r);
	claim_classes(f, &e, r);
	claim_confidence(f, &e, r);
	claim_longer(f, &e, r);
	return STATUS_OK;
}

const struct experiment experiment_recall = {
    .name = "recall",
    .title = "Accuracy of facts against their frequency",
    .figure = "Fig. 2a and 2b",
    .help = "which facts models of several sizes recall, by how often they were stated",
    .plan = experiment_probe_plan,
    .conclude = conclude,
};
