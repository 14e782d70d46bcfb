/* SPDX-License-Identifier: BSD-2-Clause
 *
 * experiment_fine_tuning.c - what a network forgets when it is trained on with new people, from
 * sentences or questions, with and without replay of old text (src/tuning.h), beside the optimum
 * of limited capacity: facts are worth their room by how often they are stated now.
 *
 * A network is *small* when what it holds cannot grow: its capacity is full of old facts.  A
 * *large* one has room for as many more.
 */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "document.h"
#include "experiment.h"
#include "source.h"

#define VARIED                                                                                     \
	"types,templates,classes,class-words,words,attributes,values,first-names,last-names,"      \
	"alpha,beta,sentences,seed"

/* Networks, and what they learn. */
#define FIGURE "figure:tune:"
#define CELLS 3
enum run { SMALL, SMALL_RARE, LARGE };
static const struct {
	const char *figure, *name;
} cells[CELLS] = {
    [SMALL] = {FIGURE "dim=16,passes=32,tune-passes=8", "small"},
    [SMALL_RARE] = {FIGURE "dim=16,passes=32,tune-passes=8,replay=0.1", "small"},
    [LARGE] = {FIGURE "dim=64,passes=12,tune-passes=4", "large"},
};

static enum status plan(struct bench *b, const struct experiment_request *q)
{
	for (unsigned seed = 1; seed <= (q->scale == EXPERIMENT_FULL ? 10 : 3); seed++) {
		char title[64], name[32], number[16];
		const char *const options[] = {
		    "sk",	     "--types",	     "4",  "--templates",   "8",
		    "--classes",     "5",	     "--class-words", "4",  "--words",
		    "64",	     "--attributes", "4",  "--values",	    "32",
		    "--first-names", "64",	     "--last-names",  "64", "--alpha",
		    "0.6",	     "--beta",	     "20", "--sentences",   "20000",
		    "--seed",	     number,	     NULL};
		const struct subject *s;

		snprintf(number, sizeof number, "%u", seed);
		snprintf(title, sizeof title, "sk of 2200 people to tune with, seed %u", seed);
		snprintf(name, sizeof name, "sk-tune-%u", seed);
		TRY(subject_add_drawn(b, title, name, options, &s));
		for (size_t i = 0; i < CELLS; i++)
			TRY(plan_figure(b, cells[i].figure + strlen("figure:"), s));
	}
	return STATUS_OK;
}

/* ---- Reading the results. ---- */

#define CLASSES 4
#define SEEDS_MAX 16

enum way { BEFORE, SENTENCES, SENTENCES_REPLAY, QUESTIONS, QUESTIONS_REPLAY, WAYS };

/* Whom document "tune" has answers about, and asked in which form. */
enum group { OLD, OLD_OTHER, NEW, NEW_ASKED, GROUPS };
static const struct {
	const char *people, *asked;
} groups[GROUPS] = {
    [OLD] = {"old", "sentences"},
    [OLD_OTHER] = {"old, never asked about", "questions"},
    [NEW] = {"new", "sentences"},
    [NEW_ASKED] = {"new", "questions"},
};

/* Of one state of one network, with a value for each corpus. */
struct sample {
	double value[SEEDS_MAX];
	size_t n;
};

struct facts {
	struct sample bits[CLASSES], optimum[CLASSES]; /* of a fact of the class */
	struct sample all_bits, right;                 /* of a fact; share */
};

struct state {
	struct facts facts[GROUPS];
	struct sample known_old, known_new, syntax; /* bits held; bits a symbol */
};

struct network {
	double replay, fact_bits, parameters;
	struct state state[WAYS];
	size_t n_corpora;
};

static void take(struct sample *s, double value)
{
	if (isfinite(value) && s->n < SEEDS_MAX)
		s->value[s->n++] = value;
}

static double mean(const struct sample *s)
{
	return finding_mean(s->value, s->n).mean;
}

static void read_facts(struct facts *f, const json_t *probe)
{
	const json_t *classes = json_object_get(probe, "classes");
	double symbols = 0, bits = 0, right = 0;

	for (size_t i = 0; i < CLASSES; i++) {
		const json_t *class = json_array_get(classes, i);
		double n = document_value(class, "symbols"), cost = document_value(class, "bits");

		take(&f->bits[i], cost / n);
		take(&f->optimum[i], document_value(class, "optimum"));
		symbols += n;
		bits += cost;
		right += document_value(class, "right");
	}
	take(&f->all_bits, bits / symbols);
	take(&f->right, right / symbols);
}

