/* SPDX-License-Identifier: BSD-2-Clause
 *
 * kernels_functions.h - exp, log, tanh, rsqrt and GELU on 16 lanes (part of kernels_body.h).
 *
 * An argument is reduced exactly (or nearly so), then a polynomial in Horner's form with fused
 * multiply-adds follows, so the whole is some ten operations.  The coefficients are minimax fits of
 * our own, by Remez exchange in 40 digits, rounded to single precision.  The errors stated, in
 * units of the last place of the result (ulp), were measured over a dense set of arguments;
 * tests/test_kernels.c checks them.  NaN in, NaN out; in the sense of IEEE, not of its payload.
 */
#ifndef TWOPART_KERNELS_FUNCTIONS_H
#define TWOPART_KERNELS_FUNCTIONS_H

#include "vec.h"

#define LOG2_E 0x1.715476p+0f
#define LN2_HIGH 0x1.62e4p-1f /* 15 bits: its products with exponents are exact */
#define LN2_LOW 0x1.7f7d1cp-20f
#define SQRT_HALF_BITS 0x3f3504f3 /* of sqrt(1/2) */
#define MANTISSA_BITS 23
#define EXPONENT_BIAS 127
#define RSQRT_BITS 0x5f375a86 /* less half the bits of x: the first guess */

#define EXP_MIN (-87.0f) /* the result stays normal */
#define EXP_MAX 88.0f

/* e^x = 2^n (1 + q): the power of two, and q = e^r - 1 for x = n ln 2 + r, |r| <= 0.347, as
 * r + r^2 P(r); relative error of q below 2e-8 before rounding. */
struct exp_parts {
	struct vec power, q;
};

VEC_INLINE struct exp_parts exp_split(struct vec x)
{
	/* The limits stand first, so that NaN passes. */
	x = vec_min(vec_set(EXP_MAX), vec_max(vec_set(EXP_MIN), x));

	struct ints n = vec_round(vec_mul(x, vec_set(LOG2_E)));
	struct vec turns = ints_to_vec(n);
	struct vec r = vec_fma(turns, vec_set(-LN2_LOW),
			       vec_fma(turns, vec_set(-LN2_HIGH), x));
	struct vec p = vec_set(0x1.6d99bep-10f);

	p = vec_fma(p, r, vec_set(0x1.12288p-7f));
	p = vec_fma(p, r, vec_set(0x1.555486p-5f));
	p = vec_fma(p, r, vec_set(0x1.5554aep-3f));
	p = vec_fma(p, r, vec_set(0.5f));
	n = ints_shift_left(ints_add(n, ints_set(EXPONENT_BIAS)), MANTISSA_BITS);
	return (struct exp_parts){ints_as_vec(n), vec_fma(vec_mul(r, r), p, r)};
}

/* Error below 1.1 ulp. */
VEC_INLINE struct vec exp_lanes(struct vec x)
{
	struct exp_parts e = exp_split(x);

	return vec_fma(e.power, e.q, e.power);
}

/* x = m 2^e, m in [sqrt(1/2), sqrt(2)), f = m - 1: log x = e ln 2 + f - f^2 / 2 + f^3 Q(f).
 * Error below 0.9 ulp. */
VEC_INLINE struct vec log_lanes(struct vec x)
{
	struct ints bits = vec_as_ints(x);
	struct ints e = ints_shift_right(ints_sub(bits, ints_set(SQRT_HALF_BITS)), MANTISSA_BITS);
	struct vec m = ints_as_vec(ints_sub(bits, ints_shift_left(e, MANTISSA_BITS)));
	struct vec f = vec_sub(m, vec_set(1)), f2 = vec_mul(f, f), power = ints_to_vec(e);
	struct vec q = vec_set(-0x1.38b57cp-4f);

	q = vec_fma(q, f, vec_set(0x1.055b68p-3f));
	q = vec_fma(q, f, vec_set(-0x1.0d8542p-3f));
	q = vec_fma(q, f, vec_set(0x1.22da1ep-3f));
	q = vec_fma(q, f, vec_set(-0x1.547244p-3f));
	q = vec_fma(q, f, vec_set(0x1.99a008p-3f));
	q = vec_fma(q, f, vec_set(-0x1.000226p-2f));
	q = vec_fma(q, f, vec_set(0x1.555554p-2f));
	q = vec_fma(power, vec_set(LN2_LOW), vec_mul(vec_mul(f2, f), q));
	q = vec_fma(f2, vec_set(-0.5f), q);
	return vec_fma(power, vec_set(LN2_HIGH), vec_add(f, q));
}

