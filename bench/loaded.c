/* SPDX-License-Identifier: BSD-2-Clause */
#include "loaded.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "corpus.h"
#include "file.h"
#include "tokens.h"

#define PATH_BYTES 4096

/* PREFIX.bin, whose name is in every message about it. */
static enum status read_tokens(struct loaded *l, const char *path)
{
	char sentence[512];
	enum status s = file_read(path, &l->bin, NULL);

	if (s == STATUS_OK)
		s = tokens_read(l->bin.data, l->bin.size_bytes, &l->token, &l->n_tokens);
	if (s != STATUS_OK) {
		snprintf(sentence, sizeof sentence, "%s", status_message());
		return fail(s, "%s: %s", path, sentence);
	}
	if (!world_is_of(l->world, l->bin.data + TOKENS_HEADER_BYTES, l->n_tokens))
		return fail(STATUS_CORRUPT, "%s is the world of another corpus", l->world->path);
	for (size_t i = 0; i < l->n_tokens; i++)
		if (l->token[i] >= l->world->vocab)
			return fail(STATUS_CORRUPT, "%s: token %zu is outside the vocabulary", path,
				    i);
	return STATUS_OK;
}

double loaded_bits(const struct loaded *l, const char *name)
{
	const json_t *bits = json_object_get(l->bounds, name);

	return json_is_number(bits) ? json_number_value(bits) : NAN;
}

enum status loaded_read(struct loaded *l, const char *prefix)
{
	const struct corpus_ops *family;
	char path[PATH_BYTES];

	*l = (struct loaded){.bayes_bits = NAN};
	if (snprintf(path, sizeof path, "%s.json", prefix) >= (int)sizeof path)
		return fail(STATUS_BAD_ARGUMENT, "the name is too long");
	TRY(world_load(&l->world, path));
	family = corpus_family_by_name(l->world->family);
	if (!family)
		return fail(STATUS_UNSUPPORTED, "%s: family %s is not known", path,
			    l->world->family);
	snprintf(path, sizeof path, "%.*s.bin", PATH_BYTES - 8, prefix);
	TRY(read_tokens(l, path));
	TRY(family->bounds(l->world, l->token, l->n_tokens, &l->bounds));
	l->bayes_bits = loaded_bits(l, "bayes_bits");
	return STATUS_OK;
}

enum status loaded_count(struct loaded *l)
{
	if (strcmp(l->world->family, "sk") != 0)
		return STATUS_OK;
	TRY(sk_prior_load(&l->prior, l->world->prior));
	TRY(sk_counts_open(&l->counts, l->prior));
	return sk_counts_add_tokens(l->counts, l->token, l->n_tokens);
}

void loaded_free(struct loaded *l)
{
	sk_counts_free(l->counts);
	sk_prior_free(l->prior);
	json_decref(l->bounds);
	free(l->token);
	buffer_free(&l->bin);
	world_free(l->world);
	*l = (struct loaded){0};
}
