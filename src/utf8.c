/* SPDX-License-Identifier: BSD-2-Clause */
#include "utf8.h"

#include <string.h>

#include "buffer.h"

#define CHARACTER_BYTES_MAX 4
#define REPLACEMENT "\xef\xbf\xbd"

/* jansson is the judge, since it is the one that refuses. */
size_t utf8_character_bytes(const char *text, size_t size_bytes)
{
	for (size_t n = 1; n <= CHARACTER_BYTES_MAX && n <= size_bytes; n++) {
		json_t *character = json_stringn(text, n);

		json_decref(character);
		if (character)
			return n;
	}
	return 0;
}

json_t *utf8_json(const char *text)
{
	size_t size_bytes = strlen(text);
	json_t *string = json_string(text);
	struct buffer good = {0};

	if (string)
		return string;
	for (size_t i = 0, n; i < size_bytes; i += n ? n : 1) {
		n = utf8_character_bytes(text + i, size_bytes - i);
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
