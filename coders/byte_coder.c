/* SPDX-License-Identifier: BSD-2-Clause
 *
 * byte_coder.c - see byte_coder.h for the model, the lanes and the format.
 *
 * Both directions walk the same steps: code up to BYTE_CODER_STEP bytes with a fixed table, count
 * them, rebuild.  Within a step nothing depends on the symbols but the coders, so the four chains
 * run free.  The decoder finds a symbol by its point's upper 12 bits and a short walk.
 */
#include "byte_coder.h"

#include <math.h>
#include <stdbool.h>
#include <string.h>

#include "range_coder.h"

/* The lanes overlap only if their steps are one stretch of code. */
#define INLINE static inline __attribute__((always_inline))

#define N_LANES 4
#define TOTAL_LOG2 16
#define BUCKET_LOG2 4 /* points of [0, 2^16) per entry of first[] */
#define N_BUCKETS (1u << (TOTAL_LOG2 - BUCKET_LOG2))
#define FIRST_STEP 32u

/* A count weighs 8 times the prior's share of a byte value: few of the 256 are in use. */
#define COUNT_WEIGHT 8u

/* Room for one lane's part of a step: at most 16 bits a symbol and the rounding, then the end. */
#define LANE_STEP_BYTES (BYTE_CODER_STEP / N_LANES * 3 + 2 * RANGE_STEP_BYTES)

struct model {
	uint32_t below[257];	  /* of byte values; below[256] = 2^16 */
	uint8_t first[N_BUCKETS]; /* decoder only: the owner of each bucket's first point */
	uint32_t count[256];
	uint32_t total; /* sum of count[] */
};

/* Counts to a table: each value gets 1 and its share, the most frequent one what is left over. */
static void model_rebuild(struct model *m)
{
	uint64_t scale = ((((uint64_t)1 << TOTAL_LOG2) - 256) << 32) /
			 (COUNT_WEIGHT * m->total + 256);
	uint32_t below = 0, best = 0;

	for (uint32_t s = 0; s < 256; s++) {
		m->below[s] = below;
		below += 1 + (uint32_t)((COUNT_WEIGHT * m->count[s] + 1) * scale >> 32);
		if (m->count[s] > m->count[best])
			best = s;
	}
	for (uint32_t s = best + 1; s < 256; s++)
		m->below[s] += (1u << TOTAL_LOG2) - below;
	m->below[256] = 1u << TOTAL_LOG2;
}

/* The decoder's index into the table. */
static void model_index(struct model *m)
{
	uint32_t bucket = 0;

	for (uint32_t s = 0; s < 256; s++) {
		uint32_t end = (m->below[s + 1] + (1u << BUCKET_LOG2) - 1) >> BUCKET_LOG2;

		if (bucket < end)
			memset(m->first + bucket, (int)s, end - bucket);
		bucket = end;
	}
}

static void model_init(struct model *m)
{
	memset(m, 0, sizeof *m);
	model_rebuild(m);
}

static void model_learn(struct model *m, const uint8_t *bytes, size_t size_bytes)
{
	for (size_t i = 0; i < size_bytes; i++)
		m->count[bytes[i]]++;
	m->total += (uint32_t)size_bytes;
	if (m->total > BYTE_CODER_WINDOW) {
		m->total = 0;
		for (uint32_t s = 0; s < 256; s++) {
			m->count[s] = (m->count[s] + 1) / 2;
			m->total += m->count[s];
		}
	}
	model_rebuild(m);
}

/* Bytes until the next rebuild when n_done are behind and n_left remain. */
static size_t step_bytes(size_t n_done, size_t n_left)
{
	size_t step = n_done < FIRST_STEP	? FIRST_STEP
		      : n_done < BYTE_CODER_STEP ? n_done
						 : BYTE_CODER_STEP;

	return step < n_left ? step : n_left;
}

INLINE void encode_byte(const struct model *m, struct range_encoder *e, uint8_t s)
{
	range_encode_pow2(e, m->below[s], m->below[s + 1] - m->below[s], TOTAL_LOG2);
}

/* The lanes are copied to locals, which the compiler can keep in registers. */
static void encode_step(const struct model *m, struct range_encoder *lane, const uint8_t *in,
			size_t n)
{
	struct range_encoder a = lane[0], b = lane[1], c = lane[2], d = lane[3];
	size_t i;

	for (i = 0; i + N_LANES <= n; i += N_LANES) {
		encode_byte(m, &a, in[i]);
		encode_byte(m, &b, in[i + 1]);
		encode_byte(m, &c, in[i + 2]);
		encode_byte(m, &d, in[i + 3]);
	}
	if (i < n)
		encode_byte(m, &a, in[i]);
	if (i + 1 < n)
		encode_byte(m, &b, in[i + 1]);
	if (i + 2 < n)
		encode_byte(m, &c, in[i + 2]);
	lane[0] = a;
	lane[1] = b;
	lane[2] = c;
	lane[3] = d;
}

static enum status encode_lanes(const uint8_t *in, size_t size_bytes, struct buffer *stream)
{
	struct range_encoder lane[N_LANES];
	struct model m;

