/* SPDX-License-Identifier: BSD-2-Clause
 *
 * damage.h - archives to damage, and every way to damage them: for test_damage.c, which tries a
 * little of it, and trust/damage.c, which tries all.
 *
 * A base is an archive that decodes, with what decoding it needs.  A kind of damage is a function
 * of a number: the k-th damage of that kind to a base, the same in every run, so base, kind and k
 * are all that is needed to see it again.  What happens to change nothing is no damage and is
 * skipped.
 */
#ifndef TWOPART_TESTS_DAMAGE_H
#define TWOPART_TESTS_DAMAGE_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "archive.h"
#include "buffer.h"
#include "container.h"
#include "file.h"
#include "model.h"
#include "predictor.h"
#include "rng.h"
#include "tokens.h"
#include "world.h"

#define DAMAGE_MEMORY_BYTES ((uint64_t)1 << 30)  /* --memory of all that is tried */
#define DAMAGE_OUTPUT_BYTES ((uint64_t)64 << 20) /* --max-size */
#define DAMAGE_FLOOR_SECONDS 0.05 /* what is refused as fast as this is not slow */
#define DAMAGE_ERASE_BYTES 512
#define DAMAGE_ALPHABET 921 /* of the tokens made here */

struct damage_base {
	char name[96];
	struct buffer archive, original;
	struct archive_reading reading;
	size_t header_bytes;  /* digest included */
	struct container c;   /* its header */
	double clean_seconds; /* to decode it undamaged */
};

/* Processor time of this process: other programs do not count. */
static inline double damage_seconds(void)
{
	struct timespec now;

	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
	return (double)now.tv_sec + 1e-9 * (double)now.tv_nsec;
}

/* ---- Bases. ---- */

/* Text of words, or a token file of n tokens. */
static inline struct buffer damage_input(size_t n, bool is_tokens)
{
	struct buffer b = {0};
	struct rng rng = rng_stream(70, n, 0);

	if (is_tokens)
		tokens_write_header(&b, n);
	for (size_t i = 0; i < n; i++) {
		unsigned x = rng_below(&rng, 8) ? (unsigned)(i * i + 3 * i + i / 7) % 23
						: (unsigned)rng_below(&rng, 23);

		if (is_tokens)
			buffer_append_le(&b, i == 0 ? DAMAGE_ALPHABET - 1 : 40 * x, 2);
		else
			buffer_append_byte(&b, (uint8_t)('a' + x));
	}
	return b;
}

/* Compress in[], which the base then owns, and time its decoding.  False: it cannot be a base. */
static inline bool damage_make(struct damage_base *base, const struct archive_settings *s,
			       struct buffer in)
{
	struct buffer back = {0};

	base->original = in;
	base->archive = (struct buffer){0};
	base->reading = (struct archive_reading){.world = s->world,
						 .transformer = s->transformer,
						 .threads = 1,
						 .memory_max_bytes = DAMAGE_MEMORY_BYTES,
						 .output_max_bytes = DAMAGE_OUTPUT_BYTES};
	if (archive_compress(s, in.data, in.size_bytes, &base->archive, NULL) != STATUS_OK ||
	    container_read(&base->c, base->archive.data, base->archive.size_bytes,
			   &base->header_bytes) != STATUS_OK)
		return false;
	base->clean_seconds = 0;
	for (int i = 0; i < 3; i++) {
		double start = damage_seconds(), took;

		buffer_free(&back);
		if (archive_decompress(&base->reading, base->archive.data,
				       base->archive.size_bytes, &back, NULL) != STATUS_OK ||
		    back.size_bytes != in.size_bytes ||
		    (in.size_bytes && memcmp(back.data, in.data, in.size_bytes) != 0))
			return false;
		took = damage_seconds() - start;
		if (took > base->clean_seconds)
			base->clean_seconds = took;
	}
	buffer_free(&back);
	return true;
}

static inline void damage_free(struct damage_base *base)
{
	container_free(&base->c);
	buffer_free(&base->archive);
	buffer_free(&base->original);
}

/* What a model takes memory by is as small as can be: it is opened millions of times. */
static inline void damage_shrink(struct archive_settings *s)
{
	for (unsigned i = 0; i < options_count(s->model->options); i++)
		if (strcmp(s->model->options[i].name, "memory") == 0 ||
		    (strcmp(s->model->options[i].name, "level") == 0 &&
		     strcmp(s->model->name, "mix") == 0))
			s->option[i] = s->model->options[i].min;
}

