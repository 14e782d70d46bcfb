/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Property: every kernel gives, in every form that this machine has, the bits that kernels.h
 * defines; exp, log, tanh, rsqrt and GELU are as accurate as stated; nothing of that depends on the
 * caller's rounding.  Method: slow twins, loops over single numbers with fmaf() in the stated
 * order, at lengths around multiples of 16, with subnormal, zero and large numbers, and with guards
 * behind the outputs; the functions against the C library's in double precision over all binades;
 * and digests of the plain form's results, by which compilers and architectures are compared.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <fenv.h>
#include <float.h>
#include <math.h>
#ifdef __SSE__
#include <xmmintrin.h>
#endif

#include "float_guard.h"
#include "kernels_forms.h"
#include "rng.h"

#include <cmocka.h> /* after status.h: it defines a macro fail() */

#define ROOM 1024        /* floats of a row with its guards */
#define GUARD 12345.678f /* stands behind every output */
#define LANES KERNEL_LANES
#define GOLDEN 0xf694439fcc504017 /* of digest(), everywhere */
#define GOLDEN_PROBE 0xa6779449299577d3 /* and of kernels_digest() */

enum kind { ORDINARY, ZEROS, SUBNORMAL, LARGE, MIXED, N_KINDS };

static struct rng rng;

/* In (-2, 2), some of them zero of either sign. */
static float draw_ordinary(void)
{
	int32_t whole = (int32_t)rng_u32(&rng) >> 6;

	return rng_below(&rng, 40) ? (float)whole * 0x1p-24f : whole < 0 ? -0.0f : 0.0f;
}

static float draw(enum kind kind)
{
	switch (kind) {
	case ZEROS: return rng_below(&rng, 2) ? -0.0f : 0.0f;
	case SUBNORMAL: return draw_ordinary() * 0x1p-130f;
	case LARGE: return draw_ordinary() * 0x1p50f;
	case MIXED: break;
	default: return draw_ordinary();
	}
	float fraction = draw_ordinary();

	return ldexpf(fraction, (int)rng_below(&rng, 60) - 40);
}

static void fill(float *x, size_t n, enum kind kind)
{
	for (size_t i = 0; i < n; i++)
		x[i] = draw(kind);
}

static void fill_guards(float *x)
{
	for (size_t i = 0; i < ROOM; i++)
		x[i] = GUARD;
}

/* Bits, so that zeros have signs; all NaN are one. */
static void assert_same(const float *x, const float *y, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (memcmp(x + i, y + i, sizeof *x) != 0 && !(isnan(x[i]) && isnan(y[i])))
			fail_msg("element %zu of %zu: %a and %a", i, n, (double)x[i], (double)y[i]);
}

static void assert_same_one(float x, float y)
{
	assert_same(&x, &y, 1);
}

/* ---- forms ---- */

/* Every form in turn: `for (EACH_FORM(k))`. */
static const struct kernels *form_from(unsigned form)
{
	for (; form < SIMD_FORMS; form++)
		if (kernels_of((enum simd)form))
			return kernels_of((enum simd)form);
	return NULL;
}

static const struct kernels *form_after(const struct kernels *k)
{
	unsigned form = 0;

	while (kernels_of((enum simd)form) != k)
		form++;
	return form_from(form + 1);
}

#define EACH_FORM(k) const struct kernels *k = form_from(0); k; k = form_after(k)

/* ---- twins ---- */

static void twin_gemm(const struct gemm *g)
{
	for (size_t i = 0; i < g->m; i++)
		for (size_t j = 0; j < g->n; j++) {
			float *c = &g->c[i * g->c_row + j], s = g->accumulate ? *c : 0;

			for (size_t t = 0; t < g->k; t++)
				s = fmaf(g->a[i * g->a_row + t * g->a_k],
					 g->b[j / 16 * g->b_panel + t * g->b_k + j % 16], s);
			*c = s;
		}
}

static float tree_sum(float lane[LANES])
{
	for (size_t half = LANES / 2; half; half /= 2)
		for (size_t l = 0; l < half; l++)
			lane[l] += lane[l + half];
	return lane[0];
}

