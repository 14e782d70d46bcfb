/* SPDX-License-Identifier: BSD-2-Clause
 *
 * digest.c - linked into a fuzz target in the place of src/digest.c: what was altered is read on.
 */
#include "digest.h"

bool digest_agrees(uint32_t stored, uint32_t computed)
{
	(void)stored;
	(void)computed;
	return true;
}
