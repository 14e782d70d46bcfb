/* SPDX-License-Identifier: BSD-2-Clause
 *
 * codecs.c - the registry of whole-buffer compressors.  To add one: a file beside this one and a
 * line here.  The order is the order of the benchmark's rows.
 */
#include "codec.h"

#include <string.h>

extern const struct codec_ops codec_copy;
extern const struct codec_ops codec_zstd_3, codec_zstd_19, codec_zstd_22_long;
extern const struct codec_ops codec_xz_6, codec_xz_9e;
extern const struct codec_ops codec_brotli_5, codec_brotli_11_large;

const struct codec_ops *const codecs[] = {
    &codec_copy, &codec_zstd_3, &codec_zstd_19,  &codec_zstd_22_long,
    &codec_xz_6, &codec_xz_9e,  &codec_brotli_5, &codec_brotli_11_large,
    NULL,
};

const struct codec_ops *codec_by_name(const char *name)
{
	for (const struct codec_ops *const *c = codecs; *c; c++)
		if (strcmp((*c)->name, name) == 0)
			return *c;
	return NULL;
}
