/* SPDX-License-Identifier: BSD-2-Clause
 *
 * cmd_cost.c - twopart cost: what each token of a corpus costs under a model, as an array for other
 * programs, and summed by role and frequency class for people.
 */
#include <ctype.h>
#include <jansson.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "archive.h"
#include "cmd.h"
#include "cost.h"
#include "curves.h"
#include "document.h"
#include "file.h"
#include "model_file.h"
#include "npy.h"
#include "oracle.h"
#include "transformer.h"
#include "utf8.h"
#include "world.h"

#define DEFAULT_MODEL "ngram"
#define NO_MODEL "none"

enum { OPTION_AGAINST = 256, OPTION_MODEL_BITS, OPTION_CURVE };

static const struct cmd_option options[] = {
    {'m', "model", "MODEL", "predictor: NAME or NAME:key=value,key=value"},
    {OPTION_AGAINST, "against", "MODEL", "measure regret against it; " NO_MODEL ": no regret"},
    {OPTION_MODEL_BITS, "model-bits", "C", "as for compress: at most C bits of stored model"},
    {'w', "world", "FILE", "world of the corpus, if not PREFIX.json"},
    {'M', "model-file", "M" MODEL_FILE_SUFFIX, CMD_MODEL_FILE_HELP},
    {'o', "output", "FILE", "array of costs (default PREFIX.MODEL.cost.npy)"},
    {'f', "force", NULL, "overwrite an existing file"},
    {'T', "threads", "N", CMD_THREADS_HELP},
    {OPTION_CURVE, "curve", NULL,
     "also the sums up to positions 1, 2, 5, 10, .. (twopart curves); --json: by class too"},
    {CMD_JSON, "json", NULL, "one JSON object instead of tables"},
    {'q', "quiet", NULL, "no progress"},
    {0},
};

static const struct cmd_spec spec = {
    .name = "cost",
    .usage = "[OPTION]... PREFIX",
    .text =
	"Measure what each token of PREFIX.bin costs under MODEL (default " DEFAULT_MODEL ") in\n"
	"the pass that makes its archive: write the bits of each token as a NumPy array of\n"
	"float64, and print their sums by the token's role and frequency class (PREFIX.roles).\n"
	"Regret is what the same tokens cost more than under another model: " COST_REFERENCE ",\n"
	"if there is one for the corpus, unless --against says otherwise.\n\n"
	"Costs are rounded to whole multiples of 2^-24 bits, in the array too, so that sums are\n"
	"exact in any order (as float64: below 2^29 bits) and the parts of a table, regrets\n"
	"included, add up to its totals to the last bit.  Rounding moves n tokens together by\n"
	"at most n 2^-25 bits.  --json has the sums as integers too (units).\n",
    .options = options,
};

struct job {
	const char *prefix, *model, *against, *world_path, *model_path;
	uint64_t model_bits_max;
	const char *output; /* NULL: the default */
	int threads;
	bool force, quiet, json, curve;
	char world_room[CMD_PATH_BYTES], output_room[CMD_PATH_BYTES];
	char bin[CMD_PATH_BYTES], roles[CMD_PATH_BYTES];

	struct archive_settings settings, reference;
	bool has_reference;
	struct cost_corpus corpus;
	struct world *world; /* NULL: nobody needs it */
	struct transformer *transformer; /* NULL without -M */
	struct cost_pair costs;
	struct curve own, other; /* with --curve; the second only with a reference */
	uint64_t *at;            /* (n_at) positions */
	size_t n_at;
};

static enum status make_path(char path[CMD_PATH_BYTES], const char *prefix, const char *ending)
{
	if (snprintf(path, CMD_PATH_BYTES, "%s%s", prefix, ending) < CMD_PATH_BYTES)
		return STATUS_OK;
	return fail(STATUS_BAD_ARGUMENT, "the name is too long");
}

/* PREFIX.MODEL.cost.npy; what separates options is no part of a file's name. */
static enum status default_output(struct job *j)
{
	char text[512], ending[sizeof text + 16];