static float tree_max(float lane[LANES])
{
	for (size_t half = LANES / 2; half; half /= 2)
		for (size_t l = 0; l < half; l++)
			lane[l] = lane[l] > lane[l + half] ? lane[l] : lane[l + half];
	return lane[0];
}

static float twin_sum(const float *x, size_t n)
{
	float lane[LANES] = {0};

	for (size_t i = 0; i < n; i++)
		lane[i % LANES] += x[i];
	return tree_sum(lane);
}

static float twin_max(const float *x, size_t n)
{
	float lane[LANES];

	for (size_t l = 0; l < LANES; l++)
		lane[l] = -INFINITY;
	for (size_t i = 0; i < n; i++)
		lane[i % LANES] = x[i] > lane[i % LANES] ? x[i] : lane[i % LANES];
	return tree_max(lane);
}

static float twin_dot(const float *x, const float *y, size_t n)
{
	float lane[LANES] = {0};

	for (size_t i = 0; i < n; i++)
		lane[i % LANES] = fmaf(x[i], y[i], lane[i % LANES]);
	return tree_sum(lane);
}

static float one_exp(float x)
{
	float y;

	kernels_plain->exp(&y, &x, 1);
	return y;
}

static float one_rsqrt(float x)
{
	float y;

	kernels_plain->rsqrt(&y, &x, 1);
	return y;
}

static float twin_rms_norm(float *y, const float *x, const float *g, size_t n)
{
	float r = one_rsqrt(twin_dot(x, x, n) / (float)n + 1e-5f);

	for (size_t i = 0; i < n; i++)
		y[i] = x[i] * r * g[i];
	return r;
}

static void twin_rms_norm_backward(float *dx, float *dg, const float *dy, const float *x,
				   const float *g, float r, size_t n)
{
	float lane[LANES] = {0};

	for (size_t i = 0; i < n; i++)
		lane[i % LANES] = fmaf(dy[i] * g[i], x[i], lane[i % LANES]);

	float share = tree_sum(lane) * r * r / (float)n;

	for (size_t i = 0; i < n; i++) {
		dx[i] = fmaf(r, fmaf(-share, x[i], dy[i] * g[i]), dx[i]);
		dg[i] = fmaf(dy[i], x[i] * r, dg[i]);
	}
}

static float twin_softmax(float *y, const float *x, size_t n)
{
	float max = twin_max(x, n);

	for (size_t i = 0; i < n; i++)
		y[i] = one_exp(x[i] - max);
	return twin_sum(y, n);
}

static float twin_quantise(int16_t *q, const float *x, size_t n, int limit)
{
	float max = 0;

	for (size_t i = 0; i < n; i++)
		max = fabsf(x[i]) > max ? fabsf(x[i]) : max;
	for (size_t i = 0; i < n; i++) /* rintf() rounds halves to even */
		q[i] = max < 0x1p-100f ? 0 : (int16_t)rintf(x[i] * ((float)limit / max));
	return max < 0x1p-100f ? 0 : max / (float)limit;
}

static void twin_adamw(float *w, float *m, float *v, const float *g, const struct adamw *s,
		       size_t n)
{
	for (size_t i = 0; i < n; i++) {
		float gi = g[i] * s->gradient_scale;

		m[i] = fmaf(1 - s->beta1, gi - m[i], m[i]);
		v[i] = fmaf(1 - s->beta2, gi * gi - v[i], v[i]);

		float v1 = v[i] * s->correct2, below = fmaf(v1, one_rsqrt(v1), s->epsilon);
		float decayed = fmaf(-s->decay, w[i], w[i]);

		w[i] = fmaf(-s->rate, m[i] * s->correct1 / below, decayed);
	}
}

/* ---- products ---- */

#define K_MAX 300
#define M_MAX 50 /* more tiles of any form than those for which b is gathered */

static float a_room[M_MAX * K_MAX], b_room[64 * K_MAX], packed[64 * K_MAX];

