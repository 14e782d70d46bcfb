/* SPDX-License-Identifier: BSD-2-Clause
 *
 * cmd_probe.c - twopart probe: what a transformer knows of which facts, while it learns.
 */
#include <jansson.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cmd.h"
#include "cmd_numbers.h"
#include "cost.h"
#include "document.h"
#include "float_guard.h"
#include "probing.h"

enum number { HELD_OUT, POINTS, LAYERS, DIM, CTX, STEPS, BATCH, RATE, DECAY, SEED, BITS, NUMBERS };

static const struct option_spec numbers[] = {
    [HELD_OUT] = {"held-out", 1, INT64_MAX / 2, 2000, 1, "sentences at the end that are asked"},
    [POINTS] = {"points", 1, PROBING_POINTS_MAX, 10, 1,
		"examinations, at steps in equal ratios, the last one at the end"},
    [LAYERS] = {"layers", 1, TRANSFORMER_LAYERS_MAX, 2, 1, "layers"},
    [DIM] = {"dim", 16, TRANSFORMER_DIM_MAX, 32, 1, "width"},
    [CTX] = {"ctx", 1, TRANSFORMER_CTX_MAX, 64, 1, "symbols of context"},
    [STEPS] = {"steps", 1, INT64_MAX / 2, 1000, 1, "steps"},
    [BATCH] = {"batch", 1, TRAINER_BATCH_MAX, 8, 1, "windows of ctx symbols in a step"},
    [RATE] = {"lr", 0, CMD_DECIMAL(1), 0, OPTION_UNIT, "largest learning rate; 0: by dim"},
    [DECAY] = {"decay", 0, CMD_DECIMAL(100), CMD_DECIMAL(0.02), OPTION_UNIT, "weight decay"},
    [SEED] = {"seed", 0, INT64_MAX, 1, 1, "of first weights and order"},
    [BITS] = {"bits", TRANSFORMER_BITS_MIN, 8, 8, 1, "of a stored weight"},
    [NUMBERS] = {0},
};

static const struct cmd_option others[] = {
    {'T', "threads", "N", CMD_THREADS_HELP},
    {'q', "quiet", NULL, "no progress on standard error"},
    {CMD_JSON, "json", NULL, "one JSON object instead of tables"},
    {0},
};

struct request {
	struct cmd_numbers table;
	int64_t number[NUMBERS];
	struct cmd_run run;
};

static void make_table(struct request *q)
{
	cmd_numbers_open(&q->table, numbers, q->number);
	for (const struct cmd_option *o = others; o->name; o++)
		cmd_numbers_add(&q->table, o);
	q->run.threads = trainer_defaults().threads;
}

/* One option with its argument in optarg: CMD_END to go on, or the exit code. */
static int take_option(struct request *q, int code)
{
	int end;

	return cmd_run_take(&q->run, code, &end) ? end
						 : cmd_numbers_take(&q->table, "probe", code);
}

/* CMD_END to go on, with the corpus at optind; or the exit code. */
static int parse_options(struct request *q, int argc, char **argv)
{
	const struct cmd_spec spec = {
	    .name = "probe",
	    .usage = "[OPTION]... PREFIX",
	    .text =
		"Train a transformer on an sk corpus but its last sentences, and ask it those, "
		"again\n"
		"and again while it learns: what syntax, names and facts cost it, and how many "
		"facts\n"
		"it gets right, by the frequency class of the element (quarters of the training\n"
		"sentences, 0: the most frequent elements) and by how often training states the "
		"fact\n"
		"behind the name.  Beside it what the Bayes code and the known world pay for the "
		"same\n"
		"tokens; the Bayes code goes on learning while it reads them, the transformer does "
		"not.\n"
		"A value before the name, which nobody can recall, counts as part of the name.\n",
	    .options = q->table.option};

	make_table(q);
	for (int o; (o = cmd_option_next(&spec, argc, argv)) != CMD_END;) {
		int end = take_option(q, o);

		if (end != CMD_END)
			return end;
	}
	if (argc - optind != 1 || !*argv[optind])
		return cmd_usage("probe: one PREFIX of a corpus, please (see twopart help probe)");
	return CMD_END;
}

