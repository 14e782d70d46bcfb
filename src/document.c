/* SPDX-License-Identifier: BSD-2-Clause */
#include "document.h"

#include <math.h>

#define FORMAT_BYTES 64

json_t *document_new(const char *name, int schema, json_t *members)
{
	char format[FORMAT_BYTES];
	json_t *document;

	snprintf(format, sizeof format, "twopart-%s", name);
	document = json_pack("{s:s, s:i}", "format", format, "schema", schema);
	if (!members || (document && json_object_update(document, members) != 0)) {
		json_decref(document);
		document = NULL;
	}
	json_decref(members);
	return document;
}

json_t *document_number(double value)
{
	return isfinite(value) ? json_real(value) : json_null();
}

double document_value(const json_t *object, const char *name)
{
	const json_t *value = json_object_get(object, name);

	return json_is_number(value) ? json_number_value(value) : NAN;
}

const char *document_text(const json_t *object, const char *name)
{
	const char *text = json_string_value(json_object_get(object, name));

	return text ? text : "";
}

#define COUNT_MAX 9007199254740992.0 /* 2^53: above it a double is not one number */

bool document_whole(double value, uint64_t most, uint64_t *count)
{
	bool is_whole = 0 <= value && value <= COUNT_MAX && floor(value) == value;

	*count = is_whole && (uint64_t)value <= most ? (uint64_t)value : 0;
	return is_whole && (uint64_t)value <= most;
}

bool document_count(const json_t *object, const char *name, uint64_t most, uint64_t *count)
{
	return document_whole(document_value(object, name), most, count);
}

json_t *document_quotient(double value, uint64_t n)
{
	return n ? document_number(value / (double)n) : json_null();
}

/* 17 digits give the same double back.  jansson writes a point whatever the locale says. */
static enum status write_as(json_t *document, size_t flags, FILE *to)
{
	if (!document)
		return fail_no_memory();
	int lost = json_dumpf(document, to, flags | JSON_REAL_PRECISION(17));

	fputc('\n', to);
	json_decref(document);
	return lost && !ferror(to) ? fail_no_memory() : STATUS_OK;
}

enum status document_write(json_t *document, FILE *to)
{
	return write_as(document, JSON_INDENT(2), to);
}

enum status document_write_line(json_t *document, FILE *to)
{
	return write_as(document, JSON_COMPACT, to);
}
