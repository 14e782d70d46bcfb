/* SPDX-License-Identifier: BSD-2-Clause
 *
 * cmd.h - what the commands share: options from one table, errors of one line.
 *
 * A command is `int cmd_x(int argc, char **argv)` with argv[0] its own name; it returns the exit
 * code.  Its options stand in one table, from which both the parsing and the help are made:
 *
 *      for (int o; (o = cmd_option_next(&spec, argc, argv)) != CMD_END;)
 *              switch (o) {
 *              case 'o': path = optarg; break;
 *              case CMD_HELP: return 0;      (the help was printed)
 *              default: return EXIT_USAGE;   (the mistake was reported)
 *              }
 *      files are argv[optind]..argv[argc - 1]
 */
#ifndef TWOPART_CMD_H
#define TWOPART_CMD_H

#include <getopt.h>
#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include "archive.h"
#include "forecast.h"
#include "status.h"

#define EXIT_USAGE 1
#define CMD_SUFFIX ".2p" /* of archives */

#define CMD_END (-1)
#define CMD_BAD '?'
#define CMD_HELP 'h' /* -h, --help: part of every table without being listed */
#define CMD_JSON 512 /* --json, for cmd_only_json() */
#define CMD_SIMD 511 /* --simd: cmd_option_next() obeys it, commands never see it */
#define CMD_SIMD_OPTION                                                                            \
	{CMD_SIMD, "simd", "FORM", "instructions of the kernels: auto, plain, avx2 or avx512"}

/* A level, 1..9: -1 .. -9 or --level N, for which cmd_option_next() returns CMD_LEVEL with the
 * digit in optarg either way. */
#define CMD_LEVEL 510
#define CMD_LEVEL_OPTION                                                                           \
	{CMD_LEVEL, "level", "N", "1 is fast, 9 is small; " CMD_LEVEL_MODEL                 \
				  ":level=N (5).  Of tokens: memory only"}
#define CMD_LEVEL_MODEL "mix"     /* the model that has levels */
#define CMD_DEFAULT_MODEL "mix"   /* of compress */

struct cmd_option {
	int code;             /* the letter; above 255 for an option that is only long */
	const char *name;     /* long name; NULL ends the table */
	const char *argument; /* "N"; NULL: takes none */
	const char *help;     /* one line */
};

struct cmd_spec {
	const char *name;
	const char *usage;   /* what follows the name: "[OPTION]... FILE..." */
	const char *text;    /* paragraphs for the help, each line ended */
	const struct cmd_option *options;
};

/* Next option's code (argument in optarg), CMD_END, CMD_HELP or CMD_BAD. */
int cmd_option_next(const struct cmd_spec *spec, int argc, char **argv);

/* The same where the help's text is made when it is wanted: `describe` appends it. */
struct buffer;
int cmd_option_next_of(struct cmd_spec spec, void (*describe)(struct buffer *to), int argc,
		       char **argv);

/* All options of a command that has only --json (code CMD_JSON): CMD_END to go on, with operands at
 * optind, or the exit code. */
int cmd_only_json(const struct cmd_spec *spec, int argc, char **argv, bool *json);

struct option_spec;
struct tokens;
struct world;

/* The help of an option of that kind: what it is, its range and its default. */
#define CMD_HELP_BYTES 200
void cmd_describe_option(const struct option_spec *spec, char help[CMD_HELP_BYTES]);

/* Print "twopart: FILE: sentence of the last fail()" (FILE may be NULL), return the exit code. */
int cmd_fail(const char *file, enum status s);

/* Print a document (document.h) on standard output, as a text of lines or as one line, and free it:
 * the exit code.  NULL is lack of memory. */
int cmd_print_json(json_t *document);
int cmd_print_json_line(json_t *document);

/* Print a usage error made of a sentence, return EXIT_USAGE. */
int cmd_usage(const char *format, ...) __attribute__((format(printf, 1, 2)));

/* A whole number from min to max, or a usage error that names the option. */
bool cmd_parse_count(const char *option, const char *text, uint64_t min, uint64_t max,
		     uint64_t *value);

/* 0..1024 for -T; 0 means all processors, whatever the environment says. */
bool cmd_parse_threads(const char *text, int *n_threads);
#define CMD_THREADS_HELP "threads, 0: one a processor; never changes a byte of the result"
#define CMD_CODING_THREADS_HELP                                                                    \
	"threads, 0: one a processor; each in memory of its own; never changes a byte"

/* A number of bytes: a count with an optional K, k or KiB, M, G or T (powers of 1024). */
bool cmd_parse_size(const char *option, const char *text, uint64_t *size_bytes);

#define CMD_MODEL_OF_FILE "transformer" /* what -M means without -m */
#define CMD_MODEL_FILE_HELP "model file, for models that need one (made by twopart train)"

/* Usage errors about -M, the model file: the code, or 0 when the model and `given` agree. */
int cmd_check_model_file(const char *command, const struct archive_settings *settings, bool given);

/* archive_settings_parse(), with a sentence that says what was probably meant. */
MUST_CHECK enum status cmd_parse_model(struct archive_settings *settings, const char *text);

#define CMD_PATH_BYTES 4096

