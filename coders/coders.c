/* SPDX-License-Identifier: BSD-2-Clause
 *
 * coders.c - the registry of entropy coders.  To add one: a file beside this one and a line here.
 */
#include "coder.h"

extern const struct coder_ops range_coder_ops;

const struct coder_ops *const coders[] = {
    &range_coder_ops,
    NULL,
};

const struct coder_ops *coder_by_id(uint8_t id)
{
	for (const struct coder_ops *const *c = coders; *c; c++)
		if ((*c)->id == id)
			return *c;
	return NULL;
}
