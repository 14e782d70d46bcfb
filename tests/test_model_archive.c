/* SPDX-License-Identifier: BSD-2-Clause
 *
 * test_model_archive.c - archives of a predictor with a model file, coded in several streams.
 *
 * Properties: the input comes back whatever the number of streams, the blocks and the way the model
 * is told of; the cost of each symbol stands at the symbol's own place; without the model, with
 * another one, with one of another kind or alphabet, one sentence says so before anything is
 * decoded; every flipped bit and every prefix is refused; a stored model counts in the limit of
 * memory.
 * Method: a registry of one predictor, linked instead of the product's, whose probabilities are
 * simple enough to be computed here: it expects in each stream the symbol that came last, moved by
 * a weight of the model.
 */
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <xxhash.h>

#include "archive.h"
#include "model.h"
#include "predictor.h"
#include "streams.h"
#include "tokens.h"

#include "fixture.h" /* last: it brings cmocka.h, which defines a macro fail() */

#define STREAMS_MAX 16
#define LIKELY 1000 /* weight of the symbol that is expected; all others have 1 */

struct parrot {
	struct predictor base;
	uint32_t n_symbols, n_streams, stream, shift;
	uint32_t last[STREAMS_MAX];
};

static const struct option_spec parrot_options[] = {
    {"streams", 1, STREAMS_MAX, 1, 1, "streams of a block"},
    {0},
};

static uint32_t parrot_streams(const struct predictor_setup *s)
{
	return (uint32_t)s->option[0];
}

#define BLOCK_SYMBOLS 50

static uint64_t parrot_block(const struct predictor_setup *s)
{
	assert_true(s->n_symbols > 1);
	assert_true(s->n_total > 0);
	return BLOCK_SYMBOLS;
}

static uint64_t parrot_memory(const struct predictor_setup *s, uint64_t n_total)
{
	(void)s;
	(void)n_total;
	return sizeof(struct parrot);
}

static uint32_t shift_of(const struct transformer *t)
{
	return (uint32_t)(t->code[0] + 128);
}

static enum status parrot_open(struct predictor **out, const struct predictor_setup *s)
{
	struct parrot *p = calloc(1, sizeof *p);

	if (!p)
		return fail_no_memory();
	assert_null(s->stored);
	assert_int_equal(s->n_symbols, s->transformer->shape.n_symbols);
	p->base.outcomes_max = p->n_symbols = s->n_symbols;
	p->n_streams = parrot_streams(s);
	p->shift = shift_of(s->transformer);
	*out = &p->base;
	return STATUS_OK;
}

static uint32_t expected_after(uint32_t last, uint32_t shift, uint32_t n_symbols)
{
	return (last + shift) % n_symbols;
}

static void parrot_ask(struct predictor *base, struct dist *d)
{
	const struct parrot *p = (struct parrot *)base;

	d->n_symbols = d->n_listed = p->n_symbols;
	for (uint32_t s = 0; s < p->n_symbols; s++)
		d->freq[s] = 1;
	d->freq[expected_after(p->last[p->stream], p->shift, p->n_symbols)] = LIKELY;
}

static bool parrot_tell(struct predictor *base, uint32_t outcome, uint32_t *symbol)
{
	struct parrot *p = (struct parrot *)base;

	*symbol = p->last[p->stream] = outcome;
	p->stream = (p->stream + 1) % p->n_streams;
	return true;
}

static void parrot_close(struct predictor *p)
{
	free(p);
}

static const struct predictor_ops parrot = {.name = "parrot",
					    .summary = "for this test",
					    .id = 31,
					    .options = parrot_options,
					    .needs_model = MODEL_MUST,
					    .block_symbols = parrot_block,
					    .n_streams = parrot_streams,
					    .memory_bytes = parrot_memory,
					    .open = parrot_open,
					    .ask = parrot_ask,
					    .tell = parrot_tell,
					    .close = parrot_close};

const struct predictor_ops *const predictors[] = {&parrot, NULL};

const struct predictor_ops *predictor_by_name(const char *name)
{
	return strcmp(name, parrot.name) == 0 ? &parrot : NULL;
}

const struct predictor_ops *predictor_by_id(uint8_t id)
{
	return id == parrot.id ? &parrot : NULL;
}

#define N_TOKENS 40 /* alphabet of the token models */