static void read_probe(struct state *s, const json_t *probe)
{
	const char *people = document_text(probe, "people");
	const char *asked = document_text(probe, "asked");
	const json_t *syntax = json_object_get(probe, "syntax");

	for (size_t i = 0; i < GROUPS; i++) {
		if (strcmp(people, groups[i].people) != 0 || strcmp(asked, groups[i].asked) != 0)
			continue;
		read_facts(&s->facts[i], probe);
		if (i == OLD)
			take(&s->syntax,
			     document_value(syntax, "bits") / document_value(syntax, "symbols"));
	}
}

static enum way way_of(const json_t *state)
{
	const char *learns = document_text(state, "learns");
	bool replay = document_value(state, "replay") > 0;

	if (strcmp(learns, "sentences") == 0)
		return replay ? SENTENCES_REPLAY : SENTENCES;
	if (strcmp(learns, "questions") == 0)
		return replay ? QUESTIONS_REPLAY : QUESTIONS;
	return BEFORE;
}

static void read_state(struct network *n, const json_t *state)
{
	struct state *s = &n->state[way_of(state)];
	const json_t *probes = json_object_get(state, "probes");

	take(&s->known_old, document_value(state, "old_known_bits"));
	take(&s->known_new, document_value(state, "new_known_bits"));
	n->replay = fmax(n->replay, document_value(state, "replay"));
	for (size_t i = 0; i < json_array_size(probes); i++)
		read_probe(s, json_array_get(probes, i));
}

static void read_result(struct network network[CELLS], const struct result *r)
{
	const json_t *states = json_object_get(r->document, "states");

	if (r->outcome != OUTCOME_OK || !source_varies_only(r->spec.corpus.source, "sk", VARIED))
		return;
	for (size_t i = 0; i < CELLS; i++) {
		if (strcmp(r->spec.method, cells[i].figure) != 0)
			continue;
		network[i].n_corpora++;
		network[i].fact_bits = document_value(r->document, "fact_bits");
		network[i].parameters = document_value(r->document, "parameters");
		for (size_t k = 0; k < json_array_size(states); k++)
			read_state(&network[i], json_array_get(states, k));
	}
}

/* ---- The table. ---- */

static const char *const way_names[WAYS] = {"before", "sentences", "sentences", "questions",
					    "questions"};

static bool is_replayed(enum way way)
{
	return way == SENTENCES_REPLAY || way == QUESTIONS_REPLAY;
}

static bool is_asked(enum way way)
{
	return way == QUESTIONS || way == QUESTIONS_REPLAY;
}

/* "1531 ± 40" */
static void add_mean(struct finding *f, const struct sample *s, int decimals)
{
	struct finding_mean m = finding_mean(s->value, s->n);

	if (isfinite(m.half_width))
		finding_cell(f, "%.*f ± %.*f", decimals, m.mean, decimals, m.half_width);
	else
		finding_cell(f, "%.*f", decimals, m.mean);
}

static void add_row(struct finding *f, enum run cell, const struct network *n, enum way way)
{
	const struct state *s = &n->state[way];
	const struct facts *taught = &s->facts[is_asked(way) ? NEW_ASKED : NEW];
	const struct facts *other = &s->facts[is_asked(way) ? NEW : NEW_ASKED];

	finding_cell(f, "%s", cells[cell].name);
	finding_cell(f, "%s", way_names[way]);
	finding_cell(f, "%g", is_replayed(way) ? n->replay : 0);
	add_mean(f, &s->known_old, 0);
	add_mean(f, &s->known_new, 0);
	finding_cell(f, "%.1f", 100 * mean(&s->facts[OLD].right));
	finding_cell(f, "%.2f", mean(&s->facts[OLD].bits[0]));
	finding_cell(f, "%.2f", mean(&s->facts[OLD].bits[CLASSES - 1]));
	finding_cell(f, "%.1f", 100 * mean(&taught->right));
	finding_cell(f, "%.1f", 100 * mean(&other->right));
	finding_cell(f, "%.3f", mean(&s->syntax));
}

