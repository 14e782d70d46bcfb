/* SPDX-License-Identifier: BSD-2-Clause
 *
 * range_coder.c - the range coder behind the interface of coder.h.  The arithmetic, its invariants
 * and what a stream guarantees stand in range_coder.h; here is only memory.
 */
#include "range_coder.h"

#include <assert.h>
#include <stdlib.h>

struct encoder {
	struct range_encoder state;
	struct buffer *to;
};

struct decoder {
	struct range_decoder state;
};

static enum status encoder_open(struct encoder **out, struct buffer *to)
{
	struct encoder *e = calloc(1, sizeof *e);

	if (!e)
		return fail_no_memory();
	range_encoder_start(&e->state, NULL);
	e->to = to;
	*out = e;
	return STATUS_OK;
}

/* Point the state at the buffer's end, which may have moved; false when memory ran out. */
static inline bool make_room(struct encoder *e)
{
	struct buffer *to = e->to;

	if (to->capacity_bytes - to->size_bytes < RANGE_STEP_BYTES || to->failed)
		if (!buffer_reserve(to, RANGE_STEP_BYTES))
			return false;
	e->state.at = to->data + to->size_bytes;
	return true;
}

static void put(struct encoder *e, struct interval iv)
{
	if (!make_room(e))
		return;
	range_encode(&e->state, iv);
	e->to->size_bytes = (size_t)(e->state.at - e->to->data);
}

static unsigned put_bit(struct bit_channel *c, uint32_t p1, unsigned bit)
{
	struct encoder *e = c->coder;

	bit_channel_account(c, p1, bit);
	if (!make_room(e))
		return bit;
	range_encode_bit(&e->state, p1, bit, BIT_PROBABILITY_LOG2);
	e->to->size_bytes = (size_t)(e->state.at - e->to->data);
	return bit;
}

static enum status encoder_close(struct encoder *e)
{
	struct buffer *to;

	if (!e)
		return STATUS_OK;
	to = e->to;
	if (make_room(e)) {
		range_encoder_finish(&e->state);
		to->size_bytes = (size_t)(e->state.at - to->data);
	}
	free(e);
	return buffer_status(to);
}

static enum status decoder_open(struct decoder **out, const uint8_t *from, size_t size_bytes)
{
	struct decoder *d = calloc(1, sizeof *d);

	if (!d)
		return fail_no_memory();
	if (!range_decoder_start(&d->state, from, size_bytes)) {
		free(d);
		return fail(STATUS_CORRUPT, "damaged: no encoder starts a stream like this");
	}
	*out = d;
	return STATUS_OK;
}

static uint64_t target(struct decoder *d, uint64_t total)
{
	return range_target(&d->state, total);
}

static void take(struct decoder *d, struct interval iv)
{
	range_take(&d->state, iv.low, iv.freq);
	assert(d->state.offset < d->state.range);
}

static unsigned take_bit(struct bit_channel *c, uint32_t p1, unsigned bit)
{
	struct decoder *d = c->coder;

	bit = range_take_bit(&d->state, p1, BIT_PROBABILITY_LOG2);
	bit_channel_account(c, p1, bit);
	return bit;
}

static int overrun(const struct decoder *d)
{
	return range_decoder_overrun(&d->state);
}

static enum status decoder_close(struct decoder *d)
{
	bool exact;

	if (!d)
		return STATUS_OK;
	exact = range_decoder_is_exact(&d->state);
	free(d);
	return exact ? STATUS_OK : fail(STATUS_CORRUPT, "truncated or damaged");
}

const struct coder_ops range_coder_ops = {
    .name = "range",
    .summary = "64-bit range coder, exact totals up to 2^40",
    .id = 0,
    .encoder_open = encoder_open,
    .put = put,
    .put_bit = put_bit,
    .encoder_close = encoder_close,
    .decoder_open = decoder_open,
    .target = target,
    .take = take,
    .take_bit = take_bit,
    .overrun = overrun,
    .decoder_close = decoder_close,
};
