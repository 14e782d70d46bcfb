/* SPDX-License-Identifier: BSD-2-Clause
 *
 * cmd_tune.c - `twopart tune`: what a trained model forgets when it is trained on.
 */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cmd.h"
#include "cmd_numbers.h"
#include "document.h"
#include "loaded.h"
#include "tuning.h"
#include "utf8.h"

enum number { LAYERS, DIM, PASSES, TUNE_PASSES, TUNE_RATE, REPLAY, BATCH, SEED, NUMBERS };

static const struct option_spec numbers[] = {
    [LAYERS] = {"layers", 1, TRANSFORMER_LAYERS_MAX, 1, 1, "layers of the network"},
    [DIM] = {"dim", 16, TRANSFORMER_DIM_MAX, 32, 1, "its width, a multiple of 16"},
    [PASSES] = {"passes", CMD_DECIMAL(0.01), CMD_DECIMAL(1e4), CMD_DECIMAL(12), OPTION_UNIT,
		"passes over the old people's text"},
    [TUNE_PASSES] = {"tune-passes", CMD_DECIMAL(0.01), CMD_DECIMAL(1e4), CMD_DECIMAL(4),
		     OPTION_UNIT, "passes over the new people's text"},
    [TUNE_RATE] = {"tune-rate", CMD_DECIMAL(0.001), CMD_DECIMAL(10.0), CMD_DECIMAL(0.5),
		   OPTION_UNIT, "learning rate of the tuning, in rates of the first training"},
    [REPLAY] = {"replay", CMD_DECIMAL(0.01), CMD_DECIMAL(0.95), CMD_DECIMAL(0.5), OPTION_UNIT,
		"share of old text among the symbols; give it again for others"},
    [BATCH] = {"batch", 1, TRAINER_BATCH_MAX, 16, 1, "windows in a step"},
    [SEED] = {"seed", 0, INT64_MAX, 1, 1, "of first weights and order"},
    [NUMBERS] = {0},
};

static const struct cmd_option others[] = {
    {'T', "threads", "N", CMD_THREADS_HELP},
    {'q', "quiet", NULL, "no progress on standard error"},
    {CMD_JSON, "json", NULL, "one JSON object instead of tables"},
};

static const char text[] =
    "Train a transformer on sentences about half of the people of PREFIX, a corpus of family sk\n"
    "without noise, and from there on about the others: on sentences or on questions (ask,\n"
    "name, answer) about the same facts, without or with old text among them; and beside that\n"
    "on the old text alone.  Then ask each of the models for the facts of people of both kinds,\n"
    "in sentences that were held back and as questions.\n\n"
    "  bits     mean cost of a fact\n"
    "  right    share of facts of which the most probable value is the true one\n"
    "  known    bits of all facts that the model holds, as it was taught them\n"
    "  optimum  bits of a fact under the best model that holds as many bits as this network\n"
    "           ever did (src/tuning.h): of its frequency class, 0 the most frequent quarter\n"
    "           of the sentences\n";

struct tune {
	struct cmd_numbers table;
	int64_t number[NUMBERS];
	double replay[TUNING_REPLAYS_MAX]; /* as given */
	size_t n_replays;
	struct cmd_run run;
	struct loaded corpus;
	struct tuning_texts texts;
	struct tuning_result result;
};

static void make_table(struct tune *t)
{
	cmd_numbers_open(&t->table, numbers, t->number);
	for (size_t i = 0; i < sizeof others / sizeof *others; i++)
		cmd_numbers_add(&t->table, &others[i]);
	t->run.threads = trainer_defaults().threads;
}

/* One option with its argument in optarg: CMD_END to go on, or the exit code. */
static int take_option(struct tune *t, int code)
{
	int end;

	if (cmd_run_take(&t->run, code, &end))
		return end;
	end = cmd_numbers_take(&t->table, "tune", code);

	if (end != CMD_END || code != t->table.option[REPLAY].code)
		return end;
	if (t->n_replays == TUNING_REPLAYS_MAX)
		return cmd_usage("tune: at most %d times --replay", TUNING_REPLAYS_MAX);
	t->replay[t->n_replays++] = cmd_numbers_decimal(&t->table, REPLAY);
	return CMD_END;
}

