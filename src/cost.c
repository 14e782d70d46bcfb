/* SPDX-License-Identifier: BSD-2-Clause */
#include "cost.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "file.h"

/* Put the file's name in front of the sentence of the last fail(). */
static enum status name_file(const char *path, enum status s)
{
	char sentence[512];

	if (s == STATUS_OK)
		return s;
	snprintf(sentence, sizeof sentence, "%s", status_message());
	return fail(s, "%s: %s", path, sentence);
}

static enum status parse_tokens(struct cost_corpus *c)
{
	if (!tokens_recognise(c->bin.data, c->bin.size_bytes))
		return fail(STATUS_CORRUPT, "not a token file");
	TRY(tokens_parse(c->bin.data, c->bin.size_bytes, &c->tokens));
	if (!c->tokens.canonical) /* its archive would hold bytes, which have no roles */
		return fail(STATUS_CORRUPT, "the unused words of its header are not zero");
	return STATUS_OK;
}

static unsigned role_of(uint8_t byte)
{
	return byte & 15;
}

static unsigned class_of(uint8_t byte)
{
	return byte >> 4;
}

static enum status check_roles(const struct cost_corpus *c)
{
	const uint8_t *role = c->roles.data;
	size_t n = c->roles.size_bytes;

	if (n != c->tokens.n_tokens)
		return fail(STATUS_CORRUPT, "%zu roles for %zu tokens", n, c->tokens.n_tokens);
	for (size_t i = 0; i < n; i++)
		if (role_of(role[i]) >= COST_ROLES || class_of(role[i]) >= COST_CLASSES)
			return fail(STATUS_CORRUPT, "byte %zu is 0x%02x, and no role", i, role[i]);
	return STATUS_OK;
}

enum status cost_corpus_read(struct cost_corpus *c, const char *bin_path, const char *roles_path)
{
	*c = (struct cost_corpus){0};
	TRY(name_file(bin_path, file_read(bin_path, &c->bin, NULL)));
	TRY(name_file(bin_path, parse_tokens(c)));
	TRY(name_file(roles_path, file_read(roles_path, &c->roles, NULL)));
	return name_file(roles_path, check_roles(c));
}

void cost_corpus_free(struct cost_corpus *c)
{
	buffer_free(&c->bin);
	buffer_free(&c->roles);
	*c = (struct cost_corpus){0};
}

static int64_t to_units(double bits)
{
	return llround(bits * COST_UNITS_PER_BIT);
}

enum status cost_measure(const struct cost_corpus *c, const struct archive_settings *s,
			 double **bits, struct archive_stats *stats)
{
	struct archive_settings settings = *s;
	struct buffer archive = {0};
	size_t n = c->tokens.n_tokens;

	settings.as_bytes = false;
	settings.cost_bits = calloc(n ? n : 1, sizeof **bits);
	if (!settings.cost_bits)
		return fail_no_memory();
	enum status status =
	    archive_compress(&settings, c->bin.data, c->bin.size_bytes, &archive, stats);

	buffer_free(&archive);
	if (status != STATUS_OK) {
		free(settings.cost_bits);
		return status;
	}
	for (size_t i = 0; i < n; i++)
		settings.cost_bits[i] = cost_to_bits(to_units(settings.cost_bits[i]));
	*bits = settings.cost_bits;
	return STATUS_OK;
}

static void add(struct cost_sum *sum, int64_t units, int64_t regret_units)
{
	sum->n_tokens++;
	sum->units += units;
	sum->regret_units += regret_units;
}

void cost_add_up(const struct cost_corpus *c, const double *bits, const double *against_bits,
		 struct cost_table *table)
{
	*table = (struct cost_table){0};
	for (size_t i = 0; i < c->tokens.n_tokens; i++) {
		unsigned role = role_of(c->roles.data[i]), class = class_of(c->roles.data[i]);
		int64_t units = to_units(bits[i]);
		int64_t regret = against_bits ? units - to_units(against_bits[i]) : 0;

		add(&table->sum[role][class], units, regret);
		add(&table->sum[role][COST_CLASSES], units, regret);
		add(&table->sum[COST_ROLES][class], units, regret);
		add(&table->sum[COST_ROLES][COST_CLASSES], units, regret);
	}
}

/* Costs depend on nothing else; a world is of the corpus, and so the same for both. */
static bool same_code(const struct archive_settings *a, const struct archive_settings *b)
{
	return a->model == b->model && a->block_symbols == b->block_symbols &&
	       a->model_bits_max == b->model_bits_max &&
	       memcmp(a->option, b->option, sizeof a->option) == 0;
}

enum status cost_compare(const struct cost_corpus *c, const struct archive_settings *s,
			 const struct archive_settings *against, double **bits,
			 struct archive_stats *stats, struct cost_table *table)
{
	double *own = NULL, *other = NULL;
	bool measure_other = against && !same_code(s, against);
	enum status status = cost_measure(c, s, &own, stats);

	if (status == STATUS_OK && measure_other)
		status = cost_measure(c, against, &other, NULL);
	if (status == STATUS_OK) {
		cost_add_up(c, own, against ? (measure_other ? other : own) : NULL, table);
		*bits = own;
	} else {
		free(own);
	}
	free(other);
	return status;
}
