/* SPDX-License-Identifier: BSD-2-Clause
 *
 * ensemble.c - one fixed set of experts under any of the mixers: what a mixer is worth, measured.
 *
 * The experts (experts.h) are the same and learn the same whoever mixes them, so the archives of
 * mixer=0 .. 3 differ by the mixing alone, and those of expert=0 .. by what each context knows.
 * There is nothing behind the mixer, so its regret bound is a bound on the archive.  A compressor
 * for use is `mix`, which has far better experts, and refines the result.
 *
 * The gate: a mixer has one set of weights, or one for each prefix of a symbol (its first eight
 * bits; then one for each number of bits told), as an expert may know much about some bits and
 * nothing about others.  With one set the bounds hold against one expert for all of the data; with
 * more, against one for each set, but each set pays for itself.
 */
#include "ensemble.h"

#include <stdlib.h>

#include "bit_spelling.h"
#include "experts.h"
#include "mixers.h"
#include "predictor.h"

struct ensemble {
	struct predictor base;
	uint32_t n_symbols;
	unsigned n_bits;
	bool gated;
	struct experts *experts;
	const struct mixer_ops *ops; /* NULL: one expert alone */
	struct mixer *mixer;
};

enum { OPTION_MIXER, OPTION_GATE, OPTION_EXPERT, OPTION_MEMORY };

static const struct option_spec ensemble_options[] = {
    {"mixer", 0, 3, 0, 1, "0 logistic, 1 bayes, 2 switching, 3 linear"},
    {"gate", 0, 1, 1, 1, "weights: 0 one set, 1 one for each prefix of a symbol"},
    {"expert", -1, EXPERTS_MAX - 1, -1, 1,
     "only this one, not mixed; bytes: 0..6 orders, 7 word, 8 match; tokens: 0..3, 4; -1: all"},
    {"memory", 1, 16384, 512, 1, "limit of the experts' memory in MiB"},
    {0},
};

struct experts_setup ensemble_experts(const struct predictor_setup *s)
{
	unsigned n = experts_count(s->n_symbols);
	int64_t only = s->option[OPTION_EXPERT];

	return (struct experts_setup){
	    .n_symbols = s->n_symbols,
	    .only = only < (int64_t)n ? (int)only : (int)n - 1,
	    .n_total = s->n_total,
	    .memory_bytes = (uint64_t)s->option[OPTION_MEMORY] << 20,
	};
}

static struct mixer_setup mixer_setup_of(const struct predictor_setup *s)
{
	return (struct mixer_setup){
	    .n_experts = experts_count(s->n_symbols),
	    .n_sets = s->option[OPTION_GATE] ? ENSEMBLE_SETS : 1,
	};
}

/* Archives hold the estimate: the same number on every machine. */
#define STATE_BYTES 1024u
_Static_assert(sizeof(struct ensemble) <= STATE_BYTES, "STATE_BYTES");

static uint64_t ensemble_memory_bytes(const struct predictor_setup *s, uint64_t n_total)
{
	struct experts_setup experts = ensemble_experts(s);
	struct mixer_setup mixer = mixer_setup_of(s);

	(void)n_total;
	return STATE_BYTES + experts_memory_bytes(&experts) +
	       mixers[s->option[OPTION_MIXER]]->memory_bytes(&mixer);
}

/* Probability of a 1 in the channel's units. */
static uint32_t predict(struct ensemble *e, uint32_t prefix, unsigned n_left)
{
	uint16_t p1[MIXER_EXPERTS_MAX];

	experts_say(e->experts, p1);
	if (!e->ops)
		return p1[0] * (BIT_PROBABILITY_ONE / MIXER_ONE);

	uint32_t set = e->gated ? ensemble_set(prefix, n_left) : 0;

	return spelling_probability(e->ops->mix(e->mixer, p1, set));
}

static uint32_t ensemble_code(struct predictor *p, struct bit_channel *c, uint32_t symbol)
{
	struct ensemble *e = (struct ensemble *)p;
	uint32_t prefix = 1;

	experts_begin(e->experts);
	for (unsigned left = e->n_bits; left > 0; left--) {
		unsigned bit = 0;

		if (spelling_is_open(e->n_symbols, e->n_bits, prefix, left)) {
			bit = c->code(c, predict(e, prefix, left), symbol >> (left - 1) & 1);
			if (e->ops)
				e->ops->learn(e->mixer, bit);
			experts_learn(e->experts, bit);
		} else {
			experts_skip(e->experts);
		}
		prefix = 2 * prefix + bit;
	}
	symbol = prefix - ((uint32_t)1 << e->n_bits);
	experts_end(e->experts, symbol);
	return symbol;
}

static void ensemble_close(struct predictor *p)
{
	struct ensemble *e = (struct ensemble *)p;

	if (!e)
		return;
	if (e->ops)
		e->ops->close(e->mixer);
	experts_close(e->experts);
	free(e);
}

static enum status ensemble_open(struct predictor **out, const struct predictor_setup *s)
{
	struct ensemble *e = calloc(1, sizeof *e);
	struct experts_setup experts = ensemble_experts(s);
	struct mixer_setup mixer = mixer_setup_of(s);
	enum status status;

	if (!e)
		return fail_no_memory();
	e->n_symbols = s->n_symbols;
	e->n_bits = spelling_bits(s->n_symbols);
	e->gated = mixer.n_sets > 1;
	status = experts_open(&e->experts, &experts);
	if (status == STATUS_OK && experts.only < 0) {
		e->ops = mixers[s->option[OPTION_MIXER]];
		status = e->ops->open(&e->mixer, &mixer);
	}
	if (status != STATUS_OK) {
		ensemble_close(&e->base);
		return status;
	}
	*out = &e->base;
	return STATUS_OK;
}

const struct predictor_ops ensemble_ops = {
    .name = "ensemble",
    .summary = "simple contexts of bits, mixed in one of several ways; for comparison",
    .id = 10,
    .options = ensemble_options,
    .memory_bytes = ensemble_memory_bytes,
    .open = ensemble_open,
    .code = ensemble_code,
    .close = ensemble_close,
};
