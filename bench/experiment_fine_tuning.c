/* SPDX-License-Identifier: BSD-2-Clause
 *
 * experiment_fine_tuning.c - what a network forgets when it is trained on with new people, from
 * sentences or questions, with and without replay of old text (src/tuning.h), beside the optimum
 * of limited capacity: facts are worth their room by how often they are stated now.
 *
 * The paper's abstract names the subject.  What is claimed here is ours: what that optimum would
 * do, and whether networks do it.  A *small* network and a *large* one are compared; whether the
 * small one is full is a claim, too, for which it goes on with old text alone, the *control*.
 *
 * Figures are means over corpora that differ by their seeds.  A verdict is that of the paired
 * differences (finding.h): what they cannot tell from nothing is open.
 */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "document.h"
#include "experiment.h"
#include "source.h"
#include "tuning.h"

/* The corpora, of which only the seed is another each. */
static const char *const corpus_options[] = {
    "sk", "--types",      "4",  "--templates",   "8",  "--classes",    "5",     "--class-words",
    "4",  "--words",      "64", "--attributes",  "4",  "--values",     "32",    "--first-names",
    "64", "--last-names", "64", "--alpha",       "0.6", "--beta",      "20",    "--sentences",
    "20000", "--seed"};
#define CORPUS_WORDS (sizeof corpus_options / sizeof *corpus_options)

enum run { SMALL, LARGE, RUNS };
#define FIGURE "figure:tune:"
#define REPLAY 0.5 /* share of old text, of both networks */
#define RARE 0.1   /* .. and of the small one */
static const struct {
	const char *figure, *name;
} runs[RUNS] = {
    [SMALL] = {FIGURE "dim=16,passes=32,tune-passes=8,replay=0.5,replay=0.1", "small"},
    [LARGE] = {FIGURE "dim=64,passes=12,tune-passes=4,replay=0.5", "large"},
};

static enum status plan_corpus(struct bench *b, unsigned seed)
{
	const char *options[CORPUS_WORDS + 2] = {NULL};
	char title[64], name[32], number[16];
	const struct subject *s;

	for (size_t i = 0; i < CORPUS_WORDS; i++)
		options[i] = corpus_options[i];
	snprintf(number, sizeof number, "%u", seed);
	options[CORPUS_WORDS] = number;
	snprintf(title, sizeof title, "sk of 2200 people to tune with, seed %u", seed);
	snprintf(name, sizeof name, "sk-tune-%u", seed);
	TRY(subject_add_drawn(b, title, name, options, &s));
	for (size_t i = 0; i < RUNS; i++)
		TRY(plan_figure(b, runs[i].figure + strlen("figure:"), s));
	return STATUS_OK;
}

static enum status plan(struct bench *b, const struct experiment_request *q)
{
	for (unsigned seed = 1; seed <= (q->scale == EXPERIMENT_FULL ? 10 : 3); seed++)
		TRY(plan_corpus(b, seed));
	return STATUS_OK;
}

/* ---- Reading the results. ---- */

#define CLASSES 4
#define CORPORA_MAX 16

/* Documents of `twopart tune` about one corpus. */
struct corpus {
	double seed;
	const json_t *document[RUNS]; /* NULL: there is none */
};

struct corpora {
	struct corpus corpus[CORPORA_MAX];
	size_t n;
};

static void read_result(struct corpora *all, const struct result *r)
{
	const char *source = r->spec.corpus.source;
	struct corpus *c = all->corpus;
	double seed;

	if (r->outcome != OUTCOME_OK || !source_varies_last(source, corpus_options, CORPUS_WORDS) ||
	    document_value(r->document, "schema") != TUNING_SCHEMA)
		return;
	seed = source_option(source, "sk", "seed");
	while (c < all->corpus + all->n && c->seed != seed)
		c++;
	for (size_t i = 0; i < RUNS; i++) {
		if (strcmp(r->spec.method, runs[i].figure) != 0 || c == all->corpus + CORPORA_MAX)
			continue;
		if (c == all->corpus + all->n)
			all->n++;
		c->seed = seed;
		c->document[i] = r->document;
	}
}

