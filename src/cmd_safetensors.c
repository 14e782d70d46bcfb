/* SPDX-License-Identifier: BSD-2-Clause
 *
 * cmd_safetensors.c - twopart export and twopart import: a model's weights for other programs, and
 * from them.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "buffer.h"
#include "cmd.h"
#include "document.h"
#include "file.h"
#include "model_file.h"
#include "safetensors.h"
#include "transformer.h"
#include "utf8.h"

#define DEFAULT_BITS 8
#define JSON_HELP "print one JSON object about both files"

static const struct cmd_option export_options[] = {
    {'o', "output", "FILE", "write to FILE (default: M" SAFETENSORS_SUFFIX ")"},
    {'f', "force", NULL, "overwrite an existing file"},
    {CMD_JSON, "json", NULL, JSON_HELP},
    {0},
};

static const struct cmd_option import_options[] = {
    {'o', "output", "FILE", "write to FILE (default: M" MODEL_FILE_SUFFIX ")"},
    {'b', "bits", "N", "of a code: 2..8 (8)"},
    {'f', "force", NULL, "overwrite an existing file"},
    {CMD_JSON, "json", NULL, JSON_HELP},
    {0},
};

static const struct cmd_spec export_spec = {
    .name = "export",
    .usage = "[OPTION]... M" MODEL_FILE_SUFFIX,
    .text = "Write the weights of a model file as F32 tensors in the safetensors format, the\n"
	    "shape of the network as its metadata.  twopart import makes the same model of it.\n",
    .options = export_options,
};

static const struct cmd_spec import_spec = {
    .name = "import",
    .usage = "[OPTION]... M" SAFETENSORS_SUFFIX,
    .text = "Make a model file of a safetensors file with the tensors and metadata that twopart\n"
	    "export writes, as F32, F16 or BF16: each row is rounded to codes of so many bits.\n",
    .options = import_options,
};

struct job {
	const struct cmd_spec *spec;
	const char *input, *output;
	unsigned bits;
	bool exporting, force, json;
};

/* Where the result goes unless that is said: the suffix replaced, or appended. */
static char *default_output(const struct job *job)
{
	const char *from = job->exporting ? MODEL_FILE_SUFFIX : SAFETENSORS_SUFFIX;
	const char *to = job->exporting ? SAFETENSORS_SUFFIX : MODEL_FILE_SUFFIX;
	size_t length = strlen(job->input), end = strlen(from);
	char *path;

	if (length > end && strcmp(job->input + length - end, from) == 0)
		length -= end;
	return asprintf(&path, "%.*s%s", (int)length, job->input, to) < 0 ? NULL : path;
}

static enum status check_output(const struct job *job, const char *to)
{
	TRY(file_check_distinct(job->input, to));
	TRY(file_check_place(to));
	return job->force ? STATUS_OK : file_check_new(to);
}

/* *t is NULL after a failure to read. */
static enum status convert(const struct job *job, const struct buffer *in, struct buffer *out,
			   struct transformer **t)
{
	*t = NULL;
	if (job->exporting) {
		TRY(model_file_read(t, in->data, in->size_bytes));
		return safetensors_write(*t, out);
	}
	TRY(safetensors_read(t, job->bits, in->data, in->size_bytes));
	return model_file_write(*t, out);
}

static int print_json(const struct job *job, const char *to, const struct transformer *t,
		      const struct buffer *in, const struct buffer *out)
{
	const struct transformer_shape *s = &t->shape;
	const struct buffer *model_file = job->exporting ? in : out;
	uint8_t hash[32];
	char hash_text[2 * sizeof hash + 1];

	model_file_hash(model_file->data, model_file->size_bytes, hash);
	return cmd_print_json(document_new(
	    job->spec->name, 1,
	    json_pack("{s:o, s:o, s:I, s:I, s:I, s:I, s:I, s:I, s:I, s:I, s:i, s:s}", "input",
		      utf8_json(job->input), "output", utf8_json(to), "input_bytes",
		      (json_int_t)in->size_bytes, "output_bytes", (json_int_t)out->size_bytes,
		      "layers", (json_int_t)s->n_layers, "dim", (json_int_t)s->dim, "heads",
		      (json_int_t)s->n_heads, "context", (json_int_t)s->ctx, "alphabet",
		      (json_int_t)s->n_symbols, "parameters",
		      (json_int_t)transformer_n_parameters(s), "bits", (int)t->bits, "sha256",
		      model_file_hash_text(hash, sizeof hash, hash_text))));
}

static int run(const struct job *job, const char *to)
{
	struct buffer in = {0}, out = {0};
	struct transformer *t = NULL;
	enum status s = check_output(job, to);

	if (s != STATUS_OK)
		return cmd_fail(NULL, s);
	s = file_read(job->input, &in, NULL);
	if (s == STATUS_OK)
		s = convert(job, &in, &out, &t);

	int code = s == STATUS_OK ? 0 : cmd_fail(cmd_input_name(job->input), s);

	if (s == STATUS_OK) {
		s = file_write(to, out.data, out.size_bytes, FILE_MODE_NEW, job->force);
		code = s == STATUS_OK ? 0 : cmd_fail(NULL, s);
	}
	if (code == 0 && job->json)
		code = print_json(job, to, t, &in, &out);
	transformer_free(t);
	buffer_free(&in);
	buffer_free(&out);
	return code;
}

static int run_command(struct job *job, int argc, char **argv)
{
	uint64_t bits = DEFAULT_BITS;

	for (int o; (o = cmd_option_next(job->spec, argc, argv)) != CMD_END;)
		switch (o) {
		case 'o': job->output = optarg; break;
		case 'f': job->force = true; break;
		case CMD_JSON: job->json = true; break;
		case 'b':
			if (!cmd_parse_count("--bits", optarg, TRANSFORMER_BITS_MIN, 8, &bits))
				return EXIT_USAGE;
			break;
		case CMD_HELP: return 0;
		default: return EXIT_USAGE;
		}
	if (argc - optind != 1)
		return cmd_usage("%s: one file, please (see twopart help %s)", job->spec->name,
				 job->spec->name);
	job->input = argv[optind];
	job->bits = (unsigned)bits;
	if (!job->output && strcmp(job->input, "-") == 0)
		return cmd_usage("%s: standard input needs -o", job->spec->name);

	char *made = job->output ? NULL : default_output(job);
	const char *to = job->output ? job->output : made;
	int code = to ? run(job, to) : cmd_fail(job->input, fail_no_memory());

	free(made);
	return code;
}

int cmd_export(int argc, char **argv)
{
	struct job job = {.spec = &export_spec, .exporting = true};

	return run_command(&job, argc, argv);
}

int cmd_import(int argc, char **argv)
{
	struct job job = {.spec = &import_spec};

	return run_command(&job, argc, argv);
}