static void add_table(struct finding *f, const struct network network[CELLS])
{
	static const char *const head[] = {
	    "network",	       "learns",
	    "replay#",	       "known of old, bits#",
	    "of new#",	       "old right, %#",
	    "bits, frequent#", "bits, rare#",
	    "new right, %#",   "in the other form, %#",
	    "syntax, bits#"};

	for (size_t i = 0; i < sizeof head / sizeof *head; i++)
		finding_column(f, head[i]);
	for (size_t cell = 0; cell < CELLS; cell++)
		for (enum way way = BEFORE; way < WAYS; way++)
			if (cell != SMALL_RARE || is_replayed(way)) /* the others are the same */
				add_row(f, cell, &network[cell], way);
}

/* ---- Drawings: bits of a fact by frequency class. ---- */

static void draw(struct finding *f, struct finding_panel *p, const char *name,
		 const struct sample value[CLASSES], bool is_exact)
{
	struct finding_series *s = finding_series(p, name, is_exact);

	for (size_t i = 0; i < CLASSES; i++) {
		struct finding_mean m = finding_mean(value[i].value, value[i].n);
		double half_width = is_exact || !isfinite(m.half_width) ? 0 : m.half_width;

		finding_point(f, s, (double)i + 1, m.mean, m.mean - half_width,
			      m.mean + half_width);
	}
}

static void draw_facts(struct finding *f, struct finding_panel *p, const char *name,
		       const struct facts *of, bool with_optimum)
{
	char title[sizeof((struct finding_series *)NULL)->title + 16];

	draw(f, p, name, of->bits, false);
	snprintf(title, sizeof title, "optimum: %s", name);
	if (with_optimum)
		draw(f, p, title, of->optimum, true);
}

static void draw_old(struct finding *f, const char *label, const struct network *n,
		     const struct network *rare)
{
	struct finding_panel *p = finding_panel(f, "frequency class", label, false, false);
	char title[64];

	draw_facts(f, p, "before", &n->state[BEFORE].facts[OLD], true);
	draw_facts(f, p, "no replay", &n->state[SENTENCES].facts[OLD], false);
	snprintf(title, sizeof title, "replay %g", n->replay);
	draw_facts(f, p, title, &n->state[SENTENCES_REPLAY].facts[OLD], true);
	if (!rare)
		return;
	snprintf(title, sizeof title, "replay %g", rare->replay);
	draw_facts(f, p, title, &rare->state[SENTENCES_REPLAY].facts[OLD], true);
}

static void draw_new(struct finding *f, const struct network *n)
{
	struct finding_panel *p = finding_panel(f, "frequency class", "large: bits of a new fact",
						false, false);

	draw_facts(f, p, "sentences", &n->state[SENTENCES].facts[NEW], true);
	draw_facts(f, p, "questions", &n->state[QUESTIONS].facts[NEW_ASKED],
		   false);
	draw_facts(f, p, "questions, asked in sentences",
		   &n->state[QUESTIONS_REPLAY].facts[NEW], false);
	draw_facts(f, p, "sentences, asked in questions",
		   &n->state[SENTENCES_REPLAY].facts[NEW_ASKED], false);
}

/* ---- The claims. ---- */

/* Of the bits of old facts that were known before, the share that still is. */
static double kept(const struct network *n, enum way way)
{
	return mean(&n->state[way].known_old) / mean(&n->state[BEFORE].known_old);
}

static double held(const struct network *n, enum way way)
{
	return mean(&n->state[way].known_old) + mean(&n->state[way].known_new);
}

/* The share of a class's bits that a model holds: of what statements cost without it. */
static double share(const struct network *n, const struct sample *bits)
{
	return fmax(0, 1 - mean(bits) / n->fact_bits);
}

/* .. and how much of the share before was forgotten. */
static double lost(const struct network *n, enum way way, size_t class)
{
	double before = share(n, &n->state[BEFORE].facts[OLD].bits[class]);
	double after = share(n, &n->state[way].facts[OLD].bits[class]);

	return before > 0 ? 1 - after / before : NAN;
}

static enum verdict_of_claim verdict(bool holds)
{
	return holds ? CLAIM_HOLDS : CLAIM_FAILS;
}

#define FORGOTTEN 0.25 /* of what was known, at most, is left */