static struct transformer *byte_model, *token_model, *other_model;
static struct buffer byte_file, token_file, other_file;

static int make_models(void **state)
{
	struct transformer_shape bytes = model_shape(false, 0);
	struct transformer_shape tokens = model_shape(true, N_TOKENS);

	byte_model = model_from_file(&bytes, 8, 1, &byte_file);
	token_model = model_from_file(&tokens, 4, 2, &token_file);
	other_model = model_from_file(&tokens, 4, 3, &other_file);
	return !byte_model || !token_model || !other_model || fixture_open(state);
}

static int free_models(void **state)
{
	transformer_free(byte_model);
	transformer_free(token_model);
	transformer_free(other_model);
	buffer_free(&byte_file);
	buffer_free(&token_file);
	buffer_free(&other_file);
	return fixture_close(state);
}

static uint32_t symbol_at(size_t i, bool is_tokens)
{
	return (uint32_t)(i * i / 5 + i) % (is_tokens ? N_TOKENS : 256);
}

static struct buffer make_input(size_t n, bool is_tokens)
{
	struct buffer b = {0};

	if (is_tokens)
		tokens_write_header(&b, n);
	for (size_t i = 0; i < n; i++)
		buffer_append_le(&b, symbol_at(i, is_tokens), is_tokens ? 2 : 1);
	return b;
}

static struct archive_settings make_settings(bool is_tokens, int64_t n_streams)
{
	struct archive_settings s;

	assert_int_equal(archive_settings_parse(&s, "parrot"), STATUS_OK);
	assert_int_equal(s.block_symbols, ARCHIVE_BLOCK_DEFAULT);
	s.option[0] = n_streams;
	s.threads = 1;
	s.transformer = is_tokens ? token_model : byte_model;
	return s;
}

static void check_round_trip(const struct archive_settings *s, size_t n, bool is_tokens)
{
	struct buffer in = make_input(n, is_tokens), archive = {0}, back = {0};
	struct archive_stats stats;
	struct archive_reading reading = {
	    .transformer = s->model_file ? NULL : s->transformer, .threads = 1};

	assert_int_equal(archive_compress(s, in.data, in.size_bytes, &archive, &stats), STATUS_OK);
	assert_int_equal(stats.model_bytes, s->model_file ? s->model_file->size_bytes : 0);
	assert_int_equal(stats.model_bytes + stats.payload_bytes + stats.container_bytes,
			 archive.size_bytes);
	if (archive_decompress(&reading, archive.data, archive.size_bytes, &back, NULL) !=
	    STATUS_OK)
		fail_msg("%zu symbols: %s", n, status_message());
	assert_int_equal(back.size_bytes, in.size_bytes);
	if (in.size_bytes)
		assert_memory_equal(back.data, in.data, in.size_bytes);
	buffer_free(&in);
	buffer_free(&archive);
	buffer_free(&back);
}

static void test_round_trips(void **state)
{
	static const size_t sizes[] = {0, 1, 2, 3, 4, 5, 6, 7, 99, 100, 101, 199, 200, 201, 1000};

	(void)state;
	for (int64_t n_streams = 1; n_streams <= STREAMS_MAX; n_streams += n_streams < 8 ? 1 : 8)
		for (size_t i = 0; i < 2 * sizeof sizes / sizeof *sizes; i++) {
			struct archive_settings s = make_settings(i % 2, n_streams);

			for (s.block_symbols = 0; s.block_symbols <= 100; s.block_symbols += 100) {
				s.model_file = NULL;
				check_round_trip(&s, sizes[i / 2], i % 2);
				s.model_file = i % 2 ? &token_file : &byte_file;
				check_round_trip(&s, sizes[i / 2], i % 2);
			}
		}
}

/* More symbols than go through the loop at once. */
static void test_long(void **state)
{
	struct archive_settings s = make_settings(true, 7);

	(void)state;
	s.block_symbols = 0;
	s.threads = 2;
	check_round_trip(&s, 140001, true);
}

