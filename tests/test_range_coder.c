/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Property  what coders/range_coder.h states: each message of intervals decodes to itself, costs at
 *           most ceil(paid bits / 8) bytes, is written in exactly one way, and bytes that encode
 *           nothing are refused, or decode to a message whose only spelling they are.
 * Method    (1) a slow twin whose `low` is one big integer (GMP) and which therefore has no carry,
 *           no register and no bytes until the end must write the same bytes; (2) for every message
 *           of a few symbols, exact rationals: the intervals tile the line and hold the number that
 *           was written; (3) truncation, appended and flipped bytes, and garbage.
 */
#include <gmp.h>
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include "range_coder.h"
#include "rng.h"

#include <cmocka.h> /* after status.h: it defines a macro fail() */

extern const struct coder_ops range_coder_ops;

static const struct coder_ops *const coder = &range_coder_ops;

#define MESSAGE_MAX 20000

static struct interval message[MESSAGE_MAX];
static size_t n_message;

static void add(uint64_t low, uint64_t freq, uint64_t total)
{
	assert_true(n_message < MESSAGE_MAX && freq >= 1 && low + freq <= total);
	message[n_message++] = (struct interval){.low = low, .freq = freq, .total = total};
}

static struct buffer encode(const struct interval *iv, size_t n)
{
	struct buffer out = {0};
	struct encoder *e;

	assert_int_equal(coder->encoder_open(&e, &out), STATUS_OK);
	for (size_t i = 0; i < n; i++)
		coder->put(e, iv[i]);
	assert_int_equal(coder->encoder_close(e), STATUS_OK);
	return out;
}

/* The twin: low is the exact number times 2^(64 + 8 k), never cut into bytes before the end. */
static struct buffer encode_slowly(const struct interval *iv, size_t n)
{
	struct buffer out = {0};
	size_t k = 0, n_written;
	mpz_t low, range, r, rest, begin, end;

	mpz_inits(low, range, r, rest, begin, end, NULL);
	mpz_ui_pow_ui(range, 2, 64);
	mpz_sub_ui(range, range, 1);
	for (size_t i = 0; i < n; i++) {
		mpz_fdiv_qr_ui(r, rest, range, iv[i].total);
		mpz_mul_ui(begin, r, iv[i].low);
		mpz_add_ui(begin, begin,
			   mpz_cmp_ui(rest, iv[i].low) < 0 ? mpz_get_ui(rest) : iv[i].low);
		mpz_mul_ui(end, r, iv[i].low + iv[i].freq);
		mpz_add_ui(end, end,
			   mpz_cmp_ui(rest, iv[i].low + iv[i].freq) < 0 ? mpz_get_ui(rest)
									: iv[i].low + iv[i].freq);
		mpz_add(low, low, begin);
		mpz_sub(range, end, begin);
		for (; mpz_cmp_ui(range, RANGE_MIN) < 0; k++) {
			mpz_mul_ui(range, range, 256);
			mpz_mul_ui(low, low, 256);
		}
	}
	mpz_cdiv_q_ui(low, low, RANGE_MIN); /* the number named, k + 1 bytes */
	assert_true(mpz_sizeinbase(low, 256) <= k + 1);
	assert_true(buffer_reserve(&out, k + 1));
	memset(out.data, 0, k + 1);
	n_written = (mpz_sizeinbase(low, 2) + 7) / 8;
	mpz_export(out.data + k + 1 - n_written, NULL, 1, 1, 1, 0, low);
	out.size_bytes = out.data[k] ? k + 1 : k;
	mpz_clears(low, range, r, rest, begin, end, NULL);
	return out;
}

static void check_size(const struct interval *iv, size_t n, size_t size_bytes)
{
	double ideal_bits = 0, loss_bits = 0;

	for (size_t i = 0; i < n; i++) {
		ideal_bits -= log2((double)iv[i].freq / (double)iv[i].total);
		if (iv[i].freq < iv[i].total)
			loss_bits += 1.4427 / (0x1p56 / (double)iv[i].total - 1);
	}
	/* 1e-12: log2() and the sums above are rounded. */
	assert_true((double)size_bytes < ideal_bits * (1 + 1e-12) / 8 + loss_bits / 8 + 1 + 1e-9);
	assert_true((double)size_bytes > (ideal_bits * (1 - 1e-12) - loss_bits) / 8 - 1 - 1e-9 ||
		    size_bytes == 0);
}

