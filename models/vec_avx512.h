/* SPDX-License-Identifier: BSD-2-Clause
 *
 * vec_avx512.h - the operations of vec.h in AVX-512 (F, BW, VL, DQ, VNNI): one register.
 */
#ifndef TWOPART_VEC_AVX512_H
#define TWOPART_VEC_AVX512_H

#include <immintrin.h>
#include <string.h>

#define VEC_TILE_ROWS 12 /* times two panels: 24 of the 32 registers hold sums */
#define VEC_TILE_PANELS 2
#define VEC_INT_ROWS 8

struct vec {
	__m512 v;
};

struct ints {
	__m512i v;
};

struct pairs {
	__m512i v;
};

/* The first n <= 16 lanes. */
VEC_INLINE __mmask16 vec_mask(size_t n)
{
	return (__mmask16)((1u << n) - 1);
}

VEC_INLINE struct vec vec_set(float x)
{
	return (struct vec){_mm512_set1_ps(x)};
}

VEC_INLINE struct vec vec_load(const float *p)
{
	return (struct vec){_mm512_loadu_ps(p)};
}

VEC_INLINE void vec_store(float *p, struct vec v)
{
	_mm512_storeu_ps(p, v.v);
}

VEC_INLINE struct vec vec_load_part(const float *p, size_t n)
{
	return (struct vec){_mm512_maskz_loadu_ps(vec_mask(n), p)};
}

VEC_INLINE void vec_store_part(float *p, struct vec v, size_t n)
{
	_mm512_mask_storeu_ps(p, vec_mask(n), v.v);
}

VEC_INLINE struct vec vec_keep(struct vec v, size_t n, float fill)
{
	return (struct vec){_mm512_mask_blend_ps(vec_mask(n), _mm512_set1_ps(fill), v.v)};
}

VEC_INLINE struct vec vec_swap(struct vec v)
{
	return (struct vec){_mm512_shuffle_f32x4(v.v, v.v, 0x4e)};
}

VEC_INLINE float vec_lane0(struct vec v)
{
	return _mm512_cvtss_f32(v.v);
}

VEC_INLINE struct vec vec_add(struct vec a, struct vec b)
{
	return (struct vec){_mm512_add_ps(a.v, b.v)};
}

VEC_INLINE struct vec vec_sub(struct vec a, struct vec b)
{
	return (struct vec){_mm512_sub_ps(a.v, b.v)};
}

VEC_INLINE struct vec vec_mul(struct vec a, struct vec b)
{
	return (struct vec){_mm512_mul_ps(a.v, b.v)};
}

VEC_INLINE struct vec vec_div(struct vec a, struct vec b)
{
	return (struct vec){_mm512_div_ps(a.v, b.v)};
}

VEC_INLINE struct vec vec_fma(struct vec a, struct vec b, struct vec c)
{
	return (struct vec){_mm512_fmadd_ps(a.v, b.v, c.v)};
}

VEC_INLINE struct vec vec_max(struct vec a, struct vec b)
{
	return (struct vec){_mm512_max_ps(a.v, b.v)};
}

VEC_INLINE struct vec vec_min(struct vec a, struct vec b)
{
	return (struct vec){_mm512_min_ps(a.v, b.v)};
}

/* Not _mm512_reduce_add_ps(), whose order is the compiler's business. */
VEC_INLINE float vec_tree_add(struct vec v)
{
	__m256 eight = _mm256_add_ps(_mm512_castps512_ps256(v.v), _mm512_extractf32x8_ps(v.v, 1));
	__m128 four = _mm_add_ps(_mm256_castps256_ps128(eight), _mm256_extractf128_ps(eight, 1));
	__m128 two = _mm_add_ps(four, _mm_movehl_ps(four, four));

	return _mm_cvtss_f32(_mm_add_ss(two, _mm_movehdup_ps(two)));
}

VEC_INLINE float vec_tree_max(struct vec v)
{
	__m256 eight = _mm256_max_ps(_mm512_castps512_ps256(v.v), _mm512_extractf32x8_ps(v.v, 1));
	__m128 four = _mm_max_ps(_mm256_castps256_ps128(eight), _mm256_extractf128_ps(eight, 1));
	__m128 two = _mm_max_ps(four, _mm_movehl_ps(four, four));

	return _mm_cvtss_f32(_mm_max_ss(two, _mm_movehdup_ps(two)));
}

VEC_INLINE struct ints vec_as_ints(struct vec v)
{
	return (struct ints){_mm512_castps_si512(v.v)};
}

VEC_INLINE struct vec ints_as_vec(struct ints i)
{
	return (struct vec){_mm512_castsi512_ps(i.v)};
}

VEC_INLINE struct vec ints_to_vec(struct ints i)
{
	return (struct vec){_mm512_cvtepi32_ps(i.v)};
}

VEC_INLINE struct ints ints_set(int32_t x)
{
	return (struct ints){_mm512_set1_epi32(x)};
}

VEC_INLINE struct ints ints_load(const int32_t *p)
{
	return (struct ints){_mm512_loadu_si512(p)};
}

VEC_INLINE struct ints ints_load_part(const int32_t *p, size_t n)
{
	return (struct ints){_mm512_maskz_loadu_epi32(vec_mask(n), p)};
}

VEC_INLINE void ints_store(int32_t *p, struct ints i)
{
	_mm512_storeu_si512(p, i.v);
}

VEC_INLINE void ints_store16(int16_t *p, struct ints i)
{
	_mm256_storeu_si256((__m256i *)p, _mm512_cvtepi32_epi16(i.v));
}

VEC_INLINE struct ints ints_add(struct ints a, struct ints b)
{
	return (struct ints){_mm512_add_epi32(a.v, b.v)};
}

VEC_INLINE struct ints ints_sub(struct ints a, struct ints b)
{
	return (struct ints){_mm512_sub_epi32(a.v, b.v)};
}

VEC_INLINE struct ints ints_and(struct ints a, struct ints b)
{
	return (struct ints){_mm512_and_si512(a.v, b.v)};
}

VEC_INLINE struct ints ints_or(struct ints a, struct ints b)
{
	return (struct ints){_mm512_or_si512(a.v, b.v)};
}

VEC_INLINE struct ints ints_shift_left(struct ints a, unsigned bits)
{
	return (struct ints){_mm512_slli_epi32(a.v, bits)};
}

VEC_INLINE struct ints ints_shift_right(struct ints a, unsigned bits)
{
	return (struct ints){_mm512_srai_epi32(a.v, bits)};
}

VEC_INLINE struct pairs pairs_load8(const int8_t *p)
{
	return (struct pairs){_mm512_cvtepi8_epi16(_mm256_loadu_si256((const __m256i *)p))};
}

VEC_INLINE struct ints ints_dot2(struct ints sum, struct pairs w, const int16_t *x)
{
	int32_t both;

	memcpy(&both, x, sizeof both);
	return (struct ints){_mm512_dpwssd_epi32(sum.v, w.v, _mm512_set1_epi32(both))};
}

#endif
