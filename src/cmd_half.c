/* SPDX-License-Identifier: BSD-2-Clause
 *
 * cmd_half.c - `twopart half compress|decompress`: half a cell of the benchmark in a process of its
 * own; `half coder`: the range coder alone; `half regret`: what a cell's tokens cost too much, role
 * by role.  Not for people: bench/cell.c runs it and reads the line of JSON that it prints, which
 * has an "error" when something went wrong.
 *
 * The kinds of method, whole-buffer codecs, our models, and models that are trained on the input
 * first, are two functions of the same shape each, so they are timed alike: the clock runs around
 * the coding call, not around the files.
 */
#include <jansson.h>
#include <math.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "archive.h"
#include "cmd.h"
#include "cmd_fit.h"
#include "codec.h"
#include "coder_speed.h"
#include "cost.h"
#include "file.h"
#include "timer.h"
#include "utf8.h"
#include "world.h"

struct job {
	const char *method; /* behind the kind's prefix */
	const char *input, *output, *world_path, *roles;
	size_t original_bytes; /* told to codecs that decompress */
	int threads;           /* of a model */
	bool as_bytes;
	enum status (*code)(struct job *j); /* what is timed */

	struct world *world;
	struct buffer in, out;
	double ideal_bits; /* NaN: not known */
	uint64_t stored_model_bytes;

	struct cmd_meter meter; /* only says how long it will take, once, .. */
	bool on_terminal;       /* .. to somebody who waits */
};

struct method_kind {
	const char *prefix;
	enum status (*compress)(struct job *j);
	enum status (*decompress)(struct job *j);
	bool has_costs; /* of single tokens */
};

static enum status find_codec(const char *name, const struct codec_ops **out)
{
	*out = codec_by_name(name);
	return *out ? STATUS_OK : fail(STATUS_BAD_ARGUMENT, "no codec is called '%s'", name);
}

static enum status codec_compress(struct job *j)
{
	const struct codec_ops *c;

	TRY(find_codec(j->method, &c));
	return c->compress(c, j->in.data, j->in.size_bytes, &j->out);
}

static enum status codec_decompress(struct job *j)
{
	const struct codec_ops *c;

	TRY(find_codec(j->method, &c));
	return c->decompress(c, j->in.data, j->in.size_bytes, j->original_bytes, &j->out);
}

/* By the model that `text` names, or the one that was trained. */
static enum status compress_with(struct job *j, const char *text, const struct trainer_result *r)
{
	struct archive_settings settings;
	struct archive_plan plan = {0};
	struct archive_stats stats;

	TRY(archive_settings_parse(&settings, text));
	settings.world = j->world;
	settings.threads = j->threads;
	settings.as_bytes = j->as_bytes;
	if (r) {
		settings.transformer = r->model;
		settings.model_file = &r->file;
	}
	if (j->on_terminal) /* nothing is timed that only somebody who waits wants to know */
		TRY(archive_plan(&settings, j->in.data, j->in.size_bytes, &plan));
	cmd_meter_announce(&j->meter, j->method,
			   cmd_memory_bytes(&settings, &plan, j->in.size_bytes), j->on_terminal);
	settings.progress = cmd_meter_progress(&j->meter);
	settings.progress_context = &j->meter;
	TRY(archive_compress(&settings, j->in.data, j->in.size_bytes, &j->out, &stats));
	j->ideal_bits = stats.ideal_bits;
	j->stored_model_bytes = stats.model_bytes;
	return STATUS_OK;
}

static enum status model_compress(struct job *j)
{
	return compress_with(j, j->method, NULL);
}

/* "SECONDS:NAME": train on the input for so long, then code it; training counts as coding time. */
static enum status fit_compress(struct job *j)
{
	struct cmd_fit fit = {.bits = CMD_FIT_BITS, .threads = j->threads, .quiet = true};
	struct trainer_result r;
	const char *name = strchr(j->method, ':');
	enum status s;

	fit.seconds = strtoul(j->method, NULL, 10);
	if (!name || fit.seconds == 0)
		return fail(STATUS_BAD_ARGUMENT, "'%s' is not SECONDS:NAME", j->method);
	s = cmd_fit(&fit, j->input, &j->in, &r);
	if (s == STATUS_OK)
		s = compress_with(j, name + 1, &r);
	trainer_result_free(&r);
	return s;
}