/* The archive of n symbols by a model that needs no world, in blocks of n / 3 or in one. */
static inline bool damage_make_plain(struct damage_base *base, const struct predictor_ops *ops,
				     size_t n, bool is_tokens, bool many, bool stored_model)
{
	static struct buffer file[2];
	static struct transformer *model[2];
	struct archive_settings s;

	if (archive_settings_parse(&s, model_text_for(ops)) != STATUS_OK)
		return false;
	damage_shrink(&s);
	s.threads = 1;
	s.block_symbols = many ? n / 3 + 1 : 0;
	if (ops->needs_model == MODEL_MUST || stored_model) {
		struct transformer_shape shape = model_shape(is_tokens, DAMAGE_ALPHABET);

		if (!model[is_tokens])
			model[is_tokens] = model_from_file(&shape, 4, 1, &file[is_tokens]);
		s.transformer = model[is_tokens];
		s.model_file = stored_model ? &file[is_tokens] : NULL;
	}
	snprintf(base->name, sizeof base->name, "%s, %zu %s, %s%s", ops->name, n,
		 is_tokens ? "tokens" : "bytes", many ? "blocks" : "one block",
		 stored_model ? ", model stored" : "");
	return damage_make(base, &s, damage_input(n, is_tokens));
}

/* The archive of the corpus PREFIX, or of its first n tokens, by a model that needs its world. */
static inline bool damage_make_world(struct damage_base *base, const struct predictor_ops *ops,
				     const char *prefix, struct world *world,
				     const struct buffer *bin, size_t n)
{
	struct archive_settings s;
	struct buffer in = {0};

	if (archive_settings_parse(&s, ops->name) != STATUS_OK)
		return false;
	s.threads = 1;
	s.world = world;
	tokens_write_header(&in, n);
	buffer_append(&in, bin->data + TOKENS_HEADER_BYTES, 2 * n);
	snprintf(base->name, sizeof base->name, "%s, %zu tokens of %s", ops->name, n, prefix);
	return damage_make(base, &s, in);
}

/* ---- Kinds of damage.  Each leaves the k-th in *to, or returns false behind the last one. ---- */

static inline bool damage_flip(const struct damage_base *b, uint64_t k, struct buffer *to)
{
	if (k >= 8 * (uint64_t)b->archive.size_bytes)
		return false;
	buffer_append(to, b->archive.data, b->archive.size_bytes);
	to->data[k / 8] ^= (uint8_t)(1 << k % 8);
	return true;
}

/* Every other value of every byte of the header, the stored model's left out: flips are enough. */
static inline bool damage_header(const struct damage_base *b, uint64_t k, struct buffer *to)
{
	uint64_t plain = b->header_bytes - b->c.stored_bytes, at = k / 255;
	uint64_t stored_at = b->c.stored_bytes ? (uint64_t)(b->c.stored - b->archive.data) : plain;

	if (at >= plain)
		return false;
	if (at >= stored_at)
		at += b->c.stored_bytes;
	buffer_append(to, b->archive.data, b->archive.size_bytes);
	to->data[at] = (uint8_t)(to->data[at] + 1 + k % 255);
	return true;
}

static inline bool damage_cut(const struct damage_base *b, uint64_t k, struct buffer *to)
{
	if (k >= b->archive.size_bytes)
		return false;
	buffer_append(to, b->archive.data, k);
	return true;
}

/* A sector of zeros or of ones at every place; of a quarter of a small archive. */
static inline bool damage_erase(const struct damage_base *b, uint64_t k, struct buffer *to)
{
	size_t size = b->archive.size_bytes, n = size / 4 + 1;
	size_t erased = n < DAMAGE_ERASE_BYTES ? n : DAMAGE_ERASE_BYTES;

	if (k / 2 >= size - erased + 1)
		return false;
	buffer_append(to, b->archive.data, size);
	memset(to->data + k / 2, k % 2 ? 0xff : 0, erased);
	return true;
}

/* 2 to 8 bits anywhere; endless. */
static inline bool damage_errors(const struct damage_base *b, uint64_t k, struct buffer *to)
{
	struct rng rng = rng_stream(71, k, 0);
	uint64_t n = 2 + rng_below(&rng, 7);

	buffer_append(to, b->archive.data, b->archive.size_bytes);
	while (n--) {
		uint64_t bit = rng_below(&rng, (uint32_t)(8 * b->archive.size_bytes));

		to->data[bit / 8] ^= (uint8_t)(1 << bit % 8);
	}
	return true;
}

/* Where payload i begins; a single payload is taken for two halves. */
static inline size_t damage_part_at(const struct damage_base *b, uint64_t i)
{
	size_t at = b->header_bytes;

	if (b->c.n_blocks == 1)
		return at + (b->archive.size_bytes - at) * i / 2;
	for (uint64_t j = 0; j < i; j++)
		at += b->c.block[j].payload_bytes;
	return at;
}

static inline uint64_t damage_n_parts(const struct damage_base *b)
{
	return b->c.n_blocks == 1 ? 2 : b->c.n_blocks;
}

static inline void damage_append_part(const struct damage_base *b, uint64_t i, struct buffer *to)
{
	size_t at = damage_part_at(b, i);

	buffer_append(to, b->archive.data + at, damage_part_at(b, i + 1) - at);
}

/* Two blocks change their places; with their entries in the header, too, in a header that is right
 * but for its digest. */
