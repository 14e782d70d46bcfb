/* SPDX-License-Identifier: BSD-2-Clause
 *
 * float_bits.h - a single-precision number and its 32 bits (IEEE 754).
 */
#ifndef TWOPART_FLOAT_BITS_H
#define TWOPART_FLOAT_BITS_H

#include <stdint.h>
#include <string.h>

static inline uint32_t bits_of(float x)
{
	uint32_t u;

	memcpy(&u, &x, sizeof u);
	return u;
}

static inline float float_of(uint32_t u)
{
	float x;

	memcpy(&x, &u, sizeof x);
	return x;
}

#endif
