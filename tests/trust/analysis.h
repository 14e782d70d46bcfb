/* SPDX-License-Identifier: BSD-2-Clause
 *
 * analysis.h - included before each file by analysers that see one file at a time: what the
 * functions return that tell of an error.  Without that they follow paths on which fail() succeeds.
 */
#ifndef TWOPART_ANALYSIS_H
#define TWOPART_ANALYSIS_H

#include <errno.h>
#include <stdarg.h>
#include <string.h>

#include "status.h"

#define fail(s, ...) (s)
#define fail_errno(s, ...) (s)
#define fail_no_memory() STATUS_NO_MEMORY

#endif
