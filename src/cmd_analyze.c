/* SPDX-License-Identifier: BSD-2-Clause
 *
 * cmd_analyze.c - twopart analyze: what is in a file, and where its bits go.  Reads the file and
 * what stands beside it and has everything computed; cmd_analyze_text.c and cmd_analyze_json.c
 * print it.
 *
 * What stands beside a token file is a help and no demand: a file next to it that is of other
 * tokens, or of something else, is left out with a note, unless it was asked for.
 */
#include "cmd_analyze.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <xxhash.h>

#include "file.h"
#include "model_file.h"
#include "oracle.h"
#include "transformer.h"
#include "world.h"

#define OPTION_TOP 256
#define TOP_DEFAULT 5
#define TOP_MAX 1000

#define BIN_SUFFIX ".bin"
#define LINE_BYTES 8 /* of memory, of each line */

static const struct cmd_option options[] = {
    CMD_LEVEL_OPTION,
    {'m', "model", "MODEL", "predictor: NAME or NAME:key=value,key=value"},
    {OPTION_TOP, "top", "N", "length of the lists of what costs most (5)"},
    {'w', "world", "FILE", "world of a corpus, if not PREFIX.json"},
    {'M', "model-file", "M" MODEL_FILE_SUFFIX, CMD_MODEL_FILE_HELP},
    {CMD_JSON, "json", NULL, "one JSON object instead of tables"},
    {'q', "quiet", NULL, "no progress"},
    {0},
};

static const struct cmd_spec spec = {
    .name = "analyze",
    .usage = "[OPTION]... FILE",
    .text =
	"Look at FILE, compress it once with MODEL (default " CMD_DEFAULT_MODEL ") without\n"
	"keeping the archive, and say what is in it and where its bits go: by position, line,\n"
	"class and cost of the symbols, which regions, lines and symbols cost most, and who paid.\n"
	"FILE may be the PREFIX of a corpus, too: tokens are shown as words of PREFIX.vocab, and\n"
	"with PREFIX.roles and PREFIX.json there are bits by role, and regret against Bayes.\n\n"
	"Entropy by order is that of the counts (empirical: told for nothing, and at high orders\n"
	"far too low) and what a code pays that learns the same counts (adaptive).\n\n"
	"Who paid is known of mix (bytes: from level 4 on) and neural, from the same pass:\n"
	"  saved    a context's part of what the mixture saved, by its share of the log-odds;\n"
	"           these and what the final maps change add up to all that was saved\n"
	"  missed   bits more if it alone had been silent in each decision, the weights being as\n"
	"           they are; twopart inputs, a run for each, lets the others step in: it finds\n"
	"           the same order and about half as much\n"
	"  weight   its mean share of all pulls on the log-odds, for or against what came\n"
	"  best     decisions in which it alone would have been cheaper than each other one\n"
	"  spoke    decisions that it had an opinion on, and alone/mix: what these would have\n"
	"           cost by its own probabilities, over what they did cost\n\n"
	"Costs are whole multiples of 2^-24 bits (twopart help cost): parts add up exactly.\n"
	"One thread, about twice the time of compress -T1.  Memory: that of the model, 12 bytes a\n"
	"symbol (of a corpus with Bayes 20); before that 17 a symbol, of at most 2^26 symbols.\n",
    .options = options,
};

static void note(struct analyze *a, const char *before, const char *sentence)
{
	if (a->n_notes < ANALYZE_NOTES_MAX)
		snprintf(a->note[a->n_notes++], ANALYZE_NOTE_BYTES, "%s%s", before, sentence);
}

const char *analyze_unit(const struct analyze *a)
{
	return a->input.is_tokens ? "token" : "byte";
}

/* ---- Reading. ---- */

/* FILE is that file, or else FILE.bin. */
static enum status find_file(struct analyze *a)
{
	int n = snprintf(a->path, sizeof a->path, "%s", a->given);

	if (n >= CMD_PATH_BYTES)
		return fail(STATUS_BAD_ARGUMENT, "the name is too long");
	if (strcmp(a->given, "-") == 0 || access(a->given, F_OK) == 0)
		return STATUS_OK;
	if (n + (int)strlen(BIN_SUFFIX) < CMD_PATH_BYTES) {
		strcat(a->path, BIN_SUFFIX);
		if (access(a->path, F_OK) == 0)
			return STATUS_OK;
	}
	a->path[n] = '\0';
	return STATUS_OK; /* whoever reads it says why it cannot */
}

static enum status take_symbols(struct analyze *a)
{
	const struct buffer *file = &a->corpus.bin;
	struct tokens *t = &a->corpus.tokens;

	a->input = (struct analysis_input){.data = file->data,
					   .n_symbols = file->size_bytes,
					   .alphabet = 256,
					   .end_token = ANALYSIS_NO_TOKEN};
	if (!tokens_recognise(file->data, file->size_bytes))
		return STATUS_OK;
	TRY(tokens_parse(file->data, file->size_bytes, t));
	if (!t->canonical)
		return STATUS_OK; /* bytes, as for compress */
	a->input.data = t->data;
	a->input.n_symbols = t->n_tokens;
	a->input.is_tokens = true;
	a->input.alphabet = tokens_alphabet(t->data, t->n_tokens);
	a->token_digest = XXH3_64bits(t->data, 2 * t->n_tokens);
	return STATUS_OK;
}

