/* SPDX-License-Identifier: BSD-2-Clause
 *
 * experiment_model_scaling.c - loss on facts by frequency class against model size (Fig. 1).
 *
 * Beside what transformers pay stands the solution of the constrained problem: the least loss of
 * whoever may store so many bits of facts (capacity.h, all or nothing, for the corpus' own counts).
 * How many bits a model has stored of its facts is measured; what its file takes is another thing.
 */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "capacity.h"
#include "cost.h"
#include "document.h"
#include "experiment.h"
#include "experiment_probe.h"
#include "probe.h"

#define SIZES EXPERIMENT_PROBE_SIZES_MAX
#define SEEDS EXPERIMENT_PROBE_SEEDS_MAX
#define HALF 0.5 /* of a fact's bits are still paid */
#define GRID 40  /* points of the exact curve */

/* Tolerances are ours; theory has no number for them. */
#define END 0.1   /* of a fact's bits: what does not improve any more has a tenth at most to gain */
#define NEAR 1.25 /* times the optimum's loss: small beside the factors between sizes */
#define TIE 0.01  /* of a fact's bits: what some 600 statements leave unknown of their mean */

/* ---- The constrained optimum of one document. ---- */

struct optimum {
	struct capacity_facts facts;
	double stated[PROBE_CLASSES]; /* statements in training */
	double fact_bits;
};

static void optimum_close(struct optimum *o)
{
	free((void *)o->facts.count);
	free((void *)o->facts.class);
}

/* The document lists facts by falling numbers of statements. */
static enum status optimum_open(struct optimum *o, const json_t *document)
{
	const json_t *rows = json_object_get(document, "facts");
	uint64_t *count;
	uint8_t *class;
	uint32_t n = 0;

	*o = (struct optimum){.fact_bits = experiment_probe_fact_bits(document)};
	for (size_t i = 0; i < json_array_size(rows); i++)
		n += (uint32_t)document_value(json_array_get(rows, i), "facts");
	count = malloc(n * sizeof *count + 1);
	class = malloc((size_t)n + 1);
	o->facts = (struct capacity_facts){
	    .count = count, .class = class, .n_sentences = document_value(document, "sentences")};
	if (!count || !class)
		return fail_no_memory();
	for (size_t i = 0; i < json_array_size(rows); i++) {
		const json_t *row = json_array_get(rows, i);
		unsigned c = (unsigned)document_value(row, "class") % PROBE_CLASSES;

		for (double k = document_value(row, "facts"); k > 0 && o->facts.n < n; k--) {
			count[o->facts.n] = (uint64_t)document_value(row, "exposures");
			class[o->facts.n] = (uint8_t)c;
			o->stated[c] += (double)count[o->facts.n++];
		}
	}
	return STATUS_OK;
}

/* Bits a statement of each class when so many bits of facts are stored. */
static void optimum_losses(const struct optimum *o, double bits, double loss[PROBE_CLASSES])
{
	struct capacity_loss l = capacity_whole(&o->facts, bits / o->fact_bits);

	for (unsigned c = 0; c < PROBE_CLASSES; c++)
		loss[c] = o->fact_bits * l.of_class[c] * o->facts.n_sentences / o->stated[c];
}

/* ---- What was measured. ---- */

/* A value a seed of each (n). */
struct loss {
	struct experiment_probe_quarters bits;    /* a fact above the known world */
	struct experiment_probe_quarters optimum; /* the same at as many known bits */
	double all[SEEDS], optimum_all[SEEDS];    /* a statement, of all classes together */
	double needed_bits[SEEDS], file_bits[SEEDS], known_bits[SEEDS];
	double wrong, fact_bits; /* mean part of `all` for being sure and wrong */
	size_t n;
};