static struct probing_plan plan_of(const struct request *q, const char *prefix)
{
	struct probing_plan p = {
	    .prefix = prefix,
	    .n_held_out = (uint64_t)q->number[HELD_OUT],
	    .n_points = (size_t)q->number[POINTS],
	    .settings = trainer_defaults(),
	};
	struct trainer_settings *s = &p.settings;

	s->shape.n_layers = (uint32_t)q->number[LAYERS];
	s->shape.dim = (uint32_t)q->number[DIM];
	s->shape.ctx = (uint32_t)q->number[CTX];
	s->steps = (uint64_t)q->number[STEPS];
	s->batch = (uint32_t)q->number[BATCH];
	s->rate = cmd_numbers_decimal(&q->table, RATE);
	s->decay = cmd_numbers_decimal(&q->table, DECAY);
	s->seed = (uint64_t)q->number[SEED];
	s->bits = (unsigned)q->number[BITS];
	s->valid_share = 0; /* the probe tells more, and exposures are of all that there is */
	s->threads = q->run.threads;
	return p;
}

/* ---- JSON. ---- */

static json_t *sum_json(const struct probe_sum *s)
{
	return json_pack("{s:I, s:I, s:f, s:f, s:f}", "tokens", (json_int_t)s->n, "right",
			 (json_int_t)s->right, "bits", s->bits, "chance", s->chance,
			 "wrong_confidence", s->wrong_confidence);
}

static json_t *roles_json(const struct probe_answer *a)
{
	json_t *rows = json_array();

	for (unsigned role = 0; role < PROBE_ROLES; role++)
		for (unsigned k = 0; k < PROBE_CLASSES; k++) {
			json_t *row = sum_json(&a->of_role[role][k]);

			json_object_set_new(row, "role", json_string(cost_roles[role].key));
			json_object_set_new(row, "class", json_integer(k));
			if (a->of_role[role][k].n > 0)
				json_array_append(rows, row);
			json_decref(row);
		}
	return rows;
}

static uint64_t octave_from(unsigned octave)
{
	return octave ? (uint64_t)1 << (octave - 1) : 0;
}

static json_t *exposures_json(const struct probe_answer *a)
{
	json_t *rows = json_array();

	for (unsigned o = 0; o < PROBE_OCTAVES; o++) {
		json_t *row = sum_json(&a->of_exposure[o]);

		json_object_set_new(row, "from", json_integer((json_int_t)octave_from(o)));
		if (a->of_exposure[o].n > 0)
			json_array_append(rows, row);
		json_decref(row);
	}
	return rows;
}

static json_t *points_json(const struct probing *p)
{
	json_t *points = json_array();

	for (size_t i = 0; i < p->n_points; i++) {
		const struct probing_point *at = &p->point[i];

		json_array_append_new(points, json_pack("{s:I, s:I, s:o, s:o}", "step",
							(json_int_t)at->step, "symbols",
							(json_int_t)at->symbols, "roles",
							roles_json(&at->answer), "exposures",
							exposures_json(&at->answer)));
	}
	return points;
}

static json_t *stretch_json(const struct probing_stretch *s)
{
	json_t *rows = json_array();

	for (unsigned role = 0; role < PROBE_ROLES; role++)
		for (unsigned k = 0; k < PROBE_CLASSES; k++)
			if (s->sum[role][k].n > 0)
				json_array_append_new(
				    rows, json_pack("{s:s, s:i, s:I, s:f, s:f}", "role",
						    cost_roles[role].key, "class", (int)k, "tokens",
						    (json_int_t)s->sum[role][k].n, "bayes_bits",
						    s->sum[role][k].bayes_bits, "known_bits",
						    s->sum[role][k].known_bits));
	return json_pack("{s:I, s:I, s:o}", "from", (json_int_t)s->from, "to", (json_int_t)s->to,
			 "roles", rows);
}