static void check_decode(const struct interval *iv, size_t n, const uint8_t *from,
			 size_t size_bytes)
{
	struct decoder *d;

	assert_int_equal(coder->decoder_open(&d, from, size_bytes), STATUS_OK);
	for (size_t i = 0; i < n; i++) {
		uint64_t target = coder->target(d, iv[i].total);

		assert_true(target == coder->target(d, iv[i].total));
		assert_true(iv[i].low <= target && target < iv[i].low + iv[i].freq);
		coder->take(d, iv[i]);
		assert_false(coder->overrun(d));
	}
	assert_int_equal(coder->decoder_close(d), STATUS_OK);
}

/* Everything that must hold for the collected message, which is then emptied. */
static void check_message(void)
{
	struct buffer fast = encode(message, n_message);
	struct buffer slow = encode_slowly(message, n_message);
	/* An exact copy, so that a read past the end is seen by sanitizers. */
	uint8_t *copy = malloc(fast.size_bytes ? fast.size_bytes : 1);

	assert_non_null(copy);
	if (fast.size_bytes)
		memcpy(copy, fast.data, fast.size_bytes);
	assert_int_equal(fast.size_bytes, slow.size_bytes);
	if (fast.size_bytes)
		assert_memory_equal(fast.data, slow.data, slow.size_bytes);
	check_size(message, n_message, fast.size_bytes);
	check_decode(message, n_message, copy, fast.size_bytes);
	free(copy);
	buffer_free(&fast);
	buffer_free(&slow);
	n_message = 0;
}

static size_t encoded_bytes(void)
{
	struct buffer out = encode(message, n_message);
	size_t size_bytes = out.size_bytes;

	buffer_free(&out);
	return size_bytes;
}

static void empty_and_certain_cost_nothing(void **state)
{
	(void)state;
	assert_int_equal(encoded_bytes(), 0);
	check_message();
	for (unsigned i = 0; i < 1000; i++)
		add(0, 1 + i * 1000003ull, 1 + i * 1000003ull);
	assert_int_equal(encoded_bytes(), 0);
	check_message();
	add(0, 1, 2);
	assert_int_equal(encoded_bytes(), 0); /* the number 0 */
	check_message();
	add(1, 1, 2);
	assert_int_equal(encoded_bytes(), 1);
	check_message();
}

/* Symbols of a random distribution; log2_total bounds the total, n_listed < n makes it sparse. */
static void check_alphabet(uint32_t n, uint32_t n_listed, unsigned log2_total, struct rng *rng)
{
	struct dist d;

	assert_int_equal(dist_alloc(&d, n_listed), STATUS_OK);
	d.n_symbols = n;
	d.n_listed = n_listed;
	d.floor = n_listed < n ? 1 : 0;
	for (uint32_t j = 0; j < n_listed; j++) {
		uint64_t limit = (((uint64_t)1 << log2_total) - n) / n_listed;

		d.symbol[j] = (uint32_t)((uint64_t)j * n / n_listed);
		d.freq[j] = 1 + rng_below(rng, 1 + (limit >> rng_below(rng, log2_total)));
	}
	dist_seal(&d);
	for (unsigned i = 0; i < 2000; i++) {
		uint32_t symbol = n_listed && rng_below(rng, 2)
				      ? d.symbol[rng_below(rng, n_listed)]
				      : (uint32_t)rng_below(rng, n);
		struct interval iv = dist_find(&d, symbol);

		add(iv.low, iv.freq, iv.total);
	}
	check_message();
	dist_free(&d);
}

