/* SPDX-License-Identifier: BSD-2-Clause
 *
 * range_coder.h - the 64-bit range coder with carry, as inline steps.
 *
 * Idea.  A message is a number in [0, 1), written as bytes after the point.  The encoder keeps an
 * interval [low, low + range) of numbers that still agree with everything said; each decision
 * narrows it to the part owned by what happened.  Both are scaled so that `range` fits 64 bits; the
 * bytes of `low` that left the register stand in the output, where an addition may still carry
 * into them (output is in memory: walk back over 0xff bytes).  The decoder keeps only `offset`,
 * the distance of the message's number from `low`, so it needs no carry at all.
 *
 * Dividing range among `total` units.  r = range / total, rest = range % total.  Unit u starts at
 *
 *      f(u) = r * u + min(u, rest)
 *
 * so the first `rest` units are r + 1 wide and the others r: f(0) = 0, f is strictly increasing
 * because r >= 1, and f(total) = range: nothing is wasted, and a symbol that owns all of
 * [0, total) leaves the interval as it was and costs nothing.  The decoder inverts f: the wide
 * units end at wide = (r + 1) * rest, hence
 *
 *      u(offset) = offset / (r + 1)     when offset < wide
 *                  (offset - rest) / r  otherwise, since f(u) = r * u + rest there
 *
 * No product overflows: f(u) <= range and wide <= range for u <= total.  When total is a power of
 * two, r and rest are a shift and a mask, and fewer bytes can leave; the *_pow2 steps use that and
 * give the same numbers.
 *
 * Invariants before and after each decision, in both directions:
 *      2^56 <= range <= 2^64 - 1                    (renormalised by whole bytes)
 *      1 <= freq, low + freq <= total <= 2^40       (the caller's duty; dist.h checks it)
 *      hence r >= 2^16, no interval is ever empty, and a decision shifts out at most 5 bytes
 *      (at most (k + 7) / 8 bytes when total = 2^k, since then range stays >= r >= 2^(56 - k))
 *      decoder: 0 <= offset < range.  It holds at the start unless the stream opens with eight
 *      0xff bytes, which no encoder writes (range starts at 2^64 - 1 and low at 0, so every number
 *      named is below (2^64 - 1) / 2^64) and which range_decoder_start() refuses; each decision
 *      keeps it, whatever the bytes are.  So garbage decodes to some symbols, never to none.
 * A carry never walks past the first byte: the number low + range, taken with the bytes already
 * written, never grows, and it starts below 1.
 *
 * Loss.  A symbol of frequency q gets between r q and (r + 1) q of the range, its fair share
 * q range / total lies in the same bounds, so it pays at most lg((r + 1) / r) <= 1.4427 / r bits
 * more than -lg(q / total).  As r > 2^56 / total - 1, that is below 2.2e-8 bits at total 2^30 and
 * 2.3e-5 at 2^40.  The difference has either sign, and its mean under the model's own
 * probabilities is of the order of its square, so it nearly cancels in a long stream.
 *
 * Termination.  After k bytes have left the register the encoder names the smallest multiple of
 * 2^56 that is not below low (it lies inside, as range >= 2^56): one more byte, or none when that
 * byte is 0, because the decoder reads zeros past the end.  With B bits paid, B = 64 + 8 k -
 * lg(range), this is at most ceil(B / 8) bytes.  An empty message, and one of certain symbols only,
 * is 0 bytes.  Zeros in front of that last byte are kept, although a decoder could do without
 * them: so the length of a stream tells how far it may be read, and `overrun` can stop a
 * truncated one.
 *
 * Integrity.  The message decoded from given bytes has k and low; the encoder's spelling of it is
 * unique, and range_decoder_is_exact() compares: offset < 2^56, and either k bytes, or k + 1 of
 * which the last is not 0 (what was read past the end is zero anyway).  So decoder close accepts
 * the bytes if and only if encoding the decoded message gives these very bytes: no two streams
 * mean the same message, and any damage that is accepted shows as another message, which a
 * checksum of the content must catch.
 */
#ifndef TWOPART_RANGE_CODER_H
#define TWOPART_RANGE_CODER_H

#include <stdbool.h>

#include "coder.h"

#define RANGE_MIN ((uint64_t)1 << 56)

/* A step may write this many bytes from `at` on, though it advances by 5 at most. */
#define RANGE_STEP_BYTES 8

struct range_encoder {
	uint64_t low, range;
	uint8_t *at; /* the next output byte; the caller keeps RANGE_STEP_BYTES of room there */
};

