/* SPDX-License-Identifier: BSD-2-Clause
 *
 * experiment_data_classes.c - loss on unseen text against the size of the training set, by the
 * frequency of what the text is about (Fig. 5b).
 *
 * Of the curves of data_curve.h, the biographies between the n-th and the m-th sorted by the
 * frequency class of their person (a quarter of the mass each), and only the tokens that state his
 * facts, less what they cost who knows the world (`twopart cost --against=known --curve`).
 * For the optimum this loss is 47.59 bits times the probability that he is somebody new, so in
 * class c, of mass P_c, 47.59 (D_c(m) - D_c(n)) / ((m - n) P_c), D_c being the mean number of
 * distinct members of the class (corpora/population.h).
 */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "cost.h"
#include "data_curve.h"
#include "document.h"
#include "experiment.h"
#include "population.h"

/* The law under which all classes are alike, and the one of interest. */
enum law { LAW_UNIFORM = DATA_UNIFORM, LAW_POWER = DATA_POWER_1_2, LAWS };

/* Those that learn. */
enum code { CODE_BAYES, CODE_MIX, CODE_NGRAM, CODE_TRANSFORMER, CODES };
#define FIGURE "cost:against=known,curve,model="
#define METHOD "figure:" FIGURE
static const char *const codes[CODES] = {"bayes", "mix", "ngram", "transformer:online"};

static enum status plan_corpus(struct bench *b, const struct data_corpus *c, bool full)
{
	const struct subject *s;

	TRY(data_corpus_add(b, c, &s));
	for (enum code code = 0; code < CODES; code++) {
		char figure[64];

		snprintf(figure, sizeof figure, FIGURE "%s", codes[code]);
		if (full || c->law == DATA_POWER_1_2 || code != CODE_TRANSFORMER)
			TRY(plan_figure(b, figure, s));
	}
	return STATUS_OK;
}

static enum status plan(struct bench *b, const struct experiment_request *q)
{
	bool full = q->scale == EXPERIMENT_FULL;
	struct data_corpus c = {.people = full ? "10000" : "1000",
				.biographies = full ? "100000" : "10000"};

	for (c.seed = 1; c.seed <= (full ? 5 : 3); c.seed++)
		for (enum law law = 0; law < LAWS; law++) {
			c.law = (enum data_law)law;
			TRY(plan_corpus(b, &c, full));
		}
	return STATUS_OK;
}

/* ---- Reading the results. ---- */

#define STRETCH_RATIO 1.5 /* of its ends, at least: what is left at a corpus's end is no stretch */
#define FIRST_BIOGRAPHIES 9
#define NAME_TOKENS 3 /* of a biography */

/* Bits of facts above the known world. */
struct stretch {
	double loss[CODES][COST_CLASSES][DATA_CORPORA_MAX]; /* a biography */
	double bits[CODES][COST_CLASSES], biographies[CODES][COST_CLASSES]; /* of all corpora */
};

struct curve {
	struct data_scale scale;
	struct data_stretches stretches;
	struct stretch stretch[DATA_STRETCHES_MAX];
	size_t n_corpora[CODES];
};

static enum code code_of(const char *method)
{
	for (enum code code = 0; code < CODES; code++)
		if (strncmp(method, METHOD, strlen(METHOD)) == 0 &&
		    strcmp(method + strlen(METHOD), codes[code]) == 0)
			return code;
	return CODES;
}

/* What is sent up to a position, by class. */
struct sent {
	double position, biographies[COST_CLASSES], bits[COST_CLASSES];
};

/* From row i on; the row behind those of that position. */
static size_t read_position(const json_t *rows, size_t i, struct sent *s)
{
	*s = (struct sent){.position = document_value(json_array_get(rows, i), "position")};
	for (; i < json_array_size(rows); i++) {
		const json_t *row = json_array_get(rows, i);
		const char *role = json_string_value(json_object_get(row, "role"));
		uint64_t class;

		if (!(document_value(row, "position") == s->position))
			break;
		if (!role || !document_count(row, "class", COST_CLASSES - 1, &class))
			continue;
		if (strcmp(role, cost_roles[ROLE_NAME].key) == 0)
			s->biographies[class] = document_value(row, "tokens") / NAME_TOKENS;
		else if (strcmp(role, cost_roles[ROLE_SYNTAX].key) != 0)
			s->bits[class] += document_value(row, "regret_units") / COST_UNITS_PER_BIT;
	}
	return i;
}