static inline bool damage_swap(const struct damage_base *b, uint64_t k, struct buffer *to)
{
	uint64_t n = damage_n_parts(b), pair = k / 2, i = pair / n, j = pair % n;

	if (i >= n)
		return false;
	if (k % 2 && b->c.n_blocks > 1) {
		struct container c = b->c;
		struct container_block kept = c.block[i];

		c.block[i] = c.block[j];
		c.block[j] = kept;
		container_write(&c, to);
		c.block[j] = c.block[i];
		c.block[i] = kept;
		buffer_append_le(to, c.digest, CONTAINER_DIGEST_BYTES);
	} else {
		buffer_append(to, b->archive.data, b->header_bytes);
	}
	for (uint64_t p = 0; p < n; p++)
		damage_append_part(b, p == i ? j : p == j ? i : p, to);
	return true;
}

/* A block twice, or in the place of another. */
static inline bool damage_duplicate(const struct damage_base *b, uint64_t k, struct buffer *to)
{
	uint64_t n = damage_n_parts(b), i = k / (n + 1), j = k % (n + 1);

	if (i >= n)
		return false;
	buffer_append(to, b->archive.data, b->header_bytes);
	for (uint64_t p = 0; p < n; p++) {
		damage_append_part(b, p == j ? i : p, to);
		if (p == i && j == n)
			damage_append_part(b, p, to);
	}
	return true;
}

#define DAMAGE_GARBAGE_BYTES 64

/* Each byte; so many of them; the archive again. */
static inline bool damage_append(const struct damage_base *b, uint64_t k, struct buffer *to)
{
	struct rng rng = rng_stream(72, k, 0);

	if (k > 256 + DAMAGE_GARBAGE_BYTES)
		return false;
	buffer_append(to, b->archive.data, b->archive.size_bytes);
	if (k < 256)
		buffer_append_byte(to, (uint8_t)k);
	else if (k == 256)
		buffer_append(to, b->archive.data, b->archive.size_bytes);
	for (uint64_t n = k > 256 ? k - 256 : 0; n > 0; n--)
		buffer_append_byte(to, (uint8_t)rng_below(&rng, 256));
	return true;
}

static const struct damage_kind {
	const char *name;
	bool (*make)(const struct damage_base *b, uint64_t k, struct buffer *to);
	bool is_endless;
} damage_kinds[] = {
    {"single bits", damage_flip, false},
    {"header bytes", damage_header, false},
    {"truncations", damage_cut, false},
    {"erasures", damage_erase, false},
    {"swapped blocks", damage_swap, false},
    {"repeated blocks", damage_duplicate, false},
    {"appended bytes", damage_append, false},
    {"2 to 8 bits", damage_errors, true},
};

#define DAMAGE_KINDS (sizeof damage_kinds / sizeof *damage_kinds)

/* ---- Trying. ---- */

enum damage_result { DAMAGE_NONE, DAMAGE_END, DAMAGE_REFUSED, DAMAGE_ACCEPTED, DAMAGE_OTHER };

/* Damage a base and decode it, from a copy without a byte behind it. */
static inline enum damage_result damage_try(const struct damage_base *b,
					    const struct damage_kind *kind, uint64_t k,
					    double *seconds)
{
	struct buffer damaged = {0}, out = {0};
	enum damage_result result = DAMAGE_NONE;

	if (!kind->make(b, k, &damaged)) {
		buffer_free(&damaged);
		return DAMAGE_END;
	}
	if (damaged.size_bytes != b->archive.size_bytes ||
	    memcmp(damaged.data, b->archive.data, damaged.size_bytes) != 0) {
		uint8_t *exact = malloc(damaged.size_bytes + !damaged.size_bytes);
		double start = damage_seconds();

		if (damaged.size_bytes)
			memcpy(exact, damaged.data, damaged.size_bytes);
		enum status s =
		    archive_decompress(&b->reading, exact, damaged.size_bytes, &out, NULL);

		*seconds = damage_seconds() - start;
		free(exact);
		if (s == STATUS_OK)
			result = DAMAGE_ACCEPTED;
		else
			result = s == STATUS_CORRUPT || s == STATUS_UNSUPPORTED || s == STATUS_LIMIT
				     ? DAMAGE_REFUSED
				     : DAMAGE_OTHER;
	}
	buffer_free(&out);
	buffer_free(&damaged);
	return result;
}

/* What a refusal may take. */
static inline double damage_limit_seconds(const struct damage_base *b)
{
	double limit = 2 * b->clean_seconds;

	return limit > DAMAGE_FLOOR_SECONDS ? limit : DAMAGE_FLOOR_SECONDS;
}

/* damage_try() for a time that is too long: again, as another program may have been in the way, at
 * most thrice.  The shortest counts. */
static inline enum damage_result damage_try_fairly(const struct damage_base *b,
						   const struct damage_kind *kind, uint64_t k,
						   double *seconds)
{
	enum damage_result result = damage_try(b, kind, k, seconds);

	for (int i = 0; i < 3 && result > DAMAGE_END && *seconds > damage_limit_seconds(b); i++) {
		double again = 0;

		result = damage_try(b, kind, k, &again);
		*seconds = again < *seconds ? again : *seconds;
	}
	return result;
}

#endif