/* No block has more symbols than the model says, unless somebody else did, and all are alike. */
static void test_default_blocks(void **state)
{
	struct archive_settings s = make_settings(true, 1);
	struct buffer in = make_input(3 * BLOCK_SYMBOLS + 1, true), archive = {0};
	struct archive_info info;

	(void)state;
	for (uint64_t given = 0; given < 2; given++) {
		s.block_symbols = given ? 2 * BLOCK_SYMBOLS : ARCHIVE_BLOCK_DEFAULT;
		assert_int_equal(archive_compress(&s, in.data, in.size_bytes, &archive, NULL),
				 STATUS_OK);
		assert_int_equal(archive_inspect(archive.data, archive.size_bytes, &info),
				 STATUS_OK);
		assert_int_equal(info.header.n_blocks, given ? 2 : 4);
		assert_int_equal(info.header.block_symbols, given ? 100 : 38);
		archive_info_free(&info);
		buffer_free(&archive);
	}
	buffer_free(&in);
}

/* The cost of symbol i of a block of n, first in its stream or behind symbol i - 1. */
static double cost_of(size_t i, bool is_first)
{
	uint32_t last = is_first ? 0 : symbol_at(i - 1, true);
	bool likely = expected_after(last, shift_of(token_model), N_TOKENS) == symbol_at(i, true);

	return log2((LIKELY + N_TOKENS - 1) / (likely ? LIKELY : 1.0));
}

static void test_costs(void **state)
{
	size_t n = 1000, block = 300;
	struct buffer in = make_input(n, true), archive = {0};
	double *cost = calloc(n, sizeof *cost);

	(void)state;
	for (uint32_t n_streams = 1; n_streams <= 5; n_streams++) {
		struct archive_settings s = make_settings(true, n_streams);

		s.block_symbols = block;
		s.cost_bits = cost;
		assert_int_equal(archive_compress(&s, in.data, in.size_bytes, &archive, NULL),
				 STATUS_OK);
		for (size_t start = 0; start < n; start += block) {
			size_t size = n - start < block ? n - start : block;

			for (uint32_t k = 0; k < n_streams; k++)
				for (size_t i = streams_start(size, n_streams, k), first = i;
				     i < streams_start(size, n_streams, k + 1); i++)
					assert_true(fabs(cost[start + i] -
							 cost_of(start + i, i == first)) < 1e-9);
		}
		buffer_free(&archive);
	}
	free(cost);
	buffer_free(&in);
}

/* The walk goes through the places that the divisions name, and through each once. */
static void test_walk(void **state)
{
	(void)state;
	for (uint64_t n = 0; n < 40; n++)
		for (uint32_t n_streams = 1; n_streams < 12; n_streams++) {
			struct streams_walk walk = streams_walk(n, n_streams);
			uint64_t seen = 0;

			for (uint64_t i = 0; i < n; i++) {
				uint64_t at = streams_next(&walk);

				assert_int_equal(at, streams_position(n, n_streams, i));
				seen |= (uint64_t)1 << at;
			}
			assert_int_equal(seen, ((uint64_t)1 << n) - 1);
		}
}

static void refused(const struct archive_settings *s, const struct buffer *in,
		    enum status expected, const char *sentence)
{
	struct buffer archive = {0};

	assert_int_equal(archive_compress(s, in->data, in->size_bytes, &archive, NULL), expected);
	assert_non_null(strstr(status_message(), sentence));
	assert_int_equal(archive.size_bytes, 0);
}

static void test_wrong_input(void **state)
{
	struct archive_settings s = make_settings(true, 1);
	struct buffer bytes = make_input(10, false), tokens = make_input(10, true);

	(void)state;
	refused(&s, &bytes, STATUS_CORRUPT, "one of tokens, and this is a file of bytes");
	s.transformer = byte_model;
	refused(&s, &tokens, STATUS_CORRUPT, "one of bytes, and this is a file of tokens");
	s.transformer = token_model;
	buffer_free(&tokens);
	tokens_write_header(&tokens, 3);
	for (unsigned i = 0; i < 3; i++)
		buffer_append_le(&tokens, N_TOKENS - 1 + i / 2, 2);
	refused(&s, &tokens, STATUS_CORRUPT, "token 40 at position 2 is outside the model's");
	s.transformer = NULL;
	refused(&s, &tokens, STATUS_UNSUPPORTED, "needs -M");
	buffer_free(&bytes);
	buffer_free(&tokens);
}

static enum status decode(const struct buffer *archive, size_t size_bytes,
			  const struct transformer *t)
{
	struct archive_reading reading = {.transformer = t, .threads = 1};
	struct buffer back = {0};
	uint8_t *copy = malloc(size_bytes + 1); /* so that reading past the end is noticed */

	memcpy(copy, archive->data, size_bytes);
	enum status s = archive_decompress(&reading, copy, size_bytes, &back, NULL);

	buffer_free(&back);
	free(copy);
	return s;
}

