/* SPDX-License-Identifier: BSD-2-Clause
 *
 * experiment_data_classes.c - loss on unseen text against the size of the training set, by the
 * frequency of what the text is about (Fig. 5b).
 *
 * As experiment_data_scaling.c, but the biographies between the n-th and the m-th are sorted by the
 * frequency class of their person (a quarter of the mass each), and only the tokens that state his
 * facts count, less what they cost who knows the world (`twopart cost --against=known --curve`).
 * For the optimum this loss is 47.59 bits times the probability that he is somebody new, so in
 * class c, of mass P_c, 47.59 (D_c(m) - D_c(n)) / ((m - n) P_c), D_c being the mean number of
 * distinct members of the class (corpora/population.h).
 */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "bios.h"
#include "cost.h"
#include "document.h"
#include "experiment.h"
#include "options.h"
#include "population.h"
#include "source.h"

#define PEOPLE_QUICK "1000"
#define PEOPLE_FULL "10000"
#define VARIED "people,biographies,sampling,power,seed"

/* The law of interest, and the one under which all classes are alike. */
enum law { LAW_POWER, LAW_UNIFORM, LAWS };
static const struct {
	const char *sampling, *power, *name; /* power NULL: has none */
	double exponent;
} laws[LAWS] = {{"1", "1.2", "power 1.2", 1.2}, {"0", NULL, "uniform", 0}};

/* Those that learn. */
enum code { CODE_BAYES, CODE_MIX, CODE_NGRAM, CODE_TRANSFORMER, CODES };
#define FIGURE "cost:against=known,curve,model="
#define METHOD "figure:" FIGURE
static const char *const codes[CODES] = {"bayes", "mix", "ngram", "transformer:online"};

static enum status plan_corpus(struct bench *b, enum law law, bool full, unsigned seed)
{
	const char *people = full ? PEOPLE_FULL : PEOPLE_QUICK;
	const char *biographies = full ? "100000" : "10000";
	char title[128], name[64], number[16];
	const char *const options[] = {"bios",     "--people",      people,
				       "--seed",   number,          "--biographies",
				       biographies, "--sampling",   laws[law].sampling,
				       laws[law].power ? "--power" : NULL, laws[law].power, NULL};
	const struct subject *s;

	snprintf(number, sizeof number, "%u", seed);
	snprintf(title, sizeof title, "bios, %s, seed %u, %s of %s people", laws[law].name, seed,
		 biographies, people);
	snprintf(name, sizeof name, "classes-%s-%u", laws[law].sampling, seed);
	TRY(subject_add_drawn(b, title, name, options, &s));
	for (enum code code = 0; code < CODES; code++) {
		char figure[64];

		snprintf(figure, sizeof figure, FIGURE "%s", codes[code]);
		if (full || law == LAW_POWER || code != CODE_TRANSFORMER)
			TRY(plan_figure(b, figure, s));
	}
	return STATUS_OK;
}

static enum status plan(struct bench *b, const struct experiment_request *q)
{
	bool full = q->scale == EXPERIMENT_FULL;

	for (unsigned seed = 1; seed <= (full ? 5 : 3); seed++)
		for (enum law law = 0; law < LAWS; law++)
			TRY(plan_corpus(b, law, full, seed));
	return STATUS_OK;
}

/* ---- Reading the results. ---- */

#define STRETCHES_MAX 24
#define STRETCH_RATIO 1.5 /* of its ends, at least: what is left at a corpus's end is no stretch */
#define FIRST_BIOGRAPHIES 9
#define SEEDS_MAX 16
#define NAME_TOKENS 3 /* of a biography */

/* Bits of facts above the known world, a biography of each class, of each seed. */
struct stretch {
	double from, to; /* biographies */
	double loss[CODES][COST_CLASSES][SEEDS_MAX];
	size_t n[CODES][COST_CLASSES];
	double bits[CODES][COST_CLASSES], biographies[CODES][COST_CLASSES]; /* of all seeds */
};

struct curve {
	double people;
	struct stretch stretch[STRETCHES_MAX];
	size_t n_stretches;
	size_t n_corpora[CODES];
};

static enum law law_of(const char *source)
{
	double sampling = source_option(source, "bios", "sampling");
	double power = sampling == 0 ? 0 : source_option(source, "bios", "power");