/* Only corpora with documents of both networks can be paired. */
static void drop_incomplete(struct corpora *all)
{
	size_t n = 0;

	for (size_t i = 0; i < all->n; i++)
		if (all->corpus[i].document[SMALL] && all->corpus[i].document[LARGE])
			all->corpus[n++] = all->corpus[i];
	all->n = n;
}

/* ---- What documents say. ---- */

enum way {
	BEFORE,
	CONTROL,
	SENTENCES,
	SENTENCES_REPLAY,
	SENTENCES_RARE,
	QUESTIONS,
	QUESTIONS_REPLAY,
	QUESTIONS_RARE,
	WAYS
};
static const struct {
	const char *learns;
	double replay;
} ways[WAYS] = {
    [BEFORE] = {"before", 0},
    [CONTROL] = {"old", 0},
    [SENTENCES] = {"sentences", 0},
    [SENTENCES_REPLAY] = {"sentences", REPLAY},
    [SENTENCES_RARE] = {"sentences", RARE},
    [QUESTIONS] = {"questions", 0},
    [QUESTIONS_REPLAY] = {"questions", REPLAY},
    [QUESTIONS_RARE] = {"questions", RARE},
};

/* Whom there are answers about, and asked in which form. */
enum group { OLD, OLD_OTHER, NEW, NEW_ASKED, GROUPS };
static const struct {
	const char *people, *asked;
} groups[GROUPS] = {
    [OLD] = {"old", "sentences"},
    [OLD_OTHER] = {"old, never asked about", "questions"},
    [NEW] = {"new", "sentences"},
    [NEW_ASKED] = {"new", "questions"},
};

/* What a quantity is of; what it does not depend on is not looked at. */
struct place {
	enum run run;
	enum way way;
	enum group group;
	size_t quarter;
};

static struct place in_class(enum run run, enum way way, enum group group, size_t quarter)
{
	return (struct place){run, way, group, quarter};
}

static struct place among(enum run run, enum way way, enum group group)
{
	return in_class(run, way, group, 0);
}

static struct place at(enum run run, enum way way)
{
	return among(run, way, OLD);
}

/* A figure of one corpus, NaN where the document does not say it. */
typedef double quantity(const struct corpus *c, struct place p);

static const json_t *state_of(const struct corpus *c, struct place p)
{
	const json_t *states = json_object_get(c->document[p.run], "states");

	for (size_t i = 0; i < json_array_size(states); i++) {
		const json_t *state = json_array_get(states, i);

		if (strcmp(document_text(state, "learns"), ways[p.way].learns) == 0 &&
		    document_value(state, "replay") == ways[p.way].replay)
			return state;
	}
	return NULL;
}

static const json_t *probe_of(const struct corpus *c, struct place p)
{
	const json_t *probes = json_object_get(state_of(c, p), "probes");

	for (size_t i = 0; i < json_array_size(probes); i++) {
		const json_t *probe = json_array_get(probes, i);

		if (strcmp(document_text(probe, "people"), groups[p.group].people) == 0 &&
		    strcmp(document_text(probe, "asked"), groups[p.group].asked) == 0)
			return probe;
	}
	return NULL;
}

static const json_t *class_of(const struct corpus *c, struct place p)
{
	return json_array_get(json_object_get(probe_of(c, p), "classes"), p.quarter);
}

/* A member of all classes, summed. */
static double sum_of(const struct corpus *c, struct place p, const char *member)
{
	double sum = 0;

	for (p.quarter = 0; p.quarter < CLASSES; p.quarter++)
		sum += document_value(class_of(c, p), member);
	return sum;
}

static double fact_bits(const struct corpus *c, struct place p)
{
	return document_value(c->document[p.run], "fact_bits");
}

/* What a fact in a sentence costs who does not know it. */
static double unknown_bits(const struct corpus *c, struct place p)
{
	return fact_bits(c, p) + document_value(c->document[p.run], "attribute_bits");
}

