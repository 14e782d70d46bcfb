/* SPDX-License-Identifier: BSD-2-Clause
 *
 * cmd_train.c - twopart train: corpora to a stored model.
 */
#include <jansson.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cmd.h"
#include "cmd_numbers.h"
#include "document.h"
#include "file.h"
#include "float_guard.h"
#include "model_file.h"
#include "simd.h"
#include "trainer.h"

#define WRITTEN 3 /* files: the model, the checkpoint, the log */

enum number {
	LAYERS,
	DIM,
	HEADS,
	CTX,
	STEPS,
	SECONDS,
	BATCH,
	RATE,
	DECAY,
	CLIP,
	SEED,
	BITS,
	RATE_BITS,
	VALID,
	NUMBERS
};

static const struct option_spec numbers[] = {
    [LAYERS] = {"layers", 0, TRANSFORMER_LAYERS_MAX, 0, 1, "layers; 0: by --time, or 4"},
    [DIM] = {"dim", 0, TRANSFORMER_DIM_MAX, 0, 1, "width; 0: by --time, or 128"},
    [HEADS] = {"heads", 0, TRANSFORMER_DIM_MAX / 16, 0, 1, "heads of attention; 0: of width 32"},
    [CTX] = {"ctx", 1, TRANSFORMER_CTX_MAX, 128, 1, "symbols of context"},
    [STEPS] = {"steps", 0, INT64_MAX / 2, 0, 1, "steps; 0: by --time"},
    [SECONDS] = {"time", 0, CMD_DECIMAL(1e8), 0, OPTION_UNIT,
		 "seconds of it all, validation and rounding included"},
    [BATCH] = {"batch", 1, TRAINER_BATCH_MAX, 8, 1, "windows of ctx symbols in a step"},
    [RATE] = {"lr", 0, CMD_DECIMAL(1), 0, OPTION_UNIT, "largest learning rate; 0: by dim"},
    [DECAY] = {"decay", 0, CMD_DECIMAL(100), CMD_DECIMAL(0.02), OPTION_UNIT, "weight decay"},
    [CLIP] = {"clip", 0, CMD_DECIMAL(1e6), CMD_DECIMAL(1), OPTION_UNIT,
	      "largest norm of a gradient; 0: any"},
    [SEED] = {"seed", 0, INT64_MAX, 1, 1, "of first weights and order"},
    [BITS] = {"bits", TRANSFORMER_BITS_MIN, 8, 8, 1, "of a stored weight"},
    [RATE_BITS] = {"rate-aware", 0, CMD_DECIMAL(1e6), 0, OPTION_UNIT,
		   "bits of data that a stored bit is worth"},
    [VALID] = {"valid", 0, CMD_DECIMAL(0.5), CMD_DECIMAL(0.05), OPTION_UNIT,
	       "share held back to validate on; 0: none"},
    [NUMBERS] = {0},
};

enum { CODE_SEPARATOR = 256, CODE_CHECKPOINT, CODE_LOG, CODE_SIMD };

static const struct cmd_option others[] = {
    {CODE_SEPARATOR, "separator", "N", "what ends a sentence, or none; default: the corpus' own"},
    {'o', "output", "FILE", "the model, NAME" MODEL_FILE_SUFFIX},
    {CODE_CHECKPOINT, "checkpoint", "FILE", "written now and then; if it is there, go on from it"},
    {CODE_LOG, "log", "FILE", "JSON lines: settings, steps, result"},
    {'T', "threads", "N", CMD_THREADS_HELP},
    {CODE_SIMD, "simd", "FORM", "plain, avx2, avx512 or auto; never changes a byte of the result"},
    {'f', "force", NULL, "overwrite an existing model"},
    {'q', "quiet", NULL, "no progress on standard error"},
    {CMD_JSON, "json", NULL, "one JSON object instead of a table"},
};

struct train {
	struct cmd_numbers table;
	int64_t number[NUMBERS];
	const char *separator, *output, *checkpoint, *log;
	struct cmd_run run;
	bool force;
	struct training_data data;
};

static const char text[] =
    "Train a transformer on corpora (PREFIX of PREFIX.bin), token files or any files, round its\n"
	    "weights to a few bits and store them.  The last 15 % of the training, 50 % with\n"
	    "--rate-aware, are with rounded weights.  With --time and without --layers and --dim\n"
	    "the size is chosen for budget and data.\n"
	    "The model has the same bytes for any number of threads.\n";

static void make_table(struct train *t)
{
	cmd_numbers_open(&t->table, numbers, t->number);
	for (size_t i = 0; i < sizeof others / sizeof *others; i++)
		cmd_numbers_add(&t->table, &others[i]);
	t->run.threads = trainer_defaults().threads;
}

