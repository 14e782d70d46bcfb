/* SPDX-License-Identifier: BSD-2-Clause
 *
 * vec_avx2.h - the operations of vec.h in AVX2 and FMA: two registers of 8 lanes.
 */
#ifndef TWOPART_VEC_AVX2_H
#define TWOPART_VEC_AVX2_H

#include <immintrin.h>
#include <string.h>

#define VEC_TILE_ROWS 6 /* 12 of the 16 registers hold sums */
#define VEC_TILE_PANELS 1
#define VEC_INT_ROWS 4

struct vec {
	__m256 lo, hi;
};

struct ints {
	__m256i lo, hi;
};

struct pairs {
	__m256i lo, hi;
};

/* Ones in the first n <= 16 lanes. */
VEC_INLINE struct ints vec_mask(size_t n)
{
	__m256i lane = _mm256_setr_epi32(0, 1, 2, 3, 4, 5, 6, 7);
	__m256i end = _mm256_set1_epi32((int)n);

	return (struct ints){
	    _mm256_cmpgt_epi32(end, lane),
	    _mm256_cmpgt_epi32(end, _mm256_add_epi32(lane, _mm256_set1_epi32(8)))};
}

VEC_INLINE struct vec vec_set(float x)
{
	return (struct vec){_mm256_set1_ps(x), _mm256_set1_ps(x)};
}

VEC_INLINE struct vec vec_load(const float *p)
{
	return (struct vec){_mm256_loadu_ps(p), _mm256_loadu_ps(p + 8)};
}

VEC_INLINE void vec_store(float *p, struct vec v)
{
	_mm256_storeu_ps(p, v.lo);
	_mm256_storeu_ps(p + 8, v.hi);
}

VEC_INLINE struct vec vec_load_part(const float *p, size_t n)
{
	struct ints mask = vec_mask(n);

	return (struct vec){_mm256_maskload_ps(p, mask.lo), _mm256_maskload_ps(p + 8, mask.hi)};
}

VEC_INLINE void vec_store_part(float *p, struct vec v, size_t n)
{
	struct ints mask = vec_mask(n);

	_mm256_maskstore_ps(p, mask.lo, v.lo);
	_mm256_maskstore_ps(p + 8, mask.hi, v.hi);
}

VEC_INLINE struct vec vec_keep(struct vec v, size_t n, float fill)
{
	struct ints mask = vec_mask(n);
	__m256 other = _mm256_set1_ps(fill);

	return (struct vec){_mm256_blendv_ps(other, v.lo, _mm256_castsi256_ps(mask.lo)),
			    _mm256_blendv_ps(other, v.hi, _mm256_castsi256_ps(mask.hi))};
}

VEC_INLINE struct vec vec_swap(struct vec v)
{
	return (struct vec){v.hi, v.lo};
}

VEC_INLINE float vec_lane0(struct vec v)
{
	return _mm256_cvtss_f32(v.lo);
}

VEC_INLINE struct vec vec_add(struct vec a, struct vec b)
{
	return (struct vec){_mm256_add_ps(a.lo, b.lo), _mm256_add_ps(a.hi, b.hi)};
}

VEC_INLINE struct vec vec_sub(struct vec a, struct vec b)
{
	return (struct vec){_mm256_sub_ps(a.lo, b.lo), _mm256_sub_ps(a.hi, b.hi)};
}

VEC_INLINE struct vec vec_mul(struct vec a, struct vec b)
{
	return (struct vec){_mm256_mul_ps(a.lo, b.lo), _mm256_mul_ps(a.hi, b.hi)};
}

VEC_INLINE struct vec vec_div(struct vec a, struct vec b)
{
	return (struct vec){_mm256_div_ps(a.lo, b.lo), _mm256_div_ps(a.hi, b.hi)};
}

VEC_INLINE struct vec vec_fma(struct vec a, struct vec b, struct vec c)
{
	return (struct vec){_mm256_fmadd_ps(a.lo, b.lo, c.lo),
			    _mm256_fmadd_ps(a.hi, b.hi, c.hi)};
}

VEC_INLINE struct vec vec_max(struct vec a, struct vec b)
{
	return (struct vec){_mm256_max_ps(a.lo, b.lo), _mm256_max_ps(a.hi, b.hi)};
}

VEC_INLINE struct vec vec_min(struct vec a, struct vec b)
{
	return (struct vec){_mm256_min_ps(a.lo, b.lo), _mm256_min_ps(a.hi, b.hi)};
}

