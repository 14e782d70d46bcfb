/* SPDX-License-Identifier: BSD-2-Clause
 *
 * trainer_log.c - what happened in a training: one JSON object a line.
 *
 * The first has the settings, the last the result, those between a step each, about one a second,
 * so that a log of hours stays small; "line" says which it is.  A training that goes on from its
 * checkpoint goes on with its log; steps that were lost with a kill are then there twice.
 */
#include <jansson.h>

#include "document.h"
#include "trainer_state.h"

#define LOG_SECONDS 1.0

/* Steals `members`. */
static void put(struct trainer *t, const char *kind, json_t *members)
{
	json_t *line = document_new("train-log", 1, json_pack("{s:s}", "line", kind));

	if (line && members && json_object_update(line, members) == 0) {
		json_dumpf(line, t->log, JSON_COMPACT | JSON_REAL_PRECISION(9));
		fputc('\n', t->log);
		fflush(t->log);
	}
	json_decref(line);
	json_decref(members);
}

enum status trainer_log_open(struct trainer *t, bool go_on)
{
	const struct trainer_settings *s = t->s;
	const struct transformer_shape *shape = &s->shape;

	if (!s->log)
		return STATUS_OK;
	t->log = fopen(s->log, go_on ? "a" : "w");
	if (!t->log)
		return fail_errno(STATUS_IO, "cannot write %s", s->log);
	put(t, "settings",
	    json_pack("{s:I, s:I, s:I, s:I, s:I, s:o, s:I, s:I, s:f, s:I, s:f, s:f, s:f, s:I,"
		      " s:I, s:f, s:f, s:I, s:I, s:I, s:I}",
		      "symbols_alphabet", (json_int_t)shape->n_symbols, "layers",
		      (json_int_t)shape->n_layers, "dim", (json_int_t)shape->dim, "heads",
		      (json_int_t)shape->n_heads, "ctx", (json_int_t)shape->ctx, "separator",
		      shape->separator == TRANSFORMER_NO_SEPARATOR
			  ? json_null()
			  : json_integer(shape->separator),
		      "parameters", (json_int_t)t->n_parameters, "steps", (json_int_t)s->steps,
		      "seconds", s->seconds, "batch", (json_int_t)s->batch, "rate", s->rate,
		      "decay", s->decay, "clip", s->clip, "seed", (json_int_t)s->seed, "bits",
		      (json_int_t)s->bits, "rate_bits", s->rate_bits, "valid_share",
		      s->valid_share, "threads", (json_int_t)s->threads, "training_symbols",
		      (json_int_t)t->training_symbols, "valid_windows",
		      (json_int_t)t->windows.valid.n, "first_step", (json_int_t)t->step));
	return STATUS_OK;
}

void trainer_log_step(struct trainer *t, const struct trainer_step *step, const char *phase)
{
	double now = trainer_clock(), seconds = now - t->started;

	if (!t->log || (t->logged > 0 && now - t->logged < LOG_SECONDS))
		return;
	t->logged = now;
	put(t, "step",
	    json_pack("{s:I, s:I, s:s, s:o, s:f, s:o, s:f, s:f}", "step", (json_int_t)t->step,
		      "symbols", (json_int_t)t->symbols, "phase", phase, "loss_bits",
		      document_number(step->loss_bits), "rate", step->rate, "grad_norm",
		      document_number(step->norm), "symbols_per_second",
		      (double)(t->symbols - t->first_symbols) / (seconds > 0 ? seconds : 1),
		      "elapsed_seconds", trainer_elapsed(t)));
}

bool trainer_log_close(struct trainer *t, const struct trainer_result *r)
{
	FILE *log = t->log;
	bool lost;

	if (!log)
		return true;
	if (r)
		put(t, "result",
		    json_pack("{s:I, s:I, s:o, s:o, s:o, s:I, s:I, s:f}", "steps",
			      (json_int_t)r->steps, "symbols", (json_int_t)r->symbols,
			      "float_valid_bits", document_number(r->float_valid_bits),
			      "rounded_valid_bits", document_number(r->rounded_valid_bits),
			      "stored_valid_bits", document_number(r->stored_valid_bits),
			      "valid_symbols", (json_int_t)r->valid_symbols, "model_bytes",
			      (json_int_t)r->file.size_bytes, "elapsed_seconds", r->seconds));
	t->log = NULL;
	lost = ferror(log);
	return fclose(log) == 0 && !lost;
}