static double parameters(const struct corpus *c, struct place p)
{
	return document_value(c->document[p.run], "parameters");
}

/* Bits of facts that the network holds. */
static double known_old(const struct corpus *c, struct place p)
{
	return document_value(state_of(c, p), "old_known_bits");
}

static double known_new(const struct corpus *c, struct place p)
{
	return document_value(state_of(c, p), "new_known_bits");
}

static double held(const struct corpus *c, struct place p)
{
	return known_old(c, p) + known_new(c, p);
}

/* .. in parts of what it held before. */
static double growth(const struct corpus *c, struct place p)
{
	struct place before = at(p.run, BEFORE);

	return held(c, p) / held(c, before) - 1;
}

/* Of the bits of old facts that were known before, the share that still is. */
static double kept(const struct corpus *c, struct place p)
{
	struct place before = at(p.run, BEFORE);

	return known_old(c, p) / known_old(c, before);
}

/* Bits of old facts that are gone, beside the control, for each of new facts that came. */
static double displaced(const struct corpus *c, struct place p)
{
	struct place control = at(p.run, CONTROL);

	return (known_old(c, control) - known_old(c, p)) /
	       (known_new(c, p) - known_new(c, control));
}

static double right(const struct corpus *c, struct place p)
{
	return sum_of(c, p, "right") / sum_of(c, p, "symbols");
}

/* Of the bits that were saved at each statement of an old fact, the share that still is. */
static double saved(const struct corpus *c, struct place p)
{
	struct place now = at(p.run, p.way);
	struct place before = at(p.run, BEFORE);
	double unknown = unknown_bits(c, p);

	return (unknown - sum_of(c, now, "bits") / sum_of(c, now, "symbols")) /
	       (unknown - sum_of(c, before, "bits") / sum_of(c, before, "symbols"));
}

static double class_bits(const struct corpus *c, struct place p)
{
	return document_value(class_of(c, p), "bits") / document_value(class_of(c, p), "symbols");
}

static double class_optimum(const struct corpus *c, struct place p)
{
	return document_value(class_of(c, p), "optimum");
}

/* The share of an old class's bits that are known, when a statement costs so many. */
static double share(const struct corpus *c, struct place p, double bits)
{
	double known = (unknown_bits(c, p) - bits) / fact_bits(c, p);

	return known < 0 ? 0 : known;
}

/* .. and how much of the share before was forgotten. */
static double lost(const struct corpus *c, struct place p)
{
	struct place before = in_class(p.run, BEFORE, OLD, p.quarter);
	double was = share(c, before, class_bits(c, before));

	return was > 0 ? 1 - share(c, p, class_bits(c, p)) / was : NAN;
}

static double more_lost_than_next_frequent(const struct corpus *c, struct place p)
{
	struct place next = p;

	next.quarter = p.quarter - 1;
	return lost(c, p) - lost(c, next);
}

/* Shares of old classes that are known, against the optimum's: mean difference. */
static double from_optimum(const struct corpus *c, struct place p)
{
	double sum = 0;

	for (p.quarter = 0; p.quarter < CLASSES; p.quarter++)
		sum += fabs(share(c, p, class_bits(c, p)) - share(c, p, class_optimum(c, p)));
	return sum / CLASSES;
}

/* .. and against those before, as if nothing were forgotten. */
static double from_before(const struct corpus *c, struct place p)
{
	double sum = 0;

	for (p.quarter = 0; p.quarter < CLASSES; p.quarter++) {
		struct place before = in_class(p.run, BEFORE, OLD, p.quarter);

		sum +=
		    fabs(share(c, p, class_bits(c, p)) - share(c, before, class_bits(c, before)));
	}
	return sum / CLASSES;
}

static double syntax(const struct corpus *c, struct place p)
{
	struct place old = at(p.run, p.way);
	const json_t *sum = json_object_get(probe_of(c, old), "syntax");

	return document_value(sum, "bits") / document_value(sum, "symbols");
}

/* ---- Over all corpora. ---- */

