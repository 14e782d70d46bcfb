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
#define END 0.1  /* .. and of one that does not improve any more */
#define GRID 40  /* points of the exact curve */

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

struct loss {
	struct finding_mean of_class[PROBE_CLASSES]; /* bits a fact above the known world */
	double optimum[PROBE_CLASSES];               /* the same at as many known bits */
	double all, optimum_all;                     /* bits a statement, of all classes together */
	double wrong; /* part of the former, for being sure and wrong */
	double file_bits, known_bits, fact_bits;
	double needed_bits; /* of all facts */
};

static enum status loss_of(const struct experiment_probe_size *size, struct loss *out)
{
	const char *facts = cost_roles[ROLE_REPEATED_FACT].key;
	double loss[PROBE_CLASSES][SEEDS], n = (double)size->n;

	*out = (struct loss){.fact_bits = experiment_probe_fact_bits(size->document[0])};
	for (size_t i = 0; i < size->n; i++) {
		const json_t *document = size->document[i];
		double known = experiment_probe_stored_bits(document);
		double optimum[PROBE_CLASSES], stated = 0;
		struct optimum o;
		enum status s = optimum_open(&o, document);

		if (s == STATUS_OK)
			optimum_losses(&o, known, optimum);
		for (int c = 0; s == STATUS_OK && c < PROBE_CLASSES; c++) {
			struct experiment_probe_sum sum =
			    experiment_probe_role(experiment_probe_last(document), facts, c);

			loss[c][i] =
			    sum.bits / sum.tokens -
			    experiment_probe_reference(json_object_get(document, "held_out"), facts,
						       c, "known_bits");
			out->optimum[c] += optimum[c] / n;
			stated += o.stated[c];
		}
		for (int c = 0; s == STATUS_OK && c < PROBE_CLASSES; c++) {
			out->all += loss[c][i] * o.stated[c] / stated / n;
			out->optimum_all += optimum[c] * o.stated[c] / stated / n;
		}
		out->needed_bits += o.fact_bits * o.facts.n / n;
		optimum_close(&o);
		TRY(s);
		out->file_bits += 8 * document_value(document, "model_bytes") / n;
		out->known_bits += known / n;
		out->wrong += experiment_probe_wrong_bits(document) / n;
	}
	for (int c = 0; c < PROBE_CLASSES; c++)
		out->of_class[c] = finding_mean(loss[c], size->n);
	return STATUS_OK;
}

/* Parameters at which a class pays no more than this share of a fact's bits; of the optimum at as
 * many known bits. */
static double size_at(const struct experiment_probe *e, const struct loss *l, int class,
		      double share, bool optimum)
{
	double x[SIZES], y[SIZES];

	for (size_t i = 0; i < e->n; i++) {
		x[i] = e->size[i].parameters;
		y[i] = optimum ? l[i].optimum[class] : l[i].of_class[class].mean;
	}
	return experiment_probe_crossing(x, y, e->n, share * l[0].fact_bits);
}

/* ---- Table and panels. ---- */

static void add_row(struct finding *f, const struct experiment_probe_size *size,
		    const struct loss *l)
{
	finding_cell(f, "%s", size->name);
	finding_cell(f, "%.0f", size->parameters);
	finding_cell(f, "%.0f", l->file_bits);
	finding_cell(f, "%.0f", l->known_bits);
	for (int c = 0; c < PROBE_CLASSES; c++)
		finding_cell(f, "%.3f ± %.3f", l->of_class[c].mean, l->of_class[c].half_width);
	for (int c = 0; c < PROBE_CLASSES; c++)
		finding_cell(f, "%.3f", l->optimum[c]);
}

static void class_title(char title[64], int class)
{
	snprintf(title, 64, "quarter %d%s", class + 1,
		 class == 0                   ? ", most frequent"
		 : class == PROBE_CLASSES - 1 ? ", rarest"
					      : "");
}

static void add_measured(struct finding *f, const struct experiment_probe *e, const struct loss *l,
			 struct finding_panel *panel, bool by_known)
{
	for (int c = 0; c < PROBE_CLASSES; c++) {
		char title[64];

		class_title(title, c);
		struct finding_series *series = finding_series(panel, title, false);

		for (size_t i = 0; i < e->n; i++) {
			struct finding_mean m = l[i].of_class[c];

			finding_point(f, series, by_known ? l[i].known_bits : e->size[i].parameters,
				      m.mean, m.mean - m.half_width, m.mean + m.half_width);
		}
	}
}