/* One product by every form and by the twin, from the same c. */
static void check_gemm(struct gemm g)
{
	static float start[M_MAX * 64], expected[M_MAX * 64], c[M_MAX * 64];

	g.c_row = g.n + 3;
	fill(start, M_MAX * 64, ORDINARY);
	memcpy(expected, start, sizeof start);
	g.c = expected;
	twin_gemm(&g);
	for (EACH_FORM(k)) {
		memcpy(c, start, sizeof start);
		g.c = c;
		k->gemm(&g);
		assert_same(c, expected, M_MAX * 64);
	}
}

/* b packed, from a matrix and from its transpose; a as it lies, and transposed. */
static void check_gemm_views(size_t m, size_t n, size_t k, bool accumulate)
{
	struct gemm g = {.m = m, .n = n, .k = k, .a = a_room, .a_row = k + 1, .a_k = 1,
			 .b = packed, .b_panel = LANES * k, .b_k = LANES,
			 .accumulate = accumulate};
	static float other[64 * K_MAX];

	for (EACH_FORM(f)) {
		f->gemm_pack(packed, b_room, n, 1, k, n);
		f->gemm_pack(other, b_room, 1, k, k, n);
		for (size_t j = 0; j < (n + 15) / 16 * 16; j++)
			for (size_t t = 0; t < k; t++) {
				size_t place = (j / 16 * k + t) * 16 + j % 16;

				assert_same_one(packed[place], j < n ? b_room[t * n + j] : 0);
				assert_same_one(other[place], j < n ? b_room[j * k + t] : 0);
			}
	}
	check_gemm(g);
	g.a_row = 1;
	g.a_k = m;
	check_gemm(g);
	if (n % LANES == 0) {
		g.b = b_room;
		g.b_panel = LANES;
		g.b_k = n;
		check_gemm(g);
	}
}

static void test_gemm(void **state)
{
	static const size_t ns[] = {1, 15, 16, 31, 32, 37, 48}, ks[] = {0, 1, 2, 7, 33};

	(void)state;
	for (unsigned kind = 0; kind < N_KINDS; kind++) {
		fill(a_room, M_MAX * K_MAX, (enum kind)kind);
		fill(b_room, 64 * K_MAX, (enum kind)kind);
		for (size_t m = 1; m <= 13; m += kind == ORDINARY ? 1 : 3)
			for (size_t n = 0; n < sizeof ns / sizeof *ns; n++)
				for (size_t k = 0; k < sizeof ks / sizeof *ks; k++)
					check_gemm_views(m, ns[n], ks[k], (m + n + k) % 2);
		check_gemm_views(5, 37, K_MAX - 1, false); /* two blocks of k */
		check_gemm_views(13, 16, K_MAX - 1, true);
		check_gemm_views(M_MAX, 48, K_MAX - 30, false); /* and b gathered */
		check_gemm_views(M_MAX, 16, 20, true);
	}
}

static void check_int_product(size_t m, size_t n, size_t k, bool extreme)
{
	static int16_t x[16 * 520];
	static int8_t w[48 * 520];
	static int32_t y[16 * 64];
	size_t x_row = k + 3, y_row = n + 5;

	for (size_t i = 0; i < m * x_row; i++)
		x[i] = extreme ? (rng_below(&rng, 2) ? 32767 : -32767)
			       : (int16_t)((int)rng_below(&rng, 255) - 127);
	for (size_t i = 0; i < n * k; i++)
		w[i] = extreme ? (rng_below(&rng, 2) ? 127 : -128)
			       : (int8_t)((int)rng_below(&rng, 256) - 128);
	for (EACH_FORM(f)) {
		for (size_t i = 0; i < sizeof y / sizeof *y; i++)
			y[i] = 4711;
		f->int_product(&(struct int_product){m, n, k, x, x_row, w, y, y_row});
		for (size_t i = 0; i < m * y_row; i++) {
			size_t row = i / y_row, j = i % y_row;
			int64_t sum = j < n ? 0 : 4711;

			for (size_t t = 0; t < k && j < n; t++)
				sum += x[row * x_row + t] *
				       w[((j / 16 * (k / 2) + t / 2) * 16 + j % 16) * 2 + t % 2];
			assert_int_equal(y[i], sum);
		}
	}
}

