/* SPDX-License-Identifier: BSD-2-Clause
 *
 * cmd_mixers.c - twopart mixers: what each way to mix makes of the same experts.
 */
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cmd.h"
#include "corpus.h"
#include "document.h"
#include "file.h"
#include "mixer_report.h"

static const struct cmd_option options[] = {
    {CMD_JSON, "json", NULL, "one JSON object instead of tables"},
    {'q', "quiet", NULL, "no progress"},
    {0},
};

static const struct cmd_spec spec = {
    .name = "mixers",
    .usage = "[OPTION]... [FILE|PREFIX]...",
    .text =
	"How much the way of mixing is worth: the experts of the model `ensemble` - for bytes\n"
	"orders 0 to 6, word and match; for tokens orders 0 to 3 and match - each alone, then\n"
	"all of them under each mixer, and context tree weighting beside them.  Every size is an\n"
	"archive that was decoded and compared.  Without a FILE: a Markov chain and a corpus of\n"
	"sk, drawn for the occasion.\n\n"
	"Columns: archive, in bytes; % over best expert, the best of those alone (bold); ideal\n"
	"bits, what the probabilities cost; bound, what theory promises that these do not exceed\n"
	"on this very file, with 2.1e-6 bits a decision for probabilities of 20 bits; the gated\n"
	"mixers have a set of weights for each prefix of a symbol.  An archive that would be\n"
	"longer than the file holds it as it is: (stored).\n",
    .options = options,
};

struct request {
	bool json, quiet;
	json_t *all; /* with json */
};

/* CMD_END to go on, otherwise the exit code. */
static int parse_arguments(struct request *q, int argc, char **argv)
{
	for (int o; (o = cmd_option_next(&spec, argc, argv)) != CMD_END;) {
		switch (o) {
		case CMD_JSON: q->json = true; break;
		case 'q': q->quiet = true; break;
		case CMD_HELP: return 0;
		default: return EXIT_USAGE;
		}
	}
	return CMD_END;
}

static void print(struct request *q, const struct mixer_report *r)
{
	if (q->json) {
		json_array_append_new(q->all, mixer_report_json(r));
		return;
	}
	mixer_report_markdown(r, stdout);
	putchar('\n');
	fflush(stdout);
}

/* One file, shown as `name`. */
static enum status report(struct request *q, const char *name, const char *path)
{
	struct cmd_meter meter = cmd_meter_start(q->quiet);
	struct mixer_report r;
	struct buffer in = {0};
	enum status s = file_read(path, &in, NULL);

	if (s == STATUS_OK)
		s = mixer_report_make(&r, name, in.data, in.size_bytes, cmd_meter_count, &meter);
	cmd_meter_end(&meter);
	if (s == STATUS_OK)
		print(q, &r);
	buffer_free(&in);
	return s;
}

/* The tokens of a corpus, or the file itself. */
static enum status report_argument(struct request *q, const char *argument)
{
	char path[CMD_PATH_BYTES];
	int n = snprintf(path, sizeof path, "%s.bin", argument);

	if (access(argument, F_OK) != 0 && n < (int)sizeof path && access(path, F_OK) == 0)
		return report(q, path, path);
	return report(q, argument, argument);
}

static const struct drawn {
	const char *name, *family, *option;
} drawn[] = {
    {"markov, 32 states, 100,000 tokens", "markov", ""},
    {"sk, alpha 0.5, 20,000 sentences", "sk", "sentences=20000"},
};

/* A corpus in a directory of its own, which is removed again. */
static enum status report_drawn(struct request *q, const struct drawn *d, const char *prefix)
{
	const struct corpus_ops *family = corpus_family_by_name(d->family);
	int64_t value[OPTIONS_MAX];
	struct corpus_request request = {.option = value, .prefix = prefix, .n_threads = 1};
	char path[CMD_PATH_BYTES];
	enum status s;

	options_defaults(family->options, value);
	TRY(options_parse(family->options, value, d->option));
	s = corpus_generate(family, &request);
	snprintf(path, sizeof path, "%s.bin", prefix);
	if (s == STATUS_OK)
		s = report(q, d->name, path);
	for (const char *const *suffix = corpus_suffixes; *suffix; suffix++)
		if (snprintf(path, sizeof path, "%s%s", prefix, *suffix) < (int)sizeof path)
			unlink(path);
	return s;
}

static enum status report_all_drawn(struct request *q)
{
	const char *parent = getenv("TMPDIR");
	char directory[CMD_PATH_BYTES - 32], prefix[CMD_PATH_BYTES - 16];
	enum status s = STATUS_OK;

	if (snprintf(directory, sizeof directory, "%s/twopart-mixers-XXXXXX",
		     parent && *parent ? parent : "/tmp") >= (int)sizeof directory)
		return fail(STATUS_IO, "TMPDIR is too long");
	if (!mkdtemp(directory))
		return fail_errno(STATUS_IO, "%s", directory);
	snprintf(prefix, sizeof prefix, "%s/c", directory);
	for (size_t i = 0; i < sizeof drawn / sizeof *drawn && s == STATUS_OK; i++)
		s = report_drawn(q, &drawn[i], prefix);
	rmdir(directory);
	return s;
}

int cmd_mixers(int argc, char **argv)
{
	struct request q = {0};
	int code = parse_arguments(&q, argc, argv);

	if (code != CMD_END)
		return code;
	code = 0;
	q.all = q.json ? json_array() : NULL;
	if (optind == argc) {
		enum status s = report_all_drawn(&q);

		code = s == STATUS_OK ? 0 : cmd_fail(NULL, s);
	}
	for (int i = optind; i < argc && code == 0; i++) {
		enum status s = report_argument(&q, argv[i]);

		code = s == STATUS_OK ? 0 : cmd_fail(argv[i], s);
	}
	if (q.json && code == 0)
		return cmd_print_json(
		    document_new("mixers", 1, json_pack("{s:o}", "files", q.all)));
	json_decref(q.all);
	return code;
}
