/* SPDX-License-Identifier: BSD-2-Clause */
#include "tuning.h"

#include <math.h>
#include <stdlib.h>

#include "training_windows.h"

/* The trainer validates on what it holds back: nobody looks, but the whole text would take long. */
#define VALID_SHARE 0.02
#define WEIGHT 65536 /* of one pass over a text */

const struct tuning_probe_name tuning_probe_names[TUNING_PROBES] = {
    [PROBE_OLD_SENTENCES] = {"old", "sentences"},
    [PROBE_OLD_QUESTIONS] = {"old, asked about", "questions"},
    [PROBE_OTHER_QUESTIONS] = {"old, never asked about", "questions"},
    [PROBE_NEW_SENTENCES] = {"new", "sentences"},
    [PROBE_NEW_QUESTIONS] = {"new", "questions"},
};

struct tuning_settings tuning_defaults(void)
{
	struct tuning_settings s = {
	    .trainer = trainer_defaults(),
	    .passes = 12,
	    .tuning_passes = 4,
	    .tuning_rate = 0.5,
	    .replay = {0.5},
	    .n_replays = 1,
	    .held_share = 0.1,
	};

	s.trainer.shape.ctx = 64;
	s.trainer.batch = 16;
	s.trainer.valid_share = VALID_SHARE;
	return s;
}

/* ---- The optimum. ---- */

double tuning_known(const struct tuning_group *g, double unknown_bits, const struct probe_answer *a)
{
	double saved[PROBE_OCTAVES], sum = 0;

	for (unsigned i = 0; i < PROBE_OCTAVES; i++) {
		const struct probe_sum *of = &a->of_exposure[i];

		saved[i] = of->n ? fmax(0, unknown_bits - of->bits / (double)of->n) : 0;
	}
	for (size_t i = 0; i < g->n_facts; i++)
		sum += saved[probe_octave(g->fact[i].exposures)];
	return sum;
}

/* A fact of either group. */
struct stated {
	uint64_t count;      /* how often it is stated in what is learnt from */
	uint32_t statements; /* .. and in one pass over its text */
	uint32_t exposures;
	double *stored, *all; /* sums of exposures of its class */
};

static int by_count(const void *a, const void *b)
{
	const struct stated *x = a, *y = b;

	if (x->count != y->count)
		return x->count > y->count ? -1 : 1;
	if (x->count > 0)
		return 0;
	return (x->statements < y->statements) - (x->statements > y->statements);
}

static void weigh(struct stated *to, const struct tuning_group *g, uint64_t weight, double *stored,
		  double *all)
{
	for (size_t i = 0; i < g->n_facts; i++) {
		const struct tuning_fact *f = &g->fact[i];

		to[i] = (struct stated){weight * f->statements, f->statements, f->exposures,
					&stored[f->class], &all[f->class]};
	}
}

/* Room for so many of n facts, the most frequent first. */
static void store_best(struct stated *fact, size_t n, double room)
{
	qsort(fact, n, sizeof *fact, by_count);
	for (size_t i = 0, end; i < n; i = end) { /* those that are equally frequent */
		double part;

		for (end = i; end < n && by_count(&fact[i], &fact[end]) == 0;)
			end++;
		part = fmin(1, fmax(0, room - (double)i) / (double)(end - i));
		for (size_t k = i; k < end; k++) {
			*fact[k].stored += part * fact[k].exposures;
			*fact[k].all += fact[k].exposures;
		}
	}
}

enum status tuning_optimum(const struct tuning_texts *t, double capacity_bits, uint64_t old_weight,
			   uint64_t new_weight, double old_kept[PROBE_CLASSES],
			   double new_kept[PROBE_CLASSES])
{
	double stored[2][PROBE_CLASSES] = {{0}}, all[2][PROBE_CLASSES] = {{0}};
	size_t n = t->old.n_facts + t->new.n_facts;
	struct stated *fact = calloc(n + 1, sizeof *fact);

	if (!fact)
		return fail_no_memory();
	weigh(fact, &t->old, old_weight, stored[0], all[0]);
	weigh(fact + t->old.n_facts, &t->new, new_weight, stored[1], all[1]);
	store_best(fact, n, capacity_bits / t->fact_bits);
	free(fact);
	for (unsigned i = 0; i < PROBE_CLASSES; i++) {
		old_kept[i] = stored[0][i] / all[0][i];
		new_kept[i] = stored[1][i] / all[1][i];
	}
	return STATUS_OK;
}