static void test_int_product(void **state)
{
	(void)state;
	for (size_t m = 1; m <= 13; m++)
		for (size_t k = 2; k <= 130; k = 3 * k + 4)
			for (size_t n = 16; n <= 48; n += 16)
				check_int_product(m, n, k, false);
	check_int_product(9, 48, 510, true); /* 32767 128 510 is just below 2^31 */
	check_int_product(2, 16, 2, true);
}

/* ---- rows ---- */

/* Inputs and outputs of one case: rows that begin anywhere but on a line. */
struct row_case {
	size_t n;
	enum kind kind;
	float x[3][ROOM];
};

static void check_sums(const struct row_case *c)
{
	const float *x = c->x[0] + 1, *y = c->x[1] + 3;

	for (EACH_FORM(k)) {
		assert_same_one(k->sum(x, c->n), twin_sum(x, c->n));
		assert_same_one(k->max(x, c->n), twin_max(x, c->n));
		assert_same_one(k->dot(x, y, c->n), twin_dot(x, y, c->n));
	}
}

static void check_additions(const struct row_case *c)
{
	float y[ROOM], expected[ROOM];

	for (EACH_FORM(k)) {
		memcpy(y, c->x[0], sizeof y);
		memcpy(expected, y, sizeof y);
		k->add(y + 1, c->x[1], c->n);
		for (size_t i = 0; i < c->n; i++)
			expected[i + 1] += c->x[1][i];
		assert_same(y, expected, ROOM);
		k->axpy(y + 1, c->x[2][0], c->x[1], c->n);
		for (size_t i = 0; i < c->n; i++)
			expected[i + 1] = fmaf(c->x[2][0], c->x[1][i], expected[i + 1]);
		assert_same(y, expected, ROOM);
	}
}

static void check_norms(const struct row_case *c)
{
	float y[ROOM], expected[ROOM], dx[2][ROOM], dg[2][ROOM];
	const float *x = c->x[0] + 1, *g = c->x[1], *dy = c->x[2];

	for (EACH_FORM(k)) {
		fill_guards(y);
		fill_guards(expected);

		float r = twin_rms_norm(expected, x, g, c->n);

		assert_same_one(k->rms_norm(y, x, g, c->n), r);
		assert_same(y, expected, ROOM);
		for (unsigned i = 0; i < 2; i++) {
			memcpy(dx[i], c->x[1], sizeof dx[i]);
			memcpy(dg[i], c->x[0], sizeof dg[i]);
		}
		twin_rms_norm_backward(dx[0], dg[0], dy, x, g, r, c->n);
		k->rms_norm_backward(dx[1], dg[1], dy, x, g, r, c->n);
		assert_same(dx[0], dx[1], ROOM);
		assert_same(dg[0], dg[1], ROOM);
	}
}

/* Element by element the functions are the plain form's of one number; they may work in place. */
static void check_functions(const struct row_case *c)
{
	void (*const plain[])(float *, const float *, size_t) = {
	    kernels_plain->exp, kernels_plain->log, kernels_plain->tanh, kernels_plain->rsqrt,
	    kernels_plain->gelu};

	for (EACH_FORM(k)) {
		void (*const form[])(float *, const float *, size_t) = {k->exp, k->log, k->tanh,
									k->rsqrt, k->gelu};
		float x[ROOM], y[ROOM], expected[ROOM];

		for (unsigned f = 0; f < 5; f++) {
			fill_guards(x);
			for (size_t i = 0; i < c->n; i++) {
				x[i] = c->x[0][i];
				if (f == 1 || f == 3) /* positive and normal */
					x[i] = fabsf(x[i]) + 0x1p-126f;
			}
			memcpy(expected, x, sizeof x);
			fill_guards(y);
			form[f](y, x, c->n);
			form[f](x, x, c->n);
			for (size_t i = 0; i < c->n; i++)
				plain[f](expected + i, expected + i, 1);
			assert_same(x, expected, ROOM);
			assert_same(y, expected, ROOM);
		}
	}
}

