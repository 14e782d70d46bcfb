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
#include "cmd_estimate.h"
#include "cmd_fit.h"
#include "document.h"
#include "file.h"
#include "model_file.h"
#include "tokens.h"
#include "transformer.h"
#include "utf8.h"
#include "world.h"

enum { OPTION_BYTES = 256, OPTION_BLOCK, OPTION_MODEL_BITS, OPTION_STORE, OPTION_FIT,
       OPTION_TIME, OPTION_FIT_BITS, OPTION_JSON, OPTION_ESTIMATE, OPTION_NO_VERIFY, OPTION_RM };

static const struct cmd_option options[] = {
    CMD_LEVEL_OPTION,
    {'m', "model", "MODEL", "predictor: NAME or NAME:key=value,key=value"},
    {'w', "world", "PREFIX.json", "world file of a generated corpus (models that need it)"},
    {'M', "model-file", "M" MODEL_FILE_SUFFIX, CMD_MODEL_FILE_HELP},
    {OPTION_STORE, "store-model", NULL, "put the model file into the archive, not only its hash"},
    {OPTION_FIT, "fit-file", NULL, "train a transformer on the file and store it in the archive"},
    {OPTION_TIME, "time", "SECONDS", "for --fit-file: to train (60)"},
    {OPTION_FIT_BITS, "bits", "N", "for --fit-file: of a stored weight, 2..8 (4)"},
    {'o', "output", "FILE", "write to FILE, - is standard output (with one input)"},
    {'c', "stdout", NULL, "write to standard output (with one input)"},
    {'f', "force", NULL, "overwrite existing files, write to a terminal"},
    {'k', "keep", NULL, "keep the input (it is, but for --rm)"},
    {OPTION_RM, "rm", NULL, "remove each input once its archive is verified and on the disk"},
    {OPTION_NO_VERIFY, "no-verify", NULL, "do not decode the archive: half the time"},
    {'T', "threads", "N", CMD_CODING_THREADS_HELP},
    CMD_SIMD_OPTION,
    {OPTION_BLOCK, "block", "SYMBOLS", "code blocks of so many symbols, 0: one block"},
    {OPTION_MODEL_BITS, "model-bits", "C",
     "store a model of at most C bits (model twopart; else the shortest total)"},
    {OPTION_BYTES, "bytes", NULL, "treat token files as bytes too"},
    {OPTION_ESTIMATE, "estimate", NULL,
     "code for a second or two, print the time and memory of it all, write nothing"},
    {OPTION_JSON, "json", NULL, "print one JSON object a file on standard output"},
    {'q', "quiet", NULL, "no progress"},
    {'v', "verbose", NULL, "one line a file: bytes, bits a symbol, ideal, overhead"},
    {0},
};

static const struct cmd_spec spec = {
    .name = "compress",
    .usage = "[OPTION]... [FILE]...",
    .text = "Compress each FILE to FILE" CMD_SUFFIX ", or standard input (no FILE, or -) to "
	    "standard\noutput.  A token file (llm.c layout, uint16) is coded token by token, "
	    "any other\nbyte by byte.  The default model is " CMD_DEFAULT_MODEL ", with -M "
	    CMD_MODEL_OF_FILE "; twopart models\nlists all.  A block that it does not "
	    "shorten is stored as it is.\n\nBefore it gets its name an archive is read back, "
	    "decoded and compared with its input,\nwhich takes as long again.\n\n"
	    "twopart FILE is short for twopart compress FILE.\n",
    .options = options,
};

struct job {
	struct archive_settings settings;
	char level; /* '1'..'9', or 0 when none is given */
	const char *model, *world_path, *model_path, *output;
	struct cmd_fit fit;
	bool store_model, fit_file, to_stdout, force, quiet, verbose, json, estimate, verify, rm;
	struct buffer model_file;
	struct transformer *transformer; /* of that file */
	char world_room[CMD_PATH_BYTES]; /* world_path may point here */
};

/* One file on its way. */
struct work {
	const char *path;
	char *to; /* NULL: standard output */
	struct buffer in, out;
	mode_t mode;
	struct archive_stats stats;
	double seconds, verify_seconds;
	struct cmd_meter meter;
	struct job *job;           /* that it is part of */
	struct file_source source; /* only with --rm */
};

