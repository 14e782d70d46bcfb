/* SPDX-License-Identifier: BSD-2-Clause
 *
 * cmd_common.c - option tables, help, error lines and the progress line of all commands.
 */
#include <math.h>
#include <omp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "archive.h"
#include "buffer.h"
#include "cmd.h"
#include "document.h"
#include "file.h"
#include "model_file.h"
#include "options.h"
#include "simd.h"
#include "tokens.h"
#include "trainer.h"
#include "transformer.h"
#include "world.h"

#define TABLE_MAX 32
#define HELP_COLUMN 28
#define THREADS_MAX 1024
#define METER_SECONDS 0.2 /* between two lines of progress */

static void print_help(const struct cmd_spec *spec)
{
	static const struct cmd_option help[] = {{CMD_HELP, "help", NULL, "show this help"}, {0}};

	printf("usage: twopart %s %s\n\n%s\noptions:\n", spec->name, spec->usage, spec->text);
	for (int part = 0; part < 2; part++) {
		const struct cmd_option *o = part == 0 ? spec->options : help;

		for (; o && o->name; o++) {
			char left[64];

			if (o->code == CMD_LEVEL)
				snprintf(left, sizeof left, "  -1 .. -9, --%s %s", o->name,
					 o->argument);
			else if (o->code <= UINT8_MAX)
				snprintf(left, sizeof left, "  -%c, --%s%s%s", o->code, o->name,
					 o->argument ? " " : "", o->argument ? o->argument : "");
			else
				snprintf(left, sizeof left, "      --%s%s%s", o->name,
					 o->argument ? " " : "", o->argument ? o->argument : "");
			printf("%-*s %s\n", HELP_COLUMN, left, o->help);
		}
	}
}

/* After an error of getopt_long(): it names an option that exists only when that got a value in
 * vain, as in --quiet=3. */
static bool is_in_table(const struct cmd_spec *spec, int code)
{
	for (const struct cmd_option *o = spec->options; o && o->name; o++)
		if (o->code == code)
			return true;
	return code == CMD_HELP;
}

static char level_text[][2] = {"1", "2", "3", "4", "5", "6", "7", "8", "9"};

/* Of a digit among the options, or of --level's value: point optarg to it. */
static int take_level(int code)
{
	unsigned level = (unsigned)(code - '1');

	if (code == CMD_LEVEL) {
		uint64_t n;

		if (!cmd_parse_count("--level", optarg, 1, 9, &n))
			return CMD_BAD;
		level = (unsigned)n - 1;
	}
	optarg = level_text[level];
	return CMD_LEVEL;
}

/* The sentence about what getopt_long() returned `code` for. */
static int report_mistake(const struct cmd_spec *spec, int code, char **argv)
{
	if (code == ':')
		cmd_usage("%s: option '%s' needs a value", spec->name, argv[optind - 1]);
	else if (is_in_table(spec, optopt))
		cmd_usage("%s: option '%.*s' takes no value", spec->name,
			  (int)strcspn(argv[optind - 1], "="), argv[optind - 1]);
	else if (optopt && optopt <= UINT8_MAX)
		cmd_usage("%s: unknown option '-%c' (see twopart help %s)", spec->name, optopt,
			  spec->name);
	else
		cmd_usage("%s: unknown option '%s' (see twopart help %s)", spec->name,
			  argv[optind - 1], spec->name);
	return CMD_BAD;
}

int cmd_option_next(const struct cmd_spec *spec, int argc, char **argv)
{
	struct option longs[TABLE_MAX + 2] = {{"help", no_argument, NULL, CMD_HELP}};
	char letters[2 * TABLE_MAX + 12] = ":h";
	size_t n_longs = 1, n_letters = 2;

	for (const struct cmd_option *o = spec->options; o && o->name && n_longs <= TABLE_MAX;
	     o++) {
		longs[n_longs++] = (struct option){
		    o->name, o->argument ? required_argument : no_argument, NULL, o->code};
		if (o->code == CMD_LEVEL)
			for (int i = 0; i < 9; i++)
				letters[n_letters++] = *level_text[i];
		if (o->code <= UINT8_MAX) {
			letters[n_letters++] = (char)o->code;
			if (o->argument)
				letters[n_letters++] = ':';
		}
	}
	opterr = 0;
	int code;

	while ((code = getopt_long(argc, argv, letters, longs, NULL)) == CMD_SIMD)
		if (simd_force(optarg) != STATUS_OK) {
			cmd_usage("--simd: %s", status_message());
			return CMD_BAD;
		}
	if (code == CMD_LEVEL || ('1' <= code && code <= '9'))
		code = take_level(code);
	else if (code == CMD_HELP)
		print_help(spec);
	else if (code == '?' || code == ':')
		code = report_mistake(spec, code, argv);
	return code;
}