struct range_decoder {
	uint64_t offset, range;
	uint64_t r, rest; /* how the last target step divided range */
	const uint8_t *from;
	size_t size_bytes;
	size_t position; /* bytes read, counting the zeros past the end: k + 8 */
};

/* Big-endian, spelled out because compilers then see one store, one load. */
static inline void range_store_be64(uint8_t *to, uint64_t x)
{
	to[0] = (uint8_t)(x >> 56);
	to[1] = (uint8_t)(x >> 48);
	to[2] = (uint8_t)(x >> 40);
	to[3] = (uint8_t)(x >> 32);
	to[4] = (uint8_t)(x >> 24);
	to[5] = (uint8_t)(x >> 16);
	to[6] = (uint8_t)(x >> 8);
	to[7] = (uint8_t)x;
}

static inline uint64_t range_load_be64(const uint8_t *from)
{
	return (uint64_t)from[0] << 56 | (uint64_t)from[1] << 48 | (uint64_t)from[2] << 40 |
	       (uint64_t)from[3] << 32 | (uint64_t)from[4] << 24 | (uint64_t)from[5] << 16 |
	       (uint64_t)from[6] << 8 | from[7];
}

/* f(u) of the head comment. */
static inline uint64_t range_edge(uint64_t r, uint64_t rest, uint64_t u)
{
	return r * u + (u < rest ? u : rest);
}

/*
 * How many bits `range` must move up to reach RANGE_MIN, when 8 * n_bytes_max are known to suffice.
 * Comparisons, because counting leading zeros is slow on many processors of the baseline.
 */
static inline unsigned range_shift(uint64_t range, unsigned n_bytes_max)
{
	unsigned n_bytes = range < RANGE_MIN;

	n_bytes += n_bytes_max > 1 && range < RANGE_MIN >> 8;
	n_bytes += n_bytes_max > 2 && range < RANGE_MIN >> 16;
	n_bytes += n_bytes_max > 3 && range < RANGE_MIN >> 24;
	n_bytes += n_bytes_max > 4 && range < RANGE_MIN >> 32;
	return 8 * n_bytes;
}

/* Add 1 to the number that ends just before `at`. */
static inline void range_carry(uint8_t *at)
{
	while (++*--at == 0)
		;
}

/* `at`: the stream's first byte. */
static inline void range_encoder_start(struct range_encoder *e, uint8_t *at)
{
	*e = (struct range_encoder){.low = 0, .range = UINT64_MAX, .at = at};
}

/* Narrow to units [low, low + freq) where range = r * total + rest, then renormalise. */
static inline void range_encode_divided(struct range_encoder *e, uint64_t r, uint64_t rest,
					uint64_t low, uint64_t freq, unsigned n_bytes_max)
{
	uint64_t begin = range_edge(r, rest, low);
	uint64_t range = range_edge(r, rest, low + freq) - begin;
	unsigned shift = range_shift(range, n_bytes_max);

	e->low += begin;
	if (e->low < begin)
		range_carry(e->at);
	range_store_be64(e->at, e->low);
	e->at += shift / 8;
	e->low <<= shift;
	e->range = range << shift;
}

static inline void range_encode(struct range_encoder *e, struct interval iv)
{
	uint64_t r = e->range / iv.total;

	range_encode_divided(e, r, e->range - r * iv.total, iv.low, iv.freq, 5);
}

/* range_encode() for the total 2^total_log2. */
static inline void range_encode_pow2(struct range_encoder *e, uint64_t low, uint64_t freq,
				     unsigned total_log2)
{
	range_encode_divided(e, e->range >> total_log2,
			     e->range & (((uint64_t)1 << total_log2) - 1), low, freq,
			     (total_log2 + 7) / 8);
}

/* Write the last byte, if any; the stream ends at `at`. */
static inline void range_encoder_finish(struct range_encoder *e)
{
	uint64_t named = e->low + (RANGE_MIN - 1);

	if (named < e->low)
		range_carry(e->at);
	if (named >= RANGE_MIN)
		*e->at++ = (uint8_t)(named >> 56);
}

/* The 8 bytes from `position` on, zeros past the end. */
static inline uint64_t range_decoder_peek(const struct range_decoder *d)
{
	uint64_t bytes = 0;

	if (d->position + 8 <= d->size_bytes)
		return range_load_be64(d->from + d->position);
	for (unsigned i = 0; i < 8; i++)
		bytes = bytes << 8 |
			(d->position + i < d->size_bytes ? d->from[d->position + i] : 0);
	return bytes;
}