static void add_stretch(struct curve *c, enum code code, const struct sent *a,
			const struct sent *b, double tokens)
{
	struct stretch *s;
	size_t k;

	if (!(a->position >= FIRST_BIOGRAPHIES * tokens) ||
	    !(b->position >= STRETCH_RATIO * a->position))
		return;
	k = data_stretch_find(&c->stretches, a->position / tokens, b->position / tokens);
	if (k == DATA_STRETCHES_MAX)
		return;
	s = &c->stretch[k];
	for (size_t class = 0; class < COST_CLASSES; class++) {
		double n = b->biographies[class] - a->biographies[class];
		double loss = (b->bits[class] - a->bits[class]) / n;

		if (!(n >= 1) || !isfinite(loss))
			continue;
		s->loss[code][class][c->n_corpora[code]] = loss;
		s->bits[code][class] += b->bits[class] - a->bits[class];
		s->biographies[code][class] += n;
	}
}

static void start(struct curve *c, const struct data_scale *scale)
{
	*c = (struct curve){.scale = *scale};
	for (size_t k = 0; k < DATA_STRETCHES_MAX; k++)
		for (enum code code = 0; code < CODES; code++)
			for (size_t class = 0; class < COST_CLASSES; class++)
				data_values_clear(c->stretch[k].loss[code][class]);
}

static void read_result(struct curve curve[LAWS], const struct result *r)
{
	const json_t *rows = json_object_get(r->document, "curve_sums");
	enum code code = code_of(r->spec.method);
	struct sent before = {0}, now;
	struct data_scale scale;
	enum data_law law;
	struct curve *to;

	if (r->outcome != OUTCOME_OK || code == CODES ||
	    !data_corpus_of(r->spec.corpus.source, &law, &scale) || law >= (enum data_law)LAWS)
		return;
	to = &curve[law];
	if (data_scale_is_above(&scale, &to->scale))
		start(to, &scale);
	if (!data_scale_is(&scale, &to->scale) || to->n_corpora[code] == DATA_CORPORA_MAX)
		return;
	for (size_t i = 0, next; i < json_array_size(rows); i = next, before = now) {
		next = read_position(rows, i, &now);
		if (next == i) /* no position: not one of ours */
			return;
		add_stretch(to, code, &before, &now,
			    r->spec.corpus.n_tokens / (double)scale.biographies);
	}
	to->n_corpora[code]++;
}

/* ---- The optimum. ---- */

/* The members of one class, and their mass. */
struct members {
	double *p, mass;
	size_t n;
};

/* Of all classes in one array, member[0].p, which the caller frees. */
static enum status find_members(struct members member[COST_CLASSES], enum law law, size_t people)
{
	double *whole = NULL, *p = malloc(people * sizeof *p); /* by rank, and by class */
	uint8_t *class = malloc(people);
	enum status s = p && class ? STATUS_OK : fail_no_memory();

	if (s == STATUS_OK)
		s = data_population(&whole, (enum data_law)law, people);
	if (s == STATUS_OK)
		s = population_classes(whole, people, class);
	for (size_t c = 0, at = 0; c < COST_CLASSES && s == STATUS_OK; c++) {
		member[c] = (struct members){.p = p + at};
		for (size_t i = 0; i < people; i++) {
			if (class[i] != c)
				continue;
			p[at++] = whole[i];
			member[c].mass += whole[i];
			member[c].n++;
		}
	}
	free(class);
	free(whole);
	if (s != STATUS_OK)
		free(p);
	return s;
}

/* A biography of the class in the stretch. */
static double exact_loss(const struct members *m, const struct data_stretch *s)
{
	return data_fact_bits() * data_newcomers(m->p, m->n, s) / ((s->to - s->from) * m->mass);
}

