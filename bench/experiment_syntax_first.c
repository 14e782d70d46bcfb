/* SPDX-License-Identifier: BSD-2-Clause
 *
 * experiment_syntax_first.c - what is learnt first: syntax, then facts by falling frequency.
 *
 * Everything that is paid above the known world is a share of what somebody pays who knows nothing:
 * of lg of the alphabet for syntax, of lg of the values for facts, since which kind of word comes
 * next is syntax.  Something is learnt when the share falls to a half, after so many steps of a
 * training, or after so many sentences that the Bayes code has read.
 */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "cost.h"
#include "document.h"
#include "experiment.h"
#include "experiment_probe.h"
#include "probe.h"
#include "probing.h"

#define SIZES EXPERIMENT_PROBE_SIZES_MAX
#define SEEDS EXPERIMENT_PROBE_SEEDS_MAX
#define PLACES PROBING_POINTS_MAX
#define KINDS (1 + PROBE_CLASSES) /* syntax, and facts by class */
#define HALF 0.5

static const char *kind_role(int kind)
{
	return cost_roles[kind ? ROLE_REPEATED_FACT : ROLE_SYNTAX].key;
}

static int kind_class(int kind)
{
	return kind ? kind - 1 : EXPERIMENT_PROBE_ALL;
}

/* Bits of who knows nothing of it. */
static double unknown_bits(const json_t *document, int kind)
{
	return kind ? experiment_probe_fact_bits(document)
		    : log2(document_value(document, "n_symbols"));
}

/* ---- Shares of one document. ---- */

struct course {
	double x[PLACES], share[PLACES];
	size_t n;
};

static void add_place(struct course *c, double x, double share)
{
	if (c->n == PLACES || !isfinite(share))
		return;
	c->x[c->n] = x;
	c->share[c->n++] = share;
}

static struct course training_course(const json_t *document, int kind)
{
	const json_t *points = json_object_get(document, "points");
	double known = experiment_probe_reference(json_object_get(document, "held_out"),
						  kind_role(kind), kind_class(kind), "known_bits");
	struct course c = {.n = 0};

	for (size_t i = 0; i < json_array_size(points); i++) {
		const json_t *point = json_array_get(points, i);
		struct experiment_probe_sum s =
		    experiment_probe_role(point, kind_role(kind), kind_class(kind));

		add_place(&c, document_value(point, "step"),
			  (s.bits / s.tokens - known) / unknown_bits(document, kind));
	}
	return c;
}

/* Of the Bayes code, in stretches of sentences from s to e: after sqrt(s e) of them. */
static struct course bayes_course(const json_t *document, int kind)
{
	const json_t *stretches = json_object_get(document, "training");
	struct course c = {.n = 0};

	for (size_t i = 0; i < json_array_size(stretches); i++) {
		const json_t *s = json_array_get(stretches, i);
		double from = document_value(s, "from"), to = document_value(s, "to");
		double bayes =
		    experiment_probe_reference(s, kind_role(kind), kind_class(kind), "bayes_bits");
		double known =
		    experiment_probe_reference(s, kind_role(kind), kind_class(kind), "known_bits");

		if (from > 0)
			add_place(&c, sqrt(from * to),
				  (bayes - known) / unknown_bits(document, kind));
	}
	return c;
}

static struct course course_of(const json_t *document, int kind, bool bayes)
{
	return bayes ? bayes_course(document, kind) : training_course(document, kind);
}

static double half_of(const struct course *c)
{
	return experiment_probe_crossing(c->x, c->share, c->n, HALF);
}

/* Statements of a fact of the class in training, as a statement sees it. */
static double statements(const json_t *document, int class)
{
	const json_t *rows = json_object_get(document, "facts");
	double sum = 0, squares = 0;

	for (size_t i = 0; i < json_array_size(rows); i++) {
		const json_t *row = json_array_get(rows, i);
		double exposures = document_value(row, "exposures");
		double all = exposures * document_value(row, "facts");

		if (document_value(row, "class") == class) {
			sum += all;
			squares += all * exposures;
		}
	}
	return squares / sum;
}

/* ---- All seeds. ---- */

struct order {
	double half[KINDS]; /* geometric mean; NaN: some seed does not get there */
	double seen[KINDS]; /* statements of a fact by then */
};

/* What share of the training text a step is, or a sentence. */
static double unit_share(const json_t *document, bool bayes)
{
	if (bayes)
		return 1 / document_value(document, "sentences");
	return document_value(document, "symbols") /
	       (document_value(document, "steps") * document_value(document, "tokens"));
}

