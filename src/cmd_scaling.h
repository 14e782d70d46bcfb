/* SPDX-License-Identifier: BSD-2-Clause
 *
 * cmd_scaling.h - the laws of `twopart scaling`: commands with argv[0] the law's name.
 */
#ifndef TWOPART_CMD_SCALING_H
#define TWOPART_CMD_SCALING_H

int cmd_scaling_data(int argc, char **argv);

#endif
