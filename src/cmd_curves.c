/* SPDX-License-Identifier: BSD-2-Clause
 *
 * cmd_curves.c - twopart curves: how the code lengths of several predictors grow along one input,
 * and from where on a model that is shipped has paid for itself.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "archive.h"
#include "cmd.h"
#include "cost.h"
#include "curves.h"
#include "file.h"
#include "model_file.h"
#include "oracle.h"
#include "tokens.h"
#include "transformer.h"
#include "world.h"

#define NO_MODEL "none"
#define MODELS_MAX 32
#define PATH_LETTERS 30 /* of a path, in a name */
#define CODES_MAX (MODELS_MAX * MODELS_MAX + 1)

static const char *const default_models[] = {"order0", "ngram", "mix"};

#define N_DEFAULT_MODELS (sizeof default_models / sizeof *default_models)

enum { OPTION_AGAINST = 256, OPTION_AT, OPTION_BYTES };

static const struct cmd_option options[] = {
    {'m', "model", "MODEL", "predictor: NAME or NAME:key=value, any number of times"},
    {'M', "model-file", "M" MODEL_FILE_SUFFIX, "model that is shipped, any number of times"},
    {OPTION_AGAINST, "against", "MODEL", "the reference; " NO_MODEL ": none"},
    {'w', "world", "FILE", "world of the corpus, if not PREFIX.json"},
    {OPTION_AT, "at", "N", "a position to print, any number of times"},
    {'o', "output", "OUT", "write OUT.tsv and OUT.svg"},
    {'f', "force", NULL, "overwrite existing files"},
    {OPTION_BYTES, "bytes", NULL, "treat a token file as bytes"},
    {'T', "threads", "N", CMD_CODING_THREADS_HELP},
    {CMD_JSON, "json", NULL, "one JSON object instead of tables"},
    {'q', "quiet", NULL, "no progress"},
    {0},
};

static const struct cmd_spec spec = {
    .name = "curves",
    .usage = "[OPTION]... PREFIX|FILE",
    .text =
	"What has been sent when so many symbols of the corpus PREFIX, or of any FILE, have been\n"
	"coded: by each predictor -m (default order0, ngram and mix), by a transformer with each\n"
	"model file -M, whose bits are sent first, and by the reference: " COST_REFERENCE
	", if there is one for\n"
	"the corpus, unless --against says otherwise.  Tables at positions 1, 2, 5, 10, ..: bits\n"
	"a symbol so far, the marginal rate, bits over the reference.  Then from which position\n"
	"on, to the end, a code that ships a model has sent no more bits than one that ships\n"
	"less: the exact one, and whether it was so before.\n\n"
	"OUT.tsv has a line for each code and position, 20 a decade, and OUT.svg draws them.\n"
	"Costs are those of the pass that makes the archive, rounded to 2^-24 bits, without its\n"
	"header and checksum; symbols are taken in the order of coding.\n",
    .options = options,
};

/* What is measured. */
struct code {
	struct archive_settings settings;
	const struct shipped *shipped; /* NULL: no model file */
	char name[CURVE_NAME_BYTES];
};

struct shipped {
	const char *path;
	struct transformer *transformer;
	struct buffer file;
};

struct job {
	const char *model[MODELS_MAX];
	size_t n_models;
	struct shipped shipped[MODELS_MAX];
	size_t n_shipped;
	const char *against, *world_path, *output;
	uint64_t exact[MODELS_MAX];
	size_t n_exact;
	int threads;
	bool as_bytes, force, quiet, json;

	const char *given, *prefix; /* the operand, and as a corpus */
	char prefix_room[CMD_PATH_BYTES], input[CMD_PATH_BYTES], world_room[CMD_PATH_BYTES];
	char tsv[CMD_PATH_BYTES], svg[CMD_PATH_BYTES];

	struct buffer in;
	struct tokens tokens; /* inside it, if is_tokens */
	bool is_tokens;
	struct world *world;
	struct code *code; /* (n_codes) of CODES_MAX */
	size_t n_codes, reference;
	struct curves curves;
};