static double per_symbol(double bits, uint64_t n_symbols)
{
	return n_symbols ? bits / (double)n_symbols : 0;
}

static int report(const struct job *job, const struct work *w)
{
	const struct archive_stats *stats = &w->stats;
	size_t original_bytes = w->in.size_bytes, archive_bytes = w->out.size_bytes;
	double overhead_bits = 8 * (double)archive_bytes - stats->ideal_bits;
	char stored[64] = "", verified[64] = "";

	if (stats->stored_blocks)
		snprintf(stored, sizeof stored, ", %llu of %llu blocks stored",
			 (unsigned long long)stats->stored_blocks,
			 (unsigned long long)stats->n_blocks);
	if (job->verify)
		snprintf(verified, sizeof verified, ", verified in %.2f s", w->verify_seconds);
	if (job->verbose)
		fprintf(stderr,
			"%s: %zu -> %zu bytes, %.6f bits/symbol, ideal %.1f bytes, "
			"overhead %.1f bytes%s, %.2f s%s\n",
			cmd_input_name(w->path), original_bytes, archive_bytes,
			per_symbol(8 * (double)archive_bytes, stats->n_symbols_coded),
			stats->ideal_bits / 8, overhead_bits / 8, stored, w->seconds, verified);
	if (!job->json)
		return 0;

	json_t *row = json_pack(
	    "{s:o, s:o, s:s, s:I, s:I, s:I, s:I, s:I, s:I, s:I, s:i, s:I, s:f, s:f, s:o, s:f}",
	    "file", utf8_json(w->path), "archive", utf8_json(w->to ? w->to : "-"), "model",
	    job->settings.model->name, "original_bytes", (json_int_t)original_bytes,
	    "archive_bytes", (json_int_t)archive_bytes, "stored_model_bytes",
	    (json_int_t)stats->model_bytes, "payload_bytes", (json_int_t)stats->payload_bytes,
	    "container_bytes", (json_int_t)stats->container_bytes, "blocks",
	    (json_int_t)stats->n_blocks, "stored_blocks", (json_int_t)stats->stored_blocks,
	    "symbol_bytes", (int)stats->symbol_bytes, "symbols", (json_int_t)stats->n_symbols_coded,
	    "ideal_bits", stats->ideal_bits, "overhead_bits", overhead_bits, "bits_per_symbol",
	    document_quotient(8 * (double)archive_bytes, stats->n_symbols_coded), "seconds",
	    w->seconds);

	json_object_set_new(row, "verify_seconds",
			    job->verify ? json_real(w->verify_seconds) : json_null());
	return cmd_print_json_line(document_new("compress", 1, row));
}

/* Another corpus of the same family may well fit the grammar: nothing but the digest tells that its
 * world is not this one's.  What is no whole token file is left to archive_compress(). */
static enum status check_world(const struct job *job, const struct buffer *in)
{
	const struct world *world = job->settings.world;
	struct tokens t;

	if (!world || job->settings.as_bytes || !tokens_recognise(in->data, in->size_bytes) ||
	    tokens_parse(in->data, in->size_bytes, &t) != STATUS_OK ||
	    world_is_of(world, t.data, t.n_tokens))
		return STATUS_OK;
	return fail(STATUS_CORRUPT, "%s is the world of another corpus", world->path);
}

/* archive_compress() failed: add to its sentence what it cannot know. */
static enum status explain(const struct job *job, const struct buffer *in, enum status failed)
{
	char sentence[512];
	struct tokens t;

	snprintf(sentence, sizeof sentence, "%s", status_message());
	if (failed != STATUS_CORRUPT || job->settings.world || job->settings.as_bytes ||
	    !tokens_recognise(in->data, in->size_bytes) ||
	    tokens_parse(in->data, in->size_bytes, &t) == STATUS_OK)
		return failed;
	return fail(failed, "%s (--bytes compresses it as it is)", sentence);
}

static enum status compress_content(struct job *job, struct work *w)
{
	double started = cmd_seconds();
	struct archive_plan plan;
	uint64_t memory_bytes;
	enum status s = archive_plan(&job->settings, w->in.data, w->in.size_bytes, &plan);

