/* SPDX-License-Identifier: BSD-2-Clause
 *
 * kernels_body.h - every kernel, for the form that VEC_FORM names, and the table of them.
 *
 * Included by kernels_plain.c, kernels_avx2.c and kernels_avx512.c, which the Makefile compiles
 * with the instructions they may use; nothing else may include it, or a function compiled for one
 * processor could run on another.
 */
#ifndef TWOPART_KERNELS_BODY_H
#define TWOPART_KERNELS_BODY_H

#include <string.h>

#include "kernels_attend.h"
#include "kernels_functions.h"
#include "kernels_gemm.h"
#include "kernels_int.h"
#include "kernels_rows.h"

#define KERNELS_TABLE(form_name)                                                                   \
	{                                                                                          \
		.name = form_name, .gemm_pack = gemm_pack, .gemm = gemm_product,                   \
		.int_product = int_product, .linear = linear, .attend = attend,                    \
		.exp = exp_row, .log = log_row, .tanh = tanh_row, .rsqrt = rsqrt_row,              \
		.sum = sum_row, .max = max_row, .dot = dot_row,                                    \
		.add = add_row, .axpy = axpy_row, .rms_norm = rms_norm_row,                        \
		.rms_norm_backward = rms_norm_backward_row, .gelu = gelu_row,                      \
		.gelu_backward = gelu_backward_row, .softmax = softmax_row,                        \
		.quantise = quantise_row, .rescale = rescale_row, .adamw = adamw_row,              \
	}

#endif
