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
#include <stdio.h>
#include <string.h>

#include "cost.h"
#include "document.h"
#include "experiment.h"
#include "experiment_probe.h"
#include "probe.h"

#define SIZES EXPERIMENT_PROBE_SIZES_MAX
#define SEEDS EXPERIMENT_PROBE_SEEDS_MAX

/* Tolerances are ours.  Numbers of statements are known by octaves: a threshold is no better than
 * its octave's half, and two octaves beside it is the first place that is surely on one side.
 * There an answer is right, or wrong, more often than half-way between a half and always.  An
 * accuracy of some 600 answers is known to about a hundredth. */
#define SURE_OCTAVES 2
#define SURE_RIGHT 0.75
#define NEAR_OCTAVES 0.5   /* two thresholds that are the same */
#define CONSTANT_OCTAVES 1 /* .. after so different trainings */
#define TIE 0.01           /* accuracies */
#define CONFIDENT 2        /* times a guess: does not say that it does not know */

struct value {
	double of[SEEDS];
	struct finding_mean mean;
};

struct recall {
	struct value threshold;
	struct value optimum;      /* the threshold of who stores the most frequent facts */
	struct value above, below; /* right two octaves beside it; NaN: no facts there */
	struct value of_class[PROBE_CLASSES], wrong, confidence, new_confidence;
	struct value bits_a_parameter;
	size_t n; /* seeds */
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

static void add_document(struct recall *r, const json_t *document, double parameters, size_t i)
{
	const char *facts = cost_roles[ROLE_REPEATED_FACT].key;
	const json_t *last = experiment_probe_last(document);
	struct experiment_probe_sum all = experiment_probe_role(last, facts, EXPERIMENT_PROBE_ALL);
	struct experiment_probe_sum new = experiment_probe_octave(last, 0);
	double threshold = threshold_of(last);

	r->threshold.of[i] = threshold;
	r->optimum.of[i] = optimal_threshold(document);
	r->above.of[i] = right_at(last, threshold * (1 << SURE_OCTAVES));
	r->below.of[i] = right_at(last, threshold / (1 << SURE_OCTAVES));
	for (int c = 0; c < PROBE_CLASSES; c++) {
		struct experiment_probe_sum s = experiment_probe_role(last, facts, c);

		r->of_class[c].of[i] = right(&s);
	}
	r->wrong.of[i] = 1 - right(&all);
	r->confidence.of[i] = confidence(&all);
	r->new_confidence.of[i] = confidence(&new);
	r->bits_a_parameter.of[i] = experiment_probe_stored_bits(document) / parameters;
}

static struct recall recall_of(const struct experiment_probe_size *size)
{
	struct recall r = {.n = size->n};
	struct value *const values[] = {&r.threshold,      &r.optimum,     &r.above,
					&r.below,          &r.wrong,       &r.confidence,
					&r.new_confidence, &r.of_class[0], &r.of_class[1],
					&r.of_class[2],    &r.of_class[3], &r.bits_a_parameter};

	for (size_t i = 0; i < size->n; i++)
		add_document(&r, size->document[i], size->parameters, i);
	for (size_t i = 0; i < sizeof values / sizeof *values; i++)
		values[i]->mean = finding_mean(values[i]->of, size->n);
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
	finding_cell(f, "%.2f ± %.2f", r->threshold.mean.mean, r->threshold.mean.half_width);
	finding_cell(f, "%.2f ± %.2f", r->optimum.mean.mean, r->optimum.mean.half_width);
	for (int c = 0; c < PROBE_CLASSES; c++)
		finding_cell(f, "%.1f", 100 * r->of_class[c].mean.mean);
	finding_cell(f, "%.1f", 100 * r->wrong.mean.mean);
	finding_cell(f, "%.1f", 100 * r->confidence.mean.mean);
	finding_cell(f, "%.1f", 100 * r->new_confidence.mean.mean);
	finding_cell(f, "%.3f", r->bits_a_parameter.mean.mean);
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

		experiment_probe_quarter(title, c);
		struct finding_series *series = finding_series(panel, title, false);