	if (!source_varies_only(source, "bios", VARIED) || sampling > 1)
		return LAWS;
	for (enum law law = 0; law < LAWS; law++)
		if (laws[law].exponent == power)
			return law;
	return LAWS;
}

static enum code code_of(const char *method)
{
	for (enum code code = 0; code < CODES; code++)
		if (strncmp(method, METHOD, strlen(METHOD)) == 0 &&
		    strcmp(method + strlen(METHOD), codes[code]) == 0)
			return code;
	return CODES;
}

/* NULL: there is no more room. */
static struct stretch *stretch_at(struct curve *c, double from, double to)
{
	for (size_t i = 0; i < c->n_stretches; i++)
		if (fabs(c->stretch[i].from / from - 1) < 0.1)
			return &c->stretch[i];
	if (c->n_stretches == STRETCHES_MAX)
		return NULL;
	c->stretch[c->n_stretches] = (struct stretch){.from = from, .to = to};
	return &c->stretch[c->n_stretches++];
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
		double class = document_value(row, "class");

		if (document_value(row, "position") != s->position)
			break;
		if (!role || !(class >= 0 && class < COST_CLASSES))
			continue;
		if (strcmp(role, cost_roles[ROLE_NAME].key) == 0)
			s->biographies[(size_t)class] =
			    document_value(row, "tokens") / NAME_TOKENS;
		else if (strcmp(role, cost_roles[ROLE_SYNTAX].key) != 0)
			s->bits[(size_t)class] +=
			    document_value(row, "regret_units") / COST_UNITS_PER_BIT;
	}
	return i;
}

static void add_stretch(struct curve *c, enum code code, const struct sent *a,
			const struct sent *b, double tokens)
{
	struct stretch *s;

	if (a->position < FIRST_BIOGRAPHIES * tokens || b->position < STRETCH_RATIO * a->position)
		return;
	s = stretch_at(c, a->position / tokens, b->position / tokens);
	for (size_t class = 0; s && class < COST_CLASSES; class++) {
		double n = b->biographies[class] - a->biographies[class];
		double loss = (b->bits[class] - a->bits[class]) / n;

		if (!(n >= 1) || !isfinite(loss) || s->n[code][class] == SEEDS_MAX)
			continue;
		s->loss[code][class][s->n[code][class]++] = loss;
		s->bits[code][class] += b->bits[class] - a->bits[class];
		s->biographies[code][class] += n;
	}
}

static void read_result(struct curve curve[LAWS], const struct result *r)
{
	const json_t *rows = json_object_get(r->document, "curve_sums");
	double biographies = source_option(r->spec.corpus.source, "bios", "biographies");
	double people = source_option(r->spec.corpus.source, "bios", "people");
	enum law law = law_of(r->spec.corpus.source);
	enum code code = code_of(r->spec.method);
	struct sent before = {0}, now;

	if (r->outcome != OUTCOME_OK || law == LAWS || code == CODES || !(people >= 1))
		return;
	if (people > curve[law].people) /* of several scales the largest speaks */
		curve[law] = (struct curve){.people = people};
	if (people < curve[law].people)
		return;
	curve[law].n_corpora[code]++;
	for (size_t i = 0; i < json_array_size(rows); before = now) {
		i = read_position(rows, i, &now);
		add_stretch(&curve[law], code, &before, &now,
			    r->spec.corpus.n_tokens / biographies);
	}
}

/* ---- The optimum. ---- */

/* Of a person: pronoun, date, city, university, major, employer (corpora/bios.h). */
static double fact_bits(void)
{
	return log2((double)BIOS_PACKED_END);
}

/* The members of one class, and their mass. */
struct members {
	double *p, mass;
	size_t n;
};

/* Of all classes in one array, member[0].p, which the caller frees. */
static enum status find_members(struct members member[COST_CLASSES], enum law law, size_t people)
{
	double *p = malloc(2 * people * sizeof *p);
	double *whole = p ? p + people : NULL; /* the law by rank; p has it by class */
	uint8_t *class = malloc(people);
	enum status s = p && class ? STATUS_OK : fail_no_memory();

	if (s == STATUS_OK) {
		population_law(whole, people, OPTION_UNIT,
			       (int64_t)llround(laws[law].exponent * OPTION_UNIT));
		s = population_classes(whole, people, class);
	}
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
	if (s != STATUS_OK)
		free(p);
	return s;
}

