/* SPDX-License-Identifier: BSD-2-Clause
 *
 * vec.h - 16 floats and 16 integers at a time, the same 16 for every form of simd.h.
 *
 * The kernels are written once over the operations below; the file that includes them says with
 * VEC_FORM which instructions they become.  Every operation is one IEEE operation a lane (or
 * exact), so forms cannot differ but by a mistake here, which the self-check of kernels.c is there
 * to find. Widening the vector with the instruction set, as libraries do, would be simpler to
 * write, but a sum over a row would then depend on the width.
 *
 *      struct vec      16 floats           vec_set, _load, _store, _add, _sub, _mul, _div,
 *      struct ints     16 int32            _fma (a b + c), _max, _min,
 *      struct pairs    16 pairs of int16   _load_part, _store_part: the first n < 16 lanes,
 *                                          zeros behind them; _keep: zeros (or fill) from lane n;
 *                                          _swap: lanes 8 to 15, then 0 to 7
 *
 * max(a, b) is a > b ? a : b and min likewise, so that of two zeros or with a NaN it is b: what
 * x86's instructions do.  There is no c - a b, as valgrind gives its zeros the wrong sign.  Trees
 * add lane l + 8 to l, then l + 4, l + 2, l + 1.  Integers wrap.
 */
#ifndef TWOPART_VEC_H
#define TWOPART_VEC_H

#include <stddef.h>
#include <stdint.h>

#ifdef __FAST_MATH__
#error "the bits of the kernels are fixed: not with -ffast-math"
#endif

#if defined(__FLT_EVAL_METHOD__) && __FLT_EVAL_METHOD__ != 0
#error "floats must be computed as floats: not on the x87"
#endif

#define VEC_PLAIN 0
#define VEC_AVX2 1
#define VEC_AVX512 2

#define VEC_LANES 16

/* Without a fused multiply-add everything inline would be long, and gcc works on that for
 * minutes. */
#if VEC_FORM != VEC_PLAIN || defined(__FP_FAST_FMAF) || defined(__FMA__) || defined(__aarch64__)
#define VEC_HAS_FMA 1
#define VEC_INLINE static inline __attribute__((always_inline))
#else
#define VEC_HAS_FMA 0
#define VEC_INLINE static inline
#endif

#if VEC_FORM == VEC_AVX512
#include "vec_avx512.h"
#elif VEC_FORM == VEC_AVX2
#include "vec_avx2.h"
#else
#include "vec_plain.h"
#endif

/* The nearest integer, halves to even, for |x| < 2^22: adding 1.5 2^23 leaves no room for a
 * fraction.  What becomes of other numbers is the same everywhere, too. */
VEC_INLINE struct ints vec_round(struct vec x)
{
	const float magic = 0x1.8p23f;

	return ints_sub(vec_as_ints(vec_add(x, vec_set(magic))), vec_as_ints(vec_set(magic)));
}

VEC_INLINE struct vec vec_abs(struct vec x)
{
	return ints_as_vec(ints_and(vec_as_ints(x), ints_set(INT32_MAX)));
}

#endif
