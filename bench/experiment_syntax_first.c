/* SPDX-License-Identifier: BSD-2-Clause
 *
 * experiment_syntax_first.c - what is learnt first: syntax, then facts by falling frequency.
 *
 * Everything that is paid above the known world is a share of what somebody pays who knows nothing:
 * of lg of the alphabet for syntax, of lg of the values for facts, since which kind of word comes
 * next is syntax.  Something is learnt when the share falls to a half, after so many steps of a
 * training, or after so many sentences that the Bayes code has read.
 *
 * A value costs its attribute, too, until it is known where values stand: so facts could hardly
 * come before syntax.  That they come after it is said with that caution.
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

/* Tolerances are ours.  A class is learnt as a mixture of facts whose frequencies differ by factors
 * of two; four classes whose steps differ by more than a factor of two are told from equal ones. */
#define ABOUT_OCTAVES 1 /* between statements seen and ln 2 = 0.69 .. */
#define NEAR 1.25       /* factor between steps measured and foretold */

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

/* Statements of a fact of the class in training, as a statement behind a name sees it: those there,
 * which teach a transformer, or all, which teach the Bayes code. */
static double statements(const json_t *document, int class, bool bayes)
{
	const json_t *rows = json_object_get(document, "facts");
	double sum = 0, squares = 0;

	for (size_t i = 0; i < json_array_size(rows); i++) {
		const json_t *row = json_array_get(rows, i);
		double exposures = document_value(row, "exposures");
		double taught = exposures * document_value(row, "facts");

		if (document_value(row, "class") == class) {
			sum += taught;
			squares += exposures * (bayes ? document_value(row, "statements") : taught);
		}
	}
	return squares / sum;
}

/* ---- All seeds. ---- */

struct order {
	double half[KINDS][SEEDS]; /* NaN: does not get there */
	double seen[KINDS][SEEDS]; /* statements of a fact by then */
	size_t n;
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
	struct order o = {.n = size->n};

	for (int kind = 0; kind < KINDS; kind++)
		for (size_t i = 0; i < size->n; i++) {
			const json_t *d = size->document[i];
			struct course c = course_of(d, kind, bayes);

			o.half[kind][i] = half_of(&c);
			o.seen[kind][i] = o.half[kind][i] * unit_share(d, bayes) *
					  (kind ? statements(d, kind - 1, bayes) : NAN);
		}
	return o;
}

/* Geometric; NaN: some seed does not get there. */
static double mean_of(const struct order *o, const double *value)
{
	double sum = 0;

	for (size_t i = 0; i < o->n; i++)
		sum += log(value[i]);
	return exp(sum / (double)o->n);
}