static double exact_loss(const struct members *m, const struct stretch *s)
{
	return fact_bits() *
	       (population_distinct(m->p, m->n, s->to) - population_distinct(m->p, m->n, s->from)) /
	       ((s->to - s->from) * m->mass);
}

/* ---- What one code shows under one law: index CODES is the exact optimum. ---- */

struct learning {
	struct finding_mean loss[COST_CLASSES][STRETCHES_MAX];
	double middle[STRETCHES_MAX]; /* biographies */
	size_t n;
	double half[COST_CLASSES]; /* biographies at which it is half the facts; NaN: it never is */
	double mean[COST_CLASSES]; /* of the stretches' losses: over the logarithm of the size */
};

/* The first place where the loss falls to half of what the facts have, straight between the middles
 * of stretches on a logarithmic axis; NaN: nowhere. */
static double half_place(const struct learning *l, size_t class)
{
	double half = fact_bits() / 2;

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

static struct learning learning_of(const struct curve *c, const struct members *members,
				   enum code code)
{
	struct learning l = {.n = c->n_stretches};

	for (size_t class = 0; class < COST_CLASSES; class++) {
		for (size_t i = 0; i < l.n; i++) {
			const struct stretch *s = &c->stretch[i];

			l.middle[i] = sqrt(s->from * s->to);
			l.loss[class][i] =
			    code == CODES ? (struct finding_mean){exact_loss(&members[class], s),
								  NAN, 0}
					  : finding_mean(s->loss[code][class], s->n[code][class]);
		}
		l.half[class] = half_place(&l, class);
		for (size_t i = 0; i < l.n; i++)
			l.mean[class] += l.loss[class][i].mean / (double)l.n;
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
		finding_cell(f, "%s", laws[law].name);
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

	snprintf(label, sizeof label, "%s: excess on facts, bits a biography", laws[law].name);
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

#define WITHIN_SHARE 0.9 /* of stretches: intervals of 95 % */

/* Is the Bayes code's loss on that class as near to the exact one as independent biographies would
 * have it, each somebody new with that probability? */
static bool is_within(const struct stretch *s, size_t class, double exact)
{
	double n = s->biographies[CODE_BAYES][class], p = exact / fact_bits();
	double deviation = fact_bits() * sqrt(p * (1 - p) / n);

	return fabs(s->bits[CODE_BAYES][class] / n - exact) <= 1.96 * deviation;
}

static void claim_optimum(struct finding *f, const struct curve curve[LAWS],
			  const struct law_learning l[LAWS])
{
	size_t within = 0, all = 0;

	for (enum law law = 0; law < LAWS; law++)
		for (size_t i = 0; i < curve[law].n_stretches; i++)
			for (size_t class = 0; class < COST_CLASSES; class++) {
				const struct stretch *s = &curve[law].stretch[i];

				all += s->biographies[CODE_BAYES][class] > 0;
				within += is_within(s, class,
						    l[law].code[CODES].loss[class][i].mean);
			}
	finding_claim(f, (double)within >= WITHIN_SHARE * (double)all ? CLAIM_HOLDS : CLAIM_FAILS,
		      "The optimum's loss on the facts of a class is known exactly at every size: "
		      "47.59 bits times the probability that a member is new.",
		      "in %zu of %zu stretches and classes the Bayes code is within the 95 %% "
		      "interval of so many draws.",
		      within, all);
}

/* Does each class cost more than the one before, and reach the half later if it does? */
static bool is_ordered(const struct learning *l)
{
	for (size_t class = 1; class < COST_CLASSES; class++)
		if (l->mean[class] <= l->mean[class - 1] ||
		    (isnan(l->half[class - 1]) ? isfinite(l->half[class])
					       : l->half[class] <= l->half[class - 1]))
			return false;
	return isfinite(l->half[0]);
}

#define TEXT_BYTES 512 /* of what is printed of all codes, with room to spare */

/* "mix 24, 60, 170, 700; ..": places of the half, of all that have been measured. */
static void print_halves(const struct law_learning *l, char *text, size_t size)
{
	size_t at = 0;

	for (size_t i = 0; i <= CODES; i++) {
		enum code code = i ? (enum code)(i - 1) : CODES;

		if (!l->has[code])
			continue;
		at += (size_t)snprintf(text + at, size - at, "%s%s", i ? "; " : "",
				       code_name(code));
		for (size_t class = 0; class < COST_CLASSES; class++) {
			double half = l->code[code].half[class];
			const char *comma = class ? "," : "";

			if (isnan(half))
				at += (size_t)snprintf(text + at, size - at, "%s never", comma);
			else
				at += (size_t)snprintf(text + at, size - at, "%s %.0f", comma,
						       half);
		}
	}
}

static void claim_order(struct finding *f, const struct law_learning *l)
{
	bool ordered = true;
	char halves[TEXT_BYTES];

	print_halves(l, halves, sizeof halves);
	for (enum code code = 0; code <= CODES; code++)
		ordered = ordered && (!l->has[code] || is_ordered(&l->code[code]));
	finding_claim(f, ordered ? CLAIM_HOLDS : CLAIM_FAILS,
		      "Under a power law frequent facts are learnt earlier: the loss on each class "
		      "falls to half of what its facts have after that on the more frequent one, "
		      "for the optimum and every learner (Fig. 5b).",
		      "biographies at which it does, most frequent class first: %s.", halves);
}

#define ALIKE 1.25 /* times, of classes that are learnt at once */

/* "bayes 20.1, 19.9, 20.3, 20.0; ..": mean losses, of all that have been measured. */
static bool print_means(const struct law_learning *l, char *text, size_t size)
{
	bool alike = true;
	size_t at = 0;

	for (enum code code = 0; code < CODES; code++) {
		const double *m = l->code[code].mean;
		double least = fmin(fmin(m[0], m[1]), fmin(m[2], m[3]));
		double most = fmax(fmax(m[0], m[1]), fmax(m[2], m[3]));

		if (!l->has[code])
			continue;
		at += (size_t)snprintf(text + at, size - at, "%s%s %.1f, %.1f, %.1f, %.1f",
				       code ? "; " : "", codes[code], m[0], m[1], m[2], m[3]);
		alike = alike && most <= ALIKE * least;
	}
	return alike;
}

static void claim_uniform(struct finding *f, const struct law_learning *l)
{
	char means[TEXT_BYTES] = "";
	bool alike = print_means(l, means, sizeof means);

	finding_claim(f, alike ? CLAIM_HOLDS : CLAIM_FAILS,
		      "The order is the sampling's and not the learners': under uniform sampling "
		      "all four quarters are learnt at once, and their mean losses over all sizes "
		      "are within a quarter of each other.",
		      "bits a biography: %s.", means);
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
	char falling[2][STRETCHES_MAX] = {"", ""};
	bool rising = true;

	for (size_t k = 0; k < 2; k++)
		for (size_t i = 0, at = 0; i + 1 < l->code[of[k]].n; i++) {
			if (l->code[of[k]].loss[0][i + 1].mean > fact_bits())
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

static void describe(struct finding *f, const struct curve curve[LAWS],
		     const struct law_learning l[LAWS])
{
	static const char *const head[] = {"sampling",	"learner", "corpora#", "class 0: half at#",
					   "class 1#",	"class 2#", "class 3#",
					   "bits at the end: class 0#", "class 1#", "class 2#",
					   "class 3#"};

	for (size_t i = 0; i < sizeof head / sizeof *head; i++)
		finding_column(f, head[i]);
	for (enum law law = 0; law < LAWS; law++)
		add_rows(f, law, &curve[law], &l[law]);
	draw(f, &l[LAW_POWER], LAW_POWER, CODE_BAYES);
	draw(f, &l[LAW_POWER], LAW_POWER, CODE_MIX);
	draw(f, &l[LAW_UNIFORM], LAW_UNIFORM, CODE_MIX);
	claim_order(f, &l[LAW_POWER]);
	claim_sum(f, &l[LAW_POWER]);
	claim_uniform(f, &l[LAW_UNIFORM]);
	claim_optimum(f, curve, l);
}

static enum status learn(const struct curve *c, enum law law, struct law_learning *l)
{
	TRY(find_members(l->member, law, (size_t)c->people));
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
		all = all && curve[law].n_stretches && curve[law].n_corpora[CODE_BAYES] &&
		      curve[law].n_corpora[CODE_MIX];
	for (enum law law = 0; law < LAWS && s == STATUS_OK && all; law++)
		s = learn(&curve[law], law, &l[law]);
	if (s == STATUS_OK && all)
		describe(f, curve, l);
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
