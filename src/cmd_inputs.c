/* SPDX-License-Identifier: BSD-2-Clause
 *
 * cmd_inputs.c - twopart inputs: how much each input of a model that mixes several is worth.
 *
 * An input is worth what the payload grows by when that input alone is silent.  Each figure is of
 * an archive that was made, decoded and compared, not a sum of estimated costs.  Why payloads: the
 * header that says which input was silent is not what the input is worth.  Why not each input
 * alone: what counts is what the others do not know already; so the worths do not add up, and one
 * of two inputs that say the same is worth nothing.
 */
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "archive.h"
#include "cmd.h"
#include "document.h"
#include "file.h"
#include "utf8.h"

#define OPTION_WITHOUT "without" /* of a model: the number of the input to silence, 0 for none */

static const struct cmd_option options[] = {
    CMD_LEVEL_OPTION,
    {'m', "model", "MODEL", "predictor: NAME or NAME:key=value,key=value"},
    {'T', "threads", "N", CMD_CODING_THREADS_HELP},
    {CMD_JSON, "json", NULL, "one JSON object instead of tables"},
    {'q', "quiet", NULL, "no progress"},
    {0},
};

static const struct cmd_spec spec = {
    .name = "inputs",
    .usage = "[OPTION]... FILE...",
    .text = "Compress each FILE with all inputs of the model and then without each one of them;\n"
	    "every archive is decoded and compared, none is kept.  Print the bytes of the\n"
	    "payloads, and by how much they grow.  The default model is " CMD_LEVEL_MODEL ".\n",
    .options = options,
};

/* Payload bytes with all inputs, [0], and without input k, [k]. */
struct table {
	unsigned n_inputs;
	const char **name;   /* (n_inputs + 1) from [1] on */
	uint64_t *bytes;     /* (n_inputs + 1) */
	uint64_t file_bytes;
};

struct job {
	struct archive_settings settings;
	char model[256];
	unsigned without; /* row of that option */
	bool json, quiet;
	struct table total; /* of all files that have the inputs of the first one */
	unsigned n_totalled;
};

static void free_table(struct table *t)
{
	free(t->name);
	free(t->bytes);
	*t = (struct table){0};
}

static bool same_bytes(const struct buffer *a, const struct buffer *b)
{
	return a->size_bytes == b->size_bytes &&
	       (a->size_bytes == 0 || memcmp(a->data, b->data, a->size_bytes) == 0);
}

/* Payload bytes of an archive that gives back what is in it. */
static enum status measure(const struct job *job, unsigned without, const struct buffer *in,
			   struct buffer *archive, uint64_t *payload_bytes)
{
	struct archive_settings settings = job->settings;
	struct archive_reading reading = {.threads = settings.threads,
					  .memory_max_bytes = settings.memory_max_bytes};
	struct archive_stats stats = {0};
	struct buffer back = {0};

	settings.option[job->without] = without;
	archive->size_bytes = 0;
	enum status s =
	    archive_compress(&settings, in->data, in->size_bytes, archive, &stats);

	if (s == STATUS_OK)
		s = archive_decompress(&reading, archive->data, archive->size_bytes, &back, NULL);
	if (s == STATUS_OK && !same_bytes(&back, in))
		s = fail(STATUS_CORRUPT, "decoded without input %u it is another file", without);
	*payload_bytes = stats.payload_bytes;
	buffer_free(&back);
	return s;
}

/* The inputs that the model has for what is in the archive. */
static enum status name_inputs(const struct buffer *archive, struct table *t)
{
	struct archive_info info;

	TRY(archive_inspect(archive->data, archive->size_bytes, &info));
	const struct container *c = &info.header;
	struct predictor_setup setup = {
	    .n_symbols = c->alphabet, .option = c->option, .n_total = c->n_total};

	while (c->model->input_name(&setup, t->n_inputs + 1))
		t->n_inputs++;
	t->name = calloc(t->n_inputs + 1, sizeof *t->name);
	t->bytes = calloc(t->n_inputs + 1, sizeof *t->bytes);
	for (unsigned k = 1; t->name && k <= t->n_inputs; k++)
		t->name[k] = c->model->input_name(&setup, k);
	archive_info_free(&info);
	return t->name && t->bytes ? STATUS_OK : fail_no_memory();
}

static enum status fill_table(const struct job *job, const struct buffer *in, struct table *t)
{
	struct cmd_meter meter = cmd_meter_start(job->quiet);
	struct buffer archive = {0};
	uint64_t all = 0;

	t->file_bytes = in->size_bytes;
	enum status s = measure(job, 0, in, &archive, &all);

	if (s == STATUS_OK)
		s = name_inputs(&archive, t);
	if (s == STATUS_OK)
		t->bytes[0] = all;
	for (unsigned k = 1; s == STATUS_OK && k <= t->n_inputs; k++) {
		cmd_meter_count(&meter, k, t->n_inputs + 1);
		s = measure(job, k, in, &archive, &t->bytes[k]);
	}
	cmd_meter_end(&meter);
	buffer_free(&archive);
	return s;
}

/* Growth, which may be negative: an input can do harm. */
static long long growth_bytes(const struct table *t, unsigned k)
{
	return (long long)t->bytes[k] - (long long)t->bytes[0];
}

static double growth_percent(const struct table *t, unsigned k)
{
	return t->bytes[0] ? 100 * (double)growth_bytes(t, k) / (double)t->bytes[0] : 0;
}