static enum status make_path(char path[CMD_PATH_BYTES], const char *prefix, const char *ending)
{
	if (snprintf(path, CMD_PATH_BYTES, "%s%s", prefix, ending) < CMD_PATH_BYTES)
		return STATUS_OK;
	return fail(STATUS_BAD_ARGUMENT, "the name is too long");
}

/* Is it a corpus, or just a file? */
static enum status find_input(struct job *j)
{
	TRY(make_path(j->prefix_room, j->given, ""));
	j->prefix = cmd_take_prefix(j->prefix_room);
	TRY(make_path(j->input, j->prefix, ".bin"));
	if (!j->world_path) /* which may stand there */
		TRY(make_path(j->world_room, j->prefix, ".json"));
	if (access(j->input, F_OK) == 0)
		return STATUS_OK;
	j->prefix = NULL;
	return make_path(j->input, j->given, "");
}

static enum status check_output(const struct job *j, const char *path)
{
	const char *world = j->world_path ? j->world_path : j->world_room;

	TRY(file_check_distinct(j->input, path));
	if (j->world_path || j->prefix)
		TRY(file_check_distinct(world, path));
	for (size_t i = 0; i < j->n_shipped; i++)
		TRY(file_check_distinct(j->shipped[i].path, path));
	TRY(file_check_place(path));
	return j->force ? STATUS_OK : file_check_new(path);
}

static enum status check_outputs(struct job *j)
{
	if (!j->output)
		return STATUS_OK;
	TRY(make_path(j->tsv, j->output, ".tsv"));
	TRY(make_path(j->svg, j->output, ".svg"));
	TRY(check_output(j, j->tsv));
	return check_output(j, j->svg);
}

static enum status read_input(struct job *j)
{
	char sentence[512];
	enum status s = file_read(j->input, &j->in, NULL);

	if (s == STATUS_OK && !j->as_bytes && tokens_recognise(j->in.data, j->in.size_bytes)) {
		s = tokens_parse(j->in.data, j->in.size_bytes, &j->tokens);
		j->is_tokens = s == STATUS_OK && j->tokens.canonical;
	}
	if (s == STATUS_OK)
		return s;
	snprintf(sentence, sizeof sentence, "%s", status_message());
	return fail(s, "%s: %s", j->input, sentence);
}

/* ---- The list of codes. ---- */

/* Names go into tables, files and drawings: what is no plain character becomes '?'. */
static void make_plain(char *text)
{
	for (unsigned char *c = (unsigned char *)text; *c; c++)
		if (*c < ' ' || *c > '~')
			*c = '?';
}

static bool is_listed(const struct job *j, const struct code *code, size_t *index)
{
	for (*index = 0; *index < j->n_codes; (*index)++)
		if (j->code[*index].shipped == code->shipped &&
		    strcmp(j->code[*index].name, code->name) == 0)
			return true;
	return false;
}

/* "MODEL", or "MODEL PATH" with the end of a long path. */
static void name_code(struct code *code)
{
	char model[80];
	const char *path = code->shipped ? code->shipped->path : "";
	size_t length = strlen(path);

	cmd_model_text(&code->settings, model, sizeof model);
	snprintf(code->name, sizeof code->name, "%s%s%s", model, code->shipped ? " " : "",
		 length > PATH_LETTERS ? path + length - PATH_LETTERS : path);
	make_plain(code->name);
}

/* Add one code, unless it is there; *index is where. */
static enum status list_code(struct job *j, const char *text, const struct shipped *shipped,
			     size_t *index)
{
	struct code code = {.shipped = shipped};

	TRY(cmd_parse_model(&code.settings, text));
	if (code.settings.model->needs_model == MODEL_MUST && !shipped)
		return fail(STATUS_UNSUPPORTED, "model %s needs -M MODEL" MODEL_FILE_SUFFIX,
			    code.settings.model->name);
	name_code(&code);
	code.settings.world = code.settings.model->needs_world ? j->world : NULL;
	code.settings.transformer = shipped ? shipped->transformer : NULL;
	code.settings.model_file = shipped ? &shipped->file : NULL;
	code.settings.threads = j->threads;
	code.settings.as_bytes = j->as_bytes;
	code.settings.memory_max_bytes = file_memory_bytes();
	if (!is_listed(j, &code, index))
		j->code[j->n_codes++] = code;
	return STATUS_OK;
}

