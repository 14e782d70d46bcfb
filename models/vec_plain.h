/* SPDX-License-Identifier: BSD-2-Clause
 *
 * vec_plain.h - the operations of vec.h in C: what every target has, and the others must equal.
 *
 * Loops over 16 lanes, which compilers turn into the vectors of the target where they can.  The
 * fused multiply-add is an instruction on most targets; x86-64 without FMA makes it of doubles.
 */
#ifndef TWOPART_VEC_PLAIN_H
#define TWOPART_VEC_PLAIN_H

#include <string.h>

#define VEC_TILE_ROWS 4  /* of a tile of sums that registers hold */
#define VEC_TILE_PANELS 1
#define VEC_INT_ROWS 4

struct vec {
	float x[VEC_LANES];
};

struct ints {
	int32_t x[VEC_LANES];
};

struct pairs {
	int16_t x[2 * VEC_LANES];
};

#define VEC_EACH_LANE for (int l = 0; l < VEC_LANES; l++)

VEC_INLINE struct vec vec_set(float x)
{
	struct vec v;

	VEC_EACH_LANE v.x[l] = x;
	return v;
}

VEC_INLINE struct vec vec_load(const float *p)
{
	struct vec v;

	memcpy(v.x, p, sizeof v.x);
	return v;
}

VEC_INLINE void vec_store(float *p, struct vec v)
{
	memcpy(p, v.x, sizeof v.x);
}

VEC_INLINE struct vec vec_load_part(const float *p, size_t n)
{
	struct vec v = {{0}};

	memcpy(v.x, p, n * sizeof *p);
	return v;
}

VEC_INLINE void vec_store_part(float *p, struct vec v, size_t n)
{
	memcpy(p, v.x, n * sizeof *p);
}

VEC_INLINE struct vec vec_keep(struct vec v, size_t n, float fill)
{
	VEC_EACH_LANE v.x[l] = (size_t)l < n ? v.x[l] : fill;
	return v;
}

VEC_INLINE struct vec vec_swap(struct vec v)
{
	struct vec swapped;

	VEC_EACH_LANE swapped.x[l] = v.x[(l + VEC_LANES / 2) % VEC_LANES];
	return swapped;
}

VEC_INLINE float vec_lane0(struct vec v)
{
	return v.x[0];
}

VEC_INLINE struct vec vec_add(struct vec a, struct vec b)
{
	VEC_EACH_LANE a.x[l] += b.x[l];
	return a;
}

VEC_INLINE struct vec vec_sub(struct vec a, struct vec b)
{
	VEC_EACH_LANE a.x[l] -= b.x[l];
	return a;
}

VEC_INLINE struct vec vec_mul(struct vec a, struct vec b)
{
	VEC_EACH_LANE a.x[l] *= b.x[l];
	return a;
}

VEC_INLINE struct vec vec_div(struct vec a, struct vec b)
{
	VEC_EACH_LANE a.x[l] /= b.x[l];
	return a;
}

#if VEC_HAS_FMA
VEC_INLINE struct vec vec_fma(struct vec a, struct vec b, struct vec c)
{
	VEC_EACH_LANE c.x[l] = __builtin_fmaf(a.x[l], b.x[l], c.x[l]);
	return c;
}
#else
typedef float two_floats __attribute__((vector_size(8)));
typedef double two_doubles __attribute__((vector_size(16)));
typedef uint64_t two_words __attribute__((vector_size(16)));

/*
 * a b + c, rounded once, without an instruction for it.  The product of two floats is exact in
 * double precision, and so is the error of the sum (Knuth's two-sum).  A sum that was rounded is
 * made odd, by truncating it and setting the last bit, so that it cannot stand on a tie when it is
 * rounded again, to a float.  Two at a time, as vectors of two doubles are found wherever there is
 * no such instruction; calls of the C library's fmaf() are slower, and depend on that.
 */
VEC_INLINE two_floats two_fma(two_floats a, two_floats b, two_floats c0)
{
	two_doubles c = __builtin_convertvector(c0, two_doubles);
	two_doubles product = __builtin_convertvector(a, two_doubles) *
			      __builtin_convertvector(b, two_doubles);
	two_doubles sum = product + c, part = sum - product;
	two_doubles error = (product - (sum - part)) + (c - part);
	two_words rounded = (two_words)(error < 0) | (two_words)(error > 0); /* not of NaN */
	two_words bits = (two_words)sum;

	bits = (bits - (rounded & ((bits ^ (two_words)error) >> 63))) | (rounded & 1);
	return __builtin_convertvector((two_doubles)bits, two_floats);
}