	cmd_model_text(&j->settings, text, sizeof text);
	for (char *c = text; *c; c++)
		if (!isalnum((unsigned char)*c) && !strchr("=._-", *c))
			*c = '-';
	snprintf(ending, sizeof ending, ".%s.cost.npy", text);
	j->output = j->output_room;
	return make_path(j->output_room, j->prefix, ending);
}

static enum status make_paths(struct job *j)
{
	TRY(make_path(j->bin, j->prefix, ".bin"));
	TRY(make_path(j->roles, j->prefix, ".roles"));
	if (!j->world_path)
		TRY(make_path(j->world_room, j->prefix, ".json"));
	if (!j->output)
		TRY(default_output(j));
	TRY(file_check_distinct(j->bin, j->output));
	TRY(file_check_distinct(j->roles, j->output));
	TRY(file_check_distinct(j->world_path ? j->world_path : j->world_room, j->output));
	if (j->model_path)
		TRY(file_check_distinct(j->model_path, j->output));
	TRY(file_check_place(j->output));
	return j->force ? STATUS_OK : file_check_new(j->output);
}

static enum status parse_models(struct job *j)
{
	TRY(cmd_parse_model(&j->settings, j->model));
	if (j->model_bits_max != MODEL_BITS_ANY && !j->settings.model->fit)
		return fail(STATUS_BAD_ARGUMENT,
			    "cost: model %s stores no model, --model-bits is not for it",
			    j->settings.model->name);
	j->settings.model_bits_max = j->model_bits_max;
	j->settings.threads = j->threads;
	j->has_reference = j->against && strcmp(j->against, NO_MODEL) != 0;
	return j->has_reference ? cmd_parse_model(&j->reference, j->against) : STATUS_OK;
}

static const struct predictor_ops *who_needs_world(const struct job *j)
{
	if (j->settings.model->needs_world)
		return j->settings.model;
	return j->has_reference && j->reference.model->needs_world ? j->reference.model : NULL;
}

/* The world, if anybody needs it or it may tell of an oracle that nobody has declined. */
static enum status take_world(struct job *j)
{
	const struct predictor_ops *needing = who_needs_world(j);
	const char *path = j->world_path ? j->world_path : j->world_room;

	if (!needing && j->against)
		return STATUS_OK;
	TRY(cmd_load_world(&j->world, path, j->world_path, needing, &j->corpus.tokens));
	if (!j->against && j->world && oracle_exists(j->world)) {
		j->has_reference = true;
		return cmd_parse_model(&j->reference, COST_REFERENCE);
	}
	return STATUS_OK;
}

/* The model file, for whoever needs it. */
static enum status take_model_file(struct job *j)
{
	if (j->model_path)
		TRY(model_file_load(j->model_path, &j->transformer, NULL));
	j->settings.transformer = j->reference.transformer = j->transformer;
	return STATUS_OK;
}

static enum status measure(struct job *j)
{
	struct cmd_meter meter = cmd_meter_start(j->quiet);
	const struct buffer *bin = &j->corpus.bin;
	struct archive_plan plan;

	j->settings.world = j->reference.world = j->world;
	TRY(archive_plan(&j->settings, bin->data, bin->size_bytes, &plan));
	cmd_meter_announce(&meter, j->prefix,
			   cmd_memory_bytes(&j->settings, &plan, bin->size_bytes), false);
	j->settings.progress = j->reference.progress = cmd_meter_progress(&meter);
	j->settings.progress_context = j->reference.progress_context = &meter;
	j->reference.threads = j->threads;
	enum status s =
	    cost_compare(&j->corpus, &j->settings, j->has_reference ? &j->reference : NULL,
			 &j->costs);

	cmd_meter_end(&meter);
	return s;
}

/* The sums up to each position: in the order of the corpus, as the array. */
static enum status make_curves(struct job *j)
{
	size_t n = j->corpus.tokens.n_tokens;

