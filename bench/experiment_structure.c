/* SPDX-License-Identifier: BSD-2-Clause
 *
 * experiment_structure.c - the plane of the structure function (Fig. 3a and 4): what codes spend on
 * a model and what they then spend on the data.
 *
 * In one plane: the archives of a two-part code at growing limits of its model, which realize the
 * structure function; the optimum's curve, computed from the counts (corpora/sk_optimum.h);
 * transformers of a ladder of sizes, stored with every archive, and their loss on text that was
 * held back; compressors, which ship no model, and dictionaries, which are one; and the line x + y
 * = K(X), the Bayes code in the place of K(X).
 *
 * The optimum's curve is of codes that learn nothing while they read.  Who learns has a point at
 * L(M) = 0 below it, but none below the line.
 */
#include <inttypes.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "document.h"
#include "experiment.h"
#include "source.h"
#include "transformer.h"

#define VARIED "sentences,seed"
#define PLANE "plane"
#define LADDER "ladder"
#define LADDER_FULL "ladder-full"

static enum status plan(struct bench *b, const struct experiment_request *q)
{
	bool full = q->scale == EXPERIMENT_FULL;
	const char *sentences = full ? "200000" : "20000";

	for (unsigned seed = 1; seed <= (full ? 5 : 3); seed++) {
		char title[128], name[64], number[16];
		const char *const options[] = {"sk",     "--sentences", sentences,
					       "--seed", number,        NULL};
		const struct subject *s;

		snprintf(number, sizeof number, "%u", seed);
		snprintf(title, sizeof title, "sk, seed %u, %s sentences", seed, sentences);
		snprintf(name, sizeof name, "plane-%s-%u", sentences, seed);
		TRY(subject_add_drawn(b, title, name, options, &s));
		TRY(plan_figure(b, PLANE, s));
		TRY(plan_figure(b, full ? LADDER_FULL : LADDER, s));
	}
	return STATUS_OK;
}

/* ---- Reading the results. ---- */

#define CORPORA_MAX 16
#define CODES_MAX 64

/* The documents of one corpus, borrowed. */
struct plane {
	const char *digest;
	double sentences, bayes_bits, n_tokens;
	const json_t *structure, *ladder; /* NULL: not measured */
};

struct planes {
	struct plane of[CORPORA_MAX];
	size_t n;
};

/* Of several scales the largest speaks. */
static struct plane *plane_of(struct planes *p, const struct spec_corpus *c)
{
	double sentences = source_option(c->source, "sk", "sentences");

	for (size_t i = 0; i < p->n; i++)
		if (strcmp(p->of[i].digest, c->digest) == 0)
			return &p->of[i];
	if (p->n && p->of[0].sentences < sentences)
		p->n = 0;
	if (p->n == CORPORA_MAX || (p->n && p->of[0].sentences > sentences))
		return NULL;
	p->of[p->n] = (struct plane){.digest = c->digest,
				     .sentences = sentences,
				     .bayes_bits = c->bayes_bits,
				     .n_tokens = c->n_tokens};
	return &p->of[p->n++];
}

static void read_result(struct planes *p, const struct result *r)
{
	bool is_plane = strcmp(r->spec.method, "figure:" PLANE) == 0;
	bool is_ladder = strcmp(r->spec.method, "figure:" LADDER) == 0 ||
			 strcmp(r->spec.method, "figure:" LADDER_FULL) == 0;
	struct plane *of;

	if (r->outcome != OUTCOME_OK || (!is_plane && !is_ladder) ||
	    !source_varies_only(r->spec.corpus.source, "sk", VARIED))
		return;
	of = plane_of(p, &r->spec.corpus);
	if (of && is_plane)
		of->structure = r->document;
	else if (of)
		of->ladder = r->document;
}

/* The optimum's data bits at so many of model: straight between the curve's points. */
static double optimum_at(const struct plane *p, double model_bits)
{
	const json_t *curve =
	    json_object_get(json_object_get(p->structure, "theory"), "ideal");
	double x0 = NAN, y0 = NAN;

	for (size_t i = 0; i < json_array_size(curve); i++) {
		double x = document_value(json_array_get(curve, i), "model_bits");
		double y = document_value(json_array_get(curve, i), "data_bits");

		if (model_bits <= x)
			return i ? y0 + (y - y0) * (model_bits - x0) / (x - x0) : y;
		x0 = x;
		y0 = y;
	}
	return y0;
}

