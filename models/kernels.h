/* SPDX-License-Identifier: BSD-2-Clause
 *
 * kernels.h - the numeric work of the transformer, in several forms that agree to the last bit.
 *
 * One generic source (kernels_body.h over vec.h) is compiled once for each form of simd.h.  They
 * agree because the order of every operation that rounds is fixed here, and not left to a form:
 *
 *   products   each output is one chain of fused multiply-adds, k ascending, that starts at 0 or
 *              at what the output held; lanes run over outputs, never along k
 *   integers   products of small integers are summed exactly, in any order
 *   rows       sums and maxima: 16 lanes, lane l takes elements l, l + 16, ..; then the tree
 *              8, 4, 2, 1 (lane l += lane l + 8, ..)
 *   functions  exp, log, tanh, rsqrt: polynomials of our own from + - * / fma and integer
 *              operations, the same for every lane; their error bounds stand at each
 *              (kernels_functions.h)
 *   formulas   one operation after the other, as written in kernels_rows.h and, number by number,
 *              in tests/test_kernels.c
 *
 * All assume round-to-nearest and subnormal numbers (struct float_guard, float_guard.h): flushing
 * to zero is not the same on every architecture, so it is switched off.
 *
 * Rows need no alignment.  Unless said otherwise outputs may be their inputs, but not overlap in
 * another way, and n may be any number.
 */
#ifndef TWOPART_KERNELS_H
#define TWOPART_KERNELS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define KERNEL_LANES 16 /* of a panel of outputs, and of the sums over rows */

/*
 * c(i, j) = (accumulate ? c(i, j) : 0) + sum over t of a(i, t) b(t, j)
 *
 * b comes as panels of 16 columns: b(t, j) = b[j/16 * b_panel + t * b_k + j%16].  That is what
 * gemm_pack() makes (b_panel = 16 k, b_k = 16), and also what any row-major matrix with n a
 * multiple of 16 is (b_panel = 16, b_k = its row).  The lanes of the last panel beyond n must be
 * readable.
 */
struct gemm {
	size_t m, n, k;
	const float *a;
	size_t a_row, a_k; /* a(i, t) = a[i * a_row + t * a_k] */
	const float *b;
	size_t b_panel, b_k;
	float *c;
	size_t c_row; /* c(i, j) = c[i * c_row + j] */
	bool accumulate;
};

/*
 * y(i, j) = sum over t of x(i, t) w(t, j), exact in 32 bits if the caller's numbers are small
 * enough: |x| max |w| max k < 2^31.  w comes as panels of 16 columns and pairs of k:
 * w[((j/16 * k/2 + t/2) * 16 + j%16) * 2 + t%2]; k is even, and n is rounded up to a multiple of 16
 * by whoever makes w and y.
 */
struct int_product {
	size_t m, n, k;
	const int16_t *x; /* (m, k) row i at x + i * x_row; |x| < 2^15 */
	size_t x_row;
	const int8_t *w;
	int32_t *y; /* (m, n) row i at y + i * y_row */
	size_t y_row;
};

/*
 * y(i, j) = (float)p(i, j) x_scale[i] w_scale[j], p the product above: a matrix of rounded weights
 * times rows of rounded activations.  n is a multiple of 16.
 */
struct linear {
	size_t m, n, k;
	const int16_t *x;
	size_t x_row;
	const float *x_scale; /* (m) */
	const int8_t *w;
	const float *w_scale; /* (n) */
	float *y;
	size_t y_row;
};

/*
 * One position's attention in one layer: its keys and values join the stored ones, and its queries
 * look at all that are in use.  For each head of `width` components (a multiple of 16):
 *
 *      queries and keys   turned: y = x cosine + swap(x) sine, 16 components at a time, whose
 *                         halves are the two parts of eight pairs; sine is -sin of the angle for
 *                         the first half
 *      key, value         rounded to 127 steps, stored in `slot` with their scale
 *      score_t            (q . k_t) (qscale root) kscale_t for slots 0..n_seen-1, q . k_t exact
 *      e, sum             softmax() of the scores
 *      weight_t           e_t vscale_t rounded to 4095 steps, as quantise() does
 *      result_c           (sum over t of weight_t v(t, c)) (wscale / sum), the sum exact: n_seen
 *                         <= 4096
 *
 * Keys lie in panels of 16 slots, values in panels of 16 components, both as int_product() has its
 * w: key[(t/16 * width/2 + c/2) * 32 + t%16 * 2 + c%2], value[(c/16 * n_slots/2 + t/2) * 32 +
 * c%16 * 2 + t%2], n_slots a multiple of 16; a head is n_slots * width behind the one before, and
 * its scales n_slots.
 */