static void alphabets_and_totals(void **state)
{
	static const uint32_t sizes[] = {1, 2, 3, 256, 257, 65535, 65536};
	struct rng rng = rng_stream(3, 0, 0);

	(void)state;
	for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++)
		for (unsigned log2_total = 18; log2_total <= 40; log2_total += 11) {
			check_alphabet(sizes[i], sizes[i], log2_total, &rng);
			check_alphabet(sizes[i], 0, log2_total, &rng);
			check_alphabet(sizes[i], sizes[i] / 2 ? sizes[i] / 2 : 1, log2_total, &rng);
			check_alphabet(sizes[i], sizes[i] < 9 ? 1 : 9, log2_total, &rng);
		}
}

/* Arbitrary intervals: another total each time, frequencies from 1 to all. */
static void random_intervals(void **state)
{
	struct rng rng = rng_stream(4, 0, 0);

	(void)state;
	for (unsigned round = 0; round < 300; round++) {
		unsigned totals_log2 = 1 + round % 40;
		size_t n = rng_below(&rng, 400);

		for (size_t i = 0; i < n; i++) {
			uint64_t total = 1 + rng_below(&rng, (uint64_t)1 << totals_log2);
			uint64_t freq =
			    1 + (rng_below(&rng, total) >> rng_below(&rng, totals_log2 + 1));

			add(rng_below(&rng, total - freq + 1), freq, total);
		}
		check_message();
	}
}

/* Nearly certain symbols: 20,000 of them cost what they should, far below a bit each. */
static void skewed(void **state)
{
	(void)state;
	for (unsigned log2_total = 16; log2_total <= 40; log2_total += 8) {
		uint64_t total = (uint64_t)1 << log2_total;

		for (unsigned i = 0; i < MESSAGE_MAX; i++)
			add(i % 2, total - 2, total);
		check_message();
		for (unsigned i = 0; i < 1000; i++)
			add(i % 2 ? total - 1 : 0, 1, total);
		check_message();
	}
}

/*
 * Add n decisions that keep the register value 2^64 inside the interval as long as possible (a
 * multiple of 2^56 becomes one when a byte leaves), so that it stays open whether a carry will
 * come.  Returns the longest run of 0xff or 0x00 bytes
 * that this left in the output.
 */
static size_t walk_along_carry(unsigned n, unsigned log2_total)
{
	static uint8_t out[RANGE_STEP_BYTES * 1000];
	struct range_encoder e;
	size_t longest = 0, run = 0;

	range_encoder_start(&e, out);
	for (unsigned i = 0; i < n; i++) {
		uint64_t total = (uint64_t)1 << log2_total, distance = 0 - e.low;
		struct range_decoder at = {.offset = distance, .range = e.range};

		if (distance >= e.range)
			at.offset = distance & (RANGE_MIN - 1);
		if (at.offset == 0)
			add(1, 1, 3); /* leave the edge */
		else
			add(range_target(&at, total), 1, total);
		range_encode(&e, message[n_message - 1]);
	}
	for (const uint8_t *p = out; p < e.at; p++) {
		run = *p == 0xff || *p == 0 ? run + 1 : 0;
		longest = run > longest ? run : longest;
	}
	return longest;
}

/* Then decide: the left end (no carry), the right end (carry), or leave it to termination. */
static void runs_of_ff_and_their_carry(void **state)
{
	(void)state;
	for (unsigned log2_total = 2; log2_total <= 40; log2_total++)
		for (unsigned side = 0; side < 3; side++) {
			size_t longest = walk_along_carry(800, log2_total);

			assert_true(longest >= 90 * log2_total);
			for (unsigned i = 0; side < 2 && i < 3; i++)
				add(side ? (1u << 30) - 1 : 0, 1, 1u << 30);
			check_message();
		}
}