	if (!j->curve)
		return STATUS_OK;
	TRY(curve_positions(n, CURVES_TABLE_PLACES, NULL, 0, &j->at, &j->n_at));
	TRY(curve_from_costs(&j->own, "", j->costs.stats.model_bytes, j->costs.bits, n));
	return j->has_reference
		   ? curve_from_costs(&j->other, "", j->costs.against_model_bytes,
				      j->costs.against_bits, n)
		   : STATUS_OK;
}

static const struct curve *other_curve(const struct job *j)
{
	return j->has_reference ? &j->other : NULL;
}

static enum status write_costs(const struct job *j)
{
	struct buffer file = {0};
	size_t n = j->corpus.tokens.n_tokens;
	uint8_t header[NPY_HEADER_BYTES];

	npy_header(header, "<f8", n);
	if (buffer_reserve(&file, sizeof header + n * sizeof *j->costs.bits))
		buffer_append(&file, header, sizeof header);
	for (size_t i = 0; i < n && !file.failed; i++) {
		uint64_t word;

		memcpy(&word, &j->costs.bits[i], sizeof word);
		buffer_append_le(&file, word, sizeof word);
	}
	enum status s = buffer_status(&file);

	if (s == STATUS_OK)
		s = file_write(j->output, file.data, file.size_bytes, FILE_MODE_NEW, j->force);
	buffer_free(&file);
	return s;
}

static double per_token(int64_t units, uint64_t n_tokens)
{
	return n_tokens ? cost_to_bits(units) / (double)n_tokens : 0;
}

static uint64_t archive_bytes(const struct archive_stats *stats)
{
	return stats->container_bytes + stats->model_bytes + stats->payload_bytes;
}

/* ---- Tables: one for each quantity, roles downwards, classes across. ---- */

struct quantity {
	const char *title;
	int digits; /* behind the point */
	bool is_regret;
	double (*value)(const struct cost_sum *sum, uint64_t n_all);
};

static double tokens_of(const struct cost_sum *sum, uint64_t n_all)
{
	(void)n_all;
	return (double)sum->n_tokens;
}

static double bits_of(const struct cost_sum *sum, uint64_t n_all)
{
	(void)n_all;
	return cost_to_bits(sum->units);
}

static double bits_per_token(const struct cost_sum *sum, uint64_t n_all)
{
	(void)n_all;
	return per_token(sum->units, sum->n_tokens);
}

static double regret_bits(const struct cost_sum *sum, uint64_t n_all)
{
	(void)n_all;
	return cost_to_bits(sum->regret_units);
}

static double regret_per_token_of_all(const struct cost_sum *sum, uint64_t n_all)
{
	return per_token(sum->regret_units, n_all);
}

static const struct quantity quantities[] = {
    {"tokens", 0, false, tokens_of},
    {"bits", 3, false, bits_of},
    {"bits/token", 6, false, bits_per_token},
    {"regret, bits", 3, true, regret_bits},
    {"regret, bits/token of the corpus", 6, true, regret_per_token_of_all},
};

static void print_quantity(const struct quantity *q, const struct cost_table *table)
{
	uint64_t n_all = table->sum[COST_ROLES][COST_CLASSES].n_tokens;

	printf("\n%s\n", q->title);
	for (int role = 0; role <= COST_ROLES; role++) {
		printf("  %-13s", cost_roles[role].name);
		for (int class = 0; class <= COST_CLASSES; class++) {
			const struct cost_sum *sum = &table->sum[role][class];

			if (sum->n_tokens)
				printf(" %15.*f", q->digits, q->value(sum, n_all));
			else
				printf(" %15s", "-");
		}
		putchar('\n');
	}
}

