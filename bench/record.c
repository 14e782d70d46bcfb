/* SPDX-License-Identifier: BSD-2-Clause */
#include "record.h"

#include <math.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "utf8.h"

#define WHOLE_MAX 9007199254740992.0 /* 2^53: doubles hold every whole number up to here */

void record_clean(char *text)
{
	size_t size_bytes = strlen(text);

	for (size_t i = 0, n; i < size_bytes; i += n ? n : 1) {
		n = utf8_character_bytes((const uint8_t *)text + i, size_bytes - i);
		if (n == 0)
			text[i] = '?';
	}
}

static json_t *text_json(const char *text)
{
	json_t *string = json_string(text);

	if (string)
		return string;

	char *copy = strdup(text);

	if (copy) {
		record_clean(copy);
		string = json_string(copy);
	}
	free(copy);
	return string;
}

/* Whole numbers without a point, as everybody writes them. */
static json_t *number_json(double x)
{
	if (!isfinite(x))
		return json_null();
	if (fabs(x) <= WHOLE_MAX && floor(x) == x)
		return json_integer((json_int_t)x);
	return json_real(x);
}

static json_t *member_json(const struct member *m, const void *at)
{
	switch (m->kind) {
	case MEMBER_TEXT:
		return text_json(at);
	case MEMBER_FLAG:
		return json_boolean(*(const bool *)at);
	case MEMBER_COUNT:
		return json_integer(*(const unsigned *)at);
	case MEMBER_BYTES:
		return json_integer((json_int_t) * (const uint64_t *)at);
	default:
		return number_json(*(const double *)at);
	}
}

json_t *record_json(const struct member *table, const void *from)
{
	json_t *object = json_object();

	for (const struct member *m = table; object && m->name; m++) {
		json_t *value = member_json(m, (const char *)from + m->offset);

		if (json_object_set_new(object, m->name, value) != 0) {
			json_decref(object);
			object = NULL;
		}
	}
	return object;
}

static bool parse_text(const struct member *m, const json_t *value, char *to)
{
	const char *text = json_string_value(value);

	if (!text || json_string_length(value) != strlen(text) || strlen(text) >= m->size_bytes)
		return false;
	memcpy(to, text, strlen(text) + 1);
	return true;
}

static bool parse_integer(const json_t *value, uint64_t max, uint64_t *to)
{
	json_int_t x = json_integer_value(value);

	if (!json_is_integer(value) || x < 0 || (uint64_t)x > max)
		return false;
	*to = (uint64_t)x;
	return true;
}

static bool parse_number(const struct member *m, const json_t *value, double *to)
{
	*to = json_is_null(value) ? NAN : json_number_value(value);
	if (json_is_null(value))
		return true;
	if (!json_is_number(value) || !isfinite(*to) || (*to < 0 && m->kind != MEMBER_SIGNED))
		return false;
	return m->kind != MEMBER_WHOLE || (*to <= WHOLE_MAX && floor(*to) == *to);
}

static bool parse_member(const struct member *m, const json_t *value, void *to)
{
	uint64_t x;

	switch (m->kind) {
	case MEMBER_TEXT:
		return parse_text(m, value, to);
	case MEMBER_FLAG:
		*(bool *)to = json_is_true(value);
		return json_is_boolean(value);
	case MEMBER_COUNT:
		if (!parse_integer(value, INT32_MAX, &x))
			return false;
		*(unsigned *)to = (unsigned)x;
		return true;
	case MEMBER_BYTES:
		return parse_integer(value, INT64_MAX, to);
	default:
		return parse_number(m, value, to);
	}
}

enum status record_parse(const struct member *table, const json_t *object, const char *what,
			 size_t n_others, void *to)
{
	size_t n = 0;

	if (!json_is_object(object))
		return fail(STATUS_CORRUPT, "%s: not an object", what);
	for (const struct member *m = table; m->name; m++, n++) {
		const json_t *value = json_object_get(object, m->name);

		if (!value)
			return fail(STATUS_CORRUPT, "%s: no member '%s'", what, m->name);
		if (!parse_member(m, value, (char *)to + m->offset))
			return fail(STATUS_CORRUPT, "%s: '%s' is not what it should be", what,
				    m->name);
	}
	if (json_object_size(object) > n + n_others)
		return fail(STATUS_CORRUPT, "%s: members that are not known", what);
	return STATUS_OK;
}
