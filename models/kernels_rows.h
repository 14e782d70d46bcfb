/* SPDX-License-Identifier: BSD-2-Clause
 *
 * kernels_rows.h - sums and maps over rows of floats (part of kernels_body.h).
 *
 * Each kernel is a step on `count` lanes from element i on: 16 but for the last, where the lanes
 * behind the end hold zeros.  FOR_LANES() writes the step twice, so that the compiler knows in the
 * loop that count is 16, and loads and stores whole vectors.
 */
#ifndef TWOPART_KERNELS_ROWS_H
#define TWOPART_KERNELS_ROWS_H

#include "kernels.h"
#include "kernels_functions.h"

#define FOR_LANES(n, step, ...)                                                                    \
	do {                                                                                       \
		size_t i_ = 0;                                                                     \
		for (; (n) - i_ >= VEC_LANES; i_ += VEC_LANES)                                     \
			step(i_, VEC_LANES, __VA_ARGS__);                                          \
		if (i_ < (n))                                                                      \
			step(i_, (n) - i_, __VA_ARGS__);                                           \
	} while (0)

VEC_INLINE struct vec load(const float *p, size_t count)
{
	return count == VEC_LANES ? vec_load(p) : vec_load_part(p, count);
}

VEC_INLINE void store(float *p, struct vec v, size_t count)
{
	if (count == VEC_LANES)
		vec_store(p, v);
	else
		vec_store_part(p, v, count);
}

VEC_INLINE struct vec keep(struct vec v, size_t count, float fill)
{
	return count == VEC_LANES ? v : vec_keep(v, count, fill);
}

