/* SPDX-License-Identifier: BSD-2-Clause */
#include "model_file.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <xxhash.h>

#include "coder.h"
#include "container.h"
#include "digest.h"
#include "file.h"
#include "float_bits.h"
#include "float_guard.h"
#include "run.h"
#include "sha256.h"
#include "weights.h"

#define MAGIC_0 0xB2
#define MAGIC_1 0x50 /* + version */
#define BITS_MASK 0x0f
#define TOKENS_BIT 0x10
#define DIM_UNIT 16
#define DIGEST_BYTES 4
#define READING_BYTES ((uint64_t)1 << 18) /* of the note, the predictor and the coder */

#define NUMBER_SYMBOLS 65535 /* of gains and scales */
#define NUMBER_HALF (NUMBER_SYMBOLS / 2)
#define NUMBER_EXPECTED 16
#define GAIN_START 0x3f80  /* 1 */
#define SCALE_START 0x3c00 /* 2^-7 */
#define PATTERN_NORMAL_MIN 0x0080u

/* The one stream of a model, in either direction. */
struct stream {
	struct transformer *t;
	const struct coder_ops *coder;
	struct encoder *enc; /* one of the two */
	struct decoder *dec;
	struct run run; /* of the predictor in use */
};

bool model_file_recognise(const uint8_t *in, size_t size_bytes)
{
	return size_bytes >= 2 && in[0] == MAGIC_0 && (in[1] & 0xf0) == MAGIC_1;
}

void model_file_hash(const uint8_t *in, size_t size_bytes, uint8_t hash[32])
{
	sha256(in, size_bytes, hash);
}

const char *model_file_hash_text(const uint8_t *hash, unsigned n_bytes, char *text)
{
	for (unsigned i = 0; i < n_bytes; i++)
		snprintf(text + (size_t)2 * i, 3, "%02x", hash[i]);
	return text;
}

/* ---- Gains and scales. ---- */

static float float_of_place(int32_t place)
{
	uint32_t pattern = place < 0 ? 0x8000u | (uint32_t)(-1 - place) : (uint32_t)place;

	return float_of(pattern << 16);
}

static int32_t place_of_float(float x)
{
	uint32_t pattern = bits_of(x) >> 16;

	return pattern & 0x8000u ? -1 - (int32_t)(pattern & 0x7fffu) : (int32_t)pattern;
}

/* Is it the place of a number that is allowed? */
static bool place_is_allowed(int32_t place, bool is_scale)
{
	uint32_t pattern = (uint32_t)(place < 0 ? -1 - place : place);

	if (is_scale && (place < 0 || pattern < PATTERN_NORMAL_MIN))
		return false;
	return pattern <= bits_of(is_scale ? TRANSFORMER_SCALE_MAX : TRANSFORMER_GAIN_MAX) >> 16;
}

static bool numbers_are_allowed(const float *x, size_t n, bool is_scale)
{
	for (size_t i = 0; i < n; i++)
		if (bits_of(x[i]) & 0xffff || !place_is_allowed(place_of_float(x[i]), is_scale))
			return false;
	return true;
}

/* Modulo 65,535, with the least magnitude. */
static int32_t wrap(int32_t distance)
{
	if (distance > NUMBER_HALF)
		return distance - NUMBER_SYMBOLS;
	return distance < -NUMBER_HALF ? distance + NUMBER_SYMBOLS : distance;
}

/* One gain or scale, `mean` expected. */
static enum status code_number(struct stream *s, float *x, int32_t mean, bool is_scale)
{
	int32_t place = s->enc ? place_of_float(*x) : 0;
	uint16_t symbol = (uint16_t)(wrap(place - mean) + NUMBER_HALF);

	TRY(run_symbols(&s->run, &symbol, 1));
	place = wrap(symbol - NUMBER_HALF + mean);
	if (!place_is_allowed(place, is_scale))
		return fail(STATUS_CORRUPT, "damaged model file: a %s is out of range",
			    is_scale ? "scale" : "gain");
	if (s->dec)
		*x = float_of_place(place);
	return STATUS_OK;
}

/* All gains, or all scales. */
static enum status code_numbers(struct stream *s, bool is_scale)
{
	int64_t mean = is_scale ? SCALE_START : GAIN_START;

	for (unsigned i = 0; i < transformer_n_tensors(&s->t->shape); i++) {
		struct transformer_tensor at = transformer_tensor(&s->t->shape, i);
		float *x = is_scale ? s->t->scale + at.row_offset : s->t->gain + at.gain_offset;
		int64_t n = is_scale ? at.rows : at.cols, sum = 0;

		if (at.is_gain == is_scale)
			continue;
		weights_begin(s->run.p, 1);
		for (int64_t k = 0; k < n; k++) {
			TRY(code_number(s, &x[k], (int32_t)mean, is_scale));
			sum += place_of_float(x[k]);
			mean = sum / (k + 1);
		}
	}
	return STATUS_OK;
}

