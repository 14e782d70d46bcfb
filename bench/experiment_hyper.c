/* SPDX-License-Identifier: BSD-2-Clause
 *
 * experiment_hyper.c - what it costs not to know the source's parameters.
 *
 * The Bayes code is told alpha, beta and the pseudo-counts of the grammar.  Somebody who is not can
 * mix over a grid of them (corpora/mixture.h), or code each syntax table by normalized maximum
 * likelihood (corpora/nml.h), or know nothing at all and learn (mix).  All three are paid for on
 * the same corpora, drawn with the default parameters but alpha, length and seed.
 */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "document.h"
#include "experiment.h"
#include "mixture.h"
#include "source.h"

#define COST "cost:against=none,model=mix"
#define ALPHAS 3
static const char *const alphas[ALPHAS] = {"0.3", "0.5", "0.7"};
#define VARIED "alpha,sentences,seed"
#define LENGTHS_MAX 5
static const char *const lengths[LENGTHS_MAX] = {"100", "1000", "10000", "100000", "1000000"};

static enum status plan_corpus(struct bench *b, const char *alpha, const char *sentences,
			       unsigned seed)
{
	char title[128], name[64], number[16];
	const char *const options[] = {"sk",     "--alpha", alpha, "--sentences", sentences,
				       "--seed", number,    NULL};
	const struct subject *s;

	snprintf(number, sizeof number, "%u", seed);
	snprintf(title, sizeof title, "sk alpha %s, beta 1, seed %u, %s sentences", alpha, seed,
		 sentences);
	snprintf(name, sizeof name, "sk-%s-%s-%u", alpha, sentences, seed);
	TRY(subject_add_drawn(b, title, name, options, &s));
	TRY(plan_figure(b, "bounds", s));
	return plan_figure(b, COST, s);
}

static enum status plan(struct bench *b, const struct experiment_request *q)
{
	bool full = q->scale == EXPERIMENT_FULL;

	for (unsigned seed = 1; seed <= (full ? 10 : 3); seed++)
		for (unsigned i = 0; i < ALPHAS; i++)
			for (unsigned k = 0; k < (full ? LENGTHS_MAX : LENGTHS_MAX - 1); k++)
				TRY(plan_corpus(b, alphas[i], lengths[k], seed));
	return STATUS_OK;
}

/* ---- Reading the results. ---- */

enum price { PRICE_PARTITION, PRICE_SYNTAX, PRICE_NML, PRICE_ALL, PRICES };

/* What is paid above the Bayes code on one corpus, in bits; NaN: not measured. */
struct corpus_prices {
	double alpha, sentences, bits[PRICES];
	const char *digest; /* borrowed */
};

struct prices {
	struct corpus_prices *corpus; /* (n) */
	size_t n;
};

static struct corpus_prices *corpus_of(struct prices *p, const struct result *r)
{
	const struct spec_corpus *c = &r->spec.corpus;
	struct corpus_prices *new = &p->corpus[p->n];

	for (size_t i = 0; i < p->n; i++)
		if (strcmp(p->corpus[i].digest, c->digest) == 0)
			return &p->corpus[i];
	p->n++;
	*new = (struct corpus_prices){.alpha = source_option(c->source, "sk", "alpha"),
				      .sentences = source_option(c->source, "sk", "sentences"),
				      .digest = c->digest};
	for (size_t i = 0; i < PRICES; i++)
		new->bits[i] = NAN;
	return new;
}

/* Archive with the container, less the bound. */
static double all_of_mix(const struct result *r)
{
	return 8 * document_value(r->document, "archive_bytes") - r->spec.corpus.bayes_bits;
}

