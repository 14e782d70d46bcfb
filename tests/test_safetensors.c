/* SPDX-License-Identifier: BSD-2-Clause
 *
 * test_safetensors.c - weights out and in again, and what is not taken for weights.
 *
 * Properties: export and import give the same codes, scales and gains, also from half precision
 * where that holds the numbers and from tensors in another order; tensors and metadata that are
 * missing, superfluous, of other types, shapes or places, and numbers that are not finite or beyond
 * what a model may hold, are refused.  Method: random models; headers with one text replaced by
 * another.
 */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "model.h"
#include "safetensors.h"

#include "fixture.h" /* last: it brings cmocka.h, which defines a macro fail() */

static struct transformer *model;
static struct buffer file; /* its export */

static int make_file(void **state)
{
	struct transformer_shape shape = model_shape(true, 20);

	(void)state;
	model = model_random(&shape, 4, 5);
	if (!model)
		return -1;
	model->training = strdup("{\"steps\": 3}");
	return safetensors_write(model, &file) == STATUS_OK ? 0 : -1;
}

static int free_file(void **state)
{
	(void)state;
	transformer_free(model);
	buffer_free(&file);
	return 0;
}

static size_t header_bytes(void)
{
	size_t n = 0;

	for (int i = 7; i >= 0; i--)
		n = n << 8 | file.data[i];
	return n;
}

/* From an exact copy, so that a sanitizer sees a read past the end. */
static enum status read_copy(const struct buffer *b, unsigned bits, struct transformer **t)
{
	uint8_t *copy = malloc(b->size_bytes + 1);

	assert_non_null(copy);
	if (b->size_bytes)
		memcpy(copy, b->data, b->size_bytes);
	*t = NULL;
	enum status s = safetensors_read(t, bits, copy, b->size_bytes);

	assert_true((s == STATUS_OK) == (*t != NULL));
	free(copy);
	return s;
}

static void check_same(const struct buffer *b)
{
	const struct transformer_shape *s = &model->shape;
	struct transformer *t;

	if (read_copy(b, 4, &t) != STATUS_OK)
		fail_msg("%s", status_message());
	assert_memory_equal(t->code, model->code, transformer_n_codes(s));
	assert_memory_equal(t->scale, model->scale, transformer_n_rows(s) * sizeof *t->scale);
	assert_memory_equal(t->gain, model->gain, transformer_n_gains(s) * sizeof *t->gain);
	assert_int_equal(t->shape.separator, s->separator);
	assert_int_equal(t->shape.ctx, s->ctx);
	assert_string_equal(t->training, model->training);
	transformer_free(t);
}

static void test_round_trip(void **state)
{
	(void)state;
	check_same(&file);
}

/* The file with another header and `data_bytes` of its data behind `gap` zeros. */
static struct buffer with_header(const char *header, size_t gap, size_t data_bytes)
{
	struct buffer b = {0};

	buffer_append_le(&b, strlen(header), 8);
	buffer_append(&b, header, strlen(header));
	for (size_t i = 0; i < gap; i++)
		buffer_append_byte(&b, 0);
	buffer_append(&b, file.data + 8 + header_bytes(), data_bytes);
	return b;
}

static size_t data_bytes(void)
{
	return file.size_bytes - 8 - header_bytes();
}

/* The header with the first `from` replaced. */
static char *replaced(const char *from, const char *to)
{
	char *header = strndup((char *)file.data + 8, header_bytes()), *result;
	char *at = strstr(header, from);

	if (!at)
		fail_msg("no '%s' in %s", from, header);
	assert_true(asprintf(&result, "%.*s%s%s", (int)(at - header), header, to,
			     at + strlen(from)) > 0);
	free(header);
	return result;
}

static void refused(struct buffer *b, const char *sentence)
{
	struct transformer *t;

	assert_int_equal(read_copy(b, 8, &t), STATUS_CORRUPT);
	if (!strstr(status_message(), sentence))
		fail_msg("no '%s' in: %s", sentence, status_message());
	buffer_free(b);
}

static void refuse(const char *from, const char *to, const char *sentence)
{
	char *header = replaced(from, to);
	struct buffer b = with_header(header, 0, data_bytes());

	refused(&b, sentence);
	free(header);
}

