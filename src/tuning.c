/* SPDX-License-Identifier: BSD-2-Clause */
#include "tuning.h"

#include <math.h>
#include <stdlib.h>

#include "capacity.h"
#include "training_windows.h"

/* The trainer validates on what it holds back: nobody looks, but the whole text would take long. */
#define VALID_SHARE 0.02
#define WEIGHT 65536 /* of one pass over a text */

const struct tuning_way tuning_ways[TUNING_WAYS] = {
    {"before", TUNING_OLD, false},
    {"sentences", TUNING_NEW_SENTENCES, false},
    {"sentences", TUNING_NEW_SENTENCES, true},
    {"questions", TUNING_NEW_QUESTIONS, false},
    {"questions", TUNING_NEW_QUESTIONS, true},
};

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
	    .replay = 0.5,
	    .held_share = 0.1,
	};

	s.trainer.shape.ctx = 64;
	s.trainer.batch = 16;
	s.trainer.valid_share = VALID_SHARE;
	return s;
}

/* ---- The optimum. ---- */

double tuning_known(const struct tuning_group *g, double fact_bits, const struct probe_answer *a)
{
	double saved[PROBE_OCTAVES], sum = 0;

	for (unsigned i = 0; i < PROBE_OCTAVES; i++) {
		const struct probe_sum *of = &a->of_exposure[i];

		saved[i] = of->n ? fmax(0, fact_bits - of->bits / (double)of->n) : 0;
	}
	for (size_t i = 0; i < g->n_facts; i++)
		sum += saved[probe_octave(g->fact[i].exposures)];
	return sum;
}

/* A fact as often as it is stated in what is learnt from. */
struct stated {
	uint64_t count;
	uint8_t class; /* of new people behind those of old ones */
};

static int by_count(const void *a, const void *b)
{
	const struct stated *x = a, *y = b;

	if (x->count != y->count)
		return x->count > y->count ? -1 : 1;
	return (x->class > y->class) - (x->class < y->class);
}

static uint64_t most_stated(const struct tuning_group *g)
{
	uint32_t most = 0;

	for (size_t i = 0; i < g->n_facts; i++)
		most = g->fact[i].exposures > most ? g->fact[i].exposures : most;
	return most;
}

static void weigh(struct stated *to, const struct tuning_group *g, uint64_t weight,
		  unsigned first_class)
{
	for (size_t i = 0; i < g->n_facts; i++)
		to[i] = (struct stated){weight * g->fact[i].exposures,
					(uint8_t)(first_class + g->fact[i].class)};
}

/* Of facts in descending order; one unit of capacity is a fact. */
static void store_best(const struct capacity_facts *f, double capacity,
		       double old_kept[PROBE_CLASSES], double new_kept[PROBE_CLASSES])
{
	struct capacity_loss none = capacity_whole(f, 0), best = capacity_whole(f, capacity);

	for (unsigned i = 0; i < PROBE_CLASSES; i++) {
		unsigned k = i + PROBE_CLASSES;

		old_kept[i] = 1 - best.of_class[i] / none.of_class[i];
		new_kept[i] = 1 - best.of_class[k] / none.of_class[k];
	}
}

enum status tuning_optimum(const struct tuning_texts *t, double capacity_bits, uint64_t old_weight,
			   uint64_t new_weight, double old_kept[PROBE_CLASSES],
			   double new_kept[PROBE_CLASSES])
{
	uint32_t n = t->old.n_facts + t->new.n_facts;
	struct stated *all = calloc(n + 1, sizeof *all);
	uint64_t *count = calloc(n + 1, sizeof *count);
	uint8_t *class = calloc(n + 1, sizeof *class);
	struct capacity_facts f = {n, count, class, 1};
	bool enough = all && count && class;

	/* So rare that none comes before one of the others. */
	if (old_weight == 0) {
		old_weight = 1;
		new_weight = most_stated(&t->old) + 1;
	} else if (new_weight == 0) {
		new_weight = 1;
		old_weight = most_stated(&t->new) + 1;
	}
	if (enough) {
		weigh(all, &t->old, old_weight, 0);
		weigh(all + t->old.n_facts, &t->new, new_weight, PROBE_CLASSES);
		qsort(all, n, sizeof *all, by_count);
		for (uint32_t i = 0; i < n; i++) {
			count[i] = all[i].count;
			class[i] = all[i].class;
		}
		store_best(&f, capacity_bits / t->fact_bits, old_kept, new_kept);
	}
	free(all);
	free(count);
	free(class);
	return enough ? STATUS_OK : fail_no_memory();
}