/* Direct: an output that is made to hold n bytes 0xff and then a carry through all of them. */
static void carry_through_ff_bytes(void **state)
{
	(void)state;
	for (size_t n = 0; n < 300; n++) {
		uint8_t out[320] = {0};
		struct range_encoder e = {.low = UINT64_MAX, .range = RANGE_MIN << 4};

		out[0] = 0x12;
		memset(out + 1, 0xff, n);
		e.at = out + 1 + n;
		range_encode(&e, (struct interval){.low = 1, .freq = 1, .total = 2});
		assert_int_equal(out[0], 0x13);
		for (size_t i = 1; i <= n; i++)
			assert_int_equal(out[i], 0);
	}
}

/* Power-of-two steps and general steps are the same function. */
static void pow2_steps_agree(void **state)
{
	struct rng rng = rng_stream(5, 0, 0);
	uint8_t a_out[16], b_out[16];

	(void)state;
	for (unsigned i = 0; i < 200000; i++) {
		unsigned log2_total = (unsigned)rng_below(&rng, 41);
		uint64_t total = (uint64_t)1 << log2_total;
		uint64_t freq = 1 + (rng_below(&rng, total) >> rng_below(&rng, log2_total + 1));
		uint64_t low = rng_below(&rng, total - freq + 1);
		uint64_t range = RANGE_MIN + rng_below(&rng, UINT64_MAX - RANGE_MIN);
		struct range_encoder a = {.low = rng_u64(&rng), .range = range, .at = a_out + 8};
		struct range_encoder b = {.low = a.low, .range = range, .at = b_out + 8};
		struct range_decoder c = {.offset = rng_below(&rng, range), .range = range};
		struct range_decoder d = c;

		memset(a_out, 0x55, 16);
		memset(b_out, 0x55, 16);
		range_encode(&a, (struct interval){.low = low, .freq = freq, .total = total});
		range_encode_pow2(&b, low, freq, log2_total);
		assert_int_equal(a.low, b.low);
		assert_int_equal(a.range, b.range);
		assert_int_equal(a.at - a_out, b.at - b_out);
		assert_memory_equal(a_out, b_out, 16);
		uint64_t target = range_target(&c, total);
		assert_int_equal(target, range_target_pow2(&d, log2_total));
		assert_true(range_edge(c.r, c.rest, target) <= c.offset &&
			    c.offset < range_edge(c.r, c.rest, target + 1));
		range_take(&c, target, 1);
		range_take_pow2(&d, target, 1, log2_total);
		assert_memory_equal(&c, &d, sizeof c);
		assert_true(c.offset < c.range && c.range >= RANGE_MIN);
	}
}

/* Exact begin and width of a message's interval, in [0, 1). */
static void exact_interval(const struct interval *iv, size_t n, mpq_t begin, mpq_t width)
{
	mpq_t unit, x;
	uint64_t range = UINT64_MAX;

	mpq_inits(unit, x, NULL);
	mpq_set_ui(unit, 1, 1);
	mpq_div_2exp(unit, unit, 64);
	mpq_set_ui(begin, 0, 1);
	for (size_t i = 0; i < n; i++) {
		uint64_t r = range / iv[i].total, rest = range % iv[i].total;
		uint64_t from = 0, to = 0;

		for (uint64_t u = 0; u < iv[i].low + iv[i].freq; u++) { /* unit by unit */
			if (u < iv[i].low)
				from += r + (u < rest);
			else
				to += r + (u < rest);
		}
		mpq_set_ui(x, from, 1);
		mpq_mul(x, x, unit);
		mpq_add(begin, begin, x);
		range = to;
		while (range < RANGE_MIN) {
			range *= 256;
			mpq_div_2exp(unit, unit, 8);
		}
	}
	mpq_set_ui(width, range, 1);
	mpq_mul(width, width, unit);
	mpq_clears(unit, x, NULL);
}

static void number_written(const struct buffer *b, mpq_t x)
{
	mpz_import(mpq_numref(x), b->size_bytes, 1, 1, 1, 0, b->data ? b->data : (uint8_t *)"");
	mpz_set_ui(mpq_denref(x), 1);
	mpq_div_2exp(x, x, 8 * b->size_bytes);
}

/* All messages of `n` symbols over freq[]: consecutive intervals from 0 to 1 - 2^-64, each holding
 * the number that the encoder writes for it. */