/* As above, at `level` ('1'..'9') unless that is 0; `text` may be NULL. */
MUST_CHECK enum status cmd_parse_level(struct archive_settings *settings, const char *text,
				       char level);

/* "NAME:key=value" with only the options that differ from their defaults. */
void cmd_model_text(const struct archive_settings *settings, char *text, size_t size_bytes);

/* The world file that -w means: `given`, or, when that is not there but given.json is, the latter,
 * written to `room`. */
const char *cmd_world_path(const char *given, char room[CMD_PATH_BYTES]);

/*
 * Load the world at `path` and check that it speaks of these tokens (NULL: of none).  When it is
 * not there *world stays NULL, unless it was `required` or a model is `needing` it (or NULL).
 */
MUST_CHECK enum status cmd_load_world(struct world **world, const char *path, bool required,
				      const struct predictor_ops *needing, const struct tokens *t);

/* Have a report made as text, and write it whole. */
MUST_CHECK enum status cmd_write_report(const char *path,
					enum status (*print)(const void *what, FILE *to),
					const void *what, bool force);

/* The prefix of a corpus that `given` means: PREFIX.bin and PREFIX.json are PREFIX too, unless they
 * are themselves prefixes.  Shortens it in place. */
const char *cmd_take_prefix(char *given);

/* "-" as people read it. */
const char *cmd_input_name(const char *path);

double cmd_seconds(void); /* a clock that only goes forward */

/* A line of progress with the time that is left: on standard error, if that is a terminal.  And
 * before it, of a run that turns out to be long, one line that stays: how long, how much memory. */
#define CMD_LONG_SECONDS 10
struct cmd_meter {
	struct forecast forecast;
	double printed;        /* seconds */
	bool live;             /* the line of progress */
	const char *about;     /* of the line that stays: the file, or NULL: no such line */
	uint64_t memory_bytes; /* 0: not known */
	unsigned n_passes;     /* over the same symbols; cmd_meter_start() says 1 */
	unsigned pass;         /* the one that is under way */
	double bits, bits_before; /* of this pass so far, and of those before */
};

struct cmd_meter cmd_meter_start(bool quiet);

/* Say that line: where there is progress, and elsewhere if `asked` for. */
void cmd_meter_announce(struct cmd_meter *meter, const char *about, uint64_t memory_bytes,
			bool asked);

#define CMD_PROGRAM_BYTES ((uint64_t)6 << 20) /* the program itself and its libraries */

/* What a process takes that carries out a plan on so many bytes of input: an upper estimate, but
 * for a world, which is small beside it. */
uint64_t cmd_memory_bytes(const struct archive_settings *settings, const struct archive_plan *plan,
			  size_t input_bytes);

/* The same with archive_verify() of the archive. */
uint64_t cmd_memory_bytes_verified(const struct archive_settings *settings,
				   const struct archive_plan *plan, size_t input_bytes);

/* The next one of its passes begins. */
void cmd_meter_next_pass(struct cmd_meter *meter);

/* cmd_meter_show(), if anybody would see it: NULL otherwise. */
archive_progress *cmd_meter_progress(const struct cmd_meter *meter);
bool cmd_meter_show(void *meter, uint64_t done_symbols, uint64_t n_symbols, double bits_so_far);
void cmd_meter_count(void *meter, uint64_t done, uint64_t n);
struct trainer_progress;
void cmd_meter_training(void *meter, const struct trainer_progress *p);
void cmd_meter_end(const struct cmd_meter *meter); /* wipe the line */

int cmd_generate(int argc, char **argv);
int cmd_bounds(int argc, char **argv);
int cmd_cost(int argc, char **argv);
int cmd_curves(int argc, char **argv);
int cmd_train(int argc, char **argv);
int cmd_compress(int argc, char **argv);
int cmd_decompress(int argc, char **argv);
int cmd_test(int argc, char **argv);
int cmd_list(int argc, char **argv);
int cmd_inputs(int argc, char **argv);
int cmd_analyze(int argc, char **argv);
int cmd_export(int argc, char **argv);
int cmd_import(int argc, char **argv);
int cmd_models(int argc, char **argv);
int cmd_structure(int argc, char **argv);
int cmd_sweep(int argc, char **argv);
int cmd_tune(int argc, char **argv);
int cmd_bench(int argc, char **argv);
int cmd_report(int argc, char **argv);
int cmd_suite(int argc, char **argv);
int cmd_rank(int argc, char **argv);
int cmd_words(int argc, char **argv);
int cmd_probe(int argc, char **argv);
int cmd_experiment(int argc, char **argv);
int cmd_results(int argc, char **argv);
int cmd_scaling(int argc, char **argv);
int cmd_mixers(int argc, char **argv);
int cmd_kernels(int argc, char **argv);
int cmd_cell(int argc, char **argv);
int cmd_half(int argc, char **argv);
int cmd_version(int argc, char **argv);

/* The commit that this program was built from, "-dirty" behind it when the sources had changed;
 * "unknown" without git. */
const char *cmd_commit(void);

/* What the results of this program's benchmark say about it. */
struct origin;
const struct origin *cmd_origin(void);

#endif
