/* SPDX-License-Identifier: BSD-2-Clause
 *
 * target_world.c - any text as a world file, with tokens behind its first zero byte.
 *
 * Property  of a world that is accepted, whatever its prior, its truth and its digests say, the
 *           bounds can be asked for, and tokens that an oracle can code are the same when decoded.
 */
#include <jansson.h>

#include "archive.h"
#include "corpus.h"
#include "fuzz.h"
#include "tokens.h"
#include "world.h"

#define TOKENS_LIMIT 400
#define MEMORY_MAX_BYTES ((uint64_t)1 << 26)

static void check_oracle(const char *name, const struct world *w, const struct buffer *file)
{
	struct archive_reading reading = {
	    .world = w, .threads = 1, .memory_max_bytes = MEMORY_MAX_BYTES};
	struct buffer archive = {0}, back = {0};
	struct archive_settings s;

	HOLDS(archive_settings_parse(&s, name) == STATUS_OK);
	s.world = w;
	s.threads = 1;
	s.memory_max_bytes = MEMORY_MAX_BYTES;
	if (archive_compress(&s, file->data, file->size_bytes, &archive, NULL) == STATUS_OK) {
		enum status d =
		    archive_decompress(&reading, archive.data, archive.size_bytes, &back, NULL);

		HOLDS(d == STATUS_OK && back.size_bytes == file->size_bytes);
		HOLDS(memcmp(back.data, file->data, file->size_bytes) == 0);
	}
	buffer_free(&archive);
	buffer_free(&back);
}

static void check_world(const struct world *w, const uint8_t *data, size_t n_tokens)
{
	struct buffer file = {0};
	uint16_t token[TOKENS_LIMIT];
	json_t *bounds = NULL;

	if (n_tokens > TOKENS_LIMIT)
		n_tokens = TOKENS_LIMIT;
	for (size_t i = 0; i < n_tokens; i++)
		token[i] = tokens_get(data, i);
	tokens_write_header(&file, n_tokens);
	tokens_append(&file, token, n_tokens);
	check_oracle("known", w, &file);
	check_oracle("bayes", w, &file);
	check_oracle("twopart", w, &file);
	if (corpus_family_by_name(w->family)->bounds(w, token, n_tokens, &bounds) == STATUS_OK)
		json_decref(bounds);
	buffer_free(&file);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size_bytes)
{
	size_t text_bytes = strnlen((const char *)data, size_bytes);
	size_t rest = text_bytes < size_bytes ? text_bytes + 1 : size_bytes;
	struct world *w;

	if (world_load(&w, fuzz_path(data, text_bytes)) != STATUS_OK)
		return 0;
	check_world(w, data + rest, (size_bytes - rest) / 2);
	world_free(w);
	return 0;
}