	w->meter = cmd_meter_start(job->quiet);
	w->meter.n_passes = job->verify ? 2 : 1;
	if (s == STATUS_OK) {
		memory_bytes = job->verify
				   ? cmd_memory_bytes_verified(&job->settings, &plan,
							       w->in.size_bytes)
				   : cmd_memory_bytes(&job->settings, &plan, w->in.size_bytes);
		cmd_meter_announce(&w->meter, cmd_input_name(w->path), memory_bytes, job->verbose);
		job->settings.progress = cmd_meter_progress(&w->meter);
		job->settings.progress_context = &w->meter;
		s = archive_compress(&job->settings, w->in.data, w->in.size_bytes, &w->out,
				     &w->stats);
	}
	w->seconds = cmd_seconds() - started;
	cmd_meter_end(&w->meter);
	return s == STATUS_OK ? s : explain(job, &w->in, s);
}

/* compress_content() with a model of the file's own. */
static enum status fit_content(struct job *job, struct work *w)
{
	struct trainer_result r;
	enum status s = cmd_fit(&job->fit, w->path, &w->in, &r);

	if (s == STATUS_OK) {
		job->settings.transformer = r.model;
		job->settings.model_file = &r.file;
		s = compress_content(job, w);
	}
	job->settings.transformer = NULL;
	job->settings.model_file = NULL;
	trainer_result_free(&r);
	return s;
}

static enum status check_output(const struct job *job, const struct work *w)
{
	if (!w->to)
		return STATUS_OK;
	TRY(file_check_distinct(w->path, w->to));
	if (job->world_path)
		TRY(file_check_distinct(job->world_path, w->to));
	if (job->model_path)
		TRY(file_check_distinct(job->model_path, w->to));
	TRY(file_check_place(w->to));
	if (job->rm)
		TRY(file_check_kept(w->to));
	return job->force ? STATUS_OK : file_check_new(w->to);
}

/* Is the archive, as it was read back, one of the input? */
static enum status verify(void *context)
{
	struct work *w = context;
	double started = cmd_seconds();
	char sentence[512];

	cmd_meter_next_pass(&w->meter);
	enum status s = archive_verify(&w->job->settings, w->out.data, w->out.size_bytes,
				       w->in.data, w->in.size_bytes);

	w->verify_seconds = cmd_seconds() - started;
	cmd_meter_end(&w->meter);
	if (s == STATUS_OK)
		return s;
	snprintf(sentence, sizeof sentence, "%s", status_message());
	return fail(s, "%s: cannot verify: %s", cmd_input_name(w->path), sentence);
}

static enum status write_output(const struct job *job, struct work *w)
{
	if (w->to && job->verify)
		return file_write_checked(w->to, w->out.data, w->out.size_bytes, w->mode,
					  job->force, verify, w);
	if (w->to)
		return file_write(w->to, w->out.data, w->out.size_bytes, w->mode, job->force);
	if (job->verify)
		TRY(verify(w));
	return file_write_to(STDOUT_FILENO, w->out.data, w->out.size_bytes, "to standard output");
}

/* A limit below the smallest description is no mistake, but should be known. */
static void note_small_budget(const struct job *job, const struct work *w)
{
	uint64_t bits = 8 * w->stats.model_bytes;

	if (bits > job->settings.model_bits_max)
		fprintf(stderr,
			"twopart: %s: note: no model fits %llu bits; the smallest has %llu\n",
			cmd_input_name(w->path), (unsigned long long)job->settings.model_bits_max,
			(unsigned long long)bits);
}

/* --estimate: instead of compress_work(). */
static int estimate_work(const struct job *job, struct work *w)
{
	struct estimate e;
	const char *name = cmd_input_name(w->path);
	enum status s = file_read(w->path, &w->in, &w->mode);

	if (s == STATUS_OK)
		s = check_world(job, &w->in);
	if (s == STATUS_OK) {
		s = estimate_make(&job->settings, &w->in, job->verify, &e);
		s = s == STATUS_OK ? s : explain(job, &w->in, s);
	}
	if (s != STATUS_OK)
		return cmd_fail(name, s);
	if (job->json)
		return estimate_print_json(&e, name, job->settings.model->name);
	estimate_print(&e, name);
	return 0;
}