/*
 * Standard deviation of what one corpus shows for that.  With Poisson draws, L p of member i in a
 * stretch of L, he is new in it with probability q = a (1 - (1 - p)^L), a = (1 - p)^n, on his own.
 * Newcomers over biographies of the class, r in the mean, deviate as their difference from r times
 * these: of each member q (1 - q) + r^2 L p - 2 r L p (a - q).  The binomial law of independent
 * biographies has too much of it where many are known: who was new once is so no more.
 */
static double exact_deviation(const struct members *m, const struct data_stretch *s)
{
	double length = s->to - s->from, r = exact_loss(m, s) / data_fact_bits(), sum = 0;

	for (size_t i = 0; i < m->n; i++) {
		double a = exp(s->from * log1p(-m->p[i]));
		double q = a * -expm1(length * log1p(-m->p[i])), mean = length * m->p[i];

		sum += q * (1 - q) + r * r * mean - 2 * r * mean * (a - q);
	}
	return data_fact_bits() * sqrt(fmax(sum, 0)) / (length * m->mass);
}

/* ---- What one code shows under one law: index CODES is the exact optimum. ---- */

struct learning {
	struct finding_mean loss[COST_CLASSES][DATA_STRETCHES_MAX];
	double middle[DATA_STRETCHES_MAX]; /* biographies */
	size_t n;
	double half[COST_CLASSES]; /* biographies at which it is half the facts; NaN: it never is */
	double mean[COST_CLASSES]; /* of the stretches' losses: over the logarithm of the size */
	double step[COST_CLASSES][DATA_CORPORA_MAX]; /* above the class before, of each corpus */
};

/* The first place where the loss falls to half of what the facts have, straight between the middles
 * of stretches on a logarithmic axis; NaN: nowhere. */
static double half_place(const struct learning *l, size_t class)
{
	double half = data_fact_bits() / 2;

	for (size_t i = 0; i < l->n; i++) {
		double above = i ? l->loss[class][i - 1].mean : NAN, here = l->loss[class][i].mean;

		if (!(here <= half))
			continue;
		if (!(above > half))
			return l->middle[i];
		return l->middle[i - 1] * pow(l->middle[i] / l->middle[i - 1],
					      (above - half) / (above - here));
	}
	return NAN;
}

/* What a class costs more than the one before in the mean of the stretches that have both. */
static void find_steps(struct learning *l, const struct curve *c, enum code code, size_t class)
{
	for (size_t k = 0; k < DATA_CORPORA_MAX; k++) {
		double sum = 0;
		size_t n = 0;

		for (size_t i = 0; i < l->n; i++) {
			const struct stretch *s = &c->stretch[i];
			double step = s->loss[code][class][k] - s->loss[code][class - 1][k];

			sum += isfinite(step) ? step : 0;
			n += isfinite(step);
		}
		l->step[class][k] = sum / (double)n;
	}
}

static struct learning learning_of(const struct curve *c, const struct members *members,
				   enum code code)
{
	struct learning l = {.n = c->stretches.n};

	for (size_t class = 0; class < COST_CLASSES; class++) {
		for (size_t i = 0; i < l.n; i++) {
			const struct data_stretch *s = &c->stretches.at[i];

			l.middle[i] = data_stretch_middle(s);
			l.loss[class][i] =
			    code == CODES ? (struct finding_mean){exact_loss(&members[class], s),
								  NAN, 0}
					  : data_values_mean(c->stretch[i].loss[code][class]);
		}
		l.half[class] = half_place(&l, class);
		for (size_t i = 0; i < l.n; i++)
			l.mean[class] += l.loss[class][i].mean / (double)l.n;
		if (code < CODES && class)
			find_steps(&l, c, code, class);
	}
	return l;
}

/* ---- The finding. ---- */

struct law_learning {
	struct members member[COST_CLASSES];
	struct learning code[CODES + 1];
	bool has[CODES + 1];
};

static const char *code_name(enum code code)
{
	return code < CODES ? codes[code] : "exact optimum";
}

static void add_place(struct finding *f, double biographies)
{
	if (isfinite(biographies))
		finding_cell(f, "%.0f", biographies);
	else
		finding_cell(f, "-");
}