static struct experiment_probe_text place(const struct order *o, const double *value)
{
	return experiment_probe_place(mean_of(o, value));
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
		cell_or_none(f, mean_of(o, o->half[kind]));
	for (int kind = 1; kind < KINDS; kind++)
		cell_or_none(f, mean_of(o, o->seen[kind]));
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
		struct course course[SEEDS] = {{.n = 0}};

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

static bool is_reached(const struct order *o, int kind)
{
	return isfinite(mean_of(o, o->half[kind]));
}

/* Is each kind learnt later than the one before, at one size or by the Bayes code?  Of two that are
 * never learnt nothing is said.  The number of verdicts. */
static size_t add_verdicts(const struct order *o, unsigned first, enum verdict_of_claim *part)
{
	size_t n = 0;

	for (unsigned kind = first + 1; kind < KINDS; kind++) {
		bool any = false;

		for (size_t i = 0; i < o->n; i++)
			any = any || isfinite(o->half[kind - 1][i]) || isfinite(o->half[kind][i]);
		if (any)
			part[n++] = experiment_probe_before(o->half[kind - 1], o->half[kind], o->n);
	}
	return n;
}

static void claim_training(struct finding *f, const struct experiment_probe *e,
			   const struct order *o)
{
	const struct order *last = &o[e->n - 1];
	enum verdict_of_claim syntax[SIZES], facts[SIZES * KINDS];
	int n_first = 0;
	size_t n = 0;

	for (size_t i = 0; i < e->n; i++) {
		syntax[i] = experiment_probe_before(o[i].half[0], o[i].half[1], o->n);
		n += add_verdicts(&o[i], 1, facts + n);
	}
	for (int kind = 1; kind < KINDS; kind++)
		n_first += is_reached(o, kind);
	finding_claim(f, finding_all(syntax, e->n), "Syntax is learnt before any facts.",
		      "half of it after %s to %s steps, from the smallest size to the largest, "
		      "half of the most frequent facts after %s to %s.  Part of the order is that "
		      "of the measure: a fact costs its attribute, too, until syntax is known.",
		      place(o, o->half[0]).text, place(last, last->half[0]).text,
		      place(o, o->half[1]).text, place(last, last->half[1]).text);
	finding_claim(
	    f, n < 2 ? CLAIM_OPEN : finding_all(facts, n),
	    "Facts are learnt in the order of falling frequency.",
	    "at the largest size half of the quarters' bits are learnt after %s, %s, %s and "
	    "%s steps; the smallest gets there for %d of the four.",
	    place(last, last->half[1]).text, place(last, last->half[2]).text,
	    place(last, last->half[3]).text, place(last, last->half[4]).text, n_first);
}

static void claim_data(struct finding *f, const struct order *bayes)
{
	enum verdict_of_claim order[KINDS], once[PROBE_CLASSES];
	size_t n = add_verdicts(bayes, 0, order), n_once = 0;

	for (int kind = 1; kind < KINDS; kind++) {
		double octaves[SEEDS];

		for (size_t i = 0; i < bayes->n; i++)
			octaves[i] = log2(bayes->seen[kind][i] / M_LN2);
		if (is_reached(bayes, kind))
			once[n_once++] = experiment_probe_within(octaves, ABOUT_OCTAVES, bayes->n);
	}
	finding_claim(
	    f, n_once < 2 ? CLAIM_OPEN : finding_all(order, n),
	    "The optimum learns in the same order from growing data: syntax, then facts by "
	    "falling frequency.",
	    "the Bayes code pays half for syntax after %s sentences, for the quarters after "
	    "%s, %s, %s, %s.",
	    place(bayes, bayes->half[0]).text, place(bayes, bayes->half[1]).text,
	    place(bayes, bayes->half[2]).text, place(bayes, bayes->half[3]).text,
	    place(bayes, bayes->half[4]).text);
	finding_claim(
	    f, n_once < 2 ? CLAIM_OPEN : finding_all(once, n_once),
	    "Each fact is learnt when it has been stated about once (N ~ 1/p).",
	    "the Bayes code pays half for the quarters when a fact of theirs has been stated %s, "
	    "%s, %s, %s times: for those that get there within a factor of two of 0.69, which it "
	    "is if all are equally frequent.",
	    place(bayes, bayes->seen[1]).text, place(bayes, bayes->seen[2]).text,
	    place(bayes, bayes->seen[3]).text, place(bayes, bayes->seen[4]).text);
}

/* Steps until half is learnt = start + statements / (statements a step), by least squares over the
 * four classes; NaN when one is not learnt. */
struct line {
	double start, statements;
	double off; /* largest factor between steps measured and foretold */
};

static struct line line_of(const struct order *o, size_t seed)
{
	double x[PROBE_CLASSES], y[PROBE_CLASSES], mean_x = 0, mean_y = 0, xx = 0, xy = 0;
	struct line l = {.off = 1};

	for (int c = 0; c < PROBE_CLASSES; c++) {
		y[c] = o->half[c + 1][seed];
		x[c] = y[c] / o->seen[c + 1][seed];
		mean_x += x[c] / PROBE_CLASSES;
		mean_y += y[c] / PROBE_CLASSES;
	}
	for (int c = 0; c < PROBE_CLASSES; c++) {
		xx += (x[c] - mean_x) * (x[c] - mean_x);
		xy += (x[c] - mean_x) * (y[c] - mean_y);
	}
	l.statements = xy / xx;
	l.start = mean_y - l.statements * mean_x;
	for (int c = 0; c < PROBE_CLASSES; c++)
		l.off = fmax(l.off, exp(fabs(log((l.start + l.statements * x[c]) / y[c]))));
	if (isnan(l.start)) /* which fmax() passes over */
		l.off = NAN;
	return l;
}

static void claim_statements(struct finding *f, const struct order *o)
{
	double start[SEEDS], statements[SEEDS], off[SEEDS], allowed[SEEDS], none[SEEDS] = {0};
	enum verdict_of_claim part[2];

	for (size_t i = 0; i < o->n; i++) {
		struct line l = line_of(o, i);

		start[i] = l.start;
		statements[i] = l.statements;
		off[i] = l.off;
		allowed[i] = NEAR;
	}
	part[0] = experiment_probe_above(allowed, off, o->n);
	part[1] = experiment_probe_above(start, none, o->n);
	finding_claim(
	    f, finding_all(part, 2),
	    "After a start, a large transformer needs so many statements of a fact to learn "
	    "it, whatever its frequency (ours, not the paper's).",
	    "the largest has seen facts of the quarters %s, %s, %s, %s times, epochs "
	    "included, when half of their bits are learnt; %s steps of start and %s "
	    "statements each foretell the steps of four quarters within a factor of %s.",
	    place(o, o->seen[1]).text, place(o, o->seen[2]).text, place(o, o->seen[3]).text,
	    place(o, o->seen[4]).text,
	    experiment_probe_place(experiment_probe_mean(start, o->n)).text,
	    experiment_probe_place(experiment_probe_mean(statements, o->n)).text,
	    experiment_probe_place(experiment_probe_mean(off, o->n)).text);
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
	finding_columns(f, head, sizeof head / sizeof *head);
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