/* ---- Trainings. ---- */

enum { BEFORE, CONTROL, FIRST_NEW }; /* ways */

struct tuning {
	const struct tuning_settings *s;
	const struct tuning_texts *texts;
	struct trainer_result before;
	struct tuning_result *r;
};

static enum status append(struct training_data *d, const struct tuning *t,
			  const struct tuning_symbols *text, uint64_t n)
{
	return training_data_append(d, text->symbol, n, t->texts->n_symbols, true, SK_END_TOKEN);
}

/* So many symbols of a text, again from its start where it ends, and on to the end of a
 * sentence. */
static enum status append_cycle(struct training_data *d, const struct tuning *t,
				const struct tuning_symbols *text, uint64_t n)
{
	for (; n >= text->n; n -= text->n)
		TRY(append(d, t, text, text->n));
	while (n > 0 && text->symbol[n - 1] != SK_END_TOKEN)
		n++;
	return n > 0 ? append(d, t, text, n) : STATUS_OK;
}

/* Symbols that are learnt from. */
struct portion {
	uint64_t old, new;
};

static uint64_t passes_over(const struct tuning_symbols *text, double passes)
{
	return (uint64_t)llround(passes * (double)text->n);
}

static struct portion portion_of(const struct tuning *t, size_t i)
{
	const struct tuning_way *way = &t->r->way[i];
	const struct tuning_symbols *text = t->texts->text;
	double share = way->replay;
	struct portion p;

	if (i == BEFORE)
		return (struct portion){passes_over(&text[TUNING_OLD], t->s->passes), 0};
	if (i == CONTROL) {
		for (size_t k = 0; k < t->s->n_replays; k++)
			share = fmax(share, t->s->replay[k]);
		return (struct portion){
		    passes_over(&text[TUNING_NEW_SENTENCES], t->s->tuning_passes / (1 - share)), 0};
	}
	p.new = passes_over(&text[way->text], t->s->tuning_passes);
	p.old = (uint64_t)llround((double)p.new *share / (1 - share));
	return p;
}

/* How many steps take each window so often. */
static enum status steps_of(const struct trainer_settings *s, const struct training_data *d,
			    double passes, uint64_t *steps)
{
	struct training_windows w = {0};
	enum status status =
	    training_windows_open(&w, d, s->shape.ctx, s->valid_share, TRAINER_VALID_MAX, s->seed);
	double windows = passes * (double)w.train.n;

	training_windows_close(&w);
	*steps = windows > s->batch ? (uint64_t)ceil(windows / s->batch) : 1;
	return status;
}

static enum status train(const struct tuning *t, const struct training_data *d, bool is_tuning,
			 struct trainer_result *r)
{
	struct trainer_settings s = t->s->trainer;

	if (s.rate == 0)
		s.rate = trainer_rate(s.shape.dim);
	if (is_tuning) {
		s.start = t->before.model;
		s.rate *= t->s->tuning_rate;
	}
	TRY(steps_of(&s, d, is_tuning ? 1 : t->s->passes, &s.steps));
	return trainer_run(&s, d, r);
}

/* What a model knows that has learnt in way i. */
static enum status ask(const struct tuning *t, const struct trainer_result *r, size_t i)
{
	const struct tuning_texts *texts = t->texts;
	struct tuning_state *state = &t->r->state[i];
	bool asked = t->r->way[i].text == TUNING_NEW_QUESTIONS;
	double in_sentences = texts->fact_bits + texts->attribute_bits;

