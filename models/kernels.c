/* SPDX-License-Identifier: BSD-2-Clause
 *
 * kernels.c - which table of kernels is in use.
 *
 * simd.c says which form is wanted; a form is believed only when it gives the plain form's bits for
 * a short input, here and now.  A processor, compiler or emulator that does not do what its name
 * promises then costs speed and not the archive.  Agreeing on one input proves nothing about all
 * others, which is the test suite's business, but a wrong order or a missing fused multiply-add
 * does not survive it.
 */
#include "kernels.h"

#include <stdatomic.h>
#include <string.h>

#include "float_guard.h"
#include "kernels_forms.h"

#define PROBE_N 37 /* two whole vectors and a part */
#define PROBE_K 6
#define PROBE_ROWS 13 /* one more than the tallest tile */
#define PROBE_COLUMNS 48
#define PROBE_SLOTS 80 /* of attention: four panels and one */
#define PROBE_WIDTH 48 /* and of a head: two panels and one */

/* What all kernels make of the input of probe(). */
struct probe_results {
	float gemm[PROBE_ROWS][PROBE_N], panels[PROBE_COLUMNS * PROBE_K];
	int32_t product[PROBE_ROWS][PROBE_COLUMNS];
	float row[12][PROBE_N], scalar[6];
	int16_t quantised[PROBE_N];
	float linear[2][PROBE_ROWS][PROBE_COLUMNS];
	int8_t key[PROBE_SLOTS * PROBE_WIDTH], value[PROBE_SLOTS * PROBE_WIDTH];
	float key_scale[PROBE_SLOTS], value_scale[PROBE_SLOTS], attended[PROBE_WIDTH];
};

/* Numbers of either sign, many sizes and full precision: a multiplicative generator's. */
static float probe_number(uint32_t *state)
{
	*state = *state * 747796405u + 2891336453u;

	int whole = (int)(*state >> 8) - (1 << 23), shift = 12 + (int)(*state & 15);

	return (float)whole / (float)(1 << shift);
}

/* A product of integers as real numbers, of all rows and of one. */
static void probe_linear(const struct kernels *k, const float *x, const int16_t *activation,
			 const int8_t *weight, struct probe_results *r)
{
	struct linear p = {.m = PROBE_ROWS, .n = PROBE_COLUMNS, .k = PROBE_K, .x = activation,
			   .x_row = 1, .x_scale = x, .w = weight, .w_scale = x + 7,
			   .y = r->linear[0][0], .y_row = PROBE_COLUMNS};

	k->linear(&p);
	p.m = 1;
	p.y = r->linear[1][0];
	k->linear(&p);
}

static void probe_products(const struct kernels *k, const float *x, struct probe_results *r)
{
	struct gemm g = {.m = PROBE_ROWS, .n = PROBE_N, .k = PROBE_K, .a = x, .a_row = 1, .a_k = 1,
			 .b = r->panels, .b_panel = PROBE_K * KERNEL_LANES, .b_k = KERNEL_LANES,
			 .c = r->gemm[0], .c_row = PROBE_N};
	int16_t activation[PROBE_ROWS + PROBE_K];
	int8_t weight[PROBE_K * PROBE_COLUMNS];

	k->gemm_pack(r->panels, x, 3, 1, PROBE_K, PROBE_N);
	k->gemm(&g);
	g.accumulate = true;
	k->gemm(&g);
	for (size_t i = 0; i < sizeof weight; i++)
		weight[i] = (int8_t)((int)(i * 89 % 255) - 127);
	for (size_t i = 0; i < sizeof activation / sizeof *activation; i++)
		activation[i] = (int16_t)((int)(i * 7919 % 65535) - 32767);
	k->int_product(&(struct int_product){.m = PROBE_ROWS, .n = PROBE_COLUMNS, .k = PROBE_K,
					     .x = activation, .x_row = 1, .w = weight,
					     .y = r->product[0], .y_row = PROBE_COLUMNS});
	probe_linear(k, x, activation, weight, r);
}

/* Positions 0 to 71 of one head: the last panel is used in part, and none is at the end. */
static void probe_attend(const struct kernels *k, const float *x, struct probe_results *r)
{
	float score[PROBE_SLOTS];
	int16_t weight[PROBE_SLOTS + PROBE_WIDTH];
	struct attend a = {.n_heads = 1, .width = PROBE_WIDTH, .n_slots = PROBE_SLOTS, .root = 0.1f,
			   .cosine = x + 5, .sine = x + 50, .key = r->key, .value = r->value,
			   .key_scale = r->key_scale, .value_scale = r->value_scale,
			   .score = score, .weight = weight, .result = r->attended};

	for (a.slot = 0; a.slot < PROBE_SLOTS - 8; a.slot++) {
		a.n_seen = a.slot + 1;
		a.query = x + a.slot;
		a.fresh_key = x + 2 * a.slot;
		a.fresh_value = x + 3 * a.slot + 1;
		k->attend(&a);
	}
}