/* The i-th seed's. */
static void add_losses(struct loss *l, const struct optimum *o, const json_t *document, size_t i)
{
	const char *facts = cost_roles[ROLE_REPEATED_FACT].key;
	const json_t *last = experiment_probe_last(document);
	double optimum[PROBE_CLASSES], stated = 0;

	l->known_bits[i] = experiment_probe_stored_bits(document);
	l->file_bits[i] = 8 * document_value(document, "model_bytes");
	l->needed_bits[i] = o->fact_bits * o->facts.n;
	l->wrong += experiment_probe_wrong_bits(document) / (double)l->n;
	optimum_losses(o, l->known_bits[i], optimum);
	for (int c = 0; c < PROBE_CLASSES; c++)
		stated += o->stated[c];
	for (int c = 0; c < PROBE_CLASSES; c++) {
		struct experiment_probe_sum sum = experiment_probe_role(last, facts, c);
		double known = experiment_probe_reference(json_object_get(document, "held_out"),
							  facts, c, "known_bits");

		l->bits.of[c][i] = sum.bits / sum.tokens - known;
		l->optimum.of[c][i] = optimum[c];
		l->all[i] += l->bits.of[c][i] * o->stated[c] / stated;
		l->optimum_all[i] += optimum[c] * o->stated[c] / stated;
	}
}

static enum status loss_of(const struct experiment_probe_size *size, struct loss *out)
{
	*out =
	    (struct loss){.fact_bits = experiment_probe_fact_bits(size->document[0]), .n = size->n};
	for (size_t i = 0; i < size->n; i++) {
		struct optimum o;
		enum status s = optimum_open(&o, size->document[i]);

		if (s == STATUS_OK)
			add_losses(out, &o, size->document[i], i);
		optimum_close(&o);
		TRY(s);
	}
	return STATUS_OK;
}

static double mean_of(const struct loss *l, const double value[SEEDS])
{
	return experiment_probe_mean(value, l->n);
}

static double class_mean(const struct loss *l, int class)
{
	return mean_of(l, l->bits.of[class]);
}

/* Parameters at which a class pays no more than this share of a fact's bits, at each seed; of the
 * optimum at as many known bits. */
struct place {
	double of[SEEDS];
};

static struct place place_of(const struct experiment_probe *e, const struct loss *l, int class,
			     double share, bool optimum)
{
	double x[SIZES], y[SIZES];
	struct place p = {.of = {0}};

	for (size_t k = 0; k < l->n; k++) {
		for (size_t i = 0; i < e->n; i++) {
			x[i] = e->size[i].parameters;
			y[i] = (optimum ? &l[i].optimum : &l[i].bits)->of[class][k];
		}
		p.of[k] = experiment_probe_crossing(x, y, e->n, share * l->fact_bits);
	}
	return p;
}

/* ---- Table and panels. ---- */

static void add_row(struct finding *f, const struct experiment_probe_size *size,
		    const struct loss *l)
{
	finding_cell(f, "%s", size->name);
	finding_cell(f, "%.0f", size->parameters);
	finding_cell(f, "%.0f", mean_of(l, l->file_bits));
	finding_cell(f, "%.0f", mean_of(l, l->known_bits));
	for (int c = 0; c < PROBE_CLASSES; c++) {
		struct finding_mean m = finding_mean(l->bits.of[c], l->n);

		finding_cell(f, "%.3f ± %.3f", m.mean, m.half_width);
	}
	for (int c = 0; c < PROBE_CLASSES; c++)
		finding_cell(f, "%.3f", mean_of(l, l->optimum.of[c]));
}

enum axis { PARAMETERS, KNOWN_BITS, FILE_BITS, AXES };

static const char *const axis_label[AXES] = {"parameters", "bits of facts known, or stored at best",
					     "bits of the file"};

static double place_on(enum axis axis, const struct experiment_probe_size *size,
		       const struct loss *l)
{
	return axis == PARAMETERS   ? size->parameters
	       : axis == KNOWN_BITS ? mean_of(l, l->known_bits)
				    : mean_of(l, l->file_bits);
}

