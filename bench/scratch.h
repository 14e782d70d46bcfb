/* SPDX-License-Identifier: BSD-2-Clause
 *
 * scratch.h - private directories: made, filled with a copy, and removed with all that is in them.
 */
#ifndef TWOPART_SCRATCH_H
#define TWOPART_SCRATCH_H

#include "status.h"

/* An empty directory for nobody else; what was there under that name is removed. */
MUST_CHECK enum status scratch_make(const char *path);

/* A file, or what follows its first bytes. */
MUST_CHECK enum status scratch_copy(const char *from, long skip_bytes, const char *to);

/* With everything in it; links are removed, not followed.  What cannot be removed stays. */
void scratch_remove(const char *path);

#endif
