/* SPDX-License-Identifier: BSD-2-Clause */
#include "cost.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "file.h"

const struct cost_role cost_roles[COST_ROLES + 1] = {
    [ROLE_SYNTAX] = {"syntax", "syntax"},
    [ROLE_NAME] = {"name", "name"},
    [ROLE_FIRST_FACT] = {"first_fact", "first fact"},
    [ROLE_REPEATED_FACT] = {"repeated_fact", "repeated fact"},
    [COST_ROLES] = {"all", "all"},
};

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
	return cost_corpus_read_roles(c, roles_path);
}

enum status cost_corpus_read_roles(struct cost_corpus *c, const char *roles_path)
{
	TRY(name_file(roles_path, file_read(roles_path, &c->roles, NULL)));
	return name_file(roles_path, check_roles(c));
}

void cost_corpus_free(struct cost_corpus *c)
{
	buffer_free(&c->bin);
	buffer_free(&c->roles);
	*c = (struct cost_corpus){0};
}

int64_t cost_to_units(double bits)
{
	return llround(bits * COST_UNITS_PER_BIT);
}

enum status cost_of_input(const struct archive_settings *s, const uint8_t *in, size_t size_bytes,
			  double **bits, struct archive_stats *stats)
{
	struct archive_settings settings = *s;
	struct archive_plan plan;
	struct buffer archive = {0};

	TRY(archive_plan(s, in, size_bytes, &plan));
	settings.cost_bits = calloc(plan.n_symbols + 1, sizeof **bits);
	if (!settings.cost_bits)
		return fail_no_memory();
	enum status status = archive_compress(&settings, in, size_bytes, &archive, stats);

	buffer_free(&archive);
	if (status != STATUS_OK) {
		free(settings.cost_bits);
		return status;
	}
	for (uint64_t i = 0; i < plan.n_symbols; i++)
		settings.cost_bits[i] = cost_to_bits(cost_to_units(settings.cost_bits[i]));
	*bits = settings.cost_bits;
	return STATUS_OK;
}

enum status cost_measure(const struct cost_corpus *c, const struct archive_settings *s,
			 double **bits, struct archive_stats *stats)
{
	struct archive_settings settings = *s;

	settings.as_bytes = false;
	return cost_of_input(&settings, c->bin.data, c->bin.size_bytes, bits, stats);
}

static void add(struct cost_sum *sum, int64_t units, int64_t regret_units)
{
	sum->n_tokens++;
	sum->units += units;
	sum->regret_units += regret_units;
}

void cost_add_range(const struct cost_corpus *c, const double *bits, const double *against_bits,
		    size_t from, size_t to, struct cost_table *table)
{
	for (size_t i = from; i < to; i++) {
		unsigned role = role_of(c->roles.data[i]), class = class_of(c->roles.data[i]);
		int64_t units = cost_to_units(bits[i]);
		int64_t regret = against_bits ? units - cost_to_units(against_bits[i]) : 0;

		add(&table->sum[role][class], units, regret);
		add(&table->sum[role][COST_CLASSES], units, regret);
		add(&table->sum[COST_ROLES][class], units, regret);
		add(&table->sum[COST_ROLES][COST_CLASSES], units, regret);
	}
}

void cost_add_up(const struct cost_corpus *c, const double *bits, const double *against_bits,
		 struct cost_table *table)
{
	*table = (struct cost_table){0};
	cost_add_range(c, bits, against_bits, 0, c->tokens.n_tokens, table);
}

/* Costs depend on nothing else; a world is of the corpus, and so the same for both. */
static bool same_code(const struct archive_settings *a, const struct archive_settings *b)
{
	return a->model == b->model && a->block_symbols == b->block_symbols &&
	       a->model_bits_max == b->model_bits_max &&
	       memcmp(a->option, b->option, sizeof a->option) == 0;
}

enum status cost_compare(const struct cost_corpus *c, const struct archive_settings *s,
			 const struct archive_settings *against, struct cost_pair *pair)
{
	struct archive_stats other;

	*pair = (struct cost_pair){0};
	TRY(cost_measure(c, s, &pair->bits, &pair->stats));
	if (against && same_code(s, against)) {
		pair->against_bits = pair->bits;
		pair->against_model_bytes = pair->stats.model_bytes;
	} else if (against) {
		TRY(cost_measure(c, against, &pair->against_bits, &other));
		pair->against_model_bytes = other.model_bytes;
	}
	cost_add_up(c, pair->bits, pair->against_bits, &pair->table);
	return STATUS_OK;
}

void cost_pair_free(struct cost_pair *pair)
{
	if (pair->against_bits != pair->bits)
		free(pair->against_bits);
	free(pair->bits);
	*pair = (struct cost_pair){0};
}