static struct finding_mean mean_of(const struct corpora *all, quantity *q, struct place p)
{
	double value[CORPORA_MAX];

	for (size_t i = 0; i < all->n; i++)
		value[i] = q(&all->corpus[i], p);
	return finding_mean(value, all->n);
}

/* "1531 ± 40", in units of 1/scale; "-" of what no document says. */
struct said {
	char text[64];
};

static struct said said_of(const struct corpora *all, quantity *q, struct place p, double scale,
			   int decimals)
{
	struct finding_mean m = mean_of(all, q, p);
	struct said f = {"-"};

	if (isfinite(m.half_width))
		snprintf(f.text, sizeof f.text, "%.*f ± %.*f", decimals, scale * m.mean, decimals,
			 scale * m.half_width);
	else if (isfinite(m.mean))
		snprintf(f.text, sizeof f.text, "%.*f", decimals, scale * m.mean);
	return f;
}

#define PERCENT(quantity, place) said_of(all, quantity, place, 100, 0).text
#define BITS(quantity, place) said_of(all, quantity, place, 1, 0).text
#define RATIO(quantity, place) said_of(all, quantity, place, 1, 2).text

/* Is a quantity above a level? */
static enum verdict_of_claim above(const struct corpora *all, quantity *q, struct place p,
				   double level)
{
	double difference[CORPORA_MAX];

	for (size_t i = 0; i < all->n; i++)
		difference[i] = q(&all->corpus[i], p) - level;
	return finding_above(difference, all->n);
}

/* Is `a` below so many times `b`? */
static enum verdict_of_claim below(const struct corpora *all, quantity *qa, struct place a,
				   double times, quantity *qb, struct place b)
{
	double difference[CORPORA_MAX];

	for (size_t i = 0; i < all->n; i++)
		difference[i] = times * qb(&all->corpus[i], b) - qa(&all->corpus[i], a);
	return finding_above(difference, all->n);
}

static double one(const struct corpus *c, struct place p)
{
	(void)c;
	(void)p;
	return 1;
}

/* Is a quantity below a level? */
static enum verdict_of_claim below_level(const struct corpora *all, quantity *q, struct place p,
					 double level)
{
	return below(all, q, p, level, one, p);
}

/* ---- The table. ---- */

static bool is_asked(enum way way)
{
	return way >= QUESTIONS;
}

static void add_row(struct finding *f, const struct corpora *all, enum run run, enum way way)
{
	enum group taught = is_asked(way) ? NEW_ASKED : NEW,
		   other = is_asked(way) ? NEW : NEW_ASKED;

	finding_cell(f, "%s", runs[run].name);
	finding_cell(f, "%s", ways[way].learns);
	finding_cell(f, "%g", ways[way].replay);
	finding_cell(f, "%s", BITS(known_old, at(run, way)));
	finding_cell(f, "%s", BITS(known_new, at(run, way)));
	finding_cell(f, "%s", PERCENT(right, among(run, way, OLD)));
	finding_cell(f, "%s", RATIO(class_bits, in_class(run, way, OLD, 0)));
	finding_cell(f, "%s", RATIO(class_bits, in_class(run, way, OLD, CLASSES - 1)));
	finding_cell(f, "%s", PERCENT(right, among(run, way, taught)));
	finding_cell(f, "%s", PERCENT(right, among(run, way, other)));
	finding_cell(f, "%s", RATIO(syntax, at(run, way)));
}

static void add_table(struct finding *f, const struct corpora *all)
{
	static const char *const head[] = {"network",         "learns",
					   "replay#",         "known of old, bits#",
					   "of new#",         "old right, %#",
					   "bits, frequent#", "bits, rare#",
					   "new right, %#",   "in the other form, %#",
					   "syntax, bits#"};

	finding_columns(f, head, sizeof head / sizeof *head);
	for (enum run run = SMALL; run < RUNS; run++)
		for (enum way way = BEFORE; way < WAYS; way++)
			if (isfinite(mean_of(all, held, at(run, way)).mean))
				add_row(f, all, run, way);
}