static void add_measured(struct finding *f, const struct experiment_probe *e, const struct loss *l,
			 struct finding_panel *panel, enum axis axis)
{
	for (int c = 0; c < PROBE_CLASSES; c++) {
		char title[64];

		experiment_probe_quarter(title, c);
		struct finding_series *series = finding_series(panel, title, false);

		for (size_t i = 0; i < e->n; i++) {
			struct finding_mean m = finding_mean(l[i].bits.of[c], l[i].n);

			finding_point(f, series, place_on(axis, &e->size[i], &l[i]), m.mean,
				      m.mean - m.half_width, m.mean + m.half_width);
		}
	}
}

/* In the colours of what was measured. */
static enum status add_exact(struct finding *f, const struct experiment_probe *e,
			     const struct loss *l, struct finding_panel *panel)
{
	double from = mean_of(l, l->known_bits) / 4, to = mean_of(l, l->needed_bits);
	struct finding_series *series[PROBE_CLASSES];
	struct optimum o;
	enum status s = optimum_open(&o, e->size[0].document[0]);

	for (size_t c = 0; c < PROBE_CLASSES; c++) {
		char title[64];

		snprintf(title, sizeof title, "optimum, quarter %zu", c + 1);
		series[c] = finding_series(panel, title, true);
		if (series[c])
			series[c]->colour = c;
	}
	for (int i = 0; s == STATUS_OK && i <= GRID; i++) {
		double bits = from * pow(to / from, (double)i / GRID), loss[PROBE_CLASSES];

		optimum_losses(&o, bits, loss);
		for (int c = 0; c < PROBE_CLASSES; c++)
			finding_point(f, series[c], bits, loss[c], loss[c], loss[c]);
	}
	optimum_close(&o);
	return s;
}

static enum status add_panels(struct finding *f, const struct experiment_probe *e,
			      const struct loss *l)
{
	struct finding_panel *panel[AXES];

	for (enum axis axis = 0; axis < AXES; axis++) {
		panel[axis] = finding_panel(f, axis_label[axis],
					    "bits a fact above the known world", true, false);
		add_measured(f, e, l, panel[axis], axis);
	}
	return add_exact(f, e, l, panel[KNOWN_BITS]);
}

/* ---- Claims. ---- */

static void claim_order(struct finding *f, const struct experiment_probe *e, const struct loss *l)
{
	struct experiment_probe_quarters saved[SIZES];
	const struct loss *last = &l[e->n - 1];

	for (size_t i = 0; i < e->n; i++)
		for (int c = 0; c < PROBE_CLASSES; c++)
			for (size_t k = 0; k < l->n; k++)
				saved[i].of[c][k] = -l[i].bits.of[c][k];
	finding_claim(f, experiment_probe_order(e, saved, TIE * l->fact_bits),
		      "Small models capture the most frequent knowledge only, larger ones "
		      "gradually the less frequent (Fig. 1a).",
		      "of %.0f bits a fact the quarters pay %.2f, %.2f, %.2f, %.2f at %.0f "
		      "parameters and %.2f, %.2f, %.2f, %.2f at %.0f.%s",
		      l->fact_bits, class_mean(l, 0), class_mean(l, 1), class_mean(l, 2),
		      class_mean(l, 3), e->size[0].parameters, class_mean(last, 0),
		      class_mean(last, 1), class_mean(last, 2), class_mean(last, 3),
		      e->size[e->n - 1].parameters,
		      class_mean(l, 3) > l->fact_bits
			  ? "  More than a fact's bits is paid by who is sure and wrong."
			  : "");
}

static double geometric_mean(const double *value, size_t n)
{
	double sum = 0;

	for (size_t i = 0; i < n; i++)
		sum += log(value[i]);
	return exp(sum / (double)n);
}

/* "at most 8e+03, 2.7e+04, never, never": sizes of the four classes, geometric means. */
struct places_text {
	char text[128];
};