void cmd_describe_option(const struct option_spec *spec, char help[CMD_HELP_BYTES])
{
	struct buffer text = {0};

	buffer_append(&text, spec->help, strlen(spec->help));
	buffer_append(&text, " (", 2);
	options_print_value(spec, spec->min, &text);
	buffer_append(&text, "..", 2);
	options_print_value(spec, spec->max, &text);
	buffer_append(&text, "; ", 2);
	options_print_value(spec, spec->def, &text);
	buffer_append(&text, ")", 1);
	snprintf(help, CMD_HELP_BYTES, "%.*s", (int)text.size_bytes, (const char *)text.data);
	buffer_free(&text);
}

/* One line on standard error, whatever is in file names and messages. */
static void print_error(const char *file, const char *sentence)
{
	char line[4096];

	if (file)
		snprintf(line, sizeof line, "twopart: %s: %s", file, sentence);
	else
		snprintf(line, sizeof line, "twopart: %s", sentence);
	for (char *c = line; *c; c++)
		if ((unsigned char)*c < ' ' || *c == 0x7f)
			*c = '?';
	fflush(stdout);
	fprintf(stderr, "%s\n", line);
}

int cmd_fail(const char *file, enum status s)
{
	print_error(file, status_message());
	return status_exit_code(s);
}

int cmd_usage(const char *format, ...)
{
	char sentence[2048];
	va_list args;

	va_start(args, format);
	vsnprintf(sentence, sizeof sentence, format, args);
	va_end(args);
	print_error(NULL, sentence);
	return EXIT_USAGE;
}

/* Digits with an optional unit letter out of `units`, each 1024 times the one before; "iB" may
 * follow the letter. */
static bool parse_number(const char *text, const char *units, uint64_t *value)
{
	const char *c = text;

	for (*value = 0; '0' <= *c && *c <= '9'; c++) {
		if (*value > (UINT64_MAX - 9) / 10)
			return false;
		*value = 10 * *value + (uint64_t)(*c - '0');
	}
	if (c == text)
		return false;
	const char *unit = *c ? strchr(units, *c) : NULL;

	for (const char *u = units; unit && u <= unit; u++) {
		if (*value > UINT64_MAX / 1024)
			return false;
		*value *= 1024;
	}
	return *(c += unit != NULL) == '\0' || (unit && strcmp(c, "iB") == 0);
}

bool cmd_parse_count(const char *option, const char *text, uint64_t min, uint64_t max,
		     uint64_t *value)
{
	if (parse_number(text, "", value) && min <= *value && *value <= max)
		return true;
	cmd_usage("%s '%s' is not a number from %llu to %llu", option, text,
		  (unsigned long long)min, (unsigned long long)max);
	return false;
}

bool cmd_parse_threads(const char *text, int *n_threads)
{
	uint64_t n;

	if (!cmd_parse_count("--threads", text, 0, THREADS_MAX, &n))
		return false;
	*n_threads = n ? (int)n : omp_get_num_procs();
	return true;
}

bool cmd_parse_size(const char *option, const char *text, uint64_t *size_bytes)
{
	if (parse_number(text, "KMGT", size_bytes) || parse_number(text, "kmgt", size_bytes))
		return true;
	cmd_usage("%s '%s' is not a size like 500M or 2GiB", option, text);
	return false;
}

/* archive_settings_parse() failed: whose option is it, and is "NAME,key=value" meant as
 * "NAME:key=value"? */
static enum status explain_model(const char *text, enum status failed)
{
	const struct predictor_ops *model;
	char sentence[512], before[512];
	size_t length = strcspn(text, ",");
	const char *rest;

	snprintf(sentence, sizeof sentence, "%s", status_message());
	snprintf(before, sizeof before, "%.*s", (int)(length < 512 ? length : 511), text);
	model = archive_find_model(before, &rest);
	if (failed != STATUS_BAD_ARGUMENT || !model)
		return failed;
	if (text[length] == ',' && *rest == '\0')
		return fail(failed, "unknown model '%s'; did you mean '%s:%s'?", text, model->name,
			    text + length + 1);
	if (strncmp(sentence, "no option", strlen("no option")) == 0)
		return fail(failed, "model %s has %s", model->name, sentence);
	return fail(failed, "model %s: %s", model->name, sentence);
}

enum status cmd_parse_model(struct archive_settings *settings, const char *text)
{
	enum status s = archive_settings_parse(settings, text);

	return s == STATUS_OK ? s : explain_model(text, s);
}

enum status cmd_parse_level(struct archive_settings *settings, const char *text, char level)
{
	const char digit[2] = {level};

