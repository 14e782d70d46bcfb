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
#include "file.h"
#include "model_file.h"
#include "safetensors.h"
#include "transformer.h"

#define DEFAULT_BITS 8

static const struct cmd_option export_options[] = {
    {'o', "output", "FILE", "write to FILE (default: M" SAFETENSORS_SUFFIX ")"},
    {'f', "force", NULL, "overwrite an existing file"},
    {0},
};

static const struct cmd_option import_options[] = {
    {'o', "output", "FILE", "write to FILE (default: M" MODEL_FILE_SUFFIX ")"},
    {'b', "bits", "N", "of a code: 2..8 (8)"},
    {'f', "force", NULL, "overwrite an existing file"},
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
	bool exporting, force;
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

static enum status convert(const struct job *job, const struct buffer *in, struct buffer *out)
{
	struct transformer *t;
	enum status s;

	if (job->exporting) {
		TRY(model_file_read(&t, in->data, in->size_bytes));
		s = safetensors_write(t, out);
	} else {
		TRY(safetensors_read(&t, job->bits, in->data, in->size_bytes));
		s = model_file_write(t, out);
	}
	transformer_free(t);
	return s;
}

static int run(const struct job *job, const char *to)
{
	struct buffer in = {0}, out = {0};
	enum status s = check_output(job, to);

	if (s != STATUS_OK)
		return cmd_fail(NULL, s);
	s = file_read(job->input, &in, NULL);
	if (s == STATUS_OK)
		s = convert(job, &in, &out);

	int code = s == STATUS_OK ? 0 : cmd_fail(cmd_input_name(job->input), s);

	if (s == STATUS_OK) {
		s = file_write(to, out.data, out.size_bytes, FILE_MODE_NEW, job->force);
		code = s == STATUS_OK ? 0 : cmd_fail(NULL, s);
	}
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