static struct places_text print_places(const struct experiment_probe *e,
				       const struct place place[PROBE_CLASSES])
{
	struct places_text t;
	struct experiment_probe_text size[PROBE_CLASSES];
	const char *sign[PROBE_CLASSES];

	for (int c = 0; c < PROBE_CLASSES; c++) {
		double mean = geometric_mean(place[c].of, e->size->n);

		sign[c] = mean <= e->size->parameters ? "at most " : "";
		size[c] = experiment_probe_place(mean);
	}
	snprintf(t.text, sizeof t.text, "%s%s, %s%s, %s%s, %s%s", sign[0], size[0].text, sign[1],
		 size[1].text, sign[2], size[2].text, sign[3], size[3].text);
	return t;
}

static bool is_reached(const struct place *p, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (!isfinite(p->of[i]))
			return false;
	return true;
}

/* Places of a rarer class that is never reached tell nothing: it may be any. */
static enum verdict_of_claim is_rising(const struct place place[PROBE_CLASSES], size_t n)
{
	enum verdict_of_claim part[PROBE_CLASSES - 1];

	for (int c = 1; c < PROBE_CLASSES; c++) {
		enum verdict_of_claim v = experiment_probe_before(place[c - 1].of, place[c].of, n);

		part[c - 1] = v == CLAIM_HOLDS && !is_reached(&place[c], n) ? CLAIM_OPEN : v;
	}
	return finding_all(part, PROBE_CLASSES - 1);
}

static const double shares[] = {HALF, END};
#define SHARES (sizeof shares / sizeof *shares)

/* Where the classes get to either share. */
struct places {
	struct place measured[SHARES][PROBE_CLASSES], optimum[SHARES][PROBE_CLASSES];
};

static void claim_sizes(struct finding *f, const struct experiment_probe *e, const struct places *p)
{
	enum verdict_of_claim part[SHARES];

	for (size_t i = 0; i < SHARES; i++)
		part[i] = is_rising(p->measured[i], e->size->n);
	finding_claim(
	    f, finding_all(part, SHARES),
	    "Each class stops improving at a size of its own, the larger the rarer it is "
	    "(Fig. 1a, dashed lines).",
	    "parameters at which the quarters pay half of a fact's bits: %s; a tenth: %s.",
	    print_places(e, p->measured[0]).text, print_places(e, p->measured[1]).text);
}

/* Two sizes are the same when no other of the sizes that were trained lies between them, on
 * average. */
static void claim_places(struct finding *f, const struct experiment_probe *e,
			 const struct places *p)
{
	double last = e->size[e->n - 1].parameters, step;
	enum verdict_of_claim part[SHARES * PROBE_CLASSES];
	size_t n = 0, n_near = 0, seeds = e->size->n;

	step = log(last / e->size->parameters) / (double)(e->n - 1);
	for (size_t i = 0; i < SHARES; i++)
		for (int c = 0; c < PROBE_CLASSES; c++) {
			const struct place *a = &p->measured[i][c], *b = &p->optimum[i][c];
			double away[SEEDS];

			if (!is_reached(a, seeds) || !is_reached(b, seeds) ||
			    (geometric_mean(a->of, seeds) <= e->size->parameters &&
			     geometric_mean(b->of, seeds) <= e->size->parameters))
				continue;
			for (size_t k = 0; k < seeds; k++)
				away[k] = log(a->of[k] / b->of[k]);
			part[n] = experiment_probe_within(away, step, seeds);
			n_near += part[n++] == CLAIM_HOLDS;
		}
	finding_claim(f, n < 2 ? CLAIM_OPEN : finding_all(part, n),
		      "A class gets there at the size at which the constrained optimum of as many "
		      "known bits does.",
		      "the optimum pays half of a fact's bits at: %s; a tenth: %s; of %zu places "
		      "that both have among the sizes %zu agree within a factor of %.2f, the mean "
		      "one between neighbouring sizes.",
		      print_places(e, p->optimum[0]).text, print_places(e, p->optimum[1]).text, n,
		      n_near, exp(step));
}