static void print_tables(const struct job *j)
{
	const struct cost_sum *all = &j->costs.table.sum[COST_ROLES][COST_CLASSES];
	char model[512], against[512] = "";

	cmd_model_text(&j->settings, model, sizeof model);
	if (j->has_reference)
		cmd_model_text(&j->reference, against, sizeof against);
	printf("%s: %llu tokens, %.3f bits under %s, %.6f a token; its archive: %llu bytes\n",
	       j->prefix, (unsigned long long)all->n_tokens, cost_to_bits(all->units), model,
	       per_token(all->units, all->n_tokens),
	       (unsigned long long)archive_bytes(&j->costs.stats));
	if (j->costs.stats.model_bytes)
		printf("no token's cost: the model that it stores, %llu bytes\n",
		       (unsigned long long)j->costs.stats.model_bytes);
	if (j->has_reference)
		printf("regret against %s: %.3f bits, %.6f a token\n", against,
		       cost_to_bits(all->regret_units),
		       per_token(all->regret_units, all->n_tokens));
	printf("bits of each token: %s\n", j->output);
	printf("class: quarter of the probability mass that holds the element; 0 = the most"
	       " frequent\n\n%-15s", "");
	for (int class = 0; class < COST_CLASSES; class++)
		printf("         class %d", class);
	printf(" %15s\n", "all");
	for (size_t i = 0; i < sizeof quantities / sizeof *quantities; i++)
		if (j->has_reference || !quantities[i].is_regret)
			print_quantity(&quantities[i], &j->costs.table);
	if (j->curve) {
		puts("\nup to a position, what is stored of a model included");
		curve_text(&j->own, other_curve(j), j->at, j->n_at, true, stdout);
	}
}

/* ---- JSON. ---- */

static json_t *json_of_sum(const struct job *j, int role, int class)
{
	const struct cost_sum *sum = &j->costs.table.sum[role][class];
	uint64_t n_all = j->costs.table.sum[COST_ROLES][COST_CLASSES].n_tokens;
	double regret_bits = j->has_reference ? cost_to_bits(sum->regret_units) : NAN;

	return json_pack("{s:s, s:o, s:I, s:I, s:f, s:o, s:o, s:o, s:o}", "role",
			 cost_roles[role].key, "class",
			 class < COST_CLASSES ? json_integer(class) : json_string("all"), "tokens",
			 (json_int_t)sum->n_tokens, "units", (json_int_t)sum->units, "bits",
			 cost_to_bits(sum->units), "bits_per_token",
			 document_quotient(cost_to_bits(sum->units), sum->n_tokens), "regret_units",
			 j->has_reference ? json_integer(sum->regret_units) : json_null(),
			 "regret_bits", document_number(regret_bits),
			 "regret_bits_per_corpus_token", document_quotient(regret_bits, n_all));
}

/* One role and class up to a position. */
static json_t *json_of_part(const struct job *j, uint64_t position, const struct cost_table *table,
			    int role, int class)
{
	const struct cost_sum *sum = &table->sum[role][class];

	return json_pack("{s:I, s:s, s:i, s:I, s:I, s:o}", "position", (json_int_t)position, "role",
			 cost_roles[role].key, "class", class, "tokens", (json_int_t)sum->n_tokens,
			 "units", (json_int_t)sum->units, "regret_units",
			 j->has_reference ? json_integer(sum->regret_units) : json_null());
}

/* Sums up to each position; without totals, since units add up exactly. */
static json_t *json_of_parts(const struct job *j)
{
	struct cost_table table = {0};
	json_t *parts = json_array();
	uint64_t from = 0;

	for (size_t i = 0; i < j->n_at; from = j->at[i++]) {
		cost_add_range(&j->corpus, j->costs.bits, j->costs.against_bits, from, j->at[i],
			       &table);
		for (int role = 0; role < COST_ROLES; role++)
			for (int class = 0; class < COST_CLASSES; class++)
				json_array_append_new(
				    parts, json_of_part(j, j->at[i], &table, role, class));
	}
	return parts;
}

