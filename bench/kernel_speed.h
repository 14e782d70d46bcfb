/* SPDX-License-Identifier: BSD-2-Clause
 *
 * kernel_speed.h - the numeric kernels alone, on one core.
 */
#ifndef TWOPART_KERNEL_SPEED_H
#define TWOPART_KERNEL_SPEED_H

#include <stddef.h>

#include "kernels.h"
#include "status.h"

enum kernel_speed_kind {
	KERNEL_SPEED_FORWARD,  /* gemm(), b packed: Y = X W^T */
	KERNEL_SPEED_GRADIENT, /* gemm(), a transposed, b as it lies, accumulated: dW += dY^T X */
	KERNEL_SPEED_INTEGERS, /* int_product() */
};

/* Billions of multiplications and additions a processor second, each counted, of the (m, n, k)
 * product that is done again and again for about round_seconds; the best of n_rounds. */
MUST_CHECK enum status kernel_speed_product(const struct kernels *kernels,
					    enum kernel_speed_kind kind, size_t m, size_t n,
					    size_t k, double round_seconds, unsigned n_rounds,
					    double *gops);

/* The kernels on rows of floats, by number; NULL behind the last. */
const char *kernel_speed_row_name(unsigned row);
/* Billions of floats a processor second through that kernel, in rows of n. */
MUST_CHECK enum status kernel_speed_row(const struct kernels *kernels, unsigned row, size_t n,
					double round_seconds, unsigned n_rounds, double *gfloats);

#endif