/* Sentences about the output name it; those about the input do not. */
static int compress_work(struct job *job, struct work *w)
{
	enum status s = check_output(job, w);

	if (s == STATUS_OK && job->rm)
		s = file_source_take(&w->source, w->path);
	if (s != STATUS_OK)
		return cmd_fail(NULL, s);
	s = file_read(w->path, &w->in, &w->mode);
	if (s == STATUS_OK)
		s = check_world(job, &w->in);
	if (s == STATUS_OK)
		s = job->fit_file ? fit_content(job, w) : compress_content(job, w);
	if (s != STATUS_OK)
		return cmd_fail(cmd_input_name(w->path), s);
	s = write_output(job, w);
	if (s == STATUS_OK && job->rm)
		s = file_source_remove(&w->source);
	if (s != STATUS_OK)
		return cmd_fail(NULL, s);
	note_small_budget(job, w);
	return report(job, w);
}

static int compress_file(struct job *job, const char *path)
{
	bool to_stdout = job->to_stdout || (!job->output && strcmp(path, "-") == 0);
	struct work w = {.path = path, .mode = FILE_MODE_NEW, .job = job};

	if (to_stdout && !job->estimate && !job->force && isatty(STDOUT_FILENO))
		return cmd_usage("compress: an archive is not for a terminal; use -o, or -f");
	if (!to_stdout && asprintf(&w.to, "%s%s", job->output ? job->output : path,
				   job->output ? "" : CMD_SUFFIX) < 0)
		return cmd_fail(path, fail_no_memory());

	int code = job->estimate ? estimate_work(job, &w) : compress_work(job, &w);

	buffer_free(&w.in);
	buffer_free(&w.out);
	free(w.to);
	return code;
}

/* The model, and what the options say about it: 0, or the exit code and *done. */
static int settle_options(struct job *job, uint64_t block, uint64_t model_bits, int threads,
			  bool *done)
{
	bool as_bytes = job->settings.as_bytes;

	*done = true;
	if (job->output && strcmp(job->output, "-") == 0) {
		job->output = NULL;
		job->to_stdout = true;
	}
	if (!job->model && (job->model_path || job->fit_file))
		job->model = CMD_MODEL_OF_FILE;
	enum status s = cmd_parse_level(&job->settings, job->model, job->level);

	if (s != STATUS_OK)
		return cmd_fail(NULL, s);
	job->settings.as_bytes = as_bytes;
	job->settings.threads = threads;
	job->settings.memory_max_bytes = file_memory_bytes();
	if (block != UINT64_MAX && block != 0 && job->settings.model->whole_stream)
		return cmd_usage("compress: model %s codes one block only, --block is not for it",
				 job->settings.model->name);
	if (model_bits != MODEL_BITS_ANY && !job->settings.model->fit)
		return cmd_usage("compress: model %s stores no model, --model-bits is not for it",
				 job->settings.model->name);
	job->settings.model_bits_max = model_bits;
	if (block != UINT64_MAX)
		job->settings.block_symbols = block;
	*done = false;
	return 0;
}

/* 0, or the exit code when the options end the command; *done tells the help from an error. */
static int parse_options(struct job *job, int argc, char **argv, bool *done)
{
	uint64_t block = UINT64_MAX, model_bits = MODEL_BITS_ANY;
	int threads = 0;

	*done = true;
	for (int o; (o = cmd_option_next(&spec, argc, argv)) != CMD_END;) {
		switch (o) {
		case CMD_LEVEL: job->level = *optarg; break;
		case 'm': job->model = optarg; break;
		case 'w': job->world_path = cmd_world_path(optarg, job->world_room); break;
		case 'M': job->model_path = optarg; break;
		case OPTION_STORE: job->store_model = true; break;
		case OPTION_FIT: job->fit_file = true; break;
		case OPTION_TIME:
			if (!cmd_parse_count("--time", optarg, 1, 10000000, &job->fit.seconds))
				return EXIT_USAGE;
			break;
		case OPTION_FIT_BITS:
			if (!cmd_parse_count("--bits", optarg, TRANSFORMER_BITS_MIN, 8,
					     &job->fit.bits))
				return EXIT_USAGE;
			break;
		case 'o': job->output = optarg; break;
		case 'c': job->to_stdout = true; break;
		case 'f': job->force = true; break;
		case 'k': job->rm = false; break;
		case OPTION_RM: job->rm = true; break;
		case OPTION_NO_VERIFY: job->verify = false; break;
		case 'q': job->quiet = true; break;
		case 'v': job->verbose = true; break;
		case OPTION_JSON: job->json = true; break;
		case OPTION_ESTIMATE: job->estimate = true; break;
		case OPTION_BYTES: job->settings.as_bytes = true; break;
		case 'T':
			if (!cmd_parse_threads(optarg, &threads))
				return EXIT_USAGE;
			break;
		case OPTION_BLOCK:
			if (!cmd_parse_count("--block", optarg, 0, CONTAINER_SYMBOLS_MAX, &block))
				return EXIT_USAGE;
			break;
		case OPTION_MODEL_BITS:
			if (!cmd_parse_count("--model-bits", optarg, 0, MODEL_BITS_ANY - 1,
					     &model_bits))
				return EXIT_USAGE;
			break;
		case CMD_HELP: return 0;
		default: return EXIT_USAGE;
		}
	}
	return settle_options(job, block, model_bits, threads, done);
}

