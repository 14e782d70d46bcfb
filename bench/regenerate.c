/* SPDX-License-Identifier: BSD-2-Clause
 *
 * regenerate.c - a corpus from its source, the words behind "twopart" that drew it.
 */
#include <stdio.h>
#include <string.h>

#include "bench.h"
#include "child.h"
#include "options.h"

#define LIMIT_SECONDS 3600
#define WORDS_MAX (2 * OPTIONS_MAX + 8)

enum status subject_generate(const char *source, const char *prefix)
{
	char text[sizeof((struct spec_corpus *)NULL)->source], *rest, *w;
	const char *argv[WORDS_MAX + 5] = {"/proc/self/exe"};
	struct child_result child;
	size_t n = 1;

	snprintf(text, sizeof text, "%s", source);
	for (w = strtok_r(text, " ", &rest); w && n < WORDS_MAX; w = strtok_r(NULL, " ", &rest))
		argv[n++] = w;
	if (n < 3 || strcmp(argv[1], "generate") != 0)
		return fail(STATUS_CORRUPT, "'%s' is no source of a corpus", source);
	argv[n++] = "-o";
	argv[n++] = prefix;
	argv[n++] = "--quiet";
	TRY(child_run((char *const *)argv, LIMIT_SECONDS, &child));
	if (child.exit_code != 0)
		return fail(STATUS_IO, "'%s' failed (exit code %d)", source, child.exit_code);
	return STATUS_OK;
}