static enum status add_exact(struct finding *f, const struct experiment_probe *e,
			     const struct loss *l, struct finding_panel *panel)
{
	double from = l[0].known_bits / 4, to = l[0].needed_bits;
	struct finding_series *series[PROBE_CLASSES];
	struct optimum o;
	enum status s = optimum_open(&o, e->size[0].document[0]);

	for (int c = 0; c < PROBE_CLASSES; c++) {
		char title[64];

		class_title(title, c);
		series[c] = finding_series(panel, title, true);
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
	static const char loss[] = "bits a fact above the known world";
	struct finding_panel *measured = finding_panel(f, "parameters", loss, true, false);
	struct finding_panel *exact =
	    finding_panel(f, "bits of facts that may be stored", loss, true, false);
	struct finding_panel *known =
	    finding_panel(f, "bits of facts that the model knows", loss, true, false);

	add_measured(f, e, l, measured, false);
	add_measured(f, e, l, known, true);
	return add_exact(f, e, l, exact);
}

/* ---- Claims. ---- */

static void claim_order(struct finding *f, const struct experiment_probe *e, const struct loss *l)
{
	const struct loss *last = &l[e->n - 1];
	bool ordered = true, falling = last->all < l[0].all;

	for (size_t i = 0; i < e->n; i++)
		for (int c = 0; c < PROBE_CLASSES; c++) {
			double loss = l[i].of_class[c].mean;

			ordered = ordered && (c == 0 || loss >= l[i].of_class[c - 1].mean);
			falling = falling && (i == 0 || loss <= l[i - 1].of_class[c].mean);
		}
	finding_claim(
	    f, ordered && falling ? CLAIM_HOLDS : CLAIM_FAILS,
	    "Small models capture the most frequent knowledge only, larger ones gradually "
	    "the less frequent (Fig. 1a).",
	    "of %.0f bits a fact the quarters pay %.2f, %.2f, %.2f, %.2f at %.0f parameters "
	    "and %.2f, %.2f, %.2f, %.2f at %.0f.%s",
	    last->fact_bits, l[0].of_class[0].mean, l[0].of_class[1].mean, l[0].of_class[2].mean,
	    l[0].of_class[3].mean, e->size[0].parameters, last->of_class[0].mean,
	    last->of_class[1].mean, last->of_class[2].mean, last->of_class[3].mean,
	    e->size[e->n - 1].parameters,
	    l[0].of_class[3].mean > l[0].fact_bits
		? "  More than a fact's bits is paid by who is sure and wrong."
		: "");
}

/* "8000, 27000, -, -": sizes of the four classes. */
static void print_sizes(char text[96], const double size[PROBE_CLASSES],
			const struct experiment_probe *e)
{
	size_t at = 0;

	for (int c = 0; c < PROBE_CLASSES && at < 96; c++) {
		const char *sign = size[c] <= e->size[0].parameters ? "at most " : "";
		int n = isfinite(size[c])
			    ? snprintf(text + at, 96 - at, "%s%s%.3g", c ? ", " : "", sign, size[c])
			    : snprintf(text + at, 96 - at, "%snowhere", c ? ", " : "");

		at += (size_t)n;
	}
}

static void claim_sizes(struct finding *f, const struct experiment_probe *e, const struct loss *l)
{
	double half[PROBE_CLASSES], end[PROBE_CLASSES], half_optimum[PROBE_CLASSES],
	    end_optimum[PROBE_CLASSES];
	char halves[96], ends[96], halves_optimum[96], ends_optimum[96];
	bool rising = true;
	int n = 0;

	for (int c = 0; c < PROBE_CLASSES; c++) {
		half[c] = size_at(e, l, c, HALF, false);
		end[c] = size_at(e, l, c, END, false);
		half_optimum[c] = size_at(e, l, c, HALF, true);
		end_optimum[c] = size_at(e, l, c, END, true);
		n += isfinite(end[c]);
		rising = rising && (c == 0 || !(half[c] < half[c - 1]));
		rising = rising && (c == 0 || !(end[c] < end[c - 1]));
	}
	print_sizes(halves, half, e);
	print_sizes(ends, end, e);
	print_sizes(halves_optimum, half_optimum, e);
	print_sizes(ends_optimum, end_optimum, e);
	finding_claim(
	    f,
	    n < 2    ? CLAIM_OPEN
	    : rising ? CLAIM_HOLDS
		     : CLAIM_FAILS,
	    "Each class stops improving at a size of its own, the larger the rarer it is "
	    "(Fig. 1a, dashed lines).",
	    "parameters at which the quarters pay half of a fact's bits: %s; a tenth: %s.  "
	    "The optimum with as many known bits: %s; %s.",
	    halves, ends, halves_optimum, ends_optimum);
}

#define NEAR 1.25 /* of the optimum's loss */

static void claim_optimum(struct finding *f, const struct experiment_probe *e, const struct loss *l)
{
	double nearest = INFINITY, farthest = 0, excess = 0, wrong = 0;

	for (size_t i = 0; i < e->n; i++) {
		excess += l[i].all - l[i].optimum_all;
		wrong += l[i].wrong;
		nearest = fmin(nearest, l[i].all / l[i].optimum_all);
		farthest = fmax(farthest, l[i].all / l[i].optimum_all);
	}
	finding_claim(
	    f, farthest <= NEAR ? CLAIM_HOLDS : CLAIM_FAILS,
	    "What a model knows is what the constrained optimum would store in as many "
	    "bits: the most frequent facts (Fig. 1b).",
	    "loss a statement of the facts is %.2f to %.2f times the optimum's at the bits "
	    "that the model knows; %.0f %% of the difference is for being sure and wrong where "
	    "the optimum knows that it does not know, the rest for facts known in part.",
	    nearest, farthest, excess > 0 ? 100 * wrong / excess : 0);
	finding_claim(
	    f, l[0].file_bits >= l[0].needed_bits ? CLAIM_FAILS : CLAIM_HOLDS,
	    "Stored bits are what limits a model: the optimum at the size of its file has "
	    "no room for what it does not know.",
	    "all facts take %.0f bits, the file of the smallest model %.0f and that of the "
	    "largest %.0f; known of them are %.0f and %.0f, %.3f and %.3f bits a "
	    "parameter.",
	    l[0].needed_bits, l[0].file_bits, l[e->n - 1].file_bits, l[0].known_bits,
	    l[e->n - 1].known_bits, l[0].known_bits / e->size[0].parameters,
	    l[e->n - 1].known_bits / e->size[e->n - 1].parameters);
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
	for (size_t i = 0; i < sizeof head / sizeof *head; i++)
		finding_column(f, head[i]);
	for (size_t i = 0; i < e.n; i++) {
		TRY(loss_of(&e.size[i], &l[i]));
		add_row(f, &e.size[i], &l[i]);
	}
	TRY(add_panels(f, &e, l));
	claim_order(f, &e, l);
	claim_sizes(f, &e, l);
	claim_optimum(f, &e, l);
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