static void claim_forgetting(struct finding *f, const struct network *small,
			     const struct network *large)
{
	bool all = true;

	for (enum way way = SENTENCES; way <= QUESTIONS; way += QUESTIONS - SENTENCES)
		all = all && kept(small, way) < FORGOTTEN && kept(large, way) < FORGOTTEN;
	finding_claim(
	    f, verdict(all),
	    "Facts that are no longer stated have no claim to a limited capacity: without replay "
	    "less than a quarter of what was known of old people is left (what the constrained "
	    "optimum predicts, Theorem 5.6).",
	    "left after sentences and questions: small %.0f %% and %.0f %%, large %.0f %% and "
	    "%.0f %%.",
	    100 * kept(small, SENTENCES), 100 * kept(small, QUESTIONS),
	    100 * kept(large, SENTENCES), 100 * kept(large, QUESTIONS));
}

/* The optimum evicts for want of room only. */
static void claim_eviction(struct finding *f, const struct network *large)
{
	double room = held(large, QUESTIONS_REPLAY), alone = held(large, SENTENCES);

	finding_claim(f, verdict(alone >= 0.9 * room),
		      "What is forgotten without replay is forgotten for want of room, as the "
		      "constrained optimum forgets.",
		      "the large network holds %.0f bits of old and new facts after sentences "
		      "without replay, %.0f after questions with it: the room was there, and new "
		      "facts did not fill it.",
		      alone, room);
}

#define KEPT 0.9

/* What is left of the bits that were saved at each statement of an old fact. */
static double saved(const struct network *n, enum way way)
{
	double before = mean(&n->state[BEFORE].facts[OLD].all_bits);
	double after = mean(&n->state[way].facts[OLD].all_bits);

	return (n->fact_bits - after) / (n->fact_bits - before);
}

static void claim_replay(struct finding *f, const struct network *large)
{
	double sentences = saved(large, SENTENCES_REPLAY);
	double questions = saved(large, QUESTIONS_REPLAY);

	finding_claim(f, verdict(sentences >= KEPT && questions >= KEPT),
		      "Replay prevents it where there is room for both: of the bits that were "
		      "saved at a statement about old people at least 90 % still are.",
		      "in the large network after sentences and questions, half of the symbols "
		      "being old text, %.0f %% and %.0f %%. Of all facts alike, most of which are "
		      "rare, %.0f %% and %.0f %% of the bits are left.",
		      100 * sentences, 100 * questions, 100 * kept(large, SENTENCES_REPLAY),
		      100 * kept(large, QUESTIONS_REPLAY));
}

#define SAME_WITHIN 0.35

static void claim_capacity(struct finding *f, const struct network *small,
			   const struct network *large)
{
	double before = held(small, BEFORE), sentences = held(small, SENTENCES_REPLAY);
	double questions = held(small, QUESTIONS_REPLAY);
	bool same = fabs(sentences / before - 1) < SAME_WITHIN &&
		    fabs(questions / before - 1) < SAME_WITHIN;
	bool grows = held(large, SENTENCES_REPLAY) / held(large, BEFORE) > sentences / before;

	finding_claim(f, verdict(same && grows),
		      "A network whose capacity is full holds as much after learning more, within "
		      "35 %: new facts take the place of old ones.",
		      "the small network (%.0f parameters) holds %.0f bits of facts before, %.0f "
		      "and %.0f after sentences and questions with replay; the large one (%.0f) "
		      "%.0f, %.0f and %.0f.",
		      small->parameters, before, sentences, questions, large->parameters,
		      held(large, BEFORE), held(large, SENTENCES_REPLAY),
		      held(large, QUESTIONS_REPLAY));
}

/* Rare ones first: each class loses more of what was known of it than the more frequent ones. */
static void claim_order(struct finding *f, const struct network *small,
			const struct network *large)
{
	const enum way way = SENTENCES_REPLAY;
	double frequent = (lost(small, way, 0) + lost(small, way, 1)) / 2;
	double middle = lost(small, way, 2), rare = lost(small, way, 3);

	finding_claim(f, verdict(frequent < middle && middle < rare),
		      "With replay the rarest facts are evicted first, as the optimum does: the "
		      "less frequent a class is, the larger the part of what was known of it that "
		      "is forgotten.",
		      "forgotten by the small network, most to least frequent quarter: %.0f, "
		      "%.0f, %.0f, %.0f %%; by the large one without replay, which forgets of "
		      "all: %.0f, %.0f, %.0f, %.0f %%.",
		      100 * lost(small, way, 0), 100 * lost(small, way, 1), 100 * middle,
		      100 * rare, 100 * lost(large, SENTENCES, 0), 100 * lost(large, SENTENCES, 1),
		      100 * lost(large, SENTENCES, 2), 100 * lost(large, SENTENCES, 3));
}