static json_t *stretches_json(const struct probing *p)
{
	json_t *stretches = json_array();

	for (size_t i = 0; i < p->n_stretches; i++)
		json_array_append_new(stretches, stretch_json(&p->stretch[i]));
	return stretches;
}

/* How many facts of each class training teaches so often. */
static json_t *facts_json(const struct probing *p)
{
	json_t *rows = json_array();

	for (size_t i = 0, end; i < p->n_facts; i = end) {
		const struct probe_fact *f = &p->fact[i];
		uint64_t statements = 0;

		for (end = i; end < p->n_facts && p->fact[end].exposures == f->exposures &&
			      p->fact[end].class == f->class;
		     end++)
			statements += p->fact[end].statements;
		json_array_append_new(rows, json_pack("{s:I, s:i, s:I, s:I}", "exposures",
						      (json_int_t)f->exposures, "class",
						      (int)f->class, "facts", (json_int_t)(end - i),
						      "statements", (json_int_t)statements));
	}
	return rows;
}

static int print_json(const struct probing *p)
{
	const struct transformer *m = p->trained.model;
	const struct sk_prior *prior = p->corpus.prior;

	return cmd_print_json(document_new(
	    "probe", PROBING_SCHEMA,
	    json_pack(
		"{s:I, s:I, s:I, s:I, s:i, s:i, s:i, s:i, s:i, s:I, s:i, s:I, s:I, s:I, s:o, s:o, "
		"s:o, s:o}",
		"sentences", (json_int_t)p->n_sentences, "held_out_sentences",
		(json_int_t)(p->held_out.to - p->held_out.from), "tokens", (json_int_t)p->n_train,
		"held_out_tokens", (json_int_t)(p->text.n - p->n_train), "values",
		(int)prior->n_values, "n_symbols", (int)m->shape.n_symbols, "layers",
		(int)m->shape.n_layers, "dim", (int)m->shape.dim, "ctx", (int)m->shape.ctx,
		"parameters", (json_int_t)transformer_n_parameters(&m->shape), "bits", (int)m->bits,
		"model_bytes", (json_int_t)p->trained.file.size_bytes, "steps",
		(json_int_t)p->trained.steps, "symbols", (json_int_t)p->trained.symbols, "facts",
		facts_json(p), "points", points_json(p), "held_out", stretch_json(&p->held_out),
		"training", stretches_json(p))));
}

/* ---- Tables. ---- */

/* Mean bits of the role's tokens in a class. */
static void print_mean(double bits, uint64_t n)
{
	if (n > 0)
		printf(" %8.4f", bits / (double)n);
	else
		printf(" %8s", "-");
}

static void print_reference(const char *name, const struct probing_stretch *s, bool known)
{
	double syntax = 0, names = 0;
	uint64_t n_syntax = 0, n_names = 0;

	for (unsigned k = 0; k < PROBE_CLASSES; k++) {
		n_syntax += s->sum[ROLE_SYNTAX][k].n;
		n_names += s->sum[ROLE_NAME][k].n;
		syntax +=
		    known ? s->sum[ROLE_SYNTAX][k].known_bits : s->sum[ROLE_SYNTAX][k].bayes_bits;
		names += known ? s->sum[ROLE_NAME][k].known_bits : s->sum[ROLE_NAME][k].bayes_bits;
	}
	printf("%17s", name);
	print_mean(syntax, n_syntax);
	print_mean(names, n_names);
	for (unsigned k = 0; k < PROBE_CLASSES; k++)
		print_mean(known ? s->sum[ROLE_REPEATED_FACT][k].known_bits
				 : s->sum[ROLE_REPEATED_FACT][k].bayes_bits,
			   s->sum[ROLE_REPEATED_FACT][k].n);
	printf("\n");
}