/* The realized structure function: the least data bits of an archive with at most so many of
 * model; NaN: there is none. */
static double realized_at(const struct plane *p, double model_bits)
{
	const json_t *points = json_object_get(p->structure, "points");
	double least = NAN;

	for (size_t i = 0; i < json_array_size(points); i++) {
		const json_t *at = json_array_get(points, i);

		if (document_value(at, "model_bits") <= model_bits)
			least = fmin(least, document_value(at, "data_bits"));
	}
	return least;
}

/* A code that is in the table: its name, and its values on all corpora. */
enum value {
	VALUE_MODEL,
	VALUE_DATA,
	VALUE_BAYES,	/* sum over the Bayes code */
	VALUE_OPTIMUM,	/* data over the optimum's */
	VALUE_TEST,	/* loss on text that was held back, bits for as much as the corpus is */
	VALUE_REALIZED, /* that over the realized structure function */
	VALUES
};

struct code {
	char name[64];
	bool is_told;			   /* the world or the prior */
	double value[VALUES][CORPORA_MAX]; /* by the number of the plane; NaN: not measured */
};

struct codes {
	struct code of[CODES_MAX];
	size_t n;
};

static struct code *code_of(struct codes *all, const char *name)
{
	for (size_t i = 0; i < all->n; i++)
		if (strcmp(all->of[i].name, name) == 0)
			return &all->of[i];
	if (all->n == CODES_MAX)
		return NULL;

	struct code *new = &all->of[all->n++];

	snprintf(new->name, sizeof new->name, "%s", name);
	for (size_t v = 0; v < VALUES; v++)
		for (size_t k = 0; k < CORPORA_MAX; k++)
			new->value[v][k] = NAN;
	return new;
}

/* What one code takes on plane k. */
struct point {
	double model_bits, data_bits, test_bits; /* the last NaN: there is no test loss */
};

static struct code *add_point(struct codes *all, const struct planes *planes, size_t k,
			      const char *name, struct point x)
{
	const struct plane *p = &planes->of[k];
	struct code *c = code_of(all, name);

	if (!c)
		return NULL;
	c->value[VALUE_MODEL][k] = x.model_bits;
	c->value[VALUE_DATA][k] = x.data_bits;
	c->value[VALUE_BAYES][k] = (x.model_bits + x.data_bits) / p->bayes_bits;
	c->value[VALUE_OPTIMUM][k] =
	    x.model_bits > 0 ? x.data_bits / optimum_at(p, x.model_bits) : NAN;
	c->value[VALUE_TEST][k] = x.test_bits;
	c->value[VALUE_REALIZED][k] = x.test_bits / realized_at(p, x.model_bits);
	return c;
}

static void add_archives(struct codes *all, const struct planes *p, size_t k)
{
	const json_t *points = json_object_get(p->of[k].structure, "points");

	for (size_t i = 0; i < json_array_size(points); i++) {
		const json_t *at = json_array_get(points, i);
		char name[64];

		snprintf(name, sizeof name, "twopart, limit %zu of %zu", i + 1,
			 json_array_size(points));

		struct code *c = add_point(all, p, k, name,
					   (struct point){document_value(at, "model_bits"),
							  document_value(at, "data_bits"), NAN});

		if (c)
			c->is_told = true;
	}
}

static void add_networks(struct codes *all, const struct planes *p, size_t k)
{
	const json_t *points = json_object_get(p->of[k].ladder, "points");

	for (size_t i = 0; i < json_array_size(points); i++) {
		const json_t *at = json_array_get(points, i);
		uint64_t layers, dim, bits;
		char name[64];

		if (!document_count(at, "layers", TRANSFORMER_LAYERS_MAX, &layers) ||
		    !document_count(at, "dim", TRANSFORMER_DIM_MAX, &dim) ||
		    !document_count(at, "bits", 64, &bits))
			continue;
		snprintf(name, sizeof name,
			 "transformer %" PRIu64 "x%" PRIu64 ", %" PRIu64 " bits a weight", layers,
			 dim, bits);
		add_point(all, p, k, name,
			  (struct point){
			      document_value(at, "model_bits"),
			      document_value(at, "data_bits") + document_value(at, "header_bits"),
			      document_value(at, "stored_valid_bits") * p->of[k].n_tokens});
	}
}

