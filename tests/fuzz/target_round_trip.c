/* SPDX-License-Identifier: BSD-2-Clause
 *
 * target_round_trip.c - the input says which model, which of its options, which blocks, and what is
 * compressed.
 *
 *      1 byte      the predictor, in the order of the registry
 *      1           bit 0: tokens; bit 1: a model file's network; bit 2: that is stored in the
 *                  archive; bits 3-5: which source's world; bits 6, 7: alphabet of tokens
 *      1           the number of options that are set, modulo 4; for each 1 byte, which, and 2, to
 *                  what
 *      2           symbols of a block; 0: one block
 *      the rest    the content; for an oracle, changes in its source's tokens: 2 bytes where, 1 to
 *                  what
 *
 * Property  what was compressed is decoded in the memory that the header states, to the same bytes;
 *           the archive has its one spelling, is as long as its parts, and no longer than the file
 *           by more than its header.
 */
#include "archive.h"
#include "sources.h"

#define CONTENT_BYTES_MAX 4096
#define SLOW_BYTES_MAX 96 /* for a network that learns */
#define MEMORY_MAX_BYTES ((uint64_t)1 << 27)
#define GROWTH_BYTES 64
#define BLOCK_GROWTH_BYTES 8

static const uint32_t alphabets[] = {2, SOURCE_ALPHABET, 5000, 65536};

static void set_options(struct archive_settings *s, struct reader *r)
{
	unsigned n = options_count(s->model->options), n_set = fuzz_take(r, 1) % 4;

	for (unsigned i = 0; i < n_set; i++) {
		uint32_t which = fuzz_take(r, 1), value = fuzz_take(r, 2);

		if (n == 0)
			continue;
		const struct option_spec *spec = &s->model->options[which % n];
		uint64_t range = (uint64_t)spec->max - (uint64_t)spec->min;

		/* Small steps from the least value, from the default, or any part of the range. */
		if (value % 4 == 0)
			s->option[which % n] = spec->min + (int64_t)(range / 16384 * (value / 4));
		else if (value / 4 <= range && value % 4 == 1)
			s->option[which % n] = spec->min + (int64_t)(value / 4);
		else if (spec->def + (int64_t)(value / 4) <= spec->max)
			s->option[which % n] = spec->def + (int64_t)(value / 4);
	}
}

static void choose_model(struct archive_settings *s, struct reader *r, unsigned *flags)
{
	uint32_t n = 0, which = fuzz_take(r, 1);

	while (predictors[n])
		n++;
	HOLDS(archive_settings_parse(s, model_text_for(predictors[which % n])) == STATUS_OK);
	*flags = fuzz_take(r, 1);
	set_options(s, r);
	s->block_symbols = fuzz_take(r, 2);
	s->threads = 1;
	s->memory_max_bytes = MEMORY_MAX_BYTES;
	if (s->model->needs_model == MODEL_MUST || (s->model->needs_model && *flags & 2))
		s->transformer = source_transformer(*flags & 1);
	if (s->model->needs_world)
		s->world = source_of((*flags >> 3 & 7) % SOURCES)->world;
}

/* The tokens of a source with some changed, as a file. */
static void change_source(const struct source *source, struct reader *r, struct buffer *in)
{
	size_t n = source->n < CONTENT_BYTES_MAX / 2 ? source->n : CONTENT_BYTES_MAX / 2;

	tokens_write_header(in, n);
	tokens_append(in, source->token, n);
	while (r->end - r->at >= 3) {
		uint32_t where = fuzz_take(r, 2), what = fuzz_take(r, 1);

		in->data[TOKENS_HEADER_BYTES + 2 * (where % n)] = (uint8_t)what;
	}
}

static void make_content(const struct archive_settings *s, unsigned flags, struct reader *r,
			 struct buffer *in)
{
	size_t n = (size_t)(r->end - r->at), most = s->model->is_slow ? SLOW_BYTES_MAX
								      : CONTENT_BYTES_MAX;

	n = n < most ? n : most;
	if (s->model->needs_world) {
		change_source(source_of((flags >> 3 & 7) % SOURCES), r, in);
	} else if (flags & 1) {
		uint32_t alphabet = s->transformer ? SOURCE_ALPHABET : alphabets[flags >> 6];

		tokens_write_header(in, n / 2);
		for (size_t i = 0; i < n / 2; i++)
			buffer_append_le(in, fuzz_take(r, 2) % alphabet, 2);
	} else {
		buffer_append(in, reader_bytes(r, n), n);
	}
	HOLDS(buffer_status(in) == STATUS_OK);
}

static void check(const struct archive_settings *s, const struct buffer *in,
		  const struct buffer *archive, const struct archive_stats *stats)
{
	struct archive_reading reading = {
	    .world = s->world, .transformer = s->transformer, .threads = 1};
	struct archive_info info;
	struct buffer back = {0}, header = {0};

	HOLDS(archive_inspect(archive->data, archive->size_bytes, &info) == STATUS_OK);
	reading.memory_max_bytes = info.header.memory_bytes;
	HOLDS(archive_decompress(&reading, archive->data, archive->size_bytes, &back, NULL) ==
	      STATUS_OK);
	HOLDS(back.size_bytes == in->size_bytes);
	HOLDS(in->size_bytes == 0 || memcmp(back.data, in->data, in->size_bytes) == 0);
	container_write(&info.header, &header);
	HOLDS(memcmp(header.data, archive->data, header.size_bytes) == 0);
	HOLDS(stats->payload_bytes + stats->container_bytes + stats->model_bytes ==
	      archive->size_bytes);
	HOLDS(archive->size_bytes <= in->size_bytes + stats->model_bytes + GROWTH_BYTES +
					 BLOCK_GROWTH_BYTES * info.header.n_blocks);
	archive_info_free(&info);
	buffer_free(&back);
	buffer_free(&header);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size_bytes)
{
	struct reader r = {.at = data, .end = data + size_bytes};
	struct buffer in = {0}, archive = {0}, model_file = {0};
	struct archive_settings s;
	struct archive_stats stats;
	unsigned flags;

	choose_model(&s, &r, &flags);
	make_content(&s, flags, &r, &in);
	if (s.transformer && flags & 4) {
		HOLDS(model_file_write((struct transformer *)(uintptr_t)s.transformer,
				       &model_file) == STATUS_OK);
		s.model_file = &model_file;
	}
	enum status status = archive_compress(&s, in.data, in.size_bytes, &archive, &stats);

	if (status == STATUS_OK)
		check(&s, &in, &archive, &stats);
	else /* what the source excludes, shapes that do not go together, memory */
		HOLDS(status == STATUS_IMPOSSIBLE || status == STATUS_CORRUPT ||
		      status == STATUS_BAD_ARGUMENT || status == STATUS_UNSUPPORTED ||
		      status == STATUS_LIMIT);
	buffer_free(&in);
	buffer_free(&archive);
	buffer_free(&model_file);
	return 0;
}
