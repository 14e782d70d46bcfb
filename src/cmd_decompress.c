/* SPDX-License-Identifier: BSD-2-Clause
 *
 * cmd_decompress.c - twopart decompress and twopart test: archives to files, or to nothing.
 *
 * Both decode everything and compare every digest; they differ in what happens to the result.
 */
#include <omp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "archive.h"
#include "cmd.h"
#include "document.h"
#include "file.h"
#include "model_file.h"
#include "transformer.h"
#include "utf8.h"
#include "world.h"

enum { OPTION_MEMORY = 256, OPTION_MAX_SIZE, OPTION_RM, OPTION_JSON };

#define MEMORY_HELP "refuse archives that need more (default: the machine's memory)"
#define MAX_SIZE_HELP "refuse larger results, 0: none (64 MiB or 1000 times the archive)"

/* Unless --max-size says otherwise: files that are compressed for their size stay below, and a few
 * bytes do not fill the disk. */
#define OUTPUT_FREE_BYTES ((uint64_t)64 << 20)
#define OUTPUT_RATIO 1000
#define OUTPUT_DEFAULT UINT64_MAX
#define JSON_HELP "print one JSON object a file on standard output"

static const struct cmd_option decompress_options[] = {
    {'w', "world", "PREFIX.json", "world file, for archives of models that need it"},
    {'M', "model-file", "M" MODEL_FILE_SUFFIX, "model file, for archives that name one"},
    {'o', "output", "FILE", "write to FILE, - is standard output (with one input)"},
    {'c', "stdout", NULL, "write to standard output (with one input)"},
    {'f', "force", NULL, "overwrite existing files"},
    {'k', "keep", NULL, "keep the archive (it is, but for --rm)"},
    {OPTION_RM, "rm", NULL, "remove each archive once its file is read back and on the disk"},
    {OPTION_MEMORY, "memory", "SIZE", MEMORY_HELP},
    {OPTION_MAX_SIZE, "max-size", "SIZE", MAX_SIZE_HELP},
    {'T', "threads", "N", CMD_CODING_THREADS_HELP},
    CMD_SIMD_OPTION,
    {OPTION_JSON, "json", NULL, JSON_HELP},
    {'q', "quiet", NULL, "no progress"},
    {'v', "verbose", NULL, "one line a file"},
    {0},
};

static const struct cmd_option test_options[] = {
    {'w', "world", "PREFIX.json", "world file, for archives of models that need it"},
    {'M', "model-file", "M" MODEL_FILE_SUFFIX, "model file, for archives that name one"},
    {OPTION_MEMORY, "memory", "SIZE", MEMORY_HELP},
    {OPTION_MAX_SIZE, "max-size", "SIZE", MAX_SIZE_HELP},
    {'T', "threads", "N", CMD_CODING_THREADS_HELP},
    CMD_SIMD_OPTION,
    {OPTION_JSON, "json", NULL, JSON_HELP},
    {'q', "quiet", NULL, "no progress"},
    {'v', "verbose", NULL, "one line a file"},
    {0},
};

static const struct cmd_spec decompress_spec = {
    .name = "decompress",
    .usage = "[OPTION]... [FILE" CMD_SUFFIX "]...",
    .text = "Decompress each FILE" CMD_SUFFIX " to FILE, or standard input (no FILE, or -) to "
	    "standard output.\nNothing is written unless all of it was decoded and its digest "
	    "agrees.\n",
    .options = decompress_options,
};

static const struct cmd_spec test_spec = {
    .name = "test",
    .usage = "[OPTION]... [FILE" CMD_SUFFIX "]...",
    .text = "Decode each archive, compare its digest, and write nothing.\n",
    .options = test_options,
};

struct job {
	const struct cmd_spec *spec;
	const char *world_path, *model_path, *output;
	struct world *world;
	struct transformer *transformer;
	uint64_t memory_bytes; /* limit */
	uint64_t max_bytes;    /* of a result; 0: none, OUTPUT_DEFAULT: by the archive */
	int threads;
	bool testing, to_stdout, force, quiet, verbose, json, rm;
	char world_room[CMD_PATH_BYTES]; /* world_path may point here */
};

/* NULL when the name does not end in the suffix; the caller frees. */
static char *strip_suffix(const char *path)
{
	size_t size = strlen(path), suffix = strlen(CMD_SUFFIX);

	if (size <= suffix || path[size - suffix - 1] == '/' ||
	    strcmp(path + size - suffix, CMD_SUFFIX) != 0)
		return NULL;
	return strndup(path, size - suffix);
}