static void probe_rows(const struct kernels *k, const float *x, struct probe_results *r)
{
	const struct adamw step = {.rate = 0.01f, .beta1 = 0.9f, .beta2 = 0.99f, .correct1 = 10,
				   .correct2 = 100, .epsilon = 1e-8f, .decay = 1e-3f,
				   .gradient_scale = 0.7f};
	float positive[PROBE_N];

	for (size_t i = 0; i < PROBE_N; i++)
		positive[i] = x[i] * x[i] + 0.001f;
	k->exp(r->row[0], x, PROBE_N);
	k->log(r->row[1], positive, PROBE_N);
	k->tanh(r->row[2], x, PROBE_N);
	k->rsqrt(r->row[3], positive, PROBE_N);
	r->scalar[0] = k->sum(x, PROBE_N);
	r->scalar[1] = k->max(x, PROBE_N);
	r->scalar[2] = k->dot(x, x + 1, PROBE_N);
	r->scalar[3] = k->rms_norm(r->row[4], x, positive, PROBE_N);
	k->gelu(r->row[5], x, PROBE_N);
	k->gelu_backward(r->row[6], positive, x, PROBE_N);
	r->scalar[4] = k->softmax(r->row[7], x, PROBE_N);
	r->scalar[5] = k->quantise(r->quantised, x, PROBE_N, 127);
	k->rms_norm_backward(r->row[7], r->row[4], x + 1, x, positive, r->scalar[3], PROBE_N);
	k->rescale(r->row[8], r->product[0], 1e-6f, x + 2, PROBE_N);
	k->adamw(r->row[9], r->row[10], r->row[11], x, &step, PROBE_N);
	k->axpy(r->row[8], 0.1f, x, PROBE_N);
	k->add(r->row[5], r->row[6], PROBE_N);
}

static void probe(const struct kernels *k, struct probe_results *r)
{
	float x[PROBE_N * KERNEL_LANES];
	uint32_t state = 1;

	memset(r, 0, sizeof *r);
	for (size_t i = 0; i < sizeof x / sizeof *x; i++)
		x[i] = probe_number(&state);
	probe_products(k, x, r);
	probe_rows(k, x, r);
	probe_attend(k, x, r);
}

bool kernels_agree(const struct kernels *k)
{
	const struct float_guard guard = float_guard_enter();
	struct probe_results plain, form;

	probe(kernels_plain, &plain);
	probe(k, &form);
	float_guard_leave(&guard);
	return memcmp(&plain, &form, sizeof plain) == 0;
}

uint64_t kernels_digest(const struct kernels *k)
{
	const struct float_guard guard = float_guard_enter();
	struct probe_results results;
	uint64_t hash = 0xcbf29ce484222325;

	probe(k, &results);
	float_guard_leave(&guard);
	for (size_t i = 0; i < sizeof results / sizeof(uint32_t); i++) {
		uint32_t word;

		memcpy(&word, (const char *)&results + i * sizeof word, sizeof word);
		hash = (hash ^ word) * 0x100000001b3;
	}
	return hash;
}

const struct kernels *kernels_of(enum simd form)
{
	const struct kernels *const table[SIMD_FORMS] = {
	    [SIMD_PLAIN] = kernels_plain,
	    [SIMD_AVX2] = kernels_avx2,
	    [SIMD_AVX512] = kernels_avx512,
	};

	return simd_available(form) ? table[form] : NULL;
}

const struct kernels *kernels(void)
{
	/* For each form that may be wanted, what it came to; threads that meet here agree. */
	static _Atomic(const struct kernels *) chosen[SIMD_FORMS];
	const enum simd wanted = simd_wanted();
	const struct kernels *k = atomic_load_explicit(&chosen[wanted], memory_order_acquire);

	if (k)
		return k;
	for (unsigned form = wanted; form > SIMD_PLAIN; form--) {
		k = kernels_of((enum simd)form);
		if (k && kernels_agree(k))
			break;
		k = NULL;
	}
	if (!k)
		k = kernels_plain;
	atomic_store_explicit(&chosen[wanted], k, memory_order_release);
	return k;
}