static void add_rows(struct finding *f, enum law law, const struct curve *c,
		     const struct law_learning *l)
{
	for (size_t i = 0; i <= CODES; i++) {
		enum code code = i ? (enum code)(i - 1) : CODES;
		const struct learning *of = &l->code[code];

		if (!l->has[code])
			continue;
		finding_cell(f, "%s", data_laws[law].name);
		finding_cell(f, "%s", code_name(code));
		finding_cell(f, "%zu", code < CODES ? c->n_corpora[code] : 0);
		for (size_t class = 0; class < COST_CLASSES; class++)
			add_place(f, of->half[class]);
		for (size_t class = 0; class < COST_CLASSES; class++)
			finding_cell(f, "%.2f", of->loss[class][of->n - 1].mean);
	}
}

/* The exact optimum and a code, each class in its colour; for uniform sampling the optimum has one
 * curve. */
static void draw(struct finding *f, const struct law_learning *l, enum law law, enum code code)
{
	const enum code drawn[] = {CODES, code};
	struct finding_panel *p;
	char label[64];

	snprintf(label, sizeof label, "%s: excess on facts, bits a biography", data_laws[law].name);
	p = finding_panel(f, "biographies", label, true, false);
	for (size_t i = 0; i < 2; i++) {
		const struct learning *of = &l->code[drawn[i]];
		bool is_one = drawn[i] == CODES && law == LAW_UNIFORM;

		for (size_t class = 0; class < (is_one ? 1 : COST_CLASSES); class++) {
			struct finding_series *s;
			char title[64];

			if (is_one)
				snprintf(title, sizeof title, "exact optimum, each class");
			else
				snprintf(title, sizeof title, "%s, class %zu", code_name(drawn[i]),
					 class);
			s = finding_series(p, title, drawn[i] == CODES);
			if (s)
				s->colour = is_one ? COST_CLASSES : class;
			for (size_t k = 0; k < of->n; k++) {
				struct finding_mean m = of->loss[class][k];

				finding_point(f, s, of->middle[k], m.mean, m.mean - m.half_width,
					      m.mean + m.half_width);
			}
		}
	}
}

static void claim_optimum(struct finding *f, const struct curve curve[LAWS],
			  const struct law_learning l[LAWS])
{
	size_t within = 0, all = 0;

	for (enum law law = 0; law < LAWS; law++)
		for (size_t i = 0; i < curve[law].stretches.n; i++)
			for (size_t class = 0; class < COST_CLASSES; class++) {
				const struct stretch *s = &curve[law].stretch[i];
				double exact = l[law].code[CODES].loss[class][i].mean;
				double deviation = exact_deviation(&l[law].member[class],
								   &curve[law].stretches.at[i]) /
						   sqrt((double)curve[law].n_corpora[CODE_BAYES]);
				double loss = s->bits[CODE_BAYES][class] /
					      s->biographies[CODE_BAYES][class];

				all += s->biographies[CODE_BAYES][class] > 0;
				within += fabs(loss - exact) <= 1.96 * deviation;
			}
	finding_claim(f, data_covered(within, all),
		      "The optimum's loss on the facts of a class is known exactly at every size: "
		      "47.59 bits times the probability that a member is new.",
		      "in %zu of %zu stretches and classes the Bayes code is within the 95 %% "
		      "interval of so many draws.",
		      within, all);
}

/* Is one place before another, NaN being never?  Of two that nobody gets to, nothing is said. */
static enum verdict_of_claim is_before(double a, double b)
{
	return isnan(a) && isnan(b) ? CLAIM_HOLDS
	       : a == b		    ? CLAIM_OPEN
	       : isnan(b) || a < b  ? CLAIM_HOLDS
				    : CLAIM_FAILS;
}

/* Does each class cost more than the one before, corpus by corpus, and reach the half later if it
 * does? */
static enum verdict_of_claim is_ordered(const struct learning *l, enum code code)
{
	enum verdict_of_claim part[2 * COST_CLASSES];
	size_t n = 0;

	if (isnan(l->half[0]))
		return CLAIM_OPEN;
	for (size_t class = 1; class < COST_CLASSES; class++) {
		part[n++] = is_before(l->half[class - 1], l->half[class]);
		part[n++] = code == CODES ? is_before(l->mean[class - 1], l->mean[class])
					  : data_values_above_zero(l->step[class]);
	}
	return finding_all(part, n);
}