/* ---- Drawings: bits of a fact by frequency class. ---- */

static void draw(struct finding *f, struct finding_panel *panel, const char *name,
		 const struct corpora *all, quantity *q, struct place p, bool is_exact)
{
	struct finding_series *s = finding_series(panel, name, is_exact);

	for (p.quarter = 0; p.quarter < CLASSES; p.quarter++) {
		struct finding_mean m = mean_of(all, q, p);
		double half_width = is_exact || !isfinite(m.half_width) ? 0 : m.half_width;

		finding_point(f, s, (double)p.quarter + 1, m.mean, m.mean - half_width,
			      m.mean + half_width);
	}
}

static void draw_facts(struct finding *f, struct finding_panel *panel, const char *name,
		       const struct corpora *all, struct place p, bool with_optimum)
{
	char title[sizeof((struct finding_series *)NULL)->title];

	draw(f, panel, name, all, class_bits, p, false);
	snprintf(title, sizeof title, "optimum: %s", name);
	if (with_optimum)
		draw(f, panel, title, all, class_optimum, p, true);
}

static void draw_old(struct finding *f, const char *label, const struct corpora *all, enum run run)
{
	struct finding_panel *p = finding_panel(f, "frequency class", label, false, false);

	draw_facts(f, p, "before", all, among(run, BEFORE, OLD), true);
	draw_facts(f, p, "no replay", all, among(run, SENTENCES, OLD), false);
	draw_facts(f, p, "replay 0.5", all, among(run, SENTENCES_REPLAY, OLD), true);
	if (run == SMALL)
		draw_facts(f, p, "replay 0.1", all, among(run, SENTENCES_RARE, OLD), true);
}

static void draw_new(struct finding *f, const struct corpora *all)
{
	struct finding_panel *p =
	    finding_panel(f, "frequency class", "large: bits of a new fact", false, false);

	draw_facts(f, p, "sentences", all, among(LARGE, SENTENCES, NEW), true);
	draw_facts(f, p, "questions", all, among(LARGE, QUESTIONS, NEW_ASKED), false);
	draw_facts(f, p, "questions, asked in sentences", all, among(LARGE, QUESTIONS_REPLAY, NEW),
		   false);
	draw_facts(f, p, "sentences, asked in questions", all,
		   among(LARGE, SENTENCES_REPLAY, NEW_ASKED), false);
}

/* ---- The claims. ---- */

/* Tolerances are ours, chosen with results of the quick scale in sight.  This one: old facts that
 * shared the capacity evenly with as many new ones would keep half; half of that is clearly
 * less. */
#define FORGOTTEN 0.25

static void claim_forgetting(struct finding *f, const struct corpora *all)
{
	const enum verdict_of_claim part[] = {
	    below_level(all, kept, at(SMALL, SENTENCES), FORGOTTEN),
	    below_level(all, kept, at(SMALL, QUESTIONS), FORGOTTEN),
	    below_level(all, kept, at(LARGE, SENTENCES), FORGOTTEN),
	    below_level(all, kept, at(LARGE, QUESTIONS), FORGOTTEN),
	};

	finding_claim(
	    f, finding_all(part, sizeof part / sizeof *part),
	    "Facts that are no longer stated are forgotten: without replay less than a quarter of "
	    "what was known of old people is left (not in the paper).",
	    "left after sentences and questions: small %s %% and %s %%, large %s %% and %s %%.",
	    PERCENT(kept, at(SMALL, SENTENCES)), PERCENT(kept, at(SMALL, QUESTIONS)),
	    PERCENT(kept, at(LARGE, SENTENCES)), PERCENT(kept, at(LARGE, QUESTIONS)));
}

/* What going on with old text alone changes in the large network, the control, is of the size of a
 * tenth: less than that would say nothing. */
#define KEPT 0.9