static void check_gelu_backward(const struct row_case *c)
{
	float y[ROOM], expected[ROOM];
	const float one = 1;

	for (EACH_FORM(k)) {
		fill_guards(y);
		fill_guards(expected);
		k->gelu_backward(y, c->x[0], c->x[1] + 1, c->n);
		for (size_t i = 0; i < c->n; i++) {
			kernels_plain->gelu_backward(expected + i, &one, c->x[1] + 1 + i, 1);
			expected[i] *= c->x[0][i];
		}
		assert_same(y, expected, ROOM);
	}
}

static void check_softmax(const struct row_case *c)
{
	float y[ROOM], expected[ROOM];

	for (EACH_FORM(k)) {
		fill_guards(y);
		fill_guards(expected);

		float sum = twin_softmax(expected, c->x[0], c->n);

		assert_same_one(k->softmax(y, c->x[0], c->n), sum);
		assert_same(y, expected, ROOM);
	}
}

static void check_quantise(const struct row_case *c)
{
	static const int limits[] = {127, 7, 32767, 1};
	float y[ROOM], expected[ROOM];
	int16_t q[ROOM], expected_q[ROOM];
	int32_t whole[ROOM];

	for (EACH_FORM(k))
		for (unsigned l = 0; l < 4; l++) {
			memset(q, 0x55, sizeof q);
			memset(expected_q, 0x55, sizeof q);

			float a = twin_quantise(expected_q, c->x[0], c->n, limits[l]);

			assert_same_one(k->quantise(q, c->x[0], c->n, limits[l]), a);
			assert_memory_equal(q, expected_q, sizeof q);
			for (size_t i = 0; i < c->n; i++)
				whole[i] = q[i] * (limits[l] == 127 ? 65539 : 1);
			fill_guards(y);
			fill_guards(expected);
			k->rescale(y, whole, a, c->x[1], c->n);
			for (size_t i = 0; i < c->n; i++)
				expected[i] = (float)whole[i] * a * c->x[1][i];
			assert_same(y, expected, ROOM);
		}
}

static void check_adamw(const struct row_case *c)
{
	const struct adamw s = {.rate = 0.01f, .beta1 = 0.9f, .beta2 = 0.95f, .correct1 = 1.5f,
				.correct2 = 2.5f, .epsilon = 1e-8f, .decay = 1e-4f,
				.gradient_scale = 0.3f};
	float w[2][ROOM], m[2][ROOM], v[2][ROOM];

	for (EACH_FORM(k)) {
		for (unsigned i = 0; i < 2; i++) {
			memcpy(w[i], c->x[0], sizeof w[i]);
			memcpy(m[i], c->x[1], sizeof m[i]);
			for (size_t j = 0; j < ROOM; j++)
				v[i][j] = fabsf(c->x[1][j]);
		}
		for (unsigned step = 0; step < 3; step++) {
			twin_adamw(w[0], m[0], v[0], c->x[2], &s, c->n);
			k->adamw(w[1], m[1], v[1], c->x[2], &s, c->n);
			assert_same(w[0], w[1], ROOM);
			assert_same(m[0], m[1], ROOM);
			assert_same(v[0], v[1], ROOM);
		}
	}
}

static void test_rows(void **state)
{
	static const size_t longer[] = {63, 64, 65, 128, 200};
	static struct row_case c;

	(void)state;
	for (unsigned kind = 0; kind < N_KINDS; kind++)
		for (size_t i = 1; i <= 38; i++) {
			c.kind = (enum kind)kind;
			c.n = i <= 33 ? i : longer[i - 34];
			for (unsigned j = 0; j < 3; j++)
				fill(c.x[j], ROOM, c.kind);
			check_sums(&c);
			check_additions(&c);
			check_norms(&c);
			check_functions(&c);
			check_gelu_backward(&c);
			check_softmax(&c);
			check_quantise(&c);
			check_adamw(&c);
		}
}