static struct order order_of(const struct experiment_probe_size *size, bool bayes)
{
	struct order o;

	for (int kind = 0; kind < KINDS; kind++) {
		double half = 0, seen = 0;

		for (size_t i = 0; i < size->n; i++) {
			const json_t *d = size->document[i];
			struct course c = course_of(d, kind, bayes);
			double at = half_of(&c);

			half += log(at) / (double)size->n;
			seen += log(at * unit_share(d, bayes) *
				    (kind ? statements(d, kind - 1) : NAN)) /
				(double)size->n;
		}
		o.half[kind] = exp(half);
		o.seen[kind] = exp(seen);
	}
	return o;
}

/* ---- Table and panels. ---- */

static void cell_or_none(struct finding *f, double value)
{
	if (isfinite(value))
		finding_cell(f, "%.3g", value);
	else
		finding_cell(f, "-");
}

static void add_row(struct finding *f, const char *name, const char *unit, const struct order *o)
{
	finding_cell(f, "%s", name);
	finding_cell(f, "%s", unit);
	for (int kind = 0; kind < KINDS; kind++)
		cell_or_none(f, o->half[kind]);
	for (int kind = 1; kind < KINDS; kind++)
		cell_or_none(f, o->seen[kind]);
}

/* Means over the seeds, at the places that the first one has. */
static void add_courses(struct finding *f, const char *label_x,
			const struct experiment_probe_size *size, bool bayes)
{
	static const char *const title[KINDS] = {"syntax", "facts, quarter 1", "quarter 2",
						 "quarter 3", "quarter 4"};
	struct finding_panel *panel =
	    finding_panel(f, label_x, "share still paid above the known world", true, false);

	for (int kind = 0; kind < KINDS; kind++) {
		struct finding_series *series = finding_series(panel, title[kind], bayes);
		struct course course[SEEDS];

		for (size_t i = 0; i < size->n; i++)
			course[i] = course_of(size->document[i], kind, bayes);
		for (size_t i = 0; i < course[0].n; i++) {
			double share[SEEDS];
			size_t n = 0;

			for (size_t d = 0; d < size->n; d++)
				for (size_t k = 0; k < course[d].n; k++)
					if (course[d].x[k] == course[0].x[i])
						share[n++] = course[d].share[k];
			struct finding_mean m = finding_mean(share, n);

			finding_point(f, series, course[0].x[i], m.mean, m.mean - m.half_width,
				      m.mean + m.half_width);
		}
	}
}

/* ---- Claims. ---- */

/* Is each kind that is learnt learnt later than the one before, and none after one that is not? */
static bool is_ordered(const struct order *o)
{
	for (int kind = 1; kind < KINDS; kind++)
		if (isfinite(o->half[kind]) && !(o->half[kind - 1] < o->half[kind]))
			return false;
	return true;
}

/* A number of steps or sentences, or "never". */
struct number_text {
	char text[24];
};

static struct number_text or_never(double value)
{
	struct number_text t;

	if (isfinite(value))
		snprintf(t.text, sizeof t.text, "%.3g", value);
	else
		snprintf(t.text, sizeof t.text, "never");
	return t;
}

static void claim_training(struct finding *f, const struct experiment_probe *e,
			   const struct order *o)
{
	const struct order *first = &o[0], *last = &o[e->n - 1];
	bool syntax = true, facts = true;

	for (size_t i = 0; i < e->n; i++) {
		syntax = syntax && o[i].half[0] < o[i].half[1];
		facts = facts && is_ordered(&o[i]);
	}
	finding_claim(f, syntax ? CLAIM_HOLDS : CLAIM_FAILS, "Syntax is learnt before any facts.",
		      "half of it after %.3g to %.3g steps, from the smallest size to the largest, "
		      "half of the most frequent facts after %.3g to %.3g.",
		      first->half[0], last->half[0], first->half[1], last->half[1]);
	finding_claim(
	    f, facts ? CLAIM_HOLDS : CLAIM_FAILS,
	    "Facts are learnt in the order of falling frequency.",
	    "at the largest size half of the quarters' bits are learnt after %s, %s, %s and "
	    "%s steps; the smallest gets there for %d of the four.",
	    or_never(last->half[1]).text, or_never(last->half[2]).text,
	    or_never(last->half[3]).text, or_never(last->half[4]).text,
	    isfinite(first->half[1]) + isfinite(first->half[2]) + isfinite(first->half[3]) +
		isfinite(first->half[4]));
}

