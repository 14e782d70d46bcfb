/* SPDX-License-Identifier: BSD-2-Clause */
#include "outcome.h"

#include <ctype.h>
#include <jansson.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "status.h"

#define WORDS_BYTES 160
#define SHELL_SIGNAL 128 /* a shell ends with this and the signal that ended its program */

bool verdict_set(struct verdict *v, enum outcome outcome, const char *format, ...)
{
	va_list args;

	v->outcome = outcome;
	va_start(args, format);
	vsnprintf(v->message, sizeof v->message, format, args);
	va_end(args);
	return outcome == OUTCOME_OK;
}

/* The last line of a text, without what would upset a terminal. */
static void last_line(const char *text, char line[WORDS_BYTES])
{
	size_t end = strlen(text), begin, used = 0;

	while (end > 0 && !isgraph((unsigned char)text[end - 1]))
		end--;
	for (begin = end; begin > 0 && !strchr("\n\r\b", text[begin - 1]);)
		begin--;
	for (; begin < end && used + 1 < WORDS_BYTES; begin++)
		if (isprint((unsigned char)text[begin]))
			line[used++] = text[begin];
	line[used] = '\0';
}

/* The error that one of our own programs reports (src/cmd_half.c), or what another one said. */
static void last_words(const struct child_result *child, char line[WORDS_BYTES])
{
	json_t *report = json_loads(child->output, 0, NULL);
	const char *error = json_string_value(json_object_get(report, "error"));

	last_line(error ? error : child->output, line);
	json_decref(report);
}

static bool speaks_of(const char *words, const char *const *of)
{
	for (; *of; of++)
		if (strcasestr(words, *of))
			return true;
	return false;
}

static enum outcome classify(const struct child_setup *setup, const struct child_result *child,
			     int signal, const char *words)
{
	static const char *const of_memory[] = {"memory", "alloc", NULL};
	static const char *const of_size[] = {"file too large", "file size limit", NULL};

	if (child->timed_out)
		return OUTCOME_TIME;
	if (!setup->is_foreign && child->exit_code == status_exit_code(STATUS_UNSUPPORTED))
		return OUTCOME_UNSUPPORTED;
	if (signal == SIGXFSZ || speaks_of(words, of_size))
		return OUTCOME_OUTPUT;
	if (signal == SIGKILL || speaks_of(words, of_memory))
		return OUTCOME_MEMORY;
	return signal ? OUTCOME_CRASHED : OUTCOME_FAILED;
}

bool verdict_of_child(struct verdict *v, const char *what, const struct child_setup *setup,
		      const struct child_result *child)
{
	int code = child->exit_code, signal = child->signal;
	char words[WORDS_BYTES];

	if (code == 0)
		return verdict_set(v, OUTCOME_OK, "%s", "");
	if (setup->is_foreign && code > SHELL_SIGNAL && code < NSIG + SHELL_SIGNAL)
		signal = code - SHELL_SIGNAL;
	last_words(child, words);

	enum outcome outcome = classify(setup, child, signal, words);
	const char *colon = *words ? ": " : "";

	if (outcome == OUTCOME_TIME)
		return verdict_set(v, outcome, "%s: over the time limit of %u s", what,
				   setup->limit_seconds);
	if (outcome == OUTCOME_OUTPUT)
		return verdict_set(v, outcome, "%s: wrote a file of more than %llu bytes", what,
				   (unsigned long long)setup->limit_file_bytes);
	if (outcome == OUTCOME_UNSUPPORTED)
		return verdict_set(v, outcome, "%s: not supported%s%s", what, colon, words);
	if (signal)
		return verdict_set(v, outcome, "%s: killed by signal %d%s%s", what, signal, colon,
				   words);
	return verdict_set(v, outcome, "%s: failed with exit code %d%s%s", what, code, colon,
			   words);
}