/* The optimum evicts for want of room only. */
static void claim_eviction(struct finding *f, const struct corpora *all)
{
	const struct place alone = at(LARGE, SENTENCES), room = at(LARGE, SENTENCES_REPLAY);

	finding_claim(f, below(all, held, room, 1 / KEPT, held, alone),
		      "What is forgotten without replay is forgotten for want of room, as the "
		      "optimum of limited capacity forgets: without replay a large network holds "
		      "at least 90 % of the bits that it holds with replay (not in the paper).",
		      "the large network holds %s bits of old and new facts after sentences "
		      "without replay, %s with it.",
		      BITS(held, alone), BITS(held, room));
}

static void claim_replay(struct finding *f, const struct corpora *all, quantity *q,
			 const char *claim)
{
	const enum verdict_of_claim part[] = {
	    above(all, q, at(LARGE, SENTENCES_REPLAY), KEPT),
	    above(all, q, at(LARGE, QUESTIONS_REPLAY), KEPT),
	};

	finding_claim(
	    f, finding_all(part, 2), claim,
	    "left in the large network after sentences and questions, half of the "
	    "symbols being old text: %s %% and %s %%; in the small one %s %% and %s %%.",
	    PERCENT(q, at(LARGE, SENTENCES_REPLAY)), PERCENT(q, at(LARGE, QUESTIONS_REPLAY)),
	    PERCENT(q, at(SMALL, SENTENCES_REPLAY)), PERCENT(q, at(SMALL, QUESTIONS_REPLAY)));
}

/* The new people's facts are as many as the old ones': a network with room for them all would hold
 * about twice as much, from which a tenth is far. */
#define SAME_WITHIN 0.1

static void claim_full(struct finding *f, const struct corpora *all)
{
	finding_claim(
	    f, below_level(all, growth, at(SMALL, CONTROL), SAME_WITHIN),
	    "The small network is full of what it can learn from old text: going on with "
	    "that alone lets it hold less than a tenth more (a control, not in the "
	    "paper).",
	    "held by the small network (%.0f parameters) before %s bits, after the "
	    "control %s: %s %% more; by the large one (%.0f) %s and %s, %s %% more.",
	    mean_of(all, parameters, at(SMALL, BEFORE)).mean, BITS(held, at(SMALL, BEFORE)),
	    BITS(held, at(SMALL, CONTROL)), PERCENT(growth, at(SMALL, CONTROL)),
	    mean_of(all, parameters, at(LARGE, BEFORE)).mean, BITS(held, at(LARGE, BEFORE)),
	    BITS(held, at(LARGE, CONTROL)), PERCENT(growth, at(LARGE, CONTROL)));
}

static void claim_capacity(struct finding *f, const struct corpora *all)
{
	const struct place control = at(SMALL, CONTROL);
	const struct place sentences = at(SMALL, SENTENCES_REPLAY);
	const struct place questions = at(SMALL, QUESTIONS_REPLAY);
	const enum verdict_of_claim part[] = {
	    below(all, held, sentences, 1 + SAME_WITHIN, held, control),
	    below(all, held, questions, 1 + SAME_WITHIN, held, control),
	    below(all, held, control, 1 / (1 - SAME_WITHIN), held, sentences),
	    below(all, held, control, 1 / (1 - SAME_WITHIN), held, questions),
	};

	finding_claim(f, finding_all(part, sizeof part / sizeof *part),
		      "What the small network holds is limited by its size: after learning of new "
		      "people with replay it holds as many bits as after the control, within a "
		      "tenth (not in the paper).",
		      "held by the small network after the control %s bits, after sentences %s, "
		      "after questions %s; by the large one %s, %s and %s.",
		      BITS(held, control), BITS(held, sentences), BITS(held, questions),
		      BITS(held, at(LARGE, CONTROL)), BITS(held, at(LARGE, SENTENCES_REPLAY)),
		      BITS(held, at(LARGE, QUESTIONS_REPLAY)));
}