/* PREFIX.suffix of PREFIX.bin; false: the file has no such name, or there is no such file. */
static bool beside(const struct analyze *a, const char *suffix, char path[CMD_PATH_BYTES])
{
	size_t prefix_bytes = strlen(a->path), end = strlen(BIN_SUFFIX);

	if (prefix_bytes <= end || strcmp(a->path + prefix_bytes - end, BIN_SUFFIX) != 0)
		return false;
	prefix_bytes -= end;
	return snprintf(path, CMD_PATH_BYTES, "%.*s%s", (int)prefix_bytes, a->path, suffix) <
		   CMD_PATH_BYTES &&
	       access(path, F_OK) == 0;
}

/* Point to the lines of the vocabulary: as many as are wanted, or false. */
static bool split_words(struct analyze *a)
{
	char *at = (char *)a->vocab.data, *end = at + a->vocab.size_bytes;

	for (uint32_t i = 0; i < a->input.alphabet; i++) {
		char *line_end = at < end ? memchr(at, '\n', (size_t)(end - at)) : NULL;

		if (!line_end)
			return false;
		*line_end = '\0';
		a->word[i] = at;
		at = line_end + 1;
	}
	return true;
}

static enum status take_words(struct analyze *a)
{
	char path[CMD_PATH_BYTES];

	if (!beside(a, ".vocab", path))
		return STATUS_OK;
	if (file_read(path, &a->vocab, NULL) != STATUS_OK) {
		note(a, "no words: ", status_message());
		return STATUS_OK;
	}
	a->word = calloc(a->input.alphabet, sizeof *a->word);
	if (!a->word)
		return fail_no_memory();
	if (split_words(a))
		a->input.word = a->word;
	else
		note(a, "no words: ", "the vocabulary has fewer than there are tokens");
	return STATUS_OK;
}

static void take_roles(struct analyze *a)
{
	char path[CMD_PATH_BYTES];

	if (!beside(a, ".roles", path) || cost_corpus_read_roles(&a->corpus, path) == STATUS_OK)
		return;
	note(a, "roles are not used: ", status_message());
	buffer_free(&a->corpus.roles);
}

/* Families with sentences end each with token 0. */
static void find_lines(struct analyze *a)
{
	uint64_t n = 0;

	for (uint64_t i = 0; i < a->input.n_symbols; i++)
		n += tokens_get(a->input.data, i) == 0;
	if (a->world && n > 0 && n == a->world->n_sentences)
		a->input.end_token = 0;
}

static enum status take_world(struct analyze *a)
{
	const struct predictor_ops *needing =
	    a->settings.model->needs_world ? a->settings.model : NULL;
	const struct tokens *t = a->input.is_tokens ? &a->corpus.tokens : NULL;
	char path[CMD_PATH_BYTES] = "";
	enum status s;

	if (a->world_path)
		snprintf(path, sizeof path, "%s", a->world_path);
	else if (!beside(a, ".json", path) && !needing)
		return STATUS_OK;
	s = cmd_load_world(&a->world, path, a->world_path, needing, t);
	if (s != STATUS_OK && !a->world_path && !needing) {
		note(a, "no regret: ", status_message());
		world_free(a->world);
		a->world = NULL;
		return STATUS_OK;
	}
	if (s == STATUS_OK && a->world && analyze_has_roles(a) && oracle_exists(a->world)) {
		a->has_reference = true;
		s = cmd_parse_model(&a->reference, COST_REFERENCE);
	}
	return s;
}

static enum status read_all(struct analyze *a)
{
	TRY(find_file(a));
	TRY(file_read(a->path, &a->corpus.bin, NULL));
	TRY(take_symbols(a));
	a->file_digest = XXH3_64bits(a->corpus.bin.data, a->corpus.bin.size_bytes);
	if (a->input.is_tokens) {
		TRY(take_words(a));
		take_roles(a);
	}
	if (a->input.is_tokens || a->world_path || a->settings.model->needs_world)
		TRY(take_world(a));
	if (a->input.is_tokens)
		find_lines(a);
	if (a->model_path)
		TRY(model_file_load(a->model_path, &a->transformer, NULL));
	a->settings.world = a->reference.world = a->world;
	a->settings.transformer = a->transformer;
	return STATUS_OK;
}

/* ---- Computing. ---- */

/* What all of it takes at most at once. */
static uint64_t memory_bytes(const struct analyze *a, const struct archive_plan *plan)
{
	uint64_t n = a->input.n_symbols, size_bytes = a->corpus.bin.size_bytes;
	uint64_t sorted = n < ENTROPY_SYMBOLS_MAX ? n : ENTROPY_SYMBOLS_MAX;
	uint64_t coding = cmd_memory_bytes(&a->settings, plan, size_bytes) +
			  n * sizeof *a->bits * (a->has_reference ? 2 : 1);
	uint64_t sorting = size_bytes + ENTROPY_SYMBOL_BYTES * sorted;
	uint64_t listing = size_bytes + n * sizeof *a->bits + a->facts.n_lines * LINE_BYTES;
	uint64_t most = coding > sorting ? coding : sorting;

	return most > listing ? most : listing;
}