static void test_wrong_model(void **state)
{
	struct archive_settings s = make_settings(true, 2);
	struct buffer in = make_input(30, true), archive = {0};
	char hash[2 * MODEL_FILE_HASH_BYTES + 1];

	(void)state;
	assert_int_equal(archive_compress(&s, in.data, in.size_bytes, &archive, NULL), STATUS_OK);
	assert_int_equal(decode(&archive, archive.size_bytes, token_model), STATUS_OK);
	assert_int_equal(decode(&archive, archive.size_bytes, NULL), STATUS_UNSUPPORTED);
	model_file_hash_text(token_model->hash, MODEL_FILE_HASH_BYTES, hash);
	assert_non_null(strstr(status_message(), hash));
	assert_int_equal(decode(&archive, archive.size_bytes, other_model), STATUS_UNSUPPORTED);
	assert_non_null(strstr(status_message(), hash));
	assert_non_null(strstr(status_message(), "the given one has"));
	/* Of another kind: not the named one either, unless the header is forged. */
	assert_int_equal(decode(&archive, archive.size_bytes, byte_model), STATUS_UNSUPPORTED);
	archive.data[2] &= 0x1f;
	assert_int_equal(decode(&archive, archive.size_bytes, token_model), STATUS_CORRUPT);
	buffer_free(&archive);
	buffer_free(&in);
}

/* Named or stored, flipped or cut: refused. */
static void test_damage(void **state)
{
	struct buffer in = make_input(40, true);

	(void)state;
	for (int stored = 0; stored < 2; stored++) {
		struct archive_settings s = make_settings(true, 3);
		struct buffer archive = {0};
		const struct transformer *given = stored ? NULL : token_model;

		s.model_file = stored ? &token_file : NULL;
		assert_int_equal(archive_compress(&s, in.data, in.size_bytes, &archive, NULL),
				 STATUS_OK);
		for (size_t bit = 0; bit < 8 * archive.size_bytes;
		     bit += stored && bit > 400 ? 7 : 1) {
			archive.data[bit / 8] ^= (uint8_t)(1 << bit % 8);
			assert_int_not_equal(decode(&archive, archive.size_bytes, given),
					     STATUS_OK);
			archive.data[bit / 8] ^= (uint8_t)(1 << bit % 8);
		}
		for (size_t size = 0; size < archive.size_bytes; size++)
			assert_int_not_equal(decode(&archive, size, given), STATUS_OK);
		buffer_free(&archive);
	}
	buffer_free(&in);
}

static void test_memory(void **state)
{
	struct archive_settings s = make_settings(true, 2);
	struct buffer in = make_input(30, true), archive = {0}, back = {0};
	struct archive_info info;

	(void)state;
	s.model_file = &token_file;
	assert_int_equal(archive_compress(&s, in.data, in.size_bytes, &archive, NULL), STATUS_OK);
	assert_int_equal(archive_inspect(archive.data, archive.size_bytes, &info), STATUS_OK);
	assert_int_equal(info.header.stored_bytes, token_file.size_bytes);
	assert_true(info.header.memory_bytes > model_file_memory_bytes(&token_model->shape));

	struct archive_reading reading = {.memory_max_bytes = info.header.memory_bytes};

	assert_int_equal(
	    archive_decompress(&reading, archive.data, archive.size_bytes, &back, NULL), STATUS_OK);
	buffer_free(&back);
	reading.memory_max_bytes = model_file_memory_bytes(&token_model->shape) - 1;
	assert_int_equal(
	    archive_decompress(&reading, archive.data, archive.size_bytes, &back, NULL),
	    STATUS_LIMIT);
	archive_info_free(&info);
	buffer_free(&archive);
	buffer_free(&in);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_round_trips), cmocka_unit_test(test_long),
	    cmocka_unit_test(test_default_blocks),
	    cmocka_unit_test(test_costs),       cmocka_unit_test(test_walk),
	    cmocka_unit_test(test_wrong_input), cmocka_unit_test(test_wrong_model),
	    cmocka_unit_test(test_damage),      cmocka_unit_test(test_memory),
	};

	return cmocka_run_group_tests(tests, make_models, free_models);
}
