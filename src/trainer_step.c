/* SPDX-License-Identifier: BSD-2-Clause
 *
 * trainer_step.c - one step: gradients of a batch, their sum, its norm, AdamW.
 *
 * optimiser.h keeps every bit the same for any number of threads.
 */
#include <math.h>

#include "trainer_state.h"

#define SMOOTHING 0.98 /* a step: what the loss on display remembers */

void trainer_prepare(struct trainer *t, bool rounded)
{
	if (rounded)
		optimiser_round(&t->optimiser, t->model, t->parameter, t->rounded);
	network_prepare(t->network, rounded ? t->rounded : t->parameter, t->s->threads);
}

/* The gradient of the estimate of the stored bits: trainer.h's b R / n by each weight. */
static void add_price(const void *context, const struct optimiser_piece *p, float *g)
{
	const struct trainer *t = context;
	const float price = (float)(t->s->rate_bits / (double)t->training_symbols);
	const float *w = t->parameter + p->offset;
	const float *scale_of_row = t->model->scale + p->of.row_offset + p->row;

	for (size_t i = 0; i < p->n && !p->of.is_gain; i++) {
		float scale = scale_of_row[i / p->of.cols];

		if (w[i] != 0)
			g[i] += w[i] > 0 ? price / (scale + w[i]) : -price / (scale - w[i]);
	}
}

enum status trainer_take_step(struct trainer *t, double rate, bool rounded,
			      struct trainer_step *out)
{
	const struct trainer_settings *s = t->s;
	struct network_windows w = {t->input, t->target, s->batch, t->windows.length};
	bool priced = rounded && s->rate_bits > 0;
	uint64_t n_targets = 0;
	double nats;

	TRY(training_windows_next(&t->windows, t->s->batch, t->input, t->target, &n_targets));
	trainer_prepare(t, rounded);
	nats = optimiser_gradients(&t->optimiser, t->network, &w, (float)(1 / (double)n_targets));
	out->norm = sqrt(optimiser_sum(&t->optimiser, priced ? add_price : NULL, t));
	out->loss_bits = nats / M_LN2 / (double)n_targets;
	out->rate = rate;
	if (!isfinite(out->loss_bits) || !isfinite(out->norm))
		return fail(STATUS_LIMIT,
			    "the loss is no longer finite at step %llu: lower the rate",
			    (unsigned long long)t->step);
	bool clipped = s->clip > 0 && out->norm > s->clip;

	optimiser_update(
	    &t->optimiser, t->parameter,
	    &(struct optimiser_step){.before = t->step,
				     .rate = rate,
				     .decay = s->decay,
				     .gradient_scale = clipped ? (float)(s->clip / out->norm) : 1});
	t->step++;
	t->symbols += n_targets;
	t->smooth_bits = SMOOTHING * t->smooth_bits + out->loss_bits;
	t->smooth_weight = SMOOTHING * t->smooth_weight + 1;
	return STATUS_OK;
}