/* Where the result goes: *to is NULL for standard output and for nowhere. */
static enum status choose_output(const struct job *job, const char *path, char **to)
{
	*to = NULL;
	if (job->testing || job->to_stdout || (!job->output && strcmp(path, "-") == 0))
		return STATUS_OK;
	*to = job->output ? strdup(job->output) : strip_suffix(path);
	return *to ? STATUS_OK
		   : fail(STATUS_BAD_ARGUMENT, "the name does not end in " CMD_SUFFIX "; use -o");
}

static enum status check_output(const struct job *job, const char *path, const char *to)
{
	if (!to)
		return STATUS_OK;
	TRY(file_check_distinct(path, to));
	if (job->world_path)
		TRY(file_check_distinct(job->world_path, to));
	if (job->model_path)
		TRY(file_check_distinct(job->model_path, to));
	TRY(file_check_place(to));
	if (job->rm)
		TRY(file_check_kept(to));
	return job->force ? STATUS_OK : file_check_new(to);
}

/* What the header says of memory, for a run that takes long.  A damaged header is reported by who
 * reads it next. */
static void announce(const struct job *job, const char *path, const struct buffer *in,
		     struct cmd_meter *meter)
{
	struct archive_info info;

	if (archive_inspect(in->data, in->size_bytes, &info) != STATUS_OK)
		return;
	uint64_t threads = (uint64_t)(job->threads > 0 ? job->threads : omp_get_max_threads());

	if (threads > info.header.n_blocks)
		threads = info.header.n_blocks;
	cmd_meter_announce(meter, cmd_input_name(path),
			   CMD_PROGRAM_BYTES + threads * info.header.memory_bytes + in->size_bytes,
			   job->verbose);
	archive_info_free(&info);
}

static uint64_t max_bytes(const struct job *job, uint64_t archive_bytes)
{
	if (job->max_bytes != OUTPUT_DEFAULT)
		return job->max_bytes;
	return archive_bytes > OUTPUT_FREE_BYTES / OUTPUT_RATIO ? OUTPUT_RATIO * archive_bytes
								: OUTPUT_FREE_BYTES;
}

static enum status decode_content(const struct job *job, const char *path, const struct buffer *in,
				  struct buffer *out, double *seconds)
{
	struct archive_stats stats;
	double started = cmd_seconds();
	struct cmd_meter meter = cmd_meter_start(job->quiet);
	struct archive_reading reading = {.world = job->world,
					  .transformer = job->transformer,
					  .memory_max_bytes = job->memory_bytes,
					  .output_max_bytes = max_bytes(job, in->size_bytes),
					  .threads = job->threads,
					  .progress_context = &meter};

	announce(job, path, in, &meter);
	reading.progress = cmd_meter_progress(&meter);
	enum status s = archive_decompress(&reading, in->data, in->size_bytes, out, &stats);

	cmd_meter_end(&meter);
	*seconds = cmd_seconds() - started;
	if (s == STATUS_OK && job->verbose)
		fprintf(stderr, "%s: %zu -> %zu bytes, digest ok, %.2f s\n", cmd_input_name(path),
			in->size_bytes, out->size_bytes, *seconds);
	return s;
}

/* Only of what was decoded to a digest that agrees, and written. */
static int print_json(const struct job *job, const char *path, const char *to, size_t archive_bytes,
		      size_t original_bytes, double seconds)
{
	return cmd_print_json_line(document_new(
	    job->spec->name, 1,
	    json_pack("{s:o, s:o, s:I, s:I, s:b, s:f}", "archive", utf8_json(path), "file",
		      to ? utf8_json(to) : json_null(), "archive_bytes", (json_int_t)archive_bytes,
		      "original_bytes", (json_int_t)original_bytes, "verified", 1, "seconds",
		      seconds)));
}

static enum status write_output(const struct job *job, const struct buffer *out, mode_t mode,
				const char *to)
{
	if (to && job->rm)
		return file_write_checked(to, out->data, out->size_bytes, mode, job->force, NULL,
					  NULL);
	if (to)
		return file_write(to, out->data, out->size_bytes, mode, job->force);
	if (job->testing)
		return STATUS_OK;
	return file_write_to(STDOUT_FILENO, out->data, out->size_bytes, "to standard output");
}

/* Sentences about the output name it; those about the archive do not. */
static int decode_file(const struct job *job, const char *path)
{
	struct buffer in = {0}, out = {0};
	struct file_source source;
	const char *about = cmd_input_name(path);
	double seconds = 0;
	char *to;
	mode_t mode = FILE_MODE_NEW;
	enum status s = choose_output(job, path, &to);

	if (s == STATUS_OK) {
		s = check_output(job, path, to);
		if (s == STATUS_OK && job->rm)
			s = file_source_take(&source, path);
		about = s == STATUS_OK ? about : NULL;
	}
	if (s == STATUS_OK)
		s = file_read(path, &in, &mode);
	if (s == STATUS_OK)
		s = decode_content(job, path, &in, &out, &seconds);
	if (s == STATUS_OK) {
		s = write_output(job, &out, mode, to);
		if (s == STATUS_OK && job->rm)
			s = file_source_remove(&source);
		about = NULL;
	}
	int code = s == STATUS_OK ? 0 : cmd_fail(about, s);

	if (code == 0 && job->json)
		code = print_json(job, path, to, in.size_bytes, out.size_bytes, seconds);
	buffer_free(&in);
	buffer_free(&out);
	free(to);
	return code;
}