		for (size_t i = 0; i < e->n; i++) {
			struct finding_mean m = r[i].of_class[c].mean;

			finding_point(f, series, e->size[i].parameters, 100 * m.mean,
				      100 * (m.mean - m.half_width), 100 * (m.mean + m.half_width));
		}
	}
}

/* ---- Claims. ---- */

/* A document says "1" for a threshold that may be anywhere below. */
static bool is_censored(const struct value *threshold, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (threshold->of[i] <= 1)
			return true;
	return false;
}

static struct experiment_probe_text threshold_text(const struct recall *r)
{
	return experiment_probe_place(r->threshold.mean.mean);
}

/* Are answers of one size right above its threshold and wrong below, where there are facts on both
 * sides?  Shares are NaN when that is so at fewer than two seeds. */
static enum verdict_of_claim is_sharp(const struct recall *r, double *above, double *below)
{
	double over[SEEDS], under[SEEDS];
	size_t n = 0;

	*above = *below = 0;
	for (size_t i = 0; i < r->n; i++) {
		if (!isfinite(r->above.of[i]) || !isfinite(r->below.of[i]))
			continue;
		over[n] = r->above.of[i] - SURE_RIGHT;
		under[n++] = 1 - SURE_RIGHT - r->below.of[i];
		*above += r->above.of[i];
		*below += r->below.of[i];
	}
	*above /= n < 2 ? NAN : (double)n;
	*below /= n < 2 ? NAN : (double)n;
	return finding_all(
	    (const enum verdict_of_claim[]){finding_above(over, n), finding_above(under, n)}, 2);
}

static void claim_threshold(struct finding *f, const struct experiment_probe *e,
			    const struct recall *r)
{
	static const char claim[] =
	    "Every size has a threshold: facts stated less often are not recalled, those stated "
	    "more often are (Fig. 2a).";
	enum verdict_of_claim part[SIZES];
	double least_above = 1, most_below = 0;
	size_t n = 0;

	for (size_t i = 0; i < e->n; i++) {
		double above, below;

		part[n] = is_sharp(&r[i], &above, &below);
		if (!isfinite(above) || !isfinite(below))
			continue;
		n++;
		least_above = fmin(least_above, above);
		most_below = fmax(most_below, below);
	}
	if (n < 2) {
		finding_claim(f, CLAIM_OPEN, claim,
			      "facts are stated both two octaves above the threshold (half of the "
			      "answers right) and two below at %zu of %zu sizes.",
			      n, e->n);
		return;
	}
	finding_claim(
	    f, finding_all(part, n), claim,
	    "thresholds (half of the answers right) from %s statements at %.0f "
	    "parameters to %s%s at %.0f; for the %zu of %zu sizes that show both, two "
	    "octaves above at least %.0f %% are right, two octaves below at most %.0f %%.",
	    threshold_text(r).text, e->size[0].parameters, threshold_text(&r[e->n - 1]).text,
	    is_censored(&r[e->n - 1].threshold, r->n) ? " or less" : "",
	    e->size[e->n - 1].parameters, n, e->n, 100 * least_above, 100 * most_below);
}

static void claim_size(struct finding *f, const struct experiment_probe *e, const struct recall *r)
{
	enum verdict_of_claim part[SIZES];
	double x[SIZES], y[SIZES];
	char power[96] = "too few sizes have one above a single statement to say how";
	size_t n = 0;

	for (size_t i = 0; i < e->n; i++) {
		if (i > 0)
			part[i - 1] =
			    experiment_probe_before(r[i].threshold.of, r[i - 1].threshold.of, r->n);
		if (is_censored(&r[i].threshold, r->n) || !isfinite(r[i].threshold.mean.mean))
			continue;
		x[n] = e->size[i].parameters;
		y[n++] = r[i].threshold.mean.mean;
	}
	struct finding_slope slope = finding_slope(x, y, n);

	if (slope.n > 2)
		snprintf(power, sizeof power,
			 "it falls as the %.2f ± %.2f th power of the parameters, over %zu sizes",
			 slope.slope, slope.half_width, slope.n);
	finding_claim(f, finding_all(part, e->n - 1),
		      "The larger the model, the lower its threshold (Fig. 2a).",
		      "%s statements at %.0f parameters, %s%s at %.0f; %s.", threshold_text(r).text,
		      e->size->parameters, threshold_text(&r[e->n - 1]).text,
		      is_censored(&r[e->n - 1].threshold, r->n) ? " or less" : "",
		      e->size[e->n - 1].parameters, power);
}