static void claim_data(struct finding *f, const struct order *bayes)
{
	finding_claim(
	    f,
	    !isfinite(bayes->half[2]) ? CLAIM_OPEN
	    : is_ordered(bayes)       ? CLAIM_HOLDS
				      : CLAIM_FAILS,
	    "The optimum learns in the same order from growing data: syntax, then facts, "
	    "each when it has been stated about once (N ~ 1/p).",
	    "the Bayes code pays half for syntax after %s sentences, for the quarters after "
	    "%s, %s, %s, %s, when a fact of theirs has been stated %.2g, %.2g, %.2g times "
	    "(0.69 if all were equally frequent).",
	    or_never(bayes->half[0]).text, or_never(bayes->half[1]).text,
	    or_never(bayes->half[2]).text, or_never(bayes->half[3]).text,
	    or_never(bayes->half[4]).text, bayes->seen[1], bayes->seen[2], bayes->seen[3]);
}

#define NEAR 1.25 /* between steps measured and foretold */

/* Steps until half is learnt = start + statements / (statements a step), by least squares over the
 * classes that are learnt. */
static void claim_statements(struct finding *f, const struct order *o)
{
	double x[PROBE_CLASSES], y[PROBE_CLASSES], mean_x = 0, mean_y = 0, xx = 0, xy = 0, off = 1;
	size_t n = 0;

	for (int kind = 1; kind < KINDS; kind++) {
		if (!isfinite(o->half[kind]))
			continue;
		x[n] = o->half[kind] / o->seen[kind];
		y[n++] = o->half[kind];
	}
	for (size_t i = 0; i < n; i++) {
		mean_x += x[i] / (double)n;
		mean_y += y[i] / (double)n;
	}
	for (size_t i = 0; i < n; i++) {
		xx += (x[i] - mean_x) * (x[i] - mean_x);
		xy += (x[i] - mean_x) * (y[i] - mean_y);
	}

	double statements = xy / xx, start = mean_y - statements * mean_x;

	for (size_t i = 0; i < n; i++)
		off = fmax(off, exp(fabs(log((start + statements * x[i]) / y[i]))));
	finding_claim(
	    f,
	    n < 3                       ? CLAIM_OPEN
	    : off <= NEAR && start >= 0 ? CLAIM_HOLDS
					: CLAIM_FAILS,
	    "After a start, a large transformer needs so many statements of a fact to learn "
	    "it, whatever its frequency.",
	    "the largest has seen facts of the quarters %.3g, %.3g, %.3g times, epochs "
	    "included, when half of their bits are learnt; %.0f steps of start and %.0f "
	    "statements each foretell the steps of %zu quarters within a factor of %.2f.",
	    o->seen[1], o->seen[2], o->seen[3], start, statements, n, off);
}

static enum status conclude(const struct result *const *result, size_t n, struct finding *f)
{
	static const char *const head[] = {"learner", "unit", "syntax#", "facts, quarter 1#",
					   "2#",      "3#",   "4#",      "statements seen, 1#",
					   "2#",      "3#",   "4#"};
	const struct experiment_probe e = experiment_probe_read(result, n);
	struct order o[SIZES], bayes;

	if (e.n < 2)
		return STATUS_OK;
	for (size_t i = 0; i < sizeof head / sizeof *head; i++)
		finding_column(f, head[i]);
	for (size_t i = 0; i < e.n; i++) {
		o[i] = order_of(&e.size[i], false);
		add_row(f, e.size[i].name, "steps", &o[i]);
	}
	bayes = order_of(&e.size[0], true);
	add_row(f, "Bayes code", "sentences", &bayes);
	add_courses(f, "steps, smallest size", &e.size[0], false);
	add_courses(f, "steps, largest size", &e.size[e.n - 1], false);
	add_courses(f, "sentences, Bayes code", &e.size[0], true);
	claim_training(f, &e, o);
	claim_data(f, &bayes);
	claim_statements(f, &o[e.n - 1]);
	return STATUS_OK;
}

const struct experiment experiment_syntax_first = {
    .name = "syntax-first",
    .title = "What is learnt first",
    .figure = "the order of learning; Fig. 5b",
    .help = "syntax, then facts by falling frequency: over steps, and over data",
    .plan = experiment_probe_plan,
    .conclude = conclude,
};