/* CMD_END to go on, with the corpus at optind; or the exit code. */
static int parse_options(struct tune *t, int argc, char **argv)
{
	const struct cmd_spec spec = {.name = "tune",
				      .usage = "[OPTION]... PREFIX",
				      .text = text,
				      .options = t->table.option};

	make_table(t);
	for (int o; (o = cmd_option_next(&spec, argc, argv)) != CMD_END;) {
		int end = take_option(t, o);

		if (end != CMD_END)
			return end;
	}
	if (argc - optind != 1 || !*argv[optind])
		return cmd_usage("tune: one PREFIX, please (see twopart help tune)");
	return CMD_END;
}

static struct tuning_settings settings_of(const struct tune *t)
{
	struct tuning_settings s = tuning_defaults();

	s.trainer.shape.n_layers = (uint32_t)t->number[LAYERS];
	s.trainer.shape.dim = (uint32_t)t->number[DIM];
	s.trainer.batch = (uint32_t)t->number[BATCH];
	s.trainer.seed = (uint64_t)t->number[SEED];
	s.trainer.threads = t->run.threads;
	s.passes = cmd_numbers_decimal(&t->table, PASSES);
	s.tuning_passes = cmd_numbers_decimal(&t->table, TUNE_PASSES);
	s.tuning_rate = cmd_numbers_decimal(&t->table, TUNE_RATE);
	if (t->n_replays) {
		memcpy(s.replay, t->replay, sizeof s.replay);
		s.n_replays = t->n_replays;
	}
	return s;
}

static enum status read_corpus(struct tune *t, const char *prefix)
{
	TRY(loaded_read(&t->corpus, prefix));
	if (strcmp(t->corpus.world->family, "sk") != 0)
		return fail(STATUS_BAD_ARGUMENT, "%s is of family %s: tune needs people, of sk",
			    prefix, t->corpus.world->family);
	TRY(loaded_count(&t->corpus));
	return tuning_texts_make(&t->texts, t->corpus.prior, t->corpus.token, t->corpus.n_tokens,
				 tuning_defaults().held_share);
}

static enum status run(struct tune *t, const char *prefix)
{
	struct cmd_meter meter = cmd_meter_start(t->run.quiet);
	struct tuning_settings s = settings_of(t);
	enum status status = read_corpus(t, prefix);

	s.trainer.progress = cmd_meter_training;
	s.trainer.progress_context = &meter;
	if (status == STATUS_OK)
		status = tuning_run(&s, &t->texts, &t->result);

	cmd_meter_end(&meter);
	return status;
}

/* ---- What was found. ---- */

static void add(struct probe_sum *to, const struct probe_sum *of)
{
	to->n += of->n;
	to->right += of->right;
	to->bits += of->bits;
}

/* Facts of a class that were stated in what is learnt from; what never was, nobody can know. */
static struct probe_sum facts_of(const struct probe_answer *a, unsigned class)
{
	return a->of_role[ROLE_REPEATED_FACT][class];
}

static struct probe_sum all_facts(const struct probe_answer *a)
{
	struct probe_sum sum = {0};

	for (unsigned i = 0; i < PROBE_CLASSES; i++) {
		struct probe_sum facts = facts_of(a, i);

		add(&sum, &facts);
	}
	return sum;
}

static struct probe_sum role_of(const struct probe_answer *a, enum token_role role)
{
	struct probe_sum sum = {0};

	for (unsigned i = 0; i < PROBE_CLASSES; i++)
		add(&sum, &a->of_role[role][i]);
	return sum;
}

static bool is_new(size_t probe)
{
	return probe == PROBE_NEW_SENTENCES || probe == PROBE_NEW_QUESTIONS;
}

static bool is_sentences(size_t probe)
{
	return probe == PROBE_NEW_SENTENCES || probe == PROBE_OLD_SENTENCES;
}

/* What a statement of a class costs on average under the optimum. */
static double optimum_bits(const struct tune *t, const struct tuning_state *state, size_t probe,
			   unsigned class)
{
	const double *kept = is_new(probe) ? state->new_kept : state->old_kept;
	double bits = t->texts.fact_bits * (1 - kept[class]);

	return is_sentences(probe) ? bits + t->texts.attribute_bits : bits;
}

