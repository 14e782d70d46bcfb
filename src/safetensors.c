/* SPDX-License-Identifier: BSD-2-Clause */
#include "safetensors.h"

#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "float_bits.h"
#include "float_guard.h"
#include "model_file.h"

#define LENGTH_BYTES 8
#define ALIGN 8 /* of the data */
#define NETWORK "twopart transformer"
#define METADATA "__metadata__"
#define NO_SEPARATOR "none"

/* ---- Writing. ---- */

static void set_count(json_t *metadata, const char *key, uint32_t value)
{
	char text[16];

	snprintf(text, sizeof text, "%lu", (unsigned long)value);
	json_object_set_new(metadata, key, json_string(text));
}

static json_t *make_metadata(const struct transformer *t)
{
	const struct transformer_shape *s = &t->shape;
	json_t *metadata = json_pack("{s:s, s:s}", "network", NETWORK, "symbols",
				     s->is_tokens ? "tokens" : "bytes");

	set_count(metadata, "alphabet", s->n_symbols);
	set_count(metadata, "layers", s->n_layers);
	set_count(metadata, "dim", s->dim);
	set_count(metadata, "heads", s->n_heads);
	set_count(metadata, "context", s->ctx);
	if (s->separator == TRANSFORMER_NO_SEPARATOR)
		json_object_set_new(metadata, "separator", json_string(NO_SEPARATOR));
	else
		set_count(metadata, "separator", (uint32_t)s->separator);
	if (t->training)
		json_object_set_new(metadata, "training", json_string(t->training));
	return metadata;
}

static json_t *make_entry(const struct transformer_tensor *at)
{
	json_t *shape = at->is_gain ? json_pack("[I]", (json_int_t)at->cols)
				    : json_pack("[I, I]", (json_int_t)at->rows,
						(json_int_t)at->cols);
	json_int_t begin = (json_int_t)(at->offset * sizeof(float));
	json_int_t size = (json_int_t)((size_t)at->rows * at->cols * sizeof(float));

	return json_pack("{s:s, s:o, s:[I, I]}", "dtype", "F32", "shape", shape, "data_offsets",
			 begin, begin + size);
}

static enum status write_header(const struct transformer *t, struct buffer *out)
{
	json_t *header = json_object();
	char *text;
	size_t length;

	json_object_set_new(header, METADATA, make_metadata(t));
	for (unsigned i = 0; i < transformer_n_tensors(&t->shape); i++) {
		struct transformer_tensor at = transformer_tensor(&t->shape, i);

		json_object_set_new(header, at.name, make_entry(&at));
	}
	text = json_dumps(header, JSON_COMPACT);
	json_decref(header);
	if (!text)
		return fail_no_memory();
	length = strlen(text);
	size_t padded = (length + ALIGN - 1) / ALIGN * ALIGN;

	buffer_append_le(out, padded, LENGTH_BYTES);
	buffer_append(out, text, length);
	for (; length < padded; length++)
		buffer_append_byte(out, ' ');
	free(text);
	return buffer_status(out);
}

enum status safetensors_write(const struct transformer *t, struct buffer *out)
{
	size_t n = transformer_n_parameters(&t->shape);
	float *parameter = malloc(n * sizeof *parameter);
	struct float_guard guard = float_guard_enter();
	enum status s = parameter ? STATUS_OK : fail_no_memory();

	if (s == STATUS_OK) {
		transformer_dequantise(t, parameter);
		s = write_header(t, out);
	}
	if (s == STATUS_OK && !buffer_reserve(out, n * sizeof *parameter))
		s = buffer_status(out);
	for (size_t i = 0; s == STATUS_OK && i < n; i++)
		buffer_append_le(out, bits_of(parameter[i]), sizeof(uint32_t));
	float_guard_leave(&guard);
	free(parameter);
	return s;
}

/* ---- Reading: numbers. ---- */

/* Half precision, exactly; infinities and NaN stay such. */
static float float_of_half(uint32_t half)
{
	uint32_t sign = (half & 0x8000) << 16, exponent = half >> 10 & 31, fraction = half & 1023;

	if (exponent == 31)
		return float_of(sign | 0x7f800000 | fraction << 13);
	if (exponent == 0)
		return (float)fraction * (sign ? -0x1p-24f : 0x1p-24f);
	return float_of(sign | (exponent + 112) << 23 | fraction << 13);
}

static const struct dtype {
	const char *name;
	unsigned size_bytes;
} dtypes[] = {{"F32", 4}, {"BF16", 2}, {"F16", 2}};

