/* SPDX-License-Identifier: BSD-2-Clause */
#include "container.h"

#include <stdlib.h>
#include <string.h>
#include <xxhash.h>

#include "tokens.h"

#define MAGIC_0 0xB2
#define MAGIC_1 0x70 /* + version */

#define PREDICTOR_MASK 0x1f
#define KIND_MASK 0x60
#define KIND_BYTES 0x00
#define KIND_TOKENS 0x60
#define EXTENSION_BIT 0x80

#define MEMORY_CODE_MAX 247      /* 7 * 2^61: the last one that fits 64 bits */
#define BLOCK_ENTRY_BYTES_MIN 5  /* of a block in the extension */

void container_free(struct container *c)
{
	free(c->block);
	*c = (struct container){0};
}

enum status container_cut(struct container *c, uint64_t block_symbols)
{
	c->block_symbols = block_symbols < c->n_total ? block_symbols : 0;
	c->n_blocks = 1;
	if (c->block_symbols)
		c->n_blocks = (c->n_total - 1) / c->block_symbols + 1;
	c->block = c->n_blocks <= SIZE_MAX / sizeof *c->block
		       ? calloc(c->n_blocks, sizeof *c->block)
		       : NULL;
	return c->block ? STATUS_OK : fail_no_memory();
}

uint64_t container_block_start(const struct container *c, uint64_t i)
{
	return i == c->n_blocks ? c->n_total : i * c->block_symbols;
}

uint64_t container_block_bytes(const struct container *c, uint64_t i)
{
	return container_symbol_bytes(c) *
	       (container_block_start(c, i + 1) - container_block_start(c, i));
}

bool container_block_is_stored(const struct container *c, uint64_t i)
{
	return c->block[i].payload_bytes == container_block_bytes(c, i);
}

uint64_t container_stored_blocks(const struct container *c)
{
	uint64_t n = 0;

	for (uint64_t i = 0; i < c->n_blocks; i++)
		n += c->block[i].payload_bytes && container_block_is_stored(c, i);
	return n;
}

static uint64_t memory_of_code(unsigned code)
{
	return (uint64_t)(4 + code % 4) << (code / 4);
}

static uint8_t memory_code(uint64_t bytes)
{
	unsigned code = 0;

	while (code < MEMORY_CODE_MAX && memory_of_code(code) < bytes)
		code++;
	return (uint8_t)code;
}

uint64_t container_memory_said(uint64_t bytes)
{
	return memory_of_code(memory_code(bytes));
}

uint64_t container_original_bytes(const struct container *c)
{
	return c->n_total * container_symbol_bytes(c) + (c->is_tokens ? TOKENS_HEADER_BYTES : 0);
}

static bool has_alphabet(const struct container *c)
{
	return c->is_tokens && !c->model->needs_world && !c->takes_model;
}

static void write_extension(const struct container *c, struct buffer *out)
{
	struct buffer text = {0}, body = {0};

	options_print(c->model->options, c->option, &text);
	if (text.size_bytes || c->coder->id != CONTAINER_CODER_ID || c->block_symbols) {
		buffer_append_varint(&body, c->coder->id);
		buffer_append_varint(&body, text.size_bytes);
		buffer_append(&body, text.data, text.size_bytes);
		buffer_append_varint(&body, c->block_symbols);
		for (uint64_t i = 0; c->block_symbols && i < c->n_blocks; i++) {
			buffer_append_varint(&body, c->block[i].payload_bytes);
			buffer_append_le(&body, c->block[i].digest, 4);
		}
		out->data[2] |= EXTENSION_BIT;
		buffer_append_varint(out, body.size_bytes);
		buffer_append(out, body.data, body.size_bytes);
	}
	out->failed = out->failed || text.failed || body.failed;
	buffer_free(&text);
	buffer_free(&body);
}

void container_write(const struct container *c, struct buffer *out)
{
	buffer_append_byte(out, MAGIC_0);
	buffer_append_byte(out, MAGIC_1 + CONTAINER_VERSION);
	buffer_append_byte(out, c->model->id | (c->is_tokens ? KIND_TOKENS : KIND_BYTES));
	buffer_append_byte(out, memory_code(c->memory_bytes));
	buffer_append_varint(out, c->n_total);
	if (c->model->needs_model == MODEL_MAY)
		buffer_append_byte(out, c->takes_model);
	if (has_alphabet(c))
		buffer_append_varint(out, c->alphabet - 1);
	if (c->model->needs_world)
		buffer_append_le(out, c->world_hash, 4);
	if (c->model->fit || c->takes_model) {
		buffer_append_varint(out, c->stored_bytes);
		buffer_append(out, c->stored, c->stored_bytes);
	}
	if (c->takes_model && !c->stored_bytes)
		buffer_append(out, c->model_hash, MODEL_FILE_HASH_BYTES);
	if (!out->failed)
		write_extension(c, out);
}