/* ---- Codes. ---- */

static enum status code_row(struct stream *s, int8_t *code, float scale, uint32_t cols, int limit)
{
	uint16_t symbol[WEIGHTS_COLS_MAX];

	for (uint32_t c = 0; s->enc && c < cols; c++)
		symbol[c] = (uint16_t)(code[c] + limit);
	weights_row(s->run.p, scale);
	TRY(run_symbols(&s->run, symbol, cols));
	for (uint32_t c = 0; s->dec && c < cols; c++)
		code[c] = (int8_t)(symbol[c] - limit);
	return STATUS_OK;
}

static enum status code_codes(struct stream *s)
{
	int limit = transformer_code_limit(s->t->bits);

	for (unsigned i = 0; i < transformer_n_tensors(&s->t->shape); i++) {
		struct transformer_tensor at = transformer_tensor(&s->t->shape, i);

		if (at.is_gain)
			continue;
		weights_begin(s->run.p, at.cols);
		for (size_t r = 0; r < at.rows; r++)
			TRY(code_row(s, s->t->code + at.code_offset + r * at.cols,
				     s->t->scale[at.row_offset + r], at.cols, limit));
	}
	return STATUS_OK;
}

/* ---- The stream. ---- */

enum part { PART_GAINS, PART_SCALES, PART_CODES };

/* One part under a predictor of its own. */
static enum status code_part(struct stream *s, enum part part)
{
	int limit = transformer_code_limit(s->t->bits);
	int64_t expected = part == PART_CODES ? (limit + 1) / 3 : NUMBER_EXPECTED;
	struct predictor_setup setup = {
	    .n_symbols = part == PART_CODES ? 2 * (uint32_t)limit + 1 : NUMBER_SYMBOLS,
	    .option = &expected};
	enum status status;

	s->run = (struct run){
	    .model = &weights_ops, .coder = s->coder, .enc = s->enc, .dec = s->dec};
	TRY(weights_ops.open(&s->run.p, &setup));
	status = run_open(&s->run);
	if (status == STATUS_OK)
		status = part == PART_CODES ? code_codes(s) : code_numbers(s, part == PART_SCALES);
	run_close(&s->run);
	weights_ops.close(s->run.p);
	return status;
}

static enum status code_parts(struct stream *s)
{
	struct float_guard guard = float_guard_enter();
	enum status status = code_part(s, PART_GAINS);

	if (status == STATUS_OK)
		status = code_part(s, PART_SCALES);
	if (status == STATUS_OK)
		status = code_part(s, PART_CODES);
	float_guard_leave(&guard);
	return status;
}

static enum status write_stream(struct transformer *t, struct buffer *out)
{
	struct stream s = {.t = t, .coder = coder_by_id(CONTAINER_CODER_ID)};
	enum status status, closed;

	TRY(s.coder->encoder_open(&s.enc, out));
	status = code_parts(&s);
	closed = s.coder->encoder_close(s.enc);
	return status == STATUS_OK ? closed : status;
}

static enum status read_stream(struct transformer *t, const uint8_t *in, size_t size_bytes)
{
	struct stream s = {.t = t, .coder = coder_by_id(CONTAINER_CODER_ID)};
	enum status status, closed;

	TRY(s.coder->decoder_open(&s.dec, in, size_bytes));
	status = code_parts(&s);
	if (status != STATUS_OK) {
		char first[256]; /* the sentence to tell; what close says would replace it */

		snprintf(first, sizeof first, "%s", status_message());
		closed = s.coder->decoder_close(s.dec);
		(void)closed;
		return fail(status, "%s", first);
	}
	closed = s.coder->decoder_close(s.dec);
	return closed == STATUS_CORRUPT
		   ? fail(STATUS_CORRUPT, "damaged model file: its weights end elsewhere")
		   : closed;
}

/* ---- The file. ---- */