/* Octaves between a model's threshold and the optimum's. */
static void add_octaves(double octaves[SEEDS], const struct recall *r)
{
	for (size_t i = 0; i < r->n; i++)
		octaves[i] = log2(r->threshold.of[i] / r->optimum.of[i]);
}

static void claim_optimal(struct finding *f, const struct experiment_probe *e,
			  const struct recall *r)
{
	const json_t *last = experiment_probe_last(e->size[e->n - 1].document[0]);
	struct experiment_probe_sum once = experiment_probe_octave(last, 1);
	enum verdict_of_claim part[SIZES];
	size_t n = 0, n_near = 0, n_far = 0;
	double farthest = 0;

	for (size_t i = 0; i < e->n + e->n_longer; i++) {
		bool censored =
		    is_censored(&r[i].threshold, r->n) || is_censored(&r[i].optimum, r->n);
		double octaves[SEEDS];

		add_octaves(octaves, &r[i]);
		part[n] = experiment_probe_within(octaves, NEAR_OCTAVES, r->n);
		if (!isfinite(experiment_probe_mean(octaves, r->n)) ||
		    (censored && part[n] != CLAIM_FAILS)) /* bounds do not agree */
			continue;
		farthest = fmax(farthest, fabs(experiment_probe_mean(octaves, r->n)));
		n_near += part[n] == CLAIM_HOLDS;
		n_far += part[n] == CLAIM_FAILS;
		n++;
	}
	finding_claim(
	    f, n_far == 0 && n < 2 ? CLAIM_OPEN : finding_all(part, n),
	    "The threshold is where the constrained optimum has no room left: that of "
	    "storing as many bits, the most frequent facts first (ours, not the paper's).",
	    "%s against %s statements at %.0f parameters, %s against %s at %.0f; of %zu "
	    "models whose thresholds are seen %zu are within half an octave and %zu are not, the "
	    "farthest is %.2f away.  Right answers need not save bits: the largest has %.0f %% of "
	    "the facts that were stated once right, and pays %.1f bits for one.",
	    threshold_text(r).text, experiment_probe_place(r->optimum.mean.mean).text,
	    e->size[0].parameters, threshold_text(&r[e->n - 1]).text,
	    experiment_probe_place(r[e->n - 1].optimum.mean.mean).text,
	    e->size[e->n - 1].parameters, n, n_near, n_far, farthest, 100 * right(&once),
	    once.bits / once.tokens);
}

static void claim_classes(struct finding *f, const struct experiment_probe *e,
			  const struct recall *r)
{
	struct experiment_probe_quarters value[SIZES];
	const struct recall *last = &r[e->n - 1];

	for (size_t i = 0; i < e->n; i++)
		for (int c = 0; c < PROBE_CLASSES; c++)
			memcpy(value[i].of[c], r[i].of_class[c].of, sizeof value[i].of[c]);
	finding_claim(
	    f, experiment_probe_order(e, value, TIE),
	    "As the model grows it learns the frequent quarter first, the rare ones only "
	    "at larger sizes (Fig. 2b).",
	    "right answers of the quarters: %.0f, %.0f, %.0f, %.0f %% at %.0f parameters, "
	    "%.0f, %.0f, %.0f, %.0f %% at %.0f.",
	    100 * r->of_class[0].mean.mean, 100 * r->of_class[1].mean.mean,
	    100 * r->of_class[2].mean.mean, 100 * r->of_class[3].mean.mean, e->size[0].parameters,
	    100 * last->of_class[0].mean.mean, 100 * last->of_class[1].mean.mean,
	    100 * last->of_class[2].mean.mean, 100 * last->of_class[3].mean.mean,
	    e->size[e->n - 1].parameters);
}

/* Of answers that there may be none of. */
static struct experiment_probe_text percent(const struct value *share)
{
	struct experiment_probe_text t = {"-"};

