/* SPDX-License-Identifier: BSD-2-Clause */
#include "source.h"

#include <assert.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "corpus.h"

/* What follows "generate FAMILY", or NULL. */
static const char *options_of(const char *source, const char *family)
{
	static const char generate[] = "generate ";
	size_t n = strlen(family);

	if (strncmp(source, generate, sizeof generate - 1) != 0)
		return NULL;
	source += sizeof generate - 1;
	if (strncmp(source, family, n) != 0 || (source[n] && source[n] != ' '))
		return NULL;
	return source + n;
}

/* The next " --NAME VALUE": where it begins, NULL at the end; *at moves behind it. */
static const char *next_option(const char **at, size_t *name_chars, const char **value)
{
	const char *option = strstr(*at, " --");

	if (!option)
		return NULL;
	option += 3;
	*name_chars = strcspn(option, " ");
	*value = option + *name_chars;
	*value += **value == ' ';
	*at = *value;
	return option;
}

static double default_of(const char *family, const char *name)
{
	for (const struct option_spec *o = corpus_family_by_name(family)->options; o->name; o++)
		if (strcmp(o->name, name) == 0)
			return (double)o->def / (double)o->unit;
	assert(!"an option of the family");
	return NAN;
}

double source_option(const char *source, const char *family, const char *name)
{
	const char *at = options_of(source, family), *option, *value;
	size_t n;

	if (!at)
		return NAN;
	while ((option = next_option(&at, &n, &value)))
		if (strlen(name) == n && strncmp(option, name, n) == 0)
			return strtod(value, NULL);
	return default_of(family, name);
}

static bool is_listed(const char *name, size_t n, const char *names)
{
	for (const char *at = names; *at; at += strcspn(at, ","), at += *at == ',')
		if (strcspn(at, ",") == n && strncmp(at, name, n) == 0)
			return true;
	return false;
}

bool source_varies_only(const char *source, const char *family, const char *names)
{
	const char *at = options_of(source, family), *option, *value;
	size_t n;

	if (!at)
		return false;
	while ((option = next_option(&at, &n, &value)))
		if (!is_listed(option, n, names))
			return false;
	return true;
}

bool source_varies_last(const char *source, const char *const *words, size_t n)
{
	char names[512] = "";
	size_t length = 0;

	for (size_t i = 1; i < n; i += 2) {
		const char *name = words[i] + strlen("--");

		length += (size_t)snprintf(names + length, sizeof names - length, "%s,", name);
		assert(length < sizeof names);
		if (i + 1 < n &&
		    source_option(source, words[0], name) != strtod(words[i + 1], NULL))
			return false;
	}
	return source_varies_only(source, words[0], names);
}