/* tanh |x| = -g / (2 + g) with g = e^(-2 |x|) - 1, which the parts of exp give without
 * cancellation; the sign comes back at the end.  Error below 2.6 ulp. */
VEC_INLINE struct vec tanh_lanes(struct vec x)
{
	struct ints sign = ints_and(vec_as_ints(x), ints_set(INT32_MIN));
	struct exp_parts e = exp_split(vec_mul(vec_abs(x), vec_set(-2)));
	struct vec g = vec_fma(e.power, e.q, vec_sub(e.power, vec_set(1)));
	struct vec t = vec_div(vec_abs(g), vec_add(g, vec_set(2)));

	return ints_as_vec(ints_or(vec_as_ints(t), sign));
}

/* Halving the exponent gives 1 / sqrt x to 4 %; each step of Newton, y += y (1 - x y^2) / 2,
 * squares the error: three suffice.  Error below 1.1 ulp, 2.1 below 2^-125 where x / 2 is rounded.
 * */
VEC_INLINE struct vec rsqrt_lanes(struct vec x)
{
	struct ints half = ints_shift_right(vec_as_ints(x), 1);
	struct vec y = ints_as_vec(ints_sub(ints_set(RSQRT_BITS), half));
	struct vec minus_half = vec_mul(x, vec_set(-0.5f));

	for (int step = 0; step < 3; step++) {
		struct vec error = vec_fma(vec_mul(minus_half, y), y, vec_set(0.5f));

		y = vec_fma(y, error, y);
	}
	return y;
}

#define GELU_SLOPE 0x1.988454p-1f /* sqrt(2 / pi) */
#define GELU_CUBIC 0.044715f
#define GELU_END 10.0f /* beyond it the slope is 0 or 1 in single precision */

/* x clamped to +-GELU_END, e = e^-2u and s = 1 / (1 + e), u = sqrt(2/pi) (x + 0.044715 x^3): with
 * it (1 + tanh u) / 2 = s, and GELU is x s.  Error below 2e-7 |x|, of the slope 4e-7. */
struct gelu_parts {
	struct vec x, x2, e, s;
};

VEC_INLINE struct gelu_parts gelu_split(struct vec x)
{
	struct gelu_parts g;

	g.x = vec_min(vec_set(GELU_END), vec_max(vec_set(-GELU_END), x));
	g.x2 = vec_mul(g.x, g.x);

	struct vec u = vec_mul(g.x, vec_fma(g.x2, vec_set(-2 * GELU_SLOPE * GELU_CUBIC),
					    vec_set(-2 * GELU_SLOPE)));

	g.e = exp_lanes(u);
	g.s = vec_div(vec_set(1), vec_add(vec_set(1), g.e));
	return g;
}

VEC_INLINE struct vec gelu_lanes(struct vec x)
{
	return vec_mul(x, gelu_split(x).s);
}

/* d(x s)/dx = s + x s (1 - s) 2 u', and 1 - s is e s without cancellation. */
VEC_INLINE struct vec gelu_slope_lanes(struct vec x)
{
	struct gelu_parts g = gelu_split(x);
	struct vec du = vec_fma(g.x2, vec_set(6 * GELU_SLOPE * GELU_CUBIC),
				vec_set(2 * GELU_SLOPE));
	struct vec rest = vec_mul(vec_mul(g.x, du), vec_mul(g.e, g.s));

	return vec_fma(rest, g.s, g.s);
}

#endif