static void check_tiling(const uint64_t *freq, unsigned n_symbols, unsigned n)
{
	mpq_t begin, width, expected, x;
	uint64_t total = 0, n_messages = 1;

	mpq_inits(begin, width, expected, x, NULL);
	for (unsigned s = 0; s < n_symbols; s++)
		total += freq[s];
	for (unsigned i = 0; i < n; i++)
		n_messages *= n_symbols;
	for (uint64_t m = 0; m < n_messages; m++) {
		uint64_t rest = m;

		n_message = n;
		for (unsigned i = n; i-- > 0; rest /= n_symbols) {
			struct interval iv = {.total = total, .freq = freq[rest % n_symbols]};

			for (unsigned s = 0; s < rest % n_symbols; s++)
				iv.low += freq[s];
			message[i] = iv;
		}
		struct buffer out = encode(message, n);

		exact_interval(message, n, begin, width);
		assert_true(mpq_equal(begin, expected));
		mpq_add(expected, begin, width);
		number_written(&out, x);
		assert_true(mpq_cmp(begin, x) <= 0 && mpq_cmp(x, expected) < 0);
		buffer_free(&out);
		check_message();
	}
	mpq_set_ui(x, UINT64_MAX, 1);
	mpq_div_2exp(x, x, 64);
	assert_true(mpq_equal(expected, x));
	mpq_clears(begin, width, expected, x, NULL);
}

static void short_messages_exactly(void **state)
{
	(void)state;
	check_tiling((const uint64_t[]){1, 1}, 2, 10);
	check_tiling((const uint64_t[]){1, 999}, 2, 9);
	check_tiling((const uint64_t[]){5, 1, 94}, 3, 6);
	check_tiling((const uint64_t[]){1, 700, 1, 2, 296}, 5, 4);
}

/*
 * Decode n symbols over freq[] from arbitrary bytes.  True: accepted, and then message[] must be
 * what these bytes spell.
 */
static bool decode_any(const struct dist *d, size_t n, const uint8_t *from, size_t size_bytes)
{
	struct decoder *dec;

	n_message = 0;
	if (coder->decoder_open(&dec, from, size_bytes) != STATUS_OK)
		return false;
	for (size_t i = 0; i < n; i++) {
		struct interval iv;

		dist_locate(d, coder->target(dec, d->total), &iv);
		coder->take(dec, iv);
		add(iv.low, iv.freq, iv.total);
		if (coder->overrun(dec)) {
			assert_int_equal(coder->decoder_close(dec), STATUS_CORRUPT);
			return false;
		}
	}
	if (coder->decoder_close(dec) != STATUS_OK)
		return false;
	struct buffer again = encode(message, n);

	assert_int_equal(again.size_bytes, size_bytes);
	if (size_bytes)
		assert_memory_equal(again.data, from, size_bytes);
	buffer_free(&again);
	return true;
}

/* Equal bytes are accepted, others only as another message. */
static void check_damaged(const struct dist *d, const struct interval *original, size_t n,
			  const uint8_t *from, size_t size_bytes)
{
	if (decode_any(d, n, from, size_bytes))
		assert_memory_not_equal(message, original, n * sizeof *original);
}

static void damage(const uint64_t *freq, uint32_t n_symbols, size_t n, uint64_t seed)
{
	struct rng rng = rng_stream(seed, 0, 0);
	struct dist d;
	struct interval *original = calloc(n, sizeof *original);

	assert_non_null(original);
	assert_int_equal(dist_alloc(&d, n_symbols), STATUS_OK);
	d.n_symbols = d.n_listed = n_symbols;
	memcpy(d.freq, freq, n_symbols * sizeof *freq);
	dist_seal(&d);
	for (size_t i = 0; i < n; i++)
		dist_locate(&d, rng_below(&rng, d.total), &original[i]);
	struct buffer out = encode(original, n);

	assert_true(decode_any(&d, n, out.data, out.size_bytes));
	assert_memory_equal(message, original, n * sizeof *original);
	for (size_t size = 0; size < out.size_bytes; size++)
		check_damaged(&d, original, n, out.data, size);
	for (unsigned byte = 0; byte < 256; byte++) {
		buffer_append_byte(&out, (uint8_t)byte);
		check_damaged(&d, original, n, out.data, out.size_bytes);
		out.size_bytes--;
	}
	for (size_t i = 0; i < out.size_bytes; i++)
		for (unsigned bit = 0; bit < 8; bit++) {
			out.data[i] ^= 1u << bit;
			check_damaged(&d, original, n, out.data, out.size_bytes);
			out.data[i] ^= 1u << bit;
		}
	n_message = 0;
	buffer_free(&out);
	dist_free(&d);
	free(original);
}