static void print_point(const struct probing_point *p)
{
	const struct probe_answer *a = &p->answer;

	printf("%8llu %8.3g", (unsigned long long)p->step, (double)p->symbols);
	for (enum token_role role = ROLE_SYNTAX; role <= ROLE_NAME; role++) {
		double bits = 0;
		uint64_t n = 0;

		for (unsigned k = 0; k < PROBE_CLASSES; k++) {
			bits += a->of_role[role][k].bits;
			n += a->of_role[role][k].n;
		}
		print_mean(bits, n);
	}
	for (unsigned k = 0; k < PROBE_CLASSES; k++)
		print_mean(a->of_role[ROLE_REPEATED_FACT][k].bits,
			   a->of_role[ROLE_REPEATED_FACT][k].n);
	printf("\n");
}

static void print_exposures(const struct probe_answer *a)
{
	printf("\n%12s %8s %8s %8s %8s %12s\n", "stated", "facts", "bits", "right", "chance",
	       "wrong, sure");
	for (unsigned o = 0; o < PROBE_OCTAVES; o++) {
		const struct probe_sum *s = &a->of_exposure[o];
		double n = (double)s->n, wrong = n - (double)s->right;
		char range[32];

		if (s->n == 0)
			continue;
		snprintf(range, sizeof range, o > 1 ? "%llu .. %llu" : "%llu",
			 (unsigned long long)octave_from(o),
			 (unsigned long long)octave_from(o + 1) - 1);
		printf("%12s %8.0f %8.4f %7.1f%% %7.1f%%", range, n, s->bits / n,
		       100 * (double)s->right / n, 100 * s->chance / n);
		if (wrong > 0)
			printf(" %11.1f%%\n", 100 * s->wrong_confidence / wrong);
		else
			printf(" %12s\n", "-");
	}
}

static void print_tables(const struct probing *p)
{
	const struct transformer_shape *shape = &p->trained.model->shape;

	printf("%llu sentences learnt, %llu asked; %zu facts; %lu layers, dim %lu, %zu parameters, "
	       "%zu bytes stored\n\n",
	       (unsigned long long)p->n_sentences,
	       (unsigned long long)(p->held_out.to - p->held_out.from), p->n_facts,
	       (unsigned long)shape->n_layers, (unsigned long)shape->dim,
	       transformer_n_parameters(shape), p->trained.file.size_bytes);
	printf("bits a token; facts that were stated in training, by class\n%8s %8s %8s %8s",
	       "step", "symbols", "syntax", "names");
	for (unsigned k = 0; k < PROBE_CLASSES; k++)
		printf(" %7s%u", "facts ", k);
	printf("\n");
	for (size_t i = 0; i < p->n_points; i++)
		print_point(&p->point[i]);
	print_reference("Bayes, learning", &p->held_out, false);
	print_reference("known world", &p->held_out, true);
	print_exposures(&p->point[p->n_points - 1].answer);
}

/* ---- The whole. ---- */

static int run(const struct request *q, const char *prefix)
{
	const struct float_guard guard = float_guard_enter();
	struct probing_plan plan = plan_of(q, prefix);
	struct probing *p = calloc(1, sizeof *p);

	float_guard_leave(&guard);
	if (!p)
		return cmd_fail(NULL, fail_no_memory());

	struct cmd_meter meter = cmd_meter_start(q->run.quiet);
	int code = 0;

	plan.settings.progress = cmd_meter_training;
	plan.settings.progress_context = &meter;

	enum status s = probing_run(&plan, p);

	cmd_meter_end(&meter);
	if (s != STATUS_OK)
		code = cmd_fail(prefix, s);
	else if (q->run.json)
		code = print_json(p);
	else
		print_tables(p);
	probing_free(p);
	free(p);
	return code;
}

int cmd_probe(int argc, char **argv)
{
	struct request *q = calloc(1, sizeof *q);

	if (!q)
		return cmd_fail(NULL, fail_no_memory());

	int code = parse_options(q, argc, argv);

	if (code == CMD_END)
		code = run(q, cmd_take_prefix(argv[optind]));
	free(q);
	return code;
}