static void add_compressors(struct codes *all, const struct planes *p, size_t k)
{
	const json_t *marks = json_object_get(p->of[k].structure, "compressors");

	for (size_t i = 0; i < json_array_size(marks); i++) {
		const json_t *at = json_array_get(marks, i);
		const char *name = json_string_value(json_object_get(at, "name"));
		const char *on = json_string_value(json_object_get(at, "on"));
		char label[64];
		struct code *c;

		if (!name || !on || strcmp(name, "copy") == 0 || strcmp(name, "twopart") == 0)
			continue;
		snprintf(label, sizeof label, "%.40s (%.8s)", name, on);
		c = add_point(all, p, k, label,
			      (struct point){document_value(at, "model_bits"),
					     document_value(at, "data_bits"), NAN});
		if (c)
			c->is_told = json_is_string(json_object_get(at, "not_counted"));
	}
}

/* ---- The finding. ---- */

/* Over the corpora where it was measured. */
static struct finding_mean mean_of(const struct code *c, enum value value)
{
	double measured[CORPORA_MAX];
	size_t n = 0;

	for (size_t k = 0; k < CORPORA_MAX; k++)
		if (isfinite(c->value[value][k]))
			measured[n++] = c->value[value][k];
	return finding_mean(measured, n);
}

static void add_cell(struct finding *f, struct finding_mean m, int digits)
{
	if (!isfinite(m.mean))
		finding_cell(f, "-");
	else if (isfinite(m.half_width))
		finding_cell(f, "%.*f ± %.*f", digits, m.mean, digits, m.half_width);
	else
		finding_cell(f, "%.*f", digits, m.mean);
}

static void add_table(struct finding *f, const struct codes *all)
{
	static const char *const head[] = {"code",	    "corpora#",
					   "L(M), bits#",   "L(X|M), bits#",
					   "sum, times Bayes#", "L(X|M), times the optimum's#",
					   "test loss, times Bayes#"};

	finding_columns(f, head, sizeof head / sizeof *head);
	for (size_t i = 0; i < all->n; i++) {
		const struct code *c = &all->of[i];
		struct finding_mean test = mean_of(c, VALUE_TEST);
		double bayes = (mean_of(c, VALUE_MODEL).mean + mean_of(c, VALUE_DATA).mean) /
			       mean_of(c, VALUE_BAYES).mean;

		finding_cell(f, "%s%s", c->name, c->is_told ? ", told the source" : "");
		finding_cell(f, "%zu", mean_of(c, VALUE_BAYES).n);
		add_cell(f, (struct finding_mean){mean_of(c, VALUE_MODEL).mean, NAN, 0}, 0);
		add_cell(f, (struct finding_mean){mean_of(c, VALUE_DATA).mean, NAN, 0}, 0);
		add_cell(f, mean_of(c, VALUE_BAYES), 4);
		add_cell(f, mean_of(c, VALUE_OPTIMUM), 4);
		add_cell(f, (struct finding_mean){test.mean / bayes, NAN, 0}, 4);
	}
}

/* The codes whose names begin so, in the order of the table, on the first corpus. */
static void draw_codes(struct finding *f, struct finding_panel *p, const struct codes *all,
		       const char *beginning, const char *title, enum value value)
{
	struct finding_series *s = finding_series(p, title, false);

	for (size_t i = 0; i < all->n; i++) {
		const struct code *c = &all->of[i];

		if (strncmp(c->name, beginning, strlen(beginning)) != 0)
			continue;
		finding_point(f, s, fmax(c->value[VALUE_MODEL][0], 8), c->value[value][0], NAN,
			      NAN);
	}
}

#define LINE_POINTS 64

static void draw_theory(struct finding *f, struct finding_panel *panel, const struct plane *p)
{
	const json_t *curve =
	    json_object_get(json_object_get(p->structure, "theory"), "ideal");
	struct finding_series *line = finding_series(panel, "x + y = K(X)", true);
	struct finding_series *s = finding_series(panel, "optimum", true);

	for (int i = 0; i < LINE_POINTS; i++) {
		double x = 8 * pow(0.7 * p->bayes_bits / 8, i / (LINE_POINTS - 1.0));

		finding_point(f, line, x, p->bayes_bits - x, NAN, NAN);
	}
	for (size_t i = 0; i < json_array_size(curve); i++) {
		double x = document_value(json_array_get(curve, i), "model_bits");

		double y = document_value(json_array_get(curve, i), "data_bits");

		if (x >= 8)
			finding_point(f, s, x, y, NAN, NAN);
	}
}

