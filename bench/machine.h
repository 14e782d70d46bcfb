/* SPDX-License-Identifier: BSD-2-Clause
 *
 * machine.h - what a measurement was made on.
 */
#ifndef TWOPART_MACHINE_H
#define TWOPART_MACHINE_H

#include <jansson.h>

#include "spec.h"
#include "status.h"

const char *machine_compiler(void);

/* New object: the libraries that this program runs with, name: version. */
json_t *machine_libraries(void);

/*
 * New object: cpu, flags (those that codecs make use of), cores, memory_mib, governor, system (the
 * kernel, too), compiler, cflags (of this program), libraries {name: version}, and packages {name:
 * version with the distribution's revision}.  What the system does not tell is "" or not there.
 * It is the same whenever it is asked for: nothing of the moment is in it.  Asking the package
 * manager takes some milliseconds.
 */
json_t *machine_describe(void);

/* XXH3-64 of such a description, whatever the order of its members. */
MUST_CHECK enum status machine_id(const json_t *machine, char id[SPEC_DIGEST_CHARS]);

#endif