static void read_result(struct prices *p, const struct result *r)
{
	const json_t *d = r->document;
	bool is_bounds = strcmp(r->spec.method, "figure:bounds") == 0;
	struct corpus_prices *c;

	if (r->outcome != OUTCOME_OK || !source_varies_only(r->spec.corpus.source, "sk", VARIED) ||
	    (!is_bounds && strcmp(r->spec.method, "figure:" COST) != 0))
		return;
	c = corpus_of(p, r);
	if (!is_bounds) {
		c->bits[PRICE_ALL] = all_of_mix(r);
		return;
	}
	c->bits[PRICE_PARTITION] =
	    document_value(d, "mixture_weight_bits") - document_value(d, "partition_bits");
	c->bits[PRICE_SYNTAX] =
	    document_value(d, "mixture_syntax_bits") - document_value(d, "syntax_bits");
	c->bits[PRICE_NML] =
	    document_value(d, "nml_syntax_bits") - document_value(d, "syntax_bits");
}

static int by_alpha_and_length(const void *a, const void *b)
{
	const struct corpus_prices *x = a, *y = b;

	if (x->alpha != y->alpha)
		return x->alpha < y->alpha ? -1 : 1;
	if (x->sentences != y->sentences)
		return x->sentences < y->sentences ? -1 : 1;
	return strcmp(x->digest, y->digest);
}

/* ---- The finding. ---- */

#define SEEDS_MAX 64

/* Of one price over the corpora from..to-1. */
static struct finding_mean mean_of(const struct prices *p, size_t from, size_t to, enum price price)
{
	double value[SEEDS_MAX];
	size_t n = 0;

	for (size_t i = from; i < to && n < SEEDS_MAX; i++)
		if (isfinite(p->corpus[i].bits[price]))
			value[n++] = p->corpus[i].bits[price];
	return finding_mean(value, n);
}

static void add_mean(struct finding *f, struct finding_mean m)
{
	if (!m.n)
		finding_cell(f, "-");
	else if (isfinite(m.half_width))
		finding_cell(f, "%.1f ± %.1f", m.mean, m.half_width);
	else
		finding_cell(f, "%.1f", m.mean);
}

/* Columns of the table, and the panel that each is drawn in. */
static const struct {
	const char *head, *series;
	unsigned panel;
} price_text[PRICES] = {
    [PRICE_PARTITION] = {"alpha and beta: mixture#", "mixture", 0},
    [PRICE_SYNTAX] = {"pseudo-counts: mixture#", "mixture", 1},
    [PRICE_NML] = {"pseudo-counts: NML#", "NML", 1},
    [PRICE_ALL] = {"everything: mix#", "mix", 2},
};
static const char *const panel_label[FINDING_PANELS_MAX] = {
    "not knowing alpha and beta, bits", "not knowing the pseudo-counts, bits",
    "knowing nothing, bits a sentence"};

/* The corpora of one alpha, which are from..to-1, as a line in the panel of that price. */
static void draw_alpha(struct finding *f, const struct prices *p, size_t from, size_t to,
		       enum price price)
{
	struct finding_series *s;
	char title[64];

	snprintf(title, sizeof title, "%s, alpha %g", price_text[price].series,
		 p->corpus[from].alpha);
	s = finding_series(&f->panel[price_text[price].panel], title, false);
	for (size_t i = from, end; i < to; i = end) {
		double n = p->corpus[i].sentences, unit = price == PRICE_ALL ? n : 1;

		for (end = i + 1; end < to && p->corpus[end].sentences == n;)
			end++;
		struct finding_mean m = mean_of(p, i, end, price);

		finding_point(f, s, n, m.mean / unit, (m.mean - m.half_width) / unit,
			      (m.mean + m.half_width) / unit);
	}
}

static void draw(struct finding *f, const struct prices *p)
{
	for (size_t i = 0; i < FINDING_PANELS_MAX; i++)
		finding_panel(f, "sentences", panel_label[i], true, i == 2);
	for (size_t from = 0, to; from < p->n; from = to) {
		for (to = from + 1; to < p->n && p->corpus[to].alpha == p->corpus[from].alpha;)
			to++;
		for (size_t i = 0; i < PRICES; i++)
			draw_alpha(f, p, from, to, i);
	}
}

