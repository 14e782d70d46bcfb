/* SPDX-License-Identifier: BSD-2-Clause */
#include "utf8.h"

#include <string.h>

#include "buffer.h"

#define REPLACEMENT "\xef\xbf\xbd"

size_t utf8_character_bytes(const uint8_t *text, size_t size_bytes)
{
	/* Of two, three and four bytes: the lowest character that needs so many. */
	static const uint32_t lowest[] = {0, 0, 0x80, 0x800, 0x10000};
	size_t n;
	uint32_t c;

	if (size_bytes == 0)
		return 0;
	if (text[0] < 0x80)
		return 1;
	n = text[0] >= 0xf0 ? 4 : text[0] >= 0xe0 ? 3 : 2;
	if (text[0] < 0xc0 || text[0] >= 0xf8 || n > size_bytes)
		return 0;
	c = text[0] & (0x7fu >> n);
	for (size_t i = 1; i < n; i++) {
		if ((text[i] & 0xc0) != 0x80)
			return 0;
		c = c << 6 | (text[i] & 0x3f);
	}
	return c < lowest[n] || (0xd800 <= c && c < 0xe000) || c > 0x10ffff ? 0 : n;
}

json_t *utf8_json(const char *text)
{
	size_t size_bytes = strlen(text);
	json_t *string = json_string(text);
	struct buffer good = {0};

	if (string)
		return string;
	for (size_t i = 0, n; i < size_bytes; i += n ? n : 1) {
		n = utf8_character_bytes((const uint8_t *)text + i, size_bytes - i);
		if (n)
			buffer_append(&good, text + i, n);
		else
			buffer_append(&good, REPLACEMENT, strlen(REPLACEMENT));
	}
	if (buffer_status(&good) == STATUS_OK)
		string = json_stringn((const char *)good.data, good.size_bytes);
	buffer_free(&good);
	return string;
}