/* "mix 24, 60, 170, 700; ..": places of the half, of all that have been measured. */
static void print_halves(FILE *to, const void *of)
{
	const struct law_learning *l = of;

	for (size_t i = 0; i <= CODES; i++) {
		enum code code = i ? (enum code)(i - 1) : CODES;

		if (!l->has[code])
			continue;
		fprintf(to, "%s%s", i ? "; " : "", code_name(code));
		for (size_t class = 0; class < COST_CLASSES; class++) {
			double half = l->code[code].half[class];
			const char *comma = class ? "," : "";

			if (isnan(half))
				fprintf(to, "%s never", comma);
			else
				fprintf(to, "%s %.0f", comma, half);
		}
	}
}

static enum status claim_order(struct finding *f, const struct law_learning *l)
{
	enum verdict_of_claim part[CODES + 1];
	char *halves = data_text(print_halves, l);
	size_t n = 0, n_ordered = 0;

	if (!halves)
		return fail_no_memory();
	for (enum code code = 0; code <= CODES; code++)
		if (l->has[code]) {
			part[n] = is_ordered(&l->code[code], code);
			n_ordered += part[n++] == CLAIM_HOLDS;
		}
	finding_claim(f, finding_all(part, n),
		      "Under a power law frequent facts are learnt earlier: each class costs less, "
		      "over all sizes, than the rarer one, and falls earlier to half of what its "
		      "facts have, if that one does at all, for the optimum and every learner "
		      "(Fig. 5b).",
		      "so it is for %zu of %zu, by the 95 %% intervals over corpora; biographies "
		      "at which each falls to half, most frequent class first: %s.",
		      n_ordered, n, halves);
	free(halves);
	return STATUS_OK;
}

/* Times, between classes that are learnt at once.  Of our own choosing: by chance means of three
 * corpora differ by a tenth; under the power law the rarest class costs 2.7 to 39 times as much as
 * the most frequent. */
#define ALIKE 1.25

static enum verdict_of_claim is_alike(const double m[COST_CLASSES])
{
	double least = m[0], most = m[0];

	for (size_t class = 0; class < COST_CLASSES; class++) {
		if (!isfinite(m[class]))
			return CLAIM_OPEN;
		least = fmin(least, m[class]);
		most = fmax(most, m[class]);
	}
	return most <= ALIKE * least ? CLAIM_HOLDS : CLAIM_FAILS;
}

/* "bayes 20.1, 19.9, 20.3, 20.0; ..": mean losses, of all that have been measured. */
static void print_means(FILE *to, const void *of)
{
	const struct law_learning *l = of;
	const char *between = "";

	for (enum code code = 0; code < CODES; code++) {
		const double *m = l->code[code].mean;

		if (!l->has[code])
			continue;
		fprintf(to, "%s%s %.1f, %.1f, %.1f, %.1f", between, codes[code], m[0], m[1], m[2],
			m[3]);
		between = "; ";
	}
}

static enum status claim_uniform(struct finding *f, const struct law_learning *l)
{
	enum verdict_of_claim part[CODES];
	char *means = data_text(print_means, l);
	size_t n = 0;

	if (!means)
		return fail_no_memory();
	for (enum code code = 0; code < CODES; code++)
		if (l->has[code])
			part[n++] = is_alike(l->code[code].mean);
	finding_claim(f, finding_all(part, n),
		      "The order is the sampling's and not the learners': under uniform sampling "
		      "all four quarters are learnt at once, and their mean losses over all sizes "
		      "are within a quarter of each other.",
		      "bits a biography: %s.", means);
	free(means);
	return STATUS_OK;
}

/* The class that takes most of the fall of the total loss from one stretch to the next. */
static size_t falling_class(const struct law_learning *l, const struct learning *of, size_t i)
{
	size_t most = 0;
	double fall[COST_CLASSES];

	for (size_t class = 0; class < COST_CLASSES; class++) {
		fall[class] = l->member[class].mass *
			      (of->loss[class][i].mean - of->loss[class][i + 1].mean);
		if (fall[class] > fall[most])
			most = class;
	}
	return most;
}