	state->steps = r->steps;
	state->symbols = r->symbols;
	for (size_t k = 0; k < TUNING_PROBES; k++)
		TRY(probe_ask(r->model, &texts->probe[k], t->s->trainer.threads,
			      &state->answer[k]));
	state->old_known =
	    tuning_known(&texts->old, in_sentences, &state->answer[PROBE_OLD_SENTENCES]);
	state->new_known =
	    tuning_known(&texts->new, asked ? texts->fact_bits : in_sentences,
			 &state->answer[asked ? PROBE_NEW_QUESTIONS : PROBE_NEW_SENTENCES]);
	return STATUS_OK;
}

static enum status learn_old(struct tuning *t)
{
	const struct tuning_symbols *old = &t->texts->text[TUNING_OLD];
	struct training_data d = {0};
	enum status s = append(&d, t, old, old->n);

	if (s == STATUS_OK)
		s = train(t, &d, false, &t->before);
	if (s == STATUS_OK)
		s = ask(t, &t->before, BEFORE);
	training_data_free(&d);
	return s;
}

static enum status learn_more(struct tuning *t, size_t i)
{
	const struct tuning_symbols *text = t->texts->text;
	struct portion p = portion_of(t, i);
	struct trainer_result after = {0};
	struct training_data d = {0};
	enum status s = append_cycle(&d, t, &text[t->r->way[i].text], p.new);

	if (s == STATUS_OK)
		s = append_cycle(&d, t, &text[TUNING_OLD], p.old);
	if (s == STATUS_OK)
		s = train(t, &d, true, &after);
	if (s == STATUS_OK)
		s = ask(t, &after, i);
	training_data_free(&d);
	trainer_result_free(&after);
	return s;
}

/* What the optimum does with as much room, for every state. */
static enum status predict(struct tuning *t)
{
	const struct tuning_symbols *text = t->texts->text;
	struct tuning_result *r = t->r;

	for (size_t i = 0; i < r->n_ways; i++)
		r->capacity_bits =
		    fmax(r->capacity_bits, r->state[i].old_known + r->state[i].new_known);
	for (size_t i = 0; i < r->n_ways; i++) {
		struct portion p = portion_of(t, i);
		double old = (double)p.old / (double)text[TUNING_OLD].n;
		double new = (double)p.new / (double)text[r->way[i].text].n;

		TRY(tuning_optimum(t->texts, r->capacity_bits, (uint64_t)llround(WEIGHT * old),
				   (uint64_t)llround(WEIGHT * new), r->state[i].old_kept,
				   r->state[i].new_kept));
	}
	return STATUS_OK;
}

static void list_ways(const struct tuning_settings *s, struct tuning_result *r)
{
	static const struct tuning_way new[] = {{"sentences", TUNING_NEW_SENTENCES, 0},
						{"questions", TUNING_NEW_QUESTIONS, 0}};

	r->way[BEFORE] = (struct tuning_way){"before", TUNING_OLD, 0};
	r->way[CONTROL] = (struct tuning_way){"old", TUNING_OLD, 0};
	r->n_ways = FIRST_NEW;
	for (size_t i = 0; i < sizeof new / sizeof *new; i++) {
		r->way[r->n_ways++] = new[i];
		for (size_t k = 0; k < s->n_replays; k++) {
			r->way[r->n_ways] = new[i];
			r->way[r->n_ways++].replay = s->replay[k];
		}
	}
}

enum status tuning_run(const struct tuning_settings *s, const struct tuning_texts *texts,
		       struct tuning_result *r)
{
	struct tuning t = {.s = s, .texts = texts, .r = r};
	enum status status;

	*r = (struct tuning_result){0};
	list_ways(s, r);
	status = learn_old(&t);
	for (size_t i = CONTROL; status == STATUS_OK && i < r->n_ways; i++)
		status = learn_more(&t, i);
	if (status == STATUS_OK) {
		r->shape = t.before.model->shape;
		status = predict(&t);
	}
	trainer_result_free(&t.before);
	return status;
}
