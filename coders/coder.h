/* SPDX-License-Identifier: BSD-2-Clause
 *
 * coder.h - an entropy coder: spends intervals, knows nothing of models.
 */
#ifndef TWOPART_CODER_H
#define TWOPART_CODER_H

#include <stddef.h>
#include <stdint.h>

#include "bit_channel.h"
#include "buffer.h"
#include "dist.h"
#include "status.h"

struct encoder;
struct decoder;

struct coder_ops {
	const char *name;    /* typed on the command line, printed in reports */
	const char *summary; /* one line */
	uint8_t id;          /* stored in archives: never reused */

	MUST_CHECK enum status (*encoder_open)(struct encoder **out, struct buffer *to);

	/*
	 * Spend lg(total/freq) bits.  Requires 1 <= freq, low + freq <= total <= DIST_TOTAL_MAX.
	 * Returns nothing: lack of memory is remembered by the buffer and reported by
	 * encoder_close().
	 */
	void (*put)(struct encoder *e, struct interval iv);
	/* The same for a binary decision: the code() of a channel whose coder is the encoder. */
	unsigned (*put_bit)(struct bit_channel *c, uint32_t p1, unsigned bit);
	MUST_CHECK enum status (*encoder_close)(struct encoder *e); /* flush, free, report */

	/* `from` must outlive the decoder. */
	MUST_CHECK enum status (*decoder_open)(struct decoder **out, const uint8_t *from,
					       size_t size_bytes);

	/* Which point of [0, total) does the stream name?  Moves nothing a caller can see. */
	uint64_t (*target)(struct decoder *d, uint64_t total);

	/* Consume the interval that owns that point.  Mirror of put(). */
	void (*take)(struct decoder *d, struct interval iv);

	/* Both for a binary decision: the code() of a channel whose coder is the decoder. */
	unsigned (*take_bit)(struct bit_channel *c, uint32_t p1, unsigned bit);

	/* Has the decoder read further than any encoder's stream allows?  Asked now and then, so
	 * that a truncated or forged stream ends early. */
	int (*overrun)(const struct decoder *d);

	/* Free; STATUS_CORRUPT unless exactly the encoder's bytes were used (NULL is fine). */
	MUST_CHECK enum status (*decoder_close)(struct decoder *d);
};

extern const struct coder_ops *const coders[]; /* NULL-terminated; coders.c */
const struct coder_ops *coder_by_id(uint8_t id);

#endif
