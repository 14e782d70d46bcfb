/* SPDX-License-Identifier: BSD-2-Clause
 *
 * target_options.c - any text as "MODEL:key=value,.." and as the options of each family of corpora.
 *
 * Property  options that are accepted, printed and read again are the same.
 */
#include "archive.h"
#include "corpus.h"
#include "fuzz.h"
#include "sweep.h"

static void check_options(const struct option_spec *table, const int64_t *value)
{
	int64_t again[OPTIONS_MAX];
	struct buffer text = {0};

	options_print(table, value, &text);
	buffer_append_byte(&text, '\0');
	options_defaults(table, again);
	HOLDS(options_parse(table, again, (char *)text.data) == STATUS_OK);
	HOLDS(memcmp(again, value, options_count(table) * sizeof *value) == 0);
	buffer_free(&text);
}

static void check_text(const char *text)
{
	struct archive_settings s;
	int64_t value[OPTIONS_MAX];

	if (archive_settings_parse(&s, text) == STATUS_OK)
		check_options(s.model->options, s.option);
	for (const struct corpus_ops *const *c = corpus_families; *c; c++) {
		options_defaults((*c)->options, value);
		if (options_parse((*c)->options, value, text) == STATUS_OK)
			check_options((*c)->options, value);
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size_bytes)
{
	struct reader r = {.at = data, .end = data + size_bytes};
	char *first = fuzz_take_text(&r), *second = fuzz_take_text(&r);
	struct sweep sweep = {0};

	check_text(first);
	if (sweep_add(&sweep, first, second) == STATUS_OK)
		HOLDS(sweep.n_points > 0 && sweep.n_points <= SWEEP_POINTS_MAX);
	free(first);
	free(second);
	return 0;
}