/* False for a stream that no encoder writes; the decoder is then not to be used. */
static inline bool range_decoder_start(struct range_decoder *d, const uint8_t *from,
				       size_t size_bytes)
{
	*d = (struct range_decoder){.range = UINT64_MAX, .from = from, .size_bytes = size_bytes};
	d->offset = range_decoder_peek(d);
	d->position = 8;
	return d->offset < d->range;
}

/*
 * The inverse of f.  Two divisions with range_target(), one with range_target_pow2().  Which side
 * of `wide` the offset lies on is a coin toss, so it is selected rather than jumped to.
 */
static inline uint64_t range_target_divided(struct range_decoder *d)
{
	uint64_t is_wide = d->offset < (d->r + 1) * d->rest;

	return (d->offset - ((is_wide - 1) & d->rest)) / (d->r + is_wide);
}

static inline uint64_t range_target(struct range_decoder *d, uint64_t total)
{
	d->r = d->range / total;
	d->rest = d->range - d->r * total;
	return range_target_divided(d);
}

static inline uint64_t range_target_pow2(struct range_decoder *d, unsigned total_log2)
{
	d->r = d->range >> total_log2;
	d->rest = d->range & (((uint64_t)1 << total_log2) - 1);
	return range_target_divided(d);
}

/* Consume the units [low, low + freq), which hold the point that the last target step named. */
static inline void range_take_bytes(struct range_decoder *d, uint64_t low, uint64_t freq,
				    unsigned n_bytes_max)
{
	uint64_t begin = range_edge(d->r, d->rest, low);
	uint64_t range = range_edge(d->r, d->rest, low + freq) - begin;
	unsigned shift = range_shift(range, n_bytes_max);

	d->offset = (d->offset - begin) << shift | range_decoder_peek(d) >> 1 >> (63 - shift);
	d->position += shift / 8;
	d->range = range << shift;
}

static inline void range_take(struct range_decoder *d, uint64_t low, uint64_t freq)
{
	range_take_bytes(d, low, freq, 5);
}

/* range_take() after range_target_pow2(). */
static inline void range_take_pow2(struct range_decoder *d, uint64_t low, uint64_t freq,
				   unsigned total_log2)
{
	range_take_bytes(d, low, freq, (total_log2 + 7) / 8);
}

/* Decode a bit that is 1 with probability p1 / 2^total_log2 and owns the lower units. */
static inline unsigned range_take_bit(struct range_decoder *d, uint64_t p1, unsigned total_log2)
{
	uint64_t r = d->range >> total_log2;
	uint64_t rest = d->range & (((uint64_t)1 << total_log2) - 1);
	uint64_t edge = range_edge(r, rest, p1);
	unsigned bit = d->offset < edge;
	uint64_t range = bit ? edge : d->range - edge;
	unsigned shift = range_shift(range, (total_log2 + 7) / 8);

	d->offset = (bit ? d->offset : d->offset - edge) << shift |
		    range_decoder_peek(d) >> 1 >> (63 - shift);
	d->position += shift / 8;
	d->range = range << shift;
	return bit;
}

/* Encode that bit. */
static inline void range_encode_bit(struct range_encoder *e, uint64_t p1, unsigned bit,
				    unsigned total_log2)
{
	uint64_t r = e->range >> total_log2;
	uint64_t rest = e->range & (((uint64_t)1 << total_log2) - 1);
	uint64_t edge = range_edge(r, rest, p1);
	uint64_t is_zero = (uint64_t)bit - 1; /* all ones, or 0: no jump */
	uint64_t begin = edge & is_zero;
	uint64_t range = edge + ((e->range - 2 * edge) & is_zero);
	unsigned shift = range_shift(range, (total_log2 + 7) / 8);

	e->low += begin;
	if (e->low < begin)
		range_carry(e->at);
	range_store_be64(e->at, e->low);
	e->at += shift / 8;
	e->low <<= shift;
	e->range = range << shift;
}

/* More bytes have left the register than the stream has. */
static inline bool range_decoder_overrun(const struct range_decoder *d)
{
	return d->position > d->size_bytes + 8;
}

/* After the last decision: are these the bytes that encoding the same decisions gives? */
static inline bool range_decoder_is_exact(const struct range_decoder *d)
{
	size_t k = d->position - 8;

	if (d->offset >= RANGE_MIN)
		return false;
	return d->size_bytes == k || (d->size_bytes == k + 1 && d->from[k] != 0);
}

#endif