static void add_claims_of_places(struct finding *f, const struct experiment_probe *e,
				 const struct loss *l)
{
	struct places p;

	for (size_t i = 0; i < SHARES; i++)
		for (int c = 0; c < PROBE_CLASSES; c++) {
			p.measured[i][c] = place_of(e, l, c, shares[i], false);
			p.optimum[i][c] = place_of(e, l, c, shares[i], true);
		}
	claim_sizes(f, e, &p);
	claim_places(f, e, &p);
}

static void claim_optimum(struct finding *f, const struct experiment_probe *e, const struct loss *l)
{
	double nearest = INFINITY, farthest = 0, excess = 0, wrong = 0;
	enum verdict_of_claim part[SIZES];

	for (size_t i = 0; i < e->n; i++) {
		double all = mean_of(&l[i], l[i].all);
		double optimum = mean_of(&l[i], l[i].optimum_all), allowed[SEEDS];

		for (size_t k = 0; k < l->n; k++)
			allowed[k] = NEAR * l[i].optimum_all[k] + TIE * l->fact_bits;
		part[i] = experiment_probe_above(allowed, l[i].all, l->n);
		excess += all - optimum;
		wrong += l[i].wrong;
		nearest = fmin(nearest, all / optimum);
		farthest = fmax(farthest, all / optimum);
	}
	finding_claim(
	    f, finding_all(part, e->n),
	    "What a model knows is what the constrained optimum would store in as many "
	    "bits: the most frequent facts (Fig. 1b).",
	    "loss a statement of the facts is %.2f to %.2f times the optimum's at the bits "
	    "that the model knows; %.0f %% of the difference is for being sure and wrong where "
	    "the optimum knows that it does not know, the rest for facts known in part.",
	    nearest, farthest, excess > 0 ? 100 * wrong / excess : 0);
}

/* If the smallest file has room, all have. */
static void claim_room(struct finding *f, const struct experiment_probe *e, const struct loss *l)
{
	const struct loss *last = &l[e->n - 1];
	double known = mean_of(l, l->known_bits), last_known = mean_of(last, last->known_bits);

	finding_claim(
	    f, experiment_probe_above(l->needed_bits, l->file_bits, l->n),
	    "Stored bits are what limits the smallest model: the optimum at the size of its file "
	    "has no room for what it does not know.",
	    "all facts take %.0f bits, the file of the smallest model %.0f and that of the "
	    "largest %.0f, grammar and names among them; known of the facts are %.0f and %.0f, "
	    "%.3f and %.3f bits a parameter.",
	    mean_of(l, l->needed_bits), mean_of(l, l->file_bits), mean_of(last, last->file_bits),
	    known, last_known, known / e->size[0].parameters,
	    last_known / e->size[e->n - 1].parameters);
}

static enum status conclude(const struct result *const *result, size_t n, struct finding *f)
{
	static const char *const head[] = {"layers x width",
					   "parameters#",
					   "bits of the file#",
					   "bits known#",
					   "quarter 1#",
					   "2#",
					   "3#",
					   "4#",
					   "optimum: 1#",
					   "2#",
					   "3#",
					   "4#"};
	const struct experiment_probe e = experiment_probe_read(result, n);
	struct loss l[SIZES];

	if (e.n < 2)
		return STATUS_OK;
	finding_columns(f, head, sizeof head / sizeof *head);
	for (size_t i = 0; i < e.n; i++) {
		TRY(loss_of(&e.size[i], &l[i]));
		add_row(f, &e.size[i], &l[i]);
	}
	TRY(add_panels(f, &e, l));
	claim_order(f, &e, l);
	add_claims_of_places(f, &e, l);
	claim_optimum(f, &e, l);
	claim_room(f, &e, l);
	return STATUS_OK;
}

const struct experiment experiment_model_scaling = {
    .name = "model-scaling",
    .title = "Loss on facts by frequency class against model size",
    .figure = "Fig. 1a and 1b",
    .help = "what transformers of several sizes know, beside the constrained optimum",
    .plan = experiment_probe_plan,
    .conclude = conclude,
};