static void draw(struct finding *f, const struct codes *all, const struct plane *p)
{
	static const char *const alone[] = {"mix (tokens)",       "ngram (tokens)",
					    "zstd -19 (tokens)",  "xz -9e (tokens)",
					    "brotli -11 large (tokens)"};
	struct finding_panel *panel = finding_panel(f, "L(M), bits of model (none: at 8)",
						    "L(X|M), bits, first corpus", true, true);

	draw_theory(f, panel, p);
	draw_codes(f, panel, all, "twopart", "twopart archives", VALUE_DATA);
	draw_codes(f, panel, all, "transformer ", "transformers", VALUE_DATA);
	draw_codes(f, panel, all, "transformer ", "their test loss", VALUE_TEST);
	draw_codes(f, panel, all, "zstd -19 dict", "zstd, dictionaries (text)", VALUE_DATA);
	for (size_t i = 0; i < sizeof alone / sizeof *alone; i++)
		draw_codes(f, panel, all, alone[i], alone[i], VALUE_DATA);
}

/* The code with the least sum; `untold`: among those whose reader is given nothing. */
static const struct code *least_sum(const struct codes *all, bool untold, double *times)
{
	const struct code *least = NULL;

	*times = INFINITY;
	for (size_t i = 0; i < all->n; i++) {
		const struct code *c = &all->of[i];

		/* The reader of `known` has the world, which costs nothing here. */
		if (strncmp(c->name, "known", 5) == 0 || (untold && c->is_told))
			continue;
		for (size_t k = 0; k < CORPORA_MAX; k++)
			if (c->value[VALUE_BAYES][k] < *times) {
				*times = c->value[VALUE_BAYES][k];
				least = c;
			}
	}
	return least;
}

static void claim_line(struct finding *f, const struct codes *all)
{
	double smallest, untold;
	const struct code *least = least_sum(all, false, &smallest);
	const struct code *best = least_sum(all, true, &untold);

	if (!least || !best)
		return;
	finding_claim(f, smallest >= 1 ? CLAIM_HOLDS : CLAIM_FAILS,
		      "A check of the measurements: no code is below the line of sufficiency x + y "
		      "= K(X), in two parts or one, that is not given the world (Fig. 3a, 4).",
		      "the least sum is %.5f times the Bayes code, by %s; of those that are told "
		      "nothing of the source %.4f, by %s.",
		      smallest, least->name, untold, best->name);
}

/* The least of one value over all codes and corpora; *n: how many there are; NaN of none. */
static double least_of(const struct codes *all, enum value value, size_t *n)
{
	double least = NAN;

	*n = 0;
	for (size_t i = 0; i < all->n; i++)
		for (size_t k = 0; k < CORPORA_MAX; k++) {
			double times = all->of[i].value[value][k];

			if (!isfinite(times))
				continue;
			(*n)++;
			least = fmin(least, times);
		}
	return least;
}

static void claim_optimum(struct finding *f, const struct codes *all)
{
	size_t n;
	double least = least_of(all, VALUE_OPTIMUM, &n);

	if (!n)
		return;
	finding_claim(f, least >= 1 ? CLAIM_HOLDS : CLAIM_FAILS,
		      "The structure function is above the optimum's curve: at its own bits of "
		      "model, no two-part code spends fewer on the data (Fig. 3a, 4).",
		      "the least of %zu points with a model is %.4f times the optimum's data bits.",
		      n, least);
}

/* Of our own choosing, to call the line touched: the archives begin at three times as much. */
#define REACHED 1.01 /* times the Bayes code */

