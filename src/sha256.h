/* SPDX-License-Identifier: BSD-2-Clause
 *
 * sha256.h - a digest that cannot fail.
 */
#ifndef TWOPART_SHA256_H
#define TWOPART_SHA256_H

#include <stddef.h>
#include <stdint.h>

#define SHA256_BYTES 32

void sha256(const void *data, size_t size_bytes, uint8_t digest[SHA256_BYTES]);

#endif
