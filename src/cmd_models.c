/* SPDX-License-Identifier: BSD-2-Clause
 *
 * cmd_models.c - twopart models: the registries, as they are linked into this program.
 */
#include <jansson.h>
#include <stdio.h>
#include <string.h>

#include "cmd.h"
#include "codec.h"
#include "coder.h"
#include "corpus.h"
#include "document.h"
#include "options.h"
#include "predictor.h"

static const struct cmd_option options[] = {
    {CMD_JSON, "json", NULL, "one JSON object"},
    {0},
};

static const struct cmd_spec spec = {
    .name = "models",
    .usage = "[--json]",
    .text = "List the predictors with their options, the coders, the baselines and the families\n"
	    "of corpora that this program knows.\n",
    .options = options,
};

/* A value as text in a fixed buffer. */
static const char *value_text(const struct option_spec *o, int64_t value, char text[48])
{
	struct buffer b = {0};

	options_print_value(o, value, &b);
	snprintf(text, 48, "%.*s", (int)b.size_bytes, b.data ? (char *)b.data : "");
	buffer_free(&b);
	return text;
}

static void print_options(const struct option_spec *table)
{
	char def[48], min[48], max[48], range[160];

	for (unsigned i = 0; i < options_count(table); i++) {
		const struct option_spec *o = &table[i];

		snprintf(range, sizeof range, "%s (%s..%s)", value_text(o, o->def, def),
			 value_text(o, o->min, min), value_text(o, o->max, max));
		printf("      %-14s %-28s %s\n", o->name, range, o->help);
	}
}

static json_t *options_json(const struct option_spec *table)
{
	json_t *rows = json_array();
	char def[48], min[48], max[48];

	for (unsigned i = 0; i < options_count(table); i++)
		json_array_append_new(
		    rows, json_pack("{s:s, s:s, s:s, s:s, s:s}", "name", table[i].name, "default",
				    value_text(&table[i], table[i].def, def), "min",
				    value_text(&table[i], table[i].min, min), "max",
				    value_text(&table[i], table[i].max, max), "help",
				    table[i].help));
	return rows;
}

static void print_text(void)
{
	printf("models (twopart compress -m NAME:key=value,...; option, default, range)\n");
	for (const struct predictor_ops *const *p = predictors; *p; p++) {
		printf("  %-16s %s", (*p)->name, (*p)->summary);
		if ((*p)->needs_world)
			printf(" (-w; not counted: the %s)", (*p)->not_counted);
		if ((*p)->needs_model)
			printf(" (-M%s; counted if stored)",
			       (*p)->needs_model == MODEL_MAY ? " if wanted" : "");
		putchar('\n');
		print_options((*p)->options);
	}
	printf("coders\n");
	for (const struct coder_ops *const *c = coders; *c; c++)
		printf("  %-16s %s\n", (*c)->name, (*c)->summary);
	printf("baselines (twopart bench)\n");
	for (const struct codec_ops *const *c = codecs; *c; c++)
		printf("  %-16s %s\n", (*c)->name, (*c)->version());
	printf("families of corpora (twopart generate)\n");
	for (const struct corpus_ops *const *f = corpus_families; *f; f++) {
		printf("  %-16s %s\n", (*f)->name, (*f)->summary);
		print_options((*f)->options);
	}
}

static int print_json(void)
{
	json_t *models = json_array(), *coder_rows = json_array();
	json_t *codec_rows = json_array(), *families = json_array();

	for (const struct predictor_ops *const *p = predictors; *p; p++)
		json_array_append_new(
		    models, json_pack("{s:s, s:s, s:i, s:b, s:b, s:b, s:s?, s:b, s:o}", "name",
				      (*p)->name, "summary", (*p)->summary, "id", (*p)->id,
				      "needs_world", (*p)->needs_world, "needs_model",
				      (*p)->needs_model == MODEL_MUST, "takes_model",
				      (*p)->needs_model != MODEL_NEVER, "not_counted",
				      (*p)->not_counted, "whole_stream", (*p)->whole_stream,
				      "options", options_json((*p)->options)));
	for (const struct coder_ops *const *c = coders; *c; c++)
		json_array_append_new(coder_rows,
				      json_pack("{s:s, s:s, s:i}", "name", (*c)->name, "summary",
						(*c)->summary, "id", (*c)->id));
	for (const struct codec_ops *const *c = codecs; *c; c++)
		json_array_append_new(codec_rows, json_pack("{s:s, s:s}", "name", (*c)->name,
							    "version", (*c)->version()));
	for (const struct corpus_ops *const *f = corpus_families; *f; f++)
		json_array_append_new(families,
				      json_pack("{s:s, s:s, s:o}", "name", (*f)->name, "summary",
						(*f)->summary, "options",
						options_json((*f)->options)));

	return cmd_print_json(document_new(
	    "models", 1,
	    json_pack("{s:o, s:o, s:o, s:o}", "models", models, "coders", coder_rows, "baselines",
		      codec_rows, "families", families)));
}

int cmd_models(int argc, char **argv)
{
	bool json;

	int end = cmd_only_json(&spec, argc, argv, &json);

	if (end != CMD_END)
		return end;
	if (optind < argc)
		return cmd_usage("models: takes no file");
	if (json)
		return print_json();
	print_text();
	return 0;
}
