/* SPDX-License-Identifier: BSD-2-Clause
 *
 * spec_file.h - a specification on its way to another process or another machine, with where its
 * corpus is: the members of spec_json(), and, unless the corpus can be drawn again from its source,
 * "path": the corpus's PREFIX, or the ordinary file.
 */
#ifndef TWOPART_SPEC_FILE_H
#define TWOPART_SPEC_FILE_H

#include <jansson.h>

#include "bench.h"
#include "status.h"

/* New object.  STATUS_BAD_ARGUMENT for a file that will be gone with the bench's directory. */
MUST_CHECK enum status spec_file_json(const struct bench *b, const struct job *j, json_t **out);

/*
 * Plan the cell of such an object: its corpus is looked for at its path, or else drawn from its
 * source, as files of the bench's directory.
 * Errors  STATUS_CORRUPT: the object is none, or the corpus is another one than it says.
 *         STATUS_IO: no corpus.  STATUS_UNSUPPORTED: as of plan_spec().
 */
MUST_CHECK enum status spec_file_plan(struct bench *b, const json_t *object);

#endif