static const struct dtype *find_dtype(const char *name)
{
	for (size_t i = 0; name && i < sizeof dtypes / sizeof *dtypes; i++)
		if (strcmp(name, dtypes[i].name) == 0)
			return &dtypes[i];
	return NULL;
}

static float read_number(struct reader *r, const struct dtype *dtype)
{
	uint32_t word = (uint32_t)reader_le(r, dtype->size_bytes);

	if (dtype->size_bytes == 4)
		return float_of(word);
	return dtype->name[0] == 'B' ? float_of(word << 16) : float_of_half(word);
}

/* ---- Reading: the header. ---- */

static enum status read_header(json_t **header, struct reader *r)
{
	uint64_t length = reader_le(r, LENGTH_BYTES);
	const uint8_t *text =
	    length <= SAFETENSORS_HEADER_BYTES_MAX ? reader_bytes(r, length) : NULL;

	*header = NULL;
	if (!r->failed && text && length && text[0] == '{')
		*header = json_loadb((const char *)text, length, JSON_REJECT_DUPLICATES, NULL);
	return *header ? STATUS_OK
		       : fail(STATUS_CORRUPT, "not a safetensors file, truncated or damaged");
}

/* A string of the metadata; NULL when it is not there. */
static const char *metadatum(const json_t *header, const char *key)
{
	return json_string_value(json_object_get(json_object_get(header, METADATA), key));
}

static enum status read_count(const json_t *header, const char *key, uint32_t *value)
{
	const char *text = metadatum(header, key);
	size_t length = text ? strlen(text) : 0;

	if (length == 0 || length > 9 || strspn(text, "0123456789") != length)
		return fail(STATUS_CORRUPT, "%s.%s is no number: not the weights of a " NETWORK,
			    METADATA, key);
	*value = (uint32_t)strtoul(text, NULL, 10);
	return STATUS_OK;
}

static enum status read_shape(const json_t *header, struct transformer_shape *s)
{
	const char *network = metadatum(header, "network"), *symbols = metadatum(header, "symbols");
	const char *separator = metadatum(header, "separator");
	uint32_t value;

	if (!network || strcmp(network, NETWORK) != 0)
		return fail(STATUS_CORRUPT, "%s.network is not '%s'", METADATA, NETWORK);
	if (!symbols || (strcmp(symbols, "tokens") != 0 && strcmp(symbols, "bytes") != 0))
		return fail(STATUS_CORRUPT, "%s.symbols is neither 'tokens' nor 'bytes'", METADATA);
	*s = (struct transformer_shape){.is_tokens = symbols[0] == 't',
					.separator = TRANSFORMER_NO_SEPARATOR};
	TRY(read_count(header, "alphabet", &s->n_symbols));
	TRY(read_count(header, "layers", &s->n_layers));
	TRY(read_count(header, "dim", &s->dim));
	TRY(read_count(header, "heads", &s->n_heads));
	TRY(read_count(header, "context", &s->ctx));
	if (!separator || strcmp(separator, NO_SEPARATOR) != 0) {
		TRY(read_count(header, "separator", &value));
		s->separator = (int32_t)value;
	}
	if (transformer_shape_check(s) == STATUS_OK)
		return STATUS_OK;

	char sentence[256];

	snprintf(sentence, sizeof sentence, "%s", status_message());
	return fail(STATUS_CORRUPT, "%s: %s", METADATA, sentence);
}

/* ---- Reading: the tensors. ---- */

/* Where a tensor lies in the data. */
struct place {
	const struct dtype *dtype;
	uint64_t begin, end; /* bytes */
};