static int print_json(const struct job *j)
{
	char model[512], against[512] = "";
	json_t *sums = json_array();

	cmd_model_text(&j->settings, model, sizeof model);
	if (j->has_reference)
		cmd_model_text(&j->reference, against, sizeof against);
	for (int role = 0; role <= COST_ROLES; role++)
		for (int class = 0; class <= COST_CLASSES; class++)
			json_array_append_new(sums, json_of_sum(j, role, class));
	json_t *root = json_pack(
	    "{s:o, s:s, s:o, s:o, s:I, s:I, s:I, s:f, s:i, s:o, s:o, s:o}", "corpus",
	    utf8_json(j->prefix), "model", model, "against",
	    j->has_reference ? json_string(against) : json_null(), "output", utf8_json(j->output),
	    "tokens", (json_int_t)j->corpus.tokens.n_tokens,
	    "archive_bytes", (json_int_t)archive_bytes(&j->costs.stats), "model_bytes",
	    (json_int_t)j->costs.stats.model_bytes, "ideal_bits", j->costs.stats.ideal_bits,
	    "units_per_bit", COST_UNITS_PER_BIT, "sums", sums, "curve",
	    j->curve ? curve_rows_json(&j->own, other_curve(j), j->at, j->n_at) : json_null(),
	    "curve_sums", j->curve ? json_of_parts(j) : json_null());

	return cmd_print_json(document_new("cost", 1, root));
}

/* CMD_END when all went well, otherwise what ended it. */
static int parse_arguments(int argc, char **argv, struct job *j)
{
	int code;

	while ((code = cmd_option_next(&spec, argc, argv)) != CMD_END) {
		switch (code) {
		case 'm': j->model = optarg; break;
		case OPTION_AGAINST: j->against = optarg; break;
		case OPTION_MODEL_BITS:
			if (!cmd_parse_count("--model-bits", optarg, 0, MODEL_BITS_ANY - 1,
					     &j->model_bits_max))
				return CMD_BAD;
			break;
		case 'w': j->world_path = cmd_world_path(optarg, j->world_room); break;
		case 'M': j->model_path = optarg; break;
		case 'o': j->output = optarg; break;
		case 'f': j->force = true; break;
		case 'q': j->quiet = true; break;
		case CMD_JSON: j->json = true; break;
		case OPTION_CURVE: j->curve = true; break;
		case 'T':
			if (!cmd_parse_threads(optarg, &j->threads))
				return CMD_BAD;
			break;
		default: return code;
		}
	}
	if (argc - optind != 1 || !*argv[optind]) {
		cmd_usage("cost: one PREFIX, please (see twopart help cost)");
		return CMD_BAD;
	}
	if (j->output && strcmp(j->output, "-") == 0) {
		cmd_usage("cost: standard output is for the summary; -o needs a file");
		return CMD_BAD;
	}
	if (!j->model)
		j->model = j->model_path ? CMD_MODEL_OF_FILE : DEFAULT_MODEL;
	j->prefix = cmd_take_prefix(argv[optind]);
	return CMD_END;
}

static enum status run(struct job *j)
{
	TRY(make_paths(j));
	TRY(cost_corpus_read(&j->corpus, j->bin, j->roles));
	TRY(take_world(j));
	TRY(take_model_file(j));
	TRY(measure(j));
	TRY(make_curves(j));
	return write_costs(j);
}

int cmd_cost(int argc, char **argv)
{
	struct job j = {.model_bits_max = MODEL_BITS_ANY};
	int end = parse_arguments(argc, argv, &j);

	if (end != CMD_END)
		return end == CMD_HELP ? 0 : EXIT_USAGE;

	enum status s = parse_models(&j);

	if (s == STATUS_OK && j.world_path && j.against && !who_needs_world(&j))
		return cmd_usage("cost: model %s has no use for -w", j.settings.model->name);
	if (s == STATUS_OK && !(j.has_reference && j.reference.model->needs_model == MODEL_MUST)) {
		int code = cmd_check_model_file("cost", &j.settings, j.model_path);

		if (code)
			return code;
	}
	if (s == STATUS_OK)
		s = run(&j);
	int code = s == STATUS_OK ? 0 : cmd_fail(NULL, s);

	if (s == STATUS_OK && j.json)
		code = print_json(&j);
	else if (s == STATUS_OK)
		print_tables(&j);
	world_free(j.world);
	transformer_free(j.transformer);
	cost_corpus_free(&j.corpus);
	curve_free(&j.own);
	curve_free(&j.other);
	free(j.at);
	cost_pair_free(&j.costs);
	return code;
}
