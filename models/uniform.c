/* SPDX-License-Identifier: BSD-2-Clause
 *
 * uniform.c - every symbol alike: lg(n_symbols) bits each.  The floor of the table, and the
 * smallest example of a predictor.
 */
#include <stdlib.h>

#include "predictor.h"

struct uniform {
	struct predictor base;
	uint32_t n_symbols;
};

/* Archives hold the estimate: the same number on every machine, so not sizeof. */
#define STATE_BYTES 64u
_Static_assert(sizeof(struct uniform) <= STATE_BYTES, "STATE_BYTES");

static uint64_t uniform_memory_bytes(const struct predictor_setup *s, uint64_t n_total)
{
	(void)s;
	(void)n_total;
	return STATE_BYTES;
}

static enum status uniform_open(struct predictor **out, const struct predictor_setup *s)
{
	struct uniform *u = calloc(1, sizeof *u);

	if (!u)
		return fail_no_memory();
	u->n_symbols = s->n_symbols;
	*out = &u->base;
	return STATUS_OK;
}

static void uniform_ask(struct predictor *p, struct dist *d)
{
	d->n_symbols = ((struct uniform *)p)->n_symbols;
	d->floor = 1;
	d->n_listed = 0;
}

static bool uniform_tell(struct predictor *p, uint32_t outcome, uint32_t *symbol)
{
	(void)p;
	*symbol = outcome;
	return true;
}

static void uniform_close(struct predictor *p)
{
	free(p);
}

const struct predictor_ops uniform_ops = {
    .name = "uniform",
    .summary = "every symbol equally likely",
    .id = 1,
    .memory_bytes = uniform_memory_bytes,
    .open = uniform_open,
    .ask = uniform_ask,
    .spell = NULL, /* one decision: the symbol itself */
    .tell = uniform_tell,
    .close = uniform_close,
};
