/* SPDX-License-Identifier: BSD-2-Clause
 *
 * cmd_numbers.h - options of the command line that are the numbers of an option table (options.h),
 * beside others that a command has.
 */
#ifndef TWOPART_CMD_NUMBERS_H
#define TWOPART_CMD_NUMBERS_H

#include <stddef.h>
#include <stdint.h>

#include "cmd.h"
#include "options.h"

#define CMD_NUMBERS_OTHERS_MAX 16

#define CMD_DECIMAL(x) ((int64_t)((x)*OPTION_UNIT)) /* of an option_spec with that unit */

/* One table for help and parsing, and the texts that it points to. */
struct cmd_numbers {
	struct cmd_option option[OPTIONS_MAX + CMD_NUMBERS_OTHERS_MAX + 1]; /* for cmd_spec */
	size_t n;
	char help[OPTIONS_MAX][CMD_HELP_BYTES];
	const struct option_spec *spec;
	int64_t *value;
};

/* Begin with a --NAME for each number of `spec`; value[] (as many) gets their defaults. */
void cmd_numbers_open(struct cmd_numbers *t, const struct option_spec *spec, int64_t *value);

/* Number i of the table, of those with unit OPTION_UNIT. */
static inline double cmd_numbers_decimal(const struct cmd_numbers *t, unsigned i)
{
	return (double)t->value[i] / OPTION_UNIT;
}

/* Append one of the others. */
void cmd_numbers_add(struct cmd_numbers *t, const struct cmd_option *other);

/* Set the number of which cmd_option_next() gave the code and optarg: CMD_END to go on, or the exit
 * code after a usage error of this command.  CMD_HELP and CMD_BAD have theirs, too. */
int cmd_numbers_take(struct cmd_numbers *t, const char *command, int code);

/* -T, -q and --json, which most of these commands have. */
struct cmd_run {
	int threads;
	bool quiet, json;
};

/* Is this one of them?  Then *end is CMD_END to go on, or the exit code. */
bool cmd_run_take(struct cmd_run *r, int code, int *end);

#endif