static void claim_displacement(struct finding *f, const struct corpora *all)
{
	const struct place sentences = at(LARGE, SENTENCES_REPLAY);
	const struct place questions = at(LARGE, QUESTIONS_REPLAY);
	const enum verdict_of_claim part[] = {
	    below(all, displaced, sentences, 1, displaced, at(SMALL, SENTENCES_REPLAY)),
	    below(all, displaced, questions, 1, displaced, at(SMALL, QUESTIONS_REPLAY)),
	};

	finding_claim(f, finding_all(part, 2),
		      "With replay new facts take the place of old ones where capacity is short: "
		      "each bit of them costs the small network more bits of old ones than the "
		      "large one (not in the paper).",
		      "bits of old facts less than after the control, for each bit known of new "
		      "ones, after sentences and questions: small %s and %s, large %s and %s.",
		      RATIO(displaced, at(SMALL, SENTENCES_REPLAY)),
		      RATIO(displaced, at(SMALL, QUESTIONS_REPLAY)),
		      RATIO(displaced, at(LARGE, SENTENCES_REPLAY)),
		      RATIO(displaced, at(LARGE, QUESTIONS_REPLAY)));
}

static void claim_order(struct finding *f, const struct corpora *all)
{
	enum verdict_of_claim part[CLASSES - 1];

	for (size_t i = 1; i < CLASSES; i++)
		part[i - 1] = above(all, more_lost_than_next_frequent,
				    in_class(SMALL, SENTENCES_REPLAY, OLD, i), 0);
	finding_claim(f, finding_all(part, CLASSES - 1),
		      "With replay the rarest facts are evicted first, as by the optimum of "
		      "limited capacity: of each class a larger part of what was known is "
		      "forgotten than of the next more frequent one (not in the paper).",
		      "forgotten by the small network, most to least frequent quarter: %s, %s, %s, "
		      "%s %%; by the large one without replay, which forgets of all: %s, %s, %s, "
		      "%s %%.",
		      PERCENT(lost, in_class(SMALL, SENTENCES_REPLAY, OLD, 0)),
		      PERCENT(lost, in_class(SMALL, SENTENCES_REPLAY, OLD, 1)),
		      PERCENT(lost, in_class(SMALL, SENTENCES_REPLAY, OLD, 2)),
		      PERCENT(lost, in_class(SMALL, SENTENCES_REPLAY, OLD, 3)),
		      PERCENT(lost, in_class(LARGE, SENTENCES, OLD, 0)),
		      PERCENT(lost, in_class(LARGE, SENTENCES, OLD, 1)),
		      PERCENT(lost, in_class(LARGE, SENTENCES, OLD, 2)),
		      PERCENT(lost, in_class(LARGE, SENTENCES, OLD, 3)));
}

static void claim_optimum(struct finding *f, const struct corpora *all)
{
	const struct place often = at(SMALL, SENTENCES_REPLAY), rare = at(SMALL, SENTENCES_RARE);
	const enum verdict_of_claim part[] = {
	    below(all, from_optimum, often, 1, from_before, often),
	    below(all, from_optimum, rare, 1, from_before, rare),
	};

	finding_claim(
	    f, finding_all(part, 2),
	    "The optimum of as many bits as the network held at most, under the frequencies of "
	    "what it is trained on now, tells how much of each class stays: better than that "
	    "nothing is forgotten (not in the paper).",
	    "mean difference of the shares known of old facts' classes from the optimum's, and "
	    "from those before: %s and %s with replay %g, %s and %s with replay %g.",
	    RATIO(from_optimum, at(SMALL, SENTENCES_REPLAY)),
	    RATIO(from_before, at(SMALL, SENTENCES_REPLAY)), REPLAY,
	    RATIO(from_optimum, at(SMALL, SENTENCES_RARE)),
	    RATIO(from_before, at(SMALL, SENTENCES_RARE)), RARE);
}

#define TRANSFER 0.5 /* the larger part; by chance one in 32 values is right */