#define DEFINE_FUNCTION(name)                                                                      \
	VEC_INLINE void name##_step(size_t i, size_t count, float *y, const float *x)              \
	{                                                                                          \
		store(y + i, name##_lanes(load(x + i, count)), count);                             \
	}                                                                                          \
                                                                                                   \
	static void name##_row(float *y, const float *x, size_t n)                                 \
	{                                                                                          \
		FOR_LANES(n, name##_step, y, x);                                                   \
	}

DEFINE_FUNCTION(exp)
DEFINE_FUNCTION(log)
DEFINE_FUNCTION(tanh)
DEFINE_FUNCTION(rsqrt)
DEFINE_FUNCTION(gelu)

VEC_INLINE void sum_step(size_t i, size_t count, const float *x, struct vec *sum)
{
	*sum = vec_add(*sum, load(x + i, count));
}

static float sum_row(const float *x, size_t n)
{
	struct vec sum = vec_set(0);

	FOR_LANES(n, sum_step, x, &sum);
	return vec_tree_add(sum);
}

/* Of two zeros the earlier in a lane stays; NaN is passed over. */
VEC_INLINE void max_step(size_t i, size_t count, const float *x, struct vec *max)
{
	*max = vec_max(keep(load(x + i, count), count, -__builtin_inff()), *max);
}

static float max_row(const float *x, size_t n)
{
	struct vec max = vec_set(-__builtin_inff());

	FOR_LANES(n, max_step, x, &max);
	return vec_tree_max(max);
}

VEC_INLINE void dot_step(size_t i, size_t count, const float *x, const float *y, struct vec *sum)
{
	*sum = vec_fma(load(x + i, count), load(y + i, count), *sum);
}

static float dot_row(const float *x, const float *y, size_t n)
{
	struct vec sum = vec_set(0);

	FOR_LANES(n, dot_step, x, y, &sum);
	return vec_tree_add(sum);
}

VEC_INLINE void add_step(size_t i, size_t count, float *y, const float *x)
{
	store(y + i, vec_add(load(y + i, count), load(x + i, count)), count);
}

static void add_row(float *y, const float *x, size_t n)
{
	FOR_LANES(n, add_step, y, x);
}

VEC_INLINE void axpy_step(size_t i, size_t count, float *y, float a, const float *x)
{
	store(y + i, vec_fma(vec_set(a), load(x + i, count), load(y + i, count)), count);
}

static void axpy_row(float *y, float a, const float *x, size_t n)
{
	FOR_LANES(n, axpy_step, y, a, x);
}

#define NORM_EPSILON 1e-5f

/* y = (x r) g. */
VEC_INLINE void rms_step(size_t i, size_t count, float *y, const float *x, const float *g, float r)
{
	struct vec scaled = vec_mul(load(x + i, count), vec_set(r));

	store(y + i, vec_mul(scaled, load(g + i, count)), count);
}

static float rms_norm_row(float *y, const float *x, const float *g, size_t n)
{
	float mean = dot_row(x, x, n) / (float)n;
	float r = vec_lane0(rsqrt_lanes(vec_set(mean + NORM_EPSILON)));

	FOR_LANES(n, rms_step, y, x, g, r);
	return r;
}

/* What the gradient shares among all of a row: S = sum over k of dy_k g_k x_k. */
VEC_INLINE void rms_share_step(size_t i, size_t count, const float *dy, const float *x,
			       const float *g, struct vec *sum)
{
	struct vec t = vec_mul(load(dy + i, count), load(g + i, count));

	*sum = vec_fma(t, load(x + i, count), *sum);
}

/* dx += r (dy g + share x), dg += dy (x r). */
VEC_INLINE void rms_back_step(size_t i, size_t count, float *dx, float *dg, const float *dy,
			      const float *x, const float *g, float r, float share)
{
	struct vec dyi = load(dy + i, count), xi = load(x + i, count);
	struct vec t = vec_fma(vec_set(share), xi, vec_mul(dyi, load(g + i, count)));
	struct vec scaled = vec_mul(xi, vec_set(r));

	store(dx + i, vec_fma(vec_set(r), t, load(dx + i, count)), count);
	store(dg + i, vec_fma(dyi, scaled, load(dg + i, count)), count);
}

static void rms_norm_backward_row(float *dx, float *dg, const float *dy, const float *x,
				  const float *g, float r, size_t n)
{
	struct vec sum = vec_set(0);

	FOR_LANES(n, rms_share_step, dy, x, g, &sum);

	float share = vec_tree_add(sum) * r * r / -(float)n;

	FOR_LANES(n, rms_back_step, dx, dg, dy, x, g, r, share);
}

VEC_INLINE void gelu_back_step(size_t i, size_t count, float *dx, const float *dy, const float *x)
{
	struct vec slope = gelu_slope_lanes(load(x + i, count));

	store(dx + i, vec_mul(load(dy + i, count), slope), count);
}

static void gelu_backward_row(float *dx, const float *dy, const float *x, size_t n)
{
	FOR_LANES(n, gelu_back_step, dx, dy, x);
}

VEC_INLINE void softmax_step(size_t i, size_t count, float *y, const float *x, float max,
			     struct vec *sum)
{
	struct vec e = exp_lanes(vec_sub(load(x + i, count), vec_set(max)));

	store(y + i, e, count);
	*sum = vec_add(*sum, keep(e, count, 0));
}

static float softmax_row(float *y, const float *x, size_t n)
{
	float max = max_row(x, n);
	struct vec sum = vec_set(0);

	FOR_LANES(n, softmax_step, y, x, max, &sum);
	return vec_tree_add(sum);
}

VEC_INLINE void abs_step(size_t i, size_t count, const float *x, struct vec *max)
{
	*max = vec_max(vec_abs(load(x + i, count)), *max);
}

#define QUANTISE_MIN 0x1p-100f /* below it limit / max would overflow */

/* Clamped, whatever rounding or a number that is none made of the product. */
VEC_INLINE void quantise_step(size_t i, size_t count, int16_t *q, const float *x, float scale,
			      float limit)
{
	struct vec v = vec_mul(load(x + i, count), vec_set(scale));
	struct ints rounded = vec_round(vec_max(vec_min(v, vec_set(limit)), vec_set(-limit)));

	if (count == VEC_LANES) {
		ints_store16(q + i, rounded);
	} else {
		int16_t last[VEC_LANES];

		ints_store16(last, rounded);
		memcpy(q + i, last, count * sizeof *last);
	}
}

static float quantise_row(int16_t *q, const float *x, size_t n, int limit)
{
	struct vec lanes = vec_set(0);

	FOR_LANES(n, abs_step, x, &lanes);

	float max = vec_tree_max(lanes);

	if (max < QUANTISE_MIN) {
		memset(q, 0, n * sizeof *q);
		return 0;
	}
	FOR_LANES(n, quantise_step, q, x, (float)limit / max, (float)limit);
	return max / (float)limit;
}

VEC_INLINE void rescale_step(size_t i, size_t count, float *y, const int32_t *x, float a,
			     const float *scale)
{
	struct ints whole = count == VEC_LANES ? ints_load(x + i) : ints_load_part(x + i, count);
	struct vec v = vec_mul(ints_to_vec(whole), vec_set(a));

	store(y + i, vec_mul(v, load(scale + i, count)), count);
}

static void rescale_row(float *y, const int32_t *x, float a, const float *scale, size_t n)
{
	FOR_LANES(n, rescale_step, y, x, a, scale);
}

/*
 *      m += (1 - beta1) (g - m)          v += (1 - beta2) (g^2 - v)       g: scaled
 *      w -= decay w;  w -= rate m' / (sqrt v' + epsilon)                  m', v': corrected
 *
 * sqrt v is v / sqrt v: 0 at 0, and too small by up to half for subnormal v.
 */
VEC_INLINE void adamw_step(size_t i, size_t count, float *w, float *m, float *v, const float *g,
			   const struct adamw *s)
{
	struct vec gi = vec_mul(load(g + i, count), vec_set(s->gradient_scale));
	struct vec mi = load(m + i, count), vi = load(v + i, count), wi = load(w + i, count);

	mi = vec_fma(vec_set(1 - s->beta1), vec_sub(gi, mi), mi);
	vi = vec_fma(vec_set(1 - s->beta2), vec_sub(vec_mul(gi, gi), vi), vi);

	struct vec v1 = vec_mul(vi, vec_set(s->correct2));
	struct vec below = vec_fma(v1, rsqrt_lanes(v1), vec_set(s->epsilon));
	struct vec step = vec_div(vec_mul(mi, vec_set(s->correct1)), below);

	wi = vec_fma(vec_set(-s->decay), wi, wi);
	store(w + i, vec_fma(vec_set(-s->rate), step, wi), count);
	store(m + i, mi, count);
	store(v + i, vi, count);
}

static void adamw_row(float *w, float *m, float *v, const float *g, const struct adamw *s, size_t n)
{
	FOR_LANES(n, adamw_step, w, m, v, g, s);
}

#endif
