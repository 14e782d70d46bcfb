/* SPDX-License-Identifier: BSD-2-Clause
 *
 * oracle.c - the predictors `known` and `bayes`: look the world's family up and forward.
 *
 * They are codes that nobody could have without being told: `known` uses the truth, `bayes` the
 * prior, and reports say so (not_counted).  Everything else about them is ordinary: they go through
 * the same coder and container, so their rows measure what these cost against the closed forms.
 */
#include "oracle.h"

#include <stdlib.h>
#include <string.h>

extern const struct oracle_ops oracle_bios_ops;
extern const struct oracle_ops oracle_iid_ops;
extern const struct oracle_ops oracle_markov_ops;
extern const struct oracle_ops oracle_santafe_ops;
extern const struct oracle_ops oracle_sk_ops;

static const struct oracle_ops *const families[] = {
    &oracle_bios_ops,
    &oracle_iid_ops,
    &oracle_markov_ops,
    &oracle_santafe_ops,
    &oracle_sk_ops,
};

struct oracle {
	struct predictor base;
	const struct oracle_ops *ops;
	struct predictor *inner;
};

static const struct oracle_ops *find_family(const struct world *w)
{
	for (size_t i = 0; i < sizeof families / sizeof *families; i++)
		if (strcmp(families[i]->family, w->family) == 0)
			return families[i];
	return NULL;
}

bool oracle_exists(const struct world *w)
{
	return find_family(w) != NULL;
}

/* The archive holds this figure, so it is computed without sizeof: the same on every machine. */
static uint64_t memory_bytes(const struct predictor_setup *s, bool known, uint64_t n_total)
{
	const struct oracle_ops *ops = find_family(s->world);

	return ops ? ops->memory_bytes(s->world, known, n_total) : 0;
}

static uint64_t known_memory_bytes(const struct predictor_setup *s, uint64_t n_total)
{
	return memory_bytes(s, true, n_total);
}

static uint64_t bayes_memory_bytes(const struct predictor_setup *s, uint64_t n_total)
{
	return memory_bytes(s, false, n_total);
}

static enum status oracle_open(struct predictor **out, const struct world *w, bool known)
{
	const struct oracle_ops *ops = find_family(w);

	if (!ops)
		return fail(STATUS_UNSUPPORTED, "%s: family %s has no oracle", w->path, w->family);

	struct oracle *o = calloc(1, sizeof *o);

	if (!o)
		return fail_no_memory();
	enum status s = ops->open(&o->inner, w, known);

	if (s != STATUS_OK) {
		free(o);
		return s;
	}
	o->ops = ops;
	o->base = *o->inner;
	*out = &o->base;
	return STATUS_OK;
}

static enum status known_open(struct predictor **out, const struct predictor_setup *s)
{
	return oracle_open(out, s->world, true);
}

static enum status bayes_open(struct predictor **out, const struct predictor_setup *s)
{
	return oracle_open(out, s->world, false);
}

static void oracle_ask(struct predictor *p, struct dist *d)
{
	struct oracle *o = (struct oracle *)p;

	o->ops->ask(o->inner, d);
}

static uint32_t oracle_spell(struct predictor *p, uint32_t symbol)
{
	struct oracle *o = (struct oracle *)p;

	return o->ops->spell(o->inner, symbol);
}

static bool oracle_tell(struct predictor *p, uint32_t outcome, uint32_t *symbol)
{
	struct oracle *o = (struct oracle *)p;
	bool complete = o->ops->tell(o->inner, outcome, symbol);

	o->base.failed = o->inner->failed;
	return complete;
}

static void oracle_close(struct predictor *p)
{
	struct oracle *o = (struct oracle *)p;

	if (!o)
		return;
	o->ops->close(o->inner);
	free(o);
}

const struct predictor_ops known_ops = {
    .name = "known",
    .summary = "oracle: the true probabilities of a generated corpus (needs its world)",
    .id = 4,
    .needs_world = true,
    .not_counted = "world",
    .whole_stream = true,
    .memory_bytes = known_memory_bytes,
    .open = known_open,
    .ask = oracle_ask,
    .spell = oracle_spell,
    .tell = oracle_tell,
    .close = oracle_close,
};

const struct predictor_ops bayes_ops = {
    .name = "bayes",
    .summary = "oracle: the exact Bayes mixture over the worlds of the prior (needs its world)",
    .id = 5,
    .needs_world = true,
    .not_counted = "prior",
    .whole_stream = true,
    .memory_bytes = bayes_memory_bytes,
    .open = bayes_open,
    .ask = oracle_ask,
    .spell = oracle_spell,
    .tell = oracle_tell,
    .close = oracle_close,
};