/* The entry of a tensor that must be there, with the shape that it must have. */
static enum status read_place(const json_t *header, const struct transformer_tensor *at,
			      uint64_t data_bytes, struct place *place)
{
	const json_t *entry = json_object_get(header, at->name);
	const json_t *shape = json_object_get(entry, "shape");
	const json_t *offsets = json_object_get(entry, "data_offsets");
	size_t n_dims = at->is_gain ? 1 : 2;
	json_int_t begin = -1, end = -1;

	if (!entry)
		return fail(STATUS_CORRUPT, "tensor %s is missing", at->name);
	place->dtype = find_dtype(json_string_value(json_object_get(entry, "dtype")));
	if (!place->dtype)
		return fail(STATUS_CORRUPT, "tensor %s is not of F32, F16 or BF16", at->name);
	if (json_array_size(shape) != n_dims ||
	    json_integer_value(json_array_get(shape, n_dims - 1)) != at->cols ||
	    (!at->is_gain && json_integer_value(json_array_get(shape, 0)) != at->rows))
		return fail(STATUS_CORRUPT, "tensor %s has not the shape %lu x %lu", at->name,
			    (unsigned long)at->rows, (unsigned long)at->cols);
	if (json_array_size(offsets) == 2 && json_is_integer(json_array_get(offsets, 0)) &&
	    json_is_integer(json_array_get(offsets, 1))) {
		begin = json_integer_value(json_array_get(offsets, 0));
		end = json_integer_value(json_array_get(offsets, 1));
	}
	if (begin < 0 || end < begin || (uint64_t)end > data_bytes ||
	    (uint64_t)(end - begin) != (uint64_t)at->rows * at->cols * place->dtype->size_bytes)
		return fail(STATUS_CORRUPT, "tensor %s has a wrong place in the data", at->name);
	place->begin = (uint64_t)begin;
	place->end = (uint64_t)end;
	return STATUS_OK;
}

/* The tensors, none of which is empty, must be found one behind the other. */
static enum status check_tiling(const struct place *place, unsigned n, uint64_t data_bytes)
{
	uint64_t at = 0;

	for (unsigned found = 0; found < n; found++) {
		unsigned i = 0;

		while (i < n && place[i].begin != at)
			i++;
		if (i == n)
			return fail(STATUS_CORRUPT, "no tensor begins at byte %llu of the data",
				    (unsigned long long)at);
		at = place[i].end;
	}
	return at == data_bytes ? STATUS_OK
				: fail(STATUS_CORRUPT, "%llu bytes of data are of no tensor",
				       (unsigned long long)(data_bytes - at));
}

static enum status read_places(const json_t *header, const struct transformer_shape *shape,
			       uint64_t data_bytes, struct place *place)
{
	unsigned n = transformer_n_tensors(shape);

	for (unsigned i = 0; i < n; i++) {
		struct transformer_tensor at = transformer_tensor(shape, i);

		TRY(read_place(header, &at, data_bytes, &place[i]));
	}
	if (json_object_size(header) != n + 1)
		return fail(STATUS_CORRUPT, "%zu tensors, and the network has %u",
			    json_object_size(header) - 1, n);
	return check_tiling(place, n, data_bytes);
}

/* Fill *t, whose shape and bits are set. */
static enum status read_weights(struct transformer *t, const struct place *place,
				const uint8_t *data)
{
	float *parameter = malloc(transformer_n_parameters(&t->shape) * sizeof *parameter);
	struct float_guard guard;
	enum status s;

	if (!parameter)
		return fail_no_memory();
	for (unsigned i = 0; i < transformer_n_tensors(&t->shape); i++) {
		struct transformer_tensor at = transformer_tensor(&t->shape, i);
		struct reader r = {.at = data + place[i].begin, .end = data + place[i].end};

		for (size_t k = 0, n = (size_t)at.rows * at.cols; k < n; k++)
			parameter[at.offset + k] = read_number(&r, place[i].dtype);
	}
	guard = float_guard_enter();
	s = transformer_quantise(t, parameter);
	float_guard_leave(&guard);
	free(parameter);
	return s;
}

static enum status read_tensors(struct transformer **out, unsigned bits, const json_t *header,
				const struct reader *data)
{
	struct place place[2 + TRANSFORMER_LAYERS_MAX * TRANSFORMER_LAYER_TENSORS];
	struct transformer_shape shape;
	const char *training = metadatum(header, "training");
	enum status s;

	if (training && !model_file_note_is_allowed((const uint8_t *)training, strlen(training)))
		return fail(STATUS_CORRUPT, "%s.training: a note must be one line", METADATA);
	TRY(read_shape(header, &shape));
	TRY(read_places(header, &shape, (uint64_t)(data->end - data->at), place));
	TRY(transformer_new(out, &shape));
	(*out)->bits = bits;
	s = read_weights(*out, place, data->at);
	if (s == STATUS_OK && training) {
		(*out)->training = strdup(training);
		if (!(*out)->training)
			s = fail_no_memory();
	}
	if (s != STATUS_OK) {
		transformer_free(*out);
		*out = NULL;
	}
	return s;
}

enum status safetensors_read(struct transformer **out, unsigned bits, const uint8_t *in,
			     size_t size_bytes)
{
	struct reader r = {.at = in, .end = in + size_bytes};
	json_t *header;

	TRY(read_header(&header, &r));
	enum status s = read_tensors(out, bits, header, &r);

	json_decref(header);
	return s;
}
