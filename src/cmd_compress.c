/* SPDX-License-Identifier: BSD-2-Clause
 *
 * cmd_compress.c - twopart compress: files to archives.
 */
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "archive.h"
#include "cmd.h"
#include "file.h"
#include "world.h"

#define DEFAULT_MODEL "ngram"

enum { OPTION_BYTES = 256, OPTION_BLOCK, OPTION_JSON };

static const struct cmd_option options[] = {
    {'m', "model", "MODEL", "predictor: NAME or NAME:key=value,key=value"},
    {'w', "world", "PREFIX.json", "world file of a generated corpus (models that need it)"},
    {'o', "output", "FILE", "write to FILE, - is standard output (with one input)"},
    {'c', "stdout", NULL, "write to standard output (with one input)"},
    {'f', "force", NULL, "overwrite existing files, write to a terminal"},
    {'k', "keep", NULL, "keep the input (it always is; accepted for habit's sake)"},
    {'T', "threads", "N", CMD_THREADS_HELP},
    {OPTION_BLOCK, "block", "SYMBOLS", "code blocks of so many symbols, 0: one block"},
    {OPTION_BYTES, "bytes", NULL, "treat token files as bytes too"},
    {OPTION_JSON, "json", NULL, "print one JSON object a file on standard output"},
    {'q', "quiet", NULL, "no progress"},
    {'v', "verbose", NULL, "one line a file: bytes, bits a symbol, ideal, overhead"},
    {0},
};

static const struct cmd_spec spec = {
    .name = "compress",
    .usage = "[OPTION]... [FILE]...",
    .text = "Compress each FILE to FILE" CMD_SUFFIX ", or standard input (no FILE, or -) to standard\n"
	    "output.  A token file (llm.c layout, uint16) is coded token by token, any other byte\n"
	    "by byte.  The default model is " DEFAULT_MODEL "; twopart models lists all.\n",
    .options = options,
};

struct job {
	struct archive_settings settings;
	const char *model, *world_path, *output;
	bool to_stdout, force, quiet, verbose, json;
};

static double per_symbol(double bits, uint64_t n_symbols)
{
	return n_symbols ? bits / (double)n_symbols : 0;
}

static void report(const struct job *job, const char *path, const char *to, size_t original_bytes,
		   size_t archive_bytes, const struct archive_stats *stats, double seconds)
{
	double overhead_bits = 8 * (double)archive_bytes - stats->ideal_bits;

	if (job->verbose)
		fprintf(stderr,
			"%s: %zu -> %zu bytes, %.6f bits/symbol, ideal %.1f bytes, "
			"overhead %.1f bytes, %.2f s\n",
			cmd_input_name(path), original_bytes, archive_bytes,
			per_symbol(8 * (double)archive_bytes, stats->n_symbols_coded),
			stats->ideal_bits / 8, overhead_bits / 8, seconds);
	if (!job->json)
		return;

	json_t *row = json_pack(
	    "{s:s, s:s, s:s, s:I, s:I, s:I, s:I, s:i, s:I, s:f, s:f, s:f, s:f}", "file", path,
	    "archive", to, "model", job->settings.model->name, "original_bytes",
	    (json_int_t)original_bytes, "archive_bytes", (json_int_t)archive_bytes,
	    "payload_bytes", (json_int_t)stats->payload_bytes, "container_bytes",
	    (json_int_t)stats->container_bytes, "symbol_bytes", (int)stats->symbol_bytes, "symbols",
	    (json_int_t)stats->n_symbols_coded, "ideal_bits", stats->ideal_bits, "overhead_bits",
	    overhead_bits, "bits_per_symbol",
	    per_symbol(8 * (double)archive_bytes, stats->n_symbols_coded), "seconds", seconds);

	if (row)
		json_dumpf(row, stdout, JSON_COMPACT);
	putchar('\n');
	json_decref(row);
}

/* From input in memory to output written.  `to` is NULL for standard output. */
static enum status compress_content(struct job *job, const char *path, const struct buffer *in,
				    mode_t mode, const char *to)
{
	struct buffer out = {0};
	struct archive_stats stats;
	struct cmd_meter meter = cmd_meter_start(job->quiet);

	job->settings.progress = meter.live ? cmd_meter_show : NULL;
	job->settings.progress_context = &meter;
	enum status s = archive_compress(&job->settings, in->data, in->size_bytes, &out, &stats);
	double seconds = cmd_seconds() - meter.started;

	cmd_meter_end(&meter);
	if (s == STATUS_OK)
		s = to ? file_write(to, out.data, out.size_bytes, mode, job->force)
		       : file_write_to(STDOUT_FILENO, out.data, out.size_bytes,
				       "to standard output");
	if (s == STATUS_OK)
		report(job, path, to ? to : "-", in->size_bytes, out.size_bytes, &stats, seconds);
	buffer_free(&out);
	return s;
}