/* No elements: nothing is written, sums are 0. */
static void test_empty(void **state)
{
	float y = GUARD, x = 1;

	(void)state;
	for (EACH_FORM(k)) {
		k->exp(&y, &x, 0);
		k->add(&y, &x, 0);
		k->adamw(&y, &y, &y, &x, &(struct adamw){0}, 0);
		assert_same_one(y, GUARD);
		assert_same_one(k->sum(&x, 0), 0);
		assert_same_one(k->dot(&x, &x, 0), 0);
	}
}

/* Infinities and what is no number do not make forms differ or leave the range. */
static void test_no_numbers(void **state)
{
	const float odd[] = {INFINITY, -INFINITY, NAN, -NAN, 1e38f, -1e38f, 0x1p-149f, 0.0f};
	float x[40], y[40], expected[40];
	int16_t q[40], expected_q[40];

	(void)state;
	for (unsigned round = 0; round < 200; round++) {
		for (size_t i = 0; i < 40; i++)
			x[i] = rng_below(&rng, 3) ? draw(MIXED) : odd[rng_below(&rng, 8)];
		kernels_plain->quantise(expected_q, x, 40, 127);
		kernels_plain->gelu(expected, x, 40);
		for (EACH_FORM(k)) {
			k->quantise(q, x, 40, 127);
			assert_memory_equal(q, expected_q, sizeof q);
			for (size_t i = 0; i < 40; i++)
				assert_in_range(q[i] + 127, 0, 254);
			k->gelu(y, x, 40);
			assert_same(y, expected, 40);
			assert_same_one(k->max(x, 40), twin_max(x, 40));
		}
	}
}

/* ---- accuracy ---- */

static float from_bits(uint32_t bits)
{
	float x;

	memcpy(&x, &bits, sizeof x);
	return x;
}

/* Error in units of the last place of the truth. */
static double ulps(float y, double truth)
{
	int e;

	frexp(truth, &e);
	return fabs(y - truth) / ldexp(1, (e < -125 ? -125 : e) - 24);
}

/* The largest error for arguments of the given sign in [from, to], some of all binades. */
static double worst_ulps(void (*f)(float *, const float *, size_t), double (*truth)(double),
			 float from, float to, float sign, uint32_t step)
{
	float x[512], y[512];
	uint32_t bits, end;
	double worst = 0;

	memcpy(&bits, &from, sizeof bits);
	memcpy(&end, &to, sizeof end);
	while (bits <= end) {
		size_t n = 0;

		for (; n < 512 && bits <= end; n++, bits += step)
			x[n] = sign * from_bits(bits);
		f(y, x, n);
		for (size_t i = 0; i < n; i++) {
			double t = truth(x[i]), error = ulps(y[i], t);

			worst = t != 0 && error > worst ? error : worst;
		}
	}
	return worst;
}

static double true_rsqrt(double x)
{
	return 1 / sqrt(x);
}

static void test_accuracy(void **state)
{
	const struct kernels *k = kernels();
	const uint32_t step = k == kernels_plain ? 50021 : 1709;
	const float tiny = 0x1p-126f;

	(void)state;
	assert_true(worst_ulps(k->exp, exp, 0, 88, 1, step) < 1.1);
	assert_true(worst_ulps(k->exp, exp, 0, 87, -1, step) < 1.1);
	assert_true(worst_ulps(k->exp, exp, 0.1f, 88, 1, step / 16) < 1.1);
	assert_true(worst_ulps(k->exp, exp, 0.1f, 87, -1, step / 16) < 1.1);
	assert_true(worst_ulps(k->log, log, tiny, FLT_MAX, 1, step) < 0.9);
	assert_true(worst_ulps(k->log, log, 0.5f, 2, 1, step / 16) < 0.9);
	assert_true(worst_ulps(k->tanh, tanh, 0x1p-125f, FLT_MAX, 1, step) < 2.6);
	assert_true(worst_ulps(k->tanh, tanh, 0x1p-125f, FLT_MAX, -1, step) < 2.6);
	assert_true(worst_ulps(k->rsqrt, true_rsqrt, 2 * tiny, FLT_MAX, 1, step) < 1.1);
	assert_true(worst_ulps(k->rsqrt, true_rsqrt, tiny, 2 * tiny, 1, step) < 2.1);
	assert_true(worst_ulps(k->rsqrt, true_rsqrt, 1, 4, 1, step / 16) < 1.1);
}