/* One option with its argument in optarg: CMD_END to go on, or the exit code. */
static int take_option(struct train *t, int code)
{
	int end;

	if (cmd_run_take(&t->run, code, &end))
		return end;
	switch (code) {
	case CODE_SEPARATOR:
		t->separator = optarg;
		return CMD_END;
	case CODE_CHECKPOINT:
		t->checkpoint = optarg;
		return CMD_END;
	case CODE_LOG:
		t->log = optarg;
		return CMD_END;
	case CODE_SIMD:
		if (simd_force(optarg) != STATUS_OK)
			return cmd_usage("train: --simd: %s", status_message());
		return CMD_END;
	case 'o':
		t->output = optarg;
		return CMD_END;
	case 'f':
		t->force = true;
		return CMD_END;
	}
	return cmd_numbers_take(&t->table, "train", code);
}

/* CMD_END to go on, with the corpora at optind; or the exit code. */
static int parse_options(struct train *t, int argc, char **argv)
{
	const struct cmd_spec spec = {.name = "train",
				      .usage = "[transformer] [OPTION]... -o FILE CORPUS...",
				      .text = text,
				      .options = t->table.option};

	make_table(t);
	for (int o; (o = cmd_option_next(&spec, argc, argv)) != CMD_END;) {
		int end = take_option(t, o);

		if (end != CMD_END)
			return end;
	}
	if (optind < argc && strcmp(argv[optind], "transformer") == 0 &&
	    (optind + 1 < argc || access(argv[optind], F_OK) != 0))
		optind++;
	if (!t->output)
		return cmd_usage("train: -o FILE says where to write the model");
	if (optind == argc)
		return cmd_usage("train: which corpora? (see twopart help train)");
	if ((t->number[STEPS] > 0) == (t->number[SECONDS] > 0))
		return cmd_usage("train: either --steps or --time says when to end");
	if ((t->number[LAYERS] > 0) != (t->number[DIM] > 0))
		return cmd_usage("train: --layers and --dim go together");
	if (t->number[HEADS] > 0 && t->number[LAYERS] == 0)
		return cmd_usage("train: --heads goes with --layers and --dim");
	return CMD_END;
}

/* "none", or a symbol of the alphabet. */
static int set_separator(struct train *t)
{
	uint64_t n;

	if (!t->separator)
		return CMD_END;
	t->data.separator = TRANSFORMER_NO_SEPARATOR;
	if (strcmp(t->separator, "none") == 0)
		return CMD_END;
	if (!cmd_parse_count("--separator", t->separator, 0, t->data.n_symbols - 1, &n))
		return EXIT_USAGE;
	t->data.separator = (int32_t)n;
	return CMD_END;
}

/* Everything that can be found wrong before minutes of work. */
static enum status check_places(const struct train *t)
{
	const char *const written[] = {t->output, t->checkpoint, t->log};
	bool goes_on = t->checkpoint && access(t->checkpoint, F_OK) == 0;

	if (!t->force)
		TRY(file_check_new(t->output));
	if (t->log && !t->force && !goes_on)
		TRY(file_check_new(t->log));
	for (size_t i = 0; i < WRITTEN; i++) {
		if (!written[i])
			continue;
		TRY(file_check_place(written[i]));
		for (size_t j = 0; j < i; j++)
			if (written[j] && strcmp(written[i], written[j]) == 0)
				return fail(STATUS_BAD_ARGUMENT, "%s is named twice", written[i]);
	}
	return STATUS_OK;
}

/* Nothing that is written may be PREFIX or the PREFIX.bin that it may mean. */
static enum status check_distinct(const struct train *t, const char *corpus)
{
	const char *const written[] = {t->output, t->checkpoint, t->log};
	char path[CMD_PATH_BYTES];
	bool fits = snprintf(path, sizeof path, "%s.bin", corpus) < (int)sizeof path;

	for (size_t i = 0; i < WRITTEN; i++) {
		if (!written[i])
			continue;
		TRY(file_check_distinct(corpus, written[i]));
		if (fits)
			TRY(file_check_distinct(path, written[i]));
	}
	return STATUS_OK;
}

static int read_corpora(struct train *t, int argc, char **argv)
{
	for (int i = optind; i < argc; i++) {
		const char *corpus = cmd_take_prefix(argv[i]);
		enum status s = check_distinct(t, corpus);

		if (s == STATUS_OK)
			s = training_data_add(&t->data, corpus);
		if (s != STATUS_OK)
			return cmd_fail(cmd_input_name(corpus), s);
	}
	return set_separator(t);
}

static struct trainer_settings settings_of(const struct train *t)
{
	struct trainer_settings s = trainer_defaults();

	s.shape.n_layers = (uint32_t)t->number[LAYERS];
	s.shape.dim = (uint32_t)t->number[DIM];
	s.shape.n_heads = (uint32_t)t->number[HEADS];
	s.shape.ctx = (uint32_t)t->number[CTX];
	if (t->number[STEPS] > 0 && t->number[LAYERS] == 0) {
		s.shape.n_layers = 4;
		s.shape.dim = 128;
	}
	s.steps = (uint64_t)t->number[STEPS];
	s.seconds = cmd_numbers_decimal(&t->table, SECONDS);
	s.batch = (uint32_t)t->number[BATCH];
	s.rate = cmd_numbers_decimal(&t->table, RATE);
	s.decay = cmd_numbers_decimal(&t->table, DECAY);
	s.clip = cmd_numbers_decimal(&t->table, CLIP);
	s.seed = (uint64_t)t->number[SEED];
	s.bits = (unsigned)t->number[BITS];
	s.rate_bits = cmd_numbers_decimal(&t->table, RATE_BITS);
	s.valid_share = cmd_numbers_decimal(&t->table, VALID);
	s.threads = t->run.threads;
	s.checkpoint = t->checkpoint;
	s.log = t->log;
	return s;
}

