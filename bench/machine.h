/* SPDX-License-Identifier: BSD-2-Clause
 *
 * machine.h - what a measurement was made on.
 */
#ifndef TWOPART_MACHINE_H
#define TWOPART_MACHINE_H

#include <jansson.h>

const char *machine_compiler(void);

/* New object: the libraries that this program runs with, name: version. */
json_t *machine_libraries(void);

/* New object of strings: cpu, cores, system, compiler, libraries {name: version}. */
json_t *machine_describe(void);

#endif
