/* SPDX-License-Identifier: BSD-2-Clause
 *
 * cmd_scaling.h - the laws of `twopart scaling`: commands with argv[0] the law's name.
 */
#ifndef TWOPART_CMD_SCALING_H
#define TWOPART_CMD_SCALING_H

#include <stdbool.h>
#include <stdint.h>

/* "0.3,0.5": at most n_max discounts, in millionths; or a usage error of that command. */
bool cmd_parse_alphas(const char *command, const char *list, uint32_t n_max, int64_t *millionths,
		      uint32_t *n);

int cmd_scaling_data(int argc, char **argv);
int cmd_scaling_model(int argc, char **argv);

#endif