static enum status model_decompress(struct job *j)
{
	struct archive_reading reading = {
	    .world = j->world, .threads = j->threads, .progress_context = &j->meter};

	cmd_meter_announce(&j->meter, j->method, 0, j->on_terminal);
	reading.progress = cmd_meter_progress(&j->meter);
	return archive_decompress(&reading, j->in.data, j->in.size_bytes, &j->out, NULL);
}

static const struct method_kind kinds[] = {
    {"codec:", codec_compress, codec_decompress, false},
    {"model:", model_compress, model_decompress, true},
    {"fit:", fit_compress, model_decompress, false},
};

/* Strip the prefix from j->method and return the kind that it names. */
static const struct method_kind *take_kind(struct job *j)
{
	for (size_t i = 0; j->method && i < sizeof kinds / sizeof kinds[0]; i++) {
		size_t length = strlen(kinds[i].prefix);

		if (strncmp(j->method, kinds[i].prefix, length) == 0) {
			j->method += length;
			return &kinds[i];
		}
	}
	return NULL;
}

static void print_report(const struct job *j, struct timer took)
{
	json_t *root = json_object();

	json_object_set_new(root, "cpu_seconds", json_real(took.cpu_seconds));
	json_object_set_new(root, "wall_seconds", json_real(took.wall_seconds));
	if (!isnan(j->ideal_bits))
		json_object_set_new(root, "ideal_bits", json_real(j->ideal_bits));
	json_object_set_new(root, "stored_model_bytes",
			    json_integer((json_int_t)j->stored_model_bytes));
	json_dumpf(root, stdout, JSON_COMPACT);
	putchar('\n');
	json_decref(root);
}

static enum status run_job(struct job *j)
{
	TRY(file_read(j->input, &j->in, NULL));
	if (j->world_path)
		TRY(world_load(&j->world, j->world_path));

	j->meter = cmd_meter_start(true);
	j->on_terminal = isatty(STDERR_FILENO);

	struct timer start = timer_start();

	TRY(j->code(j));

	struct timer took = timer_since(start);

	TRY(file_write(j->output, j->out.data, j->out.size_bytes, FILE_MODE_NEW, true));
	print_report(j, took);
	return STATUS_OK;
}

static enum status regret_of(const struct job *j, const struct cost_corpus *corpus,
				  struct cost_pair *pair)
{
	struct archive_settings settings, reference;

	TRY(archive_settings_parse(&settings, j->method));
	TRY(archive_settings_parse(&reference, COST_REFERENCE));
	settings.world = reference.world = j->world;
	settings.threads = reference.threads = 1;
	return cost_compare(corpus, &settings, &reference, pair);
}

static void print_regret(const struct cost_table *table)
{
	printf("{\"regret_bits\":[");
	for (int role = 0; role < COST_ROLES; role++)
		printf("%s%.17g", role ? "," : "",
		       cost_to_bits(table->sum[role][COST_CLASSES].regret_units));
	puts("]}");
}

/* Print the regret of each role. */
static enum status run_regret(struct job *j)
{
	struct cost_corpus corpus;
	struct cost_pair pair = {0};
	enum status s = cost_corpus_read(&corpus, j->input, j->roles);

	if (s == STATUS_OK)
		s = world_load(&j->world, j->world_path);
	if (s == STATUS_OK)
		s = regret_of(j, &corpus, &pair);
	if (s == STATUS_OK)
		print_regret(&pair.table);
	cost_corpus_free(&corpus);
	cost_pair_free(&pair);
	return s;
}

static enum status run_coder(struct job *j)
{
	struct coder_speed speed;

	TRY(coder_speed_measure(j->original_bytes, &speed));
	printf("{\"archive_bytes\":%zu,\"ideal_bits\":%.17g,\"compress_cpu_seconds\":%.9f,"
	       "\"compress_wall_seconds\":%.9f,\"decompress_cpu_seconds\":%.9f,"
	       "\"decompress_wall_seconds\":%.9f}\n",
	       speed.archive_bytes, speed.ideal_bits, speed.encode.cpu_seconds,
	       speed.encode.wall_seconds, speed.decode.cpu_seconds, speed.decode.wall_seconds);
	return STATUS_OK;
}