VEC_INLINE struct vec vec_fma(struct vec a, struct vec b, struct vec c)
{
	for (int l = 0; l < VEC_LANES; l += 2) {
		two_floats x, y, z;

		memcpy(&x, a.x + l, sizeof x);
		memcpy(&y, b.x + l, sizeof y);
		memcpy(&z, c.x + l, sizeof z);
		z = two_fma(x, y, z);
		memcpy(c.x + l, &z, sizeof z);
	}
	return c;
}
#endif

VEC_INLINE struct vec vec_max(struct vec a, struct vec b)
{
	VEC_EACH_LANE a.x[l] = a.x[l] > b.x[l] ? a.x[l] : b.x[l];
	return a;
}

VEC_INLINE struct vec vec_min(struct vec a, struct vec b)
{
	VEC_EACH_LANE a.x[l] = a.x[l] < b.x[l] ? a.x[l] : b.x[l];
	return a;
}

VEC_INLINE float vec_tree_add(struct vec v)
{
	for (int half = VEC_LANES / 2; half; half /= 2)
		for (int l = 0; l < half; l++)
			v.x[l] += v.x[l + half];
	return v.x[0];
}

VEC_INLINE float vec_tree_max(struct vec v)
{
	for (int half = VEC_LANES / 2; half; half /= 2)
		for (int l = 0; l < half; l++)
			v.x[l] = v.x[l] > v.x[l + half] ? v.x[l] : v.x[l + half];
	return v.x[0];
}

VEC_INLINE struct ints vec_as_ints(struct vec v)
{
	struct ints i;

	memcpy(i.x, v.x, sizeof i.x);
	return i;
}

VEC_INLINE struct vec ints_as_vec(struct ints i)
{
	struct vec v;

	memcpy(v.x, i.x, sizeof v.x);
	return v;
}

VEC_INLINE struct vec ints_to_vec(struct ints i)
{
	struct vec v;

	VEC_EACH_LANE v.x[l] = (float)i.x[l];
	return v;
}

VEC_INLINE struct ints ints_set(int32_t x)
{
	struct ints i;

	VEC_EACH_LANE i.x[l] = x;
	return i;
}

VEC_INLINE struct ints ints_load(const int32_t *p)
{
	struct ints i;

	memcpy(i.x, p, sizeof i.x);
	return i;
}

VEC_INLINE struct ints ints_load_part(const int32_t *p, size_t n)
{
	struct ints i = {{0}};

	memcpy(i.x, p, n * sizeof *p);
	return i;
}

VEC_INLINE void ints_store(int32_t *p, struct ints i)
{
	memcpy(p, i.x, sizeof i.x);
}

/* As int16, which they fit. */
VEC_INLINE void ints_store16(int16_t *p, struct ints i)
{
	VEC_EACH_LANE p[l] = (int16_t)i.x[l];
}

VEC_INLINE struct ints ints_add(struct ints a, struct ints b)
{
	VEC_EACH_LANE a.x[l] = (int32_t)((uint32_t)a.x[l] + (uint32_t)b.x[l]);
	return a;
}

VEC_INLINE struct ints ints_sub(struct ints a, struct ints b)
{
	VEC_EACH_LANE a.x[l] = (int32_t)((uint32_t)a.x[l] - (uint32_t)b.x[l]);
	return a;
}

VEC_INLINE struct ints ints_and(struct ints a, struct ints b)
{
	VEC_EACH_LANE a.x[l] &= b.x[l];
	return a;
}

VEC_INLINE struct ints ints_or(struct ints a, struct ints b)
{
	VEC_EACH_LANE a.x[l] |= b.x[l];
	return a;
}

VEC_INLINE struct ints ints_shift_left(struct ints a, int bits)
{
	VEC_EACH_LANE a.x[l] = (int32_t)((uint32_t)a.x[l] << bits);
	return a;
}

/* Copies of the sign come in, as every compiler of ours does it. */
VEC_INLINE struct ints ints_shift_right(struct ints a, int bits)
{
	VEC_EACH_LANE a.x[l] >>= bits;
	return a;
}

VEC_INLINE struct pairs pairs_load8(const int8_t *p)
{
	struct pairs w;

	for (int l = 0; l < 2 * VEC_LANES; l++)
		w.x[l] = p[l];
	return w;
}

/* Each lane of the sums: + w0 x[0] + w1 x[1]. */
VEC_INLINE struct ints ints_dot2(struct ints sum, struct pairs w, const int16_t *x)
{
	VEC_EACH_LANE sum.x[l] = (int32_t)((uint32_t)sum.x[l] + (uint32_t)(w.x[2 * l] * x[0]) +
					   (uint32_t)(w.x[2 * l + 1] * x[1]));
	return sum;
}

#endif
