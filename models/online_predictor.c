/* SPDX-License-Identifier: BSD-2-Clause
 *
 * online_predictor.c - a transformer predicts, and learns what came (online.h).
 */
#include <stdlib.h>

#include "mass_spelling.h"
#include "online_options.h"

enum { OPTION_STREAMS = ONLINE_OPTIONS };

#define STREAMS_MAX 64

static const struct option_spec options[] = {
    ONLINE_OPTION_ROWS,
    [OPTION_STREAMS] = {"streams", 1, STREAMS_MAX, 8, 1, "parts that are coded in turn"},
    {0},
};

struct online_predictor {
	struct predictor base;
	struct online *online;
	struct mass_spelling spelling;
};

static uint32_t online_n_streams(const struct predictor_setup *s)
{
	return (uint32_t)s->option[OPTION_STREAMS];
}

static struct online_settings settings_of(const struct predictor_setup *s)
{
	struct online_settings t = online_settings_of(s);

	t.n_streams = online_n_streams(s);
	return t;
}

static uint64_t online_memory_bytes(const struct predictor_setup *s, uint64_t n_total)
{
	struct online_settings t = settings_of(s);

	if (transformer_shape_check(&t.shape) != STATUS_OK)
		return 4096;
	return 4096 + online_bytes(&t, n_total);
}

static void online_predictor_close(struct predictor *base)
{
	struct online_predictor *p = (struct online_predictor *)base;

	if (!p)
		return;
	online_close(p->online);
	free(p);
}

static enum status online_predictor_open(struct predictor **out, const struct predictor_setup *s)
{
	struct online_settings t = settings_of(s);
	struct online_predictor *p;
	enum status status;

	TRY(transformer_shape_check(&t.shape));
	p = calloc(1, sizeof *p);
	if (!p)
		return fail_no_memory();
	p->spelling = mass_spelling_of(s->n_symbols);
	p->base.outcomes_max = mass_spelling_outcomes_max(&p->spelling);
	status = online_open(&p->online, &t, s->n_max);
	if (status != STATUS_OK) {
		online_predictor_close(&p->base);
		return status;
	}
	*out = &p->base;
	return STATUS_OK;
}

static void online_ask(struct predictor *base, struct dist *d)
{
	struct online_predictor *p = (struct online_predictor *)base;

	mass_spelling_ask(&p->spelling, online_masses(p->online), d);
}

static uint32_t online_spell(struct predictor *base, uint32_t symbol)
{
	const struct online_predictor *p = (struct online_predictor *)base;

	return mass_spelling_spell(&p->spelling, symbol);
}

static bool online_predictor_tell(struct predictor *base, uint32_t outcome, uint32_t *symbol)
{
	struct online_predictor *p = (struct online_predictor *)base;

	if (!mass_spelling_tell(&p->spelling, outcome, symbol))
		return false;
	online_tell(p->online, *symbol);
	base->failed = online_failed(p->online);
	return true;
}

const struct predictor_ops transformer_online_ops = {
    .name = "transformer:online",
    .summary = "a transformer that learns what it has just predicted; no weights are sent",
    .id = 11,
    .options = options,
    .needs_model = MODEL_MAY,
    .is_slow = true,
    .block_symbols = online_block_symbols,
    .n_streams = online_n_streams,
    .memory_bytes = online_memory_bytes,
    .open = online_predictor_open,
    .ask = online_ask,
    .spell = online_spell,
    .tell = online_predictor_tell,
    .close = online_predictor_close,
};