static json_t *sum_json(const struct probe_sum *s)
{
	return json_pack("{s:I, s:o, s:I}", "symbols", (json_int_t)s->n, "bits",
			 document_number(s->bits), "right", (json_int_t)s->right);
}

static json_t *classes_json(const struct tune *t, const struct tuning_state *state, size_t probe)
{
	json_t *classes = json_array();

	for (unsigned i = 0; i < PROBE_CLASSES; i++) {
		struct probe_sum facts = facts_of(&state->answer[probe], i);
		json_t *class = sum_json(&facts);

		json_object_set_new(class, "optimum",
				    document_number(optimum_bits(t, state, probe, i)));
		json_array_append_new(classes, class);
	}
	return classes;
}

static json_t *exposures_json(const struct probe_answer *a)
{
	json_t *all = json_array();

	for (unsigned i = 0; i < PROBE_OCTAVES; i++) {
		json_t *octave;

		if (!a->of_exposure[i].n)
			continue;
		octave = sum_json(&a->of_exposure[i]);
		json_object_set_new(octave, "from", json_integer(i ? 1 << (i - 1) : 0));
		json_array_append_new(all, octave);
	}
	return all;
}

static json_t *probe_json(const struct tune *t, const struct tuning_state *state, size_t probe)
{
	const struct probe_answer *a = &state->answer[probe];
	struct probe_sum syntax = role_of(a, ROLE_SYNTAX), name = role_of(a, ROLE_NAME);

	return json_pack(
	    "{s:s, s:s, s:o, s:o, s:o, s:o}", "people", tuning_probe_names[probe].people, "asked",
	    tuning_probe_names[probe].format, "syntax", sum_json(&syntax), "names", sum_json(&name),
	    "classes", classes_json(t, state, probe), "exposures", exposures_json(a));
}

static json_t *state_json(const struct tune *t, size_t way)
{
	const struct tuning_way *of = &t->result.way[way];
	const struct tuning_state *s = &t->result.state[way];
	json_t *probes = json_array();

	for (size_t i = 0; i < TUNING_PROBES; i++)
		json_array_append_new(probes, probe_json(t, s, i));
	return json_pack("{s:s, s:f, s:I, s:I, s:o, s:o, s:o}", "learns", of->name, "replay",
			 of->replay, "steps", (json_int_t)s->steps, "symbols",
			 (json_int_t)s->symbols, "old_known_bits", document_number(s->old_known),
			 "new_known_bits", document_number(s->new_known), "probes", probes);
}

static json_t *group_json(const struct tune *t, const struct tuning_group *g)
{
	return json_pack("{s:i, s:i, s:f}", "people", (int)g->n_people, "facts", (int)g->n_facts,
			 "bits", t->texts.fact_bits * g->n_facts);
}

static int print_json(const struct tune *t, const char *prefix)
{
	const struct transformer_shape *shape = &t->result.shape;
	json_t *states = json_array();

	for (size_t i = 0; i < t->result.n_ways; i++)
		json_array_append_new(states, state_json(t, i));
	return cmd_print_json(document_new(
	    "tune", TUNING_SCHEMA,
	    json_pack("{s:o, s:i, s:i, s:i, s:I, s:f, s:f, s:f, s:I, s:f, s:f, s:o, s:o, s:f, s:o}",
		      "corpus", utf8_json(prefix), "layers", (int)shape->n_layers, "dim",
		      (int)shape->dim, "n_symbols", (int)shape->n_symbols, "parameters",
		      (json_int_t)transformer_n_parameters(shape), "passes",
		      cmd_numbers_decimal(&t->table, PASSES), "tune_passes",
		      cmd_numbers_decimal(&t->table, TUNE_PASSES), "tune_rate",
		      cmd_numbers_decimal(&t->table, TUNE_RATE),
		      "seed", (json_int_t)t->number[SEED], "fact_bits", t->texts.fact_bits,
		      "attribute_bits", t->texts.attribute_bits, "old",
		      group_json(t, &t->texts.old), "new", group_json(t, &t->texts.new),
		      "capacity_bits", t->result.capacity_bits, "states", states)));
}

