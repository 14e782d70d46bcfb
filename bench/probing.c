/* SPDX-License-Identifier: BSD-2-Clause */
#include "probing.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "archive.h"
#include "cost.h"
#include "training_data.h"

#define FIRST_POINT 1e-3 /* of the steps */

/* ---- The corpus. ---- */

/* Where its last `n_held_out` sentences begin, and how many there are before. */
static enum status cut(struct probing *p, uint64_t n_held_out)
{
	uint64_t n = 0;

	for (size_t i = 0; i < p->corpus.n_tokens; i++)
		n += p->corpus.token[i] == SK_END_TOKEN;
	if (n_held_out == 0 || n_held_out >= n)
		return fail(STATUS_BAD_ARGUMENT,
			    "there are %llu sentences: 1 to %llu of them can be held out",
			    (unsigned long long)n, (unsigned long long)(n ? n - 1 : 0));
	p->n_sentences = n - n_held_out;
	for (n = 0; n < p->n_sentences; p->n_train++)
		n += p->corpus.token[p->n_train] == SK_END_TOKEN;
	return STATUS_OK;
}

static enum status read_corpus(struct probing *p, const struct probing_plan *plan)
{
	struct loaded *c = &p->corpus;

	TRY(loaded_read(c, plan->prefix));
	if (strcmp(c->world->family, "sk") != 0)
		return fail(STATUS_BAD_ARGUMENT, "a corpus of family %s: only sk has facts to ask",
			    c->world->family);
	TRY(loaded_count(c));
	TRY(cut(p, plan->n_held_out));
	TRY(probe_facts_sk(c->prior, c->token, p->n_train, &p->fact, &p->n_facts));
	return probe_text_sk(&p->text, c->prior, c->token, p->n_train, c->token, c->n_tokens);
}

/* ---- The references. ---- */

static enum status costs_of(const struct probing *p, const char *model, int threads, double **bits)
{
	struct archive_settings settings;

	TRY(archive_settings_parse(&settings, model));
	settings.world = p->corpus.world;
	settings.threads = threads;
	return cost_of_input(&settings, p->corpus.bin.data, p->corpus.bin.size_bytes, bits, NULL);
}

/* The stretch up to sentence `to`; *at is its first token, and then that behind it. */
static void add_stretch(const struct probing *p, struct probing_stretch *s, uint64_t to, size_t *at,
			const double *bayes, const double *known)
{
	s->to = to;
	for (uint64_t n = s->from; n < to; (*at)++) {
		unsigned role = p->text.role[*at], class = p->text.class[*at];

		s->sum[role][class].n++;
		s->sum[role][class].bayes_bits += bayes[*at];
		s->sum[role][class].known_bits += known[*at];
		n += p->text.symbol[*at] == SK_END_TOKEN;
	}
}

static void add_stretches(struct probing *p, uint64_t n_held_out, const double *bayes,
			  const double *known)
{
	uint64_t n = p->n_sentences;
	size_t at = 0;

	for (uint64_t from = 0, to = 1; from < n; from = to, to *= 2) {
		struct probing_stretch *s = &p->stretch[p->n_stretches++];

		s->from = from;
		to = to < n ? to : n;
		add_stretch(p, s, to, &at, bayes, known);
	}
	p->held_out.from = n;
	add_stretch(p, &p->held_out, n + n_held_out, &at, bayes, known);
}

static enum status add_references(struct probing *p, const struct probing_plan *plan)
{
	double *bayes = NULL, *known = NULL;
	enum status s = costs_of(p, "bayes", plan->settings.threads, &bayes);

	if (s == STATUS_OK)
		s = costs_of(p, "known", plan->settings.threads, &known);
	if (s == STATUS_OK)
		add_stretches(p, plan->n_held_out, bayes, known);
	free(bayes);
	free(known);
	return s;
}

/* ---- The training. ---- */

struct examiner {
	struct probing *p;
	struct probe_text held_out; /* a part of p->text */
	int threads;
};

static enum status examine(void *context, const struct trainer_view *v)
{
	struct examiner *e = context;
	struct probing_point *point = &e->p->point[e->p->n_points++];

	point->step = v->step;
	point->symbols = v->symbols;
	return probe_ask(v->model, &e->held_out, e->threads, &point->answer);
}

/* Steps in equal ratios, each once; their number. */
static size_t choose_steps(uint64_t step[PROBING_POINTS_MAX], size_t n_points, uint64_t n_steps)
{
	size_t n = 0;

	for (size_t i = 0; i < n_points; i++) {
		double left = n_points == 1 ? 0 : (double)(n_points - 1 - i) / (n_points - 1.0);
		uint64_t at = (uint64_t)ceil((double)n_steps * pow(FIRST_POINT, left));

		if (n == 0 || at > step[n - 1])
			step[n++] = at;
	}
	return n;
}

static enum status train(struct probing *p, const struct probing_plan *plan)
{
	const struct probe_text *t = &p->text;
	struct trainer_settings settings = plan->settings;
	struct examiner examiner = {
	    .p = p,
	    .held_out = {t->symbol + p->n_train, t->role + p->n_train, t->class + p->n_train,
			 t->exposures + p->n_train, t->n - p->n_train},
	    .threads = settings.threads,
	};
	struct training_data data = {0};
	uint64_t step[PROBING_POINTS_MAX];
	enum status s;

	TRY(training_data_append(&data, p->corpus.token, p->n_train, p->corpus.prior->vocab, true,
				 SK_END_TOKEN));
	settings.n_watch = choose_steps(step, plan->n_points, settings.steps);
	settings.watch_step = step;
	settings.watch = examine;
	settings.watch_context = &examiner;
	s = trainer_run(&settings, &data, &p->trained);
	training_data_free(&data);
	return s;
}

/* What can be said before anything is read: the alphabet is the corpus'. */
static enum status check_shape(struct transformer_shape shape)
{
	shape.is_tokens = true;
	shape.n_symbols = SK_END_TOKEN + 1;
	shape.separator = SK_END_TOKEN;
	shape.n_heads = trainer_heads(shape.dim);
	return transformer_shape_check(&shape);
}

enum status probing_run(const struct probing_plan *plan, struct probing *p)
{
	*p = (struct probing){0};
	TRY(check_shape(plan->settings.shape));
	TRY(read_corpus(p, plan));
	TRY(add_references(p, plan));
	return train(p, plan);
}

void probing_free(struct probing *p)
{
	trainer_result_free(&p->trained);
	probe_text_free(&p->text);
	free(p->fact);
	loaded_free(&p->corpus);
}