#define OPTIMUM_WITHIN 0.15

/* Shares of classes that stay, against the optimum's: mean difference. */
static double distance(const struct network *n)
{
	const struct facts *old = &n->state[SENTENCES_REPLAY].facts[OLD];
	double sum = 0;

	for (size_t i = 0; i < CLASSES; i++)
		sum += fabs(share(n, &old->bits[i]) - share(n, &old->optimum[i]));
	return sum / CLASSES;
}

static void claim_optimum(struct finding *f, const struct network *small,
			  const struct network *rare)
{
	finding_claim(
	    f, verdict(distance(small) < OPTIMUM_WITHIN && distance(rare) < OPTIMUM_WITHIN),
	    "The optimum of as many bits as the network held at most, under the frequencies of "
	    "what it is trained on now, tells how much of each class stays, within 0.15 of a "
	    "class on average.",
	    "mean difference of the shares known of old facts from the optimum's: %.2f with "
	    "replay %g, %.2f with replay %g.",
	    distance(small), small->replay, distance(rare), rare->replay);
}

static void claim_transfer(struct finding *f, const struct network *large)
{
	const struct facts *by_questions = large->state[QUESTIONS_REPLAY].facts;
	const struct facts *by_sentences = large->state[SENTENCES_REPLAY].facts;
	const struct facts *before = large->state[BEFORE].facts;
	double to_sentences = mean(&by_questions[NEW].right);
	double to_questions = mean(&by_sentences[NEW_ASKED].right);

	finding_claim(f, verdict(to_sentences > 0.5 && to_questions > 0.5),
		      "What is learnt in one form can be said in the other: more than half of it "
		      "(not in the paper).",
		      "the large network with replay, new facts right: learnt in questions %.0f "
		      "%%, asked in sentences %.0f %%; learnt in sentences %.0f %%, asked in "
		      "questions %.0f %%. Before, of old people: %.0f %% in sentences, %.0f %% in "
		      "questions where no question about the person was learnt.",
		      100 * mean(&by_questions[NEW_ASKED].right), 100 * to_sentences,
		      100 * mean(&by_sentences[NEW].right), 100 * to_questions,
		      100 * mean(&before[OLD].right), 100 * mean(&before[OLD_OTHER].right));
}

static void claim_syntax(struct finding *f, const struct network *large)
{
	double before = mean(&large->state[BEFORE].syntax);
	double sentences = mean(&large->state[SENTENCES].syntax);
	double questions = mean(&large->state[QUESTIONS].syntax);

	finding_claim(f, verdict(questions > before + 1 && sentences < before + 0.1),
		      "Syntax is forgotten only when it is no longer used: by questions without "
		      "replay, not by sentences.",
		      "bits a symbol of syntax in the large network: %.2f before, %.2f after "
		      "sentences, %.2f after questions, %.2f after questions with replay.",
		      before, sentences, questions,
		      mean(&large->state[QUESTIONS_REPLAY].syntax));
}

static void describe(struct finding *f, const struct network network[CELLS])
{
	const struct network *small = &network[SMALL], *rare = &network[SMALL_RARE];
	const struct network *large = &network[LARGE];

	claim_forgetting(f, small, large);
	claim_eviction(f, large);
	claim_replay(f, large);
	claim_capacity(f, small, large);
	claim_order(f, small, large);
	claim_optimum(f, small, rare);
	claim_transfer(f, large);
	claim_syntax(f, large);
	add_table(f, network);
	draw_old(f, "small: bits of an old fact", small, rare);
	draw_old(f, "large: bits of an old fact", large, NULL);
	draw_new(f, large);
}

static enum status conclude(const struct result *const *result, size_t n, struct finding *f)
{
	struct network *network = calloc(CELLS, sizeof *network);
	bool all = true;

	if (!network)
		return fail_no_memory();
	for (size_t i = 0; i < n; i++)
		read_result(network, result[i]);
	for (size_t i = 0; i < CELLS; i++)
		all = all && network[i].n_corpora;
	if (all) /* the claims compare them */
		describe(f, network);
	free(network);
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
