/* SPDX-License-Identifier: BSD-2-Clause */
#include "html.h"

#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "utf8.h"

#define PRECISION 12 /* digits of a number in JSON */

void html_raw(struct buffer *out, const char *markup)
{
	buffer_append(out, markup, strlen(markup));
}

void html_format(struct buffer *out, const char *format, ...)
{
	char text[512];
	va_list arguments;

	va_start(arguments, format);
	int n = vsnprintf(text, sizeof text, format, arguments);
	va_end(arguments);
	if (n >= 0 && (size_t)n < sizeof text)
		buffer_append(out, text, (size_t)n);
	else
		out->failed = true;
}

static const char *entity(char c)
{
	switch (c) {
	case '&':
		return "&amp;";
	case '<':
		return "&lt;";
	case '>':
		return "&gt;";
	case '"':
		return "&quot;";
	case '\'':
		return "&#39;";
	default:
		return NULL;
	}
}

void html_text(struct buffer *out, const char *text)
{
	json_t *clean = utf8_json(text);

	if (!clean) {
		out->failed = true;
		return;
	}
	for (const char *c = json_string_value(clean); *c; c++) {
		if (entity(*c))
			html_raw(out, entity(*c));
		else
			buffer_append_byte(out, (uint8_t)*c);
	}
	json_decref(clean);
}

/* These three occur in JSON inside of strings only, where their number means the same. */
void html_json(struct buffer *out, const json_t *value)
{
	char *text = json_dumps(value, JSON_COMPACT | JSON_REAL_PRECISION(PRECISION));

	if (!text) {
		out->failed = true;
		return;
	}
	for (const char *c = text; *c; c++) {
		if (entity(*c) && *c != '"' && *c != '\'')
			html_format(out, "\\u%04x", (unsigned)*c);
		else
			buffer_append_byte(out, (uint8_t)*c);
	}
	free(text);
}

void html_image(struct buffer *out, const char *svg, size_t size_bytes)
{
	static const char plain[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789"
				    " -_.!~*()/:=;,?@$+";

	html_raw(out, "data:image/svg+xml,");
	for (size_t i = 0; i < size_bytes; i++) {
		if (svg[i] && strchr(plain, svg[i]))
			buffer_append_byte(out, (uint8_t)svg[i]);
		else
			html_format(out, "%%%02x", (unsigned char)svg[i]);
	}
}

void html_number(struct buffer *out, double value, int digits)
{
	char text[400];

	if (!isfinite(value)) {
		html_raw(out, "–");
		return;
	}
	snprintf(text, sizeof text, "%.*f", digits, value);
	size_t whole = strcspn(text, ".");
	for (size_t i = 0; text[i]; i++) {
		buffer_append_byte(out, (uint8_t)text[i]);
		if (i + 1 < whole && (whole - i - 1) % 3 == 0 && text[i] != '-')
			buffer_append_byte(out, ',');
	}
}
