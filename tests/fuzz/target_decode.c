/* SPDX-License-Identifier: BSD-2-Clause
 *
 * target_decode.c - any bytes as an archive, decoded with the worlds and the model files that the
 * seeds need.
 *
 * Property  decoding takes no more memory than the limit it was given, and writes no more than was
 *           declared; and what it accepts has the one payload that there is: coded again with what
 *           the header says, each block that is not stored is the same bytes.
 *
 * Without digests (tests/fuzz/digest.c) every payload is decoded to its end.  The number of symbols
 * is limited, through the callback for progress, so that a header that promises a million of them
 * costs no seconds.
 */
#include "archive.h"
#include "sources.h"

#define MEMORY_MAX_BYTES ((uint64_t)3 << 23)
#define OUTPUT_MAX_BYTES ((uint64_t)1 << 20)
#define SYMBOLS_MAX 8192
#define SLOW_SYMBOLS_MAX 512 /* of a network that learns */

static bool stop_late(void *context, uint64_t done_symbols, uint64_t n_symbols, double bits)
{
	(void)context;
	(void)n_symbols;
	(void)bits;
	return done_symbols < SYMBOLS_MAX;
}

/* What the archive names, as far as there is such. */
static struct archive_reading reading_for(const struct container *c)
{
	struct archive_reading reading = {.threads = 1,
					  .memory_max_bytes = MEMORY_MAX_BYTES,
					  .output_max_bytes = OUTPUT_MAX_BYTES,
					  .progress = stop_late};

	for (unsigned k = 0; c->model->needs_world && k < SOURCES; k++) {
		const struct world *w = source_of(k)->world;

		if (!reading.world || c->world_hash == w->prior_hash ||
		    c->world_hash == w->world_hash)
			reading.world = w;
	}
	if (c->takes_model)
		reading.transformer = source_transformer(c->is_tokens);
	return reading;
}

static void check_payloads(const struct archive_info *first, const uint8_t *archive,
			   const struct archive_info *second, const uint8_t *again)
{
	const uint8_t *p = archive + first->header.stored_bytes + first->container_bytes;
	const uint8_t *q = again + second->header.stored_bytes + second->container_bytes;

	HOLDS(first->header.n_blocks == second->header.n_blocks);
	for (uint64_t i = 0; i < first->header.n_blocks; i++) {
		uint64_t n = first->header.block[i].payload_bytes;

		if (!container_block_is_stored(&first->header, i)) {
			HOLDS(second->header.block[i].payload_bytes == n);
			HOLDS(memcmp(p, q, n) == 0);
		}
		p += n;
		q += second->header.block[i].payload_bytes;
	}
}

/* A two-part code may have been given another description of the same corpus than we choose. */
static void check_again(const struct archive_info *info, const uint8_t *archive,
			const struct archive_reading *reading, const struct buffer *content)
{
	const struct container *c = &info->header;
	struct archive_settings s = {.model = c->model,
				     .coder = c->coder,
				     .world = reading->world,
				     .block_symbols = c->block_symbols,
				     .threads = 1,
				     .as_bytes = !c->is_tokens,
				     .model_bits_max = MODEL_BITS_ANY};
	struct transformer *stored = NULL;
	struct archive_info second;
	struct buffer again = {0};

	if (c->model->fit)
		return;
	memcpy(s.option, c->option, sizeof s.option);
	if (c->takes_model && c->stored_bytes)
		HOLDS(model_file_read(&stored, c->stored, c->stored_bytes) == STATUS_OK);
	if (c->takes_model)
		s.transformer = stored ? stored : reading->transformer;
	HOLDS(archive_compress(&s, content->data, content->size_bytes, &again, NULL) == STATUS_OK);
	HOLDS(archive_inspect(again.data, again.size_bytes, &second) == STATUS_OK);
	check_payloads(info, archive, &second, again.data);
	archive_info_free(&second);
	transformer_free(stored);
	buffer_free(&again);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size_bytes)
{
	struct archive_info info;
	struct archive_stats stats;
	struct buffer content = {0};
	uint64_t expected_bytes;

	if (archive_inspect(data, size_bytes, &info) != STATUS_OK)
		return 0;
	struct archive_reading reading = reading_for(&info.header);
	expected_bytes = container_symbol_bytes(&info.header) * info.header.n_total +
			 (info.header.is_tokens ? TOKENS_HEADER_BYTES : 0);
	bool slow = info.header.model->is_slow && info.header.n_total > SLOW_SYMBOLS_MAX;

	if (!slow) {
		enum status s = archive_decompress(&reading, data, size_bytes, &content, &stats);

		HOLDS(content.size_bytes <= OUTPUT_MAX_BYTES);
		HOLDS(content.size_bytes <= expected_bytes);
		if (s == STATUS_OK) {
			HOLDS(stats.n_symbols_coded == info.header.n_total);
			HOLDS(content.size_bytes == expected_bytes);
			check_again(&info, data, &reading, &content);
		}
	}
	buffer_free(&content);
	archive_info_free(&info);
	return 0;
}