static void claim_touch(struct finding *f, const struct codes *all)
{
	double best[CORPORA_MAX], above[CORPORA_MAX], model[CORPORA_MAX];
	size_t n = 0;

	for (size_t k = 0; k < CORPORA_MAX; k++) {
		best[n] = INFINITY;
		for (size_t i = 0; i < all->n; i++) {
			const struct code *c = &all->of[i];

			if (strncmp(c->name, "twopart", 7) != 0 ||
			    !(c->value[VALUE_BAYES][k] < best[n]))
				continue;
			best[n] = c->value[VALUE_BAYES][k];
			above[n] = REACHED - best[n];
			model[n] = c->value[VALUE_MODEL][k];
		}
		n += isfinite(best[n]);
	}
	if (!n)
		return;
	finding_claim(f, finding_above(above, n),
		      "It touches the line: at the best size, model and data together cost no more "
		      "than a hundredth above K(X) (Fig. 3a, 4).",
		      "the sum is %.4f times the Bayes code, at %.0f bits of model, on average "
		      "over %zu %s.",
		      finding_mean(best, n).mean, finding_mean(model, n).mean, n,
		      n == 1 ? "corpus" : "corpora");
}

/* Is one network's test loss above another's, over the corpora where both were measured?  By the
 * share of it, for what a corpus takes differs by half from seed to seed. */
static enum verdict_of_claim is_above(const struct code *a, const struct code *b)
{
	double difference[CORPORA_MAX];
	size_t n = 0;

	for (size_t k = 0; k < CORPORA_MAX; k++) {
		difference[n] = 1 - b->value[VALUE_TEST][k] / a->value[VALUE_TEST][k];
		n += isfinite(difference[n]);
	}
	return finding_above(difference, n);
}

static void claim_falling(struct finding *f, const struct codes *all)
{
	const struct code *before = NULL;
	enum verdict_of_claim step[CODES_MAX];
	double sum = INFINITY;
	size_t n_steps = 0, n_falling = 0;

	for (size_t i = 0; i < all->n; i++) {
		const struct code *c = &all->of[i];

		if (!mean_of(c, VALUE_TEST).n)
			continue;
		if (before) {
			step[n_steps] = is_above(before, c);
			n_falling += step[n_steps++] == CLAIM_HOLDS;
		}
		sum = fmin(sum, mean_of(c, VALUE_BAYES).mean);
		before = c;
	}
	if (!n_steps)
		return;
	finding_claim(f, finding_all(step, n_steps),
		      "That curve falls with the network's size (Fig. 3a, 4).",
		      "test loss falls at %zu of %zu steps along the ladder, by the 95 %% interval "
		      "of the fall on the same corpora; their own bits counted, the least "
		      "sum is %.3f times the Bayes code.",
		      n_falling, n_steps, sum);
}

static void claim_networks(struct finding *f, const struct codes *all)
{
	size_t n;
	double least = least_of(all, VALUE_REALIZED, &n);

	if (n)
		finding_claim(f, least >= 1 ? CLAIM_HOLDS : CLAIM_FAILS,
			      "The test loss of networks is a curve above the structure function "
			      "(Fig. 3a, 4).",
			      "the least of %zu losses on held-back text is %.3f times the "
			      "realized structure function at the network's bits.",
			      n, least);
	claim_falling(f, all);
}

static void describe(struct finding *f, const struct planes *p, struct codes *all)
{
	for (size_t i = 0; i < p->n; i++)
		add_archives(all, p, i);
	for (size_t i = 0; i < p->n; i++)
		add_networks(all, p, i);
	for (size_t i = 0; i < p->n; i++)
		add_compressors(all, p, i);
	add_table(f, all);
	draw(f, all, &p->of[0]);
	claim_line(f, all);
	claim_optimum(f, all);
	claim_touch(f, all);
	claim_networks(f, all);
}

static enum status conclude(const struct result *const *result, size_t n, struct finding *f)
{
	struct planes p = {.n = 0};
	struct codes *all = calloc(1, sizeof *all);
	size_t n_whole = 0;

	if (!all)
		return fail_no_memory();
	for (size_t i = 0; i < n; i++)
		read_result(&p, result[i]);
	for (size_t i = 0; i < p.n; i++) /* the curve of a corpus is what its points are held to */
		if (p.of[i].structure)
			p.of[n_whole++] = p.of[i];
	p.n = n_whole;
	if (p.n)
		describe(f, &p, all);
	free(all);
	return STATUS_OK;
}

const struct experiment experiment_structure = {
    .name = "structure",
    .title = "The structure function, networks and compressors in one plane",
    .figure = "Fig. 3a and 4",
    .help = "bits of model against bits of data: two-part code, networks, optimum, x + y = K",
    .plan = plan,
    .conclude = conclude,
};
