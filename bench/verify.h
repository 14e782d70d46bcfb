/* SPDX-License-Identifier: BSD-2-Clause
 *
 * verify.h - sizes and contents of files as they lie there: only this makes a measurement a row.
 */
#ifndef TWOPART_VERIFY_H
#define TWOPART_VERIFY_H

#include <stdint.h>

#include "outcome.h"
#include "status.h"

/* STATUS_IO when there is no file of that name. */
MUST_CHECK enum status verify_size(const char *path, uint64_t *size_bytes);

/* Are both files the same bytes?  Otherwise the verdict says so, or that one is missing. */
bool verify_same(const char *decoded, const char *original, struct verdict *v);

#endif