/* "sentences 0.50": what a model has learnt last. */
static void print_way(const struct tune *t, size_t way)
{
	printf("%-10s %6.2f", t->result.way[way].name, t->result.way[way].replay);
}

/* What is there a fact of a group, "0.123"; "-" of none. */
static void print_each(double value, uint64_t n)
{
	if (n)
		printf(" %6.3f", value);
	else
		printf(" %6s", "-");
}

static void print_mean(double sum, uint64_t n)
{
	print_each(sum / (double)n, n);
}

/* A line a probe: everybody, then a pair of columns for each class. */
static void print_state(const struct tune *t, size_t way)
{
	const struct tuning_state *s = &t->result.state[way];

	for (size_t i = 0; i < TUNING_PROBES; i++) {
		struct probe_sum all = all_facts(&s->answer[i]);

		print_way(t, way);
		printf("  %-22s %-9s", tuning_probe_names[i].people, tuning_probe_names[i].format);
		print_mean(all.bits, all.n);
		print_mean((double)all.right, all.n);
		for (unsigned c = 0; c < PROBE_CLASSES; c++) {
			struct probe_sum facts = facts_of(&s->answer[i], c);

			printf("  ");
			print_mean(facts.bits, facts.n);
			print_each(optimum_bits(t, s, i, c), facts.n);
		}
		putchar('\n');
	}
}

static void print_held(const struct tune *t)
{
	printf("%-10s %6s  %9s %9s  %14s %14s  %18s\n", "learns", "replay", "steps", "symbols",
	       "known of old", "known of new", "syntax bits/symbol");
	for (size_t i = 0; i < t->result.n_ways; i++) {
		const struct tuning_state *s = &t->result.state[i];
		struct probe_sum syntax = role_of(&s->answer[PROBE_OLD_SENTENCES], ROLE_SYNTAX);

		print_way(t, i);
		printf("  %9llu %9llu  %14.0f %14.0f  %18.4f\n", (unsigned long long)s->steps,
		       (unsigned long long)s->symbols, s->old_known, s->new_known,
		       syntax.bits / fmax(1, (double)syntax.n));
	}
}

static void print_tables(const struct tune *t, const char *prefix)
{
	const struct transformer_shape *shape = &t->result.shape;
	const struct tuning_group *old = &t->texts.old, *new = &t->texts.new;

	printf("%s: %zu facts of %u old people, %zu of %u new ones, %.3f bits each\n", prefix,
	       old->n_facts, old->n_people, new->n_facts, new->n_people, t->texts.fact_bits);
	printf("in a sentence %.3f bits more, for which attribute comes\n",
	       t->texts.attribute_bits);
	printf("%u layers, dim %u, %zu parameters; held at most %.0f bits of facts\n\n",
	       shape->n_layers, shape->dim, transformer_n_parameters(shape),
	       t->result.capacity_bits);
	print_held(t);
	printf("\n%-10s %6s  %-22s %-9s %6s %6s", "learns", "replay", "people", "asked in", "bits",
	       "right");
	for (unsigned i = 0; i < PROBE_CLASSES; i++)
		printf("  class %u %7s", i, "optimum");
	putchar('\n');
	for (size_t i = 0; i < t->result.n_ways; i++)
		print_state(t, i);
}

int cmd_tune(int argc, char **argv)
{
	struct tune *t = calloc(1, sizeof *t);

	if (!t)
		return cmd_fail(NULL, fail_no_memory());

	int code = parse_options(t, argc, argv);

	if (code == CMD_END) {
		const char *prefix = cmd_take_prefix(argv[optind]);
		enum status s = run(t, prefix);

		code = s == STATUS_OK ? 0 : cmd_fail(NULL, s);
		if (s == STATUS_OK && t->run.json)
			code = print_json(t, prefix);
		else if (s == STATUS_OK)
			print_tables(t, prefix);
	}
	tuning_texts_free(&t->texts);
	loaded_free(&t->corpus);
	free(t);
	return code;
}