static void print_text(const char *title, const char *model, const struct table *t)
{
	printf("%s: %llu bytes, model %s\n", title, (unsigned long long)t->file_bytes, model);
	printf("      %-36s %12s %12s %9s\n", "input", "size without", "difference", "percent");
	printf("      %-36s %12llu\n", "(with all)", (unsigned long long)t->bytes[0]);
	for (unsigned k = 1; k <= t->n_inputs; k++)
		printf("  %3u %-36s %12llu %+12lld %+9.3f\n", k, t->name[k],
		       (unsigned long long)t->bytes[k], growth_bytes(t, k), growth_percent(t, k));
}

static json_t *make_json(const char *path, const char *model, const struct table *t)
{
	json_t *rows = json_array();

	for (unsigned k = 1; k <= t->n_inputs; k++)
		json_array_append_new(
		    rows, json_pack("{s:i, s:s, s:I, s:I, s:f}", "number", (int)k, "input",
				    t->name[k], "bytes_without", (json_int_t)t->bytes[k],
				    "difference_bytes", (json_int_t)growth_bytes(t, k),
				    "difference_percent", growth_percent(t, k)));
	return json_pack("{s:o, s:s, s:I, s:I, s:o}", "file", utf8_json(path), "model", model,
			 "original_bytes", (json_int_t)t->file_bytes, "payload_bytes",
			 (json_int_t)t->bytes[0], "inputs", rows);
}

static bool same_inputs(const struct table *a, const struct table *b)
{
	if (a->n_inputs != b->n_inputs)
		return false;
	for (unsigned k = 1; k <= a->n_inputs; k++)
		if (strcmp(a->name[k], b->name[k]) != 0)
			return false;
	return true;
}

/* Add a file's table to the total, which takes the first one as it is. */
static void add_up(struct job *job, struct table *t)
{
	struct table *total = &job->total;

	if (job->n_totalled == 0) {
		*total = *t;
		*t = (struct table){0};
	} else if (same_inputs(total, t)) {
		total->file_bytes += t->file_bytes;
		for (unsigned k = 0; k <= t->n_inputs; k++)
			total->bytes[k] += t->bytes[k];
	} else {
		return;
	}
	job->n_totalled++;
}

static int take_file(struct job *job, const char *path, json_t *rows)
{
	struct buffer in = {0};
	struct table t = {0};
	enum status s = file_read(path, &in, NULL);

	if (s == STATUS_OK)
		s = fill_table(job, &in, &t);
	if (s == STATUS_OK && rows)
		json_array_append_new(rows, make_json(path, job->model, &t));
	else if (s == STATUS_OK)
		print_text(cmd_input_name(path), job->model, &t);
	if (s == STATUS_OK)
		add_up(job, &t);
	fflush(stdout);
	free_table(&t);
	buffer_free(&in);
	return s == STATUS_OK ? 0 : cmd_fail(cmd_input_name(path), s);
}

/* The model, and the option that silences its inputs: 0 or the exit code. */
static int settle_model(struct job *job, const char *model, char level, int threads)
{
	enum status s =
	    cmd_parse_level(&job->settings, model ? model : CMD_LEVEL_MODEL, level);

	if (s != STATUS_OK)
		return cmd_fail(NULL, s);
	const struct predictor_ops *ops = job->settings.model;

	while (job->without < options_count(ops->options) &&
	       strcmp(ops->options[job->without].name, OPTION_WITHOUT) != 0)
		job->without++;
	if (!ops->input_name || job->without == options_count(ops->options))
		return cmd_usage("inputs: model %s has no inputs that could be silenced",
				 ops->name);
	if (job->settings.option[job->without] != 0)
		return cmd_usage("inputs: which input is left out is not for you to say");
	cmd_model_text(&job->settings, job->model, sizeof job->model);
	job->settings.threads = threads;
	job->settings.memory_max_bytes = file_memory_bytes();
	return 0;
}

/* 0, or the exit code when the options end the command; *done tells the help from an error. */
static int parse_options(struct job *job, int argc, char **argv, bool *done)
{
	const char *model = NULL;
	char level = 0;
	int threads = 0;

	*done = true;
	for (int o; (o = cmd_option_next(&spec, argc, argv)) != CMD_END;) {
		switch (o) {
		case CMD_LEVEL: level = *optarg; break;
		case 'm': model = optarg; break;
		case 'T':
			if (!cmd_parse_threads(optarg, &threads))
				return EXIT_USAGE;
			break;
		case CMD_JSON: job->json = true; break;
		case 'q': job->quiet = true; break;
		case CMD_HELP: return 0;
		default: return EXIT_USAGE;
		}
	}
	if (optind == argc)
		return cmd_usage("inputs: takes one FILE or more");
	*done = false;
	return settle_model(job, model, level, threads);
}

int cmd_inputs(int argc, char **argv)
{
	struct job job = {0};
	bool done;
	int code = parse_options(&job, argc, argv, &done);

	if (done || code)
		return code;

	json_t *rows = job.json ? json_array() : NULL;

	for (int i = optind; i < argc; i++) {
		int file_code = take_file(&job, argv[i], rows);

		code = file_code > code ? file_code : code;
	}
	if (!rows && job.n_totalled > 1) {
		char title[64];

		snprintf(title, sizeof title, "total of %u files", job.n_totalled);
		print_text(title, job.model, &job.total);
	}
	if (rows) {
		int lost =
		    cmd_print_json(document_new("inputs", 1, json_pack("{s:o}", "files", rows)));

		code = lost > code ? lost : code;
	}
	free_table(&job.total);
	return code;
}