/* Does any result, of the operands from optind on? */
static bool writes_to_stdout(const struct job *job, int argc, char **argv)
{
	bool any = job->to_stdout || (!job->output && optind == argc);

	for (int i = optind; i < argc; i++)
		any = any || (!job->output && strcmp(argv[i], "-") == 0);
	return any;
}

/* 0, or the exit code when the options end the command; *done tells the help from an error. */
static int parse_options(struct job *job, int argc, char **argv, bool *done)
{
	*done = true;
	for (int o; (o = cmd_option_next(job->spec, argc, argv)) != CMD_END;) {
		switch (o) {
		case 'w':
			job->world_path = cmd_world_path(optarg, job->world_room);
			break;
		case 'o':
			job->output = optarg;
			break;
		case 'c':
			job->to_stdout = true;
			break;
		case 'f':
			job->force = true;
			break;
		case 'k':
			job->rm = false;
			break;
		case OPTION_RM:
			job->rm = true;
			break;
		case 'q':
			job->quiet = true;
			break;
		case 'v':
			job->verbose = true;
			break;
		case 'M':
			job->model_path = optarg;
			break;
		case OPTION_JSON:
			job->json = true;
			break;
		case OPTION_MEMORY:
			if (!cmd_parse_size("--memory", optarg, &job->memory_bytes))
				return EXIT_USAGE;
			break;
		case OPTION_MAX_SIZE:
			if (!cmd_parse_size("--max-size", optarg, &job->max_bytes))
				return EXIT_USAGE;
			break;
		case 'T':
			if (!cmd_parse_threads(optarg, &job->threads))
				return EXIT_USAGE;
			break;
		case CMD_HELP:
			return 0;
		default:
			return EXIT_USAGE;
		}
	}
	*done = false;
	return 0;
}

/* 0, or the exit code of a usage error. */
static int check_combination(struct job *job, int argc, char **argv)
{
	if (job->output && strcmp(job->output, "-") == 0) {
		job->output = NULL;
		job->to_stdout = true;
	}
	if (job->output && job->to_stdout)
		return cmd_usage("decompress: -o and -c exclude each other");
	if ((job->output || job->to_stdout) && argc - optind > 1)
		return cmd_usage("decompress: -o and -c take one input");
	if (job->rm && writes_to_stdout(job, argc, argv))
		return cmd_usage("decompress: --rm is for archives that become files: no -c");
	if (job->json && !job->testing && writes_to_stdout(job, argc, argv))
		return cmd_usage("decompress: --json and the file both want standard output");
	return 0;
}

/* What the options name besides inputs and outputs. */
static enum status load_files(struct job *job)
{
	if (job->world_path)
		TRY(world_load(&job->world, job->world_path));
	if (job->model_path)
		TRY(model_file_load(job->model_path, &job->transformer, NULL));
	return STATUS_OK;
}

static int decode_files(struct job *job, int argc, char **argv)
{
	static char *from_stdin[] = {"-"};
	bool done;
	int code = parse_options(job, argc, argv, &done);

	if (!done)
		code = check_combination(job, argc, argv);
	if (done || code)
		return code;
	enum status s = load_files(job);

	if (s != STATUS_OK)
		code = cmd_fail(NULL, s);
	char **files = optind < argc ? argv + optind : from_stdin;
	int n_files = optind < argc ? argc - optind : 1;

	for (int i = 0; s == STATUS_OK && i < n_files; i++) {
		int file_code = decode_file(job, files[i]);

		code = file_code > code ? file_code : code;
	}
	world_free(job->world);
	transformer_free(job->transformer);
	return code;
}

int cmd_decompress(int argc, char **argv)
{
	struct job job = {.spec = &decompress_spec, .memory_bytes = file_memory_bytes(),
			  .max_bytes = OUTPUT_DEFAULT};

	return decode_files(&job, argc, argv);
}

int cmd_test(int argc, char **argv)
{
	struct job job = {.spec = &test_spec,
			  .memory_bytes = file_memory_bytes(),
			  .max_bytes = OUTPUT_DEFAULT,
			  .testing = true};

	return decode_files(&job, argc, argv);
}