static void claim_sum(struct finding *f, const struct law_learning *l)
{
	const enum code of[] = {CODES, CODE_MIX};
	char falling[2][DATA_STRETCHES_MAX] = {"", ""};
	bool rising = true;

	for (size_t k = 0; k < 2; k++)
		for (size_t i = 0, at = 0; i + 1 < l->code[of[k]].n; i++) {
			if (l->code[of[k]].loss[0][i + 1].mean > data_fact_bits())
				continue; /* words are learnt, which all classes share */
			falling[k][at] = (char)('0' + falling_class(l, &l->code[of[k]], i));
			rising = rising && (at == 0 || falling[k][at - 1] <= falling[k][at]);
			at++;
		}
	for (size_t k = 0; k < 2; k++)
		rising = rising && *falling[k] && falling[k][strlen(falling[k]) - 1] == '3';
	finding_claim(f, rising ? CLAIM_HOLDS : CLAIM_FAILS,
		      "The total loss is a sum of curves that fall one after the other: what takes "
		      "most of its fall goes from the most frequent class to the rarest, and never "
		      "back.",
		      "class with most of the fall, from stretch to stretch since class 0 costs "
		      "less than its facts have: exact optimum %s, mix %s.",
		      falling[0], falling[1]);
}

static enum status describe(struct finding *f, const struct curve curve[LAWS],
		     const struct law_learning l[LAWS])
{
	static const char *const head[] = {"sampling",	"learner", "corpora#", "class 0: half at#",
					   "class 1#",	"class 2#", "class 3#",
					   "bits at the end: class 0#", "class 1#", "class 2#",
					   "class 3#"};

	finding_columns(f, head, sizeof head / sizeof *head);
	for (enum law law = 0; law < LAWS; law++)
		add_rows(f, law, &curve[law], &l[law]);
	draw(f, &l[LAW_POWER], LAW_POWER, CODE_BAYES);
	draw(f, &l[LAW_POWER], LAW_POWER, CODE_MIX);
	draw(f, &l[LAW_UNIFORM], LAW_UNIFORM, CODE_MIX);
	TRY(claim_order(f, &l[LAW_POWER]));
	claim_sum(f, &l[LAW_POWER]);
	TRY(claim_uniform(f, &l[LAW_UNIFORM]));
	claim_optimum(f, curve, l);
	return STATUS_OK;
}

static enum status learn(const struct curve *c, enum law law, struct law_learning *l)
{
	TRY(find_members(l->member, law, c->scale.people));
	for (enum code code = 0; code <= CODES; code++) {
		l->has[code] = code == CODES || c->n_corpora[code];
		l->code[code] = learning_of(c, l->member, code);
	}
	return STATUS_OK;
}

static enum status conclude(const struct result *const *result, size_t n, struct finding *f)
{
	struct curve *curve = calloc(LAWS, sizeof *curve);
	struct law_learning *l = calloc(LAWS, sizeof *l);
	enum status s = curve && l ? STATUS_OK : fail_no_memory();
	bool all = true;

	for (size_t i = 0; i < n && s == STATUS_OK; i++)
		read_result(curve, result[i]);
	for (enum law law = 0; law < LAWS && s == STATUS_OK; law++)
		all = all && curve[law].stretches.n && curve[law].n_corpora[CODE_BAYES] &&
		      curve[law].n_corpora[CODE_MIX];
	for (enum law law = 0; law < LAWS && s == STATUS_OK && all; law++)
		s = learn(&curve[law], law, &l[law]);
	if (s == STATUS_OK && all)
		s = describe(f, curve, l);
	for (enum law law = 0; law < LAWS && l; law++)
		free(l[law].member[0].p);
	free(l);
	free(curve);
	return s;
}

const struct experiment experiment_data_classes = {
    .name = "data-classes",
    .title = "Loss on unseen text by frequency class",
    .figure = "Fig. 5b",
    .help = "frequent facts are learnt first: loss by quarter of the mass, and the optimum's",
    .plan = plan,
    .conclude = conclude,
};