/* The pass that makes the archive, and one for the reference. */
static enum status code(struct analyze *a)
{
	const struct archive_settings *against = a->has_reference ? &a->reference : NULL;
	struct cost_pair pair;
	enum status s;

	if (!analyze_has_roles(a))
		return cost_of_input(&a->settings, a->corpus.bin.data, a->corpus.bin.size_bytes,
				     &a->bits, &a->stats);
	s = cost_compare(&a->corpus, &a->settings, against, &pair);
	a->bits = pair.bits;
	a->stats = pair.stats;
	a->table = pair.table;
	if (pair.bits != pair.against_bits)
		free(pair.against_bits);
	return s;
}

static enum status compute(struct analyze *a)
{
	struct cmd_meter meter = cmd_meter_start(a->quiet);
	struct archive_plan plan;
	uint64_t needed_bytes, there_bytes = file_memory_bytes();
	enum status s;

	analysis_look(&a->input, &a->facts);
	credit_start(&a->credit);
	a->settings.observer = &a->credit.observer;
	a->settings.threads = a->reference.threads = 1;
	TRY(archive_plan(&a->settings, a->corpus.bin.data, a->corpus.bin.size_bytes, &plan));
	needed_bytes = memory_bytes(a, &plan);
	if (needed_bytes > there_bytes)
		return fail(STATUS_LIMIT, "needs %llu bytes of memory, and there are %llu",
			    (unsigned long long)needed_bytes, (unsigned long long)there_bytes);
	cmd_meter_announce(&meter, cmd_input_name(a->path), needed_bytes, false);
	a->settings.progress = a->reference.progress = cmd_meter_progress(&meter);
	a->settings.progress_context = a->reference.progress_context = &meter;
	s = entropy_measure(&a->entropy, a->input.data, a->input.n_symbols, a->input.is_tokens,
			    a->input.alphabet);
	if (s == STATUS_OK)
		s = code(a);
	cmd_meter_end(&meter);
	return s == STATUS_OK
		   ? analysis_sort_out(&a->input, a->bits, a->n_top, &a->analysis)
		   : s;
}

/* ---- The command. ---- */

/* CMD_END when all went well, otherwise what ended it. */
static int parse_arguments(int argc, char **argv, struct analyze *a, const char **model,
			   char *level, char world_room[CMD_PATH_BYTES])
{
	uint64_t n_top = TOP_DEFAULT;
	int o;

	while ((o = cmd_option_next(&spec, argc, argv)) != CMD_END) {
		switch (o) {
		case CMD_LEVEL: *level = *optarg; break;
		case 'm': *model = optarg; break;
		case 'w': a->world_path = cmd_world_path(optarg, world_room); break;
		case 'M': a->model_path = optarg; break;
		case CMD_JSON: a->json = true; break;
		case 'q': a->quiet = true; break;
		case OPTION_TOP:
			if (!cmd_parse_count("--top", optarg, 0, TOP_MAX, &n_top))
				return CMD_BAD;
			break;
		default: return o;
		}
	}
	if (argc - optind != 1 || !*argv[optind]) {
		cmd_usage("analyze: one FILE, please (see twopart help analyze)");
		return CMD_BAD;
	}
	a->n_top = (unsigned)n_top;
	a->given = argv[optind];
	return CMD_END;
}

/* 0, or the exit code of a mistake. */
static int settle_model(struct analyze *a, const char *model, char level)
{
	enum status s;

	if (!model && a->model_path && !level)
		model = CMD_MODEL_OF_FILE;
	s = cmd_parse_level(&a->settings, model, level);
	if (s != STATUS_OK)
		return cmd_fail(NULL, s);
	return cmd_check_model_file("analyze", &a->settings, a->model_path);
}

static void free_all(struct analyze *a)
{
	analysis_free(&a->analysis);
	cost_corpus_free(&a->corpus);
	buffer_free(&a->vocab);
	free(a->word);
	free(a->bits);
	world_free(a->world);
	transformer_free(a->transformer);
	free(a);
}

int cmd_analyze(int argc, char **argv)
{
	struct analyze *a = calloc(1, sizeof *a);
	char world_room[CMD_PATH_BYTES], level = 0;
	const char *model = NULL;

	if (!a)
		return cmd_fail(NULL, fail_no_memory());
	int end = parse_arguments(argc, argv, a, &model, &level, world_room);
	int exit_code = end == CMD_HELP ? 0 : EXIT_USAGE;

	if (end == CMD_END)
		exit_code = settle_model(a, model, level);
	if (end == CMD_END && exit_code == 0) {
		enum status s = read_all(a);

		if (s == STATUS_OK)
			s = compute(a);
		if (s != STATUS_OK)
			exit_code = cmd_fail(cmd_input_name(a->given), s);
		else if (a->json)
			exit_code = analyze_print_json(a);
		else
			analyze_print_text(a);
	}
	free_all(a);
	return exit_code;
}