static void claim_transfer(struct finding *f, const struct corpora *all)
{
	const enum verdict_of_claim part[] = {
	    above(all, right, among(LARGE, QUESTIONS_REPLAY, NEW), TRANSFER),
	    above(all, right, among(LARGE, SENTENCES_REPLAY, NEW_ASKED), TRANSFER),
	};

	finding_claim(f, finding_all(part, 2),
		      "What is learnt in one form can be said in the other: more than half of it "
		      "(not in the paper).",
		      "the large network with replay, new facts right: learnt in questions %s %%, "
		      "asked in sentences %s %%; learnt in sentences %s %%, asked in questions %s "
		      "%%. Before, of old people: %s %% in sentences, %s %% in questions where no "
		      "question about the person was learnt.",
		      PERCENT(right, among(LARGE, QUESTIONS_REPLAY, NEW_ASKED)),
		      PERCENT(right, among(LARGE, QUESTIONS_REPLAY, NEW)),
		      PERCENT(right, among(LARGE, SENTENCES_REPLAY, NEW)),
		      PERCENT(right, among(LARGE, SENTENCES_REPLAY, NEW_ASKED)),
		      PERCENT(right, among(LARGE, BEFORE, OLD)),
		      PERCENT(right, among(LARGE, BEFORE, OLD_OTHER)));
}

/* What syntax costs more than before. */
static double syntax_lost(const struct corpus *c, struct place p)
{
	struct place before = at(p.run, BEFORE);

	return syntax(c, p) - syntax(c, before);
}

/* Sentences about new people use the same grammar: of what is forgotten where it is not used, a
 * tenth may be their price. */
#define SYNTAX 0.1

static void claim_syntax(struct finding *f, const struct corpora *all)
{
	const struct place sentences = at(LARGE, SENTENCES), questions = at(LARGE, QUESTIONS);
	const enum verdict_of_claim part[] = {
	    above(all, syntax_lost, questions, 0),
	    below(all, syntax_lost, sentences, SYNTAX, syntax_lost, questions),
	};

	finding_claim(f, finding_all(part, 2),
		      "Syntax is forgotten when it is no longer used: by questions without replay, "
		      "and less than a tenth as much by sentences (not in the paper).",
		      "bits a symbol of syntax in the large network: %s before, %s after "
		      "sentences, %s after questions, %s after questions with replay.",
		      RATIO(syntax, at(LARGE, BEFORE)), RATIO(syntax, at(LARGE, SENTENCES)),
		      RATIO(syntax, at(LARGE, QUESTIONS)),
		      RATIO(syntax, at(LARGE, QUESTIONS_REPLAY)));
}

static void describe(struct finding *f, const struct corpora *all)
{
	claim_forgetting(f, all);
	claim_eviction(f, all);
	claim_replay(f, all, saved,
		     "Replay keeps what is stated often: of the bits that it saved at a statement "
		     "about old people the large network still saves at least 90 % (not in the "
		     "paper).");
	claim_replay(
	    f, all, kept,
	    "Replay keeps every fact alike: of the bits that it knew of all old facts, most "
	    "of which are rare, the large network still knows at least 90 % (not in the "
	    "paper).");
	claim_full(f, all);
	claim_capacity(f, all);
	claim_displacement(f, all);
	claim_order(f, all);
	claim_optimum(f, all);
	claim_transfer(f, all);
	claim_syntax(f, all);
	add_table(f, all);
	draw_old(f, "small: bits of an old fact", all, SMALL);
	draw_old(f, "large: bits of an old fact", all, LARGE);
	draw_new(f, all);
}

static enum status conclude(const struct result *const *result, size_t n, struct finding *f)
{
	struct corpora *all = calloc(1, sizeof *all);

	if (!all)
		return fail_no_memory();
	for (size_t i = 0; i < n; i++)
		read_result(all, result[i]);
	drop_incomplete(all);
	if (all->n) /* the claims compare networks */
		describe(f, all);
	free(all);
	return STATUS_OK;
}

const struct experiment experiment_fine_tuning = {
    .name = "fine-tuning",
    .title = "What fine-tuning forgets, and what it teaches",
    .figure = "the abstract: the dynamics of knowledge acquisition during fine-tuning",
    .help = "new people by sentences or questions, with and without replay: old facts lost",
    .plan = plan,
    .conclude = conclude,
};
