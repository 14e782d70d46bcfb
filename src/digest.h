/* SPDX-License-Identifier: BSD-2-Clause
 *
 * digest.h - does a stored digest belong to what was read?
 *
 * One function in an object of its own, so that a fuzz target can be linked with another one that
 * always agrees (tests/fuzz/digest.c): what was altered then reaches the coder and the models
 * instead of being refused here.  The sources have no switch for it, and no build of the program or
 * of the library can leave the check out by mistake.
 */
#ifndef TWOPART_DIGEST_H
#define TWOPART_DIGEST_H

#include <stdbool.h>
#include <stdint.h>

bool digest_agrees(uint32_t stored, uint32_t computed);

#endif