static enum status list_shipped(struct job *j, const char *text)
{
	size_t index;

	for (size_t i = 0; i < j->n_shipped; i++)
		TRY(list_code(j, text, &j->shipped[i], &index));
	return STATUS_OK;
}

/* Models in the order of the options; those that need a model file stand for all of these. */
static enum status list_codes(struct job *j)
{
	bool any_shipped = false;
	size_t index;

	for (size_t i = 0; i < j->n_models; i++) {
		struct archive_settings s;

		TRY(cmd_parse_model(&s, j->model[i]));
		any_shipped = any_shipped || s.model->needs_model == MODEL_MUST;
		if (s.model->needs_model == MODEL_MUST && j->n_shipped)
			TRY(list_shipped(j, j->model[i]));
		else
			TRY(list_code(j, j->model[i], NULL, &index));
	}
	if (!any_shipped)
		TRY(list_shipped(j, CMD_MODEL_OF_FILE));
	j->reference = CURVES_NONE;
	if (j->against && strcmp(j->against, NO_MODEL) != 0)
		return list_code(j, j->against, NULL, &j->reference);
	if (!j->against && j->world && oracle_exists(j->world))
		return list_code(j, COST_REFERENCE, NULL, &j->reference);
	return STATUS_OK;
}

/* ---- The world. ---- */

/* The first model that needs one; NULL: nobody does. */
static enum status who_needs_world(const struct job *j, const struct predictor_ops **needing)
{
	struct archive_settings s;

	*needing = NULL;
	for (size_t i = 0; i <= j->n_models && !*needing; i++) {
		const char *text = i < j->n_models ? j->model[i] : j->against;

		if (!text || (i == j->n_models && strcmp(text, NO_MODEL) == 0))
			continue;
		TRY(cmd_parse_model(&s, text));
		*needing = s.model->needs_world ? s.model : NULL;
	}
	return STATUS_OK;
}

static enum status take_world(struct job *j)
{
	const char *path = j->world_path ? j->world_path : j->world_room;
	const struct predictor_ops *needing;

	TRY(who_needs_world(j, &needing));
	if (!needing && j->against && j->world_path)
		return fail(STATUS_BAD_ARGUMENT, "curves: no model has a use for -w");
	if (!needing && (j->against || !(j->world_path || j->prefix)))
		return STATUS_OK;
	return cmd_load_world(&j->world, path, j->world_path, needing,
			      j->is_tokens ? &j->tokens : NULL);
}

static enum status take_model_files(struct job *j)
{
	for (size_t i = 0; i < j->n_shipped; i++)
		TRY(model_file_load(j->shipped[i].path, &j->shipped[i].transformer,
				    &j->shipped[i].file));
	return STATUS_OK;
}

/* ---- Measuring. ---- */

static enum status measure(const struct job *j, struct code *code, struct curve *curve)
{
	struct cmd_meter meter = cmd_meter_start(j->quiet);
	struct archive_plan plan;
	char sentence[512];
	enum status s = archive_plan(&code->settings, j->in.data, j->in.size_bytes, &plan);

	if (s == STATUS_OK) {
		cmd_meter_announce(&meter, code->name,
				   cmd_memory_bytes(&code->settings, &plan, j->in.size_bytes),
				   false);
		code->settings.progress = cmd_meter_progress(&meter);
		code->settings.progress_context = &meter;
		s = curve_measure(curve, code->name, &code->settings, j->in.data,
				  j->in.size_bytes);
	}
	cmd_meter_end(&meter);
	if (s == STATUS_OK)
		return s;
	snprintf(sentence, sizeof sentence, "%s", status_message());
	return fail(s, "%s: %s: %s", j->input, code->name, sentence);
}

static enum status measure_all(struct job *j)
{
	struct curves *s = &j->curves;

	*s = (struct curves){.input = j->prefix ? j->prefix : j->given,
			     .is_tokens = j->is_tokens,
			     .n = j->is_tokens ? j->tokens.n_tokens : j->in.size_bytes,
			     .reference = j->reference,
			     .exact = j->exact,
			     .n_exact = j->n_exact};
	s->curve = calloc(j->n_codes, sizeof *s->curve);
	if (!s->curve)
		return fail_no_memory();
	for (; s->n_curves < j->n_codes; s->n_curves++)
		TRY(measure(j, &j->code[s->n_curves], &s->curve[s->n_curves]));
	return curves_find_crossings(s);
}