struct attend {
	size_t n_heads, width, n_slots, n_seen, slot;
	const float *query, *fresh_key, *fresh_value; /* (n_heads * width) */
	const float *cosine, *sine;                   /* (width) */
	float root;
	int8_t *key, *value;
	float *key_scale, *value_scale;
	float *score;    /* scratch (n_slots) */
	int16_t *weight; /* scratch (n_slots + width) */
	float *result;   /* (n_heads * width) */
};

struct adamw {
	float rate;               /* this step's learning rate */
	float beta1, beta2;       /* decays of the moments */
	float correct1, correct2; /* 1 / (1 - beta^t) */
	float epsilon;
	float decay;              /* weight decay, times the rate already */
	float gradient_scale;     /* clipping: multiplies every gradient */
};

struct kernels {
	const char *name; /* of the form */

	/* panels, room for ceil(n / 16) * 16 k floats; b(t, j) = b[t * b_k + j * b_n], zeros behind
	 * column n. */
	void (*gemm_pack)(float *panels, const float *b, size_t b_k, size_t b_n, size_t k,
			  size_t n);
	void (*gemm)(const struct gemm *g);
	void (*int_product)(const struct int_product *p);
	void (*linear)(const struct linear *p);
	void (*attend)(const struct attend *a);

	void (*exp)(float *y, const float *x, size_t n);   /* clamped to [-87, 88] */
	void (*log)(float *y, const float *x, size_t n);   /* x positive and normal */
	void (*tanh)(float *y, const float *x, size_t n);
	void (*rsqrt)(float *y, const float *x, size_t n); /* x positive and normal */

	float (*sum)(const float *x, size_t n);
	float (*max)(const float *x, size_t n); /* n >= 1 */
	float (*dot)(const float *x, const float *y, size_t n);
	void (*add)(float *y, const float *x, size_t n);            /* y += x */
	void (*axpy)(float *y, float a, const float *x, size_t n); /* y = fma(a, x, y) */

	/* y = x r g, r = 1 / sqrt(mean of x^2 + 1e-5): returns r.  g (n) are the gains. */
	float (*rms_norm)(float *y, const float *x, const float *g, size_t n);
	/* dx += gradient of the above by x, dg += by g, given r and dy. */
	void (*rms_norm_backward)(float *dx, float *dg, const float *dy, const float *x,
				  const float *g, float r, size_t n);

	/* y = x / 2 (1 + tanh(sqrt(2/pi) (x + 0.044715 x^3))), and dx = dy times its slope at x. */
	void (*gelu)(float *y, const float *x, size_t n);
	void (*gelu_backward)(float *dx, const float *dy, const float *x, size_t n);

	/* y = exp(x - max x), no term below exp(-87): returns the sum of y; n >= 1. */
	float (*softmax)(float *y, const float *x, size_t n);

	/* q = x * limit / max |x|, rounded to the nearest (halves to even), so |q| <= limit < 2^15:
	 * returns max |x| / limit.  A row without a number of at least 2^-100 counts as zeros:
	 * returns 0.  n >= 1. */
	float (*quantise)(int16_t *q, const float *x, size_t n, int limit);
	/* y = (float)x * a * scale[j]: products as integers become real numbers again. */
	void (*rescale)(float *y, const int32_t *x, float a, const float *scale, size_t n);

	/* One step of AdamW on n parameters: m and v are the moments, g the gradient. */
	void (*adamw)(float *w, float *m, float *v, const float *g, const struct adamw *s,
		      size_t n);
};

/* The form in use (simd.h). */
const struct kernels *kernels(void);

#endif