bool model_file_note_is_allowed(const uint8_t *note, size_t n)
{
	for (size_t i = 0; i < n;) {
		uint32_t byte = note[i];
		uint32_t more = byte < 0x80 ? 0 : byte < 0xe0 ? 1 : byte < 0xf0 ? 2 : 3;
		uint32_t c = more ? byte & (0x3fu >> more) : byte;

		if ((byte & 0xc0) == 0x80 || byte >= 0xf5 || more >= n - i)
			return false;
		for (uint32_t k = 1; k <= more; k++) {
			if ((note[i + k] & 0xc0) != 0x80)
				return false;
			c = c << 6 | (note[i + k] & 0x3fu);
		}
		if (c < 0x20 || (0x7f <= c && c < 0xa0) || (more == 1 && c < 0x80) ||
		    (more == 2 && c < 0x800) ||
		    (more == 3 && c < 0x10000) || (0xd800 <= c && c < 0xe000) || c > 0x10ffff)
			return false;
		i += more + 1;
	}
	return n <= MODEL_FILE_NOTE_BYTES_MAX;
}

static enum status check_model(const struct transformer *t)
{
	TRY(transformer_shape_check(&t->shape));
	if (t->bits < TRANSFORMER_BITS_MIN || t->bits > 8)
		return fail(STATUS_BAD_ARGUMENT, "%u bits: there must be %d..8", t->bits,
			    TRANSFORMER_BITS_MIN);
	int limit = transformer_code_limit(t->bits);
	size_t n_codes = transformer_n_codes(&t->shape);

	for (size_t i = 0; i < n_codes; i++)
		if (t->code[i] < -limit || t->code[i] > limit)
			return fail(STATUS_BAD_ARGUMENT, "weight %zu has a code beyond %d", i,
				    limit);
	if (!numbers_are_allowed(t->scale, transformer_n_rows(&t->shape), true))
		return fail(STATUS_BAD_ARGUMENT, "a scale is no positive bfloat16 up to %g",
			    (double)TRANSFORMER_SCALE_MAX);
	if (!numbers_are_allowed(t->gain, transformer_n_gains(&t->shape), false))
		return fail(STATUS_BAD_ARGUMENT, "a gain is no bfloat16 up to %g",
			    (double)TRANSFORMER_GAIN_MAX);
	if (t->training &&
	    !model_file_note_is_allowed((const uint8_t *)t->training, strlen(t->training)))
		return fail(STATUS_BAD_ARGUMENT, "the note on the training is no line of UTF-8");
	return STATUS_OK;
}

enum status model_file_write(struct transformer *t, struct buffer *out)
{
	const struct transformer_shape *shape = &t->shape;
	size_t note_bytes = t->training ? strlen(t->training) : 0, start = out->size_bytes;

	TRY(check_model(t));
	buffer_append_byte(out, MAGIC_0);
	buffer_append_byte(out, MAGIC_1 + MODEL_FILE_VERSION);
	buffer_append_byte(out, (uint8_t)(t->bits | (shape->is_tokens ? TOKENS_BIT : 0)));
	if (shape->is_tokens)
		buffer_append_varint(out, shape->n_symbols - 1);
	buffer_append_varint(out, shape->n_layers);
	buffer_append_varint(out, shape->dim / DIM_UNIT);
	buffer_append_varint(out, shape->n_heads);
	buffer_append_varint(out, shape->ctx);
	buffer_append_varint(out, (uint64_t)(shape->separator + 1));
	buffer_append_varint(out, note_bytes);
	buffer_append(out, t->training, note_bytes);
	TRY(write_stream(t, out));
	TRY(buffer_status(out));
	buffer_append_le(out, XXH3_64bits(out->data + start, out->size_bytes - start),
			 DIGEST_BYTES);
	TRY(buffer_status(out));
	t->file_bytes = out->size_bytes - start;
	model_file_hash(out->data + start, t->file_bytes, t->hash);
	return STATUS_OK;
}

/* A count of at most `max`, or one beyond. */
static uint32_t read_count(struct reader *r, uint32_t max)
{
	uint64_t n = reader_varint(r);

	return n <= max ? (uint32_t)n : max + 1;
}

/* All in front of the note. */
static enum status read_shape(struct transformer_shape *shape, unsigned *bits, struct reader *r)
{
	const uint8_t *fixed = reader_bytes(r, 3);

	if (!fixed || !model_file_recognise(fixed, 3))
		return fail(STATUS_CORRUPT, "not a model file");
	if ((fixed[1] & 0x0f) != MODEL_FILE_VERSION)
		return fail(STATUS_UNSUPPORTED, "model file version %d; this program reads %d",
			    fixed[1] & 0x0f, MODEL_FILE_VERSION);
	*bits = fixed[2] & BITS_MASK;
	*shape = (struct transformer_shape){.n_symbols = 256, .is_tokens = fixed[2] & TOKENS_BIT};
	if (shape->is_tokens)
		shape->n_symbols = read_count(r, DIST_SYMBOLS_MAX) + 1;
	shape->n_layers = read_count(r, TRANSFORMER_LAYERS_MAX);
	shape->dim = DIM_UNIT * read_count(r, TRANSFORMER_DIM_MAX / DIM_UNIT);
	shape->n_heads = read_count(r, TRANSFORMER_DIM_MAX);
	shape->ctx = read_count(r, TRANSFORMER_CTX_MAX);
	shape->separator = (int32_t)read_count(r, DIST_SYMBOLS_MAX) - 1;
	if (r->failed || (fixed[2] & ~(BITS_MASK | TOKENS_BIT)) != 0 ||
	    *bits < TRANSFORMER_BITS_MIN || *bits > 8)
		return fail(STATUS_CORRUPT, "truncated or damaged model file");
	if (transformer_shape_check(shape) == STATUS_OK)
		return STATUS_OK;