/* ---- Trainings. ---- */

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

/* Old text that is seen beside `n` symbols of new text. */
static uint64_t replayed(const struct tuning *t, const struct tuning_way *way, uint64_t n)
{
	double share = way->is_replayed ? t->s->replay : 0;

	return (uint64_t)llround((double)n * share / (1 - share));
}

/* New text, all that is learnt from: the tuning goes over it once. */
static uint64_t tuning_length(const struct tuning *t, const struct tuning_way *way)
{
	return (uint64_t)llround(t->s->tuning_passes * (double)t->texts->text[way->text].n);
}

/* How many steps take each window so often. */
static enum status steps_of(const struct trainer_settings *s, const struct training_data *d,
			    double passes, uint64_t *steps)
{
	struct training_windows w = {0};
	enum status status = training_windows_open(&w, d, s->shape.ctx, s->valid_share,
						   TRAINER_VALID_MAX, s->seed);
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

/* What a model knows, to *state. */
static enum status ask(const struct tuning *t, const struct trainer_result *r,
		       enum tuning_probe new_probe, struct tuning_state *state)
{
	const struct tuning_texts *texts = t->texts;

	state->steps = r->steps;
	state->symbols = r->symbols;
	for (size_t i = 0; i < TUNING_PROBES; i++)
		TRY(probe_ask(r->model, &texts->probe[i], t->s->trainer.threads,
			      &state->answer[i]));
	state->old_known = tuning_known(&texts->old, texts->fact_bits,
					&state->answer[PROBE_OLD_SENTENCES]);
	state->new_known =
	    tuning_known(&texts->new, texts->fact_bits, &state->answer[new_probe]);
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
		s = ask(t, &t->before, PROBE_NEW_SENTENCES, &t->r->state[0]);
	training_data_free(&d);
	return s;
}

static enum status learn_new(struct tuning *t, size_t i)
{
	const struct tuning_way *way = &tuning_ways[i];
	uint64_t n = tuning_length(t, way);
	struct trainer_result after = {0};
	struct training_data d = {0};
	enum status s = append_cycle(&d, t, &t->texts->text[way->text], n);

	if (s == STATUS_OK)
		s = append_cycle(&d, t, &t->texts->text[TUNING_OLD], replayed(t, way, n));
	if (s == STATUS_OK)
		s = train(t, &d, true, &after);
	if (s == STATUS_OK)
		s = ask(t, &after,
			way->text == TUNING_NEW_QUESTIONS ? PROBE_NEW_QUESTIONS
							  : PROBE_NEW_SENTENCES,
			&t->r->state[i]);
	training_data_free(&d);
	trainer_result_free(&after);
	return s;
}

/* What the optimum does with as much room, for every state. */
static enum status predict(struct tuning *t)
{
	struct tuning_result *r = t->r;

	for (size_t i = 0; i < TUNING_WAYS; i++)
		r->capacity_bits =
		    fmax(r->capacity_bits, r->state[i].old_known + r->state[i].new_known);
	for (size_t i = 0; i < TUNING_WAYS; i++) {
		const struct tuning_way *way = &tuning_ways[i];
		uint64_t n = i == 0 ? 0 : tuning_length(t, way);
		double old = (double)replayed(t, way, n) / (double)t->texts->text[TUNING_OLD].n;
		double new = (double)n / (double)t->texts->text[way->text].n;

		if (i == 0)
			old = t->s->passes;
		TRY(tuning_optimum(t->texts, r->capacity_bits, (uint64_t)llround(WEIGHT * old),
				   (uint64_t)llround(WEIGHT * new), r->state[i].old_kept,
				   r->state[i].new_kept));
	}
	return STATUS_OK;
}

enum status tuning_run(const struct tuning_settings *s, const struct tuning_texts *texts,
		       struct tuning_result *r)
{
	struct tuning t = {.s = s, .texts = texts, .r = r};
	enum status status;

	*r = (struct tuning_result){0};
	status = learn_old(&t);
	for (size_t i = 1; status == STATUS_OK && i < TUNING_WAYS; i++)
		status = learn_new(&t, i);
	if (status == STATUS_OK) {
		r->shape = t.before.model->shape;
		status = predict(&t);
	}
	trainer_result_free(&t.before);
	return status;
}