	TRY(cmd_parse_model(settings, text ? text : level ? CMD_LEVEL_MODEL : CMD_DEFAULT_MODEL));
	if (level && strcmp(settings->model->name, CMD_LEVEL_MODEL) != 0)
		return fail(STATUS_BAD_ARGUMENT, "-%c is a level of model " CMD_LEVEL_MODEL
			    ", and model %s has none", level, settings->model->name);
	return level ? options_set(settings->model->options, settings->option, "level", digit)
		     : STATUS_OK;
}

void cmd_model_text(const struct archive_settings *s, char *text, size_t size_bytes)
{
	struct buffer o = {0};

	options_print(s->model->options, s->option, &o);
	snprintf(text, size_bytes, "%s%s%.*s", s->model->name, o.size_bytes ? ":" : "",
		 (int)o.size_bytes, o.data ? (const char *)o.data : "");
	buffer_free(&o);
}

int cmd_check_model_file(const char *command, const struct archive_settings *settings, bool given)
{
	const struct predictor_ops *model = settings->model;

	if (model->needs_model == MODEL_MUST && !given) {
		cmd_usage("%s: model %s needs -M MODEL" MODEL_FILE_SUFFIX, command, model->name);
		return status_exit_code(STATUS_UNSUPPORTED);
	}
	if (model->needs_model == MODEL_NEVER && given)
		return cmd_usage("%s: model %s has no use for -M", command, model->name);
	return 0;
}

const char *cmd_world_path(const char *given, char room[CMD_PATH_BYTES])
{
	int n = snprintf(room, CMD_PATH_BYTES, "%s.json", given);

	return access(given, F_OK) != 0 && n < CMD_PATH_BYTES && access(room, F_OK) == 0 ? room
											 : given;
}

enum status cmd_load_world(struct world **world, const char *path, bool required,
			   const struct predictor_ops *needing, const struct tokens *t)
{
	bool there = required || access(path, F_OK) == 0;

	if (needing && !there)
		return fail(STATUS_UNSUPPORTED, "model %s needs a world, and %s is not there",
			    needing->name, path);
	if (!there)
		return STATUS_OK;
	TRY(world_load(world, path));
	if (!t || !world_is_of(*world, t->data, t->n_tokens))
		return fail(STATUS_CORRUPT, "%s is the world of another corpus", path);
	return STATUS_OK;
}

enum status cmd_write_report(const char *path, enum status (*print)(const void *what, FILE *to),
			     const void *what, bool force)
{
	char *text = NULL;
	size_t size_bytes = 0;
	FILE *to = file_open_memory(&text, &size_bytes);

	if (!to)
		return fail_no_memory();
	enum status s = print(what, to);

	if (file_close_memory(to) != STATUS_OK && s == STATUS_OK)
		s = STATUS_NO_MEMORY;
	if (s == STATUS_OK)
		s = file_write(path, text, size_bytes, FILE_MODE_NEW, force);
	free(text);
	return s;
}

const char *cmd_take_prefix(char *given)
{
	static const char *const endings[] = {".bin", ".json"};
	size_t length = strlen(given);
	char path[CMD_PATH_BYTES];

	snprintf(path, sizeof path, "%s.bin", given);
	for (size_t i = 0; i < 2 && access(path, F_OK) != 0; i++) {
		size_t end = strlen(endings[i]);

		if (length > end && strcmp(given + length - end, endings[i]) == 0)
			given[length - end] = '\0';
	}
	return given;
}

const char *cmd_input_name(const char *path)
{
	return strcmp(path, "-") == 0 ? "standard input" : path;
}

double cmd_seconds(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (double)now.tv_sec + 1e-9 * (double)now.tv_nsec;
}

struct cmd_meter cmd_meter_start(bool quiet)
{
	double now = cmd_seconds();

	return (struct cmd_meter){.forecast = forecast_start(now),
				  .printed = now,
				  .n_passes = 1,
				  .live = !quiet && isatty(STDERR_FILENO)};
}

void cmd_meter_announce(struct cmd_meter *meter, const char *about, uint64_t memory_bytes,
			bool asked)
{
	meter->about = meter->live || asked ? about : NULL;
	meter->memory_bytes = memory_bytes;
}

uint64_t cmd_memory_bytes(const struct archive_settings *settings, const struct archive_plan *plan,
			  size_t input_bytes)
{
	uint64_t bytes = CMD_PROGRAM_BYTES + plan->memory_bytes + input_bytes;

	if (settings->transformer)
		bytes += model_file_memory_bytes(&settings->transformer->shape);
	if (settings->model_file)
		bytes += settings->model_file->size_bytes;
	return bytes;
}

uint64_t cmd_memory_bytes_verified(const struct archive_settings *settings,
				   const struct archive_plan *plan, size_t input_bytes)
{
	struct archive_plan verifying = *plan;

	verifying.memory_bytes = plan->verify_bytes;
	/* The archive's own model file is read from it. */
	if (settings->model_file)
		verifying.memory_bytes += model_file_memory_bytes(&settings->transformer->shape);

	uint64_t encoding = cmd_memory_bytes(settings, plan, input_bytes);
	uint64_t decoding = cmd_memory_bytes(settings, &verifying, input_bytes);

	return encoding > decoding ? encoding : decoding;
}