static void add_table(struct finding *f, const struct prices *p)
{
	finding_column(f, "alpha#");
	finding_column(f, "sentences#");
	finding_column(f, "corpora#");
	for (size_t i = 0; i < PRICES; i++)
		finding_column(f, price_text[i].head);
	for (size_t from = 0, to; from < p->n; from = to) {
		const struct corpus_prices *c = &p->corpus[from];

		for (to = from + 1; to < p->n && p->corpus[to].alpha == c->alpha &&
				    p->corpus[to].sentences == c->sentences;)
			to++;
		finding_cell(f, "%g", c->alpha);
		finding_cell(f, "%.0f", c->sentences);
		finding_cell(f, "%zu", to - from);
		for (size_t i = 0; i < PRICES; i++)
			add_mean(f, mean_of(p, from, to, i));
	}
}

/* Over the *n corpora that have it; NaN of none. */
static double largest(const struct prices *p, enum price price, size_t *n)
{
	double most = NAN;

	*n = 0;
	for (size_t i = 0; i < p->n; i++) {
		most = fmax(most, p->corpus[i].bits[price]);
		*n += isfinite(p->corpus[i].bits[price]);
	}
	return most;
}

/* How the price a sentence falls with length. */
static struct finding_slope slope_of(const struct prices *p, enum price price)
{
	double x[256], y[256];
	size_t n = 0;

	for (size_t i = 0; i < p->n && n < sizeof x / sizeof *x; i++) {
		x[n] = p->corpus[i].sentences;
		y[n++] = p->corpus[i].bits[price] / p->corpus[i].sentences;
	}
	return finding_slope(x, y, n);
}

/* That a price stays below the logarithm of what is mixed. */
static void claim_constant(struct finding *f, const struct prices *p, enum price price,
			   const char *claim, double n_points)
{
	size_t n;
	double most = largest(p, price, &n), bound = log2(n_points);

	if (n)
		finding_claim(f, most <= bound ? CLAIM_HOLDS : CLAIM_FAILS, claim,
			      "at most %.2f bits over %zu corpora; lg %.0f = %.2f bits.", most, n,
			      n_points, bound);
}

/* Of mix, at most; of our own choosing: who learns nothing has 0, who has learnt all at once -1. */
#define LEARNT_EXPONENT (-0.4)

static void claim_learnt(struct finding *f, const struct prices *p)
{
	struct finding_slope s = slope_of(p, PRICE_ALL);
	double above = s.slope - LEARNT_EXPONENT;

	if (!s.n)
		return;
	finding_claim(f,
		      above + s.half_width <= 0	 ? CLAIM_HOLDS
		      : above - s.half_width > 0 ? CLAIM_FAILS
						 : CLAIM_OPEN,
		      "That there are elements, facts and a grammar at all can be learnt too: what "
		      "mix, which is told nothing, pays a sentence falls at least as N^-0.4.",
		      "the exponent is %.3f ± %.3f over %zu corpora.", s.slope, s.half_width,
		      s.n);
}

static enum status conclude(const struct result *const *result, size_t n, struct finding *f)
{
	struct prices p = {.corpus = calloc(n ? n : 1, sizeof *p.corpus)};

	if (!p.corpus)
		return fail_no_memory();
	for (size_t i = 0; i < n; i++)
		read_result(&p, result[i]);
	qsort(p.corpus, p.n, sizeof *p.corpus, by_alpha_and_length);
	if (p.n) {
		claim_constant(f, &p, PRICE_PARTITION,
			       "Who is not told alpha and beta pays a constant, whatever the "
			       "length: at most the logarithm of the pairs that are mixed.",
			       MIXTURE_PARTITION_POINTS);
		claim_constant(f, &p, PRICE_SYNTAX,
			       "So does who is not told the two pseudo-counts of the syntax.",
			       (double)MIXTURE_PSEUDO_COUNTS * MIXTURE_PSEUDO_COUNTS);
		claim_learnt(f, &p);
		add_table(f, &p);
		draw(f, &p);
	}
	free(p.corpus);
	return STATUS_OK;
}

const struct experiment experiment_hyper = {
    .name = "hyper",
    .title = "What it costs not to know the source",
    .figure = "not in the paper: the price of what its Bayes code is told",
    .help = "the price of not knowing alpha, beta, the syntax prior, or anything",
    .plan = plan,
    .conclude = conclude,
};