VEC_INLINE float vec_tree_add(struct vec v)
{
	__m256 eight = _mm256_add_ps(v.lo, v.hi);
	__m128 four = _mm_add_ps(_mm256_castps256_ps128(eight), _mm256_extractf128_ps(eight, 1));
	__m128 two = _mm_add_ps(four, _mm_movehl_ps(four, four));

	return _mm_cvtss_f32(_mm_add_ss(two, _mm_movehdup_ps(two)));
}

VEC_INLINE float vec_tree_max(struct vec v)
{
	__m256 eight = _mm256_max_ps(v.lo, v.hi);
	__m128 four = _mm_max_ps(_mm256_castps256_ps128(eight), _mm256_extractf128_ps(eight, 1));
	__m128 two = _mm_max_ps(four, _mm_movehl_ps(four, four));

	return _mm_cvtss_f32(_mm_max_ss(two, _mm_movehdup_ps(two)));
}

VEC_INLINE struct ints vec_as_ints(struct vec v)
{
	return (struct ints){_mm256_castps_si256(v.lo), _mm256_castps_si256(v.hi)};
}

VEC_INLINE struct vec ints_as_vec(struct ints i)
{
	return (struct vec){_mm256_castsi256_ps(i.lo), _mm256_castsi256_ps(i.hi)};
}

VEC_INLINE struct vec ints_to_vec(struct ints i)
{
	return (struct vec){_mm256_cvtepi32_ps(i.lo), _mm256_cvtepi32_ps(i.hi)};
}

VEC_INLINE struct ints ints_set(int32_t x)
{
	return (struct ints){_mm256_set1_epi32(x), _mm256_set1_epi32(x)};
}

VEC_INLINE struct ints ints_load(const int32_t *p)
{
	return (struct ints){_mm256_loadu_si256((const __m256i *)p),
			     _mm256_loadu_si256((const __m256i *)(p + 8))};
}

VEC_INLINE struct ints ints_load_part(const int32_t *p, size_t n)
{
	struct ints mask = vec_mask(n);

	return (struct ints){_mm256_maskload_epi32(p, mask.lo),
			     _mm256_maskload_epi32(p + 8, mask.hi)};
}

VEC_INLINE void ints_store(int32_t *p, struct ints i)
{
	_mm256_storeu_si256((__m256i *)p, i.lo);
	_mm256_storeu_si256((__m256i *)(p + 8), i.hi);
}

/* Packing works in each half of a register: quarters 0, 2, 1, 3 come out. */
VEC_INLINE void ints_store16(int16_t *p, struct ints i)
{
	__m256i packed = _mm256_packs_epi32(i.lo, i.hi);

	_mm256_storeu_si256((__m256i *)p, _mm256_permute4x64_epi64(packed, 0xd8));
}

VEC_INLINE struct ints ints_add(struct ints a, struct ints b)
{
	return (struct ints){_mm256_add_epi32(a.lo, b.lo), _mm256_add_epi32(a.hi, b.hi)};
}

VEC_INLINE struct ints ints_sub(struct ints a, struct ints b)
{
	return (struct ints){_mm256_sub_epi32(a.lo, b.lo), _mm256_sub_epi32(a.hi, b.hi)};
}

VEC_INLINE struct ints ints_and(struct ints a, struct ints b)
{
	return (struct ints){_mm256_and_si256(a.lo, b.lo), _mm256_and_si256(a.hi, b.hi)};
}

VEC_INLINE struct ints ints_or(struct ints a, struct ints b)
{
	return (struct ints){_mm256_or_si256(a.lo, b.lo), _mm256_or_si256(a.hi, b.hi)};
}

VEC_INLINE struct ints ints_shift_left(struct ints a, int bits)
{
	return (struct ints){_mm256_slli_epi32(a.lo, bits), _mm256_slli_epi32(a.hi, bits)};
}

VEC_INLINE struct ints ints_shift_right(struct ints a, int bits)
{
	return (struct ints){_mm256_srai_epi32(a.lo, bits), _mm256_srai_epi32(a.hi, bits)};
}

VEC_INLINE struct pairs pairs_load8(const int8_t *p)
{
	return (struct pairs){
	    _mm256_cvtepi8_epi16(_mm_loadu_si128((const __m128i *)p)),
	    _mm256_cvtepi8_epi16(_mm_loadu_si128((const __m128i *)(p + 16)))};
}

VEC_INLINE struct ints ints_dot2(struct ints sum, struct pairs w, const int16_t *x)
{
	int32_t both;

	memcpy(&both, x, sizeof both);

	__m256i pair = _mm256_set1_epi32(both);

	return (struct ints){_mm256_add_epi32(sum.lo, _mm256_madd_epi16(w.lo, pair)),
			     _mm256_add_epi32(sum.hi, _mm256_madd_epi16(w.hi, pair))};
}

#endif