archive_progress *cmd_meter_progress(const struct cmd_meter *meter)
{
	return meter->live || meter->about ? cmd_meter_show : NULL;
}

/* The line that stays, once it can be said. */
static void announce(struct cmd_meter *meter)
{
	double seconds = forecast_seconds_total(&meter->forecast);
	char time[FORECAST_TEXT_BYTES], memory[FORECAST_TEXT_BYTES];

	if (seconds >= CMD_LONG_SECONDS) {
		forecast_duration(seconds, time);
		forecast_size(meter->memory_bytes, memory);
		fprintf(stderr, "%s%s: about %s%s%s\n",
			isatty(STDERR_FILENO) ? "\r\033[K" : "", meter->about, time,
			meter->memory_bytes ? ", at most " : "",
			meter->memory_bytes ? memory : "");
	}
	meter->about = NULL;
}

/* bits_per_symbol: NaN when there are none. */
static void show_meter(struct cmd_meter *meter, uint64_t done, uint64_t n, double bits_per_symbol)
{
	double now = cmd_seconds();
	char bits[48] = "", rate[FORECAST_TEXT_BYTES], left[FORECAST_TEXT_BYTES];

	if (done == 0)
		return;
	forecast_report(&meter->forecast, now, done, n);
	if (meter->about && forecast_is_ready(&meter->forecast))
		announce(meter);
	if (!meter->live || now - meter->printed < METER_SECONDS)
		return;
	meter->printed = now;
	if (!isnan(bits_per_symbol))
		snprintf(bits, sizeof bits, "  %.4f bits/symbol", bits_per_symbol);
	forecast_rate((double)done / (now - meter->forecast.started), rate);
	fprintf(stderr, "\r%5.1f%%%s  %s", 100 * (double)done / (double)n, bits, rate);
	if (forecast_is_ready(&meter->forecast)) {
		forecast_duration(forecast_seconds_left(&meter->forecast), left);
		fprintf(stderr, "  %s left", left);
	}
	fputs("\033[K", stderr);
	fflush(stderr);
}

bool cmd_meter_show(void *context, uint64_t done, uint64_t n, double bits)
{
	struct cmd_meter *meter = context;

	meter->bits = bits;
	done += meter->pass * n;
	show_meter(meter, done, meter->n_passes * n, (meter->bits_before + bits) / (double)done);
	return true;
}

void cmd_meter_next_pass(struct cmd_meter *meter)
{
	meter->pass++;
	meter->bits_before += meter->bits;
}

void cmd_meter_count(void *context, uint64_t done, uint64_t n)
{
	show_meter(context, done, n, NAN);
}

void cmd_meter_training(void *context, const struct trainer_progress *p)
{
	struct cmd_meter *meter = context;
	double now = cmd_seconds();

	if (!meter->live || now - meter->printed < METER_SECONDS)
		return;
	meter->printed = now;
	fprintf(stderr,
		"\r%-8s step %llu of %s%llu  %.4f bits/symbol  %.1f k symbols/s  %.0f s left\033[K",
		p->phase, (unsigned long long)p->step, p->remaining_seconds > 0 ? "about " : "",
		(unsigned long long)p->steps, p->loss_bits, p->symbols_per_second / 1e3,
		p->remaining_seconds);
	fflush(stderr);
}

void cmd_meter_end(const struct cmd_meter *meter)
{
	if (meter->live)
		fputs("\r\033[K", stderr);
}

int cmd_print_json(json_t *document)
{
	enum status s = document_write(document, stdout);

	return s == STATUS_OK ? 0 : cmd_fail(NULL, s);
}

int cmd_print_json_line(json_t *document)
{
	enum status s = document_write_line(document, stdout);

	return s == STATUS_OK ? 0 : cmd_fail(NULL, s);
}

int cmd_option_next_of(struct cmd_spec spec, void (*describe)(struct buffer *to), int argc,
		       char **argv)
{
	struct buffer text = {0};

	describe(&text);
	buffer_append_byte(&text, '\0');
	spec.text = text.failed ? "" : (const char *)text.data;

	int code = cmd_option_next(&spec, argc, argv);

	buffer_free(&text);
	return code;
}

int cmd_only_json(const struct cmd_spec *spec, int argc, char **argv, bool *json)
{
	*json = false;
	for (int o; (o = cmd_option_next(spec, argc, argv)) != CMD_END;) {
		if (o == CMD_HELP)
			return 0;
		if (o != CMD_JSON)
			return EXIT_USAGE;
		*json = true;
	}
	return CMD_END;
}