/* The first four bytes. */
static enum status read_fixed(struct container *c, struct reader *r, bool *extended)
{
	const uint8_t *fixed = reader_bytes(r, 4);

	if (!fixed || fixed[0] != MAGIC_0 || (fixed[1] & 0xf0) != MAGIC_1)
		return fail(STATUS_CORRUPT, "not a twopart archive");
	if ((fixed[1] & 0x0f) != CONTAINER_VERSION)
		return fail(STATUS_UNSUPPORTED, "archive format version %d; this program reads %d",
			    fixed[1] & 0x0f, CONTAINER_VERSION);
	c->model = predictor_by_id(fixed[2] & PREDICTOR_MASK);
	if (!c->model)
		return fail(STATUS_UNSUPPORTED, "needs model number %d, which this program lacks",
			    fixed[2] & PREDICTOR_MASK);
	if ((fixed[2] & KIND_MASK) != KIND_BYTES && (fixed[2] & KIND_MASK) != KIND_TOKENS)
		return fail(STATUS_UNSUPPORTED, "archive of an unknown kind of input");
	c->is_tokens = (fixed[2] & KIND_MASK) == KIND_TOKENS;
	if (c->model->needs_world && !c->is_tokens)
		return fail(STATUS_CORRUPT, "damaged header: model %s codes tokens only",
			    c->model->name);
	if (fixed[3] > MEMORY_CODE_MAX)
		return fail(STATUS_CORRUPT, "damaged header: impossible memory requirement");
	c->memory_bytes = memory_of_code(fixed[3]);
	*extended = fixed[2] & EXTENSION_BIT;
	return STATUS_OK;
}

/* A description or a model file, or the latter's hash. */
static enum status read_stored(struct container *c, struct reader *r)
{
	c->stored_bytes = reader_varint(r);
	c->stored = c->stored_bytes <= SIZE_MAX ? reader_bytes(r, c->stored_bytes) : NULL;
	if (!c->stored)
		return fail(STATUS_CORRUPT, "truncated or damaged stored model");
	if (c->takes_model && !c->stored_bytes) {
		const uint8_t *hash = reader_bytes(r, MODEL_FILE_HASH_BYTES);

		if (!hash)
			return fail(STATUS_CORRUPT, "truncated or damaged header");
		memcpy(c->model_hash, hash, MODEL_FILE_HASH_BYTES);
	}
	return STATUS_OK;
}

static enum status read_sizes(struct container *c, struct reader *r)
{
	uint64_t max = c->is_tokens ? TOKENS_MAX : CONTAINER_SYMBOLS_MAX, alphabet_less_1 = 255;

	c->n_total = reader_varint(r);
	c->takes_model = c->model->needs_model == MODEL_MUST;
	if (c->model->needs_model == MODEL_MAY) {
		uint64_t takes = reader_le(r, 1);

		if (takes > 1)
			return fail(STATUS_CORRUPT, "damaged header: model file or not?");
		c->takes_model = takes == 1;
	}
	if (has_alphabet(c))
		alphabet_less_1 = reader_varint(r);
	if (c->model->needs_world)
		c->world_hash = (uint32_t)reader_le(r, 4);
	if (c->model->fit || c->takes_model)
		TRY(read_stored(c, r));
	if (r->failed)
		return fail(STATUS_CORRUPT, "truncated or damaged header");
	if (c->n_total > max || c->n_total * container_symbol_bytes(c) > c->memory_bytes ||
	    c->n_total > SIZE_MAX / 4)
		return fail(STATUS_CORRUPT, "damaged header: impossible number of symbols %llu",
			    (unsigned long long)c->n_total);
	if (alphabet_less_1 >= DIST_SYMBOLS_MAX)
		return fail(STATUS_CORRUPT, "damaged header: impossible alphabet");
	c->alphabet = (uint32_t)alphabet_less_1 + 1;
	if (c->model->needs_world || c->takes_model)
		c->alphabet = 0;
	return STATUS_OK;
}

/* Options must be spelt as options_print() would. */
static enum status read_options(struct container *c, struct reader *r)
{
	struct buffer text = {0}, canonical = {0};
	uint64_t size_bytes = reader_varint(r);
	const uint8_t *p = size_bytes <= SIZE_MAX ? reader_bytes(r, size_bytes) : NULL;
	enum status s = fail(STATUS_CORRUPT, "damaged header: bad options");

	if (!p)
		return s;
	buffer_append(&text, p, size_bytes);
	buffer_append_byte(&text, '\0');
	if (!text.failed && !memchr(p, '\0', size_bytes) &&
	    options_parse(c->model->options, c->option, (char *)text.data) == STATUS_OK)
		options_print(c->model->options, c->option, &canonical);
	if (text.failed || canonical.failed)
		s = fail_no_memory();
	else if (canonical.size_bytes == size_bytes &&
		 (size_bytes == 0 || memcmp(canonical.data, p, size_bytes) == 0))
		s = STATUS_OK;
	else
		s = fail(STATUS_CORRUPT, "damaged header: bad options");
	buffer_free(&text);
	buffer_free(&canonical);
	return s;
}

