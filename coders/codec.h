/* SPDX-License-Identifier: BSD-2-Clause
 *
 * codec.h - a whole-buffer compressor: the rows of the benchmark that are not ours.
 */
#ifndef TWOPART_CODEC_H
#define TWOPART_CODEC_H

#include <stddef.h>
#include <stdint.h>

#include "buffer.h"
#include "status.h"

struct codec_ops {
	const char *name;            /* the row's label, made from the setting: "zstd -19" */
	const char *(*version)(void); /* asked of the linked library, never typed in */
	int level;                   /* the row's own setting */

	/* Append to *out.  `out` is empty on entry. */
	MUST_CHECK enum status (*compress)(const struct codec_ops *c, const uint8_t *in,
					   size_t size_bytes, struct buffer *out);

	/* Append exactly original_bytes to the empty *out.  An archive of anything longer or
	 * shorter is STATUS_CORRUPT, as is one that is damaged, truncated or followed by more;
	 * *out never holds more than original_bytes, whatever the archive says. */
	MUST_CHECK enum status (*decompress)(const struct codec_ops *c, const uint8_t *in,
					     size_t size_bytes, size_t original_bytes,
					     struct buffer *out);
};

extern const struct codec_ops *const codecs[]; /* NULL-terminated; codecs.c */
const struct codec_ops *codec_by_name(const char *name);

#endif