	char sentence[256];

	snprintf(sentence, sizeof sentence, "%s", status_message());
	return fail(STATUS_CORRUPT, "damaged model file: %s", sentence);
}

/* The note and the stream, into a model whose shape is known; r ends at the digest. */
static enum status read_rest(struct transformer *t, struct reader *r)
{
	uint64_t note_bytes = reader_varint(r);
	const uint8_t *note =
	    note_bytes <= MODEL_FILE_NOTE_BYTES_MAX ? reader_bytes(r, note_bytes) : NULL;

	if (r->failed || !note || !model_file_note_is_allowed(note, note_bytes))
		return fail(STATUS_CORRUPT, "damaged model file: bad note on the training");
	if (note_bytes) {
		t->training = strndup((const char *)note, note_bytes);
		if (!t->training)
			return fail_no_memory();
	}
	return read_stream(t, r->at, (size_t)(r->end - r->at));
}

uint64_t model_file_memory_bytes(const struct transformer_shape *shape)
{
	return READING_BYTES + transformer_n_codes(shape) +
	       sizeof(float) * (transformer_n_rows(shape) + transformer_n_gains(shape));
}

enum status model_file_memory(const uint8_t *in, size_t size_bytes, uint64_t *bytes)
{
	struct transformer_shape shape;
	struct reader r = {.at = in, .end = in + size_bytes};
	unsigned bits;

	TRY(read_shape(&shape, &bits, &r));
	*bytes = model_file_memory_bytes(&shape);
	return STATUS_OK;
}

enum status model_file_load(const char *path, struct transformer **out, struct buffer *file)
{
	struct buffer own = {0};
	struct buffer *in = file ? file : &own;
	char sentence[512];
	enum status s = file_read(path, in, NULL);

	if (s == STATUS_OK)
		s = model_file_read(out, in->data, in->size_bytes);
	if (s != STATUS_OK) {
		snprintf(sentence, sizeof sentence, "%s", status_message());
		s = fail(s, "model file %s: %s", path, sentence);
		buffer_free(in);
	}
	buffer_free(&own);
	return s;
}

enum status model_file_read(struct transformer **out, const uint8_t *in, size_t size_bytes)
{
	struct transformer_shape shape;
	struct transformer *t;
	struct reader r = {.at = in, .end = in + size_bytes};
	unsigned bits = 0;

	TRY(read_shape(&shape, &bits, &r));
	size_t rest_bytes = (size_t)(r.end - r.at);

	if (rest_bytes < DIGEST_BYTES)
		return fail(STATUS_CORRUPT, "truncated model file");
	struct reader digest = {.at = r.end -= DIGEST_BYTES, .end = in + size_bytes};

	if (!digest_agrees((uint32_t)reader_le(&digest, DIGEST_BYTES),
			   (uint32_t)XXH3_64bits(in, size_bytes - DIGEST_BYTES)))
		return fail(STATUS_CORRUPT, "truncated or damaged model file: its digest is wrong");
	if (transformer_n_parameters(&shape) / MODEL_FILE_NUMBERS_PER_BYTE > size_bytes)
		return fail(STATUS_CORRUPT, "damaged model file: too short for its shape");
	uint64_t needed_bytes = model_file_memory_bytes(&shape);

	if (needed_bytes > MODEL_FILE_FREE_BYTES && needed_bytes / MODEL_FILE_RATIO > size_bytes)
		return fail(STATUS_LIMIT,
			    "a model of %llu bytes from a file of %zu: refused, no training makes "
			    "such a one",
			    (unsigned long long)needed_bytes, size_bytes);
	TRY(transformer_new(&t, &shape));
	t->bits = bits;
	enum status s = read_rest(t, &r);

	if (s != STATUS_OK) {
		transformer_free(t);
		return s;
	}
	t->file_bytes = size_bytes;
	model_file_hash(in, size_bytes, t->hash);
	*out = t;
	return STATUS_OK;
}
