/* SPDX-License-Identifier: BSD-2-Clause
 *
 * cmd_scaling.h - the laws of `twopart scaling`: commands with argv[0] the law's name.
 *
 * A law describes its command line by a struct cmd_law; all of them are parsed and checked alike,
 * so that the same mistake gets the same sentence.
 */
#ifndef TWOPART_CMD_SCALING_H
#define TWOPART_CMD_SCALING_H

#include <stdbool.h>
#include <stdint.h>

#include "cmd.h"

#define CMD_LAW_NUMBERS_MAX 16
#define CMD_CSV (CMD_JSON + 1) /* --csv */

struct option_spec;

struct cmd_law {
	const char *name; /* "scaling data" */
	const char *text; /* of the help */
	const struct option_spec *numbers; /* ended as usual; at most CMD_LAW_NUMBERS_MAX */
	unsigned beta;                     /* which of them is, in millionths, --beta */
	const struct cmd_option *others;   /* -a, -m: its own besides -T --json --csv -q; ended */
	const char *alphas;                /* what -a is when it is not given: "0.3,0.5" */
	uint32_t n_alphas_max;
};

struct cmd_law_request {
	int64_t number[CMD_LAW_NUMBERS_MAX]; /* by law->numbers */
	int64_t *alpha_millionths;           /* the caller's room for law->n_alphas_max */
	uint32_t n_alphas;                   /* all above -beta */
	const char *model_text;              /* -m; else as the caller set it */
	int n_threads;
	bool json, csv, quiet; /* at most one of the formats */
};

/* Parse all options of a law, those not given getting their defaults: CMD_END to go on, or the exit
 * code. */
int cmd_law_parse(const struct cmd_law *law, struct cmd_law_request *q, int argc, char **argv);

int cmd_scaling_data(int argc, char **argv);
int cmd_scaling_model(int argc, char **argv);

#endif
