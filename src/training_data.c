/* SPDX-License-Identifier: BSD-2-Clause */
#include "training_data.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#define XXH_STATIC_LINKING_ONLY /* the state's size */
#include <xxhash.h>

#include "corpus.h"
#include "file.h"
#include "tokens.h"
#include "transformer.h"
#include "world.h"

#define PATH_BYTES 4096

static enum status check_kind(const struct training_data *d, bool is_tokens, int32_t separator)
{
	if (d->n_parts == 0)
		return STATUS_OK;
	if (d->is_tokens != is_tokens)
		return fail(STATUS_BAD_ARGUMENT,
			    "token files and others cannot be learnt together");
	if (d->separator != separator)
		return fail(STATUS_BAD_ARGUMENT,
			    "corpora with and without sentences cannot be learnt together");
	return STATUS_OK;
}

/* Room for one more part of n symbols. */
static enum status grow(struct training_data *d, uint64_t n)
{
	uint64_t *start;
	uint16_t *symbol;

	if (n > SIZE_MAX / sizeof *symbol / 2 - d->n)
		return fail_no_memory();
	start = realloc(d->start, (d->n_parts + 2) * sizeof *start);
	if (!start)
		return fail_no_memory();
	d->start = start;
	symbol = realloc(d->symbol, (d->n + n + 1) * sizeof *symbol);
	if (!symbol)
		return fail_no_memory();
	d->symbol = symbol;
	return STATUS_OK;
}

enum status training_data_append(struct training_data *d, const uint16_t *symbol, uint64_t n,
				 uint32_t n_symbols, bool is_tokens, int32_t separator)
{
	TRY(check_kind(d, is_tokens, separator));
	TRY(grow(d, n));
	if (n > 0)
		memcpy(d->symbol + d->n, symbol, n * sizeof *symbol);
	d->start[d->n_parts++] = d->n;
	d->n += n;
	d->start[d->n_parts] = d->n;
	d->n_symbols = d->n_symbols > n_symbols ? d->n_symbols : n_symbols;
	d->is_tokens = is_tokens;
	d->separator = separator;
	return STATUS_OK;
}

static enum status append_bytes(struct training_data *d, const struct buffer *file)
{
	uint16_t *symbol = malloc((file->size_bytes + 1) * sizeof *symbol);
	enum status s;

	if (!symbol)
		return fail_no_memory();
	for (size_t i = 0; i < file->size_bytes; i++)
		symbol[i] = file->data[i];
	s = training_data_append(d, symbol, file->size_bytes, 256, false, TRANSFORMER_NO_SEPARATOR);
	free(symbol);
	return s;
}

/* What the world file beside PREFIX.bin says, if there is one: what is no world says nothing. */
static enum status ask_world(const char *path, const struct tokens *t, uint32_t *n_symbols,
			     int32_t *separator)
{
	size_t length = strlen(path);
	char name[PATH_BYTES + 8];
	struct world *w;

	if (length < 4 || length >= PATH_BYTES || strcmp(path + length - 4, ".bin") != 0)
		return STATUS_OK;
	snprintf(name, sizeof name, "%.*s.json", (int)length - 4, path);
	if (access(name, F_OK) != 0)
		return STATUS_OK;

	enum status s = world_load(&w, name);

	if (s == STATUS_NO_MEMORY || s == STATUS_IO) /* it might say something */
		return s;
	if (s != STATUS_OK)
		return STATUS_OK;
	if (!world_is_of(w, t->data, t->n_tokens) || *n_symbols > w->vocab) {
		world_free(w);
		return fail(STATUS_CORRUPT, "%s is the world of another corpus", name);
	}
	*n_symbols = w->vocab;
	*separator = corpus_has_sentences(w) ? CORPUS_END_TOKEN : TRANSFORMER_NO_SEPARATOR;
	world_free(w);
	return STATUS_OK;
}

static enum status append_tokens(struct training_data *d, const char *path,
				 const struct buffer *file, const struct tokens *t)
{
	int32_t separator = TRANSFORMER_NO_SEPARATOR;
	uint32_t n_symbols = tokens_alphabet(t->data, t->n_tokens);
	uint16_t *token;
	size_t n;

	TRY(ask_world(path, t, &n_symbols, &separator));
	TRY(tokens_read(file->data, file->size_bytes, &token, &n));

	enum status s = training_data_append(d, token, n, n_symbols, true, separator);

	free(token);
	return s;
}

enum status training_data_append_file(struct training_data *d, const char *path,
				      const struct buffer *file)
{
	struct tokens t = {0};

	if (tokens_recognise(file->data, file->size_bytes))
		TRY(tokens_parse(file->data, file->size_bytes, &t));
	return t.canonical ? append_tokens(d, path, file, &t) : append_bytes(d, file);
}

enum status training_data_add(struct training_data *d, const char *path)
{
	struct buffer file = {0};
	char tokens[PATH_BYTES];
	int n = snprintf(tokens, sizeof tokens, "%s.bin", path);
	enum status s;

	if (n < (int)sizeof tokens && access(tokens, F_OK) == 0)
		path = tokens;
	s = file_read(path, &file, NULL);
	if (s == STATUS_OK)
		s = training_data_append_file(d, path, &file);
	buffer_free(&file);
	return s;
}

uint64_t training_data_part(const struct training_data *d, uint64_t symbol)
{
	size_t low = 0, high = d->n_parts; /* the last start that is not behind it */

	while (high - low > 1) {
		size_t middle = low + (high - low) / 2;

		if (d->start[middle] <= symbol)
			low = middle;
		else
			high = middle;
	}
	return d->start[low];
}

/* XXH3 of numbers as little-endian bytes, whatever the order in which this processor keeps them. */
struct number_hash {
	XXH3_state_t state;
	uint8_t waiting[4096];
	size_t n_waiting;
};

static void hash_open(struct number_hash *h, uint64_t seed)
{
	XXH3_64bits_reset_withSeed(&h->state, seed);
	h->n_waiting = 0;
}

static void hash_add(struct number_hash *h, uint64_t number, unsigned n_bytes)
{
	if (h->n_waiting + n_bytes > sizeof h->waiting) {
		XXH3_64bits_update(&h->state, h->waiting, h->n_waiting);
		h->n_waiting = 0;
	}
	for (unsigned i = 0; i < n_bytes; i++)
		h->waiting[h->n_waiting++] = (uint8_t)(number >> 8 * i);
}

static uint64_t hash_close(struct number_hash *h)
{
	XXH3_64bits_update(&h->state, h->waiting, h->n_waiting);
	return XXH3_64bits_digest(&h->state);
}

uint64_t training_data_digest(const struct training_data *d)
{
	const uint64_t meant[] = {d->n_parts, d->n_symbols, d->is_tokens, (uint64_t)d->separator};
	struct number_hash h;
	uint64_t seed;

	hash_open(&h, 0);
	for (size_t i = 0; i < sizeof meant / sizeof *meant; i++)
		hash_add(&h, meant[i], 8);
	seed = hash_close(&h);
	if (d->n_parts == 0)
		return seed;
	hash_open(&h, seed);
	for (size_t i = 0; i <= d->n_parts; i++)
		hash_add(&h, d->start[i], 8);
	seed = hash_close(&h);
	hash_open(&h, seed);
	for (uint64_t i = 0; i < d->n; i++)
		hash_add(&h, d->symbol[i], sizeof *d->symbol);
	return hash_close(&h);
}

void training_data_free(struct training_data *d)
{
	free(d->symbol);
	free(d->start);
	*d = (struct training_data){0};
}
