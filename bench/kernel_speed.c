/* SPDX-License-Identifier: BSD-2-Clause
 *
 * kernel_speed.c - times kernels.h on numbers that stay in the caches, as they do in a network this
 * small.  A call is repeated until a round is long enough to be timed; the fastest round counts,
 * because whatever else the machine does can only slow a round down.
 */
#include "kernel_speed.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "float_guard.h"
#include "timer.h"

#define LINE_BYTES 64

struct work {
	const struct kernels *kernels;
	enum kernel_speed_kind kind;
	unsigned row; /* of the table below */
	struct gemm gemm;
	struct int_product product;
	float *x[4]; /* rows */
	int16_t *q;
	size_t n;
};

static void run_exp(const struct work *w)
{
	w->kernels->exp(w->x[0], w->x[1], w->n);
}

static void run_log(const struct work *w)
{
	w->kernels->log(w->x[0], w->x[1], w->n);
}

static void run_tanh(const struct work *w)
{
	w->kernels->tanh(w->x[0], w->x[1], w->n);
}

static void run_gelu(const struct work *w)
{
	w->kernels->gelu(w->x[0], w->x[1], w->n);
}

static void run_gelu_backward(const struct work *w)
{
	w->kernels->gelu_backward(w->x[0], w->x[1], w->x[2], w->n);
}

static void run_softmax(const struct work *w)
{
	w->kernels->softmax(w->x[0], w->x[1], w->n);
}

static void run_rms_norm(const struct work *w)
{
	w->kernels->rms_norm(w->x[0], w->x[1], w->x[2], w->n);
}

static void run_rms_norm_backward(const struct work *w)
{
	memset(w->x[0], 0, w->n * sizeof *w->x[0]);
	w->kernels->rms_norm_backward(w->x[0], w->x[0], w->x[1], w->x[2], w->x[3], 1, w->n);
}

static void run_quantise(const struct work *w)
{
	w->kernels->quantise(w->q, w->x[1], w->n, 127);
}

static void run_rescale(const struct work *w)
{
	w->kernels->rescale(w->x[0], (const int32_t *)w->q, 0.5f, w->x[1], w->n);
}

static void run_adamw(const struct work *w)
{
	const struct adamw step = {.rate = 1e-3f, .beta1 = 0.9f, .beta2 = 0.999f, .correct1 = 1,
				   .correct2 = 1, .epsilon = 1e-8f, .gradient_scale = 1};

	w->kernels->adamw(w->x[0], w->x[1], w->x[2], w->x[3], &step, w->n);
}

static const struct {
	const char *name;
	void (*run)(const struct work *w);
} rows[] = {
    {"exp", run_exp},
    {"log", run_log},
    {"tanh", run_tanh},
    {"gelu", run_gelu},
    {"gelu backward", run_gelu_backward},
    {"softmax", run_softmax},
    {"rms norm", run_rms_norm},
    {"rms norm backward", run_rms_norm_backward},
    {"quantise", run_quantise},
    {"rescale", run_rescale},
    {"adamw", run_adamw},
};

const char *kernel_speed_row_name(unsigned row)
{
	return row < sizeof rows / sizeof *rows ? rows[row].name : NULL;
}

static void run_gemm(const struct work *w)
{
	w->kernels->gemm(&w->gemm);
}

static void run_integers(const struct work *w)
{
	w->kernels->int_product(&w->product);
}

/* Calls a second. */
static double time_calls(void (*run)(const struct work *w), const struct work *w,
			 double round_seconds, unsigned n_rounds)
{
	const struct float_guard guard = float_guard_enter();
	double best = 0;
	size_t n_calls = 1;

	for (unsigned round = 0; round < n_rounds;) {
		struct timer start = timer_start();

		for (size_t i = 0; i < n_calls; i++)
			run(w);

		double seconds = timer_since(start).cpu_seconds;

		if (seconds < round_seconds / 2) {
			n_calls *= 2;
			continue;
		}
		best = fmax(best, (double)n_calls / seconds);
		round++;
	}
	float_guard_leave(&guard);
	return best;
}

/* Room for n floats on a line's start, each of a size near 1, the signs mixed. */
static float *new_floats(size_t n)
{
	size_t size_bytes = (n * sizeof(float) + LINE_BYTES - 1) / LINE_BYTES * LINE_BYTES;
	float *x = aligned_alloc(LINE_BYTES, size_bytes ? size_bytes : LINE_BYTES);

	for (size_t i = 0; x && i < n; i++)
		x[i] = (float)((int)(i * 7919 % 2001) - 1000) / 500;
	return x;
}

static void prepare(struct work *w, size_t m, size_t n, size_t k)
{
	float *a = w->x[0], *b = w->x[1], *c = w->x[2];

	w->gemm = (struct gemm){.m = m, .n = n, .k = k, .a = a, .a_row = k, .a_k = 1, .b = b,
				.b_panel = KERNEL_LANES * k, .b_k = KERNEL_LANES, .c = c,
				.c_row = n};
	if (w->kind == KERNEL_SPEED_GRADIENT) {
		w->gemm.a_row = 1;
		w->gemm.a_k = m;
		w->gemm.b_panel = KERNEL_LANES;
		w->gemm.b_k = n;
		w->gemm.accumulate = true;
	}
	w->product = (struct int_product){.m = m, .n = n, .k = k, .x = (const int16_t *)a,
					  .x_row = k, .w = (const int8_t *)b,
					  .y = (int32_t *)c, .y_row = n};
}

enum status kernel_speed_product(const struct kernels *kernels, enum kernel_speed_kind kind,
				 size_t m, size_t n, size_t k, double round_seconds,
				 unsigned n_rounds, double *gops)
{
	size_t columns = (n + KERNEL_LANES - 1) / KERNEL_LANES * KERNEL_LANES;
	struct work w = {.kernels = kernels, .kind = kind,
			 .x = {new_floats(m * k), new_floats(columns * k),
			       new_floats(m * columns)}};
	enum status s = w.x[0] && w.x[1] && w.x[2] ? STATUS_OK : fail_no_memory();

	if (s == STATUS_OK) {
		prepare(&w, m, n, k);
		*gops = 2e-9 * (double)(m * n * k) *
			time_calls(kind == KERNEL_SPEED_INTEGERS ? run_integers : run_gemm, &w,
				   round_seconds, n_rounds);
	}
	for (unsigned i = 0; i < 3; i++)
		free(w.x[i]);
	return s;
}

enum status kernel_speed_row(const struct kernels *kernels, unsigned row, size_t n,
			     double round_seconds, unsigned n_rounds, double *gfloats)
{
	struct work w = {.kernels = kernels, .row = row, .n = n};
	enum status s = STATUS_OK;

	for (unsigned i = 0; i < 4; i++) {
		w.x[i] = new_floats(n);
		s = w.x[i] ? s : fail_no_memory();
	}
	w.q = calloc(n, sizeof(int32_t)); /* as int16, or int32 */
	s = w.q ? s : fail_no_memory();
	if (s == STATUS_OK)
		*gfloats = 1e-9 * (double)n *
			   time_calls(rows[row].run, &w, round_seconds, n_rounds);
	for (unsigned i = 0; i < 4; i++)
		free(w.x[i]);
	free(w.q);
	return s;
}