static void test_metadata(void **state)
{
	(void)state;
	refuse("twopart transformer", "other", "network is not");
	refuse("\"symbols\":\"tokens\"", "\"symbols\":\"words\"", "neither 'tokens' nor 'bytes'");
	refuse("\"symbols\":\"tokens\"", "\"symbols\":\"bytes\"", "bytes have 256 symbols");
	refuse("\"heads\":\"1\"", "\"heads\":\"2\"", "heads");
	refuse("\"heads\":\"1\"", "\"heads\":\"0\"", "heads");
	refuse("\"heads\":\"1\"", "\"heads\":1", "heads is no number");
	refuse("\"heads\":\"1\"", "\"heads\":\"-1\"", "heads is no number");
	refuse("\"heads\":\"1\"", "\"heads\":\"\"", "heads is no number");
	refuse("\"heads\":\"1\",", "", "heads is no number");
	refuse("\"context\":\"16\"", "\"context\":\"0\"", "context");
	refuse("\"context\":\"16\"", "\"context\":\"9999999999\"", "no number");
	refuse("\"separator\":\"none\"", "\"separator\":\"20\"", "separator");
	refuse("\"dim\":\"16\"", "\"dim\":\"32\"", "has not the shape");
	refuse("\"layers\":\"1\"", "\"layers\":\"2\"", "missing");
	refuse("\"alphabet\":\"20\"", "\"alphabet\":\"21\"", "has not the shape 21 x 16");
	refuse("\"{\\\"steps\\\": 3}\"", "\"two\\nlines\"", "note");
	refuse("__metadata__", "metadata", "network is not");
}

static void test_tensors(void **state)
{
	(void)state;
	refuse("norm.gain", "norm.loss", "tensor norm.gain is missing");
	refuse("layers.0.up.weight", "layers.0.up.height", "layers.0.up.weight is missing");
	refuse("\"F32\"", "\"F64\"", "F32, F16 or BF16");
	refuse("\"F32\"", "32", "F32, F16 or BF16");
	refuse("\"F32\"", "\"F16\"", "wrong place");
	refuse("[20,16]", "[16,20]", "shape");
	refuse("[20,16]", "[320]", "shape");
	refuse("[20,16]", "[20,16,1]", "shape");
	refuse("[20,16]", "\"20,16\"", "shape");
	refuse("[0,1280]", "[4,1284]", "no tensor begins at byte 0");
	refuse("[0,1280]", "[1280,2560]", "no tensor begins at byte 0");
	refuse("[0,1280]", "[1280,0]", "wrong place");
	refuse("[0,1280]", "[-1280,0]", "wrong place");
	refuse("[0,1280]", "[9223372036854774528,9223372036854775807]", "wrong place");
	refuse("[0,1280]", "[0.0,1280.0]", "wrong place");
	refuse("[0,1280]", "[0]", "wrong place");
	refuse("{\"__meta", "{\"more\":{},\"__meta", "tensors, and the network has");
	refuse("{\"__meta", "{\"norm.gain\":{},\"__meta", "not a safetensors file");
	refuse("{\"__meta", "[\"__meta", "not a safetensors file");
	refuse("{\"__meta", " {\"__meta", "not a safetensors file");
}

static void test_sizes(void **state)
{
	char *header = strndup((char *)file.data + 8, header_bytes());
	struct buffer b = with_header(header, 0, data_bytes() - 1);

	(void)state;
	refused(&b, "wrong place");
	b = with_header(header, 4, data_bytes());
	refused(&b, "4 bytes of data are of no tensor");
	free(header);
	for (size_t size = 0; size < file.size_bytes; size += size < 2000 ? 1 : 97) {
		buffer_append(&b, file.data, size);
		refused(&b, size < 8 + header_bytes() ? "not a safetensors file" : "wrong place");
	}
	buffer_append_le(&b, UINT64_MAX, 8);
	buffer_append(&b, file.data + 8, file.size_bytes - 8);
	refused(&b, "not a safetensors file");
	buffer_append_le(&b, SAFETENSORS_HEADER_BYTES_MAX + 1, 8);
	for (size_t i = 0; i < SAFETENSORS_HEADER_BYTES_MAX + 1; i++)
		buffer_append_byte(&b, '{');
	refused(&b, "not a safetensors file");
}

static void test_numbers(void **state)
{
	static const uint32_t bad[] = {0x7fc00000, 0x7f800000, 0xff800000, 0x7f7fffff};
	struct buffer b = {0};

	(void)state;
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
		for (int at = 0; at < 2; at++) {
			buffer_append(&b, file.data, file.size_bytes);
			for (size_t k = 0; k < 4; k++)
				b.data[at ? b.size_bytes - 4 + k : 8 + header_bytes() + k] =
				    (uint8_t)(bad[i] >> 8 * k);
			refused(&b, i < 3 ? "not a finite number" : "beyond");
		}
}