static enum status read_blocks(struct container *c, struct reader *r)
{
	uint64_t block_symbols = reader_varint(r);
	uint64_t room = (uint64_t)(r->end - r->at) / BLOCK_ENTRY_BYTES_MIN;

	if (r->failed || (block_symbols && (block_symbols >= c->n_total || c->model->whole_stream ||
					    (c->n_total - 1) / block_symbols >= room)))
		return fail(STATUS_CORRUPT, "damaged header: bad block table");
	TRY(container_cut(c, block_symbols));
	for (uint64_t i = 0; block_symbols && i < c->n_blocks; i++) {
		c->block[i].payload_bytes = reader_varint(r);
		c->block[i].digest = (uint32_t)reader_le(r, 4);
	}
	return STATUS_OK;
}

static enum status read_extension(struct container *c, struct reader *r)
{
	uint64_t size_bytes = reader_varint(r);
	const uint8_t *p = size_bytes <= SIZE_MAX ? reader_bytes(r, size_bytes) : NULL;

	if (!p)
		return fail(STATUS_CORRUPT, "truncated or damaged header");

	struct reader body = {.at = p, .end = p + size_bytes};
	uint64_t coder_id = reader_varint(&body);

	c->coder = coder_id <= UINT8_MAX ? coder_by_id((uint8_t)coder_id) : NULL;
	if (body.failed)
		return fail(STATUS_CORRUPT, "truncated or damaged header");
	if (!c->coder)
		return fail(STATUS_UNSUPPORTED, "needs coder number %llu, which this program lacks",
			    (unsigned long long)coder_id);

	const uint8_t *options_at = body.at;

	TRY(read_options(c, &body));
	bool no_options = body.at == options_at + 1;

	TRY(read_blocks(c, &body));
	if (body.failed || body.at != body.end)
		return fail(STATUS_CORRUPT, "damaged header: bad extension");
	if (no_options && c->coder->id == CONTAINER_CODER_ID && !c->block_symbols)
		return fail(STATUS_CORRUPT, "damaged header: an extension without content");
	return STATUS_OK;
}

/* The payloads must fill the rest of the file exactly. */
static enum status check_payloads(struct container *c, uint64_t rest_bytes)
{
	if (!c->block_symbols)
		c->block[0].payload_bytes = rest_bytes;
	for (uint64_t i = 0; i < c->n_blocks; i++) {
		if (c->block[i].payload_bytes > rest_bytes)
			return fail(STATUS_CORRUPT, "truncated or damaged: block %llu is cut short",
				    (unsigned long long)i);
		if (c->block[i].payload_bytes > container_block_bytes(c, i))
			return fail(STATUS_CORRUPT,
				    "damaged: block %llu is longer than what is in it",
				    (unsigned long long)i);
		rest_bytes -= c->block[i].payload_bytes;
	}
	if (rest_bytes)
		return fail(STATUS_CORRUPT, "%llu bytes after the end of the archive",
			    (unsigned long long)rest_bytes);
	return STATUS_OK;
}

static enum status read_header(struct container *c, struct reader *r)
{
	bool extended = false;

	TRY(read_fixed(c, r, &extended));
	TRY(read_sizes(c, r));
	options_defaults(c->model->options, c->option);
	if (extended) {
		TRY(read_extension(c, r));
	} else {
		c->coder = coder_by_id(CONTAINER_CODER_ID);
		if (!c->coder)
			return fail(STATUS_UNSUPPORTED, "needs the range coder");
		TRY(container_cut(c, 0));
	}
	c->digest = (uint32_t)reader_le(r, CONTAINER_DIGEST_BYTES);
	if (r->failed)
		return fail(STATUS_CORRUPT, "truncated or damaged header");
	return check_payloads(c, (uint64_t)(r->end - r->at));
}

enum status container_read(struct container *c, const uint8_t *in, size_t size_bytes,
			   size_t *header_bytes)
{
	struct reader r = {.at = in, .end = in + size_bytes};

	*c = (struct container){0};
	enum status s = read_header(c, &r);

	if (s != STATUS_OK)
		container_free(c);
	else
		*header_bytes = (size_t)(r.at - in);
	return s;
}

uint32_t container_digest(const uint8_t *header, size_t header_bytes, const uint8_t *content,
			  size_t content_bytes)
{
	XXH64_hash_t seed = XXH3_64bits(header, header_bytes);

	return (uint32_t)XXH3_64bits_withSeed(content, content_bytes, seed);
}

uint32_t container_block_digest(const uint8_t *content, size_t content_bytes)
{
	return (uint32_t)XXH3_64bits(content, content_bytes);
}
