/* SPDX-License-Identifier: BSD-2-Clause
 *
 * html.h - putting text that somebody else chose into HTML, so that it stays text.
 *
 * A file's name, a corpus' title, what a failing program said: all of them may hold "<script>",
 * quotes, or bytes that are no UTF-8.  Whatever is not written in this program goes through one of
 * these functions, each of which is for one kind of place.
 */
#ifndef TWOPART_HTML_H
#define TWOPART_HTML_H

#include <jansson.h>
#include <stddef.h>

#include "buffer.h"

/* Markup that is ours. */
void html_raw(struct buffer *out, const char *markup);
void html_format(struct buffer *out, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* Text between tags, or inside a quoted attribute. */
void html_text(struct buffer *out, const char *text);

/* JSON inside a <script> element: without any of < > &, so it cannot end the element. */
void html_json(struct buffer *out, const json_t *value);

/* An image's text as the value of src: data:image/svg+xml,... */
void html_image(struct buffer *out, const char *svg, size_t size_bytes);

/* A number as people write it: 996,989; at most `digits` after the point, NaN as a dash. */
void html_number(struct buffer *out, double value, int digits);

#endif
