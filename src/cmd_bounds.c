/* SPDX-License-Identifier: BSD-2-Clause
 *
 * cmd_bounds.c - twopart bounds: the code lengths of a generated corpus, computed from its tokens.
 *
 * PREFIX.json holds them too, but these are recomputed from PREFIX.bin, so the two programs that
 * wrote and read the corpus check each other.
 */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "buffer.h"
#include "cmd.h"
#include "corpus.h"
#include "file.h"
#include "tokens.h"

static const struct cmd_option bounds_options[] = {
    {CMD_JSON, "json", NULL, "one JSON object instead of a table"},
    {0},
};

static const struct cmd_spec bounds_spec = {
    .name = "bounds",
    .usage = "[--json] PREFIX",
    .text = "What the tokens of PREFIX.bin cost in bits, given the world PREFIX.json (known_bits,\n"
	    "and its mean over the worlds that remain possible) and given its prior only\n"
	    "(bayes_bits), with the parts of the latter.  Where the mean over corpora of this\n"
	    "length is known exactly, also expected_bayes_bits, the expected number of elements,\n"
	    "and the probability that the next mention is of a new one (new_fact_mass).\n",
    .options = bounds_options,
};

static const char *const main_bits[] = {"known_bits", "known_bits_expected", "bayes_bits",
					"expected_bayes_bits"};

#define N_MAIN_BITS (sizeof main_bits / sizeof *main_bits)

/* Are these the tokens that the world speaks of? */
static enum status check_tokens(const struct world *w, const struct buffer *file,
				const uint16_t *token, size_t n_tokens)
{
	if (!cmd_world_is_of(w, file->data + TOKENS_HEADER_BYTES, n_tokens))
		return fail(STATUS_CORRUPT, "%s is the world of another corpus", w->path);
	for (size_t i = 0; i < n_tokens; i++)
		if (token[i] >= w->vocab)
			return fail(STATUS_CORRUPT, "token %zu is outside the vocabulary", i);
	return STATUS_OK;
}

static enum status family_bounds(const struct world *w, const uint16_t *token, size_t n_tokens,
				 json_t **out)
{
	const struct corpus_ops *family = corpus_family_by_name(w->family);

	if (!family)
		return fail(STATUS_UNSUPPORTED, "%s: family %s is not known", w->path, w->family);
	return family->bounds(w, token, n_tokens, out);
}

/* The sizes first, then the family's numbers, then the main ones a token. */
static enum status report(const struct world *w, json_t *bounds, json_t **out)
{
	json_t *all = json_pack("{s:s, s:I, s:I, s:I, s:i}", "family", w->family, "tokens",
				(json_int_t)w->n_tokens, "sentences", (json_int_t)w->n_sentences,
				"vocab", (json_int_t)w->vocab, "elements", 0);

	*out = all;
	if (!all || json_object_update(all, bounds) != 0)
		return fail_no_memory();
	for (size_t i = 0; i < N_MAIN_BITS; i++) {
		const json_t *bits = json_object_get(bounds, main_bits[i]);
		char name[64];

		snprintf(name, sizeof name, "%s_per_token", main_bits[i]);
		if (bits && w->n_tokens &&
		    json_object_set_new(all, name,
					json_real(json_number_value(bits) / (double)w->n_tokens)))
			return fail_no_memory();
	}
	return STATUS_OK;
}

/* PREFIX.bin, whose name is in every message about it. */
static enum status read_tokens(const char *path, struct buffer *file, uint16_t **token,
			       size_t *n_tokens)
{
	char sentence[512];
	enum status s = file_read(path, file, NULL);

	if (s == STATUS_OK)
		s = tokens_read(file->data, file->size_bytes, token, n_tokens);
	if (s == STATUS_OK)
		return s;
	snprintf(sentence, sizeof sentence, "%s", status_message());
	return fail(s, "%s: %s", path, sentence);
}

static enum status compute(const char *prefix, struct world **w, json_t **out)
{
	struct buffer file = {0};
	uint16_t *token = NULL;
	json_t *bounds = NULL;
	size_t n_tokens = 0;
	char path[CMD_PATH_BYTES];

	if (snprintf(path, sizeof path, "%s.json", prefix) >= (int)sizeof path)
		return fail(STATUS_BAD_ARGUMENT, "the name is too long");
	TRY(world_load(w, path));
	snprintf(path, sizeof path, "%s.bin", prefix);

