/* SPDX-License-Identifier: BSD-2-Clause
 *
 * utf8.h - text of any bytes, such as a file's name, as a JSON string.
 *
 * JSON is UTF-8 and jansson refuses everything else, so that an object with such a member would not
 * be made at all.  A name that can be told from its neighbours is worth more than none.
 */
#ifndef TWOPART_UTF8_H
#define TWOPART_UTF8_H

#include <jansson.h>
#include <stddef.h>
#include <stdint.h>

/* Bytes of the character of UTF-8 that `text` begins with (RFC 3629: shortest form, no surrogates,
 * at most U+10FFFF); 0 if there is none. */
size_t utf8_character_bytes(const uint8_t *text, size_t size_bytes);

/* New string, each byte that is no part of a character replaced by U+FFFD; NULL: no memory. */
json_t *utf8_json(const char *text);

#endif