	if (isfinite(share->mean.mean))
		snprintf(t.text, sizeof t.text, "%.0f", 100 * share->mean.mean);
	return t;
}

static void claim_confidence(struct finding *f, const struct experiment_probe *e,
			     const struct recall *r)
{
	const struct recall *last = &r[e->n - 1];
	double guess = exp2(-experiment_probe_fact_bits(e->size[0].document[0]));
	enum verdict_of_claim unsure[SIZES], surer[2 * SIZES];
	size_t n = 0;

	for (size_t i = 0; i < e->n; i++) {
		double over[SEEDS];

		for (size_t k = 0; k < r->n; k++)
			over[k] = r[i].new_confidence.of[k] - CONFIDENT * guess;
		unsure[i] = finding_above(over, r->n);
		if (i == 0)
			continue;
		surer[n++] = experiment_probe_above(r[i - 1].wrong.of, r[i].wrong.of, r->n);
		surer[n++] =
		    experiment_probe_above(r[i].confidence.of, r[i - 1].confidence.of, r->n);
	}
	finding_claim(f, finding_all(unsure, e->n),
		      "Models hallucinate: what they were never told they answer all the same.",
		      "of facts never stated the most probable answer has %s %% at %.0f parameters "
		      "and %s %% at %.0f, where a model that knew its limits would say %.0f %%.",
		      percent(&r->new_confidence).text, e->size[0].parameters,
		      percent(&last->new_confidence).text, e->size[e->n - 1].parameters,
		      100 * guess);
	finding_claim(
	    f, finding_all(surer, n),
	    "The larger the model, the rarer its wrong answers, and the surer (ours, not "
	    "the paper's).",
	    "from the smallest to the largest, of the facts that were stated, %s and %s %% "
	    "are answered wrongly, with a probability of %s and %s %%.",
	    percent(&r->wrong).text, percent(&last->wrong).text, percent(&r->confidence).text,
	    percent(&last->confidence).text);
}

/* Is the threshold the size's, or is it that of training?  Sizes that were trained longer, on the
 * same corpora, tell. */
static void claim_training(struct finding *f, const struct experiment_probe_size *size,
			   const struct experiment_probe_size *longer, const struct recall *r,
			   const struct recall *more)
{
	double octaves[SEEDS], over[SEEDS], moved;
	char text[16];
	enum verdict_of_claim same;

	for (size_t i = 0; i < r->n; i++) {
		octaves[i] = log2(r->threshold.of[i] / more->threshold.of[i]);
		over[i] = more->bits_a_parameter.of[i] - 1;
	}
	same = experiment_probe_within(octaves, CONSTANT_OCTAVES, r->n);
	if (same == CLAIM_HOLDS && is_censored(&more->threshold, r->n))
		same = CLAIM_OPEN;
	moved = experiment_probe_mean(octaves, r->n);
	snprintf(text, sizeof text, "%.2f", moved);
	finding_claim(f, same,
		      "The threshold is the size's and not that of too short a training: longer "
		      "training moves it by less than an octave (ours, not the paper's).",
		      "%s: %s statements after %.0f steps, %s after %.0f: %s octaves.", size->name,
		      threshold_text(r).text, size->steps, threshold_text(more).text, longer->steps,
		      isfinite(moved) ? text : "unknown");
	finding_claim(
	    f, finding_above(over, r->n),
	    "A parameter stores one bit of facts or two, as in models that are shown each "
	    "fact a hundred times or a thousand (arXiv 2404.05405; not the paper's).",
	    "%s: %.2f bits of the facts behind names after %.0f steps, %.2f after %.0f; a "
	    "fact at the threshold was shown %s and %s times.  Grammar and names, which "
	    "the same parameters store, are not counted.",
	    size->name, r->bits_a_parameter.mean.mean, size->steps,
	    more->bits_a_parameter.mean.mean, longer->steps,
	    experiment_probe_place(r->threshold.mean.mean * epochs(size)).text,
	    experiment_probe_place(more->threshold.mean.mean * epochs(longer)).text);
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
	finding_columns(f, head, sizeof head / sizeof *head);
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