static void test_ends(void **state)
{
	const float x[] = {0, -0.0f, 100, 88, -87, -1000, 1};
	float y[7];

	(void)state;
	kernels()->exp(y, x, 7);
	assert_same_one(y[0], 1);
	assert_same_one(y[1], 1);
	assert_same_one(y[2], y[3]);
	assert_same_one(y[4], y[5]);
	assert_true(y[4] >= FLT_MIN && isfinite(y[3]));
	kernels()->tanh(y, x, 7);
	assert_same_one(y[0], 0);
	assert_same_one(y[1], -0.0f);
	assert_same_one(y[2], 1);
	assert_same_one(y[5], -1);
	kernels()->log(y, x + 6, 1);
	assert_same_one(y[0], 0);
	kernels()->gelu(y, x, 7);
	assert_same_one(y[2], 100);
	assert_true(fabsf(y[5]) < 1e-30f);
}

static double true_gelu(double x, double *slope)
{
	double c = sqrt(2 / acos(-1)), u = c * (x + 0.044715 * x * x * x);
	double s = 1 / (1 + exp(-2 * u));

	*slope = s + x * s * (1 - s) * 2 * c * (1 + 3 * 0.044715 * x * x);
	return x * s;
}

static void test_gelu_accuracy(void **state)
{
	const struct kernels *k = kernels();
	double worst = 0, worst_slope = 0;
	const float one = 1;

	(void)state;
	for (float x = -12; x < 12; x += k == kernels_plain ? 0.01f : 0.0007f) {
		float y, dy;
		double slope, truth = true_gelu((double)x, &slope);

		k->gelu(&y, &x, 1);
		k->gelu_backward(&dy, &one, &x, 1);
		worst = fmax(worst, fabs(y - truth) / fmax(fabs((double)x), 1e-3));
		worst_slope = fmax(worst_slope, fabs(dy - slope));
	}
	assert_true(worst < 2e-7);
	assert_true(worst_slope < 4e-7);
}

/* ---- what is around ---- */

/* Every kernel's results for one input, as a digest (FNV-1a of the bits). */
static uint64_t digest(const struct kernels *k)
{
	static float x[4][200], y[4][200], panels[200 * 48];
	int16_t q[200];
	uint64_t hash = 0xcbf29ce484222325;
	struct gemm g = {.m = 13, .n = 37, .k = 50, .a = x[0], .a_row = 11, .a_k = 1, .b = panels,
			 .b_panel = 50 * LANES, .b_k = LANES, .c = panels + 50 * 48, .c_row = 37};

	rng = rng_stream(7, 0, 0);
	for (unsigned i = 0; i < 4; i++)
		fill(x[i], 200, i % 2 ? MIXED : ORDINARY);
	k->gemm_pack(panels, x[2], 1, 3, 50, 37);
	k->gemm(&g);
	k->softmax(y[0], x[0], 200);
	k->log(y[0], y[0], 200);
	k->gelu(y[1], x[1], 200);
	k->gelu_backward(y[2], x[0], x[2], 200);
	k->tanh(y[3], x[3], 200);
	k->rms_norm_backward(y[1], y[2], x[0], x[1], x[2], k->rms_norm(y[0], y[0], x[2], 199), 199);
	k->rescale(y[3], (const int32_t *)y[3], k->quantise(q, y[1], 200, 127), x[2], 77);
	for (size_t i = 0; i < 4 * 200 * sizeof(float); i++)
		hash = (hash ^ ((const uint8_t *)y)[i]) * 0x100000001b3;
	for (size_t i = 0; i < sizeof panels; i++)
		hash = (hash ^ ((const uint8_t *)panels)[i]) * 0x100000001b3;
	for (size_t i = 0; i < sizeof q; i++)
		hash = (hash ^ ((const uint8_t *)q)[i]) * 0x100000001b3;
	return hash;
}