static void damage_is_refused_or_another_message(void **state)
{
	(void)state;
	damage((const uint64_t[]){1, 1}, 2, 300, 6);
	damage((const uint64_t[]){1, 1000}, 2, 2000, 7);
	damage((const uint64_t[]){3, 1, 0, 96, 1}, 5, 400, 8);
	damage((const uint64_t[]){1, (uint64_t)1 << 39, 7}, 3, 200, 9);
}

/* Symbols of equal width cannot be had for less: there every truncation must be refused. */
static void truncation_of_incompressible_symbols_is_refused(void **state)
{
	struct rng rng = rng_stream(10, 0, 0);
	struct dist d;

	(void)state;
	assert_int_equal(dist_alloc(&d, 1), STATUS_OK);
	d.n_symbols = 256;
	d.floor = 1;
	d.n_listed = 0;
	dist_seal(&d);
	n_message = 0;
	for (unsigned i = 0; i < 500; i++)
		add(rng_below(&rng, 256), 1, 256);
	struct buffer out = encode(message, n_message);

	for (size_t size = 0; size + 1 < out.size_bytes; size++)
		assert_false(decode_any(&d, 500, out.data, size));
	n_message = 0;
	buffer_free(&out);
	dist_free(&d);
}

static void garbage_never_crashes(void **state)
{
	struct rng rng = rng_stream(11, 0, 0);
	struct dist d;
	uint8_t bytes[64];

	(void)state;
	assert_int_equal(dist_alloc(&d, 8), STATUS_OK);
	for (unsigned round = 0; round < 3000; round++) {
		size_t size_bytes = rng_below(&rng, sizeof bytes);
		unsigned fill = (unsigned)rng_below(&rng, 3);

		d.n_symbols = 1 + (uint32_t)rng_below(&rng, 8);
		d.n_listed = d.n_symbols;
		for (uint32_t s = 0; s < d.n_symbols; s++)
			d.freq[s] = rng_below(&rng, (uint64_t)1 << rng_below(&rng, 38));
		d.freq[0]++;
		dist_seal(&d);
		for (size_t i = 0; i < size_bytes; i++)
			bytes[i] = fill == 0 ? 0xff : fill == 1 ? 0 : (uint8_t)rng_u32(&rng);
		decode_any(&d, 200, bytes, size_bytes);
	}
	memset(bytes, 0xff, 8);
	assert_false(decode_any(&d, 0, bytes, 8));
	assert_int_equal(coder->decoder_close(NULL), STATUS_OK);
	n_message = 0;
	dist_free(&d);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(empty_and_certain_cost_nothing),
	    cmocka_unit_test(alphabets_and_totals),
	    cmocka_unit_test(random_intervals),
	    cmocka_unit_test(skewed),
	    cmocka_unit_test(runs_of_ff_and_their_carry),
	    cmocka_unit_test(carry_through_ff_bytes),
	    cmocka_unit_test(pow2_steps_agree),
	    cmocka_unit_test(short_messages_exactly),
	    cmocka_unit_test(damage_is_refused_or_another_message),
	    cmocka_unit_test(truncation_of_incompressible_symbols_is_refused),
	    cmocka_unit_test(garbage_never_crashes),
	};

	return cmocka_run_group_tests_name("range_coder", tests, NULL, NULL);
}