	enum status s = read_tokens(path, &file, &token, &n_tokens);

	if (s == STATUS_OK)
		s = check_tokens(*w, &file, token, n_tokens);
	if (s == STATUS_OK)
		s = family_bounds(*w, token, n_tokens, &bounds);
	if (s == STATUS_OK)
		s = report(*w, bounds, out);
	json_decref(bounds);
	free(token);
	buffer_free(&file);
	return s;
}

static bool ends_in(const char *name, const char *end)
{
	size_t length = strlen(name), end_length = strlen(end);

	return length >= end_length && strcmp(name + length - end_length, end) == 0;
}

static void print_heading(const char *prefix, const struct world *w, json_t *all)
{
	json_int_t n_elements = json_integer_value(json_object_get(all, "elements"));

	printf("%s: family %s, %llu tokens, ", prefix, w->family, (unsigned long long)w->n_tokens);
	if (w->n_sentences)
		printf("%llu sentences, ", (unsigned long long)w->n_sentences);
	printf("vocabulary %lu", (unsigned long)w->vocab);
	if (n_elements)
		printf(", %lld elements", (long long)n_elements);
	putchar('\n');
}

/* How deep a number stands: 0 for a total, 1 for a part of the total before it, 2 for what is
 * counted in the part before it. */
static int depth_of(const char *name)
{
	for (size_t i = 0; i < N_MAIN_BITS; i++)
		if (strcmp(name, main_bits[i]) == 0)
			return 0;
	return strcmp(name, "type_bits") == 0 ? 2 : 1;
}

/* Exact means that are no bits, where the family has them. */
static void print_expectations(json_t *all)
{
	static const char *const names[] = {"expected_elements", "new_fact_mass"};

	for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
		const json_t *value = json_object_get(all, names[i]);

		if (value)
			printf("%-30s %18.6g\n", names[i], json_number_value(value));
	}
}

static void print_table(const char *prefix, const struct world *w, json_t *all)
{
	const json_t *bayes = json_object_get(all, "bayes_bits");
	const char *name;
	json_t *value;

	print_heading(prefix, w, all);
	if (!bayes) {
		puts("no bounds: the source of this corpus is not known");
		return;
	}
	printf("%-30s %18s %12s\n", "", "bits", "bits/token");
	json_object_foreach(all, name, value) {
		static const char *const margin[] = {"", "  ", "    of which "};
		char label[64];

		if (!ends_in(name, "_bits") && !ends_in(name, "_bits_expected"))
			continue;
		snprintf(label, sizeof label, "%s%s", margin[depth_of(name)], name);
		printf("%-30s %18.3f %12.6f\n", label, json_number_value(value),
		       json_number_value(value) / fmax(1, (double)w->n_tokens));
	}
	print_expectations(all);
	if (json_number_value(json_object_get(all, "known_bits_expected")) >
	    json_number_value(bayes))
		puts("note: known world above the Bayes bound: see corpora/sk.h, "
		     "'When the known world is no bound'");
}

/* PREFIX.json is PREFIX too, unless it is itself the prefix of a world. */
static void take_prefix(char *prefix)
{
	char path[CMD_PATH_BYTES];

	snprintf(path, sizeof path, "%s.json", prefix);
	if (ends_in(prefix, ".json") && access(path, F_OK) != 0)
		prefix[strlen(prefix) - strlen(".json")] = '\0';
}

int cmd_bounds(int argc, char **argv)
{
	struct world *w = NULL;
	json_t *all = NULL;
	bool json;

	int end = cmd_only_json(&bounds_spec, argc, argv, &json);

	if (end != CMD_END)
		return end;
	if (argc - optind != 1 || !*argv[optind])
		return cmd_usage("bounds: one PREFIX, please (see twopart help bounds)");

	char *prefix = argv[optind];

	take_prefix(prefix);
	if (!*prefix)
		return cmd_usage("bounds: '.json' is no name of a corpus");

	enum status s = compute(prefix, &w, &all);
	int code = s == STATUS_OK ? 0 : cmd_fail(NULL, s);

	if (s == STATUS_OK && json) {
		json_dumpf(all, stdout, JSON_INDENT(2) | JSON_REAL_PRECISION(15));
		putchar('\n');
	} else if (s == STATUS_OK) {
		print_table(prefix, w, all);
	}
	json_decref(all);
	world_free(w);
	return code;
}