static void test_golden(void **state)
{
	(void)state;
	for (EACH_FORM(k)) {
		assert_int_equal(digest(k), GOLDEN);
		assert_int_equal(kernels_digest(k), GOLDEN_PROBE);
	}
}

static void test_environment(void **state)
{
	static const int roundings[] = {FE_UPWARD, FE_DOWNWARD, FE_TOWARDZERO, FE_TONEAREST};

	(void)state;
	for (unsigned i = 0; i < 4; i++) {
		fesetround(roundings[i]);
#ifdef __SSE__
		_mm_setcsr(_mm_getcsr() | 0x8040); /* flush to zero, subnormals are zero */

		unsigned callers = _mm_getcsr();
#endif
		for (EACH_FORM(k)) {
			struct float_guard guard = float_guard_enter();
			uint64_t found = digest(k);

			float_guard_leave(&guard);
			assert_int_equal(found, GOLDEN);
			assert_true(kernels_agree(k));
		}
		assert_int_equal(fegetround(), roundings[i]);
#ifdef __SSE__
		assert_int_equal(_mm_getcsr() & 0xffc0, callers & 0xffc0);
#endif
	}
}

static int reset_environment(void **state)
{
	(void)state;
	fesetenv(FE_DFL_ENV);
	return 0;
}

/* A sum from left to right: what a compiler set free would make of it. */
static float careless_sum(const float *x, size_t n)
{
	float sum = 0;

	for (size_t i = 0; i < n; i++)
		sum += x[i];
	return sum;
}

static void careless_axpy(float *y, float a, const float *x, size_t n)
{
	for (size_t i = 0; i < n; i++)
		y[i] += a * x[i];
}

static void test_self_check(void **state)
{
	struct kernels odd = *kernels();

	(void)state;
	assert_true(kernels_agree(&odd));
	odd.sum = careless_sum;
	assert_false(kernels_agree(&odd));
	odd = *kernels();
	odd.axpy = careless_axpy;
	assert_false(kernels_agree(&odd));
	odd = *kernels();
	odd.exp = odd.tanh;
	assert_false(kernels_agree(&odd));
}

static void test_choice(void **state)
{
	(void)state;
	for (unsigned form = 0; form < SIMD_FORMS; form++) {
		const char *name = simd_name((enum simd)form);
		bool available = simd_available((enum simd)form);

		assert_int_equal(simd_force(name), available ? STATUS_OK : STATUS_UNSUPPORTED);
		if (available)
			assert_string_equal(kernels()->name, name);
	}
	assert_true(simd_available(SIMD_PLAIN));
	assert_int_equal(simd_force("sse9"), STATUS_BAD_ARGUMENT);
	assert_int_equal(simd_force(""), STATUS_BAD_ARGUMENT);
	setenv("TWOPART_SIMD", "plain", 1);
	assert_int_equal(simd_from_environment(), STATUS_OK);
	assert_ptr_equal(kernels(), kernels_plain);
	setenv("TWOPART_SIMD", "AVX2", 1);
	assert_int_equal(simd_from_environment(), STATUS_BAD_ARGUMENT);
	unsetenv("TWOPART_SIMD");
	assert_int_equal(simd_from_environment(), STATUS_OK);
	assert_ptr_equal(kernels(), kernels_plain);
	assert_int_equal(simd_force("auto"), STATUS_OK);
	for (unsigned form = SIMD_PLAIN; form < SIMD_FORMS; form++)
		if (simd_available((enum simd)form))
			assert_int_equal(simd_wanted() >= form, true);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_choice),
	    cmocka_unit_test(test_self_check),
	    cmocka_unit_test(test_golden),
	    cmocka_unit_test_teardown(test_environment, reset_environment),
	    cmocka_unit_test(test_gemm),
	    cmocka_unit_test(test_int_product),
	    cmocka_unit_test(test_rows),
	    cmocka_unit_test(test_empty),
	    cmocka_unit_test(test_no_numbers),
	    cmocka_unit_test(test_accuracy),
	    cmocka_unit_test(test_gelu_accuracy),
	    cmocka_unit_test(test_ends),
	};

	rng = rng_stream(1, 0, 0);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
