/* SPDX-License-Identifier: BSD-2-Clause */
#include "digest.h"

bool digest_agrees(uint32_t stored, uint32_t computed)
{
	return stored == computed;
}