enum {
	OPTION_METHOD = 256,
	OPTION_INPUT,
	OPTION_OUTPUT,
	OPTION_WORLD,
	OPTION_SIZE,
	OPTION_BYTES,
	OPTION_ROLES,
	OPTION_THREADS,
};

static const struct cmd_option options[] = {
    {OPTION_METHOD, "method", "KIND:NAME", "codec:NAME, model:NAME[:OPTIONS] or fit:SECONDS:NAME"},
    {OPTION_INPUT, "input", "FILE", "what to read"},
    {OPTION_OUTPUT, "output", "FILE", "what to write"},
    {OPTION_WORLD, "world", "FILE", "what an oracle is told"},
    {OPTION_SIZE, "size", "N", "bytes of the original, told to a codec that decompresses"},
    {OPTION_BYTES, "bytes", NULL, "models take a token file for bytes too"},
    {OPTION_ROLES, "roles", "FILE", "roles of the input's tokens, for regret"},
    {OPTION_THREADS, "threads", "N", "of a model (1)"},
    {0},
};

static const struct cmd_spec spec = {
    .name = "half",
    .usage = "compress|decompress|coder|regret [OPTION]...",
    .text = "Half a cell of the benchmark, for the benchmark's own use.\n",
    .options = options,
};

/* CMD_END when all went well, otherwise what ended it. */
static int parse_arguments(int argc, char **argv, struct job *j)
{
	uint64_t size_bytes;
	int code;

	while ((code = cmd_option_next(&spec, argc, argv)) != CMD_END) {
		switch (code) {
		case OPTION_METHOD:
			j->method = optarg;
			break;
		case OPTION_INPUT:
			j->input = optarg;
			break;
		case OPTION_OUTPUT:
			j->output = optarg;
			break;
		case OPTION_WORLD:
			j->world_path = optarg;
			break;
		case OPTION_SIZE:
			if (!cmd_parse_count("--size", optarg, 0, SIZE_MAX / 2, &size_bytes))
				return CMD_BAD;
			j->original_bytes = size_bytes;
			break;
		case OPTION_BYTES:
			j->as_bytes = true;
			break;
		case OPTION_ROLES:
			j->roles = optarg;
			break;
		case OPTION_THREADS:
			if (!cmd_parse_threads(optarg, &j->threads))
				return CMD_BAD;
			break;
		default:
			return code;
		}
	}
	return CMD_END;
}

/* What the arguments ask for, or NULL. */
static enum status (*choose(struct job *j, const char *direction))(struct job *)
{
	const struct method_kind *kind = take_kind(j);

	if (direction && strcmp(direction, "coder") == 0)
		return run_coder;
	if (!kind || !j->input || !direction)
		return NULL;
	if (strcmp(direction, "regret") == 0)
		return kind->has_costs && j->roles && j->world_path ? run_regret : NULL;
	if (!j->output)
		return NULL;
	if (strcmp(direction, "compress") == 0)
		j->code = kind->compress;
	if (strcmp(direction, "decompress") == 0)
		j->code = kind->decompress;
	return j->code ? run_job : NULL;
}

/* For the parent, which keeps it with the result. */
static int report_error(enum status s)
{
	json_t *root = json_pack("{s:o}", "error", utf8_json(status_message()));

	json_dumpf(root, stdout, JSON_COMPACT);
	putchar('\n');
	json_decref(root);
	return status_exit_code(s);
}

int cmd_half(int argc, char **argv)
{
	struct job j = {.ideal_bits = NAN, .threads = 1};
	int end = parse_arguments(argc, argv, &j);

	if (end != CMD_END)
		return end == CMD_HELP ? 0 : EXIT_USAGE;

	enum status (*run)(struct job *) = choose(&j, argv[optind]);

	if (!run)
		return cmd_usage("half: needs a direction, a method, an input and an output");

	enum status s = run(&j);

	buffer_free(&j.in);
	buffer_free(&j.out);
	world_free(j.world);
	return s == STATUS_OK ? 0 : report_error(s);
}