/* What the model needs, and what it has no use for. */
static int check_needs(const struct job *job)
{
	const struct predictor_ops *model = job->settings.model;

	if (model->needs_world && !job->world_path) {
		cmd_usage("compress: model %s needs -w PREFIX.json", model->name);
		return status_exit_code(STATUS_UNSUPPORTED);
	}
	if (!model->needs_world && job->world_path)
		return cmd_usage("compress: model %s has no use for -w", model->name);
	if (job->store_model && model->needs_model == MODEL_NEVER)
		return cmd_usage("compress: model %s has no use for --store-model", model->name);
	if (job->store_model && model->needs_model == MODEL_MAY && !job->model_path)
		return cmd_usage("compress: --store-model stores what -M names");
	if (job->fit_file && (job->model_path || job->store_model || job->settings.as_bytes))
		return cmd_usage("compress: --fit-file excludes -M, --store-model and --bytes");
	if (!job->fit_file && (job->fit.seconds || job->fit.bits))
		return cmd_usage("compress: --time and --bits are for --fit-file");
	if (job->fit_file && model->needs_model != MODEL_MUST)
		return cmd_usage("compress: model %s has no use for --fit-file", model->name);
	return cmd_check_model_file("compress", &job->settings, job->model_path || job->fit_file);
}

static int check_combination(const struct job *job, int n_files, bool any_stdin)
{
	bool to_stdout = job->to_stdout || (any_stdin && !job->output);

	if (job->output && job->to_stdout)
		return cmd_usage("compress: -o and -c exclude each other");
	if ((job->output || job->to_stdout) && n_files > 1)
		return cmd_usage("compress: -o and -c take one input");
	if (job->estimate && (job->output || job->to_stdout || job->fit_file))
		return cmd_usage("compress: --estimate writes and trains nothing: no -o, -c, "
				 "--fit-file");
	if (job->rm && (to_stdout || any_stdin || !job->verify || job->estimate))
		return cmd_usage("compress: --rm is for files whose archives are verified: no -c, "
				 "--no-verify, --estimate");
	if (to_stdout && job->json && !job->estimate)
		return cmd_usage("compress: --json and the archive both want standard output");
	return check_needs(job);
}

/* What the options name besides inputs and outputs. */
static enum status load_files(struct job *job, struct world **world)
{
	job->fit.seconds = job->fit.seconds ? job->fit.seconds : CMD_FIT_SECONDS;
	job->fit.bits = job->fit.bits ? job->fit.bits : CMD_FIT_BITS;
	job->fit.threads = job->settings.threads;
	job->fit.quiet = job->quiet;
	if (job->world_path)
		TRY(world_load(world, job->world_path));
	job->settings.world = *world;
	if (job->model_path)
		TRY(model_file_load(job->model_path, &job->transformer, &job->model_file));
	job->settings.transformer = job->transformer;
	job->settings.model_file = job->store_model ? &job->model_file : NULL;
	return STATUS_OK;
}

int cmd_compress(int argc, char **argv)
{
	static char *from_stdin[] = {"-"};
	struct job job = {.verify = true};
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
	enum status s = load_files(&job, &world);

	if (s != STATUS_OK)
		code = cmd_fail(NULL, s);
	for (int i = 0; s == STATUS_OK && i < n_files; i++) {
		int file_code = compress_file(&job, files[i]);

		code = file_code > code ? file_code : code;
	}
	world_free(world);
	transformer_free(job.transformer);
	buffer_free(&job.model_file);
	return code;
}
