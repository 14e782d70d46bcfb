/* SPDX-License-Identifier: BSD-2-Clause */
#include "options.h"

#include <stdbool.h>
#include <stdio.h>
#include <string.h>

unsigned options_count(const struct option_spec *table)
{
	unsigned n = 0;

	while (table && table[n].name)
		n++;
	return n;
}

void options_defaults(const struct option_spec *table, int64_t *value)
{
	for (unsigned i = 0; i < options_count(table); i++)
		value[i] = table[i].def;
}

/* Decimal text to units of 1/unit, exactly; digits finer than the unit are refused. */
static bool parse_fixed(const char *text, int64_t unit, int64_t *out)
{
	int64_t sign = *text == '-' ? -1 : 1; /* of each digit: the least number has no positive */
	int64_t value = 0;
	bool any = false;

	text += sign < 0;
	for (; '0' <= *text && *text <= '9'; text++, any = true)
		if (__builtin_mul_overflow(value, 10, &value) ||
		    __builtin_add_overflow(value, sign * (*text - '0'), &value))
			return false;
	if (__builtin_mul_overflow(value, unit, &value))
		return false;
	if (*text == '.') {
		for (text++; '0' <= *text && *text <= '9'; text++, any = true) {
			unit /= 10;
			if ((unit == 0 && *text != '0') ||
			    __builtin_add_overflow(value, sign * unit * (*text - '0'), &value))
				return false;
		}
	}
	*out = value;
	return any && *text == '\0';
}

static void print_fixed(int64_t value, int64_t unit, char *text, size_t size)
{
	uint64_t magnitude = value < 0 ? -(uint64_t)value : (uint64_t)value;
	const char *sign = value < 0 ? "-" : "";
	uint64_t whole = magnitude / (uint64_t)unit, part = magnitude % (uint64_t)unit;

	if (part == 0) {
		snprintf(text, size, "%s%llu", sign, (unsigned long long)whole);
		return;
	}
	snprintf(text, size, "%s%llu.%06llu", sign, (unsigned long long)whole,
		 (unsigned long long)(part * (OPTION_UNIT / (uint64_t)unit)));
	for (size_t end = strlen(text) - 1; text[end] == '0'; end--)
		text[end] = '\0';
}

/* What is wrong with the spelling of a number that parse_fixed() refused, where it is a usual
 * mistake; or NULL. */
static const char *advice(const char *text, int64_t unit)
{
	const char *digits = text + (*text == '-');
	const char *end = digits + strspn(digits, "0123456789.");
	const char *point = strchr(digits, '.');

	if (end > digits && (*end == 'e' || *end == 'E'))
		return "write it as a decimal number";
	if (unit == OPTION_UNIT && point && point + 1 + strspn(point + 1, "0123456789") == end &&
	    *end == '\0' && end - point > 1 + OPTION_DECIMALS)
		return "at most 6 decimals";
	return NULL;
}

static enum status fail_value(const struct option_spec *spec, const char *text)
{
	const char *advised;
	char low[32], high[32];
	int64_t v;

	if (!parse_fixed(text, spec->unit, &v) && (advised = advice(text, spec->unit)))
		return fail(STATUS_BAD_ARGUMENT, "%s = '%s': %s", spec->name, text, advised);
	print_fixed(spec->min, spec->unit, low, sizeof low);
	print_fixed(spec->max, spec->unit, high, sizeof high);
	return fail(STATUS_BAD_ARGUMENT, "%s = '%s' is not a number from %s to %s", spec->name,
		    text, low, high);
}

static enum status fail_name(const struct option_spec *table, const char *name)
{
	char known[512] = "none";
	size_t used = 0;

	for (unsigned i = 0; i < options_count(table) && used < sizeof known; i++)
		used += (size_t)snprintf(known + used, sizeof known - used, "%s%s",
					 used ? ", " : "", table[i].name);
	return fail(STATUS_BAD_ARGUMENT, "no option '%s' (it has: %s)", name, known);
}

enum status options_set(const struct option_spec *table, int64_t *value, const char *name,
			const char *text)
{
	for (unsigned i = 0; i < options_count(table); i++) {
		const struct option_spec *spec = &table[i];
		int64_t v;

		if (strcmp(spec->name, name) != 0)
			continue;
		if (parse_fixed(text, spec->unit, &v) && spec->min <= v && v <= spec->max) {
			value[i] = v;
			return STATUS_OK;
		}
		return fail_value(spec, text);
	}
	return fail_name(table, name);
}

enum status options_parse(const struct option_spec *table, int64_t *value, const char *text)
{
	char copy[512];

	if (!text)
		return STATUS_OK;
	if (strlen(text) >= sizeof copy)
		return fail(STATUS_BAD_ARGUMENT, "options longer than %zu characters",
			    sizeof copy - 1);
	strcpy(copy, text);

	for (char *rest = copy, *item; *rest;) {
		item = rest;
		rest += strcspn(rest, ",");
		if (*rest)
			*rest++ = '\0';

		char *equals = strchr(item, '=');

		if (!equals)
			return fail(STATUS_BAD_ARGUMENT, "option '%s' lacks '=value'", item);
		*equals = '\0';
		TRY(options_set(table, value, item, equals + 1));
	}
	return STATUS_OK;
}

void options_print_value(const struct option_spec *spec, int64_t value, struct buffer *out)
{
	char text[48];

	print_fixed(value, spec->unit, text, sizeof text);
	buffer_append(out, text, strlen(text));
}

void options_print(const struct option_spec *table, const int64_t *value, struct buffer *out)
{
	bool first = true;

	for (unsigned i = 0; i < options_count(table); i++) {
		if (value[i] == table[i].def)
			continue;
		if (!first)
			buffer_append_byte(out, ',');
		first = false;
		buffer_append(out, table[i].name, strlen(table[i].name));
		buffer_append_byte(out, '=');
		options_print_value(&table[i], value[i], out);
	}
}