static enum status print_tsv(const void *curves, FILE *to)
{
	return curves_tsv(curves, to);
}

static enum status print_svg(const void *curves, FILE *to)
{
	return curves_svg(curves, to);
}

static enum status run(struct job *j)
{
	j->code = calloc(CODES_MAX, sizeof *j->code);
	if (!j->code)
		return fail_no_memory();
	TRY(find_input(j));
	TRY(check_outputs(j));
	TRY(read_input(j));
	TRY(take_world(j));
	TRY(take_model_files(j));
	TRY(list_codes(j));
	TRY(measure_all(j));
	if (j->output) {
		TRY(cmd_write_report(j->tsv, print_tsv, &j->curves, j->force));
		TRY(cmd_write_report(j->svg, print_svg, &j->curves, j->force));
	}
	return j->json ? curves_json(&j->curves, stdout) : curves_text(&j->curves, stdout);
}

/* ---- Arguments. ---- */

/* One more of something that may come MODELS_MAX times. */
static bool has_room(const char *option, size_t n)
{
	if (n < MODELS_MAX)
		return true;
	cmd_usage("curves: %s more than %d times", option, MODELS_MAX);
	return false;
}

/* CMD_END when all went well, otherwise what ended it. */
static int parse_arguments(int argc, char **argv, struct job *j)
{
	int code;

	while ((code = cmd_option_next(&spec, argc, argv)) != CMD_END) {
		switch (code) {
		case 'm':
			if (!has_room("-m", j->n_models))
				return CMD_BAD;
			j->model[j->n_models++] = optarg;
			break;
		case 'M':
			if (!has_room("-M", j->n_shipped))
				return CMD_BAD;
			j->shipped[j->n_shipped++].path = optarg;
			break;
		case OPTION_AT:
			if (!has_room("--at", j->n_exact) ||
			    !cmd_parse_count("--at", optarg, 1, CONTAINER_SYMBOLS_MAX,
					     &j->exact[j->n_exact++]))
				return CMD_BAD;
			break;
		case OPTION_AGAINST: j->against = optarg; break;
		case OPTION_BYTES: j->as_bytes = true; break;
		case 'w': j->world_path = cmd_world_path(optarg, j->world_room); break;
		case 'o': j->output = optarg; break;
		case 'f': j->force = true; break;
		case 'q': j->quiet = true; break;
		case CMD_JSON: j->json = true; break;
		case 'T':
			if (!cmd_parse_threads(optarg, &j->threads))
				return CMD_BAD;
			break;
		default: return code;
		}
	}
	if (argc - optind != 1 || !*argv[optind] || strcmp(argv[optind], "-") == 0) {
		cmd_usage("curves: one PREFIX or FILE, please (see twopart help curves)");
		return CMD_BAD;
	}
	if (j->output && strcmp(j->output, "-") == 0) {
		cmd_usage("curves: standard output is for the tables; -o needs a name");
		return CMD_BAD;
	}
	j->given = argv[optind];
	return CMD_END;
}

int cmd_curves(int argc, char **argv)
{
	static struct job j;
	int end = parse_arguments(argc, argv, &j);

	if (end != CMD_END)
		return end == CMD_HELP ? 0 : EXIT_USAGE;
	for (size_t i = 0; j.n_models == 0 && i < N_DEFAULT_MODELS; i++)
		j.model[i] = default_models[i];
	j.n_models = j.n_models ? j.n_models : N_DEFAULT_MODELS;

	enum status s = run(&j);
	int code = s == STATUS_OK ? 0 : cmd_fail(NULL, s);

	curves_close(&j.curves);
	for (size_t i = 0; i < j.n_shipped; i++) {
		transformer_free(j.shipped[i].transformer);
		buffer_free(&j.shipped[i].file);
	}
	world_free(j.world);
	buffer_free(&j.in);
	free(j.code);
	return code;
}
