/* SPDX-License-Identifier: BSD-2-Clause
 *
 * cmd_numbers.c - a table of numbers as options of the command line.
 */
#include "cmd_numbers.h"

#include <assert.h>
#include <getopt.h>

#define FIRST_CODE 1000 /* above all letters, and all codes of other options */

void cmd_numbers_open(struct cmd_numbers *t, const struct option_spec *spec, int64_t *value)
{
	*t = (struct cmd_numbers){.n = options_count(spec), .spec = spec, .value = value};
	for (size_t i = 0; i < t->n; i++) {
		cmd_describe_option(&spec[i], t->help[i]);
		t->option[i] =
		    (struct cmd_option){FIRST_CODE + (int)i, spec[i].name, "X", t->help[i]};
	}
	options_defaults(spec, value);
}

void cmd_numbers_add(struct cmd_numbers *t, const struct cmd_option *other)
{
	assert(t->n < OPTIONS_MAX + CMD_NUMBERS_OTHERS_MAX);
	t->option[t->n++] = *other;
}

int cmd_numbers_take(struct cmd_numbers *t, const char *command, int code)
{
	if (code == CMD_HELP)
		return 0;
	if (code == CMD_BAD)
		return EXIT_USAGE;
	assert(code >= FIRST_CODE);
	if (options_set(t->spec, t->value, t->spec[code - FIRST_CODE].name, optarg) != STATUS_OK)
		return cmd_usage("%s: --%s", command, status_message());
	return CMD_END;
}

bool cmd_run_take(struct cmd_run *r, int code, int *end)
{
	*end = CMD_END;
	if (code == 'T')
		*end = cmd_parse_threads(optarg, &r->threads) ? CMD_END : EXIT_USAGE;
	else if (code == 'q')
		r->quiet = true;
	else if (code == CMD_JSON)
		r->json = true;
	else
		return false;
	return true;
}