static enum status print_json(const struct trainer_result *r)
{
	const struct transformer *m = r->model;
	char hash[65];
	json_t *all = json_pack(
	    "{s:I, s:I, s:I, s:I, s:I, s:o, s:I, s:I, s:I, s:I, s:f, s:o, s:o, s:o, s:I, s:I, s:s}",
	    "layers", (json_int_t)m->shape.n_layers, "dim", (json_int_t)m->shape.dim, "heads",
	    (json_int_t)m->shape.n_heads, "ctx", (json_int_t)m->shape.ctx, "n_symbols",
	    (json_int_t)m->shape.n_symbols, "separator",
	    m->shape.separator == TRANSFORMER_NO_SEPARATOR ? json_null()
							   : json_integer(m->shape.separator),
	    "parameters", (json_int_t)transformer_n_parameters(&m->shape), "bits",
	    (json_int_t)m->bits, "steps", (json_int_t)r->steps, "symbols", (json_int_t)r->symbols,
	    "seconds", r->seconds, "float_valid_bits", document_number(r->float_valid_bits),
	    "rounded_valid_bits", document_number(r->rounded_valid_bits), "stored_valid_bits",
	    document_number(r->stored_valid_bits), "valid_symbols",
	    (json_int_t)r->valid_symbols, "model_bytes", (json_int_t)r->file.size_bytes, "sha256",
	    model_file_hash_text(m->hash, 32, hash));

	return document_write(document_new("train", 1, all), stdout);
}

static void print_table(const char *output, const struct trainer_result *r)
{
	const struct transformer_shape *shape = &r->model->shape;
	size_t n = transformer_n_parameters(shape);
	char hash[65], rounded[32];

	printf("%s: %lu layers, dim %lu, %lu heads, context %lu, alphabet %lu, %zu parameters\n",
	       output, (unsigned long)shape->n_layers, (unsigned long)shape->dim,
	       (unsigned long)shape->n_heads, (unsigned long)shape->ctx,
	       (unsigned long)shape->n_symbols, n);
	printf("%llu steps, %llu symbols, %.1f s, %.0f symbols/s\n", (unsigned long long)r->steps,
	       (unsigned long long)r->symbols, r->seconds, (double)r->symbols / r->seconds);
	printf("%-19s  %11s  %10s  %14s\n", "weights", "bits/symbol", "bytes", "bits/parameter");
	printf("%-19s  %11.4f  %10zu  %14.2f\n", "single precision", r->float_valid_bits, 4 * n,
	       32.0);
	snprintf(rounded, sizeof rounded, "rounded, int%u", r->model->bits);
	printf("%-19s  %11.4f\n", rounded, r->rounded_valid_bits);
	printf("%-19s  %11.4f  %10zu  %14.2f\n", "stored, as it codes", r->stored_valid_bits,
	       r->file.size_bytes, 8 * (double)r->file.size_bytes / (double)n);
	printf("validated on %llu symbols; sha256 %s\n", (unsigned long long)r->valid_symbols,
	       model_file_hash_text(r->model->hash, 32, hash));
}

static enum status run(const struct train *t)
{
	const struct float_guard guard = float_guard_enter();
	struct trainer_settings settings = settings_of(t);

	float_guard_leave(&guard);

	struct cmd_meter meter = cmd_meter_start(t->run.quiet);
	struct trainer_result r;

	settings.progress = cmd_meter_training;
	settings.progress_context = &meter;

	enum status s = trainer_run(&settings, &t->data, &r);

	cmd_meter_end(&meter);
	if (s == STATUS_OK)
		s = file_write(t->output, r.file.data, r.file.size_bytes, FILE_MODE_NEW, t->force);
	if (s == STATUS_OK && t->run.json)
		s = print_json(&r);
	else if (s == STATUS_OK)
		print_table(t->output, &r);
	if (s == STATUS_OK && r.log_is_lost)
		s = fail(STATUS_IO, "the model is there, but %s is not complete", t->log);
	trainer_result_free(&r);
	return s;
}

int cmd_train(int argc, char **argv)
{
	struct train *t = calloc(1, sizeof *t);

	if (!t)
		return cmd_fail(NULL, fail_no_memory());

	int code = parse_options(t, argc, argv);

	if (code == CMD_END) {
		enum status s = check_places(t);

		code = s == STATUS_OK ? read_corpora(t, argc, argv) : cmd_fail(NULL, s);
	}
	if (code == CMD_END) {
		enum status s = run(t);

		code = s == STATUS_OK ? 0 : cmd_fail(NULL, s);
	}
	training_data_free(&t->data);
	free(t);
	return code;
}