static int compress_file(struct job *job, const char *path)
{
	bool to_stdout = job->to_stdout || (!job->output && strcmp(path, "-") == 0);
	struct buffer in = {0};
	enum status s = STATUS_OK;
	char *to = NULL;
	mode_t mode = FILE_MODE_NEW;

	if (to_stdout && !job->force && isatty(STDOUT_FILENO))
		return cmd_usage("compress: an archive is not for a terminal; use -o, or -f");
	if (!to_stdout && asprintf(&to, "%s%s", job->output ? job->output : path,
				   job->output ? "" : CMD_SUFFIX) < 0)
		return cmd_fail(path, fail_no_memory());
	if (to && !job->force)
		s = file_check_new(to);
	if (s == STATUS_OK)
		s = file_read(path, &in, &mode);
	if (s == STATUS_OK)
		s = compress_content(job, path, &in, mode, to);
	buffer_free(&in);
	free(to);
	return s == STATUS_OK ? 0 : cmd_fail(cmd_input_name(path), s);
}

/* 0, or the exit code when the options end the command; *done tells the help from an error. */
static int parse_options(struct job *job, int argc, char **argv, bool *done)
{
	uint64_t block = UINT64_MAX;
	int threads = 0;

	*done = true;
	for (int o; (o = cmd_option_next(&spec, argc, argv)) != CMD_END;) {
		switch (o) {
		case 'm': job->model = optarg; break;
		case 'w': job->world_path = optarg; break;
		case 'o': job->output = optarg; break;
		case 'c': job->to_stdout = true; break;
		case 'f': job->force = true; break;
		case 'k': break;
		case 'q': job->quiet = true; break;
		case 'v': job->verbose = true; break;
		case OPTION_JSON: job->json = true; break;
		case OPTION_BYTES: job->settings.as_bytes = true; break;
		case 'T':
			if (!cmd_parse_threads(optarg, &threads))
				return EXIT_USAGE;
			break;
		case OPTION_BLOCK:
			if (!cmd_parse_count("--block", optarg, 0, CONTAINER_SYMBOLS_MAX, &block))
				return EXIT_USAGE;
			break;
		case CMD_HELP: return 0;
		default: return EXIT_USAGE;
		}
	}

	if (job->output && strcmp(job->output, "-") == 0) {
		job->output = NULL;
		job->to_stdout = true;
	}

	bool as_bytes = job->settings.as_bytes;
	enum status s = archive_settings_parse(&job->settings, job->model);

	if (s != STATUS_OK)
		return cmd_fail(NULL, s);
	job->settings.as_bytes = as_bytes;
	job->settings.threads = threads;
	if (block != UINT64_MAX)
		job->settings.block_symbols = block;
	*done = false;
	return 0;
}

static int check_combination(const struct job *job, int n_files, bool any_stdin)
{
	bool to_stdout = job->to_stdout || (any_stdin && !job->output);

	if (job->output && job->to_stdout)
		return cmd_usage("compress: -o and -c exclude each other");
	if ((job->output || job->to_stdout) && n_files > 1)
		return cmd_usage("compress: -o and -c take one input");
	if (to_stdout && job->json)
		return cmd_usage("compress: --json and the archive both want standard output");
	if (job->settings.model->needs_world && !job->world_path) {
		cmd_usage("compress: model %s needs -w PREFIX.json", job->settings.model->name);
		return status_exit_code(STATUS_UNSUPPORTED);
	}
	if (!job->settings.model->needs_world && job->world_path)
		return cmd_usage("compress: model %s has no use for -w",
				 job->settings.model->name);
	return 0;
}

int cmd_compress(int argc, char **argv)
{
	static char *from_stdin[] = {"-"};
	struct job job = {.model = DEFAULT_MODEL};
	struct world *world = NULL;
	bool done, any_stdin = false;
	int code = parse_options(&job, argc, argv, &done);

	if (done)
		return code;
	char **files = optind < argc ? argv + optind : from_stdin;
	int n_files = optind < argc ? argc - optind : 1;

	for (int i = 0; i < n_files; i++)
		any_stdin = any_stdin || strcmp(files[i], "-") == 0;
	code = check_combination(&job, n_files, any_stdin);
	if (code)
		return code;
	if (job.world_path) {
		enum status s = world_load(&world, job.world_path);

		if (s != STATUS_OK)
			return cmd_fail(NULL, s);
	}
	job.settings.world = world;
	for (int i = 0; i < n_files; i++) {
		int file_code = compress_file(&job, files[i]);

		code = file_code > code ? file_code : code;
	}
	world_free(world);
	return code;
}