	model_init(&m);
	for (unsigned l = 0; l < N_LANES; l++)
		range_encoder_start(&lane[l], NULL);
	for (size_t i = 0, n; i < size_bytes; i += n) {
		n = step_bytes(i, size_bytes - i);
		for (unsigned l = 0; l < N_LANES; l++) {
			if (!buffer_reserve(&stream[l], LANE_STEP_BYTES))
				return buffer_status(&stream[l]);
			lane[l].at = stream[l].data + stream[l].size_bytes;
		}
		encode_step(&m, lane, in + i, n);
		if (i + n == size_bytes)
			for (unsigned l = 0; l < N_LANES; l++)
				range_encoder_finish(&lane[l]);
		for (unsigned l = 0; l < N_LANES; l++)
			stream[l].size_bytes = (size_t)(lane[l].at - stream[l].data);
		model_learn(&m, in + i, n);
	}
	return STATUS_OK;
}

enum status byte_coder_encode(const uint8_t *in, size_t size_bytes, struct buffer *out)
{
	struct buffer stream[N_LANES] = {{0}};
	enum status status = STATUS_OK;

	if (size_bytes)
		status = encode_lanes(in, size_bytes, stream);
	if (size_bytes && status == STATUS_OK) {
		for (unsigned l = 0; l < N_LANES - 1; l++)
			buffer_append_varint(out, stream[l].size_bytes);
		for (unsigned l = 0; l < N_LANES; l++)
			buffer_append(out, stream[l].data, stream[l].size_bytes);
		status = buffer_status(out);
	}
	for (unsigned l = 0; l < N_LANES; l++)
		buffer_free(&stream[l]);
	return status;
}

INLINE uint8_t decode_byte(const struct model *m, struct range_decoder *d)
{
	uint64_t target = range_target_pow2(d, TOTAL_LOG2);
	uint32_t s = m->first[target >> BUCKET_LOG2];

	while (m->below[s + 1] <= target)
		s++;
	range_take_pow2(d, m->below[s], m->below[s + 1] - m->below[s], TOTAL_LOG2);
	return (uint8_t)s;
}

static void decode_step(const struct model *m, struct range_decoder *lane, uint8_t *out, size_t n)
{
	struct range_decoder a = lane[0], b = lane[1], c = lane[2], d = lane[3];
	size_t i;

	for (i = 0; i + N_LANES <= n; i += N_LANES) {
		out[i] = decode_byte(m, &a);
		out[i + 1] = decode_byte(m, &b);
		out[i + 2] = decode_byte(m, &c);
		out[i + 3] = decode_byte(m, &d);
	}
	if (i < n)
		out[i] = decode_byte(m, &a);
	if (i + 1 < n)
		out[i + 1] = decode_byte(m, &b);
	if (i + 2 < n)
		out[i + 2] = decode_byte(m, &c);
	lane[0] = a;
	lane[1] = b;
	lane[2] = c;
	lane[3] = d;
}

/* Cut the streams apart; false when they do not fit or cannot begin like this. */
static bool decoder_start(struct range_decoder *lane, const uint8_t *in, size_t size_bytes)
{
	struct reader r = {.at = in, .end = in + size_bytes};
	uint64_t lane_bytes[N_LANES - 1];

	for (unsigned l = 0; l < N_LANES - 1; l++)
		lane_bytes[l] = reader_varint(&r);
	for (unsigned l = 0; l < N_LANES; l++) {
		size_t bytes = l < N_LANES - 1 ? lane_bytes[l] : (size_t)(r.end - r.at);
		const uint8_t *from = reader_bytes(&r, bytes);

		if (!from || !range_decoder_start(&lane[l], from, bytes))
			return false;
	}
	return true;
}

static bool decode_lanes(struct range_decoder *lane, uint8_t *out, size_t original_bytes)
{
	bool good = true;
	struct model m;

	model_init(&m);
	for (size_t i = 0, n; good && i < original_bytes; i += n) {
		n = step_bytes(i, original_bytes - i);
		model_index(&m);
		decode_step(&m, lane, out + i, n);
		model_learn(&m, out + i, n);
		for (unsigned l = 0; l < N_LANES; l++)
			good = good && !range_decoder_overrun(&lane[l]);
	}
	for (unsigned l = 0; l < N_LANES; l++)
		good = good && range_decoder_is_exact(&lane[l]);
	return good;
}

enum status byte_coder_decode(const uint8_t *in, size_t size_bytes, size_t original_bytes,
			      struct buffer *out)
{
	struct range_decoder lane[N_LANES];

	if (original_bytes == 0 && size_bytes == 0)
		return STATUS_OK;
	if (original_bytes == 0 || !decoder_start(lane, in, size_bytes))
		return fail(STATUS_CORRUPT, "truncated or damaged");
	if (!buffer_reserve(out, original_bytes))
		return buffer_status(out);
	if (!decode_lanes(lane, out->data + out->size_bytes, original_bytes))
		return fail(STATUS_CORRUPT, "truncated or damaged");
	out->size_bytes += original_bytes;
	return STATUS_OK;
}

double byte_coder_ideal_bits(const uint8_t *in, size_t size_bytes)
{
	double bits = 0;
	struct model m;

	model_init(&m);
	for (size_t i = 0, n; i < size_bytes; i += n) {
		n = step_bytes(i, size_bytes - i);
		for (size_t j = i; j < i + n; j++)
			bits += TOTAL_LOG2 - log2(m.below[in[j] + 1] - m.below[in[j]]);
		model_learn(&m, in + i, n);
	}
	return bits;
}