/* The largest weights that a model may have are let in, what is a little larger is not. */
static void test_limits(void **state)
{
	const struct {
		float value;
		bool is_gain;
		const char *refusal;
	} limits[] = {{TRANSFORMER_SCALE_MAX * 127, false, NULL},
		      {TRANSFORMER_SCALE_MAX * 128, false, "embed.weight: row 0 takes a scale"},
		      {-TRANSFORMER_GAIN_MAX, true, NULL},
		      {-TRANSFORMER_GAIN_MAX - 2, true, "is beyond 256"}};

	(void)state;
	for (size_t i = 0; i < sizeof limits / sizeof *limits; i++) {
		struct buffer b = {0};

		buffer_append(&b, file.data, file.size_bytes);
		memcpy(b.data + (limits[i].is_gain ? b.size_bytes - 4 : 8 + header_bytes()),
		       &limits[i].value, 4);
		if (limits[i].refusal) {
			refused(&b, limits[i].refusal);
			continue;
		}
		struct transformer *t;

		assert_int_equal(read_copy(&b, 8, &t), STATUS_OK);
		transformer_free(t);
		buffer_free(&b);
	}
}

/* Half of a number that both forms hold exactly, as F16 or as BF16. */
static uint16_t half_of(float x, bool is_brain)
{
	uint32_t u;
	int exponent;

	memcpy(&u, &x, sizeof u);
	if (is_brain) {
		assert_int_equal(u & 0xffff, 0);
		return (uint16_t)(u >> 16);
	}
	if (x == 0)
		return (uint16_t)(u >> 16 & 0x8000);
	float m = frexpf(fabsf(x), &exponent); /* in [1/2, 1) */

	assert_true(-13 <= exponent && exponent <= 16);
	assert_true(m * 2048 == floorf(m * 2048));
	return (uint16_t)((u >> 16 & 0x8000) + ((uint32_t)(exponent + 13) << 10) +
			  (uint32_t)(m * 2048));
}

/* All tensors in one of the small forms, the last one first: the numbers are those of a model whose
 * weights are a few powers of two. */
static void check_half(bool is_brain)
{
	const struct transformer_shape *s = &model->shape;
	size_t n = transformer_n_parameters(s), at = 0;
	struct buffer b = {0}, text = {0};
	char entry[256], rows[16];
	const char *metadata_end = strstr((char *)file.data + 8, "},");
	float *parameter = malloc(n * sizeof *parameter);

	assert_non_null(metadata_end);
	buffer_append(&text, file.data + 8, (size_t)(metadata_end + 1 - (char *)file.data - 8));
	transformer_dequantise(model, parameter);
	for (unsigned i = transformer_n_tensors(s); i-- > 0;) {
		struct transformer_tensor t = transformer_tensor(s, i);
		size_t size = (size_t)t.rows * t.cols;

		rows[0] = '\0';
		if (!t.is_gain)
			snprintf(rows, sizeof rows, "%u,", t.rows);
		snprintf(entry, sizeof entry,
			 ",\"%s\":{\"dtype\":\"%s\",\"shape\":[%s%u],\"data_offsets\":[%zu,%zu]}",
			 t.name, is_brain ? "BF16" : "F16", rows, t.cols, at, at + 2 * size);
		buffer_append(&text, entry, strlen(entry));
		at += 2 * size;
	}
	buffer_append_byte(&text, '}');
	buffer_append_le(&b, text.size_bytes, 8);
	buffer_append(&b, text.data, text.size_bytes);
	for (unsigned i = transformer_n_tensors(s); i-- > 0;) {
		struct transformer_tensor t = transformer_tensor(s, i);

		for (size_t k = 0; k < (size_t)t.rows * t.cols; k++)
			buffer_append_le(&b, half_of(parameter[t.offset + k], is_brain), 2);
	}
	check_same(&b);
	free(parameter);
	buffer_free(&b);
	buffer_free(&text);
}

static void test_half_precision(void **state)
{
	const struct transformer_shape *s = &model->shape;
	size_t n_rows = transformer_n_rows(s), n_codes = transformer_n_codes(s);
	size_t n_gains = transformer_n_gains(s);

	(void)state;
	for (size_t i = 0; i < n_rows; i++)
		model->scale[i] = i % 2 ? 0x1p-4f : 0x1p-7f;
	for (size_t i = 0; i < n_gains; i++)
		model->gain[i] = i % 2 ? -1.5f : 0.75f;
	for (size_t i = 0; i < n_codes; i += s->dim) /* the largest is there in each row */
		model->code[i] = 7;
	buffer_free(&file);
	assert_int_equal(safetensors_write(model, &file), STATUS_OK);
	check_half(true);
	check_half(false);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_round_trip), cmocka_unit_test(test_metadata),
	    cmocka_unit_test(test_tensors),    cmocka_unit_test(test_sizes),
	    cmocka_unit_test(test_numbers),    cmocka_unit_test(test_limits),
	    cmocka_unit_test(test_half_precision),
	};

	return cmocka_run_group_tests(tests, make_file, free_file);
}
